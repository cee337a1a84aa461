"""Rating metrics: how far predicted ratings are from the ratings that listeners gave.

They are not ranking metrics: a model can predict ratings well and still put the wrong items on top.
"""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import pandas as pd


@overload
def rmse(truth: Any, predicted: Any) -> float: ...
@overload
def rmse(truth: Any, predicted: Any, listeners: Any) -> Any: ...
def rmse(truth: Any, predicted: Any, listeners: Any = None) -> float | pd.Series:
    """Root of the mean squared error, in the unit of the ratings; with ``listeners``, one value for each of them.

    truth, predicted: shape (n,). listeners: ids, shape (n,), whose rating it is. Raises ValueError on other shapes,
    on NaN and on infinite values.

    >>> f"{rmse([4, 2], [3, 2]):.3f}"
    '0.707'
    >>> rmse([4, 2, 5], [3, 2, 2], listeners=["ann", "bob", "bob"]).round(3).to_dict()
    {'ann': 1.0, 'bob': 2.121}
    """
    truth, predicted = _pairs(truth, predicted)
    return _mean(squared(truth, predicted), listeners) ** 0.5


@overload
def mae(truth: Any, predicted: Any) -> float: ...
@overload
def mae(truth: Any, predicted: Any, listeners: Any) -> Any: ...
def mae(truth: Any, predicted: Any, listeners: Any = None) -> float | pd.Series:
    """Mean absolute error, in the unit of the ratings; arguments as for ``rmse``.

    >>> mae([4, 2], [3, 2])
    0.5
    """
    truth, predicted = _pairs(truth, predicted)
    return _mean(absolute(truth, predicted), listeners)


def r2(truth: Any, predicted: Any) -> float:
    """Share of the variance of the ratings that the predictions explain: 1 is perfect, 0 is as good as the mean.

    Raises ValueError when all ratings are equal, since there is then no variance to explain.

    >>> r2([1, 2, 3], [1, 2, 3]), r2([1, 2, 3], [2, 2, 2])
    (1.0, 0.0)
    """
    truth, predicted = _pairs(truth, predicted)
    variation = ((truth - truth.mean()) ** 2).sum()
    if variation == 0:
        raise ValueError(
            "R² is not defined when all true ratings are equal. Use rmse or mae, or more ratings."
        )
    return float(1 - ((truth - predicted) ** 2).sum() / variation)


def squared(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """The loss of each rating whose mean ``rmse`` takes the root of."""
    return np.asarray(np.square(truth - predicted))


def absolute(truth: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """The loss of each rating whose mean is ``mae``."""
    return np.asarray(np.abs(truth - predicted))


def _mean(errors: np.ndarray, listeners: Any) -> Any:
    if listeners is None:
        return float(errors.mean())
    if len(listeners) != len(errors):
        raise ValueError(
            f"There are {len(listeners)} listeners for {len(errors)} ratings: give one for each rating."
        )
    return pd.Series(errors).groupby(np.asarray(listeners)).mean()


def _pairs(truth: Any, predicted: Any) -> tuple[np.ndarray, np.ndarray]:
    truth, predicted = np.asarray(truth, dtype=float), np.asarray(predicted, dtype=float)
    if truth.ndim != 1 or truth.shape != predicted.shape or not len(truth):
        raise ValueError(
            f"True and predicted ratings must be two lists of the same length, at least 1, "
            f"not shapes {truth.shape} and {predicted.shape}."
        )
    for name, values in (("true", truth), ("predicted", predicted)):
        bad = ~np.isfinite(values)
        if bad.any():
            raise ValueError(
                f"{int(bad.sum())} of the {name} ratings are NaN or infinite (first at position "
                f"{int(np.argmax(bad))}). Drop these pairs or predict a value for them."
            )
    return truth, predicted
