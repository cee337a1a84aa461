"""Plays in order, cut into runs: a session, or all that a listener ever played, as positions of items.

It knows no model and no ids but those it is given; which silence ends a session is decided by ``events.sessions``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.events import check_log, sessions
from recsys_helpers.interactions import Interactions, positions
from recsys_helpers.models.checks import check_choice

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, eq=False)
class Runs:
    """Some runs of plays, one after the other in one array.

    items : positions of the played items, oldest first within a run, shape (n_plays,).
    starts : where each run begins in ``items``, and at the end where the last one ends, shape (n_runs + 1,).
    rows : position of each run's listener, ascending, shape (n_runs,); a listener's runs stand in order of time.
    labels : where the runs came from a log, the index label of each play in it, shape (n_plays,).
    """

    items: Array
    starts: Array
    rows: Array
    labels: pd.Index | None = None

    @classmethod
    def from_events(
        cls, events: pd.DataFrame, users: pd.Index, items: pd.Index, unit: str = "session", gap: str = "30min"
    ) -> Runs:
        """The plays of a log, in order of time and, at the same moment, of ``event_id``.

        Parameters
        ----------
        events : a cleaned log (``event_id``, ``user_id``, ``track_id``, ``at``, ``action``, ``seconds_played``), in any
            order. Only plays count, and of these only the ones of a listener in ``users`` and an item in ``items``.
        unit : "session" (one run for each session, see ``events.sessions``) or "listener" (one for each listener).
        gap : the longest silence within a session.

        Raises
        ------
        ValueError : a missing column, an unknown unit, a gap that is no time span.

        >>> at = pd.to_datetime(["2026-03-01 08:00", "2026-03-01 08:04", "2026-03-01 10:00"], utc=True)
        >>> log = pd.DataFrame({"event_id": [1, 2, 3], "user_id": "al", "track_id": list("aba"), "at": at,
        ...     "action": "play", "seconds_played": 200.0})
        >>> Runs.from_events(log, pd.Index(["al"]), pd.Index(["a", "b"])).lists()
        [[0, 1], [0]]
        """
        check_log(events, ("event_id", "user_id", "track_id", "at", "action", "seconds_played"))
        check_choice("unit", unit, ("session", "listener"))
        number = sessions(events, gap) if unit == "session" else pd.Series(0, index=events.index)
        row, item = users.get_indexer(events["user_id"]), items.get_indexer(events["track_id"])
        kept = (events["action"] == "play").to_numpy() & (row >= 0) & (item >= 0)
        log, row, item, run = events[kept], row[kept], item[kept], number.to_numpy()[kept]
        order = np.lexsort([log["event_id"], log["at"], run, row])
        row, item, run = row[order], item[order], run[order]
        first = np.ones(len(row), dtype=bool)
        first[1:] = (row[1:] != row[:-1]) | (run[1:] != run[:-1])
        starts = np.flatnonzero(first)
        ends = np.append(starts, len(item))
        return cls(item.astype(np.int64), ends, row[starts].astype(np.int64), log.index[order])

    @classmethod
    def from_lists(cls, lists: Iterable[Sequence[Any]], items: pd.Index) -> Runs:
        """Lists of item ids, oldest first, an empty one allowed. ValueError for an unknown id, or what is no such list.

        >>> Runs.from_lists(["ab"], pd.Index(["a", "b"]))
        Traceback (most recent call last):
        ValueError: 'ab' is no history: give a list for each, of item ids, oldest first.
        """
        if isinstance(lists, str | bytes) or not isinstance(lists, Iterable):
            raise ValueError(
                f"{show(lists)} are no histories: give a list of lists of item ids, oldest first."
            )
        lists = list(lists)
        for one in lists:
            if isinstance(one, str | bytes) or not isinstance(one, Iterable):
                raise ValueError(
                    f"{show(one)} is no history: give a list for each, of item ids, oldest first."
                )
        lists = [list(one) for one in lists]
        for item in (item for one in lists for item in one):
            if not isinstance(item, Hashable):
                raise ValueError(
                    f"{show(item)} stands where the id of an item should: histories are lists of ids."
                )
        flat = [item for one in lists for item in one]
        starts = np.concatenate([[0], np.cumsum([len(one) for one in lists], dtype=np.int64)])
        return cls(positions(items, flat, "item"), starts, np.arange(len(lists)))

    @classmethod
    def from_interactions(cls, x: Interactions) -> Runs:
        """One run for each listener with an entry: by time where ``x`` has times, otherwise by position of the item."""
        order = np.arange(x.nnz) if x.times is None else np.lexsort([x.matrix.indices, x.times, x.rows])
        size = np.diff(x.matrix.indptr)
        starts = np.concatenate([[0], np.cumsum(size[size > 0])])
        return cls(x.matrix.indices[order].astype(np.int64), starts, np.flatnonzero(size))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def lengths(self) -> Array:
        """Plays in each run, shape (n_runs,)."""
        return np.diff(self.starts)

    def lists(self) -> list[list[int]]:
        """The runs as lists of positions."""
        return [part.tolist() for part in np.split(self.items, self.starts[1:-1])] if len(self) else []

    def take(self, which: Any) -> Runs:
        """Some of the runs, by number, in the order given; a number of -1 gives an empty run."""
        which = np.asarray(which, dtype=np.int64)
        there = which >= 0
        size = np.where(there, self.lengths[which] if len(self) else 0, 0)
        starts = np.concatenate([[0], np.cumsum(size)])
        begin = np.where(there, self.starts[:-1][which] if len(self) else 0, 0)
        at = np.arange(starts[-1]) - np.repeat(starts[:-1] - begin, size)
        return Runs(self.items[at], starts, np.where(there, self.rows[which] if len(self) else -1, -1))

    def last_of(self, n_listeners: int) -> Array:
        """Number of each listener's latest run, shape (n_listeners,); -1 for one who has none."""
        last = np.full(n_listeners, -1, dtype=np.int64)
        last[self.rows] = np.arange(len(self))
        return last

    def padded(self, length: int) -> Array:
        """The latest ``length`` items of each run, the last in the last column, -1 in front: (n_runs, length).

        >>> Runs(np.array([4, 5, 6, 7]), np.array([0, 3, 4]), np.array([0, 1])).padded(2).tolist()
        [[5, 6], [-1, 7]]
        """
        back = np.arange(length, 0, -1)
        at = self.starts[1:, None] - back
        inside = at >= self.starts[:-1, None]
        return np.where(inside, self.items[np.where(inside, at, 0)] if len(self.items) else -1, -1)
