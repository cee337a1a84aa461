"""Exercises of lesson 01: how fast an account plays, and where a session ends.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise

# ---- bots ------------------------------------------------------------------------------------------------------------


def _times_of_plays(rng):
    yield ([0, 30, 60, 90],)
    yield ([5],)
    yield ([0, 60, 4000, 4060],)
    yield ([0, 60, 4000],)
    yield ([0, 30, 60, 90, 600],)
    yield ([0, 1800, 1860, 3660],)
    for _ in range(6):
        gaps = rng.choice([20, 90, 200, 400, 9000], 7, p=[0.2, 0.3, 0.2, 0.1, 0.2])
        yield ([int(one) for one in np.cumsum(gaps)],)


def _rate_by_series(times):
    gaps = pd.Series(times, dtype=float).diff()
    middle = gaps[gaps <= 1800].median()
    return 0.0 if np.isnan(middle) else 3600 / middle


def _rate_with(times, middle, longest):
    gaps = np.diff(times)
    gaps = gaps[gaps <= longest]
    return 3600 / middle(gaps) if len(gaps) else 0.0


@exercise(
    inputs=_times_of_plays,
    hints=[
        "np.diff(times) gives the gaps. Which of them are pauses between sittings?",
        "Take the median of the gaps up to 1800 seconds, and see how often it fits into 3600.",
    ],
    why="The median asks what an account does most of the time, so one burst of skipping makes nobody a robot.",
    mistakes={
        "Did you take the mean? One long track outweighs many short ones.": lambda times: _rate_with(
            times, np.mean, 1800
        ),
        "Did a gap of just 1800 seconds go as well? Only longer ones are left out.": lambda times: _rate_with(
            times, np.median, 1799
        ),
        "Did the pauses count as gaps? Those over 1800 seconds are nights and meetings.": lambda times: (
            _rate_with(times, np.median, np.inf)
        ),
        "Is that the gap itself? Plays an hour are 3600 seconds over the gap.": lambda times: (
            np.median([gap for gap in np.diff(times) if gap <= 1800])
            if np.any(np.diff(times) <= 1800)
            else 0.0
        ),
        "Are these plays a minute? An hour has 3600 seconds.": lambda times: (
            _rate_with(times, np.median, 1800) / 60
        ),
        "Did you divide the plays by the whole time? Sleep is in it too.": lambda times: (
            3600 * len(times) / (times[-1] - times[0]) if len(times) > 1 else 0.0
        ),
    },
    alternatives=[_rate_by_series],
)
def plays_per_hour(times):
    """Plays an hour while an account plays: 3600 over the median gap, in seconds, between one play and the next.

    `times` is a sorted list of seconds. Gaps over 1800 seconds are left out; without a gap the rate is 0.
    """
    gaps = np.diff(times)
    gaps = gaps[gaps <= 1800]
    return 3600 / np.median(gaps) if len(gaps) else 0.0


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
