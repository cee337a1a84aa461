"""Exercises of lesson 03: what is settled about factors, and what a sweep costs.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- what is identified ----------------------------------------------------------------------------------------------


def some_factors(rng):
    """Edge cases first: nothing to flip, one to flip, a factor of zeros, a column whose sum misleads."""
    yield np.array([[1.0], [2.0]]), np.array([[3.0], [1.0]])
    yield np.array([[1.0], [-2.0]]), np.array([[-3.0], [1.0]])
    yield np.array([[1.0, 2.0]]), np.array([[0.0, -1.0], [0.0, 1.5]])
    yield np.array([[2.0], [1.0]]), np.array([[-3.0], [2.0], [2.0]])
    yield np.array([[2.0, 1.0], [-1.0, 4.0]]), np.array([[1.0, 3.0], [-2.0, -5.0], [1.5, 2.5]])
    yield np.array([[-2.0, 1.0], [1.0, -1.5]]), np.array([[4.0, 1.0], [-1.0, -2.0], [2.0, 1.5]])
    for _ in range(9):
        m, n, k = int(rng.integers(2, 4)), int(rng.integers(3, 5)), int(rng.integers(1, 4))
        yield (
            rng.normal(size=(m, k)).round(1) + 0.01,
            rng.normal(size=(n, k)).round(1) + np.arange(n)[:, None] / 100,
        )


def _turned(P, Q, sign):
    return P * sign, Q * sign


def _plus_or_minus(numbers):
    return np.where(numbers < 0, -1.0, 1.0)


def _largest(side):
    return side[np.abs(side).argmax(axis=0), np.arange(side.shape[1])]


def by_factor(P, Q):
    P, Q = np.array(P), np.array(Q)
    for f in range(Q.shape[1]):
        if max(Q[:, f], key=abs) < 0:
            P[:, f], Q[:, f] = -P[:, f], -Q[:, f]
    return P, Q


@exercise(
    inputs=some_factors,
    hints=[
        "np.abs(Q).argmax(axis=0) says in which row each column has its largest entry.",
        "Flip a column of Q together with the same column of P, or the predictions change.",
        "top = Q[np.abs(Q).argmax(axis=0), np.arange(Q.shape[1])]; sign = np.where(top < 0, -1, 1); P * sign, Q * sign",
    ],
    why="Now the sign is settled, and two printouts of one fit agree. The turn is still free.",
    mistakes={
        "Did you flip Q and leave P? Then the product has changed: flip both.": lambda P, Q: (
            P,
            Q * _plus_or_minus(_largest(Q)),
        ),
        "Did the sum of the column decide? The entry that is largest without its sign does.": lambda P, Q: (
            _turned(P, Q, _plus_or_minus(Q.sum(axis=0)))
        ),
        "Did a factor of zeros wipe out its partner? The sign of 0 is 0: multiply by 1 there.": lambda P, Q: (
            _turned(P, Q, np.sign(_largest(Q)))
        ),
        "Did you take the largest value, minus signs and all? Of 1 and -3 it is -3 that is largest without sign.": (
            lambda P, Q: _turned(P, Q, _plus_or_minus(Q.max(axis=0)))
        ),
        "Is the largest negative now? It should not be.": lambda P, Q: _turned(
            P, Q, -_plus_or_minus(_largest(Q))
        ),
        "Does the first row decide? It is the row of the largest |entry|, which each column has for itself.": (
            lambda P, Q: _turned(P, Q, _plus_or_minus(Q[0]))
        ),
        "Did one entry decide for all columns? Each column has its own largest: argmax needs axis=0.": (
            lambda P, Q: _turned(P, Q, _plus_or_minus(np.full(Q.shape[1], Q.flat[np.abs(Q).argmax()])))
        ),
        "Did you take absolute values? A factor has two ends, and both mean something.": lambda P, Q: (
            np.abs(P),
            np.abs(Q),
        ),
    },
    conventions={
        "You let the largest entry of P decide. That is as good; here it is Q's.": lambda P, Q: _turned(
            P, Q, _plus_or_minus(_largest(P))
        )
    },
    alternatives=[by_factor],
)
def fix_signs(P, Q):
    """P and Q with columns flipped in pairs, so that in each column of Q the largest |entry| is not negative."""
    top = Q[np.abs(Q).argmax(axis=0), np.arange(Q.shape[1])]
    sign = np.where(top < 0, -1, 1)
    return P * sign, Q * sign


question(
    "what_two_runs_share",
    answer="b",
    why="A turn keeps lengths, angles and products, so whatever is made of these may be compared.",
    wrong={
        "a": "Factor 1 of the other run may be any mixture of these factors, with any sign.",
        "c": "The first row of Q belongs to the same track, but its numbers are measured along other axes.",
        "d": "Products do agree: an invertible change of both sides cancels in each of them.",
    },
)


# ---- cost ------------------------------------------------------------------------------------------------------------


def some_sizes(rng):
    """Edge cases first: one of each, then ordinary sizes."""
    yield 1, 1, 1, 1
    yield 14, 2, 4, 5
    yield 100, 6, 10, 20
    yield 100, 12, 10, 20
    for _ in range(8):
        m, n = int(rng.integers(10, 100)), int(rng.integers(10, 100))
        yield int(rng.integers(m, m * n // 2)), 3 * int(rng.integers(1, 9)), m, n


@exercise(
    inputs=some_sizes,
    hints=[
        "Two kinds of work: what each observed cell adds, and what each row of P or Q has to solve.",
        "A cell adds k² + k, once from its listener's side and once from its track's. A row solves k³ / 3.",
        "2 * cells * (k**2 + k) + (m + n) * k**3 / 3",
    ],
    why="Linear in what was observed, whatever the size of the empty table. Steep in k: twice the factors, four"
    " to eight times the work.",
    mistakes={
        "Did you count one side? A sweep meets each cell twice, by listener and by track.": lambda cells, k, m, n: (
            cells * (k**2 + k) + (m + n) * k**3 / 3
        ),
        "Did the holes cost something? Only observed cells are added up.": lambda cells, k, m, n: (
            2 * m * n * (k**2 + k) + (m + n) * k**3 / 3
        ),
        "Did every cell solve equations? There is one system for each row of P and of Q.": lambda cells, k, m, n: (
            2 * cells * (k**2 + k + k**3 / 3)
        ),
        "Where is the third? Solving k equations takes k³ / 3.": lambda cells, k, m, n: (
            2 * cells * (k**2 + k) + (m + n) * k**3
        ),
        "Did you solve with k²? Solving k equations takes k³ / 3.": lambda cells, k, m, n: (
            2 * cells * (k**2 + k) + (m + n) * k**2 / 3
        ),
        "Did you multiply m by n? There is one system for each row of P and one for each of Q: m + n.": (
            lambda cells, k, m, n: 2 * cells * (k**2 + k) + m * n * k**3 / 3
        ),
        "Did you leave the right sides out? A cell adds k² to a matrix and k to a vector.": lambda cells, k, m, n: (
            2 * cells * k**2 + (m + n) * k**3 / 3
        ),
        "Did only the listeners solve? The tracks have their systems too.": lambda cells, k, m, n: (
            2 * cells * (k**2 + k) + m * k**3 / 3
        ),
    },
    alternatives=[lambda cells, k, m, n: sum((2 * cells * k * (k + 1), m * k**3 / 3, n * k**3 / 3))],
)
def sweep_cost(cells, k, m, n):
    """Multiply-adds of one ALS sweep over m listeners and n tracks with that many observed cells."""
    return 2 * cells * (k**2 + k) + (m + n) * k**3 / 3
