"""Exercises of lesson 03: the gradient, one step of it, and one ridge regression.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- the gradient ----------------------------------------------------------------------------------------------------


def some_listeners(rng):
    """Edge cases first: no penalty, one rating; then a few tracks each."""
    yield np.array([4.0]), np.array([[1.0]]), np.array([1.0]), 0.0
    yield np.array([4.0]), np.array([[2.0]]), np.array([1.0]), 0.5
    yield np.array([5.0, 1.0]), np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([1.0, 1.0]), 0.1
    for _ in range(8):
        n, k = int(rng.integers(2, 5)), int(rng.integers(1, 4))
        stars = rng.integers(1, 6, n).astype(float)
        lam = float(rng.choice([0.1, 0.5, 2]))
        yield stars, rng.integers(-2, 5, (n, k)) / 2, rng.integers(-3, 4, k) / 2 + 0.25, lam


def _slope(r, Q, p, of_errors, of_size):
    return of_errors * (Q.T @ (r - Q @ p)) + of_size * p


def slope_by_loop(r, Q, p, lam):
    slope = 2 * lam * np.asarray(p, dtype=float)
    for stars, q in zip(r, Q, strict=True):
        slope = slope - 2 * (stars - q @ p) * q
    return slope


@exercise(
    inputs=some_listeners,
    hints=[
        "The errors are r - Q @ p, one for each rating.",
        "The sum of error times row of Q is Q.T @ errors. It enters with -2, and p with 2 lam.",
        "-2 * Q.T @ (r - Q @ p) + 2 * lam * p",
    ],
    why="It points uphill. Where it is 0 for every listener and every track, no small step helps.",
    mistakes={
        "Does that point downhill? The derivative of an error by p is MINUS q.": lambda r, Q, p, lam: _slope(
            r, Q, p, 2, -2 * lam
        ),
        "Is the sign of the errors turned around? The derivative of (r - q . p)² by p is -2 (r - q . p) q.": (
            lambda r, Q, p, lam: _slope(r, Q, p, 2, 2 * lam)
        ),
        "Did the penalty change its sign? Its slope 2 lam p is added.": lambda r, Q, p, lam: _slope(
            r, Q, p, -2, -2 * lam
        ),
        "Did you take the mean over the ratings? J is a sum, so its gradient is one.": lambda r, Q, p, lam: (
            _slope(r, Q, p, -2 / len(r), 2 * lam)
        ),
        "Did you forget the penalty? lam |p|^2 has a slope too.": lambda r, Q, p, lam: _slope(r, Q, p, -2, 0),
        "Did the penalty lose its 2? The derivative of |p|^2 is 2 p.": lambda r, Q, p, lam: _slope(
            r, Q, p, -2, lam
        ),
    },
    conventions={
        "That is half of it, the gradient of J/2. The task's J has no 1/2.": lambda r, Q, p, lam: _slope(
            r, Q, p, -1, lam
        )
    },
    alternatives=[slope_by_loop],
)
def gradient_of_listener(r, Q, p, lam):
    """The gradient of J by p, shape (k,): r (n_u,) are a listener's stars, Q (n_u, k) the rows of those tracks."""
    return -2 * Q.T @ (r - Q @ p) + 2 * lam * p


def some_steps(rng):
    """Edge cases first: no error, no penalty; then ordinary steps."""
    yield 2.0, np.array([1.0, 1.0]), np.array([2.0, 0.0]), 0.1, 0.0
    yield 4.0, np.array([1.0]), np.array([2.0]), 0.1, 0.0
    yield 4.0, np.array([1.0]), np.array([2.0]), 0.1, 0.5
    for _ in range(9):
        k = int(rng.integers(1, 4))
        p, q = rng.integers(-2, 4, k) / 2 + 0.25, rng.integers(-2, 4, k) / 2 - 0.25
        yield float(rng.integers(1, 6)), p, q, float(rng.choice([0.1, 0.05])), float(rng.choice([0.1, 0.5]))


def _stepped(r, p, q, rate, lam, sign=1, size=1):
    error = r - p @ q
    return p + rate * size * sign * (error * q - lam * p), q + rate * size * sign * (error * p - lam * q)


def one_after_the_other(r, p, q, rate, lam):
    error = r - p @ q
    moved = p + rate * (error * q - lam * p)
    return moved, q + rate * (error * moved - lam * q)


def _moved_along(r, p, q, rate, lam, move):
    """Steps of another rule: `move` gives those of p and of q from the error."""
    of_p, of_q = move(r - p @ q)
    return p + of_p, q + of_q


def by_columns(r, p, q, rate, lam):
    both = np.stack([p, q])
    return both + rate * ((r - (both[0] * both[1]).sum()) * both[::-1] - lam * both)


@exercise(
    inputs=some_steps,
    hints=[
        "error = r - p @ q, once, before anything moves.",
        "p moves by rate * (error * q - lam * p). For q change the roles, and use the p from before the move.",
        "return p + rate * (error * q - lam * p), q + rate * (error * p - lam * q)",
    ],
    why="One rating moves one listener and one track, so it can be done as ratings arrive.",
    mistakes={
        "Did q move with the new p? Both slopes are taken at the same place, before the step.": one_after_the_other,
        "Did you step uphill? Add rate times error times q.": lambda r, p, q, rate, lam: _stepped(
            r, p, q, rate, lam, sign=-1
        ),
        "Does the penalty pull outwards? It pulls to 0: minus lam times the vector.": lambda r, p, q, rate, lam: (
            _stepped(r, p, q, rate, -lam)
        ),
        "Is the penalty outside of the bracket? The rate multiplies it too: rate * (error * q - lam * p).": (
            lambda r, p, q, rate, lam: _moved_along(
                r, p, q, rate, lam, lambda e: (rate * e * q - lam * p, rate * e * p - lam * q)
            )
        ),
        "Did each vector move along itself? p moves along q, and q along p.": lambda r, p, q, rate, lam: (
            _moved_along(r, p, q, rate, lam, lambda e: (rate * (e * p - lam * p), rate * (e * q - lam * q)))
        ),
        "Are these the steps? Asked are the new vectors: add the old ones.": lambda r, p, q, rate, lam: tuple(
            new - old for new, old in zip(_stepped(r, p, q, rate, lam), (p, q), strict=True)
        ),
        "Did only one of the two move? A rating moves its listener and its track.": [
            lambda r, p, q, rate, lam: (_stepped(r, p, q, rate, lam)[0], q),
            lambda r, p, q, rate, lam: (p, _stepped(r, p, q, rate, lam)[1]),
        ],
        "Is the error turned around? It is the rating less the prediction.": lambda r, p, q, rate, lam: (
            _moved_along(r, p, q, rate, lam, lambda e: (rate * (-e * q - lam * p), rate * (-e * p - lam * q)))
        ),
        "Is the penalty missing? Each vector also shrinks by rate * lam of itself.": lambda r, p, q, rate, lam: (
            _stepped(r, p, q, rate, 0.0)
        ),
    },
    conventions={
        "You kept the 2 of the gradient. The task leaves it to the rate.": lambda r, p, q, rate, lam: (
            _stepped(r, p, q, rate, lam, size=2)
        )
    },
    alternatives=[by_columns],
)
def sgd_step(r, p, q, rate, lam):
    """The new p and the new q, each (k,), after one step downhill for one rating r; both from the old ones."""
    error = r - p @ q
    return p + rate * (error * q - lam * p), q + rate * (error * p - lam * q)


# ---- alternating ridge regressions -----------------------------------------------------------------------------------


def some_ridges(rng):
    """Edge cases first: no rating, one factor, fewer ratings than factors."""
    yield np.zeros((0, 2)), np.zeros(0), 0.5
    yield np.array([[1.0], [1.0]]), np.array([4.0, 2.0]), 1.0
    yield np.array([[2.0], [1.0]]), np.array([5.0, 1.0]), 0.5
    yield np.array([[1.0, 2.0]]), np.array([4.0]), 0.1
    for _ in range(9):
        n, k = int(rng.integers(2, 6)), int(rng.integers(2, 4))
        stars = rng.integers(1, 6, n).astype(float)
        yield rng.integers(-2, 5, (n, k)) / 2 + 0.25 * np.eye(n, k), stars, float(rng.choice([0.1, 0.5, 2]))


def _ridge(Q, r, penalty):
    return np.linalg.solve(Q.T @ Q + penalty, Q.T @ r)


def by_more_rows(Q, r, lam):
    k = Q.shape[1]
    taller = np.vstack([Q, np.sqrt(lam) * np.eye(k)])
    return np.linalg.lstsq(taller, np.concatenate([r, np.zeros(k)]), rcond=None)[0]


@exercise(
    inputs=some_ridges,
    hints=[
        "Q.T @ Q is (k, k). Add lam to its diagonal: lam * np.eye(k).",
        "np.linalg.solve(A, b) gives the x with A @ x = b.",
        "np.linalg.solve(Q.T @ Q + lam * np.eye(Q.shape[1]), Q.T @ r)",
    ],
    why="It is the exact minimum for one listener, in one step and without a rate. Without a single rating it is 0: no"
    " wish but the average.",
    mistakes={
        "Did you add lam to every entry? Only the diagonal gets it: lam * np.eye(k).": lambda Q, r, lam: (
            _ridge(Q, r, lam)
        ),
        "Did you leave lam out? With fewer ratings than factors the equations then have no single answer.": lambda Q, r, lam: (  # noqa: E501
            np.linalg.pinv(Q) @ r
        ),
        "Did you divide instead of solve? Each equation has all k unknowns in it.": lambda Q, r, lam: (
            (Q.T @ r) / ((Q**2).sum(axis=0) + lam)
        ),
        "Is lam squared? It stands on the diagonal as it is.": lambda Q, r, lam: _ridge(
            Q, r, lam**2 * np.eye(Q.shape[1])
        ),
        "Did you take lam off the diagonal? It is added.": lambda Q, r, lam: (
            np.linalg.pinv(Q.T @ Q - lam * np.eye(Q.shape[1])) @ (Q.T @ r)
        ),
        "Is lam in it twice? Both derivatives have a 2, and it cancels: lam itself goes on the diagonal.": (
            lambda Q, r, lam: _ridge(Q, r, 2 * lam * np.eye(Q.shape[1]))
        ),
    },
    conventions={
        "Your lam counts once for each rating, as in Zhou et al. 2008. Here it counts once.": lambda Q, r, lam: (
            _ridge(Q, r, lam * max(len(r), 1) * np.eye(Q.shape[1]))
        )
    },
    alternatives=[by_more_rows],
)
def ridge_row(Q, r, lam):
    """The p, shape (k,), that minimises |r - Q p|² + lam |p|²; Q is (n_u, k), r is (n_u,), lam is above 0."""
    return np.linalg.solve(Q.T @ Q + lam * np.eye(Q.shape[1]), Q.T @ r)
