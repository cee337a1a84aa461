"""Experiments: two groups of different people, and what is asked before, during and after an A/B test.

It deals nobody into a group and serves nothing (see the simulator). Models that meet the same listeners are compared by
``paired_comparison``, which needs far fewer of them.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.evaluation.inference import check_level, holm, read_values
from recsys_helpers.evaluation.lists import choose

# ---- before the test: how many, and what can be found --------------------------------------------------------------


def standard_error_of_difference(
    spread: float, other: float, n: int, n_other: int | None = None, *, correlation: float = 0.0
) -> float:
    """Standard error of the difference of two means, from their standard deviations.

    spread, other: standard deviations of a listener's value on either side; n: listeners. With ``n_other`` the sides
    are different people: sqrt(spread² / n + other² / n_other). Without it they are the same n people, and correlation
    is that of their two values: sqrt((spread² + other² - 2 x correlation x spread x other) / n).

    >>> f"other people {standard_error_of_difference(2, 2, 100, 100):.3f}"
    'other people 0.283'
    >>> f"the same people {standard_error_of_difference(2, 2, 100, correlation=0.9):.3f}"
    'the same people 0.089'
    """
    _check_spread(spread, "spread")
    _check_spread(other, "other")
    _check_number_of(n, "n")
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation is a number from -1 to 1, not {correlation}.")
    if n_other is not None:
        _check_number_of(n_other, "n_other")
        if correlation:
            raise ValueError("Different people have no correlation: leave correlation out, or n_other.")
        return sqrt(spread**2 / n + other**2 / n_other)
    return sqrt(max(0.0, spread**2 + other**2 - 2 * correlation * spread * other) / n)


def sample_size(
    gap: float,
    spread: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    groups: int = 2,
    correlation: float = 0.0,
) -> int:
    """Listeners that a two-sided test needs, in each group, to find a true gap with this power.

    gap: the smallest difference that matters, not one that was observed: what was observed is partly luck, and a test
    planned for it is too small. spread: standard deviation of a listener's value; with groups=1, where the same people
    meet both sides, of a listener's difference. correlation: of the value with a covariate from before the test, which
    leaves 1 - correlation² of the variance (see ``cuped``). n = groups (z + z')² spread² (1 - correlation²) / gap², z
    and z' the normal quantiles at 1 - alpha/2 and at power. For several shelves against one, divide alpha by their
    number.

    >>> sample_size(0.5, 6.0), sample_size(0.5, 6.0, correlation=0.86), sample_size(0.5, 6.0, groups=1)
    (2261, 589, 1131)
    """
    _check_gap(gap)
    needed = _quantiles(alpha, power) * _error_of_one(spread, groups, correlation) / abs(gap)
    return max(2, ceil(needed**2 - 1e-9))


def smallest_gap(
    n: int,
    spread: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    groups: int = 2,
    correlation: float = 0.0,
) -> float:
    """The smallest true gap that n listeners in each group find with this power; see ``sample_size``.

    >>> f"{smallest_gap(750, 6.0):.2f}"
    '0.87'
    """
    _check_number_of(n, "n")
    return _quantiles(alpha, power) * _error_of_one(spread, groups, correlation) / sqrt(n)


def power_of_test(
    n: int,
    gap: float,
    spread: float,
    *,
    alpha: float = 0.05,
    groups: int = 2,
    correlation: float = 0.0,
) -> float:
    """The chance that a two-sided test of n listeners in each group finds a true gap; see ``sample_size``.

    >>> f"{power_of_test(2261, 0.5, 6.0):.3f}"
    '0.800'
    """
    from scipy.stats import norm  # here: loading it takes half a second

    _check_number_of(n, "n")
    _check_share(alpha, "alpha")
    errors = gap * sqrt(n) / _error_of_one(spread, groups, correlation)
    bound = norm.ppf(1 - alpha / 2)
    return float(norm.cdf(errors - bound) + norm.cdf(-errors - bound))


# ---- after the test: was it dealt fairly, and what is the difference -----------------------------------------------


class SampleRatio(NamedTuple):
    """Sizes of the groups against those that were meant: chi-square statistic and its p-value."""

    statistic: float
    p: float


def sample_ratio_test(sizes: Any, shares: Any = None) -> SampleRatio:
    """Whether the groups have the sizes that the dealing meant them to have, by Pearson's chi-square test.

    sizes: listeners in each group, those who never came back included. shares: what was meant, in the same order, any
    positive numbers in that ratio; None: equal. A small p (most take 0.001) is no finding about the shelves but a fault
    of the test: somebody was dealt, lost or counted differently, and no other figure of it is to be believed (Fabijan
    et al. 2019, doi:10.1145/3292500.3330722).

    >>> check = sample_ratio_test([44_000, 45_000])
    >>> f"{check.statistic:.2f}, p {check.p:.4f}"
    '11.24, p 0.0008'
    """
    from scipy.stats import chisquare  # here: loading it takes half a second

    counts = np.asarray(sizes, dtype=float)
    if (
        counts.ndim != 1
        or len(counts) < 2
        or not (np.isfinite(counts) & (counts >= 0)).all()
        or not counts.any()
    ):
        raise ValueError("sizes are the numbers of listeners in at least two groups, 0 or more, not all 0.")
    meant = np.ones_like(counts) if shares is None else np.asarray(shares, dtype=float)
    if meant.shape != counts.shape or not (np.isfinite(meant) & (meant > 0)).all():
        raise ValueError(
            f"shares are {len(counts)} numbers above 0, one for each group, such as [1, 1] or [0.9, 0.1]."
        )
    found = chisquare(counts, counts.sum() * meant / meant.sum())
    return SampleRatio(float(found.statistic), float(found.pvalue))


def cuped(values: Any, before: Any) -> np.ndarray:
    """Values without what was known of each listener before the test: the same mean, less spread; shape (n,).

    values - θ (before - its mean), θ the covariance of the two over the variance of before, over everybody whatever
    the group (CUPED: Deng et al. 2013, doi:10.1145/2433396.2433413). What is left of the variance is 1 - correlation².
    before: shape (n,) or (n, m) for m covariates, whose θ is that of least squares. It must be from before the first
    listener was dealt: what the shelf may have changed would take its effect away. Give newcomers, who have no past,
    the mean of the others and a covariate of their own that says so. Raises ValueError on NaN and on two lengths.

    >>> rng = np.random.default_rng(0)
    >>> past = rng.normal(5, 2, 1000)
    >>> hours = past + rng.normal(0, 1, 1000)
    >>> less = cuped(hours, past)
    >>> f"{hours.std():.2f} becomes {less.std():.2f}, the mean stays {hours.mean():.2f} = {less.mean():.2f}"
    '2.26 becomes 1.02, the mean stays 4.90 = 4.90'
    """
    y = read_values(values)
    x = np.asarray(before, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or len(x) != len(y):
        raise ValueError(
            f"before has shape {np.shape(before)} for {len(y)} values: give a row for each listener."
        )
    if not np.isfinite(x).all():
        raise ValueError(
            f"{int((~np.isfinite(x)).any(axis=1).sum())} listeners have no value before the test. Give them the mean "
            "of the others and add a covariate that is 1 for them."
        )
    centred = x - x.mean(axis=0)
    theta = np.linalg.lstsq(centred, y - y.mean(), rcond=None)[0]
    return np.asarray(y - centred @ theta)


def group_comparison(
    values: Any,
    groups: Any,
    baseline: Any,
    *,
    before: Any = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """An A/B test: a row for each group of different people against the one called ``baseline``.

    values: one for each listener who was dealt, 0 for those who never came, shape (n,). groups: whose group, shape
    (n,). before: covariates from before the test, for ``cuped``. Columns, as in ``paired_comparison``: group, versus,
    difference (of the means), low, high (Welch's interval at ``level``, over listeners), p (Welch's test, 1947), p_holm
    (p after Holm's correction over all rows), n, n_versus. Raises ValueError on NaN, on an unknown baseline and on a
    group of fewer than two.

    >>> hours = [2.0, 3.0, 4.0, 3.0, 2.5, 3.5, 5.0, 4.0, 6.0, 5.0]
    >>> shelf = ["chart"] * 6 + ["EASE"] * 4
    >>> print(group_comparison(hours, shelf, "chart").round(3).to_string(index=False))
    group versus  difference  low  high     p  p_holm  n  n_versus
     EASE  chart         2.0 0.77  3.23 0.007   0.007  4         6
    """
    from scipy.stats import ttest_ind  # here: loading it takes half a second

    y = read_values(values if before is None else cuped(values, before))
    check_level(level)
    whose = pd.Series(np.asarray(groups))
    if len(whose) != len(y) or whose.isna().any():
        raise ValueError(f"groups must name the group of each of the {len(y)} listeners.")
    names = whose.unique().tolist()
    choose("baseline", baseline, names)
    sides = {name: y[(whose == name).to_numpy()] for name in names}
    for name, side in sides.items():
        if len(side) < 2:
            raise ValueError(
                f"The group {show(name)} has {len(side)} listener: at least two are needed in each."
            )
    others = [name for name in names if name != baseline]
    if not others:
        raise ValueError(f"Everybody is in the group {show(baseline)}: there is nothing to compare it with.")
    rows = []
    for name in others:
        test = ttest_ind(sides[name], sides[baseline], equal_var=False)
        low, high = test.confidence_interval(level)
        gap = sides[name].mean() - sides[baseline].mean()
        rows.append((name, baseline, gap, low, high, test.pvalue, len(sides[name]), len(sides[baseline])))
    table = pd.DataFrame(rows, columns=["group", "versus", "difference", "low", "high", "p", "n", "n_versus"])
    table.insert(6, "p_holm", holm(table["p"]))
    return table


def effective_sample_size(weights: Any) -> float:
    """How many equally weighted rows say as much as these: (sum of weights)² / sum of weights² (Kish 1965).

    weights: 0 or more, shape (n,), such as 1 / propensity. n where all are equal, 1 where one carries the sum.

    >>> effective_sample_size([1, 1, 1, 1]), effective_sample_size([1, 0, 0, 0])
    (4.0, 1.0)
    """
    w = np.asarray(weights, dtype=float)
    if w.ndim != 1 or not (np.isfinite(w) & (w >= 0)).all() or not w.any():
        raise ValueError("Weights are finite numbers of 0 or more, shape (n,), at least one above 0.")
    w = w / w.max()
    return float(w.sum() ** 2 / (w**2).sum())


# ---- what is asked of the arguments --------------------------------------------------------------------------------


def _quantiles(alpha: float, power: float) -> float:
    from scipy.stats import norm  # here: loading it takes half a second

    _check_share(alpha, "alpha")
    _check_share(power, "power")
    if power <= alpha:
        raise ValueError(f"power={power} is no more than alpha={alpha}: that a test of nothing has too.")
    return float(norm.ppf(1 - alpha / 2) + norm.ppf(power))


def _error_of_one(spread: float, groups: int, correlation: float) -> float:
    """Standard error of the difference times the root of the number of listeners in a group."""
    _check_spread(spread, "spread")
    choose("groups", groups, (1, 2))
    if not -1 < correlation < 1:
        raise ValueError(f"correlation is a number between -1 and 1, not {correlation}.")
    return spread * sqrt(groups * (1 - correlation**2))


def _check_gap(gap: float) -> None:
    if not np.isfinite(gap) or gap == 0:
        raise ValueError(
            f"gap is the smallest difference that matters, not {gap}: nothing takes for ever to find."
        )


def _check_spread(spread: float, name: str) -> None:
    if not np.isfinite(spread) or spread <= 0:
        raise ValueError(f"{name} is a standard deviation, above 0, not {spread}.")


def _check_number_of(n: int, name: str) -> None:
    if not n >= 2:
        raise ValueError(f"{name} is a number of listeners, at least 2, not {n}.")


def _check_share(value: float, name: str) -> None:
    if not 0 < value < 1:
        raise ValueError(f"{name} is a share between 0 and 1, not {value}.")
