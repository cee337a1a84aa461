"""The rubric: what a peer can see in a report, and how many points that is.

It grades nothing by itself: a person reads, and ``grade`` adds up.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from recsys_helpers.capstone.sheet import Sheet

LEVELS = (0, 2, 4)
MINUTES = 30  # 5 to run the notebook, 2 for each line, 5 to write the two sentences
#: Line -> what is to be seen at 0, 2 and 4 points.
RUBRIC: dict[str, tuple[str, str, str]] = {
    "question": (
        "A subject, not a question («podcasts»), or nobody could act on the answer.",
        "A question, and it is not said which answer would change what.",
        "One sentence with a question mark, and what is done if yes and if no.",
    ),
    "data": (
        "The table is named, and no more.",
        "Rows, people and items are counted; what was left out is not, or no reason is given.",
        "Rows, people, items, what was left out and why, and what the table cannot show.",
    ),
    "split": (
        "Something after the cut reaches a model: look for tables that were made before it.",
        "Nothing after the cut reaches a model, and one part both chooses and grades, or it is not said which.",
        "Learn, choose and grade are three parts, named with dates or shares, and the grading one is opened once.",
    ),
    "baseline": (
        "None.",
        "One, but on other people, other candidates or another length than the model.",
        "What is done today or a chart, on the same people and candidates, with its figure.",
    ),
    "model": (
        "One side was tuned, the other was not.",
        "As many tries for each side, but they were chosen on the grading part, or the best is at the end of its grid.",
        "As many tries for each side, chosen on a part that grades nothing, the best inside the grid or the end named.",
    ),
    "interval": (
        "No interval, or one over rows where people were drawn, or each side over people of its own.",
        "An interval for each side over the same people, none for the difference.",
        "The interval of the difference over the same people, with their number.",
    ),
    "null": (
        "None, or a p-value in its place.",
        "A null that destroys more than the claim is about, such as random lists.",
        "The same steps with only the claimed link broken, as many tries, its figure beside the claim.",
    ),
    "cost": (
        "Not said.",
        "A word («fast»), or a number without what it is compared with.",
        "A number for each side in one unit, and what it would be at ten times the size.",
    ),
    "harm": (
        "Not said, or «none».",
        "A group is named without a figure, or figures for listeners alone, or for creators alone.",
        "Figures by group, of listeners and of creators, with interval or number, and who is harmed if it is wrong.",
    ),
    "runs": (
        "The notebook does not run from the top, or a figure of the page is not among its outputs.",
        "It runs, and one or two figures of the page differ from its outputs.",
        "It runs from the top, and every figure of the page is among its outputs.",
    ),
}  # fmt: skip
MOST = LEVELS[-1] * len(RUBRIC)


def rubric() -> Sheet:
    """The rubric as a table, a row each, with a column for each number of points."""
    columns = [f"{n} points" for n in LEVELS]
    return Sheet(pd.DataFrame.from_dict(RUBRIC, orient="index", columns=columns).rename_axis("line"))


def grade(points: Mapping[str, int], because: Mapping[str, str] | None = None) -> Sheet:
    """A graded sheet: the points of each line of the rubric, why, and their sum in the last row.

    points : line -> 0, 2 or 4, for every line. because : line -> what you saw; by default the rubric's own words.
    Raises ValueError for a line that is missing or unknown, and for another number of points.

    >>> grade(dict.fromkeys(RUBRIC, 2))["points"].iloc[-1]
    '20 of 40'
    """
    missing = [line for line in RUBRIC if line not in points]
    if missing:
        raise ValueError(f"No points for {', '.join(missing)}: each line gets 0, 2 or 4.")
    for given in (points, because or {}):
        odd = [line for line in given if line not in RUBRIC]
        if odd:
            raise ValueError(f"{odd[0]!r} is no line of the rubric: {', '.join(RUBRIC)}.")
    for line, one in points.items():
        if isinstance(one, bool) or one not in LEVELS:
            raise ValueError(f"{line}: {one!r} is no number of points. A line gets 0, 2 or 4.")
    seen = {line: RUBRIC[line][LEVELS.index(points[line])] for line in RUBRIC} | dict(because or {})
    rows = [(line, str(points[line]), seen[line]) for line in RUBRIC]
    rows.append(("in all", f"{sum(points[line] for line in RUBRIC)} of {MOST}", ""))
    return Sheet(pd.DataFrame(rows, columns=["line", "points", "because"]).set_index("line"))


def as_markdown() -> str:
    """The rubric as a page to print."""
    head = "| line | " + " | ".join(f"{n} points" for n in LEVELS) + " | given |"
    lines = [f"| **{line}** | {' | '.join(levels)} | |" for line, levels in RUBRIC.items()]
    return "\n".join(
        [
            "# Rubric",
            "",
            f"For a peer, {MINUTES} minutes: five to run the notebook from the top, two for each of the ten lines,",
            "five to write one sentence on what convinced you most and one on what you would do next. Give what you",
            f"can see: 0, 2 or 4 points a line, {MOST} in all. What a page does not say counts as not done.",
            "",
            head,
            "|---|---|---|---|---|",
            *lines,
            f"| **in all** | | | | of {MOST} |",
            "",
        ]
    )
