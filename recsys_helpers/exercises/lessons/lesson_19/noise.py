"""The exercises of lesson 19 on noise: how much, for whom, and how often.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question, value

# ---- how much noise --------------------------------------------------------------------------------------------------


def _settings(rng):
    yield 1, 1.0
    yield 5, 1.0
    yield 5, 0.5
    yield 20, 2.0
    yield 3, 0.1
    yield 1, 4.0
    for _ in range(8):
        yield int(rng.integers(2, 40)), float(rng.choice([0.1, 0.25, 0.5, 2.0, 3.0]))


@exercise(
    inputs=_settings,
    hints=[
        "How far can all counts together move when one listener leaves?",
        "A listener with five tracks moves five counts by 1. The scale grows with that, and falls with epsilon.",
    ],
    why="The noise has to cover the listener who changes most, so a chart on which everybody counts with all they "
    "played would need forty times as much for the sake of one heavy listener.",
    mistakes={
        "Did you forget how many counts one listener moves? With five tracks it is five times as much.": (
            lambda most, epsilon: 1 / epsilon
        ),
        "Is that upside down? A smaller epsilon promises more, so it needs more noise.": (
            lambda most, epsilon: most * epsilon
        ),
        "Did you divide by the tracks as well? The more of them count, the more noise.": (
            lambda most, epsilon: 1 / (most * epsilon)
        ),
        "Is that the root of the sum of squares? Laplace noise covers the sum of all changes.": (
            lambda most, epsilon: most**0.5 / epsilon
        ),
    },
    conventions={
        "That is for neighbours in which one listener is replaced by another, who may move twice as many counts. Ours "
        "have a listener more or less.": lambda most, epsilon: 2 * most / epsilon,
    },
    alternatives=[lambda most, epsilon: sum(1 / epsilon for _ in range(most))],
)
def noise_scale(most, epsilon):
    """The scale of the Laplace noise that makes a chart of counts epsilon-private for a listener.

    Each listener counts for at most `most` tracks, each of them once. Neighbours are two tables of which one has a
    listener more.
    """
    return most / epsilon


# ---- contribution ----------------------------------------------------------------------------------------------------


def _listens(rng):
    yield [["a", "b", "c"], ["a"]], 2
    yield [["a", "a", "b"]], 2
    yield [["a"], ["a"], ["a"]], 1
    yield [["b", "b", "b", "a"], ["a"]], 1
    yield [["a", "b"], ["b", "c"], ["c"]], 5
    yield [["c", "b", "a"], ["c", "a", "b", "d"]], 3
    yield [["a", "a", "b", "c", "d"], ["d", "d", "a"]], 2
    for _ in range(8):
        yield (
            [
                rng.choice(list("abcde"), int(rng.integers(1, 8))).tolist()
                for _ in range(int(rng.integers(2, 6)))
            ],
            int(rng.integers(1, 4)),
        )


def _counted(rows):
    counts: dict[str, int] = {}
    for row in rows:
        for track in row:
            counts[track] = counts.get(track, 0) + 1
    return counts


def _first(row):
    return list(dict.fromkeys(row))


def _by_flags(histories, most):
    counts: dict[str, int] = {}
    for history in histories:
        seen: set[str] = set()
        for track in history:
            if track not in seen and len(seen) < most:
                seen.add(track)
                counts[track] = counts.get(track, 0) + 1
    return counts


@exercise(
    inputs=_listens,
    hints=[
        "First the listener, then the counts: what is left of one history?",
        "list(dict.fromkeys(history)) has each track once, in the order of its first play. Cut that after `most`.",
    ],
    why="The promise has to hold for the heaviest listener. Whoever counts without a limit adds too little noise for "
    "this one person, and it is nearly always the same person.",
    mistakes={
        "Did you cut before repeats were taken out? A track that is played twice is one track.": (
            lambda histories, most: _counted(_first(history[:most]) for history in histories)
        ),
        "Did a repeated track count twice? One listener moves a count by 1 at most.": lambda histories, most: (
            _counted(history[:most] for history in histories)
        ),
        "Did you limit the counts? What has to be limited is how many tracks of one listener count.": (
            lambda histories, most: {
                track: min(n, most) for track, n in _counted(_first(history) for history in histories).items()
            }
        ),
        "Did those with more tracks drop out? They count with the first ones.": lambda histories, most: (
            _counted(_first(history) for history in histories if len(_first(history)) <= most)
        ),
        "Is there no limit?": lambda histories, most: _counted(_first(history) for history in histories),
        "Are those the last tracks? The first ones are asked for.": lambda histories, most: _counted(
            _first(history)[-most:] for history in histories
        ),
    },
    alternatives=[_by_flags],
)
def count_at_most(histories, most):
    """A dict, track -> number of listeners who count for it, each listener for at most `most` tracks; without zeros.

    A history is a list of tracks. Of each listener the first `most` different tracks count, each of them once however
    often it stands there; the order in the list was drawn by lot before.
    """
    counts = {}
    for history in histories:
        for track in list(dict.fromkeys(history))[:most]:
            counts[track] = counts.get(track, 0) + 1
    return counts


# ---- composition -----------------------------------------------------------------------------------------------------


@value(
    hints=["What does the second week add to what the first one gave away?", "52 releases of 0.5."],
    why="Each week the attacker learns something new of the same people, so the epsilons add up. 26 promises next to "
    "nothing: e to the 26 is 200 billion.",
    tolerance=0.001,
    mistakes={
        "Is that the epsilon of one week? Each week gives something away.": 0.5,
        "Is that how the error of a mean behaves? Epsilons add up as they are.": 0.5 * 52**0.5,
        "Did you divide? More releases give more away, not less.": 0.5 / 52,
        "Did you forget epsilon? 52 is the number of weeks.": 52,
    },
)
def spent_in_a_year():
    """The epsilon of 52 weekly releases together, each with an epsilon of 0.5."""
    return 52 * 0.5


# ---- a symmetric matrix ----------------------------------------------------------------------------------------------


def _draws(rng):
    yield (np.array([[1.0, 2.0], [3.0, 4.0]]),)
    yield (np.array([[5.0]]),)
    yield (np.array([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0]]),)
    yield (np.array([[0.0, -1.0], [0.0, 0.0]]),)
    for n in (2, 3, 3, 4, 5):
        yield (rng.normal(size=(n, n)).round(2),)


def _mirror_by_loops(draws):
    noise = [[float(value) for value in row] for row in np.asarray(draws)]
    for i in range(len(noise)):
        for j in range(i):
            noise[i][j] = noise[j][i]
    return noise


def _with_index(draws):
    noise = np.array(draws, dtype=float)
    low = np.tril_indices(len(noise), -1)
    noise[low] = noise.T[low]
    return noise


@exercise(
    inputs=_draws,
    hints=[
        "Which of the draws are used? Only those on and above the diagonal.",
        "np.triu(draws) keeps them. What is added below must not touch the diagonal again.",
        "np.triu(draws) + np.triu(draws, 1).T",
    ],
    why="A mean of a draw and its mirror would have only 71% of the spread, and the promise would be broken by an "
    "operation that looks harmless.",
    mistakes={
        "Did you take the mean of a draw and its mirror? That has less spread than was promised.": (
            lambda draws: (draws + draws.T) / 2
        ),
        "Did you add the two draws? Each pair has one number of its own.": lambda draws: draws + draws.T,
        "Is the diagonal counted twice?": lambda draws: np.triu(draws) + np.triu(draws).T,
        "Is the lower half empty? It mirrors the upper one.": lambda draws: np.triu(draws),
        "Are those the draws below the diagonal? The task takes those above it.": (
            lambda draws: np.tril(draws) + np.tril(draws, -1).T
        ),
        "Is the diagonal gone? It keeps its draws.": lambda draws: np.triu(draws, 1) + np.triu(draws, 1).T,
    },
    alternatives=[_mirror_by_loops, _with_index],
)
def symmetric_noise(draws):
    """A symmetric matrix of the same shape: the draws on and above the diagonal, and below it their mirror.

    `draws` is a square array (n, n) of independent draws. It stays as it is.
    """
    return np.triu(draws) + np.triu(draws, 1).T


question(
    "what_is_not_private",
    answer="c",
    why="The chart of epsilon 1 and the Gram matrix of epsilon 4 are paid for, and what is computed from them costs "
    "nothing. The 16 was compared with other numbers on the plays of the same listeners, and nobody paid for the look.",
    wrong={
        "a": "The private chart chose them, and its epsilon of 1 stands in the account.",
        "b": "Singular vectors are computed from the private matrix alone, so they give away no more than it does.",
        "d": "Scaling a row looks at that listener alone, and is what bounds what one listener can change.",
    },
)
