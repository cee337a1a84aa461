"""Negative sampling: for a listener, tracks that they have not heard, each with the chance that its weight gives it.

It learns nothing and scores nothing; what a drawn track means for a model stands with the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

WHOLE = 2**31  # weights are counted in whole parts of their sum, so that no rounding draws a heard track


class NegativeSampler:
    """Draws tracks that a listener has no entry of, each with a chance in proportion to its weight.

    The draw is exact and has no second try: a number below the weight that the listener has left is carried past the
    tracks they have heard, by one binary search among those and one among all.

    Parameters
    ----------
    matrix : (n_users, n_items), indices sorted in each row; what is stored counts as heard, whatever its value.
    weights : (n_items,), above 0.

    After it: ``left`` (n_users,), the weight of what each listener has not heard, in whole parts; 0 for who has heard
    everything, and nothing can be drawn for them.

    >>> matrix = sparse.csr_array(np.array([[1.0, 0.0, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0]]))
    >>> sampler = NegativeSampler(matrix, np.array([1.0, 1.0, 1.0, 3.0]))
    >>> drawn = sampler.draw(np.array([0] * 4000), np.random.default_rng(0))
    >>> sorted(set(drawn.tolist())), f"{np.mean(drawn == 3):.2f}"
    ([1, 3], '0.75')
    """

    def __init__(self, matrix: sparse.csr_array, weights: np.ndarray):
        if weights.shape != (matrix.shape[1],) or not np.isfinite(weights).all() or (weights <= 0).any():
            raise ValueError(f"Give {matrix.shape[1]} weights above 0, one for each item.")
        parts = np.maximum(np.rint(weights / weights.sum() * WHOLE), 1).astype(np.int64)
        self._ends = np.cumsum(parts)  # of each track's stretch of numbers
        self._alike = (
            int(parts[0]) if (parts == parts[0]).all() else 0
        )  # the length of all stretches, if it is one
        self._heard = np.concatenate([[0], np.cumsum(parts[matrix.indices])])
        self._first = self._heard[matrix.indptr[:-1]]  # of each listener
        self._rows = self._ends[-1] * np.arange(matrix.shape[0])
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        # How much unheard weight stands before each heard track; a listener's numbers never reach the next one's.
        before = (self._ends - parts)[matrix.indices] - (self._heard[:-1] - self._first[row])
        self._before = self._rows[row] + before
        self.left = self._ends[-1] - (self._heard[matrix.indptr[1:]] - self._first)

    def draw(self, rows: np.ndarray, random: Any) -> np.ndarray:
        """An unheard track for each place in ``rows``, an array of listeners of any shape; the same shape comes back.

        ``random`` is a Generator or RandomState. Raises ValueError for a listener who has heard everything.
        """
        left = self.left[rows]
        if (left == 0).any():
            raise ValueError(f"Row {int(rows[left == 0][0])} has every item: there is no negative to draw.")
        number: np.ndarray = np.minimum((random.uniform(size=rows.shape) * left).astype(np.int64), left - 1)
        passed = np.searchsorted(self._before, self._rows[rows] + number, side="right")
        number += self._heard[passed] - self._first[rows]
        if self._alike:
            number //= self._alike
            return number
        found: np.ndarray = np.searchsorted(self._ends, number, side="right")
        return found
