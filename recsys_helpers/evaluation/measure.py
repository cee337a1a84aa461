"""A metric as an object: what a figure is called, which way is better, and how it comes out of what a model did.

It defines no formula, and it lists none: ``catalogue`` has the metrics of the course and takes in a learner's own.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.evaluation.lists import check_length, choose
from recsys_helpers.evaluation.outcome import Outcome

READS = {  # what a metric's function is called with, before its options
    "list": "recommended, relevant, k",
    "judged": "judged",
    "lists": "lists, known, k",
    "ratings": "truth, predicted",
}
JUDGING = ("gains", "threshold", "without_list", "without_test")


@dataclass(frozen=True, eq=False)
class Metric:
    """One figure by which models are compared; ``compare`` takes any number of them.

    Attributes
    ----------
    name : what its rows in a table are called.
    function : called with what ``reads`` says and with ``options``. It gives one value for each listener (a Series by
        user; of what is judged an array too), or one number for all lists together, which then has no interval.
    reads : "list" (one listener at a time: a list of recommended items, best first, a list of relevant items, and k;
        an argument called ``user`` gets the listener's id), "judged" (all lists beside the truth, see ``judge``),
        "lists" (a table of lists, the Interactions that were known, and k) or "ratings" (true and predicted values of
        all pairs; it gives one loss for each, and the metric is ``finish`` of their mean).
    best : "high" or "low".
    low, high : the least and the greatest value that it can have.
    limit : one sentence, what the figure does not say.
    k : how many places it looks at; None: as many as ``compare`` says.
    needs : options without which it cannot be computed, such as a table of genres. options : of the function.
    judging : of ``judge``, in place of those of ``compare``.

    >>> def first_is_right(recommended, relevant, k):
    ...     return float(recommended[0] in relevant) if recommended else 0.0
    >>> Metric("first", first_is_right)
    Metric('first', high is best)
    """

    name: str
    function: Callable[..., Any]
    reads: str = "list"
    best: str = "high"
    low: float = 0.0
    high: float = 1.0
    limit: str = ""
    k: int | None = None
    needs: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    judging: Mapping[str, Any] = field(default_factory=dict)
    finish: Callable[[Any], Any] = np.positive

    def __post_init__(self) -> None:
        choose("reads", self.reads, READS)
        choose("best", self.best, ("high", "low"))
        if not callable(self.function):
            raise ValueError(f"The metric {self.name!r} needs a function, not {show(self.function)}.")
        if self.k is not None:
            object.__setattr__(self, "k", check_length(self.k))
        for option in self.judging:
            choose("judging", option, JUDGING)
        try:
            options = dict.fromkeys(self.needs) | self._extra() | dict(self.options)
            inspect.signature(self.function).bind(*READS[self.reads].split(", "), **options)
        except TypeError as error:
            raise ValueError(
                f"The function of the metric {self.name!r} cannot be called as function({READS[self.reads]}) with "
                f"{', '.join(self.options) or 'no options'}: {error}. "
                "The argument reads= chooses what a function is given."
            ) from None

    def __repr__(self) -> str:
        return f"Metric({self.name!r}, {self.best} is best)"

    def _extra(self) -> dict[str, None]:
        asks = self.reads == "list" and "user" in inspect.signature(self.function).parameters
        return {"user": None} if asks and "user" not in self.options else {}

    def check(self) -> None:
        """ValueError if an option is missing: to be asked before a model is fitted."""
        for option in self.needs:
            if option not in self.options:
                raise ValueError(
                    f"{self.name} needs {option}=, a table by item: metric({self.name!r}, {option}=…)."
                )

    def measure(self, outcome: Outcome) -> Measured:
        """The metric of one model on one split."""
        k = self.k or outcome.k
        if self.reads == "ratings":
            return self._of_ratings(outcome)
        if self.reads == "judged":
            judged = outcome.judged(k, self.judging)
            value = self.function(judged, **self.options)
            if isinstance(value, np.ndarray) and value.shape == (len(judged.users),):
                value = judged.series(value, self.name)
        elif self.reads == "lists":
            value = self.function(outcome.lists, outcome.split.known, k, **self.options)
        else:
            value = self._of_each_list(outcome, k)
        if isinstance(value, pd.Series):
            return Measured(value.astype(float))
        if isinstance(value, Real):
            return Measured(float(value))
        raise ValueError(
            f"The metric {self.name!r} gave {type(value).__name__}: it must give a Series with a value for each "
            "listener, or one number."
        )

    def _of_each_list(self, outcome: Outcome, k: int) -> pd.Series:
        judged = outcome.judged(k, self.judging)
        test, options = outcome.split.test, outcome.judging | dict(self.judging)
        threshold = options.get("threshold")
        lists = outcome.lists[outcome.lists["rank"] <= k].sort_values("rank", kind="stable")
        listed = {user: items.tolist() for user, items in lists.groupby("user", observed=True)["item"]}
        relevant = pd.DataFrame({"user": test.users[test.rows], "item": test.items[test.matrix.indices]})
        if threshold is not None:
            relevant = relevant[test.matrix.data >= threshold]
        wanted = {user: items.tolist() for user, items in relevant.groupby("user", observed=True)["item"]}
        values, named = [], bool(self._extra())
        for user in judged.users:
            extra = {"user": user} if named else {}
            try:
                value = self.function(listed.get(user, []), wanted.get(user, []), k, **extra, **self.options)
                values.append(float(value))
            except Exception as error:
                raise ValueError(
                    f"The metric {self.name!r} gave no number for listener {show(user)}: "
                    f"{type(error).__name__}: {error}"
                ) from error
        return judged.series(np.array(values), self.name)

    def _of_ratings(self, outcome: Outcome) -> Measured:
        rows, truth, predicted = outcome.ratings
        losses = np.asarray(self.function(truth, predicted, **self.options), dtype=float)
        if losses.shape != truth.shape:
            raise ValueError(
                f"The metric {self.name!r} must give one number for each of {len(truth)} ratings."
            )
        users = outcome.split.test.users
        totals = np.bincount(rows, weights=losses, minlength=len(users))
        counts = np.bincount(rows, minlength=len(users))
        rated = counts > 0
        return Measured(
            pd.Series(totals[rated], index=users[rated]),
            pd.Series(counts[rated].astype(float), index=users[rated]),
        )


@dataclass(frozen=True, eq=False)
class Measured:
    """One model's figure: a value for each listener, or one number; of ratings, totals and their counts."""

    values: pd.Series | float
    counts: pd.Series | None = None
