"""The models of the next play against plain loops over plain lists."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.sequence import Markov, Runs, SessionKNN

MINUTE = 60_000_000_000


def make_log(seed: int = 0, n_users: int = 6, n_items: int = 8, n_plays: int = 160) -> pd.DataFrame:
    """Plays with pauses of 1 to 70 minutes, two plays at the same moment, likes between them; rows shuffled."""
    rng = np.random.default_rng(seed)
    users = np.sort(rng.integers(0, n_users, n_plays))
    pause = rng.choice([1, 5, 20, 70], n_plays) * MINUTE
    pause[rng.choice(n_plays, 8, replace=False)] = 0
    frame = pd.DataFrame(
        {
            "event_id": rng.permutation(n_plays * 3)[:n_plays],
            "user_id": [f"u{u}" for u in users],
            "track_id": [f"t{i}" for i in rng.integers(0, n_items, n_plays)],
            "at": pd.to_datetime(np.cumsum(pause) + 1_700_000_000_000_000_000, utc=True),
            "action": np.where(rng.random(n_plays) < 0.15, "like", "play"),
            "seconds_played": np.round(rng.uniform(5, 200, n_plays)),
        }
    )
    frame.loc[frame["action"] == "like", "seconds_played"] = np.nan
    return frame.sample(frac=1, random_state=seed)


def by_hand(log: pd.DataFrame, gap_minutes: float = 30.0) -> dict[str, list[list[str]]]:
    """Sessions of plays as lists of track ids, by a loop: silence counts from the latest end of anything so far."""
    sessions: dict[str, list[list[str]]] = defaultdict(list)
    for user, part in log.groupby("user_id"):
        end = None
        for row in part.sort_values(["at", "event_id"]).itertuples():
            if end is None or (row.at - end).total_seconds() > 60 * gap_minutes:
                sessions[user].append([])
            heard = 0.0 if np.isnan(row.seconds_played) else row.seconds_played
            stop = row.at + pd.Timedelta(seconds=heard)
            end = stop if end is None else max(end, stop)
            if row.action == "play":
                sessions[user][-1].append(row.track_id)
    return {user: [one for one in runs if one] for user, runs in sessions.items()}


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return make_log()


@pytest.fixture(scope="module")
def x(log) -> Interactions:
    return Interactions.from_frame(log[log["action"] == "play"], merge="count")


class TestRuns:
    @pytest.mark.parametrize("seed", range(5))
    def test_sessions_against_a_loop(self, seed):
        log = make_log(seed)
        x = Interactions.from_frame(log, merge="count")
        runs = Runs.from_events(log, x.users, x.items)
        expected = by_hand(log)
        found: dict[str, list[list[str]]] = defaultdict(list)
        for row, items in zip(runs.rows, runs.lists(), strict=True):
            found[x.users[row]].append(x.items[items].tolist())
        assert found == {user: one for user, one in expected.items() if one}
        assert (np.diff(runs.rows) >= 0).all()

    def test_a_listeners_plays_in_one_run(self, log, x):
        runs = Runs.from_events(log, x.users, x.items, unit="listener")
        expected = [sum(by_hand(log)[user], []) for user in x.users]
        assert [x.items[one].tolist() for one in runs.lists()] == expected

    def test_the_gap_is_kept(self, log, x):
        short = Runs.from_events(log, x.users, x.items, gap="3min")
        long = Runs.from_events(log, x.users, x.items, gap="3h")
        expected = by_hand(log, 3)
        assert len(short) == sum(map(len, expected.values()))
        assert len(long) == len(x.users) < len(short)

    def test_listeners_and_items_that_are_not_asked_for_are_passed_over(self, log, x):
        users, items = x.users[[1, 3]], x.items[[0, 2, 5]]
        runs = Runs.from_events(log, users, items)
        expected = [
            [track for track in one if track in set(items)] for user in users for one in by_hand(log)[user]
        ]
        assert [items[one].tolist() for one in runs.lists()] == [one for one in expected if one]

    def test_from_lists_and_back(self, x):
        lists = [["t3", "t3", "t0"], [], ["t7"]]
        runs = Runs.from_lists(lists, x.items)
        assert [x.items[one].tolist() for one in runs.lists()] == lists
        assert runs.lengths.tolist() == [3, 0, 1]
        assert Runs.from_lists([], x.items).lists() == []
        assert all(one.starts.dtype.kind == "i" for one in (runs, Runs.from_lists([], x.items)))
        with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
            Runs.from_lists([["t1", "nothing"]], x.items)

    def test_from_interactions_goes_by_time_and_without_times_by_position(self):
        frame = pd.DataFrame({"user_id": [1, 1, 1, 3], "track_id": list("abca"), "at": [5, 9, 5, 1]})
        x = Interactions.from_frame(frame, time="at", users=[1, 2, 3])
        runs = Runs.from_interactions(x)
        assert (runs.lists(), runs.rows.tolist()) == ([[0, 2, 1], [0]], [0, 2])
        bare = Interactions.from_frame(frame, users=[1, 2, 3])
        assert Runs.from_interactions(bare).lists() == [[0, 1, 2], [0]]

    def test_take_last_and_padded_against_lists(self, log, x):
        runs = Runs.from_events(log, x.users, x.items)
        lists = runs.lists()
        which = [3, -1, 0, 3, len(runs) - 1]
        taken = runs.take(which)
        assert taken.lists() == [lists[i] if i >= 0 else [] for i in which]
        assert taken.rows.tolist() == [int(runs.rows[i]) if i >= 0 else -1 for i in which]
        last = runs.last_of(len(x.users) + 1)
        assert last[-1] == -1
        for row in range(len(x.users)):
            assert last[row] == max(i for i in range(len(runs)) if runs.rows[i] == row)
        for length in (1, 3, 40):
            expected = [([-1] * length + one)[-length:] for one in taken.lists()]
            assert taken.padded(length).tolist() == expected

    @pytest.mark.parametrize("unit", ["session", "listener"])
    def test_labels_are_the_rows_of_the_log_that_the_plays_stand_in(self, log, x, unit):
        named = log.set_axis([f"row {number}" for number in range(len(log))])
        runs = Runs.from_events(named, x.users, x.items, unit=unit)
        rows = named.loc[runs.labels]
        assert rows["track_id"].tolist() == x.items[runs.items].tolist()
        assert rows["user_id"].tolist() == x.users[np.repeat(runs.rows, runs.lengths)].tolist()
        assert sorted(runs.labels) == sorted(named.index[named["action"] == "play"])

    def test_none_of_the_runs_and_empty_ones(self, log, x):
        runs = Runs.from_events(log, x.users, x.items)
        assert len(runs.take([])) == 0 and runs.take([]).lists() == []
        empty = Runs.from_lists([[], []], x.items)
        assert empty.lists() == [[], []] and empty.items.dtype == np.int64

    def test_no_runs_at_all(self, x):
        nothing = Runs.from_lists([], x.items)
        assert nothing.take([-1, -1]).lists() == [[], []]
        assert nothing.take([-1]).padded(2).tolist() == [[-1, -1]]
        assert nothing.last_of(2).tolist() == [-1, -1]

    def test_bad_input(self, log, x):
        with pytest.raises(ValueError, match="events has no column 'event_id'"):
            Runs.from_events(log.drop(columns="event_id"), x.users, x.items)
        with pytest.raises(ValueError, match="choose 'session' or 'listener'"):
            Runs.from_events(log, x.users, x.items, unit="day")


class TestMarkov:
    def expected(self, log, x, history, smoothing, steps=1, decay=0.5):
        plays = [track for runs in by_hand(log).values() for one in runs for track in one]
        share = {track: plays.count(track) / len(plays) for track in x.items}
        counts = [Counter() for _ in range(steps)]
        for runs in by_hand(log).values():
            for one in runs:
                for d in range(1, steps + 1):
                    counts[d - 1].update(zip(one[:-d], one[d:], strict=True))
        scores, weights = np.zeros(len(x.items)), 0.0
        for d in range(1, steps + 1):
            if len(history) < d:
                continue
            item, weight = history[-d], decay ** (d - 1)
            total = sum(n for (before, _), n in counts[d - 1].items() if before == item)
            scores += weight * np.array(
                [(counts[d - 1][item, j] + smoothing * share[j]) / (total + smoothing) for j in x.items]
            )
            weights += weight
        return scores / weights if weights else np.array([share[j] for j in x.items])

    @pytest.mark.parametrize(
        ("smoothing", "steps", "decay"), [(1.0, 1, 0.5), (7.5, 3, 0.4), (0.01, 2, 2.0), (2.0, 2, 0.05)]
    )
    def test_against_a_loop(self, log, x, smoothing, steps, decay):
        model = Markov(smoothing, steps, decay).fit(x, events=log)
        histories = [[], ["t1"], ["t3", "t3"], ["t0", "t5", "t2", "t7"]]
        found = model.score_after(histories)
        for scores, history in zip(found, histories, strict=True):
            np.testing.assert_allclose(
                scores, self.expected(log, x, history, smoothing, steps, decay), rtol=1e-10, atol=1e-12
            )
        np.testing.assert_allclose(found.sum(axis=1), 1.0)

    def test_score_continues_the_latest_session(self, log, x):
        model = Markov(smoothing=2).fit(x, events=log)
        latest = [by_hand(log)[user][-1] for user in x.users]
        np.testing.assert_allclose(model.score(x.users), model.score_after(latest))

    def test_a_follower_is_found_and_is_first(self):
        """A chain that goes round: after each track comes the next one, and a session does not reach into the next."""
        at = pd.date_range("2026-03-01", periods=40, freq="2min", tz="UTC").to_series()
        at.iloc[20:] += pd.Timedelta("5h")
        log = pd.DataFrame(
            {"event_id": range(40), "user_id": "al", "track_id": [f"t{i % 5}" for i in range(40)], "at": at.array,
             "action": "play", "seconds_played": 110.0}
        )  # fmt: skip
        x = Interactions.from_frame(log, merge="count")
        model = Markov(smoothing=1e-6).fit(x, events=log)
        assert model.transitions_[0].sum() == 38  # 40 plays in 2 sessions
        assert model.score_after([[f"t{i}"] for i in range(5)]).argmax(axis=1).tolist() == [1, 2, 3, 4, 0]

    def test_an_item_that_nobody_played_has_a_row_too(self, log, x):
        wider = Interactions.from_frame(log[log["action"] == "play"], merge="count", items=[*x.items, "t9"])
        model = Markov(smoothing=3).fit(wider, events=log)
        found = model.score_after([["t9"], [], ["t1"]])
        np.testing.assert_allclose(found[0], model.shares_)  # nothing is known of what follows it
        assert found[:, -1].tolist() == [0.0] * 3
        np.testing.assert_allclose(
            found[2, :-1], Markov(smoothing=3).fit(x, events=log).score_after([["t1"]])[0]
        )

    @pytest.mark.parametrize("gap", ["3min", "3h"])
    def test_its_gap_decides_what_follows(self, gap, log, x):
        model = Markov(gap=gap).fit(x, events=log)
        minutes = pd.Timedelta(gap).total_seconds() / 60
        pairs = Counter()
        for runs in by_hand(log, minutes).values():
            for one in runs:
                pairs.update(zip(one[:-1], one[1:], strict=True))
        expected = [[pairs[before, after] for after in x.items] for before in x.items]
        assert model.transitions_[0].toarray().tolist() == expected

    def test_fold_in_continues_what_the_interactions_say(self, log, x):
        model = Markov(smoothing=2).fit(x, events=log)
        frame = pd.DataFrame({"user_id": ["n", "n", "m"], "track_id": ["t1", "t4", "t2"], "at": [9, 5, 1]})
        folded = model.fold_in(Interactions.from_frame(frame, time="at"))
        np.testing.assert_allclose(folded.score(["n", "m"]), model.score_after([["t4", "t1"], ["t2"]]))
        assert "n" not in model.users_

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"smoothing": 0}, "smoothing=0"),
            ({"steps": 0}, "steps=0"),
            ({"steps": 1.5}, "steps=1.5"),
            ({"decay": 0}, "decay=0"),
        ],
    )
    def test_settings_that_cannot_be(self, log, x, settings, said):
        with pytest.raises(ValueError, match=said):
            Markov(**settings).fit(x, events=log)


class TestSessionKNN:
    def expected(self, log, x, history, k, decay, length):
        sessions = [set(one) for runs in by_hand(log).values() for one in runs]
        weight = {}
        for ago, track in enumerate(reversed(history[-length:])):
            weight.setdefault(track, decay**ago)
        near = [sum(weight.get(track, 0.0) for track in one) / len(one) ** 0.5 for one in sessions]
        kth = sorted(near, reverse=True)[k - 1] if len(near) >= k else 0.0
        scores = dict.fromkeys(x.items, 0.0)
        for one, value in zip(sessions, near, strict=True):
            if value > 0 and value >= kth - 1e-9:
                for track in one:
                    scores[track] += value
        return np.array([scores[track] for track in x.items])

    @pytest.mark.parametrize(
        ("k", "decay", "length"),
        [(3, 0.8, 20), (1, 0.5, 2), (500, 1.0, 3), (2, 1.0, 1), (20, 0.05, 20), (40, 0.9, 4)],
    )
    def test_against_a_loop(self, log, x, k, decay, length):
        model = SessionKNN(k, decay, length).fit(x, events=log)
        histories = [[], ["t1"], ["t3", "t3", "t1"], ["t0", "t5", "t0", "t7", "t2"]]
        for scores, history in zip(model.score_after(histories), histories, strict=True):
            np.testing.assert_allclose(
                scores, self.expected(log, x, history, k, decay, length), rtol=1e-7, atol=1e-8
            )

    def test_the_order_of_the_sessions_does_not_matter(self, log, x):
        """Where several are as similar as the k-th, all count: nothing hangs on which stands first."""
        other = log.assign(user_id="z" + (9 - log["user_id"].str[1:].astype(int)).astype(str))
        y = Interactions.from_frame(other[other["action"] == "play"], merge="count")
        histories = [["t1"], ["t4", "t2"]]
        one = SessionKNN(2).fit(x, events=log).score_after(histories)
        two = SessionKNN(2).fit(y, events=other).score_after(histories)
        np.testing.assert_allclose(one, two, rtol=1e-9)

    @pytest.mark.parametrize(
        ("settings", "said"),
        [
            ({"n_neighbors": 0}, "n_neighbors=0"),
            ({"n_neighbors": 2.5}, "n_neighbors=2.5"),
            ({"length": 2.5}, "length=2.5"),
            ({"length": 0}, "length=0"),
            ({"decay": 0}, "decay=0"),
            ({"decay": 1.2}, "give at most 1"),
        ],
    )
    def test_settings_that_cannot_be(self, log, x, settings, said):
        with pytest.raises(ValueError, match=said):
            SessionKNN(**settings).fit(x, events=log)


@pytest.mark.parametrize("model", [Markov(), SessionKNN()], ids=["Markov", "SessionKNN"])
class TestBoth:
    def test_they_need_a_log_that_goes_with_the_interactions(self, model, log, x):
        with pytest.raises(ValueError, match="events"):
            type(model)().fit(x)
        strangers = log.assign(user_id="nobody")
        with pytest.raises(ValueError, match="No play in events is by a listener"):
            type(model)().fit(x, events=strangers)

    def test_more_listeners_than_items_and_few_at_a_time(self, model, log, x, monkeypatch):
        log = make_log(3, n_users=11, n_items=4)
        x = Interactions.from_frame(log[log["action"] == "play"], merge="count")
        fitted = type(model)().fit(x, events=log)
        latest = [by_hand(log)[user][-1] for user in x.users]
        expected = fitted.score_after(latest)
        np.testing.assert_allclose(fitted.score(x.users), expected, rtol=1e-12)
        monkeypatch.setattr("recsys_helpers.models.sequence.base.CELLS_PER_BATCH", 9)
        np.testing.assert_allclose(fitted.score(x.users), expected, rtol=1e-12)
        assert fitted.score([]).shape == (0, 4)

    def test_runs_are_histories_too(self, model, log, x):
        fitted = type(model)().fit(x, events=log)
        histories = [["t1", "t2"], [], ["t5"]]
        runs = Runs.from_lists(histories, x.items)
        np.testing.assert_array_equal(fitted.score_after(runs), fitted.score_after(histories))

    def test_an_unknown_item_in_a_history_is_named(self, model, log, x):
        with pytest.raises(ValueError, match="Unknown item: 'nothing'"):
            type(model)().fit(x, events=log).score_after([["t1"], ["nothing"]])

    @pytest.mark.parametrize(
        ("histories", "says"),
        [
            (None, "None are no histories: give a list of lists"),
            (5, "5 are no histories"),
            ("t1", "'t1' are no histories"),
            (["t1"], "'t1' is no history: give a list for each"),
            ([None], "None is no history"),
            ([[["t1"]]], "stands where the id of an item should"),
        ],
    )
    def test_what_is_no_list_of_lists_is_refused(self, model, log, x, histories, says):
        with pytest.raises(ValueError, match=says):
            type(model)().fit(x, events=log).score_after(histories)

    def test_one_history_does_not_touch_another(self, model, log, x):
        fitted = type(model)().fit(x, events=log)
        histories = [["t1", "t2"], [], ["t5"], ["t0", "t0", "t6"]]
        together = fitted.score_after(histories)
        for scores, history in zip(together, histories, strict=True):
            np.testing.assert_allclose(scores, fitted.score_after([history])[0], rtol=1e-12)
