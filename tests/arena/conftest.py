"""A small ground that all tests of the Arena share: 60 accounts, two weeks."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from recsys_helpers.arena.game import League, hand_in_text
from recsys_helpers.arena.lists import first_allowed
from recsys_helpers.arena.match import Ground
from recsys_helpers.arena.playing import InMemory, play_week
from recsys_helpers.arena.rules import Rules
from recsys_helpers.arena.store import Store

CODE = "otter"
RULES = Rules(users=60, weeks=2)


def token_of(name: str) -> str:
    """A token of a team's own."""
    return hashlib.sha256(name.encode()).hexdigest()[:40]


class Class:
    """A league in memory (or in a file), and what a test does with it."""

    def __init__(self, ground: Ground, path=":memory:"):
        self.ground = ground
        self.league = League.create(Store(path), ground, CODE)
        self.matches = InMemory()

    def enter(self, name: str):
        return self.league.join(name, CODE, token_of(name))

    def lists(self, team, seed: int) -> dict[str, list[str]]:
        """Lists that the rules allow, drawn with a seed."""
        ids, n = self.ground.ids, len(self.ground.ids.listeners)
        order = np.random.default_rng(seed).permuted(np.tile(np.arange(200), (n, 1)), axis=1)
        heard = self.league.heard(team, self.league.state()["week"] - 1)
        return ids.by_listener(first_allowed(order, heard, self.ground.rules.heard))

    def hand_in(self, team, seed: int, week: int | None = None):
        week = self.league.state()["week"] if week is None else week
        return self.league.hand_in(team, hand_in_text(week, self.lists(team, seed)))

    def play(self) -> None:
        self.league.start(self.league.state()["week"])
        assert play_week(self.league, self.ground, self.matches)

    def row(self, name: str):
        return next(row for row in self.league.board()["rows"] if row["team"] == name)


@pytest.fixture(scope="session")
def ground() -> Ground:
    return Ground(RULES, seed=5)


@pytest.fixture
def room(ground) -> Class:
    return Class(ground)
