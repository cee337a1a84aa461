"""What every committed lesson must be: built from its source, run top to bottom, clean, and in the house style."""

from __future__ import annotations

import ast
import copy
import re

import nbformat
import pandas
import pytest
from nbconvert import HTMLExporter

from recsys_helpers import plots
from recsys_helpers.arena import join
from recsys_helpers.extras import EXTRAS
from tests.notebooks.lessons import NOTEBOOKS, ROOT, SOURCES
from tools import lessons
from tools.build_notebooks import differences, read_source
from tools.lessons import words

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

PRIVATE = re.compile(
    r"/(?:home|Users)/\w|/(?:root|tmp|mnt|var/folders)/|[A-Z]:\\+Users|site-packages|[\w.]+@[\w-]+\.[a-z]{2,}"
    r"|0x[0-9a-f]{6,}"
)
# What people cannot read, or misread: a dictionary or a bare NumPy value as Python prints it, and a zero below zero.
AS_PYTHON = re.compile(r"\{(?:'[^'\n]*'|-?\d+): |\['-?\d|np\.(?:float|int)\d+\(|(?<![\w.-])-0\.0+(?!\d)")
LEVEL = re.compile(
    r"nDCG@\d+|pleased of 100"
)  # a column of that name holds levels: they are not written as differences
MAX_CODE, MAX_EXERCISE, MAX_WORDS, MAX_BYTES = 15, 25, 130, 1_500_000
# Code cells beside the exercises, those among them that are core, exercises of the core. The first lessons were written
# before these limits: what stands here for one of them may only shrink.
LIMITS = (50, 25, 3)
OLDER = {
    "02": (58, 25, 6),
}


def outputs_as_text(cell) -> str:
    parts = []
    for output in cell.get("outputs", []):
        parts.append(output.get("text", ""))
        parts += [value for kind, value in output.get("data", {}).items() if not kind.startswith("image/")]
        parts += output.get("traceback", [])
    return "\n".join(str(part) for part in parts)


def read_by_people(cell) -> str:
    """The printed lines and the tables of a cell, without what stands for a picture or a slider."""
    outputs = cell.get("outputs", [])
    return "\n".join(
        output.get("text", "") + str(output.get("data", {}).get("text/plain", ""))
        for output in outputs
        if "application/vnd.jupyter.widget-view+json" not in output.get("data", {})
    )


def unclean(notebook) -> list[str]:
    """What a committed notebook's outputs must not show."""
    found, expected = [], 1
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        if cell.execution_count != expected:
            found.append(f"cell {number}: execution count {cell.execution_count} instead of {expected}")
        expected += 1
        for output in cell.outputs:
            if output.get("name") == "stderr":
                found.append(f"cell {number}: prints to stderr: {output.text[:80]!r}")
            if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
                found.append(f"cell {number}: raised {output.ename}")
        private = PRIVATE.search(outputs_as_text(cell))
        if private:
            found.append(f"cell {number}: shows {private.group()!r}")
        misread = AS_PYTHON.search(read_by_people(cell))
        if misread:
            found.append(f"cell {number}: prints {misread.group()!r}: write a sentence or a table")
        found += [f"cell {number}: a level with a sign, {said}" for said in signed_levels(cell)]
        if "execution" in cell.metadata:
            found.append(f"cell {number}: holds the times of a run")
    return found


def signed_levels(cell) -> list[str]:
    """What stands with a plus in a column of levels, in the tables that a cell shows."""
    found = []
    for output in cell.get("outputs", []):
        html = "".join(output.get("data", {}).get("text/html", ""))
        rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in html.split("<tr")[1:]]
        for place, name in enumerate(rows[0] if rows else []):
            if LEVEL.fullmatch(name):
                found += [
                    f"{name} {row[place]}"
                    for row in rows[1:]
                    if row[place : place + 1] and row[place][:1] == "+"
                ]
    return found


def out_of_style(notebook) -> list[str]:
    """What the house style of a lesson forbids in its text and code."""
    found = []
    if not notebook.cells[0].source.startswith("# "):
        found.append("cell 0: is not the title")
    above = ""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            above = " ".join(cell.source.split())
            if words(cell.source) > MAX_WORDS:
                found.append(f"cell {number}: {words(cell.source)} words of prose, at most {MAX_WORDS}")
            if re.search(r"!\[[^\]]*\]\((?!https:|attachment:)", cell.source):
                found.append(f"cell {number}: a picture in a file, which a learner's copy will not find")
            continue
        if len({"core", "more"} & set(cell.metadata.get("tags", []))) != 1:
            found.append(f"cell {number}: is tagged neither core nor more, or both")
        lines = sum(1 for line in cell.source.splitlines() if line.strip())
        most = MAX_EXERCISE if re.search(r"(?<![\w.])check\(", cell.source) else MAX_CODE
        if lines > most:
            found.append(f"cell {number}: {lines} lines of code, at most {most}")
        if (
            most == MAX_EXERCISE
            and re.search(r"^ +\.\.\.$", cell.source, re.MULTILINE)
            and "**Your turn" not in above
        ):
            found.append(f"cell {number}: a function to write, and the text above does not say «Your turn»")
        for pattern, what in (
            (r"^\s*from\s+\S+\s+import\s+\*", "a star import"),
            (r"^\s*[!%]\s*(pip|conda)", "an install"),
            (r"filterwarnings|simplefilter", "a silenced warning"),
            (r";\s*$", "a trailing semicolon, which silences nothing here"),
            (r"query\(.*@\w+\[[^]]*:", "a slice in a query, which older versions of pandas do not read"),
        ):
            if re.search(pattern, cell.source, re.MULTILINE):
                found.append(f"cell {number}: {what}")
        if any(call.startswith("plots.table(") for call in dropped(cell.source)):
            found.append(
                f"cell {number}: a table that is made and not shown, because it is not what ends the cell"
            )
    return found


def dropped(code: str) -> list[str]:
    """The expressions of a cell whose value nobody sees: all on a line of their own but the last one."""
    try:
        lines = ast.parse(code).body[:-1]
    except SyntaxError:  # a magic
        return []
    return [ast.unparse(line) for line in lines if isinstance(line, ast.Expr)]


def badly_described(notebook) -> list[str]:
    """The pictures whose alternative text is not the line printed under them."""
    found = []
    for number, cell in enumerate(notebook.cells):
        outputs = cell.get("outputs", [])
        for output, below in zip(outputs, [*outputs[1:], {}], strict=False):
            if "image/png" not in output.get("data", {}):
                continue
            alt = output.metadata.get("image/png", {}).get("alt")
            if not alt or not below.get("text", "").startswith(f"{alt}\n"):
                found.append(f"cell {number}: {alt!r} over {below.get('text', '')[:60]!r}")
    return found


BROUGHT = {module: name for name in ("deep", "large", "text") for module in EXTRAS[name].modules}
BROUGHT |= {"transformers": "text", "recsys_helpers.deep": "deep", "recsys_helpers.scale": "large"}


def badly_needing(notebook) -> list[str]:
    """Where cells and the optional packages that they need do not fit: see docs/contributing.md."""
    found = []
    for number, cell in enumerate(notebook.cells):
        tags = set(cell.metadata.get("tags", []))
        needs = {tag.removeprefix("needs-") for tag in tags if tag.startswith("needs-")}
        if cell.cell_type != "code":
            found += [f"cell {number}: prose needs nothing"] if needs else []
            continue
        tree = lessons.tree_of(cell.source)
        asked = set(re.findall(r'^if extra\("(\w+)"\):', cell.source, re.MULTILINE))
        brought = {
            BROUGHT[known]
            for node in ast.walk(tree)
            for module in imported(node)
            for known in BROUGHT
            if f"{module}.".startswith(f"{known}.")
        }
        if asked != needs:
            found.append(f"cell {number}: asks for {sorted(asked)} and is tagged for {sorted(needs)}")
        if brought - {"large" if one == "spark" else one for one in needs}:
            found.append(f"cell {number}: imports what {sorted(brought)} brings without asking for it")
        if needs and "more" not in tags:
            found.append(f"cell {number}: is not tagged more")
        if needs and lessons.checks(cell.source):
            found.append(f"cell {number}: an exercise must not need an optional package")
        if needs and not all(isinstance(node, ast.If) for node in tree.body):
            found.append(f"cell {number}: does something outside of `if extra(…):`")
        found += [f"cell {number}: there is no extra {name}" for name in sorted(needs - set(EXTRAS))]
    return found


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def too_long(lesson: lessons.Lesson) -> list[str]:
    """Where a lesson has more cells or exercises than a reader gets through."""
    written = [
        one for one in lesson.exercises("core") if any(f"check({one}" in cell.source for cell in lesson.cells)
    ]
    counts = (len(lesson.code()), len(lesson.code("core")), len(written))
    names = ("code cells beside the exercises", "of them core", "functions to write in the core")
    limits = OLDER.get(lesson.number, LIMITS)
    return [
        f"{n} {what}, at most {most}" for n, what, most in zip(counts, names, limits, strict=True) if n > most
    ]


def test_every_lesson_has_a_source_and_every_source_a_lesson():
    assert [path.stem for path in NOTEBOOKS] == [path.stem for path in SOURCES]
    misnamed = [path.name for path in NOTEBOOKS if not re.fullmatch(r"\d\d_[a-z0-9_]+\.ipynb", path.name)]
    assert not misnamed


@each_notebook
def test_agrees_with_its_source(path):
    found = differences(ROOT / "notebooks" / "source" / f"{path.stem}.md", path)
    assert not found, "run `make notebooks`:\n" + "\n".join(found)


@each_notebook
def test_has_clean_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert not unclean(notebook)
    assert path.stat().st_size <= MAX_BYTES
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


@each_notebook
def test_each_picture_is_described_by_the_line_under_it(path, caplog):
    notebook = nbformat.read(path, as_version=4)
    assert not badly_described(notebook)
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(notebook)
    assert not caplog.records, "nbconvert misses a description"
    shown = sum(
        "image/png" in out.get("data", {}) for cell in notebook.cells for out in cell.get("outputs", [])
    )
    assert len(re.findall(r'<img[^>]*?alt="[^"]{20,}', page)) == shown > 0


@each_notebook
def test_cells_ask_for_the_optional_packages_that_they_need(path):
    assert not badly_needing(nbformat.read(path, as_version=4))


@each_notebook
def test_is_no_longer_than_a_lesson_may_be(path):
    assert not too_long(lessons.read(path))


@each_notebook
def test_keeps_the_house_style(path):
    assert not out_of_style(nbformat.read(path, as_version=4))


def test_the_two_cells_for_a_class_play_a_week():
    """Lesson 16 shows them as text, so no build runs them: here the league is a local one, and nobody waits."""
    path = next(one for one in NOTEBOOKS if one.stem == "16_arena")
    cells = nbformat.read(path, as_version=4).cells
    shown = next(cell.source for cell in cells if "**In a class**" in cell.source)
    enter, each_week = re.findall(r"```python\n(.*?)```", shown, re.DOTALL)
    assert re.fullmatch(r'game = join\("http://[\d.:]+", team="\w+", code="[a-z]{6}"\).*\n', enter)
    known = {"join": join, "pd": pandas, "plots": plots, "game": join("local", users=60, weeks=2)}
    for name in ("standings", "my_lists"):
        task = next(cell.source for cell in cells if cell.source.startswith(f"def {name}("))
        exec(ast.unparse(ast.parse(task).body[0]), known)
    exec(each_week, known)
    assert known["game"].week == 2 and not known["game"].log().empty


# ---- tests of the tests ------------------------------------------------------------------------------------------


def good():
    """A notebook with nothing to complain about."""
    code = nbformat.v4.new_code_cell("print(1)", execution_count=1, metadata={"tags": ["core"]})
    code.outputs = [nbformat.v4.new_output("stream", name="stdout", text="1\n")]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title"), code])


LEVELS = ("ours", (0.25, 0.2, 0.3))


def shown(table):
    """What a cell that ends in a table shows."""
    return nbformat.v4.new_output("display_data", {"text/html": table.to_html(), "text/plain": str(table)})


def test_a_good_notebook_is_clean_and_in_style():
    tables = good()
    tables.cells[1].outputs[0].update(text="-0.001 and 0.00, t-0.00, {a: 1} and {1, 2}")
    tables.cells[1].outputs.append(shown(plots.table([LEVELS], ["of", "nDCG@10"], levels=["nDCG@10"])))
    tables.cells[1].outputs.append(shown(plots.table([LEVELS], ["of", "gain in nDCG@10"])))
    assert not unclean(tables)
    assert not unclean(good())
    assert not out_of_style(good())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda cell: cell.update(execution_count=3), "execution count 3 instead of 1"),
        (lambda cell: cell.update(execution_count=None), "execution count None"),
        (lambda cell: cell.outputs[0].update(name="stderr"), "prints to stderr"),
        (lambda cell: cell.outputs[0].update(text="saved in /home/ann/x.csv"), "shows '/home/a"),
        (lambda cell: cell.outputs[0].update(text=r"C:\Users\ann"), "shows"),
        (lambda cell: cell.outputs[0].update(text="<object at 0x7f3a2b1c>"), "shows '0x7f3a2b1c'"),
        (lambda cell: cell.outputs[0].update(text="ann@example.org"), "shows 'ann@example.org'"),
        (lambda cell: cell.outputs[0].update(text="means: {'alone': 0.2}"), """prints "{'alone': \""""),
        (lambda cell: cell.outputs[0].update(text="{10: '1,800', 20: '1,600'}"), "prints '{10: '"),
        (lambda cell: cell.outputs[0].update(text="[np.float64(0.5)]"), "prints 'np.float64('"),
        (lambda cell: cell.outputs[0].update(text="states: ['0.76', '0.36']"), """prints "['0\""""),
        (lambda cell: cell.outputs[0].update(text="less: -0.00 [-0.02, +0.02]"), "prints '-0.00'"),
        (
            lambda cell: cell.outputs.append(shown(plots.table([LEVELS], ["of", "nDCG@10"]))),
            "a level with a sign",
        ),
        (lambda cell: cell.metadata.update(execution={"iopub.status.busy": "now"}), "times of a run"),
        (
            lambda cell: cell.outputs.append(nbformat.v4.new_output("error", ename="KeyError", evalue="1")),
            "raised KeyError",
        ),
    ],
)
def test_an_unclean_output_is_named(change, complaint):
    notebook = good()
    change(notebook.cells[1])
    assert any(complaint in line for line in unclean(notebook)), unclean(notebook)


@pytest.mark.parametrize(
    ("alt", "below", "well"),
    [
        ("It rises.", "It rises.\n", True),
        ("It rises.", "It falls.\n", False),
        ("", "\n", False),
        (None, "", False),
    ],
)
def test_a_picture_without_its_line_is_found(alt, below, well):
    notebook = good()
    metadata = {} if alt is None else {"image/png": {"alt": alt}}
    picture = nbformat.v4.new_output("display_data", {"image/png": "AAAA"}, metadata=metadata)
    line = nbformat.v4.new_output("stream", name="stdout", text=below)
    notebook.cells[1].outputs = [picture, line] if below else [picture]
    assert bool(badly_described(notebook)) != well


@pytest.mark.parametrize(
    ("kind", "source", "complaint"),
    [
        ("code", "\n".join(["x = 1"] * 16), "16 lines of code"),
        ("code", "from numpy import *", "star import"),
        ("code", "%pip install x", "an install"),
        ("code", "import warnings\nwarnings.filterwarnings('ignore')", "silenced warning"),
        ("code", "plt.plot(x);", "semicolon"),
        ("code", "plots.table(rows, head)\nprint(len(rows))", "made and not shown"),
        ("code", "frame.query('item not in @famous[:50]')", "a slice in a query"),
        ("code", "def f(x):\n    ...\n\n\nf = check(f)", "does not say «Your turn»"),
        ("markdown", "word " * 131, "131 words of prose"),
        ("markdown", "![a picture](images/x.png)", "learner's copy will not find"),
    ],
)
def test_a_breach_of_style_is_named(kind, source, complaint):
    notebook = good()
    notebook.cells.append(
        nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
    )
    assert any(complaint in line for line in out_of_style(notebook)), out_of_style(notebook)


def test_a_lesson_with_too_many_cells_or_tasks_is_named(tmp_path):
    codes = [nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["more"]}) for _ in range(25)]
    codes += [nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["core"]}) for _ in range(26)]
    names = [f"def f{n}():\n    ...\n\n\ncheck(f{n})" for n in range(4)]
    codes += [nbformat.v4.new_code_cell(one, metadata={"tags": ["core"]}) for one in names]
    path = tmp_path / "99_long.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), *codes]), path)
    found = too_long(lessons.read(path))
    assert [line.split(",")[0] for line in found] == [
        "51 code cells beside the exercises",
        "26 of them core",
        "4 functions to write in the core",
    ]
    assert any(
        "neither core nor more" in line
        for line in out_of_style(
            nbformat.v4.new_notebook(
                cells=[nbformat.v4.new_markdown_cell("# T"), nbformat.v4.new_code_cell("x = 1")]
            )
        )
    )


GOOD_NEED = 'if extra("deep"):\n    import torch\n    print(torch.ones(2))'


@pytest.mark.parametrize(
    ("source", "tags", "complaint"),
    [
        (GOOD_NEED, ["more", "needs-deep"], ""),
        ('if extra("spark"):\n    import pyspark', ["more", "needs-spark"], ""),
        ('if extra("deep"):\n    from recsys_helpers.deep import VAE', ["more", "needs-deep"], ""),
        ("import numpy as np\nfrom recsys_helpers import deepness", ["core"], ""),
        (GOOD_NEED, ["more"], "asks for ['deep'] and is tagged for []"),
        (GOOD_NEED, ["core", "needs-deep"], "not tagged more"),
        ("import torch.nn as nn", ["more"], "imports what ['deep'] brings"),
        ("from recsys_helpers import deep", ["more"], "imports what ['deep'] brings"),
        ('if extra("deep"):\n    import duckdb', ["more", "needs-deep"], "imports what ['large'] brings"),
        (GOOD_NEED + "\nprint(1)", ["more", "needs-deep"], "outside of"),
        (GOOD_NEED + "\n    check(f)", ["more", "needs-deep"], "an exercise must not"),
        (GOOD_NEED.replace("deep", "deeep"), ["more", "needs-deeep"], "there is no extra deeep"),
    ],
)
def test_a_cell_that_asks_for_the_wrong_thing_is_named(source, tags, complaint):
    notebook = good()
    notebook.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
    found = badly_needing(notebook)
    assert any(complaint in line for line in found) if complaint else not found, found


SOURCE = """---
kernelspec:
  display_name: Python 3 (ipykernel)
  language: python
  name: python3
---

# Title

+++

Prose.

```{code-cell} ipython3
:tags: [core]

print(1)
```
"""


@pytest.mark.parametrize(
    "change",
    [
        lambda notebook: notebook.cells[2].update(source="print(2)"),
        lambda notebook: notebook.cells[1].update(source="Other prose."),
        lambda notebook: notebook.cells[2].metadata.update(tags=["more"]),
        lambda notebook: notebook.cells.pop(),
        lambda notebook: notebook.cells.insert(1, nbformat.v4.new_markdown_cell("More.")),
        lambda notebook: notebook.metadata.update(jupytext={"formats": "ipynb,md"}),
    ],
)
def test_an_edited_notebook_differs_from_its_source(tmp_path, change):
    source, path = tmp_path / "00_x.md", tmp_path / "00_x.ipynb"
    source.write_text(SOURCE, encoding="utf-8")
    notebook = read_source(source)
    nbformat.write(copy.deepcopy(notebook), path)
    assert not differences(source, path)
    change(notebook)
    nbformat.write(notebook, path)
    assert differences(source, path)
