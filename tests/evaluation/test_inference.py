"""Inference against simulation, exact enumeration and the textbook definition of Holm's procedure."""

from __future__ import annotations

import copy
import itertools
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recsys_helpers.evaluation import (
    Interval,
    bootstrap_interval,
    bootstrap_means,
    holm,
    inference,
    paired_comparison,
    sign_flip_test,
    t_interval,
)


def test_an_interval_is_three_numbers_that_know_what_they_are_over():
    values = np.random.default_rng(5).random(50)
    found = bootstrap_interval(values, level=0.9, over="worlds")
    value, low, high = found
    assert found[1:] == (low, high) and (found.level, found.over, found.n) == (0.9, "worlds", 50)
    assert str(found) == f"{value:.3f} [{low:.3f}, {high:.3f}], 90% over 50 worlds"
    assert str(Interval(0.1, 0.0, 0.2)) == "0.100 [0.000, 0.200], 95% over listeners"
    assert str(Interval(-0.0002, -0.0004, 0.2)) == "0.000 [0.000, 0.200], 95% over listeners"
    assert f"{Interval(0.1, -0.0004, -0.2):+}" == "+0.100 [+0.000, -0.200], 95% over listeners"
    with pytest.raises(ValueError, match="not '.2f'"):
        format(Interval(0.1, 0.0, 0.2), ".2f")
    assert "{:.1f} [{:.1f}, {:.1f}]".format(*Interval(0.1, 0.0, 0.2)) == "0.1 [0.0, 0.2]"
    for again in (copy.copy(found), pickle.loads(pickle.dumps(found))):
        assert again == found and str(again) == str(found)
    assert str(bootstrap_interval(values)).endswith("95% over 50 listeners")


@pytest.mark.parametrize("n", [2, 6, 30])
@pytest.mark.parametrize("level", [0.95, 0.8])
def test_students_interval_is_that_of_scipy(n, level):
    values = np.random.default_rng(n).normal(3, 2, n)
    found = t_interval(values, level, over="worlds")
    expected = stats.ttest_1samp(values, 0).confidence_interval(level)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.value == pytest.approx(values.mean()) and str(found).endswith(f"over {n} worlds")
    assert str(t_interval(values)).endswith(f"95% over {n} runs")


def test_students_interval_holds_the_truth_where_a_bootstrap_of_six_does_not():
    rng = np.random.default_rng(0)
    worlds = rng.normal(0, 1, (400, 6))
    student = np.mean([(one := t_interval(w)).low <= 0 <= one.high for w in worlds])
    drawn = np.mean([(one := bootstrap_interval(w, n_resamples=400)).low <= 0 <= one.high for w in worlds])
    assert 0.92 <= student <= 0.98 and drawn < 0.91


@pytest.mark.parametrize("kind", [np.random.default_rng, np.random.RandomState])
def test_any_kind_of_random_state_draws(kind):
    values, differences = (
        np.random.default_rng(5).random(50),
        np.random.default_rng(6).normal(0.1, 1, (50, 1)),
    )
    for call in (
        lambda r: bootstrap_interval(values, random_state=r),
        lambda r: sign_flip_test(differences, 99, r)[0],
    ):
        one = kind(3)
        first, second = call(one), call(one)
        assert first == call(kind(3)) != second


def coverage_of_the_interval(n_listeners: int, n_worlds: int, n_resamples: int) -> float:
    """Share of simulated worlds in which the 95% interval holds the true mean (0.5 of a skewed 0-to-1 metric)."""
    rng = np.random.default_rng(0)
    inside = 0
    for world in range(n_worlds):
        values = rng.beta(0.4, 0.4, size=n_listeners)
        _, low, high = bootstrap_interval(values, n_resamples=n_resamples, random_state=world)
        inside += low <= 0.5 <= high
    return inside / n_worlds


def test_interval_covers_the_truth_about_95_times_in_100():
    # 400 worlds: a true 94% has a standard deviation of 1.2%.
    assert 0.91 <= coverage_of_the_interval(n_listeners=100, n_worlds=400, n_resamples=400) <= 0.98


@pytest.mark.slow
def test_interval_covers_the_truth_closely():
    assert 0.935 <= coverage_of_the_interval(n_listeners=300, n_worlds=3000, n_resamples=1000) <= 0.96


def test_interval_is_near_the_normal_one_for_many_listeners():
    values = np.random.default_rng(5).normal(0.3, 0.2, size=4000)
    value, low, high = bootstrap_interval(values)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert value == pytest.approx(values.mean())
    assert (low, high) == (
        pytest.approx(value - half, abs=half / 10),
        pytest.approx(value + half, abs=half / 10),
    )


def test_a_wider_level_gives_a_wider_interval_and_a_seed_the_same():
    values = np.random.default_rng(5).random(50)
    narrow, wide = bootstrap_interval(values, level=0.8), bootstrap_interval(values, level=0.99)
    assert wide.low < narrow.low < narrow.value < narrow.high < wide.high
    assert (
        bootstrap_interval(values) == bootstrap_interval(values) != bootstrap_interval(values, random_state=1)
    )


def test_the_ends_are_quantiles_of_what_was_drawn():
    drawn = np.random.default_rng(0).permutation(np.arange(101.0))
    ends = inference.percentile_ends(np.column_stack([drawn, 2 * drawn]), 0.9)
    np.testing.assert_allclose(ends, [[5, 10], [95, 190]], atol=1e-9)


def test_what_is_left_out_is_as_documented():
    values = np.random.default_rng(5).random(50)
    means = bootstrap_means(values)
    assert means.shape == (2000, 1)
    np.testing.assert_array_equal(means, bootstrap_means(values, 2000, random_state=0))
    assert bootstrap_interval(values) == bootstrap_interval(values, 0.95, 2000, 0)


def test_one_sample_and_one_pattern_are_enough_to_ask_for():
    assert bootstrap_means([0.1, 0.2], n_resamples=1).shape == (1, 1)
    assert sign_flip_test(np.ones((70, 1)), n_permutations=1).tolist() in ([0.5], [1.0])


def test_numbers_of_every_kind_are_values():
    values = [0, 1, 1, 0, 1]
    for kind in (object, "uint8", bool):
        assert bootstrap_interval(np.array(values, dtype=kind)) == bootstrap_interval(values)
        assert sign_flip_test(np.array(values, dtype=kind)).tolist() == [2 / 8]
    assert holm(np.array([0.01, 0.04, 0.03], dtype=object)).tolist() == pytest.approx([0.03, 0.06, 0.06])


def test_bootstrap_of_two_listeners_has_the_known_distribution():
    means = bootstrap_means([0.0, 1.0], n_resamples=20_000).ravel()
    shares = [np.mean(means == value) for value in (0.0, 0.5, 1.0)]
    np.testing.assert_allclose(shares, [0.25, 0.5, 0.25], atol=0.02)


def test_blocks_do_not_change_the_result(monkeypatch):
    values = np.random.default_rng(5).random((40, 3))
    whole, p = bootstrap_means(values, 300), sign_flip_test(values - 0.45, 900)
    few = sign_flip_test(values[:9] - 0.45)
    monkeypatch.setattr(inference, "BLOCK", 400)
    np.testing.assert_allclose(bootstrap_means(values, 300), whole, rtol=0, atol=1e-15)
    np.testing.assert_array_equal(sign_flip_test(values - 0.45, 900), p)
    np.testing.assert_array_equal(sign_flip_test(values[:9] - 0.45), few)


def test_weighted_means_are_ratios_of_sums():
    totals, counts = np.array([[2.0], [9.0], [4.0]]), np.array([[1.0], [3.0], [2.0]])
    drawn = bootstrap_means(totals, 500, weights=counts).ravel()
    possible = {
        round(sum(totals[i, 0] for i in pick) / sum(counts[i, 0] for i in pick), 12)
        for pick in itertools.product(range(3), repeat=3)
    }
    assert {round(value, 12) for value in drawn} == possible


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-4, 4), min_size=2, max_size=10))
def test_sign_flip_test_is_exact_for_few_listeners(differences):
    total = abs(sum(differences))
    patterns = list(itertools.product([-1, 1], repeat=len(differences)))
    extreme = sum(abs(np.dot(signs, differences)) >= total for signs in patterns)
    p = sign_flip_test([[d / 7] for d in differences])  # sevenths: sums that tie but for rounding
    assert p.tolist() == [extreme / len(patterns)]


def test_all_patterns_are_counted_up_to_the_number_allowed():
    """Eight patterns, of which two are as far from 0: a quarter, where chance could hardly hit it."""
    assert sign_flip_test([1.0, 2.0, 3.0], n_permutations=8).tolist() == [2 / 8]
    assert (sign_flip_test([1.0, 2.0, 3.0], n_permutations=7) * 8 % 1).tolist() == [0.0]  # of 7 + 1


@pytest.mark.parametrize("unit", [1e-9, 1e-3, 1.0, 1e6, 1e12])
def test_the_unit_of_a_metric_does_not_matter(unit):
    """Nor does a column beside it: ties by rounding are ties within a column's own size."""
    sevenths = np.array([1, 2, -3, 4, 1, 3, -2, 2]) / 7
    signs = np.array(list(itertools.product([-1, 1], repeat=8)))
    whole = np.abs(signs @ np.array([1, 2, -3, 4, 1, 3, -2, 2]))
    p = np.mean(whole >= 8)
    both = sign_flip_test(np.column_stack([sevenths * unit, sevenths / unit]))
    assert both.tolist() == [p, p]


@pytest.mark.parametrize("n", [64, 65, 128, 130])
def test_every_listener_is_flipped_also_beyond_a_word_of_random_bits(n):
    differences = np.zeros((n, 3))
    for column, two in enumerate(([0, 1], [0, n - 1], [n - 2, n - 1])):
        differences[two, column] = 1.0
    np.testing.assert_allclose(sign_flip_test(differences), 0.5, atol=0.03)  # they agree every other time


def test_random_patterns_approach_the_exact_p():
    differences = np.random.default_rng(2).normal(0.25, 1, size=(16, 4))
    exact = sign_flip_test(differences, n_permutations=2**16)
    random = sign_flip_test(differences, n_permutations=20_000)
    np.testing.assert_allclose(random, exact, atol=0.015)


def test_p_is_uniform_where_nothing_differs():
    differences = np.random.default_rng(3).normal(size=(60, 2000))
    p = sign_flip_test(differences, n_permutations=2000)
    assert stats.kstest(p, "uniform").pvalue > 0.001
    assert np.mean(p <= 0.05) == pytest.approx(0.05, abs=0.015)


def test_p_is_near_the_t_test_and_never_0():
    differences = np.random.default_rng(3).normal(0.1, 0.5, size=(120, 1))
    assert sign_flip_test(differences)[0] == pytest.approx(
        stats.ttest_1samp(differences[:, 0], 0).pvalue, abs=0.01
    )
    assert sign_flip_test(np.full((50, 1), 0.3), n_permutations=999).tolist() == [1 / 1000]
    assert sign_flip_test(np.zeros((50, 1))).tolist() == [1.0]


def holm_rejects(p_values, alpha):
    """Holm 1979 as written: go up the sorted p-values while p <= alpha / (how many are left)."""
    rejected = set()
    for step, which in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        if p_values[which] > alpha / (len(p_values) - step):
            break
        rejected.add(which)
    return rejected


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 1000).map(lambda n: n / 1000), min_size=1, max_size=8), st.data())
def test_holm_rejects_what_the_procedure_rejects(p_values, data):
    # Half a thousandth off the grid of the adjusted values: no comparison hangs on rounding.
    alpha = (data.draw(st.integers(1, 999)) + 0.5) / 1000
    adjusted = holm(p_values)
    assert {i for i, p in enumerate(adjusted) if p <= alpha} == holm_rejects(p_values, alpha)
    assert (adjusted >= np.array(p_values)).all() and (adjusted <= 1).all()


@pytest.fixture
def scores():
    rng = np.random.default_rng(0)
    base = rng.random(80)
    return pd.DataFrame({"a": base, "b": base + rng.normal(0.05, 0.1, 80), "c": rng.random(80), "d": base})


def test_paired_comparison_of_all_pairs(scores):
    table = paired_comparison(scores)
    assert list(zip(table["model"], table["versus"], strict=True)) == list(itertools.combinations("abcd", 2))
    assert list(table.columns[2:]) == ["difference", "low", "high", "p", "p_holm", "n_listeners"]
    assert (table["n_listeners"] == 80).all()
    for row in table.itertuples():
        difference = scores[row.model] - scores[row.versus]
        assert row.difference == pytest.approx(difference.mean(), abs=1e-12)
        interval = bootstrap_interval(difference)
        assert (row.low, row.high) == (
            pytest.approx(interval.low, abs=1e-12),
            pytest.approx(interval.high, abs=1e-12),
        )
        assert row.p == sign_flip_test(difference.to_numpy()[:, None])[0]
    np.testing.assert_array_equal(table["p_holm"], holm(table["p"]))
    same = table[(table["model"] == "a") & (table["versus"] == "d")].iloc[0]
    assert (same["difference"], same["p"]) == (0.0, 1.0)


def test_options_reach_the_interval_and_the_test(scores):
    row = paired_comparison(
        scores[["b", "a"]], level=0.8, n_resamples=300, n_permutations=99, random_state=4
    ).iloc[0]
    difference = scores["b"] - scores["a"]
    assert tuple(row[["low", "high"]]) == pytest.approx(bootstrap_interval(difference, 0.8, 300, 4)[1:])
    close = scores[["a"]].assign(c=scores["a"] + np.linspace(-1, 1.1, 80))
    tests = [paired_comparison(close, n_permutations=99, random_state=seed)["p"][0] for seed in range(4)]
    assert tests == [sign_flip_test(close["a"] - close["c"], 99, seed)[0] for seed in range(4)]
    assert len(set(tests)) > 1


def test_paired_comparison_with_a_baseline_turns_the_sign(scores):
    table = paired_comparison(scores, baseline="b").set_index("model")
    assert list(table.index) == ["a", "c", "d"] and set(table["versus"]) == {"b"}
    assert table.loc["a", "difference"] < 0 and table.loc["a", "high"] < 0
    assert table.loc["a", "p_holm"] < 0.05


NAN = pd.DataFrame({"a": [0.1, np.nan, 0.2], "b": [0.1, 0.2, 0.3]})
GOOD = NAN.fillna(0.5)
BAD = {
    "NaN value": (
        lambda: bootstrap_interval([0.1, float("nan")]),
        r"1 of the values are NaN or infinite \(first in row 1\)",
    ),
    "one listener": (lambda: bootstrap_interval([0.1]), "^An interval needs at least two listeners"),
    "no listener": (lambda: bootstrap_interval([]), "at least one of each"),
    "level in percent": (
        lambda: bootstrap_interval([0.1, 0.2], level=95),
        "a share between 0 and 1, for example 0.95",
    ),
    "level of 0": (lambda: bootstrap_interval([0.1, 0.2], level=0), "a share between 0 and 1.*, not 0"),
    "level of 1": (lambda: bootstrap_interval([0.1, 0.2], level=1), "a share between 0 and 1.*, not 1"),
    "level above 1": (
        lambda: bootstrap_interval([0.1, 0.2], level=1.5),
        "a share between 0 and 1.*, not 1.5",
    ),
    "no resample": (lambda: bootstrap_interval([0.1, 0.2], n_resamples=0), "at least 1, not 0"),
    "one run": (lambda: t_interval([0.1]), "^An interval needs at least two values"),
    "runs of NaN": (lambda: t_interval([0.1, np.nan]), "NaN or infinite"),
    "level of runs in percent": (
        lambda: t_interval([0.1, 0.2], level=95),
        "a share between 0 and 1, for example",
    ),
    "no random state": (
        lambda: bootstrap_interval([0.1, 0.2], random_state="soon"),
        "^random_state='soon' cannot draw: give a whole number of 0 or more",
    ),
    "a table": (lambda: bootstrap_interval([[0.1, 0.2]]), "one number for each listener"),
    "p above 1": (lambda: holm([0.5, 1.2]), "numbers from 0 to 1"),
    "p of NaN": (lambda: holm([0.5, float("nan")]), "without NaN"),
    "NaN under a model": (
        lambda: paired_comparison(NAN),
        "Drop these listeners from all models, or judge them as 0",
    ),
    "one model": (lambda: paired_comparison(GOOD[["a"]]), "^A comparison needs .* at least two models"),
    "a name twice": (lambda: paired_comparison(GOOD[["a", "a"]]), "names not repeated"),
    "unknown baseline": (
        lambda: paired_comparison(GOOD, baseline="z"),
        "baseline='z' is not known. Choose one of: a, b",
    ),
    "no pattern": (lambda: sign_flip_test(np.ones((70, 1)), n_permutations=0), "at least 1, not 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, case):
    call, sentence = BAD[case]
    refused(call, sentence)
