"""Exercises of lesson 02: scaling, one extreme value, and what a component explains.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, value

# ---- scale ---------------------------------------------------------------------------------------------------------


def some_tables(rng):
    """Edge cases first: a column that never changes, one column, then tables of two scales."""
    yield (np.array([[1.0, 5.0], [3.0, 5.0]]),)
    yield (np.array([[2.0], [4.0], [9.0]]),)
    yield (np.array([[0.0, 100.0], [1.0, 300.0], [5.0, 200.0]]),)
    for _ in range(9):
        n, d = int(rng.integers(3, 6)), int(rng.integers(2, 4))
        yield ((rng.normal(size=(n, d)) * [1, 10, 100][:d] + [0, 5, 50][:d]).round(1),)


def _scaled(X, axis, ddof=0):
    spread = X.std(axis=axis, ddof=ddof, keepdims=True)
    return (X - X.mean(axis=axis, keepdims=True)) / np.where(spread > 0, spread, 1)


def from_zero_to_one(X):
    span = X.max(axis=0) - X.min(axis=0)
    return (X - X.min(axis=0)) / np.where(span > 0, span, 1)


def unguarded(X):
    return (X - X.mean(axis=0)) / X.std(axis=0)


def by_variance(X):
    return _scaled(X, 0) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)


def by_column(X):
    columns = []
    for column in np.asarray(X, dtype=float).T:
        away = column - np.mean(column)
        spread = np.sqrt(np.mean(away**2))
        columns.append(away / spread if spread > 0 else away)
    return np.column_stack(columns)


@exercise(
    inputs=some_tables,
    hints=[
        "X.mean(axis=0) has one mean a column. Subtract it; broadcasting does the rest.",
        "Divide by X.std(axis=0), but where that is 0 divide by 1.",
        "spread = X.std(axis=0); (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)",
    ],
    why="Now a step of 1 means one standard deviation in every column, so hours and shares can be compared.",
    mistakes={
        "Did you scale each row? A row is a listener: take mean and spread down the columns, axis=0.": lambda X: (
            _scaled(X, 1)
        ),
        "Did you take one mean and one spread of the whole table? Each column needs its own.": lambda X: (
            _scaled(X, None)
        ),
        "Did you subtract the mean and stop? The columns still have their own units: divide by the spread.": lambda X: (
            X - X.mean(axis=0)
        ),
        "Did you divide by the variance? The standard deviation is its root.": by_variance,
        "Is the mean still there? Take it off each column before you divide.": lambda X: (
            X / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
        ),
        "What becomes of a column that never changes? Its spread is 0: divide by 1 there.": unguarded,
        "Did you squeeze each column into 0 to 1? The task asks for mean 0 and standard deviation 1.": from_zero_to_one,
    },
    conventions={
        "Some divide by the spread of a sample (ddof=1). The task, like StandardScaler, takes ddof=0.": lambda X: (
            _scaled(X, 0, ddof=1)
        )
    },
    alternatives=[by_column],
)
def standardise(X):
    """X, shape (m, d), with each column at mean 0 and standard deviation 1; a constant column becomes zeros."""
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)


@value(
    hints=[
        "The mean is x / 10. How far above it is x itself?",
        "The variance is the mean of ten squares: nine times (x / 10)², and once (9 x / 10)². Divide by ten.",
        "The variance is 0.09 x², so its root is 0.3 x, and x stands 0.9 x above the mean.",
    ],
    why="It is 3 for every x, since the square root of 10 - 1 is 3: the value widens the scale that measures it.",
    tolerance=1e-3,
    mistakes={
        "Did you forget to subtract the mean, x / 10? The distance is 0.9 x.": 10 / 3,
        "Is that the square? The distance is divided by the standard deviation, not by the variance.": 9,
        "Is that the distance itself, 0.9 x? Divide it by the standard deviation, 0.3 x.": 0.9,
        "Is that the distance itself, where x is 1,000? Divide it by the standard deviation, 300.": 900,
        "Is that the standard deviation, 0.3 x? How many of them is x above the mean?": 0.3,
        "Is that the standard deviation, where x is 1,000? How many of them is x above the mean?": 300,
    },
    conventions={"That is with ddof=1, which divides by 9. The task says ddof 0.": 0.9 * np.sqrt(10)},
)
def largest_z():
    """How many standard deviations (ddof 0) one value x lies above the mean of itself and nine zeros."""
    values = np.array([0.0] * 9 + [1000.0])
    return (values[-1] - values.mean()) / values.std()


# ---- components ------------------------------------------------------------------------------------------------------


def some_covariances(rng):
    """Edge cases first: the lesson's own, no covariance either way round, a line, a negative one, two on one scale."""
    yield 5, 2, 2
    yield 3, 0, 1
    yield 1, 0, 4
    yield 4, 2, 1
    yield 2, -1, 2
    yield 1, 0.6, 1
    for _ in range(8):
        a, c = (round(float(x), 1) for x in rng.uniform(1, 9, size=2))
        yield a, round(float(rng.uniform(-0.9, 0.9)) * np.sqrt(a * c), 1), c


def _roots(a, b, c):
    """The smaller and the larger eigenvalue."""
    half = np.sqrt((a - c) ** 2 / 4 + b**2)
    return (a + c) / 2 - half, (a + c) / 2 + half


def by_turning(a, b, c):
    angles = np.linspace(0, np.pi, 200_001)
    x, y = np.cos(angles), np.sin(angles)
    return float((a * x * x + 2 * b * x * y + c * y * y).max())


@exercise(
    inputs=some_covariances,
    hints=[
        "Two numbers with sum s and product p solve t² - s t + p = 0.",
        "With s = a + c and p = a c - b², the larger root is s / 2 + sqrt(s² / 4 - p).",
        "(a + c) / 2 + np.sqrt(((a - c) / 2) ** 2 + b ** 2)",
    ],
    why="More covariance widens the first shadow and narrows the second: their sum stays a + c.",
    mistakes={
        "Is that the smaller one? The first component has the larger variance.": lambda a, b, c: _roots(
            a, b, c
        )[0],
        "Is that the sum of both variances? It stays the same however the axes turn.": lambda a, b, c: a + c,
        "Is that the larger of the two columns? A direction between them can be wider still.": lambda a, b, c: (
            max(a, c)
        ),
        "Is that the shadow at 45°? The widest lies there only if both variances are equal.": [
            lambda a, b, c: (a + 2 * b + c) / 2,
            lambda a, b, c: (a + 2 * abs(b) + c) / 2,
        ],
        "Is that the variance of the sum of both features? A direction has length 1, and (1, 1) has not.": (
            lambda a, b, c: a + 2 * b + c
        ),
        "Is it twice too large? Both roots have a half in front.": lambda a, b, c: 2 * _roots(a, b, c)[1],
        "Is that the share of the variance? Asked is the variance itself.": lambda a, b, c: (
            _roots(a, b, c)[1] / (a + c)
        ),
        "Is that a standard deviation? An eigenvalue is a variance already.": lambda a, b, c: np.sqrt(
            _roots(a, b, c)[1]
        ),
    },
    alternatives=[by_turning, lambda a, b, c: float(np.linalg.eigvalsh([[a, b], [b, c]])[-1])],
)
def first_variance(a, b, c):
    """The variance along the first component of two features with variances a and c and covariance b."""
    return (a + c) / 2 + np.sqrt(((a - c) / 2) ** 2 + b**2)


@value(
    hints=[
        "After standardising, the covariance has rows (1, 0.6) and (0.6, 1). What does it do to the direction (1, 1)?",
        "It stretches (1, 1) by 1.6 and (1, -1) by 0.4. The share is 1.6 of 2.",
    ],
    why="Two standardised features always give (1 + r) / 2, so the share tells the correlation in other words.",
    tolerance=1e-3,
    mistakes={
        "Is that the correlation? The eigenvalue is 1 + 0.6, out of 2.": 0.6,
        "Is that the square of the correlation? That is what one feature explains of the other.": 0.36,
        "Is that the eigenvalue? A share is divided by the sum of both, 2.": 1.6,
        "Is that the second component? The first has the larger share.": 0.2,
        "Is that in percent? The task asks for a share, from 0 to 1.": 80,
    },
)
def share_after_scaling():
    """The share of variance along the first component of two standardised features with correlation 0.6."""
    return (1 + 0.6) / 2


def some_clouds(rng):
    """Edge cases first: points on a line, then clouds away from 0."""
    yield (np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]),)
    yield (np.array([[9.0, 1.0], [9.0, -1.0], [7.0, 0.0], [11.0, 0.0]]),)
    for _ in range(9):
        d = int(rng.integers(2, 4))
        yield ((rng.normal(size=(d + 3, d)) * [3, 1, 2][:d] + 4).round(1),)


def _shares(X, centre=True, power=2):
    s = np.linalg.svd(X - X.mean(axis=0) if centre else X, compute_uv=False) ** power
    return s / s.sum()


def of_columns(X, sort=True):
    shares = X.var(axis=0) / X.var(axis=0).sum()
    return np.sort(shares)[::-1] if sort else shares


def of_scaled(X):
    return _shares((X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1))


def by_eigenvalues(X):
    values = np.linalg.eigvalsh(np.cov(np.asarray(X).T))[::-1]
    return np.maximum(values, 0) / values.sum()


@exercise(
    inputs=some_clouds,
    hints=[
        "Subtract the mean of each column first.",
        "np.linalg.svd(centred, compute_uv=False) gives the singular values s; s ** 2 is variance, up to a constant.",
        "s ** 2 / (s ** 2).sum()",
    ],
    why="It says how much of the differences between listeners a flat picture can show, and how much it hides.",
    mistakes={
        "Did you leave the mean in? Then the first component points at the mean, not along the spread.": lambda X: (
            _shares(X, centre=False)
        ),
        "Are these shares of s? Variance goes with its square.": lambda X: _shares(X, power=1),
        "Do they go up? The largest comes first; np.linalg.eigvalsh gives it last.": lambda X: _shares(X)[
            ::-1
        ],
        "Are these the shares of the columns? A component mixes columns: take singular values of X, centred.": [
            of_columns,
            lambda X: of_columns(X, sort=False),
        ],
        "Did you add them up along the way? Each component has a share of its own.": lambda X: np.cumsum(
            _shares(X)
        ),
        "Are these the variances? A share is divided by their sum.": [
            lambda X: _shares(X) * X.var(axis=0).sum(),
            lambda X: _shares(X) * X.var(axis=0, ddof=1).sum(),
            lambda X: _shares(X) * X.var(axis=0).sum() * len(X),
        ],
        "Did you bring the columns to one scale first? The task asks for the variance of X as it comes.": of_scaled,
    },
    alternatives=[by_eigenvalues],
)
def explained_share(X):
    """The share of the variance of X, shape (m, d) with n > d, along each principal component, largest first."""
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    return s**2 / (s**2).sum()
