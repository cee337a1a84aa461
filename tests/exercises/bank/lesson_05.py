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


@wrong("a row of zeros gives nan", "What becomes of a row of zeros?", "What becomes of a portrait that is empty?")
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
def trusted_vector(own, predicted, listeners, prior):
    return np.average([own, predicted], axis=0, weights=[listeners, prior])


@wrong("the weights swapped", "Did you mix the two the wrong way around?")
def trusted_vector(own, predicted, listeners, prior):
    return (prior * own + listeners * predicted) / (listeners + prior)


@wrong("the plain mean", "Is that halfway")
def trusted_vector(own, predicted, listeners, prior):
    return (own + predicted) / 2


@wrong("a switch at prior", "Is that a switch?")
def trusted_vector(own, predicted, listeners, prior):
    return own if listeners > prior else predicted


@wrong("not divided", "Is it still to be divided?")
def trusted_vector(own, predicted, listeners, prior):
    return own * listeners + predicted * prior


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


# ---- prior_from_works


@right("numpy mean of a longer list")
def prior_from_works(rates, common, weight, plays):
    mean = np.mean(list(rates) + [common] * weight)
    return mean * plays, plays - mean * plays


@right("a loop, and a list")
def prior_from_works(rates, common, weight, plays):
    total, n = weight * common, weight
    for rate in rates:
        total += rate
        n += 1
    return [plays * total / n, plays * (n - total) / n]


@right("weighted average of two means")
def prior_from_works(rates, common, weight, plays):
    if len(rates) == 0:
        return plays * common, plays * (1 - common)
    own = sum(rates) / len(rates)
    share = len(rates) / (len(rates) + weight)
    mean = share * own + (1 - share) * common
    return plays * mean, plays * (1 - mean)


@right("shrinks towards the common rate by differences")
def prior_from_works(rates, common, weight, plays):
    mean = common + sum(r - common for r in rates) / (len(rates) + weight)
    return np.array([mean, 1 - mean]) * plays


@right("np.average with weights")
def prior_from_works(rates, common, weight, plays):
    mean = np.average([*rates, common], weights=[*(1 for _ in rates), weight])
    return plays * mean, plays * (1 - mean)


@wrong("the creator's mean alone", "Did only the creator's own works count?")
def prior_from_works(rates, common, weight, plays):
    mean = np.mean(rates) if len(rates) else common
    return plays * mean, plays * (1 - mean)


@wrong("ignores the works", "Is that the common rate alone?")
def prior_from_works(rates, common, weight, plays):
    return plays * common, plays * (1 - common)


@wrong("the common rate once", "Did the common rate count as one work?")
def prior_from_works(rates, common, weight, plays):
    mean = np.mean([*rates, common])
    return plays * mean, plays * (1 - mean)


@wrong("halfway", "Did you average the creator's mean with the common rate?")
def prior_from_works(rates, common, weight, plays):
    if not rates:
        return plays * common, plays * (1 - common)
    mean = (sum(rates) / len(rates) + common) / 2
    return plays * mean, plays * (1 - mean)


@wrong("a and b swapped", "Are a and b the wrong way around?")
def prior_from_works(rates, common, weight, plays):
    mean = (sum(rates) + weight * common) / (len(rates) + weight)
    return plays * (1 - mean), plays * mean


@wrong("b is all plays", "Is b all plays?")
def prior_from_works(rates, common, weight, plays):
    mean = (sum(rates) + weight * common) / (len(rates) + weight)
    return mean * plays, plays


@wrong("shares, not plays", "Are these the shares?")
def prior_from_works(rates, common, weight, plays):
    mean = (sum(rates) + weight * common) / (len(rates) + weight)
    return mean, 1 - mean


@wrong("the mean alone", "Is that the mean?")
def prior_from_works(rates, common, weight, plays):
    return (sum(rates) + weight * common) / (len(rates) + weight)


@wrong("divided by the works alone", "Did you divide by the number of the creator's works alone?")
def prior_from_works(rates, common, weight, plays):
    mean = (sum(rates) + weight * common) / max(1, len(rates))
    return plays * mean, plays * (1 - mean)


@wrong("each work counts weight times", "Did each of the creator's works count `weight` times?")
def prior_from_works(rates, common, weight, plays):
    mean = (weight * sum(rates) + common) / (weight * len(rates) + 1)
    return plays * mean, plays * (1 - mean)


@wrong("the median instead of the mean")
def prior_from_works(rates, common, weight, plays):
    mean = np.median([*rates, *[common] * weight])
    return plays * mean, plays * (1 - mean)


# ---- chance_ahead


@right("statistics.NormalDist of the difference")
def chance_ahead(first, second):
    from statistics import NormalDist

    def describe(a, b):
        m = a / (a + b)
        return m, m * (1 - m) / (a + b + 1)

    m1, v1 = describe(*first)
    m2, v2 = describe(*second)
    return 1 - NormalDist(m1 - m2, math.sqrt(v1 + v2)).cdf(0)


@right("math.erf")
def chance_ahead(first, second):
    (a, b), (c, d) = first, second
    m1, m2 = a / (a + b), c / (c + d)
    v = m1 * (1 - m1) / (a + b + 1) + m2 * (1 - m2) / (c + d + 1)
    return (1 + math.erf((m1 - m2) / math.sqrt(2 * v))) / 2


@right("scipy's beta for mean and variance")
def chance_ahead(first, second):
    from scipy import stats

    m1, v1 = stats.beta.stats(*first)
    m2, v2 = stats.beta.stats(*second)
    return float(stats.norm.cdf((m1 - m2) / np.sqrt(v1 + v2)))


@right("arrays of both")
def chance_ahead(first, second):
    from scipy.stats import norm

    ab = np.array([first, second], dtype=float)
    n = ab.sum(axis=1)
    m = ab[:, 0] / n
    v = m * (1 - m) / (n + 1)
    return norm.cdf((m[0] - m[1]) / v.sum() ** 0.5)


@right("the other tail")
def chance_ahead(first, second):
    from scipy.stats import norm

    m = [a / (a + b) for a, b in (first, second)]
    v = [a * b / ((a + b) ** 2 * (a + b + 1)) for a, b in (first, second)]
    return norm.sf((m[1] - m[0]) / math.hypot(v[0] ** 0.5, v[1] ** 0.5))


def _moments(pair):
    a, b = pair
    m = a / (a + b)
    return m, m * (1 - m) / (a + b + 1)


def _phi(z):
    return (1 + math.erf(z / math.sqrt(2))) / 2


@wrong("the second instead of the first", "Is that the chance of the second?")
def chance_ahead(first, second):
    (m1, v1), (m2, v2) = _moments(first), _moments(second)
    return _phi((m2 - m1) / math.sqrt(v1 + v2))


@wrong("standard deviations added", "Did you add the standard deviations?")
def chance_ahead(first, second):
    (m1, v1), (m2, v2) = _moments(first), _moments(second)
    return _phi((m1 - m2) / (v1**0.5 + v2**0.5))


@wrong("no root", "Is the root missing?")
def chance_ahead(first, second):
    (m1, v1), (m2, v2) = _moments(first), _moments(second)
    return _phi((m1 - m2) / (v1 + v2))


@wrong("one spread alone", "Is that all spread? The second rate is uncertain too")
def chance_ahead(first, second):
    (m1, v1), (m2, _) = _moments(first), _moments(second)
    return _phi((m1 - m2) / math.sqrt(v1))


@wrong("a + b instead of a + b + 1", "Is the 1 missing below?")
def chance_ahead(first, second):
    means = [a / (a + b) for a, b in (first, second)]
    total = sum(m * (1 - m) / (a + b) for m, (a, b) in zip(means, (first, second)))
    return _phi((means[0] - means[1]) / math.sqrt(total))


@wrong("variance of one play", "Is m (1 - m) divided by nothing?")
def chance_ahead(first, second):
    means = [a / (a + b) for a, b in (first, second)]
    return _phi((means[0] - means[1]) / math.sqrt(sum(m * (1 - m) for m in means)))


@wrong("the z itself", "Is that how many standard deviations lie between?")
def chance_ahead(first, second):
    (m1, v1), (m2, v2) = _moments(first), _moments(second)
    return (m1 - m2) / math.sqrt(v1 + v2)


@wrong("a p-value", "Is that a p-value of two sides?")
def chance_ahead(first, second):
    (m1, v1), (m2, v2) = _moments(first), _moments(second)
    return 2 * _phi(-abs(m1 - m2) / math.sqrt(v1 + v2))


@wrong("compares the means", "Is that yes or no by the means?")
def chance_ahead(first, second):
    return first[0] / sum(first) > second[0] / sum(second)


@wrong("the mean of the variances", "Did you average the variances?")
def chance_ahead(first, second):
    (m1, v1), (m2, v2) = _moments(first), _moments(second)
    return _phi((m1 - m2) / math.sqrt((v1 + v2) / 2))


@wrong("a thousand draws instead of the normal")
def chance_ahead(first, second):
    rng = np.random.default_rng(0)
    return (rng.beta(*first, 1000) > rng.beta(*second, 1000)).mean()


# ---- a second reader's, of the functions with fewest


@right("apply over groups, order kept")
def first_plays(log, n):
    taken = [rows.iloc[:n] for _, rows in log.groupby("user_id")]
    return pd.concat(taken) if taken else log.iloc[:0]


@right("ranks within a listener")
def first_plays(log, n):
    number = pd.Series(1, index=log.index).groupby(log["user_id"]).cumsum()
    return log.loc[number <= n]


@wrong("the last n of each listener", "Are these the last plays of each listener?")
def first_plays(log, n):
    return log.groupby("user_id").tail(n)


@wrong("play number n alone", "Is that play number n alone")
def first_plays(log, n):
    return log[log.groupby("user_id").cumcount() == n]


@wrong("the first n of each track")
def first_plays(log, n):
    return log.groupby("track_id").head(n)


@wrong("one play too few")
def first_plays(log, n):
    return log.groupby("user_id").head(max(n - 1, 0))


@wrong("the tracks alone, without listeners", "Is that a column alone?")
def first_plays(log, n):
    return log.groupby("user_id").head(n)["track_id"]


@right("a loop with math.hypot-like lengths")
def content_scores(strength, features):
    norm = np.sqrt((features**2).sum(axis=1))
    unit = np.divide(features, norm[:, None], out=np.zeros_like(features, dtype=float), where=norm[:, None] > 0)
    portrait = sum(s * row for s, row in zip(strength, unit))
    size = np.sqrt((portrait**2).sum())
    return np.zeros(len(features)) if size == 0 else unit @ portrait / size


@right("einsum, with nan_to_num for what is empty")
def content_scores(strength, features):
    with np.errstate(all="ignore"):
        unit = np.nan_to_num(features / np.linalg.norm(features, axis=1, keepdims=True))
        portrait = np.einsum("n,nd->d", strength, unit)
        return np.nan_to_num(unit @ portrait / np.linalg.norm(portrait))


@wrong("columns scaled instead of rows", "Did you scale the columns?")
def content_scores(strength, features):
    length = np.linalg.norm(features, axis=0)
    unit = features / np.where(length > 0, length, 1)
    portrait = strength @ unit
    size = np.linalg.norm(portrait)
    return unit @ portrait / size if size else np.zeros(len(features))


@wrong("what was played is left at 0", "Did you take out what was played?")
def content_scores(strength, features):
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    portrait = strength @ unit
    size = np.linalg.norm(portrait)
    return np.where(strength > 0, 0, unit @ portrait / size) if size else np.zeros(len(features))


@wrong("the tracks are not scaled at the end", "Are the tracks themselves still unscaled at the end?")
def content_scores(strength, features):
    length = np.linalg.norm(features, axis=1, keepdims=True)
    portrait = strength @ (features / np.where(length > 0, length, 1))
    size = np.linalg.norm(portrait)
    return features @ portrait / size if size else np.zeros(len(features))


@wrong("the portrait is the best-loved track alone")
def content_scores(strength, features):
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    return unit @ unit[np.argmax(strength)] if strength.max() > 0 else np.zeros(len(features))


@wrong("the distance to the portrait")
def content_scores(strength, features):
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    portrait = strength @ unit
    size = np.linalg.norm(portrait)
    return np.linalg.norm(unit - portrait / size, axis=1) if size else np.zeros(len(features))


@right("least squares with rows for the ridge")
def fold_in_newcomer(Q, c, ridge):
    k, root = Q.shape[1], np.sqrt(c)
    A = np.vstack([root[:, None] * Q, np.sqrt(ridge) * np.eye(k)])
    b = np.concatenate([root * (c > 1), np.zeros(k)])
    return np.linalg.lstsq(A, b, rcond=None)[0]


@right("Q^T Q once, then what confidence adds (Hu, Koren & Volinsky)")
def fold_in_newcomer(Q, c, ridge):
    extra = (Q * (c - 1)[:, None]).T @ Q
    return np.linalg.inv(Q.T @ Q + extra + ridge * np.identity(Q.shape[1])) @ (Q.T @ np.where(c > 1, c, 0.0))


@wrong("the ridge in every cell", "Did you add the ridge to every cell?")
def fold_in_newcomer(Q, c, ridge):
    y = (c > 1).astype(float)
    return np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge, Q.T @ (c * y))


@wrong("y is 1 for all", "Is y 1 for every track?")
def fold_in_newcomer(Q, c, ridge):
    return np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ c)


@wrong("y is how far c is above 1", "Is y how strongly it was heard?")
def fold_in_newcomer(Q, c, ridge):
    return np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ (c * (c - 1)))


@wrong("the mean of the heard tracks' vectors")
def fold_in_newcomer(Q, c, ridge):
    return Q[c > 1].mean(axis=0) if (c > 1).any() else np.zeros(Q.shape[1])


@wrong("confidence less 1 on the left")
def fold_in_newcomer(Q, c, ridge):
    y = (c > 1).astype(float)
    return np.linalg.solve(Q.T @ ((c - 1)[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ (c * y))


@right("einsum of all pairs")
def next_question(Q, S, noise):
    ahead = np.einsum("ik,kl,jl->ij", Q, S, Q)
    gains = np.square(ahead).sum(0) / (noise + ahead.diagonal())
    return int(np.flatnonzero(gains >= gains.max() - 1e-12)[0])


@right("max over positions with a key")
def next_question(Q, S, noise):
    def gain(i):
        told = Q @ (S @ Q[i])
        return told @ told / (noise[i] + told[i])

    return max(range(len(Q)), key=gain)


@wrong("S left out", "Did you forget S?")
def next_question(Q, S, noise):
    C = Q @ Q.T
    return int(np.argmax((C**2).sum(axis=0) / (noise + np.diag(C))))


@wrong("the longest vector")
def next_question(Q, S, noise):
    return int(np.argmax(np.linalg.norm(Q, axis=1)))


@wrong("the least noise")
def next_question(Q, S, noise):
    return int(np.argmin(noise))


@wrong("the track itself is left out of the sum", "Did you leave the track itself out of the sum?")
def next_question(Q, S, noise):
    C = Q @ S @ Q.T
    gain = ((C**2).sum(axis=0) - np.diag(C) ** 2) / (noise + np.diag(C))
    return int(np.argmax(gain))


@right("what is left of the guess, plus evidence")
def trusted_vector(own, predicted, listeners, prior):
    trust = listeners / (listeners + prior)
    return predicted + trust * (own - predicted)


@right("element by element")
def trusted_vector(own, predicted, listeners, prior):
    return [(listeners * a + prior * b) / (listeners + prior) for a, b in zip(own, predicted)]


@wrong("own whole, the guess by its share", "Does own count whole?")
def trusted_vector(own, predicted, listeners, prior):
    return own + predicted * prior / (listeners + prior)


@wrong("both by the share of own")
def trusted_vector(own, predicted, listeners, prior):
    return (own + predicted) * listeners / (listeners + prior)


@wrong("one listener more than there are")
def trusted_vector(own, predicted, listeners, prior):
    return ((listeners + 1) * own + prior * predicted) / (listeners + 1 + prior)


@wrong("square roots of the numbers as weights")
def trusted_vector(own, predicted, listeners, prior):
    a, b = math.sqrt(listeners), math.sqrt(prior)
    return (a * own + b * predicted) / (a + b)


@wrong("own alone")
def trusted_vector(own, predicted, listeners, prior):
    return own


@wrong("the number of listeners alone below the line")
def trusted_vector(own, predicted, listeners, prior):
    return (listeners * own + prior * predicted) / max(listeners, 1)


@right("RandomState's successor, draws sorted")
def thompson_pick(hits, shown, seed):
    draws = np.random.default_rng(seed).beta(hits + 1, shown - hits + 1)
    return int(np.argsort(-draws, kind="stable")[0])


@right("draws in a Series, idxmax")
def thompson_pick(hits, shown, seed):
    rng = np.random.default_rng(seed)
    return int(pd.Series(rng.beta(np.add(1, hits), np.add(1, np.subtract(shown, hits)))).idxmax())


@wrong("the draw, not its position", "Is that the rate drawn?")
def thompson_pick(hits, shown, seed):
    return float(np.random.default_rng(seed).beta(1 + hits, 1 + shown - hits).max())


@wrong("misses and hits exchanged", "Did hits and misses change places?")
def thompson_pick(hits, shown, seed):
    return int(np.argmax(np.random.default_rng(seed).beta(1 + shown - hits, 1 + hits)))


@wrong("a normal draw around each mean")
def thompson_pick(hits, shown, seed):
    a, b = 1 + hits, 1 + shown - hits
    mean = a / (a + b)
    return int(np.argmax(np.random.default_rng(seed).normal(mean, np.sqrt(mean * (1 - mean) / (a + b + 1)))))


@wrong("many draws a track, the largest mean", "Is that the best mean?")
def thompson_pick(hits, shown, seed):
    draws = np.random.default_rng(seed).beta(1 + hits, 1 + shown - hits, (1000, len(hits)))
    return int(np.argmax(draws.mean(axis=0)))
