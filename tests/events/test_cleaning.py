"""Cleaning against planted defects in small logs; Murmur's own are in test_people_on_murmur."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers import events as ev
from tests.events.logs import COLUMNS, RULE_OF, START, TRACKS, USERS, dirty_logs, make_log


@given(dirty_logs())
@settings(max_examples=40, deadline=None)
def test_each_planted_row_is_met_under_its_rule_and_no_other(case):
    log, expected = case
    _, report = ev.clean(log, TRACKS, USERS, arrival="event_id")
    met = report.rows[report.rows["rule"] != "out_of_order"].set_index("row")["rule"].to_dict()
    # Two equal copies of one line are one and the same: which of the two rows goes does not matter.
    twin = {row: row - 1 for row, kind in enumerate(expected) if kind == "exact"}
    met = {row if row in twin or row + 1 not in twin else row + 1: rule for row, rule in met.items()}
    assert met == {row: RULE_OF[kind] for row, kind in enumerate(expected) if kind in RULE_OF}


@given(dirty_logs(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_rows_add_up_order_does_not_matter_and_clean_is_clean(case, random):
    log, _ = case
    before = log.copy(deep=True)
    tidy, report = ev.clean(log, TRACKS, USERS, arrival="event_id")
    pd.testing.assert_frame_equal(log, before)
    removed = report.rows[report.rows["outcome"] == "removed"]
    assert report.rows_in == len(log) == len(tidy) + len(removed) == report.rows_out + len(removed)
    assert removed["row"].is_unique
    kept = set(log["event_id"]) - set(tidy["event_id"])
    assert kept <= set(removed["event_id"])

    places = list(range(len(log)))
    random.shuffle(places)
    shuffled, again = ev.clean(log.iloc[places], TRACKS, USERS, arrival="event_id")
    pd.testing.assert_frame_equal(shuffled, tidy)
    pd.testing.assert_frame_equal(again.table, report.table)

    twice, second = ev.clean(tidy, TRACKS, USERS, arrival="event_id")
    pd.testing.assert_frame_equal(twice, tidy)
    assert second.table.drop(index="out_of_order")["rows"].sum() == 0


@given(dirty_logs())
@settings(max_examples=20, deadline=None)
def test_categories_and_strings_give_the_same(case):
    log, _ = case
    typed = log.astype(
        {"user_id": "category", "track_id": "category", "action": "category", "source": "category"}
    )
    plain, report = ev.clean(log, TRACKS, USERS, arrival="event_id")
    tidy, same = ev.clean(typed, TRACKS, USERS, arrival="event_id")
    pd.testing.assert_frame_equal(tidy.astype(plain.dtypes.to_dict()), plain)
    pd.testing.assert_frame_equal(same.table, report.table)
    assert ev.sessions(tidy).tolist() == ev.sessions(plain).tolist()
    pd.testing.assert_frame_equal(ev.preference(tidy), ev.preference(plain))


IMPOSSIBLE = [
    ({}, False),
    ({"seconds_played": 0.0}, False),
    ({"seconds_played": 200.0}, False),
    ({"seconds_played": 205.0}, False),
    ({"seconds_played": 205.5}, True),
    ({"seconds_played": -1.0}, True),
    ({"seconds_played": np.nan}, True),
    ({"seconds_played": np.inf}, True),
    ({"action": "like", "seconds_played": np.nan}, False),
    ({"action": "like", "seconds_played": np.nan, "track_id": None}, True),
    ({"action": "search", "seconds_played": np.nan, "track_id": None, "text": "rain"}, False),
    ({"action": "search", "seconds_played": np.nan, "track_id": None}, True),
    ({"action": "comment", "seconds_played": np.nan, "text": "fine"}, False),
    ({"action": "comment", "seconds_played": np.nan}, True),
    ({"action": "dance"}, True),
    ({"action": None}, True),
    ({"user_id": None}, True),
    ({"track_id": None}, True),
    ({"at": pd.NaT}, True),
    ({"track_id": "t999", "seconds_played": 86_000.0}, False),
    ({"track_id": "t999", "seconds_played": 90_000.0}, True),
]


def test_what_is_impossible():
    met = ev.impossible_values(make_log([row for row, _ in IMPOSSIBLE]), TRACKS)
    assert met.tolist() == [expected for _, expected in IMPOSSIBLE]


def test_retry_needs_the_same_event_within_seconds():
    at = START
    rows = [
        {"at": at},
        {"at": at + pd.Timedelta(seconds=9)},  # a copy
        {"at": at + pd.Timedelta(seconds=18)},  # a copy of the copy
        {"at": at + pd.Timedelta(seconds=29)},  # eleven seconds on: a play of its own
        {"at": at, "user_id": "u1"},
        {"at": at, "track_id": "t1"},
        {"at": at, "seconds_played": 51.0},
        {"at": at, "action": "comment", "seconds_played": np.nan, "text": "so good"},
        {
            "at": at + pd.Timedelta(seconds=2),
            "action": "comment",
            "seconds_played": np.nan,
            "text": "so good",
        },
        {"at": at + pd.Timedelta(seconds=2), "action": "comment", "seconds_played": np.nan, "text": "or not"},
    ]
    assert np.flatnonzero(ev.retry_duplicates(make_log(rows))).tolist() == [1, 2, 8]


@pytest.mark.parametrize("spoilt", COLUMNS)
def test_a_copy_is_alike_in_every_column(spoilt):
    """One differing cell makes two rows of it, which no rule may take for one; whatever else stands around them."""
    other = {"event_id": 9, "user_id": "u1", "track_id": None, "at": START, "action": "like", "seconds_played": np.nan,
             "source": None, "text": "so"}  # fmt: skip
    log = make_log([{}, {"event_id": 5}, {"event_id": 5}, {}, {"event_id": 5}])
    log.loc[[2, 4]] = log.loc[[1, 1]].to_numpy()
    log = log.astype({"event_id": int, "seconds_played": float})
    assert np.flatnonzero(ev.exact_duplicates(log)).tolist() == [2, 4]
    changed = (
        log.astype({spoilt: object}) if spoilt in ("user_id", "track_id", "action", "source", "text") else log
    )
    changed.loc[2, spoilt] = other[spoilt]
    assert np.flatnonzero(ev.exact_duplicates(changed)).tolist() == [4]


def test_a_copy_without_an_id_and_one_that_holds_lists():
    log = make_log([{"event_id": np.nan}, {"event_id": np.nan}, {"event_id": 3.0}, {"event_id": 3.0}])
    log["at"] = START
    assert ev.exact_duplicates(log).tolist() == [False, True, False, True]
    assert ev.exact_duplicates(log.assign(genres=[["a"], ["a"], ["a"], ["b"]])).tolist() == [
        False,
        True,
        False,
        False,
    ]


def test_a_rule_that_is_not_asked_for_is_not_applied():
    log = make_log([{}, {"user_id": "nobody"}, {"seconds_played": -5.0}])
    tidy, report = ev.clean(log, TRACKS, USERS, rules=["impossible_values"])
    assert report.rules == ("impossible_values",)
    assert tidy["event_id"].tolist() == [1, 2]
    with pytest.raises(ValueError, match="'bots' was not applied"):
        report.ids("bots")
    nothing, empty = ev.clean(log, TRACKS, USERS, rules=[])
    assert len(nothing) == 3 and empty.rows.empty


@pytest.mark.parametrize(
    "rules", [iter(["bots", "unknown_ids"]), {"unknown_ids", "bots"}, ("unknown_ids", "bots")]
)
def test_rules_come_in_any_container_and_are_applied_in_their_order(rules):
    _, report = ev.clean(make_log([{}, {"user_id": "nobody"}]), TRACKS, USERS, rules=rules)
    assert report.rules == ("unknown_ids", "bots") and report.table["rows"].tolist() == [1, 0]
    assert ev.clean(make_log([{}]), TRACKS, USERS, rules="bots")[1].rules == ("bots",), "one may stand alone"


@pytest.mark.parametrize(
    "ids", [["b", 2, "a1"], [2.0, None, 1.0], pd.array([2, None, 1], dtype="Int64"), ["10", "9", "8"]]
)
def test_rows_of_one_moment_are_in_the_order_of_their_ids_whatever_these_are(ids):
    rows = [{"at": START, "track_id": f"t{i}", "seconds_played": 20.0 + i} for i in range(3)]
    log = make_log(rows).assign(event_id=ids)
    kept = ["exact_duplicates", "unknown_ids", "retry_duplicates", "bots"]
    tidy, _ = ev.clean(log, TRACKS, USERS, rules=kept)
    again, _ = ev.clean(log[::-1], TRACKS, USERS, rules=kept)
    pd.testing.assert_frame_equal(tidy, again)
    assert len(tidy) == 3
    known = [one for one in tidy["event_id"].tolist() if not pd.isna(one)]
    assert known == sorted(known, key=lambda one: (isinstance(one, str), one))


def test_a_row_without_a_time_stands_last_where_no_rule_removes_it():
    log = make_log([{"at": pd.NaT}, {}, {}])
    assert ev.clean(log, TRACKS, USERS, rules=[])[0]["event_id"].tolist() == [2, 3, 1]


def test_the_report_reads_as_a_sum():
    log = make_log([{}, {"user_id": "nobody"}, {"seconds_played": -5.0}])
    _, report = ev.clean(log, TRACKS, USERS, arrival="event_id")
    lines = str(report).splitlines()
    assert lines[0] == "3 rows in = 1 rows out + 2 removed"
    assert [line.split()[0] for line in lines[1:]] == list(ev.RULES)
    assert report.table["share"].sum() == pytest.approx(2 / 3)


def test_a_log_of_which_nothing_remains():
    tidy, report = ev.clean(make_log([{"user_id": "nobody"}] * 3), TRACKS, USERS)
    assert len(tidy) == 0 and list(tidy.columns) == COLUMNS
    assert report.table.loc["unknown_ids", "rows"] == 3
