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


# ---- a second reader's, of the functions with fewest


@right("a DataFrame of first days")
def later_and_new(log, at):
    first = pd.DataFrame(log, columns=["user", "track", "day"]).groupby(["user", "track"])["day"].min()
    return first.index[first >= at].tolist()


@right("a dict of the earliest day of each pair")
def later_and_new(log, at):
    earliest = {}
    for user, track, day in log:
        earliest[user, track] = min(day, earliest.get((user, track), day))
    return [pair for pair, day in earliest.items() if day >= at]


@wrong("the pairs before the cut")
def later_and_new(log, at):
    return {(user, track) for user, track, day in log if day < at}


@wrong("heard before and again later")
def later_and_new(log, at):
    before = {(u, t) for u, t, d in log if d < at}
    return before & {(u, t) for u, t, d in log if d >= at}


@wrong("listeners who were there before, and their new tracks alone", "Did you leave out who has no past?")
def later_and_new(log, at):
    users = {u for u, _, d in log if d < at}
    before = {(u, t) for u, t, d in log if d < at}
    return {(u, t) for u, t, d in log if d >= at and u in users} - before


@wrong("tracks instead of pairs")
def later_and_new(log, at):
    before = {(u, t) for u, t, d in log if d < at}
    return {t for u, t, d in log if d >= at and (u, t) not in before}


@wrong("the track of anybody before the cut is out", "Did you drop tracks that somebody else knew?")
def later_and_new(log, at):
    frame = pd.DataFrame(log, columns=["user", "track", "day"])
    late = frame[(frame["day"] >= at) & ~frame["track"].isin(frame.loc[frame["day"] < at, "track"])]
    return set(zip(late["user"], late["track"]))


@right("np.isin")
def recall_at_k(recommended, relevant, k):
    return np.isin(relevant, recommended[:k]).mean()


@right("one minus the share that was missed")
def recall_at_k(recommended, relevant, k):
    missed = [one for one in relevant if one not in recommended[:k]]
    return 1 - len(missed) / len(relevant)


@wrong("over the longer of list and relevant")
def recall_at_k(recommended, relevant, k):
    hits = len(set(recommended[:k]) & set(relevant))
    return hits / max(len(recommended), len(relevant))


@wrong("hits weighed by 1 / log2(place + 1)")
def recall_at_k(recommended, relevant, k):
    return sum(1 / np.log2(i + 2) for i, one in enumerate(recommended[:k]) if one in relevant) / len(relevant)


@wrong("over min(k, relevant), as LensKit", "LensKit divides by min(k, number of relevant tracks)")
def recall_at_k(recommended, relevant, k):
    return len(set(recommended[:k]) & set(relevant)) / min(k, len(relevant))


@wrong("the last k of the list")
def recall_at_k(recommended, relevant, k):
    return sum(one in relevant for one in recommended[-k:]) / len(relevant)


@right("zip with places and a running count")
def average_precision_at_k(recommended, relevant, k):
    hit = np.isin(recommended[:k], relevant) if recommended else np.zeros(0, bool)
    places = np.arange(1, len(hit) + 1)
    return float((hit.cumsum() / places)[hit].sum() / len(relevant))


@right("the precision of each prefix that ends with a hit")
def average_precision_at_k(recommended, relevant, k):
    total = 0.0
    for end in range(1, min(k, len(recommended)) + 1):
        if recommended[end - 1] in relevant:
            total += sum(one in relevant for one in recommended[:end]) / end
    return total / len(relevant)


@wrong("1 / place for each hit", "Did you add up 1 / place?")
def average_precision_at_k(recommended, relevant, k):
    return sum(1 / (i + 1) for i, one in enumerate(recommended[:k]) if one in relevant) / len(relevant)


@wrong("divided by k, as RecTools can", "RecTools with divide_by_k divides by k")
def average_precision_at_k(recommended, relevant, k):
    hits = total = 0
    for place, one in enumerate(recommended[:k], 1):
        if one in relevant:
            hits += 1
            total += hits / place
    return total / k


@wrong("the whole list", "Did you go on past place k?")
def average_precision_at_k(recommended, relevant, k):
    hits = total = 0
    for place, one in enumerate(recommended, 1):
        if one in relevant:
            hits += 1
            total += hits / place
    return total / len(relevant)


@wrong("places counted from 0, plus 2")
def average_precision_at_k(recommended, relevant, k):
    hits = total = 0
    for i, one in enumerate(recommended[:k]):
        if one in relevant:
            hits += 1
            total += hits / (i + 2)
    return total / len(relevant)


@wrong("the precision of the whole ten times recall")
def average_precision_at_k(recommended, relevant, k):
    hits = sum(one in relevant for one in recommended[:k])
    return hits / k * hits / len(relevant)


@right("two sums over places")
def ndcg_at_k(recommended, relevant, k):
    worth = [1 / math.log2(place + 1) for place in range(1, k + 1)]
    got = sum(w for w, one in zip(worth, recommended) if one in relevant)
    return got / sum(worth[: len(relevant)])


@right("natural logarithms, which cancel")
def ndcg_at_k(recommended, relevant, k):
    hit = [one in relevant for one in recommended[:k]]
    best = [True] * min(k, len(relevant))
    return sum(h / math.log(i + 2) for i, h in enumerate(hit)) / sum(h / math.log(i + 2) for i, h in enumerate(best))


@wrong("not divided", "Did you leave the sum undivided?")
def ndcg_at_k(recommended, relevant, k):
    return sum(1 / math.log2(i + 2) for i, one in enumerate(recommended[:k]) if one in relevant)


@wrong("the best list as long as all relevant tracks", "Did the best list go on past place k?")
def ndcg_at_k(recommended, relevant, k):
    got = sum(1 / math.log2(i + 2) for i, one in enumerate(recommended[:k]) if one in relevant)
    return got / sum(1 / math.log2(i + 2) for i in range(len(relevant)))


@wrong("1 / place", "Did you weigh by 1 / place?")
def ndcg_at_k(recommended, relevant, k):
    n = min(k, len(relevant))
    got = sum(1 / (i + 1) for i, one in enumerate(recommended[:k]) if one in relevant)
    return got / sum(1 / (i + 1) for i in range(n))


@wrong("natural logarithm above, base 2 below")
def ndcg_at_k(recommended, relevant, k):
    n = min(k, len(relevant))
    got = sum(1 / math.log(i + 2) for i, one in enumerate(recommended[:k]) if one in relevant)
    return got / sum(1 / math.log2(i + 2) for i in range(n))


@wrong("1 / (1 + log2 place)")
def ndcg_at_k(recommended, relevant, k):
    n = min(k, len(relevant))
    got = sum(1 / (1 + math.log2(i + 1)) for i, one in enumerate(recommended[:k]) if one in relevant)
    return got / sum(1 / (1 + math.log2(i + 1)) for i in range(n))


@right("the hypergeometric chance of none")
def chance_of_first(better, n, drawn):
    from scipy.stats import hypergeom

    return float(hypergeom.pmf(0, n, better, drawn))


@right("recursion over the draws")
def chance_of_first(better, n, drawn):
    def none_better(n, drawn):
        if drawn == 0:
            return 1.0
        return (n - better) / n * none_better(n - 1, drawn - 1) if n > better else 0.0

    return none_better(n, drawn)


@wrong("draws that are put back", "Is each drawn track put back?")
def chance_of_first(better, n, drawn):
    return ((n - better) / n) ** drawn


@wrong("the number of better ones drawn", "Is that how many better ones are drawn on average?")
def chance_of_first(better, n, drawn):
    return drawn * better / n


@wrong("one draw too few")
def chance_of_first(better, n, drawn):
    chance = 1.0
    for i in range(drawn - 1):
        chance *= (n - better - i) / (n - i)
    return chance


@wrong("the better ones shrink, not the others")
def chance_of_first(better, n, drawn):
    chance = 1.0
    for i in range(drawn):
        chance *= 1 - max(better - i, 0) / (n - i)
    return chance


@wrong("1 / (drawn + 1): any of the drawn may be first")
def chance_of_first(better, n, drawn):
    return 1 / (drawn + 1)


@right("np.isin twice")
def serendipity(recommended, relevant, expected):
    return float((np.isin(recommended, relevant) & ~np.isin(recommended, expected)).mean())


@right("a loop that counts")
def serendipity(recommended, relevant, expected):
    lucky = 0
    for one in recommended:
        if one in relevant and one not in expected:
            lucky += 1
    return lucky / len(recommended)


@wrong("the number of lucky finds", "Is that a number of tracks?")
def serendipity(recommended, relevant, expected):
    return len(set(recommended) & set(relevant) - set(expected))


@wrong("relevant or unexpected", "Did one of the two conditions do?")
def serendipity(recommended, relevant, expected):
    return np.mean([one in relevant or one not in expected for one in recommended])


@wrong("relevant and expected")
def serendipity(recommended, relevant, expected):
    return np.mean([one in relevant and one in expected for one in recommended])


@wrong("hits less expected ones, over the list")
def serendipity(recommended, relevant, expected):
    return (sum(one in relevant for one in recommended) - sum(one in expected for one in recommended)) / len(recommended)


@wrong("over the unexpected alone", "Did you divide by the unexpected tracks alone?")
def serendipity(recommended, relevant, expected):
    rest = set(recommended) - set(expected)
    return len(rest & set(relevant)) / len(rest) if rest else 0


@right("a Series and idxmax")
def choose_and_report(validation, test):
    best = pd.Series(validation).idxmax()
    return best, test[best]


@right("sorted, stable, from the best down")
def choose_and_report(validation, test):
    best, _ = sorted(validation.items(), key=lambda pair: -pair[1])[0]
    return best, test.get(best)


@wrong("the test chooses", "Did the test choose?")
def choose_and_report(validation, test):
    best = sorted(test, key=test.get)[-1]
    return best, test[best]


@wrong("the validation score of the chosen one", "Did you report the validation score?")
def choose_and_report(validation, test):
    best = max(validation, key=lambda s: validation[s])
    return best, validation[best]


@wrong("the score first, then the setting")
def choose_and_report(validation, test):
    best = max(validation, key=validation.get)
    return test[best], best


@wrong("the smallest gap between the two parts")
def choose_and_report(validation, test):
    best = min(validation, key=lambda s: abs(validation[s] - test[s]))
    return best, test[best]


@wrong("the later of two equals, by >=", "Did the last of two equals win?")
def choose_and_report(validation, test):
    best, high = None, -1.0
    for setting, score in validation.items():
        if score >= high:
            best, high = setting, score
    return best, test[best]
