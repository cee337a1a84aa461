"""What one laptop holds: a log of 1 to 50 million rows cleaned, turned into strengths and factorised, for lesson 21.

    python benchmarks/large.py            what is not measured yet; it takes some twenty minutes of the processor
    python benchmarks/large.py --anew     all of it

Writes data/measured/large.csv. The large logs are Murmur's own, with each listener copied under new ids, so that
what must come out is known: c times the rows of every rule, and the same lists. Each measurement is a process of its
own; seconds are of the processor (for Spark those of its Java too), memory is the most that was held at a time. pandas
gets its table in memory and its seconds do not hold the reading. It needs what `make large` brings, but for ``row()``.
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before numpy: seconds of one processor

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

import numpy as np
import pandas as pd
from cached import kept
from child import peak_megabytes
from scipy import sparse

from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import Split, score_lists, split_log
from recsys_helpers.events import asked_for, between, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ImplicitALS

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "large.csv"
CACHE = Path(__file__).resolve().parent / ".cache" / "large"
SIZES = (1, 5, 10, 20, 50)  # millions of rows
FITTED = (1, 5)  # the sizes that a cost model may see
RULES = ("exact_duplicates", "unknown_ids", "impossible_values", "retry_duplicates")
CHOOSE, TEST, END = "2026-02-02", "2026-02-16", "2026-03-02"
K, SWEEPS, ALPHA = 32, 6, 12.0
GRID = {
    0.0: (15.0, 30.0, 60.0, 120.0, 240.0),
    1.0: (0.1, 0.3, 1.0, 3.0, 10.0),
}  # count_power -> lambda, five each
LIMIT = "2GB"
COLUMNS = ["table", "engine", "millions", "copies", "rows", "pairs", "kept", "setting", "ndcg", "value"]
COLUMNS += ["cpu_seconds", "peak_mb"]


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

    files, used = log_files(folder, copies), Used()
    table = clean_parquet(
        files["events"], files["tracks"], files["users"], folder / "kept.parquet", memory=LIMIT
    )
    strengths = listened_parquet(folder / "kept.parquet", files["tracks"], memory=LIMIT)
    rows = round(table["rows"].iloc[0] / table["share"].iloc[0])
    return {
        "rows": rows, "kept": rows - int(table["rows"].sum()), "pairs": len(strengths),
        "value": round(float(strengths["strength"].sum()), 3), **used.figures(),
    }  # fmt: skip


def clean_spark(copies: int, folder: Path) -> dict[str, Any]:
    from pyspark.sql import functions as F

    from recsys_helpers.scale import spark

    files = log_files(folder, copies)
    session = spark.start(memory="3g")
    used = Used(spark._running["gateway"].proc.pid)
    rows, table = spark.clean(session, files["events"], files["tracks"], files["users"])
    strengths = spark.listened(session, rows, files["tracks"])
    pairs, total = strengths.agg(F.count("*"), F.sum("strength")).collect()[0]
    n = round(table["rows"].iloc[0] / table["share"].iloc[0])
    found = {
        "rows": n, "kept": n - int(table["rows"].sum()), "pairs": pairs, "value": round(total, 3),
        **used.figures(),
    }  # fmt: skip
    spark.stop()
    return found


def graded(model: ImplicitALS, one: Split) -> float:
    """nDCG@10 of the first copy's listeners."""
    lists = model.recommend(one.listeners, k=10)
    return round(float(score_lists(lists, one.test, ["ndcg"], k=10)["ndcg"].mean()), 4)


def als_ours(copies: int, power: float, ridge: float) -> dict[str, Any]:
    one = split(TEST)
    x = copied(one.train, copies)
    used = Used()
    model = ImplicitALS(K, SWEEPS, ridge, ALPHA, count_power=power).fit(x)
    return {
        "rows": plays() * copies, "pairs": x.nnz, "setting": f"{ridge:g}", **used.figures(),
        "ndcg": graded(model, one),
    }  # fmt: skip


def als_spark(copies: int, ridge: float, folder: Path, blocks: int = 2) -> dict[str, Any]:
    from recsys_helpers.scale import spark, write_parquet

    one = split(TEST)
    x = copied(one.train, copies)
    table = pd.DataFrame({"user_id": x.rows, "track_id": x.matrix.indices, "strength": x.matrix.data})
    path = write_parquet(table, folder / "strengths.parquet")
    session = spark.start(memory="6g")
    used = Used(spark._running["gateway"].proc.pid)
    found = spark.als(session.read.parquet(str(path)), K, SWEEPS, ridge, ALPHA, blocks=blocks)
    figures = used.figures()
    spark.stop()
    items = np.zeros((one.train.shape[1], K), dtype=np.float32)
    items[found.items] = found.item_factors
    users = np.zeros((one.train.shape[0], K), dtype=np.float32)
    first = found.users < len(users)
    users[found.users[first]] = found.user_factors[first]
    model = ImplicitALS.from_factors(
        one.train, users, items, regularization=ridge, alpha=ALPHA, count_power=1.0
    )
    return {
        "rows": plays() * copies, "pairs": x.nnz, "setting": f"{ridge:g}", "value": blocks, **figures,
        "ndcg": graded(model, one),
    }  # fmt: skip


# ---- a lost executor, as Spark itself counts it -------------------------------------------------------


def stages(session: Any) -> pd.DataFrame:
    """A row for each attempt of each stage that ran, from the session's own page."""
    context = session.sparkContext
    address = f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}/stages"
    with urllib.request.urlopen(address, timeout=300) as answer:
        return pd.DataFrame(json.load(answer))


PAGE = {"spark.ui.enabled": "true", "spark.ui.port": "0", "spark.ui.retainedStages": "10000"}


def executors(java: int) -> list[int]:
    """The processes of the executors that a Java of ours started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
                parent = int((entry / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if parent == java and any(b"CoarseGrainedExecutorBackend" in word for word in words):
                found.append(int(entry.name))
    return sorted(found)


def lost_executor(kill: bool, folder: Path) -> dict[str, Any]:
    """Tasks that a fit on two executors takes, with one of them killed half way or not; the factors it finds."""
    import signal

    from recsys_helpers.scale import spark, write_parquet

    x = split(TEST).train
    table = pd.DataFrame({"user_id": x.rows, "track_id": x.matrix.indices, "strength": x.matrix.data})
    path = write_parquet(table, folder / "strengths.parquet")
    session = spark.start("local-cluster[2,1,1024]", settings={**PAGE, "spark.executor.memory": "1g"})
    java = spark._running["gateway"].proc.pid
    rows = session.read.parquet(str(path))
    answer: dict[str, Any] = {}
    thread = threading.Thread(target=lambda: answer.update(found=spark.als(rows, K, SWEEPS, 1.0, ALPHA)))
    thread.start()
    killed = 0
    while thread.is_alive():
        time.sleep(0.3)
        if kill and not killed:
            done = stages(session)
            if len(done) and (done["status"] == "COMPLETE").sum() >= 30:
                os.kill(executors(java)[0], signal.SIGKILL)
                killed = 1
    thread.join()
    all_of = stages(session)
    spark.stop()
    scores = answer["found"].user_factors @ answer["found"].item_factors.T
    return {
        "rows": int(all_of["numCompleteTasks"].sum()), "kept": int((all_of["attemptId"] > 0).sum()),
        "value": round(float(np.abs(scores).mean()), 4), "setting": "killed" if killed else "none killed",
    }  # fmt: skip


# ---- choosing lambda, and the NaN that is a number -------------------------------------------------------------------


def tries() -> list[dict[str, Any]]:
    """Five tries for each way to count lambda, on the two weeks before the test."""
    one, rows = split(CHOOSE, TEST), []
    for power, grid in GRID.items():
        for ridge in grid:
            model = ImplicitALS(K, SWEEPS, ridge, ALPHA, count_power=power).fit(one.train)
            row = {"table": "tries", "engine": name_of(power), "setting": f"{ridge:g}"}
            rows.append(row | {"ndcg": graded(model, one)})
    return rows


def best(rows: list[dict[str, Any]], power: float) -> float:
    """The lambda that was best in its tries."""
    mine = [row for row in rows if row["engine"] == name_of(power)]
    return float(max(mine, key=lambda row: row["ndcg"])["setting"])


def name_of(power: float) -> str:
    return "ours, by count" if power else "ours"


def seconds_above_0() -> list[dict[str, Any]]:
    """How many rows of Murmur's log have seconds of 0 or more, where NaN is no number and where it is one."""
    import duckdb

    events = load_murmur().events
    seconds = events.loc[events["action"] == "play", "seconds_played"]
    values = seconds.fillna(-1e9).to_numpy()
    with duckdb.connect() as connection:
        connection.register("plays", pd.DataFrame({"seconds": values}))
        (found,) = connection.execute(
            "SELECT count(*) FROM (SELECT CASE WHEN seconds = -1e9 THEN 'nan'::DOUBLE ELSE seconds END AS s FROM plays)"
            " WHERE s >= 0"
        ).fetchone()
    return [
        {"table": "hook", "engine": "pandas", "rows": len(seconds), "kept": int((seconds >= 0).sum())},
        {"table": "hook", "engine": "DuckDB", "rows": len(seconds), "kept": int(found)},
    ]


# ---- all of it -------------------------------------------------------------------------------------------------------

JOBS = {
    "clean pandas": clean_pandas,
    "clean DuckDB": clean_duckdb,
    "clean Spark": clean_spark,
    "als ours": als_ours,
    "als Spark": als_spark,
    "lost": lost_executor,
}


def child(job: str, **options: Any) -> dict[str, Any]:
    """What a job gives, computed in a process of its own."""
    command = [sys.executable, __file__, "--job", job, "--options", json.dumps(options)]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return {"row": json.loads(done.stdout.strip().splitlines()[-1])}


def wanted() -> list[tuple[str, str, float | None, dict[str, Any]]]:
    """Of each measurement the table, the engine, the millions of rows and what the job is given."""
    rows = len(load_murmur().events)
    for_log = {size: max(round(size * 1e6 / rows), 1) for size in SIZES}
    for_als = {size: max(round(size * 1e6 / plays()), 1) for size in SIZES}
    found: list[tuple[str, str, float | None, dict[str, Any]]] = []
    for size in (1, 5, 20, 50):
        found.append(("als", name_of(1.0), size, {"copies": for_als[size], "power": 1.0}))
    found += [("als", name_of(power), None, {"copies": 1, "power": power}) for power in GRID]
    found += [("als", name_of(0.0), size, {"copies": for_als[size], "power": 0.0}) for size in (1, 5, 20)]
    found += [("clean", "DuckDB", size, {"copies": for_log[size]}) for size in (1, 5, 20)]
    found += [("clean", "pandas", size, {"copies": for_log[size]}) for size in (1, 5, 20, 50)]
    found.append(("als", "Spark", 1, {"copies": for_als[1]}))
    found.append(("als", "Spark", None, {"copies": 1, "blocks": 2}))
    found += [("lost", "Spark", None, {"kill": kill}) for kill in (False, True)]
    found.append(("als", "Spark", 5, {"copies": for_als[5]}))
    return found


def job_of(table: str, engine: str) -> str:
    if table == "lost":
        return table
    return f"{table} {'ours' if engine.startswith('ours') else engine}"


def compute(only: str = "") -> pd.DataFrame:
    rows = kept(CACHE, "tries", lambda: {"row": {"rows": tries()}})["row"]["rows"]
    ridges = {power: best(rows, power) for power in GRID}
    rows = rows + kept(CACHE, "hook", lambda: {"row": {"rows": seconds_above_0()}})["row"]["rows"]
    for table, engine, millions, options in wanted():
        job = job_of(table, engine)
        if only and only not in job:
            continue
        if job == "als ours":
            options = options | {"ridge": ridges[options["power"]]}
        if job == "als Spark":
            options = options | {"ridge": ridges[1.0]}
        words = " ".join(f"{name} {value:g}" for name, value in options.items())
        found = kept(CACHE, f"{job} {words}", lambda: child(job, **options))["row"]  # noqa: B023
        rows.append(
            {"table": table, "engine": engine, "millions": millions, "copies": options.get("copies"), **found}
        )
        print(rows[-1], flush=True)
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    found = als_ours(1, 1.0, best(pd.read_csv(FILE).query("table == 'tries'").to_dict("records"), 1.0))
    found = {"table": "als", "engine": name_of(1.0), "copies": 1} | found
    return pd.DataFrame([found]).reindex(columns=COLUMNS).astype({"copies": float})


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--anew", action="store_true", help="also what was measured before")
    parser.add_argument("--only", default="", help="only jobs with this in their name, and no file: to look")
    parser.add_argument("--job", choices=sorted(JOBS), help=argparse.SUPPRESS)
    parser.add_argument("--options", type=json.loads, default={}, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.job:
        with tempfile.TemporaryDirectory() as folder:
            files = {} if chosen.job == "als ours" else {"folder": Path(folder)}
            print(json.dumps(JOBS[chosen.job](**chosen.options, **files)))
        return
    if chosen.anew:
        shutil.rmtree(CACHE, ignore_errors=True)
    table = compute(chosen.only)
    if not chosen.only:
        table.to_csv(FILE, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
