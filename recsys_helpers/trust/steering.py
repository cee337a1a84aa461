"""What a listener can do about a list: turn it towards something, or say «not this».

It learns nothing from either: the fitted model stays, and only the order of what it scores is changed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import check_table, show
from recsys_helpers.interactions import positions
from recsys_helpers.models.base import CELLS_PER_BATCH, Recommender, check_length
from recsys_helpers.models.factors.pairs import cosines
from recsys_helpers.models.topk import ROUNDING, top_k


def steer(model: Recommender, users: Any, attribute: pd.Series, weight: float, k: int = 10) -> pd.DataFrame:
    """Lists by score + weight x attribute, both in standard deviations: a table user, item, rank, score.

    Parameters
    ----------
    users : ids.
    attribute : what the listener asks for, a number for each item of the model (its index holds the ids), such as how
        calm it is. It is standardised over the model's items.
    weight : 0 leaves the list as it was; a negative one asks for less of the attribute.
    k : length of the lists.

    The scores of each listener are standardised over what they have not heard. The mean attribute of a list never falls
    when the weight rises: add the two inequalities that say that each list is best under its own weight. Raises
    ValueError for an item without an attribute, an attribute that is the same everywhere, or a weight that is none.
    """
    check_length(k)
    if not isinstance(weight, (int, float, np.integer, np.floating)) or not np.isfinite(weight):
        raise ValueError(f"weight={show(weight)}: give a number, such as 1.0.")
    wanted = standardised(attribute, model.items_)
    return _ranked(model, users, k, lambda scores, _: scores + weight * wanted)


def not_this(
    model: Recommender, rejected: pd.DataFrame, vectors: pd.DataFrame, strength: float = 0.0, k: int = 10
) -> pd.DataFrame:
    """Lists after «not this»: what was rejected is hidden, and what is like it is pushed down.

    Parameters
    ----------
    rejected : a table with the columns user and item, each listener at most once.
    vectors : a row for each item of the model (its index holds the ids); how alike two items are is the cosine of their
        rows, where below 0 counts as 0.
    strength : how many standard deviations of the listener's scores an item loses that is just like the rejected one;
        0 hides the one item and does no more.
    k : length of the lists.

    Returns a table user, item, rank, score. Raises ValueError for an unknown id, a listener given twice, an item
    without a vector, or a strength below 0.
    """
    check_length(k)
    table = check_table(rejected, ["user", "item"], "rejected")
    if table["user"].duplicated().any():
        raise ValueError("rejected names a listener twice: one rejection for each.")
    if not isinstance(strength, (int, float, np.integer, np.floating)) or not 0 <= strength < np.inf:
        raise ValueError(f"strength={show(strength)}: give a number, 0 or more.")
    hidden = positions(model.items_, table["item"], "item")
    at = positions(vectors.index, model.items_, "item")
    alike = np.maximum(cosines(vectors.to_numpy(np.float64)[at], hidden), 0)

    def pushed(scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        scores = scores - strength * alike[rows]
        scores[np.arange(len(rows)), hidden[rows]] = -np.inf
        return scores

    return _ranked(model, table["user"], k, pushed)


def standardised(attribute: pd.Series, items: pd.Index) -> np.ndarray:
    """The attribute of each of these items in standard deviations from their mean, shape (n_items,).

    >>> standardised(pd.Series({"a": 1.0, "b": 3.0}), pd.Index(["b", "a"])).tolist()
    [1.0, -1.0]
    """
    if not isinstance(attribute, pd.Series) or not attribute.index.is_unique:
        raise ValueError("attribute: give a Series whose index holds each item once.")
    values = attribute.to_numpy(np.float64)[positions(attribute.index, items, "item")]
    if not np.isfinite(values).all():
        raise ValueError(
            f"attribute of {show(items[int(np.argmin(np.isfinite(values)))])} is missing or not finite."
        )
    if np.ptp(values) == 0:
        raise ValueError("attribute is the same for every item: it cannot turn a list.")
    found: np.ndarray = (values - values.mean()) / values.std()
    return found


def _ranked(model: Recommender, users: Any, k: int, changed: Any) -> pd.DataFrame:
    """The k best of each listener by ``changed(their scores in standard deviations, their rows)``."""
    rows = positions(model.users_, users, "user")
    size = max(1, CELLS_PER_BATCH // max(1, len(model.items_)))
    parts = [(np.zeros(0, dtype=np.int64),) * 3 + (np.zeros(0),)]
    for start in range(0, len(rows), size):
        batch = rows[start : start + size]
        scores = model.score(model.users_.take(batch)).astype(np.float64)
        seen = model.seen_.matrix[batch]
        scores[np.repeat(np.arange(len(batch)), np.diff(seen.indptr)), seen.indices] = -np.inf
        scores = changed(_in_deviations(scores), start + np.arange(len(batch)))
        step = np.full(
            len(batch), ROUNDING[np.dtype(np.float64)]
        )  # one deviation is 1, so the step is absolute
        row, column, rank, value = top_k(scores, int(k), step)
        parts.append((start + row, column, rank, value))
    row, column, rank, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    return pd.DataFrame(
        {
            "user": model.users_.take(rows[row]),
            "item": model.items_.take(column),
            "rank": rank + 1,
            "score": value,
        }
    )


def _in_deviations(scores: np.ndarray) -> np.ndarray:
    """Each row less its mean, over its standard deviation, both over what is not -inf; a row of equal scores is 0."""
    there = scores > -np.inf
    count = there.sum(axis=1, keepdims=True)
    if (count == 0).any():
        raise ValueError("A listener has heard everything: there is nothing left to recommend.")
    finite = np.where(there, scores, 0.0)
    mean = finite.sum(axis=1, keepdims=True) / count
    away = np.where(there, scores - mean, 0.0)
    spread = np.sqrt((away**2).sum(axis=1, keepdims=True) / count)
    found: np.ndarray = np.where(there, away / np.where(spread > 0, spread, 1.0), -np.inf)
    return found
