"""The file that lesson 05 reads, against the command that writes it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def command():
    """The module benchmarks/cold_start.py."""
    spec = importlib.util.spec_from_file_location("cold_start", ROOT / "benchmarks" / "cold_start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_whole(command):
    table = pd.read_csv(command.TABLE)
    assert len(table) == len(command.WAYS) * command.LUCKS * command.WEEKS
    assert not table.duplicated(["way", "luck", "week"]).any()
    assert (table["hits"] <= table["shown"]).all()
    growth = table.groupby(["way", "luck"])[["hits", "shown"]].diff().dropna()
    assert (growth >= 0).all(axis=None)


def test_a_showing_and_a_hit_are_what_the_log_says(command):
    """Three listeners, counted by hand: one came and took a track, one came and did not, one stayed away."""
    world = World.small(users=50)
    fresh = command.fresh_tracks(world)
    shelf = command.FreshShelf(world, fresh, "any", seed=0)
    users = world.listeners.to_numpy()[:3]
    shown = shelf(users)[:, :3]
    whole = float(shelf.length[shown[0, 1]])
    rows = [
        (users[0], shown[0, 1], "home", whole / 2),
        (users[0], shown[0, 1], "home", whole),  # again: still one hit
        (users[0], shown[0, 0], "home", 1.0),  # skipped
        (users[0], shown[0, 2], "search", 9e9),  # found elsewhere
        (users[1], "t0001", "home", 9e9),
        (users[2], shown[2, 0], "library", 9e9),
    ]
    shelf.observe(pd.DataFrame(rows, columns=["user_id", "track_id", "source", "seconds_played"]))
    expected = np.zeros(len(fresh), dtype=int)
    expected[fresh.tolist().index(shown[0, 1])] = 1
    assert shelf.hits.tolist() == expected.tolist()
    assert shelf.shown.sum() == 6
    assert set(fresh[shelf.shown > 0]) == set(shown[:2].ravel())
