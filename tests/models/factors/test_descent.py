"""Sums by row and AdaGrad's step against loops."""

from __future__ import annotations

import numpy as np

from recsys_helpers.models.factors.descent import AdaGrad, summed


def test_summed_is_a_sum_by_row():
    rng = np.random.default_rng(0)
    rows, values = rng.integers(0, 9, 60), rng.normal(size=(60, 3))
    expected = np.zeros((9, 3))
    np.add.at(expected, rows, values)
    distinct, total = summed(rows, values)
    assert distinct.tolist() == sorted(set(rows.tolist()))
    np.testing.assert_allclose(total, expected[distinct], rtol=1e-12)


def test_steps_by_loops():
    rng = np.random.default_rng(1)
    table = rng.normal(size=(6, 4))
    model, expected, squares = AdaGrad(table.copy(), 0.3), table.copy(), np.zeros(6)
    for _ in range(5):
        rows, gradient = rng.integers(0, 6, 10), rng.normal(size=(10, 4))
        model.step(rows, gradient)
        for row in set(rows.tolist()):
            g = gradient[rows == row].sum(axis=0)
            squares[row] += (g**2).sum() / 4
            expected[row] -= 0.3 * g / np.sqrt(squares[row])
    np.testing.assert_allclose(model.table, expected, rtol=1e-12)


def test_a_row_without_a_gradient_stays():
    model = AdaGrad(np.ones((2, 2)), 0.5)
    model.step(np.array([1]), np.zeros((1, 2)))
    assert model.table.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    model.step(np.array([1, 1]), np.array([[3.0, 4.0], [0.0, 0.0]]))
    np.testing.assert_allclose(model.table[1], 1 - 0.5 * np.array([3, 4]) / np.sqrt(12.5))
    assert model.table[0].tolist() == [1.0, 1.0]
