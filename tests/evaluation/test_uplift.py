"""Uplift: the difference and its standard error against regressions, redrawn lotteries and a known truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers.evaluation import bootstrap_means, ratio_of_means, uplift

Z = 1.959963984540054


def half(interval):
    return (interval.high - interval.low) / 2


def sandwich(y, shown, unit, weight):
    """Least squares on a constant and a flag, with clustered errors, g / (g - 1) and no other correction."""
    x = np.column_stack([np.ones(len(y)), shown])
    bread = np.linalg.inv(x.T @ (weight[:, None] * x))
    beta = bread @ x.T @ (weight * y)
    left = weight * (y - x @ beta)
    meat = sum(np.outer(s, s) for s in (x[unit == u].T @ left[unit == u] for u in np.unique(unit)))
    g = len(np.unique(unit))
    return beta[1], np.sqrt((bread @ meat @ bread)[1, 1] * g / (g - 1))


@given(st.integers(0, 300))
@settings(max_examples=25, deadline=None)
def test_it_is_a_regression_with_clustered_errors(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(12, 60))
    unit, shown = rng.integers(0, 6, n), rng.random(n) < 0.6
    shown[:4] = True, False, True, False
    unit[:4] = 0, 1, 2, 3
    chance = rng.uniform(0.2, 0.9, n)
    y = rng.poisson(2, n) + 1.5 * shown
    for given_chance in (None, chance):
        weight = np.ones(n) if given_chance is None else 1 / np.where(shown, chance, 1 - chance)
        value, error = sandwich(y, shown, unit, weight)
        found = uplift(y, shown, unit, given_chance)
        assert found.value == pytest.approx(value) and half(found) == pytest.approx(Z * error)


def test_its_intervals_hold_the_truth_as_often_as_they_say():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(400):
        level = np.repeat(rng.normal(0, 1, 80), 5)  # five places a listener, alike among themselves
        shown = rng.random(400) < 0.7
        y = level + rng.normal(0, 1, 400) + 0.8 * shown
        found = uplift(y, shown, np.repeat(np.arange(80), 5))
        hits += found.low < 0.8 < found.high
    assert 0.92 < hits / 400 < 0.98


def test_places_of_one_listener_count_as_one():
    rng = np.random.default_rng(1)
    shown = np.repeat(rng.random(60) < 0.5, 10)  # the lottery is drawn once for each listener
    y = np.repeat(rng.normal(0, 1, 60), 10) + shown
    whose = np.repeat(np.arange(60), 10)
    assert half(uplift(y, shown, whose)) == pytest.approx(np.sqrt(10) * half(uplift(y, shown)), rel=0.02)
    assert uplift(y, shown, whose).n == 60 and uplift(y, shown).n == 600
    named = [f"u{u}" for u in whose]
    assert uplift(y, shown, named) == uplift(y, shown, whose)


def test_two_listeners_are_enough_where_each_has_both():
    """By hand: a adds .5 (3 - 4) to the difference, b .5 (5 - 4), so the error is the root of (.25 + .25) 2 / 1."""
    found = uplift([3, 1, 5, 1], [True, False, True, False], ["a", "a", "b", "b"])
    assert found.value == 3 and half(found) == pytest.approx(Z) and found.n == 2


def test_known_chances_undo_a_lottery_that_favours_the_loved():
    rng = np.random.default_rng(2)
    love = rng.random(40_000)
    chance = 0.1 + 0.8 * love
    shown = rng.random(40_000) < chance
    y = 3 * love + 1.0 * shown
    assert uplift(y, shown).value > 1.5
    assert uplift(y, shown, propensity=chance).value == pytest.approx(1, abs=0.05)


def test_the_level_widens_it_and_is_said():
    y, shown = [3, 5, 4, 1, 1, 2], [1, 1, 1, 0, 0, 0]
    wide, narrow = uplift(y, shown, level=0.99, over="tracks"), uplift(y, shown)
    assert half(wide) / half(narrow) == pytest.approx(2.5758293 / Z)
    assert str(wide).endswith("99% over 6 tracks")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (([1, 2], [True, True]), "Everything was shown, or nothing"),
        (([1, 2], [False, False]), "Everything was shown, or nothing"),
        (([1, 2], [True]), "True or False for each of the 2"),
        (([1, 2], [0.5, 1]), "True or False"),
        (([1, np.nan], [True, False]), "NaN"),
        (
            ([1, 2, 3], [True, False, True], ["a", "a", "a"]),
            "^An interval needs at least two units that were",
        ),
        (
            ([1, 2, 3], [True, False, True], ["a", "b", "c"]),
            "at least two units",
        ),  # one was left out, and no spread
        (([1, 2, 3], [True, False, False], ["a", "b", "c"]), "at least two units"),
        (([1, 2], [True, False], ["a"]), "unit must name"),
        (([1, 2], [True, False], ["a", None]), "unit must name"),
        (([1, 2], [True, False], "ab"), "unit must name"),
        (([1, 2], [True, False], 3), "unit must name"),
        (([1, 2], [True, False], None, [0.5, 1.0]), "above 0 and below 1"),
        (([1, 2], [True, False], None, [0.5]), "above 0 and below 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        uplift(*given)
    with pytest.raises(ValueError, match="level"):
        uplift([1, 2], [True, False], level=95)


def test_a_ratio_of_sums_and_its_interval():
    rng = np.random.default_rng(3)
    bottom = rng.gamma(2, 2, 400)
    top = 1.3 * bottom + rng.normal(0, 1, 400)
    found = ratio_of_means(top, bottom)
    assert found.value == pytest.approx(top.sum() / bottom.sum())
    again = bootstrap_means(top[:, None], 4000, 0, weights=bottom[:, None])[:, 0]
    assert half(found) == pytest.approx(Z * again.std(), rel=0.05)
    assert ratio_of_means(5 * bottom, bottom).low == pytest.approx(5)
    assert str(ratio_of_means(top, bottom, over="worlds")).endswith("95% over 400 worlds")
    wide = ratio_of_means(top, bottom, level=0.99)
    assert str(wide).endswith("99% over 400 listeners") and half(wide) == pytest.approx(
        2.5758293 / Z * half(found)
    )
    by_hand = ratio_of_means([4, 2, 3, 3], [3, 2, 2, 3])  # left over: .4, -.4, .6, -.6
    assert half(by_hand) == pytest.approx(Z * np.sqrt(1.04 / 3 / 4) / 2.5)
    assert ratio_of_means(top, -bottom).value == pytest.approx(-found.value)
    assert half(ratio_of_means(top, -bottom)) == pytest.approx(half(found))


def test_a_ratio_that_is_none_is_refused():
    with pytest.raises(ValueError, match="sum to 0"):
        ratio_of_means([1, 2], [1, -1])
    with pytest.raises(ValueError, match="a pair for each"):
        ratio_of_means([1, 2], [1])
    with pytest.raises(ValueError, match="at least two"):
        ratio_of_means([1], [1])
    with pytest.raises(ValueError, match="level"):
        ratio_of_means([1, 2], [1, 2], level=0)
