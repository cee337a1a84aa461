"""Behind the cut: a model that keeps whatever it is handed gets the same, however the later weeks went."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.evaluation import compare, evaluate, random_split, split_log, time_split
from recsys_helpers.evaluation.fitting import tables_at_the_cut
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import tables_for

START = pd.Timestamp("2026-03-01", tz="UTC")
CUT = START + pd.Timedelta(days=14)
USERS, TRACKS = [f"u{i:02d}" for i in range(12)], [f"t{i:02d}" for i in range(15)]
LENGTHS = pd.DataFrame({"track_id": TRACKS, "duration_s": 100})


def a_log(seed: int, days: range, users=USERS, tracks=TRACKS) -> pd.DataFrame:
    """200 plays, likes and searches of those days, the ids as categories."""
    rng = np.random.default_rng(seed)
    action = rng.choice(["play", "play", "play", "like", "search"], 200)
    log = pd.DataFrame(
        {
            "event_id": np.arange(200) + 200 * (days.start > 0),
            "user_id": rng.choice(users, 200),
            "track_id": np.where(action == "search", None, rng.choice(tracks, 200)),
            "at": START + pd.to_timedelta(rng.integers(days.start * 86400, days.stop * 86400, 200), unit="s"),
            "action": action,
            "seconds_played": np.where(action == "play", rng.choice([20.0, 60.0, 100.0], 200), np.nan),
            "source": rng.choice(["home", "search"], 200),
        }
    )
    return log.sort_values("at")


def whole(past: pd.DataFrame, later: pd.DataFrame) -> pd.DataFrame:
    kinds = {"user_id": "category", "track_id": "category", "action": "category", "source": "category"}
    return pd.concat([past, later], ignore_index=True).astype(kinds)


PAST = a_log(0, range(0, 14), tracks=TRACKS[:12])
# Two futures: other listening, other people, other tracks.
FUTURES = [
    a_log(1, range(14, 28)),
    a_log(2, range(14, 28), users=[*USERS[:6], "v1"], tracks=[*TRACKS[:9], "w1"]).assign(
        source="radio", seconds_played=100.0
    ),
]


@pytest.fixture
def spy(by_count):
    """A model that keeps all that it is handed."""

    class Spy(by_count):
        needs = ("events",)
        takes = ("items", "users")
        seen: list = []

        def fit(self, interactions, **tables):
            Spy.seen.append((interactions, tables))
            return super().fit(interactions)

    Spy.seen = []
    return Spy


def told(interactions: Interactions, tables: dict) -> list:
    """Everything in what a model was handed that it could read, as plain values."""
    x = interactions
    parts = [x.matrix.data, x.matrix.indices, x.matrix.indptr, x.users, x.items, x.times]
    values = [list(part) for part in parts]
    for name, table in sorted(tables.items()):
        values += [name, list(table.columns), list(table.index), table.attrs]
        for column in table:
            categories = getattr(getattr(table[column], "cat", None), "categories", [])
            values += [[str(one) for one in table[column]], str(table[column].dtype.name), list(categories)]
    return values


ALL = {"users": [*USERS, "v1"], "items": [*TRACKS, "w1"]}
DOORS = {
    "the split's own log": (
        lambda log: split_log(log, None, CUT, how="plays", least=0, **ALL),
        lambda log: {},
    ),
    "a log that is passed": (
        lambda log: split_log(log, None, CUT, how="plays", least=0, **ALL),
        lambda log: {"events": log},
    ),
    "a recipe that forgets": (
        lambda log: split_log(log, LENGTHS_OF_ALL, CUT, least=0, half_life="3D", **ALL),
        lambda log: {"events": log.iloc[::-1]},
    ),
    "a split of interactions": (
        lambda log: time_split(
            Interactions.from_frame(
                log[log["action"] == "play"].astype({"user_id": str, "track_id": str}),
                time="at",
                merge="min",
                **ALL,
            ),
            CUT,
        ),
        lambda log: {"events": log},
    ),
}
LENGTHS_OF_ALL = pd.concat([LENGTHS, pd.DataFrame({"track_id": ["w1"], "duration_s": [100]})])


@pytest.mark.parametrize("door", [name for name in DOORS if name != "a split of interactions"])
def test_nothing_of_what_a_model_gets_hangs_on_what_came_later(spy, door):
    cut, tables = DOORS[door]
    about = {"users": pd.DataFrame({"user_id": ALL["users"]}), "items": LENGTHS_OF_ALL}
    for later in FUTURES:
        log = whole(PAST, later)
        evaluate({"spy": spy()}, cut(log), "recall", k=3, **tables(log), **about)
    (first, first_tables), (second, second_tables) = spy.seen
    assert list(first_tables) == ["events", "items", "users"] and len(first_tables["events"]) == len(PAST)
    assert first_tables["events"]["at"].max() < CUT
    assert told(first, first_tables) == told(second, second_tables)


def test_an_id_without_a_past_betrays_a_future_unless_all_are_named(spy):
    """The door that stays open by default, as documented: the ids of both sides are known, as in a catalogue."""
    items = [split_log(whole(PAST, later), None, CUT, how="plays", least=0).train.items for later in FUTURES]
    assert not items[0].equals(items[1])
    named = [
        split_log(whole(PAST, later), None, CUT, how="plays", least=0, **ALL).train.items for later in FUTURES
    ]
    assert named[0].equals(named[1])


def test_a_split_by_a_date_hands_a_log_cut_there(spy):
    cut, tables = DOORS["a split of interactions"]
    log = whole(PAST, FUTURES[0])
    evaluate({"spy": spy()}, cut(log), "recall", k=3, **tables(log))
    given = spy.seen[0][1]["events"]
    pd.testing.assert_frame_equal(
        given.astype(object), log[(log["at"] < CUT).to_numpy()].astype(object), check_index_type=False
    )


def test_who_came_after_the_cut_is_described_to_the_models(spy):
    """A newcomer's row is known before the first list made for them: it is handed on."""
    users = pd.DataFrame({"user_id": ALL["users"], "joined": [START] * 12 + [CUT + pd.Timedelta(days=3)]})
    log = whole(PAST, FUTURES[1])
    evaluate({"spy": spy()}, split_log(log, None, CUT, how="plays", least=0), "recall", k=3, users=users)
    assert spy.seen[0][1]["users"] is users


def test_models_get_the_tables_that_they_name(by_count):
    tables = {name: pd.DataFrame({name: [1]}) for name in ("events", "items", "users")}

    class Needs(by_count):
        needs = ("items",)

    class Takes(by_count):
        takes = ("users",)

    class NoWord:
        def fit(self, interactions, items=None):
            return self

    class AnyWord:
        def fit(self, interactions, **tables):
            return self

    expected = {Needs: ["items"], Takes: ["users"], NoWord: ["items"], AnyWord: ["events", "items", "users"]}
    for kind, names in expected.items():
        found = tables_for(kind(), tables)
        assert list(found) == names and all(found[name] is tables[name] for name in names)
    assert tables_for(Takes(), {}) == {}


@pytest.fixture
def split(ratings):
    return random_split(ratings)


def needing(by_count, table, fits=None):
    class Needs(by_count):
        needs = (table,)

        def fit(self, interactions, **tables):
            if fits is not None:
                fits.append(self)
            return super().fit(interactions)

    return Needs()


def test_a_table_that_is_missing_is_named_before_anything_is_fitted(refused, by_count, split):
    fits = []
    models = {"first": needing(by_count, "users", fits), "second": needing(by_count, "items")}
    refused(
        lambda: compare(models, split, k=3, users=pd.DataFrame({"user_id": [1]})),
        "^Model 'second': Needs needs the table items, and none was given: pass items=.$",
    )
    assert fits == []
    refused(
        lambda: compare({"own": needing(by_count, "events")}, split, k=3),
        "^Model 'own': Needs needs the table events, and this split holds none: cut a log, with split_log.$",
    )
    refused(
        lambda: compare({"own": by_count()}, split, k=3, events=PAST),
        "^This split has no moment, so that any log holds its test: leave events= out, or cut the log with split_log",
    )


def test_a_log_that_is_passed_needs_its_times(split):
    with pytest.raises(ValueError, match="no column 'at'"):
        log = whole(PAST, FUTURES[0])
        tables_at_the_cut(split_log(log, None, CUT, how="plays", least=0), events=log.drop(columns="at"))
