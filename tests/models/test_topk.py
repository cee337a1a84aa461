"""``top_k`` against a plain sort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from recsys_helpers.models import top_k


def plain(scores, k):
    found = []
    for row, values in enumerate(scores):
        order = sorted((j for j in range(len(values)) if values[j] > -np.inf), key=lambda j: (-values[j], j))
        found += [(row, j, rank, values[j]) for rank, j in enumerate(order[:k])]
    return found


# Few distinct values, so that ties are the rule.
SCORES = st.tuples(st.integers(1, 4), st.integers(1, 40)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([-np.inf, -1.5, 0.0, 0.25, 2.0]))
)


@settings(max_examples=300, deadline=None)
@given(scores=SCORES, k=st.integers(1, 50))
def test_equals_a_plain_sort_with_ties_and_gaps(scores, k):
    assert list(zip(*[part.tolist() for part in top_k(scores, k)], strict=True)) == plain(scores, k)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("k", [1, 10, 100])
def test_equals_a_plain_sort_on_wide_rows(dtype, k):
    scores = np.random.default_rng(0).normal(size=(5, 3001)).round(2).astype(dtype)
    scores[0, 50:] = -np.inf
    scores[1, :] = -np.inf
    assert list(zip(*[part.tolist() for part in top_k(scores, k)], strict=True)) == plain(scores, k)


@pytest.mark.parametrize("column", [0, 1, 40, 2998, 2999, 3000])
def test_not_a_number_is_refused_wherever_it_stands(column):
    """Among the columns that are dealt into groups, and among the few that are left over."""
    scores = np.zeros((3, 3001))
    scores[1, column] = np.nan
    with pytest.raises(ValueError, match=f"^A score is not a number: that of row 1, column {column}\\. Mend"):
        top_k(scores, 1)


def test_nothing_to_rank():
    assert [len(part) for part in top_k(np.zeros((3, 0)), 5)] == [0, 0, 0, 0]
    assert [len(part) for part in top_k(np.zeros((0, 4)), 5)] == [0, 0, 0, 0]
