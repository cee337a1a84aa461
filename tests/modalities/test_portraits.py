"""Portraits: means as brute force has them, and neighbours as scikit-learn finds them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.neighbors import NearestNeighbors

from recsys_helpers.modalities import mean_portraits, nearest_others


@pytest.mark.parametrize("kind", [np.asarray, sparse.csr_array])
def test_a_portrait_is_the_weighted_mean(kind):
    random = np.random.default_rng(0)
    heard, features = (
        np.where(random.random((6, 9)) < 0.4, random.random((6, 9)), 0.0),
        random.normal(size=(9, 3)),
    )
    heard[2] = 0
    found = mean_portraits(sparse.csr_array(heard), kind(features))
    for row, one in zip(heard, found, strict=True):
        assert np.allclose(one, np.average(features, axis=0, weights=row) if row.any() else 0)


def test_neighbours_are_scikit_learns():
    rows = np.random.default_rng(1).normal(size=(40, 5))
    expected = NearestNeighbors(n_neighbors=7).fit(rows).kneighbors(return_distance=False)
    assert (nearest_others(rows, 7) == expected).all()


def test_equal_portraits_are_neighbours_and_nobody_is_their_own():
    assert nearest_others(np.zeros((4, 2)), 2).tolist() == [[1, 2], [0, 2], [0, 1], [0, 1]]
    with pytest.raises(ValueError, match="no 4 others"):
        nearest_others(np.zeros((4, 2)), 4)


def test_distances_that_differ_by_rounding_are_a_tie_whatever_their_size():
    for size in (1e-6, 1.0, 1e6):
        assert nearest_others(np.array([[0.0], [1 + 4e-10], [-1.0]]) * size, 1)[0].tolist() == [1]
        assert nearest_others(np.array([[0.0], [1 + 1e-6], [-1.0]]) * size, 1)[0].tolist() == [2]
    assert nearest_others(np.random.default_rng(2).normal(size=(12, 2))).shape == (12, 10)
    assert nearest_others([[0], [1], [3]], 2).tolist() == [[1, 2], [0, 2], [1, 0]]
    small = np.array([[0], [100], [-100], [90]], dtype=np.int8)  # whose squares are no int8
    assert nearest_others(small, 1).ravel().tolist() == [3, 3, 0, 1]
    with pytest.raises(ValueError, match="^10 listeners have no 10 others each"):
        nearest_others(np.zeros((10, 2)))


def test_somebody_who_heard_little_has_a_whole_portrait():
    assert mean_portraits(sparse.csr_array([[0.25, 0.0]]), np.array([[8.0], [1.0]])).tolist() == [[8.0]]
