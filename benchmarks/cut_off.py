"""Lesson 11's third table: how often a play reaches half of its track, by length, and how often it would with time.

    python benchmarks/cut_off.py

Writes data/measured/cut_off.csv in a few seconds. It opens what no log tells: the simulator's own chance, at each play,
that the listener does not skip. The lesson grades two estimates from the log by it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.simulator import World
from recsys_helpers.simulator.behaviour import Crowd
from recsys_helpers.simulator.people import make_people
from recsys_helpers.simulator.shelves import in_pages
from recsys_helpers.simulator.world import USERS
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "cut_off.csv"
MINUTES = (0, 3, 5, 10, 20, 40, np.inf)


def cut_off_table(users: int = USERS) -> pd.DataFrame:
    """For each band of length: plays, the share that reached half, and the chance that a play is not skipped.

    The chance is the simulator's own at each play, 1.15 x pleasure and at most 1 (``behaviour``): what would be reached
    if no session ran out of time.
    """
    world, parts = World(users=users), []
    people = make_people(world.seed, np.arange(world.n_users), world.weeks, world.catalogue)
    crowd = Crowd(world.setting, people)
    for week in range(world.weeks):
        lived = crowd.live(
            week, in_pages(pd.Index(world.tracks["track_id"]).get_indexer(world.chart(week)))
        ).played
        content = world.catalogue.content[lived["track"]]  # ads are heard to their end, liked or not
        parts.append({name: lived[name][content] for name in ("track", "seconds", "pleasure")})
    track, seconds, pleasure = (np.concatenate([part[name] for part in parts]) for name in parts[0])
    length = world.catalogue.duration[track]
    played = pd.DataFrame({"minutes": pd.cut(length / 60, MINUTES), "reached": seconds >= length / 2,
                           "not_skipped": np.minimum(1.15 * pleasure, 1.0)})  # fmt: skip
    table = played.groupby("minutes", observed=True).agg(
        plays=("reached", "size"), reached=("reached", "mean"), not_skipped=("not_skipped", "mean")
    )
    table.index = [f"{low:g} to {high:g}" for low, high in zip(MINUTES[:-1], MINUTES[1:], strict=True)]
    return table.rename_axis("minutes").reset_index().round(5)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew: all of them, for it takes seconds."""
    return cut_off_table()


if __name__ == "__main__":
    write_whole(FILE, cut_off_table().to_csv(index=False, lineterminator="\n"))
    print(f"{FILE.name} is written.")
