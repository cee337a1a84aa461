"""The alternation of least squares: with one side's factors fixed the other side's are solved, and back again.

It is not gradient descent: each half-step is a ridge regression for each row of one side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from threadpoolctl import threadpool_limits

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import Recommender
from recsys_helpers.models.checks import check_number


class Alternation(Recommender):
    """What models fitted by alternating least squares share; one of them writes the half-steps."""

    _fewest_factors = 1
    n_factors: int
    n_epochs: int
    track_objective: bool

    def _fit(self, x: Interactions) -> None:
        check_number("n_factors", self.n_factors, self._fewest_factors, whole=True)
        check_number("n_epochs", self.n_epochs, 1, whole=True)
        self._start(x)
        objective = [self.objective(x)] if self.track_objective else []
        # Each product and each system is small: BLAS's own threads would only wait for each other.
        with threadpool_limits(limits=1, user_api="blas"):
            for half_step in self._half_steps():
                half_step()
                if self.track_objective:
                    objective.append(self.objective(x))
        if self.track_objective:
            self.objective_ = np.array(objective)
        self._end()

    def _half_steps(self) -> Iterator[Callable[[], None]]:
        for _ in range(self.n_epochs):
            yield self._solve_users
            yield self._solve_items

    # ---- what a model writes ---------------------------------------------------------------------------------

    def objective(self, x: Interactions) -> float:
        """What ``fit`` minimises, on the interactions that the model was fitted on."""
        raise NotImplementedError

    def _start(self, x: Interactions) -> None:
        raise NotImplementedError

    def _solve_users(self) -> None:
        raise NotImplementedError

    def _solve_items(self) -> None:
        raise NotImplementedError

    def _end(self) -> None:
        raise NotImplementedError
