"""Differential privacy for a table of listeners: noise, a budget that runs out, a private chart and Gram matrix.

It hides in what is released whether one listener is in the table, and nothing else: what stands in the log itself, and
who can be found by it, is the business of ``tracing``.

Two tables are neighbours here if one has a listener more than the other, with all that this listener played. A release
is (epsilon, delta)-differentially private if no outcome is more than e^epsilon times as likely on one neighbour as on
the other, but for a chance of delta (Dwork & Roth 2014, doi:10.1561/0400000042).

The noise comes from the operating system's secure generator. An argument ``lesson_seed`` makes it repeatable, for
lessons and tests alone: who knows the seed draws the noise again and takes it off. One thing is not protected either
way: noise is a float here, and the last bits of a sum of floats can tell neighbours apart (Mironov 2012,
doi:10.1145/2382196.2382264). Round what is released, and where an attacker may ask often, take a library with exact
integer noise.
"""

from __future__ import annotations

import math
import secrets
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import log_ndtr, ndtri

from recsys_helpers.interactions import Interactions

STEPS = 200  # of a bisection: many more than a float can tell apart


class Budget:
    """What may be released about one table of listeners in all: an epsilon and a delta, which are spent once.

    What is released one after the other about the same people adds up (basic composition, Dwork & Roth 2014): the
    epsilons sum, and so do the deltas. Sums are exact in the decimals as they are written, so that ten times 0.1 is 1.
    A budget lives as long as its process and guards one table: keep its ``table()`` where the data are kept.

    Parameters
    ----------
    epsilon : all of it, above 0. delta : all of it, from 0 to below 1.

    >>> budget = Budget(epsilon=1.0)
    >>> budget.spend(0.7, what="the chart")
    >>> budget.spend(0.5, what="the chart again")
    Traceback (most recent call last):
    ValueError: the chart again would cost epsilon 0.5, and 0.3 of 1 is left...
    >>> budget.left
    (0.3, 0.0)
    """

    def __init__(self, epsilon: float, delta: float = 0.0) -> None:
        self._all = _epsilon(epsilon), _delta(delta)
        self._spent: list[tuple[str, Fraction, Fraction]] = []

    def _left(self) -> tuple[Fraction, Fraction]:
        return self._all[0] - sum((row[1] for row in self._spent), Fraction(0)), self._all[1] - sum(
            (row[2] for row in self._spent), Fraction(0)
        )

    @property
    def left(self) -> tuple[float, float]:
        """(epsilon, delta) that can still be spent."""
        epsilon, delta = self._left()
        return float(epsilon), float(delta)

    def spend(self, epsilon: float, delta: float = 0.0, what: str = "a release") -> None:
        """Take this much off before a release. Raises ValueError, and takes nothing, where it is too much."""
        costs = _epsilon(epsilon), _delta(delta)
        for name, cost, left, all_ in zip(("epsilon", "delta"), costs, self._left(), self._all, strict=True):
            if cost > left:
                raise ValueError(
                    f"{what} would cost {name} {float(cost):g}, and {float(left):g} of {float(all_):g} is left for "
                    "this table: release it with more noise, leave it out, or show again what was released before, "
                    "which costs nothing."
                )
        self._spent.append((what, *costs))

    def table(self) -> pd.DataFrame:
        """What was spent on what: a table release, epsilon, delta, in order."""
        rows = [(what, float(epsilon), float(delta)) for what, epsilon, delta in self._spent]
        return pd.DataFrame(rows, columns=["release", "epsilon", "delta"])

    def __repr__(self) -> str:
        (epsilon, delta), (most, chance) = self.left, map(float, self._all)
        return f"Budget(epsilon {epsilon:g} of {most:g} left, delta {delta:g} of {chance:g})"

    def __deepcopy__(self, memo: object) -> Budget:
        """Itself: a copy would let the same epsilon be spent twice, and scikit-learn copies what it clones."""
        return self

    def __copy__(self) -> Budget:
        return self


# ---- noise -------------------------------------------------------------------------------------------------


def laplace_scale(sensitivity: float, epsilon: float) -> float:
    """The scale b of Laplace noise that makes a release epsilon-private: sensitivity / epsilon.

    sensitivity : how much one listener can move the released numbers, the sum of all changes (Dwork et al. 2006,
    doi:10.1007/11681878_14). Raises ValueError for a number that is not above 0.

    >>> laplace_scale(5, 0.5)
    10.0
    """
    return _above_0("sensitivity", sensitivity) / float(_epsilon(epsilon))


def gaussian_delta(scale: float, sensitivity: float, epsilon: float) -> float:
    """The delta at which normal noise of this standard deviation is private with epsilon (Balle & Wang 2018).

    sensitivity : the Euclidean length of the most that one listener can change. With a = sensitivity / (2 scale) and
    b = epsilon scale / sensitivity it is Phi(a - b) - e^epsilon Phi(-a - b).
    """
    a, b = sensitivity / (2 * scale), epsilon * scale / sensitivity
    return float(np.exp(log_ndtr(a - b)) - np.exp(epsilon + log_ndtr(-a - b)))


def gaussian_scale(sensitivity: float, epsilon: float, delta: float) -> float:
    """The smallest standard deviation of normal noise that makes a release (epsilon, delta)-private.

    sensitivity : the Euclidean length of the most that one listener can change. Solved for by halving, from the exact
    condition, which holds for any epsilon; the better known sqrt(2 ln(1.25 / delta)) / epsilon asks for more noise and
    is proved for epsilon below 1 only. Raises ValueError for a number out of range.

    Borja Balle, Yu-Xiang Wang. Improving the Gaussian Mechanism for Differential Privacy. ICML 2018. arXiv:1805.06530.

    >>> f"{gaussian_scale(1, 1, 1e-5):.3f}"
    '3.731'
    """
    step, epsilon = _above_0("sensitivity", sensitivity), float(_epsilon(epsilon))
    if not _delta(delta) > 0:
        raise ValueError("delta=0: normal noise needs a delta above 0, for Laplace noise 0 is enough.")
    low = high = 1.0
    while gaussian_delta(high, 1.0, epsilon) > delta:
        high *= 2
    while gaussian_delta(low, 1.0, epsilon) <= delta:
        low /= 2
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if gaussian_delta(middle, 1.0, epsilon) > delta else (low, middle)
    return high * step


def laplace_noise(scale: float, shape: Any, lesson_seed: int | None = None) -> np.ndarray:
    """Independent Laplace numbers of mean 0 and this scale, from the secure generator unless a lesson gives a seed."""
    away = _uniform(shape, lesson_seed) - 0.5
    noise: np.ndarray = -_above_0("scale", scale) * np.sign(away) * np.log1p(-2 * np.abs(away))
    return noise


def normal_noise(scale: float, shape: Any, lesson_seed: int | None = None) -> np.ndarray:
    """Independent normal numbers of mean 0 and this standard deviation, from the secure generator unless seeded."""
    noise: np.ndarray = _above_0("scale", scale) * ndtri(_uniform(shape, lesson_seed))
    return noise


def _uniform(shape: Any, lesson_seed: int | None) -> np.ndarray:
    """Numbers strictly between 0 and 1, of 52 random bits each."""
    n = int(np.prod(shape))
    raw = (
        secrets.token_bytes(8 * n) if lesson_seed is None else np.random.default_rng(lesson_seed).bytes(8 * n)
    )
    bits = np.frombuffer(raw, dtype="<u8") >> np.uint64(12)
    return ((bits.astype(np.float64) + 0.5) * 2.0**-52).reshape(shape)


# ---- what one listener can do to a release -----------------------------------------------------------------


def keep_at_most(interactions: Interactions, most: int, lesson_seed: int | None = None) -> Interactions:
    """The same listeners with at most so many entries each, drawn by lot; users and items stay.

    Then one listener can move at most ``most`` counts by 1. Raises ValueError for a ``most`` under 1.
    """
    if isinstance(most, bool) or not float(most).is_integer() or most < 1:
        raise ValueError(f"most={most}: how many entries a listener keeps is a whole number, 1 or more.")
    rows = interactions.rows
    order = np.lexsort((_uniform(interactions.nnz, lesson_seed), rows))
    place = np.empty(len(rows), dtype=np.int64)
    place[order] = np.arange(len(rows)) - interactions.matrix.indptr[rows[order]]
    return interactions.where(place < most)


def clip_rows(interactions: Interactions, length: float = 1.0) -> Interactions:
    """The same entries with each listener's row scaled down to this Euclidean length, where it is longer.

    >>> x = Interactions.from_frame(pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "b"], "v": [3, 4, 0.5]}),
    ...                             value="v")
    >>> clip_rows(x).matrix.toarray().round(3).tolist()
    [[0.6, 0.8], [0.0, 0.5]]
    """
    matrix = interactions.matrix.copy()
    norms = np.sqrt(np.asarray((matrix**2).sum(axis=1)).ravel())
    factor = _above_0("length", length) / np.maximum(norms, length)
    matrix.data *= factor[interactions.rows]
    return Interactions(matrix, interactions.users, interactions.items, interactions.times)


def private_counts(
    interactions: Interactions,
    epsilon: float,
    most: int,
    budget: Budget | None = None,
    lesson_seed: int | None = None,
) -> pd.Series:
    """How many listeners each item has, epsilon-private for a listener: at most ``most`` items of each, Laplace noise.

    Parameters
    ----------
    interactions : over a catalogue that is public. An item that is there only because one person played it tells of
        that person by its mere name: give ``Interactions.from_frame(..., items=catalogue)``.
    epsilon : of this release. most : how many items of a listener count; the noise has scale most / epsilon.
    budget : pays for the release first, where given.
    lesson_seed : see the module.

    Returns
    -------
    Series of floats, item -> noisy count; some are below 0. Raises ValueError, and releases nothing, where the budget
    does not reach or a number is out of range.
    """
    scale = laplace_scale(float(most), epsilon)
    seeds = _seeds(lesson_seed, 2)
    kept = keep_at_most(interactions, most, seeds[0])
    if budget is not None:
        budget.spend(epsilon, what="private counts")
    counts = np.bincount(kept.matrix.indices, minlength=kept.shape[1])
    return pd.Series(counts + laplace_noise(scale, kept.shape[1], seeds[1]), index=kept.items)


def private_gram(
    interactions: Interactions,
    epsilon: float,
    delta: float,
    budget: Budget | None = None,
    lesson_seed: int | None = None,
) -> np.ndarray:
    """X^T X with rows of length 1 at most, (epsilon, delta)-private for a listener: symmetric normal noise.

    A listener adds r r^T, whose entries on and above the diagonal have together a length of |r|^2, so 1, at most. So
    these get independent noise for sensitivity 1, and those below are their mirror. Parameters as for
    ``private_counts``. Shape (n_items, n_items); noise can make it indefinite.

    Cynthia Dwork, Kunal Talwar, Abhradeep Thakurta, Li Zhang. Analyze Gauss: Optimal Bounds for Privacy-Preserving
    Principal Component Analysis. STOC 2014. doi:10.1145/2591796.2591883.
    """
    scale = gaussian_scale(1.0, epsilon, delta)
    matrix = clip_rows(interactions).matrix
    if budget is not None:
        budget.spend(epsilon, delta, what="a private Gram matrix")
    n = interactions.shape[1]
    upper = np.triu(normal_noise(scale, (n, n), lesson_seed))
    gram: np.ndarray = sparse.csr_array(matrix.T @ matrix).toarray() + upper + np.triu(upper, 1).T
    return gram


# ---- numbers that can be -----------------------------------------------------------------------------------


def _seeds(lesson_seed: int | None, n: int) -> list[Any]:
    """Seeds of n independent streams, or None for each."""
    return [None] * n if lesson_seed is None else list(np.random.SeedSequence(lesson_seed).spawn(n))


def _above_0(name: str, value: float) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name}={value}: give a number above 0.")
    return float(value)


def _epsilon(value: float) -> Fraction:
    return Fraction(str(_above_0("epsilon", value)))


def _delta(value: float) -> Fraction:
    if not 0 <= value < 1:
        raise ValueError(f"delta={value}: a chance from 0 to below 1, much smaller than 1 / listeners.")
    return Fraction(str(float(value)))
