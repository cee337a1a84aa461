"""What all networks share as models: how they are trained, seeded, and asked without gradients.

It holds no network. A model writes ``_build``, ``_batches`` and ``_loss``; how it scores is its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from recsys_helpers.deep.training import Array, Training, seeded, train


class Trained:
    """Mixed into a recommender with the settings ``training`` and ``random_state``.

    After ``fit``: ``network_`` (a torch module, in evaluation mode) and ``history_`` (a row for each epoch, see
    ``training.train``).
    """

    training: Training | None
    random_state: Any
    usual = Training()  # where ``training`` is None
    network_: Any
    history_: list[dict[str, float]]
    device_: torch.device
    _settings: Training

    def _train(self, network: nn.Module | None = None, judged: bool = True) -> None:
        """Fit a new network, or those parameters of a given one that ask for a gradient; judged: with ``validate``."""
        settings = self.usual if self.training is None else self.training
        if not isinstance(settings, Training):
            raise ValueError(
                f"training={settings!r}: give a deep.Training(n_epochs=...), or None for the usual one."
            )
        settings.check()
        self.device_, self._settings = settings.choose_device(), settings
        judge = settings.validate if judged else None
        validate = None if judge is None else partial(judge, self)
        with seeded(self.random_state, settings.n_jobs) as rng:
            self.network_ = (self._build() if network is None else network).to(self.device_)
            self.history_ = train(self.network_, self._batches, self._loss, settings, rng, validate)

    def _state(self) -> dict[str, Any]:
        """What a file keeps (see ``models.saving``): the network's weights as plain arrays, and no device."""
        state = {name: one for name, one in vars(self).items() if name != "device_"}
        weights = self.network_.state_dict()
        return state | {"network_": {name: one.detach().cpu().numpy() for name, one in weights.items()}}

    def _restore(self, state: dict[str, Any]) -> None:
        """A new network with a file's weights, on the device of the settings, or where it is not here the processor."""
        weights = state.pop("network_")
        vars(self).update(state)
        try:
            self.device_ = self._settings.choose_device()
        except ValueError:
            self.device_ = torch.device("cpu")
        with torch.random.fork_rng():  # building draws weights, which are overwritten
            network = self._build()
        network.load_state_dict({name: torch.from_numpy(one) for name, one in weights.items()})
        self.network_ = network.to(self.device_).eval()

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """No gradients, and as many threads as in training."""
        threads = torch.get_num_threads()
        torch.set_num_threads((self.usual if self.training is None else self.training).n_jobs)
        try:
            with torch.no_grad():
                yield
        finally:
            torch.set_num_threads(threads)

    def _tensor(self, array: Array) -> Tensor:
        return torch.from_numpy(array).to(self.device_)

    def _build(self) -> nn.Module:
        raise NotImplementedError

    def _batches(self, rng: np.random.Generator) -> Iterator[Any]:
        raise NotImplementedError

    def _loss(self, batch: Any) -> Tensor:
        raise NotImplementedError


def check_share(name: str, value: Any) -> None:
    """ValueError unless ``value`` is a number from 0 to below 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1:
        raise ValueError(f"{name}={value!r}: give a share from 0 to below 1.")
