"""FactorizationMachine against every pair written out, its gradient against differences, its values against myfm."""

from __future__ import annotations

import json
import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import minimize
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import GridSearchCV

from recsys_helpers.models import FactorizationMachine
from tests.models.factors.test_bpr import differences

GOLDEN = json.loads((Path(__file__).parent / "golden" / "myfm.json").read_text(encoding="utf-8"))


def by_pairs(x, intercept, weights, factors):
    """The definition: a term for each feature and each pair of features."""
    values = []
    for row in np.asarray(x):
        value = intercept + sum(row * weights)
        value += sum(factors[a] @ factors[b] * row[a] * row[b] for a, b in combinations(range(len(row)), 2))
        values.append(value)
    return np.array(values)


def machine_of(intercept, weights, factors, **options):
    """A machine with these parameters, as if it had learned them."""
    machine = FactorizationMachine(n_factors=factors.shape[1], **options)
    machine.intercept_, machine.weights_, machine.factors_ = intercept, weights, factors
    return machine


@given(st.integers(0, 10_000), st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_the_quick_formula_is_the_sum_over_all_pairs(seed, k):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 8))
    x = rng.normal(size=(4, n)) * (rng.random((4, n)) < 0.6)
    parameters = float(rng.normal()), rng.normal(size=n), rng.normal(size=(n, k))
    found = machine_of(*parameters).decision_function(sparse.csr_array(x))
    np.testing.assert_allclose(found, by_pairs(x, *parameters), atol=1e-12)


def test_the_values_are_those_of_myfm():
    parameters = GOLDEN["intercept"], np.array(GOLDEN["weights"]), np.array(GOLDEN["factors"])
    machine = machine_of(*parameters, loss="squared")
    np.testing.assert_allclose(machine.predict(GOLDEN["rows"]), GOLDEN["predictions"], atol=1e-12)


class Recorder:
    """A table that notes the gradients it is given and does not move."""

    def __init__(self, table):
        self.table, self.gradient = table, np.zeros_like(table)

    def move(self, rows, gradient):
        assert len(set(rows.tolist())) == len(rows)
        self.gradient[rows] += gradient


@pytest.mark.parametrize("loss", ["logistic", "squared"])
@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_the_gradient_is_that_of_the_docstring(loss, penalty):
    rng = np.random.default_rng(2)
    x = rng.normal(size=(9, 6)) * (rng.random((9, 6)) < 0.6)
    x[:, 4] = 0  # a feature that this batch does not meet
    y = rng.integers(0, 2, 9).astype(float)
    tables = [Recorder(rng.normal(size=shape)) for shape in ((1, 1), (6, 1), (6, 3))]

    def objective(with_penalty=True):
        w0, w, v = (part.table for part in tables)
        value = by_pairs(x, w0[0, 0], w[:, 0], v)
        if loss == "logistic":
            chance = 1 / (1 + np.exp(-value))
            rows = -np.where(y == 1, np.log(chance), np.log(1 - chance))
        else:
            rows = (value - y) ** 2 / 2
        size = penalty / 2 * (np.abs(x).sum(axis=0) * ((w**2).sum(axis=1) + (v**2).sum(axis=1))).sum()
        return rows.sum() + size * with_penalty

    machine = FactorizationMachine(n_factors=3, loss=loss, regularization=penalty)
    found = machine._descend(tables, sparse.csr_array(x), y)
    assert math.isclose(found, objective(with_penalty=False))
    for part in tables:
        np.testing.assert_allclose(part.gradient, differences(objective, part.table), atol=1e-6)
    assert not tables[2].gradient[4].any()


def rows_and_targets(seed=0, n=4000):
    """Rows of two fields, six and five values, and chances that hang on single values and on pairs."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 6, n), rng.integers(0, 5, n)
    x = np.zeros((n, 11))
    x[np.arange(n), a], x[np.arange(n), 6 + b] = 1, 1
    odds = (
        rng.normal(size=6)[a]
        + rng.normal(size=5)[b]
        + (rng.normal(size=(6, 2)) @ rng.normal(size=(2, 5)))[a, b]
    )
    return x, odds, (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(float)


def test_without_factors_it_is_logistic_regression():
    x, _, y = rows_and_targets()
    machine = FactorizationMachine(n_factors=0, n_epochs=100, regularization=0.0).fit(x, y)
    expected = LogisticRegression(C=1e6, max_iter=1000).fit(x, y).decision_function(x)
    np.testing.assert_allclose(machine.decision_function(x), expected, atol=0.05)
    assert machine.factors_.shape == (11, 0)


def test_without_factors_and_with_the_squared_loss_it_is_linear_regression():
    x, odds, _ = rows_and_targets()
    machine = FactorizationMachine(n_factors=0, n_epochs=100, loss="squared", regularization=0.0).fit(x, odds)
    np.testing.assert_allclose(machine.predict(x), Ridge(alpha=1e-6).fit(x, odds).predict(x), atol=0.05)


@pytest.mark.parametrize(
    "loss, expected", [("logistic", -0.3 * math.log(0.3) - 0.7 * math.log(0.7)), ("squared", 0.105)]
)
def test_an_epoch_meets_every_row(loss, expected):
    """Before the first step the machine says the mean of the targets, so the loss of the first epoch is known."""
    rows, target = np.eye(10), np.array([1, 0, 0, 1, 0, 0, 0, 1, 0, 0])
    machine = FactorizationMachine(n_factors=0, n_epochs=1, loss=loss, batch_size=100).fit(rows, target)
    assert machine.loss_[0] == pytest.approx(expected, abs=1e-12)


def test_factors_find_the_pairs_that_a_linear_model_cannot():
    x, odds, y = rows_and_targets()
    machine = FactorizationMachine(n_factors=3, n_epochs=60, regularization=0.0, batch_size=500)
    linear = clone(machine).set_params(n_factors=0).fit(x, y).decision_function(x)
    found = machine.fit(x, y).decision_function(x)
    assert np.corrcoef(found, odds)[0, 1] > 0.95 > 0.9 > np.corrcoef(linear, odds)[0, 1]
    assert machine.loss_[-1] < machine.loss_[0]
    chances = machine.predict_proba(x)
    np.testing.assert_allclose(chances.sum(axis=1), 1)
    np.testing.assert_allclose(chances[:, 1], 1 / (1 + np.exp(-found)))
    assert np.array_equal(machine.predict(x), (chances[:, 1] > 0.5).astype(float))


@pytest.mark.parametrize("loss", ["logistic", "squared"])
def test_descent_comes_near_the_lowest_point(loss):
    """Against L-BFGS on the whole objective, from many starts."""
    x, odds, y = rows_and_targets(n=400)
    target = y if loss == "logistic" else odds
    counts, penalty, k = x.sum(axis=0), 0.02, 2

    def objective(flat):
        weights, factors = flat[1:12], flat[12:].reshape(11, k)
        value = (
            flat[0] + x @ weights + (((x @ factors) ** 2).sum(axis=1) - x**2 @ (factors**2).sum(axis=1)) / 2
        )
        rows = np.logaddexp(0, value) - target * value if loss == "logistic" else (value - target) ** 2 / 2
        return (rows.sum() + penalty / 2 * counts @ (weights**2 + (factors**2).sum(axis=1))) / 400

    rng = np.random.default_rng(0)
    lowest = min(minimize(objective, 0.3 * rng.normal(size=12 + 11 * k)).fun for _ in range(5))
    machine = FactorizationMachine(k, 200, loss, regularization=penalty, batch_size=100).fit(x, target)
    found = objective(np.concatenate([[machine.intercept_], machine.weights_, machine.factors_.ravel()]))
    nothing = objective(np.concatenate([[machine.intercept_], np.zeros(11 + 11 * k)]))
    assert lowest - 1e-6 < found < lowest + 0.03 * (nothing - lowest)


@pytest.mark.parametrize(("loss", "start"), [("logistic", math.log(0.25 / 0.75)), ("squared", 0.25)])
def test_it_begins_at_the_mean_of_the_targets(loss, start):
    machine = FactorizationMachine(1, 1, loss=loss, learning_rate=1e-9)
    machine.fit(np.eye(8), np.array([1.0, 1, 0, 0, 0, 0, 0, 0]))
    assert machine.intercept_ == pytest.approx(start, abs=1e-6)


def test_chances_are_right_on_average():
    x, _, y = rows_and_targets()
    chance = FactorizationMachine(n_factors=3, n_epochs=30).fit(x, y).predict_proba(x)[:, 1]
    for value in range(11):
        assert abs(chance[x[:, value] == 1].mean() - y[x[:, value] == 1].mean()) < 0.03


def test_cross_is_every_left_row_with_every_right_row():
    rng = np.random.default_rng(1)
    left, right = rng.normal(size=(4, 9)), rng.normal(size=(3, 9))
    left[:, 5:], right[:, :5] = 0, 0
    parameters = 0.3, rng.normal(size=9), rng.normal(size=(9, 2))
    expected = [[by_pairs([a + b], *parameters)[0] for b in right] for a in left]
    np.testing.assert_allclose(machine_of(*parameters).cross(left, right), expected)


def test_the_order_of_the_rows_and_the_batch_matter_to_nobody_who_fixes_them():
    x, _, y = rows_and_targets(n=300)
    fits = [
        FactorizationMachine(random_state=source).fit(x, y) for source in (3, 3, np.random.default_rng(4))
    ]
    assert np.array_equal(fits[0].factors_, fits[1].factors_)
    assert not np.array_equal(fits[0].factors_, fits[2].factors_)
    whole = [FactorizationMachine(batch_size=size).fit(x, y).factors_ for size in (300, 10_000)]
    np.testing.assert_allclose(*whole)


def test_it_can_be_tuned_by_scikit_learn():
    x, _, y = rows_and_targets(n=600)

    def scoring(model, x, y):  # older scikit-learn asks for a classifier where it is given "neg_log_loss"
        return -log_loss(y, model.predict_proba(x))

    search = GridSearchCV(FactorizationMachine(n_epochs=30), {"n_factors": [0, 3]}, scoring=scoring, cv=3)
    assert search.fit(sparse.csr_array(x), y).best_params_ == {"n_factors": 3}


@pytest.mark.parametrize(
    ("rows", "target", "options", "sentence"),
    [
        ([[1.0], [0.0]], [0, 1, 1], {}, "There are 2 rows and 3 targets: give a target for each row"),
        (np.zeros((0, 2)), [], {}, "There are 0 rows and 0 targets"),
        ([[1.0], [np.nan]], [0, 1], {}, "give a missing value a feature of its own"),
        ([[1.0], [0.0]], [0, np.nan], {}, "Targets are one finite number for each row"),
        ([[1.0], [0.0]], [[0], [1]], {}, "Targets are one finite number for each row"),
        ([[1.0], [0.0]], [0, 0.5], {}, "takes targets 0 and 1, not 0.5: use loss='squared'"),
        ([[1.0], [0.0]], [1, 0.5], {}, "takes targets 0 and 1, not 0.5: use loss='squared'"),
        ([[1.0], [0.0]], [1, 1], {}, "Every target is 1: there is nothing to tell apart"),
        ([[1.0], [0.0]], [0, 1], {"loss": "hinge"}, "loss='hinge': choose 'logistic' or 'squared'"),
        ([[1.0], [0.0]], [0, 1], {"n_factors": -1}, "n_factors=-1: give a whole number, 0 or more"),
        ([[1.0], [0.0]], [0, 1], {"n_epochs": 0}, "n_epochs=0: give a whole number, 1 or more"),
        ([[1.0], [0.0]], [0, 1], {"batch_size": 0}, "batch_size=0: give a whole number, 1 or more"),
        ([[1.0], [0.0]], [0, 1], {"learning_rate": 0}, "learning_rate=0: give a number"),
        ([[1.0], [0.0]], [0, 1], {"spread": 0}, "spread=0: give a number"),
        ([[1.0], [0.0]], [0, 1], {"regularization": -1}, "regularization=-1: give a number, 0 or more"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(rows, target, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        FactorizationMachine(**options).fit(rows, target)


def test_rows_of_another_encoder_are_refused():
    x, odds, y = rows_and_targets(n=100)
    machine = FactorizationMachine().fit(x, y)
    with pytest.raises(ValueError, match="The rows have 5 features and the machine was fitted on 11"):
        machine.predict(x[:, :5])
    with pytest.raises(NotFittedError):
        clone(machine).decision_function(x)
    with pytest.raises(ValueError, match="Chances come from loss='logistic'"):
        FactorizationMachine(loss="squared").fit(x, odds).predict_proba(x)
    assert machine.decision_function(np.zeros((1, 11))).tolist() == [machine.intercept_]
