"""How the simulator's cost grows: time and peak memory at 1x, 4x and 16x the users.

    python benchmarks/simulator_scaling.py [--users 1500] [--weeks 8] [--factors 1 4 16] [--serve]

Each size runs in a process of its own and writes to a folder that is thrown away; with --serve it writes nothing, but
serves every listener the same ten tracks for so many weeks. It compares nothing with other simulators.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHILD = """
import resource, sys
from recsys_helpers.__main__ import main
status = main(["simulate", "--out", sys.argv[1], "--users", sys.argv[2], "--weeks", sys.argv[3]])
unit = 1 if sys.platform == "darwin" else 1024
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss * unit)
sys.exit(status)
"""

SERVED = """
import resource, sys
import numpy as np
from recsys_helpers.simulator import World
world = World(users=int(sys.argv[2]))
ten = np.array(world.track_ids[:10], dtype=object)
served = world.serve(lambda users: np.tile(ten, (len(users), 1)), weeks=int(sys.argv[3]))
assert len(served.events) > 0
unit = 1 if sys.platform == "darwin" else 1024
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss * unit)
"""


def measure(users: int, weeks: int, child: str = CHILD) -> tuple[float, float, float, float]:
    """(seconds, seconds of CPU, peak gigabytes, megabytes written) for one size."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "murmur"
        start = time.perf_counter()
        command = [sys.executable, "-c", child, str(out), str(users), str(weeks)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
        seconds = time.perf_counter() - start
        written = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    cpu, peak = map(float, done.stdout.split()[-2:])
    return seconds, cpu, peak / 1e9, written / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--users", type=int, default=1_500)
    parser.add_argument("--weeks", type=int, default=8)
    parser.add_argument("--factors", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--serve", action="store_true", help="serve a policy, and write no log")
    arguments = parser.parse_args()
    print(f"{'users':>8} {'seconds':>9} {'CPU s':>8} {'CPU ms a user':>14} {'peak GB':>8} {'MB written':>11}")
    for factor in arguments.factors:
        users = factor * arguments.users
        seconds, cpu, peak, written = measure(users, arguments.weeks, SERVED if arguments.serve else CHILD)
        print(
            f"{users:>8,} {seconds:>9.1f} {cpu:>8.1f} {1000 * cpu / users:>14.2f} {peak:>8.2f} {written:>11.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
