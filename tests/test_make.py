"""The README's commands as a newcomer runs them: a fresh clone, a folder with a space, an empty home, no network."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from recsys_helpers.extras import EXTRAS
from tests.notebooks.lessons import NOTEBOOKS
from tests.processes import until

ROOT = Path(__file__).resolve().parents[1]
MAX_MB = 800

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess:
    bare = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(
        ["make", *words],
        cwd=folder,
        env=bare,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
    )


@pytest.fixture
def bare_course(tmp_path):
    """Only what `make` itself reads, in a folder with a space in its name."""
    folder = tmp_path / "my course"
    folder.mkdir()
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, folder)
    return folder


def fake_python(folder: Path, script: str) -> str:
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("target", ["lab", "test", "doctor"])
def test_an_old_python_gets_one_sentence(bare_course, tmp_path, target):
    done = make(bare_course, target, PYTHON=fake_python(tmp_path, "exit 1"))
    assert done.returncode != 0
    assert "older than Python 3.11" in done.stdout and "PYTHON=python3.12 make lab" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert not (bare_course / ".venv").exists()


def test_no_python_gets_one_sentence(bare_course):
    done = make(bare_course, "lab", PYTHON="python3-that-is-not-there")
    assert done.returncode != 0
    assert "There is no python3-that-is-not-there here" in done.stdout
    assert len(done.stdout.splitlines()) == 1


def test_a_python_without_venv_gets_a_sentence_and_leaves_nothing(bare_course, tmp_path):
    broken = fake_python(
        tmp_path, 'case "$1" in -c) exit 0;; esac\nmkdir .venv; echo "no ensurepip" >&2; exit 1'
    )
    done = make(bare_course, "lab", PYTHON=broken)
    assert done.returncode != 0
    assert "sudo apt install python3-venv" in done.stdout
    assert not (bare_course / ".venv").exists()


def test_help_is_the_default_and_makes_nothing(bare_course):
    done = make(bare_course)
    assert done.returncode == 0 and "make lab" in done.stdout and "make test" in done.stdout
    assert not (bare_course / ".venv").exists()


def test_every_target_has_a_line_in_help(bare_course):
    makefile = (bare_course / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE).group(1).split()
    said = make(bare_course).stdout
    assert not [one for one in targets if f"make {one}" not in said and one not in ("help", "moved")]


@pytest.fixture
def installed_course(bare_course):
    """A course that looks installed, and whose Python only notes what it is asked to do."""
    binaries = bare_course / ".venv" / "bin"
    binaries.mkdir(parents=True)
    (binaries / "pip").write_text("", encoding="utf-8")
    python = binaries / "python"
    python.write_text('#!/bin/sh\necho "$@" >> asked\n', encoding="utf-8")
    python.chmod(0o755)
    return bare_course


def asked(folder: Path) -> list[str]:
    file = folder / "asked"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    file.unlink(missing_ok=True)
    return lines


def installs(lines: list[str]) -> int:
    return sum("pip install" in line for line in lines)


def test_nothing_is_installed_twice(installed_course):
    assert make(installed_course, "lab").returncode == 0
    first = asked(installed_course)
    assert installs(first) == 2 and first[-1] == "-m recsys_helpers lab"
    assert "--require-hashes -r requirements.lock" in first[0]
    assert make(installed_course, "lab").returncode == 0
    assert asked(installed_course) == ["-m recsys_helpers lab"]


def test_the_developers_install_serves_the_learner_too(installed_course):
    assert make(installed_course, "test").returncode == 0
    lines = asked(installed_course)
    assert installs(lines) == 2 and "-r requirements-dev.lock" in lines[0]
    assert lines[-1].split()[:2] == ["-m", "pytest"]
    make(installed_course, "lab")
    assert installs(asked(installed_course)) == 0


@pytest.mark.parametrize("target", ["deep", "large", "text", "teach"])
def test_optional_packages_are_added_to_the_learners_environment(installed_course, target):
    assert make(installed_course, target).returncode == 0
    lines = asked(installed_course)
    assert installs(lines) == 2 and lines[-1] == f"-m recsys_helpers add {target}"


def test_a_machine_for_integration_gets_every_optional_package_and_runs_both_kinds_of_tests():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    tried = re.search(r"for extra in ([\w ]+); do\n +make .*\"\$extra\" \|\|", script).group(1).split()
    assert set(tried) == {one.target for one in EXTRAS.values()} - {"teach"}, (
        "labs are graded in a place of their own"
    )
    assert script.splitlines()[-2:] == ["make test", "make test-all"]


def test_a_changed_lock_and_a_moved_folder_are_noticed(installed_course, tmp_path):
    make(installed_course, "lab")
    asked(installed_course)
    later = time.time() + 60
    os.utime(installed_course / "requirements.lock", (later, later))
    make(installed_course, "lab")
    assert installs(asked(installed_course)) == 2
    os.utime(installed_course / "requirements.lock", (1, 1))
    make(installed_course, "lab")
    assert installs(asked(installed_course)) == 0
    moved = installed_course.rename(tmp_path / "moved course")
    make(moved, "lab")
    assert installs(asked(moved)) == 2


def test_an_install_that_failed_is_tried_again(installed_course):
    python = installed_course / ".venv" / "bin" / "python"
    well = python.read_text(encoding="utf-8")
    python.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    assert make(installed_course, "lab").returncode != 0
    python.write_text(well, encoding="utf-8")
    assert make(installed_course, "lab").returncode == 0
    assert installs(asked(installed_course)) == 2


# ---- the whole way ------------------------------------------------------------------------------------------------


def serve(folder: Path, **environment: str) -> str:
    """`make lab` without a browser until the address is printed and answers; all it printed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder.parent / "lab.log"
    bare = {"PATH": os.environ["PATH"], "BROWSER": "no-such-browser", **environment}
    with open(log, "w", encoding="utf-8") as out:
        server = subprocess.Popen(
            ["make", "lab", f"ARGS=--port={port} --ServerApp.port_retries=0"],
            cwd=folder,
            env=bare,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:

        def printed() -> str:
            return log.read_text(encoding="utf-8", errors="replace")

        def address():
            assert server.poll() is None, printed()
            return re.search(rf"http://127\.0\.0\.1:{port}/lab/tree/contents\.md\?token=\w+", printed())

        where = until(address, "the address", seconds=1800).group()
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def page():
            """What the server answers; it may tell its address a moment before it listens."""
            assert server.poll() is None, printed()
            try:
                with direct.open(where, timeout=600) as answer:
                    return answer.status, answer.read()
            except urllib.error.URLError as error:
                if isinstance(error.reason, ConnectionRefusedError):
                    return None
                raise

        status, body = until(page, "the page", seconds=600)
        assert status == 200 and b"JupyterLab" in body
        return printed()
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=600)


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fresh") / "a course"
    done = subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout, so it cannot be cloned")
    return folder


NOWHERE = "http://127.0.0.1:9"
NO_NETWORK = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "PIP_INDEX_URL"), NOWHERE
)


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.skipif(not NOTEBOOKS, reason="there is no lesson yet")
@pytest.mark.skipif(os.name != "posix", reason="Windows goes without make")
def test_make_lab_from_a_fresh_clone_then_without_a_network(clone, registry, tmp_path):
    keep = {
        name: value
        for name, value in os.environ.items()
        if name in ("PIP_CERT", "SSL_CERT_FILE", "PIP_INDEX_URL")
    }
    home = tmp_path / "home"
    home.mkdir()
    printed = serve(clone, HOME=str(home), PYTHON=sys.executable, **keep)
    assert "copied to" in printed
    names = {path.name for path in (clone / "my_lessons").glob("*.ipynb")}
    assert names == {path.name for path in (clone / "notebooks").glob("*.ipynb")}
    size = sum(
        path.stat().st_size
        for path in (clone / ".venv").rglob("*")
        if path.is_file() and not path.is_symlink()
    )
    assert size < MAX_MB * 1_000_000, f"{size / 1e6:.0f} MB"

    work = clone / "my_lessons" / sorted(names)[0]
    work.write_text("my own work", encoding="utf-8")
    printed = serve(clone, HOME="", PYTHON=sys.executable, **NO_NETWORK)
    assert "pip install" not in printed and "copied to" not in printed
    assert work.read_text(encoding="utf-8") == "my own work"

    # A changed list of packages is looked at again, and what is there needs no network.
    later = time.time() + 60
    os.utime(clone / "pyproject.toml", (later, later))
    printed = serve(clone, HOME=str(home), PYTHON=sys.executable, **NO_NETWORK)
    assert "pip install" in printed
    print(f"{size / 1e6:.0f} MB")

    done = make(clone, "doctor", HOME=str(home))
    assert "FAIL packages" not in done.stdout and "FAIL kernel" not in done.stdout, done.stdout
