"""`python -m recsys_helpers simulate`: writes the data of a Murmur of any size.

It holds no work of its own.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from recsys_helpers.extras import missing
from recsys_helpers.simulator.store import write_world
from recsys_helpers.simulator.world import SEED, USERS, WEEKS, World

FORMATS = ("csv", "parquet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options; the defaults are the shipped data."""
    parser.add_argument("--out", required=True, metavar="DIR", help="the folder to write, not there yet")
    parser.add_argument("--users", type=int, default=USERS, help=f"accounts, bots among them ({USERS:,})")
    parser.add_argument("--weeks", type=int, default=WEEKS, help=f"length of the log ({WEEKS})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"which world ({SEED})")
    parser.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0], help="of the tables; parquet needs DuckDB (csv)"
    )
    parser.add_argument("--force", action="store_true", help="replace the folder if it is there")


def run(arguments: argparse.Namespace) -> int:
    """Simulate and write; 0 when all is written, 2 with one line when nothing is."""
    folder = Path(arguments.out).expanduser()
    try:
        convert = _converter(arguments.format)
        world = World(seed=arguments.seed, users=arguments.users, weeks=arguments.weeks)
        with _Progress(arguments.users * arguments.weeks) as progress:
            write_world(world, folder, force=arguments.force, tick=progress.tick, convert=convert)
    except KeyboardInterrupt:
        print(f"Stopped: {folder} is as it was.", file=sys.stderr)
        return 130
    except (ValueError, OSError, MemoryError) as error:
        print(f"python -m recsys_helpers simulate: {_reason(error, folder)}", file=sys.stderr)
        return 2
    print(f"Written: {folder}. Its README.md says what is in it.")
    return 0


def _converter(form: str) -> Callable[[Path, Path], object] | None:
    """What makes a table of this format of one as CSV, or None; ValueError where it lacks its package."""
    if form == "csv":
        return None
    if find_spec("duckdb") is None:
        raise ValueError(f"--format {form} needs DuckDB: {missing('large')}.")
    from recsys_helpers.scale import parquet_from_csv  # optional, and slow to import

    return parquet_from_csv


def _reason(error: Exception, folder: Path) -> str:
    if isinstance(error, OSError):
        return f"{folder} could not be written ({error.strerror or error}); what was there is unharmed."
    if isinstance(error, MemoryError):
        return "there is not enough memory for a world of this size; ask for fewer users."
    return str(error)


class _Progress:
    """A bar in listener-weeks on a terminal, nothing anywhere else."""

    def __init__(self, total: int):
        self.bar = None
        if sys.stderr.isatty():
            from tqdm import tqdm

            self.bar = tqdm(total=total, unit=" listener-weeks", unit_scale=True, file=sys.stderr)

    def tick(self, listeners: int) -> None:
        if self.bar is not None:
            self.bar.update(listeners)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.bar is not None:
            self.bar.close()
