"""Exercises of lesson 06: three questions on earlier lessons.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from recsys_helpers.exercises.registry import question

# ---- three questions on earlier lessons ------------------------------------------------------------------------------

question(
    "recall_unheard_track",
    answer="c",
    why="Not wanted, not found, never shown: an empty cell may mean any of the three (lesson 01), in a test as well.",
    wrong={
        "a": "Silence is no dislike: most tracks that somebody would like, they never meet.",
        "b": "The list may well be right. The log holds what was played, not what would have pleased.",
    },
)

question(
    "recall_too_good",
    answer="a",
    why="In lesson 02 it was the silent days, counted to the end of the log. Too good is a leak until shown otherwise.",
    wrong={
        "b": "Listeners are not that regular. Ask first what it could know of the day after.",
        "c": "A thousand listeners are no small sample, and chance does not make all of them fit.",
    },
)

question(
    "recall_more_factors",
    answer="b",
    why="The best table of rank k is one of those of rank k + 1, so the best of these is no worse. Held out, it turns.",
    wrong={
        "a": "That is the error on cells held out, as lesson 04 drew it. On its own cells nothing makes it turn.",
        "c": "Whatever the table, the tables of rank k are among those of rank k + 1.",
    },
)
