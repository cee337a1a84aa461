"""One class of tests that every model passes: the contract of ``recsys_helpers.models.base``."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from recsys_helpers import models
from recsys_helpers.interactions import Interactions
from tests.models.conftest import accounts, describe, log_of

try:
    from recsys_helpers import deep
except ModuleNotFoundError:
    deep = None


def networks() -> list:
    """Those of ``deep``, small and briefly trained, where torch is installed."""
    if deep is None:
        return []
    short = deep.Training(n_epochs=4, batch_size=16)
    longer = deep.Training(n_epochs=25, batch_size=64, learning_rate=0.02, weight_decay=1.0)
    return [
        deep.NeuralCF(n_factors=4, training=longer),
        deep.NeuralCF("both", n_factors=4, hidden=(6, 4), dropout=0.1, training=longer),
        deep.Autoencoder(width=6, training=short),
        deep.VAE(width=4, hidden=8, training=short),
        deep.TwoTower(width=6, hidden=8, training=short),
        deep.GRU4Rec(width=8, length=6, training=short),
        deep.ConvSeq(width=8, n_layers=2, loss="sampled", n_negatives=5, training=short),
        deep.SASRec(width=8, n_layers=2, loss="binary", n_negatives=5, training=short),
        deep.TargetAttention(width=8, unit="session", training=short),
    ]


EVERY_MODEL = [
    models.Popularity(),
    models.Popularity(by="mean", shrinkage=3.0, half_life=200),
    models.ItemKNN(n_neighbors=5),
    models.ItemKNN(n_neighbors=8, similarity="pearson"),
    models.UserKNN(n_neighbors=5),
    models.UserKNN(n_neighbors=8, similarity="pearson"),
    models.CollaborativeFiltering(n_factors=4),
    models.CollaborativeFiltering(n_factors=4, n_epochs=1, fill="zero"),
    models.BiasedALS(n_factors=4, n_epochs=3),
    models.BiasedALS(n_factors=0),
    models.ImplicitALS(n_factors=4, n_epochs=3, regularization=1.0),
    models.BPR(n_factors=4, n_epochs=30, candidates=3),
    models.BPR(n_factors=4, n_epochs=30, negatives="popular"),
    models.SampledSoftmax(n_factors=4, n_epochs=30, n_negatives=8),
    models.EASE(regularization=2.0),
    models.EASE(regularization=2.0, solve="users"),
    models.ContentBased(),
    models.ContentBased(parts=("tags", "text"), prior=0.0, popularity=1.0),
    models.FeatureToFactor(models.CollaborativeFiltering(n_factors=4, n_epochs=1, fill="zero")),
    models.FeatureToFactor(models.ImplicitALS(n_factors=4, n_epochs=3, regularization=1.0)),
    models.Hybrid(collaborative=models.CollaborativeFiltering(4, 1, "zero"), levels=(0, 2, 5)),
    models.Onboarding(models.CollaborativeFiltering(n_factors=4, n_epochs=1, fill="zero"), n_questions=3),
    models.StarterPacks(),
    models.Markov(smoothing=2.0, steps=2),
    models.SessionKNN(n_neighbors=5),
    *networks(),
]


def tables(model, x):
    """A table of the tracks, one of the listeners and a log, for the models that read one."""
    given = {"items": describe(x.items), "events": log_of(x), "users": accounts(x.users)}
    return models.tables_for(model, given)


def fit(model, x):
    """A fresh copy, fitted."""
    return clone(model).fit(x, **tables(model, x))


def in_one_line(model) -> str:
    """A test's name, without the line breaks that scikit-learn puts in: so it can be asked for by name."""
    return " ".join(str(model).split())


def is_open(model) -> bool:
    return isinstance(model, models.OpenRecommender)


def test_no_model_is_left_out():
    named = {name: getattr(models, name) for name in models.__all__}
    listed = {
        name for name, it in named.items() if isinstance(it, type) and issubclass(it, models.Recommender)
    }
    if deep is not None:
        listed |= set(deep.__all__) - {"Training"}
    bases = {"Recommender", "OpenRecommender", "SequenceRecommender"}
    assert listed - bases == {type(model).__name__ for model in EVERY_MODEL}


def test_networks_are_among_them():
    if deep is None:
        pytest.skip("torch is not installed (make deep brings it)")


@pytest.mark.parametrize("model", EVERY_MODEL, ids=in_one_line)
class TestContract:
    def test_fit_returns_self_and_leaves_settings_and_input_alone(self, model, small):
        model = clone(model)
        settings, matrix = model.get_params(), small.matrix.copy()
        assert model.fit(small, **tables(model, small)) is model
        assert model.get_params() == settings
        assert (model.users_.tolist(), model.items_.tolist()) == (small.users.tolist(), small.items.tolist())
        for part in ("data", "indices", "indptr"):
            assert np.array_equal(getattr(small.matrix, part), getattr(matrix, part))

    def test_a_fit_that_fails_leaves_the_model_as_it_was(self, model, small, monkeypatch):
        """Not the old factors beside the new ids."""
        model = fit(model, small)
        lists, half = model.recommend(small.users, k=5), small.subset(users=small.users[:20])
        learn = type(model)._fit

        def stopped(self, *args, **tables):
            learn(self, *args, **tables)
            raise KeyboardInterrupt

        monkeypatch.setattr(type(model), "_fit", stopped)
        with pytest.raises(KeyboardInterrupt):
            model.fit(half, **tables(model, half))
        fresh = clone(model)
        with pytest.raises(KeyboardInterrupt):
            fresh.fit(half, **tables(fresh, half))
        monkeypatch.undo()
        pd.testing.assert_frame_equal(model.recommend(small.users, k=5), lists)
        with pytest.raises(NotFittedError):
            fresh.recommend(half.users[:1])

    def test_clone_copies_settings_and_no_fit(self, model, small):
        fresh = clone(fit(model, small))
        assert repr(fresh) == repr(model)
        with pytest.raises(NotFittedError):
            fresh.recommend(small.users[:1])

    def test_settings_set_by_name(self, model, small):
        other = type(model)().set_params(**model.get_params())
        assert np.array_equal(fit(other, small).score(small.users), fit(model, small).score(small.users))

    def test_the_same_fit_twice(self, model, small):
        lists = [fit(model, small).recommend(small.users, k=7) for _ in range(2)]
        pd.testing.assert_frame_equal(*lists)

    def test_predict_is_a_cell_of_score(self, model, tall):
        model = fit(model, tall)
        scores = model.score(tall.users)
        assert scores.shape == tall.shape
        assert np.isfinite(scores).all()
        rng = np.random.default_rng(0)
        rows, columns = rng.integers(0, tall.shape[0], 200), rng.integers(0, tall.shape[1], 200)
        found = model.predict(tall.users[rows], tall.items[columns])
        assert found.shape == (200,)
        np.testing.assert_allclose(found, scores[rows, columns], rtol=1e-4, atol=1e-5)

    def test_recommend_is_the_sorted_score(self, model, small):
        """Against a plain sort, listener by listener."""
        model = fit(model, small)
        asked = small.users[[5, 0, 17]]
        found = model.recommend(asked, k=6)
        assert found.columns.tolist() == ["user", "item", "rank", "score"]
        expected = []
        for user, scores in zip(asked, model.score(asked), strict=True):
            seen = set(small.to_frame().query("user == @user")["item"])
            pairs = sorted(
                (-s, item) for s, item in zip(scores, small.items, strict=True) if item not in seen
            )
            expected += [(user, item, rank, -s) for rank, (s, item) in enumerate(pairs[:6], start=1)]
        assert list(found[["user", "item", "rank"]].itertuples(index=False, name=None)) == [
            e[:3] for e in expected
        ]
        np.testing.assert_allclose(found["score"], [e[3] for e in expected], rtol=1e-6)
        pd.testing.assert_frame_equal(model.recommend(asked), model.recommend(asked, k=10))

    def test_seen_items_only_where_asked_for(self, model, small):
        model = fit(model, small)
        user = small.users[3]
        everything = model.recommend([user], k=small.shape[1], exclude_seen=False)
        assert sorted(everything["item"]) == small.items.tolist()
        new = model.recommend([user], k=small.shape[1])
        seen = set(small.to_frame().query("user == @user")["item"])
        assert set(new["item"]) == set(small.items) - seen
        assert new["rank"].tolist() == list(range(1, len(new) + 1))

    def test_candidates(self, model, small):
        model = fit(model, small)
        few = small.items[[9, 2, 20, 2]]
        found = model.recommend(small.users, k=10, candidates=few)
        assert set(found["item"]) <= set(few)
        full = model.recommend(small.users, k=small.shape[1])
        kept = full[full["item"].isin(few)]
        assert found["item"].tolist() == kept["item"].tolist()

    def test_unknown_ids_are_named(self, model, small):
        model = fit(model, small)
        if not is_open(model):  # these have a test of their own
            with pytest.raises(ValueError, match="Unknown user: 'nobody'"):
                model.recommend(["nobody"])
            with pytest.raises(ValueError, match="Unknown user: 'nobody'"):
                model.score([small.users[0], "nobody"])
            with pytest.raises(ValueError, match="Unknown user: 'nobody'"):
                model.predict(["nobody"], small.items[:1])
        with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
            model.predict([small.users[0]], ["nothing"])
        with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
            model.recommend([small.users[0]], candidates=["nothing"])

    def test_no_listeners_no_rows(self, model, small):
        model = fit(model, small)
        assert len(model.recommend([])) == 0
        assert model.predict([], []).shape == (0,)

    def test_fold_in_of_the_same_listeners_keeps_their_order_of_items(self, model, small):
        """Listeners whose history is the one the model saw get the lists it gives them, or very nearly."""
        model = fit(model, small)
        folded = model.fold_in(small.subset(users=small.users[::-1][:8]))
        assert folded.users_.tolist() == small.users[::-1][:8].tolist()
        before, after = model.score(folded.users_), folded.score(folded.users_)
        assert np.mean([np.corrcoef(a, b)[0, 1] for a, b in zip(before, after, strict=True)]) > 0.95
        assert model.users_.tolist() == small.users.tolist()

    def test_fold_in_takes_some_items_in_any_order_and_excludes_them(self, model, small):
        model = fit(model, small)
        frame = pd.DataFrame(
            {"user_id": ["new"] * 3, "track_id": small.items[[7, 3, 11]], "value": [5.0, 4.0, 1.0]}
        )
        folded = model.fold_in(Interactions.from_frame(frame, value="value"))
        found = folded.recommend(["new"], k=small.shape[1])
        assert set(found["item"]) == set(small.items) - set(small.items[[7, 3, 11]])
        if not is_open(model):
            with pytest.raises(ValueError, match="Unknown user"):
                folded.recommend(small.users[:1])
        strange = Interactions.from_frame(frame.assign(track_id=["x", "y", "z"]), value="value")
        with pytest.raises(ValueError, match="Unknown item: 'x'"):
            model.fold_in(strange)

    def test_users_and_items_without_an_entry(self, model, small):
        """An empty row or column is scored like any other, by a finite number."""
        (n, m), rows, columns = small.shape, small.rows, small.matrix.indices
        emptied = small.where(~np.isin(rows, [4, n - 1]) & ~np.isin(columns, [6, m - 1]))
        model = fit(model, emptied)
        scores = model.score(emptied.users)
        assert scores.shape == (n, m)
        assert np.isfinite(scores).all()
        assert len(model.recommend(emptied.users[[4, n - 1]], k=5)) == 10

    def test_copies_and_pickles(self, model, small):
        model = fit(model, small)
        lists = model.recommend(small.users[:5])
        for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            pd.testing.assert_frame_equal(other.recommend(small.users[:5]), lists)

    def test_batches_do_not_show(self, model, small, monkeypatch):
        model = fit(model, small)
        whole = model.recommend(small.users, k=5)
        users, items = small.users[small.rows][::-1], small.items[small.matrix.indices][::-1]
        pairs = model.predict(users, items)
        monkeypatch.setattr("recsys_helpers.models.base.CELLS_PER_BATCH", 3 * small.shape[1])
        in_threes = model.recommend(small.users, k=5)
        assert in_threes["item"].tolist() == whole["item"].tolist()
        np.testing.assert_allclose(in_threes["score"], whole["score"], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(model.predict(users, items), pairs, rtol=1e-5, atol=1e-6)

    def test_bad_input(self, model, small):
        with pytest.raises(ValueError, match="learns from Interactions, not from a ndarray"):
            clone(model).fit(small.matrix.toarray())
        with pytest.raises(ValueError, match="no interaction to learn from"):
            clone(model).fit(small.where(np.zeros(small.nnz, dtype=bool)))
        fitted = fit(model, small)
        with pytest.raises(ValueError, match="predict takes pairs"):
            fitted.predict(small.users[:3], small.items[:2])
        for k in (0, -1, 2.5, True):
            with pytest.raises(ValueError, match="length of a list is a whole number"):
                fitted.recommend(small.users[:1], k=k)


@pytest.mark.parametrize("model", [model for model in EVERY_MODEL if is_open(model)], ids=in_one_line)
class TestTheUnknown:
    """What the models add whose job is the unknown."""

    def test_an_unknown_listener_is_one_without_a_history(self, model, small):
        model = fit(model, small)
        nothing = Interactions(small.matrix[:1] * 0, pd.Index(["nobody"]), small.items)
        nothing = nothing.where(np.zeros(nothing.nnz, dtype=bool))
        expected = model.fold_in(nothing).score(["nobody"])
        mixed = model.score([small.users[4], "nobody", small.users[1]])
        np.testing.assert_allclose(mixed[[1]], expected, rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(mixed[[0, 2]], model.score(small.users[[4, 1]]), rtol=1e-5, atol=1e-7)
        assert np.isfinite(expected).all()
        assert model.recommend(["nobody"], k=4)["user"].tolist() == ["nobody"] * 4
        assert model.users_.tolist() == small.users.tolist()

    def test_a_track_that_only_the_table_knows(self, model, small):
        kept = small.subset(items=small.items[[*range(7), *range(8, 30)]])  # without t007
        model = clone(model).fit(kept, items=describe(small.items))
        assert model.items_.tolist() == kept.items.tolist()
        assert "t007" not in set(model.recommend(small.users, k=30)["item"])
        users = small.users[[3, 8]]
        found = model.recommend(users, k=5, exclude_seen=False, candidates=["t007", "t003"])
        assert sorted(found["item"]) == ["t003", "t003", "t007", "t007"]
        listed = found[found["item"] == "t007"].set_index("user")["score"]
        np.testing.assert_allclose(listed[users], model.predict(users, ["t007", "t007"]), rtol=1e-6)
        both = model.fold_in(small.subset(users=users)).score(
            users
        )  # several at once, a track among them that is new
        for user, scores in zip(users, both, strict=True):
            alone = model.fold_in(small.subset(users=[user])).score([user])[0]
            np.testing.assert_allclose(scores, alone, rtol=1e-5, atol=1e-7)
        old = model.recommend(small.users, k=29)  # its being known changes nothing for the others
        new = model.recommend(small.users, k=30, candidates=small.items)
        assert new[new["item"] != "t007"]["item"].tolist() == old["item"].tolist()
        with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
            model.recommend(users, candidates=["t007", "nothing"])
        history = pd.DataFrame({"user_id": "new", "track_id": ["t007", "t002"]})
        folded = model.fold_in(Interactions.from_frame(history))
        assert set(folded.recommend(["new"], k=30)["item"]) == set(small.items) - {"t007", "t002"}

    def test_known_listeners_stay_known_beside_one_whose_id_is_of_another_kind(self, model, tall):
        model = fit(model, tall)
        mixed = model.score([tall.users[3], "nobody"])
        np.testing.assert_allclose(mixed[0], model.score(tall.users[[3]])[0], rtol=1e-5, atol=1e-7)
        assert model.recommend([tall.users[3], "nobody"], k=1)["user"].tolist() == [tall.users[3], "nobody"]

    def test_the_table_must_know_all_tracks(self, model, small):
        with pytest.raises(ValueError, match="^items has no column of ids, such as track_id"):
            clone(model).fit(small, items=pd.DataFrame({"title": ["Rain"]}))
        if isinstance(model, models.Onboarding):
            return  # asks no table
        with pytest.raises(ValueError, match="says nothing about 't000'"):
            clone(model).fit(small, items=describe(small.items[1:]))
        with pytest.raises(ValueError, match="^items has no column|^tracks has no column"):
            clone(model).fit(small, items=pd.DataFrame({"track_id": small.items}))


DRAWN = [model for model in EVERY_MODEL if "random_state" in model.get_params(deep=False)]


@pytest.mark.parametrize("model", DRAWN, ids=in_one_line)
@pytest.mark.parametrize(
    "source",
    [7, np.int64(7), np.random.RandomState(7), np.random.default_rng(7)],
    ids=lambda s: type(s).__name__,
)
def test_any_source_of_random_numbers_is_taken(model, source, small):
    first, again = (fit(clone(model).set_params(random_state=copy.deepcopy(source)), small) for _ in range(2))
    np.testing.assert_array_equal(first.score(small.users), again.score(small.users))
