"""Write an nbgrader course folder from the lessons: the answers in the teacher's source, one locked check for each.

It grades nothing and needs no nbgrader itself: `nbgrader generate_assignment` takes the answers out, `nbgrader
autograde` runs what comes back. docs/instructor.md says how.

    python tools/make_labs.py                    a lab of 45 minutes from the core of each lesson, into labs/
    python tools/make_labs.py 01 03              only these lessons
    python tools/make_labs.py --whole 01         all of a lesson, for 90 minutes
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recsys_helpers.exercises.registry import Exercise, load_all
from recsys_helpers.workspace import write_whole
from tools import guide, lessons
from tools.lessons import Lesson, body_of, checks, is_gap, is_stub, name_of, replaced, tree_of

POINTS = {"function": 3, "value": 2, "question": 1}
BEGIN, END, STUB = "### BEGIN SOLUTION", "### END SOLUTION", "...  # your answer"
KERNEL = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}

PARTS = Path(__file__).parent / "labs"
CONFIG = PARTS / "nbgrader_config.py"
OFF = """# Locked. In a graded lab, solution() is off; hint() still helps.
def solution(name):
    print("solution() is off in a graded lab. hint() still helps.")"""


def seed_of(name: str, secret: int = 0) -> int:
    """The seed of an exercise's hidden inputs: the same for every learner, another than the lesson's own (0)."""
    return 1 + int(hashlib.sha1(f"{name} {secret}".encode()).hexdigest()[:6], 16)


def lab(lesson: Lesson, exercises: dict[str, Exercise], whole: bool = False, secret: int = 0):
    """The lab of a lesson as a notebook with answers, for nbgrader's folder ``source``.

    Raises ValueError when the lesson asks nothing, or asks for what the registry does not know.
    """
    cells = lesson.cells if whole else lessons.closed_core(lesson, exercises)
    asked = list(dict.fromkeys(name for cell in cells for name in cell.asks))
    unknown = [name for name in asked if name not in exercises]
    if unknown or not asked:
        what = f"asks for {unknown[0]}, which is no exercise" if unknown else "has no exercises"
        raise ValueError(f"Lesson {lesson.number} {what}, so there is no lab of it.")
    held = {}  # variable -> the exercise that it is the answer to
    for call in (call for cell in cells if cell.asks for call in checks(cell.source)):
        if len(call.args) > 1 and isinstance(call.args[1], ast.Name):
            held[call.args[1].id] = exercises[name_of(call)]
    made = []
    for cell in cells:
        if cell.kind == "markdown":
            made.append(new_markdown_cell(cell.source if whole else cell.core))
        else:
            made += _code(cell, exercises, held, secret)
            if not any(one.source == OFF for one in made):
                made.append(_given(OFF, "solution-is-off"))
    points = sum(one.metadata.get("nbgrader", {}).get("points", 0) for one in made)
    made.insert(1, new_markdown_cell(_about(lesson, points, whole)))
    for number, one in enumerate(made):
        one.id = f"lab{lesson.number}-{number:03d}"
        if not one.metadata.get("nbgrader", {"grade_id": "x"})["grade_id"]:
            one.metadata["nbgrader"]["grade_id"] = f"given-{number:03d}"
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    return new_notebook(cells=made, metadata=nbformat.from_dict(metadata))


def _about(lesson: Lesson, points: int, whole: bool) -> str:
    part = "the whole lesson" if whole else "the core of the lesson"
    return (
        f"**Lab {lesson.number}**, {part}: {points} points. Write where it says `# your answer`. The locked cell "
        "below each answer says what is right or wrong, and gives the points: run it as often as you like. Other "
        "cells are yours to try things in; when your work is graded, the lesson's own stand there again. Before you "
        "hand in: *Kernel*, **Restart Kernel and Run All Cells**."
    )


def _nbgrader(cell, name: str, points: int = 0, answer: bool = False):
    mark = {"grade": points > 0, "grade_id": name, "locked": not answer, "schema_version": 3}
    mark |= {"solution": answer, "task": False} | ({"points": points} if points else {})
    cell.metadata["nbgrader"] = mark
    return cell


def _given(source: str, name: str = ""):
    return _nbgrader(new_code_cell(source), name)


def _code(cell: lessons.Cell, exercises: dict, held: dict, secret: int) -> Iterator[nbformat.NotebookNode]:
    """The cells that a lesson's code cell becomes: as it is, or the answer, its check, and what goes on with it."""
    body = tree_of(cell.source).body
    first = (
        next((n for n, one in enumerate(body) if checks(ast.unparse(one))), len(body))
        if cell.asks
        else len(body)
    )
    before, answers = _solved(
        _lines(cell.source, body[:first]) if cell.asks else cell.source, exercises, held
    )
    if before.strip():
        if answers:
            yield _nbgrader(new_code_cell(before), answers[0], answer=True)
        elif re.match(r"guess\w* = \.\.\.", before):
            yield new_code_cell(before)
        else:
            yield _given(before)
    rest = []
    for statement in body[first:]:
        source = _lines(cell.source, [statement])
        asked = checks(source)
        if not asked:
            rest.append(source)
            continue
        call = asked[0]
        one = exercises[name_of(call)]
        if one.kind != "function" and len(call.args) > 1 and is_gap(call.args[1]):
            answer = f"{one.name}_answer"
            hole = f"{BEGIN}\n    {_written(one)}\n    {END}"
            what = 'a letter, such as "a"' if one.kind == "question" else "your value"
            text = f"{answer} = (  # {what}\n    {hole}\n)"
            yield _nbgrader(new_code_cell(text), one.name, answer=True)
        else:
            answer = ast.unparse(call.args[-1])
        yield _check(one, answer, secret)
        if isinstance(
            statement, ast.Assign
        ):  # below, the lesson's own stands in where the learner's is not right
            rest.append(source)
    if rest:
        yield _given("\n".join(rest))


def _lines(source: str, statements: list[ast.stmt]) -> str:
    """The lines of some statements that follow each other, with the comments above and beside them."""
    if not statements:
        return ""
    lines = source.splitlines()
    begin = (
        min([statements[0].lineno, *(one.lineno for one in getattr(statements[0], "decorator_list", []))]) - 1
    )
    while begin and lines[begin - 1].startswith("#"):
        begin -= 1
    return "\n".join(lines[begin : statements[-1].end_lineno])


def _check(one: Exercise, answer: str, secret: int):
    points, seed = POINTS[one.kind], seed_of(one.name, secret)
    lines = [f"# Locked: {points} point{'s' * (points > 1)}."]
    own = answer if one.kind == "function" else f'"{one.name}", {answer}'
    lines.append(f"check({own}, strict=True, seed={seed})")
    cell = _nbgrader(new_code_cell("\n".join(lines)), f"{one.name}-check", points)
    cell.metadata["tags"] = ["raises-exception"]  # a wrong answer does not stop the cells below
    return cell


def _solved(source: str, exercises: dict, held: dict) -> tuple[str, list[str]]:
    """Some code with the right answers between nbgrader's marks, and whose answers they are."""
    changes, names = [], []
    for node in tree_of(source).body:
        if isinstance(node, ast.FunctionDef) and node.name in exercises and is_stub(node):
            changes.append((node, _function(node, source, exercises[node.name])))
            names.append(node.name)
        elif isinstance(node, ast.Assign) and is_gap(node.value) and isinstance(node.targets[0], ast.Name):
            if (one := held.get(node.targets[0].id)) is not None:
                right = f"(\n    {BEGIN}\n    {_written(one)}\n    {END}\n)"
                changes.append((node.value, right))
                names.append(one.name)
    return replaced(source, changes), names


def _written(one: Exercise) -> str:
    value = one.reference()
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _function(stub: ast.FunctionDef, source: str, exercise: Exercise) -> str:
    """The stub's own head and docstring, and the reference's body."""
    lines = source.splitlines()[stub.lineno - 1 : stub.end_lineno]
    documented = ast.get_docstring(stub) is not None
    head = lines[: (stub.body[0].end_lineno if documented else stub.body[0].lineno - 1) - stub.lineno + 1]
    left = [
        line for line in lines[len(head) :] if line.strip() and not line.lstrip().startswith(("...", "pass"))
    ]
    if left:  # a line that is to be mended, not written
        head += [
            "    # The line to mend. To run it as it is, take away the # and the line below.",
            *map(_hidden, left),
        ]
    body = body_of(ast.parse(exercise.source()).body[0], exercise.source())
    inside = "\n".join(f"    {line}" if line else "" for line in [BEGIN, *body.splitlines(), END])
    return "\n".join(head) + "\n" + inside


def _hidden(line: str) -> str:
    return line if line.lstrip().startswith("#") else f"    # {line[4:]}"


def write(out: Path, chosen: list[Lesson], whole: bool = False, secret: int = 0) -> list[str]:
    """Write the course folder and say what was done, one line a lab; a lab that is there already stays as it is."""
    exercises = {one.name: one for one in load_all()}
    said = []
    out.mkdir(parents=True, exist_ok=True)
    for part in sorted(PARTS.glob("*.py")):
        config, settings = out / part.name, part.read_text(encoding="utf-8")
        if not config.exists():
            write_whole(config, settings)
        elif config.read_text(encoding="utf-8") != settings:
            said.append(f"{config} is there and differs, so it stays. Delete it to have it written anew.")
    for lesson in chosen:
        name = f"lab{lesson.number}"
        path = out / "source" / name / f"{lesson.path.stem}.ipynb"
        try:
            notebook = lab(lesson, exercises, whole, secret)
        except ValueError as error:
            said.append(f"{name}: not written. {error}")
            continue
        text = nbformat.writes(notebook) + "\n"
        if path.exists() and path.read_text(encoding="utf-8") != text:
            said.append(
                f"{name}: {path} is there and differs, so it stays. Delete it to have it written anew."
            )
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
        grades = [one.metadata["nbgrader"] for one in notebook.cells if "nbgrader" in one.metadata]
        points = [one["points"] for one in grades if one["grade"]]
        said.append(f"{name}: {len(points)} answers, {sum(points)} points")
    numbers = {one.number for one in chosen} | {path.name[3:] for path in (out / "source").glob("lab*")}
    keyed = [
        one for one in lessons.choose([]) if one.number in numbers
    ]  # with the labs that were there before
    write_whole(out / "answers.html", guide.answer_key(keyed, exercises))
    return [*said, "answers.html: the answer key, to print"]


def main(argv: list[str] | None = None) -> int:
    """Write the labs that were asked for; 0 if all went well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="lessons, such as 01 03; all if none is given")
    parser.add_argument("--whole", action="store_true", help="the whole lesson, not its core alone")
    parser.add_argument("--out", type=Path, default=Path("labs"), help="the course folder (default: labs)")
    parser.add_argument("--seed", type=int, default=0, help="another number: other hidden inputs")
    options = parser.parse_args(argv)
    try:
        chosen = lessons.choose(options.lessons)
        said = write(options.out, chosen, options.whole, options.seed)
    except ValueError as error:
        parser.error(str(error))
    print("\n".join(said))
    first = f"lab{chosen[0].number}"
    print(f"Next, in {options.out}: nbgrader generate_assignment {first} (see docs/instructor.md).")
    return 0


if __name__ == "__main__":
    sys.exit(main())
