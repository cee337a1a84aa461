"""Factorization machines: a regression on rows of features in which any two features may meet.

It makes no features: rows come as a matrix, one-hot or otherwise, and what a column means is the caller's.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from scipy import sparse
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.models.checks import check_choice, check_number, random_source
from recsys_helpers.models.factors.descent import AdaGrad


class FactorizationMachine(BaseEstimator):
    """y(x) = w_0 + sum_a w_a x_a + sum_{a < b} v_a . v_b x_a x_b, a weight for each feature and for each pair of them.

    The pairs share n vectors v_a of length k, so that a pair gets a weight even where nobody was seen with both. For
    each of the k columns f the sum over the pairs is ((sum_a v_af x_a)^2 - sum_a v_af^2 x_a^2) / 2: its cost grows with
    the features that a row has, not with their pairs.

    Descent lowers, over the rows, the loss of y(x) + regularization / 2 sum_a |x_a| (w_a^2 + |v_a|^2), by batches.

    Parameters
    ----------
    n_factors : k; 0 leaves the pairs out, a linear model.
    n_epochs : passes over all rows.
    loss : "logistic" (targets 0 and 1; y is the log odds of a 1) or "squared" (any numbers; half the squared error).
    learning_rate : of ``descent.AdaGrad``.
    regularization : see above; w_0 is left free.
    batch_size : rows a step.
    spread : standard deviation of the first v_af.
    random_state : of the first v and of the order of the rows.

    After ``fit``: ``intercept_`` (w_0), ``weights_`` (n_features,), ``factors_`` (n_features, k) and ``loss_``
    (n_epochs,), the mean loss of the rows as they were met.

    Steffen Rendle. Factorization Machines. ICDM 2010. doi:10.1109/ICDM.2010.127.

    >>> rows = sparse.csr_array(np.array([[1.0, 0, 1, 0], [1, 0, 0, 1], [0, 1, 1, 0], [0, 1, 0, 1]] * 25))
    >>> only_together = np.array([1, 0, 0, 1] * 25)  # no feature tells by itself, the pairs do
    >>> machine = FactorizationMachine(n_factors=2, n_epochs=60, batch_size=20).fit(rows, only_together)
    >>> machine.predict(rows)[:4].tolist()
    [1.0, 0.0, 0.0, 1.0]
    """

    def __init__(
        self,
        n_factors: int = 8,
        n_epochs: int = 8,
        loss: str = "logistic",
        learning_rate: float = 0.1,
        regularization: float = 0.01,
        batch_size: int = 2000,
        spread: float = 0.05,
        random_state: Any = 0,
    ):
        self.n_factors = n_factors
        self.n_epochs = n_epochs
        self.loss = loss
        self.learning_rate = learning_rate
        self.regularization = regularization
        self.batch_size = batch_size
        self.spread = spread
        self.random_state = random_state

    def fit(self, rows: Any, target: Any) -> Self:
        """Learn from rows (n, n_features), sparse or an array, and their targets (n,).

        Raises ValueError for a setting, a row or a target that cannot be.
        """
        check_number("n_factors", self.n_factors, 0, whole=True)
        check_number("n_epochs", self.n_epochs, 1, whole=True)
        check_number("batch_size", self.batch_size, 1, whole=True)
        check_choice("loss", self.loss, ("logistic", "squared"))
        for name in ("learning_rate", "spread"):
            check_number(name, getattr(self, name), 1e-9)
        check_number("regularization", self.regularization, 0)
        x, y = as_rows(rows), self._targets(target)
        if x.shape[0] != len(y) or not len(y):
            raise ValueError(f"There are {x.shape[0]} rows and {len(y)} targets: give a target for each row.")
        random = random_source(self.random_state)
        start = float(y.mean())
        if self.loss == "logistic":
            if start in (0.0, 1.0):
                raise ValueError(f"Every target is {start:g}: there is nothing to tell apart.")
            start = float(np.log(start / (1 - start)))
        first = random.normal(0, self.spread, (x.shape[1], self.n_factors))
        tables = [
            AdaGrad(t, self.learning_rate) for t in (np.array([[start]]), np.zeros((x.shape[1], 1)), first)
        ]
        self.loss_ = np.zeros(self.n_epochs)
        for epoch in range(self.n_epochs):
            order = random.permutation(len(y))
            for begin in range(0, len(y), self.batch_size):
                at = order[begin : begin + self.batch_size]
                self.loss_[epoch] += self._descend(tables, x[at], y[at])
        self.loss_ /= len(y)
        intercept, weights, self.factors_ = (part.table for part in tables)
        self.intercept_, self.weights_ = float(intercept[0, 0]), weights[:, 0]
        return self

    def _descend(self, tables: list[AdaGrad], x: sparse.csr_array, y: np.ndarray) -> float:
        """One step on a batch; the sum of its losses before it."""
        met, place = np.unique(x.indices, return_inverse=True)
        x = sparse.csr_array(
            (x.data, place, x.indptr), (x.shape[0], len(met))
        )  # the features of this batch alone
        squared = x.copy()
        squared.data **= 2
        intercept, w, v = tables[0].table[0, 0], tables[1].table[met], tables[2].table[met]
        sums = x @ v  # (n, k): sum_a v_af x_a
        value = _value(intercept, x @ w, sums, squared @ v**2)
        if self.loss == "logistic":
            wrong, loss = expit(value) - y, np.logaddexp(0, value) - y * value
        else:
            wrong, loss = value - y, (value - y) ** 2 / 2
        shrink = self.regularization * abs(x).sum(axis=0)[:, None]
        tables[0].move(np.zeros(1, dtype=int), np.array([[wrong.sum()]]))
        tables[1].move(met, (x.T @ wrong)[:, None] + shrink * w)
        if self.n_factors:
            # By v_af the value grows as x_a (sum_b v_bf x_b) - v_af x_a^2.
            together = x.T @ (wrong[:, None] * sums) - (squared.T @ wrong)[:, None] * v
            tables[2].move(met, together + shrink * v)
        return float(loss.sum())

    def decision_function(self, rows: Any) -> np.ndarray:
        """y(x) of each row, (n,): for the logistic loss the log odds of a 1. Raises ValueError for other features."""
        x = self._known(rows)
        squared = x.copy()
        squared.data **= 2
        return _value(
            self.intercept_, x @ self.weights_[:, None], x @ self.factors_, squared @ self.factors_**2
        )

    def predict_proba(self, rows: Any) -> np.ndarray:
        """The chances of 0 and of 1, (n, 2), of a machine with the logistic loss."""
        check_is_fitted(self, "factors_")
        if self.loss != "logistic":
            raise ValueError("Chances come from loss='logistic'; with 'squared' use predict.")
        chance = expit(self.decision_function(rows))
        return np.column_stack([1 - chance, chance])

    def predict(self, rows: Any) -> np.ndarray:
        """The likelier of 0 and 1 for each row, (n,), or with the squared loss y(x)."""
        value = self.decision_function(rows)
        return (value > 0).astype(np.float64) if self.loss == "logistic" else value

    def cross(self, left: Any, right: Any) -> np.ndarray:
        """y of every row of ``left`` put together with every row of ``right``, (n_left, n_right).

        The two hold different features: say, who listens where, and what can be heard. What is left to each pair is
        one product, since y(l + r) = y(l) + y(r) - w_0 + sum_f (sum_a v_af l_a) (sum_b v_bf r_b).
        """
        left, right = self._known(left), self._known(right)
        alone = self.decision_function(left)[:, None] + self.decision_function(right) - self.intercept_
        found: np.ndarray = alone + (left @ self.factors_) @ (right @ self.factors_).T
        return found

    def _known(self, rows: Any) -> sparse.csr_array:
        check_is_fitted(self, "factors_")
        x = as_rows(rows)
        if x.shape[1] != len(self.weights_):
            raise ValueError(
                f"The rows have {x.shape[1]} features and the machine was fitted on {len(self.weights_)}: "
                f"make both with the same encoder."
            )
        return x

    def _targets(self, target: Any) -> np.ndarray:
        y = np.asarray(target, dtype=np.float64)
        if y.ndim != 1 or not np.isfinite(y).all():
            raise ValueError("Targets are one finite number for each row.")
        if self.loss == "logistic" and not np.isin(y, (0, 1)).all():
            other = float(y[~np.isin(y, (0, 1))][0])
            raise ValueError(f"The logistic loss takes targets 0 and 1, not {other:g}: use loss='squared'.")
        return y


def as_rows(rows: Any) -> sparse.csr_array:
    """Rows of features as a sparse array of floats; ValueError for a value that is missing or infinite."""
    x = sparse.csr_array(rows, dtype=np.float64)
    if x.ndim != 2 or not np.isfinite(x.data).all():
        raise ValueError(
            "Rows of features are a table of finite numbers: give a missing value a feature of its own."
        )
    return x


def _value(intercept: float, linear: np.ndarray, sums: np.ndarray, squares: np.ndarray) -> np.ndarray:
    """y(x) from sum_a w_a x_a (n, 1), sum_a v_af x_a (n, k) and sum_a v_af^2 x_a^2 (n, k)."""
    found: np.ndarray = intercept + linear[:, 0] + ((sums**2).sum(axis=1) - squares.sum(axis=1)) / 2
    return found
