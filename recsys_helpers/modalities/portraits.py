"""Portraits of listeners from what tracks are like, and how well a portrait finds people of the same taste.

It counts no behaviour (hours, days, skips): ``profiles`` does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse


def mean_portraits(history: sparse.csr_array, features: Any) -> np.ndarray:
    """The mean of the features (tracks, d) of what each listener heard, weighed by strength, (listeners, d); or 0.

    >>> mean_portraits(sparse.csr_array([[1.0, 3.0], [0.0, 0.0]]), np.array([[0.0], [4.0]])).tolist()
    [[3.0], [0.0]]
    """
    total = np.asarray(history @ features)
    if sparse.issparse(features):
        total = (history @ features).toarray()
    weight = np.asarray(history.sum(axis=1)).ravel()[:, None]
    found: np.ndarray = np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)
    return found


def nearest_others(portraits: np.ndarray, k: int = 10) -> np.ndarray:
    """Positions of the ``k`` listeners whose portraits are nearest to each (Euclid), (n, k), nearest first.

    Nobody is their own neighbour; ties go to the lower position. Raises ValueError for as many listeners or fewer.

    >>> nearest_others(np.array([[0.0], [1.0], [5.0]]), 1).ravel().tolist()
    [1, 0, 1]
    """
    rows = np.asarray(portraits, dtype=float)
    if len(rows) <= k:
        raise ValueError(f"{len(rows)} listeners have no {k} others each.")
    length = (rows**2).sum(axis=1)
    distance = length[:, None] + length - 2 * rows @ rows.T
    distance = np.round(distance / (np.abs(distance).max() or 1.0), 9)
    np.fill_diagonal(distance, np.inf)
    found: np.ndarray = np.argsort(distance, axis=1, kind="stable")[:, :k]
    return found
