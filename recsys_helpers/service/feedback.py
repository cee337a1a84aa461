"""The plays that a service was told of, in one SQLite file, and which model it serves.

It knows no model: ``shelf`` says what a play changes. A play that is sent again, under the same key, counts once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from recsys_helpers.service.database import Database, write_settings

SCHEMA = """
CREATE TABLE IF NOT EXISTS play (number INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    user TEXT NOT NULL, item TEXT NOT NULL, heard REAL NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS title (item TEXT PRIMARY KEY, title TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Play:
    """A play: its number in the file, who, what, which share of it, when (seconds since 1970)."""

    number: int
    user: str
    item: str
    heard: float
    at: float


class Feedback(Database):
    """A service's file.

    The setting ``model`` is {"file": the name of the model's file, "upto": the number of the last play in it}: both
    change in one transaction, so that no play is ever in the weights and in the profiles, or in neither.

    >>> kept = Feedback()
    >>> kept.add("k1", "al", "a", 0.5), kept.add("k1", "al", "a", 0.5), kept.add("k2", "bo", "a", 1.0)
    (True, False, True)
    >>> [(play.user, play.heard) for play in kept.after(0)]
    [('al', 0.5), ('bo', 1.0)]
    """

    schema = SCHEMA

    def add(self, key: str, user: str, item: str, heard: float, at: float | None = None) -> bool:
        """Keep a play for good; False, and nothing is changed, where its key is there already."""
        row = (key, user, item, heard, time.time() if at is None else at)
        with self.writing() as db:
            done = db.execute(
                "INSERT OR IGNORE INTO play (key, user, item, heard, at) VALUES (?, ?, ?, ?, ?)", row
            )
            return done.rowcount == 1

    def after(self, number: int, until: int | None = None) -> list[Play]:
        """The plays after that number (until another, which is among them), in the order in which they came."""
        last = 2**62 if until is None else until
        with self._open() as db:
            rows = db.execute(
                "SELECT number, user, item, heard, at FROM play WHERE number > ? AND number <= ? ORDER BY number",
                (number, last),
            ).fetchall()
        return [Play(*row) for row in rows]

    def last(self) -> int:
        """The number of the last play; 0 where there is none."""
        with self._open() as db:
            (number,) = db.execute("SELECT coalesce(max(number), 0) FROM play").fetchone()
        return int(number)

    def serve(self, file: str, upto: int, titles: dict[str, str] | None = None, **settings: Any) -> None:
        """Serve another model from now on, all of it or nothing."""
        with self.writing() as db:
            if titles is not None:
                db.execute("DELETE FROM title")
                db.executemany("INSERT INTO title VALUES (?, ?)", titles.items())
            write_settings(db, {**settings, "model": {"file": file, "upto": upto}})

    def titles(self) -> dict[str, str]:
        """Item -> what people call it."""
        with self._open() as db:
            return dict(db.execute("SELECT item, title FROM title").fetchall())
