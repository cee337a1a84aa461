"""The online leaderboard: how lists are graded and figures averaged, and that the shipped file is what comes out."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from recsys_helpers.datasets import load_murmur, load_online
from recsys_helpers.events import asked_for, clean

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import online  # noqa: E402


@pytest.fixture(scope="module")
def small():
    return online.Platform(seed=3, users=60, weeks=1)


def test_lists_are_graded_as_a_plain_loop_grades_them(small):
    rng = np.random.default_rng(0)
    people, ids = small.world.listeners, small.splits["ndcg_new"].test.items.to_numpy()
    lists = np.array([rng.choice(ids, 10, replace=False) for _ in people], dtype=object)
    lists[3, 4:] = None  # a short list
    lists[4] = None  # no list
    found = small.grade(lists)
    for name, split in small.splits.items():
        pairs, values = split.test.to_frame(), []
        for user, relevant in pairs.groupby("user")["item"]:
            row = [] if user not in people else [t for t in lists[people.get_loc(user)] if t is not None]
            gained = sum(1 / math.log2(i + 2) for i, t in enumerate(row) if t in set(relevant))
            values.append(gained / sum(1 / math.log2(i + 2) for i in range(min(10, len(relevant)))))
        assert found[name] == pytest.approx(np.mean(values), abs=1e-12)
        assert found[f"{name}_low"] <= found[name] <= found[f"{name}_high"]


def test_the_oracles_lists_leave_out_what_was_heard(small):
    train = small.splits["ndcg_new"].train
    heard = train.to_frame().groupby("user")["item"].agg(set)
    lists = small.true_lists(online.PAST, train)
    for user, row in zip(small.world.listeners, lists, strict=True):
        assert not heard.get(user, set()) & set(row)
    assert any(
        heard.get(u, set()) & set(row)
        for u, row in zip(small.world.listeners, small.true_lists(6), strict=True)
    )


def test_whom_a_model_does_not_know_gets_the_chart(small):
    model = online.Popularity().fit(small.splits["ndcg_new"].train.drop_empty(items=False))
    people = small.world.listeners
    shown = small.shelf_of(model, heard=True).act(people)
    lists = np.array([shown[shown["user"] == user]["item"].tolist() for user in people], dtype=object)
    strangers = ~people.isin(model.users_)
    assert strangers.any() and (lists[strangers] == small.world.chart(online.PAST)[:10]).all()
    assert (lists[~strangers] == lists[~strangers][0]).all()  # heard tracks may stand: one list for all


def test_minutes_expected_are_the_score_times_the_length(small):
    past = small.splits["ndcg_new"].train
    scores = online.EASE().fit(past).score(past.users[:5])
    length = small.tracks.set_index("track_id")["duration_s"][past.items].to_numpy()
    found = online.Longest().fit(past, items=small.tracks).score(past.users[:5])
    np.testing.assert_allclose(found, scores * length)


def test_gains_are_those_of_the_events(small):
    shelf = small.true_lists(online.LOG)
    served = small.world.serve(lambda ids: shelf[small.world.rows(ids)], weeks=1)
    hours = [one.events["seconds_played"].sum() / 3600 for one in (served, small.today)]
    found = small.serve_lists(shelf)
    assert found["hours"] == pytest.approx((hours[0] - hours[1]) / len(small.world.listeners))
    kept = [
        one.events["user_id"].nunique() for one in (served, small.today)
    ]  # one week: who plays is retained
    assert found["retained"] == pytest.approx((kept[0] - kept[1]) / len(small.world.listeners))
    played = served.events["track_id"][
        served.events["track_id"].isin(asked_for(served.events, small.tracks)["track_id"])
    ]
    tail = ~played.isin(small.ids[small.head])
    assert found["tail"] == pytest.approx(tail.mean())


def test_the_leaderboard_is_the_mean_over_worlds_with_students_interval():
    table = load_online()
    board = online.leaderboard(table)
    assert board["hours"].is_monotonic_decreasing
    for row in board.itertuples():
        part = table[(table["policy"] == row.policy) & (table["heard"] == row.heard)]
        low, high = stats.t.interval(
            0.95, len(part) - 1, part["hours"].mean(), stats.sem(part["hours"]) or 1e-300
        )
        assert (row.hours, row.hours_low, row.hours_high) == pytest.approx((part["hours"].mean(), low, high))


def test_the_shipped_file_is_whole():
    table = load_online()
    assert list(table.columns) == online.COLUMNS
    assert table["seed"].nunique() >= 5 and (table["listeners"] == 1_485).all()
    worlds = table.groupby(["policy", "heard"])["seed"].nunique()
    assert (worlds == table["seed"].nunique()).all()
    assert set(table["policy"]) == set(online.POLICIES)
    both = {name for name, found in table.groupby("policy")["heard"] if set(found) == {True, False}}
    assert both == {online.ORACLE, *online.MODELS}
    today = table[table["policy"] == online.TODAY]
    assert (today[["hours", "hours_low", "hours_high", "retained", "satisfaction"]] == 0).all(axis=None)
    for name in online.GRADES + online.WINS:
        assert ((table[f"{name}_low"] <= table[name]) & (table[name] <= table[f"{name}_high"])).all()
    pd.testing.assert_frame_equal(table, online.in_order(table))


def test_the_page_shows_the_file():
    page = (BENCHMARKS / "ONLINE.md").read_text(encoding="utf-8")
    assert page == online.render(load_online(), online.USERS, online.WEEKS)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seeds", "7"], "give two seeds or more"),
        (["--only", "EASY"], "'EASY' is none of today's shelf, random shelf"),
        (["--out", "nowhere"], "nowhere is not a folder"),
    ],
)
def test_a_wrong_call_gets_a_sentence(arguments, sentence, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["online.py", *arguments])
    with pytest.raises(SystemExit) as stopped:
        online.main()
    assert stopped.value.code == 2 and sentence in capsys.readouterr().err


def test_only_measures_some_anew_and_keeps_the_rest(tmp_path, monkeypatch, capsys):
    calls = []

    def rows(seed, users, weeks, only=None, say=None):
        calls.append((seed, only))
        names = only or online.POLICIES
        row = dict.fromkeys(online.COLUMNS, 0.5 + seed)
        return pd.DataFrame([row | {"seed": seed, "policy": name, "heard": True} for name in names])

    monkeypatch.setattr(online, "rows_of_world", rows)
    for arguments in ([], ["--only", "EASE"]):
        monkeypatch.setattr(
            sys, "argv", ["online.py", "--seeds", "1", "2", "--out", str(tmp_path), *arguments]
        )
        assert online.main() == 0
    assert calls == [(1, None), (2, None), (1, ["EASE"]), (2, ["EASE"])]
    table = pd.read_csv(tmp_path / "online.csv")
    assert len(table) == 2 * len(online.POLICIES) and list(table["policy"][:3]) == list(online.POLICIES[:3])
    assert not list(tmp_path.glob(".*"))  # nothing temporary is left


@pytest.mark.slow
def test_the_first_world_is_the_shipped_murmur():
    murmur = load_murmur()
    shipped = asked_for(clean(murmur.events, murmur.tracks, murmur.users)[0], murmur.tracks)
    made = online.Platform(online.SEEDS[0]).events
    columns = ["event_id", "user_id", "track_id", "seconds_played"]
    as_plain = [table[columns].astype(object).reset_index(drop=True) for table in (made, shipped)]
    pd.testing.assert_frame_equal(*as_plain)
    assert (made["at"].to_numpy() == shipped["at"].to_numpy()).all()
