"""Maps of many vectors on a few axes, and how much of their neighbourhoods a map keeps.

It draws nothing (see ``plots``): it makes coordinates and judges them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from recsys_helpers.models.base import check_length
from recsys_helpers.models.topk import top_k

CELLS = 2_000_000  # of distances at a time


def principal_map(vectors: ArrayLike, n_axes: int = 2) -> np.ndarray:
    """Coordinates on the first principal axes, (n, n_axes): the same however the vectors were rotated.

    vectors : (n, k), a row for each thing. The largest coordinate of each axis, by size, is made positive: a rotation
    changes the axes but not the coordinates on them, as long as no two singular values are equal. Raises ValueError for
    more axes than there are directions, or for what is not finite.

    >>> turned = np.array([[0.0, -1.0], [1.0, 0.0]])
    >>> cloud = np.array([[3.0, 0.0], [-1.0, 1.0], [-2.0, -1.0]])
    >>> np.allclose(principal_map(cloud), principal_map(cloud @ turned))
    True
    """
    cloud = _cloud(vectors, "vectors")
    check_length(n_axes)
    if n_axes > min(cloud.shape):
        raise ValueError(
            f"n_axes={n_axes}, but {cloud.shape[0]} vectors of {cloud.shape[1]} numbers have fewer axes."
        )
    left, stretch, _ = np.linalg.svd(cloud - cloud.mean(axis=0), full_matrices=False)
    at: np.ndarray = left[:, :n_axes] * stretch[:n_axes]
    sign = np.sign(at[np.abs(at).argmax(axis=0), np.arange(n_axes)])
    return at * np.where(sign == 0, 1.0, sign)


def kept_neighbours(vectors: ArrayLike, shown: ArrayLike, k: int = 10) -> np.ndarray:
    """For each thing, the share of its k nearest by ``vectors`` that are among its k nearest on the map, (n,).

    vectors : (n, any), shown : (n, any), rows in the same order; nearness is Euclidean distance, ties go to the lower
    row. A map that knows nothing keeps k / (n - 1) on average. Raises ValueError for different numbers of rows, or for
    k of n or more.

    >>> line = np.array([[0.0], [1.0], [2.0], [10.0]])
    >>> kept_neighbours(line, [[0.0], [1.0], [9.0], [2.0]], k=1).tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    cloud, on_map = _cloud(vectors, "vectors"), _cloud(shown, "shown")
    check_length(k)
    if len(cloud) != len(on_map):
        raise ValueError(
            f"{len(cloud)} vectors and {len(on_map)} places on the map: give one place for each."
        )
    if k >= len(cloud):
        raise ValueError(f"k={k}, but each of {len(cloud)} has only {len(cloud) - 1} others.")
    kept = np.empty(len(cloud))
    size = max(1, CELLS // len(cloud))
    for start in range(0, len(cloud), size):
        rows = np.arange(start, min(start + size, len(cloud)))
        near, seen = _nearest(cloud, rows, int(k)), _nearest(on_map, rows, int(k))
        kept[rows] = (near[:, :, None] == seen[:, None, :]).any(axis=2).mean(axis=1)
    return kept


def _nearest(cloud: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """The k nearest others of these rows, (n_rows, k)."""
    square = (cloud**2).sum(axis=1)
    distance = square[rows][:, None] - 2 * cloud[rows] @ cloud.T + square
    distance = np.round(distance / max(float(square.max()), 1e-300), 12)
    distance[np.arange(len(rows)), rows] = np.inf
    found: np.ndarray = top_k(-distance, k)[1].reshape(len(rows), k)
    return found


def _cloud(vectors: Any, name: str) -> np.ndarray:
    cloud = np.asarray(vectors, dtype=np.float64)
    if cloud.ndim != 2 or not len(cloud) or not np.isfinite(cloud).all():
        raise ValueError(
            f"{name}: give a row of finite numbers for each thing, not an array of shape {cloud.shape}."
        )
    return cloud
