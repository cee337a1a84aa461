"""The contents page: every lesson stands on it, its numbers are those of the course, and it follows what is solved."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from recsys_helpers.exercises import contents, engine, registry
from recsys_helpers.extras import EXTRAS
from recsys_helpers.workspace import copy_lessons

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "notebooks" / contents.PAGE).read_text(encoding="utf-8")
ROWS = {
    found[1]: [cell.strip() for cell in found[0].strip("|").split("|")]
    for found in contents.ROW.finditer(PAGE)
}
SHIPPED = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def test_every_lesson_has_its_row_in_order():
    assert list(ROWS) == [path.stem[:2] for path in SHIPPED]
    for path in SHIPPED:
        name, question, minutes, _ = ROWS[path.stem[:2]]
        assert name.endswith(f"]({path.name})")
        assert question.endswith("?") and len(question.split()) <= 25
        assert f"| {minutes} |" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem[:2])
def test_the_packages_are_those_that_the_cells_ask_for(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    tags = {tag for cell in cells for tag in cell["metadata"].get("tags", []) if tag.startswith("needs-")}
    wanted = sorted({f"`make {EXTRAS[tag.removeprefix('needs-')].target}`" for tag in tags})
    assert ROWS[path.stem[:2]][3] == ", ".join(wanted)


def test_the_page_counts_what_is_solved():
    name = registry.names()["06"][0]
    page = contents.with_progress(PAGE, {name, "of no lesson"})
    counts = re.findall(r"^\| \[(\d\d) .*\| (\d+) of (\d+) \|$", page, re.MULTILINE)
    assert {number: int(done) for number, done, _ in counts} == {
        number: int(number == "06") for number in ROWS
    }
    assert all(int(of) == len(registry.names()[number]) for number, _, of in counts)
    widths = {line.count("|") for line in page.splitlines() if line.startswith("|")}
    assert widths == {6}, "head, rule and rows have one more column each"


def test_a_learners_page_follows_the_answers(tmp_path, monkeypatch):
    monkeypatch.setenv("RECSYS_WORK", str(tmp_path))
    monkeypatch.setattr(engine, "_solved", set())
    name = registry.names()["06"][0]
    engine._remember(name)
    assert not (tmp_path / contents.PAGE).exists(), "a page that nobody asked for"
    assert contents.renew()
    assert " 1 of " in (tmp_path / contents.PAGE).read_text(encoding="utf-8")
    engine._remember(registry.names()["06"][1])
    assert " 2 of " in (tmp_path / contents.PAGE).read_text(encoding="utf-8")
    (tmp_path / ".progress.json").unlink()
    assert contents.renew()
    assert " 2 of " not in (tmp_path / contents.PAGE).read_text(encoding="utf-8")


def test_a_course_without_the_page_goes_on(tmp_path):
    assert not contents.renew(source=tmp_path, target=tmp_path)
    assert not list(tmp_path.iterdir())


def test_each_copy_leads_to_its_neighbours_and_the_contents(tmp_path):
    copy_lessons(ROOT / "notebooks", tmp_path)
    names = [path.name for path in SHIPPED]
    for i, name in enumerate(names):
        last = json.loads((tmp_path / name).read_text(encoding="utf-8"))["cells"][-1]
        assert last["cell_type"] == "markdown"
        found = re.findall(r"\]\(([^)]+)\)", "".join(last["source"]))
        assert found == [*names[max(i - 1, 0) : i], contents.PAGE, *names[i + 1 : i + 2]]
