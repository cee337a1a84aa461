"""The contest on new tracks: nothing hidden is seen, and results agree with scikit-learn and with brute force."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
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


def test_ndcg_hangs_on_the_order_alone_and_what_differs_by_rounding_is_a_tie():
    scores, wanted = np.array([[3.0, 2.0, 1.0], [1.0, 2.0, 3.0]]), np.array([[False, True, False]] * 2)
    for size in (1e-15, 1e15):
        assert ndcg_of_scores(scores * size, wanted) == pytest.approx(1 / np.log2(3))
    first = [[True, False]]
    assert ndcg_of_scores([[1.0, 1.0 + 4e-10]], first).tolist() == [1.0]
    assert ndcg_of_scores([[1.0, 1.0 + 1e-8]], first) == pytest.approx(1 / np.log2(3))
    assert ndcg_of_scores([[0.0, 0.0]], first).tolist() == [1.0]


def test_ten_places_can_hold_no_more_than_ten_and_no_more_than_there_are():
    scores, wanted = np.arange(15.0)[::-1][None], np.arange(15)[None] < 12
    assert ndcg_of_scores(scores, wanted).tolist() == [1.0]
    assert ndcg_of_scores(scores[:, :3], wanted[:, :3]).tolist() == [1.0]
    late = np.arange(15)[None] >= 10  # the best of them stands in the eleventh place
    assert ndcg_of_scores(scores, late).tolist() == [0.0]
    assert ndcg_of_scores(scores, late, k=11)[0] > 0


def test_folds_are_six_of_tracks_with_ten_listeners_unless_told_otherwise():
    """Track n has n + 6 listeners: those from the fourth on have ten."""
    rows = [(user, track) for track in range(20) for user in range(track + 6)]
    some = Interactions.from_frame(pd.DataFrame(rows, columns=["user_id", "track_id"]))
    folds = track_folds(some)
    assert len(folds) == 6 and sorted(np.concatenate(folds).tolist()) == list(range(4, 20))
    assert all((np.diff(part) > 0).all() for part in folds)
    said = track_folds(some, 6, 10, 0)
    assert all((one == two).all() for one, two in zip(folds, said, strict=True))
    assert [part.tolist() for part in track_folds(some, 16)] != [[n] for n in range(4, 20)]
    assert all(len(part) == 1 for part in track_folds(some, 16))
    with pytest.raises(ValueError, match="^16 tracks have 10 listeners or more: they make no 17 folds"):
        track_folds(some, 17)
    with pytest.raises(ValueError, match="make no 1 folds"):
        track_folds(some, 1)


def test_without_being_told_a_contest_is_the_first_of_six_folds():
    random = np.random.default_rng(7)
    heard = random.random((60, 48)) < np.linspace(0.1, 0.9, 48)
    heard[:, 0] = np.arange(60) < 10  # ten listeners, and nine
    heard[:, 1] = np.arange(60) < 9
    rows, columns = np.nonzero(heard)
    frame = pd.DataFrame({"user_id": rows, "track_id": columns, "value": random.random(len(rows))})
    some = Interactions.from_frame(frame, value="value")
    plain, said = (
        ColdTracks(some),
        ColdTracks(some, 0, n_folds=6, least=10, wants=3, n_factors=32, seed=0),
    )
    assert plain.model.item_factors_.shape == (48, 32) and plain.model.item_factors_.dtype == np.float64
    assert (plain.model.item_factors_ == said.model.item_factors_).all()
    folds = track_folds(some, 6, 10, 0)
    for name, fold in (("test", folds[0]), ("validation", folds[1])):
        assert plain.parts[name].tracks.tolist() == fold.tolist()
        assert plain.parts[name].listeners.tolist() == said.parts[name].listeners.tolist()
        assert (plain.parts[name].wanted.sum(axis=1) >= 3).all()
        assert plain.parts[name].wanted.sum(axis=1).min() == 3
    other = ColdTracks(some, seed=1)
    assert other.parts["test"].tracks.tolist() == track_folds(some, 6, 10, 1)[0].tolist()


def test_the_last_fold_is_chosen_for_by_the_first(plays):
    folds = track_folds(plays, 4, 5)
    last = ColdTracks(plays, 3, n_folds=4, least=5, n_factors=2, wants=2)
    assert last.parts["test"].tracks.tolist() == folds[3].tolist()
    assert last.parts["validation"].tracks.tolist() == folds[0].tolist()
    with pytest.raises(ValueError, match="^fold=-1: there are 4 folds, from 0"):
        ColdTracks(plays, -1, n_folds=4)


def test_a_track_counts_for_what_its_listeners_are_worth(plays, cold):
    n = cold.known.to_frame().groupby("item").size().reindex(plays.items, fill_value=0).to_numpy()
    assert np.allclose(cold.trust, n / (n + 5.0)) and (cold.warm == (n > 0)).all()


def test_half_of_a_track_is_a_strength_of_a_third_and_no_less(plays):
    """Up to a rounding; and where nobody comes so far, that is said."""
    frame = plays.to_frame()[["user", "item"]].set_axis(["user_id", "track_id"], axis=1)

    def contest(strength):
        same = Interactions.from_frame(frame.assign(value=strength), value="value")
        return ColdTracks(same, n_folds=4, least=5, n_factors=2, wants=2)

    for strength in (1 / 3, 1 / 3 - 1e-13):
        part = contest(strength).parts["test"]
        heard = pd.crosstab(frame["user_id"], frame["track_id"]).to_numpy() > 0
        assert (part.wanted == heard[part.listeners][:, part.tracks]).all() and part.wanted.any()
    with pytest.raises(ValueError, match="^Nobody heard 2 of these tracks for half their length"):
        contest(1 / 3 - 1e-6)


def test_sparse_features_are_read_as_dense_ones(cold):
    x = np.random.default_rng(8).normal(size=(40, 5))
    assert np.allclose(cold.ridge(sparse.csr_array(x)).predict(2.0), cold.ridge(x).predict(2.0))
    assert np.allclose(cold.ridge(x).predict(2.0, [3, 1]), cold.ridge(x).predict(2.0)[[3, 1]])


def test_penalties_that_rank_alike_leave_the_choice_to_the_larger(cold):
    nothing = np.zeros((40, 2))
    assert cold.choose(nothing, [1.0, 100.0, 10.0]).penalty == 100.0
    chosen = cold.choose(nothing)
    assert list(chosen.tried) == [0.1, 1.0, 10.0, 100.0, 1000.0] and chosen.penalty == 1000.0
    assert len(set(chosen.tried.values())) == 1


def test_tries_that_score_alike_leave_the_choice_to_the_first(cold):
    whole = np.random.default_rng(9).random(cold.known.shape)
    assert [cold.best_of(order, lambda one: whole) for order in ("ab", "ba")] == ["a", "b"]


def test_scores_are_products_with_the_listeners_factors(cold):
    vectors = np.random.default_rng(10).normal(size=cold.model.item_factors_.shape)
    for name, part in cold.parts.items():
        by_hand = [
            [cold.model.user_factors_[user] @ vectors[track] for track in part.tracks]
            for user in part.listeners
        ]
        assert np.allclose(cold.scores(vectors, name), by_hand)
        assert np.allclose(cold.ndcg(vectors, name), ndcg_of_scores(np.array(by_hand), part.wanted))
    assert (cold.scores(vectors) == cold.scores(vectors, "test")).all()
    assert (cold.ndcg(vectors) == cold.ndcg(vectors, "test")).all()
