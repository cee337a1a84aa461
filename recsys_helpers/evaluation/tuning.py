"""Tuning: choose the settings of models on a validation split, each model with the same number of tries.

It takes the place of scikit-learn's GridSearchCV, which cuts rows and knows neither our splits nor our lists. It opens
no test: give it the split to choose on, and ``evaluate`` what it chose on another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.evaluation.catalogue import read_metrics
from recsys_helpers.evaluation.comparison import Evaluation, evaluate
from recsys_helpers.evaluation.measure import Metric
from recsys_helpers.evaluation.randomness import RandomState, generator
from recsys_helpers.evaluation.split import Split


@dataclass(frozen=True, eq=False)
class Tuning:
    """What was tried and what came out best; build it with ``tune``.

    table : a row for each try: model, try (from 1), settings (as one would type them), value, low, high (bootstrap over
    listeners), n_listeners, best (of its model), edge (which of the best settings are the least or the greatest that
    were tried, so that better ones may lie beyond) and a column param_… for each setting, as in scikit-learn.
    best : model -> its best settings. models : model -> an unfitted model with these. evaluation : the figures of all
    tries, listener by listener.
    """

    table: pd.DataFrame
    best: dict[str, dict[str, Any]]
    models: dict[str, Any]
    evaluation: Evaluation


def tune(
    models: Any,
    grids: Any,
    split: Split,
    metric: Any = "ndcg",
    k: int = 10,
    *,
    n_tries: int | None = None,
    random_state: RandomState = 0,
    level: float = 0.95,
    **options: Any,
) -> Tuning:
    """Fit each model with each of its settings on the split's train, and keep the best by a metric on its test.

    Parameters
    ----------
    models : a model, or name -> model. Parameters that a grid does not name stay as the model has them.
    grids : for one model a grid, for several name -> grid. A grid is parameter -> values, all combinations of which are
        tried, or a list of settings such as [{}, {"regularization": 20.0}], where {} tries the model as it is.
    split : to choose on. Not the one to report: the best of many is partly the luckiest of many.
    metric : the one to choose by, see ``evaluate``. Of equal tries the first is kept.
    n_tries : settings drawn at random (``random_state``) from each grid; None: all, and then all grids must have as
        many. A contest in which one side had more tries says little of the models.
    options : of ``evaluate``: users, items, events, judging.

    Raises ValueError on a parameter that a model has not, on settings that stand twice, on grids of different sizes
    without n_tries, and on a grid with fewer settings than n_tries.

    >>> from recsys_helpers.evaluation import random_split
    >>> from recsys_helpers.interactions import Interactions
    >>> from recsys_helpers.models import ItemKNN
    >>> taste = [(user, item) for user in range(40) for item in range(30) if (user + item) % 3]
    >>> split = random_split(Interactions.from_frame(pd.DataFrame(taste, columns=["user_id", "track_id"])))
    >>> found = tune(ItemKNN(), {"n_neighbors": [1, 2, 4]}, split, k=5)
    >>> print(found.table[["try", "settings", "value", "best"]].round(3).to_string(index=False))
     try      settings  value  best
       1 n_neighbors=1  0.827 False
       2 n_neighbors=2  0.991 False
       3 n_neighbors=4  1.000  True
    >>> print(found.table["edge"][2])
    n_neighbors=4 is the highest tried
    >>> found.models
    {'ItemKNN': ItemKNN(n_neighbors=4)}
    """
    if not isinstance(models, Mapping):
        name = type(models).__name__
        models, grids = {name: models}, {name: grids}
    if not isinstance(grids, Mapping) or not models or grids.keys() != models.keys():
        raise ValueError(
            "Each model needs a grid under its own name: tune({'EASE': EASE()}, {'EASE': {'regularization': [20.0, "
            "100.0]}}, split)."
        )
    (wanted,) = _only_one(read_metrics(metric))
    tries = _drawn({name: _settings(name, grids[name]) for name in models}, n_tries, random_state)
    candidates = {
        _label(name, one): _with(name, models[name], one)
        for name, settings in tries.items()
        for one in settings
    }
    result = evaluate(candidates, split, wanted, k, **options)
    figures = result.table(level=level).set_index("model")[["value", "low", "high", "n_listeners"]]
    parts, best = [], {}
    for name, settings in tries.items():
        table = figures.loc[[_label(name, one) for one in settings]].reset_index(drop=True)
        at = int(table["value"].argmin() if wanted.best == "low" else table["value"].argmax())
        best[name] = settings[at]
        table.insert(0, "model", name)
        table.insert(1, "try", np.arange(1, len(settings) + 1))
        table.insert(2, "settings", [_words(one) for one in settings])
        table["best"] = np.arange(len(settings)) == at
        edge = _edges(models[name], settings, at)
        table["edge"] = np.where(table["best"], edge, "")
        parameters = dict.fromkeys(parameter for one in settings for parameter in one)
        for parameter in parameters:
            table[f"param_{parameter}"] = pd.Series(
                [one.get(parameter, _own(models[name], parameter)) for one in settings], dtype=object
            )
        parts.append(table.infer_objects())
    table = pd.concat(parts, ignore_index=True)
    chosen = {name: _with(name, models[name], settings) for name, settings in best.items()}
    return Tuning(table, best, chosen, result)


# ---- settings --------------------------------------------------------------------------------------------------------


def _settings(name: str, grid: Any) -> list[dict[str, Any]]:
    """Each setting of a grid once, in the order in which it is written."""
    if isinstance(grid, Mapping):
        for parameter, values in grid.items():
            if isinstance(values, str) or not isinstance(values, Iterable):
                raise ValueError(
                    f"The grid of {name} needs a list of values for {parameter}, not {show(values)}."
                )
        lists = {parameter: list(values) for parameter, values in grid.items()}
        settings = [dict(zip(lists, one, strict=True)) for one in product(*lists.values())]
    else:
        given: list[Any] = list(grid) if isinstance(grid, Iterable) and not isinstance(grid, str) else [grid]
        for one in given:
            if not isinstance(one, Mapping):
                raise ValueError(
                    f"The grid of {name} is a dictionary parameter -> values, or a list of settings such as "
                    f"{{'regularization': 20.0}}, not {show(one)}."
                )
        settings = [dict(one) for one in given]
    if not settings:
        raise ValueError(f"The grid of {name} has no settings: name at least one.")
    words = [_words(one) for one in settings]
    for word in words:
        if words.count(word) > 1:
            raise ValueError(f"The grid of {name} holds {word} twice, which is one try and not two.")
    return settings


def _drawn(
    settings: dict[str, list[dict[str, Any]]], n_tries: int | None, random_state: RandomState
) -> dict[str, list[dict[str, Any]]]:
    """As many settings of each model."""
    sizes = {name: len(one) for name, one in settings.items()}
    fewest, most = min(sizes, key=lambda name: sizes[name]), max(sizes, key=lambda name: sizes[name])
    if n_tries is None:
        if sizes[fewest] < sizes[most]:
            raise ValueError(
                f"{fewest} has {sizes[fewest]} settings and {most} {sizes[most]}: give each model as many, or "
                f"n_tries={sizes[fewest]}, which draws as many from each grid."
            )
        return settings
    if n_tries < 1 or n_tries > sizes[fewest]:
        raise ValueError(
            f"n_tries={n_tries} tries of each model, and {fewest} has {sizes[fewest]} settings: give a number from 1 "
            f"to {sizes[fewest]}, or a larger grid."
        )
    rng = generator(random_state)
    return {
        name: [one[i] for i in np.sort(rng.permutation(len(one))[:n_tries])] for name, one in settings.items()
    }


def _with(name: str, model: Any, settings: Mapping[str, Any]) -> Any:
    from sklearn.base import clone  # here, so that evaluation alone does not load scikit-learn

    try:
        return clone(model).set_params(**settings)
    except ValueError as error:
        raise ValueError(f"Model {name!r}: {error}") from error


def _own(model: Any, parameter: str) -> Any:
    return model.get_params().get(parameter)


def _words(settings: Mapping[str, Any]) -> str:
    """A setting as one would type it."""
    return ", ".join(f"{name}={show(value)}" for name, value in settings.items()) or "as it is"


def _label(name: str, settings: Mapping[str, Any]) -> str:
    return f"{name} ({_words(settings)})"


def _edges(model: Any, settings: list[dict[str, Any]], at: int) -> str:
    """Which numbers of the best setting are the least or the greatest that were tried."""
    found = []
    for parameter in dict.fromkeys(parameter for one in settings for parameter in one):
        values = [one.get(parameter, _own(model, parameter)) for one in settings]
        if not all(isinstance(value, Real) and not isinstance(value, bool) for value in values):
            continue
        tried, chosen = sorted(set(values)), values[at]
        if len(tried) > 1 and chosen in (tried[0], tried[-1]):
            end = "lowest" if chosen == tried[0] else "highest"
            found.append(f"{parameter}={show(chosen)} is the {end} tried")
    return "; ".join(found)


def _only_one(metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    if len(metrics) > 1:
        raise ValueError("Settings are chosen by one metric. Look at others on what was chosen.")
    return metrics
