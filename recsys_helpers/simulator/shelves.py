"""The home shelf: what stands before each listener in a week, and what was seen of it, in small arrays.

It knows no listener's taste and asks no policy: who looks, and what is taken, is `behaviour`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from recsys_helpers.simulator.setting import SHELF

#: What is kept of a look at the shelf, beside the ten tracks and propensities seen, and its type: the play that
#: followed it (its place among the week's plays), the visit of the week, and the page.
LOOK: dict[str, np.dtype] = {"play": np.dtype("i4"), "visit": np.dtype("i2"), "page": np.dtype("i2")}
TRACK, CHANCE = np.dtype("i2"), np.dtype("f8")


@dataclass(frozen=True)
class Shelf:
    """What stands before each listener in a week.

    `tracks` (n or 1, contexts or 1, pages, SHELF) holds positions of tracks, -1 for an empty place; `propensity`, of
    the same shape, the probability with which the policy put each there: NaN in an empty place, None if it gave none.
    """

    tracks: np.ndarray
    propensity: np.ndarray | None = None

    def part(self, first: int, last: int) -> Shelf:
        """The shelf of some of the listeners, by their rows."""
        if len(self.tracks) == 1:
            return self
        propensity = None if self.propensity is None else self.propensity[first:last]
        return Shelf(self.tracks[first:last], propensity)

    def page(
        self, rows: np.ndarray, context: np.ndarray, visit: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None, np.ndarray]:
        """What each of these listeners finds at a visit of the week: (tracks, propensity, page), pages from 0."""
        n, contexts, pages, _ = self.tracks.shape
        page = (visit - 1) % pages
        cell = rows if n > 1 else 0, context if contexts > 1 else 0, page
        return self.tracks[cell], None if self.propensity is None else self.propensity[cell], page


def in_pages(tracks: np.ndarray, propensity: np.ndarray | None = None) -> Shelf:
    """The shelf of lists (places,) for everybody, (n, places), or (n, contexts, places), cut into pages of ten.

    >>> in_pages(np.arange(12)).tracks[0, 0].tolist()
    [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [10, 11, -1, -1, -1, -1, -1, -1, -1, -1]]
    """

    def cut(lists: np.ndarray, empty: float) -> np.ndarray:
        lists = lists.reshape((1, 1, -1) if lists.ndim == 1 else (len(lists), -1, lists.shape[-1]))
        short = -lists.shape[2] % SHELF
        lists = np.pad(lists, ((0, 0), (0, 0), (0, short)), constant_values=empty)
        return lists.reshape(*lists.shape[:2], -1, SHELF)

    chance = None if propensity is None else cut(propensity, np.nan)
    return Shelf(cut(np.asarray(tracks, dtype=TRACK), -1), chance)


def look(
    play: np.ndarray, visit: np.ndarray, page: np.ndarray, tracks: np.ndarray, propensity: np.ndarray | None
) -> dict[str, np.ndarray]:
    """Some looks at the shelf, one entry each: LOOK, `tracks` (looks, SHELF), and `propensity` where there is one."""
    seen = {"play": play.astype(LOOK["play"]), "visit": visit.astype(LOOK["visit"])}
    seen |= {"page": page.astype(LOOK["page"]), "tracks": tracks.astype(TRACK)}
    return seen if propensity is None else {**seen, "propensity": propensity}


def joined_looks(parts: Sequence[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Looks one after the other; where only some have propensities, the others' are NaN."""
    empty: dict[str, np.ndarray] = {name: np.zeros(0, dtype=kind) for name, kind in LOOK.items()}
    empty["tracks"] = np.zeros((0, SHELF), dtype=TRACK)
    joined = {name: np.concatenate([none, *(part[name] for part in parts)]) for name, none in empty.items()}
    if any("propensity" in part for part in parts):
        unknown = [np.full(part["tracks"].shape, np.nan) for part in parts]
        joined["propensity"] = np.concatenate(
            [part.get("propensity", nan) for part, nan in zip(parts, unknown, strict=True)]
        )
    return joined
