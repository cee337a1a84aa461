"""A class begins: thirty processes start at once on one course folder that nobody may write to."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
AT_ONCE = 30
PARTS = ("recsys_helpers", "notebooks", "data/murmur")

START = """
import sys, pathlib
import recsys_helpers
assert pathlib.Path(recsys_helpers.__file__).is_relative_to(sys.argv[1]), "another copy of the package was imported"
from recsys_helpers.workspace import copy_lessons
copy_lessons()
import recsys_helpers.models, recsys_helpers.evaluation, recsys_helpers.plots
if "read" in sys.argv:
    from recsys_helpers.datasets import load_murmur
    load_murmur()
"""
READ = 8  # so many read the log as well: thirty logs in memory would try the machine, not the course


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p.relative_to(folder)): (p.stat().st_size, p.stat().st_mtime_ns) for p in folder.rglob("*")}


@pytest.mark.slow
def test_thirty_start_at_once_on_a_read_only_course(tmp_path):
    course = tmp_path / "shared course"
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, course / part, ignore=shutil.ignore_patterns("__pycache__", "*.tmp"))
    if not list((course / "notebooks").glob("*.ipynb")):
        pytest.skip("there is no lesson yet")
    shutil.copy(ROOT / "pyproject.toml", course)
    paths = [course, *course.rglob("*")]
    for path in paths:
        path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    before = snapshot(course)

    def start(number: int) -> subprocess.CompletedProcess:
        own = tmp_path / f"learner {number}"
        environment = {
            **os.environ,
            "PYTHONPATH": str(course),
            "PYTHONDONTWRITEBYTECODE": "1",  # root may write where a learner may not; the folder must stay as it is
            "RECSYS_WORK": str(own),
            "OPENBLAS_NUM_THREADS": "1",
        }
        read = ["read"] if number < READ and (course / "data" / "murmur").is_dir() else []
        return subprocess.run(
            [sys.executable, "-c", START, str(course), *read],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in pool.map(start, range(AT_ONCE)):
                assert done.returncode == 0, done.stderr
        assert snapshot(course) == before, "somebody wrote into the shared course"
    finally:
        for path in paths:  # or pytest could not clean up
            path.chmod(path.stat().st_mode | stat.S_IWUSR)
    lessons = {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}
    for number in range(AT_ONCE):
        assert {path.name for path in (tmp_path / f"learner {number}").glob("*.ipynb")} == lessons
