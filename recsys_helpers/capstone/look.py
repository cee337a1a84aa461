"""A first report on a table: what is in it, before anybody asks it a question.

It judges no question and fits nothing: it counts, and says beside each figure what it asks of the reader.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.capstone.sheet import Sheet
from recsys_helpers.columns import check_table, copies


def first_report(table: pd.DataFrame) -> Sheet:
    """Counts of a table of ``load_table``, a row each: its figure as text, and what to ask next.

    Rows; people and items; pairs, which are different (person, item); the share of the cells of people x items that are
    empty (sparsity); repeats, the rows beyond the first of their pair; exact copies, the rows that equal an earlier one
    in every column; times, and how many are missing; the span; the rows of the tenth who have most; the median per
    person; the range of the values. Raises ValueError for a missing column and for no rows.

    >>> table = pd.DataFrame({"user_id": ["a", "a", "a", "b"], "track_id": [1, 1, 2, 1]})
    >>> first_report(table)["figure"].to_dict()["repeats"]
    '1 (25.0% of the rows)'
    """
    frame = check_table(table, ("user_id", "track_id"))
    n, people, items = len(frame), frame["user_id"].nunique(), frame["track_id"].nunique()
    pairs = len(frame[["user_id", "track_id"]].drop_duplicates())
    repeats, same = n - pairs, int(copies(frame).sum())
    per_person = frame["user_id"].value_counts()
    tenth = int(np.ceil(people / 10))
    top = int(per_person.iloc[:tenth].sum())
    rows = [
        ("rows", f"{n:,}", "Is that all of them? Compare with what you were promised."),
        ("people", f"{people:,}", "An interval runs over these, not over rows."),
        ("items", f"{items:,}", "How many of them could be recommended today?"),
        ("pairs", f"{pairs:,}", "A model learns one cell from each."),
        (
            "sparsity",
            f"{1 - pairs / (people * items):.2%} empty",
            "Why are they empty: not liked, or never met?",
        ),
        ("repeats", f"{repeats:,} ({repeats / n:.1%} of the rows)", _about_repeats(repeats)),
        ("exact copies", f"{same:,}", _about_copies(same, frame)),
        (
            "rows per person",
            f"median {per_person.median():g}, most {per_person.max():,}",
            "Who has too few to be graded?",
        ),
        (
            "heaviest tenth",
            f"{tenth:,} {'person holds' if tenth == 1 else 'people hold'} {top / n:.0%} of the rows",
            "A mean over rows is mostly theirs.",
        ),
        *_about_times(frame),
    ]
    if "value" in frame:
        values = frame["value"]
        kinds = values.nunique()
        rows.append(
            (
                "values",
                f"{values.min():g} to {values.max():g}, {kinds:,} different",
                "All alike: they say nothing."
                if kinds == 1
                else "What does the smallest mean: disliked, or little heard?",
            )
        )
    return Sheet(pd.DataFrame(rows, columns=["what", "figure", "ask"]).set_index("what"))


def _about_repeats(repeats: int) -> str:
    if not repeats:
        return "One row a pair: a rating, or a count that somebody else made."
    return "A list of new things and one that may repeat are two questions."


def _about_copies(same: int, frame: pd.DataFrame) -> str:
    if not same:
        return "No row is there twice."
    if "at" in frame:
        return "The same person, item and moment twice: a retry, or a clock of whole days?"
    return "Without times a copy and a second play look alike."


def _about_times(frame: pd.DataFrame) -> list[tuple[str, str, str]]:
    if "at" not in frame:
        return [("times", "none", "No split by time: say what a split by lot cannot show.")]
    at = frame["at"]
    gone = int(at.isna().sum())
    rows = [
        (
            "times missing",
            f"{gone:,} ({gone / len(frame):.1%} of the rows)",
            "Every row has a time."
            if not gone
            else "Whose are they? Leave them out of a split by time, and count whom that costs.",
        )
    ]
    if gone < len(frame):
        first, last = at.min(), at.max()
        days = (last - first) / pd.Timedelta(days=1)
        rows.append(
            (
                "from, to",
                f"{first:%Y-%m-%d} to {last:%Y-%m-%d}, {days:,.0f} days",
                "Where to cut, so that both sides are long?",
            )
        )
    return rows
