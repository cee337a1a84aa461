"""Suspicion, against loops, scikit-learn and an enumeration of all ways to break a tie."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest

from recsys_helpers.interactions import Interactions
from recsys_helpers.trust import (
    forest_suspicion,
    inject,
    item_oddness,
    most_suspicious,
    oddest_item_suspicion,
    pca_suspicion,
    precision_at,
    profile_signs,
    rdma,
)


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(8)
    mask = rng.random((60, 25)) < np.linspace(0.7, 0.1, 25)
    rows, columns = np.nonzero(mask)
    table = pd.DataFrame({"user_id": rows, "track_id": columns, "plays": 1 + rng.poisson(2.0, len(rows))})
    return Interactions.from_frame(table, value="plays", users=range(61))  # the last has heard nothing


def test_rdma_is_what_a_loop_finds(x):
    table = x.matrix.toarray()
    for user, found in rdma(x).items():
        away = []
        for i in np.flatnonzero(table[user]):
            column = table[:, i][table[:, i] > 0]
            away.append(abs(table[user, i] - column.mean()) / len(column))
        assert found == pytest.approx(np.mean(away) if away else 0.0)


def test_pca_is_scikit_learns_with_listeners_as_variables(x):
    rows = x.matrix.toarray()[:60]
    rows = (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
    fitted = PCA(n_components=3).fit(rows.T)
    expected = -(fitted.components_**2).sum(axis=0)
    found = pca_suspicion(x.subset(users=range(60)))
    assert np.allclose(found, expected, atol=1e-8)
    assert pca_suspicion(x).iloc[-1] == 0  # nothing in common with anybody
    with pytest.raises(ValueError, match="smaller number"):
        pca_suspicion(x, n_components=62)
    assert np.allclose(pca_suspicion(x, n_components=61), -1)  # all of a basis
    alone = pca_suspicion(x.subset(users=range(60)), n_components=1)
    assert np.allclose(alone, -(fitted.components_[0] ** 2), atol=1e-8)


def test_signs_are_what_pandas_finds(x):
    frame = x.to_frame()
    frame["fame"] = frame.groupby("item")["user"].transform("size")
    groups = frame.groupby("user")
    found = profile_signs(x)
    assert np.allclose(found["items"].iloc[:60], groups.size())
    assert np.allclose(found["mean"].iloc[:60], groups["value"].mean())
    assert np.allclose(found["largest"].iloc[:60], groups["value"].max())
    assert np.allclose(found["fame"].iloc[:60], groups["fame"].mean())
    assert np.allclose(found["top_share"].iloc[:60], groups["value"].max() / groups["value"].sum())
    assert np.allclose(found["rdma"], rdma(x))
    assert (found.iloc[60] == 0).all()


def test_the_forest_finds_who_is_unlike_all_others(x):
    attack = inject(x, 24, 1, "random", push=500, fillers=20)
    suspicion = forest_suspicion(attack.interactions)
    assert most_suspicious(suspicion.drop(60), 1)[0] == attack.fakes[0]
    assert suspicion.equals(forest_suspicion(attack.interactions))


def test_the_forest_is_scikit_learns_on_the_logarithms_of_the_signs(x):
    signs = np.log(profile_signs(x) + 1e-3).round(9).to_numpy()
    expected = -IsolationForest(n_estimators=200, random_state=0).fit(signs).score_samples(signs)
    assert np.allclose(forest_suspicion(x), expected, atol=1e-8)
    assert not np.allclose(forest_suspicion(x), forest_suspicion(x, random_state=1), atol=1e-8)


def test_every_suspicion_is_named_and_says_of_whom(x):
    named = Interactions(x.matrix, pd.Index([f"u{n:02d}" for n in x.users], dtype=object), x.items)
    ways = {
        "rdma": rdma,
        "pca": pca_suspicion,
        "forest": forest_suspicion,
        "oddest item": oddest_item_suspicion,
    }
    for name, way in ways.items():
        found = way(named)
        assert found.name == name and found.index.equals(named.users)
        assert np.allclose(found, way(x))
    assert profile_signs(named).index.equals(named.users)
    assert list(profile_signs(named)) == ["items", "mean", "largest", "rdma", "fame", "top_share"]
    assert item_oddness(x).name == "oddness" and item_oddness(x).index.equals(x.items)


def test_an_item_of_one_listener_is_not_odd_unless_asked():
    table = pd.DataFrame(
        {"user_id": [1, 2, 3, 1, 2, 3], "track_id": list("aaabbc"), "plays": [1, 1, 1, 2, 2, 3]}
    )
    x = Interactions.from_frame(table, value="plays")
    assert item_oddness(x)["c"] == 0 < item_oddness(x)["b"] < item_oddness(x, least=1)["c"]
    assert oddest_item_suspicion(x).tolist() == [2, 2, 0]
    assert oddest_item_suspicion(x, least=1).tolist() == [0, 0, 3]


def test_oddness_is_a_z_score(x):
    frame = x.to_frame()
    groups = frame.groupby("item")["value"]
    z = (groups.mean() - frame["value"].mean()) / (frame["value"].std(ddof=0) / np.sqrt(groups.size()))
    assert np.allclose(item_oddness(x, least=1), z.reindex(x.items))
    few = groups.size() < 10
    assert few.any() and (item_oddness(x, least=10)[few] == 0).all()
    with pytest.raises(ValueError, match="equal"):
        item_oddness(x.with_values(np.ones(x.nnz)))


def test_who_lifts_the_oddest_item_is_suspected(x):
    attack = inject(x, 20, 6, "lookalike", push=30)
    assert item_oddness(attack.interactions).idxmax() == 20
    suspicion = oddest_item_suspicion(attack.interactions)
    column = attack.interactions.matrix[:, [20]].toarray().ravel()
    assert (suspicion.to_numpy() == column).all()
    assert precision_at(suspicion, attack.fakes, 6) == 1


def test_precision_with_ties_is_the_mean_over_all_orders():
    values, fakes = [2.0, 1.0, 1.0, 1.0, 0.0], ["b", "d"]
    names = list("abcde")
    for m in range(1, 6):
        shares = []
        for order in permutations(range(5)):
            ranked = sorted(range(5), key=lambda j: (-values[j], order[j]))[:m]
            shares.append(np.mean([names[j] in fakes for j in ranked]))
        assert precision_at(pd.Series(values, index=names), fakes, m) == pytest.approx(np.mean(shares))


def test_a_detector_that_says_nothing_has_the_precision_of_chance():
    same = pd.Series(1.0, index=range(50))
    assert precision_at(same, range(7), 12) == pytest.approx(7 / 50)


def test_of_equals_those_that_stand_first_are_named_first():
    suspicion = pd.Series(np.tile([1.0, 2.0], 50), index=range(100))
    assert list(most_suspicious(suspicion, 100)) == [*range(1, 100, 2), *range(0, 100, 2)]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda x: pca_suspicion(x, n_components=1.5), "^n_components=1.5: give a whole number"),
        (lambda x: pca_suspicion(x, n_components=0), "^n_components=0: "),
        (lambda x: item_oddness(x, least=1.5), "^least=1.5: give a whole number"),
        (lambda x: item_oddness(x, least=0), "^least=0: "),
        (lambda x: most_suspicious(rdma(x), 1.5), "^m=1.5: give a whole number"),
    ],
)
def test_a_number_that_is_none_is_named(x, call, says):
    with pytest.raises(ValueError, match=says):
        call(x)


def test_what_cannot_be_ranked_is_refused():
    suspicion = pd.Series([1.0, np.nan], index=["al", "bo"])
    with pytest.raises(ValueError, match="'bo'"):
        most_suspicious(suspicion, 1)
    with pytest.raises(ValueError, match="more than the 2"):
        most_suspicious(suspicion.fillna(0), 3)
    with pytest.raises(ValueError, match="whole number"):
        precision_at(suspicion.fillna(0), ["al"], 0)
