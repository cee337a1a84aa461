"""Inner products of two tables of factors for chosen pairs of rows, and cosines of a few rows with all.

It knows no model.
"""

from __future__ import annotations

import numpy as np

# Factors are gathered for so many pairs at a time: for all at once they would outweigh the data k times.
PAIRS_PER_BLOCK = 20_000


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


def cosines(vectors: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """The cosine of each of these rows with every row, shape (n_rows, n); -inf where one of the two is all 0.

    >>> cosines(np.array([[2.0, 0.0], [0.0, 1.0], [0.0, 0.0], [-1.0, 0.0]]), np.array([0])).tolist()
    [[1.0, 0.0, -inf, -1.0]]
    """
    length = np.linalg.norm(vectors, axis=1)
    there = length > 0
    unit = vectors / np.where(there, length, 1)[:, None]
    found: np.ndarray = unit[rows] @ unit.T
    found[~(there[rows][:, None] & there)] = -np.inf
    return found
