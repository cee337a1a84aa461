"""How a lesson is read for the kit: which prose goes with the core, and what its code needs."""

from __future__ import annotations

import nbformat
import pytest

from tools import lessons


def lesson(tmp_path, *cells):
    """A lesson of prose (a string, or one with its tag) and code (a pair of tag and source)."""
    made = []
    for cell in cells:
        if isinstance(cell, str):
            made.append(nbformat.v4.new_markdown_cell(cell))
        else:
            made.append(nbformat.v4.new_code_cell(cell[1], metadata={"tags": [cell[0]]}))
    path = tmp_path / "05_small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=made), path)
    return lessons.read(path)


def parts(tmp_path, *cells) -> list[str]:
    return [cell.part for cell in lesson(tmp_path, *cells).cells if cell.kind == "markdown"]


CORE, MORE = ("core", "x = 1"), ("more", "y = 2")


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (("# T", CORE, "After.", CORE), ["core", "core"]),
        (("# T", CORE, "## S\n\nText.", MORE, "After."), ["core", "more", "more"]),
        (("# T", CORE, "## S\n\n| a | b |\n|---|---|", MORE), ["core", "core"]),  # a table stands alone
        (("# T", CORE, "## S\n\nText.", MORE, "Between.", CORE), ["core", "core", "core"]),
        (("# T", CORE, "**Your turn.** Do it.", MORE), ["core", "more"]),
        (("# T", CORE, "As follows:", MORE), ["core", "more"]),
        (("# T", CORE, "Explains.", "Leads on.", MORE), ["core", "core", "more"]),
        (
            ("# T", CORE, "**Predict.** How many?", CORE, MORE, "**What happened.** All."),
            ["core", "core", "core"],
        ),
        (
            ("# T", CORE, "**Predict.** How many?", MORE, CORE, "**What happened.** All."),
            ["core", "more", "more"],
        ),
        (("# T", CORE, "One.\n\n## S\n\nTwo.", MORE), ["core", "core", "more"]),  # a heading inside a cell
        (("# T", ("core", 'check("q", ...)'), "Two things. The first:", MORE), ["core", "more"]),
        (("# T", "## In the real world\n\nText."), ["core", "core"]),
    ],
)
def test_prose_goes_with_its_code(tmp_path, cells, wanted):
    assert parts(tmp_path, *cells) == wanted


def test_a_tag_on_prose_wins(tmp_path):
    cells = [
        nbformat.v4.new_markdown_cell("# T"),
        nbformat.v4.new_markdown_cell("A", metadata={"tags": ["more"]}),
    ]
    path = tmp_path / "05_small.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    assert [cell.part for cell in lessons.read(path).cells] == ["core", "more"]


def test_a_task_of_the_rest_is_no_part_of_the_cores_text(tmp_path):
    cells = lesson(tmp_path, "# T", CORE, "## S\n\nA rule.\n\n**Your turn.** Write it.", MORE, CORE).cells
    assert cells[2].core == "## S\n\nA rule." and cells[2].source.endswith("Write it.")
    cells = lesson(tmp_path, "# T", CORE, "## S\n\nA rule.\n\n**Your turn.** Write it.", CORE).cells
    assert cells[2].core == cells[2].source


def test_the_core_takes_along_what_makes_a_name_it_needs(tmp_path):
    made = lesson(tmp_path, "# T", ("more", "y = 2"), ("more", "z = 3"), ("core", "print(y)"))
    assert [cell.source for cell in lessons.closed_core(made)] == ["# T", "y = 2", "print(y)"]


@pytest.mark.parametrize(
    ("source", "needs", "makes"),
    [
        ("x = y + 1", {"y"}, {"x"}),
        ("x = 1\nprint(x)", {"print"}, {"x"}),
        ("x = x + 1", {"x"}, {"x"}),
        ("for k in rows:\n    total = k", {"rows"}, {"k", "total"}),
        ("def f(a):\n    b = a + c\n    return b", {"c"}, {"f"}),
        ("[a for a in b if a > c]", {"b", "c"}, set()),
        ("import numpy as np\nfrom a.b import c", set(), {"np", "c"}),
        ("with open(p) as file:\n    t = file.read()", {"open", "p"}, {"file", "t"}),
        ("f = lambda a: a + d", {"d"}, {"f"}),
        ("%time x = 1", set(), set()),
    ],
)
def test_what_code_needs_and_makes(source, needs, makes):
    assert lessons.needs(source) == needs
    assert lessons.makes(source) == makes


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "05_small.ipynb"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="05_small.ipynb is not a whole notebook"):
        lessons.read(path)


def test_a_body_keeps_its_comments_and_loses_its_docstring():
    import ast

    source = 'def f(x):\n    """Doc."""\n    # why\n    y = x\n    if y:\n        y += 1\n    return y'
    assert lessons.body_of(ast.parse(source).body[0], source) == "# why\ny = x\nif y:\n    y += 1\nreturn y"
