"""MMR and DPP against their definitions step by step, and against the best of all sets on small lists."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.reranking import diversity, dpp, mmr
from tests.reranking.conftest import by_user, make


def similarity(features, a, b):
    if isinstance(features, pd.Series):
        return float(features[a] == features[b])
    if a == b:
        return 1.0
    x, y = features.loc[a], features.loc[b]
    length = np.linalg.norm(x) * np.linalg.norm(y)
    return float(x @ y / length) if length else 0.0


def relevances(rows):
    """Item -> relevance, in the order of rank."""
    rows = rows.sort_values("rank")
    low, high = rows["score"].min(), rows["score"].max()
    return {
        i: (s - low) / (high - low) if high > low else 0.0
        for i, s in zip(rows["item"], rows["score"], strict=True)
    }


def mmr_gain(relevance, features, chosen, item, weight):
    if not chosen:
        return relevance[item]
    return weight * relevance[item] - (1 - weight) * max(
        similarity(features, item, other) for other in chosen
    )


def log_det(relevance, features, chosen, weight):
    kernel = np.array([[similarity(features, a, b) for b in chosen] for a in chosen])
    sign, value = np.linalg.slogdet(kernel)
    return weight / (1 - weight) * sum(relevance[i] for i in chosen) + (
        value if sign > 0 and value > -18 else -np.inf
    )


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("kind", ["sounds", "genres"])
def test_mmr_step_by_step(lists, weight, kind, request):
    features = request.getfixturevalue(kind)
    found = by_user(mmr(lists, features, weight, k=5))
    for user, rows in lists.groupby("user"):
        relevance, chosen = relevances(rows), []
        for _ in range(min(5, len(rows))):
            gains = {
                i: round(mmr_gain(relevance, features, chosen, i, weight), 9)
                for i in relevance
                if i not in chosen
            }
            chosen.append(max(gains, key=gains.get))  # the first of equals: the higher place
        assert found[user] == chosen


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.7, 0.95])
def test_dpp_step_by_step(lists, sounds, weight):
    found = by_user(dpp(lists, sounds, weight, k=5))
    for user, rows in lists.groupby("user"):
        relevance, chosen = relevances(rows), []
        for _ in range(min(5, len(rows))):
            left = [i for i in relevance if i not in chosen]
            gains = {i: round(log_det(relevance, sounds, [*chosen, i], weight), 6) for i in left}
            if max(gains.values()) == -np.inf:  # four directions are spanned: the rest by rank
                chosen.append(left[0])
            else:
                chosen.append(max(gains, key=gains.get))
        assert found[user] == chosen


def test_dpp_by_categories_takes_one_of_each_and_then_by_rank(genres):
    for user, items in by_user(dpp(make(3), genres, weight=0.5, k=9)).items():
        kinds = genres[items].tolist()
        n = len(set(kinds))
        assert len(set(kinds[:n])) == n, user
        ranks = make(3).query("user == @user").set_index("item")["rank"]
        assert (ranks[items[n:]].diff().dropna() > 0).all()


def test_dpp_is_near_the_best_of_all_sets():
    """Greedy against every set of four of nine: never above, and on most lists the very same."""
    ratios, same = [], 0
    rng = np.random.default_rng(0)
    for _ in range(30):
        features = pd.DataFrame(rng.normal(size=(9, 6)), index=[f"i{i}" for i in range(9)])
        scores = np.sort(rng.random(9))[::-1]
        rows = pd.DataFrame({"user": "u", "item": features.index, "rank": range(1, 10), "score": scores})
        relevance = relevances(rows)
        (chosen,) = by_user(dpp(rows, features, 0.6, k=4)).values()
        values = {
            group: log_det(relevance, features, group, 0.6) for group in combinations(features.index, 4)
        }
        best = max(values, key=values.get)
        found = values[tuple(sorted(chosen))]
        assert found <= values[best] + 1e-9
        ratios.append(np.exp(found - values[best]))
        same += set(best) == set(chosen)
    assert same > 15 and np.mean(ratios) > 0.9


def test_mmr_is_near_the_best_of_all_orders():
    """The sum of what each place gains, greedy against every order of three of seven."""
    rng, ratios = np.random.default_rng(1), []
    for _ in range(20):
        features = pd.DataFrame(rng.normal(size=(7, 3)), index=[f"i{i}" for i in range(7)])
        scores = np.sort(rng.random(7))[::-1]
        rows = pd.DataFrame({"user": "u", "item": features.index, "rank": range(1, 8), "score": scores})
        relevance = relevances(rows)

        def total(order, relevance=relevance, features=features):
            return sum(mmr_gain(relevance, features, order[:p], item, 0.7) for p, item in enumerate(order))

        (chosen,) = by_user(mmr(rows, features, 0.7, k=3)).values()
        best = max(map(total, map(list, permutations(features.index, 3))))
        assert total(chosen) <= best + 1e-9
        ratios.append(total(chosen) / best)
    assert np.mean(ratios) > 0.95


def test_a_weight_of_one_is_the_list_as_it_was(lists, sounds):
    as_it_was = lists.sort_values("rank").groupby("user").head(4)
    assert by_user(mmr(lists, sounds, 1.0, k=4)) == by_user(as_it_was)


def test_a_batch_at_a_time_gives_the_same(lists, sounds, monkeypatch):
    whole = mmr(lists, sounds, k=4), dpp(lists, sounds, k=4)
    monkeypatch.setattr(diversity, "CELLS", 1)
    pd.testing.assert_frame_equal(mmr(lists, sounds, k=4), whole[0])
    pd.testing.assert_frame_equal(dpp(lists, sounds, k=4), whole[1])


def test_what_cannot_be_is_refused(sounds):
    table = make(0)
    for function in (mmr, dpp):
        for weight in (-0.1, 1.1, True, "0.5", np.nan):
            with pytest.raises(ValueError, match="give a share from 0 to 1"):
                function(table, sounds, weight)
        with pytest.raises(ValueError, match="features says nothing of the item 'i"):
            function(table, sounds.iloc[:0])
        with pytest.raises(ValueError, match="features hold a value that is missing"):
            function(table, sounds.assign(more=np.nan))
        with pytest.raises(
            ValueError, match="features: give a pandas object whose index holds each item once"
        ):
            function(table, pd.concat([sounds, sounds]))
        with pytest.raises(ValueError, match="features: give a pandas object"):
            function(table, sounds.to_numpy())
    with pytest.raises(ValueError, match="weight=1 leaves nothing to the determinant"):
        dpp(table, sounds, 1)
