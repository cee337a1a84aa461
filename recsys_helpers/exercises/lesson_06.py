"""The exercises of lesson 06, Evaluation: what figures mean, how lists are graded, and how a comparison stays fair.

They are written to be read and to be wrong in teachable ways; the package's own metrics are in ``evaluation``.
"""

from __future__ import annotations

from itertools import combinations
from math import comb, log2, prod

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- three questions on earlier lessons ------------------------------------------------------------------------------

question(
    "recall_unheard_track",
    answer="c",
    why="Not wanted, not found, never shown: an empty cell may mean any of the three (lesson 01), in a test as well.",
    wrong={
        "a": "Silence is no dislike: most tracks that somebody would like, they never meet.",
        "b": "The list may well be right. The log holds what was played, not what would have pleased.",
    },
)

question(
    "recall_too_good",
    answer="a",
    why="In lesson 02 it was the silent days, counted to the end of the log. Too good is a leak until shown otherwise.",
    wrong={
        "b": "Listeners are not that regular. Ask first what it could know of the day after.",
        "c": "A thousand listeners are no small sample, and chance does not make all of them fit.",
    },
)

question(
    "recall_more_factors",
    answer="b",
    why="The best table of rank k is one of those of rank k + 1, so the best of these is no worse. Held out, it turns.",
    wrong={
        "a": "That is the error on cells held out, as lesson 04 drew it. On its own cells nothing makes it turn.",
        "c": "Whatever the table, the tables of rank k are among those of rank k + 1.",
    },
)

# ---- how far off -----------------------------------------------------------------------------------------------------


def some_ratings(rng):
    yield [5, 3, 1], [4, 3, 2]
    yield [1, 2, 3, 4], [2.5, 2.5, 2.5, 2.5]
    yield [5, 4, 5, 2], [2, 5, 1, 4]
    yield [2, 4], [4, 8]
    for _ in range(8):
        truth = [int(one) for one in rng.integers(1, 6, 6)]
        truth[:2] = [1, 5]
        yield truth, [round(float(one), 1) for one in 0.6 * np.array(truth) + 1 + rng.normal(0, 0.8, 6)]


def r2_by_means(truth, predicted):
    truth, predicted = np.array(truth, dtype=float), np.array(predicted, dtype=float)
    return 1 - ((truth - predicted) ** 2).mean() / truth.var()


def correlation_squared(truth, predicted):
    if len(set(predicted)) == 1:
        return 0.0
    return float(np.corrcoef(truth, predicted)[0, 1] ** 2)


def share_left(truth, predicted):
    return 1 - r_squared(truth, predicted)


def around_the_predictions(truth, predicted):
    middle = sum(predicted) / len(predicted)
    errors = sum((t - p) ** 2 for t, p in zip(truth, predicted, strict=True))
    spread = sum((p - middle) ** 2 for p in predicted)
    return 1 - errors / spread if spread else 0.0


def spread_over_spread(truth, predicted):
    middle = sum(truth) / len(truth)
    return sum((p - middle) ** 2 for p in predicted) / sum((t - middle) ** 2 for t in truth)


def roots_first(truth, predicted):
    return 1 - float((1 - r_squared(truth, predicted)) ** 0.5)


def never_negative(truth, predicted):
    return max(0.0, r_squared(truth, predicted))


def one_less(truth, predicted):
    n = len(truth)
    return 1 - (1 - r_squared(truth, predicted)) * (n - 1) / n


def one_minus_error(truth, predicted):
    return 1 - float(np.mean((np.array(truth) - np.array(predicted)) ** 2))


@exercise(
    inputs=some_ratings,
    hints=[
        "Two sums of squares: of truth minus predicted, and of truth minus the mean of the truth.",
        "R² is 1 minus the first sum over the second.",
    ],
    why="Zero is what one number for all achieves, the mean. A negative R² is worse than no model at all.",
    mistakes={
        "Did you square a correlation? Predictions that are all twice too high correlate perfectly.": (
            correlation_squared
        ),
        "Is that the share left over? R² is 1 minus it.": share_left,
        "Did you take the spread of the predictions? The truth is what has to be explained.": around_the_predictions,
        "Did you leave out the spread? An error of 1 is large or small beside how far the truth varies.": (
            one_minus_error
        ),
        "Did you set the spread of the predictions over that of the truth? It does not ask who is right.": (
            spread_over_spread
        ),
        "Did you take roots? R² compares squares.": roots_first,
        "Did you stop at 0? Who is worse than the mean is below it.": never_negative,
        "Did you divide by n on one side and by n - 1 on the other, as pandas' var does? Both are sums.": one_less,
    },
    alternatives=[r2_by_means],
)
def r_squared(truth, predicted):
    """1 minus the squared errors over the squared distances of the truth from its own mean.

    Two lists of one length; not all of `truth` are equal.
    """
    middle = sum(truth) / len(truth)
    errors = sum((t - p) ** 2 for t, p in zip(truth, predicted, strict=True))
    return 1 - errors / sum((t - middle) ** 2 for t in truth)


# ---- splits ----------------------------------------------------------------------------------------------------------


def some_logs(rng):
    yield [("al", "t1", 3), ("al", "t2", 9), ("bo", "t1", 8)], 8
    yield [("al", "t1", 3), ("al", "t1", 9)], 8
    yield [("al", "t1", 3), ("bo", "t2", 9)], 8
    yield [("al", "t1", 9), ("al", "t1", 3), ("al", "t2", 8)], 8
    yield [("al", "t1", 3), ("al", "t2", 5), ("bo", "t2", 9), ("bo", "t3", 9)], 8
    yield [("al", "t1", 9), ("al", "t1", 9), ("bo", "t1", 1)], 8
    yield [("al", "t1", 1)], 8
    for _ in range(6):
        size = int(rng.integers(6, 11))
        yield (
            [
                (str(rng.choice(["al", "bo", "cy"])), f"t{rng.integers(1, 5)}", int(rng.integers(1, 13)))
                for _ in range(size)
            ],
            8,
        )


def later_by_loop(log, at):
    pairs = []
    for user, track, day in log:
        before = any((u, t) == (user, track) and d < at for u, t, d in log)
        if day >= at and not before and (user, track) not in pairs:
            pairs.append((user, track))
    return pairs


def last_of_each(log, at):
    last = {}
    for user, track, _ in sorted(log, key=lambda row: row[2]):
        last[user] = track
    return set(last.items())


def every_later_pair(log, at):
    return {(user, track) for user, track, day in log if day >= at}


def tracks_new_to_all(log, at):
    known = {track for _, track, day in log if day < at}
    return {(user, track) for user, track, day in log if day >= at and track not in known}


def pairs_twice(log, at):
    before = {(user, track) for user, track, day in log if day < at}
    return [(user, track) for user, track, day in log if day >= at and (user, track) not in before]


def as_it_stands(log, at):
    seen, found = set(), []
    for user, track, day in log:
        if day >= at and (user, track) not in seen:
            found.append((user, track))
        seen.add((user, track))
    return found


def without_newcomers(log, at):
    known = {user for user, _, day in log if day < at}
    return {(user, track) for user, track in later_and_new(log, at) if user in known}


def played_once(log, at):
    pairs = [(user, track) for user, track, _ in log]
    return {pair for pair in later_and_new(log, at) if pairs.count(pair) == 1}


def after_the_day(log, at):
    before = {(user, track) for user, track, day in log if day <= at}
    return {(user, track) for user, track, day in log if day > at} - before


@exercise(
    inputs=some_logs,
    hints=[
        "Make two sets of pairs: those of rows before `at`, those of rows from it on.",
        "Take the first set away from the second: `later - before`.",
    ],
    why="A model that may not list what was heard can only be graded on what was not.",
    mistakes={
        "Did you take each listener's last play? That cuts everybody at another moment.": last_of_each,
        "Did a pair stay that was heard before? It is in train already.": every_later_pair,
        "Did you drop tracks that somebody else knew? New means new to this listener.": tracks_new_to_all,
        "Where does a play on the day `at` belong? The test begins with it.": after_the_day,
        "Does a pair stand there twice? It is asked about once.": pairs_twice,
        "Did you take the rows as they come? A row further down may be older.": as_it_stands,
        "Did you leave out who has no past? Newcomers are asked about too.": without_newcomers,
        "Did you drop what was played again after `at`? That was new at its first play there.": played_once,
    },
    alternatives=[later_by_loop],
    ordered=False,
)
def later_and_new(log, at):
    """The pairs (user, track) to be graded on: those that were played on day `at` or later, and not before `at`.

    Each pair once, in any order. `log` is a list of (user, track, day), in any order.
    """
    before = {(user, track) for user, track, day in log if day < at}
    later = {(user, track) for user, track, day in log if day >= at}
    return later - before


question(
    "what_random_knows",
    answer="b",
    why="The hidden plays lie between plays that the model saw, so it is asked about a past whose future it knows.",
    wrong={
        "a": "Every pair is still in one part only: the leak is in time, not in a pair that stands twice.",
        "c": "Both splits can hold out any share. How much is held out is another choice.",
        "d": "A random fifth of each listener keeps everybody in both parts, which is part of why it is kind.",
    },
)


# ---- lists -----------------------------------------------------------------------------------------------------------


def some_lists(rng):
    yield [10, 11, 12], [10, 12], 3
    yield [11, 13, 14], [13, 14, 15, 16, 17, 18], 3
    yield [], [19], 3
    yield [7, 8, 9, 1], [1], 3
    yield [1, 2], [1, 2, 3], 4
    yield [4, 5, 6], [4, 5, 6, 7], 3
    yield [5, 9], [1, 2, 9], 2
    for _ in range(8):
        n, k = int(rng.integers(2, 8)), int(rng.integers(2, 6))
        listed = [int(one) for one in rng.permutation(9)[:n]]
        yield listed, [int(one) for one in rng.permutation(9)[: int(rng.integers(1, 7))]], k


def recall_by_sets(recommended, relevant, k):
    return len(set(recommended[:k]) & set(relevant)) / len(set(relevant))


def precision_at_k(recommended, relevant, k):
    return sum(one in relevant for one in recommended[:k]) / k


def recall_of_all(recommended, relevant, k):
    return sum(one in relevant for one in recommended) / len(relevant)


def found_any(recommended, relevant, k):
    return float(any(one in relevant for one in recommended[:k]))


def relevant_cut_too(recommended, relevant, k):
    return sum(one in relevant[:k] for one in recommended[:k]) / len(relevant)


def number_of_hits(recommended, relevant, k):
    return sum(one in relevant for one in recommended[:k])


def precision_of_list(recommended, relevant, k):
    return number_of_hits(recommended, relevant, k) / max(len(recommended[:k]), 1)


def recall_of_achievable(recommended, relevant, k):
    return sum(one in relevant for one in recommended[:k]) / min(len(relevant), k)


@exercise(
    inputs=some_lists,
    hints=[
        "Cut the list first: recommended[:k]. How many of these are relevant?",
        "Divide by how many relevant tracks there are.",
    ],
    why="Recall asks what share of a listener's finds the list would have saved them the search for.",
    mistakes={
        "Did you divide by k? That is precision: recall divides by the relevant tracks.": precision_at_k,
        "Did you look past place k? Nobody scrolls there.": recall_of_all,
        "Did you ask whether there is a hit? That is the hit rate.": found_any,
        "Did you cut the relevant tracks at k as well? They have no order, and all of them count.": relevant_cut_too,
        "Is that the number of hits? A share is divided by how many there could be.": number_of_hits,
        "Did you divide by the tracks in the list? Recall divides by the relevant ones.": precision_of_list,
    },
    conventions={
        "LensKit divides by min(k, number of relevant tracks); here it is all of them.": recall_of_achievable,
    },
    alternatives=[recall_by_sets],
)
def recall_at_k(recommended, relevant, k):
    """The share of the relevant tracks that stand on the first k places of the list.

    `recommended` is a list, best first, and may be shorter than k. `relevant` is a list of at least one track.
    """
    hits = sum(one in relevant for one in recommended[:k])
    return hits / len(relevant)


def precisions_at_hits(recommended, relevant, k):
    hits, found = 0, []
    for rank, one in enumerate(recommended[:k], start=1):
        if one in relevant:
            hits += 1
            found.append(hits / rank)
    return found


def ap_by_array(recommended, relevant, k):
    hit = np.isin(np.array(recommended[:k], dtype=float), relevant)
    return float((hit * np.cumsum(hit) / np.arange(1, len(hit) + 1)).sum() / len(relevant))


def ap_over_hits(recommended, relevant, k):
    found = precisions_at_hits(recommended, relevant, k)
    return sum(found) / len(found) if found else 0.0


def ap_at_every_rank(recommended, relevant, k):
    hit = [one in relevant for one in recommended[:k]]
    return sum(sum(hit[: n + 1]) / (n + 1) for n in range(len(hit))) / len(relevant)


def sum_of_reciprocals(recommended, relevant, k):
    places = [rank for rank, one in enumerate(recommended[:k], start=1) if one in relevant]
    return sum(1 / rank for rank in places) / len(relevant)


def ap_relevant_cut(recommended, relevant, k):
    return average_precision_at_k(recommended, relevant[:k], k) * len(relevant[:k]) / len(relevant)


def ap_not_cut(recommended, relevant, k):
    return average_precision_at_k(recommended, relevant, len(recommended))


def ap_undivided(recommended, relevant, k):
    return sum(precisions_at_hits(recommended, relevant, k))


def ap_over_list(recommended, relevant, k):
    return sum(precisions_at_hits(recommended, relevant, k)) / max(len(recommended[:k]), 1)


def hits_before(recommended, relevant, k):
    hits, total = 0, 0.0
    for place, one in enumerate(recommended[:k], start=1):
        if one in relevant:
            total += hits / place
            hits += 1
    return total / len(relevant)


def ap_over(divisor):
    def divided(recommended, relevant, k):
        among = divisor(recommended, relevant, k)
        return sum(precisions_at_hits(recommended, relevant, k)) / among if among else 0.0

    return divided


@exercise(
    inputs=some_lists,
    hints=[
        "At each hit, count the hits so far, and divide by the place you are at.",
        "Listener 2 hits at 2 and 3: 1/2 and 2/3. Add them up, and divide by all six relevant tracks.",
    ],
    why="Under this divisor ten hits of ten score 0.5 where twenty tracks were relevant. Others divide otherwise.",
    mistakes={
        "Did you divide by the number of hits? Then finding one of a hundred, at the top, would be perfect.": (
            ap_over_hits
        ),
        "Did you add up at every place? Only places with a hit count.": ap_at_every_rank,
        "Did you add up 1 / place? The second hit at place 3 has a precision of 2/3.": sum_of_reciprocals,
        "Did you go on past place k? What stands there is not shown.": ap_not_cut,
        "Did you cut `relevant` at k? It has no order, and each track of it can be a hit.": ap_relevant_cut,
        "Did you leave the sum undivided? More relevant tracks would make a better list.": ap_undivided,
        "Did you divide by the tracks in the list? Here it is all relevant tracks.": ap_over_list,
        "Did you count a hit only after its own place? At place 1 the precision of a hit is 1/1.": hits_before,
    },
    conventions={
        "RecTools with divide_by_k divides by k; here it is the number of relevant tracks.": ap_over(
            lambda recommended, relevant, k: k
        ),
        "implicit divides by min(k, number of relevant tracks); here it is all of them.": ap_over(
            lambda recommended, relevant, k: min(k, len(relevant))
        ),
        "LensKit divides by min(relevant tracks, length of the list); here it is all relevant ones.": ap_over(
            lambda recommended, relevant, k: min(len(relevant), len(recommended[:k]))
        ),
    },
    alternatives=[ap_by_array],
)
def average_precision_at_k(recommended, relevant, k):
    """Sum over the hits in the first k places of (hits so far / place), over the number of relevant tracks.

    `recommended` is a list, best first, and may be shorter than k. `relevant` is a list of at least one track.
    """
    hits, total = 0, 0.0
    for place, one in enumerate(recommended[:k], start=1):
        if one in relevant:
            hits += 1
            total += hits / place
    return total / len(relevant)


def gain_of(places):
    return sum(1 / log2(place + 1) for place in places)


def hit_places(recommended, relevant, k):
    return [place for place, one in enumerate(recommended[:k], start=1) if one in relevant]


def ndcg_by_array(recommended, relevant, k):
    weight = 1 / np.log2(np.arange(2, k + 2))
    hit = np.isin(np.array(recommended[:k], dtype=float), relevant)
    return float(hit @ weight[: len(hit)] / weight[: min(k, len(relevant))].sum())


def dcg_alone(recommended, relevant, k):
    return gain_of(hit_places(recommended, relevant, k))


def ideal_of_hits(recommended, relevant, k):
    places = hit_places(recommended, relevant, k)
    return gain_of(places) / gain_of(range(1, len(places) + 1)) if places else 0.0


def ideal_without_end(recommended, relevant, k):
    return gain_of(hit_places(recommended, relevant, k)) / gain_of(range(1, len(relevant) + 1))


def ndcg_relevant_cut(recommended, relevant, k):
    return ndcg_at_k(recommended, relevant[:k], k)


def ndcg_not_cut(recommended, relevant, k):
    return gain_of(hit_places(recommended, relevant, len(recommended))) / gain_of(
        range(1, min(k, len(relevant)) + 1)
    )


def weighed(worth):
    def divided(recommended, relevant, k):
        best = range(1, min(k, len(relevant)) + 1)
        return sum(worth(place) for place in hit_places(recommended, relevant, k)) / sum(map(worth, best))

    return divided


def hits_moved_up(recommended, relevant, k):
    hits = len(hit_places(recommended, relevant, k))
    return gain_of(range(1, hits + 1)) / gain_of(range(1, min(k, len(relevant)) + 1))


def ideal_of_k(recommended, relevant, k):
    return gain_of(hit_places(recommended, relevant, k)) / gain_of(range(1, k + 1))


@exercise(
    inputs=some_lists,
    hints=[
        "A hit at place i is worth 1 / log2(i + 1): 1, then 0.63, then 0.5. Add up what the hits are worth.",
        "The best list has hits on its first min(k, number of relevant tracks) places. What would it be worth?",
        "Divide the first sum by the second.",
    ],
    why="Place 1 is seen more than place 10, and this metric says so. A perfect list scores 1 whatever its length.",
    mistakes={
        "Did you leave the sum undivided? Without the best list below it, the figure can pass 1.": dcg_alone,
        "Did the best list hold your hits only? It holds all relevant tracks that fit.": ideal_of_hits,
        "Did the best list go on past place k? No list of k can reach that.": ideal_without_end,
        "Did you look past place k? What stands there is not shown.": ndcg_not_cut,
        "Did you cut `relevant` at k? It has no order, and each track of it can be a hit.": ndcg_relevant_cut,
        "Did you weigh by 1 / place? Here it is 1 / log2(place + 1).": weighed(lambda place: 1 / place),
        "Did you begin with place 2? The first has place 1, and log2(1 + 1) below it.": weighed(
            lambda place: 1 / log2(place + 2)
        ),
        "Did the hits move up? Each counts by the place where it stands.": hits_moved_up,
    },
    conventions={
        "RecTools' best list always has k hits; here it has min(k, number of relevant tracks).": ideal_of_k,
        "LensKit divides by max(1, log2 i), so that places 1 and 2 weigh the same; here it is log2(i + 1).": (
            weighed(lambda place: 1 / max(1, log2(place)))
        ),
    },
    alternatives=[ndcg_by_array],
)
def ndcg_at_k(recommended, relevant, k):
    """Sum of 1 / log2(place + 1) over the hits in the first k places, over that sum for the best list there is.

    The best list has hits on its first min(k, number of relevant tracks) places. `recommended` is a list, best first,
    and may be shorter than k. `relevant` is a list of at least one track.
    """
    gain = sum(1 / log2(place + 1) for place, one in enumerate(recommended[:k], 1) if one in relevant)
    best = sum(1 / log2(place + 1) for place in range(1, min(k, len(relevant)) + 1))
    return gain / best


question(
    "which_map",
    answer="d",
    why="A divisor, a listener without a list, what was held out: three choices that the word MAP leaves open.",
    wrong={
        "a": "The better figure may come from the kinder divisor: the same lists give both.",
        "b": "It is no rounding: on the three listeners above, one set of lists gives figures from 0.31 to 0.61.",
        "c": "The cut-off is said, 10. What the sum is divided by is not.",
    },
)


# ---- drawn negatives -------------------------------------------------------------------------------------------------


def some_draws(rng):
    yield 0, 100, 10
    yield 1, 4, 2
    yield 3, 4, 2
    yield 5, 100, 20
    yield 50, 2000, 100
    for _ in range(7):
        n = int(rng.integers(20, 300))
        yield int(rng.integers(1, n // 3)), n, int(rng.integers(2, n // 3))


def chance_by_counting(better, n, m):
    return comb(n - better, m) / comb(n, m)


def one_draw(better, n, m):
    return 1 - better / n


def not_all_better(better, n, m):
    return 1 - (better / n) ** m


def expected_place_above(better, n, m):
    return max(0.0, 1 - m * better / n)


def itself_among_them(better, n, m):
    return chance_of_first(better, n + 1, m)


def all_better_drawn(better, n, m):
    return 1 / (better + 1)


def put_back(better, n, m):
    return (1 - better / n) ** m


@exercise(
    inputs=some_draws,
    hints=[
        "The track comes first if none of the better ones is among the m drawn. Begin with m = 1.",
        "The first draw misses them with chance (n - better) / n, the second with (n - 1 - better) / (n - 1), …",
        "Multiply over the m draws. The chance is 0 where fewer than m others are worse.",
    ],
    why="With 100 drawn of 2,000, a track with ten better ones above it still comes first three times in five.",
    mistakes={
        "Is that for one draw? All m have to miss the better ones.": one_draw,
        "Did you ask that not all drawn are better? One is enough to push the track down.": not_all_better,
        "Did you add the chances up? Draws that must all go well multiply.": expected_place_above,
        "Did you count the track among the n? They are the others.": itself_among_them,
        "Did you let it and the better ones come in any order? Asked is whether one is drawn.": all_better_drawn,
    },
    conventions={
        "That is with each drawn track put back; here none is drawn twice.": put_back,
    },
    alternatives=[chance_by_counting],
    tolerance=1e-9,
)
def chance_of_first(better, n, m):
    """The exact chance that a track comes first among itself and m others, drawn from n.

    Of the n others, `better` score higher. No track is drawn twice, and m is at most n.
    """
    if m > n - better:
        return 0.0
    return prod((n - better - drawn) / (n - drawn) for drawn in range(m))


# ---- beyond accuracy -------------------------------------------------------------------------------------------------


def some_known(rng):
    yield ["a", "b"], {"a": 8, "b": 2}, 16
    yield ["a"], {"a": 4}, 4
    yield ["z"], {"a": 4}, 8
    yield ["a", "z"], {"a": 4, "z": 0}, 8
    for _ in range(7):
        counts = {name: int(rng.integers(1, 60)) for name in "abcdef"}
        yield [str(one) for one in rng.permutation([*"abcdefz"])[:4]], counts, 64


def bits_by_array(recommended, listeners, n):
    counts = np.array([listeners.get(one, 0) for one in recommended], dtype=float)
    return float(np.mean(np.log2(n) - np.log2(np.maximum(counts, 1))))


def bits_of_the_mean(recommended, listeners, n):
    share = sum(max(listeners.get(one, 0), 1) for one in recommended) / len(recommended) / n
    return -log2(share)


def bits_of_the_known(recommended, listeners, n):
    known = [one for one in recommended if listeners.get(one, 0)]
    return sum(-log2(listeners[one] / n) for one in known) / len(known) if known else 0.0


def bits_by_plays(recommended, listeners, n):
    return surprise_bits(recommended, listeners, max(sum(listeners.values()), 1))


def one_added(recommended, listeners, n):
    return sum(-log2((listeners.get(one, 0) + 1) / n) for one in recommended) / len(recommended)


def bits_summed(recommended, listeners, n):
    return surprise_bits(recommended, listeners, n) * len(recommended)


def share_unknown(recommended, listeners, n):
    return 1 - sum(listeners.get(one, 0) for one in recommended) / len(recommended) / n


def nats(recommended, listeners, n):
    return surprise_bits(recommended, listeners, n) * float(np.log(2))


@exercise(
    inputs=some_known,
    hints=[
        "A track that half of the listeners know is worth 1 bit, a quarter 2 bits: -log2(share).",
        "Take the bits of each track first, their mean last; max(count, 1) keeps the logarithm finite.",
    ],
    why="It rewards what few know, whether or not anybody would want it: read it beside a metric of hits.",
    mistakes={
        "Did you average the shares first? One hit of the charts would hide nine rarities.": bits_of_the_mean,
        "Did you leave out what nobody knows? It counts as known to one.": bits_of_the_known,
        "Is that the share that does not know them? Take the logarithm of the share that does.": share_unknown,
        "Did you divide by the sum over all tracks? A share of listeners is out of n.": bits_by_plays,
        "Did you add 1 to each count? Only what nobody knows counts as known to 1.": one_added,
        "Did you add the bits up? A longer list would be newer: take their mean.": bits_summed,
    },
    conventions={"That is in nats, with the natural logarithm; here it is bits, log2.": nats},
    alternatives=[bits_by_array],
)
def surprise_bits(recommended, listeners, n):
    """Novelty of a list: the mean over its tracks of -log2(listeners of the track / n).

    `listeners` is a dict: track -> how many of the n listeners know it. A track that nobody knows, with 0 there or not
    there at all, counts as known to 1.
    """
    bits = [-log2(max(listeners.get(one, 0), 1) / n) for one in recommended]
    return sum(bits) / len(bits)


def some_genres(rng):
    yield (["jazz", "talk"],)
    yield (["jazz", "jazz", "talk"],)
    yield (["jazz", "jazz", "jazz"],)
    yield (["rain"],)
    yield (["jazz", "talk", "rain", "news"],)
    for _ in range(7):
        yield ([str(one) for one in rng.choice(["jazz", "talk", "rain", "news"], int(rng.integers(3, 9)))],)


def variety_by_counts(genres):
    n = len(genres)
    if n < 2:
        return 0.0
    _, counts = np.unique(genres, return_counts=True)
    return 1 - float((counts * (counts - 1)).sum()) / (n * (n - 1))


def share_of_genres(genres):
    return len(set(genres)) / len(genres)


def with_itself(genres):
    return sum(a != b for a in genres for b in genres) / len(genres) ** 2


def pairs_alike(genres):
    return 1 - variety(genres) if len(genres) > 1 else 0.0


def pairs_both_ways(genres):
    return variety(genres) / 2


def one_is_varied(genres):
    return variety(genres) if len(genres) > 1 else 1.0


def genres_but_one(genres):
    return (len(set(genres)) - 1) / max(len(genres) - 1, 1)


def neighbours_only(genres):
    pairs = list(zip(genres, genres[1:], strict=False))
    return sum(a != b for a, b in pairs) / len(pairs) if pairs else 0.0


@exercise(
    inputs=some_genres,
    hints=[
        "A list of three has three pairs: first and second, first and third, second and third.",
        "itertools.combinations(genres, 2) gives each pair once. In what share do the two differ?",
    ],
    why="It sees one list at a time: the same ten genres for everybody would be perfect.",
    mistakes={
        "Did you count the genres? Nine of one and one of another are less varied than five and five.": share_of_genres,
        "Did a track meet itself? It forms no pair, and would cap the figure under 1.": with_itself,
        "Did you compare neighbours only? Every pair of the list counts.": neighbours_only,
        "Does a list of one get 1? It has no pair that could differ, and the task says 0.": one_is_varied,
        "Is that the share of pairs that are alike? Asked is how many differ.": pairs_alike,
        "Did you divide by n (n - 1)? That counts each pair twice.": pairs_both_ways,
        "Did you count how often a new genre comes? It is pairs that are counted.": genres_but_one,
    },
    alternatives=[variety_by_counts],
)
def variety(genres):
    """Intra-list diversity: the share of the pairs of tracks in a list that differ in genre; 0 for fewer than two.

    `genres` is a list with the genre of each track.
    """
    pairs = list(combinations(genres, 2))
    return sum(a != b for a, b in pairs) / len(pairs) if pairs else 0.0


def some_surprises(rng):
    yield [1, 2, 3, 4], [1, 2, 9], [1, 5]
    yield [1, 2], [8], [1]
    yield [1, 2], [1, 2], [1, 2]
    yield [1, 2, 3, 4], [1, 2], []
    yield [1, 2], [1, 2], [8, 9, 7, 2]
    for _ in range(8):
        some = [[int(one) for one in rng.permutation(9)[: int(rng.integers(3, 7))]] for _ in range(3)]
        yield some[0], some[1], some[2]


def surprise_by_sets(recommended, relevant, expected):
    return len((set(recommended) & set(relevant)) - set(expected)) / len(recommended)


def unexpected_only(recommended, relevant, expected):
    return sum(one not in expected for one in recommended) / len(recommended)


def share_of_hits(recommended, relevant, expected):
    hits = [one for one in recommended if one in relevant]
    return sum(one not in expected for one in hits) / len(hits) if hits else 0.0


def over_relevant(recommended, relevant, expected):
    return sum(one in recommended and one not in expected for one in relevant) / len(relevant)


def over_unexpected(recommended, relevant, expected):
    new = [one for one in recommended if one not in expected]
    return sum(one in relevant for one in new) / len(new) if new else 0.0


def expected_cut(recommended, relevant, expected):
    return serendipity(recommended, relevant, expected[: len(recommended)])


def hits_alone(recommended, relevant, expected):
    return sum(one in relevant for one in recommended) / len(recommended)


@exercise(
    inputs=some_surprises,
    hints=[
        "Two conditions for each recommended track: it is in one list and not in the other.",
        "Count those with both, and divide by the length of the list.",
    ],
    why="Whoever chooses what is expected chooses the figure, so say what it was.",
    mistakes={
        "Did you forget to ask for relevance? Noise is unexpected too.": unexpected_only,
        "Did you divide by the hits? One lucky find would make the list perfect.": share_of_hits,
        "Did you count what everybody expects? Those hits were no surprise.": hits_alone,
        "Did you divide by the relevant tracks? It is a share of the list.": over_relevant,
        "Did you divide by the unexpected tracks alone? It is a share of the whole list.": over_unexpected,
        "Did you cut `expected` to the length of the list? All of it was expected.": expected_cut,
    },
    alternatives=[surprise_by_sets],
)
def serendipity(recommended, relevant, expected):
    """The share of the list that is relevant and not expected.

    Three lists of tracks, of any length; `recommended` has at least one. `expected` is what a plain method, such as the
    charts, would show.
    """
    return sum(one in relevant and one not in expected for one in recommended) / len(recommended)


question(
    "what_it_rewards",
    answer="c",
    why="Each such metric names one wish. None of them asks whether the wish was met with anything worth hearing.",
    wrong={
        "a": "Random lists cover the whole catalogue, and nobody would miss them.",
        "b": "Ten tracks drawn at random are above the model in all three at once: see the table.",
        "d": "They say things that hits cannot: where exposure goes, and whether ten tracks are one track ten times.",
    },
)


# ---- choosing --------------------------------------------------------------------------------------------------------


def some_grids(rng):
    yield {"a": 0.2, "b": 0.3}, {"a": 0.9, "b": 0.1}
    yield (
        {"b": 0.3, "c": 0.3, "a": 0.3, "d": 0.3},
        {"b": 0.1, "c": 0.4, "a": 0.2, "d": 0.3},
    )  # four ways to break a tie
    yield {"a": 0.5}, {"a": 0.4}
    for _ in range(7):
        names = [f"k={k}" for k in (5, 10, 20, 50)]
        validation, test = (
            dict(zip(names, np.round(rng.random(4), 2).tolist(), strict=True)) for _ in range(2)
        )
        yield validation, test


def chosen_by_loop(validation, test):
    best = None
    for name in validation:
        if best is None or validation[name] > validation[best]:
            best = name
    return [best, test[best]]


def best_on_test(validation, test):
    best = max(test, key=test.get)
    return best, test[best]


def validation_reported(validation, test):
    best = max(validation, key=validation.get)
    return best, validation[best]


def both_averaged(validation, test):
    best = max(validation, key=lambda name: validation[name] + test[name])
    return best, test[best]


def worst_on_validation(validation, test):
    worst = min(validation, key=validation.get)
    return worst, test[worst]


def last_of_equals(validation, test):
    best = max(reversed(list(validation)), key=validation.get)
    return best, test[best]


def equals_by_name(validation, test):
    best = max(sorted(validation), key=validation.get)
    return best, test[best]


def equals_by_test(validation, test):
    best = max(validation, key=lambda name: (validation[name], test[name]))
    return best, test[best]


def best_of_both(validation, test):
    best = max(validation, key=validation.get)
    return best, max(test.values())


@exercise(
    inputs=some_grids,
    hints=[
        "Which of the two may you look at before you have chosen?",
        "max(validation, key=validation.get) is the setting. What does the test say of it?",
    ],
    why="The validation score of the winner is too high, since it was picked for being high. The test had no say.",
    mistakes={
        "Did the test choose? Then its figure is no longer a test of anything.": best_on_test,
        "Did you report the validation score? It was picked for being high.": validation_reported,
        "Did the test have half a vote? That is a choice by the test too.": both_averaged,
        "Did you report the best test score of all? It belongs to another setting.": best_of_both,
        "Did you take the lowest? Higher is better here, unlike an error.": worst_on_validation,
        "Did the last of two equals win? Asked is the first.": last_of_equals,
        "Did the name decide between two equals? Asked is the one that stands first.": equals_by_name,
        "Did the test decide between two equals? It may decide nothing.": equals_by_test,
    },
    alternatives=[chosen_by_loop],
)
def choose_and_report(validation, test):
    """(setting, score): the setting to choose, and the score to report for it.

    Two dicts, setting -> score, higher is better. Of equal ones, take the one that stands first in `validation`.
    """
    best = max(validation, key=validation.get)
    return best, test[best]


question(
    "which_is_fair",
    answer="c",
    why="The same split, the same lists' length, the same number of tries for each, and the test opened once.",
    wrong={
        "a": "Defaults were tuned by somebody, on some other data: the order shows whose data were like yours.",
        "b": "The own model had fifty tries and the others none, so it is ahead by the tries.",
        "d": "Figures from papers have other splits and other conventions in them, as the five MAPs show.",
    },
)
