"""What a fit costs as plays, listeners and factors grow, each alone: lesson 04's figures on cost.

    python benchmarks/model_costs.py

Writes data/measured/model_costs.csv; it takes some three minutes. Seconds are of one processor (the best of three
fits of two sweeps or epochs), so that what else runs on the machine counts little; memory is the peak that the fit
itself allocates. It compares with no other library: that is run.py.
"""

from __future__ import annotations

import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")  # before numpy: seconds of one processor

import time
import tracemalloc
from pathlib import Path

import pandas as pd
import protocol

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import BiasedALS, CollaborativeFiltering, ImplicitALS

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "model_costs.csv"
MODELS = {
    "CollaborativeFiltering": lambda k: CollaborativeFiltering(k, 2, "biases"),
    "BiasedALS": lambda k: BiasedALS(k, 2),
    "ImplicitALS": lambda k: ImplicitALS(k, 2),
}
# what grows -> (listeners / 12,500, plays of each, factors); 4,000 tracks throughout
GROWTH = {
    "plays": [(1, 20, 16), (1, 40, 16), (1, 80, 16), (1, 160, 16)],
    "listeners": [(1, 80, 16), (2, 40, 16), (4, 20, 16), (8, 10, 16)],
    "factors": [(1, 40, 8), (1, 40, 16), (1, 40, 32), (1, 40, 64)],
}


def one_fit(model, x: Interactions) -> float:
    """Seconds of the processor that one fit takes."""
    start = time.process_time()
    model.fit(x)
    return time.process_time() - start


def peak(model, x: Interactions) -> float:
    """Megabytes that a fit allocates at its peak, above what was there."""
    tracemalloc.start()
    model.fit(x)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def measure(growth: dict[str, list[tuple]], names=tuple(MODELS), fits: int = 3) -> pd.DataFrame:
    """A row for each size and model."""
    rows = []
    for grows, sizes in growth.items():
        for scale, each, k in sizes:
            data = protocol.synthetic(scale, per_listener=each)
            frame = pd.DataFrame({"user_id": data["user"], "track_id": data["item"], "value": data["value"]})
            x = Interactions.from_frame(frame, value="value")
            for name in names:
                seconds = min(one_fit(MODELS[name](k), x) for _ in range(fits))
                rows.append((grows, name, x.nnz, x.shape[0], k, seconds, peak(MODELS[name](k), x)))
                print(*rows[-1], flush=True)
    columns = ["grows", "model", "plays", "listeners", "factors", "cpu_seconds", "peak_mb"]
    return pd.DataFrame(rows, columns=columns).round({"cpu_seconds": 3, "peak_mb": 1})


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return measure({"plays": GROWTH["plays"][:1]}, ["BiasedALS"], fits=1)


def main() -> None:
    measure(GROWTH).to_csv(FILE, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
