"""The exercise of lesson 19 on taking one listener out of a model.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise


def _inverses(rng):
    yield np.array([[0.5]]), np.array([1.0])
    yield np.linalg.inv(np.array([[3.0, 1.0], [1.0, 2.0]])), np.array([1.0, 0.0])
    yield (
        np.linalg.inv(np.array([[4.0, 2.0, 0.0], [2.0, 4.0, 1.0], [0.0, 1.0, 3.0]])),
        np.array([1.0, 1.0, 0.0]),
    )
    for n in (2, 3, 3, 4):
        rows = (rng.random((6, n)) < 0.5).astype(float)
        rows[0, : n // 2 + 1] = 1.0
        yield np.linalg.inv(rows.T @ rows + 2 * np.eye(n)), rows[0].copy()


def _refit(inverse, row):
    return np.linalg.inv(np.linalg.inv(inverse) - np.outer(row, row))


@exercise(
    inputs=_inverses,
    hints=[
        "The listener added r r^T to A. What is the inverse after that is taken off again?",
        "With v = inverse @ row it is inverse + np.outer(v, v) / (1 - row @ v).",
    ],
    why="One row costs n squared steps instead of n cubed, and the result is that of a fit without this person, up to "
    "rounding. So EASE can be made to forget within a second of the request.",
    mistakes={
        "Is that how a listener comes in? To take one out, both signs turn.": lambda inverse, row: (
            inverse - np.outer(inverse @ row, inverse @ row) / (1 + row @ inverse @ row)
        ),
        "Is the divisor that of adding a row? To take one out it is 1 - r^T A^-1 r.": lambda inverse, row: (
            inverse + np.outer(inverse @ row, inverse @ row) / (1 + row @ inverse @ row)
        ),
        "Is the divisor missing?": lambda inverse, row: inverse + np.outer(inverse @ row, inverse @ row),
        "Did you take r r^T off the inverse itself? It is a part of A.": lambda inverse, row: (
            inverse - np.outer(row, row)
        ),
        "Is that still the matrix? Asked is its inverse.": lambda inverse, row: (
            np.linalg.inv(inverse) - np.outer(row, row)
        ),
        "Did you subtract the correction? Less data makes the inverse larger.": lambda inverse, row: (
            inverse - np.outer(inverse @ row, inverse @ row) / (1 - row @ inverse @ row)
        ),
    },
    alternatives=[_refit],
)
def forget_row(inverse, row):
    """The inverse of A - r r^T, from `inverse`, that of A, and `row`, the r of one listener.

    `inverse` is a symmetric array (n, n), `row` an array (n,) of zeros and ones. Both stay as they are.
    """
    through = inverse @ row
    return inverse + np.outer(through, through) / (1 - row @ through)
