"""The order of arrival: what it tells where it is stated, and that nothing is moved or lost where it is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers import events as ev
from tests.events.logs import START, TRACKS, USERS, make_log


def test_out_of_order_rows_are_counted_and_sorted():
    log = make_log(
        [{}, {}, {"at": START - pd.Timedelta(hours=2)}, {}, {"at": START + pd.Timedelta(minutes=2)}]
    )
    tidy, report = ev.clean(log, TRACKS, USERS, arrival="event_id")
    assert report.ids("out_of_order").tolist() == [3, 5]
    assert tidy["event_id"].tolist() == [3, 1, 2, 5, 4]
    assert report.rows_out == 5


def test_a_skewed_row_takes_the_time_of_its_arrival():
    rows = [{"track_id": f"t{i % 8}", "seconds_played": 20.0 + i} for i in range(40)]
    rows[20]["at"] = START + pd.Timedelta(days=365)
    rows[30]["at"] = pd.Timestamp("1970-01-01", tz="UTC")
    rows[0]["at"] = START + pd.Timedelta(hours=9)  # nothing arrived before it
    tidy, report = ev.clean(make_log(rows), TRACKS, USERS, arrival="event_id")
    mended = tidy.set_index("event_id")["at"]
    assert report.ids("clock_skew").tolist() == [1, 21, 31]
    assert mended[1] == START + pd.Timedelta(minutes=1)
    assert mended[21] == START + pd.Timedelta(minutes=19)
    assert mended[31] == START + pd.Timedelta(minutes=29)
    assert report.table.loc["out_of_order", "rows"] == 0


def test_a_late_row_is_no_skewed_clock_and_an_early_one_is():
    rows = [{} for _ in range(40)]
    rows[20]["at"] = START + pd.Timedelta(minutes=20) - pd.Timedelta(minutes=20)
    rows[25]["at"] = START + pd.Timedelta(minutes=25) + pd.Timedelta(hours=6)
    met = ev.clock_skew(make_log(rows), arrival="event_id")
    assert np.flatnonzero(met).tolist() == [25]


# ---- nothing is moved or lost where the order is not stated, or cannot be -------------------------------------------


def two_listeners(days: int = 100) -> pd.DataFrame:
    """Ann's daily plays of one track, then Bob's, an hour after hers: numbered as they stand in the file."""
    rows = [
        {"user_id": f"u{who}", "at": START + pd.Timedelta(days=day, hours=who), "seconds_played": 60.0}
        for who in (0, 1)
        for day in range(days)
    ]
    return make_log(rows)


def honest_weeks(seed: int = 0, n: int = 3000) -> pd.DataFrame:
    """Sound plays of five listeners over eight weeks, in the order of time; no two are alike within ten seconds."""
    rng = np.random.default_rng(seed)
    at = START + pd.to_timedelta(np.sort(rng.choice(8 * 7 * 24 * 60, n, replace=False)), unit="min")
    return pd.DataFrame(
        {
            "event_id": np.arange(n),
            "user_id": [f"u{u}" for u in rng.integers(5, size=n)],
            "track_id": [f"t{t}" for t in rng.integers(8, size=n)],
            "at": at,
            "action": "play",
            "seconds_played": rng.integers(1, 60, n).astype(float),
            "source": "home",
            "text": None,
        }
    )


ORDERS = {
    "by listener": ["user_id", "at"],
    "by track": ["track_id", "at"],
    "by day, then listener": ["day", "user_id", "at"],
    "by week, then track": ["week", "track_id", "at"],
}


def in_order(log: pd.DataFrame, order: str) -> pd.DataFrame:
    """The rows in another order, numbered anew as an export does."""
    helped = log.assign(day=log["at"].dt.floor("D"), week=log["at"].dt.floor("7D"))
    if order == "newest first":
        helped = helped[::-1]
    elif order == "by time":
        helped = helped.sort_values("at")
    elif order == "shuffled":
        helped = helped.sample(frac=1, random_state=1)
    elif order != "as they came":
        helped = helped.sort_values(ORDERS[order], kind="stable")
    return helped.drop(columns=["day", "week"]).assign(event_id=np.arange(len(log)))


EVERY_ORDER = [*ORDERS, "newest first", "shuffled", "by time", "as they came"]


@pytest.mark.parametrize("order", EVERY_ORDER)
@pytest.mark.parametrize("stated", [False, True])
def test_honest_plays_are_neither_moved_nor_lost_whatever_order_they_stand_in(order, stated):
    """Once a log grouped by listener lost and moved a tenth of its rows. Stated by the table: it may be wrong."""
    log = in_order(honest_weeks(), order)
    given = ev.state_arrival(log, "event_id") if stated else log
    tidy, report = ev.clean(given, TRACKS, USERS)
    pd.testing.assert_frame_equal(tidy, log.sort_values(["at", "event_id"], ignore_index=True))
    assert report.rows.loc[report.rows["rule"] != "out_of_order"].empty
    trusted = stated and order in ("by time", "as they came")
    assert report.arrival == ("event_id" if trusted else None)
    assert ("clock_skew" in report.rules) == ("out_of_order" in report.rules) == trusted
    assert len(report.notes) == (not trusted)
    if not trusted:
        why = "runs backwards" if stated else "Nothing states"
        assert report.notes[0].startswith(
            f"left out: clock_skew and out_of_order. {'Along' if stated else why}"
        )
        assert why in report.notes[0] and report.notes[0] in str(report)


@pytest.mark.parametrize("order", [*ORDERS, "newest first", "shuffled"])
def test_a_false_statement_is_refused(order):
    log = in_order(honest_weeks(), order)
    for call in (
        lambda: ev.clean(log, TRACKS, USERS, arrival="event_id"),
        lambda: ev.clock_skew(log, arrival="event_id"),
        lambda: ev.out_of_order(log, arrival="event_id"),
        lambda: ev.mend_times(log, [True] + [False] * (len(log) - 1), arrival="event_id"),
    ):
        with pytest.raises(
            ValueError, match=r"Along events\['event_id'\] time runs backwards \(\d+% of it lies .*grouped"
        ):
            call()


@pytest.mark.parametrize("days", [10, 30, 100])
def test_two_listeners_one_after_the_other(days):
    """The smallest case that was met: 100 days, rows ann then bob; 32 rows were moved and 31 deleted."""
    log = two_listeners(days)
    tidy, report = ev.clean(log, TRACKS, USERS)
    assert len(tidy) == 2 * days and sorted(tidy["at"]) == sorted(log["at"])
    assert report.table["rows"].sum() == 0
    with pytest.raises(ValueError, match="time runs backwards"):
        ev.clean(log, TRACKS, USERS, arrival="event_id")


def test_one_device_that_hands_in_late_and_one_wrong_clock_make_no_false_order():
    """40 rows in one go, two days late, and 31 with a clock a year ahead: met, mended, and none is lost."""
    log = honest_weeks()
    log.loc[1500:1539, "at"] -= pd.Timedelta(days=2)
    log.loc[500:530, "at"] += pd.Timedelta(days=365)
    tidy, report = ev.clean(log, TRACKS, USERS, arrival="event_id")
    assert len(tidy) == len(log) and set(report.rows["rule"]) == {"clock_skew", "out_of_order"}
    met = set(report.ids("clock_skew"))
    assert met & set(range(500, 531)) and met & set(range(1500, 1540))
    assert met <= {*range(470, 562), *range(1469, 1571)}, "and nothing far from these"


def test_equal_plays_whose_clock_is_mended_to_one_moment_are_no_retries():
    """By the device's own clock they are minutes apart; mended to the time of their arrival they all stand at once."""
    rows = [{"seconds_played": 20.0 + i % 30} for i in range(60)]
    for i in range(30, 34):
        rows[i] = {
            "seconds_played": 50.0,
            "user_id": "u1",
            "at": START - pd.Timedelta(days=2) + pd.Timedelta(minutes=i),
        }
    tidy, report = ev.clean(make_log(rows), TRACKS, USERS, arrival="event_id")
    assert report.ids("clock_skew").tolist() == [31, 32, 33, 34]
    assert tidy["at"].value_counts().max() == 5 and len(tidy) == 60


@pytest.mark.parametrize("share", [0.2, 0.3])
def test_wrong_clocks_may_be_a_quarter(share):
    log = honest_weeks(n=400)
    wrong = np.random.default_rng(0).choice(np.arange(10, 390), int(share * 400), replace=False)
    log.loc[wrong, "at"] += pd.Timedelta(days=400)
    if share < 0.25:
        assert set(wrong) <= set(np.flatnonzero(ev.clock_skew(log, arrival="event_id")))
    else:
        with pytest.raises(ValueError, match=r"time runs backwards \(\d\d% of it lies"):
            ev.clock_skew(log, arrival="event_id")


def test_the_order_of_arrival_in_another_column():
    """A server's clock serves as well as its numbers, in whatever order the file is; ids may then be texts."""
    log = make_log([{"track_id": f"t{i % 8}", "seconds_played": 20.0 + i} for i in range(40)])
    log["received"] = log["at"] + pd.Timedelta(seconds=3)
    log.loc[20, "at"] += pd.Timedelta(hours=6)
    log["event_id"] = [f"e{i:02d}" for i in range(40)]
    shuffled = log.sample(frac=1, random_state=0)
    tidy, report = ev.clean(shuffled, TRACKS, USERS, arrival="received")
    assert report.ids("clock_skew").tolist() == ["e20"] and report.arrival == "received"
    assert tidy.set_index("event_id")["at"]["e20"] == log["at"][19]
    in_seconds = shuffled.assign(received=shuffled["received"].astype("int64") / 1e9)
    pd.testing.assert_series_equal(
        ev.clock_skew(in_seconds, arrival="received"), ev.clock_skew(shuffled, arrival="received")
    )


REFUSED = {
    "nothing stated": (
        lambda log: ev.clock_skew(log),
        "Nothing states in which order the rows arrived: .*arrival='event_id'",
    ),
    "nothing stated, late rows": (lambda log: ev.out_of_order(log), "Nothing states in which order"),
    "nothing stated, mending": (
        lambda log: ev.mend_times(log, log["at"].isna()),
        "Nothing states in which order",
    ),
    "ids as text": (
        lambda log: ev.clean(
            log.assign(event_id=log["event_id"].astype(str)), TRACKS, USERS, arrival="event_id"
        ),
        r"events\['event_id'\] holds .*no order of arrival: as texts, '10' comes before '9'\. Give numbers",
    ),
    "a column that is not there": (
        lambda log: ev.clean(log, TRACKS, USERS, arrival="came"),
        "events has no column 'came' to tell the order of arrival by: name one that it has",
    ),
    "a hole": (
        lambda log: ev.clean(log.assign(came=[1.0, np.nan] + [3.0] * 18), TRACKS, USERS, arrival="came"),
        r"events\['came'\] is missing in 1 row\(s\)",
    ),
    "one id for two rows": (
        lambda log: ev.clock_skew(log.assign(event_id=[1, *range(1, 20)]), arrival="event_id"),
        r"2 rows share an event_id with a row that differs, first 1, so .*append_log\(log, more\)",
    ),
    "stated of a column that is not there": (
        lambda log: ev.state_arrival(log, "came"),
        "events has no column 'came' to tell the order of arrival by",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_an_order_of_arrival_is_refused(case):
    call, sentence = REFUSED[case]
    with pytest.raises(ValueError, match=sentence) as caught:
        call(make_log([{"seconds_played": 20.0 + i} for i in range(20)]))
    assert str(caught.value).endswith(".") and "np." not in str(caught.value)


def test_two_deliveries_of_one_row_share_their_place():
    log = make_log([{"seconds_played": 20.0 + i} for i in range(20)])
    twice = pd.concat([log, log[3:5]])
    assert ev.out_of_order(twice, arrival="event_id").sum() == 0


# ---- one id for different rows ---------------------------------------------------------------------------------------


def test_rows_that_share_an_id_and_differ_are_reported_and_kept():
    rows = [{}, {"user_id": "u1"}, {"user_id": "u1"}, {}, {"user_id": "u2"}]
    log = make_log(rows).assign(event_id=[7, 8, 8, 9, 9])
    log.loc[2] = log.loc[1]
    tidy, report = ev.clean(log, TRACKS, USERS)
    assert tidy["event_id"].tolist() == [7, 8, 9, 9]
    assert report.ids("exact_duplicates").tolist() == [8] and report.ids("repeated_ids").tolist() == [9, 9]
    assert report.table.loc["repeated_ids"].tolist() == ["kept", 2, 0.4]
    assert report.rows_in == report.rows_out + (report.rows["outcome"] == "removed").sum()
    assert "kept: 2 rows that share an event_id with a row that differs, first 9." in str(report)
    for order in ([4, 3, 2, 1, 0], [2, 4, 0, 3, 1]):
        pd.testing.assert_frame_equal(ev.clean(log.iloc[order], TRACKS, USERS)[0], tidy)


@pytest.mark.parametrize("typed", [True, False])
def test_a_served_log_under_another_survives_whole(typed):
    """Numbered from 1 anew, as served weeks once were: all of them were taken for copies, and deleted."""
    log, week = honest_weeks(0, 600), honest_weeks(1, 400)
    week["at"] += pd.Timedelta(weeks=9)
    if typed:
        log, week = (part.astype({"user_id": "category", "track_id": "category"}) for part in (log, week))
    both = pd.concat([log, week], ignore_index=True)
    tidy, report = ev.clean(both, TRACKS, USERS)
    assert len(tidy) == 1000 and report.table.drop(index="repeated_ids")["rows"].sum() == 0
    assert sorted(tidy["at"]) == sorted(both["at"])

    full = [part.assign(position=np.nan, context=None) for part in (log, week)]
    full[1]["at"] = full[1]["at"].dt.as_unit("us")
    states = [ev.state_arrival(part, "event_id") for part in full]
    tidy, report = ev.clean(ev.append_log(*states), TRACKS, USERS)
    assert len(tidy) == 1000 and report.table["rows"].sum() == 0 and report.arrival == "event_id"
    assert tidy["event_id"].tolist() == [*range(600), *range(600, 1000)]
