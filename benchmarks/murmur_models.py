"""Lesson 04's contest from outside the lesson: every model on Murmur, tuned alike, by its stars and by its lists.

    python benchmarks/murmur_models.py

Writes data/measured/murmur_models.csv: sixteen settings of each model on three folds of the training part, and on the
test part, with intervals over listeners, the simplest of each that is as good as its best. It takes some minutes and no
data but Murmur's. The test part chooses nothing.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd

from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import Split, evaluate, k_fold, random_split
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import (
    EASE,
    BiasedALS,
    CollaborativeFiltering,
    ImplicitALS,
    ItemKNN,
    Popularity,
    UserKNN,
)

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "murmur_models.csv"
N_FOLDS = 3
MODELS: dict[str, Any] = {
    "Popularity": Popularity(),
    "biases": BiasedALS(n_factors=0),
    "SVD, holes biases": CollaborativeFiltering(fill="biases"),
    "BiasedALS": BiasedALS(),
    "SVD, holes 0": CollaborativeFiltering(n_epochs=1, fill="zero"),
    "UserKNN": UserKNN(),
    "ItemKNN": ItemKNN(),
    "ImplicitALS": ImplicitALS(dtype="float64"),
    "EASE": EASE(),
}
IN_STARS = (
    "biases",
    "SVD, holes biases",
    "BiasedALS",
)  # chosen by the error of their stars, the others by lists
STARS_OF_LISTS = ("SVD, holes 0",)  # chosen by its lists, and yet its scores are in stars


def _grid(**values: list[Any]) -> list[dict[str, Any]]:
    return [dict(zip(values, one, strict=True)) for one in product(*values.values())]


# Simplest first: few factors, neighbours and epochs before many, a strong penalty before a weak one.
GRIDS: dict[str, list[dict[str, Any]]] = {
    "biases": _grid(bias_damping=[30, 20, 15, 12, 10, 8, 7, 6, 5, 4, 3, 2.5, 2, 1.5, 1, 0.5]),
    "SVD, holes biases": _grid(n_factors=[4, 6, 8, 12], n_epochs=[1, 2, 4, 8]),
    "BiasedALS": _grid(n_factors=[4, 8, 16, 32], regularization=[2.4, 1.7, 1.2, 0.8]),
    "SVD, holes 0": _grid(n_factors=[2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 25, 30, 40, 60, 80, 120]),
    "UserKNN": _grid(n_neighbors=[25, 50, 100, 200], shrinkage=[20.0, 5.0, 1.0, 0.0]),
    "ItemKNN": _grid(n_neighbors=[50, 100, 200, 400], shrinkage=[320.0, 80.0, 20.0, 5.0]),
    "ImplicitALS": _grid(
        n_factors=[32], regularization=[240.0, 120.0, 60.0, 30.0], alpha=[6.0, 12.0, 24.0, 48.0]
    ),
    "EASE": _grid(
        regularization=[2000, 1000, 700, 500, 400, 300, 250, 200, 140, 100, 70, 50, 40, 30, 20, 10]
    ),
}


def stars() -> Interactions:
    """Murmur's strengths on a scale from 1 to 5, without ads and help clips."""
    murmur = load_murmur()
    events, _ = clean(murmur.events, murmur.tracks, murmur.users)
    strength = preference(asked_for(events, murmur.tracks), "listened", murmur.tracks)
    plays = Interactions.from_frame(strength, value="strength", time="last_at")
    return plays.with_values(1 + 4 * plays.matrix.data)


def words(settings: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value:g}" for name, value in settings.items())


def build(name: str, settings: dict[str, Any]) -> Any:
    """The model of this name with these settings, unfitted."""
    model = MODELS[name]
    return type(model)(**{**model.get_params(), **settings})


def tried(split: Split, names: tuple[str, ...] = tuple(GRIDS)) -> pd.DataFrame:
    """A row for each model, setting and fold: its figure there, by the metric that chooses this model."""
    rows = []
    for fold, part in enumerate(k_fold(split.train, N_FOLDS), start=1):
        for name in names:
            metric = "rmse" if name in IN_STARS else "ndcg"
            models = {words(settings): build(name, settings) for settings in GRIDS[name]}
            found = evaluate(models, part, (metric,), k=10).table()[["model", "metric", "value"]]
            rows.append(found.rename(columns={"model": "settings"}).assign(model=name, part=f"fold {fold}"))
    return pd.concat(rows, ignore_index=True)


def chosen(table: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """model -> its simplest settings within one standard error, over the folds, of the best mean."""
    best, folds = {}, table[table["part"] != "test"]
    for name, part in folds.groupby("model", sort=False):
        values = part.groupby("settings", sort=False)["value"].agg(["mean", "std"])
        worse = values["mean"] if name in IN_STARS else -values["mean"]
        margin = values["std"][worse.idxmin()] / N_FOLDS**0.5
        word = worse.index[worse <= worse.min() + margin][0]
        best[str(name)] = next(one for one in GRIDS[str(name)] if words(one) == word)
    return best


def tested(
    split: Split, settings: dict[str, dict[str, Any]], names: tuple[str, ...] = tuple(MODELS)
) -> pd.DataFrame:
    """Rows for each model with these settings on the test part: nDCG@10, and the RMSE of those that speak in stars."""
    models = {name: build(name, settings.get(name, {})) for name in names}
    in_stars = {name: one for name, one in models.items() if name in (*IN_STARS, *STARS_OF_LISTS)}
    found = [evaluate(models, split, ("ndcg",), k=10).table()]
    if in_stars:
        found.append(evaluate(in_stars, split, ("rmse",)).table())
    both = pd.concat(found)[["model", "metric", "value", "low", "high"]]
    return both.assign(part="test", settings=[words(settings.get(name, {})) for name in both["model"]])


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    best = chosen(pd.read_csv(FILE, encoding="utf-8"))
    return tested(random_split(stars(), random_state=0), best, ("BiasedALS",))


def main() -> None:
    split = random_split(stars(), random_state=0)
    folds = tried(split)
    found = tested(split, chosen(folds))
    whole = pd.concat([found, folds])[["model", "settings", "part", "metric", "value", "low", "high"]]
    whole.to_csv(FILE, index=False, float_format="%.6f", lineterminator="\n")
    print(found.drop(columns="part").to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
