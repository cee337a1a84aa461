"""Networks beside the peers': what is the same on both sides, and the four tries that each side has.

It runs nothing: ``tries.py`` chooses among the tries and writes ``network_settings.json``; ``run.py`` fits the chosen.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from contenders import Contender

PEERS = ("rectools_deep", "cornac_deep")
DATA = ("next_movielens", "next_murmur")
FILE = Path(__file__).resolve().parent / "network_settings.json"
OURS = ("batch_size", "learning_rate", "n_epochs")  # of these ours has a ``Training``


@dataclass(frozen=True)
class Side:
    """One model of one library: its settings that no try changes, and the values of which each pair is a try."""

    name: str
    library: str
    model: str
    fixed: dict[str, Any]
    grid: dict[str, list[Any]]
    usual: int  # the try that stands where nothing was chosen

    @property
    def key(self) -> str:
        return f"{self.name}, {self.library}"

    def tries(self) -> list[dict[str, Any]]:
        """Each pair of values of the grid, by the library's own names."""
        return [dict(zip(self.grid, point, strict=True)) for point in product(*self.grid.values())]

    def row(self, data: str, settings: dict[str, Any]) -> Contender:
        """The row of the benchmark with one try's settings."""
        whole = self.fixed | settings
        parts = {"params": whole}
        if self.library == "ours":
            parts = {
                "params": {name: value for name, value in whole.items() if name not in OURS},
                "training": {name: whole[name] for name in OURS},
            }
        found = {"model": self.model, "values": "binary", **parts}
        fits = 5 if self.name in QUICK else 1
        return Contender(data, self.name, self.library, "next", data, found, threads=1, runs=fits)


QUICK = (
    "Mult-VAE",
)  # seconds a fit: five seeds on both sides, since one moves nDCG@10 as much as the gap is wide
READ = {"unit": "listener", "length": 50, "width": 64, "told": "latest", "tied": True, "batch_size": 32}
STEPS = {"learning_rate": [0.001, 0.003], "n_epochs": [12, 24]}
RECTOOLS = {"n_factors": 64, "n_blocks": 2, "n_heads": 1, "session_max_len": 50, "batch_size": 32}
GRU = {"layers": [64], "loss": "cross-entropy", "batch_size": 32}
VAECF = {"k": 64, "autoencoder_structure": [200], "likelihood": "mult", "beta": 0.2, "batch_size": 100}
OFTEN = {"learning_rate": [0.001, 0.003], "n_epochs": [25, 100]}
SIDES = (
    Side("Mult-VAE", "ours", "VAE", {"width": 64, "hidden": 200, "beta": 0.2, "batch_size": 100}, OFTEN, 1),
    Side("Mult-VAE", "cornac_deep", "VAECF", VAECF, OFTEN, 1),
    Side("SASRec", "ours", "SASRec", READ | {"n_layers": 2}, STEPS, 3),
    Side("SASRec", "rectools_deep", "SASRec", RECTOOLS, {"lr": [0.001, 0.003], "epochs": [12, 24]}, 3),
    Side("GRU4Rec", "ours", "GRU4Rec", READ, STEPS, 3),
    # Its optimiser is Adagrad with 0.05 as its own default; an epoch takes many times as long as one of ours.
    Side("GRU4Rec", "cornac_deep", "GRU4Rec", GRU, {"learning_rate": [0.05, 0.1], "n_epochs": [3, 6]}, 1),
)


def chosen() -> dict[str, dict[str, dict[str, Any]]]:
    """What ``tries.py`` found: data set -> side -> its grid, the nDCG@10 of each try, and the settings it chose."""
    if not FILE.is_file():
        return {}
    found: dict[str, dict[str, dict[str, Any]]] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def settings_of(side: Side, data: str) -> dict[str, Any]:
    """The chosen try of this side; where it has none, or has another grid now, the usual one."""
    found = chosen().get(data, {}).get(side.key)
    return found["chosen"] if found and found["grid"] == side.grid else side.tries()[side.usual]


def networks(peers: tuple[str, ...] = PEERS) -> list[Contender]:
    """What comes next, of MovieLens and of Murmur: nDCG@10, seconds of one fit, one thread, chosen settings."""
    sides = [side for side in SIDES if side.library == "ours" or side.library in peers]
    return [side.row(data, settings_of(side, data)) for data in DATA for side in sides]
