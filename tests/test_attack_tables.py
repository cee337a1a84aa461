"""The commands behind lesson 18's tables: what they try, and what the bots do to a shelf. It writes no table."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import World

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

import attacks
import poisoning


@pytest.fixture(scope="module")
def stage():
    return attacks.Stage()


@pytest.fixture(scope="module")
def at():
    return poisoning.Platform(7, users=60)


def test_the_targets_are_obscure_and_each_run_has_its_own(stage):
    heard = pd.Series(np.bincount(stage.x.matrix.indices, minlength=stage.x.shape[1]), index=stage.x.items)
    low, high = attacks.OBSCURE
    assert heard[stage.targets].between(low, high).all()
    assert len(set(stage.targets)) == attacks.TARGETS
    assert [stage.attack(run, 3, "random").target for run in range(attacks.TARGETS)] == stage.targets


def test_what_is_attacked_are_counts_of_plays_of_the_weeks_before_the_cut(stage):
    log = stage.split.events
    plays = log[log["action"] == "play"].astype({"user_id": object, "track_id": object})
    counts = plays.groupby(["user_id", "track_id"]).size().sort_index()
    found = stage.x.to_frame().set_index(["user", "item"])["value"].sort_index()
    assert (found.to_numpy() == counts.to_numpy()).all() and len(found) == len(counts)
    assert log["at"].max() < attacks.CUT


def test_the_favourite_genre_is_the_one_with_the_most_plays(stage):
    frame = stage.x.to_frame().assign(genre=lambda t: t["item"].map(stage.genre))
    for user in stage.x.users[::300]:
        of_user = frame[frame["user"] == user].groupby("genre")["value"].sum()
        assert of_user[stage.favourite[user]] == of_user.max()


def test_each_row_is_tried_once_and_both_sides_of_a_comparison_meet_the_same_attacks():
    plan = pd.DataFrame(attacks.plan(), columns=attacks.COLUMNS[:7])
    assert not plan.duplicated().any()
    for name, side in (("price", "model"), ("defence", "recipe")):
        rows = plan[(plan["table"] == name) & ~plan["kind"].isin(["random", "average"])]
        tries = rows.groupby(side)[["kind", "fakes", "push", "run"]].apply(
            lambda t: sorted(map(tuple, t.to_numpy()))
        )
        assert all(one == tries.iloc[0] for one in tries)
        assert set(tries.index) == set(attacks.MODELS if side == "model" else attacks.RECIPES)


def test_a_row_without_fakes_asks_the_same_listeners(stage):
    none = stage.row("price", "chart by plays", "plays", "none", 0, 0.0, 2)
    assert none["hits"] == 0 and none["price"] == 0  # an obscure track is on nobody's chart
    loud = stage.row("price", "chart by plays", "plays", "random", 141, 30.0, 2)
    assert loud["hits"] > 0.9 and loud["price"] > 141 * 30


def test_a_detector_is_graded_on_the_table_that_the_model_learns_from_too(stage):
    """Fakes of three plays, quiet among counts, are the loudest where three is the most; among ones nobody is loud."""
    quiet = stage.row("defence", "EASE", "cap at 3", "lookalike", 141, 3.0, 1)
    assert quiet["oddest item"] < 0.1 and quiet["learnt"] > 0.9
    ones = stage.row("defence", "EASE", "0 or 1", "lookalike", 141, 3.0, 1)
    assert np.isnan(ones["learnt"]) and ones["oddest item"] == quiet["oddest item"]


def test_the_stored_table_is_the_plan():
    stored = pd.read_csv(attacks.TABLE, encoding="utf-8")
    plan = pd.DataFrame(attacks.plan(), columns=attacks.COLUMNS[:7])
    assert list(stored.columns) == attacks.COLUMNS
    pd.testing.assert_frame_equal(stored[plan.columns], plan, check_dtype=False)


# ---- a shelf that is poisoned ----------------------------------------------------------------------------------------


def served(at, policy, bots, weeks=1):
    poisoned = poisoning.Poisoned(at, policy, bots)
    return poisoned, at.world.serve(poisoned, weeks=weeks)


def test_bots_are_added_and_nobody_else_is_touched(at):
    x = at.counts(at.events)
    more = poisoning.Poisoned(at, "chart of plays", 5).with_bots(x, 2, disguised=False)
    real = more.subset(users=list(x.users), items=list(x.items))
    assert (real.matrix != x.matrix).nnz == 0
    rows = more.matrix[np.flatnonzero(~more.users.isin(x.users))].toarray()
    assert rows.shape[0] == 5 and (rows[rows > 0] == poisoning.PLAYS * 2 / poisoning.LIFTED).all()
    assert set(more.items[rows.sum(axis=0) > 0]) == set(at.lifted)
    disguised = poisoning.Poisoned(at, "EASE on plays", 5).with_bots(x, 1, disguised=True)
    sizes = np.diff(disguised.matrix.indptr)[~disguised.users.isin(x.users)]
    assert (sizes > poisoning.LIFTED).all() and (sizes <= poisoning.LIFTED + poisoning.FILLERS).all()


def test_many_bots_hold_their_places_while_they_play_and_no_longer(at):
    poisoned, _ = served(at, "chart of plays", 40, weeks=poisoning.ACTIVE + 1)
    assert poisoned.places[: poisoning.ACTIVE] == [poisoning.LIFTED] * poisoning.ACTIVE
    assert poisoned.places[-1] < poisoning.LIFTED
    clean, _ = served(at, "chart of plays", 0)
    assert clean.places == [0.0]


def test_a_chart_counts_the_last_week(at):
    poisoned, _ = served(at, "chart of plays", 0)
    ten = poisoning.Poisoned(at, "chart of plays", 0).act(np.asarray(at.world.listeners))
    now = poisoning.START + pd.Timedelta(weeks=at.world.weeks)
    recent = at.events[(at.events["action"] == "play") & (at.events["at"] >= now - pd.Timedelta(days=7))]
    counts = recent["track_id"].astype(object).value_counts()
    assert counts[ten["item"].iloc[:10]].min() >= counts.sort_values(ascending=False).iloc[9]
    assert ten.groupby("user")["rank"].apply(list).map(lambda r: r == list(range(1, 11))).all()


def test_no_bots_are_no_gap_and_rows_have_the_columns_of_the_file(at):
    table = poisoning.rows_of_world(at, ("chart of listeners",), (0, 0), weeks=1)
    assert (table["gap"] == 0).all()
    assert (
        list(table.columns)
        == poisoning.COLUMNS
        == list(pd.read_csv(poisoning.TABLE, nrows=1, encoding="utf-8"))
    )
    base = World(seed=7, users=60)
    hours = base.serve(poisoning.Poisoned(at, "chart of listeners", 0), weeks=1).listeners["hours"].mean()
    assert table["hours"].iloc[0] == pytest.approx(hours, abs=1e-4)


def test_every_listener_gets_ten_from_ease(at):
    poisoned = poisoning.Poisoned(at, "EASE, cap at 3", 4)
    ten = poisoned.act(np.asarray(at.world.listeners))
    assert (ten.groupby("user").size() == 10).all() and set(ten["user"]) == set(at.world.listeners)
