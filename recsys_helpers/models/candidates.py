"""Which items a listener's list may hold: all, the same few for everybody, or for each listener their own.

It ranks nothing (see ``topk``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.interactions import positions


class Candidates:
    """The columns that may stand in the list of each of ``users``, in their order.

    Parameters
    ----------
    asked : None (all), ids (the same for everybody), a mapping user -> ids, or a table with the columns user and item.
    users : those who get a list.
    columns : the ids of all columns of the scores.
    default : the columns to rank where nothing is asked for; None: all.

    >>> mine = Candidates({"al": ["c"], "bo": []}, pd.Index(["bo", "al"]), pd.Index(["a", "b", "c"]))
    >>> mine.among(np.ones((2, 3)), slice(0, 2))[0].tolist()
    [[-inf, -inf, -inf], [-inf, -inf, 1.0]]
    """

    def __init__(self, asked: Any, users: pd.Index, columns: pd.Index, default: np.ndarray | None = None):
        self.common = default
        self.own: tuple[np.ndarray, np.ndarray] | None = None  # place among users, ascending, and column
        if isinstance(asked, pd.DataFrame):
            asked = _by_user(asked)
        if isinstance(asked, Mapping):
            self.own = _pairs(asked, users, columns)
        elif asked is not None:
            self.common = np.unique(positions(columns, asked, "item"))

    def among(self, scores: np.ndarray, batch: slice) -> tuple[np.ndarray, np.ndarray | None]:
        """The scores of this batch of users where only candidates can win, and the ids' columns; None: as they are."""
        if self.own is None:
            return (scores, None) if self.common is None else (scores[:, self.common], self.common)
        place, column = self.own
        mine = slice(*np.searchsorted(place, [batch.start, batch.start + len(scores)]))
        cells = place[mine] - batch.start, column[mine]
        kept = np.full_like(scores, -np.inf)
        kept[cells] = scores[cells]
        return kept, None


def _by_user(table: pd.DataFrame) -> dict[Any, pd.Series]:
    lost = next((name for name in ("user", "item") if name not in table.columns), None)
    if lost is not None:
        raise ValueError(f"candidates has no column {lost!r}: a table of them has the columns user and item.")
    return dict(iter(table.groupby("user", sort=False, observed=True)["item"]))


def _pairs(asked: Mapping[Any, Any], users: pd.Index, columns: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    lost = next((user for user in users if user not in asked), None)
    if lost is not None:
        raise ValueError(
            f"candidates says nothing about user {show(lost)}: give ids for each user who gets a list (none: [])."
        )
    lists = [[asked[user]] if isinstance(asked[user], str) else list(asked[user]) for user in users]
    place = np.repeat(np.arange(len(users)), [len(one) for one in lists])
    # One look-up for all: each costs as much as a thousand ids.
    return place, positions(columns, [item for one in lists for item in one], "item")
