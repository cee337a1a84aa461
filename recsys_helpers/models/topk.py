"""From scores to the k best: rounded first, so that every machine makes the same list, ties to the lower column.

It knows no ids and no model: positions in, positions out.
"""

from __future__ import annotations

import numpy as np

# Of the listener's highest score. Sums of products differ from machine to machine by a few units in the last place;
# powers of two, since dividing by one is exact: a score that is a whole number or a half stays what it is.
ROUNDING = {np.dtype(np.float64): 2.0**-30, np.dtype(np.float32): 2.0**-20}


def rounding_steps(largest: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The step to which each row's scores are rounded, (n_rows,): about 1e-9 of its largest score, 1e-6 in float32.

    A row whose largest score is 0 or not finite is not rounded: its step is 0.

    >>> steps = rounding_steps(np.array([1.0, 1000.0, 0.0]), np.dtype(np.float64))
    >>> [f"{step:.1e}" for step in steps]
    ['1.9e-09', '9.5e-07', '0.0e+00']
    """
    share = ROUNDING.get(dtype, ROUNDING[np.dtype(np.float64)])
    size = np.abs(largest.astype(np.float64))
    # The little more keeps 1, 2, 4, ..., which scores often reach, away from where the step doubles.
    _, exponent = np.frexp(size * (1 + share))
    return np.where((size > 0) & np.isfinite(size), np.ldexp(share, exponent), 0.0)


def top_k(
    scores: np.ndarray, k: int, steps: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The k highest entries of each row, ties to the lower column; -inf is never among them.

    scores : shape (n_rows, n_columns). steps : None, or for each row the step to which its scores are rounded before
    they are ranked (``rounding_steps``), shape (n_rows,); 0 leaves a row as it is.

    Returns (row, column, rank from 0, score as it was), each of shape (n_found,), by row and then by rank. Raises
    ValueError for a score that is no number, wherever it stands.

    The columns are dealt into groups. The k-th best of the groups' maxima is reached by at least k entries, so nothing
    below it can be among the top k, and all but a handful of entries drop out in one comparison.

    >>> [part.tolist() for part in top_k(np.array([[1.0, 3.0, 3.0], [2.0, -np.inf, -np.inf]]), 2)]
    [[0, 0, 1], [1, 2, 0], [0, 1, 0], [3.0, 3.0, 2.0]]
    """
    n, m = scores.shape
    k = min(k, m)
    if k == 0:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, nothing, np.zeros(0)
    width = max(1, min(64, m // (8 * k)))
    groups = m // width
    best = scores[:, : width * groups].reshape(n, width, groups).max(axis=1)
    if np.isnan(best).any() or np.isnan(scores[:, width * groups :]).any():
        row, column = np.argwhere(np.isnan(scores))[0]
        raise ValueError(
            f"A score is not a number: that of row {row}, column {column}. Mend the model or the values it got."
        )
    bound = np.partition(best, groups - k, axis=1)[:, groups - k]
    if steps is not None:  # what is rounded up to the bound lies at most one step below it
        bound = (bound - 2 * steps).astype(scores.dtype)
    rows, columns = np.divmod(np.flatnonzero(scores >= bound[:, None]), m)
    values = scores[rows, columns]
    finite = values > -np.inf
    rows, columns, values = rows[finite], columns[finite], values[finite]
    ranked = values if steps is None else rounded(values, steps[rows])
    order = np.lexsort((columns, -ranked, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    rank = np.arange(len(rows)) - np.searchsorted(rows, np.arange(n))[rows]
    kept = rank < k
    return rows[kept], columns[kept], rank[kept], values[kept]


def rounded(values: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Each value to the nearest multiple of its step, in float64; a step of 0 leaves it.

    A value so far below the largest that the number of its steps has no place in a float is left as it is too.
    """
    values = values.astype(np.float64)
    with np.errstate(over="ignore"):
        whole = np.divide(values, steps, out=np.zeros_like(values), where=steps > 0)
    found: np.ndarray = np.where((steps > 0) & np.isfinite(whole), np.rint(whole) * steps, values)
    return found


def expected_gain(above: np.ndarray, alike: np.ndarray, k: int) -> np.ndarray:
    """The gain 1 / log2(1 + rank) of one target in a list of k, and 0 behind rank k: its mean over all orders of ties.

    above : how many score higher than the target. alike : how many score as it does, the target among them. With one
    relevant item for each list this is nDCG@k.

    >>> expected_gain(np.array([0, 2, 0]), np.array([1, 1, 2]), 2).round(3).tolist()
    [1.0, 0.0, 0.815]
    """
    summed = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, k + 2)))])
    return np.asarray((summed[np.minimum(above + alike, k)] - summed[np.minimum(above, k)]) / alike)
