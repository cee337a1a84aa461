"""Answers to all lessons, of the rarer kind, written after the checker was tuned on the others.

At first sight it refused none of the right ones and praised none of the wrong; of 16 names 10 were right where half of
what went wrong was enough for one, and 9 of 10 with four fifths. The tenth, two standard errors, has its sentence now.
"""

import math
import re
from collections import Counter, defaultdict
from itertools import combinations, product

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- lesson 00


@right("median of three by NumPy")
def share_heard(seconds, duration):
    return float(np.median([0, seconds / duration, 1]))


@wrong("a share above 1 counts as 0")
def share_heard(seconds, duration):
    share = seconds / duration
    if 0 <= share <= 1:
        return share
    return 0


@wrong("divides by the seconds beyond the track")
def share_heard(seconds, duration):
    return min(max(seconds / (seconds + duration), 0), 1) if seconds + duration else 0


@right("np.apply_along_axis")
def centre(minutes):
    return np.apply_along_axis(lambda row: row - row.mean(), 1, minutes)


@wrong("mean of what was heard, zeros left at zero")
def centre(minutes):
    out = minutes.astype(float).copy()
    for u in range(len(out)):
        heard = out[u] > 0
        if heard.any():
            out[u][heard] -= out[u][heard].mean()
    return out


@wrong("divides by the spread as well")
def centre(minutes):
    s = minutes.std(axis=1, keepdims=True)
    return (minutes - minutes.mean(axis=1, keepdims=True)) / np.where(s == 0, 1, s)


@right("sets of listeners of each track")
def heard_together(minutes):
    fans = [set(np.flatnonzero(column)) for column in minutes.T]
    return [[len(a & b) for b in fans] for a in fans]


@wrong("the smaller of the minutes, added up")
def heard_together(minutes):
    n = minutes.shape[1]
    return np.array([[np.minimum(minutes[:, i], minutes[:, j]).sum() for j in range(n)] for i in range(n)])


# ---- lesson 01


@right("dict of counts")
def grade_rule(found, true):
    f, t = Counter(found).keys(), Counter(true).keys()
    both = [x for x in f if x in t]
    return tuple(len(both) / len(side) if side else 0 for side in (t, f))


@wrong("gives the number of hits twice")
def grade_rule(found, true):
    hits = len(set(found) & set(true))
    return hits, hits


@wrong("no guard when nothing was found")
def grade_rule(found, true):
    hits = len(set(found) & set(true))
    return hits / len(set(true)), hits / len(set(found))


@wrong("only the same second counts")
def retries(log, wait):
    return log.duplicated(["user_id", "track_id", "action", "seconds_played", "at"])


@right("loops over earlier rows")
def retries(log, wait):
    rows = log.where(log.notna(), None).to_dict("records")
    out = []
    for i, row in enumerate(rows):
        again = False
        for before in rows[:i]:
            same = all(
                (pd.isna(row[c]) and pd.isna(before[c])) or row[c] == before[c]
                for c in ("user_id", "track_id", "action", "seconds_played")
            )
            if same and row["at"] - before["at"] <= wait:
                again = True
        out.append(again)
    return out


@wrong("a new session for every event after a pause, counted from the pause", "Does a silence of just `gap` begin a new session?")
def session_numbers(starts, minutes, gap):
    numbers, n, end = [], 0, None
    for s, m in zip(starts, minutes):
        if end is not None and s - end >= gap:
            n += 1
        numbers.append(n)
        end = max(end or 0, s + m)
    return numbers


@right("numpy with a loop for the running end")
def session_numbers(starts, minutes, gap):
    ends = []
    for s, m in zip(starts, minutes):
        ends.append(max(s + m, ends[-1] if ends else s + m))
    breaks = [0] + [int(s - e > gap) for s, e in zip(starts[1:], ends)]
    return np.cumsum(breaks)[: len(starts)]


@wrong("users and tracks added instead of multiplied")
def density(rows, n_users, n_tracks):
    return len(set(rows)) / (n_users + n_tracks)


# ---- lesson 02


@right("apply in a groupby")
def hours_before(events, until):
    early = events[events["at"].lt(until)]
    return early.groupby("user_id").apply(lambda g: g["seconds_played"].sum() / 3600)


@wrong("plays that ended before the moment")
def hours_before(events, until):
    end = events["at"] + pd.to_timedelta(events["seconds_played"], unit="s")
    return events[end < until].groupby("user_id")["seconds_played"].sum() / 3600


@wrong("rounds to whole hours")
def hours_before(events, until):
    hours = events[events["at"] < until].groupby("user_id")["seconds_played"].sum() / 3600
    return hours.round()


@wrong("2 to the power of the entropy")
def breadth(counts):
    total = sum(counts)
    if not total:
        return 0
    return 2 ** -sum(c / total * math.log2(c / total) for c in counts if c)


@wrong("entropy of the mean share")
def breadth(counts):
    p = [c / sum(counts) for c in counts if c]
    m = sum(p) / len(p) if p else 1
    return -m * math.log2(m)


@wrong("the mean rate weighs `mean` plays")
def steady_rate(skips, plays, mean, prior):
    return (skips + prior * mean) / (plays + mean)


@wrong("prior taken off")
def steady_rate(skips, plays, mean, prior):
    return (skips + prior * mean) / (plays + prior) - mean


@wrong("1 where good words lead, -1 where bad ones do")
def mood_of(text, good, bad):
    words = re.findall("[a-z]+", text.lower())
    g, b = sum(w in good for w in words), sum(w in bad for w in words)
    return (g > b) - (g < b)


@right("pandas' string methods")
def mood_of(text, good, bad):
    words = pd.Series(text.lower().split(), dtype=object).str.strip(".,;:!?")
    g, b = int(words.isin(good).sum()), int(words.isin(bad).sum())
    return (g - b) / (g + b) if g + b else 0


@wrong("the largest of each column becomes 1")
def standardise(X):
    Z = X - X.mean(axis=0)
    top = np.abs(Z).max(axis=0)
    return Z / np.where(top > 0, top, 1)


@wrong("the median in place of the mean")
def standardise(X):
    s = X.std(axis=0)
    return (X - np.median(X, axis=0)) / np.where(s > 0, s, 1)


@wrong("the first share only")
def explained_share(X):
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    return s[0] / s.sum()


@wrong("centres each row")
def explained_share(X):
    s = np.linalg.svd(X - X.mean(axis=1, keepdims=True), compute_uv=False) ** 2
    return s / s.sum()


@wrong("only the first feature counts")
def assign(X, centres):
    return np.abs(X[:, :1] - centres[:, 0]).argmin(axis=1)


@right("broadcast and einsum")
def assign(X, centres):
    d = X[:, None] - centres
    return np.einsum("nkd,nkd->nk", d, d).argmin(1)


@wrong("the point nearest to the mean")
def move_centres(X, labels, centres):
    new = centres.copy()
    for k in range(len(centres)):
        mine = X[labels == k]
        if len(mine):
            new[k] = mine[((mine - mine.mean(0)) ** 2).sum(1).argmin()]
    return new


@wrong("pairs that disagree")
def rand_index(a, b):
    pairs = list(combinations(range(len(a)), 2))
    return sum((a[i] == a[j]) != (b[i] == b[j]) for i, j in pairs) / len(pairs)


@wrong("of the pairs together in a, the share together in b")
def rand_index(a, b):
    pairs = [(i, j) for i, j in combinations(range(len(a)), 2) if a[i] == a[j]]
    return sum(b[i] == b[j] for i, j in pairs) / len(pairs) if pairs else 0


@wrong("a set of tracks in place of a chart")
def segment_charts(plays, segments, k):
    out = {}
    for user, track in zip(plays["user_id"], plays["track_id"]):
        out.setdefault(segments[user], set()).add(track)
    return {s: sorted(t)[:k] for s, t in out.items()}


@wrong("number of small groups times least")
def in_small_groups(table, columns, least):
    sizes = table.groupby(columns).size()
    return int((sizes < least).sum() * least)


# ---- lesson 03


@wrong("the determinant unsquared and unsigned", "Did you put d where d squared stands?")
def singular_values(A):
    t, d = (A**2).sum(), abs(np.linalg.det(A))
    s = np.sqrt(max(t * t - 4 * d, 0))
    return np.sqrt(max((t + s) / 2, 0)), np.sqrt(max((t - s) / 2, 0))


@wrong("A times A instead of A'A", "Are these eigenvalues of A itself?")
def singular_values(A):
    return np.sqrt(np.abs(np.linalg.eigvals(A @ A)))[np.argsort(-np.abs(np.linalg.eigvals(A @ A)))]


@wrong("sets the first k to zero", "Is that what is left over?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    s[:k] = 0
    return (U * s) @ Vt


@wrong("keeps the first k rows of R")
def truncate(R, k):
    out = np.zeros_like(R)
    out[:k] = R[:k]
    return out


@wrong("the mean of the squares plus the penalty of every seen cell")
def objective(R, P, Q, lam):
    J = 0.0
    for u in range(R.shape[0]):
        for i in range(R.shape[1]):
            if not np.isnan(R[u, i]):
                J += (R[u, i] - P[u] @ Q[i]) ** 2 + lam * (P[u] @ P[u] + Q[i] @ Q[i])
    return J


@wrong("squares after the sum")
def objective(R, P, Q, lam):
    return np.nansum(R - P @ Q.T) ** 2 + lam * (np.sum(P**2) + np.sum(Q**2))


@wrong("the penalty lam times p squared")
def gradient_of_listener(r, Q, p, lam):
    return -2 * Q.T @ (r - Q @ p) + lam * p**2


@wrong("the sum of the errors times the sum of the rows")
def gradient_of_listener(r, Q, p, lam):
    return -2 * (r - Q @ p).sum() * Q.sum(axis=0) + 2 * lam * p


@wrong("the rate is squared")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return p + rate**2 * (e * q - lam * p), q + rate**2 * (e * p - lam * q)


@wrong("only the sign of the error")
def sgd_step(r, p, q, rate, lam):
    e = np.sign(r - p @ q)
    return p + rate * (e * q - lam * p), q + rate * (e * p - lam * q)


@wrong("the ridge on the right side")
def ridge_row(Q, r, lam):
    return np.linalg.pinv(Q.T @ Q) @ (Q.T @ r + lam)


@wrong("the wrong product, Q Q'")
def ridge_row(Q, r, lam):
    return (
        Q.T @ np.linalg.solve(Q @ Q.T + lam * np.ones((len(r), len(r))) + 1e-9 * np.eye(len(r)), r)
        if len(r)
        else np.zeros(Q.shape[1])
    )


@right("the other way round: Q'(QQ' + lam I)^-1")
def ridge_row(Q, r, lam):
    return Q.T @ np.linalg.solve(Q @ Q.T + lam * np.eye(len(r)), r)


@wrong("k to the fourth")
def sweep_cost(cells, k, m, n):
    return 2 * cells * (k**2 + k) + (m + n) * k**4 / 3


# ---- lesson 04


@wrong("the largest of the products")
def predict_pairs(P, Q, rows, columns):
    return (P[rows] * Q[columns]).max(axis=1)


@wrong("the absolute error's root")
def rmse_on(truth, predicted, held_out):
    return np.sqrt(np.abs(truth - predicted)[held_out].mean())


@wrong("the median of the absolute errors")
def rmse_on(truth, predicted, held_out):
    return np.median(np.abs(truth - predicted)[held_out])


@wrong("damping times the number below the line")
def damped_bias(rest, heard, damping):
    n = heard.sum(axis=0)
    return np.where(heard, rest, 0).sum(axis=0) / np.maximum(n * max(damping, 1), 1)


@wrong("nan for a column without any")
def damped_bias(rest, heard, damping):
    with np.errstate(all="ignore"):
        n = heard.sum(axis=0)
        return np.where(n > 0, (rest * heard).sum(axis=0) / (n + damping), np.nan)


@wrong("fills the holes with the mean of the approximation")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return np.where(heard, table, ((U[:, :k] * s[:k]) @ Vt[:k]).mean())


@wrong("two standard errors", "Is your margin two standard errors?")
def one_standard_error(errors):
    m = errors.mean(axis=1)
    b = m.argmin()
    return int(np.argmax(m <= m[b] + 2 * errors[b].std(ddof=1) / np.sqrt(errors.shape[1])))


@wrong("the terms sorted")
def reasons(row, V, item):
    return np.sort(row * (V @ V[item]))[::-1]


# ---- lesson 05


@wrong("drops the first play of everybody")
def first_plays(log, n):
    number = log.groupby("user_id").cumcount()
    return log[(number >= 1) & (number <= n)]


@wrong("the mean of the cosines with each played track")
def content_scores(strength, features):
    n = np.linalg.norm(features, axis=1, keepdims=True)
    u = features / np.where(n > 0, n, 1)
    return (u @ u.T) @ strength / strength.sum()


@wrong("weights of the heard cells only on the left, ridge kept")
def fold_in_newcomer(Q, c, ridge):
    y = (c > 1) * 1.0
    return np.linalg.solve(Q.T @ Q + Q.T @ ((c * y)[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ (c * y))


@wrong("the track with the most noise")
def next_question(Q, S, noise):
    return int(np.argmax(noise))


@wrong("trust by the root of the listeners")
def trusted_vector(own, predicted, listeners, prior):
    w = listeners**0.5 / (listeners**0.5 + prior**0.5)
    return w * own + (1 - w) * predicted


@wrong("the best observed rate")
def thompson_pick(hits, shown, seed):
    return int(np.argmax(hits / np.maximum(shown, 1)))


@right("random draws in one call, then max with index")
def thompson_pick(hits, shown, seed):
    draws = np.random.default_rng(seed).beta(np.add(hits, 1), np.subtract(shown, hits) + 1)
    return max(range(len(draws)), key=lambda i: draws[i])


# ---- lesson 06


@wrong("played before and after")
def later_and_new(log, at):
    before = {(u, t) for u, t, d in log if d < at}
    return {(u, t) for u, t, d in log if d >= at} & before


@wrong("1 if the first relevant track is among the first k")
def recall_at_k(recommended, relevant, k):
    return float(relevant[0] in recommended[:k])


@wrong("the precision at the last hit")
def average_precision_at_k(recommended, relevant, k):
    hits, last = 0, 0.0
    for place, x in enumerate(recommended[:k], 1):
        if x in relevant:
            hits += 1
            last = hits / place
    return last


@wrong("the reciprocal rank")
def average_precision_at_k(recommended, relevant, k):
    for place, x in enumerate(recommended[:k], 1):
        if x in relevant:
            return 1 / place
    return 0


@wrong("natural logarithms above, log2 below")
def ndcg_at_k(recommended, relevant, k):
    gain = sum(1 / math.log(i + 2) for i, x in enumerate(recommended[:k]) if x in relevant)
    return gain / sum(1 / math.log2(i + 2) for i in range(min(k, len(relevant))))


@right("natural logarithms on both sides, which cancel")
def ndcg_at_k(recommended, relevant, k):
    gain = sum(1 / math.log(i + 2) for i, x in enumerate(recommended[:k]) if x in relevant)
    return gain / sum(1 / math.log(i + 2) for i in range(min(k, len(relevant))))


@wrong("m of the better ones all missed, divided by the draws of the worse")
def chance_of_first(better, n, m):
    return 1 - math.comb(better, m) / math.comb(n, m)


@wrong("expected hits only")
def serendipity(recommended, relevant, expected):
    return sum(x in relevant and x in expected for x in recommended) / len(recommended)


@wrong("swaps the two: setting from the test's best, score of validation")
def choose_and_report(validation, test):
    best = max(test, key=test.get)
    return best, validation[best]


# ---- lesson 07


@wrong("plays over hits")
def resampled_share(hits, plays, drawn):
    h = hits[drawn].sum()
    return plays[drawn].sum() / h if h else 0


@wrong("counts patterns with the same sum only")
def sign_flip_p(differences):
    d = np.array(differences)
    sums = [(np.array(s) * d).sum() for s in product([1, -1], repeat=len(d))]
    return np.mean([abs(s) == abs(d.sum()) for s in sums])


@wrong("multiplies by the rank from the top plus one")
def holm_adjusted(p):
    m = len(p)
    order = np.argsort(p, kind="stable")
    out, high = [0.0] * m, 0.0
    for step, i in enumerate(order):
        high = max(high, min(1.0, (m - step + 1) * p[i]))
        out[i] = high
    return out


@wrong("adds the errors in squares: 1.96 and 0.84 apart")
def listeners_needed(gap, spread):
    return math.ceil((1.96**2 + 0.84**2) * spread**2 / gap**2)


@wrong("clips at 1", "Did every match count once?")
def ips_value(rewards, shown, wanted, chance):
    return np.minimum(rewards * (shown == wanted) / chance, 1).mean()


@wrong("the median listener")
def hours_won(new, old, everybody):
    return float(np.median([new.get(u, 0) - old.get(u, 0) for u in everybody]))


# ---- lesson 08


@wrong("the setting nearest to best minus close")
def choose_setting(scores, close):
    goal = max(scores.values()) - close
    return min(scores, key=lambda s: abs(scores[s] - goal))


@wrong("the tags the listener did not use anywhere")
def tags_by_others(rows, artist, listener):
    own = {tag for who, what, tag in rows if who == listener}
    return Counter(tag for who, what, tag in rows if what == artist and who != listener and tag not in own)


@wrong("the farthest rows")
def nearest_artists(factors, row, k):
    d = ((factors - factors[row]) ** 2).sum(axis=1).round(9)
    d[row] = -1
    return np.argsort(-d, kind="stable")[:k]


@wrong("the root of the index")
def taste_shared(a, b):
    either = set(a) | set(b)
    return (len(set(a) & set(b)) / len(either)) ** 0.5 if either else 0


@wrong("the halves reversed")
def pair_anew(pairs, order):
    m = len(pairs)
    ends = [a for a, b in pairs] + [b for a, b in pairs]
    mixed = [ends[j] for j in order]
    return [(a, b) for a, b in zip(mixed[:m], mixed[m:][::-1]) if a != b]
