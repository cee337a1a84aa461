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
    time_split,
    user_split,
)
from recsys_helpers.interactions import Interactions

START, LATER = pd.Timestamp("2026-03-01", tz="UTC"), pd.Timestamp("2026-03-02", tz="UTC")


def pairs(x: Interactions) -> set:
    return set(x.to_frame().itertuples(index=False, name=None))


def assert_whole(x: Interactions, split: Split) -> None:
    """No pair in two parts, no pair lost or changed, ids as they were."""
    parts = [part for part in (split.train, split.test, split.given) if part is not None]
    assert set().union(*map(pairs, parts)) == pairs(x)
    assert sum(part.nnz for part in parts) == x.nnz
    for part in parts:
        assert part.users.equals(x.users) and part.items.equals(x.items)


SPLITS = {
    "random": lambda x: random_split(x),
    "random, pooled": lambda x: random_split(x, per_user=False),
    "last out": lambda x: leave_last_out(x, n=2),
    "time": lambda x: time_split(x, 15),
    "fold": lambda x: next(k_fold(x)),
    "listeners": lambda x: user_split(x),
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


def test_user_split_leaves_whole_listeners_out(ratings):
    """The documented loop: who is drawn, then of each of them, in row order, what is asked for."""
    split = user_split(ratings, test_size=0.3, held_out=0.4, min_items=6, random_state=3)
    rows = {u: rows["item"].tolist() for u, rows in ratings.to_frame().groupby("user")}
    eligible = [user for user in sorted(rows) if len(rows[user]) >= 6]
    assert len(eligible) < len(rows)
    rng = np.random.default_rng(3)
    chosen = sorted(rng.permutation(eligible)[: round(0.3 * len(eligible))])
    test = set()
    for user in chosen:
        n = min(max(1, round(0.4 * len(rows[user]))), len(rows[user]) - 1)
        test |= {(user, rows[user][i]) for i in rng.permutation(len(rows[user]))[:n]}
    assert {p[:2] for p in pairs(split.test)} == test
    assert {p[:2] for p in pairs(split.given)} == {(u, i) for u in chosen for i in rows[u]} - test
    assert set(split.train.to_frame()["user"]) == rows.keys() - set(chosen)
    assert split.listeners.tolist() == chosen
    assert split.describe().index.tolist() == ["train", "given", "test"]
    assert split.describe()["interactions"].sum() == ratings.nnz
    assert pairs(split.known) == pairs(split.train) | pairs(split.given)
    assert random_split(ratings).known.nnz == random_split(ratings).train.nnz


def test_models_meet_the_listeners_of_a_user_split_by_fold_in(ratings, by_count):
    """Lists hold nothing of what is given; a model that cannot fold in is told so."""
    from recsys_helpers.models import EASE

    split = user_split(ratings, random_state=1)
    lists = evaluate({"ease": EASE()}, split, "recall", k=5).lists["ease"]
    given = {p[:2] for p in pairs(split.given)}
    assert set(lists["user"]) == set(split.listeners)
    assert not given & set(lists[["user", "item"]].itertuples(index=False, name=None))
    # By hand: a linear model, whose scores are given x weights.
    ease = EASE().fit(split.train.drop_empty(items=False))
    x = split.given.subset(users=split.listeners).matrix.toarray()
    scores = np.where(x > 0, -np.inf, x @ ease.weights_)
    best = split.train.items.to_numpy()[np.argsort(-scores.round(9), axis=1, kind="stable")[:, :5]]
    assert lists["item"].to_numpy().reshape(-1, 5).tolist() == best.tolist()
    with pytest.raises(ValueError, match="^Model 'own': ByCount has no fold_in, and this split tells"):
        evaluate({"own": by_count()}, split, "recall", k=5)


SEEDED = {
    "random_split": lambda x, seed: random_split(x, random_state=seed),
    "user_split": lambda x, seed: user_split(x, random_state=seed),
    "k_fold": lambda x, seed: next(k_fold(x, random_state=seed)),
}


@pytest.mark.parametrize("name", SEEDED)
def test_any_kind_of_random_state_draws(ratings, name):
    """A seed draws the same each time; a Generator and a RandomState go on from where they are."""
    call = SEEDED[name]
    for kind in (np.random.default_rng, np.random.RandomState):
        one, other = kind(5), kind(5)
        first, second = pairs(call(ratings, one).test), pairs(call(ratings, one).test)
        assert first == pairs(call(ratings, other).test) != second
    assert pairs(call(ratings, np.int64(4)).test) == pairs(call(ratings, 4).test)
    with pytest.raises(
        ValueError, match="^random_state='soon' cannot draw: give a whole number of 0 or more, a"
    ):
        call(ratings, "soon")
    with pytest.raises(ValueError, match="^random_state=-1 cannot draw"):
        call(ratings, -1)


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
    again = k_fold(ratings, n_splits, random_state=np.random.RandomState(seed))
    assert [pairs(one.test) for one in again] == [pairs(one.test) for one in folds]
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
    "min_items of 1, by listener": (
        lambda x: user_split(x, min_items=1),
        "min_items must be at least 2, not 1",
    ),
    "listeners of share 1": (lambda x: user_split(x, test_size=1), "test_size is a share .*, not 1"),
    "nothing asked of listeners": (lambda x: user_split(x, held_out=0), "held_out is a share .*, not 0"),
    "no listener to grade": (
        lambda x: user_split(x, test_size=0.001),
        r"^Of \d+ listeners with 5 interactions or more, test_size=0.001 leaves 0 to be graded",
    ),
    "nobody to learn from": (
        lambda x: user_split(x.subset(users=x.users[:4]), test_size=0.99, min_items=2),
        "^Of 4 listeners with 2 interactions or more, test_size=0.99 leaves 4 to be graded",
    ),
    "given to whom train has": (
        lambda x: Split(
            x.where(x.matrix.indices < 9),
            x.where(x.matrix.indices > 20),
            given=x.where(x.matrix.indices == 15),
        ),
        "^Listener 1 is in train and in given. What is given is told of listeners whom the model has not met",
    ),
    "given what is asked": (
        lambda x: Split(x.where(x.rows < 9), x.where(x.rows == 20), given=x.where(x.rows >= 20)),
        r"^\d+ \(user, item\) pairs are in given and in test, for example \(20, 't\d\d'\)",
    ),
    "events without a moment": (
        lambda x: Split(x.where(x.rows < 9), x.where(x.rows > 9), events=pd.DataFrame({"at": [START]})),
        "^Events need the moment of the cut",
    ),
    "events from behind the moment": (
        lambda x: Split(
            x.where(x.rows < 9),
            x.where(x.rows > 9),
            moment="2026-03-02",
            events=pd.DataFrame({"at": [START, LATER]}),
        ),
        r"^1 of the events are not from before 2026-03-02 00:00:00\+00:00: cut them first",
    ),
    "train at the moment itself": (
        lambda x: Split(
            dated(x).where(x.times < 19),
            dated(x).where(x.times == 19),
            moment=dated(x).moments[x.times < 19].max(),
        ),
        r"^\d+ of the times of train are not before 1970-01-\d+ 00:00:00\+00:00: a model would see behind the cut",
    ),
    "train from behind the moment": (
        lambda x: Split(dated(x).where(x.rows < 9), dated(x).where(x.rows > 9), moment="1970-01-02"),
        r"^\d+ of the times of train are not before 1970-01-02 00:00:00\+00:00: a model would see behind the cut",
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
