"""The online leaderboard: how lists are graded and figures averaged, and that the shipped file is what comes out."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from recsys_helpers import models
from recsys_helpers.datasets import load_murmur, load_online
from recsys_helpers.events import asked_for, clean

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import online  # noqa: E402
import online_page  # noqa: E402


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


def heard_before(at, moment=None):
    plays = at.events[at.events["action"] == "play"]
    plays = plays if moment is None else plays[plays["at"] < moment]
    return plays.groupby(plays["user_id"].astype(str))["track_id"].agg(set)


def test_the_oracles_lists_leave_out_what_was_heard(small):
    heard, people = heard_before(small, online.CUT), small.world.listeners
    early = small.events[small.events["at"] < online.CUT]
    for user, row in zip(people, small.true_lists(online.PAST, [early]), strict=True):
        assert not heard.get(user, set()) & set(row)
    assert any(heard.get(u, set()) & set(row) for u, row in zip(people, small.true_lists(6), strict=True))


def test_the_oracle_of_the_unheard_forgets_nothing_that_was_played_under_it(small):
    policy = online.Oracle(small, heard=False)
    served = small.world.serve(policy, weeks=2, log=small.log)
    context = pd.DataFrame({"week": [online.LOG + 2]})
    after = set(zip(served.events["user_id"], served.events["track_id"], strict=True))
    before = heard_before(small)
    for user, row in zip(
        small.world.listeners, policy(small.world.listeners.to_numpy(), context), strict=True
    ):
        assert not before.get(user, set()) & set(row)
        assert not any((user, track) in after for track in row)


def test_the_control_counts_the_plays_of_the_week_before(small):
    for week in (online.PAST, online.LOG):
        now = online.START + pd.Timedelta(weeks=week)
        plays = small.events[(small.events["action"] == "play") & (small.events["at"] < now)]
        counts = plays.loc[plays["at"] >= now - pd.Timedelta(weeks=1), "track_id"].astype(str).value_counts()
        most = counts.sort_index().sort_values(ascending=False, kind="stable").index[:10]
        assert small.control_chart(week) == list(most)


def test_whom_a_model_does_not_know_gets_the_control(small):
    shown = small.first_lists(online.Popularity, heard=True)
    lists = shown.pivot(index="user", columns="rank", values="item").loc[small.world.listeners].to_numpy()
    strangers = ~small.world.listeners.isin(heard_before(small, online.CUT).index)
    assert strangers.any() and (lists[strangers] == np.array(small.control_chart(online.PAST))).all()
    assert (lists[~strangers] == lists[~strangers][0]).all()  # heard tracks may stand: one list for all


def test_a_model_learns_anew_each_week_from_what_it_brought(small):
    policy = small.policy_of(online.Popularity, heard=True)
    served = small.world.serve(policy, weeks=2, log=small.log)
    assert [len(lists) for lists in policy.lists] == [10 * len(small.world.listeners)] * 2
    own = asked_for(served.events_in(online.LOG), small.tracks)
    log = pd.concat([small.events, own])
    plays = log.loc[log["action"] == "play", ["user_id", "track_id"]].astype(str).drop_duplicates()
    counts = plays["track_id"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    second = policy.lists[1]
    known = second[second["user"] == plays["user_id"].min()]
    assert list(known["item"]) == list(counts.index[:10])


def test_settings_are_those_that_the_validation_weeks_chose():
    kept = pd.read_csv(ROOT / "data" / "measured" / "offline.csv").query("metric == 'ndcg'")
    chosen = kept[kept["settings"] == "tuned"].set_index("model")["parameters"]
    names = {"CollaborativeFiltering (zeros)": "CollaborativeFiltering"}
    for name, make in online.MODELS.items():
        if name == "CollaborativeFiltering (biases)":
            continue
        model, kind = make(), type(make())
        base = kind(dtype="float64") if kind is models.ImplicitALS else kind()
        given = model.get_params(deep=False)
        tuned = eval(f"dict({chosen[names.get(name, name)]})", vars(models).copy())  # as offline.py wrote it
        expected = base.set_params(**tuned).get_params(deep=False)
        assert repr(given) == repr(expected), name
    assert online.Longest().regularization == online.MODELS["EASE"]().regularization


def test_minutes_expected_are_the_score_times_the_length(small):
    past = small.splits["ndcg_new"].train
    scores = online.EASE(regularization=200.0).fit(past).score(past.users[:5])
    length = small.tracks.set_index("track_id")["duration_s"][past.items].to_numpy()
    found = online.Longest().fit(past, items=small.tracks).score(past.users[:5])
    np.testing.assert_allclose(found, scores * length)


def test_gains_are_those_of_the_events(small):
    shelf = small.true_lists(online.LOG)

    def policy(ids):
        return shelf[small.world.rows(ids)]

    found = small.serve(policy)
    served = small.world.serve(policy, weeks=1, log=small.log)
    hours = [one.events["seconds_played"].sum() / 3600 for one in (served, small.control)]
    assert found["hours"] == pytest.approx((hours[0] - hours[1]) / len(small.world.listeners))
    kept = [
        one.events["user_id"].nunique() for one in (served, small.control)
    ]  # one week: who plays is retained
    assert found["retained"] == pytest.approx((kept[0] - kept[1]) / len(small.world.listeners))
    played = served.events["track_id"][
        served.events["track_id"].isin(asked_for(served.events, small.tracks)["track_id"])
    ]
    tail = ~played.isin(small.ids[small.head])
    assert found["tail"] == pytest.approx(tail.mean())


def test_the_leaderboard_is_the_mean_over_worlds_with_students_interval():
    table = load_online()
    board = online_page.leaderboard(table)
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
    assert table["seed"].nunique() >= 5 and (table["listeners"] == 495).all()
    worlds = table.groupby(["policy", "heard"])["seed"].nunique()
    assert (worlds == table["seed"].nunique()).all()
    assert set(table["policy"]) == set(online.POLICIES)
    both = {name for name, found in table.groupby("policy")["heard"] if set(found) == {True, False}}
    assert both == {online.ORACLE, *online.MODELS}
    control = table[table["policy"] == online.CONTROL]
    assert (control[["hours", "hours_low", "hours_high", "retained", "satisfaction"]] == 0).all(axis=None)
    for name in online.GRADES + online.WINS:
        assert ((table[f"{name}_low"] <= table[name]) & (table[name] <= table[f"{name}_high"])).all()
    pd.testing.assert_frame_equal(table, online.in_order(table))


def test_the_page_shows_the_file():
    page = (BENCHMARKS / "ONLINE.md").read_text(encoding="utf-8")
    assert page == online_page.render(load_online(), online.USERS, online.WEEKS, online.LOG)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--seeds", "7"], "give two seeds or more"),
        (["--only", "EASY"], "'EASY' is none of counted chart, chart of true taste"),
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
    made = online.Platform(online.SEEDS[0], users=len(murmur.users)).events
    columns = ["event_id", "user_id", "track_id", "seconds_played"]
    as_plain = [table[columns].astype(object).reset_index(drop=True) for table in (made, shipped)]
    pd.testing.assert_frame_equal(*as_plain)
    assert (made["at"].to_numpy() == shipped["at"].to_numpy()).all()
