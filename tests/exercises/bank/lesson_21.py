"""Answers to lesson 21. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math
from collections import defaultdict
from itertools import chain

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- may_stay


@right("a loop")
def may_stay(seconds, longest):
    found = []
    for i, s in enumerate(seconds):
        if s is not None and not math.isnan(s) and s >= 0 and s <= longest:
            found.append(i)
    return found


@right("a Series")
def may_stay(seconds, longest):
    s = pd.Series(seconds, dtype="float64")
    return s[(s >= 0) & (s <= longest)].index


@right("NumPy with None as nan")
def may_stay(seconds, longest):
    s = np.array([np.nan if one is None else one for one in seconds])
    return np.flatnonzero((s >= 0) & (s <= longest))


@right("a set of what has to go")
def may_stay(seconds, longest):
    gone = {i for i, s in enumerate(seconds) if s is None or s != s or s < 0 or s > longest}
    return [i for i in range(len(seconds)) if i not in gone]


@right("a default that fails")
def may_stay(seconds, longest):
    return tuple(i for i, s in enumerate(seconds) if 0 <= (s if s is not None else -1) <= longest)


@wrong("negated", "Did you ask what is forbidden?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s is not None and not s < 0 and not s > longest]


@wrong("none is nought", "Did None become 0?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if 0 <= (0 if s is None else s) <= longest]


@wrong("no upper end", "Is the upper end not looked at?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s is not None and s >= 0]


@wrong("truth of a number", "Did 0 seconds drop out?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s and 0 < s <= longest]


@wrong("values", "Are those the seconds?")
def may_stay(seconds, longest):
    s = pd.Series(seconds, dtype=float)
    return s[s.between(0, longest)].tolist()


@wrong("no lower end", "Is the lower end not looked at?")
def may_stay(seconds, longest):
    s = pd.Series(seconds, dtype=float)
    return np.flatnonzero(s <= longest)


@wrong("the end excluded", "Did a play to the very end drop out?")
def may_stay(seconds, longest):
    s = pd.Series(seconds, dtype=float)
    return np.flatnonzero((s >= 0) & (s < longest))


@wrong("the others", "Are those the rows that have to go?")
def may_stay(seconds, longest):
    s = pd.Series(seconds, dtype=float)
    return np.flatnonzero(~s.between(0, longest))


@wrong("numbered from one")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds, 1) if s is not None and 0 <= s <= longest]


@wrong("compares None")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if 0 <= s <= longest]


@wrong("a mask")
def may_stay(seconds, longest):
    return pd.Series(seconds, dtype=float).between(0, longest).tolist()


@right("exceptions for what cannot be compared")
def may_stay(seconds, longest):
    places = []
    for i in range(len(seconds)):
        try:
            if seconds[i] >= 0 and seconds[i] <= longest:
                places.append(i)
        except TypeError:
            pass
    return places


@right("clip changes what lies outside")
def may_stay(seconds, longest):
    s = pd.to_numeric(pd.Series(seconds, dtype=object), errors="coerce")
    return list(s.index[s.clip(0, longest) == s])


@wrong("drops holes before it counts places")
def may_stay(seconds, longest):
    known = [s for s in seconds if s is not None and s == s]
    return [i for i, s in enumerate(known) if 0 <= s <= longest]


@wrong("NaN as nought")
def may_stay(seconds, longest):
    s = np.nan_to_num(np.array(seconds, dtype=float))
    return np.flatnonzero((s >= 0) & (s <= longest))


@wrong("holes alone")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s is None or s != s]


@wrong("known alone")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s is not None and s == s]


@wrong("how many")
def may_stay(seconds, longest):
    return sum(1 for s in seconds if s is not None and 0 <= s <= longest)


@wrong("compares with NaN by name", "Did you ask what is forbidden?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s not in (None, float("nan")) and not (s < 0 or s > longest)]


@wrong("cut down to the longest", "Is the upper end not looked at?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s is not None and 0 <= min(s, longest)]


@wrong("open at both ends", "Did 0 seconds drop out?", "Did a play to the very end drop out?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s is not None and 0 < s < longest]


@wrong("at least a second", "Did 0 seconds drop out?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s is not None and 1 <= s <= longest]


@wrong("stops at the first bad one")
def may_stay(seconds, longest):
    found = []
    for i, s in enumerate(seconds):
        if s is None or not 0 <= s <= longest:
            break
        found.append(i)
    return found


@wrong("absolute values", "Is the lower end not looked at?")
def may_stay(seconds, longest):
    return [i for i, s in enumerate(seconds) if s is not None and abs(s) <= longest]


# ---- mean_of_parts


@right("all rows together")
def mean_of_parts(parts):
    rows = defaultdict(list)
    for track, share in chain.from_iterable(parts):
        rows[track].append(share)
    return {track: np.mean(values) for track, values in rows.items()}


@right("pandas sums and counts a part")
def mean_of_parts(parts):
    tables = [pd.DataFrame(p, columns=["t", "s"]).groupby("t")["s"].agg(["sum", "count"]) for p in parts if p]
    total = pd.concat(tables).groupby(level=0).sum()
    return (total["sum"] / total["count"]).to_dict()


@right("pairs that are added")
def mean_of_parts(parts):
    total = {}
    for part in parts:
        for track, share in part:
            s, n = total.get(track, (0, 0))
            total[track] = (s + share, n + 1)
    return {track: s / n for track, (s, n) in total.items()}


@wrong("means of means", "Did you take the mean of the workers' means?")
def mean_of_parts(parts):
    means = defaultdict(list)
    for part in parts:
        for track in {t for t, _ in part}:
            means[track].append(np.mean([s for t, s in part if t == track]))
    return {track: np.mean(values) for track, values in means.items()}


@wrong("over the number of workers", "Did you divide by the number of workers?")
def mean_of_parts(parts):
    means = defaultdict(float)
    for part in parts:
        for track in {t for t, _ in part}:
            means[track] += np.mean([s for t, s in part if t == track]) / len(parts)
    return dict(means)


@wrong("sums", "Are those sums?")
def mean_of_parts(parts):
    total = defaultdict(float)
    for track, share in chain.from_iterable(parts):
        total[track] += share
    return dict(total)


@wrong("a later worker replaces", "Did a later worker replace what an earlier one sent?")
def mean_of_parts(parts):
    found = {}
    for part in parts:
        for track in {t for t, _ in part}:
            found[track] = np.mean([s for t, s in part if t == track])
    return found


@wrong("by all rows", "Did you divide by all rows?")
def mean_of_parts(parts):
    rows = list(chain.from_iterable(parts))
    return {t: sum(s for u, s in rows if u == t) / len(rows) for t, _ in rows}


@wrong("sums over workers")
def mean_of_parts(parts):
    total = defaultdict(float)
    for track, share in chain.from_iterable(parts):
        total[track] += share / len(parts)
    return dict(total)


@wrong("medians")
def mean_of_parts(parts):
    rows = list(chain.from_iterable(parts))
    return {t: float(np.median([s for u, s in rows if u == t])) for t, _ in rows}


@wrong("the last row")
def mean_of_parts(parts):
    return dict(chain.from_iterable(parts))


@right("two Counters")
def mean_of_parts(parts):
    from collections import Counter

    total, n = Counter(), Counter()
    for track, share in chain(*parts):
        total[track] += share
        n[track] += 1
    return {track: total[track] / n[track] for track in n}


@right("weighted means")
def mean_of_parts(parts):
    mean, n = {}, {}
    for part in parts:
        for track in dict(part):
            own = [s for t, s in part if t == track]
            m, k = mean.get(track, 0.0), n.get(track, 0)
            n[track] = k + len(own)
            mean[track] = (m * k + sum(own)) / n[track]
    return mean


@wrong("counts of workers that have it, sums of rows")
def mean_of_parts(parts):
    total, workers = defaultdict(float), defaultdict(int)
    for part in parts:
        for track in {t for t, _ in part}:
            workers[track] += 1
            total[track] += sum(s for t, s in part if t == track)
    return {t: total[t] / workers[t] for t in total}


@wrong("the first worker alone", "Is that the first worker alone?")
def mean_of_parts(parts):
    t = pd.DataFrame(parts[0], columns=["t", "s"])
    return t.groupby("t")["s"].mean().to_dict()


@wrong("the largest worker alone")
def mean_of_parts(parts):
    t = pd.DataFrame(max(parts, key=len), columns=["t", "s"])
    return t.groupby("t")["s"].mean().to_dict()


@wrong("one mean of everything")
def mean_of_parts(parts):
    return np.mean([s for part in parts for _, s in part])


@wrong("means by worker")
def mean_of_parts(parts):
    return {i: np.mean([s for _, s in part]) for i, part in enumerate(parts) if part}


@wrong("counts")
def mean_of_parts(parts):
    n = defaultdict(int)
    for track, _ in chain.from_iterable(parts):
        n[track] += 1
    return dict(n)


@wrong("running halves")
def mean_of_parts(parts):
    out = {}
    for track, share in chain.from_iterable(parts):
        out[track] = share if track not in out else (out[track] + share) / 2
    return out


@wrong("different shares alone")
def mean_of_parts(parts):
    rows = set(chain.from_iterable(parts))
    out = defaultdict(list)
    for track, share in rows:
        out[track].append(share)
    return {t: np.mean(v) for t, v in out.items()}


@wrong("rows of a worker divide")
def mean_of_parts(parts):
    out = defaultdict(float)
    for part in parts:
        for track, share in part:
            out[track] += share / len(part)
    return dict(out)


@wrong("sums and counts as they travel")
def mean_of_parts(parts):
    out = {}
    for track, share in chain.from_iterable(parts):
        s, n = out.get(track, (0.0, 0))
        out[track] = (s + share, n + 1)
    return out


@wrong("plays of 0 left out")
def mean_of_parts(parts):
    out = defaultdict(list)
    for track, share in chain.from_iterable(parts):
        if share:
            out[track].append(share)
    return {t: np.mean(v) for t, v in out.items()}


@wrong("one row too many in the count")
def mean_of_parts(parts):
    out = defaultdict(list)
    for track, share in chain.from_iterable(parts):
        out[track].append(share)
    return {t: sum(v) / (len(v) + 1) for t, v in out.items()}


# ---- row_penalty


@right("NumPy")
def row_penalty(strengths, vector, reg_param):
    return reg_param * (np.array(strengths) > 0).sum() * (np.array(vector) ** 2).sum()


@right("a norm")
def row_penalty(strengths, vector, reg_param):
    return len([s for s in strengths if s > 0]) * reg_param * np.linalg.norm(vector) ** 2


@right("added play by play")
def row_penalty(strengths, vector, reg_param):
    total = 0.0
    for s in strengths:
        if s > 0:
            total += reg_param * sum(v**2 for v in vector)
    return total


@wrong("no count", "Is that λ for a row")
def row_penalty(strengths, vector, reg_param):
    return reg_param * np.dot(vector, vector)


@wrong("the sum of strengths", "Did you add up the strengths?")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(max(s, 0) for s in strengths) * np.dot(vector, vector)


@wrong("all of them", "Did you count what is not above 0 too?")
def row_penalty(strengths, vector, reg_param):
    return reg_param * len(strengths) * np.dot(vector, vector)


@wrong("not 0", "Did you count dislikes too?")
def row_penalty(strengths, vector, reg_param):
    return reg_param * np.count_nonzero(strengths) * np.dot(vector, vector)


@wrong("a length", "Is the length not squared?")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s > 0 for s in strengths) * np.linalg.norm(vector)


@wrong("no vector", "Is the vector's length missing?")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s > 0 for s in strengths)


@wrong("the square of a sum")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s > 0 for s in strengths) * sum(vector) ** 2


@wrong("half of it")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s > 0 for s in strengths) * np.dot(vector, vector) / 2


@right("a Series")
def row_penalty(strengths, vector, reg_param):
    s = pd.Series(strengths)
    return float(s.gt(0).sum() * reg_param * pd.Series(vector).pow(2).sum())


@right("vdot")
def row_penalty(strengths, vector, reg_param):
    n = sum(1 for one in strengths if one > 0)
    return np.vdot(vector, vector) * n * reg_param


@wrong("the mean strength")
def row_penalty(strengths, vector, reg_param):
    s = [one for one in strengths if one > 0]
    return reg_param * np.mean(s) * np.dot(vector, vector)


@wrong("all strengths added, dislikes too")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(strengths) * np.dot(vector, vector)


@wrong("divided by the count")
def row_penalty(strengths, vector, reg_param):
    return reg_param / sum(s > 0 for s in strengths) * np.dot(vector, vector)


@wrong("the root of the count")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s > 0 for s in strengths) ** 0.5 * np.dot(vector, vector)


@wrong("no lambda")
def row_penalty(strengths, vector, reg_param):
    return sum(s > 0 for s in strengths) * np.dot(vector, vector)


@wrong("lambda and the count alone", "Is the vector's length missing?")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s > 0 for s in strengths)


@wrong("absolute values")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s > 0 for s in strengths) * np.abs(vector).sum()


@wrong("a vector of penalties")
def row_penalty(strengths, vector, reg_param):
    return [reg_param * sum(s > 0 for s in strengths) * v * v for v in vector]


@wrong("at least 0")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s >= 0 for s in strengths) * np.dot(vector, vector)


@wrong("the longest of the vector")
def row_penalty(strengths, vector, reg_param):
    return reg_param * sum(s > 0 for s in strengths) * len(vector)


@wrong("different strengths")
def row_penalty(strengths, vector, reg_param):
    return reg_param * len({s for s in strengths if s > 0}) * np.dot(vector, vector)


@wrong("lambda squared too")
def row_penalty(strengths, vector, reg_param):
    return sum(s > 0 for s in strengths) * sum((reg_param * v) ** 2 for v in vector)


# ---- shuffle_bytes


@right("worker by worker")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    total = 0
    for worker in set(listeners_on.values()):
        wanted = {i for u, i in pairs if listeners_on[u] == worker}
        total += len([i for i in wanted if tracks_on[i] != worker])
    return total * 4 * k


@right("pandas without duplicates")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    t = pd.DataFrame(pairs, columns=["u", "i"])
    t["w"], t["home"] = t["u"].map(listeners_on), t["i"].map(tracks_on)
    t = t[t["w"] != t["home"]].drop_duplicates(["w", "i"])
    return len(t) * k * 4


@right("track by track")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    n = 0
    for track, home in tracks_on.items():
        n += len({listeners_on[u] for u, i in pairs if i == track} - {home})
    return n * k * np.dtype("float32").itemsize


@wrong("each play", "Does a vector travel for each play?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return sum(4 * k for u, i in pairs if listeners_on[u] != tracks_on[i])


@wrong("at home too", "Did you count vectors that are at home already?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return len({(listeners_on[u], i) for u, i in pairs}) * k * 4


@wrong("each track once", "Does each track travel only once?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    away = set()
    for u, i in pairs:
        if listeners_on[u] != tracks_on[i]:
            away.add(i)
    return len(away) * k * 4


@wrong("the way back", "Is that the way back?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return len({(u, tracks_on[i]) for u, i in pairs if listeners_on[u] != tracks_on[i]}) * k * 4


@wrong("vectors", "Is that a number of vectors?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return len({(listeners_on[u], i) for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("numbers", "Is that a number of numbers?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return k * len({(listeners_on[u], i) for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("those at home")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 4 * k * len({(listeners_on[u], i) for u, i in pairs if listeners_on[u] == tracks_on[i]})


@wrong("all tracks to all workers")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 4 * k * len(tracks_on) * (len(set(listeners_on.values())) - 1)


@wrong("both ways", "Did you count the way back too?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    there = {(listeners_on[u], i) for u, i in pairs if listeners_on[u] != tracks_on[i]}
    back = {(tracks_on[i], u) for u, i in pairs if listeners_on[u] != tracks_on[i]}
    return 4 * k * (len(there) + len(back))


@right("a dict of sets")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    wants = defaultdict(set)
    for u, i in pairs:
        if tracks_on[i] != listeners_on[u]:
            wants[i].add(listeners_on[u])
    return 4 * k * sum(map(len, wants.values()))


@right("a table of needs")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    names = sorted(tracks_on)
    top = max([*listeners_on.values(), *tracks_on.values()]) + 1
    need = np.zeros((top, len(names)), bool)
    for u, i in pairs:
        need[listeners_on[u], names.index(i)] = True
    for column, name in enumerate(names):
        need[tracks_on[name], column] = False
    return int(need.sum()) * 4 * k


@wrong("each listener fetches for themselves", "Does a vector travel for each play?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 4 * k * len({(u, i) for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("numbers of 8 bytes", "Is that twice as much?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 8 * k * len({(listeners_on[u], i) for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("bits")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 32 * k * len({(listeners_on[u], i) for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("pairs of workers")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 4 * k * len({(listeners_on[u], tracks_on[i]) for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("every track to every worker that has a listener")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    workers = set(listeners_on.values())
    return 4 * k * sum(w != home for w in workers for home in tracks_on.values())


@wrong("k forgotten")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 4 * len({(listeners_on[u], i) for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("twice, sent and received", "Is that twice as much?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 2 * 4 * k * len({(listeners_on[u], i) for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("listeners whose track is away")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 4 * k * len({u for u, i in pairs if listeners_on[u] != tracks_on[i]})


@wrong("all tracks")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 4 * k * len(tracks_on)


@wrong("listeners' vectors to tracks", "Is that the way back?")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    seen = set()
    total = 0
    for u, i in pairs:
        if (tracks_on[i], u) not in seen and tracks_on[i] != listeners_on[u]:
            seen.add((tracks_on[i], u))
            total += 4 * k
    return total


@wrong("the pairs themselves")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    return 4 * k * len(pairs)


@wrong("neighbours in the list alone are told apart")
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    last, n = None, 0
    for u, i in pairs:
        now = (listeners_on[u], i)
        if now != last and listeners_on[u] != tracks_on[i]:
            n += 1
        last = now
    return 4 * k * n


# ---- cluster_seconds


@right("in three lines")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    compute = work / workers
    send = traffic / workers / bandwidth
    return start + compute + send


@right("a longest worker")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return max(start + work / workers + (traffic / workers) / bandwidth for _ in range(workers))


@right("one fraction")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return (start * workers + work + traffic / bandwidth) / workers


@wrong("no start", "Is the start forgotten?")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return work / workers + traffic / (bandwidth * workers)


@wrong("start is shared", "Did you divide the start too?")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return (start + work + traffic / bandwidth) / workers


@wrong("one wire", "Does all traffic pass through one wire?")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / workers + traffic / bandwidth


@wrong("no traffic", "Is the traffic forgotten?")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / workers


@wrong("work is whole", "Is the work not divided?")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work + traffic / (bandwidth * workers)


@wrong("starts one after the other", "Does every worker start on its own")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start * workers + work / workers + traffic / (bandwidth * workers)


@wrong("at the same time as computing", "Do workers send while they compute?")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + max(work / workers, traffic / (bandwidth * workers))


@wrong("bandwidth times traffic")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / workers + traffic * bandwidth / workers


@wrong("bits")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / workers + 8 * traffic / (workers * bandwidth)


@right("step by step")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    seconds = start
    seconds += work / workers
    seconds += (traffic / workers) / bandwidth
    return seconds


@right("an array of workers")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    ends = start + np.full(workers, work / workers) + np.full(workers, traffic / workers) / bandwidth
    return ends.max()


@wrong("start alone")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start


@wrong("bandwidth is shared")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / workers + traffic / (bandwidth / workers)


@wrong("as many workers as bytes")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / workers + traffic / workers


@wrong("one worker less computes")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / max(workers - 1, 1) + traffic / (workers * bandwidth)


@wrong("what is at home does not travel")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / workers + traffic * (workers - 1) / workers / (workers * bandwidth)


@wrong("each pair of workers has a wire")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work / workers + traffic / (workers**2 * bandwidth)


@wrong("the sum of all workers", "Is that what all workers are paid for?")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return workers * start + work + traffic / bandwidth


@wrong("the longest of the three")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return max(start, work / workers, traffic / (workers * bandwidth))


@wrong("traffic with the work")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + (work + traffic) / workers / bandwidth


@wrong("all on one")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work + traffic / bandwidth


@wrong("work is doubled by each worker")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work * workers + traffic / (workers * bandwidth)


@wrong("whole seconds")
def cluster_seconds(work, workers, start, traffic, bandwidth):
    return start + work // workers + traffic // (workers * bandwidth)


# ---- cost_of


@right("sorted")
def cost_of(alone, cluster):
    for workers, seconds in sorted(cluster.items()):
        if seconds < alone:
            return workers
    return 0


@right("a Series")
def cost_of(alone, cluster):
    s = pd.Series(cluster)
    faster = s[s < alone]
    return 0 if faster.empty else faster.index.min()


@right("filter and min")
def cost_of(alone, cluster):
    faster = list(filter(lambda w: cluster[w] < alone, cluster))
    return min(faster) if faster else 0


@wrong("the fastest", "Is that the fastest configuration?")
def cost_of(alone, cluster):
    best = min(cluster, key=lambda w: cluster[w])
    return best if cluster[best] < alone else 0


@wrong("a tie counts", "Does a tie count?")
def cost_of(alone, cluster):
    faster = [w for w in cluster if cluster[w] <= alone]
    return min(faster) if faster else 0


@wrong("processor seconds", "Did you compare the workers' seconds added up?")
def cost_of(alone, cluster):
    faster = [w for w in cluster if cluster[w] * w < alone]
    return min(faster) if faster else 0


@wrong("the largest", "Is that the largest configuration that is faster?")
def cost_of(alone, cluster):
    faster = [w for w in cluster if cluster[w] < alone]
    return max(faster) if faster else 0


@wrong("seconds", "Are those seconds?")
def cost_of(alone, cluster):
    for workers in sorted(cluster):
        if cluster[workers] < alone:
            return cluster[workers]
    return 0


@wrong("as they come", "Did you take the first that stands there?")
def cost_of(alone, cluster):
    for workers, seconds in cluster.items():
        if seconds < alone:
            return workers
    return 0


@wrong("slower ones", "Is that the smallest that loses?")
def cost_of(alone, cluster):
    slower = [w for w in cluster if cluster[w] >= alone]
    return min(slower) if slower else 0


@wrong("how many are faster")
def cost_of(alone, cluster):
    return sum(s < alone for s in cluster.values()) or 0


@wrong("how much faster")
def cost_of(alone, cluster):
    return alone / min(cluster.values())


@right("a list and a sort")
def cost_of(alone, cluster):
    faster = [w for w in cluster if alone - cluster[w] > 0]
    faster.sort()
    return (faster + [0])[0]


@right("arrays")
def cost_of(alone, cluster):
    w = np.array(sorted(cluster))
    s = np.array([cluster[one] for one in w])
    return int(w[s < alone][0]) if (s < alone).any() else 0


@wrong("None where there is none")
def cost_of(alone, cluster):
    return min((w for w, s in cluster.items() if s < alone), default=None)


@wrong("one worker is no cluster")
def cost_of(alone, cluster):
    return min([w for w, s in cluster.items() if s < alone and w > 1], default=0)


@wrong("the fastest, whatever the thread takes")
def cost_of(alone, cluster):
    return min(cluster, key=cluster.get)


@wrong("twice as fast")
def cost_of(alone, cluster):
    return min([w for w, s in cluster.items() if 2 * s < alone], default=0)


@wrong("from there on always")
def cost_of(alone, cluster):
    found = 0
    for w in sorted(cluster, reverse=True):
        if cluster[w] >= alone:
            break
        found = w
    return found


@wrong("the seconds gained")
def cost_of(alone, cluster):
    return max([alone - s for s in cluster.values() if s < alone], default=0)


@wrong("the place among the sorted")
def cost_of(alone, cluster):
    for place, w in enumerate(sorted(cluster)):
        if cluster[w] < alone:
            return place
    return 0


@wrong("slower ones, the largest")
def cost_of(alone, cluster):
    return max([w for w, s in cluster.items() if s > alone], default=0)


@wrong("as fast for each worker")
def cost_of(alone, cluster):
    return min([w for w, s in cluster.items() if s / w < alone], default=0)


@wrong("whether it pays")
def cost_of(alone, cluster):
    return any(s < alone for s in cluster.values())


@wrong("the smallest of all where none is faster")
def cost_of(alone, cluster):
    return min([w for w, s in cluster.items() if s < alone], default=min(cluster))


@wrong("interpolated")
def cost_of(alone, cluster):
    w = sorted(cluster)
    s = [cluster[one] for one in w]
    if min(s) >= alone:
        return 0
    return float(np.interp(-alone, [-x for x in s], w))
