"""Lesson 20's fourth table: a model that learns on beside one that is fitted anew, in seconds of the processor.

    python benchmarks/updates.py

Writes data/measured/updates.csv in a minute of one core. The models know the log until two weeks before its end;
then come the next plays, so many at once. ``cheaper`` is the processor time of a fit of everything over an update's,
the best of two each, and ``apart`` the largest difference of a score between the two models.
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before numpy: seconds of one processor

import copy
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from live import SINCE, Stream

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ItemKNN, Recommender
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "updates.csv"
MODELS: dict[str, Callable[[], Recommender]] = {
    "ItemKNN": ItemKNN,
    "EASE": lambda: EASE(solve="items"),
}
PLAYS = (1, 300)
COLUMNS = ["model", "plays", "listeners", "cheaper", "apart"]


def seconds(does: Callable[[], object]) -> float:
    """Of the processor, the best of two."""
    took = []
    for _ in range(2):
        start = time.process_time()
        does()
        took.append(time.process_time() - start)
    return max(min(took), 1e-6)


def table(names=tuple(MODELS), plays=PLAYS) -> pd.DataFrame:
    """A row for each model and number of plays. On 0/1, where EASE's lambda stays as it was."""
    stream = Stream()
    pairs = stream.events.loc[stream.events["action"] == "play", ["user_id", "track_id", "at"]]
    pairs = pairs.sort_values("at", kind="stable").drop_duplicates(["user_id", "track_id"])
    known, later = pairs[pairs["at"] < SINCE], pairs[pairs["at"] >= SINCE]
    ids = ["user_id", "track_id"]
    rows = []
    for name in names:
        before = MODELS[name]().fit(Interactions.from_frame(known[ids]))
        if name == "ItemKNN":  # its table of products is made at the first update, and kept
            before.partial_fit(Interactions.from_frame(known[ids].iloc[:1]))  # type: ignore[attr-defined]
        for many in plays:
            new = Interactions.from_frame(later[ids].iloc[:many])
            both = Interactions.from_frame(pd.concat([known, later.iloc[:many]])[ids])
            updated = copy.copy(before).partial_fit(new)  # type: ignore[attr-defined]
            whole = MODELS[name]().fit(both)
            some = both.users[:: max(1, len(both.users) // 200)]
            apart = float(np.abs(updated.score(some) - whole.score(some)).max())
            cheaper = seconds(lambda: MODELS[name]().fit(both)) / seconds(  # noqa: B023 (called at once)
                lambda: copy.copy(before).partial_fit(new)  # type: ignore[attr-defined]  # noqa: B023
            )
            rows.append((name, many, new.shape[0], cheaper, apart))
            print(*rows[-1], file=sys.stderr, flush=True)
    return pd.DataFrame(rows, columns=COLUMNS).round({"cheaper": 2, "apart": 9})


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return table(["EASE"], PLAYS[:1])


if __name__ == "__main__":
    write_whole(FILE, table().to_csv(index=False, lineterminator="\n"))
    print(f"{FILE.name} is written.")
