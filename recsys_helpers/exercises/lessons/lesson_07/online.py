"""Exercises of lesson 07: hours won, genres in a list, attention, and a plan.

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
        "Who did not play has no entry. How many hours did they hear?",
        "new.get(user, 0) - old.get(user, 0) for every user in everybody.",
    ],
    why="Who left is part of the result. A shelf that drives the less eager away looks splendid among those who stay.",
    mistakes={
        "Did you look at those who played under both? Who left is then forgotten: they count 0 hours.": only_those_who_stayed,  # noqa: E501
        "Did you take the mean of those who played? Divide both by everybody, or leaving goes unseen.": means_of_those_there,  # noqa: E501
        "Is that the sum? The task asks for the mean of a listener.": hours_in_total,
        "Did you take the new hours from the old? A win is above 0.": old_less_new,
        "Is that a share of the old hours? The task asks for hours.": lambda new, old, everybody: (
            sum(new.get(u, 0) - old.get(u, 0) for u in everybody) / sum(old.get(u, 0) for u in everybody)
            if sum(old.get(u, 0) for u in everybody)
            else 0.0
        ),
        "Did somebody's hours count who is not in `everybody`? Look up those who are.": strangers_too,
        "Did you divide by those who played at all? Who played under neither is one of everybody.": of_those_who_played,
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


# ---- loops -----------------------------------------------------------------------------------------------------------


GENRE = {"a": "jazz", "b": "jazz", "c": "talk", "d": "rain", "e": "talk"}


def some_lists(rng):
    """Edge cases first: one list of one genre, lists that differ only from each other, then mixed ones."""
    yield [["a", "b"]], GENRE
    yield [["a", "b"], ["c", "e"]], GENRE
    yield [["a", "c", "d"], ["a", "b", "d"]], GENRE
    yield [["a", "b"], ["b"], ["a", "c", "d"]], GENRE
    for _ in range(9):
        sizes = rng.integers(2, 5, size=int(rng.integers(2, 5)))
        lists = [[str(t) for t in rng.permutation(list("abcde"))[:n]] for n in sizes]
        yield [*lists, ["a", "b", "c"]], GENRE


def genres_in_all(lists, genre):
    return len({genre[track] for ten in lists for track in ten})


def tracks_in_each(lists, genre):
    return float(np.mean([len(set(ten)) for ten in lists]))


def share_of_genres(lists, genre):
    return float(np.mean([len({genre[track] for track in ten}) / len(ten) for ten in lists]))


def genres_in_sum(lists, genre):
    return sum(len({genre[track] for track in ten}) for ten in lists)


def genres_in_all_shared(lists, genre):
    return genres_in_all(lists, genre) / len(lists)


def genres_by_loop(lists, genre):
    total = 0
    for ten in lists:
        met = []
        for track in ten:
            if genre[track] not in met:
                met.append(genre[track])
        total += len(met)
    return total / len(lists)


@exercise(
    inputs=some_lists,
    hints=[
        "The genres of one list as a set: {genre[track] for track in ten}.",
        "Take the size of that set for each list, and the mean over the lists.",
    ],
    why="Diversity of the catalogue can grow while each listener's own list narrows. This looks at the list.",
    mistakes={
        "Did you pool all lists? A hundred narrow lists can cover every genre: count in each, then average.": genres_in_all,  # noqa: E501
        "Did you count tracks? Ten tracks of one genre are one genre.": tracks_in_each,
        "Is that the median over the lists? The task asks for the mean.": lambda lists, genre: float(
            np.median([len({genre[track] for track in ten}) for ten in lists])
        ),
        "Is that a share of the list? The task asks for a number of genres.": share_of_genres,
        "Is that the sum over the lists? Divide by how many there are.": genres_in_sum,
        "Did you pool the lists and divide afterwards? A genre in two lists counts in both.": genres_in_all_shared,
    },
    alternatives=[genres_by_loop],
)
def genres_per_list(lists, genre):
    """The mean number of different genres in a list; `genre` gives each track's."""
    return sum(len({genre[track] for track in ten}) for ten in lists) / len(lists)


# ---- attention, and a plan -------------------------------------------------------------------------------------------


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

question(
    "would_convince_a_sceptic",
    answer="c",
    why="Metric, size and end were fixed before the first figure was seen, people were drawn at random, and harm has"
    " its own alarm. None of it can be bent afterwards.",
    wrong={
        "a": "Looking every day and stopping at the first p < 0.05 more than doubles the false alarms.",
        "b": "Who chooses the new shelf differs from who does not: the gap may have been there before.",
        "d": "With twenty metrics one is below 0.05 by chance more often than not: name it before.",
    },
)
