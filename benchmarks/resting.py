"""Lesson 15's search: how long tracks and genres rest on a shelf, learnt by trying, in six worlds of two kinds.

    python benchmarks/resting.py [--seeds 7 8 9 10 11 12] [--users 200]

Of EASE's fifty best tracks of a listener each visit shows the first ten that do not rest: a track rests for some days
after it was played, and a genre after any of its tracks was. Both times are searched for twice, with 24 tries each: by
the cross-entropy method and by even draws. A try is two weeks with the world's first 80 accounts, under one luck; what
each search proposes is then served once, for two weeks under another luck, to the other accounts. The value is hours of
a listener and week more than without any rest. Once in the shipped world and once where listeners are three times as
easily bored. Writes data/measured/resting.csv in some three minutes of one core. It judges nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from by_seed import write_by_seed

from recsys_helpers.acting import cross_entropy, even_search
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE
from recsys_helpers.simulator import Strengths, World
from recsys_helpers.simulator.visits import Visits

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "resting.csv"
SEEDS, USERS, TRAIN, WEEKS = (7, 8, 9, 10, 11, 12), 200, 80, 2
BOREDOM = (1.0, 3.0)
BOUNDS = {"track_days": (0.0, 7.0), "genre_days": (0.0, 1.0)}
GENERATIONS, CANDIDATES, ELITES = 4, 6, 2


class Resting:
    """Each visit shows the first ten of fifty that do not rest, then those that rest for one reason, then for both."""

    def __init__(self, world: World, fifty: pd.DataFrame, track_days: float, genre_days: float):
        rows = (
            fifty.pivot(index="user", columns="rank", values="item").reindex(world.listeners).astype(object)
        )
        self.fifty, self.listeners = rows.to_numpy(), world.listeners
        self.at = pd.Index(world.tracks["track_id"]).get_indexer(self.fifty.ravel()).reshape(self.fifty.shape)
        self.genre, genres = pd.factorize(world.tracks["genre"].astype(str))
        self.by_genre = np.argsort(self.genre, kind="stable")
        self.starts = np.searchsorted(self.genre[self.by_genre], np.arange(len(genres)))
        self.track_days, self.genre_days = track_days, genre_days

    def act(self, users: np.ndarray) -> np.ndarray:
        return np.where(pd.isna(self.fifty), None, self.fifty)[:, :10]

    def visit(self, visits: Visits) -> np.ndarray:
        rows = self.listeners.get_indexer(visits.users)
        at, days = np.maximum(self.at[rows], 0), visits.days_since_play()
        late = (np.take_along_axis(days, at, axis=1) < self.track_days).astype(int)
        of_genre = np.minimum.reduceat(days[:, self.by_genre], self.starts, axis=1)
        late += np.take_along_axis(of_genre, self.genre[at], axis=1) < self.genre_days
        late += 9 * (self.at[rows] < 0)  # an empty place comes last
        order = np.argsort(late, axis=1, kind="stable")[:, :10]
        chosen = np.take_along_axis(self.fifty[rows], order, axis=1)
        return np.where(pd.isna(chosen), None, chosen)


class Place:
    """A world, EASE's fifty there, and hours of each listener and week with some resting times."""

    def __init__(self, seed: int, boredom: float, users: int):
        strengths = Strengths(boredom=boredom)
        self.world, self.few = (World(seed=seed, users=n, strengths=strengths) for n in (users, TRAIN))
        world = self.world
        events = asked_for(clean(world.log(), world.tracks, world.users)[0], world.tracks)
        x = Interactions.from_frame(preference(events, "listened", world.tracks), value="strength")
        people = x.users[x.users.isin(world.listeners)]
        self.fifty = EASE().fit(x).recommend(people, k=50, exclude_seen=False)
        self.none = {luck: self.hours(luck, 0.0, 0.0) for luck in (0, 1)}

    def hours(self, luck: int, track_days: float, genre_days: float) -> pd.Series:
        """Of those who are learnt from (luck 0) or graded on (luck 1)."""
        world = self.few if luck == 0 else self.world
        fifty = self.fifty[self.fifty["user"].isin(world.listeners)]
        served = world.serve(Resting(world, fifty, track_days, genre_days), weeks=WEEKS, seed=luck)
        hours = served.listeners["hours"]
        return hours if luck == 0 else hours[~hours.index.isin(self.few.listeners)]

    def gained(self, luck: int, settings: dict[str, float]) -> pd.Series:
        """What these settings bring each listener, in hours a week, more than no rest under the same luck."""
        return self.hours(luck, **settings) - self.none[luck]


def rows_of_world(
    seed: int, boredom: float, users: int = USERS, generations: int = GENERATIONS
) -> list[dict[str, object]]:
    """Every try of both searches in one world, and one row for the grade of each."""
    place = Place(seed, boredom, users)

    def worth(settings: dict[str, float]) -> float:
        return float(place.gained(0, settings).mean())

    tries = generations * CANDIDATES
    searches = {
        "cross-entropy": cross_entropy(worth, BOUNDS, generations=generations, candidates=CANDIDATES, elites=ELITES,
                                       random_state=seed),
        "even draws": even_search(worth, BOUNDS, tries=tries, random_state=seed),
    }  # fmt: skip
    rows: list[dict[str, object]] = []
    for name, search in searches.items():
        for number, tried in enumerate(search.tried.to_dict("records")):
            rows.append(
                {
                    "seed": seed,
                    "boredom": boredom,
                    "search": name,
                    "table": "tried",
                    "number": number,
                    **tried,
                }
            )
        gap = place.gained(1, search.found)
        rows.append({"seed": seed, "boredom": boredom, "search": name, "table": "graded", "number": tries,
                     "generation": 0, **search.found, "value": gap.mean(), "elite": False})  # fmt: skip
    return rows


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew: a try of the first generation."""
    return pd.DataFrame(rows_of_world(SEEDS[0], BOREDOM[1], generations=1)).round(5)


def rows_of_seed(seed: int, users: int) -> Iterator[list[dict[str, object]]]:
    for boredom in BOREDOM:
        yield rows_of_world(seed, boredom, users)


if __name__ == "__main__":
    sys.exit(write_by_seed(__doc__, FILE, SEEDS, rows_of_seed, users=USERS))
