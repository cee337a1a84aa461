"""A market that is saved and restored goes on as one that never stopped; what is no such file is refused."""

from __future__ import annotations

import json
import os

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import Market, Platform, Strengths, World, load_market, save_market
from recsys_helpers.simulator import world as world_module
from recsys_helpers.simulator.policies import oracle, popularity, random_shelf

NEVER = 10**6


@pytest.fixture(scope="module")
def small() -> World:
    return World(users=60, weeks=1, tracks=300)


def platforms_of(world: World) -> list[Platform]:
    return [Platform("chart", popularity(world)), Platform("best", oracle(world), opens=1, library="thin")]


@pytest.fixture
def saved(small, tmp_path):
    path = tmp_path / "week.npz"
    save_market(Market(small, platforms_of(small)).play(1), path)
    return path


def same(one: Market, other: Market) -> None:
    pd.testing.assert_frame_equal(one.board, other.board)
    assert one.week == other.week
    for name in one.served:
        for what in ("events", "impressions", "listeners"):
            pd.testing.assert_frame_equal(getattr(one.served[name], what), getattr(other.served[name], what))
    for mine, yours in zip(one.crowds, other.crowds, strict=True):
        state, again = mine.state(), yours.state()
        assert sorted(state) == sorted(again)
        for name in state:
            assert state[name].dtype == again[name].dtype and np.array_equal(state[name], again[name]), name


def test_saved_and_restored_each_week_is_as_never_stopped(small, tmp_path):
    never = Market(small, platforms_of(small)).play(4)
    stops = Market(small, platforms_of(small))
    weekly = small.weekly()
    for _ in range(4):
        stops.play(1)
        save_market(stops, tmp_path / "market.npz")
        stops = load_market(tmp_path / "market.npz", small, platforms_of(small), weekly)
    same(stops, never)
    assert [path.name for path in tmp_path.iterdir()] == ["market.npz"]


class Restless:
    """A policy that turns the shelf around for who played a track of it in the last two days."""

    def __init__(self, world: World):
        self.shelf = popularity(world)

    def __call__(self, user_ids, context):
        return self.shelf(user_ids, context)

    def visit(self, visits):
        shelf = visits.shelf.copy()
        lately = (visits.days_since_play().min(axis=1) < 2) | (visits.shows().max(axis=1) > 3)
        shelf[lately] = shelf[lately, ::-1]
        return shelf


def test_with_every_setting(tmp_path, monkeypatch):
    monkeypatch.setattr(world_module, "CROWD", 23)
    strengths = Strengths(boredom=2, newness=1, regret=1, jump=1, jump_week=2)
    world = World(users=70, weeks=1, tracks=300, strengths=strengths)
    log = world.log()
    settings = {"habit": 2, "keen": np.float64(20), "seed": 3, "start_week": np.int64(1), "log": log}

    def platforms():
        return [Platform("a", Restless(world), seat=4), Platform("b", random_shelf(world)),
                Platform("c", popularity(world), opens=NEVER)]  # fmt: skip

    never = Market(world, platforms(), **settings).play(3)
    stops = Market(world, platforms(), **settings)
    for _ in range(3):
        stops.play(1)
        save_market(stops, tmp_path / "market.npz")
        stops = load_market(tmp_path / "market.npz", world, platforms())
    same(stops, never)
    assert stops.habit == 2 and stops.keen == 20 and stops.seed == 3
    assert stops.served["b"].events["event_id"].iloc[0] == log["event_id"].max() + 1


def test_the_rule_on_heard_tracks_goes_on(small, tmp_path):
    never = Market(small, platforms_of(small)[:1], at_most_heard=25).play(1)
    save_market(never, tmp_path / "market.npz")
    again = load_market(tmp_path / "market.npz", small, platforms_of(small)[:1])
    assert again.at_most_heard == 25 and np.array_equal(again.own[0], never.own[0]) and again.own[0].any()
    ten = [Platform("chart", lambda users: np.tile(small.chart(1)[:10], (len(users), 1)))]
    save_market(Market(small, ten, at_most_heard=0).play(1), tmp_path / "market.npz")
    with pytest.raises(ValueError, match="at most 0 are allowed"):
        load_market(tmp_path / "market.npz", small, ten).play(1)


def test_another_policy_may_go_on_under_the_same_name(small, saved):
    other = [Platform("chart", random_shelf(small)), Platform("best", oracle(small), opens=1, library="thin")]
    market = load_market(saved, small, other).play(1)
    assert set(market.served["chart"].impressions["week"]) == {1, 2}
    shown = market.served["chart"].impressions.query("week == 2")["track_id"]
    assert not set(shown) <= set(small.chart(2))


def test_it_is_no_pickle_and_can_be_read_without_this_package(saved):
    with np.load(saved, allow_pickle=False) as file:
        about = json.loads(file["about"].tobytes())
        assert all(file[name].dtype.kind in "biuf" for name in file.files)
    assert about["version"] == 1 and about["world"]["users"] == 60 and about["week"] == 2
    assert [platform["name"] for platform in about["platforms"]] == ["chart", "best"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda w, p: (World(users=61, weeks=1, tracks=300), p),
            "other world: .*'users': 60.*these are .*'users': 61",
        ),
        (lambda w, p: (World(users=60, weeks=1, tracks=300, seed=8), p), "other world"),
        (
            lambda w, p: (World(users=60, weeks=1, tracks=300, strengths=Strengths(boredom=2)), p),
            "other world",
        ),
        (lambda w, p: (w, p[:1]), "other platforms"),
        (lambda w, p: (w, p[::-1]), "other platforms"),
        (
            lambda w, p: (w, [p[0], Platform("better", p[1].policy, 1, "thin")]),
            "other platforms: .*'best'.*'better'",
        ),
        (lambda w, p: (w, [p[0], Platform("best", p[1].policy, 2, "thin")]), "other platforms"),
        (lambda w, p: (w, [p[0], Platform("best", p[1].policy, 1, "thin", seat=5)]), "other platforms"),
    ],
)
def test_another_world_or_other_platforms_are_refused(small, saved, change, says):
    world, platforms = change(small, platforms_of(small))
    with pytest.raises(ValueError, match=says):
        load_market(saved, world, platforms)


def rewritten(path, **changes):
    """The file with some of its arrays changed, or left out where the change is None."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    for name, change in changes.items():
        name = name.replace("__", ".")
        if change is None:
            del arrays[name]
        else:
            arrays[name] = change(arrays[name]) if callable(change) else change
    np.savez_compressed(path, **arrays)


def about(**changes):
    def change(data):
        return np.frombuffer(json.dumps(json.loads(data.tobytes()) | changes).encode(), dtype=np.uint8)

    return change


def one_array(path):
    with open(path, "wb") as file:
        np.save(file, np.ones(3))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.unlink(), "cannot be read"),
        (lambda path: path.write_bytes(b""), "no market that was saved, or is damaged"),
        (lambda path: path.write_bytes(b"hello"), "no market that was saved, or is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "no market that was saved, or is damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:3000] + b"x" * 40 + path.read_bytes()[3040:]), "is damaged"),
        (one_array, "no market that was saved, or is damaged"),
        (lambda path: np.savez(path, about=np.array([{"kind": 1}], dtype=object)), "no market that was saved"),
        (lambda path: np.savez(path, x=np.ones(3)), "no market that was saved"),
        (lambda path: np.savez(path, about=np.frombuffer(b"[1]", dtype=np.uint8)), "no market that was saved"),
        (lambda path: rewritten(path, about=about(version=2)), "version 2; this reads"),
        (lambda path: rewritten(path, about=about(kind="a model")), "holds 'a model'"),
        (lambda path: rewritten(path, about=about(crowds=[30, 30])), "other crowds"),
        (lambda path: rewritten(path, crowd__0__late=None), "is damaged .*late"),
        (lambda path: rewritten(path, crowd__0__late=lambda late: late[:, 1:]), r"is damaged .*shape \(2, 58\)"),
        (lambda path: rewritten(path, crowd__0__open=lambda values: values.astype(float)), "is damaged .*float64"),
        (lambda path: rewritten(path, played__1__0__start=None), "week 0 of a platform is not whole"),
        (lambda path: rewritten(path, looks__0__0__tracks=None), "week 0 of a platform is not whole"),
    ],
)  # fmt: skip
def test_what_is_no_whole_file_is_refused(small, saved, spoil, says):
    spoil(saved)
    with pytest.raises(ValueError, match=says):
        load_market(saved, small, platforms_of(small))


def test_an_old_file_outlives_a_save_that_fails(small, saved, monkeypatch):
    before = saved.read_bytes()
    market = load_market(saved, small, platforms_of(small)).play(1)

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    for module, name in ((np.lib.format, "write_array"), (os, "replace")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, full)
            with pytest.raises(OSError, match="No space left"):
                save_market(market, saved)
        assert saved.read_bytes() == before
        assert [path.name for path in saved.parent.iterdir()] == [saved.name]
    save_market(market, saved)
    assert load_market(saved, small, platforms_of(small)).week == market.week == 3
