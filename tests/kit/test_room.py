"""A room without a network: the folder holds what its target needs, is checked, and installs from itself alone."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from recsys_helpers.doctor import locked
from tests.processes import network_failed, run
from tools import make_room

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
OTHERS = [("windows", "3.13"), ("mac-intel", "3.12"), ("mac-arm", "3.11")]
UV_PLATFORMS = {
    "windows": "windows",
    "mac-intel": "x86_64-apple-darwin",
    "mac-arm": "aarch64-apple-darwin",
    "linux": "x86_64-unknown-linux-gnu",
}
NOWHERE = dict.fromkeys(
    ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
)


def installer():
    """The folder's own install.py as a module."""
    spec = importlib.util.spec_from_file_location("room_install", make_room.PARTS / "install.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def names(text: str) -> set[str]:
    return {line.split("==")[0] for line in text.splitlines() if re.match(r"[a-z0-9]", line)}


def test_markers_are_those_of_the_target():
    kept = {name: names(make_room.needed(LOCK, target, "3.12")) for name, target in make_room.TARGETS.items()}
    assert {"pywinpty", "colorama"} <= kept["windows"] and "pexpect" not in kept["windows"]
    assert "appnope" in kept["mac-arm"] and "appnope" in kept["mac-intel"]
    assert {"pexpect", "ptyprocess"} <= kept["linux"] and not {"pywinpty", "colorama", "appnope"} & kept[
        "linux"
    ]
    old = make_room.needed(LOCK, make_room.TARGETS["linux"], "3.11")
    assert {"overrides"} == names(old) - kept["linux"]


@pytest.mark.parametrize("name", make_room.TARGETS)
def test_a_pin_is_kept_with_its_hashes_and_without_its_marker(name):
    text = make_room.needed(LOCK, make_room.TARGETS[name], "3.11")
    assert " ; " not in text
    everything = locked(LOCK)
    for block in re.findall(r"^[a-z0-9][^\n]*(?:\n    --hash[^\n]*)+", text, re.MULTILINE):
        head = block.partition("\n")[0]
        pin = Requirement(head.removesuffix("\\").strip())
        assert str(next(iter(pin.specifier))) == f"=={everything[pin.name][0]}"
        there = re.search(
            rf"^{re.escape(str(pin))}[ ;].*?(?=^[a-z0-9]|\Z)", LOCK, re.MULTILINE | re.DOTALL
        ).group()
        assert re.findall(r"--hash=\S+", block) == re.findall(r"--hash=\S+", there) != []
    unconditional = {name for name, (_, marker) in everything.items() if not marker}
    assert unconditional <= names(text) <= set(everything)


def test_the_sheet_is_one_page_in_the_words_of_the_system():
    for name, target in make_room.TARGETS.items():
        text = make_room.sheet(target, "3.12", 108)
        assert len(text.splitlines()) <= 60 and max(map(len, text.splitlines())) <= 100
        assert "{" not in text and target.name in text
        assert ("py -3.12 install.py" in text) == (name == "windows")
        assert ("python3.12 install.py" in text) == (name != "windows")
        assert ("RECSYS_WORK" in text) and (r".venv\Scripts\python" in text) == (name == "windows")


def test_a_damaged_or_missing_file_is_named(tmp_path):
    for file in ("wheels/a.whl", "course/b c.txt"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(file, encoding="utf-8")
    make_room.write_sums(tmp_path)
    look = installer().damaged
    assert look(tmp_path) == []
    (tmp_path / "course" / "b c.txt").write_text("half", encoding="utf-8")
    assert look(tmp_path) == ["course/b c.txt"]
    (tmp_path / "wheels" / "a.whl").unlink()
    assert look(tmp_path) == ["course/b c.txt", "wheels/a.whl"]


def test_another_computer_or_python_gets_a_sentence():
    unfit = installer().unfit
    target = {"name": "Windows (64 bit)", "python": "3.12", "computers": [["Windows", "amd64"]]}
    assert unfit(target, "3.12", "Windows", "AMD64") == ""
    assert "This is Python 3.11" in unfit(target, "3.11", "Windows", "AMD64")
    assert "the folder is for Windows" in unfit(target, "3.12", "Darwin", "arm64")


def test_what_is_in_the_way_is_said_and_nothing_is_left(tmp_path, monkeypatch, capsys):
    assert make_room.main(["amiga", "3.12", "--out", str(tmp_path / "x")]) == 1
    assert "There are the targets windows" in capsys.readouterr().err
    assert make_room.main(["linux", "3.9", "--out", str(tmp_path / "x")]) == 1
    assert not (tmp_path / "x").exists()
    (tmp_path / "linux-python3.11").mkdir()
    assert make_room.main(["linux", "3.11", "--out", str(tmp_path)]) == 1
    assert "is there already" in capsys.readouterr().err

    def fails(*_):
        raise ValueError("Not every package could be fetched")

    monkeypatch.setattr(make_room, "download", fails)
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    assert make_room.main(["linux", "3.12", "--out", str(tmp_path)]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["linux-python3.11"]


# ---- for real -----------------------------------------------------------------------------------------------------


@pytest.fixture
def room(registry, tmp_path):
    """A function that makes a target's folder; a target takes 150 MB, so each goes as soon as its test is done."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of the course's files")

    def make(name: str, python: str) -> Path:
        words = [ROOT / "tools" / "make_room.py", name, python, "--out", tmp_path / "a room"]
        done = run(sys.executable, *words, seconds=300)
        if network_failed(done):
            pytest.skip("the package registry answers, but too slowly to download from")
        assert done.returncode == 0, done.stdout
        return tmp_path / "a room" / f"{name}-python{python}"

    yield make
    shutil.rmtree(tmp_path, ignore_errors=True)


def resolves(folder: Path, name: str, python: str, scratch: Path) -> None:
    """All of the lock is in the folder, with the right hashes and for the right system."""
    words = ["pip", "install", "--dry-run", "--offline", "--no-index", "--find-links", folder / "wheels"]
    words += ["--require-hashes", "--only-binary", ":all:", "--target", scratch / "nothing"]
    words += ["--python-platform", UV_PLATFORMS[name], "--python-version", python]
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_"))}
    cache = {"UV_CACHE_DIR": str(scratch / "cache"), **NOWHERE}  # an empty cache: nothing from elsewhere
    done = run(
        sys.executable,
        "-m",
        "uv",
        *words,
        "-r",
        ROOT / "requirements.lock",
        seconds=120,
        environment=clean | cache,
    )
    assert done.returncode == 0, done.stdout
    wheels = len(list((folder / "wheels").glob("*.whl"))) - 1  # all but the course's own
    assert done.stdout.count("\n + ") == wheels, done.stdout
    assert installer().damaged(folder) == []


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.parametrize(("name", "python"), OTHERS)
def test_another_systems_folder_resolves_offline(room, name, python, tmp_path):
    folder = room(name, python)
    resolves(folder, name, python, tmp_path)
    assert json.loads((folder / "target.json").read_text(encoding="utf-8"))["python"] == python
    next((folder / "wheels").glob("numpy-*")).unlink()
    with pytest.raises(AssertionError):
        resolves(folder, name, python, tmp_path)


@pytest.mark.slow
@pytest.mark.network
def test_this_systems_folder_installs_and_runs_lesson_00_without_a_network(room, tmp_path):
    try:
        name, python = make_room.this_computer()
    except ValueError as error:
        pytest.skip(str(error))
    if python not in make_room.PYTHONS:
        pytest.skip(f"there is no folder for Python {python}")
    folder, course, home = room(name, python), tmp_path / "my course", tmp_path / "home"
    home.mkdir()
    resolves(folder, name, python, tmp_path)
    for path in [folder, *folder.rglob("*")]:  # as on a shared disk
        path.chmod(path.stat().st_mode & ~0o222)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    keep = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "PYTHON"))}
    bare = {
        **keep,
        **NOWHERE,
        "HOME": str(home),
        "PIP_CONFIG_FILE": os.devnull,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONSAFEPATH": "1",  # the folder of this test run has a course too
    }
    try:
        done = run(sys.executable, folder / "install.py", "--to", course, seconds=300, environment=bare)
        assert done.returncode == 0, done.stdout
        assert "-m recsys_helpers lab" in done.stdout
        again = run(sys.executable, folder / "install.py", "--to", course, seconds=60, environment=bare)
        assert again.returncode and "There is a course in" in again.stdout
        assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
    own = course / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    work = {**bare, "RECSYS_WORK": str(tmp_path / "work"), "PYTHONHASHSEED": "0", "PYTEST_ADDOPTS": ""}
    lesson = course / "notebooks" / "00_start_here.ipynb"
    warm = run(
        own,
        "-c",
        "import matplotlib.font_manager, recsys_helpers; print(recsys_helpers.__file__)",
        seconds=120,
        environment=work,
    )
    assert str(course) in warm.stdout, warm.stdout
    words = [
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-q",
        "-p",
        "no:cacheprovider",
        "--override-ini=addopts=",
    ]
    done = run(own, *words, lesson, seconds=300, environment=work)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed", done.stdout)
