"""Exercises of lesson 05: the next question of an interview.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

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

    Q has shape (n, k), S (k, k), noise (n,). Ties go to the lower position.
    """
    ahead = Q @ S @ Q.T
    gain = (ahead**2).sum(axis=0) / (noise + np.diag(ahead))
    return int(np.argmax(gain.round(9)))
