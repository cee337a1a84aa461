"""A table as it comes in: from pandas or polars, its columns looked at before use, its ids named as one types them.

It is not the schema of any one table (``events.tables`` has the log's) and it changes none: what is wrong is refused
with a sentence that names the column, the row and the mend. Every function that takes a table takes it through here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

UNITS = {  # in nanoseconds: what numbers may count since 1970
    "s": 10**9,
    "ms": 10**6,
    "us": 10**3,
    "ns": 1,
    "min": 60 * 10**9,
    "h": 3600 * 10**9,
    "D": 86_400 * 10**9,
}
FIRST_YEAR, LAST_YEAR = 1678, 2261  # the whole years that 64 bits of nanoseconds can say
EARLIEST, LATEST = (pd.Timestamp(f"{year}-01-01").as_unit("ns").value for year in (FIRST_YEAR, LAST_YEAR + 1))
BEYOND = f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}"
NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)


# ---- in messages -----------------------------------------------------------------------------------------------------


def show(one: object) -> str:
    """A value as one would type it: 7, not np.int64(7); several as (7, 'a').

    >>> show(np.int64(7)), show("a"), show((np.float64(20.0), "a"))
    ('7', "'a'", "(20.0, 'a')")
    """
    if isinstance(one, (tuple, list)):
        return f"({', '.join(map(show, one))}{',' if len(one) == 1 else ''})"
    return repr(one.item() if isinstance(one, np.generic) else one)


def refuse_rows(wrong: Any, column: pd.Series, problem: str) -> None:
    """ValueError for the rows where ``wrong`` holds, if there are any: how many, and the label of the first."""
    wrong = np.asarray(wrong, dtype=bool)
    if wrong.any():
        raise ValueError(
            f"{problem} in {int(wrong.sum()):,} row(s), first at row {show(column.index[wrong][0])}. "
            f"Drop such rows or fill them in."
        )


# ---- tables ----------------------------------------------------------------------------------------------------------


def as_frame(table: Any, name: str = "the table") -> pd.DataFrame:
    """The table itself where it is a pandas DataFrame, else what its own ``to_pandas()`` gives (polars, Arrow).

    Raises ValueError that says how to get one.
    """
    if isinstance(table, pd.DataFrame):
        return table
    if not callable(getattr(table, "to_pandas", None)):
        mend = "collect() it first" if hasattr(table, "collect") else "build one with pd.DataFrame"
        raise ValueError(f"{name} must be a pandas DataFrame, not a {type(table).__name__}: {mend}.")
    try:
        frame = table.to_pandas()
    except ImportError as error:  # polars asks for pyarrow
        raise ValueError(
            f"{name} is a {type(table).__name__} whose to_pandas() needs a package that is not here ({error}): install "
            "it, or build a pandas DataFrame with pd.DataFrame."
        ) from None
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(
            f"{name} must be a pandas DataFrame, and the to_pandas() of this {type(table).__name__} gives a "
            f"{type(frame).__name__}: give the whole table."
        )
    return frame


def check_table(
    table: Any, columns: Iterable[str], name: str = "the table", rows: bool = True
) -> pd.DataFrame:
    """The table with these columns, each there once, and (unless ``rows`` is False) at least one row; else ValueError.

    >>> check_table(pd.DataFrame({"user": [1]}), ["user_id"], "log")
    Traceback (most recent call last):
    ValueError: log has no column 'user_id' (it has: user). Rename or add it.
    """
    frame = as_frame(table, name)
    for column in columns:
        there = frame.columns.tolist().count(column)
        if not there:
            have = ", ".join(map(str, frame.columns)) or "no columns"
            raise ValueError(f"{name} has no column {column!r} (it has: {have}). Rename or add it.")
        if there > 1:
            raise ValueError(f"{name} has several columns called {column!r}: rename or drop all but one.")
    if rows and frame.empty:
        raise ValueError(f"{name} has no rows: there is nothing to work on. Check the filter before this.")
    return frame


def copies(rows: pd.DataFrame) -> np.ndarray:
    """True for each row that equals an earlier one in every column, shape (n_rows,)."""
    try:
        return np.asarray(rows.duplicated())
    except TypeError:  # lists and the like, as what they read
        return np.asarray(rows.map(repr).duplicated())


# ---- columns ---------------------------------------------------------------------------------------------------------


def check_same_kind(values: pd.Series, known: pd.Series, name: str, known_name: str) -> None:
    """ValueError where one column's ids are numbers and the other's texts: no id of the one is among the other's.

    >>> check_same_kind(pd.Series([1, 2]), pd.Series(["1", "2"]), "events['user_id']", "users['user_id']")
    Traceback (most recent call last):
    ValueError: events['user_id'] holds numbers and users['user_id'] texts, so that no id is in both: turn one to ...
    """
    kinds = _kind(values), _kind(known)
    if set(kinds) == {"numbers", "texts"}:
        raise ValueError(
            f"{name} holds {kinds[0]} and {known_name} {kinds[1]}, so that no id is in both: turn one to the other's "
            f"type, for instance with astype(str)."
        )


def _kind(ids: pd.Series) -> str | None:
    """Whether ids are all numbers or all texts."""
    values = ids.cat.categories if isinstance(ids.dtype, pd.CategoricalDtype) else ids
    if pd.api.types.is_numeric_dtype(values.dtype):
        return "numbers" if values.notna().any() else None
    found = pd.api.types.infer_dtype(values, skipna=True)
    return {"string": "texts", "integer": "numbers", "floating": "numbers"}.get(found)


def as_ids(ids: Any) -> pd.Index:
    """Any collection of ids, or one id alone, as an index.

    >>> as_ids("a").tolist(), as_ids({7}).tolist()
    (['a'], [7])
    """
    if isinstance(ids, (str, bytes)) or not np.iterable(ids):
        ids = [ids]
    return pd.Index(ids if isinstance(ids, (pd.Index, pd.Series, np.ndarray)) else list(ids))


def ascending(ids: pd.Index, name: str) -> pd.Index:
    """Distinct ids in ascending order, numbers before texts; ValueError for one that is neither.

    >>> ascending(pd.Index(["b", 10, 9]), "user_id").tolist()
    [9, 10, 'b']
    """
    if isinstance(ids.dtype, np.dtype) and ids.dtype.kind in "iu":
        return pd.Index(np.sort(ids.to_numpy()))
    odd = next((one for one in ids.tolist() if not isinstance(one, (Number, str))), None)
    if odd is not None:
        raise ValueError(f"{name!r} holds the id {show(odd)}, neither a number nor a string: convert it.")
    return pd.Index(sorted(ids.tolist(), key=lambda one: (isinstance(one, str), one)))


def check_ids(values: Any, name: str) -> None:
    """ValueError where a number and a text that reads like it are both among the ids: 1 and "1" are two or one?

    >>> check_ids(pd.Series([1, "a", "1"]), "user_id")
    Traceback (most recent call last):
    ValueError: user_id holds the number 1 and the text '1': one id or two? Turn all to one type, for instance ...
    """
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.categories if isinstance(values, pd.CategoricalIndex) else values.cat.categories
    if values.dtype != object or pd.api.types.infer_dtype(values, skipna=True) in ("string", "integer"):
        return
    try:
        distinct = pd.unique(values)
    except TypeError:
        raise ValueError(f"{name} holds ids that are neither numbers nor strings: convert them.") from None
    known: dict[Any, Any] = {one: one for one in distinct if isinstance(one, Number)}
    for text in distinct if known else ():
        if isinstance(text, str) and NUMBER.fullmatch(text) and (number := _read_number(text)) in known:
            raise ValueError(
                f"{name} holds the number {show(known[number])} and the text {text!r}: one id or two? Turn all to one "
                f"type, for instance with astype(str)."
            )


def _read_number(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return float(text)


def numbers(column: pd.Series, name: str, kind: str = "numbers") -> np.ndarray:
    """The column as float64, shape (n_rows,); ValueError for a row that is no number, missing or infinite."""
    if not pd.api.types.is_numeric_dtype(column.dtype):
        odd = [not isinstance(one, Number) and not pd.isna(one) for one in column.tolist()]
        if any(odd):
            raise ValueError(
                f"Column {name!r} must hold {kind}, not {show(column[odd].iloc[0])} as at row "
                f"{show(column.index[odd][0])}. Convert it first."
            )
    values: np.ndarray = column.to_numpy(dtype=np.float64, na_value=np.nan)
    refuse_rows(~np.isfinite(values), column, f"Column {name!r} is missing or infinite")
    return values


def check_years(column: pd.Series, name: str) -> None:
    """ValueError for a date so far away that nanoseconds in 64 bits would turn it into another."""
    dates = pd.DatetimeIndex(column)
    there = np.asarray(dates.notna())
    refuse_rows(there & _far(dates.asi8, UNITS[dates.unit]), column, f"{name} {BEYOND}")


def times(column: pd.Series, name: str, unit: str | None = None) -> np.ndarray:
    """Moments as datetime64[ns] in UTC, or numbers as they are where no unit is named; shape (n_rows,).

    Dates without a zone are taken as UTC. ``unit`` is one of ``UNITS``, for numbers that count since 1970. Raises
    ValueError for a time that is missing, no time, or outside the years 1678 to 2261.
    """
    if unit is not None and unit not in UNITS:
        raise ValueError(f"unit={unit!r} is not known: choose one of {', '.join(UNITS)}.")
    refuse_rows(column.isna(), column, f"Column {name!r} has no time")
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        if unit is not None:
            raise ValueError(
                f"Column {name!r} holds dates, which have a unit already: leave unit={unit!r} out."
            )
        check_years(column, f"Column {name!r}")
        return np.asarray(pd.DatetimeIndex(column).as_unit("ns").asi8).view("datetime64[ns]")
    if pd.api.types.is_integer_dtype(column.dtype):
        refuse_rows(column > np.iinfo(np.int64).max, column, f"Column {name!r} is too large")
        counts: np.ndarray = column.to_numpy(dtype=np.int64)
    else:
        counts = numbers(column, name, "dates (see pd.to_datetime) or numbers")
    if unit is None:
        return counts
    size = UNITS[unit]
    whole: np.ndarray = counts if counts.dtype.kind == "i" else np.floor(counts)  # whole numbers stay exact
    refuse_rows(_far(whole, size), column, f"Column {name!r} counted in unit={unit!r} {BEYOND}")
    rest = np.rint((counts - whole) * size).astype(np.int64)
    in_time: np.ndarray = (whole.astype(np.int64) * size + rest).view("datetime64[ns]")
    return in_time


def _far(counts: np.ndarray, size: int) -> np.ndarray:
    """True where so many units of ``size`` nanoseconds since 1970 are beyond the years that can be said."""
    far: np.ndarray = (counts < EARLIEST // size) | (counts >= LATEST // size)
    return far
