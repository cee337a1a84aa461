"""Lesson 23's tables: how many places of a shelf advertisements may take, alone and beside a rival without any.

    python benchmarks/advertising.py [--seeds 7 8 9 10 11 12] [--users 200]

Writes data/measured/advertising.csv in some five minutes of one core; a world that is in the file already is passed
over, so it goes on where it stopped. The world has no door for advertisements on a shelf, so tracks of the kind «ad»
stand there: nobody can take one, and what decides is that a place which holds one holds no track. It is as if the place
were empty, and whether somebody minds advertisements is no rule of this world.

Those who do not pay see the advertisements, and EASE's best tracks in the places that are left, in their order;
subscribers see EASE's ten. `first` and `last` say at which end of the shelf the advertisements stand. `exchanged` is
EASE's ten with the last two in each other's place, without any advertisement: as little as a change can be. Each runs
for six weeks as the only platform there is (`keen` empty) and beside a rival that shows everybody EASE's ten, under the
same luck, for two keens (how much satisfaction draws).

A row is a week, and week 0 all of them. `hours` is a week's mean over the listeners who do not pay, `share` that of
their hours on this platform, `seen` how many advertisements one of them sees in a week, `weighed` the same with each
place counted for as much as the eye gives it (1 for the first), `satisfaction` their mean at the end, `gone` how many
of 100 played nothing here in that week.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from by_world import write_by_world
from competition import Place

from recsys_helpers.simulator import Market, Platform, match
from recsys_helpers.simulator.behaviour import CHOICE_NOISE
from recsys_helpers.simulator.setting import HOME, SHELF, STEEPNESS

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "advertising.csv"
SEEDS, USERS, WEEKS = (7, 8, 9, 10, 11, 12), 200, 6
ENDS = ("first", "last")
COUNTS = (1, 2, 3, 5, 8)
EXCHANGED = "exchanged"
KEENS = (None, 0.0, 15.0)  # None: alone
#: What the eye gives a place: the world's choice multiplies the odds of the track in place j by this.
SEEN = np.arange(1, SHELF + 1) ** (-STEEPNESS[HOME] / CHOICE_NOISE)
COLUMNS = ["seed", "keen", "end", "ads", "week", "hours", "share", "seen", "weighed", "satisfaction", "gone"]


def places_of(end: str, ads: int) -> np.ndarray:
    """The places, from 1, that so many advertisements take at this end of the shelf."""
    return np.arange(1, ads + 1) if end == "first" else np.arange(SHELF - ads + 1, SHELF + 1)


class Ground:
    """A world, who of its listeners does not pay, and the shelves with advertisements."""

    def __init__(self, seed: int, users: int = USERS):
        self.at = Place(seed, users)
        self.world = self.at.world
        plan = self.world.users.set_index("user_id").loc[self.world.listeners, "plan"]
        self.free = plan.eq("free").to_numpy()
        tracks = self.world.tracks
        self.ads = tracks.loc[tracks["kind"] == "ad", "track_id"].to_numpy(dtype=object)

    def shelf(self, end: str, ads: int) -> pd.DataFrame:
        """Lists of ten: the advertisements for who does not pay, and EASE's best in the other places."""
        if end == EXCHANGED:
            return self.at.shelves[EXCHANGED]
        plain = self.at.shelves["power 0"]
        if ads == 0:
            return plain
        taken = places_of(end, ads)
        left = np.setdiff1d(np.arange(1, SHELF + 1), taken)
        free = self.world.listeners[self.free]
        own = plain[plain["user"].isin(free) & (plain["rank"] <= len(left))]
        own = own.assign(rank=left[own["rank"].to_numpy() - 1])
        them = own["user"].unique()
        shown = pd.DataFrame(
            {"user": np.repeat(them, ads), "item": np.tile(self.ads[np.arange(ads) % len(self.ads)], len(them)),
             "rank": np.tile(taken, len(them))}
        )  # fmt: skip
        return pd.concat([plain[~plain["user"].isin(free)], own, shown], ignore_index=True)

    def market(self, end: str, ads: int, keen: float | None) -> Market:
        """The platform with this shelf, alone or beside a rival that shows EASE's own ten."""
        shelf, plain = self.shelf(end, ads), self.at.shelves["power 0"]
        shared = {"log": self.at.log, "weekly": self.at.weekly}
        if keen is None:
            return Market(self.world, [Platform("team", lambda users: shelf)], **shared)
        return match(self.world, lambda users: shelf, lambda users: plain, keen=keen, **shared)

    def looks(self, market: Market, week: int) -> tuple[float, float]:
        """Advertisements that a listener who does not pay sees in this week, counted and weighed by their place."""
        kept = market.served["team"].looks[week]
        ad = np.isin(np.asarray(self.world.track_ids, dtype=object), self.ads)
        shown = (kept["tracks"] >= 0) & ad[kept["tracks"]]
        return shown.sum() / self.free.sum(), (shown * SEEN).sum() / self.free.sum()

    def rows(self, end: str, ads: int, keen: float | None, weeks: int = WEEKS) -> list[dict[str, object]]:
        """A row for each week of this market, and one for all of them."""
        market = self.market(end, ads, keen)
        found = []
        for week in range(weeks):
            market.play(1)
            team = market.served["team"]
            hours = market.hours(week, week + 1)[self.free]
            seen, weighed = self.looks(market, week)
            found.append(
                {"hours": hours["team"].mean(), "share": hours["team"].sum() / hours.to_numpy().sum(), "seen": seen,
                 "weighed": weighed, "satisfaction": team.satisfaction[self.free].mean(),
                 "gone": 100 * (hours["team"] == 0).mean()}
            )  # fmt: skip
        last = found[-1]
        whole = {name: float(np.mean([one[name] for one in found])) for name in last}
        every = [{**whole, "satisfaction": last["satisfaction"], "gone": last["gone"]}, *found]
        about = {"seed": self.world.seed, "keen": np.nan if keen is None else keen, "end": end, "ads": ads}
        return [{**about, "week": week, **one} for week, one in enumerate(every)]


def table_of(rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows as the file holds them."""
    return pd.DataFrame(rows).reindex(columns=COLUMNS).round(5)


def rows_of_world(seed: int, users: int = USERS) -> list[dict[str, object]]:
    """All rows of one world."""
    ground, rows = Ground(seed, users), []
    for keen in KEENS:
        rows += ground.rows("last", 0, keen) + ground.rows(EXCHANGED, 0, keen)
        for end in ENDS:
            for ads in COUNTS:
                rows += ground.rows(end, ads, keen)
    return rows


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return table_of(Ground(SEEDS[0]).rows("last", 3, 15.0))


if __name__ == "__main__":
    sys.exit(
        write_by_world(__doc__, FILE, SEEDS, USERS, lambda seed, users: table_of(rows_of_world(seed, users)))
    )
