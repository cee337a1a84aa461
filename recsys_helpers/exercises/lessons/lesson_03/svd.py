"""Exercises of lesson 03: on earlier lessons, singular values, and the nearest matrix of rank k.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- on earlier lessons ----------------------------------------------------------------------------------------------

question(
    "recall_empty_cell",
    answer="b",
    why="Lesson 01 measured it: half of what listeners would like best they have not heard.",
    wrong={
        "a": "A dislike needs a listen first, and most gaps are tracks that were never met.",
        "c": "What is missing has causes: the shelf, the place on the page, and taste.",
    },
)
question(
    "recall_variance_share",
    answer="a",
    why="The square of a singular value is the variance along its direction, times the number of rows.",
    wrong={
        "b": "Singular values are lengths. Variances, which add up, are their squares.",
        "c": "That would be so if the cloud were round. The values say how far it is from that.",
    },
)
question(
    "recall_prior_plays",
    answer="c",
    why="(1 + 5 x 0.33) / (1 + 5) = 0.44. A pull to the mean that wears off with data: lambda will do the same.",
    wrong={
        "a": "That is the raw rate: one play would count as certainty.",
        "b": "That is the mean alone: the one play that we have should move it.",
    },
)


# ---- the SVD ---------------------------------------------------------------------------------------------------------


def some_squares(rng):
    """Edge cases first: a stretch, a turn, a matrix of rank 1, one without symmetry."""
    yield (np.array([[2.0, 0.0], [0.0, 1.0]]),)
    yield (np.array([[0.0, -3.0], [3.0, 0.0]]),)
    yield (np.array([[1.0, 2.0], [2.0, 4.0]]),)
    yield (np.array([[1.0, 4.0], [0.0, 1.0]]),)
    yield (
        np.array([[-0.6, 2.0], [-2.0, -0.6]]),
    )  # a turn and a stretch: rounding puts -7e-15 under the root
    for _ in range(9):
        yield (rng.integers(-5, 6, (2, 2)).astype(float) + np.array([[0.0, 0.5], [0.0, 0.0]]),)


def _roots(t, d):
    """Both solutions of x^2 - t x + d = 0, larger first."""
    apart = np.sqrt(max(t**2 - 4 * d, 0.0))
    return np.maximum(np.array([t + apart, t - apart]) / 2, 0.0)


def _trace_and_determinant(A):
    return (A**2).sum(), A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]


def values_not_rooted(A):
    t, d = _trace_and_determinant(A)
    return _roots(t, d**2)


def unguarded(A):
    t, d = _trace_and_determinant(A)
    s = np.sqrt(t**2 - 4 * d**2)
    return np.sqrt([(t + s) / 2, (t - s) / 2])


def values_not_halved(A):
    t, d = _trace_and_determinant(A)
    return np.sqrt(2 * _roots(t, d**2))


def values_with_one_determinant(A):
    t, d = _trace_and_determinant(A)
    return np.sqrt(_roots(t, abs(d)))


@exercise(
    inputs=some_squares,
    hints=[
        "The singular values are the square roots of the two solutions x.",
        "t = (A ** 2).sum(), and d = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0].",
        "x = (t + s) / 2 and (t - s) / 2 with s = np.sqrt(t ** 2 - 4 * d ** 2); rounding may take what stands under a"
        " root just below 0, so write np.maximum(..., 0).",
    ],
    why="Whatever a library hands back as singular values, you can check in the smallest case by hand.",
    mistakes={
        "Are these the solutions x? They are the squares: the singular values are their roots.": values_not_rooted,
        "What becomes of a root of a little less than 0? Rounding makes one here: np.maximum(..., 0) before each.": (
            unguarded
        ),
        "Did the smaller one come first? The larger does: np.linalg.eigvalsh sorts upwards.": lambda A: (
            np.sqrt(values_not_rooted(A))[::-1]
        ),
        "Did you forget to halve? The solutions are (t + s) / 2 and (t - s) / 2.": values_not_halved,
        "Did you put d where d squared stands? The determinant of A^T A is that of A, twice.": (
            values_with_one_determinant
        ),
        "Are these eigenvalues of A itself? Take those of A^T A: a turn has a length too.": lambda A: np.sort(
            np.abs(np.linalg.eigvals(A))
        )[::-1],
    },
    alternatives=[lambda A: np.linalg.svd(A, compute_uv=False)],
)
def singular_values(A):
    """Both singular values of A, a 2 x 2 array, larger first: the roots of the x with x² - t x + d² = 0."""
    t = (A**2).sum()
    d = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    s = np.sqrt(np.maximum(t**2 - 4 * d**2, 0))
    return np.sqrt(np.maximum([(t + s) / 2, (t - s) / 2], 0))


def some_tables(rng):
    """Edge cases first: all kept, rank 1, wide and tall."""
    yield np.array([[3.0, 0.0], [4.0, 5.0]]), 1
    yield np.array([[3.0, 1.0], [4.0, 5.0]]), 2
    yield np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]), 1
    yield np.array([[2.0, 0.0, 1.0], [1.0, 3.0, 0.0], [0.0, 1.0, 4.0]]), 2
    yield np.array([[2.0, 0.0, 1.0], [1.0, 3.0, 0.0], [0.0, 1.0, 4.0]]), 1
    for _ in range(8):
        m, n = int(rng.integers(2, 5)), int(rng.integers(3, 5))
        yield rng.integers(1, 6, (m, n)).astype(float), int(rng.integers(1, 3))


def _kept(R, keep, stretch=True):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, keep] * s[keep] if stretch else U[:, keep]) @ Vt[keep]


def columns_of_vt(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:, :k].T


def values_twice(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, :k] * s[:k] ** 2) @ Vt[:k]


def first_columns(R, k):
    return np.where(np.arange(R.shape[1]) < k, R, 0.0)


def by_projection(R, k):
    Vt = np.linalg.svd(R, full_matrices=False)[2][:k]
    return R @ Vt.T @ Vt


@exercise(
    inputs=some_tables,
    hints=[
        "U, s, Vt = np.linalg.svd(R, full_matrices=False) gives the singular values largest first.",
        "Keep the first k columns of U, the first k of s and the first k ROWS of Vt.",
        "(U[:, :k] * s[:k]) @ Vt[:k]",
    ],
    why="No matrix of rank k is nearer: the next cells try to beat it a thousand times.",
    mistakes={
        "Did you take the first k columns of Vt? The directions are its rows.": columns_of_vt,
        "Did you leave the singular values out? U and V are turns: all the stretching is in s.": lambda R, k: (
            _kept(R, slice(0, k), stretch=False)
        ),
        "Is that a term too many? The first k are [:k].": lambda R, k: _kept(R, slice(0, k + 1)),
        "Is that the k-th term alone? R_k is the sum of the first k.": [
            lambda R, k: _kept(R, slice(k - 1, k)),
            lambda R, k: _kept(R, slice(k, k + 1)),
        ],
        "Is that what is left over? Asked are the first k terms, not those after them.": lambda R, k: _kept(
            R, slice(k, None)
        ),
        "Are the singular values in it twice? Each term is sigma times u times v, with sigma once.": values_twice,
        "Are these the factors? Multiply them again: the answer has the shape of R.": [
            lambda R, k: (
                np.linalg.svd(R, full_matrices=False)[0][:, :k] * np.linalg.svd(R, compute_uv=False)[:k]
            ),
            lambda R, k: np.linalg.svd(R, full_matrices=False)[0][:, :k],
        ],
        "Did you keep the smallest? np.linalg.svd puts the largest first.": lambda R, k: _kept(
            R, slice(max(min(R.shape) - k, 0), None)
        ),
        "Did you cut the table off after k columns? Rank k keeps all columns, and makes them of k.": first_columns,
    },
    alternatives=[by_projection],
)
def truncate(R, k):
    """The matrix of rank k nearest to R, shape (m, n): its SVD cut off after k singular values."""
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]


question(
    "what_the_sum_keeps",
    answer="c",
    why="It is P^T P, the same for listeners in any order. Useful when one speaks of all at once; no table of factors.",
    wrong={
        "a": "Stacking the four vectors as rows gives (4, 2). Adding their outer products does not stack them.",
        "b": "Each outer product of a vector of length 2 is (2, 2), and so is their sum.",
        "d": "The numbers are right and the reason is not: a sum forgets the order of what is added.",
    },
)
