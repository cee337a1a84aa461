"""Lists with chance in them, against every order there is and against how often they come."""

from __future__ import annotations

import math
from itertools import permutations, product

import numpy as np
import pytest

from recsys_helpers.acting import lottery


def every_order(rates, k):
    """P(candidate i at place r), by walking through all lists of k, one candidate at a time."""
    found = np.zeros((len(rates), k))
    for order in permutations(range(len(rates)), k):
        chance = 1.0
        for place, one in enumerate(order):
            # Summed anew: taking a great rate off the sum would leave the small ones inexact.
            chance *= rates[one] / math.fsum(
                rates[other] for other in set(range(len(rates))) - set(order[:place])
            )
        for place, one in enumerate(order):
            found[one, place] += chance
    return found


@pytest.mark.parametrize("k", [1, 2, 4, 6])
@pytest.mark.parametrize(
    "rates",
    [[1, 1, 1, 1, 1, 1], [8, 4, 2, 1, 0.5, 0.25], [1e6, 1, 1, 1e-3, 1e-6, 1e-6], [1e-9, 5, 5, 5, 1e3, 1e3]],
)
def test_the_chance_of_a_place_is_the_sum_over_all_orders(rates, k):
    expected = every_order(rates, k)
    for order in list(permutations(range(6), k))[:40]:
        found = lottery.chances(np.log([rates]), np.array([order]))
        np.testing.assert_allclose(found[0], expected[list(order), range(k)], rtol=1e-9)


def test_each_listener_has_chances_of_their_own_and_some_have_fewer_candidates(monkeypatch):
    rates = np.array([[3.0, 2.0, 1.0, 0.0], [1.0, 5.0, 2.0, 2.0], [4.0, 0.0, 0.0, 0.0]])
    chosen = np.array([[2, 0, 1], [1, 2, 3], [0, -1, -1]])
    with np.errstate(divide="ignore"):
        found = lottery.chances(np.log(rates), chosen)
        monkeypatch.setattr(lottery, "CELLS", 1)
        np.testing.assert_array_equal(lottery.chances(np.log(rates), chosen), found)
    np.testing.assert_allclose(found[0], every_order(rates[0, :3], 3)[[2, 0, 1], range(3)], rtol=1e-9)
    np.testing.assert_allclose(found[1], every_order(rates[1], 3)[[1, 2, 3], range(3)], rtol=1e-9)
    assert found[2, 0] == pytest.approx(1) and np.isnan(found[2, 1:]).all()


def test_draws_come_as_often_as_the_chances_say():
    scores, n = np.array([0.9, 0.7, 0.4, 0.1, 0.0]), 40_000
    rng = np.random.default_rng(0)
    there = np.ones((n, 5), dtype=bool)
    chosen, chance = lottery.race(there, np.tile(scores, (n, 1)), 3, 0.5, rng.random((n, 5)))
    expected = every_order(np.exp(scores / 0.5), 3)
    for one, place in product(range(5), range(3)):
        here = chosen[:, place] == one
        spread = np.sqrt(expected[one, place] * (1 - expected[one, place]) / n)
        assert abs(here.mean() - expected[one, place]) < 4.5 * spread
        np.testing.assert_allclose(chance[here, place], expected[one, place], rtol=1e-9)
    # The mean of 1 / propensity of what stands at a place counts the candidates: the estimate is unbiased.
    np.testing.assert_allclose((1 / chance).mean(axis=0), 5, rtol=0.05)
    assert all(len(set(row)) == 3 for row in chosen[:200].tolist())


def test_cold_is_the_model_s_own_order_and_hot_is_any():
    there, scores = np.ones((50, 6), dtype=bool), np.tile([6.0, 5, 4, 3, 2, 1], (50, 1))
    items = np.random.default_rng(1).random((50, 6))
    chosen, chance = lottery.race(there, scores, 4, 0.01, items)
    assert (chosen == [0, 1, 2, 3]).all() and (chance > 1 - 1e-9).all()
    _, chance = lottery.race(there, scores, 4, 1e9, items)
    np.testing.assert_allclose(chance, 1 / 6, rtol=1e-6)


def test_a_race_without_runners_has_no_list():
    there = np.array([[True, False, True], [False, False, False]])
    chosen, chance = lottery.race(there, np.zeros((2, 3)), 3, 1.0, np.full((2, 3), 0.5))
    assert set(chosen[0][:2]) == {0, 2} and chosen[0, 2] == -1 and (chosen[1] == -1).all()
    assert np.isnan(chance[chosen < 0]).all() and np.isfinite(chance[chosen >= 0]).all()


def test_exploring_gives_each_place_away_with_the_chance_it_says():
    n, k, epsilon = 40_000, 3, 0.3
    rng = np.random.default_rng(0)
    there = np.ones((n, 8), dtype=bool)
    chosen, chance = lottery.explore(there, k, epsilon, rng.random((n, k)), rng.random((n, 8)))
    for one, place in product(range(8), range(k)):
        here = chosen[:, place] == one
        expected = 0.7 if one == place else 0.0 if one < k else 0.3 / 5
        assert abs(here.mean() - expected) < 4.5 * np.sqrt(expected * (1 - expected) / n) + 1e-12
        assert (chance[here, place] == expected).all()
    assert all(len(set(row)) == k for row in chosen[:500].tolist())


def test_who_has_too_few_behind_keeps_the_best():
    there = np.arange(6) < np.array([[6], [5], [2], [0]])
    draws = np.zeros((4, 3)), np.full((4, 6), 0.5)
    chosen, chance = lottery.explore(there, 3, 0.5, *draws)
    assert chosen.tolist() == [[3, 4, 5], [0, 1, 2], [0, 1, -1], [-1, -1, -1]]
    np.testing.assert_allclose(chance[0], 0.5 / 3)
    assert (
        chance[1].tolist() == [1, 1, 1]
        and chance[2, :2].tolist() == [1, 1]
        and np.isnan(chance[chosen < 0]).all()
    )


def test_one_alone_behind_has_all_of_epsilon():
    there = np.ones((1, 2), dtype=bool)
    chosen, chance = lottery.explore(there, 1, 0.25, np.array([[0.1]]), np.array([[0.5, 0.5]]))
    assert chosen.tolist() == [[1]] and chance.tolist() == [[0.25]]
    chosen, chance = lottery.explore(there, 1, 0.25, np.array([[0.3]]), np.array([[0.5, 0.5]]))
    assert chosen.tolist() == [[0]] and chance.tolist() == [[0.75]]
