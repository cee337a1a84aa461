"""The helpers and lessons on the lowest versions that pyproject.toml allows and on the newest there are today."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import real_data
from tests.notebooks.lessons import NEEDS_LASTFM, NOTEBOOKS, compare

ROOT = Path(__file__).resolve().parents[1]
# What is about the repository and its tools, not about the helpers, needs no second environment.
LEFT_OUT = (
    "notebooks",
    "browser",
    "exercises/test_kernel.py",  # builds notebooks, so it needs the maintainer's tools
    "test_repository.py",
    "test_make.py",
    "test_versions.py",
    "test_imports.py",
)


def run(*words: str, **environment: str) -> subprocess.CompletedProcess:
    clean = {
        k: v for k, v in os.environ.items() if k not in {"PIP_FIND_LINKS", "UV_FIND_LINKS", "VIRTUAL_ENV"}
    }
    return subprocess.run(
        words,
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


@pytest.fixture(scope="module", params=["lowest-direct", "highest"])
def other_python(request, registry, tmp_path_factory) -> Path:
    """Python in an environment of its own, with all packages at their lowest or newest version."""
    folder = tmp_path_factory.mktemp(request.param) / "environment"
    uv = [sys.executable, "-m", "uv"]
    made = run(*uv, "venv", "--quiet", "--python", sys.executable, str(folder))
    assert made.returncode == 0, made.stderr
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    words = [
        "--resolution",
        request.param,
        "--python",
        str(python),
        "--only-binary",
        ":all:",
        "-r",
        "pyproject.toml",
    ]
    done = run(*uv, "pip", "install", "--quiet", *words, "--extra", "test", "hypothesis>=6.100", "packaging")
    assert done.returncode == 0, done.stderr
    return python


@pytest.mark.slow
@pytest.mark.network
def test_the_helpers_work(other_python, tmp_path):
    ignored = [f"--ignore=tests/{name}" for name in LEFT_OUT]
    plain = ["-q", "-p", "no:cacheprovider", "--no-header", *ignored]
    done = run(str(other_python), "-m", "pytest", *plain, PYTHONPATH=str(ROOT), RECSYS_WORK=str(tmp_path))
    versions = run(
        str(other_python), "-c", "import numpy, pandas; print(numpy.__version__, pandas.__version__)"
    )
    assert done.returncode == 0, (
        f"numpy, pandas {versions.stdout}\n{done.stdout[-8000:]}\n{done.stderr[-2000:]}"
    )


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_lessons_run(other_python, path, tmp_path):
    """Laxly: other versions print some values in another form, so only that each cell runs is compared."""
    if path.name.startswith(NEEDS_LASTFM) and real_data("lastfm-2k", "user_artists.dat") is None:
        pytest.skip(
            "this lesson is about Last.fm-2k, which is neither under $RECSYS_DATA nor under data/cache"
        )
    well, printed = compare(path, tmp_path, python=other_python, lax=True)
    assert well, printed
