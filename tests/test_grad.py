"""The small gradient against finite differences, and against torch's autograd where torch is installed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from recsys_helpers import grad
from recsys_helpers.grad import Tensor, tensor

ROWS = np.array([0, 2, 2, -1])
MASK = np.triu(np.full((4, 4), -np.inf), k=1)


def parameters(seed: int = 0) -> dict[str, np.ndarray]:
    """Arrays away from every kink: no entry within 0.05 of zero."""
    rng = np.random.default_rng(seed)
    shapes = {"a": (3, 4), "b": (4, 2), "row": (4,), "one": (1, 1), "cube": (2, 3, 4), "table": (3, 4)}
    drawn = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    return {name: value + 0.05 * np.sign(value) for name, value in drawn.items()}


def mlp(p):
    return ((p["a"] @ p["b"]).relu() * p["b"].sum(axis=0)).tanh().sum()


def attention(p):
    x = p["table"][ROWS]
    scores = x @ x.swapaxes(0, 1) / 2.0
    weights = (scores + type(scores)(MASK)).log_softmax(-1).exp()
    return (weights @ x).reshape(16).mean()


#: name -> a number computed from the parameters by these operations alone, so that torch can run the same lines
CASES = {
    "arithmetic": lambda p: ((2.0 - p["a"]) * p["row"] / (p["a"] ** 2 + 1.0) - 3.0 * -p["one"]).sum(),
    "number minus, number plus": lambda p: (1.0 - (p["a"] + 1.0) + (0.5 + p["a"]) * p["a"]).mean(),
    "the same twice": lambda p: (p["a"] * p["a"] + p["a"]).sum(),
    "powers": lambda p: ((p["a"] ** 2 + 1.0) ** -0.5 + p["a"] ** 3).sum(),
    "product": lambda p: (p["a"] @ p["b"]).sum(),
    "product, leading axes broadcast": lambda p: ((p["cube"] @ p["b"]) ** 2).sum(),
    "product of two with leading axes": lambda p: ((p["cube"] @ p["cube"].swapaxes(1, 2)) ** 2).sum(),
    "broadcast from the left": lambda p: (p["cube"] * p["a"] + p["row"]).tanh().sum(),
    "broadcast of an axis of length 1": lambda p: ((p["a"] + p["one"]) ** 2).sum(),
    "sum over an axis": lambda p: (p["cube"].sum(axis=1) ** 2).sum(),
    "sum over the last axis": lambda p: (p["cube"].sum(axis=-1) ** 2).sum(),
    "mean over an axis, kept": lambda p: ((p["cube"] - p["cube"].mean(axis=-1, keepdims=True)) ** 2).mean(),
    "rows by number": lambda p: (p["table"][ROWS] * p["a"][np.array([0, 1, 1, 2])]).sum(),
    "rows by a table of numbers": lambda p: (p["table"][np.array([[0, 1], [1, 1]])].mean(axis=1) ** 2).sum(),
    "single cells": lambda p: (p["a"][np.array([0, 0, 2]), np.array([1, 1, 3])] ** 2).sum(),
    "a slice": lambda p: (p["cube"][:, 1:, 0] ** 2).sum(),
    "reshape": lambda p: (p["cube"].reshape(6, 4) @ p["b"]).tanh().sum(),
    "swapaxes": lambda p: (p["cube"].swapaxes(0, 2) ** 2 * p["row"].reshape(4, 1, 1)).sum(),
    "exp": lambda p: p["a"].exp().sum(),
    "relu": lambda p: (p["a"].relu() ** 2).sum(),
    "log_softmax": lambda p: (p["cube"].log_softmax(-1) * p["a"]).sum(),
    "log_softmax over another axis": lambda p: (p["cube"].log_softmax(1) * p["a"]).sum(),
    "two layers": mlp,
    "attention behind a mask": attention,
}


def differences(f, p, step=1e-6):
    """Central differences of f in every entry of every parameter: the definition of a derivative, and slow."""
    found = {name: np.zeros_like(value) for name, value in p.items()}
    for name, value in p.items():
        for at in np.ndindex(value.shape):
            ends = []
            for sign in (1, -1):
                moved = value.copy()
                moved[at] += sign * step
                ends.append(float(f({k: Tensor(v) for k, v in (p | {name: moved}).items()}).data))
            found[name][at] = (ends[0] - ends[1]) / (2 * step)
    return found


@pytest.mark.parametrize("case", CASES)
def test_against_finite_differences(case):
    p = parameters()
    tensors = {name: Tensor(value) for name, value in p.items()}
    CASES[case](tensors).backward()
    for name, expected in differences(CASES[case], p).items():
        np.testing.assert_allclose(tensors[name].grad, expected, rtol=1e-6, atol=1e-7, err_msg=name)


@pytest.mark.parametrize("case", CASES)
def test_against_torch(case):
    torch = pytest.importorskip("torch", reason="torch is not installed (make deep brings it)")
    torch.set_default_dtype(torch.float64)
    try:
        p = parameters(1)
        ours = {name: Tensor(value) for name, value in p.items()}
        theirs = {name: torch.tensor(value, requires_grad=True) for name, value in p.items()}
        value, said = CASES[case](ours), CASES[case](theirs)
    finally:
        torch.set_default_dtype(torch.float32)
    value.backward()
    said.backward()
    np.testing.assert_allclose(value.data, said.detach().numpy(), rtol=1e-12)
    for name, one in theirs.items():
        expected = np.zeros(one.shape) if one.grad is None else one.grad.numpy()
        np.testing.assert_allclose(ours[name].grad, expected, rtol=1e-6, atol=1e-12, err_msg=name)


def test_log_sigmoid_against_a_closed_form_and_far_out():
    x = Tensor(np.array([-800.0, -2.0, 0.0, 3.0, 800.0]))
    value = x.log_sigmoid()
    with np.errstate(over="ignore"):
        sigmoid = 1 / (1 + np.exp(-x.data))
    np.testing.assert_allclose(value.data[1:], np.log(sigmoid[1:]), rtol=1e-12)
    assert value.data[0] == -800.0
    value.sum().backward()
    np.testing.assert_allclose(x.grad, 1 - sigmoid, rtol=1e-12, atol=1e-300)


def test_log_softmax_does_not_overflow_and_takes_minus_infinity_for_absent():
    x = Tensor(np.array([[1000.0, 999.0, -np.inf]]))
    value = x.log_softmax()
    np.testing.assert_allclose(np.exp(value.data), [[0.7310585786300049, 0.2689414213699951, 0.0]])
    value[0, 1].backward()
    np.testing.assert_allclose(x.grad, [[-0.7310585786300049, 0.7310585786300049, 0.0]])


def test_backward_begins_anew_each_time():
    w = Tensor([2.0])
    loss = (w * 3.0).sum()
    loss.backward()
    loss.backward()
    assert w.grad.tolist() == [3.0]
    (w * w).sum().backward()
    assert w.grad.tolist() == [4.0]


def test_a_chain_longer_than_pythons_stack():
    x = Tensor([1.0])
    y = x
    for _ in range(3_000):
        y = y + 0.001
    y.sum().backward()
    assert x.grad.tolist() == [1.0]


def test_an_array_on_the_left_asks_the_tensor():
    x = Tensor([1.0, 2.0])
    product = np.array([3.0, 4.0]) * x
    assert isinstance(product, Tensor)
    product.sum().backward()
    assert x.grad.tolist() == [3.0, 4.0]


def test_what_comes_in_is_not_changed_and_a_tensor_stays_one():
    array = np.arange(6, dtype=np.int64).reshape(2, 3)
    x = Tensor(array)
    (x * 2.0).sum().backward()
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert x.data.dtype == np.float64
    assert tensor(x) is x


def test_only_one_number_has_a_gradient():
    with pytest.raises(ValueError, match=r"has shape \(2, 2\): sum it"):
        (Tensor(np.ones((2, 2))) * 2.0).backward()


def test_it_stays_small_enough_to_be_taught():
    assert len(Path(grad.__file__).read_text(encoding="utf-8").splitlines()) <= 150
