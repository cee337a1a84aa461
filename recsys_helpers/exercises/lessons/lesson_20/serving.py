"""The exercises of lesson 20 on search among vectors and on how long a page takes.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, value

# ---- one number more -------------------------------------------------------------------------------------------------


def _vectors(rng):
    yield ([[3.0, 4.0], [0.0, 3.0]],)
    yield ([[2.0]],)
    yield ([[1.0, 0.0], [0.0, 1.0]],)
    yield ([[0.0, 0.0], [6.0, 8.0]],)
    yield ([[1.0, 2.0, 2.0], [2.0, 0.0, 0.0], [0.0, 0.0, -1.0]],)
    yield ([[5.0, 12.0], [-3.0, 4.0], [0.0, -12.0]],)
    for _ in range(6):
        yield (
            rng.integers(-4, 5, (int(rng.integers(2, 5)), int(rng.integers(2, 4)))).astype(float).tolist(),
        )


def _lengths(vectors):
    return np.linalg.norm(np.asarray(vectors, dtype=float), axis=1)


def _append(vectors, more):
    return np.column_stack([np.asarray(vectors, dtype=float), more]).tolist()


def _unit(vectors):
    lengths = _lengths(vectors)[:, None]
    return (np.asarray(vectors, dtype=float) / np.where(lengths > 0, lengths, 1)).tolist()


def _stretched(vectors):
    lengths = _lengths(vectors)[:, None]
    return (np.asarray(vectors, dtype=float) / np.where(lengths > 0, lengths, 1) * lengths.max()).tolist()


def _as_array(vectors):
    squares = _lengths(vectors) ** 2
    return np.hstack(
        [np.asarray(vectors, dtype=float), np.sqrt(np.maximum(squares.max() - squares, 0))[:, None]]
    )


@exercise(
    inputs=_vectors,
    hints=[
        "Which number makes a vector of length 3 one of length 5? It is not 2: squares add up, not lengths.",
        "sqrt(longest ** 2 - length ** 2), where a length is sqrt(sum of squares).",
    ],
    tolerance=1e-5,
    why="With a 0 as its last number a query meets the same products as before, and among vectors of one length the "
    "largest product is also the smallest distance. So any index of distances can be used.",
    mistakes={
        "Did you append the difference of the lengths? Squares add up, lengths do not.": lambda vectors: (
            _append(vectors, _lengths(vectors).max() - _lengths(vectors))
        ),
        "Did you append the difference of the squares? Its root is what is missing.": lambda vectors: _append(
            vectors, _lengths(vectors).max() ** 2 - _lengths(vectors) ** 2
        ),
        "Did you divide each by its length? Then a long vector's products are lost.": _unit,
        "Did you stretch all to one length? That changes their products; one number more does not.": _stretched,
        "Did you append the length itself? Then all still differ in length.": lambda vectors: _append(
            vectors, _lengths(vectors)
        ),
    },
    alternatives=[_as_array],
)
def same_length(vectors):
    """The vectors, each with one number more at its end, 0 or above, which gives all of them the length of the longest.

    `vectors` is a list of lists of numbers. The length of a vector is the root of the sum of its squares.
    """
    squares = [sum(number**2 for number in vector) for vector in vectors]
    longest = max(squares)
    return [[*vector, (longest - own) ** 0.5] for vector, own in zip(vectors, squares, strict=True)]


# ---- slow pages ------------------------------------------------------------------------------------------------------


@value(
    hints=["What is the chance that none of the ten answers is slow?", "1 - 0.99 ** 10."],
    why="One page in ten meets at least one answer that is slower than the p99 of a single one. The more answers a "
    "page waits for, the more its users live in the tail.",
    tolerance=0.002,
    mistakes={
        "Is that for one answer? The page waits for all ten.": 0.01,
        "Did you add ten times 1%? Two slow answers on one page are one slow page.": 0.1,
        "Is that the share of pages without a slow answer?": 0.99**10,
        "Is that the chance that all ten are slow?": 0.01**10,
    },
)
def slow_pages():
    """The share of pages that meet a slow answer, where a page waits for ten and 1% of all answers are slow."""
    return 1 - 0.99**10
