"""What the factor models share that learn an order by descent: scores, batches of heard pairs, listeners folded in.

It has no loss of its own: see ``bpr`` and ``softmax``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.abilities import NamesSimilar
from recsys_helpers.models.checks import check_not_negative, check_number, random_source
from recsys_helpers.models.factors.descent import AdaGrad
from recsys_helpers.models.factors.pairs import cells, cosines

SPREAD = 0.1  # length of a first vector: not 0, where no gradient would tell two factors apart


@dataclass
class Batch:
    """Some heard pairs: listeners and tracks by position, and how much each counts; three arrays (n,)."""

    user: np.ndarray
    item: np.ndarray
    weight: np.ndarray


@dataclass
class Tables:
    """What descends: p_u (n_users, k), q_i (n_items, k), b_i (n_items, 1); the last two only where ``learn_items``."""

    users: AdaGrad
    items: AdaGrad
    bias: AdaGrad
    learn_items: bool = True


class OrderedFactors(NamesSimilar):
    """Scores p_u . q_i + b_i, learned from the entries with a value above 0, a batch at a time.

    A model writes ``_negatives`` (what it draws with, made once a fit) and ``_descend`` (one step on a batch).
    """

    n_factors: int
    n_epochs: int
    learning_rate: float
    regularization: float
    batch_size: int
    random_state: Any
    user_factors_: np.ndarray
    item_factors_: np.ndarray
    item_bias_: np.ndarray
    listeners_: np.ndarray

    def _check(self, x: Interactions) -> None:
        check_number("n_factors", self.n_factors, 1, whole=True)
        check_number("n_epochs", self.n_epochs, 1, whole=True)
        check_number("batch_size", self.batch_size, 1, whole=True)
        check_number("learning_rate", self.learning_rate, 1e-9)
        check_number("regularization", self.regularization, 0)
        check_not_negative(x, type(self).__name__)

    def _fit(self, x: Interactions, *args: Any, **tables: Any) -> None:
        self._check(x)
        random = random_source(self.random_state)
        spread = SPREAD / np.sqrt(self.n_factors)
        first = [random.normal(0, spread, (n, self.n_factors)) for n in x.shape] + [np.zeros((x.shape[1], 1))]
        users, items, bias = (AdaGrad(table, self.learning_rate) for table in first)
        state = Tables(users, items, bias)
        self.listeners_ = np.bincount(x.matrix.indices, minlength=x.shape[1])
        self.loss_ = self._epochs(x, state, random)
        if not len(self.loss_):
            raise ValueError(
                "There is no order to learn: nobody has an item with a value above 0 beside one that they have not. "
                "Check the values and the filter before it."
            )
        self.user_factors_, self.item_factors_ = state.users.table, state.items.table
        self.item_bias_ = state.bias.table[:, 0]

    def _fold_in(self, x: Interactions) -> None:
        """The same descent for the new rows alone, from 0; the items stay."""
        check_not_negative(x, type(self).__name__)
        tables = (np.zeros((x.shape[0], self.n_factors)), self.item_factors_, self.item_bias_[:, None])
        users, items, bias = (AdaGrad(table, self.learning_rate) for table in tables)
        state = Tables(users, items, bias, learn_items=False)
        self._epochs(x, state, np.random.default_rng(0))
        self.user_factors_ = state.users.table

    def _epochs(self, x: Interactions, state: Tables, random: Any) -> np.ndarray:
        """All descent; the mean loss of each epoch, (n_epochs,), or none where there is nothing to learn from."""
        user, item, value = x.rows, x.matrix.indices.astype(np.int64), x.matrix.data
        usable = (value > 0) & (np.diff(x.matrix.indptr) < x.shape[1])[user]
        if not usable.any():
            return np.zeros(0)
        user, item, value = user[usable], item[usable], value[usable]
        weight, draws = value / value.mean(), self._negatives(x)
        losses = np.zeros(self.n_epochs)
        # The products of a batch are small: BLAS's own threads would only wait for each other.
        with threadpool_limits(limits=1, user_api="blas"):
            for epoch in range(self.n_epochs):
                order = random.permutation(len(user))
                for start in range(0, len(user), self.batch_size):
                    at = order[start : start + self.batch_size]
                    batch = Batch(user[at], item[at], weight[at])
                    losses[epoch] += self._descend(state, draws, batch, random)
        return losses / len(user)

    def _negatives(self, x: Interactions) -> Any:
        raise NotImplementedError

    def _descend(self, state: Tables, draws: Any, batch: Batch, random: Any) -> float:
        """One step; the sum of the batch's losses before it."""
        raise NotImplementedError

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        values: np.ndarray = (
            cells(self.user_factors_, self.item_factors_, rows, columns) + self.item_bias_[columns]
        )
        return values

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self.user_factors_[rows] @ self.item_factors_.T + self.item_bias_
        return scores

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        return cosines(self.item_factors_, columns)
