"""The command of a benchmark that measures world after world: its options, and its file, written after each world.

It measures nothing: the benchmark gives the rows of a seed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import pandas as pd

from recsys_helpers.workspace import write_whole

Rows = list[dict[str, object]]


def write_by_seed(
    doc: str | None,
    file: Path,
    seeds: Sequence[int],
    rows_of_seed: Callable[..., Iterable[Rows]],
    **sizes: int,
) -> int:
    """Read the command line, measure each world, and write what there is after each; 0 when all is written.

    `sizes` are further options with their defaults, as ``users=300``; ``rows_of_seed`` gets them by name, and gives
    the rows part by part.
    """
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(seeds))
    for name, default in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--out", type=Path, default=file)
    asked = vars(parser.parse_args())
    out, rows = asked.pop("out"), []
    for seed in asked.pop("seeds"):
        for part in rows_of_seed(seed, **asked):
            rows += part
            print(f"world {seed}: {len(rows):,} rows", flush=True)
        write_whole(out, pd.DataFrame(rows).round(5).to_csv(index=False, lineterminator="\n"))
    print(f"{out.name} is written.")
    return 0
