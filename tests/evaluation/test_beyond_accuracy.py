"""Beyond-accuracy metrics against their definitions, one pair and one listener at a time."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers.evaluation import (
    average_popularity,
    coverage,
    diversity,
    exposure,
    gini,
    gini_of,
    miscalibration,
    novelty,
    popularity_lift,
)
from recsys_helpers.interactions import Interactions

ITEMS = [f"t{i}" for i in range(12)]


@pytest.fixture(scope="module")
def train() -> Interactions:
    rng = np.random.default_rng(1)
    rows = [
        (u, i, 1.0 + (u * 7) % 3) for u in range(15) for i in rng.choice(ITEMS[:10], 1 + u % 6, replace=False)
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "track_id", "value"])
    return Interactions.from_frame(frame, value="value", items=ITEMS)


@pytest.fixture(scope="module")
def lists() -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = [
        (user, item, rank)
        for user in range(14, 2, -1)
        for rank, item in enumerate(rng.choice(ITEMS, 2 + user % 5, replace=False), 1)
    ]
    return pd.DataFrame(rows, columns=["user", "item", "rank"])


def by_user(lists, k=None):
    kept = lists if k is None else lists[lists["rank"] <= k]
    return {user: list(rows["item"]) for user, rows in kept.groupby("user")}


def known_to(train) -> dict:
    frame = train.to_frame()
    return {item: len(set(frame.loc[frame["item"] == item, "user"])) for item in ITEMS}


def assert_values(series: pd.Series, expected: dict):
    assert set(series.index) == set(expected)
    for user, value in expected.items():
        assert series[user] == pytest.approx(value, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize("k", [None, 2])
def test_coverage_and_exposure_count_items(lists, k):
    listed = [item for items in by_user(lists, k).values() for item in items]
    assert coverage(lists, ITEMS, k) == len(set(listed)) / len(ITEMS)
    assert exposure(lists, ITEMS, k).to_dict() == {item: listed.count(item) for item in ITEMS}


@pytest.mark.parametrize("k", [None, 2])
def test_gini_is_half_the_relative_mean_difference(lists, k):
    listed = [item for items in by_user(lists, k).values() for item in items]
    counts = np.array([listed.count(item) for item in ITEMS], dtype=float)
    expected = np.abs(counts[:, None] - counts[None, :]).mean() / (2 * counts.mean())
    assert gini(lists, ITEMS, k) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("counts", [[], [0, 0], [-1, 2], [1, np.nan], [1, np.inf]])
def test_gini_of_what_is_no_count(refused, counts):
    refused(
        lambda: gini_of(counts), "^The Gini index needs finite counts of 0 or more, and at least one above 0"
    )


def test_gini_at_its_ends():
    even = pd.DataFrame({"user": range(12), "item": ITEMS, "rank": 1})
    assert gini(even, ITEMS) == pytest.approx(0, abs=1e-12)
    assert gini(even.assign(item="t0"), ITEMS) == pytest.approx(1 - 1 / 12)


@pytest.mark.parametrize("k", [None, 2])
def test_novelty_and_popularity_follow_their_definitions(lists, train, k):
    known, n = known_to(train), train.shape[0]
    assert min(known.values()) == 0  # the convention for items nobody has heard is met
    assert_values(
        novelty(lists, train, k),
        {
            u: np.mean([-math.log2(max(known[i], 1) / n) for i in items])
            for u, items in by_user(lists, k).items()
        },
    )
    assert_values(
        average_popularity(lists, train, k),
        {u: np.mean([known[i] / n for i in items]) for u, items in by_user(lists, k).items()},
    )


@pytest.mark.parametrize("k", [None, 2])
def test_popularity_lift_compares_group_means(lists, train, k):
    known, n, frame = known_to(train), train.shape[0], train.to_frame()
    group = [5, 9, 3]
    listed = by_user(lists, k)
    gap_lists = np.mean([np.mean([known[i] / n for i in listed[u]]) for u in group])
    gap_profiles = np.mean(
        [np.mean([known[i] / n for i in frame.loc[frame["user"] == u, "item"]]) for u in group]
    )
    assert popularity_lift(lists, train, k, listeners=group) == pytest.approx(
        gap_lists / gap_profiles - 1, abs=1e-12
    )
    assert popularity_lift(lists, train) == pytest.approx(
        popularity_lift(lists, train, listeners=range(3, 15))
    )


def test_items_and_listeners_at_the_end_that_nobody_met_are_counted():
    x = Interactions.from_frame(
        pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "a"]}),
        users=[1, 2, 3, 4],
        items=["a", "b", "y", "z"],
    )
    lists = pd.DataFrame({"user": [1, 1, 4], "item": ["a", "z", "y"], "rank": [1, 2, 1]})
    assert average_popularity(lists, x).to_dict() == {1: (2 / 4 + 0) / 2, 4: 0.0}
    assert novelty(lists, x).to_dict() == {1: (1 + 2) / 2, 4: 2.0}
    assert exposure(lists, x.items).tolist() == [1, 0, 1, 1]
    assert popularity_lift(lists[:2], x) == pytest.approx(0.25 / (3 / 8) - 1)
    genre = pd.Series(["jazz", "talk", "jazz", "talk"], index=x.items)
    with np.errstate(all="raise"):
        values = miscalibration(lists, x, genre, alpha=0.5)  # listener 1: half and half, before and now
    assert values[1] == 0 and np.isnan(values[4])  # listener 4 has no past


def test_values_are_named_after_their_metric(lists, train):
    genre = pd.Series("jazz", index=ITEMS)
    for name, metric in (("novelty", novelty), ("popularity", average_popularity)):
        assert metric(lists, train).name == name
    for metric, about in ((exposure, [ITEMS]), (diversity, [genre]), (miscalibration, [train, genre])):
        assert metric(lists, *about).name == metric.__name__


def slow_diversity(items, similarity):
    pairs = [(a, b) for j, a in enumerate(items) for b in items[:j]]
    return 1 - np.mean([similarity(a, b) for a, b in pairs]) if pairs else math.nan


@pytest.mark.parametrize("k", [None, 3, 1])
def test_diversity_is_the_mean_over_pairs(lists, k):
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(12, 4)), index=ITEMS)
    features.loc["t3"] = 0.0  # no features: like no other item

    def cosine(a, b):
        x, y = features.loc[a], features.loc[b]
        lengths = np.linalg.norm(x) * np.linalg.norm(y)
        return x @ y / lengths if lengths else 0.0

    expected = {u: slow_diversity(items, cosine) for u, items in by_user(lists, k).items()}
    with np.errstate(all="raise"):  # a learner is to see no warning
        assert_values(diversity(lists, features, k), expected)
    genre = pd.Series([f"g{i % 3}" for i in range(12)], index=ITEMS)
    expected = {u: slow_diversity(x, lambda a, b: genre[a] == genre[b]) for u, x in by_user(lists, k).items()}
    assert_values(diversity(lists, genre, k), expected)


def test_the_same_item_over_and_over_is_no_less_than_not_diverse():
    """Rounding makes some cosines of an item with its twin exceed 1."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        twins = pd.DataFrame([rng.random(5)] * 12, index=ITEMS)
        for k in (2, 7, 12):
            same = diversity(pd.DataFrame({"user": 1, "item": ITEMS, "rank": range(1, 13)}), twins, k)
            assert 0 <= same[1] < 1e-12


def test_flags_and_numbers_of_every_kind_are_features(lists):
    genres = pd.DataFrame(
        {"jazz": [True, False] * 6, "talk": [False, True] * 6, "tempo": range(12)}, index=ITEMS
    )
    expected = diversity(lists, genres.astype(float))
    pd.testing.assert_series_equal(diversity(lists, genres), expected)
    pd.testing.assert_series_equal(diversity(lists, genres.astype(object)), expected)


@pytest.mark.parametrize("k", [None, 2])
@pytest.mark.parametrize("unit", [1, 0.125])  # also weights and values that sum to less than 1
@pytest.mark.parametrize("alpha", [0.01, 0.3])
def test_miscalibration_is_the_divergence_of_the_mixes(lists, train, alpha, unit, k):
    rng = np.random.default_rng(4)
    weights = pd.DataFrame(rng.integers(0, 3, size=(12, 4)) + np.eye(12, 4), index=ITEMS, dtype=float)
    weights.iloc[3] = [0, 0, 0, 1]
    weights *= unit
    values = train.matrix.data * unit
    values[train.rows == 5] = [0.0, *values[train.rows == 5][1:]]  # a stored zero weighs nothing
    train = train.with_values(values)
    shares = weights.div(weights.sum(axis=1).replace(0, 1), axis=0)
    frame, expected = train.to_frame(), {}
    for user, items in by_user(lists, k).items():
        past = frame[frame["user"] == user]
        p = (shares.loc[past["item"]].to_numpy() * past["value"].to_numpy()[:, None]).sum(axis=0)
        p, q = p / p.sum(), shares.loc[items].to_numpy().sum(axis=0)
        q = (1 - alpha) * q / q.sum() + alpha * p
        expected[user] = sum(a * math.log(a / b) for a, b in zip(p, q, strict=True) if a > 0)
    with np.errstate(all="raise"):
        assert_values(miscalibration(lists, train, weights, k, alpha=alpha), expected)


def test_miscalibration_is_0_for_the_past_itself(train):
    frame = train.to_frame()
    own = pd.DataFrame(
        {"user": frame["user"], "item": frame["item"], "rank": frame.groupby("user").cumcount() + 1}
    )
    genre = pd.Series([f"g{i % 3}" for i in range(12)], index=ITEMS)
    values = miscalibration(own, train.with_values(np.ones(train.nnz)), genre)
    np.testing.assert_allclose(values.to_numpy(), 0, atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.integers(0, 14), st.lists(st.sampled_from(ITEMS), min_size=1, unique=True), min_size=1)
)
def test_ranges(chosen):
    rows = [(user, item, rank) for user, items in chosen.items() for rank, item in enumerate(items, 1)]
    lists = pd.DataFrame(rows, columns=["user", "item", "rank"])
    genre = pd.Series([f"g{i % 3}" for i in range(12)], index=ITEMS)
    assert 0 < coverage(lists, ITEMS) <= 1
    assert -1e-12 <= gini(lists, ITEMS) < 1
    assert diversity(lists, genre).dropna().between(0, 1).all()
    relabelled = lists.replace({"user": {u: 100 - u for u in chosen}}).sample(frac=1, random_state=0)
    assert gini(relabelled, ITEMS[::-1]) == pytest.approx(gini(lists, ITEMS))
    assert diversity(relabelled, genre).mean() == pytest.approx(diversity(lists, genre).mean(), nan_ok=True)


ONE = pd.DataFrame({"user": [3, 3], "item": ["t0", "t1"], "rank": [1, 2]})
BAD = {
    "item outside the catalogue": (lambda x: coverage(ONE, ["t0"]), "Unknown item: 't1'"),
    "item without features": (lambda x: diversity(ONE, pd.Series({"t0": "jazz"})), "Unknown item: 't1'"),
    "item without a category": (
        lambda x: diversity(ONE, pd.Series({"t0": "jazz", "t1": None})),
        "no category .NaN.. Give them one",
    ),
    "NaN feature": (
        lambda x: diversity(ONE, pd.DataFrame({"tempo": [1, np.nan]}, index=["t0", "t1"])),
        "features are NaN",
    ),
    "item outside train": (lambda x: novelty(ONE.assign(item=["t0", "x"]), x), "Unknown item: 'x'"),
    "no list": (lambda x: novelty(ONE.iloc[:0], x), "table of recommendations is empty"),
    "item twice": (lambda x: gini(ONE.assign(item="t0"), ITEMS), "holds item 't0' twice"),
    "group without lists": (lambda x: popularity_lift(ONE, x, listeners=[3, 4]), "Listener 4 has no list"),
    "alpha of 0": (
        lambda x: miscalibration(ONE, x, pd.Series("g", index=ITEMS), alpha=0),
        "alpha is a small share",
    ),
    "no profile": (
        lambda x: popularity_lift(ONE, x.where(x.to_frame()["user"].to_numpy() != 3)),
        "Listener 3 has nothing in train.*Leave such listeners out",
    ),
    "alpha of 1": (
        lambda x: miscalibration(ONE, x, pd.Series("g", index=ITEMS), alpha=1),
        "alpha is a small share",
    ),
    "negative weight": (
        lambda x: miscalibration(ONE, x, pd.DataFrame({"jazz": 1.0, "talk": -0.5}, index=ITEMS)),
        "^Weights of categories and values of train must not be negative. Shift or clip",
    ),
    "negative value in train": (
        lambda x: miscalibration(ONE, x.with_values(-x.matrix.data), pd.Series("g", index=ITEMS)),
        "^Weights of categories and values of train must not be negative. Shift or clip",
    ),
    "item of the past without a category": (
        lambda x: miscalibration(ONE, x, pd.Series("g", index=ITEMS[:2])),
        "^Unknown item: ",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, train, case):
    call, sentence = BAD[case]
    refused(lambda: call(train), sentence)
