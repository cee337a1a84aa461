"""What all networks share as models: how they are trained, seeded, and asked without gradients.

It holds no network. A model writes ``_build``, ``_batches`` and ``_loss``; how it scores is its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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

        def validate() -> float:
            return float("nan") if judge is None else judge(self)

        with seeded(self.random_state, settings.n_jobs) as rng:
            self.network_ = (self._build() if network is None else network).to(self.device_)
            self.history_ = train(self.network_, self._batches, self._loss, settings, rng, judge and validate)

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
