"""NeuralCF and TwoTower: what they compute, by NumPy from their weights, and what must not reach them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

torch = pytest.importorskip("torch", reason="torch is not installed (make deep brings it)")

from recsys_helpers.deep import NeuralCF, Training, TwoTower  # noqa: E402
from recsys_helpers.features import ACCOUNT, Category, Features  # noqa: E402
from recsys_helpers.interactions import Interactions  # noqa: E402
from recsys_helpers.models import track_features  # noqa: E402
from tests.models.conftest import _make, accounts, describe  # noqa: E402

SHORT = Training(n_epochs=2, batch_size=64)


@pytest.fixture(scope="module")
def x() -> Interactions:
    return _make()


def blocks(n_users: int = 24, n_items: int = 18) -> Interactions:
    """Two groups that share nothing: each listener has two thirds of their own group's items."""
    rng = np.random.default_rng(0)
    pairs = [
        (f"u{u:02d}", f"t{i:02d}")
        for u in range(n_users)
        for i in range(n_items)
        if u % 2 == i % 2 and rng.random() < 2 / 3
    ]
    return Interactions.from_frame(pd.DataFrame(pairs, columns=["user_id", "track_id"]))


def share_of_own_group(model, x: Interactions) -> float:
    """How often an item of the listener's own group that they have not heard stands above one of the other group's."""
    heard = x.matrix.toarray() > 0
    own = np.arange(x.shape[0])[:, None] % 2 == np.arange(x.shape[1]) % 2
    right = [
        (scores[mine & ~has][:, None] > scores[~mine]).mean()
        for scores, mine, has in zip(model.score(x.users), own, heard, strict=True)
        if (mine & ~has).any()
    ]
    return float(np.mean(right))


def weights(model) -> dict[str, np.ndarray]:
    return {name: one.numpy().astype(np.float64) for name, one in model.network_.state_dict().items()}


class TestNeuralCF:
    @pytest.mark.parametrize("interaction", ["dot", "mlp", "both"])
    def test_scores_are_the_formula(self, x, interaction):
        """For the network: two vectors side by side, W [p, q] + b, ReLU and so on, without splitting W."""
        model = NeuralCF(interaction, n_factors=5, hidden=(7, 3), training=SHORT).fit(x)
        w = weights(model)
        expected = np.tile(w["bias.weight"][:, 0], (x.shape[0], 1))
        if interaction != "mlp":
            expected = expected + w["users.dot.weight"] @ w["items.dot.weight"].T
        if interaction != "dot":
            first = np.hstack([w["first_user.weight"], w["first_item.weight"]])
            for u in range(x.shape[0]):
                for i in range(x.shape[1]):
                    pair = np.concatenate([w["users.mlp.weight"][u], w["items.mlp.weight"][i]])
                    hidden = np.maximum(first @ pair + w["first_user.bias"], 0)
                    hidden = np.maximum(w["rest.2.weight"] @ hidden + w["rest.2.bias"], 0)
                    expected[u, i] += (w["rest.5.weight"] @ hidden + w["rest.5.bias"])[0]
        np.testing.assert_allclose(model.score(x.users), expected, rtol=1e-4, atol=1e-5)

    def test_the_loss_is_logistic_over_what_was_heard_and_drawn(self, x):
        model = NeuralCF(n_factors=3, n_negatives=6, training=SHORT).fit(x)
        users, items, counts = next(model._batches(np.random.default_rng(1)))
        logits = model.predict(x.users[users.numpy().repeat(7)], x.items[items.numpy().ravel()]).reshape(
            -1, 7
        )
        signs = np.where(np.arange(7) == 0, 1, -1)
        losses = np.log1p(np.exp(-signs * logits))
        expected = losses[counts.numpy()].mean()
        assert float(model._loss((users, items, counts)).detach()) == pytest.approx(expected, rel=1e-5)

    def test_a_negative_that_the_listener_has_does_not_count_and_every_pair_comes_once(self, x):
        model = NeuralCF(n_factors=3, n_negatives=10, training=SHORT).fit(x)
        heard = x.matrix.toarray() > 0
        own = []
        for users, items, counts in model._batches(np.random.default_rng(2)):
            rows, columns, counts = users.numpy()[:, 0], items.numpy(), counts.numpy()
            assert counts[:, 0].all()
            assert (counts[:, 1:] == ~heard[rows[:, None], columns[:, 1:]]).all()
            assert not counts[:, 1:].all()
            own += list(zip(rows.tolist(), columns[:, 0].tolist(), strict=True))
        assert sorted(own) == sorted(zip(x.rows.tolist(), x.matrix.indices.tolist(), strict=True))

    @pytest.mark.parametrize("interaction", ["dot", "mlp", "both"])
    def test_it_learns_two_groups_and_a_new_listener_is_put_into_theirs(self, interaction):
        x = blocks()
        model = NeuralCF(interaction, n_factors=8, hidden=(16, 8), training=Training(60, 16, 0.01, 1.0)).fit(
            x
        )
        assert share_of_own_group(model, x) > 0.97
        before = weights(model)
        new = Interactions.from_frame(pd.DataFrame({"user_id": "new", "track_id": ["t01", "t03", "t05"]}))
        folded = model.fold_in(new)
        assert (folded.recommend(["new"], k=4)["item"].str[1:].astype(int) % 2 == 1).all()
        after = weights(folded)
        for name, one in before.items():
            assert np.array_equal(weights(model)[name], one), f"{name} of the model itself was moved"
            if not name.startswith("users."):
                assert np.array_equal(after[name], one), f"{name} learned from the new listener"

    @pytest.mark.parametrize("interaction", ["dot", "mlp", "both"])
    def test_training_begins_with_a_vector_for_everybody_who_has_an_entry(self, x, interaction):
        emptied = x.where(~np.isin(x.rows, [3, 7]))
        model = NeuralCF(interaction, n_factors=4, training=SHORT).fit(emptied)
        for name, one in model._build().users.named_parameters():
            lengths = np.linalg.norm(one.detach().numpy(), axis=1)
            assert np.flatnonzero(lengths == 0).tolist() == [3, 7], name

    def test_who_has_no_entry_is_scored_by_what_is_the_same_for_all(self, x):
        emptied = x.where(x.rows != 3)
        model = NeuralCF(n_factors=4, training=SHORT).fit(emptied)
        np.testing.assert_allclose(
            model.score(x.users[[3]])[0], weights(model)["bias.weight"][:, 0], rtol=1e-6
        )
        nothing = Interactions(x.matrix[:2] * 0, pd.Index(["a", "b"]), x.items)
        folded = model.fold_in(nothing.where(np.zeros(nothing.nnz, dtype=bool)))
        np.testing.assert_allclose(folded.score(["a"]), model.score(x.users[[3]]), rtol=1e-6)

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"interaction": "sum"}, "interaction='sum': choose 'dot', 'mlp' or 'both'"),
            ({"n_factors": 0}, "n_factors=0"),
            ({"n_negatives": 0}, "n_negatives=0"),
            ({"hidden": ()}, "hidden=0"),
            ({"hidden": 64}, "hidden=64: give a tuple of widths"),
            ({"hidden": (4, 0)}, "hidden=0"),
            ({"dropout": 1.0}, "dropout=1.0"),
            ({"training": 10}, "training=10"),
            ({"training": Training(n_epochs=-1)}, "n_epochs=-1"),
        ],
    )
    def test_settings_that_cannot_be(self, x, settings, said):
        with pytest.raises(ValueError, match=said):
            NeuralCF(**settings).fit(x)

    def test_stopping_early_asks_the_model_itself(self, x):
        asked = []

        def validate(model):
            asked.append(model.recommend(x.users[:3], k=2)["item"].tolist())
            return -len(asked)

        model = NeuralCF(training=Training(n_epochs=9, patience=2, validate=validate)).fit(x)
        assert len(asked) == len(model.history_) == 3
        assert [row["kept"] for row in model.history_] == [1, 0, 0]
        assert model.recommend(x.users[:3], k=2)["item"].tolist() == asked[0]


@pytest.fixture(scope="module")
def model(x) -> TwoTower:
    return TwoTower(width=5, hidden=6, training=SHORT).fit(x, items=describe(x.items))


class TestTwoTower:
    def expected(self, model, x, table, history, own=1.0):
        w = weights(model)

        def tower(name, inside):
            hidden = np.maximum(inside @ w[f"{name}.0.weight"].T + w[f"{name}.0.bias"], 0)
            return hidden @ w[f"{name}.3.weight"].T + w[f"{name}.3.bias"]

        features = track_features(table).toarray()
        vectors = w["own.weight"] * own
        size = np.sqrt(np.maximum(history.sum(axis=1, keepdims=True), 1))
        listeners = tower("listener", np.hstack([history @ features, history @ vectors]) / size)
        tracks = tower("track", features) + vectors
        cosine = listeners @ tracks.T
        cosine /= np.linalg.norm(listeners, axis=1)[:, None] * np.linalg.norm(tracks, axis=1)
        return cosine / model.temperature

    def test_scores_are_the_formula(self, x, model):
        found = model.score(x.users)
        history = (x.matrix.toarray() > 0).astype(float)
        np.testing.assert_allclose(
            found, self.expected(model, x, describe(x.items), history), rtol=1e-3, atol=1e-3
        )
        assert np.abs(found).max() <= 1 / model.temperature + 1e-4

    def test_a_pairs_own_track_is_not_in_the_history_that_goes_in(self, x, model):
        heard = x.matrix.toarray() > 0
        pairs = []
        for mine, _, items, hits, _ in model._batches(np.random.default_rng(3)):
            mine, items, hits = mine.numpy() > 0, items.numpy(), hits.numpy()
            at = np.arange(len(items))
            assert not mine[at, items].any()
            whole = mine.copy()
            whole[at, items] = True
            rows = [np.flatnonzero((heard == one).all(axis=1)) for one in whole]
            assert all(len(row) for row in rows), "a history that nobody has"
            assert (hits == (whole[:, items] & ~np.eye(len(items), dtype=bool))).all()
            pairs += [(int(row[0]), int(item)) for row, item in zip(rows, items, strict=True)]
        assert sorted(pairs) == sorted(zip(x.rows.tolist(), x.matrix.indices.tolist(), strict=True))

    def test_the_loss_is_a_softmax_over_the_batch_less_log_q(self, x, model):
        batch = next(model._batches(np.random.default_rng(4)))
        mine, _, items, hits = (one.numpy() for one in batch[:4])
        scores = self.expected(model, x, describe(x.items), mine, own=batch[4])[:, items]
        share = np.bincount(x.matrix.indices, minlength=x.shape[1]) / x.nnz
        scores = np.where(hits, -np.inf, scores - np.log(share[items]))
        likelihood = np.exp(scores[np.arange(len(items)), np.arange(len(items))]) / np.exp(scores).sum(axis=1)
        with torch.no_grad():
            model.network_.eval()
            assert float(model._loss(batch)) == pytest.approx(-np.log(likelihood).mean(), rel=1e-3)

    def test_half_of_the_batches_go_without_own_vectors_and_all_where_none_are_wanted(self, x):
        settings = Training(n_epochs=1, batch_size=4)
        for own, low, high in ((True, 0.3, 0.7), (False, 0.0, 0.0)):
            model = TwoTower(width=4, hidden=4, own=own, training=settings).fit(x, items=describe(x.items))
            with_own = [batch[4] for batch in model._batches(np.random.default_rng(0))]
            assert low <= np.mean(with_own) <= high

    def test_a_track_without_listeners_stands_on_its_features(self, x):
        """Two cold tracks with the same features score alike, and no vector of their own comes in."""
        table = describe(x.items)
        twins = table.iloc[[0, 0]].assign(track_id=["z1", "z2"])
        model = TwoTower(width=5, hidden=6, training=SHORT).fit(x, items=pd.concat([table, twins]))
        model.network_.own.weight.data[-2:] = 5.0  # never learned, never read
        scores = model.fold_in(
            Interactions.from_frame(pd.DataFrame({"user_id": ["u"] * 3, "track_id": ["t001", "z1", "z2"]}))
        ).score(["u"])[0]
        assert scores[-1] == pytest.approx(scores[-2], abs=1e-5)
        alone = model.predict([x.users[0]] * 2, ["z1", "z2"])
        assert alone[0] == pytest.approx(alone[1], abs=1e-5)

    def test_features_decide_who_likes_a_cold_track(self):
        """Listeners of two groups, tracks of two tags; cold tracks with these tags go to the right group."""
        x = blocks(40, 18)
        table = pd.DataFrame({"track_id": [*x.items, "z0", "z1"]})
        table["tags"] = np.where(table["track_id"].str[1:].astype(int) % 2 == 0, "rain", "news")
        model = TwoTower(8, 8, parts=("tags",), training=Training(30, 32, 0.01, 0.0)).fit(x, items=table)
        found = model.recommend(x.users, k=1, candidates=["z0", "z1"])
        assert (found["item"].str[1:].astype(int) == found["user"].str[1:].astype(int) % 2).all()

    def test_what_is_told_of_listeners_goes_into_their_tower_beside_the_history(self, x):
        table, users = describe(x.items), accounts(x.users)
        model = TwoTower(width=5, hidden=6, training=SHORT).fit(x, items=table, users=users)
        w, history = weights(model), (x.matrix.toarray() > 0).astype(float)
        told = Features(ACCOUNT).fit(users).transform(users).toarray()
        features, vectors = track_features(table).toarray(), w["own.weight"]
        size = np.sqrt(np.maximum(history.sum(axis=1, keepdims=True), 1))

        def tower(name, inside):
            hidden = np.maximum(inside @ w[f"{name}.0.weight"].T + w[f"{name}.0.bias"], 0)
            return hidden @ w[f"{name}.3.weight"].T + w[f"{name}.3.bias"]

        listeners = tower("listener", np.hstack([history @ features / size, history @ vectors / size, told]))
        tracks = tower("track", features) + vectors
        cosine = listeners @ tracks.T / np.linalg.norm(tracks, axis=1)
        cosine /= np.linalg.norm(listeners, axis=1)[:, None]
        np.testing.assert_allclose(model.score(x.users), cosine / model.temperature, rtol=1e-3, atol=1e-3)

    def test_listeners_without_a_history_are_told_apart_by_their_account_alone(self, x, tmp_path):
        """Two groups by plan; the table knows newcomers too, in any order, and so does the model when it is loaded."""
        x = blocks(40, 18)
        users = pd.DataFrame({"user_id": [*x.users, "n0", "n1", "n2"]})
        users["plan"] = np.where(users["user_id"].str[1:].astype(int) % 2 == 0, "free", "family")
        table = pd.DataFrame({"track_id": x.items, "tags": "rain"})
        model = TwoTower(
            8,
            8,
            ("tags",),
            of_listeners={"plan": Category("plan")},
            alone=0.5,
            training=Training(30, 32, 0.01, 0.0),
        ).fit(x, items=table, users=users.sample(frac=1, random_state=0))
        nothing = Interactions(sparse.csr_array((4, 18)), pd.Index(["n0", "n1", "n2", "u9x"]), x.items)
        model.save(tmp_path / "towers.npz")
        for one in (model, TwoTower.load(tmp_path / "towers.npz")):
            newcomers = one.fold_in(nothing)
            found = newcomers.recommend(["n0", "n1", "n2"], k=9)
            assert (found["item"].str[1:].astype(int) % 2 == found["user"].str[1:].astype(int) % 2).all()
            stranger = one.score(["nobody"])[0]
            np.testing.assert_allclose(newcomers.score(["u9x"])[0], stranger, atol=1e-5)
            assert not np.allclose(newcomers.score(["n0"])[0], stranger, atol=0.1)

    def test_some_histories_are_left_out_in_training_where_a_table_tells_of_listeners(self, x):
        for given, low, high in (({}, 0.0, 0.0), ({"users": accounts(x.users)}, 0.2, 0.6)):
            model = TwoTower(4, 4, alone=0.4, training=SHORT).fit(x, items=describe(x.items), **given)
            batches = list(model._batches(np.random.default_rng(0)))
            empty = np.concatenate([mine.numpy().sum(axis=1) == 0 for mine, *_ in batches])
            assert low <= empty.mean() <= high
            assert {told.shape[1] for _, told, *_ in batches} == {
                len(Features(ACCOUNT).fit(accounts(x.users)).names_) if given else 0
            }

    @pytest.mark.parametrize(
        ("users", "said"),
        [
            (lambda x: accounts(["nobody"]), "^users says nothing about any listener"),
            (lambda x: accounts(x.users).drop(columns="plan"), "no column 'plan'"),
            (lambda x: accounts(x.users).drop(columns="user_id"), "^users has no column of ids"),
            (lambda x: accounts(x.users).assign(user_id=range(len(x.users))), "user_id"),
        ],
    )
    def test_a_table_of_listeners_that_cannot_be_read(self, x, users, said):
        with pytest.raises(ValueError, match=said):
            TwoTower(4, 4, training=SHORT).fit(x, items=describe(x.items), users=users(x))

    def test_listeners_are_named_by_user_id_whatever_other_ids_their_table_has(self, x):
        users = accounts(x.users).assign(family_id=3)
        model = TwoTower(4, 4, training=SHORT).fit(x, items=describe(x.items), users=users)
        plain = TwoTower(4, 4, training=SHORT).fit(x, items=describe(x.items), users=accounts(x.users))
        np.testing.assert_allclose(model.score(x.users), plain.score(x.users), rtol=1e-6)

    @pytest.mark.parametrize("given", [None, "plan", ("plan",), {}])
    def test_a_schema_of_listeners_that_is_none(self, x, given):
        with pytest.raises(ValueError, match="of_listeners|empty"):
            TwoTower(4, 4, of_listeners=given, training=SHORT).fit(
                x, items=describe(x.items), users=accounts(x.users)
            )

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"width": 0}, "width=0"),
            ({"hidden": 0}, "hidden=0"),
            ({"temperature": 0.0}, "temperature=0.0"),
            ({"dropout": -0.1}, "dropout=-0.1"),
            ({"parts": ("smell",)}, "smell"),
            ({"alone": 1.0}, "alone=1.0"),
        ],
    )
    def test_settings_that_cannot_be(self, x, settings, said):
        with pytest.raises(ValueError, match=said):
            TwoTower(**settings).fit(x, items=describe(x.items))
