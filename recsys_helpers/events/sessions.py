"""Visits: which events of a listener belong together.

It needs a clean log; what a visit says about its listener is for ``profiles``.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.events.tables import (
    SECOND,
    as_span,
    check_log,
    codes_of,
    nanoseconds,
    refuse_missing,
    tie_break,
)


def sessions(events: pd.DataFrame, gap: str = "30min", since: str = "end") -> pd.Series:
    """Session of each event, numbered from 0 by listener and time: silence longer than ``gap`` begins a new one.

    Parameters
    ----------
    events : cleaned events, in any order.
    gap : the longest silence within a session. 30 minutes is a rounding of the 25.5 of Catledge & Pitkow (1995);
        Halfaker et al. (2015) argue for about an hour.
    since : silence counts from the "end" of what was heard (``at`` + ``seconds_played``), so that an audiobook of an
        hour is no silence, or from the "start", which is what studies of clicks do.

    Returns
    -------
    Series of int64 on the index of ``events``.

    >>> at = pd.to_datetime(["2026-03-01 08:00", "2026-03-01 08:45", "2026-03-01 09:45"], utc=True)
    >>> log = pd.DataFrame({"event_id": [1, 2, 3], "user_id": "al", "at": at, "seconds_played": [1800.0, 60.0, 60.0]})
    >>> sessions(log).tolist(), sessions(log, since="start").tolist()
    ([0, 0, 1], [0, 1, 2])
    """
    events = check_log(events, ("event_id", "user_id", "at", "seconds_played"))
    if since not in ("end", "start"):
        raise ValueError(f"since={since!r} is not known: silence counts from the 'end' or from the 'start'.")
    refuse_missing(events, "user_id", "at")
    longest = int(as_span(gap, "gap").total_seconds() * SECOND)
    users, _ = codes_of(events["user_id"])
    at = nanoseconds(events["at"])
    order = np.lexsort([tie_break(events["event_id"]), at, users])
    users, at, ends = users[order], at[order], at[order]
    if since == "end":
        heard = np.clip(np.nan_to_num(events["seconds_played"].astype(float).to_numpy()[order]), 0, None)
        ends = at + (heard * SECOND).astype(np.int64)
        ends = pd.Series(ends).groupby(users).cummax().to_numpy()
    starts = np.ones(len(at), dtype=bool)
    starts[1:] = (users[1:] != users[:-1]) | (at[1:] - ends[:-1] > longest)
    numbers = np.empty(len(at), dtype=np.int64)
    numbers[order] = np.cumsum(starts) - 1
    return pd.Series(numbers, index=events.index, name="session")
