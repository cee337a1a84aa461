"""The score: each listener's own share of hours, less that of the house's copy in the same seat, and the places.

It plays nothing and knows no rule of play; it takes seconds, listener by listener, and gives a table.

A team's place is 1 + the number of teams that are better with a paired interval that leaves 0 out. So teams that
listeners cannot tell apart may share a place, and nobody is ahead by luck that both had alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recsys_helpers.simulator.serving import Difference, mean_gap


@dataclass(frozen=True)
class Standing:
    """Where one team stands: its place (None for who is not placed), and its lead over the house's copy, in shares."""

    name: str
    place: int | None
    lead: Difference
    share: float


def own_shares(seconds: np.ndarray) -> np.ndarray:
    """Each listener's own share of time on the team's platform, (listeners,); half for who heard nothing anywhere.

    `seconds` (weeks, 2, listeners) heard on the rival's platform and on the team's.

    >>> own_shares(np.array([[[10, 0, 5], [30, 0, 0]]])).tolist()
    [0.75, 0.5, 0.0]
    """
    rival, team = seconds.astype(np.float64).sum(axis=0)
    everywhere = rival + team
    shares: np.ndarray = np.where(everywhere > 0, team / np.where(everywhere > 0, everywhere, 1), 0.5)
    return shares


def better(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether one team is ahead of another with a 95% interval, listener by listener, that leaves 0 out.

    >>> better(np.array([0.6, 0.7, 0.6]), np.array([0.5, 0.5, 0.5])), better(np.ones(3), np.ones(3))
    (True, False)
    """
    return bool(mean_gap(one - other).low > 0)


def standings(
    seconds: Mapping[str, np.ndarray], copy: str, unplaced: Sequence[str] = (), below: Sequence[str] = ()
) -> list[Standing]:
    """All teams, the best first: by place, then by lead, then by name; who has no place stands where the lead says.

    Parameters
    ----------
    seconds : name -> (weeks, 2, listeners) heard on the rival's platform and on the team's, of the weeks that count.
    copy : the name of the house's copy, whose lead over itself is 0.
    unplaced : those that are shown and get no place, and count in nobody's.
    below : those below the floor: whoever is not stands before them.
    """
    shares = {name: own_shares(values) for name, values in seconds.items()}
    house = shares[copy]
    runs = [name for name in shares if name not in unplaced]
    above = [name for name in runs if name not in below]
    found = []
    for name, mine in shares.items():
        others = above if name in above else [one for one in runs if one in below]
        first = 1 if name in above else 1 + len(above)
        place = None if name in unplaced else first + sum(better(shares[one], mine) for one in others)
        found.append(Standing(name, place, mean_gap(mine - house), float(mine.mean())))
    placed = sorted((one for one in found if one.place is not None), key=_rank)
    for guest in sorted((one for one in found if one.place is None), key=_rank):
        ahead = (i for i, one in enumerate(placed) if one.name in below or one.lead.mean < guest.lead.mean)
        placed.insert(next(ahead, len(placed)), guest)
    return placed


def _rank(one: Standing) -> tuple[int, float, str]:
    return one.place or 0, -one.lead.mean, one.name
