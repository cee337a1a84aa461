"""The command behind lesson 23's tables: who sees which advertisements, what they cost here, and what a row counts."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import Market, Platform

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import advertising


@pytest.fixture(scope="module")
def ground():
    return advertising.Ground(seed=5, users=40)


def ranks(shelf: pd.DataFrame, users: object) -> pd.DataFrame:
    """The shelf as a table listener x rank."""
    some = shelf[shelf["user"].isin(users)]
    return some.pivot(index="user", columns="rank", values="item")


@pytest.mark.parametrize(
    ("end", "ads", "places"),
    [("first", 1, [1]), ("first", 3, [1, 2, 3]), ("last", 1, [10]), ("last", 3, [8, 9, 10])],
)
def test_who_does_not_pay_sees_them_at_one_end_and_the_best_tracks_in_the_other_places(
    ground, end, ads, places
):
    free = ground.world.listeners[ground.free]
    paying = ground.world.listeners[~ground.free]
    plain, shelf = ground.shelf("last", 0), ground.shelf(end, ads)
    assert ranks(shelf, paying).equals(ranks(plain, paying)) and len(ranks(plain, paying))
    before, after = ranks(plain, free), ranks(shelf, free)
    kinds = ground.world.tracks.set_index("track_id")["kind"].astype(str)
    others = [place for place in range(1, 11) if place not in places]
    for user, row in after.iterrows():
        assert kinds[row[places]].eq("ad").all()
        assert row[others].tolist() == before.loc[user].tolist()[: 10 - ads]


def test_an_advertisement_costs_what_an_empty_place_costs(ground):
    shelf = ground.shelf("first", 5)
    empty = shelf[~shelf["item"].isin(ground.ads)]
    hours = []
    for shown in (shelf, empty):
        market = Market(ground.world, [Platform("team", lambda users, shown=shown: shown)], log=ground.at.log)
        hours.append(market.play(2).hours())
    assert hours[0].equals(hours[1])
    plain = Market(ground.world, [Platform("team", lambda users: ground.shelf("last", 0))], log=ground.at.log)
    assert not plain.play(2).hours().equals(hours[0])


def test_what_the_eye_gives_a_place_is_what_the_world_s_choice_gives_it():
    rng = np.random.default_rng(0)
    luck = 1.15 * rng.gumbel(size=(200_000, 3)) - 0.75 * np.log([1, 2, 10])
    taken = np.bincount(luck.argmax(axis=1), minlength=3)
    assert taken / taken[0] == pytest.approx(advertising.SEEN[[0, 1, 9]], rel=0.03)


def test_what_is_seen_is_what_was_on_the_shelves_that_were_looked_at(ground):
    market = ground.market("last", 3, 15.0).play(1)
    shown = market.served["team"].impressions_in(market.start)
    ads = shown[shown["track_id"].isin(ground.ads)]
    assert ads["user_id"].isin(ground.world.listeners[ground.free]).all() and len(ads)
    weights = ads["position"].map(lambda place: place ** (-0.75 / 1.15))
    n = ground.free.sum()
    assert ground.looks(market, 0) == pytest.approx((len(ads) / n, weights.sum() / n))


def test_a_row_is_a_week_and_the_first_is_the_mean_of_all(ground):
    rows = pd.DataFrame(ground.rows("last", 2, 15.0, weeks=2)).set_index("week")
    market = ground.market("last", 2, 15.0).play(2)
    assert rows.loc[0, "hours"] == pytest.approx(rows.loc[[1, 2], "hours"].mean())
    assert rows.loc[0, "hours"] * 2 == pytest.approx(market.hours()["team"].to_numpy()[ground.free].mean())
    assert rows.loc[0, "satisfaction"] == rows.loc[2, "satisfaction"]
    again = ground.market("last", 2, 15.0)
    for week in (1, 2):
        pleased = again.play(1).served["team"].satisfaction[ground.free].mean()
        assert rows.loc[week, "satisfaction"] == pytest.approx(pleased)
    second = market.hours(1, 2)[ground.free]
    assert rows.loc[2, "share"] == pytest.approx(second["team"].sum() / second.to_numpy().sum())
    assert rows.loc[2, "gone"] == pytest.approx(100 * (second["team"] == 0).mean())


def test_alone_all_hours_are_the_platform_s_and_no_advertisement_means_none_seen(ground):
    rows = pd.DataFrame(ground.rows("last", 0, None, weeks=1))
    assert (rows["share"] == 1).all() and (rows[["seen", "weighed"]] == 0).all(axis=None)
    assert rows["keen"].isna().all(), "nothing stands for no rival"


def test_a_row_says_which_world_market_and_shelf_it_is_of(ground):
    rows = pd.DataFrame(ground.rows("first", 2, 15.0, weeks=1))
    about = rows[["seed", "keen", "end", "ads", "week"]].to_numpy().tolist()
    assert about == [[5, 15.0, "first", 2, 0], [5, 15.0, "first", 2, 1]]


def test_exchanged_are_the_last_two_and_nothing_else(ground):
    plain, other = (ranks(ground.shelf(end, 0), ground.world.listeners) for end in ("last", "exchanged"))
    assert other[[*range(1, 9), 10, 9]].to_numpy().tolist() == plain[list(range(1, 11))].to_numpy().tolist()


class Asked:
    """Stands for a world and answers every market with two rows; what was asked for is kept."""

    calls: list[tuple] = []

    def __init__(self, seed: int, users: int = 200):
        self.about = (seed, users)

    def rows(self, *market: object) -> list[dict[str, object]]:
        Asked.calls.append((*self.about, *market))
        return [{"seed": self.about[0], "week": week, "hours": 1 / 3, "unasked": 1} for week in (0, 1)]


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setattr(advertising, "Ground", Asked)
    Asked.calls = []
    return Asked.calls


def test_a_world_is_each_number_at_each_end_in_each_market_and_two_nulls(asked):
    rows = advertising.rows_of_world(9, 40)
    shelves = [("last", 0), ("exchanged", 0)]
    shelves += [(end, ads) for end in ("first", "last") for ads in (1, 2, 3, 5, 8)]
    assert asked == [(9, 40, *shelf, keen) for keen in (None, 0.0, 15.0) for shelf in shelves]
    assert len(rows) == 2 * len(asked)
    asked.clear()
    advertising.rows_of_world(9)
    assert {call[:2] for call in asked} == {(9, 200)}


def test_the_named_row_is_three_at_the_end_beside_a_keen_rival(asked):
    table = advertising.row()
    assert asked == [(7, 200, "last", 3, 15.0)]
    assert list(table) == advertising.COLUMNS and table["hours"].tolist() == [0.33333, 0.33333]
