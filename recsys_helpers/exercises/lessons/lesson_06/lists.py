"""Exercises of lesson 06: recall, average precision and nDCG of a list.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from math import log2

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

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


def jaccard(recommended, relevant, k):
    top = set(recommended[:k])
    return len(top & set(relevant)) / len(top | set(relevant))


def f1_at_k(recommended, relevant, k):
    hits = number_of_hits(recommended, relevant, k)
    return 2 * hits / (k + len(relevant))


def a_place_short(recommended, relevant, k):
    return sum(one in relevant for one in recommended[: k - 1]) / len(relevant)


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
        "Did you divide by all tracks in either? That is Jaccard's: recall divides by the relevant ones.": jaccard,
        "Is that F1, which mixes precision in? Recall alone divides by the relevant tracks.": f1_at_k,
        "Is that a place short? The first k are [:k].": a_place_short,
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


def gain_of_one(recommended, relevant, k):
    return gain_of(hit_places(recommended, relevant, k)) / len(relevant)


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
        "Did you divide by the number of relevant tracks? Divide by what the best list would have.": gain_of_one,
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
