"""Fusion: one scale for all blocks, means over what is present, and holes that stay where they were put."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.linear_model import Ridge
from sklearn.preprocessing import StandardScaler

from recsys_helpers.interactions import Interactions
from recsys_helpers.modalities import ColdTracks, early, late, learn_with_holes, put_holes, standard_scores


def test_each_block_has_mean_0_and_mean_squared_length_1_on_the_rows_that_teach():
    random = np.random.default_rng(0)
    blocks, learn = (
        [random.normal(5, 9, (20, 3)), sparse.csr_array(random.random((20, 7)))],
        np.arange(20) < 12,
    )
    joined = early(blocks, learn)
    for part in (joined[:12, :3], joined[:12, 3:]):
        assert np.allclose(part.mean(axis=0), 0) and np.isclose((part**2).sum(axis=1).mean(), 1)
    blocks[0] = blocks[0] * 100 + 7
    assert np.allclose(early(blocks, learn), joined)


def test_a_block_that_says_the_same_of_all_is_0_and_unlike_rows_are_refused():
    assert early([np.ones((3, 2))], [True] * 3).tolist() == [[0.0, 0.0]] * 3
    with pytest.raises(ValueError, match="one for each track"):
        early([np.ones((3, 2)), np.ones((2, 2))], [True] * 3)


def test_standard_scores_are_scikit_learns_along_the_rows():
    scores = np.random.default_rng(1).normal(3, 5, (4, 9))
    assert np.allclose(standard_scores(scores), StandardScaler().fit_transform(scores.T).T)
    assert standard_scores(np.full((1, 3), 7.0)).tolist() == [[0.0, 0.0, 0.0]]


def test_late_fusion_is_the_weighted_mean_over_those_present():
    random = np.random.default_rng(2)
    scores, weights = [random.normal(size=(3, 6)) for _ in range(3)], [0.2, 0.5, 0.3]
    present = random.random((3, 6)) < 0.6
    present[:, 0] = False
    found = late(scores, weights, present)
    for track in range(6):
        has = [one for one in range(3) if present[one][track]]
        for row in range(3):
            total = sum(weights[one] * standard_scores(scores[one])[row, track] for one in has)
            expected = total / sum(weights[one] for one in has) if has else 0.0
            assert np.isclose(found[row, track], expected)
    assert np.allclose(
        late(scores, weights), sum(w * standard_scores(s) for w, s in zip(weights, scores, strict=True))
    )


def test_holes_stand_where_they_were_put_and_the_blocks_stay():
    blocks = {"sound": np.ones((3, 2)), "words": np.full((3, 1), 2.0)}
    holed = put_holes(blocks, {"words": np.array([False, True, False])})
    assert holed["words"].ravel().tolist() == [2.0, 0.0, 2.0] and holed["sound"] is not blocks["sound"]
    assert blocks["words"].ravel().tolist() == [2.0] * 3
    with pytest.raises(ValueError, match="no block"):
        put_holes(blocks, {"smell": np.zeros(3, dtype=bool)})


def test_a_map_that_meets_no_holes_is_the_plain_one_and_one_that_meets_them_is_another():
    random = np.random.default_rng(3)
    rows, columns = np.nonzero(random.random((50, 36)) < 0.4)
    frame = pd.DataFrame({"user_id": rows, "track_id": columns, "value": random.random(len(rows))})
    cold = ColdTracks(
        Interactions.from_frame(frame, value="value"), 0, n_folds=4, least=5, n_factors=3, wants=2
    )
    blocks = {"a": random.normal(size=(36, 3)), "b": random.normal(size=(36, 2))}
    served = np.hstack(list(blocks.values()))
    plain = learn_with_holes(cold, blocks, {"a": 0.0}, served, copies=3, penalties=[2.0])
    assert np.allclose(plain.factors, cold.choose(served, [2.0]).factors)
    holed = learn_with_holes(cold, blocks, {"a": 0.5}, served, copies=3, penalties=[2.0])
    assert not np.allclose(holed.factors, plain.factors)
    assert np.allclose(
        holed.factors, learn_with_holes(cold, blocks, {"a": 0.5}, served, copies=3, penalties=[2.0]).factors
    )


def test_blocks_may_be_plain_lists_and_the_numbers_of_rows_are_named():
    assert early([[[1.0], [3.0]]], [True, True]).tolist() == [[-1.0], [1.0]]
    with pytest.raises(ValueError, match=r"^\[3, 2\] rows"):
        early([np.ones((3, 2)), [[1.0], [2.0]]], [True] * 3)


def test_a_row_that_differs_by_rounding_alone_says_the_same_of_all():
    assert standard_scores([[1.0, 1.0 + 1e-13]]).tolist() == [[0.0, 0.0]]
    assert np.allclose(standard_scores([[0.0, 1e-6]]), [[-1.0, 1.0]])
    assert standard_scores([[1, 3]]).tolist() == [[-1.0, 1.0]]


def test_a_weight_that_is_missing_is_no_zero():
    scores = [np.ones((1, 2)), np.ones((1, 2))]
    with pytest.raises(ValueError):
        late(scores, [1.0])
    with pytest.raises(ValueError):
        late(scores, [1.0, 1.0], [[True, True]])


def test_a_block_that_is_none_is_named_beside_those_there_are():
    with pytest.raises(ValueError, match=r"^missing names \['smell', 'touch'\].*there are sound, words"):
        put_holes(
            {"sound": np.ones((1, 1)), "words": np.ones((1, 1))},
            {"touch": np.ones(1, dtype=bool), "smell": np.ones(1, dtype=bool)},
        )


@pytest.fixture(scope="module")
def holed():
    random = np.random.default_rng(4)
    rows, columns = np.nonzero(random.random((50, 36)) < 0.4)
    frame = pd.DataFrame({"user_id": rows, "track_id": columns, "value": random.random(len(rows))})
    cold = ColdTracks(
        Interactions.from_frame(frame, value="value"), 0, n_folds=4, least=5, n_factors=3, wants=2
    )
    return cold, {"a": random.normal(size=(36, 3)), "b": random.normal(size=(36, 2))}


def test_what_is_served_is_asked_about_and_teaches_nothing(holed):
    cold, blocks = holed
    features, rows = np.hstack(list(blocks.values())), np.flatnonzero(cold.warm)
    served = np.random.default_rng(5).normal(size=features.shape)
    own = cold.model.item_factors_.astype(float)
    model = Ridge(alpha=2.0).fit(features[rows], own[rows], sample_weight=cold.trust[rows])
    found = learn_with_holes(cold, blocks, {}, served, penalties=[2.0])
    assert np.allclose(found.factors, model.predict(served), atol=1e-8)


def test_holes_come_as_often_as_the_rate_says_and_by_the_seed(holed):
    """A block that is always lost in training cannot be used; the copies are drawn one after the other."""
    cold, blocks = holed
    served = np.hstack(list(blocks.values()))
    without = learn_with_holes(cold, {"b": blocks["b"]}, {}, blocks["b"], penalties=[2.0])
    lost = learn_with_holes(cold, blocks, {"a": 1.0}, served, penalties=[2.0])
    assert np.allclose(lost.factors, without.factors)
    own = cold.model.item_factors_.astype(float)
    random, rows, seen = np.random.default_rng(6), np.flatnonzero(cold.warm), []
    for _ in range(2):
        gone = random.random(36) < 0.5
        seen.append(np.hstack([np.where(gone[:, None], 0.0, blocks["a"]), blocks["b"]])[rows])
    weights = np.tile(cold.trust[rows] / 2, 2)
    model = Ridge(alpha=2.0).fit(np.vstack(seen), np.tile(own[rows], (2, 1)), sample_weight=weights)
    found = learn_with_holes(cold, blocks, {"a": 0.5}, served, copies=2, seed=6, penalties=[2.0])
    assert np.allclose(found.factors, model.predict(served), atol=1e-8)
    plain = learn_with_holes(cold, blocks, {"a": 0.5}, served)
    said = learn_with_holes(cold, blocks, {"a": 0.5}, served, copies=4, seed=0)
    assert (plain.factors == said.factors).all() and list(plain.tried) == [0.1, 1.0, 10.0, 100.0, 1000.0]
