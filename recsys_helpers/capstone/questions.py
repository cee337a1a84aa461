"""Three questions to take, for who brings no table: what is asked, of which data, and what to mind.

It holds no answers; the instructor guide says what came out when we asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from recsys_helpers.capstone.sheet import Sheet


@dataclass(frozen=True)
class Question:
    """A question: who asks it, of which data, what would change, and three things that have led others astray."""

    name: str  # as the command takes it
    title: str
    data: str
    asked_by: str
    mind: tuple[str, str, str]


QUESTIONS = {
    one.name: one
    for one in (
        Question(
            "weeks",
            "How many weeks of plays must Murmur keep?",
            "Murmur's log of eight weeks",
            "The data protection officer: a law asks to keep no more than is needed. If two weeks do, the rest goes.",
            (
                "«As good» needs a margin that is named before the test is opened (lesson 07).",
                "What counts as new to a listener has to be the same for every length of the past.",
                "Who comes once a month has no two weeks.",
            ),
        ),
        Question(
            "weekend",
            "Does the weekend's list need the weekend's plays?",
            "Murmur's log of eight weeks",
            "The editor: people hear other things on Saturday, so let Saturday's list learn from weekends alone.",
            (
                "Weekends are a quarter of the plays: what would a quarter of the days, drawn by lot, do?",
                "Graded are the weekends after the cut, for both sides.",
                "Other kinds being heard is not yet other people liking other things.",
            ),
        ),
        Question(
            "audience",
            "What do the other listeners bring to one listener?",
            "Last.fm, 1,892 real listeners (make their data known to the course first: lesson 08 says how)",
            "The investor: is a list better where more people listen, and how much is the next thousand worth?",
            (
                "The graded listeners stay the same while those who are learned from grow.",
                "The best settings change with the number of people: as many tries at each size.",
                "There are no times: say what a split by lot cannot show.",
            ),
        ),
    )
}


def questions() -> Sheet:
    """The three as a table: what is asked, of which data, by whom."""
    rows = [(one.name, one.title, one.data, one.asked_by) for one in QUESTIONS.values()]
    return Sheet(pd.DataFrame(rows, columns=["name", "question", "data", "asked by"]).set_index("name"))
