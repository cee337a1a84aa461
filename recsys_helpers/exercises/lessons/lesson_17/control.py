"""The exercises of lesson 17 on surrogates, pictures and a list that a listener turns.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "which_picture_helps",
    answer="c",
    why="It is drawn from the terms of this score, and it changes when they do. A map of factors is not drawn "
    "from the score at all, and a word cloud is drawn from what the model never reads.",
    wrong={
        "a": "EASE has never read a tag. It says what is common among the tracks, and would be as pretty under any "
        "other list.",
        "b": "Another fit with the same scores gives another picture, so what one sees is partly an accident.",
    },
)

# ---- lists_agree -----------------------------------------------------------------------------------------------------


def some_lists(rng):
    """Edge cases first: the same order, the same two in another order, nothing shared, scales apart; then some."""
    yield [[3.0, 2.0, 1.0, 0.0]], [[30.0, 20.0, 10.0, 0.0]], 2
    yield [[3.0, 2.0, 1.0, 0.0]], [[2.0, 3.0, 0.5, 1.0]], 2
    yield [[4.0, 3.0, 2.0, 1.0]], [[1.0, 2.0, 3.0, 4.0]], 2
    yield [[9.0, 8.0, 1.0, 0.0], [0.0, 1.0, 2.0, 3.0]], [[9.0, 1.0, 8.0, 0.0], [0.0, 1.0, 2.0, 3.0]], 2
    yield (
        [[5.0, 4.0, 3.0, 2.0, 1.0], [1.0, 5.0, 2.0, 4.0, 3.0]],
        [[5.0, 3.0, 1.0, 4.0, 2.0], [5.0, 1.0, 2.0, 3.0, 4.0]],
        3,
    )
    for _ in range(9):
        users, items = int(rng.integers(1, 4)), int(rng.integers(6, 9))
        scores = np.stack([rng.permutation(100)[:items] for _ in range(users)]) / 10
        said = scores + np.stack([rng.permutation(100)[:items] for _ in range(users)]) / 12.5
        for row in said:
            while len(set(row.round(6))) < items:
                row += rng.permutation(items) / 100
        yield scores.tolist(), said.round(3).tolist(), int(rng.integers(2, 5))


def _best(row, k):
    return [int(i) for i in np.argsort(-np.asarray(row, dtype=float), kind="stable")[:k]]


def same_places(scores, said, k):
    pairs = list(zip(scores, said, strict=True))
    return float(np.mean([np.mean(np.array(_best(a, k)) == np.array(_best(b, k))) for a, b in pairs]))


def share_of_union(scores, said, k):
    both = [(set(_best(a, k)), set(_best(b, k))) for a, b in zip(scores, said, strict=True)]
    return float(np.mean([len(a & b) / len(a | b) for a, b in both]))


def variance_given_back(scores, said, k):
    y, z = np.asarray(scores, dtype=float), np.asarray(said, dtype=float)
    return float(1 - ((y - z) ** 2).sum() / ((y - y.mean()) ** 2).sum())


def correlation(scores, said, k):
    pairs = zip(scores, said, strict=True)
    return float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs]))


def lowest_instead(scores, said, k):
    return agree_by_sets([[-v for v in row] for row in scores], [[-v for v in row] for row in said], k)


def divided_by_all(scores, said, k):
    return agree_by_sets(scores, said, k) * k / len(scores[0])


def only_the_first(scores, said, k):
    return agree_by_sets(scores, said, 1)


def a_number_of_tracks(scores, said, k):
    return agree_by_sets(scores, said, k) * k


def agree_by_sets(scores, said, k):
    shared = [set(_best(a, k)) & set(_best(b, k)) for a, b in zip(scores, said, strict=True)]
    return sum(map(len, shared)) / (k * len(shared))


@exercise(
    inputs=some_lists,
    hints=[
        "For each listener: the positions of the k highest numbers of each of the two rows.",
        "Count the positions that are in both, whatever their order, and divide by k.",
        "np.argsort(-row)[:k] for both; len(set(a) & set(b)) / k; then the mean over the listeners",
    ],
    why="A listener meets a list and never the scores. A surrogate can give much variance back, which is that of "
    "thousands of tracks far down, and still name other tracks on top.",
    mistakes={
        "Must they stand at the same place? What counts is whether a track is in both lists.": same_places,
        "Is that R²? It compares all scores, and the task asks about the k best.": variance_given_back,
        "Is that a correlation of all scores? The task asks about the k best.": correlation,
        "Did you take the lowest scores? The list holds the highest.": lowest_instead,
        "Did you divide by the number of tracks? A list has k places.": divided_by_all,
        "Did you compare the first places alone? All k count.": only_the_first,
        "Is that a number of tracks? Divide by k for a share.": a_number_of_tracks,
    },
    conventions={
        "Some divide by the tracks in either list (Jaccard). The task divides by k.": share_of_union
    },
    alternatives=[lambda scores, said, k: agree_by_sets(scores, said, k)],
)
def lists_agree(scores, said, k):
    """The share of the k best tracks by `scores` that are among the k best by `said`, as a mean over listeners.

    Both hold a row for each listener and a number for each track; no two numbers of a row are equal.
    """
    shares = []
    for row, other in zip(scores, said, strict=True):
        best, named = np.argsort(row)[-k:], np.argsort(other)[-k:]
        shares.append(len(set(best.tolist()) & set(named.tolist())) / k)
    return sum(shares) / len(shares)


# ---- steered_list ----------------------------------------------------------------------------------------------------


def some_sliders(rng):
    """Edge cases first: weight 0, the lesson's four tracks, less of it, units apart; then some lists."""
    yield [4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 5.0], 0.0, 2
    yield [4.0, 3.0, 2.0, 1.0], [0.0, 3.0, 1.0, 0.0], 1.0, 1
    yield [4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 5.0], -2.0, 2
    yield [0.04, 0.03, 0.02, 0.01], [100.0, 120.0, 180.0, 110.0], 0.5, 2
    yield [400.0, 310.0, 200.0, 100.0, 50.0], [0.1, 0.4, 0.5, 0.2, 0.9], 1.5, 3
    yield [1.0, 0.99, 0.98, 0.97, 0.03, 0.02, 0.01, 0.0], [0.0] * 7 + [1.0], 0.8, 1
    yield [2.0, 1.5, 1.0, 0.5, 0.4], [20.0, 25.0, 60.0, 10.0, 40.0], 1.0, 2
    for _ in range(10):
        n = int(rng.integers(5, 9))
        scores = (rng.permutation(60)[:n] / float(rng.choice([1, 10, 1000]))).round(4)
        attribute = (rng.permutation(60)[:n] * float(rng.choice([0.01, 1, 20]))).round(3)
        yield (
            scores.tolist(),
            attribute.tolist(),
            float(rng.choice([-1.5, 0.7, 1.3, 2.5])),
            int(rng.integers(2, 4)),
        )


def _deviations(values):
    values = np.asarray(values, dtype=float)
    return (values - values.mean()) / values.std()


def _top(values, k):
    return [int(i) for i in np.argsort(-np.asarray(values), kind="stable")[:k]]


def in_raw_units(scores, attribute, weight, k):
    return _top(np.asarray(scores) + weight * np.asarray(attribute), k)


def attribute_in_raw_units(scores, attribute, weight, k):
    return _top(_deviations(scores) + weight * np.asarray(attribute), k)


def scores_in_raw_units(scores, attribute, weight, k):
    return _top(np.asarray(scores) + weight * _deviations(attribute), k)


def away_from_it(scores, attribute, weight, k):
    return _top(_deviations(scores) - weight * _deviations(attribute), k)


def multiplied(scores, attribute, weight, k):
    return _top(_deviations(scores) * (1 + weight * _deviations(attribute)), k)


def attribute_alone(scores, attribute, weight, k):
    return _top(weight * _deviations(attribute) + 1e-9 * np.asarray(scores), k)


def not_turned(scores, attribute, weight, k):
    return _top(scores, k)


def sorted_within_the_list(scores, attribute, weight, k):
    first = _top(scores, k)
    turned = _deviations(scores) + weight * _deviations(attribute)
    return sorted(first, key=lambda i: -turned[i])


def lowest_first(scores, attribute, weight, k):
    return _top(-(_deviations(scores) + weight * _deviations(attribute)), k)


def by_hand(scores, attribute, weight, k):
    def scaled(values):
        mean = sum(values) / len(values)
        spread = (sum((v - mean) ** 2 for v in values) / len(values)) ** 0.5
        return [(v - mean) / spread for v in values]

    value = [s + weight * a for s, a in zip(scaled(scores), scaled(attribute), strict=True)]
    return sorted(range(len(value)), key=lambda i: -value[i])[:k]


@exercise(
    inputs=some_sliders,
    hints=[
        "Take the mean off both lists and divide each by its standard deviation, so that a weight has no unit.",
        "Add weight x attribute to the score, track by track, and sort.",
        "value = z(scores) + weight * z(attribute), with z(v) = (v - v.mean()) / v.std(); np.argsort(-value)[:k]",
    ],
    why="In standard deviations a weight of 1 says that both count alike, in whatever units they came.",
    mistakes={
        "Is something in its own units? Standardise both, the scores and the attribute, before you add them.": [
            in_raw_units,
            attribute_in_raw_units,
            scores_in_raw_units,
        ],
        "Is the sign turned around? A weight above 0 asks for more of the attribute.": away_from_it,
        "Did you multiply? The weighted attribute is added to the score.": multiplied,
        "Did the score fall out? Both are added.": attribute_alone,
        "Is that the list as it was? The weighted attribute is added before one sorts.": not_turned,
        "Did you sort the old list anew? Choose among all: others may come in.": sorted_within_the_list,
        "Are those the lowest? The list begins with the highest.": lowest_first,
    },
    alternatives=[by_hand],
)
def steered_list(scores, attribute, weight, k):
    """The positions of the k best tracks by score + weight x attribute, best first, as a list.

    Both lists hold a number for each track. Before they are added, each is standardised over all tracks: its mean is
    taken off and it is divided by its standard deviation. No two tracks come out equal.
    """
    s, a = np.asarray(scores, dtype=float), np.asarray(attribute, dtype=float)
    value = (s - s.mean()) / s.std() + weight * (a - a.mean()) / a.std()
    return np.argsort(-value)[:k].tolist()
