"""Exercises of lesson 06: drawn negatives, novelty, variety and serendipity.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from itertools import combinations
from math import comb, log2, prod

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

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


def not_first(better, n, m):
    return 1 - chance_of_first(better, n, m)


def better_drawn(better, n, m):
    return better * m / n


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
        "Is that the chance that it does not come first? Asked is that it does.": not_first,
        "Is that how many better ones are drawn on average? Asked is the chance that none is.": better_drawn,
        "Is each drawn track put back? None is drawn twice, so fewer are left after each.": put_back,
        "Did you count the track among the n? They are the others.": itself_among_them,
        "Did you let it and the better ones come in any order? Asked is whether one is drawn.": all_better_drawn,
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
    yield (["jazz", "talk", "jazz"],)
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
        "Is that the number of pairs? A share divides it by how many pairs there are.": lambda genres: (
            variety(genres) * len(genres) * (len(genres) - 1) / 2
        ),
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
        "Did one of the two conditions do? A track counts if it is relevant and, besides, not expected.": (
            lambda recommended, relevant, expected: (
                sum(one in relevant or one not in expected for one in recommended) / len(recommended)
            )
        ),
        "Is that a number of tracks? Divide by the length of the list.": lambda recommended, relevant, expected: (
            serendipity(recommended, relevant, expected) * len(recommended)
        ),
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
