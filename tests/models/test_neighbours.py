"""ItemKNN and UserKNN against dense brute force, scikit-learn and pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ItemKNN, UserKNN, likeness


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


@pytest.mark.parametrize("model", [ItemKNN(5), UserKNN(5), ItemKNN(5, similarity="pearson")], ids=str)
def test_blocks_do_not_show(small, monkeypatch, model):
    whole, sizes = model.fit(small).score(small.users), []
    monkeypatch.setattr(likeness, "ENTRIES_PER_BLOCK", 200)
    most_alike = likeness.most_alike

    def counted(similar, same, n_neighbors):
        sizes.append(similar.shape[0])
        return most_alike(similar, same, n_neighbors)

    monkeypatch.setattr(likeness, "most_alike", counted)
    np.testing.assert_array_equal(model.fit(small).score(small.users), whole)
    assert sum(sizes) == small.shape[0 if isinstance(model, UserKNN) else 1]
    assert len(sizes) > 3 and sum(size > 1 for size in sizes) > 3


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


def correlations(dense, stored, shrinkage):
    """pandas' own, pairwise complete, shrunk by the number of common entries; columns against columns."""
    table = pd.DataFrame(np.where(stored, dense, np.nan))
    common = stored.T.astype(float) @ stored
    return (table.corr(min_periods=2) * common / (common + shrinkage)).fillna(0.0).to_numpy().round(12)


@pytest.mark.parametrize("shrinkage", [0.0, 7.0])
def test_pearson_is_pandas_correlation_over_common_entries(small, tall, shrinkage):
    for x in (small, tall):
        stored = np.zeros(x.shape, dtype=bool)
        stored[x.rows, x.matrix.indices] = True
        dense = x.matrix.toarray()
        settings = {"n_neighbors": 1000, "shrinkage": shrinkage, "similarity": "pearson"}
        for model, table, there in (
            (ItemKNN(**settings), dense, stored),
            (UserKNN(**settings), dense.T, stored.T),
        ):
            found = model.fit(x).similarity_.toarray()
            expected = correlations(table, there, shrinkage)
            np.fill_diagonal(expected, 0)
            np.testing.assert_allclose(found, expected, atol=1e-10)


def nearest_of(similar, k):
    """The k highest of each row, ties to the lower column, nobody their own; the others 0."""
    kept = np.zeros_like(similar)
    for row, values in enumerate(similar):
        others = sorted((-value, j) for j, value in enumerate(values) if j != row and value != 0)[:k]
        for value, j in others:
            kept[row, j] = -value
    return kept


@pytest.mark.parametrize("k", [1, 4, 1000])
@pytest.mark.parametrize("shrinkage", [0.0, 10.0])
def test_users_equal_a_dense_brute_force(small, tall, k, shrinkage):
    for x in (small, tall):
        dense = x.matrix.toarray()
        length = np.linalg.norm(dense, axis=1)
        shrink = shrinkage * (x.matrix.data**2).mean()
        similar = dense @ dense.T / (np.outer(length, length) + shrink)
        model = UserKNN(k, shrinkage).fit(x)
        np.testing.assert_allclose(model.score(x.users), nearest_of(similar, k) @ dense, atol=1e-12)


def test_under_pearson_a_low_value_speaks_against(small):
    """Scores by hand: what a neighbour says is how far its value lies from its own mean."""
    stored = np.zeros(small.shape, dtype=bool)
    stored[small.rows, small.matrix.indices] = True
    dense = small.matrix.toarray()
    away = np.where(stored, dense - (dense.sum(axis=0) / stored.sum(axis=0)), 0.0)
    near = nearest_of(correlations(dense, stored, 2.0), 6)
    found = ItemKNN(6, 2.0, "pearson").fit(small).score(small.users)
    np.testing.assert_allclose(found, away @ near.T, atol=1e-9)
    away = np.where(stored, dense - (dense.sum(axis=1) / stored.sum(axis=1))[:, None], 0.0)
    near = nearest_of(correlations(dense.T, stored.T, 2.0), 6)
    found = UserKNN(6, 2.0, "pearson").fit(small).score(small.users)
    np.testing.assert_allclose(found, near @ away, atol=1e-9)


def test_a_listener_folded_in_is_compared_with_the_known(small, make):
    new = make(seed=5)
    strangers = Interactions(new.matrix, pd.Index([f"new{u}" for u in range(40)]), new.items)
    model = UserKNN(4, 0.0).fit(small)
    similar = cosine_similarity(new.matrix.toarray(), small.matrix.toarray())
    kept = np.zeros_like(similar)
    for row, values in enumerate(similar):
        for value, v in sorted((-value, v) for v, value in enumerate(values))[:4]:
            kept[row, v] = -value
    expected = kept @ small.matrix.toarray()
    np.testing.assert_allclose(model.fold_in(strangers).score(strangers.users), expected, atol=1e-12)


def test_who_is_known_is_not_their_own_neighbour_when_folded_in(small):
    model = UserKNN(4).fit(small)
    some = small.subset(users=small.users[[7, 3]])
    np.testing.assert_allclose(model.fold_in(some).score(some.users), model.score(some.users), atol=1e-12)


def test_pearson_asks_for_values_that_differ(small):
    for model in (ItemKNN(similarity="pearson"), UserKNN(similarity="pearson")):
        with pytest.raises(ValueError, match="here all are the same: take 'cosine'"):
            model.fit(small.with_values(np.ones(small.nnz)))
        with pytest.raises(ValueError, match="choose 'cosine' or 'pearson'"):
            model.set_params(similarity="jaccard").fit(small)


def test_rows_that_say_the_same_in_all_they_share_are_not_alike():
    """Items b and c have a spread of their own, and none over the listeners that both have."""
    rows = [
        ("u", "a", 1),
        ("u", "b", 2),
        ("v", "a", 3),
        ("v", "b", 2),
        ("w", "b", 5),
        ("w", "c", 4),
        ("x", "c", 1),
    ]
    x = Interactions.from_frame(pd.DataFrame(rows, columns=["user_id", "track_id", "value"]), value="value")
    assert not ItemKNN(similarity="pearson").fit(x).similarity_.toarray().any()
