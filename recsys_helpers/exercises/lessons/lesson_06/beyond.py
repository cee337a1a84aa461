"""Exercises of lesson 06: drawn negatives and serendipity.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from math import comb, prod

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
        "The track comes first if none of the better ones is among those drawn. Begin with one draw.",
        "The first draw misses them with chance (n - better) / n, the second with (n - 1 - better) / (n - 1), …",
        "Multiply over all draws. The chance is 0 where fewer than m others are worse.",
    ],
    why="With 100 drawn of 2,000, a track with ten better ones above it still comes first three times in five.",
    mistakes={
        "Is that for one draw? All of them have to miss the better ones.": one_draw,
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
def chance_of_first(better, n, drawn):
    """The exact chance that a track comes first among itself and `drawn` of n others.

    Of the n others, `better` score higher. No track is drawn twice; `drawn` is at most n.
    """
    if drawn > n - better:
        return 0.0
    return prod((n - better - before) / (n - before) for before in range(drawn))


# ---- beyond accuracy -------------------------------------------------------------------------------------------------


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
    why="To choose what is expected is to choose the figure, so say what it was.",
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
