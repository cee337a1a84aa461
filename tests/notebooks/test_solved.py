"""Every lesson with its exercises solved: each stub filled with its reference, and each check says «right»."""

from __future__ import annotations

import ast
import copy
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from recsys_helpers.exercises.registry import Exercise, load_all
from tests.conftest import real_data
from tests.exercises.conftest import (  # noqa: F401 (one is a fixture)
    registered,
    sample,
)
from tests.notebooks.lessons import NEEDS_LASTFM, NOTEBOOKS
from tools import lessons
from tools.build_notebooks import execute
from tools.lessons import ON_PURPOSE, is_gap, is_stub, name_of, replaced


def tree_of(cell) -> ast.Module:
    """A cell's code, or nothing of it if it is prose."""
    return lessons.tree_of(cell.source if cell.cell_type == "code" else "")


def checks(cell) -> list[ast.Call]:
    """The calls of ``check`` in a cell."""
    return lessons.checks(cell.source if cell.cell_type == "code" else "")


def checked(notebook) -> list[str]:
    """The names of the exercises that a notebook checks."""
    return [name_of(call) for cell in notebook.cells for call in checks(cell)]


def solve(notebook, exercises: dict[str, Exercise]) -> tuple[nbformat.NotebookNode, list[str]]:
    """A copy with every stub filled, and what could not be filled."""
    solved, complaints = copy.deepcopy(notebook), []
    held = {}  # variable -> the value exercise that it is the answer to
    for cell in solved.cells:
        for call in checks(cell):
            if name_of(call) not in exercises:
                complaints.append(f"there is no exercise {name_of(call)}")
            elif len(call.args) > 1 and isinstance(call.args[1], ast.Name):
                held[call.args[1].id] = exercises[name_of(call)]
    for cell in solved.cells:
        if ON_PURPOSE in cell.metadata.get("tags", []):
            continue
        changes = []
        for node in ast.walk(tree_of(cell)):
            if isinstance(node, ast.FunctionDef) and node.name in exercises and is_stub(node):
                exercise = exercises[node.name]
                changes.append((node, exercise.source()))
                asked = ast.parse(exercise.source()).body[0].args
                if ast.unparse(asked) != ast.unparse(node.args):
                    complaints.append(
                        f"{node.name}({ast.unparse(node.args)}) is asked for with ({ast.unparse(asked)})"
                    )
            elif isinstance(node, ast.Assign) and is_gap(node.value):
                names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                changes += [(node.value, repr(held[name].reference())) for name in names if name in held]
        for call in checks(cell):
            if len(call.args) > 1 and is_gap(call.args[1]) and name_of(call) in exercises:
                changes.append((call.args[1], repr(exercises[name_of(call)].reference())))
        cell.source = replaced(cell.source, changes)
    return solved, complaints


def not_right(notebook) -> list[str]:
    """The checks of an executed notebook that did not say «right», or did where the answer is wrong on purpose."""
    found = []
    for number, cell in enumerate(notebook.cells):
        said = [line for out in cell.get("outputs", []) for line in out.get("text", "").splitlines()]
        on_purpose = ON_PURPOSE in cell.get("metadata", {}).get("tags", [])
        for name in map(name_of, checks(cell)):
            mark = f"✗ {name}" if on_purpose else f"✓ {name} is right"
            if not any(line.startswith(mark) for line in said):
                found.append(f"cell {number}: no «{mark}» in: {said}")
    return found


WATCH_SLIDERS = """from recsys_helpers import plots
made_sliders, plots_slider = [], plots.slider
def noted_slider(draw, what, value, values):
    made_sliders.append((draw, list(values)))
    return plots_slider(draw, what, value, values)
plots.slider = noted_slider"""
MOVE_SLIDERS = """for draw_at, values_of in made_sliders:
    draw_at(values_of[0]), draw_at(values_of[-1])"""


def with_sliders_moved(notebook):
    """A copy that moves each slider to both its ends after the last cell: what it draws must not rest on lost names."""
    moved = copy.deepcopy(notebook)
    moved.cells.insert(0, nbformat.v4.new_code_cell(WATCH_SLIDERS))
    moved.cells.append(nbformat.v4.new_code_cell(MOVE_SLIDERS))
    return moved


def with_exercises(paths: list[Path]) -> list[Path]:
    return [path for path in paths if checked(nbformat.read(path, as_version=4))]


@pytest.mark.parametrize("path", with_exercises(NOTEBOOKS), ids=lambda path: path.stem)
def test_every_exercise_can_be_solved_with_what_the_lesson_gives(path):
    if path.name.startswith(NEEDS_LASTFM) and real_data("lastfm-2k", "user_artists.dat") is None:
        pytest.skip(
            "this lesson is about Last.fm-2k, which is neither under $RECSYS_DATA nor under data/cache"
        )
    solved, complaints = solve(
        nbformat.read(path, as_version=4), {exercise.name: exercise for exercise in load_all()}
    )
    assert not complaints
    solved = with_sliders_moved(solved)
    execute(solved, path.parent)
    assert not not_right(solved)


def test_every_exercise_is_asked_for_in_its_own_lesson():
    asked = {
        (path.stem[:2], name) for path in NOTEBOOKS for name in checked(nbformat.read(path, as_version=4))
    }
    assert not {(exercise.lesson, exercise.name) for exercise in load_all()} - asked


# ---- tests of the test, on small notebooks -------------------------------------------------------------------------

IMPORTS = """import numpy as np
import tests.exercises.sample_lesson
from recsys_helpers.exercises import check"""
STUB = '''def recall_at_k(recommended, relevant, k):
    """Die Übung, mit Umlaut und ✓."""
    ...


recall_at_k = check(recall_at_k)'''
WRONG = "def first_k(items, k):\n    return items[:k]\n\n\ncheck(first_k)"


def small(*codes: str, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    """A notebook of code cells; the tags are the last cell's."""
    cells = [nbformat.v4.new_markdown_cell("# Prose with check(recall_at_k)")]
    cells += [nbformat.v4.new_code_cell(code) for code in (IMPORTS, *codes)]
    cells[-1].metadata["tags"] = list(tags)
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def known(sample):  # noqa: F811
    return registered()


def test_a_small_notebook_is_solved_and_run(known, tmp_path):
    notebook = small(
        STUB,
        'guess = ...\nprint("no guess" if guess is ... else guess)',
        "share, other = 1, 2\nsparsity = ...",
        'check("sparsity", sparsity)\ncheck("why_zeros_mislead", ...)  # ünter',
        'minutes = ...\nlimit = check("session_minutes", minutes)\nprint(limit)',
        "%time x = 1",
        WRONG,
        tags=("core", ON_PURPOSE),
    )
    solved, complaints = solve(notebook, known)
    assert not complaints
    sources = [cell.source for cell in solved.cells]
    assert known["recall_at_k"].source() in sources[2]
    assert sources[2].endswith("\n\n\nrecall_at_k = check(recall_at_k)")
    assert sources[3] == notebook.cells[3].source, "a prediction is the learner's"
    assert sources[4] == "share, other = 1, 2\nsparsity = 0.85"
    assert sources[5] == 'check("sparsity", sparsity)\ncheck("why_zeros_mislead", \'b\')  # ünter'
    assert sources[6].startswith("minutes = 30\n")
    assert sources[8] == WRONG
    assert notebook.cells[2].source == STUB, "the notebook itself stays as it is"
    execute(solved, tmp_path)
    assert not_right(solved) == []
    solved.cells[8].metadata["tags"] = []
    assert len(not_right(solved)) == 1, "what is wrong on purpose must say so"


def test_what_is_not_solved_is_found(known, tmp_path):
    notebook = small(STUB, 'check("sparsity", ...)', WRONG)
    execute(notebook, tmp_path)
    assert len(not_right(notebook)) == 3
    solved, complaints = solve(notebook, known)
    assert not complaints
    execute(solved, tmp_path)
    assert [line.partition(":")[0] for line in not_right(solved)] == ["cell 4"]
    solved.cells[2].metadata["tags"] = [ON_PURPOSE]
    assert len(not_right(solved)) == 2, "a right answer where a wrong one is meant"


def test_a_reference_that_needs_what_the_lesson_does_not_give_is_found(known, tmp_path):
    notebook = small("del np", "def choose(scores, size):\n    ...\n\n\ncheck(choose)")
    solved, complaints = solve(notebook, known)
    assert not complaints
    execute(solved, tmp_path)
    assert "NameError" in not_right(solved)[0]


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        (
            "def first_k(items, n):\n    ...\n\ncheck(first_k)",
            "first_k(items, n) is asked for with (items, k)",
        ),
        ("def unheard(x):\n    ...\n\ncheck(unheard)", "there is no exercise unheard"),
        ('check("unheard", ...)', "there is no exercise unheard"),
    ],
)
def test_what_cannot_be_filled_is_named(known, code, complaint):
    assert solve(small(code), known)[1] == [complaint]


def test_notebooks_without_exercises_are_passed_over_and_others_are_not(tmp_path):
    for name, notebook in (
        ("00_with", small(STUB)),
        ("01_without", small("x = 1", 'print("check(recall_at_k)")')),
    ):
        nbformat.write(notebook, tmp_path / f"{name}.ipynb")
    assert [path.stem for path in with_exercises(sorted(tmp_path.glob("*.ipynb")))] == ["00_with"]


@pytest.mark.parametrize(("later", "complaint"), [("", None), ("shown = {}", "KeyError")])
def test_a_slider_whose_names_mean_something_else_later_is_found(tmp_path, later, complaint):
    codes = ("from recsys_helpers import plots\nshown = {1: 'one', 3: 'three'}",)
    codes += ("def draw(n):\n    print(shown[n])\n\n\nplots.slider(draw, 'tracks', 1, [1, 3])", later)
    moved = with_sliders_moved(small(*codes))
    if complaint:
        with pytest.raises(CellExecutionError, match=complaint):
            execute(moved, tmp_path)
    else:
        execute(moved, tmp_path)
        assert moved.cells[-1]["outputs"][0]["text"].split() == ["one", "three"]
