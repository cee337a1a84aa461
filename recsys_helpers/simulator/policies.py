"""Ready policies to compare a learner's own with: today's popularity shelf, a random one, and two that know the truth.

They learn nothing from a log; a policy that does is a model's `recommend`, wrapped in a function.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from recsys_helpers.simulator.random_streams import draw, key
from recsys_helpers.simulator.world import World

PLACES = 10


def popularity(world: World) -> Callable[..., np.ndarray]:
    """Murmur's home shelf today: the chart of the week, 30 tracks in three pages, the same for everybody."""

    def policy(user_ids: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        return np.tile(world.chart(int(context["week"].iloc[0])), (len(user_ids), 1))

    return policy


def random_shelf(world: World, seed: int = 0) -> Callable[..., np.ndarray]:
    """Ten tracks drawn anew for each listener and week from all that are out, ads and help clips left out."""
    ids = world.catalogue.table["track_id"].to_numpy()

    def policy(user_ids: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        week = int(context["week"].iloc[0])
        known = np.flatnonzero(world.catalogue.content & (world.catalogue.released <= week * 604_800))
        u = draw(key(seed, "random shelf", week, world.rows(user_ids)[:, None], np.arange(PLACES)), "track")
        return ids[known[np.floor(u * len(known)).astype(int)]]

    return policy


def oracle(world: World, places: int = PLACES) -> Callable[..., np.ndarray]:
    """Each listener's own best tracks by true utility: what no platform can know."""
    return _always(world, best(world, world.true_utility(world.listeners), places))


def diverse_oracle(world: World, at_most: int = 3, places: int = PLACES) -> Callable[..., np.ndarray]:
    """The oracle's list with at most so many tracks of one genre: a little less relevant, and less of the same."""
    return _always(world, best(world, world.true_utility(world.listeners), places, at_most))


def _always(world: World, lists: np.ndarray) -> Callable[..., np.ndarray]:
    """The same list for a listener every week, worked out once."""

    def policy(user_ids: np.ndarray) -> np.ndarray:
        return lists[world.rows(user_ids)]

    return policy


def best(world: World, utility: np.ndarray, places: int, at_most: int | None = None) -> np.ndarray:
    """The ids of the tracks of highest utility (n, tracks), at most so many of a genre; ties to the lower id."""
    ids = world.catalogue.table["track_id"].to_numpy()
    order = np.argsort(-utility, axis=1, kind="stable")
    if at_most is None:
        return ids[order[:, :places]]
    order = order[:, : 20 * places]
    genre = world.catalogue.genre[order]
    before = np.zeros(order.shape, dtype=int)  # tracks of the same genre further up
    for g in np.unique(genre):
        same = genre == g
        before += np.where(same, np.cumsum(same, axis=1) - 1, 0)
    late = np.argsort(before >= at_most, axis=1, kind="stable")[:, :places]
    return ids[np.take_along_axis(order, late, axis=1)]
