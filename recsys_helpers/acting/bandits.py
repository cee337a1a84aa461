"""Bandits: rules that choose among a few items, visit after visit, and learn from the answers to what they chose.

They know no world and no model, and no listener but by a row of features; what a rule was worth is ``evaluation``'s and
the simulator's to say.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from typing import Any, TypeVar

import numpy as np
from scipy.special import betainc, betaincinv, ndtr, ndtri

from recsys_helpers.acting.arms import (
    as_numbers,
    chance_of_largest,
    check_prior,
    check_share,
    explore_some,
    first_best,
    mixed,
)
from recsys_helpers.acting.keyed import Array
from recsys_helpers.models.checks import check_number

Own = TypeVar("Own", bound="Bandit")
LARGEST = 1e50  # of a reward or a feature: the products of four of them are still numbers


class Bandit(ABC):
    """What all rules share: ``choose`` an arm for each visit, ``learn`` from the answers whenever they come.

    An arm is a position from 0: one of the items among which is chosen. A reward is a number, for most rules of 0 to 1.
    Visits that are chosen for together, before any of their answers is known, are a batch. ``shown`` (n_arms,) counts
    how often each arm was answered, ``total`` (n_arms,) the sum of its rewards.

    Parameters
    ----------
    n_arms : how many items there are, at least 2.
    seed : of the rule's own draws. Which visits come, and what is answered, is drawn elsewhere.
    """

    n_features: int | None = None

    def __init__(self, n_arms: int, *, seed: int = 0):
        check_number("n_arms", n_arms, 2, whole=True)
        check_number("seed", seed, 0, whole=True)
        self.n_arms, self.seed = int(n_arms), seed
        self.rng = np.random.default_rng(seed)
        self.shown, self.total = np.zeros(self.n_arms, dtype=np.int64), np.zeros(self.n_arms)

    @abstractmethod
    def scores(self, visits: Any = 1) -> Array:
        """What an arm has to be the best of, without any draw: shape (n, n_arms)."""

    @abstractmethod
    def chances(self, visits: Any = 1) -> Array:
        """With what chance each arm would be chosen now, its propensity: shape (n, n_arms), rows sum to 1."""

    def choose(self, visits: Any = 1) -> Array:
        """An arm for each visit, all by what is known now: shape (n,).

        visits : how many, or a row of features for each, shape (n, n_features); rules without features take either.
        """
        return first_best(self.scores(visits))

    def learn(self: Own, arms: Any, rewards: Any, features: Any = None) -> Own:
        """Take the answers to some visits in: arms and rewards, shape (n,), and for some rules features (n, d)."""
        at, got = np.atleast_1d(np.asarray(arms)), np.atleast_1d(as_numbers("rewards", rewards))
        at = at if at.size else at.astype(np.int64)
        if at.ndim != 1 or at.shape != got.shape:
            raise ValueError(
                f"arms and rewards go together, shape (n,) each, not {at.shape} and {got.shape}."
            )
        if at.size and (at.dtype.kind not in "iu" or at.min() < 0 or at.max() >= self.n_arms):
            raise ValueError(f"arms are positions from 0 to {self.n_arms - 1}: whole numbers.")
        if not np.isfinite(got).all():
            raise ValueError("A reward is a number: leave out visits without an answer.")
        if (np.abs(got) > LARGEST).any():
            raise ValueError(
                f"A reward is beyond {LARGEST:g}, where sums lose themselves: divide them all by one number."
            )
        self._check_rewards(got)
        self._take(at, got, features)
        self.shown += np.bincount(at, minlength=self.n_arms)
        self.total += np.bincount(at, got, minlength=self.n_arms)
        return self

    def _check_rewards(self, rewards: Array) -> None:
        """ValueError where the rule cannot learn from such rewards."""
        return None

    def _take(self, arms: Array, rewards: Array, features: Any) -> None:
        """What a rule keeps besides counts."""
        return None

    def _number_of(self, visits: Any) -> int:
        """How many visits these are."""
        if np.ndim(visits):
            return len(visits)
        check_number("visits", visits, 0, whole=True)
        return int(visits)

    def _uniform(self, n: int) -> Array:
        return np.full((n, self.n_arms), 1.0 / self.n_arms)


# ---- without features ------------------------------------------------------------------------------------------------


class EpsilonGreedy(Bandit):
    """The arm with the best mean so far, but with chance epsilon any arm; epsilon = 0 is greedy, 1 asks nobody.

    An arm's mean counts ``prior`` = (hits, misses) of imaginary answers in, so one without answers has
    hits / (hits + misses); with (0, 0) it has mean 0. Ties go to the lower position. Sutton & Barto 2018.

    >>> rule = EpsilonGreedy(2, epsilon=0.1).learn([0, 0, 1], [0, 1, 1])
    >>> rule.scores().round(2).tolist(), rule.chances().round(2).tolist()
    ([[0.5, 0.67]], [[0.05, 0.95]])
    """

    def __init__(
        self, n_arms: int, epsilon: float = 0.1, *, prior: tuple[float, float] = (1.0, 1.0), seed: int = 0
    ):
        super().__init__(n_arms, seed=seed)
        check_share("epsilon", epsilon)
        self.epsilon, self.prior = epsilon, check_prior(prior, 0)

    def scores(self, visits: Any = 1) -> Array:
        hits, misses = self.prior
        count = self.shown + hits + misses
        mean = np.divide(self.total + hits, count, out=np.zeros(self.n_arms), where=count > 0)
        return np.tile(mean, (self._number_of(visits), 1))

    def chances(self, visits: Any = 1) -> Array:
        return mixed(first_best(self.scores(visits)), self.epsilon, self._uniform(self._number_of(visits)))

    def choose(self, visits: Any = 1) -> Array:
        return explore_some(first_best(self.scores(visits)), self.epsilon, self.n_arms, self.rng)


class UCB(Bandit):
    """The arm with the largest mean + alpha sqrt(2 ln N / n), N answers in all and n of this arm: optimism, UCB1.

    An arm without an answer comes first, the lower position before the higher. Rewards are from 0 to 1. Auer,
    Cesa-Bianchi & Fischer 2002, doi:10.1023/A:1013689704352, whose alpha is 1.

    >>> rule = UCB(2).learn([0] * 8 + [1] * 2, [1, 1, 1, 1, 0, 0, 0, 0, 1, 0])
    >>> rule.scores().round(3).tolist(), rule.choose().tolist()
    ([[1.259, 2.017]], [1])
    """

    def __init__(self, n_arms: int, alpha: float = 1.0, *, seed: int = 0):
        super().__init__(n_arms, seed=seed)
        check_number("alpha", alpha, 0)
        self.alpha = alpha

    def _check_rewards(self, rewards: Array) -> None:
        if ((rewards < 0) | (rewards > 1)).any():
            raise ValueError(
                "UCB's bonus is made for rewards from 0 to 1: divide them by the largest there can be."
            )

    def scores(self, visits: Any = 1) -> Array:
        n = np.maximum(self.shown, 1)
        bonus = self.alpha * np.sqrt(2.0 * np.log(max(self.shown.sum(), 1)) / n)
        score = np.where(self.shown > 0, self.total / n + bonus, np.inf)
        return np.tile(score, (self._number_of(visits), 1))

    def chances(self, visits: Any = 1) -> Array:
        return mixed(first_best(self.scores(visits)), 0.0, self._uniform(self._number_of(visits)))


class Thompson(Bandit):
    """Draws a rate for each arm from its Beta distribution and takes the largest: each as often as it may be the best.

    The Beta of an arm with h hits in n answers is Beta(a + h, b + n - h), with prior = (a, b). Rewards are 0 or 1.
    Thompson 1933; Chapelle & Li 2011.

    >>> rule = Thompson(2, seed=0).learn([0, 0, 1], [0, 1, 1])
    >>> rule.chances().round(3).tolist()  # Beta(2, 2) against Beta(2, 1): 0.3 exactly
    [[0.3, 0.7]]
    """

    def __init__(self, n_arms: int, *, prior: tuple[float, float] = (1.0, 1.0), seed: int = 0):
        super().__init__(n_arms, seed=seed)
        self.prior = check_prior(prior, 1e-6)

    def _check_rewards(self, rewards: Array) -> None:
        if not np.isin(rewards, (0.0, 1.0)).all():
            raise ValueError("Thompson counts hits and misses: a reward is 0 or 1.")

    def _betas(self) -> tuple[Array, Array]:
        return self.prior[0] + self.total, self.prior[1] + self.shown - self.total

    def scores(self, visits: Any = 1) -> Array:
        """The means, which are not what is chosen by: ``choose`` draws."""
        a, b = self._betas()
        return np.tile(a / (a + b), (self._number_of(visits), 1))

    def chances(self, visits: Any = 1) -> Array:
        a, b = self._betas()
        one = chance_of_largest(lambda q: betaincinv(a, b, q), lambda x: betainc(a, b, x))
        return np.tile(one, (self._number_of(visits), 1))

    def choose(self, visits: Any = 1) -> Array:
        return first_best(self.rng.beta(*self._betas(), size=(self._number_of(visits), self.n_arms)))


# ---- with features ---------------------------------------------------------------------------------------------------


class _Linear(Bandit):
    """A ridge regression of its own for each arm: the reward of arm a at features x is about hope + theta_a . x.

    With X the features and y the rewards less ``hope`` of the arm's visits, A = X'X + ridge I and theta = A^-1 X'y.
    hope is what an arm without answers is taken to bring, at most the largest reward. ``inverse`` (n_arms, d, d) keeps
    A^-1, moved visit by visit, ``product`` (n_arms, d) keeps X'y. Sherman & Morrison 1950, doi:10.1214/aoms/1177729893.
    """

    def __init__(self, n_arms: int, n_features: int, ridge: float, hope: float, seed: int):
        super().__init__(n_arms, seed=seed)
        check_number("n_features", n_features, 1, whole=True)
        check_number("ridge", ridge, 1e-9)
        check_number("hope", hope, 0)
        self.n_features, self.ridge, self.hope = int(n_features), ridge, hope
        self.inverse = np.tile(np.eye(self.n_features) / ridge, (self.n_arms, 1, 1))
        self.product = np.zeros((self.n_arms, self.n_features))
        self.theta = np.zeros((self.n_arms, self.n_features))

    def _rows(self, features: Any) -> Array:
        x = as_numbers("features", features)
        if x.ndim != 2 or x.shape[1] != self.n_features or not np.isfinite(x).all():
            raise ValueError(
                f"This rule goes by {self.n_features} features of a visit: give an array of numbers, shape "
                f"(n, {self.n_features}), not {x.shape}."
            )
        if (np.abs(x) > LARGEST).any():
            raise ValueError(
                f"A feature is beyond {LARGEST:g}, where products lose themselves: scale the features, to about 1."
            )
        return x

    def _take(self, arms: Array, rewards: Array, features: Any) -> None:
        x = self._rows(features)
        if len(x) != len(arms):
            raise ValueError(f"There are {len(arms)} answers and {len(x)} rows of features: one for each.")
        for arm, reward, row in zip(arms, rewards, x, strict=True):
            turned = self.inverse[arm] @ row
            self.inverse[arm] -= np.outer(turned, turned) / (1.0 + row @ turned)
            self.product[arm] += (reward - self.hope) * row
            self.theta[arm] = self.inverse[arm] @ self.product[arm]

    def means(self, features: Any) -> Array:
        """hope + theta_a . x, shape (n, n_arms)."""
        found: Array = self.hope + self._rows(features) @ self.theta.T
        return found

    def widths(self, features: Any) -> Array:
        """sqrt(x' A^-1 x), the standard error of the mean where rewards vary by 1: shape (n, n_arms)."""
        x = self._rows(features)
        turned = np.matmul(self.inverse, x.T)  # (n_arms, d, n)
        found: Array = np.sqrt(np.maximum((turned * x.T).sum(axis=1), 0.0)).T
        return found


class LinEpsilonGreedy(_Linear):
    """The arm that the regressions rate highest for this visit, but with chance epsilon any; 0 is greedy.

    Greedy with a high ``hope`` tries what it does not know, since answers can only disappoint it: optimism of another
    kind (Sutton & Barto 2018, optimistic initial values).

    >>> rule = LinEpsilonGreedy(2, 1, epsilon=0.0).learn([0, 1], [1, 0], [[1.0], [1.0]])
    >>> rule.scores([[1.0], [-1.0]]).tolist(), rule.choose([[1.0], [-1.0]]).tolist()
    ([[0.5, 0.0], [-0.5, 0.0]], [0, 1])
    """

    def __init__(
        self,
        n_arms: int,
        n_features: int,
        epsilon: float = 0.1,
        *,
        ridge: float = 1.0,
        hope: float = 0.0,
        seed: int = 0,
    ):
        super().__init__(n_arms, n_features, ridge, hope, seed)
        check_share("epsilon", epsilon)
        self.epsilon = epsilon

    def scores(self, visits: Any = 1) -> Array:
        return self.means(visits)

    def chances(self, visits: Any = 1) -> Array:
        return mixed(first_best(self.scores(visits)), self.epsilon, self._uniform(len(visits)))

    def choose(self, visits: Any = 1) -> Array:
        return explore_some(first_best(self.scores(visits)), self.epsilon, self.n_arms, self.rng)


class LinUCB(_Linear):
    """The arm with the largest theta_a . x + alpha sqrt(x' A_a^-1 x): optimism about what is not known of this visit.

    Its disjoint form, in which arms share nothing. Li, Chu, Langford & Schapire 2010, arXiv:1003.0146, algorithm 1.

    >>> rule = LinUCB(2, 1, alpha=1.0).learn([0, 0, 0, 1], [1, 0, 1, 0], [[1.0]] * 4)
    >>> rule.scores([[1.0]]).round(3).tolist()  # 2/4 + sqrt(1/4) and 0/2 + sqrt(1/2)
    [[1.0, 0.707]]
    """

    def __init__(
        self, n_arms: int, n_features: int, alpha: float = 1.0, *, ridge: float = 1.0, seed: int = 0
    ):
        super().__init__(n_arms, n_features, ridge, 0.0, seed)
        check_number("alpha", alpha, 0)
        self.alpha = alpha

    def scores(self, visits: Any = 1) -> Array:
        return self.means(visits) + self.alpha * self.widths(visits)

    def chances(self, visits: Any = 1) -> Array:
        return mixed(first_best(self.scores(visits)), 0.0, self._uniform(len(visits)))


class LinThompson(_Linear):
    """Draws each arm's coefficients from a normal around theta_a, covariance scale² A_a^-1, and takes the best.

    What matters of a draw is its product with x, a normal with mean theta_a . x and deviation scale sqrt(x' A_a^-1 x);
    so that number is drawn. Agrawal & Goyal 2013, arXiv:1209.3352.

    >>> rule = LinThompson(2, 1, scale=1.0).learn([0, 1], [1, 0], [[1.0], [1.0]])
    >>> rule.chances([[1.0]]).round(3).tolist()  # N(1/2, 1/2) against N(0, 1/2): Phi(1/2)
    [[0.691, 0.309]]
    """

    def __init__(
        self, n_arms: int, n_features: int, scale: float = 1.0, *, ridge: float = 1.0, seed: int = 0
    ):
        super().__init__(n_arms, n_features, ridge, 0.0, seed)
        check_number("scale", scale, 1e-9)
        self.scale = scale

    def scores(self, visits: Any = 1) -> Array:
        """The means, which are not what is chosen by: ``choose`` draws."""
        return self.means(visits)

    def chances(self, visits: Any = 1) -> Array:
        means, widths = self.means(visits), self.scale * self.widths(visits)
        widths = np.maximum(widths, 1e-12)  # a row of zeros: all arms alike
        found = np.zeros(means.shape)
        for row, (mean, width) in enumerate(zip(means, widths, strict=True)):
            found[row] = chance_of_largest(
                partial(_normal_quantiles, mean, width), partial(_normal_below, mean, width)
            )
        return found

    def choose(self, visits: Any = 1) -> Array:
        means = self.means(visits)
        return first_best(means + self.scale * self.widths(visits) * self.rng.standard_normal(means.shape))


def _normal_quantiles(mean: Array, width: Array, shares: Array) -> Array:
    found: Array = mean + width * ndtri(shares)
    return found


def _normal_below(mean: Array, width: Array, values: Array) -> Array:
    found: Array = ndtr((values - mean) / width)
    return found
