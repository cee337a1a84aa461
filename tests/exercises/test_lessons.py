"""What single exercises of the lessons owe to an independent source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from recsys_helpers.exercises.lessons.lesson_02.clusters import adjusted

labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=9)


@given(labels)
def test_the_adjusted_rand_index_is_scikit_learns(pairs):
    a, b = zip(*pairs, strict=True)
    assert adjusted(a, b) == pytest.approx(adjusted_rand_score(a, b))
