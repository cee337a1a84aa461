"""Exercises of lesson 01: agreement of two orders, how full and how uneven a table is, what silence means.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise, question

# ---- preference and the matrix ---------------------------------------------------------------------------------------


def _two_scales(rng):
    yield [1, 2, 3], [10, 20, 90]
    yield [1, 1, 2, 5], [0.2, 0.4, 0.1, 0.9]
    yield [2, 2, 2], [1, 2, 3]
    yield [3, 1, 2, 40], [2, 3, 1, 4]
    yield [4, 1, 3, 2], [2, 1, 4, 3]
    for _ in range(6):
        plays = [int(one) for one in rng.geometric(0.3, 9)]
        yield plays, [round(float(one), 2) for one in rng.normal(np.log(plays), 1)]


def _spearman_by_counting(strength, truth):
    """Ranks by comparing each with each, and the correlation by its definition."""
    ranks = [[sum((b < a) + 0.5 * (b == a) for b in side) for a in side] for side in (strength, truth)]
    a, b = (np.array(one) - np.mean(one) for one in ranks)
    size = np.sqrt((a @ a) * (b @ b))
    return a @ b / size if size else 0.0


def _short_formula(strength, truth):
    a, b = pd.Series(strength).rank(), pd.Series(truth).rank()
    n = len(a)
    return 0.0 if a.nunique() == 1 or b.nunique() == 1 else 1 - 6 * ((a - b) ** 2).sum() / (n * (n**2 - 1))


def _kendall(strength, truth):
    """Kendall's tau-b: pairs in the same order less those in the other, ties out of each side's count."""
    a, b = (np.sign(np.subtract.outer(one, one)) for one in (strength, truth))
    size = np.sqrt((a**2).sum() * (b**2).sum())
    return (a * b).sum() / size if size else 0.0


def _correlation(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return 0.0 if np.ptp(a) == 0 or np.ptp(b) == 0 else float(np.corrcoef(a, b)[0, 1])


@exercise(
    inputs=_two_scales,
    hints=[
        "Turn both sides into ranks first: pd.Series(strength).rank() gives equal values their mean rank.",
        "Then the ordinary correlation of the ranks, np.corrcoef(a, b)[0, 1]; ask for equal values before.",
    ],
    why="Recipes have scales of their own. The order is what a list of recommendations will use.",
    mistakes={
        "Did you correlate the values? One huge count would decide: take ranks first.": _correlation,
        "Did equal values get different ranks? Each takes the mean of their ranks.": lambda strength, truth: (
            0.0
            if np.ptp(strength) == 0
            else _correlation(
                *(np.argsort(np.argsort(one, kind="stable"), kind="stable") for one in (strength, truth))
            )
        ),
        "Do equal values share the lowest of their ranks? They share the mean: rank() gives it by itself.": [
            lambda strength, truth: _correlation(
                *(pd.Series(one).rank(method="min") for one in (strength, truth))
            ),
            lambda strength, truth: _correlation(
                *(pd.Series(one).rank(method="max") for one in (strength, truth))
            ),
        ],
        "Is that the short formula with squared differences? It holds without equal values only.": _short_formula,
        "Is that Kendall's tau? It counts pairs in order; Spearman's correlates the ranks.": _kendall,
        "Is argsort a rank? It says who is first, not which place each has.": lambda strength, truth: (
            0.0
            if np.ptp(strength) == 0
            else _correlation(*(np.argsort(one, kind="stable") for one in (strength, truth)))
        ),
    },
    alternatives=[_spearman_by_counting],
)
def rank_agreement(strength, truth):
    """Spearman's correlation: that of the ranks, equal values sharing their mean rank.

    Two lists of one length; 0 if all values of a side are equal.
    """
    a, b = pd.Series(strength).rank(), pd.Series(truth).rank()
    if a.nunique() == 1 or b.nunique() == 1:
        return 0.0
    return np.corrcoef(a, b)[0, 1]


def _pairs(rng):
    yield [("al", "t1"), ("al", "t1"), ("bo", "t2")], 6, 5
    yield [], 3, 3
    yield [("al", "t1")], 1, 2
    for _ in range(6):
        rows = [(f"u{a}", f"t{b}") for a, b in rng.integers(0, 4, (int(rng.integers(5, 14)), 2))]
        yield rows, 5, 8


def _density_by_table(rows, n_users, n_tracks):
    return len(pd.DataFrame(rows, columns=["u", "t"]).drop_duplicates()) / (n_users * n_tracks)


def _density_of_the_seen(rows, n_users, n_tracks):
    cells = len({user for user, _ in rows}) * len({track for _, track in rows})
    return len(set(rows)) / cells if cells else 0.0


@exercise(
    inputs=_pairs,
    hints=[
        "How many cells has the table, and how many of them hold anything?",
        "A pair that stands in ten rows fills one cell: len(set(rows)).",
    ],
    why="Every model of this course lives on the filled cells and is asked about the others.",
    mistakes={
        "Did each play count? Ten plays of one track fill one cell.": lambda rows, n_users, n_tracks: (
            len(rows) / (n_users * n_tracks)
        ),
        "Is that the share of empty cells? Density is the share of filled ones.": lambda rows, n_users, n_tracks: (
            1 - len(set(rows)) / (n_users * n_tracks)
        ),
        "Did you leave out who and what never shows up? They have cells too, all empty.": _density_of_the_seen,
        "Is that filled cells a listener, or a track? Divide by all cells, n_users * n_tracks.": [
            lambda rows, n_users, n_tracks: len(set(rows)) / n_users,
            lambda rows, n_users, n_tracks: len(set(rows)) / n_tracks,
        ],
        "Is a bracket missing? `a / b * c` divides by b alone, and multiplies by c.": lambda rows, n_users, n_tracks: (
            len(set(rows)) / n_users * n_tracks
        ),
    },
    conventions={
        "Some give it in percent; here it is a share.": lambda rows, n_users, n_tracks: (
            100 * len(set(rows)) / (n_users * n_tracks)
        ),
    },
    alternatives=[_density_by_table],
)
def density(rows, n_users, n_tracks):
    """The share of filled cells in a table of n_users rows and n_tracks columns.

    `rows` is a list of (user, track), one for each play.
    """
    return len(set(rows)) / (n_users * n_tracks)


def _counts(rng):
    yield ([1, 1, 1, 1],)
    yield ([0, 0, 0, 4],)
    yield ([0, 0],)
    yield ([3, 1, 2],)
    for _ in range(6):
        yield ([int(one) for one in rng.geometric(0.3, 8) - 1],)


def _gini_of_sorted(counts, n=None):
    n, total = len(counts), sum(counts)
    if not total:
        return 0.0
    return 2 * sum(place * one for place, one in enumerate(counts, start=1)) / (n * total) - (n + 1) / n


def _gini_by_steps(counts):
    return 1 - 2 * np.mean(np.cumsum(sorted(counts)) / sum(counts)) if sum(counts) else 0.0


def _gini_by_area(counts):
    """One minus twice the area under the Lorenz curve, by trapezia."""
    if sum(counts) == 0:
        return 0
    curve = np.insert(np.cumsum(sorted(counts)) / sum(counts), 0, 0)
    return 1 - (curve[1:] + curve[:-1]).sum() / len(counts)


@exercise(
    inputs=_counts,
    hints=[
        "Compare each with each: np.subtract.outer(x, x) holds all differences.",
        "The mean size of a difference, over twice the mean: that is the Gini coefficient.",
    ],
    why="One number for a whole curve: 0 where all tracks get the same, near 1 where one gets all.",
    mistakes={
        "Did you forget to sort? Without it the curve is no Lorenz curve.": lambda counts: _gini_of_sorted(
            counts
        ),
        "Did you sort downwards? The curve begins with the poorest, and the figure is above 0.": lambda counts: (
            _gini_of_sorted(sorted(counts, reverse=True))
        ),
        "Is that the area alone? The coefficient is twice the area between curve and diagonal.": lambda counts: (
            _gini_of_sorted(sorted(counts)) / 2
        ),
        "Did you leave out the tracks without a play? They are the poorest of all.": lambda counts: (
            _gini_of_sorted(sorted(one for one in counts if one))
        ),
        "Is a factor 2 missing? The mean difference goes over twice the mean.": lambda counts: (
            2 * _gini_of_sorted(sorted(counts))
        ),
        "Is the area made of steps? The curve begins at 0 and is straight between its points.": _gini_by_steps,
        "Is x less its transpose 0? One axis has no transpose: x[:, None] - x holds all pairs.": lambda counts: (
            0.0
        ),
    },
    conventions={
        "Some multiply by n / (n - 1), so that one track with everything gives 1.": lambda counts: (
            _gini_of_sorted(sorted(counts)) * len(counts) / (len(counts) - 1)
        ),
    },
    alternatives=[_gini_by_area],
)
def gini(counts):
    """The Gini coefficient of a list of counts: the mean difference of any two, over twice the mean.

    Each of the n x n pairs counts, one with itself too. If all counts are 0 it is 0.
    """
    x = np.asarray(counts, dtype=float)
    if x.sum() == 0:
        return 0.0
    return np.abs(np.subtract.outer(x, x)).mean() / (2 * x.mean())


question(
    "what_silence_means",
    answer="c",
    why="The log holds what was found and taken. Nothing in it says what was shown, so silence has many causes.",
    wrong={
        "a": "Half of the tracks that listeners would like best stand in that silence, as the truth shows.",
        "b": "Chance would hit all tracks alike. The shelf, the place in a list and taste decide instead.",
        "d": "A repeat count says how much a heard track is liked, and nothing about one that was not heard.",
    },
)
