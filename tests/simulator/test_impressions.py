"""What was shown: every look at the home shelf, and what was taken from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import World
from recsys_helpers.simulator.people import CONTEXTS
from recsys_helpers.simulator.policies import popularity
from recsys_helpers.simulator.random_streams import draw, key

COLUMNS = [
    "user_id",
    "track_id",
    "at",
    "week",
    "visit",
    "position",
    "page",
    "context",
    "propensity",
    "event_id",
]
PLACES = 24


@pytest.fixture(scope="module")
def small() -> World:
    return World(users=90, weeks=2, tracks=400)


class ByContext:
    """24 places with holes that differ by listener, context and week, each with a propensity; it notes what it sees."""

    def __init__(self, world: World):
        self.world, self.lists, self.seen = world, {}, []

    def act(self, users: np.ndarray, context: pd.DataFrame) -> pd.DataFrame:
        week = int(context["week"].iloc[0])
        assert list(context["context"]) == CONTEXTS and len(users) == len(self.world.listeners)
        table = pd.MultiIndex.from_product([users, CONTEXTS, range(1, PLACES + 1)]).to_frame(index=False)
        table.columns = ["user", "context", "rank"]
        word = key(9, "a shelf", week, np.arange(len(table)))
        ids = self.world.tracks["track_id"].to_numpy()
        table["item"] = ids[np.floor(len(ids) * draw(word, "track")).astype(int)]
        table["propensity"] = np.round(draw(word, "propensity"), 6)
        table = table[draw(word, "there") < 0.9]
        self.lists[week] = table.set_index(["user", "context", "rank"]).sort_index()
        return table.sample(frac=1, random_state=week)

    def observe(self, impressions: pd.DataFrame, events: pd.DataFrame) -> None:
        self.seen.append((impressions, events))


@pytest.fixture(scope="module")
def served(small):
    policy = ByContext(small)
    return policy, small.serve(policy, weeks=3)


def test_impressions_have_the_columns_and_types_of_the_log(served):
    _, one = served
    assert list(one.impressions) == COLUMNS
    shared = ["user_id", "track_id", "at", "context"]
    pd.testing.assert_series_equal(one.impressions.dtypes[shared], one.events.dtypes[shared])
    assert one.impressions.notna().drop(columns="event_id").all(axis=None)


def test_each_look_shows_the_page_that_the_policy_gave(served):
    """Look by look, by the policy's own lists."""
    policy, one = served
    pages = -(-PLACES // 10)
    for (user, week, visit, _), look in one.impressions.groupby(
        ["user_id", "week", "visit", "at"], observed=True
    ):
        page, context = look["page"].iloc[0], look["context"].iloc[0]
        assert page == (visit - 1) % pages + 1
        given = policy.lists[week].loc[(user, context)]
        given = given[(given.index > 10 * (page - 1)) & (given.index <= 10 * page)].sort_index()
        assert list(look["position"] + 10 * (page - 1)) == list(given.index)
        assert list(look["track_id"]) == list(given["item"])
        assert list(look["propensity"]) == list(given["propensity"])


def test_what_was_taken_from_home_was_shown_there(served):
    _, one = served
    home = one.events[one.events["source"] == "home"].astype({"user_id": object, "track_id": object})
    taken = one.impressions[one.impressions["event_id"].notna()].astype(
        {"user_id": object, "track_id": object}
    )
    assert len(home) > 300
    columns = ["event_id", "user_id", "track_id", "at", "position"]
    pd.testing.assert_frame_equal(
        taken[columns].reset_index(drop=True), home[columns].reset_index(drop=True), check_dtype=False
    )
    looks = one.impressions.drop_duplicates(["user_id", "at"])
    assert len(home) < len(looks) <= len(home) + (one.events["source"] == "library").sum()


def test_visits_number_the_sessions_of_a_week(served):
    _, one = served
    looks = one.impressions.drop_duplicates(["user_id", "at"])
    for _, mine in looks.groupby(["user_id", "week"], observed=True):
        assert mine["visit"].is_monotonic_increasing
        gap = mine["at"].diff().dt.total_seconds()
        assert (
            gap[mine["visit"].diff() > 0] > 1_500
        ).all()  # a session begins 25 minutes after the last at the earliest
    most = looks.groupby(["user_id"], observed=True)["visit"].max()
    sessions = one.listeners["sessions"].reindex(most.index)
    assert (most <= sessions).all() and looks["visit"].max() > 3


def test_a_policy_sees_week_by_week_what_there_is_in_all(served):
    policy, one = served
    assert [len(week) > 0 for week, _ in policy.seen] == [True] * 3
    pd.testing.assert_frame_equal(pd.concat([i for i, _ in policy.seen], ignore_index=True), one.impressions)
    pd.testing.assert_frame_equal(pd.concat([e for _, e in policy.seen], ignore_index=True), one.events)
    assert [set(i["week"]) for i, _ in policy.seen] == [{2}, {3}, {4}]


def test_without_propensities_there_are_none(small):
    one = small.serve(popularity(small), weeks=1)
    assert one.impressions["propensity"].isna().all() and len(one.impressions) > 1000
    with pytest.raises(ValueError, match="Week 9 was not served; these are the weeks 2 to 2"):
        one.impressions_in(9)
    with pytest.raises(ValueError, match="Week 1 was not served"):
        one.events_in(1)


def test_what_comes_to_mind_before_an_empty_shelf_was_not_shown():
    """No library, nothing on the shelf: what is played then is no play from the home shelf."""
    world = World(users=90, weeks=2, tracks=400)
    for people in world.crowds:
        people.joined[:] = 2 * 604_800 + 3_600  # all new: two tracks in the library at most
    one = world.serve(lambda users: np.full((len(users), 10), None, dtype=object), weeks=1)
    assert len(one.impressions) == 0 and list(one.impressions) == COLUMNS
    assert len(one.events) > 100 and not (one.events["source"] == "home").any()
    assert one.events.loc[one.events["source"] == "library", "position"].isna().all()
