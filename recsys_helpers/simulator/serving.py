"""What came of a policy that was served: the log of those weeks, figures by listener, one policy against another.

It serves nothing itself (see `world`) and decides nothing that a listener does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recsys_helpers.simulator import behaviour
from recsys_helpers.simulator.catalogue import START
from recsys_helpers.simulator.log import PLAY, event_type

if TYPE_CHECKING:
    from recsys_helpers.simulator.world import World


class Served:
    """What came of a policy: `.listeners` (one row each), `.figures` (their means), `.events` (the log).

    Columns of `.listeners`: hours (a week), plays, sessions, satisfaction (0 to 1, at the end), retained (played in the
    last week).
    """

    def __init__(self, world: World, start: int, last_id: int):
        self.world, self.start, self.last_id = world, start, last_id
        self.played: list[dict[str, np.ndarray]] = []  # a week each
        self.satisfaction = self.sessions = np.zeros(0)

    @property
    def weeks(self) -> int:
        """How many weeks were served."""
        return len(self.played)

    @cached_property
    def listeners(self) -> pd.DataFrame:
        """One row a listener, in order of id."""
        who = [self.rows[played["person"]] for played in self.played]
        n, everybody = len(self.world.listeners), np.concatenate(who)
        seconds = np.bincount(everybody, np.concatenate([p["seconds"] for p in self.played]), n)
        return pd.DataFrame(
            {
                "hours": seconds / 3600 / self.weeks,
                "plays": np.bincount(everybody, minlength=n),
                "sessions": self.sessions,
                "satisfaction": self.satisfaction,
                "retained": np.bincount(who[-1], minlength=n) > 0,
            },
            index=self.world.listeners,
        )

    @property
    def figures(self) -> pd.Series:
        """The platform's figures: the mean over listeners of each column."""
        return self.listeners.astype(float).mean()

    @cached_property
    def events(self) -> pd.DataFrame:
        """The log of these weeks, as `load_murmur().events` but without dirt, bots and text; week follows week."""
        return pd.concat([self.events_in(self.start + i) for i in range(self.weeks)], ignore_index=True)

    def events_in(self, week: int) -> pd.DataFrame:
        """The log of one week (counted from the world's first): what a policy that observes is shown after it.

        A session that runs past midnight of Sunday belongs to the week in which it began.
        """
        before = self.played[: week - self.start]
        played = self.played[week - self.start]
        order = np.lexsort((played["word"], played["start"]))
        played = {name: values[order] for name, values in played.items()}
        first = self.last_id + 1 + sum(len(one["word"]) for one in before)
        types = event_type(self.world.listeners, self.world.catalogue.table["track_id"])
        source = pd.Index(behaviour.SOURCES)[played["source"]]
        return pd.DataFrame(
            {
                "event_id": np.arange(first, first + len(order)),
                "user_id": pd.Categorical.from_codes(self.rows[played["person"]], dtype=types["user_id"]),
                "track_id": pd.Categorical.from_codes(played["track"], dtype=types["track_id"]),
                "at": START.as_unit("ns") + pd.to_timedelta(played["start"], unit="s").as_unit("ns"),
                "action": pd.Categorical.from_codes(np.full(len(order), PLAY), dtype=types["action"]),
                "seconds_played": played["seconds"].astype(float),
                "source": pd.Categorical(source, dtype=types["source"]),
                "position": np.where(played["place"] > 0, played["place"], np.nan),
                "context": pd.Categorical.from_codes(played["context"], dtype=types["context"]),
                "text": pd.Series(np.nan, index=range(len(order)), dtype=types["text"]),
            }
        )

    @cached_property
    def rows(self) -> np.ndarray:
        """The row in `world.listeners` of each account's number, -1 for bots."""
        rows = np.full(self.world.n_users, -1)
        rows[self.world._served_people.number] = np.arange(len(self.world.listeners))
        return rows


@dataclass(frozen=True)
class Difference:
    """A mean difference between two policies over the same listeners, with its 95% interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


def difference(a: Served, b: Served, figure: str = "hours") -> Difference:
    """How much more of a figure `a` brings than `b`, listener by listener: mean and normal 95% interval.

    Raises ValueError where the two were not served to the same listeners for the same weeks.
    """
    if not a.listeners.index.equals(b.listeners.index) or (a.weeks, a.start) != (b.weeks, b.start):
        raise ValueError("Serve both policies to the same world for the same weeks before you compare them.")
    gap = (a.listeners[figure].astype(float) - b.listeners[figure].astype(float)).to_numpy()
    mean, error = gap.mean(), gap.std(ddof=1) / np.sqrt(len(gap))
    return Difference(float(mean), float(mean - 1.96 * error), float(mean + 1.96 * error))
