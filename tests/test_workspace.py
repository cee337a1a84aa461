"""The learner's copy of the lessons: complete, without answers, and safe from everybody but the learner."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from recsys_helpers import __main__, files
from recsys_helpers.workspace import copy_lessons, work_folder

ROOT = Path(__file__).resolve().parents[1]


def notebook(code: str, output: str = "2", count: int | None = 7) -> str:
    cell = {
        "cell_type": "code",
        "id": "a1",
        "source": [code],
        "outputs": [{"output_type": "stream", "name": "stdout", "text": [output]}],
        "execution_count": count,
        "metadata": {"execution": {"iopub.status.busy": "2026"}, "tags": ["core"]},
    }
    prose = {"cell_type": "markdown", "id": "a2", "source": ["# 标题"], "metadata": {}}
    return json.dumps({"cells": [prose, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


MINE = notebook("my own work")


@pytest.fixture
def shipped(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    for name in ("00_start", "01_next"):
        (folder / f"{name}.ipynb").write_text(notebook(f"print('{name}')"), encoding="utf-8")
    return folder


def ship(folder, name, code, **others):
    (folder / f"{name}.ipynb").write_text(notebook(code, **others), encoding="utf-8")


def test_copies_come_without_outputs_and_counts(shipped, tmp_path):
    mine = tmp_path / "a b" / "mine"
    said = copy_lessons(shipped, mine)
    assert len(said) == 2 and "00_start.ipynb: copied" in said[0]
    prose, cell = json.loads((mine / "00_start.ipynb").read_text(encoding="utf-8"))["cells"]
    assert (cell["outputs"], cell["execution_count"]) == ([], None)
    assert cell["metadata"] == {"tags": ["core"]}
    assert prose["source"] == ["# 标题"]
    assert sorted(p.name for p in mine.iterdir()) == [".lessons.json", "00_start.ipynb", "01_next.ipynb"]


def test_a_copy_is_never_overwritten_and_a_deleted_one_comes_back(shipped, tmp_path):
    mine = tmp_path / "mine"
    copy_lessons(shipped, mine)
    (mine / "00_start.ipynb").write_text(MINE, encoding="utf-8")
    (mine / "01_next.ipynb").unlink()
    said = copy_lessons(shipped, mine)
    assert said == [f"01_next.ipynb: copied to {mine}"]
    assert (mine / "00_start.ipynb").read_text(encoding="utf-8") == MINE
    assert copy_lessons(shipped, mine) == []


def test_a_changed_lesson_arrives_beside_the_copy_once(shipped, tmp_path):
    mine = tmp_path / "mine"
    copy_lessons(shipped, mine)
    (mine / "00_start.ipynb").write_text(MINE, encoding="utf-8")
    ship(shipped, "00_start", "print('better')")
    said = copy_lessons(shipped, mine)
    assert len(said) == 1 and "00_start.new.ipynb" in said[0]
    assert "better" in (mine / "00_start.new.ipynb").read_text(encoding="utf-8")
    assert (mine / "00_start.ipynb").read_text(encoding="utf-8") == MINE
    assert copy_lessons(shipped, mine) == []
    (mine / "00_start.new.ipynb").unlink()  # read, and thrown away
    assert copy_lessons(shipped, mine) == []


def test_a_changed_lesson_takes_the_place_of_a_copy_that_nobody_touched(shipped, tmp_path):
    mine = tmp_path / "mine"
    copy_lessons(shipped, mine)
    for newest in ("better", "best"):
        ship(shipped, "00_start", f"print('{newest}')")
        said = copy_lessons(shipped, mine)
        assert len(said) == 1 and said[0].startswith("00_start.ipynb has changed")
        assert newest in (mine / "00_start.ipynb").read_text(encoding="utf-8")
        assert copy_lessons(shipped, mine) == []
    assert sorted(path.name for path in mine.glob("*.ipynb")) == ["00_start.ipynb", "01_next.ipynb"]
    run_and_saved = (mine / "00_start.ipynb").read_text(encoding="utf-8").replace("null", "1")
    (mine / "00_start.ipynb").write_text(run_and_saved, encoding="utf-8")
    ship(shipped, "00_start", "print('last')")
    assert "00_start.new.ipynb" in copy_lessons(shipped, mine)[0]
    assert (mine / "00_start.ipynb").read_text(encoding="utf-8") == run_and_saved


def test_a_lesson_that_was_only_run_again_has_not_changed(shipped, tmp_path):
    mine = tmp_path / "mine"
    copy_lessons(shipped, mine)
    ship(shipped, "00_start", "print('00_start')", output="3", count=9)
    assert copy_lessons(shipped, mine) == []


def test_a_second_change_spares_what_the_learner_did_to_the_first(shipped, tmp_path):
    mine = tmp_path / "mine"
    copy_lessons(shipped, mine)
    (mine / "00_start.ipynb").write_text(MINE, encoding="utf-8")
    ship(shipped, "00_start", "print('second')")
    copy_lessons(shipped, mine)
    ship(shipped, "00_start", "print('third')")
    assert (
        "00_start.new.ipynb" in copy_lessons(shipped, mine)[0]
    )  # nobody touched the second: the third replaces it
    assert "third" in (mine / "00_start.new.ipynb").read_text(encoding="utf-8")
    (mine / "00_start.new.ipynb").write_text(notebook("solved here"), encoding="utf-8")
    ship(shipped, "00_start", "print('fourth')")
    assert "00_start.new-2.ipynb" in copy_lessons(shipped, mine)[0]
    assert (mine / "00_start.new.ipynb").read_text(encoding="utf-8") == notebook("solved here")
    assert "fourth" in (mine / "00_start.new-2.ipynb").read_text(encoding="utf-8")


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"00_start.ipynb": 3}'])
def test_a_damaged_record_costs_no_work(shipped, tmp_path, damage):
    mine = tmp_path / "mine"
    copy_lessons(shipped, mine)
    (mine / "00_start.ipynb").write_text(MINE, encoding="utf-8")
    (mine / ".lessons.json").write_text(damage, encoding="utf-8")
    assert copy_lessons(shipped, mine) == []
    assert (mine / "00_start.ipynb").read_text(encoding="utf-8") == MINE
    ship(shipped, "00_start", "print('better')")
    assert "00_start.new.ipynb" in copy_lessons(shipped, mine)[0]


def test_a_copy_that_fails_leaves_nothing_half_written(shipped, tmp_path, monkeypatch):
    mine = tmp_path / "mine"

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "link", full)
    monkeypatch.setattr(files.Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        copy_lessons(shipped, mine)
    assert list(mine.iterdir()) == []


def test_a_full_disk_is_said_with_what_to_do(shipped, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("RECSYS_WORK", str(tmp_path / "mine"))
    monkeypatch.setattr(files.os, "link", full)
    monkeypatch.setattr(files.Path, "replace", full)
    assert __main__.main(["lessons"]) == 1
    said = capsys.readouterr().err
    assert "lessons: No space left on device. Nothing is half-written: free some space" in said
    assert "RECSYS_WORK" in said and "run the same command again" in said


def test_a_disk_without_links_works_too(shipped, tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(files.os, "link", refused)
    assert len(copy_lessons(shipped, tmp_path / "mine")) == 2
    assert copy_lessons(shipped, tmp_path / "mine") == []


def test_what_is_wrong_with_the_shipped_lessons_is_said(tmp_path, shipped):
    with pytest.raises(ValueError, match="There are no lessons in"):
        copy_lessons(tmp_path / "nowhere", tmp_path / "mine")
    for path in shipped.glob("*.ipynb"):
        path.write_text('{"cells": [', encoding="utf-8")
    with pytest.raises(ValueError, match=r"00_start.ipynb in .* is no whole notebook(.|\n)*01_next.ipynb in"):
        copy_lessons(shipped, tmp_path / "mine")


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "null", '{"cells": 3}', "<<<<<<< HEAD\n=======\n>>>>>>> x", b"\xff"]
)
def test_one_damaged_lesson_keeps_nobody_from_the_others(shipped, tmp_path, damage):
    (shipped / "00_start.ipynb").write_bytes(damage if isinstance(damage, bytes) else damage.encode())
    said = copy_lessons(shipped, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").glob("*.ipynb")] == ["01_next.ipynb"]
    assert said[0].startswith("01_next.ipynb: copied") and len(said) == 2
    assert "00_start.ipynb in" in said[1] and "lessons --mend" in said[1]


def test_a_copy_that_cannot_be_opened_is_named_and_stays(shipped, tmp_path):
    mine = tmp_path / "mine"
    copy_lessons(shipped, mine)
    (mine / "00_start.ipynb").write_text(MINE[:40], encoding="utf-8")
    (said,) = copy_lessons(shipped, mine)
    assert said.startswith(f"00_start.ipynb in {mine} cannot be opened: it is cut short") and "--mend" in said
    assert (mine / "00_start.ipynb").read_text(encoding="utf-8") == MINE[:40]


def test_the_folder_is_named_by_the_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("RECSYS_WORK", raising=False)
    assert work_folder() == ROOT / "my_lessons"
    monkeypatch.setenv("RECSYS_WORK", " ")
    assert work_folder() == ROOT / "my_lessons"
    monkeypatch.setenv("RECSYS_WORK", str(tmp_path / "a b"))
    assert work_folder() == tmp_path / "a b"


# ---- the command line --------------------------------------------------------------------------------------------


def run(*words, **environment):
    return subprocess.run(
        [sys.executable, "-m", "recsys_helpers", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ((), "COMMAND"),
        (("fly",), "invalid choice: 'fly'"),
        (("lessons", "--loud"), "unrecognized arguments: --loud"),
    ],
)
def test_a_wrong_call_gets_one_line_and_status_2(words, complaint):
    done = run(*words)
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1 and done.stdout == ""


def test_a_folder_that_cannot_be_made_gets_one_line(tmp_path):
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    done = run("lessons", RECSYS_WORK=str(file))
    assert done.returncode == (1 if list((ROOT / "notebooks").glob("*.ipynb")) else 2)
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr


def test_thirty_learners_at_once_share_one_folder(shipped, tmp_path):
    mine = tmp_path / "mine"
    code = "import sys; from recsys_helpers.workspace import copy_lessons; copy_lessons(*sys.argv[1:])"
    command = [sys.executable, "-c", code, str(shipped), str(mine)]

    def start(_):
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")

    with ThreadPoolExecutor(30) as pool:
        for done in pool.map(start, range(30)):
            assert done.returncode == 0, done.stderr
    assert sorted(p.name for p in mine.iterdir()) == [".lessons.json", "00_start.ipynb", "01_next.ipynb"]
    assert set(json.loads((mine / ".lessons.json").read_text(encoding="utf-8"))) == {
        "00_start.ipynb",
        "01_next.ipynb",
    }
    for path in mine.glob("*.ipynb"):
        json.loads(path.read_text(encoding="utf-8"))
