"""The checklist meets every lesson once, and what it points at is there; questions are told whole."""

from __future__ import annotations

import pytest

from recsys_helpers.capstone import CHECKLIST, QUESTIONS, ROWS, checklist, questions
from recsys_helpers.capstone.checklist import as_markdown
from recsys_helpers.capstone.sheet import Sheet
from tools import lessons


def test_each_lesson_before_the_capstone_asks_once_in_the_order_of_the_report():
    assert sorted(one.lesson for one in CHECKLIST) == [f"{number:02d}" for number in range(24)]
    rows = [one.row for one in CHECKLIST]
    assert list(dict.fromkeys(rows)) == list(ROWS)
    assert rows == sorted(rows, key=list(ROWS).index)
    assert all(one.asks.endswith("?") and len(one.asks.split()) < 20 for one in CHECKLIST)


def test_the_sections_that_are_named_stand_in_their_lessons():
    there = {one.number: {cell.section for cell in one.cells} for one in lessons.all_lessons()}
    for one in CHECKLIST:
        assert one.section in there[one.lesson], one


def test_a_row_can_be_asked_for_alone_and_the_page_has_a_box_for_each_line():
    assert checklist("harm")["lesson"].tolist() == ["09", "17", "19"]
    assert sum(len(checklist(row)) for row in ROWS) == 24
    with pytest.raises(ValueError, match="no row of a report"):
        checklist("score")
    assert as_markdown().count("- [ ] ") == 24
    for one in CHECKLIST:
        assert f"{one.asks} (lesson {one.lesson}" in as_markdown()


def test_long_sentences_are_shown_whole_as_text_and_as_a_page():
    table, longest = checklist(), max((one.asks for one in CHECKLIST), key=len)
    assert longest in repr(table) and longest in table._repr_html_()
    assert "text-align: right" not in table._repr_html_()
    assert all(one.asked_by in questions()._repr_html_() for one in QUESTIONS.values())
    assert all(len(one.mind) == 3 and one.title.endswith("?") for one in QUESTIONS.values())


def test_the_lesson_meets_every_lesson():
    """In the table of the checklist, which the lesson shows whole, or in its own words."""
    (capstone,) = lessons.choose(["24"])
    shown = "\n".join(
        str(output.get("data", {}).get("text/plain", ""))
        for cell in capstone.cells
        for output in cell.outputs
    )
    for one in CHECKLIST:
        assert one.asks in shown


def test_the_checklist_is_a_table_by_rows_and_a_page_of_boxes():
    table = checklist()
    assert table.index.name == "row" and list(table) == ["lesson", "ask", "section"]
    assert table.reset_index()[["lesson", "row", "ask", "section"]].to_numpy().tolist() == [
        list(one) for one in CHECKLIST
    ]
    with pytest.raises(ValueError, match="^'score' is no row of a report: question, data"):
        checklist("score")
    page = [
        "# Checklist",
        "",
        "Tick a line when the report, or the notebook beside it, answers it. «No, because …» is an answer.",
        "",
    ]
    for row, says in ROWS.items():
        boxes = [
            f"- [ ] {one.asks} (lesson {one.lesson}, «{one.section}»)" for one in CHECKLIST if one.row == row
        ]
        page += [f"## {row.capitalize()}", "", says, "", *boxes, ""]
    assert as_markdown() == "\n".join(page)


def test_the_questions_to_take_are_a_table():
    table = questions()
    assert table.index.name == "name" and list(table) == ["question", "data", "asked by"]
    assert table.reset_index().to_numpy().tolist() == [
        [name, one.title, one.data, one.asked_by] for name, one in QUESTIONS.items()
    ]


def test_a_sheet_shows_all_its_rows_and_texts_from_the_left():
    """pandas cuts a text after fifty signs and a table after sixty rows."""
    words = "Who chose the settings, and on which part of the data was that?"
    table = Sheet({"ask": [words] * 100, "n": range(100)})
    page = table._repr_html_()
    assert page.count(words) == 100 == repr(table).count(words) and "..." not in page + repr(table)
    assert 'style="text-align: right' not in page and "<td>" not in page and "<th>" not in page
    assert page.count('<td style="text-align: left; vertical-align: top; white-space: normal">') == 200
    assert (
        page.count('<th style="text-align: left; vertical-align: top; white-space: normal">')
        == 103  # rows, and names of columns
    )
    wide = Sheet({f"c{n}": [n] for n in range(40)})
    assert all(f">c{n}</th>" in wide._repr_html_() and f"c{n}" in repr(wide).split() for n in range(40))
