"""The lessons and how the tests run them: shared by the files beside this one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.processes import run

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOURCES = sorted((ROOT / "notebooks" / "source").glob("*.md"))
NEEDS_LASTFM = ("08",)  # lessons on listeners whose data may not be passed on


def compare(
    notebook: Path,
    scratch: Path,
    *,
    python: str | Path = sys.executable,
    lax: bool = False,
    environment: dict[str, str] | None = None,
) -> tuple[bool, str]:
    """Run a notebook with nbval and compare each output with the stored one: (all the same, what pytest printed).

    ``scratch`` is an empty folder that stands in for the learner's. The run is one of its own, not part of this
    pytest: kernels that share a process with other tests inherit their state.
    """
    command = [str(python), "-m", "pytest", "--nbval-lax" if lax else "--nbval", "--nbval-current-env"]
    command += [
        "--nbval-cell-timeout=900",  # of the clock, so for a machine that is busy with something else
        "--nbval-kernel-startup-timeout=900",
        "-p",
        "no:cacheprovider",
        "-q",
        "--override-ini=addopts=",
        str(notebook),
    ]
    settings = {
        "PYTHONHASHSEED": "0",
        "RECSYS_WORK": str(scratch),
        "PYTHONPATH": str(ROOT),
        "PYTEST_ADDOPTS": "",
    }
    # A shell's choice of a backend would take the figures out of the outputs.
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    environment = {**inherited, **settings, **(environment or {})}
    done = run(*command, seconds=3600, environment=environment)
    return done.returncode == 0, done.stdout
