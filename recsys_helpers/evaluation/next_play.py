"""Grading what comes next: each play of a session but the first, told from what was played before it.

It fits no model. Where several items score alike, a target is graded by the mean over all orders of these items, so
that a model that says nothing is worth what chance is worth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from recsys_helpers.events import as_moment

if TYPE_CHECKING:
    from recsys_helpers.models.sequence import Runs

Array = np.ndarray[Any, Any]
PLAYS_PER_BLOCK = 1_000


@dataclass(frozen=True, eq=False)
class NextPlays:
    """Plays that are to be told, in order of listener and time; build them with ``from_events``.

    users, items : the ids that rows and columns of scores stand for. rows : position of each play's listener. targets :
    position of what was played. new : whether the listener had not played it before. labels : of the plays in the log.

    >>> at = pd.date_range("2026-03-01", periods=4, freq="3min", tz="UTC")
    >>> log = pd.DataFrame({"event_id": range(4), "user_id": "al", "track_id": list("abac"), "at": at, "action": "play",
    ...     "seconds_played": 170.0})
    >>> plays = NextPlays.from_events(log, pd.Index(["al"]), pd.Index(["a", "b", "c"]), since="2026-03-01 00:05")
    >>> plays.session_so_far().lists(), plays.targets.tolist(), plays.new.tolist()
    ([[0, 1], [0, 1, 0]], [0, 2], [False, True])
    """

    users: pd.Index
    items: pd.Index
    rows: Array
    targets: Array
    new: Array
    labels: pd.Index
    log: Array  # positions of all plays, by listener and time
    at: Array  # place of each target in ``log``
    session: Array  # where its session begins there
    listener: Array  # where its listener begins there

    @classmethod
    def from_events(
        cls,
        events: pd.DataFrame,
        users: pd.Index,
        items: pd.Index,
        since: Any,
        until: Any = None,
        gap: str = "30min",
    ) -> NextPlays:
        """The plays from ``since`` on (before ``until``) that are not the first of their session.

        events : a cleaned log, from its beginning: what came before ``since`` is history. users, items : plays by or of
        others are passed over, as history too. gap : the longest silence within a session.

        Raises ValueError where there is no such play.
        """
        from recsys_helpers.models.sequence import Runs  # here, so that evaluation does not load scikit-learn

        runs = Runs.from_events(events, users, items, "session", gap)
        begin = np.repeat(runs.starts[:-1], runs.lengths)
        row = np.repeat(runs.rows, runs.lengths)
        first_of = np.searchsorted(row, row)
        when = (
            events.loc[runs.labels, "at"]
            if runs.labels is not None
            else pd.Series(dtype="datetime64[ns, UTC]")
        )
        asked = (np.arange(len(row)) > begin) & (when >= as_moment(since)).to_numpy()
        if until is not None:
            asked &= (when < as_moment(until)).to_numpy()
        at = np.flatnonzero(asked)
        if not len(at):
            raise ValueError(
                f"From {since} on there is no play after another in its session: choose other dates."
            )
        # New is who plays it for the first time in the whole log: a stable sort puts the earliest of each pair first.
        cell = row * len(items) + runs.items
        order = np.argsort(cell, kind="stable")
        new = np.zeros(len(row), dtype=bool)
        new[order[np.r_[True, np.diff(cell[order]) > 0]]] = True
        labels = pd.Index([]) if runs.labels is None else runs.labels[at]
        return cls(
            users, items, row[at], runs.items[at], new[at], labels, runs.items, at, begin[at], first_of[at]
        )

    def __len__(self) -> int:
        return len(self.at)

    def take(self, which: Any) -> NextPlays:
        """Some of the plays: a mask, a slice or numbers."""
        parts = ("rows", "targets", "new", "labels", "at", "session", "listener")
        return replace(self, **{name: getattr(self, name)[which] for name in parts})

    @property
    def user_ids(self) -> pd.Index:
        """Id of each play's listener."""
        return self.users[self.rows]

    def session_so_far(self) -> Runs:
        """What the listener played in this session before each play: for ``score_after`` of a model over ``items``."""
        return self._so_far(self.session)

    def listener_so_far(self) -> Runs:
        """All that the listener played before each play."""
        return self._so_far(self.listener)

    def _so_far(self, begin: Array) -> Runs:
        from recsys_helpers.models.sequence import Runs

        size = self.at - begin
        starts = np.concatenate([[0], np.cumsum(size)])
        place = np.arange(starts[-1]) - np.repeat(starts[:-1] - begin, size)
        return Runs(self.log[place], starts, self.rows)

    def ndcg(self, score: Callable[[NextPlays], Array], k: int = 10, unheard: bool = False) -> Array:
        """nDCG@k of each play, shape (n,): 1 / log2(1 + rank of the target), 0 behind rank k, ties by their mean.

        score : gets some of these plays and gives a number for each of them and each item, (n_plays, n_items); it must
        not look at their targets. unheard : rank only what the listener has not played before, which makes sense for
        plays that are ``new``; ValueError for others.
        """
        if unheard and not self.new.all():
            raise ValueError(
                "Among these plays are some that were heard before: ask for plays.take(plays.new)."
            )
        found = np.empty(len(self))
        for start in range(0, len(self), PLAYS_PER_BLOCK):
            block = slice(start, start + PLAYS_PER_BLOCK)
            part = self.take(block)
            scores = np.array(score(part), dtype=np.float64)
            if scores.shape != (len(part), len(self.items)) or np.isnan(scores).any():
                raise ValueError(
                    f"score gave {scores.shape} with {int(np.isnan(scores).sum())} NaN for {len(part)} plays and "
                    f"{len(self.items)} items: give a number for each."
                )
            if unheard:
                past = part.listener_so_far()
                scores[np.repeat(np.arange(len(part)), past.lengths), past.items] = -np.inf
            found[block] = expected_ndcg(scores, part.targets, k)
        return found


def expected_ndcg(scores: Array, targets: Array, k: int = 10) -> Array:
    """nDCG@k of one target in each row, (n,): the mean over all orders of those items that score as it does.

    scores : shape (n, n_items). targets : column of each row's target, shape (n,).

    >>> expected_ndcg(np.array([[3.0, 2.0, 1.0], [1.0, 1.0, 1.0]]), np.array([1, 1]), k=1).round(3).tolist()
    [0.0, 0.333]
    """
    from recsys_helpers.models.topk import (
        expected_gain,  # here, so that evaluation does not load scikit-learn
    )

    own = scores[np.arange(len(targets)), targets][:, None]
    above, alike = (scores > own).sum(axis=1), (scores == own).sum(axis=1)
    return expected_gain(above, alike, k)
