"""Singled out, linked, told to be a member, guessed: against brute force, and at chance where nothing is to tell."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ItemKNN, Popularity
from recsys_helpers.trust import auc, come_back, guess_new_play, link, singled_out
from tests.trust.test_privacy import table


def sets(x: Interactions) -> dict:
    return x.to_frame().groupby("user")["item"].agg(set).to_dict()


@given(st.integers(0, 100), st.integers(1, 4))
@settings(max_examples=25, deadline=None)
def test_who_fits_is_who_has_all_of_some_known_items(seed, n):
    x = table(seed=seed)
    found, histories = singled_out(x, n, random_state=seed), sets(x)
    assert set(found.index) == {user for user, items in histories.items() if len(items) >= n}
    assert found.between(1, len(histories)).all()
    for user, fits in found.items():
        # some n of the user's items are had by exactly so many
        possible = {
            sum(set(some) <= other for other in histories.values())
            for some in combinations(sorted(histories[user]), n)
        }
        assert fits in possible


def test_the_draw_is_that_of_seed_0_unless_told_otherwise(monkeypatch):
    x = table(users=40, items=20)
    found = singled_out(x, 2)
    assert found.equals(singled_out(x, 2, random_state=0)) and not found.equals(singled_out(x, 2, 1))
    monkeypatch.setattr("recsys_helpers.trust.tracing.ROWS", 7)
    assert found.equals(singled_out(x, 2))
    signals = come_back(Popularity().fit(x), x)
    assert signals.equals(come_back(Popularity().fit(x), x, random_state=0))
    assert signals.equals(come_back(Popularity().fit(x), x, share=0.5))
    assert not signals.equals(come_back(Popularity().fit(x), x, share=0.3))


def test_known_items_are_drawn_evenly():
    log = pd.DataFrame({"user_id": [1, 1, 1, 2, 3, 3], "track_id": list("abcaab")})
    x = Interactions.from_frame(log)  # of user 1: a fits three, b two, c one
    fits = np.array([singled_out(x, 1, random_state=seed).loc[1] for seed in range(3_000)])
    assert np.bincount(fits, minlength=4)[1:] == pytest.approx(1_000, abs=110)


def test_singled_out_refuses_what_cannot_be():
    with pytest.raises(ValueError, match="1 or more"):
        singled_out(table(), 0)
    with pytest.raises(ValueError, match="Nobody has 13 items"):
        singled_out(table(), 13)


@pytest.mark.parametrize("share", [0.4, 0.05])  # or so few that an item has one listener, or none
def test_links_are_cosines_of_weighted_rows(share):
    one, two = table(seed=1, share=share), table(seed=2, share=share)
    found = link(one, two, k=3)
    left, right = (x.matrix.toarray() > 0 for x in (one, two))
    weight = np.log(len(two.users) / np.maximum(right.sum(axis=0), 1))
    left, right = left * weight, right * weight
    lengths = np.outer(np.linalg.norm(left, axis=1), np.linalg.norm(right, axis=1))
    scores = np.divide(left @ right.T, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    for user, rows in found.groupby("user"):
        order = sorted(range(len(scores)), key=lambda j: (-round(scores[user, j], 9), j))[:3]
        assert rows["match"].tolist() == order and rows["rank"].tolist() == [1, 2, 3]
        assert rows["score"].to_numpy() == pytest.approx(scores[user, order], abs=1e-8)


def test_only_what_both_tables_know_links_and_ten_are_named(monkeypatch):
    one, two = table(users=25, items=14, seed=1), table(users=30, items=14, seed=2)
    left = one.subset(items=range(10))
    right = two.subset(items=range(4, 14)).subset(
        items=list(range(13, 3, -1))
    )  # other items, in another order
    common = list(range(4, 10))
    expected = link(one.subset(items=common), two.subset(items=common), k=10)
    assert link(left, right).equals(expected)
    monkeypatch.setattr("recsys_helpers.trust.tracing.ROWS", 7)
    assert link(left, right).equals(expected)
    assert len(link(one, two, k=99)) == 25 * 30


def test_a_table_is_linked_to_itself_whatever_its_ids():
    x = table(users=40, items=60, share=0.3)
    renamed = Interactions(x.matrix, x.users + 1_000, x.items)
    best = link(x, renamed, k=1)
    assert (best["match"] == best["user"] + 1_000).all()
    with pytest.raises(ValueError, match="no item in common"):
        link(x, Interactions(x.matrix, x.users, x.items + 1_000))
    with pytest.raises(ValueError, match="1 or more"):
        link(x, renamed, k=0)


@given(
    st.lists(st.integers(0, 5), min_size=2, max_size=30), st.lists(st.integers(0, 5), min_size=2, max_size=30)
)
def test_the_area_is_that_of_scikit_learn(members, others):
    found = auc(members, others)
    labels = [1] * len(members) + [0] * len(others)
    assert found.value == pytest.approx(roc_auc_score(labels, members + others))
    assert 0 <= found.low <= found.value <= found.high <= 1 and found.n == len(labels)


def test_its_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(0)
    truth = 0.7602499  # P(N(1, 1) > N(0, 1)) = Phi(1 / sqrt 2)
    held = [auc(rng.normal(1, 1, 60), rng.normal(0, 1, 80)) for _ in range(600)]
    assert 0.92 < np.mean([one.low <= truth <= one.high for one in held]) < 0.975


def test_an_interval_has_the_level_that_is_asked_for_and_95_else():
    one, two = np.random.default_rng(1).normal(size=(2, 50))
    widths = [auc(one + 1, two, level).high - auc(one + 1, two, level).low for level in (0.8, 0.95)]
    assert widths[1] / widths[0] == pytest.approx(1.959964 / 1.281552, rel=1e-5)
    assert auc(one + 1, two) == auc(one + 1, two, 0.95) and auc(one, two).level == 0.95


@pytest.mark.parametrize("bad", [([1], [1, 2]), ([1, 2], [1]), ([1, float("nan")], [1, 2])])
def test_an_area_needs_numbers_of_both(bad):
    with pytest.raises(ValueError, match="at least two finite numbers"):
        auc(*bad)


def test_what_comes_back_is_the_share_of_other_items_below_the_hidden_ones():
    """With two items of which one is hidden, and a model whose scores are the same for everybody."""
    log = pd.DataFrame({"user_id": [1, 1, 2, 2, 3, 4, 5], "track_id": list("abacadc")})
    x = Interactions.from_frame(log)
    model = Popularity().fit(x)  # a 3, b 1, c 2, d 1
    found = come_back(model, x.subset(users=[1, 2]), random_state=0)
    # user 1 has a, b: the others are c 2, d 1. Hidden a beats both; hidden b ties with d: 1/4.
    assert found.loc[1] in (1.0, 0.25)
    # user 2 has a, c: the others are b 1, d 1, which both of theirs beat.
    assert found.loc[2] == 1.0


def test_the_signal_is_at_chance_for_a_model_that_saw_neither_and_not_for_one_that_saw():
    x = table(users=600, items=80, share=0.15, seed=3)
    one, two, three = (x.subset(users=x.users[part::3]) for part in range(3))
    model = EASE(regularization=1.0).fit(one)
    seen, unseen, other = (come_back(model, part) for part in (one, two, three))
    assert auc(seen, unseen).low > 0.6
    null = auc(unseen, other)
    assert null.low < 0.5 < null.high
    assert (come_back(model, one) == seen).all() and not (come_back(model, one, random_state=1) == seen).all()


def test_who_has_one_item_gives_no_signal():
    log = pd.DataFrame({"user_id": [1, 2, 2], "track_id": list("aab")})
    x = Interactions.from_frame(log)
    assert come_back(Popularity().fit(x), x).index.tolist() == [2]
    with pytest.raises(ValueError, match="Nobody has two items"):
        come_back(Popularity().fit(x), x.subset(users=[1]))


def page(lists: dict[str, str]) -> pd.DataFrame:
    rows = [(item, similar, rank) for item, row in lists.items() for rank, similar in enumerate(row, 1)]
    return pd.DataFrame(rows, columns=["item", "similar", "rank"])


def test_a_guess_is_what_came_up_on_most_pages():
    before = page({"a": "xyz", "b": "yxz", "c": "xyz"})
    after = page({"a": "xny", "b": "ynx", "c": "yxz"})
    found = guess_new_play(before, after, ["a", "b"])
    assert found.to_dict() == {"n": 2}
    assert guess_new_play(before, after, ["a", "b", "c"]).to_dict() == {"n": 2, "y": 1}
    assert guess_new_play(before, before, ["a", "b"]).empty
    assert "x" not in guess_new_play(before, page({"a": "yxz", "b": "xyz", "c": "xyz"}), ["a", "b", "x"])


def test_of_guesses_on_as_many_pages_the_one_that_rose_more_comes_first_then_the_lower_id():
    before, after = page({"a": "uvwz", "b": "uvwz"}), page({"a": "zuvw", "b": "vuwz"})
    found = guess_new_play(before, after, ["a", "b"])  # z rose three places, v one
    assert list(found.items()) == [("z", 1), ("v", 1)]
    alike = guess_new_play(page({"a": "uv", "b": "wz"}), page({"a": "vu", "b": "zw"}), ["a", "b"])
    assert list(alike.items()) == [("v", 1), ("z", 1)]
    assert alike.index.name == "similar" and alike.dtype == np.int64


def test_what_comes_in_counts_as_risen_from_behind_the_last_place():
    before, after = page({"a": "uvw", "b": "wvu"}), page({"a": "nuv", "b": "uwv"})
    assert list(guess_new_play(before, after, ["a", "b"])) == [1, 1]
    assert guess_new_play(before, after, ["a", "b"]).index.tolist() == ["n", "u"]  # three places, two


def test_a_new_play_is_found_on_the_pages_of_itemknn():
    x = table(users=300, items=40, share=0.2, seed=5)
    ones = Interactions((x.matrix != 0).astype(float), x.users, x.items)
    model, hits = ItemKNN().fit(ones), []
    for user in range(20):
        mine = ones.matrix[[user]].indices
        new = int(np.setdiff1d(np.arange(40), mine)[user % 5])
        play = pd.DataFrame({"user_id": [user], "track_id": [new]})
        later = ItemKNN().fit(ones).partial_fit(Interactions.from_frame(play))
        guesses = guess_new_play(model.similar_items(mine), later.similar_items(mine), mine)
        hits.append(len(guesses) > 0 and guesses.index[0] == new)
    assert np.mean(hits) > 0.5  # one in forty by chance
