"""A graph of facts: paths as brute force counts them, and random twins that keep every degree."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys_helpers.datasets import load_murmur
from recsys_helpers.modalities import FACTS, facts_of, links, path_scores, paths_between, rewired


@pytest.fixture(scope="module")
def tracks():
    return load_murmur().tracks.head(120)


@pytest.fixture(scope="module")
def facts(tracks):
    return facts_of(tracks)


def test_a_fact_is_what_the_table_says(tracks, facts):
    row = tracks.iloc[5]
    mine = facts[facts["track_id"] == row["track_id"]].groupby("relation")["thing"].agg(list)
    assert (
        mine["made_by"] == [row["creator"]]
        and mine["of_genre"] == [row["genre"]]
        and mine["of_kind"] == [row["kind"]]
    )
    assert mine["has_tag"] == [tag for tag in row["tags"].split(";") if tag != row["genre"]]
    music = tracks.loc[tracks["kind"] == "music", "track_id"]
    assert not facts[facts["track_id"].isin(music)]["relation"].eq("in_series").any()
    assert not facts.duplicated().any() and set(facts["relation"]) == set(FACTS)


def test_the_truth_and_unknown_relations_are_refused(tracks, facts):
    with pytest.raises(ValueError, match="followed_by is truth"):
        facts_of(tracks.assign(followed_by="t0001"))
    with pytest.raises(ValueError, match="choose among made_by"):
        facts_of(tracks, ["followed_by"])
    with pytest.raises(ValueError, match="No fact has the relation"):
        links(facts, "sings_in", tracks["track_id"])
    with pytest.raises(ValueError, match="no track here"):
        links(facts, "made_by", tracks["track_id"][1:])


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_paths_are_what_brute_force_adds_up(power):
    random = np.random.default_rng(0)
    heard = np.where(random.random((5, 8)) < 0.4, random.random((5, 8)), 0.0)
    table = (random.random((8, 4)) < 0.5).astype(float)
    known = np.arange(8) < 6
    heard[:, ~known] = 0
    found = path_scores(sparse.csr_array(heard), sparse.csr_array(table), known, power)
    expected = np.zeros((5, 8))
    for u, i, j, e in product(range(5), range(8), range(8), range(4)):
        if i != j and table[i, e] and table[j, e]:
            expected[u, i] += heard[u, j] / max(table[known, e].sum(), 1) ** power
    assert np.allclose(found, expected)


def test_paths_that_are_named_add_up_to_the_score(tracks, facts):
    history = pd.Series([0.5, 0.25, 1.0], index=tracks["track_id"].iloc[[0, 3, 7]])
    row = sparse.csr_array(history.reindex(tracks["track_id"]).fillna(0).to_numpy()[None])
    known = np.ones(len(tracks), dtype=bool)
    score = sum(path_scores(row, links(facts, name, tracks["track_id"]), known, 0) for name in FACTS)[0]
    for place in (0, 9, 40):
        named = paths_between(history, tracks["track_id"].iloc[place], facts)
        assert named["strength"].sum() == pytest.approx(score[place])
        assert named["strength"].is_monotonic_decreasing and tracks["track_id"].iloc[place] not in set(
            named["heard"]
        )


@pytest.mark.parametrize("seed", [0, 1])
def test_a_random_twin_keeps_every_degree(facts, seed):
    twin = rewired(facts, seed)
    assert (twin[["track_id", "relation"]] == facts[["track_id", "relation"]]).all(axis=None)

    def count(one):
        return one.groupby(["relation", "thing"]).size()

    assert count(twin).equals(count(facts)) and not twin.duplicated().any()
    made = facts["relation"] == "made_by"
    assert (twin.loc[made, "thing"] != facts.loc[made, "thing"]).mean() > 0.8
    assert rewired(facts, seed).equals(twin)


def test_within_a_genre_no_maker_leaves_it(tracks, facts):
    genre = tracks.set_index("track_id")["genre"]
    made = facts[facts["relation"] == "made_by"]
    twin = rewired(made, 0, genre)

    def pairs(one):
        return sorted(zip(one["track_id"].map(genre), one["thing"], strict=True))

    assert pairs(twin) == pairs(made) and (twin["thing"] != made["thing"]).any()


def test_a_graph_too_dense_to_be_dealt_out_is_refused():
    dense = pd.DataFrame({"track_id": list("aab"), "relation": "has", "thing": list("xxx")})
    with pytest.raises(ValueError, match="too dense"):
        rewired(dense)
