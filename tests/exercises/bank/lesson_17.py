"""Answers to lesson 17. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from itertools import combinations
from statistics import fmean, pstdev, stdev

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- als_reasons


@right("solve instead of inverting")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.array(Q, dtype=float)
    C = np.eye(len(Q))
    for j, c in zip(heard, confidence):
        C[j, j] = c
    A = Q.T @ C @ Q + regularization * np.eye(Q.shape[1])
    w = np.linalg.solve(A, Q[item])
    return [c * (Q[j] @ w) for j, c in zip(heard, confidence)]


@right("Gram matrix plus what is extra")
def als_reasons(Q, heard, confidence, regularization, item):
    Q, c = np.asarray(Q, float), np.asarray(confidence, float)
    F = Q[heard]
    A = Q.T @ Q + F.T @ np.diag(c - 1) @ F + regularization * np.eye(Q.shape[1])
    return (F @ np.linalg.inv(A) @ Q[item]) * c


@right("sums of outer products")
def als_reasons(Q, heard, confidence, regularization, item):
    rows = [np.array(q, dtype=float) for q in Q]
    c = dict(zip(heard, confidence))
    A = sum(c.get(j, 1.0) * np.outer(q, q) for j, q in enumerate(rows)) + regularization * np.eye(len(rows[0]))
    W = np.linalg.inv(A)
    return pd.Series([float(rows[item] @ W @ rows[j] * c[j]) for j in heard])


@wrong("dot products of factors", "Is W missing?")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    return [c * (Q[item] @ Q[j]) for j, c in zip(heard, confidence)]


@wrong("no confidence at the end", "Is the confidence of the play missing?")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    c = np.ones(len(Q))
    c[heard] = confidence
    W = np.linalg.inv((Q.T * c) @ Q + regularization * np.eye(Q.shape[1]))
    return [Q[item] @ W @ Q[j] for j in heard]


@wrong("only what was heard is in the system", "Does the system hold the heard tracks alone?")
def als_reasons(Q, heard, confidence, regularization, item):
    Q, c = np.asarray(Q, float), np.asarray(confidence, float)
    F = Q[heard]
    W = np.linalg.inv((F.T * c) @ F + regularization * np.eye(Q.shape[1]))
    return c * (F @ W @ Q[item])


@wrong("c - 1 at the end", "Did you multiply by c - 1?")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    c = np.ones(len(Q))
    c[heard] = confidence
    W = np.linalg.inv((Q.T * c) @ Q + regularization * np.eye(Q.shape[1]))
    return [Q[item] @ W @ Q[j] * (c[j] - 1) for j in heard]


@wrong("plain Gram matrix", "Is every confidence 1 in the system?")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    W = np.linalg.inv(Q.T @ Q + regularization * np.eye(Q.shape[1]))
    return [Q[item] @ W @ Q[j] * c for j, c in zip(heard, confidence)]


@wrong("no penalty", "Is the penalty missing")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    c = np.ones(len(Q))
    c[heard] = confidence
    return [Q[item] @ np.linalg.solve((Q.T * c) @ Q, Q[j]) * c[j] for j in heard]


@wrong("shares of the score")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    c = np.ones(len(Q))
    c[heard] = confidence
    W = np.linalg.inv((Q.T * c) @ Q + regularization * np.eye(Q.shape[1]))
    t = np.array([Q[item] @ W @ Q[j] * c[j] for j in heard])
    return t / t.sum()


@wrong("the sum alone")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    c = np.ones(len(Q))
    c[heard] = confidence
    W = np.linalg.inv((Q.T * c) @ Q + regularization * np.eye(Q.shape[1]))
    return sum(Q[item] @ W @ Q[j] * c[j] for j in heard)


# ---- why_rather


@right("sort a list of pairs")
def why_rather(terms, rival_terms):
    pairs = [(terms[p] - rival_terms[p], p) for p in terms]
    pairs.sort(reverse=True)
    return [p for _, p in pairs]


@right("pandas")
def why_rather(terms, rival_terms):
    return (pd.Series(terms) - pd.Series(rival_terms)).sort_values(ascending=False).index


@right("argsort")
def why_rather(terms, rival_terms):
    plays = list(terms)
    lead = np.array([terms[p] - rival_terms[p] for p in plays])
    return [plays[i] for i in np.argsort(-lead)]


@right("rival less own, ascending")
def why_rather(terms, rival_terms):
    return sorted(terms.keys(), key=lambda play: rival_terms[play] - terms[play])


@wrong("own terms", "Did you sort by the track's own terms?")
def why_rather(terms, rival_terms):
    return sorted(terms, key=terms.get, reverse=True)


@wrong("ascending", "Is it turned around?")
def why_rather(terms, rival_terms):
    return sorted(terms, key=lambda j: terms[j] - rival_terms[j])


@wrong("by size", "Did you sort by size without the sign?")
def why_rather(terms, rival_terms):
    return sorted(terms, key=lambda j: abs(terms[j] - rival_terms[j]), reverse=True)


@wrong("by rival's terms, lowest first")
def why_rather(terms, rival_terms):
    return sorted(terms, key=lambda j: rival_terms[j])


@wrong("only those that speak for it")
def why_rather(terms, rival_terms):
    lead = {j: terms[j] - rival_terms[j] for j in terms}
    return sorted([j for j in lead if lead[j] > 0], key=lambda j: -lead[j])


@wrong("the differences instead of the plays")
def why_rather(terms, rival_terms):
    return sorted((terms[j] - rival_terms[j] for j in terms), reverse=True)


@wrong("added instead of taken off")
def why_rather(terms, rival_terms):
    return sorted(terms, key=lambda j: terms[j] + rival_terms[j], reverse=True)


# ---- still_listed


@right("arrays and a mask")
def still_listed(weights, heard, deleted, item, k):
    W = np.asarray(weights, float)
    left = np.setdiff1d(heard, deleted).astype(int)
    scores = W[left].sum(axis=0)
    scores[np.asarray(heard)] = -np.inf
    return item in np.argsort(-scores)[:k]


@right("sorted candidates")
def still_listed(weights, heard, deleted, item, k):
    gone = set(deleted)
    open_ = [i for i in range(len(weights)) if i not in set(heard)]
    score = lambda i: sum(weights[j][i] for j in heard if j not in gone)
    return item in sorted(open_, key=score, reverse=True)[:k]


@right("row times matrix")
def still_listed(weights, heard, deleted, item, k):
    x = [1 if j in heard and j not in deleted else 0 for j in range(len(weights))]
    scores = np.array(x) @ np.array(weights)
    rivals = [i for i in range(len(weights)) if i not in heard and i != item]
    return bool(sum(scores[i] > scores[item] for i in rivals) < k)


@wrong("never deletes", "Did nothing change?")
def still_listed(weights, heard, deleted, item, k):
    scores = {i: sum(weights[j][i] for j in heard) for i in range(len(weights)) if i not in heard}
    return item in sorted(scores, key=scores.get, reverse=True)[:k]


@wrong("rivals keep old scores", "Did the rivals keep their old scores?")
def still_listed(weights, heard, deleted, item, k):
    new = sum(weights[j][item] for j in heard if j not in deleted)
    rivals = [sum(weights[j][i] for j in heard) for i in range(len(weights)) if i not in heard and i != item]
    return sum(r > new for r in rivals) < k


@wrong("all tracks in the list", "Do heard tracks compete?")
def still_listed(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted]
    scores = [sum(weights[j][i] for j in left) for i in range(len(weights))]
    return item in np.argsort(scores)[::-1][:k]


@wrong("keeps the deleted", "Did you keep the deleted plays and drop the others?")
def still_listed(weights, heard, deleted, item, k):
    scores = {i: sum(weights[j][i] for j in deleted) for i in range(len(weights)) if i not in heard}
    return sum(v > scores[item] for v in scores.values()) < k


@wrong("is it gone", "Is that whether it is gone?")
def still_listed(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted]
    scores = {i: sum(weights[j][i] for j in left) for i in range(len(weights)) if i not in heard}
    return sum(v > scores[item] for v in scores.values()) >= k


@wrong("first place", "Did you ask for the first place alone?")
def still_listed(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted]
    scores = {i: sum(weights[j][i] for j in left) for i in range(len(weights)) if i not in heard}
    return max(scores, key=scores.get) == item


@wrong("deleted come back", "Here the deleted tracks may be recommended again.")
def still_listed(weights, heard, deleted, item, k):
    left = set(heard) - set(deleted)
    scores = {i: sum(weights[j][i] for j in left) for i in range(len(weights)) if i not in left}
    return item in sorted(scores, key=scores.get, reverse=True)[:k]


# ---- fewest_plays


@right("sort and subtract")
def fewest_plays(terms, rival_terms):
    lead = sorted([a - b for a, b in zip(terms, rival_terms)])
    n = 0
    while sum(lead) > 0:
        lead.pop()
        n += 1
    return n


@right("cumulative sums")
def fewest_plays(terms, rival_terms):
    d = np.sort(np.subtract(terms, rival_terms))[::-1]
    return int(np.argmax(d.sum() - np.cumsum(d) <= 0)) + 1


@right("all subsets")
def fewest_plays(terms, rival_terms):
    plays = range(len(terms))
    for n in plays:
        for gone in combinations(plays, n + 1):
            if sum(terms[j] for j in plays if j not in gone) <= sum(rival_terms[j] for j in plays if j not in gone):
                return n + 1


@wrong("own terms first", "Did you delete by the track's own terms?")
def fewest_plays(terms, rival_terms):
    order = np.argsort(-np.array(terms), kind="stable")
    lead = np.subtract(terms, rival_terms)
    for n in range(1, len(order) + 1):
        if lead.sum() - lead[order[:n]].sum() <= 0:
            return n


@wrong("rival keeps its sum", "Did the rival keep its score?")
def fewest_plays(terms, rival_terms):
    own = sorted(terms)
    n = 0
    while sum(own) > sum(rival_terms):
        own.pop()
        n += 1
    return n


@wrong("strictly below", "Must it fall below?")
def fewest_plays(terms, rival_terms):
    lead = sorted([a - b for a, b in zip(terms, rival_terms)])
    n = 0
    while lead and sum(lead) >= 0:
        lead.pop()
        n += 1
    return n


@wrong("number of plays for it", "Is that the number of plays that speak for it?")
def fewest_plays(terms, rival_terms):
    return sum(a > b for a, b in zip(terms, rival_terms))


@wrong("as they come", "Did you delete in the order given?")
def fewest_plays(terms, rival_terms):
    lead = [a - b for a, b in zip(terms, rival_terms)]
    for n in range(1, len(lead) + 1):
        if sum(lead[n:]) <= 0:
            return n


@wrong("small ones first", "Did you begin with the smallest differences?")
def fewest_plays(terms, rival_terms):
    lead = [a - b for a, b in zip(terms, rival_terms)]
    total, n = sum(lead), 0
    for one in sorted(d for d in lead if d > 0):
        total -= one
        n += 1
        if total <= 0:
            return n
    return n


@wrong("the lead itself")
def fewest_plays(terms, rival_terms):
    return sum(terms) - sum(rival_terms)


# ---- lists_agree


@right("sets of argsort")
def lists_agree(scores, said, k):
    return fmean(len(set(np.argsort(a)[-k:]) & set(np.argsort(b)[-k:])) / k for a, b in zip(scores, said))


@right("pandas nlargest")
def lists_agree(scores, said, k):
    both = [pd.Series(a).nlargest(k).index.isin(pd.Series(b).nlargest(k).index).mean() for a, b in zip(scores, said)]
    return np.mean(both)


@right("thresholds")
def lists_agree(scores, said, k):
    a, b = np.asarray(scores, float), np.asarray(said, float)
    top = lambda m: m >= np.sort(m, axis=1)[:, [-k]]
    return (top(a) & top(b)).sum() / (k * len(a))


@wrong("places", "Must they stand at the same place?")
def lists_agree(scores, said, k):
    a, b = (np.argsort(-np.asarray(m, float), axis=1)[:, :k] for m in (scores, said))
    return (a == b).mean()


@wrong("Jaccard", "Some divide by the tracks in either list")
def lists_agree(scores, said, k):
    shares = []
    for a, b in zip(scores, said):
        x, y = set(np.argsort(a)[-k:]), set(np.argsort(b)[-k:])
        shares.append(len(x & y) / len(x.union(y)))
    return sum(shares) / len(shares)


@wrong("R squared", "Is that R²?")
def lists_agree(scores, said, k):
    a, b = np.ravel(scores), np.ravel(said)
    return 1 - np.sum((a - b) ** 2) / np.sum((a - np.mean(a)) ** 2)


@wrong("correlation", "Is that a correlation")
def lists_agree(scores, said, k):
    return np.mean([pd.Series(a).corr(pd.Series(b)) for a, b in zip(scores, said)])


@wrong("lowest", "Did you take the lowest scores?")
def lists_agree(scores, said, k):
    return np.mean([len(set(np.argsort(a)[:k]) & set(np.argsort(b)[:k])) / k for a, b in zip(scores, said)])


@wrong("first place", "Did you compare the first places alone?")
def lists_agree(scores, said, k):
    return np.mean([np.argmax(a) == np.argmax(b) for a, b in zip(scores, said)])


@wrong("count", "Is that a number of tracks?")
def lists_agree(scores, said, k):
    return np.mean([len(set(np.argsort(a)[-k:]) & set(np.argsort(b)[-k:])) for a, b in zip(scores, said)])


@wrong("divided by all tracks", "Did you divide by the number of tracks?")
def lists_agree(scores, said, k):
    return np.mean(
        [len(set(np.argsort(a)[-k:]) & set(np.argsort(b)[-k:])) / len(a) for a, b in zip(scores, said)]
    )


# ---- steered_list


@right("plain Python")
def steered_list(scores, attribute, weight, k):
    z = lambda v: [(one - fmean(v)) / pstdev(v) for one in v]
    value = [s + weight * a for s, a in zip(z(scores), z(attribute))]
    return sorted(range(len(value)), key=value.__getitem__, reverse=True)[:k]


@right("pandas")
def steered_list(scores, attribute, weight, k):
    t = pd.DataFrame({"s": scores, "a": attribute}, dtype=float)
    t = (t - t.mean()) / t.std(ddof=0)
    return (t["s"] + weight * t["a"]).nlargest(k).index.tolist()


@right("sample deviations: the same order")
def steered_list(scores, attribute, weight, k):
    s = [(v - fmean(scores)) / stdev(scores) for v in scores]
    a = [(v - fmean(attribute)) / stdev(attribute) for v in attribute]
    return np.argsort([-(x + weight * y) for x, y in zip(s, a)])[:k]


@right("the mean left in: the same order")
def steered_list(scores, attribute, weight, k):
    value = np.array(scores) / np.std(scores) + weight * np.array(attribute) / np.std(attribute)
    return tuple(np.argsort(-value)[:k])


@wrong("raw", "Is something in its own units?")
def steered_list(scores, attribute, weight, k):
    value = np.array(scores) + weight * np.array(attribute)
    return np.argsort(-value)[:k].tolist()


@wrong("raw attribute", "Is something in its own units?")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    return np.argsort(-((s - s.mean()) / s.std() + weight * a))[:k].tolist()


@wrong("raw scores", "Is something in its own units?")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    return np.argsort(-(s + weight * (a - a.mean()) / a.std()))[:k].tolist()


@wrong("minus", "Is the sign turned around?")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    return np.argsort(-((s - s.mean()) / s.std() - weight * (a - a.mean()) / a.std()))[:k].tolist()


@wrong("ascending", "Are those the lowest?")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    return np.argsort((s - s.mean()) / s.std() + weight * (a - a.mean()) / a.std())[:k].tolist()


@wrong("old ten in a new order", "Did you sort the old list anew?")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    v = (s - s.mean()) / s.std() + weight * (a - a.mean()) / a.std()
    ten = np.argsort(-s)[:k]
    return ten[np.argsort(-v[ten])].tolist()


@wrong("not steered", "Is that the list as it was?")
def steered_list(scores, attribute, weight, k):
    return np.argsort(scores)[::-1][:k].tolist()


@wrong("the values and not the positions")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    return sorted((s - s.mean()) / s.std() + weight * (a - a.mean()) / a.std(), reverse=True)[:k]


@wrong("scaled to 0 and 1")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    value = (s - s.min()) / np.ptp(s) + weight * (a - a.min()) / np.ptp(a)
    return np.argsort(-value)[:k].tolist()


@wrong("lowest of the sum, in a roundabout way", "Are those the lowest?")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    return np.argsort((s - s.mean()) / s.std() - weight * (a - a.mean()) / a.std() * -1)[:k].tolist()


# ---- more of each, by somebody who had read the lesson alone


@right("least squares on stacked rows")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.array(Q, dtype=float)
    weight = np.ones(len(Q))
    weight[list(heard)] = confidence
    stacked = np.vstack([np.sqrt(weight)[:, None] * Q, np.sqrt(regularization) * np.eye(Q.shape[1])])
    # the row of the pseudo-inverse for each heard track, times the root of its weight
    back = np.linalg.pinv(stacked)[:, list(heard)] * np.sqrt(weight[list(heard)])
    return list(Q[item] @ back)


@right("one play after the other into the inverse")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.array(Q, dtype=float)
    W = np.linalg.inv(Q.T @ Q + regularization * np.eye(Q.shape[1]))
    for j, c in zip(heard, confidence):
        v = W @ Q[j]
        W = W - np.outer(v, v) * (c - 1) / (1 + (c - 1) * (Q[j] @ v))
    return [float(c * Q[item] @ W @ Q[j]) for j, c in zip(heard, confidence)]


@wrong("what the score loses when the play goes and all is solved anew")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)

    def score(plays):
        c = np.ones(len(Q))
        b = np.zeros(Q.shape[1])
        for j, one in plays:
            c[j] = one
            b += one * Q[j]
        return Q[item] @ np.linalg.solve((Q.T * c) @ Q + regularization * np.eye(Q.shape[1]), b)

    plays = list(zip(heard, confidence))
    return [score(plays) - score([p for p in plays if p[0] != j]) for j in heard]


@wrong("the penalty once for each play")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    c = np.ones(len(Q))
    c[heard] = confidence
    W = np.linalg.inv((Q.T * c) @ Q + regularization * len(heard) * np.eye(Q.shape[1]))
    return [Q[item] @ W @ Q[j] * c[j] for j in heard]


@wrong("1 + c in the system")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    c = np.ones(len(Q))
    c[heard] += confidence
    W = np.linalg.inv((Q.T * c) @ Q + regularization * np.eye(Q.shape[1]))
    return [Q[item] @ W @ Q[j] * one for j, one in zip(heard, confidence)]


@wrong("W times the item alone, a vector of factors")
def als_reasons(Q, heard, confidence, regularization, item):
    Q = np.asarray(Q, float)
    c = np.ones(len(Q))
    c[heard] = confidence
    W = np.linalg.inv((Q.T * c) @ Q + regularization * np.eye(Q.shape[1]))
    return (W @ Q[item]).tolist()


@right("a heap")
def why_rather(terms, rival_terms):
    import heapq

    return heapq.nlargest(len(terms), terms, key=lambda j: terms[j] - rival_terms[j])


@right("a table sorted by a column")
def why_rather(terms, rival_terms):
    table = pd.DataFrame({"a": terms, "b": rival_terms})
    return table.assign(lead=table.a - table.b).sort_values("lead", ascending=False).index.tolist()


@wrong("shares of each score compared")
def why_rather(terms, rival_terms):
    a, b = sum(terms.values()), sum(rival_terms.values())
    return sorted(terms, key=lambda j: terms[j] / a - rival_terms[j] / b, reverse=True)


@wrong("in the order of the names")
def why_rather(terms, rival_terms):
    return sorted(terms)


@wrong("as they come")
def why_rather(terms, rival_terms):
    return list(terms)


@wrong("the larger of the two terms")
def why_rather(terms, rival_terms):
    return sorted(terms, key=lambda j: -max(terms[j], rival_terms[j]))


@right("the mean of what is left gives the same order")
def still_listed(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted] or [heard[0]]
    W = np.array(weights, dtype=float)
    mean = W[left].mean(axis=0)
    rivals = np.setdiff1d(np.arange(len(W)), [*heard, item])
    return (mean[rivals] > mean[item]).sum() + 1 <= k


@right("what was deleted taken off the scores")
def still_listed(weights, heard, deleted, item, k):
    scores = pd.Series(np.array(weights, float)[list(heard)].sum(axis=0))
    for j in deleted:
        scores -= np.array(weights, float)[j]
    return item in scores.drop(list(heard)).nlargest(k).index


@wrong("weights read along the other axis", "Did you read the weights along the other axis?")
def still_listed(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted]
    score = {i: sum(weights[i][j] for j in left) for i in range(len(weights)) if i not in heard}
    return item in sorted(score, key=score.get, reverse=True)[:k]


@wrong("the other axis by NumPy", "Did you read the weights along the other axis?")
def still_listed(weights, heard, deleted, item, k):
    W = np.asarray(weights, float)
    x = np.zeros(len(W))
    x[[j for j in heard if j not in deleted]] = 1
    scores = W @ x
    scores[heard] = -np.inf
    return bool((scores > scores[item]).sum() < k)


@wrong("one place too many")
def still_listed(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted]
    scores = {i: sum(weights[j][i] for j in left) for i in range(len(weights)) if i not in heard}
    return sum(v > scores[item] for v in scores.values()) <= k


@wrong("the largest weight in place of the sum")
def still_listed(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted]
    scores = {i: max((weights[j][i] for j in left), default=0) for i in range(len(weights)) if i not in heard}
    return sum(v > scores[item] for v in scores.values()) < k


@wrong("only the first of the deleted")
def still_listed(weights, heard, deleted, item, k):
    left = [j for j in heard if j not in deleted[:1]]
    scores = {i: sum(weights[j][i] for j in left) for i in range(len(weights)) if i not in heard}
    return sum(v > scores[item] for v in scores.values()) < k


@wrong("always listed")
def still_listed(weights, heard, deleted, item, k):
    return True


@right("running totals")
def fewest_plays(terms, rival_terms):
    from itertools import accumulate

    lead = sorted((a - b for a, b in zip(terms, rival_terms)), reverse=True)
    total = sum(lead)
    return next(n for n, taken in enumerate(accumulate(lead), 1) if taken >= total)


@right("what is left from the small end")
def fewest_plays(terms, rival_terms):
    lead = np.sort(np.array(terms) - np.array(rival_terms))
    rest = np.concatenate([[0.0], np.cumsum(lead)])  # the sum of the n smallest
    return len(lead) - int(np.flatnonzero(rest <= 0).max())


@wrong("one too few")
def fewest_plays(terms, rival_terms):
    lead = sorted([a - b for a, b in zip(terms, rival_terms)])
    n = 0
    while sum(lead) > 0:
        lead.pop()
        n += 1
    return n - 1


@wrong("plays that may stay")
def fewest_plays(terms, rival_terms):
    lead = sorted([a - b for a, b in zip(terms, rival_terms)])
    while sum(lead) > 0:
        lead.pop()
    return len(lead)


@wrong("the lead over the largest contrast, rounded up")
def fewest_plays(terms, rival_terms):
    lead = [a - b for a, b in zip(terms, rival_terms)]
    return int(np.ceil(sum(lead) / max(lead)))


@wrong("largest contrast by size, the sign forgotten")
def fewest_plays(terms, rival_terms):
    lead = sorted((a - b for a, b in zip(terms, rival_terms)), key=abs)
    n = 0
    while lead and sum(lead) > 0:
        lead.pop()
        n += 1
    return n


@right("argpartition and isin")
def lists_agree(scores, said, k):
    shares = []
    for a, b in zip(np.asarray(scores, float), np.asarray(said, float)):
        x, y = np.argpartition(-a, k - 1)[:k], np.argpartition(-b, k - 1)[:k]
        shares.append(np.isin(x, y).sum() / k)
    return np.array(shares).mean()


@right("ranks")
def lists_agree(scores, said, k):
    top = lambda m: pd.DataFrame(m).rank(axis=1, ascending=False) <= k
    return (top(scores) & top(said)).sum(axis=1).mean() / k


@wrong("rank correlation")
def lists_agree(scores, said, k):
    return np.mean([pd.Series(a).corr(pd.Series(b), method="spearman") for a, b in zip(scores, said)])


@wrong("any track shared")
def lists_agree(scores, said, k):
    return np.mean([bool(set(np.argsort(a)[-k:]) & set(np.argsort(b)[-k:])) for a, b in zip(scores, said)])


@wrong("the k best cells of the whole table")
def lists_agree(scores, said, k):
    a, b = np.ravel(scores), np.ravel(said)
    return len(set(np.argsort(a)[-k:]) & set(np.argsort(b)[-k:])) / k


@wrong("the share of wrong ones")
def lists_agree(scores, said, k):
    return 1 - np.mean([len(set(np.argsort(a)[-k:]) & set(np.argsort(b)[-k:])) / k for a, b in zip(scores, said)])


@right("SciPy's z-scores")
def steered_list(scores, attribute, weight, k):
    from scipy.stats import zscore

    value = pd.Series(zscore(scores) + weight * zscore(attribute))
    return value.sort_values(ascending=False).index[:k]


@right("both sides times the two spreads")
def steered_list(scores, attribute, weight, k):
    s, a = np.asarray(scores, float), np.asarray(attribute, float)
    value = s * a.std() + weight * a * s.std()
    return [int(i) for i in (-value).argsort()[:k]]


@wrong("a mixture: 1 - weight of the score")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    value = (1 - weight) * (s - s.mean()) / s.std() + weight * (a - a.mean()) / a.std()
    return np.argsort(-value)[:k].tolist()


@wrong("ranks in place of standard deviations")
def steered_list(scores, attribute, weight, k):
    value = pd.Series(scores).rank() + weight * pd.Series(attribute).rank()
    return value.sort_values(ascending=False, kind="stable").index[:k].tolist()


@wrong("divided by the variance")
def steered_list(scores, attribute, weight, k):
    s, a = np.array(scores), np.array(attribute)
    value = (s - s.mean()) / s.var() + weight * (a - a.mean()) / a.var()
    return np.argsort(-value)[:k].tolist()
