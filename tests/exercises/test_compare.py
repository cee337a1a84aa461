"""A result counts by its value, and is shown as Python: whatever form a learner chose."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recsys_helpers.exercises.compare import same, show
from recsys_helpers.interactions import Interactions

nan = math.nan
FRAME = pd.DataFrame({"user": ["a", "b"], "plays": [1, 2]})
NAMED = pd.Series({"a": 1.0, "b": 2.0})

EQUAL = {
    "an int for a float": (1, 1.0),
    "NumPy's float": (np.float32(0.5), 0.5),
    "a fraction": (Fraction(1, 3), 1 / 3),
    "decimals in a list": ([Decimal("0.5"), 2], [0.5, 2.0]),
    "an array without dimensions": (np.array(0.5), 0.5),
    "NumPy's bool": (np.bool_(True), True),
    "the last bits": (0.1 + 0.2, 0.3),
    "rounded to three decimals": (0.333, 1 / 3),
    "rounded to two decimals": (0.97, 0.97312),
    "a rounded list with a gap": ([0.33, nan], [1 / 3, nan]),
    "a rounded list": ([0.333, 0.667, 0.001], [1 / 3, 2 / 3, 0.0013]),
    "nan for nan": (np.float64(nan), nan),
    "infinity": (np.inf, math.inf),
    "a tuple for a list": ((1, 2), [1, 2]),
    "an array for a list": (np.array([1, 2]), [1, 2]),
    "a list for an array": ([[1, 2], [3, 4]], np.array([[1.0, 2.0], [3.0, 4.0]])),
    "a Series for a list": (pd.Series([1, 2], index=["x", "y"]), [1, 2]),
    "a list for a Series": ([1.0, 2.0], NAMED),
    "an Index for a list": (pd.Index(["a", "b"]), ["a", "b"]),
    "a range for a list": (range(3), [0, 1, 2]),
    "a deque for a list": (deque([1, 2]), [1, 2]),
    "the values of a dict": ({"a": 1}.values(), [1]),
    "an array of words": (np.array(["a", "b"]), ["a", "b"]),
    "pandas' words": (pd.Series(["a", "b"], dtype="string"), ["a", "b"]),
    "a frozenset for a set": (frozenset({1, 2}), {1, 2}),
    "a list for a set": ([2, 1], {1, 2}),
    "an array for a set": (np.array([2, 1]), {1, 2}),
    "the keys of a dict for a set": ({"a": 1}.keys(), {"a"}),
    "a set of floats": ({0.1 + 0.2, 1.0}, {0.3, 1}),
    "a Counter for a dict": (Counter("aab"), {"b": 1, "a": 2}),
    "a dict in another order": (OrderedDict([("b", 2), ("a", 1)]), {"a": 1, "b": 2}),
    "a Series for a dict": (pd.Series({"b": 2, "a": 1}), {"a": 1, "b": 2}),
    "a dict for a Series": ({"b": 2, "a": 1}, NAMED),
    "a dict of arrays": ({1: np.array([1, 2])}, {1: [1, 2]}),
    "NumPy's keys": ({np.int64(1): 2}, {1: 2}),
    "a ragged list": ([[1], (2, 3)], [[1], [2, 3]]),
    "a pair": ((np.float64(0.5), np.array([1, 2])), (0.5, [1, 2])),
    "columns in another order": (FRAME[["plays", "user"]], FRAME),
    "a table with another index": (FRAME.set_axis([7, 9]), FRAME),
    "a table with its key as index": (FRAME.set_index("user"), FRAME),
    "a sparse matrix": (csr_array([[1, 0], [0, 2]]), np.array([[1, 0], [0, 2]])),
    "a table for an array": (
        pd.DataFrame([[1, 2], [3, 4]], columns=["x", "y"]),
        np.array([[1.0, 2.0], [3.0, 4.0]]),
    ),
    "None": (None, None),
    "times": ([pd.Timestamp("2026-01-05")], np.array(["2026-01-05"], dtype="datetime64[ns]")),
    "a table with a gap": (FRAME.assign(plays=[1, nan]), FRAME.assign(plays=[1, nan])),
    "nothing in a list": ((), []),
    "complex numbers": (1 + 1e-12j, 1),
}
UNEQUAL = {
    "another number": (0.5, 0.4),
    "a table of another shape than the array": (pd.DataFrame([[1, 2]]), np.array([[1], [2]])),
    "a table of other numbers than the array": (pd.DataFrame([[1, 2]]), np.array([[1, 3]])),
    "rounded to a whole": (1, 0.97),
    "a large number rounded to a whole": (123, 123.4),
    "a large number rounded to one decimal": (123.4, 123.42),
    "rounded away": (0.0, 0.0004),
    "a number for None": (0, None),
    "None for a number": (None, 0),
    "None for an empty list": (None, []),
    "nan": (nan, 0.0),
    "a number for nan": (0.0, nan),
    "a word for a number": ("0.5", 0.5),
    "a list for a number": ([0.5], 0.5),
    "a number for a list": (0.5, [0.5]),
    "a word for its letters": ("ab", ["a", "b"]),
    "another order": ([2, 1], [1, 2]),
    "a set where order counts": ({1, 2}, [1, 2]),
    "one more": ([1, 2, 3], [1, 2]),
    "a column for a row": (np.array([[1], [2]]), [1, 2]),
    "twice in a list for a set": ([1, 1, 2], {1, 2}),
    "another key": ({"a": 1, "c": 2}, {"a": 1, "b": 2}),
    "one key less": ({"a": 1}, {"a": 1, "b": 2}),
    "a list for a dict": ([1], {"a": 1}),
    "a dict for a list": ({0: 1}, [1]),
    "another value under a label": (pd.Series({"a": 1.0, "b": 3.0}), NAMED),
    "another value under a key": ({"a": 1.0, "b": 3.0}, NAMED),
    "other labels": (pd.Series([1.0, 2.0], index=["b", "a"]), NAMED),
    "labels in another order": (NAMED[::-1], NAMED),
    "another column": (FRAME.rename(columns={"plays": "n"}), FRAME),
    "one column more": (FRAME.assign(x=1), FRAME),
    "rows in another order": (FRAME[::-1], FRAME),
    "a row less": (FRAME[:1], FRAME),
    "a function": (len, 0.5),
    "infinity of the other sign": (-math.inf, math.inf),
    "a very large array": (np.zeros(2_000_000), [0.0]),
    "a very large matrix": (csr_array((10**6, 10**6)), np.zeros((2, 2))),
}
UNORDERED = {
    "a list": ([2, 1, 2], [1, 2, 2]),
    "a set for a list": ({1, 2}, [2, 1]),
    "pairs": ([("b", 1), ("a", 2)], [["a", 2], ["b", 1]]),
    "a table": (FRAME[::-1], FRAME),
    "labels": (NAMED[::-1], NAMED),
    "lists in a dict": ({"u": [2, 1]}, {"u": [1, 2]}),
    "floats that differ in the last bits": ([0.1 + 0.2, 0.1], [0.1, 0.3]),
}


@pytest.mark.parametrize(("got", "want"), EQUAL.values(), ids=EQUAL)
def test_a_right_value_in_another_form_is_right(got, want):
    assert same(got, want)


@pytest.mark.parametrize(("got", "want"), UNEQUAL.values(), ids=UNEQUAL)
def test_another_value_is_not(got, want):
    assert not same(got, want)


@pytest.mark.parametrize(("got", "want"), UNORDERED.values(), ids=UNORDERED)
def test_order_counts_only_where_it_is_asked_for(got, want):
    assert same(got, want, ordered=False)


@pytest.mark.parametrize(
    ("got", "want"),
    [([1, 1, 2], [1, 2, 2]), ([1], [1, 1]), (FRAME[:1], FRAME), ([(1, 2)], [(2, 1)]), ({1}, [1, 1])],
)
def test_without_order_items_still_count(got, want):
    assert not same(got, want, ordered=False)


def test_the_tolerance_is_the_authors():
    assert same(0.9, 0.95, tolerance=0.05)
    assert not same(0.9, 1.1, tolerance=0.05)
    assert not same(1 + 1e-5, 1.0)
    assert same([1.0, 2.02], [1, 2], tolerance=0.01)


def test_interactions_are_compared_by_their_entries():
    frame = pd.DataFrame({"user_id": [1, 1, 2], "track_id": [5, 6, 5], "plays": [3, 1, 2]})
    one = Interactions.from_frame(frame, value="plays")
    assert same(Interactions.from_frame(frame[::-1], value="plays"), one)
    assert not same(one.with_values(one.matrix.data + 1), one)


numbers = st.lists(st.floats(-1e6, 1e6).map(lambda x: x + 0.0), max_size=6)


@given(numbers)
def test_a_list_equals_its_own_other_forms(values):
    for form in (tuple, np.array, pd.Series, lambda x: [round(one, 9) for one in x]):
        assert same(form(values), values)
        assert same(values, form(values))


@given(numbers, st.data())
def test_a_real_change_is_seen(values, data):
    if values:
        place = data.draw(st.integers(0, len(values) - 1))
        changed = list(values)
        changed[place] += 0.5 + abs(changed[place]) / 2
        assert not same(changed, values)


@given(st.lists(st.integers(0, 4)), st.randoms())
def test_any_order_is_the_same_without_order(values, random):
    shuffled = list(values)
    random.shuffle(shuffled)
    assert same(shuffled, values, ordered=False)


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        [1, 2.5],
        (1,),
        {"a": [1]},
        {1, 2},
        np.array([[1, 2], [3, 4]]),
        NAMED,
        FRAME,
        "word",
        None,
        True,
        set(),
        {},
    ],
    ids=show,
)
def test_what_is_shown_can_be_pasted(value):
    again = eval(show(value), {"np": np, "pd": pd})
    assert type(again) is type(value)
    assert same(again, value)


def test_what_is_shown_is_short_and_the_same_each_time():
    class Odd:
        def __repr__(self):
            raise RuntimeError

    assert show({"pear", "apple", "fig"}) == "{'apple', 'fig', 'pear'}"
    assert show(np.float64(1) / 3) == "0.333333"
    assert show([np.int64(3), np.bool_(True)]) == "[3, True]"
    assert show(list(range(100))).endswith("28, 29, … 100 in all]")
    assert show(np.zeros((50, 40))) == "ndarray of shape (50, 40)"
    assert show(csr_array((10**6, 10**6))) == "csr_array of shape (1000000, 1000000)"
    assert len(show("x" * 1000)) <= 300
    assert "0x" not in show(object()) + show(lambda: 0)
    assert show(Odd()) == "<Odd>"
    assert show([0.1, nan, math.inf]) == "[0.1, nan, inf]"
    assert show(pd.Series([1, 2], index=["a", "a"])) == "pd.Series([1, 2])"
