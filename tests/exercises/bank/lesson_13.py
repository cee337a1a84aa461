"""Answers to lesson 13. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from collections import Counter, defaultdict

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- rank_of_target


@right("above plus the middle of the tied")
def rank_of_target(scores, target):
    s = np.asarray(scores)
    return (s > s[target]).sum() + ((s == s[target]).sum() + 1) / 2


@right("pandas rank")
def rank_of_target(scores, target):
    return pd.Series(scores).rank(ascending=False, method="average").iloc[target]


@right("scipy")
def rank_of_target(scores, target):
    from scipy.stats import rankdata

    return rankdata(-np.asarray(scores, float))[target]


@right("sorts and averages the places")
def rank_of_target(scores, target):
    order = sorted(scores, reverse=True)
    places = [n for n, s in enumerate(order, start=1) if s == scores[target]]
    return sum(places) / len(places)


@right("counts in a loop, as an array without axes")
def rank_of_target(scores, target):
    rank = 1.0
    for i, s in enumerate(scores):
        if s > scores[target]:
            rank += 1
        elif s == scores[target] and i != target:
            rank += 0.5
    return np.array(rank)


@wrong("ties in the target's favour", "Is the target first among equals")
def rank_of_target(scores, target):
    return 1 + sum(s > scores[target] for s in scores)


@wrong("ties against the target", "Is the target last among equals")
def rank_of_target(scores, target):
    return sum(s >= scores[target] for s in scores)


@wrong("from zero", "Do you count from 0")
def rank_of_target(scores, target):
    s = np.asarray(scores)
    return (s > s[target]).sum() + ((s == s[target]).sum() - 1) / 2


@wrong("the lowest first", "Is the smallest score first")
def rank_of_target(scores, target):
    return pd.Series(scores).rank().iloc[target]


@wrong("ties in the order of the list", "Are equals in the order of the list")
def rank_of_target(scores, target):
    order = np.argsort(-np.asarray(scores), kind="stable")
    return int(np.flatnonzero(order == target)[0]) + 1


@wrong("dense ranks", "Do equals take one rank together")
def rank_of_target(scores, target):
    return sorted(set(scores), reverse=True).index(scores[target]) + 1


@wrong("half of the tied, itself among them", "Is it half a rank too far down")
def rank_of_target(scores, target):
    s = np.asarray(scores)
    return 1 + (s > s[target]).sum() + (s == s[target]).sum() / 2


@wrong("the item that stands at the target's rank", "Is that the item at a place")
def rank_of_target(scores, target):
    return int(np.argsort(-np.asarray(scores), kind="stable")[target]) + 1


@wrong("as a share of the list")
def rank_of_target(scores, target):
    return pd.Series(scores).rank(ascending=False).iloc[target] / len(scores)


@wrong("the target counts twice")
def rank_of_target(scores, target):
    s = np.asarray(scores)
    return (s >= s[target]).sum() + (s > s[target]).sum()


@wrong("one over the rank", "Is that one over the rank")
def rank_of_target(scores, target):
    return 1 / pd.Series(scores).rank(ascending=False).iloc[target]


# ---- transitions


@right("a loop over neighbours")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for t in range(1, len(tracks)):
        if sessions[t] == sessions[t - 1]:
            counts[tracks[t - 1], tracks[t]] += 1
    return counts


@right("np.add.at")
def transitions(tracks, sessions, n):
    t, s = np.asarray(tracks, int), np.asarray(sessions)
    same = s[1:] == s[:-1]
    counts = np.zeros((n, n), int)
    np.add.at(counts, (t[:-1][same], t[1:][same]), 1)
    return counts


@right("lists of lists")
def transitions(tracks, sessions, n):
    c = Counter((a, b) for a, b, s, r in zip(tracks, tracks[1:], sessions, sessions[1:]) if s == r)
    return [[c[i, j] for j in range(n)] for i in range(n)]


@right("pandas, as a table")
def transitions(tracks, sessions, n):
    t = pd.DataFrame({"now": tracks, "s": sessions})
    t["then"] = t.groupby("s", sort=False)["now"].shift(-1)
    t = t.dropna().astype({"now": int, "then": int})
    return pd.crosstab(t["now"], t["then"]).reindex(index=range(n), columns=range(n), fill_value=0)


@right("bincount of pairs")
def transitions(tracks, sessions, n):
    t, s = np.array(tracks, int), np.array(sessions)
    pairs = (t[:-1] * n + t[1:])[s[:-1] == s[1:]]
    return np.bincount(pairs, minlength=n * n).reshape(n, n)


@wrong("over the border of sessions", "from one session to the next")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for a, b in zip(tracks, tracks[1:]):
        counts[a, b] += 1
    return counts


@wrong("rows and columns exchanged", "Do rows and columns stand")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for t in range(1, len(tracks)):
        if sessions[t] == sessions[t - 1]:
            counts[tracks[t], tracks[t - 1]] += 1
    return counts


@wrong("all later tracks of the session", "all later plays of the session")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for t in range(len(tracks)):
        for later in range(t + 1, len(tracks)):
            if sessions[later] == sessions[t]:
                counts[tracks[t], tracks[later]] += 1
    return counts


@wrong("both directions", "Do you count both directions")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for t in range(1, len(tracks)):
        if sessions[t] == sessions[t - 1]:
            counts[tracks[t - 1], tracks[t]] += 1
            counts[tracks[t], tracks[t - 1]] += 1
    return counts


@wrong("each pair once, by fancy indexing", "counted once at most")
def transitions(tracks, sessions, n):
    t, s = np.asarray(tracks, int), np.asarray(sessions)
    counts = np.zeros((n, n))
    same = s[1:] == s[:-1]
    counts[t[:-1][same], t[1:][same]] += 1
    return counts


@wrong("shares, not counts", "Are those shares")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for t in range(1, len(tracks)):
        if sessions[t] == sessions[t - 1]:
            counts[tracks[t - 1], tracks[t]] += 1
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


@wrong("how often both are in a session", "Do you count who is in a session together")
def transitions(tracks, sessions, n):
    by = defaultdict(set)
    for t, s in zip(tracks, sessions):
        by[s].add(t)
    counts = np.zeros((n, n))
    for one in by.values():
        for a in one:
            for b in one:
                counts[a, b] += a != b
    return counts


@wrong("repeats left out", "Is a track that follows itself left out")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for t in range(1, len(tracks)):
        if sessions[t] == sessions[t - 1] and tracks[t] != tracks[t - 1]:
            counts[tracks[t - 1], tracks[t]] += 1
    return counts


@wrong("the last pair forgotten", "Is the last pair missing")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for t in range(1, len(tracks) - 1):
        if sessions[t] == sessions[t - 1]:
            counts[tracks[t - 1], tracks[t]] += 1
    return counts


@wrong("two steps on")
def transitions(tracks, sessions, n):
    counts = np.zeros((n, n))
    for t in range(2, len(tracks)):
        if sessions[t] == sessions[t - 2]:
            counts[tracks[t - 2], tracks[t]] += 1
    return counts


@wrong("only the first pair of a session")
def transitions(tracks, sessions, n):
    counts, seen = np.zeros((n, n)), set()
    for t in range(1, len(tracks)):
        if sessions[t] == sessions[t - 1] and sessions[t] not in seen:
            counts[tracks[t - 1], tracks[t]] += 1
            seen.add(sessions[t])
    return counts


# ---- smoothed_chances


@right("broadcasting")
def smoothed_chances(counts, shares, smoothing):
    c, s = np.asarray(counts, float), np.asarray(shares, float)
    return (c + smoothing * s) / (c.sum(axis=1, keepdims=True) + smoothing)


@right("two loops")
def smoothed_chances(counts, shares, smoothing):
    n = len(counts)
    return [
        [(counts[i][j] + smoothing * shares[j]) / (sum(counts[i]) + smoothing) for j in range(n)]
        for i in range(n)
    ]


@right("the rows of the sum, which is the same")
def smoothed_chances(counts, shares, smoothing):
    top = np.array(counts, float) + smoothing * np.array(shares)[None, :]
    return top / top.sum(axis=1)[:, None]


@right("a mix of two chances")
def smoothed_chances(counts, shares, smoothing):
    c = np.array(counts, float)
    n = c.sum(axis=1, keepdims=True)
    own = np.divide(c, n, out=np.zeros_like(c), where=n > 0)
    trust = n / (n + smoothing)
    return trust * own + (1 - trust) * np.asarray(shares)


@right("a table")
def smoothed_chances(counts, shares, smoothing):
    c = pd.DataFrame(counts)
    return c.add(smoothing * np.asarray(shares), axis=1).div(c.sum(axis=1) + smoothing, axis=0)


@wrong("smoothing by one for each track", "the same of the imagined plays")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + smoothing) / (c.sum(axis=1, keepdims=True) + smoothing * len(c))


@wrong("the smoothing above only", "sum to more than 1")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + smoothing * np.asarray(shares)) / np.maximum(c.sum(axis=1, keepdims=True), 1)


@wrong("no smoothing", "Is nothing smoothed")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return c / np.maximum(c.sum(axis=1, keepdims=True), 1)


@wrong("sums of the columns", "Do you sum over the tracks before")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + smoothing * np.asarray(shares)) / (c.sum(axis=0) + smoothing)


@wrong("the share of the track that was, not of the next", "Does the share of the track before")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + smoothing * np.asarray(shares)[:, None]) / (c.sum(axis=1, keepdims=True) + smoothing)


@wrong("the sum of the whole table", "Is the sum that of the whole table")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + smoothing * np.asarray(shares)) / (c.sum() + smoothing)


@wrong("the smoothing times n below", "Does a row sum to less than 1")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + smoothing * np.asarray(shares)) / (c.sum(axis=1, keepdims=True) + smoothing * len(c))


@wrong("an even share for each", "the same of the imagined plays")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + smoothing / len(c)) / (c.sum(axis=1, keepdims=True) + smoothing)


@wrong("shares added without the smoothing", "Is `smoothing` left out")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + np.asarray(shares)) / (c.sum(axis=1, keepdims=True) + 1)


@wrong("one axis forgotten in the sum", "Do the sums lie along the columns")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return (c + smoothing * np.asarray(shares)) / (c.sum(axis=1) + smoothing)


@wrong("only rows without plays are smoothed")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    n = c.sum(axis=1, keepdims=True)
    return np.where(n > 0, c / np.maximum(n, 1), np.asarray(shares))


@wrong("logarithms")
def smoothed_chances(counts, shares, smoothing):
    c = np.asarray(counts, float)
    return np.log((c + smoothing * np.asarray(shares)) / (c.sum(axis=1, keepdims=True) + smoothing))


# ---- order_ratio


@right("a loop")
def order_ratio(pairs, follower):
    found = expected = 0
    for before, after, week in pairs:
        rest = [t for t in week if t != before]
        found += after == follower[before]
        expected += rest.count(follower[before]) / len(rest)
    return found / expected


@right("two sums")
def order_ratio(pairs, follower):
    found = sum(1 for b, a, w in pairs if follower[b] == a)
    share = [w.count(follower[b]) / (len(w) - w.count(b)) for b, a, w in pairs]
    return found / sum(share)


@right("numpy")
def order_ratio(pairs, follower):
    found, expected = [], []
    for b, a, w in pairs:
        w = np.array(list(w), dtype=object)
        found.append(float(a == follower[b]))
        expected.append((w[w != b] == follower[b]).mean())
    return np.sum(found) / np.sum(expected)


@right("counters and a table")
def order_ratio(pairs, follower):
    t = pd.DataFrame(pairs, columns=["before", "after", "week"])
    t["want"] = t["before"].map(follower)
    t["e"] = [Counter(w)[f] / (len(w) - Counter(w)[b]) for b, w, f in zip(t["before"], t["week"], t["want"])]
    return (t["after"] == t["want"]).sum() / t["e"].sum()


@right("the mean over the mean")
def order_ratio(pairs, follower):
    hits = np.mean([a == follower.get(b) for b, a, _ in pairs])
    chance = np.mean([np.mean([t == follower[b] for t in w if t != b]) for b, _, w in pairs])
    return hits / chance


@wrong("the track before is left among the plays", "Can the track before come again")
def order_ratio(pairs, follower):
    found = sum(a == follower[b] for b, a, w in pairs)
    return found / sum(w.count(follower[b]) / len(w) for b, a, w in pairs)


@wrong("one play less, not all of the track before", "Is only one play of the track before left out")
def order_ratio(pairs, follower):
    found = sum(a == follower[b] for b, a, w in pairs)
    return found / sum(w.count(follower[b]) / max(len(w) - 1, 1) for b, a, w in pairs)


@wrong("different tracks instead of plays", "Are all tracks of the week equally")
def order_ratio(pairs, follower):
    found = expected = 0
    for b, a, w in pairs:
        rest = set(w) - {b}
        found += a == follower[b]
        expected += (follower[b] in rest) / len(rest)
    return found / expected


@wrong("the mean of the ratios", "the mean of the pairs' own")
def order_ratio(pairs, follower):
    ratios = []
    for b, a, w in pairs:
        rest = [t for t in w if t != b]
        e = rest.count(follower[b]) / len(rest)
        if e > 0:
            ratios.append((a == follower[b]) / e)
    return np.mean(ratios)


@wrong("the share that was found", "Is that the share of pairs with a follower")
def order_ratio(pairs, follower):
    return np.mean([a == follower[b] for b, a, w in pairs])


@wrong("found less expected", "Did you subtract")
def order_ratio(pairs, follower):
    found = expected = 0
    for b, a, w in pairs:
        rest = [t for t in w if t != b]
        found += a == follower[b]
        expected += rest.count(follower[b]) / len(rest)
    return found - expected


@wrong("upside down", "Is the fraction turned around")
def order_ratio(pairs, follower):
    found = expected = 0
    for b, a, w in pairs:
        rest = [t for t in w if t != b]
        found += a == follower[b]
        expected += rest.count(follower[b]) / len(rest)
    return expected / found if found else 0.0


@wrong("the follower of the track after", "Is that the follower of the track after")
def order_ratio(pairs, follower):
    found = expected = 0
    for b, a, w in pairs:
        rest = [t for t in w if t != b]
        found += b == follower.get(a)
        expected += rest.count(follower[b]) / len(rest)
    return found / expected


@wrong("the follower anywhere in the week")
def order_ratio(pairs, follower):
    found = expected = 0
    for b, a, w in pairs:
        rest = [t for t in w if t != b]
        found += follower[b] in w
        expected += rest.count(follower[b]) / len(rest)
    return found / expected


@wrong("counts instead of shares", "Is what is expected a count")
def order_ratio(pairs, follower):
    found = expected = 0
    for b, a, w in pairs:
        found += a == follower[b]
        expected += list(w).count(follower[b])
    return found / expected


@wrong("only pairs with the follower in the week, and the share of pairs")
def order_ratio(pairs, follower):
    kept = [(b, a, w) for b, a, w in pairs if follower[b] in w]
    return sum(a == follower[b] for b, a, w in kept) / max(len(kept), 1)


@wrong("the track after is taken out of the week")
def order_ratio(pairs, follower):
    found = expected = 0
    for b, a, w in pairs:
        rest = list(w)
        if a in rest:
            rest.remove(a)
        rest = [t for t in rest if t != b]
        found += a == follower[b]
        expected += rest.count(follower[b]) / len(rest) if rest else 0
    return found / expected if expected else 0.0


# ---- causal_convolution


@right("np.convolve, cut")
def causal_convolution(x, filter):
    return np.convolve(x, filter)[: len(x)]


@right("two loops")
def causal_convolution(x, filter):
    y = []
    for t in range(len(x)):
        total = 0
        for k, w in enumerate(filter):
            if t - k >= 0:
                total += w * x[t - k]
        y.append(total)
    return y


@right("padded with zeros")
def causal_convolution(x, filter):
    m = len(filter)
    padded = np.concatenate([np.zeros(m - 1), x])
    return [padded[t : t + m] @ np.asarray(filter)[::-1] for t in range(len(x))]


@right("shifted copies")
def causal_convolution(x, filter):
    x, y = np.asarray(x, float), np.zeros(len(x))
    for k, w in enumerate(filter):
        if k < len(x):
            y[k:] += w * x[: len(x) - k]
    return y


@right("Series.shift")
def causal_convolution(x, filter):
    s = pd.Series(x, dtype=float)
    return sum(w * s.shift(k, fill_value=0.0) for k, w in enumerate(filter))


@wrong("looks into the future", "Does it look ahead")
def causal_convolution(x, filter):
    m = len(filter)
    padded = np.concatenate([x, np.zeros(m - 1)])
    return [padded[t : t + m] @ np.asarray(filter) for t in range(len(x))]


@wrong("the filter turned round", "Is the filter turned round")
def causal_convolution(x, filter):
    return np.convolve(x, filter[::-1])[: len(x)]


@wrong("same: centred")
def causal_convolution(x, filter):
    m = len(filter)
    full = np.convolve(x, filter)
    start = (m - 1) // 2 + (m % 2 == 0)
    return np.resize(full[start : start + len(x)], len(x)) if len(full) >= start + len(x) else list(full[-len(x) :])


@wrong("full length", "Are there numbers behind the end")
def causal_convolution(x, filter):
    return np.convolve(x, filter)


@wrong("valid places only", "Are places missing at the beginning")
def causal_convolution(x, filter):
    m = len(filter)
    return [sum(filter[k] * x[t - k] for k in range(m)) for t in range(m - 1, len(x))]


@wrong("negative indices go round to the end", "Does it reach round")
def causal_convolution(x, filter):
    n = len(x)
    return [sum(w * x[(t - k) % n] for k, w in enumerate(filter)) for t in range(n)]


@wrong("its own number left out", "Does it come one place too late")
def causal_convolution(x, filter):
    return np.concatenate([[0.0], np.convolve(x, filter)])[: len(x)]


@wrong("the mean over the filter", "Did you take the mean")
def causal_convolution(x, filter):
    return np.convolve(x, filter)[: len(x)] / len(filter)


@wrong("before the beginning the first number stands", "Does the first play stand before the beginning too")
def causal_convolution(x, filter):
    return [sum(w * x[max(t - k, 0)] for k, w in enumerate(filter)) for t in range(len(x))]


@wrong("the state is fed back", "Do results enter again")
def causal_convolution(x, filter):
    y = []
    for t in range(len(x)):
        y.append(filter[0] * x[t] + sum(w * y[t - k] for k, w in enumerate(filter) if 0 < k <= t))
    return y


@wrong("products without the sum")
def causal_convolution(x, filter):
    return [filter[min(t, len(filter) - 1)] * x[t] for t in range(len(x))]


# ---- causal_attention


@right("a mask of minus infinity")
def causal_attention(Q, K, V):
    Q, K, V = (np.asarray(one, float) for one in (Q, K, V))
    s = Q @ K.T / np.sqrt(Q.shape[1])
    s = np.where(np.tril(np.ones_like(s)) > 0, s, -np.inf)
    w = np.exp(s - s.max(axis=1, keepdims=True))
    return w / w.sum(axis=1, keepdims=True) @ V


@right("a loop over places")
def causal_attention(Q, K, V):
    rows = []
    for t in range(len(Q)):
        e = np.exp(K[: t + 1] @ Q[t] / len(Q[t]) ** 0.5)
        rows.append((e / e.sum()) @ V[: t + 1])
    return rows


@right("exponentials times a lower triangle")
def causal_attention(Q, K, V):
    e = np.tril(np.exp(Q @ K.T / np.sqrt(K.shape[1])))
    return (e @ V) / e.sum(axis=1, keepdims=True)


@right("scipy's softmax, as a table")
def causal_attention(Q, K, V):
    from scipy.special import softmax

    s = np.asarray(Q) @ np.asarray(K).T / np.asarray(Q).shape[1] ** 0.5
    s[np.triu_indices(len(s), 1)] = -np.inf
    return pd.DataFrame(softmax(s, axis=1) @ V)


@right("einsum and lists")
def causal_attention(Q, K, V):
    s = np.einsum("td,jd->tj", Q, K) / np.sqrt(np.shape(Q)[1])
    out = []
    for t, row in enumerate(s):
        w = [np.exp(row[j]) if j <= t else 0.0 for j in range(len(row))]
        out.append([sum(w[j] * V[j][c] for j in range(len(w))) / sum(w) for c in range(np.shape(V)[1])])
    return out


@wrong("no mask", "Is there no mask")
def causal_attention(Q, K, V):
    e = np.exp(Q @ K.T / np.sqrt(Q.shape[1]))
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong("no root of d", "root of d missing")
def causal_attention(Q, K, V):
    e = np.tril(np.exp(Q @ K.T))
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong("divided by d", "Did you divide by d")
def causal_attention(Q, K, V):
    e = np.tril(np.exp(Q @ K.T / Q.shape[1]))
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong("masked after the softmax", "after the softmax")
def causal_attention(Q, K, V):
    e = np.exp(Q @ K.T / np.sqrt(Q.shape[1]))
    return np.tril(e / e.sum(axis=1, keepdims=True)) @ V


@wrong("masked with zeros before the softmax", "Is a later score set to 0 before the softmax")
def causal_attention(Q, K, V):
    e = np.exp(np.tril(Q @ K.T / np.sqrt(Q.shape[1])))
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong("softmax down the columns", "weights of a column")
def causal_attention(Q, K, V):
    e = np.tril(np.exp(Q @ K.T / np.sqrt(Q.shape[1])))
    return e / e.sum(axis=0, keepdims=True) @ V


@wrong("itself is masked too", "Is the place itself hidden")
def causal_attention(Q, K, V):
    e = np.tril(np.exp(Q @ K.T / np.sqrt(Q.shape[1])), -1)
    return e / np.maximum(e.sum(axis=1, keepdims=True), 1e-12) @ V


@wrong("looks ahead instead of back", "what comes later, and not")
def causal_attention(Q, K, V):
    e = np.triu(np.exp(Q @ K.T / np.sqrt(Q.shape[1])))
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong("the weights", "Are those the weights")
def causal_attention(Q, K, V):
    e = np.tril(np.exp(Q @ K.T / np.sqrt(Q.shape[1])))
    return e / e.sum(axis=1, keepdims=True)


@wrong("queries and keys exchanged", "Are queries and keys exchanged")
def causal_attention(Q, K, V):
    e = np.tril(np.exp(K @ Q.T / np.sqrt(Q.shape[1])))
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong("the root of the number of places", "Is that the root of the number of places")
def causal_attention(Q, K, V):
    e = np.tril(np.exp(Q @ K.T / np.sqrt(len(Q))))
    return e / e.sum(axis=1, keepdims=True) @ V


@wrong("products without the softmax", "Is the softmax missing")
def causal_attention(Q, K, V):
    return np.tril(Q @ K.T / np.sqrt(Q.shape[1])) @ V


@wrong("not made to sum to 1", "Do the weights of a row sum to 1")
def causal_attention(Q, K, V):
    return np.tril(np.exp(Q @ K.T / np.sqrt(Q.shape[1]))) @ V


@wrong("all earlier places alike")
def causal_attention(Q, K, V):
    w = np.tril(np.ones((len(Q), len(Q))))
    return w / w.sum(axis=1, keepdims=True) @ V
