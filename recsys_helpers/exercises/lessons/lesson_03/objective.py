"""Exercises of lesson 03: what is minimised, and how it is derived.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, value

# ---- the objective ---------------------------------------------------------------------------------------------------


def some_factorisations(rng):
    """Edge cases first: no penalty, a table of holes, one cell; then tables with holes."""
    one = np.array([[1.0]])
    yield np.array([[3.0]]), one, one, 0.0
    yield np.array([[np.nan]]), one, 2 * one, 0.5
    yield np.array([[3.0, np.nan]]), one, np.array([[2.0], [1.0]]), 0.1
    yield np.array([[4.0, 1.0], [np.nan, 2.0]]), np.array([[2.0], [1.0]]), np.array([[1.0], [1.0]]), 1.0
    for _ in range(8):
        m, n, k = int(rng.integers(2, 4)), int(rng.integers(2, 4)), int(rng.integers(1, 3))
        R = rng.integers(1, 6, (m, n)).astype(float)
        R[int(rng.integers(m)), int(rng.integers(n))] = np.nan
        yield (
            R,
            rng.integers(-2, 4, (m, k)) / 2,
            rng.integers(-2, 4, (n, k)) / 2,
            float(rng.choice([0.1, 0.5, 2])),
        )


def _errors(R, P, Q):
    return (R - P @ Q.T)[~np.isnan(R)]


def _sizes(P, Q):
    return (P**2).sum() + (Q**2).sum()


def holes_as_zeros(R, P, Q, lam):
    return ((np.nan_to_num(R) - P @ Q.T) ** 2).sum() + lam * _sizes(P, Q)


def by_cells(R, P, Q, lam):
    total = lam * sum(float(x) ** 2 for side in (P, Q) for row in side for x in row)
    for u in range(len(P)):
        for i in range(len(Q)):
            if R[u, i] == R[u, i]:
                total += (R[u, i] - P[u] @ Q[i]) ** 2
    return total


@exercise(
    inputs=some_factorisations,
    hints=[
        "seen = ~np.isnan(R) is True on the observed cells. (R - P @ Q.T)[seen] are their errors, in one row.",
        "Add lam times the sum of ALL squared entries of P and of Q.",
        "errors = (R - P @ Q.T)[~np.isnan(R)], then (errors ** 2).sum() + lam * ((P ** 2).sum() + (Q ** 2).sum())",
    ],
    why="All that follows makes this one number smaller. A model is what it minimises.",
    mistakes={
        "Did you count a hole as 0 stars? Leave it out: only observed cells have an error.": holes_as_zeros,
        "Did the holes get into the sum? A number plus nan is nan: choose the observed cells first.": (
            lambda R, P, Q, lam: ((R - P @ Q.T) ** 2).sum() + lam * _sizes(P, Q)
        ),
        "Where is the penalty? lam times the squared entries of P and of Q belongs to J.": lambda R, P, Q, lam: (
            (_errors(R, P, Q) ** 2).sum()
        ),
        "Did you take the penalty off? It is added: large entries cost something.": lambda R, P, Q, lam: (
            (_errors(R, P, Q) ** 2).sum() - lam * _sizes(P, Q)
        ),
        "Did only one side pay? The entries of P and those of Q are penalised.": [
            lambda R, P, Q, lam: (_errors(R, P, Q) ** 2).sum() + lam * (P**2).sum(),
            lambda R, P, Q, lam: (_errors(R, P, Q) ** 2).sum() + lam * (Q**2).sum(),
        ],
        "Did the penalty take lengths? It takes their squares, so no root.": [
            lambda R, P, Q, lam: (
                (_errors(R, P, Q) ** 2).sum()
                + lam * sum(np.sqrt((one**2).sum(axis=1)).sum() for one in (P, Q))
            ),
            lambda R, P, Q, lam: (
                (_errors(R, P, Q) ** 2).sum() + lam * sum(np.sqrt((one**2).sum()) for one in (P, Q))
            ),
        ],
        "Are the errors as they are? Square each, or those above and below cancel.": lambda R, P, Q, lam: (
            _errors(R, P, Q).sum() + lam * _sizes(P, Q)
        ),
        "Did you add up absolute errors? Each error is squared.": lambda R, P, Q, lam: (
            np.abs(_errors(R, P, Q)).sum() + lam * _sizes(P, Q)
        ),
    },
    conventions={
        "Some put 1/2 before the whole, so that the gradient has no 2. The task has none.": lambda R, P, Q, lam: (
            0.5 * holes_left_out(R, P, Q, lam)
        ),
        "Some take the mean of the squared errors. The task takes their sum.": lambda R, P, Q, lam: (
            (_errors(R, P, Q) ** 2).sum() / max((~np.isnan(R)).sum(), 1) + lam * _sizes(P, Q)
        ),
    },
    alternatives=[by_cells],
)
def objective(R, P, Q, lam):
    """J: squared errors of the observed cells, plus lam times all squared entries of P and of Q.

    R has shape (m, n), with nan in the holes, P (m, k), Q (n, k).
    """
    errors = (R - P @ Q.T)[~np.isnan(R)]
    return (errors**2).sum() + lam * ((P**2).sum() + (Q**2).sum())


def holes_left_out(R, P, Q, lam):
    return (_errors(R, P, Q) ** 2).sum() + lam * _sizes(P, Q)


def _letters(got, want):
    return "".join(letter for letter in str(got).lower() if letter.isalpha()) == want


@value(
    hints=[
        "Begin with what is to be made as large as possible, in the words of probability alone.",
        "Each line follows from the one before by one act: densities put in, logarithm, constant dropped, sign turned.",
    ],
    why="The squares come from Gaussian noise, lambda from a Gaussian prior. Another noise would give another loss.",
    compare=_letters,
    mistakes={
        "Did you write densities down first? Bayes says which of them belong in the product.": "dbaec",
        "Did you take the logarithm before the Gaussians were written in? Line a has squares already: from where?": (
            "badec"
        ),
        "Did you drop the constant while it was still a factor? Line e has sums: the logarithm comes before it.": (
            "bdeac"
        ),
        "Did you turn the sign with the constant still there? Line c has none left.": "bdace",
        "Is that the way back, from the objective to the model? Begin with the probability.": "ceadb",
    },
)
def order_of_the_derivation():
    """The letters of the five lines, in the order of the derivation, as one word."""
    return "bdaec"
