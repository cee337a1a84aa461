"""The exercises of lesson 01, Data collection: rules and their grades, sessions, agreement, density, privacy.

It holds no rule that the package itself uses: those are in ``events``.
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


# ---- rules -----------------------------------------------------------------------------------------------------------


def _seconds_and_durations(rng):
    yield np.array([10.0, np.nan, -3.0]), np.array([60.0, 60.0, 60.0])
    yield np.array([63.0, 65.0, 66.0]), np.array([60.0, 60.0, 60.0])
    yield np.array([0.0, 200.0]), np.array([200.0, 200.0])
    yield np.array([np.nan, 61.0, 0.0, -1.0]), np.array([60.0, 60.0, 60.0, 60.0])
    for _ in range(5):
        lasts = rng.integers(30, 400, 8).astype(float)
        seconds = np.round(lasts * rng.choice([-0.2, 0.0, 0.4, 1.0, 2.0], 8))
        yield np.where(rng.random(8) < 0.2, np.nan, seconds), lasts


def _outside(seconds, durations):
    return [not (0 <= one <= lasts + 5) for one, lasts in zip(seconds, durations, strict=True)]


@exercise(
    inputs=_seconds_and_durations,
    hints=[
        "There are three ways to be impossible. Write one mask for each and join them with |.",
        "A missing number is neither under nor over anything: np.isnan(seconds) finds it.",
    ],
    why="A comparison with a missing value is False, so a missing value passes every limit unless it is asked for.",
    mistakes={
        "Did the missing seconds pass? nan < 0 is False, and so is nan > 60.": lambda seconds, durations: (
            (seconds < 0) | (seconds > durations + 5)
        ),
        "Did you forbid a play to its end? Clocks round: leave 5 seconds.": lambda seconds, durations: (
            np.isnan(seconds) | (seconds < 0) | (seconds > durations)
        ),
        "Is 0 seconds impossible? Somebody may skip at once.": lambda seconds, durations: (
            np.isnan(seconds) | (seconds <= 0) | (seconds > durations + 5)
        ),
    },
    alternatives=[_outside],
)
def impossible_seconds(seconds, durations):
    """True for each play whose seconds are missing, negative, or over 5 more than the track lasts.

    Two float arrays of one shape (n,); the answer has shape (n,).
    """
    return np.isnan(seconds) | (seconds < 0) | (seconds > durations + 5)


def _arrivals(rng):
    yield ([10, 20, 30],)
    yield ([10, 40, 20, 30, 50],)
    yield ([],)
    yield ([10, 10, 9],)
    for _ in range(6):
        yield ([int(one) for one in np.arange(0, 80, 10) + rng.integers(0, 35, 8)],)


def _late_by_maximum(at):
    at = np.array(at, dtype=float)
    return at < np.maximum.accumulate(at) if len(at) else at


@exercise(
    inputs=_arrivals,
    hints=[
        "Walk down the list and remember the latest time that you have seen.",
        "np.maximum.accumulate(at) is that latest time at each row.",
    ],
    why="Late rows are sound: they are sorted, not thrown away. Only a rule that names them can tell the two apart.",
    mistakes={
        "Did you look at the row before only? Two late rows may follow each other.": lambda at: [
            n > 0 and at[n] < at[n - 1] for n in range(len(at))
        ],
        "Did you mark the row that others are late for? It came in time.": lambda at: [
            any(later < one for later in at[n + 1 :]) for n, one in enumerate(at)
        ],
        "Is a row late because sorting would move it? Sorting moves sound rows too.": lambda at: [
            one != other for one, other in zip(at, sorted(at), strict=True)
        ],
    },
    alternatives=[_late_by_maximum],
)
def late_rows(at):
    """True for each row that happened before some row that arrived earlier.

    `at` is a list of times in seconds, in the order of arrival.
    """
    return [any(earlier > one for earlier in at[:n]) for n, one in enumerate(at)]


def _log(rows):
    frame = pd.DataFrame(rows, columns=["user_id", "track_id", "action", "seconds_played", "at"])
    types = {"user_id": object, "track_id": object, "action": object, "seconds_played": float, "at": float}
    return frame.astype(types)


def _logs(rng):
    play, search = "play", "search"
    yield _log([("al", "t1", play, 60, 0), ("al", "t1", play, 60, 4)]), 10
    yield _log([("al", None, search, None, 0), ("al", None, search, None, 3)]), 10
    yield _log([("al", "t1", play, 60, 0), ("bo", "t1", play, 60, 4)]), 10
    yield _log([("al", "t1", play, 2, 0), ("al", "t1", play, 60, 3), ("al", "t1", play, 60, 90)]), 10
    yield _log([("al", "t1", play, 60, 0), ("al", "t1", play, 60, 9), ("al", "t1", play, 60, 18)]), 10
    yield _log([("al", "t1", play, 60, 0), ("al", "t1", play, 60, 86400)]), 10
    yield _log([("al", "t1", play, 60, 0), ("al", "t1", play, 60, 10), ("al", "t1", play, 60, 21)]), 10
    for _ in range(4):
        at = np.sort(rng.integers(0, 60, 9))
        pick = [("t1", play, 60), ("t1", play, 3), (None, search, None), ("t2", play, 60)]
        rows = [("al", *pick[int(n)], int(a)) for n, a in zip(rng.integers(0, 4, 9), at, strict=True)]
        yield _log(rows), 10


SAME = ["user_id", "track_id", "action", "seconds_played"]


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
        "Did you leave out the seconds? Who skips and starts again is no copy.": lambda log, wait: (
            log.groupby(SAME[:3], dropna=False)["at"].diff() <= wait
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


# ---- bots ------------------------------------------------------------------------------------------------------------


def _times_of_plays(rng):
    yield ([0, 30, 60, 90],)
    yield ([5],)
    yield ([0, 60, 4000, 4060],)
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


# ---- preference and the matrix ---------------------------------------------------------------------------------------


def _two_scales(rng):
    yield [1, 2, 3], [10, 20, 90]
    yield [1, 1, 2, 5], [0.2, 0.4, 0.1, 0.9]
    yield [2, 2, 2], [1, 2, 3]
    yield [3, 1, 2, 40], [2, 3, 1, 4]
    for _ in range(6):
        plays = [int(one) for one in rng.geometric(0.3, 9)]
        yield plays, [round(float(one), 2) for one in rng.normal(np.log(plays), 1)]


def _spearman_by_counting(strength, truth):
    """Ranks by comparing each with each, and the correlation by its definition."""
    ranks = [[sum((b < a) + 0.5 * (b == a) for b in side) for a in side] for side in (strength, truth)]
    a, b = (np.array(one) - np.mean(one) for one in ranks)
    size = np.sqrt((a @ a) * (b @ b))
    return a @ b / size if size else 0.0


def _correlation(a, b):
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    return 0.0 if np.ptp(a) == 0 or np.ptp(b) == 0 else float(np.corrcoef(a, b)[0, 1])


@exercise(
    inputs=_two_scales,
    hints=[
        "Turn both sides into ranks first: pd.Series(strength).rank() gives equal values their mean rank.",
        "Then the ordinary correlation of the ranks, np.corrcoef(a, b)[0, 1]; ask for equal values before.",
    ],
    why="Recipes have scales of their own. The order is what a list of recommendations will use.",
    mistakes={
        "Did you correlate the values? One huge count would decide: take ranks first.": _correlation,
        "Did equal values get different ranks? Each takes the mean of their ranks.": lambda strength, truth: (
            0.0
            if np.ptp(strength) == 0
            else _correlation(
                *(np.argsort(np.argsort(one, kind="stable"), kind="stable") for one in (strength, truth))
            )
        ),
        "Is argsort a rank? It says who is first, not which place each has.": lambda strength, truth: (
            0.0
            if np.ptp(strength) == 0
            else _correlation(*(np.argsort(one, kind="stable") for one in (strength, truth)))
        ),
    },
    alternatives=[_spearman_by_counting],
)
def rank_agreement(strength, truth):
    """Spearman's correlation: that of the ranks, equal values sharing their mean rank.

    Two lists of one length; 0 if all values of a side are equal.
    """
    a, b = pd.Series(strength).rank(), pd.Series(truth).rank()
    if a.nunique() == 1 or b.nunique() == 1:
        return 0.0
    return np.corrcoef(a, b)[0, 1]


def _pairs(rng):
    yield [("al", "t1"), ("al", "t1"), ("bo", "t2")], 4, 5
    yield [], 3, 3
    yield [("al", "t1")], 1, 2
    for _ in range(6):
        rows = [(f"u{a}", f"t{b}") for a, b in rng.integers(0, 4, (int(rng.integers(5, 14)), 2))]
        yield rows, 5, 8


def _density_by_table(rows, n_users, n_tracks):
    return len(pd.DataFrame(rows, columns=["u", "t"]).drop_duplicates()) / (n_users * n_tracks)


def _density_of_the_seen(rows, n_users, n_tracks):
    cells = len({user for user, _ in rows}) * len({track for _, track in rows})
    return len(set(rows)) / cells if cells else 0.0


@exercise(
    inputs=_pairs,
    hints=[
        "How many cells has the table, and how many of them hold anything?",
        "A pair that stands in ten rows fills one cell: len(set(rows)).",
    ],
    why="Every model of this course lives on the filled cells and is asked about the others.",
    mistakes={
        "Did each play count? Ten plays of one track fill one cell.": lambda rows, n_users, n_tracks: (
            len(rows) / (n_users * n_tracks)
        ),
        "Is that the share of empty cells? Density is the share of filled ones.": lambda rows, n_users, n_tracks: (
            1 - len(set(rows)) / (n_users * n_tracks)
        ),
        "Did you leave out who and what never shows up? They have cells too, all empty.": _density_of_the_seen,
        "Is a bracket missing? `a / b * c` divides by b alone, and multiplies by c.": lambda rows, n_users, n_tracks: (
            len(set(rows)) / n_users * n_tracks
        ),
    },
    conventions={
        "Some give it in percent; here it is a share.": lambda rows, n_users, n_tracks: (
            100 * len(set(rows)) / (n_users * n_tracks)
        ),
    },
    alternatives=[_density_by_table],
)
def density(rows, n_users, n_tracks):
    """The share of filled cells in a table of n_users rows and n_tracks columns.

    `rows` is a list of (user, track), one for each play.
    """
    return len(set(rows)) / (n_users * n_tracks)


def _counts(rng):
    yield ([1, 1, 1, 1],)
    yield ([0, 0, 0, 4],)
    yield ([0, 0],)
    yield ([3, 1, 2],)
    for _ in range(6):
        yield ([int(one) for one in rng.geometric(0.3, 8) - 1],)


def _gini_of_sorted(counts, n=None):
    n, total = len(counts), sum(counts)
    if not total:
        return 0.0
    return 2 * sum(place * one for place, one in enumerate(counts, start=1)) / (n * total) - (n + 1) / n


def _gini_by_steps(counts):
    return 1 - 2 * np.mean(np.cumsum(sorted(counts)) / sum(counts)) if sum(counts) else 0.0


def _gini_by_area(counts):
    """One minus twice the area under the Lorenz curve, by trapezia."""
    if sum(counts) == 0:
        return 0
    curve = np.insert(np.cumsum(sorted(counts)) / sum(counts), 0, 0)
    return 1 - (curve[1:] + curve[:-1]).sum() / len(counts)


@exercise(
    inputs=_counts,
    hints=[
        "Compare each with each: np.subtract.outer(x, x) holds all differences.",
        "The mean size of a difference, over twice the mean: that is the Gini coefficient.",
    ],
    why="One number for a whole curve: 0 where all tracks get the same, near 1 where one gets all.",
    mistakes={
        "Did you forget to sort? Without it the curve is no Lorenz curve.": lambda counts: _gini_of_sorted(
            counts
        ),
        "Did you leave out the tracks without a play? They are the poorest of all.": lambda counts: (
            _gini_of_sorted(sorted(one for one in counts if one))
        ),
        "Is a factor 2 missing? The mean difference goes over twice the mean.": lambda counts: (
            2 * _gini_of_sorted(sorted(counts))
        ),
        "Is the area made of steps? The curve begins at 0 and is straight between its points.": _gini_by_steps,
        "Is x less its transpose 0? One axis has no transpose: x[:, None] - x holds all pairs.": lambda counts: (
            0.0
        ),
    },
    conventions={
        "Some multiply by n / (n - 1), so that one track with everything gives 1.": lambda counts: (
            _gini_of_sorted(sorted(counts)) * len(counts) / (len(counts) - 1)
        ),
    },
    alternatives=[_gini_by_area],
)
def gini(counts):
    """The Gini coefficient of a list of counts: the mean difference of any two, over twice the mean.

    Each of the n x n pairs counts, one with itself too. If all counts are 0 it is 0.
    """
    x = np.asarray(counts, dtype=float)
    if x.sum() == 0:
        return 0.0
    return np.abs(np.subtract.outer(x, x)).mean() / (2 * x.mean())


question(
    "what_silence_means",
    answer="c",
    why="The log holds what was found and taken. Nothing in it says what was shown, so silence has many causes.",
    wrong={
        "a": "Half of the tracks that listeners would like best stand in that silence, as the truth shows.",
        "b": "Chance would hit all tracks alike. The shelf, the place in a list and taste decide instead.",
        "d": "A repeat count says how much a heard track is liked, and nothing about one that was not heard.",
    },
)


# ---- privacy ---------------------------------------------------------------------------------------------------------


def _histories(rng):
    some = {"al": {1, 2, 3}, "bo": {2, 3}, "cy": {3, 4}}
    yield some, {2, 3}
    yield some, {9}
    yield some, set()
    yield some, {1, 4}
    yield {"al": {1}, "bo": {1, 2, 3}, "cy": {3}}, {1, 2}
    for _ in range(6):
        lists = {name: {int(one) for one in rng.integers(0, 9, 5)} for name in ("al", "bo", "cy", "di", "ed")}
        yield lists, {int(one) for one in rng.choice(9, 2, replace=False)}


def _suspects_by_elimination(histories, known):
    left = list(histories)
    for track in known:
        left = [name for name in left if track in histories[name]]
    return left


@exercise(
    inputs=_histories,
    hints=[
        "A listener stays under suspicion if everything that is known is in their history.",
        "For sets, `known <= history` asks just that.",
    ],
    why="If one name is left, the pseudonym has told who it is, and all else in the log with it.",
    mistakes={
        "Is one track in common enough? All that is known must fit.": lambda histories, known: {
            name for name, history in histories.items() if history & known
        },
        "Does it have to hold more than is known? A history of just these tracks fits too.": lambda histories, known: {
            name for name, history in histories.items() if known < history
        },
        "Did you count them? Asked is who they are.": lambda histories, known: len(
            suspects(histories, known)
        ),
        "Did you ask for the same history? Who knows two tracks does not know the rest.": lambda histories, known: {
            name for name, history in histories.items() if history == known
        },
        "Did you turn the question around? The history may hold more than is known.": lambda histories, known: {
            name for name, history in histories.items() if history <= known
        },
    },
    alternatives=[_suspects_by_elimination],
    ordered=False,
)
def suspects(histories, known):
    """The listeners whose history holds every track in `known`.

    `histories` gives each listener's set of tracks, `known` is a set of tracks. The order does not matter.
    """
    return {name for name, history in histories.items() if known <= history}


question(
    "what_to_keep",
    answer="b",
    why="The recommender needs who, what and how strongly. What it does not need cannot leak.",
    wrong={
        "a": "A hash of an id is another pseudonym: the plays behind it are as unique as before.",
        "c": "Without any id there is no row to learn a taste from, so there is no personal recommendation.",
        "d": "Kept is kept: a rule against looking stops neither a thief nor a new owner.",
    },
)
