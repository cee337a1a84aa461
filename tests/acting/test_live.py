"""Profiles, streams and alarms that are given what cannot be: each says so, and none is changed by it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.acting import LiveProfiles, PageHinkley, Profile, prequential, refit_plan
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ItemKNN, Popularity

NAN = float("nan")
LOG = pd.DataFrame(
    {
        "user_id": ["al", "al", "bo", "bo"],
        "track_id": list("abba"),
        "at": pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03"], utc=True),
        "action": "play",
        "seconds_played": 100.0,
    }
)
TRACKS = pd.DataFrame({"track_id": list("ab"), "duration_s": 200.0})


@pytest.fixture
def model():
    return ItemKNN(shrinkage=0).fit(Interactions.from_frame(LOG.assign(value=0.5), value="value"))


@pytest.mark.parametrize("share", [NAN, -1, 2, "half", None, True, [0.5]])
def test_a_share_that_is_none_changes_nothing(model, share):
    live, profile = LiveProfiles(model), Profile({"a": 1.0})
    for add in (lambda: profile.add("a", share), lambda: live.add("new", "a", share)):
        with pytest.raises(ValueError, match="a play is a share of its item, from 0 to 1"):
            add()
    assert profile.heard == {"a": 1.0} and "new" not in live.profiles


@pytest.mark.parametrize("wrong", [None, NAN, ["a"]])
def test_an_id_that_is_none_is_refused(model, wrong):
    live = LiveProfiles(model)
    with pytest.raises(ValueError, match="user="):
        live.add(wrong, "a", 0.5)
    with pytest.raises(ValueError, match="item="):
        live.add("al", wrong, 0.5)


@pytest.mark.parametrize("user", ["al", "new"])
@pytest.mark.parametrize("k", [0, -1, NAN, True, "x", 1.5])
def test_the_length_of_a_list_is_checked_for_whoever_is_new_too(model, user, k):
    with pytest.raises(ValueError, match="k="):
        LiveProfiles(model).recommend(user, k=k)


@pytest.mark.parametrize(
    "wrong", [{"rest": NAN}, {"rest": -1}, {"rest": "x"}, {"latest": -1}, {"latest": 1.5}, {"latest": "x"}]
)
def test_what_a_model_sees_of_a_profile_is_checked(model, wrong):
    for asks in (
        Profile({"a": 1.0}).values,
        lambda **options: LiveProfiles(model).recommend("al", **options),
    ):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            asks(**wrong)


@pytest.mark.parametrize("heard", [[1, 2], {"a": -1.0}, {"a": NAN}, {"a": "x"}])
def test_a_profile_of_something_else_is_refused(heard):
    with pytest.raises(ValueError, match="heard"):
        Profile(heard)
    with pytest.raises(ValueError, match="how='q'"):
        Profile().values("q")


def test_a_model_that_is_none_or_not_fitted_is_refused():
    for wrong, says in (
        (None, "None is no model"),
        (Popularity(), "not fitted"),
        (Popularity, "is no model|not fitted"),
    ):
        with pytest.raises(ValueError, match=says):
            prequential(LOG, TRACKS, wrong, "2026-03-03")
    for wrong, says in ((None, "None is no model"), (Popularity(), "not fitted")):
        with pytest.raises(ValueError, match=says):
            LiveProfiles(wrong)
        with pytest.raises(ValueError, match=says):
            prequential(LOG, TRACKS, lambda at, wrong=wrong: wrong, "2026-03-03")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sees": lambda profile: None}, "sees gave None: give a dictionary"),
        ({"sees": lambda profile: {99: 1.0}}, "sees gave .*: give a dictionary"),
        ({"sees": "latest"}, "sees='latest': give a function"),
        ({"live": "no"}, "live='no': choose True or False"),
        ({"rest": NAN}, "rest="),
        ({"latest": True}, "latest="),
    ],
)
def test_options_that_cannot_be_are_refused(model, wrong, says):
    with pytest.raises(ValueError, match=says):
        prequential(LOG, TRACKS, model, "2026-03-03", **wrong)


def test_a_profile_may_be_seen_through_numpy(model):
    """Numbers that come from an array are as good as Python's own, as items and as values."""
    options = (
        {},
        {"sees": lambda profile: {np.int64(item): np.float64(v) for item, v in profile.values().items()}},
    )
    plain, numpy = (prequential(LOG, TRACKS, model, "2026-03-03", **one) for one in options)
    pd.testing.assert_frame_equal(plain, numpy)


def test_of_nobody_who_has_heard_anything_nothing_is_learnt(model):
    with pytest.raises(ValueError, match="None of these listeners has heard anything"):
        LiveProfiles(model).changed(["stranger"])


@pytest.mark.parametrize("value", ["x", None, True, [1.0], np.nan])
def test_an_alarm_takes_in_numbers_alone(value):
    alarm = PageHinkley()
    with pytest.raises(ValueError, match="The stream holds .*leave out what was not measured"):
        alarm.update(value)
    assert alarm.seen == 0


@pytest.mark.parametrize("loss", ["abc", ["a"], [[1.0], [1.0, 2.0]], None, 5])
def test_a_loss_that_is_no_list_of_numbers_is_refused(loss):
    with pytest.raises(ValueError, match="loss is one number for each period"):
        refit_plan(loss, 1.0)
