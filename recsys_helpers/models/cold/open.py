"""What the models for the unknown share: listeners without a history, items that nobody has played.

It is no model: it lets ids in that the data did not hold, where the contract of ``base`` would refuse them.
"""

from __future__ import annotations

import copy
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.columns import as_ids, check_same_kind, check_table
from recsys_helpers.features import keyed, rows_of
from recsys_helpers.interactions import Interactions, positions
from recsys_helpers.models.base import Recommender

STRANGER = -1  # the row of a listener whom the model never met


class OpenRecommender(Recommender):
    """A model that answers for listeners and tracks that it never met.

    An unknown listener has an empty history. An unknown track is one that stands in the side table ``items`` (by
    ``track_id`` or another column of ids: ``features.key_of``) and not in the interactions: ``predict``,
    ``recommend(candidates=...)`` and ``fold_in`` take it by its id, and a list holds it only where it was named to one
    of these. A track in neither is a ValueError that names it.

    After ``fit``: ``catalogue_``, the ids of all tracks that can be asked for, ascending; ``items_`` are among them.
    """

    takes: tuple[str, ...] = ("items",)

    catalogue_: pd.Index

    def fold_in(self, interactions: Interactions) -> Self:
        return Recommender.fold_in(self._listing(interactions.items), interactions)

    fold_in.__doc__ = Recommender.fold_in.__doc__

    def _listing(self, items: pd.Index) -> Self:
        """This model, or where an item is new to its lists a copy that lists it too."""
        if not hasattr(self, "catalogue_"):
            return self
        items = items.astype(object) if items.dtype != self.items_.dtype else items
        new = items[~items.isin(self.items_)]
        if not new.isin(self.catalogue_).any():
            return self
        other = copy.copy(self)
        kept = self.catalogue_.isin(self.items_) | self.catalogue_.isin(new)
        other.items_, other._at = self.catalogue_[kept], np.flatnonzero(kept)
        return other

    def _wide(self, x: Interactions) -> Interactions:
        """The same entries with a column for each track of the catalogue."""
        there, columns = x.matrix, self._at[x.matrix.indices]
        matrix = sparse.csr_array((there.data, columns, there.indptr), (x.shape[0], len(self.catalogue_)))
        return Interactions(matrix, x.users, self.catalogue_, x.times)

    def _fit(self, x: Interactions, items: pd.DataFrame | None = None, **others: pd.DataFrame | None) -> None:
        self.catalogue_ = x.items
        if items is not None:
            ids = keyed(items).index
            check_same_kind(ids.to_series(), x.items.to_series(), f"items[{ids.name!r}]", "interactions")
            self.catalogue_ = x.items.union(ids.astype(x.items.dtype)).rename(None)
        self._at = positions(self.catalogue_, x.items, "item")
        self._learn(self._wide(x), items, **others)

    def _side_table(self, items: pd.DataFrame, columns: tuple[str, ...] = ()) -> pd.DataFrame:
        """The side table in the order of ``catalogue_``; ValueError where a column or a track is missing."""
        return rows_of(check_table(items, columns, "items"), self.catalogue_)

    # ---- the contract's doors: ids that are new come in --------------------------------------------------------

    def _columns(self) -> pd.Index:
        return self.catalogue_

    def _ranked(self) -> np.ndarray | None:
        return None if len(self._at) == len(self.catalogue_) else self._at

    def _rows_of(self, users: Any) -> np.ndarray:
        found: np.ndarray = self.users_.get_indexer(as_ids(users)).astype(np.int64)  # -1: a stranger
        return found

    def _user_ids(self, rows: np.ndarray, users: Any) -> pd.Index:
        return as_ids(users) if (rows == STRANGER).any() else self.users_.take(rows)

    def _scores_of(self, rows: np.ndarray) -> np.ndarray:
        strange = rows == STRANGER
        if not strange.any():
            return self._score(rows)
        # All strangers have the same empty history, so one of them is met, alone, and answers for the others.
        theirs = self._nobody()._score(np.zeros(1, dtype=np.int64))
        if strange.all():
            return np.repeat(theirs, len(rows), axis=0)
        ours = self._score(rows[~strange])
        scores = np.empty((len(rows), ours.shape[1]), dtype=ours.dtype)
        scores[~strange], scores[strange] = ours, theirs
        return scores

    def _nobody(self) -> Self:
        """This model for one listener, of whom nothing is known."""
        other = copy.copy(self)
        nothing = sparse.csr_array((1, len(self.catalogue_)))
        other._meet(Interactions(nothing, pd.Index(["nobody"]), self.catalogue_))
        return other

    def _one(self, user: Any) -> tuple[Self, int]:
        model, row = Recommender._one(self, user)
        return (self._nobody(), 0) if row == STRANGER else (model, row)

    def _seen_cells(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        known = np.flatnonzero(rows != STRANGER)
        place, column = Recommender._seen_cells(self, rows[known])
        return known[place], self._at[column]

    def _fold_in(self, x: Interactions) -> None:
        self._meet(self._wide(x))

    # ---- what a model writes, over the columns of the catalogue ----------------------------------------------

    def _learn(self, x: Interactions, *args: Any, **tables: Any) -> None:
        raise NotImplementedError

    def _meet(self, x: Interactions) -> None:
        """Renew what belongs to listeners."""
        raise NotImplementedError
