"""The world as it was before later effects, hooks and crowds came: stored checksums that no change may move.

Each was written by the code of the first edition. A change that moves one moves the shipped data, every stored output
and every figure of the lessons.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import Strengths, World
from recsys_helpers.simulator import world as world_module
from recsys_helpers.simulator.policies import popularity, random_shelf
from recsys_helpers.simulator.store import write_world

TABLES = {
    "events.csv.gz": "b3f759c8e2e1eebd", "tracks.csv": "013f63a70e769c42", "truth/comments.csv": "d67107dab96a6e72",
    "truth/contexts.csv": "bbd20d3e965d9119", "truth/defects.csv": "160bf6e6ba949e4b",
    "truth/effects.csv": "4006c91bd422f7d6", "truth/listeners.csv": "c4a50303b978b59a",
    "truth/positions.csv": "c2f822117c5790de", "truth/tracks.csv": "ed4bc3b127eb4005",
    "users.csv": "36e3227050d0db89",
}  # fmt: skip
SERVED = {
    "popularity": "053950af91edd753", "other luck": "b73d8e2c7d581003", "earlier": "85c45383b5af9d0e",
    "by context": "b91b0a762d9c8c0e", "bored": "7cfd9bdcf16404d3",
}  # fmt: skip
KINDS = {"person": "i8", "week": "i8", "slot": "i8", "step": "i8", "track": "i8", "start": "i8", "seconds": "i8",
         "source": "i8", "place": "i8", "context": "i8", "word": "u8"}  # fmt: skip


def tables(folder: Path) -> dict[str, str]:
    """A checksum of each table of a folder, decompressed."""
    found = {}
    for path in sorted(folder.rglob("*.csv*")):
        data = path.read_bytes()
        data = gzip.decompress(data) if path.suffix == ".gz" else data
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(data).hexdigest()[:16]
    return found


def checksum(served) -> str:
    """One for all that was played, week by week, and how listeners felt at the end."""
    digest = hashlib.sha256()
    for played in served.played:
        order = np.lexsort((played["word"], played["start"]))
        for name, kind in KINDS.items():
            digest.update(played[name][order].astype(kind).tobytes())
    digest.update(np.asarray(served.satisfaction, dtype="f8").tobytes())
    digest.update(np.asarray(served.sessions, dtype="i8").tobytes())
    return digest.hexdigest()[:16]


def by_context(world: World):
    """A shelf of 24 places that differs by listener and context, with holes."""
    ids = world.tracks["track_id"].to_numpy()

    def policy(user_ids: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        row = np.arange(len(user_ids))[:, None] * 7 + np.arange(24) * 11 + context["week"].to_numpy()[:, None]
        answer = ids[row % len(ids)]
        answer[row % 13 == 0] = None
        return answer

    return policy


def runs() -> dict[str, str]:
    world = World(users=150, weeks=2, tracks=500)
    bored = World(users=60, weeks=2, tracks=500, seed=11, strengths=Strengths(boredom=3, drift=4, lift=0))
    return {
        "popularity": checksum(world.serve(popularity(world), weeks=3)),
        "other luck": checksum(world.serve(popularity(world), weeks=2, seed=3)),
        "earlier": checksum(world.serve(random_shelf(world, seed=2), weeks=2, start_week=1)),
        "by context": checksum(world.serve(by_context(world), weeks=2)),
        "bored": checksum(bored.serve(random_shelf(bored), weeks=2)),
    }


def test_a_small_log_and_its_truth_are_those_of_the_first_edition(tmp_path):
    write_world(World(users=150, weeks=2, tracks=500), tmp_path / "out")
    assert tables(tmp_path / "out") == TABLES


@pytest.mark.parametrize("crowd", [2_000, 61])
def test_served_weeks_are_those_of_the_first_edition_whatever_the_size_of_a_crowd(crowd, monkeypatch):
    monkeypatch.setattr(world_module, "CROWD", crowd)
    assert runs() == SERVED
