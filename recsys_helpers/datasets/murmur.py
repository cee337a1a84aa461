"""Murmur's own data: tracks, users, events and, for grading, the truth behind them.

It cleans nothing: negative seconds, unknown ids and copies are what lesson 01 is about, and come through as they are.
Refused is only what is no table of Murmur: a missing column, a word where a number should be, a broken date.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.columns import BEYOND, FIRST_YEAR, LAST_YEAR
from recsys_helpers.events.tables import CLASS, DATE, LOG, NUMBER, TEXT, TIME, WHOLE, state_arrival

from ._files import course_folder

EXAMPLES = {DATE: "2026-01-05", TIME: "2026-01-05T07:12:44Z"}
#: file -> column -> (kind, whether it may be empty, the values a category may take or None for any)
TABLES: dict[str, dict[str, tuple[str, bool, tuple[str, ...] | None]]] = {
    "tracks.csv": {
        "track_id": (TEXT, False, None),
        "title": (TEXT, False, None),
        "creator": (TEXT, False, None),
        "kind": (CLASS, False, ("music", "podcast", "radio", "news", "audiobook", "ambience", "ad", "help")),
        "genre": (CLASS, False, None),
        "tags": (TEXT, True, None),
        "duration_s": (WHOLE, False, None),
        "released": (DATE, False, None),
        **dict.fromkeys(("tempo", "energy", "valence", "acousticness", "speechiness"), (NUMBER, False, None)),
        "description": (TEXT, True, None),
    },
    "users.csv": {
        "user_id": (TEXT, False, None),
        "joined": (DATE, False, None),
        "plan": (CLASS, False, ("free", "plus", "family")),
        "age_band": (CLASS, True, ("13-17", "18-24", "25-34", "35-44", "45-54", "55+")),
        "region": (CLASS, False, None),
        "device": (CLASS, False, None),
    },
    "events.csv.gz": LOG,
}
IDS = {"tracks.csv": "track_id", "users.csv": "user_id"}
MEND = "Take the shipped folder again (`git checkout data/murmur`), or write one: `python -m recsys_helpers simulate`."


@dataclass(frozen=True, eq=False, repr=False)
class Murmur:
    """Murmur's tables, rows in the order of their files.

    Attributes
    ----------
    tracks : track_id, title, creator, kind, genre, tags (joined by ``;``), duration_s (seconds), released (UTC),
        tempo (beats a minute), energy, valence, acousticness, speechiness (0 to 1), description.
    users : user_id, joined (UTC), plan, age_band (may be missing), region, device.
    events : event_id (ascending in the order of arrival, as the table states: ``events.arrival_of``), user_id,
        track_id (missing for a search), at (UTC), action, seconds_played (plays only), source, position (from 1),
        context (often missing), text (of a comment or a search): the log's type, ``events.LOG``. Dirty on purpose.
    truth : name of a table -> what no real platform has, for grading only; None where the folder has no ``truth/``.
    """

    tracks: pd.DataFrame
    users: pd.DataFrame
    events: pd.DataFrame
    truth: dict[str, pd.DataFrame] | None = None

    def __repr__(self) -> str:
        counts = f"{len(self.tracks):,} tracks, {len(self.users):,} users, {len(self.events):,} events"
        return f"Murmur: {counts}, {'with' if self.truth else 'without'} the truth"


def load_murmur(path: str | os.PathLike[str] | None = None) -> Murmur:
    """Murmur as shipped (``data/murmur`` of the course), or from any folder that ``simulate`` wrote.

    Raises ValueError that names the file, the column, the line and the rule where a table is not as it should be.

    >>> load_murmur("nowhere")
    Traceback (most recent call last):
    ValueError: There is no folder nowhere. Take the shipped folder again ...
    """
    folder = course_folder() / "data" / "murmur" if path is None else Path(path).expanduser()
    if folder.is_file():
        raise ValueError(f"{folder} is a file. Give the folder that holds {', '.join(TABLES)}.")
    if not folder.is_dir():
        raise ValueError(f"There is no folder {folder}. {MEND}")
    tracks, users, events = (read_table(folder, file) for file in TABLES)
    return Murmur(tracks, users, state_arrival(events, "event_id"), _read_truth(folder / "truth"))


def read_table(folder: Path, file: str) -> pd.DataFrame:
    """One table, typed and checked; raises ValueError."""
    return typed_table(file, _content(folder, file))


def typed_table(file: str, data: bytes) -> pd.DataFrame:
    """One table from the text of its file (UTF-8, not compressed), wherever it came from; raises ValueError."""
    columns = TABLES[file]
    head = data[: data.find(b"\n")].decode("utf-8", "replace").strip().lstrip("\ufeff").split(",")
    if not data.strip():
        raise ValueError(f"{file} is empty. {MEND}")
    missing = [name for name in columns if name not in head]
    if missing:
        raise ValueError(
            f"{file} has no column {missing[0]!r}; its first line names {', '.join(head)}. {MEND}"
        )
    kinds = {TEXT: "str", CLASS: "category", WHOLE: "int64", NUMBER: "float64", DATE: "str", TIME: "str"}
    try:
        frame = _parse(data, {name: kinds[kind] for name, (kind, _, _) in columns.items()})
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8 text: it was saved anew in another encoding. {MEND}") from None
    except ValueError as error:  # pandas does not say where, so look
        frame = _parse(data, dict.fromkeys(head, "str"))
        _check_numbers(file, frame)
        raise ValueError(f"{file} cannot be read: {error} {MEND}") from None
    if frame.empty:
        raise ValueError(f"{file} holds no rows below its first line. {MEND}")
    for name, (kind, may_be_empty, values) in columns.items():
        if not may_be_empty:
            _refuse(file, frame[name], frame[name].isna(), "must not be empty")
        if kind == CLASS:
            frame[name] = _as_category(file, frame[name], values)
        elif kind in (DATE, TIME):
            frame[name] = _as_time(file, frame[name], kind)
    _check_ids(file, frame)
    return frame[[*columns, *frame.columns.difference(list(columns), sort=False)]]


def _content(folder: Path, file: str) -> bytes:
    try:
        raw = (folder / file).read_bytes()
        return gzip.decompress(raw) if file.endswith(".gz") and raw else raw
    except FileNotFoundError:
        raise ValueError(f"{folder} has no {file}. {MEND}") from None
    except EOFError:
        raise ValueError(f"{file} is cut short: the compressed data ends before its end. {MEND}") from None
    except (gzip.BadGzipFile, zlib.error):
        raise ValueError(f"{file} is damaged: it is not a whole gzip file. {MEND}") from None
    except OSError as error:
        raise ValueError(f"{folder / file} cannot be read ({error.strerror}). {MEND}") from None


def _parse(data: bytes, dtype: dict[str, str]) -> pd.DataFrame:
    return pd.read_csv(
        io.BytesIO(data),
        dtype=dtype,
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
        encoding_errors="strict",
    )


def _refuse(file: str, values: pd.Series, wrong: object, rule: str) -> None:
    """Raises ValueError for the first of the wrong values, with its line (the first line is the header)."""
    wrong = np.asarray(wrong, dtype=bool)
    if wrong.any():
        at = int(wrong.argmax())
        many = f" ({wrong.sum():,} such rows)" if wrong.sum() > 1 else ""
        shown = "empty" if pd.isna(values.iloc[at]) else repr(str(values.iloc[at])[:60])
        raise ValueError(f"{file}, line {at + 2}, column {values.name}: {shown} {rule}{many}. {MEND}")


def _check_numbers(file: str, frame: pd.DataFrame) -> None:
    for name, (kind, _, _) in TABLES[file].items():
        if kind in (WHOLE, NUMBER):
            values = frame[name]
            number = pd.to_numeric(values, errors="coerce")
            if kind == NUMBER:
                _refuse(file, values, number.isna() & values.notna(), "is not a number")
            else:
                whole = number.notna() & (number == np.floor(number)) & (number.abs() < 2**53)
                _refuse(file, values, ~whole, "is not a whole number")


def _as_category(file: str, values: pd.Series, allowed: tuple[str, ...] | None) -> pd.Series:
    found = values.cat.categories
    if allowed is None:
        return values.cat.set_categories(found.sort_values()) if len(found) else values
    strange = ~found.isin(allowed)
    if strange.any():
        _refuse(file, values, values.isin(found[strange]), f"is none of {', '.join(allowed)}")
    return values.cat.set_categories(list(allowed))


def _as_time(file: str, values: pd.Series, kind: str) -> pd.Series:
    example = EXAMPLES[kind]
    signs = np.array(values.tolist(), dtype=f"U{len(example) + 1}").view(np.uint32).reshape(len(values), -1)
    model = np.frombuffer(example.ljust(len(example) + 1, "\0").encode("utf-32-le"), dtype=np.uint32)
    digit = (model >= ord("0")) & (model <= ord("9"))
    right = np.where(digit, (signs >= ord("0")) & (signs <= ord("9")), signs == model).all(axis=1)
    try:
        times = pd.to_datetime(values.where(right), format="ISO8601", utc=True)
    except ValueError:  # shaped like a date, but the 30th of February
        times = pd.to_datetime(values.where(right), format="ISO8601", utc=True, errors="coerce")
    _refuse(file, values, times.isna(), f"is not a {kind} in UTC written like {example}")
    far = (times.dt.year < FIRST_YEAR) | (times.dt.year > LAST_YEAR)
    _refuse(file, values, far, BEYOND)
    return times.dt.as_unit("ns")


def _check_ids(file: str, frame: pd.DataFrame) -> None:
    if file in IDS:
        ids = frame[IDS[file]]
        _refuse(file, ids, ids.duplicated(), "stands in an earlier line already")


def _read_truth(folder: Path) -> dict[str, pd.DataFrame] | None:
    if not folder.is_dir():
        return None
    truth = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            truth[path.stem] = pd.read_csv(path, keep_default_na=False, na_values=[""], encoding="utf-8")
        except (ValueError, OSError) as error:
            raise ValueError(f"truth/{path.name} cannot be read: {error} {MEND}") from None
    return truth
