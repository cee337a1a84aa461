"""Matrix factorisation for ratings: biases and factors, fitted by alternating least squares to the observed cells.

What was not rated says nothing here; where it does, for plays, ``als`` is the model.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.abilities import NamesSimilar, TakesItems
from recsys_helpers.models.checks import check_number, random_source
from recsys_helpers.models.factors.alternation import Alternation
from recsys_helpers.models.factors.biases import DAMPING, damped_biases
from recsys_helpers.models.factors.pairs import cells, cosines
from recsys_helpers.models.factors.rows import ridge_rows


class BiasedALS(TakesItems, NamesSimilar, Alternation):
    """Ratings as mu + b_u + b_i + p_u . q_i, fitted to the observed cells alone.

    Minimises, over the observed cells, sum (r - mu - b_u - b_i - p_u . q_i)^2
    + bias_damping (sum b_u^2 + sum b_i^2) + sum lambda_u |p_u|^2 + sum lambda_i |q_i|^2, where mu is the plain mean and
    lambda_u = regularization * std(r) * n_u ^ count_power for a user with n_u ratings (and so for items). Every
    half-step solves for all (b_u, p_u), or all (b_i, q_i), exactly: the objective never rises.

    Parameters
    ----------
    n_factors : k, length of p_u and q_i; 0 leaves the biases alone.
    n_epochs : sweeps over both sides.
    regularization : see above; it is in units of the ratings' standard deviation, so that a change of scale changes
        nothing.
    count_power : how the penalty grows with the number of ratings: 0 is plain ridge, 1 is Zhou et al.'s.
    bias_damping : imaginary ratings of average value for each user and item.
    track_objective : keep the objective before the first and after each half-step in ``objective_``.
    random_state : of the first item factors.

    After ``fit``: ``mean_``, ``user_bias_`` (n_users,), ``item_bias_`` (n_items,), ``user_factors_`` (n_users, k),
    ``item_factors_`` (n_items, k).

    Yehuda Koren, Robert Bell, Chris Volinsky. Matrix Factorization Techniques for Recommender Systems. IEEE Computer
    2009. doi:10.1109/MC.2009.263. Yunhong Zhou, Dennis Wilkinson, Robert Schreiber, Rong Pan. Large-Scale Parallel
    Collaborative Filtering for the Netflix Prize. AAIM 2008. doi:10.1007/978-3-540-68880-8_32.
    """

    _fewest_factors = 0

    def __init__(
        self,
        n_factors: int = 20,
        n_epochs: int = 10,
        regularization: float = 1.2,
        count_power: float = 0.5,
        bias_damping: float = DAMPING,
        track_objective: bool = False,
        random_state: Any = 0,
    ):
        self.n_factors = n_factors
        self.n_epochs = n_epochs
        self.regularization = regularization
        self.count_power = count_power
        self.bias_damping = bias_damping
        self.track_objective = track_objective
        self.random_state = random_state

    def _start(self, x: Interactions) -> None:
        for name in ("regularization", "bias_damping"):
            check_number(name, getattr(self, name), 1e-9)
        check_number("count_power", self.count_power, 0)
        self.mean_, self.user_bias_, self.item_bias_ = damped_biases(x, self.bias_damping)
        spread = float(x.matrix.data.std()) or 1.0
        self._ridge = self.regularization * spread
        random = random_source(self.random_state)
        self.item_factors_ = random.normal(0, 0.1 * np.sqrt(spread), (x.shape[1], self.n_factors))
        self.user_factors_ = np.zeros((x.shape[0], self.n_factors))
        self._by_user, self._by_item = x.matrix, sparse.csr_array(x.matrix.T)

    def _solve_users(self) -> None:
        self.user_bias_, self.user_factors_ = self._ridge_rows(
            self._by_user, self.item_bias_, self.item_factors_
        )

    def _solve_items(self) -> None:
        self.item_bias_, self.item_factors_ = self._ridge_rows(
            self._by_item, self.user_bias_, self.user_factors_
        )

    def _end(self) -> None:
        del self._by_user, self._by_item

    def _ridge_rows(
        self, ratings: sparse.csr_array, bias: np.ndarray, factors: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """For each row of ``ratings`` the (b, p) that fit its entries best, given the other side's biases and factors.

        (F^T F + D) [b, p] = F^T (r - mu - bias), where F holds a 1 and the factors of each observed column.
        """
        features = np.column_stack([np.ones(len(factors)), factors])
        target = ratings.data - self.mean_ - bias[ratings.indices]
        penalty = np.full((ratings.shape[0], features.shape[1]), float(self.bias_damping))
        penalty[:, 1:] = self._penalty(ratings)[:, None]
        solution = ridge_rows(ratings, target, features, penalty)
        return solution[:, 0], solution[:, 1:]

    def _penalty(self, ratings: sparse.csr_array) -> np.ndarray:
        """lambda of each row; a row without a rating is held at 0 by any."""
        found: np.ndarray = self._ridge * np.maximum(np.diff(ratings.indptr), 1) ** float(self.count_power)
        return found

    def objective(self, x: Interactions) -> float:
        """What ``fit`` minimises, on the interactions that the model was fitted on."""
        rest = x.matrix.data - self._predict(x.rows, x.matrix.indices)
        of_users = self._penalty(x.matrix) @ (self.user_factors_**2).sum(axis=1)
        of_items = self._penalty(x.matrix.T.tocsr()) @ (self.item_factors_**2).sum(axis=1)
        biases = self.bias_damping * ((self.user_bias_**2).sum() + (self.item_bias_**2).sum())
        return float(rest @ rest + biases + of_users + of_items)

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        together = cells(self.user_factors_, self.item_factors_, rows, columns)
        values: np.ndarray = self.mean_ + self.user_bias_[rows] + self.item_bias_[columns] + together
        return values

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self.user_factors_[rows] @ self.item_factors_.T
        scores += (self.mean_ + self.user_bias_[rows])[:, None]
        scores += self.item_bias_
        return scores

    def _fold_in(self, x: Interactions) -> None:
        self.user_bias_, self.user_factors_ = self._ridge_rows(x.matrix, self.item_bias_, self.item_factors_)

    def _item_rows(self, columns: sparse.csr_array) -> dict[str, np.ndarray]:
        bias, factors = self._ridge_rows(columns, self.user_bias_, self.user_factors_)
        return {"item_bias_": bias, "item_factors_": factors}

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        return cosines(self.item_factors_, columns)
