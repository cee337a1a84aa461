"""Fixtures that several test files share: where the real data is, if it is there at all."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

import pytest

from tests.processes import run
from tests.where_minutes_go import pytest_configure  # noqa: F401 (a table at the end of each run)

with contextlib.suppress(ImportError):  # a learner's environment goes without
    from hypothesis import HealthCheck, settings

    # Both of these are times of the clock, which say nothing on a machine that is busy with something else.
    settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("course")

ROOT = Path(__file__).resolve().parents[1]


# What these make for all their tests is dear, so one worker runs all of them; the others go to whoever is free.
TOGETHER = ("test_versions.py", "test_make.py", "kit/test_class.py", "kit/test_room.py", "browser/")


def pytest_collection_modifyitems(items):
    """Group tests that share a dear fixture, for `--dist loadgroup`, and begin with the longest."""
    for item in items:
        name = item.nodeid.removeprefix("tests/")
        if name.startswith(TOGETHER):
            which = getattr(item, "callspec", None)
            versions = which.params.get("other_python", "") if which else ""
            item.add_marker(pytest.mark.xdist_group(f"{name.partition('::')[0]} {versions}"))
    items.sort(key=lambda item: not item.nodeid.startswith("tests/test_versions.py"))


def real_data(name: str, marker_file: str) -> Path | None:
    """The folder of a real data set under $RECSYS_DATA or data/cache, or None where neither holds it."""
    places = [ROOT / "data" / "cache"]
    if os.environ.get("RECSYS_DATA"):
        places.insert(0, Path(os.environ["RECSYS_DATA"]))
    for place in places:
        if (place / name / marker_file).is_file():
            return place / name
    return None


def _folder_or_skip(name: str, marker_file: str) -> Path:
    folder = real_data(name, marker_file)
    if folder is None:
        pytest.skip(f"{name} is neither under $RECSYS_DATA nor under data/cache")
    return folder


@pytest.fixture(scope="session")
def lastfm_dir() -> Path:
    """The folder of Last.fm-2k (HetRec 2011)."""
    return _folder_or_skip("lastfm-2k", "user_artists.dat")


@pytest.fixture(scope="session")
def movielens_dir() -> Path:
    """The folder of MovieLens 100K."""
    return _folder_or_skip("ml-100k", "u.data")


@pytest.fixture(scope="session")
def registry() -> None:
    """Skips the test where no package registry answers."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["pip", "install", "--dry-run", "--refresh", "--target", folder, "six"]
        short = {"UV_SYSTEM_CERTS": "true", "UV_HTTP_TIMEOUT": "10", "UV_HTTP_RETRIES": "0"}
        answers = run(sys.executable, "-m", "uv", *words, seconds=300, environment={**os.environ, **short})
    if answers.returncode:
        pytest.skip("no package registry answers from here")
