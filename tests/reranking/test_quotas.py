"""Quotas and calibration against loops over one list at a time."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.reranking import at_least, at_most, calibrated, mixed
from tests.reranking.conftest import by_user, make
from tests.reranking.test_diversity import relevances


def ranked(rows):
    return rows.sort_values("rank")["item"].tolist()


@pytest.mark.parametrize("most", [1, 2, 5])
def test_at_most_postpones(lists, genres, most):
    found = by_user(at_most(lists, genres, most, k=6))
    for user, rows in lists.groupby("user"):
        taken, late = [], []
        for item in ranked(rows):
            full = sum(genres[other] == genres[item] for other in taken) >= most
            (late if full else taken).append(item)
        assert found[user] == (taken + late)[:6]


@pytest.mark.parametrize("least", [0, 1, 3, 9])
def test_at_least_lets_the_lowest_make_room(lists, least):
    marked = {f"i{i:02d}" for i in (0, 3, 4, 8, 11)}
    found = by_user(at_least(lists, marked, least, k=5))
    for user, rows in lists.groupby("user"):
        items = ranked(rows)
        kept = items[:5]
        for item in items[5:]:
            if item in marked and sum(other in marked for other in kept) < min(least, 5):
                kept.remove([other for other in kept if other not in marked][-1])
                kept.append(item)
        assert found[user] == sorted(kept, key=items.index)


@pytest.mark.parametrize("repeats", [0, 2, 5])
def test_mixed_fills_with_the_other_kind(lists, repeats):
    heard = lists[["user", "item"]].sample(frac=0.5, random_state=1)
    pairs = set(heard.itertuples(index=False, name=None))
    found = by_user(mixed(lists, heard, repeats, k=5))
    for user, rows in lists.groupby("user"):
        items = ranked(rows)
        old, new = ([i for i in items if ((user, i) in pairs) == kind] for kind in (True, False))
        kept = old[:repeats] + new[: 5 - repeats]
        kept += [i for i in items if i not in kept][: 5 - len(kept)]
        assert found[user] == sorted(kept, key=items.index)


def kl(history, kept, genres, user):
    """KL(p, smoothed q) as Steck writes it."""
    past = history[history["user"] == user]
    p = past.groupby(past["item"].map(genres))["value"].sum() / past["value"].sum()
    total = 0.0
    for genre, share in p.items():
        if share > 0:
            q = sum(genres[i] == genre for i in kept) / len(kept)
            total += share * math.log(share / (0.99 * q + 0.01 * share))
    return total


@pytest.mark.parametrize("weight", [0.0, 0.4, 0.9, 1.0])
def test_calibration_step_by_step(lists, genres, weight):
    rng = np.random.default_rng(3)
    history = pd.DataFrame(
        {"user": rng.choice(["u0", "u1", "u2", "u3", "u9"], 60), "item": rng.choice(genres.index, 60)}
    ).assign(value=rng.integers(0, 4, 60).astype(float))
    found = by_user(calibrated(lists, genres, history, weight, k=5))
    for user, rows in lists.groupby("user"):
        relevance, kept = relevances(rows), []
        if user not in ("u0", "u1", "u2", "u3"):
            assert found[user] == ranked(rows)[:5]
            continue
        for _ in range(min(5, len(rows))):
            gains = {}
            for item in relevance:
                if item not in kept:
                    list_so_far = [*kept, item]
                    sum_of_relevance = sum(relevance[i] for i in list_so_far)
                    gains[item] = (1 - weight) * sum_of_relevance - weight * kl(
                        history, list_so_far, genres, user
                    )
            best = max(gains.values())
            kept.append(next(item for item, gain in gains.items() if gain > best - 1e-8))
        assert found[user] == kept


def test_a_history_without_values_counts_rows(lists, genres):
    history = lists[["user", "item"]].sample(frac=0.6, random_state=2)
    counted = calibrated(lists, genres, history, k=4)
    pd.testing.assert_frame_equal(counted, calibrated(lists, genres, history.assign(value=2.0), k=4))


def test_what_cannot_be_is_refused(genres):
    lists = make(0)
    history = lists[["user", "item"]]
    for most in (0, -1, 2.0, True):
        with pytest.raises(ValueError, match="most=.*: give a whole number, 1 or more"):
            at_most(lists, genres, most)
    with pytest.raises(ValueError, match="groups says nothing of the item"):
        at_most(lists, genres.iloc[:2])
    with pytest.raises(ValueError, match="least=-1: give a whole number, 0 or more"):
        at_least(lists, [], -1)
    for repeats in (-1, 11, 1.5, True):
        with pytest.raises(ValueError, match="repeats=.*: give a whole number from 0 to k=10"):
            mixed(lists, history, repeats)
    with pytest.raises(ValueError, match="heard: give a DataFrame with the columns user, item"):
        mixed(lists, lists[["user"]])
    with pytest.raises(ValueError, match="history: give a DataFrame with the columns user, item"):
        calibrated(lists, genres, lists[["item"]])
    with pytest.raises(ValueError, match="history: its values are amounts, 0 or more"):
        calibrated(lists, genres, history.assign(value=-1.0))
    with pytest.raises(ValueError, match="groups says nothing of the item 'i99'"):
        calibrated(lists, genres, pd.DataFrame({"user": ["u0"], "item": ["i99"]}))
    with pytest.raises(ValueError, match="weight=2: give a share from 0 to 1"):
        calibrated(lists, genres, history, 2)
