"""How faithful a simpler model is to the one that it is meant to explain.

It fits no surrogate: what the surrogate says comes in, and is compared with what the model says.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.models.base import check_length
from recsys_helpers.models.topk import rounding_steps, top_k


def fidelity(scores: Any, said: Any, k: int = 10) -> pd.DataFrame:
    """Per listener: how well a surrogate gives a model's scores back, and how much of its list.

    Parameters
    ----------
    scores, said : what the model and what the surrogate give, shape (n_users, n_items); -inf in ``scores`` marks what
        cannot be recommended (heard already), which counts in neither figure.
    k : length of the lists.

    Returns
    -------
    A table with a row for each listener: ``r2``, the share of the variance of their scores that is given back (below 0
    where their mean would do better), NaN where all their scores are equal; ``agree``, the share of the model's k best
    that are among the surrogate's k best, ties to the lower column. Raises ValueError for two shapes, or for NaN.

    >>> fidelity([[3.0, 2.0, 1.0, 0.0]], [[2.0, 3.0, 0.0, 1.0]], k=2).round(3).values.tolist()
    [[0.2, 1.0]]
    """
    check_length(k)
    wanted, given = np.array(scores, dtype=np.float64), np.array(said, dtype=np.float64)
    if wanted.ndim != 2 or wanted.shape != given.shape:
        raise ValueError(
            f"scores have shape {wanted.shape} and said {given.shape}: give a row for each listener in both."
        )
    open_ = wanted > -np.inf
    if np.isnan(wanted).any() or not np.isfinite(given[open_]).all():
        raise ValueError("A score is not a number: mend the model or the surrogate.")
    if (open_.sum(axis=1) < 2).any():
        raise ValueError("A listener has fewer than two items left: there is nothing to compare.")
    given[~open_] = -np.inf
    r2 = np.empty(len(wanted))
    for row, there in enumerate(open_):
        y, z = wanted[row, there], given[row, there]
        spread = ((y - y.mean()) ** 2).sum()
        r2[row] = 1 - ((y - z) ** 2).sum() / spread if spread > 0 else np.nan
    best = [_listed(values, int(k)) for values in (wanted, given)]
    both = (best[0] & best[1]).sum(axis=1)
    return pd.DataFrame({"r2": r2, "agree": both / best[0].sum(axis=1)})


def _listed(scores: np.ndarray, k: int) -> np.ndarray:
    """Which cells are among the k best of their row."""
    row, column, _, _ = top_k(scores, k, rounding_steps(scores.max(axis=1), scores.dtype))
    found = np.zeros(scores.shape, dtype=bool)
    found[row, column] = True
    return found
