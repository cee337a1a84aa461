"""Exercises of lesson 07: on earlier lessons, resampling, sign flips, several models and power.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from itertools import product
from math import ceil

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_never_met",
    answer="b",
    why="A test set holds what was found. Not wanted, not found and never shown look alike in it: an empty cell.",
    wrong={
        "a": "A hit needs a play in the test weeks. That they would have loved it stands in no log.",
        "c": "It takes one of the ten places and gains nothing there, so the score is lower than without it.",
    },
)

question(
    "recall_why_by_time",
    answer="b",
    why="On the day a list is made, the future is not known. A random cut lets a model learn from plays after those"
    " that it is asked to predict.",
    wrong={
        "a": "A random cut may hold out as many rows as one likes. Which rows they are is the trouble.",
        "c": "By time they come out lower, as a rule: the question is harder, and it is the right one.",
    },
)

question(
    "recall_gain_of_one",
    answer="a",
    why="A difference without an interval may be chance. Lesson 02 printed it, and more: for one listener in eleven the"
    " segment's list was worse.",
    wrong={
        "b": "Other models may be better still. Whether this gain is more than chance they cannot say.",
        "c": "What fits the training weeks may be learned by heart. It tells nothing of other listeners.",
    },
)


# ---- error bars ------------------------------------------------------------------------------------------------------


def some_draws(rng):
    """Edge cases first: one listener, everybody once, one twice and one not at all."""
    cases = [
        ([3], [4], [0]),
        ([8, 1], [8, 8], [0, 1]),
        ([8, 1, 2], [8, 8, 2], [0, 0, 2]),
        ([5, 0, 1], [10, 1, 4], [1, 1, 2]),
    ]
    for _ in range(9):
        n = int(rng.integers(3, 6))
        plays = rng.integers(1, 20, n)
        cases.append((rng.integers(0, plays + 1), plays, [0, 0, *rng.integers(0, n, n - 2)]))
    yield from (tuple(np.array(part) for part in case) for case in cases)


def share_of_each_once(hits, plays, drawn):
    return sum(hits[i] for i in set(drawn)) / sum(plays[i] for i in set(drawn))


def mean_of_shares(hits, plays, drawn):
    return float(np.mean([hits[i] / plays[i] for i in drawn]))


def nobody_drawn(hits, plays, drawn):
    return sum(hits) / sum(plays)


def hits_drawn_of_all_plays(hits, plays, drawn):
    return sum(hits[i] for i in drawn) / sum(plays)


def share_by_numpy(hits, plays, drawn):
    return np.asarray(hits)[drawn].sum() / np.asarray(plays)[drawn].sum()


@exercise(
    inputs=some_draws,
    hints=[
        "A listener who is drawn brings all of their plays along, and once more if drawn twice.",
        "Add up the hits of those drawn, add up their plays, and divide once, at the end.",
        "sum(hits[i] for i in drawn) / sum(plays[i] for i in drawn)",
    ],
    why="A listener is one draw, with all of their plays. Draw rows, and 800 plays of one person pass for 800 people.",
    mistakes={
        "Did you count who was drawn twice once? Drawn with replacement, they count twice.": share_of_each_once,
        "Did you average the listeners' shares? Then 2 plays weigh as much as 800: add up, then divide.": mean_of_shares,  # noqa: E501
        "Did you divide by the plays of everybody? Only those of the drawn count, twice if drawn twice.": hits_drawn_of_all_plays,  # noqa: E501
        "Did you divide by the number of listeners? Divide by their plays.": lambda hits, plays, drawn: (
            sum(hits[i] for i in drawn) / len(drawn)
        ),
        "Did you leave out the draw? That is the share of the whole sample, the same each time.": nobody_drawn,
    },
    alternatives=[share_by_numpy],
)
def resampled_share(hits, plays, drawn):
    """The share of hits among all plays of the listeners in `drawn`; someone drawn twice counts twice.

    hits, plays: numbers of each listener. drawn: positions of those drawn.
    """
    return sum(hits[i] for i in drawn) / sum(plays[i] for i in drawn)


question(
    "what_to_resample",
    answer="c",
    why="The listeners were drawn into the sample one by one. Sessions and plays came along with their listener and"
    " resemble each other, so that a thousand plays of one person tell little about the next person.",
    wrong={
        "a": "A play is no draw of its own: the next play of the same listener is like it.",
        "b": "Sessions of one listener resemble each other too: what is alike must be drawn together.",
        "d": "Nothing of the tracks was sampled: the whole catalogue was on offer to everybody.",
    },
)


# ---- paired tests ----------------------------------------------------------------------------------------------------


def some_differences(rng):
    """Edge cases first: one listener, no difference, all on one side, then mixed ones."""
    yield ([3],)
    yield ([0, 0],)
    yield ([1, 2, 3],)
    yield ([-2, -1, -4],)
    yield ([4, -1, 2],)
    yield ([-3, 1, 2, -5],)
    for _ in range(8):
        yield ([int(d) for d in rng.integers(-6, 8, size=int(rng.integers(4, 9)))],)


def _patterns(differences):
    for signs in product([1, -1], repeat=len(differences)):
        yield sum(sign * d for sign, d in zip(signs, differences, strict=True))


def above_only(differences):
    sums = list(_patterns(differences))
    return sum(s >= sum(differences) for s in sums) / len(sums)


def one_sided_p(differences):
    sums = list(_patterns(differences))
    return sum(s >= abs(sum(differences)) for s in sums) / len(sums)


def beyond_only(differences):
    sums = list(_patterns(differences))
    return sum(abs(s) > abs(sum(differences)) for s in sums) / len(sums)


def sign_count_p(differences):
    """The sign test: it forgets how large a difference is."""
    return sign_flip_by_array([int(np.sign(d)) for d in differences])


def patterns_counted(differences):
    return sign_flip_by_array(differences) * 2 ** len(differences)


def with_one_added(differences):
    return (patterns_counted(differences) + 1) / (2 ** len(differences) + 1)


def sign_flip_by_array(differences):
    n = len(differences)
    signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    sums = signs @ np.asarray(differences)
    return float(np.mean(np.abs(sums) >= abs(sum(differences)) - 1e-9))


@exercise(
    inputs=some_differences,
    hints=[
        "product([1, -1], repeat=n) gives all 2^m patterns of signs.",
        "For each pattern add up sign * difference. Is the sum as far from 0 as the one you observed, or farther?",
        "The observed pattern is one of the patterns, so p is never 0. Far below 0 is far, too: take abs.",
    ],
    why="Had the models been alike, each listener's difference could as well have had the other sign. No bell curve is"
    " assumed.",
    mistakes={
        "Did you count one side only? A model could have been as far behind: compare abs of the sums.": one_sided_p,
        "Did you leave the signs on? Far from 0 may be above or below: compare abs of both sums.": above_only,
        "Did you count sums beyond the observed one only? As far counts too, or p could be 0.": beyond_only,
        "Did you keep the signs and forget the sizes? A difference of 6 says more than one of 1.": sign_count_p,
        "Is that the share that is nearer to 0? p is the share at least as far.": lambda differences: (
            1 - sign_flip_by_array(differences)
        ),
        "Did you leave out the pattern that was observed? It is one of the 2^m.": lambda differences: (
            (patterns_counted(differences) - 1) / (2 ** len(differences) - 1)
        ),
        "Is that a number of patterns? Divide by how many there are, 2^m.": patterns_counted,
    },
    conventions={
        "One is added above and below where patterns are drawn by chance. Here all of them are counted.": with_one_added,  # noqa: E501
    },
    alternatives=[sign_flip_by_array],
)
def sign_flip_p(differences):
    """The share of the 2^m patterns of signs whose sum is at least as far from 0 as the observed sum.

    differences: a list of m numbers, one for each listener.
    """
    observed = abs(sum(differences)) - 1e-9  # sums that are equal but for rounding count as equal
    far = total = 0
    for signs in product([1, -1], repeat=len(differences)):
        flipped = sum(sign * d for sign, d in zip(signs, differences, strict=True))
        far += abs(flipped) >= observed
        total += 1
    return far / total


# ---- several models --------------------------------------------------------------------------------------------------


def some_p_values(rng):
    """Edge cases first: one, ties, one that would pass 1, one that needs the running maximum."""
    yield ([0.03],)
    yield ([0.02, 0.02],)
    yield ([0.7, 0.9],)
    yield ([0.01, 0.04, 0.03],)
    yield ([0.001, 0.03, 0.02, 0.6],)
    yield ([0.04, 0.01, 0.03],)
    for _ in range(9):
        yield ([round(float(p), 3) for p in rng.beta(0.6, 4, size=int(rng.integers(3, 6)))],)


def _stepped(p, factor, cap=True, climb=True):
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, i in enumerate(order, start=1):
        value = factor(rank, len(p)) * p[i]
        highest = max(highest, value) if climb else value
        adjusted[i] = min(1.0, highest) if cap else highest
    return adjusted


def hochberg(p):
    """From the largest down: times 1, times 2, ..., none above the one before."""
    adjusted, least = [0.0] * len(p), 1.0
    for step, i in enumerate(sorted(range(len(p)), key=lambda i: -p[i]), start=1):
        least = min(least, step * p[i])
        adjusted[i] = least
    return adjusted


def false_discoveries(p):
    """Benjamini's and Hochberg's: times m / rank, from the largest down none above the one before."""
    adjusted, least = [0.0] * len(p), 1.0
    for step, i in enumerate(sorted(range(len(p)), key=lambda i: -p[i])):
        least = min(least, len(p) / (len(p) - step) * p[i])
        adjusted[i] = least
    return adjusted


def bonferroni(p):
    return [min(1.0, len(p) * value) for value in p]


def holm_by_pairs(p):
    """Each adjusted value is the largest product among the p-values no larger than its own."""
    m = len(p)
    return [
        min(1.0, max(sum(other >= small for other in p) * small for small in p if small <= value))
        if m > 1
        else value
        for value in p
    ]


@exercise(
    inputs=some_p_values,
    hints=[
        "The smallest of m p-values is multiplied by m, the next by m - 1, ... the largest by 1.",
        "Going up, none may be smaller than the one before it, and none over 1.",
        "Put the results back in the order in which the p-values came.",
    ],
    why="Compare each with 0.05, and the chance of any false alarm among all of them stays under 0.05. Fewer true"
    " differences are lost than with Bonferroni.",
    mistakes={
        "Did you multiply all by m? That is Bonferroni: safe, but Holm steps down, m, m - 1, ... and loses less.": bonferroni,  # noqa: E501
        "May a larger p-value end up smaller than the one before it? Carry the largest so far along.": lambda p: (
            _stepped(p, lambda rank, m: m - rank + 1, climb=False)
        ),
        "Did you multiply by m / rank? That bounds the share of false findings, not the chance of any.": [
            lambda p: _stepped(p, lambda rank, m: m / rank),
            false_discoveries,
        ],
        "Did you go down from the largest? That is Hochberg's: Holm goes up from the smallest.": hochberg,
        "Is the smallest multiplied by 1 and the largest by m? It is the other way round.": lambda p: (
            _stepped(p, lambda rank, m: rank)
        ),
        "Are these the p-values as they came? Each is multiplied first.": lambda p: list(p),
        "Did you return them sorted? Put each back in the place where its p-value came.": lambda p: sorted(
            _stepped(p, lambda rank, m: m - rank + 1)
        ),
        "Can a p-value be over 1? Stop at 1.": lambda p: _stepped(p, lambda rank, m: m - rank + 1, cap=False),
    },
    alternatives=[holm_by_pairs],
)
def holm_adjusted(p):
    """Holm's adjusted p-values for a list of them, in the order given.

    The smallest times the length of the list, the next times one less, and so on to the largest times 1; none
    smaller than the one before it in that order, and at most 1.
    """
    order = sorted(range(len(p)), key=lambda i: p[i])
    adjusted, highest = [0.0] * len(p), 0.0
    for step, i in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - step) * p[i]))
        adjusted[i] = highest
    return adjusted


# ---- power -----------------------------------------------------------------------------------------------------------


def some_gaps(rng):
    """Edge cases first: a gap as large as the spread, small ones; none where rounding could go either way."""
    yield 1.0, 1.0
    yield 0.11, 1.0
    yield 0.006, 0.13
    yield 0.5, 2.1
    for _ in range(8):
        gap, spread = round(float(rng.uniform(0.1, 0.6)), 2), round(float(rng.uniform(1, 4)), 2)
        between = (2.8 * spread / gap) ** 2 % 1
        yield gap, spread if 0.001 < between < 0.999 else spread + 0.003


@exercise(
    inputs=some_gaps,
    hints=[
        "The standard error of a mean of n listeners is spread / sqrt(n). The gap should be 1.96 + 0.84 = 2.8 of them.",
        "gap = 2.8 * spread / sqrt(n): solve for n, and round up.",
        "int(np.ceil((2.8 * spread / gap) ** 2))",
    ],
    why="Half the gap needs four times the listeners. If you know the spread, you know before the test whether it can"
    " end.",
    mistakes={
        "Did you ask for 1.96 errors? Then the test misses every second time: 0.84 more makes it one in five.": lambda gap, spread: (  # noqa: E501
            ceil((1.96 * spread / gap) ** 2)
        ),
        "Did you forget the square? The error falls with the root of n.": lambda gap, spread: ceil(
            abs(2.8 * spread / gap)
        ),
        "Did you round to the nearest? With one listener too few the test falls short: round up.": lambda gap, spread: (
            round((2.8 * spread / gap) ** 2)
        ),
        "Did you cut the fraction off? With one listener too few the test falls short: round up.": lambda gap, spread: (
            int((2.8 * spread / gap) ** 2)
        ),
        "Is that before rounding up? Nobody can ask half a listener.": lambda gap, spread: (
            (2.8 * spread / gap) ** 2
        ),
        "Is only the 2.8 squared? The spread and the gap are squared too.": [
            lambda gap, spread: ceil(2.8**2 * spread / gap),
            lambda gap, spread: ceil(2.8**2 * spread / gap**2),
        ],
        "Did you double it for two groups? Here the same listeners meet both, and the spread is of their differences.": lambda gap, spread: (  # noqa: E501
            ceil(2 * (2.8 * spread / gap) ** 2)
        ),
        "Did you turn the fraction around? More spread needs more listeners, a larger gap fewer.": lambda gap, spread: (
            ceil((2.8 * gap / spread) ** 2)
        ),
    },
    conventions={
        "That is with 1.95996 + 0.84162 errors, unrounded. The task takes 2.8, as one does by hand.": lambda gap, spread: (  # noqa: E501
            ceil(((1.959964 + 0.841621) * spread / gap) ** 2)
        ),
    },
    alternatives=[lambda gap, spread: int(-(-(7.84 * spread**2 / gap**2) // 1))],
)
def listeners_needed(gap, spread):
    """The smallest number of listeners with whom a paired test finds a mean gap four times in five.

    spread: the standard deviation of the listeners' differences. The gap must be 2.8 standard errors wide.
    """
    return int(np.ceil((2.8 * spread / gap) ** 2))


# ---- less spread -----------------------------------------------------------------------------------------------------


def some_pasts(rng):
    """Edge cases first: a past that says all, one that says nothing, one that is twice as large, then ordinary ones."""
    yield np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])
    yield np.array([1.0, 3.0, 1.0, 3.0]), np.array([2.0, 2.0, 4.0, 4.0])
    yield np.array([1.0, 2.0, 4.0, 5.0]), np.array([2.0, 5.0, 7.0, 10.0])
    yield np.array([0.0, 6.0, 3.0]), np.array([1.0, 4.0, 1.0])
    for _ in range(9):
        before = rng.uniform(0, 12, int(rng.integers(4, 7))).round(1)
        noise = rng.uniform(0, 3, len(before))
        yield (float(rng.uniform(0.4, 0.8)) * before + noise).round(1), before


def _taken_off(hours, before, slope, centred=True):
    x = np.asarray(before, dtype=float)
    return np.asarray(hours, dtype=float) - slope * (x - (x.mean() if centred else 0.0))


def _slope(hours, before):
    x, y = np.asarray(before, dtype=float), np.asarray(hours, dtype=float)
    return ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()


def the_whole_past(hours, before):
    return _taken_off(hours, before, 1.0)


def the_gain(hours, before):
    return _taken_off(hours, before, 1.0, centred=False)


def not_centred(hours, before):
    return _taken_off(hours, before, _slope(hours, before), centred=False)


def by_correlation(hours, before):
    return _taken_off(hours, before, np.corrcoef(before, hours)[0, 1])


def over_the_hours(hours, before):
    return _taken_off(hours, before, _slope(before, hours))


def through_zero(hours, before):
    x, y = np.asarray(before, dtype=float), np.asarray(hours, dtype=float)
    return _taken_off(hours, before, (x * y).sum() / (x * x).sum())


def rest_of_the_line(hours, before):
    return the_rest(hours, before) - np.mean(hours)


def the_rest(hours, before):
    slope, level = np.polyfit(np.asarray(before, dtype=float), np.asarray(hours, dtype=float), 1)
    predicted = level + slope * np.asarray(before, dtype=float)
    return np.asarray(hours, dtype=float) - predicted + np.mean(hours)


@exercise(
    inputs=some_pasts,
    hints=[
        "theta = covariance of hours and before, divided by the variance of before, both over all listeners.",
        "Take theta * (before - its mean) from each listener's hours: the mean of the result is that of the hours.",
        "c = before - before.mean(); hours - c * (c * (hours - hours.mean())).sum() / (c**2).sum()",
    ],
    why="What a person did before the test is no effect of it. Taking it off leaves the gap between the groups as it"
    " was, and makes its standard error smaller.",
    mistakes={
        "Did you take off the whole past, theta = 1? People return towards the mean: theta comes from the data.": the_whole_past,  # noqa: E501
        "Is that hours minus before? theta is a fraction from the data, and before is centred first.": the_gain,
        "Did the mean of the hours change? Take theta times (before - its mean) off, not theta times before.": not_centred,  # noqa: E501
        "Is your theta a correlation? It is the covariance over the variance of before, in hours per hour.": by_correlation,  # noqa: E501
        "Did you divide by the variance of the hours? theta divides by that of before.": over_the_hours,
        "Did you forget to centre both before you multiplied? A covariance takes the means off first.": through_zero,
        "Are these only the residuals? Their mean is 0: the mean of the hours must stay.": rest_of_the_line,
    },
    alternatives=[the_rest],
)
def without_the_past(hours, before):
    """Hours of each listener without what their past predicts: hours - theta * (before - mean of before).

    hours, before: arrays, a number for each listener, in the test and in the weeks before it. theta
    is the covariance of the two, divided by the variance of `before`.
    """
    centred = before - before.mean()
    theta = (centred * (hours - hours.mean())).sum() / (centred**2).sum()
    return hours - theta * centred
