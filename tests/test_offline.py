"""The table that lesson 06 ends on: whole, chosen by validation alone, and the same when it is computed again."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers import models
from recsys_helpers.models.base import Recommender

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import offline  # noqa: E402


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return pd.read_csv(offline.FILE)


def test_every_model_of_the_course_is_in_the_table(table):
    classes = {name: one for name in models.__all__ if isinstance(one := getattr(models, name), type)}
    bases = {"Recommender", "OpenRecommender"}
    later = {"BPR", "SampledSoftmax"}  # lesson 10 has their table, with more tries for each
    beside = {"UserKNN"}  # ItemKNN stands for both
    # Those that continue a session answer another question: lesson 13 has their table.
    expected = (
        {
            name
            for name, one in classes.items()
            if issubclass(one, Recommender) and not issubclass(one, models.SequenceRecommender)
        }
        - bases
        - later
        - beside
    )
    assert set(table["model"]) == set(offline.TRIED) == expected
    rows = table.groupby(["model", "settings"])["metric"].agg(tuple)
    assert len(rows) == 2 * len(expected) and set(rows) == {offline.METRICS}


def test_each_model_had_as_many_tries_and_none_was_graded_below_its_defaults_when_chosen(table):
    assert {len(settings) for settings in offline.TRIED.values()} == {6}
    first = table[table["metric"] == "ndcg"].set_index(["model", "settings"])
    validation = first["validation"].unstack()
    assert (validation["tuned"] >= validation["defaults"]).all()
    for name, settings in offline.TRIED.items():
        assert first.loc[(name, "tuned"), "parameters"] in {offline.words(one) for one in ({}, *settings)}


def test_no_number_that_was_chosen_ends_its_grid_but_one_that_is_said(table):
    """A best value at the end of what was tried says that more should have been tried."""
    first = table[(table["metric"] == "ndcg") & (table["settings"] == "tuned")].set_index("model")[
        "parameters"
    ]
    at_the_end = set()
    for name, tried in offline.TRIED.items():
        own = getattr(models, name)().get_params()
        chosen = next(one for one in ({}, *tried) if offline.words(one) == first[name])
        for parameter, value in chosen.items():
            if isinstance(value, (int, float)) and parameter != "n_epochs":
                values = [one.get(parameter, own[parameter]) for one in ({}, *tried)]
                if value in (min(values), max(values)):
                    at_the_end.add((name, parameter))
    assert at_the_end == {("ImplicitALS", "n_factors")}


def test_intervals_hold_their_value_and_the_catalogue_has_none(table):
    of_catalogue = table["metric"].isin(["coverage", "gini"])
    assert table.loc[of_catalogue, ["low", "high"]].isna().all(axis=None)
    rest = table[~of_catalogue]
    assert ((rest["low"] <= rest["value"]) & (rest["value"] <= rest["high"])).all()


def test_the_choice_is_the_best_by_validation_and_the_test_has_no_say():
    """Grades made up so that another setting would win if anything but validation counted."""
    choosing, final, tables = offline.splits()
    validation, test = (np.datetime64(at.value, "ns") for at in (offline.VALIDATION, offline.TEST))
    assert choosing.test.times.max() < test <= final.test.times.min()
    assert choosing.train.times.max() < validation <= choosing.test.times.min()
    grades = {"Popularity": pd.Series({"defaults": 0.1, "half_life='7D'": 0.1, "by='sum'": 0.2})}
    graded = offline.grade(grades, final, tables)
    assert set(graded.loc[graded["settings"] == "tuned", "parameters"]) == {"by='sum'"}
    direct = models.Popularity(by="sum").fit(final.train).recommend(final.listeners, k=10)
    hits = direct.merge(final.test.to_frame(), on=["user", "item"])["user"].nunique() / len(final.listeners)
    shown = graded[(graded["settings"] == "tuned") & (graded["metric"] == "hit_rate")]["value"].item()
    assert shown == pytest.approx(hits, abs=1e-4)
