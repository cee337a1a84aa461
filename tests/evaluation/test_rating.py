"""Rating metrics against scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as theirs

from recsys_helpers.evaluation import mae, r2, rmse

numbers = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=2, max_size=40)


@settings(max_examples=100, deadline=None)
@given(numbers)
def test_equal_to_scikit_learn(pairs):
    truth, predicted = map(np.array, zip(*pairs, strict=True))
    assert rmse(truth, predicted) == pytest.approx(
        theirs.mean_squared_error(truth, predicted) ** 0.5, abs=1e-12
    )
    assert mae(truth, predicted) == pytest.approx(theirs.mean_absolute_error(truth, predicted), abs=1e-12)
    if np.ptp(truth) > 1e-3:
        assert r2(truth, predicted) == pytest.approx(theirs.r2_score(truth, predicted), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("ours, loss", [(rmse, "root"), (mae, "absolute")])
def test_per_listener_is_the_metric_of_each_listener(ours, loss):
    rng = np.random.default_rng(0)
    truth, predicted = rng.normal(size=200), rng.normal(size=200)
    listeners = rng.choice(["ann", "bob", "cid"], size=200)
    values = ours(truth, predicted, listeners=listeners)
    assert list(values.index) == ["ann", "bob", "cid"]
    for name in values.index:
        assert values[name] == pytest.approx(
            ours(truth[listeners == name], predicted[listeners == name]), abs=1e-12
        )


@pytest.mark.parametrize("kind", ["uint8", "float32", object])
def test_numbers_of_every_kind_are_ratings(kind):
    """Bytes among them, of which 1 - 3 is 254."""
    truth, predicted = [1, 5, 2, 0], [3, 4, 2, 0]
    for numbers in ((np.array(truth, dtype=kind), predicted), (truth, np.array(predicted, dtype=kind))):
        assert rmse(*numbers) == pytest.approx(math.sqrt(5 / 4))
        assert mae(*numbers) == 3 / 4
        assert r2(*numbers) == pytest.approx(1 - 5 / 14)


BAD = {
    "lengths differ": (lambda: rmse([1, 2], [1]), "two lists of the same length"),
    "nothing": (lambda: mae([], []), "at least 1"),
    "NaN in truth": (
        lambda: rmse([1, float("nan")], [1, 2]),
        r"1 of the true ratings are NaN or infinite \(first at position 1\)",
    ),
    "infinite prediction": (lambda: mae([1, 2], [float("inf"), 2]), "predicted ratings are NaN or infinite"),
    "constant ratings": (lambda: r2([3, 3, 3], [1, 2, 3]), "all true ratings are equal. Use rmse or mae"),
    "too few listeners": (lambda: rmse([1, 2], [1, 2], listeners=["ann"]), "1 listeners for 2 ratings"),
    "a table": (lambda: rmse([[1, 2]], [[1, 2]]), "not shapes"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, case):
    call, sentence = BAD[case]
    refused(call, sentence)
