"""Lists: a table of recommendations, checked once and read as arrays, for every metric that looks at lists.

It grades nothing: whether a list is any good is asked in ``ranking`` and in ``beyond_accuracy``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from operator import index as as_integer
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import as_frame, check_ids, show


@dataclass(frozen=True, eq=False)
class Lists:
    """Lists as arrays: entry e puts ``items[column[e]]`` at place ``rank[e]`` of the list of ``users[row[e]]``."""

    users: pd.Index
    items: pd.Index
    row: np.ndarray
    column: np.ndarray
    rank: np.ndarray


def read_lists(recommendations: pd.DataFrame, k: int | None = None) -> Lists:
    """Check a table of recommendations (columns user, item, rank) and keep the ranks up to k (None: all).

    A rank that is missing between others is an empty place. Raises ValueError on missing columns or ids, an empty
    table, k < 1, ranks that are not 1, 2, 3, … or all above k, an item or a rank that a listener has twice, an id that
    stands as a number and as text, and, where there is a column ``score``, on a score that is not a number.

    >>> table = pd.DataFrame({"user": ["al", "al"], "item": [7, 9], "rank": [1, 2]})
    >>> read_lists(table, k=1).items.take([0]).tolist()
    [7]
    """
    recommendations = as_frame(recommendations, "The table of recommendations")
    missing = [name for name in ("user", "item", "rank") if name not in recommendations.columns]
    if missing:
        raise ValueError(
            f"Recommendations need the columns user, item and rank: {', '.join(missing)} is missing. "
            f"This table has {', '.join(map(str, recommendations.columns))}."
        )
    if recommendations.empty:
        raise ValueError(
            "The table of recommendations is empty. Ask the model for lists before you judge them."
        )
    row, users = _codes(recommendations["user"])
    column, items = _codes(recommendations["item"])
    if row.min() < 0 or column.min() < 0:
        raise ValueError("Some recommendations have no user or no item (NaN). Drop these rows.")
    rank = _ranks(recommendations, users.take(row), items.take(column))
    if k is not None:
        k = check_length(k)
        kept = rank <= k
        if not kept.any():
            raise ValueError(f"No recommendation has a rank of {k} or less. Number each list from 1.")
        row, column, rank = (row, column, rank) if kept.all() else (row[kept], column[kept], rank[kept])
    for what, values in (("rank", rank), ("item", column)):
        again = pd.Series(row * (values.max(initial=0) + 1) + values).duplicated().to_numpy()
        if again.any():
            first = int(np.argmax(again))
            value = rank[first] if what == "rank" else show(items[column[first]])
            raise ValueError(
                f"The list of listener {show(users[row[first]])} holds {what} {value} twice. "
                "An item and a rank stand at most once in a list: drop the repetition."
            )
    return Lists(users, items, row, column, rank)


def check_length(k: Any) -> int:
    """k as an int; ValueError unless it is a whole number of at least 1."""
    try:
        length = as_integer(k)
    except TypeError:
        raise ValueError(f"k is a whole number, the length of the lists, not {k!r}.") from None
    if length < 1:
        raise ValueError(f"k is the length of the lists, at least 1, not {length}.")
    return length


def choose(what: str, name: Any, allowed: Iterable[Any]) -> Any:
    """``name`` if it is one of ``allowed``, else a ValueError that lists them."""
    allowed = list(allowed)
    if name not in allowed:
        raise ValueError(f"{what}={name!r} is not known. Choose one of: {', '.join(map(str, allowed))}.")
    return name


def are_numbers(ids: pd.Index) -> bool:
    """Whether ids are numbers, by the first of them."""
    return bool(pd.api.types.is_numeric_dtype(pd.Index(ids.tolist()[:1])))


def _codes(column: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """A code for each row (below 0: no id), and the ids that the codes stand for."""
    check_ids(column, f"The column {column.name!r}")
    codes, distinct = pd.factorize(column)
    return codes, pd.Index(distinct)


def _ranks(recommendations: pd.DataFrame, users: pd.Index, items: pd.Index) -> np.ndarray:
    """The ranks as whole numbers, once ranks and scores are found to be numbers."""
    rank = recommendations["rank"].to_numpy()
    if not np.issubdtype(rank.dtype, np.number):
        bad = np.ones(len(rank), dtype=bool)
    else:
        bad = ~(np.isfinite(rank) & (rank >= 1) & (rank == np.floor(rank)))
    if bad.any():
        first = int(np.argmax(bad))
        raise ValueError(
            "Ranks are the whole numbers 1, 2, 3, …, the best first, and item "
            f"{show(items[first])} of listener {show(users[first])} has {show(rank[first])}. "
            "Number each list anew from 1."
        )
    if "score" in recommendations.columns:
        bad = recommendations["score"].isna().to_numpy()
        if bad.any():
            first = int(np.argmax(bad))
            more = f" ({int(bad.sum()):,} scores in all)" if bad.sum() > 1 else ""
            raise ValueError(
                f"The score of item {show(items[first])} for listener {show(users[first])} is not a number"
                f"{more}, so its rank means nothing. Mend the model that gave it."
            )
    return np.asarray(rank, dtype=np.int64)
