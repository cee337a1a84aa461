"""Exercises of lesson 01: who can be singled out, and what to keep.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from recsys_helpers.exercises.registry import exercise, question

# ---- privacy ---------------------------------------------------------------------------------------------------------


def _histories(rng):
    some = {"al": {1, 2, 3}, "bo": {2, 3}, "cy": {3, 4}}
    yield some, {2, 3}
    yield some, {9}
    yield some, {1, 4}
    yield {"al": {1}, "bo": {1, 2, 3}, "cy": {3}}, {1, 2}
    yield {"bo": {2, 3}, "al": {1, 2, 3}}, {2, 3}
    for _ in range(6):
        lists = {name: {int(one) for one in rng.integers(0, 9, 5)} for name in ("al", "bo", "cy", "di", "ed")}
        yield lists, {int(one) for one in rng.choice(9, 2, replace=False)}


def _suspects_by_elimination(histories, known):
    left = list(histories)
    for track in known:
        left = [name for name in left if track in histories[name]]
    return left


@exercise(
    inputs=_histories,
    hints=[
        "A listener stays under suspicion if everything that is known is in their history.",
        "For sets, `known <= history` asks just that.",
    ],
    why="If one name is left, the pseudonym has told who it is, and all else in the log with it.",
    mistakes={
        "Is one track in common enough? All that is known must fit.": lambda histories, known: {
            name for name, history in histories.items() if history & known
        },
        "Does it have to hold more than is known? A history of just these tracks fits too.": lambda histories, known: {
            name for name, history in histories.items() if known < history
        },
        "Did you count them? Asked is who they are.": lambda histories, known: len(
            suspects(histories, known)
        ),
        "Did you ask for the same history? Who knows two tracks does not know the rest.": lambda histories, known: {
            name for name, history in histories.items() if history == known
        },
        "Did you stop at the first who fits? Give all of them.": lambda histories, known: [
            name for name, history in histories.items() if known <= history
        ][:1],
        "Are the histories still with them? Asked are the names alone.": lambda histories, known: {
            name: history for name, history in histories.items() if known <= history
        },
        "Did you turn the question around? The history may hold more than is known.": lambda histories, known: {
            name for name, history in histories.items() if history <= known
        },
    },
    alternatives=[_suspects_by_elimination],
    ordered=False,
)
def suspects(histories, known):
    """The listeners whose history holds every track in `known`.

    `histories` gives each listener's set of tracks, `known` is a set of tracks. The order does not matter.
    """
    return {name for name, history in histories.items() if known <= history}


question(
    "what_to_keep",
    answer="b",
    why="The recommender needs who, what and how strongly. What it does not need cannot leak.",
    wrong={
        "a": "A hash of an id is another pseudonym: the plays behind it are as unique as before.",
        "c": "Without any id there is no row to learn a taste from, so there is no personal recommendation.",
        "d": "Kept is kept: a rule against looking stops neither a thief nor a new owner.",
    },
)
