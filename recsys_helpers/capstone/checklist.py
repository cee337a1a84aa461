"""The checklist: what each lesson of the course asks of a report, a question a lesson.

It answers none of them, and it is no method: the section that is named teaches it.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from recsys_helpers.capstone.report import ROWS
from recsys_helpers.capstone.sheet import Sheet


class Ask(NamedTuple):
    """One lesson's question: under which row of the report it belongs, and where the lesson treats it."""

    lesson: str
    row: str
    asks: str
    section: str  # "" where the lesson as a whole does


CHECKLIST = (
    Ask("00", "question", "Which box of the map is it: a rating, a list, the next track?", "A map of the field"),
    Ask("16", "question", "Which meaning of attention is wanted: hours, or coming back?", "Two meanings of attention"),
    Ask("23", "question", "What is the unit, what does a mistake cost, who decides?", "What changes elsewhere"),
    Ask("01", "data", "Which rows are no people or no plays, and by which rule did they go?", "All rules at once"),
    Ask("02", "data", "Was every feature known at its moment?", "What a portrait may know"),
    Ask("18", "data", "Could a few accounts have made this figure?", "The farms in Murmur's log"),
    Ask(
        "22",
        "data",
        "What do texts, sounds and tags say that plays do not, and for which items?",
        "A contest among new tracks",
    ),
    Ask("05", "split", "Who has no history yet, and what do they get on each side?", "Nobody knows you yet: the chart"),
    Ask("06", "split", "Who chose the settings, and on which part?", "Who may choose"),
    Ask("20", "split", "Is each play scored before anything learns from it?", "A stream judges itself"),
    Ask("04", "baseline", "Does it beat neighbours and the mean, not only nothing?", "Baselines in stars"),
    Ask("13", "baseline", "Who chose the next play: the listener, or the shelf of yesterday?", "Who chose?"),
    Ask("03", "model", "Would another start of the fit say the same?", "Several valleys"),
    Ask("10", "model", "What does the loss take silence for?", "What a negative is"),
    Ask("11", "model", "What does each feature add, one at a time?", "What each feature adds"),
    Ask("12", "model", "Did the plain rival get as many tries as the new model?", "Quality and price"),
    Ask("07", "interval", "Over what does the interval run: what was drawn together?", "How sure is a mean?"),
    Ask("14", "interval", "If a log is weighted: how many rows carry the sum?", "Judging from another's log"),
    Ask("08", "null", "Does it hold elsewhere: what is the difference of the differences?", "What held, offline"),
    Ask("15", "null", "Compared with what: what would have come anyway?", "Two worlds"),
    Ask("21", "cost", "From which size on is it too slow or too large for one machine?", "What it costs"),
    Ask("09", "harm", "Who is shown less: which creators, which kinds?", "Who is shown"),
    Ask("17", "harm", "Is the reason that is given the true one, and can a listener say no?", "What may be promised"),
    Ask("19", "harm", "Whom do these rows give away, and who may ask to be forgotten?", "A few tracks are a name"),
)  # fmt: skip


def checklist(row: str | None = None) -> Sheet:
    """The checklist as a table, a row for each lesson, in the order of the report; or what belongs to one of its rows.

    >>> checklist("cost")["lesson"].tolist()
    ['21']
    """
    if row is not None and row not in ROWS:
        raise ValueError(f"{row!r} is no row of a report: {', '.join(ROWS)}.")
    chosen = [(one.row, one.lesson, one.asks, one.section) for one in CHECKLIST if row in (None, one.row)]
    return Sheet(pd.DataFrame(chosen, columns=["row", "lesson", "ask", "section"]).set_index("row"))


def as_markdown() -> str:
    """The checklist as a page to tick off."""
    lines = [
        "# Checklist",
        "",
        "Tick a line when the report, or the notebook beside it, answers it. «No, because …» is an answer.",
        "",
    ]
    for row, says in ROWS.items():
        lines += [f"## {row.capitalize()}", "", f"{says}", ""]
        for one in (one for one in CHECKLIST if one.row == row):
            where = f", «{one.section}»" if one.section else ""
            lines.append(f"- [ ] {one.asks} (lesson {one.lesson}{where})")
        lines.append("")
    return "\n".join(lines)
