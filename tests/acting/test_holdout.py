"""Holdouts: who loses what is a lottery with the chances it states, and what is left keeps its place."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.acting import Holdout
from recsys_helpers.simulator import World


def lists(n=400, k=5):
    return pd.DataFrame(
        {
            "user": np.repeat([f"u{i}" for i in range(n)], k),
            "item": np.tile([f"t{j}" for j in range(k)], n),
            "rank": np.tile(np.arange(1, k + 1), n),
        }
    )


def test_each_place_is_withheld_by_a_coin_of_its_own():
    table = pd.concat([Holdout(lists(), 0.3, seed=seed).table for seed in range(10)])
    away = ~table["shown"].to_numpy()
    assert away.mean() == pytest.approx(0.3, abs=0.012) and (table["propensity"] == 0.7).all()
    grid = away.reshape(-1, 5)
    together = np.corrcoef(grid.T)
    assert np.abs(together[~np.eye(5, dtype=bool)]).max() < 0.06
    counts = np.bincount(grid.sum(axis=1), minlength=6) / len(grid)
    by_chance = [0.7**5, 5 * 0.3 * 0.7**4, 10 * 0.09 * 0.7**3]
    np.testing.assert_allclose(counts[:3], by_chance, atol=0.025)


def test_one_place_of_a_listener_at_most_each_alike():
    tables = [Holdout(lists(), 0.6, unit="one", seed=seed).table for seed in range(10)]
    grid = np.concatenate([~table["shown"].to_numpy().reshape(-1, 5) for table in tables])
    assert set(grid.sum(axis=1)) == {0, 1}
    assert grid.any(axis=1).mean() == pytest.approx(0.6, abs=0.03)
    np.testing.assert_allclose(grid.mean(axis=0), 0.12, atol=0.02)
    np.testing.assert_allclose(tables[0]["propensity"], 1 - 0.12)


def test_a_shorter_list_has_its_own_chances():
    short = pd.concat([lists(200, 2), lists(400).iloc[1000:]], ignore_index=True)
    table = Holdout(short, 0.5, unit="one").table
    np.testing.assert_allclose(table["propensity"], np.where(table.index < 400, 1 - 0.25, 1 - 0.1))


def test_what_is_left_keeps_its_place_and_chance():
    policy = Holdout(lists(), 0.4, seed=2)
    shelf = policy.act([f"u{i}" for i in range(50)])
    kept = policy.table[policy.table["shown"]].head(len(shelf))
    pd.testing.assert_frame_equal(shelf, kept[shelf.columns].reset_index(drop=True))
    assert set(shelf["user"]) == {f"u{i}" for i in range(50)} and shelf["rank"].max() == 5


def test_a_listener_s_lottery_hangs_on_nobody_else_and_not_on_order():
    for unit in ("place", "one"):
        table = lists()
        few = Holdout(table.iloc[505:515].sample(frac=1, random_state=0), 0.5, unit=unit, seed=3).table
        all_ = Holdout(table, 0.5, unit=unit, seed=3).table
        both = few.merge(all_, on=["user", "item", "rank"])
        assert len(both) == 10 and (both["shown_x"] == both["shown_y"]).all()
        other = Holdout(table, 0.5, unit=unit, seed=4).table
        assert (other["shown"] != all_["shown"]).mean() > 0.1


def test_the_world_shows_what_was_not_withheld():
    world = World(users=40, weeks=2, tracks=200)
    shelf = pd.DataFrame(
        {
            "user": np.repeat(world.listeners, 10),
            "item": np.tile(world.tracks["track_id"].iloc[:10], len(world.listeners)),
            "rank": np.tile(np.arange(1, 11), len(world.listeners)),
        }
    )
    policy = Holdout(shelf, 0.3)
    seen = world.serve(policy, weeks=1).impressions
    stood = set(seen[["user_id", "track_id", "position"]].astype(object).itertuples(index=False, name=None))
    shown = policy.table[policy.table["shown"] & policy.table["user"].isin(seen["user_id"])]
    assert stood == set(shown[["user", "item", "rank"]].itertuples(index=False, name=None))
    assert np.allclose(seen["propensity"], 0.7)


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, np.nan, "half"])
def test_a_share_that_is_no_lottery_is_refused(share):
    with pytest.raises(ValueError, match="share="):
        Holdout(lists(), share)


def test_a_table_that_is_no_lists_is_refused():
    with pytest.raises(ValueError, match="no column 'rank'"):
        Holdout(lists()[["user", "item"]], 0.5)
    twice = pd.concat([lists(2), lists(1)])
    with pytest.raises(ValueError, match="twice"):
        Holdout(twice, 0.5)
    with pytest.raises(ValueError, match="twice"):
        Holdout(lists(2).assign(rank=1), 0.5)
    with pytest.raises(ValueError, match="without user, item or rank"):
        Holdout(lists(2).assign(item=["t0", "t1", None, "t3", "t4"] * 2), 0.5)
    with pytest.raises(ValueError, match="unit="):
        Holdout(lists(), 0.5, unit="listener")
