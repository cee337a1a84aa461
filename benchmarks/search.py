"""Lesson 20's third table: the ten best of many vectors, exactly and by two kinds of index.

    python benchmarks/search.py           what is not measured yet; it takes about four minutes of one core
    python benchmarks/search.py --anew    all of it

Writes data/measured/search.csv; it needs voyager (`make large`). The vectors are those that ImplicitALS learns of
Murmur's tracks, and where more are wanted, such vectors with noise, of the same lengths; the queries are listeners.
``looked`` counts the vectors that a search looks at for each query, ``ms`` are milliseconds of one processor for each
of three hundred queries that are asked at once, ``alone`` where each comes alone, as in a service, and ``built`` the
seconds of one processor that the index took. The milliseconds are the best of three runs.
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before numpy: seconds of one processor

import argparse
import shutil
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cached import kept
from live import SINCE, Stream

from recsys_helpers.models import ImplicitALS
from recsys_helpers.scale.search import Cells, Exact, Graph, share_found
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "search.csv"
CACHE = Path(__file__).resolve().parent / ".cache" / "search"
SIZES = (2_500, 20_000, 100_000, 1_000_000)
QUERIES, ALONE, K, NOISE = 300, 30, 10, 0.5
OPENED, EFFORTS = (1, 4, 16, 64), (10, 50, 200, 800)
WAYS = _, SHORT, LONGER, GRAPH = (
    "exact",
    "cells, as they are",
    "cells, one number longer",
    "graph (voyager)",
)
COLUMNS = ["vectors", "way", "setting", "looked", "recall", "ms", "alone", "built"]
LARGE = 200_000  # from which on the way that is shown to be wrong is not measured again


def vectors(size: int, learnt: np.ndarray, seed: int = 0) -> np.ndarray:
    """So many vectors: a draw of the learnt ones, turned a little by noise and brought back to their length."""
    rng = np.random.default_rng(seed)
    if size <= len(learnt):
        return learnt[np.sort(rng.permutation(len(learnt))[:size])]
    drawn = learnt[rng.integers(len(learnt), size=size)]
    length = np.linalg.norm(drawn, axis=1, keepdims=True)
    turned = drawn + NOISE * length / np.sqrt(drawn.shape[1]) * rng.standard_normal(drawn.shape)
    return turned * length / np.linalg.norm(turned, axis=1, keepdims=True)


def timed(index: Any, queries: np.ndarray, **options: int) -> tuple[np.ndarray, float, float]:
    """(what was found, milliseconds of the processor for each query, the same where each is asked alone)."""
    took, single = [], []
    for _ in range(3):
        start = time.process_time()
        found, _ = index.search(queries, K, **options)
        took.append(time.process_time() - start)
        start = time.process_time()
        for row in range(ALONE):
            index.search(queries[row : row + 1], K, **options)
        single.append(time.process_time() - start)
    return found, 1000 * min(took) / len(queries), 1000 * min(single) / ALONE


def built(make: Any, *arguments: Any, **options: Any) -> tuple[Any, float]:
    """(an index, seconds of the processor that it took)."""
    start = time.process_time()
    index = make(*arguments, **options)
    return index, time.process_time() - start


def rows_of(size: int, way: str, learnt: np.ndarray, queries: np.ndarray) -> list[tuple[Any, ...]]:
    """All settings of one way for one number of vectors."""
    there = vectors(size, learnt)
    exact = Exact(there)
    if way == "exact":
        return [(size, way, 0, exact.looked, 1.0, *timed(exact, queries)[1:], 0.0)]
    best, _ = exact.search(queries, K)
    rows = []
    if way == GRAPH:
        graph, took = built(Graph, there)
        for effort in EFFORTS:
            found, *ms = timed(graph, queries, effort=effort)
            rows.append((size, way, effort, None, share_found(found, best), *ms, took))
        return rows
    n = int(np.sqrt(size))
    cells, took = built(Cells, there, n, longer=way == LONGER)
    for opened in OPENED[: np.searchsorted(OPENED, n)]:
        cells.search(queries, K, opened=opened)
        looked = cells.looked  # of the last search, so before some are asked alone
        found, *ms = timed(cells, queries, opened=opened)
        rows.append((size, way, opened, looked, share_found(found, best), *ms, took))
    return rows


def table(
    sizes: tuple[int, ...] = SIZES, ways: tuple[str, ...] = WAYS, cache: Path | None = None
) -> pd.DataFrame:
    """A row for each size, way and setting; what a cache holds is not measured again."""
    model = ImplicitALS(64).fit(Stream().until(SINCE))
    rng = np.random.default_rng(1)
    queries = model.user_factors_[np.sort(rng.permutation(len(model.user_factors_))[:QUERIES])]

    def part(size: int, way: str) -> dict[str, Any]:
        rows = rows_of(size, way, model.item_factors_, queries)
        for one in rows:
            print(*one, file=sys.stderr, flush=True)
        return {"row": {"rows": rows}}

    rows = []
    for size in sizes:
        for way in ways:
            if way == SHORT and size >= LARGE:
                continue
            get = partial(part, size, way)
            rows += (get() if cache is None else kept(cache, f"{size} {way}", get))["row"]["rows"]
    found = pd.DataFrame(rows, columns=COLUMNS).astype({"looked": float})
    return found.round({"looked": 1, "recall": 4, "ms": 4, "alone": 4, "built": 3})


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return table(SIZES[:1], (GRAPH,))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--anew", action="store_true", help="also what was measured before")
    if parser.parse_args().anew:
        shutil.rmtree(CACHE, ignore_errors=True)
    write_whole(FILE, table(cache=CACHE).to_csv(index=False, lineterminator="\n"))
    print(f"{FILE.name} is written.")
