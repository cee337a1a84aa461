"""Exercises of lesson 04: on earlier lessons, how alike two tracks are, and how far a track lies from the mean.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_heard_ads",
    answer="b",
    why="What cannot be skipped is heard to the end, and then the time heard says nothing about wanting.",
    wrong={
        "a": "Few as they are, every listener meets them: in lesson 01 they turned the order of three recipes around.",
        "c": "A factor model never looks at a genre: it sees who heard what, and how long.",
    },
)

question(
    "recall_best_rank",
    answer="b",
    why="Eckart and Young speak of a matrix known in every cell. With holes one must say first what is in them.",
    wrong={
        "a": "The theorem sums over all cells; a fit to the observed ones alone has no closed form.",
        "c": "Nothing in it is about cells that were held out: a closer fit can predict worse.",
    },
)

question(
    "recall_leaking_choice",
    answer="a",
    why="What the test has chosen, it has judged too kindly, so a choice is made inside the training part.",
    wrong={
        "b": "The mean over many test rows is steady, and still it is the least of several, chosen for being least.",
        "c": "A seed changes which rows are held out, not that they were used twice.",
    },
)


# ---- neighbours and biases -------------------------------------------------------------------------------------------


def some_columns(rng):
    """Edge cases first: nobody in common, one listener in common, an unheard track, one column twice the other."""
    yield np.array([3.0, 0.0, 1.0]), np.array([0.0, 5.0, 0.0]), 2.0
    yield np.array([3.0, 4.0, 0.0]), np.array([4.0, 3.0, 0.0]), 5.0
    yield np.array([0.0, 0.0, 2.0]), np.array([0.0, 0.0, 2.0]), 5.0
    yield np.array([0.0, 0.0, 0.0]), np.array([1.0, 0.0, 2.0]), 3.0
    yield np.array([1.0, 2.0, 2.0]), np.array([2.0, 4.0, 4.0]), 6.0
    yield np.array([5.0, 0.0, 1.0, 2.0]), np.array([0.0, 4.0, 3.0, 1.0]), 10.0
    for _ in range(9):
        m = int(rng.integers(4, 7))
        x, y = (np.where(rng.random(m) < 0.6, rng.integers(1, 6, m), 0).astype(float) for _ in range(2))
        x[0], y[0], x[1], y[1] = 4.0, 2.0, 3.0, 0.0
        x[2], y[2] = 1.0, 5.0
        yield x, y, float(rng.integers(2, 12))


def _length(x):
    return float(np.sqrt((np.asarray(x) ** 2).sum()))


def _over(above, below):
    return float(above / below) if below else 0.0


def _over_common(x, y, shrinkage):
    both = (x > 0) & (y > 0)
    return _over(x @ y, _length(x[both]) * _length(y[both]) + shrinkage)


def _correlation(x, y, shrinkage):
    x, y = x - x.mean(), y - y.mean()
    return _over(x @ y, _length(x) * _length(y) + shrinkage)


def _cosine(x, y):
    return _over(x @ y, _length(x) * _length(y))


def _by_count(x, y, shrinkage):
    both = int(((x > 0) & (y > 0)).sum())
    return _cosine(x, y) * both / (both + shrinkage)


def likeness_by_loop(x, y, shrinkage):
    above = sum(a * b for a, b in zip(x, y, strict=True))
    squares = [sum(a * a for a in one) for one in (x, y)]
    return above / (squares[0] ** 0.5 * squares[1] ** 0.5 + shrinkage)


@exercise(
    inputs=some_columns,
    hints=[
        "The top of the fraction is x @ y. A listener who has heard only one of the two adds 0 to it.",
        "A length is the root of the sum of squares, np.linalg.norm(x), over all of x.",
        "x @ y / (np.linalg.norm(x) * np.linalg.norm(y) + shrinkage)",
    ],
    why="A cosine of 1 that rests on a single listener now stays behind one of 0.96 that rests on many.",
    mistakes={
        "Where is the shrinkage? Without it one listener in common can make a cosine of 1.": (
            lambda x, y, shrinkage: _cosine(x, y)
        ),
        "Did you divide by the lengths? Without them whatever is played most is like everything.": (
            lambda x, y, shrinkage: _over(x @ y, shrinkage)
        ),
        "Did you leave out the roots? A length is the root of a sum of squares.": (
            lambda x, y, shrinkage: _over(x @ y, (x @ x) * (y @ y) + shrinkage)
        ),
        "Did you measure the lengths over the common listeners alone? All who heard a track are in its length.": (
            _over_common
        ),
        "Did you take the means off first? That is a correlation of the whole columns, holes and all.": _correlation,
        "Did you add the shrinkage to the cosine's top as well? It stands below alone, and pulls to 0.": (
            lambda x, y, shrinkage: _over(x @ y + shrinkage, _length(x) * _length(y) + shrinkage)
        ),
        "Did you take the shrinkage off the cosine? It is added to the product of the lengths.": (
            lambda x, y, shrinkage: _cosine(x, y) - shrinkage
        ),
        "Did you divide the cosine by the shrinkage? It is added to the product of the lengths, below the line.": [
            lambda x, y, shrinkage: _cosine(x, y) / shrinkage,
            lambda x, y, shrinkage: _cosine(x, y) / (1 + shrinkage),
        ],
        "Did you divide by one track's length? Both belong below the line.": [
            lambda x, y, shrinkage: _over(x @ y, _length(y) + shrinkage),
            lambda x, y, shrinkage: _over(x @ y, _length(x) + shrinkage),
        ],
        "Do only the listeners count, and not how much they heard? The values are multiplied, not the ticks.": (
            lambda x, y, shrinkage: _over(
                float(((x > 0) & (y > 0)).sum()), float(((x > 0).sum() * (y > 0).sum()) ** 0.5 + shrinkage)
            )
        ),
    },
    conventions={
        "Some multiply the cosine by n / (n + shrinkage), for n listeners in common. The task adds it below.": (
            _by_count
        ),
    },
    alternatives=[likeness_by_loop],
)
def shrunk_cosine(x, y, shrinkage):
    """x . y / (|x| |y| + shrinkage), for the columns of two tracks; shape (m,) each, 0 where not heard.

    |x| is the length of x, the root of its sum of squares. shrinkage is above 0.
    """
    return x @ y / (np.linalg.norm(x) * np.linalg.norm(y) + shrinkage)


def some_rests(rng):
    """Edge cases first: a track that nobody heard, one heard by all, no damping."""
    yield np.array([[2.0, -3.0], [1.0, -3.0]]), np.array([[True, False], [True, False]]), 1
    yield (
        np.array([[2.0, 1.5], [1.0, -3.0], [-3.0, -3.0]]),
        np.array([[True, True], [True, False], [False, False]]),
        3,
    )
    yield (
        np.array([[1.0, -2.0, 2.0], [-3.0, -3.0, 0.5]]),
        np.array([[True, False, True], [False, False, True]]),
        0,
    )
    for _ in range(9):
        m, n = int(rng.integers(3, 5)), int(rng.integers(2, 5))
        heard = rng.random((m, n)) < 0.6
        heard[:2, 0], heard[0, 1] = [True, False], False
        rest = np.where(heard, rng.integers(1, 5, (m, n)) / 2, -3.0)
        yield rest, heard, int(rng.integers(1, 5))


def _share(total, count):
    return np.where(count > 0, total / np.where(count > 0, count, 1), 0.0)


def bias_by_loop(rest, heard, damping):
    found = []
    for column, mask in zip(np.asarray(rest).T, np.asarray(heard).T, strict=True):
        values = [float(value) for value, there in zip(column, mask, strict=True) if there]
        found.append(sum(values) / (len(values) + damping) if values else 0.0)
    return found


@exercise(
    inputs=some_rests,
    hints=[
        "np.where(heard, rest, 0) takes the holes out of a sum. How many values went into it? heard.sum(axis=0).",
        "Divide the sums by the counts plus damping. Where a count is 0 the bias is 0: mind 0 / 0.",
        "total = np.where(heard, rest, 0).sum(axis=0); total / np.maximum(heard.sum(axis=0) + damping, 1)",
    ],
    why="A hole now says nothing, where it said 0 stars. That change takes the error from above 2 stars to about 1.",
    mistakes={
        "Do the holes count? Their values are no ratings: neither into the sum nor into the number.": (
            lambda rest, heard, damping: rest.mean(axis=0)
        ),
        "Did you divide by the number of listeners? The holes left the sum, but still sit in the divisor.": (
            lambda rest, heard, damping: np.where(heard, rest, 0).sum(axis=0) / len(rest)
        ),
        "Did the holes stay in the sum? Only the heard cells may go in.": (
            lambda rest, heard, damping: _share(rest.sum(axis=0), heard.sum(axis=0) + damping)
        ),
        "Where is the damping? With one listener alone a track would take over their whole mood.": (
            lambda rest, heard, damping: _share(np.where(heard, rest, 0).sum(axis=0), heard.sum(axis=0))
        ),
        "Is damping a least number? It is added to the number of heard cells, however many there are.": (
            lambda rest, heard, damping: _share(
                np.where(heard, rest, 0).sum(axis=0),
                np.where(heard.any(axis=0), np.maximum(heard.sum(axis=0), damping), 0),
            )
        ),
        "Did you divide by all rows plus damping? The holes are not to be counted.": (
            lambda rest, heard, damping: np.where(heard, rest, 0).sum(axis=0) / (len(rest) + damping)
        ),
        "Did you add the damping above the line as well? It stands below alone, and pulls to 0.": (
            lambda rest, heard, damping: np.where(
                heard.any(axis=0),
                (np.where(heard, rest, 0).sum(axis=0) + damping) / np.maximum(heard.sum(axis=0) + damping, 1),
                0,
            )
        ),
        "Is that one value a listener? Asked is one a track: add up down the columns, axis=0.": (
            lambda rest, heard, damping: _share(
                np.where(heard, rest, 0).sum(axis=1), heard.sum(axis=1) + damping
            )
        ),
    },
    alternatives=[bias_by_loop],
)
def damped_bias(rest, heard, damping):
    """For each column of rest, shape (m, n): sum of its heard cells / (their number + damping).

    heard, shape (m, n), is True where there is a rating. A column without any gets 0.
    """
    total = np.where(heard, rest, 0).sum(axis=0)
    return total / np.maximum(heard.sum(axis=0) + damping, 1)
