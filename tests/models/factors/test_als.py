"""BiasedALS and ImplicitALS against systems of equations written down in full, and against the promise to descend."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import check_grad

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import BiasedALS, ImplicitALS


def biased_objective(model, x):
    """The docstring of BiasedALS, by loops."""
    total = 0.0
    spread = x.matrix.data.std()
    for u, i, r in zip(x.rows, x.matrix.indices, x.matrix.data, strict=True):
        said = (
            model.mean_
            + model.user_bias_[u]
            + model.item_bias_[i]
            + model.user_factors_[u] @ model.item_factors_[i]
        )
        total += (r - said) ** 2
    total += model.bias_damping * (sum(model.user_bias_**2) + sum(model.item_bias_**2))
    for counts, factors in (
        (np.bincount(x.rows, minlength=x.shape[0]), model.user_factors_),
        (np.bincount(x.matrix.indices, minlength=x.shape[1]), model.item_factors_),
    ):
        for n, p in zip(counts, factors, strict=True):
            total += model.regularization * spread * max(n, 1) ** model.count_power * (p @ p)
    return total


def implicit_objective(model, x):
    """The docstring of ImplicitALS, over every cell of the matrix."""
    dense = x.matrix.toarray()
    confidence = 1 + model.alpha * dense / dense[dense > 0].mean()
    said = model.user_factors_.astype(float) @ model.item_factors_.astype(float).T
    penalty = (model.user_factors_.astype(float) ** 2).sum() + (model.item_factors_.astype(float) ** 2).sum()
    return (confidence * ((dense > 0) - said) ** 2).sum() + model.regularization * penalty


BIASED = [
    {},
    {"n_factors": 3, "regularization": 0.1, "count_power": 0.0},
    {"n_factors": 8, "regularization": 0.3, "count_power": 1.0, "bias_damping": 0.5},
    {"n_factors": 0},
]
IMPLICIT = [
    {"n_factors": 4, "regularization": 2.0, "cg_steps": 1},
    {"n_factors": 8, "regularization": 10.0, "cg_steps": 3},
    {"n_factors": 8, "regularization": 0.1, "cg_steps": 20, "alpha": 40.0},
]


class TestBiasedALS:
    @pytest.mark.parametrize("settings", BIASED, ids=str)
    def test_the_objective_never_rises_in_any_half_step(self, small, tall, settings):
        for x in (small, tall):
            model = BiasedALS(n_epochs=15, track_objective=True, **settings).fit(x)
            assert len(model.objective_) == 31
            assert (np.diff(model.objective_) <= 1e-9 * model.objective_[0]).all()
            assert model.objective_[-1] < model.objective_[0]

    @pytest.mark.parametrize("settings", BIASED, ids=str)
    def test_the_objective_is_what_it_says(self, small, settings):
        once = small.where(
            np.r_[True, np.diff(small.rows) > 0] | (small.rows > 9)
        )  # ten listeners have one rating
        for x in (small, once):
            model = BiasedALS(n_epochs=3, **settings).fit(x)
            assert model.objective(x) == pytest.approx(biased_objective(model, x), rel=1e-10)

    def test_the_last_half_step_leaves_no_slope_on_the_items(self, small):
        """Finite differences of the objective written by loops."""
        model = BiasedALS(n_factors=3, n_epochs=2).fit(small)

        def value(flat):
            model.item_bias_, model.item_factors_ = flat[:5].copy(), model.item_factors_.copy()
            model.item_bias_ = np.concatenate([flat[:5], rest_bias])
            model.item_factors_[:5] = flat[5:].reshape(5, 3)
            return biased_objective(model, small)

        rest_bias = model.item_bias_[5:].copy()
        start = np.concatenate([model.item_bias_[:5], model.item_factors_[:5].ravel()])
        slope = check_grad(value, lambda flat: np.zeros(len(flat)), start)
        assert slope < 1e-3
        assert check_grad(value, lambda flat: np.zeros(len(flat)), start + 0.1) > 1

    def test_a_half_step_is_one_ridge_regression_a_listener(self, small):
        """fold_in equals a refit's half-step: the same normal equations, solved one by one here."""
        model = BiasedALS(n_factors=4, n_epochs=4).fit(small)
        folded = model.fold_in(small)
        spread = small.matrix.data.std()
        for u in range(small.shape[0]):
            mine = np.flatnonzero(small.rows == u)
            items = small.matrix.indices[mine]
            design = np.column_stack([np.ones(len(items)), model.item_factors_[items]])
            ridge = np.full(5, model.regularization * spread * len(items) ** model.count_power)
            ridge[0] = model.bias_damping
            target = small.matrix.data[mine] - model.mean_ - model.item_bias_[items]
            expected = np.linalg.solve(design.T @ design + np.diag(ridge), design.T @ target)
            np.testing.assert_allclose(folded.user_bias_[u], expected[0], atol=1e-10)
            np.testing.assert_allclose(folded.user_factors_[u], expected[1:], atol=1e-10)

    def test_finds_a_matrix_of_low_rank_behind_its_holes(self):
        """Rank 2, 60% observed, no noise: the hidden cells come back."""
        rng = np.random.default_rng(0)
        truth = 3 + rng.normal(size=(60, 2)) @ rng.normal(size=(2, 40))
        rows, columns = np.nonzero(rng.random(truth.shape) < 0.6)
        frame = pd.DataFrame({"user_id": rows, "track_id": columns, "value": truth[rows, columns]})
        x = Interactions.from_frame(frame, value="value")
        model = BiasedALS(n_factors=2, n_epochs=60, regularization=0.001, bias_damping=0.01).fit(x)
        error = model.score(x.users) - truth
        assert np.sqrt((error**2).mean()) < 0.01

    def test_another_scale_changes_nothing_but_the_scale(self, small):
        hundredfold = small.with_values(100 * small.matrix.data)
        a, b = BiasedALS(n_factors=3).fit(small), BiasedALS(n_factors=3).fit(hundredfold)
        np.testing.assert_allclose(100 * a.score(small.users), b.score(small.users), rtol=1e-9)

    def test_a_constant_is_predicted_as_that_constant(self, small):
        model = BiasedALS().fit(small.with_values(np.full(small.nnz, 4.0)))
        np.testing.assert_allclose(model.score(small.users), 4.0, atol=1e-9)

    @pytest.mark.parametrize(
        "settings",
        [
            {"n_factors": -1},
            {"n_factors": 2.5},
            {"n_epochs": 0},
            {"n_epochs": 2.5},
            {"regularization": 0},
            {"count_power": -1},
            {"bias_damping": 0},
        ],
    )
    def test_bad_settings(self, small, settings):
        with pytest.raises(ValueError, match=f"{next(iter(settings))}=.*or more"):
            BiasedALS(**settings).fit(small)


class TestImplicitALS:
    @pytest.mark.parametrize("settings", IMPLICIT, ids=str)
    def test_the_objective_never_rises(self, small, tall, settings):
        for x in (small, tall):
            model = ImplicitALS(n_epochs=15, dtype="float64", track_objective=True, **settings).fit(x)
            assert (np.diff(model.objective_) <= 1e-9 * model.objective_[0]).all()
            single = ImplicitALS(n_epochs=15, dtype="float32", track_objective=True, **settings).fit(x)
            assert (np.diff(single.objective_) <= 1e-5 * single.objective_[0]).all()
            assert single.objective_[-1] == pytest.approx(model.objective_[-1], rel=1e-2)

    @pytest.mark.parametrize("settings", IMPLICIT, ids=str)
    def test_the_objective_is_what_it_says(self, small, settings):
        model = ImplicitALS(n_epochs=2, **settings).fit(small)
        assert model.objective(small) == pytest.approx(implicit_objective(model, small), rel=1e-9)

    def test_a_half_step_approaches_the_row_by_row_solution(self, small):
        """fold_in equals a refit's half-step: (F^T C_u F + lambda I) p = F^T C_u y, solved row by row here."""
        model = ImplicitALS(n_factors=6, n_epochs=3, regularization=3.0, dtype="float64").fit(small)
        folded = model.fold_in(small)
        factors, dense = model.item_factors_, small.matrix.toarray()
        for u, row in enumerate(dense):
            confidence = 1 + model.alpha * row / dense[dense > 0].mean()
            left = factors.T @ (confidence[:, None] * factors) + 3.0 * np.eye(6)
            expected = np.linalg.solve(left, factors.T @ (confidence * (row > 0)))
            np.testing.assert_allclose(folded.user_factors_[u], expected, atol=1e-8)

    def test_many_steps_of_conjugate_gradients_are_exact_als(self, small):
        """The whole fit against alternating solves, from the same start."""
        model = ImplicitALS(n_factors=5, n_epochs=4, regularization=2.0, cg_steps=30, dtype="float64").fit(
            small
        )
        random = np.random.RandomState(0)
        users = random.uniform(0, 0.01, (small.shape[0], 5))
        items = random.uniform(0, 0.01, (small.shape[1], 5))
        dense = small.matrix.toarray()
        confidence = 1 + 12.0 * dense / dense[dense > 0].mean()

        def solve(other, weights, wanted):
            return np.array(
                [
                    np.linalg.solve(other.T @ (c[:, None] * other) + 2.0 * np.eye(5), other.T @ (c * y))
                    for c, y in zip(weights, wanted, strict=True)
                ]
            )

        for _ in range(4):
            users = solve(items, confidence, dense > 0)
            items = solve(users, confidence.T, dense.T > 0)
        users = solve(items, confidence, dense > 0)
        np.testing.assert_allclose(model.score(small.users), users @ items.T, atol=1e-6)

    def test_blocks_do_not_show(self, small, monkeypatch):
        settings = {"n_factors": 4, "regularization": 2.0, "dtype": "float64"}
        whole = ImplicitALS(**settings).fit(small).score(small.users)
        monkeypatch.setattr("recsys_helpers.models.factors.conjugate.ENTRIES_PER_BLOCK", 7)
        np.testing.assert_allclose(ImplicitALS(**settings).fit(small).score(small.users), whole, atol=1e-10)

    def test_threads_do_not_show(self, make, monkeypatch):
        from recsys_helpers.models.factors import conjugate

        monkeypatch.setattr(conjugate, "ENTRIES_PER_BLOCK", 200)
        monkeypatch.setattr(conjugate, "WORTH_A_THREAD", 1)
        seen, descend = set(), conjugate._descend
        noted = lambda *given: seen.add(threading.get_ident()) or descend(*given)  # noqa: E731
        monkeypatch.setattr(conjugate, "_descend", noted)
        x = make(n_users=200, n_items=150)
        one, four = (ImplicitALS(n_factors=8, regularization=2.0, n_jobs=n).fit(x) for n in (1, 4))
        np.testing.assert_array_equal(one.score(x.users), four.score(x.users))
        assert len(seen - {threading.get_ident()}) >= 1
        monkeypatch.setattr(conjugate, "WORTH_A_THREAD", 10**9)
        seen.clear()
        ImplicitALS(n_factors=8, regularization=2.0, n_jobs=4).fit(x)
        assert seen == {threading.get_ident()}, "a small table is left to one"

    def test_a_stored_zero_is_a_hole(self, small):
        values = small.matrix.data.copy()
        values[::5] = 0
        kept = small.where(values > 0)
        settings = {"n_factors": 4, "regularization": 2.0, "dtype": "float64"}
        with_zeros = ImplicitALS(**settings).fit(small.with_values(values)).score(small.users)
        np.testing.assert_allclose(
            with_zeros, ImplicitALS(**settings).fit(kept).score(small.users), atol=1e-10
        )

    def test_another_scale_changes_nothing(self, small):
        lists = [
            ImplicitALS(n_factors=4, regularization=2.0, dtype="float64").fit(x).score(x.users)
            for x in (small, small.with_values(1000 * small.matrix.data))
        ]
        np.testing.assert_allclose(*lists, atol=1e-9)

    @pytest.mark.parametrize(
        ("settings", "sentence"),
        [
            ({"n_factors": 0}, "n_factors=0: give a whole number, 1 or more"),
            ({"regularization": 0}, "regularization=0: give a number"),
            ({"alpha": -1}, "alpha=-1: give a number, 1e-09 or more"),
            ({"cg_steps": 0}, "cg_steps=0: give a whole number, 1 or more"),
            ({"n_jobs": -1}, "n_jobs=-1: give a whole number, 1 or more"),
            ({"dtype": "float16"}, "choose 'float32' or 'float64'"),
            ({"regularization": 1e6}, "outweighs this data: every factor went to 0"),
        ],
    )
    def test_bad_settings(self, small, settings, sentence):
        with pytest.raises(ValueError, match=sentence):
            ImplicitALS(**settings).fit(small)

    def test_bad_values(self, small):
        for values in (np.zeros(small.nnz), -small.matrix.data):
            with pytest.raises(ValueError, match="^No value is above 0: ImplicitALS takes 0 for"):
                ImplicitALS().fit(small.with_values(values))

    def test_the_listeners_half_step_is_solved_at_the_end(self, small, tall):
        """So a listener has the factors that fold_in gives for the same entries, and those of a plain solve."""
        for x in (small, tall):
            for dtype, near in (("float32", 2e-5), ("float64", 1e-9)):
                model = ImplicitALS(n_factors=6, n_epochs=2, regularization=3.0, dtype=dtype).fit(x)
                factors, dense = model.item_factors_.astype(float), x.matrix.toarray()
                for u, row in enumerate(dense):
                    confidence = 1 + 12.0 * row / dense[dense > 0].mean()
                    left = factors.T @ (confidence[:, None] * factors) + 3.0 * np.eye(6)
                    expected = np.linalg.solve(left, factors.T @ (confidence * (row > 0)))
                    np.testing.assert_allclose(model.user_factors_[u], expected, atol=near)
                np.testing.assert_allclose(model.fold_in(x).user_factors_, model.user_factors_, atol=near)

    def test_it_stops_where_nothing_is_left(self, make, monkeypatch):
        """Many factors need no more steps than it takes."""
        from recsys_helpers.models.factors import conjugate

        x = make(n_users=100, n_items=80)
        model, steps = ImplicitALS(n_factors=64, regularization=5.0, dtype="float64").fit(x), []
        ratio = conjugate._ratio
        monkeypatch.setattr(conjugate, "_ratio", lambda a, b: steps.append(1) or ratio(a, b))
        model.fold_in(x.subset(users=x.users[:1]))
        assert 5 < len(steps) / 2 < 40

    def test_a_solved_row_takes_no_more_steps_than_it_has_entries(self, make, monkeypatch):
        """What all rows share is taken out first, so that only a row's own entries are left to be met."""
        from recsys_helpers.models.factors import conjugate

        x = make(n_users=100, n_items=80)
        model, steps = ImplicitALS(n_factors=32, regularization=0.1, dtype="float64").fit(x), []
        ratio = conjugate._ratio
        for n in (1, 2, 4):
            x_few = x.where(np.arange(x.nnz) < x.matrix.indptr[0] + n).subset(users=x.users[:1])
            assert x_few.nnz == n
            steps.clear()
            monkeypatch.setattr(conjugate, "_ratio", lambda a, b: steps.append(1) or ratio(a, b))
            model.fold_in(x_few)
            assert len(steps) / 2 <= n

    def test_a_dislike_says_its_zero_loudly(self, small):
        """Half-steps and objective against plain solves, y = 0 and c = 1 + alpha |v| / m where v is below 0."""
        signs = small.with_values(np.where(np.arange(small.nnz) % 4, small.matrix.data, -small.matrix.data))
        model = ImplicitALS(n_factors=5, n_epochs=3, regularization=2.0, dtype="float64").fit(signs)
        dense, factors = signs.matrix.toarray(), model.item_factors_
        confidence = 1 + 12.0 * np.abs(dense) / dense[dense > 0].mean()
        for u in range(len(dense)):
            left = factors.T @ (confidence[u][:, None] * factors) + 2.0 * np.eye(5)
            expected = np.linalg.solve(left, factors.T @ (confidence[u] * (dense[u] > 0)))
            np.testing.assert_allclose(model.user_factors_[u], expected, atol=1e-9)
        rest = (dense > 0) - model.user_factors_ @ factors.T
        ridge = 2.0 * ((model.user_factors_**2).sum() + (factors**2).sum())
        assert model.objective(signs) == pytest.approx((confidence * rest**2).sum() + ridge, rel=1e-9)
        disliked = signs.matrix.data < 0
        said = model.predict(signs.users[signs.rows], signs.items[signs.matrix.indices])
        without = ImplicitALS(n_factors=5, n_epochs=3, regularization=2.0, dtype="float64").fit(
            signs.where(~disliked)
        )
        pairs = signs.users[signs.rows[disliked]], signs.items[signs.matrix.indices[disliked]]
        assert said[disliked].mean() < 0.5 * without.predict(*pairs).mean()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_who_has_no_entry_has_no_factors_and_a_list_in_order_of_id(dtype):
    rng = np.random.default_rng(0)
    heard = pd.DataFrame({"user_id": rng.integers(0, 30, 200), "track_id": rng.integers(0, 20, 200)})
    x = Interactions.from_frame(heard.drop_duplicates(), users=np.arange(31), items=np.arange(21))
    # Observed and never above 0 is not heard either.
    explicit_zero = x.with_values(np.where(x.rows == 3, 0.0, 1.0))
    for table, silent in ((x, [30]), (explicit_zero, [3, 30])):
        model = ImplicitALS(n_factors=4, regularization=1.0, dtype=dtype).fit(table)
        assert (model.user_factors_[silent] == 0).all() and (model.item_factors_[20] == 0).all()
        assert (np.abs(np.delete(model.user_factors_, silent, axis=0)).max(axis=1) > 0).all()
        shown = model.recommend(np.array(silent), k=5, exclude_seen=False)
        assert shown["item"].tolist() == [0, 1, 2, 3, 4] * len(silent)


class TestCountPower:
    """lambda of a row is regularization n^count_power, n the number of its values above 0."""

    @pytest.mark.parametrize("power", [0.5, 1.0])
    def test_the_whole_fit_is_exact_als_under_it(self, small, power):
        """Against alternating solves from the same start, with dislikes and zeros that count for nothing."""
        values = small.matrix.data.copy()
        values[::5], values[1::7] = 0, -values[1::7]
        x = small.with_values(values)
        settings = {"n_factors": 4, "n_epochs": 3, "regularization": 0.3, "cg_steps": 40, "dtype": "float64"}
        model = ImplicitALS(count_power=power, **settings).fit(x)
        random = np.random.RandomState(0)
        users, items = random.uniform(0, 0.01, (x.shape[0], 4)), random.uniform(0, 0.01, (x.shape[1], 4))
        dense = x.matrix.toarray()
        confidence = 1 + 12.0 * np.abs(dense) / dense[dense > 0].mean()

        def solve(other, weights, wanted):
            ridges = 0.3 * np.maximum(wanted.sum(axis=1), 1) ** power
            return np.array(
                [
                    np.linalg.solve(other.T @ (c[:, None] * other) + r * np.eye(4), other.T @ (c * y))
                    for c, y, r in zip(weights, wanted, ridges, strict=True)
                ]
            )

        for _ in range(3):
            users = solve(items, confidence, dense > 0)
            items = solve(users, confidence.T, dense.T > 0)
        users = solve(items, confidence, dense > 0)
        np.testing.assert_allclose(model.score(x.users), users @ items.T, atol=1e-6)
        np.testing.assert_allclose(model.fold_in(x).user_factors_, model.user_factors_, atol=1e-9)
        ridges = [0.3 * np.maximum((dense > 0).sum(axis=axis), 1) ** power for axis in (1, 0)]
        penalty = ridges[0] @ (model.user_factors_**2).sum(axis=1) + ridges[1] @ (model.item_factors_**2).sum(
            axis=1
        )
        rest = (dense > 0) - model.user_factors_ @ model.item_factors_.T
        assert model.objective(x) == pytest.approx((confidence * rest**2).sum() + penalty, rel=1e-9)

    @pytest.mark.parametrize("dtype", ["float32", "float64"])
    def test_the_objective_never_rises(self, small, tall, dtype):
        for x in (small, tall):
            model = ImplicitALS(
                6, 12, regularization=0.2, count_power=1.0, dtype=dtype, track_objective=True
            ).fit(x)
            assert (np.diff(model.objective_) <= 1e-5 * model.objective_[0]).all()

    def test_copies_of_all_listeners_change_nothing_by_count_and_halve_lambda_without(self, small):
        """c copies: c times the objective by count; without, that of lambda / sqrt(c) with stretched factors."""
        frame = small.to_frame()
        four = Interactions.from_frame(
            pd.concat([frame.assign(user=frame["user"].astype(str) + f"-{copy}") for copy in range(4)]),
            "user", "item", "value", items=small.items,
        )  # fmt: skip
        settings = {"n_factors": 3, "n_epochs": 60, "dtype": "float64"}
        one = ImplicitALS(regularization=0.3, count_power=1.0, **settings).fit(small)
        at = {name: n for n, name in enumerate(small.users.astype(str))}
        rows = [at[name.rpartition("-")[0]] for name in four.users]
        stacked = ImplicitALS.from_factors(
            four,
            one.user_factors_[rows],
            one.item_factors_,
            regularization=0.3,
            count_power=1.0,
            dtype="float64",
        )
        assert stacked.objective(four) == pytest.approx(4 * one.objective(small), rel=1e-9)
        np.testing.assert_allclose(stacked.fold_in(four).user_factors_, one.user_factors_[rows], atol=1e-9)
        plain = ImplicitALS(regularization=4.0, **settings).fit(small)
        stretched = ImplicitALS.from_factors(
            four,
            plain.user_factors_[rows] / 2**0.5,
            plain.item_factors_ * 2**0.5,
            regularization=8.0,
            dtype="float64",
        )
        assert stretched.objective(four) == pytest.approx(4 * plain.objective(small), rel=1e-9)

    def test_reasons_add_up_to_the_score(self, small):
        model = ImplicitALS(4, 3, regularization=0.5, count_power=1.0, dtype="float64").fit(small)
        for user in small.users[:5]:
            shown = model.recommend([user], k=1)["item"].iloc[0]
            terms = model.explain(user, [shown])
            assert terms["value"].sum() == pytest.approx(model.predict([user], [shown])[0], abs=1e-9)

    def test_power_0_is_as_if_it_were_not_there(self, small, monkeypatch):
        """And equals one lambda for each row that happens to be the same for all."""
        settings = {"n_factors": 4, "n_epochs": 3, "regularization": 2.0, "dtype": "float64"}
        plain = ImplicitALS(**settings).fit(small).score(small.users)
        np.testing.assert_array_equal(
            ImplicitALS(count_power=0, **settings).fit(small).score(small.users), plain
        )
        monkeypatch.setattr(ImplicitALS, "_ridge", lambda self, values: np.full(values.shape[0], 2.0))
        np.testing.assert_allclose(ImplicitALS(**settings).fit(small).score(small.users), plain, atol=1e-8)

    def test_a_power_that_cannot_be_is_refused(self, small):
        with pytest.raises(ValueError, match="count_power=-1: give a number, 0 or more"):
            ImplicitALS(count_power=-1).fit(small)


class TestFromFactors:
    def test_it_is_as_the_model_that_found_them(self, small, tmp_path):
        settings = {"regularization": 2.0, "dtype": "float64"}
        fitted = ImplicitALS(4, 3, **settings).fit(small)
        given = ImplicitALS.from_factors(small, fitted.user_factors_, fitted.item_factors_, **settings)
        pd.testing.assert_frame_equal(given.recommend(small.users), fitted.recommend(small.users))
        np.testing.assert_allclose(given.fold_in(small).user_factors_, fitted.user_factors_, atol=1e-9)
        assert given.n_factors == 4
        given.save(tmp_path / "given.npz")
        again = ImplicitALS.load(tmp_path / "given.npz")
        pd.testing.assert_frame_equal(again.recommend(small.users), fitted.recommend(small.users))

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (lambda p, q: (p[1:], q), r"are of shape \(\d+, 2\) and \(\d+, 2\): give a row for each of"),
            (lambda p, q: (p, q[:, :1]), "with as many columns in both"),
            (lambda p, q: (p, q[:-1]), "give a row for each of"),
            (lambda p, q: (p[:, 0], q), "give a row for each of"),
            (lambda p, q: (p[:, :0], q[:, :0]), "give a row for each of"),
            (lambda p, q: (p * np.nan, q), "A factor is no number"),
        ],
    )
    def test_factors_that_do_not_fit_are_refused(self, small, change, sentence):
        factors = change(np.ones((small.shape[0], 2)), np.ones((small.shape[1], 2)))
        with pytest.raises(ValueError, match=sentence):
            ImplicitALS.from_factors(small, *factors)
