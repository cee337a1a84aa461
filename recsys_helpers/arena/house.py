"""The teams of the house: today's chart, EASE, two own and eight popular, and the oracle, as rules from a log to lists.

They play no match (see `match`) and hand nothing in; but for the oracle they know what any team knows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE
from recsys_helpers.simulator.serving import Served
from recsys_helpers.simulator.world import World

CHART, OWN, EASED, ORACLE = "chart", "own", "ease", "oracle"
#: rule -> the name on the board. The rival of every match plays OWN; who hands nothing in shows CHART.
NAMES = {CHART: "Today's chart", OWN: "Two own, eight popular", EASED: "EASE", ORACLE: "Oracle"}
RIVAL = OWN
OWN_PLACES = 2
LONG = 200  # tracks of an order: enough to pass over what a rule forbids


@dataclass(frozen=True)
class Past:
    """What the log before the game tells: `plays` (listeners, tracks), and its clean rows; None without a log."""

    plays: np.ndarray
    events: pd.DataFrame | None

    @classmethod
    def of(cls, log: pd.DataFrame | None, world: World) -> Past:
        """A log of this world, cleaned by the rules of lesson 01, bots left out."""
        plays = np.zeros((len(world.listeners), len(world.track_ids)), dtype=np.int64)
        if log is None:
            return cls(plays, None)
        cleaned, _ = clean(log, world.tracks, world.users)
        events = asked_for(cleaned[cleaned["user_id"].isin(world.listeners)], world.tracks)
        rows = events[events["action"] == "play"]
        user = world.listeners.get_indexer(pd.Index(rows["user_id"].astype(object)))
        track = world.track_ids.get_indexer(pd.Index(rows["track_id"].astype(object)))
        np.add.at(plays, (user, track), 1)
        return cls(plays, events)


@dataclass(frozen=True)
class Seen:
    """What a platform has seen as a week begins: its own weeks, the log before them, today's chart (positions)."""

    served: Served
    past: Past
    chart: np.ndarray

    def plays(self, content: np.ndarray) -> np.ndarray:
        """How often each listener has played each track there, ads and help clips left out; (listeners, tracks)."""
        plays = self.past.plays.copy()
        for played in self.served.played:
            rows = self.served.rows[played["person"]]
            cell = rows.astype(np.int64) * plays.shape[1] + played["track"]
            plays += np.bincount(cell, minlength=plays.size).reshape(plays.shape)
        plays[:, ~content] = 0
        return plays

    def events(self, world: World) -> pd.DataFrame | None:
        """The log, as a model reads it; None where there is none yet."""
        parts = (
            []
            if self.past.events is None
            else [self.past.events.astype({"user_id": object, "track_id": object})]
        )
        if self.served.weeks:
            own = asked_for(self.served.events, world.tracks)
            parts.append(own.astype({"user_id": object, "track_id": object}))
        return pd.concat(parts, ignore_index=True) if parts else None


def order(rule: str, world: World, seen: Seen) -> np.ndarray:
    """The tracks that a rule would show, best first: positions (m,) for everybody or (listeners, m), -1 for none."""
    content = world.catalogue.content
    if rule == ORACLE:
        return _best(world.true_utility(world.listeners))
    plays = seen.plays(content)
    popular = _popular(plays, seen.chart)
    if rule == CHART:
        return np.concatenate([seen.chart, popular])
    if rule == OWN:
        return np.concatenate([_own(plays), np.broadcast_to(popular, (len(plays), len(popular)))], axis=1)
    events = seen.events(world)
    if events is None or not len(events):
        return popular
    x = Interactions.from_frame(preference(events, "listened", world.tracks), value="strength")
    lists = EASE().fit(x).recommend(list(x.users), k=min(LONG, x.shape[1]), exclude_seen=False)
    found = np.full((len(plays), LONG), -1)
    user = world.listeners.get_indexer(pd.Index(lists["user"].astype(object)))
    item = world.track_ids.get_indexer(pd.Index(lists["item"].astype(object)))
    found[user, lists["rank"].to_numpy() - 1] = item
    return np.concatenate([found, np.broadcast_to(popular, (len(found), len(popular)))], axis=1)


def _popular(plays: np.ndarray, chart: np.ndarray) -> np.ndarray:
    """The most played tracks, ties to the lower id; today's chart where nothing has been played, and behind it."""
    count = plays.sum(axis=0)
    best = np.argsort(-count, kind="stable")[:LONG]
    return np.concatenate([best[count[best] > 0], chart])


def _own(plays: np.ndarray) -> np.ndarray:
    """What each listener has played most, (listeners, OWN_PLACES), -1 where they have played less."""
    best = np.argsort(-plays, axis=1, kind="stable")[:, :OWN_PLACES]
    return np.where(np.take_along_axis(plays, best, axis=1) > 0, best, -1)


def _best(score: np.ndarray) -> np.ndarray:
    """The best tracks of each row, ties to the lower id."""
    order: np.ndarray = np.argsort(-score, axis=1, kind="stable")[:, :LONG]
    return order
