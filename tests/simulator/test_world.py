"""The world: the same for the same seed, listener by listener, whoever else is in it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import Strengths, World
from recsys_helpers.simulator import world as world_module
from recsys_helpers.simulator.people import pseudonyms

SMALL = {"weeks": 2, "tracks": 600}


def of(log: pd.DataFrame, users) -> pd.DataFrame:
    """What some users did, without the numbers that depend on how many others there are."""
    return (
        log[log["user_id"].isin(users)]
        .drop(columns="event_id")
        .sort_values(["user_id", "at", "track_id"], kind="stable")
    )


def test_the_same_seed_gives_the_same_log_and_another_seed_another(world):
    log = world.log()
    pd.testing.assert_frame_equal(log, World(users=120, **SMALL).log())
    assert not log["track_id"].equals(World(users=120, seed=8, **SMALL).log()["track_id"])


def test_a_listener_does_the_same_among_few_and_among_many(world):
    few = World(users=40, **SMALL)
    users = few.users["user_id"]
    mine, theirs = of(few.log(), users), of(world.log(), users)
    assert len(mine) > 1000
    assert mine.to_csv(index=False) == theirs.to_csv(index=False)


def test_the_size_of_a_crowd_changes_nothing(world, monkeypatch):
    log = world.log()
    monkeypatch.setattr(world_module, "CROWD", 17)
    pd.testing.assert_frame_equal(log, world.log())


def test_small_worlds_hold_the_first_listeners_of_the_large_one():
    small, shipped = World.small(users=30), World()
    assert small.users["user_id"].isin(shipped.users["user_id"]).all()
    pd.testing.assert_frame_equal(small.tracks, shipped.tracks)
    with pytest.raises(ValueError, match="at most 300"):
        World.small(users=301)


def test_one_account_in_a_hundred_is_a_bot():
    world = World(users=1000, **SMALL)
    assert world.people.bot.sum() == 10
    assert len(world.listeners) == 990


def test_pseudonyms_are_unique_and_keep_no_order():
    ids = pseudonyms(7, np.arange(200_000))
    assert len(set(ids)) == 200_000
    rank = pd.Series(ids[:5000]).rank()
    assert abs(np.corrcoef(rank, np.arange(5000))[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"users": 0}, "users is 0"),
        ({"users": 2.5}, "users is 2.5"),
        ({"weeks": -1}, "weeks is -1"),
        ({"weeks": True}, "weeks is True"),
        ({"tracks": 5}, "tracks is 5"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_sizes_that_make_no_world_are_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        World(**settings)


def test_strengths_out_of_bounds_are_refused():
    with pytest.raises(ValueError, match="strength of drift is -1"):
        Strengths(drift=-1)


def test_tracks_have_the_shares_the_design_asks_for():
    tracks = World().tracks
    kinds = tracks["kind"].value_counts(normalize=True)
    assert 0.6 < kinds["music"] < 0.7
    assert set(tracks["kind"]) == {"music", "podcast", "radio", "news", "audiobook", "ambience", "ad", "help"}
    assert (tracks["kind"].isin(["ad", "help"])).sum() == 10
    assert 0.05 < (tracks["released"] >= "2026-01-05").mean() < 0.2
    assert tracks["track_id"].is_unique and tracks["track_id"].is_monotonic_increasing
    assert not tracks.isna().any().any()


def test_a_successor_is_a_track_of_the_same_creator(world):
    tracks, after = world.tracks, world.truth_tables()["tracks"]["followed_by"]
    creators = tracks.set_index("track_id")["creator"]
    assert (creators[after].to_numpy() == tracks["creator"].to_numpy()).all()
    assert after.is_unique


def test_true_utility_is_taste_times_vector_plus_appeal_plus_a_whim(world, murmur):
    """From the published truth tables alone all but the whim can be had, and the whim is like its description."""
    listeners, tracks = murmur.truth["listeners"].set_index("user_id"), murmur.truth["tracks"]
    taste = listeners.loc[world.listeners, [f"taste_{i:02d}" for i in range(1, 17)]].to_numpy()
    known = (
        taste @ tracks[[f"vector_{i:02d}" for i in range(1, 17)]].to_numpy().T + tracks["appeal"].to_numpy()
    )
    content = ~murmur.tracks["kind"].isin(["ad", "help"]).to_numpy()
    whim = (world.true_utility(world.listeners, week=0) - known)[:, content]
    assert abs(whim.mean()) < 0.01
    assert whim.std() == pytest.approx(0.8, abs=0.01)
    assert np.isneginf(world.true_utility(world.listeners)[:, ~content]).all()


def test_an_unknown_listener_is_named(world):
    with pytest.raises(ValueError, match="nobody"):
        world.true_utility(["nobody"])
