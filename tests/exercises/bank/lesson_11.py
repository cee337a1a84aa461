"""Answers to lesson 11. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import itertools
import math

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- one_hot_offsets


@right("a running offset")
def one_hot_offsets(choices, row):
    at, offset = [], 0
    for column, values in choices.items():
        at.append(offset + list(values).index(row[column]))
        offset += len(values)
    return at


@right("numpy, by cumulated lengths")
def one_hot_offsets(choices, row):
    starts = np.cumsum([0] + [len(v) for v in choices.values()])[:-1]
    own = [list(v).index(row[c]) for c, v in choices.items()]
    return starts + own


@right("all features in one list of pairs")
def one_hot_offsets(choices, row):
    features = [(column, value) for column, values in choices.items() for value in values]
    return tuple(features.index((column, row[column])) for column in choices)


@right("the ones of a row of zeros and ones")
def one_hot_offsets(choices, row):
    ones = [v == row[c] for c in choices for v in choices[c]]
    return np.flatnonzero(ones)


@right("accumulate, as a Series")
def one_hot_offsets(choices, row):
    starts = itertools.accumulate((len(v) for v in choices.values()), initial=0)
    return pd.Series([s + list(v).index(row[c]) for s, (c, v) in zip(starts, choices.items())])


@wrong("no offsets", "Do two columns share")
def one_hot_offsets(choices, row):
    return [list(v).index(row[c]) for c, v in choices.items()]


@wrong("counts from one", "Did you count from 1")
def one_hot_offsets(choices, row):
    at, offset = [], 1
    for c, v in choices.items():
        at.append(offset + list(v).index(row[c]))
        offset += len(v)
    return at


@wrong("only the column before is passed over", "Do two columns share")
def one_hot_offsets(choices, row):
    at, before = [], 0
    for c, v in choices.items():
        at.append(before + list(v).index(row[c]))
        before = len(v)
    return at


@wrong("not known is left out", "Did you leave the missing value out")
def one_hot_offsets(choices, row):
    at, offset = [], 0
    for c, v in choices.items():
        if row[c] is not None:
            at.append(offset + list(v).index(row[c]))
        offset += len(v)
    return at


@wrong("not known has no feature", "Did you leave the missing value out")
def one_hot_offsets(choices, row):
    at, offset = [], 0
    for c, v in choices.items():
        known = [x for x in v if x is not None]
        if row[c] is not None:
            at.append(offset + known.index(row[c]))
        offset += len(known)
    return at


@wrong("the order of the row")
def one_hot_offsets(choices, row):
    starts, offset = {}, 0
    for c, v in choices.items():
        starts[c] = offset
        offset += len(v)
    return [starts[c] + list(choices[c]).index(value) for c, value in row.items()][::-1]


@wrong("the row of zeros and ones itself", "Is that the row of zeros")
def one_hot_offsets(choices, row):
    return [int(v == row[c]) for c in choices for v in choices[c]]


@wrong("the length of the longest column for each", "every column the same width")
def one_hot_offsets(choices, row):
    longest = max(len(v) for v in choices.values())
    return [n * longest + list(v).index(row[c]) for n, (c, v) in enumerate(choices.items())]


@wrong("values sorted first", "Did you sort the values")
def one_hot_offsets(choices, row):
    at, offset = [], 0
    for c, v in choices.items():
        at.append(offset + sorted(v, key=str).index(row[c]))
        offset += len(v)
    return at


@wrong("the offset one too short for each column", "Does each stretch begin one too early")
def one_hot_offsets(choices, row):
    at, offset = [], 0
    for c, v in choices.items():
        at.append(offset + list(v).index(row[c]))
        offset += len(v) - 1
    return at


@wrong("not known taken for the first value", "read as the first one")
def one_hot_offsets(choices, row):
    at, offset = [], 0
    for c, v in choices.items():
        at.append(offset + (0 if row[c] is None else list(v).index(row[c])))
        offset += len(v)
    return at


@wrong("adds the position to the offset of the next", "Did you move on before you took the position")
def one_hot_offsets(choices, row):
    at, offset = [], 0
    for c, v in choices.items():
        offset += len(v)
        at.append(offset + list(v).index(row[c]))
    return at


# ---- fm_pairs


@right("square of the sum")
def fm_pairs(x, V):
    s = x @ V
    return 0.5 * (s**2 - (x**2) @ (V**2)).sum()


@right("two loops")
def fm_pairs(x, V):
    total = 0.0
    for a in range(len(x)):
        for b in range(a + 1, len(x)):
            total += np.dot(V[a], V[b]) * x[a] * x[b]
    return total


@right("the table of all products, its upper part")
def fm_pairs(x, V):
    G = (V @ V.T) * np.outer(x, x)
    return np.triu(G, 1).sum()


@right("combinations")
def fm_pairs(x, V):
    return sum(x[a] * x[b] * (V[a] * V[b]).sum() for a, b in itertools.combinations(range(len(x)), 2))


@right("scaled rows, in an array without axes")
def fm_pairs(x, V):
    W = np.asarray(V) * np.asarray(x)[:, None]
    return np.array((W.sum(axis=0) ** 2 - (W**2).sum(axis=0)).sum() / 2)


@wrong("each pair twice", "Is the half missing")
def fm_pairs(x, V):
    s = x @ V
    return (s**2 - (x**2) @ (V**2)).sum()


@wrong("the squares left in", "Does a feature meet itself")
def fm_pairs(x, V):
    return 0.5 * ((x @ V) ** 2).sum()


@wrong("x not squared in the squares", "Is one of the two not squared")
def fm_pairs(x, V):
    return 0.5 * ((x @ V) ** 2 - x @ V**2).sum()


@wrong("V not squared in the squares", "Is one of the two not squared")
def fm_pairs(x, V):
    return 0.5 * ((x @ V) ** 2 - (x**2) @ V).sum()


@wrong("the sum of the products, not of pairs", "Does a feature meet itself")
def fm_pairs(x, V):
    G = (V @ V.T) * np.outer(x, x)
    return np.triu(G).sum()


@wrong("a vector, one number for each factor", "one number for each factor")
def fm_pairs(x, V):
    s = x @ V
    return 0.5 * (s**2 - (x**2) @ (V**2))


@wrong("squares the sum over all factors", "Did you sum over the factors before you squared")
def fm_pairs(x, V):
    return 0.5 * ((x @ V).sum() ** 2 - ((x**2) @ (V**2)).sum())


@wrong("half of the first term only", "Is only one of the two halved")
def fm_pairs(x, V):
    return (0.5 * (x @ V) ** 2 - (x**2) @ (V**2)).sum()


@wrong("x forgotten", "Are the x left out")
def fm_pairs(x, V):
    return 0.5 * (V.sum(axis=0) ** 2 - (V**2).sum(axis=0)).sum()


@wrong("neighbours only", "Is a pair only two neighbours")
def fm_pairs(x, V):
    return sum(x[a] * x[a + 1] * (V[a] @ V[a + 1]) for a in range(len(x) - 1))


@wrong("squares minus sum", "Did you take the sums from")
def fm_pairs(x, V):
    return 0.5 * ((x**2) @ (V**2) - (x @ V) ** 2).sum()


@wrong("the last feature is passed over")
def fm_pairs(x, V):
    return sum(V[a] @ V[b] * x[a] * x[b] for a in range(len(x) - 1) for b in range(a + 1, len(x) - 1))


# ---- fm_gradient


@right("the sum less its own part")
def fm_gradient(x, V, a):
    return x[a] * (x @ V - x[a] * V[a])


@right("a sum over the others")
def fm_gradient(x, V, a):
    out = np.zeros(V.shape[1])
    for b in range(len(x)):
        if b != a:
            out += x[a] * x[b] * V[b]
    return out


@right("deletes the row")
def fm_gradient(x, V, a):
    return (x[a] * np.delete(x, a) @ np.delete(V, a, axis=0)).tolist()


@right("by differences")
def fm_gradient(x, V, a):
    def f(W):
        return 0.5 * ((x @ W) ** 2 - (x**2) @ (W**2)).sum()

    out = []
    for c in range(V.shape[1]):
        step = np.zeros(V.shape)
        step[a, c] = 1e-4
        out.append((f(V + step) - f(V - step)) / 2e-4)
    return out


@right("a mask, as a Series")
def fm_gradient(x, V, a):
    others = np.arange(len(x)) != a
    return pd.Series(x[a] * (V[others] * x[others, None]).sum(axis=0))


@wrong("its own part left in", "Does feature a meet itself")
def fm_gradient(x, V, a):
    return x[a] * (x @ V)


@wrong("x_a forgotten", "Is the factor x_a missing")
def fm_gradient(x, V, a):
    return x @ V - x[a] * V[a]


@wrong("its own part without x", "off without x_a")
def fm_gradient(x, V, a):
    return x[a] * (x @ V - V[a])


@wrong("half of it", "Is there a half too many")
def fm_gradient(x, V, a):
    return 0.5 * x[a] * (x @ V - x[a] * V[a])


@wrong("twice", "Is it twice as long")
def fm_gradient(x, V, a):
    return 2 * x[a] * (x @ V - x[a] * V[a])


@wrong("minus", "Does it point downhill")
def fm_gradient(x, V, a):
    return -x[a] * (x @ V - x[a] * V[a])


@wrong("one number", "Is that one number")
def fm_gradient(x, V, a):
    return (x[a] * (x @ V - x[a] * V[a])).sum()


@wrong("the features after a only", "only the features behind a")
def fm_gradient(x, V, a):
    return x[a] * (x[a + 1 :] @ V[a + 1 :])


@wrong("by the weight of the pair: multiplied with v_a", "Did you multiply by v_a")
def fm_gradient(x, V, a):
    return V[a] * x[a] * (x @ V - x[a] * V[a])


@wrong("x forgotten in the sum", "Are the other x left out")
def fm_gradient(x, V, a):
    return x[a] * (V.sum(axis=0) - V[a])


@wrong("by x_a, not by v_a")
def fm_gradient(x, V, a):
    return (x @ V - x[a] * V[a]) @ V[a]


@wrong("the gradients of all rows", "Are those the slopes of all rows")
def fm_gradient(x, V, a):
    return x[:, None] * (x @ V - x[:, None] * V)


# ---- reaches_half


@right("walks up the skips")
def reaches_half(minutes, length, last):
    chance = 1.0
    for m, ends in sorted(zip(minutes, last)):
        if m < length / 2 and not ends:
            r = sum(other >= m for other in minutes)
            chance *= 1 - 1 / r
    return chance


@right("numpy")
def reaches_half(minutes, length, last):
    m, cut = np.asarray(minutes, float), np.asarray(last, bool)
    skips = m[(m < length / 2) & ~cut]
    at_risk = (m[None, :] >= skips[:, None]).sum(axis=1)
    return np.prod(1 - 1 / at_risk)


@right("counts down while it walks")
def reaches_half(minutes, length, last):
    left, chance = len(minutes), 1.0
    for i in np.argsort(minutes, kind="stable"):
        if minutes[i] >= length / 2:
            break
        if not last[i]:
            chance = chance * (left - 1) / left
        left -= 1
    return chance


@right("a table, by cumprod")
def reaches_half(minutes, length, last):
    t = pd.DataFrame({"m": minutes, "cut": last}).sort_values("m").reset_index(drop=True)
    t["r"] = len(t) - t.index
    t = t[(t.m < length / 2) & ~t["cut"].astype(bool)]
    return (1 - 1 / t.r).prod()


@right("by logarithms where nobody is alone")
def reaches_half(minutes, length, last):
    logs = 0.0
    for m, ends in zip(minutes, last):
        if m * 2 < length and not ends:
            r = len([x for x in minutes if x >= m])
            if r == 1:
                return 0
            logs += math.log((r - 1) / r)
    return math.exp(logs)


@wrong("the plain share", "a cut-off play as a skip")
def reaches_half(minutes, length, last):
    return np.mean([m >= length / 2 for m in minutes])


@wrong("those that were cut off are dropped", "Did you drop the plays")
def reaches_half(minutes, length, last):
    kept = [m for m, ends in zip(minutes, last) if m >= length / 2 or not ends]
    return sum(m >= length / 2 for m in kept) / len(kept) if kept else 0


@wrong("everything that was last is dropped", "Did you drop the plays")
def reaches_half(minutes, length, last):
    kept = [m for m, ends in zip(minutes, last) if not ends]
    return sum(m >= length / 2 for m in kept) / len(kept) if kept else 0


@wrong("a cut-off play counts as reaching half", "as one that reached half")
def reaches_half(minutes, length, last):
    return np.mean([m >= length / 2 or ends for m, ends in zip(minutes, last)])


@wrong("a cut-off play counts as a skip", "a cut-off play as a skip")
def reaches_half(minutes, length, last):
    chance = 1.0
    for m in minutes:
        if m < length / 2:
            chance *= 1 - 1 / sum(o >= m for o in minutes)
    return chance


@wrong("itself is not among those at risk", "Is the skip itself among")
def reaches_half(minutes, length, last):
    chance = 1.0
    for m, ends in zip(minutes, last):
        r = sum(o > m for o in minutes)
        if m < length / 2 and not ends:
            chance *= 1 - 1 / r if r else 0
    return chance


@wrong("always all plays at risk", "Did you divide by all plays")
def reaches_half(minutes, length, last):
    chance = 1.0
    for m, ends in zip(minutes, last):
        if m < length / 2 and not ends:
            chance *= 1 - 1 / len(minutes)
    return chance


@wrong("skips after half count too", "Did you go on behind half")
def reaches_half(minutes, length, last):
    chance = 1.0
    for m, ends in zip(minutes, last):
        if m < length and not ends:
            chance *= 1 - 1 / sum(o >= m for o in minutes)
    return chance


@wrong("the chance of a skip before half", "Is that the chance of a skip before half")
def reaches_half(minutes, length, last):
    chance = 1.0
    for m, ends in zip(minutes, last):
        if m < length / 2 and not ends:
            chance *= 1 - 1 / sum(o >= m for o in minutes)
    return 1 - chance


@wrong("last and the rest exchanged", "Did you take the cut-off plays for the skips")
def reaches_half(minutes, length, last):
    chance = 1.0
    for m, ends in zip(minutes, last):
        if m < length / 2 and ends:
            chance *= 1 - 1 / sum(o >= m for o in minutes)
    return chance


@wrong("cut-off plays never at risk", "Did you drop the plays")
def reaches_half(minutes, length, last):
    kept = [(m, ends) for m, ends in zip(minutes, last) if not (ends and m < length / 2)]
    chance = 1.0
    for m, ends in kept:
        if m < length / 2:
            chance *= 1 - 1 / sum(o >= m for o, _ in kept)
    return chance


@wrong("the hazard summed", "Did you sum the chances of a skip")
def reaches_half(minutes, length, last):
    hazard = 0.0
    for m, ends in zip(minutes, last):
        if m < length / 2 and not ends:
            hazard += 1 / sum(o >= m for o in minutes)
    return 1 - hazard


@wrong("plays in the order of the list", "Are the plays in the order of their minutes")
def reaches_half(minutes, length, last):
    left, chance = len(minutes), 1.0
    for m, ends in zip(minutes, last):
        if m < length / 2 and not ends:
            chance *= 1 - 1 / left
        left -= 1
    return chance


# ---- tag_lift


@right("a dict comprehension")
def tag_lift(plays, shares, prior):
    total = sum(plays.values())
    return {t: (plays.get(t, 0) + prior) / (total * s + prior) for t, s in shares.items()}


@right("a loop")
def tag_lift(plays, shares, prior):
    out = {}
    n = 0
    for count in plays.values():
        n += count
    for tag in shares:
        own = plays[tag] if tag in plays else 0
        out[tag] = (own + prior) / (n * shares[tag] + prior)
    return out


@right("Series")
def tag_lift(plays, shares, prior):
    s = pd.Series(shares, dtype=float)
    p = pd.Series(plays, dtype=float)
    return (p.reindex(s.index, fill_value=0) + prior) / (p.sum() * s + prior)


@right("Series back to a dict")
def tag_lift(plays, shares, prior):
    s = pd.Series(shares, dtype=float)
    p = s.index.map(lambda t: plays.get(t, 0)).to_numpy(float)
    return ((p + prior) / (sum(plays.values()) * s + prior)).to_dict()


@right("numpy")
def tag_lift(plays, shares, prior):
    tags = list(shares)
    p = np.array([plays.get(t, 0) for t in tags], float)
    e = sum(plays.values()) * np.array([shares[t] for t in tags])
    return dict(zip(tags, (p + prior) / (e + prior)))


@wrong("no prior", "without shrinkage")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return {t: plays.get(t, 0) / (n * s) if n else 0 for t, s in shares.items()}


@wrong("the prior above only", "the prior above and not below")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return {t: (plays.get(t, 0) + prior) / (n * s) if n else 0 for t, s in shares.items()}


@wrong("the prior below only", "the prior below and not above")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return {t: plays.get(t, 0) / (n * s + prior) for t, s in shares.items()}


@wrong("the share below, not the expected plays", "Did you add the prior to a share")
def tag_lift(plays, shares, prior):
    return {t: (plays.get(t, 0) + prior) / (s + prior) for t, s in shares.items()}


@wrong("own share by everybody's, the prior added to shares", "Did you add the prior to a share")
def tag_lift(plays, shares, prior):
    n = sum(plays.values()) or 1
    return {t: (plays.get(t, 0) / n + prior) / (s + prior) for t, s in shares.items()}


@wrong("only the listener's own tags", "Are tags missing that the listener never played")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return {t: (plays[t] + prior) / (n * shares[t] + prior) for t in plays if t in shares}


@wrong("upside down", "Is the fraction turned around")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return {t: (n * s + prior) / (plays.get(t, 0) + prior) for t, s in shares.items()}


@wrong("the difference", "Did you subtract")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return {t: (plays.get(t, 0) + prior) - (n * s + prior) for t, s in shares.items()}


@wrong("the logarithm", "That is the logarithm of the lift")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return {t: math.log((plays.get(t, 0) + prior) / (n * s + prior)) for t, s in shares.items()}


@wrong("the prior weighed by the share, as a prior to a share", "Did you shrink all tags alike")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return {t: (plays.get(t, 0) + prior * s) / ((n + prior) * s) for t, s in shares.items()}


@wrong("the number of tags for all plays", "Did you count the tags")
def tag_lift(plays, shares, prior):
    n = len(plays)
    return {t: (plays.get(t, 0) + prior) / (n * s + prior) for t, s in shares.items()}


@wrong("the best tag")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    return max(shares, key=lambda t: (plays.get(t, 0) + prior) / (n * shares[t] + prior))


@wrong("sorted pairs, the best first, of those above 1")
def tag_lift(plays, shares, prior):
    n = sum(plays.values())
    lift = {t: (plays.get(t, 0) + prior) / (n * s + prior) for t, s in shares.items()}
    return {t: v for t, v in lift.items() if v > 1}
