"""The five faults of lesson 24's second report: where each sits, what it is, and why the other lines hold none.

It computes nothing; what each fault does to the figure comes from ``podcasts``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from recsys_helpers.capstone.rubric import grade
from recsys_helpers.capstone.sheet import Sheet

if TYPE_CHECKING:
    from recsys_helpers.capstone.podcasts import Contest


@dataclass(frozen=True)
class Fault:
    """One fault: its name, the row of the checklist that finds it, its places, what is wrong, and its lesson."""

    name: str
    row: str
    places: tuple[str, ...]
    wrong: str
    lesson: str


FAULTS = (
    Fault(
        "leak",
        "split",
        ("C2", "R3"),
        "All plays other than podcasts come from the whole log, so some come from after the cut.",
        "06",
    ),
    Fault(
        "tries",
        "model",
        ("C4", "C5", "R5"),
        "One side keeps the setting that it was launched with, while the other takes the best of three.",
        "06",
    ),
    Fault(
        "people",
        "baseline",
        ("C6", "C7"),
        "A listener without a podcast counts as 0 for one side and not at all for the other.",
        "07",
    ),
    Fault(
        "unit",
        "interval",
        ("C8", "R6"),
        "Pairs are drawn again, although the sample is of people: a listener with forty pairs counts forty times.",
        "07",
    ),
    Fault(
        "null",
        "null",
        ("R7",),
        "An interval above 0 does not say why: the same steps with a stranger's other plays are missing.",
        "08",
    ),
)
#: Label -> why there is no fault in that line.
SOUND = {
    "C1": "each split is cut from the log up to its own end, and both sides get the same",
    "C3": "to keep the podcasts of a part is what both sides need, and it looks at no value",
    "C9": "a chart for the same people, and counts of what is shown and kept",
    "R1": "it is a question, and says what would be done",
    "R2": "what was left out, and why, is said",
    "R4": "the chart is what Murmur shows today, and it has its figure on the same people",
    "R8": "numbers for both sides in one unit",
    "R9": "a figure, and who is harmed; by listeners it could say more, but nothing in it is wrong",
}
#: The graded sheet of the report with faults: line of the rubric -> points, and what is to be seen.
SHEET = {
    "question": (4, "A question, and what is done if yes; «it stays» follows if no."),
    "data": (2, "Rows, people, what was left out and why; nothing on what the log cannot show."),
    "split": (0, "Three parts are named, but C2 takes rows from after the cut."),
    "baseline": (2, "A chart with its figure, over all listeners; the mean of everything is over fewer."),
    "model": (0, "Three tries against none."),
    "interval": (0, "Over pairs, and each side over people of its own."),
    "null": (0, "An interval stands in its place."),
    "cost": (4, "Numbers for both sides, and at ten times the size."),
    "harm": (2, "Makers are counted; no listener is asked who gains."),
    "runs": (4, "It does, and each figure is among its outputs: neither tells of a fault."),
}
LABELS = sorted({place for fault in FAULTS for place in fault.places} | set(SOUND))


def read_marks(marked: Any) -> list[str]:
    """Labels as somebody wrote them, such as ["c2", "R5"], {"C2"} or "C2, R5", in upper case; unknown ones stay in.

    Letters and digits of full width count as plain ones, as in the answers to a question.

    >>> read_marks("c2; R5"), read_marks(["C2 ", "r5"]), read_marks("Ｃ２、Ｒ５")
    (['C2', 'R5'], ['C2', 'R5'], ['C2', 'R5'])
    """
    if isinstance(marked, str):
        marked = re.findall(r"\w+", marked)
    if not isinstance(marked, Iterable) or isinstance(marked, bytes):
        raise ValueError('Marks are a list of labels, such as ["C1", "R1"].')
    found = [unicodedata.normalize("NFKC", str(one)).strip().upper() for one in marked]
    return list(dict.fromkeys(found))


def hits(marked: Any) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the faults that the marks hit, and the marks that hit none."""
    marks = read_marks(marked)
    found = frozenset(fault.name for fault in FAULTS if set(fault.places) & set(marks))
    beside = frozenset(one for one in marks if not any(one in fault.places for fault in FAULTS))
    return found, beside


def said_to(marked: Any) -> str:
    """What to tell who marked these lines: what was found, what is no fault and why, and where to look for the rest."""
    marks = read_marks(marked)
    unknown = [one for one in marks if one not in LABELS]
    if unknown:
        return f"There is no line {', '.join(unknown)}: labels run from C1 to C9 and from R1 to R9."
    if not marks:
        return "Nothing is marked. There are five faults, and each sits in a line of its own."
    found, _ = hits(marks)
    lines = [f"You found {len(found)} of {len(FAULTS)}."]
    lines += [
        f"Found ({', '.join(one for one in marks if one in fault.places)}): {fault.wrong}"
        for fault in FAULTS
        if fault.name in found
    ]
    lines += [f"{one} is no fault: {SOUND[one]}." for one in marks if one in SOUND]
    rows = [fault.row for fault in FAULTS if fault.name not in found]
    if rows:
        lines.append(f"Missed: {len(rows)}. Ask again what the checklist asks under {', '.join(rows)}.")
    return "\n  ".join(lines)


def reveal(marked: Any, contest: Contest) -> Sheet | None:
    """All five faults beside what you marked, and the gain once each is repaired besides those above it.

    None, with a sentence printed, where nothing is marked yet. The last row is the answer's own null: everybody's
    podcasts beside a stranger's other plays, against podcasts alone.
    """
    if marked is ... or not [one for one in read_marks(marked) if one in LABELS]:
        print(
            "Mark your own first: this cell then says where the five sit, and what each does to the figure."
        )
        return None
    found, _ = hits(marked)
    rows = [("", "", "", "as reported", f"{contest.claim([]):+}")]
    for number, fault in enumerate(FAULTS[:-1], start=1):
        gain = f"{contest.claim(one.name for one in FAULTS[:number]):+}"
        rows.append((_places(fault), _you(fault, found), fault.lesson, fault.wrong, gain))
    last = FAULTS[-1]
    rows.append((_places(last), _you(last, found), last.lesson, last.wrong, f"strangers: {contest.null():+}"))
    columns = ["where", "you", "lesson", "what is wrong", "gain when this and those above are repaired"]
    return Sheet(pd.DataFrame(rows, columns=columns).set_index("where"))


def sheet_beside(points: Any) -> Sheet | None:
    """The graded sheet of the report with faults beside your points; None, with a sentence, where you gave none.

    points : line of the rubric -> 0, 2 or 4. Raises ValueError as ``grade`` does.
    """
    if points is ...:
        print("Grade it yourself first: this cell then puts our sheet beside yours.")
        return None
    yours = grade(points)["points"]
    ours = grade(
        {line: given for line, (given, _) in SHEET.items()}, {line: why for line, (_, why) in SHEET.items()}
    )
    ours.insert(0, "yours", yours)
    return Sheet(ours.rename(columns={"points": "ours", "because": "why ours"}))


def _places(fault: Fault) -> str:
    return " ".join(fault.places)


def _you(fault: Fault, found: frozenset[str]) -> str:
    return "found" if fault.name in found else "missed"
