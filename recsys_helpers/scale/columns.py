"""A log on disk: written as Parquet, cleaned and turned into strengths by DuckDB, without passing through memory.

It has the rules that look at rows (four of ``events.RULES``) and no others: those that ask for the order of arrival or
judge whole accounts stay with pandas. Where both exist, they meet the same rows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pandas as pd

from recsys_helpers.columns import check_table, show
from recsys_helpers.events import RULES
from recsys_helpers.events.tables import ACTIONS, CLASS, DATE, LOG, NUMBER, TEXT, TIME, WHOLE
from recsys_helpers.models.checks import check_number

ON_DISK = ("exact_duplicates", "unknown_ids", "impossible_values", "retry_duplicates")
SLACK, DAY, RETRY = 5.0, 86_400.0, 10  # seconds, as in events.impossible_values and events.retry_duplicates

MEMORY = re.compile(r"\d+(\.\d+)? *[KMGT]i?B", re.IGNORECASE)

#: kind of a column of the log -> its type in DuckDB
_TYPES = {
    TEXT: "VARCHAR",
    CLASS: "VARCHAR",
    WHOLE: "BIGINT",
    NUMBER: "DOUBLE",
    DATE: "DATE",
    TIME: "TIMESTAMPTZ",
}
_ALL = ", ".join(f'"{column}"' for column in LOG)
_SECONDS = (
    "CASE WHEN isnan(seconds_played) THEN NULL ELSE seconds_played END"  # a file of others may hold NaN
)
#: the rules that look at a row alone -> SQL that is true for the rows that they meet. ``lasts`` is the duration of the
#: track, ``known_track`` and ``known_user`` are true or NULL; empty is NULL, never NaN.
_MET = {
    "unknown_ids": "(track_id IS NOT NULL AND known_track IS NULL) OR known_user IS NULL",
    "impossible_values": (
        f"coalesce(seconds_played < 0 OR seconds_played > coalesce(lasts, {DAY}) + {SLACK}, false)"
        " OR coalesce(action = 'play' AND seconds_played IS NULL, false)"
        ' OR event_id IS NULL OR user_id IS NULL OR "at" IS NULL'
        f" OR action IS NULL OR action NOT IN {ACTIONS}"
        " OR (track_id IS NULL AND action <> 'search')"
        " OR (\"text\" IS NULL AND action IN ('comment', 'search'))"
    ),
}
_LASTS = "CASE WHEN duration_s > 0 AND NOT isnan(duration_s) THEN duration_s END"  # above 0, where it is known at all
_COPIES = 'user_id, track_id, action, seconds_played, "text"'  # what a retry repeats
#: the rules that compare rows -> what such rows share (the hash of it stands for it when rows are looked for), SQL that
#: is true for those that it meets among them
_COMPARED = {
    "exact_duplicates": (
        "event_id",
        f"row_number() OVER (PARTITION BY {_ALL} ORDER BY _place) > 1",
    ),
    "retry_duplicates": (
        _COPIES,
        f'coalesce("at" <= lag("at") OVER (PARTITION BY {_COPIES} ORDER BY "at", event_id)'
        f" + INTERVAL {RETRY} SECOND, false)",
    ),
}


def write_parquet(frame: pd.DataFrame, path: str | os.PathLike[str]) -> Path:
    """A table as a Parquet file, whole or not at all; what pandas calls missing (NaN, NaT, None) becomes NULL.

    DuckDB tells NaN from NULL: for it NaN is the largest number, so that ``seconds >= 0`` is true of it and a filter
    would keep what pandas drops. Here no NaN reaches the file. Raises ValueError for a table without columns.
    """
    frame = check_table(frame, (), "the table", rows=False)
    if not len(frame.columns):
        raise ValueError("A table without columns cannot be written as Parquet.")
    path = _to_write(path)
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise ValueError(f"The column {show(twice)} stands twice in the table: rename one, or drop it.")
    plain = frame.copy()
    for column in plain:
        if isinstance(plain[column].dtype, pd.CategoricalDtype):
            plain[column] = plain[column].astype(object).where(plain[column].notna(), None)
    chosen = [
        f"CASE WHEN isnan({_name(column)}) THEN NULL ELSE {_name(column)} END AS {_name(column)}"
        if plain[column].dtype.kind == "f"
        else _name(column)
        for column in plain
    ]
    part = path.with_name(f".{path.name}.part")
    try:
        with connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.register("frame", plain)
            connection.execute(
                f"COPY (SELECT {', '.join(chosen)} FROM frame) TO {quoted(part)} (FORMAT parquet)"
            )
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def parquet_from_csv(source: str | os.PathLike[str], out: str | os.PathLike[str]) -> Path:
    """A table of Murmur's as a Parquet file, read from its CSV (or .csv.gz) a block at a time; whole or not at all.

    Columns of the log's type get its types, an empty field is NULL, and the rows keep their order. Raises ValueError
    for a file that is not there or no such CSV.
    """
    source, out = _place(source), _to_write(out)
    part = out.with_name(f".{out.name}.part")
    try:
        with connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            header = connection.execute(
                f"SELECT * FROM read_csv({quoted(source)}, header = true, all_varchar = true, delim = ',') LIMIT 0"
            ).description
            known = [name for name, *_ in header or () if name in LOG]
            types = ", ".join(f"{quoted(name)}: {quoted(_TYPES[LOG[name][0]])}" for name in known)
            columns = f", types = {{{types}}}" if known else ""
            connection.execute(
                f"COPY (SELECT * FROM read_csv({quoted(source)}, header = true, delim = ',', quote = '\"',"
                f" sample_size = -1{columns})) TO {quoted(part)} (FORMAT parquet)"
            )
        part.replace(out)
    except duckdb.Error as error:
        raise ValueError(
            f"{source} cannot be read as a table of Murmur's: {str(error).splitlines()[0]}"
        ) from None
    finally:
        part.unlink(missing_ok=True)
    return out


def clean_parquet(
    events: str | os.PathLike[str],
    tracks: str | os.PathLike[str],
    users: str | os.PathLike[str],
    out: str | os.PathLike[str],
    rules: Iterable[str] = ON_DISK,
    *,
    memory: str = "2GB",
    threads: int = 2,
) -> pd.DataFrame:
    """Clean a log on disk into another file, sorted by time; a table of the rows that each rule met.

    The rows that stay are those of ``events.clean`` under the same rules: a row is removed under the first rule that
    meets it. events, tracks, users : Parquet files of the tables' shapes (events: all columns of the log's type).
    memory, threads : DuckDB's limits; what does not fit is spilled beside ``out``.

    Returns DataFrame[outcome, rows, share] by rule, as ``CleaningReport.table``. Raises ValueError for a rule that is
    not of ``ON_DISK``, a missing column, or a file that is not there or no Parquet.
    """
    chosen = chosen_rules(rules, "on disk")
    out = _to_write(out)
    part = out.with_name(f".{out.name}.part")
    with _opened(
        {"events": events, "tracks": tracks, "users": users}, out.parent, memory, threads, "events"
    ) as connection:
        _has(connection, "events", LOG)
        _has(connection, "tracks", ("track_id", "duration_s"))
        _has(connection, "users", ("user_id",))
        total = (connection.execute("SELECT count(*) FROM events").fetchone() or (0,))[0]
        if not total:
            raise ValueError(f"{events} has no rows.")
        _find(connection, chosen)
        found = dict(connection.execute("SELECT rule, count(*) FROM removed GROUP BY rule").fetchall())
        kept = 'SELECT * EXCLUDE (_place) FROM log ANTI JOIN removed USING (_place) ORDER BY "at", event_id'
        try:
            connection.execute(f"COPY ({kept}) TO {quoted(part)} (FORMAT parquet)")
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)
    table = pd.DataFrame(
        {"outcome": [RULES[rule] for rule in chosen], "rows": [found.get(rule, 0) for rule in chosen]}
    )
    table["share"] = table["rows"] / total
    return table.set_axis(pd.Index(chosen, name="rule"))


def chosen_rules(rules: Iterable[str], where: str) -> list[str]:
    """The rules that were asked for, in their order. ValueError for one that is not of ``ON_DISK``.

    >>> chosen_rules({"retry_duplicates", "unknown_ids"}, "on disk")
    ['unknown_ids', 'retry_duplicates']
    """
    asked = [rules] if isinstance(rules, str) or not isinstance(rules, Iterable) else list(rules)
    for rule in asked:
        if rule not in ON_DISK:
            raise ValueError(f"{show(rule)} is not done {where}: choose among {', '.join(ON_DISK)}.")
    return [rule for rule in ON_DISK if rule in asked]


def _find(connection: duckdb.DuckDBPyConnection, rules: Iterable[str]) -> None:
    """The table ``removed``, the place in the file and the rule of each row that goes.

    A rule that compares rows has them in its window only where what they share comes twice, so that a window holds a
    few per cent of the log. Each rule looks at the rows that no earlier one met.
    """
    connection.execute(
        f"CREATE VIEW log AS SELECT * EXCLUDE (file_row_number) REPLACE ({_SECONDS} AS seconds_played),"
        " file_row_number AS _place FROM events"
    )
    connection.execute(
        f"CREATE TABLE known AS SELECT track_id, any_value({_LASTS}) AS lasts,"
        " true AS known_track FROM tracks WHERE track_id IS NOT NULL GROUP BY track_id"
    )
    connection.execute(
        "CREATE TABLE people AS SELECT DISTINCT user_id, true AS known_user FROM users WHERE user_id IS NOT NULL"
    )
    connection.execute("CREATE TABLE removed (_place BIGINT, rule VARCHAR)")
    left = "log ANTI JOIN removed USING (_place)"
    for rule in rules:
        if rule in _MET:
            rows = f"(SELECT * FROM {left}) LEFT JOIN known USING (track_id) LEFT JOIN people USING (user_id)"
            found = f"SELECT _place FROM {rows} WHERE {_MET[rule]}"
        else:
            shared, met = _COMPARED[rule]
            marked = f"SELECT *, hash({shared}) AS _mark FROM {left}"
            twice = f"SELECT _mark FROM ({marked}) GROUP BY _mark HAVING count(*) > 1"
            rows = f"(SELECT _place, {met} AS met FROM ({marked}) SEMI JOIN ({twice}) USING (_mark))"
            found = f"SELECT _place FROM {rows} WHERE met"
        connection.execute(f"INSERT INTO removed SELECT _place, {quoted(rule)} FROM ({found})")


def listened_parquet(
    events: str | os.PathLike[str],
    tracks: str | os.PathLike[str],
    *,
    memory: str = "2GB",
    threads: int = 2,
) -> pd.DataFrame:
    """The recipe "listened" of ``events.preference`` from a clean log on disk: only its pairs come into memory.

    Returns DataFrame[user_id, track_id, strength, confidence, last_at], sorted by the ids. Sums are added up in another
    order than pandas', so strengths agree to the last digits and no further. Raises ValueError as ``clean_parquet``.
    """
    with _opened({"events": events, "tracks": tracks}, _place(events).parent, memory, threads) as connection:
        _has(connection, "events", ("user_id", "track_id", "at", "action", "seconds_played"))
        _has(connection, "tracks", ("track_id", "duration_s"))
        table = connection.execute(
            'WITH plays AS (SELECT user_id, track_id, "at", CASE WHEN duration_s > 0 THEN'
            f" coalesce(greatest(least({_SECONDS} / duration_s, 1), 0), 0) ELSE 0 END AS heard"
            f" FROM events LEFT JOIN (SELECT track_id, any_value({_LASTS}) AS duration_s FROM tracks"
            " GROUP BY track_id) USING (track_id) WHERE action = 'play')"
            " SELECT user_id, track_id, sum(heard) / (1 + sum(heard)) AS strength, count(*) / (count(*) + 2)"
            ' AS confidence, max("at") AS last_at FROM plays GROUP BY user_id, track_id ORDER BY user_id, track_id'
        ).df()
    if table.empty:
        raise ValueError(f"No row of {events} is a play.")
    return table


def connect() -> duckdb.DuckDBPyConnection:
    """A connection in memory that draws no progress bar.

    In a notebook DuckDB draws one once a query takes two seconds, so outputs would hang on how busy a machine is.

    >>> connect().execute("SELECT current_setting('enable_progress_bar')").fetchone()
    (False,)
    """
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    return connection


class _opened:
    """A connection in which names stand for files, with limits, whose scratch files go beside the result."""

    def __init__(
        self,
        files: dict[str, str | os.PathLike[str]],
        beside: Path,
        memory: str,
        threads: int,
        numbered: str | None = None,
    ):
        check_number("threads", threads, 1, whole=True)
        if not isinstance(memory, str) or not MEMORY.fullmatch(memory.strip()):
            raise ValueError(f"memory={show(memory)}: write a limit such as '500MB' or '2GB'.")
        self.files = {name: _place(file) for name, file in files.items()}
        self.beside, self.memory, self.threads = beside, memory, threads
        self.numbered = numbered  # the one in which each row says its place in the file

    def __enter__(self) -> duckdb.DuckDBPyConnection:
        self.connection = connect()
        try:
            for option, value in (
                ("memory_limit", self.memory),
                ("threads", str(self.threads)),
                ("temp_directory", str(self.beside / ".duckdb-scratch")),
                ("TimeZone", "UTC"),
                ("preserve_insertion_order", "false"),
            ):
                self.connection.execute(f"SET {option} = {quoted(value)}")
            for name, file in self.files.items():
                if not file.is_file():
                    raise ValueError(f"{file} is not there: write it first, for instance with write_parquet.")
                try:
                    numbered = ", file_row_number = true" if name == self.numbered else ""
                    self.connection.execute(
                        f"CREATE VIEW {name} AS SELECT * FROM read_parquet({quoted(file)}{numbered})"
                    )
                except duckdb.Error:
                    raise ValueError(f"{file} cannot be read as Parquet: write it anew.") from None
        except BaseException:
            self.connection.close()
            raise
        return self.connection

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.connection.close()
        if isinstance(error, duckdb.Error):
            said = str(error).splitlines()[0]
            if isinstance(error, duckdb.OutOfMemoryException):
                raise ValueError(
                    f"memory={show(self.memory)} is too little for threads={self.threads}: give more of it. {said}"
                ) from None
            raise ValueError(
                f"DuckDB cannot work on {' and '.join(map(str, self.files.values()))}: {said} "
                "Columns have the log's types where write_parquet wrote what load_murmur or clean gave."
            ) from None


def _has(connection: duckdb.DuckDBPyConnection, table: str, columns: Iterable[str]) -> None:
    there = {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()} - {"file_row_number"}
    for column in columns:
        if column not in there:
            raise ValueError(f"{table} has no column {column!r}. It has: {', '.join(sorted(there))}.")


def _place(file: object) -> Path:
    """A path; ValueError for what is none."""
    try:
        return Path(file)  # type: ignore[arg-type]
    except TypeError:
        raise ValueError(f"{show(file)} is no path: give the name of a file.") from None


def _to_write(file: object) -> Path:
    """A path in a folder that is there."""
    path = _place(file)
    if not path.parent.is_dir():
        raise ValueError(f"The folder {path.parent} is not there: make it first.")
    return path


def _name(column: object) -> str:
    return '"' + str(column).replace('"', '""') + '"'


def quoted(value: object) -> str:
    """A path or another value as SQL writes a text.

    >>> print(quoted("it's here"))
    'it''s here'
    """
    return "'" + str(value).replace("'", "''") + "'"
