"""The process that plays a week for a server: started by it, killed without loss, and harmless beside another.

It answers nobody and takes nothing: what it plays stands in the league's file. `python -m recsys_helpers.arena.child`.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from recsys_helpers.arena.game import PLAYING, League
from recsys_helpers.arena.match import Ground
from recsys_helpers.arena.playing import InFolder, play_week
from recsys_helpers.arena.store import Store

LONGEST = 3_600.0  # seconds that one waits for another


@contextlib.contextmanager
def alone(path: Path, seconds: float = LONGEST) -> Iterator[None]:
    """Hold a lock that ends with the process, however that ends; raises TimeoutError while another holds it."""
    db = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    try:
        try:
            db.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            raise TimeoutError(f"Another process holds {path}.") from None
        yield
    finally:
        db.close()


def main(path: Path) -> int:
    """Play the week that was started in this league's file, if one was; 0 in the end."""
    if hasattr(os, "nice"):
        os.nice(10)  # the board comes first
    with alone(path.with_suffix(".playing")):
        league = League(Store(path))
        if league.store.get("phase") == PLAYING:
            ground = Ground(league.rules, int(league.store.get("seed")))
            matches = InFolder(ground, path.with_suffix(".matches"))
            matches.tidy()
            play_week(league, ground, matches)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
