"""What is to be told, and how it is graded, against loops over lists of plays."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.evaluation import NextPlays, expected_ndcg, score_lists
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Markov, Popularity
from tests.models.test_sequence import by_hand, make_log


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return make_log(n_plays=240)


@pytest.fixture(scope="module")
def x(log) -> Interactions:
    return Interactions.from_frame(log[log["action"] == "play"], merge="count")


def asked(log: pd.DataFrame, since=None, until=None) -> list[tuple]:
    """(user, session so far, all so far, target, new) of each play, by loops; moments come from the log itself."""
    found = []
    plays = log[log["action"] == "play"].sort_values(["at", "event_id"])
    for user, runs in by_hand(log).items():
        moments = iter(plays.loc[plays["user_id"] == user, "at"])
        before: list[str] = []
        for run in runs:
            for place, track in enumerate(run):
                moment = next(moments)
                inside = (since is None or moment >= since) and (until is None or moment < until)
                if place and inside:
                    found.append((user, run[:place], list(before), track, track not in before))
                before.append(track)
    return found


def test_the_plays_against_a_loop(log, x):
    when = log["at"].sort_values()
    since, until = when.iloc[100], when.iloc[200]
    plays = NextPlays.from_events(log, x.users, x.items, since, until)
    found = zip(
        plays.user_ids,
        [x.items[one].tolist() for one in plays.session_so_far().lists()],
        [x.items[one].tolist() for one in plays.listener_so_far().lists()],
        x.items[plays.targets],
        plays.new.tolist(),
        strict=True,
    )
    expected = asked(log, since, until)
    assert list(found) == expected and 10 < len(expected) < len(asked(log))
    at = log.loc[plays.labels]
    assert at["track_id"].tolist() == x.items[plays.targets].tolist()
    assert at["user_id"].tolist() == plays.user_ids.tolist()
    assert at["at"].between(since, until, inclusive="left").all()


def test_some_of_them(log, x):
    plays = NextPlays.from_events(log, x.users, x.items, log["at"].min())
    new = plays.take(plays.new)
    assert len(new) == plays.new.sum() and new.new.all()
    which = [3, 0, 7]
    some = plays.take(which)
    assert some.session_so_far().lists() == [plays.session_so_far().lists()[i] for i in which]
    assert some.user_ids.tolist() == plays.user_ids[which].tolist()


def test_strangers_are_passed_over(log, x):
    users, items = x.users[[0, 2]], x.items[[1, 3, 4, 6]]
    plays = NextPlays.from_events(log, users, items, log["at"].min())
    assert set(plays.user_ids) <= set(users) and plays.targets.max() < 4
    expected = []
    for user in users:
        for run in by_hand(log)[user]:
            kept = [track for track in run if track in set(items)]
            expected += [(kept[:place], kept[place]) for place in range(1, len(kept))]
    found = [items[one].tolist() for one in plays.session_so_far().lists()]
    assert list(zip(found, items[plays.targets], strict=True)) == expected
    with pytest.raises(ValueError, match="there is no play after another in its session"):
        NextPlays.from_events(log, users, items, "2030-01-01")


class TestExpectedNdcg:
    def test_ties_against_all_orders(self):
        """Each order of the items that tie is a ranking without ties; the grade is the mean over them."""
        rng = np.random.default_rng(0)
        for k in (1, 3, 10):
            scores = rng.integers(0, 3, size=(20, 5)).astype(float)
            targets = rng.integers(0, 5, 20)
            for row, target, found in zip(scores, targets, expected_ndcg(scores, targets, k), strict=True):
                grades = []
                for order in permutations(range(5)):
                    if all(row[a] >= row[b] for a, b in zip(order, order[1:], strict=False)):
                        rank = order.index(target) + 1
                        grades.append(1 / np.log2(1 + rank) if rank <= k else 0.0)
                assert found == pytest.approx(np.mean(grades))

    def test_without_ties_it_is_the_ndcg_of_lists(self):
        rng = np.random.default_rng(1)
        scores = rng.permuted(np.tile(np.arange(40.0), (30, 1)), axis=1)
        targets = rng.integers(0, 40, 30)
        order = np.argsort(-scores, axis=1)[:, :10]
        lists = pd.DataFrame(
            {
                "user": np.repeat(np.arange(30), 10),
                "item": order.ravel(),
                "rank": np.tile(np.arange(1, 11), 30),
            }
        )
        test = Interactions.from_frame(
            pd.DataFrame({"user_id": np.arange(30), "track_id": targets}), items=range(40)
        )
        expected = score_lists(lists, test, ["ndcg"], k=10)["ndcg"]
        np.testing.assert_allclose(expected_ndcg(scores, targets), expected)

    def test_who_says_nothing_gets_what_chance_gets(self):
        n = 50
        found = expected_ndcg(np.zeros((1, n)), np.array([7]))
        assert found[0] == pytest.approx(sum(1 / np.log2(1 + r) for r in range(1, 11)) / n)

    def test_minus_infinity_is_last(self):
        assert expected_ndcg(np.array([[-np.inf, 0.0]]), np.array([0]), k=1).tolist() == [0.0]
        assert expected_ndcg(np.array([[-np.inf, 0.0]]), np.array([1]), k=1).tolist() == [1.0]


def test_a_model_is_graded_by_its_scores(log, x, monkeypatch):
    plays = NextPlays.from_events(log, x.users, x.items, log["at"].min())
    model = Markov(smoothing=1).fit(x, events=log)
    expected = []
    for _, session, _, target, _ in asked(log):
        scores = model.score_after([session])[0]
        own = scores[x.items.get_loc(target)]
        ranks = range((scores > own).sum() + 1, (scores >= own).sum() + 1)
        expected.append(np.mean([1 / np.log2(1 + rank) if rank <= 3 else 0.0 for rank in ranks]))
    for block in (1_000, 7):
        monkeypatch.setattr("recsys_helpers.evaluation.next_play.PLAYS_PER_BLOCK", block)
        found = plays.ndcg(lambda some: model.score_after(some.session_so_far()), k=3)
        np.testing.assert_allclose(found, expected)


def test_a_list_of_new_things_holds_nothing_heard(log, x):
    plays = NextPlays.from_events(log, x.users, x.items, log["at"].min())
    new = plays.take(plays.new)
    charts = Popularity().fit(x)
    found = new.ndcg(lambda some: charts.score(some.user_ids), k=2, unheard=True)
    popular = dict(zip(x.items, charts.score(x.users[:1])[0], strict=True))
    for grade, (_, _, before, target, _) in zip(found, [one for one in asked(log) if one[4]], strict=True):
        rest = [popular[track] for track in x.items if track not in before]
        better, alike = sum(r > popular[target] for r in rest), sum(r == popular[target] for r in rest)
        places = [1 / np.log2(1 + r) if r <= 2 else 0.0 for r in range(better + 1, better + alike + 1)]
        assert grade == pytest.approx(np.mean(places))
    with pytest.raises(ValueError, match="some that were heard before"):
        plays.ndcg(lambda some: charts.score(some.user_ids), unheard=True)


def test_scores_that_cannot_be_are_refused(log, x):
    plays = NextPlays.from_events(log, x.users, x.items, log["at"].min())
    with pytest.raises(ValueError, match="give a number for each"):
        plays.ndcg(lambda some: np.zeros((len(some), 3)))
    with pytest.raises(ValueError, match="with 1 NaN"):
        plays.ndcg(
            lambda some: np.where(np.arange(len(some) * len(x.items)).reshape(len(some), -1) == 5, np.nan, 0)
        )
