"""Lesson 21's jobs on one machine: Murmur's log copied, cleaned by pandas and DuckDB, factorised by ImplicitALS.

It decides no size and writes no table: ``large.py`` does. What needs Spark is in ``large_spark.py``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from child import peak_megabytes
from scipy import sparse

from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import Split, score_lists, split_log
from recsys_helpers.events import asked_for, between, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ImplicitALS

RULES = ("exact_duplicates", "unknown_ids", "impossible_values", "retry_duplicates")
CHOOSE, TEST = "2026-02-02", "2026-02-16"
K, SWEEPS, ALPHA = 32, 6, 12.0
LIMIT = "2GB"  # that DuckDB may hold, and Spark's Java beside what it needs itself


# ---- the data --------------------------------------------------------------------------------------------------------


@cache
def trusted() -> pd.DataFrame:
    """Murmur's cleaned log without ads."""
    murmur = load_murmur()
    return asked_for(clean(murmur.events, murmur.tracks, murmur.users)[0], murmur.tracks)


@cache
def split(at: str, until: str | None = None) -> Split:
    """Strengths before a moment, new favourites after it; ids are their places."""
    events = trusted() if until is None else between(trusted(), until=until)
    found = split_log(events, load_murmur().tracks, at)
    return Split(*(placed(one) for one in (found.train, found.test)))


def placed(x: Interactions) -> Interactions:
    return Interactions(x.matrix, pd.RangeIndex(x.shape[0]), pd.RangeIndex(x.shape[1]))


@cache
def plays() -> int:
    """How many plays the strengths before the test are made of."""
    before = between(trusted(), until=TEST)
    return int((before["action"] == "play").sum())


def copied(x: Interactions, copies: int) -> Interactions:
    """Each listener so many times, the first copy first."""
    matrix = sparse.csr_array(sparse.vstack([x.matrix] * copies, format="csr"))
    return Interactions(matrix, pd.RangeIndex(matrix.shape[0]), x.items)


def log_files(folder: Path, copies: int) -> dict[str, Path]:
    """events, tracks and users as Parquet, each listener so many times under new ids."""
    import duckdb

    from recsys_helpers.scale import write_parquet

    murmur = load_murmur()
    base = {
        name: write_parquet(getattr(murmur, name), folder / f"one-{name}.parquet")
        for name in ("events", "users")
    }
    files = {name: folder / f"{name}.parquet" for name in ("events", "users")}
    n = int(murmur.events["event_id"].max()) + 1
    new_ids = {"events": f"event_id + copy * {n} AS event_id, ", "users": ""}
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 2; SET memory_limit = '2GB'")
        for name, path in files.items():
            connection.execute(
                f"COPY (SELECT t.* REPLACE ({new_ids[name]}t.user_id || '-' || copy AS user_id) FROM"
                f" range({copies}) AS c(copy), read_parquet('{base[name]}') AS t) TO '{path}' (FORMAT parquet)"
            )
    return files | {"tracks": write_parquet(murmur.tracks, folder / "tracks.parquet")}


def strength_file(folder: Path, copies: int) -> Path:
    """The strengths before the test as Parquet, each listener so many times, the first copy first."""
    import duckdb

    from recsys_helpers.scale import write_parquet

    x = split(TEST).train
    table = pd.DataFrame({"user_id": x.rows, "track_id": x.matrix.indices, "strength": x.matrix.data})
    one, path = write_parquet(table, folder / "one-strengths.parquet"), folder / "strengths.parquet"
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET memory_limit = '2GB'")
        connection.execute(
            f"COPY (SELECT t.* REPLACE (t.user_id + copy * {x.shape[0]} AS user_id) FROM"
            f" range({copies}) AS c(copy), read_parquet('{one}') AS t) TO '{path}' (FORMAT parquet)"
        )
    return path


def apart(make: Callable[..., Any], *arguments: Any) -> Any:
    """What a function gives, in a process of its own: what it holds is not counted as the measured one's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(make, *arguments).result()


def copied_frame(copies: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same events and users as tables in memory."""
    murmur = load_murmur()
    n = int(murmur.events["event_id"].max()) + 1
    users = [murmur.users.assign(user_id=murmur.users["user_id"] + f"-{copy}") for copy in range(copies)]
    one, names = murmur.events, murmur.events["user_id"].cat.categories
    codes = np.concatenate(
        [one["user_id"].cat.codes.to_numpy().astype(np.int64) + copy * len(names) for copy in range(copies)]
    )
    every = pd.Index([f"{name}-{copy}" for copy in range(copies) for name in names])
    events = pd.concat(
        [one.assign(event_id=one["event_id"] + copy * n) for copy in range(copies)], ignore_index=True
    )
    order = np.argsort(every.to_numpy(), kind="stable")  # a log's categories ascend
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    ids = pd.Categorical.from_codes(np.where(codes < 0, -1, place[codes]), categories=every[order])
    return events.assign(user_id=ids), pd.concat(users, ignore_index=True)


# ---- what is measured, each in a process of its own ------------------------------------------------------------------


class Used:
    """Seconds of the processor since it was made, and the most memory held, of this process and of Spark's Java."""

    def __init__(self, java: int | None = None):
        self.java = java
        self.start = self._seconds()

    def _seconds(self) -> float:
        here = time.process_time()
        if self.java is None:
            return here
        parts = Path(f"/proc/{self.java}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return here + (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")

    def figures(self) -> dict[str, float]:
        peak = peak_megabytes() or float("nan")
        if self.java is not None:
            status = Path(f"/proc/{self.java}/status").read_text(encoding="ascii")
            peak += next(
                int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")
            )
        return {"cpu_seconds": round(self._seconds() - self.start, 2), "peak_mb": round(peak)}


def clean_pandas(copies: int, folder: Path) -> dict[str, Any]:
    events, users = copied_frame(copies)
    tracks = load_murmur().tracks
    used = Used()
    rows, report = clean(events, tracks, users, RULES)
    table = preference(rows, "listened", tracks)
    return {
        "rows": len(events), "kept": len(rows), "pairs": len(table), "value": round(float(table["strength"].sum()), 3),
        **used.figures(),
    }  # fmt: skip


def clean_duckdb(copies: int, folder: Path) -> dict[str, Any]:
    from recsys_helpers.scale import clean_parquet, listened_parquet

    files = apart(log_files, folder, copies)
    used = Used()
    table = clean_parquet(
        files["events"], files["tracks"], files["users"], folder / "kept.parquet", memory=LIMIT
    )
    strengths = listened_parquet(folder / "kept.parquet", files["tracks"], memory=LIMIT)
    rows = round(table["rows"].iloc[0] / table["share"].iloc[0])
    return {
        "rows": rows, "kept": rows - int(table["rows"].sum()), "pairs": len(strengths),
        "value": round(float(strengths["strength"].sum()), 3), **used.figures(),
    }  # fmt: skip


def graded(model: ImplicitALS, one: Split) -> float:
    """nDCG@10 of the first copy's listeners."""
    lists = model.recommend(one.listeners, k=10)
    return round(float(score_lists(lists, one.test, ["ndcg"], k=10)["ndcg"].mean()), 4)


def als_ours(copies: int, power: float, ridge: float, folder: Path | None = None) -> dict[str, Any]:
    one = split(TEST)
    x = copied(one.train, copies)
    used = Used()
    model = ImplicitALS(K, SWEEPS, ridge, ALPHA, count_power=power).fit(x)
    return {
        "rows": plays() * copies, "pairs": x.nnz, "setting": f"{ridge:g}", **used.figures(),
        "ndcg": graded(model, one),
    }  # fmt: skip
