"""Autoencoders: a listener's row goes in, squeezes through a few numbers, and comes out filled.

They keep nothing of a listener but the row, so that a new one needs no training.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from recsys_helpers.deep.base import Trained, check_share
from recsys_helpers.deep.training import Array, Training
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import Recommender
from recsys_helpers.models.checks import check_choice, check_not_negative, check_number

LOSSES = ("multinomial", "squared")


class Autoencoder(Trained, Recommender):
    """Encoder and decoder with one hidden layer: z = tanh(W x / |x| + b), scores = V z + c.

    In training a share ``dropout`` of the listener's entries is left out of what goes in (a denoising autoencoder), and
    all are asked for. The loss of a listener is "multinomial", - sum_i x_i log softmax(scores)_i, as if each entry were
    drawn from one distribution over the items; or "squared", sum_i (x_i - scores_i)^2 over all items, holes too
    (AutoRec's, which its authors take over the observed ratings alone).

    Parameters
    ----------
    width : length of z.
    loss : see above.
    binary : read only whether an entry is above 0; False reads its value (0 or more).
    dropout : 0 is the plain autoencoder.
    training : a ``Training``, whose batches count listeners; None: ``Autoencoder.usual``.
    random_state : of the weights, the order and what is left out.

    Suvash Sedhain, Aditya Krishna Menon, Scott Sanner, Lexing Xie. AutoRec: Autoencoders Meet Collaborative Filtering.
    WWW 2015 Companion. doi:10.1145/2740908.2742726.
    """

    usual = Training(n_epochs=30, batch_size=100, learning_rate=0.003, weight_decay=0.0, patience=5)

    def __init__(
        self,
        width: int = 100,
        loss: str = "multinomial",
        binary: bool = True,
        dropout: float = 0.5,
        training: Training | None = None,
        random_state: Any = 0,
    ):
        self.width = width
        self.loss = loss
        self.binary = binary
        self.dropout = dropout
        self.training = training
        self.random_state = random_state

    _length = 1.0  # with which each row enters

    def _fit(self, x: Interactions) -> None:
        check_number("width", self.width, 1, whole=True)
        check_share("dropout", self.dropout)
        check_choice("loss", self.loss, LOSSES)
        self._fold_in(x)
        self._train()

    def _fold_in(self, x: Interactions) -> None:
        check_not_negative(x, type(self).__name__)
        self._rows = x.matrix.astype(np.float32)
        if self.binary:
            self._rows.data = (self._rows.data > 0).astype(np.float32)

    def _build(self) -> nn.Module:
        n = len(self.items_)
        encoder = nn.Sequential(nn.Linear(n, self.width), nn.Tanh())
        return nn.ModuleDict({"encoder": encoder, "decoder": nn.Linear(self.width, n)})

    def _batches(self, rng: np.random.Generator) -> Iterator[Tensor]:
        order = rng.permutation(np.flatnonzero(np.diff(self._rows.indptr)))
        for start in range(0, len(order), self._settings.batch_size):
            yield self._dense(order[start : start + self._settings.batch_size])

    def _dense(self, rows: Array) -> Tensor:
        return self._tensor(self._rows[rows].toarray())

    def _loss(self, x: Tensor) -> Tensor:
        code = self._encode(nn.functional.dropout(self._entering(x), self.dropout))
        return self._misfit(x, self.network_["decoder"](code))

    def _entering(self, x: Tensor) -> Tensor:
        """Rows that have the length with which they enter."""
        return self._length * nn.functional.normalize(x)

    def _encode(self, x: Tensor) -> Tensor:
        """z of rows as they enter."""
        code: Tensor = self.network_["encoder"](x)
        return code

    def _misfit(self, x: Tensor, scores: Tensor) -> Tensor:
        if self.loss == "squared":
            return ((x - scores) ** 2).sum(1).mean()
        return -(x * torch.log_softmax(scores, 1)).sum(1).mean()

    def _score(self, rows: Array) -> Array:
        with self._asking():
            scores = self.network_["decoder"](self._encode(self._entering(self._dense(rows))))
            return np.asarray(scores.cpu().numpy())


class VAE(Autoencoder):
    """Mult-VAE: the encoder gives a distribution of z, the decoder reads a sample of it, and it is held near N(0, I).

    From tanh(W r x / |x| + b) the encoder says a mean m and a log variance s for each entry of z. Training decodes
    z = m + exp(s / 2) e, e drawn from N(0, I), and minimises the multinomial loss plus beta KL, where
    KL = sum_k (exp(s_k) + m_k^2 - 1 - s_k) / 2. The weight of KL grows from 0 to ``beta`` in ``anneal_epochs`` epochs.
    Scores decode m itself. Each row enters with the same length r, the root of the mean number of entries that a row of
    the training data has: an entry is a number around 1. With length 1, as the authors have it, the entries of long
    rows are small, and on small data the first layer gets too few steps to learn to read them.

    Parameters
    ----------
    width : length of z.
    hidden : width of the layer before and after it.
    beta : weight of KL in the end; 1 is the likelihood's own bound.
    anneal_epochs : over which it grows.
    binary, dropout, training, random_state : as in ``Autoencoder``.

    Dawen Liang, Rahul G. Krishnan, Matthew D. Hoffman, Tony Jebara. Variational Autoencoders for Collaborative
    Filtering. WWW 2018. doi:10.1145/3178876.3186150.
    """

    loss = "multinomial"

    def __init__(
        self,
        width: int = 64,
        hidden: int = 200,
        beta: float = 0.2,
        anneal_epochs: int = 10,
        binary: bool = True,
        dropout: float = 0.5,
        training: Training | None = None,
        random_state: Any = 0,
    ):
        self.width = width
        self.hidden = hidden
        self.beta = beta
        self.anneal_epochs = anneal_epochs
        self.binary = binary
        self.dropout = dropout
        self.training = training
        self.random_state = random_state

    def _fit(self, x: Interactions) -> None:
        check_number("hidden", self.hidden, 1, whole=True)
        check_number("beta", self.beta, 0)
        check_number("anneal_epochs", self.anneal_epochs, 1, whole=True)
        filled = np.count_nonzero(np.diff(x.matrix.indptr))
        self._epoch, self._length = 0, float(np.sqrt(x.matrix.nnz / max(filled, 1)))
        super()._fit(x)

    def _build(self) -> nn.Module:
        n, h, k = len(self.items_), self.hidden, self.width
        encoder = nn.Sequential(nn.Linear(n, h), nn.Tanh(), nn.Linear(h, 2 * k))
        decoder = nn.Sequential(nn.Linear(k, h), nn.Tanh(), nn.Linear(h, n))
        return nn.ModuleDict({"encoder": encoder, "decoder": decoder})

    def _batches(self, rng: np.random.Generator) -> Iterator[Tensor]:
        self._epoch += 1
        return super()._batches(rng)

    def _loss(self, x: Tensor) -> Tensor:
        entering = nn.functional.dropout(self._entering(x), self.dropout)
        mean, log_variance = self.network_["encoder"](entering).chunk(2, dim=1)
        drawn = mean + torch.exp(log_variance / 2) * torch.randn_like(mean)
        kl: Tensor = 0.5 * (log_variance.exp() + mean**2 - 1 - log_variance).sum(1).mean()
        weight = self.beta * min(1.0, self._epoch / self.anneal_epochs)
        return self._misfit(x, self.network_["decoder"](drawn)) + weight * kl

    def _encode(self, x: Tensor) -> Tensor:
        mean: Tensor = self.network_["encoder"](x)[:, : self.width]
        return mean
