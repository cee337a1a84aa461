"""Damaged lessons: what is whole in them is kept, the rest comes anew, nothing is thrown away, with git or without."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from recsys_helpers import rescue, workspace
from recsys_helpers.workspace import copy_lessons

CELLS = [
    {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# 标题"]},
    {
        "cell_type": "code",
        "id": "b",
        "metadata": {},
        "source": ["x = '<<<<<<<'"],
        "outputs": [],
        "execution_count": None,
    },
    {"cell_type": "markdown", "id": "c", "metadata": {}, "source": ["The end."]},
]


def text_of(cells) -> str:
    return json.dumps(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1, ensure_ascii=False
    )


WHOLE = text_of(CELLS)


def conflicted(upper: str, lower: str) -> str:
    marks = f"<<<<<<< HEAD\n    {json.dumps(upper)}\n=======\n    {json.dumps(lower)}\n>>>>>>> theirs"
    return WHOLE.replace('    "The end."', marks)


def cells_of(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"]]


def test_a_whole_notebook_has_no_ailment_whatever_it_says():
    assert rescue.ailment(WHOLE) == "" and not rescue.merged(WHOLE)


def test_wherever_a_notebook_is_cut_its_whole_cells_are_saved():
    ends = [WHOLE.index(json.dumps(cell["source"][0], ensure_ascii=False)) for cell in CELLS]
    for length in range(len(WHOLE)):
        found = rescue.saved(WHOLE[:length])
        number = len(json.loads(found[0])["cells"]) if found else 0
        least = sum(length > end + 220 for end in ends)  # a cell is whole some characters after its text
        most = sum(length > end for end in ends)
        assert least <= number <= most
        if found:
            assert json.loads(found[0])["cells"] == CELLS[:number]
            assert found[1] == f"its first {number} cells" and rescue.ailment(found[0]) == ""


@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_of_two_versions_the_upper_is_taken_and_the_lower_where_only_that_is_whole(style):
    text = conflicted("Ours.", "Theirs.")
    if style == "diff3":
        text = text.replace("=======", '||||||| base\n    "The end."\n=======')
    assert rescue.ailment(text) == "a merge left two versions in it"
    found, what = rescue.saved(text)
    assert cells_of(found)[-1] == "Ours." and "upper" in what
    found, what = rescue.saved(text.replace('"Ours."', '"Ours'))
    assert cells_of(found)[-1] == "Theirs." and "lower" in what


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of two lessons in a folder with a space, and the learner's copies of them."""
    folder = tmp_path / "a course"
    (folder / "notebooks").mkdir(parents=True)
    for name in ("00_a.ipynb", "01_b.ipynb"):
        (folder / "notebooks" / name).write_text(WHOLE, encoding="utf-8")
    for module in (rescue, workspace):
        monkeypatch.setattr(module, "COURSE", folder)
    monkeypatch.setenv("RECSYS_WORK", str(tmp_path / "mine"))
    copy_lessons()
    return folder


def git(folder, *words) -> None:
    name = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *name, *words], check=True, capture_output=True)


def test_a_damaged_copy_keeps_what_is_whole_and_its_bytes_beside_it(course, tmp_path):
    mine = tmp_path / "mine"
    work = text_of([*CELLS[:2], {**CELLS[2], "source": ["my answer"]}])
    cut, merge = work[:-120], conflicted("mine", "yours")
    (mine / "00_a.ipynb").write_text(cut, encoding="utf-8")
    (mine / "01_b.ipynb").write_text(merge, encoding="utf-8")
    said = rescue.mend_copies()
    assert len(said) == 2 and "its first 2 cells" in said[0] and "the upper of the two" in said[1]
    assert cells_of((mine / "00_a.ipynb").read_text(encoding="utf-8")) == ["# 标题", "x = '<<<<<<<'"]
    assert cells_of((mine / "01_b.ipynb").read_text(encoding="utf-8"))[-1] == "mine"
    assert (mine / "00_a.damaged.txt").read_text(encoding="utf-8") == cut
    assert (mine / "01_b.damaged.txt").read_text(encoding="utf-8") == merge
    assert rescue.mend_copies() == []
    (mine / "00_a.ipynb").write_bytes(b"\xff\xfe")
    assert "a new copy of the lesson" in rescue.mend_copies()[0]
    assert cells_of((mine / "00_a.ipynb").read_text(encoding="utf-8")) == cells_of(WHOLE)
    assert (mine / "00_a.damaged-2.txt").read_bytes() == b"\xff\xfe"
    (mine / "own.ipynb").write_text("", encoding="utf-8")
    assert "nothing in it can be saved" in rescue.mend_copies()[0]
    assert (mine / "own.ipynb").read_text(encoding="utf-8") == ""


def test_a_shipped_lesson_is_mended_without_git_where_it_can_be(course, monkeypatch):
    def absent(*_, **__):
        raise FileNotFoundError("git")

    monkeypatch.setattr(rescue.subprocess, "run", absent)
    one, other = (course / "notebooks" / name for name in ("00_a.ipynb", "01_b.ipynb"))
    one.write_text(conflicted("ours", "theirs"), encoding="utf-8")
    other.write_text(WHOLE[:-120], encoding="utf-8")
    said = rescue.mend_shipped()
    assert cells_of(one.read_text(encoding="utf-8"))[-1] == "ours" and "upper" in said[0]
    assert "Copy notebooks/01_b.ipynb from a new download" in said[1]
    assert other.read_text(encoding="utf-8") == WHOLE[:-120], "half a lesson is not passed off as a lesson"


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_merge_that_stopped_is_mended_with_git(course):
    """Two branches edit one line; the mark of the conflict stands in the file, and git refuses a plain checkout."""
    lesson = course / "notebooks" / "01_b.ipynb"
    git(course, "init", "--quiet", "--initial-branch=main")
    git(course, "add", ".")
    git(course, "commit", "--quiet", "-m", "one")
    git(course, "checkout", "--quiet", "-b", "other")
    lesson.write_text(WHOLE.replace("The end.", "Theirs."), encoding="utf-8")
    git(course, "commit", "--quiet", "-am", "two")
    git(course, "checkout", "--quiet", "main")
    lesson.write_text(WHOLE.replace("The end.", "Ours."), encoding="utf-8")
    git(course, "commit", "--quiet", "-am", "three")
    with pytest.raises(subprocess.CalledProcessError):
        git(course, "merge", "other")
    assert rescue.merged(lesson.read_text(encoding="utf-8"))
    said = copy_lessons()
    assert len(said) == 1 and "01_b.ipynb in" in said[0]
    (said,) = rescue.mend_shipped()
    assert "as it was last committed" in said and "git add notebooks/01_b.ipynb" in said
    assert cells_of(lesson.read_text(encoding="utf-8"))[-1] == "Ours."
    git(course, "add", "notebooks/01_b.ipynb")
    git(course, "commit", "--quiet", "-m", "merged")
    assert not [line for line in copy_lessons() if "--mend" in line]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_marks_that_were_committed_are_mended_from_the_last_whole_version(course):
    lesson = course / "notebooks" / "00_a.ipynb"
    git(course, "init", "--quiet")
    git(course, "add", ".")
    git(course, "commit", "--quiet", "-m", "one")
    lesson.write_text(conflicted("ours", "theirs"), encoding="utf-8")
    git(course, "commit", "--quiet", "-am", "two")
    rescue.mend_shipped()
    assert lesson.read_text(encoding="utf-8") == WHOLE


def test_the_command_that_is_named_is_the_one_that_mends(course, tmp_path, capsys):
    assert rescue.command().endswith(" -m recsys_helpers lessons --mend")
    (tmp_path / "mine" / "00_a.ipynb").write_text(WHOLE[:300], encoding="utf-8")
    options = type("options", (), {"mend": False})
    assert workspace.run(options) == 1 and "--mend" in capsys.readouterr().out
    options.mend = True
    assert workspace.run(options) == 0 and "damaged file is beside it" in capsys.readouterr().out
    assert workspace.run(options) == 0 and "up to date" in capsys.readouterr().out
