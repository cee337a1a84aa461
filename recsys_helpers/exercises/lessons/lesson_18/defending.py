"""The exercises of lesson 18 on finding fakes, and on charts and tables that withstand them.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import math

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- suspicion ------------------------------------------------------------------------------------------------------


def some_suspects(rng):
    """Edge cases first: all agree, a track with one listener, a loud account; then some tables."""
    yield [[2, 3], [2, 3]], 0
    yield [[4, 0, 1], [2, 5, 0]], 1
    yield [[1, 2, 0], [1, 4, 1], [3, 0, 30]], 2
    yield [[1, 2, 0], [1, 4, 1], [3, 0, 30]], 0
    for _ in range(9):
        n, m = int(rng.integers(3, 6)), int(rng.integers(3, 6))
        plays = rng.integers(1, 12, (n, m)) * (rng.random((n, m)) < 0.6)
        u = int(rng.integers(n))
        plays[u, :2] = rng.integers(1, 20, 2)
        plays[u, 2] = 0
        plays[(u + 1) % n, 0] = int(rng.integers(1, 5))
        yield plays.tolist(), u


def _of(plays, u, weigh, mean_over_all=False, divisor=None):
    found = []
    for i, own in enumerate(plays[u]):
        if own > 0:
            column = [row[i] for row in plays]
            heard = [p for p in column if p > 0]
            mean = sum(column) / len(column) if mean_over_all else sum(heard) / len(heard)
            found.append(weigh(own - mean, len(heard), len(plays)))
    return sum(found) / (len(found) if divisor is None else divisor)


def zeros_in_the_mean(plays, u):
    return _of(plays, u, lambda gap, n, m: abs(gap) / n, mean_over_all=True)


def rare_or_not(plays, u):
    return _of(plays, u, lambda gap, n, m: abs(gap))


def by_the_platform(plays, u):
    return _of(plays, u, lambda gap, n, m: abs(gap) / m)


def signed_gaps(plays, u):
    return _of(plays, u, lambda gap, n, m: gap / n)


def squared_gaps(plays, u):
    return _of(plays, u, lambda gap, n, m: gap**2 / n)


def not_averaged(plays, u):
    return _of(plays, u, lambda gap, n, m: abs(gap) / n, divisor=1)


def over_all_tracks(plays, u):
    return _of(plays, u, lambda gap, n, m: abs(gap) / n, divisor=len(plays[0]))


def in_arrays(plays, u):
    table = np.asarray(plays, dtype=float)
    heard = table > 0
    n = np.maximum(heard.sum(axis=0), 1)
    away = np.abs(table[u] - table.sum(axis=0) / n) / n
    return away[heard[u]].mean()


@exercise(
    inputs=some_suspects,
    hints=[
        "Go through the tracks that u has heard. For each you need its listeners and the mean of their plays.",
        "For one track: the distance of u's plays from that mean, without its sign, over the number of its listeners.",
        "For each i with plays[u][i] > 0: heard = [r[i] for r in plays if r[i] > 0]; "
        "abs(plays[u][i] - mean(heard)) / len(heard). Then the mean of these.",
    ],
    why="A lone loud voice on a rare track scores high. Fakes that agree with each other do not, because the mean "
    "that they are compared with is their own.",
    mistakes={
        "Do zeros count in the mean of a track? It is over those who have heard it.": zeros_in_the_mean,
        "Is the number of the track's listeners missing? Each distance is divided by it.": rare_or_not,
        "Did you divide by all listeners? Divide by those of the track.": by_the_platform,
        "Do distances cancel each other? Take each without its sign.": signed_gaps,
        "Did you square the distances? RDMA takes them as they are, without the sign.": squared_gaps,
        "Is that a sum over the tracks? RDMA is their mean.": not_averaged,
        "Did you divide by all tracks? The mean is over those that u has heard.": over_all_tracks,
    },
    alternatives=[in_arrays],
)
def rdma_of(plays, u):
    """The rating deviation from mean agreement of the listener in row u: one number.

    `plays` is a list of rows, one for each listener, with 0 where a track was not heard. For each track that u has
    heard, take how far u's plays lie from the mean plays of all who have heard it (u among them), without the sign,
    and divide by the number of those who have heard it. The result is the mean of these over the tracks of u, who has
    heard at least one.
    """
    found = []
    for i in range(len(plays[u])):
        if plays[u][i] > 0:
            heard = [row[i] for row in plays if row[i] > 0]
            found.append(abs(plays[u][i] - sum(heard) / len(heard)) / len(heard))
    return sum(found) / len(found)


def some_flags(rng):
    """Edge cases first: all right, all wrong, one flag, everybody flagged; then some rankings."""
    yield [0.9, 0.8, 0.1, 0.2], [True, True, False, False], 2
    yield [0.9, 0.8, 0.1, 0.2], [False, False, True, True], 2
    yield [0.3, 0.7, 0.5], [False, True, True], 1
    yield [3.0, 1.0, 2.0, 0.5], [True, False, False, True], 4
    yield [5.0, 1.0, 4.0, 3.0, 2.0], [True, True, False, True, True], 3
    for _ in range(9):
        n = int(rng.integers(6, 10))
        suspicion = (rng.permutation(n) + 1) / 10
        fake = rng.random(n) < 0.4
        fake[:3] = True, False, True
        order = rng.permutation(n)
        yield suspicion.tolist(), fake[order].tolist(), int(rng.integers(2, n - 1))


def _first(suspicion, m, highest=True):
    return sorted(range(len(suspicion)), key=lambda j: suspicion[j], reverse=highest)[:m]


def recall_instead(suspicion, fake, m):
    return sum(fake[j] for j in _first(suspicion, m)) / sum(fake)


def least_suspicious(suspicion, fake, m):
    return sum(fake[j] for j in _first(suspicion, m, highest=False)) / m


def not_ranked(suspicion, fake, m):
    return sum(fake[:m]) / m


def over_everybody(suspicion, fake, m):
    return sum(fake[j] for j in _first(suspicion, m)) / len(fake)


def accuracy_instead(suspicion, fake, m):
    flagged = set(_first(suspicion, m))
    return sum((j in flagged) == bool(fake[j]) for j in range(len(fake))) / len(fake)


def people_flagged(suspicion, fake, m):
    return 1 - sum(fake[j] for j in _first(suspicion, m)) / m


def by_argsort(suspicion, fake, m):
    order = np.argsort(-np.asarray(suspicion), kind="stable")[:m]
    return float(np.asarray(fake)[order].mean())


@exercise(
    inputs=some_flags,
    hints=[
        "Who is flagged? The m with the highest suspicion.",
        "Of these m, count the fakes, and divide by m.",
        "order = sorted(range(len(fake)), key=lambda j: suspicion[j], reverse=True)[:m]",
    ],
    why="Flagging at random gives the share of fakes among all accounts, so compare with that before you praise a "
    "detector: with 3 fakes in 100, a precision of .1 is three times chance and still wrong nine times out of ten.",
    mistakes={
        "Did you divide by the number of fakes? That is recall: precision divides by the flagged.": recall_instead,
        "Did you flag the least suspicious? The highest numbers are flagged.": least_suspicious,
        "Did you take the first m as they stand? Order them by suspicion first.": not_ranked,
        "Did you divide by everybody? Precision divides by the m that were flagged.": over_everybody,
        "Do people who were let go count as right? Precision asks of the flagged alone.": accuracy_instead,
        "Is that the share of people among the flagged? The task asks for that of fakes.": people_flagged,
    },
    alternatives=[by_argsort],
)
def precision_of_flags(suspicion, fake, m):
    """The share of fakes among the m accounts with the highest suspicion.

    `suspicion` has a number for each account, no two of them equal; `fake` says of each whether it is one.
    """
    order = sorted(range(len(fake)), key=lambda j: suspicion[j], reverse=True)
    return sum(fake[j] for j in order[:m]) / m


# ---- what withstands ------------------------------------------------------------------------------------------------


def some_values(rng):
    """Edge cases first: nothing is cut, one goes at each end, two, a loud one in the middle; then some tracks."""
    yield [4, 1, 3], 0.2
    yield [5, 1, 2, 3, 90], 0.2
    yield [1, 2, 3, 4, 5, 6, 7, 8, 90, 300], 0.25
    yield [1, 60, 2, 2, 3, 1], 0.34
    yield [7, 1, 9, 2], 0.0
    for _ in range(9):
        n = int(rng.integers(6, 14))
        values = rng.geometric(0.3, n)
        values[rng.integers(n)] = int(rng.integers(40, 200))
        yield rng.permutation(values).tolist(), float(rng.choice([0.15, 0.22, 0.35]))


def _cut(values, low, high):
    kept = sorted(values)[low : len(values) - high]
    return sum(kept) / len(kept)


def largest_only(values, share):
    return _cut(values, 0, math.floor(share * len(values)))


def half_at_each_end(values, share):
    out = math.floor(share * len(values) / 2)
    return _cut(values, out, out)


def rounded_up(values, share):
    out = math.ceil(share * len(values))
    return _cut(values, out, out) if 2 * out < len(values) else float(np.median(values))


def to_the_nearest(values, share):
    out = round(share * len(values))
    return _cut(values, out, out) if 2 * out < len(values) else float(np.median(values))


def pulled_in(values, share):
    out = math.floor(share * len(values))
    kept = sorted(values)[out : len(values) - out]
    return (sum(kept) + out * (kept[0] + kept[-1])) / len(values)


def divided_by_all(values, share):
    out = math.floor(share * len(values))
    return sum(sorted(values)[out : len(values) - out]) / len(values)


def not_sorted(values, share):
    out = math.floor(share * len(values))
    kept = values[out : len(values) - out]
    return sum(kept) / len(kept)


def the_median(values, share):
    return float(np.median(values))


def by_mask(values, share):
    values = np.asarray(values, dtype=float)
    rank = np.argsort(np.argsort(values, kind="stable"))
    out = int(share * len(values))
    return values[(rank >= out) & (rank < len(values) - out)].mean()


@exercise(
    inputs=some_values,
    hints=[
        "Sort the values. How many go at each end? The whole part of share times n.",
        "Cut that many at the beginning and as many at the end, and take the mean of what is left.",
        "out = int(share * len(values)); kept = sorted(values)[out : len(values) - out]",
    ],
    why="Up to floor(share x n) fakes may say what they like: they are cut. One more than that, and the middle goes "
    "wherever they want.",
    mistakes={
        "Did you cut the largest alone? As many go at the lower end.": largest_only,
        "Did you share the cut between both ends? The whole share goes at each of them.": half_at_each_end,
        "Did you round up, or to the nearest? The whole part of share times n goes, so round down.": [
            rounded_up,
            to_the_nearest,
        ],
        "Did you pull the ends in and keep them? That is winsorising: a trimmed mean leaves them out.": pulled_in,
        "Did you divide by all values? Divide by those that are left.": divided_by_all,
        "Did you cut without sorting? It is the smallest and the largest that go.": not_sorted,
        "Is that the median? A trimmed mean averages all that is left.": the_median,
    },
    alternatives=[by_mask],
)
def trimmed(values, share):
    """The mean of the values without the smallest and the largest ones.

    At each end the whole part of share x n values is left out (rounded down), where n is how many there are. `share`
    is from 0 to below 1/2, so something is left.
    """
    out = int(share * len(values))
    kept = sorted(values)[out : len(values) - out]
    return sum(kept) / len(kept)


def some_breakdowns(rng):
    """Edge cases first: one listener, a share of 1/4, a small track of a large platform; then some tracks."""
    yield 1, 1000, 0.25
    yield 3, 20, 0.25
    yield 12, 1000, 0.25
    yield 40, 500, 0.125
    yield 7, 90, 0.375
    for _ in range(9):
        heard = int(rng.integers(5, 60))
        yield heard, heard + int(rng.integers(40, 900)), float(rng.choice([0.125, 0.25, 0.375]))


def _fewest(n, share):
    fakes = 1
    while fakes <= math.floor(share * (n + fakes)):
        fakes += 1
    return fakes


def of_the_platform(heard, everybody, share):
    return _fewest(everybody, share)


def of_the_honest(heard, everybody, share):
    return math.floor(share * heard) + 1


def the_last_that_is_cut(heard, everybody, share):
    return _fewest(heard, share) - 1


def as_for_a_mean(heard, everybody, share):
    return 1


def as_for_a_median(heard, everybody, share):
    return heard


def as_a_share(heard, everybody, share):
    return _fewest(heard, share) / heard


def by_next(heard, everybody, share):
    return next(f for f in range(1, heard + everybody + 2) if f > int(share * (heard + f)))


@exercise(
    inputs=some_breakdowns,
    hints=[
        "With f fakes the track has heard + f values. How many of them are cut at the upper end?",
        "The mean breaks as soon as one fake is not cut: f above floor(share x (heard + f)).",
        "Begin with f = 1 and add one while f <= int(share * (heard + f)).",
    ],
    why="What protects a track is its own listeners. A platform of a million does not help a track that twelve people "
    "heard, and that is where attacks begin.",
    mistakes={
        "Did you count the platform's listeners? The values are those of the track.": of_the_platform,
        "Did you forget that fakes add to n? The share is of honest and fake values together.": of_the_honest,
        "Is that the largest number that is still cut? One more breaks it.": the_last_that_is_cut,
        "Is one enough? So it is for a mean, but here some values are cut.": as_for_a_mean,
        "Is that for the median? It breaks when the fakes are as many as the honest.": as_for_a_median,
        "Is that a share? The task asks for a number of fakes.": as_a_share,
    },
    alternatives=[by_next],
)
def fakes_to_break(heard, everybody, share):
    """How many fakes it takes until one of them is not cut by the trimmed mean of a track: the smallest such number.

    `heard` honest listeners have the track, of `everybody` on the platform. Each fake gives it a huge value, so the
    fakes are the largest. Of all values that the track then has, the whole part of share x their number is cut at each
    end. `share` is from 0 to below 1/2.
    """
    fakes = 1
    while fakes <= int(share * (heard + fakes)):
        fakes += 1
    return fakes


def some_counts(rng):
    """Edge cases first: nothing is capped, all is, at the cap itself; then some counts."""
    yield [0, 1, 2], 3
    yield [30, 400], 3
    yield [3, 4, 0], 3
    yield [1, 2, 5, 300], 1
    for _ in range(9):
        n = int(rng.integers(3, 7))
        plays = rng.geometric(0.2, n)
        plays[0] = int(rng.integers(20, 300))
        yield plays.tolist(), int(rng.choice([2, 3, 5, 10]))


def capped_after(plays, at):
    return [min(math.log1p(p), at) for p in plays]


def thrown_out(plays, at):
    return [math.log1p(p) if p <= at else 0.0 for p in plays]


def capped_alone(plays, at):
    return [float(min(p, at)) for p in plays]


def logged_alone(plays, at):
    return [math.log1p(p) for p in plays]


def scaled_down(plays, at):
    return [math.log1p(p * at / max(*plays, at)) for p in plays]


def raised_instead(plays, at):
    return [math.log1p(max(p, at)) for p in plays]


def without_the_one(plays, at):
    return [math.log(min(p, at)) if p else 0.0 for p in plays]


def in_base_two(plays, at):
    return [math.log2(1 + min(p, at)) for p in plays]


def by_numpy(plays, at):
    return np.log1p(np.clip(plays, None, at))


@exercise(
    inputs=some_counts,
    hints=[
        "Two steps, and their order counts: first the cap, then the logarithm.",
        "min(p, at) is the capped count; the logarithm is of 1 + that.",
        "return [np.log(1 + min(p, at)) for p in plays], or np.log1p(np.minimum(plays, at))",
    ],
    why="A cap of 3 after the logarithm would let 19 plays through, since log(1 + 19) is just below 3: the order "
    "decides how loud a fake may be.",
    mistakes={
        "Did you cap after the logarithm? A cap of 3 there lets 19 plays through: cap the counts.": capped_after,
        "Did you throw out what is above the cap? It counts as the cap.": thrown_out,
        "Is the logarithm missing? Take log(1 + capped count).": capped_alone,
        "Is the cap missing? No count above `at` may count for more than `at`.": logged_alone,
        "Did you scale all counts? Only those above the cap change.": scaled_down,
        "Is `at` a least value in your answer? It is the most that counts: min, not max.": raised_instead,
        "Is the 1 missing? Take the logarithm of 1 + the capped count.": without_the_one,
    },
    conventions={"That is the logarithm to base 2. The task asks for the natural one.": in_base_two},
    alternatives=[by_numpy],
)
def capped_then_logged(plays, at):
    """log(1 + plays) of each count, where a count above `at` counts as `at`: a list.

    `plays` is a list of whole numbers from 0, `at` a whole number of at least 1. The logarithm is the natural one.
    """
    return [float(np.log(1 + min(p, at))) for p in plays]
