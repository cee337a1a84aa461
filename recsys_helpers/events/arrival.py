"""What the order of arrival tells of a log: wrong clocks and late rows; and what is known of that order at all.

It removes nothing, and it never takes the order of the file, or of ids, for that of arrival: a log has to state it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.columns import copies, show
from recsys_helpers.events.tables import SECOND, arrival_of, as_span, check_log, mask_of, nanoseconds

NEIGHBOURS = 31  # rows on each side whose median tells what time it was
BACKWARDS = 0.1  # share of the blocks that may lie behind the time reached, if rows stand as they came
WRONG = 0.25  # share of the clocks that may be wrong before it is the order that is


class NoOrder(ValueError):
    """Nothing tells in which order the rows arrived."""


def clock_skew(events: pd.DataFrame, tolerance: str = "1h", *, arrival: str | None = None) -> pd.Series:
    """Rows whose device had a wrong clock: ``at`` is over ``tolerance`` away from when the row arrived.

    When it arrived is not in the log, but its neighbours in the order of arrival tell: ``at`` is too early against the
    median of the 31 rows before it, or too late against that of the 31 rows after it. A row that waited longer than
    ``tolerance`` for a network looks the same, and is met too.

    ``arrival`` names the column that tells that order, see ``clean``; without it, the one that the log states. Raises
    ValueError where none is stated, or where time does not run forward along it.
    """
    events = check_log(events, ("event_id", "at"))
    limit = as_span(tolerance, "tolerance").total_seconds()
    order = by_arrival(events, arrival)
    at = pd.Series(nanoseconds(events["at"])[order] / SECOND).mask(events["at"].isna().to_numpy()[order])
    before = at.shift(1).rolling(NEIGHBOURS, min_periods=3).median()
    after = at[::-1].shift(1).rolling(NEIGHBOURS, min_periods=3).median()[::-1]
    met = np.empty(len(at), dtype=bool)
    met[order] = (before - at > limit) | (at - after > limit)
    if len(met) >= 8 and met.mean() > WRONG:
        raise _not_arrival(f"events[{arrival or arrival_of(events)!r}]", met.mean())
    return mask_of(events, met)


def mend_times(events: pd.DataFrame, skewed: pd.Series, *, arrival: str | None = None) -> pd.Series:
    """``at``, where a ``skewed`` row takes the latest time that the sound rows which arrived before it had reached."""
    events = check_log(events, ("event_id", "at"))
    order = by_arrival(events, arrival)
    wrong, at = np.asarray(skewed, dtype=bool)[order], nanoseconds(events["at"])[order]
    if not wrong.any() or wrong.all():
        return events["at"]
    reached = np.maximum.accumulate(np.where(wrong, np.iinfo(np.int64).min, at))
    reached = np.maximum(reached, at[np.argmin(wrong)])  # where no sound row came before: the first after
    mended = np.empty_like(at)
    mended[order] = np.where(wrong, reached, at)
    return pd.Series(
        pd.to_datetime(mended, utc=True).astype(events["at"].dtype), index=events.index, name="at"
    )


def out_of_order(events: pd.DataFrame, *, arrival: str | None = None) -> pd.Series:
    """Rows that happened before a row that arrived earlier: they are late, otherwise right.

    ``arrival`` as in ``clock_skew``.
    """
    events = check_log(events, ("event_id", "at"))
    order = by_arrival(events, arrival)
    at = nanoseconds(events["at"])[order]
    met = np.empty(len(at), dtype=bool)
    met[order] = at < np.maximum.accumulate(at)
    return mask_of(events, met & events["at"].notna().to_numpy())


# ---- the order itself -----------------------------------------------------------------------------------------------


def by_arrival(events: pd.DataFrame, arrival: str | None = None) -> np.ndarray:
    """The rows' places in the order in which they arrived, shape (n_events,).

    It rests on a statement: the column ``arrival``, or the one that the log itself states. A statement that cannot be
    true is refused with ``NoOrder``, a ValueError: texts, holes, one id for rows that differ, or a column along which
    time runs backwards. For the last, the rows are cut into blocks, small and large, and of each block the median time
    is compared with the five blocks before: more than one in ten may not lie over an hour behind. Wrong clocks and late
    rows are too few to move a median, while a log that is grouped by listener, device or file starts over with each
    group. A statement that is false by less than an hour goes unseen, and moves nothing.
    """
    events = check_log(events, ("event_id", "at"))
    column = arrival if arrival is not None else arrival_of(events)
    if column is None:
        raise NoOrder(
            "Nothing states in which order the rows arrived: if a server numbered them as they came in, say so, "
            "arrival='event_id'."
        )
    if column not in events.columns:
        raise NoOrder(
            f"events has no column {column!r} to tell the order of arrival by: name one that it has."
        )
    values, here = events[column], f"events[{column!r}]"
    if pd.api.types.is_datetime64_any_dtype(values):
        number = nanoseconds(values)
    elif pd.api.types.is_numeric_dtype(values):
        number = values.to_numpy(dtype=np.float64 if values.dtype.kind == "f" else np.int64, na_value=0)
    else:
        raise NoOrder(
            f"{here} holds {values.dtype}, which tells no order of arrival: as texts, '10' comes before '9'. Give "
            "numbers or times."
        )
    if values.isna().any():
        raise NoOrder(f"{here} is missing in {int(values.isna().sum()):,} row(s): all rows need their place.")
    if column == "event_id" and (again := repeated_ids(events)).any():
        raise NoOrder(
            f"{int(again.sum()):,} rows share an event_id with a row that differs, first "
            f"{show(values[again].iloc[0])}, so it does not number the arrivals: let the ids run on, "
            "append_log(log, more)."
        )
    at = nanoseconds(events["at"])
    order = np.lexsort([at, number])
    behind = _backwards(at[order][events["at"].notna().to_numpy()[order]])
    if behind > BACKWARDS:
        raise _not_arrival(here, behind)
    return order


def _not_arrival(here: str, share: float) -> NoOrder:
    return NoOrder(
        f"Along {here} time runs backwards ({share:.0%} of it lies behind what came before), so it is not the order of "
        f"arrival. Rows that are grouped or sorted have none."
    )


def _backwards(at: np.ndarray) -> float:
    """The share of blocks of rows whose median time lies over an hour behind those of the five before, at worst.

    Blocks of 7 rows (3 of a short log), then of twice as many, and so on to a quarter of the log, since a group may be
    of any size. A single block proves nothing.
    """
    size, worst = 7 if len(at) >= 56 else 3, 0.0
    while (n := len(at) // size) >= 4:
        medians = pd.Series(np.median(at[: n * size].reshape(n, size), axis=1) / SECOND)
        reached = medians.shift(1).rolling(5, min_periods=1).median()
        behind = int((medians < reached - 3600).sum())
        worst = max(worst, behind / n if behind > 1 else 0.0)
        size *= 2
    return worst


def repeated_ids(events: pd.DataFrame) -> pd.Series:
    """Rows that share their ``event_id`` with a row that differs from them: no copies, but two logs with the same ids.

    No rule of ``clean``, which reports and keeps them: which of them is right, or whether both are, no id can tell.

    >>> log = pd.DataFrame({"event_id": [1, 2, 2, 2], "seconds_played": [30.0, 60.0, 60.0, 9.0]})
    >>> repeated_ids(log).tolist()
    [False, True, True, True]
    """
    events = check_log(events, ("event_id",), rows=False)
    ids = events["event_id"]
    met = np.zeros(len(events), dtype=bool)
    candidates = np.flatnonzero(ids.duplicated(keep=False) & ids.notna())
    once = ids.iloc[candidates][~copies(events.iloc[candidates])]
    met[candidates] = ids.iloc[candidates].isin(once[once.duplicated()]).to_numpy()
    return mask_of(events, met)
