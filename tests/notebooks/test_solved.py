"""Filling the exercises of a lesson, and the cells that ride along: test_nbval runs them in every lesson."""

from __future__ import annotations

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from recsys_helpers.exercises.registry import load_all
from tests.exercises.conftest import (  # noqa: F401 (one is a fixture)
    registered,
    sample,
)
from tests.notebooks.lessons import NOTEBOOKS
from tests.notebooks.solving import IGNORED, checked, checks, solve, solved_for_comparison, with_riders
from tools.build_notebooks import execute
from tools.lessons import ON_PURPOSE, name_of


def not_right(notebook) -> list[str]:
    """The checks of an executed notebook that did not say «right», or did where the answer is wrong on purpose."""
    found = []
    for number, cell in enumerate(notebook.cells):
        texts = [
            out.get("data", {}).get("text/plain", "") or out.get("text", "")
            for out in cell.get("outputs", [])
        ]
        said = [line for text in texts for line in text.splitlines()]
        on_purpose = ON_PURPOSE in cell.get("metadata", {}).get("tags", [])
        for name in map(name_of, checks(cell)):
            mark = f"✗ {name}" if on_purpose else f"✓ {name} is right"
            if not any(line.startswith(mark) for line in said):
                found.append(f"cell {number}: no «{mark}» in: {said}")
    return found


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


# ---- the cells that ride along, and the solved copy -----------------------------------------------------------------


def test_riders_solve_each_exercise_and_leave_the_lesson_as_it_is(known, tmp_path):
    notebook = small(
        "drawn = []\nrng = np.random.default_rng(0)",
        STUB + "\ndrawn.append(rng.random())",
        'share = ...\nprint("no guess" if share is ... else share)',
        'check("sparsity", share)\ncheck("why_zeros_mislead", ...)',
        "print(recall_at_k.__module__, share, len(drawn), sorted(n for n in dir() if 'solved' in n))",
        WRONG,
        tags=("core", ON_PURPOSE),
    )
    ridden, complaints = with_riders(notebook, known)
    assert not complaints
    riders = [cell for cell in ridden.cells if IGNORED in cell.metadata.get("tags", [])]
    assert len(riders) == 2 + 3, "one for each cell with an answer or a check, and two for the sliders"
    assert [cell.source for cell in ridden.cells if cell not in riders] == [c.source for c in notebook.cells]
    plain, _ = with_riders(small("x = 1"), known)
    assert len(plain.cells) == len(small("x = 1").cells) + 2
    alone = nbformat.from_dict(notebook)
    execute(ridden, tmp_path)
    execute(alone, tmp_path)
    shipped = [cell.get("outputs") for cell in ridden.cells if IGNORED not in cell.metadata.get("tags", [])]
    assert shipped == [cell.get("outputs") for cell in alone.cells]
    said = shipped[-2][0].text
    assert "tests.exercises" in said and "Ellipsis 1 []" in said, "the lesson's own names hold what it made"


@pytest.mark.parametrize(
    ("codes", "error"),
    [
        (("del np", "def choose(scores, size):\n    ...\n\n\ncheck(choose)"), "AssertionError.*NameError"),
        (
            ("from recsys_helpers import plots", "plots.slider(lambda n: {1: 1}[n], 'tracks', 1, [1, 3])"),
            "KeyError",
        ),
        (
            (
                "from recsys_helpers import plots\nshown = {1: 'one', 3: 'three'}",
                "def draw(n):\n    print(shown[n])\n\n\nplots.slider(draw, 'tracks', 1, [1, 3])",
                "shown = {}",
            ),
            "KeyError",
        ),
    ],
)
def test_a_rider_fails_where_a_learner_would(known, tmp_path, codes, error):
    """A reference that needs a name which is gone, and sliders whose names mean something else below."""
    ridden, complaints = with_riders(small(*codes), known)
    assert not complaints
    with pytest.raises(CellExecutionError, match=f"(?s){error}"):
        execute(ridden, tmp_path)


def test_a_slider_that_works_is_moved_to_both_its_ends(known, tmp_path):
    codes = ("from recsys_helpers import plots", "plots.slider(print, 'tracks', 1, [1, 2, 3])")
    ridden, _ = with_riders(small(*codes), known)
    execute(ridden, tmp_path)
    assert ridden.cells[-1].outputs[0].text.split() == ["1", "3"]


def test_the_solved_copy_raises_where_an_answer_is_not_right_and_is_compared_elsewhere(known, tmp_path):
    notebook = small(
        STUB, 'check("sparsity", ...)', "print(recall_at_k.__module__)", WRONG, tags=(ON_PURPOSE,)
    )
    solved, complaints = solved_for_comparison(notebook, known)
    assert not complaints
    ignored = [n for n, cell in enumerate(solved.cells) if IGNORED in cell.metadata.get("tags", [])]
    assert ignored == [2, 3]
    execute(solved, tmp_path)
    assert solved.cells[4].outputs[0].text == "__main__\n", "below, the learner's own answer is used"
    solved.cells[3].source = solved.cells[3].source.replace("0.85", "0.5")
    with pytest.raises(CellExecutionError, match="AssertionError"):
        execute(solved, tmp_path)
