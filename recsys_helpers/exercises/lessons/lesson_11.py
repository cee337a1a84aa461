"""The exercises of lesson 11, Context, tags and time.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_pair_of_factors",
    answer="b",
    why="The product p . q_i grows where listener and track point the same way: it is a weight for this pair alone, "
    "made of two vectors (lesson 03). This lesson gives such a vector to everything that is known of a play.",
    wrong={
        "a": "That is the bias of the track: it is the same for every listener.",
        "c": "That is the bias of the listener: it is the same for every track.",
    },
)

question(
    "recall_long_tracks",
    answer="a",
    why="A session holds about as many tracks whether they are long or short, so longer ones win hours without anybody "
    "being happier (lesson 07).",
    wrong={
        "b": "Satisfaction did not rise with the hours, and that is the point.",
        "c": "The listeners were the same, under the same luck.",
    },
)

question(
    "recall_not_shown",
    answer="c",
    why="The missing places are no accident: whether a cell is filled depends on what would stand in it (lesson 01).",
    wrong={
        "a": "Then the rows that are known would be a fair sample, which has to be shown.",
        "b": "Filling in the commonest value makes two things one: known to be at home, and not known.",
    },
)

# ---- a row of features -----------------------------------------------------------------------------------------------

CHOICES = {"user": ["al", "bo"], "track": ["rain", "news", "jazz"], "context": ["home", "work", None]}


def some_rows(rng):
    """Edge cases first: everything first, everything last, a missing context; then some rows."""
    yield CHOICES, {"user": "al", "track": "rain", "context": "home"}
    yield CHOICES, {"user": "bo", "track": "jazz", "context": "work"}
    yield CHOICES, {"user": "bo", "track": "rain", "context": None}
    yield {"user": ["al", "bo"], "plan": [None, "free"]}, {"user": "bo", "plan": None}
    for _ in range(8):
        names = list(rng.permutation(["user", "track", "context", "device"])[: int(rng.integers(2, 4))])
        choices = {}
        for name in names:
            size = int(rng.integers(2, 5))
            choices[str(name)] = [f"{name[0]}{n}" for n in range(size)] + [None] * int(name == "context")
        yield choices, {name: values[int(rng.integers(len(values)))] for name, values in choices.items()}


def without_offsets(choices, row):
    return [values.index(row[name]) for name, values in choices.items()]


def missing_is_first(choices, row):
    found, start = [], 0
    for name, values in choices.items():
        found.append(start + (0 if row[name] is None else values.index(row[name])))
        start += len(values)
    return found


def missing_left_out(choices, row):
    found, start = [], 0
    for name, values in choices.items():
        if row[name] is not None:
            found.append(start + values.index(row[name]))
        start += len(values)
    return found


def missing_without_place(choices, row):
    known = {name: [value for value in values if value is not None] for name, values in choices.items()}
    return missing_left_out(known, row)


def after_one_alone(choices, row):
    found, before = [], 0
    for name, values in choices.items():
        found.append(before + values.index(row[name]))
        before = len(values)
    return found


def zeros_and_ones(choices, row):
    return [int(value == row[name]) for name, values in choices.items() for value in values]


def same_width(choices, row):
    width = max(map(len, choices.values()))
    return [n * width + values.index(row[name]) for n, (name, values) in enumerate(choices.items())]


def by_flat_list(choices, row):
    flat = [(name, value) for name, values in choices.items() for value in values]
    return np.array([flat.index((name, row[name])) for name in choices])


@exercise(
    inputs=some_rows,
    hints=[
        "Each column has a stretch of features of its own. Where does the second column's stretch begin?",
        "It begins after all the values of the columns before it: start += len(values).",
        "for name, values in choices.items(): found.append(start + values.index(row[name])); start += len(values)",
    ],
    why="With offsets no two columns share a feature, and «not known» is a value like any other, with its own weight.",
    mistakes={
        "Do two columns share a feature? Each stretch begins where the one before it ends.": [
            without_offsets,
            after_one_alone,
        ],
        "Did you count from 1? The first feature stands at position 0.": lambda choices, row: [
            place + 1 for place in by_flat_list(choices, row)
        ],
        "Is that the row of zeros and ones? The task asks where its ones stand.": zeros_and_ones,
        "Is a missing value read as the first one? It has a place of its own in the list.": missing_is_first,
        "Did you leave the missing value out? It stands in the list of values, so it has a feature.": [
            missing_left_out,
            missing_without_place,
        ],
        "Did you give every column the same width? The stretches follow each other without gaps.": same_width,
    },
    alternatives=[by_flat_list],
)
def one_hot_offsets(choices, row):
    """The positions of the features that are 1 for a row, one for each column, in the order of `choices`.

    `choices` names for each column its values, in order; None among them stands for «not known». The features of the
    first column come first, then those of the second, and so on; `row` has one of the values for each column.
    """
    found, start = [], 0
    for name, values in choices.items():
        found.append(start + values.index(row[name]))
        start += len(values)
    return found


# ---- the machine -----------------------------------------------------------------------------------------------------


def some_machines(rng):
    """Edge cases first: one feature, one factor, all ones; then some machines."""
    yield np.array([2.0]), np.array([[3.0]])
    yield np.array([1.0, 1.0]), np.array([[2.0], [3.0]])
    yield np.array([1.0, 0.0, 1.0]), np.array([[1.0], [5.0], [2.0]])
    yield np.array([1.0, 2.0, 0.0]), np.array([[1.0, -1.0], [0.5, 1.0], [2.0, 2.0]])
    for _ in range(8):
        n, k = int(rng.integers(3, 6)), int(rng.integers(1, 4))
        yield rng.integers(0, 3, n) * rng.choice([0.5, 1.0]), rng.integers(-3, 4, (n, k)) / 2 + 0.25


def _parts(x, V):
    return (x @ V) ** 2, (x**2) @ (V**2)


def by_pairs(x, V):
    return sum(V[a] @ V[b] * x[a] * x[b] for a, b in combinations(range(len(x)), 2))


@exercise(
    inputs=some_machines,
    hints=[
        "For one factor: (sum of v x)^2 holds each pair twice, and each square once.",
        "So take the squares off and halve the rest: ((x @ V)**2 - (x**2) @ (V**2)) / 2, for each factor.",
        "return ((x @ V) ** 2 - (x**2) @ (V**2)).sum() / 2",
    ],
    why="All pairs at the price of one pass over the features: that is what makes the machine usable.",
    mistakes={
        "Is the half missing? The square holds each pair twice.": lambda x, V: np.subtract(
            *_parts(x, V)
        ).sum(),
        "Did you take the sums from the squares? The square of the sum is the larger one.": lambda x, V: (
            -np.subtract(*_parts(x, V)).sum() / 2
        ),
        "Does a feature meet itself? Take the squares v^2 x^2 off first.": [
            lambda x, V: _parts(x, V)[0].sum() / 2,
            lambda x, V: np.add(*_parts(x, V)).sum() / 2,
        ],
        "Is one of the two not squared in what you take off? Each x is squared, and each v too.": [
            lambda x, V: ((x @ V) ** 2 - (x**2) @ V).sum() / 2,
            lambda x, V: ((x @ V) ** 2 - x @ V**2).sum() / 2,
        ],
        "Is that one number for each factor? The sum runs over the factors too.": lambda x, V: (
            np.subtract(*_parts(x, V)) / 2
        ),
    },
    alternatives=[by_pairs],
)
def fm_pairs(x, V):
    """The sum over all pairs a < b of (v_a . v_b) x_a x_b, where v_a is row a of V; x has shape (n,), V (n, k)."""
    return ((x @ V) ** 2 - (x**2) @ (V**2)).sum() / 2


def some_gradients(rng):
    """Edge cases first: a feature that is 0, the only feature, one factor, one in the middle; then some."""
    yield np.array([1.0, 0.0]), np.array([[2.0], [3.0]]), 1
    yield np.array([2.0]), np.array([[3.0]]), 0
    yield np.array([1.0, 1.0, 1.0]), np.array([[2.0], [3.0], [-1.0]]), 0
    yield np.array([1.0, 2.0, 1.0]), np.array([[2.0], [3.0], [-1.0]]), 1
    for x, V in some_machines(rng):
        yield x, V, int(rng.integers(len(x)))


def by_loop(x, V, a):
    return [sum(x[a] * x[b] * V[b][f] for b in range(len(x)) if b != a) for f in range(len(V[0]))]


@exercise(
    inputs=some_gradients,
    hints=[
        "Only the pairs with feature a hold v_a. Write their sum: x_a v_a . (sum over the other b of v_b x_b).",
        "sum over all b of v_b x_b is x @ V. Take feature a's own part off: V[a] * x[a].",
        "return x[a] * (x @ V - V[a] * x[a])",
    ],
    why="x @ V is worked out once for a row, so the slopes of all its features cost one more pass.",
    mistakes={
        "Does feature a meet itself? Its own part v_a x_a must not be in the sum.": lambda x, V, a: (
            x[a] * (x @ V)
        ),
        "Is the factor x_a missing? A feature that is 0 has no slope.": lambda x, V, a: x @ V - V[a] * x[a],
        "Did you take only the features behind a? Every other feature makes a pair with it.": lambda x, V, a: (
            x[a] * (x[a + 1 :] @ V[a + 1 :])
        ),
        "Did you take v_a off without x_a? Its part of the sum is v_a x_a.": lambda x, V, a: (
            x[a] * (x @ V - V[a])
        ),
    },
    alternatives=[by_loop],
)
def fm_gradient(x, V, a):
    """The gradient of fm_pairs(x, V) by row a of V, shape (k,)."""
    return x[a] * (x @ V - V[a] * x[a])


# ---- how long --------------------------------------------------------------------------------------------------------


def some_plays(rng):
    """Edge cases first: all to the end, a skip, cut off early or after half, a skip after half; then some plays."""
    yield [10.0, 10.0], 10.0, [False, True]
    yield [2.0, 10.0], 10.0, [False, False]
    yield [2.0, 10.0], 10.0, [True, False]
    yield [6.0, 3.0, 10.0], 10.0, [True, False, False]
    yield [2.0, 7.0, 10.0], 10.0, [False, False, False]
    yield [1.0, 2.0, 3.0, 4.0, 10.0, 10.0], 10.0, [False, True, False, True, False, False]
    for _ in range(8):
        n = int(rng.integers(4, 9))
        minutes = np.append(rng.permutation(np.arange(1, 20))[: n - 1], 20.0).astype(float)
        last = rng.random(n) < 0.4
        yield minutes.tolist(), 20.0, last.tolist()


def _survival(minutes, length, last, until=0.5, drop_below=0.0, over_all=False):
    chance, plays = 1.0, sorted(zip(minutes, last, strict=True))
    plays = [(m, cut) for m, cut in plays if not (cut and m < length * drop_below)]
    n = len(plays)
    for place, (m, cut) in enumerate(plays):
        if m < length * until and not cut:
            chance *= 1 - 1 / (n if over_all else n - place)
    return chance


def without_itself(minutes, length, last):
    chance = 1.0
    for m, cut in zip(minutes, last, strict=True):
        others = sum(other > m for other in minutes)
        if m < length / 2 and not cut:
            chance *= 1 - 1 / others if others else 0.0
    return chance


def naive_share(minutes, length, last):
    return float(np.mean([m >= length / 2 for m in minutes]))


def by_array(minutes, length, last):
    order = np.argsort(minutes)
    m, cut = np.array(minutes)[order], np.array(last)[order]
    left = len(m) - np.arange(len(m))
    return np.prod(np.where((m < length / 2) & ~cut, 1 - 1 / left, 1.0))


@exercise(
    inputs=some_plays,
    hints=[
        "Sort the plays by minutes. At each skip before half ask: how many were still listening just before it?",
        "With r still listening, the share that goes on is 1 - 1/r. Multiply these; a play that was cut off only makes "
        "r smaller afterwards.",
        "for place, (m, cut) in enumerate(sorted(zip(minutes, last))): if m < length / 2 and not cut: "
        "chance *= 1 - 1 / (len(minutes) - place)",
    ],
    why="A play that was cut off tells that nobody skipped it until then. So it counts until then, and no longer.",
    mistakes={
        "Did you count a cut-off play as a skip? Nobody knows how far it would have gone.": naive_share,
        "Did you drop the plays that were cut off? They were still there for a while.": [
            lambda m, n, c: _survival(m, n, c, drop_below=0.5),
            lambda m, n, c: _survival(m, n, c, drop_below=1.0),
            lambda m, n, c: _survival(m, n, c, drop_below=2.0),
        ],
        "Did you count a cut-off play as one that reached half? Nobody knows how far it would have gone.": (
            lambda m, n, c: float(np.mean([one >= n / 2 or cut for one, cut in zip(m, c, strict=True)]))
        ),
        "Is the skip itself among the r? It was still going on just before.": without_itself,
        "Did you go on behind half? Whoever skips later has reached half.": lambda m, n, c: _survival(
            m, n, c, until=1.0
        ),
        "Did you divide by all plays? Only those still listening can skip.": lambda m, n, c: _survival(
            m, n, c, over_all=True
        ),
    },
    alternatives=[by_array],
)
def reaches_half(minutes, length, last):
    """The Kaplan-Meier chance that a play reaches half of `length`: the product of 1 - 1/r over the skips before half.

    `minutes` heard, all different unless a play went to the end; `last` says which plays ended their session. One that
    did and is shorter than half was cut off; every other play shorter than half is a skip. r is how many plays
    lasted at least as long as the skip, itself included.
    """
    chance = 1.0
    for place, (heard, cut) in enumerate(sorted(zip(minutes, last, strict=True))):
        if heard < length / 2 and not cut:
            chance *= 1 - 1 / (len(minutes) - place)
    return chance


# ---- tags ------------------------------------------------------------------------------------------------------------


def some_tags(rng):
    """Edge cases first: no plays, one play of a rare tag, as everybody; then some listeners."""
    yield {}, {"rain": 0.5, "news": 0.5}, 3.0
    yield {"jazz": 1}, {"rain": 0.98, "jazz": 0.02}, 3.0
    yield {"rain": 5, "news": 5}, {"rain": 0.5, "news": 0.5}, 3.0
    yield {"jazz": 40, "rain": 10}, {"rain": 0.75, "jazz": 0.25}, 3.0
    for _ in range(8):
        names = list("abcde")[: int(rng.integers(2, 5))]
        shares = rng.dirichlet(np.ones(len(names))).round(2) + 0.01
        shares = shares / shares.sum()
        plays = {name: int(rng.integers(1, 30)) for name in names if rng.random() < 0.8}
        yield plays, dict(zip(names, shares.tolist(), strict=True)), float(rng.choice([2.0, 10.0]))


def _lift(plays, shares, above, below):
    total = sum(plays.values())
    found = {}
    for tag, share in shares.items():
        expected = total * share + below
        found[tag] = (plays.get(tag, 0) + above) / expected if expected else 1.0
    return found


def own_share(plays, shares, prior):
    total = sum(plays.values())
    return {tag: (plays.get(tag, 0) + prior * share) / (total + prior) for tag, share in shares.items()}


def towards_one_alike(plays, shares, prior):
    total = sum(plays.values())
    return {
        tag: (plays.get(tag, 0) + prior * share) / (total + prior) / share for tag, share in shares.items()
    }


def by_mixing(plays, shares, prior):
    total, found = sum(plays.values()), {}
    for tag, share in shares.items():
        trust = total * share / (total * share + prior)
        found[tag] = trust * (plays.get(tag, 0) / (total * share) if total else 0.0) + (1 - trust)
    return found


@exercise(
    inputs=some_tags,
    hints=[
        "How often would this listener have played the tag, had they played as everybody does?",
        "expected = all plays of the listener x share. The lift is plays / expected; add `prior` above and below.",
        "{tag: (plays.get(tag, 0) + prior) / (total * share + prior) for tag, share in shares.items()}",
    ],
    why="A tag of which little was expected stays near 1 until there is evidence. Without that, one play of a rare tag "
    "heads the list.",
    mistakes={
        "Is that without shrinkage? One play of a rare tag then looks like a passion.": lambda p, s, n: _lift(
            p, s, 0.0, 0.0
        ),
        "Did you add the prior above and not below? Without plays the lift should be 1.": lambda p, s, n: (
            _lift(p, s, n, 0.0)
        ),
        "Did you add the prior below and not above? Without plays the lift should be 1.": lambda p, s, n: (
            _lift(p, s, 0.0, n)
        ),
        "Is that a share? The lift divides the plays by how many were expected.": own_share,
        "Did you shrink all tags alike? The less was expected of a tag, the more it needs.": towards_one_alike,
    },
    alternatives=[by_mixing],
)
def tag_lift(plays, shares, prior):
    """For each tag in `shares`: (plays of the tag + prior) / (expected + prior), expected = all plays x its share.

    `plays` counts the listener's plays by tag (one that is missing: 0), `shares` holds everybody's shares, above 0,
    which sum to 1. `prior` is above 0.
    """
    total = sum(plays.values())
    return {tag: (plays.get(tag, 0) + prior) / (total * share + prior) for tag, share in shares.items()}


question(
    "why_no_shelf_wins",
    answer="b",
    why="A shelf is not judged by how well it predicts, but by what changes in its ten places. Seven of them stay, and "
    "EASE's list holds what a listener plays in their usual context already.",
    wrong={
        "a": "The oracle who knows the contexts gains, so in this world there is something to win.",
        "c": "The probabilities are well calibrated, and better ones would not reorder the ten by themselves.",
    },
)

question(
    "what_source_says",
    answer="c",
    why="Who searched for a track wants it, and who was handed it by autoplay did not ask. The feature tells how the "
    "play came about, which a shelf decides by showing the track.",
    wrong={
        "a": "It is known when the play begins, so it is no leak from the future.",
        "b": "It adds more than any other feature, with an interval far from 0.",
    },
)
