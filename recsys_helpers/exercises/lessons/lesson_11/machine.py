"""Exercises of lesson 11: the opening questions, a row of features and the machine that reads it.

It holds no lesson: the text is in notebooks/source.
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


def values_sorted(choices, row):
    return by_flat_list({name: sorted(values, key=str) for name, values in choices.items()}, row)


def moves_on_first(choices, row):
    return [
        place + len(choices[name]) for place, name in zip(by_flat_list(choices, row), choices, strict=True)
    ]


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
        "Did you sort the values? They stand in the order of `choices`.": values_sorted,
        "Does each stretch begin one too early? A column has as many features as values.": (
            lambda choices, row: [place - n for n, place in enumerate(by_flat_list(choices, row))]
        ),
        "Did you move on before you took the position? A column begins where those before it end.": moves_on_first,
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
        "Did you sum over the factors before you squared? Each factor has its own square.": (
            lambda x, V: ((x @ V).sum() ** 2 - ((x**2) @ (V**2)).sum()) / 2
        ),
        "Is only one of the two halved? The half belongs to the difference.": (
            lambda x, V: (_parts(x, V)[0] / 2 - _parts(x, V)[1]).sum()
        ),
        "Are the x left out? A feature that is 0 takes part in no pair.": (
            lambda x, V: (V.sum(axis=0) ** 2 - (V**2).sum(axis=0)).sum() / 2
        ),
        "Is a pair only two neighbours? Every feature meets every other.": (
            lambda x, V: sum(x[a] * x[a + 1] * (V[a] @ V[a + 1]) for a in range(len(x) - 1))
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
    yield np.array([1.0, 2.0, 3.0]), np.array([[2.0, 1.0], [3.0, -1.0], [-1.0, 2.0]]), 1
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
        "Is there a half too many? fm_pairs counts each pair once, and v_a stands in it once.": (
            lambda x, V, a: fm_gradient(x, V, a) / 2
        ),
        "Is it twice as long? fm_pairs counts each pair once.": (lambda x, V, a: 2 * fm_gradient(x, V, a)),
        "Does it point downhill? The gradient is the direction in which fm_pairs grows.": (
            lambda x, V, a: -fm_gradient(x, V, a)
        ),
        "Is that one number? There is a slope for each of the k numbers of row a.": (
            lambda x, V, a: fm_gradient(x, V, a).sum()
        ),
        "Are those the slopes of all rows? The task asks for row a.": (
            lambda x, V, a: x[:, None] * (x @ V - x[:, None] * V)
        ),
        "Are the other x left out? A feature that is 0 pulls at nothing.": (
            lambda x, V, a: x[a] * (V.sum(axis=0) - V[a])
        ),
        "Did you multiply by v_a? That is what the pairs are worth; their slope by v_a has it no more.": (
            lambda x, V, a: V[a] * fm_gradient(x, V, a)
        ),
    },
    alternatives=[by_loop],
)
def fm_gradient(x, V, a):
    """The gradient of fm_pairs(x, V) by row a of V, shape (k,)."""
    return x[a] * (x @ V - V[a] * x[a])
