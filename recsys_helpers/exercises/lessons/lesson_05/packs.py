"""Exercises of lesson 05: places shared among packs, and the next question of an interview.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- packs -----------------------------------------------------------------------------------------------------------


def some_votes(rng):
    """Edge cases first: one pack, a pack without votes, ties, votes on which the rules differ."""
    yield {"music": 3.0}, 2
    yield {"news": 0.0, "music": 4.0}, 3
    yield {"radio": 2.0, "news": 2.0, "music": 1.0}, 1
    yield {"news": 3.0, "music": 3.0}, 1
    yield {"news": 2.0, "music": 2.0, "radio": 1.0}, 3
    yield {"radio": 1.0, "news": 1.0, "music": 1.0}, 2
    yield {"radio": 1.0, "music": 3.0, "news": 7.0}, 5
    yield {"radio": 1.0, "music": 3.0, "news": 5.0}, 4
    yield {"radio": 8.0, "music": 6.0, "news": 5.0}, 4
    for _ in range(8):
        yield (
            {
                name: round(float(v), 1)
                for name, v in zip(["radio", "music", "news"], rng.uniform(1, 12, 3), strict=True)
            },
            int(rng.integers(4, 9)),
        )


def _dealt(votes, places, divisor):
    got = dict.fromkeys(votes, 0)
    for _ in range(places):
        got[max(sorted(votes), key=lambda name: divisor(votes[name], got[name]))] += 1
    return got


def _dealt_from(votes, places, first):
    got = dict.fromkeys(votes, first)
    for _ in range(places - first * len(votes)):
        got[max(sorted(votes), key=lambda name: votes[name] / (got[name] + 1))] += 1
    return got


def _cut(votes, places, to_whole=int):
    return {name: to_whole(places * v / sum(votes.values())) for name, v in votes.items()}


def _by_order(votes, places, names):
    """Dealt, but a tie goes to whoever comes first among the names."""
    got = dict.fromkeys(votes, 0)
    for _ in range(places):
        got[max(names, key=lambda name: votes[name] / (got[name] + 1))] += 1
    return got


def _divided_again(votes, places):
    got, left = dict.fromkeys(votes, 0), dict(votes)
    for _ in range(places):
        name = max(sorted(left), key=left.get)
        got[name] += 1
        left[name] /= got[name] + 1
    return got


def _largest_remainders(votes, places):
    got = _cut(votes, places)
    rest = sorted(votes, key=lambda name: (got[name] - places * votes[name] / sum(votes.values()), name))
    return {name: got[name] + (name in rest[: places - sum(got.values())]) for name in votes}


def dealt_at_once(votes, places):
    """All quotients in one list: the largest ones have the places."""
    quotients = sorted((-v / r, name) for name, v in votes.items() for r in range(1, places + 1))
    won = [name for _, name in quotients[:places]]
    return {name: won.count(name) for name in votes}


@exercise(
    inputs=some_votes,
    hints=[
        "Deal one place at a time, each to the pack with the largest votes / (places it has + 1).",
        "max(sorted(votes), key=lambda name: votes[name] / (got[name] + 1)) takes the first name of a tie.",
    ],
    why="A list shared like this follows the listener's habits at every length, and can be explained in one sentence.",
    mistakes={
        "Did the largest pack get all places? After each place its votes are divided by one more.": lambda votes, places: (  # noqa: E501
            _dealt(votes, places, lambda v, got: v)
        ),
        "Did every pack get a place first? Each place, the first too, goes to the largest quotient.": (
            lambda votes, places: _dealt_from(votes, places, 1)
        ),
        "Did the first division come a place late? With one place the votes are divided by 2, not by 1.": (
            lambda votes, places: _dealt(votes, places, lambda v, got: v / max(got, 1))
        ),
        "Did you take votes off for each place? They are divided: votes / (places it has + 1).": (
            lambda votes, places: _dealt(votes, places, lambda v, got: v - got)
        ),
        "Did you cut each share down to a whole number? Some places then stay empty.": _cut,
        "Did you round each share? What comes out need not add up to the places.": lambda votes, places: _cut(
            votes, places, round
        ),
        "Did a tie go to the pack that stands first in votes? It goes to the first in the alphabet.": lambda votes, places: (  # noqa: E501
            _by_order(votes, places, list(votes))
        ),
        "Did a tie go to the last in the alphabet? It goes to the first.": lambda votes, places: _by_order(
            votes, places, sorted(votes, reverse=True)
        ),
        "Did you divide what a pack had left? Divide the votes that it began with.": _divided_again,
        "Are the packs without a place missing? They are in the dict too, with 0.": lambda votes, places: {
            name: n for name, n in _by_order(votes, places, sorted(votes)).items() if n
        },
        "Did all packs with a vote get turns alike? Who has more votes gets more places.": lambda votes, places: (
            _dealt(votes, places, lambda v, got: (v > 0) / (got + 1))
        ),
    },
    conventions={
        "This is Sainte-Lague's rule, which divides by 1, 3, 5, ... The task divides by 1, 2, 3, ... (D'Hondt).": lambda votes, places: (  # noqa: E501
            _dealt(votes, places, lambda v, got: v / (2 * got + 1))
        ),
        "This is the rule of the largest remainders: whole shares first, then the largest rests. The task deals one at a time.": (  # noqa: E501
            _largest_remainders
        ),
    },
    alternatives=[dealt_at_once],
)
def share_places(votes, places):
    """How many of the places each pack gets (0 too), a dict: one at a time, to the largest votes / (places it has + 1).

    Ties go to the first name in the alphabet.
    """
    got = dict.fromkeys(votes, 0)
    for _ in range(places):
        got[max(sorted(votes), key=lambda name: votes[name] / (got[name] + 1))] += 1
    return got


# ---- the interview ---------------------------------------------------------------------------------------------------


def some_interviews(rng):
    """Edge cases first: one direction only, a noisy favourite, many against one, two tracks alike."""
    yield np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.0]]), np.array([[4.0, 0.0], [0.0, 1.0]]), np.ones(3)
    yield np.array([[3.0, 0.0], [2.0, 0.0]]), np.eye(2), np.array([90.0, 0.1])
    yield np.array([[0.0, 2.0], [1.0, 0.2], [1.0, 0.0], [0.9, 0.1]]), np.eye(2), np.full(4, 0.1)
    yield np.array([[0.0, 1.0], [2.0, 0.0], [2.0, 0.0], [1.0, 0.0]]), np.eye(2), np.ones(4)
    # Each plausible wrong criterion asks about another track than 3.
    Q = np.array([[2.0, 1.0], [0.0, 3.0], [3.0, 0.0], [3.0, -1.0], [2.0, -1.0]])
    yield Q, np.diag([2.0, 4.0]), np.array([8.0, 1.0, 0.5, 2.0, 4.0])
    Q = np.array([[-2.0, 3.0], [1.0, 2.0], [3.0, 1.0], [2.0, 3.0], [3.0, 0.0]])
    yield Q, np.diag([2.0, 5.0]), np.array([8.0, 1.0, 4.0, 0.5, 8.0])
    for _ in range(9):
        Q, A = np.round(rng.normal(size=(5, 2)), 1), np.round(rng.normal(size=(2, 2)), 1)
        yield Q, A @ A.T + 0.1 * np.eye(2), np.round(rng.uniform(0.1, 3, 5), 1)


def _gain(Q, S, noise, itself=True):
    ahead = Q @ S @ Q.T
    own = np.diag(ahead)
    return ((ahead**2).sum(axis=0) - (0 if itself else own**2)) / (noise + own)


def gain_by_inverse(Q, S, noise):
    """What is left after each answer, by Bayes' rule on the inverse of S."""
    left = []
    for q, s in zip(Q, noise, strict=True):
        after = np.linalg.inv(np.linalg.inv(S) + np.outer(q, q) / s)
        left.append(round(float(np.trace(Q @ after @ Q.T)), 9))
    return int(np.argmin(left))


@exercise(
    inputs=some_interviews,
    hints=[
        "ahead = Q @ S @ Q.T holds the covariance of the scores of every two tracks, shape (n, n).",
        "The gain of asking i: the sum of ahead[:, i] ** 2, over noise[i] + ahead[i, i].",
        "int(np.argmax(gain)), with gain = (ahead ** 2).sum(axis=0) / (noise + np.diag(ahead))",
    ],
    why="A good question is not the best-known track. It is the one whose answer says something about many others.",
    mistakes={
        "Is that the track one knows least about? Ask how much its answer tells about all tracks.": lambda Q, S, noise: (  # noqa: E501
            int(np.argmax(np.diag(Q @ S @ Q.T)))
        ),
        "Did you leave the noise out? Some answers are worth little because they are uncertain.": lambda Q, S, noise: (
            int(np.argmax(_gain(Q, S, 1e-9 + 0 * noise)))
        ),
        "Did you leave the track itself out of the sum? The answer says something about it as well.": lambda Q, S, noise: (  # noqa: E501
            int(np.argmax(_gain(Q, S, noise, itself=False)))
        ),
        "Did you forget S? Listeners differ more in some directions than in others.": lambda Q, S, noise: int(
            np.argmax(_gain(Q, np.eye(len(S)), noise))
        ),
        "Did you leave out what stands below the line? An answer that is uncertain anyway tells less.": lambda Q, S, noise: (  # noqa: E501
            int(np.argmax(((Q @ S @ Q.T) ** 2).sum(axis=0).round(9)))
        ),
        "Did you forget to square? Covariances above and below 0 cancel.": lambda Q, S, noise: int(
            np.argmax(((Q @ S @ Q.T).sum(axis=0) / (noise + np.diag(Q @ S @ Q.T))).round(9))
        ),
        "Is that the least worth asking? Take the largest: argmax.": lambda Q, S, noise: int(
            np.argmin(_gain(Q, S, noise).round(9))
        ),
        "Did you add up before you squared? Then tracks that move against each other cancel out.": lambda Q, S, noise: (
            int(np.argmax((Q @ S @ Q.T).sum(axis=0) ** 2 / (noise + np.diag(Q @ S @ Q.T))))
        ),
        "Is that what each answer is worth? Asked for is the position of the largest.": _gain,
        "Is that what the best answer is worth? Asked for is its position.": lambda Q, S, noise: float(
            _gain(Q, S, noise).max()
        ),
        "Did a tie go to the higher position? It goes to the lower one.": lambda Q, S, noise: int(
            len(Q) - 1 - np.argmax(_gain(Q, S, noise).round(9)[::-1])
        ),
    },
    alternatives=[gain_by_inverse],
)
def next_question(Q, S, noise):
    """The position of the track i with the largest sum_j (q_j . S q_i)^2 / (noise_i + q_i . S q_i).

    Q has shape (n, f), S (f, f), noise (n,). Ties go to the lower position.
    """
    ahead = Q @ S @ Q.T
    gain = (ahead**2).sum(axis=0) / (noise + np.diag(ahead))
    return int(np.argmax(gain.round(9)))
