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


# ---- self_normalised


@right("np.average with weights")
def self_normalised(rewards, shown, wanted, chance, most):
    same = shown == wanted
    if not same.any():
        return 0
    return np.average(rewards[same], weights=np.minimum(1 / chance[same], most))


@right("np.clip, zero for the rest")
def self_normalised(rewards, shown, wanted, chance, most):
    w = np.clip(1 / chance, 0, most) * (shown == wanted)
    total = w.sum()
    return float((w * rewards).sum() / total) if total > 0 else 0.0


@wrong("divides by the number of visits", "Did you divide by the number of visits?")
def self_normalised(rewards, shown, wanted, chance, most):
    w = np.minimum(1 / chance, most) * (shown == wanted)
    return (w * rewards).mean()


@wrong("not clipped", "Did you forget to clip?")
def self_normalised(rewards, shown, wanted, chance, most):
    w = (shown == wanted) / chance
    return (w * rewards).sum() / w.sum() if w.sum() else 0


@wrong("clips above the line only", "Did you clip above the line alone?")
def self_normalised(rewards, shown, wanted, chance, most):
    same = shown == wanted
    if not same.any():
        return 0
    above = (np.minimum(1 / chance, most) * rewards)[same].sum()
    return above / (1 / chance)[same].sum()


@wrong("the bound as a least weight", "Is `most` a least weight?")
def self_normalised(rewards, shown, wanted, chance, most):
    same = shown == wanted
    if not same.any():
        return 0
    w = np.maximum(1 / chance, most)[same]
    return (w * rewards[same]).sum() / w.sum()


@wrong("the bound laid on the chance", "Did you forget to clip?")
def self_normalised(rewards, shown, wanted, chance, most):
    same = shown == wanted
    if not same.any():
        return 0
    w = 1 / np.minimum(chance, most)[same]
    return (w * rewards[same]).sum() / w.sum()


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


# ---- genres_per_list


@right("map over a Series")
def genres_per_list(lists, genre):
    return np.mean([pd.Series(one).map(genre).nunique() for one in lists])


@wrong("all lists pooled", "Did you pool all lists?")
def genres_per_list(lists, genre):
    return len({genre[t] for one in lists for t in one})


@wrong("genres with repeats", "Did you count tracks?")
def genres_per_list(lists, genre):
    return np.mean([len([genre[t] for t in one]) for one in lists])


@wrong("the share of genres in a list", "Is that a share of the list?")
def genres_per_list(lists, genre):
    return np.mean([len({genre[t] for t in one}) / len(one) for one in lists])


@wrong("the median over the lists", "Is that the median over the lists?")
def genres_per_list(lists, genre):
    return np.median([len({genre[t] for t in one}) for one in lists])
