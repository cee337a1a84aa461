"""A service in a process of its own, which may be killed, on a folder with a small model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ItemKNN
from recsys_helpers.service.shelf import Shelf
from tests.arena.serving import Server

MARKUP = "<img src=x onerror=1>"


def small(n_users: int = 30, n_items: int = 20, times: bool = False) -> Interactions:
    """Some listeners u00, ... and tracks t00, ..., with strengths as of the recipe "listened"."""
    rng = np.random.default_rng(5)
    cells = np.argwhere(rng.random((n_users, n_items)) < 0.25)
    frame = pd.DataFrame(
        {
            "user_id": [f"u{row:02d}" for row, _ in cells],
            "track_id": [f"t{column:02d}" for _, column in cells],
            "value": rng.uniform(0.05, 0.8, len(cells)),
            "at": pd.Timestamp("2026-03-01", tz="UTC")
            + pd.to_timedelta(rng.integers(0, 10**6, len(cells)), unit="s"),
        }
    )
    return Interactions.from_frame(frame, value="value", time="at" if times else None)


def made(folder: Path, x: Interactions | None = None, model: object = None) -> Shelf:
    """A service in ``folder``/game, as the server of the tests looks for it."""
    fitted = (ItemKNN(shrinkage=1) if model is None else model).fit(small() if x is None else x)
    fitted.save(folder / "model.npz")
    titles = {item: f"Title of {item}" for item in fitted.items_} | {"t00": MARKUP}
    return Shelf.create(folder / "game", folder / "model.npz", titles=titles)


class Service(Server):
    """The command `serve` in a process of its own."""

    command, line = "serve", r"A page to click: "
