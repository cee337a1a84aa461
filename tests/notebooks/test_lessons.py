"""What every committed lesson must be: built from its source, run top to bottom, clean, and in the house style."""

from __future__ import annotations

import copy
import re

import nbformat
import pytest
from nbconvert import HTMLExporter

from tests.notebooks.lessons import NOTEBOOKS, ROOT, SOURCES
from tools.build_notebooks import differences, read_source
from tools.lessons import words

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)

PRIVATE = re.compile(
    r"/home/\w|/Users/\w|/root/|/tmp/|/var/folders/|/mnt/|[A-Z]:\\+Users|site-packages|[\w.]+@[\w-]+\.[a-z]{2,}"
    r"|0x[0-9a-f]{6,}"
)
MAX_CODE, MAX_EXERCISE, MAX_WORDS, MAX_BYTES = 15, 25, 80, 1_500_000


def outputs_as_text(cell) -> str:
    parts = []
    for output in cell.get("outputs", []):
        parts.append(output.get("text", ""))
        parts += [value for kind, value in output.get("data", {}).items() if not kind.startswith("image/")]
        parts += output.get("traceback", [])
    return "\n".join(str(part) for part in parts)


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
        if "execution" in cell.metadata:
            found.append(f"cell {number}: holds the times of a run")
    return found


def out_of_style(notebook) -> list[str]:
    """What the house style of a lesson forbids in its text and code."""
    found = []
    if not notebook.cells[0].source.startswith("# "):
        found.append("cell 0: is not the title")
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            if words(cell.source) > MAX_WORDS:
                found.append(f"cell {number}: {words(cell.source)} words of prose, at most {MAX_WORDS}")
            if re.search(r"!\[[^\]]*\]\((?!https:|attachment:)", cell.source):
                found.append(f"cell {number}: a picture in a file, which a learner's copy will not find")
            continue
        lines = sum(1 for line in cell.source.splitlines() if line.strip())
        most = MAX_EXERCISE if re.search(r"(?<![\w.])check\(", cell.source) else MAX_CODE
        if lines > most:
            found.append(f"cell {number}: {lines} lines of code, at most {most}")
        for pattern, what in (
            (r"^\s*from\s+\S+\s+import\s+\*", "a star import"),
            (r"^\s*[!%]\s*(pip|conda)", "an install"),
            (r"filterwarnings|simplefilter", "a silenced warning"),
            (r";\s*$", "a trailing semicolon, which silences nothing here"),
        ):
            if re.search(pattern, cell.source, re.MULTILINE):
                found.append(f"cell {number}: {what}")
    return found


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
def test_keeps_the_house_style(path):
    assert not out_of_style(nbformat.read(path, as_version=4))


# ---- tests of the tests ------------------------------------------------------------------------------------------


def good():
    """A notebook with nothing to complain about."""
    code = nbformat.v4.new_code_cell("print(1)", execution_count=1)
    code.outputs = [nbformat.v4.new_output("stream", name="stdout", text="1\n")]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title"), code])


def test_a_good_notebook_is_clean_and_in_style():
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
        ("markdown", "word " * 81, "81 words of prose"),
        ("markdown", "![a picture](images/x.png)", "learner's copy will not find"),
    ],
)
def test_a_breach_of_style_is_named(kind, source, complaint):
    notebook = good()
    notebook.cells.append(
        nbformat.v4.new_code_cell(source) if kind == "code" else nbformat.v4.new_markdown_cell(source)
    )
    assert any(complaint in line for line in out_of_style(notebook)), out_of_style(notebook)


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
