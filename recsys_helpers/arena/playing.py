"""Playing a week of a league: each team's match, whoever has been stopped before, and then the week is over.

It decides no rule. Whatever stops it, it can be begun again: a match that was played is not played twice, and one that
was half played is played anew, to the same end.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np

from recsys_helpers.arena import house
from recsys_helpers.arena.game import PLAYING, League
from recsys_helpers.arena.match import TEAM, Ground, Outcome, house_lists, play
from recsys_helpers.arena.store import Team
from recsys_helpers.simulator.market import Market


class Matches(Protocol):
    """Where matches stand between two weeks; they are a store of time alone, and may be lost."""

    def get(self, team: Team, week: int) -> Market | None:
        """A team's match after so many weeks, None where it is not there."""

    def put(self, team: Team, week: int, market: Market) -> None:
        """Keep a team's match after so many weeks."""


class InMemory:
    """Matches of one process."""

    def __init__(self) -> None:
        self.kept: dict[int, Market] = {}

    def get(self, team: Team, week: int) -> Market | None:
        """A match that is played goes on: it is there once."""
        market = self.kept.pop(team.id, None)
        return market if market is not None and market.week - market.start == week else None

    def put(self, team: Team, week: int, market: Market) -> None:
        """Keep it."""
        self.kept[team.id] = market


class InFolder:
    """Matches as files, of the last two weeks, for a process that may be killed."""

    def __init__(self, ground: Ground, folder: Path):
        self.ground, self.folder = ground, folder
        folder.mkdir(parents=True, exist_ok=True)

    def _path(self, team: Team, week: int) -> Path:
        return self.folder / f"match-{team.id}-{week}.npz"

    def get(self, team: Team, week: int) -> Market | None:
        """From its file, if that is whole."""
        path = self._path(team, week)
        if not path.exists():
            return None
        try:
            return self.ground.load(path)
        except ValueError:  # the power went while it was written: it is played again from its shelves
            return None

    def put(self, team: Team, week: int, market: Market) -> None:
        """Into its file, whole or not at all; older weeks go."""
        self.ground.save(market, self._path(team, week))
        self._path(team, week - 2).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a killed process left half written."""
        for path in self.folder.iterdir():
            if re.search(r"\.part$", path.name):
                path.unlink(missing_ok=True)


def play_week(
    league: League, ground: Ground, matches: Matches, tick: Callable[[Team], None] = lambda team: None
) -> bool:
    """Play the week that was started, and open the next; False where none was started.

    `tick` is called after each team. What a killed run has kept is kept.
    """
    store = league.store
    state = store.settings()
    if state["phase"] != PLAYING:
        return False
    week = int(state["week"])
    teams = [team for team in store.teams() if team.since <= week]
    chart = next(team for team in teams if team.house == house.CHART)
    for team in sorted(teams, key=lambda one: (one is not chart, one.id)):
        if team.id not in store.played(week):
            store.keep_outcome(team.id, week, _outcome(league, ground, matches, team, chart, week))
        tick(team)
    coming = ground.ids.tracks[ground.chart(min(week + 1, league.rules.weeks))].tolist()
    return league.close(week, coming)


def _outcome(league: League, ground: Ground, matches: Matches, team: Team, chart: Team, week: int) -> Outcome:
    if (team.house, week) in ground.known:
        return ground.known[team.house, week]
    lists = league.store.lists(team.id, week)
    if not team.house and lists is None:  # nothing handed in yet: today's chart, whose match this is
        return _of_chart(league, ground, chart, week)
    market = matches.get(team, week - 1) or replayed(league, ground, team, week - 1)
    if team.house:
        shown = house_lists(ground, market, TEAM, team.house)
    else:
        assert lists is not None
        shown = lists[1]
    outcome = play(ground, market, shown)
    matches.put(team, week, market)
    if team.house:
        ground.known[team.house, week] = outcome
    return outcome


def _of_chart(league: League, ground: Ground, chart: Team, week: int) -> Outcome:
    known = ground.known.get((house.CHART, week))
    if known is not None:
        return known
    found = league.store.outcome(chart.id, week, len(ground.ids.tracks))
    assert found is not None, "the chart is played first"
    return found


def replayed(league: League, ground: Ground, team: Team, weeks: int) -> Market:
    """A team's match after so many weeks, played again from what it showed: the same, to the last bit."""
    market = ground.match()
    for week in range(1, weeks + 1):
        shelf = league.store.shelf(team.id, week)
        assert shelf is not None, f"week {week} was played"
        play(ground, market, shelf.astype(np.int64))
    return market
