"""What is worked out once for a crowd and a week, before anybody listens: likings, what comes to mind, luck.

It holds nothing that a policy changes, so that several policies, or several matches of a league, can share it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from recsys_helpers.simulator.catalogue import DAY, WEEK
from recsys_helpers.simulator.people import SLOTS, People
from recsys_helpers.simulator.random_streams import draw, key
from recsys_helpers.simulator.setting import Setting, true_utility, wanted

LIBRARY = 16  # tracks in a listener's rotation
EMPTY = -9.0  # what an empty place of it is worth
ROW = 2**44  # more than the weights of a row can sum to: 9,000 tracks of at most 1e4 * e**12 each


class Week(NamedTuple):
    """The tables of a crowd of n listeners in a week."""

    week: int
    liking: np.ndarray  # (n, tracks) true utility
    in_mind: np.ndarray  # what a search may find: see `cumulated`
    session_word: np.ndarray  # (n, SLOTS) the key of all luck in a session
    came: np.ndarray  # (n, SLOTS) the luck of having a session at all


class Weekly:
    """The tables of a crowd under one luck, made when asked for; it may keep the last week's for the next who asks."""

    def __init__(self, setting: Setting, people: People, luck: int, keeps: bool = True):
        self.setting, self.people, self.luck, self.keeps = setting, people, luck, keeps
        self._week: Week | None = None
        self._libraries: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    def like(self, other: Weekly) -> bool:
        """Whether it holds the same tables: of equal listeners in an equal world, under the same luck."""
        mine, yours = self.setting, other.setting
        return (self.luck, mine.seed, mine.strengths, mine.catalogue.n) == (
            other.luck,
            yours.seed,
            yours.strengths,
            yours.catalogue.n,
        ) and all(
            np.array_equal(getattr(self.people, name), getattr(other.people, name))
            for name in ("number", "joined")
        )

    def week(self, week: int) -> Week:
        """The tables of a week."""
        if self._week is not None and self._week.week == week:
            return self._week
        self._week = None  # two weeks at once would be twice the memory
        setting, people = self.setting, self.people
        liking = true_utility(setting, people, week)
        in_mind = cumulated(wanted(setting.catalogue, liking, week * WEEK))
        word = key(setting.seed, "session", self.luck, people.number[:, None], week, np.arange(SLOTS))
        made = Week(week, liking, in_mind, word, draw(word, "come"))
        self._week = made if self.keeps else None
        return made

    def libraries(self, week: int) -> tuple[np.ndarray, np.ndarray]:
        """What listeners have in rotation as a week begins, and what it is worth to them, each (n, LIBRARY).

        16 tracks, -1 for one drawn twice; or 2 for those who have yet to join.
        """
        if week not in self._libraries:
            people, catalogue = self.people, self.setting.catalogue
            utility = true_utility(self.setting, people, week)
            inverse = cumulated(wanted(catalogue, 1.3 * utility, week * WEEK - 7 * DAY))
            word = key(self.setting.seed, "library", people.number[:, None], np.arange(LIBRARY))
            rows = np.repeat(np.arange(len(people.number)), LIBRARY)
            tracks = pick(inverse, rows, draw(word, "track").ravel()).reshape(-1, LIBRARY)
            twice = (tracks[:, :, None] == tracks[:, None, :]) & np.tri(LIBRARY, k=-1, dtype=bool)
            keep = ~twice.any(axis=2) & ((people.joined < week * WEEK)[:, None] | (np.arange(LIBRARY) < 2))
            value = np.take_along_axis(utility, tracks, axis=1)
            self._libraries[week] = (
                np.where(keep, tracks, -1).astype(np.int32),
                np.where(keep, value, EMPTY),
            )
        return self._libraries[week]


def cumulated(weight: np.ndarray) -> np.ndarray:
    """The sums of whole weights (n, tracks) along each row, the rows one above the other in one sorted line.

    So one binary search serves all rows, and exactly: in whole numbers no row's answer hangs on which row it is.
    """
    total = np.cumsum(weight, axis=1, dtype=np.int64)
    total += ROW * np.arange(len(weight))[:, None]
    return total


def pick(line: np.ndarray, rows: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Draw one track for each (row, uniform) by inverse distribution function."""
    n, width = line.shape
    total = (line[rows, -1] - ROW * rows).astype(np.float64)
    at = np.searchsorted(line.ravel(), ROW * rows + np.floor(u * total).astype(np.int64), side="right")
    tracks: np.ndarray = np.minimum(at - rows * width, width - 1)
    return tracks
