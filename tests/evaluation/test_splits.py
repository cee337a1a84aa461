"""Splits against plain loops, scikit-learn's folds, and what must never happen: a pair on both sides."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.model_selection import KFold

from recsys_helpers.evaluation import (
    Split,
    evaluate,
    k_fold,
    leave_last_out,
    random_split,
    split_log,
    time_split,
)
from recsys_helpers.interactions import Interactions


def pairs(x: Interactions) -> set:
    return set(x.to_frame().itertuples(index=False, name=None))


def assert_whole(x: Interactions, split: Split) -> None:
    """No pair in both parts, no pair lost or changed, ids as they were."""
    train, test = pairs(split.train), pairs(split.test)
    assert {p[:2] for p in train}.isdisjoint({p[:2] for p in test})
    assert train | test == pairs(x)
    assert split.train.nnz + split.test.nnz == x.nnz
    for part in (split.train, split.test):
        assert part.users.equals(x.users) and part.items.equals(x.items)


SPLITS = {
    "random": lambda x: random_split(x),
    "random, pooled": lambda x: random_split(x, per_user=False),
    "last out": lambda x: leave_last_out(x, n=2),
    "time": lambda x: time_split(x, 15),
    "fold": lambda x: next(k_fold(x)),
}


@pytest.mark.parametrize("name", SPLITS)
def test_every_interaction_lands_in_one_part(ratings, name):
    assert_whole(ratings, SPLITS[name](ratings))


@pytest.mark.parametrize("name", SPLITS)
def test_the_same_call_gives_the_same_split(ratings, name):
    assert pairs(SPLITS[name](ratings).test) == pairs(SPLITS[name](ratings).test)


def test_random_split_is_the_documented_loop(ratings):
    frame = ratings.to_frame()
    rng = np.random.default_rng(0)
    held_out = []
    for _, rows in frame.groupby("user", sort=True):
        if len(rows) >= 5:
            order = rng.permutation(rows.index.to_numpy())
            held_out += list(order[: max(1, round(0.2 * len(rows)))])
    expected = set(frame.loc[held_out, ["user", "item"]].itertuples(index=False, name=None))
    split = random_split(ratings, test_size=0.2, min_items=5, random_state=0)
    assert {p[:2] for p in pairs(split.test)} == expected


def test_random_split_leaves_short_histories_and_one_item_in_train(ratings):
    sizes = ratings.to_frame().groupby("user").size()
    split = random_split(ratings, test_size=0.97, min_items=10)
    in_train = split.train.to_frame().groupby("user").size()
    assert (in_train[sizes < 10] == sizes[sizes < 10]).all()
    assert (in_train >= 1).all() and len(in_train) == len(sizes)
    assert set(split.listeners) == set(sizes.index[sizes >= 10])


def test_a_listener_with_two_items_keeps_one_of_them():
    x = Interactions.from_frame(pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "a"]}))
    for share in (0.01, 0.5, 0.99):
        split = random_split(x, share, min_items=2)
        assert (split.train.nnz, split.test.nnz, list(split.listeners)) == (2, 1, [1])
    times = Interactions.from_frame(x.to_frame().assign(at=[2, 1, 3]), user="user", item="item", time="at")
    assert leave_last_out(times).test.to_frame()[["user", "item"]].values.tolist() == [[1, "a"]]
    with pytest.raises(ValueError, match="No listener has 3 interactions"):
        leave_last_out(times, min_items=3)


def test_what_is_left_out_is_as_documented(ratings):
    for ours, stated in (
        (random_split(ratings), random_split(ratings, 0.2, True, 5, 0)),
        (leave_last_out(ratings), leave_last_out(ratings, 1, 2)),
        *zip(k_fold(ratings), k_fold(ratings, 5, 0), strict=True),
    ):
        assert pairs(ours.test) == pairs(stated.test)


def test_pooled_random_split_takes_the_share(ratings):
    sizes = ratings.to_frame().groupby("user").size()
    shortest = int(sizes[sizes > 5].min())  # some listener has just enough
    split = random_split(ratings, 0.99, per_user=False, min_items=shortest)
    assert split.test.nnz == round(0.99 * sizes[sizes >= shortest].sum())
    assert set(split.listeners) == set(sizes.index[sizes >= shortest])
    other = random_split(ratings, 0.3, per_user=False, random_state=1)
    assert pairs(other.test) != pairs(random_split(ratings, 0.3, per_user=False).test)


@pytest.mark.parametrize("n", [1, 3])
def test_leave_last_out_holds_out_the_latest_and_breaks_ties_by_id(ratings, n):
    frame = ratings.to_frame()
    expected = set()
    for user, rows in frame.groupby("user"):
        if len(rows) >= n + 1:
            history = sorted(zip(rows["time"], rows["item"], strict=True))
            expected |= {(user, item) for _, item in history[-n:]}
    assert {p[:2] for p in pairs(leave_last_out(ratings, n=n).test)} == expected


@pytest.mark.parametrize("at", [15, 14.5, np.int64(15)])
def test_time_split_by_number(ratings, at):
    split = time_split(ratings, at)
    assert split.train.times.max() < at <= split.test.times.min()


@pytest.mark.parametrize(
    "at",
    [
        "2026-01-03",
        pd.Timestamp("2026-01-03"),
        dt.datetime(2026, 1, 3),
        dt.date(2026, 1, 3),
        np.datetime64("2026-01-03", "s"),
    ],
)
def test_time_split_by_date(at):
    days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"])
    x = Interactions.from_frame(
        pd.DataFrame({"user_id": [1, 1, 2, 2], "track_id": list("abcd"), "at": days}), time="at"
    )
    assert sorted(time_split(x, at).test.to_frame()["item"]) == ["c", "d"]


def test_time_split_reads_a_zone():
    times = pd.to_datetime(["2026-01-02 22:30", "2026-01-02 23:30"])  # UTC; midnight in Paris is 23:00
    x = Interactions.from_frame(
        pd.DataFrame({"user_id": [1, 1], "track_id": ["a", "b"], "at": times}), time="at"
    )
    assert list(time_split(x, pd.Timestamp("2026-01-03", tz="Europe/Paris")).test.to_frame()["item"]) == ["b"]


def test_time_split_by_date_of_unix_numbers():
    """As of the dates that pandas makes of them."""
    log = pd.DataFrame({"user_id": [1, 1, 2], "track_id": list("abc"), "at": [0, 86_399, 86_400]})
    x = Interactions.from_frame(log, time="at", unit="s")
    assert time_split(x, "1970-01-02").test.to_frame()["item"].tolist() == ["c"]
    assert time_split(x, "1970-01-01 23:59:59").test.to_frame()["item"].tolist() == ["b", "c"]


@pytest.mark.parametrize("n_splits, seed", [(5, 0), (3, 7), (2, 1), (18, 0)])
def test_k_fold_is_scikit_learns(ratings, n_splits, seed):
    if n_splits == 18:  # as many folds as interactions: each alone
        ratings = ratings.where(np.arange(ratings.nnz) < 18)
    frame = ratings.to_frame()
    folds = list(k_fold(ratings, n_splits, random_state=seed))
    theirs = KFold(n_splits, shuffle=True, random_state=seed).split(frame)
    assert len(folds) == n_splits
    for ours, (_, test) in zip(folds, theirs, strict=True):
        assert_whole(ratings, ours)
        assert pairs(ours.test) == set(frame.iloc[test].itertuples(index=False, name=None))


def test_stored_zeros_are_interactions():
    frame = pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "a"], "value": [0.0, 1.0, 0.0]})
    x = Interactions.from_frame(frame, value="value")
    split = Split.from_mask(x, np.array([True, False, False]))
    assert split.test.to_frame().values.tolist() == [[1, "a", 0.0]]
    assert list(split.listeners) == [1]
    with pytest.raises(
        ValueError, match=r"1 \(user, item\) pairs are in train and in test, for example \(1, 'a'\)"
    ):
        Split(x, split.test)


def test_describe_counts(ratings):
    split = random_split(ratings)
    table = split.describe()
    assert table.index.tolist() == ["train", "test"]
    assert table.columns.tolist() == ["interactions", "share", "listeners", "items"]
    assert table.drop(columns="share").dtypes.tolist() == [int] * 3
    test = split.test.to_frame()
    assert table["share"].tolist() == [
        round(1 - len(test) / ratings.nnz, 3),
        round(len(test) / ratings.nnz, 3),
    ]
    assert table.loc["test", "interactions"] == len(test)
    assert table.loc["test", "listeners"] == test["user"].nunique()
    assert table.loc["test", "items"] == test["item"].nunique()
    assert table["interactions"].sum() == ratings.nnz


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 9)), min_size=2, max_size=50), st.data())
def test_any_mask_gives_a_whole_split_or_a_sentence(cells, data):
    users, items = zip(*sorted(cells), strict=True)
    frame = pd.DataFrame({"user_id": users, "track_id": items, "value": np.arange(len(users), dtype=float)})
    x = Interactions.from_frame(frame, value="value")
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=x.nnz, max_size=x.nnz)))
    if mask.all() or not mask.any():
        with pytest.raises(ValueError, match="part is empty"):
            Split.from_mask(x, mask)
    else:
        assert_whole(x, Split.from_mask(x, mask))


def test_the_benchmarks_split_of_lastfm(lastfm_dir):
    """1,877 listeners are evaluated when 20% of each listener's artists (at least 5) are held out."""
    frame = pd.read_csv(lastfm_dir / "user_artists.dat", sep="\t", encoding="utf-8-sig")
    x = Interactions.from_frame(frame, user="userID", item="artistID", value="weight")
    split = random_split(x)
    assert len(split.listeners) == 1877
    assert_whole(x, split)


# ---- a log cut by time ---------------------------------------------------------------------------------------------

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


def test_lists_of_a_split_with_repeats_leave_in_what_was_heard(log, by_count):
    result = evaluate(
        {"count": by_count()}, split_log(log, TRACKS, "2026-03-15", repeats=True), "recall", k=8
    )
    fresh = evaluate({"count": by_count()}, split_log(log, TRACKS, "2026-03-15"), "recall", k=8)
    train = {pair[:2] for pair in pairs(split_log(log, TRACKS, "2026-03-15").train)}
    for outcome, seen in ((result, True), (fresh, False)):
        listed = set(outcome.lists["count"][["user", "item"]].itertuples(index=False, name=None))
        assert bool(listed & train) == seen


def no_times(x):
    return Interactions.from_frame(x.to_frame(), user="user", item="item", value="value")


def dated(x):
    """The same with its days counted from 1970."""
    columns = {"user": "user", "item": "item", "value": "value", "time": "time"}
    return Interactions.from_frame(x.to_frame(), **columns, unit="D")


def other_ids(x):
    split = random_split(x)
    return Split(split.train, split.test.subset(items=split.test.items[::-1]))


BAD = {
    "test_size of 1": (lambda x: random_split(x, test_size=1.0), "test_size is a share between 0 and 1"),
    "test_size of 0": (lambda x: random_split(x, test_size=0), "test_size is a share .*, not 0"),
    "test_size of NaN": (
        lambda x: random_split(x, test_size=float("nan")),
        "test_size is a share between 0 and 1",
    ),
    "min_items of 1": (lambda x: random_split(x, min_items=1), "min_items must be at least 2, not 1"),
    "nobody has enough": (
        lambda x: random_split(x, min_items=500),
        "No listener has 500 interactions.*Lower min_items",
    ),
    "no times, last out": (
        lambda x: leave_last_out(no_times(x)),
        "needs times. Build the Interactions with from_frame",
    ),
    "no times, by time": (lambda x: time_split(no_times(x), 3), "needs times"),
    "none to hold out": (lambda x: leave_last_out(x, n=0), "at least 1, not 0"),
    "too many to hold out": (lambda x: leave_last_out(x, n=99), "No listener has 100 interactions"),
    "moment too late": (
        lambda x: time_split(x, 99),
        "at=99 leaves train or test empty: the times run from 0 to 19. Choose a moment between them",
    ),
    "a date for numbers": (lambda x: time_split(x, "2026-01-01"), "name their unit.*unit='s'"),
    "a number for dates": (
        lambda x: time_split(dated(x), 15),
        "at=15 is a number, and the times are dates: give a date such as '2026-01-31'",
    ),
    "a date too late": (
        lambda x: time_split(dated(x), "2027-01-01"),
        "the times run from 1970-01-01 00:00:00 to 1970-01-20 00:00:00. Choose a moment between them",
    ),
    "no moment": (lambda x: time_split(x, "soon"), "'soon' is not a moment: give a number or a date"),
    "missing moment": (lambda x: time_split(x, pd.NaT), "NaT is not a moment: give a number or a date"),
    "moment beyond the calendar": (lambda x: time_split(x, "9999-12-31"), "'9999-12-31' is not a moment"),
    "one fold": (lambda x: k_fold(x, n_splits=1), "n_splits must be between 2 and"),
    "mask of numbers": (
        lambda x: Split.from_mask(x, np.zeros(x.nnz)),
        "booleans, one for each stored interaction",
    ),
    "mask too short": (lambda x: Split.from_mask(x, [True, False]), "of shape \\(2,\\)"),
    "same data twice": (
        lambda x: Split(x, x),
        "are in train and in test, for example .*Remove them from one part",
    ),
    "other item order": (
        other_ids,
        "^Train and test must .* the same items in the same order.*Split.from_mask",
    ),
    "empty train": (lambda x: Split.from_mask(x, np.ones(x.nnz, dtype=bool)), "The train part is empty"),
    "empty test": (lambda x: Split.from_mask(x, np.zeros(x.nnz, dtype=bool)), "The test part is empty"),
}


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
}


@pytest.mark.parametrize("case", BAD_LOG)
def test_a_bad_log_earns_a_sentence(refused, log, case):
    call, sentence = BAD_LOG[case]
    before = log.copy()
    refused(lambda: call(log), sentence)
    pd.testing.assert_frame_equal(log, before)


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, ratings, case):
    call, sentence = BAD[case]
    refused(lambda: call(ratings), sentence)


def test_overlap_is_found_in_one_cell_of_many():
    full = sparse.csr_array(np.ones((50, 50)))
    x = Interactions.from_frame(
        pd.DataFrame(np.argwhere(full.toarray() > 0), columns=["user_id", "track_id"])
    )
    mask = np.zeros(x.nnz, dtype=bool)
    mask[1000:1500] = True
    clean = Split.from_mask(x, mask)
    mask[1499] = False
    with pytest.raises(ValueError, match=r"1 \(user, item\) pairs"):
        Split(x.where(~mask), clean.test)
