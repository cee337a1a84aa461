"""The exercises of lesson 19 on what a table or a model gives away, and its questions on earlier lessons and on law.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_random_ids",
    answer="b",
    why="A pseudonym hides the name. What somebody played is as unique as before, and three plays with their day gave "
    "nearly everybody away (lesson 01).",
    wrong={
        "a": "The name is gone, but who knows a few of your plays finds your row by them.",
        "c": "A random id cannot be turned back at all. What gives people away stands beside it.",
    },
)

question(
    "recall_stronger_penalty",
    answer="a",
    why="The penalty pulls the numbers that were learned towards 0, so the model follows the training data less "
    "closely (lesson 03). Up to a point that helps on new data; today we ask what else it does.",
    wrong={
        "b": "Up to a point. Where it is strong enough, everything is pressed to 0 and nothing is learned.",
        "c": "What it costs in time is the same. It changes what is learned.",
    },
)

question(
    "recall_holds_chance",
    answer="c",
    why="An interval says how large the effect may be either way. It shows that a large one is unlikely, and cannot "
    "show that there is none (lesson 07).",
    wrong={
        "a": "It holds chance, so chance is possible, and so is everything else in it.",
        "b": "An interval that holds chance is a result: effects outside it are unlikely.",
    },
)

question(
    "what_stands_in_the_law",
    answer="b",
    why="That is Article 7(3). The other two sentences are often heard, and stand in no article: the Regulation names "
    "no epsilon, and it says of pseudonymised data that they still are personal data.",
    wrong={
        "a": "The Regulation names no epsilon. Whether data are anonymous is judged by the means that are reasonably "
        "likely to be used to identify somebody.",
        "c": "Where a pseudonym can be attributed to a person by additional information, the data are still personal.",
    },
)

# ---- singled out -----------------------------------------------------------------------------------------------------


def _histories(rng):
    yield [{"a", "b"}, {"a", "b", "c"}, {"a", "c"}, {"d"}], [{"a"}, {"b", "c"}, {"a", "c"}, {"d"}]
    yield [{"a"}, {"a"}], [{"a"}, {"a"}]
    yield [{"a", "b"}, {"a", "b", "c"}], [{"b"}, {"c"}]
    yield [{"a", "b"}, {"b", "c"}, {"a", "c"}], [{"a", "b"}, {"b", "c"}, {"a", "c"}]
    yield [{"a", "b", "c"}, {"a", "b"}, {"c"}, {"c", "d"}], [{"a", "b"}, {"a", "b"}, {"c"}, {"d"}]
    yield [{"a", "b"}, {"a", "c"}, {"b", "c"}, {"b"}], [{"a"}, {"a"}, {"b", "c"}, {"b"}]
    for _ in range(8):
        tracks = list("abcdefg")
        histories = [
            set(rng.choice(tracks, int(rng.integers(2, 5)), replace=False).tolist()) for _ in range(6)
        ]
        n = int(rng.integers(1, 3))
        yield (
            histories,
            [set(rng.choice(sorted(history), n, replace=False).tolist()) for history in histories],
        )


def _alone_by_loops(histories, known):
    alone = 0
    for some in known:
        others = 0
        for history in histories:
            others += all(track in history for track in some)
        alone += others == 1
    return alone / len(histories)


@exercise(
    inputs=_histories,
    hints=[
        "Whom do the known tracks fit? Everybody whose history holds all of them.",
        "`some <= history` asks of two sets whether the first is part of the second. Count for whom it is so.",
        "sum(sum(some <= history for history in histories) == 1 for some in known) / len(histories).",
    ],
    why="At Murmur a handful of tracks does that to half of the listeners, and on Last.fm three artists do it to three "
    "in four. No name is needed.",
    mistakes={
        "Did you ask whose whole history is what is known? It may hold more: the known tracks are a part of it.": (
            lambda histories, known: (
                sum(sum(some == history for history in histories) == 1 for some in known) / len(histories)
            )
        ),
        "Did you ask for any known track in common? A match has all of them.": lambda histories, known: (
            sum(sum(bool(some & history) for history in histories) == 1 for some in known) / len(histories)
        ),
        "Did you compare what is known of one with what is known of others? Compare it with their whole histories.": (
            lambda histories, known: sum(known.count(some) == 1 for some in known) / len(histories)
        ),
        "Is that the share of those who hide among others? Asked is who is alone.": lambda histories, known: (
            1 - _alone_by_loops(histories, known)
        ),
        "Is that how many they are? Asked is their share of all listeners.": lambda histories, known: (
            _alone_by_loops(histories, known) * len(histories)
        ),
    },
    alternatives=[_alone_by_loops],
)
def share_alone(histories, known):
    """The share of listeners whose known tracks fit nobody but themselves.

    `histories` holds for each listener the set of tracks that they played, `known` for each, in the same order, a set
    of some of these. Known tracks fit everybody whose history holds all of them.
    """
    fits = [sum(some <= history for history in histories) for some in known]
    return sum(n == 1 for n in fits) / len(histories)


# ---- members ---------------------------------------------------------------------------------------------------------


def _signals(rng):
    yield [3, 2], [2, 1]
    yield [1], [1]
    yield [1, 1, 1], [0, 1]
    yield [0.9, 0.8, 0.4], [0.5]
    yield [0.1, 0.2], [0.3, 0.4, 0.5]
    yield [5, 5, 1], [5, 1, 1, 0]
    yield [2, 7], [3, 3, 3, 9]
    for _ in range(8):
        yield (
            rng.integers(2, 9, int(rng.integers(2, 6))).tolist(),
            rng.integers(0, 7, int(rng.integers(2, 6))).tolist(),
        )


def _grid(members, others):
    return np.asarray(members, dtype=float)[:, None] - np.asarray(others, dtype=float)[None, :]


def _by_loops(members, others):
    points = 0.0
    for one in members:
        for other in others:
            points += 1.0 if one > other else 0.5 if one == other else 0.0
    return points / (len(members) * len(others))


@exercise(
    inputs=_signals,
    hints=[
        "Take each member with each of the others: how many pairs are there?",
        "A pair counts 1 where the member is above, half where both are equal, 0 else.",
        "np.subtract.outer(members, others) holds a difference for each pair.",
    ],
    why="It does not hang on a limit that somebody would have to choose, and chance is .5 whatever the sizes of the "
    "two groups. It is the AUC of lesson 11 and Mann and Whitney's statistic.",
    mistakes={
        "Did equal signals count as 1? Nobody can tell these two apart: half.": lambda members, others: float(
            (_grid(members, others) >= 0).mean()
        ),
        "Did equal signals count as 0? Nobody can tell these two apart: half.": lambda members, others: float(
            (_grid(members, others) > 0).mean()
        ),
        "Is that how often the others are above?": lambda members, others: 1 - _by_loops(members, others),
        "Did you compare with one middle value of the others? Take each pair.": lambda members, others: float(
            (np.asarray(members, dtype=float) > np.mean(others)).mean()
        ),
        "Did you compare the lists place by place? Take each member with each of the others.": (
            lambda members, others: float(
                np.mean([(a > b) + (a == b) / 2 for a, b in zip(members, others, strict=False)])
            )
        ),
        "Is that a number of pairs? Asked is their share.": lambda members, others: (
            _by_loops(members, others) * len(members) * len(others)
        ),
    },
    alternatives=[_by_loops],
)
def pairs_in_order(members, others):
    """The share of pairs, a member and another, in which the member's signal is higher; equal signals count half.

    `members` and `others` are lists of numbers, which may have different lengths. Every member is paired with
    every other.
    """
    differences = np.subtract.outer(np.asarray(members, dtype=float), np.asarray(others, dtype=float))
    return float((differences > 0).mean() + (differences == 0).mean() / 2)
