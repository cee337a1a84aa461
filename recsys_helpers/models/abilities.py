"""What only some models can do: learn on, take in an item, name similar items, give reasons.

It holds no model. A model that inherits one of these classes writes its one hook; a model that cannot do it does not
have the method, so that ``hasattr(model, "explain")`` tells. docs/architecture.md has the table.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.columns import show
from recsys_helpers.interactions import Interactions, positions
from recsys_helpers.models.base import CELLS_PER_BATCH, Recommender, check_length
from recsys_helpers.models.candidates import Candidates
from recsys_helpers.models.merging import merged, union
from recsys_helpers.models.topk import rounding_steps, top_k


class LearnsOn(Recommender):
    """A model that takes in what came since, and is then as if it had been fitted to everything."""

    def partial_fit(self, interactions: Interactions, merge: str = "last") -> Self:
        """Learn from more interactions, of known and of new listeners and items, without a fit from the start.

        The result is that of ``fit`` on all, up to rounding. A model that was never fitted is fitted.

        Parameters
        ----------
        interactions : what is new.
        merge : what a pair that is known already becomes: the "last" (new) value, or the "sum" of both.

        Raises
        ------
        ValueError : no Interactions, times of another kind than before, or a model of listeners who were folded in.
        """
        if not hasattr(self, "seen_"):
            return self.fit(interactions)
        if self._folded:
            raise ValueError(
                "The listeners of this model were folded in, and it was not fitted on what they have: call partial_fit "
                "of the model that was fitted."
            )
        self._check_interactions(interactions)
        old, new = self.seen_, merged(self.seen_, interactions, merge)
        other = copy.copy(self)  # what fails, or is stopped, leaves this one as it was
        other.users_, other.items_, other.seen_ = new.users, new.items, new
        other._learn_on(old, new, new.users.get_indexer(interactions.users))
        self.__dict__.update(other.__dict__)
        return self

    def _learn_on(self, old: Interactions, new: Interactions, rows: np.ndarray) -> None:
        """Go on from ``old`` to ``new``, in which only these rows have other entries (and new items have columns)."""
        raise NotImplementedError


class TakesItems(Recommender):
    """A model that places a new item by who played it, as ``fold_in`` places a new listener."""

    def fold_in_items(self, interactions: Interactions) -> Self:
        """The same model with more items, known by the interactions of known listeners; nothing is fitted again.

        Parameters
        ----------
        interactions : of listeners whom the model knows, over items that are new to it.

        Returns
        -------
        A fitted model whose ``items_`` are the old and the new. This one stays as it is.

        Raises
        ------
        ValueError : no Interactions, a listener whom the model does not know, an item that it knows.
        """
        check_is_fitted(self, "users_")
        self._check_interactions(interactions)
        rows = positions(self.users_, interactions.users, "user")
        known = interactions.items[interactions.items.isin(self.items_)]
        if len(known):
            raise ValueError(
                f"The model knows the item {show(known[0])} already: fold in what is new, and fit again to learn from "
                "more of the others."
            )
        there = interactions.matrix
        across = sparse.csr_array(
            (there.data, (there.indices, rows[interactions.rows])), (there.shape[1], len(self.users_))
        )
        other = copy.copy(self)
        other._solved_with = self.__dict__.get("_solved_with", self)
        other.seen_ = merged(self.seen_, interactions)
        other.items_ = union(self.items_, interactions.items)
        place = other.items_.get_indexer(self.items_.append(interactions.items))
        for name, values in self._item_rows(across).items():
            both = np.concatenate([getattr(self, name), values])
            setattr(other, name, np.empty_like(both))
            getattr(other, name)[place] = both
        return other

    def _item_rows(self, columns: sparse.csr_array) -> dict[str, np.ndarray]:
        """For each attribute with a row for each item, the rows of new ones, whose entries (new x users) these are."""
        raise NotImplementedError


class NamesSimilar(Recommender):
    """A model that says which items are alike."""

    def similar_items(self, items: Any, k: int = 10, candidates: Any = None) -> pd.DataFrame:
        """The k items most similar to each: a table item, similar, rank (from 1), score.

        items : ids, in the order wanted. candidates : ids of the only items to name. An item is never among its own;
        ties go to the lower id. Raises ValueError for an unknown id or a k under 1.
        """
        check_is_fitted(self, "users_")
        check_length(k)
        ids = self._columns()
        columns = positions(ids, items, "item")
        allowed = Candidates(candidates, pd.Index([]), ids, self._ranked())
        size = max(1, CELLS_PER_BATCH // max(1, len(ids)))
        found = [(np.zeros(0, dtype=np.int64),) * 3 + (np.zeros(0),)]
        for start in range(0, len(columns), size):
            batch = columns[start : start + size]
            scores = self._similarity(batch)
            scores[np.arange(len(batch)), batch] = -np.inf
            steps = rounding_steps(scores.max(axis=1, initial=-np.inf), scores.dtype)
            scores, kept = allowed.among(scores, slice(start, start + size))
            row, place, rank, value = top_k(scores, int(k), steps)
            found.append((batch[row], place if kept is None else kept[place], rank, value))
        item, similar, rank, value = (np.concatenate(part) for part in zip(*found, strict=True))
        return pd.DataFrame(
            {
                "item": ids.take(item),
                "similar": ids.take(similar),
                "rank": rank + 1,
                "score": value.astype(np.float64),
            }
        )

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        """A new array (len(columns), n_columns), -inf where the model knows of no likeness."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Reasons:
    """Terms of some scores: the sum of a row of ``values``, and its ``rest``, is the score.

    because : the id behind each column of values. values : (n_items, n_terms). rest : (n_items,), what no single id
    stands behind; None is 0.
    """

    because: pd.Index
    values: np.ndarray
    rest: np.ndarray | None = None


class GivesReasons(Recommender):
    """A model whose score is a sum over what the listener has (or over listeners like them), term by term."""

    def explain(self, user: Any, items: Any) -> pd.DataFrame:
        """What a listener's scores are made of: a table item, because, value, a row for each term that is not 0.

        The values of an item sum to its score. ``because`` is the id of an item that the listener has (for ``UserKNN``,
        of a listener like them), None for what no single one stands behind. Items in the order given, each item's terms
        by size, the largest first. Raises ValueError for an unknown id or for more than one listener.
        """
        check_is_fitted(self, "users_")
        (model, row), columns = self._one(user), positions(self._columns(), items, "item")
        said = model._reasons(row, columns)
        values, because = said.values.astype(np.float64), said.because.astype(object)
        if said.rest is not None:
            values, because = (
                np.column_stack([values, said.rest]),
                because.append(pd.Index([None], dtype=object)),
            )
        size = np.round(np.abs(values), 12)
        order = np.argsort(-size, axis=1, kind="stable")
        item, place = np.nonzero(np.take_along_axis(values, order, axis=1))
        term = order[item, place]
        names = because.take(term) if said.rest is not None else said.because.take(term)
        return pd.DataFrame(
            {"item": self._columns().take(columns[item]), "because": names, "value": values[item, term]}
        )

    def _reasons(self, row: int, columns: np.ndarray) -> Reasons:
        raise NotImplementedError

    def _told(self) -> Self:
        """The model by whose items the listeners' factors were solved: this one, before items were folded in."""
        before: Self = self.__dict__.get("_solved_with", self)
        return before

    def _history(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """Columns and values of what a listener has."""
        mine = self.seen_.matrix[[row]]
        return mine.indices, mine.data
