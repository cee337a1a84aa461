"""Exercises of lesson 12: the opening questions, a network's forward and its backward pass.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- before the lesson -----------------------------------------------------------------------------------------------

question(
    "recall_step_downhill",
    answer="b",
    why="The gradient points uphill, so a step against it lowers the objective if it is short enough.",
    wrong={
        "a": "That is where the objective grows fastest.",
        "c": "The gradient has a length too, and it is not the position of the minimum.",
    },
)

question(
    "recall_more_tries",
    answer="c",
    why="The best of twenty is partly the luckiest of twenty, so a contest is fair only with equal tries on one "
    "validation part, and the test part comes after.",
    wrong={
        "a": "The twenty were chosen by the very numbers that are compared.",
        "b": "A larger test helps the interval, and the tries are still unequal.",
    },
)

question(
    "recall_new_track",
    answer="a",
    why="A regression from features to factors gives a vector to a track that nobody has heard.",
    wrong={
        "b": "Nobody has played it, so least squares over its plays has nothing to fit: its vector stays 0.",
        "c": "The mean is the same for every new track, so all of them would share one place.",
    },
)

# ---- forward ---------------------------------------------------------------------------------------------------------


def some_networks(rng):
    """The lesson's network first, then one with every hidden unit off, one hidden unit, a negative output."""
    both, off = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([-1.0, -5.0])
    yield np.array([2.0, 1.0]), both, np.zeros(2), np.array([1.0, -1.0]), 0.0
    yield np.array([1.0, 2.0]), both, off * 9, np.array([3.0, 2.0]), 0.5
    yield np.array([3.0]), np.array([[2.0]]), np.array([1.0]), np.array([-1.0]), 2.0
    yield np.array([1.0, 0.5]), both, np.array([0.5, 1.0]), np.array([-2.0, 1.0]), -1.0
    for _ in range(8):
        d, h = int(rng.integers(1, 4)), int(rng.integers(2, 5))
        W, b = rng.integers(-4, 5, (h, d)) / 2 + 0.1, rng.integers(-3, 4, h) / 2
        yield rng.integers(-4, 5, d) / 2 + 0.25, W, b, rng.integers(-4, 5, h) / 2, float(rng.integers(-2, 3))


def forward_by_loop(x, W, b, v, c):
    total = c
    for row, shift, weight in zip(W, b, v, strict=True):
        total += weight * max(0.0, sum(w * one for w, one in zip(row, x, strict=True)) + shift)
    return total


@exercise(
    inputs=some_networks,
    hints=[
        "First the sums: W @ x + b, one for each hidden unit.",
        "np.maximum(sums, 0) sets those below 0 to 0. The output is v times these, plus c.",
        "return v @ np.maximum(W @ x + b, 0) + c",
    ],
    why="It is a matrix product, a bend and another product: all that a network adds to lesson 03 is the bend.",
    mistakes={
        "Is the output bent as well? A score may be below 0, so only the hidden units go through max(0, ·).": (
            lambda x, W, b, v, c: max(0.0, float(v @ np.maximum(W @ x + b, 0) + c))
        ),
        "Are the hidden units left as they are? Without max(0, ·) the whole network is one linear function.": (
            lambda x, W, b, v, c: v @ (W @ x + b) + c
        ),
        "Is b missing? It shifts the place where each hidden unit starts.": (
            lambda x, W, b, v, c: v @ np.maximum(W @ x, 0) + c
        ),
        "Is b added after the bend? It belongs to the sum that is bent.": (
            lambda x, W, b, v, c: v @ (np.maximum(W @ x, 0) + b) + c
        ),
        "Is the bend at the output alone? Each hidden unit goes through max(0, ·), and the output does not.": (
            lambda x, W, b, v, c: max(0.0, float(v @ (W @ x + b) + c))
        ),
        "Is c missing? It is what the network gives where every hidden unit is off.": (
            lambda x, W, b, v, c: v @ np.maximum(W @ x + b, 0)
        ),
        "Is that another bend, a sigmoid or a tanh? The task asks for max(0, ·).": [
            lambda x, W, b, v, c: v @ (1 / (1 + np.exp(-(W @ x + b)))) + c,
            lambda x, W, b, v, c: v @ np.tanh(W @ x + b) + c,
        ],
        "Are those the hidden units? The output is v times them, summed, plus c.": (
            lambda x, W, b, v, c: np.maximum(W @ x + b, 0)
        ),
        "Is there a number for each hidden unit? The output is their sum, weighted by v.": (
            lambda x, W, b, v, c: v * np.maximum(W @ x + b, 0) + c
        ),
        "Is that the absolute value? What is below 0 becomes 0.": (
            lambda x, W, b, v, c: v @ np.abs(W @ x + b) + c
        ),
    },
    alternatives=[forward_by_loop],
)
def mlp_forward(x, W, b, v, c):
    """The output, a number, of a network with one hidden layer: v . max(0, W x + b) + c.

    x (d,), W (h, d), b (h,), v (h,), c a number; max(0, ·) acts on each of the h hidden units.
    """
    return v @ np.maximum(W @ x + b, 0) + c


# ---- backward --------------------------------------------------------------------------------------------------------


def some_batches(rng):
    """One row first, then a unit that is off, a row that fits exactly, several rows; no sum is exactly 0."""
    both = np.array([[1.0, 1.0], [1.0, -1.0]])
    yield np.array([[3.0, 1.0]]), np.array([3.0]), both, np.zeros(2), np.array([1.0, -1.0]), 0.0
    yield np.array([[1.0, 2.0]]), np.array([0.5]), both, np.zeros(2), np.array([1.0, -1.0]), 0.0
    yield np.array([[2.0, 1.0]]), np.array([2.0]), both, np.zeros(2), np.array([1.0, -1.0]), 0.0
    yield (
        np.array([[3.0, 1.0], [1.0, 2.0]]),
        np.array([3.0, 2.0]),
        both,
        np.zeros(2),
        np.array([1.0, -1.0]),
        0.5,
    )
    for _ in range(6):
        n, d, h = int(rng.integers(2, 5)), int(rng.integers(1, 4)), int(rng.integers(2, 4))
        X, W = rng.integers(-4, 5, (n, d)) / 2 + 0.25, rng.integers(-4, 5, (h, d)) / 2 + 0.1
        b, v = rng.integers(-3, 4, h) / 2 + 0.03, rng.integers(-4, 5, h) / 2
        yield X, rng.integers(-3, 4, n).astype(float), W, b, v, float(rng.integers(-2, 3))


def _backward(X, y, W, b, v, c, masked=True, factor=2.0, divisor=None):
    sums = X @ W.T + b
    hidden = np.maximum(sums, 0)
    slope = factor * (hidden @ v + c - y) / (len(y) if divisor is None else divisor)
    back = np.outer(slope, v) * ((sums > 0) if masked else 1.0)
    return back.T @ X, back.sum(axis=0), hidden.T @ slope, slope.sum()


def backward_by_rows(X, y, W, b, v, c):
    dW, db, dv, dc = np.zeros(W.shape), np.zeros(len(b)), np.zeros(len(v)), 0.0
    for x, target in zip(X, y, strict=True):
        sums = W @ x + b
        slope = 2 * (v @ np.maximum(sums, 0) + c - target) / len(y)
        for j in range(len(b)):
            dv[j] += slope * max(sums[j], 0)
            if sums[j] > 0:
                dW[j] += slope * v[j] * x
                db[j] += slope * v[j]
        dc += slope
    return [dW, db, dv, dc]


def without_v(X, y, W, b, v, c):
    _, _, dv, dc = mlp_backward(X, y, W, b, v, c)
    back = (2 * (np.maximum(X @ W.T + b, 0) @ v + c - y) / len(y))[:, None] * (X @ W.T + b > 0)
    return back.T @ X, back.sum(axis=0), dv, dc


def dv_from_the_sums(X, y, W, b, v, c):
    dW, db, _, dc = mlp_backward(X, y, W, b, v, c)
    return dW, db, (X @ W.T + b).T @ (2 * (np.maximum(X @ W.T + b, 0) @ v + c - y) / len(y)), dc


def turned_over(X, y, W, b, v, c):
    dW, *others = mlp_backward(X, y, W, b, v, c)
    return dW.T, *others


def outer_layer_first(X, y, W, b, v, c):
    dW, db, dv, dc = mlp_backward(X, y, W, b, v, c)
    return dv, dc, dW, db


def without_the_bend(X, y, W, b, v, c):
    sums = X @ W.T + b
    slope = 2 * (sums @ v + c - y) / len(y)
    back = np.outer(slope, v)
    return back.T @ X, back.sum(axis=0), sums.T @ slope, slope.sum()


def hidden_for_the_mask(X, y, W, b, v, c):
    hidden = np.maximum(X @ W.T + b, 0)
    slope = 2 * (hidden @ v + c - y) / len(y)
    back = np.outer(slope, v) * hidden
    return back.T @ X, back.sum(axis=0), hidden.T @ slope, slope.sum()


@exercise(
    inputs=some_batches,
    hints=[
        "sums = X @ W.T + b is (n, h). The slope of the loss by each output is 2 (output - y) / n.",
        "Back through v and the bend: np.outer(slope, v) * (sums > 0), (n, h). A unit that is off passes nothing.",
        "With back = that: dW = back.T @ X, db = back.sum(axis=0), dv = hidden.T @ slope, dc = slope.sum()",
    ],
    why="Each line is the chain rule of one step of the forward pass, in reverse order. That is backpropagation.",
    mistakes={
        "Does a hidden unit that is off pass a slope on? Where the sum is below 0, max(0, ·) is flat.": (
            lambda *a: _backward(*a, masked=False)
        ),
        "Is it divided by n twice? The mean is taken once, in the slope of the loss by the outputs.": (
            lambda *a: _backward(*a, divisor=len(a[1]) ** 2)
        ),
        "Is it summed over the rows? The loss is their mean, so each row counts 1 / n.": (
            lambda *a: _backward(*a, divisor=1)
        ),
        "Does it point downhill? The gradient is of the loss, and points uphill.": (
            lambda *a: _backward(*a, factor=-2.0)
        ),
        "Is v left out on the way back? A hidden unit reaches the output through its weight in v.": without_v,
        "Is dv taken from the sums? The output is v times the hidden units, after the bend.": dv_from_the_sums,
        "Does dW have the shape of W, a row for each hidden unit? Yours is turned over.": turned_over,
        "Are they in the order of the task? It asks for dW, db, dv, dc.": outer_layer_first,
        "Is the bend missing on the way forward too? The hidden units are max(0, ·) of the sums.": without_the_bend,
        "Did you multiply by the hidden units on the way back? The slope of max(0, ·) is 0 or 1.": hidden_for_the_mask,
    },
    conventions={
        "That is the gradient of half the mean squared error. The task's loss has no 1/2.": (
            lambda *a: _backward(*a, factor=1.0)
        )
    },
    alternatives=[backward_by_rows],
)
def mlp_backward(X, y, W, b, v, c):
    """The gradient of the mean squared error of mlp_forward over the rows of X: (dW, db, dv, dc), shaped as W, b, v, c.

    X (n, d), y (n,), W (h, d), b (h,), v (h,), c a number. No sum W x + b is exactly 0.
    """
    sums = X @ W.T + b
    hidden = np.maximum(sums, 0)
    slope = 2 * (hidden @ v + c - y) / len(y)
    back = np.outer(slope, v) * (sums > 0)
    return back.T @ X, back.sum(axis=0), hidden.T @ slope, slope.sum()
