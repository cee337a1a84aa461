"""Lesson 04's table of models agrees with benchmarks/, where the same is computed from outside the lesson."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
LESSON = ROOT / "notebooks" / "04_svd_model.ipynb"
sys.path.insert(0, str(ROOT / "benchmarks"))

import murmur_models  # noqa: E402


def stored() -> pd.DataFrame:
    return pd.read_csv(murmur_models.FILE, encoding="utf-8")


def shown_by_the_lesson(code: str) -> dict[str, list[str]]:
    """Row -> the figures behind its name, in the table that the lesson's one cell with that code ends in."""
    (cell,) = (
        c for c in nbformat.read(LESSON, as_version=4).cells if c.cell_type == "code" and code in c.source
    )
    (text,) = (out.data["text/plain"] for out in cell.outputs if "text/plain" in out.get("data", {}))
    return {
        name: line[len(name) :].split()
        for line in text.splitlines()
        for name in MODELS
        if line.startswith(name + " ")
    }


MODELS = tuple(murmur_models.MODELS)


def test_the_lessons_table_is_the_benchmarks():
    table, tested = shown_by_the_lesson('scored["RMSE"] ='), stored()[lambda t: t["part"] == "test"]
    figures = tested.set_index(["model", "metric"])[["value", "low", "high"]]
    assert set(table) == set(MODELS)
    for name, row in table.items():
        error = f"{figures.loc[(name, 'rmse'), 'value']:.3f}" if (name, "rmse") in figures.index else "–"
        assert row == [*(f"{one:.3f}" for one in figures.loc[(name, "ndcg")]), error], name


def test_each_model_had_as_many_tries_on_the_same_folds():
    tried = stored()[lambda t: t["part"] != "test"]
    assert set(tried["model"]) == set(MODELS) - {"Popularity"}
    for name, part in tried.groupby("model"):
        assert part["settings"].nunique() == 16 and len(part) == 16 * murmur_models.N_FOLDS, name
        assert (
            part["settings"].unique() == [murmur_models.words(one) for one in murmur_models.GRIDS[name]]
        ).all()


def test_the_chosen_settings_are_the_simplest_within_a_standard_error():
    table = stored()
    best = murmur_models.chosen(table)
    for name, part in table[table["part"] != "test"].groupby("model", sort=False):
        folds = part.pivot(index="settings", columns="part", values="value").loc[part["settings"].unique()]
        worse = (folds if name in murmur_models.IN_STARS else -folds).to_numpy().tolist()
        means = [sum(row) / len(row) for row in worse]
        least = worse[means.index(min(means))]
        spread = (sum((x - min(means)) ** 2 for x in least) / (len(least) - 1)) ** 0.5
        first = next(j for j, mean in enumerate(means) if mean <= min(means) + spread / len(least) ** 0.5)
        assert murmur_models.words(best[name]) == folds.index[first]
        in_test = table[(table["model"] == name) & (table["part"] == "test")]["settings"]
        assert (in_test == folds.index[first]).all()


def test_costs_grow_one_thing_at_a_time():
    costs = pd.read_csv(ROOT / "data" / "measured" / "model_costs.csv")
    for grows, part in costs.groupby("grows"):
        assert set(part["model"]) == {"CollaborativeFiltering", "BiasedALS", "ImplicitALS"}
        for _, line in part.groupby("model"):
            assert list(line[grows] / line[grows].iloc[0]) == [1, 2, 4, 8]
            assert (line[[c for c in ("plays", "listeners", "factors") if c != grows]].nunique() == 1).all()
    assert (costs[["cpu_seconds", "peak_mb"]] > 0).all(axis=None)
