"""Factors that are fitted to pairs: a track that was heard before one that was not.

It predicts no value. How negatives are drawn stands in ``negatives``, how a step is taken in ``descent``.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import expit

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_choice, check_number
from recsys_helpers.models.factors.negatives import NegativeSampler
from recsys_helpers.models.factors.ordered import Batch, OrderedFactors, Tables


class BPR(OrderedFactors):
    """Scores p_u . q_i + b_i that put what a listener heard above what they did not.

    For each entry (u, i) with a value above 0 an unheard item j is drawn, anew in every epoch, and descent lowers

        w_ui (-log s(x_ui - x_uj)) + regularization / 2 (|p_u|^2 + |q_i|^2 + |q_j|^2 + b_i^2 + b_j^2),

    where x_ui is the score, s(x) = 1 / (1 + exp(-x)) and w_ui the value of the entry over the mean of those above 0: on
    0/1 data every entry counts the same. Pairs are taken in batches; the gradients of a row are summed.

    Parameters
    ----------
    n_factors : k, length of p_u and q_i.
    n_epochs : passes over all entries.
    negatives : "uniform" (each unheard item alike), "popular" (in proportion to (1 + listeners) ^ popularity) or
        "hardest" (of ``candidates`` uniform ones the one that scores highest now).
    candidates : how many "hardest" chooses from.
    popularity : the power of "popular".
    learning_rate : of ``descent.AdaGrad``.
    regularization : see above; it acts each time that a row is met.
    batch_size : entries a step.
    random_state : of the first factors, the order of the entries and the negatives.

    After ``fit``: ``user_factors_`` (n_users, k), ``item_factors_`` (n_items, k), ``item_bias_`` (n_items,),
    ``listeners_`` (n_items,), ``loss_`` (n_epochs,): the mean of w (-log s) over the pairs as they were drawn.

    Steffen Rendle, Christoph Freudenthaler, Zeno Gantner, Lars Schmidt-Thieme. BPR: Bayesian Personalized Ranking from
    Implicit Feedback. UAI 2009. arXiv:1205.2618. "hardest": Weinan Zhang, Tianqi Chen, Jun Wang, Yong Yu. Optimizing
    Top-N Collaborative Filtering via Dynamic Negative Item Sampling. SIGIR 2013. doi:10.1145/2484028.2484126.
    """

    def __init__(
        self,
        n_factors: int = 64,
        n_epochs: int = 20,
        negatives: str = "hardest",
        candidates: int = 8,
        popularity: float = 0.5,
        learning_rate: float = 0.05,
        regularization: float = 0.03,
        batch_size: int = 1000,
        random_state: Any = 0,
    ):
        self.n_factors = n_factors
        self.n_epochs = n_epochs
        self.negatives = negatives
        self.candidates = candidates
        self.popularity = popularity
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.batch_size = batch_size
        self.random_state = random_state

    def _check(self, x: Interactions) -> None:
        super()._check(x)
        check_choice("negatives", self.negatives, ("uniform", "popular", "hardest"))
        check_number("candidates", self.candidates, 1, whole=True)
        check_number("popularity", self.popularity, 0)

    def _negatives(self, x: Interactions) -> NegativeSampler:
        power = self.popularity if self.negatives == "popular" else 0.0
        return NegativeSampler(x.matrix, (1.0 + self.listeners_) ** power)

    def _descend(self, state: Tables, draws: NegativeSampler, batch: Batch, random: Any) -> float:
        items, bias = state.items.table, state.bias.table
        u, i, p = batch.user, batch.item, state.users.table[batch.user]
        j = self._drawn(u, p, items, bias, draws, random)
        between = items[i] - items[j]
        lead = np.einsum("nk,nk->n", p, between) + (bias[i] - bias[j])[:, 0]
        pull = (batch.weight * expit(-lead))[:, None]
        penalty = self.regularization
        state.users.step(u, penalty * p - pull * between)
        if state.learn_items:
            both = np.concatenate([i, j])
            state.items.step(both, np.concatenate([-pull * p, pull * p]) + penalty * items[both])
            state.bias.step(both, np.concatenate([-pull, pull]) + penalty * bias[both])
        return float(batch.weight @ np.logaddexp(0, -lead))

    def _drawn(
        self,
        u: np.ndarray,
        p: np.ndarray,
        items: np.ndarray,
        bias: np.ndarray,
        draws: NegativeSampler,
        random: Any,
    ) -> np.ndarray:
        """An unheard item for each entry, (n,)."""
        if self.negatives != "hardest":
            return draws.draw(u, random)
        found = draws.draw(np.repeat(u[:, None], self.candidates, axis=1), random)
        score = np.einsum("nk,nmk->nm", p, items[found]) + bias[found, 0]
        chosen: np.ndarray = found[np.arange(len(u)), score.argmax(axis=1)]
        return chosen
