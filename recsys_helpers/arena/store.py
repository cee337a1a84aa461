"""What a league remembers, in one SQLite file: its settings, teams, hand-ins and outcomes. Nothing is half written.

It decides nothing: who may do what, and when, is `game`'s. Each write is one transaction, and a write that is repeated
after a crash changes nothing.
"""

from __future__ import annotations

import json
import sqlite3
import time
import zlib
from dataclasses import dataclass

import numpy as np

from recsys_helpers.arena.match import Outcome
from recsys_helpers.arena.rules import PLACES
from recsys_helpers.service.database import Database

SCHEMA = """
CREATE TABLE IF NOT EXISTS piece (name TEXT PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS team (id INTEGER PRIMARY KEY, name TEXT NOT NULL, folded TEXT NOT NULL UNIQUE,
    token TEXT NOT NULL, house TEXT NOT NULL, since INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS hand_in (team INTEGER NOT NULL, week INTEGER NOT NULL, lists BLOB NOT NULL,
    at REAL NOT NULL, way TEXT NOT NULL, PRIMARY KEY (team, week));
CREATE TABLE IF NOT EXISTS outcome (team INTEGER NOT NULL, week INTEGER NOT NULL, figures TEXT NOT NULL,
    seconds BLOB NOT NULL, shelf BLOB NOT NULL, heard BLOB NOT NULL, log BLOB NOT NULL, PRIMARY KEY (team, week));
"""


@dataclass(frozen=True)
class Team:
    """A team: its number, its name, its token's hash (empty: none), its rule (if it is of the house), since when."""

    id: int
    name: str
    folded: str
    token: str
    house: str
    since: int


class Store(Database):
    """The league's file, or memory."""

    schema = SCHEMA  # the settings hold the secret seed

    # -- pieces

    def piece(self, name: str) -> bytes | None:
        """Something large, by its name."""
        with self._open() as db:
            row = db.execute("SELECT data FROM piece WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def keep_piece(self, name: str, data: bytes) -> None:
        """Write something large."""
        with self.writing() as db:
            db.execute("INSERT OR REPLACE INTO piece VALUES (?, ?)", (name, data))

    # -- teams

    def teams(self) -> list[Team]:
        """All teams, in the order in which they came; those of the house first."""
        with self._open() as db:
            rows = db.execute("SELECT id, name, folded, token, house, since FROM team ORDER BY id").fetchall()
        return [Team(*row) for row in rows]

    def add_team(self, name: str, folded: str, token: str, house: str = "", most: int = 10**6) -> Team | None:
        """A new team, since the week that is played next; None where the name is taken or `most` are there."""
        with self.writing() as db:
            (there,) = db.execute("SELECT count(*) FROM team").fetchone()
            if there >= most or db.execute("SELECT 1 FROM team WHERE folded = ?", (folded,)).fetchone():
                return None
            since = _since(db)
            done = db.execute(
                "INSERT INTO team (name, folded, token, house, since) VALUES (?, ?, ?, ?, ?)",
                (name, folded, token, house, since),
            )
            return Team(int(done.lastrowid or 0), name, folded, token, house, since)

    def rename(self, team: int, name: str, folded: str) -> bool:
        """Give a team another name; whether it was free."""
        with self.writing() as db:
            if db.execute("SELECT 1 FROM team WHERE folded = ? AND id != ?", (folded, team)).fetchone():
                return False
            db.execute("UPDATE team SET name = ?, folded = ? WHERE id = ?", (name, folded, team))
        return True

    def give_token(self, team: int, token: str) -> None:
        """Let a team have another token; the old one is worth nothing from now on."""
        with self.writing() as db:
            db.execute("UPDATE team SET token = ? WHERE id = ?", (token, team))

    # -- hand-ins

    def hand_in(self, team: int, week: int, lists: np.ndarray, way: str, now: float | None = None) -> bool:
        """Keep a team's lists for the open week, in place of earlier ones; False where that week is not open now."""
        with self.writing() as db:
            state = {
                name: json.loads(value)
                for name, value in db.execute(
                    "SELECT name, value FROM setting WHERE name IN ('week', 'phase')"
                )
            }
            if state != {"week": week, "phase": "open"}:
                return False
            db.execute(
                "INSERT OR REPLACE INTO hand_in VALUES (?, ?, ?, ?, ?)",
                (team, week, lists.astype("<i2").tobytes(), time.time() if now is None else now, way),
            )
        return True

    def handed_in(self, week: int) -> dict[int, tuple[float, str]]:
        """Team -> when and how it handed in for a week."""
        with self._open() as db:
            rows = db.execute("SELECT team, at, way FROM hand_in WHERE week = ?", (week,)).fetchall()
        return {team: (at, way) for team, at, way in rows}

    def lists(self, team: int, week: int) -> tuple[int, np.ndarray] | None:
        """The last lists that a team handed in for this week or before, and for which week; None where it never did."""
        with self._open() as db:
            row = db.execute(
                "SELECT week, lists FROM hand_in WHERE team = ? AND week <= ? ORDER BY week DESC LIMIT 1",
                (team, week),
            ).fetchone()
        return None if row is None else (row[0], np.frombuffer(row[1], dtype="<i2").reshape(-1, PLACES))

    # -- outcomes

    def keep_outcome(self, team: int, week: int, outcome: Outcome) -> bool:
        """Keep what came of a team's week; False, and nothing is changed, where that is known already."""
        row = (
            team, week, json.dumps(outcome.figures), outcome.seconds.astype("<i4").tobytes(),
            outcome.shelf.astype("<i2").tobytes(), packed_bits(outcome.heard),
            outcome.log,
        )  # fmt: skip
        with self.writing() as db:
            return db.execute("INSERT OR IGNORE INTO outcome VALUES (?, ?, ?, ?, ?, ?, ?)", row).rowcount == 1

    def week_of(self, team: int, week: int, what: str) -> bytes | None:
        """One column of what came of a team's week (log, heard, shelf), None where the week is not played."""
        assert what in ("log", "heard", "shelf")
        with self._open() as db:
            row = db.execute(
                f"SELECT {what} FROM outcome WHERE team = ? AND week = ?", (team, week)
            ).fetchone()
        return None if row is None else bytes(row[0])

    def shelf(self, team: int, week: int) -> np.ndarray | None:
        """What a team showed in a week, (listeners, PLACES) positions."""
        data = self.week_of(team, week, "shelf")
        return None if data is None else np.frombuffer(data, dtype="<i2").reshape(-1, PLACES)

    def heard(self, team: int, week: int, tracks: int) -> np.ndarray | None:
        """What each listener had played on a team's platform when a week was over, (listeners, tracks)."""
        data = self.week_of(team, week, "heard")
        return None if data is None else unpacked_bits(data, tracks)

    def outcome(self, team: int, week: int, tracks: int) -> Outcome | None:
        """What came of a team's week, whole; None where it is not played."""
        with self._open() as db:
            row = db.execute(
                "SELECT figures, seconds, log FROM outcome WHERE team = ? AND week = ?", (team, week)
            ).fetchone()
        shelf, heard = self.shelf(team, week), self.heard(team, week, tracks)
        if row is None or shelf is None or heard is None:
            return None
        seconds = np.frombuffer(row[1], dtype="<i4").reshape(2, -1)
        return Outcome(seconds, json.loads(row[0]), heard, shelf, bytes(row[2]))

    def results(self, week: int) -> dict[int, tuple[list[dict[str, float]], np.ndarray]]:
        """Team -> (figures of each week, seconds (weeks, 2, listeners)) of the weeks until `week`; whole teams only."""
        found: dict[int, tuple[list[dict[str, float]], list[np.ndarray]]] = {}
        with self._open() as db:
            rows = db.execute(
                "SELECT team, figures, seconds FROM outcome WHERE week <= ? ORDER BY team, week", (week,)
            ).fetchall()
        for team, figures, seconds in rows:
            mine = found.setdefault(team, ([], []))
            mine[0].append(json.loads(figures))
            mine[1].append(np.frombuffer(seconds, dtype="<i4").reshape(2, -1))
        return {team: (told, np.stack(heard)) for team, (told, heard) in found.items() if len(told) == week}

    def played(self, week: int) -> set[int]:
        """The teams whose week is played."""
        with self._open() as db:
            return {team for (team,) in db.execute("SELECT team FROM outcome WHERE week = ?", (week,))}

    def inherit(self, heir: int, week: int) -> None:
        """Let the teams that came later have `heir`'s outcomes of the weeks until `week`, before they were there."""
        with self.writing() as db:
            db.execute(
                "INSERT OR IGNORE INTO outcome SELECT team.id, outcome.week, figures, seconds, shelf, heard, log "
                "FROM team JOIN outcome "
                "WHERE outcome.team = ? AND outcome.week <= ? AND outcome.week < team.since AND team.house = ''",
                (heir, week),
            )


def packed_bits(cells: np.ndarray) -> bytes:
    """A table of true and false in few bytes, for `unpacked_bits`."""
    return zlib.compress(np.packbits(cells, axis=1).tobytes())


def unpacked_bits(data: bytes, columns: int) -> np.ndarray:
    """The table that `packed_bits` was given, of so many columns.

    >>> unpacked_bits(packed_bits(np.eye(2, 9, dtype=bool)), 9).sum(axis=1).tolist()
    [1, 1]
    """
    bits = np.frombuffer(zlib.decompress(data), dtype=np.uint8).reshape(-1, -(-columns // 8))
    return np.unpackbits(bits, axis=1, count=columns).astype(bool)


def _since(db: sqlite3.Connection) -> int:
    """The first week that a team which comes now can play: the open one, or that after the one being played."""
    rows = db.execute("SELECT name, value FROM setting WHERE name IN ('week', 'phase')").fetchall()
    found = {str(name): json.loads(value) for name, value in rows}
    return int(found["week"]) + (found["phase"] == "playing") if found else 1
