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


def test_an_empty_page_asks_for_what_each_row_has_to_say():
    lines = Report()._text().splitlines()
    assert lines[:4] == ["# No title yet", "", "| | |", "|---|---|"]
    assert lines[4:] == [f"| **{row}** | *{ask}* |" for row, ask in ROWS.items()]
    assert template().startswith(Report()._text()) and Report().title == ""
    report = Report("A claim")
    report["data"] = "  Some\nrows. "
    assert report["data"] == "Some rows." and report["cost"] == ""
    assert "| **data** | Some rows. |" in report._text().splitlines()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "The report has no title: say the claim in one sentence, Report('…')."),
        (
            {"data": "", "cost": "—"},
            f"The report says nothing yet under data, cost. Fill in report['data']: {ROWS['data']}",
        ),
        (
            {"null": " ".join(["word"] * 500)},
            "words, and a page holds 500: cut 42. The longest row is 'null'.",
        ),
    ],
)
def test_a_page_is_refused_with_what_is_to_be_done(change, says):
    report = full(**{row: text for row, text in change.items() if row != "title"})
    report.title = change.get("title", report.title)
    with pytest.raises(ValueError) as error:
        report.page()
    assert str(error.value).endswith(says)


def test_a_name_without_md_a_folder_that_is_not_there_and_a_strangers_file_are_named(tmp_path):
    with pytest.raises(
        ValueError, match=r"^report\.html: the report is Markdown, so its name ends in \.md\.$"
    ):
        full().write(tmp_path / "report.html")
    with pytest.raises(ValueError, match="^There is no folder .*nowhere: make it first"):
        full().write(tmp_path / "nowhere" / "report.md")
    assert full().write(str(tmp_path / "REPORT.MD")) == tmp_path / "REPORT.MD"
    strange = tmp_path / "strange.md"
    strange.write_bytes(b"\xff\xfe not ours")
    with pytest.raises(
        ValueError, match="strange.md holds what this notebook did not write, or was changed by hand"
    ):
        full().write(strange)
    assert strange.read_bytes() == b"\xff\xfe not ours"


def test_a_home_is_found(tmp_path, monkeypatch):
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    assert full().write("~/report.md") == tmp_path / "report.md" and (tmp_path / "report.md").is_file()


@pytest.mark.parametrize(
    ("text", "words"), [("", 0), ("推", 1), ("推荐系", 2), ("a-b c", 3), ("한국 カナ", 2)]
)
def test_words_of_a_text(text, words):
    assert Report(text).words() == words


def test_what_fills_a_row_can_be_taken_out_again_and_other_things_are_named():
    report = full()
    for nothing in (None, ...):
        report["data"] = "Words."
        report["data"] = nothing
        assert report["data"] == "" and report.missing() == ["data"]
    report["data"] = None  # where there is nothing
    with pytest.raises(ValueError, match="^The row 'cost' takes a sentence or an Interval, not list"):
        report["cost"] = ["a"]
    for use in (lambda: report["score"], lambda: report.__setitem__("score", "1")):
        with pytest.raises(
            ValueError, match="^'score' is no row of a report: question, data, split, baseline"
        ):
            use()


def test_the_rubric_prints_as_a_page_with_a_place_for_each_mark():
    assert list(rubric()) == ["0 points", "2 points", "4 points"] and rubric().index.name == "line"
    lines = as_markdown().splitlines()
    assert lines[0] == "# Rubric" and as_markdown().endswith("|\n")
    assert lines[2].startswith("For a peer, 30 minutes: five to run the notebook from the top, two for each")
    assert (
        lines[4]
        == "can see: 0, 2 or 4 points a line, 40 in all. What a page does not say counts as not done."
    )
    assert lines[3] == (
        "five to write one sentence on what convinced you most and one on what you would do next. Give what you"
    )
    assert lines[1] == lines[5] == "" and lines[2].endswith("two for each of the ten lines,")
    assert lines[6:8] == ["| line | 0 points | 2 points | 4 points | given |", "|---|---|---|---|---|"]
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[8:]]
    assert table == [
        *([f"**{line}**", *levels, ""] for line, levels in RUBRIC.items()),
        ["**in all**", "", "", "", "of 40"],
    ]


def test_a_graded_sheet_says_why_in_ones_own_words_or_the_rubrics():
    sheet = grade(dict.fromkeys(RUBRIC, 4), {"cost": "Seconds for both."})
    assert list(sheet) == ["points", "because"] and sheet.index.name == "line"
    assert sheet.index.tolist() == [*RUBRIC, "in all"] and sheet["points"].tolist() == ["4"] * 10 + [
        "40 of 40"
    ]
    assert sheet["because"].tolist() == [
        "Seconds for both." if line == "cost" else levels[2] for line, levels in RUBRIC.items()
    ] + [""]
    with pytest.raises(ValueError, match="^No points for cost, runs: each line gets 0, 2 or 4"):
        grade({line: 4 for line in RUBRIC if line not in ("cost", "runs")})
    with pytest.raises(ValueError, match="^'style' is no line of the rubric: question, data"):
        grade(dict.fromkeys([*RUBRIC, "style", "tone"], 4))
    with pytest.raises(ValueError, match="^data: 3 is no number of points. A line gets 0, 2 or 4"):
        grade(dict.fromkeys(RUBRIC, 4) | {"data": 3})
