"""How alike the rows of a sparse matrix are, and which are nearest to each: cosine and Pearson's correlation, shrunk.

It knows neither listeners nor items, only rows and what they have in common (see ``neighbours``).
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

ENTRIES_PER_BLOCK = 2_000_000


class Cosine:
    """x . y / (|x| |y| + shrink): a likeness that rests on few common columns is divided by more than its due."""

    def __init__(self, others: sparse.csr_array, shrink: float):
        self.across, self.shrink = sparse.csr_array(others.T), shrink
        self.lengths = row_lengths(others)

    def __call__(self, rows: sparse.csr_array, products: sparse.csr_array | None = None) -> sparse.csr_array:
        """Of any rows with the others, where they have a column in common, shape (n_rows, n_others)."""
        if products is None:
            products = sparse.csr_array(rows @ self.across)
        row = np.repeat(np.arange(products.shape[0]), np.diff(products.indptr))
        divisor = row_lengths(rows)[row] * self.lengths[products.indices] + self.shrink
        value = np.divide(products.data, divisor, out=np.zeros(len(row)), where=divisor > 0)
        return sparse.csr_array((value, products.indices, products.indptr), products.shape)


class Pearson:
    """Pearson's correlation over the columns that both rows have, times n / (n + shrink) for n such columns.

    Rows with fewer than two columns in common, or one of which says the same in all of them, are not alike.
    """

    def __init__(self, others: sparse.csr_array, shrink: float):
        # Taking a row's mean off changes no correlation, and keeps the sums below small.
        self.others, self.shrink = from_their_mean(others), shrink
        self.across = sparse.csr_array(others.T)

    def __call__(self, rows: sparse.csr_array, products: sparse.csr_array | None = None) -> sparse.csr_array:
        """Of any rows with the others, where they have a column in common, shape (n_rows, n_others)."""
        x, y = from_their_mean(rows), sparse.csr_array(self.others.T)
        one, two = _filled(x, 1.0), _filled(y, 1.0)
        common = sparse.csr_array(one @ two)
        common.sort_indices()
        n = common.data

        def total(left: sparse.csr_array, right: sparse.csr_array) -> np.ndarray:
            return _at(sparse.csr_array(left @ right), common)

        of_x, of_y = total(x, two), total(one, y)
        squares_x, squares_y = total(_filled(x, x.data**2), two), total(one, _filled(y, y.data**2))
        spread = np.ones(len(n))
        for squares, sums in ((squares_x, of_x), (squares_y, of_y)):
            variance = squares - sums**2 / n
            spread *= np.where(variance > 1e-12 * squares, variance, 0.0)
        together = total(x, y) - of_x * of_y / n
        value = np.divide(together, np.sqrt(spread), out=np.zeros(len(n)), where=spread > 0)
        # Many pairs have two columns in common and agree, or not: their 1 and -1 are to tie, not to differ by rounding.
        value = np.round(np.clip(value, -1.0, 1.0) * n / (n + self.shrink), 12)
        return sparse.csr_array((value, common.indices, common.indptr), common.shape)


LIKENESS: dict[str, type[Cosine] | type[Pearson]] = {"cosine": Cosine, "pearson": Pearson}


def nearest(
    likeness: Cosine | Pearson,
    rows: sparse.csr_array,
    same: np.ndarray,
    n_neighbors: int,
    products: sparse.csr_array | None = None,
) -> sparse.csr_array:
    """The similarities of each row to the ``n_neighbors`` others most like it, shape (n_rows, n_others).

    same : for each row the number of the other that it is itself, -1 for none: nobody is their own neighbour.
    products : of the rows with all others, where they are known already (for ``Cosine``).
    """
    # Products of one row with all others: as many entries as its columns have.
    work = rows.astype(bool).astype(np.int64) @ np.diff(likeness.across.indptr)
    block = np.cumsum(work) // ENTRIES_PER_BLOCK
    edges = np.concatenate([[0], np.flatnonzero(np.diff(block)) + 1, [rows.shape[0]]])
    parts = [
        most_alike(likeness(rows[a:b], None if products is None else products[a:b]), same[a:b], n_neighbors)
        for a, b in zip(edges[:-1], edges[1:], strict=True)
        if a < b
    ]
    return sparse.csr_array(sparse.vstack(parts, format="csr"))


def most_alike(similar: sparse.csr_array, same: np.ndarray, n_neighbors: int) -> sparse.csr_array:
    """In each row the highest entries, without the row itself and without zeros; ties to the lower column."""
    n = similar.shape[0]
    row, column, value = np.repeat(np.arange(n), np.diff(similar.indptr)), similar.indices, similar.data
    other = (column != same[row]) & (value != 0)
    row, column, value = row[other], column[other], value[other]
    full = np.bincount(row, minlength=n)[row] > n_neighbors  # only these rows need sorting
    order = np.lexsort((column[full], -value[full], row[full]))
    crowd = row[full][order]
    rank = np.arange(len(crowd)) - np.searchsorted(crowd, np.arange(n))[crowd]
    near = np.concatenate([np.flatnonzero(~full), np.flatnonzero(full)[order[rank < n_neighbors]]])
    return sparse.csr_array((value[near], (row[near], column[near])), shape=similar.shape)


def row_lengths(rows: sparse.csr_array) -> np.ndarray:
    """The Euclidean length of each row, shape (n_rows,)."""
    found: np.ndarray = np.sqrt(rows.multiply(rows).sum(axis=1))
    return found


def row_means(rows: sparse.csr_array) -> np.ndarray:
    """The mean of each row's stored entries, 0 for a row without one; shape (n_rows,)."""
    found: np.ndarray = rows.sum(axis=1) / np.maximum(np.diff(rows.indptr), 1)
    return found


def from_their_mean(rows: sparse.csr_array) -> sparse.csr_array:
    """How far each entry lies from the mean of its row's entries."""
    return _filled(rows, rows.data - np.repeat(row_means(rows), np.diff(rows.indptr)))


def _filled(matrix: sparse.csr_array, data: np.ndarray | float) -> sparse.csr_array:
    """The same places with other values."""
    return sparse.csr_array(
        (np.broadcast_to(data, matrix.nnz).copy(), matrix.indices, matrix.indptr), matrix.shape
    )


def _at(values: sparse.csr_array, places: sparse.csr_array) -> np.ndarray:
    """The values at the stored places (indices sorted) of another matrix, which hold all of theirs."""
    values.sort_indices()
    keys = [
        np.repeat(np.arange(one.shape[0], dtype=np.int64), np.diff(one.indptr)) * one.shape[1] + one.indices
        for one in (values, places)
    ]
    found = np.zeros(places.nnz)
    found[np.searchsorted(keys[1], keys[0])] = values.data
    return found
