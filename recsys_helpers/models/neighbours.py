"""Items that share listeners: the oldest collaborative filter, and a hard one to beat.

It is not a rating predictor: its scores order items for one listener and have no unit.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import Recommender
from recsys_helpers.models.checks import check_number

ENTRIES_PER_BLOCK = 2_000_000


class ItemKNN(Recommender):
    """A listener's score for an item: the similarities of that item to what they have, times the values they gave.

    The similarity of items i and j is the cosine of their columns, shrunk: x_i . x_j / (|x_i| |x_j| + shrinkage). For
    each item only its ``n_neighbors`` most similar others count.

    Parameters
    ----------
    n_neighbors : how many neighbours an item keeps; ties go to the lower id.
    shrinkage : added to the cosine's divisor, in units of the mean squared value: the higher, the less a similarity
        that rests on few listeners counts.

    After ``fit``: ``similarity_`` (csr_array, n_items x n_items; row i holds the neighbours of item i).

    Badrul Sarwar, George Karypis, Joseph Konstan, John Riedl. Item-Based Collaborative Filtering Recommendation
    Algorithms. WWW 2001. doi:10.1145/371920.372071. Mukund Deshpande, George Karypis. Item-Based Top-N Recommendation
    Algorithms. ACM TOIS 2004. doi:10.1145/963770.963776.
    """

    def __init__(self, n_neighbors: int = 200, shrinkage: float = 5.0):
        self.n_neighbors = n_neighbors
        self.shrinkage = shrinkage

    def _fit(self, x: Interactions) -> None:
        check_number("n_neighbors", self.n_neighbors, 1, whole=True)
        check_number("shrinkage", self.shrinkage, 0)
        columns = sparse.csr_array(x.matrix.T)  # items x users
        norm = np.sqrt(columns.multiply(columns).sum(axis=1))
        shrink = self.shrinkage * np.mean(x.matrix.data**2)
        # Products of one item with all others: as many entries as its listeners have interactions.
        work = columns.astype(bool).astype(np.int64) @ np.diff(x.matrix.indptr)
        block = np.cumsum(work) // ENTRIES_PER_BLOCK
        edges = np.concatenate([[0], np.flatnonzero(np.diff(block)) + 1, [len(norm)]])
        parts = [
            self._neighbours(columns, x.matrix, norm, shrink, a, b)
            for a, b in zip(edges[:-1], edges[1:], strict=True)
            if a < b
        ]
        self.similarity_ = sparse.csr_array(sparse.vstack(parts, format="csr"))

    def _neighbours(self, columns, matrix, norm, shrink, start, stop) -> sparse.csr_array:
        products = sparse.csr_array(columns[start:stop] @ matrix)
        row = np.repeat(np.arange(stop - start), np.diff(products.indptr))
        column = products.indices
        divisor = norm[row + start] * norm[column] + shrink
        value = np.divide(products.data, divisor, out=np.zeros(len(row)), where=divisor > 0)
        other = (column != row + start) & (value != 0)
        row, column, value = row[other], column[other], value[other]
        full = (
            np.bincount(row, minlength=stop - start)[row] > self.n_neighbors
        )  # only these rows need sorting
        order = np.lexsort((column[full], -value[full], row[full]))
        crowd = row[full][order]
        rank = np.arange(len(crowd)) - np.searchsorted(crowd, np.arange(stop - start))[crowd]
        near = np.concatenate([np.flatnonzero(~full), np.flatnonzero(full)[order[rank < self.n_neighbors]]])
        return sparse.csr_array((value[near], (row[near], column[near])), shape=(stop - start, len(norm)))

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return (self.seen_.matrix[rows] @ self.similarity_.T).toarray()
