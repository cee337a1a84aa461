"""SampledSoftmax against SciPy's log-softmax, its estimate against what it estimates, gradients by differences."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import log_softmax, logsumexp

from recsys_helpers.models import BPR, SampledSoftmax
from recsys_helpers.models.factors.ordered import Batch, Tables
from recsys_helpers.models.factors.softmax import Competitors
from tests.models.factors.test_bpr import Recorder, differences


@pytest.fixture
def tables(small):
    rng = np.random.default_rng(5)
    n, m = small.shape
    return rng.normal(size=(n, 3)), rng.normal(size=(m, 3)), rng.normal(size=(m, 1))


@pytest.fixture
def batch(small):
    rng = np.random.default_rng(4)
    at = rng.choice(small.nnz, 15, replace=False)
    return Batch(small.rows[at], small.matrix.indices[at].astype(np.int64), rng.uniform(0.5, 2, 15))


class Given:
    """Competitors that are known beforehand."""

    def __init__(self, items, offset, heard):
        self.items, self.offset, self.seen = items, offset, heard

    def draw(self, random):
        return self.items, self.offset

    def heard(self, rows, items):
        return np.nonzero(self.seen[rows][:, items])


def loss_by_loops(p, q, b, batch, items, offset, heard, penalty):
    total = 0.0
    for u, i, w in zip(batch.user, batch.item, batch.weight, strict=True):
        own = p[u] @ q[i] + b[i, 0]
        rivals = [p[u] @ q[j] + b[j, 0] + o for j, o in zip(items, offset, strict=True) if not heard[u, j]]
        total += w * (logsumexp([own, *rivals]) - own)
        total += penalty / 2 * ((p[u] ** 2).sum() + (q[i] ** 2).sum() + b[i, 0] ** 2)
    return total


@pytest.mark.parametrize("penalty", [0.0, 0.4])
def test_the_gradient_is_that_of_the_docstring(small, tables, batch, penalty):
    rng = np.random.default_rng(2)
    heard = small.matrix.toarray() > 0
    items = np.sort(rng.choice(small.shape[1], 9, replace=False))
    offset = rng.normal(size=9)
    state = Tables(*map(Recorder, tables))
    model = SampledSoftmax(regularization=penalty)
    loss = model._descend(state, Given(items, offset, heard), batch, None)
    assert math.isclose(loss, loss_by_loops(*tables, batch, items, offset, heard, 0.0))
    for recorder in (state.users, state.items, state.bias):
        expected = differences(
            lambda: loss_by_loops(*tables, batch, items, offset, heard, penalty), recorder.table
        )
        np.testing.assert_allclose(recorder.gradient, expected, atol=1e-6)


def test_all_items_make_the_softmax_over_the_heard_one_and_all_unheard(small, tables, batch):
    p, q, b = tables
    model = SampledSoftmax(n_negatives=None)
    model.listeners_ = np.ones(small.shape[1])
    found = model._descend(Tables(*map(Recorder, tables)), model._negatives(small), batch, None)
    expected = 0.0
    for u, i, w in zip(batch.user, batch.item, batch.weight, strict=True):
        among = np.flatnonzero((small.matrix[[u]].toarray()[0] == 0) | (np.arange(small.shape[1]) == i))
        scores = q[among] @ p[u] + b[among, 0]
        expected -= w * log_softmax(scores)[among == i][0]
    assert math.isclose(found, expected)


def test_the_estimate_has_no_bias_and_needs_the_correction(small, tables):
    """The mean of sum exp(x + offset) over many draws, beside the sum over all that a listener has not heard."""
    p, q, b = tables
    score = p[7] @ q.T + b[:, 0]
    unheard = small.matrix[[7]].toarray()[0] == 0
    truth = np.exp(score[unheard]).sum()
    weights = (1.0 + np.bincount(small.matrix.indices, minlength=small.shape[1])) ** 1.5
    random, found = np.random.default_rng(0), {True: [], False: []}
    for corrected, estimates in found.items():
        draws = Competitors(small, weights, 6, corrected)
        for _ in range(6000):
            items, offset = draws.draw(random)
            entry, hit = draws.heard(np.array([7]), items)
            assert not unheard[items[hit]].any() and (entry == 0).all()
            kept = np.setdiff1d(np.arange(len(items)), hit)
            estimates.append(np.exp(score[items[kept]] + offset[kept]).sum())
    spread = np.std(found[True]) / np.sqrt(6000)
    assert abs(np.mean(found[True]) - truth) < 4 * spread
    assert abs(np.mean(found[False]) - truth) > 20 * spread


def test_an_item_drawn_twice_counts_twice(small):
    draws = Competitors(small, np.ones(small.shape[1]), 500, corrected=False)
    items, offset = draws.draw(np.random.default_rng(0))
    assert items.tolist() == sorted(set(items.tolist()))
    assert math.isclose(np.exp(offset).sum(), 500)
    corrected = Competitors(small, np.ones(small.shape[1]), 500, corrected=True).draw(
        np.random.default_rng(0)
    )
    np.testing.assert_allclose(corrected[1], offset - np.log(500 / small.shape[1]))


def test_what_is_drawn_follows_popularity(small):
    weights = np.arange(1.0, small.shape[1] + 1)
    items, offset = Competitors(small, weights, 60_000, corrected=False).draw(np.random.default_rng(1))
    np.testing.assert_allclose(np.exp(offset) / 60_000, weights[items] / weights.sum(), atol=0.004)
    model = SampledSoftmax(popularity=2.0)
    model.listeners_ = np.array([0, 1, 3])
    np.testing.assert_allclose(model._negatives(small).chance, np.array([1, 4, 16]) / 21)


def test_one_drawn_negative_is_the_loss_of_bpr(small, tables, batch):
    """log(exp a + exp b) - a = -log s(a - b)."""
    heard = np.zeros(small.shape, dtype=bool)
    losses = []
    for model, draws in (
        (SampledSoftmax(regularization=0.0), Given(np.array([3]), np.zeros(1), heard)),
        (BPR(negatives="uniform", regularization=0.0), FixedDraw(3)),
    ):
        state = Tables(*map(Recorder, tables))
        losses.append(model._descend(state, draws, batch, None))
        losses.append(state.items.gradient)
    assert math.isclose(losses[0], losses[2])
    np.testing.assert_allclose(losses[1], losses[3], atol=1e-12)


class FixedDraw:
    def __init__(self, item):
        self.item = item

    def draw(self, rows, random):
        return np.full(len(rows), self.item)


def test_large_scores_do_not_overflow(small, tables, batch):
    p, q, b = tables
    state = Tables(Recorder(p * 400), Recorder(q * 400), Recorder(b))
    model = SampledSoftmax(n_negatives=None)
    model.listeners_ = np.ones(small.shape[1])
    loss = model._descend(state, model._negatives(small), batch, None)
    assert np.isfinite(loss)
    assert all(np.isfinite(part.gradient).all() for part in (state.users, state.items, state.bias))


@pytest.mark.parametrize(
    "settings", [{}, {"n_negatives": None}, {"n_negatives": 4, "corrected": False}], ids=str
)
def test_what_was_heard_comes_to_stand_above_the_rest(small, settings):
    model = SampledSoftmax(n_factors=8, n_epochs=30, regularization=0.0, learning_rate=0.2).set_params(
        **settings
    )
    model.fit(small)
    assert model.loss_[-1] < 0.7 * model.loss_[0]
    heard = small.matrix.toarray() > 0
    above = [
        np.mean(row[seen][:, None] > row[~seen])
        for row, seen in zip(model.score(small.users), heard, strict=True)
    ]
    assert np.mean(above) > 0.9


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"n_negatives": 0}, "n_negatives=0: give a whole number, 1 or more"),
        ({"popularity": -0.5}, "popularity=-0.5: give a number, 0 or more"),
    ],
    ids=str,
)
def test_settings_that_cannot_be(small, settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        SampledSoftmax(**settings).fit(small)
