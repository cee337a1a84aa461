"""The command behind lesson 09's table: what its shelves show, and what it says of them. It serves no table."""

from __future__ import annotations

import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import World

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import shelves

K = 10


@pytest.fixture(scope="module")
def world():
    return World(users=60, weeks=4, tracks=400)


@pytest.fixture(scope="module")
def events(world):
    return shelves.log_of(world, world.weeks)


@pytest.fixture(scope="module")
def facts(world, events):
    return shelves.Facts(world, events)


def served(world, events, facts, rule, weeks=1):
    shelf = shelves.Shelf(world, events, rule, facts, world.weeks)
    return shelf, world.serve(shelf, weeks=weeks)


def test_small_creators_are_the_half_with_the_fewest_listeners(world, events, facts):
    plays = events[events["action"] == "play"]
    creator = world.tracks.set_index("track_id")["creator"]
    fans = {name: set() for name in creator}
    for user, track in zip(plays["user_id"], plays["track_id"], strict=True):
        fans[creator[track]].add(user)
    small = {creator[track] for track in facts.small}
    assert len(small) == len(fans) // 2
    assert max(len(fans[name]) for name in small) <= min(len(fans[name]) for name in set(fans) - small)


@pytest.mark.parametrize("name", [name for name in shelves.RULES if name != "thirty in turn"])
def test_each_rule_fills_ten_places_for_everybody(world, events, facts, name):
    shelf, _ = served(world, events, facts, shelves.RULES[name])
    lists = shelf.lists[0]
    assert all(sorted(rank) == list(range(1, K + 1)) for _, rank in lists.groupby("user")["rank"])
    assert not lists.duplicated(["user", "item"]).any()
    unheard = (~lists["heard"]).groupby(lists["user"]).sum()
    if name.endswith(" unheard"):
        fewest = int(name.split()[0])
        assert (unheard >= fewest).all() and (unheard == fewest).mean() > 0.8  # more where few are known
    if name == "at most 1 of a genre":
        genres = lists["item"].map(facts.genre).groupby(lists["user"]).nunique()
        assert genres.mean() > 8


def test_what_is_said_of_a_shelf_is_what_loops_find(world, events, facts):
    shelf, after = served(world, events, facts, shelves.RULES["MMR"], weeks=2)
    found = shelves.about(shelf, facts, after)
    genres, unlike, places, small = [], [], {}, []
    for lists in shelf.lists:
        for _, rows in lists.groupby("user"):
            genres.append(len({facts.genre[item] for item in rows["item"]}))
            vectors = facts.sound.loc[rows["item"]].to_numpy()
            vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
            unlike.append(1 - np.mean([a @ b for a, b in combinations(vectors, 2)]))
            small += [item in set(facts.small) for item in rows["item"]]
            for item in rows["item"]:
                places[facts.creator[item]] = places.get(facts.creator[item], 0) + 1
    counts = np.array([places.get(name, 0) for name in facts.creator.unique()], dtype=float)
    apart = np.abs(counts[:, None] - counts).sum() / (2 * len(counts) ** 2 * counts.mean())
    assert found["genres"] == pytest.approx(np.mean(genres))
    assert found["unlike"] == pytest.approx(np.mean(unlike))
    assert found["small_places"] == pytest.approx(np.mean(small))
    assert found["gini"] == pytest.approx(apart)


def test_the_same_shelf_gains_nothing_and_another_luck_something(world, events, facts):
    _, one = served(world, events, facts, shelves.RULES[shelves.BASE])
    _, two = served(world, events, facts, shelves.RULES[shelves.BASE])
    everybody = {"all": np.ones(len(world.listeners), dtype=bool)}
    (row,) = shelves.measured(world, two, one, everybody, table="t", policy="p")
    assert row["hours"] == row["satisfaction"] == row["retained"] == 0
    shelf = shelves.Shelf(world, events, shelves.RULES[shelves.BASE], facts, world.weeks)
    other = world.serve(shelf, weeks=1, seed=1)
    (row,) = shelves.measured(world, other, one, everybody, table="t", policy="p")
    gap = other.listeners["hours"] - one.listeners["hours"]
    assert row["hours"] == pytest.approx(gap.mean()) and row["hours"] != 0
    assert row["hours_half"] == pytest.approx(1.96 * gap.std() / np.sqrt(len(gap)))


def test_every_row_has_the_columns_of_the_file(world, events, facts):
    shelf, after = served(world, events, facts, shelves.RULES[shelves.BASE])
    everybody = {"all": np.ones(len(world.listeners), dtype=bool)}
    said = shelves.about(shelf, facts, after)
    (row,) = shelves.measured(world, after, after, everybody, table="t", policy="p", setting=np.nan, **said)
    assert set(row) == set(pd.read_csv(shelves.FILE, encoding="utf-8", nrows=1))


def test_a_track_rests_after_it_was_played(world, events, facts):
    shelf = shelves.Resting(world, events, facts, world.weeks, days=1.0)
    after = world.serve(shelf, weeks=1)
    seen, plays = after.impressions, after.events
    first = seen[seen["page"] == 1].groupby(["user_id", "visit"], observed=True).first()["at"]
    again = late = 0
    for (user, visit), at in first.items():
        shown = set(seen[(seen["user_id"] == user) & (seen["visit"] == visit)]["track_id"])
        of_user = plays[(plays["user_id"] == user) & (plays["at"] < at)]
        lately = set(of_user[of_user["at"] > at - pd.Timedelta(days=1)]["track_id"])
        thirty = set(shelf.thirty.loc[user].dropna())
        again += len(shown & lately & thirty) if len(thirty - lately) >= K else 0
        late += len(lately & thirty)
    assert again == 0 and late > 20


def test_new_releases_stand_in_their_places(world, events, facts):
    shelf = shelves.Fresh(world, shelves.log_of(world, 3), facts, 3, (9, 10))
    world.serve(shelf, weeks=1, start_week=3)
    released = pd.to_datetime(world.tracks.set_index("track_id")["released"], utc=True)
    lists = shelf.lists[0]
    last = lists.loc[lists["rank"] >= 9, "item"].map(released)
    now = shelves.START + pd.Timedelta(weeks=3)
    assert ((last < now) & (last >= now - pd.Timedelta(days=shelves.NEW_DAYS))).mean() > 0.9
