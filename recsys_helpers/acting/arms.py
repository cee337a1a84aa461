"""What bandits are made of: the best of some scores, some chance in it, and how likely each is to be the best.

It keeps nothing and learns nothing: arrays in, arrays out (``bandits`` has the rules).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from recsys_helpers.acting.keyed import Array
from recsys_helpers.columns import show
from recsys_helpers.models.checks import check_number

GRID = 400  # quantiles of each arm at which the chance to be the largest is summed up
DIGITS = 9  # scores are rounded so, relative to the largest, before they are compared


def first_best(scores: Array) -> Array:
    """The position of the largest score in each row, the lowest of those that are equal but for rounding."""
    size = np.max(np.where(np.isfinite(scores), np.abs(scores), 0.0), axis=1, keepdims=True, initial=0.0)
    best: Array = np.argmax(np.round(scores / np.where(size > 0, size, 1.0), DIGITS), axis=1)
    return best


def explore_some(best: Array, epsilon: float, n_arms: int, rng: np.random.Generator) -> Array:
    """The best arm of each visit, or with chance epsilon any of them, the best one too."""
    away, anyone = rng.random(len(best)) < epsilon, rng.integers(n_arms, size=len(best))
    return np.where(away, anyone, best)


def mixed(best: Array, epsilon: float, uniform: Array) -> Array:
    """The chances of ``explore_some``, shape (n, n_arms)."""
    found = epsilon * uniform
    found[np.arange(len(best)), best] += 1.0 - epsilon
    return found


def chance_of_largest(quantiles: Callable[[Array], Array], below: Callable[[Array], Array]) -> Array:
    """The chance of each of m independent numbers to be the largest, shape (m,).

    quantiles : from shares (g, 1) the values (g, m) under which those shares of each number lie. below : from values
    (v, 1) the shares (v, m) of each number that lie under them.

    P(a is the largest) is the integral of the product of the others' shares over a's own; it is summed up by
    trapezoids between the quantiles of all of them, so that none is passed over however narrow it is.
    """
    shares = (np.arange(GRID) + 0.5) / GRID
    ends = np.concatenate([[1e-9, 1e-6, 1e-4], shares, 1 - np.array([1e-4, 1e-6, 1e-9])])
    share = below(np.unique(quantiles(ends[:, None]))[:, None])  # (v, m)
    logs = np.log(np.maximum(share, 1e-300))
    others = np.exp(logs.sum(axis=1, keepdims=True) - logs)
    parts = (np.diff(share, axis=0) * (others[1:] + others[:-1]) / 2).sum(axis=0)
    found: Array = parts / parts.sum()
    return found


def check_share(name: str, value: Any) -> None:
    """ValueError unless ``value`` is a number from 0 to 1."""
    check_number(name, value, 0)
    if value > 1:
        raise ValueError(f"{name}={show(value)}: give a share from 0 to 1.")


def as_numbers(name: str, values: Any) -> Array:
    """The values as floats; ValueError that names the argument where they are none."""
    try:
        found: Array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} holds what is no number: give numbers alone, rows of equal length."
        ) from None
    return found


def check_prior(prior: Any, low: float) -> tuple[float, float]:
    """Imaginary hits and misses as two numbers; ValueError unless both are at least ``low``."""
    if np.shape(prior) != (2,):
        raise ValueError(f"prior={show(prior)}: give two numbers, imaginary hits and misses.")
    for value in prior:
        check_number("prior", value, low)
    return float(prior[0]), float(prior[1])
