"""Exercises of lesson 13: what reads a session, filters and attention.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- reading a session -----------------------------------------------------------------------------------------------


def some_filters(rng):
    """The lesson's session first, then a filter of one number, one longer than the session, one that looks back."""
    yield [1.0, 0.0, 2.0, 0.0], [0.5, 1.0]
    yield [3.0, 1.0], [2.0]
    yield [1.0, 2.0], [1.0, 10.0, 100.0]
    yield [1.0, 2.0, 3.0], [0.0, 0.0, 1.0]
    yield [4.0, 0.0, 1.0, 2.0], [1.0, -1.0, 0.5]
    for _ in range(8):
        yield (
            [float(one) for one in rng.integers(-4, 5, int(rng.integers(4, 7)))],
            [float(one) for one in rng.integers(1, 9, int(rng.integers(2, 4)))],
        )


def _slide(x, filter, offset):
    """y_t = sum_d filter[d] x[t - d + offset], 0 outside."""
    return [
        sum(w * x[t - d + offset] for d, w in enumerate(filter) if 0 <= t - d + offset < len(x))
        for t in range(len(x))
    ]


def _fed_back(x, filter):
    out = []
    for t in range(len(x)):
        out.append(filter[0] * x[t] + sum(w * out[t - d] for d, w in enumerate(filter) if 0 < d <= t))
    return out


@exercise(
    inputs=some_filters,
    hints=[
        "For place t: filter[0] times x[t], filter[1] times x[t - 1], and so on.",
        "Where t - d is below 0 there is nothing: skip it.",
        "np.convolve(x, filter) gives these sums and some more at the end.",
    ],
    why="What comes later never enters, so a network of such filters can learn from all places of a session at once.",
    mistakes={
        "Does it look ahead? At place t only x[t] and what came before it may enter.": [
            lambda x, filter: _slide(x, filter, len(filter) - 1),
            lambda x, filter: _slide(x, filter[::-1], len(filter) - 1),
        ],
        "Is the filter turned round? filter[0] belongs to the play itself, filter[d] to the play d before.": (
            lambda x, filter: _slide(x, filter[::-1], 0)
        ),
        "Does it reach round to the end of the session? Before the first play there is nothing, which counts 0.": (
            lambda x, filter: [
                sum(w * x[(t - d) % len(x)] for d, w in enumerate(filter)) for t in range(len(x))
            ]
        ),
        "Are places missing at the beginning? There is one number for each play; what is before the first counts 0.": (
            lambda x, filter: _slide(x, filter, 0)[len(filter) - 1 :]
        ),
        "Are there numbers behind the end? There is one for each play.": (
            lambda x, filter: np.convolve(x, filter)
        ),
        "Does it come one place too late? filter[0] belongs to the play itself.": (
            lambda x, filter: _slide(x, filter, -1)
        ),
        "Did you take the mean? The products are summed and not divided.": (
            lambda x, filter: np.divide(_slide(x, filter, 0), len(filter))
        ),
        "Does the first play stand before the beginning too? What is before it counts 0.": (
            lambda x, filter: [sum(w * x[max(t - d, 0)] for d, w in enumerate(filter)) for t in range(len(x))]
        ),
        "Do results enter again? That is a recurrent network; a filter reads x alone.": _fed_back,
    },
    alternatives=[lambda x, filter: np.convolve(x, filter)[: len(x)]],
)
def causal_convolution(x, filter):
    """y_t = filter[0] x_t + filter[1] x_(t-1) + ..., one number for each place t; before the beginning x is 0.

    x and filter are lists of numbers.
    """
    return [sum(w * x[t - d] for d, w in enumerate(filter) if t - d >= 0) for t in range(len(x))]


def some_attention(rng):
    """The lesson's four places first, then two places, queries of length 1, values that are longer than keys."""
    yield (
        np.array([[2.0, 0.0], [0.0, 2.0], [2.0, 2.0], [2.0, 0.0]]),
        np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]),
        np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]),
    )
    yield np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([[3.0], [5.0]])
    yield np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [-0.5], [1.0]]), np.array([[1.0], [0.0], [4.0]])
    yield np.array([[1.0, 2, 0, 1]] * 2), np.array([[0.0, 1, 1, 0.5], [2, 0, 0, 1]]), np.eye(2, 5)
    for _ in range(8):
        t, d, width = (int(one) for one in rng.integers(2, 5, 3))
        yield tuple(rng.integers(-4, 5, (t, n)) / 2 + 0.25 * k for k, n in ((1, d), (2, d), (3, width)))


def _attend(Q, K, V, scale=True, seen=np.tril, axis=1, after=False):
    scores = Q @ K.T / (Q.shape[1] ** 0.5 if scale else 1.0)
    allowed = seen(np.ones(scores.shape)) > 0
    if after:
        weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True) * allowed
    else:
        weights = np.exp(scores) * allowed
        weights = weights / weights.sum(axis=axis, keepdims=True)
    return weights @ V


def attention_by_loop(Q, K, V):
    rows = []
    for t, q in enumerate(Q):
        fits = [np.exp(q @ k / len(q) ** 0.5) for k in K[: t + 1]]
        rows.append(sum(fit * v for fit, v in zip(fits, V, strict=False)) / sum(fits))
    return rows


def _weighed(scores, V, seen=0):
    """Softmax over the places from the first to ``seen`` places from the one that looks, 0 where there is none."""
    weights = np.tril(np.exp(scores), seen)
    return weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-12) @ V


@exercise(
    inputs=some_attention,
    hints=[
        "All scores at once: Q @ K.T / np.sqrt(d), shape (t, t), row = the place that looks.",
        "np.where(np.tril(np.ones((t, t))) > 0, scores, -np.inf) hides what comes later; exp(-inf) is 0.",
        "Divide np.exp(scores) by its sum along the row (axis=1), then multiply by V.",
    ],
    why="Each place takes a weighted mean of the values up to it, with weights it has computed itself.",
    mistakes={
        "Do the weights of a column sum to 1? Each place that looks has weights that sum to 1: its row, axis=1.": (
            lambda Q, K, V: _attend(Q, K, V, axis=0)
        ),
        "Is the division by the root of d missing? Long vectors have large products: softmax becomes a maximum.": (
            lambda Q, K, V: _attend(Q, K, V, scale=False)
        ),
        "Does each place see what comes later, and not what was before? Keep j up to t.": (
            lambda Q, K, V: _attend(Q, K, V, seen=np.triu)
        ),
        "Is the mask laid on after the softmax? Then what is left no longer sums to 1: hide the scores before.": (
            lambda Q, K, V: _attend(Q, K, V, after=True)
        ),
        "Is there no mask? Place t would see the play that it is to predict.": (
            lambda Q, K, V: _attend(Q, K, V, seen=np.ones_like)
        ),
        "Did you divide by d? Divide by its root.": (lambda Q, K, V: _weighed(Q @ K.T / Q.shape[1], V)),
        "Is that the root of the number of places? d is the length of a query.": (
            lambda Q, K, V: _weighed(Q @ K.T / len(Q) ** 0.5, V)
        ),
        "Is a later score set to 0 before the softmax? exp(0) is 1, so it still counts: hide it with -np.inf.": (
            lambda Q, K, V: _weighed(np.tril(Q @ K.T / Q.shape[1] ** 0.5), V, len(Q))
        ),
        "Is the place itself hidden? A place sees itself and what came before.": (
            lambda Q, K, V: _weighed(Q @ K.T / Q.shape[1] ** 0.5, V, -1)
        ),
        "Are those the weights? The result is their mean of the rows of V.": (
            lambda Q, K, V: _weighed(Q @ K.T / Q.shape[1] ** 0.5, np.eye(len(Q)))
        ),
        "Are queries and keys exchanged? Row t belongs to the query of place t: Q @ K.T.": (
            lambda Q, K, V: _weighed(K @ Q.T / Q.shape[1] ** 0.5, V)
        ),
        "Is the softmax missing? The weights are exp of the scores over their sum.": (
            lambda Q, K, V: np.tril(Q @ K.T / Q.shape[1] ** 0.5) @ V
        ),
        "Do the weights of a row sum to 1? Divide exp of the scores by its sum.": (
            lambda Q, K, V: np.tril(np.exp(Q @ K.T / Q.shape[1] ** 0.5)) @ V
        ),
    },
    alternatives=[attention_by_loop],
)
def causal_attention(Q, K, V):
    """Row t: the mean of the rows of V up to t, weighted by w_tj = exp(q_t · k_j / √d) / Σ_{i ≤ t} exp(q_t · k_i / √d).

    Q (n, d), K (n, d), V (n, e): the queries, keys and values of n places. The result has shape (n, e).
    """
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    scores = np.where(np.tril(np.ones(scores.shape)) > 0, scores, -np.inf)
    weights = np.exp(scores)
    return weights / weights.sum(axis=1, keepdims=True) @ V


# ---- questions in the lesson -----------------------------------------------------------------------------------------

question(
    "why_one_negative_is_so_sure",
    answer="b",
    why="The network answers the question that it was asked: is this pair a real one or a drawn one? Among one real "
    "and one drawn of 3,000 a track with a chance of 1 in 100 is nearly always the real one.",
    wrong={
        "a": "More epochs bring it nearer to exactly this answer: it is the optimum of that loss.",
        "c": "Order among the tracks can be right while every sigmoid is far too large.",
    },
)

question(
    "what_attention_shows",
    answer="c",
    why="The fits predict alike and look elsewhere, so the picture tells how this network computes and not what the "
    "world does. Ask the predictions: change a play and see what happens.",
    wrong={
        "a": "Another fit that predicts as well does not look there.",
        "b": "All of them predict right, so none of the pictures is a sign of a bad fit.",
    },
)
