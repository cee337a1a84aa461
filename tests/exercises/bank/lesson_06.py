"""Answers to lesson 06. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math
from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- r_squared


@right("scikit-learn's")
def r_squared(truth, predicted):
    from sklearn.metrics import r2_score

    return r2_score(truth, predicted)


@right("arrays")
def r_squared(truth, predicted):
    t, p = np.array(truth), np.array(predicted)
    return 1 - np.square(t - p).sum() / np.square(t - t.mean()).sum()


@wrong("the mean of the predictions", "Did you measure from the mean of the predictions?")
def r_squared(truth, predicted):
    t, p = np.array(truth), np.array(predicted)
    return 1 - ((t - p) ** 2).sum() / ((t - p.mean()) ** 2).sum()


@wrong("against predicting 0", "Did you compare with predicting 0?")
def r_squared(truth, predicted):
    t, p = np.array(truth), np.array(predicted)
    return 1 - ((t - p) ** 2).sum() / (t**2).sum()


@wrong("the correlation squared", "Did you square a correlation?")
def r_squared(truth, predicted):
    if len(set(predicted)) == 1:
        return 0
    return np.corrcoef(truth, predicted)[0, 1] ** 2


@wrong("absolute errors", "Did you leave the errors unsquared?")
def r_squared(truth, predicted):
    t, p = np.array(truth), np.array(predicted)
    return 1 - np.abs(t - p).sum() / np.abs(t - t.mean()).sum()


@wrong("cut off at 0", "Did you stop at 0?")
def r_squared(truth, predicted):
    t, p = np.array(truth), np.array(predicted)
    return max(0, 1 - ((t - p) ** 2).sum() / ((t - t.mean()) ** 2).sum())


# ---- later_and_new


@right("a DataFrame of pairs")
def later_and_new(log, at):
    t = pd.DataFrame(log, columns=["user", "track", "day"])
    first = t.groupby(["user", "track"], as_index=False)["day"].min()
    return first[first["day"] >= at][["user", "track"]]


@right("a dict of first days")
def later_and_new(log, at):
    first = {}
    for user, track, day in log:
        key = (user, track)
        first[key] = min(day, first.get(key, day))
    return [key for key, day in first.items() if day >= at]


@wrong("all later pairs, old ones too", "Did a pair stay that was heard before?")
def later_and_new(log, at):
    return {(u, t) for u, t, d in log if d >= at}


@wrong("later than the day, not on it", "Where does a play on the day `at` belong?")
def later_and_new(log, at):
    before = {(u, t) for u, t, d in log if d < at}
    return {(u, t) for u, t, d in log if d > at} - before


@wrong("takes out tracks that anybody had heard", "Did you drop tracks that somebody else knew?")
def later_and_new(log, at):
    old = {t for u, t, d in log if d < at}
    return {(u, t) for u, t, d in log if d >= at and t not in old}


@wrong("gives whole rows with the day", "Is the day still with them?")
def later_and_new(log, at):
    before = {(u, t) for u, t, d in log if d < at}
    return [(u, t, d) for u, t, d in log if d >= at and (u, t) not in before]


@wrong("pairs stand as often as they were played", "Does a pair stand there twice?")
def later_and_new(log, at):
    before = [(u, t) for u, t, d in log if d < at]
    return [(u, t) for u, t, d in log if d >= at and (u, t) not in before]


# ---- recall_at_k


@right("isin")
def recall_at_k(recommended, relevant, k):
    top = pd.Series(recommended[:k], dtype=object)
    return top.isin(relevant).sum() / len(relevant)


@right("a fraction")
def recall_at_k(recommended, relevant, k):
    return Fraction(len([x for x in recommended[:k] if x in relevant]), len(relevant))


@wrong("precision", "Did you divide by k?")
def recall_at_k(recommended, relevant, k):
    return len(set(recommended[:k]) & set(relevant)) / k


@wrong("Jaccard's index", "Did you divide by all tracks in either?")
def recall_at_k(recommended, relevant, k):
    top = set(recommended[:k])
    return len(top & set(relevant)) / len(top | set(relevant))


@wrong("not cut at k", "Did you look past place k?")
def recall_at_k(recommended, relevant, k):
    return len(set(recommended) & set(relevant)) / len(relevant)


@wrong("divides by the length of the list", "Did you divide by the tracks in the list?")
def recall_at_k(recommended, relevant, k):
    top = recommended[:k]
    return sum(x in relevant for x in top) / len(top) if top else 0


@wrong("takes k - 1 places", "Is that a place short?")
def recall_at_k(recommended, relevant, k):
    return sum(x in relevant for x in recommended[: k - 1]) / len(relevant)


@wrong("the F1 of recall and precision", "Is that F1")
def recall_at_k(recommended, relevant, k):
    hits = len(set(recommended[:k]) & set(relevant))
    p, r = hits / k, hits / len(relevant)
    return 2 * p * r / (p + r) if hits else 0


# ---- average_precision_at_k


@right("by the places of the hits")
def average_precision_at_k(recommended, relevant, k):
    places = [i + 1 for i, x in enumerate(recommended[:k]) if x in relevant]
    return sum((n + 1) / place for n, place in enumerate(places)) / len(relevant)


@wrong("divides by the hits", "Did you divide by the number of hits?")
def average_precision_at_k(recommended, relevant, k):
    hits, total = 0, 0
    for i, x in enumerate(recommended[:k]):
        if x in relevant:
            hits += 1
            total += hits / (i + 1)
    return total / hits if hits else 0


@wrong("divides by k", "RecTools with divide_by_k divides by k")
def average_precision_at_k(recommended, relevant, k):
    hits, total = 0, 0
    for i, x in enumerate(recommended[:k]):
        if x in relevant:
            hits += 1
            total += hits / (i + 1)
    return total / k


@wrong("divides by min(k, relevant)", "implicit divides by min(k")
def average_precision_at_k(recommended, relevant, k):
    hits, total = 0, 0
    for i, x in enumerate(recommended[:k]):
        if x in relevant:
            hits += 1
            total += hits / (i + 1)
    return total / min(k, len(relevant))


@wrong("places counted from 0")
def average_precision_at_k(recommended, relevant, k):
    hits, total = 0, 0
    for i, x in enumerate(recommended[:k]):
        if x in relevant:
            hits += 1
            total += hits / max(i, 1)
    return total / len(relevant)


@wrong("adds the precision at every place", "Did you add up at every place?")
def average_precision_at_k(recommended, relevant, k):
    hits, total = 0, 0
    for i, x in enumerate(recommended[:k]):
        if x in relevant:
            hits += 1
        total += hits / (i + 1)
    return total / len(relevant)


# ---- ndcg_at_k


@right("two helper sums")
def ndcg_at_k(recommended, relevant, k):
    def dcg(gains):
        return sum(g / math.log2(i + 2) for i, g in enumerate(gains))

    gains = [1 if x in relevant else 0 for x in recommended[:k]]
    ideal = [1] * min(k, len(relevant))
    return dcg(gains) / dcg(ideal)


@right("NumPy with a discount vector")
def ndcg_at_k(recommended, relevant, k):
    discount = 1 / np.log2(2 + np.arange(k))
    hits = np.zeros(k)
    for i, x in enumerate(recommended[:k]):
        hits[i] = x in relevant
    ideal = np.zeros(k)
    ideal[: len(relevant)] = 1
    return (hits @ discount) / (ideal @ discount)


@wrong("the best list always has k hits", "RecTools' best list always has k hits")
def ndcg_at_k(recommended, relevant, k):
    gain = sum(1 / math.log2(i + 2) for i, x in enumerate(recommended[:k]) if x in relevant)
    return gain / sum(1 / math.log2(i + 2) for i in range(k))


@wrong("not divided by the ideal", "Did you leave the sum undivided?")
def ndcg_at_k(recommended, relevant, k):
    return sum(1 / math.log2(i + 2) for i, x in enumerate(recommended[:k]) if x in relevant)


@wrong("the hits themselves sorted as the best list", "Did the best list hold your hits only?")
def ndcg_at_k(recommended, relevant, k):
    gains = [1 if x in relevant else 0 for x in recommended[:k]]
    dcg = sum(g / math.log2(i + 2) for i, g in enumerate(gains))
    best = sum(g / math.log2(i + 2) for i, g in enumerate(sorted(gains, reverse=True)))
    return dcg / best if best else 0


@wrong("weighs by 1 / place", "Did you weigh by 1 / place?")
def ndcg_at_k(recommended, relevant, k):
    gain = sum(1 / (i + 1) for i, x in enumerate(recommended[:k]) if x in relevant)
    return gain / sum(1 / (i + 1) for i in range(min(k, len(relevant))))


@wrong("divides by the number of relevant tracks", "Did you divide by the number of relevant tracks?")
def ndcg_at_k(recommended, relevant, k):
    gain = sum(1 / math.log2(i + 2) for i, x in enumerate(recommended[:k]) if x in relevant)
    return gain / len(relevant)


# ---- chance_of_first


@right("binomials")
def chance_of_first(better, n, m):
    return math.comb(n - better, m) / math.comb(n, m)


@right("a loop over the draws")
def chance_of_first(better, n, m):
    chance, worse, left = 1.0, n - better, n
    for _ in range(m):
        if worse <= 0:
            return 0.0
        chance *= worse / left
        worse -= 1
        left -= 1
    return chance


@wrong("with replacement", "Is each drawn track put back?")
def chance_of_first(better, n, m):
    return ((n - better) / n) ** m


@wrong("one draw", "Is that for one draw?")
def chance_of_first(better, n, m):
    return (n - better) / n


@wrong("counts itself among the n", "Did you count the track among the n?")
def chance_of_first(better, n, m):
    return math.comb(n + 1 - better, m) / math.comb(n + 1, m)


@wrong("the chance that it does not come first", "Is that the chance that it does not come first?")
def chance_of_first(better, n, m):
    return 1 - math.comb(n - better, m) / math.comb(n, m)


@wrong("the expected number of better ones drawn", "Is that how many better ones are drawn on average?")
def chance_of_first(better, n, m):
    return better * m / n


# ---- surprise_bits


@right("a mean over a list of bits")
def surprise_bits(recommended, listeners, n):
    bits = []
    for track in recommended:
        known = listeners.get(track) or 1
        bits.append(math.log2(n / known))
    return np.mean(bits)


@wrong("the sum", "Did you add the bits up?")
def surprise_bits(recommended, listeners, n):
    return sum(math.log2(n / max(listeners.get(t, 0), 1)) for t in recommended)


@wrong("the log of the mean share", "Did you average the shares first?")
def surprise_bits(recommended, listeners, n):
    shares = [max(listeners.get(t, 0), 1) / n for t in recommended]
    return -math.log2(np.mean(shares))


@wrong("unknown tracks count 0 bits")
def surprise_bits(recommended, listeners, n):
    return np.mean([math.log2(n / listeners[t]) if listeners.get(t) else 0 for t in recommended])


@wrong("the natural logarithm", "That is in nats")
def surprise_bits(recommended, listeners, n):
    return np.mean([math.log(n / max(listeners.get(t, 0), 1)) for t in recommended])


@wrong("1 added to every count", "Did you add 1 to each count?")
def surprise_bits(recommended, listeners, n):
    return np.mean([-math.log2((listeners.get(t, 0) + 1) / n) for t in recommended])


# ---- variety


@right("two loops over positions")
def variety(genres):
    n = len(genres)
    if n < 2:
        return 0
    differ = pairs = 0
    for i in range(n):
        for j in range(i + 1, n):
            pairs += 1
            differ += genres[i] != genres[j]
    return differ / pairs


@wrong("number of genres over length", "Did you count the genres?")
def variety(genres):
    return len(set(genres)) / len(genres) if len(genres) > 1 else 0


@wrong("the number of pairs that differ", "Is that the number of pairs?")
def variety(genres):
    return sum(a != b for a, b in combinations(genres, 2))


@wrong("each pair both ways and with itself", "Did a track meet itself?")
def variety(genres):
    n = len(genres)
    return sum(genres[i] != genres[j] for i in range(n) for j in range(n)) / (n * n) if n > 1 else 0


@wrong("neighbours only", "Did you compare neighbours only?")
def variety(genres):
    if len(genres) < 2:
        return 0
    return sum(a != b for a, b in zip(genres, genres[1:])) / (len(genres) - 1)


@wrong("the share of pairs that agree", "Is that the share of pairs that are alike?")
def variety(genres):
    pairs = list(combinations(genres, 2))
    return sum(a == b for a, b in pairs) / len(pairs) if pairs else 0


# ---- serendipity


@right("np.isin twice")
def serendipity(recommended, relevant, expected):
    r = np.array(recommended)
    return (np.isin(r, relevant) & ~np.isin(r, expected)).mean()


@wrong("relevant or unexpected", "Did one of the two conditions do?")
def serendipity(recommended, relevant, expected):
    return sum(x in relevant or x not in expected for x in recommended) / len(recommended)


@wrong("unexpected alone", "Did you forget to ask for relevance?")
def serendipity(recommended, relevant, expected):
    return len(set(recommended) - set(expected)) / len(recommended)


@wrong("over the relevant tracks", "Did you divide by the relevant tracks?")
def serendipity(recommended, relevant, expected):
    good = (set(recommended) & set(relevant)) - set(expected)
    return len(good) / len(relevant) if relevant else 0


@wrong("over the hits", "Did you divide by the hits?")
def serendipity(recommended, relevant, expected):
    hits = set(recommended) & set(relevant)
    return len(hits - set(expected)) / len(hits) if hits else 0


@wrong("a count", "Is that a number of tracks?")
def serendipity(recommended, relevant, expected):
    return len((set(recommended) & set(relevant)) - set(expected))


# ---- choose_and_report


@right("a Series' idxmax")
def choose_and_report(validation, test):
    best = pd.Series(validation).idxmax()
    return best, test[best]


@right("sorted, which is stable")
def choose_and_report(validation, test):
    first = sorted(validation.items(), key=lambda pair: -pair[1])[0][0]
    return [first, test[first]]


@wrong("the test chooses", "Did the test choose?")
def choose_and_report(validation, test):
    best = max(test, key=test.get)
    return best, test[best]


@wrong("reports the validation score", "Did you report the validation score?")
def choose_and_report(validation, test):
    best = max(validation, key=validation.get)
    return best, validation[best]


@wrong("the last of equal ones", "Did the last of two equals win?")
def choose_and_report(validation, test):
    best, top = None, -1
    for name, score in validation.items():
        if score >= top:
            best, top = name, score
    return best, test[best]


@wrong("the score alone", "Is that the score alone?")
def choose_and_report(validation, test):
    return test[max(validation, key=validation.get)]


@wrong("the mean of both scores", "Did you average the two scores?")
def choose_and_report(validation, test):
    best = max(validation, key=validation.get)
    return best, (validation[best] + test[best]) / 2
