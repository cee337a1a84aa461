"""The exercises of lesson 23 on answers that may be withheld, and three on earlier lessons.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question, value

question(
    "recall_word_that_counts_little",
    answer="c",
    why="The inverse document frequency falls with the number of texts that hold the word (lesson 05). A word that "
    "stands in all of them tells none from another.",
    wrong={
        "a": "A rare word has the largest weight: it tells its few texts from all others.",
        "b": "A word that is repeated in one text counts more there. What lowers a weight are other texts.",
    },
)

question(
    "recall_order_and_chances",
    answer="a",
    why="The AUC looks at pairs, so it sees order alone. Chances that are all ten times too large have the same AUC "
    "(lesson 11). Today money hangs on the size.",
    wrong={
        "b": "An order can be good while every chance is too large: the AUC never looks at the size.",
        "c": "An AUC of 1 would say that the order is perfect, and nothing of what a chance of 70% means.",
    },
)

question(
    "recall_somewhere_to_go",
    answer="b",
    why="Alone, a little less pleasure means coming a little less; beside a rival it means opening the other platform "
    "(lesson 16). Advertisements meet the same rule today.",
    wrong={
        "a": "People heard a little more in all with two platforms than with one.",
        "c": "Each contest was compared with a copy in the same seat, so the luck of a seat cancels.",
    },
)

# ---- precision and coverage ------------------------------------------------------------------------------------------


def _answers(rng):
    """Edge cases first: all answered, one as sure as asked for, one answer that is wrong, right ones left out."""
    yield [0.9, 0.6, 0.4, 0.2], [True, True, False, False], 0.5
    yield [0.9, 0.6, 0.4, 0.2], [True, False, True, False], 0.1
    yield [0.8, 0.5, 0.5, 0.3, 0.1], [True, True, False, True, False], 0.5
    yield [0.7, 0.2, 0.1], [False, True, True], 0.6
    yield [0.1, 0.9, 0.3, 0.8, 0.7], [True, True, True, False, True], 0.7
    for _ in range(10):
        n = int(rng.integers(5, 10))
        sure = rng.choice([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], n)
        yield sure.tolist(), (rng.random(n) < 0.6).tolist(), float(rng.choice(np.sort(sure)[1:]))


def _both(sure, right):
    return np.asarray(sure, dtype=float), np.asarray(right, dtype=bool)


def over_all_messages(sure, right, least):
    sure, right = _both(sure, right)
    return (right & (sure >= least)).mean(), (sure >= least).mean()


def turned_round(sure, right, least):
    return precision_and_coverage(sure, right, least)[::-1]


def surer_than(sure, right, least):
    sure, right = _both(sure, right)
    given = sure > least
    return (right[given].mean() if given.any() else 0.0), given.mean()


def share_withheld(sure, right, least):
    precision, coverage = precision_and_coverage(sure, right, least)
    return precision, 1 - coverage


def share_of_the_right(sure, right, least):
    sure, right = _both(sure, right)
    given = sure >= least
    return right[given].mean(), (right & given).sum() / max(right.sum(), 1)


def a_number_of_messages(sure, right, least):
    precision, coverage = precision_and_coverage(sure, right, least)
    return precision, coverage * len(sure)


def right_of_all(sure, right, least):
    sure, right = _both(sure, right)
    return right.mean(), (sure >= least).mean()


def by_counting(sure, right, least):
    given = good = 0
    for how, ok in zip(sure, right, strict=True):
        if how >= least:
            given += 1
            good += bool(ok)
    return good / given, given / len(sure)


@exercise(
    inputs=_answers,
    hints=[
        "Which messages are answered? Those with sure >= least. Both shares begin there.",
        "The first share looks at the answered ones alone, the second at how many of all they are.",
        "given = np.asarray(sure) >= least; return np.asarray(right)[given].mean(), given.mean()",
    ],
    why="One number alone can be had for nothing: a coverage of 1 by answering all, a precision near 1 by answering "
    "the one surest message. Only the pair says what a threshold buys.",
    mistakes={
        "Did you divide the right answers by all messages? Precision looks at those that were answered.": (
            over_all_messages
        ),
        "Is the pair the other way round? Precision comes first.": turned_round,
        "Did a message that is exactly as sure as `least` go unanswered? It is answered.": surer_than,
        "Is that the share that went to a person? Coverage is the share that was answered.": share_withheld,
        "Is that the share of the right answers that were given? That is recall; coverage counts messages.": (
            share_of_the_right
        ),
        "Is that a number of messages? Asked is their share of all.": a_number_of_messages,
        "Does the precision count messages that were not answered? It looks at the answered ones alone.": (
            right_of_all
        ),
    },
    alternatives=[by_counting],
)
def precision_and_coverage(sure, right, least):
    """A pair: the share of the given answers that are right, and the share of the messages that get an answer.

    For each message, `sure` says how sure the machine is of its answer, and `right` whether that answer is right. A
    message is answered if it is at least as sure as `least`; at least one is.
    """
    given = np.asarray(sure) >= least
    return float(np.asarray(right)[given].mean()), float(given.mean())


@value(
    hints=[
        "With chance p the answer saves 2 minutes, with 1 - p it costs 6. What is that worth on average?",
        "2 p - 6 (1 - p) is 0 where p = 6 / 8.",
    ],
    why="The threshold is what a wrong answer costs, over what a wrong and a right one are worth together. The data "
    "have no say in it, if the chances mean what they say.",
    tolerance=0.001,
    mistakes={
        "Is that how often the answer may be wrong? Asked is how sure it must be.": 0.25,
        "Is that the ratio of the two? Set 2 p equal to 6 (1 - p), where p stands on both sides.": 1 / 3,
        "Is that where right and wrong are equally likely? They do not cost and save the same.": 0.5,
    },
    conventions={"Some give percent. The task asks for a chance, from 0 to 1.": 75},
)
def sure_enough():
    """From which chance of being right on an answer pays.

    A right answer saves a person 2 minutes, a wrong one costs 6, and none at all costs and saves nothing.
    """
    return 6 / (2 + 6)
