"""Splits: which interactions a model may learn from and which it is graded on.

It is not a metric and it never changes a value: a split of interactions puts each into exactly one of the two parts,
and ``split_log``, which cuts the events themselves, builds each part from the events on its own side of the cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.events import as_moment, between, check_table, preference
from recsys_helpers.interactions import Interactions


@dataclass(frozen=True, eq=False)
class Split:
    """Two parts of the same interactions, over the same users and items, that share no (user, item) pair.

    With ``repeats`` they may: test then also holds what a listener came back to, and ``evaluate`` asks the models for
    lists that leave in what was heard. Raises ValueError when a part is empty, when the ids differ, and when a pair is
    in both parts without ``repeats``.

    >>> x = Interactions.from_frame(pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "a"]}))
    >>> split = Split.from_mask(x, [False, True, False])
    >>> print(split.describe())
           interactions  share  listeners  items
    train             2  0.667          2      1
    test              1  0.333          1      1
    """

    train: Interactions
    test: Interactions
    repeats: bool = False

    def __post_init__(self):
        train, test = self.train, self.test
        if not (train.users.equals(test.users) and train.items.equals(test.items)):
            raise ValueError(
                "Train and test must have the same users and the same items in the same order. "
                "Split one Interactions with Split.from_mask, which keeps them."
            )
        for name, part in (("train", train), ("test", test)):
            if part.nnz == 0:
                raise ValueError(
                    f"The {name} part is empty. Choose a split that leaves something in both parts."
                )
        rows, columns = _pattern(train).multiply(_pattern(test)).nonzero()
        if len(rows) and not self.repeats:
            pair = (train.users[rows[0]], train.items[columns[0]])
            raise ValueError(
                f"{len(rows)} (user, item) pairs are in train and in test, for example {_plain(pair)}. "
                "Remove them from one part: a model graded on what it has seen looks better than it is."
            )

    @classmethod
    def from_mask(cls, x: Interactions, test_mask) -> Split:
        """Split by a boolean mask, shape (nnz,), over the stored entries (the rows of ``x.to_frame()``)."""
        mask = np.asarray(test_mask)
        if mask.dtype != bool or mask.shape != (x.nnz,):
            raise ValueError(
                f"The mask must hold {x.nnz} booleans, one for each stored interaction, "
                f"not {mask.dtype} of shape {mask.shape}."
            )
        return cls(x.where(~mask), x.where(mask))

    @property
    def listeners(self) -> pd.Index:
        """The users who have something in test, in row order: those a model can be graded on."""
        return self.test.users[np.diff(self.test.matrix.indptr) > 0]

    def describe(self) -> pd.DataFrame:
        """Interactions (number and share), listeners and items that occur, for train and for test."""
        parts = {"train": self.train, "test": self.test}
        total = self.train.nnz + self.test.nnz
        return pd.DataFrame(
            {
                name: {
                    "interactions": part.nnz,
                    "share": round(part.nnz / total, 3),
                    "listeners": int((np.diff(part.matrix.indptr) > 0).sum()),
                    "items": len(np.unique(part.matrix.indices)),
                }
                for name, part in parts.items()
            }
        ).T.astype({"interactions": int, "listeners": int, "items": int})


def random_split(
    x: Interactions, test_size: float = 0.2, per_user: bool = True, min_items: int = 5, random_state: int = 0
) -> Split:
    """Hold out a random share of the interactions, of each listener (default) or of all together.

    Listeners with fewer than ``min_items`` interactions stay in train whole. With ``per_user`` the others go in
    row order (ascending id): ``default_rng(random_state).permutation`` of their n entries in item order, of which
    the first ``max(1, round(test_size * n))``, at most n - 1, are test.

    >>> x = Interactions.from_frame(pd.DataFrame({"user_id": [1] * 10 + [2], "track_id": [*range(10), 0]}))
    >>> split = random_split(x)
    >>> split.train.nnz, split.test.nnz, list(split.listeners)
    (9, 2, [1])
    """
    if not 0 < test_size < 1:
        raise ValueError(f"test_size is a share between 0 and 1, for example 0.2, not {test_size}.")
    if min_items < 2:
        raise ValueError(f"min_items must be at least 2, not {min_items}: one item is to stay in train.")
    rng = np.random.default_rng(random_state)
    start, sizes = x.matrix.indptr, np.diff(x.matrix.indptr)
    mask = np.zeros(x.nnz, dtype=bool)
    if per_user:
        for user in np.flatnonzero(sizes >= min_items):
            n_test = min(max(1, round(test_size * int(sizes[user]))), int(sizes[user]) - 1)
            mask[start[user] + rng.permutation(sizes[user])[:n_test]] = True
    else:
        eligible = np.flatnonzero(np.repeat(sizes >= min_items, sizes))
        mask[rng.permutation(eligible)[: round(test_size * len(eligible))]] = True
    if not mask.any():
        raise ValueError(
            f"No listener has {min_items} interactions, so nothing can be held out. Lower min_items."
        )
    return Split.from_mask(x, mask)


def leave_last_out(x: Interactions, n: int = 1, min_items: int = 2) -> Split:
    """Hold out the n latest interactions of each listener; at the same time, the higher item id counts as later.

    Listeners with fewer than ``max(min_items, n + 1)`` interactions stay in train whole. Needs times.

    >>> log = pd.DataFrame({"user_id": [1, 1, 1], "track_id": ["a", "b", "c"], "at": [3, 9, 5]})
    >>> leave_last_out(Interactions.from_frame(log, time="at")).test.to_frame()["item"].tolist()
    ['b']
    """
    times = _times(x)
    if n < 1:
        raise ValueError(f"n is the number of interactions to hold out, at least 1, not {n}.")
    sizes = np.diff(x.matrix.indptr)
    # Entries are stored by item within a listener, so a stable sort by time breaks ties by item id.
    order = np.lexsort((x.matrix.indices, times, x.rows))
    from_the_end = np.repeat(x.matrix.indptr[1:], sizes) - np.arange(x.nnz)
    mask = np.zeros(x.nnz, dtype=bool)
    mask[order] = (from_the_end <= n) & np.repeat(sizes >= max(min_items, n + 1), sizes)
    if not mask.any():
        raise ValueError(f"No listener has {max(min_items, n + 1)} interactions, so nothing can be held out.")
    return Split.from_mask(x, mask)


def time_split(x: Interactions, at) -> Split:
    """Everything before the moment ``at`` is train, everything from it on is test.

    ``at`` is a date (string, datetime, Timestamp; without a zone it is UTC), or a number where the times are numbers
    without a unit. Listeners and items that first appear after ``at`` are in test without any training.

    >>> days = pd.to_datetime(["2026-01-01", "2026-02-01"])
    >>> log = pd.DataFrame({"user_id": [1, 1], "track_id": ["a", "b"], "at": days})
    >>> time_split(Interactions.from_frame(log, time="at"), "2026-01-15").test.to_frame()["item"].tolist()
    ['b']
    """
    times = _times(x)
    if isinstance(at, Real):
        if times.dtype.kind == "M":
            raise ValueError(
                f"at={at} is a number, and the times are dates: give a date such as '2026-01-31'."
            )
        moment = at
    else:
        try:
            stamp = pd.Timestamp(at).as_unit("ns")
        except (ValueError, TypeError):
            stamp = pd.NaT
        if stamp is pd.NaT:
            raise ValueError(f"{at!r} is not a moment: give a number or a date such as '2026-01-31'.")
        times, moment = x.moments, np.datetime64(stamp.value, "ns")
    mask = times >= moment
    if mask.all() or not mask.any():
        first, last = times.min(), times.max()
        if times.dtype.kind == "M":
            first, last = pd.Timestamp(first), pd.Timestamp(last)
        raise ValueError(
            f"at={at} leaves train or test empty: the times run from {first} to {last}. "
            "Choose a moment between them, in the same unit."
        )
    return Split.from_mask(x, mask)


def split_log(
    events: pd.DataFrame,
    tracks: pd.DataFrame | None,
    at,
    how: str = "listened",
    least: float = 1 / 3,
    repeats: bool = False,
) -> Split:
    """Cut a log at the moment ``at``: learn from what happened before, be graded on what is liked from then on.

    train: the ``preference`` (recipe ``how``) of the events before ``at``; nothing of it was computed from a later
    event, which no split of finished interactions can promise. test: the preference of the events from ``at`` on,
    where its strength is at least ``least`` (1/3 of "listened" is half a track heard) and, without ``repeats``, where
    train does not hold the pair. Both are over all listeners and tracks that the recipe finds in the log, ascending;
    a listener with no such test pair is graded by nobody (not in ``Split.listeners``), one without a past is graded.

    events: cleaned, in any order. tracks: with ``duration_s``; may be None for how="plays". Times are those of the
    pair's last event on that side. Raises ValueError where nothing is left on a side.

    >>> at = pd.to_datetime(["2026-03-01", "2026-03-08", "2026-03-08", "2026-03-09"], utc=True)
    >>> log = pd.DataFrame({"user_id": "al", "track_id": ["a", "a", "b", "c"], "at": at, "action": "play",
    ...     "seconds_played": [200, 200, 120, 20]})
    >>> tracks = pd.DataFrame({"track_id": ["a", "b", "c"], "duration_s": 200})
    >>> [split_log(log, tracks, "2026-03-05", repeats=r).test.to_frame()["item"].tolist() for r in (False, True)]
    [['b'], ['a', 'b']]
    """
    check_table(events, ("user_id", "track_id", "at"))
    moment, sides = as_moment(at), {}
    for side, cut in (("before", {"until": moment}), ("from then on", {"since": moment})):
        rows = between(events, **cut)
        if rows.empty:
            raise ValueError(
                f"at={at} leaves no events {side}: the log runs from {events['at'].min()} to {events['at'].max()}. "
                "Choose a moment between them."
            )
        sides[side] = preference(rows, how, tracks)
    past, future = sides.values()
    ids = {name: pd.concat([past[name], future[name]]).unique() for name in ("user_id", "track_id")}

    def interactions(table: pd.DataFrame) -> Interactions:
        return Interactions.from_frame(
            table, value="strength", time="last_at", users=ids["user_id"], items=ids["track_id"]
        )

    train, test = interactions(past), interactions(future)
    liked = test.matrix.data >= least
    if not repeats:
        # Numbers of the cells, ascending in both: a pair of test is known where train holds the same number.
        known, cells = (x.rows.astype(np.int64) * x.shape[1] + x.matrix.indices for x in (train, test))
        liked &= ~np.isin(cells, known)
    if not liked.any():
        raise ValueError(
            f"From {at} on, no pair of a listener and {'a' if repeats else 'a new'} track has a strength of at least "
            f"{least:g}. Lower least, or choose an earlier moment."
        )
    return Split(train, test.where(liked), repeats)


def k_fold(x: Interactions, n_splits: int = 5, random_state: int = 0) -> Iterator[Split]:
    """Yield ``n_splits`` splits in which every stored interaction is in test once.

    The folds are those of scikit-learn's ``KFold(n_splits, shuffle=True, random_state=random_state)`` on the rows of
    ``x.to_frame()``.

    >>> x = Interactions.from_frame(pd.DataFrame({"user_id": [1, 1, 2, 2], "track_id": ["a", "b", "a", "b"]}))
    >>> [split.test.nnz for split in k_fold(x, n_splits=2)]
    [2, 2]
    """
    if not 2 <= n_splits <= x.nnz:
        raise ValueError(
            f"n_splits must be between 2 and the number of interactions ({x.nnz}), not {n_splits}."
        )

    def folds():
        shuffled = np.arange(x.nnz)
        np.random.RandomState(random_state).shuffle(shuffled)  # as KFold does
        for fold in np.array_split(shuffled, n_splits):
            mask = np.zeros(x.nnz, dtype=bool)
            mask[fold] = True
            yield Split.from_mask(x, mask)

    return folds()


def _times(x: Interactions) -> np.ndarray:
    if x.times is None:
        raise ValueError(
            "This split needs times. Build the Interactions with from_frame(..., time='name of the column')."
        )
    return x.times


def _pattern(x: Interactions) -> sparse.csr_array:
    """Ones where an entry is stored, so that stored zeros count."""
    return sparse.csr_array((np.ones(x.nnz), x.matrix.indices, x.matrix.indptr), shape=x.shape)


def _plain(ids) -> str:
    return "(" + ", ".join(repr(i.item() if isinstance(i, np.generic) else i) for i in ids) + ")"
