"""``cells``: the products of many pairs of factors, without a copy of the factors of them all."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from recsys_helpers.models import BiasedALS, CollaborativeFiltering, ImplicitALS
from recsys_helpers.models.factors.pairs import cells


@pytest.mark.parametrize("size", [1, 7, 40, 41, 1000])
def test_pairs_are_taken_in_blocks_and_none_is_lost(monkeypatch, size):
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(5, 3)), rng.normal(size=(6, 3))
    rows, columns = rng.integers(0, 5, 40), rng.integers(0, 6, 40)
    monkeypatch.setattr("recsys_helpers.models.factors.pairs.PAIRS_PER_BLOCK", size)
    np.testing.assert_allclose(cells(left, right, rows, columns), (left @ right.T)[rows, columns], rtol=1e-12)


@pytest.mark.parametrize(
    "model",
    [
        CollaborativeFiltering(n_factors=32, n_epochs=1),
        BiasedALS(n_factors=32, n_epochs=1),
        ImplicitALS(n_factors=32, n_epochs=1, dtype="float64"),
    ],
    ids=lambda model: type(model).__name__,
)
def test_memory_does_not_grow_with_pairs_times_factors(make, model):
    x = make(n_users=400, n_items=500, density=1.0)  # the factors of all pairs at once: 2 x 51 MB
    rows = np.repeat(x.users, 500)
    tracemalloc.start()
    model.fit(x).predict(rows, np.tile(x.items, 400))
    if hasattr(model, "objective"):
        model.objective(x)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 50e6
