"""Exercises of lesson 05: the fold-in of a newcomer.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- fold-in ---------------------------------------------------------------------------------------------------------


def some_newcomers(rng):
    """Edge cases first: nothing heard, one track, all tracks."""
    Q = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    yield Q, np.array([1.0, 1.0, 1.0]), 1.0
    yield Q, np.array([5.0, 1.0, 1.0]), 1.0
    yield Q, np.array([3.0, 2.0, 4.0]), 0.5
    for _ in range(9):
        n = int(rng.integers(4, 6))
        c = 1 + np.round(rng.uniform(1, 9, n), 1) * (np.arange(n) < 2)
        yield np.round(rng.normal(size=(n, 2)), 1) + np.eye(n, 2), c, float(rng.integers(1, 4))


def _solved(Q, c, ridge, all_cells=True, power=1, diagonal=True):
    y = (c > 1).astype(float)
    weight = c if all_cells else c * y
    left = Q.T @ (weight[:, None] * Q) + (ridge * np.eye(Q.shape[1]) if diagonal else ridge)
    return np.linalg.solve(left, Q.T @ (c**power * y))


def solved_as_regression(Q, c, ridge):
    """Least squares on rows scaled by the root of their weight, with one row more for each factor."""
    k = Q.shape[1]
    rows = np.vstack([np.sqrt(c)[:, None] * Q, np.sqrt(ridge) * np.eye(k)])
    return np.linalg.lstsq(rows, np.append(np.sqrt(c) * (c > 1), np.zeros(k)), rcond=None)[0]


@exercise(
    inputs=some_newcomers,
    hints=[
        "Minimise sum c (y - Q p)^2 + ridge |p|^2 over p, where y is 1 where c is above 1, else 0.",
        "The normal equations: (Q^T C Q + ridge I) p = Q^T C y, C diagonal. c[:, None] * Q multiplies row by row.",
        "np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ (c * y))",
    ],
    why="One small system makes a newcomer a full member of the model. No other listener is touched.",
    mistakes={
        "Did you leave out the tracks that were not heard? They are cells too, with y = 0 and c = 1.": lambda Q, c, ridge: (  # noqa: E501
            _solved(Q, c, ridge, all_cells=False)
        ),
        "Is the ridge missing? With a play or two, nothing else keeps p from growing.": lambda Q, c, ridge: (
            _solved(Q, c, 1e-9)
        ),
        "Did you add the ridge to every cell? It belongs on the diagonal alone: ridge * np.eye(k).": lambda Q, c, ridge: (  # noqa: E501
            _solved(Q, c, ridge, diagonal=False)
        ),
        "Does the right side lack the confidence? Each heard track counts c there as well.": lambda Q, c, ridge: (
            _solved(Q, c, ridge, power=0)
        ),
        "Is the confidence squared? Each cell counts c times, as it is.": lambda Q, c, ridge: np.linalg.solve(
            Q.T @ ((c**2)[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ (c**2 * (c > 1))
        ),
        "Is C missing on both sides? A heard track then weighs no more than an unheard one.": lambda Q, c, ridge: (
            np.linalg.solve(Q.T @ Q + ridge * np.eye(Q.shape[1]), Q.T @ (c > 1))
        ),
        "Is y 1 for every track? It is 1 where c is above 1, and 0 where c is 1.": lambda Q, c, ridge: (
            np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ c)
        ),
        "Is y how strongly it was heard? It is 1 or 0; how strongly is in c alone.": lambda Q, c, ridge: (
            np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ (c * (c - 1)))
        ),
    },
    alternatives=[solved_as_regression],
)
def fold_in_newcomer(Q, c, ridge):
    """The p that minimises sum_i c_i (y_i - q_i . p)^2 + ridge |p|^2, where y_i is 1 if c_i > 1, else 0.

    Q has shape (n, k), c has shape (n,); p has shape (k,).
    """
    y = (c > 1).astype(float)
    left = Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1])
    return np.linalg.solve(left, Q.T @ (c * y))
