"""A lesson with its exercises solved: each stub filled with its reference, in a copy or in cells that ride along."""

from __future__ import annotations

import ast
import copy
import re

import nbformat

from recsys_helpers.exercises.registry import Exercise
from tools import lessons
from tools.lessons import ON_PURPOSE, is_gap, is_stub, name_of, replaced

IN_KERNEL = '__import__("tests.notebooks.in_kernel", fromlist=["solved"])'
IGNORED = "nbval-ignore-output"  # an error in such a cell still fails the run


def tree_of(cell) -> ast.Module:
    """A cell's code, or nothing of it if it is prose."""
    return lessons.tree_of(cell.source if cell.cell_type == "code" else "")


def checks(cell) -> list[ast.Call]:
    """The calls of ``check`` in a cell."""
    return lessons.checks(cell.source if cell.cell_type == "code" else "")


def checked(notebook) -> list[str]:
    """The names of the exercises that a notebook checks."""
    return [name_of(call) for cell in notebook.cells for call in checks(cell)]


def on_purpose(cell) -> bool:
    """Whether a cell's answer is meant to be wrong, and stays so."""
    return ON_PURPOSE in cell.metadata.get("tags", [])


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
        if on_purpose(cell):
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


def strictly(source: str) -> str:
    """Some code whose checks raise where the answer is not right, and note nothing as solved."""
    changes = []
    for call in lessons.checks(source):
        arguments = [ast.unparse(one) for one in (*call.args, *call.keywords)]
        changes.append((call, f"{ast.unparse(call.func)}({', '.join([*arguments, 'strict=True'])})"))
    return replaced(source, changes)


def solved_for_comparison(
    notebook, exercises: dict[str, Exercise]
) -> tuple[nbformat.NotebookNode, list[str]]:
    """A solved copy for nbval: a wrong answer fails it, and all outputs but those of the answers are compared."""
    solved, complaints = solve(notebook, exercises)
    for cell, shipped in zip(solved.cells, notebook.cells, strict=True):
        if on_purpose(cell) or (cell.source == shipped.source and not checks(cell) and not waits(cell)):
            continue
        cell.source = strictly(cell.source)
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), IGNORED]
    return solved, complaints


def waits(cell) -> bool:
    """Whether a cell shows an answer only to those who gave their own: it says other things once that is there."""
    return cell.cell_type == "code" and re.search(r"^reveal\(", cell.source, re.MULTILINE) is not None


def with_riders(notebook, exercises: dict[str, Exercise]) -> tuple[nbformat.NotebookNode, list[str]]:
    """The lesson as shipped, and behind each of its exercises a cell that solves it on a copy of the lesson's names.

    So one run compares the outputs of an unsolved lesson and shows that its exercises can be solved with what the
    lesson gives. Of a cell only its answers and checks ride: what else it does must not be done twice. After the last
    cell each slider is moved to both its ends.
    """
    solved, complaints = solve(notebook, exercises)
    cells = [_cell(f"{IN_KERNEL}.watch_sliders()")]
    for cell, shipped in zip(solved.cells, notebook.cells, strict=True):
        cells.append(shipped)
        if on_purpose(cell) or (cell.source == shipped.source and not checks(cell)):
            continue
        before = {ast.dump(node) for node in tree_of(shipped).body}
        answers = [
            ast.unparse(node)
            for node in tree_of(cell).body
            if ast.dump(node) not in before or lessons.checks(ast.unparse(node))
        ]
        cells.append(_cell(f"{IN_KERNEL}.solved(globals(), {strictly(chr(10).join(answers))!r})"))
    cells.append(_cell(f"{IN_KERNEL}.move_sliders()"))
    made = copy.deepcopy(notebook)
    made.cells = cells
    return made, complaints


def _cell(source: str):
    return nbformat.v4.new_code_cell(source, metadata={"tags": [IGNORED]})
