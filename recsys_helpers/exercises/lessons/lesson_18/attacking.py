"""The exercises of lesson 18 on what fake accounts do, and its questions on earlier lessons.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_what_gives_bots_away",
    answer="c",
    why="Each single play of a farm is possible. What no person does is the pattern over weeks: the even pace, the "
    "hours without sleep, the few tracks (lesson 01). This lesson takes the clock away and looks at what was played.",
    wrong={
        "a": "No row of a farm is impossible: it plays tracks that exist, for as long as they last.",
        "b": "Some listeners play more than a farm does. One sign alone would remove people.",
    },
)

question(
    "recall_unheard_rating",
    answer="b",
    why="It minimises the error on observed cells alone, so a track that few and happy people heard is predicted "
    "high for everybody (lessons 03 and 04). Fake accounts are few and very happy.",
    wrong={
        "a": "That is ImplicitALS, for which a hole says 0 in a low voice.",
        "c": "A chart does that. BiasedALS predicts a value, however many gave one.",
    },
)

question(
    "recall_interval_over",
    answer="c",
    why="An interval tells of whatever was drawn anew: here tracks, so it speaks of another track to be attacked "
    "(lesson 07). It says nothing of other listeners or another platform.",
    wrong={
        "a": "All six were tried on the same listeners, so how these would differ from others is not in it.",
        "b": "There is one world here, drawn once.",
    },
)

question(
    "why_few_are_enough",
    answer="a",
    why="A rating model predicts what a track gets from those who have it, so a handful of loud accounts sets the "
    "prediction for everybody. A model of co-occurrence needs the fakes to meet the listener's own tracks.",
    wrong={
        "b": "They have the same fakes and as many plays: nothing in the table is different.",
        "c": "With fewer factors it would be as easy: the track's bias alone carries it.",
    },
)

question(
    "who_pays_for_a_flag",
    answer="b",
    why="With no fake in the table a detector still ranks somebody first, and it is people whose listening is rare. "
    "Their plays are what small creators live on, so a person should look before anybody is removed.",
    wrong={
        "a": "It ranks people by oddness, and somebody is always the oddest. It does not say that a fake exists.",
        "c": "A cap treats everybody alike. It has its own price, but it flags nobody.",
    },
)

# ---- who was reached ------------------------------------------------------------------------------------------------


def some_lists(rng):
    """Edge cases first: all are reached, none is, one has heard it already; then some platforms."""
    yield [["x"], ["x", "a"]], "x", [["a"], ["b"]]
    yield [["a", "b"], ["b", "c"]], "x", [["c"], ["a"]]
    yield [["x", "a"], ["a", "b"], ["b", "c"]], "x", [["c"], ["c"], ["x", "a"]]
    yield [["a", "x"], ["c", "b"], ["a", "c"], ["x", "c"]], "x", [["b"], ["x"], ["x", "b"], ["a"]]
    yield [["a", "b"], ["x", "c"], ["a", "b"], ["b", "a"]], "x", [["x"], ["a"], ["c"], ["c", "x"]]
    tracks = list("abcdex")
    for _ in range(9):
        n = int(rng.integers(5, 8))
        heard = [sorted(rng.choice(tracks, 2, replace=False).tolist()) for _ in range(n)]
        heard[0], heard[1] = ["a", "x"], ["a", "b"]
        lists = []
        for own in heard:
            left = [track for track in tracks if track not in own]
            lists.append(rng.permutation(left)[:2].tolist())
        lists[1] = ["x", "c"]
        yield lists, "x", heard


def _reached(lists, target):
    return sum(target in one for one in lists)


def _open(target, heard):
    return sum(target not in one for one in heard)


def of_all_listeners(lists, target, heard):
    return _reached(lists, target) / len(lists)


def heard_counts_as_reached(lists, target, heard):
    return (_reached(lists, target) + len(heard) - _open(target, heard)) / len(lists)


def share_of_places(lists, target, heard):
    return _reached(lists, target) / sum(map(len, lists))


def number_reached(lists, target, heard):
    return float(_reached(lists, target))


def reached_over_rest(lists, target, heard):
    rest = _open(target, heard) - _reached(lists, target)
    return _reached(lists, target) / rest if rest else float("inf")


def by_flags(lists, target, heard):
    asked = [target in one for one, own in zip(lists, heard, strict=True) if target not in own]
    return float(np.mean(asked))


@exercise(
    inputs=some_lists,
    hints=[
        "Who has heard the target cannot be reached any more: leave them out of both counts.",
        "Count the lists that hold the target, and divide by the listeners who have not heard it.",
        "asked = [target in l for l, h in zip(lists, heard) if target not in h]; return sum(asked) / len(asked)",
    ],
    why="This is the number that an attacker pays for. Counting those who have heard the track already makes an "
    "attack look weaker, the more so the more popular the track is.",
    mistakes={
        "Did you divide by all listeners? Those who have heard the target are not asked.": of_all_listeners,
        "Do those who have heard the target count as reached? They are left out.": heard_counts_as_reached,
        "Did you divide by places? Each listener counts once, however long the list.": share_of_places,
        "Is that how many were reached? The task asks for their share.": number_reached,
        "Did you divide by those who were missed? Divide by all who have not heard it.": reached_over_rest,
    },
    alternatives=[by_flags],
)
def share_reached(lists, target, heard):
    """The share of the listeners who have not heard `target` and whose list holds it.

    `lists` has the recommended tracks of each listener, `heard` what each has heard, in the same order. No list holds
    what its listener has heard, and at least one listener has not heard the target.
    """
    asked = [target in mine for mine, own in zip(lists, heard, strict=True) if target not in own]
    return sum(asked) / len(asked)


# ---- a disguise -----------------------------------------------------------------------------------------------------


def some_tables(rng):
    """Edge cases first: one listener, a track that all have heard, a target with plays; then some tables."""
    yield [[3, 0, 2]], [2], 1, 30
    yield [[1, 4, 0], [3, 2, 0]], [0, 1], 2, 9
    yield [[2, 0, 5, 0], [4, 6, 0, 0], [0, 3, 1, 2]], [0, 1], 3, 20
    yield [[2, 0, 5, 0], [4, 6, 0, 0], [0, 3, 1, 2]], [2], 3, 20
    for _ in range(9):
        n, m = int(rng.integers(3, 6)), int(rng.integers(4, 7))
        plays = rng.integers(1, 9, (n, m)) * (rng.random((n, m)) < 0.55)
        plays[0] = np.maximum(plays[0], 1)
        plays[1, rng.integers(m)] = 0
        columns = rng.permutation(m)
        size = int(rng.integers(2, m))
        yield plays.tolist(), sorted(columns[1:size].tolist()), int(columns[0]), int(rng.choice([10, 30, 50]))


def _profile(plays, fillers, target, push, middle):
    columns = list(zip(*plays, strict=True))
    row = [0.0] * len(columns)
    for i in fillers:
        row[i] = middle(columns[i])
    row[target] = float(push)
    return row


def _heard(column):
    return [p for p in column if p > 0]


def zeros_counted(plays, fillers, target, push):
    return _profile(plays, fillers, target, push, lambda column: sum(column) / len(column))


def random_attack(plays, fillers, target, push):
    values = [p for row in plays for p in row if p > 0]
    return _profile(plays, fillers, target, push, lambda column: sum(values) / len(values))


def summed(plays, fillers, target, push):
    return _profile(plays, fillers, target, push, lambda column: float(sum(column)))


def pushed_on_top(plays, fillers, target, push):
    row = _profile(plays, fillers, target, push, lambda column: sum(_heard(column)) / len(_heard(column)))
    before = _heard([one[target] for one in plays])
    row[target] += sum(before) / len(before) if before else 0.0
    return row


def no_target(plays, fillers, target, push):
    row = _profile(plays, fillers, target, push, lambda column: sum(_heard(column)) / len(_heard(column)))
    row[target] = 0.0
    return row


def everything_filled(plays, fillers, target, push):
    everywhere = range(len(plays[0]))
    mean = lambda column: sum(_heard(column)) / len(_heard(column)) if _heard(column) else 0.0  # noqa: E731
    return _profile(plays, everywhere, target, push, mean)


def by_masked_means(plays, fillers, target, push):
    table = np.asarray(plays, dtype=float)
    means = table.sum(axis=0) / np.maximum((table > 0).sum(axis=0), 1)
    row = np.zeros(table.shape[1])
    row[fillers] = means[fillers]
    row[target] = push
    return row


@exercise(
    inputs=some_tables,
    hints=[
        "Begin with a row of zeros, as long as the table is wide.",
        "A track's mean is over those who have heard it: its plays above 0.",
        "row[i] = mean of [r[i] for r in plays if r[i] > 0] for each filler i, then row[target] = push",
    ],
    why="A fake that gives each filler the track's own mean agrees with everybody, so a detector that looks for "
    "disagreement finds nothing there. The target alone stays loud.",
    mistakes={
        "Do zeros count in your means? A track's mean is over those who have heard it.": zeros_counted,
        "Do all fillers get one value? That is the random attack: each gets its own track's mean.": random_attack,
        "Is that a sum? Each filler gets the mean of its track.": summed,
        "Did you add the push to something? The target gets the push itself.": pushed_on_top,
        "Is the target missing? It gets the push.": no_target,
        "Did you fill every track? Only the fillers and the target have a value.": everything_filled,
    },
    alternatives=[by_masked_means],
)
def average_profile(plays, fillers, target, push):
    """The row of one fake account of the average attack: a list, one number for each track.

    `plays` is a list of rows, one for each listener, with 0 where a track was not heard. Each track in `fillers` (a
    list of column numbers, each heard by somebody) gets the mean plays of those who have heard it, the column `target`
    gets `push`, and everything else is 0. The target is not among the fillers.
    """
    row = [0.0] * len(plays[0])
    for i in fillers:
        heard = [listener[i] for listener in plays if listener[i] > 0]
        row[i] = sum(heard) / len(heard)
    row[target] = push
    return row
