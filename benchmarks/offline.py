"""Lesson 06's last table: every model of the course on Murmur, with its defaults and tuned, graded once.

    python benchmarks/offline.py

Writes data/measured/offline.csv, in about two minutes, from no data but Murmur's. Settings are chosen on the two weeks
before the test weeks, from as many tries for each model; the test weeks choose nothing. It times nothing (see run.py).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from sklearn.base import clone

from recsys_helpers import models
from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import Split, evaluate, split_log
from recsys_helpers.events import asked_for, between, clean

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "offline.csv"
VALIDATION, TEST = (pd.Timestamp(day, tz="UTC") for day in ("2026-02-02", "2026-02-16"))
METRICS = ("ndcg", "recall", "map", "hit_rate", "coverage", "gini", "novelty")
ZERO = {"n_epochs": 1, "fill": "zero"}
# What is tried beside a model's defaults: six settings each, with a lower and a higher
# value than the one chosen where that is a number (of ImplicitALS's factors 256 are the most that we can wait for, and
# the gain from 64 on is within chance). ImplicitALS counts in 64 bits, so that its rows are the
# same on other processors.
TRIED = {
    "Popularity": [*({"half_life": f"{days}D"} for days in (2, 4, 7, 14, 28)), {"by": "sum"}],
    "ItemKNN": [
        {"n_neighbors": 50, "shrinkage": 20.0},
        {"shrinkage": 20.0},
        {"n_neighbors": 500},
        {"n_neighbors": 500, "shrinkage": 0.0},
        {"n_neighbors": 1000},
        {"n_neighbors": 2000},
    ],
    "CollaborativeFiltering": [{"n_factors": k, **ZERO} for k in (10, 20, 30, 40, 50, 100)],
    "BiasedALS": [
        {"n_factors": 8},
        {"n_factors": 50, "regularization": 2.4},
        *({"regularization": value} for value in (0.15, 0.3, 0.6, 2.4)),
    ],
    "ImplicitALS": [
        {"n_factors": 32},
        {"n_factors": 128},
        {"n_factors": 256},
        {"n_factors": 128, "regularization": 120.0},
        {"regularization": 20.0, "alpha": 3.0},
        {"regularization": 120.0, "alpha": 24.0},
    ],
    "EASE": [{"regularization": value} for value in (20.0, 50.0, 200.0, 400.0, 800.0, 1600.0)],
    "ContentBased": [
        *({"popularity": value} for value in (0.5, 1.0, 2.0, 4.0, 8.0)),
        {"popularity": 1.0, "prior": 1.0},
    ],
    "FeatureToFactor": [
        {"regularization": 1.0},
        {"regularization": 100.0},
        *({"prior": value} for value in (2.0, 20.0, 60.0, 200.0)),
    ],
    "Hybrid": [
        {"set_aside": 0.1},
        {"set_aside": 0.4},
        {"collaborative": models.EASE()},
        {"collaborative": models.CollaborativeFiltering(30, **ZERO)},
        {"collaborative": models.ImplicitALS()},
        {"collaborative": models.ImplicitALS(n_factors=128)},
    ],
    "Onboarding": [
        *({"model": models.CollaborativeFiltering(k, **ZERO)} for k in (5, 10, 30, 50)),
        {"model": models.ImplicitALS()},
        {"model": models.ImplicitALS(n_factors=128)},
    ],
    "StarterPacks": [
        {"by": "genre"},
        {"by": "genre", "prior": 0.5},
        {"by": "genre", "prior": 10.0},
        {"by": "creator"},
        {"by": "creator", "prior": 0.5},
        {"by": "creator", "prior": 10.0},
    ],
}
ALWAYS = {"ImplicitALS": {"dtype": "float64"}}


def splits() -> tuple[Split, Split, dict[str, pd.DataFrame]]:
    """Weeks 5 and 6 held out for choosing, weeks 7 and 8 for grading, and the side tables that some models read."""
    murmur = load_murmur()
    events, _ = clean(murmur.events, murmur.tracks, murmur.users)
    events = asked_for(events, murmur.tracks)
    choosing = split_log(between(events, until=TEST), murmur.tracks, VALIDATION)
    return choosing, split_log(events, murmur.tracks, TEST), {"users": murmur.users, "items": murmur.tracks}


def words(parameters: dict) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in parameters.items()) or "defaults"


def choose(choosing: Split, tables: dict, names=tuple(TRIED)) -> dict[str, pd.Series]:
    """For each model, nDCG@10 on the validation weeks by setting; the defaults come first and win a tie."""
    grades = {}
    for name in names:
        base = getattr(models, name)(**ALWAYS.get(name, {}))
        settings = {words(one): clone(base).set_params(**one) for one in ({}, *TRIED[name])}
        # One at a time: a listener counts for all models of a call or for none.
        found = {w: evaluate({w: m}, choosing, "ndcg", **tables) for w, m in settings.items()}
        grades[name] = pd.Series({w: float(e.per_listener("ndcg")[w].mean()) for w, e in found.items()})
    return grades


def grade(grades: dict[str, pd.Series], final: Split, tables: dict) -> pd.DataFrame:
    """A row for each model, setting (defaults, tuned) and metric, with 95% intervals where there are any."""
    fitted, about = {}, []
    for name, by_setting in grades.items():
        base = getattr(models, name)(**ALWAYS.get(name, {}))
        for settings, chosen in (("defaults", "defaults"), ("tuned", by_setting.idxmax())):
            parameters = next(one for one in ({}, *TRIED[name]) if words(one) == chosen)
            fitted[f"{name} {settings}"] = clone(base).set_params(**parameters)
            about.append((f"{name} {settings}", name, settings, chosen, by_setting[chosen]))
    table = evaluate(fitted, final, METRICS, **tables).table()
    about = pd.DataFrame(about, columns=["key", "model", "settings", "parameters", "validation"])
    table = about.merge(table.rename(columns={"model": "key"}), on="key")
    columns = [
        "model",
        "settings",
        "parameters",
        "validation",
        "metric",
        "value",
        "low",
        "high",
        "n_listeners",
    ]
    return table[columns].round({"validation": 4, "value": 4, "low": 4, "high": 4})


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    choosing, final, tables = splits()
    return grade(choose(choosing, tables, ["EASE"]), final, tables)


def main() -> None:
    choosing, final, tables = splits()
    table = grade(choose(choosing, tables), final, tables)
    table.to_csv(FILE, index=False, lineterminator="\n")
    shown = table[table["metric"] == "ndcg"].sort_values("value", ascending=False)
    print(shown.drop(columns=["metric", "n_listeners"]).to_string(index=False))


if __name__ == "__main__":
    main()
