"""Exercises of lesson 05: what is known of a rate: priors from known works, one rate against another, a draw from each.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from math import erf, sqrt
from statistics import NormalDist

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- a prior ---------------------------------------------------------------------------------------------------------


def some_makers(rng):
    """Edge cases first: no work, one work, works unlike the common rate."""
    yield [], 0.5, 4, 10
    yield [1.0], 0.2, 3, 8
    yield [0.6, 0.7, 0.8], 0.5, 4, 10
    yield [0.1, 0.3], 0.6, 2, 20
    for _ in range(9):
        rates = np.round(rng.uniform(0.1, 0.4, int(rng.integers(2, 6))), 2).tolist()
        yield rates, 0.6, int(rng.integers(3, 7)), int(rng.integers(8, 30))


def _prior(mean, plays):
    return plays * mean, plays * (1 - mean)


def _works_mean(rates, common, weight):
    return (sum(rates) + weight * common) / (len(rates) + weight)


def prior_by_works(rates, common, weight, plays):
    """Imaginary works of the common rate are put into the list."""
    works = np.append(rates, [common] * weight)
    return np.array([works.mean(), 1 - works.mean()]) * plays


@exercise(
    inputs=some_makers,
    hints=[
        "The mean is over len(rates) + weight works, `weight` of which have the common rate.",
        "mean = (sum(rates) + weight * common) / (len(rates) + weight)",
        "A Beta(a, b) has the mean a / (a + b): with a + b = plays, a = plays * mean.",
    ],
    why="Known works give a new one a start, and the common rate keeps one lucky work from deciding it.",
    mistakes={
        "Did only the creator's own works count? `weight` more works have the common rate.": (
            lambda rates, common, weight, plays: _prior(sum(rates) / len(rates) if rates else common, plays)
        ),
        "Is that the common rate alone? The creator's works belong into the mean.": (
            lambda rates, common, weight, plays: _prior(common, plays)
        ),
        "Did the common rate count as one work? It counts as `weight` works.": (
            lambda rates, common, weight, plays: _prior(_works_mean(rates, common, 1), plays)
        ),
        "Did you average the creator's mean with the common rate? Each work counts one, the common rate `weight`.": (
            lambda rates, common, weight, plays: _prior(
                (sum(rates) / len(rates) + common) / 2 if rates else common, plays
            )
        ),
        "Did each of the creator's works count `weight` times? The common rate does.": (
            lambda rates, common, weight, plays: _prior(
                (weight * sum(rates) + common) / (weight * len(rates) + 1), plays
            )
        ),
        "Are a and b the wrong way around? a counts the hits.": (
            lambda rates, common, weight, plays: _prior(_works_mean(rates, common, weight), plays)[::-1]
        ),
        "Is b all plays? It counts those that were no hit, so that a + b = plays.": (
            lambda rates, common, weight, plays: (plays * _works_mean(rates, common, weight), plays)
        ),
        "Are these the shares? a + b should be `plays`, not 1.": (
            lambda rates, common, weight, plays: _prior(_works_mean(rates, common, weight), 1)
        ),
        "Is that the mean? Asked for is the pair (a, b).": (
            lambda rates, common, weight, plays: _works_mean(rates, common, weight)
        ),
        "Did you divide by the number of the creator's works alone? `weight` more are in the sum.": (
            lambda rates, common, weight, plays: _prior(
                (sum(rates) + weight * common) / max(len(rates), 1), plays
            )
        ),
        "Did the prior grow with the works? It counts as `plays` however many they are.": (
            lambda rates, common, weight, plays: _prior(
                _works_mean(rates, common, weight), plays + len(rates)
            )
        ),
    },
    alternatives=[prior_by_works],
)
def prior_from_works(rates, common, weight, plays):
    """(a, b) of the Beta prior of a creator's next track: a + b = plays.

    Its mean is that of the creator's `rates` (perhaps none) and of `weight` more works with the rate `common`.
    """
    mean = (sum(rates) + weight * common) / (len(rates) + weight)
    return plays * mean, plays * (1 - mean)


# ---- one rate against another ----------------------------------------------------------------------------------------


def some_pairs(rng):
    """Edge cases first: two alike, one certain and one not, a small and a large record."""
    yield (2, 8), (2, 8)
    yield (3, 7), (20, 80)
    yield (40, 60), (2, 2)
    yield (1, 9), (9, 1)
    yield (6, 14), (5, 25)
    for _ in range(9):
        pairs = [(int(rng.integers(2, 9)), int(rng.integers(4, 20))) for _ in range(2)]
        yield pairs[0], pairs[1]


def _normal(z):
    return 0.5 * (1 + erf(z / sqrt(2)))


def _mean_variance(pair, more=1):
    a, b = pair
    mean = a / (a + b)
    return mean, mean * (1 - mean) / (a + b + more)


def _ahead(first, second, spread, more=1, chance=_normal):
    (m1, v1), (m2, v2) = _mean_variance(first, more), _mean_variance(second, more)
    return chance((m1 - m2) / spread(v1, v2))


def ahead_with_scipy(first, second):
    from scipy.stats import beta, norm  # here: loading it takes half a second

    one, other = beta(*first), beta(*second)
    return norm.sf(other.mean() - one.mean(), scale=np.hypot(one.std(), other.std()))


def _root(v1, v2):
    return sqrt(v1 + v2)


@exercise(
    inputs=some_pairs,
    hints=[
        "Mean and variance of each: m = a / (a + b), v = m (1 - m) / (a + b + 1).",
        "Independent: the difference has the mean m1 - m2 and the variance v1 + v2.",
        "NormalDist().cdf((m1 - m2) / (v1 + v2) ** 0.5)",
    ],
    why="A lower mean on a short record may well be the better track. This number says how well.",
    mistakes={
        "Is that the chance of the second? Take the first mean less the second.": (
            lambda first, second: _ahead(second, first, _root)
        ),
        "Did you add the standard deviations? Variances add up; the root comes after.": (
            lambda first, second: _ahead(first, second, lambda v1, v2: sqrt(v1) + sqrt(v2))
        ),
        "Is the root missing? Divide by the root of the summed variances.": (
            lambda first, second: _ahead(first, second, lambda v1, v2: v1 + v2)
        ),
        "Is that all spread? The second rate is uncertain too, so its variance is added.": (
            lambda first, second: _ahead(first, second, lambda v1, v2: sqrt(v1))
        ),
        "Is that all spread? The first rate is uncertain too, so its variance is added.": (
            lambda first, second: _ahead(first, second, lambda v1, v2: sqrt(v2))
        ),
        "Is the 1 missing below? The variance of a Beta(a, b) is m (1 - m) / (a + b + 1).": (
            lambda first, second: _ahead(first, second, _root, more=0)
        ),
        "Is m (1 - m) divided by nothing? That is the variance of one play, not of the rate.": (
            lambda first, second: _normal(
                (first[0] / sum(first) - second[0] / sum(second))
                / sqrt(sum(a * b / (a + b) ** 2 for a, b in (first, second)))
            )
        ),
        "Is that how many standard deviations lie between? Asked for is the chance: Phi of it.": (
            lambda first, second: _ahead(first, second, _root, chance=float)
        ),
        "Is that a p-value of two sides? Asked for is the chance that the first is larger.": (
            lambda first, second: _ahead(first, second, _root, chance=lambda z: 2 * (1 - _normal(abs(z))))
        ),
        "Is that yes or no by the means? How sure it is belongs into the answer.": (
            lambda first, second: float(first[0] / sum(first) > second[0] / sum(second))
        ),
        "Did you average the variances? The variance of a difference is their sum.": (
            lambda first, second: _ahead(first, second, lambda v1, v2: sqrt((v1 + v2) / 2))
        ),
    },
    alternatives=[ahead_with_scipy],
)
def chance_ahead(first, second):
    """Roughly the chance that the first of two independent rates is larger; each is a pair (a, b) of a Beta(a, b).

    Each has the mean m = a / (a + b) and the variance v = m (1 - m) / (a + b + 1); the difference is taken as normal.
    """
    (m1, v1), (m2, v2) = ((a / (a + b), a * b / (a + b) ** 2 / (a + b + 1)) for a, b in (first, second))
    return NormalDist().cdf((m1 - m2) / (v1 + v2) ** 0.5)


# ---- a draw from each ------------------------------------------------------------------------------------------------


def some_counts(rng):
    """Edge cases first: nothing shown yet, one track without luck, one far ahead."""
    yield np.array([0, 0, 0]), np.array([0, 0, 0]), 0
    yield np.array([0, 3]), np.array([40, 4]), 1
    yield np.array([2, 30, 1]), np.array([10, 60, 1]), 2
    yield np.array([5, 0, 6]), np.array([5, 0, 6]), 21  # the wrong ways choose other tracks
    for _ in range(12):
        shown = rng.integers(0, 12, 4)
        yield np.minimum(rng.integers(0, 12, 4), shown), shown, int(rng.integers(0, 1000))


def _drawn(hits, shown, seed, a=1, b=1):
    return np.random.default_rng(seed).beta(a + hits, b + shown - hits)


def drawn_by_loop(hits, shown, seed):
    rng = np.random.default_rng(seed)
    draws = [rng.beta(1 + h, 1 + n - h) for h, n in zip(hits, shown, strict=True)]
    return draws.index(max(draws))


@exercise(
    inputs=some_counts,
    hints=[
        "A track taken `hits` times of `shown` has a rate drawn from beta(1 + hits, 1 + shown - hits).",
        "np.random.default_rng(seed).beta(1 + hits, 1 + shown - hits) draws for all tracks; np.argmax takes the best.",
    ],
    why="A track that was seldom shown draws widely and gets its chance. Shown often, it draws what it earned.",
    mistakes={
        "Is that the best mean? It never gives a second chance to a track that began with bad luck.": lambda hits, shown, seed: (  # noqa: E501
            int(np.argmax((1 + hits) / (2 + shown)))
        ),
        "Is the second number the times shown? It should be the times shown and not taken.": lambda hits, shown, seed: (
            int(np.argmax(np.random.default_rng(seed).beta(1 + hits, 1 + shown)))
        ),
        "Did you draw with np.random and its seed? The task asks for np.random.default_rng(seed).": lambda hits, shown, seed: (  # noqa: E501
            int(np.argmax(np.random.RandomState(seed).beta(1 + hits, 1 + shown - hits)))
        ),
        "Did you choose any track at random? What was seen so far should count.": lambda hits, shown, seed: (
            int(np.random.default_rng(seed).integers(len(hits)))
        ),
        "Did the generator begin anew for each track? Their luck is then the same: make it once, before all draws.": lambda hits, shown, seed: (  # noqa: E501
            int(np.argmax([_drawn(h, n, seed) for h, n in zip(hits, shown, strict=True)]))
        ),
        "Is that the smallest draw? The largest wins.": lambda hits, shown, seed: int(
            np.argmin(_drawn(hits, shown, seed))
        ),
        "Did hits and misses change places? The first number is 1 + hits.": lambda hits, shown, seed: int(
            np.argmax(_drawn(shown - hits, shown, seed))
        ),
        "Are these the rates drawn? Asked for is the position of the largest.": _drawn,
        "Is that the rate drawn? Asked for is its position.": lambda hits, shown, seed: float(
            _drawn(hits, shown, seed).max()
        ),
    },
    alternatives=[drawn_by_loop],
)
def thompson_pick(hits, shown, seed):
    """The position of the largest of one draw a track from beta(1 + hits, 1 + shown - hits).

    All draws in one call, in order, from np.random.default_rng(seed).
    """
    draws = np.random.default_rng(seed).beta(1 + hits, 1 + shown - hits)
    return int(np.argmax(draws))
