"""Many small least-squares problems at once: one for each row of a sparse matrix, over the columns that it has.

It knows no model. Rows are taken in order of their length, so that a block of them is one array with little padding
and no row costs a step of Python.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

ENTRIES_PER_BLOCK = 8_000  # gathered factors of so many entries stay in the processor's cache
ROWS_PER_BLOCK = 1_024
WIDER = 4  # a block's longest row is longer than its shortest by at most a fourth of it


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of about the same length. What lies beyond a row's own entries is column 0, and not ``there``.

    rows : their numbers, (b,). entries : place of each entry in the matrix's ``data``, (b, width). columns : its
    column, (b, width). there : False beyond a row's end, (b, width).
    """

    rows: np.ndarray
    entries: np.ndarray
    columns: np.ndarray
    there: np.ndarray

    def of(self, values: np.ndarray) -> np.ndarray:
        """The values of the entries, one for each in the matrix, as (b, width); 0 beyond a row's end."""
        return np.where(self.there, values[self.entries], np.zeros((), dtype=values.dtype))


def spans(matrix: sparse.csr_array, most_entries: int | None = None) -> list[np.ndarray]:
    """The numbers of all rows of a matrix, dealt into runs of about the same length, the shortest first.

    most_entries : of a run of several rows; None is ``ENTRIES_PER_BLOCK``.

    >>> x = sparse.csr_array(np.array([[1.0, 2.0], [0.0, 3.0], [4.0, 5.0]]))
    >>> [rows.tolist() for rows in spans(x)]
    [[1], [0, 2]]
    """
    length = np.diff(matrix.indptr)
    order = np.argsort(length, kind="stable")
    length, found, start = length[order], [], 0
    most_entries = most_entries or ENTRIES_PER_BLOCK
    while start < len(order):
        shortest = int(length[start])
        stop = int(np.searchsorted(length, shortest + shortest // WIDER, side="right"))
        most = most_entries // max(1, int(length[stop - 1]))
        stop = min(stop, start + min(max(1, most), ROWS_PER_BLOCK))
        found.append(order[start:stop])
        start = stop
    return found


def block_of(matrix: sparse.csr_array, rows: np.ndarray) -> Block:
    """These rows side by side, as wide as the longest of them."""
    first, length = matrix.indptr[rows], matrix.indptr[rows + 1] - matrix.indptr[rows]
    place = np.arange(length.max(initial=0))
    there = place < length[:, None]
    entries = np.where(there, first[:, None] + place, 0)
    columns = matrix.indices[entries] if matrix.nnz else entries
    return Block(rows, entries, np.where(there, columns, 0), there)


def ridge_rows(
    matrix: sparse.csr_array,
    target: np.ndarray,
    features: np.ndarray,
    penalty: np.ndarray,
    weight: np.ndarray | None = None,
    start: np.ndarray | None = None,
) -> np.ndarray:
    """For each row u the p that minimises sum_i w_ui (t_ui - f_i . p)^2 + (p - start)^T D_u (p - start).

    Parameters
    ----------
    matrix : (n, m); only which entries it has counts. target, weight : t and w of each, shape (nnz,); without weights
        each is 1.
    features : f, shape (m, k).
    penalty : D, symmetric and positive definite: the diagonal of each row's, shape (n, k), or one for all,
        shape (1, k, k).
    start : what a row without an entry gets, shape (k,); None is 0.

    Returns
    -------
    shape (n, k). Under a diagonal penalty a row with fewer entries than features is solved over its entries, by
    p = D^-1 F^T (F D^-1 F^T + I)^-1 t, which is the same and smaller.
    """
    k = features.shape[1]
    begin = np.zeros(k) if start is None else start
    root = None if weight is None else np.sqrt(weight)
    found = np.empty((matrix.shape[0], k))
    for rows in spans(matrix):
        block = block_of(matrix, rows)
        f = features[block.columns] * block.there[:, :, None]
        t = block.of(target) - (f @ begin if start is not None else 0.0)
        if root is not None:
            f *= block.of(root)[:, :, None]
            t *= block.of(root)
        if penalty.ndim == 2 and block.columns.shape[1] < k:
            across = f / penalty[block.rows][:, None, :]
            left, right = across @ f.transpose(0, 2, 1), t
            _add_to_diagonals(left, 1.0)
        else:
            across = None
            left, right = f.transpose(0, 2, 1) @ f, np.matmul(t[:, None, :], f)[:, 0]
            if penalty.ndim == 3:
                left += penalty
            else:
                _add_to_diagonals(left, penalty[block.rows])
        solved = np.linalg.solve(left, right[:, :, None])[:, :, 0]
        found[block.rows] = begin + (
            solved if across is None else np.matmul(solved[:, None, :], across)[:, 0]
        )
    return found


def _add_to_diagonals(matrices: np.ndarray, values: np.ndarray | float) -> None:
    """In place; matrices (b, k, k), values (b, k) or one for all."""
    at = np.arange(matrices.shape[1])
    matrices[:, at, at] += values
