"""Inference: how sure a mean is, and whether two models differ by more than chance on the same listeners.

It knows no metric and no model: it takes numbers, one for each listener (or run, or world). What was drawn as one is
the sample; what was held out and how a model was initialised is chance too, and is not covered by these intervals.
``experiments`` is for two groups of different people, ``contrasts`` for several differences at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from recsys_helpers.evaluation.randomness import RandomState, generator

BLOCK = 2**22  # random numbers held at once: bounds the memory, at any number of listeners


class _Ends(NamedTuple):
    value: float
    low: float
    high: float


class Interval(_Ends):
    """A figure with the ends of its interval: three numbers, which know what they are an interval over.

    level : share of samples whose interval holds the truth. over : what was drawn as one, such as "listeners" or
    "worlds". n : how many of them.

    >>> interval = Interval(0.2, 0.17, 0.23, n=100)
    >>> print(interval)
    0.200 [0.170, 0.230], 95% over 100 listeners
    >>> print(f"gain {interval:+}")  # a difference carries its sign
    gain +0.200 [+0.170, +0.230], 95% over 100 listeners
    >>> value, low, high = interval
    """

    level: float
    over: str
    n: int | None

    def __new__(
        cls,
        value: float,
        low: float,
        high: float,
        *,
        level: float = 0.95,
        over: str = "listeners",
        n: int | None = None,
    ) -> Interval:
        self = super().__new__(cls, value, low, high)
        self.level, self.over, self.n = level, over, n
        return self

    def __str__(self) -> str:
        return format(self, "")

    def __format__(self, spec: str) -> str:
        """As a level, or with "+" as a difference, whose numbers carry their signs."""
        if spec not in ("", "+"):
            raise ValueError(
                f"An interval is written as a level, {{x}}, or a difference, {{x:+}}, not {spec!r}."
            )
        value, low, high = (f"{one:{spec}z.3f}" for one in self)  # z: never -0.000
        whom = self.over if self.n is None else f"{self.n:,} {self.over}"
        return f"{value} [{low}, {high}], {100 * self.level:.3g}% over {whom}"


def bootstrap_means(
    values: Any, n_resamples: int = 2000, random_state: RandomState = 0, weights: Any = None
) -> np.ndarray:
    """Means of samples of listeners drawn with replacement (Efron 1979), shape (n_resamples, n_columns).

    values: shape (n_listeners, n_columns); all columns meet the same samples, so that their differences are paired.
    With ``weights`` (same shape) values are totals, and a mean is sum(values) / sum(weights), as for ratings.
    """
    values = _numbers(values)
    weights = np.ones_like(values[:, :1]) if weights is None else _numbers(weights)
    n = len(values)
    if n < 2:
        raise ValueError("An interval needs at least two listeners: one says nothing about the spread.")
    if n_resamples < 1:
        raise ValueError(f"n_resamples is the number of samples, at least 1, not {n_resamples}.")
    rng = generator(random_state)
    means = []
    for size in _blocks(n_resamples, n):
        drawn = rng.integers(0, n, size=(size, n)) + n * np.arange(size)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * n).reshape(size, n).astype(np.float64)
        means.append((counts @ values) / (counts @ weights))
    return np.concatenate(means)


def bootstrap_interval(
    values: Any,
    level: float = 0.95,
    n_resamples: int = 2000,
    random_state: RandomState = 0,
    over: str = "listeners",
) -> Interval:
    """Mean over listeners with its percentile bootstrap interval (Efron 1979, doi:10.1214/aos/1176344552).

    values: one number for each listener, shape (n,); over: what they are if not listeners. The same seed gives the same
    interval. For a dozen values or fewer it is too narrow: see ``t_interval``. Raises ValueError on NaN, on fewer than
    two values, and on a level outside 0 to 1.

    >>> interval = bootstrap_interval([0.0, 0.1, 0.2, 0.3, 0.4] * 20)
    >>> f"{interval.value:.2f} [{interval.low:.2f}, {interval.high:.2f}]"
    '0.20 [0.17, 0.23]'
    >>> print(interval)
    0.200 [0.174, 0.228], 95% over 100 listeners
    """
    values = read_values(values)
    low, high = percentile_ends(bootstrap_means(values, n_resamples, random_state), level)
    return Interval(
        float(values.mean()), float(low[0]), float(high[0]), level=level, over=over, n=len(values)
    )


def t_interval(values: Any, level: float = 0.95, over: str = "runs") -> Interval:
    """Mean of a few values with Student's interval, for worlds, seeds, weeks or runs (doi:10.1093/biomet/6.1.1).

    values: shape (n,), at least two, whose mean is about normal. Six values know little of their own spread, so that
    each side is 2.57 standard errors wide, where hundreds need 1.96.

    >>> print(t_interval([0.4, 0.5, 0.3, 0.6, 0.4, 0.5], over="worlds"))
    0.450 [0.340, 0.560], 95% over 6 worlds
    """
    from scipy.stats import t as student  # here: loading it takes half a second

    values = read_values(values)
    check_level(level)
    if len(values) < 2:
        raise ValueError("An interval needs at least two values: one says nothing about the spread.")
    error = values.std(ddof=1) / np.sqrt(len(values))
    half = float(student.ppf((1 + level) / 2, len(values) - 1) * error)
    mean = float(values.mean())
    return Interval(mean, mean - half, mean + half, level=level, over=over, n=len(values))


def percentile_ends(resampled: np.ndarray, level: float) -> np.ndarray:
    """Lower and upper end of the middle ``level`` of each column, shape (2, n_columns)."""
    check_level(level)
    return np.asarray(np.quantile(resampled, [(1 - level) / 2, (1 + level) / 2], axis=0))


def sign_flip_test(
    differences: Any, n_permutations: int = 10_000, random_state: RandomState = 0
) -> np.ndarray:
    """Two-sided p-value of each column's mean difference, by Fisher's randomisation test, shape (n_columns,).

    differences: shape (n_listeners, n_columns), one model minus the other. If the models did not differ, each
    listener's difference could as well have the other sign: p is the share of sign patterns whose mean is at least as
    far from 0. All 2^n patterns are counted where they are no more than ``n_permutations``, else that many random ones
    (the observed pattern counts as one of them, so p is never 0). Smucker, Allan & Carterette 2007,
    doi:10.1145/1321440.1321528.

    >>> sign_flip_test([[1.0], [2.0], [3.0]]).tolist()  # 2 of the 8 patterns: all plus, all minus
    [0.25]
    """
    differences = _numbers(differences)
    n = len(differences)
    # Sums that are equal but for rounding must count as equal.
    observed = np.abs(differences.sum(axis=0)) - 1e-9 * np.abs(differences).sum(axis=0)
    exact = n < 60 and 2**n <= n_permutations
    total = 2**n if exact else n_permutations
    if total < 1:
        raise ValueError(f"n_permutations is the number of sign patterns, at least 1, not {n_permutations}.")
    rng = generator(random_state)
    extreme, done = np.zeros(differences.shape[1]), 0
    for size in _blocks(total, n):
        if exact:
            plus: np.ndarray = (np.arange(done, done + size)[:, None] >> np.arange(n)) & 1
        else:
            words = rng.integers(0, 2**64 - 1, size=(size, -(-n // 64)), dtype=np.uint64, endpoint=True)
            plus = np.unpackbits(words.view(np.uint8), axis=1, count=n)
        flipped = np.abs((2.0 * plus - 1) @ differences)
        extreme += (flipped >= observed).sum(axis=0)
        done += size
    return np.asarray(extreme / total if exact else (extreme + 1) / (total + 1))


def holm(p_values: Any) -> np.ndarray:
    """Holm's adjusted p-values: compare each with alpha, and the chance of any false alarm stays under alpha.

    The i-th smallest of m (from 1) is multiplied by m - i + 1, is no smaller than the one before it, and at most 1.
    Shape as given. Holm 1979, https://www.jstor.org/stable/4615733.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03]).tolist()]
    [0.03, 0.06, 0.06]
    """
    p: np.ndarray = np.asarray(p_values, dtype=float)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("P-values are a list of numbers from 0 to 1, without NaN.")
    order = np.argsort(p, kind="stable")
    stepped = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return adjusted


def paired_comparison(
    per_listener: pd.DataFrame,
    baseline: str | None = None,
    *,
    level: float = 0.95,
    n_resamples: int = 2000,
    n_permutations: int = 10_000,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Which models differ: a row for each pair, or with ``baseline`` for each other model against it.

    per_listener: listeners x models, the same listeners for all. Columns of the result: model, versus, difference (mean
    of model minus mean of versus), low, high (bootstrap interval over listeners), p (``sign_flip_test``), p_holm (p
    after Holm's correction over all rows), n_listeners. Raises ValueError on NaN, on an unknown baseline and on fewer
    than two models.

    >>> scores = pd.DataFrame({"als": [0.5, 0.4, 0.6, 0.7] * 10, "popular": [0.3, 0.4, 0.5, 0.2] * 10})
    >>> print(paired_comparison(scores, baseline="popular").round(3).to_string(index=False))
    model  versus  difference   low  high   p  p_holm  n_listeners
      als popular         0.2 0.142  0.26 0.0     0.0           40
    """
    names = list(per_listener.columns)
    if len(names) < 2 or len(set(names)) < len(names):
        raise ValueError(
            "A comparison needs a table with a column for each of at least two models, names not repeated."
        )
    if baseline is not None and baseline not in names:
        raise ValueError(f"baseline={baseline!r} is not known. Choose one of: {', '.join(map(str, names))}.")
    values = _numbers(per_listener)
    pairs = (
        list(combinations(names, 2)) if baseline is None else [(m, baseline) for m in names if m != baseline]
    )
    differences = np.column_stack([values[:, names.index(a)] - values[:, names.index(b)] for a, b in pairs])
    low, high = percentile_ends(bootstrap_means(differences, n_resamples, random_state), level)
    p = sign_flip_test(differences, n_permutations, random_state)
    return pd.DataFrame(
        {
            "model": [a for a, _ in pairs],
            "versus": [b for _, b in pairs],
            "difference": differences.mean(axis=0),
            "low": low,
            "high": high,
            "p": p,
            "p_holm": holm(p),
            "n_listeners": len(values),
        }
    )


def read_values(values: Any) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise ValueError(f"Values are one number for each listener, shape (n,), not {array.shape}.")
    return _numbers(array)[:, 0]


def check_level(level: float) -> None:
    if isinstance(level, bool) or not isinstance(level, (int, float, np.number)) or not 0 < level < 1:
        raise ValueError(f"level is a share between 0 and 1, for example 0.95, not {level}.")


def _numbers(values: Any) -> np.ndarray:
    """Listeners x columns as floats, checked."""
    array: np.ndarray = np.asarray(values, dtype=float)
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or not array.size:
        raise ValueError(
            f"Values are listeners x columns, with at least one of each, not shape {array.shape}."
        )
    bad = ~np.isfinite(array)
    if bad.any():
        raise ValueError(
            f"{int(bad.sum())} of the values are NaN or infinite (first in row {int(np.argmax(bad.any(axis=1)))}). "
            "Drop these listeners from all models, or judge them as 0."
        )
    return array


def _blocks(total: int, width: int) -> Iterator[int]:
    """Sizes that add up to ``total``, each small enough for ``BLOCK`` numbers."""
    step = max(1, BLOCK // max(1, width))
    for start in range(0, total, step):
        yield min(step, total - start)
