"""Exercises of lesson 02: scaling, and how much each component explains.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- scale and components --------------------------------------------------------------------------------------------


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
        "Did you squeeze each column into 0 to 1? One outlier then flattens all others: use mean and spread.": from_zero_to_one,  # noqa: E501
    },
    conventions={
        "Some divide by the spread of a sample (ddof=1). The task, like StandardScaler, takes ddof=0.": lambda X: (
            _scaled(X, 0, ddof=1)
        )
    },
    alternatives=[by_column],
)
def standardise(X):
    """X, shape (n, d), with each column at mean 0 and standard deviation 1; a constant column becomes zeros."""
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)


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
    """The share of the variance of X, shape (n, d) with n > d, along each principal component, largest first."""
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    return s**2 / (s**2).sum()
