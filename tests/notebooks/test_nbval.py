"""Every committed lesson gives the outputs that are stored in it, here and on machines that compute differently."""

from __future__ import annotations

import functools
import os
import platform
import re
import subprocess
import sys

import nbformat
import pytest

from recsys_helpers import extras
from recsys_helpers.exercises.registry import load_all
from tests.conftest import real_data
from tests.notebooks.lessons import NEEDS_LASTFM, NOTEBOOKS, compare
from tests.notebooks.solving import solved_for_comparison, with_riders
from tools.build_notebooks import execute, warm_up

INTEL = platform.machine().lower() in ("x86_64", "amd64")
FOR_INTEL = pytest.mark.skipif(not INTEL, reason="for x86 only")

# Environments in which a machine computes as another one does, the first that changes something here is taken. OpenBLAS
# has kernels of its own for each kind of processor: Prescott is for SSE3 alone (2004), Haswell what most laptops take
# (AVX2, 2013); where this machine takes that one anyway, the one between them stands in.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
NO_AVX512 = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}
OLD = {**ONE_THREAD, "OPENBLAS_CORETYPE": "Prescott"}
OLD_MACHINE = [{**OLD, **NO_AVX512}, OLD] if INTEL else [ONE_THREAD]
LAPTOP = [{"OPENBLAS_CORETYPE": "Haswell"}, {"OPENBLAS_CORETYPE": "Nehalem"}]

PROBE = """
import numpy, scipy.linalg, threadpoolctl
numpy.ones((64, 64)) @ numpy.ones((64, 64))
blas = [pool for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas"]
print(sorted({pool["architecture"] for pool in blas}), sorted({pool["num_threads"] for pool in blas}))
print(sorted(name for name, there in numpy._core._multiarray_umath.__cpu_features__.items() if there))
"""


@functools.cache
def arithmetic(*settings: tuple[str, str]) -> str:
    """The kernels, threads and instructions that NumPy and SciPy take under settings; "" where they cannot run so."""
    command = [sys.executable, "-W", "error", "-c", PROBE]
    done = subprocess.run(command, env={**os.environ, **dict(settings)}, capture_output=True, text=True)
    return "" if done.returncode else done.stdout


def that_changes_something(environments: list[dict[str, str]]) -> dict[str, str]:
    here = arithmetic()
    assert here, "the probe itself does not run"
    for environment in environments:
        if arithmetic(*environment.items()) not in ("", here):
            return environment
    pytest.skip(f"{environments} would change nothing here: this machine computes so anyway, or cannot")


@pytest.fixture(scope="module", autouse=True)
def fonts():
    warm_up()


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def lesson(request):
    if request.param.name.startswith(NEEDS_LASTFM) and real_data("lastfm-2k", "user_artists.dat") is None:
        pytest.skip(
            "this lesson is about Last.fm-2k, which is neither under $RECSYS_DATA nor under data/cache"
        )
    return request.param


@pytest.fixture(scope="module")
def exercises():
    return {one.name: one for one in load_all()}


def test_the_lesson_gives_its_stored_outputs_and_its_exercises_can_be_solved(lesson, exercises, tmp_path):
    """One run for both: behind each exercise rides a cell that solves it, and at the end the sliders are moved."""
    ridden, complaints = with_riders(nbformat.read(lesson, as_version=4), exercises)
    assert not complaints
    same, printed = compare(ridden, tmp_path)
    assert same, printed


@pytest.mark.slow
def test_an_old_machine_gives_the_same_outputs(lesson, tmp_path):
    same, printed = compare(lesson, tmp_path, environment=that_changes_something(OLD_MACHINE))
    assert same, printed


@pytest.mark.slow
@FOR_INTEL
def test_a_laptop_gives_the_same_outputs_with_all_exercises_solved(lesson, exercises, tmp_path):
    solved, complaints = solved_for_comparison(nbformat.read(lesson, as_version=4), exercises)
    assert not complaints
    same, printed = compare(solved, tmp_path, environment=that_changes_something(LAPTOP))
    assert same, printed


# ---- tests of the test: what it must catch -----------------------------------------------------------------------


def replace_in_output(key, old, new):
    """A change of a cell: other words in the first output that has such a part."""

    def change(cell):
        output = next(o for o in cell.outputs if key in o or key in o.get("data", {}))
        holder = output if key in output else output["data"]
        assert old in holder[key], "the damage must change something"
        holder[key] = holder[key].replace(old, new)

    return change


CODE = {
    "text": "total = 1.25\nprint(f'{total:.2f}')",
    "table": "import pandas as pd\npd.DataFrame({'plays': [3, 5]}, index=['al', 'bo'])",
    "error": "try:\n    [][0]\nexcept IndexError as error:\n    print(error)",
    "set": "print({'b', 'a', 'c', 'd', 'e'})",
    "picture": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
}
DAMAGE = {
    "a number in text": ("text", replace_in_output("text", "1.25", "1.26")),
    "a number in a table": ("table", replace_in_output("text/html", ">5<", ">6<")),
    "an error's words": ("error", replace_in_output("text", "out of range", "too large")),
    "a picture that is gone": ("picture", lambda cell: cell.update(outputs=[])),
    "an output that is gone": ("text", lambda cell: cell.update(outputs=[])),
    "an output that is new": ("text", lambda cell: cell.update(source="total = 1.25")),
    "code that gives something else": ("text", lambda cell: cell.update(source="print('1.26')")),
    "code that raises": ("error", lambda cell: cell.update(source="[][0]")),
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """The numbers of the cells that fail, strictly and laxly, in a lesson built as the real ones and then damaged.

    First one cell of each kind, untouched, then one for each damage.
    """
    folder = tmp_path_factory.mktemp("damaged")
    codes = [*CODE.values(), *(CODE[kind] for kind, _ in DAMAGE.values())]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in codes])
    execute(notebook, folder)
    for cell, (_, change) in zip(notebook.cells[len(CODE) :], DAMAGE.values(), strict=True):
        change(cell)
    path = folder / "damaged.ipynb"
    nbformat.write(notebook, path)
    found = {}
    for lax in (False, True):
        _, printed = compare(path, folder, lax=lax)
        assert sum(int(n) for n in re.findall(r"(\d+) (?:passed|failed)", printed)) == len(codes), printed
        found[lax] = {int(number) for number in re.findall(r"^FAILED .*::Cell (\d+)", printed, re.MULTILINE)}
    return found


def test_what_is_undamaged_passes(failures):
    assert not failures[False] & set(range(len(CODE)))


@pytest.mark.parametrize(("number", "what"), list(enumerate(DAMAGE, start=len(CODE))), ids=list(DAMAGE))
def test_damage_is_found(failures, number, what):
    assert number in failures[False], f"{what} was not noticed"


def test_lax_forgives_another_output_but_no_error(failures):
    assert failures[True] == {len(CODE) + list(DAMAGE).index("code that raises")}


NEEDY = {
    "before": "print(1.25)",
    "needs it": "print('the stored output is another')",
    "after": "print(2.5)",
}


@pytest.mark.parametrize(
    ("lack", "wrong", "well"),
    [
        ("`make deep` brings it", "needs it", "skipped"),
        ("`make deep` brings it", "after", "different"),
        ("", "needs it", "different"),
    ],
)
def test_cells_without_their_optional_packages_are_passed_over_and_no_others(
    tmp_path, monkeypatch, lack, wrong, well
):
    cells = [nbformat.v4.new_code_cell(code) for code in NEEDY.values()]
    cells[1].metadata["tags"] = ["more", "needs-deep"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    execute(notebook, tmp_path)
    notebook.cells[list(NEEDY).index(wrong)].outputs[0].text = "other\n"
    path, scratch = tmp_path / "90_needy.ipynb", tmp_path / "scratch"
    nbformat.write(notebook, path)
    scratch.mkdir()
    monkeypatch.setattr(extras, "missing", lambda name: lack)
    if well == "skipped":
        with pytest.raises(pytest.skip.Exception, match="all but 1 cells agree; .*make deep"):
            compare(path, scratch)
    else:
        assert not compare(path, scratch)[0]
