"""Factors that are fitted to a choice: of all tracks, the listener took this one; all others compete, or a few drawn.

With one drawn competitor it is the loss of ``bpr``. It knows no order in time: what follows what is for ``sequence``.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_number
from recsys_helpers.models.factors.ordered import Batch, OrderedFactors, Tables


class SampledSoftmax(OrderedFactors):
    """Scores x_ui = p_u . q_i + b_i whose softmax gives high chances to what a listener heard.

    For each entry (u, i) with a value above 0, and w_ui that value over the mean of those above 0, descent lowers

        w_ui (-x_ui + log(exp x_ui + sum_j exp(x_uj - log(m q_j)))) + regularization / 2 (|p_u|^2 + |q_i|^2 + b_i^2),

    where j runs over m items drawn for the whole batch, each with the chance q_j, in proportion to (1 + listeners) ^
    popularity, and those that u has heard (accidental hits) are left out. The sum then estimates, without bias, that
    of exp x_uj over all that u has not heard. Without ``corrected`` the term log(m q_j) is missing, and what is
    drawn often is pushed down too much.

    Parameters
    ----------
    n_factors : k, length of p_u and q_i.
    n_epochs : passes over all entries.
    n_negatives : m; None: every item once, the full softmax.
    popularity : the power in q.
    corrected : with the term log(m q_j).
    learning_rate : of ``descent.AdaGrad``.
    regularization : see above; it acts each time that an entry is met.
    batch_size : entries a step, which share what is drawn.
    random_state : of the first factors, the order of the entries and the negatives.

    After ``fit``: ``user_factors_`` (n_users, k), ``item_factors_`` (n_items, k), ``item_bias_`` (n_items,),
    ``listeners_`` (n_items,), ``loss_`` (n_epochs,): the mean of the first term as its negatives were drawn.

    Xinyang Yi et al. Sampling-Bias-Corrected Neural Modeling for Large Corpus Item Recommendations. RecSys 2019.
    doi:10.1145/3298689.3346996.
    """

    def __init__(
        self,
        n_factors: int = 64,
        n_epochs: int = 20,
        n_negatives: int | None = 200,
        popularity: float = 0.5,
        corrected: bool = True,
        learning_rate: float = 0.05,
        regularization: float = 0.1,
        batch_size: int = 500,
        random_state: Any = 0,
    ):
        self.n_factors = n_factors
        self.n_epochs = n_epochs
        self.n_negatives = n_negatives
        self.popularity = popularity
        self.corrected = corrected
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.batch_size = batch_size
        self.random_state = random_state

    def _check(self, x: Interactions) -> None:
        super()._check(x)
        if self.n_negatives is not None:
            check_number("n_negatives", self.n_negatives, 1, whole=True)
        check_number("popularity", self.popularity, 0)

    def _negatives(self, x: Interactions) -> Competitors:
        return Competitors(x, (1.0 + self.listeners_) ** self.popularity, self.n_negatives, self.corrected)

    def _descend(self, state: Tables, draws: Competitors, batch: Batch, random: Any) -> float:
        items, bias = state.items.table, state.bias.table
        u, i, p = batch.user, batch.item, state.users.table[batch.user]
        j, offset = draws.draw(random)
        logit = p @ items[j].T + (bias[j, 0] + offset)
        logit[draws.heard(u, j)] = -np.inf
        own = np.einsum("nk,nk->n", p, items[i]) + bias[i, 0]
        highest = np.maximum(logit.max(axis=1), own)  # taken off, so that exp never overflows
        share = np.exp(logit - highest[:, None])
        mine = np.exp(own - highest)
        total = share.sum(axis=1) + mine
        share *= (batch.weight / total)[:, None]
        missing = (batch.weight * (1 - mine / total))[:, None]
        penalty = self.regularization
        state.users.step(u, penalty * p - missing * items[i] + share @ items[j])
        if state.learn_items:
            both = np.concatenate([i, j])
            pull = np.concatenate([penalty * items[i] - missing * p, share.T @ p])
            state.items.step(both, pull)
            state.bias.step(both, np.concatenate([penalty * bias[i] - missing, share.sum(axis=0)[:, None]]))
        return float(batch.weight @ (highest - own + np.log(total)))


class Competitors:
    """What competes with the entries of a batch: distinct items, and what is added to their scores.

    An item that was drawn c times of m counts c times: it gets log c, and with ``corrected`` less log(m q).
    """

    def __init__(self, x: Interactions, weights: np.ndarray, m: int | None, corrected: bool):
        self.matrix, self.m, self.corrected = x.matrix, m, corrected
        self.chance = weights / weights.sum()
        self.ends = np.cumsum(self.chance)
        self.place = np.full(x.shape[1], -1)

    def draw(self, random: Any) -> tuple[np.ndarray, np.ndarray]:
        """Distinct items, ascending, and their offsets, both (n_distinct,)."""
        if self.m is None:
            return np.arange(len(self.chance)), np.zeros(len(self.chance))
        drawn = np.searchsorted(self.ends, random.uniform(size=self.m) * self.ends[-1], side="right")
        items, times = np.unique(np.minimum(drawn, len(self.ends) - 1), return_counts=True)
        offset = np.log(times)
        return items, offset - np.log(self.m * self.chance[items]) if self.corrected else offset

    def heard(self, rows: np.ndarray, items: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The places (entry, competitor) where the entry's listener has heard the competitor."""
        self.place[items] = np.arange(len(items))
        theirs = self.matrix[rows]
        entry = np.repeat(np.arange(len(rows)), np.diff(theirs.indptr))
        competitor = self.place[theirs.indices]
        self.place[items] = -1
        return entry[competitor >= 0], competitor[competitor >= 0]
