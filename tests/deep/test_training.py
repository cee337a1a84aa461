"""The training loop against closed forms, and its promises: seeds, stopping, the best weights put back."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (make deep brings it)")

from torch import nn  # noqa: E402

from recsys_helpers.deep.training import Training, seeded, train  # noqa: E402


class Line(nn.Module):
    """y = x . w, from w = 0."""

    def __init__(self, n: int):
        super().__init__()
        self.w = nn.Parameter(torch.zeros(n, dtype=torch.float64))


def squares(network, x, y):
    return lambda batch: ((x[batch] @ network.w - y[batch]) ** 2).mean()


def whole(n):
    def batches(rng):
        yield torch.arange(n)

    return batches


def in_batches(n, size):
    def batches(rng):
        order = rng.permutation(n)
        for start in range(0, n, size):
            yield torch.from_numpy(order[start : start + size])

    return batches


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    x = torch.from_numpy(rng.normal(size=(60, 3)))
    return x, x @ torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64) + 0.1 * torch.from_numpy(
        rng.normal(size=60)
    )


def test_it_finds_the_least_squares_solution(problem):
    x, y = problem
    network = Line(3)
    settings = Training(n_epochs=1500, learning_rate=0.01, weight_decay=0.0)
    history = train(network, whole(60), squares(network, x, y), settings, np.random.default_rng(0))
    expected = np.linalg.lstsq(x.numpy(), y.numpy(), rcond=None)[0]
    np.testing.assert_allclose(network.w.detach().numpy(), expected, rtol=1e-5)
    assert [row["epoch"] for row in history] == list(range(1, 1501))
    assert history[-1]["loss"] == pytest.approx(((x.numpy() @ expected - y.numpy()) ** 2).mean(), rel=1e-6)
    assert history[-1]["gradient"] < 1e-3 < history[0]["gradient"]


def test_adams_first_step_has_the_learning_rate_as_its_size(problem):
    """Its first step is the rate times the gradient's sign, since gradient and its own root mean square agree."""
    x, y = problem
    network = Line(3)
    sign = -np.sign((x.T @ (0 - y)).numpy())
    settings = Training(n_epochs=1, learning_rate=0.25, weight_decay=0.0, clip=1e9)
    train(network, whole(60), squares(network, x, y), settings, np.random.default_rng(0))
    np.testing.assert_allclose(network.w.detach().numpy(), 0.25 * sign, rtol=1e-6)


def test_the_decay_is_apart_from_the_steps():
    network = Line(1)
    network.w.data += 8.0
    settings = Training(n_epochs=1, learning_rate=0.5, weight_decay=0.25)
    train(network, whole(1), lambda batch: 0.0 * network.w.sum(), settings, np.random.default_rng(0))
    assert network.w.item() == pytest.approx(8.0 * (1 - 0.5 * 0.25))


def test_a_long_gradient_is_cut_and_reported_whole():
    network = Line(2)
    slopes = torch.tensor([300.0, 400.0], dtype=torch.float64)
    rows = train(
        network,
        whole(1),
        lambda batch: network.w @ slopes,
        Training(n_epochs=1, clip=5.0),
        np.random.default_rng(0),
    )
    assert rows[0]["gradient"] == pytest.approx(500.0)
    np.testing.assert_allclose(network.w.grad.numpy(), [3.0, 4.0], rtol=1e-5)


def test_it_stops_when_told_and_puts_the_best_epoch_back():
    said = iter([0.1, 0.5, 0.4, 0.5, 0.3, 0.9, 0.9])
    network, weights = Line(1), []

    def validate():
        weights.append(network.w.item())
        return next(said)

    settings = Training(n_epochs=7, patience=3, learning_rate=0.1)
    rows = train(
        network, whole(1), lambda batch: -network.w.sum(), settings, np.random.default_rng(0), validate
    )
    assert [row["validation"] for row in rows] == [0.1, 0.5, 0.4, 0.5, 0.3]
    assert [row["kept"] for row in rows] == [0, 1, 0, 0, 0]
    assert network.w.item() == weights[1] != weights[-1]
    assert not network.training


def test_without_a_stop_it_runs_to_the_end_and_keeps_the_last():
    network = Line(1)
    rows = train(
        network, whole(1), lambda batch: -network.w.sum(), Training(n_epochs=4), np.random.default_rng(0)
    )
    assert len(rows) == 4 and set(rows[0]) == {"epoch", "loss", "gradient"}


def test_dropout_is_on_in_training_and_off_when_judged():
    network = nn.Sequential(nn.Linear(1, 1), nn.Dropout(0.5))
    modes = []

    def loss(batch):
        modes.append(network.training)
        return network(torch.ones(1, 1)).sum()

    def validate():
        modes.append(network.training)
        return 1.0

    train(network, whole(1), loss, Training(n_epochs=2), np.random.default_rng(0), validate)
    assert modes == [True, False, True, False]


@pytest.mark.parametrize(
    ("loss", "validate", "said"),
    [
        (
            lambda w: w.sum() * float("nan"),
            None,
            "loss of epoch 1 is not a finite number: lower learning_rate",
        ),
        (lambda w: w.sum(), lambda: float("nan"), "validate gave nan after epoch 1"),
        (lambda w: w.sum(), lambda: None, "validate gave None after epoch 1, and not a finite number"),
        (lambda w: w.sum(), lambda: "good", "validate gave 'good' after epoch 1, and not a finite number"),
    ],
)
def test_what_is_no_number_is_refused(loss, validate, said):
    network = Line(1)
    with pytest.raises(ValueError, match=said):
        train(network, whole(1), lambda b: loss(network.w), Training(), np.random.default_rng(0), validate)


def test_nothing_to_learn_from_is_said():
    with pytest.raises(ValueError, match="^There is no batch to learn from"):
        train(Line(1), lambda rng: iter(()), lambda b: b, Training(), np.random.default_rng(0))


def test_the_batches_are_those_of_the_generator(problem):
    x, y = problem
    ends = []
    for seed in (3, 3, 4):
        network = Line(3)
        settings = Training(n_epochs=2, learning_rate=0.05)
        train(network, in_batches(60, 16), squares(network, x, y), settings, np.random.default_rng(seed))
        ends.append(network.w.detach().numpy())
    assert np.array_equal(ends[0], ends[1]) and not np.array_equal(ends[0], ends[2])


class TestSeeded:
    def draws(self, random_state):
        with seeded(random_state, 1) as rng:
            return float(torch.rand(())), float(rng.random())

    def test_the_same_seed_the_same_draws(self):
        assert self.draws(5) == self.draws(5) == self.draws(np.int64(5)) != self.draws(6)
        for make in (np.random.RandomState, np.random.default_rng):
            source = make(5)
            first = self.draws(source)
            assert first == self.draws(make(5)) != self.draws(source)  # a generator moves on

    def test_torchs_own_state_and_threads_are_put_back(self):
        torch.manual_seed(11)
        expected = float(torch.rand(()))
        torch.manual_seed(11)
        threads = torch.get_num_threads()
        with seeded(0, 3):
            torch.rand(7)
            assert torch.get_num_threads() == 3
        assert torch.get_num_threads() == threads
        assert float(torch.rand(())) == expected
        with pytest.raises(KeyError), seeded(0, 3):
            raise KeyError
        assert torch.get_num_threads() == threads


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"n_epochs": 0}, "n_epochs=0"),
        ({"batch_size": 2.5}, "batch_size=2.5"),
        ({"patience": 0}, "patience=0"),
        ({"n_jobs": 0}, "n_jobs=0"),
        ({"learning_rate": 0.0}, "learning_rate=0.0"),
        ({"weight_decay": -1.0}, "weight_decay=-1.0"),
        ({"clip": 0}, "clip=0"),
        ({"validate": 0.5}, "give a function of the model"),
        ({"device": "gpu?"}, "device='gpu\\?'"),
        ({"device": 3.5}, "device=3.5"),
    ],
)
def test_settings_that_cannot_be(settings, said):
    with pytest.raises(ValueError, match=said):
        Training(**settings).check()
    Training().check()


def test_the_device_is_the_processor_where_there_is_no_other(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert Training().choose_device() == torch.device("cpu")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert Training().choose_device() == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert Training().choose_device() == torch.device("cuda")
    assert Training(device="cpu").choose_device() == torch.device("cpu")
