"""The chart that a platform can make: plays counted by hand, week by week, and no truth in it."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator.policies import counted_chart

START = pd.Timestamp("2026-01-05T00:00:00Z")


@pytest.fixture(scope="module")
def at(world):
    """(the world's log, its tracks)"""
    return world.log(), world.tracks


def by_hand(log: pd.DataFrame, tracks: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> list[str]:
    """The thirty most played of a span, ties to the lower id, by a plain loop."""
    content = {
        t for t, kind in zip(tracks["track_id"], tracks["kind"], strict=True) if kind not in ("ad", "help")
    }
    plays = Counter(
        track
        for track, action, when in zip(log["track_id"], log["action"], log["at"], strict=True)
        if action == "play" and track in content and first <= when < last
    )
    return sorted(plays, key=lambda track: (-plays[track], track))[:30]


@pytest.mark.parametrize(("window", "days"), [("7D", 7), ("10D", 10), ("1h", 1 / 24)])
def test_a_chart_is_what_a_plain_count_gives(at, window, days):
    log, tracks = at
    for week in (1, 2):
        last = START + pd.Timedelta(weeks=week)
        expected = by_hand(log, tracks, last - pd.Timedelta(days=days), last)
        chart = counted_chart(log, tracks, window).chart(week).tolist()
        assert chart[: len(expected)] == expected and set(chart[len(expected) :]) <= {None}
        assert len(expected) == 30 or window == "1h"


def test_it_is_renewed_by_what_it_observes(world, at):
    log, tracks = at
    policy = counted_chart(log, tracks)
    shown = world.serve(policy, weeks=3, log=log)
    so_far = pd.concat([log, shown.events])
    for week in (2, 3, 4):
        seen = shown.impressions[shown.impressions["week"] == week].drop_duplicates(["page", "position"])
        last = START + pd.Timedelta(weeks=week)
        expected = by_hand(so_far[so_far["at"] < last], tracks, last - pd.Timedelta("7D"), last)
        chart = seen.sort_values(["page", "position"])["track_id"].tolist()
        assert chart == expected  # everybody meets the same three pages, and somebody each of them
    assert policy.chart(2).tolist() != policy.chart(4).tolist()


def test_what_comes_later_is_not_seen(at):
    log, tracks = at
    early = log[log["at"] < START + pd.Timedelta(weeks=1)]
    assert counted_chart(log, tracks).chart(1).tolist() == counted_chart(early, tracks).chart(1).tolist()


def test_an_old_log_still_counts_and_an_empty_one_makes_an_empty_shelf(world, at):
    log, tracks = at
    old = counted_chart(log, tracks, "1D")
    assert old.chart(9).tolist() == by_hand(
        log, tracks, START - pd.Timedelta("900D"), START + pd.Timedelta("70D")
    )
    nothing = counted_chart(log.iloc[:0], tracks)
    assert set(nothing.chart(0)) == {None} and len(nothing.chart(0)) == 30
    assert len(world.serve(nothing, weeks=1).impressions) == 0
    with pytest.raises(ValueError, match="no play before week 0"):
        counted_chart(log[log["at"] >= START], tracks).chart(0)


def test_it_holds_as_many_places_as_asked_for(at):
    log, tracks = at
    ten = counted_chart(log, tracks, places=10)
    assert ten.chart(2).tolist() == counted_chart(log, tracks).chart(2)[:10].tolist()
    assert ten.act(np.arange(4), pd.DataFrame({"context": ["home"], "week": 2})).shape == (4, 10)
    many = counted_chart(log, tracks, places=2_000).chart(2)
    known = [track for track in many if track is not None]
    assert len(many) == 2_000 and len(set(known)) == len(known) > 100


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda log: log.drop(columns="action"), "has no action"),
        (lambda log: log.assign(at=log["at"].astype(str)), "has at as"),
        (lambda log: log.assign(at=log["at"].dt.tz_localize(None)), "has at as datetime64"),
    ],
)
def test_what_is_no_log_is_refused(at, change, says):
    log, tracks = at
    with pytest.raises(ValueError, match=says):
        counted_chart(change(log), tracks)


@pytest.mark.parametrize("settings", [{"window": "0D"}, {"window": "-7D"}, {"places": 0}])
def test_a_window_of_no_length_is_refused(at, settings):
    with pytest.raises(ValueError, match="give a span such as"):
        counted_chart(*at, **settings)
