"""One log, one type: what is shipped, simulated and served can be put together, and numbers run on."""

from __future__ import annotations

import pandas as pd
import pytest

from recsys_helpers.datasets import load_murmur
from recsys_helpers.events import clean
from recsys_helpers.simulator import Strengths, World
from recsys_helpers.simulator.policies import popularity

FIXED = ["event_id", "at", "action", "seconds_played", "source", "position", "context", "text"]


@pytest.fixture(scope="module")
def watched(world):
    """(log, what came of three weeks after it, the log of each week as a policy saw it)."""
    seen = []

    class Watchful:
        def __init__(self):
            self.shelf = popularity(world)

        def __call__(self, user_ids, context):
            return self.shelf(user_ids, context)

        def observe(self, events):
            seen.append(events)

    log = world.log()
    return log, world.serve(Watchful(), weeks=3, log=log), seen


def test_a_log_in_memory_is_the_log_from_the_disk(world, murmur):
    pd.testing.assert_frame_equal(world.log(), murmur.events)


def test_served_events_have_the_type_of_the_log(watched, world):
    log, served, seen = watched
    shipped = load_murmur().events
    for events in (served.events, *seen):
        assert list(events.columns) == list(shipped.columns)
        for other in (shipped, log):
            pd.testing.assert_series_equal(events.dtypes[FIXED], other.dtypes[FIXED])
            for name in ("user_id", "track_id"):
                assert events[name].dtype.categories.dtype == other[name].dtype.categories.dtype
        assert list(events["user_id"].cat.categories) == list(world.listeners)
        assert list(events["track_id"].cat.categories) == list(world.tracks["track_id"])
    assert served.events["source"].notna().all() and served.events["context"].notna().all()


def test_numbers_run_on_from_the_log_and_over_the_weeks(watched):
    log, served, seen = watched
    first = log["event_id"].max() + 1
    assert served.events["event_id"].tolist() == list(range(first, first + len(served.events)))
    pd.testing.assert_frame_equal(pd.concat(seen, ignore_index=True), served.events)
    assert all(len(week) for week in seen)
    for week, events in enumerate(seen):
        assert events["at"].is_monotonic_increasing
        pd.testing.assert_frame_equal(events, served.events_in(2 + week))


def test_cleaning_keeps_every_row_that_was_served(watched, world):
    log, served, _ = watched
    both = pd.concat([log, served.events], ignore_index=True)
    kept = clean(both, world.tracks, world.users)[0]
    before = clean(log, world.tracks, world.users)[0]
    assert served.events["event_id"].isin(kept["event_id"]).all()
    assert before["event_id"].isin(kept["event_id"]).all()


@pytest.mark.parametrize("strengths", [Strengths(), Strengths(lift=10)])
@pytest.mark.parametrize("users", [38, 60])
def test_without_a_log_numbers_begin_above_any_log_of_the_world(users, strengths):
    world = World(users=users, weeks=1, tracks=300, strengths=strengths)
    events = world.serve(popularity(world), weeks=2).events
    assert events["event_id"].iloc[0] == world.last_id + 1
    assert world.last_id > world.log()["event_id"].max()
    assert World.small(users=30).last_id > load_murmur().events["event_id"].max()


def test_a_log_without_rows_and_one_without_numbers(world):
    log = world.log()
    fresh = world.serve(popularity(world), weeks=1, log=log.iloc[:0]).events
    assert fresh["event_id"].iloc[0] == 1
    with pytest.raises(ValueError, match="no column event_id"):
        world.serve(popularity(world), weeks=1, log=log.drop(columns="event_id"))
