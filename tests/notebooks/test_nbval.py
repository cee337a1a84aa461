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
from tests.conftest import real_data
from tests.notebooks.lessons import NEEDS_LASTFM, NOTEBOOKS, compare
from tools.build_notebooks import execute, warm_up

INTEL = platform.machine().lower() in ("x86_64", "amd64")
FOR_INTEL = pytest.mark.skipif(not INTEL, reason="for x86 only")

# Each condition is a list of environments that bring it about: the first that changes something here is taken.
ONE_THREAD = [{"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}]
# OpenBLAS has kernels of its own for each kind of processor: these two are for SSE3 alone (2004), and what most
# laptops take (AVX2, 2013). Where this machine takes that one anyway, the one between them stands in.
OLD_PROCESSOR = [{"OPENBLAS_CORETYPE": "Prescott"}]
LAPTOP = [{"OPENBLAS_CORETYPE": "Haswell"}, {"OPENBLAS_CORETYPE": "Nehalem"}]
NO_AVX512 = [{"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}]

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


def test_the_lesson_gives_its_stored_outputs(lesson, tmp_path):
    same, printed = compare(lesson, tmp_path)
    assert same, printed


@pytest.mark.slow
@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(ONE_THREAD, id="one thread"),
        pytest.param(OLD_PROCESSOR, id="old processor", marks=FOR_INTEL),
        pytest.param(LAPTOP, id="a laptop's processor", marks=FOR_INTEL),
        pytest.param(NO_AVX512, id="no AVX-512", marks=FOR_INTEL),
    ],
)
def test_the_outputs_do_not_depend_on_the_machine(lesson, condition, tmp_path):
    same, printed = compare(lesson, tmp_path, environment=that_changes_something(condition))
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
        with pytest.raises(pytest.skip.Exception, match="all but 1 cells of 90_needy agree; .*make deep"):
            compare(path, scratch)
    else:
        assert not compare(path, scratch)[0]
