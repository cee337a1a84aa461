"""ItemKNN against a dense brute force."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from recsys_helpers.models import ItemKNN


def brute_force(dense, n_neighbors, shrinkage):
    """Scores (n_users, n_items), by loops over pairs of items."""
    n_items = dense.shape[1]
    norm = np.sqrt((dense**2).sum(axis=0))
    shrink = shrinkage * (dense[dense > 0] ** 2).mean()
    scores = np.zeros(dense.shape)
    for i in range(n_items):
        near = []
        for j in range(n_items):
            if j != i and dense[:, i] @ dense[:, j] != 0:
                near.append((-(dense[:, i] @ dense[:, j]) / (norm[i] * norm[j] + shrink), j))
        for negative, j in sorted(near)[:n_neighbors]:
            scores[:, i] += dense[:, j] * -negative
    return scores


@pytest.mark.parametrize("n_neighbors", [1, 4, 1000])
@pytest.mark.parametrize("shrinkage", [0.0, 10.0])
def test_equals_a_dense_brute_force(small, tall, n_neighbors, shrinkage):
    for x in (small, tall):
        model = ItemKNN(n_neighbors=n_neighbors, shrinkage=shrinkage).fit(x)
        expected = brute_force(x.matrix.toarray(), n_neighbors, shrinkage)
        np.testing.assert_allclose(model.score(x.users), expected, atol=1e-12)


def test_without_shrinkage_the_similarity_is_the_cosine(small):
    found = ItemKNN(n_neighbors=small.shape[1], shrinkage=0).fit(small).similarity_.toarray()
    expected = cosine_similarity(small.matrix.T)
    np.fill_diagonal(expected, 0)
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_blocks_do_not_show(small, monkeypatch):
    whole = ItemKNN(n_neighbors=5).fit(small).score(small.users)
    monkeypatch.setattr("recsys_helpers.models.neighbours.ENTRIES_PER_BLOCK", 200)
    found, sizes = ItemKNN(n_neighbors=5), []
    neighbours = ItemKNN._neighbours

    def counted(self, columns, matrix, norm, shrink, start, stop):
        sizes.append((stop - start, sum(np.diff(matrix.indptr)[columns[start:stop].indices])))
        return neighbours(self, columns, matrix, norm, shrink, start, stop)

    monkeypatch.setattr(ItemKNN, "_neighbours", counted)
    np.testing.assert_array_equal(found.fit(small).score(small.users), whole)
    assert sum(items for items, _ in sizes) == small.shape[1]
    assert all(products < 400 or items == 1 for items, products in sizes), "200, and what the last item adds"
    assert sum(items > 1 for items, _ in sizes) > 3


def test_an_item_of_stored_zeros_is_nobodys_neighbour(small):
    values = np.where(small.matrix.indices == 3, 0.0, small.matrix.data)
    found = ItemKNN(n_neighbors=50, shrinkage=0).fit(small.with_values(values)).similarity_
    assert np.isfinite(found.data).all() and (found.data != 0).all()
    assert not found[[3]].toarray().any() and not found[:, [3]].toarray().any()


def test_ties_keep_the_lower_id(small):
    """On a matrix of ones every similarity is 1: the neighbours are the first two others."""
    ones = type(small)(np.ones((4, 4)), small.users[:4], small.items[:4])
    found = ItemKNN(n_neighbors=2, shrinkage=0).fit(ones).similarity_
    assert [np.flatnonzero(row).tolist() for row in found.toarray()] == [[1, 2], [0, 2], [0, 1], [0, 1]]


@pytest.mark.parametrize("settings", [{"n_neighbors": 0}, {"n_neighbors": 2.5}, {"shrinkage": -1}])
def test_bad_settings(small, settings):
    with pytest.raises(ValueError, match=f"{next(iter(settings))}=.*or more"):
        ItemKNN(**settings).fit(small)
