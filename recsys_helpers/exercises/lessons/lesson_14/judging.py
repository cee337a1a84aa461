"""Lesson 14, judging a policy from another's log: clipped and self-normalised weights, a model that they correct.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question


def some_logs(rng):
    """Edge cases first: the ten visits of the lesson, a weight that is cut, chances on both sides; then some logs."""
    table = np.array([0.8] * 8 + [0.2] * 2)
    yield np.array([1, 1, 1, 1, 0, 0, 0, 0, 1, 1]), table, np.array([0.0] * 8 + [1.0] * 2), 100.0
    yield np.array([1, 0, 0]), np.array([0.05, 0.5, 0.25]), np.array([1.0, 1.0, 0.0]), 4.0
    yield np.array([1, 0, 1, 0]), np.array([0.1, 0.2, 0.5, 0.4]), np.array([0.5, 0.5, 0.25, 0.8]), 3.0
    yield np.array([0, 1, 1]), np.array([0.5, 0.02, 0.25]), np.array([0.5, 0.1, 1.0]), 2.0
    for number in range(8):
        n = int(rng.integers(4, 8))
        target = rng.integers(0, 5, n) / 4
        target[0] = 0.5
        yield rng.integers(0, 2, n), rng.integers(1, 9, n) / 10, target, float((3, 100, 2, 1.5)[number % 4])


def _weighted(rewards, weight, below):
    return float((weight * np.asarray(rewards)).sum() / below)


def _cut(logged, target, most):
    return np.minimum(target / logged, most)


def only_up_to(rewards, logged, target, most):
    weight = np.where(target / logged <= most, target / logged, 0.0)
    return _weighted(rewards, weight, weight.sum())


def snips_by_average(rewards, logged, target, most):
    return np.average(rewards, weights=[min(t / c, most) for t, c in zip(target, logged, strict=True)])


@exercise(
    inputs=some_logs,
    hints=[
        "The weight of a visit is target / logged, or `most` where that is less.",
        "A weighted mean: the sum of weight * reward, divided by the sum of the weights.",
        "weight = np.minimum(target / logged, most); return (weight * rewards).sum() / weight.sum()",
    ],
    why="If luck sends too many visits that match, the sums above and below the line grow together. So the "
    "estimate swings "
    "less, and never leaves the range of the rewards.",
    mistakes={
        "Did you divide by the number of visits? That is clipped IPS. Self-normalised: by the sum of the weights.": (
            lambda r, c, t, most: _weighted(r, _cut(c, t, most), len(r))
        ),
        "Is nothing clipped? No weight may be above `most`.": lambda r, c, t, most: _weighted(
            r, t / c, (t / c).sum()
        ),
        "Did you clip above the line alone? The weights below it are the same, and clipped too.": (
            lambda r, c, t, most: _weighted(r, _cut(c, t, most), (t / c).sum())
        ),
        "Did you throw out what weighs more than `most`? Cut the weight, and keep the visit.": only_up_to,
        "Is `most` a least weight? None may be above it: min, not max.": lambda r, c, t, most: _weighted(
            r, np.maximum(t / c, most), np.maximum(t / c, most).sum()
        ),
        "Is the target missing? A weight is target / logged, not 1 / logged.": lambda r, c, t, most: (
            _weighted(r, np.minimum(1 / c, most), np.minimum(1 / c, most).sum())
        ),
        "Did you clip 1 / logged before the target came in? It is the whole weight that may not be above `most`.": (
            lambda r, c, t, most: _weighted(
                r, t * np.minimum(1 / c, most), (t * np.minimum(1 / c, most)).sum()
            )
        ),
    },
    alternatives=[snips_by_average],
)
def snips_value(rewards, logged, target, most):
    """The weighted mean reward of the visits, with weights target / logged, each cut at `most`.

    Arrays (T,), an entry a visit: the rewards; logged, with what chance the log's policy showed what it showed; target,
    with what chance the new policy would. At least one target is above 0, and so is `most`.
    """
    weight = np.minimum(target / logged, most)
    return (weight * rewards).sum() / weight.sum()


def some_modelled_logs(rng):
    """Edge cases first: no visit matches, a perfect model, a model of nothing; then some logs."""
    yield (
        np.array([1, 0]),
        np.array([0.5, 0.5]),
        np.array([0.0, 0.0]),
        np.array([0.5, 0.5]),
        np.array([0.3, 0.5]),
    )
    yield (
        np.array([1, 0]),
        np.array([0.5, 0.2]),
        np.array([1.0, 1.0]),
        np.array([1.0, 0.0]),
        np.array([1.0, 0.0]),
    )
    yield np.array([1, 0, 1]), np.array([0.5, 0.2, 0.4]), np.array([1.0, 1.0, 0.0]), np.zeros(3), np.zeros(3)
    yield (
        np.array([1, 0]),
        np.array([0.5, 0.5]),
        np.array([1.0, 0.0]),
        np.array([0.6, 0.2]),
        np.array([0.6, 0.6]),
    )
    yield (
        np.array([1, 0]),
        np.array([0.8, 0.4]),
        np.array([0.4, 0.6]),
        np.array([0.9, 0.3]),
        np.array([0.5, 0.4]),
    )
    for _ in range(8):
        n = int(rng.integers(3, 7))
        target = rng.integers(0, 5, n) / 4
        target[0] = 0.75
        model = rng.integers(1, 10, (2, n)) / 10
        yield rng.integers(0, 2, n), rng.integers(1, 9, n) / 10, target, *model


def normalised_correction(r, c, t, m, e):
    weight = np.asarray(t) / c
    return np.mean(e) + (weight @ (r - m) / weight.sum() if weight.any() else 0.0)


def matching_only(r, c, t, m, e):
    there = np.asarray(t) > 0
    return np.mean((e + t / c * (r - m))[there]) if there.any() else 0.0


def dr_in_two_sums(rewards, logged, target, modelled, expected):
    n = len(rewards)
    correction = sum(t / c * (r - m) for r, c, t, m in zip(rewards, logged, target, modelled, strict=True))
    return sum(expected) / n + correction / n


@exercise(
    inputs=some_modelled_logs,
    hints=[
        "Start from the model's answer, the mean of `expected`. What did the log say against the model?",
        "On what was shown the model was wrong by reward - modelled, and that visit counts target / logged.",
        "np.mean(expected + target / logged * (rewards - modelled))",
    ],
    why="If the model is right the correction is 0 on average; if the propensities are right the correction takes the "
    "model's mistake out. Only if both are wrong does the estimate stay wrong.",
    mistakes={
        "Is the correction unweighted? A visit that stands for five corrects five times as much.": (
            lambda r, c, t, m, e: np.mean(e + (r - m))
        ),
        "Is that the model plus IPS? The pleasure that the model already counts comes in twice: weigh reward - "
        "modelled.": (lambda r, c, t, m, e: np.mean(e + t / c * r)),
        "Is the correction turned around? Where the model promises too much, the estimate must fall.": (
            lambda r, c, t, m, e: np.mean(e - t / c * (r - m))
        ),
        "Is `expected` weighted too? It holds for the new policy already.": lambda r, c, t, m, e: np.mean(
            t / c * (e + r - m)
        ),
        "Did you leave out visits that do not match? There the model speaks alone.": matching_only,
        "Is that taken off `expected`? The model was asked about what was shown: its mistake is reward - modelled.": (
            lambda r, c, t, m, e: np.mean(e + t / c * (r - e))
        ),
    },
    conventions={
        "That is the self-normalised form, which divides the correction by the sum of the weights. The task "
        "divides by the "
        "number of visits.": normalised_correction,
    },
    alternatives=[dr_in_two_sums],
)
def dr_value(rewards, logged, target, modelled, expected):
    """The mean over visits of expected + (target / logged) (reward - modelled).

    Arrays (T,): rewards, logged and target as in snips_value. A model of the reward predicts `modelled` for what was
    shown, and `expected` for what the new policy would show.
    """
    weight = target / logged
    return np.mean(expected + weight * (rewards - modelled))


question(
    "what_no_weight_repairs",
    answer="c",
    why="A choice with chance 0 is in no visit, so nothing can be weighed up. Only a model of the reward speaks "
    "there, and "
    "no answer in the log has checked it.",
    wrong={
        "a": "Clipping is for weights that are large. Here there is no visit to give a weight to.",
        "b": "Dividing by the sum of the weights steadies what is in the log. It brings nothing in that is not there.",
    },
)
