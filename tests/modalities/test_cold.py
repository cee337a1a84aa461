"""The contest on new tracks: nothing hidden is seen, and results agree with scikit-learn and with brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from recsys_helpers.evaluation import score_lists
from recsys_helpers.interactions import Interactions
from recsys_helpers.modalities import ColdTracks, FactorRidge, ndcg_of_scores, track_folds


@pytest.fixture(scope="module")
def plays():
    random = np.random.default_rng(0)
    rows, columns = np.nonzero(random.random((60, 40)) < 0.4)
    table = {"user_id": rows, "track_id": columns, "value": random.random(len(rows)).round(3)}
    return Interactions.from_frame(pd.DataFrame(table), value="value")


@pytest.fixture(scope="module")
def cold(plays):
    return ColdTracks(plays, 1, n_folds=4, least=5, n_factors=4, wants=2)


def test_the_ndcg_is_that_of_the_lists():
    random = np.random.default_rng(1)
    scores, wanted = random.random((30, 25)).round(1), random.random((30, 25)) < 0.2
    wanted[:, 0] = True
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    lists = pd.DataFrame(
        {"user": np.repeat(np.arange(30), 10), "item": order.ravel(), "rank": np.tile(np.arange(1, 11), 30)}
    )
    rows, columns = np.nonzero(wanted)
    aim = Interactions.from_frame(pd.DataFrame({"user_id": rows, "track_id": columns}))
    expected = score_lists(lists, aim, ["ndcg"], k=10)["ndcg"].to_numpy()
    assert np.allclose(ndcg_of_scores(scores, wanted), expected)


@pytest.mark.parametrize(
    ("scores", "wanted", "said"),
    [
        (np.ones((1, 2)), np.ones((2, 1)), "one shape"),
        (np.array([[np.nan, 1.0]]), np.array([[True, False]]), "no number"),
        (np.ones((1, 2)), np.zeros((1, 2)), "leave that listener out"),
    ],
)
def test_what_cannot_be_graded_is_refused(scores, wanted, said):
    with pytest.raises(ValueError, match=said):
        ndcg_of_scores(scores, wanted)


def test_folds_share_no_track_and_hold_all_that_are_heard_enough(plays):
    folds = track_folds(plays, 4, least=20)
    listeners = np.bincount(plays.matrix.indices, minlength=plays.shape[1])
    assert sorted(np.concatenate(folds).tolist()) == np.flatnonzero(listeners >= 20).tolist()
    assert len(set(map(len, folds))) <= 2
    assert any((a != b).any() for a, b in zip(folds, track_folds(plays, 4, least=20, seed=1), strict=True))
    with pytest.raises(ValueError, match="make no 50 folds"):
        track_folds(plays, 50)


def test_hidden_tracks_have_no_play_left_and_count_for_nothing(plays, cold):
    hidden = np.concatenate([part.tracks for part in cold.parts.values()])
    assert (
        cold.known.matrix[:, hidden].nnz == 0 and not cold.warm[hidden].any() and not cold.trust[hidden].any()
    )
    assert cold.known.nnz == plays.nnz - plays.matrix[:, hidden].nnz
    folds = track_folds(plays, 4, 5)
    assert (cold.parts["test"].tracks == folds[1]).all() and (
        cold.parts["validation"].tracks == folds[2]
    ).all()
    assert np.abs(cold.model.item_factors_[hidden]).max() < 1e-9
    part = cold.parts["test"]
    dense = plays.matrix.toarray()[:, part.tracks] >= 1 / 3
    assert part.listeners.tolist() == np.flatnonzero(dense.sum(axis=1) >= 2).tolist()
    assert (part.wanted == dense[part.listeners]).all()


def test_the_map_is_scikit_learns_weighted_ridge(cold):
    x = np.random.default_rng(2).normal(size=(40, 6))
    rows, own = np.flatnonzero(cold.warm), cold.model.item_factors_.astype(float)
    for penalty in (0.1, 30.0):
        model = Ridge(alpha=penalty).fit(x[rows], own[rows], sample_weight=cold.trust[rows])
        assert np.allclose(cold.ridge(x).predict(penalty), model.predict(x), atol=1e-8)


def test_hidden_tracks_teach_the_map_nothing(cold):
    """Their features may be anything: what is said of the others stays."""
    random = np.random.default_rng(3)
    x = random.normal(size=(40, 5))
    other = np.where(cold.warm[:, None], x, random.normal(size=x.shape) * 9)
    one, two = (cold.ridge(each).predict(1.0)[cold.warm] for each in (x, other))
    assert np.allclose(one, two, atol=1e-10)


def test_the_penalty_is_chosen_on_the_validation_alone(cold):
    x = np.random.default_rng(4).normal(size=(40, 5))
    chosen = cold.choose(x)
    by_hand = {one: cold.ndcg(cold.ridge(x).predict(one), "validation").mean() for one in chosen.tried}
    assert chosen.tried == pytest.approx(by_hand)
    assert by_hand[chosen.penalty] == pytest.approx(max(by_hand.values()))
    assert np.allclose(chosen.factors, cold.ridge(x).predict(chosen.penalty))
    with pytest.raises(ValueError, match="one for each of 40"):
        cold.choose(x[:7])
    with pytest.raises(ValueError, match="there are 4 folds"):
        ColdTracks(cold.known, 4, n_folds=4)


def test_scores_of_a_part_and_of_everybody_are_graded_alike(cold):
    whole = np.random.default_rng(5).random(cold.known.shape)
    part = cold.parts["test"]
    inside = whole[np.ix_(part.listeners, part.tracks)]
    assert (cold.graded(whole) == ndcg_of_scores(inside, part.wanted)).all()
    assert (cold.graded(inside) == cold.graded(whole)).all()
    assert cold.best_of([-1.0, 1.0], lambda sign: sign * whole) == (
        1.0 if cold.graded(whole, "validation").mean() > cold.graded(-whole, "validation").mean() else -1.0
    )


def test_a_ridge_counts_a_row_as_often_as_it_weighs():
    random = np.random.default_rng(6)
    x, y = random.normal(size=(9, 3)), random.normal(size=(9, 2))
    twice = FactorRidge(np.vstack([x, x[:4]]), np.vstack([y, y[:4]]), np.ones(13))
    weighed = FactorRidge(x, y, np.where(np.arange(9) < 4, 2.0, 1.0))
    assert np.allclose(twice.predict(0.5)[:9], weighed.predict(0.5))
