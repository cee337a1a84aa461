"""A recommender whose item factors are private for a listener: singular vectors of a private Gram matrix.

It hides a listener in the factors that all share. It hides nobody's list from whoever sees that list, since that is
made from the listener's own plays; and choosing its settings by how well it does on the same listeners is not private.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Recommender
from recsys_helpers.models.checks import check_number
from recsys_helpers.trust.privacy import Budget, private_gram


class PrivateSVD(Recommender):
    """Scores X V V^T, with V the first eigenvectors of X^T X, to which noise was added before anything was learned.

    Without noise V holds the right singular vectors of X, with its rows scaled to length 1 at most and holes as zeros
    (PureSVD, Cremonesi et al. 2010, doi:10.1145/1864708.1864721). Noise moves large eigenvalues little and small ones
    wholly; so the first few directions survive where an inverse, as in EASE, would lean on the last. Whoever goes on
    computing with a private matrix learns no more of a listener, hence ``item_factors_`` are as private as the matrix.

    Parameters
    ----------
    epsilon, delta : of the Gram matrix, for adding or removing one listener; see ``trust.privacy``.
    n_factors : directions that are kept; to be chosen without a look at these listeners.
    budget : a ``Budget`` that pays at each ``fit``, where given. Clones share it.
    lesson_seed : makes the noise repeatable, for lessons and tests alone.

    After ``fit``: ``item_factors_`` (n_items, n_factors), which may be given away. The model itself holds the plays of
    its listeners, as every model here does, and so does the file that ``save`` writes: these may not.
    """

    def __init__(
        self,
        epsilon: float = 4.0,
        delta: float = 1e-5,
        n_factors: int = 16,
        budget: Budget | None = None,
        lesson_seed: int | None = None,
    ):
        self.epsilon = epsilon
        self.delta = delta
        self.n_factors = n_factors
        self.budget = budget
        self.lesson_seed = lesson_seed

    def _fit(self, x: Interactions) -> None:
        check_number("n_factors", self.n_factors, 1, whole=True)
        if self.n_factors > x.shape[1]:
            raise ValueError(f"n_factors={self.n_factors} is more than the {x.shape[1]} items: give fewer.")
        gram = private_gram(x, self.epsilon, self.delta, self.budget, self.lesson_seed)
        _, vectors = np.linalg.eigh(gram)
        factors = vectors[:, -self.n_factors :][:, ::-1]
        largest = factors[np.abs(factors).argmax(axis=0), np.arange(self.n_factors)]
        self.item_factors_ = factors * np.sign(largest)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = (self.seen_.matrix[rows] @ self.item_factors_) @ self.item_factors_.T
        return scores
