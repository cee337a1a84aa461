"""Answers to lesson 24. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from collections import Counter

import numpy as np
import pandas as pd

from recsys_helpers.interactions import Interactions
from tests.exercises.bank import right, wrong

# ---- first_look


@right("a frame")
def first_look(people, items):
    table = pd.DataFrame({"who": people, "what": items})
    pairs = table.drop_duplicates()
    empty = 1 - len(pairs) / (table["who"].nunique() * table["what"].nunique())
    return empty, table.duplicated().sum()


@right("a crosstab")
def first_look(people, items):
    counts = pd.crosstab(pd.Series(people, name="p"), pd.Series(items, name="i")).to_numpy()
    return (counts == 0).mean(), (counts - 1).clip(0).sum()


@right("the course's own matrix")
def first_look(people, items):
    x = Interactions.from_frame(pd.DataFrame({"user_id": people, "track_id": items}), merge="count")
    return 1 - x.density, int((x.matrix.data - 1).sum())


@right("a counter")
def first_look(people, items):
    cells = Counter(zip(people, items))
    return [1 - len(cells) / len(set(people)) / len(set(items)), sum(n - 1 for n in cells.values())]


@right("a loop over all cells")
def first_look(people, items):
    rows = list(zip(people, items))
    empty = full = 0
    for one in sorted(set(people)):
        for other in sorted(set(items)):
            if (one, other) in rows:
                full += 1
            else:
                empty += 1
    return empty / (empty + full), len(rows) - full


@right("texts joined, an array back")
def first_look(people, items):
    cells = np.unique([f"{a}|{b}" for a, b in zip(people, items)])
    return np.array([1 - cells.size / (np.unique(people).size * np.unique(items).size), len(people) - cells.size])


@wrong("rows for cells", "Did repeats fill cells of their own?")
def first_look(people, items):
    n = len(people)
    return 1 - n / (len(set(people)) * len(set(items))), n - len(set(zip(people, items)))


@wrong("filled", "Is that the share of the cells that are filled?")
def first_look(people, items):
    x = set(zip(people, items))
    return len(x) / (len(set(people)) * len(set(items))), len(people) - len(x)


@wrong("keep=False", "Do you count all rows of a pair that stands there several times?")
def first_look(people, items):
    table = pd.DataFrame({"who": people, "what": items})
    empty = 1 - len(table.drop_duplicates()) / (table["who"].nunique() * table["what"].nunique())
    return empty, table.duplicated(keep=False).sum()


@wrong("pairs that come again", "Is that the number of pairs that come again?")
def first_look(people, items):
    cells = Counter(zip(people, items))
    return 1 - len(cells) / (len(set(people)) * len(set(items))), sum(n > 1 for n in cells.values())


@wrong("divided by rows", "Did you divide by the rows?")
def first_look(people, items):
    cells = set(zip(people, items))
    return 1 - len(cells) / len(people), len(people) - len(cells)


@wrong("repeats first", "Is the pair the other way round?")
def first_look(people, items):
    cells = set(zip(people, items))
    return len(people) - len(cells), 1 - len(cells) / (len(set(people)) * len(set(items)))


@wrong("only next to each other", "Did you compare each row with the one before it?")
def first_look(people, items):
    rows = list(zip(people, items))
    cells = set(rows)
    again = 0
    for n in range(1, len(rows)):
        if rows[n] == rows[n - 1]:
            again += 1
    return 1 - len(cells) / (len(set(people)) * len(set(items))), again


@wrong("a share of repeats", "Some give repeats as a share of the rows.")
def first_look(people, items):
    table = pd.DataFrame({"who": people, "what": items})
    empty = 1 - len(table.drop_duplicates()) / (table["who"].nunique() * table["what"].nunique())
    return empty, table.duplicated().mean()


@wrong("people who come again")
def first_look(people, items):
    cells = set(zip(people, items))
    return 1 - len(cells) / (len(set(people)) * len(set(items))), len(people) - len(set(people))


@wrong("the number of empty cells")
def first_look(people, items):
    cells = set(zip(people, items))
    return len(set(people)) * len(set(items)) - len(cells), len(people) - len(cells)


@wrong("rows squared")
def first_look(people, items):
    cells = set(zip(people, items))
    return 1 - len(cells) / len(people) ** 2, len(people) - len(cells)


@wrong("pairs without regard to order")
def first_look(people, items):
    cells = set(zip(people, items))
    return 1 - len(cells) / (len(set(people)) + len(set(items))), len(people) - len(cells)


@wrong("distinct pairs for repeats")
def first_look(people, items):
    cells = set(zip(people, items))
    return 1 - len(cells) / (len(set(people)) * len(set(items))), len(cells)
