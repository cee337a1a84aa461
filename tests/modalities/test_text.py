"""Words as numbers: as scikit-learn has them, and learned on the rows that teach alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from recsys_helpers.modalities import latent, one_hot, weigh_words, without

TEXTS = [
    "calm rain at night",
    "rain on the road",
    "calm morning news",
    "news at noon and rain",
    "piano, calm piano",
]


def test_weights_are_scikit_learns_of_the_rows_that_teach():
    learn = np.array([True, True, True, False, False])
    expected = TfidfVectorizer(stop_words="english").fit(TEXTS[:3]).transform(TEXTS).toarray()
    assert np.allclose(weigh_words(TEXTS, learn).toarray(), expected)
    others = [*TEXTS[:3], "anything at all", "piano piano piano"]
    assert np.allclose(weigh_words(others, learn).toarray()[:3], expected[:3])


def test_options_reach_scikit_learn_and_nothing_to_learn_from_is_refused():
    tags = weigh_words(["a b;c", "c"], [True, True], token_pattern="[^;]+", stop_words=None)
    assert tags.shape == (2, 2)
    with pytest.raises(ValueError, match="name at least one"):
        weigh_words(TEXTS, np.zeros(5, dtype=bool))
    with pytest.raises(ValueError, match="for 5 texts"):
        weigh_words(TEXTS, [True])


def test_directions_are_those_of_a_truncated_svd_up_to_sign_and_the_sign_is_fixed():
    weights = weigh_words(TEXTS, np.ones(5, dtype=bool))
    ours = latent(weights, np.ones(5, dtype=bool), 3)
    theirs = TruncatedSVD(3, algorithm="arpack", random_state=1).fit_transform(weights)
    assert np.allclose(np.abs(ours), np.abs(theirs), atol=1e-8)
    _, singular, _ = np.linalg.svd(weights.toarray())
    assert np.allclose(np.linalg.norm(ours, axis=0), singular[:3])
    turned = latent(-weights.toarray()[::-1], np.ones(5, dtype=bool), 3)
    assert np.allclose(turned[::-1], -ours, atol=1e-8)


def test_directions_come_from_the_rows_that_teach():
    table = np.diag([3.0, 2.0, 9.0])
    assert np.allclose(latent(table, [True, True, False], 1).ravel(), [3, 0, 0], atol=1e-8)
    with pytest.raises(ValueError, match="no so many directions"):
        latent(table, [True, True, False], 3)


def test_labels_of_other_rows_have_no_column():
    table = one_hot(["folk", "jazz", "folk", "rain"], [True, True, True, False]).toarray()
    assert table.tolist() == [[1, 0], [0, 1], [1, 0], [0, 0]]


def test_names_go_as_whole_words():
    assert without("Ada made Adas and ADA.", "Ada") == "made Adas and ."
    assert without("a hip-hop track", "hip-hop") == "a track"


def test_one_direction_fewer_than_rows_and_words_is_the_most():
    """As many as the smaller of both is more than a truncated decomposition has."""
    table = np.diag([3.0, 2.0, 1.0, 5.0])
    for learn, most in (([True] * 4, 3), ([True, True, True, False], 2)):
        found = latent(table, learn, most)
        assert found.shape == (4, most)
        for size in (0, most + 1):
            with pytest.raises(ValueError, match=f"^size={size}: {sum(learn)} rows of 4 words"):
                latent(table, learn, size)


def test_nothing_to_learn_from_is_counted():
    with pytest.raises(ValueError, match="^learn=0 of 5 rows for 5 texts: name at least one"):
        weigh_words(TEXTS, np.zeros(5, dtype=bool))


def test_labels_stand_in_order_of_name_and_a_series_is_read_like_a_list():
    table = one_hot(pd.Series(["rain", "folk", "jazz"], index=[7, 7, 7]), [True, True, False])
    assert table.toarray().tolist() == [[0, 1], [1, 0], [0, 0]] and table.shape == (3, 2)


def test_names_are_taken_as_they_are_written_and_spaces_put_in_order():
    assert without("  By A.B.  and\tAXB, Kalo\nDray ", "A.B.", "kalo dray") == "By and AXB, Kalo Dray"
    assert without("rain, Rainer and grain", "rain") == ", Rainer and grain"
    assert without("calm") == "calm"
