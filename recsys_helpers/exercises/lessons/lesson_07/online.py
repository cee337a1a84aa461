"""Exercises of lesson 07: hours won, the best list of all, and two meanings of attention.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- online ---------------------------------------------------------------------------------------------------------


def some_weeks(rng):
    """Edge cases first: nobody plays, one leaves, one comes, a stranger plays, then mixed ones."""
    yield {}, {}, ["al", "bo"]
    yield {"al": 4.0}, {"al": 3.0, "bo": 1.0}, ["al", "bo"]
    yield {"al": 2.0, "bo": 2.0}, {"al": 3.0}, ["al", "bo", "cy"]
    yield {"al": 2.0, "zo": 6.0}, {"al": 1.0}, ["al", "bo"]
    for _ in range(9):
        everybody = ["al", "bo", "cy", "di", "ed"][: int(rng.integers(3, 6))]
        new, old = (
            {u: round(float(rng.uniform(0.5, 9)), 1) for u in everybody if rng.random() < 0.6} for _ in "no"
        )
        yield new | {"al": 5.0}, old | {"al": 2.5, "bo": 7.0}, everybody


def only_those_who_stayed(new, old, everybody):
    both = [u for u in everybody if u in new and u in old]
    return float(np.mean([new[u] - old[u] for u in both])) if both else 0.0


def means_of_those_there(new, old, everybody):
    mean = [sum(hours.values()) / len(hours) if hours else 0.0 for hours in (new, old)]
    return mean[0] - mean[1]


def hours_in_total(new, old, everybody):
    return sum(new.values()) - sum(old.values())


def old_less_new(new, old, everybody):
    return -hours_by_loop(new, old, everybody)


def strangers_too(new, old, everybody):
    return hours_in_total(new, old, everybody) / len(everybody)


def of_those_who_played(new, old, everybody):
    played = set(new) | set(old)
    return hours_by_loop(new, old, played) if played else 0.0


def hours_by_loop(new, old, everybody):
    won = 0.0
    for user in everybody:
        won += new[user] if user in new else 0.0
        won -= old[user] if user in old else 0.0
    return won / len(everybody)


@exercise(
    inputs=some_weeks,
    hints=[
        "Someone who did not play has no entry. How many hours did they hear?",
        "new.get(user, 0) - old.get(user, 0) for every user in everybody.",
    ],
    why="People who left are part of the result. A shelf that drives the less eager away looks splendid among those who"
    " stay.",
    mistakes={
        "Did you look at those who played under both? People who left are then forgotten: they count 0 hours.": only_those_who_stayed,  # noqa: E501
        "Did you take the mean of those who played? Divide both by everybody, or leaving goes unseen.": means_of_those_there,  # noqa: E501
        "Is that the sum? The task asks for the mean per listener.": hours_in_total,
        "Did you take the new hours from the old? A win is above 0.": old_less_new,
        "Is that a share of the old hours? The task asks for hours.": lambda new, old, everybody: (
            sum(new.get(u, 0) - old.get(u, 0) for u in everybody) / sum(old.get(u, 0) for u in everybody)
            if sum(old.get(u, 0) for u in everybody)
            else 0.0
        ),
        "Did somebody's hours count who is not in `everybody`? Look up those who are.": strangers_too,
        "Did you divide by those who played at all? Someone who played under neither is one of everybody.": of_those_who_played,  # noqa: E501
    },
    alternatives=[hours_by_loop],
)
def hours_won(new, old, everybody):
    """Mean hours that a listener of `everybody` hears more under the new shelf than under the old one.

    new, old: dicts, the hours of each who played at all; the others heard 0 hours.
    """
    return sum(new.get(user, 0) - old.get(user, 0) for user in everybody) / len(everybody)


question(
    "why_the_oracle_looks_mediocre",
    answer="b",
    why="The log holds what people found without the oracle. Its best picks are partly known already, which does not"
    " count as new, and partly never met, which counts as a miss.",
    wrong={
        "a": "It knows the truth: nothing is overfitted, and online it wins.",
        "c": "The interval is narrow: more listeners would give the same figure.",
        "d": "Its lists hold ten tracks, as all others do, and are ranked by true liking.",
    },
)


# ---- attention -------------------------------------------------------------------------------------------------------


question(
    "two_attentions",
    answer="d",
    why="A weighted average of a history is a part of a model; time and return are what a person gives. EASE has no such"  # noqa: E501
    " part and wins hours.",
    wrong={
        "a": "That is the listener's attention: it is measured in hours, not computed by a layer.",
        "b": "Satisfaction is a third thing still: one can give time and be displeased.",
        "c": "The weights say what the model looked at. Nobody heard longer for that.",
    },
)
