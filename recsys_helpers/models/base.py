"""The contract that every model keeps: ids in, ids out, ties by id, nothing dense but a batch of listeners.

It holds no model; a model writes ``_fit`` and ``_score`` (and where it pays ``_predict`` and ``_fold_in``), and
works on positions, which are turned into ids here and nowhere else.
"""

from __future__ import annotations

import copy
from numbers import Integral

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.interactions import Interactions, positions

CELLS_PER_BATCH = 4_000_000
# Factors are gathered for so many pairs at a time: for all at once they would outweigh the data k times.
PAIRS_PER_BLOCK = 20_000


class Recommender(BaseEstimator):
    """Base of all models.

    After ``fit``: ``users_`` and ``items_`` (pandas Index, the ids the model knows) and ``seen_`` (the
    Interactions it was fitted on, which ``recommend`` leaves out of its lists).

    >>> from recsys_helpers.models import Popularity
    >>> log = pd.DataFrame({"user_id": [1, 1, 2, 3], "track_id": ["a", "b", "b", "c"]})
    >>> model = Popularity().fit(Interactions.from_frame(log))
    >>> model.recommend([1, 3], k=2).values.tolist()
    [[1, 'c', 1, 1.0], [3, 'b', 1, 2.0], [3, 'a', 2, 1.0]]
    """

    def fit(self, interactions: Interactions, *, users=None, items=None, events=None) -> Recommender:
        """Learn from what was observed.

        Parameters
        ----------
        interactions : the observed entries, at least one.
        users, items, events : side tables (DataFrames) for the models that use them; the others pass them over.

        Raises
        ------
        ValueError : no Interactions, no entry, or a setting that cannot be.
        """
        if not isinstance(interactions, Interactions):
            raise ValueError(
                f"{type(self).__name__} learns from Interactions, not from a {type(interactions).__name__}: "
                f"build them with Interactions.from_frame(table, ...)."
            )
        if interactions.nnz == 0:
            raise ValueError(
                "There is no interaction to learn from: check the split or the filter before it."
            )
        self.users_, self.items_, self.seen_ = interactions.users, interactions.items, interactions
        self._fit(interactions, users=users, items=items, events=events)
        return self

    def predict(self, users, items) -> np.ndarray:
        """The model's value for each pair (users[j], items[j]), shape (n_pairs,).

        Raises ValueError for an unknown id or for two lists of different lengths.
        """
        check_is_fitted(self, "users_")
        rows, columns = positions(self.users_, users, "user"), positions(self.items_, items, "item")
        if len(rows) != len(columns):
            raise ValueError(
                f"There are {len(rows)} users and {len(columns)} items: predict takes pairs, one item for each "
                f"user. For every item of a listener use score(users)."
            )
        return np.asarray(self._predict(rows, columns), dtype=np.float64)

    def score(self, users) -> np.ndarray:
        """The model's value for every item, shape (n_users, n_items), columns in the order of ``items_``.

        Dense: ask for a batch of listeners at a time. Raises ValueError for an unknown id.
        """
        check_is_fitted(self, "users_")
        return self._score(positions(self.users_, users, "user"))

    def recommend(
        self, users, k: int = 10, exclude_seen: bool = True, candidates=None, context=None
    ) -> pd.DataFrame:
        """The k best items for each listener: a table user, item, rank (from 1), score.

        Parameters
        ----------
        users : ids, in the order wanted.
        k : length of each list; a list is shorter where fewer items are left.
        exclude_seen : leave out what the listener has in the data that the model was fitted on.
        candidates : ids of the only items to rank; by default all.
        context : a table with a row for each user, for the models that use one; the others pass it over.

        Ties go to the lower item id. Raises ValueError for an unknown id or a k under 1.
        """
        check_is_fitted(self, "users_")
        if isinstance(k, bool) or not isinstance(k, Integral) or k < 1:
            raise ValueError(f"k={k!r}: the length of a list is a whole number, 1 or more.")
        rows = positions(self.users_, users, "user")
        columns = None if candidates is None else np.unique(positions(self.items_, candidates, "item"))
        size = max(1, CELLS_PER_BATCH // len(self.items_))
        parts = []
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            scores = self._score(batch)
            if exclude_seen:
                seen = self.seen_.matrix[batch]
                scores[np.repeat(np.arange(len(batch)), np.diff(seen.indptr)), seen.indices] = -np.inf
            listener, place, rank, value = top_k(scores if columns is None else scores[:, columns], k)
            parts.append((batch[listener], place if columns is None else columns[place], rank, value))
        found = (
            [np.concatenate(part) for part in zip(*parts, strict=True)]
            if parts
            else [np.zeros(0, dtype=np.int64)] * 4
        )
        return pd.DataFrame(
            {
                "user": self.users_.take(found[0]),
                "item": self.items_.take(found[1]),
                "rank": found[2] + 1,
                "score": found[3].astype(np.float64),
            }
        )

    def fold_in(self, interactions: Interactions) -> Recommender:
        """The same model for other listeners, known by their interactions alone; nothing is fitted again.

        Parameters
        ----------
        interactions : of the new listeners, over items that the model knows.

        Returns
        -------
        A fitted model whose ``users_`` are those of ``interactions``. This one stays as it is.

        Raises
        ------
        ValueError : an item that the model does not know.
        """
        check_is_fitted(self, "users_")
        columns = positions(self.items_, interactions.items, "item")
        there = interactions.matrix
        matrix = sparse.csr_array(
            (there.data, columns[there.indices], there.indptr), (there.shape[0], len(self.items_))
        )
        matrix.sort_indices()
        other = copy.copy(self)
        other.seen_ = Interactions(matrix, interactions.users, self.items_)
        other.users_ = other.seen_.users
        other._fold_in(other.seen_)
        return other

    # ---- what a model writes ---------------------------------------------------------------------------------

    def _fit(self, x: Interactions, **side) -> None:
        raise NotImplementedError

    def _score(self, rows: np.ndarray) -> np.ndarray:
        """A new array (len(rows), n_items): the caller writes into it."""
        raise NotImplementedError

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        distinct, back = np.unique(rows, return_inverse=True)
        values = np.empty(len(rows))
        size = max(1, CELLS_PER_BATCH // len(self.items_))
        for start in range(0, len(distinct), size):
            scores = self._score(distinct[start : start + size])
            here = (back >= start) & (back < start + size)
            values[here] = scores[back[here] - start, columns[here]]
        return values

    def _fold_in(self, x: Interactions) -> None:
        """Renew whatever belongs to listeners, from ``x``; a model that keeps nothing of theirs has nothing to do."""


def top_k(scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The k highest entries of each row, ties to the lower column; -inf is never among them.

    Returns (row, column, rank from 0, score), each of shape (n_found,), by row and then by rank.

    The columns are dealt into groups. The k-th best of the groups' maxima is reached by at least k entries, so nothing
    below it can be among the top k, and all but a handful of entries drop out in one comparison.

    >>> [part.tolist() for part in top_k(np.array([[1.0, 3.0, 3.0], [2.0, -np.inf, -np.inf]]), 2)]
    [[0, 0, 1], [1, 2, 0], [0, 1, 0], [3.0, 3.0, 2.0]]
    """
    n, m = scores.shape
    k = min(k, m)
    width = max(1, min(64, m // (8 * k)))
    groups = m // width
    best = scores[:, : width * groups].reshape(n, width, groups).max(axis=1)
    bound = np.partition(best, groups - k, axis=1)[:, groups - k]
    if np.isnan(bound).any():
        raise ValueError(
            "A score is not a number: the model did not fit. Check its settings and the values it got."
        )
    rows, columns = np.divmod(np.flatnonzero(scores >= bound[:, None]), m)
    values = scores[rows, columns]
    finite = values > -np.inf
    rows, columns, values = rows[finite], columns[finite], values[finite]
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, np.arange(n))[rows]
    kept = rank < k
    return rows[kept], columns[kept], rank[kept], values[kept]


def cells(left: np.ndarray, right: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """left[u] . right[i] for each pair of positions, shape (n_pairs,).

    left : shape (m, k), right : shape (n, k); rows, columns : positions u and i, shape (n_pairs,) each.

    >>> cells(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([0, 0]), np.array([1, 0])).tolist()
    [17.0, 11.0]
    """
    values = np.empty(len(rows))
    for start in range(0, len(rows), PAIRS_PER_BLOCK):
        block = slice(start, start + PAIRS_PER_BLOCK)
        values[block] = np.einsum("nk,nk->n", left[rows[block]], right[columns[block]])
    return values


def check_number(name: str, value, low: float, whole: bool = False) -> None:
    """ValueError unless ``value`` is a finite (whole) number of at least ``low``."""
    kind = Integral if whole else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, kind) or not np.isfinite(value) or value < low:
        what = "a whole number" if whole else "a number"
        raise ValueError(f"{name}={value!r}: give {what}, {low:g} or more.")


def check_not_negative(x: Interactions, model: str) -> None:
    """ValueError if a value is below zero, for the models that read values as amounts."""
    if (x.matrix.data < 0).any():
        at = int(np.flatnonzero(x.matrix.data < 0)[0])
        raise ValueError(
            f"{model} reads values as amounts, and user {x.users[x.rows[at]]!r} with item "
            f"{x.items[x.matrix.indices[at]]!r} has {x.matrix.data[at]:g}. Give values of 0 or more."
        )
