"""Splits of a log: cut the events at a moment, and make each part from the events on its own side of it.

They grade nothing. No split of finished interactions can promise as much: there a strength may hold a later play.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.evaluation.split import Split
from recsys_helpers.events import as_moment, as_span, between, check_log, preference
from recsys_helpers.interactions import Interactions


def split_log(
    events: pd.DataFrame,
    tracks: pd.DataFrame | None,
    at: Any,
    how: str = "listened",
    least: float = 1 / 3,
    repeats: bool = False,
    *,
    half_life: str | None = None,
    weights: dict[str, float] | None = None,
    since: Any = None,
    until: Any = None,
    users: Any = None,
    items: Any = None,
) -> Split:
    """Cut a log at the moment ``at``: learn from what happened before, be graded on what is liked from then on.

    train: the ``preference`` (recipe ``how``) of the events before ``at``; nothing of it was computed from a later
    event. test: the preference of the events from ``at`` on, where its strength is at least ``least`` (1/3 of
    "listened" is half a track heard) and, without ``repeats``, where train does not hold the pair. Both are over all
    listeners and tracks that the recipe finds in the log, ascending; a listener with no such test pair is graded by
    nobody (not in ``Split.listeners``), one without a past is graded. ``Split.events`` holds the events before ``at``,
    whole, for the models that read a log.

    Parameters
    ----------
    events : cleaned, in any order.
    tracks : with ``duration_s``; may be None for how="plays".
    half_life : of the recipe, for train alone: age counts back from ``at``. What is liked later does not grow old.
    weights : of the recipe "signals", for both sides.
    since, until : moments where the past begins and where the test ends; None: as far as the log reaches.
    users, items : all ids that are to have a row or a column. By default the ids are those of both sides, as in a
        catalogue, so that an id without a past betrays that it has a future: name them where that could help a model.

    Times are those of the pair's last event on that side. Raises ValueError where nothing is left on a side.

    >>> at = pd.to_datetime(["2026-03-01", "2026-03-08", "2026-03-08", "2026-03-09"], utc=True)
    >>> log = pd.DataFrame({"user_id": "al", "track_id": ["a", "a", "b", "c"], "at": at, "action": "play",
    ...     "seconds_played": [200, 200, 120, 20]})
    >>> tracks = pd.DataFrame({"track_id": ["a", "b", "c"], "duration_s": 200})
    >>> [split_log(log, tracks, "2026-03-05", repeats=r).test.to_frame()["item"].tolist() for r in (False, True)]
    [['b'], ['a', 'b']]
    """
    events = check_log(events, ("user_id", "track_id", "at"))
    moment = as_moment(at)
    before, later = between(events, since=since, until=moment), between(events, since=moment, until=until)
    for rows, side in ((before, "before"), (later, "from then on")):
        if rows.empty:
            raise ValueError(
                f"at={at} leaves no events {side}: the log runs from {events['at'].min()} to {events['at'].max()}. "
                "Choose a moment between them."
            )
    past = preference(before, how, tracks, half_life=half_life, until=moment, weights=weights)
    future = preference(later, how, tracks, weights=weights)
    ids = {
        name: pd.concat([past[name], future[name]]).unique() if keep is None else keep
        for name, keep in (("user_id", users), ("track_id", items))
    }

    def interactions(table: pd.DataFrame) -> Interactions:
        return Interactions.from_frame(
            table, value="strength", time="last_at", users=ids["user_id"], items=ids["track_id"]
        )

    train, test = interactions(past), interactions(future)
    liked = test.matrix.data >= least
    if not repeats:
        # Numbers of the cells, ascending in both: a pair of test is known where train holds the same number.
        known, cells = (x.rows.astype(np.int64) * x.shape[1] + x.matrix.indices for x in (train, test))
        liked &= ~np.isin(cells, known)
    if not liked.any():
        raise ValueError(
            f"From {at} on, no pair of a listener and {'a' if repeats else 'a new'} track has a strength of at least "
            f"{least:g}. Lower least, or choose an earlier moment."
        )
    return Split(train, test.where(liked), repeats, moment=moment, events=without_later_names(before))


def rolling_splits(
    events: pd.DataFrame,
    tracks: pd.DataFrame | None,
    dates: Iterable[Any],
    window: str = "14D",
    history: str | None = None,
    **options: Any,
) -> Iterator[Split]:
    """The same log cut at several dates, one ``split_log`` after the other: is a result one of a season?

    From each date on a span of ``window`` is test. Train is all that was before it, or with ``history`` the span of
    that length. options: of ``split_log``, the same for each cut. The date is ``Split.moment``. Raises ValueError
    before the first split when there is no date, when they do not ascend, and when less than nine tenths of the last
    window lie within the log.

    >>> at = pd.to_datetime(["2026-03-01", "2026-03-03", "2026-03-05", "2026-03-07"], utc=True)
    >>> log = pd.DataFrame({"user_id": "al", "track_id": list("abcd"), "at": at, "action": "play",
    ...     "seconds_played": 200})
    >>> for split in rolling_splits(log, None, ["2026-03-03", "2026-03-05"], window="2D", how="plays"):
    ...     print(split.moment.date(), split.train.nnz, split.test.to_frame()["item"].tolist())
    2026-03-03 1 ['b']
    2026-03-05 2 ['c']
    """
    events = check_log(events, ("user_id", "track_id", "at"))
    for fixed in {"at", "since", "until"} & options.keys():
        raise ValueError(f"{fixed}= is what dates, window and history say for each cut: leave it out.")
    moments, span = [as_moment(date) for date in dates], as_span(window, "window")
    past = None if history is None else as_span(history, "history")
    if not moments or any(later <= earlier for earlier, later in zip(moments, moments[1:], strict=False)):
        raise ValueError("dates are at least one moment, each later than the one before it.")
    last = events["at"].max()
    if moments[-1] + span > last + span / 10:
        raise ValueError(
            f"From {moments[-1]} on, the log has less than a window of {window}: it ends at {last}. The last cut would "
            "be graded on less time than the others: leave it out, or shorten the window."
        )

    def splits() -> Iterator[Split]:
        for moment in moments:
            since = None if past is None else moment - past
            yield split_log(events, tracks, moment, since=since, until=moment + span, **options)

    return splits()


def up_to(events: pd.DataFrame, moment: pd.Timestamp) -> pd.DataFrame:
    """The events before a moment, and no name of what came later."""
    events = check_log(events, ("at",))
    return without_later_names(between(events, until=moment))


def without_later_names(events: pd.DataFrame) -> pd.DataFrame:
    """The same rows, whose categories are those that occur: a column of ids would list later listeners and tracks."""
    names = [str(name) for name, kind in events.dtypes.items() if isinstance(kind, pd.CategoricalDtype)]
    return events.assign(**{name: events[name].cat.remove_unused_categories() for name in names})
