"""Places kept for others and lists by length, against loops; and what every re-ranker keeps to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers import reranking
from recsys_helpers.reranking import by_length, with_fresh
from tests.reranking.conftest import by_user, make


@pytest.mark.parametrize("places", [[1], [2, 5], [5], [4, 5], [1, 2, 3, 4, 5]])
def test_fresh_items_stand_in_their_places(lists, places):
    fresh = make(77, longest=4)
    found = by_user(with_fresh(lists, fresh, places, k=5))
    offered = by_user(fresh)
    for user, items in by_user(lists).items():
        kept = items[: 5 - len(places)]
        new = [i for i in offered.get(user, []) if i not in kept][: len(places)]
        old, expected = [i for i in items if i not in new], []
        waiting = list(new)
        for place in range(1, 6 + len(new)):
            if place in places and waiting:
                expected.append(waiting.pop(0))
            elif old:
                expected.append(old.pop(0))
        expected += waiting
        assert found[user] == expected[:5]


def test_an_item_keeps_the_score_of_the_list_it_came_from():
    lists = pd.DataFrame({"user": 1, "item": ["a", "b"], "rank": [1, 2], "score": [3.0, 2.0]})
    fresh = pd.DataFrame({"user": [1, 1], "item": ["z", "b"], "rank": [2, 1], "score": [0.5, 0.7]})
    found = with_fresh(lists, fresh, places=[2], k=2)
    assert found.to_numpy().tolist() == [[1, "a", 1, 3.0], [1, "b", 2, 0.7]]


@pytest.mark.parametrize("power", [0, 0.5, 1, -1])
def test_by_length_sorts_by_score_times_length(lists, power):
    lists = lists.assign(score=np.exp(lists["score"]))
    seconds = pd.Series(
        np.random.default_rng(4).integers(60, 4000, 14), index=[f"i{i:02d}" for i in range(14)]
    )
    found = by_user(by_length(lists, seconds, power, k=6))
    for user, rows in lists.groupby("user"):
        rows = rows.sort_values("rank")
        value = rows["score"] * seconds[rows["item"]].to_numpy(float) ** power
        assert found[user] == rows["item"].iloc[np.argsort(-value.to_numpy(), kind="stable")[:6]].tolist()


def every(lists):
    """Each re-ranker on these lists, with settings that change them."""
    items = pd.Index(sorted(set(lists["item"])))
    rng = np.random.default_rng(8)
    groups = pd.Series(rng.choice(list("xyz"), len(items)), index=items)
    sounds = pd.DataFrame(rng.normal(size=(len(items), 3)), index=items)
    positive = lists.assign(score=np.exp(lists["score"]))
    history = lists[["user", "item"]].sample(frac=0.7, random_state=0)
    return {
        "mmr": lambda t, k: reranking.mmr(t, sounds, k=k),
        "dpp": lambda t, k: reranking.dpp(t, sounds, k=k),
        "at_most": lambda t, k: reranking.at_most(t, groups, 1, k=k),
        "at_least": lambda t, k: reranking.at_least(t, items[::2], 1, k=k),
        "mixed": lambda t, k: reranking.mixed(t, history, min(1, k), k=k),
        "calibrated": lambda t, k: reranking.calibrated(t, groups, history, k=k),
        "with_fresh": lambda t, k: reranking.with_fresh(t, lists.iloc[::2], [1], k=k),
        "by_length": lambda t, k: reranking.by_length(
            t.assign(score=np.exp(t["score"])), pd.Series(np.arange(1, len(items) + 1), index=items), k=k
        ),
    }, positive


NAMES = [
    "mmr", "dpp", "at_most", "at_least", "mixed", "calibrated", "with_fresh", "by_length",
]  # fmt: skip


def test_none_is_left_out():
    assert sorted(NAMES) == reranking.__all__


@pytest.mark.parametrize("name", NAMES)
class TestEach:
    @pytest.mark.parametrize("k", [1, 3, 20])
    def test_gives_lists_of_what_it_was_given(self, lists, name, k):
        functions, positive = every(lists)
        before = lists.copy()
        found = functions[name](lists, k)
        pd.testing.assert_frame_equal(lists, before)
        assert found.columns.tolist() == ["user", "item", "rank", "score"]
        assert found["user"].drop_duplicates().tolist() == lists["user"].drop_duplicates().tolist()
        assert found.index.tolist() == list(range(len(found)))
        given = (positive if name == "by_length" else lists).set_index(["user", "item"])["score"]
        for user, rows in found.groupby("user"):
            assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
            assert len(rows) == min(k, (lists["user"] == user).sum())
            assert len(set(rows["item"])) == len(rows)
            assert [given[user, item] for item in rows["item"]] == rows["score"].tolist()

    def test_the_order_of_rows_and_gaps_between_ranks_do_not_matter(self, lists, name):
        functions, _ = every(lists)
        first = functions[name](lists, 4)
        mixed_up = lists.sample(frac=1, random_state=9).assign(rank=lambda t: t["rank"] * 3)
        other = functions[name](mixed_up, 4)
        assert by_user(first) == by_user(other)

    def test_a_score_on_another_scale_gives_the_same(self, lists, name):
        functions, _ = every(lists)
        scaled = lists.assign(score=lists["score"] + 1 if name == "by_length" else lists["score"] * 8)
        assert by_user(functions[name](scaled, 4)) == by_user(functions[name](lists, 4))

    def test_no_lists_no_rows(self, lists, name):
        functions, _ = every(lists)
        assert len(functions[name](lists.iloc[:0], 5)) == 0

    def test_bad_lists(self, lists, name):
        functions, _ = every(lists)
        call = functions[name]
        for k in (0, -1, 2.5, True):
            with pytest.raises(ValueError, match="k=.*: give a whole number, 1 or more|places=|repeats="):
                call(lists, k)
        for broken, sentence in (
            (lists.assign(score=np.inf), "missing or not finite"),
            (lists.assign(rank=np.nan), "missing or not finite"),
            (lists.assign(user=None), "missing or not finite"),
            (pd.concat([lists, lists]), "an item or a rank of a user twice"),
            (lists.assign(rank=1), "an item or a rank of a user twice"),
            (
                lists.rename(columns={"rank": "place"}),
                "lists: give a DataFrame with the columns user, item, rank, score",
            ),
        ):
            if "place" in broken and name == "by_length" or "user" not in broken:
                continue
            with pytest.raises(ValueError, match=sentence):
                call(broken, 3)


def test_what_cannot_be_is_refused():
    lists = make(0)
    seconds = pd.Series(60.0, index=[f"i{i:02d}" for i in range(14)])
    for places in ([], [0], [11], [2, 2]):
        with pytest.raises(ValueError, match="give distinct places from 1 to k=10"):
            with_fresh(lists, lists, places)
    with pytest.raises(ValueError, match="only scores above 0 can be stretched"):
        by_length(lists.assign(score=0.0), seconds)
    lists = lists.assign(score=1.0)
    with pytest.raises(ValueError, match="seconds: give each item a length above 0"):
        by_length(lists, seconds * 0)
    with pytest.raises(ValueError, match="seconds says nothing of the item"):
        by_length(lists, seconds.iloc[:3])
    for power in (np.nan, "1", True):
        with pytest.raises(ValueError, match="give a number, such as 0.5"):
            by_length(lists, seconds, power)
