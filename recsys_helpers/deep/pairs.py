"""Neural collaborative filtering: a listener's vector and a track's vector, and a network that says whether they fit.

It reads which pairs there are and no side table; a listener's vector is learned for that listener alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from recsys_helpers.columns import show
from recsys_helpers.deep.base import Trained, check_share
from recsys_helpers.deep.training import Array, Training
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import Recommender
from recsys_helpers.models.checks import check_choice, check_number

INTERACTIONS = ("dot", "mlp", "both")
LISTENERS_PER_BLOCK = 16  # each with all items at once


class PairNetwork(nn.Module):
    """p_u . q_i + b_i, a multi-layer perceptron on [p_u, q_i], or the sum of both (each with vectors of its own)."""

    def __init__(
        self,
        n_users: int,
        n_items: int,
        width: int,
        interaction: str,
        hidden: tuple[int, ...],
        dropout: float,
    ):
        super().__init__()
        self.bias = nn.Embedding(n_items, 1)
        nn.init.zeros_(self.bias.weight)
        parts = ("dot", "mlp") if interaction == "both" else (interaction,)
        self.users = nn.ModuleDict({part: _vectors(n_users, width) for part in parts})
        self.items = nn.ModuleDict({part: _vectors(n_items, width) for part in parts})
        if "mlp" in parts:
            # The first layer on [p, q] is W_p p + W_q q + b: kept apart, all pairs of a block are one broadcast sum.
            self.first_user = nn.Linear(width, hidden[0])
            self.first_item = nn.Linear(width, hidden[0], bias=False)
            layers: list[nn.Module] = [nn.ReLU(), nn.Dropout(dropout)]
            for before, after in zip(hidden, hidden[1:], strict=False):
                layers += [nn.Linear(before, after), nn.ReLU(), nn.Dropout(dropout)]
            self.rest = nn.Sequential(*layers, nn.Linear(hidden[-1], 1))

    def forward(self, users: Tensor, items: Tensor) -> Tensor:
        """Logits of pairs; two tensors of positions that broadcast: (n, 1) and (m,) give (n, m)."""
        total: Tensor = self.bias(items)[..., 0]
        if "dot" in self.users:
            total = total + (self.users["dot"](users) * self.items["dot"](items)).sum(-1)
        if "mlp" in self.users:
            hidden = self.first_user(self.users["mlp"](users)) + self.first_item(self.items["mlp"](items))
            total = total + self.rest(hidden)[..., 0]
        return total


class NeuralCF(Trained, Recommender):
    """Is this a pair that was heard? Logistic loss on the pairs of the data and on drawn pairs that are not in it.

    For each of the data's pairs, ``n_negatives`` items are drawn uniformly, anew in each epoch; one that the listener
    has is taken out of the loss. Values are not read: a pair is there or it is not.

    Parameters
    ----------
    interaction : how p_u and q_i meet: "dot" (their product, a matrix factorisation), "mlp" (a network on the two side
        by side, what the paper calls NCF) or "both" (the sum of the two, its NeuMF).
    n_factors : length of p_u and q_i.
    hidden : widths of the network's hidden layers, for "mlp" and "both".
    n_negatives : drawn for each pair of the data.
    dropout : share of the hidden units that are left out in training.
    training : a ``Training``, whose batches count pairs of the data; None: ``NeuralCF.usual``.
    random_state : of the weights, the order and the negatives.

    Listeners folded in take vectors that are fitted to their pairs while all else stays (as many epochs).

    Xiangnan He, Lizi Liao, Hanwang Zhang, Liqiang Nie, Xia Hu, Tat-Seng Chua. Neural Collaborative Filtering. WWW 2017.
    doi:10.1145/3038912.3052569. Steffen Rendle, Walid Krichene, Li Zhang, John Anderson. Neural Collaborative Filtering
    vs. Matrix Factorization Revisited. RecSys 2020. doi:10.1145/3383313.3412488.
    """

    usual = Training(n_epochs=15, batch_size=1024, learning_rate=0.003, weight_decay=0.1)

    def __init__(
        self,
        interaction: str = "dot",
        n_factors: int = 32,
        hidden: tuple[int, ...] = (64, 32),
        n_negatives: int = 4,
        dropout: float = 0.0,
        training: Training | None = None,
        random_state: Any = 0,
    ):
        self.interaction = interaction
        self.n_factors = n_factors
        self.hidden = hidden
        self.n_negatives = n_negatives
        self.dropout = dropout
        self.training = training
        self.random_state = random_state

    def _fit(self, x: Interactions) -> None:
        for name in ("n_factors", "n_negatives"):
            check_number(name, getattr(self, name), 1, whole=True)
        check_share("dropout", self.dropout)
        check_choice("interaction", self.interaction, INTERACTIONS)
        if not isinstance(self.hidden, tuple | list):
            raise ValueError(
                f"hidden={show(self.hidden)}: give a tuple of widths, one for each layer, as (64, 32)."
            )
        for width in self.hidden or (0,):
            check_number("hidden", width, 1, whole=True)
        self._train()

    def _build(self) -> PairNetwork:
        n, m = self.seen_.shape
        network = PairNetwork(n, m, self.n_factors, self.interaction, tuple(self.hidden), self.dropout)
        silent = torch.from_numpy(np.diff(self.seen_.matrix.indptr) == 0)
        for vectors in network.users.parameters():
            vectors.data[silent] = 0.0  # who has no entry stays there: nothing is said of their taste
        return network

    def _batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, ...]]:
        """Users (b, 1), items (b, 1 + k), the first the pair's own, and which of them count (b, 1 + k)."""
        n_items = self.seen_.shape[1]
        rows, own = self.seen_.rows, self.seen_.matrix.indices.astype(np.int64)
        known = rows * n_items + own  # the number of each cell
        order = rng.permutation(len(rows))
        for start in range(0, len(order), self._settings.batch_size):
            part = order[start : start + self._settings.batch_size]
            drawn = rng.integers(n_items, size=(len(part), self.n_negatives))
            heard = np.isin(rows[part][:, None] * n_items + drawn, known)
            items = np.column_stack([own[part], drawn])
            counts = np.column_stack([np.ones(len(part), dtype=bool), ~heard])
            yield self._tensor(rows[part][:, None]), self._tensor(items), self._tensor(counts)

    def _loss(self, batch: tuple[Tensor, ...]) -> Tensor:
        users, items, counts = batch
        logits = self.network_(users, items)
        target = torch.zeros_like(logits)
        target[:, 0] = 1.0
        losses = nn.functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
        return (losses * counts).sum() / counts.sum()

    def _score(self, rows: Array) -> Array:
        found = np.empty((len(rows), self.seen_.shape[1]), dtype=np.float32)
        items = torch.arange(found.shape[1], device=self.device_)
        with self._asking():
            for start in range(0, len(rows), LISTENERS_PER_BLOCK):
                part = self._tensor(rows[start : start + LISTENERS_PER_BLOCK])
                found[start : start + LISTENERS_PER_BLOCK] = self.network_(part[:, None], items).cpu().numpy()
        return found

    def _predict(self, rows: Array, columns: Array) -> Array:
        with self._asking():
            return np.asarray(self.network_(self._tensor(rows), self._tensor(columns)).cpu().numpy())

    def _fold_in(self, x: Interactions) -> None:
        new, old = self._build(), self.network_.state_dict()
        new.load_state_dict(
            {name: one for name, one in old.items() if not name.startswith("users.")}, strict=False
        )
        for name, parameter in new.named_parameters():
            parameter.requires_grad_(name.startswith("users."))
            if name.startswith("users."):
                parameter.data.zero_()
        if x.nnz:
            self._train(new, judged=False)
        else:
            self.network_ = new.to(self.device_).eval()


def _vectors(n: int, width: int) -> nn.Embedding:
    vectors = nn.Embedding(n, width)
    nn.init.normal_(vectors.weight, std=0.1)
    return vectors
