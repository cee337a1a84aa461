"""Exercises of lesson 10: what a negative is, and a softmax over a few.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

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


def power_last(listeners, heard, power):
    weights = _without(listeners, heard)
    return _without((weights / weights.sum()) ** power, heard)


def of_the_heard(listeners, heard, power):
    weights = _weights(listeners, power) * [place in heard for place in range(len(listeners))]
    return weights / max(weights.sum(), 1e-12)


def the_unheard_alone(listeners, heard, power):
    weights = [n**power for place, n in enumerate(listeners) if place not in heard]
    return [one / sum(weights) for one in weights]


@exercise(
    inputs=some_catalogues,
    hints=[
        "First the weight of every track, then 0 for what was heard, then make them sum to 1.",
        "weights = np.array(listeners, dtype=float) ** power; weights[heard] = 0",
        "return weights / weights.sum()",
    ],
    why="Power 1 draws what is popular, power 0 draws blindly. Both guess at what a listener had the chance to hear.",
    mistakes={
        "Do they sum to 1? Divide by the sum of the weights that are left.": [
            lambda n, h, p: _without(_weights(n, p), h),
            power_last,
        ],
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
        "Are those the chances of the heard ones? They get 0: a negative is unheard.": of_the_heard,
        "Is your list shorter than the catalogue? Every track keeps its place; a heard one has 0.": the_unheard_alone,
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
    yield [0.5, 0.1], [1], [1]
    yield [0.9, 0.5, 0.1, 0.7], [0], [0, 1, 2]
    yield [0.2, 0.4, 0.1, 0.3], [1], [3, 0, 2, 1]
    yield [0.3, -0.6, -0.1, 0.2], [], [1, 2, 0]
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
        "Did you look at all tracks? Only those in `drawn` are candidates.": [
            lambda s, h, d: _of(s, [j for j in range(len(s)) if j not in h]),
            lambda s, h, d: _of(s, [j for j in d if j not in h] or [j for j in range(len(s)) if j not in h]),
        ],
        "Is that a score? The task asks for the track's position.": lambda s, h, d: max(
            (s[j] for j in d if j not in h), default=-1
        ),
        "Is that a place in your own list of candidates? Give the track itself, one of `drawn`.": [
            lambda s, h, d: _place(s, [j for j in d if j not in h], [j for j in d if j not in h]),
            lambda s, h, d: _place(s, [j for j in d if j not in h], d),
        ],
        "Did you give up because one is heard? Another of the drawn may be unheard.": [
            gives_up,
            lambda s, h, d: -1 if set(h) & set(d) else _of(s, list(d)),
        ],
        "Is that the first that is unheard? Take the one with the highest score of all that are.": lambda s, h, d: (
            next((j for j in d if j not in h), -1)
        ),
        "Did you choose among the heard ones? A negative is unheard.": lambda s, h, d: _of(
            s, [j for j in d if j in h]
        ),
        "Is that the score nearest to 0? The hardest negative has the highest one.": lambda s, h, d: _of(
            [-abs(one) for one in s], [j for j in d if j not in h]
        ),
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
        "Did you divide the score and not its exp? Divide exp(score), or take log(m q) off the score.": (
            lambda o, d, q: float(
                -o
                + np.log(
                    np.exp(o)
                    + np.sum(np.exp(np.asarray(d, dtype=float) / (len(d) * np.asarray(q, dtype=float))))
                )
            )
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
    yield [2.0, 1.0, 3.0], [5, 2, 0], [2]
    for _ in range(8):
        m = int(rng.integers(2, 6))
        drawn = rng.integers(0, 8, m)
        yield rng.integers(1, 9, m) / 2 - 2.25, drawn.tolist(), rng.choice(8, 3, replace=False).tolist()


def by_place(scores, drawn, heard):
    return [-np.inf if place in heard else score for place, score in enumerate(scores)]


def by_where(scores, drawn, heard):
    return np.where(np.isin(drawn, heard), -np.inf, scores)


def first_of_each(scores, drawn, heard):
    found, drawn = list(scores), list(drawn)
    for track in heard:
        if track in drawn:
            found[drawn.index(track)] = -np.inf
    return found


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
        "Is that plus infinity? Then the heard track would take the whole sum.": (
            lambda s, d, h: np.where(np.isin(d, h), np.inf, s)
        ),
        "Is that the mask? Give the scores, with -np.inf where it is true.": (
            lambda s, d, h: [j in h for j in d]
        ),
        "Did you look for the scores among the heard tracks? Which track a score belongs to stands in `drawn`.": (
            lambda s, d, h: np.where(np.isin(s, h), -np.inf, s)
        ),
        "Is a track that was drawn twice hidden once? Each of its places competes.": first_of_each,
        "Are all hidden because one is heard? The others still compete.": (
            lambda s, d, h: np.where(np.isin(d, h).any(), -np.inf, s)
        ),
    },
    conventions={
        "Many write a large negative number, such as -1e9. The task asks for -np.inf, whose exp is 0 at any scale.": (
            lambda s, d, h: np.where(np.isin(d, h), -1e9, s)
        ),
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
