"""Lists as rows and as arrays, and the greedy choice of k places: what the re-rankers share.

It holds no rule of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ("user", "item", "rank", "score")


@dataclass
class Lists:
    """Lists as rows by listener and rank, and as arrays (n listeners, c places) with holes where a list is shorter."""

    lists: pd.DataFrame
    k: int
    rows: pd.DataFrame = field(init=False)
    users: pd.Index = field(init=False)
    listener: np.ndarray = field(init=False)  # of each row
    place: np.ndarray = field(init=False)  # of each row in its list, from 0
    there: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        check_whole("k", self.k, 1)
        check_columns(self.lists, COLUMNS, "lists")
        rows = self.lists[list(COLUMNS)]
        code, self.users = pd.factorize(rows["user"])
        rank, score = (rows[name].to_numpy(np.float64) for name in ("rank", "score"))
        if not (np.isfinite(rank).all() and np.isfinite(score).all() and (code >= 0).all()):
            raise ValueError(
                "lists hold a user, rank or score that is missing or not finite: leave such rows out."
            )
        order = np.lexsort((rank, code))
        self.rows, self.listener, rank = rows.iloc[order].reset_index(drop=True), code[order], rank[order]
        again = (np.diff(self.listener) == 0) & (np.diff(rank) == 0)
        if self.rows.duplicated(["user", "item"]).any() or again.any():
            raise ValueError("lists hold an item or a rank of a user twice: keep one row for each place.")
        sizes = np.bincount(self.listener, minlength=len(self.users))
        self.place = np.arange(len(rows)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        self.rows["rank"] = self.place + 1
        self.there = np.zeros((len(self.users), sizes.max(initial=0)), dtype=bool)
        self.there[self.listener, self.place] = True

    def spread(self, values: np.ndarray, hole: Any) -> np.ndarray:
        """One value a row as an array (n, c)."""
        out = np.full(self.there.shape, hole, dtype=np.asarray(values).dtype)
        out[self.listener, self.place] = values
        return out

    def relevance(self) -> np.ndarray:
        """The scores scaled to [0, 1] within each list, (n, c); all 0 where all are equal."""
        score = self.spread(self.rows["score"].to_numpy(np.float64), np.nan)
        if not score.size:
            return score
        low, high = (end(score, axis=1, keepdims=True) for end in (np.nanmin, np.nanmax))
        width = np.where(high > low, high - low, 1.0)
        scaled: np.ndarray = np.nan_to_num((score - low) / width)
        return scaled

    def looked_up(self, of_item: pd.Series, name: str) -> np.ndarray:
        """What the Series says of the item of each row."""
        said: np.ndarray = of_item.to_numpy()[places_of(of_item, self.rows["item"], name)]
        return said

    def count_before(self, values: np.ndarray) -> np.ndarray:
        """For each row, how many places further up in the same list have its value."""
        rows = pd.DataFrame({"user": self.listener, "value": values})
        return np.asarray(rows.groupby(["user", "value"]).cumcount())

    def ordered(self, late: np.ndarray) -> pd.DataFrame:
        """The k first of each list, those that are late behind the others."""
        order = np.lexsort((self.place, late, self.listener))
        return ranked(self.rows.iloc[order].assign(rank=np.arange(len(order))), self.users, self.k)

    def chosen(self, late: np.ndarray) -> pd.DataFrame:
        """The same k, in the order of their ranks."""
        kept = self.ordered(late)[["user", "item"]]
        mask = pd.MultiIndex.from_frame(self.rows[["user", "item"]]).isin(pd.MultiIndex.from_frame(kept))
        return ranked(self.rows[mask], self.users, self.k)

    def taken(self, places: np.ndarray) -> pd.DataFrame:
        """The rows at these places (n, k) of each list, in this order; -1: none."""
        listener, rank = np.nonzero(places >= 0)
        row = self.spread(np.arange(len(self.rows)), -1)[listener, places[listener, rank]]
        return self.rows.iloc[row].assign(rank=rank + 1).reset_index(drop=True)


def greedy(gain: Any, there: np.ndarray, k: int) -> np.ndarray:
    """Take k places of each list one by one, each time where ``gain(step, last)`` (n, c) is highest; -1: none left."""
    left, everyone = there.copy(), np.arange(len(there))
    places, last = np.full((len(there), k), -1), None
    for step in range(min(k, there.shape[1])):
        value = np.where(left, np.round(gain(step, last), 9), -np.inf)
        last = value.argmax(axis=1)
        places[:, step] = np.where(left[everyone, last], last, -1)
        left[everyone, last] = False
    return places


def places_of(of_item: pd.DataFrame | pd.Series, items: pd.Series, name: str) -> np.ndarray:
    """Where each item stands in an index of items."""
    if not isinstance(of_item, (pd.DataFrame, pd.Series)) or not of_item.index.is_unique:
        raise ValueError(f"{name}: give a pandas object whose index holds each item once.")
    place: np.ndarray = of_item.index.get_indexer(pd.Index(items))
    if (place < 0).any():
        raise ValueError(
            f"{name} says nothing of the item {items.iloc[int(np.argmax(place < 0))]!r}: give it a row."
        )
    return place


def ranked(rows: pd.DataFrame, users: pd.Index, k: int) -> pd.DataFrame:
    """The k rows of lowest rank of each listener, with ranks from 1, listeners in the order of ``users``."""
    code = pd.Index(users).get_indexer(rows["user"])
    rows = rows.iloc[np.lexsort((rows["rank"], code))]
    rank = rows.groupby("user", sort=False).cumcount() + 1
    return rows.assign(rank=rank)[(rank <= k).to_numpy()][list(COLUMNS)].reset_index(drop=True)


def check_columns(table: Any, columns: Sequence[str], name: str) -> None:
    if not isinstance(table, pd.DataFrame) or not set(columns) <= set(table.columns):
        raise ValueError(f"{name}: give a DataFrame with the columns {', '.join(columns)}.")


def check_whole(name: str, value: Any, low: int) -> None:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low:
        raise ValueError(f"{name}={value!r}: give a whole number, {low} or more.")


def check_share(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
        raise ValueError(f"{name}={value!r}: give a share from 0 to 1.")
    return float(value)
