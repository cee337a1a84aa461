"""Exercises of lesson 10: the opening questions, the loss of a pair and its gradient.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_drawn_metric",
    answer="c",
    why="With 20 drawn rivals a track at rank 300 of 3,000 usually stands among the first three, and so does one at "
    "rank 30. The metric can no longer tell them apart, and two models can change places (lesson 06).",
    wrong={
        "a": "Fewer rivals make every model look better, but not by the same amount: the order can change.",
        "b": "The noise shrinks with more listeners. What stays is the bias: another question is asked.",
    },
)

question(
    "recall_hole_in_als",
    answer="a",
    why="ImplicitALS counts every empty cell as a 0, but with confidence 1, while a played cell gets more. BPR, in "
    "this lesson, gives an empty cell no value at all: only a place below what was heard.",
    wrong={
        "b": "That is BiasedALS, which looks at observed cells alone. Then nothing is ever ranked low.",
        "c": "There is no dislike among the signals: most empty cells are tracks that nobody offered (lesson 01).",
    },
)

question(
    "recall_penalty",
    answer="b",
    why="Adding lambda |p|^2 to a loss is the same as believing beforehand that factors are near 0, with a normal "
    "prior (lesson 03). Without it, factors of rare tracks grow until they fit noise.",
    wrong={
        "a": "It makes the fit to the training data worse, on purpose.",
        "c": "It moves every factor towards 0, and none to exactly 0: that would be a penalty on |p|.",
    },
)

# ---- the loss of a pair and its gradient ---------------------------------------------------------------------------


def _chance(lead):
    return 1 / (1 + np.exp(-np.asarray(lead, dtype=float)))


def some_pairs(rng):
    """Edge cases first: equal scores, one pair far apart in either order; then some pairs."""
    yield [0.0], [0.0]
    yield [2.0], [0.0]
    yield [0.0], [2.0]
    yield [3.0, 1.0], [0.0, 2.0]
    for _ in range(8):
        n = int(rng.integers(2, 5))
        yield rng.integers(-4, 5, n) / 2, rng.integers(-4, 5, n) / 2


def by_logaddexp(heard, unheard):
    return float(np.mean([np.logaddexp(0, b - a) for a, b in zip(heard, unheard, strict=True)]))


@exercise(
    inputs=some_pairs,
    hints=[
        "The lead of a pair is heard minus unheard. How likely does the model think that this order is right?",
        "s(lead) = 1 / (1 + exp(-lead)). The loss of a pair is minus the natural logarithm of it.",
        "np.mean(-np.log(1 / (1 + np.exp(-(np.array(heard) - np.array(unheard))))))",
    ],
    why="A pair in the wrong order costs about its distance, a pair far apart in the right order costs nothing.",
    mistakes={
        "Did you leave the logarithm out? A likelihood is a product, and only its logarithm is a sum.": [
            lambda h, u: float(np.mean(-_chance(np.subtract(h, u)))),
            lambda h, u: float(np.mean(_chance(np.subtract(u, h)))),
        ],
        "Did you take unheard minus heard, or lose the minus in exp(-x)? The loss then asks for the opposite order.": (
            lambda h, u: float(np.mean(-np.log(_chance(np.subtract(u, h)))))
        ),
        "Is the minus before the logarithm missing? A loss falls as the chance of the order rises.": lambda h, u: (
            float(np.mean(np.log(_chance(np.subtract(h, u)))))
        ),
        "Did you average before the logarithm? Each pair has its own loss.": [
            lambda h, u: float(-np.log(np.mean(_chance(np.subtract(h, u))))),
            lambda h, u: float(-np.log(_chance(np.mean(np.subtract(h, u))))),
        ],
        "Is that the share of pairs in the wrong order? It has no slope to follow.": lambda h, u: float(
            np.mean(np.subtract(h, u) <= 0)
        ),
        "Did you set each heard one against each unheard one? They come in pairs, side by side.": (
            lambda h, u: float(np.mean(np.log1p(np.exp(-np.subtract.outer(h, u)))))
        ),
        "Is each score judged by itself? What counts is by how much the one leads over the other.": [
            lambda h, u: float(np.mean(-np.log(_chance(h)) - np.log(_chance(np.negative(u))))),
            lambda h, u: float(np.mean(-np.log(_chance(h)) - np.log(_chance(np.negative(u))))) / 2,
        ],
        "Is the unheard score left out? A high score means nothing until it is set against another.": (
            lambda h, u: float(np.mean(-np.log(_chance(h))))
        ),
        "Is that a hinge, max(0, 1 - lead)? It ends at a lead of 1; the task asks for -log s(lead).": (
            lambda h, u: float(np.mean(np.maximum(0, 1 - np.subtract(h, u))))
        ),
    },
    conventions={
        "That is the sum over the pairs. The task asks for the mean.": lambda h, u: float(
            np.sum(-np.log(_chance(np.subtract(h, u))))
        ),
        "That is in bits, by the logarithm to base 2. The task asks for natural logarithms.": lambda h, u: (
            float(np.mean(-np.log2(_chance(np.subtract(h, u)))))
        ),
    },
    alternatives=[by_logaddexp],
)
def bpr_loss(heard, unheard):
    """The mean over the pairs of -log s(heard - unheard), with s(x) = 1 / (1 + exp(-x)) and natural logarithms.

    Two lists of scores of one length, at least 1: of a track that was heard, and of the unheard one beside it.
    """
    lead = np.array(heard, dtype=float) - np.array(unheard, dtype=float)
    return np.mean(-np.log(1 / (1 + np.exp(-lead))))


def some_vectors(rng):
    """Edge cases first: equal tracks, one factor, a pair already far apart; then some vectors."""
    yield np.array([1.0, 2.0]), np.array([1.0, 0.0]), np.array([1.0, 0.0])
    yield np.array([1.0]), np.array([2.0]), np.array([-1.0])
    yield np.array([2.0]), np.array([-1.0]), np.array([1.0])
    yield np.array([1.0, 2.0]), np.array([1.0, 0.5]), np.array([-0.5, 1.0])
    for _ in range(9):
        k = int(rng.integers(2, 4))
        yield tuple(rng.integers(-3, 4, k) / 2 + 0.25 for _ in range(3))


def _slopes(p, q_heard, q_unheard, pull):
    return -pull * (q_heard - q_unheard), -pull * p, pull * p


def _lead(p, q_heard, q_unheard):
    return float(p @ (q_heard - q_unheard))


def by_tanh(p, q_heard, q_unheard):
    wrong = 0.5 - 0.5 * np.tanh(_lead(p, q_heard, q_unheard) / 2)
    return [wrong * (q_unheard - q_heard), -wrong * p, wrong * p]


def one_track_moves(p, q_heard, q_unheard):
    of_p, of_heard, _ = bpr_gradient(p, q_heard, q_unheard)
    return of_p, of_heard, 0 * p


def both_move_alike(p, q_heard, q_unheard):
    of_p, of_heard, _ = bpr_gradient(p, q_heard, q_unheard)
    return of_p, of_heard, of_heard


def tracks_exchanged(p, q_heard, q_unheard):
    of_p, of_heard, of_unheard = bpr_gradient(p, q_heard, q_unheard)
    return of_p, of_unheard, of_heard


def not_summed(p, q_heard, q_unheard):
    pull = 1 - _chance(p * (q_heard - q_unheard))
    return _slopes(p, q_heard, q_unheard, pull)


def along_the_tracks(p, q_heard, q_unheard):
    pull = 1 - _chance(_lead(p, q_heard, q_unheard))
    return -pull * (q_heard - q_unheard), -pull * q_heard, pull * q_unheard


def along_the_sum(p, q_heard, q_unheard):
    _, of_heard, of_unheard = bpr_gradient(p, q_heard, q_unheard)
    return (_chance(_lead(p, q_heard, q_unheard)) - 1) * (q_heard + q_unheard), of_heard, of_unheard


@exercise(
    inputs=some_vectors,
    hints=[
        "With lead = p . (q_heard - q_unheard) the loss is -log s(lead). Its derivative by the lead is s(lead) - 1.",
        "Then the chain rule: the lead's derivative by p is q_heard - q_unheard, by q_heard p, by q_unheard -p.",
        "pull = 1 - s(lead); return -pull * (q_heard - q_unheard), -pull * p, pull * p",
    ],
    why="All three are scaled by 1 - s(lead), how wrong the pair is: a pair in the right order hardly moves anything.",
    mistakes={
        "Did you forget that the unheard track moves too? The lead falls as its score rises.": one_track_moves,
        "Does that point downhill? The gradient is the direction in which the loss grows.": lambda p, a, b: (
            _slopes(p, a, b, _chance(_lead(p, a, b)) - 1)
        ),
        "Do the two tracks move alike? The lead rises with the score of the heard one and falls with the other's.": (
            both_move_alike
        ),
        "Are the gradients of the two tracks exchanged, in place or in sign? The heard one's is -(1 - s) p.": (
            tracks_exchanged
        ),
        "Did you scale by s(lead)? Then the pairs that are right already would move most.": lambda p, a, b: (
            _slopes(p, a, b, _chance(_lead(p, a, b)))
        ),
        "Did you take the derivative of s? The loss is -log s, so its derivative by the lead is -(1 - s).": (
            lambda p, a, b: _slopes(p, a, b, _chance(_lead(p, a, b)) * _chance(-_lead(p, a, b)))
        ),
        "Is the factor 1 - s(lead) missing? It is the derivative of the loss by the lead.": lambda p, a, b: (
            _slopes(p, a, b, 1.0)
        ),
        "Is the lead summed over the factors? p . (q_heard - q_unheard) is one number, and so is s of it.": not_summed,
        "Do the tracks move along themselves? The slope of the lead by a track is p.": along_the_tracks,
        "Did you add the two tracks? The slope of the lead by p is their difference.": along_the_sum,
        "Did you scale by the loss itself? Its derivative by the lead is -(1 - s(lead)).": (
            lambda p, a, b: _slopes(p, a, b, float(-np.log(_chance(_lead(p, a, b)))))
        ),
    },
    alternatives=[by_tanh],
)
def bpr_gradient(p, q_heard, q_unheard):
    """The gradients of -log s(p . (q_heard - q_unheard)) by p, by q_heard and by q_unheard, in this order.

    Three vectors come in and three go out, each of shape (k,); s(x) = 1 / (1 + exp(-x)). There is no penalty.
    """
    pull = 1 - 1 / (1 + np.exp(-(p @ (q_heard - q_unheard))))
    return -pull * (q_heard - q_unheard), -pull * p, pull * p
