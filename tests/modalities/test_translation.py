"""Embeddings by translation: the gradient is that of the loss, and facts come out again."""

from __future__ import annotations

import numpy as np
import pytest

from recsys_helpers.modalities import Translation, margin_losses


def test_losses_are_those_of_the_definition():
    random = np.random.default_rng(0)
    h, r, t, w = random.normal(size=(4, 12, 3))
    expected = [
        max(0, 0.7 + np.linalg.norm(a + b - c) ** 2 - np.linalg.norm(a + b - d) ** 2)
        for a, b, c, d in zip(h, r, t, w, strict=True)
    ]
    assert np.allclose(margin_losses(h, r, t, w, 0.7), expected)


def test_a_step_follows_the_slope_of_the_loss():
    """One step of one fact against finite differences of ``margin_losses``."""
    random = np.random.default_rng(1)
    model = Translation(n_factors=3, rate=1e-3)
    model.entities_, model.relations_ = random.normal(size=(3, 3)) / 4, random.normal(size=(1, 3)) / 4
    before, turned = model.entities_.copy(), model.relations_.copy()

    def loss(entities, relations):
        return margin_losses(entities[[0]], relations, entities[[1]], entities[[2]], 1.0).sum()

    slope, step = np.zeros_like(before), 1e-6
    for place in np.ndindex(*before.shape):
        moved = before.copy()
        moved[place] += step
        slope[place] = (loss(moved, turned) - loss(before, turned)) / step
    bend = np.array(
        [(loss(before, turned + step * np.eye(3)[[n]]) - loss(before, turned)) / step for n in range(3)]
    )
    moved = np.full((3, 1), 1e-8)
    model._step(np.array([[0, 0, 1]]), np.array([2]), moved)
    expected = before - 1e-3 * slope / np.sqrt((slope**2).mean(axis=1, keepdims=True) + 1e-8)
    assert np.allclose(model.entities_, expected, atol=1e-7)
    assert np.allclose(model.relations_, turned - 1e-3 * bend, atol=1e-7)


def test_facts_are_nearer_than_others_and_lengths_stay_below_1():
    """Forty people, each of one of four towns: the town is found again."""
    facts = np.array([[n, 0, 40 + n % 4] for n in range(40)] + [[n, 1, 44 + n % 4 // 2] for n in range(40)])
    model = Translation(n_factors=8, epochs=60, random_state=0).fit(facts)
    assert (model.distances(np.arange(40), 0, np.arange(40, 44)).argmin(axis=1) == np.arange(40) % 4).all()
    assert (model.distances(np.arange(40), 1, [44, 45]).argmin(axis=1) == np.arange(40) % 4 // 2).all()
    assert np.linalg.norm(model.entities_, axis=1).max() <= 1 + 1e-9
    again = Translation(n_factors=8, epochs=60, random_state=0).fit(facts)
    assert (again.entities_ == model.entities_).all()


def test_distances_are_squared_lengths():
    model = Translation(n_factors=2, epochs=1).fit(np.array([[0, 0, 1], [1, 0, 2]]))
    at = model.entities_[0] + model.relations_[0]
    assert model.distances([0], 0, [1, 2])[0] == pytest.approx(
        ((at - model.entities_[[1, 2]]) ** 2).sum(axis=1)
    )


@pytest.mark.parametrize("facts", [[], [[0, 1]], [[0.5, 0, 1]], [[0, -1, 1]]])
def test_what_is_no_fact_is_refused(facts):
    with pytest.raises(ValueError, match="three whole numbers"):
        Translation().fit(np.array(facts))
