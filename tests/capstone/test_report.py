"""A page that is filled, refused and written: nothing empty, nothing too long, nobody's words lost."""

from __future__ import annotations

import os
import re

import pytest

from recsys_helpers.capstone import ROWS, RUBRIC, Report, grade, rubric
from recsys_helpers.capstone.report import MOST_WORDS, template
from recsys_helpers.capstone.rubric import LEVELS, MINUTES, MOST, as_markdown
from recsys_helpers.evaluation import Interval


def full(**changed: object) -> Report:
    report = Report("A claim")
    for row in ROWS:
        report[row] = changed.get(row, f"What is said of {row}.")
    return report


def test_a_full_page_holds_every_row_once_in_order():
    page = full().page()
    assert page.startswith("# A claim\n")
    assert re.findall(r"^\| \*\*(\w+)\*\* \|", page, re.MULTILINE) == list(ROWS)
    assert full()._repr_markdown_() == page == repr(full())


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("empty", ["", "  ", "…", "...", "—", ..., None])
def test_an_empty_row_is_refused_by_its_name(tmp_path, row, empty):
    report = full(**{row: empty})
    assert report.missing() == [row]
    with pytest.raises(ValueError, match=f"nothing yet under {row}.*report\\['{row}'\\]"):
        report.write(tmp_path / "report.md")
    assert not list(tmp_path.iterdir())


def test_an_interval_says_over_what_it_runs_and_other_things_are_refused():
    report = full(interval=Interval(0.04, 0.023, 0.059, n=406))
    assert "0.040 [0.023, 0.059], 95% over 406 listeners" in report.page()
    with pytest.raises(ValueError, match="takes a sentence or an Interval, not float"):
        report["interval"] = 0.04
    for use in (lambda: report["score"], lambda: report.__setitem__("score", "1")):
        with pytest.raises(ValueError, match="no row of a report"):
            use()


def test_a_title_is_asked_for_and_a_bar_does_not_break_the_table():
    with pytest.raises(ValueError, match="no title"):
        untitled = full()
        untitled.title = "..."
        untitled.page()
    lines = full(data="a | b\nnext\n\nlines").page().splitlines()
    assert "| **data** | a \\| b next lines |" in lines


def test_more_than_a_page_is_refused_with_how_much():
    rest = full().words() - len("What is said of data".split())
    fits = " ".join(["word"] * (MOST_WORDS - rest))
    assert full(data=fits).words() == MOST_WORDS and full(data=fits).page()
    with pytest.raises(ValueError, match=f"{MOST_WORDS + 2} words.*cut 2.*'data'"):
        full(data=fits + " two more").page()


def test_two_signs_of_chinese_count_as_a_word():
    report = Report("推荐")
    assert report.words() == 1
    report["data"] = "八周的播放记录 log"
    assert report.words() == 6  # nine signs in all, and «log»


def test_a_page_takes_the_place_of_its_own_and_of_nobody_elses(tmp_path):
    path = tmp_path / "a b 张" / "report.md"
    with pytest.raises(ValueError, match="There is no folder"):
        full().write(path)
    path.parent.mkdir()
    path.write_text(template(), encoding="utf-8")
    assert full().write(path) == path and "What is said of null." in path.read_text(encoding="utf-8")
    full(null="Something else.").write(path)
    text = path.read_text(encoding="utf-8")
    assert "Something else." in text
    for changed in (text.replace("else", "new"), "my own notes", text + "\nmore"):
        path.write_text(changed, encoding="utf-8")
        with pytest.raises(ValueError, match="stays as it is"):
            full().write(path)
        assert path.read_text(encoding="utf-8") == changed
    with pytest.raises(ValueError, match=r"ends in \.md"):
        full().write(tmp_path / "report.html")


def test_line_ends_of_windows_are_no_change_by_hand(tmp_path):
    path = tmp_path / "report.md"
    full().write(path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    full(null="New.").write(path)
    assert "New." in path.read_text(encoding="utf-8")


@pytest.mark.skipif(
    os.name != "posix" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all"
)
def test_a_folder_that_cannot_be_written_loses_nothing(tmp_path):
    path = tmp_path / "report.md"
    full().write(path)
    before = path.read_text(encoding="utf-8")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OSError):
            full(null="New.").write(path)
    finally:
        tmp_path.chmod(0o700)
    assert path.read_text(encoding="utf-8") == before


# ---- the rubric ------------------------------------------------------------------------------------------------------


def test_points_add_up_and_each_level_says_something_of_its_own():
    assert list(RUBRIC) == [*ROWS, "runs"] and MOST == 40 == 4 * len(RUBRIC)
    for levels in RUBRIC.values():
        assert len(set(levels)) == len(LEVELS) == 3 and all(level.endswith(".") for level in levels)
    assert rubric().shape == (10, 3) and MINUTES == 5 + 2 * len(RUBRIC) + 5
    sheet = grade({line: LEVELS[n % 3] for n, line in enumerate(RUBRIC)})
    assert sheet.loc["in all", "points"] == f"{sum(LEVELS[n % 3] for n in range(10))} of 40"
    assert sheet.loc["data", "because"] == RUBRIC["data"][1]
    assert all(f"| **{line}** |" in as_markdown() for line in RUBRIC) and "30 minutes" in as_markdown()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"data": 3}, "data: 3 is no number of points"),
        ({"data": True}, "no number of points"),
        ({"style": 2}, "'style' is no line"),
        ({"data": None}, "No points for data"),
    ],
)
def test_a_sheet_with_other_points_is_refused(change, says):
    points = {line: one for line, one in (dict.fromkeys(RUBRIC, 4) | change).items() if one is not None}
    with pytest.raises(ValueError, match=says):
        grade(points)
    with pytest.raises(ValueError, match="no line of the rubric"):
        grade(dict.fromkeys(RUBRIC, 4), {"style": "fine"})
