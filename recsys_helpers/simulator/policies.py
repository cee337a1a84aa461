"""Ready policies to compare a learner's own with: two charts, a random shelf, and two that know the truth.

They fit no model; a policy that does is a model's `recommend`, wrapped in a function.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from recsys_helpers.simulator.catalogue import START
from recsys_helpers.simulator.random_streams import draw, key
from recsys_helpers.simulator.world import World

PLACES = 10


def popularity(world: World) -> Callable[..., np.ndarray]:
    """Murmur's home shelf today: the chart of the week, 30 tracks in three pages, the same for everybody.

    No platform could make it: it averages what listeners truly want this week, played or not, and adds what bots lift.
    `counted_chart` is the chart that a platform can make.
    """

    def policy(user_ids: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        return np.tile(world.chart(int(context["week"].iloc[0])), (len(user_ids), 1))

    return policy


def counted_chart(
    log: pd.DataFrame, tracks: pd.DataFrame, window: str = "7D", places: int = 3 * PLACES
) -> CountedChart:
    """The chart that a platform can make: its own log's most played tracks, the same for everybody, renewed weekly.

    See `CountedChart`; `log` is what has been played before the first week (cleaned, if bots are not to count).
    """
    return CountedChart(log, tracks, window, places)


class CountedChart:
    """A policy that counts plays: those of the last `window` before each week, in the log and in what it has observed.

    `tracks` is the table of tracks; ads and help clips are left out, and ties go to the lower id. `places` tracks stand
    on pages of ten. Where the window holds no play, all that came before count; where nobody has played anything yet,
    the shelf is empty. Raises ValueError for a log without the columns or the plays that it needs.
    """

    def __init__(self, log: pd.DataFrame, tracks: pd.DataFrame, window: str = "7D", places: int = 3 * PLACES):
        if pd.Timedelta(window) <= pd.Timedelta(0) or places < 1:
            raise ValueError(
                f"window is {window!r} and places {places!r}; give a span such as '7D', and at least 1 place."
            )
        content = tracks.loc[~tracks["kind"].isin(["ad", "help"]), "track_id"]
        self.ids = pd.Index(content.astype(object)).sort_values()
        self.window, self.places = pd.Timedelta(window), places
        self._track, self._at = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype="datetime64[ns]")]
        self._count(log)

    def act(self, users: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        """The chart of a week for everybody, (n, places) ids."""
        return np.tile(self.chart(int(context["week"].iloc[0])), (len(users), 1))

    def observe(self, impressions: pd.DataFrame, events: pd.DataFrame) -> None:
        """Count what was played in a week."""
        self._count(events)

    def chart(self, week: int) -> np.ndarray:
        """The ids on the chart of a week (the world's first is 0), most played first, None where no more are known."""
        track, at = np.concatenate(self._track), np.concatenate(self._at)
        now = (START + pd.Timedelta(weeks=week)).tz_localize(None).to_datetime64()
        before = at < now
        if len(track) and not before.any():
            raise ValueError(
                f"The log holds no play before week {week}; give the log that the platform has until then."
            )
        recent = before & (at >= now - self.window.to_timedelta64())
        counts = np.bincount(track[recent if recent.any() else before], minlength=len(self.ids))
        best = np.argsort(-counts, kind="stable")[: self.places]
        chart = np.full(self.places, None, dtype=object)
        chart[: len(best)] = np.where(counts[best] > 0, self.ids[best], None)
        return chart

    def _count(self, log: pd.DataFrame) -> None:
        missing = [name for name in ("track_id", "at", "action") if name not in log]
        if missing or not isinstance(log["at"].dtype, pd.DatetimeTZDtype):
            raise ValueError(
                "A log has the columns track_id, at (moments in UTC) and action, as load_murmur().events; "
                f"this one has {'no ' + missing[0] if missing else 'at as ' + str(log['at'].dtype)}."
            )
        track = self.ids.get_indexer(pd.Index(log["track_id"].astype(object)))
        plays = (log["action"] == "play").to_numpy() & (track >= 0)
        moments = log["at"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
        self._track.append(track[plays])
        self._at.append(moments[plays])


def random_shelf(world: World, seed: int = 0) -> Callable[..., np.ndarray]:
    """Ten tracks drawn anew for each listener and week from all that are out, ads and help clips left out."""
    ids = world.catalogue.table["track_id"].to_numpy()

    def policy(user_ids: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        week = int(context["week"].iloc[0])
        known = np.flatnonzero(world.catalogue.content & (world.catalogue.released <= week * 604_800))
        u = draw(key(seed, "random shelf", week, world.rows(user_ids)[:, None], np.arange(PLACES)), "track")
        shelf: np.ndarray = ids[known[np.floor(u * len(known)).astype(int)]]
        return shelf

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
        mine: np.ndarray = lists[world.rows(user_ids)]
        return mine

    return policy


def best(world: World, utility: np.ndarray, places: int, at_most: int | None = None) -> np.ndarray:
    """The ids of the tracks of highest utility (n, tracks), at most so many of a genre; ties to the lower id."""
    ids = world.catalogue.table["track_id"].to_numpy()
    order = np.argsort(-utility, axis=1, kind="stable")
    if at_most is None:
        top: np.ndarray = ids[order[:, :places]]
        return top
    order = order[:, : 20 * places]
    genre = world.catalogue.genre[order]
    before = np.zeros(order.shape, dtype=int)  # tracks of the same genre further up
    for g in np.unique(genre):
        same = genre == g
        before += np.where(same, np.cumsum(same, axis=1) - 1, 0)
    late = np.argsort(before >= at_most, axis=1, kind="stable")[:, :places]
    spread: np.ndarray = ids[np.take_along_axis(order, late, axis=1)]
    return spread
