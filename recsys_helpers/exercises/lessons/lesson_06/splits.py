"""Exercises of lesson 06: what is held out.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from recsys_helpers.exercises.registry import exercise, question

# ---- splits ----------------------------------------------------------------------------------------------------------


def some_logs(rng):
    yield [("al", "t1", 3), ("al", "t2", 9), ("bo", "t1", 8)], 8
    yield [("al", "t1", 3), ("al", "t1", 9)], 8
    yield [("al", "t1", 3), ("bo", "t2", 9)], 8
    yield [("al", "t1", 9), ("al", "t1", 3), ("al", "t2", 8)], 8
    yield [("al", "t1", 3), ("al", "t2", 5), ("bo", "t2", 9), ("bo", "t3", 9)], 8
    yield [("al", "t1", 9), ("al", "t1", 9), ("bo", "t1", 1)], 8
    yield [("al", "t1", 1)], 8
    for _ in range(6):
        size = int(rng.integers(6, 11))
        yield (
            [
                (str(rng.choice(["al", "bo", "cy"])), f"t{rng.integers(1, 5)}", int(rng.integers(1, 13)))
                for _ in range(size)
            ],
            8,
        )


def later_by_loop(log, at):
    pairs = []
    for user, track, day in log:
        before = any((u, t) == (user, track) and d < at for u, t, d in log)
        if day >= at and not before and (user, track) not in pairs:
            pairs.append((user, track))
    return pairs


def last_of_each(log, at):
    last = {}
    for user, track, _ in sorted(log, key=lambda row: row[2]):
        last[user] = track
    return set(last.items())


def every_later_pair(log, at):
    return {(user, track) for user, track, day in log if day >= at}


def tracks_new_to_all(log, at):
    known = {track for _, track, day in log if day < at}
    return {(user, track) for user, track, day in log if day >= at and track not in known}


def pairs_twice(log, at):
    before = {(user, track) for user, track, day in log if day < at}
    return [(user, track) for user, track, day in log if day >= at and (user, track) not in before]


def as_it_stands(log, at):
    seen, found = set(), []
    for user, track, day in log:
        if day >= at and (user, track) not in seen:
            found.append((user, track))
        seen.add((user, track))
    return found


def without_newcomers(log, at):
    known = {user for user, _, day in log if day < at}
    return {(user, track) for user, track in later_and_new(log, at) if user in known}


def played_once(log, at):
    pairs = [(user, track) for user, track, _ in log]
    return {pair for pair in later_and_new(log, at) if pairs.count(pair) == 1}


def after_the_day(log, at):
    before = {(user, track) for user, track, day in log if day <= at}
    return {(user, track) for user, track, day in log if day > at} - before


@exercise(
    inputs=some_logs,
    hints=[
        "Make two sets of pairs: those of rows before `at`, those of rows from it on.",
        "Take the first set away from the second: `later - before`.",
    ],
    why="A model that may not list what was heard can only be graded on what was not.",
    mistakes={
        "Did you take each listener's last play? That cuts everybody at another moment.": last_of_each,
        "Did a pair stay that was heard before? It is in train already.": every_later_pair,
        "Did you drop tracks that somebody else knew? New means new to this listener.": tracks_new_to_all,
        "Where does a play on the day `at` belong? The test begins with it.": after_the_day,
        "Is the day still with them? Asked are pairs of user and track.": lambda log, at: {
            (user, track, day)
            for user, track, day in log
            if day >= at and (user, track) in later_and_new(log, at)
        },
        "Does a pair stand there twice? It is asked about once.": pairs_twice,
        "Did you take the rows as they come? A row further down may be older.": as_it_stands,
        "Did you leave out who has no past? Newcomers are asked about too.": without_newcomers,
        "Did you drop what was played again after `at`? That was new at its first play there.": played_once,
    },
    alternatives=[later_by_loop],
    ordered=False,
)
def later_and_new(log, at):
    """The pairs (user, track) to be graded on: those that were played on day `at` or later, and not before `at`.

    Each pair once, in any order. `log` is a list of (user, track, day), in any order.
    """
    before = {(user, track) for user, track, day in log if day < at}
    later = {(user, track) for user, track, day in log if day >= at}
    return later - before


question(
    "what_random_knows",
    answer="b",
    why="The hidden plays lie between plays that the model saw, so it is asked about a past whose future it knows.",
    wrong={
        "a": "Every pair is still in one part only: the leak is in time, not in a pair that stands twice.",
        "c": "Both splits can hold out any share. How much is held out is another choice.",
        "d": "A random fifth of each listener keeps everybody in both parts, which is part of why it is kind.",
    },
)
