"""A class hands in its labs, with all that happens to notebooks on their way: nobody's oddity costs another's grade."""

from __future__ import annotations

import copy
import csv
import os
import re
import sys
import types
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from recsys_helpers.exercises.registry import load_all
from tests.processes import network_failed, run
from tools import lessons, make_labs

ROOT = Path(__file__).resolve().parents[2]


def mark(cell) -> dict:
    return cell.metadata.get("nbgrader", {})


@pytest.fixture(scope="module")
def nbgrader(request, tmp_path_factory):
    """A function that runs nbgrader in a folder, from an environment with the extra for teachers and nothing else."""
    request.getfixturevalue("registry")  # under its own name it would hide the exercises' registry
    home = tmp_path_factory.mktemp("teacher")
    python = home / "venv" / "bin" / "python"
    certificates = {**os.environ, "UV_SYSTEM_CERTS": "true"}
    lock = home / "constraints.txt"
    pins = re.findall(
        r"^[a-z0-9][^ \\]*==[^ \\]+", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M
    )
    lock.write_text("\n".join(pins) + "\n", encoding="utf-8")
    for words in (
        ["venv", "--python", sys.executable, home / "venv"],
        ["pip", "install", "--python", python, "-c", lock, f"recsys-helpers[teach] @ {ROOT.as_uri()}"],
        [
            "pip",
            "uninstall",
            "--python",
            python,
            "recsys-helpers",
        ],  # the course's own folder is what is tested
    ):
        done = run(sys.executable, "-m", "uv", *words, seconds=300, environment=certificates)
        if network_failed(done):
            pytest.skip("the package registry answers, but too slowly to install from")
        assert done.returncode == 0, done.stdout

    def call(folder: Path, *words: str, seconds: float, well: bool = True):
        environment = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
        environment |= {"PYTHONPATH": str(ROOT), "HOME": str(home), "OPENBLAS_NUM_THREADS": "1"}
        command = "import os, runpy, sys; os.chdir(sys.argv.pop(1)); runpy.run_module('nbgrader', run_name='__main__')"
        done = run(python, "-c", command, folder, *words, seconds=seconds, environment=environment)
        assert (done.returncode == 0) == well, done.stdout
        return done.stdout

    return call


def fill(notebook, source, names) -> None:
    """Write the right answer into the answer cells with these names."""
    right = {mark(cell)["grade_id"]: cell.source for cell in source.cells if mark(cell).get("solution")}
    for cell in notebook.cells:
        if mark(cell).get("solution") and mark(cell)["grade_id"] in names:
            lines = right[mark(cell)["grade_id"]].splitlines()
            cell.source = "\n".join(
                one for one in lines if one.strip() not in (make_labs.BEGIN, make_labs.END)
            )


# ---- a class, with all that happens to notebooks on their way -------------------------------------------------------


def by_name(notebook) -> dict[str, int]:
    """The last place of each marked cell."""
    return {mark(cell)["grade_id"]: place for place, cell in enumerate(notebook.cells) if mark(cell)}


def again(cell):
    """A cell as JupyterLab copies it: its metadata with it, its id anew."""
    copied = copy.deepcopy(cell)
    copied.id = nbformat.v4.new_code_cell().id
    return copied


def insert(notebook, place: int, source: str) -> None:
    notebook.cells.insert(place, nbformat.v4.new_code_cell(source))


def copied_answers(notebook):
    for place in sorted(by_name(notebook).values(), reverse=True):
        if mark(notebook.cells[place])["solution"]:
            notebook.cells.insert(place, again(notebook.cells[place]))


def split_answers(notebook):
    for place in sorted(by_name(notebook).values(), reverse=True):
        if mark(cell := notebook.cells[place])["solution"]:
            above = again(cell)
            above.source, cell.source = "# first half of what I split", cell.source
            notebook.cells.insert(place, above)


def split_inside(notebook):
    """The answers' last lines in a cell of their own, as Ctrl+Shift+Minus does it."""
    cell = notebook.cells[place := by_name(notebook)["share_heard"]]
    below = again(cell)
    cell.source, below.source = cell.source + "\n", "best_so_far = share_heard"
    notebook.cells.insert(place + 1, below)


def copied_checks(notebook):
    for place in sorted(by_name(notebook).values(), reverse=True):
        if mark(cell := notebook.cells[place])["grade"]:
            notebook.cells.insert(place + 1, again(cell))
            notebook.cells.append(again(cell))


def check_above(notebook):
    """A check pasted above everything: it fails there, and says nothing of the answer below."""
    notebook.cells.insert(1, again(notebook.cells[by_name(notebook)["share_heard-check"]]))


def copied_check_at_the_end(notebook):
    """Where the lesson's own has taken the wrong answer's place, a copied check would pass."""
    names = by_name(notebook)
    notebook.cells[names["axis_of_a_sum"]].source = 'axis_of_a_sum_answer = "nonsense"'
    notebook.cells.append(again(notebook.cells[names["axis_of_a_sum-check"]]))


def deleted(notebook):
    names = by_name(notebook)
    gone = {names["share_heard-check"]}
    gone |= {place for name, place in names.items() if name.startswith("given-")}
    gone |= {names["solution-is-off"]}
    notebook.cells = [cell for place, cell in enumerate(notebook.cells) if place not in gone]


def endless(notebook):
    names = by_name(notebook)
    notebook.cells[
        names["heard_together"]
    ].source = "def heard_together(minutes):\n    while True:\n        pass"
    notebook.cells[names["running_twice"]].source = "while True:\n    pass"


def cheat(notebook):
    names = by_name(notebook)
    notebook.cells[names["share_heard-check"]].source = "print('full marks, please')"
    source = "from recsys_helpers.exercises.lessons.lesson_00 import heard_together"
    notebook.cells[names["heard_together"]].source = source


def leaves(notebook):
    for place in sorted(by_name(notebook).values(), reverse=True):
        if mark(notebook.cells[place])["solution"]:
            insert(notebook, place + 1, "exit()" if place % 2 else "import sys; quit(); sys.exit(1)")


def dies(notebook):
    insert(notebook, 2, "import os; os._exit(1)")


def syntax(notebook):
    notebook.cells[
        by_name(notebook)["share_heard"]
    ].source = "def share_heard(seconds, duration)\n    return 1"


def foreign(notebook):
    """Cells of another lab, and marks that a tool or a hand has broken."""
    stray = nbformat.v4.new_code_cell("x = 1")
    stray.metadata["nbgrader"] = {
        **mark(notebook.cells[by_name(notebook)["share_heard"]]),
        "grade_id": "gini",
    }
    empty, old, odd = (again(stray) for _ in range(3))
    empty.metadata["nbgrader"], odd.metadata["nbgrader"] = {}, "mine"
    old.metadata["nbgrader"] = {"grade_id": "old", "schema_version": 1, "solution": True}
    notebook.cells[3:3] = [stray, empty, old, odd]


def talks(notebook):
    insert(notebook, 2, "while True:\n    print('still here ' * 50)")


def asks(notebook):
    insert(notebook, 2, "name = input('Who are you?')")


def prose(notebook):
    """An answer turned into text by a slip of the hand."""
    place = by_name(notebook)["share_heard"]
    text = nbformat.v4.new_markdown_cell(notebook.cells[place].source)
    text.metadata = notebook.cells[place].metadata
    notebook.cells[place] = text


def half_a_file(path: Path):
    path.write_text(path.read_text(encoding="utf-8")[:4000], encoding="utf-8")


def another_name(path: Path):
    path.rename(path.with_name("Untitled.ipynb"))


def nothing_in_it(path: Path):
    path.write_text("", encoding="utf-8")


def merged(path: Path):
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(' "cells"', '<<<<<<< HEAD\n "cells"', 1), encoding="utf-8")


EVERY, NONE = "every answer", "no answer"
# What happened to the notebook (or to its file), the answers that are right in it, and those of them that are lost.
CLASS = {
    "ada solved": (EVERY, None, ()),
    "ben empty": (NONE, None, ()),
    "cho copied answers": (EVERY, copied_answers, ()),
    "dee half": (("share_heard", "axis_of_a_sum"), None, ()),
    "eli split answers": (EVERY, split_answers, ()),
    "fay split inside": (EVERY, split_inside, ()),
    "gus copied checks": (EVERY, copied_checks, ()),
    "han check above": (EVERY, check_above, ()),
    "ida copied check": (EVERY, copied_check_at_the_end, ("axis_of_a_sum",)),
    "jon cut": (EVERY, half_a_file, EVERY),
    "kai deleted": (EVERY, deleted, ()),
    "lea endless": (EVERY, endless, ("heard_together", "running_twice")),
    "max cheats": (EVERY, cheat, ("heard_together",)),
    "nia leaves": (EVERY, leaves, ()),
    "ole dies": (EVERY, dies, EVERY),
    "pia syntax": (EVERY, syntax, ("share_heard",)),
    "qin renamed": (EVERY, another_name, EVERY),
    "ron foreign": (EVERY, foreign, ()),
    "sue talks": (EVERY, talks, ()),
    "tom asks": (EVERY, asks, ()),
    "uma empty file": (EVERY, nothing_in_it, EVERY),
    "val merged": (EVERY, merged, EVERY),
    "wim prose": (EVERY, prose, ()),
    "zoe solved": (EVERY, None, ()),
}
FILES = (half_a_file, another_name, nothing_in_it, merged)
UNREADABLE = {name for name, (_, _, lost) in CLASS.items() if lost == EVERY}


@pytest.mark.slow
@pytest.mark.network
@pytest.mark.skipif(
    os.name != "posix", reason="the environment's Python is looked for where Linux and macOS have it"
)
def test_a_class_is_graded_whatever_happened_to_some(nbgrader, tmp_path):
    course = tmp_path / "course"
    make_labs.main(["--out", str(course), "00"])
    nbgrader(course, "generate_assignment", "lab00", seconds=300)
    (path,) = (course / "release").rglob("*.ipynb")
    release = nbformat.read(path, as_version=4)
    source = nbformat.read(next((course / "source").rglob("*.ipynb")), as_version=4)
    assert make_labs.BEGIN not in path.read_text(encoding="utf-8")
    answers = [mark(cell)["grade_id"] for cell in release.cells if mark(cell).get("solution")]
    points = {mark(c)["grade_id"]: mark(c)["points"] for c in release.cells if mark(c).get("grade")}
    want = {}
    for learner, (right, change, lost) in CLASS.items():
        right, lost = ({EVERY: answers, NONE: []}.get(one, one) for one in (right, lost))
        notebook = copy.deepcopy(release)
        fill(notebook, source, right)
        if change and change not in FILES:
            change(notebook)
        place = course / "submitted" / learner / "lab00" / path.name
        place.parent.mkdir(parents=True)
        nbformat.write(notebook, place)
        if change in FILES:
            change(place)
        want[learner] = sum(points[f"{name}-check"] for name in right if name not in lost)
    assert len(CLASS) == 24 and want["ada solved"] == sum(points.values()) > want["dee half"] > 0

    said = nbgrader(course, "autograde", "lab00", seconds=3000, well=False)
    blamed = set(re.findall(r"error processing assignment 'lab00' for student '([^']+)'", said))
    assert blamed == UNREADABLE, said[-6000:]
    nbgrader(course, "export", seconds=120)
    with open(course / "grades.csv", encoding="utf-8", newline="") as file:
        got = {row["student_id"]: float(row["score"] or 0) for row in csv.DictReader(file)}
    assert got == want
    assert not (course / "nobody").exists(), "grading left a learner's folder behind"


# ---- the same without nbgrader: what becomes of the cells ---------------------------------------------------------


@pytest.fixture(scope="module")
def config():
    """The labs' configuration as a module, with stand-ins for nbgrader's classes."""
    names = (
        "CheckCellMetadata",
        "ClearOutput",
        "NbGraderPreprocessor",
        "OverwriteCells",
        "OverwriteKernelspec",
    )
    stand_in = types.ModuleType("nbgrader.preprocessors")
    for name in names:
        setattr(stand_in, name, type(name, (), {}))
    module = types.ModuleType("labs_config")
    module.__file__ = str(make_labs.CONFIG)
    module.get_config = lambda: types.SimpleNamespace(
        **{
            name: types.SimpleNamespace()
            for name in ("CourseDirectory", "ClearSolutions", "LockCells", "Autograde", "ExecutePreprocessor")
        }
    )
    before = {name: os.environ.get(name) for name in ("RECSYS_WORK", "MPLBACKEND")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "nbgrader", types.ModuleType("nbgrader"))
        patch.setitem(sys.modules, "nbgrader.preprocessors", stand_in)
        exec(compile(make_labs.CONFIG.read_text(encoding="utf-8"), module.__file__, "exec"), module.__dict__)
    for name, value in before.items():
        os.environ.pop(name, None)
        os.environ.update({name: value} if value is not None else {})
    assert module.c.ClearSolutions.code_stub["python"] == make_labs.STUB
    assert module.OneOfEach in module.c.Autograde.sanitize_preprocessors
    return module


@pytest.fixture(scope="module")
def given():
    """The lab of lesson 00 with its answers, which is also a solved submission of it."""
    (lesson,) = lessons.choose(["00"])
    return make_labs.lab(lesson, {one.name: one for one in load_all()})


def reordered(cells) -> list[tuple[str, str]]:
    return [(mark(cell).get("grade_id", ""), cell.source) for cell in cells]


def test_an_untouched_submission_stays_as_it_is(config, given):
    assert reordered(config.mend(copy.deepcopy(given.cells), given.cells)) == reordered(given.cells)


@pytest.mark.parametrize("change", [one for _, one, _ in CLASS.values() if one and one not in FILES])
def test_each_mark_stands_once_and_no_locked_cell_is_missing(config, given, change):
    changed = copy.deepcopy(given)
    change(changed)
    own = [cell.source for cell in changed.cells if not mark_or_none(cell).get("locked")]
    mended = config.mend(changed.cells, given.cells)
    names = [mark(cell)["grade_id"] for cell in mended if mark(cell)]
    assert len(names) == len(set(names)), "a mark stands twice"
    wanted = [mark(cell)["grade_id"] for cell in given.cells if mark(cell) and mark(cell)["locked"]]
    locked = [name for name in names if name in wanted]
    assert sorted(locked) == sorted(wanted)
    by_grade_id = {mark(cell)["grade_id"]: mark(cell) for cell in given.cells if mark(cell)}
    assert all(mark(cell) == by_grade_id[mark(cell)["grade_id"]] for cell in mended if mark(cell))
    left = [cell.source for cell in mended]
    assert all(source in left for source in own), "what a learner wrote is gone"
    if change is deleted:
        assert locked == wanted, "what comes back comes back to its place"


def test_of_copied_checks_the_first_below_the_answer_counts(config, given):
    changed = copy.deepcopy(given)
    check_above(changed)
    copied_check_at_the_end(changed)
    mended = config.mend(changed.cells, given.cells)
    places = {mark(cell)["grade_id"]: place for place, cell in enumerate(mended) if mark(cell)}
    assert places["share_heard-check"] == places["share_heard"] + 1
    assert places["axis_of_a_sum-check"] == places["axis_of_a_sum"] + 1


def mark_or_none(cell) -> dict:
    found = mark(cell)
    return found if isinstance(found, dict) else {}


def test_a_cell_that_exits_or_prints_without_end_costs_only_itself(tmp_path):
    codes = [
        "exit()",
        "import sys; quit()",
        "while True:\n    print('still here ' * 50)",
        "x = 1\nprint(x, 'on')",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in codes])
    start = [f"--IPKernelApp.exec_files={make_labs.PARTS / 'graded_kernel.py'}"]
    patient = {"startup_timeout": 900, "iopub_timeout": 120, "timeout": 900}
    NotebookClient(
        notebook, kernel_name="python3", allow_errors=True, extra_arguments=start, **patient
    ).execute()
    said = [
        [out.get("evalue") or out.get("text", "")[:20] for out in cell.outputs] for cell in notebook.cells
    ]
    assert said[0] == said[1] == ["exit() and quit() are off while a lab is graded"]
    assert said[2][-1] == "A cell printed more than 1,000,000 letters, and was stopped"
    assert said[3] == ["1 on\n"]
