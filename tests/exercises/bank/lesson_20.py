"""Answers to lesson 20. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from collections import Counter, defaultdict
from itertools import accumulate

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- prequential_hits


@right("Counter and a slice")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        top = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))[:k]
        if track in [name for name, _ in top]:
            hits = hits + 1
        seen.update([track])
    return hits


@right("the past as a Series")
def prequential_hits(stream, k):
    n = 0
    for i in range(1, len(stream)):
        past = pd.Series(stream[:i]).value_counts().sort_index().sort_values(ascending=False, kind="stable")
        n += stream[i] in past.index[:k]
    return int(n)


@right("how many are before it")
def prequential_hits(stream, k):
    counts = defaultdict(int)
    total = 0
    for t in stream:
        if counts.get(t, 0) > 0:
            better = [o for o in counts if counts[o] > counts[t] or (counts[o] == counts[t] and o < t)]
            total += len(better) < k
        counts[t] += 1
    return total


@wrong("learns first", "Did you count the play before you judged the list?")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        seen[track] += 1
        hits += track in sorted(seen, key=lambda t: (-seen[t], t))[:k]
    return hits


@wrong("the final chart", "Did you count the whole stream first?")
def prequential_hits(stream, k):
    final = Counter(stream)
    top = sorted(final, key=lambda t: (-final[t], t))[:k]
    return len([t for t in stream if t in top])


@wrong("a share", "Is that a share?")
def prequential_hits(stream, k):
    seen, hits = Counter(), []
    for track in stream:
        hits.append(track in sorted(seen, key=lambda t: (-seen[t], t))[:k])
        seen[track] += 1
    return np.mean(hits)


@wrong("learns from misses", "Did hits go uncounted?")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        if track in sorted(seen, key=lambda t: (-seen[t], t))[:k]:
            hits += 1
            continue
        seen[track] += 1
    return hits


@wrong("ever played", "Did you ask whether the track was played before at all?")
def prequential_hits(stream, k):
    old, hits = set(), 0
    for track in stream:
        hits += track in old
        old.add(track)
    return hits


@wrong("ties to whoever came first")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        hits += track in [t for t, _ in seen.most_common(k)]
        seen[track] += 1
    return hits


@wrong("the last k tracks")
def prequential_hits(stream, k):
    return sum(t in stream[max(0, i - k) : i] for i, t in enumerate(stream))


@wrong("the least played")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        hits += track in sorted(seen, key=lambda t: (seen[t], t))[:k]
        seen[track] += 1
    return hits


# ---- gain_by_source


@right("pandas twice")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=list("usg"))
    return t.groupby(["s", "u"]).g.mean().groupby(level="s").mean().to_dict()


@right("pivot_table")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["user", "source", "gain"])
    return t.pivot_table(index="user", columns="source", values="gain").mean()


@right("sums and counts")
def gain_by_source(plays):
    total, count = Counter(), Counter()
    for u, s, g in plays:
        total[s, u] += g
        count[s, u] += 1
    out = defaultdict(list)
    for s, u in count:
        out[s].append(total[s, u] / count[s, u])
    return {s: np.mean(v) for s, v in out.items()}


@wrong("pooled", "Did you take the mean over plays?")
def gain_by_source(plays):
    return pd.DataFrame(plays, columns=["u", "s", "g"]).groupby("s")["g"].mean().to_dict()


@wrong("zeros for the silent", "Do listeners without a play from a source count there")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.pivot_table(index="u", columns="s", values="g").fillna(0).mean().to_dict()


@wrong("sums", "Did you add up instead of taking means?")
def gain_by_source(plays):
    out = {}
    for u, s, g in plays:
        out[s] = out.get(s, 0) + g
    return out


@wrong("by listener", "Is that the mean of each listener?")
def gain_by_source(plays):
    return pd.DataFrame(plays, columns=["u", "s", "g"]).groupby("u")["g"].mean().to_dict()


@wrong("the best of each listener")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.groupby(["s", "u"]).g.max().groupby("s").mean().to_dict()


@wrong("medians")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.groupby(["s", "u"]).g.mean().groupby("s").median().to_dict()


# ---- first_alarm


@right("arrays")
def first_alarm(values, delta, threshold):
    x = np.asarray(values, float)
    means = np.cumsum(x) / np.arange(1, len(x) + 1)
    total = np.cumsum(means - x - delta)
    lowest = np.minimum(np.minimum.accumulate(total), 0)
    over = np.flatnonzero(total - lowest > threshold)
    return int(over[0]) + 1 if len(over) else 0


@right("a height that never falls below 0")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i] - delta)
        if height > threshold:
            return i + 1
    return 0


@right("accumulate")
def first_alarm(values, delta, threshold):
    sums = [0.0]
    for n, (v, s) in enumerate(zip(values, accumulate(values)), 1):
        sums.append(sums[-1] + s / n - v - delta)
        if sums[-1] - min(sums) > threshold:
            return n
    return 0


@wrong("without delta", "Did delta fall out?")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i])
        if height > threshold:
            return i + 1
    return 0


@wrong("plus delta", "Did you add delta?")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i] + delta)
        if height > threshold:
            return i + 1
    return 0


@wrong("a rise", "Does it ring for a rise?")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + values[i] - np.mean(values[: i + 1]) - delta)
        if height > threshold:
            return i + 1
    return 0


@wrong("the mean of all", "Is the mean that of all values?")
def first_alarm(values, delta, threshold):
    height, mean = 0, sum(values) / len(values)
    for n, v in enumerate(values, 1):
        height = max(0, height + mean - v - delta)
        if height > threshold:
            return n
    return 0


@wrong("the sum alone", "Did you compare the sum itself?")
def first_alarm(values, delta, threshold):
    total = 0
    for i in range(len(values)):
        total += np.mean(values[: i + 1]) - values[i] - delta
        if total > threshold:
            return i + 1
    return 0


@wrong("one day", "Does a single day ring it?")
def first_alarm(values, delta, threshold):
    for i in range(len(values)):
        if np.mean(values[: i + 1]) - values[i] - delta > threshold:
            return i + 1
    return 0


@wrong("from 0", "Did you count from 0?")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i] - delta)
        if height > threshold:
            return i
    return 0


@wrong("the last alarm")
def first_alarm(values, delta, threshold):
    found, height = 0, 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i] - delta)
        if height > threshold:
            found = i + 1
    return found


# ---- gram_after_play


@right("fancy indexing")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[item, heard] += 1
    g[heard, item] += 1
    g[item, item] += 1
    return g


@right("an indicator")
def gram_after_play(gram, heard, item):
    e, r = np.zeros(len(gram)), np.zeros(len(gram))
    e[item] = 1
    r[list(heard)] = 1
    return gram + np.outer(e, r) + np.outer(r, e) + np.outer(e, e)


@right("lists")
def gram_after_play(gram, heard, item):
    new = [[int(v) for v in row] for row in gram]
    for j in heard:
        new[j][item] += 1
        new[item][j] += 1
    new[item][item] += 1
    return new


@wrong("one line", "Is only one of the two lines changed?")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[item, [*heard, item]] += 1
    return g


@wrong("no diagonal", "Is the diagonal missing?")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[item, heard] += 1
    g[heard, item] += 1
    return g


@wrong("twice on the diagonal", "Did the diagonal grow by 2?")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    both = [*heard, item]
    g[item, both] += 1
    g[both, item] += 1
    return g


@wrong("the whole row again", "Did you add the listener's whole row again?")
def gram_after_play(gram, heard, item):
    r = np.zeros(len(gram), int)
    r[[*heard, item]] = 1
    return gram + np.outer(r, r)


@wrong("whole lines", "Did the whole lines grow?")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[item] += 1
    g[:, item] += 1
    g[item, item] -= 1
    return g


@wrong("the diagonal alone")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[item, item] += 1
    return g


# ---- inverse_after_play


@right("invert, change, invert")
def inverse_after_play(inverse, before, after):
    A = np.linalg.inv(inverse)
    A = A + np.outer(after, after) - np.outer(before, before)
    return np.linalg.inv(A)


@right("the new row first")
def inverse_after_play(inverse, before, after):
    v = inverse @ after
    P = inverse - np.outer(v, v) / (1 + after @ v)
    w = P @ before
    return P + np.outer(w, w) / (1 - before @ w)


@right("columns")
def inverse_after_play(inverse, before, after):
    P = inverse.copy()
    for row, sign in ((before, -1), (after, 1)):
        c = row.reshape(-1, 1)
        P = P - sign * (P @ c @ c.T @ P) / (1 + sign * (c.T @ P @ c))
    return P


@wrong("the difference", "Did you put in the difference of the two rows?")
def inverse_after_play(inverse, before, after):
    d = after - before
    v = inverse @ d
    return inverse - np.outer(v, v) / (1 + d @ v)


@wrong("the old row stays", "Is the old row still in it?")
def inverse_after_play(inverse, before, after):
    v = inverse @ after
    return inverse - np.outer(v, v) / (1 + after @ v)


@wrong("out only", "Did only the old row go out?")
def inverse_after_play(inverse, before, after):
    v = inverse @ before
    return inverse + np.outer(v, v) / (1 - before @ v)


@wrong("both from the old one", "Did both steps begin with the old inverse?")
def inverse_after_play(inverse, before, after):
    v, w = inverse @ before, inverse @ after
    return inverse + np.outer(v, v) / (1 - before @ v) - np.outer(w, w) / (1 + after @ w)


@wrong("products on the inverse", "Did you change the inverse itself by the products of the rows?")
def inverse_after_play(inverse, before, after):
    return inverse + np.outer(after, after) - np.outer(before, before)


@wrong("A", "Is that A?")
def inverse_after_play(inverse, before, after):
    return np.linalg.inv(inverse) + np.outer(after, after) - np.outer(before, before)


@wrong("the wrong sign below")
def inverse_after_play(inverse, before, after):
    v = inverse @ before
    P = inverse + np.outer(v, v) / (1 + before @ v)
    w = P @ after
    return P - np.outer(w, w) / (1 + after @ w)


# ---- weeks_between_fits


@right("argmin")
def weeks_between_fits(loss, cost):
    n = np.arange(1, len(loss) + 1)
    return int(n[((cost + np.cumsum(loss)) / n).argmin()])


@right("min with a key")
def weeks_between_fits(loss, cost):
    return min(range(1, len(loss) + 1), key=lambda n: (cost + sum(loss[:n])) / n)


@right("a Series")
def weeks_between_fits(loss, cost):
    s = pd.Series(loss, index=range(1, len(loss) + 1)).cumsum() + cost
    return (s / s.index).idxmin()


@wrong("whole rounds", "Did you compare whole rounds?")
def weeks_between_fits(loss, cost):
    return int(np.argmin(cost + np.cumsum(loss))) + 1


@wrong("no cost", "Did the cost of the fit fall out?")
def weeks_between_fits(loss, cost):
    n = np.arange(1, len(loss) + 1)
    return int((np.cumsum(loss) / n).argmin()) + 1


@wrong("the last week alone", "Did only the last week of a round count?")
def weeks_between_fits(loss, cost):
    n = np.arange(1, len(loss) + 1)
    return int(((cost + np.array(loss)) / n).argmin()) + 1


@wrong("when a week loses the cost", "Did you wait until a week loses what a fit costs?")
def weeks_between_fits(loss, cost):
    for n, one in enumerate(loss, 1):
        if one >= cost:
            return n
    return len(loss)


@wrong("from 0", "Did you count from 0?")
def weeks_between_fits(loss, cost):
    n = np.arange(1, len(loss) + 1)
    return int(((cost + np.cumsum(loss)) / n).argmin())


@wrong("the cost", "Is that the cost?")
def weeks_between_fits(loss, cost):
    n = np.arange(1, len(loss) + 1)
    return float(((cost + np.cumsum(loss)) / n).min())


# ---- same_length


@right("arrays")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(1)
    return np.c_[V, np.sqrt(s.max() - s)]


@right("math and lists")
def same_length(vectors):
    import math

    lengths = [math.hypot(*v) for v in vectors]
    top = max(lengths)
    return [list(v) + [math.sqrt(max(0.0, top * top - n * n))] for v, n in zip(vectors, lengths)]


@right("a DataFrame")
def same_length(vectors):
    t = pd.DataFrame(vectors)
    s = (t**2).sum(axis=1)
    t["more"] = np.sqrt(s.max() - s)
    return t.to_numpy()


@wrong("lengths subtracted", "Did you append the difference of the lengths?")
def same_length(vectors):
    V = np.array(vectors, float)
    n = np.linalg.norm(V, axis=1)
    return np.c_[V, n.max() - n]


@wrong("no root", "Did you append the difference of the squares?")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(1)
    return np.c_[V, s.max() - s]


@wrong("unit vectors", "Did you divide each by its length?")
def same_length(vectors):
    V = np.array(vectors, float)
    n = np.linalg.norm(V, axis=1, keepdims=True)
    n[n == 0] = 1
    return V / n


@wrong("the length itself", "Did you append the length itself?")
def same_length(vectors):
    V = np.array(vectors, float)
    return np.c_[V, np.linalg.norm(V, axis=1)]


@wrong("in front")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(1)
    return np.c_[np.sqrt(s.max() - s), V]


@wrong("minus the root")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(1)
    return np.c_[V, -np.sqrt(s.max() - s)]
