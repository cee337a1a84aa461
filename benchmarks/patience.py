"""Lesson 15's last table: shelves that lean to long tracks, served for eight weeks in six worlds of two kinds.

    python benchmarks/patience.py [--seeds 7 8 9 10 11 12] [--users 300] [--weeks 8]

EASE's fifty best tracks of a listener, ordered by score x length to some power, and the first ten of that stand for
eight weeks. Once in the shipped world, and once in a world with `regret` 5, where time spent without pleasure costs
satisfaction, and so later visits. A row is one power, one half of the listeners (dealt by lot) and one week: their mean
hours, who came, and their satisfaction at the end. Lesson 15 chooses powers on some worlds and grades them on others.
Writes data/measured/patience.csv in some three minutes of one core. It chooses nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from by_seed import write_by_seed

from recsys_helpers import reranking
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE
from recsys_helpers.simulator import Served, Strengths, World

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "patience.csv"
SEEDS, USERS, WEEKS = (7, 8, 9, 10, 11, 12), 300, 8
REGRET = (0.0, 5.0)
POWERS = (0.0, 0.25, 0.5, 1.0)


def fifty_of(world: World) -> pd.DataFrame:
    """EASE's fifty best of each listener whom its log knows, with scores above 0."""
    events = asked_for(clean(world.log(), world.tracks, world.users)[0], world.tracks)
    x = Interactions.from_frame(preference(events, "listened", world.tracks), value="strength")
    people = x.users[x.users.isin(world.listeners)]
    fifty = EASE().fit(x).recommend(people, k=50, exclude_seen=False)
    return fifty.assign(score=fifty["score"].clip(lower=1e-9))


def hours_by_week(served: Served) -> np.ndarray:
    """Hours of each listener in each week, (listeners, weeks)."""
    n = len(served.world.listeners)
    weeks = []
    for week in range(served.start, served.start + served.weeks):
        events = served.events_in(week)
        weeks.append(np.bincount(events["user_id"].cat.codes, events["seconds_played"], n)[:n] / 3600)
    return np.column_stack(weeks)


def rows_of_world(
    seed: int, regret: float, users: int = USERS, weeks: int = WEEKS, powers: tuple[float, ...] = POWERS
) -> list[dict[str, object]]:
    """The rows of these powers in one world."""
    world = World(seed=seed, users=users, strengths=Strengths(regret=regret))
    fifty = fifty_of(world)
    seconds = world.tracks.set_index("track_id")["duration_s"]
    half = np.random.default_rng(seed).permutation(len(world.listeners)) % 2
    rows: list[dict[str, object]] = []
    for power in powers:
        ten = reranking.by_length(fifty, seconds, power)[["user", "item", "rank"]]
        served = world.serve(lambda users, ten=ten: ten, weeks=weeks)
        hours, people = hours_by_week(served), served.listeners
        for name, mine in (("first", half == 0), ("second", half == 1)):
            for week in range(weeks):
                rows.append({"seed": seed, "regret": regret, "power": power, "half": name, "week": week + 1,
                             "listeners": int(mine.sum()), "hours": hours[mine, week].mean(),
                             "came": (hours[mine, week] > 0).mean(),
                             "satisfaction": people["satisfaction"].to_numpy()[mine].mean()})  # fmt: skip
    return rows


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return pd.DataFrame(rows_of_world(SEEDS[0], REGRET[1], powers=(0.5,))).round(5)


def rows_of_seed(seed: int, users: int, weeks: int) -> Iterator[list[dict[str, object]]]:
    for regret in REGRET:
        yield rows_of_world(seed, regret, users, weeks)


if __name__ == "__main__":
    sys.exit(write_by_seed(__doc__, FILE, SEEDS, rows_of_seed, users=USERS, weeks=WEEKS))
