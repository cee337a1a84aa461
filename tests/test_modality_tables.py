"""Lesson 22's tables: as many tries on each side, nothing learned from hidden tracks, twins that keep their counts."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def command():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))
        yield importlib.import_module("modalities")


@pytest.fixture(scope="module")
def data(command):
    return command.Catalogue()


@pytest.fixture(scope="module")
def tables():
    files = [ROOT / "data" / "measured" / f"{name}.csv" for name in ("modalities", "sentences")]
    return pd.concat([pd.read_csv(file, encoding="utf-8") for file in files])


def test_each_row_stands_once_in_each_set_and_each_contest_has_as_many_tries(command, tables):
    per = tables.groupby(["table", "what"])
    assert (per["fold"].agg(sorted).map(lambda folds: folds == list(range(command.N_FOLDS)))).all()
    tries = per["tries"].agg(set)
    assert set().union(*tries["text"]) == {15}
    assert set().union(*tries["early"], *tries["left out"], *tries["paths together"]) == {5}
    assert set().union(*tries["translation"]) == {3}
    assert tables["ndcg"].between(0, 1).all() and (tables["listeners"] > 900).all()


def test_the_texts_without_names_hold_none(command, data):
    for text, row in zip(data.texts["without names"], data.about.to_dict("records"), strict=True):
        assert row["creator"] not in text
    for text, row in zip(data.texts["scene words"], data.about.to_dict("records"), strict=True):
        found = set(re.findall(r"[\w-]+", text.lower()))
        assert not found & {*command.NOUNS, row["genre"]}, text


def test_blocks_are_learned_from_the_rows_that_teach(data):
    learn = np.arange(len(data.about)) < 2000
    before = data.blocks(learn)
    changed = data.about.copy()
    changed[["creator", "genre", "kind", "tags"]] = changed[["creator", "genre", "kind", "tags"]].astype(
        object
    )
    changed.loc[~learn, ["tempo", "energy"]] += 50.0
    changed.loc[~learn, ["creator", "genre", "kind", "tags"]] = "something else"
    other = object.__new__(type(data))
    other.__dict__ |= data.__dict__ | {"about": changed}
    other.texts = {
        "without names": [*data.texts["without names"][:2000], *["new words"] * (len(learn) - 2000)]
    }
    for name, block in other.blocks(learn).items():
        rows = [one if isinstance(one, np.ndarray) else one.toarray() for one in (before[name], block)]
        assert np.allclose(rows[0][learn], rows[1][learn]), name


def test_creators_that_are_dealt_out_stay_as_many_and_within_their_genre(data):
    assert sorted(data.dealt(3)) == sorted(data.about["creator"])
    within = data.dealt(3, "genre")

    def pairs(names):
        return sorted(zip(data.about["genre"], names, strict=True))

    assert pairs(within) == pairs(data.about["creator"]) and (within != data.about["creator"]).mean() > 0.5
    assert pairs(data.dealt(3)) != pairs(data.about["creator"])


def test_a_relation_of_weight_0_changes_no_order_and_lots_change_none_for_the_better(command, data):
    cold = command.ColdTracks(data.plays, 0, n_folds=command.N_FOLDS)
    random = np.random.default_rng(0)
    liking = data.taste @ data.vectors.T
    base, weight = command.add_relation(cold, None, liking)
    assert weight == 1 and (cold.graded(base["test"]) == cold.graded(liking)).all()
    mixed, weight = command.add_relation(cold, base, random.random(cold.known.shape))
    assert weight == 0 and np.allclose(cold.graded(mixed["test"]), cold.graded(base["test"]))
    rows = command.triples(command.facts_of(data.about, ["made_by"]), cold)
    m, n = cold.known.shape
    heard = rows[rows[:, 1] == 0]
    assert (heard[:, 0] < m).all() and not np.isin(heard[:, 2] - m, np.flatnonzero(~cold.warm)).any()
    assert (rows[rows[:, 1] == 1][:, 0] - m == np.arange(n)).all() and rows[
        :, 2
    ].max() + 1 == m + n + data.about["creator"].nunique()
