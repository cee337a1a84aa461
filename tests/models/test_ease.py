"""EASE against its closed form by brute force, and against the problem it solves."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_helpers.models import EASE


def closed_form(dense, ridge):
    """Steck 2019, equation 8, line for line."""
    precision = np.linalg.inv(dense.T @ dense + ridge * np.eye(dense.shape[1]))
    weights = precision / -np.diag(precision)
    np.fill_diagonal(weights, 0)
    return weights


def ridge_of(x, regularization):
    return regularization * (x.matrix.data**2).mean()


@pytest.mark.parametrize("solve", ["auto", "users", "items"])
@pytest.mark.parametrize("regularization", [0.5, 100.0])
def test_equals_the_closed_form_over_users_and_over_items(small, tall, solve, regularization):
    for x in (small, tall):
        dense = x.matrix.toarray()
        expected = dense @ closed_form(dense, ridge_of(x, regularization))
        model = EASE(regularization=regularization, solve=solve).fit(x)
        assert solve in ("auto", model.solved_over_)
        np.testing.assert_allclose(model.score(x.users), expected, atol=1e-9)


def test_auto_takes_the_smaller_side(small, tall, make):
    wide = make(n_users=20, n_items=50)
    assert EASE().fit(tall).solved_over_ == "items"
    assert EASE().fit(wide).solved_over_ == "users"


def test_each_item_is_a_ridge_regression_on_the_others(tall):
    """Independent of any inverse of the whole: one regression an item, without its own column."""
    dense, ridge = tall.matrix.toarray(), ridge_of(tall, 3.0)
    scores = EASE(regularization=3.0).fit(tall).score(tall.users)
    for item in range(dense.shape[1]):
        others = np.delete(dense, item, axis=1)
        weights = np.linalg.solve(
            others.T @ others + ridge * np.eye(others.shape[1]), others.T @ dense[:, item]
        )
        np.testing.assert_allclose(scores[:, item], others @ weights, atol=1e-9)


@pytest.mark.parametrize("solve", ["users", "items"])
def test_fold_in_multiplies_the_new_rows_by_the_same_weights(small, make, solve):
    new = make(seed=5)
    model = EASE(regularization=2.0, solve=solve).fit(small)
    expected = new.matrix.toarray() @ closed_form(small.matrix.toarray(), ridge_of(small, 2.0))
    np.testing.assert_allclose(model.fold_in(new).score(new.users), expected, atol=1e-9)


def test_batches_do_not_show(small, monkeypatch):
    whole = EASE(solve="users").fit(small).score(small.users)
    monkeypatch.setattr("recsys_helpers.models.ease.CELLS_PER_BLOCK", 7 * small.shape[0])
    np.testing.assert_allclose(EASE(solve="users").fit(small).score(small.users), whole, atol=1e-12)


def test_a_matrix_without_an_inverse_is_refused(small):
    """Two equal columns, and a ridge that rounding swallows."""
    twins = type(small)(np.ones((4, 2)), small.users[:4], small.items[:2])
    with pytest.raises(ValueError, match="raise the regularization"):
        EASE(regularization=1e-30, solve="items").fit(twins)


def test_the_setting_means_the_same_on_another_scale(small):
    ten_times = small.with_values(10 * small.matrix.data)
    lists = [EASE().fit(x).recommend(x.users)["item"].tolist() for x in (small, ten_times)]
    assert lists[0] == lists[1]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"regularization": 0}, "regularization above 0"),
        ({"regularization": float("inf")}, "regularization=inf: give a number"),
        ({"solve": "rows"}, "choose 'auto', 'users' or 'items'"),
    ],
)
def test_bad_settings(small, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        EASE(**settings).fit(small)


def test_all_zeros_are_refused(small):
    with pytest.raises(ValueError, match="values that are not all 0"):
        EASE().fit(small.with_values(np.zeros(small.nnz)))
