"""The first minutes of a listener: the few questions that tell most, and what the answers say.

It uses nothing that a listener is (age, region), only what they say here; who asks nothing is ``packs``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import CELLS_PER_BATCH, Recommender
from recsys_helpers.models.checks import check_number
from recsys_helpers.models.cold.content import factor_model
from recsys_helpers.models.cold.open import OpenRecommender
from recsys_helpers.models.factors.rows import ridge_rows
from recsys_helpers.models.factors.svd import CollaborativeFiltering


class Onboarding(OpenRecommender):
    """An interview: which tracks to ask a newcomer about, and what to recommend after the answers.

    A newcomer's vector p is taken as drawn from those of the known listeners, with their mean m and covariance S. An
    answer y (1: likes it, 0: does not) about track i says y = q_i . p + noise of variance s_i, the mean squared error
    of that track's column. Then p given the answers is normal again, and its mean is a ridge solution drawn to m:
    (S^-1 + sum q_i q_i^T / s_i)^-1 (S^-1 m + sum y_i q_i / s_i). How much is left unknown does not depend on what was
    answered, so the best questions are the same for everybody: each next one is the track whose answer takes most off
    the summed variance of all scores, |Q S_now q_i|^2 / (s_i + q_i . S_now q_i).

    In ``fold_in`` a value of 0 or below is a no, one above it a yes; without an answer the list is the mean listener's.

    Parameters
    ----------
    model : a model with factors on both sides, fitted to 0 and 1; None: ``CollaborativeFiltering`` with 20 factors and
        zeros in the holes.
    n_questions : length of ``questions_``.

    After ``fit``: ``questions_`` (Index of track ids, in the order to ask), ``left_`` (n_questions + 1,), the mean
    variance of a score that is left before the first question and after each.

    A. M. Rashid et al. Getting to Know You: Learning New User Preferences in Recommender Systems. IUI 2002.
    doi:10.1145/502716.502737, for the task; the criterion is that of Bayesian experimental design.
    """

    def __init__(self, model: Recommender | None = None, n_questions: int = 10):
        self.model = model
        self.n_questions = n_questions

    def _learn(self, x: Interactions, items: pd.DataFrame | None) -> None:
        check_number("n_questions", self.n_questions, 1, whole=True)
        yes = x.with_values((x.matrix.data > 0).astype(float))  # what an answer can say, and no more
        model = factor_model(self.model or CollaborativeFiltering(20, 1, "zero")).fit(yes)
        heard = np.diff(x.matrix.indptr) > 0
        people = model.user_factors_.astype(np.float64)
        self.item_factors_ = model.item_factors_.astype(np.float64)
        self.mean_ = people[heard].mean(axis=0)
        away = people[heard] - self.mean_
        k = away.shape[1]
        # A little more than nothing in every direction, so that the covariance has an inverse.
        self.covariance_ = away.T @ away / len(away)
        self.covariance_ += np.eye(k) * (1e-6 * np.trace(self.covariance_) / k + 1e-12)
        error = np.zeros(x.shape[1])
        size = max(1, CELLS_PER_BATCH // x.shape[1])
        for start in range(0, x.shape[0], size):
            rows = slice(start, start + size)
            error += (((x.matrix[rows].toarray() > 0) - people[rows] @ self.item_factors_.T) ** 2).sum(axis=0)
        self.noise_ = error / x.shape[0] + 1e-6
        self._choose_questions(np.bincount(x.matrix.indices, minlength=x.shape[1]) > 0)
        self._meet(x)

    def _choose_questions(self, allowed: np.ndarray) -> None:
        q, now = self.item_factors_, self.covariance_
        asked: list[int] = []
        left = []
        everything = q.T @ q
        for _ in range(min(self.n_questions, int(allowed.sum()))):
            left.append(np.sum(everything * now) / len(q))
            ahead = q @ now
            own = np.einsum("ik,ik->i", ahead, q)
            gain = np.einsum("ik,kl,il->i", ahead, everything, ahead, optimize=True) / (self.noise_ + own)
            gain[asked] = -np.inf
            best = int(np.argmax(np.round(np.where(allowed, gain, -np.inf), 9)))
            now = now - np.outer(ahead[best], ahead[best]) / (self.noise_[best] + own[best])
            asked.append(best)
        self.left_ = np.array([*left, np.sum(everything * now) / len(q)])
        self.questions_ = self.catalogue_[asked]

    def _meet(self, x: Interactions) -> None:
        noise = self.noise_[x.matrix.indices]
        yes = (x.matrix.data > 0).astype(float)
        before = np.linalg.inv(self.covariance_)[None]
        self.user_factors_ = ridge_rows(x.matrix, yes, self.item_factors_, before, 1 / noise, self.mean_)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self.user_factors_[rows] @ self.item_factors_.T
        return scores
