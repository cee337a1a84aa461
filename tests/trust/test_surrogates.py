"""Fidelity and maps against scikit-learn and plain loops."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.metrics import r2_score
from sklearn.neighbors import NearestNeighbors

from recsys_helpers.trust import fidelity, kept_neighbours, principal_map

rng = np.random.default_rng(0)


def test_fidelity_is_r2_and_overlap_over_what_can_be_recommended():
    scores = rng.normal(size=(5, 12))
    said = scores + rng.normal(size=(5, 12))
    scores[rng.random((5, 12)) < 0.2] = -np.inf
    table = fidelity(scores, said, k=4)
    for row in range(5):
        there = np.isfinite(scores[row])
        assert np.isclose(table["r2"][row], r2_score(scores[row, there], said[row, there]))
        best = {tuple(np.flatnonzero(there)[np.argsort(-v[row, there])[:4]]) for v in (scores, said)}
        first, *second = (set(one) for one in best)
        assert np.isclose(table["agree"][row], len(first & (second[0] if second else first)) / 4)


def test_ten_are_compared_unless_told_otherwise():
    scores, said = rng.normal(size=(3, 40)), rng.normal(size=(3, 40))
    assert fidelity(scores, said).equals(fidelity(scores, said, k=10))
    assert not any(fidelity(scores, said).equals(fidelity(scores, said, k=k)) for k in (9, 11))
    assert (kept_neighbours(scores.T, said.T) == kept_neighbours(scores.T, said.T, k=10)).all()
    assert not any(
        (kept_neighbours(scores.T, said.T) == kept_neighbours(scores.T, said.T, k=k)).all() for k in (9, 11)
    )


def test_whole_numbers_are_scores_too_and_what_was_given_stays():
    scores, said = np.array([[3, 2, 1, 0]]), np.array([[2, 3, 0, 1]])
    assert fidelity(scores, said, k=2).equals(fidelity(scores.astype(float), said.astype(float), k=2))
    hidden = np.array([[3.0, -np.inf, 1.0, 0.0]])
    assert fidelity(hidden, said, k=1)["agree"][0] == 1
    assert said.tolist() == [[2, 3, 0, 1]] and hidden[0, 1] == -np.inf


def test_what_differs_by_rounding_alone_is_a_tie():
    assert fidelity([[0.3, 0.1 + 0.2, 0.0]], [[1.0, 0.0, 0.0]], k=1)["agree"][0] == 1
    assert fidelity([[1.0, 0.0, 0.0]], [[0.3, 0.1 + 0.2, 0.0]], k=1)["agree"][0] == 1


def test_the_share_is_of_the_list_of_the_model():
    assert fidelity([[2.0, 1.0, -np.inf, -np.inf]], [[1.0, 2.0, 3.0, 4.0]], k=1)["agree"][0] == 0
    table = fidelity([[3.0, 2.0, 1.0]], [[3.0, 2.0, -1e9]], k=3)
    assert table["agree"][0] == 1


def test_what_is_perfect_and_what_is_flat():
    scores = rng.normal(size=(2, 6))
    assert fidelity(scores, scores, k=3).values.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert fidelity(scores, np.full_like(scores, scores[0].mean()), k=3)["r2"].to_numpy() == pytest.approx(
        [0, fidelity(scores, np.full_like(scores, scores[0].mean()))["r2"][1]]
    )
    assert np.isnan(fidelity([[1.0, 1.0]], [[0.0, 1.0]], k=1)["r2"][0])


def test_agreement_knows_no_order_and_breaks_ties_by_column():
    assert fidelity([[4.0, 3.0, 2.0, 1.0]], [[3.0, 4.0, 0.0, 0.0]], k=2)["agree"][0] == 1
    assert fidelity([[4.0, 3.0, 2.0, 1.0]], [[0.0, 0.0, 0.0, 0.0]], k=2)["agree"][0] == 1
    assert fidelity([[1.0, 2.0, 3.0, 4.0]], [[0.0, 0.0, 0.0, 0.0]], k=2)["agree"][0] == 0


def test_a_list_that_is_shorter_counts_what_there_is():
    assert fidelity([[2.0, 1.0, -np.inf]], [[1.0, 2.0, 3.0]], k=3)["agree"][0] == 1


@pytest.mark.parametrize(
    ("scores", "said", "says"),
    [
        ([[1.0, 2.0]], [[1.0, 2.0, 3.0]], r"shape \(1, 2\) and said \(1, 3\)"),
        ([1.0, 2.0], [1.0, 2.0], "shape"),
        ([[1.0, np.nan]], [[1.0, 2.0]], "not a number"),
        ([[1.0, 2.0]], [[1.0, np.inf]], "not a number"),
        ([[1.0, -np.inf]], [[1.0, 2.0]], "fewer than two"),
    ],
)
def test_what_cannot_be_compared_is_refused(scores, said, says):
    with pytest.raises(ValueError, match=says):
        fidelity(scores, said, k=1)


# ---- maps ------------------------------------------------------------------------------------------------------------


def test_the_map_is_that_of_pca_but_for_signs():
    cloud = rng.normal(size=(30, 6)) * [5, 3, 2, 1, 1, 1]
    got, other = principal_map(cloud, 3), PCA(3).fit_transform(cloud)
    for axis in range(3):
        assert np.allclose(got[:, axis], other[:, axis]) or np.allclose(got[:, axis], -other[:, axis])
        assert got[np.abs(got[:, axis]).argmax(), axis] > 0


def test_no_rotation_moves_the_map_and_a_stretch_does():
    cloud = rng.normal(size=(30, 6)) * [5, 3, 2, 1, 1, 1]
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    assert np.allclose(principal_map(cloud @ turn), principal_map(cloud))
    assert np.allclose(principal_map(cloud + 7.0), principal_map(cloud))
    assert not np.allclose(principal_map(cloud * [1, 1, 1, 9, 1, 1]), principal_map(cloud), atol=1)


def test_kept_neighbours_are_those_of_scikit_learn(monkeypatch):
    cloud = rng.normal(size=(40, 5))
    on_map = cloud[:, :2]
    near, seen = (
        NearestNeighbors(n_neighbors=6).fit(c).kneighbors(return_distance=False) for c in (cloud, on_map)
    )
    expected = [len(set(a) & set(b)) / 6 for a, b in zip(near, seen, strict=True)]
    assert np.allclose(kept_neighbours(cloud, on_map, k=6), expected)
    monkeypatch.setattr("recsys_helpers.trust.pictures.CELLS", 100)
    assert np.allclose(kept_neighbours(cloud, on_map, k=6), expected)
    assert kept_neighbours(cloud, 3 * cloud + 1, k=6).tolist() == [1.0] * 40


def test_neighbours_hang_neither_on_the_unit_nor_on_the_kind_of_number():
    cloud = rng.normal(size=(30, 4))
    expected = kept_neighbours(cloud, cloud[:, :2], k=5)
    for unit in (1e-12, 1e9):
        assert (kept_neighbours(unit * cloud, unit * cloud[:, :2], k=5) == expected).all()
    small = rng.integers(0, 256, (30, 3))
    whole = small.astype(np.uint8)  # whose squares do not fit
    assert (kept_neighbours(whole, whole[:, :2], k=5) == kept_neighbours(small, small[:, :2], k=5)).all()
    assert np.allclose(principal_map(whole), principal_map(small))


def test_two_axes_are_drawn_unless_told_otherwise_and_all_may_be():
    cloud = rng.normal(size=(9, 4))
    assert principal_map(cloud).shape == (9, 2)
    whole = principal_map(cloud, 4)
    centred = cloud - cloud.mean(axis=0)
    assert np.allclose(whole @ whole.T, centred @ centred.T)


def test_a_tie_goes_to_the_lower_row():
    cross = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    shown = np.array([[0.0], [1.0], [5.0], [6.0], [7.0]])
    assert kept_neighbours(cross, shown, k=1)[0] == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: principal_map(np.ones((5, 2)), 3), "^n_axes=3, but 5 vectors of 2 numbers"),
        (lambda: principal_map(np.ones((5, 2)), 0), "k=0"),
        (lambda: principal_map([1.0, 2.0]), r"^vectors: give a row of finite numbers.*shape \(2,\)"),
        (lambda: principal_map([[np.nan, 1.0]]), "^vectors: give a row of finite numbers"),
        (lambda: principal_map(np.ones((0, 2))), "^vectors: give a row of finite numbers"),
        (lambda: kept_neighbours([1.0], np.ones((4, 2)), 1), "^vectors: give a row of finite numbers"),
        (lambda: kept_neighbours(np.ones((3, 2)), [1.0], 1), "^shown: give a row of finite numbers"),
        (lambda: kept_neighbours(np.ones((3, 2)), np.ones((3, 2)), 0), "k=0"),
        (
            lambda: kept_neighbours(np.ones((3, 2)), np.ones((4, 2)), 1),
            "^3 vectors and 4 places on the map: give one",
        ),
        (
            lambda: kept_neighbours(np.ones((3, 2)), np.ones((3, 2)), 3),
            "^k=3, but each of 3 has only 2 others",
        ),
    ],
)
def test_a_map_that_cannot_be_is_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()
