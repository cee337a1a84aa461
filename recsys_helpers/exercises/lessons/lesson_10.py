"""The exercises of lesson 10, Learning to rank.

They hold no lesson: the text is in notebooks/source.
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
        "Did you average before the logarithm? Each pair has its own loss.": lambda h, u: float(
            -np.log(np.mean(_chance(np.subtract(h, u))))
        ),
        "Is that the share of pairs in the wrong order? It has no slope to follow.": lambda h, u: float(
            np.mean(np.subtract(h, u) <= 0)
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
    },
    alternatives=[by_tanh],
)
def bpr_gradient(p, q_heard, q_unheard):
    """The gradients of -log s(p . (q_heard - q_unheard)) by p, by q_heard and by q_unheard, in this order.

    Three vectors come in and three go out, each of shape (k,); s(x) = 1 / (1 + exp(-x)). There is no penalty.
    """
    pull = 1 - 1 / (1 + np.exp(-(p @ (q_heard - q_unheard))))
    return -pull * (q_heard - q_unheard), -pull * p, pull * p


# ---- what a negative is --------------------------------------------------------------------------------------------


def some_catalogues(rng):
    """Edge cases first: nothing heard, all but one heard, each unheard track alike; then some catalogues."""
    yield [4, 1], [], 1.0
    yield [4, 9, 1], [0, 2], 0.5
    yield [4, 9, 1, 16], [1], 0.0
    yield [4, 9, 1, 16], [0], 0.5
    for _ in range(8):
        n = int(rng.integers(3, 7))
        heard = sorted(rng.choice(n, int(rng.integers(1, n - 1)), replace=False).tolist())
        yield rng.integers(1, 50, n).tolist(), heard, float(rng.choice([0.5, 0.75, 1.0]))


def _weights(listeners, power):
    return np.array(listeners, dtype=float) ** power


def _without(values, heard):
    values = np.array(values, dtype=float)
    values[list(heard)] = 0
    return values


def by_loop(listeners, heard, power):
    total = sum(n**power for i, n in enumerate(listeners) if i not in heard)
    return [0.0 if i in heard else n**power / total for i, n in enumerate(listeners)]


@exercise(
    inputs=some_catalogues,
    hints=[
        "First the weight of every track, then 0 for what was heard, then make them sum to 1.",
        "weights = np.array(listeners, dtype=float) ** power; weights[heard] = 0",
        "return weights / weights.sum()",
    ],
    why="Power 1 draws what is popular, power 0 draws blindly. Both guess at what a listener had the chance to hear.",
    mistakes={
        "Do they sum to 1? Divide by the sum of the weights that are left.": lambda n, h, p: _without(
            _weights(n, p), h
        ),
        "Did you divide before you took out what was heard? Then the rest sums to less than 1.": lambda n, h, p: (
            _without(_weights(n, p) / _weights(n, p).sum(), h)
        ),
        "Can a heard track be drawn? It cannot be a negative for this listener.": lambda n, h, p: (
            _weights(n, p) / _weights(n, p).sum()
        ),
        "Does the power change nothing in your shares? The weight is `listeners ** power`, not a multiple of it.": (
            lambda n, h, p: _without(n, h) / _without(n, h).sum()
        ),
        "Has every unheard track the same chance? Those with more listeners are to be drawn more often.": (
            lambda n, h, p: _without(_weights(n, 0), h) / _without(_weights(n, 0), h).sum()
        ),
        "Are rare tracks drawn more often? The chance grows with the number of listeners.": lambda n, h, p: (
            _without(_weights(n, -p), h) / _without(_weights(n, -p), h).sum()
        ),
    },
    alternatives=[by_loop],
)
def popular_negatives(listeners, heard, power):
    """The chance of each track to be drawn as a negative for one listener: a list that sums to 1.

    `listeners` holds the number of listeners of each track (1 or more), `heard` the positions of what this listener
    heard, which get 0; the others are in proportion to listeners ** power. At least one track is unheard.
    """
    weights = np.array(listeners, dtype=float) ** power
    weights[list(heard)] = 0
    return weights / weights.sum()


def some_draws(rng):
    """Edge cases first: one unheard, all heard, the highest is heard; then some draws."""
    yield [0.5, 0.1], [], [1]
    yield [0.5, 0.1], [0, 1], [0, 1]
    yield [0.9, 0.5, 0.1, 0.7], [0], [0, 1, 2]
    yield [0.2, 0.4, 0.1, 0.3], [1], [3, 0, 2, 1]
    for _ in range(9):
        n = int(rng.integers(5, 9))
        scores = (rng.permutation(n) / n - 0.5).round(2).tolist()
        heard = rng.choice(n, int(rng.integers(1, 4)), replace=False).tolist()
        yield scores, heard, rng.choice(n, int(rng.integers(2, 5)), replace=False).tolist()


def _of(scores, tracks, choose=max):
    return choose(tracks, key=lambda j: scores[j]) if tracks else -1


def _place(scores, tracks, choices):
    best = _of(scores, tracks)
    return list(choices).index(best) if tracks else -1


def gives_up(scores, heard, drawn):
    best = _of(scores, list(drawn))
    return -1 if best in heard else best


def by_sorting(scores, heard, drawn):
    for track in sorted(drawn, key=lambda j: -scores[j]):
        if track not in heard:
            return track
    return -1


@exercise(
    inputs=some_draws,
    hints=[
        "Which of the drawn tracks may be a negative at all?",
        "left = [j for j in drawn if j not in heard], and of these the one with the highest score.",
        "return max(left, key=lambda j: scores[j]) if left else -1",
    ],
    why="The unheard track that the model likes best is where its order is most likely wrong, so it teaches most.",
    mistakes={
        "Can that be a negative? The listener has heard it.": lambda s, h, d: _of(s, list(d)),
        "Is that the easiest? The hardest negative has the HIGHEST score.": lambda s, h, d: _of(
            s, [j for j in d if j not in h], min
        ),
        "Did you look at all tracks? Only those in `drawn` are candidates.": lambda s, h, d: _of(
            s, [j for j in range(len(s)) if j not in h]
        ),
        "Is that a score? The task asks for the track's position.": lambda s, h, d: max(
            (s[j] for j in d if j not in h), default=-1
        ),
        "Is that a place in your own list of candidates? Give the track itself, one of `drawn`.": [
            lambda s, h, d: _place(s, [j for j in d if j not in h], [j for j in d if j not in h]),
            lambda s, h, d: _place(s, [j for j in d if j not in h], d),
        ],
        "Did you give up because the highest one is heard? The next of the drawn may be unheard.": gives_up,
    },
    alternatives=[by_sorting],
)
def hardest(scores, heard, drawn):
    """The drawn track that is unheard and has the highest score; -1 if all that were drawn are heard.

    `scores` holds the model's score of every track, by position; `heard` and `drawn` are lists of positions. No two
    scores are equal.
    """
    left = [j for j in drawn if j not in heard]
    return max(left, key=lambda j: scores[j]) if left else -1


# ---- softmax over a few --------------------------------------------------------------------------------------------


def some_samples(rng):
    """Edge cases first: one competitor, equal chances; then some samples."""
    yield 1.0, [0.0], [0.5]
    yield 2.0, [1.0, 0.0], [0.5, 0.5]
    yield 2.0, [1.0, 1.0], [0.8, 0.8]
    yield 0.0, [2.0, 1.0], [0.1, 0.4]
    for _ in range(8):
        m = int(rng.integers(2, 5))
        yield float(rng.integers(-2, 5)) / 2, rng.integers(-2, 5, m) / 2, rng.integers(1, 10, m) / 20


def _sampled(own, drawn, weights):
    return float(-own + np.log(np.exp(own) + np.sum(np.exp(np.asarray(drawn, dtype=float)) * weights)))


def by_log_q(own, drawn, chances):
    corrected = np.asarray(drawn, dtype=float) - np.log(len(drawn) * np.asarray(chances, dtype=float))
    return np.logaddexp.reduce([own, *corrected]) - own


@exercise(
    inputs=some_samples,
    hints=[
        "A competitor that is drawn often must count less each time: divide its exp(score) by m times its chance.",
        "total = exp(own) + the sum of exp(score) / (m * chance). The loss is -log(exp(own) / total).",
        "-own + np.log(np.exp(own) + np.sum(np.exp(drawn) / (len(drawn) * np.array(chances))))",
    ],
    why="Over many draws the sum equals the one over all competitors. Taking log(m q) off a score does the same.",
    mistakes={
        "Is each competitor weighed by how often it is drawn? Divide by m times its chance.": [
            lambda o, d, q: _sampled(o, d, 1.0),
            lambda o, d, q: _sampled(o, d, 1 / len(d)),
        ],
        "Did you multiply by the chance? What is drawn often must count less, not more.": [
            lambda o, d, q: _sampled(o, d, np.asarray(q, dtype=float)),
            lambda o, d, q: _sampled(o, d, np.asarray(q, dtype=float) * len(d)),
        ],
        "Is the minus before the logarithm missing? A loss falls as the chance of the choice rises.": lambda o, d, q: (
            -_sampled(o, d, 1 / (len(d) * np.asarray(q, dtype=float)))
        ),
        "Is that the chance itself? The loss is minus its logarithm.": lambda o, d, q: float(
            np.exp(-_sampled(o, d, 1 / (len(d) * np.asarray(q, dtype=float))))
        ),
        "Did you forget m? The mean over the m draws estimates the sum over all.": lambda o, d, q: _sampled(
            o, d, 1 / np.asarray(q, dtype=float)
        ),
        "Does the track that was taken compete too? It belongs into the total.": lambda o, d, q: float(
            -o + np.log(np.sum(np.exp(np.asarray(d, dtype=float)) / (len(d) * np.asarray(q, dtype=float))))
        ),
    },
    conventions={
        "That is in bits, by the logarithm to base 2. The task asks for the natural logarithm.": lambda o, d, q: (
            _sampled(o, d, 1 / (len(d) * np.asarray(q, dtype=float))) / np.log(2)
        )
    },
    alternatives=[by_log_q],
)
def sampled_softmax(own, drawn, chances):
    """-log(exp(own) / total), total = exp(own) + the sum over the m drawn of exp(score) / (m x chance).

    `own` is the score of the track that was taken, `drawn` the m scores of its competitors, `chances` with what chance
    each of them is drawn (above 0). Natural logarithm; m is at least 1.
    """
    drawn, chances = np.array(drawn, dtype=float), np.array(chances, dtype=float)
    return -own + np.log(np.exp(own) + np.sum(np.exp(drawn) / (len(drawn) * chances)))


def some_hits(rng):
    """Edge cases first: no hit, all hits, a hit with a score of 0; then some."""
    yield [1.5, -0.5], [4, 7], [1]
    yield [1.5, -0.5], [4, 7], [7, 4]
    yield [0.0, 2.0], [4, 7], [4]
    yield [1.0, 2.0, 3.0], [4, 7, 4], [4]
    for _ in range(8):
        m = int(rng.integers(2, 6))
        drawn = rng.integers(0, 8, m)
        yield rng.integers(1, 9, m) / 2 - 2.25, drawn.tolist(), rng.choice(8, 3, replace=False).tolist()


def by_place(scores, drawn, heard):
    return [-np.inf if place in heard else score for place, score in enumerate(scores)]


def by_where(scores, drawn, heard):
    return np.where(np.isin(drawn, heard), -np.inf, scores)


@exercise(
    inputs=some_hits,
    hints=[
        "What score must a track have so that exp(score) adds nothing to a sum?",
        "minus infinity: exp(-inf) is 0, while exp(0) is 1.",
        "[-np.inf if j in heard else s for s, j in zip(scores, drawn)]",
    ],
    why="In a batch the competitors are drawn for all its listeners together, so one of them may have heard one.",
    mistakes={
        "Does a 0 take it out? exp(0) is 1, so it would still compete.": lambda s, d, h: np.where(
            np.isin(d, h), 0.0, s
        ),
        "Did you drop them? Every draw keeps its place: the scores of a batch are one table.": lambda s, d, h: [
            x for x, j in zip(s, d, strict=True) if j not in h
        ],
        "Did you take out those that were NOT heard? An accidental hit is one that was.": lambda s, d, h: (
            np.where(np.isin(d, h), s, -np.inf)
        ),
        "Did you take the heard tracks for places in `scores`? Which track stands at a place is in `drawn`.": by_place,
    },
    alternatives=[by_where],
)
def mask_accidental_hits(scores, drawn, heard):
    """The scores of the drawn tracks, with minus infinity (-np.inf) where the listener has heard the track.

    `scores` and `drawn` (positions of tracks, some perhaps twice) have one length, and so has the result; `heard`
    are the positions of what the listener heard.
    """
    return [-np.inf if track in heard else score for score, track in zip(scores, drawn, strict=True)]


question(
    "what_uniform_assumes",
    answer="b",
    why="Each unheard track is drawn alike. But a listener who has not heard what a thousand others have has probably "
    "met it and passed it over, while a track of ten listeners was hardly ever offered.",
    wrong={
        "a": "No loss of order says that: it puts the track below the heard one, wherever that stands.",
        "c": "Then it would not be a fair opponent at all: nobody ranks what they have never met.",
    },
)

question(
    "why_a_larger_penalty",
    answer="a",
    why="The penalty acts once for each entry that is met, in both losses. The pull of a softmax comes from all its "
    "competitors at once, so it takes a larger penalty to hold against it.",
    wrong={
        "b": "Both have P, Q and b, of the same shapes.",
        "c": "The full softmax, which draws nothing, needs it as well.",
    },
)
