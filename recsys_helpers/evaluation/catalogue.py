"""The metrics of the course by name, their options, and the door by which a learner's own function comes in.

It defines no formula: those are in ``ranking``, ``rating`` and ``beyond_accuracy``, under the same names.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.evaluation import beyond_accuracy, ranking, rating
from recsys_helpers.evaluation.lists import choose
from recsys_helpers.evaluation.measure import JUDGING, READS, Metric
from recsys_helpers.interactions import Interactions

MANY = float("inf")


def _novelty(lists: pd.DataFrame, known: Interactions, k: int) -> pd.Series:
    return beyond_accuracy.novelty(lists, known, k)


def _popularity(lists: pd.DataFrame, known: Interactions, k: int) -> pd.Series:
    return beyond_accuracy.average_popularity(lists, known, k)


def _coverage(lists: pd.DataFrame, known: Interactions, k: int) -> float:
    return beyond_accuracy.coverage(lists, known.items, k)


def _gini(lists: pd.DataFrame, known: Interactions, k: int) -> float:
    return beyond_accuracy.gini(lists, known.items, k)


def _diversity(
    lists: pd.DataFrame, known: Interactions, k: int, features: pd.DataFrame | pd.Series
) -> pd.Series:
    return beyond_accuracy.diversity(lists, features, k)


def _miscalibration(
    lists: pd.DataFrame,
    known: Interactions,
    k: int,
    categories: pd.DataFrame | pd.Series,
    alpha: float = 0.01,
) -> pd.Series:
    return beyond_accuracy.miscalibration(lists, known, categories, k, alpha)


# Limits that a test shows on a small case: tests/evaluation/test_metric.py.
_ALL = (
    Metric(
        "precision",
        ranking.precision,
        "judged",
        limit="A listener with fewer than k relevant items cannot reach 1.",
    ),
    Metric(
        "recall",
        ranking.recall,
        "judged",
        limit="The order within the list does not count; by default nobody with more than k relevant items reaches 1.",
    ),
    Metric(
        "map",
        ranking.average_precision,
        "judged",
        limit="Its size hangs on the divisor: under the default a list of k hits can score below 1.",
    ),
    Metric(
        "ndcg",
        ranking.ndcg,
        "judged",
        limit="Its size hangs on the ideal list and on the discount, which have to be named.",
    ),
    Metric("mrr", ranking.reciprocal_rank, "judged", limit="Only the first hit counts."),
    Metric("hit_rate", ranking.hit_rate, "judged", limit="One hit is worth as much as k."),
    Metric(
        "rmse",
        rating.squared,
        "ratings",
        "low",
        high=MANY,
        finish=np.sqrt,
        limit="Only pairs that were rated count, the bottom of a list as much as its top.",
    ),
    Metric(
        "mae",
        rating.absolute,
        "ratings",
        "low",
        high=MANY,
        limit="Only pairs that were rated count; an error of 2 weighs as much as two of 1.",
    ),
    Metric(
        "novelty",
        _novelty,
        "lists",
        high=MANY,
        limit="Items that nobody knows score highest, wanted or not; at most log2 of the number of listeners.",
    ),
    Metric(
        "popularity",
        _popularity,
        "lists",
        "low",
        limit="Items that nobody knows score lowest, wanted or not.",
    ),
    Metric("coverage", _coverage, "lists", limit="An item in one list counts as much as one in all."),
    Metric("gini", _gini, "lists", "low", limit="Lists dealt out in turn have about 0, whoever gets them."),
    Metric(
        "pooled_precision",
        ranking.pooled_precision,
        "judged",
        limit="Listeners with many relevant items count more, and it can rise with k.",
    ),
    Metric(
        "diversity",
        _diversity,
        "lists",
        high=2.0,
        needs=("features",),
        limit="One item of each kind scores highest, wanted or not; at most 1 where features are not negative.",
    ),
    Metric(
        "miscalibration",
        _miscalibration,
        "lists",
        "low",
        high=float(-np.log(0.01)),
        needs=("categories",),
        limit="Any list in the mix of the past has 0, wanted or not.",
    ),
)
METRICS: dict[str, Metric] = {one.name: one for one in _ALL}


def metric(name: str, *, label: str | None = None, k: int | None = None, **options: Any) -> Metric:
    """A metric of the course under one of its conventions, or with the tables that it needs.

    name : see ``METRICS``. options : of the function of that name (divisor, ideal, discount, features, categories, …)
    and of ``judge`` (gains, threshold, …). label : its name in tables, by default the metric's with its options.

    >>> metric("recall", k=20, divisor="achievable")
    Metric('recall@20 (divisor=achievable)', high is best)
    >>> metric("recall", ideal="k")
    Traceback (most recent call last):
    ValueError: recall has no option ideal. It takes: divisor, gains, threshold, without_list, without_test.
    """
    plain = METRICS[choose("metric", name, METRICS)]
    own = _own_options(plain)
    judging = JUDGING if plain.reads == "judged" else ()
    for option in options:
        if option not in (*own, *judging):
            takes = ", ".join((*own, *judging)) or "none"
            raise ValueError(f"{name} has no option {option}. It takes: {takes}.")
    if k is not None and plain.reads == "ratings":
        raise ValueError(f"{name} looks at ratings and not at the first k places: leave k out.")
    words = [f"{key}={value}" for key, value in options.items() if isinstance(value, (str, Real))]
    title = name + (f"@{k}" if k is not None else "") + (f" ({', '.join(words)})" if words else "")
    found = replace(
        plain,
        name=title if label is None else label,
        k=k,
        options={key: value for key, value in options.items() if key in own},
        judging={key: value for key, value in options.items() if key not in own},
    )
    found.check()
    return found


def read_metrics(metrics: Any) -> tuple[Metric, ...]:
    """Metrics as objects: from names of ``METRICS``, from metrics, and from functions (recommended, relevant, k)."""
    if isinstance(metrics, (str, Metric)) or callable(metrics):
        metrics = [metrics]
    if not isinstance(metrics, Iterable):
        raise ValueError(f"metrics are names, Metric objects or functions, not {show(metrics)}.")
    found = []
    for one in dict.fromkeys(metrics):
        if callable(one):
            name = getattr(one, "__name__", type(one).__name__)
            if name == "<lambda>":
                raise ValueError("A function without a name needs one: Metric('its name', lambda …).")
            one = Metric(name, one)
        found.append(one if isinstance(one, Metric) else metric(one))
        found[-1].check()
    if not found:
        raise ValueError(f"Name at least one metric. Choose of: {', '.join(METRICS)}.")
    names = [one.name for one in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"Two metrics are called {name!r}: name one, metric(…, label='its name').")
    return tuple(found)


def metrics_table() -> pd.DataFrame:
    """The metrics of the course, a row each: metric, range, best, intervals (over what), options, limit.

    >>> table = metrics_table().set_index("metric").loc[["recall", "rmse", "coverage"]]
    >>> print(table.drop(columns="limit").to_string())
                range  best               intervals  options
    metric
    recall     0 to 1  high               listeners  divisor
    rmse     0 and up   low  listeners, all ratings
    coverage   0 to 1  high                    none
    """
    rows = []
    for one in METRICS.values():
        end = "and up" if one.high == MANY else f"to {one.high:.3g}"
        whole = one.name in ("coverage", "gini", "pooled_precision")
        rows.append(
            {
                "metric": one.name,
                "range": f"{one.low:g} {end}",
                "best": one.best,
                "intervals": "none"
                if whole
                else "listeners" + (", all ratings" if one.reads == "ratings" else ""),
                "options": ", ".join(_own_options(one)),
                "limit": one.limit,
            }
        )
    return pd.DataFrame(rows)


def _own_options(one: Metric) -> list[str]:
    return list(inspect.signature(one.function).parameters)[len(READS[one.reads].split(", ")) :]
