"""A match of a league: one team's shelves against the house's, week by week, and what came of each week.

It knows no clock and no names: who plays, and when, is `game`'s. It runs no learner's code: a team is its lists.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.arena import house
from recsys_helpers.arena.lists import Ids, first_allowed
from recsys_helpers.arena.payloads import pack_log
from recsys_helpers.arena.rules import Rules
from recsys_helpers.simulator.market import Market, match
from recsys_helpers.simulator.past import played_in
from recsys_helpers.simulator.saved import load_market, save_market
from recsys_helpers.simulator.serving import Served
from recsys_helpers.simulator.world import World

TEAM, RIVAL = "team", "rival"


class Ground:
    """What all matches of a league share: the world, its luck, tables that are worked out once, perhaps a log.

    `seed` chooses the world and is the Arena's secret: who knows it knows what everybody likes.
    """

    def __init__(self, rules: Rules, seed: int):
        self.rules, self.seed = rules, seed
        self.world = World(seed=seed, users=rules.users, strengths=rules.strengths)
        self.weekly = self.world.weekly()
        self.ids = Ids(self.world.listeners, self.world.track_ids)
        self.first = self.world.first_week(None)
        self.known: dict[
            tuple[str, int], Outcome
        ] = {}  # what came of the house's teams, whoever plays beside them

    @cached_property
    def log(self) -> pd.DataFrame | None:
        """The log before the first week, dirty as logs are, where the rules grant one."""
        return self.world.log() if self.rules.log else None

    @cached_property
    def heard(self) -> np.ndarray:
        """What each listener has played in that log, (listeners, tracks)."""
        if self.log is None:
            return np.zeros((len(self.ids.listeners), len(self.ids.tracks)), dtype=bool)
        return played_in(self.log, self.ids.listeners, self.ids.tracks)

    @cached_property
    def past(self) -> house.Past:
        """That log, cleaned, as the teams of the house read it."""
        return house.Past.of(self.log, self.world)

    def chart(self, week: int) -> np.ndarray:
        """Today's chart as the week `week` of the game begins (from 1): positions of 30 tracks, best first."""
        return np.asarray(self.ids.tracks.get_indexer(self.world.chart(self.first + week - 1)))

    def match(self) -> Market:
        """A match that is about to begin."""
        market = match(
            self.world, Lists(self), House(self, RIVAL, house.RIVAL), weekly=self.weekly, log=self.log,
            habit=self.rules.habit, keen=self.rules.keen, at_most_heard=self.rules.heard,
        )  # fmt: skip
        return _introduced(market)

    def save(self, market: Market, path: Path) -> None:
        """Write a match between two weeks to a file, all or nothing."""
        save_market(market, path)

    def load(self, path: Path) -> Market:
        """The match of a file; raises ValueError where it is damaged or another's."""
        platforms = self.match().platforms
        return _introduced(load_market(path, self.world, platforms, weekly=self.weekly))


@lru_cache(maxsize=2)
def shared_ground(rules: Rules, seed: int) -> Ground:
    """The same ground for all local games under these rules: making it takes longest."""
    return Ground(rules, seed)


class Lists:
    """A platform that shows what it is told to: `positions` (listeners, PLACES), -1 for an empty place."""

    def __init__(self, ground: Ground):
        self.ground = ground
        self.positions = np.full((len(ground.ids.listeners), 1), -1)

    def act(self, users: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        """The lists as ids."""
        return as_ids(self.positions, self.ground.ids)


class House:
    """A platform of the house: one of its rules, and what it has seen in this match."""

    def __init__(self, ground: Ground, name: str, rule: str):
        self.ground, self.name, self.rule = ground, name, rule
        self.market: Market | None = None

    def act(self, users: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        """Its lists for the week, as ids."""
        assert self.market is not None, "a market is introduced before it is played"
        return as_ids(house_lists(self.ground, self.market, self.name, self.rule), self.ground.ids)


def house_lists(ground: Ground, market: Market, name: str, rule: str) -> np.ndarray:
    """The lists of one of the house's rules for a match's next week, (listeners, PLACES) positions.

    `name` is the platform whose log it has learnt from. What it shows hangs on that log and the week alone.
    """
    week = market.week - market.start + 1
    heard = market.own[_place(market, name)] if market.own else ground.heard
    order = house.order(rule, ground.world, house.Seen(market.served[name], ground.past, ground.chart(week)))
    return first_allowed(order, heard, ground.rules.heard)


@dataclass(frozen=True)
class Outcome:
    """What came of a team's week.

    Attributes
    ----------
    seconds : (2, listeners) heard on the rival's platform and on the team's.
    figures : hours (a listener's week), share (of all hours), satisfaction, accounts, lost, genres (in a list).
    heard : (listeners, tracks) what each has played on the team's platform until now.
    shelf : (listeners, PLACES) what was shown.
    log : the week's log, packed.
    """

    seconds: np.ndarray
    figures: dict[str, float]
    heard: np.ndarray
    shelf: np.ndarray
    log: bytes


def play(ground: Ground, market: Market, lists: np.ndarray) -> Outcome:
    """Play a match's next week with these lists on the team's platform.

    `lists` (listeners, m) positions; of each the first PLACES that the rules allow are shown.
    """
    team = _place(market, TEAM)
    heard = market.own[team] if market.own else ground.heard
    shelf = first_allowed(lists.astype(np.int64), heard, ground.rules.heard).astype(np.int16)
    platform = market.platforms[team].policy
    assert isinstance(platform, Lists)
    platform.positions = shelf
    week = market.week
    market.play()
    rows = {str(row["platform"]): row for row in market.board_rows[-len(market.platforms) :]}
    figures = {
        name: float(rows[TEAM][name])  # type: ignore[arg-type]
        for name in ("hours", "share", "satisfaction", "accounts", "lost")
    }
    figures["genres"] = genres_in(shelf, ground.world.catalogue.genre)
    served = market.served
    seconds = np.stack([_seconds(served[name]) for name in (RIVAL, TEAM)])
    known = market.own[team].copy() if market.own else _heard(ground, served[TEAM])
    return Outcome(seconds, figures, known, shelf, pack_log(served[TEAM], week))


def genres_in(shelf: np.ndarray, genre: np.ndarray) -> float:
    """How many different genres stand in a list, on average over lists that hold anything.

    >>> genres_in(np.array([[0, 1, 2], [-1, -1, -1]]), np.array([5, 5, 7]))
    2.0
    """
    codes = np.where(shelf >= 0, genre[np.maximum(shelf, 0)], -1)
    line = np.sort(codes, axis=1)
    new = (line >= 0) & np.concatenate([np.ones((len(line), 1), bool), line[:, 1:] != line[:, :-1]], axis=1)
    full = (shelf >= 0).any(axis=1)
    return float(new[full].sum(axis=1).mean()) if full.any() else 0.0


def as_ids(positions: np.ndarray, ids: Ids) -> np.ndarray:
    """Positions as ids, None for an empty place."""
    tracks = np.array([*ids.tracks, None], dtype=object)
    named: np.ndarray = tracks[positions]
    return named


def _seconds(served: Served) -> np.ndarray:
    """What each listener heard in the last week, in seconds."""
    played = served.played[-1]
    n = len(served.world.listeners)
    return np.bincount(served.rows[played["person"]], played["seconds"], n).astype(np.int32)


def _heard(ground: Ground, served: Served) -> np.ndarray:
    heard = ground.heard.copy()
    for played in served.played:
        heard[served.rows[played["person"]], played["track"]] = True
    return heard


def _place(market: Market, name: str) -> int:
    return [platform.name for platform in market.platforms].index(name)


def _introduced(market: Market) -> Market:
    for platform in market.platforms:
        if isinstance(platform.policy, House):
            platform.policy.market = market
    return market
