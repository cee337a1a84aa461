"""Exercises of lesson 09: what comes next on a shelf, by likeness, by genre, by a determinant, by a history.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import math

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- what comes next -------------------------------------------------------------------------------------------------


def _cosines(rng, n):
    vectors = rng.normal(size=(n, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.round(vectors @ vectors.T, 2)


def _beside_two(near):
    """Similarities of two tracks that are nothing alike, and of others of which each is `near` the two so much."""
    table = np.eye(len(near) + 2)
    table[2:, :2], table[:2, 2:] = near, np.transpose(near)
    return table


def some_shelves(rng):
    """Edge cases first: nothing chosen yet, one left, relevance alone, difference alone; then some shelves."""
    two = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.1], [0.0, 0.1, 1.0]])
    yield [1.0, 0.8, 0.3], two, [], 0.7
    yield [1.0, 0.8, 0.3], two, [0, 1], 0.7
    yield [1.0, 0.8, 0.3], two, [0], 1.0
    yield [1.0, 0.8, 0.3], two, [0], 0.0
    near_one = np.array([[1, 0, 1, 0.6], [0, 1, 0, 0.6], [1, 0, 1, 0], [0.6, 0.6, 0, 1.0]])
    yield [0.9, 0.8, 0.5, 0.5], near_one, [0, 1], 0.5
    yield [0.9, 0.8, 0.3, 0.2, 0.6], _beside_two([[0.8, 0.0], [0.2, 0.0], [0.6, 0.6]]), [0, 1], 0.3
    yield [0.9, 0.8, 0.4, 0.2, 0.5], _beside_two([[0.2, 0.8], [0.4, 0.0], [0.8, 0.8]]), [0, 1], 0.7
    for _ in range(8):
        n = int(rng.integers(4, 7))
        chosen = rng.choice(n, int(rng.integers(1, n - 1)), replace=False).tolist()
        weight = float(rng.choice([0.3, 0.5, 0.7]))
        yield (rng.permutation(np.arange(1, n + 1)) / n).round(2).tolist(), _cosines(rng, n), chosen, weight


def _next(relevance, similarity, chosen, gain):
    left = [i for i in range(len(relevance)) if i not in chosen]
    values = {i: gain(relevance[i], [similarity[i][j] for j in chosen] or [0.0]) for i in left}
    return max(values, key=values.get)


def by_masked_array(relevance, similarity, chosen, weight):
    nearest = np.asarray(similarity)[:, chosen].max(axis=1) if chosen else 0.0
    value = weight * np.asarray(relevance) - (1 - weight) * nearest
    value[chosen] = -np.inf
    return int(np.argmax(value))


@exercise(
    inputs=some_shelves,
    hints=[
        "For each track that is left: how relevant is it, and how alike is the most similar track among those chosen?",
        "gain = weight * relevance[i] - (1 - weight) * max(similarity[i][j] for j in chosen); with nothing chosen, "
        "the similarity counts 0.",
        "return max(left, key=lambda i: weight * relevance[i] - (1 - weight) * max((similarity[i][j] for j in chosen), "
        "default=0))",
    ],
    why="One near copy is enough to make a track superfluous, so the most similar one counts and not the average.",
    mistakes={
        "Did you average the similarities? One near copy on the shelf is enough.": lambda r, s, c, w: _next(
            r, s, c, lambda value, near: w * value - (1 - w) * np.mean(near)
        ),
        "Is the weight on the wrong term? A weight of 1 means relevance alone.": lambda r, s, c, w: _next(
            r, s, c, lambda value, near: (1 - w) * value - w * max(near)
        ),
        "Did you add the similarity? What is alike should come later.": lambda r, s, c, w: _next(
            r, s, c, lambda value, near: w * value + (1 - w) * max(near)
        ),
        "Did you look at the chosen tracks too? None of them is taken again.": lambda r, s, c, w: max(
            range(len(r)), key=lambda i: w * r[i] - (1 - w) * max([s[i][j] for j in c] or [0.0])
        ),
        "Can a chosen track be chosen again?": lambda r, s, c, w: max(
            range(len(r)), key=lambda i: w * r[i] - (1 - w) * max([s[i][j] for j in c if j != i] or [0.0])
        ),
        "Did you look at the track chosen last alone? All that are chosen stand on the shelf.": (
            lambda r, s, c, w: _next(r, s, c, lambda value, near: w * value - (1 - w) * near[-1])
        ),
        "Did you add the similarities up? One near copy on the shelf is enough, and many distant ones are none.": (
            lambda r, s, c, w: _next(r, s, c, lambda value, near: w * value - (1 - w) * sum(near))
        ),
        "Did you take the least similar of those chosen? A track repeats the one that it is nearest to.": (
            lambda r, s, c, w: _next(r, s, c, lambda value, near: w * value - (1 - w) * min(near))
        ),
        "Is the similarity left out? Then the shelf is the list by relevance, however alike its tracks are.": (
            lambda r, s, c, w: _next(r, s, c, lambda value, near: value)
        ),
    },
    alternatives=[by_masked_array],
)
def mmr_next(relevance, similarity, chosen, weight):
    """The position of the next track: highest weight x relevance - (1 - weight) x its similarity to the nearest chosen.

    `relevance` is a list, `similarity` a table (n x n), `chosen` the positions taken so far, of which none is taken
    again. With nothing chosen the similarity counts 0. Of equal tracks take the first.
    """
    left = [i for i in range(len(relevance)) if i not in chosen]
    return max(
        left,
        key=lambda i: (
            weight * relevance[i] - (1 - weight) * max((similarity[i][j] for j in chosen), default=0)
        ),
    )


def some_lists(rng):
    """Edge cases first: all of one genre, all different, k longer than the list; then some lists."""
    yield ["rain", "rain", "rain"], 1, 3
    yield ["rain", "news", "jazz"], 1, 2
    yield ["rain", "rain", "news"], 1, 5
    yield ["rain", "news", "rain", "jazz"], 1, 4
    yield ["rain", "rain", "news"], 1, 2
    yield ["rain", "news", "news", "rain", "jazz"], 1, 5
    yield ["rain", "rain", "rain", "news", "jazz"], 2, 3
    yield ["rain", "rain", "news", "rain", "news", "jazz"], 2, 6
    for _ in range(8):
        n = int(rng.integers(4, 9))
        yield (
            rng.choice(["rain", "news", "jazz"], n).tolist(),
            int(rng.integers(1, 3)),
            int(rng.integers(2, n + 1)),
        )


def _sorted_out(genres, most, k, keep_late=True, by_run=False):
    taken, late = [], []
    for place, genre in enumerate(genres):
        before = taken[-most:] if by_run else taken
        full = sum(genres[other] == genre for other in before) >= most
        (late if full else taken).append(place)
    return (taken + (late if keep_late else []))[:k]


def by_counting(genres, most, k):
    before = [genres[:place].count(genre) for place, genre in enumerate(genres)]
    return sorted(range(len(genres)), key=lambda place: before[place] >= most)[:k]


def only_in_first_k(genres, most, k):
    return _sorted_out(genres[:k], most, k)


@exercise(
    inputs=some_lists,
    hints=[
        "Walk down the list. Is the genre of this place full already?",
        "Two lists: those that are taken, and those that are late. In the end the late ones follow.",
        "if sum(genres[j] == genre for j in taken) < most: taken.append(place), else late.append(place); "
        "return (taken + late)[:k]",
    ],
    why="A shelf with an empty place helps nobody: what is too much of its genre comes last, and is not thrown away.",
    mistakes={
        "Did you drop what was too much? It is postponed, so that no place stays empty.": lambda g, m, k: (
            _sorted_out(g, m, k, keep_late=False)
        ),
        "Did you cut the list to k first? What replaces a late track stands below it.": only_in_first_k,
        "Did you count only the tracks just above? The genre is full wherever its tracks stand.": lambda g, m, k: (
            _sorted_out(g, m, k, by_run=True)
        ),
        "Is there one too many of a genre? `most` are allowed, so a place is late once `most` stand above it.": (
            lambda g, m, k: _sorted_out(g, m + 1, k)
        ),
        "Are those the genres? The task asks for the places that they had.": (
            lambda g, m, k: [g[place] for place in _sorted_out(g, m, k)]
        ),
    },
    alternatives=[by_counting],
)
def at_most_per_genre(genres, most, k):
    """The places (from 0) of the first k tracks when each genre may have `most`; what is too many comes last.

    `genres` is the genre of each place of a list, best first. Tracks keep their order among themselves, those that
    are within the limit and those that are not. The result is shorter than k only where the list is.
    """
    taken, late = [], []
    for place, genre in enumerate(genres):
        full = sum(genres[other] == genre for other in taken) >= most
        (late if full else taken).append(place)
    return (taken + late)[:k]


# ---- determinants and divergence -------------------------------------------------------------------------------------


def some_pairs_of_tracks(rng):
    """Edge cases first: nothing alike, the same twice, opposite; then some pairs."""
    yield 2.0, 3.0, 0.0
    yield 1.0, 1.0, 1.0
    yield 1.0, 2.0, -1.0
    yield 2.0, 1.0, 0.6
    for _ in range(8):
        yield float(rng.integers(1, 9)) / 2, float(rng.integers(1, 9)) / 2, float(rng.integers(-9, 10)) / 10


def by_numpy(q_a, q_b, similarity):
    kernel = np.array([[q_a * q_a, q_a * q_b * similarity], [q_a * q_b * similarity, q_b * q_b]])
    return np.linalg.det(kernel)


@exercise(
    inputs=some_pairs_of_tracks,
    hints=[
        "The kernel has q_a^2 and q_b^2 on the diagonal and q_a q_b s beside it.",
        "The determinant of a 2 x 2 table is the product of the diagonal minus the product of the other two.",
        "return q_a**2 * q_b**2 - (q_a * q_b * similarity) ** 2",
    ],
    why="It is q_a^2 q_b^2 (1 - s^2): relevance times how far the two point apart. Two copies are worth nothing.",
    mistakes={
        "Is that the sum of the diagonal, the trace? It does not see how alike the two are.": lambda a, b, s: (
            a**2 + b**2
        ),
        "Did you leave out what stands beside the diagonal? Then two copies would be worth as much.": lambda a, b, s: (
            a**2 * b**2
        ),
        "Did you square the qualities beside the diagonal only once?": lambda a, b, s: (
            a**2 * b**2 - a * b * s**2
        ),
        "Did you add? The second product is taken off.": lambda a, b, s: a**2 * b**2 + (a * b * s) ** 2,
        "Is the similarity not squared? It stands on both sides of the diagonal, so the product has it twice.": (
            lambda a, b, s: (a * b) ** 2 * (1 - s)
        ),
        "Is that the area between the two, the root? The determinant is the area squared.": (
            lambda a, b, s: abs(a * b) * math.sqrt(1 - s**2)
        ),
    },
    conventions={
        "That is the determinant of the qualities themselves on the diagonal, without squares.": lambda a, b, s: (
            a * b - (a * b * s) ** 2
        )
    },
    alternatives=[by_numpy],
)
def dpp_pair(q_a, q_b, similarity):
    """The determinant of the kernel of two tracks: q_a^2 and q_b^2 on the diagonal, q_a q_b similarity beside it."""
    return q_a**2 * q_b**2 - (q_a * q_b * similarity) ** 2


def some_mixes(rng):
    """Edge cases first: the same mix, a genre that the list lacks, one that only the list has; then some mixes."""
    yield {"rain": 0.5, "news": 0.5}, {"rain": 0.5, "news": 0.5}, 0.01
    yield {"rain": 0.6, "news": 0.4}, {"rain": 1.0}, 0.01
    yield {"rain": 1.0}, {"rain": 0.5, "news": 0.5}, 0.01
    yield {"rain": 0.9, "news": 0.1}, {"rain": 0.5, "news": 0.5}, 0.1
    for _ in range(8):
        names = list("abcd")[: int(rng.integers(2, 5))]
        p, q = (rng.dirichlet(np.ones(len(names))).round(2) + 0.01 for _ in range(2))
        history = dict(zip(names, (p / p.sum()).tolist(), strict=True))
        shelf = dict(zip(names, (q / q.sum()).tolist(), strict=True))
        shelf.pop(names[-1])
        total = sum(shelf.values())
        yield history, {name: share / total for name, share in shelf.items()}, float(rng.choice([0.01, 0.1]))


def _kl(p, q, smooth):
    names = set(p) | set(q)
    total = 0.0
    for name in sorted(names):
        mixed = (1 - smooth) * q.get(name, 0.0) + smooth * p.get(name, 0.0)
        if p.get(name, 0.0) > 0:
            total += p[name] * math.log(p[name] / mixed)
    return total


def turned_round(history, shelf, smooth):
    total = 0.0
    for name, share in shelf.items():
        mixed = (1 - smooth) * share + smooth * history.get(name, 0.0)
        if mixed > 0 and history.get(name, 0.0) > 0:
            total += mixed * math.log(mixed / history[name])
    return total


def missing_left_out(history, shelf, smooth):
    return sum(p * math.log(p / shelf[name]) for name, p in history.items() if name in shelf)


def with_arrays(history, shelf, smooth):
    names = list(history)
    p = np.array([history[name] for name in names])
    q = np.array([shelf.get(name, 0.0) for name in names])
    return np.sum(p * (np.log(p) - np.log((1 - smooth) * q + smooth * p)))


@exercise(
    inputs=some_mixes,
    hints=[
        "Sum over the genres of the history: share times the logarithm of share over the shelf's share.",
        "The shelf's share is smoothed first: (1 - smooth) * shelf.get(genre, 0) + smooth * history[genre].",
        "sum(p * np.log(p / ((1 - smooth) * shelf.get(g, 0) + smooth * p)) for g, p in history.items())",
    ],
    why="It is 0 for the same mix and grows fastest where a genre of the history has no place on the shelf at all.",
    mistakes={
        "Are history and shelf the other way round? What the listener loves and the shelf lacks must cost most.": (
            turned_round
        ),
        "Did you leave out the genres that the shelf lacks? They are what calibration is about.": missing_left_out,
        "Did you forget p before the logarithm? A genre of one percent must not count like one of ninety.": (
            lambda history, shelf, smooth: sum(
                math.log(p / ((1 - smooth) * shelf.get(g, 0.0) + smooth * p)) for g, p in history.items()
            )
        ),
        "Is the smoothing turned round? Only a share of `smooth` comes from the history, the rest from the shelf.": (
            lambda p, q, s: _kl(p, q, 1 - s)
        ),
        "Did you add `smooth` to every share? The smoothed share is a mixture of two: (1 - smooth) q + smooth p.": (
            lambda p, q, s: sum(one * math.log(one / (q.get(g, 0.0) + s)) for g, one in p.items())
        ),
    },
    conventions={
        "That is in bits, by the logarithm to base 2. The task asks for natural logarithms.": lambda p, q, s: (
            _kl(p, q, s) / math.log(2)
        )
    },
    alternatives=[with_arrays],
)
def calibration_kl(history, shelf, smooth):
    """The sum over the genres of `history` of p log(p / q): p its share there, q the smoothed share on the shelf.

    Two dicts, genre -> share, each summing to 1; all shares of the history are above 0. q = (1 - smooth) x share on the
    shelf (0 where it has none) + smooth x p. Natural logarithm.
    """
    return sum(p * np.log(p / ((1 - smooth) * shelf.get(g, 0) + smooth * p)) for g, p in history.items())
