"""Matrix factorisation for plays: all cells count, those that were played more loudly.

It is not for ratings (see ``biased``), where a cell without a rating says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np
from scipy import sparse

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.abilities import GivesReasons, NamesSimilar, Reasons, TakesItems
from recsys_helpers.models.checks import check_choice, check_number, random_source
from recsys_helpers.models.factors.alternation import Alternation
from recsys_helpers.models.factors.conjugate import Entries, descend, entries, solve
from recsys_helpers.models.factors.pairs import cells, cosines

# Share of a right-hand side that may be left when a half-step is solved: what the type can tell from nothing.
ENOUGH = {"float32": 1e-6, "float64": 1e-12}


class ImplicitALS(TakesItems, NamesSimilar, GivesReasons, Alternation):
    """Plays as confidence: every cell says 0 or 1, and a cell that was played says its 1 more loudly.

    Minimises, over ALL cells, sum c (y - p_u . q_i)^2 + regularization (sum |p_u|^2 + sum |q_i|^2), where y is 1 where
    the value v is above 0, else 0, and c = 1 + alpha |v| / m, with m the mean of the values above 0. So a dislike, a
    value below 0, says its 0 loudly, and a stored 0 says no more than a hole. A half-step runs a few steps of conjugate
    gradients for all rows of one side, from where they stand: the objective never rises, and no k x k system is written
    down but the one that all rows share, F^T F. At the end the listeners' half-step is solved, as ``fold_in`` solves it
    for others: then a score is a sum over what the listener has (Hu et al., section 5).

    Parameters
    ----------
    n_factors : k.
    n_epochs : sweeps over both sides.
    regularization : lambda. What is best grows with alpha. With c times the listeners it is the root of c times as
        much, and exactly so where they are copies: the loss grows by c, and longer vectors of the tracks let those of
        the listeners be shorter, so that the penalty grows less.
    count_power : how lambda grows with the n values above 0 of a row: lambda n ^ count_power for each listener and each
        track. 0 is plain ridge. 1 is Zhou et al.'s and that of ALS in Spark, whose regParam lambda then is, and whose
        alpha is alpha / m; the fit of a table in which each listener stands c times is then that of the table itself.
    alpha : how much louder than a hole an average observed entry is, above 0; v / m makes it mean the same on 0/1, on
        log(1 + plays) and on plays.
    cg_steps : steps of conjugate gradients in a half-step.
    dtype : "float32" (twice as fast) or "float64".
    n_jobs : threads that work on blocks of rows, at most; a table of fewer than some 600,000 entries is left to one, as
        taking turns would cost more than it saves. The result is the same with any number.
    track_objective : keep the objective before the first and after each half-step in ``objective_``.
    random_state : of the first factors.

    After ``fit``: ``user_factors_`` (n_users, k) and ``item_factors_`` (n_items, k), ``mean_value_``.

    Yifan Hu, Yehuda Koren, Chris Volinsky. Collaborative Filtering for Implicit Feedback Datasets. ICDM 2008.
    doi:10.1109/ICDM.2008.22. Gábor Takács, István Pilászy, Domonkos Tikk. Applications of the Conjugate Gradient
    Method for Implicit Feedback Collaborative Filtering. RecSys 2011. doi:10.1145/2043932.2043987. Yunhong Zhou, Dennis
    Wilkinson, Robert Schreiber, Rong Pan. Large-Scale Parallel Collaborative Filtering for the Netflix Prize. AAIM
    2008. doi:10.1007/978-3-540-68880-8_32.
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
        random_state: Any = 0,
        count_power: float = 0.0,
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
        self.count_power = count_power

    @classmethod
    def from_factors(
        cls, x: Interactions, user_factors: np.ndarray, item_factors: np.ndarray, **settings: Any
    ) -> Self:
        """A fitted model from factors that another program found, such as a cluster (``scale.spark``).

        x : what it was fitted on. user_factors : (n_users, k), item_factors : (n_items, k), in the order of its ids.
        settings : those of this class under which they are best, by which it folds in and explains.

        Raises ValueError for factors of another shape, or that are no numbers.
        """
        cls()._check_interactions(x)
        try:
            tables = [np.asarray(one) for one in (user_factors, item_factors)]
        except ValueError:  # rows of unequal length
            tables = [np.zeros(0)] * 2
        sizes = [one.shape[1] if one.ndim == 2 else -1 for one in tables]
        if sizes[0] != sizes[1] or sizes[0] < 1 or [len(one) for one in tables] != [*x.shape]:
            raise ValueError(
                f"The factors are of shape {tables[0].shape} and {tables[1].shape}: give a row for each of "
                f"{x.shape[0]} users and {x.shape[1]} items, with as many columns in both."
            )
        if not all(one.dtype.kind in "fiu" and np.isfinite(one).all() for one in tables):
            raise ValueError("A factor is no number: look at what found them.")
        model = cls(n_factors=sizes[0], **settings)
        model._check(x)
        model.users_, model.items_, model.seen_, model._folded = x.users, x.items, x, False
        model.user_factors_, model.item_factors_ = (one.astype(model.dtype) for one in tables)
        return model

    def _check(self, x: Interactions) -> None:
        check_number("regularization", self.regularization, 1e-9)
        check_number("alpha", self.alpha, 1e-9)
        check_number("count_power", self.count_power, 0)
        check_number("cg_steps", self.cg_steps, 1, whole=True)
        check_number("n_jobs", self.n_jobs, 1, whole=True)
        check_choice("dtype", self.dtype, ("float32", "float64"))
        if not (x.matrix.data > 0).any():
            raise ValueError(
                "No value is above 0: ImplicitALS takes 0 for «not heard», and has nothing to learn."
            )
        self.mean_value_ = float(x.matrix.data[x.matrix.data > 0].mean())

    def _start(self, x: Interactions) -> None:
        self._check(x)
        # All above 0, so that the first sweep finds what everybody plays and the next ones what sets people apart.
        random = random_source(self.random_state)
        self.user_factors_ = random.uniform(0, 0.01, (x.shape[0], self.n_factors)).astype(self.dtype)
        self.item_factors_ = random.uniform(0, 0.01, (x.shape[1], self.n_factors)).astype(self.dtype)
        extra = self._extra_confidence(x.matrix)
        turned = extra.T.tocsr()
        self._silent = _above_0(extra) == 0, _above_0(turned) == 0
        self._ridges = self._ridge(extra), self._ridge(turned)
        self._blocks = entries(extra), entries(turned)

    def _ridge(self, values: sparse.csr_array) -> float | np.ndarray:
        """lambda of each row, or the one number that it is for all."""
        if self.count_power == 0:
            return self.regularization
        found: np.ndarray = self.regularization * np.maximum(_above_0(values), 1) ** float(self.count_power)
        return found

    def _extra_confidence(self, values: sparse.csr_array) -> sparse.csr_array:
        """c - 1 for the cells whose value is not 0, with the sign of the value."""
        matrix = values * (self.alpha / self.mean_value_)
        matrix.eliminate_zeros()
        return sparse.csr_array(matrix, dtype=self.dtype)

    def _half_steps(self) -> Iterator[Callable[[], None]]:
        yield from Alternation._half_steps(self)
        yield self._settle

    def _solve_users(self) -> None:
        self.user_factors_ = self._descend(0, self.user_factors_, self.item_factors_)

    def _solve_items(self) -> None:
        self.item_factors_ = self._descend(1, self.item_factors_, self.user_factors_)

    def _settle(self) -> None:
        """The last half-step of the listeners, solved; who has nothing above 0 is best at 0, on both sides."""
        users, items = self._silent
        self.item_factors_[items] = 0
        self.user_factors_[users] = 0
        self.user_factors_ = self._solved(
            self._blocks[0], self.user_factors_, self.item_factors_, self._ridges[0]
        )

    def _end(self) -> None:
        del self._blocks, self._ridges, self._silent
        longest = [np.sqrt((one**2).sum(axis=1).max()) for one in (self.user_factors_, self.item_factors_)]
        if longest[0] * longest[1] < 1e-3:
            raise ValueError(
                f"regularization={self.regularization:g} outweighs this data: every factor went to 0. "
                f"Give a smaller one."
            )

    def _descend(self, side: int, own: np.ndarray, other: np.ndarray) -> np.ndarray:
        return descend(self._blocks[side], own, other, self._ridges[side], self.cg_steps, self.n_jobs)

    def _solved(
        self, blocks: list[Entries], own: np.ndarray, other: np.ndarray, ridge: float | np.ndarray
    ) -> np.ndarray:
        """The rows' half-step with as many steps as it takes."""
        return solve(blocks, own, other, ridge, ENOUGH[self.dtype], self.n_jobs)

    def _from_nothing(self, values: sparse.csr_array, other: np.ndarray) -> np.ndarray:
        """The factors of rows that were not in the fit, from their values."""
        start = np.zeros((values.shape[0], self.n_factors), dtype=self.dtype)
        extra = self._extra_confidence(values)
        return self._solved(entries(extra), start, other, self._ridge(extra))

    def objective(self, x: Interactions) -> float:
        """What ``fit`` minimises, on the interactions that the model was fitted on; in float64."""
        users, items = self.user_factors_.astype(np.float64), self.item_factors_.astype(np.float64)
        matrix = x.matrix.copy()
        matrix.eliminate_zeros()
        row = np.repeat(np.arange(x.shape[0]), np.diff(matrix.indptr))
        said = cells(users, items, row, matrix.indices)
        confidence = 1 + self.alpha / self.mean_value_ * np.abs(matrix.data)
        # All cells as if they were holes with confidence 1, then the observed cells put right.
        everywhere = np.sum((users.T @ users) * (items.T @ items))
        observed = np.sum(confidence * ((matrix.data > 0) - said) ** 2 - said**2)
        if self.count_power == 0:
            penalty = self.regularization * ((users**2).sum() + (items**2).sum())
        else:
            penalty = self._ridge(matrix) @ (users**2).sum(axis=1)
            penalty += self._ridge(matrix.T.tocsr()) @ (items**2).sum(axis=1)
        return float(everywhere + observed + penalty)

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        return cells(self.user_factors_, self.item_factors_, rows, columns)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self.user_factors_[rows] @ self.item_factors_.T
        return scores

    def _fold_in(self, x: Interactions) -> None:
        self.user_factors_ = self._from_nothing(x.matrix, self.item_factors_)

    def _item_rows(self, columns: sparse.csr_array) -> dict[str, np.ndarray]:
        return {"item_factors_": self._from_nothing(columns, self.user_factors_)}

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        return cosines(self.item_factors_, columns)

    def _reasons(self, row: int, columns: np.ndarray) -> Reasons:
        """p_u = W F_u^T c, over what u has with y = 1; so the score is a sum of (q_i . W q_j) c_j."""
        told = self._told()
        heard, value = told._history(row)
        extra = self.alpha / self.mean_value_ * value
        factors = told.item_factors_.astype(np.float64)
        mine = factors[heard]
        system = factors.T @ factors + mine.T @ (np.abs(extra)[:, None] * mine)
        n = max(int((extra > 0).sum()), 1)
        system[np.diag_indices_from(system)] += self.regularization * n ** float(self.count_power)
        wanted = self.item_factors_[columns].astype(np.float64)
        values = wanted @ np.linalg.solve(system, mine.T) * np.where(extra > 0, 1 + extra, 0.0)
        return Reasons(told.items_.take(heard), values)


def _above_0(matrix: sparse.csr_array) -> np.ndarray:
    """How many values above 0 each row has, (n_rows,)."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    return np.bincount(rows, matrix.data > 0, minlength=matrix.shape[0])
