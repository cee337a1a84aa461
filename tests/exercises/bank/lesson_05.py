"""Answers to lesson 05. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- first_plays


@right("groupby head")
def first_plays(log, n):
    return log.groupby("user_id").head(n)


@right("a list of dicts from a loop")
def first_plays(log, n):
    seen = {}
    rows = []
    for _, row in log.iterrows():
        user = row["user_id"]
        seen[user] = seen.get(user, 0) + 1
        if seen[user] <= n:
            rows.append({"user_id": user, "track_id": row["track_id"]})
    return rows


@wrong("the first n rows of the log", "Are these the first n rows of the whole log?")
def first_plays(log, n):
    return log.iloc[:n]


@wrong("one play too many", "Is that one play more than n?")
def first_plays(log, n):
    return log.groupby("user_id").head(n + 1)


@wrong("a repeated track counts once", "Did you drop repeats?")
def first_plays(log, n):
    once = log.drop_duplicates()
    return once.groupby("user_id").head(n)


@wrong("all but the first n", "Are these all but the first n?")
def first_plays(log, n):
    return log[log.groupby("user_id").cumcount() >= n]


@wrong("sorted by track before it counts", "Did you sort by track before you counted?")
def first_plays(log, n):
    return log.sort_values(["user_id", "track_id"]).groupby("user_id").head(n)


# ---- word_weight


@right("math.log and a sum over sets")
def word_weight(tags, word):
    n = len(tags)
    m = len([1 for words in tags if word in set(words)])
    return math.log((1 + n) / (1 + m)) + 1


@wrong("no 1 at the end", "Is the 1 behind the logarithm missing?")
def word_weight(tags, word):
    m = sum(word in words for words in tags)
    return math.log((1 + len(tags)) / (1 + m))


@wrong("log10", "You took log2 or log10")
def word_weight(tags, word):
    m = sum(word in words for words in tags)
    return math.log10((1 + len(tags)) / (1 + m)) + 1


@wrong("every time the word stands there counts", "Did you count every time the word stands there?")
def word_weight(tags, word):
    m = sum(words.count(word) for words in tags)
    return np.log((1 + len(tags)) / (1 + m)) + 1


@wrong("n is the number of different words", "Is n the number of words?")
def word_weight(tags, word):
    n = len({w for words in tags for w in words})
    m = sum(word in words for words in tags)
    return np.log((1 + n) / (1 + m)) + 1


@wrong("the textbook's idf, log(n / m)", "This is idf without any of the three ones")
def word_weight(tags, word):
    m = sum(word in words for words in tags)
    return np.log(len(tags) / m)


# ---- content_scores


@right("scikit-learn's normalize")
def content_scores(strength, features):
    from sklearn.preprocessing import normalize

    unit = normalize(features)
    portrait = normalize((strength @ unit)[None, :])
    return (unit @ portrait.T).ravel()


@right("cosine by its definition, track by track")
def content_scores(strength, features):
    portrait = np.zeros(features.shape[1])
    for s, f in zip(strength, features):
        length = math.sqrt((f**2).sum())
        if length > 0:
            portrait = portrait + s * f / length
    out = []
    for f in features:
        length = np.linalg.norm(f) * np.linalg.norm(portrait)
        out.append(f @ portrait / length if length > 0 else 0.0)
    return out


@wrong("the portrait from raw rows", "Did the features go into the portrait unscaled?")
def content_scores(strength, features):
    portrait = strength @ features
    length = np.linalg.norm(features, axis=1) * np.linalg.norm(portrait)
    return features @ portrait / np.where(length > 0, length, 1)


@wrong("the inner product, no lengths at the end", "Is the portrait of length 1?")
def content_scores(strength, features):
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    return unit @ (strength @ unit)


@wrong("an unweighted portrait", "Did every play count alike?")
def content_scores(strength, features):
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    portrait = unit[strength > 0].sum(axis=0)
    return unit @ portrait / np.linalg.norm(portrait)


@wrong("a row of zeros gives nan", "What becomes of a row of zeros?")
def content_scores(strength, features):
    with np.errstate(all="ignore"):
        unit = features / np.linalg.norm(features, axis=1, keepdims=True)
        portrait = np.nansum(strength[:, None] * unit, axis=0)
        return unit @ portrait / np.linalg.norm(portrait)


@wrong("only the tracks that were not played", "Did you give the tracks that were not played alone?")
def content_scores(strength, features):
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    portrait = strength @ unit
    return (unit @ portrait / np.linalg.norm(portrait))[strength == 0]


# ---- fold_in_newcomer


@right("a diagonal matrix of weights")
def fold_in_newcomer(Q, c, ridge):
    y = np.where(c > 1, 1, 0)
    C = np.diag(c)
    A = Q.T @ C @ Q + ridge * np.eye(Q.shape[1])
    return np.linalg.solve(A, Q.T @ C @ y)


@right("sums of outer products")
def fold_in_newcomer(Q, c, ridge):
    f = Q.shape[1]
    A = ridge * np.eye(f)
    b = np.zeros(f)
    for q, weight in zip(Q, c):
        A = A + weight * np.outer(q, q)
        if weight > 1:
            b = b + weight * q
    return np.linalg.inv(A) @ b


@wrong("only the heard tracks", "Did you leave out the tracks that were not heard?")
def fold_in_newcomer(Q, c, ridge):
    heard = c > 1
    q, w = Q[heard], c[heard]
    return np.linalg.solve(q.T @ (w[:, None] * q) + ridge * np.eye(Q.shape[1]), q.T @ w)


@wrong("no confidence on the right side", "Does the right side lack the confidence?")
def fold_in_newcomer(Q, c, ridge):
    y = (c > 1).astype(float)
    A = Q.T @ np.diag(c) @ Q + ridge * np.eye(Q.shape[1])
    return np.linalg.solve(A, Q.T @ y)


@wrong("no ridge", "Is the ridge missing?")
def fold_in_newcomer(Q, c, ridge):
    y = (c > 1).astype(float)
    return np.linalg.solve(Q.T @ (c[:, None] * Q), Q.T @ (c * y))


@wrong("a plain ridge without confidence", "Is C missing on both sides?")
def fold_in_newcomer(Q, c, ridge):
    y = (c > 1).astype(float)
    return np.linalg.solve(Q.T @ Q + ridge * np.eye(Q.shape[1]), Q.T @ y)


@wrong("c squared", "Is the confidence squared?")
def fold_in_newcomer(Q, c, ridge):
    y = (c > 1).astype(float)
    W = np.diag(c**2)
    return np.linalg.solve(Q.T @ W @ Q + ridge * np.eye(Q.shape[1]), Q.T @ W @ y)


# ---- on_one_scale


@right("row by row, in lists")
def on_one_scale(scores):
    out = []
    for row in scores:
        mean = sum(row) / len(row)
        spread = (sum((x - mean) ** 2 for x in row) / len(row)) ** 0.5
        out.append([(x - mean) / spread if spread > 1e-12 else 0 for x in row])
    return out


@right("a DataFrame turned around")
def on_one_scale(scores):
    t = pd.DataFrame(scores).T
    z = (t - t.mean()) / t.std(ddof=0).replace(0, 1)
    return z.T


@wrong("columns instead of rows", "Did you scale each track over the listeners?")
def on_one_scale(scores):
    s = scores.std(axis=0)
    return (scores - scores.mean(axis=0)) / np.where(s > 0, s, 1)


@wrong("between 0 and 1", "Does each row run from 0 to 1?")
def on_one_scale(scores):
    low = scores.min(axis=1, keepdims=True)
    span = scores.max(axis=1, keepdims=True) - low
    return (scores - low) / np.where(span > 0, span, 1)


@wrong("divides by n - 1", "You divided by n - 1 inside the standard deviation")
def on_one_scale(scores):
    s = scores.std(axis=1, ddof=1, keepdims=True)
    return (scores - scores.mean(axis=1, keepdims=True)) / np.where(s > 0, s, 1)


@wrong("only the mean is taken off", "Is the spread still there?")
def on_one_scale(scores):
    return scores - scores.mean(axis=1, keepdims=True)


@wrong("ranks")
def on_one_scale(scores):
    return pd.DataFrame(scores).rank(axis=1)


# ---- share_places


@right("one place at a time, by a loop over sorted names")
def share_places(votes, places):
    got = {name: 0 for name in votes}
    for _ in range(places):
        best = None
        for name in sorted(votes):
            if best is None or votes[name] / (got[name] + 1) > votes[best] / (got[best] + 1):
                best = name
        got[best] += 1
    return got


@right("a Series of counts")
def share_places(votes, places):
    v = pd.Series(votes).sort_index()
    got = pd.Series(0, index=v.index)
    for _ in range(places):
        got[(v / (got + 1)).idxmax()] += 1
    return got


@wrong("shares, rounded", "Did you round each share?")
def share_places(votes, places):
    total = sum(votes.values())
    return {name: round(places * v / total) for name, v in votes.items()}


@wrong("divides by the places it has, and 1 at the start", "Did the first division come a place late?")
def share_places(votes, places):
    got = {name: 0 for name in votes}
    for _ in range(places):
        name = max(sorted(votes), key=lambda x: votes[x] / max(got[x], 1))
        got[name] += 1
    return got


@wrong("packs without a place are missing", "Are the packs without a place missing?")
def share_places(votes, places):
    got = {}
    for _ in range(places):
        name = max(sorted(votes), key=lambda x: votes[x] / (got.get(x, 0) + 1))
        got[name] = got.get(name, 0) + 1
    return got


@wrong("every pack gets one first", "Did every pack get a place first?")
def share_places(votes, places):
    got = {name: 1 for name in votes}
    for _ in range(places - len(votes)):
        got[max(sorted(votes), key=lambda x: votes[x] / (got[x] + 1))] += 1
    return got


@wrong("takes one vote off for each place", "Did you take votes off for each place?")
def share_places(votes, places):
    got = {name: 0 for name in votes}
    for _ in range(places):
        got[max(sorted(votes), key=lambda x: votes[x] - got[x])] += 1
    return got


# ---- next_question


@right("a loop over tracks, the first of the largest")
def next_question(Q, S, noise):
    best, most = 0, -1.0
    for i in range(len(Q)):
        gain = sum((q @ S @ Q[i]) ** 2 for q in Q) / (noise[i] + Q[i] @ S @ Q[i])
        if gain > most + 1e-9:
            best, most = i, gain
    return best


@wrong("the noise is left out", "Did you leave the noise out?")
def next_question(Q, S, noise):
    C = Q @ S @ Q.T
    return int(np.argmax((C**2).sum(axis=0) / np.diag(C)))


@wrong("the variance of the track itself", "Is that the track one knows least about?")
def next_question(Q, S, noise):
    C = Q @ S @ Q.T
    return int(np.argmax(np.diag(C)))


@wrong("not squared", "Did you forget to square?")
def next_question(Q, S, noise):
    C = Q @ S @ Q.T
    return int(np.argmax(C.sum(axis=0) / (noise + np.diag(C))))


@wrong("the smallest", "Is that the least worth asking?")
def next_question(Q, S, noise):
    C = Q @ S @ Q.T
    gain = (C**2).sum(axis=0) / (noise + np.diag(C))
    return int(np.argmin(gain))


@wrong("the gains, not the position", "Is that what each answer is worth?")
def next_question(Q, S, noise):
    C = Q @ S @ Q.T
    return (C**2).sum(axis=0) / (noise + np.diag(C))


@wrong("no denominator", "Did you leave out what stands below the line?")
def next_question(Q, S, noise):
    C = Q @ S @ Q.T
    return int(np.argmax((C**2).sum(axis=0)))


# ---- trusted_vector


@right("np.average with weights")
def trusted_vector(own, foretold, listeners, prior):
    return np.average([own, foretold], axis=0, weights=[listeners, prior])


@wrong("the weights swapped", "Did you mix the two the wrong way around?")
def trusted_vector(own, foretold, listeners, prior):
    return (prior * own + listeners * foretold) / (listeners + prior)


@wrong("the plain mean", "Is that halfway")
def trusted_vector(own, foretold, listeners, prior):
    return (own + foretold) / 2


@wrong("a switch at prior", "Is that a switch?")
def trusted_vector(own, foretold, listeners, prior):
    return own if listeners > prior else foretold


@wrong("not divided", "Is it still to be divided?")
def trusted_vector(own, foretold, listeners, prior):
    return own * listeners + foretold * prior


# ---- thompson_pick


@right("argmax of a list")
def thompson_pick(hits, shown, seed):
    rng = np.random.default_rng(seed)
    draws = list(rng.beta(hits + 1, shown - hits + 1))
    return draws.index(max(draws))


@wrong("the mean of each track instead of a draw", "Is that the best mean?")
def thompson_pick(hits, shown, seed):
    return int(np.argmax((hits + 1) / (shown + 2)))


@wrong("shown as the second number", "Is the second number the times shown?")
def thompson_pick(hits, shown, seed):
    return int(np.random.default_rng(seed).beta(1 + hits, 1 + shown).argmax())


@wrong("the draws are not used", "Did you choose any track at random?")
def thompson_pick(hits, shown, seed):
    rng = np.random.default_rng(seed)
    return int(rng.integers(len(hits)))


@wrong("the rates drawn, not the position", "Are these the rates drawn?")
def thompson_pick(hits, shown, seed):
    return np.random.default_rng(seed).beta(1 + hits, 1 + shown - hits)


@wrong("a new generator for each track", "Did the generator begin anew for each track?")
def thompson_pick(hits, shown, seed):
    draws = [np.random.default_rng(seed).beta(1 + h, 1 + s - h) for h, s in zip(hits, shown)]
    return int(np.argmax(draws))


@wrong("the smallest draw", "Is that the smallest draw?")
def thompson_pick(hits, shown, seed):
    return int(np.argmin(np.random.default_rng(seed).beta(1 + hits, 1 + shown - hits)))
