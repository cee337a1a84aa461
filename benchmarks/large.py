"""What one laptop holds: a log of 1 to 50 million rows cleaned, turned into strengths and factorised, for lesson 21.

    python benchmarks/large.py            what is not measured yet; it takes half an hour of the processor
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
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))

import large_jobs as jobs
import pandas as pd
from cached import kept

from recsys_helpers.datasets import load_murmur
from recsys_helpers.models import ImplicitALS

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "large.csv"
CACHE = Path(__file__).resolve().parent / ".cache" / "large"
SIZES = (1, 5, 20, 50)  # millions of rows; the lesson's cost model sees the first two
# A log is cleaned at a third size that is not fitted; the factors have Murmur itself, .3 million, for one.
CLEANED = (1, 5, 10, 20, 50)
GRID = {
    0.0: (15.0, 30.0, 60.0, 120.0, 240.0),
    1.0: (0.1, 0.3, 1.0, 3.0, 10.0),
}  # count_power -> lambda, five each
COLUMNS = ["table", "engine", "millions", "copies", "rows", "pairs", "kept", "setting", "ndcg", "value"]
COLUMNS += ["cpu_seconds", "peak_mb"]


# ---- choosing lambda, and the NaN that is a number -------------------------------------------------------------------


def tries() -> list[dict[str, Any]]:
    """Five tries for each way to count lambda, on the two weeks before the test."""
    one, rows = jobs.split(jobs.CHOOSE, jobs.TEST), []
    for power, grid in GRID.items():
        for ridge in grid:
            model = ImplicitALS(jobs.K, jobs.SWEEPS, ridge, jobs.ALPHA, count_power=power).fit(one.train)
            row = {"table": "tries", "engine": name_of(power), "setting": f"{ridge:g}"}
            rows.append(row | {"ndcg": jobs.graded(model, one)})
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

JOBS = (
    "clean pandas",
    "clean DuckDB",
    "clean Spark",
    "als ours",
    "als Spark",
    "wire clean",
    "wire als",
    "lost",
)


def run(job: str, options: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What one job gives, computed here."""
    name = job.replace(" ", "_").lower()
    if job in ("clean pandas", "clean DuckDB", "als ours"):
        return getattr(jobs, name)(**options, folder=folder)
    import large_spark  # needs Java, which the named row does not

    return getattr(large_spark, name)(**options, folder=folder)


def child(job: str, **options: Any) -> dict[str, Any]:
    """What a job gives, computed in a process of its own."""
    command = [sys.executable, __file__, "--job", job, "--options", json.dumps(options)]
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    return {"row": json.loads(done.stdout.strip().splitlines()[-1])}


def wanted() -> list[tuple[str, str, float | None, dict[str, Any]]]:
    """Of each measurement the table, the engine, the millions of rows and what the job is given."""
    rows = len(load_murmur().events)
    for_log = {size: max(round(size * 1e6 / rows), 1) for size in CLEANED}
    for_als = {size: max(round(size * 1e6 / jobs.plays()), 1) for size in SIZES}
    found: list[tuple[str, str, float | None, dict[str, Any]]] = []
    for size in SIZES:
        found.append(("als", name_of(1.0), size, {"copies": for_als[size], "power": 1.0}))
    found += [("als", name_of(power), None, {"copies": 1, "power": power}) for power in GRID]
    found += [("als", name_of(0.0), size, {"copies": for_als[size], "power": 0.0}) for size in (1, 5, 20)]
    for engine in ("DuckDB", "pandas", "Spark"):
        found += [("clean", engine, size, {"copies": for_log[size]}) for size in CLEANED]
    found.append(("als", "Spark", None, {"copies": 1, "blocks": 2}))
    found += [("lost", "Spark", None, {"kill": kill}) for kill in (False, True)]
    found += [("als", "Spark", size, {"copies": for_als[size]}) for size in SIZES]
    found.append(("wire", "Spark cleans", 1, {"copies": for_log[1]}))
    found += [("wire", "Spark's ALS", None, {"blocks": blocks}) for blocks in (2, 4, 8)]
    return found


def job_of(table: str, engine: str) -> str:
    if table == "lost":
        return table
    if table == "wire":
        return "wire clean" if engine == "Spark cleans" else "wire als"
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
    found = jobs.als_ours(1, 1.0, best(pd.read_csv(FILE).query("table == 'tries'").to_dict("records"), 1.0))
    found = {"table": "als", "engine": name_of(1.0), "copies": 1} | found
    return pd.DataFrame([found]).reindex(columns=COLUMNS).astype({"copies": float})


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--anew", action="store_true", help="also what was measured before")
    parser.add_argument("--only", default="", help="only jobs with this in their name, and no file: to look")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--options", type=json.loads, default={}, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.job:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(run(chosen.job, chosen.options, Path(folder))))
        return
    if chosen.anew:
        shutil.rmtree(CACHE, ignore_errors=True)
    table = compute(chosen.only)
    if not chosen.only:
        table.to_csv(FILE, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
