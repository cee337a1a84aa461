"""The command behind lesson 16's tables: what its shelves and platforms show, and what its rows count."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.arena import house
from recsys_helpers.arena.match import TEAM, Ground, house_lists, play
from recsys_helpers.arena.rules import Rules

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import competition


@pytest.fixture(scope="module")
def at():
    return competition.Place(seed=5, users=40)


def test_the_shelves_are_ordered_by_score_times_a_power_of_length(at):
    best = at.learn(at.events, competition.CANDIDATES)
    seconds = at.world.tracks.set_index("track_id")["duration_s"]
    for power in competition.POWERS:
        shelf = at.shelves[f"power {power:g}"]
        for user, rows in list(best.groupby("user"))[:5]:
            worth = dict(
                zip(rows["item"], rows["score"] * seconds[rows["item"]].to_numpy() ** power, strict=True)
            )
            mine = shelf[shelf["user"] == user].sort_values("rank")["item"].head(10)
            least = sorted(worth.values())[-10]
            assert [worth[item] for item in mine] == sorted((worth[item] for item in mine), reverse=True)
            assert min(worth[item] for item in mine) == pytest.approx(least)
    plain, other = at.shelves["power 0"], at.shelves[competition.EXCHANGED]
    both = plain.merge(other, on=["user", "item"])
    moved = both[both["rank_x"] != both["rank_y"]]
    assert set(map(tuple, moved[["rank_x", "rank_y"]].to_numpy())) == {(9, 10), (10, 9)}


def test_a_lead_is_the_mean_gap_of_shares_and_the_copy_has_none(at):
    rows = pd.DataFrame(competition.rows_beside(at, 0.0, [15.0], weeks=2)).set_index(["policy", "week"])
    assert (rows["lead"].loc["power 0"] == 0).all()
    shares = []
    for name in ("power 3", "power 0"):
        market = at.beside(name, 15.0).play(2)
        hours = {
            side: np.array([market.served[side].listeners["hours"].get(u, 0) for u in at.world.listeners])
            for side in ("team", "rival")
        }
        both = hours["team"] + hours["rival"]
        shares.append([h / b if b else 0.5 for h, b in zip(hours["team"], both, strict=True)])
        weekly = rows.loc[name].loc[[1, 2]]
        assert weekly["hours"].mean() == pytest.approx(hours["team"].mean())
        assert weekly["everywhere"].mean() == pytest.approx(both.mean())
    assert rows.loc[("power 3", 0), "lead"] == pytest.approx(np.mean(np.subtract(*shares)))


def test_who_knows_nothing_shows_the_chart_and_then_what_was_played_there(at):
    users = np.asarray(at.world.listeners, dtype=object)
    new = competition.Learner(at, opens=2, knows="own")
    first = new.act(users)
    assert (np.asarray(first) == np.asarray(at.world.chart(at.world.first_week(None) + 2)[:10])).all()
    new.observe(at.log[at.log["action"] == "play"].query("user_id == @users[0]"))
    second = new.act(users)
    learnt = at.learn(at.events[at.events["user_id"] == users[0]], 10)
    mine = second[second["user"] == users[0]].sort_values("rank")["item"].tolist()
    assert set(second["user"]) == set(users) and len(second) == 10 * len(users)
    assert set(mine) <= set(at.events.loc[at.events["user_id"] == users[0], "track_id"])
    assert mine == learnt.sort_values("rank")["item"].tolist()


def test_who_knows_tastes_shows_what_is_liked_best(at):
    users = np.asarray(at.world.listeners, dtype=object)[:4]
    lists = competition.Learner(at, 0, "truth").learnt(users)
    liking = at.world.true_utility(users, at.world.first_week(None))
    for row, user in enumerate(users):
        mine = at.world.track_ids.get_indexer(lists[lists["user"] == user]["item"])
        assert sorted(liking[row][mine], reverse=True) == sorted(liking[row], reverse=True)[:10]


def test_an_entrant_wins_nothing_before_it_opens(at):
    rows = pd.DataFrame(competition.rows_of_entrant(at, "later, own data, thin library", weeks=1)).set_index(
        "week"
    )
    assert (rows.loc[[1, 2], "hours"] == 0).all() and 0 < rows.loc[3, "share"] < 1


def test_replaying_shows_what_each_has_played_most_and_the_rule_makes_it_the_house():
    ground = Ground(Rules(users=40, weeks=2, heard=2), 5)
    market = ground.match()
    play(ground, market, house_lists(ground, market, TEAM, house.OWN))
    lists = competition.replayed(ground, market)
    events = market.served[TEAM].events
    kind = ground.world.tracks.set_index("track_id")["kind"]
    heard = events[~events["track_id"].astype(object).map(kind).isin(["ad", "help"])]
    for row, user in enumerate(ground.ids.listeners[:8]):
        mine = heard.loc[heard["user_id"] == user, "track_id"].astype(object).value_counts()
        shown = [ground.ids.tracks[i] for i in lists[row][:20] if i >= 0][: min(len(mine), 20)]
        assert [mine[track] for track in shown] == sorted(mine, reverse=True)[: len(shown)]
    rows = {one["policy"]: one for one in competition.rows_of_rule(5, 2, users=40, weeks=2)}
    assert rows["own, 2 heard"]["lead"] == rows["replay, 2 heard"]["lead"] == 0
    assert rows["oracle, 2 heard"]["lead"] > 0
