"""Exercises of lesson 02: both halves of K-means, and how alike two groupings are.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- K-means ---------------------------------------------------------------------------------------------------------


def some_points(rng):
    """Edge cases first: a point midway, one centre, a centre far from 0."""
    yield np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.0]]), np.array([[0.0, 0.0], [2.0, 0.0]])
    yield np.array([[1.0, 1.0], [5.0, 5.0]]), np.array([[3.0, 0.0]])
    yield np.array([[1.0, 1.0], [9.0, 9.0]]), np.array([[1.0, 2.0], [8.0, 8.0]])
    yield np.array([[3.0, 3.0], [0.0, 0.0]]), np.array([[3.0, 7.5], [0.5, 0.0], [6.0, 5.0]])
    yield np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([[3.0, -3.0], [2.0, 2.0]])
    for _ in range(9):
        d, k = 2, int(rng.integers(2, 4))
        yield rng.normal(scale=4, size=(5, d)).round(1), rng.normal(scale=4, size=(k, d)).round(1)


def _nearest(X, centres, distance):
    return distance(X[:, None, :] - centres[None, :, :]).argmin(axis=1)


def largest_product(X, centres):
    return (X @ centres.T).argmax(axis=1)


def without_sign(X, centres):
    return _nearest(X, centres, lambda gap: np.abs(gap.sum(axis=2)))


def by_blocks(X, centres):
    return _nearest(X, centres, lambda gap: np.abs(gap).sum(axis=2))


def row_by_row(X, centres):
    return np.linalg.norm(X - centres, axis=1).argmin()


def farthest(X, centres):
    return _nearest(X, centres, lambda gap: -(gap**2).sum(axis=2))


def last_of_equals(X, centres):
    distances = ((X[:, None] - centres) ** 2).sum(axis=2)
    return len(centres) - 1 - distances[:, ::-1].argmin(axis=1)


def assign_by_loop(X, centres):
    labels = []
    for x in X:
        labels.append(min(range(len(centres)), key=lambda k: sum((x - centres[k]) ** 2)))
    return labels


@exercise(
    inputs=some_points,
    hints=[
        "X[:, None, :] - centres[None, :, :] has shape (m, k, d): the gap of every point to every centre.",
        "Square, add up over the last axis, and take argmin over the centres: it keeps the first of equals.",
        "((X[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)",
    ],
    why="This is half of K-means. The other half moves each centre to the mean of its points.",
    mistakes={
        "Did you take the largest dot product? A long centre wins that everywhere: take the smallest distance.": largest_product,  # noqa: E501
        "Did you add up the gaps with their signs? +3 and -3 cancel: square them first.": without_sign,
        "Did you add up absolute gaps? That is the distance in blocks: K-means squares them.": by_blocks,
        "Did you take the farthest centre? Use argmin.": farthest,
        "Does a tie go to the higher number? It goes to the lower one: argmin takes the first.": last_of_equals,
        "Do you count from 1? The first centre has number 0.": lambda X, centres: (
            _nearest(X, centres, lambda gap: (gap**2).sum(axis=2)) + 1
        ),
        "Is that the nearest point of each centre? Asked is the nearest centre of each point: the other axis.": (
            lambda X, centres: ((X[:, None] - centres) ** 2).sum(axis=2).argmin(axis=0)
        ),
        "Are these distances? Asked is the number of the centre: argmin, not min.": [
            lambda X, centres: ((X[:, None] - centres) ** 2).sum(axis=2).min(axis=1),
            lambda X, centres: np.sqrt(((X[:, None] - centres) ** 2).sum(axis=2)).min(axis=1),
            lambda X, centres: ((X[:, None] - centres) ** 2).sum(axis=2),
        ],
        "Did row meet row? Every listener meets every centre: X[:, None] - centres has shape (m, k, d).": row_by_row,
    },
    alternatives=[assign_by_loop],
)
def assign(X, centres):
    """For each row of X, shape (m, d), the number of the nearest of the centres, shape (k, d); ties: the lowest."""
    gaps = X[:, None, :] - centres[None, :, :]
    return (gaps**2).sum(axis=2).argmin(axis=1)


def some_labels(rng):
    """Edge cases first: a centre without points."""
    yield np.array([[1.0, 1.0], [3.0, 5.0]]), np.array([0, 0]), np.array([[0.0, 0.0], [9.0, 9.0]])
    yield np.array([[1.0], [2.0], [9.0], [8.0]]), np.array([0, 0, 0, 1]), np.array([[2.0], [7.0]])
    for _ in range(9):
        labels = np.array([0, 0, 0, *rng.integers(0, 3, size=3)])
        yield rng.normal(scale=4, size=(6, 2)).round(1), labels, rng.normal(scale=4, size=(3, 2)).round(1)


def _moved(X, labels, centres, middle=lambda points: points.mean(axis=0), empty=lambda old: old):
    groups = [X[labels == k] for k in range(len(centres))]
    return np.array([middle(g) if len(g) else empty(old) for g, old in zip(groups, centres, strict=True)])


def only_the_full(X, labels, centres):
    return np.array([X[labels == k].mean(axis=0) for k in np.unique(labels)])


def moved_by_sums(X, labels, centres):
    new = np.array(centres, dtype=float)
    for k in {int(label) for label in labels}:
        points = [x for x, label in zip(X, labels, strict=True) if label == k]
        new[k] = sum(points) / len(points)
    return new


@exercise(
    inputs=some_labels,
    hints=[
        "X[labels == k] are the points of cluster k. What is the mean of none?",
        "Begin with a copy of the centres and overwrite those that have points.",
    ],
    why="An empty cluster is rare and real. Left alone it fills the centres with nan, and every later round with them.",
    mistakes={
        "Did an empty cluster go to 0? The task says that it stays where it was.": lambda X, labels, centres: (
            _moved(X, labels, centres, empty=lambda old: 0 * old)
        ),
        "Did an empty cluster vanish? Then later labels name other centres: keep its row.": only_the_full,
        "Is an empty cluster's mean nan? A centre without points stays where it was.": lambda X, labels, centres: (
            _moved(X, labels, centres, empty=lambda old: old * np.nan)
        ),
        "Did an empty cluster move to the mean of all? It stays where it was.": lambda X, labels, centres: (
            _moved(X, labels, centres, empty=lambda old: X.mean(axis=0))
        ),
        "Is that the sum of the points? Divide by how many there are.": lambda X, labels, centres: _moved(
            X, labels, centres, middle=lambda points: points.sum(axis=0)
        ),
        "Did it go half of the way? K-means moves a centre right to the mean.": lambda X, labels, centres: (
            (_moved(X, labels, centres) + centres) / 2
        ),
        "Is that the median? K-means moves a centre to the mean.": lambda X, labels, centres: _moved(
            X, labels, centres, middle=lambda points: np.median(points, axis=0)
        ),
    },
    alternatives=[moved_by_sums],
)
def move_centres(X, labels, centres):
    """The mean of the points of each cluster, shape (k, d); a centre without points stays where it was."""
    new = centres.copy()
    for k in range(len(centres)):
        if (labels == k).any():
            new[k] = X[labels == k].mean(axis=0)
    return new


# ---- how alike, how many ---------------------------------------------------------------------------------------------


def two_groupings(rng):
    """Edge cases first: other names for the same groups, all together against all apart."""
    yield [0, 0, 1, 1], [1, 1, 0, 0]
    yield [0, 0, 0], [0, 1, 2]
    yield [0, 0, 1, 1], [0, 1, 0, 1]
    yield [0, 1, 2], [0, 1, 2]
    for _ in range(9):
        n = int(rng.integers(4, 8))
        yield [int(a) for a in rng.integers(0, 3, size=n)], [int(b) for b in rng.integers(0, 3, size=n)]


def same_names(a, b):
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)


def together_in_both(a, b):
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    return sum(a[i] == a[j] and b[i] == b[j] for i, j in pairs) / len(pairs)


def adjusted(a, b):
    """The adjusted Rand index: pairs together in both, between what chance gives and the most there could be."""
    a, b = np.array(a), np.array(b)
    in_a, in_b = (float((one[:, None] == one).sum() - len(one)) for one in (a, b))
    in_both = float(((a[:, None] == a) & (b[:, None] == b)).sum() - len(a))
    chance, most = in_a * in_b / (len(a) ** 2 - len(a)), (in_a + in_b) / 2
    return (in_both - chance) / (most - chance) if most != chance else 1.0


def by_table(a, b):
    a, b = np.array(a), np.array(b)
    alike = (a[:, None] == a) == (b[:, None] == b)
    return float((alike.sum() - len(a)) / (len(a) ** 2 - len(a)))


@exercise(
    inputs=two_groupings,
    hints=[
        "The names of groups mean nothing. Ask of each pair of listeners: together or apart?",
        "A pair agrees where both groupings put it together, or both apart. Divide by n (n - 1) / 2 pairs.",
    ],
    why="The Rand index compares groupings whose numbers are arbitrary. Two random groupings agree on many pairs too,"
    " which the adjusted index takes off.",
    mistakes={
        "Did you compare the names? Group 0 here may be group 1 there: compare pairs of listeners.": same_names,
        "Did you divide by n²? There are n (n - 1) / 2 pairs.": [
            lambda a, b: by_table(a, b) * (len(a) - 1) / (2 * len(a)),
            lambda a, b: by_table(a, b) * (len(a) - 1) / len(a),
        ],
        "Did a listener meet themselves? That is no pair, and it always agrees.": lambda a, b: (
            (by_table(a, b) * (len(a) - 1) + 1) / len(a)
        ),
        "Did you count only the pairs that are together in both? Apart in both agrees too.": together_in_both,
    },
    conventions={
        "This is the adjusted Rand index, which takes off what chance gives. The task asks for the plain one.": adjusted
    },
    alternatives=[by_table],
)
def rand_index(a, b):
    """The share of all pairs of listeners on which two groupings, lists of labels, agree: together or apart in both."""
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    return sum((a[i] == a[j]) == (b[i] == b[j]) for i, j in pairs) / len(pairs)


question(
    "stable_in_noise",
    answer="b",
    why="K-means cuts any cloud, and a skewed one in the same places. Compare with one cloud that has no groups.",
    wrong={
        "a": "The same cut of the same listeners can come out of every start where there are no groups, too.",
        "c": "A silhouette over 0 needs points that are nearer to their own group, which K-means sees to in any cloud.",
    },
)
