"""Small worlds that several tests read and none changes."""

from __future__ import annotations

import pandas as pd
import pytest

from recsys_helpers.datasets import load_murmur
from recsys_helpers.simulator import World
from recsys_helpers.simulator.store import write_world


@pytest.fixture(scope="session")
def world() -> World:
    """120 accounts (one bot), 600 tracks, 2 weeks."""
    return World(users=120, weeks=2, tracks=600)


@pytest.fixture(scope="session")
def folder(world, tmp_path_factory):
    """That world on disk."""
    out = tmp_path_factory.mktemp("murmur") / "small"
    write_world(world, out)
    return out


@pytest.fixture(scope="session")
def murmur(folder):
    """That world as a learner loads it."""
    return load_murmur(folder)


@pytest.fixture(scope="session")
def clean(murmur) -> pd.DataFrame:
    """Its events without the planted defects, copies and bots, by the truth."""
    spoilt = murmur.truth["defects"]
    people = murmur.truth["listeners"].query("account == 'person'")["user_id"]
    kept = ~murmur.events["event_id"].isin(spoilt.loc[spoilt["kind"] != "exact_duplicate", "event_id"])
    return murmur.events[kept & murmur.events["user_id"].isin(people)].drop_duplicates("event_id")
