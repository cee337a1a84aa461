"""Exercises of lesson 07: what a log says of another policy.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- propensities ----------------------------------------------------------------------------------------------------


def some_visits(rng):
    """Edge cases first: one match, no match, a rare match, then mixed ones. Arrays, as the lesson has them."""
    for visits in _visits(rng):
        yield tuple(np.array(part) for part in visits)


def _visits(rng):
    yield [1], ["a"], ["a"], [0.5]
    yield [1, 1], ["a", "b"], ["b", "a"], [0.5, 0.5]
    yield [1, 0, 1, 1], ["a", "a", "b", "a"], ["a", "b", "b", "b"], [0.75, 0.75, 0.25, 0.75]
    yield [1, 0, 1], ["a", "b", "c"], ["a", "b", "c"], [0.5, 0.4, 0.1]
    for _ in range(9):
        n = int(rng.integers(5, 9))
        odds = {"a": 0.6, "b": 0.3, "c": 0.1}
        shown = ["a", "c", *(str(t) for t in rng.choice(list("abc"), n - 2, p=[0.6, 0.3, 0.1]))]
        wanted = ["a", "c", *(str(t) for t in rng.choice(list("abc"), n - 2))]
        rewards = [1, 1, *(int(r) for r in rng.integers(0, 2, n - 2))]
        yield rewards, shown, wanted, [odds[t] for t in shown]


def _matched(rewards, shown, wanted, chance):
    return [(r, 1 / c) for r, s, w, c in zip(rewards, shown, wanted, chance, strict=True) if s == w]


def mean_of_matches(rewards, shown, wanted, chance):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r for r, _ in found) / len(found) if found else 0.0


def per_match(rewards, shown, wanted, chance):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r * w for r, w in found) / len(found) if found else 0.0


def times_chance(rewards, shown, wanted, chance):
    return sum(r / w for r, w in _matched(rewards, shown, wanted, chance)) / len(rewards)


def all_weighted(rewards, shown, wanted, chance):
    return float(np.mean(np.array(rewards) / np.array(chance)))


def summed(rewards, shown, wanted, chance):
    return sum(r * w for r, w in _matched(rewards, shown, wanted, chance))


def unweighted(rewards, shown, wanted, chance):
    return sum(r for r, _ in _matched(rewards, shown, wanted, chance)) / len(rewards)


def cut_at(most):
    """The estimate with no weight above `most`."""

    def answer(rewards, shown, wanted, chance):
        return sum(r * min(w, most) for r, w in _matched(rewards, shown, wanted, chance)) / len(rewards)

    return answer


def normalised_already(rewards, shown, wanted, chance):
    found = _matched(rewards, shown, wanted, chance)
    return sum(r * w for r, w in found) / sum(w for _, w in found) if found else 0.0


def ips_by_array(rewards, shown, wanted, chance):
    match = np.asarray(shown) == np.asarray(wanted)
    return float((np.asarray(rewards) * match / np.asarray(chance)).mean())


@exercise(
    inputs=some_visits,
    hints=[
        "A visit counts only if it showed what the new policy would have shown.",
        "Something drawn one time in four stands for four visits: its reward is multiplied by 1 / chance.",
        "Add up reward / chance over the matches, and divide by the number of all visits.",
    ],
    why="Rarely shown, hence weighted up: the log's habits are taken out, without serving the new policy once.",
    mistakes={
        "Is that the plain mean of the matches? What was shown often is in it too often: weigh by 1 / chance.": mean_of_matches,  # noqa: E501
        "Did you divide by the number of matches? The weights already make them stand for all visits.": per_match,
        "Did you leave the sum undivided? The task asks for the mean of all visits.": summed,
        "Did every match count once? What was shown rarely is weighed up: divide its reward by the chance.": unweighted,
        "Did you multiply by the chance? Then what was rare counts even less: divide.": times_chance,
        "Did visits count that showed something else? They tell nothing about the new policy's choice.": all_weighted,
    },
    conventions={
        "Some divide by the sum of the weights, which steadies it (lesson 14); here it is the number of visits.": normalised_already,  # noqa: E501
        "Some cut large weights off, which steadies it (lesson 14); here each counts whole.": [
            cut_at(most) for most in (2, 3, 5)
        ],
    },
    alternatives=[ips_by_array],
)
def ips_value(rewards, shown, wanted, chance):
    """Inverse propensity estimate of a new policy's mean reward, from a log of visits.

    Four arrays, an entry for each visit: its reward, what was shown, what the new policy would
    have shown, and the chance of drawing the shown one. A visit that shows another counts 0.
    """
    total = 0.0
    for reward, s, w, c in zip(rewards, shown, wanted, chance, strict=True):
        if s == w:
            total += reward / c
    return total / len(rewards)
