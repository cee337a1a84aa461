"""The log's type, in one place: which columns it has and of which kind, how its rows are numbered on, how it is cut.

It mends nothing (see ``cleaning``) and reads no file (see ``datasets``). The shipped log, ``World.log()`` and
``Served.events`` are all of this type: what reads one reads the others, and ``append_log`` puts one under another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import (
    BEYOND,
    EARLIEST,
    LATEST,
    as_frame,
    check_ids,
    check_same_kind,
    check_table,
    check_years,
    refuse_rows,
    show,
)

ACTIONS = ("play", "like", "comment", "search")
SOURCES = ("search", "library", "autoplay", "home")
CONTEXTS = ("commute", "work", "workout", "home", "sleep")
SOUGHT = ("search", "library")  # sources that a listener goes to; home and autoplay come to the listener
UNASKED = ("ad", "help")  # kinds of track that play without being chosen
SECOND = 1_000_000_000  # in nanoseconds

TEXT, WHOLE, NUMBER, CLASS, DATE, TIME = "text", "whole number", "number", "category", "date", "time"
#: kind -> dtype of a column; text is what pandas makes of text: object before its version 3, str from then on.
DTYPES: dict[str, Any] = {
    TEXT: pd.Series(["a"]).dtype,
    WHOLE: np.dtype("int64"),
    NUMBER: np.dtype("float64"),
    CLASS: "category",
    DATE: pd.DatetimeTZDtype("ns", "UTC"),
    TIME: pd.DatetimeTZDtype("ns", "UTC"),
}
#: column -> (kind, whether it may be missing, the values of a category in order or None for any, ascending)
LOG: dict[str, tuple[str, bool, tuple[str, ...] | None]] = {
    "event_id": (WHOLE, False, None),  # in the order of arrival, where the log says so: see ``arrival_of``
    "user_id": (CLASS, False, None),
    "track_id": (CLASS, True, None),  # a search has none
    "at": (TIME, False, None),  # when the device says that it happened
    "action": (CLASS, False, ACTIONS),
    "seconds_played": (NUMBER, True, None),  # of plays
    "source": (CLASS, True, SOURCES),
    "position": (NUMBER, True, None),  # from 1, where the source is a list
    "context": (CLASS, True, CONTEXTS),
    "text": (TEXT, True, None),  # of a comment or a search
}
COLUMNS = tuple(
    column for column in LOG if column not in ("position", "context")
)  # without which little can be said


# ---- one type --------------------------------------------------------------------------------------------------------


def typed_log(events: Any, arrival: str | None = None) -> pd.DataFrame:
    """The same rows with the columns of ``LOG`` first, in its order and of its dtypes; others follow unchanged.

    Dates may come as text (ISO 8601, with a zone). ``arrival`` states that this column numbers the rows in the order
    in which they arrived, for ``clean`` to use; without it the statement of ``events`` stays. Raises ValueError that
    names the column and the row where a value is not of its kind.

    >>> log = typed_log({"event_id": [1], "user_id": ["al"], "track_id": ["a"], "at": ["2026-03-01T08:00:00Z"],
    ...     "action": ["play"], "seconds_played": [30], "source": ["home"], "position": [1], "context": [None],
    ...     "text": [None]})
    >>> [str(log[column].dtype) for column in ("event_id", "user_id", "at", "seconds_played")]
    ['int64', 'category', 'datetime64[ns, UTC]', 'float64']
    """
    frame = check_table(
        pd.DataFrame(events) if isinstance(events, dict) else events, LOG, "events", rows=False
    )
    typed = {}
    for column, (kind, may_be_missing, values) in LOG.items():
        here, raw = f"events[{column!r}]", frame[column]
        if not may_be_missing:
            refuse_rows(raw.isna(), raw, f"{here} is missing")
        if kind in (WHOLE, NUMBER):
            typed[column] = _as_number(raw, here, whole=kind == WHOLE)
        elif kind == TIME:
            typed[column] = _as_time(raw, here)
        elif kind == CLASS:
            typed[column] = _as_category(raw, here, values)
        else:
            typed[column] = raw.astype(object).where(raw.notna(), np.nan).astype(DTYPES[TEXT])
    log = frame.assign(**typed)[[*LOG, *(column for column in frame.columns if column not in LOG)]]
    return log if arrival is None else state_arrival(log, arrival)


def log_dtypes(users: Iterable[Any], tracks: Iterable[Any]) -> dict[str, Any]:
    """The dtype of each column of a log over these listeners and tracks, for who makes one column by column.

    >>> log_dtypes(["bo", "al"], ["t1"])["user_id"].categories.tolist()
    ['al', 'bo']
    """
    ids = {"user_id": sorted(users), "track_id": sorted(tracks)}
    categories = {name: ids.get(name, values) for name, (kind, _, values) in LOG.items() if kind == CLASS}
    fixed = {name: DTYPES[kind] for name, (kind, *_) in LOG.items() if kind != CLASS}
    return fixed | {
        name: pd.CategoricalDtype(pd.Index(list(values or ()))) for name, values in categories.items()
    }


def _as_number(column: pd.Series, here: str, whole: bool) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(column.dtype):
        refuse_rows([isinstance(one, str) for one in column], column, f"{here} is text, not a number")
        column = pd.to_numeric(column)
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    refuse_rows(np.isinf(values), column, f"{here} is infinite")
    if whole:
        refuse_rows(values != np.floor(values), column, f"{here} is no whole number")
        return column.astype(np.int64)
    return pd.Series(values, index=column.index)


def _as_time(column: pd.Series, here: str) -> pd.Series:
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        zoned = column.astype(str).str.contains(r"(?:Z|[+-]\d\d:?\d\d)$")
        refuse_rows(~zoned, column, f"{here} is no date with a zone, such as 2026-03-01T08:00:00Z,")
        times = pd.to_datetime(column, format="ISO8601", utc=True, errors="coerce")
        refuse_rows(times.isna(), column, f"{here} is no date such as 2026-03-01T08:00:00Z")
        column = times
    if column.dt.tz is None:
        raise ValueError(f"{here} has no time zone. If it is UTC, say so: {here}.dt.tz_localize('UTC').")
    check_years(column, here)
    return column.dt.tz_convert("UTC").dt.as_unit("ns")


def _as_category(column: pd.Series, here: str, values: tuple[str, ...] | None) -> pd.Series:
    if values is None:
        check_ids(column, here)
        codes, ids = codes_of(column)
        return pd.Series(pd.Categorical.from_codes(codes, pd.Index(ids.tolist())), index=column.index)
    refuse_rows(column.notna() & ~column.isin(values), column, f"{here} is none of {', '.join(values)}")
    return pd.Series(pd.Categorical(column, categories=list(values)), index=column.index)


def append_log(log: pd.DataFrame, more: pd.DataFrame) -> pd.DataFrame:
    """One log under the other, typed, with event ids that run on: nothing of ``more`` can be taken for a copy.

    Where ``more`` begins at or below the last id of ``log``, its rows are numbered on from there, in the order of their
    own ids. The order of arrival stays stated where both state it by ``event_id`` (see ``arrival_of``).

    >>> at = pd.to_datetime(["2026-03-01", "2026-03-02"], utc=True)
    >>> week = pd.DataFrame({"event_id": [1, 2], "user_id": "al", "track_id": "a", "at": at, "action": "play",
    ...     "seconds_played": 30.0, "source": "home", "position": 1, "context": None, "text": None})
    >>> append_log(week, week)["event_id"].tolist()
    [1, 2, 3, 4]
    """
    log, more = typed_log(log), typed_log(more)
    if len(log) and len(more) and more["event_id"].min() <= log["event_id"].max():
        place = np.unique(more["event_id"], return_inverse=True)[1]
        more = more.assign(event_id=place + 1 + log["event_id"].max())
    both = typed_log(pd.concat([_plain(log), _plain(more)], ignore_index=True))
    both.attrs = {**log.attrs, "arrival": "event_id"}
    if not arrival_of(log) == arrival_of(more) == "event_id":
        del both.attrs["arrival"]
    return both


def _plain(log: pd.DataFrame) -> pd.DataFrame:
    """Categories as what they name: those of two logs differ."""
    return log.astype({column: object for column, (kind, *_) in LOG.items() if kind == CLASS})


# ---- the order of arrival --------------------------------------------------------------------------------------------


def state_arrival(events: pd.DataFrame, column: str) -> pd.DataFrame:
    """The same table, with the statement that ``column`` numbers its rows in the order in which they arrived."""
    events = as_frame(events, "events")
    if column not in events.columns:
        raise ValueError(
            f"events has no column {column!r} to tell the order of arrival by: name one that it has."
        )
    stated = events.copy(deep=False)
    stated.attrs = {**events.attrs, "arrival": column}
    return stated


def arrival_of(events: pd.DataFrame) -> str | None:
    """The column that the table itself states to be the order of arrival, or None.

    ``load_murmur`` and the simulator state ``event_id``: their server numbers each row as it comes in. A log that was
    read from any other file states nothing, since an id that a device, an export or a sorting gave says nothing about
    arrival. The statement travels in ``DataFrame.attrs``.
    """
    stated: str | None = events.attrs.get("arrival")
    return stated


# ---- what is asked of a table ----------------------------------------------------------------------------------------


def check_log(table: Any, columns: Iterable[str], name: str = "events", rows: bool = True) -> pd.DataFrame:
    """The table where it has these columns, rows and the right types; else a ValueError names the column and the mend.

    Seconds must be numbers, ``at`` dates in UTC of the years 1678 to 2261; ids must not mix numbers with texts that
    read like them. ``rows``: whether it must have some.
    """
    columns = tuple(columns)
    frame = check_table(table, columns, name, rows)
    for column in columns:
        here = f"{name}[{column!r}]"
        if column.endswith("_id"):
            check_ids(frame[column], here)
        elif column in ("seconds_played", "duration_s") and not pd.api.types.is_numeric_dtype(frame[column]):
            raise ValueError(f"{here} holds {frame[column].dtype}, not numbers. Use pd.to_numeric({here}).")
        elif column == "at":
            _check_times(frame[column], here)
    return frame


def _check_times(values: pd.Series, here: str) -> None:
    if not pd.api.types.is_datetime64_any_dtype(values):
        raise ValueError(f"{here} holds {values.dtype}, not dates. Use pd.to_datetime({here}, utc=True).")
    if values.dt.tz is None:
        raise ValueError(f"{here} has no time zone. If it is UTC, say so: {here}.dt.tz_localize('UTC').")
    if str(values.dt.tz) not in ("UTC", "Etc/UTC"):
        raise ValueError(f"{here} is in the zone {values.dt.tz}. Turn it: {here}.dt.tz_convert('UTC').")
    check_years(values, here)


def refuse_missing(events: pd.DataFrame, *columns: str) -> None:
    """ValueError where one of the columns has a hole."""
    for column in columns:
        missing = int(events[column].isna().sum())
        if missing:
            raise ValueError(
                f"{missing:,} rows have no {column!r}: clean the events first, or drop those rows."
            )


def as_moment(when: Any) -> pd.Timestamp:
    """One moment in UTC from a date, a string or a timestamp; a moment without a zone is taken as UTC.

    >>> str(as_moment("2026-03-01"))
    '2026-03-01 00:00:00+00:00'
    """
    moment = pd.NaT
    if not isinstance(when, (int, float, np.number)):
        try:
            moment = pd.Timestamp(when)
        except (ValueError, TypeError):
            pass
    if moment is pd.NaT:
        raise ValueError(f"{show(when)} is not a moment in time: give a date such as '2026-03-01'.")
    moment = moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")
    if not pd.Timestamp(EARLIEST, tz="UTC") <= moment < pd.Timestamp(LATEST, tz="UTC"):
        raise ValueError(f"{show(when)} {BEYOND}: give a date such as '2026-03-01'.")
    return moment


def as_span(span: Any, name: str) -> pd.Timedelta:
    """A span of time above 0 from a string such as "30min", "1h" or "7D"."""
    value = pd.NaT
    if not isinstance(span, (int, float, np.number)):  # of what?
        try:
            value = pd.Timedelta(span)
        except (ValueError, TypeError):
            pass
    if value is pd.NaT or value <= pd.Timedelta(0):
        raise ValueError(
            f"{name}={show(span)} is not a span of time above 0: write it as '30min', '1h' or '7D'."
        )
    return value


# ---- reading a log ---------------------------------------------------------------------------------------------------


def between(events: pd.DataFrame, since: Any = None, until: Any = None) -> pd.DataFrame:
    """The events from ``since`` on and before ``until``, each a moment or None: the one place where time is cut."""
    events = as_frame(events, "events")
    if since is None and until is None:
        return events
    at = check_log(events, ("at",))["at"] if len(events) else events["at"]
    keep = np.ones(len(events), dtype=bool)
    if since is not None:
        keep &= (at >= as_moment(since)).to_numpy()
    if until is not None:
        keep &= (at < as_moment(until)).to_numpy()
    return events[keep]


def asked_for(events: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """The events without those on ads and help clips: nobody chose to hear these, so they say nothing of taste.

    Searches, which belong to no track, stay.

    >>> tracks = pd.DataFrame({"track_id": ["a", "b"], "kind": ["music", "ad"]})
    >>> log = pd.DataFrame({"track_id": ["a", "b", None], "action": ["play", "play", "search"]})
    >>> asked_for(log, tracks)["action"].tolist()
    ['play', 'search']
    """
    events = check_log(events, ("track_id",))
    tracks = check_log(tracks, ("track_id", "kind"), "tracks")
    check_same_kind(events["track_id"], tracks["track_id"], "events['track_id']", "tracks['track_id']")
    unasked = tracks.loc[tracks["kind"].isin(UNASKED).to_numpy(), "track_id"]
    return events[~events["track_id"].isin(unasked).to_numpy()]


def durations(events: pd.DataFrame, tracks: pd.DataFrame) -> np.ndarray:
    """Shape (n_events,): seconds that the track of each event lasts, NaN where that is not known."""
    events = check_log(events, ("track_id",))
    tracks = check_log(tracks, ("track_id", "duration_s"), "tracks")
    check_same_kind(events["track_id"], tracks["track_id"], "events['track_id']", "tracks['track_id']")
    known = tracks.dropna(subset=["track_id"]).drop_duplicates("track_id").set_index("track_id")["duration_s"]
    codes, ids = codes_of(events["track_id"])
    lasts = np.append(known.reindex(ids).to_numpy(dtype=float), np.nan)
    return np.where(lasts[codes] > 0, lasts[codes], np.nan)


def share_heard(events: pd.DataFrame, tracks: pd.DataFrame) -> np.ndarray:
    """Shape (n_events,): seconds heard over the track's duration, at most 1; 0 where either is missing."""
    events = check_log(events, ("track_id", "seconds_played"))
    share = np.asarray(events["seconds_played"], dtype=float) / durations(events, tracks)
    heard: np.ndarray = np.clip(np.nan_to_num(share), 0, 1)
    return heard


def nanoseconds(at: pd.Series) -> np.ndarray:
    """Int64 nanoseconds since 1970; a missing time is the least int64."""
    return np.asarray(at.to_numpy(dtype="datetime64[ns]")).view(np.int64)


def codes_of(ids: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Position of each id among the distinct ids in ascending order (-1: missing), and those ids."""
    if not isinstance(ids.dtype, pd.CategoricalDtype):
        codes, values = pd.factorize(ids, sort=True)
        return codes, pd.Index(values)
    inner = ids.cat.codes.to_numpy()  # a category that no row has must not count, and theirs is any order
    present = np.unique(inner[inner >= 0])
    values = ids.cat.categories[present]
    order = values.argsort()
    place = np.full(len(ids.cat.categories) + 1, -1)
    place[present[order]] = np.arange(len(order))
    return place[inner], pd.Index(values[order].tolist())


def tie_break(ids: pd.Series) -> np.ndarray:
    """Numbers that order rows of one moment by their id, whatever the ids are: it says nothing about arrival."""
    plain = isinstance(ids.dtype, np.dtype) and ids.dtype.kind in "iuf"
    return np.asarray(ids) if plain else codes_of(ids)[0]


def mask_of(events: pd.DataFrame, met: Any) -> pd.Series:
    """What a rule met, as booleans on the index of the events."""
    return pd.Series(np.asarray(met, dtype=bool), index=events.index)
