"""No score without a number, and lists that do not hang on the last digits of a processor."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers.models import EASE, ImplicitALS, ItemKNN, Recommender
from recsys_helpers.models.topk import rounding_steps, top_k


class Says(Recommender):
    """Gives the scores that it was told, (n_users, n_items)."""

    def __init__(self, table=None):
        self.table = table

    def _fit(self, x):
        pass

    def _score(self, rows):
        return np.array(self.table)[rows]


def says(x, change=None, dtype=np.float64):
    table = np.random.default_rng(0).normal(size=x.shape).astype(dtype)
    if change is not None:
        change(table)
    return Says(table).fit(x)


@pytest.mark.parametrize("exclude_seen", [True, False])
@pytest.mark.parametrize("column", [0, 3, 29])
def test_one_nan_is_an_error_that_names_model_listener_and_item(small, column, exclude_seen):
    def change(table):
        table[5, column] = np.nan

    model = says(small, change)
    sentence = rf"^Says gave no number \(NaN\) as the score of item 't{column:03d}' for user 'u005'"
    for ask in (
        lambda: model.recommend(small.users, exclude_seen=exclude_seen),
        lambda: model.recommend(["u001", "u005"], k=1, candidates=small.items[[8, 9]]),
        lambda: model.score(["u005"]),
        lambda: model.predict(["u004", "u005"], [small.items[1], small.items[column]]),
    ):
        with pytest.raises(ValueError, match=sentence):
            ask()
    assert len(model.recommend(small.users.delete(5), k=3)) == 3 * 39


def test_ids_that_are_numbers_are_named_as_one_types_them(tall):
    def change(table):
        table[7, 4] = np.nan

    with pytest.raises(ValueError, match=rf"item {tall.items[4]} for user {tall.users[7]}:"):
        says(tall, change).recommend(tall.users)


def test_scores_of_another_shape_or_of_whole_numbers(small):
    model = says(small)
    model.table = model.table[:, :-1]
    with pytest.raises(ValueError, match=r"^Says gave scores of shape \(40, 29\) for 40 users and 30 items"):
        model.recommend(small.users)
    model.table = np.arange(40 * 30).reshape(40, 30)
    found = model.recommend(small.users[:2], k=2, exclude_seen=False)
    assert found["item"].tolist() == ["t029", "t028"] * 2


@pytest.mark.parametrize(("dtype", "noise", "part"), [(np.float64, 1e-13, 7.0), (np.float32, 1e-7, 8.0)])
def test_scores_that_differ_in_their_last_digits_are_ties(small, dtype, noise, part):
    """The same table thrice, twice with the noise of a processor on it; all lists are those of the clean one.

    Eighths stand in the middle of a step. Anywhere else float32's noise, a tenth of a step, splits one tie in ten.
    """
    rng = np.random.default_rng(1)
    clean = rng.integers(1, 6, small.shape) / part * 2.0 ** rng.integers(-20, 20, (len(small.users), 1))
    lists = []
    for seed in range(3):
        shaken = clean * (1 + noise * np.random.default_rng(seed).uniform(-1, 1, clean.shape) * (seed > 0))
        lists.append(Says(shaken.astype(dtype)).fit(small).recommend(small.users, k=8))
    for other in lists[1:]:
        assert other["item"].tolist() == lists[0]["item"].tolist()
        np.testing.assert_allclose(other["score"], lists[0]["score"], rtol=3 * noise)


def test_scores_that_truly_differ_are_no_ties(small):
    for dtype, apart in ((np.float64, 1e-8), (np.float32, 1e-5)):
        table = np.tile(1 - apart * np.arange(30)[::-1], (40, 1)).astype(dtype)
        found = Says(table).fit(small).recommend(small.users[:1], k=30, exclude_seen=False)
        assert found["item"].tolist() == small.items[::-1].tolist()


def test_what_may_stand_in_a_list_does_not_move_the_rounding(small):
    """The largest is that of all items: a list of some is the full list without the others."""
    rng = np.random.default_rng(2)
    table = 1.0 + 1e-9 * rng.integers(-4, 5, small.shape)
    table[:, 3] = 1000.0
    model = Says(table).fit(small)
    full = model.recommend(small.users, k=30, exclude_seen=False)
    few = small.items[[4, 5, 6, 10, 11]]
    found = model.recommend(small.users, k=30, exclude_seen=False, candidates=few)
    assert found["item"].tolist() == full[full["item"].isin(few)]["item"].tolist()


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.lists(
            st.floats(-1e3, 1e3) | st.sampled_from([0.0, -np.inf, 1.0, 1.0 + 2e-10, 1.0 - 2e-10]),
            min_size=9,
            max_size=9,
        ),
        min_size=1,
        max_size=3,
    ),
    st.integers(1, 10),
)
def test_equals_a_sort_of_rounded_scores(rows, k):
    scores = np.array(rows)
    largest = scores.max(axis=1)
    steps = rounding_steps(largest, scores.dtype)
    found = list(zip(*[part.tolist() for part in top_k(scores, k, steps)], strict=True))
    expected = []
    for row, values in enumerate(scores):
        kept = [(round(Fraction(value) / Fraction(steps[row])) if steps[row] else value, column, value)
                for column, value in enumerate(values.tolist()) if value > -np.inf]  # fmt: skip
        best = sorted(kept, key=lambda one: (-one[0], one[1]))[:k]
        expected += [(row, column, rank, value) for rank, (_, column, value) in enumerate(best)]
    assert found == expected


def test_a_score_far_below_a_tiny_largest_one_is_ranked_by_its_value():
    """-1 is more steps of 1e-317 than a float can count, so that -1 and -2 looked the same."""
    scores = np.array([[-2.0, -1.0, 2.2250738585072014e-308]])
    with np.errstate(all="raise", under="ignore"):
        _, columns, _, _ = top_k(scores, 3, rounding_steps(scores.max(axis=1), scores.dtype))
    assert columns.tolist() == [2, 1, 0]


def test_a_step_is_near_a_billionth_and_a_millionth_of_the_largest():
    largest = np.array([1e-300, 1e-5, 0.5, 1.0, 3.0, 1e12, -7.0])
    for dtype, share in ((np.float64, 1e-9), (np.float32, 1e-6)):
        ratio = rounding_steps(largest, np.dtype(dtype)) / np.abs(largest)
        assert (ratio >= 0.9 * share).all() and (ratio <= 2 * share).all()
    assert rounding_steps(np.array([0.0, np.inf, -np.inf]), np.dtype(np.float64)).tolist() == [0, 0, 0]


def test_the_step_does_not_jump_where_scores_are_often_alike():
    """At 1, 2, 4, ... the noise of a processor must not double it."""
    whole = 2.0 ** np.arange(-5, 6)
    for noise in (-1e-15, 1e-15):
        shaken = rounding_steps(whole * (1 + noise), np.dtype(np.float64))
        assert (shaken == rounding_steps(whole, np.dtype(np.float64))).all()


def test_the_scores_of_a_list_are_those_of_predict(small):
    """Only the order is by rounded ones."""
    model = Says(1 + np.random.default_rng(3).uniform(size=small.shape) * 1e-8).fit(small)
    found = model.recommend(small.users, k=5)
    assert found["score"].tolist() == model.predict(found["user"], found["item"]).tolist()


def test_one_item_without_end_leaves_the_others_their_order(small):
    table = np.tile(np.arange(30.0), (40, 1))
    table[:, 4] = np.inf
    found = Says(table).fit(small).recommend(small.users[:1], k=3, exclude_seen=False)
    assert found["item"].tolist() == ["t004", "t029", "t028"]


def test_another_way_to_the_same_product_gives_the_same_lists(make):
    """Summed in another order: what another processor does."""
    x = make(n_users=200, n_items=150, seed=4)
    ones = x.with_values(np.ones(x.nnz))  # many true ties
    for model in (ItemKNN(), EASE(), ImplicitALS(16, dtype="float64")):
        one = model.fit(ones)
        lists = one.recommend(ones.users)["item"].tolist()
        score = one._score
        one._score = lambda rows, score=score: score(rows) * (1 + 1e-13 * np.sin(np.arange(150)))
        assert one.recommend(ones.users)["item"].tolist() == lists
