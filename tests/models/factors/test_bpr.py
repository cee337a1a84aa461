"""BPR against its docstring written in loops, its gradient against differences, and orders that are known."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import BPR
from recsys_helpers.models.factors.negatives import NegativeSampler
from recsys_helpers.models.factors.ordered import Batch, Tables


class Recorder:
    """A table that notes the gradients it is given and does not move."""

    def __init__(self, table):
        self.table, self.gradient = table, np.zeros_like(table)

    def step(self, rows, gradient):
        np.add.at(self.gradient, rows, gradient)


class Given:
    """A sampler whose draws are known beforehand."""

    def __init__(self, drawn):
        self.drawn = drawn

    def draw(self, rows, random):
        return self.drawn


def loss_by_loops(p, q, b, batch, negatives, penalty):
    total = 0.0
    for u, i, w, j in zip(batch.user, batch.item, batch.weight, negatives, strict=True):
        lead = sum(a * c for a, c in zip(p[u], q[i] - q[j], strict=True)) + b[i, 0] - b[j, 0]
        total += w * math.log(1 + math.exp(-lead))
        total += (
            penalty
            / 2
            * ((p[u] ** 2).sum() + (q[i] ** 2).sum() + (q[j] ** 2).sum() + b[i, 0] ** 2 + b[j, 0] ** 2)
        )
    return total


def differences(loss, table, step=1e-6):
    """The gradient of ``loss`` by a table, by central differences."""
    found = np.zeros_like(table)
    for cell in np.ndindex(table.shape):
        before = table[cell]
        ends = []
        for value in (before - step, before + step):
            table[cell] = value
            ends.append(loss())
        table[cell] = before
        found[cell] = (ends[1] - ends[0]) / (2 * step)
    return found


@pytest.fixture
def batch():
    rng = np.random.default_rng(4)
    return Batch(rng.integers(0, 5, 12), rng.integers(0, 7, 12), rng.uniform(0.5, 2, 12))


@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_the_gradient_is_that_of_the_docstring(batch, penalty):
    rng = np.random.default_rng(5)
    p, q, b = rng.normal(size=(5, 3)), rng.normal(size=(7, 3)), rng.normal(size=(7, 1))
    negatives = rng.integers(0, 7, 12)
    state = Tables(Recorder(p), Recorder(q), Recorder(b))
    model = BPR(negatives="uniform", regularization=penalty)
    loss = model._descend(state, Given(negatives), batch, None)
    assert math.isclose(loss, loss_by_loops(p, q, b, batch, negatives, 0.0))
    for recorder in (state.users, state.items, state.bias):
        expected = differences(lambda: loss_by_loops(p, q, b, batch, negatives, penalty), recorder.table)
        np.testing.assert_allclose(recorder.gradient, expected, atol=1e-7)


def test_the_hardest_is_the_candidate_with_the_highest_score(batch):
    rng = np.random.default_rng(6)
    p, q, b = rng.normal(size=(5, 3)), rng.normal(size=(7, 3)), rng.normal(size=(7, 1))
    drawn = rng.integers(0, 7, (12, 4))
    expected = [
        max(candidates, key=lambda j, u=u: p[u] @ q[j] + b[j, 0])
        for u, candidates in zip(batch.user, drawn, strict=True)
    ]
    state = Tables(Recorder(p), Recorder(q), Recorder(b))
    loss = BPR(candidates=4)._descend(state, Given(drawn), batch, None)
    assert math.isclose(loss, loss_by_loops(p, q, b, batch, expected, 0.0))


def fit_by_loops(x, model):
    """The whole fit, an entry at a time, with the model's own sampler and the same random numbers."""
    random = np.random.default_rng(model.random_state)
    k, (n, m) = model.n_factors, x.shape
    p, q = random.normal(0, 0.1 / np.sqrt(k), (n, k)), random.normal(0, 0.1 / np.sqrt(k), (m, k))
    tables, squares = [p, q, np.zeros((m, 1))], [np.zeros(n), np.zeros(m), np.zeros(m)]
    model.listeners_ = np.bincount(x.matrix.indices, minlength=m)
    sampler = model._negatives(x)
    value = x.matrix.data
    entries = [e for e in range(x.nnz) if value[e] > 0 and np.diff(x.matrix.indptr)[x.rows[e]] < m]
    mean = np.mean([value[e] for e in entries])
    losses = []
    for _ in range(model.n_epochs):
        order, loss = random.permutation(len(entries)), 0.0
        for start in range(0, len(entries), model.batch_size):
            chosen = [entries[o] for o in order[start : start + model.batch_size]]
            u = x.rows[chosen]
            p, q, b = tables
            if model.negatives == "hardest":
                drawn = sampler.draw(np.repeat(u[:, None], model.candidates, axis=1), random)
                drawn = [
                    max(row, key=lambda j, r=r: p[r] @ q[j] + b[j, 0])
                    for r, row in zip(u, drawn, strict=True)
                ]
            else:
                drawn = sampler.draw(u, random)
            steps = [{}, {}, {}]
            for e, j in zip(chosen, drawn, strict=True):
                r, i, w = x.rows[e], x.matrix.indices[e], value[e] / mean
                lead = p[r] @ (q[i] - q[j]) + b[i, 0] - b[j, 0]
                loss += w * math.log(1 + math.exp(-lead))
                g, c = w / (1 + math.exp(lead)), model.regularization
                for part, row, gradient in (
                    (0, r, -g * (q[i] - q[j]) + c * p[r]),
                    (1, i, -g * p[r] + c * q[i]),
                    (1, j, g * p[r] + c * q[j]),
                    (2, i, -g + c * b[i]),
                    (2, j, g + c * b[j]),
                ):
                    steps[part][row] = steps[part].get(row, 0) + gradient
            for table, total, step in zip(tables, squares, steps, strict=True):
                for row, gradient in step.items():
                    total[row] += np.mean(gradient**2)
                    table[row] = table[row] - model.learning_rate * gradient / np.sqrt(total[row])
        losses.append(loss / len(entries))
    return tables, losses


@pytest.mark.parametrize(
    "settings",
    [
        {"negatives": "uniform"},
        {"negatives": "popular", "popularity": 1.0, "batch_size": 17},
        {"negatives": "hardest", "candidates": 3, "regularization": 0.2, "learning_rate": 0.2},
    ],
    ids=str,
)
def test_the_whole_fit_by_loops(small, settings):
    values = small.matrix.data.copy()
    values[::11] = 0.0  # heard, and not liked: no positive, and no negative
    x = small.with_values(values)
    model = BPR(n_factors=3, n_epochs=2, random_state=np.int64(9)).set_params(**settings)
    model.random_state = np.random.default_rng(9)
    model.fit(x)
    model_again = BPR(n_factors=3, n_epochs=2, random_state=9).set_params(**settings)
    (p, q, b), losses = fit_by_loops(x, model_again)
    np.testing.assert_allclose(model.user_factors_, p, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(model.item_factors_, q, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(model.item_bias_, b[:, 0], rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(model.loss_, losses)
    assert model.listeners_.tolist() == np.bincount(x.matrix.indices, minlength=x.shape[1]).tolist()


@pytest.fixture
def two_camps():
    """Forty listeners who heard five of one half of twenty tracks each, and none of the other."""
    rng = np.random.default_rng(0)
    rows = [
        (user, track + 10 * (user % 2)) for user in range(40) for track in rng.choice(10, 5, replace=False)
    ]
    return Interactions.from_frame(pd.DataFrame(rows, columns=["user_id", "track_id"]))


@pytest.mark.parametrize("negatives", ["uniform", "popular", "hardest"])
def test_camps_are_told_apart(two_camps, negatives):
    settings = {"n_factors": 1, "n_epochs": 60, "learning_rate": 0.2, "regularization": 0.1}
    model = BPR(negatives=negatives, candidates=2, **settings).fit(two_camps)
    lists = model.recommend(two_camps.users, k=5)
    assert ((lists["item"] >= 10) == (lists["user"] % 2 == 1)).all()
    assert model.loss_[-1] < 0.8 * model.loss_[0]
    new = pd.DataFrame({"user_id": ["even", "odd"], "track_id": [3, 14]})
    folded = model.fold_in(Interactions.from_frame(new))
    lists = folded.recommend(["even", "odd"], k=9)
    assert ((lists["item"] >= 10) == (lists["user"] == "odd")).all()
    assert np.array_equal(folded.item_factors_, model.item_factors_)
    assert np.array_equal(folded.item_bias_, model.item_bias_)


def test_values_weigh_by_their_ratio_to_the_mean(small):
    model = BPR(n_factors=3, n_epochs=2)
    once, thrice = (
        model.fit(small.with_values(small.matrix.data * scale)).score(small.users) for scale in (1, 3)
    )
    np.testing.assert_allclose(once, thrice, rtol=1e-9)
    flat = model.fit(small.with_values(np.ones(small.nnz))).score(small.users)
    assert np.abs(once - flat).max() > 1e-3


def test_who_has_heard_all_is_passed_over_and_nobody_left_is_an_error():
    heard = np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    x = Interactions(sparse.csr_array(heard), pd.Index([1, 2, 3]), pd.Index(list("abc")))
    model = BPR(n_factors=2, n_epochs=3).fit(x)
    assert np.isfinite(model.score([1])).all()
    with pytest.raises(ValueError, match="no order to learn"):
        BPR().fit(x.subset(users=[1]))
    with pytest.raises(ValueError, match="no order to learn"):
        BPR().fit(x.with_values(np.zeros(x.nnz)))


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"negatives": "easy"}, "negatives='easy': choose 'uniform', 'popular' or 'hardest'"),
        ({"candidates": 0}, "candidates=0: give a whole number, 1 or more"),
        ({"popularity": -1}, "popularity=-1: give a number, 0 or more"),
        ({"n_factors": 0}, "n_factors=0: give a whole number, 1 or more"),
        ({"n_epochs": 0}, "n_epochs=0: give a whole number, 1 or more"),
        ({"batch_size": 0}, "batch_size=0: give a whole number, 1 or more"),
        ({"learning_rate": 0}, "learning_rate=0: give a number"),
        ({"regularization": -0.1}, "regularization=-0.1: give a number, 0 or more"),
    ],
    ids=str,
)
def test_settings_that_cannot_be(small, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        BPR(**settings).fit(small)


def test_negative_values_are_refused(small):
    with pytest.raises(ValueError, match="BPR reads values as amounts"):
        BPR().fit(small.with_values(-small.matrix.data))


@pytest.mark.parametrize(
    "settings, power",
    [
        ({"negatives": "popular", "popularity": 0.75}, 0.75),
        ({"negatives": "popular"}, 0.5),
        ({"negatives": "uniform"}, 0.0),
        ({"negatives": "hardest", "popularity": 2.0}, 0.0),
    ],
)
def test_negatives_are_drawn_by_a_power_of_one_more_than_the_listeners(monkeypatch, small, settings, power):
    seen = []

    def noted(matrix, weights):
        seen.append(weights)
        return NegativeSampler(matrix, weights)

    monkeypatch.setattr("recsys_helpers.models.factors.bpr.NegativeSampler", noted)
    BPR(2, 1, **settings).fit(small)
    listeners = (small.matrix.toarray() > 0).sum(axis=0)
    assert np.ptp(listeners) > 0
    np.testing.assert_allclose(seen[0], (1 + listeners) ** power)


def test_the_first_step_is_as_long_as_the_learning_rate_says(small):
    """All entries in one batch, once: each row that is met moves by the rate, which is .05 unless told otherwise."""
    still = BPR(4, 1, learning_rate=1e-9, batch_size=10**6).fit(small)
    for rate, settings in ((0.05, {}), (0.2, {"learning_rate": 0.2})):
        moved = BPR(4, 1, batch_size=10**6, **settings).fit(small)
        steps = np.sqrt(((moved.user_factors_ - still.user_factors_) ** 2).mean(axis=1))
        met = np.diff(small.matrix.indptr) > 0
        assert met.any()
        np.testing.assert_allclose(steps[met], rate, rtol=1e-6)
