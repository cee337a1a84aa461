"""The exercises of lesson 21 on rows, means and penalties, and its questions on earlier lessons.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_sum_of_a_report",
    answer="c",
    why="Each row is removed under one rule, so rows in are rows out and the rows of all rules "
    "together. A program that "
    "loses rows without a word breaks that sum (lesson 01).",
    wrong={
        "a": "A rule sees the rows that earlier rules left, so a row cannot be counted twice. That is "
        "not yet the reason.",
        "b": "The order of the rules stays fixed, and the report would be as long with a row under several rules.",
    },
)

question(
    "recall_cost_of_a_sweep",
    answer="a",
    why="A sweep meets every entry twice and adds k² numbers each time, so twice the entries cost "
    "twice as much. The systems "
    "of the rows, k³ each, come on top (lesson 03).",
    wrong={
        "b": "Nothing in a sweep looks at pairs of entries. Each is met once from either side.",
        "c": "The systems to solve are as many as rows, but to write them down every entry is met.",
    },
)

question(
    "recall_strengths_doubled",
    answer="b",
    why="The confidence is 1 + α v / m with m the mean of the strengths, so a common factor drops "
    "out (lesson 04). Spark "
    "does not divide by m, and today we have to.",
    wrong={
        "a": "That would be so without the division by the mean.",
        "c": "λ is compared with the confidences, and those stay as they are.",
    },
)

# ---- rows that may stay ----------------------------------------------------------------------------------------------

NAN = math.nan


def _seconds(rng):
    yield [30.0, NAN, -2.0, None, 200.0], 200.0
    yield [0.0, 1.0], 60.0
    yield [NAN, NAN], 60.0
    yield [None, 5.0], 60.0
    yield [61.0, 60.0, 59.5], 60.0
    yield [-1.0, 0.0, NAN, 10.0, 500.0], 180.0
    yield [-5.0, -0.5], 100.0
    for _ in range(8):
        n, longest = int(rng.integers(2, 7)), float(rng.integers(30, 300))
        drawn = rng.integers(-40, 340, n)
        kinds = rng.integers(0, 6, n)
        yield (
            [
                None if kind == 0 else NAN if kind == 1 else float(s)
                for s, kind in zip(drawn, kinds, strict=True)
            ],
            longest,
        )


def _stay(test):
    return lambda seconds, longest: [i for i, s in enumerate(seconds) if test(s, longest)]


def _by_pandas(seconds, longest):
    return np.flatnonzero(pd.Series(seconds, dtype=float).between(0, longest))


def _step_by_step(seconds, longest):
    found = []
    for i in range(len(seconds)):
        if seconds[i] is None or seconds[i] != seconds[i]:
            continue
        if seconds[i] < 0 or seconds[i] > longest:
            continue
        found.append(i)
    return found


@exercise(
    inputs=_seconds,
    hints=[
        "Which comparisons are true of NaN in Python? None of them.",
        "0 <= s <= longest is false of NaN. None cannot be compared at all, so ask for it first.",
    ],
    why="Asked what is allowed, NaN drops out by itself, and asked what is forbidden, it stays. In a "
    "database it is the other "
    "way round, because NaN stands above all numbers there. So say in words what becomes of what is missing.",
    mistakes={
        "Did you ask what is forbidden? NaN is neither below 0 nor above the longest, and it may not stay.": _stay(
            lambda s, longest: s is not None and not (s < 0 or s > longest)
        ),
        "Did None become 0? Nothing is known of that play, so it may not stay.": _stay(
            lambda s, longest: s is None or 0 <= s <= longest
        ),
        "Is the upper end not looked at? Nobody hears more than there is.": _stay(
            lambda s, longest: s is not None and s >= 0
        ),
        "Did 0 seconds drop out? That is a play that was stopped at once, and it is known.": _stay(
            lambda s, longest: s is not None and 0 < s <= longest
        ),
        "Is the lower end not looked at? Nobody hears less than nothing.": _stay(
            lambda s, longest: s is not None and s <= longest
        ),
        "Did a play to the very end drop out? `longest` itself is allowed.": _stay(
            lambda s, longest: s is not None and 0 <= s < longest
        ),
        "Are those the seconds? Asked is where they stand.": lambda seconds, longest: [
            s for s in seconds if s is not None and 0 <= s <= longest
        ],
        "Are those the rows that have to go?": lambda seconds, longest: [
            i for i, s in enumerate(seconds) if s is None or not 0 <= s <= longest
        ],
    },
    alternatives=[_by_pandas, _step_by_step],
)
def may_stay(seconds, longest):
    """The places, from 0, of the plays that may stay: seconds known, at least 0 and at most `longest`.

    `seconds` is a list of floats. What is missing in it is NaN or None, and may not stay.
    """
    return [i for i, s in enumerate(seconds) if s is not None and 0 <= s <= longest]


# ---- a mean from parts -----------------------------------------------------------------------------------------------


def _parts(rng):
    yield ([[("Aria", 0.9), ("Aria", 0.7), ("Aria", 0.8)], [("Aria", 0.2)]],)
    yield ([[("Aria", 1.0)], [("Blues", 0.5)]],)
    yield ([[("Aria", 0.4), ("Blues", 0.2)], [("Aria", 0.8), ("Aria", 0.6), ("Blues", 0.6)]],)
    yield ([[("Aria", 0.5)]],)
    yield ([[], [("Blues", 0.3), ("Blues", 0.9)], [("Blues", 0.0), ("Aria", 0.2)]],)
    yield ([[("Aria", 0.1), ("Aria", 0.3)], [("Aria", 0.8)], [("Aria", 0.6), ("Blues", 0.4)]],)
    for _ in range(6):
        yield (
            [
                [
                    (str(rng.choice(["Aria", "Blues", "Coda"])), float(rng.integers(0, 11)) / 10)
                    for _ in range(int(rng.integers(1, 5)))
                ]
                for _ in range(int(rng.integers(2, 4)))
            ],
        )


def _means(rows):
    sums, counts = {}, {}
    for track, share in rows:
        sums[track], counts[track] = sums.get(track, 0.0) + share, counts.get(track, 0) + 1
    return {track: sums[track] / counts[track] for track in sums}


def _of_means(parts):
    return _means([pair for part in parts for pair in _means(part).items()])


def _over_all_parts(parts):
    sums = {}
    for part in parts:
        for track, mean in _means(part).items():
            sums[track] = sums.get(track, 0.0) + mean
    return {track: total / len(parts) for track, total in sums.items()}


def _sums(parts):
    sums = {}
    for part in parts:
        for track, share in part:
            sums[track] = sums.get(track, 0.0) + share
    return sums


def _last_wins(parts):
    found = {}
    for part in parts:
        found.update(_means(part))
    return found


def _by_all_rows(parts):
    n = sum(map(len, parts))
    return {track: total / n for track, total in _sums(parts).items()}


def _with_pandas(parts):
    rows = pd.DataFrame([row for part in parts for row in part], columns=["track", "share"])
    return rows.groupby("track")["share"].mean().to_dict()


def _with_triples(parts):
    merged = {}
    for part in parts:
        for track in {name for name, _ in part}:
            mine = [share for name, share in part if name == track]
            total, n = merged.get(track, (0.0, 0))
            merged[track] = (total + sum(mine), n + len(mine))
    return {track: total / n for track, (total, n) in merged.items()}


@exercise(
    inputs=_parts,
    hints=[
        "Which two numbers does a worker have to send for each track, so that the mean of all "
        "rows can be put together?",
        "A sum and a count. Add up both over the workers, and divide at the very end.",
    ],
    why="A sum and a count a track is all that has to travel, however many rows a worker holds. "
    "Spark, DuckDB and MapReduce "
    "all do so before a shuffle, and lose what cannot be put together from parts, such as an exact median.",
    mistakes={
        "Did you take the mean of the workers' means? A worker with one row then counts as much "
        "as one with three.": _of_means,
        "Did you divide by the number of workers? A track may not be on all of them, and their rows are not as many.": (
            _over_all_parts
        ),
        "Are those sums? Asked is the mean.": _sums,
        "Did a later worker replace what an earlier one sent?": _last_wins,
        "Did you divide by all rows? Each track has its own number of rows.": _by_all_rows,
        "Is that the first worker alone?": lambda parts: _means(parts[0]),
    },
    alternatives=[_with_pandas, _with_triples],
)
def mean_of_parts(parts):
    """A dict, track -> the mean share heard over all rows of all workers.

    `parts` holds for each worker its list of rows, which may be empty; a row is (track, share heard). A track may have
    rows on several workers.
    """
    sums, counts = {}, {}
    for part in parts:
        for track, share in part:
            sums[track] = sums.get(track, 0.0) + share
            counts[track] = counts.get(track, 0) + 1
    return {track: sums[track] / counts[track] for track in sums}


# ---- the penalty that follows the counts -----------------------------------------------------------------------------


def _rows(rng):
    yield [0.5, 0.8, 0.2], [1.0, 2.0], 0.1
    yield [0.5, 0.0, -0.3], [1.0, 2.0], 0.1
    yield [0.9], [3.0], 2.0
    yield [2.0, 2.0], [0.5, 0.5, 1.0], 1.0
    yield [0.4, 0.4, 0.4, 0.4], [0.0, 2.0], 0.5
    yield [1.0, -1.0, 3.0, 0.0], [2.0, 1.0], 0.3
    for _ in range(8):
        strengths = rng.choice([-0.5, 0.0, 0.2, 0.7, 1.5], int(rng.integers(2, 6)))
        strengths[0] = 0.7
        yield (
            strengths.tolist(),
            rng.integers(-3, 4, 2).astype(float).tolist(),
            float(rng.choice([0.1, 0.5, 3.0])),
        )


def _length(vector):
    return sum(one * one for one in vector)


def _by_numpy(strengths, vector, reg_param):
    return reg_param * np.count_nonzero(np.asarray(strengths) > 0) * np.dot(vector, vector)


@exercise(
    inputs=_rows,
    hints=[
        "Three factors: Spark's regParam, how many strengths are above 0, and the squared length of the vector.",
        "sum(s > 0 for s in strengths) counts them.",
    ],
    why="So who played much is held back more. If each listener stands there c times, the loss of a "
    "track is c times as "
    "large, and so is its penalty: nothing changes, whatever the size of the platform.",
    mistakes={
        "Is that λ for a row, whatever its length? Spark multiplies by the number of strengths above 0.": (
            lambda strengths, vector, reg_param: reg_param * _length(vector)
        ),
        "Did you add up the strengths? Spark counts them.": lambda strengths, vector, reg_param: (
            reg_param * sum(s for s in strengths if s > 0) * _length(vector)
        ),
        "Did you count what is not above 0 too? A 0 or a dislike does not make λ larger.": (
            lambda strengths, vector, reg_param: reg_param * len(strengths) * _length(vector)
        ),
        "Is the length not squared?": lambda strengths, vector, reg_param: (
            reg_param * sum(s > 0 for s in strengths) * _length(vector) ** 0.5
        ),
        "Did you count dislikes too? Only strengths above 0 make λ larger.": lambda strengths, vector, reg_param: (
            reg_param * sum(s != 0 for s in strengths) * _length(vector)
        ),
        "Is the vector's length missing?": lambda strengths, vector, reg_param: (
            reg_param * sum(s > 0 for s in strengths)
        ),
    },
    alternatives=[_by_numpy],
)
def row_penalty(strengths, vector, reg_param):
    """What Spark adds to the objective for one listener: reg_param times the number of strengths above 0 times |p|².

    `strengths` are those of the listener, at least one of them above 0; `vector` is p, a list of numbers.
    """
    return reg_param * sum(s > 0 for s in strengths) * sum(one * one for one in vector)
