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


@wrong("ties to whoever came first", "Do ties go to another name?")
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


@right("one dict, one sort, a for and an if")
def prequential_hits(stream, k):
    plays = {}
    good = 0
    for name in stream:
        chart = sorted(plays.items(), key=lambda x: x[0])
        chart = sorted(chart, key=lambda x: x[1], reverse=True)
        for place, (other, _) in enumerate(chart):
            if place < k and other == name:
                good += 1
        plays[name] = plays.get(name, 0) + 1
    return good


@right("a table of running counts")
def prequential_hits(stream, k):
    names = sorted(set(stream))
    counts = np.zeros(len(names), dtype=int)
    hits = 0
    for track in stream:
        i = names.index(track)
        order = np.argsort(-counts, kind="stable")[:k]
        hits += int(i in order and counts[i] > 0)
        counts[i] += 1
    return hits


@wrong("misses", "Are those the misses?")
def prequential_hits(stream, k):
    seen, misses = Counter(), 0
    for track in stream:
        misses += track not in sorted(seen, key=lambda t: (-seen[t], t))[:k]
        seen[track] += 1
    return misses


@wrong("ties to the end of the alphabet", "Do ties go to another name?")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        hits += track in sorted(sorted(seen, reverse=True), key=lambda t: -seen[t])[:k]
        seen[track] += 1
    return hits


@wrong("the alphabet alone", "Did you count a track once only?")
def prequential_hits(stream, k):
    seen, hits = set(), 0
    for track in stream:
        hits += track in sorted(seen)[:k]
        seen.add(track)
    return hits


@wrong("one place too many")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        hits += track in sorted(seen, key=lambda t: (-seen[t], t))[: k + 1]
        seen[track] += 1
    return hits


@wrong("the place at the end of the list is not looked at")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        hits += track in sorted(seen, key=lambda t: (-seen[t], t))[: k - 1]
        seen[track] += 1
    return hits


@wrong("the one before")
def prequential_hits(stream, k):
    return sum(a == b for a, b in zip(stream, stream[1:]))


@wrong("a hit is worth its rank")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0.0
    for track in stream:
        top = sorted(seen, key=lambda t: (-seen[t], t))[:k]
        if track in top:
            hits += 1 / (top.index(track) + 1)
        seen[track] += 1
    return hits


@wrong("returns within the loop")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        if track in sorted(seen, key=lambda t: (-seen[t], t))[:k]:
            hits += 1
            return hits
        seen[track] += 1
    return hits


@wrong("a list of hits")
def prequential_hits(stream, k):
    seen, hits = Counter(), []
    for track in stream:
        if track in sorted(seen, key=lambda t: (-seen[t], t))[:k]:
            hits.append(track)
        seen[track] += 1
    return hits


@wrong("each track hit once")
def prequential_hits(stream, k):
    seen, hits = Counter(), set()
    for track in stream:
        if track in sorted(seen, key=lambda t: (-seen[t], t))[:k]:
            hits.add(track)
        seen[track] += 1
    return len(hits)


@wrong("a half to learn, a half to test")
def prequential_hits(stream, k):
    half = len(stream) // 2
    seen = Counter(stream[:half])
    top = sorted(seen, key=lambda t: (-seen[t], t))[:k]
    return sum(t in top for t in stream[half:])


@wrong("only hits are counted in the chart")
def prequential_hits(stream, k):
    seen, hits = Counter(), 0
    for track in stream:
        if track in sorted(seen, key=lambda t: (-seen[t], t))[:k]:
            hits += 1
            seen[track] += 1
        elif track not in seen:
            seen[track] = 1
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


@right("two levels of dicts")
def gain_by_source(plays):
    out = {}
    for source in {p[1] for p in plays}:
        own = []
        for user in {p[0] for p in plays if p[1] == source}:
            gains = [g for u, s, g in plays if u == user and s == source]
            own.append(sum(gains) / len(gains))
        out[source] = sum(own) / len(own)
    return out


@right("running means")
def gain_by_source(plays):
    mean, n = {}, Counter()
    for u, s, g in plays:
        n[u, s] += 1
        old = mean.get((u, s), 0.0)
        mean[u, s] = old + (g - old) / n[u, s]
    return pd.Series(mean).groupby(level=1).mean()


@wrong("the mean of both ways to group")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.groupby("s")["g"].agg(lambda g: (g.min() + g.max()) / 2).to_dict()


@wrong("each listener's first play")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"]).drop_duplicates(["u", "s"])
    return t.groupby("s")["g"].mean().to_dict()


@wrong("each listener's last play")
def gain_by_source(plays):
    last = {(s, u): g for u, s, g in plays}
    out = defaultdict(list)
    for (s, _), g in last.items():
        out[s].append(g)
    return {s: np.mean(v) for s, v in out.items()}


@wrong("sums of a listener, their mean", "Did you add up a listener's plays?")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.groupby(["s", "u"]).g.sum().groupby("s").mean().to_dict()


@wrong("divided by all plays")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return (t.groupby("s")["g"].sum() / len(t)).to_dict()


@wrong("sums of the listeners' means")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.groupby(["s", "u"]).g.mean().groupby("s").sum().to_dict()


@wrong("by pairs")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.groupby(["s", "u"]).g.mean().to_dict()


@wrong("by listener and source, listeners outside")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.groupby(["s", "u"]).g.mean().groupby("u").mean().to_dict()


@wrong("how many plays")
def gain_by_source(plays):
    return dict(Counter(s for _, s, _ in plays))


@wrong("the share of plays with a gain")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    t["g"] = t["g"] > 0
    return t.groupby(["s", "u"]).g.mean().groupby("s").mean().to_dict()


@wrong("plays without a gain left out")
def gain_by_source(plays):
    t = pd.DataFrame([p for p in plays if p[2]], columns=["u", "s", "g"])
    return t.groupby(["s", "u"]).g.mean().groupby("s").mean().to_dict()


@wrong("the mean of everything")
def gain_by_source(plays):
    return {s: np.mean([g for _, _, g in plays]) for _, s, _ in plays}


@wrong("a mean of sources for each listener who has all")
def gain_by_source(plays):
    t = pd.DataFrame(plays, columns=["u", "s", "g"])
    return t.pivot_table(index="u", columns="s", values="g").dropna().mean().to_dict()


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


@right("an object with a state")
def first_alarm(values, delta, threshold):
    class State:
        n, mean, total, low = 0, 0.0, 0.0, 0.0

    s = State()
    for v in values:
        s.n += 1
        s.mean += (v - s.mean) / s.n
        s.total += s.mean - v - delta
        s.low = s.low if s.low < s.total else s.total
        if s.total - s.low > threshold:
            return s.n
    return 0


@right("an expanding mean")
def first_alarm(values, delta, threshold):
    x = pd.Series(values, dtype=float)
    m = (x.expanding().mean() - x - delta).cumsum()
    height = m - m.cummin().clip(upper=0)
    rung = height[height > threshold]
    return 0 if rung.empty else rung.index[0] + 1


@wrong("the first value alone is the mean")
def first_alarm(values, delta, threshold):
    height = 0
    for n, v in enumerate(values, 1):
        height = max(0, height + values[0] - v - delta)
        if height > threshold:
            return n
    return 0


@wrong("the sum begins anew at each value", "Does a single day ring it?")
def first_alarm(values, delta, threshold):
    for i in range(1, len(values) + 1):
        total = np.mean(values[:i]) - min(values[:i]) - delta
        if total > threshold:
            return i
    return 0


@right("the first sum is at most 0, so the beginning may fall out")
def first_alarm(values, delta, threshold):
    total, sums = 0.0, []
    for n, v in enumerate(values, 1):
        total += np.mean(values[:n]) - v - delta
        sums.append(total)
        if total - min(sums) > threshold:
            return n
    return 0


@wrong("against the highest")
def first_alarm(values, delta, threshold):
    total, high = 0.0, 0.0
    for n, v in enumerate(values, 1):
        total += np.mean(values[:n]) - v - delta
        high = max(high, total)
        if high - total > threshold:
            return n
    return 0


@wrong("at the threshold already", "Does it ring at the threshold itself?")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i] - delta)
        if height >= threshold:
            return i + 1
    return 0


@wrong("None where it never does")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i] - delta)
        if height > threshold:
            return i + 1


@wrong("the length where it never does")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i] - delta)
        if height > threshold:
            return i + 1
    return len(values)


@wrong("the height")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i] - delta)
        if height > threshold:
            return height
    return 0


@wrong("a window of the last three as the mean")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[max(0, i - 2) : i + 1]) - values[i] - delta)
        if height > threshold:
            return i + 1
    return 0


@wrong("falls either way")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + abs(np.mean(values[: i + 1]) - values[i]) - delta)
        if height > threshold:
            return i + 1
    return 0


@wrong("the mean before this value", "That is the mean of the values before this one.")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(1, len(values)):
        height = max(0, height + np.mean(values[:i]) - values[i] - delta)
        if height > threshold:
            return i + 1
    return 0


@wrong("delta is taken off the threshold")
def first_alarm(values, delta, threshold):
    height = 0
    for i in range(len(values)):
        height = max(0, height + np.mean(values[: i + 1]) - values[i])
        if height > threshold - delta:
            return i + 1
    return 0


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


@right("a dense product of both rows")
def gram_after_play(gram, heard, item):
    g = np.asarray(gram, float)
    b = np.array([float(j in heard) for j in range(len(g))])
    a = b.copy()
    a[item] = 1.0
    return g - np.outer(b, b) + np.outer(a, a)


@right("np.add.at on both lines")
def gram_after_play(gram, heard, item):
    out = gram.copy()
    rows = np.r_[np.full(len(heard), item), np.asarray(heard, int), item].astype(int)
    cols = np.r_[np.asarray(heard, int), np.full(len(heard), item), item].astype(int)
    np.add.at(out, (rows, cols), 1)
    return out


@wrong("the column alone")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[[*heard, item], item] += 1
    return g


@wrong("set to one")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[item, heard] = 1
    g[heard, item] = 1
    g[item, item] += 1
    return g


@wrong("the diagonals of all that were heard too")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    for j in heard:
        g[item, j] += 1
        g[j, item] += 1
        g[j, j] += 1
    g[item, item] += 1
    return g


@wrong("what was not heard grows")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    for j in range(len(g)):
        if j not in heard and j != item:
            g[item, j] += 1
            g[j, item] += 1
    g[item, item] += 1
    return g


@wrong("changes the given table")
def gram_after_play(gram, heard, item):
    gram[item, heard] += 1
    gram[heard, item] += 1
    gram[item, item] += 1
    return gram


@wrong("taken off")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[item, heard] -= 1
    g[heard, item] -= 1
    g[item, item] -= 1
    return g


@wrong("the new line alone")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    g[item, heard] += 1
    g[item, item] += 1
    return g[item]


@wrong("the whole table grows")
def gram_after_play(gram, heard, item):
    return gram + 1


@wrong("the first heard alone")
def gram_after_play(gram, heard, item):
    g = gram.copy()
    for j in heard[:1]:
        g[item, j] += 1
        g[j, item] += 1
    g[item, item] += 1
    return g


@wrong("both lines by one half")
def gram_after_play(gram, heard, item):
    g = gram.astype(float)
    for j in heard:
        g[item, j] += 0.5
        g[j, item] += 0.5
    g[item, item] += 1
    return g


@wrong("the row of the play alone")
def gram_after_play(gram, heard, item):
    r = np.zeros(len(gram), int)
    r[item] = 1
    return gram + np.outer(r, r)


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


@right("Woodbury with a signed middle")
def inverse_after_play(inverse, before, after):
    U = np.column_stack([before, after])
    C = np.diag([-1.0, 1.0])
    mid = np.linalg.inv(np.linalg.inv(C) + U.T @ inverse @ U)
    return inverse - inverse @ U @ mid @ U.T @ inverse


@right("solve against the unit matrix")
def inverse_after_play(inverse, before, after):
    A = np.linalg.inv(inverse) - np.outer(before, before) + np.outer(after, after)
    return np.linalg.solve(A, np.eye(len(A)))


@wrong("rows the other way round", "Are the two rows exchanged?")
def inverse_after_play(inverse, before, after):
    A = np.linalg.inv(inverse)
    return np.linalg.inv(A + np.outer(before, before) - np.outer(after, after))


@wrong("both rows are added")
def inverse_after_play(inverse, before, after):
    A = np.linalg.inv(inverse)
    return np.linalg.inv(A + np.outer(before, before) + np.outer(after, after))


@wrong("the play's own track alone", "Did you put in the difference of the two rows?")
def inverse_after_play(inverse, before, after):
    A = np.linalg.inv(inverse)
    d = after - before
    return np.linalg.inv(A + np.diag(d))


@wrong("the difference by inversion", "Did you put in the difference of the two rows?")
def inverse_after_play(inverse, before, after):
    d = after - before
    return np.linalg.inv(np.linalg.inv(inverse) + np.outer(d, d))


@wrong("the denominators exchanged")
def inverse_after_play(inverse, before, after):
    v = inverse @ before
    P = inverse + np.outer(v, v) / (1 + before @ v)
    w = P @ after
    return P - np.outer(w, w) / (1 - after @ w + 1e-9)


@wrong("no denominators")
def inverse_after_play(inverse, before, after):
    v = inverse @ before
    P = inverse + np.outer(v, v)
    w = P @ after
    return P - np.outer(w, w)


@wrong("element by element")
def inverse_after_play(inverse, before, after):
    v = inverse @ before
    P = inverse + v * v / (1 - before @ v)
    w = P @ after
    return P - w * w / (1 + after @ w)


@wrong("an inner product in place of an outer one")
def inverse_after_play(inverse, before, after):
    v = inverse @ before
    P = inverse + (v @ v) / (1 - before @ v)
    w = P @ after
    return P - (w @ w) / (1 + after @ w)


@wrong("the inverse of the given one")
def inverse_after_play(inverse, before, after):
    return np.linalg.inv(inverse + np.outer(after, after) - np.outer(before, before))


@wrong("as it was")
def inverse_after_play(inverse, before, after):
    return inverse.copy()


@wrong("changes what it is given")
def inverse_after_play(inverse, before, after):
    v = inverse @ before
    inverse += np.outer(v, v) / (1 - before @ v)
    w = inverse @ after
    inverse -= np.outer(w, w) / (1 + after @ w)
    return inverse


@wrong("the sign of both steps")
def inverse_after_play(inverse, before, after):
    v = inverse @ before
    P = inverse - np.outer(v, v) / (1 - before @ v)
    w = P @ after
    return P + np.outer(w, w) / (1 + after @ w)


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


@right("while it still falls")
def weeks_between_fits(loss, cost):
    costs = {n: (cost + sum(loss[i] for i in range(n))) / n for n in range(1, len(loss) + 1)}
    least = min(costs.values())
    return next(n for n in sorted(costs) if costs[n] <= least + 1e-9)


@right("running sum")
def weeks_between_fits(loss, cost):
    best_n, best, total = 1, float("inf"), cost
    for n, one in enumerate(loss, start=1):
        total += one
        if total / n < best - 1e-12:
            best_n, best = n, total / n
    return best_n


@wrong("the last of equals")
def weeks_between_fits(loss, cost):
    n = np.arange(1, len(loss) + 1)
    each = np.round((cost + np.cumsum(loss)) / n, 9)
    return int(n[::-1][each[::-1].argmin()])


@wrong("one loss too few")
def weeks_between_fits(loss, cost):
    return min(range(1, len(loss) + 1), key=lambda n: (cost + sum(loss[: n - 1])) / n)


@wrong("one loss too many")
def weeks_between_fits(loss, cost):
    return min(range(1, len(loss) + 1), key=lambda n: (cost + sum(loss[: n + 1])) / n)


@wrong("fits are free in the first round")
def weeks_between_fits(loss, cost):
    return min(range(1, len(loss) + 1), key=lambda n: cost / n if n > 1 else cost + loss[0])


@wrong("the largest")
def weeks_between_fits(loss, cost):
    n = np.arange(1, len(loss) + 1)
    return int(((cost + np.cumsum(loss)) / n).argmax()) + 1


@wrong("the rule of the root")
def weeks_between_fits(loss, cost):
    growth = (loss[-1] - loss[0]) / max(1, len(loss) - 1)
    if growth <= 0:
        return len(loss)
    return int(np.clip(round((2 * cost / growth) ** 0.5), 1, len(loss)))


@wrong("mean loss, whole cost", "Did the cost of the fit fall out?")
def weeks_between_fits(loss, cost):
    return min(range(1, len(loss) + 1), key=lambda n: cost + np.mean(loss[:n]))


@wrong("whole loss, shared cost")
def weeks_between_fits(loss, cost):
    return min(range(1, len(loss) + 1), key=lambda n: cost / n + sum(loss[:n]))


@wrong("while losses lie below the cost", "Did you wait until a week loses what a fit costs?")
def weeks_between_fits(loss, cost):
    n = 0
    for one in loss:
        if one > cost:
            break
        n += 1
    return max(n, 1)


@wrong("the week of the greatest loss")
def weeks_between_fits(loss, cost):
    return int(np.argmax(loss)) + 1


@wrong("always weekly")
def weeks_between_fits(loss, cost):
    return 1


@wrong("when the sum passes the cost", "Did you wait until the losses reach the cost?")
def weeks_between_fits(loss, cost):
    total = 0
    for n, one in enumerate(loss, 1):
        total += one
        if total >= cost:
            return n
    return len(loss)


@wrong("the last week that costs less than the one before")
def weeks_between_fits(loss, cost):
    each = [(cost + sum(loss[:n])) / n for n in range(1, len(loss) + 1)]
    for n in range(1, len(each)):
        if each[n] >= each[n - 1]:
            return n
    return len(each)


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


@right("hypotenuses by hand")
def same_length(vectors):
    squares = [sum(x * x for x in v) for v in vectors]
    return [tuple(v) + ((max(squares) - s) ** 0.5,) for v, s in zip(vectors, squares)]


@right("einsum")
def same_length(vectors):
    V = np.asarray(vectors, dtype=float)
    s = np.einsum("ij,ij->i", V, V)
    return np.hstack([V, np.sqrt(s.max() - s).reshape(-1, 1)])


@wrong("stretched", "Did you stretch all to one length?")
def same_length(vectors):
    V = np.array(vectors, float)
    n = np.linalg.norm(V, axis=1, keepdims=True)
    return V * n.max() / np.where(n == 0, 1, n)


@wrong("the number one")
def same_length(vectors):
    return [[*v, 1.0] for v in vectors]


@wrong("a nought")
def same_length(vectors):
    return [[*v, 0.0] for v in vectors]


@wrong("sums of absolute values")
def same_length(vectors):
    V = np.array(vectors, float)
    s = np.abs(V).sum(1)
    return np.c_[V, s.max() - s]


@wrong("the longest by its largest number")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(1)
    return np.c_[V, np.sqrt(np.maximum((V**2).max() - s, 0))]


@wrong("the root of the difference of lengths")
def same_length(vectors):
    V = np.array(vectors, float)
    n = np.linalg.norm(V, axis=1)
    return np.c_[V, np.sqrt(n.max() - n)]


@wrong("length one")
def same_length(vectors):
    V = np.array(vectors, float)
    V = V / np.linalg.norm(V, axis=1).max()
    s = (V**2).sum(1)
    return np.c_[V, np.sqrt(np.maximum(1 - s, 0))]


@wrong("the numbers alone")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(1)
    return np.sqrt(s.max() - s)


@wrong("two numbers more")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(1)
    more = np.sqrt((s.max() - s) / 2)
    return np.c_[V, more, more]


@wrong("to the mean length")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(1)
    return np.c_[V, np.sqrt(np.maximum(s.mean() - s, 0))]


@wrong("the longest of a column")
def same_length(vectors):
    V = np.array(vectors, float)
    s = (V**2).sum(0)
    return np.c_[V, np.sqrt(np.maximum(s.max() - (V**2).sum(1), 0))]
