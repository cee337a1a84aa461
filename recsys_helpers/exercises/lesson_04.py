"""The exercises of lesson 04, the SVD model: three repairs and what comes after them.

They hold no lesson: the text is in notebooks/source.
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
    """Edge cases first: no pair, one pair, one pair twice; then more pairs than factors."""
    P, Q = np.array([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]]), np.array([[1.0, 1.0], [2.0, -1.0], [0.0, 4.0]])
    yield P, Q, np.array([1]), np.array([2])
    yield P, Q, np.array([0, 2]), np.array([1, 0])
    yield P, Q, np.array([2, 2, 0]), np.array([0, 0, 1])
    yield P, Q, np.array([], dtype=int), np.array([], dtype=int)
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
        "Is that the mean absolute error? Square, take the mean, then one root at the end.": (
            lambda truth, predicted, held_out: np.abs(_off(truth, predicted, held_out)).mean()
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


# ---- epochs and settings ---------------------------------------------------------------------------------------------


def some_tables(rng):
    """Edge cases first: no hole at all, one hole, then a third of holes."""
    table = np.array([[5.0, 4.0, 1.0], [4.0, 5.0, 2.0], [1.0, 1.0, 5.0]])
    yield table + 0.0, table, np.ones((3, 3), dtype=bool), 1
    hole = np.ones((3, 3), dtype=bool)
    hole[0, 2] = False
    yield np.where(hole, table, 3.0), np.where(hole, table, 0.0), hole, 1
    for _ in range(9):
        m, n, k = int(rng.integers(3, 5)), int(rng.integers(3, 5)), int(rng.integers(1, 3))
        heard = rng.random((m, n)) < 0.7
        heard[0, 0], heard[1, 1] = False, True
        table = np.where(heard, rng.integers(1, 6, (m, n)), 0).astype(float)
        yield np.where(heard, table, rng.uniform(2, 4, (m, n)).round(1)), table, heard, k


def _rank(table, k):
    U, s, Vt = np.linalg.svd(table, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]


def epoch_by_projection(filled, table, heard, k):
    _, vectors = np.linalg.eigh(filled.T @ filled)  # eigenvalues ascending: the last k span the best subspace
    V = vectors[:, -k:]
    result = np.array(filled @ V @ V.T)
    result[heard] = table[heard]
    return result


@exercise(
    inputs=some_tables,
    hints=[
        "First the best rank-k approximation of filled: U[:, :k] * s[:k], times Vt[:k].",
        "Then only the holes take its values: np.where(heard, ..., ...).",
    ],
    why="One epoch of EM. Repeated, it fits the heard cells better each time, and from some epoch on the others worse.",
    mistakes={
        "Did you give back the approximation itself? What was heard is known: keep it, fill the holes alone.": (
            lambda filled, table, heard, k: _rank(filled, k)
        ),
        "Did the holes and the ratings change places? np.where takes the first value where heard is True.": (
            lambda filled, table, heard, k: np.where(heard, _rank(filled, k), table)
        ),
        "Did you factorise the table with its zeros? Factorise what was filled last.": (
            lambda filled, table, heard, k: np.where(heard, table, _rank(table, k))
        ),
        "Did you keep all factors? Then the approximation is what went in, and the holes never move: cut to k.": (
            lambda filled, table, heard, k: np.where(heard, table, filled)
        ),
    },
    alternatives=[epoch_by_projection],
)
def one_epoch(filled, table, heard, k):
    """The table with its holes refilled: by the best rank-k approximation of filled. All (m, n)."""
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    approximation = (U[:, :k] * s[:k]) @ Vt[:k]
    return np.where(heard, table, approximation)


def some_curves(rng):
    """Edge cases first: one epoch, a tie, falling to the end, a second valley behind the stop."""
    yield [1.0], 2
    yield [1.2, 1.0, 1.0, 1.0, 0.9], 2
    yield [1.4, 1.3, 1.2, 1.1], 1
    yield [1.3, 1.0, 1.1, 0.8, 0.9], 1
    yield [1.3, 1.1, 1.2, 1.0, 1.3, 1.4, 0.7], 2
    yield [1.2, 1.0, 1.0, 1.3, 1.4, 0.5], 2
    yield [1.2, 1.0, 1.1, 0.9, 1.0, 0.8], 2
    yield [1.2, 1.0, 1.1, 1.2, 0.9, 1.3, 1.3, 1.3, 0.5], 2
    for _ in range(9):
        patience = int(rng.integers(1, 4))
        fall = 1 + np.sort(rng.integers(1, 60, size=int(rng.integers(1, 4))))[::-1] / 100
        rise = 1.01 + rng.integers(0, 40, size=patience + 1) / 100
        yield [*(round(float(e), 2) for e in fall), 1.0, *(round(float(e), 2) for e in rise), 0.5], patience


def _stops_at(errors, patience, tie=False):
    best = 0
    for epoch in range(len(errors)):
        if errors[epoch] < errors[best] or (tie and errors[epoch] == errors[best]):
            best = epoch
        if epoch - best >= patience:
            return best, epoch
    return best, len(errors) - 1


def _stops_when_all_together(errors, patience):
    best = idle = 0
    for epoch in range(1, len(errors)):
        if errors[epoch] < errors[best]:
            best = epoch
        else:
            idle += 1
            if idle == patience:
                break
    return best + 1


def best_by_pieces(errors, patience):
    seen = next(
        (t for t in range(1, len(errors)) if t - int(np.argmin(errors[: t + 1])) >= patience), len(errors) - 1
    )
    return int(np.argmin(errors[: seen + 1])) + 1


@exercise(
    inputs=some_curves,
    hints=[
        "Walk through the errors and remember where the least so far was. How long ago is that?",
        "When it is `patience` epochs ago, stop, and return the remembered epoch, counted from 1.",
    ],
    why="Nobody pays for the epochs behind the stop. That is the reason to stop early, beside the better model.",
    mistakes={
        "Is that the epoch in which you stopped? Return the best one before it: its model is the one to keep.": (
            lambda errors, patience: _stops_at(errors, patience)[1] + 1
        ),
        "Did you look at the whole curve? The epochs after the stop are never run, so nobody knows them.": (
            lambda errors, patience: int(np.argmin(errors)) + 1
        ),
        "Did you count all epochs that brought nothing? Only those in a row: each new least begins again at 0.": (
            _stops_when_all_together
        ),
        "Did you wait an epoch too long? Stop when `patience` epochs have brought nothing, not one more.": (
            lambda errors, patience: _stops_at(errors, patience + 1)[0] + 1
        ),
        "Did you stop at the first rise? `patience` says how many such epochs to put up with.": (
            lambda errors, patience: _stops_at(errors, 1)[0] + 1
        ),
        "Does an equal error count as better? Only a new least starts the patience anew.": (
            lambda errors, patience: _stops_at(errors, patience, tie=True)[0] + 1
        ),
        "Do you count from 0? The first epoch has number 1.": (
            lambda errors, patience: _stops_at(errors, patience)[0]
        ),
    },
    alternatives=[best_by_pieces],
)
def best_epoch(errors, patience):
    """The epoch, from 1, with the least error before `patience` epochs in a row brought no new least.

    errors[t] is the error on held-out cells after epoch t + 1. If it never stops, all count.
    """
    best = 0
    for epoch, error in enumerate(errors):
        if error < errors[best]:
            best = epoch
        if epoch - best >= patience:
            break
    return best + 1


def some_grids(rng):
    """Edge cases first: the simplest is best, one setting, settings within and outside the margin, folds that agree,

    a simple setting whose own folds lie far apart, and more folds than settings.
    """
    yield (np.array([[1.0, 1.2], [1.3, 1.5], [1.6, 1.4]]),)
    yield (np.array([[1.0, 1.1]]),)
    yield (np.array([[1.40, 1.50, 1.60, 1.50], [1.02, 1.12, 1.22, 1.12], [1.00, 1.10, 1.20, 1.10]]),)
    yield (np.array([[1.15, 1.15, 1.15, 1.15], [1.12, 1.12, 1.22, 1.02], [1.00, 1.10, 1.20, 1.10]]),)
    yield (np.array([[1.40, 1.44], [1.17, 1.21], [1.00, 1.20], [1.13, 1.17], [1.30, 1.36]]),)
    yield (np.array([[1.2, 1.2], [1.0, 1.0], [1.0, 1.0]]),)
    yield (np.array([[1.0, 1.6], [1.0, 1.02]]),)
    yield (np.array([[1.05] * 8, [0.9, 1.1] * 4]),)
    for _ in range(8):
        folds = int(rng.integers(3, 6))
        noise = rng.choice([-0.05, 0.05], (6, folds))
        noise[:, :2] = 0.05, -0.05
        means = 1 + np.array([0.6, 0.04, 0.01, 0.0, 0.01, 0.3]) + rng.integers(0, 5, 6) / 1000
        yield ((means[:, None] + noise - noise.mean(axis=1, keepdims=True)).round(3),)


def _within(errors, margin, choose=0):
    means = errors.mean(axis=1)
    best = means.argmin()
    return int(np.flatnonzero(means <= means[best] + margin(errors, best))[choose])


def _standard_error(errors, best, ddof=1):
    return errors[best].std(ddof=ddof) / np.sqrt(errors.shape[1])


def simplest_by_loop(errors):
    rows = [list(map(float, row)) for row in errors]
    means = [sum(row) / len(row) for row in rows]
    least = min(means)
    best = rows[means.index(least)]
    variance = sum((x - least) ** 2 for x in best) / (len(best) - 1)
    return next(j for j, mean in enumerate(means) if mean <= least + (variance / len(best)) ** 0.5)


@exercise(
    inputs=some_grids,
    hints=[
        "Mean over the folds first, errors.mean(axis=1). Which is least, and how far apart are its folds?",
        "Its standard error is errors[best].std(ddof=1) / sqrt(number of folds).",
        "The first row whose mean is at most means[best] + standard error: np.flatnonzero(...)[0].",
    ],
    why="Differences smaller than the error bar are luck. Of what is equally good take the simplest: it costs less.",
    mistakes={
        "Is that the least mean? A simpler setting within one standard error of it is to be preferred.": (
            lambda errors: int(errors.mean(axis=1).argmin())
        ),
        "Is your margin the spread of the folds? The mean of n folds is surer than one: divide by the root of n.": (
            lambda errors: _within(errors, lambda e, best: e[best].std(ddof=1))
        ),
        "Does each row have a margin of its own? One counts, that of the best row.": (
            lambda errors: int(
                np.flatnonzero(
                    errors.mean(axis=1) - errors.mean(axis=1).min()
                    <= errors.std(axis=1, ddof=1) / np.sqrt(errors.shape[1])
                )[0]
            )
        ),
        "Did you divide by the root of the number of settings? A mean is taken over the folds: count those.": (
            lambda errors: _within(errors, lambda e, best: e[best].std(ddof=1) / np.sqrt(len(e)))
        ),
        "Did you take the last one within the margin? The rows go from simple to complex: take the first.": (
            lambda errors: _within(errors, _standard_error, -1)
        ),
    },
    conventions={
        "Some take the spread of all folds there are (ddof=0). The task takes that of a sample, ddof=1.": (
            lambda errors: _within(errors, lambda e, best: _standard_error(e, best, ddof=0))
        )
    },
    alternatives=[simplest_by_loop],
)
def one_standard_error(errors):
    """The row of the simplest setting whose mean error is within one standard error of the least.

    errors has shape (n_settings, n_folds), the simplest setting first. The standard error is that of
    the best setting: the standard deviation of its folds (ddof=1) / sqrt(n_folds).
    """
    means = errors.mean(axis=1)
    best = means.argmin()
    margin = errors[best].std(ddof=1) / np.sqrt(errors.shape[1])
    return int(np.flatnonzero(means <= means[best] + margin)[0])


# ---- reading the model -----------------------------------------------------------------------------------------------


def some_histories(rng):
    """Edge cases first: nothing heard, one track, then several with factors of different lengths."""
    V = np.array([[0.5, 0.5], [0.5, -0.5], [0.1, 0.2], [0.7, 0.1]])
    yield np.zeros(4), V, 0
    yield np.array([0.0, 4.0, 0.0, 0.0]), V, 3
    yield np.array([5.0, 2.0, 0.0, 1.0]), V, 2
    for _ in range(9):
        n, k = int(rng.integers(4, 6)), int(rng.integers(2, 4))
        row = np.where(rng.random(n) < 0.6, rng.integers(2, 6, n), 0).astype(float)
        row[1] = 3.0
        yield row, rng.integers(1, 9, (n, k)) / 10, int(rng.integers(0, n))


def _cosine(row, V, item):
    length = np.linalg.norm(V, axis=1)
    return row * (V @ V[item]) / (length * length[item])


@exercise(
    inputs=some_histories,
    hints=[
        "How alike are track j and the item? V[j] . V[item], for all j at once: V @ V[item].",
        "Weigh each by how much of it was heard: row * (V @ V[item]).",
    ],
    why="A score that is a sum over the history explains itself: the largest terms are the reasons.",
    mistakes={
        "Are these similarities alone? A track that was not heard is no reason: weigh each by its value in row.": (
            lambda row, V, item: V @ V[item]
        ),
        "Is that the scores of all tracks? Asked is how much each heard track adds to the score of one.": (
            lambda row, V, item: V @ (V.T @ row)
        ),
        "Are these the terms of the factors? They add up to the score as well; asked is one a track.": (
            lambda row, V, item: (row @ V) * V[item]
        ),
        "Is that the sum? That is the score; asked are its terms, one a track.": (
            lambda row, V, item: row @ V @ V[item]
        ),
        "Did you divide by the lengths? The model's score is a sum of plain inner products.": _cosine,
    },
    alternatives=[lambda row, V, item: [float(x * sum(v * V[item])) for x, v in zip(row, V, strict=True)]],
)
def reasons(row, V, item):
    """What each track adds to a listener's score of the track at position item, shape (n,).

    row, shape (n,), is the listener's row of the table, 0 where not heard; V, shape (n, k), the
    track factors. The score is row @ V @ V[item].
    """
    return row * (V @ V[item])


question(
    "what_an_axis_is",
    answer="b",
    why="Predictions are the same in every rotation. What a factor's ends have in common is a hint, not a finding.",
    wrong={
        "a": "The SVD chooses the axes of most spread. Most spread is its rule, not the listeners' way to think.",
        "c": "The space that the factors span together does say what goes with what: neighbours in it stay neighbours.",
    },
)

question(
    "what_rmse_never_asks",
    answer="a",
    why="The held-out cells were heard, all of them. A list is drawn from the unheard, and whether somebody would play"
    " a track at all was never in the error.",
    wrong={
        "b": "Squares do punish large errors more, but with absolute errors the order of the models is the same.",
        "c": "The intervals over 1,418 listeners do not come near each other.",
    },
)
