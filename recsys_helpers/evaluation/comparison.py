"""Comparison: fit several models on one split, grade them on the same listeners, and say which differences are real.

It defines no metric and no test of its own: it brings ``ranking``, ``rating``, ``beyond_accuracy`` and ``inference``
together in one table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.evaluation.catalogue import read_metrics
from recsys_helpers.evaluation.fitting import check_needs, fitted, tables_at_the_cut
from recsys_helpers.evaluation.inference import bootstrap_means, holm, percentile_ends, sign_flip_test
from recsys_helpers.evaluation.lists import check_length, choose
from recsys_helpers.evaluation.measure import Measured, Metric
from recsys_helpers.evaluation.outcome import Outcome, refuse_certain_hits
from recsys_helpers.evaluation.randomness import RandomState
from recsys_helpers.evaluation.split import Split

Metrics = str | Metric | Callable[..., Any] | Iterable[str | Metric | Callable[..., Any]]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What several models achieved on one split; build it with ``evaluate``, print it with ``table``.

    lists: recommendations of each model. totals, weights: per metric, listeners x models; a model's figure is
    sum(totals) / sum(weights), finished by a root for rmse. whole: per metric of the catalogue, one figure a model.
    """

    models: tuple[str, ...]
    metrics: tuple[str, ...]
    n_listeners: int
    lists: dict[str, pd.DataFrame] = field(default_factory=dict)
    measures: dict[str, Metric] = field(default_factory=dict)
    totals: dict[str, pd.DataFrame] = field(default_factory=dict)
    weights: dict[str, pd.DataFrame] = field(default_factory=dict)
    whole: dict[str, pd.Series] = field(default_factory=dict)

    def per_listener(self, metric: str) -> pd.DataFrame:
        """One value for each listener and model, DataFrame listeners x models; what ``paired_comparison`` takes."""
        if metric not in self.totals:
            have = ", ".join(self.totals) or "none"
            raise ValueError(f"There are no values per listener for {metric!r}. There are for: {have}.")
        values: pd.DataFrame = self.measures[metric].finish(self.totals[metric] / self.weights[metric])
        return values

    def table(
        self,
        baseline: str | None = None,
        *,
        level: float = 0.95,
        n_resamples: int = 2000,
        n_permutations: int = 10_000,
        random_state: RandomState = 0,
    ) -> pd.DataFrame:
        """One row for each metric and model; see ``compare`` for the columns."""
        base = self._base(baseline)
        rows, others = [], np.arange(len(self.models)) != base
        for metric in self.metrics:
            value, n = self._values(metric), self.n_listeners
            low = high = difference_low = difference_high = p = p_holm = np.full(len(value), np.nan)
            if metric not in self.whole:
                totals, weights = self.totals[metric].to_numpy(), self.weights[metric].to_numpy()
                n = len(totals)
                resampled = self.measures[metric].finish(
                    bootstrap_means(totals, n_resamples, random_state, weights)
                )
                low, high = percentile_ends(resampled, level)
                difference_low, difference_high = percentile_ends(resampled - resampled[:, [base]], level)
                p, p_holm = np.full(len(value), np.nan), np.full(len(value), np.nan)
                if others.any():
                    differences = totals[:, others] - totals[:, [base]]
                    p[others] = sign_flip_test(differences, n_permutations, random_state)
                    p_holm[others] = holm(p[others])
            columns = {
                "value": value,
                "low": low,
                "high": high,
                "difference": value - value[base],
                "difference_low": difference_low,
                "difference_high": difference_high,
                "p": p,
                "p_holm": p_holm,
            }
            frame = pd.DataFrame({"model": list(self.models), "metric": metric, **columns, "n_listeners": n})
            frame.loc[base, ["difference", "difference_low", "difference_high"]] = np.nan
            rows.append(frame)
        return pd.concat(rows, ignore_index=True)

    def _values(self, metric: str) -> np.ndarray:
        """Each model's figure, shape (n_models,)."""
        if metric in self.whole:
            return np.asarray(self.whole[metric])
        totals, weights = self.totals[metric].to_numpy(), self.weights[metric].to_numpy()
        return np.asarray(self.measures[metric].finish(totals.sum(axis=0) / weights.sum(axis=0)))

    def _base(self, baseline: str | None) -> int:
        """Position of the model the others are compared with: the one named, else the best by the first metric."""
        if baseline is not None:
            return self.models.index(choose("baseline", baseline, self.models))
        values = self._values(self.metrics[0])
        return int(np.argmin(values) if self.measures[self.metrics[0]].best == "low" else np.argmax(values))


def evaluate(
    models: Mapping[str, Any],
    split: Split,
    metrics: Metrics = ("ndcg", "recall", "map"),
    k: int = 10,
    *,
    users: pd.DataFrame | None = None,
    items: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    judging: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Fit a clone of each model on ``split.train`` and grade it on the listeners that have something in test.

    Parameters
    ----------
    models : name -> Recommender, or name -> a ready table of lists (re-ranked ones, a peer's).
    metrics : names of ``METRICS``; ``metric(name, ...)`` for one of their conventions or with a table that they need;
        a ``Metric``; or a function of (recommended, relevant, k), which is asked for each listener.
    k : length of the lists. judging : options of ``judge`` for all metrics, such as {"threshold": 4}.
    users, items : tables of what was known of a listener or an item before the first list that it is in; each model
        gets those that it names (``needs``, ``takes``).
    events : a log in place of ``split.events``; of either, models get what was before the cut and nothing later.

    Raises ValueError on an unknown metric, on a table that a model needs and that is not there, and where no list
    could be wrong; an error in a model names the model.
    """
    wanted = read_metrics(metrics)
    if not isinstance(models, Mapping) or not models:
        raise ValueError("models is a dictionary of at least one model: {'popular': Popularity(), …}.")
    if not isinstance(split, Split):
        raise ValueError(f"split is a Split, as random_split() makes it, not {type(split).__name__}.")
    k = check_length(k)
    tables = tables_at_the_cut(split, events=events, items=items, users=users)
    for name, model in models.items():  # before the first is fitted
        if not isinstance(model, pd.DataFrame):
            with _naming(name):
                check_needs(model, tables)
    for one in wanted:
        if one.reads in ("judged", "list"):
            refuse_certain_hits(split, dict(judging or {}) | dict(one.judging))
    longest = max(one.k or k for one in wanted)
    lists: dict[str, pd.DataFrame] = {}
    found: dict[str, dict[str, Measured]] = {one.name: {} for one in wanted}
    for name, model in models.items():
        with _naming(name):
            ready = model if isinstance(model, pd.DataFrame) else fitted(model, split, tables)
            outcome = Outcome(ready, split, k, judging, longest)
            for one in wanted:
                found[one.name][name] = one.measure(outcome)
            if any(one.reads != "ratings" for one in wanted):
                lists[name] = outcome.lists
    result = Evaluation(
        tuple(models), tuple(found), len(split.listeners), lists, {one.name: one for one in wanted}
    )
    for metric, by_model in found.items():
        _collect(result, metric, by_model, split.listeners)
    return result


def _collect(result: Evaluation, metric: str, found: dict[str, Measured], listeners: pd.Index) -> None:
    """Put the figures of one metric into the result, for listeners who have one under every model."""
    single = [isinstance(one.values, float) for one in found.values()]
    if any(single) and not all(single):
        raise ValueError(
            f"{metric} gave one number for some models and a value for each listener for others."
        )
    if all(single):
        result.whole[metric] = pd.Series({name: one.values for name, one in found.items()})
        return
    # A listener counts for all models or for none, so that the models meet the same ones.
    totals = pd.DataFrame({name: one.values for name, one in found.items()}).reindex(listeners).dropna()
    if len(totals) < 2:
        raise ValueError(
            f"Only {len(totals)} listeners have a value of {metric} for every model: at least 2 are needed."
        )
    counts = {name: one.counts for name, one in found.items() if one.counts is not None}
    ones = pd.DataFrame(1.0, index=totals.index, columns=totals.columns)
    result.totals[metric] = totals
    result.weights[metric] = pd.DataFrame(counts).loc[totals.index] if counts else ones


def compare(
    models: Mapping[str, Any],
    split: Split,
    metrics: Metrics = ("ndcg", "recall", "map"),
    k: int = 10,
    *,
    baseline: str | None = None,
    random_state: RandomState = 0,
    level: float = 0.95,
    **options: Any,
) -> pd.DataFrame:
    """Several models on one split in one tidy table, a row for each metric and model.

    Columns: model, metric, value, low, high; difference from the baseline with difference_low and difference_high; p
    and p_holm of the difference; n_listeners. The intervals are bootstrap intervals over listeners, at ``level``: other
    listeners might have been asked, in the same weeks, of the same fitted models. p is that of the sign-flip test
    against the baseline, p_holm is p after Holm's correction over all rows of that metric; both columns mean the same
    in every table. baseline: a name, or None for the best model by the first metric; its own rows have no difference.
    rmse and mae pool all ratings, and their listeners are resampled with all their ratings. A metric with one figure
    for all lists, such as "coverage", has no interval and no p. ``options`` go to ``evaluate``, whose result also holds
    the lists and the values per listener: ``compare(...)`` is ``evaluate(...).table(...)``.

    >>> from recsys_helpers.evaluation import random_split
    >>> from recsys_helpers.interactions import Interactions
    >>> taste = [(user, item) for user in range(20) for item in range(20) if (user + item) % 2]
    >>> split = random_split(Interactions.from_frame(pd.DataFrame(taste, columns=["user_id", "track_id"])))
    >>> pairs = split.test.to_frame()
    >>> perfect = pd.DataFrame({"user": pairs.user, "item": pairs.item, "rank": pairs.groupby("user").cumcount() + 1})
    >>> good = perfect[perfect["rank"] == 1]
    >>> table = compare({"one": good, "all": perfect}, split, metrics=["recall"], k=2)
    >>> print(table[["model", "value", "low", "high", "difference", "p"]].round(3).to_string(index=False))
    model  value  low  high  difference   p
      one    0.5  0.5   0.5        -0.5 0.0
      all    1.0  1.0   1.0         NaN NaN
    """
    return evaluate(models, split, metrics, k, **options).table(
        baseline, random_state=random_state, level=level
    )


@contextmanager
def _naming(model: str) -> Iterator[None]:
    """An error in here names the model that it came from."""
    try:
        yield
    except Exception as error:
        kind = ValueError if isinstance(error, ValueError) else RuntimeError
        raise kind(f"Model {model!r}: {error}") from error
