"""Exercises of lesson 06: on earlier lessons, and how far off predictions are.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- three questions on earlier lessons ------------------------------------------------------------------------------

question(
    "recall_unheard_track",
    answer="c",
    why="Not wanted, not found, never shown: an empty cell may mean any of the three (lesson 01), in a test as well.",
    wrong={
        "a": "Silence is no dislike: most tracks that somebody would like, they never meet.",
        "b": "The list may well be right. The log holds what was played, not what would have pleased.",
    },
)

question(
    "recall_too_good",
    answer="a",
    why="In lesson 02 it was the silent days, counted to the end of the log. Too good is a leak until shown otherwise.",
    wrong={
        "b": "Listeners are not that regular. Ask first what it could know of the day after.",
        "c": "A thousand listeners are no small sample, and chance does not make all of them fit.",
    },
)

question(
    "recall_more_factors",
    answer="b",
    why="The best table of rank k is one of those of rank k + 1, so the best of these is no worse. Held out, it turns.",
    wrong={
        "a": "That is the error on cells held out, as lesson 04 drew it. On its own cells nothing makes it turn.",
        "c": "Whatever the table, the tables of rank k are among those of rank k + 1.",
    },
)

# ---- how far off -----------------------------------------------------------------------------------------------------


def some_ratings(rng):
    yield [5, 3, 1], [4, 3, 2]
    yield [1, 2, 3, 4], [2.5, 2.5, 2.5, 2.5]
    yield [5, 4, 5, 2], [2, 5, 1, 4]
    yield [2, 4], [4, 8]
    for _ in range(8):
        truth = [int(one) for one in rng.integers(1, 6, 6)]
        truth[:2] = [1, 5]
        yield truth, [round(float(one), 1) for one in 0.6 * np.array(truth) + 1 + rng.normal(0, 0.8, 6)]


def r2_by_means(truth, predicted):
    truth, predicted = np.array(truth, dtype=float), np.array(predicted, dtype=float)
    return 1 - ((truth - predicted) ** 2).mean() / truth.var()


def correlation_squared(truth, predicted):
    if len(set(predicted)) == 1:
        return 0.0
    return float(np.corrcoef(truth, predicted)[0, 1] ** 2)


def share_left(truth, predicted):
    return 1 - r_squared(truth, predicted)


def around_the_predictions(truth, predicted):
    middle = sum(predicted) / len(predicted)
    errors = sum((t - p) ** 2 for t, p in zip(truth, predicted, strict=True))
    spread = sum((p - middle) ** 2 for p in predicted)
    return 1 - errors / spread if spread else 0.0


def spread_over_spread(truth, predicted):
    middle = sum(truth) / len(truth)
    return sum((p - middle) ** 2 for p in predicted) / sum((t - middle) ** 2 for t in truth)


def roots_first(truth, predicted):
    return 1 - float((1 - r_squared(truth, predicted)) ** 0.5)


def never_negative(truth, predicted):
    return max(0.0, r_squared(truth, predicted))


def one_less(truth, predicted):
    n = len(truth)
    return 1 - (1 - r_squared(truth, predicted)) * (n - 1) / n


def against(middle, size=lambda one: one**2):
    """1 minus errors over the distances of the truth from a `middle` of (truth, predicted)."""

    def answer(truth, predicted):
        errors = sum(size(t - p) for t, p in zip(truth, predicted, strict=True))
        return 1 - errors / sum(size(t - middle(truth, predicted)) for t in truth)

    return answer


def mean_of_truth(truth, predicted):
    return sum(truth) / len(truth)


def one_minus_error(truth, predicted):
    return 1 - float(np.mean((np.array(truth) - np.array(predicted)) ** 2))


@exercise(
    inputs=some_ratings,
    hints=[
        "Two sums of squares: of truth minus predicted, and of truth minus the mean of the truth.",
        "R² is 1 minus the first sum over the second.",
    ],
    why="Zero is what one number for all achieves, the mean. A negative R² is worse than no model at all.",
    mistakes={
        "Did you square a correlation? Predictions that are all twice too high correlate perfectly.": (
            correlation_squared
        ),
        "Is that the share left over? R² is 1 minus it.": share_left,
        "Did you take the spread of the predictions? The truth is what has to be explained.": around_the_predictions,
        "Did you leave out the spread? An error of 1 is large or small beside how far the truth varies.": (
            one_minus_error
        ),
        "Did you set the spread of the predictions over that of the truth? It does not ask who is right.": (
            spread_over_spread
        ),
        "Did you take roots? R² compares squares.": roots_first,
        "Did you compare with predicting 0? The distances are from the mean of the truth.": against(
            lambda truth, predicted: 0.0
        ),
        "Did you measure from the mean of the predictions? The distances are from the mean of the truth.": against(
            lambda truth, predicted: sum(predicted) / len(predicted)
        ),
        "Did you leave the errors unsquared? R² compares squares, not sizes.": against(mean_of_truth, abs),
        "Did you stop at 0? Who is worse than the mean is below it.": never_negative,
        "Did you divide by n on one side and by n - 1 on the other, as pandas' var does? Both are sums.": one_less,
    },
    alternatives=[r2_by_means],
)
def r_squared(truth, predicted):
    """1 minus the squared errors over the squared distances of the truth from its own mean.

    Two lists of one length; not all of `truth` are equal.
    """
    middle = sum(truth) / len(truth)
    errors = sum((t - p) ** 2 for t, p in zip(truth, predicted, strict=True))
    return 1 - errors / sum((t - middle) ** 2 for t in truth)
