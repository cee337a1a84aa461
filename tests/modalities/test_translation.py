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


def test_a_step_of_many_facts_adds_up_their_slopes():
    """Entities go by the sum of all slopes, relations by the mean; facts whose margin is kept have none."""
    random = np.random.default_rng(2)
    model = Translation(n_factors=2, rate=1e-3, margin=0.3)
    model.entities_, model.relations_ = random.normal(size=(7, 2)) / 4, random.normal(size=(2, 2)) / 4
    facts = np.array([[0, 0, 3], [1, 0, 4], [0, 1, 5], [2, 1, 3], [1, 1, 3]])
    wrong = np.array([4, 3, 3, 5, 4])
    before, turned = model.entities_.copy(), model.relations_.copy()

    def losses(entities, relations):
        h, r, t = facts.T
        return margin_losses(entities[h], relations[r], entities[t], entities[wrong], 0.3)

    start = losses(before, turned)
    assert (start > 0).any() and (start == 0).any()
    slope, bend, step = np.zeros_like(before), np.zeros_like(turned), 1e-6
    for table, into in ((before, slope), (turned, bend)):
        for place in np.ndindex(*table.shape):
            table[place] += step
            into[place] = (losses(before, turned).sum() - start.sum()) / step
            table[place] -= step
    earlier = np.full((7, 1), 0.01)  # the last one is in no fact
    moved = earlier.copy()
    model._step(facts, wrong, moved)
    assert np.allclose(moved, earlier + (slope**2).mean(axis=1, keepdims=True), rtol=1e-4)
    assert np.allclose(model.entities_, before - 1e-3 * slope / np.sqrt(moved), atol=1e-7)
    assert np.allclose(model.relations_, turned - 1e-3 * bend / 5, atol=1e-7)


def test_only_what_is_longer_than_1_is_cut_to_1():
    model = Translation(n_factors=2, rate=0.0)
    model.entities_, model.relations_ = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]]), np.array([[3.0, 0.0]])
    model._step(np.array([[0, 0, 1]]), np.array([2]), np.full((3, 1), 1e-8))
    assert np.allclose(model.entities_, [[0.6, 0.8], [0.3, 0.4], [0.0, 0.0]])
    assert model.relations_.tolist() == [[3.0, 0.0]]


class Watched(Translation):
    """Writes down its batches and learns nothing."""

    def _step(self, batch, wrong, moved):
        self.seen = [*getattr(self, "seen", []), (batch.copy(), wrong.copy())]
        assert (moved == 1e-8).all()


def test_each_round_goes_through_all_facts_once_and_wrong_tails_are_tails_of_the_relation():
    facts = np.array([[n, n % 2, 3000 + n % 2 * 5 + n % 5] for n in range(2500)])
    model = Watched(n_factors=2, epochs=3).fit(facts)
    assert [len(batch) for batch, _ in model.seen] == [2048, 452] * 3
    rounds = [np.vstack([model.seen[n][0], model.seen[n + 1][0]]) for n in (0, 2, 4)]
    for one in rounds:
        assert (one[one[:, 0].argsort()] == facts).all()
    assert (rounds[0] != rounds[1]).any()
    for batch, wrong in model.seen:
        for relation in (0, 1):
            tails = np.arange(3000, 3005) + 5 * relation
            counts = [(wrong[batch[:, 1] == relation] == tail).sum() for tail in tails]
            assert sum(counts) == (batch[:, 1] == relation).sum() and min(counts) > 20
    again = Watched(n_factors=2, epochs=3, random_state=0).fit(facts)
    assert all((a[1] == b[1]).all() for a, b in zip(again.seen, model.seen, strict=True))
    other = Watched(n_factors=2, epochs=3, random_state=1).fit(facts)
    assert (other.seen[0][0] != model.seen[0][0]).any()


def test_vectors_start_at_random_with_a_mean_squared_length_of_1():
    model = Translation(n_factors=50, epochs=0).fit(np.array([[0, 300, 400]]))
    assert model.entities_.shape == (401, 50) and model.relations_.shape == (301, 50)
    for table in (model.entities_, model.relations_):
        assert (table**2).sum(axis=1).mean() == pytest.approx(1, abs=0.05) and abs(table.mean()) < 0.01
    assert Translation(n_factors=2, epochs=0).fit(np.array([[9, 0, 1], [2, 0, 3]])).entities_.shape == (10, 2)
    assert Translation().get_params() == {
        "n_factors": 32,
        "epochs": 20,
        "rate": 0.3,
        "margin": 1.0,
        "random_state": 0,
    }


def test_a_margin_is_1_unless_said_and_distances_are_of_each_with_each():
    near, far = np.array([[0.0]]), np.array([[0.5]])
    assert margin_losses(near, near, near, far).tolist() == [0.75]
    model = Translation(n_factors=3, epochs=1).fit(np.array([[0, 0, 1], [2, 1, 3]]))
    found = model.distances([0, 2], 1, [1, 3, 0])
    for row, head in enumerate([0, 2]):
        for column, tail in enumerate([1, 3, 0]):
            gap = model.entities_[head] + model.relations_[1] - model.entities_[tail]
            assert found[row, column] == pytest.approx(float(gap @ gap))
