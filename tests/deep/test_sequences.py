"""The networks that read runs: what each place may see, their losses by NumPy, and a cycle that each must learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (make deep brings it)")

from recsys_helpers.deep import (  # noqa: E402
    ConvSeq,
    GRU4Rec,
    SASRec,
    TargetAttention,
    Training,
    readers,
)
from recsys_helpers.deep.sequences import from_the_left, latest, windows  # noqa: E402
from recsys_helpers.interactions import Interactions  # noqa: E402
from recsys_helpers.models.sequence import Runs  # noqa: E402
from tests.models.test_sequence import make_log  # noqa: E402

SHORT = Training(n_epochs=2, batch_size=4)
EACH = [GRU4Rec, ConvSeq, SASRec, TargetAttention]


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return make_log()


@pytest.fixture(scope="module")
def x(log) -> Interactions:
    return Interactions.from_frame(log[log["action"] == "play"], merge="count")


def weights(module) -> dict[str, np.ndarray]:
    return {name: one.detach().numpy().astype(np.float64) for name, one in module.named_parameters()}


def cycle_log(n_items: int = 6, n_listeners: int = 12, length: int = 14) -> pd.DataFrame:
    """Each listener plays the same circle of tracks, from a start of their own."""
    plays = [(u, f"t{(u + step) % n_items}", step) for u in range(n_listeners) for step in range(length)]
    frame = pd.DataFrame(plays, columns=["user_id", "track_id", "step"])
    return frame.assign(
        event_id=range(len(frame)),
        at=pd.Timestamp("2026-03-01", tz="UTC") + pd.to_timedelta(frame["step"], unit="min"),
        action="play",
        seconds_played=50.0,
    )


class TestReaders:
    """Each maps (2, 7, width) to the same shape, and no place may see what comes after it."""

    READERS = {
        "recurrent": lambda: readers.Recurrent(6, 2, 0.1),
        "convolutional": lambda: readers.Convolutional(6, 3, 0.1),
        "self-attention": lambda: readers.SelfAttention(6, 2, 0.1, length=7),
    }

    @pytest.mark.parametrize("name", READERS)
    def test_no_place_sees_what_comes_after_it_and_each_sees_itself(self, name):
        torch.manual_seed(0)
        reader = self.READERS[name]().eval()
        before = torch.randn(2, 7, 6)
        states = reader(before).detach()
        assert states.shape == before.shape
        for t in range(7):
            changed = before.clone()
            changed[:, t] += torch.randn(6)
            moved = (reader(changed).detach() - states).abs().amax(dim=2)
            assert float(moved[:, :t].sum()) <= 1e-5
            assert (moved[:, t] > 1e-4).all()

    def test_the_target_reader_neither(self):
        torch.manual_seed(0)
        reader = readers.TargetReader(9, 6, 0.1, False).eval()
        runs = torch.randint(0, 9, (3, 5))
        scores = reader(runs).detach()
        for t in range(5):
            changed = runs.clone()
            changed[:, t] = (changed[:, t] + 1) % 9
            moved = (reader(changed).detach() - scores).abs().amax(dim=2)
            assert float(moved[:, :t].sum()) <= 1e-5
            assert (moved[:, t] > 1e-4).all()

    def test_a_convolution_reaches_as_far_as_it_says(self):
        """Two layers of filters of three places see seven: the last is moved by the seventh back, not by the eighth."""
        torch.manual_seed(0)
        reader = readers.Convolutional(6, 2, 0.0).eval()
        before = torch.randn(1, 12, 6)
        last = reader(before)[0, -1].detach()
        for back, sees in ((6, True), (7, False)):
            changed = before.clone()
            changed[:, -1 - back] += 5.0
            assert bool((reader(changed)[0, -1] - last).abs().max() > 1e-6) is sees

    def test_a_recurrent_layer_is_the_formula(self):
        torch.manual_seed(1)
        reader = readers.Recurrent(4, 1, 0.0).eval()
        w = weights(reader)
        x = np.random.default_rng(0).normal(size=(5, 4))
        found = reader(torch.from_numpy(x[None].astype(np.float32)))[0].detach().numpy()

        def sigmoid(z):
            return 1 / (1 + np.exp(-z))

        state = np.zeros(4)
        for t in range(5):
            came = w["cells.0.weight_ih_l0"] @ x[t] + w["cells.0.bias_ih_l0"]
            had = w["cells.0.weight_hh_l0"] @ state + w["cells.0.bias_hh_l0"]
            reset, keep = sigmoid(came[:4] + had[:4]), sigmoid(came[4:8] + had[4:8])
            new = np.tanh(came[8:] + reset * had[8:])
            state = (1 - keep) * new + keep * state
            both = x[t] + state
            expected = (both - both.mean()) / np.sqrt(both.var() + 1e-5)
            np.testing.assert_allclose(found[t], expected, rtol=1e-4, atol=1e-5)

    def test_a_block_of_attention_is_the_formula(self):
        torch.manual_seed(2)
        block = readers.AttentionBlock(4, 0.0).eval()
        w = weights(block)
        x = np.random.default_rng(1).normal(size=(5, 4))

        def norm(z):
            return (z - z.mean(axis=1, keepdims=True)) / np.sqrt(z.var(axis=1, keepdims=True) + 1e-5)

        def linear(name, z):
            return z @ w[f"{name}.weight"].T + w[f"{name}.bias"]

        inside = norm(x)
        scores = linear("queries", inside) @ linear("keys", inside).T / np.sqrt(4)
        scores[np.triu_indices(5, 1)] = -np.inf
        look = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        seen = x + linear("together", look @ linear("values", inside))
        expected = seen + linear("inner.3", np.maximum(linear("inner.0", norm(seen)), 0))
        tensor = torch.from_numpy(x[None].astype(np.float32))
        np.testing.assert_allclose(block(tensor)[0].detach().numpy(), expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(
            block.look(block.before(tensor))[0][0].detach().numpy(), look, rtol=1e-4, atol=1e-6
        )

    @pytest.mark.parametrize("n_layers", [1, 3])
    def test_the_weights_that_are_shown_are_those_of_the_last_block(self, n_layers):
        torch.manual_seed(4)
        reader = readers.SelfAttention(4, n_layers, 0.0, length=7).eval()
        last = []
        reader.blocks[n_layers - 1].before.register_forward_hook(lambda module, given, out: last.append(out))
        x = torch.randn(2, 5, 4)
        reader(x)
        expected = reader.blocks[n_layers - 1].look(last[0])[0]
        np.testing.assert_allclose(reader.weights(x).detach().numpy(), expected.detach().numpy(), rtol=1e-5)

    @pytest.mark.parametrize("tied", [False, True])
    def test_the_target_reader_is_the_formula(self, tied):
        torch.manual_seed(3)
        reader = readers.TargetReader(6, 4, 0.0, tied).eval()
        reader.recency.data += 0.3
        w = weights(reader)
        run = [2, 5, 5, 0]
        found = reader(torch.tensor([run]))[0].detach().numpy()
        heard = w["vectors.weight"][run] * 2.0
        for t in range(4):
            for j in range(6):
                item = w["vectors.weight" if tied else "targets.weight"][j]
                fits = (heard[: t + 1] @ w["looks.weight"].T + w["looks.bias"]) @ item + 0.3 * np.arange(
                    t + 1
                )
                share = np.exp(fits) / np.exp(fits).sum()
                said = share @ ((heard[: t + 1] @ w["values.weight"].T + w["values.bias"]) @ item)
                assert found[t, j] == pytest.approx(said + w["bias"][j], rel=1e-4, abs=1e-5)

    def test_the_target_reader_keeps_its_head_over_a_long_run(self):
        """With a strong preference for recent plays the early places are still weighed among themselves alone."""
        torch.manual_seed(3)
        reader = readers.TargetReader(6, 4, 0.0, False).eval()
        reader.recency.data += 1.0
        run = torch.randint(0, 6, (1, 60))
        whole, short = reader(run).detach(), reader(run[:, :8]).detach()
        torch.testing.assert_close(whole[:, :8], short, rtol=1e-4, atol=1e-5)


class TestWindows:
    @pytest.mark.parametrize("length", [1, 2, 5, 30])
    def test_each_play_but_a_runs_first_is_told_once(self, length, log, x):
        runs = Runs.from_events(log, x.users, x.items)
        cut = windows(runs, length)
        assert (cut.lengths >= 2).all() and (cut.lengths <= length + 1).all()
        told = sum(([one[: t + 1] for t in range(1, len(one))] for one in cut.lists()), [])
        expected = sum(
            ([one[t - 1 - (t - 1) % length : t + 1] for t in range(1, len(one))] for one in runs.lists()), []
        )
        assert sorted(told) == sorted(expected)

    def test_the_latest_of_each_run_are_those_of_a_loop(self, log, x):
        runs = Runs.from_events(log, x.users, x.items)
        for size in (1, 3, 100):
            found = latest(runs, size)
            assert found.lists() == [one[-size:] for one in runs.lists()]
            assert found.rows.tolist() == runs.rows.tolist()

    @pytest.mark.parametrize("network", EACH)
    def test_told_the_latest_a_network_learns_as_if_nothing_had_been_before(self, network, log, x):
        setting = {"width": 6, "length": 4, "unit": "listener", "training": SHORT}
        plays = log[log["action"] == "play"].sort_values(["user_id", "at", "event_id"])
        short = plays.groupby("user_id").tail(5)
        cut, alone = (network(told=told, **setting) for told in ("latest", "all"))
        cut.fit(x, events=log)
        alone.fit(x, events=short)
        whole = network(told="all", **setting).fit(x, events=log)
        for name, one in weights(cut.network_).items():
            np.testing.assert_array_equal(one, weights(alone.network_)[name])
        assert any(
            (one != weights(whole.network_)[name]).any() for name, one in weights(cut.network_).items()
        )

    def test_from_the_left(self):
        runs = Runs(np.arange(7), np.array([0, 4, 4, 7]), np.arange(3))
        assert from_the_left(runs, 99).tolist() == [[0, 1, 2, 3], [99] * 4, [4, 5, 6, 99]]
        assert from_the_left(runs, 99, 2).tolist() == [[2, 3], [99, 99], [5, 6]]


class TestLosses:
    ROWS = torch.tensor([[0, 3, 3, 7], [2, 1, 8, 8]])  # 8 items, so 8 is the filler

    def fitted(self, x, log, **settings):
        return SASRec(width=6, dropout=0.0, training=SHORT, **settings).fit(x, events=log)

    def told(self, model, x):
        """(scores, target) of each play that is told, by ``score_after``."""
        histories = [["t0"], ["t0", "t3"], ["t0", "t3", "t3"], ["t2"]]
        return model.score_after(histories).astype(np.float64), np.array([3, 3, 7, 1])

    def test_softmax(self, x, log):
        model = self.fitted(x, log)
        scores, target = self.told(model, x)
        expected = -np.log(np.exp(scores)[range(4), target] / np.exp(scores).sum(axis=1)).mean()
        found = model._loss((self.ROWS, torch.zeros(3, dtype=torch.long)))
        assert float(found.detach()) == pytest.approx(expected, rel=1e-4)

    def test_sampled_softmax_leaves_out_a_negative_that_is_the_target(self, x, log):
        model = self.fitted(x, log, loss="sampled", n_negatives=5)
        scores, target = self.told(model, x)
        drawn = np.array([1, 3, 3, 6, 0])
        expected = []
        for row, j in zip(scores, target, strict=True):
            others = np.exp([row[i] for i in drawn if i != j]).sum()
            expected.append(-np.log(np.exp(row[j]) / (np.exp(row[j]) + others)))
        found = model._loss((self.ROWS, torch.from_numpy(drawn)))
        assert float(found.detach()) == pytest.approx(np.mean(expected), rel=1e-4)

    @pytest.mark.parametrize("calibration", [0.0, 0.5, 1.0])
    def test_binary_with_its_calibration(self, x, log, calibration):
        model = self.fitted(x, log, loss="binary", n_negatives=2, calibration=calibration)
        scores, target = self.told(model, x)
        drawn = np.array([[1, 2], [0, 6], [5, 5], [4, 0]])
        share = 2 / (len(x.items) - 1)
        beta = share * (calibration * (1 - 1 / share) + 1 / share)
        assert beta == pytest.approx({0.0: 1.0, 0.5: (1 + share) / 2, 1.0: share}[calibration])
        own = scores[range(4), target]
        others = np.take_along_axis(scores, drawn, axis=1)
        expected = (beta * np.log1p(np.exp(-own)) + np.log1p(np.exp(others)).sum(axis=1)).mean()
        found = model._loss((self.ROWS, torch.from_numpy(drawn)))
        assert float(found.detach()) == pytest.approx(expected, rel=1e-4)

    def test_each_batch_draws_its_negatives_and_every_window_comes_once(self, x, log):
        for loss in ("sampled", "binary"):
            model = self.fitted(x, log, loss=loss, n_negatives=4, length=5)
            model._windows = windows(model.runs_, 5)
            rows = []
            for runs, negatives in model._batches(np.random.default_rng(0)):
                told = int((runs[:, 1:] < len(x.items)).sum())
                assert negatives.shape == ((told, 4) if loss == "binary" else (4,))
                rows += [[i for i in row if i < len(x.items)] for row in runs.tolist()]
            assert sorted(rows) == sorted(model._windows.lists())


@pytest.mark.parametrize("tied", [False, True])
def test_scores_are_states_times_vectors(x, log, tied):
    model = GRU4Rec(width=5, tied=tied, training=SHORT).fit(x, events=log)
    w = weights(model.network_)
    assert ("targets.weight" in w) is not tied
    run = torch.tensor([[2, 5, 1]])
    with torch.no_grad():
        state = model.network_.reader(model.network_.vectors(run) * 5**0.5)[0, -1].numpy()
    vectors = w["vectors.weight" if tied else "targets.weight"][:-1]
    found = model.score_after([x.items[[2, 5, 1]]])[0]
    np.testing.assert_allclose(found, vectors @ state + w["bias"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("network", EACH, ids=lambda one: one.__name__)
class TestEach:
    def test_a_cycle_is_learned(self, network):
        log = cycle_log()
        x = Interactions.from_frame(log, merge="count")
        model = network(width=16, length=8, dropout=0.0, training=Training(25, 4, 0.01, 0.0)).fit(
            x, events=log
        )
        histories = [
            [f"t{(i + step) % 6}" for step in range(length)] for i in range(6) for length in (1, 3, 12)
        ]
        expected = [(int(one[-1][1:]) + 1) % 6 for one in histories]
        assert model.score_after(histories).argmax(axis=1).tolist() == expected
        assert model.history_[-1]["loss"] < 0.3 * model.history_[0]["loss"]

    def test_one_history_does_not_touch_another_and_only_the_latest_plays_count(self, network, x, log):
        model = network(width=8, length=4, training=SHORT).fit(x, events=log)
        histories = [[], ["t1"], ["t2", "t0", "t0"], ["t5", "t1", "t2", "t3", "t4", "t7"]]
        together = model.score_after(histories)
        assert together.dtype == np.float32 and np.isfinite(together).all()
        for scores, history in zip(together, histories, strict=True):
            np.testing.assert_allclose(scores, model.score_after([history])[0], rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(
            together[3], model.score_after([["t2", "t3", "t4", "t7"]])[0], rtol=1e-4, atol=1e-5
        )
        assert not np.allclose(together[3], model.score_after([["t2", "t3", "t7", "t4"]])[0], atol=1e-4)

    def test_settings_that_cannot_be(self, network, x, log):
        for settings, said in (
            ({"width": 0}, "width=0"),
            ({"length": 0}, "length=0"),
            ({"n_layers": 0}, "n_layers=0|one layer"),
            ({"unit": "day"}, "unit='day'"),
            ({"dropout": 1.5}, "dropout=1.5"),
            ({"loss": "hinge"}, "loss='hinge'|the loss 'softmax'"),
            ({"told": "some"}, "told='some'"),
            ({"n_negatives": 0}, "n_negatives=0"),
            ({"calibration": 1.5}, "give a number from 0 to 1"),
            ({"calibration": -0.5}, "calibration=-0.5"),
        ):
            with pytest.raises(ValueError, match=said):
                network(**settings).fit(x, events=log)


def test_target_attention_has_one_layer_and_one_loss(x, log):
    for settings in ({"loss": "binary"}, {"n_layers": 2}):
        with pytest.raises(ValueError, match="TargetAttention has one layer and the loss 'softmax'"):
            TargetAttention(**settings).fit(x, events=log)


def test_target_attention_in_blocks_is_the_same(x, log, monkeypatch):
    model = TargetAttention(width=8, training=SHORT).fit(x, events=log)
    whole = model.score(x.users)
    monkeypatch.setattr("recsys_helpers.deep.sequences.CELLS_PER_BLOCK", 1)
    np.testing.assert_allclose(model.score(x.users), whole, rtol=1e-4, atol=1e-5)


def test_attention_weights_are_of_the_plays_up_to_each(x, log):
    model = SASRec(width=8, n_layers=2, length=4, training=SHORT).fit(x, events=log)
    look = model.attention(["t5", "t0", "t1", "t2", "t3"])
    assert look.shape == (4, 4)
    np.testing.assert_allclose(look.sum(axis=1), 1.0, rtol=1e-5)
    assert (look[np.triu_indices(4, 1)] == 0).all() and (look[np.tril_indices(4)] > 0).all()
    with pytest.raises(ValueError, match="An empty history"):
        model.attention([])


def test_networks_of_one_play_have_nothing_to_learn_from():
    log = cycle_log(length=1)
    x = Interactions.from_frame(log, merge="count")
    with pytest.raises(ValueError, match="no batch to learn from"):
        GRU4Rec(width=4).fit(x, events=log)
