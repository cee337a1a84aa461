"""The builder of lessons: the same bytes each time, only what changed, and never a half or broken notebook."""

from __future__ import annotations

import nbformat
import pytest

from recsys_helpers import extras
from tools.build_notebooks import main, read_source

HEAD = """---
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

# Title

"""
CELL = "```{{code-cell}} ipython3\n{}\n```\n"


@pytest.fixture
def course(tmp_path):
    (tmp_path / "notebooks" / "source").mkdir(parents=True)
    return tmp_path


def write(course, name, *cells):
    source = course / "notebooks" / "source" / f"{name}.md"
    source.write_text(HEAD + "\n".join(CELL.format(cell) for cell in cells), encoding="utf-8")
    return course / "notebooks" / f"{name}.ipynb"


def test_builds_what_differs_and_the_same_bytes_each_time(course, capsys):
    code = (
        "import os\nprint(sorted(os.environ) != [], {'b', 'a', 'c'})\nprint(os.environ['RECSYS_WORK'] != '')"
    )
    path = write(course, "00_first", code, "1 + 1", "1 + 1")
    assert main([], course) == 0
    first = path.read_bytes()
    assert "built in" in capsys.readouterr().out

    assert main([], course) == 0
    assert capsys.readouterr().out == "00_first.ipynb agrees with its source\n"

    assert main(["--all"], course) == 0
    assert path.read_bytes() == first
    assert b"\r" not in first
    assert [p.name for p in path.parent.iterdir() if p.suffix == ".tmp"] == []

    notebook = nbformat.read(path, as_version=4)
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == [1, 2, 3]
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)  # two cells with one text, too
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all("execution" not in cell.metadata for cell in notebook.cells)


def test_widgets_have_the_same_names_in_each_build_and_each_its_own(course):
    show = "display(widgets.IntSlider(3), widgets.Text('a'))"
    path = write(course, "00_first", "import ipywidgets as widgets\n" + show, show)
    assert main([], course) == 0
    first = path.read_bytes()
    assert main(["--all"], course) == 0
    assert path.read_bytes() == first
    outputs = [
        output for cell in nbformat.read(path, as_version=4).cells for output in cell.get("outputs", [])
    ]
    views = [output["data"]["application/vnd.jupyter.widget-view+json"] for output in outputs]
    assert len({view["model_id"] for view in views}) == 4
    assert "IntSlider(value=3)" in outputs[0]["data"]["text/plain"]


def test_what_is_printed_stays_on_its_side_of_a_figure(course):
    slowly = "\ntime.sleep(0.3)\n"
    code = f"import time\nprint('a'){slowly}print('b')\ndisplay(1)\nprint('under it'){slowly}print('c')"
    path = write(course, "00_first", code)
    assert main([], course) == 0
    outputs = nbformat.read(path, as_version=4).cells[-1].outputs
    assert [output.get("text") for output in outputs] == ["a\nb\n", None, "under it\nc\n"]


def test_check_compares_and_builds_nothing(course, capsys):
    path = write(course, "00_first", "1 + 1")
    assert main(["--check"], course) == 1
    assert not path.exists()
    assert "has not been built" in capsys.readouterr().out


def test_a_cell_that_raises_is_shown_and_the_old_notebook_stays(course, capsys):
    path = write(course, "00_first", "print('well')")
    other = write(course, "01_second", "print('also well')")
    assert main(["00"], course) == 0
    old = path.read_bytes()
    write(course, "00_first", "print('well')", "{}['missing']")
    assert main([], course) == 1
    said = capsys.readouterr().err
    assert "00_first.ipynb was not built" in said and "{}['missing']" in said and "KeyError" in said
    assert path.read_bytes() == old
    assert other.is_file(), "one failure must not stop the others"


def test_a_source_that_is_not_a_lesson_is_named(course, capsys):
    (course / "notebooks" / "source" / "00_first.md").write_text(
        "---\nkernelspec:\n  name: x\n---\n", encoding="utf-8"
    )
    assert main([], course) == 1
    assert "00_first.md is not MyST text" in capsys.readouterr().err


def test_a_lesson_is_built_only_where_its_optional_packages_are(course, capsys, monkeypatch):
    path = write(course, "00_first", "1 + 1")
    source = course / "notebooks" / "source" / "00_first.md"
    tagged = source.read_text(encoding="utf-8").replace(
        "ipython3\n", "ipython3\n:tags: [more, needs-deep]\n\n"
    )
    source.write_text(tagged, encoding="utf-8")
    monkeypatch.setattr(extras, "missing", lambda name: f"`make {name}` brings it")
    assert main([], course) == 1
    assert "deep is not there: `make deep` brings it" in capsys.readouterr().err and not path.exists()
    monkeypatch.setattr(extras, "missing", lambda name: "")
    assert main([], course) == 0 and path.exists()


def test_an_unknown_lesson_is_a_wrong_call(course, capsys):
    write(course, "00_first", "1 + 1")
    with pytest.raises(SystemExit) as stop:
        main(["07"], course)
    assert stop.value.code == 2
    assert "starts with 07" in capsys.readouterr().err


def test_ids_follow_the_text_alone(course):
    write(course, "00_first", "1 + 1")
    write(course, "01_second", "2 + 2", "1 + 1")
    first, second = (
        read_source(course / "notebooks" / "source" / f"{n}.md") for n in ("00_first", "01_second")
    )
    assert first.cells[-1].id == second.cells[-1].id
    assert first.cells[-1].id != second.cells[-2].id
