"""Exercises of lesson 04: what a model gives as its reasons, and what its axes and its error say.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

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
        "Did you give the heard tracks alone? Asked is one term a track, 0 for those not heard.": (
            lambda row, V, item: (row * (V @ V[item]))[row > 0]
        ),
        "Does every heard track count alike? Weigh each by its value in row.": (
            lambda row, V, item: (row > 0) * (V @ V[item])
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
