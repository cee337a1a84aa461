"""Answers to lesson 19. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from collections import Counter

import numpy as np
import pandas as pd
from scipy import stats

from tests.exercises.bank import right, wrong

# ---- share_alone


@right("issuperset and a mean")
def share_alone(histories, known):
    return np.mean([sum(h.issuperset(k) for h in histories) == 1 for k in known])


@right("nobody else by position")
def share_alone(histories, known):
    alone = [not any(k <= h for j, h in enumerate(histories) if j != i) for i, k in enumerate(known)]
    return alone.count(True) / len(alone)


@right("intersection")
def share_alone(histories, known):
    n = 0
    for k in known:
        n += len([h for h in histories if h & k == k]) == 1
    return n / len(known)


@right("a 0/1 table")
def share_alone(histories, known):
    tracks = sorted(set().union(*histories))
    R = np.array([[t in h for t in tracks] for h in histories], int)
    K = np.array([[t in k for t in tracks] for k in known], int)
    return float(((R @ K.T == K.sum(1)).sum(0) == 1).mean())


@wrong("the sets the other way round", "Did you ask whose whole history is what is known?")
def share_alone(histories, known):
    return sum(sum(h == k for h in histories) == 1 for k in known) / len(histories)


@wrong("the history is inside what is known", "Did you ask whose whole history is what is known?")
def share_alone(histories, known):
    return sum(sum(h <= k for h in histories) == 1 for k in known) / len(histories)


@wrong("any in common", "Did you ask for any known track in common?")
def share_alone(histories, known):
    return np.mean([sum(not h.isdisjoint(k) for h in histories) == 1 for k in known])


@wrong("unique among the known", "Did you compare what is known of one with what is known of others?")
def share_alone(histories, known):
    keys = Counter(frozenset(k) for k in known)
    return sum(keys[frozenset(k)] == 1 for k in known) / len(known)


@wrong("the hidden", "Is that the share of those who hide among others?")
def share_alone(histories, known):
    return np.mean([sum(k <= h for h in histories) > 1 for k in known])


@wrong("a number", "Is that how many they are?")
def share_alone(histories, known):
    return sum(sum(k <= h for h in histories) == 1 for k in known)


@wrong("a percentage")
def share_alone(histories, known):
    return 100 * sum(sum(k <= h for h in histories) == 1 for k in known) / len(histories)


@wrong("at most two")
def share_alone(histories, known):
    return sum(sum(k <= h for h in histories) <= 2 for k in known) / len(histories)


@wrong("the mean number of fits")
def share_alone(histories, known):
    return np.mean([sum(k <= h for h in histories) for k in known])


@wrong("whole histories that are unique")
def share_alone(histories, known):
    return sum(histories.count(h) == 1 for h in histories) / len(histories)


# ---- pairs_in_order


@right("Mann and Whitney")
def pairs_in_order(members, others):
    u = stats.mannwhitneyu(members, others).statistic
    return u / (len(members) * len(others))


@right("signs")
def pairs_in_order(members, others):
    return np.mean([(np.sign(a - b) + 1) / 2 for a in members for b in others])


@right("ranks")
def pairs_in_order(members, others):
    ranks = stats.rankdata([*members, *others])[: len(members)]
    n = len(members)
    return (ranks.sum() - n * (n + 1) / 2) / (n * len(others))


@right("a cross join")
def pairs_in_order(members, others):
    pairs = pd.DataFrame({"a": members}).merge(pd.DataFrame({"b": others}), how="cross")
    return ((pairs["a"] > pairs["b"]) + 0.5 * (pairs["a"] == pairs["b"])).mean()


@wrong("ties are wins", "Did equal signals count as 1?")
def pairs_in_order(members, others):
    return sum(a >= b for a in members for b in others) / (len(members) * len(others))


@wrong("ties are losses", "Did equal signals count as 0?")
def pairs_in_order(members, others):
    return sum(a > b for a in members for b in others) / (len(members) * len(others))


@wrong("ties left out")
def pairs_in_order(members, others):
    wins = sum(a > b for a in members for b in others)
    losses = sum(a < b for a in members for b in others)
    return wins / (wins + losses) if wins + losses else 0.5


@wrong("turned round", "Is that how often the others are above?")
def pairs_in_order(members, others):
    return np.mean([(b > a) + 0.5 * (a == b) for a in members for b in others])


@wrong("beside the mean", "Did you compare with one middle value of the others?")
def pairs_in_order(members, others):
    return sum(a > sum(others) / len(others) for a in members) / len(members)


@wrong("place by place", "Did you compare the lists place by place?")
def pairs_in_order(members, others):
    n = min(len(members), len(others))
    return sum((a > b) + 0.5 * (a == b) for a, b in zip(members, others)) / n


@wrong("a number of pairs", "Is that a number of pairs?")
def pairs_in_order(members, others):
    return sum((a > b) + 0.5 * (a == b) for a in members for b in others)


@wrong("the difference of the means")
def pairs_in_order(members, others):
    return np.mean(members) - np.mean(others)


@wrong("beside the median", "Did you compare with one middle value of the others?")
def pairs_in_order(members, others):
    return np.mean([a > np.median(others) for a in members])


@wrong("divided by the members alone")
def pairs_in_order(members, others):
    return sum((a > b) + 0.5 * (a == b) for a in members for b in others) / len(members)


# ---- noise_scale


@right("as it stands")
def noise_scale(most, epsilon):
    return most * (1 / epsilon)


@right("the sensitivity by a vector")
def noise_scale(most, epsilon):
    return np.abs(np.ones(most)).sum() / epsilon


@right("a root of squares of a sum")
def noise_scale(most, epsilon):
    sensitivity = (most**2) ** 0.5
    return sensitivity / epsilon


@wrong("one count", "Did you forget how many counts one listener moves?")
def noise_scale(most, epsilon):
    return epsilon**-1


@wrong("a product", "Is that upside down?")
def noise_scale(most, epsilon):
    return epsilon * most


@wrong("shared out", "Did you divide by the tracks as well?")
def noise_scale(most, epsilon):
    return 1 / epsilon / most


@wrong("Euclid's length", "Is that the root of the sum of squares?")
def noise_scale(most, epsilon):
    return np.linalg.norm(np.ones(most)) / epsilon


@wrong("one replaced by another", "That is for neighbours in which one listener is replaced")
def noise_scale(most, epsilon):
    return 2 * most / epsilon


@wrong("the standard deviation of that noise")
def noise_scale(most, epsilon):
    return 2**0.5 * most / epsilon


@wrong("its variance")
def noise_scale(most, epsilon):
    return 2 * (most / epsilon) ** 2


@wrong("upside down altogether")
def noise_scale(most, epsilon):
    return epsilon / most


@wrong("e to the epsilon")
def noise_scale(most, epsilon):
    return most / np.exp(epsilon)


@wrong("one less")
def noise_scale(most, epsilon):
    return (most - 1) / epsilon


# ---- count_at_most


@right("a Counter")
def count_at_most(histories, most):
    return Counter(t for h in histories for t in pd.unique(np.array(h, dtype=object))[:most])


@right("a table")
def count_at_most(histories, most):
    rows = [(i, t) for i, h in enumerate(histories) for t in h]
    table = pd.DataFrame(rows, columns=["who", "track"]).drop_duplicates()
    return table.groupby("who").head(most)["track"].value_counts().to_dict()


@right("a list that grows")
def count_at_most(histories, most):
    counts = {}
    for h in histories:
        mine = []
        for t in h:
            if len(mine) == most:
                break
            if t not in mine:
                mine.append(t)
                counts[t] = counts.get(t, 0) + 1
    return counts


@right("sorted by the first place")
def count_at_most(histories, most):
    out = {}
    for h in histories:
        for t in sorted(set(h), key=h.index)[:most]:
            out[t] = out.get(t, 0) + 1
    return out


@wrong("cut before the repeats", "Did you cut before repeats were taken out?")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories for t in set(h[:most])))


@wrong("repeats count", "Did a repeated track count twice?")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories for t in h[:most]))


@wrong("the counts are cut", "Did you limit the counts?")
def count_at_most(histories, most):
    counts = Counter(t for h in histories for t in set(h))
    return {t: most if n > most else n for t, n in counts.items()}


@wrong("the heavy are left out", "Did those with more tracks drop out?")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories if len(set(h)) <= most for t in set(h)))


@wrong("no limit", "Is there no limit?")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories for t in set(h)))


@wrong("the last ones", "Are those the last tracks?")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories for t in list(dict.fromkeys(h))[-most:]))


@wrong("the first by name")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories for t in sorted(set(h))[:most]))


@wrong("the most played of each")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories for t, _ in Counter(h).most_common(most)))


@wrong("zeros for the rest")
def count_at_most(histories, most):
    counts = dict.fromkeys((t for h in histories for t in h), 0)
    for h in histories:
        for t in list(dict.fromkeys(h))[:most]:
            counts[t] += 1
    return counts


@wrong("all plays")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories for t in h))


# ---- symmetric_noise


@right("where")
def symmetric_noise(draws):
    i, j = np.indices(draws.shape)
    return np.where(i <= j, draws, draws.T)


@right("minus the diagonal")
def symmetric_noise(draws):
    upper = np.triu(draws)
    return upper + upper.T - np.diag(np.diag(draws))


@right("min and max of the places")
def symmetric_noise(draws):
    n = len(draws)
    return [[draws[min(i, j)][max(i, j)] for j in range(n)] for i in range(n)]


@wrong("the mean of both", "Did you take the mean of a draw and its mirror?")
def symmetric_noise(draws):
    return 0.5 * draws + 0.5 * draws.T


@wrong("the sum of both", "Did you add the two draws?")
def symmetric_noise(draws):
    return draws.T + draws


@wrong("the diagonal twice", "Is the diagonal counted twice?")
def symmetric_noise(draws):
    upper = np.triu(draws)
    return upper + upper.T


@wrong("only the upper half", "Is the lower half empty?")
def symmetric_noise(draws):
    return np.where(np.tri(len(draws), k=-1), 0, draws)


@wrong("the lower half mirrored", "Are those the draws below the diagonal?")
def symmetric_noise(draws):
    low = np.tril(draws, -1)
    return low + low.T + np.diag(np.diag(draws))


@wrong("no diagonal", "Is the diagonal gone?")
def symmetric_noise(draws):
    upper = np.triu(draws, 1)
    return upper + upper.T


@wrong("the sum over the root of two")
def symmetric_noise(draws):
    return (draws + draws.T) / np.sqrt(2)


@wrong("the transpose")
def symmetric_noise(draws):
    return draws.T


@wrong("as it came")
def symmetric_noise(draws):
    return draws.copy()


@wrong("a product, which is symmetric too")
def symmetric_noise(draws):
    return draws @ draws.T


# ---- forget_row


@right("solved anew")
def forget_row(inverse, row):
    n = len(row)
    return np.linalg.solve(np.linalg.inv(inverse) - row[:, None] * row[None, :], np.eye(n))


@right("columns and rows")
def forget_row(inverse, row):
    r = row.reshape(-1, 1)
    v = inverse.dot(r)
    return inverse + v.dot(v.T) / (1 - r.T.dot(v))


@right("only the tracks that were played")
def forget_row(inverse, row):
    played = np.flatnonzero(row)
    v = inverse[:, played].sum(axis=1)
    return inverse + np.multiply.outer(v, v) / (1 - v[played].sum())


@wrong("a listener more", "Is that how a listener comes in?")
def forget_row(inverse, row):
    v = inverse @ row
    return inverse - np.outer(v, v) / (1 + row @ v)


@wrong("the other divisor", "Is the divisor that of adding a row?")
def forget_row(inverse, row):
    v = inverse @ row
    return inverse + np.outer(v, v) / (1 + row @ v)


@wrong("no divisor", "Is the divisor missing?")
def forget_row(inverse, row):
    v = inverse @ row
    return inverse + np.outer(v, v)


@wrong("off the inverse", "Did you take r r^T off the inverse itself?")
def forget_row(inverse, row):
    return inverse - np.outer(row, row)


@wrong("the matrix", "Is that still the matrix?")
def forget_row(inverse, row):
    return np.linalg.inv(inverse) - np.outer(row, row)


@wrong("the sign", "Did you subtract the correction?")
def forget_row(inverse, row):
    v = inverse @ row
    return inverse - np.outer(v, v) / (1 - row @ v)


@wrong("one number for all cells")
def forget_row(inverse, row):
    v = inverse @ row
    return inverse + (v @ v) / (1 - row @ v)


@wrong("rows and columns cleared")
def forget_row(inverse, row):
    left = inverse.copy()
    left[row > 0] = 0
    left[:, row > 0] = 0
    return left


@wrong("the row itself in the product")
def forget_row(inverse, row):
    v = inverse @ row
    return inverse + np.outer(v, row) / (1 - row @ v)


@wrong("the number of plays in the divisor")
def forget_row(inverse, row):
    v = inverse @ row
    return inverse + np.outer(v, v) / (1 - row.sum())


# ---- more of each, by somebody who had read the lesson alone


@right("an index of listeners by track")
def share_alone(histories, known):
    by_track = {}
    for u, history in enumerate(histories):
        for track in history:
            by_track.setdefault(track, set()).add(u)
    return sum(len(set.intersection(*(by_track[t] for t in some))) == 1 for some in known) / len(known)


@right("those who hide, taken off")
def share_alone(histories, known):
    hidden = 0
    for u, some in enumerate(known):
        hidden += any(some.issubset(other) for v, other in enumerate(histories) if v != u)
    return 1 - hidden / len(histories)


@wrong("true subsets alone")
def share_alone(histories, known):
    return sum(sum(k < h for h in histories) == 1 for k in known) / len(histories)


@wrong("nobody fits, oneself forgotten")
def share_alone(histories, known):
    return sum(sum(k <= h for h in histories) == 0 for k in known) / len(histories)


@right("sorted and searched")
def pairs_in_order(members, others):
    other = np.sort(np.asarray(others, dtype=float))
    below = np.searchsorted(other, members, "left") + np.searchsorted(other, members, "right")
    return below.mean() / (2 * len(other))


@right("product")
def pairs_in_order(members, others):
    from itertools import product

    return sum((a > b) + (a >= b) for a, b in product(members, others)) / (2 * len(members) * len(others))


@wrong("the best member beside the best other")
def pairs_in_order(members, others):
    return float(max(members) > max(others)) + 0.5 * (max(members) == max(others))


@wrong("twice the area less one, Somers' D")
def pairs_in_order(members, others):
    area = np.mean([(a > b) + 0.5 * (a == b) for a in members for b in others])
    return 2 * area - 1


@right("by logarithms")
def noise_scale(most, epsilon):
    return float(np.exp(np.log(most) - np.log(epsilon)))


@right("each count gets its part of epsilon")
def noise_scale(most, epsilon):
    of_each = epsilon / most
    return 1 / of_each


@wrong("the square of the tracks")
def noise_scale(most, epsilon):
    return most**2 / epsilon


@wrong("the square of epsilon")
def noise_scale(most, epsilon):
    return most / epsilon**2


@right("a set beside the counts")
def count_at_most(histories, most):
    from collections import defaultdict

    counts = defaultdict(int)
    for h in histories:
        seen = set()
        for t in h:
            if t in seen or len(seen) >= most:
                continue
            seen.add(t)
            counts[t] += 1
    return dict(counts)


@right("pandas, listener by listener")
def count_at_most(histories, most):
    kept = [pd.Series(h).drop_duplicates().head(most) for h in histories]
    return pd.concat(kept).value_counts().to_dict()


@wrong("at most so many listeners in all")
def count_at_most(histories, most):
    return dict(Counter(t for h in histories[:most] for t in dict.fromkeys(h)))


@wrong("a weight of 1 shared among all tracks")
def count_at_most(histories, most):
    counts = {}
    for h in histories:
        mine = set(h)
        for t in mine:
            counts[t] = counts.get(t, 0) + min(1, most / len(mine))
    return counts


@right("a copy, row by row")
def symmetric_noise(draws):
    noise = draws.copy()
    for i in range(len(noise)):
        noise[i:, i] = noise[i, i:]
    return noise


@right("max and min of the indices at once")
def symmetric_noise(draws):
    i, j = np.ogrid[: len(draws), : len(draws)]
    return draws[np.minimum(i, j), np.maximum(i, j)]


@wrong("the larger of the two")
def symmetric_noise(draws):
    return np.maximum(draws, draws.T)


@wrong("the upper half and its negative")
def symmetric_noise(draws):
    return np.triu(draws) - np.triu(draws, 1).T


@right("entry by entry")
def forget_row(inverse, row):
    n = len(row)
    v = [sum(inverse[i, j] * row[j] for j in range(n)) for i in range(n)]
    rest = 1 - sum(row[i] * v[i] for i in range(n))
    return [[inverse[i, j] + v[i] * v[j] / rest for j in range(n)] for i in range(n)]


@right("Woodbury with one row")
def forget_row(inverse, row):
    U = row[None, :]
    P = inverse
    return P + P @ U.T @ np.linalg.inv(np.eye(1) - U @ P @ U.T) @ U @ P


@wrong("the divisor squared")
def forget_row(inverse, row):
    v = inverse @ row
    return inverse + np.outer(v, v) / (1 - row @ v) ** 2


@wrong("the row times the inverse, entry by entry")
def forget_row(inverse, row):
    v = inverse * row
    return inverse + v @ v.T / (1 - row @ inverse @ row)
