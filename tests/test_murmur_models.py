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
    return pd.read_csv(murmur_models.FILE, index_col="model")


def printed_under(text: str) -> dict[str, list[str]]:
    """model -> the figures behind its name, in what the lesson's one cell with that text in its code has printed."""
    (cell,) = (
        c for c in nbformat.read(LESSON, as_version=4).cells if c.cell_type == "code" and text in c.source
    )
    lines = "".join(out.get("text", "") for out in cell.outputs).splitlines()
    models = stored().index
    return {
        name: line[len(name) :].split() for line in lines for name in models if line.startswith(name + " ")
    }


def shown(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.3f}"


def test_the_lessons_table_is_the_benchmarks():
    table, file = printed_under('both.loc["global mean", "rmse"]'), stored()
    assert set(table) == set(file.index) - {"ItemKNN"}
    for name, figures in table.items():
        assert figures == [shown(file.loc[name, "rmse"]), shown(file.loc[name, "ndcg"])], name


def test_the_lessons_intervals_are_the_benchmarks():
    table, file = printed_under("intervals.to_string"), stored()
    assert len(table) == 7
    for name, figures in table.items():
        assert figures == [shown(file.loc[name, column]) for column in ("ndcg", "ndcg_low", "ndcg_high")], (
            name
        )


def test_costs_grow_one_thing_at_a_time():
    costs = pd.read_csv(ROOT / "data" / "measured" / "model_costs.csv")
    for grows, part in costs.groupby("grows"):
        assert set(part["model"]) == {"CollaborativeFiltering", "BiasedALS", "ImplicitALS"}
        for _, line in part.groupby("model"):
            assert list(line[grows] / line[grows].iloc[0]) == [1, 2, 4, 8]
            assert (line[[c for c in ("plays", "listeners", "factors") if c != grows]].nunique() == 1).all()
    assert (costs[["cpu_seconds", "peak_mb"]] > 0).all(axis=None)
