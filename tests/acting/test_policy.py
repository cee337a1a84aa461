"""A model as a policy: its lists, who gets which, the chances it says, and what it learns from a served week."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers import models
from recsys_helpers.acting import LearningPolicy, ModelPolicy
from recsys_helpers.interactions import Interactions
from recsys_helpers.simulator import World
from tests.models.conftest import _make, describe

WEEK = pd.DataFrame({"context": ["home", "work"], "week": 5})


@pytest.fixture(scope="module")
def x():
    """u007 has no entry, and everybody else has some."""
    x = _make(density=0.2)
    return x.where(x.rows != 7)


@pytest.fixture(scope="module")
def model(x):
    return models.ItemKNN().fit(x)


def lists(frame):
    return frame.groupby("user")["item"].agg(list).to_dict()


def test_the_lists_are_the_model_s(model, x):
    for options in ({}, {"exclude_seen": False}, {"k": 3}, {"candidates": x.items[:9]}):
        policy = ModelPolicy(model, **options)
        found = policy.act(x.users, WEEK)
        assert found.columns.tolist() == ["user", "item", "rank", "score", "propensity"]
        pd.testing.assert_frame_equal(
            found.drop(columns="propensity"), model.recommend(x.users, **{"k": 10} | options)
        )
        assert (found["propensity"] == 1).all()
        assert policy.lists == [found] or policy.lists[0] is found


def test_who_is_unknown_or_has_nothing_gets_the_fallback(model, x):
    asked = ["nobody", "u003", "u007"]
    chart = ["t009", "t001", "t002", "t003"]
    found = lists(ModelPolicy(model, k=3, fallback=chart).act(asked))
    assert found["nobody"] == found["u007"] == chart[:3] and found["u003"] != chart[:3]
    found = lists(ModelPolicy(model, k=3, fallback=chart, min_history=0).act(asked))
    assert found["nobody"] == chart[:3] != found["u007"]
    size = np.diff(x.matrix.indptr)
    found = lists(ModelPolicy(model, k=3, fallback=chart, min_history=6).act(x.users))
    few = {user for user, items in found.items() if items == chart[:3]}
    assert 0 < len(few) < 40 and few == set(x.users[size < 6])
    weekly = ModelPolicy(model, k=2, fallback=lambda week: [f"t{week:03d}", "t001"])
    assert lists(weekly.act(asked, WEEK))["nobody"] == ["t005", "t001"]
    assert lists(weekly.act(asked))["nobody"] == ["t001", "t001"], "weeks are counted where none is given"
    alone = ModelPolicy(model, k=3).act(asked)
    assert set(alone["user"]) == {"u003", "u007"}, "without a fallback a list in order of ids, or none"
    assert ModelPolicy(model, fallback=chart).act(["nobody"])["score"].isna().all()
    assert len(ModelPolicy(model).act(["nobody"])) == 0


def test_a_model_for_the_unknown_answers_itself(x):
    model = models.ContentBased().fit(x, items=describe(x.items))
    found = ModelPolicy(model, k=4, fallback=["t000"]).act(["nobody", "u007", "u001"])
    pd.testing.assert_frame_equal(
        found.drop(columns="propensity"), model.recommend(["nobody", "u007", "u001"], k=4), check_dtype=False
    )


def test_candidates_of_the_week_and_of_each_listener(model, x):
    own = {user: x.items[[u % 30, (u + 3) % 30]] for u, user in enumerate(x.users)}
    for candidates in (own, lambda week: own if week == 5 else None):
        found = ModelPolicy(model, exclude_seen=False, candidates=candidates).act(x.users, WEEK)
        assert all(set(items) == set(own[user]) for user, items in lists(found).items())


@pytest.mark.parametrize("options", [{"epsilon": 0.4}, {"temperature": 2.0}])
class TestLottery:
    def test_draws_and_chances(self, model, x, options):
        policy = ModelPolicy(model, k=4, pool=12, **options)
        first, again = (
            policy.act(x.users, WEEK),
            ModelPolicy(model, k=4, pool=12, **options).act(x.users, WEEK),
        )
        pd.testing.assert_frame_equal(first, again)
        assert ((first["propensity"] > 0) & (first["propensity"] <= 1)).all()
        assert (first.groupby("user")["rank"].agg(list).map(lambda r: r == list(range(1, len(r) + 1)))).all()
        assert not first.duplicated(["user", "item"]).any()
        own = model.recommend(x.users, k=12)
        assert set(zip(first["user"], first["item"], strict=True)) <= set(
            zip(own["user"], own["item"], strict=True)
        )
        np.testing.assert_allclose(first["score"], model.predict(first["user"], first["item"]))
        for week, seed in ((6, 0), (5, 1)):
            other = ModelPolicy(model, k=4, pool=12, seed=seed, **options)
            assert lists(other.act(x.users, WEEK.assign(week=week))) != lists(first)

    def test_a_listener_s_luck_is_their_own(self, model, x, options):
        policy = ModelPolicy(model, k=4, pool=12, **options)
        everybody, few = policy.act(x.users, WEEK), policy.act(x.users[[5, 2]], WEEK)
        for user, items in lists(few).items():
            assert lists(everybody)[user] == items

    def test_it_shows_each_item_as_often_as_it_says(self, model, x, options):
        """Over 800 weeks: the mean of 1{shown} / propensity is 1 for whatever can be shown at a place."""
        policy = ModelPolicy(model, k=2, pool=6, **options)
        weeks = [policy.act(x.users[[3]], pd.DataFrame({"week": [week]})) for week in range(800)]
        shown = pd.concat(weeks)
        for (_, _), part in shown.groupby(["item", "rank"]):
            chance = part["propensity"].iloc[0]
            assert part["propensity"].nunique() == 1 or np.ptp(part["propensity"]) < 1e-9
            assert abs(len(part) / 800 - chance) < 4.5 * np.sqrt(chance * (1 - chance) / 800)
        first = shown.drop_duplicates(["item", "rank"]).groupby("rank")["propensity"].sum()
        np.testing.assert_allclose(first, 1.0, atol=0.02)


def test_served_in_a_world(tmp_path):
    """The same as the same lists in an array, which is what lessons and commands did by hand."""
    world = World.small(users=60)
    log = world.log()
    plays = log[(log["action"] == "play") & log["user_id"].isin(world.listeners)]
    data = Interactions.from_frame(plays.astype({"user_id": object, "track_id": object}), merge="count")
    model = models.ItemKNN().fit(data)
    policy = ModelPolicy(model, fallback=world.chart)
    served = world.serve(policy, weeks=2)
    by_hand = []

    def arrays(users, context):
        ten = model.recommend(world.listeners[world.listeners.isin(data.users)], k=10)
        week = int(context["week"].iloc[0])
        rows = pd.DataFrame(np.tile(world.chart(week)[:10], (len(world.listeners), 1)), index=world.listeners)
        wide = ten.pivot(index="user", columns="rank", values="item")
        rows.loc[wide.index] = wide.to_numpy()
        by_hand.append(rows.to_numpy())
        return np.repeat(rows.to_numpy(), len(users) // len(rows), axis=0)

    pd.testing.assert_frame_equal(served.listeners, world.serve(arrays, weeks=2).listeners)
    assert len(policy.lists) == 2
    assert (served.impressions["propensity"] == 1).all()


def learn(log):
    x = Interactions.from_frame(log.astype({"user_id": object, "track_id": object}), merge="count")
    return models.Popularity().fit(x)


class TestLearning:
    def plays(self, world):
        log = world.log()
        return log[log["action"] == "play"]

    def test_it_learns_each_week_from_what_was_played(self):
        world = World.small(users=40)
        start = self.plays(world)
        policy = LearningPolicy(learn, start, k=5, fallback=world.chart)
        served = world.serve(policy, weeks=3)
        assert policy.log.index.equals(pd.RangeIndex(len(policy.log)))
        seen = [start, *(served.events_in(week) for week in range(8, 11))]
        assert len(policy.log) == sum(map(len, seen))
        for week in range(3):
            known = policy.lists[week].dropna(subset="score")
            expected = learn(pd.concat(seen[: week + 1])).recommend(known["user"].unique(), k=5)
            assert lists(known) == lists(expected) and len(known)

    def test_who_is_unknown_sees_the_chart_of_the_week_that_it_is(self):
        world = World.small(users=40)
        start = self.plays(world)
        start = start[start["user_id"] != world.listeners[3]]
        found = LearningPolicy(learn, start, k=5, fallback=world.chart).act(world.listeners, WEEK)
        assert lists(found)[world.listeners[3]] == list(world.chart(5)[:5]) != list(world.chart(0)[:5])

    def test_every_other_week_what_is_prepared_and_a_log_of_its_own(self):
        world = World.small(users=40)
        start, fits = self.plays(world), []

        def counted(log):
            fits.append(len(log))
            return learn(log)

        policy = LearningPolicy(
            counted, start, prepare=lambda week: week.head(3), every=2, fallback=world.chart
        )
        world.serve(policy, weeks=4)
        assert fits == [len(start), len(start) + 6] and len(policy.log) == len(start) + 12
        fits.clear()
        own = LearningPolicy(counted, lambda week: start.head(1_000 + week), fallback=world.chart)
        world.serve(own, weeks=3)
        assert fits == [1_008, 1_009, 1_010]

    def test_one_that_asks_for_impressions_gets_them(self):
        world = World.small(users=40)
        given = []

        def both(log, impressions):
            given.append(None if impressions is None else len(impressions))
            return learn(log)

        served = world.serve(
            LearningPolicy(both, self.plays(world), epsilon=0.2, fallback=world.chart), weeks=3
        )
        shown = [len(served.impressions_in(week)) for week in (8, 9)]
        assert given == [None, shown[0], sum(shown)]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"k": 0}, "k=0: give a whole number, 1 or more"),
        ({"k": 10, "pool": 9}, "pool=9: give a whole number, 10 or more"),
        ({"epsilon": -0.1}, "epsilon=-0.1: give a number"),
        ({"epsilon": 1.0}, "give an epsilon below 1, or a temperature, not both"),
        (
            {"epsilon": 0.1, "temperature": np.float64(1.0)},
            r"epsilon=0.1, temperature=1.0: give an epsilon below 1",
        ),
        ({"temperature": -1}, "temperature=-1: give a number"),
        ({"min_history": -1}, "min_history=-1: give a whole number"),
        ({"seed": 1.5}, "seed=1.5: give a whole number"),
    ],
)
def test_bad_settings(model, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        ModelPolicy(model, **options)


def test_how_often_to_learn_is_a_whole_number():
    with pytest.raises(ValueError, match="every=0: give a whole number"):
        LearningPolicy(learn, pd.DataFrame(), every=0)
