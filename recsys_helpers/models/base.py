"""The contract that every model keeps: ids in, ids out, ties by id, nothing dense but a batch of listeners.

It holds no model; a model writes ``_fit`` and ``_score`` (and where it pays ``_predict`` and ``_fold_in``), and
works on positions, which are turned into ids here and nowhere else.
"""

from __future__ import annotations

import copy
import os
from numbers import Integral
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.columns import show
from recsys_helpers.interactions import Interactions, positions
from recsys_helpers.models import saving
from recsys_helpers.models.candidates import Candidates
from recsys_helpers.models.checks import check_tables
from recsys_helpers.models.topk import rounding_steps, top_k

CELLS_PER_BATCH = 4_000_000


class Recommender(BaseEstimator):
    """Base of all models.

    ``needs`` names the tables that ``fit`` cannot do without ("events", "items", "users"), ``takes`` those that it
    reads where they are given. Any other table is refused: who passes one believes that it counts.

    After ``fit``: ``users_`` and ``items_`` (pandas Index, the ids the model knows) and ``seen_`` (the
    Interactions it was fitted on, which ``recommend`` leaves out of its lists).

    >>> from recsys_helpers.models import Popularity
    >>> log = pd.DataFrame({"user_id": [1, 1, 2, 3], "track_id": ["a", "b", "b", "c"]})
    >>> model = Popularity().fit(Interactions.from_frame(log))
    >>> model.recommend([1, 3], k=2).values.tolist()
    [[1, 'c', 1, 1.0], [3, 'b', 1, 2.0], [3, 'a', 2, 1.0]]
    """

    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()

    users_: pd.Index
    items_: pd.Index
    seen_: Interactions
    _folded: bool

    def fit(
        self,
        interactions: Interactions,
        *,
        events: pd.DataFrame | None = None,
        items: pd.DataFrame | None = None,
        users: pd.DataFrame | None = None,
    ) -> Self:
        """Learn from what was observed.

        Parameters
        ----------
        interactions : the observed entries, at least one.
        events, items, users : the log, and what is known of items and of users: tables for the models that name them
            in ``needs`` or ``takes``.

        Raises
        ------
        ValueError : no Interactions, no entry, a table that the model needs and did not get, or got and would not
            read, or a setting that cannot be.
        """
        self._check_interactions(interactions)
        if interactions.nnz == 0:
            raise ValueError(
                "There is no interaction to learn from: check the split or the filter before it."
            )
        given = {"events": events, "items": items, "users": users}
        tables = check_tables(type(self).__name__, self.needs, self.takes, given)
        before = dict(self.__dict__)
        self.__dict__.pop("_solved_with", None)
        self._folded = False
        self.users_, self.items_, self.seen_ = interactions.users, interactions.items, interactions
        try:
            self._fit(interactions, **tables)
        except BaseException:  # a fit that fails, or is stopped, leaves the model as it was
            self.__dict__.clear()
            self.__dict__.update(before)
            raise
        return self

    def predict(self, users: Any, items: Any) -> np.ndarray:
        """The model's value for each pair (users[j], items[j]), shape (n_pairs,).

        Raises ValueError for an unknown id, for two lists of different lengths, or where the model gives no number.
        """
        check_is_fitted(self, "users_")
        rows, columns = self._rows_of(users), positions(self._columns(), items, "item")
        if len(rows) != len(columns):
            raise ValueError(
                f"There are {len(rows)} users and {len(columns)} items: predict takes pairs, one item for each "
                f"user. For every item of a listener use score(users)."
            )
        values = np.asarray(self._predict(rows, columns), dtype=np.float64)
        if np.isnan(values).any():
            at = int(np.flatnonzero(np.isnan(values))[0])
            self._refuse_nan(self._user_ids(rows, users)[at], columns[at])
        return values

    def score(self, users: Any) -> np.ndarray:
        """The model's value for every item, shape (n_users, n_items), columns in the order of ``items_``.

        Dense: ask for a batch of listeners at a time. Raises ValueError for an unknown id, or where the model gives no
        number.
        """
        check_is_fitted(self, "users_")
        rows = self._rows_of(users)
        scores, _ = self._checked_scores(rows, users)
        ranked = self._ranked()
        return scores if ranked is None else scores[:, ranked]

    def recommend(
        self, users: Any, k: int = 10, exclude_seen: bool = True, candidates: Any = None
    ) -> pd.DataFrame:
        """The k best items for each listener: a table user, item, rank (from 1), score.

        Scores are rounded before they are ranked, to about 1e-9 of the listener's highest (1e-6 where the model counts
        in float32), so that the last digits of a processor decide nothing; ties go to the lower item id.

        Parameters
        ----------
        users : ids, in the order wanted.
        k : length of each list; a list is shorter where fewer items are left.
        exclude_seen : leave out what the listener has in the data that the model was fitted on.
        candidates : the only items to rank; by default all. Ids for everybody; or for each listener their own, as a
            mapping user -> ids or as a table with the columns user and item.

        Raises ValueError for an unknown id, a listener whom ``candidates`` leaves out, a k under 1, or a score that is
        no number, by name.
        """
        check_is_fitted(self, "users_")
        check_length(k)
        rows = self._rows_of(users)
        ids = self._user_ids(rows, users)
        allowed = Candidates(candidates, ids, self._columns(), self._ranked())
        size = max(1, CELLS_PER_BATCH // max(1, len(self._columns())))
        parts = []
        for start in range(0, len(rows), size):
            batch = slice(start, start + size)
            scores, largest = self._checked_scores(rows[batch], ids[batch])
            if exclude_seen:
                scores[self._seen_cells(rows[batch])] = -np.inf
            steps = rounding_steps(largest, scores.dtype)
            scores, columns = allowed.among(scores, batch)
            listener, place, rank, value = top_k(scores, int(k), steps)
            parts.append((start + listener, place if columns is None else columns[place], rank, value))
        nothing = (np.zeros(0, dtype=np.int64),) * 3 + (np.zeros(0),)
        found = [np.concatenate(part) for part in zip(nothing, *parts, strict=True)]
        return pd.DataFrame(
            {
                "user": ids.take(found[0]),
                "item": self._columns().take(found[1]),
                "rank": found[2] + 1,
                "score": found[3].astype(np.float64),
            }
        )

    def fold_in(self, interactions: Interactions) -> Self:
        """The same model for other listeners, known by their interactions alone; nothing is fitted again.

        Parameters
        ----------
        interactions : of the new listeners, over items that the model knows.

        Returns
        -------
        A fitted model whose ``users_`` are those of ``interactions``. This one stays as it is.

        Raises
        ------
        ValueError : no Interactions, or an item that the model does not know.
        """
        check_is_fitted(self, "users_")
        self._check_interactions(interactions)
        columns = positions(self.items_, interactions.items, "item")[interactions.matrix.indices]
        order = np.lexsort((columns, interactions.rows))
        matrix = sparse.csr_array(
            (interactions.matrix.data[order], columns[order], interactions.matrix.indptr),
            shape=(len(interactions.users), len(self.items_)),
        )
        times = None if interactions.times is None else interactions.times[order]
        other = copy.copy(self)
        other.seen_ = Interactions(matrix, interactions.users, self.items_, times)
        other.users_ = other.seen_.users
        other.__dict__.pop("_solved_with", None)
        other._folded = True
        other._fold_in(other.seen_)
        return other

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted model to one file, whole or not at all, without pickle.

        Raises ValueError for what no file can hold, such as a random generator as ``random_state``.
        """
        check_is_fitted(self, "users_")
        saving.save(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """The model that ``save`` wrote: of this class, or called on ``Recommender`` whichever it is.

        Raises ValueError for a file that is damaged, that no model wrote, that a newer edition wrote, or that holds
        another model.
        """
        model = saving.load(path, cls)
        if not isinstance(model, cls):
            raise ValueError(f"{path} holds a {type(model).__name__}: call {type(model).__name__}.load.")
        return model

    # ---- what a model writes ---------------------------------------------------------------------------------

    def _fit(self, x: Interactions, *args: Any, **tables: Any) -> None:
        """Learn; besides ``x`` it gets the tables that the model names, each by its name."""
        raise NotImplementedError

    def _score(self, rows: np.ndarray) -> np.ndarray:
        """A new array (len(rows), n_columns): the caller writes into it."""
        raise NotImplementedError

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        distinct, back = np.unique(rows, return_inverse=True)
        values = np.empty(len(rows))
        size = max(1, CELLS_PER_BATCH // max(1, len(self._columns())))
        for start in range(0, len(distinct), size):
            scores = self._scores_of(distinct[start : start + size])
            here = (back >= start) & (back < start + size)
            values[here] = scores[back[here] - start, columns[here]]
        return values

    def _fold_in(self, x: Interactions) -> None:
        """Renew whatever belongs to listeners, from ``x``; a model that keeps nothing of theirs has nothing to do."""

    # ---- what the models for the unknown change ----------------------------------------------------------------

    def _columns(self) -> pd.Index:
        """The ids of the columns of ``_score``, ascending."""
        return self.items_

    def _ranked(self) -> np.ndarray | None:
        """The columns of ``items_``; None: all."""
        return None

    def _rows_of(self, users: Any) -> np.ndarray:
        return positions(self.users_, users, "user")

    def _user_ids(self, rows: np.ndarray, users: Any) -> pd.Index:
        """The ids of the users asked for, whose rows these are."""
        return self.users_.take(rows)

    def _scores_of(self, rows: np.ndarray) -> np.ndarray:
        return self._score(rows)

    def _one(self, user: Any) -> tuple[Self, int]:
        """The model that knows this one listener, and their row in it."""
        rows = self._rows_of(user)
        if len(rows) != 1:
            raise ValueError(f"This takes one listener at a time, and {len(rows)} were given.")
        return self, int(rows[0])

    def _seen_cells(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Place in ``rows`` and column of each entry that these listeners have."""
        seen = self.seen_.matrix[rows]
        return np.repeat(np.arange(len(rows)), np.diff(seen.indptr)), seen.indices

    def _check_interactions(self, interactions: Any) -> None:
        if not isinstance(interactions, Interactions):
            raise ValueError(
                f"{type(self).__name__} learns from Interactions, not from a {type(interactions).__name__}: "
                f"build them with Interactions.from_frame(table, ...)."
            )

    # ---- no score without a number -----------------------------------------------------------------------------

    def _checked_scores(self, rows: np.ndarray, users: Any) -> tuple[np.ndarray, np.ndarray]:
        """The scores of these rows and the highest finite one of each; ValueError for one that is no number."""
        scores = np.asarray(self._scores_of(rows))
        shape = (len(rows), len(self._columns()))
        if scores.shape != shape:
            raise ValueError(
                f"{type(self).__name__} gave scores of shape {scores.shape} for {shape[0]} users and {shape[1]} items."
            )
        if scores.dtype.kind != "f":
            scores = scores.astype(np.float64)
        largest = scores.max(axis=1, initial=-np.inf)
        if np.isnan(largest).any():
            row = int(np.flatnonzero(np.isnan(largest))[0])
            column = int(np.flatnonzero(np.isnan(scores[row]))[0])
            self._refuse_nan(self._user_ids(rows, users)[row], column)
        for endless in np.flatnonzero(largest == np.inf):
            finite = scores[endless] < np.inf
            largest[endless] = np.max(scores[endless], where=finite, initial=-np.inf)
        return scores, largest

    def _refuse_nan(self, user: object, column: int) -> None:
        raise ValueError(
            f"{type(self).__name__} gave no number (NaN) as the score of item {show(self._columns()[column])} for "
            f"user {show(user)}: the model did not fit. Check its settings and the values it got."
        )


def check_length(k: Any) -> None:
    """ValueError unless k, the length of a list, is a whole number of at least 1."""
    if isinstance(k, bool) or not isinstance(k, Integral) or k < 1:
        raise ValueError(f"k={show(k)}: the length of a list is a whole number, 1 or more.")
