"""The hook at every visit: nothing changes where it changes nothing, and what it is told is what happened."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import World
from recsys_helpers.simulator import world as world_module
from recsys_helpers.simulator.policies import popularity
from recsys_helpers.simulator.random_streams import draw, key

WEEKS = 2


@pytest.fixture(scope="module")
def small() -> World:
    return World(users=70, weeks=1, tracks=400)


class Hooked:
    """A weekly policy with a method `visit` beside it."""

    def __init__(self, policy, visit):
        self.policy, self.visit = policy, visit

    def __call__(self, user_ids, context):
        return self.policy(user_ids, context)


def same(one, other) -> None:
    pd.testing.assert_frame_equal(one.events, other.events)
    pd.testing.assert_frame_equal(one.listeners, other.listeners)
    pd.testing.assert_frame_equal(one.impressions, other.impressions)


@pytest.mark.parametrize("crowd", [2_000, 13])
def test_a_hook_that_changes_nothing_changes_nothing(small, crowd, monkeypatch):
    plain = small.serve(popularity(small), weeks=WEEKS)
    monkeypatch.setattr(world_module, "CROWD", crowd)
    world, calls = World(users=70, weeks=1, tracks=400), []
    assert max(len(people.number) for people in world.crowds) <= crowd

    def visit(visits):
        calls.append(len(visits))
        return visits.shelf

    same(world.serve(Hooked(popularity(world), visit), weeks=WEEKS), plain)
    looked = plain.impressions.drop_duplicates(["user_id", "week", "visit"])
    assert sum(calls) == len(looked) > 200


def drawn(visits, ids):
    """Seven tracks drawn for each visit, with made-up propensities; an empty place here and there."""
    who = np.array([int.from_bytes(user.encode(), "little") for user in visits.users]) % 2**40
    word = key(5, "visit", who[:, None], visits.week, visits.visit[:, None], np.arange(7))
    tracks = ids[np.floor(len(ids) * draw(word, "track")).astype(int)]
    tracks[draw(word, "there") < 0.1] = None
    return tracks, np.round(draw(word, "propensity"), 6)


@pytest.fixture(scope="module")
def random_visits(small):
    """(what came of shelves drawn at each visit, one row of what was told and answered for each visit)."""
    ids, told = small.tracks["track_id"].to_numpy(), []

    def visit(visits):
        tracks, propensity = drawn(visits, ids)
        known = visits.plays(), visits.shows(), visits.days_since_play(), visits.days_since_shown()
        for row in range(len(visits)):
            told.append(
                {name: getattr(visits, name)[row] for name in ("users", "at", "visit", "context", "page")}
                | {"week": visits.week, "shelf": visits.shelf[row], "tracks": tracks[row]}
                | {"propensity": propensity[row], "known": [table[row] for table in known]}
            )
        return tracks, propensity

    return small.serve(Hooked(popularity(small), visit), weeks=WEEKS), told


def test_what_the_hook_gives_is_what_is_seen_for_the_whole_visit(random_visits):
    served, told = random_visits
    answers = {(one["users"], one["week"], one["visit"]): one for one in told}
    assert len(answers) == len(told)  # asked once a visit
    looks = 0
    for (user, week, visit, _), look in served.impressions.groupby(
        ["user_id", "week", "visit", "at"], observed=True
    ):
        one = answers[user, week, visit]
        there = [place for place, track in enumerate(one["tracks"]) if track is not None]
        assert list(look["position"]) == [place + 1 for place in there]
        assert list(look["track_id"]) == [one["tracks"][place] for place in there]
        assert list(look["propensity"]) == [one["propensity"][place] for place in there]
        assert set(look["context"]) == {one["context"]} and set(look["page"]) == {one["page"]}
        looks += 1
    assert looks > len(told)  # some look twice in a visit


def test_what_the_hook_is_told_is_what_the_log_says(small, random_visits):
    """Each listener's history, by a plain loop over the log and the impressions until then."""
    served, told = random_visits
    ids = small.tracks["track_id"].to_numpy()
    place = {track: i for i, track in enumerate(ids)}
    notices = set(small.tracks.loc[small.tracks["kind"].isin(["ad", "help"]), "track_id"])
    looks = served.impressions.groupby(["user_id", "week", "visit"], observed=True)["at"].min()
    tables = {
        "plays": served.events[~served.events["track_id"].isin(notices)],
        "shown": served.impressions,
    }
    by_user = {
        name: dict(list(table[["at", "track_id"]].groupby(table["user_id"], observed=True)))
        for name, table in tables.items()
    }
    several = 0
    for one in told:
        at = pd.Timestamp(one["at"], tz="UTC")
        assert looks[one["users"], one["week"], one["visit"]] == at
        for name, (count, days) in {"plays": one["known"][::2], "shown": one["known"][1::2]}.items():
            expected, last = np.zeros(len(ids)), np.full(len(ids), np.inf)
            before = by_user[name].get(one["users"])
            before = (
                before[before["at"] < at] if before is not None else pd.DataFrame(columns=["at", "track_id"])
            )
            if name == "shown":
                before = before.drop_duplicates()  # one look counts a track once
            for when, track in before.itertuples(index=False):
                expected[place[track]] += 1
                last[place[track]] = (at - when).total_seconds() / 86_400
            assert np.array_equal(count, expected) and np.allclose(days, last)
            several += (expected > 1).any()
    assert several > 50


def test_the_hook_is_told_the_weeks_list_with_its_page(small, random_visits):
    _, told = random_visits
    for one in told:
        page = (one["visit"] - 1) % 3
        assert one["page"] == page + 1
        assert list(one["shelf"]) == list(small.chart(one["week"])[10 * page : 10 * page + 10])


def test_who_leaves_a_shelf_as_it_is_leaves_its_propensities(small):
    ids = small.tracks["track_id"].to_numpy()

    def policy(user_ids, context):
        table = pd.MultiIndex.from_product([small.listeners, range(1, 11)]).to_frame(index=False)
        table.columns = ["user", "rank"]
        return table.assign(item=np.tile(ids[:10], len(small.listeners)), propensity=0.25)

    def swapped_for_some(visits):
        shelf = visits.shelf.copy()
        odd = visits.visit % 2 == 1
        shelf[odd] = shelf[odd, ::-1]
        return shelf

    shown = small.serve(Hooked(policy, swapped_for_some), weeks=1).impressions
    odd = shown["visit"] % 2 == 1
    assert (shown.loc[~odd, "propensity"] == 0.25).all() and shown.loc[odd, "propensity"].isna().all()
    assert odd.any() and not odd.all()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda v: v.shelf[:, 0], "it must be"),
        (lambda v: v.shelf[1:], "it must be"),
        (lambda v: np.hstack([v.shelf, v.shelf]), "visit gave 20 places; a shelf shows 10"),
        (lambda v: np.full((len(v), 3), "x1"), "'x1'"),
        (lambda v: (v.shelf, v.shelf, 1), "visit gave 3 things"),
        (lambda v: (v.shelf, np.ones(len(v))), "propensities of shape"),
        (lambda v: (v.shelf, np.zeros(v.shelf.shape)), "the propensity 0.0"),
        (lambda v: (v.shelf, np.full(v.shelf.shape, 1.5)), "the propensity 1.5"),
        (lambda v: (v.shelf, np.full(v.shelf.shape, np.nan)), "the propensity nan"),
    ],
)
def test_what_is_no_answer_is_refused(small, answer, says):
    with pytest.raises(ValueError, match=says):
        small.serve(Hooked(popularity(small), answer), weeks=1)


def test_a_visit_that_is_no_method_is_refused(small):
    with pytest.raises(ValueError, match="visit is no method"):
        small.serve(Hooked(popularity(small), "daily"), weeks=1)
