"""Noise of the right size and shape, an account that refuses, and what one listener can change in a release."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.base import clone

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Recommender
from recsys_helpers.trust import (
    Budget,
    PrivateSVD,
    clip_rows,
    gaussian_delta,
    gaussian_scale,
    keep_at_most,
    laplace_noise,
    laplace_scale,
    normal_noise,
    private_counts,
    private_gram,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "diffprivlib.json").read_text(encoding="utf-8"))
NONE = 1e12  # an epsilon under which next to no noise is left: normal noise of 1e-6


def table(users: int = 30, items: int = 12, seed: int = 0, share: float = 0.4) -> Interactions:
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 6, (users, items)) * (rng.random((users, items)) < share)
    values[:, 0] = 1
    user, item = np.nonzero(values)
    frame = pd.DataFrame({"user_id": user, "track_id": item, "value": values[user, item]})
    return Interactions.from_frame(frame, value="value", items=np.arange(items))


# ---- noise -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", GOLDEN["gaussian"])
def test_normal_noise_has_the_scale_of_diffprivlib(case):
    scale = gaussian_scale(case["sensitivity"], case["epsilon"], case["delta"])
    assert scale == pytest.approx(case["scale"], rel=1e-6)
    assert gaussian_delta(scale, case["sensitivity"], case["epsilon"]) <= case["delta"]


@pytest.mark.parametrize("case", GOLDEN["laplace"])
def test_laplace_noise_has_the_scale_of_diffprivlib(case):
    assert 2 * laplace_scale(case["sensitivity"], case["epsilon"]) ** 2 == pytest.approx(case["variance"])


def test_the_delta_of_normal_noise_is_what_an_integral_gives():
    """delta = the integral of max(0, density with the listener - e^epsilon x density without)."""
    scale, epsilon = 1.7, 0.6
    x = np.linspace(-30, 30, 2_000_001)
    with_one, without = stats.norm.pdf(x, 1, scale), stats.norm.pdf(x, 0, scale)
    area = np.maximum(0, with_one - np.exp(epsilon) * without).sum() * (x[1] - x[0])
    assert gaussian_delta(scale, 1.0, epsilon) == pytest.approx(area, abs=1e-8)


@pytest.mark.parametrize(
    ("draw", "law"), [(laplace_noise, stats.laplace(scale=3)), (normal_noise, stats.norm(scale=3))]
)
@pytest.mark.parametrize("seed", [0, None])
def test_noise_has_its_distribution(draw, law, seed):
    found = draw(3.0, (200, 100), lesson_seed=seed)
    assert found.shape == (200, 100)
    assert np.isfinite(found).all()
    assert stats.kstest(found.ravel(), law.cdf).pvalue > 1e-6


def test_only_a_lesson_can_draw_the_same_noise_again():
    for draw in (laplace_noise, normal_noise):
        assert (draw(1, 50, lesson_seed=3) == draw(1, 50, lesson_seed=3)).all()
        assert (draw(1, 50, lesson_seed=3) != draw(1, 50, lesson_seed=4)).all()
        assert (draw(1, 50) != draw(1, 50)).all()


def test_a_release_is_repeated_for_a_lesson_and_for_nobody_else():
    x = table()
    for release in (
        lambda seed=None: private_counts(x, 0.5, 3, lesson_seed=seed).to_numpy(),
        lambda seed=None: private_gram(x, 0.5, 1e-5, lesson_seed=seed),
    ):
        assert (release(3) == release(3)).all()
        assert (release(3) != release(4)).all() and (release() != release()).all()


def test_which_entries_count_is_not_drawn_with_the_numbers_of_the_noise(monkeypatch):
    seeds = []
    kept = lambda x, most, seed: seeds.append(seed) or x  # noqa: E731
    monkeypatch.setattr("recsys_helpers.trust.privacy.keep_at_most", kept)
    noise = lambda scale, shape, seed: seeds.append(seed) or np.zeros(shape)  # noqa: E731
    monkeypatch.setattr("recsys_helpers.trust.privacy.laplace_noise", noise)
    private_counts(table(), 0.5, 3)
    assert seeds == [None, None]
    private_counts(table(), 0.5, 3, lesson_seed=1)
    assert len({np.random.default_rng(seed).random() for seed in seeds[2:]}) == 2


def test_the_secure_generator_is_asked_for_the_bytes(monkeypatch):
    asked = []
    monkeypatch.setattr("secrets.token_bytes", lambda n: asked.append(n) or b"\xff" * n)
    assert np.isfinite(laplace_noise(1, 3)).all() and np.isfinite(normal_noise(1, (2, 2))).all()
    monkeypatch.setattr("secrets.token_bytes", lambda n: asked.append(n) or b"\x00" * n)
    assert np.isfinite(laplace_noise(1, 3)).all() and np.isfinite(normal_noise(1, (2, 2))).all()
    assert asked == [24, 32, 24, 32]


@pytest.mark.parametrize("bad", [0, -1, float("nan"), float("inf")])
def test_numbers_out_of_range_are_named(bad):
    for call in (
        lambda: laplace_scale(1, bad),
        lambda: laplace_scale(bad, 1),
        lambda: gaussian_scale(1, bad, 1e-5),
        lambda: gaussian_scale(bad, 1, 1e-5),
        lambda: laplace_noise(bad, 3),
        lambda: normal_noise(bad, 3),
        lambda: Budget(bad),
        lambda: clip_rows(table(), bad),
        lambda: private_counts(table(), bad, 3),
    ):
        with pytest.raises(ValueError, match="give a number above 0"):
            call()
    for name, call in (
        ("sensitivity", lambda: laplace_scale(bad, 1)),
        ("sensitivity", lambda: gaussian_scale(bad, 1, 1e-5)),
        ("epsilon", lambda: Budget(bad)),
        ("scale", lambda: normal_noise(bad, 3)),
    ):
        with pytest.raises(ValueError, match=f"^{name}="):
            call()
    for delta in (-0.1, 1.0):
        with pytest.raises(ValueError, match="a chance from 0 to below 1"):
            gaussian_scale(1, 1, delta)
    with pytest.raises(ValueError, match="delta=0"):
        gaussian_scale(1, 1, 0)


@pytest.mark.parametrize("most", [0, -1, 1.5, True])
def test_a_number_of_entries_is_whole_and_above_0(most):
    with pytest.raises(ValueError, match="whole number, 1 or more"):
        keep_at_most(table(), most)


# ---- the account -----------------------------------------------------------------------------------------------------


def test_an_account_sums_as_that_of_diffprivlib():
    budget = Budget(1.0, 1e-5)
    for epsilon, delta in GOLDEN["account"]["spent"]:
        budget.spend(epsilon, delta)
    total = np.subtract((1.0, 1e-5), budget.left)
    assert total == pytest.approx(GOLDEN["account"]["total"], rel=1e-5)


@given(st.integers(1, 40), st.integers(1, 30))
def test_sums_are_exact_in_decimals(parts, tenths):
    budget = Budget(parts * tenths / 10)
    for _ in range(parts):
        budget.spend(tenths / 10)
    assert budget.left == (0.0, 0.0)
    with pytest.raises(ValueError, match="and 0 of"):
        budget.spend(1e-9)


def test_what_is_too_much_is_refused_and_nothing_is_spent():
    budget = Budget(1.0, 1e-6)
    budget.spend(0.6, what="a chart")
    for epsilon, delta, name in (
        (0.5, 0.0, "epsilon 0.5, and 0.4 of 1"),
        (0.1, 1e-5, "delta 1e-05, and 1e-06 of 1e-06"),
    ):
        with pytest.raises(ValueError, match=f"^a second would cost {name} is left for this table: "):
            budget.spend(epsilon, delta, what="a second")
    assert budget.left == (0.4, 1e-6)
    assert budget.table().values.tolist() == [["a chart", 0.6, 0.0]]
    assert repr(budget) == "Budget(epsilon 0.4 of 1 left, delta 1e-06 of 1e-06)"


def test_a_release_that_is_refused_draws_no_noise(monkeypatch):
    def refuse(n):
        raise AssertionError("noise was drawn")

    budget = Budget(1.0, 1e-6)
    budget.spend(0.9)
    x = table()
    monkeypatch.setattr("recsys_helpers.trust.privacy.laplace_noise", refuse)
    monkeypatch.setattr("recsys_helpers.trust.privacy.normal_noise", refuse)
    for release in (lambda: private_counts(x, 0.5, 3, budget), lambda: private_gram(x, 0.05, 1e-5, budget)):
        with pytest.raises(ValueError, match="is left for this table"):
            release()
    with pytest.raises(ValueError, match="whole number"):
        private_counts(x, 0.05, 1.5, budget)  # type: ignore[arg-type]
    assert budget.left == pytest.approx((0.1, 1e-6))


def test_a_copy_is_the_same_account():
    budget = Budget(1.0)
    assert copy.copy(budget) is budget and copy.deepcopy([budget])[0] is budget


# ---- what one listener changes ---------------------------------------------------------------------------------------


@given(st.integers(0, 200), st.integers(1, 6), st.integers(0, 29))
def test_one_listener_moves_a_chart_by_at_most_so_many_counts(seed, most, gone):
    x = table(seed=seed)
    kept = keep_at_most(x, most, lesson_seed=seed)
    each = np.diff(kept.matrix.indptr)
    assert (each == np.minimum(np.diff(x.matrix.indptr), most)).all()
    assert not ((kept.matrix.toarray() != 0) & (x.matrix.toarray() == 0)).any()
    mine = np.zeros(x.shape[1])
    mine[kept.matrix[[gone]].indices] = 1
    assert np.abs(mine).sum() <= most


def test_which_entries_are_kept_is_drawn_by_lot():
    x = table(users=1, items=4, share=1.0)
    kept = np.array([keep_at_most(x, 1, lesson_seed=seed).matrix.toarray()[0] > 0 for seed in range(2_000)])
    assert kept.sum(axis=1).tolist() == [1] * 2_000
    assert stats.chisquare(kept.sum(axis=0)).pvalue > 1e-4


def test_a_private_chart_is_counts_and_noise_of_its_scale():
    x = table()
    exact = private_counts(x, NONE, most=20)
    counts = pd.Series(np.bincount(x.matrix.indices, minlength=x.shape[1]), x.items)
    assert exact.index.equals(x.items) and np.allclose(exact, counts, atol=1e-6)
    noise = np.array([private_counts(x, 0.5, most=20, lesson_seed=seed) - counts for seed in range(400)])
    assert stats.kstest(noise.ravel(), stats.laplace(scale=40).cdf).pvalue > 1e-4
    spread = np.corrcoef(noise.T)[np.triu_indices(x.shape[1], 1)]
    assert np.abs(spread).max() < 0.25


@given(st.integers(0, 200))
def test_one_listener_moves_a_gram_matrix_by_a_length_of_at_most_1(seed):
    x = table(seed=seed)
    rest = x.subset(users=x.users[1:])
    both = [private_gram(one, NONE, 1e-5, lesson_seed=0) for one in (x, rest)]
    moved = (both[0] - both[1])[np.triu_indices(x.shape[1])]
    assert np.linalg.norm(moved) <= 1 + 1e-5
    dense = x.matrix.toarray()
    dense /= np.maximum(1, np.linalg.norm(dense, axis=1))[:, None]
    assert np.allclose(both[0], dense.T @ dense, atol=1e-5)


def test_the_noise_of_a_gram_matrix_is_symmetric_and_has_its_spread():
    x = table()
    exact = private_gram(x, NONE, 1e-5)
    noise = np.array([private_gram(x, 1.0, 1e-5, lesson_seed=seed) - exact for seed in range(200)])
    assert np.allclose(noise, noise.transpose(0, 2, 1), atol=1e-9)
    scale = gaussian_scale(1, 1.0, 1e-5)
    rows, columns = np.triu_indices(x.shape[1])
    assert stats.kstest(noise[:, rows, columns].ravel(), stats.norm(scale=scale).cdf).pvalue > 1e-4
    assert np.diagonal(noise, axis1=1, axis2=2).std() == pytest.approx(scale, rel=0.1)


def test_rows_are_scaled_down_and_never_up():
    clipped = clip_rows(table(), 2.0)
    lengths = np.linalg.norm(clipped.matrix.toarray(), axis=1)
    before = np.linalg.norm(table().matrix.toarray(), axis=1)
    assert np.allclose(lengths, np.minimum(before, 2.0))


# ---- a model ---------------------------------------------------------------------------------------------------------


def test_without_noise_it_is_the_projection_on_the_singular_vectors():
    x = table(users=60, items=15)
    model = PrivateSVD(epsilon=NONE, n_factors=4).fit(x)
    rows = clip_rows(x).matrix.toarray()
    right = np.linalg.svd(rows)[2][:4]
    assert np.allclose(model.score(x.users), x.matrix.toarray() @ right.T @ right, atol=1e-5)
    assert model.item_factors_.shape == (15, 4)
    assert np.allclose(np.abs((model.item_factors_ * right.T).sum(axis=0)), 1, atol=1e-5)  # the largest first
    assert (model.item_factors_[np.abs(model.item_factors_).argmax(axis=0), range(4)] > 0).all()


def test_a_model_pays_at_each_fit_and_its_clones_share_the_account():
    x, budget = table(), Budget(5.0, 3e-5)
    model = PrivateSVD(epsilon=2.0, n_factors=3, budget=budget)
    model.fit(x)
    other = clone(model)
    assert isinstance(other, Recommender) and other.budget is budget
    other.fit(x)
    with pytest.raises(ValueError, match="a private Gram matrix would cost epsilon 2, and 1 of 5 is left"):
        model.fit(x)
    assert model.item_factors_.shape == (12, 3)  # the fit before stays
    with pytest.raises(ValueError, match="more than the 12 items"):
        PrivateSVD(n_factors=13, budget=budget).fit(x)
    assert budget.left[0] == 1.0


@pytest.mark.parametrize("n", [0, 2.5, True])
def test_a_number_of_factors_is_whole_and_above_0(n):
    with pytest.raises(ValueError, match=f"^n_factors={n}: give a whole number, 1 or more"):
        PrivateSVD(n_factors=n).fit(table())


def test_all_directions_may_be_kept_and_then_nothing_is_lost():
    x = table(users=60, items=12)
    model = PrivateSVD(n_factors=12).fit(x)
    assert np.allclose(model.item_factors_ @ model.item_factors_.T, np.eye(12))
    assert np.allclose(model.score(x.users), x.matrix.toarray())


def test_a_model_is_private_with_epsilon_4_and_delta_1_in_100_000_unless_told_otherwise():
    budget = Budget(10.0, 1e-3)
    PrivateSVD(n_factors=3, budget=budget).fit(table())
    assert budget.table().values.tolist() == [["a private Gram matrix", 4.0, 1e-5]]
    plain, said = (
        PrivateSVD(n_factors=3, lesson_seed=1, **more) for more in ({}, {"epsilon": 4.0, "delta": 1e-5})
    )
    assert (plain.fit(table()).item_factors_ == said.fit(table()).item_factors_).all()


def test_an_account_names_what_was_paid_for():
    budget = Budget(2.0, 1e-5)
    private_counts(table(), 0.5, 3, budget)
    private_gram(table(), 0.5, 1e-6, budget)
    budget.spend(0.25)
    assert budget.table().values.tolist() == [
        ["private counts", 0.5, 0.0],
        ["a private Gram matrix", 0.5, 1e-6],
        ["a release", 0.25, 0.0],
    ]
    assert list(budget.table()) == ["release", "epsilon", "delta"] == list(Budget(1.0).table())
    assert Budget(1.0).left == (1.0, 0.0)


def test_rows_have_length_1_unless_told_otherwise_and_times_stay():
    log = pd.DataFrame(
        {"user_id": [1, 1, 2], "track_id": list("abb"), "at": pd.to_datetime(["2026-01-01"] * 3, utc=True)}
    )
    x = Interactions.from_frame(log, time="at")
    clipped = clip_rows(x)
    assert np.allclose(np.linalg.norm(clipped.matrix.toarray(), axis=1), 1)
    assert clipped.times is not None and (clipped.times == x.times).all()
    assert x.matrix.data.tolist() == [1, 1, 1]


def test_a_model_has_sixteen_factors_and_the_same_noise_again_for_a_lesson_alone():
    x = table(users=60, items=20)
    once, again, other = (PrivateSVD(lesson_seed=seed).fit(x).item_factors_ for seed in (3, 3, 4))
    assert once.shape == (20, 16)
    assert (once == again).all() and not np.allclose(once, other)
    assert not np.allclose(PrivateSVD().fit(x).item_factors_, PrivateSVD().fit(x).item_factors_)
