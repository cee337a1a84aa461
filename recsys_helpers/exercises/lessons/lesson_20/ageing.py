"""The exercises of lesson 20 on models that age: an alarm, and how often a new fit pays.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- Page and Hinkley ------------------------------------------------------------------------------------------------


def _series(rng):
    yield [1.0, 1.0, 1.0, 0.0, 0.0, 0.0], 0.1, 1.0
    yield [1.0, 1.0, 1.0, 1.0], 0.0, 0.5
    yield [0.0, 0.0, 1.0, 1.0, 1.0], 0.0, 0.5
    yield [3.0, 0.0], 0.0, 1.0
    yield [2.0, 0.0, 1.0], 0.0, 1.0
    yield [1.0, 2.0, 3.0, 3.0, 0.0, 0.0, 0.0], 0.25, 2.0
    yield [1.0, 1.0, 0.5, 1.0, 0.5, 0.5, 0.0], 0.25, 1.0
    yield [2.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.25, 1.0
    yield [0.0, 4.0, 4.0, 4.0, 4.0, 2.0, 2.0, 2.0, 2.0], 0.5, 3.0
    yield [0.0, 0.0, 4.0, 4.0, 4.0, 0.0, 0.0, 0.0], 0.25, 2.0
    yield [1.0, 1.0, 3.0, 3.0, 3.0, 1.0, 1.0, 0.0, 0.0], 0.0, 1.5
    for _ in range(8):
        level = np.r_[np.full(5, 1.0), np.full(5, 3.0), np.full(6, 0.0)]
        yield (level + rng.integers(-2, 3, 16) / 4).tolist(), 0.25, float(rng.choice([1.5, 2.5]))


def _rings(values, delta, threshold, sign=1.0, mean_of_all=False, lowest=True, own=True, at=False):
    total = least = 0.0
    for n, value in enumerate(values, 1):
        mean = np.mean(values) if mean_of_all else np.mean(values[: n if own else max(1, n - 1)])
        total += sign * (mean - value) - delta
        least = min(least, total) if lowest else 0.0
        if total - least > threshold or (at and total - least == threshold):
            return n
    return 0


def _by_cusum(values, delta, threshold):
    height, seen = 0.0, 0.0
    for n, value in enumerate(values, 1):
        seen += value
        height = max(0.0, height + seen / n - value - delta)
        if height > threshold:
            return n
    return 0


def _single_drop(values, delta, threshold):
    for n, value in enumerate(values, 1):
        if np.mean(values[:n]) - value - delta > threshold:
            return n
    return 0


def _from_zero(values, delta, threshold):
    found = _rings(values, delta, threshold)
    return max(found - 1, 0)


@exercise(
    inputs=_series,
    hints=[
        "Keep four numbers: how many values, their sum, the sum of the falls, and the lowest that it was, 0 at first.",
        "At each value: renew the mean with it, add mean - value - delta, renew the lowest, compare the height.",
    ],
    why="One bad day is forgiven, because the sum falls again after it. Days that are all a little worse add up, "
    "and these are what a look at single days overlooks.",
    mistakes={
        "Did delta fall out? It is taken off each fall, so that small ones are forgiven.": (
            lambda values, delta, threshold: _rings(values, 0.0, threshold)
        ),
        "Did you add delta? It is taken off each fall.": lambda values, delta, threshold: _rings(
            values, -delta, threshold
        ),
        "Does it ring for a rise? A fall is the mean less the value.": lambda values, delta, threshold: (
            _rings(values, delta, threshold, sign=-1.0)
        ),
        "Is the mean that of all values? On that day the later ones are not known.": (
            lambda values, delta, threshold: _rings(values, delta, threshold, mean_of_all=True)
        ),
        "Did you compare the sum itself? What counts is how far it stands above the lowest that it has been.": (
            lambda values, delta, threshold: _rings(values, delta, threshold, lowest=False)
        ),
        "Does a single day ring it? Falls are added up.": _single_drop,
        "Does it ring at the threshold itself? The sum has to be above it.": lambda values, delta, threshold: (
            _rings(values, delta, threshold, at=True)
        ),
        "Did you count from 0? The first value is number 1.": _from_zero,
    },
    conventions={
        "That is the mean of the values before this one. Ours holds the value itself.": (
            lambda values, delta, threshold: _rings(values, delta, threshold, own=False)
        ),
    },
    alternatives=[_by_cusum],
)
def first_alarm(values, delta, threshold):
    """The number of the first value, from 1, at which the alarm of Page and Hinkley rings; 0 where it never does.

    At each value take the mean of all values so far, this one among them, and add mean - value - delta to a sum that
    begins at 0. It rings where the sum is more than `threshold` above the lowest that it has been, its beginning
    among that.
    """
    seen = total = least = 0.0
    for n, value in enumerate(values, 1):
        seen += value
        total += seen / n - value - delta
        least = min(least, total)
        if total - least > threshold:
            return n
    return 0


# ---- when to fit anew ------------------------------------------------------------------------------------------------


def _losses(rng):
    yield [0.0, 1.0, 2.0, 3.0], 3.0
    yield [0.0, 0.0, 0.0], 1.0
    yield [0.0, 5.0], 1.0
    yield [1.0], 10.0
    yield [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 12.0
    yield [2.0, 2.0, 2.0, 9.0], 4.0
    yield [0.0, 0.0, 6.0, 6.0, 6.0], 4.0
    yield [0.0, 4.0, 4.0, 4.0, 4.0, 4.0], 5.0
    yield [2.0, 1.0, 3.0, 3.0], 5.0
    yield [4.0, 1.0, 1.0, 6.0, 6.0], 9.0
    yield [1.0, 2.0, 3.0, 4.0, 9.0], 0.5
    yield [3.0, 4.0, 8.0, 9.0, 9.0, 9.0], 2.0
    yield [0.0, 9.0, 9.0, 9.0], 2.5
    yield [2.0, 3.0, 9.0, 9.0, 8.0], 1.5
    for _ in range(
        12
    ):  # by turns a fit is dear and cheap beside what is lost, and a loss grows or comes as it likes
        losses = rng.integers(0, 25, int(rng.integers(5, 10))).astype(float)
        cost = float(rng.integers(15, 60) if rng.random() < 0.5 else rng.integers(2, 20)) + 0.5
        yield (np.sort(losses) if rng.random() < 0.5 else losses).tolist(), cost


def _lowest(totals):
    return int(np.argmin(totals)) + 1


def _means(loss, cost):
    return [(cost + sum(loss[:n])) / n for n in range(1, len(loss) + 1)]


def _first_above(loss, cost):
    return next((n for n, one in enumerate(loss, 1) if one >= cost), len(loss))


def _weeks_below(loss, cost):
    return next((max(n, 1) for n, one in enumerate(loss) if one > cost), len(loss))


def _sum_above(loss, cost):
    return next((n for n in range(1, len(loss) + 1) if sum(loss[:n]) >= cost), len(loss))


def _with_pandas(loss, cost):
    weeks = np.arange(1, len(loss) + 1)
    return weeks[np.argmin((np.cumsum(loss) + cost) / weeks)]


@exercise(
    inputs=_losses,
    hints=[
        "If you fit every third week, what do three weeks cost together, and what is that for a week?",
        "For n weeks it is (cost + sum(loss[:n])) / n. Which n makes it least?",
    ],
    why="Neither the loss nor the cost says when: a model that hardly ages may wait for ever, and a fit that costs "
    "nothing may be done every night. For a loss that grows evenly the best n is near the square root of twice the "
    "cost over the growth.",
    mistakes={
        "Did you compare whole rounds? A long round costs more, and it lasts longer: divide by its weeks.": (
            lambda loss, cost: _lowest([cost + sum(loss[:n]) for n in range(1, len(loss) + 1)])
        ),
        "Did the cost of the fit fall out?": lambda loss, cost: _lowest(
            [sum(loss[:n]) / n for n in range(1, len(loss) + 1)]
        ),
        "Did only the last week of a round count? All weeks of it lose something.": lambda loss, cost: (
            _lowest([(cost + loss[n - 1]) / n for n in range(1, len(loss) + 1)])
        ),
        "Did you wait until a week loses what a fit costs? By then much has been lost.": [
            _first_above,
            _weeks_below,
        ],
        "Did you wait until the losses reach the cost? That is a rule of thumb, and not always the least.": _sum_above,
        "Did you count from 0? One week between two fits is 1.": lambda loss, cost: (
            _lowest(_means(loss, cost)) - 1
        ),
        "Is that the cost? Asked is the number of weeks.": lambda loss, cost: min(_means(loss, cost)),
    },
    alternatives=[_with_pandas],
)
def weeks_between_fits(loss, cost):
    """The number of weeks between two fits for which a week costs least, fits and losses together; of equals the first.

    `loss` holds what is lost in the first, the second, ... week after a fit, `cost` is the price of one fit in the same
    units. With n weeks between two fits, each round of n weeks pays for one fit and for its first n losses. n is from 1
    to the number of losses.
    """
    best, least = None, None
    for n in range(1, len(loss) + 1):
        a_week = (cost + sum(loss[:n])) / n
        if least is None or a_week < least - 1e-12:
            best, least = n, a_week
    return best
