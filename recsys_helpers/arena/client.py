"""A player's side of the Arena: `join` a game on this machine, a server or a parcel; read the log, hand in, wait.

It scores nothing and simulates nothing itself: see `seats` for whom it asks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.arena.desk import KIND
from recsys_helpers.arena.game import OVER, hand_in_text
from recsys_helpers.arena.lists import Ids, first_allowed, track_ids
from recsys_helpers.arena.payloads import Tables, unpack_log
from recsys_helpers.arena.rules import Rules, rules_of
from recsys_helpers.arena.seats import Here, Packed, Remote, Seat, write_private
from recsys_helpers.events.tables import LOG, log_dtypes, typed_log
from recsys_helpers.models.checks import check_number
from recsys_helpers.service.sent import Refused
from recsys_helpers.simulator.past import played_in
from recsys_helpers.simulator.world import whole_number

LOCAL = "local"
FIGURES = [
    "place",
    "team",
    "house",
    "lead",
    "low",
    "high",
    "share",
    "hours",
    "satisfaction",
    "lost",
    "genres",
]


def join(
    where: str | os.PathLike[str] = LOCAL, team: str = "You", code: str = "", *, token: str | None = None,
    seed: int = 0, **rules: Any,
) -> Game:  # fmt: skip
    """Take a seat in a game, or come back to it.

    Parameters
    ----------
    where : "local", a game against the teams of the house on this machine alone; the address that a server printed; or
        a parcel, the file that a teacher hands out where machines cannot reach each other.
    team : your team's name, at most 24 letters. In a parcel it is written already.
    code : the word on the teacher's screen.
    token : what shows that a team is yours. Made for you, and kept in a file in this folder that only you can read.
    seed, rules : of a local game: which world, and the names of `Rules`, as `users=300`.

    Raises `Refused` (a ValueError) with a sentence, and ConnectionError where nobody answers.

    >>> game = join("local", users=60, weeks=2)
    >>> print(game)
    You: week 1 of 2 is open, nothing handed in
    """
    if not isinstance(where, (str, os.PathLike)):
        raise ValueError(f'where is {where!r}; give "local", the address of a server, or a parcel\'s file.')
    place = os.fspath(where)
    if place != LOCAL:
        given = [f"seed={seed!r}"] * (seed != 0) + [f"{name}={value!r}" for name, value in rules.items()]
        if given:
            raise ValueError(f"{given[0]} is for a local game; here the teacher sets the rules.")
    if place == LOCAL:
        return Game(Here(rules_of(rules), whole_number("seed", seed, 2**63), team))
    if Path(place).is_file():
        return Game(Packed(Path(place)))
    return Game(Remote.join(place, team, code, token))


class Game:
    """A player's game.

    Attributes
    ----------
    listeners, tracks, users : the ids of those whom every list is for; the catalogue; the accounts, bots left out.
    team, rules, token : your team's name; what holds for all; what shows that the team is yours (None in a local game).
    """

    def __init__(self, seat: Seat):
        self.seat = seat
        self._brief = seat.brief()
        self.rules = Rules.from_json(self._brief["rules_of_play"])
        self._tables: Tables = seat.tables()
        self.tracks, self.users = self._tables.tracks, self._tables.users
        self.listeners = self._tables.listeners
        self._ids = Ids(self.listeners, self._tables.track_ids)
        self._logs: dict[int, pd.DataFrame] = {}

    @property
    def team(self) -> str:
        """Your team's name, as everybody sees it."""
        return str(self._brief["team"])

    @property
    def token(self) -> str | None:
        """What shows that the team is yours."""
        return self.seat.token

    @property
    def week(self) -> int:
        """The week that is open, from 1; after the last, one more."""
        return int(self._news()["week"])

    @property
    def over(self) -> bool:
        """Whether the last week is played."""
        return bool(self._news()["phase"] == OVER)

    @property
    def chart(self) -> list[str]:
        """Today's chart: thirty tracks, best first. Who has handed in nothing yet shows its first ten."""
        return list(self._news()["chart"])

    def _news(self) -> dict[str, Any]:
        self._brief = self.seat.brief()
        return self._brief

    def log(self) -> pd.DataFrame:
        """Everything played on your platform so far, of the type of `load_murmur().events`.

        Before the first week nothing, or the log that the rules grant: that one is dirty, as logs are.
        """
        done = int(self._news()["week"]) - 1
        for week in range(1, done + 1):
            if week not in self._logs:
                self._logs[week] = unpack_log(self.seat.log(week), self.listeners, self._tables.track_ids)
        parts = [self._logs[week] for week in range(1, done + 1)]
        if self._tables.log is not None:
            return (
                pd.concat([self._tables.log, *parts], ignore_index=True) if parts else self._tables.log.copy()
            )
        if parts:
            return pd.concat(parts, ignore_index=True)
        return typed_log({name: [] for name in LOG}).astype(
            log_dtypes(self.listeners, self._tables.track_ids)
        )

    def heard(self) -> np.ndarray:
        """What each listener has played on your platform, (listeners, tracks): of these a list holds only so many."""
        return played_in(self.log(), self.listeners, self._tables.track_ids)

    def within_rules(self, lists: object, fill: Sequence[str] = ()) -> dict[str, list[str]]:
        """The first ten tracks that the rules allow, of lists as long as you like, then of `fill`, for everybody.

        Tracks stay in order; one that stands there twice, or that the listener has played where enough of those stand
        before it, is passed over. Raises Refused for what is no hand-in.
        """
        named, fill = self._ids.as_lists(lists), track_ids(fill)
        strange = next((user for user in named if user not in self._ids.row), None)
        if strange is not None:
            raise Refused(f"There is no listener {strange!r} in this game; see game.listeners.")
        whole = {user: [*named.get(user, ()), *fill] for user in self._ids.row}
        order = np.full((len(whole), max([1, *map(len, whole.values())])), -1)
        for row, (user, items) in enumerate(whole.items()):
            order[row, : len(items)] = [self._column(user, item) for item in items]
        return self._ids.by_listener(first_allowed(order, self.heard(), self.rules.heard))

    def _column(self, user: str, item: str) -> int:
        column = self._ids.column.get(item)
        if column is None:
            raise Refused(f"{user} is shown {item!r}, which is no track; see game.tracks.")
        return column

    def submit(self, lists: object, file: str | os.PathLike[str] | None = None) -> Receipt:
        """Hand in the lists of the open week; again, and the later ones count.

        Parameters
        ----------
        lists : a frame with columns user, item and rank, as `recommend` gives; a dict from a listener to a list of
            tracks; or an array (listeners, up to ten) in the order of `listeners`. Who is left out sees an empty shelf.
        file : write a file for the teacher to upload instead of sending it. An old one of this name is replaced.

        Raises Refused with the rule that is broken; then nothing has changed.
        """
        week, named = int(self._news()["week"]), self._ids.as_lists(lists)
        if file is None:
            return Receipt(**self.seat.hand_in(hand_in_text(week, named)))
        if self.seat.token is None:
            raise ValueError("A local game takes lists at once; leave file= out.")
        positions = self._ids.positions(named)  # what the server would refuse is refused now
        about = {"kind": KIND, "game": self._brief["game"], "token": self.seat.token}
        write_private(Path(file), hand_in_text(week, named, **about))
        full = positions >= 0
        return Receipt(self.team, week, int(full.any(axis=1).sum()), int(full.sum()), os.fspath(file))

    def wait(self, timeout: float = 7_200) -> int:
        """Wait until the open week is played, and give the number of the next; a local game plays it now.

        Raises TimeoutError after so many seconds. Interrupting it does no harm.
        """
        check_number("timeout", timeout, 0)
        week = int(self._brief["week"])
        end = time.monotonic() + timeout
        self.seat.urge(week)
        while True:
            news = self.seat.news(end)
            if news["week"] > week or news["phase"] == OVER:
                return int(self._news()["week"])
            if time.monotonic() > end:
                raise TimeoutError(
                    f"Week {week} was not played within {timeout:g} seconds; call game.wait() again."
                )
            time.sleep(min(1.0, max(0.0, end - time.monotonic())))

    def board(self) -> pd.DataFrame:
        """How the teams stand after the last week.

        Columns: place, team, house, lead (over the house's copy in the same seat, in shares of hours) with its 95%
        interval low to high, share, hours (a listener, in the last week), satisfaction, lost (accounts), genres (in a
        list).
        """
        rows = [
            {**row, "hours": row["hours"][-1] if row["hours"] else None} for row in self.seat.board()["rows"]
        ]
        frame = pd.DataFrame(rows, columns=FIGURES)
        return frame.astype(
            {"place": "Int64", "lost": "Int64"} | dict.fromkeys([*FIGURES[3:9], "genres"], float)
        )

    def __repr__(self) -> str:
        news = self._news()
        if news["phase"] == OVER:
            return f"{self.team}: the game is over"
        there = "nothing handed in" if news["my_hand_in"] is None else "handed in"
        return f"{self.team}: week {news['week']} of {news['weeks']} is {news['phase']}, {there}"


class Receipt:
    """What was taken: for which week, how many listeners' lists, how many places in all."""

    def __init__(self, team: str, week: int, lists: int, places: int, file: str | None = None):
        self.team, self.week, self.lists, self.places, self.file = team, week, lists, places, file

    def __repr__(self) -> str:
        where = "taken" if self.file is None else f"written to {self.file}: give that file to your teacher"
        return f"{self.team}, week {self.week}: lists of {self.lists:,} listeners, {self.places:,} places, {where}"
