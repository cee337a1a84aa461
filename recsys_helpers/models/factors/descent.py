"""Stochastic gradient descent on a few rows of a table at a time, with steps that shrink where much has moved.

It knows no loss: whoever calls it brings the gradients.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse


def summed(rows: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows, ascending, and for each the sum of its values, (n_distinct, k).

    rows : positions, (n,), some more than once. values : (n, k).

    >>> [part.tolist() for part in summed(np.array([7, 2, 7]), np.array([[1.0], [2.0], [4.0]]))]
    [[2, 7], [[2.0], [5.0]]]
    """
    distinct, place = np.unique(rows, return_inverse=True)
    n = len(rows)
    pick = sparse.csr_array((np.ones(n, values.dtype), place, np.arange(n + 1)), (n, len(distinct)))
    return distinct, pick.T @ values


class AdaGrad:
    """A table of parameters and its descent: a row's step is its gradient over the root of what it has seen so far.

    For a row with gradient g the sum s grows by the mean of g^2 over the row's columns, and the row moves by
    -learning_rate g / sqrt(s): one number a row, where the paper keeps one a parameter. So a track that is met often
    takes ever smaller steps, and a rare one still takes large ones.

    table : (n, k), changed in place. learning_rate : the length of the first step, by root mean square.

    Duchi, Hazan & Singer 2011. Adaptive Subgradient Methods for Online Learning and Stochastic Optimization.
    JMLR 12:2121-2159. jmlr.org/papers/volume12/duchi11a.

    >>> weights = AdaGrad(np.zeros((3, 1)), learning_rate=0.5)
    >>> weights.step(np.array([1]), np.array([[8.0]]))
    >>> weights.table.ravel().tolist()
    [0.0, -0.5, 0.0]
    """

    def __init__(self, table: np.ndarray, learning_rate: float):
        self.table, self.learning_rate = table, learning_rate
        self.squares = np.zeros(len(table))

    def step(self, rows: np.ndarray, gradient: np.ndarray) -> None:
        """One step on these rows; the gradients (n, k) of a row that stands there several times are summed."""
        self.move(*summed(rows, gradient))

    def move(self, rows: np.ndarray, gradient: np.ndarray) -> None:
        """The same for rows of which none stands there twice."""
        self.squares[rows] += np.mean(gradient**2, axis=1)
        root = np.sqrt(self.squares[rows])[:, None]
        step = np.divide(gradient, root, out=np.zeros_like(gradient), where=root > 0)
        self.table[rows] -= self.learning_rate * step
