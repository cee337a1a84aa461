"""The exercises of lesson 03, the mathematics of matrix factorisation.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question, value

# ---- on earlier lessons ----------------------------------------------------------------------------------------------

question(
    "recall_empty_cell",
    answer="b",
    why="Lesson 01 measured it: half of what listeners would like best they have not heard.",
    wrong={
        "a": "A dislike needs a listen first, and most gaps are tracks that were never met.",
        "c": "What is missing has causes: the shelf, the place on the page, and taste.",
    },
)
question(
    "recall_variance_share",
    answer="a",
    why="The square of a singular value is the variance along its direction, times the number of rows.",
    wrong={
        "b": "Singular values are lengths. Variances, which add up, are their squares.",
        "c": "That would be so if the cloud were round. The values say how far it is from that.",
    },
)
question(
    "recall_prior_plays",
    answer="c",
    why="(1 + 5 x 0.33) / (1 + 5) = 0.44. A pull to the mean that wears off with data: lambda will do the same.",
    wrong={
        "a": "That is the raw rate: one play would count as certainty.",
        "b": "That is the mean alone: the one play that we have should move it.",
    },
)


# ---- the SVD ---------------------------------------------------------------------------------------------------------


def some_squares(rng):
    """Edge cases first: a stretch, a turn, a matrix of rank 1, one without symmetry."""
    yield (np.array([[2.0, 0.0], [0.0, 1.0]]),)
    yield (np.array([[0.0, -3.0], [3.0, 0.0]]),)
    yield (np.array([[1.0, 2.0], [2.0, 4.0]]),)
    yield (np.array([[1.0, 4.0], [0.0, 1.0]]),)
    for _ in range(9):
        yield (rng.integers(-5, 6, (2, 2)).astype(float) + np.array([[0.0, 0.5], [0.0, 0.0]]),)


def _roots(t, d):
    """Both solutions of x^2 - t x + d = 0, larger first."""
    apart = np.sqrt(max(t**2 - 4 * d, 0.0))
    return np.maximum(np.array([t + apart, t - apart]) / 2, 0.0)


def _trace_and_determinant(A):
    return (A**2).sum(), A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]


def values_not_rooted(A):
    t, d = _trace_and_determinant(A)
    return _roots(t, d**2)


def values_with_one_determinant(A):
    t, d = _trace_and_determinant(A)
    return np.sqrt(_roots(t, abs(d)))


@exercise(
    inputs=some_squares,
    hints=[
        "The singular values are the square roots of the two solutions x.",
        "t = (A ** 2).sum(), and d = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0].",
        "x = (t + s) / 2 and (t - s) / 2 with s = np.sqrt(t ** 2 - 4 * d ** 2); rounding may take what stands under a"
        " root just below 0, so write np.maximum(..., 0).",
    ],
    why="Whatever a library hands back as singular values, you can check in the smallest case by hand.",
    mistakes={
        "Are these the solutions x? They are the squares: the singular values are their roots.": values_not_rooted,
        "Did you put d where d squared stands? The determinant of A^T A is that of A, twice.": (
            values_with_one_determinant
        ),
        "Are these eigenvalues of A itself? Take those of A^T A: a turn has a length too.": lambda A: np.sort(
            np.abs(np.linalg.eigvals(A))
        )[::-1],
    },
    conventions={
        "You put the smaller first, as np.linalg.eigvalsh does. For singular values the larger one comes first.": (
            lambda A: np.sqrt(values_not_rooted(A))[::-1]
        )
    },
    alternatives=[lambda A: np.linalg.svd(A, compute_uv=False)],
)
def singular_values(A):
    """Both singular values of A, a 2 x 2 array, larger first: the roots of the x with x² - t x + d² = 0."""
    t = (A**2).sum()
    d = A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
    s = np.sqrt(np.maximum(t**2 - 4 * d**2, 0))
    return np.sqrt(np.maximum([(t + s) / 2, (t - s) / 2], 0))


def some_tables(rng):
    """Edge cases first: nothing kept, all kept, rank 1, wide and tall."""
    yield np.array([[3.0, 0.0], [4.0, 5.0]]), 1
    yield np.array([[3.0, 0.0], [4.0, 5.0]]), 0
    yield np.array([[3.0, 1.0], [4.0, 5.0]]), 2
    yield np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0]]), 1
    for _ in range(8):
        m, n = int(rng.integers(2, 5)), int(rng.integers(3, 5))
        yield rng.integers(1, 6, (m, n)).astype(float), int(rng.integers(1, 3))


def _kept(R, keep, stretch=True):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, keep] * s[keep] if stretch else U[:, keep]) @ Vt[keep]


def columns_of_vt(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:, :k].T


def first_columns(R, k):
    return np.where(np.arange(R.shape[1]) < k, R, 0.0)


def by_projection(R, k):
    Vt = np.linalg.svd(R, full_matrices=False)[2][:k]
    return R @ Vt.T @ Vt


@exercise(
    inputs=some_tables,
    hints=[
        "U, s, Vt = np.linalg.svd(R, full_matrices=False) gives the singular values largest first.",
        "Keep the first k columns of U, the first k of s and the first k ROWS of Vt.",
        "(U[:, :k] * s[:k]) @ Vt[:k]",
    ],
    why="No matrix of rank k is nearer: the next cells try to beat it a thousand times.",
    mistakes={
        "Did you take the first k columns of Vt? The directions are its rows.": columns_of_vt,
        "Did you leave the singular values out? U and V are turns: all the stretching is in s.": lambda R, k: (
            _kept(R, slice(0, k), stretch=False)
        ),
        "Did you keep the smallest? np.linalg.svd puts the largest first.": lambda R, k: _kept(
            R, slice(max(min(R.shape) - k, 0), None)
        ),
        "Did you cut the table off after k columns? Rank k keeps all columns, and makes them of k.": first_columns,
    },
    alternatives=[by_projection],
)
def truncate(R, k):
    """The matrix of rank k nearest to R, shape (m, n): its SVD cut off after k singular values."""
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]


question(
    "what_the_sum_keeps",
    answer="c",
    why="It is P^T P, the same for listeners in any order. Useful when one speaks of all at once; no table of factors.",
    wrong={
        "a": "Stacking the four vectors as rows gives (4, 2). Adding their outer products does not stack them.",
        "b": "Each outer product of a vector of length 2 is (2, 2), and so is their sum.",
        "d": "The numbers are right and the reason is not: a sum forgets the order of what is added.",
    },
)


# ---- the objective ---------------------------------------------------------------------------------------------------


def some_factorisations(rng):
    """Edge cases first: no penalty, a table of holes, one cell; then tables with holes."""
    one = np.array([[1.0]])
    yield np.array([[3.0]]), one, one, 0.0
    yield np.array([[np.nan]]), one, 2 * one, 0.5
    yield np.array([[3.0, np.nan]]), one, np.array([[2.0], [1.0]]), 0.1
    yield np.array([[4.0, 1.0], [np.nan, 2.0]]), np.array([[2.0], [1.0]]), np.array([[1.0], [1.0]]), 1.0
    for _ in range(8):
        m, n, k = int(rng.integers(2, 4)), int(rng.integers(2, 4)), int(rng.integers(1, 3))
        R = rng.integers(1, 6, (m, n)).astype(float)
        R[int(rng.integers(m)), int(rng.integers(n))] = np.nan
        yield (
            R,
            rng.integers(-2, 4, (m, k)) / 2,
            rng.integers(-2, 4, (n, k)) / 2,
            float(rng.choice([0.1, 0.5, 2])),
        )


def _errors(R, P, Q):
    return (R - P @ Q.T)[~np.isnan(R)]


def _sizes(P, Q):
    return (P**2).sum() + (Q**2).sum()


def holes_as_zeros(R, P, Q, lam):
    return ((np.nan_to_num(R) - P @ Q.T) ** 2).sum() + lam * _sizes(P, Q)


def by_cells(R, P, Q, lam):
    total = lam * sum(float(x) ** 2 for side in (P, Q) for row in side for x in row)
    for u in range(len(P)):
        for i in range(len(Q)):
            if R[u, i] == R[u, i]:
                total += (R[u, i] - P[u] @ Q[i]) ** 2
    return total


@exercise(
    inputs=some_factorisations,
    hints=[
        "seen = ~np.isnan(R) is True on the observed cells. (R - P @ Q.T)[seen] are their errors, in one row.",
        "Add lam times the sum of ALL squared entries of P and of Q.",
        "errors = (R - P @ Q.T)[~np.isnan(R)], then (errors ** 2).sum() + lam * ((P ** 2).sum() + (Q ** 2).sum())",
    ],
    why="All that follows makes this one number smaller. A model is what it minimises.",
    mistakes={
        "Did you count a hole as 0 stars? Leave it out: only observed cells have an error.": holes_as_zeros,
        "Did the holes get into the sum? A number plus nan is nan: choose the observed cells first.": (
            lambda R, P, Q, lam: ((R - P @ Q.T) ** 2).sum() + lam * _sizes(P, Q)
        ),
        "Did only the listeners pay? The entries of Q are penalised too.": lambda R, P, Q, lam: (
            (_errors(R, P, Q) ** 2).sum() + lam * (P**2).sum()
        ),
        "Did the penalty take lengths? It takes their squares, so no root.": lambda R, P, Q, lam: (
            (_errors(R, P, Q) ** 2).sum() + lam * sum(np.sqrt((side**2).sum(axis=1)).sum() for side in (P, Q))
        ),
        "Did you add up absolute errors? Each error is squared.": lambda R, P, Q, lam: (
            np.abs(_errors(R, P, Q)).sum() + lam * _sizes(P, Q)
        ),
    },
    conventions={
        "Some put 1/2 before the whole, so that the gradient has no 2. The task has none.": lambda R, P, Q, lam: (
            0.5 * holes_left_out(R, P, Q, lam)
        ),
        "Some take the mean of the squared errors. The task takes their sum.": lambda R, P, Q, lam: (
            (_errors(R, P, Q) ** 2).sum() / max((~np.isnan(R)).sum(), 1) + lam * _sizes(P, Q)
        ),
    },
    alternatives=[by_cells],
)
def objective(R, P, Q, lam):
    """J: squared errors of the observed cells, plus lam times all squared entries of P and of Q.

    R has shape (m, n), with nan in the holes, P (m, k), Q (n, k).
    """
    errors = (R - P @ Q.T)[~np.isnan(R)]
    return (errors**2).sum() + lam * ((P**2).sum() + (Q**2).sum())


def holes_left_out(R, P, Q, lam):
    return (_errors(R, P, Q) ** 2).sum() + lam * _sizes(P, Q)


def _letters(got, want):
    return "".join(letter for letter in str(got).lower() if letter.isalpha()) == want


@value(
    hints=[
        "Begin with what is to be made as large as possible, in the words of probability alone.",
        "Each line follows from the one before by one act: densities put in, logarithm, constant dropped, sign turned.",
    ],
    why="The squares come from Gaussian noise, lambda from a Gaussian prior. Another noise would give another loss.",
    compare=_letters,
    mistakes={
        "Did you write densities down first? Bayes says which of them belong in the product.": "dbaec",
        "Did you take the logarithm before the Gaussians were written in? Line a has squares already: from where?": (
            "badec"
        ),
        "Did you drop the constant while it was still a factor? Line e has sums: the logarithm comes before it.": (
            "bdeac"
        ),
        "Did you turn the sign with the constant still there? Line c has none left.": "bdace",
        "Is that the way back, from the objective to the model? Begin with the probability.": "ceadb",
    },
)
def order_of_the_derivation():
    """The letters of the five lines, in the order of the derivation, as one word."""
    return "bdaec"


# ---- the gradient ----------------------------------------------------------------------------------------------------


def some_listeners(rng):
    """Edge cases first: no rating, no penalty, one rating; then a few tracks each."""
    yield np.zeros(0), np.zeros((0, 2)), np.array([1.0, -2.0]), 0.5
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


# ---- what is identified ----------------------------------------------------------------------------------------------


def some_factors(rng):
    """Edge cases first: nothing to flip, one to flip, a factor of zeros, a column whose sum misleads."""
    yield np.array([[1.0], [2.0]]), np.array([[3.0], [1.0]])
    yield np.array([[1.0], [-2.0]]), np.array([[-3.0], [1.0]])
    yield np.array([[1.0, 2.0]]), np.array([[0.0, -1.0], [0.0, 1.5]])
    yield np.array([[2.0], [1.0]]), np.array([[-3.0], [2.0], [2.0]])
    for _ in range(9):
        m, n, k = int(rng.integers(2, 4)), int(rng.integers(3, 5)), int(rng.integers(1, 4))
        yield (
            rng.normal(size=(m, k)).round(1) + 0.01,
            rng.normal(size=(n, k)).round(1) + np.arange(n)[:, None] / 100,
        )


def _turned(P, Q, sign):
    return P * sign, Q * sign


def _plus_or_minus(numbers):
    return np.where(numbers < 0, -1.0, 1.0)


def _largest(side):
    return side[np.abs(side).argmax(axis=0), np.arange(side.shape[1])]


def by_factor(P, Q):
    P, Q = np.array(P), np.array(Q)
    for f in range(Q.shape[1]):
        if max(Q[:, f], key=abs) < 0:
            P[:, f], Q[:, f] = -P[:, f], -Q[:, f]
    return P, Q


@exercise(
    inputs=some_factors,
    hints=[
        "np.abs(Q).argmax(axis=0) says in which row each column has its largest entry.",
        "Flip a column of Q together with the same column of P, or the predictions change.",
        "top = Q[np.abs(Q).argmax(axis=0), np.arange(Q.shape[1])]; sign = np.where(top < 0, -1, 1); P * sign, Q * sign",
    ],
    why="Now the sign is settled, and two printouts of one fit agree. The turn is still free.",
    mistakes={
        "Did you flip Q and leave P? Then the product has changed: flip both.": lambda P, Q: (
            P,
            Q * _plus_or_minus(_largest(Q)),
        ),
        "Did the sum of the column decide? The entry that is largest without its sign does.": lambda P, Q: (
            _turned(P, Q, _plus_or_minus(Q.sum(axis=0)))
        ),
        "Did a factor of zeros wipe out its partner? The sign of 0 is 0: multiply by 1 there.": lambda P, Q: (
            _turned(P, Q, np.sign(_largest(Q)))
        ),
        "Did you take the largest value, minus signs and all? Of 1 and -3 it is -3 that is largest without sign.": (
            lambda P, Q: _turned(P, Q, _plus_or_minus(Q.max(axis=0)))
        ),
        "Does the first row decide? It is the row of the largest |entry|, which each column has for itself.": (
            lambda P, Q: _turned(P, Q, _plus_or_minus(Q[0]))
        ),
        "Did one entry decide for all columns? Each column has its own largest: argmax needs axis=0.": (
            lambda P, Q: _turned(P, Q, _plus_or_minus(np.full(Q.shape[1], Q.flat[np.abs(Q).argmax()])))
        ),
        "Did you take absolute values? A factor has two ends, and both mean something.": lambda P, Q: (
            np.abs(P),
            np.abs(Q),
        ),
    },
    conventions={
        "You let the largest entry of P decide. That is as good; here it is Q's.": lambda P, Q: _turned(
            P, Q, _plus_or_minus(_largest(P))
        )
    },
    alternatives=[by_factor],
)
def fix_signs(P, Q):
    """P and Q with columns flipped in pairs, so that in each column of Q the largest |entry| is not negative."""
    top = Q[np.abs(Q).argmax(axis=0), np.arange(Q.shape[1])]
    sign = np.where(top < 0, -1, 1)
    return P * sign, Q * sign


question(
    "what_two_runs_share",
    answer="b",
    why="A turn keeps lengths, angles and products, so whatever is made of these may be compared.",
    wrong={
        "a": "Factor 1 of the other run may be any mixture of these factors, with any sign.",
        "c": "The first row of Q belongs to the same track, but its numbers are measured along other axes.",
        "d": "Products do agree: an invertible change of both sides cancels in each of them.",
    },
)


# ---- cost ------------------------------------------------------------------------------------------------------------


def some_sizes(rng):
    """Edge cases first: one of each, then ordinary sizes."""
    yield 1, 1, 1, 1
    yield 14, 2, 4, 5
    yield 100, 6, 10, 20
    yield 100, 12, 10, 20
    for _ in range(8):
        m, n = int(rng.integers(10, 100)), int(rng.integers(10, 100))
        yield int(rng.integers(m, m * n // 2)), 3 * int(rng.integers(1, 9)), m, n


@exercise(
    inputs=some_sizes,
    hints=[
        "Two kinds of work: what each observed cell adds, and what each row of P or Q has to solve.",
        "A cell adds k² + k, once from its listener's side and once from its track's. A row solves k³ / 3.",
        "2 * cells * (k**2 + k) + (m + n) * k**3 / 3",
    ],
    why="Linear in what was observed, whatever the size of the empty table. Steep in k: twice the factors, four"
    " to eight times the work.",
    mistakes={
        "Did you count one side? A sweep meets each cell twice, by listener and by track.": lambda cells, k, m, n: (
            cells * (k**2 + k) + (m + n) * k**3 / 3
        ),
        "Did the holes cost something? Only observed cells are added up.": lambda cells, k, m, n: (
            2 * m * n * (k**2 + k) + (m + n) * k**3 / 3
        ),
        "Did every cell solve equations? There is one system for each row of P and of Q.": lambda cells, k, m, n: (
            2 * cells * (k**2 + k + k**3 / 3)
        ),
        "Did you leave the right sides out? A cell adds k² to a matrix and k to a vector.": lambda cells, k, m, n: (
            2 * cells * k**2 + (m + n) * k**3 / 3
        ),
        "Did only the listeners solve? The tracks have their systems too.": lambda cells, k, m, n: (
            2 * cells * (k**2 + k) + m * k**3 / 3
        ),
    },
    alternatives=[lambda cells, k, m, n: sum((2 * cells * k * (k + 1), m * k**3 / 3, n * k**3 / 3))],
)
def sweep_cost(cells, k, m, n):
    """Multiply-adds of one ALS sweep over m listeners and n tracks with that many observed cells."""
    return 2 * cells * (k**2 + k) + (m + n) * k**3 / 3
