"""What came of a policy that was served: the log, what was shown, figures by listener, one policy against another.

It asks no policy (see `asking`) and decides nothing that a listener does (see `behaviour`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from recsys_helpers.events.tables import log_dtypes, state_arrival
from recsys_helpers.simulator.behaviour import Crowd, Lived
from recsys_helpers.simulator.catalogue import START
from recsys_helpers.simulator.log import PLAY
from recsys_helpers.simulator.setting import HOME, SHELF, SOURCES
from recsys_helpers.simulator.shelves import Shelf, joined_looks
from recsys_helpers.simulator.visits import Hook

if TYPE_CHECKING:
    from recsys_helpers.simulator.world import World

#: What is kept of a play, and its type: few bytes, since tens of thousands of listeners may be served for months.
PLAYED = {"person": "i4", "week": "i2", "slot": "i1", "step": "i2", "track": "i2", "start": "i4", "seconds": "i4",
          "source": "i1", "place": "i1", "context": "i1", "word": "u8"}  # fmt: skip


class Served:
    """What came of a policy: `.listeners` (one row each), `.figures` (their means), `.events` (the log),
    `.impressions` (what was shown on the home shelf).

    Columns of `.listeners`: hours (a week), plays, sessions, satisfaction (0 to 1, at the end), retained (played in the
    last week).
    """

    def __init__(self, world: World, start: int, last_id: int):
        self.world, self.start, self.last_id = world, start, last_id
        self.played: list[dict[str, np.ndarray]] = []  # PLAYED, a week each, in order of time
        self.looks: list[dict[str, np.ndarray]] = []  # LOOK, likewise
        self.satisfaction, self.sessions = np.zeros(0), np.zeros(0, dtype=np.int64)

    @property
    def weeks(self) -> int:
        """How many weeks were served."""
        return len(self.played)

    def live(self, crowds: Sequence[Crowd], week: int, shelf: Shelf, hooks: Sequence[Hook | None]) -> None:
        """Let every crowd live a week under this shelf, each with its hook, and keep what came of it."""
        first, lived = 0, []
        for crowd, hook in zip(crowds, hooks, strict=True):
            last = first + len(crowd.people.number)
            lived.append(crowd.live(week, shelf.part(first, last), hook))
            first = last
        self.keep(lived)
        self.satisfaction = np.concatenate([crowd.satisfaction for crowd in crowds])
        self.sessions = np.concatenate([crowd.sessions for crowd in crowds])

    def keep(self, lived: Sequence[Lived]) -> None:
        """Keep a week of some crowds, in order of time, whoever lived beside whom."""
        before = np.cumsum([0, *(len(one.played["word"]) for one in lived)])
        played = {
            name: np.concatenate([one.played[name].astype(kind) for one in lived])
            for name, kind in PLAYED.items()
        }
        looks = joined_looks(
            [
                {**one.looks, "play": one.looks["play"] + first}
                for one, first in zip(lived, before, strict=False)
            ]
        )
        order = np.lexsort((played["word"], played["start"]))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        looks["play"] = place[looks["play"]].astype(looks["play"].dtype)
        seen = np.argsort(looks["play"], kind="stable")
        for name in ("listeners", "events", "impressions"):  # of the weeks until now, if anybody asked
            self.__dict__.pop(name, None)
        self.played.append({name: values[order] for name, values in played.items()})
        self.looks.append({name: values[seen] for name, values in looks.items()})

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

    @cached_property
    def impressions(self) -> pd.DataFrame:
        """What was shown on the home shelf in these weeks: one row for each track at each look at the shelf.

        Columns: user_id, track_id, at (when the listener looked), week (from the world's first, 0), visit (the session:
        1 for the listener's first of that week), position (on the page, from 1), page (of the list, from 1), context,
        propensity (the policy's own, NaN where it gave none), event_id (of the play, where it was taken from there,
        else missing).
        """
        return pd.concat([self.impressions_in(self.start + i) for i in range(self.weeks)], ignore_index=True)

    def events_in(self, week: int) -> pd.DataFrame:
        """The log of one week (counted from the world's first): what a policy that observes is shown after it.

        A session that runs past midnight of Sunday belongs to the week in which it began.
        """
        played = self._week(week, self.played)
        n, types = len(played["word"]), self._types
        first = self._first_id(week)
        events = pd.DataFrame(
            {
                "event_id": np.arange(first, first + n),
                "user_id": pd.Categorical.from_codes(self.rows[played["person"]], dtype=types["user_id"]),
                "track_id": pd.Categorical.from_codes(played["track"], dtype=types["track_id"]),
                "at": _moments(played["start"]),
                "action": pd.Categorical.from_codes(np.full(n, PLAY), dtype=types["action"]),
                "seconds_played": played["seconds"].astype(float),
                "source": pd.Categorical(pd.Index(SOURCES)[played["source"]], dtype=types["source"]),
                "position": np.where(played["place"] > 0, played["place"], np.nan),
                "context": pd.Categorical.from_codes(played["context"], dtype=types["context"]),
                "text": pd.Series(np.nan, index=range(n), dtype=types["text"]),
            }
        )
        return state_arrival(events, "event_id")

    def impressions_in(self, week: int) -> pd.DataFrame:
        """What was shown in one week: see `impressions`."""
        played, looks = self._week(week, self.played), self._week(week, self.looks)
        look, place = np.nonzero(looks["tracks"] >= 0)
        play, track = looks["play"][look], looks["tracks"][look, place]
        taken = (played["source"][play] == HOME) & (played["place"][play] == place + 1)
        taken &= played["track"][play] == track
        propensity = looks.get("propensity", np.full((len(looks["play"]), SHELF), np.nan))
        types = self._types
        return pd.DataFrame(
            {
                "user_id": pd.Categorical.from_codes(
                    self.rows[played["person"][play]], dtype=types["user_id"]
                ),
                "track_id": pd.Categorical.from_codes(track, dtype=types["track_id"]),
                "at": _moments(played["start"][play]),
                "week": np.full(len(look), week),
                "visit": looks["visit"][look].astype(np.int64),
                "position": place + 1,
                "page": looks["page"][look].astype(np.int64) + 1,
                "context": pd.Categorical.from_codes(played["context"][play], dtype=types["context"]),
                "propensity": propensity[look, place],
                "event_id": pd.arrays.IntegerArray(self._first_id(week) + play.astype(np.int64), ~taken),
            }
        )

    def _week(self, week: int, kept: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
        if not self.start <= week < self.start + self.weeks:
            last = self.start + self.weeks - 1
            raise ValueError(f"Week {week!r} was not served; these are the weeks {self.start} to {last}.")
        return kept[week - self.start]

    def _first_id(self, week: int) -> int:
        return self.last_id + 1 + sum(len(one["word"]) for one in self.played[: week - self.start])

    @cached_property
    def _types(self) -> dict[str, object]:
        return log_dtypes(self.world.listeners, self.world.track_ids)

    @cached_property
    def rows(self) -> np.ndarray:
        """The row in `world.listeners` of each account's number, -1 for bots."""
        rows = np.full(self.world.n_users, -1)
        rows[np.concatenate([people.number for people in self.world.crowds])] = np.arange(
            len(self.world.listeners)
        )
        return rows


def _moments(seconds: np.ndarray) -> pd.DatetimeIndex:
    """Seconds from the start of the log as moments in UTC."""
    return START.as_unit("ns") + pd.to_timedelta(seconds.astype(np.int64), unit="s").as_unit("ns")


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
    return mean_gap((a.listeners[figure].astype(float) - b.listeners[figure].astype(float)).to_numpy())


def mean_gap(gap: np.ndarray) -> Difference:
    """The mean of the gaps of each listener, with its normal 95% interval."""
    mean, error = gap.mean(), gap.std(ddof=1) / np.sqrt(len(gap))
    return Difference(float(mean), float(mean - 1.96 * error), float(mean + 1.96 * error))
