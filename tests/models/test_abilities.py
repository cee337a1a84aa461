"""What only some models can do, each tested for every model that says it can."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from recsys_helpers import models
from recsys_helpers.interactions import Interactions
from tests.models.test_contract import EVERY_MODEL, fit, in_one_line, is_open


def that_can(ability: str) -> list:
    return [model for model in EVERY_MODEL if hasattr(model, ability)]


def near(model) -> float:
    """How far apart equal results may be."""
    return 2e-4 if getattr(model, "dtype", "") == "float32" else 1e-9


# ---- partial_fit -----------------------------------------------------------------------------------------------------


def parts_of(x: Interactions) -> list[Interactions]:
    """The same entries, some of them later: more of a known listener's, all of a new one's, new items in between."""
    rng = np.random.default_rng(0)
    later = rng.random(x.nnz) < 0.1
    later |= np.isin(x.rows, [0, 7]) | np.isin(x.matrix.indices, [0, 11])
    last = later & (rng.random(x.nnz) < 0.3)
    return [x.where(part).drop_empty() for part in (~later, later & ~last, last)]


@pytest.mark.parametrize("model", that_can("partial_fit"), ids=in_one_line)
@pytest.mark.parametrize("values", ["ones", "as they are"])
class TestPartialFit:
    def given(self, small, values):
        return small.with_values(np.ones(small.nnz)) if values == "ones" else small

    def skip_without_spread(self, model, values):
        if values == "ones" and getattr(model, "similarity", "") == "pearson":
            pytest.skip("Pearson's correlation asks for values that differ")

    def test_it_is_then_as_if_fitted_to_all(self, model, values, small, tall):
        self.skip_without_spread(model, values)
        for x in (small, tall):
            x = self.given(x, values)
            whole, grown = fit(model, x), clone(model)
            for part in parts_of(x):
                assert grown.partial_fit(part) is grown
            assert (grown.users_.tolist(), grown.items_.tolist()) == (x.users.tolist(), x.items.tolist())
            assert grown.seen_.to_frame().equals(x.to_frame())
            np.testing.assert_allclose(grown.score(x.users), whole.score(x.users), rtol=1e-9, atol=1e-9)
            pd.testing.assert_frame_equal(grown.recommend(x.users), whole.recommend(x.users))

    def test_it_goes_on_doing_what_a_fitted_one_does(self, model, values, small):
        self.skip_without_spread(model, values)
        x = self.given(small, values)
        whole, grown = fit(model, x), clone(model)
        for part in parts_of(x):
            grown.partial_fit(part)
        some = x.subset(users=x.users[[3, 9]])
        np.testing.assert_allclose(
            grown.fold_in(some).score(some.users), whole.fold_in(some).score(some.users), atol=1e-9
        )
        if hasattr(model, "explain"):
            pd.testing.assert_frame_equal(
                grown.explain(x.users[4], x.items[:3]).drop(columns="value"),
                whole.explain(x.users[4], x.items[:3]).drop(columns="value"),
            )
        if hasattr(model, "similar_items"):
            one, other = (m.similar_items(x.items, k=4) for m in (grown, whole))
            assert one["similar"].tolist() == other["similar"].tolist()

    def test_a_pair_that_is_known_takes_its_new_value_or_the_sum(self, model, values, small):
        self.skip_without_spread(model, values)
        x = self.given(small, values)
        again = x.subset(users=x.users[[2, 5, 30]])
        again = again.with_values(again.matrix.data + 2)
        frames = {"last": [x.to_frame(), again.to_frame()], "sum": [x.to_frame(), again.to_frame()]}
        for merge, tables in frames.items():
            names = {"user": "user", "item": "item", "value": "value", "merge": merge}
            # The later row is the last: times would tell, and here stand for it.
            both = pd.concat(tables).assign(order=np.arange(x.nnz + again.nnz))
            expected = Interactions.from_frame(both, **names, time="order" if merge == "last" else None)
            expected = Interactions(expected.matrix, expected.users, expected.items, x.times)
            grown = fit(model, x).partial_fit(again, merge=merge)
            assert (grown.seen_.matrix != expected.matrix).nnz == 0
            np.testing.assert_allclose(grown.score(x.users), fit(model, expected).score(x.users), atol=1e-9)

    def test_what_it_grew_from_stays_as_it_was(self, model, values, small):
        """Copies, and models folded in from it, share its arrays."""
        self.skip_without_spread(model, values)
        first, second, _ = parts_of(self.given(small, values))
        model = clone(model).fit(first)
        folded = model.fold_in(first.subset(users=first.users[:4]))
        before, matrix = folded.score(folded.users_), first.matrix.copy()
        model.partial_fit(second)
        np.testing.assert_array_equal(folded.score(folded.users_), before)
        assert (first.matrix != matrix).nnz == 0

    def test_a_step_that_fails_leaves_it_as_it_was(self, model, values, small, monkeypatch):
        self.skip_without_spread(model, values)
        first, second, _ = parts_of(self.given(small, values))
        model = clone(model).fit(first)
        before = model.score(first.users)

        def stopped(self, *args):
            raise KeyboardInterrupt

        monkeypatch.setattr(type(model), "_learn_on", stopped)
        with pytest.raises(KeyboardInterrupt):
            model.partial_fit(second)
        assert model.users_.equals(first.users)
        np.testing.assert_array_equal(model.score(first.users), before)

    def test_bad_input(self, model, values, small):
        self.skip_without_spread(model, values)
        x = self.given(small, values)
        model = fit(model, x)
        with pytest.raises(ValueError, match="learns from Interactions, not from a DataFrame"):
            model.partial_fit(x.to_frame())
        with pytest.raises(ValueError, match="merge='first': choose 'last' or 'sum'"):
            model.partial_fit(x, merge="first")
        with pytest.raises(ValueError, match="has numbers without a unit and what is new has no times"):
            model.partial_fit(Interactions(x.matrix, x.users, x.items))
        with pytest.raises(ValueError, match="listeners of this model were folded in"):
            model.fold_in(x).partial_fit(x)


def test_more_rows_change_than_pay_for_a_correction(make, monkeypatch):
    """EASE solves anew, to the same end."""
    x = make(n_users=120, n_items=40, seed=3)
    x = x.with_values(np.ones(x.nnz))
    solved = []
    solve = models.EASE._fit
    monkeypatch.setattr(models.EASE, "_fit", lambda self, x: solved.append(x.shape) or solve(self, x))
    for n, times in ((3, 1), (60, 2)):
        solved.clear()
        late = np.isin(x.rows, np.arange(n))
        model = models.EASE(regularization=2.0).fit(x.where(~late)).partial_fit(x.where(late).drop_empty())
        assert len(solved) == times
        expected = models.EASE(regularization=2.0).fit(x)
        np.testing.assert_allclose(model.score(x.users), expected.score(x.users), atol=1e-9)


def test_only_who_is_near_a_change_is_reckoned_anew(monkeypatch):
    """ItemKNN: two crowds that share nothing, and a new listener in one of them."""
    rng = np.random.default_rng(0)
    pairs = [(f"u{u}", f"t{20 * (u % 2) + i}") for u in range(40) for i in rng.choice(20, 6, replace=False)]
    log = pd.DataFrame(pairs, columns=["user_id", "track_id"])
    late = log["user_id"] == "u7"
    model = models.ItemKNN().fit(Interactions.from_frame(log[~late]))
    redone = []
    from recsys_helpers.models import neighbours

    nearest = neighbours.nearest
    monkeypatch.setattr(
        neighbours, "nearest", lambda *args: redone.append(args[1].shape[0]) or nearest(*args)
    )
    model.partial_fit(Interactions.from_frame(log[late]))
    assert redone == [20]


# ---- fold_in_items ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", that_can("fold_in_items"), ids=in_one_line)
class TestFoldInItems:
    def split(self, x: Interactions) -> tuple[Interactions, Interactions]:
        """Without three items, one of them the first; and these, with a listener fewer and in another order."""
        new = x.items[[0, 12, len(x.items) - 1]]
        return x.subset(items=x.items.difference(new)), x.subset(items=new[::-1]).drop_empty(items=False)

    def test_the_items_come_in_and_all_else_stays(self, model, small, tall):
        for x in (small, tall):
            old, new = self.split(x)
            model = fit(model, old)
            before = model.score(x.users)
            grown = model.fold_in_items(new)
            assert grown.items_.tolist() == x.items.tolist()
            assert grown.users_.tolist() == x.users.tolist()
            at = grown.items_.get_indexer(old.items)
            np.testing.assert_array_equal(grown.score(x.users)[:, at], before)
            np.testing.assert_array_equal(model.score(x.users), before)
            assert grown.seen_.to_frame().equals(x.to_frame()), "so that a list leaves out what was heard"
            assert model.items_.equals(old.items)

    def test_a_new_item_finds_those_of_its_taste(self, model):
        """Two tastes: some of one like a new item, and of the rest those rate it higher who share it."""
        if getattr(model, "n_factors", 1) == 0:
            pytest.skip("biases alone order all listeners alike")
        rng = np.random.default_rng(0)
        pairs = [(u, i) for u in range(60) for i in range(24) if rng.random() < 0.5]
        log = pd.DataFrame(pairs, columns=["user_id", "track_id"])
        log["value"] = np.where(log["user_id"] % 2 == log["track_id"] % 2, 5.0, 1.0)
        if getattr(model, "fill", "") == "zero" or isinstance(model, models.ImplicitALS):
            log = log[log["value"] > 1]
        new = log["track_id"] >= 20
        old, late = (
            Interactions.from_frame(log[part], value="value") for part in (~new, new & (log["user_id"] < 30))
        )
        grown = fit(model, old).fold_in_items(late)
        for item in late.items:
            said = grown.predict(range(30, 60), [item] * 30)
            alike = np.arange(30, 60) % 2 == item % 2
            assert (said[alike][:, None] > said[~alike]).mean() > 0.9, "by chance a half"

    def test_several_at_once_are_as_each_alone(self, model, small):
        old, new = self.split(small)
        model = fit(model, old)
        both = model.fold_in_items(new)
        for item in new.items:
            alone = model.fold_in_items(new.subset(items=[item]).drop_empty(items=False))
            expected = alone.score(small.users)[:, alone.items_.get_loc(item)]
            found = both.score(small.users)[:, both.items_.get_loc(item)]
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=near(model))

    def test_it_can_go_on(self, model, small):
        """Listeners folded in afterwards may have the new items; reasons still add up; more items may come."""
        old, new = self.split(small)
        grown = fit(model, old).fold_in_items(new)
        folded = grown.fold_in(small.subset(users=small.users[:5]))
        assert folded.items_.equals(small.items)
        assert np.isfinite(folded.score(folded.users_)).all()
        listed = grown.recommend(small.users, k=30)
        heard = set(small.to_frame()[["user", "item"]].itertuples(index=False, name=None))
        assert not heard & set(listed[["user", "item"]].itertuples(index=False, name=None))
        assert len(listed) + small.nnz == small.shape[0] * small.shape[1]
        two, last = new.subset(items=new.items[:2]), new.subset(items=new.items[2:])
        steps = (
            fit(model, old)
            .fold_in_items(two.drop_empty(items=False))
            .fold_in_items(last.drop_empty(items=False))
        )
        np.testing.assert_allclose(
            steps.score(small.users), grown.score(small.users), rtol=1e-4, atol=near(model)
        )

    def test_an_item_without_a_listener_is_nobodys(self, model, small):
        old, _ = self.split(small)
        nothing = Interactions(old.matrix[:, [0]] * 0, old.users, pd.Index(["nothing"]))
        grown = fit(model, old).fold_in_items(nothing.where(np.zeros(nothing.nnz, dtype=bool)))
        assert np.isfinite(grown.score(small.users)).all()

    def test_bad_input(self, model, small):
        old, new = self.split(small)
        with pytest.raises(NotFittedError):
            clone(model).fold_in_items(new)
        model = fit(model, old)
        with pytest.raises(ValueError, match="^The model knows the item 't001' already: fold in what is new"):
            model.fold_in_items(old.subset(items=["t001"]))
        strange = Interactions(new.matrix, pd.Index([f"new{u}" for u in range(new.shape[0])]), new.items)
        with pytest.raises(ValueError, match="Unknown user: 'new0'"):
            model.fold_in_items(strange)
        with pytest.raises(ValueError, match="learns from Interactions, not from a DataFrame"):
            model.fold_in_items(new.to_frame())


def test_an_item_folded_in_is_the_ridge_solution(small):
    """BiasedALS and ImplicitALS, row by row with plain solves."""
    new = small.subset(items=["t004"])
    old = small.subset(items=small.items.delete(4))
    rated, r = new.matrix.toarray()[:, 0] != 0, new.matrix.toarray()[:, 0]
    model = models.BiasedALS(n_factors=4, n_epochs=3).fit(old)
    grown = model.fold_in_items(new)
    design = np.column_stack([np.ones(rated.sum()), model.user_factors_[rated]])
    ridge = np.full(5, model.regularization * old.matrix.data.std() * rated.sum() ** model.count_power)
    ridge[0] = model.bias_damping
    target = r[rated] - model.mean_ - model.user_bias_[rated]
    expected = np.linalg.solve(design.T @ design + np.diag(ridge), design.T @ target)
    np.testing.assert_allclose(grown.item_bias_[4], expected[0], atol=1e-10)
    np.testing.assert_allclose(grown.item_factors_[4], expected[1:], atol=1e-10)
    model = models.ImplicitALS(n_factors=4, n_epochs=3, regularization=2.0, dtype="float64").fit(old)
    confidence = 1 + 12.0 * r / old.matrix.data.mean()
    people = model.user_factors_
    left = people.T @ (confidence[:, None] * people) + 2.0 * np.eye(4)
    expected = np.linalg.solve(left, people.T @ (confidence * (r > 0)))
    np.testing.assert_allclose(model.fold_in_items(new).item_factors_[4], expected, atol=1e-9)


@pytest.mark.parametrize("n_epochs", [1, 3])
def test_an_svd_takes_an_item_in_by_projection(small, n_epochs):
    """Least squares of the filled column on the listeners' factors, filled as the others were."""
    new = small.subset(items=["t004"])
    old = small.subset(items=small.items.delete(4))
    r, there = new.matrix.toarray()[:, 0], new.matrix.toarray()[:, 0] != 0
    for fill in ("zero", "biases"):
        model = models.CollaborativeFiltering(4, n_epochs, fill).fit(old)
        filled = np.zeros(len(r))
        if fill == "biases":
            bias = (r[there] - model.mean_ - model.user_bias_[there]).sum() / (there.sum() + 5.0)
            filled = model.mean_ + model.user_bias_ + bias
        for _ in range(n_epochs):
            column = np.where(there, r, filled)
            q = np.linalg.lstsq(model.user_factors_, column, rcond=None)[0]
            filled = model.user_factors_ @ q
        np.testing.assert_allclose(model.fold_in_items(new).item_factors_[4], q, atol=1e-9)


# ---- similar_items ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", that_can("similar_items"), ids=in_one_line)
class TestSimilarItems:
    def test_ranks_scores_and_never_itself(self, model, small):
        model = fit(model, small)
        asked = small.items[[7, 2, 19]]
        found = model.similar_items(asked, k=4)
        assert found.columns.tolist() == ["item", "similar", "rank", "score"]
        assert (found["item"] != found["similar"]).all()
        assert list(dict.fromkeys(found["item"])) == [item for item in asked if item in set(found["item"])]
        for _, part in found.groupby("item"):
            assert part["rank"].tolist() == list(range(1, len(part) + 1))
            assert (np.diff(part["score"]) <= 1e-6).all()
        twice = model.similar_items(["t007", "t002", "t007"], k=4)
        assert len(twice) == 2 * (found["item"] == "t007").sum() + (found["item"] == "t002").sum()
        pd.testing.assert_frame_equal(model.similar_items("t002", k=4), model.similar_items(["t002"], k=4))

    def test_some_candidates_are_the_full_list_without_the_others(self, model, small, monkeypatch):
        model = fit(model, small)
        full = model.similar_items(small.items, k=30)
        few = small.items[[3, 9, 20, 21]]
        monkeypatch.setattr("recsys_helpers.models.abilities.CELLS_PER_BATCH", 3 * small.shape[1])
        found = model.similar_items(small.items, k=30, candidates=few)
        kept = full[full["similar"].isin(few)].reset_index(drop=True)
        assert found[["item", "similar"]].equals(kept[["item", "similar"]])
        np.testing.assert_allclose(found["score"], kept["score"], rtol=1e-5, atol=1e-7)

    def test_bad_input(self, model, small):
        with pytest.raises(NotFittedError):
            clone(model).similar_items(["t001"])
        model = fit(model, small)
        with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
            model.similar_items(["nothing"])
        with pytest.raises(ValueError, match="length of a list is a whole number"):
            model.similar_items(["t001"], k=0)
        assert len(model.similar_items([])) == 0


def test_similarities_are_what_each_model_means(small):
    """Against NumPy: cosines of factors and of features, the neighbours of ItemKNN, the weights of EASE."""
    for model in (
        models.CollaborativeFiltering(4, 1, "zero"),
        models.ImplicitALS(4, regularization=1.0, dtype="float64"),
        models.BPR(4, n_epochs=5),
        models.SampledSoftmax(4, n_epochs=5, n_negatives=8),
    ):
        q = model.fit(small).item_factors_
        cosine = q @ q.T / np.outer(np.linalg.norm(q, axis=1), np.linalg.norm(q, axis=1))
        np.fill_diagonal(cosine, -np.inf)
        best = cosine.argmax(axis=1)
        found = model.similar_items(small.items, k=1)
        assert found["similar"].tolist() == small.items[best].tolist()
        np.testing.assert_allclose(found["score"], cosine.max(axis=1), atol=1e-9)
    knn = models.ItemKNN(n_neighbors=5).fit(small)
    found = knn.similar_items(small.items, k=30)
    assert len(found) == knn.similarity_.nnz, "nobody is named who is no neighbour"
    for ease in (models.EASE(2.0, solve="items"), models.EASE(2.0, solve="users")):
        dense, ridge = small.matrix.toarray(), 2.0 * (small.matrix.data**2).mean()
        precision = np.linalg.inv(dense.T @ dense + ridge * np.eye(30))
        weights = precision / -np.diag(precision)
        np.fill_diagonal(weights, -np.inf)
        found = ease.fit(small).similar_items(small.items, k=29)
        assert found["similar"].tolist() == small.items[np.argsort(-weights, axis=1)[:, :29].ravel()].tolist()


# ---- explain ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", that_can("explain"), ids=in_one_line)
class TestExplain:
    def test_the_terms_sum_to_the_score(self, model, small, tall):
        for x in (small, tall):
            model = fit(model, x)
            for user in x.users[[0, 5, 11]]:
                said = model.explain(user, x.items)
                assert said.columns.tolist() == ["item", "because", "value"]
                total = said.groupby("item")["value"].sum().reindex(x.items, fill_value=0.0)
                np.testing.assert_allclose(total, model.score([user])[0], rtol=1e-4, atol=near(model))
                assert (said["value"] != 0).all()

    def test_reasons_are_what_the_listener_has_or_others_like_them(self, model, small):
        model = fit(model, small)
        user = small.users[3]
        because = model.explain(user, small.items)["because"]
        if isinstance(model, models.UserKNN):
            assert set(because) <= set(small.users) - {user}
        else:
            heard = set(small.to_frame().query("user == @user")["item"])
            assert set(because.dropna()) <= heard
            assert (set(because.dropna()) > set()) and because.isna().sum() <= small.shape[1]

    def test_the_largest_first_items_as_asked(self, model, small):
        model = fit(model, small)
        asked = small.items[[9, 2, 20]]
        said = model.explain(small.users[3], asked)
        assert list(dict.fromkeys(said["item"])) == [item for item in asked if item in set(said["item"])]
        for _, part in said.groupby("item"):
            assert (np.diff(part["value"].abs()) <= 1e-11).all()

    def test_who_was_folded_in_gets_reasons_too(self, model, small):
        model = fit(model, small)
        folded = model.fold_in(small.subset(users=small.users[[8, 2]]))
        said = folded.explain(small.users[2], small.items)
        total = said.groupby("item")["value"].sum().reindex(small.items, fill_value=0.0)
        np.testing.assert_allclose(total, folded.score(small.users[[2]])[0], rtol=1e-4, atol=near(model))

    def test_reasons_add_up_after_items_came_in(self, model, small):
        """Listeners stay as they were solved, and so do the reasons, for the new items too."""
        if not hasattr(model, "fold_in_items"):
            pytest.skip("takes no items in")
        old, new = small.subset(items=small.items[3:]), small.subset(items=small.items[:3])
        grown = fit(model, old).fold_in_items(new.drop_empty(items=False))
        folded = grown.fold_in(small.subset(users=small.users[[8, 2]]))
        for one in (grown, folded):
            said = one.explain("u002", small.items)
            total = said.groupby("item")["value"].sum().reindex(small.items, fill_value=0.0)
            np.testing.assert_allclose(total, one.score(["u002"])[0], rtol=1e-4, atol=near(model))

    def test_bad_input(self, model, small):
        with pytest.raises(NotFittedError):
            clone(model).explain("u000", ["t001"])
        model = fit(model, small)
        with pytest.raises(ValueError, match="one listener at a time, and 2 were given"):
            model.explain(small.users[:2], ["t001"])
        with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
            model.explain("u000", ["nothing"])
        if not is_open(model):
            with pytest.raises(ValueError, match="Unknown user: 'nobody'"):
                model.explain("nobody", ["t001"])


def test_a_stranger_s_reason_is_what_everybody_likes(small):
    from tests.models.conftest import describe

    model = models.ContentBased(prior=0.5).fit(small, items=describe(small.items))
    said = model.explain("nobody", small.items)
    assert said["because"].isna().all()
    np.testing.assert_allclose(said["value"], model.score(["nobody"])[0], atol=1e-12)
