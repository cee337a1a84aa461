"""A command that writes a table of several worlds, one after the other, and goes on where it stopped.

It computes nothing: ``competition.py`` and ``advertising.py`` say what the rows of a world are.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from recsys_helpers.workspace import write_whole


def write_by_world(
    about: str,
    file: Path,
    seeds: Sequence[int],
    users: int,
    table: Callable[[int, int], pd.DataFrame],
    arguments: Sequence[str] | None = None,
) -> int:
    """Writes ``table(seed, users)`` of each seed into the file as soon as it is there; 0, as a command ends.

    A world that is in the file already is passed over, and said to be. ``arguments`` are the command's: ``--seeds``,
    ``--users`` and ``--out``, for which ``seeds``, ``users`` and ``file`` stand where they are not given.
    """
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=seeds)
    parser.add_argument("--users", type=int, default=users)
    parser.add_argument("--out", type=Path, default=file)
    chosen = parser.parse_args(arguments)
    parts = [pd.read_csv(chosen.out, encoding="utf-8")] if chosen.out.exists() else []
    there = set(parts[0]["seed"]) if parts else set()
    for seed in chosen.seeds:
        new = seed not in there
        if new:
            there.add(seed)
            parts.append(table(seed, chosen.users))
            write_whole(chosen.out, pd.concat(parts).to_csv(index=False, lineterminator="\n"))
        print(f"world {seed}" if new else f"world {seed} is in {chosen.out.name} already", flush=True)
    print(f"{chosen.out.name} is written.")
    return 0
