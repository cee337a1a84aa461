"""The commands behind lesson 15's tables: what their policies show and what they count. It serves no table."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import Strengths, World

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import patience
import resting
import uplift


@pytest.fixture(scope="module")
def place():
    return resting.Place(seed=7, boredom=1.0, users=60)


def test_what_rests_is_shown_only_where_too_little_is_awake(place):
    policy = resting.Resting(place.world, place.fifty, track_days=1.0, genre_days=0.0)
    served = place.world.serve(policy, weeks=1)
    seen, plays = served.impressions, served.events
    first = seen.groupby(["user_id", "visit"], observed=True).first()["at"]
    again = lately_played = 0
    for (user, visit), at in first.items():
        shown = set(seen[(seen["user_id"] == user) & (seen["visit"] == visit)]["track_id"])
        mine = plays[(plays["user_id"] == user) & (plays["at"] < at)]
        lately = set(mine[mine["at"] > at - pd.Timedelta(days=1)]["track_id"])
        fifty = set(place.fifty.loc[place.fifty["user"] == user, "item"])
        again += len(shown & lately & fifty) if len(fifty - lately) >= 10 else 0
        lately_played += len(lately & fifty)
    assert again == 0 and lately_played > 20


def test_no_rest_is_the_list_as_it_was(place):
    served = place.world.serve(resting.Resting(place.world, place.fifty, 0.0, 0.0), weeks=1)
    ten = place.fifty[place.fifty["rank"] <= 10]
    plain = place.world.serve(lambda users: ten, weeks=1)
    known = served.listeners.index.isin(ten["user"])
    pd.testing.assert_frame_equal(served.listeners[known], plain.listeners[known])


def test_who_is_graded_was_not_learnt_from(place):
    learnt, graded = (place.hours(luck, 0.0, 0.0) for luck in (0, 1))
    assert not set(learnt.index) & set(graded.index)
    assert set(learnt.index) | set(graded.index) == set(place.world.listeners) | set(place.few.listeners)
    assert (place.gained(0, {"track_days": 0.0, "genre_days": 0.0}) == 0).all()


def test_hours_by_week_are_those_of_the_listeners():
    world = World(seed=3, users=40, strengths=Strengths(regret=5))
    ten = patience.fifty_of(world).query("rank <= 10")[["user", "item", "rank"]]
    served = world.serve(lambda users: ten, weeks=3)
    np.testing.assert_allclose(patience.hours_by_week(served).mean(axis=1), served.listeners["hours"])


def test_the_rows_of_uplift_add_up_and_count_as_loops_do():
    rows = pd.DataFrame(uplift.rows_of_world(5, users=40, weeks=1, draws=1))
    assert np.allclose(rows["caused"], rows["shown"] - rows["without"])
    single = rows[rows["table"] == "single"].set_index("which")
    places = single.filter(like="place", axis=0)
    for name in ("shown", "credited", "without"):
        weighed = (places[name] * places["n"]).sum() / places["n"].sum()
        assert single.loc["all", name] == pytest.approx(weighed)
    at = uplift.Shelf(5, users=40, weeks=1)
    events = at.serve(at.ten).events.astype({"user_id": object, "track_id": object, "source": object})
    pairs = list(zip(events["user_id"], events["track_id"], events["source"], strict=True))
    shown = [
        sum((u, t) == pair[:2] for pair in pairs) for u, t in zip(at.ten["user"], at.ten["item"], strict=True)
    ]
    home = [pairs.count((u, t, "home")) for u, t in zip(at.ten["user"], at.ten["item"], strict=True)]
    assert single.loc["all", "shown"] == pytest.approx(np.mean(shown))
    assert single.loc["all", "credited"] == pytest.approx(np.mean(home))
    first = at.serve(at.ten[at.ten["rank"] != 1]).events
    mine = set(at.ten.loc[at.ten["rank"] == 1, ["user", "item"]].itertuples(index=False, name=None))
    without = sum(pair in mine for pair in zip(first["user_id"], first["track_id"], strict=True)) / len(mine)
    assert single.loc["place 1", "without"] == pytest.approx(without)
