"""Embeddings of a graph by translation: head + relation lies near tail, for facts and for plays alike.

It knows no time and no strength of a play, and it is no answer for relations that many heads share with many tails.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator


def margin_losses(
    heads: np.ndarray, relations: np.ndarray, tails: np.ndarray, wrong: np.ndarray, margin: float = 1.0
) -> np.ndarray:
    """max(0, margin + |h + r - t|^2 - |h + r - t'|^2) of each row: a true tail is to be nearer than a wrong one.

    All of shape (n, k); the result (n,).

    >>> margin_losses(np.array([[0.0]]), np.array([[1.0]]), np.array([[1.0]]), np.array([[1.5]])).tolist()
    [0.75]
    """
    at = np.asarray(heads, dtype=float) + relations
    near, far = ((at - tails) ** 2).sum(axis=1), ((at - wrong) ** 2).sum(axis=1)
    found: np.ndarray = np.maximum(0.0, margin + near - far)
    return found


class Translation(BaseEstimator):
    """TransE with squared distances: entities and relations as vectors, such that head + relation is near tail.

    Each fact (h, r, t) is compared with one wrong tail t', drawn at random among the tails of its relation, by
    ``margin_losses``; the gradient is followed with steps that shrink for an entity as it is moved (AdaGrad), and no
    entity is longer than 1. The paper draws wrong heads as well; here each question is for a tail.

    Parameters
    ----------
    n_factors, epochs, rate, margin : length of a vector, rounds over all facts, first size of a step, see above.
    random_state : an int.

    After ``fit``: ``entities_`` (n_entities, k), ``relations_`` (n_relations, k).

    Antoine Bordes, Nicolas Usunier, Alberto Garcia-Duran, Jason Weston, Oksana Yakhnenko. Translating Embeddings for
    Modeling Multi-relational Data. NIPS 2013.

    >>> facts = np.array([[0, 0, 2], [1, 0, 3]])
    >>> model = Translation(n_factors=2, epochs=60, random_state=0).fit(facts)
    >>> model.distances([0, 1], 0, [2, 3]).argmin(axis=1).tolist()
    [0, 1]
    """

    def __init__(
        self,
        n_factors: int = 32,
        epochs: int = 20,
        rate: float = 0.3,
        margin: float = 1.0,
        random_state: int = 0,
    ):
        self.n_factors = n_factors
        self.epochs = epochs
        self.rate = rate
        self.margin = margin
        self.random_state = random_state

    def fit(self, facts: Any, y: Any = None) -> Translation:
        """Learn from facts (m, 3): positions of head, relation and tail. Raises ValueError where these are none."""
        facts = np.asarray(facts)
        if (
            facts.ndim != 2
            or facts.shape[1] != 3
            or not len(facts)
            or facts.dtype.kind not in "iu"
            or facts.min() < 0
        ):
            raise ValueError("facts: give rows of three whole numbers from 0: head, relation, tail.")
        random, k = np.random.default_rng(self.random_state), self.n_factors
        n, n_relations = int(facts[:, [0, 2]].max()) + 1, int(facts[:, 1].max()) + 1
        self.entities_ = random.normal(size=(n, k)) / np.sqrt(k)
        self.relations_ = random.normal(size=(n_relations, k)) / np.sqrt(k)
        tails = [np.unique(facts[facts[:, 1] == one, 2]) for one in range(n_relations)]
        moved = np.full((n, 1), 1e-8)
        for _ in range(self.epochs):
            order = random.permutation(len(facts))
            for start in range(0, len(facts), 2048):
                batch = facts[order[start : start + 2048]]
                wrong = np.empty(len(batch), dtype=np.int64)
                for one in np.unique(batch[:, 1]):
                    mine = batch[:, 1] == one
                    wrong[mine] = random.choice(tails[one], int(mine.sum()))
                self._step(batch, wrong, moved)
        return self

    def _step(self, batch: np.ndarray, wrong: np.ndarray, moved: np.ndarray) -> None:
        head, relation, tail = batch.T
        at = self.entities_[head] + self.relations_[relation]
        near, far = at - self.entities_[tail], at - self.entities_[wrong]
        late = self.margin + (near**2).sum(axis=1) - (far**2).sum(axis=1) > 0
        push = 2.0 * late[:, None]
        rows = np.concatenate([head, tail, wrong])
        each = np.vstack([push * (near - far), -push * near, push * far])
        n, m = len(self.entities_), len(rows)
        slope = sparse.csr_array((np.ones(m), (rows, np.arange(m))), shape=(n, m)) @ each
        moved += (slope**2).mean(axis=1, keepdims=True)
        self.entities_ -= self.rate * slope / np.sqrt(moved)
        turn = np.zeros_like(self.relations_)
        np.add.at(turn, relation, push * (near - far))
        self.relations_ -= self.rate * turn / len(batch)
        self.entities_ /= np.maximum(1.0, np.linalg.norm(self.entities_, axis=1, keepdims=True))

    def distances(self, heads: Any, relation: int, tails: Any) -> np.ndarray:
        """|h + r - t|^2 of each head with each tail, (n_heads, n_tails): the smaller, the likelier the fact."""
        at, to = (
            self.entities_[np.asarray(heads)] + self.relations_[relation],
            self.entities_[np.asarray(tails)],
        )
        found: np.ndarray = (at**2).sum(axis=1)[:, None] + (to**2).sum(axis=1) - 2 * at @ to.T
        return found
