"""Two towers: one network turns a listener's history into a vector, another a track's features into one like it.

Nothing is learned for a listener alone, so new ones cost nothing; and a track needs features, not listeners.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy import sparse
from torch import Tensor, nn

from recsys_helpers.deep.base import Trained, check_share
from recsys_helpers.deep.training import Array, Training
from recsys_helpers.features import PARTS, Parts, track_features
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_number
from recsys_helpers.models.cold.open import OpenRecommender


class Towers(nn.Module):
    """One tower reads a track's features, the other the summed features and vectors of what a listener heard."""

    features: Tensor
    heard: Tensor

    def __init__(self, features: Tensor, heard: Tensor, width: int, hidden: int, dropout: float):
        super().__init__()
        n_items, n_features = features.shape
        self.register_buffer("features", features, persistent=False)
        self.register_buffer("heard", heard[:, None], persistent=False)
        self.own = nn.Embedding(n_items, width)
        nn.init.zeros_(self.own.weight)
        self.track = two_layers(n_features, hidden, width, dropout)
        self.listener = two_layers(n_features + width, hidden, width, dropout)

    def forward(self, history: Tensor, own: float, items: Tensor | None = None) -> Tensor:
        """Cosines of listeners, given their history (n, n_items) of ones, with items (all by default); own: 1 or 0."""
        vectors = self.own.weight * self.heard * own
        size = history.sum(1, keepdim=True).clamp(min=1.0) ** 0.5
        listeners = self.listener(torch.cat([history @ self.features, history @ vectors], dim=1) / size)
        kept = slice(None) if items is None else items
        tracks = self.track(self.features[kept]) + vectors[kept]
        cosines: Tensor = nn.functional.normalize(listeners) @ nn.functional.normalize(tracks).T
        return cosines


def two_layers(n_in: int, hidden: int, n_out: int, dropout: float) -> nn.Module:
    return nn.Sequential(nn.Linear(n_in, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, n_out))


class TwoTower(Trained, OpenRecommender):
    """score(u, i) = cosine(tower of u's history, tower of i's features) / temperature.

    The loss is a softmax over the batch: for each pair of the data its track against those of the other pairs, each
    score less log q_i, q_i the share of track i among all pairs, since a popular track is drawn that much more often. A
    track that the listener has is taken out of the softmax, and the pair's own track out of the history that goes in.

    Parameters
    ----------
    width : of the vectors.
    hidden : width of the one hidden layer in each tower.
    parts : of ``track_features``.
    own : also learn a vector for each track with listeners, added to its tower's. It is left out of every second batch,
        so that the features learn to stand alone.
    temperature : divides the cosine.
    dropout : share of the hidden units that are left out in training.
    training : a ``Training``, whose batches count pairs; None: ``TwoTower.usual``.
    random_state : of the weights, the order and the dropout.

    ``fit`` needs ``items=``, a table with a column of ids and those of ``parts``.

    Po-Sen Huang et al. Learning Deep Structured Semantic Models for Web Search Using Clickthrough Data. CIKM 2013.
    doi:10.1145/2505515.2505665. Xinyang Yi et al. Sampling-Bias-Corrected Neural Modeling for Large Corpus Item
    Recommendations. RecSys 2019. doi:10.1145/3298689.3346996.
    """

    needs = ("items",)
    usual = Training(n_epochs=15, batch_size=512, learning_rate=0.002, weight_decay=0.01)

    def __init__(
        self,
        width: int = 64,
        hidden: int = 128,
        parts: Parts = PARTS,
        own: bool = True,
        temperature: float = 0.1,
        dropout: float = 0.2,
        training: Training | None = None,
        random_state: Any = 0,
    ):
        self.width = width
        self.hidden = hidden
        self.parts = parts
        self.own = own
        self.temperature = temperature
        self.dropout = dropout
        self.training = training
        self.random_state = random_state

    def _learn(self, x: Interactions, items: pd.DataFrame) -> None:
        for name in ("width", "hidden"):
            check_number(name, getattr(self, name), 1, whole=True)
        check_number("temperature", self.temperature, 1e-6)
        check_share("dropout", self.dropout)
        self._features = track_features(self._side_table(items), self.parts).toarray()
        counts = np.bincount(x.matrix.indices, minlength=x.shape[1])
        self._heard = counts > 0
        self._log_share = np.log(np.maximum(counts, 1) / x.nnz).astype(np.float32)
        self._meet(x)
        self._train()

    def _meet(self, x: Interactions) -> None:
        ones = np.ones(x.nnz, dtype=np.float32)
        self._history = sparse.csr_array((ones, x.matrix.indices, x.matrix.indptr), shape=x.shape)

    def _build(self) -> nn.Module:
        features, heard = (torch.from_numpy(a.astype(np.float32)) for a in (self._features, self._heard))
        return Towers(features, heard, self.width, self.hidden, self.dropout)

    def _batches(self, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
        """Histories (b, n_items) without the pair's own track, those tracks (b,), hits (b, b), own vectors or not."""
        history, size = self._history, self._settings.batch_size
        rows, items = np.repeat(np.arange(history.shape[0]), np.diff(history.indptr)), history.indices
        order = rng.permutation(len(rows))
        for start in range(0, len(order), size):
            part = order[start : start + size]
            own, mine = items[part].astype(np.int64), history[rows[part]].toarray()
            hits = mine[:, own] > 0
            hits[np.arange(len(part)), np.arange(len(part))] = False
            mine[np.arange(len(part)), own] = 0.0
            yield (
                self._tensor(mine),
                self._tensor(own),
                self._tensor(hits),
                float(self.own and rng.random() < 0.5),
            )

    def _loss(self, batch: tuple[Any, ...]) -> Tensor:
        mine, items, hits, own = batch
        scores = self.network_(mine, own, items) / self.temperature
        scores = (scores - self._tensor(self._log_share)[items]).masked_fill(hits, -torch.inf)
        return nn.functional.cross_entropy(scores, torch.arange(len(items), device=self.device_))

    def _score(self, rows: Array) -> Array:
        with self._asking():
            mine = self._tensor(self._history[rows].toarray())
            return np.asarray((self.network_(mine, float(self.own)) / self.temperature).cpu().numpy())
