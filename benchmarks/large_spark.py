"""Lesson 21's jobs on Spark: the same steps, the bytes that it shuffles, and a fit that loses an executor.

It decides no size and writes no table: ``large.py`` does. It needs Java and what `make large` brings.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from large_jobs import (
    ALPHA,
    LIMIT,
    SWEEPS,
    TEST,
    K,
    Used,
    apart,
    graded,
    log_files,
    plays,
    split,
    strength_file,
)

from recsys_helpers.models import ImplicitALS


def clean_spark(copies: int, folder: Path) -> dict[str, Any]:
    from pyspark.sql import functions as F

    from recsys_helpers.scale import spark

    files = apart(log_files, folder, copies)
    session = spark.start(memory=LIMIT.lower().removesuffix("b"))
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


def als_spark(copies: int, ridge: float, folder: Path, blocks: int = 2) -> dict[str, Any]:
    from recsys_helpers.scale import spark

    one, path = split(TEST), apart(strength_file, folder, copies)
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
        "rows": plays() * copies, "pairs": one.train.nnz * copies, "setting": f"{ridge:g}", "value": blocks, **figures,
        "ndcg": graded(model, one),
    }  # fmt: skip


# ---- a lost executor, as Spark itself counts it -------------------------------------------------------


def stages(session: Any) -> pd.DataFrame:
    """A row for each attempt of each stage that ran, from the session's own page."""
    context = session.sparkContext
    address = f"{context.uiWebUrl}/api/v1/applications/{context.applicationId}/stages"
    for _ in range(20):  # while a stage ends, the page may break off in the middle
        with urllib.request.urlopen(address, timeout=300) as answer, contextlib.suppress(ValueError):
            return pd.DataFrame(json.load(answer))
        time.sleep(0.5)
    raise RuntimeError("Spark's page of stages breaks off again and again.")


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


def lost(kill: bool, folder: Path) -> dict[str, Any]:
    """Tasks that a fit on two executors takes, with one of them killed half way or not; the factors it finds."""
    from recsys_helpers.scale import spark

    path = strength_file(folder, 1)
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


# ---- the bytes that are shuffled -----------------------------------------------------------------------------------


def written(session: Any) -> float:
    """Megabytes that all stages so far have written for others to read: the two sides of a shuffle hold the same."""
    session.sparkContext._jsc.sc().listenerBus().waitUntilEmpty()  # what ended is told a little later
    return float(stages(session)["shuffleWriteBytes"].sum()) / 1e6


def wire_clean(copies: int, folder: Path) -> dict[str, Any]:
    """Megabytes shuffled while a log is cleaned and turned into strengths (``value``), those of its file (``kept``).

    Of them, as ``setting``, those of a first pass that only counts what each rule meets.
    """
    from recsys_helpers.scale import spark

    files = log_files(folder, copies)
    session = spark.start(settings=PAGE)
    rows, table = spark.clean(session, files["events"], files["tracks"], files["users"])
    first = written(session)
    spark.listened(session, rows, files["tracks"]).count()
    n = round(table["rows"].iloc[0] / table["share"].iloc[0])
    found = {
        "rows": n, "setting": f"{first:.1f}", "value": round(written(session), 1),
        "kept": round(files["events"].stat().st_size / 1e6, 1),
    }  # fmt: skip
    spark.stop()
    return found


def wire_als(blocks: int, folder: Path) -> dict[str, Any]:
    """Megabytes that a sweep of Spark's ALS shuffles (``value``), and those counted by hand (``kept``).

    A fit of six sweeps less one of one sweep is five sweeps and no preparation. By hand: each block gets the vector of
    each listener or track that one of its own has to do with, once; those that lie in the same block are written too.
    """
    from recsys_helpers.scale import spark

    x, path = split(TEST).train, strength_file(folder, 1)
    session = spark.start(settings=PAGE)
    total = [0.0]
    for sweeps in (1, 6):
        spark.als(session.read.parquet(str(path)), K, sweeps, 1.0, ALPHA, blocks=blocks)
        total.append(written(session))
    spark.stop()
    users, items = (np.unique(ids, return_inverse=True)[1] for ids in (x.rows, x.matrix.indices))
    vectors = sum(
        len(set(zip((to % blocks).tolist(), of.tolist(), strict=True)))
        for to, of in ((users, items), (items, users))
    )
    return {
        "rows": plays(), "pairs": x.nnz, "setting": f"{blocks}",
        "value": round((total[2] - 2 * total[1]) / 5, 3), "kept": round(vectors * K * 4 / 1e6, 3),
    }  # fmt: skip
