"""The nbgrader course of the labs: how submissions are mended and run before they are graded.

`make labs` copies it beside the labs, where nbgrader reads it. It gives no points itself: the locked cells do.
See docs/instructor.md.
"""

import copy
import os

import nbformat
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearOutput,
    NbGraderPreprocessor,
    OverwriteCells,
    OverwriteKernelspec,
)

HERE = os.path.dirname(os.path.abspath(__file__))


def mark(cell) -> dict:
    """What nbgrader knows a cell by; {} for a learner's own cell."""
    found = cell.metadata.get("nbgrader")
    return found if isinstance(found, dict) else {}


def mend(cells: list, source: list) -> list:
    """The cells of a submission with each mark of the lab once, as the lab has it, and its locked cells all there.

    Copying or splitting a cell copies its mark. Of several answers the last keeps it; of several checks the first one
    below that answer, since a cell further down may have put the lesson's own in its place; of the lesson's own cells
    the last. A locked cell that was deleted comes back behind the one that it follows in the lab.
    """
    cells, marks = list(cells), {mark(cell)["grade_id"]: mark(cell) for cell in source if mark(cell)}
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        places.setdefault(str(mark(cell).get("grade_id")), []).append(place)
    kept = {}
    for name, found in places.items():
        if name in marks:
            answer = places.get(name.removesuffix("-check"), [-1])[-1] if marks[name]["grade"] else len(cells)
            kept[next((place for place in found if place > answer), found[-1])] = name
    for place, cell in enumerate(cells):
        cell.metadata.pop("nbgrader", None)
        if place in kept:
            cell.metadata["nbgrader"] = copy.deepcopy(marks[kept[place]])
    behind = 0
    for cell in source:
        name = mark(cell).get("grade_id")
        here = next(
            (place for place, one in enumerate(cells) if name and mark(one).get("grade_id") == name), None
        )
        if here is not None:
            behind = here + 1
        elif name and marks[name]["locked"]:
            cells.insert(behind, copy.deepcopy(cell))
            behind += 1
    return cells


class OneOfEach(NbGraderPreprocessor):
    """Mends the cells of a submission; nbgrader's own DeduplicateIds leaves marks that end the grading of a class."""

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        path = os.path.join(HERE, "source", about["assignment"], f"{about['notebook']}.ipynb")
        nb.cells = mend(nb.cells, nbformat.read(path, as_version=4).cells)
        return nb, resources


c = get_config()  # noqa: F821 (nbgrader gives it)
c.CourseDirectory.course_id = "murmur"
c.ClearSolutions.code_stub = {"python": "...  # your answer"}
c.LockCells.lock_readonly_cells = (
    False  # a learner may play with the lesson's code: grading takes the original
)
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    OneOfEach,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.ExecutePreprocessor.timeout = 60  # seconds a cell; an endless loop inside an answer ends sooner
c.ExecutePreprocessor.interrupt_on_timeout = True
c.ExecutePreprocessor.iopub_timeout = 30  # on a busy machine the outputs come late
c.ExecutePreprocessor.startup_timeout = 120
c.ExecutePreprocessor.extra_arguments = [f"--IPKernelApp.exec_files={os.path.join(HERE, 'graded_kernel.py')}"]
os.environ["RECSYS_WORK"] = os.path.join(HERE, "nobody")  # so that grading adds nothing to your own progress
os.environ.pop("MPLBACKEND", None)
