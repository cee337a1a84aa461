"""Lesson 20's second table: models that age in worlds where taste stays or jumps, day by day.

    python benchmarks/drift.py

Writes data/measured/drift.csv, a row for each world, model and day; it takes about two minutes of one core. A world's
log is made under the chart, whatever the models would show, so that no model hears its own echo. The jump comes in the
week ``JUMP_WEEK``, for half of the listeners. The same seed is the same people and the same luck in each world.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from recsys_helpers.acting import prequential
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ItemKNN, Recommender
from recsys_helpers.simulator import World
from recsys_helpers.simulator.catalogue import START
from recsys_helpers.simulator.strengths import Strengths
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "drift.csv"
SEEDS = (7, 8, 9, 10, 11, 12)
USERS, FIT_WEEK, JUMP_WEEK, WEEKS = 300, 6, 10, 14
WORLDS = {
    "still": Strengths(drift=0),
    "jump": Strengths(drift=0, jump=1, jump_week=JUMP_WEEK),
}
REFITS = {"once": None, "weekly": 1}
COLUMNS = ["seed", "world", "refit", "day", "plays", "gain", "variance"]


def log_of(
    seed: int, world: str, users: int = USERS, weeks: int = WEEKS
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(clean log, tracks) of a world."""
    made = World(seed=seed, users=users, weeks=weeks, strengths=WORLDS[world])
    tracks = made.tracks
    return asked_for(clean(made.log(), tracks, made.users)[0], tracks), tracks


def rows_of_world(
    seed: int, world: str, refits=tuple(REFITS), users: int = USERS, weeks: int = WEEKS
) -> pd.DataFrame:
    """A row for each refit and day: graded plays, the mean of their gain and its variance between plays."""
    events, tracks = log_of(seed, world, users, weeks)
    # Not the first or the last row of the log: some say 1970 or 2027, since their clocks were wrong.
    start = START
    since = start + pd.Timedelta(weeks=FIT_WEEK)

    def fitted(moment: pd.Timestamp) -> Recommender:
        strengths = preference(events, "listened", tracks, until=moment)
        return ItemKNN().fit(Interactions.from_frame(strengths, value="strength"))

    rows = []
    for refit in refits:
        model = fitted(since) if REFITS[refit] is None else fitted
        found = prequential(events, tracks, model, since, start + pd.Timedelta(weeks=weeks), step="7D")
        day = ((found["at"] - since) // pd.Timedelta("1D")).to_numpy()
        for one, gain in found["gain"].groupby(day):
            rows.append((seed, world, refit, int(one), len(gain), gain.mean(), gain.var(ddof=1)))
    return pd.DataFrame(rows, columns=COLUMNS).round(6)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return rows_of_world(SEEDS[0], "still", ("once",))


def main() -> int:
    parts = []
    for seed in SEEDS:
        for world in WORLDS:
            parts.append(rows_of_world(seed, world))
            means = parts[-1].groupby("refit")["gain"].mean().round(4).to_dict()
            print(seed, world, means, file=sys.stderr, flush=True)
    write_whole(FILE, pd.concat(parts).to_csv(index=False, lineterminator="\n"))
    print(f"{FILE.name} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
