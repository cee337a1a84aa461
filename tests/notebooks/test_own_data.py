"""The cell of lesson 21 that reads Yambda runs on files of the published form, and is not compared where they are."""

from __future__ import annotations

import contextlib
import io
import re

import nbformat
import pytest

from tests.notebooks.lessons import ROOT, compare, pass_over_what_is_missing
from tools.build_notebooks import NOT_SHIPPED, build, execute, found_here

LESSON = ROOT / "notebooks" / "21_large.ipynb"


@pytest.fixture
def yambda(tmp_path, monkeypatch):
    """A folder of small files of the published form, where $RECSYS_DATA says."""
    pytest.importorskip("duckdb", reason="DuckDB is not installed: make large")
    from tests.scale.test_yambda import listens, write

    rows = listens(n=150_000, users=3_000)
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path))
    return write(rows, tmp_path / NOT_SHIPPED["without-yambda"])


def test_the_lessons_cell_reads_yambda_where_it_is(yambda):
    cells = nbformat.read(LESSON, as_version=4).cells
    imports = next(cell.source for cell in cells if cell.cell_type == "code")
    (reads,) = (cell.source for cell in cells if "without-yambda" in cell.metadata.get("tags", []))
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(imports, names)
        exec(reads, names)
    found = dict(re.findall(r"^(λ.*): nDCG@10 (0\.\d{3})$", printed.getvalue(), re.MULTILINE))
    assert list(found) == ["λ by count", "λ"] and len(printed.getvalue().splitlines()) == 2
    # Tracks are drawn evenly there, so ten of eighty that are blind find an eighth of what is heard.
    assert all(0.02 < float(value) < 0.35 for value in found.values())


def noted(tmp_path, text):
    """A notebook with a cell that tells of Yambda and one that does not, whose stored outputs are ``text``."""
    cells = [nbformat.v4.new_code_cell("print('one')"), nbformat.v4.new_code_cell("print('two')")]
    cells[0].metadata["tags"] = ["more", "without-yambda"]
    notebook = nbformat.v4.new_notebook(cells=cells)
    execute(notebook, tmp_path)
    notebook.cells[text].outputs[0].text = "other\n"
    return notebook


@pytest.mark.parametrize(("changed", "here", "same"), [(0, True, True), (1, True, False), (0, False, False)])
def test_a_cell_on_data_that_are_not_shipped_is_compared_where_they_are_not(
    tmp_path, monkeypatch, changed, here, same
):
    notebook = noted(tmp_path, changed)
    file = tmp_path / "data" / NOT_SHIPPED["without-yambda"]
    if here:
        file.parent.mkdir(parents=True)
        file.write_bytes(b"")
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("recsys_helpers.datasets._files.cache_folder", lambda: tmp_path / "none")
    (tmp_path / "scratch").mkdir()
    assert compare(notebook, tmp_path / "scratch")[0] == same
    assert bool(found_here(notebook)) == here
    assert pass_over_what_is_missing(notebook) == "", "no package is missing"


def test_a_lesson_is_not_built_where_its_outputs_would_differ(tmp_path, yambda):
    with pytest.raises(ValueError, match=r"Its outputs are those without .*listens\.parquet"):
        build(ROOT / "notebooks" / "source" / "21_large.md", tmp_path / "21_large.ipynb")
    assert not (tmp_path / "21_large.ipynb").exists()
