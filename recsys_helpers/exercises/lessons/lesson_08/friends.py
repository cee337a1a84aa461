"""Exercises of lesson 08: taste that friends share, friendships paired anew, and what became of a conclusion.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise, question

# ---- friends ---------------------------------------------------------------------------------------------------------


def _two_shelves(rng):
    yield ["Air", "Can"], ["Can", "Low", "Air"]
    yield [], []
    yield ["Air"], []
    yield ["Low", "Can", "Air"], ["Air"]
    yield ["Air", "Can"], ["Low"]
    yield ["Air", "Can"], ["Can", "Low"]
    names = ["Air", "Can", "Low", "Neu", "Sade", "Wire", "Yes", "Zaz"]
    for _ in range(8):
        a, b = (rng.choice(names, size=rng.integers(1, 7), replace=False) for _ in range(2))
        yield [str(one) for one in a], [str(one) for one in b]


def _share_by_index(a, b):
    a, b = pd.Index(a).unique(), pd.Index(b).unique()
    together = a.append(b).nunique()
    return a.isin(b).sum() / together if together else 0.0


@exercise(
    inputs=_two_shelves,
    hints=[
        "Make sets of both. What do they have in common, and what is in either?",
        "len(a & b) over len(a | b), and 0 where both are empty.",
    ],
    why="Two with 50 artists each who share 5 have 5 of 95: 0.05. A tenth of all they play is a lot of common ground.",
    mistakes={
        "Did you divide by both lengths added up? What they share would count twice below.": lambda a, b: (
            len(set(a) & set(b)) / (len(set(a)) + len(set(b))) if a or b else 0.0
        ),
        "Did you divide by the shorter list? Someone who names one artist would be like everybody who plays it.": (
            lambda a, b: len(set(a) & set(b)) / min(len(set(a)), len(set(b))) if a and b else 0.0
        ),
        "Did you divide by the longer list? Whatever is in either counts, once.": lambda a, b: (
            len(set(a) & set(b)) / max(len(set(a)), len(set(b))) if a or b else 0.0
        ),
        "Is that how many they share? Divide by how many are in either.": lambda a, b: len(set(a) & set(b)),
        "Is that how unlike they are, 1 less the index? Asked is the index.": lambda a, b: (
            1 - taste_shared(a, b) if a or b else 0.0
        ),
        "Did you divide by one of the lists? Then a and b could not be swapped.": lambda a, b: (
            len(set(a) & set(b)) / len(a) if a else 0.0
        ),
        "Did you leave out what they share in the divisor? It is in one list or the other as well.": lambda a, b: (
            len(set(a) & set(b)) / len(set(a) ^ set(b)) if set(a) ^ set(b) else 0.0
        ),
    },
    conventions={
        "Twice the common ones over both lengths is Dice's coefficient; the task asks for Jaccard's.": lambda a, b: (
            2 * len(set(a) & set(b)) / (len(set(a)) + len(set(b))) if a or b else 0.0
        ),
        "The common ones over the root of both lengths multiplied are the cosine; the task asks for Jaccard's.": (
            lambda a, b: len(set(a) & set(b)) / (len(a) * len(b)) ** 0.5 if a and b else 0.0
        ),
    },
    alternatives=[_share_by_index],
)
def taste_shared(a, b):
    """Jaccard's index of two lists of artists: how many are in both, over how many are in either.

    No artist stands twice in a list. For two empty lists it is 0.
    """
    a, b = set(a), set(b)
    return len(a & b) / len(a | b) if a or b else 0.0


def _friendships(rng):
    yield [("al", "bo"), ("cy", "di")], [0, 1, 2, 3]
    yield [("al", "bo"), ("cy", "di")], [0, 1, 3, 2]
    yield [("al", "bo"), ("al", "cy")], [0, 2, 1, 3]
    yield [("al", "bo")], [1, 0]
    yield [("al", "bo"), ("al", "cy"), ("al", "di")], [0, 3, 4, 1, 2, 5]
    yield [("al", "bo"), ("al", "bo"), ("cy", "di")], [0, 1, 2, 3, 4, 5]
    yield [("al", "bo"), ("cy", "di")], [1, 2, 3, 0]
    people = ["al", "bo", "cy", "di", "ed"]
    for _ in range(8):
        pairs = [
            (people[int(a)], people[int(b)]) for a, b in (rng.choice(5, 2, replace=False) for _ in range(4))
        ]
        yield pairs, [int(one) for one in rng.permutation(8)]


def _ends(pairs, order):
    ends = [a for a, _ in pairs] + [b for _, b in pairs]
    return [ends[one] for one in order]


def _pair_by_array(pairs, order):
    ends = np.array(pairs, dtype=object).T.ravel()[np.array(order)].reshape(2, -1)
    return [(a, b) for a, b in ends.T if a != b]


def _whole_pairs_moved(pairs, order):
    return [pairs[one] for one in order if one < len(pairs)]


def _second_ends_only(pairs, order):
    m = len(pairs)
    seconds = [pairs[one - m][1] for one in order if one >= m]
    return [(a, b) for (a, _), b in zip(pairs, seconds, strict=True) if a != b]


def _neighbours_paired(pairs, order):
    mixed = _ends(pairs, order)
    return [(a, b) for a, b in zip(mixed[::2], mixed[1::2], strict=True) if a != b]


def _pair_by_pair(pairs, order):
    ends = [one for pair in pairs for one in pair]
    mixed = [ends[one] for one in order]
    return [(a, b) for a, b in zip(mixed[::2], mixed[1::2], strict=True) if a != b]


def _ends_sent(pairs, order):
    """The other reading: end number j goes to place order[j]."""
    ends, places = (
        [a for a, _ in pairs] + [b for _, b in pairs],
        dict(zip(order, range(len(order)), strict=True)),
    )
    mixed = [ends[places[place]] for place in range(len(ends))]
    return [(a, b) for a, b in zip(mixed[: len(pairs)], mixed[len(pairs) :], strict=True) if a != b]


def _halves_of_pairs(pairs, order):
    ends = [one for pair in pairs for one in pair]
    mixed = [ends[one] for one in order]
    return [(a, b) for a, b in zip(mixed[: len(pairs)], mixed[len(pairs) :], strict=True) if a != b]


def _each_pair_once(pairs, order):
    return list(dict.fromkeys(pair_anew(pairs, order)))


def _with_oneself(pairs, order):
    mixed = _ends(pairs, order)
    return list(zip(mixed[: len(pairs)], mixed[len(pairs) :], strict=True))


@exercise(
    inputs=_friendships,
    hints=[
        "Write the ends in one row: ends = [a for a, b in pairs] + [b for a, b in pairs].",
        "Put them in the new order, [ends[one] for one in order], and cut the row into two halves.",
        "zip the halves, and leave out where both ends are the same person.",
    ],
    why="Everybody keeps as many friends as they had, or nearly. What likeness is left, friendship has not made.",
    mistakes={
        "Did somebody become their own friend? Such a pair is left out.": _with_oneself,
        "Did you move whole pairs? Those are the old friendships in another order.": _whole_pairs_moved,
        "Did you lay the pairs one after the other? All first ends come first, then all second ones.": _pair_by_pair,
        "Did you mix the second ends only? The firsts are to be mixed with them.": _second_ends_only,
        "Did you send end j to place order[j]? It is the other way: place j gets the end number order[j].": _ends_sent,
        "Are the ends numbered pair by pair? Number all first ends, then all second ones.": _halves_of_pairs,
        "Did you pair the 1st with the 2nd and so on? Place i goes with place i + m.": _neighbours_paired,
        "Did you leave out a pair that came up before? Only pairs of somebody with themselves go.": _each_pair_once,
    },
    conventions={
        "A friendship has no direction; to compare, the task asks for place i first, then place i + m.": (
            lambda pairs, order: [(b, a) for a, b in pair_anew(pairs, order)]
        ),
    },
    alternatives=[_pair_by_array],
)
def pair_anew(pairs, order):
    """Friendships, a list of m pairs, cut in two and put together anew.

    Number the 2m ends: all firsts of the pairs, then all seconds. Write them down anew, at place j the end number
    order[j] (`order` is a permutation of 0 to 2m - 1). The new pairs are (place i, place i + m). Pairs of somebody with
    themselves are left out.
    """
    m = len(pairs)
    ends = [a for a, _ in pairs] + [b for _, b in pairs]
    mixed = [ends[one] for one in order]
    return [(a, b) for a, b in zip(mixed[:m], mixed[m:], strict=True) if a != b]


question(
    "why_paired_anew",
    answer="b",
    why="Friends of many stand in many pairs, on both graphs, and they share more with anybody: that much is no tie.",
    wrong={
        "a": "The new pairs never chose each other, so no taste can have passed between them.",
        "c": "Some do, one new pair in twenty. Without them the others still share 0.048.",
        "d": "The average is over 12,000 pairs, and it comes out the same when they are paired anew once more.",
    },
)


# ---- what held -------------------------------------------------------------------------------------------------------


def _three_intervals(rng):
    yield (0.1, 0.2), (0.01, 0.03), (-0.18, -0.08)
    yield (0.1, 0.2), (-0.3, -0.1), (-0.45, -0.25)
    yield (-0.02, 0.3), (0.1, 0.2), (-0.14, 0.16)
    yield (-0.2, -0.1), (-0.05, 0.03), (0.05, 0.23)
    yield (-0.1, 0.2), (-0.3, 0.1), (-0.4, 0.1)
    yield (0.0, 0.2), (0.1, 0.3), (-0.05, 0.25)
    yield (-0.3, -0.1), (-0.02, -0.01), (0.08, 0.28)
    yield (-0.4, -0.2), (-0.1, 0.0), (0.1, 0.4)
    yield (-0.1, 0.02), (0.3, 0.5), (0.25, 0.6)
    yield (-0.2, 0.1), (-0.02, 0.1), (0.0, 0.2)
    yield (0.05, 0.15), (0.06, 0.14), (-0.06, 0.06)
    yield (-0.15, 0.02), (-0.02, 0.12), (0.01, 0.23)
    for _ in range(12):
        half = rng.uniform(0.05, 0.12, 2)
        middle = rng.normal(0, 0.2, 2)
        wide = float(np.hypot(*half))
        ends = [(m - h, m + h) for m, h in zip(middle, half, strict=True)]
        ends.append((middle[1] - middle[0] - wide, middle[1] - middle[0] + wide))
        yield tuple((round(float(low), 3), round(float(high), 3)) for low, high in ends)


def _side(interval, edge=True):
    low, high = interval
    if edge:
        return 1 if low > 0 else -1 if high < 0 else 0
    return 1 if low >= 0 else -1 if high <= 0 else 0


def _worded(a, b, change):
    if a and b:
        return "held" if a == b else "turned"
    return "changed" if change else "open"


def _by_product(murmur, lastfm, change):
    clear = [low * high > 0 for low, high in (murmur, lastfm, change)]
    if clear[0] and clear[1]:
        return "held" if murmur[0] * lastfm[0] > 0 else "turned"
    return "changed" if clear[2] else "open"


def _by_the_middle(murmur, lastfm, change):
    return "held" if sum(murmur) * sum(lastfm) > 0 else "turned"


def _by_overlap(murmur, lastfm, change):
    meet = murmur[0] <= lastfm[1] and lastfm[0] <= murmur[1]
    a, b = _side(murmur), _side(lastfm)
    return _worded(a, b, not meet)


def _by_one_clear(murmur, lastfm, change):
    a, b = _side(murmur), _side(lastfm)
    return _worded(a, b, bool(a) != bool(b))


def _change_first(murmur, lastfm, change):
    return "changed" if _side(change) else _worded(_side(murmur), _side(lastfm), 0)


def _gains_alone(murmur, lastfm, change):
    return _worded(murmur[0] > 0, lastfm[0] > 0, change[0] > 0)


def _any_two_clear_held(murmur, lastfm, change):
    return "held" if _side(murmur) and _side(lastfm) else what_became(murmur, lastfm, change)


def _held_unless_changed(murmur, lastfm, change):
    a, b = _side(murmur), _side(lastfm)
    return _worded(a, b, _side(change)) if (a and b) or _side(change) else "held"


@exercise(
    inputs=_three_intervals,
    hints=[
        "An interval is clear if 0 is not in it. Say of each of the three: above, below or not clear.",
        "First the two data sets: both clear on one side, or both clear on opposite sides?",
        'In all other cases the change decides between "changed" and "open".',
    ],
    why="Clear here and not there is no contradiction: only the interval of the change can say that the two differ.",
    mistakes={
        "Did you go by the middle? An interval with 0 in it says nothing about the sign.": _by_the_middle,
        "Did you look whether the first two overlap? They can overlap although the change is clear of 0.": _by_overlap,
        "Clear on one and not on the other: is that a change? Ask the interval of the change.": _by_one_clear,
        "Did you ask the change first? Two gains of unlike size still have the same sign, and that held.": _change_first,  # noqa: E501
        "Does an interval that ends at 0 leave it out? It still holds it.": lambda murmur, lastfm, change: (
            _worded(_side(murmur, edge=False), _side(lastfm, edge=False), _side(change, edge=False))
        ),
        "Did you ask for gains only? An interval that lies below 0 is clear as well.": _gains_alone,
        "Both are clear, but on which sides? A gain here and a loss there have turned.": _any_two_clear_held,
        "Is «no change to be seen» the same as held? Where 0 is in everything, the question is open.": _held_unless_changed,  # noqa: E501
    },
    alternatives=[_by_product],
)
def what_became(murmur, lastfm, change):
    """What became of a difference, from intervals (low, high): on Murmur, on Last.fm, of the change.

    "held": the first two lie on one side of 0. "turned": on opposite sides. Else "changed" if the
    change lies on one side of 0, and "open" if not. An end at 0 holds 0.
    """
    a, b, c = ((low > 0) - (high < 0) for low, high in (murmur, lastfm, change))
    if a and b:
        return "held" if a == b else "turned"
    return "changed" if c else "open"
