"""Exercises of lesson 01: on lesson 00, the grade of a rule and its standard error, and a rule that finds retries.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_hidden_state",
    answer="c",
    why="A kernel keeps what was run, in the order in which it was run; a restart begins from nothing.",
    wrong={
        "a": "Running the cell again uses whatever the kernel still holds, which may be what is wrong.",
        "b": "Saving writes the text and the outputs. What the kernel holds is in neither.",
    },
)
question(
    "recall_broadcasting",
    answer="a",
    why="Shapes are compared from the right: (4, 3) with (3,) fits, and the row is taken off each of the four rows.",
    wrong={
        "b": "An average per listener has shape (4,), which does not fit (4, 3) without a second axis.",
        "c": "NumPy stretches an axis that is missing or of length 1: no loop is needed.",
    },
)
question(
    "recall_groupby",
    answer="b",
    why="A group is a value of the key, so there are as many rows as distinct user ids.",
    wrong={
        "a": "That many rows go in. Each group of them comes out as one.",
        "c": "One row for each pair needs both columns as keys: groupby(['user_id', 'track_id']).",
    },
)


# ---- grading a rule --------------------------------------------------------------------------------------------------


def _found_and_true(rng):
    yield [1, 2, 3, 4], [3, 4, 5]
    yield [], [1, 2]
    yield [1, 1, 2], [1, 2]
    yield [7, 8], [1]
    yield [3], []
    yield [5, 6, 6, 7, 8], [5]
    for _ in range(8):
        found = rng.choice(20, size=rng.integers(2, 12), replace=True)
        true = rng.choice(20, size=rng.integers(2, 9), replace=False)
        yield [int(one) for one in found], [int(one) for one in true]


def _graded_by_index(found, true):
    found, true = pd.Index(found).unique(), pd.Index(true).unique()
    hits = found.isin(true).sum()
    return [hits / n if n else 0 for n in (len(true), len(found))]


def _graded_swapped(found, true):
    return grade_rule(true, found)


def _graded_with_repeats(found, true):
    hits = sum(one in set(true) for one in found)
    return hits / len(true), hits / len(found) if found else 0.0


def _graded_over_both(found, true):
    share = len(set(found) & set(true)) / len(set(found) | set(true))
    return share, share


def _graded_nothing_is_pure(found, true):
    recall, precision = grade_rule(found, true)
    return recall, precision if found else 1.0


@exercise(
    inputs=_found_and_true,
    hints=[
        "Make both a set, so that an id that stands twice counts once. What is in both?",
        "Recall divides what is in both by the size of `true`, precision by the size of `found`.",
    ],
    why="A rule that removes everything has perfect recall. Only both figures together say what a rule is worth.",
    mistakes={
        "Did you change the two around? Recall divides by what is truly spoilt.": _graded_swapped,
        "Did an id that was found twice count twice? A row is spoilt once.": _graded_with_repeats,
        "Did you divide by all ids in either list? Each figure has a divisor of its own.": _graded_over_both,
    },
    conventions={
        "Some call a rule that finds nothing pure, with precision 1; here it is 0.": _graded_nothing_is_pure,
    },
    alternatives=[_graded_by_index],
)
def grade_rule(found, true):
    """(recall, precision) of the ids that a rule found, against the ids that are truly spoilt.

    Both are lists of ids and may hold an id twice. A share of nothing is 0.
    """
    found, true = set(found), set(true)
    hits = len(found & true)
    return hits / len(true) if true else 0.0, hits / len(found) if found else 0.0


# ---- how sure a share is ---------------------------------------------------------------------------------------------


def _hits_of(rng):
    yield 5, 10
    yield 0, 10
    yield 10, 10
    yield 36, 200
    yield 1, 4
    for _ in range(8):
        n = int(rng.integers(5, 400))
        yield int(rng.integers(1, n)), n


def _spread_of_ones(hits, n):
    return np.std([1] * hits + [0] * (n - hits)) / n**0.5


@exercise(
    inputs=_hits_of,
    hints=[
        "What is p? It is hits / n.",
        "Multiply p by 1 - p, divide by n, and take the root of all of it: (...) ** 0.5.",
    ],
    why="A grade from 200 labelled rows is a guess, and this says how good a guess. Four times the rows halve it.",
    mistakes={
        "Is the root missing? p (1 - p) / n is the variance of the share.": lambda hits, n: (
            hits / n * (1 - hits / n) / n
        ),
        "Did you forget to divide by n? That is the spread of one row, not of a share of n rows.": lambda hits, n: (
            (hits / n * (1 - hits / n)) ** 0.5
        ),
        "Did n stay outside of the root? The whole of p (1 - p) / n stands under it.": lambda hits, n: (
            (hits / n * (1 - hits / n)) ** 0.5 / n
        ),
        "Is 1 - p missing? A share near 1 is as sure as one near 0.": lambda hits, n: (hits / n / n) ** 0.5,
        "Is that half of the 95% interval? The standard error comes before the factor 1.96.": [
            lambda hits, n: 1.96 * error_of_share(hits, n),
            lambda hits, n: 2 * error_of_share(hits, n),
        ],
        "Did you take 0.5 for p? That is the widest case, and not this one.": lambda hits, n: 0.5 / n**0.5,
        "Is that the error of the number of hits? A share is n times smaller.": lambda hits, n: (
            (hits * (1 - hits / n)) ** 0.5
        ),
        "Is that the share itself? Asked is how far it moves from sample to sample.": lambda hits, n: (
            hits / n
        ),
    },
    conventions={
        "Some divide by n - 1, as for a sample variance; here it is n.": lambda hits, n: (
            (hits / n * (1 - hits / n) / (n - 1)) ** 0.5
        ),
    },
    alternatives=[_spread_of_ones],
)
def error_of_share(hits, n):
    """The standard error of the share hits / n: the root of p (1 - p) / n, where p = hits / n."""
    p = hits / n
    return (p * (1 - p) / n) ** 0.5


# ---- retries ---------------------------------------------------------------------------------------------------------


def _log(rows):
    frame = pd.DataFrame(rows, columns=["user_id", "track_id", "action", "seconds_played", "at"])
    types = {"user_id": object, "track_id": object, "action": object, "seconds_played": float, "at": float}
    return frame.astype(types)


def _logs(rng):
    play, like, search = "play", "like", "search"
    yield _log([("al", "t1", play, 60, 0), ("al", "t1", play, 60, 4)]), 10
    yield _log([("al", None, search, None, 0), ("al", None, search, None, 3)]), 10
    yield _log([("al", "t1", play, 60, 0), ("bo", "t1", play, 60, 4)]), 10
    yield _log([("al", "t1", play, 2, 0), ("al", "t1", play, 60, 3), ("al", "t1", play, 60, 90)]), 10
    yield _log([("al", "t1", play, 60, 0), ("al", "t1", play, 60, 9), ("al", "t1", play, 60, 18)]), 10
    yield _log([("al", "t1", play, 60, 0), ("al", "t1", play, 60, 86400)]), 10
    yield _log([("al", "t1", play, 60, 0), ("al", "t1", play, 60, 10), ("al", "t1", play, 60, 21)]), 10
    yield _log([("al", "t1", play, None, 0), ("al", "t1", like, None, 4)]), 10
    yield _log([("al", "t1", play, 60, 0), ("al", "t2", play, 60, 3), ("al", "t1", play, 60, 6)]), 10
    for _ in range(4):
        at = np.sort(rng.integers(0, 60, 9))
        pick = [("t1", play, 60), ("t1", play, 3), (None, search, None), ("t2", play, 60)]
        rows = [("al", *pick[int(n)], int(a)) for n, a in zip(rng.integers(0, 4, 9), at, strict=True)]
        yield _log(rows), 10


SAME = ["user_id", "track_id", "action", "seconds_played"]


def _without(column):
    """The answer of who forgets that a column has to be the same."""
    some = [one for one in SAME if one != column]
    return lambda log, wait: log.groupby(some, dropna=False)["at"].diff() <= wait


def _of_the_row_before(log, wait):
    what = log[SAME].astype(object).where(log[SAME].notna(), "none")
    return (what == what.shift()).all(axis=1) & (log["at"].diff() <= wait)


def _retries_by_hand(log, wait):
    last, met = {}, []
    for *what, at in log[[*SAME, "at"]].itertuples(index=False):
        key = tuple(None if pd.isna(one) else one for one in what)
        met.append(key in last and at - last[key] <= wait)
        last[key] = at
    return met


@exercise(
    inputs=_logs,
    hints=[
        "Group by everything that has to be the same, and look at the time since the row before in its group.",
        "groupby leaves out rows whose key is missing, and a search has no track: dropna=False keeps them.",
        'log.groupby([...], dropna=False)["at"].diff() is the time since the copy before.',
    ],
    why="The same track twice in a minute may be love. The same second count twice in ten seconds is a machine.",
    mistakes={
        "Did the searches slip through? groupby drops a key that is missing.": lambda log, wait: (
            log.groupby(SAME)["at"].diff() <= wait
        ),
        "Did you leave out the seconds? Who skips and starts again is no copy.": _without("seconds_played"),
        "Did you leave out the action? A like after a play is no copy of it.": _without("action"),
        "Did you leave out the track? Two tracks of one length are two plays.": _without("track_id"),
        "Did you leave out the listener? Two people may play one track at the same time.": _without(
            "user_id"
        ),
        "Did you look at the row before only? Something else may stand between a row and its copy.": (
            _of_the_row_before
        ),
        "Did `wait` play no part? The same again tomorrow is a listener.": lambda log, wait: log.duplicated(
            SAME
        ),
        "Did you mark the first one too? One of the copies has to stay.": lambda log, wait: (
            (log.groupby(SAME, dropna=False)["at"].diff() <= wait)
            | (log.groupby(SAME, dropna=False)["at"].diff(-1) >= -wait)
        ),
        "Did you mark the row that is repeated? It is the first and stays; the copy is what comes after it.": (
            lambda log, wait: log.groupby(SAME, dropna=False)["at"].diff(-1) >= -wait
        ),
        "Does a copy after just `wait` seconds get away? At most `wait` includes it.": lambda log, wait: (
            log.groupby(SAME, dropna=False)["at"].diff() < wait
        ),
        "Did you count from the first of all? Each copy follows the one before it.": lambda log, wait: (
            log.duplicated(SAME)
            & (log["at"] - log.groupby(SAME, dropna=False)["at"].transform("min") <= wait)
        ),
    },
    alternatives=[_retries_by_hand],
)
def retries(log, wait):
    """True for each row that repeats another at most `wait` seconds after it: same user, track, action and seconds.

    `log` has columns user_id, track_id, action, seconds_played and at (in seconds), and is sorted by `at`. A search
    has neither track nor seconds.
    """
    same = ["user_id", "track_id", "action", "seconds_played"]
    return log.groupby(same, dropna=False)["at"].diff() <= wait
