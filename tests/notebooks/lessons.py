"""The lessons and how the tests run them: shared by the files beside this one."""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path

import nbformat
import pytest

from tests.processes import run
from tools.build_notebooks import found_here, lacking

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SOURCES = sorted((ROOT / "notebooks" / "source").glob("*.md"))
NEEDS_LASTFM = ("08",)  # lessons on listeners whose data may not be passed on


# jsonschema, which reads notebooks, takes a second for a grammar of web addresses that it can do without.
PYTEST = "import sys; sys.modules['rfc3987_syntax'] = None; import pytest; sys.exit(pytest.main())"


def pass_over_what_is_missing(notebook: nbformat.NotebookNode) -> str:
    """Tag the cells whose optional packages are missing, so that nbval runs them and does not look at their outputs.

    Those too that say something else because this machine has data which the course does not ship. What is not compared
    for want of a package, as a sentence; "" where nothing is missing.
    """
    lack, data = lacking(notebook), found_here(notebook)
    passed_over = 0
    for cell in notebook.cells:
        tags = cell.metadata.get("tags", [])
        if any(f"needs-{name}" in tags for name in lack):
            passed_over += 1
        elif not any(tag in tags for tag in data):
            continue
        cell.metadata["tags"] = [*tags, "nbval-ignore-output"]
    what = "; ".join(f"{name}: {why}" for name, why in lack.items())
    return f"all but {passed_over} cells agree; those need what is not here ({what})" if lack else ""


def compare(
    notebook: Path | nbformat.NotebookNode,
    scratch: Path,
    *,
    python: str | Path = sys.executable,
    lax: bool = False,
    environment: dict[str, str] | None = None,
) -> tuple[bool, str]:
    """Run a notebook with nbval and compare each output with the stored one: (all the same, what pytest printed).

    ``scratch`` is an empty folder that stands in for the learner's, and where the notebook runs. The run is one of its
    own, not part of this pytest: kernels that share a process with other tests inherit their state. Where all is the
    same but for cells whose optional packages are missing, the test that asked is skipped with that reason.
    """
    read = nbformat.read(notebook, as_version=4) if isinstance(notebook, Path) else copy.deepcopy(notebook)
    passed_over = "" if lax else pass_over_what_is_missing(read)
    path = scratch / "run" / (notebook.name if isinstance(notebook, Path) else "lesson.ipynb")
    path.parent.mkdir(exist_ok=True)
    nbformat.write(read, path)
    command = [
        str(python),
        "-c",
        PYTEST,
        "-p",
        "nbval.plugin",
        "--nbval-lax" if lax else "--nbval",
        "--nbval-current-env",
    ]
    command += [
        "--nbval-cell-timeout=900",  # of the clock, so for a machine that is busy with something else
        "--nbval-kernel-startup-timeout=900",
        "-p",
        "no:cacheprovider",
        "-q",
        "--override-ini=addopts=",
        str(path),
    ]
    settings = {
        "PYTHONHASHSEED": "0",
        "RECSYS_WORK": str(scratch),
        "PYTHONPATH": str(ROOT),
        "PYTEST_ADDOPTS": "",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # the others take a second to import, for each lesson
    }
    # A shell's choice of a backend would take the figures out of the outputs.
    inherited = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    environment = {**inherited, **settings, **(environment or {})}
    done = run(*command, seconds=3600, environment=environment)
    if done.returncode == 0 and passed_over:
        pytest.skip(passed_over)
    return done.returncode == 0, done.stdout
