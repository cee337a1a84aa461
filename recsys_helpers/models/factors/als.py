"""Matrix factorisation by alternating least squares: for ratings (observed cells) and for plays (all cells).

It is not gradient descent: with one side's factors fixed, the other side's are a ridge regression for each row, and
each is solved (or, for plays, approached by conjugate gradients) before the sides change roles.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import Recommender
from recsys_helpers.models.checks import check_choice, check_not_negative, check_number, random_source
from recsys_helpers.models.factors.biases import DAMPING, damped_biases
from recsys_helpers.models.factors.pairs import cells

ENTRIES_PER_BLOCK = 8_000  # of the gathered factors, so that they stay in the processor's cache
ROWS_PER_BLOCK = 2_000


class _Factors(Recommender):
    """What both share: the alternation, and the inner product as prediction."""

    def _fit(self, x: Interactions) -> None:
        check_number("n_factors", self.n_factors, self._fewest_factors, whole=True)
        check_number("n_epochs", self.n_epochs, 1, whole=True)
        self._start(x)
        objective = [self.objective(x)] if self.track_objective else []
        # Each product and each system is small: BLAS's own threads would only wait for each other.
        with threadpool_limits(limits=1, user_api="blas"):
            for _ in range(self.n_epochs):
                for half_step in (self._solve_users, self._solve_items):
                    half_step()
                    if self.track_objective:
                        objective.append(self.objective(x))
        if self.track_objective:
            self.objective_ = np.array(objective)
        self._end()


class BiasedALS(_Factors):
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
        random_state=0,
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

    def _ridge_rows(self, ratings, bias: np.ndarray, factors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For each row of ``ratings`` the (b, p) that fit its entries best, given the other side's biases and factors.

        (F^T F + D) [b, p] = F^T (r - mu - bias), where F holds a 1 and the factors of each observed column.
        """
        features = np.column_stack([np.ones(len(factors)), factors])
        target = ratings.data - self.mean_ - bias[ratings.indices]
        n, k = ratings.shape[0], features.shape[1]
        penalty = np.full((n, k), float(self.bias_damping))
        penalty[:, 1:] = self._penalty(ratings)[:, None]
        solution = np.empty((n, k))
        for start in range(0, n, ROWS_PER_BLOCK):
            stop = min(start + ROWS_PER_BLOCK, n)
            left, right = np.empty((stop - start, k, k)), np.empty((stop - start, k))
            for row in range(start, stop):
                cells = slice(ratings.indptr[row], ratings.indptr[row + 1])
                mine = features[ratings.indices[cells]]
                left[row - start] = mine.T @ mine
                right[row - start] = target[cells] @ mine
            left[:, np.arange(k), np.arange(k)] += penalty[start:stop]
            solution[start:stop] = np.linalg.solve(left, right[:, :, None])[:, :, 0]
        return solution[:, 0], solution[:, 1:]

    def _penalty(self, ratings) -> np.ndarray:
        """lambda of each row; a row without a rating is held at 0 by any."""
        return self._ridge * np.maximum(np.diff(ratings.indptr), 1) ** float(self.count_power)

    def objective(self, x: Interactions) -> float:
        """What ``fit`` minimises, on the interactions that the model was fitted on."""
        rest = x.matrix.data - self._predict(x.rows, x.matrix.indices)
        of_users = self._penalty(x.matrix) @ (self.user_factors_**2).sum(axis=1)
        of_items = self._penalty(x.matrix.T.tocsr()) @ (self.item_factors_**2).sum(axis=1)
        biases = self.bias_damping * ((self.user_bias_**2).sum() + (self.item_bias_**2).sum())
        return float(rest @ rest + biases + of_users + of_items)

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        together = cells(self.user_factors_, self.item_factors_, rows, columns)
        return self.mean_ + self.user_bias_[rows] + self.item_bias_[columns] + together

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores = self.user_factors_[rows] @ self.item_factors_.T
        scores += (self.mean_ + self.user_bias_[rows])[:, None]
        scores += self.item_bias_
        return scores

    def _fold_in(self, x: Interactions) -> None:
        self.user_bias_, self.user_factors_ = self._ridge_rows(x.matrix, self.item_bias_, self.item_factors_)


class ImplicitALS(_Factors):
    """Plays as confidence: every cell says 0 or 1, and a cell that was played says its 1 more loudly.

    Minimises, over ALL cells, sum c (y - p_u . q_i)^2 + regularization (sum |p_u|^2 + sum |q_i|^2), where y is 1 where
    the value v is above 0, else 0, and c = 1 + alpha v / mean(v). A half-step runs a few steps of conjugate gradients
    for all rows of one side, from where they stand: the objective never rises, and no k x k system is written down but
    the one that all rows share, F^T F.

    Parameters
    ----------
    n_factors : k.
    n_epochs : sweeps over both sides.
    regularization : lambda. What is best grows with alpha, and little with the size of the data.
    alpha : how much louder than a hole an average observed entry is; v / mean(v) makes it mean the same on 0/1, on
        log(1 + plays) and on plays.
    cg_steps : steps of conjugate gradients in a half-step.
    dtype : "float32" (twice as fast) or "float64".
    n_jobs : threads that work on blocks of rows; the result is the same with any number.
    track_objective : keep the objective before the first and after each half-step in ``objective_``.
    random_state : of the first factors.

    After ``fit``: ``user_factors_`` (n_users, k) and ``item_factors_`` (n_items, k), ``mean_value_``.

    Yifan Hu, Yehuda Koren, Chris Volinsky. Collaborative Filtering for Implicit Feedback Datasets. ICDM 2008.
    doi:10.1109/ICDM.2008.22. Gábor Takács, István Pilászy, Domonkos Tikk. Applications of the Conjugate Gradient
    Method for Implicit Feedback Collaborative Filtering. RecSys 2011. doi:10.1145/2043932.2043987.
    """

    _fewest_factors = 1

    def __init__(
        self,
        n_factors: int = 64,
        n_epochs: int = 10,
        regularization: float = 60.0,
        alpha: float = 12.0,
        cg_steps: int = 3,
        dtype: str = "float32",
        n_jobs: int = 1,
        track_objective: bool = False,
        random_state=0,
    ):
        self.n_factors = n_factors
        self.n_epochs = n_epochs
        self.regularization = regularization
        self.alpha = alpha
        self.cg_steps = cg_steps
        self.dtype = dtype
        self.n_jobs = n_jobs
        self.track_objective = track_objective
        self.random_state = random_state

    def _start(self, x: Interactions) -> None:
        check_number("regularization", self.regularization, 1e-9)
        check_number("alpha", self.alpha, 0)
        check_number("cg_steps", self.cg_steps, 1, whole=True)
        check_number("n_jobs", self.n_jobs, 1, whole=True)
        check_choice("dtype", self.dtype, ("float32", "float64"))
        check_not_negative(x, "ImplicitALS")
        if not x.matrix.data.any():
            raise ValueError(
                "Every value is 0: ImplicitALS takes 0 for «not heard» and has nothing to learn."
            )
        self.mean_value_ = float(x.matrix.data[x.matrix.data > 0].mean())
        # All above 0, so that the first sweep finds what everybody plays and the next ones what sets people apart.
        random = random_source(self.random_state)
        self.user_factors_ = random.uniform(0, 0.01, (x.shape[0], self.n_factors)).astype(self.dtype)
        self.item_factors_ = random.uniform(0, 0.01, (x.shape[1], self.n_factors)).astype(self.dtype)
        self._by_user = self._extra_confidence(x, self.dtype)
        self._by_item = self._by_user.T.tocsr()

    def _extra_confidence(self, x: Interactions, dtype) -> sparse.csr_array:
        """c - 1 for the cells with a value above 0."""
        matrix = x.matrix * (self.alpha / self.mean_value_)
        matrix.eliminate_zeros()
        return matrix.astype(dtype)

    def _solve_users(self) -> None:
        self.user_factors_ = self._descend(
            self._by_user, self.user_factors_, self.item_factors_, self.cg_steps
        )

    def _solve_items(self) -> None:
        self.item_factors_ = self._descend(
            self._by_item, self.item_factors_, self.user_factors_, self.cg_steps
        )

    def _end(self) -> None:
        longest = [
            np.sqrt((factors**2).sum(axis=1).max()) for factors in (self.user_factors_, self.item_factors_)
        ]
        if longest[0] * longest[1] < 1e-3:
            raise ValueError(
                f"regularization={self.regularization:g} outweighs this data: every factor went to 0. "
                f"Give a smaller one."
            )
        # Who has no entry is best at 0, and conjugate gradients only come close: what is left would rank by noise.
        for extra, factors in (
            (self._by_user, self.user_factors_),
            (self._by_item, self.item_factors_),
        ):
            factors[np.diff(extra.indptr) == 0] = 0
        del self._by_user, self._by_item

    def _descend(self, extra, own: np.ndarray, other: np.ndarray, steps: int) -> np.ndarray:
        """Some steps towards (F^T F + F_u^T (C_u - I) F_u + lambda I) p_u = F_u^T c_u, for every row u.

        ``extra`` holds c - 1 (rows x columns), ``own`` the rows' factors now, ``other`` = F the columns'; F_u is F
        at the columns that row u has.
        """
        shared = other.T @ other
        shared[np.diag_indices_from(shared)] += self.regularization
        result = np.empty_like(own)

        def one(block):
            start, stop = block
            result[start:stop] = _descend_block(extra[start:stop], own[start:stop], other, shared, steps)

        with ThreadPoolExecutor(self.n_jobs) as workers:
            list(workers.map(one, _blocks(extra.indptr)))
        return result

    def objective(self, x: Interactions) -> float:
        """What ``fit`` minimises, on the interactions that the model was fitted on; in float64."""
        users, items = self.user_factors_.astype(np.float64), self.item_factors_.astype(np.float64)
        extra = self._extra_confidence(x, np.float64)
        row = np.repeat(np.arange(x.shape[0]), np.diff(extra.indptr))
        said = cells(users, items, row, extra.indices)
        # All cells as if they were holes with confidence 1, then the played cells put right.
        everywhere = np.sum((users.T @ users) * (items.T @ items))
        played = np.sum((1 + extra.data) * (1 - said) ** 2 - said**2)
        return float(everywhere + played + self.regularization * ((users**2).sum() + (items**2).sum()))

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return cells(self.user_factors_, self.item_factors_, rows, columns)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return self.user_factors_[rows] @ self.item_factors_.T

    def _fold_in(self, x: Interactions) -> None:
        """The half-step of the new rows, from nothing, with enough steps of conjugate gradients to solve it."""
        check_not_negative(x, "ImplicitALS")
        nothing = np.zeros((x.shape[0], self.n_factors), dtype=self.dtype)
        steps = max(self.cg_steps, self.n_factors)
        self.user_factors_ = self._descend(
            self._extra_confidence(x, self.dtype), nothing, self.item_factors_, steps
        )


def _descend_block(extra, own: np.ndarray, other: np.ndarray, shared: np.ndarray, steps: int) -> np.ndarray:
    """``ImplicitALS._descend`` for some rows: each is a system of its own, and they take each step together."""
    counts = np.diff(extra.indptr)
    gathered = other.take(extra.indices, axis=0)  # F_u of all rows, one below the other
    sums = sparse.csr_array(extra)

    def said(p):
        """F_u p_u for all rows, one value an entry."""
        return np.einsum("nk,nk->n", gathered, np.repeat(p, counts, axis=0))

    def sum_by_row(weight):
        """F_u^T weight_u for all rows."""
        sums.data = weight
        return sums @ other

    x = own.copy()
    rest = sum_by_row(1 + extra.data * (1 - said(x))) - x @ shared
    direction, length = np.zeros_like(x), np.ones(len(x), dtype=x.dtype)
    for _ in range(steps):
        last, length = length, np.einsum("nk,nk->n", rest, rest)
        direction *= _ratio(length, last)
        direction += rest
        ahead = sum_by_row(extra.data * said(direction)) + direction @ shared
        step = _ratio(length, np.einsum("nk,nk->n", direction, ahead))
        x += step * direction
        ahead *= step
        rest -= ahead
    return x


def _blocks(indptr: np.ndarray):
    """(start, stop) of runs of rows with about ENTRIES_PER_BLOCK entries together, and never more rows than that."""
    start, n = 0, len(indptr) - 1
    while start < n:
        stop = int(np.searchsorted(indptr, indptr[start] + ENTRIES_PER_BLOCK, side="right")) - 1
        stop = min(max(stop, start + 1), start + ENTRIES_PER_BLOCK, n)
        yield start, stop
        start = stop


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """above / below as a column (n, 1); 0 where there is nothing left to divide."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)[:, None]
