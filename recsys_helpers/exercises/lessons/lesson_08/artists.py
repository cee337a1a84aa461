"""Exercises of lesson 08: tags by others, and which artists are near.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from recsys_helpers.exercises.registry import exercise

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
    yield (
        [
            ("al", "Air", "calm"),
            ("cy", "Air", "calm"),
            ("cy", "Air", "old"),
            ("bo", "Can", "calm"),
            ("cy", "Can", "new"),
        ],
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
        "Did the listener's own tags come in? They give away what is to be predicted.": lambda rows, artist, listener: (
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
        "Did you note that a tag was given, but not by how many?": [
            lambda rows, artist, listener: dict.fromkeys(tags_by_others(rows, artist, listener), 1),
            lambda rows, artist, listener: set(tags_by_others(rows, artist, listener)),
        ],
        "Are these shares of all tags? Asked is how many gave each.": lambda rows, artist, listener: {
            tag: n / sum(tags_by_others(rows, artist, listener).values())
            for tag, n in tags_by_others(rows, artist, listener).items()
        },
        "Are these the people who gave it? Asked is how many they are.": lambda rows, artist, listener: {
            tag: [who for who, what, other in rows if (what, other) == (artist, tag) and who != listener]
            for tag in tags_by_others(rows, artist, listener)
        },
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


def _pearson(a, b):
    a, b = a - a.mean(), b - b.mean()
    size = np.sqrt((a @ a) * (b @ b))
    return a @ b / size if size else 0.0


def _cosines_themselves(factors, row, k):
    scores = [_cosine(factors[row], other) for n, other in enumerate(factors) if n != row]
    return np.sort(scores)[::-1][:k]


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
        "Are these the cosines? Asked are the numbers of the rows.": _cosines_themselves,
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
    conventions={
        "Some take off each row's mean first, which makes it Pearson's correlation; the task takes the cosine.": (
            _nearest_by(_pearson)
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
