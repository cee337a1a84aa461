"""Every committed lesson gives the outputs that are stored in it, here and on machines that compute differently."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys

import nbformat
import pytest

from tests.conftest import real_data
from tests.notebooks.lessons import NEEDS_LASTFM, NOTEBOOKS, compare
from tools.build_notebooks import execute, warm_up

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
OLD_PROCESSOR = {"OPENBLAS_CORETYPE": "Prescott"}
NO_AVX512 = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}
INTEL = platform.machine().lower() in ("x86_64", "amd64")


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


def test_the_lesson_gives_its_stored_outputs(lesson, tmp_path):
    same, printed = compare(lesson, tmp_path)
    assert same, printed


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="again"),
        pytest.param(ONE_THREAD, id="one thread"),
        pytest.param(
            OLD_PROCESSOR, id="old processor", marks=pytest.mark.skipif(not INTEL, reason="for x86 only")
        ),
        pytest.param(NO_AVX512, id="no AVX-512", marks=pytest.mark.skipif(not INTEL, reason="for x86 only")),
    ],
)
def test_the_outputs_do_not_depend_on_the_machine(lesson, environment, tmp_path):
    if "NPY_DISABLE_CPU_FEATURES" in environment:
        probe = subprocess.run(
            [sys.executable, "-W", "error", "-c", "import numpy"], env={**os.environ, **environment}
        )
        if probe.returncode:
            pytest.skip("this NumPy or this processor knows no such feature to disable")
    same, printed = compare(lesson, tmp_path, environment=environment)
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
