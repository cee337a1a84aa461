"""The score and the places, against a count by hand and against what chance gives."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recsys_helpers.arena.score import better, own_shares, standings


def seconds(rng, gain, n=400):
    """(2 weeks, rival and team, listeners) of a team whose listeners give it `gain` more of their time."""
    total = rng.integers(0, 5_000, (2, n))
    share = np.clip(rng.normal(0.5 + gain, 0.2, n), 0, 1)
    team = np.round(total * share).astype(int)
    return np.stack([total - team, team], axis=1)


def test_a_share_is_each_listeners_own():
    found = own_shares(np.array([[[60, 0, 0], [20, 0, 7]], [[0, 0, 0], [0, 0, 1]]]))
    assert found.tolist() == [0.25, 0.5, 1.0]


def test_better_is_the_paired_interval():
    rng = np.random.default_rng(3)
    for gain in (0.0, 0.01, 0.02, 0.05):
        one, other = rng.normal(0.5 + gain, 0.1, 300), rng.normal(0.5, 0.1, 300)
        gap = one - other
        low = stats.norm.interval(0.95, gap.mean(), stats.sem(gap))[0]
        assert better(one, other) == (low > 0)


def test_a_place_is_one_and_the_number_of_teams_that_are_better():
    rng = np.random.default_rng(0)
    found = {"house": seconds(rng, 0)} | {
        f"team {i}": seconds(rng, gain) for i, gain in enumerate([0.1, -0.1, 0.004])
    }
    table = {one.name: one for one in standings(found, copy="house")}
    shares = {name: own_shares(values) for name, values in found.items()}
    for name, one in table.items():
        ahead = 0
        for other, theirs in shares.items():
            gap = theirs - shares[name]
            ahead += other != name and gap.mean() - 1.96 * gap.std(ddof=1) / np.sqrt(len(gap)) > 0
        assert one.place == 1 + ahead
        assert one.lead.mean == pytest.approx((shares[name] - shares["house"]).mean())
        assert one.share == pytest.approx(shares[name].mean())
    assert table["house"].lead.low == table["house"].lead.high == 0
    assert table["team 0"].place == 1 and table["team 1"].place == 4


def test_the_oracle_takes_nobodys_place_and_stands_where_its_lead_says():
    rng = np.random.default_rng(1)
    found = {"house": seconds(rng, 0), "good": seconds(rng, 0.1), "oracle": seconds(rng, 0.3)}
    order = standings(found, copy="house", unplaced=["oracle"])
    assert [(one.name, one.place) for one in order] == [("oracle", None), ("good", 1), ("house", 2)]


def test_who_has_no_place_stands_behind_whom_it_equals_and_before_whom_it_leads():
    rng = np.random.default_rng(1)
    found = {"house": seconds(rng, 0), "good": seconds(rng, 0.1), "poor": seconds(rng, -0.2)}
    found |= {"as good": found["good"], "as poor": found["poor"], "worst": seconds(rng, -0.3)}
    guests = ["worst", "as poor", "as good"]
    order = standings(found, copy="house", unplaced=guests, below=["poor"])
    assert [one.name for one in order] == ["good", "as good", "house", "as poor", "worst", "poor"]
    assert [one.place for one in order] == [1, None, 2, None, None, 3]
    order = standings(found, copy="house", unplaced=guests)
    assert [one.name for one in order] == ["good", "as good", "house", "poor", "as poor", "worst"]


def test_below_the_floor_is_behind_all_that_are_not():
    rng = np.random.default_rng(1)
    found = {
        "house": seconds(rng, 0),
        "loud": seconds(rng, 0.2),
        "worse": seconds(rng, 0.1),
        "poor": seconds(rng, -0.2),
    }
    order = standings(found, copy="house", below=["loud", "worse"])
    assert [(one.name, one.place) for one in order] == [("house", 1), ("poor", 2), ("loud", 3), ("worse", 4)]


def test_equal_teams_share_a_place_about_as_often_as_an_interval_promises():
    rng = np.random.default_rng(2)
    apart = sum(
        len(
            {one.place for one in standings({"a": seconds(rng, 0, 200), "b": seconds(rng, 0, 200)}, copy="a")}
        )
        > 1
        for _ in range(400)
    )
    assert stats.binom(400, 0.05).cdf(apart) > 0.001 and stats.binom(400, 0.05).sf(apart - 1) > 0.001
