"""What the models for the unknown share: listeners without a history, tracks that nobody has played.

It is no model: it lets ids in that the data did not hold, where the contract of ``base`` would refuse them.
"""

from __future__ import annotations

import copy

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.events import check_table
from recsys_helpers.interactions import Interactions, positions
from recsys_helpers.models.base import Recommender


class OpenRecommender(Recommender):
    """A model that answers for listeners and tracks that it never met.

    An unknown listener has an empty history. An unknown track is one that stands in the side table ``items`` (by its
    ``track_id``) and not in the interactions: ``predict``, ``recommend(candidates=...)`` and ``fold_in`` take it by its
    id, and a list holds it only where it was named to one of these. A track in neither is a ValueError that names it.

    After ``fit``: ``catalogue_``, the ids of all tracks that can be asked for, ascending; ``items_`` are among them.
    """

    def predict(self, users, items) -> np.ndarray:
        return Recommender.predict(self._knowing(users, items), users, items)

    def score(self, users) -> np.ndarray:
        return Recommender.score(self._knowing(users), users)

    def recommend(
        self, users, k: int = 10, exclude_seen: bool = True, candidates=None, context=None
    ) -> pd.DataFrame:
        there = self._knowing(users, () if candidates is None else candidates)
        return Recommender.recommend(there, users, k, exclude_seen, candidates, context)

    def fold_in(self, interactions: Interactions) -> OpenRecommender:
        return Recommender.fold_in(self._knowing((), interactions.items), interactions)

    for _method in (predict, score, recommend, fold_in):
        _method.__doc__ = getattr(Recommender, _method.__name__).__doc__
    del _method

    def _knowing(self, users, items=()) -> OpenRecommender:
        """This model, or where an id is new to it a copy that knows it too."""
        if not hasattr(self, "users_"):
            return self
        users, items = (
            pd.Index(np.atleast_1d(np.asarray(ids, dtype=object))).unique() for ids in (users, items)
        )
        strangers, new = users[~users.isin(self.users_)], items[~items.isin(self.items_)]
        other = self
        if new.isin(self.catalogue_).any():
            other = copy.copy(self)
            kept = self.catalogue_.isin(self.items_) | self.catalogue_.isin(new)
            other.items_, other._at = self.catalogue_[kept], np.flatnonzero(kept)
            other.seen_ = self._wide(self.seen_).subset(items=other.items_)
        if len(strangers):
            seen, empty = other.seen_.matrix, sparse.csr_array((len(strangers), len(other.items_)))
            matrix = sparse.csr_array(sparse.vstack([seen, empty], format="csr"))
            known = self.users_.astype(object)
            other = Recommender.fold_in(other, Interactions(matrix, known.append(strangers), other.items_))
        return other

    def _wide(self, x: Interactions) -> Interactions:
        """The same entries with a column for each track of the catalogue."""
        there, columns = x.matrix, self._at[x.matrix.indices]
        matrix = sparse.csr_array((there.data, columns, there.indptr), (x.shape[0], len(self.catalogue_)))
        return Interactions(matrix, x.users, self.catalogue_, x.times)

    def _fit(self, x: Interactions, items=None, **side) -> None:
        self.catalogue_ = x.items
        if items is not None:
            check_table(items, ("track_id",), "items")
            self.catalogue_ = x.items.union(pd.Index(items["track_id"].astype(x.items.dtype))).rename(None)
        self._at = positions(self.catalogue_, x.items, "item")
        self._learn(self._wide(x), items)

    def _side_table(self, items, columns: tuple[str, ...]) -> pd.DataFrame:
        """The side table in the order of ``catalogue_``; ValueError where it, a column or a track is missing."""
        if items is None:
            raise ValueError(
                f"{type(self).__name__} needs a table of the tracks: fit(interactions, items=tracks)."
            )
        check_table(items, ("track_id", *columns), "items")
        table = items.drop_duplicates("track_id").set_index("track_id")
        lost = self.catalogue_[~self.catalogue_.isin(table.index)]
        if len(lost):
            raise ValueError(
                f"items says nothing about the track {lost[0]!r}: give a table with a row for each track."
            )
        return table.loc[self.catalogue_]

    def _fold_in(self, x: Interactions) -> None:
        self._meet(self._wide(x))

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return self._score_all(rows)[:, self._at]

    # ---- what a model writes, over the columns of the catalogue ----------------------------------------------

    def _learn(self, x: Interactions, items: pd.DataFrame | None) -> None:
        raise NotImplementedError

    def _meet(self, x: Interactions) -> None:
        """Renew what belongs to listeners."""
        raise NotImplementedError

    def _score_all(self, rows: np.ndarray) -> np.ndarray:
        raise NotImplementedError
