"""Exercises of lesson 04: on earlier lessons, and three repairs.

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
    why="Eckart and Young speak of a matrix known in every cell. Whoever has holes must say first what is in them.",
    wrong={
        "a": "The theorem sums over all cells; a fit to the observed ones alone has no closed form.",
        "c": "Nothing in it is about cells that were held out: a closer fit can foretell worse.",
    },
)

question(
    "recall_leaking_choice",
    answer="a",
    why="Whatever the test has chosen, it has judged too kindly. So a choice is made inside the training part.",
    wrong={
        "b": "The mean over many test rows is steady, and still it is the least of several, chosen for being least.",
        "c": "A seed changes which rows are held out, not that they were used twice.",
    },
)


# ---- three repairs ---------------------------------------------------------------------------------------------------


def some_factors(rng):
    """Edge cases first: one pair, one pair twice; then more pairs than factors."""
    P, Q = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]]), np.array([[1.0, 1.0], [2.0, -1.0], [0.0, 4.0]])
    yield P, Q, np.array([1]), np.array([2])
    yield P, Q, np.array([0, 2]), np.array([1, 0])
    yield P, Q, np.array([2, 2, 0]), np.array([0, 0, 1])
    for _ in range(9):
        m, n, k = (int(size) for size in rng.integers(3, 6, size=3))
        pairs = int(rng.integers(2, 5))
        yield (
            rng.integers(-3, 4, (m, k)).astype(float),
            rng.integers(1, 5, (n, k)).astype(float),
            rng.integers(0, 3, pairs),
            rng.integers(0, 3, pairs),
        )


def pairs_by_loop(P, Q, rows, columns):
    return [
        float(sum(a * b for a, b in zip(P[u], Q[i], strict=True))) for u, i in zip(rows, columns, strict=True)
    ]


@exercise(
    inputs=some_factors,
    hints=[
        "P[rows] has shape (n_pairs, k), and so has Q[columns]. Row j of both belongs to pair j.",
        "Multiply the two entry by entry, then add up over the k factors, which is axis 1.",
        "(P[rows] * Q[columns]).sum(axis=1)",
    ],
    why="An error needs one prediction beside one truth. The cross product holds it too, on its diagonal: for 20,000"
    " pairs that is one number of 20,000, and 3 GB.",
    mistakes={
        "Is that every listener with every track? Asked for is one number a pair, not a table of pairs x pairs.": (
            lambda P, Q, rows, columns: P[rows] @ Q[columns].T
        ),
        "Did you stop before the sum? There should be one number a pair, not k.": (
            lambda P, Q, rows, columns: P[rows] * Q[columns]
        ),
        "Did you add up over the pairs? Add up over the factors, axis=1.": (
            lambda P, Q, rows, columns: (P[rows] * Q[columns]).sum(axis=0)
        ),
        "Is that the sum of all pairs? Add up over the factors alone, axis=1.": (
            lambda P, Q, rows, columns: (P[rows] * Q[columns]).sum()
        ),
        "Is that the mean over the factors? The prediction is their sum.": (
            lambda P, Q, rows, columns: (P[rows] * Q[columns]).mean(axis=1)
        ),
        "Did listeners and tracks change places? rows belong to P, columns to Q.": (
            lambda P, Q, rows, columns: (P[columns] * Q[rows]).sum(axis=1)
        ),
    },
    alternatives=[pairs_by_loop, lambda P, Q, rows, columns: np.einsum("jk,jk->j", P[rows], Q[columns])],
)
def predict_pairs(P, Q, rows, columns):
    """The prediction for each pair of positions (rows[j], columns[j]), shape (n_pairs,).

    P, shape (m, k), holds a row of factors for each listener, Q, shape (n, k), for each track.
    """
    return (P[rows] * Q[columns]).sum(axis=1)


def some_predictions(rng):
    """Edge cases first: one cell held out, all of them, a perfect prediction; zeros where nobody heard."""
    yield (
        np.array([[5.0, 0.0], [1.0, 2.0]]),
        np.array([[3.0, 9.0], [1.0, 2.5]]),
        np.array([[True, False], [False, False]]),
    )
    yield np.array([[4.0, 1.0]]), np.array([[1.0, 5.0]]), np.array([[True, True]])
    yield np.array([[4.0, 1.0, 3.0]]), np.array([[1.0, 5.0, 1.0]]), np.array([[True, True, True]])
    yield np.array([[4.0, 0.0]]), np.array([[4.0, 3.0]]), np.array([[True, False]])
    for _ in range(9):
        m, n = (int(size) for size in rng.integers(2, 4, size=2))
        held_out = rng.random((m, n)) < 0.5
        held_out[0, :2] = True, False
        held_out[1, :2] = False, True
        truth = np.where(held_out | (rng.random((m, n)) < 0.4), rng.integers(1, 6, (m, n)), 0).astype(float)
        off = rng.integers(1, 7, (m, n)) / 2 * rng.choice([-1, 1], (m, n))
        off[0, 0], off[1, 1] = 0.5, 2.5
        yield truth, truth + off, held_out


def _off(truth, predicted, held_out):
    return (truth - predicted)[held_out]


def _root(errors):
    return np.sqrt((errors**2).mean()) if len(errors) else np.nan


def rmse_by_loop(truth, predicted, held_out):
    total = count = 0
    for t, p, h in zip(np.ravel(truth), np.ravel(predicted), np.ravel(held_out), strict=True):
        if h:
            total, count = total + (t - p) ** 2, count + 1
    return (total / count) ** 0.5


@exercise(
    inputs=some_predictions,
    hints=[
        "What do you get if one cell is held out and the prediction is off by 2? It should be 2.",
        "Which cells may count? A boolean mask picks them: truth[held_out].",
        "error = (truth - predicted)[held_out], then np.sqrt((error**2).mean())",
    ],
    why="Now the figure is in stars, and speaks of plays that the model has not seen. Only such a one can be believed.",
    mistakes={
        "Did you leave out the root? In squared stars an error of 3 reads 9, on a scale that ends at 5.": (
            lambda truth, predicted, held_out: (_off(truth, predicted, held_out) ** 2).mean()
        ),
        "Does every cell count? Holes have no truth, and cells that were fitted show memory: take those held out.": (
            lambda truth, predicted, held_out: np.sqrt(((truth - predicted) ** 2).mean())
        ),
        "Is that the mean square over all cells? There are two slips in it: the root, and which cells count.": (
            lambda truth, predicted, held_out: ((truth - predicted) ** 2).mean()
        ),
        "Did the others go in as 0? Their 0 still counts in the divisor: divide by the number held out.": (
            lambda truth, predicted, held_out: np.sqrt((((truth - predicted) * held_out) ** 2).mean())
        ),
        "Is the mask the wrong way round? True stands where a rating was kept from the model.": (
            lambda truth, predicted, held_out: _root(_off(truth, predicted, ~held_out))
        ),
        "Did you divide after the root? Sum, divide by the number held out, and take the root last.": (
            lambda truth, predicted, held_out: _root(_off(truth, predicted, held_out)) / held_out.sum() ** 0.5
        ),
        "Did you take the root of the sum? Then it grows with the number of cells: take the mean first.": (
            lambda truth, predicted, held_out: np.sqrt((_off(truth, predicted, held_out) ** 2).sum())
        ),
        "Did you take the mean before the square? Errors above and below cancel then: square first.": (
            lambda truth, predicted, held_out: np.abs(_off(truth, predicted, held_out).mean())
        ),
        "Is that the spread of the errors around their mean? An error is measured from 0.": (
            lambda truth, predicted, held_out: _off(truth, predicted, held_out).std()
        ),
        "Is that the mean absolute error? Square, take the mean, then one root at the end.": (
            lambda truth, predicted, held_out: np.abs(_off(truth, predicted, held_out)).mean()
        ),
    },
    conventions={
        "Some divide by one less than the number of cells, as for a spread. The task takes the plain mean.": (
            lambda truth, predicted, held_out: np.sqrt(
                (_off(truth, predicted, held_out) ** 2).sum() / max(held_out.sum() - 1, 1)
            )
        ),
    },
    alternatives=[rmse_by_loop],
)
def rmse_on(truth, predicted, held_out):
    """The root mean squared error over the cells where held_out is True; all three have shape (m, n)."""
    error = (truth - predicted)[held_out]
    return np.sqrt((error**2).mean())


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
