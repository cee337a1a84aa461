"""Answers to lesson 06. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

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


# ---- error_of_difference


@right("math.sqrt of a variance, kept from below 0")
def error_of_difference(spread, other, correlation, n):
    v = spread**2 + other**2 - 2 * correlation * spread * other
    return math.sqrt(max(v, 0) / n)


@right("a covariance matrix between (1, -1)")
def error_of_difference(spread, other, correlation, n):
    c = correlation * spread * other
    w = np.array([1, -1])
    return np.sqrt(abs(w @ np.array([[spread**2, c], [c, other**2]]) @ w) / n)


@right("the law of cosines")
def error_of_difference(spread, other, correlation, n):
    angle = math.acos(correlation)
    x = spread - other * math.cos(angle)
    y = other * math.sin(angle)
    return math.hypot(x, y) / math.sqrt(n)


@right("from the two standard errors")
def error_of_difference(spread, other, correlation, n):
    a, b = spread / np.sqrt(n), other / np.sqrt(n)
    return np.sqrt(np.clip(a * a + b * b - 2 * correlation * a * b, 0, None))


@right("square of the difference plus what the correlation leaves")
def error_of_difference(spread, other, correlation, n):
    return ((spread - other) ** 2 / n + 2 * spread * other * (1 - correlation) / n) ** 0.5


@wrong("no correlation", "Did you leave the correlation out?")
def error_of_difference(spread, other, correlation, n):
    return math.sqrt(spread**2 / n + other**2 / n)


@wrong("plus for minus", "Did you add the covariance?")
def error_of_difference(spread, other, correlation, n):
    return math.sqrt((spread**2 + other**2 + 2 * correlation * spread * other) / n)


@wrong("covariance once", "Did you take the covariance off once?")
def error_of_difference(spread, other, correlation, n):
    return math.sqrt((spread**2 + other**2 - correlation * spread * other) / n)


@wrong("without n", "Did you leave out m?")
def error_of_difference(spread, other, correlation, n):
    return math.sqrt(abs(spread**2 + other**2 - 2 * correlation * spread * other))


@wrong("the root forgotten", "Is that the variance of the mean?")
def error_of_difference(spread, other, correlation, n):
    return (spread**2 + other**2 - 2 * correlation * spread * other) / n


@wrong("n outside the root", "Did you divide by m after the root?")
def error_of_difference(spread, other, correlation, n):
    return math.sqrt(abs(spread**2 + other**2 - 2 * correlation * spread * other)) / n


@wrong("errors added", "Did you add the two standard errors?")
def error_of_difference(spread, other, correlation, n):
    return (spread + other) / math.sqrt(n)


@wrong("correlation without the spreads", "Did you subtract the bare correlation?")
def error_of_difference(spread, other, correlation, n):
    return math.sqrt(max(0, spread**2 + other**2 - 2 * correlation) / n)


@wrong("times 1.96", "Is that half the width of the 95% interval?")
def error_of_difference(spread, other, correlation, n):
    return 1.96 * math.sqrt(max(0, spread**2 + other**2 - 2 * correlation * spread * other) / n)


@wrong("spreads not squared")
def error_of_difference(spread, other, correlation, n):
    return math.sqrt(max(0, spread + other - 2 * correlation * spread * other) / n)


@wrong("(1 - correlation) times the independent one")
def error_of_difference(spread, other, correlation, n):
    return (1 - correlation) * math.sqrt((spread**2 + other**2) / n)


# ---- listeners_for_power


@right("one line")
def listeners_for_power(gap, spread, power):
    z = NormalDist().inv_cdf
    return math.ceil((z(0.975) + z(power)) ** 2 * spread**2 / gap**2)


@right("NumPy's ceil of an effect size")
def listeners_for_power(gap, spread, power):
    effect = gap / spread
    return int(np.ceil(((NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)) / effect) ** 2))


@right("scipy's quantiles")
def listeners_for_power(gap, spread, power):
    from scipy.stats import norm

    return math.ceil(((norm.ppf(0.975) + norm.ppf(power)) * spread / gap) ** 2)


@right("counts up in steps and then back")
def listeners_for_power(gap, spread, power):
    need = (NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)) * spread
    n = int((need / gap) ** 2)
    while gap * math.sqrt(n) < need:
        n += 1
    return n


@right("floor of the negative")
def listeners_for_power(gap, spread, power):
    z = NormalDist(0, 1)
    return -((-((z.inv_cdf(0.975) + z.inv_cdf(power)) ** 2) * (spread / gap) ** 2) // 1)


@wrong("not squared", "Did you forget to square?")
def listeners_for_power(gap, spread, power):
    return math.ceil((NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)) * spread / gap)


@wrong("1.96 alone", "Did the power stay out?")
def listeners_for_power(gap, spread, power):
    return math.ceil((NormalDist().inv_cdf(0.975) * spread / gap) ** 2)


@wrong("one-sided", "Did you take z(0.95)?")
def listeners_for_power(gap, spread, power):
    return math.ceil(((NormalDist().inv_cdf(0.95) + NormalDist().inv_cdf(power)) * spread / gap) ** 2)


@wrong("adds the power", "Did you add the power itself?")
def listeners_for_power(gap, spread, power):
    return math.ceil(((NormalDist().inv_cdf(0.975) + power) * spread / gap) ** 2)


@wrong("two groups", "Are these two groups of different people?")
def listeners_for_power(gap, spread, power):
    z = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)
    return math.ceil(2 * z**2 * spread**2 / gap**2)


@wrong("rounds down", "Did you round down?")
def listeners_for_power(gap, spread, power):
    return int(((NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)) * spread / gap) ** 2)


@wrong("gap not squared", "Did you divide by the gap unsquared?")
def listeners_for_power(gap, spread, power):
    return math.ceil(((NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)) * spread) ** 2 / gap)


@wrong("spread for variance", "Did you use the spread unsquared?")
def listeners_for_power(gap, spread, power):
    return math.ceil((NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)) ** 2 * spread / gap**2)


@wrong("2.8 whatever the power")
def listeners_for_power(gap, spread, power):
    return math.ceil((2.8 * spread / gap) ** 2)


@wrong("subtracts z(power)", "Did you subtract z(power)?")
def listeners_for_power(gap, spread, power):
    return math.ceil(((NormalDist().inv_cdf(0.975) - NormalDist().inv_cdf(power)) * spread / gap) ** 2)


@wrong("z of the chance to miss", "Did you subtract z(power)?")
def listeners_for_power(gap, spread, power):
    return math.ceil(((NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(1 - power)) * spread / gap) ** 2)


# ---- counted_find


@right("next over an enumeration")
def counted_find(p_values, planned, alpha):
    return next((i for i, p in enumerate(p_values[:planned], 1) if p <= alpha / planned), 0)


@right("NumPy's argmax")
def counted_find(p_values, planned, alpha):
    good = np.array(p_values[:planned]) <= alpha / planned
    return int(good.argmax()) + 1 if good.any() else 0


@right("a while loop with an and")
def counted_find(p_values, planned, alpha):
    i = 0
    while i < len(p_values) and i < planned:
        if not p_values[i] > alpha / planned:
            return i + 1
        i += 1
    return 0


@right("the smallest of the places")
def counted_find(p_values, planned, alpha):
    places = [i + 1 for i in range(min(planned, len(p_values))) if p_values[i] <= alpha / planned]
    return min(places) if places else 0


@right("a Series")
def counted_find(p_values, planned, alpha):
    p = pd.Series(p_values, index=range(1, len(p_values) + 1)).head(planned)
    hits = p[p <= alpha / planned]
    return hits.index[0] if len(hits) else 0


@wrong("all of alpha for each", "Did each try have all of alpha?")
def counted_find(p_values, planned, alpha):
    for i, p in enumerate(p_values[:planned]):
        if p <= alpha:
            return i + 1
    return 0


@wrong("goes on past the plan", "Did a comparison beyond the plan count?")
def counted_find(p_values, planned, alpha):
    for i, p in enumerate(p_values):
        if p <= alpha / planned:
            return i + 1
    return 0


@wrong("divides by those made", "Did you divide by the comparisons that were made?")
def counted_find(p_values, planned, alpha):
    for i, p in enumerate(p_values[:planned]):
        if p <= alpha / len(p_values):
            return i + 1
    return 0


@wrong("divides by the tries so far", "Did you divide by the tries so far?")
def counted_find(p_values, planned, alpha):
    for i, p in enumerate(p_values[:planned], 1):
        if p <= alpha / i:
            return i
    return 0


@wrong("the smallest p", "Did you take the smallest p?")
def counted_find(p_values, planned, alpha):
    i = int(np.argmin(p_values[:planned]))
    return i + 1 if p_values[i] <= alpha / planned else 0


@wrong("position from 0", "Did you count from 0?")
def counted_find(p_values, planned, alpha):
    for i, p in enumerate(p_values[:planned]):
        if p <= alpha / planned:
            return i
    return 0


@wrong("how many", "Is that how many count?")
def counted_find(p_values, planned, alpha):
    return len([p for p in p_values[:planned] if p <= alpha / planned])


@wrong("yes or no", "Is that only whether there is one?")
def counted_find(p_values, planned, alpha):
    return any(p <= alpha / planned for p in p_values[:planned])


@wrong("its p", "Is that its p?")
def counted_find(p_values, planned, alpha):
    for p in p_values[:planned]:
        if p <= alpha / planned:
            return p
    return 0


@wrong("strictly below", "Is p exactly at the limit left out?")
def counted_find(p_values, planned, alpha):
    for i, p in enumerate(p_values[:planned], 1):
        if p < alpha / planned:
            return i
    return 0


@wrong("all of alpha, and past the plan", "Did each try have all of alpha?")
def counted_find(p_values, planned, alpha):
    for i, p in enumerate(p_values, 1):
        if p <= alpha:
            return i
    return 0
