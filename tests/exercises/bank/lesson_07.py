"""Answers to lesson 07. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math
from itertools import product

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- resampled_share


@right("counts how often each is drawn")
def resampled_share(hits, plays, drawn):
    times = np.bincount(drawn, minlength=len(hits))
    return (times * hits).sum() / (times * plays).sum()


@right("a DataFrame's iloc")
def resampled_share(hits, plays, drawn):
    t = pd.DataFrame({"h": hits, "p": plays}).iloc[list(drawn)]
    return t["h"].sum() / t["p"].sum()


@wrong("the mean of the shares", "Did you average the listeners' shares?")
def resampled_share(hits, plays, drawn):
    return np.mean(hits[drawn] / plays[drawn])


@wrong("drawn twice counts once", "Did you count who was drawn twice once?")
def resampled_share(hits, plays, drawn):
    who = np.unique(drawn)
    return hits[who].sum() / plays[who].sum()


@wrong("the whole sample", "Did you leave out the draw?")
def resampled_share(hits, plays, drawn):
    return hits.sum() / plays.sum()


@wrong("hits a drawn listener", "Did you divide by the number of listeners?")
def resampled_share(hits, plays, drawn):
    return hits[drawn].sum() / len(drawn)


# ---- sign_flip_p


@right("a list of all sums")
def sign_flip_p(differences):
    d = np.array(differences)
    sums = [abs((np.array(signs) * d).sum()) for signs in product([1, -1], repeat=len(d))]
    return sum(s >= abs(d.sum()) for s in sums) / len(sums)


@right("recursion over sums")
def sign_flip_p(differences):
    sums = [0]
    for d in differences:
        sums = [s + d for s in sums] + [s - d for s in sums]
    far = [s for s in sums if abs(s) >= abs(sum(differences))]
    return len(far) / len(sums)


@wrong("one side", "Did you leave the signs on?")
def sign_flip_p(differences):
    d = np.array(differences)
    sums = np.array([(np.array(s) * d).sum() for s in product([1, -1], repeat=len(d))])
    return (sums >= d.sum()).mean()


@wrong("strictly farther", "Did you count sums beyond the observed one only?")
def sign_flip_p(differences):
    d = np.array(differences)
    sums = np.array([(np.array(s) * d).sum() for s in product([1, -1], repeat=len(d))])
    return (np.abs(sums) > abs(d.sum())).mean()


@wrong("the number of patterns", "Is that a number of patterns?")
def sign_flip_p(differences):
    d = np.array(differences)
    sums = np.array([(np.array(s) * d).sum() for s in product([1, -1], repeat=len(d))])
    return (np.abs(sums) >= abs(d.sum())).sum()


@wrong("the share that is nearer", "Is that the share that is nearer to 0?")
def sign_flip_p(differences):
    d = np.array(differences)
    sums = np.array([(np.array(s) * d).sum() for s in product([1, -1], repeat=len(d))])
    return 1 - (np.abs(sums) >= abs(d.sum())).mean()


@wrong("the observed pattern is left out", "Did you leave out the pattern that was observed?")
def sign_flip_p(differences):
    d = np.array(differences)
    sums = [abs((np.array(s) * d).sum()) for s in product([1, -1], repeat=len(d))]
    far = sum(s >= abs(d.sum()) for s in sums) - 1
    return far / (len(sums) - 1)


# ---- holm_adjusted


@right("argsort, running maximum, put back")
def holm_adjusted(p):
    p = np.array(p)
    m = len(p)
    order = np.argsort(p, kind="stable")
    stepped = np.minimum(1, np.maximum.accumulate(p[order] * (m - np.arange(m))))
    out = np.empty(m)
    out[order] = stepped
    return out


@wrong("Bonferroni", "Did you multiply all by m?")
def holm_adjusted(p):
    return np.minimum(1, np.array(p) * len(p))


@wrong("no running maximum", "May a larger p-value end up smaller than the one before it?")
def holm_adjusted(p):
    m = len(p)
    rank = np.argsort(np.argsort(p, kind="stable"), kind="stable")
    return np.minimum(1, np.array(p) * (m - rank))


@wrong("Hochberg, which goes down from the largest", "Did you go down from the largest?")
def holm_adjusted(p):
    m = len(p)
    order = np.argsort(p)[::-1]
    out, least = [0.0] * m, 1.0
    for step, i in enumerate(order):
        least = min(least, (step + 1) * p[i])
        out[i] = least
    return out


@wrong("sorted", "Did you return them sorted?")
def holm_adjusted(p):
    m = len(p)
    s = np.sort(p)
    return np.minimum(1, np.maximum.accumulate(s * (m - np.arange(m))))


@wrong("Benjamini and Hochberg", "Did you multiply by m / rank?")
def holm_adjusted(p):
    m = len(p)
    order = np.argsort(p)
    s = np.array(p)[order] * m / np.arange(1, m + 1)
    s = np.minimum(1, np.minimum.accumulate(s[::-1])[::-1])
    out = np.empty(m)
    out[order] = s
    return out


@wrong("multiplies the smallest by 1 and the largest by m", "Is the smallest multiplied by 1 and the largest by m?")
def holm_adjusted(p):
    m = len(p)
    order = np.argsort(p, kind="stable")
    out, high = [0.0] * m, 0.0
    for i, j in enumerate(order):
        high = max(high, min(1, (i + 1) * p[j]))
        out[j] = high
    return out


@wrong("the p-values as they are", "Are these the p-values as they came?")
def holm_adjusted(p):
    return [min(1.0, x) for x in p]


# ---- listeners_needed


@right("counts up to the first that is enough")
def listeners_needed(gap, spread):
    n = int((2.8 * spread / gap) ** 2)
    while 2.8 * spread / math.sqrt(max(n, 1)) > abs(gap) * (1 + 1e-12) or n == 0:
        n += 1
    return n


@right("math.ceil")
def listeners_needed(gap, spread):
    return math.ceil(2.8**2 * spread**2 / gap**2)


@wrong("1.96 errors", "Did you ask for 1")
def listeners_needed(gap, spread):
    return math.ceil((1.96 * spread / gap) ** 2)


@wrong("not squared", "Did you forget the square?")
def listeners_needed(gap, spread):
    return math.ceil(2.8 * spread / abs(gap))


@wrong("cut down instead of rounded up", "Did you cut the fraction off?")
def listeners_needed(gap, spread):
    return int((2.8 * spread / gap) ** 2)


@wrong("not rounded", "Is that before rounding up?")
def listeners_needed(gap, spread):
    return 7.84 * spread**2 / gap**2


@wrong("spread taken for a variance", "Is only the 2")
def listeners_needed(gap, spread):
    return math.ceil(2.8**2 * spread / gap**2)


# ---- ips_value


@right("a mask and one mean")
def ips_value(rewards, shown, wanted, chance):
    return np.mean(np.where(shown == wanted, rewards / chance, 0))


@right("a generator")
def ips_value(rewards, shown, wanted, chance):
    n = len(rewards)
    return sum(rewards[i] / chance[i] for i in range(n) if shown[i] == wanted[i]) / n


@wrong("the mean over the matches", "Did you divide by the number of matches?")
def ips_value(rewards, shown, wanted, chance):
    same = shown == wanted
    return (rewards[same] / chance[same]).mean() if same.any() else 0


@wrong("no weights", "Did every match count once?")
def ips_value(rewards, shown, wanted, chance):
    return (rewards * (shown == wanted)).mean()


@wrong("the plain mean of the matches", "Is that the plain mean of the matches?")
def ips_value(rewards, shown, wanted, chance):
    same = shown == wanted
    return rewards[same].mean() if same.any() else 0


@wrong("weighs by the chance itself", "Did you multiply by the chance?")
def ips_value(rewards, shown, wanted, chance):
    return (rewards * (shown == wanted) * chance).mean()


@wrong("the sum", "Did you leave the sum undivided?")
def ips_value(rewards, shown, wanted, chance):
    return (rewards * (shown == wanted) / chance).sum()


@wrong("self-normalised", "Some divide by the sum of the weights")
def ips_value(rewards, shown, wanted, chance):
    w = (shown == wanted) / chance
    return (w * rewards).sum() / w.sum() if w.sum() else 0


@wrong("weights clipped at 3", "Some cut large weights off")
def ips_value(rewards, shown, wanted, chance):
    w = np.minimum((shown == wanted) / chance, 3)
    return (w * rewards).mean()


# ---- hours_won


@right("two Series, reindexed")
def hours_won(new, old, everybody):
    a = pd.Series(new, dtype=float).reindex(everybody).fillna(0)
    b = pd.Series(old, dtype=float).reindex(everybody).fillna(0)
    return (a - b).mean()


@wrong("only who played under both", "Did you look at those who played under both?")
def hours_won(new, old, everybody):
    both = set(new) & set(old) & set(everybody)
    if not both:
        return 0
    return sum(new[u] - old[u] for u in both) / len(both)


@wrong("the difference of two means", "Did you take the mean of those who played?")
def hours_won(new, old, everybody):
    a = sum(new.values()) / len(new) if new else 0
    b = sum(old.values()) / len(old) if old else 0
    return a - b


@wrong("the sum", "Is that the sum?")
def hours_won(new, old, everybody):
    return sum(new.get(u, 0) - old.get(u, 0) for u in everybody)


@wrong("old minus new", "Did you take the new hours from the old?")
def hours_won(new, old, everybody):
    return np.mean([old.get(u, 0) - new.get(u, 0) for u in everybody])


@wrong("in percent of the old hours", "Is that a share of the old hours?")
def hours_won(new, old, everybody):
    a = sum(new.get(u, 0) for u in everybody)
    b = sum(old.get(u, 0) for u in everybody)
    return (a - b) / b if b else 0


# ---- without_the_past


@right("np.cov")
def without_the_past(hours, before):
    c = np.cov(hours, before)
    return hours - c[0, 1] / c[1, 1] * (before - np.mean(before))


@right("np.polyfit's slope")
def without_the_past(hours, before):
    return hours - np.polyfit(before, hours, 1)[0] * (before - before.mean())


@right("correlation times the ratio of the spreads")
def without_the_past(hours, before):
    theta = np.corrcoef(hours, before)[0, 1] * hours.std() / before.std()
    return [h - theta * (b - before.mean()) for h, b in zip(hours, before)]


@right("pandas' cov and var")
def without_the_past(hours, before):
    h, b = pd.Series(hours), pd.Series(before)
    return h - h.cov(b) / b.var() * (b - b.mean())


@right("plain loops")
def without_the_past(hours, before):
    n = len(hours)
    mh, mb = sum(hours) / n, sum(before) / n
    above = sum((h - mh) * (b - mb) for h, b in zip(hours, before))
    below = sum((b - mb) ** 2 for b in before)
    return tuple(h - above / below * (b - mb) for h, b in zip(hours, before))


@wrong("subtracts the past", "Is that hours minus before?")
def without_the_past(hours, before):
    return hours - before


@wrong("theta is 1", "Did you take off the whole past")
def without_the_past(hours, before):
    return hours - (before - before.mean())


@wrong("not centred", "Did the mean of the hours change?")
def without_the_past(hours, before):
    c = np.cov(hours, before)
    return hours - c[0, 1] / c[1, 1] * before


@wrong("theta is the correlation", "Is your theta a correlation?")
def without_the_past(hours, before):
    return hours - np.corrcoef(hours, before)[0, 1] * (before - before.mean())


@wrong("theta over the variance of the hours", "Did you divide by the variance of the hours?")
def without_the_past(hours, before):
    c = np.cov(hours, before)
    return hours - c[0, 1] / c[0, 0] * (before - before.mean())


@wrong("a line through 0", "Did you forget to centre both before you multiplied?")
def without_the_past(hours, before):
    return hours - (hours @ before) / (before @ before) * (before - before.mean())


@wrong("the residuals alone", "Are these only the residuals?")
def without_the_past(hours, before):
    slope, level = np.polyfit(before, hours, 1)
    return hours - (level + slope * before)


@wrong("covariance by n - 1, variance by n")
def without_the_past(hours, before):
    return hours - np.cov(hours, before)[0, 1] / np.var(before) * (before - before.mean())


@wrong("adds instead of subtracts")
def without_the_past(hours, before):
    c = np.cov(hours, before)
    return hours + c[0, 1] / c[1, 1] * (before - before.mean())


@wrong("theta is the covariance")
def without_the_past(hours, before):
    return hours - np.cov(hours, before)[0, 1] * (before - before.mean())


@wrong("centred on the median")
def without_the_past(hours, before):
    c = np.cov(hours, before)
    return hours - c[0, 1] / c[1, 1] * (before - np.median(before))


# ---- first_stop


@right("a generator and next")
def first_stop(z, bounds):
    return next((day for day, (a, b) in enumerate(zip(z, bounds), start=1) if abs(a) >= b), 0)


@right("argmax, guarded by any")
def first_stop(z, bounds):
    passed = np.abs(z) >= bounds
    return int(passed.argmax()) + 1 if passed.any() else 0


@right("two sides apart")
def first_stop(z, bounds):
    for i, one in enumerate(z):
        if one >= bounds[i] or one <= -bounds[i]:
            return i + 1
    return 0


@right("a Series of days")
def first_stop(z, bounds):
    days = pd.Series(range(1, len(z) + 1))[np.abs(z) >= bounds]
    return 0 if days.empty else days.min()


@right("np.where")
def first_stop(z, bounds):
    where = np.where(z**2 >= bounds**2)[0]
    return where[0] + 1 if where.size else 0


@wrong("one side", "Did you look above 0 alone?")
def first_stop(z, bounds):
    for i in range(len(z)):
        if z[i] >= bounds[i]:
            return i + 1
    return 0


@wrong("beyond the bound only", "Must z be beyond the bound?")
def first_stop(z, bounds):
    for i in range(len(z)):
        if abs(z[i]) > bounds[i]:
            return i + 1
    return 0


@wrong("1.96 each day", "Did you compare with 1.96 each day?")
def first_stop(z, bounds):
    for i in range(len(z)):
        if abs(z[i]) >= 1.96:
            return i + 1
    return 0


@wrong("the last bound for all days", "Did you compare each day with the last day's bound?")
def first_stop(z, bounds):
    for i in range(len(z)):
        if abs(z[i]) >= bounds[-1]:
            return i + 1
    return 0


@wrong("days from 0", "Are days counted from 0?")
def first_stop(z, bounds):
    for i in range(len(z)):
        if abs(z[i]) >= bounds[i]:
            return i
    return -1


@wrong("the last day that passes", "Is that the last day that passes?")
def first_stop(z, bounds):
    day = 0
    for i in range(len(z)):
        if abs(z[i]) >= bounds[i]:
            day = i + 1
    return day


@wrong("the largest z", "Is that the day with the largest z?")
def first_stop(z, bounds):
    return int(np.abs(z).argmax()) + 1


@wrong("how many days pass")
def first_stop(z, bounds):
    return int((np.abs(z) >= bounds).sum())


@wrong("argmax without a guard")
def first_stop(z, bounds):
    return int((np.abs(z) >= bounds).argmax()) + 1


@wrong("the last day where none passes")
def first_stop(z, bounds):
    for i in range(len(z)):
        if abs(z[i]) >= bounds[i]:
            return i + 1
    return len(z)


@wrong("the first bound for all days")
def first_stop(z, bounds):
    for i in range(len(z)):
        if abs(z[i]) >= bounds[0]:
            return i + 1
    return 0


# ---- a second reader's, of all functions


@right("a weighted average of the shares, with plays for weights")
def resampled_share(hits, plays, drawn):
    return np.average(hits[drawn] / plays[drawn], weights=plays[drawn])


@right("a Series, looked up again and again")
def resampled_share(hits, plays, drawn):
    both = pd.DataFrame({"hits": hits, "plays": plays}).loc[list(drawn)].sum()
    return float(both["hits"] / both["plays"])


@wrong("plays per hit")
def resampled_share(hits, plays, drawn):
    return plays[drawn].sum() / hits[drawn].sum() if hits[drawn].sum() else 0.0


@wrong("mean hits of the drawn over mean plays of everybody", "Did you divide by the plays of everybody?")
def resampled_share(hits, plays, drawn):
    return hits[drawn].mean() / plays.mean()


@wrong("the hits of everybody over the plays of the drawn")
def resampled_share(hits, plays, drawn):
    return hits.sum() / plays[drawn].sum()


@wrong("the hits of the drawn over the plays of everybody", "Did you divide by the plays of everybody?")
def resampled_share(hits, plays, drawn):
    total = 0
    for i in drawn:
        total += hits[i]
    return total / np.sum(plays)


@wrong("hits over hits and plays")
def resampled_share(hits, plays, drawn):
    return hits[drawn].sum() / (hits[drawn].sum() + plays[drawn].sum())


@wrong("positions counted from 1")
def resampled_share(hits, plays, drawn):
    at = np.asarray(drawn) - 1
    return hits[at].sum() / plays[at].sum()


@wrong("the last one drawn alone")
def resampled_share(hits, plays, drawn):
    for i in drawn:
        share = hits[i] / plays[i]
    return share


@right("a generator over the patterns, counted as they come")
def sign_flip_p(differences):
    m, observed, far = len(differences), abs(sum(differences)), 0
    for pattern in range(2**m):
        far += abs(sum(d if pattern >> i & 1 else -d for i, d in enumerate(differences))) >= observed
    return far / 2**m


@right("np.sum over a matrix of signs")
def sign_flip_p(differences):
    signs = np.array(list(product([1, -1], repeat=len(differences))))
    sums = np.abs((signs * np.asarray(differences)).sum(axis=1))
    return float((sums >= abs(np.sum(differences))).mean())


@wrong("half of the two-sided p", "Did you count one side only?")
def sign_flip_p(differences):
    sums = [sum(s * d for s, d in zip(signs, differences)) for signs in product([1, -1], repeat=len(differences))]
    return sum(x >= abs(sum(differences)) for x in sums) / len(sums)


@wrong("the sign test", "Did you keep the signs and forget the sizes?")
def sign_flip_p(differences):
    plus = np.sign(differences).astype(int)
    sums = [abs(sum(s * d for s, d in zip(signs, plus))) for signs in product([1, -1], repeat=len(plus))]
    return sum(x >= abs(sum(plus)) for x in sums) / len(sums)


@wrong("compares the means of absolute values")
def sign_flip_p(differences):
    size = sum(abs(d) for d in differences)
    sums = [sum(s * d for s, d in zip(signs, differences)) for signs in product([1, -1], repeat=len(differences))]
    return sum(abs(x) >= size for x in sums) / len(sums)


@wrong("permutes instead of flipping")
def sign_flip_p(differences):
    from itertools import permutations

    sums = [abs(sum(p)) for p in permutations(list(differences)[:5])]
    return sum(x >= abs(sum(differences)) for x in sums) / len(sums)


@wrong("sums no farther than the observed one")
def sign_flip_p(differences):
    sums = [abs(sum(s * d for s, d in zip(signs, differences))) for signs in product([1, -1], repeat=len(differences))]
    return sum(x <= abs(sum(differences)) for x in sums) / len(sums)


@wrong("adds one above and below, as for drawn patterns", "One is added above and below")
def sign_flip_p(differences):
    sums = [abs(sum(s * d for s, d in zip(signs, differences))) for signs in product([1, -1], repeat=len(differences))]
    return (1 + sum(x >= abs(sum(differences)) for x in sums)) / (1 + len(sums))


@right("pandas ranks and cummax")
def holm_adjusted(p):
    s = pd.Series(p).sort_values(kind="stable")
    s = (s * np.arange(len(s), 0, -1)).cummax().clip(upper=1)
    return s.sort_index().tolist()


@right("a loop that removes the smallest")
def holm_adjusted(p):
    left, out, so_far = dict(enumerate(p)), [None] * len(p), 0
    while left:
        i = min(left, key=left.get)
        so_far = max(so_far, len(left) * left.pop(i))
        out[i] = min(so_far, 1)
    return out


@wrong("a running maximum in the order given")
def holm_adjusted(p):
    m = len(p)
    rank = np.argsort(np.argsort(p, kind="stable"), kind="stable")
    return np.minimum(1, np.maximum.accumulate(np.array(p) * (m - rank)))


@wrong("divides instead of multiplying")
def holm_adjusted(p):
    m = len(p)
    order, out, high = np.argsort(p, kind="stable"), [0.0] * m, 0.0
    for i, j in enumerate(order):
        high = max(high, p[j] / (m - i))
        out[j] = high
    return out


@wrong("one step off: m - 1 for the smallest")
def holm_adjusted(p):
    m = len(p)
    order, out, high = np.argsort(p, kind="stable"), [0.0] * m, 0.0
    for i, j in enumerate(order):
        high = max(high, min(1, max(m - i - 1, 1) * p[j]))
        out[j] = high
    return out


@wrong("Sidak: 1 - (1 - p)^m")
def holm_adjusted(p):
    return [1 - (1 - x) ** len(p) for x in p]


@right("by the equation for the variance")
def listeners_needed(gap, spread):
    variance_wanted = (gap / 2.8) ** 2
    return math.ceil(spread**2 / variance_wanted)


@right("floor, and one more where it is not enough")
def listeners_needed(gap, spread):
    m = math.floor((2.8 * spread / gap) ** 2)
    return m if m and 2.8 * spread / math.sqrt(m) <= gap else m + 1


@wrong("rounded to the nearest", "Did you round to the nearest?")
def listeners_needed(gap, spread):
    return round((2.8 * spread / gap) ** 2)


@wrong("twice, for two groups", "Did you double it for two groups?")
def listeners_needed(gap, spread):
    return math.ceil(2 * (2.8 * spread / gap) ** 2)


@wrong("gap and spread exchanged", "Did you turn the fraction around?")
def listeners_needed(gap, spread):
    return math.ceil((2.8 * gap / spread) ** 2)


@wrong("2.8 not squared")
def listeners_needed(gap, spread):
    return math.ceil(2.8 * (spread / gap) ** 2)


@wrong("0.84 alone, without 1.96")
def listeners_needed(gap, spread):
    return math.ceil((0.84 * spread / gap) ** 2)


@wrong("1.64 + 0.84: a one-sided test")
def listeners_needed(gap, spread):
    return math.ceil((2.48 * spread / gap) ** 2)


@wrong("one listener more than it takes")
def listeners_needed(gap, spread):
    return math.ceil((2.8 * spread / gap) ** 2) + 1


@right("a sum over the visits that match")
def ips_value(rewards, shown, wanted, chance):
    visits = zip(rewards, shown, wanted, chance)
    return sum(r / c for r, s, w, c in visits if s == w) / len(shown)


@right("np.where and a mean")
def ips_value(rewards, shown, wanted, chance):
    return np.where(shown == wanted, rewards / chance, 0).mean()


@wrong("all visits weighed, matching or not", "Did visits count that showed something else?")
def ips_value(rewards, shown, wanted, chance):
    return sum(r / c for r, c in zip(rewards, chance)) / len(rewards)


@wrong("visits that do not match")
def ips_value(rewards, shown, wanted, chance):
    return np.where(shown != wanted, rewards / chance, 0).mean()


@wrong("weights of 1 - chance")
def ips_value(rewards, shown, wanted, chance):
    return np.where(shown == wanted, rewards / (1 - chance), 0).mean()


@right("a Series of 0 for everybody, filled")
def hours_won(new, old, everybody):
    now = pd.Series(new, dtype=float).reindex(everybody).fillna(0)
    then = pd.Series(old, dtype=float).reindex(everybody).fillna(0)
    return float((now - then).mean())


@right("two means over everybody")
def hours_won(new, old, everybody):
    m = len(everybody)
    return sum(new.get(u, 0) for u in everybody) / m - sum(old.get(u, 0) for u in everybody) / m


@wrong("divides by those who played under either", "Did you divide by those who played at all?")
def hours_won(new, old, everybody):
    played = set(new) | set(old)
    total = sum(new.get(u, 0) - old.get(u, 0) for u in played)
    return total / len(played) if played else 0


@wrong("strangers' hours, over everybody", "Did somebody's hours count who is not in `everybody`?")
def hours_won(new, old, everybody):
    return (sum(new.values()) - sum(old.values())) / len(everybody)


@wrong("the new hours alone")
def hours_won(new, old, everybody):
    return sum(new.get(u, 0) for u in everybody) / len(everybody)


@wrong("the median listener")
def hours_won(new, old, everybody):
    return float(np.median([new.get(u, 0) - old.get(u, 0) for u in everybody]))


@wrong("only who played under the new shelf")
def hours_won(new, old, everybody):
    there = [u for u in everybody if u in new]
    return sum(new[u] - old.get(u, 0) for u in there) / len(there) if there else 0
