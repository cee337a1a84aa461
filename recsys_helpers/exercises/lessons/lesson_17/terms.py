"""The exercises of lesson 17 on the terms of a score, and its questions on earlier lessons.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_honest_reason",
    answer="b",
    why="A sentence under a list is honest if the score was made of what it names (lesson 04). This lesson asks for "
    "more: whether the list would be another one without it.",
    wrong={
        "a": "People may like a sentence that has nothing to do with how the list was made.",
        "c": "Similar is what we see. The score may rest on other tracks altogether.",
    },
)

question(
    "recall_change_of_factors",
    answer="c",
    why="(P B)(Q B^-T)^T = P Q^T for every invertible B, so the scores stay but for rounding (lesson 03). "
    "What a picture shows of single factors is therefore partly an accident of the fit.",
    wrong={
        "a": "The fit ends somewhere, but many pairs of P and Q give the same scores.",
        "b": "Each score is a sum over all factors, and the two changes cancel in it.",
    },
)

question(
    "recall_caused_by_showing",
    answer="a",
    why="An effect is a difference between two worlds that differ in one thing (lesson 15). A deletion test compares "
    "two lists that differ in one thing, the plays that are said to be the reason.",
    wrong={
        "b": "Where it was started is attribution, which counts plays that would have come anyway.",
        "c": "Loved tracks are played with and without the shelf, so liking does not settle it.",
    },
)

# ---- als_reasons -----------------------------------------------------------------------------------------------------


def some_factors(rng):
    """Edge cases first: one factor, a listener with one play, equal confidences; then some listeners."""
    yield [[1.0], [2.0], [1.0]], [0, 1], [3.0, 2.0], 1.0, 2
    yield [[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]], [1], [4.0], 1.0, 2
    yield [[2.0, 1.0], [1.0, -1.0], [0.0, 1.0], [1.0, 1.0]], [0, 2], [2.0, 2.0], 0.5, 3
    for _ in range(9):
        n, k = int(rng.integers(4, 7)), int(rng.integers(2, 4))
        Q = rng.normal(0, 1, (n, k)).round(2)
        heard = np.sort(rng.choice(n - 1, int(rng.integers(2, n - 1)), replace=False))
        confidence = rng.integers(2, 8, len(heard)).astype(float)
        yield Q.tolist(), heard.tolist(), confidence.tolist(), float(rng.choice([0.5, 1.0, 3.0])), n - 1


def _system(Q, heard, confidence, regularization):
    Q = np.asarray(Q, dtype=float)
    every = np.ones(len(Q))
    every[heard] = confidence
    return Q.T @ (every[:, None] * Q) + regularization * np.eye(Q.shape[1])


def _terms(Q, heard, weights, system, item):
    Q = np.asarray(Q, dtype=float)
    return (Q[item] @ np.linalg.solve(system, (np.asarray(weights)[:, None] * Q[heard]).T)).tolist()


def without_system(Q, heard, confidence, regularization, item):
    return _terms(Q, heard, confidence, np.eye(len(Q[0])), item)


def confidence_forgotten(Q, heard, confidence, regularization, item):
    system = _system(Q, heard, confidence, regularization)
    return _terms(Q, heard, np.ones(len(heard)), system, item)


def heard_alone_in_system(Q, heard, confidence, regularization, item):
    mine = np.asarray(Q, dtype=float)[heard]
    system = mine.T @ (np.asarray(confidence)[:, None] * mine) + regularization * np.eye(mine.shape[1])
    return _terms(Q, heard, confidence, system, item)


def only_extra_confidence(Q, heard, confidence, regularization, item):
    system = _system(Q, heard, confidence, regularization)
    return _terms(Q, heard, np.asarray(confidence) - 1, system, item)


def all_equal_in_system(Q, heard, confidence, regularization, item):
    return _terms(Q, heard, confidence, _system(Q, heard, np.ones(len(heard)), regularization), item)


def penalty_forgotten(Q, heard, confidence, regularization, item):
    return _terms(Q, heard, confidence, _system(Q, heard, confidence, 0.0), item)


def by_inverse(Q, heard, confidence, regularization, item):
    W = np.linalg.inv(_system(Q, heard, confidence, regularization))
    Q = np.asarray(Q, dtype=float)
    return [float(Q[item] @ W @ Q[j]) * c for j, c in zip(heard, confidence, strict=True)]


@exercise(
    inputs=some_factors,
    hints=[
        "The system is a k x k matrix: the sum over ALL tracks of c q qᵀ (c is 1 where not heard), plus λ I.",
        "The term of a heard track j is q_i . (W q_j) c_j, with W the inverse of that matrix.",
        "W = np.linalg.inv(Q.T @ (c[:, None] * Q) + regularization * np.eye(k)), with c = 1 but for the heard tracks",
    ],
    why="The terms sum to p_u . q_i, so a factor model has reasons too. But W holds the whole history, and so the term "
    "of one play hangs on all the others.",
    mistakes={
        "Is W missing? The term is q_i . (W q_j) c_j, with W from the listener's system.": (without_system),
        "Is the confidence of the play missing? Each term is multiplied by it.": confidence_forgotten,
        "Does the system hold the heard tracks alone? What was not heard is in it too, with confidence 1.": (
            heard_alone_in_system
        ),
        "Did you multiply by c - 1? The term has the whole c.": only_extra_confidence,
        "Is every confidence 1 in the system? The heard tracks have their own there too.": all_equal_in_system,
        "Is the penalty missing in the system? Add λ on its diagonal.": penalty_forgotten,
    },
    alternatives=[by_inverse],
)
def als_reasons(Q, heard, confidence, regularization, item):
    """What each heard track adds to the score of track `item`, a list in the order of `heard`.

    Q holds a row of k factors for each of n tracks. `heard` are the positions of the tracks that the listener has
    heard, `confidence` their c, in the same order; every other track has c = 1. With W the inverse of (the sum over
    all tracks of c q qᵀ, plus `regularization` times the unit matrix), heard track j adds q_i . (W q_j) c_j, with
    i = `item`.
    """
    Q = np.asarray(Q, dtype=float)
    c = np.ones(len(Q))
    c[heard] = confidence
    W = np.linalg.inv(Q.T @ (c[:, None] * Q) + regularization * np.eye(Q.shape[1]))
    return (Q[item] @ W @ Q[heard].T * confidence).tolist()


# ---- why_rather ------------------------------------------------------------------------------------------------------


def some_pairs(rng):
    """Edge cases first: one play, the lesson's listener both ways, a play without a word; then some listeners."""
    yield {"Aria": 0.5}, {"Aria": 0.2}
    yield {"Aria": 0.5, "Blues": 0.1, "Coda": 0.1}, {"Aria": 0.2, "Blues": 0.2, "Coda": 0.25}
    yield {"Aria": 0.2, "Blues": 0.2, "Coda": 0.25}, {"Aria": 0.5, "Blues": 0.1, "Coda": 0.1}
    yield {"Aria": 0.6, "Blues": 0.2}, {"Aria": 0.3, "Blues": 0.05}
    yield {"Aria": 0.4, "Blues": -0.1, "Coda": 0.35}, {"Aria": 0.3, "Blues": 0.5, "Coda": 0.0}
    names = ["Aria", "Blues", "Coda", "Dirge", "Elegy", "Fugue"]
    for _ in range(9):
        some = names[: int(rng.integers(3, 7))]
        values = rng.choice(np.arange(-30, 60), 3 * len(some), replace=False) / 100
        first, second = values[: len(some)], values[len(some) : 2 * len(some)]
        while len(set((first - second).round(6))) < len(some):
            second = second + 0.01 * rng.integers(0, 9, len(some))
        yield dict(zip(some, first.tolist(), strict=True)), dict(zip(some, second.tolist(), strict=True))


def _sorted(pairs, key):
    return [name for name, value in sorted(pairs, key=key)]


def own_terms_alone(terms, rival_terms):
    return _sorted(terms.items(), lambda pair: -pair[1])


def turned_around(terms, rival_terms):
    return why_by_loop(rival_terms, terms)


def by_size(terms, rival_terms):
    return _sorted([(j, terms[j] - rival_terms[j]) for j in terms], lambda pair: -abs(pair[1]))


def smallest_first(terms, rival_terms):
    return why_by_loop(terms, rival_terms)[::-1]


def as_a_ratio(terms, rival_terms):
    return _sorted([(j, terms[j] / (abs(rival_terms[j]) + 1e-9)) for j in terms], lambda pair: -pair[1])


def why_by_loop(terms, rival_terms):
    left = {j: terms[j] - rival_terms[j] for j in terms}
    found = []
    while left:
        best = max(left, key=left.get)
        found.append(best)
        del left[best]
    return found


@exercise(
    inputs=some_pairs,
    hints=[
        "A play speaks for the one track against the other by the difference of its two terms.",
        "Sort by that difference, the largest first. A play with a negative one speaks for the rival and comes late.",
        "return sorted(terms, key=lambda j: terms[j] - rival_terms[j], reverse=True)",
    ],
    why="A large term may stand in both scores, and then it decides nothing between them: a loved genre lifts all of "
    "its tracks. What differs decides.",
    mistakes={
        "Did you sort by the track's own terms? A play that lifts both tracks alike decides nothing.": own_terms_alone,
        "Is it turned around? The plays that speak for the track come first, not those for the rival.": [
            turned_around,
            smallest_first,
        ],
        "Did you sort by size without the sign? What speaks for the rival comes last.": by_size,
        "Did you divide? Scores are sums, so what counts is the difference of the two terms.": as_a_ratio,
    },
    alternatives=[why_by_loop],
)
def why_rather(terms, rival_terms):
    """The plays, from the one that speaks most for a track against its rival to the one that speaks least: a list.

    `terms` says of each play what it adds to the score of the track, `rival_terms` what the same play adds to the
    score of the rival. Both are dicts with the same keys. How much a play speaks for the track is the first less the
    second; no two plays are equal in it.
    """
    return sorted(terms, key=lambda j: terms[j] - rival_terms[j], reverse=True)
