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
    section: str


CHECKLIST = (
    Ask("00", "question", "Which box of the map is it: a rating, a list, the next track?", "A map of the field"),
    Ask("16", "question", "What counts as success: more hours, or coming back?", "Two meanings of attention"),
    Ask("23", "question", "What is one case, what does a mistake cost, who decides?", "What changes elsewhere"),
    Ask("01", "data", "Which rows were not plays by people, and which rule removed them?", "All rules at once"),
    Ask("02", "data", "Was each feature known at the moment of the prediction?", "What a portrait may know"),
    Ask("18", "data", "Could a few accounts have produced this figure alone?", "The farms in Murmur's log"),
    Ask(
        "22",
        "data",
        "What do texts, sounds and tags say that plays do not, and for which items?",
        "A contest among new tracks",
    ),
    Ask("05", "split", "Who has no history yet, and what does each side show them?", "Nobody knows you yet: the chart"),
    Ask("06", "split", "Who chose the settings, and on which part of the data?", "Who may choose"),
    Ask("20", "split", "Is each play scored before anything learns from it?", "A stream judges itself"),
    Ask("04", "baseline", "Does it beat neighbours and the mean, and not only chance?", "Baselines in stars"),
    Ask("13", "baseline", "Who chose the plays that grade: the listener, or the platform?", "Who chose?"),
    Ask("03", "model", "Would a fit from another random start say the same?", "Several valleys"),
    Ask("10", "model", "How does the loss treat what was never played: as disliked?", "What a negative is"),
    Ask("11", "model", "What does each feature add when it is added alone?", "What each feature adds"),
    Ask("12", "model", "Did the simple rival get as many tries as the new model?", "Quality and price"),
    Ask("07", "interval", "Over which units does the interval run: people, rows or weeks?", "How sure is a mean?"),
    Ask("14", "interval", "If rows are weighted, how many of them carry the sum?", "Judging from another's log"),
    Ask("08", "null", "Does the gain hold on other data, and how far do the gains differ?", "What held, offline"),
    Ask("15", "null", "Compared with what: what would have happened anyway?", "Two worlds"),
    Ask("21", "cost", "From which size on is it too slow or too large for one machine?", "What it costs"),
    Ask("09", "harm", "Which creators and which kinds are shown less than before?", "Who is shown"),
    Ask("17", "harm", "Is the reason that listeners read the true one, and can they refuse?", "What may be promised"),
    Ask("19", "harm", "Who can be recognised in these rows, and who may be erased?", "A few tracks are a name"),
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
            lines.append(f"- [ ] {one.asks} (lesson {one.lesson}, «{one.section}»)")
        lines.append("")
    return "\n".join(lines)
