"""NegativeSampler against every number it could draw, one by one, and against frequencies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recsys_helpers.models.factors import negatives
from recsys_helpers.models.factors.negatives import NegativeSampler


class Every:
    """In place of a random generator: the middles of all n whole numbers that there are, once each."""

    def uniform(self, size):
        n = size[0]
        return (np.arange(n) + 0.5) / n


def seen(rows):
    """A matrix of what each listener has heard, stored zeros among it."""
    matrix = sparse.csr_array(np.array(rows, dtype=float))
    matrix.data[::2] = 0.0
    return matrix


@given(st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_each_unheard_item_gets_as_many_numbers_as_its_weight_has_parts(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 9))
    heard = rng.random((5, n)) < rng.random()
    weights = rng.integers(1, 5, n)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(negatives, "WHOLE", int(weights.sum()))  # so that a part is a weight of 1
        sampler = NegativeSampler(seen(heard), weights.astype(float))
    assert sampler.left.tolist() == [int(weights[~row].sum()) for row in heard]
    for listener in np.flatnonzero(sampler.left > 0):
        drawn = sampler.draw(np.full(sampler.left[listener], listener), Every())
        expected = np.where(heard[listener], 0, weights)
        assert np.bincount(drawn, minlength=n).tolist() == expected.tolist()


def test_frequencies_of_uneven_weights():
    heard = np.zeros((2, 6))
    heard[1, [0, 2, 5]] = 1
    weights = np.array([0.5, 1.0, 2.0, 0.25, 3.0, 7.0])
    drawn = NegativeSampler(seen(heard), weights).draw(
        np.repeat([[0], [1]], 40_000, axis=1), np.random.default_rng(3)
    )
    assert drawn.shape == (2, 40_000)
    for row, mask in zip(drawn, heard == 0, strict=True):
        expected = np.where(mask, weights, 0) / weights[mask].sum()
        np.testing.assert_allclose(np.bincount(row, minlength=6) / 40_000, expected, atol=0.01)


def test_the_highest_number_below_one_is_the_last_unheard_item():
    class Highest:
        def uniform(self, size):
            return np.full(size, np.nextafter(1.0, 0.0))

    class Lowest:
        def uniform(self, size):
            return np.zeros(size)

    sampler = NegativeSampler(seen([[1, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]]), np.ones(4))
    assert sampler.draw(np.array([0, 1]), Highest()).tolist() == [2, 3]
    assert sampler.draw(np.array([0, 1]), Lowest()).tolist() == [1, 0]
    with pytest.raises(ValueError, match="Row 2 has every item"):
        sampler.draw(np.array([0, 2]), Lowest())


def test_a_weight_next_to_nothing_is_still_drawn_where_nothing_else_is_left():
    sampler = NegativeSampler(seen([[1, 0]]), np.array([1.0, 1e-15]))
    assert sampler.draw(np.zeros(3, dtype=int), np.random.default_rng(0)).tolist() == [1, 1, 1]


def test_takes_either_kind_of_generator():
    sampler = NegativeSampler(seen([[1, 0, 0]]), np.ones(3))
    for random in (np.random.default_rng(1), np.random.RandomState(1)):
        assert set(sampler.draw(np.zeros(50, dtype=int), random).tolist()) == {1, 2}


@pytest.mark.parametrize("weights", [[1.0, 0.0], [1.0, -1.0], [1.0, np.nan], [1.0, np.inf], [1.0]])
def test_weights_that_cannot_be(weights):
    with pytest.raises(ValueError, match="Give 2 weights above 0, one for each item"):
        NegativeSampler(seen([[1, 0]]), np.array(weights))
