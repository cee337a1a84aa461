"""What a course of these lessons takes: minutes of a lesson, plans for a term, workshops, and routes by goal.

It writes no file: tools/guide.py puts these tables into the instructor guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from recsys_helpers.exercises.registry import Exercise
from tools import lessons
from tools.lessons import Lesson

# words a minute; minutes for a code cell, a function, a question
WORDS, CELL, FUNCTION, QUESTION = 150, 0.5, 4, 2
LIVE = 0.5  # in a workshop exercises are solved together, in half the time
LAB, LONG_LAB, WORKSHOP = 45, 90, 180  # minutes

Exercises = Mapping[str, Exercise]

# ---- plans: a lesson by its number, anything else by its name -----------------------------------------------------

QUESTION_OF = "the project's question"
SO_FAR = "the project so far"
DEFENDED = "the projects are defended"
REHEARSAL = "the Arena: everybody hands in today's chart, and a first week"
ROUNDS = "the Arena: three more weeks"
WON = "what won in the Arena, and why"
LASTS = {QUESTION_OF: 30, SO_FAR: 30, DEFENDED: 75, REHEARSAL: 30, ROUNDS: 60, WON: 15}  # minutes
AT_HOME = {QUESTION_OF: "the project", SO_FAR: "the project", ROUNDS: "the project"}

PART_1: list[tuple[str, ...]] = [
    ("00", "01"),
    ("02", "03"),
    ("04", QUESTION_OF),
    ("05", "06"),
    ("07", "08"),
]
PART_2: list[tuple[str, ...]] = [
    ("09", "10"),
    ("11", "12"),
    ("13", SO_FAR),
    ("14", "15"),
    ("16", REHEARSAL),
    (ROUNDS, WON),
]
PART_3: list[tuple[str, ...]] = [("17", "18"), ("19", "20"), ("21", "22"), ("23", "24")]
SYLLABI = {
    "six": [*PART_1, (DEFENDED,)],
    "twelve": [*PART_1, *PART_2, (DEFENDED,)],
    "semester": [*PART_1, *PART_2, *PART_3, (DEFENDED,)],
}

WELCOME, MONDAY, BREAK = "welcome: everybody has `make lab` running", "what to do on Monday", "a break"
A_WEEK = "the Arena: week {}, handed in and played"
PROGRAMMES = {
    "foundations": [(WELCOME, 10), "01", "03", (BREAK, 15), "04", "06", (MONDAY, 10)],
    "arena": [
        (WELCOME, 10),
        "16",
        ("the Arena: a rehearsal, everybody hands in today's chart", 15),
        (A_WEEK.format(1), 20),
        (BREAK, 15),
        *((A_WEEK.format(week), 20) for week in (2, 3, 4)),
        ("the board is read: whose place is sure, and what won?", 15),
    ],
}

ROUTES = {
    "a developer in a hurry": "00 01 03 04 06 09 20 21",
    "an analyst who tests and reports": "00 01 02 04 06 07 08 15 16",
    "a researcher": "00 01 03 04 06 07 08 10 12 13 14 18 19",
    "a lover of music who wants to know how it chooses": "00 01 02 05 09 11 16 17 22",
    "everybody who has the time": "",
}


# ---- minutes ------------------------------------------------------------------------------------------------------


def reading(lesson: Lesson, part: str | None = None) -> float:
    """Minutes to read a part of a lesson and run its code, by the guide's formula."""
    words = sum(lessons.words(cell.source) for cell in lesson.prose(part))
    return words / WORDS + CELL * len(lesson.code(part))


def solving(lesson: Lesson, exercises: Exercises, part: str | None = None) -> float:
    """Minutes to solve the exercises of a part."""
    kinds = [exercises[name].kind for name in lesson.exercises(part) if name in exercises]
    return sum(FUNCTION if kind == "function" else QUESTION for kind in kinds)


def to_five(minutes: float) -> int:
    """An estimate is not known to the minute."""
    return 5 * round(minutes / 5)


def core(lesson: Lesson, exercises: Exercises) -> int:
    return to_five(reading(lesson, "core") + solving(lesson, exercises, "core"))


def more(lesson: Lesson, exercises: Exercises) -> int:
    return to_five(reading(lesson, "more") + solving(lesson, exercises, "more"))


def live(lesson: Lesson, exercises: Exercises) -> int:
    return to_five(reading(lesson, "core") + LIVE * solving(lesson, exercises, "core"))


def minutes(there: list[Lesson], exercises: Exercises) -> str:
    """The table of minutes of each lesson."""
    rows = [
        "| lesson | core | the rest | in 45 minutes | in 90 minutes | live |",
        "|---|---|---|---|---|---|",
    ]
    for one in there:
        inner, outer = core(one, exercises), more(one, exercises)
        spare = LAB - inner
        short = f"the core, {spare} for questions" if spare > 0 else "the core"
        short += f" but for {-spare} minutes of it" if spare < 0 else ""
        left = inner + outer - LONG_LAB
        long = (
            f"all, {-left} for questions"
            if left < 0
            else "all"
            if left == 0
            else f"the core, {LONG_LAB - inner} of the rest"
        )
        rows.append(f"| {one.title} | {inner} | {outer} | {short} | {long} | {live(one, exercises)} |")
    return "\n".join(rows)


# ---- terms, workshops, routes -------------------------------------------------------------------------------------


def syllabus(there: list[Lesson], exercises: Exercises, *, plan: str) -> str:
    """A term week by week: one class of 90 minutes each, and what is left for home."""
    by_number = {one.number: one for one in there}
    rows = ["| week | in class (90 minutes) | for your questions | at home |", "|---|---|---|---|"]
    weeks = [[what for what in items if what in by_number or what in LASTS] for items in SYLLABI[plan]]
    for week, known in enumerate(filter(None, weeks), start=1):
        taken = [core(by_number[what], exercises) if what in by_number else LASTS[what] for what in known]
        says = [f"core of {what}" if what in by_number else what for what in known]
        home = [
            f"the rest of {what} ({more(by_number[what], exercises)})"
            for what in known
            if what in by_number and more(by_number[what], exercises)
        ]
        home += [AT_HOME[what] for what in known if what in AT_HOME]
        inside = ", ".join(f"{what} ({lasts})" for what, lasts in zip(says, taken, strict=True))
        rows.append(
            f"| {week} | {inside} | {LONG_LAB - sum(taken)} | {', '.join(home) or 'nothing: it is done'} |"
        )
    return "\n".join(rows)


def workshop(there: list[Lesson], exercises: Exercises, *, plan: str) -> str:
    """Three hours, live, minute by minute."""
    by_number = {one.number: one for one in there}
    rows, clock = ["| from | minutes | what |", "|---|---|---|"], 0
    for what in PROGRAMMES[plan]:
        if isinstance(what, tuple):
            says, lasts = what
        elif what in by_number:
            lasts, says = live(by_number[what], exercises), f"{by_number[what].title}, its slides"
        else:
            continue
        rows.append(f"| {clock // 60}:{clock % 60:02d} | {lasts} | {says} |")
        clock += lasts
    rows.append(
        f"| {clock // 60}:{clock % 60:02d} | {WORKSHOP - clock} | yours: where the room wants to stay longer |"
    )
    return "\n".join(rows)


def asked_before(lesson: Lesson) -> set[str]:
    """The numbers of the lessons that a lesson names under «Before you start»."""
    prose = " ".join(cell.source for cell in lesson.prose())
    found = re.search(r"\*\*Before you start\*\*:(.*?)\*\*Time\*\*", prose, re.DOTALL)
    if not found:
        return set()
    text = found.group(1)
    named = set(re.findall(r"\b\d\d\b", text))
    for first, last in re.findall(r"\b(\d\d) to (\d\d)\b", text):
        named |= {f"{number:02d}" for number in range(int(first), int(last) + 1)}
    return {number for number in named if number < lesson.number}


def hours(total: float) -> str:
    """Minutes as hours, to the half."""
    return f"{round(total / 30) / 2:g}"


def routes(there: list[Lesson], exercises: Exercises) -> str:
    """Who takes which lessons, of which others the summary is enough, and how many hours it takes."""
    rows = ["| you are | lessons | summaries of | hours, cores | hours, all |", "|---|---|---|---|---|"]
    for who, numbers in ROUTES.items():
        wanted = numbers.split() or [one.number for one in there]
        taken = [one for one in there if one.number in wanted]
        asked = set().union(*(asked_before(one) for one in taken)) - set(wanted)
        inner = sum(core(one, exercises) for one in taken)
        outer = sum(more(one, exercises) for one in taken)
        names = ", ".join(one.number for one in taken) if numbers else "all"
        rows.append(
            f"| {who} | {names} | {', '.join(sorted(asked)) or 'none'} | {hours(inner)} | {hours(inner + outer)} |"
        )
    return "\n".join(rows)


TABLES: dict[str, Callable[[list[Lesson], Exercises], str]] = {
    "minutes": minutes,
    "routes": routes,
    **{f"syllabus {plan}": partial(syllabus, plan=plan) for plan in SYLLABI},
    **{f"workshop {plan}": partial(workshop, plan=plan) for plan in PROGRAMMES},
}
