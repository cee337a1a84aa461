"""Lesson 15's first half in six worlds: what a shelf is credited with, and what it caused.

    python benchmarks/uplift.py [--seeds 7 8 9 10 11 12] [--users 200] [--weeks 2]

EASE's ten, heard tracks among them, stand for two weeks. The same weeks under the same random draws are then served
with one place empty for everybody, for each of the ten in turn; with the whole shelf empty, with today's chart and with
a random ten; and with holdouts that leave a fifth of all places empty by lot. Columns: `shown` and `without` are what
was played with and without, `caused` their difference, `credited` what was taken from the home shelf: plays of the
track in a place (tables "single" and "holdout"), or hours of a listener and week (table "whole"); `minutes` are those
of all listening that a place caused in all weeks. Writes data/measured/uplift.csv in a minute and a half of one core.
It decides nothing: lesson 15 puts intervals over the worlds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from by_seed import write_by_seed

from recsys_helpers.acting import Holdout
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE
from recsys_helpers.simulator import Served, World

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "uplift.csv"
SEEDS, USERS, WEEKS, K = (7, 8, 9, 10, 11, 12), 200, 2, 10
DRAWS, LOOKED_UP, SHARE = 6, 40, 0.2


class Shelf:
    """A world, EASE's ten for those it knows (user, item, rank, heard), and what came of a shelf there."""

    def __init__(self, seed: int, users: int = USERS, weeks: int = WEEKS):
        self.world, self.weeks = World(seed=seed, users=users), weeks
        world = self.world
        events = asked_for(clean(world.log(), world.tracks, world.users)[0], world.tracks)
        x = Interactions.from_frame(preference(events, "listened", world.tracks), value="strength")
        people = x.users[x.users.isin(world.listeners)]
        ten = EASE().fit(x).recommend(people, k=K, exclude_seen=False)[["user", "item", "rank"]]
        heard = pd.MultiIndex.from_frame(x.to_frame()[["user", "item"]])
        self.ten = ten.assign(heard=pd.MultiIndex.from_frame(ten[["user", "item"]]).isin(heard))

    def serve(self, lists: pd.DataFrame) -> Served:
        return self.world.serve(lambda users: lists, weeks=self.weeks)

    def plays(self, served: Served, home: bool = False) -> np.ndarray:
        """How often each place's own track was played by its listener, from anywhere or from the home shelf alone."""
        events = served.events
        events = events[events["source"] == "home"] if home else events
        counts = events[["user_id", "track_id"]].astype(object).value_counts()
        return counts.reindex(pd.MultiIndex.from_frame(self.ten[["user", "item"]]), fill_value=0).to_numpy()


def hours_from(served: Served, source: str = "home") -> float:
    """Hours of a listener and week that were played from one source."""
    events = served.events
    seconds = events.loc[events["source"] == source, "seconds_played"].sum()
    return float(seconds / 3600 / len(served.world.listeners) / served.weeks)


def rows_of_world(
    seed: int, users: int = USERS, weeks: int = WEEKS, draws: int = DRAWS
) -> list[dict[str, object]]:
    """All rows of one world."""
    at = Shelf(seed, users, weeks)
    base = at.serve(at.ten)
    shown, credited = at.plays(base), at.plays(base, home=True)
    without, minutes = np.zeros(len(at.ten)), np.zeros(len(at.ten))
    place = at.ten["rank"].to_numpy()
    listener = at.world.listeners.get_indexer(at.ten["user"])
    for rank in range(1, K + 1):
        served, mine = at.serve(at.ten[place != rank]), place == rank
        without[mine] = at.plays(served)[mine]
        gap = 60 * weeks * (base.listeners["hours"] - served.listeners["hours"]).to_numpy()
        minutes[mine] = gap[listener[mine]]
    rows: list[dict[str, object]] = []

    def add(table: str, which: str, draw: int, n: int, **figures: float) -> None:
        row = {"seed": seed, "table": table, "which": which, "draw": draw, "n": n}
        row |= dict.fromkeys(("shown", "credited", "without", "caused", "minutes"), np.nan)
        rows.append(row | figures | {"caused": figures["shown"] - figures["without"]})

    heard = at.ten["heard"].to_numpy()
    groups = {"all": np.ones(len(heard), dtype=bool), "heard": heard, "unheard": ~heard}
    groups |= {f"place {rank}": place == rank for rank in range(1, K + 1)}
    for name, mine in groups.items():
        add("single", name, 0, int(mine.sum()), shown=shown[mine].mean(), credited=credited[mine].mean(),
            without=without[mine].mean(), minutes=minutes[mine].mean())  # fmt: skip
    chart = pd.DataFrame({"item": at.world.chart(at.world.weeks)[:K], "rank": np.arange(1, K + 1)})
    everybody = pd.DataFrame({"user": at.world.listeners})
    rng = np.random.default_rng(seed)
    tracks = at.world.tracks
    content = tracks.loc[~tracks["kind"].isin(["ad", "help"]), "track_id"].to_numpy()
    ten = np.concatenate([rng.choice(content, K, replace=False) for _ in everybody.index])
    random = pd.DataFrame(
        {
            "user": np.repeat(at.world.listeners, K),
            "item": ten,
            "rank": np.tile(np.arange(1, K + 1), len(everybody)),
        }
    )
    for name, lists in {
        "empty": at.ten[:0],
        "chart": everybody.merge(chart, how="cross"),
        "random": random,
    }.items():
        served = at.serve(lists)
        add("whole", name, 0, len(everybody), shown=base.figures["hours"], without=served.figures["hours"],
            credited=hours_from(base))  # fmt: skip
    for draw in range(draws):
        holdout = Holdout(at.ten, SHARE, seed=draw)
        y, on = at.plays(at.serve(holdout.act(at.world.listeners))), holdout.table["shown"].to_numpy()
        add("holdout", "place", draw, int((~on).sum()), shown=y[on].mean(), without=y[~on].mean())
    for draw in range(LOOKED_UP if draws else 0):
        # With one place withheld all others of a listener are as in one of the servings above, so none is needed.
        one = Holdout(at.ten, 0.5, unit="one", seed=draw).table
        away = ~one["shown"].to_numpy()
        whole = ~at.ten["user"].isin(one.loc[away, "user"]).to_numpy()
        add("holdout", "one", draw, int(away.sum()), shown=shown[whole].mean(), without=without[away].mean())
    return rows


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return pd.DataFrame(rows_of_world(SEEDS[0], draws=0)).round(5)


def rows_of_seed(seed: int, users: int, weeks: int) -> Iterator[list[dict[str, object]]]:
    yield rows_of_world(seed, users, weeks)


if __name__ == "__main__":
    sys.exit(write_by_seed(__doc__, FILE, SEEDS, rows_of_seed, users=USERS, weeks=WEEKS))
