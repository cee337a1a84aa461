"""Exercises of lesson 03: what is settled about factors, and what a sweep costs.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- what is identified ----------------------------------------------------------------------------------------------


def some_stretches(rng):
    """Edge cases first: no stretch, one factor, a right angle that stays, one that goes, opposite tracks."""
    yield np.array([3.0, 4.0]), np.array([4.0, 3.0]), np.array([1.0, 1.0])
    yield np.array([2.0]), np.array([5.0]), np.array([3.0])
    yield np.array([1.0, 0.0]), np.array([0.0, 2.0]), np.array([3.0, 1.0])
    yield np.array([1.0, 1.0]), np.array([1.0, -1.0]), np.array([3.0, 1.0])
    yield np.array([1.0, 2.0]), np.array([-1.0, -2.0]), np.array([0.5, 4.0])
    yield np.array([1.0, 0.0, 2.0]), np.array([2.0, 1.0, 0.0]), np.array([2.0, 2.0, 2.0])
    for _ in range(9):
        k = int(rng.integers(2, 4))
        q, r = (rng.integers(1, 5, k) * rng.choice([-1.0, 1.0], k) for _ in range(2))
        stretch = rng.permutation([0.5, 2.0, 4.0])[:k]
        q[0], r[0] = 2.0, 3.0
        yield q, r, stretch


def _cosine(q, r):
    return float(q @ r / np.sqrt((q @ q) * (r @ r)))


def _length(q):
    return float(np.sqrt(q @ q))


def cosine_by_loop(q, r, stretch):
    q = [a * s for a, s in zip(q, stretch, strict=True)]
    r = [a * s for a, s in zip(r, stretch, strict=True)]
    above = sum(a * b for a, b in zip(q, r, strict=True))
    return above / (sum(a * a for a in q) * sum(b * b for b in r)) ** 0.5


@exercise(
    inputs=some_stretches,
    hints=[
        "Stretch both vectors first, entry by entry: q * stretch and r * stretch.",
        "A cosine is the product of two vectors over the product of their lengths, here of the stretched ones.",
        "a, b = q * stretch, r * stretch; a @ b / (np.linalg.norm(a) * np.linalg.norm(b))",
    ],
    why="Nothing about the predictions has changed, and yet two tracks are nearer or farther: an angle is a finding"
    " only if the lengths of the axes are settled, as by a penalty or by columns of length 1.",
    mistakes={
        "Did you leave the stretch out? Then the angle is that of before.": lambda q, r, stretch: _cosine(
            q, r
        ),
        "Did you stretch one of the two? Factor f of every track is multiplied.": lambda q, r, stretch: (
            _cosine(q * stretch, r)
        ),
        "Is that the product? Divide it by both lengths.": lambda q, r, stretch: (
            (q * stretch) @ (r * stretch)
        ),
        "Did you divide by the lengths of before? Those of the stretched vectors belong below the line.": (
            lambda q, r, stretch: (q * stretch) @ (r * stretch) / (_length(q) * _length(r))
        ),
        "Did you divide by the stretch? It multiplies the tracks' factors; the listeners' are divided by it.": (
            lambda q, r, stretch: _cosine(q / stretch, r / stretch)
        ),
        "Are the lengths squared? A length is the root of a sum of squares.": lambda q, r, stretch: (
            (q * stretch)
            @ (r * stretch)
            / (((q * stretch) @ (q * stretch)) * ((r * stretch) @ (r * stretch)))
        ),
        "Is that the angle? Asked is its cosine.": [
            lambda q, r, stretch: np.arccos(np.clip(_cosine(q * stretch, r * stretch), -1, 1)),
            lambda q, r, stretch: np.degrees(np.arccos(np.clip(_cosine(q * stretch, r * stretch), -1, 1))),
        ],
        "Did you take the root of the stretch? Each of the two vectors is multiplied by the stretch itself.": (
            lambda q, r, stretch: _cosine(q * np.sqrt(stretch), r * np.sqrt(stretch))
        ),
        "Did you add the stretch? Each factor is multiplied by it.": lambda q, r, stretch: _cosine(
            q + stretch, r + stretch
        ),
    },
    alternatives=[cosine_by_loop],
)
def stretched_cosine(q_i, q_j, stretch):
    """The cosine between two tracks' vectors after factor f of each was multiplied by stretch[f].

    q_i, q_j and stretch have shape (k,); no vector is all 0, and each stretch is above 0.
    """
    a, b = q_i * stretch, q_j * stretch
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


question(
    "what_two_runs_share",
    answer="b",
    why="A rotation keeps lengths, angles and products, so whatever is made of these may be compared.",
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
