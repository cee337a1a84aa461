"""The labs: what the generator writes, and what nbgrader makes of it when it runs for real."""

from __future__ import annotations

import ast
import copy
import html
import re
from pathlib import Path
from types import FunctionType

import nbformat
import pytest

from recsys_helpers.exercises import check
from recsys_helpers.exercises.registry import load_all
from tests.exercises.conftest import (  # noqa: F401 (one is a fixture)
    registered,
    sample,
)
from tools import lessons, make_labs
from tools.build_notebooks import execute
from tools.make_slides import WORKSHOP

ROOT = Path(__file__).resolve().parents[2]
EXERCISES = {one.name: one for one in load_all()}
LESSONS = [one for one in lessons.all_lessons() if one.exercises()]
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.number)


def mark(cell) -> dict:
    return cell.metadata.get("nbgrader", {})


def released(notebook):
    """What learners get: nbgrader's own way with a solution, in two lines."""
    notebook = copy.deepcopy(notebook)
    region = re.compile(rf"{make_labs.BEGIN}.*?{make_labs.END}", re.DOTALL)
    for cell in notebook.cells:
        cell.source = region.sub(make_labs.STUB, cell.source)
    return notebook


@each_lesson
@pytest.mark.parametrize("whole", [False, True])
def test_each_exercise_is_one_answer_and_one_locked_check(lesson, whole):
    notebook = make_labs.lab(lesson, EXERCISES, whole)
    nbformat.validate(notebook)
    wanted = (
        lesson.exercises() if whole else [n for c in lessons.closed_core(lesson, EXERCISES) for n in c.asks]
    )
    answers = [cell for cell in notebook.cells if mark(cell).get("solution")]
    graded = [cell for cell in notebook.cells if mark(cell).get("grade")]
    names = [mark(cell)["grade_id"].removesuffix("-check") for cell in graded]
    assert sorted(set(names)) == sorted(set(wanted)) and len(names) == len(set(names))
    assert len(answers) == len(graded)
    for cell in graded:
        name = mark(cell)["grade_id"].removesuffix("-check")
        assert mark(cell)["locked"] and mark(cell)["points"] == make_labs.POINTS[EXERCISES[name].kind]
        assert re.search(r"^check\(.*, strict=True, seed=\d+\)$", cell.source, re.MULTILINE)
    for cell in answers:
        assert not mark(cell)["locked"] and "check(" not in cell.source
        assert make_labs.BEGIN in cell.source
    ids = [mark(cell)["grade_id"] for cell in notebook.cells if mark(cell)]
    assert len(ids) == len(set(ids))


@each_lesson
def test_what_learners_get_holds_no_answer_and_is_python(lesson):
    given = make_labs.lab(lesson, EXERCISES, whole=True)
    text = "\n".join(cell.source for cell in released(given).cells if mark(cell).get("solution"))
    for cell in given.cells + released(given).cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)
            assert not cell.outputs and cell.execution_count is None
    stubs = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name in EXERCISES
    ]
    assert all(lessons.is_stub(node) for node in stubs)
    assert make_labs.BEGIN not in text and text.count(make_labs.STUB) == len(lesson.exercises())


@each_lesson
def test_the_core_needs_nothing_that_a_lab_leaves_out(lesson):
    notebook = make_labs.lab(lesson, EXERCISES)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    every = set().union(*(lessons.makes(cell.source) for cell in lesson.cells if cell.kind == "code"))
    made = set().union(*map(lessons.makes, sources))
    for source in sources:
        missing = (lessons.needs(source) & every) - made
        assert not missing, f"{missing} in: {source[:200]}"


def test_solution_is_off_and_the_learners_own_is_what_is_graded():
    notebook = make_labs.lab(next(one for one in LESSONS if one.number == "00"), EXERCISES)
    sources = [cell.source for cell in notebook.cells]
    assert sources[sources.index(make_labs.OFF) - 1].startswith("import numpy as np")
    check = next(n for n, one in enumerate(sources) if "check(share_heard, strict=True" in one)
    assert (
        sources[check - 1].startswith("def share_heard")
        and sources[check + 1] == "share_heard = check(share_heard)"
    )


def test_other_seeds_draw_other_inputs():
    assert make_labs.seed_of("gini") == make_labs.seed_of("gini") != make_labs.seed_of("gini", 1)
    assert make_labs.seed_of("gini") != make_labs.seed_of("density")
    assert make_labs.seed_of("gini") != 0, "0 is what learners try their answers on"


def test_a_lab_that_a_teacher_changed_stays(tmp_path):
    lesson = [LESSONS[0]]
    make_labs.write(tmp_path, lesson)
    path = next(tmp_path.rglob("*.ipynb"))
    assert "differs" not in make_labs.write(tmp_path, lesson)[0]
    path.write_text("mine", encoding="utf-8")
    assert "Delete it" in make_labs.write(tmp_path, lesson)[0]
    assert path.read_text(encoding="utf-8") == "mine"


def test_a_lesson_that_is_not_there_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        make_labs.main(["--out", str(tmp_path / "x"), "77"])
    assert "There is no lesson 77" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def small(*cells: tuple[str, str]):
    """A lesson of code cells with their tags."""
    made = [lessons.Cell("markdown", "# Small", [], [], "Small", 1, "core")]
    for part, source in cells:
        asks = [lessons.name_of(call) for call in lessons.checks(source)]
        made.append(lessons.Cell("code", source, [part], [], "Small", 0, part, asks))
    return lessons.Lesson(Path("09_small.ipynb"), made)


def test_values_questions_and_functions_in_one_cell(sample):  # noqa: F811
    lesson = small(
        ("core", "import numpy as np"),
        ("core", '# how full?\nshare = ...\nshare = check("sparsity", share)\nprint(share)'),
        ("core", 'check("why_zeros_mislead", ...)'),
        ("core", "# a comment\ndef first_k(items, k):\n    ...\n\n\ncheck(first_k)"),
    )
    made = make_labs.lab(lesson, registered())
    sources = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert sources[2].startswith("# how full?\nshare = (\n    ### BEGIN SOLUTION\n    0.85\n")
    assert 'check("sparsity", share, strict=True' in sources[3]
    assert sources[4] == 'share = check("sparsity", share)\nprint(share)'
    assert sources[5].startswith('why_zeros_mislead_answer = (  # a letter, such as "a"')
    assert '"b"' in sources[5] and '    "b"' not in released(made).cells[-3].source
    assert sources[7].startswith("# a comment\ndef first_k(items, k):\n    ### BEGIN SOLUTION\n")
    assert [mark(cell)["points"] for cell in made.cells if mark(cell).get("grade")] == [2, 1, 3]


def test_a_line_to_mend_is_kept_as_a_comment(sample):  # noqa: F811
    stub = 'def first_k(items, k):\n    """The first."""\n    ...  # this line may go\n    return items[k:]'
    source = f"{stub}\n\n\ncheck(first_k)"
    made = make_labs.lab(small(("core", source)), registered())
    answer = next(cell for cell in made.cells if mark(cell).get("solution")).source
    assert "    # return items[k:]\n    ### BEGIN SOLUTION" in answer
    assert "this line may go" not in answer and ast.parse(answer)


def test_the_answer_key_has_every_exercise(tmp_path):
    make_labs.write(tmp_path, LESSONS[:2])
    text = (tmp_path / "answers.html").read_text(encoding="utf-8")
    shown = html.unescape(re.sub(r"</?(?:b|i|code)>", "", text))
    for name in [name for lesson in LESSONS[:2] for name in lesson.exercises()]:
        assert f"<h3>{name} " in text
        for says in EXERCISES[name].mistakes:
            assert says.replace("`", "") in shown


def test_the_answer_key_prints_no_mark_of_markdown(tmp_path):
    make_labs.write(tmp_path, LESSONS)
    text = (tmp_path / "answers.html").read_text(encoding="utf-8")
    prose = re.sub(r"<style>.*?</style>|<pre>.*?</pre>|<code>.*?</code>", "", text, flags=re.DOTALL)
    assert "**" not in prose and "`" not in prose
    assert "<b>One.</b>" in prose and "<code>" in text


def test_the_answer_key_keeps_the_labs_that_were_made_before(tmp_path, capsys):
    for number in ("01", "00"):
        assert make_labs.main([number, "--out", str(tmp_path)]) == 0
        assert f"generate_assignment lab{number} " in capsys.readouterr().out
    text = (tmp_path / "answers.html").read_text(encoding="utf-8")
    headings = re.findall(r"<h2>(\d\d) ", text)
    assert headings == ["00", "01"]


@each_lesson
def test_the_answers_are_right_on_the_hidden_inputs(lesson):
    for one in map(EXERCISES.get, lesson.exercises()):
        seed = make_labs.seed_of(one.name)
        if one.kind != "function":
            check(one.name, one.reference(), strict=True, seed=seed)
            continue
        own = FunctionType(
            one.reference.__code__, one.reference.__globals__, one.name, one.reference.__defaults__
        )
        check(own, strict=True, seed=seed)
        with pytest.raises(AssertionError, match="the lesson's own"):  # as where a cell below put it in
            check(one.reference, strict=True, seed=seed)


@pytest.mark.slow  # all lessons are run whole and solved by tests/notebooks/test_nbval.py
@pytest.mark.parametrize(
    "lesson", [one for one in LESSONS if one.number in WORKSHOP], ids=lambda one: one.number
)
def test_the_solved_core_is_right_on_the_hidden_inputs(lesson):
    notebook = make_labs.lab(lesson, EXERCISES)
    execute(notebook, ROOT / "notebooks")
    failed = [
        (mark(cell)["grade_id"], output.evalue)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert not failed
