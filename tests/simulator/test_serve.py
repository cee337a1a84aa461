"""Policies in the world: the same listeners, the same luck, and the differences that a policy alone can make."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import Strengths, World, difference
from recsys_helpers.simulator.people import CONTEXTS
from recsys_helpers.simulator.policies import best, diverse_oracle, oracle, popularity, random_shelf


@pytest.fixture(scope="module")
def world() -> World:
    return World.small(users=80)


@pytest.fixture(scope="module")
def today(world):
    return world.serve(popularity(world), weeks=2)


def test_the_same_policy_has_the_same_outcome(world, today):
    again = world.serve(popularity(world), weeks=2)
    pd.testing.assert_frame_equal(today.listeners, again.listeners)
    assert difference(today, again).mean == 0
    assert (
        not world.serve(popularity(world), weeks=2, seed=1)
        .listeners["hours"]
        .equals(today.listeners["hours"])
    )


def test_a_choice_changed_for_some_listeners_leaves_the_others_alone(world, today):
    """Random numbers belong to a listener and a moment: nobody is touched by what others were shown."""
    touched = world.listeners[:40]
    shelf = random_shelf(world)

    def half(user_ids: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        answer = popularity(world)(user_ids, context)
        other = np.isin(user_ids, touched)
        answer[other, :10] = shelf(user_ids[other], context[other])
        return answer

    served = world.serve(half, weeks=2)
    columns = ["hours", "plays", "sessions", "satisfaction"]
    same = (served.listeners[columns] == today.listeners[columns]).all(axis=1)
    assert same[40:].all()
    assert not same[:40].all()


def test_a_session_that_is_met_under_both_policies_starts_at_the_same_time(world, today):
    first = today.events.groupby("user_id", observed=True)["at"].min()
    other = world.serve(random_shelf(world), weeks=2).events.groupby("user_id", observed=True)["at"].min()
    gap = (first - other[first.index]).dt.total_seconds().abs()
    assert (gap <= 30).mean() > 0.95  # a search takes up to half a minute before its play


def test_figures_add_up_to_the_log(today):
    events, listeners = today.events, today.listeners
    assert listeners["plays"].sum() == len(events)
    hours = (
        events.groupby("user_id", observed=True)["seconds_played"]
        .sum()
        .reindex(listeners.index, fill_value=0)
        / 3600
        / 2
    )
    pd.testing.assert_series_equal(listeners["hours"], hours, check_names=False)
    last = events[events["at"] >= "2026-03-09"]["user_id"]  # the log ends on 2 March
    assert listeners["retained"].equals(
        pd.Series(listeners.index.isin(last), index=listeners.index, name="retained")
    )
    assert today.figures["plays"] == listeners["plays"].mean()


def test_what_is_taken_from_home_stood_on_the_shelf(world):
    ids = world.tracks.loc[~world.tracks["kind"].isin(["ad", "help"]), "track_id"].to_numpy()[:7]
    events = world.serve(lambda user_ids: np.tile(ids, (len(user_ids), 1)), weeks=1).events
    home = events[events["source"] == "home"]
    assert len(home) > 20
    assert (ids[home["position"].astype(int) - 1] == home["track_id"]).all()


def test_a_longer_list_is_shown_a_page_a_visit(world):
    ids = world.tracks.loc[world.tracks["kind"] == "music", "track_id"].to_numpy()[:20]
    events = world.serve(lambda user_ids: np.tile(ids, (len(user_ids), 1)), weeks=1).events
    home = events[events["source"] == "home"]
    assert home["track_id"].isin(ids[10:]).any() and home["position"].max() <= 10


def test_a_policy_may_ask_for_context_and_may_watch(world):
    class Watchful:
        def __init__(self):
            self.asked, self.seen = [], []

        def __call__(self, user_ids, context):
            self.asked.append(context)
            assert len(context) == len(user_ids) == len(CONTEXTS) * len(world.listeners)
            return np.tile(world.chart(8), (len(user_ids), 1))

        def observe(self, events):
            self.seen.append(events)

    policy = Watchful()
    served = world.serve(policy, weeks=2)
    assert [int(context["week"].iloc[0]) for context in policy.asked] == [8, 9]
    assert set(policy.asked[0]["context"]) == set(CONTEXTS)
    assert sum(map(len, policy.seen)) == len(served.events)


@pytest.mark.parametrize(
    ("policy", "says"),
    [
        (lambda users: np.array(["t0001"] * len(users)), "one row of track ids"),
        (lambda users: np.tile("t0001", (3, 10)), r"must be \(80, m\)|for 80 listeners|for 79 listeners"),
        (lambda users: np.empty((len(users), 0), dtype=object), "one row of track ids"),
        (lambda users: np.tile("x9", (len(users), 10)), "'x9'"),
    ],
)
def test_what_is_no_policys_answer_is_refused(world, policy, says):
    with pytest.raises(ValueError, match=says):
        world.serve(policy, weeks=1)


def test_weeks_and_pairs_that_make_no_sense_are_refused(world, today):
    for settings, says in (
        ({"weeks": 0}, "weeks is 0"),
        ({"weeks": 2.5}, "weeks is 2.5"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 0.5}, "seed is 0.5"),
        ({"start_week": -1}, "start_week is -1"),
        ({"start_week": 1.5}, "start_week is 1.5"),
    ):
        with pytest.raises(ValueError, match=says):
            world.serve(popularity(world), **settings)
    with pytest.raises(ValueError, match="same weeks"):
        difference(today, world.serve(popularity(world), weeks=1))


def test_an_empty_shelf_is_survived(world):
    """Missing places, unreleased tracks and ads are passed over."""
    ads = world.tracks.loc[world.tracks["kind"] == "ad", "track_id"].iloc[0]
    for answer in (None, ads):
        events = world.serve(
            lambda users, answer=answer: np.full((len(users), 10), answer, dtype=object), weeks=1
        ).events
        assert not (events["source"] == "home").any() and len(events) > 100


def test_difference_is_the_mean_gap_with_its_normal_interval(world, today):
    other = world.serve(random_shelf(world), weeks=2)
    gap = today.listeners["hours"] - other.listeners["hours"]
    found = difference(today, other)
    assert found.mean == pytest.approx(gap.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * gap.std() / len(gap) ** 0.5)
    assert str(found) == f"{gap.mean():+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def test_the_oracles_list_is_the_best_by_truth_and_the_diverse_one_keeps_its_bound(world):
    utility, genre = world.true_utility(world.listeners), world.catalogue.genre
    ids = world.tracks["track_id"].tolist()
    plain, diverse = best(world, utility, 10), best(world, utility, 10, at_most=2)
    for row in range(5):
        by_hand = sorted(range(len(ids)), key=lambda i: (-utility[row, i], ids[i]))
        assert list(plain[row]) == [ids[i] for i in by_hand[:10]]
        kept: list[int] = []
        for i in by_hand:
            if sum(genre[j] == genre[i] for j in kept) < 2 and len(kept) < 10:
                kept.append(i)
        assert list(diverse[row]) == [ids[i] for i in kept]


@pytest.mark.slow
def test_online_truth_of_the_shipped_world():
    """Four weeks: the oracle beats today's shelf in hours and retention, a random shelf loses hours."""
    world = World()
    today = world.serve(popularity(world))
    knows, blind = world.serve(oracle(world)), world.serve(random_shelf(world))
    for figure in ("hours", "retained"):
        assert difference(knows, today, figure).low > 0
    assert difference(blind, today).high < 0


@pytest.mark.slow
@pytest.mark.parametrize("boredom", [1, 0])
def test_diversity_pays_where_listeners_are_easily_bored_and_only_there(boredom):
    world = World(strengths=Strengths(boredom=boredom))
    gain = difference(world.serve(diverse_oracle(world)), world.serve(oracle(world)))
    assert gain.low > 0 if boredom else gain.low <= 0


@pytest.mark.slow
def test_a_small_world_is_quick():
    world = World.small()
    policy = popularity(world)
    world.serve(policy, weeks=1)
    spent = []
    for _ in range(3):
        start = time.process_time()
        world.serve(policy)
        spent.append(time.process_time() - start)
    assert min(spent) < 1.5  # under 1 s where nothing else runs
