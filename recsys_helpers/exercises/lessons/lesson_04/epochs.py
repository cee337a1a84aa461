"""Exercises of lesson 04: one epoch, and which setting to take.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

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


def _columns_of_vt(table, k):
    U, s, Vt = np.linalg.svd(table, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:, :k].T


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
        "Did the holes and the ratings change places? np.where takes the first value where heard is True.": [
            lambda filled, table, heard, k: np.where(heard, _rank(filled, k), table),
            lambda filled, table, heard, k: np.where(heard, _rank(filled, k), filled),
        ],
        "Did you take the first k columns of Vt? The directions are its rows.": (
            lambda filled, table, heard, k: np.where(heard, table, _columns_of_vt(filled, k))
        ),
        "Did you factorise the table with its zeros? Factorise what was filled last.": (
            lambda filled, table, heard, k: np.where(heard, table, _rank(table, k))
        ),
        "Did the holes stay as they were? With all factors kept the approximation is what went in: cut to k.": (
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
    yield (np.array([[1.02, 1.034], [1.0, 1.02]]),)
    yield (np.array([[1.0, 1.6], [1.0, 1.02]]),)
    yield (np.array([[1.05] * 8, [0.9, 1.1] * 4]),)
    yield (
        np.array(
            [[1.4, 1.0, 1.25, 1.15], [1, 1.05, 1.1, 1.05], [1.07, 1.07, 0.92, 1.02], [1.22, 0.82, 0.82, 0.97]]
        ),
    )
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


def _means_of_folds(errors):
    means = errors.mean(axis=0)
    best = means.argmin()
    margin = errors[:, best].std(ddof=1) / np.sqrt(len(errors)) if len(errors) > 1 else 0.0
    return int(np.flatnonzero(means <= means[best] + margin)[0])


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
        "Is a mean taken over the settings? A row is a setting: average over its folds, axis=1.": _means_of_folds,
        "Did all rows go into one spread? The standard error is that of the best row.": (
            lambda errors: _within(errors, lambda e, best: e.std(ddof=1) / np.sqrt(e.shape[1]))
        ),
        "Is your margin two standard errors? The task takes one.": (
            lambda errors: _within(errors, lambda e, best: 2 * _standard_error(e, best))
        ),
        "Did you divide by the number of folds? By its root.": (
            lambda errors: _within(errors, lambda e, best: e[best].std(ddof=1) / e.shape[1])
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
