"""Splits of a log against plain loops over its rows: no strength on one side holds an event of the other."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.evaluation import evaluate, rolling_splits, split_log
from recsys_helpers.events import preference
from recsys_helpers.interactions import Interactions


def pairs(x: Interactions) -> set:
    return set(x.to_frame().itertuples(index=False, name=None))


TRACKS = pd.DataFrame({"track_id": [f"t{i}" for i in range(9)], "duration_s": 100 + 20 * np.arange(9)})
START = pd.Timestamp("2026-03-01", tz="UTC")


def play_log(rows: list[tuple]) -> pd.DataFrame:
    """A log of (user, track, day, seconds heard, action); a search has no track."""
    frame = pd.DataFrame(rows, columns=["user_id", "track_id", "day", "seconds_played", "action"])
    at = START + pd.to_timedelta(frame.pop("day"), unit="D")
    return frame.assign(at=at, seconds_played=frame["seconds_played"].astype(float))


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    """300 rows over 20 days: listener u0 only early, u1 only late, u2 late with skips alone; t8 only late."""
    rng = np.random.default_rng(11)
    rows = []
    for _ in range(300):
        user, day = int(rng.integers(0, 12)), int(rng.integers(0, 20))
        if user < 3:
            day = day % 14 if user == 0 else 14 + day % 6
        track = int(rng.integers(0, 9 if day >= 14 else 8))
        share = 0.02 if user == 2 else float(rng.choice([0.05, 0.3, 0.5, 0.8, 1.0]))
        action = str(rng.choice(["play", "play", "play", "like", "search"]))
        seconds = share * (100 + 20 * track) if action == "play" else np.nan
        rows.append((f"u{user:02d}", f"t{track}" if action != "search" else None, day, seconds, action))
    return play_log(rows).sample(frac=1, random_state=1)


def heard_by_hand(log: pd.DataFrame, keep) -> dict:
    """{(user, track): h / (1 + h)}, h the sum of shares heard, over the plays whose moment ``keep`` accepts."""
    lasts = dict(zip(TRACKS["track_id"], TRACKS["duration_s"], strict=True))
    heard: dict = {}
    for row in log.itertuples():
        if row.action == "play" and keep(row.at):
            pair = (row.user_id, row.track_id)
            heard[pair] = heard.get(pair, 0.0) + min(1.0, row.seconds_played / lasts[row.track_id])
    return {pair: h / (1 + h) for pair, h in heard.items()}


@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("least", [1 / 3, 0.6])
def test_split_log_is_the_documented_loop(log, least, repeats):
    moment = START + pd.Timedelta(days=14)
    past = heard_by_hand(log, lambda at: at < moment)
    future = heard_by_hand(log, lambda at: at >= moment)
    liked = {p: s for p, s in future.items() if s >= least and (repeats or p not in past)}
    split = split_log(log, TRACKS, "2026-03-15", least=least, repeats=repeats)

    for part, expected in ((split.train, past), (split.test, liked)):
        found = {(u, i): v for u, i, v, _ in pairs(part)}
        assert found == pytest.approx(expected)
    every = past.keys() | future.keys()
    assert split.train.users.tolist() == sorted({user for user, _ in every})
    assert split.train.items.tolist() == sorted({track for _, track in every})
    assert split.test.users.equals(split.train.users) and split.test.items.equals(split.train.items)
    assert split.listeners.tolist() == sorted({user for user, _ in liked})
    assert split.train.times.max() < moment.tz_convert(None).to_datetime64() <= split.test.times.min()
    overlap = past.keys() & {pair[:2] for pair in pairs(split.test)}
    assert bool(overlap) == repeats


def test_split_log_keeps_who_has_no_past_and_who_has_nothing_to_find(log):
    split = split_log(log, TRACKS, "2026-03-15")
    assert {"u00", "u01", "u02"} <= set(split.train.users) and "t8" in split.train.items
    assert "u00" not in split.listeners  # nothing in the test weeks
    assert "u01" in split.listeners and "u01" not in split.train.to_frame()["user"].tolist()
    assert "u02" not in split.listeners  # nothing but skips


def test_split_log_learns_nothing_from_after_the_cut(log):
    """However the later events are changed, train stays as it is."""
    later = log["at"] >= START + pd.Timedelta(days=14)
    changed = log.assign(seconds_played=log["seconds_played"].mask(later & (log["action"] == "play"), 90.0))
    before = split_log(log, TRACKS, "2026-03-15").train.to_frame()
    pd.testing.assert_frame_equal(before, split_log(changed, TRACKS, "2026-03-15").train.to_frame())


def test_split_log_counts_half_a_track_and_reads_any_moment(log):
    half = play_log(
        [("al", "t0", 0, 100, "play"), ("al", "t5", 9, 100, "play"), ("al", "t6", 9, 109, "play")]
    )
    assert split_log(half, TRACKS, "2026-03-05").test.to_frame()["item"].tolist() == ["t5"]  # 100 of 200 s
    moments = [
        "2026-03-15",
        pd.Timestamp("2026-03-15", tz="UTC"),
        dt.date(2026, 3, 15),
        "2026-03-15 01:00+01:00",
    ]
    first, *others = [pairs(split_log(log, TRACKS, at).test) for at in moments]
    assert all(other == first for other in others)


def test_split_log_by_plays_needs_no_tracks(log):
    split = split_log(log, None, "2026-03-15", how="plays", least=np.log(3) - 1e-12)
    counts = (
        log[(log["action"] == "play") & (log["at"] >= "2026-03-15")].groupby(["user_id", "track_id"]).size()
    )
    past = {pair[:2] for pair in pairs(split.train)}
    assert {p[:2] for p in pairs(split.test)} == {p for p, n in counts.items() if n >= 2 and p not in past}


def test_a_split_carries_the_log_up_to_its_cut(log):
    """All rows before the moment, searches and likes too, with all their columns; none later."""
    split = split_log(log, TRACKS, "2026-03-15")
    assert split.moment == START + pd.Timedelta(days=14)
    pd.testing.assert_frame_equal(split.events, log[log["at"] < split.moment])
    assert {"search", "like"} <= set(split.events["action"])
    typed = log.astype({"user_id": "category", "track_id": "category", "action": "category"})
    names = split_log(typed, TRACKS, "2026-03-15").events
    assert "u01" in typed["user_id"].cat.categories and "u01" not in names["user_id"].cat.categories
    assert "t8" not in names["track_id"].cat.categories and names["action"].dtype == "category"


def test_a_half_life_and_weights_reach_the_recipe(log):
    moment = START + pd.Timedelta(days=14)
    split = split_log(log, TRACKS, moment, half_life="4D")
    lasts = dict(zip(TRACKS["track_id"], TRACKS["duration_s"], strict=True))
    heard: dict = {}
    for row in log[(log["action"] == "play") & (log["at"] < moment)].itertuples():
        age = (moment - row.at) / pd.Timedelta(days=4)
        share = 0.5**age * min(1.0, row.seconds_played / lasts[row.track_id])
        heard[row.user_id, row.track_id] = heard.get((row.user_id, row.track_id), 0) + share
    assert {(u, i): v for u, i, v, _ in pairs(split.train)} == pytest.approx(
        {p: h / (1 + h) for p, h in heard.items()}
    )
    assert pairs(split.test) == pairs(
        split_log(log, TRACKS, moment).test
    )  # what is liked later does not grow old

    signals = log.assign(source="home", text=None)
    weights = {"like": 9.0, "skip": -2.0}
    split = split_log(signals, TRACKS, moment, how="signals", weights=weights, least=0)
    for part, rows in ((split.train, log["at"] < moment), (split.test, log["at"] >= moment)):
        table = preference(signals[rows], "signals", TRACKS, weights=weights)
        strength = dict(
            zip(zip(table["user_id"], table["track_id"], strict=True), table["strength"], strict=True)
        )
        assert all(strength[u, i] == v for u, i, v, _ in pairs(part))
    assert pairs(split.train) != pairs(split_log(signals, TRACKS, moment, how="signals").train)


def test_the_ends_of_the_past_and_of_the_test(log):
    moment, day = START + pd.Timedelta(days=14), pd.Timedelta(days=1)
    split = split_log(
        log, TRACKS, moment, since=moment - 5 * day, until=moment + 3 * day, least=0, repeats=True
    )
    past = heard_by_hand(log, lambda at: moment - 5 * day <= at < moment)
    later = heard_by_hand(log, lambda at: moment <= at < moment + 3 * day)
    for part, expected in ((split.train, past), (split.test, later)):
        assert {(u, i): v for u, i, v, _ in pairs(part)} == pytest.approx(expected)
    assert split.events["at"].min() >= moment - 5 * day


def test_ids_that_are_named_have_rows_and_columns(log):
    users, items = [f"u{i:02d}" for i in range(15)], [f"t{i}" for i in range(10)] + ["t95"]
    split = split_log(log, TRACKS, "2026-03-15", users=users[::-1], items=items)
    assert split.train.users.tolist() == users and split.test.items.tolist() == items
    by_default = split_log(log, TRACKS, "2026-03-15")
    assert pairs(split.train) == pairs(by_default.train) and pairs(split.test) == pairs(by_default.test)
    with pytest.raises(ValueError, match="Unknown .*: 't8'.*Add it to the ids to keep"):
        split_log(log, TRACKS, "2026-03-15", items=items[:8] + items[9:])


@pytest.mark.parametrize("history", [None, "6D"])
def test_rolling_splits_are_one_split_a_date(log, history):
    dates = ["2026-03-08", "2026-03-12", "2026-03-16"]
    found = list(rolling_splits(log, TRACKS, dates, window="4D", history=history, least=0.5))
    assert [str(split.moment.date()) for split in found] == dates
    for date, split in zip(dates, found, strict=True):
        at = pd.Timestamp(date, tz="UTC")
        since = START if history is None else at - pd.Timedelta(history)
        past = heard_by_hand(log, lambda when, since=since, at=at: since <= when < at)
        later = heard_by_hand(log, lambda when, at=at: at <= when < at + pd.Timedelta(days=4))
        assert {p[:2] for p in pairs(split.train)} == past.keys()
        assert {p[:2] for p in pairs(split.test)} == {
            p for p, s in later.items() if s >= 0.5 and p not in past
        }


def test_lists_of_a_split_with_repeats_leave_in_what_was_heard(log, by_count):
    result = evaluate(
        {"count": by_count()}, split_log(log, TRACKS, "2026-03-15", repeats=True), "recall", k=8
    )
    fresh = evaluate({"count": by_count()}, split_log(log, TRACKS, "2026-03-15"), "recall", k=8)
    train = {pair[:2] for pair in pairs(split_log(log, TRACKS, "2026-03-15").train)}
    for outcome, seen in ((result, True), (fresh, False)):
        listed = set(outcome.lists["count"][["user", "item"]].itertuples(index=False, name=None))
        assert bool(listed & train) == seen


BAD_LOG = {
    "too early": (
        lambda log: split_log(log, TRACKS, "2025-01-01"),
        "leaves no events before.*Choose a moment between them",
    ),
    "too late": (
        lambda log: split_log(log, TRACKS, "2027-01-01"),
        "leaves no events from then on: the log runs",
    ),
    "no moment": (lambda log: split_log(log, TRACKS, "soon"), "'soon' is not a moment in time"),
    "no recipe": (lambda log: split_log(log, TRACKS, "2026-03-15", how="love"), "not a recipe"),
    "no lengths": (lambda log: split_log(log, None, "2026-03-15"), "needs the length of the tracks"),
    "nothing liked": (
        lambda log: split_log(log, TRACKS, "2026-03-15", least=1),
        "no pair of a listener and a new track has a strength of at least 1. Lower least",
    ),
    "nothing liked, not even again": (
        lambda log: split_log(log, TRACKS, "2026-03-15", least=1, repeats=True),
        "no pair of a listener and a track has a strength of at least 1",
    ),
    "no table": (lambda log: split_log(log.to_numpy(), TRACKS, "2026-03-15"), "must be a pandas DataFrame"),
    "no times": (lambda log: split_log(log.drop(columns="at"), TRACKS, "2026-03-15"), "no column 'at'"),
    "no date": (
        lambda log: rolling_splits(log, TRACKS, []),
        "^dates are at least one moment, each later than",
    ),
    "a date twice": (
        lambda log: rolling_splits(log, TRACKS, ["2026-03-09", "2026-03-09"], window="2D"),
        "^dates are at least one moment, each later than the one before it",
    ),
    "a last window that is cut short": (
        lambda log: rolling_splits(log, TRACKS, ["2026-03-08", "2026-03-09", "2026-03-18"], window="3D"),
        "^From 2026-03-18 00:00:00.* on, the log has less than a window of 3D: it ends at 2026-03-20.*shorten",
    ),
    "no window": (
        lambda log: rolling_splits(log, TRACKS, ["2026-03-09"], window="long"),
        "^window='long' is not a span of time above 0",
    ),
    "a beginning for all": (
        lambda log: rolling_splits(log, TRACKS, ["2026-03-09"], window="2D", since="2026-03-01"),
        "^since= is what dates, window and history say for each cut: leave it out",
    ),
    "no history": (
        lambda log: rolling_splits(log, TRACKS, ["2026-03-09"], window="2D", history="long"),
        "^history='long' is not a span of time above 0",
    ),
    "a moment for all": (
        lambda log: rolling_splits(log, TRACKS, ["2026-03-09"], window="2D", until="2026-03-11"),
        "^until= is what dates, window and history say for each cut: leave it out",
    ),
}


@pytest.mark.parametrize("case", BAD_LOG)
def test_a_bad_log_earns_a_sentence(refused, log, case):
    call, sentence = BAD_LOG[case]
    before = log.copy()
    refused(lambda: call(log), sentence)
    pd.testing.assert_frame_equal(log, before)
