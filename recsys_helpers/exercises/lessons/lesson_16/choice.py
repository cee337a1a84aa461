"""The exercises of lesson 16 on which platform a listener opens.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "which_attention_is_meant",
    answer="a",
    why="The two share a formula, the softmax. A listener's evening goes to one platform and is gone for the others, "
    "while a network mixes all its places and nobody loses anything.",
    wrong={
        "b": "A good network may help to win listeners, and a plain count did so in this lesson too.",
        "c": "The formula is the same. What it stands for is not: a chance of one act, or the weights of a mean.",
    },
)

question(
    "why_the_copy_sits_there",
    answer="c",
    why="Two equal platforms did not get half each, since each seat has its own luck. The copy meets the same luck in "
    "the same seat, so what is left over is what the lists did.",
    wrong={
        "a": "Half would be right only if seats were equal, and they are not.",
        "b": "More listeners narrow the interval and leave the seat's luck where it is.",
    },
)

# ---- which platform is opened ----------------------------------------------------------------------------------------


def some_evenings(rng):
    """Edge cases first: all alike, habit alone, satisfaction alone, both in balance, three platforms; then evenings."""
    yield [0.5, 0.5], [0.6, 0.6], 1.0, 15.0
    yield [0.9, 0.1], [0.6, 0.6], 1.0, 15.0
    yield [0.5, 0.5], [0.6, 0.5], 1.0, 15.0
    yield [0.8, 0.2], [0.56, 0.6], 1.0, 15.0
    yield [0.7, 0.2, 0.1], [0.55, 0.6, 0.5], 2.0, 10.0
    yield [0.6, 0.3], [0.5, 0.62], 3.0, 5.0
    for _ in range(8):
        n = int(rng.integers(2, 5))
        late = np.round(rng.dirichlet(np.ones(n)), 2)
        yield (
            late.tolist(),
            np.round(rng.uniform(0.4, 0.75, n), 2).tolist(),
            1.0 + float(rng.integers(0, 3)),
            15.0,
        )


def _pull(late, satisfaction, habit, keen):
    return habit * np.asarray(late, dtype=float) + keen * np.asarray(satisfaction, dtype=float)


def shares_of_pull(late, satisfaction, habit, keen):
    pull = _pull(late, satisfaction, habit, keen)
    return (pull / pull.sum()).tolist()


def winner_takes_all(late, satisfaction, habit, keen):
    pull = _pull(late, satisfaction, habit, keen)
    return (pull == pull.max()).astype(float).tolist()


def habit_alone(late, satisfaction, habit, keen):
    return _softmax(habit * np.asarray(late, dtype=float))


def satisfaction_alone(late, satisfaction, habit, keen):
    return _softmax(keen * np.asarray(satisfaction, dtype=float))


def unweighted(late, satisfaction, habit, keen):
    return _softmax(_pull(late, satisfaction, 1.0, 1.0))


def not_divided(late, satisfaction, habit, keen):
    return np.exp(_pull(late, satisfaction, habit, keen)).tolist()


def powers_of_two(late, satisfaction, habit, keen):
    power = 2.0 ** _pull(late, satisfaction, habit, keen)
    return (power / power.sum()).tolist()


def _softmax(pull):
    power = np.exp(pull - np.max(pull))
    return (power / power.sum()).tolist()


def by_odds(late, satisfaction, habit, keen):
    pull = _pull(late, satisfaction, habit, keen)
    return [1 / sum(np.exp(other - mine) for other in pull) for mine in pull]


def exchanged(late, satisfaction, habit, keen):
    return _softmax(_pull(late, satisfaction, keen, habit))


@exercise(
    inputs=some_evenings,
    hints=[
        "First the pull of each platform: habit x late + keen x satisfaction.",
        "Then e to the power of each pull, divided by the sum of these over the platforms.",
        "power = np.exp(pull); return power / power.sum()",
    ],
    why="What counts is the difference of two pulls, so .56 may be taken off all of them. A gap of .04 in satisfaction "
    "weighs as much as one of .6 in habit, because keen is 15 times as large as habit.",
    mistakes={
        "Did you divide the pulls by their sum? Take e to the power of each first.": shares_of_pull,
        "Does the larger pull always win? It wins more often: e to the power of it, over the sum.": winner_takes_all,
        "Are habit and keen exchanged? Habit weighs recent sessions, keen weighs satisfaction.": exchanged,
        "Is satisfaction missing? Its weight is keen.": habit_alone,
        "Is habit missing? It weighs the share of recent sessions.": satisfaction_alone,
        "Are the weights missing? Multiply late by habit and satisfaction by keen.": unweighted,
        "Do these sum to 1? Divide by the sum over all platforms.": not_divided,
        "Is that a power of 2? The chances take powers of e.": powers_of_two,
    },
    alternatives=[by_odds],
)
def choice_chances(late, satisfaction, habit, keen):
    """The chance that a listener opens each platform: e to the power of its pull, over the sum of these, (platforms,).

    `late` holds the share of recent sessions at each platform, `satisfaction` how pleased each has left the listener.
    The pull of a platform is habit x late + keen x satisfaction.
    """
    pull = habit * np.asarray(late, dtype=float) + keen * np.asarray(satisfaction, dtype=float)
    power = np.exp(pull)
    return power / power.sum()


# ---- habit -----------------------------------------------------------------------------------------------------------


def some_sessions(rng):
    """Edge cases first: no session yet, one, the same twice, first one and then the other; then some weeks."""
    yield [], 2, 0.1
    yield [1], 2, 0.1
    yield [0, 0], 2, 0.1
    yield [0, 1], 2, 0.5
    yield [1, 0, 0, 1, 1], 3, 0.25
    for _ in range(8):
        n = int(rng.integers(2, 4))
        yield rng.integers(0, n, int(rng.integers(3, 9))).tolist(), n, 0.2


def plain_shares(opened, platforms, rate):
    count = np.bincount(np.asarray(opened, dtype=int), minlength=platforms)
    return (count / max(len(opened), 1)).tolist()


def nobody_forgets(opened, platforms, rate):
    late = [0.0] * platforms
    for at in opened:
        late[at] += rate * (1 - late[at])
    return late


def steps_of_rate(opened, platforms, rate):
    late = [0.0] * platforms
    for at in opened:
        late[at] += rate
    return late


def oldest_counts_most(opened, platforms, rate):
    return late_shares_of(list(opened)[::-1], platforms, rate)


def rate_of_the_old(opened, platforms, rate):
    return late_shares_of(opened, platforms, 1 - rate)


def adding_up_to_one(opened, platforms, rate):
    late = [1 / platforms] * platforms
    for at in opened:
        late = [one + rate * ((i == at) - one) for i, one in enumerate(late)]
    return late


def late_shares_of(opened, platforms, rate):
    late = np.zeros(platforms)
    for at in opened:
        late = (1 - rate) * late
        late[at] += rate
    return late.tolist()


def by_weights(opened, platforms, rate):
    n = len(opened)
    late = np.zeros(platforms)
    np.add.at(late, np.asarray(opened, dtype=int), rate * (1 - rate) ** np.arange(n)[::-1])
    return late


@exercise(
    inputs=some_sessions,
    hints=[
        "Begin with zeros. After each session all shares move: the opened one towards 1, the others towards 0.",
        "Each becomes late + rate x (1 - late) if it was opened, else late + rate x (0 - late).",
        "for at in opened: late = (1 - rate) * late; late[at] += rate",
    ],
    why="With rate .1 a session counts for about a tenth, and one of a fortnight ago for little. So habit follows what "
    "listeners do, and an entrant can turn it around.",
    mistakes={
        "Is that a plain share of sessions? Later ones count more: each moves by rate.": plain_shares,
        "Do the others stay where they were? A platform that was not opened moves towards 0.": nobody_forgets,
        "Did you add rate each time? Move by rate x (1 - late), so that no share passes 1.": steps_of_rate,
        "Does the first session count most? The last one does, so go through them in order.": oldest_counts_most,
        "Did you keep rate of the old share? The old keeps 1 - rate.": rate_of_the_old,
        "Did you begin with equal shares? Nobody has opened anything yet, so all begin at 0.": adding_up_to_one,
    },
    alternatives=[by_weights, late_shares_of],
)
def late_shares(opened, platforms, rate):
    """The share of recent sessions at each of so many platforms, after these sessions: a list of `platforms` numbers.

    `opened` holds the platform of each session, from 0, the oldest first. All shares begin at 0. After each session the
    share of the platform that was opened moves by `rate` of its way to 1, and every other by `rate` of its way to 0.
    """
    late = [0.0] * platforms
    for at in opened:
        late = [one + rate * ((i == at) - one) for i, one in enumerate(late)]
    return late
