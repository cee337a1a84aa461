"""The files that the command lays out: all or none, nobody's overwritten, and a notebook that runs."""

from __future__ import annotations

import ast
import json
import os

import jupytext
import nbformat
import numpy as np
import pytest

from recsys_helpers.__main__ import main
from recsys_helpers.capstone import QUESTIONS, ROWS, layout
from recsys_helpers.capstone.layout import FILES, NAMES, OWN, contents, lay_out, notebook

EACH = pytest.mark.parametrize("question", [OWN, *QUESTIONS])


@pytest.mark.parametrize("name", ["plain", "a b 张", "deep/er"])
def test_a_folder_gets_all_four_files(tmp_path, name, capsys):
    folder = tmp_path / name
    assert main(["capstone", str(folder)]) == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    said = capsys.readouterr().out
    assert all(one in said for one in NAMES)
    texts = {one: (folder / one).read_text(encoding="utf-8") for one in NAMES}
    assert texts == contents()


def test_without_a_folder_it_goes_into_the_lessons(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RECSYS_WORK", str(tmp_path))
    assert main(["capstone", "--question", "weeks"]) == 0
    assert (tmp_path / "capstone" / "capstone.ipynb").is_file()
    assert main(["capstone"]) == 2
    assert "nothing is overwritten" in capsys.readouterr().err


@pytest.mark.parametrize("taken", NAMES)
def test_a_file_that_is_there_stays_and_no_other_is_written(tmp_path, taken):
    (tmp_path / taken).write_text("mine", encoding="utf-8")
    (tmp_path / "table.csv").write_text("mine too", encoding="utf-8")
    with pytest.raises(ValueError, match=f"holds {taken} already"):
        lay_out(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([taken, "table.csv"])
    assert (tmp_path / taken).read_text(encoding="utf-8") == "mine"


def test_what_goes_wrong_on_the_way_leaves_nothing_half_written(tmp_path, monkeypatch):
    done = []

    def fails(path, text):
        if len(done) == 2:
            raise OSError(28, "No space left on device")
        done.append(path)
        path.write_text(text, encoding="utf-8")
        return True

    monkeypatch.setattr(layout, "create", fails)
    with pytest.raises(OSError):
        lay_out(tmp_path)
    assert len(done) == 2 and not list(tmp_path.iterdir())
    monkeypatch.setattr(layout, "create", lambda path, text: False)
    with pytest.raises(ValueError, match="has come meanwhile"):
        lay_out(tmp_path)


def test_a_file_in_the_folders_place_and_a_question_that_there_is_not_are_refused(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ValueError, match="is a file"):
        lay_out(tmp_path / "file")
    with pytest.raises(ValueError, match="own, weeks, weekend, audience"):
        lay_out(tmp_path / "x", "months")
    assert not (tmp_path / "x").exists()
    if os.name == "posix":
        (tmp_path / "y").mkdir()
        (tmp_path / "y" / "report.md").symlink_to(tmp_path / "nowhere")
        with pytest.raises(ValueError, match="holds report.md already"):
            lay_out(tmp_path / "y")


@EACH
def test_the_notebook_is_the_one_that_jupytext_reads(question):
    text = (FILES / "notebook.md").read_text(encoding="utf-8")
    text = text.replace("%% data %%\n", (FILES / f"data_{question}.md").read_text(encoding="utf-8"))
    theirs = jupytext.reads(text, fmt="md:myst")
    ours = nbformat.reads(notebook(text), as_version=4)
    nbformat.validate(ours)
    assert [(one.cell_type, one.source) for one in ours.cells] == [
        (one.cell_type, one.source) for one in theirs.cells
    ]
    assert len({one.id for one in ours.cells}) == len(ours.cells)
    assert ours.metadata.kernelspec == theirs.metadata.kernelspec
    assert "%%" not in json.dumps(ours)


@EACH
def test_each_row_is_asked_for_once_and_each_cell_is_short(question):
    made = nbformat.reads(contents(question)["capstone.ipynb"], as_version=4)
    code = [one.source for one in made.cells if one.cell_type == "code"]
    for row in ROWS:
        assert sum(f'report["{row}"] = ...' in one for one in code) == 1
        assert sum(f'checklist("{row}")' in one for one in code) == 1
    assert all(ast.parse(one) and len(one.splitlines()) <= 20 for one in code)
    assert any("load_table(" in one for one in code) and 'report.write("report.md")' in code[-1]


def run_cells(question: str, changed: dict[str, str] | None = None) -> dict:
    """The notebook's code from the top, in one namespace, as a kernel would."""
    names: dict = {}
    for cell in nbformat.reads(contents(question)["capstone.ipynb"], as_version=4).cells:
        if cell.cell_type == "code":
            source = cell.source
            for old, new in (changed or {}).items():
                source = source.replace(old, new)
            exec(compile(source, question, "exec"), names)
    return names


def test_a_notebook_on_a_table_of_ones_own_runs_and_writes_the_page_once_it_is_full(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    rows = [
        (f"p{rng.integers(40)}", f"i{rng.integers(60)}", f"2026-01-{1 + n // 40:02d}") for n in range(1000)
    ]
    text = "user,item,time\n" + "".join(",".join(row) + "\n" for row in rows)
    (tmp_path / "my_table.csv").write_text(text, encoding="utf-8")
    run_cells(OWN)
    assert "no title" in capsys.readouterr().out and not (tmp_path / "report.md").exists()
    filled = {'report.title = "..."': 'report.title = "A claim"'}
    run_cells(OWN, filled)
    assert "nothing yet under question, data, split" in capsys.readouterr().out
    filled |= {f'report["{row}"] = ...': f'report["{row}"] = "Words."' for row in ROWS}
    names = run_cells(OWN, filled)
    assert "written: report.md" in capsys.readouterr().out
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith("# A claim")
    before, after = names["test"].train, names["test"].test
    known = set(zip(before.rows, before.matrix.indices, strict=True))
    assert not known & set(zip(after.rows, after.matrix.indices, strict=True))


def test_a_table_without_times_is_split_by_lot(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [(f"p{n % 30}", f"i{(n * n + n % 30) % 23}") for n in range(600)]
    text = "user,item\n" + "".join(",".join(row) + "\n" for row in rows)
    (tmp_path / "my_table.csv").write_text(text, encoding="utf-8")
    names = run_cells(OWN, {', time="time"': ""})
    assert names["test"].moment is None and len(names["scores"]) > 20


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_notebook_of_a_given_question_runs_from_the_top(question, tmp_path, monkeypatch, lastfm_dir):
    monkeypatch.chdir(tmp_path)
    names = run_cells(question)
    assert names["gain"].notna().all() and len(names["gain"]) > 500


MYST = """---
kernelspec:
  name: python3
---

# A

one «line»

+++

B

```{code-cell} ipython3
:tags: [core, hide-input]

x = 1

print(x)
```
```{code-cell} ipython3
:tags: []

y = 2
```
```{code-cell} ipython3
```

+++ {"tags": ["more"]}

---
not a header
---
"""


def test_a_notebook_holds_each_cell_as_it_was_written():
    text = notebook(MYST)
    made = json.loads(text)
    assert text.endswith("}\n") and "«line»" in text and text.startswith('{\n "cells"')
    assert [made[one] for one in ("nbformat", "nbformat_minor")] == [4, 5]
    assert made["metadata"] == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    }
    assert [one["id"] for one in made["cells"]] == [f"capstone-{n}" for n in range(len(made["cells"]))]
    assert [(one["cell_type"], one["source"], one["metadata"]) for one in made["cells"]] == [
        ("markdown", ["# A\n", "\n", "one «line»"], {}),
        ("markdown", ["B"], {}),
        ("code", ["x = 1\n", "\n", "print(x)"], {"tags": ["core", "hide-input"]}),
        ("code", ["y = 2"], {}),
        ("code", [], {}),
        ("markdown", ["---\n", "not a header\n", "---"], {}),
    ]
    code = [one for one in made["cells"] if one["cell_type"] == "code"]
    assert all(one["execution_count"] is None and one["outputs"] == [] for one in code)


def test_prose_that_begins_with_blanks_keeps_them_and_blank_cells_go():
    made = json.loads(notebook("    indented\n\n+++\n\n \n\n+++\nlast  \n"))
    assert [one["source"] for one in made["cells"]] == [["    indented"], ["last  "]]


def test_a_question_that_the_command_does_not_know_is_refused_with_those_it_does(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["capstone", str(tmp_path / "x"), "--question", "months"])
    assert ended.value.code == 2 and not (tmp_path / "x").exists()
    said = capsys.readouterr().err
    assert "invalid choice: 'months'" in said and all(one in said for one in (OWN, *QUESTIONS))


def test_help_says_where_the_files_go_and_which_questions_there_are(capsys):
    with pytest.raises(SystemExit):
        main(["capstone", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "where they go; capstone/ in your lessons unless given" in said
    assert "own: a table of yours; else one that lesson 24 gives: weeks, weekend, audience" in said


def test_the_command_says_where_the_files_are_and_what_each_is_for(tmp_path, capsys, monkeypatch):
    assert main(["capstone", str(tmp_path / "mine")]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"In {tmp_path / 'mine'}:",
        "  capstone.ipynb  to work in, from the top",
        "  report.md       your page, which the notebook writes",
        "  checklist.md    a line a lesson",
        "  rubric.md       for your peer",
    ]
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert lay_out("~/home") == [tmp_path / "home" / name for name in NAMES]


def test_what_is_there_is_named_whole_and_the_folder_may_be_there_already(tmp_path):
    (tmp_path / "report.md").write_text("mine", encoding="utf-8")
    (tmp_path / "rubric.md").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError) as error:
        lay_out(tmp_path)
    assert str(error.value) == (
        f"{tmp_path} holds report.md, rubric.md already, and nothing is overwritten. Give another folder: python -m "
        "recsys_helpers capstone NAME"
    )
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ValueError) as error:
        lay_out(tmp_path / "file")
    assert str(error.value) == (f"{tmp_path / 'file'} is a file. Give a folder, or a name that is not taken.")
    with pytest.raises(
        ValueError, match="^There is no question 'months': choose among own, weeks, weekend, audi"
    ):
        contents("months")
    (tmp_path / "empty").mkdir()
    assert len(lay_out(tmp_path / "empty")) == 4 and contents() == contents("own")


def test_a_file_that_comes_meanwhile_stays_and_the_others_go_again(tmp_path, monkeypatch):
    """Also where somebody has taken one of those away in the meantime."""
    whole = layout.create

    def creates(path, text):
        if path.name == NAMES[2]:
            path.write_text("somebody else's", encoding="utf-8")
            (tmp_path / NAMES[0]).unlink()
        return whole(path, text)

    monkeypatch.setattr(layout, "create", creates)
    with pytest.raises(ValueError) as error:
        lay_out(tmp_path)
    assert str(error.value) == (
        f"{tmp_path / NAMES[2]} has come meanwhile. Nothing was written; give another folder."
    )
    assert [path.name for path in tmp_path.iterdir()] == [NAMES[2]]
    assert (tmp_path / NAMES[2]).read_text(encoding="utf-8") == "somebody else's"
