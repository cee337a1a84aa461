"""Exercises of lesson 01: where a session ends, and how much an old play still counts.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- sessions --------------------------------------------------------------------------------------------------------


def _sittings(rng):
    yield [0, 10, 60], [5, 10, 5], 30
    yield [0, 70], [60, 5], 30
    yield [0, 10, 65], [60, 0, 5], 30
    yield [0, 35, 70], [5, 4, 5], 30
    yield [], [], 30
    yield [40, 50, 100], [5, 5, 5], 30
    for _ in range(7):
        starts = np.cumsum(rng.integers(5, 60, 7))
        yield [int(one) for one in starts], [int(one) for one in rng.choice([0, 3, 40, 60], 7)], 30


def _sessions_by_array(starts, minutes, gap):
    if not len(starts):
        return np.array([])
    ends = np.maximum.accumulate(np.add(starts, minutes))
    return np.cumsum(np.r_[0, np.subtract(starts[1:], ends[:-1]) > gap])


def _sessions_after(starts, minutes, gap, latest=max, at_least=False, quiet_since=None):
    numbers = [] if quiet_since is None else [0]
    for start, lasts in zip(starts, minutes, strict=True):
        silence = 0 if quiet_since is None else start - quiet_since
        new = silence > gap or (at_least and silence == gap)
        numbers.append(numbers[-1] + new if numbers else 0)
        quiet_since = latest(quiet_since if quiet_since is not None else 0, start + lasts)
    return numbers[-len(starts) :] if len(starts) else []


def _sessions_from_start(starts, minutes, gap):
    return _sessions_after(starts, [0] * len(starts), gap)


@exercise(
    inputs=_sittings,
    hints=[
        "An event ends at its start plus its minutes. Remember the latest end so far.",
        "If the next start is more than `gap` after that end, add 1 to the session number.",
    ],
    why="How long silence lasted depends on when the sound stopped, and an audiobook stops late.",
    mistakes={
        "Did silence count from the start of the event before? It begins when the sound ends.": _sessions_from_start,
        "Did you use the end of the row before only? A like inside a book ends before the book.": lambda s, m, gap: (
            _sessions_after(s, m, gap, latest=lambda before, end: end)
        ),
        "Does a silence of just `gap` begin a new session? Only a longer one does.": lambda s, m, gap: (
            _sessions_after(s, m, gap, at_least=True)
        ),
        "Did you mark where sessions begin? Their number is how many have begun so far, less one.": lambda s, m, gap: [
            not n or one != _sessions_after(s, m, gap)[n - 1]
            for n, one in enumerate(_sessions_after(s, m, gap))
        ],
        "Is there silence before the first event? It opens session 0, however late it comes.": lambda s, m, gap: (
            _sessions_after(s, m, gap, quiet_since=0)
        ),
    },
    conventions={
        "Some number sessions from 1; here the first is 0.": lambda s, m, gap: [
            one + 1 for one in _sessions_after(s, m, gap)
        ],
    },
    alternatives=[_sessions_by_array],
)
def session_numbers(starts, minutes, gap):
    """The session of each event of one listener: 0, 1, ... A silence longer than `gap` begins a new one.

    `starts` are sorted and `minutes` say how long each sounded (0 for a like), all in minutes. Silence begins at the
    latest end so far.
    """
    numbers, quiet_since = [], None
    for start, lasts in zip(starts, minutes, strict=True):
        if quiet_since is None:
            number, quiet_since = 0, start
        elif start - quiet_since > gap:
            number += 1
        numbers.append(number)
        quiet_since = max(quiet_since, start + lasts)
    return numbers


# ---- decay -----------------------------------------------------------------------------------------------------------


def _ages(rng):
    yield [28, 28, 28], 14
    yield [0], 14
    yield [14], 14
    yield [], 14
    yield [0, 7, 14], 7
    yield [0, 0, 1], 10
    for _ in range(8):
        yield (
            [int(one) for one in rng.integers(0, 56, int(rng.integers(2, 6)))],
            int(rng.choice([5, 7, 14, 28])),
        )


def _decay_by_exp(ages, half_life):
    return np.exp(-np.log(2) / half_life * np.asarray(ages, dtype=float)).sum()


@exercise(
    inputs=_ages,
    hints=[
        "How much does a play count that is just one half-life old? And one that is two?",
        "It is 0.5 to the power age / half_life. Add that up over all plays.",
    ],
    why="The half-life is a belief about how fast taste moves. On Murmur a short one throws away more than it gains.",
    mistakes={
        "Is that e in place of 2? After one half-life a half is left, and not 0.37.": lambda ages, half_life: (
            sum(np.exp(-age / half_life) for age in ages)
        ),
        "Did the half-life play no part? The age is counted in half-lives: age / half_life.": lambda ages, half_life: (
            sum(0.5**age for age in ages)
        ),
        "Is the fraction upside down? The age stands above the line.": lambda ages, half_life: sum(
            0.5 ** (half_life / age) if age else 1.0 for age in ages
        ),
        "Do old plays count more? The exponent has the wrong sign, or the base is 2.": lambda ages, half_life: (
            sum(2 ** (age / half_life) for age in ages)
        ),
        "Did you cut off at the half-life? An older play counts less, and not nothing.": [
            lambda ages, half_life: sum(age <= half_life for age in ages),
            lambda ages, half_life: sum(age < half_life for age in ages),
        ],
        "Is that a straight line? Half of what is left goes with each half-life, so that it never ends.": (
            lambda ages, half_life: sum(max(0.0, 1 - age / (2 * half_life)) for age in ages)
        ),
        "Did you take the mean? The weights add up, since more plays say more.": lambda ages, half_life: (
            sum(0.5 ** (age / half_life) for age in ages) / len(ages) if ages else 0.0
        ),
        "Is that 1 / (1 + age / half_life)? It is a half after one half-life, but a third after two.": (
            lambda ages, half_life: sum(1 / (1 + age / half_life) for age in ages)
        ),
        "Did you add the ages up first? Each play decays by its own age.": lambda ages, half_life: (
            0.5 ** (sum(ages) / half_life) if ages else 0.0
        ),
    },
    alternatives=[_decay_by_exp],
)
def decayed_count(ages, half_life):
    """How much plays of these ages count together: each one half as much for each half-life.

    `ages` is a list, in the unit of `half_life`; without plays the count is 0.
    """
    return sum(0.5 ** (age / half_life) for age in ages)
