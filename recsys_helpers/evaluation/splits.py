"""Splits of interactions: at random, by what came last, by a moment, by listener, in folds.

They cut finished interactions and never change a value; ``log_splits`` cuts the events that interactions are made of.
"""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.evaluation.randomness import RandomState, generator, legacy
from recsys_helpers.evaluation.split import Split
from recsys_helpers.interactions import Interactions


def random_split(
    x: Interactions,
    test_size: float = 0.2,
    per_user: bool = True,
    min_items: int = 5,
    random_state: RandomState = 0,
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
    _check_share("test_size", test_size)
    _check_min_items(min_items)
    rng = generator(random_state)
    sizes = np.diff(x.matrix.indptr)
    mask = np.zeros(x.nnz, dtype=bool)
    if per_user:
        mask = _some_of_each(x, np.flatnonzero(sizes >= min_items), test_size, rng)
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


def time_split(x: Interactions, at: Any) -> Split:
    """Everything before the moment ``at`` is train, everything from it on is test.

    ``at`` is a date (string, datetime, Timestamp; without a zone it is UTC), or a number where the times are numbers
    without a unit. Listeners and items that first appear after ``at`` are in test without any training.

    >>> days = pd.to_datetime(["2026-01-01", "2026-02-01"])
    >>> log = pd.DataFrame({"user_id": [1, 1], "track_id": ["a", "b"], "at": days})
    >>> time_split(Interactions.from_frame(log, time="at"), "2026-01-15").test.to_frame()["item"].tolist()
    ['b']
    """
    times = _times(x)
    stamp: Any = None
    moment: Any = at
    if isinstance(at, Real):
        if times.dtype.kind == "M":
            raise ValueError(
                f"at={at} is a number, and the times are dates: give a date such as '2026-01-31'."
            )
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
    return Split.from_mask(x, mask, moment=stamp)


def user_split(
    x: Interactions,
    test_size: float = 0.2,
    held_out: float = 0.2,
    min_items: int = 5,
    random_state: RandomState = 0,
) -> Split:
    """Learn from some listeners, be graded on others, whom the model meets only after it was fitted.

    A share ``test_size`` of the listeners with at least ``min_items`` interactions is left out of train. Of each of
    them a share ``held_out`` is test (rounded as in ``random_split``) and the rest is ``given``: ``evaluate`` tells it
    to the fitted model by ``fold_in``. What a model can say of people whom it was not fitted on is also called strong
    generalisation (Liang et al. 2018, arXiv:1802.05814). Raises ValueError where fewer than one listener
    would be on a side.

    >>> pairs = [(user, item) for user in range(10) for item in range(5)]
    >>> split = user_split(Interactions.from_frame(pd.DataFrame(pairs, columns=["user_id", "track_id"])))
    >>> split.train.nnz, split.given.nnz, split.test.nnz, len(split.listeners)
    (40, 8, 2, 2)
    """
    _check_share("test_size", test_size)
    _check_share("held_out", held_out)
    _check_min_items(min_items)
    rng = generator(random_state)
    eligible = np.flatnonzero(np.diff(x.matrix.indptr) >= min_items)
    n_test = round(test_size * len(eligible))
    if n_test < 1 or n_test == np.count_nonzero(np.diff(x.matrix.indptr)):
        raise ValueError(
            f"Of {len(eligible)} listeners with {min_items} interactions or more, test_size={test_size} leaves "
            f"{n_test} to be graded and the rest to learn from: change it, or lower min_items."
        )
    chosen = np.sort(rng.permutation(eligible)[:n_test])
    test = _some_of_each(x, chosen, held_out, rng)
    given = np.isin(x.rows, chosen) & ~test
    return Split(x.where(~given & ~test), x.where(test), given=x.where(given))


def k_fold(x: Interactions, n_splits: int = 5, random_state: RandomState = 0) -> Iterator[Split]:
    """Yield ``n_splits`` splits in which every stored interaction is in test once.

    The folds are those of scikit-learn's ``KFold(n_splits, shuffle=True, random_state=random_state)`` on the rows of
    ``x.to_frame()``; a Generator, which scikit-learn does not take, draws the seed.

    >>> x = Interactions.from_frame(pd.DataFrame({"user_id": [1, 1, 2, 2], "track_id": ["a", "b", "a", "b"]}))
    >>> [split.test.nnz for split in k_fold(x, n_splits=2)]
    [2, 2]
    """
    if not 2 <= n_splits <= x.nnz:
        raise ValueError(
            f"n_splits must be between 2 and the number of interactions ({x.nnz}), not {n_splits}."
        )
    seed = legacy(random_state)

    def folds() -> Iterator[Split]:
        from sklearn.model_selection import KFold  # here, so that a split does not load scikit-learn

        for _, fold in KFold(n_splits, shuffle=True, random_state=seed).split(np.empty(x.nnz)):
            mask = np.zeros(x.nnz, dtype=bool)
            mask[fold] = True
            yield Split.from_mask(x, mask)

    return folds()


def _some_of_each(x: Interactions, users: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """A mask over the entries: of each of these listeners (rows) a random share, at least 1 and not all."""
    start, sizes = x.matrix.indptr, np.diff(x.matrix.indptr)
    mask = np.zeros(x.nnz, dtype=bool)
    for user in users:
        n = min(max(1, round(share * int(sizes[user]))), int(sizes[user]) - 1)
        mask[start[user] + rng.permutation(sizes[user])[:n]] = True
    return mask


def _check_share(name: str, value: float) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} is a share between 0 and 1, for example 0.2, not {value}.")


def _check_min_items(min_items: int) -> None:
    if min_items < 2:
        raise ValueError(f"min_items must be at least 2, not {min_items}: one item is to stay out of test.")


def _times(x: Interactions) -> np.ndarray:
    if x.times is None:
        raise ValueError(
            "This split needs times. Build the Interactions with from_frame(..., time='name of the column')."
        )
    return x.times
