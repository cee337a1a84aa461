"""Off-policy evaluation: what a policy would be worth, judged from the log that another policy made.

It serves nobody and fits nothing: chances, rewards and a reward model's predictions come in as arrays, a row a visit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import refuse_rows, show
from recsys_helpers.evaluation.experiments import effective_sample_size
from recsys_helpers.evaluation.inference import Interval, check_level

Array = np.ndarray[Any, Any]

ESTIMATORS = ("log's mean", "direct", "IPS", "SNIPS", "doubly robust")


def importance_weights(logged: Any, target: Any, most: float = np.inf) -> Array:
    """How much each visit of the log counts for the new policy: target / logged, at most ``most``; shape (n,).

    logged : the propensity, the chance with which the log's policy showed what it showed; above 0, at most 1.
    target : the chance with which the new policy would show the same, 0 to 1.

    Raises ValueError on anything else, and where no visit has a weight: the log then says nothing of the policy.

    >>> importance_weights([0.8, 0.2, 0.2], [0.0, 1.0, 0.5], most=4).tolist()
    [0.0, 4.0, 2.5]
    """
    there = _numbers(logged, "logged", None)
    wanted = _numbers(target, "target", len(there))
    _refuse(
        there,
        (there <= 0) | (there > 1),
        "logged is a chance above 0, at most 1: what was shown could be shown.",
    )
    _refuse(wanted, (wanted < 0) | (wanted > 1), "target is a chance from 0 to 1.")
    if isinstance(most, bool) or not isinstance(most, int | float | np.number) or not most > 0:
        raise ValueError(f"most={show(most)}: give the largest weight that a visit may have, above 0.")
    if not wanted.any():
        raise ValueError(
            "The new policy would show nothing of what this log shows, so the log says nothing of it: take a log whose "
            "policy sometimes shows the same."
        )
    return np.minimum(wanted / there, most)


def ips(
    rewards: Any,
    logged: Any,
    target: Any,
    *,
    most: float = np.inf,
    listeners: Any = None,
    level: float = 0.95,
) -> Interval:
    """Inverse propensity scoring: the mean of weight x reward, with its interval from this one log.

    Right on average where the propensities are true, every choice of the new policy had a chance and no weight is
    clipped; ``most`` clips them, which brings calm and a bias. Schnabel et al. 2016, arXiv:1602.05352.

    rewards, logged, target : shape (n,), a visit each (see ``importance_weights``). listeners : who it was, shape (n,);
    visits of one listener are alike, so the interval is then over listeners. Without it, each visit stands alone.

    >>> likes, showing = [1, 1, 1, 1, 0, 0, 0, 0, 1, 1], ["A"] * 8 + ["B"] * 2
    >>> chance = [0.8 if one == "A" else 0.2 for one in showing]
    >>> print(ips(likes, chance, [float(one == "B") for one in showing]))
    1.000 [-0.508, 2.508], 95% over 10 visits
    """
    weight = importance_weights(logged, target, most)
    got = _numbers(rewards, "rewards", len(weight))
    return _ratio(weight * got, np.ones(len(weight)), listeners, level)


def snips(
    rewards: Any,
    logged: Any,
    target: Any,
    *,
    most: float = np.inf,
    listeners: Any = None,
    level: float = 0.95,
) -> Interval:
    """Self-normalised IPS: the mean reward weighted by the weights, so never outside the rewards; slightly biased.

    If luck sends too many visits that match, sum above and sum below swell together. Arguments as of ``ips``.
    Swaminathan & Joachims 2015 (The Self-Normalized Estimator for Counterfactual Learning).

    >>> value = snips([1, 0, 1, 0], [0.5, 0.5, 0.25, 0.25], [1.0, 1.0, 1.0, 0.0]).value
    >>> round(value, 3)  # (2 + 4) / (2 + 2 + 4)
    0.75
    """
    weight = importance_weights(logged, target, most)
    got = _numbers(rewards, "rewards", len(weight))
    return _ratio(weight * got, weight, listeners, level)


def direct(expected: Any, *, listeners: Any = None, level: float = 0.95) -> Interval:
    """The direct method: the mean of what a model of the reward expects of the new policy's choices.

    expected : shape (n,), at each visit the sum over items of target chance x predicted reward. The interval is over
    visits or listeners, and holds nothing of how wrong the model may be.

    >>> print(direct([0.2, 0.4, 0.3, 0.3]))
    0.300 [0.170, 0.430], 95% over 4 visits
    """
    found = _numbers(expected, "expected", None)
    return _ratio(found, np.ones(len(found)), listeners, level)


def doubly_robust(
    rewards: Any,
    logged: Any,
    target: Any,
    modelled: Any,
    expected: Any,
    *,
    most: float = np.inf,
    listeners: Any = None,
    level: float = 0.95,
) -> Interval:
    """The direct method, corrected by the weighted mistakes that the model made on what was shown.

    Right on average if the propensities are true or the model is. modelled : shape (n,), the model's prediction for
    what was shown; expected : as of ``direct``. The model has to be fitted on other visits than these. The rest is as
    of ``ips``. Dudík, Langford & Li 2011, arXiv:1103.4601.

    >>> doubly_robust([1, 0], [0.5, 0.5], [1.0, 0.0], [0.6, 0.2], [0.6, 0.6]).value  # .6 + (2 x .4 + 0) / 2
    1.0
    """
    weight = importance_weights(logged, target, most)
    got, guessed, hoped = (
        _numbers(values, name, len(weight))
        for values, name in ((rewards, "rewards"), (modelled, "modelled"), (expected, "expected"))
    )
    return _ratio(hoped + weight * (got - guessed), np.ones(len(weight)), listeners, level)


def off_policy_table(
    rewards: Any,
    logged: Any,
    target: Any,
    *,
    modelled: Any = None,
    expected: Any = None,
    most: float = np.inf,
    listeners: Any = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """All estimates from one log, a row each: value, low, high (see the functions for their arguments).

    The log's mean is what its own policy earned. Without a model (modelled, expected) the two that need one are left
    out. ``most`` clips the weights of all that have weights.

    >>> table = off_policy_table([1, 0, 1, 0], [0.5, 0.5, 0.25, 0.25], [1.0, 1.0, 1.0, 0.0])
    >>> table["value"].round(3).to_dict()
    {"log's mean": 0.5, 'IPS': 1.5, 'SNIPS': 0.75}
    """
    if (modelled is None) != (expected is None):
        raise ValueError("A model is given by modelled= and expected= together.")
    shared: dict[str, Any] = {"listeners": listeners, "level": level}
    weighted: dict[str, Any] = {**shared, "most": most}
    got = _numbers(rewards, "rewards", None)
    found = {
        "log's mean": _ratio(got, np.ones(len(got)), **shared),
        "IPS": ips(got, logged, target, **weighted),
        "SNIPS": snips(got, logged, target, **weighted),
    }
    if modelled is not None:
        found["direct"] = direct(expected, **shared)
        found["doubly robust"] = doubly_robust(got, logged, target, modelled, expected, **weighted)
    rows = [(name, *found[name]) for name in ESTIMATORS if name in found]
    return pd.DataFrame(rows, columns=["estimator", "value", "low", "high"]).set_index("estimator")


def weight_report(logged: Any, target: Any, *, listeners: Any = None, level: float = 0.95) -> pd.Series:
    """What the weights alone say of a log, before any reward is looked at.

    visits; matching (share with a weight above 0); effective (sample size by Kish: (sum w)² / sum w²); largest weight;
    mean, mean_low, mean_high: the mean weight, which is 1 on average where the propensities are true and every choice
    of the new policy had a chance. An interval without 1 says that something is wrong; one with 1 proves nothing.

    >>> weight_report([0.5] * 4, [1.0, 1.0, 0.0, 0.0])[["effective", "mean"]].tolist()
    [2.0, 1.0]
    """
    weight = importance_weights(logged, target)
    mean = _ratio(weight, np.ones(len(weight)), listeners, level)
    return pd.Series(
        {
            "visits": float(len(weight)),
            "matching": float((weight > 0).mean()),
            "effective": effective_sample_size(weight),
            "largest": float(weight.max()),
            "mean": mean.value,
            "mean_low": mean.low,
            "mean_high": mean.high,
        }
    )


# ---- what they are made of -------------------------------------------------------------------------------------------


def _ratio(above: Array, below: Array, listeners: Any, level: float) -> Interval:
    """sum(above) / sum(below) over visits, with an interval over those who were drawn: listeners, or single visits.

    A ratio moves with its residuals above - value x below; their sums by listener are independent, so its variance is
    about G / (G - 1) times the sum of their squares, over sum(below)² (the linearised, or delta, method). Student's t.
    """
    from scipy.stats import t  # here: loading it takes half a second

    check_level(level)
    if listeners is None:
        over, group, n = "visits", np.arange(len(above)), len(above)
    else:
        ids = np.asarray(listeners, dtype=object)
        codes, known = pd.factorize(ids.ravel())
        if ids.shape != above.shape or (codes < 0).any():
            raise ValueError(f"listeners names who each of the {len(above)} visits was by: {len(above)} ids.")
        over, group, n = "listeners", codes, len(known)
    if n < 2:
        raise ValueError(f"An interval needs at least two {over}: one says nothing about the spread.")
    with np.errstate(over="ignore", invalid="ignore"):
        value = float(above.sum() / below.sum())
        residual = np.bincount(group, above - value * below, minlength=n)
        error = np.sqrt(n / (n - 1) * (residual**2).sum()) / below.sum()
        half = float(t.ppf((1 + level) / 2, n - 1) * error)
    if not np.isfinite([value, half]).all():
        raise ValueError(
            "These numbers are too large to be squared and summed: clip the weights with most=, or divide the rewards."
        )
    return Interval(value, value - half, value + half, level=level, over=over, n=n)


def _numbers(values: Any, name: str, n: int | None) -> Array:
    """One finite number for each visit; ValueError that names the argument."""
    try:
        found: Array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is one number for each visit, shape (n,).") from None
    if found.ndim != 1 or not found.size:
        raise ValueError(f"{name} is one number for each visit, shape (n,), not {found.shape}.")
    if n is not None and len(found) != n:
        raise ValueError(f"{name} has {len(found)} numbers, and there are {n} visits: give one for each.")
    _refuse(found, ~np.isfinite(found), f"{name} is a finite number")
    return found


def _refuse(values: Array, wrong: Array, problem: str) -> None:
    if wrong.any():
        refuse_rows(wrong, pd.Series(values), problem.rstrip(".") + "; it is not")
