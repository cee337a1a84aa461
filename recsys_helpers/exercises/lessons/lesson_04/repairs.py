"""Exercises of lesson 04: one prediction a pair, an error in stars, and scores whose columns stand in another order.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise


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


def some_orders(rng):
    """Edge cases first: the same order, two tracks swapped, an unknown track, one that the catalogue has dropped."""
    scores = np.array([[0.1, 0.7, 0.4], [0.9, 0.2, 0.3]])
    yield scores, ["t1", "t2", "t3"], ["t1", "t2", "t3"]
    yield scores, ["t2", "t1", "t3"], ["t1", "t2", "t3"]
    yield scores, ["t3", "t1", "t2"], ["t1", "t2", "t3"]
    yield scores, ["t1", "t3", "t4"], ["t1", "t2", "t3", "t4"]
    yield scores, ["t9", "t2", "t1"], ["t1", "t2"]
    yield scores[:, :2], ["t2", "t5"], ["t5", "t8", "t2", "t9"]
    for _ in range(9):
        n, m = int(rng.integers(4, 6)), int(rng.integers(2, 4))
        known = [f"t{j}" for j in rng.permutation(9)[:n]]
        catalogue = [f"t{j}" for j in rng.permutation(9)[: int(rng.integers(3, 7))]]
        catalogue = [*(one for one in catalogue if one not in known[:3]), known[1], known[2], known[0]]
        yield (rng.permutation(m * n).reshape(m, n) - 3) / 10, known, catalogue


def _placed(scores, at, fill=-np.inf):
    at = np.asarray(at)
    return np.where(at >= 0, scores[:, np.maximum(at, 0)], fill)


def _there(model_items, catalogue):
    return pd.Index(model_items).get_indexer(pd.Index(catalogue))


def _as_they_stand(scores, model_items, catalogue):
    found = np.full((len(scores), len(catalogue)), -np.inf)
    width = min(scores.shape[1], len(catalogue))
    found[:, :width] = scores[:, :width]
    return found


def _by_sorting(scores, model_items, catalogue):
    return _as_they_stand(scores[:, np.argsort(model_items)], model_items, catalogue)


def columns_by_loop(scores, model_items, catalogue):
    return [
        [float(row[model_items.index(one)]) if one in model_items else -np.inf for one in catalogue]
        for row in scores
    ]


@exercise(
    inputs=some_orders,
    hints=[
        "For each track of the catalogue: at which place does the model have it? A dictionary knows, or an index.",
        "pd.Index(model_items).get_indexer(catalogue) gives the places, and -1 where there is none.",
        "NumPy takes -1 for the last column. So take the columns first, then overwrite where the place is -1.",
    ],
    why="A table in the wrong order raises nothing, and its scores look as they always do. Only the lists are chance.",
    mistakes={
        "Did you leave the columns as they stand? The model's order is not the catalogue's: look each track up.": (
            _as_they_stand
        ),
        "Did an unknown track get the last column? get_indexer says -1 for unknown, and NumPy reads -1 as the last.": (
            lambda scores, model_items, catalogue: scores[:, _there(model_items, catalogue)]
        ),
        "Did an unknown track get 0? Next to scores below 0 that is a recommendation: give it minus infinity.": (
            lambda scores, model_items, catalogue: _placed(scores, _there(model_items, catalogue), 0.0)
        ),
        "Did an unknown track get nan? Sorting puts nan at an end of its own: give it minus infinity.": (
            lambda scores, model_items, catalogue: _placed(scores, _there(model_items, catalogue), np.nan)
        ),
        "Did you look the model's tracks up in the catalogue? That is the way back.": (
            lambda scores, model_items, catalogue: _placed(scores, _there(catalogue, model_items))
        ),
        "Did you sort the columns by id? The catalogue is in the order given, which need not be sorted.": _by_sorting,
        "Did you leave the unknown tracks out? Each track of the catalogue keeps its column.": (
            lambda scores, model_items, catalogue: scores[
                :, [at for at in _there(model_items, catalogue) if at >= 0]
            ]
        ),
    },
    alternatives=[columns_by_loop],
)
def in_catalogue_order(scores, model_items, catalogue):
    """The scores with a column for each track of the catalogue, in its order; shape (m, len(catalogue)).

    scores has shape (m, len(model_items)), column j for the track model_items[j]; both lists hold ids. A
    track that the model does not know gets -np.inf. One that the catalogue does not hold is left out.
    """
    at = pd.Index(model_items).get_indexer(pd.Index(catalogue))
    return np.where(at >= 0, scores[:, at], -np.inf)
