"""The instructor guide: its counts are those of the lessons, its plans add up, and what it points at is there."""

from __future__ import annotations

import re

import pytest

from recsys_helpers.exercises.registry import load_all
from tools import guide, lessons

EXERCISES = {one.name: one for one in load_all()}
LESSONS = lessons.all_lessons()
TEXT = guide.GUIDE.read_text(encoding="utf-8")
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda one: one.number)


def part(number: str) -> str:
    found = re.search(rf"^### Lesson {number}\b.*?(?=^##[ #]|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    return found.group() if found else ""


def block(name: str) -> list[list[str]]:
    """The rows of a counted table, without its head."""
    text = re.search(rf"<!-- counted: {name} -->\n(.*?)<!-- end -->", TEXT, re.DOTALL).group(1)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.strip().splitlines()[2:]]


def test_the_counted_parts_are_those_of_the_lessons():
    assert guide.counted(TEXT, LESSONS, EXERCISES) == TEXT, "run `make guide`"


def test_a_part_that_nobody_can_count_is_named():
    with pytest.raises(ValueError, match="The guide asks for «hours»"):
        guide.counted("<!-- counted: hours -->\n<!-- end -->", LESSONS, EXERCISES)


def test_minutes_follow_the_formula():
    prose = lessons.Cell("markdown", "word " * 300, [], [], "A", 0, "core")
    code = [lessons.Cell("code", "x = 1", ["core"], [], "A", 0, "core") for _ in range(4)]
    names = [next(n for n, one in EXERCISES.items() if one.kind == kind) for kind in ("function", "question")]
    asks = lessons.Cell("code", "check(f)", ["more"], [], "A", 0, "more", names)
    lesson = lessons.Lesson(lessons.ROOT / "09_x.ipynb", [prose, *code, asks])
    assert guide.reading(lesson, "core") == 300 / 150 + 4 * 0.5
    assert guide.solving(lesson, EXERCISES, "core") == 0
    assert guide.solving(lesson, EXERCISES) == 4 + 2
    assert guide.core(lesson, EXERCISES) == 5 and guide.more(lesson, EXERCISES) == 5


@each_lesson
def test_the_core_fits_a_slot(lesson):
    assert guide.core(lesson, EXERCISES) <= guide.LAB


def test_each_week_of_the_syllabus_fits_its_class():
    for week, what, spare, _ in block("syllabus"):
        taken = sum(map(int, re.findall(r"\((\d+)\)", what)))
        assert taken + int(spare) == guide.LONG_LAB and int(spare) >= 0, f"week {week}"
    planned = [number for numbers in guide.WEEKS for number in numbers]
    assert planned == sorted(set(planned)) and {one.number for one in LESSONS} <= set(planned)


def test_the_workshop_ends_in_time():
    clock = 0
    for begins, lasts, _ in block("workshop"):
        hours, minutes = begins.split(":")
        assert int(hours) * 60 + int(minutes) == clock
        assert int(lasts) >= 0
        clock += int(lasts)
    assert clock == guide.WORKSHOP


@each_lesson
def test_each_lesson_has_its_advice(lesson):
    text = part(lesson.number)
    assert text.startswith(f"### Lesson {lesson.number}: ")
    assert "**Cut first**" in text and f"<!-- counted: struggles {lesson.number} -->" in text
    said = guide.notes(lesson.number)
    assert len(said) >= 3
    assert text.count("*A good answer") == len(re.findall(r"^- \*\*At ", text, re.MULTILINE)) == len(said)
    assert set(said) <= {cell.section for cell in lesson.cells}, "a section that the lesson has not"


@each_lesson
def test_what_is_to_be_cut_is_in_the_lesson(lesson):
    sections = {cell.section for cell in lesson.cells}
    cut = re.search(r"\*\*Cut first\*\*.*?(?=\n\n)", part(lesson.number), re.DOTALL).group()
    assert set(re.findall(r"«([^»]+)»", re.sub(r"\s+", " ", cut))) <= sections


def test_what_late_starters_are_sent_to_is_there():
    text = re.search(r"## Who starts late\n(.*?)\n## ", TEXT, re.DOTALL).group(1)
    named = set(re.findall(r"«([^»]+)»", text))
    assert len(named) >= 3 and named <= {cell.section for lesson in LESSONS for cell in lesson.cells}


def test_lessons_are_in_order_and_the_readme_leads_here():
    numbers = re.findall(r"^### Lesson (\d\d): ", TEXT, re.MULTILINE)
    assert numbers == sorted(numbers)
    assert "(docs/instructor.md)" in (lessons.ROOT / "README.md").read_text(encoding="utf-8")
    assert "formative grading" in TEXT
