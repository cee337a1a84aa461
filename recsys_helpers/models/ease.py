"""How far one linear model goes: items predicted from all other items, in closed form.

It is not iterative and has one setting; what it costs is the inverse of one matrix.
"""

from __future__ import annotations

import numpy as np
from scipy import linalg, sparse

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.abilities import GivesReasons, LearnsOn, NamesSimilar, Reasons
from recsys_helpers.models.checks import check_choice, check_number
from recsys_helpers.models.memory import gigabytes, memory
from recsys_helpers.models.merging import placed

FLOAT = 8  # bytes
CELLS_PER_BLOCK = 1_000_000
SPARE = 1.2  # what a fit holds at most, in sizes of its matrix
FEW = 8  # where at most so small a part of the rows changed, correcting P costs less than solving for it


class EASE(LearnsOn, NamesSimilar, GivesReasons):
    """Scores X B, where B minimises |X - X B|^2 + lambda |B|^2 under a diagonal of zeros.

    With P = (X^T X + lambda I)^-1 the solution is B = I - P diag(1 / diag P). P is items x items. Where there are fewer
    users than items the same P comes from K = (X X^T + lambda I)^-1, users x users, since
    P = (I - X^T K X) / lambda and X P = K X: then neither P nor B is ever written down.

    Parameters
    ----------
    regularization : lambda in units of the mean squared value of the interactions, so that it means the same on
        0/1 and on log(1 + plays).
    solve : "auto" (the smaller of the two matrices), "users" or "items".

    After ``fit``: ``solved_over_`` ("users" or "items"), ``lambda_``. The matrix is the only large array; where the
    machine's memory cannot hold it, ``fit`` says its size instead of beginning.

    Harald Steck. Embarrassingly Shallow Autoencoders for Sparse Data. WWW 2019. arXiv:1905.03375.
    """

    def __init__(self, regularization: float = 100.0, solve: str = "auto"):
        self.regularization = regularization
        self.solve = solve

    def _side(self, x: Interactions) -> str:
        fewer = "users" if x.shape[0] < x.shape[1] else "items"
        return fewer if self.solve == "auto" else self.solve

    def _ridge(self, x: Interactions) -> float:
        return self.regularization * float(np.mean(x.matrix.data**2))

    def _fit(self, x: Interactions) -> None:
        check_number("regularization", self.regularization, 0)
        if self.regularization == 0 or not x.matrix.data.any():
            raise ValueError("EASE needs a regularization above 0 and values that are not all 0.")
        check_choice("solve", self.solve, ("auto", "users", "items"))
        self.solved_over_, self.lambda_ = self._side(x), self._ridge(x)
        if self.solved_over_ == "items":
            self._set_weights(_inverse(sparse.csr_array(x.matrix.T), self.lambda_, "items"))
            return
        self.matrix_ = x.matrix
        self.inverse_ = _inverse(x.matrix, self.lambda_, "users")
        # Of P: (1 - x_j^T K x_j) / lambda.
        self.diagonal_ = (1 - _quadratic_forms(sparse.csr_array(x.matrix.T), self.inverse_)) / self.lambda_

    def _set_weights(self, inverse: np.ndarray) -> None:
        """B from P, in the place of P."""
        self.diagonal_, self.weights_ = np.diag(inverse).copy(), inverse
        self.weights_ /= -self.diagonal_
        np.fill_diagonal(self.weights_, 0.0)

    def _learn_on(self, old: Interactions, new: Interactions, rows: np.ndarray) -> None:
        """Over items and under the same lambda (on 0/1: always) P is corrected for the rows that changed, else solved.

        The changed rows stand in U, as they are with sign +1 and as they were with -1. With C their signs,
        (P^-1 + U^T C U)^-1 = P - P U^T (C + U P U^T)^-1 U P (Woodbury), and an item that is new to P has 1 / lambda.
        """
        n = len(new.items)
        same = (self._side(new), self._ridge(new)) == (self.solved_over_, self.lambda_)
        if not same or self.solved_over_ == "users" or len(rows) > n // FEW:
            self._fit(new)
            return
        place = new.items.get_indexer(old.items)
        inverse = np.zeros((n, n))
        inverse[np.ix_(place, place)] = self.weights_ * -self.diagonal_
        inverse[np.diag_indices(n)] = 1 / self.lambda_
        inverse[place, place] = self.diagonal_
        before = placed(old.matrix, new.users.get_indexer(old.users), place, new.shape)[rows]
        changed = sparse.csr_array(sparse.vstack([new.matrix[rows], before], format="csr"))
        signs = np.repeat([1.0, -1.0], len(rows))
        through = changed @ inverse  # U P
        right = np.linalg.solve(np.diag(signs) + (changed @ through.T).T, through)
        size = max(1, CELLS_PER_BLOCK // n)
        for start in range(0, n, size):
            inverse[start : start + size] -= through[:, start : start + size].T @ right
        self._set_weights(inverse)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        mine = self.seen_.matrix[rows]
        if self.solved_over_ == "items":
            scores: np.ndarray = mine @ self.weights_
            return scores
        if self.seen_.matrix is self.matrix_:
            through = (self.matrix_.T @ self.inverse_[:, rows]).T  # X P = K X, K symmetric
        else:  # X' P = (X' - X' X^T K X) / lambda
            through = (
                mine.toarray() - (self.matrix_.T @ (self.inverse_ @ (self.matrix_ @ mine.T).toarray())).T
            ) / self.lambda_
        scores = through / -self.diagonal_
        scores[np.repeat(np.arange(len(rows)), np.diff(mine.indptr)), mine.indices] += mine.data
        return scores

    def _weights(self, of: np.ndarray, on: np.ndarray) -> np.ndarray:
        """B[of, on]: how much having the first items says for the second, (n_of, n_on)."""
        if self.solved_over_ == "items":
            found: np.ndarray = self.weights_[np.ix_(of, on)]
            return found
        columns = sparse.csr_array(self.matrix_.T)
        through = columns[of] @ self.inverse_
        weights: np.ndarray = (columns[on] @ through.T).T / (self.lambda_ * self.diagonal_[on])
        weights[of[:, None] == on] = 0.0
        return weights

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        return self._weights(columns, np.arange(len(self.items_)))

    def _reasons(self, row: int, columns: np.ndarray) -> Reasons:
        heard, value = self._history(row)
        return Reasons(self.items_.take(heard), (self._weights(heard, columns) * value[:, None]).T)


def _inverse(rows: sparse.csr_array, ridge: float, of: str) -> np.ndarray:
    """(rows rows^T + ridge I)^-1, shape (n, n), by Cholesky; every step in the place of the one before."""
    n = rows.shape[0]
    matrix = _room(n, of)
    across = sparse.csr_array(rows.T)
    size = max(1, min(CELLS_PER_BLOCK, n * n // 16) // n)
    for start in range(0, n, size):  # the sparse product of all rows at once would outweigh the matrix
        matrix[:, start : start + size] = (rows[start : start + size] @ across).toarray().T
    matrix[np.diag_indices(n)] += ridge
    matrix, failed = linalg.lapack.dpotrf(matrix, lower=1, clean=0, overwrite_a=1)
    if failed:
        raise ValueError(
            "EASE's matrix is not positive definite in floating point: raise the regularization."
        )
    matrix, _ = linalg.lapack.dpotri(matrix, lower=1, overwrite_c=1)
    for start in range(0, n, size):  # LAPACK leaves what is above the diagonal as it was
        block = slice(start, start + size)
        matrix[:start, block] = matrix[block, :start].T
        corner = matrix[block, block]
        corner[:] = np.tril(corner) + np.tril(corner, -1).T
    found: np.ndarray = matrix.T  # symmetric; and so in the order in which scipy multiplies it without a copy
    return found


def _room(n: int, of: str) -> np.ndarray:
    """An empty matrix (n, n) in LAPACK's order; ValueError with its size where it cannot be."""
    there, size = memory(), FLOAT * n * n
    if there is None or SPARE * size <= there:
        try:
            return np.empty((n, n), order="F")
        except MemoryError:
            pass
    limit = "" if there is None else f", of which this machine has {gigabytes(there)}"
    raise ValueError(
        f"EASE writes down a matrix of {n:,} x {n:,} {of}, {gigabytes(size)} of memory{limit}. Keep the items with the "
        "most listeners, or take ItemKNN or ImplicitALS, whose memory grows with the interactions."
    )


def _quadratic_forms(columns: sparse.csr_array, matrix: np.ndarray) -> np.ndarray:
    """x^T M x for each row x of ``columns``, shape (n_rows,)."""
    found, n = np.empty(columns.shape[0]), columns.shape[1]
    size = max(1, min(CELLS_PER_BLOCK, max(n * n // 16, 50_000)) // n)
    for start in range(0, columns.shape[0], size):
        block = columns[start : start + size]
        through = block @ matrix
        row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
        found[start : start + size] = np.bincount(
            row, block.data * through[row, block.indices], minlength=block.shape[0]
        )
    return found
