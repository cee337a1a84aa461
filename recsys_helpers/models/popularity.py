"""The baseline to beat: the same list for everybody, but for what each has heard.

It is not personal; a model that does not beat it has learned nothing about listeners.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.abilities import LearnsOn
from recsys_helpers.models.checks import check_choice, check_number


class Popularity(LearnsOn):
    """Items by how many listeners they have, by the sum of their values, or by their mean value.

    Parameters
    ----------
    by : "count" (entries), "sum" or "mean" of the values.
    shrinkage : number of imaginary entries of average value that each item starts with, for ``by="mean"``: an item
        with two perfect ratings does not lead one with two hundred good ones. 0 trusts every mean.
    half_life : None, or the age at which an entry counts half: a time span as pandas reads it ("14D"), for times that
        are moments; a number, for times that are numbers without a unit. Ages are counted from the latest entry.

    >>> ratings = pd.DataFrame({"user_id": [1, 2, 3, 4], "track_id": list("aabb"), "stars": [4, 4, 5, 1]})
    >>> model = Popularity(by="mean", shrinkage=2).fit(Interactions.from_frame(ratings, value="stars"))
    >>> [f"{value:.2f}" for value in model.predict([1, 1], ["a", "b"])]
    ['3.75', '3.25']
    """

    def __init__(self, by: str = "count", shrinkage: float = 0.0, half_life: Any = None):
        self.by = by
        self.shrinkage = shrinkage
        self.half_life = half_life

    def _fit(self, x: Interactions) -> None:
        check_choice("by", self.by, ("count", "sum", "mean"))
        check_number("shrinkage", self.shrinkage, 0)
        weight = np.ones(x.nnz) if self.half_life is None else 0.5 ** self._half_lives(x)
        count = np.bincount(x.matrix.indices, weight, minlength=x.shape[1])
        total = np.bincount(x.matrix.indices, weight * x.matrix.data, minlength=x.shape[1])
        if self.by == "mean":
            mean = total.sum() / count.sum()
            filled = count + self.shrinkage
            empty = filled == 0
            self.item_scores_ = np.where(
                empty, mean, (total + self.shrinkage * mean) / np.where(empty, 1, filled)
            )
        else:
            self.item_scores_ = count if self.by == "count" else total

    def _half_lives(self, x: Interactions) -> np.ndarray:
        """The age of each entry, in half-lives: shape (nnz,)."""
        half_life = self.half_life
        of_time = isinstance(half_life, str) or hasattr(half_life, "total_seconds")
        if of_time:
            try:
                span = pd.Timedelta(half_life)
            except ValueError:
                span = pd.NaT
            if span is pd.NaT:
                raise ValueError(f"half_life={half_life!r} is no time span: write one like '14D'.")
        check_number("half_life", span.total_seconds() if of_time else half_life, 0)
        if half_life == 0 or (of_time and span == pd.Timedelta(0)):
            raise ValueError("half_life=0: give a span above 0, or None to count every entry the same.")
        if of_time:
            ages: np.ndarray = (x.moments.max() - x.moments) / span.to_timedelta64()
            return ages
        if x.times is None or x.times.dtype.kind == "M":
            raise ValueError(
                f"half_life={half_life} is a number without a unit: give a span such as '14D', for which the "
                "Interactions need times that are dates."
            )
        found: np.ndarray = (x.times.max() - x.times) / half_life
        return found

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return np.tile(self.item_scores_, (len(rows), 1))

    def _predict(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        values: np.ndarray = self.item_scores_[columns]
        return values

    def _learn_on(self, old: Interactions, new: Interactions, rows: np.ndarray) -> None:
        self._fit(new)  # one pass over the entries, which merging them took already
