"""CollaborativeFiltering against NumPy's SVD of the filled matrix, written down in full."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import TruncatedSVD

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import CollaborativeFiltering
from recsys_helpers.models.factors.biases import damped_biases


def truncated(dense, k):
    u, s, vt = np.linalg.svd(dense, full_matrices=False)
    return (u[:, :k] * s[:k]) @ vt[:k]


@pytest.fixture(scope="module")
def full(make):
    x = make(n_users=20, n_items=12, density=1.0)
    assert x.density == 1
    return x


@pytest.mark.parametrize("k", [1, 3, 11, 12])
def test_on_a_full_matrix_it_is_numpys_truncated_svd(full, k):
    turned = Interactions(full.matrix.T.tocsr(), full.items, full.users)  # wider than tall
    settings = [("zero", 1), ("zero", 3), ("biases", 1), ("biases", 2)]
    for x, (fill, epochs) in product((full, turned), settings):
        model = CollaborativeFiltering(n_factors=k, n_epochs=epochs, fill=fill).fit(x)
        np.testing.assert_allclose(model.score(x.users), truncated(x.matrix.toarray(), k), atol=1e-8)
        values = np.linalg.svd(x.matrix.toarray())[1][:k]
        np.testing.assert_allclose(model.singular_values_, values, atol=1e-8, rtol=1e-8)
        assert model.item_factors_.shape == (x.shape[1], k)


def test_zero_filled_is_scikit_learns_truncated_svd(small):
    model = CollaborativeFiltering(n_factors=5, n_epochs=1, fill="zero").fit(small)
    theirs = TruncatedSVD(n_components=5, algorithm="arpack", random_state=0)
    user_factors = theirs.fit_transform(small.matrix.tocsr())
    np.testing.assert_allclose(model.score(small.users), user_factors @ theirs.components_, atol=1e-8)


@pytest.mark.parametrize("fill", ["zero", "biases"])
@pytest.mark.parametrize("n_epochs", [1, 2, 6])
def test_each_epoch_refills_the_holes_from_the_last_fit(small, fill, n_epochs):
    """Against the same loop with the whole matrix written down."""
    dense = small.matrix.toarray()
    observed = np.zeros(dense.shape, dtype=bool)
    observed[small.rows, small.matrix.indices] = True
    mean, of_user, of_item = damped_biases(small)
    guess = np.zeros(dense.shape) if fill == "zero" else mean + of_user[:, None] + of_item
    for _ in range(n_epochs):
        guess = truncated(np.where(observed, dense, guess), 4)
    model = CollaborativeFiltering(n_factors=4, n_epochs=n_epochs, fill=fill).fit(small)
    np.testing.assert_allclose(model.score(small.users), guess, atol=1e-6)


def test_training_error_falls_with_every_epoch_and_verbose_prints_it(small, capsys):
    model = CollaborativeFiltering(n_factors=4, n_epochs=8, verbose=True).fit(small)
    lines = capsys.readouterr().out.splitlines()
    errors = [float(line.split()[-1]) for line in lines]
    assert len(errors) == 8
    assert errors == sorted(errors, reverse=True)
    assert [line.split(":")[0] for line in lines] == [f"epoch {n}" for n in range(1, 9)]
    missed = small.matrix.data - model.predict(small.users[small.rows], small.items[small.matrix.indices])
    assert errors[-1] == pytest.approx(np.sqrt((missed**2).mean()), abs=6e-5)
    CollaborativeFiltering(n_factors=4).fit(small)
    assert capsys.readouterr().out == ""


def test_factors_are_orthonormal_and_signed(small):
    model = CollaborativeFiltering(n_factors=6).fit(small)
    v = model.item_factors_
    np.testing.assert_allclose(v.T @ v, np.eye(6), atol=1e-10)
    assert (v[np.abs(v).argmax(axis=0), np.arange(6)] > 0).all()
    assert (np.diff(model.singular_values_) <= 0).all()
    other = CollaborativeFiltering(n_factors=6, random_state=7).fit(small)
    np.testing.assert_allclose(other.item_factors_, v, atol=1e-6)


def test_biases_solve_their_least_squares_problem(small):
    """Against one big ridge regression on indicator columns."""
    n, m = small.shape
    design = np.zeros((small.nnz, n + m))
    design[np.arange(small.nnz), small.rows] = 1
    design[np.arange(small.nnz), n + small.matrix.indices] = 1
    mean = small.matrix.data.mean()
    solution = np.linalg.solve(design.T @ design + 2.0 * np.eye(n + m), design.T @ (small.matrix.data - mean))
    found_mean, of_user, of_item = damped_biases(small, damping=2.0, n_sweeps=500)
    assert found_mean == pytest.approx(mean)
    np.testing.assert_allclose(np.concatenate([of_user, of_item]), solution, atol=1e-8)


@pytest.mark.parametrize("fill", ["zero", "biases"])
def test_fold_in_of_a_known_row_gives_its_own_scores(small, fill):
    """One epoch: the row's bias, its filled row and its projection are the ones of the fit."""
    model = CollaborativeFiltering(n_factors=5, n_epochs=1, fill=fill).fit(small)
    folded = model.fold_in(small.subset(users=small.users[:9]))
    np.testing.assert_allclose(folded.score(small.users[:9]), model.score(small.users[:9]), atol=1e-8)


def test_an_observed_zero_is_not_a_hole():
    """With every cell observed, a zero among them, there is nothing to fill."""
    cells = [(u, i, float((u * i) % 3)) for u in range(6) for i in range(5)]
    x = Interactions.from_frame(pd.DataFrame(cells, columns=["user_id", "track_id", "value"]), value="value")
    assert x.nnz == 30 and (x.matrix.data == 0).any()
    model = CollaborativeFiltering(n_factors=2, n_epochs=3).fit(x)
    np.testing.assert_allclose(model.score(x.users), truncated(x.matrix.toarray(), 2), atol=1e-8)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"n_factors": 100}, "a 40 x 30 matrix has at most 30: give fewer"),
        ({"n_factors": 0}, "n_factors=0: give a whole number, 1 or more"),
        ({"n_epochs": 0}, "n_epochs=0: give a whole number, 1 or more"),
        ({"fill": "mean"}, "choose 'biases' \\(for ratings\\) or 'zero' \\(for ranking\\)"),
    ],
)
def test_bad_settings(small, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        CollaborativeFiltering(**settings).fit(small)
