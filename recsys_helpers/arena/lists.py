"""A hand-in: the lists of a week, from a table or from JSON to positions of tracks, checked on the way.

It knows no game and no clock: who may hand in, and when, is `game`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.arena.rules import MOST_BYTES, PLACES
from recsys_helpers.columns import as_frame, show
from recsys_helpers.service.sent import Refused, kind, read_json, said

COLUMNS = ("user", "item", "rank")
HOW = "give a frame with columns user, item and rank, as recommend gives, or a dict from each listener to a list"


class Ids:
    """The listeners and the tracks that lists speak of, each by its id, in the order of all arrays."""

    def __init__(self, listeners: pd.Index, tracks: pd.Index):
        self.listeners, self.tracks = pd.Index(listeners), pd.Index(tracks)
        self.row = {str(one): i for i, one in enumerate(listeners)}
        self.column = {str(one): i for i, one in enumerate(tracks)}

    def positions(self, lists: object) -> np.ndarray:
        """Lists by listener as positions (listeners, PLACES), -1 where there is none; raises Refused.

        Nothing is asked of what they hold but that it is a listener, a list, and tracks: JSON may hold anything.
        """
        if not isinstance(lists, Mapping):
            raise Refused(f"The lists are {kind(lists)}; they are a list of tracks for each listener.")
        found = np.full((len(self.listeners), PLACES), -1, dtype=np.int16)
        for user, items in lists.items():
            row = self.row.get(user) if isinstance(user, str) else None
            if row is None:
                raise Refused(f"There is no listener {said(user)} in this game; see game.listeners.")
            if not isinstance(items, (list, tuple)):
                raise Refused(f"What is shown to {user} is {kind(items)}, not a list of tracks.")
            if len(items) > PLACES:
                raise Refused(f"The list of {user} has {len(items):,} places; a shelf has {PLACES}.")
            line: list[int] = []
            for item in items:
                column = self.column.get(item) if isinstance(item, str) else None
                if column is None:
                    raise Refused(f"{user} is shown {said(item)}, which is no track; see game.tracks.")
                if column in line:
                    raise Refused(f"{user} is shown {item} twice; each track of a list stands there once.")
                line.append(column)
            found[row, : len(line)] = line
        return found

    def by_listener(self, positions: np.ndarray) -> dict[str, list[str]]:
        """The other way: positions (listeners, m) as lists of ids; who has no track has no list."""
        users, tracks = self.listeners.to_numpy(dtype=object), self.tracks.to_numpy(dtype=object)
        lists = {user: tracks[row[row >= 0]].tolist() for user, row in zip(users, positions, strict=True)}
        return {user: items for user, items in lists.items() if items}

    def as_lists(self, answer: Any) -> dict[str, list[str]]:
        """What a learner hands in as lists by listener, best first; raises Refused for what is none.

        A frame with columns user, item and rank; a dict from each listener to a list; or an array (n, m) of track ids,
        a row for each of `listeners` in their order, None for an empty place.
        """
        if isinstance(answer, Mapping):
            return {str(user): track_ids(items) for user, items in answer.items()}
        if isinstance(answer, pd.DataFrame) or hasattr(answer, "to_pandas"):
            return _from_frame(as_frame(answer, "the hand-in"))
        rows = np.asarray(answer, dtype=object) if isinstance(answer, (np.ndarray, list, tuple)) else None
        if rows is None or rows.ndim != 2 or len(rows) != len(self.listeners):
            what = kind(answer) if rows is None else f"an array of shape {rows.shape}"
            raise Refused(
                f"This is {what}; {HOW}, or an array ({len(self.listeners)}, {PLACES}) of track ids."
            )
        return {str(user): track_ids(items) for user, items in zip(self.listeners, rows, strict=True)}


def first_allowed(order: np.ndarray, heard: np.ndarray, most: int | None, places: int = PLACES) -> np.ndarray:
    """The first tracks of each row of `order` that the rule allows, (n, places), -1 where no more are left.

    `order` (n, m) or (m,) for everybody holds positions of tracks, best first, -1 for none; `heard` (n, tracks) says
    what each listener has played, of which at most `most` go through. A track that came before is passed over.

    >>> first_allowed(np.array([4, 2, 4, 1]), np.array([[False, True, True, False, False]]), 1, places=3)
    array([[ 4,  2, -1]])
    """
    order = np.broadcast_to(order, (len(heard), np.shape(order)[-1]))
    there = order >= 0
    seen = np.zeros(order.shape, dtype=bool)
    by_track = np.argsort(order, axis=1, kind="stable")
    line = np.take_along_axis(order, by_track, axis=1)
    again = np.concatenate([np.zeros((len(line), 1), dtype=bool), line[:, 1:] == line[:, :-1]], axis=1)
    np.put_along_axis(seen, by_track, again, axis=1)
    there &= ~seen
    if most is not None:
        old = there & np.take_along_axis(heard, np.maximum(order, 0), axis=1)
        there &= ~old | (np.cumsum(old, axis=1) <= most)
    place = np.argsort(~there, axis=1, kind="stable")[:, :places]
    chosen = np.where(np.take_along_axis(there, place, axis=1), np.take_along_axis(order, place, axis=1), -1)
    return np.pad(chosen, ((0, 0), (0, places - chosen.shape[1])), constant_values=-1)


def check_heard(positions: np.ndarray, heard: np.ndarray, most: int | None, ids: Ids) -> None:
    """Raises Refused where a list holds more tracks that its listener has played than the rule allows."""
    if most is None:
        return
    old = (positions >= 0) & np.take_along_axis(heard, np.maximum(positions, 0).astype(np.int64), axis=1)
    many = old.sum(axis=1)
    if many.max(initial=0) > most:
        row = int(many.argmax())
        track = ids.tracks[positions[row][old[row]][most]]
        raise Refused(
            f"{ids.listeners[row]} has played {many[row]} tracks of their list before, {track} among them, and at most "
            f"{most} are allowed; game.within_rules(lists) takes the first ten that are, of lists as long as you like."
        )


def read_hand_in(body: bytes) -> dict[str, Any]:
    """A JSON object from what somebody sent; raises Refused for anything else."""
    return read_json(body, MOST_BYTES, "a hand-in", "week and lists")


def whole(value: object, name: str) -> int:
    """A whole number out of JSON, where true is none; raises Refused."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused(f"{name} is {said(value)}; it is a whole number.")
    return value


def _from_frame(frame: pd.DataFrame) -> dict[str, list[str]]:
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise Refused(
            f"The frame has no column {missing[0]!r}, only {', '.join(map(str, frame.columns))}; {HOW}."
        )
    rank = pd.to_numeric(frame["rank"], errors="coerce").to_numpy(dtype=float)
    wrong = ~((rank >= 1) & (rank == np.floor(rank)))
    if wrong.any():
        at = int(wrong.argmax())
        raise Refused(
            f"The rank of {frame['item'].iloc[at]} for {frame['user'].iloc[at]} is {show(frame['rank'].iloc[at])}; "
            "ranks are whole numbers from 1, the best."
        )
    nobody = frame["user"].isna().to_numpy()
    if nobody.any():
        at = int(nobody.argmax())
        raise Refused(
            f"{frame['item'].iloc[at]} at rank {int(rank[at])} is for nobody: its user is missing; leave it out."
        )
    rows = frame.assign(rank=rank)
    twice = rows.duplicated(["user", "rank"])
    if twice.any():
        row = rows[twice].iloc[0]
        raise Refused(f"Two tracks stand at rank {int(row['rank'])} for {row['user']}; give each its own.")
    rows = rows.sort_values("rank", kind="stable")
    return {
        str(user): track_ids(items) for user, items in rows.groupby("user", sort=True, observed=True)["item"]
    }


def track_ids(items: Any) -> list[str]:
    """The ids of one list of tracks; an empty place (None, NaN) is left out."""
    if isinstance(items, str) or not hasattr(items, "__iter__"):
        raise Refused(f"{said(items)} is not a list of tracks; {HOW}.")
    tracks = list(items)
    if any(np.ndim(one) for one in tracks):
        raise Refused(f"A list of tracks holds {kind(tracks[0])} where an id should be; {HOW}.")
    return [str(one) for one in tracks if one is not None and one == one]
