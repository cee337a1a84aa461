"""Uplift: what showing a thing caused, from a lottery that decided who was shown it, with an interval.

It draws no lottery (see ``acting.holdout``) and serves nobody. Without a lottery a difference need not be a cause.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.evaluation.inference import Interval, check_level, read_values


def uplift(
    outcome: Any,
    shown: Any,
    unit: Any = None,
    propensity: Any = None,
    level: float = 0.95,
    over: str = "listeners",
) -> Interval:
    """The mean outcome of what was shown minus that of what a lottery withheld, with its interval.

    Parameters
    ----------
    outcome : one number for each place, such as the plays of the track that is meant for it, shape (n,).
    shown : whether the lottery showed it, shape (n,).
    unit : whose place it is, shape (n,): places of one listener move together, so that the interval runs over
        listeners. None: every place is one by itself.
    propensity : the chance that the lottery showed it, shape (n,), where these differ: each group is weighed by one
        over the chance of what happened to it, and the weights of a group are scaled to sum to 1 (Hajek's form).

    The interval is normal, with a standard error from what each unit adds to the difference (a sandwich with its
    units as clusters, times the root of g / (g - 1) for g units). Raises ValueError where everything or nothing was
    shown, for fewer than two units in either group, and for what is missing or not finite.

    >>> print(uplift([3, 5, 4, 1, 1, 2], [True, True, True, False, False, False]))
    2.667 [1.498, 3.835], 95% over 6 listeners
    """
    check_level(level)
    y = read_values(outcome)
    treated = _flags(shown, len(y))
    weight = np.ones(len(y)) if propensity is None else _weights(propensity, treated)
    code = _units(unit, len(y))
    n_units = int(code.max()) + 1
    if min(len(np.unique(code[treated])), len(np.unique(code[~treated]))) < 2:
        raise ValueError(
            "An interval needs at least two units that were shown something and two from whom it was withheld: "
            "one says nothing about the spread."
        )
    means, pull = [], np.zeros(len(y))
    for group, sign in ((treated, 1.0), (~treated, -1.0)):
        share = np.where(group, weight, 0.0)
        share = share / share.sum()
        mean = float(share @ y)
        means.append(mean)
        pull += sign * share * (y - mean)
    by_unit = np.bincount(code, pull, n_units)
    error = float(np.sqrt((by_unit**2).sum() * n_units / (n_units - 1)))
    value = means[0] - means[1]
    half = _normal(level) * error
    return Interval(value, value - half, value + half, level=level, over=over, n=n_units)


def ratio_of_means(
    numerator: Any, denominator: Any, level: float = 0.95, over: str = "listeners"
) -> Interval:
    """The sum of one figure over the sum of another, such as credited over caused plays, with its interval.

    numerator, denominator : one number for each listener (or world), shape (n,), in the same order. It is not the mean
    of each one's own ratio, which listeners with little to divide by would rule. The interval is the delta method's,
    normal; where the denominator's own interval is not far from 0 it cannot be trusted, and where its sum is 0 there is
    no ratio: ValueError.

    >>> print(ratio_of_means([4, 2, 3, 3], [3, 2, 2, 3]))
    1.200 [0.969, 1.431], 95% over 4 listeners
    """
    check_level(level)
    top, bottom = read_values(numerator), read_values(denominator)
    if len(top) != len(bottom):
        raise ValueError(
            f"numerator has {len(top)} values and denominator {len(bottom)}: give a pair for each."
        )
    if len(top) < 2:
        raise ValueError("An interval needs at least two values: one says nothing about the spread.")
    mean = float(bottom.mean())
    if mean == 0:
        raise ValueError("The denominators sum to 0: there is no ratio to them.")
    value = float(top.mean()) / mean
    error = float((top - value * bottom).std(ddof=1) / np.sqrt(len(top)) / abs(mean))
    half = _normal(level) * error
    return Interval(value, value - half, value + half, level=level, over=over, n=len(top))


def _normal(level: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf((1 + level) / 2)


def _flags(shown: Any, n: int) -> np.ndarray:
    array = np.asarray(shown)
    if array.shape != (n,) or not np.isin(array, (0, 1)).all():
        raise ValueError(f"shown must say True or False for each of the {n} outcomes.")
    flags: np.ndarray = array.astype(bool)
    if flags.all() or not flags.any():
        raise ValueError("Everything was shown, or nothing: without both groups there is nothing to compare.")
    return flags


def _weights(propensity: Any, treated: np.ndarray) -> np.ndarray:
    chance = read_values(propensity)
    if len(chance) != len(treated) or not ((chance > 0) & (chance < 1)).all():
        raise ValueError(
            f"propensity must be a chance above 0 and below 1 for each of the {len(treated)} outcomes: a place that "
            "could not be withheld, or not be shown, tells nothing of the other case."
        )
    weights: np.ndarray = 1 / np.where(treated, chance, 1 - chance)
    return weights


def _units(unit: Any, n: int) -> np.ndarray:
    if unit is None:
        return np.arange(n)
    ids = np.asarray(unit, dtype=object)
    code, _ = pd.factorize(ids.ravel())
    if ids.shape != (n,) or (code < 0).any():
        raise ValueError(f"unit must name whose each of the {n} outcomes is, without missing values.")
    found: np.ndarray = code
    return found
