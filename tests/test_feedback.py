"""The shelf that learns from itself: what each loop learns from, what is counted, and that the file is whole."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.events import asked_for, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import CollaborativeFiltering

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import feedback  # noqa: E402
import online  # noqa: E402


@pytest.fixture(scope="module")
def small():
    return online.Platform(seed=3, users=60)


def served(at, loop, weeks):
    policy = feedback.Weekly(at, loop)
    return policy, at.world.serve(policy, weeks=weeks, start_week=feedback.FROM)


def test_closed_learns_from_its_own_shelf_and_open_from_the_chart(small):
    start = pd.Timestamp("2026-01-05", tz="UTC")
    mine = small.events[
        (small.events["action"] == "play") & small.events["user_id"].isin(small.world.listeners)
    ]
    mine = mine.astype({"user_id": object, "track_id": object})
    two, three = (mine[mine["at"] < start + pd.Timedelta(weeks=weeks)] for weeks in (2, 3))
    _, first_week = served(small, "closed", weeks=1)
    own = asked_for(first_week.events, small.tracks)
    logs = {"closed": pd.concat([two, own]), "open": three}
    for loop, log in logs.items():
        policy, _ = served(small, loop, weeks=2)
        x = Interactions.from_frame(preference(log, "listened", small.tracks), value="strength")
        model = CollaborativeFiltering(30, 1, "zero").fit(x)
        shown = policy.lists[1].groupby("user")["item"].agg(list)
        for user, scores in zip(x.users, model.score(x.users).round(9), strict=True):
            assert shown[user] == [
                x.items[i] for i in sorted(range(len(scores)), key=lambda i: (-scores[i], i))[:10]
            ]
        strangers = small.world.listeners[~small.world.listeners.isin(x.users)]
        assert all(shown[user] == list(small.world.chart(6)[:10]) for user in strangers)
    assert len(own) and len(three) > len(two)


def test_the_lottery_draws_the_last_two_places_and_no_others(small):
    ids = small.world.listeners.to_numpy()
    policy = feedback.Weekly(small, "lottery")
    shelf = policy.act(ids, pd.DataFrame({"context": ["home"], "week": feedback.FROM}))
    shelf = shelf.pivot(index="user", columns="rank", values="item").loc[ids].to_numpy()
    own = policy.lists[0].pivot(index="user", columns="rank", values="item").loc[ids].to_numpy()
    assert shelf.shape == (len(ids), 10) and (shelf[:, :8] == own[:, :8]).all()
    assert len(set(shelf[:, 8:].ravel())) > 0.8 * 2 * len(ids)  # hardly one twice, of some 2,900
    assert set(shelf[:, 8:].ravel()) <= set(small.ids[small.world.catalogue.content])


def test_a_row_is_what_a_plain_loop_counts(small):
    table = feedback.rows_of_world(small, loops=("closed",), weeks=2)
    policy, one = served(small, "closed", weeks=2)
    genre = dict(zip(small.tracks["track_id"], small.tracks["genre"], strict=True))
    log = small.events[small.events["action"] == "play"]
    known = set(log.loc[log["at"] < pd.Timestamp("2026-01-19", tz="UTC"), "user_id"])
    people = [user for user in small.world.listeners if user in known]
    head = set(small.ids[small.head])
    for week, row in enumerate(table.itertuples(), start=1):
        shown = policy.lists[week - 1].groupby("user")["item"].agg(list)
        lists = [shown[user] for user in people]
        assert row.genres == pytest.approx(np.mean([len({genre[t] for t in ten}) for ten in lists]), abs=1e-5)
        assert row.shown == row.genres  # without a lottery people see what the model made
        assert row.tracks == len({t for ten in lists for t in ten})
        events = one.events_in(feedback.FROM + week - 1)
        hours = events["seconds_played"].sum() / 3600 / len(small.world.listeners)
        assert row.hours == pytest.approx(hours, abs=1e-5)
        wanted = asked_for(events, small.tracks)["track_id"]
        assert row.tail == pytest.approx((~wanted.isin(head)).mean(), abs=1e-5)
    assert len(table) == 2


def test_with_the_lottery_the_shelf_has_the_genres_of_eight_and_of_two_that_are_drawn(small):
    row = feedback.rows_of_world(small, loops=("lottery",), weeks=1).iloc[0]
    policy = feedback.Weekly(small, "lottery")
    ids = small.world.listeners
    shelf = policy.act(ids.to_numpy(), pd.DataFrame({"context": ["home"], "week": feedback.FROM}))
    shelf = shelf[shelf["user"].isin(ids[policy.known])]
    genre = dict(zip(small.tracks["track_id"], small.tracks["genre"], strict=True))
    counts = [len({genre[t] for t in ten}) for ten in shelf.groupby("user")["item"].agg(list)]
    assert row["shown"] == pytest.approx(np.mean(counts), abs=1e-5) and row["shown"] > row["genres"] + 0.3


def test_the_shipped_file_is_whole():
    table = pd.read_csv(feedback.TABLE)
    assert list(table.columns) == feedback.COLUMNS
    assert table["seed"].nunique() >= 5
    expected = pd.MultiIndex.from_product(
        [online.SEEDS, feedback.LOOPS, range(1, feedback.WEEKS + 1)], names=["seed", "loop", "week"]
    )
    pd.testing.assert_index_equal(pd.MultiIndex.from_frame(table[list(expected.names)]), expected)
    assert table["genres"].between(1, 10).all() and table["tail"].between(0, 1).all()
    first = table[table["week"] == 1].set_index(["seed", "loop"])[["genres", "tracks", "hours", "tail"]]
    pd.testing.assert_frame_equal(first.xs("closed", level="loop"), first.xs("open", level="loop"))
    drawn = first.xs("lottery", level="loop")[["genres", "tracks"]]  # counted before the lottery: alike too
    pd.testing.assert_frame_equal(drawn, first.xs("open", level="loop")[["genres", "tracks"]])
