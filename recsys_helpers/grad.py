"""A reverse-mode gradient on NumPy arrays: what torch's autograd does, small enough to be read in one go.

It holds no model and no training loop, and it takes first derivatives of one number only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from scipy import sparse

Array = np.ndarray[Any, Any]
Pull = Callable[[Array], Sequence[Array]]


class Tensor:
    """An array that remembers what it was computed from, so that a gradient can be carried back to there.

    ``data`` is the array (float64), ``grad`` the derivative of the number that ``backward`` was called on.
    ``pull`` turns it into one for each of the ``parents``, from which this tensor was computed (chain rule).

    >>> w, x = Tensor([[1.0, 2.0]]), Tensor([[3.0], [4.0]])
    >>> loss = (w @ x - 10) ** 2
    >>> loss.backward()
    >>> loss.data.tolist(), w.grad.tolist()
    ([[1.0]], [[6.0, 8.0]])
    """

    __array_ufunc__ = None  # so that `array * tensor` asks the tensor

    def __init__(self, data: Any, parents: Sequence[Tensor] = (), pull: Pull = lambda g: ()):
        self.data: Array = np.asarray(data, dtype=np.float64)
        self.grad: Array = np.zeros_like(self.data)
        self.parents, self.pull = tuple(parents), pull

    def backward(self) -> None:
        """Fill ``grad`` of all that this number was computed from; ValueError if it is more than one number."""
        if self.data.size != 1:
            raise ValueError(f"A gradient is of one number, and this has shape {self.data.shape}: sum it.")
        order: list[Tensor] = []  # parents before children, found depth first
        met, todo = {id(self)}, [(self, iter(self.parents))]
        while todo:
            child, rest = todo[-1]
            parent = next(rest, None)
            if parent is None:
                child.grad = np.zeros_like(child.data)
                order.append(todo.pop()[0])
            elif id(parent) not in met:
                met.add(id(parent))
                todo.append((parent, iter(parent.parents)))
        self.grad = np.ones_like(self.data)
        for child in reversed(order):
            for parent, share in zip(child.parents, child.pull(child.grad), strict=True):
                parent.grad = parent.grad + _fold(share, parent.data.shape)

    # Each operation: its value, its parents, and what they get of the gradient g of its value.

    def __add__(self, other: Any) -> Tensor:
        other = tensor(other)
        return Tensor(self.data + other.data, (self, other), lambda g: (g, g))

    def __mul__(self, other: Any) -> Tensor:
        other = tensor(other)
        return Tensor(self.data * other.data, (self, other), lambda g: (g * other.data, g * self.data))

    def __matmul__(self, other: Any) -> Tensor:
        """Of tensors with two axes or more; the leading ones broadcast, as in NumPy."""
        a, b = self.data, (other := tensor(other)).data
        return Tensor(a @ b, (self, other), lambda g: (g @ b.swapaxes(-1, -2), a.swapaxes(-1, -2) @ g))

    def __pow__(self, power: float) -> Tensor:
        return Tensor(self.data**power, (self,), lambda g: (g * power * self.data ** (power - 1),))

    def __getitem__(self, index: Any) -> Tensor:
        """Any of NumPy's indices; ``table[rows]`` is an embedding: what flows back to a row taken twice adds up."""
        return Tensor(self.data[index], (self,), lambda g: (_scatter(g, index, self.data),))

    def __neg__(self) -> Tensor:
        return self * -1.0

    def __sub__(self, other: Any) -> Tensor:
        return self + -tensor(other)

    def __rsub__(self, other: Any) -> Tensor:
        return -self + tensor(other)

    def __truediv__(self, other: Any) -> Tensor:
        return self * tensor(other) ** -1.0

    __radd__, __rmul__ = __add__, __mul__

    def sum(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        kept = self.data.sum(axis=axis, keepdims=True)
        value = kept if keepdims else kept.squeeze(axis)
        return Tensor(value, (self,), lambda g: (np.broadcast_to(g.reshape(kept.shape), self.data.shape),))

    def mean(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        return self.sum(axis, keepdims) / (self.data.size if axis is None else self.data.shape[axis])

    def reshape(self, *shape: int) -> Tensor:
        return Tensor(self.data.reshape(*shape), (self,), lambda g: (g.reshape(self.data.shape),))

    def swapaxes(self, one: int, two: int) -> Tensor:
        return Tensor(self.data.swapaxes(one, two), (self,), lambda g: (g.swapaxes(one, two),))

    def exp(self) -> Tensor:
        value = np.exp(self.data)
        return Tensor(value, (self,), lambda g: (g * value,))

    def tanh(self) -> Tensor:
        value = np.tanh(self.data)
        return Tensor(value, (self,), lambda g: (g * (1 - value**2),))

    def relu(self) -> Tensor:
        return Tensor(np.maximum(self.data, 0), (self,), lambda g: (g * (self.data > 0),))

    def log_sigmoid(self) -> Tensor:
        """log(1 / (1 + exp(-x))) without overflow; its exp() is the sigmoid."""
        value = -np.logaddexp(0, -self.data)
        return Tensor(value, (self,), lambda g: (g * -np.expm1(value),))

    def log_softmax(self, axis: int = -1) -> Tensor:
        """x less the logarithm of the summed exp(x), along an axis; its exp() is the softmax. -inf is nothing."""
        shifted = self.data - self.data.max(axis=axis, keepdims=True)
        value = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
        return Tensor(value, (self,), lambda g: (g - np.exp(value) * g.sum(axis=axis, keepdims=True),))


def tensor(value: Any) -> Tensor:
    """A tensor as it is, anything else made into one."""
    return value if isinstance(value, Tensor) else Tensor(value)


def _fold(g: Array, shape: tuple[int, ...]) -> Array:
    """A gradient summed over the axes along which its tensor was repeated to fit."""
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return np.asarray(g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True))


def _scatter(g: Array, index: Any, like: Array) -> Array:
    """Zeros like the whole tensor, with g added at ``index``; for rows by number one sparse product, which is quick."""
    if isinstance(index, np.ndarray) and index.dtype.kind in "iu" and like.ndim == 2:
        parts = np.ones(index.size), index.ravel() % len(like), np.arange(index.size + 1)
        picks = sparse.csr_array(parts, shape=(index.size, len(like)))
        return np.asarray(picks.T @ g.reshape(index.size, -1))
    whole = np.zeros_like(like)
    np.add.at(whole, index, g)
    return whole
