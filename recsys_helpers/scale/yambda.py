"""Yambda: a public log of Yandex Music, read from its Parquet files as much at a time as fits, by DuckDB.

It downloads nothing and keeps nothing: the files lie where the reader put them, and a query reads what it names.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.datasets._files import places
from recsys_helpers.evaluation import Split
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_number
from recsys_helpers.scale.columns import connect, quoted

PAGE = "https://huggingface.co/datasets/yandex/yambda"
SIZES = ("50m", "500m", "5b")
ACTION = ("uid", "item_id", "timestamp", "is_organic")
TABLES = {
    "listens": (*ACTION, "played_ratio_pct", "track_length_seconds"),
    "likes": ACTION,
    "dislikes": ACTION,
    "unlikes": ACTION,
    "undislikes": ACTION,
    "embeddings": ("item_id", "embed", "normalized_embed"),
}
LISTS = ("embed", "normalized_embed")
HEARD = 50  # per cent of a track from which the publishers count a play as heard
END, DAY, GAP = 26_000_000, 86_400, 1_800  # the end of the log, the test, the gap before it: seconds
MIX, PRIME = 2_654_435_761, 4_294_967_291  # a multiplier that scatters ids, and the largest prime below 2³²


@dataclass(frozen=True, eq=False)
class Yambda:
    """The tables of one size of Yambda, or of a sample of its listeners; nothing is read before it is asked for.

    Attributes
    ----------
    folder : where the tables of this size lie, such as ``yambda/flat/50m``.
    embeddings : the file with the tracks' vectors, or None where it is not there.
    share : the share of listeners that is read, above 0 and at most 1.
    seed : which of them.

    Times are whole seconds from the start of the log, in steps of 5. ``is_organic`` is 1 where the listener chose,
    0 where a recommender did. ``played_ratio_pct`` passes 100 where somebody wound back.

    Source: Ploshkin et al. 2025, arXiv:2505.22238.
    """

    folder: Path
    embeddings: Path | None = None
    share: float = 1.0
    seed: int = 0

    def file(self, table: str) -> Path:
        """Where a table lies. Raises ValueError for a table that Yambda has not, or that is not here."""
        if not isinstance(table, str) or table not in TABLES:
            raise ValueError(f"Yambda has no table {show(table)}. It has: {', '.join(TABLES)}.")
        path = self.embeddings if table == "embeddings" else self.folder / f"{table}.parquet"
        if path is None or not path.is_file():
            wanted = (
                "embeddings.parquet" if table == "embeddings" else f"flat/{self.folder.name}/{table}.parquet"
            )
            raise ValueError(f"{wanted} is not here. Get it from {PAGE} and put it beside the other files.")
        return path

    def query(self, sql: str, values: Sequence[Any] = ()) -> pd.DataFrame:
        """What a query gives, where the names of the tables stand for their files, and for the sample's listeners.

        sql : a SELECT of DuckDB, for example ``"SELECT count(*) FROM listens WHERE is_organic = 1"``.
        values : what its question marks stand for.
        """
        if not isinstance(sql, str) or not sql.strip():
            raise ValueError(f"sql={show(sql)}: give a SELECT, such as 'SELECT count(*) FROM listens'.")
        if isinstance(values, str) or not isinstance(values, Iterable):
            raise ValueError(f"values={show(values)}: give a list, with one value for each question mark.")
        with connect() as connection:
            for table in TABLES:
                try:
                    path = self.file(table)
                except ValueError:
                    continue  # a query that needs it says so below
                rows = f"SELECT * FROM read_parquet({quoted(path)})"
                if table != "embeddings":
                    rows += f" WHERE {self._drawn()}"
                connection.execute(f"CREATE VIEW {table} AS {rows}")
            try:
                return connection.execute(sql, list(values)).df()
            except duckdb.CatalogException as error:
                absent = next((table for table in TABLES if f"name {table} does" in str(error)), None)
                if absent is not None:
                    self.file(absent)
                raise ValueError(f"DuckDB cannot run this query. {str(error).splitlines()[0]}") from None
            except duckdb.Error as error:
                raise ValueError(f"DuckDB cannot run this query. {str(error).splitlines()[0]}") from None

    def read(self, table: str, columns: Iterable[str] | None = None) -> pd.DataFrame:
        """A table of the sample, ordered by listener, time and track; columns as published.

        columns : those that are wanted; all of them unless given. Raises ValueError for one that the table has not,
        and for an empty value among those that are read.
        """
        self.file(table)
        asked: Any = TABLES[table] if columns is None else columns
        wanted = [asked] if isinstance(asked, str) or not isinstance(asked, Iterable) else list(asked)
        if not wanted:
            raise ValueError(f"columns names no column. {table} has: {', '.join(TABLES[table])}.")
        for column in wanted:
            if column not in TABLES[table]:
                raise ValueError(f"{table} has no column {show(column)}. It has: {', '.join(TABLES[table])}.")
        order = "item_id" if table == "embeddings" else "uid, timestamp, item_id"
        rows = self.query(f"SELECT {', '.join(wanted)} FROM {table} ORDER BY {order}")
        empty = rows.isna().sum()
        if empty.any():
            raise ValueError(
                f"{table}.parquet has {int(empty.max()):,} empty values in {empty.idxmax()!r}, where the published "
                f"file has none. Get it anew from {PAGE}."
            )
        return rows

    def heard(self, since: int | None = None, until: int | None = None, least: int = HEARD) -> pd.DataFrame:
        """uid, item_id, plays, timestamp: pairs with plays of which at least ``least`` per cent were heard.

        since, until : seconds from the start of the log, the first within, the last without; None: all of it.
        plays : how many such plays. timestamp : the last of them. The counting is DuckDB's, so that only pairs come
        into memory. Raises ValueError for what is no number.
        """
        for name, value in (("since", since), ("until", until), ("least", least)):
            if value is not None or name == "least":
                check_number(name, value, 0)
        return self.query(
            "SELECT uid, item_id, count(*) AS plays, max(timestamp) AS timestamp FROM listens WHERE"
            " played_ratio_pct >= ? AND timestamp >= ? AND timestamp < ? GROUP BY uid, item_id ORDER BY uid, item_id",
            [least, 0 if since is None else since, 2**62 if until is None else until],
        )

    def split(self, end: int = END, day: int = DAY, gap: int = GAP, least: int = HEARD) -> Split:
        """The publishers' global split by time: the last ``day`` seconds are the test, a gap before it is nobody's.

        train : pairs heard before ``end - day - gap``. test : pairs heard in [end - day, end) by listeners who are in
        train; a pair may be in both (``repeats``), and a track of test need not be in train. A play counts from
        ``least`` per cent heard. Values are counts of plays. Raises ValueError where a side is empty.
        """
        for name, value, low in (("end", end, 1), ("day", day, 1), ("gap", gap, 0)):
            check_number(name, value, low, whole=True)
        if end - day - gap <= 0:
            raise ValueError(
                f"A test of {day:,} s after a gap of {gap:,} s leaves no past before {end:,} s. Make them shorter."
            )
        past = self.heard(until=end - day - gap, least=least)
        future = self.heard(since=end - day, until=end, least=least)
        future = future[future["uid"].isin(past["uid"].unique())]
        for rows, side in ((past, f"before {end - day - gap:,} s"), (future, f"from {end - day:,} s on")):
            if rows.empty:
                raise ValueError(
                    f"No play of {least}% or more by a listener who counts lies {side}. Read more listeners "
                    "(share), or choose another end of the log."
                )
        users, items = np.sort(past["uid"].unique()), np.union1d(past["item_id"], future["item_id"])

        def interactions(rows: pd.DataFrame) -> Interactions:
            return Interactions.from_frame(
                rows, "uid", "item_id", "plays", time="timestamp", users=users, items=items
            )

        return Split(interactions(past), interactions(future), repeats=True)

    def _drawn(self) -> str:
        """SQL that holds for the sample's listeners: a hash of the id, the same in every version of DuckDB."""
        if self.share == 1:
            return "true"
        number = f"((CAST(uid AS HUGEINT) + {self.seed * 97 + 1}) * {MIX}) % {PRIME}"
        return f"{number} < {round(self.share * PRIME)}"


def load_yambda(
    path: str | os.PathLike[str] | None = None, size: str = "50m", share: float = 1.0, seed: int = 0
) -> Yambda:
    """Yambda's tables as published, checked by their columns and types; no row is read.

    path : the folder that holds ``flat/`` and ``embeddings.parquet``; unless given ``yambda`` under ``$RECSYS_DATA``
        or ``data/cache``. size : "50m", "500m" or "5b", the number of plays. share, seed : a sample of the listeners
        with all that they did, for example .01 of them.

    Raises ValueError where the files are not found or not as published, saying what to get from where.
    """
    if size not in SIZES:
        raise ValueError(f"size is one of {', '.join(SIZES)}, not {show(size)}.")
    if isinstance(share, bool) or not isinstance(share, Real) or not 0 < share <= 1:
        raise ValueError(
            f"share is the share of listeners to read, above 0 and at most 1, not {show(share)}."
        )
    check_number("seed", seed, 0, whole=True)
    if seed > 2**31 - 1:
        raise ValueError(f"seed={show(seed)}: give at most {2**31 - 1:,}.")
    if not isinstance(path, str | os.PathLike | None):
        raise ValueError(f"path={show(path)}: give the folder that holds flat/, or None.")
    tried = [Path(path).expanduser()] if path is not None else [place / "yambda" for place in places()]
    found = next((root for root in tried if (root / "flat" / size / "listens.parquet").is_file()), None)
    if found is None:
        raise ValueError(
            f"Yambda is not in {' or '.join(map(str, tried))}. Download flat/{size}/listens.parquet (and likes, "
            f"dislikes, embeddings where you want them) from {PAGE}, keep the folders, and put them there."
        )
    embeddings = found / "embeddings.parquet"
    data = Yambda(
        found / "flat" / size, embeddings if embeddings.is_file() else None, float(share), int(seed)
    )
    for table, columns in TABLES.items():
        try:
            file = data.file(table)
        except ValueError:
            continue
        _check(file, table, columns)
    return data


def _check(file: Path, table: str, columns: tuple[str, ...]) -> None:
    """Raises ValueError where a file is no Parquet, or lacks a column or its type."""
    try:
        with connect() as connection:
            rows = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({quoted(file)})").fetchall()
    except duckdb.Error:
        raise ValueError(
            f"{file} cannot be read as Parquet: perhaps half a download. Get it anew from {PAGE}."
        ) from None
    types = {name: str(kind) for name, kind, *_ in rows}
    for column in columns:
        if column not in types:
            raise ValueError(
                f"{file} has no column {column!r}; the published {table} have {', '.join(columns)}. "
                f"Get it anew from {PAGE}."
            )
        whole = "INT" in types[column] or (column == "is_organic" and types[column] == "BOOLEAN")
        if not (types[column].endswith("[]") if column in LISTS else whole and "[" not in types[column]):
            raise ValueError(
                f"{column!r} of {file} holds {types[column]}, where the published file has "
                f"{'lists of numbers' if column in LISTS else 'whole numbers'}. Get it anew from {PAGE}."
            )
