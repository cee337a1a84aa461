"""The shared figures: what they show is what they were given, and none goes without its sentence."""

from __future__ import annotations

import base64
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest

from recsys_helpers import plots
from tools import readme_picture
from tools.readme_picture import last_figure

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"

TABLE = pd.DataFrame(
    {
        "model": ["a", "b", "a", "b"],
        "metric": ["ndcg", "ndcg", "recall", "recall"],
        "value": [0.2, 0.3, 0.5, 0.4],
        "low": [0.1, 0.25, 0.45, 0.3],
        "high": [0.3, 0.35, 0.55, 0.5],
    }
)


@pytest.fixture(autouse=True)
def no_window():
    before = matplotlib.get_backend()
    plt.switch_backend("Agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


def test_comparison_draws_each_value_with_its_interval_best_on_top():
    fig, ax = plots.comparison(TABLE, "recall", "a leads")
    (dots,) = [line for line in ax.lines if line.get_marker() == "o"]
    assert dots.get_xdata().tolist() == [0.4, 0.5]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["b", "a"]
    segments = ax.collections[0].get_segments()
    assert [[x for x, _ in part] for part in segments] == [[0.3, 0.5], [0.45, 0.55]]
    assert ax.get_title(loc="left") == "a leads"


def test_a_difference_carries_its_sign_and_a_level_none():
    rows = [
        ("ours", 0.25, (0.25, 0.19, 0.31), (0.1, -0.02, 0.22)),
        ("chance", 0.03, (-0.0004, -0.01, 0.02), ""),
    ]
    columns = ["model", "mean", "nDCG", "gain"]
    of_columns = plots.table(rows, columns, 2, levels=["nDCG"])
    assert of_columns.loc["ours"].tolist() == ["0.25", "0.25 [0.19, 0.31]", "+0.10 [-0.02, +0.22]"]
    assert of_columns.loc["chance"].tolist() == ["0.03", "0.00 [-0.01, 0.02]", ""]  # and never -0.00
    of_rows = plots.table(rows, columns, 2, levels=["ours"])
    assert of_rows["nDCG"].tolist() == ["0.25 [0.19, 0.31]", "+0.00 [-0.01, +0.02]"]
    assert of_rows.loc["ours", "gain"] == "0.10 [-0.02, 0.22]"
    with pytest.raises(ValueError, match="'AUC', which is neither a column nor a row"):
        plots.table(rows, columns, 2, levels=["nDCG", "AUC"])


def test_forest_draws_each_row_from_the_top_and_marks_a_difference():
    table = pd.DataFrame(
        {
            "claim": ["als over ease"] * 3 + ["charts"],
            "group": ["Murmur", "Last.fm", "Last.fm - Murmur", "all"],
            "kind": ["group", "group", "difference", "group"],
            "value": [0.1, -0.1, -0.2, 0.3],
            "low": [0.0, -0.2, -0.3, 0.2],
            "high": [0.2, 0.0, -0.1, 0.4],
        }
    )
    fig, ax = plots.forest(table, "als turns round", "nDCG@10")
    ticks = dict(zip(ax.get_yticks(), [tick.get_text() for tick in ax.get_yticklabels()], strict=True))
    assert [ticks[y] for y in (3, 2, 1, 0)] == [
        "als over ease: Murmur",
        "als over ease: Last.fm",
        "als over ease: Last.fm - Murmur",
        "charts",
    ]
    ends = [part.get_segments()[0] for part in ax.collections]
    assert [[x for x, _ in part] for part in ends] == table[["low", "high"]].to_numpy().tolist()
    marks = [(line.get_marker(), line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines[:4]]
    assert marks == [("o", 0.1, 3), ("o", -0.1, 2), ("D", -0.2, 1), ("o", 0.3, 0)]
    assert ax.lines[0].get_color() != ax.lines[1].get_color() and ax.lines[4].get_xdata() == [0, 0]
    with pytest.raises(ValueError, match="There is no row to draw"):
        plots.forest(table.iloc[:0], "nothing", "x")


def test_long_tail_sorts_and_leaves_zeros_out():
    fig, ax = plots.long_tail([0, 3, 10, 1, 0], "a tail", "tracks", "plays")
    assert ax.lines[0].get_ydata().tolist() == [10, 3, 1]
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]


def test_show_prints_its_sentence_and_closes_the_figure(capsys):
    fig, _ = plots.figure("a claim", "x (s)", "y (m)")
    plots.show(fig, "It rises.")
    assert capsys.readouterr().out == "It rises.\n"
    assert not plt.get_fignums()


def test_in_a_notebook_the_sentence_is_the_alternative_text_too(tmp_path):
    code = """from recsys_helpers import plots
def draw(says):
    plots.show(plots.figure("a claim", "x", "y")[0], says)
draw('It "rises".')
draw("It <falls>.")"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    pytest.importorskip("jupytext")  # a learner's environment goes without
    from tools.build_notebooks import execute

    execute(notebook, tmp_path)
    pictures = [out for out in notebook.cells[0].outputs if out.output_type == "display_data"]
    assert [out.metadata["image/png"]["alt"] for out in pictures] == ['It "rises".', "It <falls>."]
    printed = [out.text for out in notebook.cells[0].outputs if out.output_type == "stream"]
    assert printed == ['It "rises".\n', "It <falls>.\n"]
    assert len(notebook.cells[0].outputs) == 4, "each is shown once"


def test_a_slider_draws_when_it_is_moved(capsys):
    drawn = []
    handle, below = plots.slider(drawn.append, "minutes", 30, range(15, 76, 15)).children
    assert handle.value == 30 and list(handle.options) == [15, 30, 45, 60, 75]
    assert handle.description == "minutes" and drawn == []
    handle.value = 60
    handle.value = 60
    handle.value = 15
    assert drawn == [60, 15]


def test_bad_input():
    with pytest.raises(ValueError, match="cannot begin at 4, .* it runs from 5 to 9"):
        plots.slider(print, "tracks", 4, range(5, 10))
    with pytest.raises(ValueError, match="cannot begin at 0.2"):
        plots.slider(print, "lambda", 0.2, [0.1, 0.3])
    with pytest.raises(ValueError, match="has no values"):
        plots.slider(print, "lambda", 0.2, [])
    fig, _ = plots.figure("a claim", "x", "y")
    with pytest.raises(ValueError, match="Say in one line"):
        plots.show(fig, "  ")
    with pytest.raises(ValueError, match="no metric 'map', only ndcg, recall"):
        plots.comparison(TABLE, "map", "nothing")
    with pytest.raises(ValueError, match="no count above 0"):
        plots.long_tail(np.zeros(3), "nothing", "tracks", "plays")


@pytest.mark.parametrize("name", readme_picture.PICTURES)
def test_the_readme_shows_the_figure_of_the_lesson(name):
    lesson, drawn_by = readme_picture.PICTURES[name]
    stored = last_figure(readme_picture.ROOT / "notebooks" / lesson, drawn_by)
    assert (readme_picture.IMAGES / name).read_bytes() == stored


def test_the_picture_is_of_the_comparison_whatever_is_drawn_after_it(tmp_path):
    def drawn(source, picture):
        data = {"image/png": base64.b64encode(picture).decode()}
        return nbformat.v4.new_code_cell(source, outputs=[nbformat.v4.new_output("display_data", data)])

    cells = [
        drawn("plots.comparison(a)", b"one"),
        drawn("plots.comparison(b)", b"two"),
        drawn("ax.hist(x)", b"3"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "x.ipynb")
    assert last_figure(tmp_path / "x.ipynb", "plots.comparison(") == b"two"
    nbformat.write(nbformat.v4.new_notebook(cells=cells[2:]), tmp_path / "x.ipynb")
    with pytest.raises(ValueError, match="holds no figure"):
        last_figure(tmp_path / "x.ipynb", "plots.comparison(")


def test_every_lesson_stands_on_the_map_and_is_marked_in_its_places():
    for lesson in (path.stem[:2] for path in sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))):
        if lesson == "00":
            continue
        fig, ax = plots.course_map(lesson)
        drawn = [text.get_text() for text in ax.texts]
        marked = [text for text in drawn if text.startswith("●")]
        assert marked and marked == [text for text in drawn if lesson in text.split("\n")[-1].split(" · ")]
        thick = [
            text for text in ax.texts if text.get_bbox_patch() and text.get_bbox_patch().get_linewidth() > 2
        ]
        assert [text.get_text() for text in thick] == marked
        plt.close(fig)


def test_the_map_without_a_lesson_marks_nothing_and_knows_no_other():
    _, ax = plots.course_map()
    answers = [text.get_text().split("\n")[0] for text in ax.texts if text.get_bbox_patch()]
    assert answers == [answer for row in plots.COURSE_MAP.values() for answer in row]
    assert not any("●" in text.get_text() for text in ax.texts)
    with pytest.raises(ValueError, match="Lesson '99' is not on the map, only 01, 02"):
        plots.course_map("99")
