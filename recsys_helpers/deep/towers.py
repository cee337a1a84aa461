"""Two towers: one network turns what is known of a listener into a vector, another a track's features into one like it.

Nothing is learned for a listener alone, so new ones cost nothing; and a track needs features, not listeners.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd
import torch
from scipy import sparse
from torch import Tensor, nn

from recsys_helpers.columns import check_same_kind
from recsys_helpers.deep.base import Trained, check_share
from recsys_helpers.deep.training import Array, Training
from recsys_helpers.features import (
    ACCOUNT,
    PARTS,
    Features,
    Kind,
    Parts,
    keyed,
    read_schema,
    track_features,
)
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_number
from recsys_helpers.models.cold.open import OpenRecommender


class Towers(nn.Module):
    """One tower reads a track's features, the other the summed features and vectors of what a listener heard, and the
    listener's own features."""

    features: Tensor
    heard: Tensor

    def __init__(self, features: Tensor, heard: Tensor, n_told: int, width: int, hidden: int, dropout: float):
        super().__init__()
        n_items, n_features = features.shape
        self.register_buffer("features", features, persistent=False)
        self.register_buffer("heard", heard[:, None], persistent=False)
        self.own = nn.Embedding(n_items, width)
        nn.init.zeros_(self.own.weight)
        self.track = two_layers(n_features, hidden, width, dropout)
        self.listener = two_layers(n_features + width + n_told, hidden, width, dropout)

    def forward(self, history: Tensor, told: Tensor, own: float, items: Tensor | None = None) -> Tensor:
        """Cosines of listeners with items (all by default), shape (n, how many items).

        history (n, n_items) of ones; told (n, n_told), the listeners' own features; own: 1 or 0.
        """
        vectors = self.own.weight * self.heard * own
        size = history.sum(1, keepdim=True).clamp(min=1.0) ** 0.5
        summed = torch.cat([history @ self.features, history @ vectors], dim=1) / size
        listeners = self.listener(torch.cat([summed, told], dim=1))
        kept = slice(None) if items is None else items
        tracks = self.track(self.features[kept]) + vectors[kept]
        cosines: Tensor = nn.functional.normalize(listeners) @ nn.functional.normalize(tracks).T
        return cosines


def two_layers(n_in: int, hidden: int, n_out: int, dropout: float) -> nn.Module:
    return nn.Sequential(nn.Linear(n_in, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, n_out))


class TwoTower(Trained, OpenRecommender):
    """score(u, i) = cosine(tower of u's history and features, tower of i's features) / temperature.

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
    of_listeners : a schema of what a table ``users=`` says of listeners, name -> kind (see ``features``).
    alone : share of the pairs whose history is left out in training where there is such a table, so that what it says
        learns to stand alone.
    training : a ``Training``, whose batches count pairs; None: ``TwoTower.usual``.
    random_state : of the weights, the order and the dropout.

    ``fit`` needs ``items=``, a table with a column of ids and those of ``parts``. With ``users=``, a table of
    listeners, the listener's tower reads what it says. Whoever is folded in is looked up there; of who is not in it, or
    is a stranger, nothing is told, and zeros go in.

    Po-Sen Huang et al. Learning Deep Structured Semantic Models for Web Search Using Clickthrough Data. CIKM 2013.
    doi:10.1145/2505515.2505665. Xinyang Yi et al. Sampling-Bias-Corrected Neural Modeling for Large Corpus Item
    Recommendations. RecSys 2019. doi:10.1145/3298689.3346996.
    """

    needs = ("items",)
    takes = ("items", "users")
    usual = Training(n_epochs=15, batch_size=512, learning_rate=0.002, weight_decay=0.01)

    def __init__(
        self,
        width: int = 64,
        hidden: int = 128,
        parts: Parts = PARTS,
        own: bool = True,
        temperature: float = 0.1,
        dropout: float = 0.2,
        of_listeners: Mapping[str, Kind] = ACCOUNT,
        alone: float = 0.2,
        training: Training | None = None,
        random_state: Any = 0,
    ):
        self.width = width
        self.hidden = hidden
        self.parts = parts
        self.own = own
        self.temperature = temperature
        self.dropout = dropout
        self.of_listeners = of_listeners
        self.alone = alone
        self.training = training
        self.random_state = random_state

    def _learn(self, x: Interactions, items: pd.DataFrame, users: pd.DataFrame | None = None) -> None:
        for name in ("width", "hidden"):
            check_number(name, getattr(self, name), 1, whole=True)
        check_number("temperature", self.temperature, 1e-6)
        check_share("dropout", self.dropout)
        check_share("alone", self.alone)
        self._features = track_features(self._side_table(items), self.parts).toarray()
        counts = np.bincount(x.matrix.indices, minlength=x.shape[1])
        self._heard = counts > 0
        self._log_share = np.log(np.maximum(counts, 1) / x.nnz).astype(np.float32)
        self._hear_of(x, users)
        self._meet(x)
        self._train()

    def _hear_of(self, x: Interactions, users: pd.DataFrame | None) -> None:
        """Keep what the table says, by id: of all its listeners, those without a row in the data among them."""
        self._ids, self._said = pd.Index([], dtype=object), np.zeros((0, 0), dtype=np.float32)
        if users is None:
            return
        if not isinstance(self.of_listeners, Mapping):
            raise ValueError(
                f"of_listeners={self.of_listeners!r}: give a schema, such as {{'plan': Category('plan')}}."
            )
        table = keyed(users, "users", "user_id" if "user_id" in users else None)
        check_same_kind(
            table.index.to_series(), x.users.to_series(), f"users[{table.index.name!r}]", "interactions"
        )
        there = table.index.isin(x.users)
        if not there.any():
            raise ValueError(
                "users says nothing about any listener of the data: give a table with a row for each."
            )
        features = Features(read_schema(self.of_listeners)).fit(table[there])
        self._ids = pd.Index(table.index.astype(object))
        self._said = features.transform(table).toarray().astype(np.float32)

    def _meet(self, x: Interactions) -> None:
        ones = np.ones(x.nnz, dtype=np.float32)
        self._history = sparse.csr_array((ones, x.matrix.indices, x.matrix.indptr), shape=x.shape)
        place = self._ids.get_indexer(x.users.astype(object))
        self._told = np.zeros((len(place), self._said.shape[1]), dtype=np.float32)
        self._told[place >= 0] = self._said[place[place >= 0]]

    def _build(self) -> nn.Module:
        features, heard = (torch.from_numpy(a.astype(np.float32)) for a in (self._features, self._heard))
        return Towers(features, heard, self._said.shape[1], self.width, self.hidden, self.dropout)

    def _batches(self, rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
        """Histories (b, n_items) without the pair's own track, what is told of the listeners (b, n_told), the tracks
        (b,), hits (b, b), own vectors or not."""
        history, size = self._history, self._settings.batch_size
        rows, items = np.repeat(np.arange(history.shape[0]), np.diff(history.indptr)), history.indices
        order = rng.permutation(len(rows))
        for start in range(0, len(order), size):
            part = order[start : start + size]
            own, mine = items[part].astype(np.int64), history[rows[part]].toarray()
            hits = mine[:, own] > 0
            hits[np.arange(len(part)), np.arange(len(part))] = False
            mine[np.arange(len(part)), own] = 0.0
            if self._said.size:
                mine[rng.random(len(part)) < self.alone] = 0.0
            yield (
                self._tensor(mine),
                self._tensor(self._told[rows[part]]),
                self._tensor(own),
                self._tensor(hits),
                float(self.own and rng.random() < 0.5),
            )

    def _loss(self, batch: tuple[Any, ...]) -> Tensor:
        mine, told, items, hits, own = batch
        scores = self.network_(mine, told, own, items) / self.temperature
        scores = (scores - self._tensor(self._log_share)[items]).masked_fill(hits, -torch.inf)
        return nn.functional.cross_entropy(scores, torch.arange(len(items), device=self.device_))

    def _score(self, rows: Array) -> Array:
        with self._asking():
            mine, told = self._tensor(self._history[rows].toarray()), self._tensor(self._told[rows])
            return np.asarray((self.network_(mine, told, float(self.own)) / self.temperature).cpu().numpy())
