"""The instructor guide: its counts are those of the lessons, its plans add up, and what it points at is there."""

from __future__ import annotations

import re

import pytest

from recsys_helpers.exercises.registry import load_all
from tools import guide, lessons, plans

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
    assert plans.reading(lesson, "core") == 300 / 150 + 4 * 0.5
    assert plans.solving(lesson, EXERCISES, "core") == 0
    assert plans.solving(lesson, EXERCISES) == 4 + 2
    assert plans.core(lesson, EXERCISES) == 5 and plans.more(lesson, EXERCISES) == 5


@each_lesson
def test_the_core_fits_a_slot(lesson):
    assert plans.core(lesson, EXERCISES) <= plans.LAB


@pytest.mark.parametrize("plan", plans.SYLLABI)
def test_each_week_of_a_term_fits_its_class(plan):
    for number, (week, what, spare, _) in enumerate(block(f"syllabus {plan}"), start=1):
        taken = sum(map(int, re.findall(r"\((\d+)\)", what)))
        assert int(week) == number
        assert taken + int(spare) == plans.LONG_LAB and int(spare) >= 0, f"week {week}"


@pytest.mark.parametrize(
    "plan, weeks, last", [("six", 6, "08"), ("twelve", 12, "16"), ("semester", 16, "24")]
)
def test_a_term_holds_the_lessons_of_its_parts_once_and_in_order(plan, weeks, last):
    items = [what for week in plans.SYLLABI[plan] for what in week]
    planned = [what for what in items if what not in plans.LASTS]
    assert planned == [f"{number:02d}" for number in range(int(last) + 1)]
    assert len(plans.SYLLABI[plan]) == weeks
    shown = " ".join(what for _, what, *_ in block(f"syllabus {plan}"))
    assert re.findall(r"core of (\d\d)", shown) == [one.number for one in LESSONS if one.number <= last]
    assert items[-1] == plans.DEFENDED


@pytest.mark.parametrize("plan", plans.PROGRAMMES)
def test_a_workshop_ends_in_time(plan):
    clock = 0
    for begins, lasts, _ in block(f"workshop {plan}"):
        hours, minutes = begins.split(":")
        assert int(hours) * 60 + int(minutes) == clock
        assert int(lasts) >= 0
        clock += int(lasts)
    assert clock == plans.WORKSHOP


def test_a_route_says_of_which_other_lessons_the_summary_is_needed():
    numbers = {one.number for one in LESSONS}
    by_number = {one.number: one for one in LESSONS}
    for who, names, summaries, cores, everything in block("routes"):
        taken = numbers if names == "all" else set(names.split(", "))
        read = set() if summaries == "none" else set(summaries.split(", "))
        assert taken <= numbers and not taken & read and "00" in taken, who
        asked = set().union(*(plans.asked_before(by_number[number]) for number in taken))
        assert asked <= taken | read, who
        assert 0 < float(cores) < float(everything)
    assert float(block("routes")[-1][-1]) == max(float(row[-1]) for row in block("routes"))


def test_what_a_lesson_asks_for_is_read_with_its_ranges():
    says = (
        "**Before you start**: lessons 03 to 05, and 01 for the log. **Time**: 10 minutes, of which 09 to 12."
    )
    cell = lessons.Cell("markdown", says, [], [], "A", 0, "core")
    assert plans.asked_before(lessons.Lesson(lessons.ROOT / "08_x.ipynb", [cell])) == {"01", "03", "04", "05"}
    assert plans.asked_before(lessons.Lesson(lessons.ROOT / "08_x.ipynb", [])) == set()


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


@each_lesson
def test_the_readme_says_what_a_lesson_needs(lesson):
    """The lessons that its box names, and the packages that its row of the contents page does."""
    rows = (lessons.ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    page = (lessons.ROOT / "notebooks" / "contents.md").read_text(encoding="utf-8").splitlines()
    needs, extras = (
        next(line for line in text if line.startswith(f"| [{lesson.number} ")).strip("| ").split("|")[-1]
        for text in (rows, page)
    )
    named = set(re.findall(r"\b\d\d\b", needs))
    for first, last in re.findall(r"(\d\d) to (\d\d)", needs):
        named |= {f"{number:02d}" for number in range(int(first), int(last) + 1)}
    assert named == plans.asked_before(lesson)
    assert set(re.findall(r"`make \w+`", needs)) == set(re.findall(r"`make \w+`", extras))


def test_lessons_are_in_order_and_the_readme_leads_here():
    numbers = re.findall(r"^### Lesson (\d\d): ", TEXT, re.MULTILINE)
    assert numbers == sorted(numbers)
    assert "(docs/instructor.md)" in (lessons.ROOT / "README.md").read_text(encoding="utf-8")
    assert "formative grading" in TEXT
