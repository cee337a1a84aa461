"""Lists that a listener turns, against sums and sorts written out; the slider's promise on drawn scores."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, Popularity
from recsys_helpers.trust import not_this, steer
from recsys_helpers.trust.steering import standardised


@pytest.fixture(scope="module")
def model(x):
    return EASE(5.0).fit(x)


@pytest.fixture(scope="module")
def attribute(x):
    return pd.Series(np.random.default_rng(2).normal(3, 2, len(x.items)), index=x.items)


def by_hand(model, x, user, change):
    row = x.matrix[[x.users.get_loc(user)]].indices
    scores = pd.Series(model.score([user])[0], x.items).drop(x.items[row])
    scores = (scores - scores.mean()) / scores.std(ddof=0)
    return change(scores).sort_values(ascending=False, kind="stable")


@pytest.mark.parametrize("weight", [-1.0, 0.0, 0.7, 3])
def test_steer_adds_deviations_and_sorts(model, x, attribute, weight):
    z = (attribute - attribute.mean()) / attribute.std(ddof=0)
    got = steer(model, x.users[:6], attribute.sample(frac=1, random_state=0), weight, k=5)
    for user, rows in got.groupby("user", sort=False):
        expected = by_hand(model, x, user, lambda s: s + weight * z[s.index]).head(5)
        assert rows["item"].tolist() == expected.index.tolist() and np.allclose(rows["score"], expected)
        assert rows["rank"].tolist() == [1, 2, 3, 4, 5]


def test_weight_0_leaves_the_list(model, x, attribute):
    got, plain = steer(model, x.users, attribute, 0, k=6), model.recommend(x.users, k=6)
    assert got[["user", "item", "rank"]].equals(plain[["user", "item", "rank"]])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(-3, 3), st.floats(0, 3))
def test_the_sum_of_the_attribute_never_falls(model, x, seed, weight, more):
    asked = pd.Series(np.random.default_rng(seed).normal(size=len(x.items)), index=x.items)
    lists = [steer(model, x.users[:5], asked, w, k=4) for w in (weight, weight + more)]
    sums = [asked[table["item"]].groupby(table["user"].to_numpy()).sum() for table in lists]
    assert (sums[1] - sums[0] >= -1e-6).all()


def test_users_come_as_asked_and_batches_agree(model, x, attribute, monkeypatch):
    users = list(x.users[[4, 1, 7]])
    whole = steer(model, users, attribute, 1.0, k=3)
    assert whole["user"].drop_duplicates().tolist() == users
    monkeypatch.setattr("recsys_helpers.trust.steering.CELLS_PER_BATCH", 30)
    assert steer(model, users, attribute, 1.0, k=3).equals(whole)


def test_scores_that_are_all_equal_leave_the_attribute_alone(x, attribute):
    one = x.with_values(np.ones(x.nnz)).subset(users=x.users[:1], items=x.items)
    flat = Popularity().fit(x).fold_in(one)
    unheard = attribute.drop(x.items[one.matrix.indices])
    flat.score = lambda users: np.ones((len(users), len(x.items)))
    got = steer(flat, x.users[:1], attribute, 1.0, k=3)
    assert got["item"].tolist() == unheard.sort_values(ascending=False).index[:3].tolist()


@pytest.mark.parametrize(
    ("attribute", "weight", "says"),
    [
        (pd.Series({"t00": 1.0}), 1.0, "Unknown item"),
        ("same", 1.0, "same for every"),
        ("hole", 1.0, "missing or not finite"),
        ("list", 1.0, "give a Series"),
        ("good", np.inf, "give a number"),
        ("good", "much", "give a number"),
    ],
)
def test_what_cannot_turn_a_list_is_refused(model, x, attribute, weight, says):
    good = pd.Series(np.arange(len(x.items), dtype=float), index=x.items)
    given_ = {"same": good * 0, "hole": good.where(good > 0), "list": [1.0], "good": good}
    with pytest.raises(ValueError, match=says):
        steer(model, ["u01"], given_[attribute] if isinstance(attribute, str) else attribute, weight)


def test_standardised_is_of_these_items_alone():
    values = pd.Series({"a": 1.0, "b": 3.0, "c": 500.0})
    assert standardised(values, pd.Index(["b", "a"])).tolist() == [1.0, -1.0]


# ---- not this --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def vectors(x):
    return pd.DataFrame(np.random.default_rng(3).normal(size=(len(x.items), 3)), index=x.items)


@pytest.mark.parametrize("strength", [0, 0.5, 2.0])
def test_not_this_hides_one_and_pushes_what_is_like_it(model, x, vectors, strength):
    first = model.recommend(x.users[:6], k=1)[["user", "item"]]
    got = not_this(model, first, vectors, strength, k=5)
    unit = vectors.div(np.sqrt((vectors**2).sum(axis=1)), axis=0)
    for user, item in first.itertuples(index=False):
        alike = (unit @ unit.loc[item]).clip(lower=0)
        expected = by_hand(
            model, x, user, lambda s, a=alike, i=item: (s - strength * a[s.index]).drop(i)
        ).head(5)
        rows = got[got["user"] == user]
        assert rows["item"].tolist() == expected.index.tolist() and np.allclose(rows["score"], expected)


def test_lists_have_ten_places_unless_told_otherwise(model, x, attribute, vectors):
    assert steer(model, ["u03"], attribute, 1.0)["rank"].tolist() == list(range(1, 11))
    first = model.recommend(["u03"], k=1)[["user", "item"]]
    assert not_this(model, first, vectors)["rank"].tolist() == list(range(1, 11))


def test_unless_told_otherwise_a_rejection_hides_and_pushes_nothing(model, x, vectors):
    first = model.recommend(x.users, k=1)[["user", "item"]]
    eleven = model.recommend(x.users, k=11)
    rest = eleven[eleven["rank"] > 1]
    got = not_this(model, first, vectors)
    assert got["item"].tolist() == rest["item"].tolist()


def test_rejections_agree_in_batches(model, x, vectors, monkeypatch):
    rejected = model.recommend(x.users, k=1)[["user", "item"]].iloc[::-1]
    whole = not_this(model, rejected, vectors, 1.5, k=3)
    assert whole["user"].drop_duplicates().tolist() == rejected["user"].tolist()
    monkeypatch.setattr("recsys_helpers.trust.steering.CELLS_PER_BATCH", 60)
    assert not_this(model, rejected, vectors, 1.5, k=3).equals(whole)


def test_vectors_of_whole_numbers_and_in_any_order_do(model, x, vectors):
    first = model.recommend(x.users[:4], k=1)[["user", "item"]]
    whole = (vectors * 100).round()
    got = not_this(model, first, whole, 2.0, k=5)
    assert got.equals(not_this(model, first, whole.astype(np.int16).iloc[::-1], 2.0, k=5))


def test_who_has_heard_everything_gets_a_sentence(x, attribute):
    table = pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "a"]})
    model = EASE(5.0).fit(Interactions.from_frame(table))
    with pytest.raises(ValueError, match="has heard everything: there is nothing left"):
        steer(model, [1], pd.Series({"a": 1.0, "b": 2.0}), 1.0)
    assert steer(model, [2], pd.Series({"a": 1.0, "b": 2.0}), 1.0)["item"].tolist() == ["b"]


@pytest.mark.parametrize("k", [0, 1.5, True])
def test_a_length_that_is_none_is_refused(model, attribute, vectors, k):
    with pytest.raises(ValueError, match="^k="):
        steer(model, ["u01"], attribute, 1.0, k=k)
    with pytest.raises(ValueError, match="^k="):
        not_this(model, pd.DataFrame({"user": ["u01"], "item": ["t24"]}), vectors, k=k)


def test_hiding_alone_moves_the_rest_up(model, x, vectors):
    six = model.recommend(["u03"], k=6)["item"].tolist()
    rejected = pd.DataFrame({"user": ["u03"], "item": [six[2]]})
    assert not_this(model, rejected, vectors, k=5)["item"].tolist() == six[:2] + six[3:]


def test_an_item_without_direction_is_pushed_by_nothing(model, x, vectors):
    first = model.recommend(["u03"], k=1)[["user", "item"]]
    flat = vectors * 0
    assert not_this(model, first, flat, 5.0, k=5).equals(not_this(model, first, flat, 0.0, k=5))


@pytest.mark.parametrize(
    ("rejected", "strength", "says"),
    [
        ({"user": ["u01", "u01"], "item": ["t24", "t23"]}, 1.0, "twice"),
        ({"user": ["u01"], "item": ["t24"]}, -1.0, "^strength=-1.0: give a number, 0 or more"),
        ({"user": ["u01"], "item": ["t24"]}, np.inf, "^strength=inf: give a number, 0 or more"),
        ({"user": ["u01"], "item": ["t24"]}, "much", "^strength='much': give a number, 0 or more"),
        ({"user": ["nobody"], "item": ["t24"]}, 1.0, "Unknown user"),
        ({"user": ["u01"], "item": ["x"]}, 1.0, "Unknown item"),
        ({"user": ["u01"]}, 1.0, "no column 'item'"),
    ],
)
def test_a_rejection_that_cannot_be_is_refused(model, vectors, rejected, strength, says):
    with pytest.raises(ValueError, match=says):
        not_this(model, pd.DataFrame(rejected), vectors, strength)
    with pytest.raises(ValueError, match="Unknown item"):
        not_this(model, pd.DataFrame({"user": ["u01"], "item": ["t24"]}), vectors.iloc[1:], 1.0)
