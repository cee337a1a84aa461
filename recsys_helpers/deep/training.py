"""One training loop for all networks: seeded batches, Adam, a log of every epoch, and early stopping.

It knows no model and no metric: a loss comes in as a function, and so does what decides when to stop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from numbers import Real
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator
from torch import Tensor, nn

from recsys_helpers.columns import show
from recsys_helpers.models.checks import check_number, random_source

Array = np.ndarray[Any, Any]
Batches = Callable[[np.random.Generator], Iterator[Any]]


class Training(BaseEstimator):
    """How a network is trained: settings that every model of this room takes as ``training=``.

    Parameters
    ----------
    n_epochs : passes over the data, at most.
    batch_size : pairs, listeners or runs in a batch, as the model says.
    learning_rate, weight_decay : of Adam with a decay apart from its steps (AdamW).
    validate : None, or a function of the model, the higher the better, that is asked after every epoch. Training stops
        once it has not been better for ``patience`` epochs, and the weights of the best epoch are put back.
    clip : no step is taken along a gradient longer than this.
    device : "auto" (a GPU where there is one, else the processor), "cpu", "cuda" or "mps".
    n_jobs : threads of the processor. On one the same seed gives the same weights to the last bit on one machine; from
        machine to machine the last digits differ, and training makes differences grow.

    Ilya Loshchilov and Frank Hutter call this Adam AdamW; the gradient's length is clipped as is usual for recurrent
    networks.

    >>> Training(n_epochs=3).learning_rate
    0.003
    """

    def __init__(
        self,
        n_epochs: int = 10,
        batch_size: int = 256,
        learning_rate: float = 0.003,
        weight_decay: float = 0.01,
        validate: Callable[[Any], float] | None = None,
        patience: int = 3,
        clip: float = 5.0,
        device: str = "auto",
        n_jobs: int = 1,
    ):
        self.n_epochs = n_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.validate = validate
        self.patience = patience
        self.clip = clip
        self.device = device
        self.n_jobs = n_jobs

    def check(self) -> None:
        """ValueError for a setting that cannot be."""
        for name in ("n_epochs", "batch_size", "patience", "n_jobs"):
            check_number(name, getattr(self, name), 1, whole=True)
        check_number("learning_rate", self.learning_rate, 1e-9)
        check_number("weight_decay", self.weight_decay, 0)
        check_number("clip", self.clip, 1e-9)
        if self.validate is not None and not callable(self.validate):
            raise ValueError(f"validate={self.validate!r}: give a function of the model, or None.")
        self.choose_device()

    def choose_device(self) -> torch.device:
        """Where the network lives; ValueError for a name that torch does not know or a device that is not here."""
        if self.device == "auto":
            if torch.cuda.is_available():
                return torch.device("cuda")
            return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
        try:
            device = torch.device(self.device)
        except (RuntimeError, TypeError):
            raise ValueError(f"device={self.device!r}: choose 'auto', 'cpu', 'cuda' or 'mps'.") from None
        try:
            torch.empty(0, device=device)
        except (RuntimeError, AssertionError, NotImplementedError):
            raise ValueError(
                f"device={self.device!r}: this machine has none, or this PyTorch was built without it. "
                "'auto' takes a GPU where there is one, else the processor."
            ) from None
        return device

    def _state(self) -> dict[str, Any]:
        """What a file keeps; ValueError with a function in it, since a file holds no code."""
        if self.validate is not None:
            raise ValueError(
                "training.validate is a function, which is not written to a file: "
                "model.set_params(training__validate=None) takes it out, and the fitted weights stay."
            )
        return dict(vars(self))


def train(
    network: nn.Module,
    batches: Batches,
    loss: Callable[[Any], Tensor],
    settings: Training,
    rng: np.random.Generator,
    validate: Callable[[], float] | None = None,
) -> list[dict[str, float]]:
    """Fit a network's weights and return what happened, one row an epoch; the network ends in evaluation mode.

    Parameters
    ----------
    network : its parameters are what is learned.
    batches : given a random generator, yields the batches of one epoch.
    loss : of one batch, a tensor with one number.
    rng : what the batches draw from. Weights and dropout take torch's own generator: see ``seeded``.
    validate : asked after every epoch, see ``Training``.

    Returns
    -------
    Rows with ``epoch`` (from 1), ``loss`` (mean over the batches), ``gradient`` (mean length before clipping) and, with
    ``validate``, ``validation`` and ``kept`` (1 for the epoch whose weights stay, otherwise 0).

    Raises
    ------
    ValueError : no batch, or a loss or a validation that is not a finite number.
    """
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
    )
    history: list[dict[str, float]] = []
    best, kept, weights = -np.inf, 0, None
    for epoch in range(1, settings.n_epochs + 1):
        network.train()
        losses, lengths = [], []
        for batch in batches(rng):
            optimizer.zero_grad(set_to_none=True)
            value = loss(batch)
            torch.autograd.backward(value)
            lengths.append(float(nn.utils.clip_grad_norm_(network.parameters(), settings.clip)))
            optimizer.step()
            losses.append(float(value.detach()))
        network.eval()
        if not losses:
            raise ValueError(
                "There is no batch to learn from: the data holds nothing that this model can use."
            )
        if not np.isfinite(losses).all():
            raise ValueError(
                f"The loss of epoch {epoch} is not a finite number: lower learning_rate={settings.learning_rate:g}."
            )
        row: dict[str, float] = {
            "epoch": epoch,
            "loss": float(np.mean(losses)),
            "gradient": float(np.mean(lengths)),
        }
        history.append(row)
        if validate is None:
            continue
        found: Any = validate()
        if isinstance(found, bool) or not isinstance(found, Real) or not np.isfinite(float(found)):
            raise ValueError(f"validate gave {show(found)} after epoch {epoch}, and not a finite number.")
        row["validation"], row["kept"] = float(found), 0
        if row["validation"] > best:
            best, kept = row["validation"], epoch
            weights = {name: one.detach().clone() for name, one in network.state_dict().items()}
        elif epoch - kept >= settings.patience:
            break
    if weights is not None:
        network.load_state_dict(weights)
        history[kept - 1]["kept"] = 1
    return history


@contextmanager
def seeded(random_state: Any, n_jobs: int) -> Iterator[np.random.Generator]:
    """A generator for what is drawn in NumPy, while torch's own is seeded alike and held to ``n_jobs`` threads.

    Both of torch's are put back afterwards.
    """
    draws = random_source(random_state)
    seed = int((draws.integers if isinstance(draws, np.random.Generator) else draws.randint)(2**31 - 1))
    threads = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.set_num_threads(n_jobs)
        try:
            yield np.random.default_rng(seed)
        finally:
            torch.set_num_threads(threads)
