"""The exercises of lesson 08, Real listeners: choosing a setting, likeness of artists and of friends, leaks, verdicts.

Their inputs are made up: nothing of Last.fm's data is needed to check an answer, and none of it is here.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise, question

# ---- three questions on earlier lessons ------------------------------------------------------------------------------

question(
    "recall_random_cut",
    answer="a",
    why="The gaps of a known past are easier to fill than next week. Last.fm has no dates, so mind it here as well.",
    wrong={
        "b": "The figure is a mean over listeners: more of them make it steadier, not higher.",
        "c": "Chance moves a figure within its interval, and these doubled.",
    },
)

question(
    "recall_overlap",
    answer="b",
    why="The same listeners are easy or hard for both models, and in the differences that cancels.",
    wrong={
        "a": "EASE and SVD overlapped in lesson 07, and the interval of their gap was clear of 0.",
        "c": "More listeners make all intervals narrower. What decides is the interval of the difference.",
    },
)

question(
    "recall_no_plays",
    answer="a",
    why="Their biases and factors met no data. Something else has to speak for them, such as their tags.",
    wrong={
        "b": "No play has moved either bias away from 0: better is just what the model cannot know.",
        "c": "Their factors met no data: they are 0, or whatever the fit began with.",
    },
)

# ---- choosing a setting ----------------------------------------------------------------------------------------------


def _curves(rng):
    yield {5: 0.2}, 0.01
    yield {5: 0.3, 10: 0.3, 20: 0.3}, 0.0
    yield {20: 0.245, 5: 0.2, 10: 0.242}, 0.005
    yield {5: 0.2, 10: 0.208, 20: 0.216, 40: 0.224}, 0.01
    yield {1: 0.1, 2: 0.3, 3: 0.1}, 0.01
    yield {40: 0.5, 20: 0.375, 10: 0.25, 5: 0.125}, 0.25  # on the border, and in binary without an error
    for _ in range(8):
        settings = rng.permutation([5, 10, 20, 40, 80])
        rise = np.sort(rng.uniform(0.1, 0.3, 5))[np.argsort(np.argsort(settings))]
        yield (
            {int(k): round(float(v), 3) for k, v in zip(settings, rise, strict=True)},
            0.0505,
        )  # no tie at the border


def _first_flat_step(scores, close):
    ordered = sorted(scores)
    for one, other in zip(ordered, ordered[1:], strict=False):
        if scores[other] - scores[one] <= close:
            return one
    return ordered[-1]


def _first_in_the_dict(scores, close):
    return next(k for k in scores if scores[k] >= max(scores.values()) - close)


def _below_the_border(scores, close):
    best = max(scores.values())
    return min(k for k in scores if best - scores[k] < close or scores[k] == best)


def _by_series(scores, close):
    scores = pd.Series(scores)
    return int(scores.index[scores >= scores.max() - close].min())


@exercise(
    inputs=_curves,
    hints=[
        "What is the best score? Which settings come within `close` of it?",
        "best = max(scores.values()); then min() over the settings k with scores[k] >= best - close.",
    ],
    why="A difference of 0.001 on one validation split is noise, and twice the factors is twice the work, every day.",
    mistakes={
        "Did you take the best alone? A cheaper one that comes close to it is to be preferred.": lambda scores, close: (
            max(sorted(scores), key=scores.get)
        ),
        "Did you take the cheapest of all? It has to come close to the best first.": lambda scores, close: (
            min(scores)
        ),
        "Did you stop at the first step that gains little? Small steps add up: compare with the best.": (
            _first_flat_step
        ),
        "Did you take the dearest that comes close? A larger number costs more here.": lambda scores, close: (
            max(k for k in scores if scores[k] >= max(scores.values()) - close)
        ),
        "Did you take the first of the dict that comes close? The smallest may stand anywhere in it.": (
            _first_in_the_dict
        ),
        "Did you leave out what is exactly `close` below the best? At most takes it in.": _below_the_border,
    },
    conventions={
        "Some let `close` be a share of the best score; here it is a difference in the score itself.": (
            lambda scores, close: min(k for k in scores if scores[k] >= max(scores.values()) * (1 - close))
        ),
    },
    alternatives=[_by_series],
)
def choose_setting(scores, close):
    """The smallest setting whose score is at most `close` below the best.

    `scores` is a dict: setting (a number, the larger the dearer) -> score on the validation part.
    """
    best = max(scores.values())
    return min(k for k in scores if scores[k] >= best - close)


# ---- tags ------------------------------------------------------------------------------------------------------------


def _taggings(rng):
    yield [("al", "Air", "calm"), ("bo", "Air", "calm"), ("bo", "Air", "french")], "Air", "bo"
    yield [("al", "Air", "calm")], "Air", "al"
    yield [("al", "Air", "calm"), ("bo", "Can", "calm"), ("bo", "Can", "loud")], "Air", "bo"
    yield [("bo", "Can", "loud"), ("al", "Air", "loud"), ("cy", "Air", "loud")], "Air", "bo"
    yield (
        [("al", "Air", "calm"), ("cy", "Air", "calm"), ("bo", "Can", "calm"), ("bo", "Air", "old")],
        "Air",
        "bo",
    )
    for _ in range(8):
        people, artists, tags = ["al", "bo", "cy", "di"], ["Air", "Can"], ["calm", "loud", "old"]
        all_rows = [(p, a, t) for p in people for a in artists for t in tags]
        chosen = np.sort(rng.choice(len(all_rows), size=10, replace=False))
        yield [all_rows[int(one)] for one in chosen], "Air", "bo"


def _tags_by_counter(rows, artist, listener):
    return Counter(tag for who, what, tag in rows if what == artist and who != listener)


def _without_their_words(rows, artist, listener):
    own = {tag for who, what, tag in rows if who == listener and what == artist}
    return dict(Counter(tag for who, what, tag in rows if what == artist and tag not in own))


def _one_off(own):
    """Take one off the count of each tag of the artist that ``own(row, artist, listener)`` says is the listener's."""

    def answer(rows, artist, listener):
        counts = Counter(tag for _, what, tag in rows if what == artist)
        theirs = {row[2] for row in rows if own(row, artist, listener)}
        return {tag: n - (tag in theirs) for tag, n in counts.items() if n - (tag in theirs)}

    return answer


def _zeros_kept(rows, artist, listener):
    counts = {tag: 0 for _, what, tag in rows if what == artist}
    return counts | tags_by_others(rows, artist, listener)


@exercise(
    inputs=_taggings,
    hints=[
        "Which rows may you look at? Those about this artist, written by somebody else.",
        "For each such row: counts[tag] = counts.get(tag, 0) + 1.",
    ],
    why="Who tags an artist knows the artist. A list that uses the tag has looked the answer up.",
    mistakes={
        "Did the listener's own tags come in? They give away what is to be foretold.": lambda rows, artist, listener: (
            dict(Counter(tag for who, what, tag in rows if what == artist))
        ),
        "Did you strike out the words that the listener used? Others may use the same word.": _without_their_words,
        "Did you count the tags of all artists? Only this one is asked for.": lambda rows, artist, listener: (
            dict(Counter(tag for who, what, tag in rows if who != listener))
        ),
        "Did a tag that nobody else gave stay in, with a 0? It is not to be in the dict.": _zeros_kept,
        "Did you keep the listener's tags and drop the others'? It is the other way round.": (
            lambda rows, artist, listener: dict(
                Counter(tag for who, what, tag in rows if what == artist and who == listener)
            )
        ),
        "Did you note that a tag was given, but not by how many?": lambda rows, artist, listener: (
            dict.fromkeys(tags_by_others(rows, artist, listener), 1)
        ),
        "Did you take one off every tag? Only where this listener gave it to this artist.": _one_off(
            lambda row, artist, listener: row[1] == artist
        ),
        "Did you take off a tag that they gave to another artist? That one says nothing about this artist.": _one_off(
            lambda row, artist, listener: row[0] == listener
        ),
    },
    alternatives=[_tags_by_counter],
)
def tags_by_others(rows, artist, listener):
    """A dict: tag -> how many others than `listener` gave it to `artist`. Tags that nobody else gave are not in it.

    `rows` is a list of (who, artist, tag), no row twice.
    """
    counts = {}
    for who, what, tag in rows:
        if what == artist and who != listener:
            counts[tag] = counts.get(tag, 0) + 1
    return counts


# ---- what is near ----------------------------------------------------------------------------------------------------


def _factors(rng):
    yield np.array([[1.0, 0.0], [9.0, 9.0], [0.5, 0.1], [0.0, 1.0]]), 0, 1
    yield np.array([[2.0, 1.0], [2.0, 1.0], [4.0, 2.0], [-2.0, -1.0]]), 1, 2
    yield np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 3.0]]), 0, 2
    yield np.array([[1.0, 1.0], [3.0, 0.0], [1.0, 0.8], [5.0, 4.0]]), 2, 3
    yield np.array([[4.0, 2.0], [2.0, 1.0], [0.0, 1.0]]), 1, 1
    yield np.array([[0.0, 1.0], [2.0, 2.0], [1.0, 0.0], [4.0, 4.0], [1.0, -1.0]]), 2, 3
    for _ in range(8):
        n = int(rng.integers(5, 8))
        factors = rng.normal(size=(n, 3)) * rng.uniform(0.2, 5, size=(n, 1))
        yield np.round(factors, 1) + 0.05, int(rng.integers(n)), 2


def _nearest_by(likeness):
    def answer(factors, row, k):
        scores = np.array([likeness(factors[row], other) for other in factors], dtype=float).round(9)
        scores[row] = -np.inf
        return np.argsort(-scores, kind="stable")[:k].tolist()

    return answer


def _cosine(a, b):
    return a @ b / np.sqrt((a @ a) * (b @ b))


def _itself_too(factors, row, k):
    scores = np.array([_cosine(factors[row], other) for other in factors]).round(9)
    return np.argsort(-scores, kind="stable")[:k].tolist()


def _ties_upwards(factors, row, k):
    scores = np.array([_cosine(factors[row], other) for other in factors]).round(9)
    order = np.lexsort((-np.arange(len(scores)), -scores))
    return [int(one) for one in order if one != row][:k]


def _first_dropped(factors, row, k):
    scores = np.array([_cosine(factors[row], other) for other in factors]).round(9)
    return np.argsort(-scores, kind="stable")[1 : k + 1].tolist()


def _best_last(factors, row, k):
    return nearest_artists(factors, row, k)[::-1]


def _counted_without_it(factors, row, k):
    others = np.delete(factors, row, axis=0)
    scores = np.array([_cosine(factors[row], other) for other in others]).round(9)
    return np.argsort(-scores, kind="stable")[:k].tolist()


@exercise(
    inputs=_factors,
    hints=[
        "The cosine is the inner product of two rows, over the lengths of both.",
        "Scale every row to length 1 first: then unit @ unit[row] holds all the cosines.",
        "Put -inf in place of the artist itself, then np.argsort(-cosines, kind='stable')[:k].",
    ],
    why="Length says how much an artist is played, direction by whom. Who asks for something alike asks for direction.",
    mistakes={
        "Did you leave the lengths in? The inner product prefers who is played most.": _nearest_by(
            lambda a, b: a @ b
        ),
        "Is the artist in its own list? Nothing is nearer to it, and nobody asks for that.": _itself_too,
        "Did you take the straight distance? It holds a famous artist's length against it.": _nearest_by(
            lambda a, b: -np.linalg.norm(a - b)
        ),
        "Did you sort upwards? Those are the least alike.": _nearest_by(lambda a, b: -_cosine(a, b)),
        "Does the best stand last? The best comes first.": _best_last,
        "Did you forget the sign? Opposite rows are the least alike.": _nearest_by(
            lambda a, b: abs(_cosine(a, b))
        ),
        "Do ties go to the higher row? They go to the lower one: sort -cosines with kind='stable'.": _ties_upwards,
        "Did you drop whatever came first? A row of the same direction may stand before the artist itself.": (
            _first_dropped
        ),
        "Did you take the row out and count without it? Each row after it then has a number one too low.": (
            _counted_without_it
        ),
    },
    alternatives=[_nearest_by(_cosine)],
)
def nearest_artists(factors, row, k):
    """The k rows whose cosine with row number `row` is highest, best first, without that row itself.

    `factors` has shape (n artists, d), no row is all zeros; ties go to the lower row.
    """
    unit = factors / np.linalg.norm(factors, axis=1, keepdims=True)
    cosines = (unit @ unit[row]).round(9)  # so that equal directions are equal in the last digits too
    cosines[row] = -np.inf
    return np.argsort(-cosines, kind="stable")[:k].tolist()


# ---- friends ---------------------------------------------------------------------------------------------------------


def _two_shelves(rng):
    yield ["Air", "Can"], ["Can", "Low", "Air"]
    yield [], []
    yield ["Air"], []
    yield ["Low", "Can", "Air"], ["Air"]
    yield ["Air", "Can"], ["Low"]
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
        "Did you divide by the shorter list? Whoever names one artist would be like everybody who plays it.": (
            lambda a, b: len(set(a) & set(b)) / min(len(set(a)), len(set(b))) if a and b else 0.0
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
        "Did you leave out a pair that came up before? Only pairs of somebody with themselves go.": _each_pair_once,
    },
    conventions={
        "Pairing the 1st with the 2nd and so on mixes as well; here it is i with i + m.": _neighbours_paired,
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


def _two_intervals(rng):
    yield (0.1, 0.2), (0.01, 0.03)
    yield (0.1, 0.2), (-0.3, -0.1)
    yield (-0.1, 0.3), (0.1, 0.2)
    yield (-0.2, -0.1), (-0.1, 0.3)
    yield (-0.1, 0.2), (-0.3, 0.1)
    yield (0.0, 0.2), (0.1, 0.3)
    yield (-0.3, -0.1), (-0.02, -0.01)
    yield (-0.4, -0.2), (-0.1, 0.0)
    for _ in range(12):
        ends = np.round(rng.normal(0, 0.2, 2)[:, None] + np.array([-0.1, 0.1]), 2)
        yield tuple((float(low), float(high)) for low, high in ends)


def _side(interval, edge=True):
    low, high = interval
    if edge:
        return 1 if low > 0 else -1 if high < 0 else 0
    return 1 if low >= 0 else -1 if high <= 0 else 0


def _worded(a, b):
    if a and b:
        return "held" if a == b else "turned"
    return "only Murmur" if a else "only Last.fm" if b else "open"


def _verdict_by_product(murmur, lastfm):
    clear = [low * high > 0 for low, high in (murmur, lastfm)]
    if all(clear):
        return "held" if murmur[0] * lastfm[0] > 0 else "turned"
    return "only Murmur" if clear[0] else "only Last.fm" if clear[1] else "open"


def _by_the_middle(murmur, lastfm):
    return "held" if sum(murmur) * sum(lastfm) > 0 else "turned"


def _by_overlap(murmur, lastfm):
    meet = murmur[0] <= lastfm[1] and lastfm[0] <= murmur[1]
    return "held" if meet else "turned"


def _gains_alone(murmur, lastfm):
    a, b = _side(murmur), _side(lastfm)
    return ("only Murmur" if a < 0 else _worded(a, b)) if a == b else _worded(a, b)


def _losses_not_clear(murmur, lastfm):
    return _worded(murmur[0] > 0, lastfm[0] > 0)


def _any_two_clear_held(murmur, lastfm):
    return "held" if _side(murmur) and _side(lastfm) else verdict(murmur, lastfm)


def _names_swapped(murmur, lastfm):
    swap = {"only Murmur": "only Last.fm", "only Last.fm": "only Murmur"}
    said = verdict(murmur, lastfm)
    return swap.get(said, said)


def _turned_unless_alike(murmur, lastfm):
    a, b = _side(murmur), _side(lastfm)
    return _worded(a, b) if a == b else "turned"


def _open_at_once(murmur, lastfm):
    a, b = _side(murmur), _side(lastfm)
    return ("held" if a == b else "turned") if a and b else "open"


@exercise(
    inputs=_two_intervals,
    hints=[
        "An interval is clear if 0 is not in it. Say for each of the two: above, below or not clear.",
        "There are four cases: both clear (then: the same side or not?), only one of them, the other, neither.",
    ],
    why="A conclusion is a claim about a sign, with an error bar. What is not clear was neither confirmed nor refuted.",
    mistakes={
        "Did you go by the middle? An interval with 0 in it says nothing about the sign.": _by_the_middle,
        "Did you ask whether the two overlap? A gain may be large here, small there, and still be one.": _by_overlap,
        "Does an interval that ends at 0 leave it out? It still holds it.": lambda murmur, lastfm: _worded(
            _side(murmur, edge=False), _side(lastfm, edge=False)
        ),
        "Did you look at gains alone? Two losses are the same side as well.": _gains_alone,
        "Is one clear interval of two no news? It is clear there: say where.": _open_at_once,
        "Did you ask for gains only? An interval that lies below 0 is clear as well.": _losses_not_clear,
        "Both are clear, but on which sides? A gain here and a loss there have turned.": _any_two_clear_held,
        "Did you swap the names? The one that is clear is the one to name.": _names_swapped,
        "Does it turn if one of the two holds 0? That one says nothing, so it cannot contradict.": (
            _turned_unless_alike
        ),
    },
    alternatives=[_verdict_by_product],
)
def verdict(murmur, lastfm):
    """What became of a difference, given its interval (low, high) on Murmur and on Last.fm.

    "held" if both lie on one side of 0, "turned" if on opposite sides; "only Murmur" or "only Last.fm" if the other
    holds 0 (an end at 0 holds it); "open" if both hold 0.
    """
    a, b = ((low > 0) - (high < 0) for low, high in (murmur, lastfm))
    if a and b:
        return "held" if a == b else "turned"
    return "only Murmur" if a else "only Last.fm" if b else "open"
