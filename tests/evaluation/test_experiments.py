"""A/B tests against simulated ones, closed forms, least squares by normal equations, and published figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from recsys_helpers.evaluation import (
    cuped,
    effective_sample_size,
    group_comparison,
    holm,
    power_of_test,
    sample_ratio_test,
    sample_size,
    smallest_gap,
    standard_error_of_difference,
)

# ---- how many ------------------------------------------------------------------------------------------------------


def found(rng, n, gap, spread, correlation=0.0, groups=2, tests=3000):
    """Share of simulated tests whose two-sided z-test at 0.05 finds something."""
    noise = rng.normal(0, spread * np.sqrt(1 - correlation**2), (tests, groups, n))
    noise[:, 0] += gap
    means, errors = noise.mean(axis=2), noise.std(axis=2, ddof=1) / np.sqrt(n)
    z = (means[:, 0] - (means[:, 1] if groups == 2 else 0)) / np.sqrt((errors**2).sum(axis=1))
    return (np.abs(z) > 1.96).mean()


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize(("power", "correlation"), [(0.8, 0.0), (0.9, 0.0), (0.8, 0.86)])
def test_as_many_as_planned_find_the_gap_as_often_as_planned(groups, power, correlation):
    n = sample_size(0.5, 2.0, power=power, groups=groups, correlation=correlation)
    share = found(np.random.default_rng(0), n, 0.5, 2.0, correlation, groups)
    assert share == pytest.approx(power, abs=0.025)  # 3,000 tests: a standard deviation of 0.7%
    assert share == pytest.approx(
        power_of_test(n, 0.5, 2.0, groups=groups, correlation=correlation), abs=0.025
    )


def test_the_size_is_the_smallest_that_has_the_power():
    for gap, spread in ((0.3, 1.0), (-0.05, 0.4), (2.0, 3.0)):
        n = sample_size(gap, spread)
        assert power_of_test(n, gap, spread) >= 0.8 > power_of_test(n - 1, gap, spread)
        assert smallest_gap(n, spread) <= abs(gap) < smallest_gap(n - 1, spread)


def test_sizes_in_closed_form():
    """(1.96 + 0.84)² is 7.85: 16 spread² / gap² for two groups is the rule of thumb."""
    z = 1.959964 + 0.841621
    assert sample_size(0.1, 1.0) == int(np.ceil(2 * z**2 / 0.01))
    assert sample_size(0.1, 1.0, groups=1) == int(np.ceil(z**2 / 0.01))
    assert sample_size(0.1, 1.0, alpha=0.05 / 3) > sample_size(0.1, 1.0) > sample_size(0.1, 1.0, power=0.7)
    assert smallest_gap(100, 3.0) == pytest.approx(3 * z * np.sqrt(2 / 100), rel=1e-6)
    assert smallest_gap(100, 3.0, alpha=0.01, power=0.5) == pytest.approx(
        3 * 2.575829 * np.sqrt(0.02), rel=1e-6
    )
    assert sample_size(50.0, 1.0) == 2  # a spread is not known from fewer
    # Of the variance 1 - r² is left, and so of the listeners.
    ratio = sample_size(0.01, 1.0, correlation=0.86) / sample_size(0.01, 1.0)
    assert ratio == pytest.approx(1 - 0.86**2, rel=1e-3)


def test_what_is_left_out_is_as_documented():
    options = {"alpha": 0.05, "groups": 2, "correlation": 0.0}
    assert sample_size(0.3, 1.0) == sample_size(0.3, 1.0, power=0.8, **options)
    assert smallest_gap(90, 1.0) == smallest_gap(90, 1.0, power=0.8, **options)
    assert power_of_test(90, 0.3, 1.0) == power_of_test(90, 0.3, 1.0, **options)
    y = np.random.default_rng(0).random(20)
    table = group_comparison(y, [0, 1] * 10, 0)
    pd.testing.assert_frame_equal(table, group_comparison(y, [0, 1] * 10, 0, before=None, level=0.95))


def test_the_power_of_a_test_of_nothing_is_its_alpha():
    assert power_of_test(50, 0.0, 1.0) == pytest.approx(0.05)
    assert power_of_test(50, 0.0, 1.0, alpha=0.2) == pytest.approx(0.2)
    assert power_of_test(50, -0.3, 1.0) == pytest.approx(power_of_test(50, 0.3, 1.0))


def test_the_standard_error_is_that_of_samples():
    rng = np.random.default_rng(5)
    a, b = (rng.normal(0, s, (4000, n)).mean(axis=1) for s, n in ((2.0, 50), (0.5, 20)))
    assert standard_error_of_difference(2.0, 0.5, 50, 20) == pytest.approx((a - b).std(), rel=0.05)
    cov = [[4.0, 0.6], [0.6, 0.25]]  # a correlation of 0.6
    both = rng.multivariate_normal([0, 0], cov, (4000, 30)).mean(axis=1)
    ours = standard_error_of_difference(2.0, 0.5, 30, correlation=0.6)
    assert ours == pytest.approx((both[:, 0] - both[:, 1]).std(), rel=0.05)
    assert standard_error_of_difference(1.0, 1.0, 30, correlation=1.0) == 0
    # From the data themselves: the paired differences' own standard error.
    x, y = rng.multivariate_normal([0, 0], cov, 80).T
    ours = standard_error_of_difference(x.std(ddof=1), y.std(ddof=1), 80, correlation=np.corrcoef(x, y)[0, 1])
    assert ours == pytest.approx((x - y).std(ddof=1) / np.sqrt(80))


# ---- dealt fairly? ---------------------------------------------------------------------------------------------------


def test_sample_ratio_is_the_square_of_the_z_of_a_share():
    for a, b, share in ((5_100, 4_900, 0.5), (950, 50, 0.9), (10, 14, 0.5)):
        n = a + b
        z = (a - share * n) / np.sqrt(n * share * (1 - share))
        got = sample_ratio_test([a, b], [share, 1 - share])
        assert got.statistic == pytest.approx(z**2) and got.p == pytest.approx(2 * stats.norm.sf(abs(z)))


def test_sample_ratio_of_published_examples():
    assert sample_ratio_test([600, 400]).p == pytest.approx(
        2.54e-10, rel=0.005
    )  # Wikipedia, "Sample ratio mismatch"
    assert sample_ratio_test([44_000, 45_000]).p == pytest.approx(0.0008, abs=5e-5)  # srm.osc.garden


def test_sample_ratio_of_three_groups_and_of_a_fair_lottery():
    sizes, shares = [510, 245, 245], [2, 1, 1]
    expected = sum((o - e) ** 2 / e for o, e in zip(sizes, [500, 250, 250], strict=True))
    got = sample_ratio_test(sizes, shares)
    assert got.statistic == pytest.approx(expected) and got.p == pytest.approx(stats.chi2.sf(expected, 2))
    dealt = np.random.default_rng(0).multinomial(1000, [0.5, 0.25, 0.25], 2000)
    alarms = np.mean([sample_ratio_test(one, shares).p < 0.05 for one in dealt])
    assert alarms == pytest.approx(0.05, abs=0.015)


# ---- less spread -----------------------------------------------------------------------------------------------------


def test_cuped_is_the_residual_of_a_regression_about_the_mean():
    rng = np.random.default_rng(1)
    x = rng.normal(3, 2, (200, 2))
    y = 1 + x @ [0.5, -2] + rng.normal(0, 1, 200)
    design = np.column_stack([np.ones(200), x])
    beta = np.linalg.solve(design.T @ design, design.T @ y)  # the normal equations
    np.testing.assert_allclose(cuped(y, x), y - design @ beta + y.mean(), atol=1e-10)
    theta = np.cov(y, x[:, 0])[0, 1] / x[:, 0].var(ddof=1)
    np.testing.assert_allclose(cuped(y, x[:, 0]), y - theta * (x[:, 0] - x[:, 0].mean()), atol=1e-10)


def test_cuped_leaves_one_minus_r_squared_and_the_mean():
    rng = np.random.default_rng(1)
    x = rng.gamma(1.0, 3.0, 500)
    y = 0.8 * x + rng.normal(0, 2, 500)
    less, r = cuped(y, x), np.corrcoef(y, x)[0, 1]
    assert less.mean() == pytest.approx(y.mean()) and less.var() == pytest.approx(y.var() * (1 - r**2))
    assert np.corrcoef(less, x)[0, 1] == pytest.approx(0, abs=1e-10)
    np.testing.assert_allclose(cuped(y, np.full(500, 7.0)), y)  # it says nothing, and changes nothing


def test_tests_with_a_covariate_find_the_same_effect_with_less_spread():
    """400 tests of 60 + 60 with a true gap of 0.3: no bias, intervals that hold it 95 times, and narrower."""
    rng = np.random.default_rng(2)
    rows = []
    for _ in range(400):
        past = rng.normal(0, 1, 120)
        group = rng.permutation(np.repeat(["new", "old"], 60))
        y = 0.9 * past + rng.normal(0, 0.45, 120) + 0.3 * (group == "new")
        plain, less = (group_comparison(y, group, "old", before=b).iloc[0] for b in (None, past))
        rows.append([plain["difference"], less["difference"], less["low"] <= 0.3 <= less["high"],
                     (less["high"] - less["low"]) / (plain["high"] - plain["low"])])  # fmt: skip
    plain, less, held, width = np.array(rows).T
    assert less.mean() == pytest.approx(0.3, abs=3 * 0.45 * np.sqrt(2 / 60) / 20)
    assert less.std() < 0.6 * plain.std() and width.mean() == pytest.approx(
        np.sqrt(0.2025 / 1.0125), abs=0.02
    )
    assert 0.92 <= held.mean() <= 0.98


# ---- the test itself -------------------------------------------------------------------------------------------------


def test_group_comparison_is_welchs_test_by_hand():
    rng = np.random.default_rng(3)
    values = {"chart": rng.normal(3, 1, 40), "EASE": rng.normal(3.6, 2, 25), "ALS": rng.normal(3.1, 1, 30)}
    y = np.concatenate(list(values.values()))
    whose = np.repeat(list(values), [40, 25, 30])
    order = rng.permutation(95)
    table = group_comparison(pd.Series(y[order]), pd.Series(whose[order]), "chart", level=0.9)
    assert sorted(table["group"]) == ["ALS", "EASE"] and set(table["versus"]) == {"chart"}
    assert list(table.columns) == [
        "group",
        "versus",
        "difference",
        "low",
        "high",
        "p",
        "p_holm",
        "n",
        "n_versus",
    ]
    np.testing.assert_array_equal(table["p_holm"], holm(table["p"]))
    for row in table.itertuples():
        a, b = values[row.group], values["chart"]
        va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
        error, df = np.sqrt(va + vb), (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
        half = stats.t.ppf(0.95, df) * error
        assert row.difference == pytest.approx(a.mean() - b.mean())
        assert (row.low, row.high) == pytest.approx((row.difference - half, row.difference + half))
        assert row.p == pytest.approx(2 * stats.t.sf(abs(row.difference) / error, df))
        assert (row.n, row.n_versus) == (len(a), 40)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=30).filter(any), st.floats(1e-6, 1e6))
def test_effective_sample_size_lies_between_one_and_all_and_knows_no_unit(weights, unit):
    n = effective_sample_size(weights)
    assert 1 - 1e-9 <= n <= len(weights) + 1e-9
    assert effective_sample_size([w * unit for w in weights]) == pytest.approx(n)
    assert effective_sample_size([3] * 7 + [0] * 5) == pytest.approx(7)


def test_effective_sample_size_is_what_the_variance_of_a_weighted_mean_says():
    rng = np.random.default_rng(4)
    weights = 1 / rng.uniform(0.05, 1, 200)
    means = rng.normal(0, 1, (4000, 200)) @ weights / weights.sum()
    assert effective_sample_size(weights) == pytest.approx(1 / means.var(), rel=0.07)


HOURS, SHELF = [1.0, 2.0, 3.0, 4.0], ["a", "a", "b", "b"]
BAD = {
    "no gap": (lambda: sample_size(0, 1), "^gap is the smallest difference that matters, not 0"),
    "a gap of NaN": (lambda: sample_size(np.nan, 1), "^gap is the smallest difference that matters, not nan"),
    "no spread": (lambda: sample_size(1, 0), "^spread is a standard deviation, above 0, not 0"),
    "three groups": (lambda: sample_size(1, 1, groups=3), "^groups=3 is not known. Choose one of: 1, 2"),
    "power in percent": (lambda: sample_size(1, 1, power=80), "^power is a share between 0 and 1, not 80"),
    "no alpha": (lambda: sample_size(1, 1, alpha=0), "^alpha is a share between 0 and 1, not 0"),
    "the power of luck": (lambda: sample_size(1, 1, power=0.05), "^power=0.05 is no more than alpha=0.05"),
    "all is known": (
        lambda: sample_size(1, 1, correlation=1),
        "^correlation is a number between -1 and 1, not 1",
    ),
    "one listener": (lambda: smallest_gap(1, 1), "^n is a number of listeners, at least 2, not 1"),
    "one listener's power": (
        lambda: power_of_test(1, 1, 1),
        "^n is a number of listeners, at least 2, not 1",
    ),
    "alpha of 1": (lambda: power_of_test(9, 1, 1, alpha=1), "^alpha is a share between 0 and 1, not 1"),
    "other spread": (
        lambda: standard_error_of_difference(1, -1, 9),
        "^other is a standard deviation, above 0, not -1",
    ),
    "one other": (
        lambda: standard_error_of_difference(1, 1, 9, 1),
        "^n_other is a number of listeners, at least 2",
    ),
    "too alike": (
        lambda: standard_error_of_difference(1, 1, 9, correlation=1.2),
        "^correlation is a number from -1 to",
    ),
    "strangers alike": (
        lambda: standard_error_of_difference(1, 1, 9, 9, correlation=0.2),
        "^Different people have no correlation: leave correlation out, or n_other",
    ),
    "one group": (
        lambda: sample_ratio_test([10]),
        "^sizes are the numbers of listeners in at least two groups",
    ),
    "nobody": (lambda: sample_ratio_test([0, 0]), "^sizes are the numbers of listeners"),
    "fewer than nobody": (lambda: sample_ratio_test([-1, 5]), "^sizes are the numbers of listeners"),
    "shares of three": (
        lambda: sample_ratio_test([5, 5], [1, 1, 1]),
        "^shares are 2 numbers above 0, one for each",
    ),
    "a share of nothing": (lambda: sample_ratio_test([5, 5], [1, 0]), "^shares are 2 numbers above 0"),
    "a past of others": (
        lambda: cuped(HOURS, [1, 2]),
        r"^before has shape \(2,\) for 4 values: give a row for each",
    ),
    "no past": (
        lambda: cuped(HOURS, [1, 2, np.nan, 1]),
        "^1 listeners have no value before the test. Give them",
    ),
    "hours of NaN": (lambda: cuped([1, 2, np.nan], [1, 2, 3]), "^1 of the values are NaN"),
    "groups of others": (
        lambda: group_comparison(HOURS, SHELF[:2], "a"),
        "^groups must name the group of each of the 4",
    ),
    "no group": (
        lambda: group_comparison(HOURS, ["a", "a", None, "b"], "a"),
        "^groups must name the group of each of the 4 listeners",
    ),
    "unknown baseline": (
        lambda: group_comparison(HOURS, SHELF, "c"),
        "^baseline='c' is not known. Choose one of: a, b",
    ),
    "a group of one": (
        lambda: group_comparison(HOURS, ["a", "a", "a", "b"], "a"),
        "^The group 'b' has 1 listener: at least two are needed in each",
    ),
    "one shelf": (
        lambda: group_comparison(HOURS, ["a"] * 4, "a"),
        "^Everybody is in the group 'a': there is nothing",
    ),
    "level in percent": (
        lambda: group_comparison(HOURS, SHELF, "a", level=95),
        "a share between 0 and 1, for example",
    ),
    "no weight": (lambda: effective_sample_size([0, 0]), "^Weights are finite numbers of 0 or more"),
    "negative weights": (lambda: effective_sample_size([1, -1]), "^Weights are finite numbers of 0 or more"),
    "a table of weights": (
        lambda: effective_sample_size([[1, 1]]),
        "^Weights are finite numbers of 0 or more",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, case):
    call, sentence = BAD[case]
    refused(call, sentence)
