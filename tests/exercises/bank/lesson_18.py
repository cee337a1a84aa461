"""Answers to lesson 18. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from math import ceil, floor, log, log1p, log2
from statistics import fmean, median

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- share_reached


@right("a loop with two counters")
def share_reached(lists, target, heard):
    hit = all_ = 0
    for mine, own in zip(lists, heard):
        if target in own:
            continue
        all_ += 1
        hit += target in mine
    return hit / all_


@right("a table")
def share_reached(lists, target, heard):
    table = pd.DataFrame({"hit": [target in one for one in lists], "new": [target not in one for one in heard]})
    return table.loc[table["new"], "hit"].mean()


@right("all hits over the open ones, since nobody is shown what they heard")
def share_reached(lists, target, heard):
    return sum(one.count(target) for one in lists) / sum(target not in own for own in heard)


@right("weights")
def share_reached(lists, target, heard):
    return np.average([target in one for one in lists], weights=[target not in own for own in heard])


@wrong("everybody in the divisor", "Did you divide by all listeners?")
def share_reached(lists, target, heard):
    return np.mean([target in one for one in lists])


@wrong("who has heard it counts as reached", "Do those who have heard the target count as reached?")
def share_reached(lists, target, heard):
    return fmean(target in one or target in own for one, own in zip(lists, heard))


@wrong("places", "Did you divide by places?")
def share_reached(lists, target, heard):
    flat = [track for one in lists for track in one]
    return flat.count(target) / len(flat)


@wrong("a number", "Is that how many were reached?")
def share_reached(lists, target, heard):
    return len([one for one in lists if target in one])


@wrong("odds", "Did you divide by those who were missed?")
def share_reached(lists, target, heard):
    hit = sum(target in one for one in lists)
    open_ = sum(target not in own for own in heard)
    return hit / (open_ - hit) if open_ > hit else float("inf")


@wrong("first places alone")
def share_reached(lists, target, heard):
    return fmean(one[0] == target for one, own in zip(lists, heard) if target not in own)


@wrong("those who were not reached")
def share_reached(lists, target, heard):
    return fmean(target not in one for one, own in zip(lists, heard) if target not in own)


@wrong("reciprocal rank")
def share_reached(lists, target, heard):
    ranks = [1 / (1 + one.index(target)) if target in one else 0 for one, own in zip(lists, heard) if target not in own]
    return sum(ranks) / len(ranks)


# ---- average_profile


@right("pandas, zeros as holes")
def average_profile(plays, fillers, target, push):
    means = pd.DataFrame(plays).astype(float).replace(0, np.nan).mean()
    row = pd.Series(0.0, index=means.index)
    row[fillers] = means[fillers]
    row[target] = push
    return row.tolist()


@right("one comprehension")
def average_profile(plays, fillers, target, push):
    def mean(i):
        heard = [r[i] for r in plays if r[i]]
        return sum(heard) / len(heard)

    return [push if i == target else mean(i) if i in fillers else 0 for i in range(len(plays[0]))]


@right("masked array")
def average_profile(plays, fillers, target, push):
    means = np.ma.masked_equal(np.asarray(plays, dtype=float), 0).mean(axis=0).filled(0)
    row = np.where(np.isin(np.arange(len(means)), fillers), means, 0)
    row[target] = push
    return row


@right("a dictionary")
def average_profile(plays, fillers, target, push):
    given = {i: fmean(p for p in column if p) for i, column in enumerate(zip(*plays)) if i in fillers}
    given[target] = push
    return tuple(given.get(i, 0) for i in range(len(plays[0])))


@wrong("zeros in the mean", "Do zeros count in your means?")
def average_profile(plays, fillers, target, push):
    row = np.zeros(len(plays[0]))
    row[fillers] = np.mean(plays, axis=0)[fillers]
    row[target] = push
    return row


@wrong("the mean of the table", "Do all fillers get one value?")
def average_profile(plays, fillers, target, push):
    table = np.asarray(plays, dtype=float)
    row = np.zeros(table.shape[1])
    row[fillers] = table[table > 0].mean()
    row[target] = push
    return row


@wrong("sums", "Is that a sum?")
def average_profile(plays, fillers, target, push):
    row = np.zeros(len(plays[0]))
    row[fillers] = np.sum(plays, axis=0)[fillers]
    row[target] = push
    return row


@wrong("no push", "Is the target missing?")
def average_profile(plays, fillers, target, push):
    table = np.asarray(plays, dtype=float)
    row = np.zeros(table.shape[1])
    for i in fillers:
        row[i] = table[table[:, i] > 0, i].mean()
    return row


@wrong("all tracks", "Did you fill every track?")
def average_profile(plays, fillers, target, push):
    table = np.asarray(plays, dtype=float)
    row = table.sum(axis=0) / np.maximum((table > 0).sum(axis=0), 1)
    row[target] = push
    return row


@wrong("the push on the fillers too")
def average_profile(plays, fillers, target, push):
    row = [0.0] * len(plays[0])
    for i in [*fillers, target]:
        row[i] = push
    return row


@wrong("ones for the fillers")
def average_profile(plays, fillers, target, push):
    row = [0.0] * len(plays[0])
    for i in fillers:
        row[i] = 1.0
    row[target] = push
    return row


# ---- rdma_of


@right("pandas")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return ((table.iloc[u] - table.mean()).abs() / table.count()).mean()


@right("a helper and a list")
def rdma_of(plays, u):
    def one(i):
        heard = [row[i] for row in plays if row[i]]
        return abs(plays[u][i] - fmean(heard)) / len(heard)

    return fmean(one(i) for i, p in enumerate(plays[u]) if p)


@right("sums by columns")
def rdma_of(plays, u):
    table = np.array(plays, dtype=float)
    n, total = np.count_nonzero(table, axis=0), table.sum(axis=0)
    mine = np.flatnonzero(table[u])
    return sum(abs(table[u, i] - total[i] / n[i]) / n[i] for i in mine) / len(mine)


@right("multiplied out")
def rdma_of(plays, u):
    table = np.array(plays, dtype=float)
    mine = table[:, table[u] > 0]
    n = (mine > 0).sum(axis=0)
    return (np.abs(n * mine[u] - mine.sum(axis=0)) / n**2).mean()


@wrong("zeros in the mean", "Do zeros count in the mean of a track?")
def rdma_of(plays, u):
    table = np.array(plays, dtype=float)
    mine = table[u] > 0
    return (np.abs(table[u] - table.mean(axis=0)) / np.maximum((table > 0).sum(axis=0), 1))[mine].mean()


@wrong("mean deviation", "Is the number of the track's listeners missing?")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return (table.iloc[u] - table.mean()).abs().mean()


@wrong("by the platform", "Did you divide by all listeners?")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return (table.iloc[u] - table.mean()).abs().mean() / len(plays)


@wrong("with signs", "Do distances cancel each other?")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return ((table.iloc[u] - table.mean()) / table.count()).mean()


@wrong("squares", "Did you square the distances?")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return ((table.iloc[u] - table.mean()) ** 2 / table.count()).mean()


@wrong("a sum", "Is that a sum over the tracks?")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return ((table.iloc[u] - table.mean()).abs() / table.count()).sum()


@wrong("over all columns", "Did you divide by all tracks?")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return ((table.iloc[u] - table.mean()).abs() / table.count()).sum() / len(plays[0])


@wrong("without u in the mean")
def rdma_of(plays, u):
    found = []
    for i, p in enumerate(plays[u]):
        if p:
            heard = [row[i] for v, row in enumerate(plays) if row[i] and v != u] or [p]
            found.append(abs(p - fmean(heard)) / (1 + len(heard)))
    return fmean(found)


@wrong("from the median")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return ((table.iloc[u] - table.median()).abs() / table.count()).mean()


# ---- precision_of_flags


@right("pandas")
def precision_of_flags(suspicion, fake, m):
    return pd.Series(fake, index=suspicion).sort_index(ascending=False).iloc[:m].mean()


@right("zip and sort")
def precision_of_flags(suspicion, fake, m):
    ranked = sorted(zip(suspicion, fake), reverse=True)
    return sum(f for _, f in ranked[:m]) / m


@right("a threshold")
def precision_of_flags(suspicion, fake, m):
    limit = sorted(suspicion)[-m]
    flagged = [f for s, f in zip(suspicion, fake) if s >= limit]
    return sum(flagged) / len(flagged)


@right("nlargest")
def precision_of_flags(suspicion, fake, m):
    best = pd.Series(suspicion).nlargest(m).index
    return np.asarray(fake)[best].mean()


@wrong("recall", "Did you divide by the number of fakes?")
def precision_of_flags(suspicion, fake, m):
    order = np.argsort(suspicion)[::-1][:m]
    return np.asarray(fake)[order].sum() / np.sum(fake)


@wrong("the lowest", "Did you flag the least suspicious?")
def precision_of_flags(suspicion, fake, m):
    return np.asarray(fake)[np.argsort(suspicion)[:m]].mean()


@wrong("no order", "Did you take the first m as they stand?")
def precision_of_flags(suspicion, fake, m):
    return np.mean(fake[:m])


@wrong("of everybody", "Did you divide by everybody?")
def precision_of_flags(suspicion, fake, m):
    order = np.argsort(suspicion)[::-1][:m]
    return np.asarray(fake)[order].sum() / len(fake)


@wrong("accuracy", "Do people who were let go count as right?")
def precision_of_flags(suspicion, fake, m):
    limit = sorted(suspicion)[-m]
    return np.mean((np.asarray(suspicion) >= limit) == np.asarray(fake))


@wrong("false alarms", "Is that the share of people among the flagged?")
def precision_of_flags(suspicion, fake, m):
    order = np.argsort(suspicion)[::-1][:m]
    return 1 - np.asarray(fake)[order].mean()


@wrong("one flag too many")
def precision_of_flags(suspicion, fake, m):
    order = np.argsort(suspicion)[::-1][: m + 1]
    return np.asarray(fake)[order].sum() / m


# ---- trimmed


@right("numpy")
def trimmed(values, share):
    kept = np.sort(values)
    out = int(np.floor(share * len(kept)))
    return kept[out : len(kept) - out].mean()


@right("scipy")
def trimmed(values, share):
    from scipy.stats import trim_mean

    return trim_mean(values, share)


@right("taken off one by one")
def trimmed(values, share):
    left = list(values)
    for _ in range(floor(share * len(values))):
        left.remove(max(left))
        left.remove(min(left))
    return fmean(left)


@right("pandas")
def trimmed(values, share):
    column = pd.Series(values).sort_values(ignore_index=True)
    out = int(share * len(column))
    return column.iloc[out : len(column) - out].mean()


@wrong("one side", "Did you cut the largest alone?")
def trimmed(values, share):
    kept = sorted(values)[: len(values) - int(share * len(values))]
    return fmean(kept)


@wrong("half each", "Did you share the cut between both ends?")
def trimmed(values, share):
    out = int(share * len(values) / 2)
    return fmean(sorted(values)[out : len(values) - out])


@wrong("rounded up", "Did you round up, or to the nearest?")
def trimmed(values, share):
    out = ceil(share * len(values))
    return fmean(sorted(values)[out : len(values) - out] or [median(values)])


@wrong("winsorised", "Did you pull the ends in and keep them?")
def trimmed(values, share):
    ordered, out = sorted(values), int(share * len(values))
    return np.clip(values, ordered[out], ordered[len(values) - 1 - out]).mean()


@wrong("all in the divisor", "Did you divide by all values?")
def trimmed(values, share):
    out = int(share * len(values))
    return sum(sorted(values)[out : len(values) - out]) / len(values)


@wrong("not sorted", "Did you cut without sorting?")
def trimmed(values, share):
    out = int(share * len(values))
    return fmean(values[out : len(values) - out])


@wrong("median", "Is that the median?")
def trimmed(values, share):
    return median(values)


@wrong("the plain mean")
def trimmed(values, share):
    return fmean(values)


@wrong("the smallest alone")
def trimmed(values, share):
    return fmean(sorted(values)[int(share * len(values)) :])


# ---- fakes_to_break


@right("while")
def fakes_to_break(heard, everybody, share):
    f = 0
    while True:
        f += 1
        if f > floor(share * (heard + f)):
            return f


@right("next over a range")
def fakes_to_break(heard, everybody, share):
    return next(f for f in range(1, 10_000) if f - int(share * (heard + f)) > 0)


@right("an array of candidates")
def fakes_to_break(heard, everybody, share):
    f = np.arange(1, 5 * heard + 10)
    return int(f[f > np.floor(share * (heard + f))][0])


@right("in closed form: f > share (heard + f) - 1 + ...")
def fakes_to_break(heard, everybody, share):
    start = max(1, floor(share * heard / (1 - share)) - 2)
    f = start
    while f <= floor(share * (heard + f)):
        f += 1
    return f


@wrong("everybody", "Did you count the platform's listeners?")
def fakes_to_break(heard, everybody, share):
    f = 1
    while f <= int(share * (everybody + f)):
        f += 1
    return f


@wrong("honest ones alone", "Did you forget that fakes add to n?")
def fakes_to_break(heard, everybody, share):
    return int(share * heard) + 1


@wrong("the last cut", "Is that the largest number that is still cut?")
def fakes_to_break(heard, everybody, share):
    f = 0
    while f + 1 <= int(share * (heard + f + 1)):
        f += 1
    return f


@wrong("one", "Is one enough?")
def fakes_to_break(heard, everybody, share):
    return min(1, heard)


@wrong("the median's")
def fakes_to_break(heard, everybody, share):
    return heard


@wrong("a share", "Is that a share?")
def fakes_to_break(heard, everybody, share):
    f = 1
    while f <= int(share * (heard + f)):
        f += 1
    return f / heard


@wrong("share of the platform, not solved for f")
def fakes_to_break(heard, everybody, share):
    return int(share * everybody) + 1


# ---- capped_then_logged


@right("numpy")
def capped_then_logged(plays, at):
    return np.log(1 + np.minimum(plays, at)).tolist()


@right("pandas")
def capped_then_logged(plays, at):
    return np.log1p(pd.Series(plays).clip(upper=at))


@right("a condition")
def capped_then_logged(plays, at):
    return [log1p(at) if p > at else log1p(p) for p in plays]


@right("the log capped at the log of the cap")
def capped_then_logged(plays, at):
    return [min(log(1 + p), log(1 + at)) for p in plays]


@wrong("after the log", "Did you cap after the logarithm?")
def capped_then_logged(plays, at):
    return np.minimum(np.log1p(plays), at)


@wrong("dropped", "Did you throw out what is above the cap?")
def capped_then_logged(plays, at):
    return [log1p(p) * (p <= at) for p in plays]


@wrong("no log", "Is the logarithm missing?")
def capped_then_logged(plays, at):
    return np.minimum(plays, at)


@wrong("no cap", "Is the cap missing?")
def capped_then_logged(plays, at):
    return np.log1p(plays)


@wrong("the least", "Is `at` a least value in your answer?")
def capped_then_logged(plays, at):
    return np.log1p(np.maximum(plays, at))


@wrong("no one", "Is the 1 missing?")
def capped_then_logged(plays, at):
    return [log(min(p, at)) if p > 0 else 0 for p in plays]


@wrong("base two", "That is the logarithm to base 2.")
def capped_then_logged(plays, at):
    return [log2(1 + min(p, at)) for p in plays]


@wrong("the cap in the log alone")
def capped_then_logged(plays, at):
    return [log1p(p) / log1p(at) for p in plays]


# ---- more of each, by somebody who had read the lesson alone


@right("sets of positions")
def share_reached(lists, target, heard):
    new = {u for u, own in enumerate(heard) if target not in own}
    return len(new & {u for u, one in enumerate(lists) if target in one}) / len(new)


@right("filtered first")
def share_reached(lists, target, heard):
    asked = list(filter(lambda pair: target not in pair[1], zip(lists, heard)))
    return np.array([target in one for one, _ in asked], dtype=float).mean()


@wrong("over those who have heard it")
def share_reached(lists, target, heard):
    old = sum(target in own for own in heard)
    return sum(target in one for one in lists) / max(old, 1)


@wrong("different lists")
def share_reached(lists, target, heard):
    kinds = {tuple(sorted(one)) for one in lists}
    return sum(target in one for one in kinds) / len(kinds)


@wrong("whether anybody was reached")
def share_reached(lists, target, heard):
    return float(any(target in one for one in lists))


@wrong("who has heard it")
def share_reached(lists, target, heard):
    return fmean(target in own for own in heard)


@right("nanmean")
def average_profile(plays, fillers, target, push):
    table = np.array(plays, dtype=float)
    table[table == 0] = np.nan
    row = np.zeros(table.shape[1])
    for i in fillers:
        row[i] = np.nanmean(table[:, i])
    row[target] = push
    return list(row)


@right("groups of a long table")
def average_profile(plays, fillers, target, push):
    long = pd.DataFrame(plays).stack()
    means = long[long > 0].groupby(level=1).mean()
    return [push if i == target else means[i] if i in list(fillers) else 0.0 for i in range(len(plays[0]))]


@wrong("medians")
def average_profile(plays, fillers, target, push):
    row = [0.0] * len(plays[0])
    for i in fillers:
        row[i] = median([r[i] for r in plays if r[i] > 0])
    row[target] = push
    return row


@wrong("whole plays, since half a play does not exist")
def average_profile(plays, fillers, target, push):
    row = [0] * len(plays[0])
    for i in fillers:
        heard = [r[i] for r in plays if r[i] > 0]
        row[i] = sum(heard) // len(heard)
    row[target] = push
    return row


@wrong("the largest of each track")
def average_profile(plays, fillers, target, push):
    row = [0] * len(plays[0])
    for i in fillers:
        row[i] = max(r[i] for r in plays)
    row[target] = push
    return row


@wrong("the fillers and the target alone, without the zeros")
def average_profile(plays, fillers, target, push):
    return [fmean(r[i] for r in plays if r[i] > 0) for i in fillers] + [push]


@right("a dictionary of columns")
def rdma_of(plays, u):
    columns = {i: [p for p in column if p] for i, column in enumerate(zip(*plays))}
    mine = [i for i in columns if plays[u][i]]
    return sum(abs(plays[u][i] - sum(columns[i]) / len(columns[i])) / len(columns[i]) for i in mine) / len(mine)


@right("masked arrays")
def rdma_of(plays, u):
    table = np.ma.masked_equal(np.array(plays, dtype=float), 0)
    away = np.abs(table[u] - table.mean(axis=0)) / table.count(axis=0)
    return float(away.mean())


@wrong("divided by the square of the listeners, as in WDMA")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return ((table.iloc[u] - table.mean()).abs() / table.count() ** 2).mean()


@wrong("one mean for all tracks")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    overall = np.nanmean(table.to_numpy())
    return ((table.iloc[u] - overall).abs() / table.count()).mean()


@wrong("the largest of the distances")
def rdma_of(plays, u):
    table = pd.DataFrame(plays).astype(float).replace(0, np.nan)
    return ((table.iloc[u] - table.mean()).abs() / table.count()).max()


@right("a heap")
def precision_of_flags(suspicion, fake, m):
    import heapq

    return fmean(fake[j] for j in heapq.nlargest(m, range(len(fake)), key=suspicion.__getitem__))


@right("ranks")
def precision_of_flags(suspicion, fake, m):
    rank = pd.Series(suspicion).rank(ascending=False)
    return float(np.mean(np.array(fake)[(rank <= m).to_numpy()]))


@wrong("strictly above the m-th")
def precision_of_flags(suspicion, fake, m):
    limit = sorted(suspicion)[-m]
    return sum(f for s, f in zip(suspicion, fake) if s > limit) / m


@wrong("lift over the base rate")
def precision_of_flags(suspicion, fake, m):
    order = np.argsort(suspicion)[::-1][:m]
    return np.asarray(fake)[order].mean() / np.mean(fake)


@wrong("a number of fakes")
def precision_of_flags(suspicion, fake, m):
    order = np.argsort(suspicion)[::-1][:m]
    return int(np.asarray(fake)[order].sum())


@wrong("the base rate")
def precision_of_flags(suspicion, fake, m):
    return sum(fake) / len(fake)


@right("a deque that loses both ends")
def trimmed(values, share):
    from collections import deque

    left = deque(sorted(values))
    for _ in range(int(share * len(values))):
        left.pop()
        left.popleft()
    return sum(left) / len(left)


@right("the total less both ends")
def trimmed(values, share):
    v, out = np.sort(np.array(values, dtype=float)), int(share * len(values))
    return (v.sum() - v[:out].sum() - v[len(v) - out :].sum()) / (len(v) - 2 * out)


@wrong("rounded to the nearest", "Did you round up, or to the nearest?")
def trimmed(values, share):
    out = round(share * len(values))
    kept = sorted(values)[out : len(values) - out]
    return fmean(kept or [median(values)])


@wrong("one at each end")
def trimmed(values, share):
    kept = sorted(values)[1:-1]
    return fmean(kept)


@wrong("every copy of the smallest and the largest")
def trimmed(values, share):
    kept = [v for v in values if min(values) < v < max(values)]
    return fmean(kept or values)


@right("in closed form, with fractions")
def fakes_to_break(heard, everybody, share):
    from fractions import Fraction

    s = Fraction(share)
    return floor(s * heard / (1 - s)) + 1


@right("values put in one by one")
def fakes_to_break(heard, everybody, share):
    values = [1.0] * heard
    while True:
        values.append(9e9)
        out = int(share * len(values))
        if 9e9 in sorted(values)[out : len(values) - out]:
            return len(values) - heard


@wrong("the same share of the fakes, rounded up")
def fakes_to_break(heard, everybody, share):
    return max(1, ceil(share * heard))


@wrong("both ends together")
def fakes_to_break(heard, everybody, share):
    f = 1
    while f <= int(2 * share * (heard + f)) and f < 9 * heard:
        f += 1
    return f


@wrong("who has not heard it")
def fakes_to_break(heard, everybody, share):
    return everybody - heard


@wrong("one over the share")
def fakes_to_break(heard, everybody, share):
    return ceil(1 / share)


@right("map")
def capped_then_logged(plays, at):
    return list(map(log1p, map(lambda p: min(p, at), plays)))


@right("where")
def capped_then_logged(plays, at):
    p = np.array(plays, dtype=float)
    return np.log(np.where(p > at, at, p) + 1)


@wrong("the log capped at the log of the cap, the 1 forgotten there")
def capped_then_logged(plays, at):
    return [min(log1p(p), log(at)) for p in plays]


@wrong("the cap itself where it is reached")
def capped_then_logged(plays, at):
    return [log1p(p) if p < at else float(at) for p in plays]


@wrong("base ten")
def capped_then_logged(plays, at):
    return [float(np.log10(1 + min(p, at))) for p in plays]
