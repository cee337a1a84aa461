"""A hook for change at every visit: a policy that chooses anew each time somebody opens the home shelf.

It is off unless a policy has a method `visit`, and draws no random number: the same shelf gives the same world.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from recsys_helpers.simulator.catalogue import DAY, START
from recsys_helpers.simulator.people import CONTEXTS
from recsys_helpers.simulator.setting import SHELF
from recsys_helpers.simulator.shelves import CHANCE

NEVER = -1


class History:
    """What the platform has seen of n listeners while it served: plays and showings by track, and when last."""

    def __init__(self, n: int, n_tracks: int):
        self.plays, self.shows = (np.zeros((n, n_tracks), dtype=np.uint16) for _ in range(2))
        self.played_at, self.shown_at = (np.full((n, n_tracks), NEVER, dtype=np.int32) for _ in range(2))

    def played(self, rows: np.ndarray, track: np.ndarray, start: np.ndarray) -> None:
        """Note one play of each of these listeners."""
        self.plays[rows, track] += 1
        self.played_at[rows, track] = start

    def shown(self, rows: np.ndarray, tracks: np.ndarray, now: np.ndarray) -> None:
        """Note the shelf, (k, SHELF), that each of these looks at; a track that stands there twice counts once."""
        row, place = np.nonzero(tracks >= 0)
        who, track = rows[row], tracks[row, place]
        self.shows[who, track] += 1
        self.shown_at[who, track] = now[row]


@dataclass(frozen=True)
class Visits:
    """Those who open the home shelf now, one entry each, and what the platform can know of them.

    Listeners move side by side, each through a week of their own: at one call they stand at different days (`at`). So
    what a hook learns from one listener for another within a week may come from a later day: across listeners learn
    in `observe`, week by week.

    Attributes
    ----------
    users : (k,) ids of listeners.
    at : (k,) moments, datetime64[s] in UTC.
    week : counted from the world's first, 0.
    visit : (k,) the listener's how manieth session of this week, from 1.
    context : (k,) commute, work, workout, home or sleep.
    shelf : (k, 10) ids of tracks, None in an empty place: what they would see if nobody intervened.
    page : (k,) which page of the policy's list that is, from 1.
    """

    users: np.ndarray
    at: np.ndarray
    week: int
    visit: np.ndarray
    context: np.ndarray
    shelf: np.ndarray
    page: np.ndarray
    _rows: np.ndarray = field(repr=False)
    _now: np.ndarray = field(repr=False)
    _history: History = field(repr=False)

    def __len__(self) -> int:
        return len(self.users)

    def plays(self) -> np.ndarray:
        """How often each listener played each track since serving began, (k, tracks) in the order of world.tracks."""
        plays: np.ndarray = self._history.plays[self._rows]
        return plays

    def shows(self) -> np.ndarray:
        """How often each track stood on a shelf that the listener looked at, (k, tracks)."""
        shows: np.ndarray = self._history.shows[self._rows]
        return shows

    def days_since_play(self) -> np.ndarray:
        """Days since the listener last began to play each track, (k, tracks); infinite where that never happened."""
        return self._days(self._history.played_at)

    def days_since_shown(self) -> np.ndarray:
        """Days since each track last stood on a shelf that the listener looked at, (k, tracks); else infinite."""
        return self._days(self._history.shown_at)

    def _days(self, last: np.ndarray) -> np.ndarray:
        last = last[self._rows]
        return np.where(last == NEVER, np.inf, (self._now[:, None] - last) / DAY)


class Hook:
    """A policy's method `visit` for one crowd: asked once a visit, at the first look at the shelf, which then stays.

    `positions` turns an answer's ids (k, m) into positions and refuses what is no id.
    """

    def __init__(
        self, visit: Callable[[Visits], object], positions: Callable[[object, int], np.ndarray],
        listeners: pd.Index, tracks: pd.Index,
    ):  # fmt: skip
        n = len(listeners)
        self.visit, self.positions = visit, positions
        self.listeners = listeners.to_numpy(dtype=object)
        self.tracks = np.array([*tracks, None], dtype=object)  # position -1 is an empty place
        self.history = History(n, len(tracks))
        self.drawn = np.full(n, NEVER, dtype=np.int64)  # the session whose shelf each listener has
        self.shelf = np.full((n, SHELF), -1, dtype=np.int64)
        self.propensity = np.full((n, SHELF), np.nan)

    def look(
        self, rows: np.ndarray, week: int, slot: np.ndarray, now: np.ndarray, context: np.ndarray,
        visit: np.ndarray, page: np.ndarray, tracks: np.ndarray, propensity: np.ndarray | None,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        """What these listeners see, (tracks, propensity), where the week's list shows `tracks`."""
        session = week * 64 + slot
        new = np.flatnonzero(self.drawn[rows] != session)
        if len(new):
            who = rows[new]
            seen = Visits(
                self.listeners[who], np.datetime64(START.tz_localize(None), "s") + now[new], week, visit[new],
                np.array(CONTEXTS, dtype=object)[context[new]], self.tracks[tracks[new]], page[new] + 1,
                who, now[new], self.history,
            )  # fmt: skip
            given = None if propensity is None else propensity[new]
            self.shelf[who], self.propensity[who] = self._answer(
                self.visit(seen), len(who), tracks[new], given
            )
            self.drawn[who] = session[new]
        self.history.shown(rows, self.shelf[rows], now)
        return self.shelf[rows], self.propensity[rows]

    def _answer(
        self, answer: object, k: int, tracks: np.ndarray, propensity: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The answer on a shelf of ten, -1 and NaN where it is empty; raises ValueError for what is none."""
        chance: object = None
        if isinstance(answer, tuple):
            if len(answer) != 2:
                raise ValueError(
                    f"visit gave {len(answer)} things; give the tracks, or the pair (tracks, propensity)."
                )
            answer, chance = answer
        place = self.positions(answer, k)
        if place.shape[1] > SHELF:
            raise ValueError(f"visit gave {place.shape[1]} places; a shelf shows {SHELF} at a visit.")
        shelf, known = np.full((k, SHELF), -1), np.full((k, SHELF), np.nan)
        shelf[:, : place.shape[1]] = place
        if chance is not None:
            known[:, : place.shape[1]] = _probabilities(chance, place)
        elif propensity is not None:  # who leaves a shelf as it is leaves its propensities too
            same = (shelf == tracks).all(axis=1)
            known[same] = propensity[same]
        return shelf, known


def _probabilities(chance: object, place: np.ndarray) -> np.ndarray:
    values = np.asarray(chance, dtype=CHANCE)
    if values.shape != place.shape:
        raise ValueError(
            f"visit gave propensities of shape {values.shape} for tracks of shape {place.shape}."
        )
    wrong = (place >= 0) & ~((values > 0) & (values <= 1))
    if wrong.any():
        raise ValueError(
            f"visit gave the propensity {values[wrong][0]}; it is the probability of what was shown: "
            "above 0 and at most 1."
        )
    return np.where(place >= 0, values, np.nan)
