"""One SQLite file in which nothing is half written: each write is a transaction, of which all stays or nothing.

It holds no table of its own but one of settings: what a server remembers, its own module says.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEMORY = ":memory:"
PATIENCE = 60.0  # seconds that a write waits for another
SETTINGS = "CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);"


class Database:
    """A file, or memory. A file may be read and written by several processes and threads at once.

    ``schema`` : the tables, as SQL that may be run again. Whoever else has an account on the machine cannot read it.
    """

    schema = ""

    def __init__(self, path: str | os.PathLike[str] = MEMORY):
        self.path = MEMORY if str(path) == MEMORY else str(Path(path))
        self._kept: sqlite3.Connection | None = None
        if self.path == MEMORY:
            self._kept = self._connect()
        else:
            with open(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600), "rb"):
                pass
        with self._open() as db:
            if self._kept is None:
                db.execute("PRAGMA journal_mode = WAL")  # who reads waits for nobody
            db.executescript(SETTINGS + self.schema)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if self._kept is not None:
            yield self._kept
            return
        db = self._connect()
        try:
            yield db
        finally:
            db.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that nobody else writes in: all of it stays, or nothing."""
        with self._open() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
            except BaseException:
                db.execute("ROLLBACK")
                raise
            db.execute("COMMIT")

    def get(self, name: str, otherwise: Any = None) -> Any:
        """A setting."""
        with self._open() as db:
            row = db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return otherwise if row is None else json.loads(row[0])

    def settings(self) -> dict[str, Any]:
        """All settings, as they were at one moment."""
        with self._open() as db:
            return {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM setting")}

    def put(self, **settings: Any) -> None:
        """Write settings, all at once."""
        with self.writing() as db:
            write_settings(db, settings)

    def change(self, expected: dict[str, Any], **settings: Any) -> bool:
        """Write settings if the expected ones still hold; whether they did."""
        with self.writing() as db:
            for name, value in expected.items():
                row = db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
                if row is None or json.loads(row[0]) != value:
                    return False
            write_settings(db, settings)
        return True


def write_settings(db: sqlite3.Connection, settings: dict[str, Any]) -> None:
    """Write settings within a transaction."""
    rows = [(name, json.dumps(value)) for name, value in settings.items()]
    db.executemany("INSERT OR REPLACE INTO setting VALUES (?, ?)", rows)
