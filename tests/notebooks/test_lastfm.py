"""Lesson 08's own promises: it stops politely without its data, and shows what the benchmarks show."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tests.notebooks.lessons import ROOT
from tools.build_notebooks import execute

LESSON = ROOT / "notebooks" / "08_real_listeners.ipynb"
ROWS = {  # the lesson's models, and their rows in benchmarks/RESULTS.md: those whose settings are the same in both
    "ImplicitALS": "ImplicitALS, defaults",
    "PureSVD": "CollaborativeFiltering(10, 1, zero)",
    "popularity": "Popularity",
}


def printed() -> str:
    cells = nbformat.read(LESSON, as_version=4).cells
    return "\n".join(out.get("text", "") for cell in cells for out in cell.get("outputs", []))


@pytest.mark.parametrize("model", ROWS)
def test_the_lesson_shows_the_figure_of_the_benchmarks(model):
    results = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")
    measured = re.search(rf"^\| {re.escape(ROWS[model])} \| ours \| (0\.\d+)", results, re.MULTILINE)
    (line,) = re.findall(r"^ImplicitALS 0\.\d{3}, .*popularity 0\.\d{3}.*$", printed(), re.MULTILINE)
    shown = re.search(rf"\b{model} (0\.\d{{3}})", line)
    assert abs(float(shown[1]) - float(measured[1])) <= 0.00051


@pytest.mark.slow
def test_the_lesson_stops_with_one_sentence_where_its_data_are_not(tmp_path):
    """The loader's answer on a machine without the data and a network, in a kernel, at the lesson's own cell."""
    notebook = nbformat.read(LESSON, as_version=4)
    loading = next(cell for cell in notebook.cells if "load_lastfm()" in cell.source)
    away = "import recsys_helpers.datasets as d, recsys_helpers.datasets._files as f, pathlib\n"
    away += f"f.places = lambda: []\nf.cache_folder = lambda: pathlib.Path({str(tmp_path)!r})\n"
    away += "from recsys_helpers.datasets import _download\n_download.places = f.places\n"
    away += "import requests\ndef refuse(*a, **k): raise requests.exceptions.ConnectionError('off')\n"
    away += "requests.sessions.Session.request = refuse\nfrom recsys_helpers.datasets import load_lastfm\n"
    away += "from threadpoolctl import threadpool_limits"
    codes = (away, loading.source, "print('went on')")
    small = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code) for code in codes])
    with pytest.raises(CellExecutionError):
        execute(small, tmp_path)
    (error,) = [out for out in small.cells[1].outputs if out.output_type == "error"]
    assert len(error.traceback) == 1 and "\n" not in error.traceback[0]
    assert re.match(
        "Last.fm 2k .* is not on this machine .*: download https://.* and put", error.traceback[0]
    )
    assert not small.cells[2].outputs, "the cells below do not run"
