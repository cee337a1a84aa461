"""How far one linear model goes: items predicted from all other items, in closed form.

It is not iterative and has one setting; what it costs is the inverse of one matrix.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import CELLS_PER_BATCH, Recommender
from recsys_helpers.models.checks import check_number


class EASE(Recommender):
    """Scores X B, where B minimises |X - X B|^2 + lambda |B|^2 under a diagonal of zeros.

    With P = (X^T X + lambda I)^-1 the solution is B = I - P diag(1 / diag P). P is items x items. Where there are fewer
    users than items the same P comes from K = (X X^T + lambda I)^-1, users x users, since
    P = (I - X^T K X) / lambda and X P = K X: then neither P nor B is ever written down.

    Parameters
    ----------
    regularization : lambda in units of the mean squared value of the interactions, so that it means the same on
        0/1 and on log(1 + plays).
    solve : "auto" (the smaller of the two matrices), "users" or "items".

    After ``fit``: ``solved_over_`` ("users" or "items").

    Harald Steck. Embarrassingly Shallow Autoencoders for Sparse Data. WWW 2019. arXiv:1905.03375.
    """

    def __init__(self, regularization: float = 100.0, solve: str = "auto"):
        self.regularization = regularization
        self.solve = solve

    def _fit(self, x: Interactions) -> None:
        check_number("regularization", self.regularization, 0)
        if self.regularization == 0 or not x.matrix.data.any():
            raise ValueError("EASE needs a regularization above 0 and values that are not all 0.")
        if self.solve not in ("auto", "users", "items"):
            raise ValueError(f"solve={self.solve!r}: choose 'auto', 'users' or 'items'.")
        fewer = "users" if x.shape[0] < x.shape[1] else "items"
        self.solved_over_ = fewer if self.solve == "auto" else self.solve
        self.lambda_ = self.regularization * float(np.mean(x.matrix.data**2))
        if self.solved_over_ == "items":
            inverse = _inverse(x.matrix.T @ x.matrix, self.lambda_)
            self.weights_ = inverse / -np.diag(inverse)
            np.fill_diagonal(self.weights_, 0.0)
            return
        self.matrix_ = x.matrix
        self.inverse_ = _inverse(x.matrix @ x.matrix.T, self.lambda_)
        self.diagonal_ = np.empty(x.shape[1])  # of P: (1 - x_j^T K x_j) / lambda
        columns = x.matrix.T.tocsr()
        size = max(1, CELLS_PER_BATCH // x.shape[0])
        for start in range(0, x.shape[1], size):
            block = columns[start : start + size]
            through = block @ self.inverse_
            row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
            share = np.bincount(row, block.data * through[row, block.indices], minlength=block.shape[0])
            self.diagonal_[start : start + size] = (1 - share) / self.lambda_

    def _score(self, rows: np.ndarray) -> np.ndarray:
        mine = self.seen_.matrix[rows]
        if self.solved_over_ == "items":
            return mine @ self.weights_
        if self.seen_.matrix is self.matrix_:
            through = (self.matrix_.T @ self.inverse_[:, rows]).T  # X P = K X, K symmetric
        else:  # X' P = (X' - X' X^T K X) / lambda
            through = (
                mine.toarray() - (self.matrix_.T @ (self.inverse_ @ (self.matrix_ @ mine.T).toarray())).T
            ) / self.lambda_
        scores = through / -self.diagonal_
        scores[np.repeat(np.arange(len(rows)), np.diff(mine.indptr)), mine.indices] += mine.data
        return scores


def _inverse(gram, ridge: float) -> np.ndarray:
    """(gram + ridge I)^-1 for a sparse symmetric gram, by Cholesky."""
    dense = gram.toarray()
    dense[np.diag_indices_from(dense)] += ridge
    factor, failed = linalg.lapack.dpotrf(dense, lower=1, overwrite_a=1)
    if failed:
        raise ValueError(
            "EASE's matrix is not positive definite in floating point: raise the regularization."
        )
    inverse, _ = linalg.lapack.dpotri(factor, lower=1, overwrite_c=1)
    lower = np.tril(inverse)
    return lower + np.tril(inverse, -1).T
