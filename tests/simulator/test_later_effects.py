"""Effects that came later: nowhere to be seen at strength 0, there at 1."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import Strengths, World, difference, log
from recsys_helpers.simulator import behaviour as b
from recsys_helpers.simulator import setting as st
from recsys_helpers.simulator.card import _effects
from recsys_helpers.simulator.chances import after_regret
from recsys_helpers.simulator.past import played_in
from recsys_helpers.simulator.policies import oracle, random_shelf
from recsys_helpers.simulator.shelves import in_pages
from recsys_helpers.simulator.strengths import EFFECTS, LATER

PLAIN = {"boredom": 0, "order": 0, "drift": 0}  # so that nothing else moves a utility from what it was


@cache
def world_with(users: int = 120, **strengths: float) -> World:
    return World(users=users, weeks=2, tracks=400, strengths=Strengths(**strengths))


def listeners_truth(world: World) -> pd.DataFrame:
    return pd.concat(world.write_log(log.Buckets(world.weeks)), ignore_index=True)


@cache
def lived(**strengths: float) -> pd.DataFrame:
    """What was played in two weeks, one row a play, in order of time for each listener; ads and help clips left out."""
    world = world_with(**strengths)
    crowd = b.Crowd(world.setting, world.people)
    parts = [crowd.live(week, in_pages(world._chart(week))).played for week in (0, 1)]
    frame = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in b.RECORD})
    frame = frame[frame["source"] != st.NOTICE]
    return frame.sort_values(["person", "start", "step"], kind="stable", ignore_index=True)


def test_off_they_leave_no_trace():
    plain, off = world_with(), world_with(newness=0, regret=0, impatience=0, jump=0, jump_week=1)
    pd.testing.assert_frame_equal(plain.log(), off.log())
    truth = listeners_truth(off)
    pd.testing.assert_frame_equal(truth, listeners_truth(plain))
    assert not truth.columns.str.contains("newness|regret|impatience|jump").any()
    assert list(off.truth_tables()["effects"]["name"]) == list(EFFECTS)
    assert not any(name in _effects(off.strengths) for name in LATER)
    served = [world.serve(random_shelf(world), weeks=2) for world in (plain, off)]
    pd.testing.assert_frame_equal(served[0].events, served[1].events)


@pytest.mark.parametrize("name", LATER)
def test_on_they_are_told_and_change_what_is_played(name):
    world = world_with(**{name: 1, "jump_week": 1})
    truth, effects = listeners_truth(world), world.truth_tables()["effects"].set_index("name")
    columns = LATER[name][1].split(" .. ")
    assert set(columns) <= set(truth.columns)
    assert list(effects.index) == [*EFFECTS, name] and effects.loc[name, "strength"] == 1
    assert f"| {name} | 1 | {effects.loc[name, 'says']} | listeners.csv: {LATER[name][1]} |" in _effects(
        world.strengths
    )
    assert not world.log().equals(world_with().log())
    assert "{" not in effects.loc[name, "says"]


def test_newness_is_pleasure_in_what_was_never_played():
    """Utility less all else is the bonus at a first play of what was in no library, and nothing else, play by play."""
    strengths = {**PLAIN, "newness": 1}
    world, plays = world_with(**strengths), lived(**strengths)
    rest = plays["utility"] / 1e6 - world.setting.context_value[plays["context"], plays["track"]]
    liking = st.true_utility(world.setting, world.people, 0)
    rest -= liking[plays["person"], plays["track"]]
    library = b.Crowd(world.setting, world.people).library
    known = {person: set(tracks.tolist()) for person, tracks in enumerate(library)}
    for person, track, bonus in zip(plays["person"], plays["track"], rest, strict=True):
        expected = 0.0 if track in known[person] else b.NEWNESS * world.people.newness[person]
        assert bonus == pytest.approx(expected, abs=2e-6)
        known[person].add(track)
    assert 0.2 < (rest > 0.1).mean() < 0.9
    assert 0.8 < np.median(world.people.newness) < 1.25 and world.people.newness.std() > 0.1


def test_what_the_log_holds_is_new_to_nobody():
    world = world_with(newness=1)
    played = world.log()
    heard = played_in(played, world.listeners, world.track_ids)
    place = {track: i for i, track in enumerate(world.tracks["track_id"])}
    row = {user: i for i, user in enumerate(world.listeners)}
    expected = np.zeros_like(heard)
    for user, track, action in zip(played["user_id"], played["track_id"], played["action"], strict=True):
        if action == "play" and user in row and track in place:
            expected[row[user], place[track]] = True
    assert np.array_equal(heard, expected) and 0.01 < heard.mean() < 0.5
    own = world.tracks["track_id"].to_numpy()[np.argsort(~heard, axis=1, kind="stable")[:, :10]]
    knows, fresh = (world.serve(lambda users: own, weeks=1, log=one) for one in (played, played.iloc[:0]))
    assert difference(fresh, knows, "satisfaction").low > 0
    with pytest.raises(ValueError, match=r"give log=world.log\(\), or log=world.log\(\).iloc\[:0\]"):
        world.serve(oracle(world))
    world_with().serve(oracle(world_with()), weeks=1)  # where it does not matter none is asked for


def test_what_was_heard_before_lasts_over_weeks_and_is_no_other_runs():
    world = world_with(newness=1)
    none = world.log().iloc[:0]
    one, again = world.serve(oracle(world), weeks=2, log=none), world.serve(oracle(world), weeks=2, log=none)
    pd.testing.assert_frame_equal(one.events, again.events)


def test_regret_takes_satisfaction_by_the_hour_without_pleasure():
    felt, seconds = np.array([0.1, 0.5, 0.9, 0.0]), np.array([1_800, 7_200, 7_200, 10**7])
    left = after_regret(np.full(4, 0.6), felt, seconds, np.array([2.6, 2.6, 2.6, 2.6]))
    assert left == pytest.approx([0.6 - 2.6 * 0.5 * (0.5 * 0.4), 0.6, 0.6, 0.0], abs=1e-6)


def test_with_regret_hours_now_cost_hours_later():
    """A shelf of the longest tracks that one does not quite like brings more at first than one of short ones alike."""
    later = {}
    for regret in (0, 3):
        world = world_with(users=200, regret=regret)
        utility = world.true_utility(world.listeners)
        ids, length = world.tracks["track_id"].to_numpy(), world.catalogue.duration
        score = utility * np.sqrt(length) / np.sqrt(np.median(length))
        long = ids[np.argsort(-np.round(score, 6), axis=1, kind="stable")[:, :10]]
        served = [world.serve(policy, weeks=6) for policy in (lambda users, long=long: long, oracle(world))]
        hours = np.array([[week["seconds"].sum() for week in one.played] for one in served]) / 3600
        gain = (hours[0] - hours[1]) / hours[1]
        later[regret] = gain[-2:].mean() - gain[0]
        assert gain[0] > 0
    assert later[3] < later[0] - 0.02


def test_the_impatient_leave_after_what_displeases_them():
    """How often a session ends after a play, by whether it pleased; time running out ends some whatever pleased."""

    def ends(pleases: bool, **strengths: float) -> float:
        plays = lived(**strengths)
        last = plays.groupby(["person", "week", "slot"])["step"].transform("max") == plays["step"]
        some = plays["pleasure"] > 0.5 if pleases else plays["pleasure"] < 0.25
        return last[some].mean()

    assert ends(False, impatience=2) > 1.2 * ends(False)
    assert ends(True, impatience=2) < 1.15 * ends(True)


def test_a_jump_changes_the_taste_of_half_the_listeners_in_one_week_and_for_good():
    calm, jumps = world_with(users=400), world_with(users=400, jump=1, jump_week=4)
    before = [world.people.taste_in(3, world.strengths) for world in (calm, jumps)]
    after = [world.people.taste_in(4, world.strengths) for world in (calm, jumps)]
    later = [world.people.taste_in(9, world.strengths) for world in (calm, jumps)]
    assert np.array_equal(*before)
    moved = (after[0] != after[1]).any(axis=1)
    assert 0.42 < moved.mean() < 0.58
    assert np.array_equal((later[0] != later[1]).any(axis=1), moved)
    jump = np.rint(listeners_truth(jumps).filter(like="jump_").to_numpy() * 100)
    assert ((jump != 0).any(axis=1) == moved).all() and (jumps.people.jump == jump).all()
    expected = np.clip(np.rint(jumps.people.taste + calm.people.drift * (8 / 12) + jump), -300, 300)
    assert np.array_equal(after[1], expected)
    weak = world_with(users=400, jump=0.5, jump_week=4)
    assert np.allclose(listeners_truth(weak).filter(like="jump_"), np.rint(jump / 2) / 100)


def test_a_jump_keeps_how_much_taste_decides():
    """Another taste, not a stronger one: the spread of true liking stays, what is liked changes."""
    world = world_with(users=400, jump=1, jump_week=4)
    content = world.catalogue.content
    old, new = (world.true_utility(world.listeners, week)[:, content] for week in (3, 4))
    moved = (world.people.jump[world._served_numbers] != 0).any(axis=1)
    spread = [utility[moved].std(axis=1).mean() for utility in (old, new)]
    assert spread[1] == pytest.approx(spread[0], rel=0.1)
    top = [np.argsort(-utility, axis=1)[:, :20] for utility in (old, new)]
    kept = [len(set(a) & set(c)) / 20 for a, c in zip(top[0][moved], top[1][moved], strict=True)]
    assert np.mean(kept) < 0.5


def test_the_first_week_can_be_that_of_the_jump():
    assert Strengths(jump=1, jump_week=0).jump_week == 0


def test_whom_the_jump_spares_does_the_same_as_without_it():
    calm, jumps = world_with(), world_with(jump=1, jump_week=3)
    ran = [world.serve(random_shelf(world), weeks=3) for world in (calm, jumps)]
    pd.testing.assert_frame_equal(ran[0].events_in(2), ran[1].events_in(2))
    number = jumps._served_numbers
    jumpers = jumps.listeners[(jumps.people.jump[number] != 0).any(axis=1)]
    for spared in (True, False):
        mine = [
            one.events[one.events["user_id"].isin(jumpers) != spared].drop(columns="event_id") for one in ran
        ]
        assert mine[0].reset_index(drop=True).equals(mine[1].reset_index(drop=True)) == spared


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"newness": -0.1}, "strength of newness is -0.1"),
        ({"jump": 11}, "strength of jump is 11"),
        ({"regret": float("nan")}, "strength of regret is nan"),
        ({"jump_week": -1}, "jump_week is -1"),
        ({"jump_week": 2.5}, "jump_week is 2.5"),
    ],
)
def test_strengths_out_of_bounds_are_refused(settings, says):
    with pytest.raises(ValueError, match=says):
        Strengths(**settings)
