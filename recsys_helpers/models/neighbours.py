"""Items that share listeners, and listeners that share items: the oldest collaborative filters, hard ones to beat.

They are not rating predictors: their scores order items for one listener and have no unit. How alike two rows are is
reckoned in ``likeness``.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.abilities import GivesReasons, LearnsOn, NamesSimilar, Reasons
from recsys_helpers.models.checks import check_choice, check_number
from recsys_helpers.models.likeness import LIKENESS, Cosine, Pearson, from_their_mean, nearest, row_means
from recsys_helpers.models.merging import placed


class _Neighbours(GivesReasons):
    """What both share: the settings, and what a neighbour says."""

    def __init__(self, n_neighbors: int = 200, shrinkage: float = 5.0, similarity: str = "cosine"):
        self.n_neighbors = n_neighbors
        self.shrinkage = shrinkage
        self.similarity = similarity

    def _check(self, x: Interactions) -> None:
        check_number("n_neighbors", self.n_neighbors, 1, whole=True)
        check_number("shrinkage", self.shrinkage, 0)
        check_choice("similarity", self.similarity, LIKENESS)
        if self.similarity == "pearson" and np.ptp(x.matrix.data) == 0:
            raise ValueError(
                "similarity='pearson' asks how values differ, and here all are the same: take 'cosine'."
            )

    def _likeness(self, x: Interactions, rows: sparse.csr_array) -> Cosine | Pearson:
        shrink = self.shrinkage * np.mean(x.matrix.data**2) if self.similarity == "cosine" else self.shrinkage
        return LIKENESS[self.similarity](rows, float(shrink))


class ItemKNN(LearnsOn, NamesSimilar, _Neighbours):
    """A listener's score for an item: the similarities of that item to what they have, times the values they gave.

    The similarity of items i and j is the cosine of their columns, shrunk: x_i . x_j / (|x_i| |x_j| + shrinkage). For
    each item only its ``n_neighbors`` most similar others count.

    Parameters
    ----------
    n_neighbors : how many neighbours an item keeps; ties go to the lower id.
    shrinkage : the higher, the less a similarity that rests on few listeners counts. For "cosine" it is added to the
        divisor, in units of the mean squared value; for "pearson" the correlation is multiplied by n / (n + shrinkage),
        n the listeners that both items have.
    similarity : "cosine", or "pearson": the correlation over the listeners that both items have. There a listener's
        value counts by how far it lies from the mean of its item, so that a low rating speaks against what is similar.

    After ``fit``: ``similarity_`` (csr_array, n_items x n_items; row i holds the neighbours of item i).

    Badrul Sarwar, George Karypis, Joseph Konstan, John Riedl. Item-Based Collaborative Filtering Recommendation
    Algorithms. WWW 2001. doi:10.1145/371920.372071. Mukund Deshpande, George Karypis. Item-Based Top-N Recommendation
    Algorithms. ACM TOIS 2004. doi:10.1145/963770.963776.
    """

    def _fit(self, x: Interactions) -> None:
        self._check(x)
        columns = sparse.csr_array(x.matrix.T)  # items x users
        self._means = row_means(columns)
        self._products: sparse.csr_array | None = None
        itself = np.arange(x.shape[1])
        self.similarity_ = nearest(self._likeness(x, columns), columns, itself, self.n_neighbors)

    def _learn_on(self, old: Interactions, new: Interactions, rows: np.ndarray) -> None:
        """The products of items change by what the changed listeners brought; who is near them is reckoned anew."""
        if self.similarity != "cosine":
            return self._fit(new)
        if self._products is None:
            self._products = sparse.csr_array(old.matrix.T @ old.matrix)
        place = new.items.get_indexer(old.items)
        square = (len(new.items), len(new.items))
        before = placed(old.matrix, new.users.get_indexer(old.users), place, new.shape)[rows]
        after = new.matrix[rows]
        products = sparse.csr_array(
            placed(self._products, place, place, square) + after.T @ after - before.T @ before
        )
        self._products = products
        columns = sparse.csr_array(new.matrix.T)
        self._means = row_means(columns)
        likeness = self._likeness(new, columns)
        touched = np.isin(np.arange(square[0]), np.concatenate([before.indices, after.indices]))
        if likeness.shrink == self._likeness(old, columns).shrink:
            near = products @ touched.astype(np.float64) != 0
        else:
            near = np.ones(square[0], dtype=bool)
        redone = np.flatnonzero(near | touched)
        fresh = nearest(likeness, columns[redone], redone, self.n_neighbors, products[redone])
        kept = np.setdiff1d(np.arange(square[0]), redone)
        both = sparse.vstack([placed(self.similarity_, place, place, square)[kept], fresh], format="csr")
        self.similarity_ = sparse.csr_array(both)[np.argsort(np.concatenate([kept, redone]))]

    def _said(self, matrix: sparse.csr_array) -> sparse.csr_array:
        """What these listeners' values say of similar items."""
        if self.similarity == "cosine":
            return matrix
        away = matrix.data - self._means[matrix.indices]
        return sparse.csr_array((away, matrix.indices, matrix.indptr), matrix.shape)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = (self._said(self.seen_.matrix[rows]) @ self.similarity_.T).toarray()
        return scores

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        near = self.similarity_[columns]
        found = np.full(near.shape, -np.inf)
        found[np.repeat(np.arange(len(columns)), np.diff(near.indptr)), near.indices] = near.data
        return found

    def _reasons(self, row: int, columns: np.ndarray) -> Reasons:
        mine = self._said(self.seen_.matrix[[row]])
        values = self.similarity_[columns][:, mine.indices].toarray() * mine.data
        return Reasons(self.items_.take(mine.indices), values)


class UserKNN(_Neighbours):
    """A listener's score for an item: what listeners like them gave it, times how like them they are.

    The similarity of listeners u and v is the cosine of their rows, shrunk: x_u . x_v / (|x_u| |x_v| + shrinkage). For
    each listener only the ``n_neighbors`` most similar others count.

    Parameters
    ----------
    n_neighbors : how many neighbours a listener keeps; ties go to the lower id.
    shrinkage : as in ``ItemKNN``, of items that both listeners have.
    similarity : "cosine", or "pearson": the correlation over the items that both have. There a neighbour's value counts
        by how far it lies from the mean of theirs, so that a low rating speaks against an item.

    After ``fit``: ``similarity_`` (csr_array, n_users x n_known; row u holds the neighbours of listener u) and
    ``known_``, the Interactions of those who can be neighbours. Listeners folded in are compared with the same; one who
    has the id of a known one is not their own neighbour.

    Paul Resnick, Neophytos Iacovou, Mitesh Suchak, Peter Bergstrom, John Riedl. GroupLens: An Open Architecture for
    Collaborative Filtering of Netnews. CSCW 1994. doi:10.1145/192844.192905. Jonathan Herlocker, Joseph Konstan, Al
    Borchers, John Riedl. An Algorithmic Framework for Performing Collaborative Filtering. SIGIR 1999.
    doi:10.1145/312624.312682, for the shrinkage.
    """

    def _fit(self, x: Interactions) -> None:
        self._check(x)
        self.known_ = x
        rows = x.matrix
        self._spoken = rows if self.similarity == "cosine" else from_their_mean(rows)
        self._compare(x)

    def _compare(self, x: Interactions) -> None:
        likeness = self._likeness(self.known_, self.known_.matrix)
        itself = self.known_.users.get_indexer(x.users)
        self.similarity_ = nearest(likeness, x.matrix, itself, self.n_neighbors)

    def _fold_in(self, x: Interactions) -> None:
        self._compare(x)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = (self.similarity_[rows] @ self._spoken).toarray()
        return scores

    def _reasons(self, row: int, columns: np.ndarray) -> Reasons:
        near = self.similarity_[[row]]
        values = self._spoken[near.indices][:, columns].toarray().T * near.data
        return Reasons(self.known_.users.take(near.indices), values)
