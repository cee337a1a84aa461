"""Comparison: fit several models on one split, grade them on the same listeners, and say which differences are real.

It defines no metric and no test of its own: it brings ``ranking``, ``rating``, ``beyond_accuracy`` and ``inference``
together in one table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from recsys_helpers.evaluation import beyond_accuracy, ranking
from recsys_helpers.evaluation.fitting import fitted, tables_at_the_cut, tables_for
from recsys_helpers.evaluation.inference import bootstrap_means, holm, percentile_ends, sign_flip_test
from recsys_helpers.evaluation.lists import check_length, choose, read_lists
from recsys_helpers.evaluation.split import Split
from recsys_helpers.interactions import _show as show

RATING = {  # how one rating's error counts, and what its mean becomes
    "rmse": (np.square, np.sqrt),
    "mae": (np.abs, np.positive),
}
LISTS = {"novelty": beyond_accuracy.novelty, "popularity": beyond_accuracy.average_popularity}
CATALOGUE = {"coverage": beyond_accuracy.coverage, "gini": beyond_accuracy.gini}
METRICS = (*ranking.METRICS, *RATING, *LISTS, *CATALOGUE)
LOW_IS_BEST = ("rmse", "mae", "popularity", "gini")


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
    totals: dict[str, pd.DataFrame] = field(default_factory=dict)
    weights: dict[str, pd.DataFrame] = field(default_factory=dict)
    whole: dict[str, pd.Series] = field(default_factory=dict)

    def per_listener(self, metric: str) -> pd.DataFrame:
        """One value for each listener and model, DataFrame listeners x models; what ``paired_comparison`` takes."""
        if metric not in self.totals:
            have = ", ".join(self.totals) or "none"
            raise ValueError(f"There are no values per listener for {metric!r}. There are for: {have}.")
        return _finish(metric)(self.totals[metric] / self.weights[metric])

    def table(
        self,
        baseline: str | None = None,
        *,
        level: float = 0.95,
        n_resamples: int = 2000,
        n_permutations: int = 10_000,
        random_state: int = 0,
    ) -> pd.DataFrame:
        """One row for each metric and model; see ``compare`` for the columns."""
        base = self._base(baseline)
        rows, others = [], np.arange(len(self.models)) != base
        for metric in self.metrics:
            value, n = self._values(metric), self.n_listeners
            low = high = difference_low = difference_high = p = np.full(len(value), np.nan)
            if metric not in self.whole:
                totals, weights = self.totals[metric].to_numpy(), self.weights[metric].to_numpy()
                n = len(totals)
                resampled = _finish(metric)(bootstrap_means(totals, n_resamples, random_state, weights))
                low, high = percentile_ends(resampled, level)
                difference_low, difference_high = percentile_ends(resampled - resampled[:, [base]], level)
                p = np.full(len(value), np.nan)
                if others.any():
                    differences = totals[:, others] - totals[:, [base]]
                    p[others] = holm(sign_flip_test(differences, n_permutations, random_state))
            columns = {
                "value": value,
                "low": low,
                "high": high,
                "difference": value - value[base],
                "difference_low": difference_low,
                "difference_high": difference_high,
                "p": p,
            }
            frame = pd.DataFrame({"model": list(self.models), "metric": metric, **columns, "n_listeners": n})
            frame.loc[base, ["difference", "difference_low", "difference_high", "p"]] = np.nan
            rows.append(frame)
        return pd.concat(rows, ignore_index=True)

    def _values(self, metric: str) -> np.ndarray:
        """Each model's figure, shape (n_models,)."""
        if metric in self.whole:
            return self.whole[metric].to_numpy()
        totals, weights = self.totals[metric].to_numpy(), self.weights[metric].to_numpy()
        return _finish(metric)(totals.sum(axis=0) / weights.sum(axis=0))

    def _base(self, baseline: str | None) -> int:
        """Position of the model the others are compared with: the one named, else the best by the first metric."""
        if baseline is not None:
            return self.models.index(choose("baseline", baseline, self.models))
        values = self._values(self.metrics[0])
        return int(np.argmin(values) if self.metrics[0] in LOW_IS_BEST else np.argmax(values))


def evaluate(
    models: Mapping,
    split: Split,
    metrics: Sequence[str] = ("ndcg", "recall", "map"),
    k: int = 10,
    *,
    users: pd.DataFrame | None = None,
    items: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    judging: Mapping | None = None,
) -> Evaluation:
    """Fit a clone of each model on ``split.train`` and grade it on the listeners that have something in test.

    models: name -> Recommender, or name -> a ready table of lists (re-ranked ones, a peer's). metrics: names of
    ``ranking``; "rmse", "mae" of rating models; "novelty", "popularity", "coverage", "gini" of the lists. judging:
    options of ``ranking.judge``, such as {"threshold": 4}. users, items: tables of what was known of a listener or an
    item before the first list that it is in; each model gets those that it names (``needs``, ``takes``). events: a log
    to take the place of ``split.events``; of either, models get what was before the cut. Raises ValueError on an
    unknown metric and on a table that a model needs and that is not there; an error in a model names the model.
    """
    metrics = (metrics,) if isinstance(metrics, str) else tuple(dict.fromkeys(metrics))
    if not isinstance(models, Mapping) or not models:
        raise ValueError("models is a dictionary of at least one model: {'popular': Popularity(), …}.")
    if not isinstance(split, Split):
        raise ValueError(f"split is a Split, as random_split() makes it, not {type(split).__name__}.")
    for metric in metrics:
        choose("metric", metric, METRICS)
    if not metrics:
        raise ValueError(f"Name at least one metric. Choose of: {', '.join(METRICS)}.")
    k = check_length(k)
    tables = tables_at_the_cut(split, events=events, items=items, users=users)
    for name, model in models.items():  # before the first is fitted
        if not isinstance(model, pd.DataFrame):
            with _naming(name):
                tables_for(model, tables)
    listeners, asks_lists = split.listeners, any(metric not in RATING for metric in metrics)
    in_lists = [metric for metric in metrics if metric in ranking.METRICS]
    columns: dict[str, dict[str, pd.Series]] = {metric: {} for metric in metrics}
    weights: dict[str, dict[str, pd.Series]] = {metric: {} for metric in metrics}
    if in_lists:
        _refuse_certain_hits(split, judging or {})
    result = Evaluation(tuple(models), metrics, len(listeners))

    for name, model in models.items():
        with _naming(name):
            ready = model if isinstance(model, pd.DataFrame) else fitted(model, split, tables)
            if asks_lists:
                lists = _lists(ready, listeners, k, split.repeats)
                result.lists[name] = lists
                if in_lists:
                    scores = ranking.score_lists(lists, split.test, in_lists, k, **(judging or {}))
                    for metric in in_lists:
                        columns[metric][name] = scores[metric]
            for metric in metrics:
                if metric in RATING:
                    columns[metric][name], weights[metric][name] = _errors(ready, split, RATING[metric][0])
                elif metric in LISTS:
                    columns[metric][name] = LISTS[metric](lists, split.train, k)
                elif metric in CATALOGUE:
                    columns[metric][name] = CATALOGUE[metric](lists, split.train.items, k)

    for metric in metrics:
        if metric in CATALOGUE:
            result.whole[metric] = pd.Series(columns[metric])
            continue
        # A listener counts for all models or for none, so that the models meet the same ones.
        totals = pd.DataFrame(columns[metric]).reindex(listeners).dropna()
        if len(totals) < 2:
            raise ValueError(
                f"Only {len(totals)} listeners have a value of {metric} for every model: at least 2 are needed."
            )
        result.totals[metric] = totals
        ones = pd.DataFrame(1.0, index=totals.index, columns=totals.columns)
        result.weights[metric] = pd.DataFrame(weights[metric]) if weights[metric] else ones
    return result


def compare(
    models: Mapping,
    split: Split,
    metrics: Sequence[str] = ("ndcg", "recall", "map"),
    k: int = 10,
    *,
    baseline: str | None = None,
    random_state: int = 0,
    level: float = 0.95,
    **options,
) -> pd.DataFrame:
    """Several models on one split in one tidy table, a row for each metric and model.

    Columns: model, metric, value, low, high (bootstrap interval over listeners at ``level``), difference from the
    baseline with difference_low and difference_high, p (sign-flip test against the baseline, Holm's correction over
    the models of a metric), n_listeners. baseline: a name, or None for the best model by the first metric; its own
    rows have no difference. rmse and mae pool all ratings, and their listeners are resampled with all their ratings.
    "coverage" and "gini" describe the catalogue as a whole and have no interval. ``options`` go to ``evaluate``, whose
    result also holds the lists and the values per listener: ``compare(...)`` is ``evaluate(...).table(...)``.

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


def _lists(model, listeners: pd.Index, k: int, repeats: bool) -> pd.DataFrame:
    ready = isinstance(model, pd.DataFrame)
    lists = model if ready else model.recommend(listeners, k=k, exclude_seen=not repeats)
    read_lists(lists)  # a model of the learner's own may give anything
    return lists[lists["user"].isin(listeners)] if ready else lists


def _refuse_certain_hits(split: Split, judging: Mapping) -> None:
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


def _errors(model, split: Split, error) -> tuple[pd.Series, pd.Series]:
    """Each listener's summed error over the test ratings, and their number."""
    if isinstance(model, pd.DataFrame):
        raise ValueError("Ready lists hold no rating predictions. Pass a model, or choose ranking metrics.")
    test = split.test
    truth, rows = test.matrix.data, test.rows
    predicted = np.asarray(model.predict(test.users[rows], test.items[test.matrix.indices]), dtype=float)
    if predicted.shape != truth.shape:
        raise ValueError(
            f"predict() gave {predicted.size} numbers for {len(truth)} pairs of test: it must give one for each."
        )
    bad = ~np.isfinite(predicted)
    if bad.any():
        first = int(np.argmax(bad))
        user, item = show(test.users[rows[first]]), show(test.items[test.matrix.indices[first]])
        raise ValueError(
            f"predict() must give a finite number for each pair of test, and for listener {user} with item {item} "
            f"it gave {predicted[first]}."
        )
    totals = np.bincount(rows, weights=error(truth - predicted), minlength=test.shape[0])
    counts = np.bincount(rows, minlength=test.shape[0])
    rated = counts > 0
    return pd.Series(totals[rated], index=test.users[rated]), pd.Series(
        counts[rated].astype(float), index=test.users[rated]
    )


def _finish(metric: str):
    return RATING[metric][1] if metric in RATING else np.positive
