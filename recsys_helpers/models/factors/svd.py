"""The article's class, right: a truncated SVD of the rating matrix after its holes are filled.

It is not a fit to the observed cells alone: that is ``BiasedALS``. Here every hole has a value, and which one
decides what the model is good for.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, svds

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.abilities import GivesReasons, NamesSimilar, Reasons, TakesItems
from recsys_helpers.models.base import Recommender
from recsys_helpers.models.checks import check_number, random_source
from recsys_helpers.models.factors.biases import DAMPING, damped_biases, user_biases
from recsys_helpers.models.factors.pairs import cells, cosines


class CollaborativeFiltering(TakesItems, NamesSimilar, GivesReasons, Recommender):
    """R is filled, then approximated by its best matrix of rank k: scores = P Q^T with P = U S and Q = V.

    Parameters
    ----------
    n_factors : k, at most the smaller side of the matrix.
    n_epochs : how often the holes are filled. In the first epoch they get ``fill``; in each later one what the last
        fit says (an EM algorithm). More epochs fit the observed cells better and, after a few, the others worse.
    fill : "biases" puts mu + b_u + b_i into the holes, which is for ratings; "zero" puts 0, which is for
        ranking by plays (one epoch is then PureSVD: Cremonesi, Koren, Turrin 2010, doi:10.1145/1864708.1864721).
    verbose : print the error on the observed cells after each epoch.
    random_state : starts the iterative SVD; the result depends on it only in the last digits.

    After ``fit``: ``user_factors_`` (n_users, k), ``item_factors_`` (n_items, k, orthonormal columns, each with its
    largest entry positive), ``singular_values_`` (k,), and for ``fill="biases"`` ``mean_``, ``user_bias_`` and
    ``item_bias_``.

    The filled matrix is never written down: it is sparse plus low rank, and the SVD only multiplies by it.

    Nathan Srebro, Tommi Jaakkola. Weighted Low-Rank Approximations. ICML 2003. Rahul Mazumder, Trevor Hastie, Robert
    Tibshirani. Spectral Regularization Algorithms for Learning Large Incomplete Matrices. JMLR 11, 2010 (Hard-Impute).
    """

    def __init__(
        self,
        n_factors: int = 10,
        n_epochs: int = 2,
        fill: str = "biases",
        verbose: bool = False,
        random_state: Any = 0,
    ):
        self.n_factors = n_factors
        self.n_epochs = n_epochs
        self.fill = fill
        self.verbose = verbose
        self.random_state = random_state

    def _fit(self, x: Interactions) -> None:
        check_number("n_factors", self.n_factors, 1, whole=True)
        check_number("n_epochs", self.n_epochs, 1, whole=True)
        if self.fill not in ("biases", "zero"):
            raise ValueError(f"fill={self.fill!r}: choose 'biases' (for ratings) or 'zero' (for ranking).")
        if self.n_factors > min(x.shape):
            raise ValueError(
                f"n_factors={self.n_factors}, but a {x.shape[0]} x {x.shape[1]} matrix has at most {min(x.shape)}: "
                f"give fewer."
            )
        start = random_source(self.random_state).uniform(-1, 1, min(x.shape))
        if self.fill == "biases":
            self.mean_, self.user_bias_, self.item_bias_ = damped_biases(x)
            left, right = self._filling(self.user_bias_)
        else:
            left, right = np.zeros((x.shape[0], 1)), np.zeros((x.shape[1], 1))
        rows, columns = x.rows, x.matrix.indices
        for epoch in range(self.n_epochs):
            filled = x.with_values(x.matrix.data - cells(left, right, rows, columns)).matrix
            self.singular_values_, self.item_factors_ = _right_singular(
                filled, left, right, self.n_factors, start
            )
            self.user_factors_ = filled @ self.item_factors_ + left @ (right.T @ self.item_factors_)
            self._filled = left, right  # what the holes held: ``explain`` tells it from what was observed
            left, right = self.user_factors_, self.item_factors_
            if self.verbose:
                error = np.sqrt(np.mean((x.matrix.data - cells(left, right, rows, columns)) ** 2))
                print(f"epoch {epoch + 1}: RMSE on the observed cells {error:.4f}")

    def _filling(self, user_bias: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """mu + b_u + b_i as a product of rank 2: (n_users, 2) and (n_items, 2)."""
        return (
            np.column_stack([self.mean_ + user_bias, np.ones(len(user_bias))]),
            np.column_stack([np.ones(len(self.item_bias_)), self.item_bias_]),
        )

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self.user_factors_[rows] @ self.item_factors_.T
        return scores

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return cells(self.user_factors_, self.item_factors_, rows, columns)

    def _fold_in(self, x: Interactions) -> None:
        """Fill the new rows as the old ones were and project them on the item factors, which stay."""
        left, right = np.zeros((x.shape[0], 1)), np.zeros((x.shape[1], 1))
        if self.fill == "biases":
            self.user_bias_ = user_biases(x, self.mean_, self.item_bias_)
            left, right = self._filling(self.user_bias_)
        for _ in range(self.n_epochs):
            self._filled = left, right
            filled = x.with_values(x.matrix.data - cells(left, right, x.rows, x.matrix.indices)).matrix
            left = filled @ self.item_factors_ + left @ (right.T @ self.item_factors_)
            right = self.item_factors_
        self.user_factors_ = left

    def _item_rows(self, columns: sparse.csr_array) -> dict[str, np.ndarray]:
        """Fill the new columns as the old ones were and project them on the listeners' factors, P^T r / s^2."""
        row, user = np.repeat(np.arange(columns.shape[0]), np.diff(columns.indptr)), columns.indices
        people, square = self.user_factors_, self.singular_values_**2
        scale = np.divide(1, square, out=np.zeros_like(square), where=square > 1e-12 * square[0])
        bias, found = np.zeros(columns.shape[0]), np.zeros((columns.shape[0], self.n_factors))
        said = np.zeros(columns.nnz)
        if self.fill == "biases":
            rest = np.bincount(
                row, columns.data - self.mean_ - self.user_bias_[user], minlength=columns.shape[0]
            )
            bias = rest / (np.diff(columns.indptr) + DAMPING)
            filling = np.column_stack([self.mean_ + self.user_bias_, np.ones(len(people))])
            found = np.column_stack([np.ones(len(bias)), bias]) @ (filling.T @ people) * scale
            said = self.mean_ + self.user_bias_[user] + bias[row]
        for epoch in range(self.n_epochs):
            if epoch:
                said = cells(people, found, user, row)
            beyond = sparse.csr_array((columns.data - said, user, columns.indptr), columns.shape)
            found = found + (beyond @ people) * scale
        return {"item_factors_": found} | ({"item_bias_": bias} if self.fill == "biases" else {})

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        return cosines(self.item_factors_, columns)

    def _reasons(self, row: int, columns: np.ndarray) -> Reasons:
        """p_u = sum_j (r_uj - what was filled in) q_j over what u has, and the filling's own share."""
        told, wanted = self._told(), self.item_factors_[columns]
        heard, value = told._history(row)
        left, right = told._filled
        beyond = value - right[heard] @ left[row]
        rest = wanted @ (told.item_factors_.T @ right @ left[row])
        return Reasons(told.items_.take(heard), wanted @ told.item_factors_[heard].T * beyond, rest)


def _right_singular(
    matrix: sparse.csr_array, left: np.ndarray, right: np.ndarray, k: int, start: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The k largest singular values, descending, and right singular vectors (n, k) of ``matrix + left right^T``."""
    if k == min(matrix.shape):  # ARPACK finds fewer than all
        _, values, vectors = np.linalg.svd(matrix.toarray() + left @ right.T, full_matrices=False)
        vectors = vectors.T
    else:
        across = matrix.T.tocsr()
        operator = LinearOperator(
            matrix.shape,
            matvec=lambda v: matrix @ v + left @ (right.T @ v),
            rmatvec=lambda u: across @ u + right @ (left.T @ u),
            dtype=np.float64,
        )
        _, values, vectors = svds(operator, k=k, v0=start, return_singular_vectors="vh")
        order = np.argsort(-values)
        values, vectors = values[order], vectors[order].T
    signs = np.sign(vectors[np.abs(vectors).argmax(axis=0), np.arange(k)])
    return values, vectors * np.where(signs == 0, 1.0, signs)
