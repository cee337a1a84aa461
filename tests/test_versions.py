"""The helpers and lessons on the lowest versions that pyproject.toml allows and on the newest there are today."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

from recsys_helpers.doctor import locked
from recsys_helpers.exercises.registry import load_all
from tests.conftest import real_data
from tests.notebooks.lessons import NEEDS_LASTFM, NOTEBOOKS, compare
from tests.notebooks.solving import with_riders
from tests.other_versions import for_pytest
from tests.processes import network_failed, run

ROOT = Path(__file__).resolve().parents[1]
MINUTES = 60


def outside(*words: str | Path, seconds: float, **environment: str) -> subprocess.CompletedProcess:
    """Run a program without this machine's local packages."""
    local = {"PIP_FIND_LINKS", "UV_FIND_LINKS", "VIRTUAL_ENV"}
    clean = {name: value for name, value in os.environ.items() if name not in local}
    return run(
        *words,
        seconds=seconds,
        environment={**clean, "UV_SYSTEM_CERTS": "true", "UV_CONCURRENT_DOWNLOADS": "8", **environment},
    )


@pytest.fixture(scope="module", params=["lowest-direct", "highest"])
def other_python(request, registry, tmp_path_factory) -> Path:
    """Python in an environment of its own, with all packages at their lowest or newest version."""
    folder = tmp_path_factory.mktemp(request.param) / "environment"
    uv = [sys.executable, "-m", "uv"]
    made = outside(*uv, "venv", "--quiet", "--python", sys.executable, folder, seconds=2 * MINUTES)
    assert made.returncode == 0, made.stdout
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    developer = locked((ROOT / "requirements-dev.lock").read_text(encoding="utf-8"))
    words = ["pip", "install", "--quiet", "--resolution", request.param, "--python", python]
    words += [
        "--only-binary",
        ":all:",
        "-r",
        "pyproject.toml",
        "--extra",
        "test",
        f"hypothesis=={developer['hypothesis'][0]}",  # a tool of the tests: old ones are not what is tried here
        "packaging",
    ]
    for _ in range(2):  # a registry may be slow once
        done = outside(*uv, *words, seconds=5 * MINUTES)
        if done.returncode == 0:
            return python
    if network_failed(done):
        pytest.skip("the package registry answers, but too slowly to install from")
    pytest.fail(done.stdout[-4000:])


VERSIONS = """
import importlib.metadata, json, re
found = {}
for one in importlib.metadata.distributions():
    found[re.sub(r"[-_.]+", "-", one.metadata["name"]).lower()] = one.version
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def as_locked(other_python) -> bool:
    """Whether the packages that the course asks for are in it at the versions of the lock, with which all else runs."""
    installed = json.loads(outside(other_python, "-c", VERSIONS, seconds=10 * MINUTES).stdout)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = {re.split(r"[<>=!~; ]", line)[0] for line in project["dependencies"]}
    lock = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    return all(installed.get(name) == lock[name][0] for name in asked)


SAME = "the newest versions are those of the lock, with which every other test runs"


@pytest.mark.slow
@pytest.mark.network
def test_the_helpers_work(other_python, as_locked, tmp_path):
    if as_locked:
        pytest.skip(SAME)
    plain = ["-v", "-p", "no:cacheprovider", "--no-header", "-o", "faulthandler_timeout=120", *for_pytest()]
    environment = {"PYTHONPATH": str(ROOT), "RECSYS_WORK": str(tmp_path)}
    done = outside(other_python, "-m", "pytest", *plain, seconds=40 * MINUTES, **environment)
    versions = "import numpy, pandas; print('numpy', numpy.__version__, 'pandas', pandas.__version__)"
    told = outside(other_python, "-c", versions, seconds=MINUTES).stdout
    assert done.returncode == 0, f"{told}\n{done.stdout[-8000:]}"


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_lessons_run(other_python, as_locked, path, tmp_path):
    """Laxly: other versions print some values in another form, so only that each cell runs is compared.

    Behind each exercise rides a cell that solves it and fails if it is not right: so one run is all that it needs.
    """
    if as_locked:
        pytest.skip(SAME)
    if path.name.startswith(NEEDS_LASTFM) and real_data("lastfm-2k", "user_artists.dat") is None:
        pytest.skip(
            "this lesson is about Last.fm-2k, which is neither under $RECSYS_DATA nor under data/cache"
        )
    ridden, complaints = with_riders(nbformat.read(path, as_version=4), {one.name: one for one in load_all()})
    assert not complaints
    well, printed = compare(ridden, tmp_path, python=other_python, lax=True)
    assert well, printed
