"""An outcome: what one model did on one split, laid out for metrics of any kind to read.

It holds no metric (see ``measure``) and compares nothing (see ``comparison``).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.evaluation.lists import read_lists
from recsys_helpers.evaluation.ranking import Judged, judge
from recsys_helpers.evaluation.split import Split


class Outcome:
    """The lists and the predictions of a fitted model, or a ready table of lists in its place.

    model : fitted, or DataFrame[user, item, rank]. k : how many places count. judging : options of ``judge`` for all
    metrics. longest : length of the lists that the model is asked for, where a metric looks further than k.
    """

    def __init__(
        self,
        model: Any,
        split: Split,
        k: int,
        judging: Mapping[str, Any] | None = None,
        longest: int | None = None,
    ) -> None:
        self.model, self.split, self.k, self.judging = model, split, k, dict(judging or {})
        self.longest = max(k, longest or k)
        self._judged: dict[str, Judged] = {}

    @cached_property
    def lists(self) -> pd.DataFrame:
        """Recommendations for the listeners of test, checked: DataFrame[user, item, rank, …]."""
        listeners, ready = self.split.listeners, isinstance(self.model, pd.DataFrame)
        lists: pd.DataFrame = (
            self.model
            if ready
            else self.model.recommend(listeners, k=self.longest, exclude_seen=not self.split.repeats)
        )
        read_lists(lists)  # a model of the learner's own may give anything
        return lists[lists["user"].isin(listeners)] if ready else lists

    def judged(self, k: int, judging: Mapping[str, Any]) -> Judged:
        """The lists beside the truth, under the options of all metrics and of this one; each kind only once."""
        options = self.judging | dict(judging)
        key = repr((k, sorted(options.items())))
        if key not in self._judged:
            self._judged[key] = judge(self.lists, self.split.test, k, **options)
        return self._judged[key]

    @cached_property
    def ratings(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Row of the listener, true value and predicted value of each pair of test, shape (n_pairs,) each."""
        if isinstance(self.model, pd.DataFrame):
            raise ValueError(
                "Ready lists hold no rating predictions. Pass a model, or choose ranking metrics."
            )
        test = self.split.test
        users, items = test.users[test.rows], test.items[test.matrix.indices]
        predicted = np.asarray(self.model.predict(users, items), dtype=float)
        if predicted.shape != test.matrix.data.shape:
            raise ValueError(
                f"predict() gave {predicted.size} numbers for {test.nnz} pairs of test: it must give one for each."
            )
        bad = ~np.isfinite(predicted)
        if bad.any():
            first = int(np.argmax(bad))
            raise ValueError(
                f"predict() must give a finite number for each pair of test, and for listener {show(users[first])} "
                f"with item {show(items[first])} it gave {predicted[first]}."
            )
        return test.rows, test.matrix.data, predicted


def refuse_certain_hits(split: Split, judging: Mapping[str, Any]) -> None:
    """ValueError where every item that a list could hold is relevant, for every listener: no list can be wrong."""
    threshold, test = judging.get("threshold"), split.test
    counts = np.ones(test.nnz, dtype=bool) if threshold is None else test.matrix.data >= threshold
    relevant = np.bincount(test.rows[counts], minlength=test.shape[0])
    candidates = test.shape[1] - (0 if split.repeats else np.diff(split.known.matrix.indptr))
    graded = relevant > 0
    if judging.get("gains", "binary") == "binary" and graded.any() and (relevant == candidates)[graded].all():
        raise ValueError(
            "Every item that a list could hold counts as relevant, so no list can be wrong: for each listener test has "
            "whatever train has not, as a table melted from wide to long does. Drop the pairs that did not happen "
            "before the split, x.where(x.matrix.data > 0), or say from which value on an item is relevant: "
            "judging={'threshold': 1}."
        )
