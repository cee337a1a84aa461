"""The file that lesson 05 reads, against the command that writes it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

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
    as_is, pleases = (table[table["newness"] == on] for on in (0, 1))
    assert len(as_is) == len(command.WAYS) * command.RUNS * command.WEEKS
    assert len(pleases) == 2 * command.RUNS * command.WEEKS
    assert not table.duplicated(["newness", "way", "run", "week"]).any()
    assert (table["hits"] <= table["shown"]).all()
    growth = table.groupby(["newness", "way", "run"])[["hits", "shown"]].diff().dropna()
    assert (growth >= 0).all(axis=None)


class NoChart:
    """Seven places that nobody fills."""

    def act(self, users, context):
        return np.full((len(users), 7), None, dtype=object)

    def observe(self, impressions, events):
        self.observed = impressions, events


def test_a_showing_and_a_hit_are_what_the_log_says(command):
    """Counted by hand: a track seen twice is one showing; it is a hit if half of it was heard from the shelf."""
    tracks = pd.DataFrame({"track_id": ["a", "b", "c", "d"], "duration_s": [100, 100, 100, 100]})
    fresh, chart = np.array(["a", "b", "c"]), NoChart()
    shelf = command.FreshShelf(chart, fresh, command.WAYS["greedy"], 0, tracks)
    looks = [
        ("u1", "a", 7),
        ("u1", "a", None),
        ("u1", "b", 8),
        ("u2", "a", None),
        ("u2", "c", 9),
        ("u2", "d", 10),
    ]
    impressions = pd.DataFrame(looks, columns=["user_id", "track_id", "event_id"]).astype(
        {"event_id": "Int64"}
    )
    heard = {7: 50.0, 8: 49.0, 9: 100.0, 10: 100.0, 11: 100.0}  # 11: b, found by searching
    events = pd.DataFrame(
        {"event_id": heard.keys(), "seconds_played": heard.values(), "track_id": list("abcdb")}
    )
    shelf.observe(impressions, events)
    assert shelf.shown.tolist() == [2, 1, 1]
    assert shelf.hits.tolist() == [1, 0, 1]
    assert chart.observed[1] is events


def test_ways_differ_in_what_they_say(command):
    """Greedy and one draw say the same to all; a fifth of the listeners explores; Thompson's draws are Beta's."""
    hits, shown = np.array([0, 5, 50, 0]), np.array([0, 10, 100, 50])
    rates = {name: way(hits, shown, 20_000, np.random.default_rng(0)) for name, way in command.WAYS.items()}
    for name in ("greedy", "one draw for all"):
        assert np.ptp(rates[name], axis=0).max() == 0
    assert rates["greedy"][0] == pytest.approx([0.1, 0.3, 51 / 110, 1 / 60], abs=1e-6)
    explored = (rates["epsilon-greedy"] != rates["epsilon-greedy"][0]).any(axis=1).mean()
    assert min(explored, 1 - explored) == pytest.approx(command.EPSILON, abs=0.01)
    a, b = 1 + hits, 9 + shown - hits
    assert rates["Thompson"].mean(axis=0) == pytest.approx(a / (a + b), abs=0.005)
    assert rates["Thompson"].var(axis=0) == pytest.approx(a * b / (a + b) ** 2 / (a + b + 1), rel=0.05)
    assert rates["any three"].mean(axis=0) == pytest.approx(np.full(4, 0.5), abs=0.01)
