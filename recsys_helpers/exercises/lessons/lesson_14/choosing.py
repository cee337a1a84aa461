"""Lesson 14, choosing: its opening questions, a bonus for what is not known, regret, LinUCB, late answers.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_many_at_once",
    answer="c",
    why="Both drew rates from the same Beta distributions. One draw a week shows everybody the same three "
    "tracks; a draw "
    "for each listener tests dozens in a week (lesson 05).",
    wrong={
        "a": "A track's draw is as uncertain in both: the distributions were the same.",
        "b": "Both were served to the same listeners with the same luck.",
    },
)

question(
    "recall_stands_for_five",
    answer="a",
    why="What had a chance of 0.2 stands for 1 / 0.2 = 5 visits like it, whatever came of it (lesson 07).",
    wrong={
        "b": "The weight is one over the chance: what was rarely shown has to count for more.",
        "c": "That would be the log's own mean, which is what its own policy is worth.",
    },
)

question(
    "recall_ridge_of_nothing",
    answer="b",
    why="With no rows the penalty alone is left, and it is smallest at 0 (lessons 03 and 05). So a ridge "
    "regression that "
    "knows nothing says «no chance», which this lesson will pay for.",
    wrong={
        "a": "It has no mean to go by: with no rows nothing pulls the coefficients away from 0.",
        "c": "Without the penalty there would be no solution. With it there is exactly one.",
    },
)

# ---- a bonus for what is not known ---------------------------------------------------------------------------------


def some_records(rng):
    """Edge cases first: the two tracks of the lesson, one never shown, a single answer, no bonus; then some "
    "records."""
    yield np.array([4, 1]), np.array([8, 2]), 1.0
    yield np.array([0, 2]), np.array([0, 3]), 0.5
    yield np.array([1, 0]), np.array([1, 0]), 1.0
    yield np.array([3, 5, 0]), np.array([10, 10, 10]), 0.0
    yield np.array([0, 0, 9]), np.array([5, 0, 20]), 2.0
    for _ in range(8):
        shown = rng.integers(0, 12, int(rng.integers(2, 5)))
        shown[0] += 2
        yield rng.binomial(shown, 0.4), shown, float(rng.integers(1, 5)) / 4


def _bonus(hits, shown, bonus, unknown=np.inf):
    """The mean plus a bonus(N, n) of each track that was shown."""
    n = np.maximum(shown, 1)
    return np.where(np.asarray(shown) > 0, np.asarray(hits) / n + bonus(np.sum(shown), n), unknown)


def ucb_by_loop(hits, shown, alpha):
    total = sum(int(n) for n in shown)
    scores = []
    for h, n in zip(hits, shown, strict=True):
        scores.append(float(h / n + alpha * (2 * np.log(total) / n) ** 0.5) if n else float("inf"))
    return scores


@exercise(
    inputs=some_records,
    hints=[
        "The mean of a track is hits / shown. The bonus is larger the more seldom this track was shown, s, and grows "
        "slowly with the number of all showings, S.",
        "S = shown.sum(), and the bonus is alpha * np.sqrt(2 * np.log(S) / shown).",
        "Where shown is 0 the score is np.inf: np.where(shown > 0, ..., np.inf), with np.maximum(shown, 1) "
        "below the line.",
    ],
    why="What is not known gets the benefit of the doubt. Each showing shrinks it, so a bad track loses it soon.",
    mistakes={
        "Is the root missing? Without it the bonus shrinks like 1 / s, faster than the uncertainty of a mean does.": (
            lambda h, s, a: _bonus(h, s, lambda total, n: a * 2 * np.log(total) / n)
        ),
        "Does the logarithm hold the track's own showings? It holds S, those of all tracks together.": (
            lambda h, s, a: _bonus(h, s, lambda total, n: a * np.sqrt(2 * np.log(n) / n))
        ),
        "Do you divide by all showings? A track's bonus shrinks with its own showings, s.": (
            lambda h, s, a: _bonus(h, s, lambda total, n: a * np.sqrt(2 * np.log(total) / total))
        ),
        "Does a track that was never shown score 0? Then it never will be: it scores infinity.": (
            lambda h, s, a: _bonus(h, s, lambda total, n: a * np.sqrt(2 * np.log(total) / n), 0.0)
        ),
        "Is that the lower end? Optimism adds the bonus to the mean.": (
            lambda h, s, a: _bonus(h, s, lambda total, n: -a * np.sqrt(2 * np.log(total) / n))
        ),
        "Is alpha missing? It says how much the bonus counts.": (
            lambda h, s, a: _bonus(h, s, lambda total, n: np.sqrt(2 * np.log(total) / n))
        ),
    },
    conventions={
        "That is without the 2 under the root, as some write it. The task has 2 ln S / s.": (
            lambda h, s, a: _bonus(h, s, lambda total, n: a * np.sqrt(np.log(total) / n))
        ),
        "That is another logarithm. The task asks for the natural one.": [
            lambda h, s, a: _bonus(h, s, lambda total, n: a * np.sqrt(2 * np.log10(total) / n)),
            lambda h, s, a: _bonus(h, s, lambda total, n: a * np.sqrt(2 * np.log2(total) / n)),
        ],
    },
    alternatives=[ucb_by_loop],
)
def ucb_scores(hits, shown, alpha):
    """For each track hits / s + alpha sqrt(2 ln S / s): s its own showings, S those of all tracks together.

    hits and shown are arrays (n,), and at least one track was shown. A track that was never shown scores np.inf.
    """
    n = np.maximum(shown, 1)
    bonus = alpha * np.sqrt(2 * np.log(shown.sum()) / n)
    return np.where(shown > 0, hits / n + bonus, np.inf)


# ---- what exploring costs ------------------------------------------------------------------------------------------


def some_choices(rng):
    """Edge cases first: always the best, never the best, tastes that differ by visit; then some tables."""
    yield np.array([[0.5, 0.2], [0.5, 0.2]]), np.array([0, 0])
    yield np.array([[0.5, 0.2], [0.5, 0.2], [0.5, 0.2]]), np.array([1, 1, 0])
    yield np.array([[0.9, 0.1], [0.2, 0.6], [0.2, 0.6]]), np.array([0, 0, 1])
    yield np.array([[0.3, 0.7, 0.1]]), np.array([2])
    for _ in range(8):
        n, m = int(rng.integers(2, 6)), int(rng.integers(2, 4))
        yield rng.integers(0, 11, (n, m)) / 10, rng.integers(0, m, n)


def _lost(rates, arms, best):
    """What is lost at each visit against `best`."""
    return best - rates[np.arange(len(arms)), arms]


def against_one_track(rates, arms):
    return np.cumsum(_lost(rates, arms, rates[:, rates.sum(axis=0).argmax()]))


def regret_by_loop(rates, arms):
    found, total = [], 0.0
    for row, arm in zip(rates, arms, strict=True):
        total += max(row) - row[arm]
        found.append(total)
    return found


@exercise(
    inputs=some_choices,
    hints=[
        "At each visit something is lost: the largest number of the row, less the number of what was shown.",
        "rates[np.arange(len(arms)), arms] takes one number of each row.",
        "np.cumsum adds up: np.cumsum(rates.max(axis=1) - rates[np.arange(len(arms)), arms])",
    ],
    why="Regret counts chances, not answers, so luck is left out of it. A rule that stops losing has a curve "
    "that bends.",
    mistakes={
        "Is that what each visit lost? Regret so far adds them up.": lambda r, a: _lost(r, a, r.max(axis=1)),
        "Is that the mean so far? Regret is a sum: it may only grow.": lambda r, a: (
            np.cumsum(_lost(r, a, r.max(axis=1))) / np.arange(1, len(a) + 1)
        ),
        "Did you take the best of the whole table? Each visit has a best of its own.": lambda r, a: np.cumsum(
            _lost(r, a, r.max())
        ),
        "Is that what was won? Take it off what the best would have won.": lambda r, a: np.cumsum(
            _lost(-r, a, 0.0)
        ),
        "Is that one number for all visits? Give the sum after each of them.": lambda r, a: _lost(
            r, a, r.max(axis=1)
        ).sum(),
    },
    conventions={
        "That is regret against the best single track for everybody, which bandits without features are held "
        "to. The task "
        "asks for the best at each visit.": against_one_track,
    },
    alternatives=[regret_by_loop],
)
def regret_so_far(rates, arms):
    """After each visit the regret so far: the sum of (best chance of the visit - chance of what was shown), (T,).

    rates (T, n): with what chance each of n tracks pleases at each of T visits; arms (T,): the position of what was
    shown.
    """
    visit = np.arange(len(arms))
    return np.cumsum(rates.max(axis=1) - rates[visit, arms])


# ---- LinUCB --------------------------------------------------------------------------------------------------------


def some_answers(rng):
    """Edge cases first: the first answer of the lesson, no pleasure, half of it; then some."""
    yield np.eye(2), np.zeros(2), np.array([1.0, 2.0]), 1.0
    yield np.eye(2), np.array([1.0, 0.0]), np.array([1.0, 2.0]), 0.0
    yield np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([1.0, 2.0]), np.array([2.0, -1.0]), 0.5
    for _ in range(8):
        d = int(rng.integers(2, 4))
        x = rng.integers(-3, 4, (4, d)) / 2
        new = rng.integers(1, 4, d) * rng.choice([-0.5, 0.5], d)
        yield np.eye(d) + x.T @ x, rng.integers(-2, 4, d) / 2, new, float(rng.choice([0.0, 0.25, 0.75, 1.0]))


def update_by_einsum(A, b, x, reward):
    return [A + np.einsum("i,j->ij", x, x), b + x * reward]


@exercise(
    inputs=some_answers,
    hints=[
        "A = X'X + ridge I gains a row of X, which is x. What does one row add to X'X?",
        "np.outer(x, x) is the table of all products x_i x_j. And X'y gains reward * x.",
        "return A + np.outer(x, x), b + reward * x",
    ],
    why="A remembers where we have looked, whatever came of it; b remembers what came of it. Two sums are all "
    "that LinUCB "
    "keeps of the past.",
    mistakes={
        "Does A change with the reward? It counts where we looked: a visit that pleased nobody is knowledge too.": (
            lambda A, b, x, r: (A + r * np.outer(x, x), b + r * x)
        ),
        "Is a reward of 0 passed over? A then believes that nobody has looked there.": lambda A, b, x, r: (
            (A + np.outer(x, x), b + r * x) if r else (A, b)
        ),
        "Is the reward missing in b? Then every answer counts as a pleasure.": lambda A, b, x, r: (
            A + np.outer(x, x),
            b + x,
        ),
        "Did you add x * x? That is a vector: A gains the table of all products x_i x_j.": lambda A, b, x, r: (
            A + x * x,
            b + r * x,
        ),
        "Is that the number x . x? A gains the table of all products x_i x_j.": lambda A, b, x, r: (
            A + x @ x,
            b + r * x,
        ),
    },
    alternatives=[update_by_einsum],
)
def update_arm(A, b, x, reward):
    """A and b of a track after one more answer: A + x x', a table (d, d), and b + reward x, shape (d,).

    x (d,) are the visit's features, reward is from 0 to 1. The arrays that come in stay as they are.
    """
    return A + np.outer(x, x), b + reward * x


def some_arms(rng):
    """Edge cases first: nothing known, one feature, no bonus; then some."""
    yield np.eye(2), np.zeros(2), np.array([3.0, 4.0]), 0.5
    yield np.array([[4.0]]), np.array([2.0]), np.array([1.0]), 1.0
    yield np.array([[2.0, 0.0], [0.0, 5.0]]), np.array([1.0, 2.0]), np.array([1.0, 1.0]), 0.0
    for _ in range(8):
        d = int(rng.integers(2, 4))
        x = rng.integers(-3, 4, (6, d)) / 2
        new = rng.integers(1, 4, d) * rng.choice([-0.5, 0.5], d)
        yield np.eye(d) + x.T @ x, rng.integers(-2, 4, d) / 2, new, float(rng.integers(1, 8)) / 4


def score_by_inverse(A, b, x, alpha):
    inverse = np.linalg.inv(A)
    return float(inverse @ b @ x + alpha * np.sqrt(x @ inverse @ x))


def _linear(A, b, x):
    return float(np.linalg.solve(A, b) @ x), float(x @ np.linalg.solve(A, x))


@exercise(
    inputs=some_arms,
    hints=[
        "theta = np.linalg.solve(A, b) are the coefficients, and theta @ x is what they predict.",
        "The bonus is alpha times the root of x' A^-1 x, and A^-1 x is np.linalg.solve(A, x).",
        "np.linalg.solve(A, b) @ x + alpha * np.sqrt(x @ np.linalg.solve(A, x))",
    ],
    why="The bonus is large for kinds of visitors that this track has not met, and small for those that it has.",
    mistakes={
        "Is the root missing? x' A^-1 x is a variance, and the bonus is a deviation.": lambda A, b, x, a: (
            _linear(A, b, x)[0] + a * _linear(A, b, x)[1]
        ),
        "Is that x' A x? It grows with what is known. The bonus takes the inverse of A.": lambda A, b, x, a: (
            _linear(A, b, x)[0] + a * np.sqrt(x @ A @ x)
        ),
        "Is that b . x? The coefficients are A^-1 b.": lambda A, b, x, a: (
            b @ x + a * np.sqrt(_linear(A, b, x)[1])
        ),
        "Is that the lower end? Optimism adds the bonus.": lambda A, b, x, a: (
            _linear(A, b, x)[0] - a * np.sqrt(_linear(A, b, x)[1])
        ),
        "Is alpha under the root? It stands before it.": lambda A, b, x, a: (
            _linear(A, b, x)[0] + np.sqrt(a * _linear(A, b, x)[1])
        ),
    },
    alternatives=[score_by_inverse],
)
def linucb_score(A, b, x, alpha):
    """theta . x + alpha sqrt(x' A^-1 x), with theta = A^-1 b: one number.

    A (d, d) is symmetric and can be inverted; b and x have shape (d,).
    """
    theta = np.linalg.solve(A, b)
    return theta @ x + alpha * np.sqrt(x @ np.linalg.solve(A, x))


question(
    "why_batches_hurt_ucb",
    answer="b",
    why="UCB's scores change only when an answer comes. Until then the best score is the best for everybody, so "
    "a batch of "
    "a thousand visits tests one track. A draw differs from visit to visit without any news, and so does a first batch "
    "by lot.",
    wrong={
        "a": "The logarithm grows by very little in a thousand visits, and for all tracks alike.",
        "c": "All rules get the same answers, and none of them reads the order in which they arrive.",
    },
)
