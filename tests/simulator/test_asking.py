"""What a policy may be and may answer: every form means the same, and what is no answer is refused by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import World
from recsys_helpers.simulator.people import CONTEXTS


@pytest.fixture(scope="module")
def small() -> World:
    return World(users=60, weeks=1, tracks=400)


def lists_of(world: World, weeks: int = 1) -> np.ndarray:
    """(n, contexts, 13) ids."""
    ids = world.tracks["track_id"].to_numpy()
    rows = np.arange(len(world.listeners))[:, None, None] * 5
    return ids[(rows + 31 * np.arange(len(CONTEXTS))[:, None] + 3 * np.arange(13)) % len(ids)]


def as_frame(world: World, lists: np.ndarray) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([world.listeners, CONTEXTS, range(1, 14)])
    frame = index.to_frame(index=False)
    frame.columns = ["user", "context", "rank"]
    return frame.assign(item=lists.ravel())


def same(one, other) -> None:
    pd.testing.assert_frame_equal(one.events, other.events)
    pd.testing.assert_frame_equal(one.listeners, other.listeners)
    pd.testing.assert_frame_equal(one.impressions, other.impressions)


class Acts:
    def __init__(self, answer):
        self.answer = answer

    def act(self, users, context):
        return self.answer


def test_lists_for_all_contexts_in_every_form(small):
    lists = lists_of(small)[:, 0]
    frame = as_frame(small, lists_of(small)).query("context == 'commute'").drop(columns="context")
    plain = small.serve(lambda users: lists, weeks=1)

    class Once:
        def act(self, users):
            assert list(users) == list(small.listeners)
            return lists

    class AnyContext:
        def act(self, users, context=None):
            assert list(context["context"]) == CONTEXTS
            return frame.astype({"user": "category", "item": "category"})

    shuffled = frame.sample(frac=1, random_state=3).assign(score=1.0)
    for policy in (
        lambda users: shuffled,
        Once(),
        Acts(lists),
        Acts(frame),
        AnyContext(),
        lambda users: lists.tolist(),
    ):
        same(small.serve(policy, weeks=1), plain)


def test_lists_by_context_in_every_form(small):
    lists, frame = lists_of(small), as_frame(small, lists_of(small))
    calls = []

    def plain(user_ids, context):
        calls.append((user_ids, context))
        return lists.reshape(-1, 13)

    first = small.serve(plain, weeks=1)
    users, context = calls[0]
    assert list(users) == list(np.repeat(small.listeners.to_numpy(), len(CONTEXTS)))
    assert list(context["context"]) == CONTEXTS * len(small.listeners)
    same(small.serve(Acts(frame), weeks=1), first)
    same(small.serve(lambda users, context: frame, weeks=1), first)
    assert not small.serve(lambda users: lists[:, 0], weeks=1).events.equals(first.events)


def test_who_has_no_row_and_where_no_rank_is_finds_nothing(small):
    frame = as_frame(small, lists_of(small)).query("context == 'commute'").drop(columns="context")
    left_out = small.listeners[:20]
    few = frame[~frame["user"].isin(left_out) & (frame["rank"] != 2) & (frame["rank"] <= 10)]
    shown = small.serve(lambda users: few, weeks=1).impressions
    assert not shown["user_id"].isin(left_out).any() and len(shown) > 500
    assert sorted(set(shown["position"])) == [1, 3, 4, 5, 6, 7, 8, 9, 10]
    none = small.serve(lambda users: frame.iloc[:0], weeks=1)
    assert len(none.impressions) == 0 and len(none.events) > 0


def broken(frame: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    frame = frame.reset_index(drop=True).astype({column: object})
    frame.loc[7, column] = value
    return frame


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("user", "u0000x", "user 'u0000x', which is none of ids of world.listeners"),
        ("user", None, "which is none of ids of world.listeners"),
        ("item", "t9999", "item 't9999', which is none of ids of world.tracks"),
        ("item", None, "which is none of ids of world.tracks"),
        ("rank", 0, "rank 0 to the listener"),
        ("rank", 1.5, "rank 1.5 to the listener"),
        ("rank", "first", "rank 'first' to the listener"),
        ("rank", None, "rank .* to the listener"),
        ("rank", 401, "rank 401 to the listener"),
        ("rank", 7, "two tracks at rank 7 for the listener .* in the context 'commute'"),
        ("context", "gym", "context 'gym', which is none of commute, work"),
        ("context", None, "which is none of commute, work"),
        ("propensity", None, "propensity .* to the listener"),
        ("propensity", np.nan, "propensity nan to the listener"),
        ("propensity", 0.0, "propensity 0.0 to the listener"),
        ("propensity", 1.0001, "propensity 1.0001 to the listener"),
        ("propensity", "likely", "propensity 'likely' to the listener"),
    ],
)
def test_a_bad_row_is_refused_by_name(small, column, value, says):
    frame = as_frame(small, lists_of(small)).assign(propensity=0.1)
    with pytest.raises(ValueError, match=says):
        small.serve(lambda users: broken(frame, column, value), weeks=1)


def test_the_refusal_names_the_listener_and_the_track(small):
    frame = broken(as_frame(small, lists_of(small)).assign(propensity=0.1), "propensity", 2)
    with pytest.raises(ValueError, match=rf"{frame['user'][7]}.*{frame['item'][7]}"):
        small.serve(lambda users: frame, weeks=1)


@pytest.mark.parametrize("missing", ["user", "item", "rank"])
def test_a_frame_without_a_column_is_refused(small, missing):
    frame = as_frame(small, lists_of(small)).drop(columns=missing)
    with pytest.raises(ValueError, match=f"without '{missing}'"):
        small.serve(lambda users: frame, weeks=1)


def test_a_certain_place_has_a_propensity_of_one(small):
    frame = as_frame(small, lists_of(small)).assign(propensity=1.0)
    assert (small.serve(lambda users: frame, weeks=1).impressions["propensity"] == 1).all()


@pytest.mark.parametrize("policy", [3, "popularity", None, object()])
def test_what_is_no_policy_is_refused(small, policy):
    with pytest.raises(ValueError, match="is no policy; give a function of listener ids, or an object"):
        small.serve(policy, weeks=1)


def watcher(observe):
    """A policy with this method `observe`."""

    class Watcher:
        def __call__(self, users):
            return np.full((len(users), 10), "t0001")

    Watcher.observe = observe
    return Watcher()


def test_one_that_watches_gets_what_its_signature_asks_for(small):
    seen = {}

    def events_only(self, events):
        seen["events"] = events

    def week_only(self, week, note="x"):
        assert note == "x"
        seen["week"] = week

    def both(self, impressions, events):
        seen["both"] = impressions, events

    def other_names(self, shown, log, k=3):
        assert k == 3
        seen["other names"] = shown, log

    def anything(self, *tables):
        seen["anything"] = tables

    runs = [
        small.serve(watcher(one), weeks=1) for one in (events_only, week_only, both, other_names, anything)
    ]
    for name in ("events", "week"):
        pd.testing.assert_frame_equal(seen[name], runs[0].events)
    for name in ("both", "other names", "anything"):
        pd.testing.assert_frame_equal(seen[name][0], runs[0].impressions)
        pd.testing.assert_frame_equal(seen[name][1], runs[0].events)


@pytest.mark.parametrize(
    ("observe", "says"),
    [
        (lambda self: None, "observe takes nothing"),
        (lambda self, impressions: None, "observe takes impressions"),
        (lambda self, a, b, c: None, "observe takes a, b, c"),
    ],
)
def test_one_that_cannot_be_shown_the_week_is_refused_before_it_starts(small, observe, says):
    policy = watcher(observe)
    type(policy).__call__ = lambda self, users: pytest.fail("asked before its observe was looked at")
    with pytest.raises(ValueError, match=says):
        small.serve(policy, weeks=1)
