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


def test_within_a_genre_no_creator_leaves_it(tracks, facts):
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


SOME = pd.DataFrame(
    {
        "track_id": ["a", "b", "c"],
        "creator": ["Kalo Dray", "Ira Voss", None],
        "genre": ["folk", "talk", "talk"],
        "kind": ["music", "podcast", "podcast"],
        "tags": ["folk;raw;;raw;warm", "talk", None],
    }
)


def test_each_fact_stands_once_in_order_and_what_is_missing_is_no_fact():
    """No tag «nan», and no series of a maker whom nobody knows."""
    assert facts_of(SOME).to_numpy().tolist() == [
        ["a", "made_by", "Kalo Dray"],
        ["b", "made_by", "Ira Voss"],
        ["a", "of_genre", "folk"],
        ["b", "of_genre", "talk"],
        ["c", "of_genre", "talk"],
        ["a", "has_tag", "raw"],
        ["a", "has_tag", "warm"],
        ["a", "of_kind", "music"],
        ["b", "of_kind", "podcast"],
        ["c", "of_kind", "podcast"],
        ["b", "in_series", "Ira Voss: talk"],
    ]
    assert list(facts_of(SOME)) == ["track_id", "relation", "thing"]
    assert facts_of(SOME, ["of_kind", "made_by"])["relation"].tolist() == ["of_kind"] * 3 + ["made_by"] * 2
    with pytest.raises(ValueError, match="^No relation 'sings'"):
        facts_of(SOME, ["made_by", "sings", "plays"])


def test_a_fact_said_twice_is_one_link_and_things_stand_in_order():
    facts = pd.DataFrame(
        {"track_id": list("bbax"), "relation": ["has"] * 3 + ["of"], "thing": ["z", "z", "m", "m"]}
    )
    assert links(facts, "has", ["a", "b", "c"]).toarray().tolist() == [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    with pytest.raises(ValueError, match=r"^No fact has the relation 'is': \['has', 'of'\] have"):
        links(facts, "is", ["a", "b"])
    with pytest.raises(ValueError, match="^A fact is of 'b', which is no track here"):
        links(facts, "has", ["a"])


def test_a_thing_of_one_known_track_or_of_none_weighs_as_one():
    heard = sparse.csr_array([[2.0, 0.0, 0.0, 0.0]])
    table = sparse.csr_array([[1.0, 1, 0], [1, 0, 0], [0, 1, 1], [0, 1, 1]])
    known = np.array([True, False, True, False])
    found = path_scores(heard, table, known)
    assert np.allclose(found, [[0.0, 2.0, 2 / np.sqrt(2), 2 / np.sqrt(2)]])
    assert (path_scores(heard, table, known, 0.5) == found).all()


def test_paths_are_named_from_the_strongest_and_ties_by_track_relation_and_thing():
    facts = pd.DataFrame(
        [(track, relation, thing) for track in "dcba" for relation in ("of", "has") for thing in ("y", "x")],
        columns=["track_id", "relation", "thing"],
    )
    found = paths_between(pd.Series({"b": 1.0, "c": 1.0, "d": 3.0, "e": 9.0}), "a", facts)
    assert list(found) == ["relation", "thing", "heard", "strength"]
    pairs = [["has", "x"], ["has", "y"], ["of", "x"], ["of", "y"]]
    assert found.to_numpy().tolist() == [
        [*pair, heard, strength] for heard, strength in (("d", 3.0), ("b", 1.0), ("c", 1.0)) for pair in pairs
    ]
    own = paths_between(pd.Series({"a": 1.0, "b": 2.0}), "a", facts)
    assert set(own["heard"]) == {"b"}


def test_without_a_seed_the_twin_is_that_of_0_and_labels_are_said_as_texts(facts):
    assert rewired(facts).equals(rewired(facts, 0)) and not rewired(facts).equals(rewired(facts, 1))
    dense = pd.DataFrame({"track_id": list("aabb"), "relation": "has", "thing": list("xxyz")})
    with pytest.raises(ValueError, match="^The facts of has are too dense to be dealt out anew"):
        rewired(dense, 0, pd.Series({"a": 1, "b": 2}))
