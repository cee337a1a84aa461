"""The networks that read a run of plays from left to right: recurrent, convolutional, self-attentive, by target.

They hold no loss and no training. A reader maps vectors (batch, length, width) to vectors of the same shape, of which
the one at place t has seen the places up to t and none after it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class NextItem(nn.Module):
    """Vectors of items that come in, a reader of runs, and for each item a score: state . target vector + bias.

    ``tied``: the target vectors are those that come in. Otherwise they are others.
    """

    def __init__(self, n_items: int, width: int, reader: nn.Module, dropout: float, tied: bool):
        super().__init__()
        self.vectors, self.bias = item_vectors(n_items, width)
        self.targets = self.vectors if tied else item_vectors(n_items, width)[0]
        self.reader: Any = reader
        self.dropout, self.scale = nn.Dropout(dropout), width**0.5

    def states(self, runs: Tensor) -> Tensor:
        """(batch, length) positions of items, n_items behind the end of a run -> (batch, length, width)."""
        states: Tensor = self.reader(self.dropout(self.vectors(runs) * self.scale))
        return states

    def scores(self, states: Tensor) -> Tensor:
        """(n, width) -> (n, n_items)."""
        return states @ self.targets.weight[:-1].T + self.bias

    def scores_of(self, states: Tensor, items: Tensor) -> Tensor:
        """(n, width) and positions (n, m), or (m,) that are the same for all -> (n, m)."""
        if items.dim() == 1:
            return states @ self.targets.weight[items].T + self.bias[items]
        products: Tensor = (states[:, None] @ self.targets(items).transpose(1, 2))[:, 0]
        return products + self.bias[items]

    def weights(self, runs: Tensor) -> Tensor:
        """The last layer's attention, (batch, length, length), for a reader that has one."""
        looked: Tensor = self.reader.weights(self.vectors(runs) * self.scale)
        return looked


def item_vectors(n_items: int, width: int) -> tuple[nn.Embedding, nn.Parameter]:
    """A vector for each item, of length about 1, one of zeros for the filler, and a bias for each item."""
    vectors = nn.Embedding(n_items + 1, width, padding_idx=n_items)
    nn.init.normal_(vectors.weight[:-1], std=width**-0.5)
    return vectors, nn.Parameter(torch.zeros(n_items))


class Recurrent(nn.Module):
    """Gated recurrent units: one state, renewed play by play, added to what came in."""

    def __init__(self, width: int, n_layers: int, dropout: float):
        super().__init__()
        self.cells = nn.ModuleList(nn.GRU(width, width, batch_first=True) for _ in range(n_layers))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(n_layers))
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        for cell, norm in zip(self.cells, self.norms, strict=True):
            x = norm(x + self.dropout(cell(x)[0]))
        return x


class Convolutional(nn.Module):
    """Causal convolutions: a filter sees three places, 2^layer apart, of which the last is its own."""

    def __init__(self, width: int, n_layers: int, dropout: float):
        super().__init__()
        apart = [2**layer for layer in range(n_layers)]
        self.filters = nn.ModuleList(nn.Conv1d(width, width, 3, dilation=gap) for gap in apart)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in apart)
        self.apart, self.dropout = apart, nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        for gap, filters, norm in zip(self.apart, self.filters, self.norms, strict=True):
            before = nn.functional.pad(x.transpose(1, 2), (2 * gap, 0))
            x = norm(x + self.dropout(torch.relu(filters(before)).transpose(1, 2)))
        return x


class SelfAttention(nn.Module):
    """Blocks of masked self-attention and a small network at each place, each added to what came in."""

    def __init__(self, width: int, n_layers: int, dropout: float, length: int):
        super().__init__()
        self.places = nn.Embedding(length, width)
        nn.init.normal_(self.places.weight, std=0.2)
        self.blocks = nn.ModuleList(AttentionBlock(width, dropout) for _ in range(n_layers))
        self.norm, self.dropout = nn.LayerNorm(width), nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        x = self.dropout(x + self.places.weight[: x.shape[1]])
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(x)
        return out

    def weights(self, x: Tensor) -> Tensor:
        """How the last block looks, (batch, length, length)."""
        x = x + self.places.weight[: x.shape[1]]
        for block in self.blocks[:-1]:
            x = block(x)
        last: Any = self.blocks[-1]
        looked: Tensor = last.look(last.before(x))[0]
        return looked


class AttentionBlock(nn.Module):
    """softmax(Q K^T / sqrt(width) + mask) V, then two layers at each place."""

    def __init__(self, width: int, dropout: float):
        super().__init__()
        self.queries, self.keys = nn.Linear(width, width), nn.Linear(width, width)
        self.values, self.together = nn.Linear(width, width), nn.Linear(width, width)
        self.inner = nn.Sequential(
            nn.Linear(width, width), nn.ReLU(), nn.Dropout(dropout), nn.Linear(width, width)
        )
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        weights, values = self.look(self.before(x))
        x = x + self.dropout(self.together(self.dropout(weights) @ values))
        out: Tensor = x + self.dropout(self.inner(self.between(x)))
        return out

    def look(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """The weights (batch, place, place looked at), of which each row sums to 1, and the values."""
        length, width = x.shape[1:]
        scores = self.queries(x) @ self.keys(x).transpose(1, 2) / width**0.5
        ahead = torch.ones(length, length, dtype=torch.bool, device=x.device).triu(1)
        return scores.masked_fill(ahead, -torch.inf).softmax(-1), self.values(x)


class TargetReader(nn.Module):
    """For each place and each item the score of ``sequences.TargetAttention``, (batch, length, n_items)."""

    def __init__(self, n_items: int, width: int, dropout: float, tied: bool):
        super().__init__()
        self.vectors, self.bias = item_vectors(n_items, width)
        self.targets = self.vectors if tied else item_vectors(n_items, width)[0]
        self.looks, self.values = nn.Linear(width, width), nn.Linear(width, width)
        self.recency, self.dropout, self.scale = (
            nn.Parameter(torch.zeros(())),
            nn.Dropout(dropout),
            width**0.5,
        )

    def forward(self, runs: Tensor) -> Tensor:
        heard, items = self.dropout(self.vectors(runs) * self.scale), self.targets.weight[:-1]
        place = torch.arange(runs.shape[1], device=runs.device)[:, None]
        fits = self.looks(heard) @ items.T + self.recency * place
        # Softmax over the places up to each place: both sums run along, so one pass serves all places.
        weight = torch.exp((fits - fits.amax(dim=1, keepdim=True).detach()).clamp(min=-80))
        said: Tensor = (weight * (self.values(heard) @ items.T)).cumsum(dim=1) / weight.cumsum(dim=1)
        return said + self.bias
