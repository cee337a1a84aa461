"""Exercises of lesson 07: reading a test while it runs, groups of the wrong size, and a plan.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- looks -----------------------------------------------------------------------------------------------------------


def some_looks(rng):
    """Edge cases first: on the bound, below it on every day, far below 0, a late one, then mixed ones."""
    cases = [
        ([1.0, 2.5], [4.0, 2.5]),
        ([1.9, 2.2, 1.5], [4.0, 3.0, 2.1]),
        ([-0.5, -3.5, -3.0], [4.0, 3.0, 2.1]),
        ([2.0, 2.4, 2.2, 2.6], [5.0, 3.5, 2.7, 2.3]),
        ([2.1, 3.6, 4.0, 1.0], [5.0, 3.5, 2.7, 2.3]),
        ([0.5, 1.0, 2.2, 1.1], [5.0, 3.5, 2.7, 2.3]),
    ]
    for number in range(8):
        n = int(rng.integers(4, 7))
        bounds = np.linspace(4.5, 2.1, n).round(1)
        z = (rng.normal(size=n).cumsum() + (2.0, -2.0)[number % 2]).round(1)
        cases.append((z.tolist(), bounds.tolist()))
    yield from ((np.array(z), np.array(bounds)) for z, bounds in cases)


def _first(passed):
    days = np.flatnonzero(passed)
    return int(days[0]) + 1 if len(days) else 0


def above_alone(z, bounds):
    return _first(np.asarray(z) >= bounds)


def beyond_the_bound(z, bounds):
    return _first(np.abs(z) > bounds)


def first_at_196(z, bounds):
    return _first(np.abs(z) >= 1.96)


def at_the_last_bound(z, bounds):
    return _first(np.abs(z) >= bounds[-1])


def from_zero(z, bounds):
    return _first(np.abs(z) >= bounds) - 1


def last_day(z, bounds):
    days = np.flatnonzero(np.abs(z) >= bounds)
    return int(days[-1]) + 1 if len(days) else 0


def furthest_day(z, bounds):
    return int(np.argmax(np.abs(z))) + 1


def stop_by_argmax(z, bounds):
    passed = np.abs(np.append(z, 0.0)) >= np.append(bounds, 0.0)
    return (int(np.argmax(passed)) + 1) % len(passed)


@exercise(
    inputs=some_looks,
    hints=[
        "On each day compare the distance of z from 0 with that day's own bound.",
        "np.flatnonzero(abs(z) >= bounds) gives the positions of the days that pass, from 0.",
        "Give the first position plus 1, or 0 where there is none.",
    ],
    why="The first days need a far larger z than the last, so all looks together raise a false alarm as seldom as one"
    " look would.",
    mistakes={
        "Did you look above 0 alone? A shelf may also lose: compare abs(z).": above_alone,
        "Must z be beyond the bound? Reaching it is enough.": beyond_the_bound,
        "Did you compare with 1.96 each day? That is the peeking which the bounds are there to cure.": first_at_196,
        "Did you compare each day with the last day's bound? Each day has its own.": at_the_last_bound,
        "Are days counted from 0? The first day is 1, and 0 says that no day passes.": from_zero,
        "Is that the last day that passes? The test ends on the first.": last_day,
        "Is that the day with the largest z? The first that reaches its bound ends the test.": furthest_day,
    },
    alternatives=[stop_by_argmax],
)
def first_stop(z, bounds):
    """The first day, from 1, on which z is at least as far from 0 as that day's bound; 0 if there is none.

    z, bounds: arrays, a number for each day.
    """
    for day in range(len(z)):
        if abs(z[day]) >= bounds[day]:
            return day + 1
    return 0


# ---- before any figure is read ---------------------------------------------------------------------------------------


question(
    "what_a_lopsided_test_says",
    answer="c",
    why="A lottery gives such sizes less than once in a thousand tests, so somebody was dealt, lost or counted"
    " otherwise. Until it is known who is missing, every other figure of the test may be about them.",
    wrong={
        "a": "Everybody was dealt before they saw a shelf, so no shelf can change how many were dealt to it.",
        "b": "A mean divides by the number of people, but not by the right people: the missing may be special.",
        "d": "More listeners make the fault no smaller: the same kind of person goes on missing.",
    },
)

# ---- a plan ----------------------------------------------------------------------------------------------------------


question(
    "would_convince_a_sceptic",
    answer="c",
    why="Metric, size and end were fixed before the first figure was seen, people were drawn at random, and harm has"
    " its own alarm. None of it can be bent afterwards.",
    wrong={
        "a": "Looking every day and stopping at the first p < 0.05 more than doubles the false alarms.",
        "b": "People who choose the new shelf differ from those who do not: the gap may have been there before.",
        "d": "With twenty metrics one is below 0.05 by chance more often than not: name it before.",
    },
)
