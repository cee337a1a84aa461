"""A learner's own table, read from CSV or Parquet and given the course's names: who, what, when, how much.

It cleans nothing and guesses nothing: what cannot be read is refused with a sentence that says what to change.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import os
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import (
    BEYOND,
    FIRST_YEAR,
    LAST_YEAR,
    UNITS,
    as_frame,
    check_ids,
    check_years,
    numbers,
    refuse_rows,
    show,
)
from recsys_helpers.columns import times as read_times

NAMES = {"listener": "user_id", "item": "track_id", "time": "at", "value": "value"}
#: What such columns are often called; only ever proposed, never taken.
OFTEN = {
    "listener": "user user_id userid listener customer customer_id account member person reader".split(),
    "item": "item item_id track track_id artist artist_id movie movie_id product product_id book song".split(),
    "time": "at time timestamp date datetime played_at created_at".split(),
    "value": "value rating plays count stars weight seconds".split(),
}
SEPARATORS = ",;\t|"
PARQUET = (".parquet", ".pq")
TEXT = (".csv", ".tsv", ".txt", ".dat")


def load_table(
    source: Any,
    listener: str,
    item: str,
    time: str | None = None,
    value: str | None = None,
    *,
    unit: str | None = None,
    time_format: str | None = None,
) -> pd.DataFrame:
    """Events or ratings as a table with the course's columns, a row each: user_id, track_id and, if named, at, value.

    Parameters
    ----------
    source : a file (CSV with a line of names, its separator one of , ; tab |, also as .gz; or Parquet), or a DataFrame.
    listener, item, time, value : the names of these columns in the table. Ids of a CSV are kept as texts, so that 007
        stays 007. Without ``value`` each row is one event. A time may be missing in some rows (NaT), nothing else may.
    unit : of times that are numbers since 1970, one of s, ms, us, ns, min, h, D.
    time_format : of times such as 31/12/2025 that are no ISO dates, as pandas writes it: "%d/%m/%Y".

    Returns DataFrame[user_id, track_id, at (datetime64, UTC), value (float)], rows in the table's order from 0. Raises
    ValueError that names the file, column or row and how to mend it.

    >>> mine = pd.DataFrame({"reader": ["ann", "bo"], "book": [7, 8], "stars": [5, 3]})
    >>> print(load_table(mine, listener="reader", item="book", value="stars").to_string(index=False))
    user_id  track_id  value
        ann         7    5.0
         bo         8    3.0
    >>> load_table(mine, listener="user", item="book")
    Traceback (most recent call last):
    ValueError: The table has no column 'user'. It has: reader, book, stars. Did you mean listener='reader'?
    """
    if isinstance(source, (str, os.PathLike)):
        path = Path(source).expanduser()
        frame, name = _read(path), path.name
    else:
        frame, name = as_frame(source, "source"), "The table"
    given = {"listener": listener, "item": item, "time": time, "value": value}
    roles = {role: column for role, column in given.items() if column is not None}
    _check_columns(frame, roles, name)
    if frame.empty:
        raise ValueError(f"{name} has no rows below its names: there is nothing to work on.")
    frame = frame.reset_index(drop=True)
    made = {NAMES[role]: _ids(frame[roles[role]], role, name) for role in ("listener", "item")}
    if time is not None:
        made["at"] = _moments(frame[time], unit, time_format, name)
    elif unit is not None or time_format is not None:
        raise ValueError("unit and time_format say how to read a time: name its column too, time='…'.")
    if value is not None:
        made["value"] = _values(frame[value], name)
    table = pd.DataFrame(made)
    for role in ("listener", "item"):
        if table[NAMES[role]].nunique() < 2:
            raise ValueError(
                f"{name}: the column {roles[role]!r} holds one {role} alone, {show(table[NAMES[role]].iloc[0])}. A "
                f"recommender needs several: is it the right column for {role}=?"
            )
    return table


# ---- files -----------------------------------------------------------------------------------------------------------


def _read(path: Path) -> pd.DataFrame:
    kinds = [suffix.lower() for suffix in path.suffixes]
    if path.is_dir():
        raise ValueError(f"{path} is a folder. Give the file in it that holds the table.")
    if not path.is_file():
        raise ValueError(
            f"There is no file {path}. Put the table there, or give its whole path; this runs in {Path.cwd()}."
        )
    if kinds[-1:] and kinds[-1] in PARQUET:
        return _read_parquet(path)
    if kinds[-1:] and (kinds[-1] in TEXT or (kinds[-1] == ".gz" and kinds[-2:-1] and kinds[-2] in TEXT)):
        return _read_text(path)
    raise ValueError(
        f"{path.name} is neither CSV ({', '.join(TEXT)}, also with .gz) nor Parquet ({', '.join(PARQUET)}). In a "
        "spreadsheet, save it as CSV UTF-8."
    )


def _read_parquet(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except ImportError:
        raise ValueError(
            f"{path.name}: to read Parquet pandas needs the package pyarrow, which is not here. Install it (`python -m "
            "pip install pyarrow`, with the Python of the course), or save the table as CSV."
        ) from None
    except Exception as error:  # each reader has errors of its own
        raise ValueError(
            f"{path.name} is no whole Parquet file ({_first_line(error)}). Write it anew."
        ) from None


def _read_text(path: Path) -> pd.DataFrame:
    try:
        raw = path.read_bytes()
        data = gzip.decompress(raw) if path.suffix.lower() == ".gz" else raw
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise ValueError(f"{path.name} is no whole gzip file: fetch or compress it anew.") from None
    except OSError as error:
        raise ValueError(
            f"{path.name} cannot be read ({error.strerror}). Is it open in another program?"
        ) from None
    if data[:4] == b"PK\x03\x04":
        raise ValueError(
            f"{path.name} is a spreadsheet or a zip archive by its content. Save the table as CSV UTF-8."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path.name} is not UTF-8 (line {line}). Save it as CSV UTF-8, or read it yourself with its encoding and "
            "give the frame: load_table(pd.read_csv(path, encoding='gb18030'), …), or 'cp1252', 'utf-16'."
        ) from None
    head = text.lstrip("\r\n").split("\n", 1)[0]
    if not head.strip():
        raise ValueError(f"{path.name} is empty.")
    separator = max(
        SEPARATORS, key=lambda one: (len(next(csv.reader([head], delimiter=one))), -SEPARATORS.index(one))
    )
    if next(csv.reader([head], delimiter=separator)) == [head.strip()]:
        raise ValueError(
            f"{path.name} has one column by its first line, {head.strip()[:60]!r}. Columns are separated by a comma, a "
            "semicolon, a tab or |, and the first line names them."
        )
    options: dict[str, Any] = {"dtype": str, "keep_default_na": False, "na_values": [""], "index_col": False}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # a line with more cells would lose them
            return pd.read_csv(io.StringIO(text), sep=separator, **options)
    except (pd.errors.ParserError, pd.errors.ParserWarning) as error:
        raise ValueError(
            f"{path.name} is no table: {_first_line(error)}. Each line needs as many cells as the first; a cell that "
            'holds the separator stands in "quotes".'
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")


# ---- columns ---------------------------------------------------------------------------------------------------------


def _check_columns(frame: pd.DataFrame, roles: dict[str, str], name: str) -> None:
    have = [str(column) for column in frame.columns]
    for role, column in roles.items():
        if have.count(column) > 1:
            raise ValueError(f"{name} has several columns called {column!r}: rename or drop all but one.")
        if column not in have:
            raise ValueError(
                f"{name} has no column {column!r}. It has: {', '.join(have) or 'none'}.{_proposal(role, column, have)}"
            )
    for role, column in roles.items():
        other = next((one for one, taken in roles.items() if taken == column and one != role), None)
        if other:
            raise ValueError(f"{column!r} is named for {role}= and for {other}=: they are two columns.")


def _proposal(role: str, column: str, have: list[str]) -> str:
    """A column that may have been meant."""
    low = {one.strip().lower(): one for one in have}
    near = difflib.get_close_matches(column.strip().lower(), list(low), n=1, cutoff=0.7)
    found = near or [one for one in OFTEN[role] if one in low]
    return f" Did you mean {role}={low[found[0]]!r}?" if found else f" Name one of them: {role}='…'."


def _ids(column: pd.Series, role: str, name: str) -> pd.Series:
    ids = column.astype(object) if isinstance(column.dtype, pd.CategoricalDtype) else column
    if pd.api.types.is_string_dtype(ids.dtype) and ids.dtype != object:
        ids = ids.astype(object)
    empty = ids.isna() | ids.map(lambda one: isinstance(one, str) and not one.strip())
    _refuse(empty, column, name, f"no {role}", f"table.dropna(subset=[{column.name!r}])")
    ids = ids.map(lambda one: one.strip() if isinstance(one, str) else one)
    if pd.api.types.is_float_dtype(ids.dtype):
        whole = ids == np.floor(ids)
        _refuse(
            ~whole, column, name, f"an id of a {role} that is no whole number", "the column that holds ids"
        )
        ids = ids.astype("int64")
    check_ids(ids, f"{name}, column {column.name!r}")
    return ids


def _values(column: pd.Series, name: str) -> pd.Series:
    if not pd.api.types.is_numeric_dtype(column.dtype):
        read = pd.to_numeric(column, errors="coerce")
        odd = read.isna() & column.notna()
        if odd.any() and column[odd].astype(str).str.fullmatch(r"\s*-?\d+,\d+\s*").all():
            raise ValueError(
                f"{name}: {column.name!r} writes decimals with a comma, such as {show(column[odd].iloc[0])}. Write "
                "them with a point, or read the file with pd.read_csv(path, sep=';', decimal=',') and give the frame."
            )
        _refuse(odd, column, name, "a value that is no number", "the column that holds numbers")
        column = read.rename(column.name)
    _refuse(column.isna(), column, name, "no value", f"table.dropna(subset=[{column.name!r}])")
    return pd.Series(numbers(column, str(column.name)), index=column.index)


def _moments(column: pd.Series, unit: str | None, time_format: str | None, name: str) -> pd.Series:
    """Moments in UTC, NaT where the table has none."""
    if unit is not None and unit not in UNITS:
        raise ValueError(f"unit={unit!r} is not known: choose one of {', '.join(UNITS)}.")
    label, there = str(column.name), column.notna()
    if not there.any():
        raise ValueError(
            f"{name}: the column {label!r} holds no time at all. Leave time= out, or name another column."
        )
    some = column[there]
    if not pd.api.types.is_datetime64_any_dtype(some.dtype):
        counted = (
            pd.to_numeric(some, errors="coerce")
            if time_format is None
            else pd.Series(np.nan, index=some.index)
        )
        if counted.notna().all():
            if unit is None:
                raise ValueError(
                    f"{name}: {label!r} holds numbers, such as {show(some.iloc[0])}. Say what they count since 1970: "
                    "unit='s' for seconds, 'ms' for thousandths, 'D' for days."
                )
            whole = (counted == np.floor(counted)).all() and (counted.abs() < 2**53).all()
            some, time_format = (counted.astype("int64") if whole else counted).rename(label), None
        elif unit is not None:
            odd = some[counted.isna()]
            raise ValueError(
                f"{name}: unit={unit!r} is for numbers, and row {show(odd.index[0])} of {label!r} holds "
                f"{show(odd.iloc[0])}. Leave unit out."
            )
        else:
            some = _dates(some, time_format, name)
    elif unit is not None:
        raise ValueError(
            f"{name}: {label!r} holds dates, which have a unit already: leave unit={unit!r} out."
        )
    read = pd.Series(pd.DatetimeIndex(read_times(some, label, unit)).tz_localize("UTC"), index=some.index)
    return read.reindex(column.index)


def _dates(some: pd.Series, time_format: str | None, name: str) -> pd.Series:
    """Texts as dates; refused where they are none, or where day and month could be either."""
    text = some.map(lambda one: one.strip() if isinstance(one, str) else one)
    try:
        read = pd.to_datetime(text, format=time_format or "ISO8601", utc=True, errors="coerce")
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name}: {some.name!r} cannot be read as dates ({_first_line(error)}).") from None
    odd = read.isna()
    year = text.astype(str).str.extract(r"^(\d{4})-\d\d-\d\d", expand=False).astype(float)
    far = (
        odd & ~year.between(FIRST_YEAR, LAST_YEAR) & year.notna()
    )  # an older pandas reads no date so far away
    refuse_rows(np.asarray(far), some, f"{name}: {some.name!r} {BEYOND}")
    if odd.any():
        how = (
            f"the format {time_format!r}"
            if time_format
            else "ISO dates, such as 2025-12-31 or 2025-12-31T18:05:00Z"
        )
        raise ValueError(
            f"{name}: {int(odd.sum()):,} of the times in {some.name!r} do not follow {how}; the first is "
            f"{show(some[odd].iloc[0])} in row {show(some.index[odd][0])}. Say how they are written, "
            "time_format='%d/%m/%Y' for 31/12/2025, or leave such cells empty."
        )
    check_years(read, f"{name}: {some.name!r}")
    return read


def _refuse(wrong: Any, column: pd.Series, name: str, problem: str, mend: str) -> None:
    """ValueError for the rows where ``wrong`` holds, with how many they are and the first."""
    wrong = np.asarray(wrong, dtype=bool)
    if not wrong.any():
        return
    first = column.index[wrong][0]
    how = "Find out why before you drop or mend them, then give load_table the frame itself: " + f"`{mend}`."
    if mend.startswith("the "):
        how = f"Name {mend} instead, or mend these rows and give load_table the frame itself."
    seen = "" if problem.startswith("no ") else f", {show(column[wrong].iloc[0])}"
    raise ValueError(
        f"{name}: {int(wrong.sum()):,} of {len(column):,} rows have {problem} in {column.name!r}, first row "
        f"{show(first)} (from 0){seen}. {how}"
    )
