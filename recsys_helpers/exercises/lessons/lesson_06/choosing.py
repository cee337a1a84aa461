"""Exercises of lesson 06: which setting is chosen, and what is reported.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- choosing --------------------------------------------------------------------------------------------------------


def some_grids(rng):
    yield {"a": 0.2, "b": 0.3}, {"a": 0.9, "b": 0.1}
    yield (
        {"b": 0.3, "c": 0.3, "a": 0.3, "d": 0.3},
        {"b": 0.1, "c": 0.4, "a": 0.2, "d": 0.3},
    )  # four ways to break a tie
    yield {"a": 0.5}, {"a": 0.4}
    yield {"a": 0.2, "b": 0.6, "c": 0.5}, {"a": 0.6, "b": 0.1, "c": 0.5}
    for _ in range(7):
        names = [f"k={k}" for k in (5, 10, 20, 50)]
        validation, test = (
            dict(zip(names, np.round(rng.random(4), 2).tolist(), strict=True)) for _ in range(2)
        )
        yield validation, test


def chosen_by_loop(validation, test):
    best = None
    for name in validation:
        if best is None or validation[name] > validation[best]:
            best = name
    return [best, test[best]]


def best_on_test(validation, test):
    best = max(test, key=test.get)
    return best, test[best]


def validation_reported(validation, test):
    best = max(validation, key=validation.get)
    return best, validation[best]


def both_averaged(validation, test):
    best = max(validation, key=lambda name: validation[name] + test[name])
    return best, test[best]


def worst_on_validation(validation, test):
    worst = min(validation, key=validation.get)
    return worst, test[worst]


def last_of_equals(validation, test):
    best = max(reversed(list(validation)), key=validation.get)
    return best, test[best]


def equals_by_name(validation, test):
    best = max(sorted(validation), key=validation.get)
    return best, test[best]


def equals_by_test(validation, test):
    best = max(validation, key=lambda name: (validation[name], test[name]))
    return best, test[best]


def best_of_both(validation, test):
    best = max(validation, key=validation.get)
    return best, max(test.values())


@exercise(
    inputs=some_grids,
    hints=[
        "Which of the two may you look at before you have chosen?",
        "max(validation, key=validation.get) is the setting. What does the test say of it?",
    ],
    why="The validation score of the winner is too high, since it was picked for being high. The test had no say.",
    mistakes={
        "Did the test choose? Then its figure is no longer a test of anything.": best_on_test,
        "Did you report the validation score? It was picked for being high.": validation_reported,
        "Did the test have half a vote? That is a choice by the test too.": both_averaged,
        "Is that the score alone? Asked are the setting and its score.": lambda validation, test: test[
            max(validation, key=validation.get)
        ],
        "Did you average the two scores? Validation was picked for being high: the test alone reports.": (
            lambda validation, test: (
                max(validation, key=validation.get),
                (max(validation.values()) + test[max(validation, key=validation.get)]) / 2,
            )
        ),
        "Did you report the best test score of all? It belongs to another setting.": best_of_both,
        "Did you take the lowest? Higher is better here, unlike an error.": worst_on_validation,
        "Did the last of two equals win? Asked is the first.": last_of_equals,
        "Did the name decide between two equals? Asked is the one that stands first.": equals_by_name,
        "Did the test decide between two equals? It may decide nothing.": equals_by_test,
    },
    alternatives=[chosen_by_loop],
)
def choose_and_report(validation, test):
    """(setting, score): the setting to choose, and the score to report for it.

    Two dicts, setting -> score, higher is better. Of equal ones, take the one that stands first in `validation`.
    """
    best = max(validation, key=validation.get)
    return best, test[best]


question(
    "which_is_fair",
    answer="c",
    why="The same split, the same lists' length, the same number of tries for each, and the test opened once.",
    wrong={
        "a": "Defaults were tuned by somebody, on some other data: the order shows whose data were like yours.",
        "b": "The own model had fifty tries and the others none, so it is ahead by the tries.",
        "d": "Figures from papers have other splits and other conventions in them, as the five MAPs show.",
    },
)
