"""What a sweep of alternating least squares costs: multiply-adds counted beside seconds measured, for lesson 03.

    python benchmarks/als_cost.py [--out data/measured/als_cost.csv] [--quick]

One thing grows at a time (interactions, factors, or listeners and tracks together), the rest stays at the base. Seconds
are processor time of one thread. It compares nothing with other libraries: that is ``run.py``.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import BiasedALS

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "als_cost.csv"
BASE = {"interactions": 96_000, "factors": 16, "listeners": 2_000, "tracks": 1_000}
GRID = {
    "interactions": [24_000, 48_000, 96_000, 192_000, 384_000],
    "factors": [4, 8, 16, 32, 64, 128],
    "listeners": [1_000, 2_000, 4_000, 8_000, 16_000],  # and half as many tracks
}
QUICK = {"interactions": [2_000, 4_000], "factors": [4, 8], "listeners": [200, 400]}


def multiply_adds(interactions: int, factors: int, listeners: int, tracks: int) -> float:
    """Multiply-adds of one sweep, to the leading terms.

    Every interaction is met from both sides and adds an outer product (k^2) to a matrix and a vector (k) to a right
    side; every listener and every track then has a system of k equations to solve (k^3 / 3).

    >>> round(multiply_adds(interactions=14, factors=2, listeners=4, tracks=5))
    192
    """
    k = factors
    return 2 * interactions * (k**2 + k) + (listeners + tracks) * k**3 / 3


def made_up(interactions: int, listeners: int, tracks: int) -> Interactions:
    """Ratings without any meaning, about as many as asked, each listener with as many as the next."""
    rng = np.random.default_rng(0)
    each = interactions // listeners
    columns = np.concatenate([rng.choice(tracks, each, replace=False) for _ in range(listeners)])
    rows = np.repeat(np.arange(listeners), each)
    values = rng.uniform(1, 5, len(rows))
    matrix = sparse.csr_array((values, (rows, columns)), (listeners, tracks))
    matrix.sort_indices()
    return Interactions(matrix, pd.RangeIndex(listeners), pd.RangeIndex(tracks))


def seconds_a_sweep(data: Interactions, factors: int, repeats: int, sweeps: int = 2) -> float:
    """Processor seconds of one sweep: what further sweeps add to a fit of one, the least of some repeats."""
    times = []
    for n_epochs in (1, 1 + sweeps):
        taken = []
        for _ in range(repeats):
            start = time.process_time()
            BiasedALS(factors - 1, n_epochs=n_epochs).fit(data)  # the bias is one more unknown: k in all
            taken.append(time.process_time() - start)
        times.append(min(taken))
    return max(times[1] - times[0], 1e-6) / sweeps


def table(grid: dict[str, list[int]], base: dict[str, int], repeats: int) -> pd.DataFrame:
    """One row a measurement: what grew, the four sizes, multiply-adds, seconds."""
    rows = []
    for grows, values in grid.items():
        for value in values:
            size = {**base, grows: value}
            if grows == "listeners":
                size["tracks"] = value // 2
            data = made_up(size["interactions"], size["listeners"], size["tracks"])
            size["interactions"] = data.nnz
            seconds = seconds_a_sweep(data, size["factors"], repeats)
            rows.append({"grows": grows, **size, "multiply_adds": multiply_adds(**size), "seconds": seconds})
            print(f"{grows:<13}{value:>8,}  {rows[-1]['multiply_adds']:>15,.0f}  {seconds:.4f} s", flush=True)
    return pd.DataFrame(rows)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    with threadpool_limits(limits=1):
        return table({"interactions": GRID["interactions"][:1]}, BASE, repeats=1)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--quick", action="store_true", help="small sizes, once each: a look while you work")
    chosen = parser.parse_args(arguments)
    base = {**BASE, "interactions": 2_000, "factors": 4, "listeners": 200, "tracks": 100}
    with threadpool_limits(limits=1):
        if chosen.quick:
            found = table(QUICK, base, repeats=1)
        else:
            found = table(GRID, BASE, repeats=5)
    found["multiply_adds"] = found["multiply_adds"].round().astype("int64")
    found.to_csv(chosen.out, index=False, float_format="%.5f", lineterminator="\n")


if __name__ == "__main__":
    main()
