"""The exercises of lesson 00: a first answer and its mending, shapes that fit, a matrix product, and two self-tests.

It teaches nothing itself: the tasks stand in ``notebooks/source/00_start_here.md``.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question


def some_plays(rng):
    """The edges of the task first, then plays of all lengths, some of them broken."""
    yield 300, 200
    yield -50, 200
    yield 0, 200
    yield 200, 200
    yield 150, 200
    for _ in range(8):
        yield int(rng.integers(100, 700)), int(rng.integers(250, 700))
    for _ in range(4):
        yield -int(rng.integers(10, 100)), int(rng.integers(100, 600))


def by_clip(seconds, duration):
    return np.clip(seconds, 0, duration) / duration


def by_cases(seconds, duration):
    if seconds < 0:
        return 0
    if seconds > duration:
        return 1
    return seconds / duration


@exercise(
    inputs=some_plays,
    hints=[
        "Which seconds would give a share above 1, and which one below 0?",
        "min(share, 1) is the smaller of the two, so never above 1. What does max do for the other end?",
        "min(max(..., 0), 1), with the share in place of the dots.",
    ],
    why="A share can be compared between a song and an audiobook, and a broken clock can no longer move it far.",
    mistakes={
        "Did max and min change places? min(share, 1) takes care of the upper end, max(share, 0) of the lower.": (
            lambda seconds, duration: max(min(seconds / duration, 0), 1)
        ),
        "Is the division missing? Seconds cut off at the duration are still seconds, and no share.": (
            lambda seconds, duration: min(max(seconds, 0), duration)
        ),
        "Are these only 0 and 1? Dividing with // drops what is behind the point, and a share is all behind it.": (
            lambda seconds, duration: min(max(seconds // duration, 0), 1)
        ),
        "Did you divide and leave it at that? A clock that ran on gives more than 1, a broken one less than 0.": (
            lambda seconds, duration: seconds / duration
        ),
        "What becomes of seconds below 0? You have the upper end, 1; the lower one, 0, is missing.": (
            lambda seconds, duration: min(seconds / duration, 1)
        ),
        "What becomes of more seconds than the track has? You have the lower end, 0; the upper one, 1, is missing.": (
            lambda seconds, duration: max(seconds / duration, 0)
        ),
        "Did you drop the sign? A negative number of seconds is a broken clock, and counts as nothing heard.": (
            lambda seconds, duration: min(abs(seconds) / duration, 1)
        ),
        "Is the fraction upside down? What was heard goes above the line, the whole track below it.": (
            lambda seconds, duration: min(max(duration / seconds, 0), 1)
        ),
        "Is that the share that was not heard? Seconds over duration is the share that was.": (
            lambda seconds, duration: 1 - min(max(seconds / duration, 0), 1)
        ),
        "Did you round to a whole number? A share lies between 0 and 1, and rounding leaves these two.": (
            lambda seconds, duration: round(min(max(seconds / duration, 0), 1))
        ),
    },
    conventions={
        "Some give a percentage, 0 to 100. Here the whole track is 1.": (
            lambda seconds, duration: 100 * min(max(seconds / duration, 0), 1)
        ),
    },
    alternatives=[by_clip, by_cases],
)
def share_heard(seconds, duration):
    """The share of a track that was heard, from 0 (nothing, or less) to 1 (all of it, or more)."""
    return min(max(seconds / duration, 0), 1)


def some_tables(rng):
    """Square tables first, where means along the wrong axis still fit; then one listener, nothing heard, any shape."""
    yield (np.array([[4.0, 0.0], [10.0, 20.0]]),)
    yield (np.array([[12.0, 0.0, 3.0], [0.0, 30.0, 0.0], [4.0, 10.0, 0.0]]),)
    yield (np.array([[3.0, 5.0, 10.0]]),)
    yield (np.zeros((2, 3)),)
    for _ in range(8):
        listeners, tracks = int(rng.integers(2, 5)), int(rng.integers(2, 5))
        yield (rng.integers(0, 30, (listeners, tracks)).astype(float),)


def by_turning(minutes):
    """Listeners as columns, so that one mean each fits from the right; then turned back."""
    return (minutes.T - minutes.mean(axis=1)).T


def row_by_row(minutes):
    return [[one - sum(row) / len(row) for one in row] for row in minutes.tolist()]


@exercise(
    inputs=some_tables,
    hints=[
        "One mean per listener: along which axis do you average, so that the tracks disappear?",
        "The means have the shape (n_listeners,). To be taken off every track they must be (n_listeners, 1).",
        "`minutes.mean(axis=1, keepdims=True)` keeps the axis, with length 1.",
    ],
    why="What is left says more or less than usual for this listener. Lessons 03 and 04 begin with it.",
    mistakes={
        "Did the means line up with the tracks? Shape (n_listeners,) is matched with the last axis, and in a square "
        "table that fits by luck.": lambda minutes: minutes - minutes.mean(axis=1),
        "Did you take off each track's mean? Averaging along axis 0 makes the listeners disappear.": (
            lambda minutes: minutes - minutes.mean(axis=0)
        ),
        "Did you take off one mean for all? Each listener has a mean of their own.": (
            lambda minutes: minutes - minutes.mean()
        ),
        "Is the sign turned around? The mean is taken off the minutes, so that more than usual is above 0.": (
            lambda minutes: minutes.mean(axis=1, keepdims=True) - minutes
        ),
        "Are these the means themselves? Asked is what is left of the minutes without them.": [
            lambda minutes: minutes.mean(axis=1, keepdims=True),
            lambda minutes: minutes.mean(axis=1),
        ],
        "Did you divide by the mean? It is taken off: minutes less the mean.": (
            lambda minutes: minutes / minutes.mean(axis=1, keepdims=True)
        ),
        "Is that the median? The task takes the mean.": (
            lambda minutes: minutes - np.median(minutes, axis=1, keepdims=True)
        ),
    },
    conventions={
        "Some take the mean of what was heard, and pass over the zeros. Here it is the mean over all tracks.": (
            lambda minutes: (
                minutes - (minutes.sum(axis=1) / np.maximum((minutes > 0).sum(axis=1), 1)).reshape(-1, 1)
            )
        ),
    },
    alternatives=[by_turning, row_by_row],
)
def centre(minutes):
    """Minutes (n_listeners, n_tracks) less each listener's own mean over all tracks: the same shape."""
    return minutes - minutes.mean(axis=1, keepdims=True)


def some_listening(rng):
    """Small tables that can be counted by eye, nothing heard, then any shape."""
    yield (np.array([[12, 0, 3], [4, 10, 0]]),)
    yield (np.array([[5, 7], [6, 2], [0, 9]]),)
    yield (np.zeros((2, 3), dtype=int),)
    yield (np.array([[8, 0, 1]]),)
    yield (np.array([[0.5, 30.0], [0.25, 0.0]]),)
    for _ in range(8):
        shape = int(rng.integers(2, 7)), int(rng.integers(2, 6))
        yield (rng.integers(1, 30, shape) * (rng.random(shape) < 0.6),)


def pair_by_pair(minutes):
    columns = (np.asarray(minutes) > 0).T
    return [
        [sum(bool(one and other) for one, other in zip(a, b, strict=True)) for b in columns] for a in columns
    ]


@exercise(
    inputs=some_listening,
    hints=[
        "First a table of 0 and 1: has this listener heard this track at all?",
        "The listeners are summed away, so they are the inner axis: (tracks, listeners) @ (listeners, tracks).",
        "heard = (minutes > 0).astype(int). Its transpose is heard.T.",
    ],
    why="«Who heard this also heard that» is a recommender already, and it is one matrix product.",
    mistakes={
        "Did you multiply the minutes? Someone who heard both counts once, however long they stayed.": (
            lambda minutes: minutes.T @ minutes
        ),
        "Did you count the tracks that two listeners share? Here tracks are compared and listeners summed away.": (
            lambda minutes: (minutes > 0).astype(int) @ (minutes > 0).astype(int).T
        ),
        "Did you multiply True and False? That says whether anybody heard both; as whole numbers it says how many.": (
            lambda minutes: ((minutes > 0).T @ (minutes > 0)).astype(int)
        ),
        "Does less than a minute not count? Someone who heard anything at all has heard it: more than 0.": (
            lambda minutes: (minutes >= 1).astype(int).T @ (minutes >= 1).astype(int)
        ),
        "Did you count who heard either of the two? Asked is who heard both: «and», not «or».": (
            lambda minutes: [[((a > 0) | (b > 0)).sum() for b in minutes.T] for a in minutes.T]
        ),
        "Did you leave out the pairs of a track with itself? Someone who heard it has heard both of that pair.": (
            lambda minutes: (heard_together(minutes) * (1 - np.eye(minutes.shape[1]))).astype(int)
        ),
    },
    alternatives=[pair_by_pair],
)
def heard_together(minutes):
    """For each pair of tracks, how many listeners heard both: (n_listeners, n_tracks) -> (n_tracks, n_tracks)."""
    heard = (minutes > 0).astype(int)
    return heard.T @ heard


question(
    "running_twice",
    answer="b",
    why="5 + 10 + 10 + 10. Each run starts from what the last one left.",
    wrong={
        "a": "That is one run. The next starts from what it left. See «One cell after another».",
        "c": "What counts is when and how often a cell ran, not where it stands. See «One cell after another».",
    },
)

question(
    "axis_of_a_sum",
    answer="c",
    why="The axis that you name is the one that disappears: (3, 4) becomes (4,), one sum per track.",
    wrong={
        "a": "One number per listener comes of axis=1, which makes the tracks disappear. See «A table of minutes».",
        "b": "One number for all comes of sum() without an axis. See «A table of minutes».",
    },
)

question(
    "rows_of_a_group",
    answer="a",
    why="One row for each value of the key. How many rows went in does not show.",
    wrong={
        "b": "Nine rows go in; sum() makes one row of each group. See «One row per play».",
        "c": "Five is the number of tracks, and the key is the listener. See «One row per play».",
    },
)

question(
    "shape_of_a_product",
    answer="b",
    why="(1500, 16) @ (16, 3000) gives (1500, 3000): the 16 is summed away. Lesson 03 is about this product.",
    wrong={
        "a": "(1500, 16) @ (3000, 16) raises an error: 16 and 3000 are the inner lengths. See «Sums of products».",
        "c": "* multiplies cell by cell, and these two shapes do not fit. See «Sums of products».",
    },
)

question(
    "what_a_zero_says",
    answer="c",
    why="The log holds what happened. Why something did not happen is not in it: lesson 01 takes that up.",
    wrong={
        "a": "They may never have come across the track. Silence is not dislike: lesson 01.",
        "b": "The log says what was taken, not all that was shown: lesson 01.",
    },
)

question(
    "what_a_test_shows",
    answer="a",
    why="It was asked what it had been told. Lessons 06 and 07 hold out what a model must not see.",
    wrong={
        "b": "Next week's plays were not among those it learned from. These were, and that is easier: lesson 06.",
        "c": "A model that learns by heart has no errors here and is no better for it: lesson 06.",
    },
)

question(
    "product_of_two_vectors",
    answer="c",
    why="1 x 3 + 2 x 1 + 0 x 5 = 5: one number, and lesson 03 predicts with it.",
    wrong={
        "a": "That is 3 x 9: the entries were added before they were multiplied. Each place is multiplied on its own.",
        "b": "Those are the products place by place. They still have to be added up, which leaves one number.",
    },
)

question(
    "direction_of_descent",
    answer="a",
    why="f'(q) = -2 x 3 x (4 - 3q), which is -6 at q = 1: f falls as q rises, until 3q is 4.",
    wrong={
        "b": "There f grows: at q = 0.9 it is 1.69, at q = 1 it is 1. The slope is -2 x 3 x (4 - 3q), and below 0.",
        "c": "The slope is 0 where 4 - 3q is 0, which is at q = 4/3. At q = 1 it is -6.",
    },
)

question(
    "expected_length",
    answer="c",
    why="0.25 x 2 + 0.75 x 6 = 5. Each value counts with its chance.",
    wrong={
        "a": "That is the middle of 2 and 6, as if both had the same chance. Six minutes are three times as likely.",
        "b": "The likelier value is not the mean: one play in four lasts 2 minutes, and it counts too.",
    },
)
