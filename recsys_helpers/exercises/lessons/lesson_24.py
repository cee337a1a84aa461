"""The exercises of lesson 24, Capstone: a first look at a table, and a report in which five faults are to be found.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from recsys_helpers.capstone.faults import FAULTS, LABELS, SOUND, hits, said_to
from recsys_helpers.exercises.registry import exercise, value

# ---- a first look ----------------------------------------------------------------------------------------------------


def tables(rng):
    """People and items of rows, from a single row on."""
    yield ["ann"], ["x"]
    yield ["ann", "ann"], ["x", "x"]
    yield ["ann", "ann"], ["x", "y"]
    yield ["ann", "bo"], ["x", "y"]
    yield ["ann", "bo", "ann"], ["x", "y", "x"]
    yield ["ann", "ann", "ann", "bo"], ["x", "x", "x", "y"]
    yield ["ann", "bo", "cy", "ann"], ["x", "x", "y", "y"]
    yield ["ann", "bo", "ann", "bo", "cy"], ["x", "x", "x", "x", "z"]
    for _ in range(10):
        n = int(rng.integers(5, 12))
        people, items = (
            [str(one) for one in rng.choice(list(names), n)] for names in (("ann", "bo", "cy", "dee"), "xyz")
        )
        yield people, items


def _parts(people, items):
    return len(people), len(set(people)), len(set(items)), len(set(zip(people, items, strict=True)))


def repeats_filled(people, items):
    rows, who, what, pairs = _parts(people, items)
    return 1 - rows / (who * what), rows - pairs


def density(people, items):
    rows, who, what, pairs = _parts(people, items)
    return pairs / (who * what), rows - pairs


def every_row_of_a_repeated_pair(people, items):
    rows, who, what, pairs = _parts(people, items)
    cells = list(zip(people, items, strict=True))
    return 1 - pairs / (who * what), sum(cells.count(one) > 1 for one in cells)


def pairs_that_repeat(people, items):
    rows, who, what, pairs = _parts(people, items)
    cells = list(zip(people, items, strict=True))
    return 1 - pairs / (who * what), sum(cells.count(one) > 1 for one in set(cells))


def of_the_rows(people, items):
    rows, who, what, pairs = _parts(people, items)
    return 1 - pairs / rows, rows - pairs


def turned_round(people, items):
    empty, repeats = first_look(people, items)
    return repeats, empty


def neighbours_only(people, items):
    rows, who, what, pairs = _parts(people, items)
    cells = list(zip(people, items, strict=True))
    return 1 - pairs / (who * what), sum(one == other for one, other in zip(cells, cells[1:], strict=False))


def as_share(people, items):
    empty, repeats = first_look(people, items)
    return empty, repeats / len(people)


def with_sets(people, items):
    seen, repeats = set(), 0
    for cell in zip(people, items, strict=True):
        repeats += cell in seen
        seen.add(cell)
    cells = {(one, other) for one in people for other in items}
    return len(cells - seen) / len(cells), repeats


@exercise(
    inputs=tables,
    hints=[
        "Which pairs of a person and an item stand in the table at all? Count each once.",
        "cells = {*zip(people, items)} holds each pair once. What is left of the rows are repeats.",
    ],
    why="Two figures that decide what is asked: a table full of repeats wants a list that may repeat, and one without "
    "them is a table of ratings or of somebody else's counts. first_report has both.",
    mistakes={
        "Did repeats fill cells of their own? A pair has one cell, however often it stands there.": repeats_filled,
        "Is that the share of the cells that are filled? Asked are the empty ones.": density,
        "Do you count all rows of a pair that stands there several times? Its first row is no repeat.": (
            every_row_of_a_repeated_pair
        ),
        "Is that the number of pairs that come again? Asked are rows: a pair three times is two repeats.": (
            pairs_that_repeat
        ),
        "Did you divide by the rows? The cells are people x items.": of_the_rows,
        "Is the pair the other way round? The empty share comes first.": turned_round,
        "Did you compare each row with the one before it? A repeat may come much later.": neighbours_only,
    },
    conventions={"Some give repeats as a share of the rows. The task asks for their number.": as_share},
    alternatives=[with_sets],
)
def first_look(people, items):
    """A pair: the share of the cells of people x items that are empty, and the number of repeats.

    Two lists of the same length: who, and what, a row each; there is at least one row. People and items are those that
    stand in them. A repeat is a row whose pair of a person and an item stood in an earlier row.
    """
    cells = set(zip(people, items, strict=True))
    possible = len(set(people)) * len(set(items))
    return 1 - len(cells) / possible, len(people) - len(cells)


# ---- five faults -----------------------------------------------------------------------------------------------------


@value(
    hints=[
        "Go through the checklist row by row. Of each line ask: what may it know, whom does it count, what was tried?",
        "Compare the two sides line by line: is there anything that one of them gets and the other does not?",
        "One fault is in what a model sees, one in how often each side was tried, one in whom a mean counts, one in "
        "what is drawn again, and one in what is concluded.",
    ],
    why="Each was found by a question that an earlier lesson asked, and none by running the code once more. The next "
    "cell shows what each does to the figure.",
    mistakes={
        "Did you mark every line? Then a marking says nothing: mark a line where you can say what is wrong.": LABELS,
        "Did you mark only lines that are sound? Ask what the two sides are given.": sorted(SOUND),
    },
    compare=lambda got, want: hits(got) == hits(want),
    diagnose=said_to,
)
def find_faults():
    """The labels of the lines in which a fault sits, one for each of the five, and no others."""
    return [fault.places[0] for fault in FAULTS]
