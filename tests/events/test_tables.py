"""The log's type, and what is asked of every table that comes in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers import events as ev
from recsys_helpers.datasets import load_murmur
from tests.events.logs import START, TRACKS, USERS, make_log


def test_asked_for_leaves_out_ads_and_help_and_nothing_else():
    murmur = load_murmur()
    kept = ev.asked_for(murmur.events, murmur.tracks)
    kind = dict(zip(murmur.tracks["track_id"], murmur.tracks["kind"], strict=True))
    wanted = [kind.get(track) not in ("ad", "help") for track in murmur.events["track_id"].tolist()]
    pd.testing.assert_frame_equal(kept, murmur.events[wanted])
    assert (kept["action"] == "search").sum() == (murmur.events["action"] == "search").sum()
    with pytest.raises(ValueError, match="tracks has no column 'kind'"):
        ev.asked_for(murmur.events, murmur.tracks.drop(columns="kind"))


# ---- bad input -------------------------------------------------------------------------------------------------------


def naive(log):
    return log.assign(at=log["at"].dt.tz_localize(None))


def far(year):
    """The same with one date that nanoseconds in 64 bits turn into another: 9999 became 1816 in silence."""
    moments = pd.Series(np.array(["2026-01-05T06:00:00", f"{year}-12-31"], dtype="datetime64[s]"))
    return lambda log: log.assign(at=moments.dt.tz_localize("UTC"))


BAD_TABLES = [
    *(
        (
            far(year),
            r"events\['at'\] lies outside the years 1678 to 2261 in 1 row\(s\), first at row 1\. Drop such",
        )
        for year in ("0001", "1677", "2262", "9999")
    ),
    (
        lambda log: log.assign(user_id=[1, "1"]),
        r"events\['user_id'\] holds the number 1 and the text '1': one id or two\?",
    ),
    (
        lambda log: pd.concat([log, log["user_id"]], axis=1),
        "events has several columns called 'user_id': rename or drop all but one",
    ),
    (lambda log: log.drop(columns="user_id"), r"events has no column 'user_id' .* Rename or add it"),
    (lambda log: log.iloc[:0], r"events has no rows"),
    (lambda log: log.to_dict(), r"events must be a pandas DataFrame, not a dict"),
    (naive, r"events\['at'\] has no time zone.*tz_localize\('UTC'\)"),
    (
        lambda log: log.assign(at=log["at"].dt.tz_convert("Asia/Tokyo")),
        r"in the zone Asia/Tokyo.*tz_convert\('UTC'\)",
    ),
    (lambda log: log.assign(at=log["at"].astype(str)), r"events\['at'\] holds .*, not dates.*to_datetime"),
    (lambda log: log.assign(at=range(len(log))), r"events\['at'\] holds int64, not dates"),
    (
        lambda log: log.assign(seconds_played="many"),
        r"events\['seconds_played'\] holds .*, not numbers.*to_numeric",
    ),
]


@pytest.mark.parametrize(("spoil", "sentence"), BAD_TABLES)
def test_a_bad_table_is_refused_with_its_mend(spoil, sentence):
    log = spoil(make_log([{}, {}]))
    with pytest.raises(ValueError, match=sentence):
        ev.clean(log, TRACKS, USERS)
    with pytest.raises(ValueError, match=sentence):
        ev.sessions(log)
    with pytest.raises(ValueError, match=sentence):
        ev.preference(log)


EVERYWHERE = {
    "account_signs": lambda log: ev.account_signs(log),
    "between": lambda log: ev.between(log, since="2026-01-01"),
    "bots": lambda log: ev.bots(log.assign(action="play")),
    "clean": lambda log: ev.clean(log, TRACKS, USERS),
    "clock_skew": lambda log: ev.clock_skew(log, arrival="event_id"),
    "impossible_values": lambda log: ev.impossible_values(log, TRACKS),
    "isolation_forest_bots": lambda log: ev.isolation_forest_bots(log),
    "mend_times": lambda log: ev.mend_times(log, [False, False], arrival="event_id"),
    "out_of_order": lambda log: ev.out_of_order(log, arrival="event_id"),
    "preference": lambda log: ev.preference(log),
    "retry_duplicates": lambda log: ev.retry_duplicates(log),
    "sessions": lambda log: ev.sessions(log),
    "typed_log": lambda log: ev.typed_log(log.assign(position=1, context=None)),
}


@pytest.mark.parametrize("door", EVERYWHERE)
def test_no_function_that_reads_times_takes_a_far_date(door):
    with pytest.raises(
        ValueError, match=r"\['at'\] lies outside the years 1678 to 2261 in 1 row\(s\), first at row 1"
    ):
        EVERYWHERE[door](far("9999")(make_log([{}, {}])))


class Polars:
    """Stands for a table of another library: all that is asked of it is its own to_pandas()."""

    def __init__(self, frame):
        self.frame = frame

    def to_pandas(self):
        return self.frame.copy()


def every_door(log, tracks, users):
    return {
        "account_signs": lambda: ev.account_signs(log),
        "asked_for": lambda: ev.asked_for(log, tracks),
        "between": lambda: ev.between(log, since="2026-01-05 06:01"),
        "between, uncut": lambda: ev.between(log),
        "bots": lambda: ev.bots(log),
        "clean": lambda: ev.clean(log, tracks, users, arrival="event_id")[0],
        "clock_skew": lambda: ev.clock_skew(log, arrival="event_id"),
        "durations": lambda: pd.Series(ev.durations(log, tracks)),
        "exact_duplicates": lambda: ev.exact_duplicates(log),
        "impossible_values": lambda: ev.impossible_values(log, tracks),
        "mend_times": lambda: ev.mend_times(log, [False] * 4, arrival="event_id"),
        "out_of_order": lambda: ev.out_of_order(log, arrival="event_id"),
        "preference": lambda: ev.preference(log, "signals", tracks),
        "repeated_ids": lambda: ev.repeated_ids(log),
        "retry_duplicates": lambda: ev.retry_duplicates(log),
        "sessions": lambda: ev.sessions(log),
        "share_heard": lambda: pd.Series(ev.share_heard(log, tracks)),
        "state_arrival": lambda: ev.state_arrival(log, "event_id"),
        "typed_log": lambda: ev.typed_log(log),
        "append_log": lambda: ev.append_log(log, log),
        "unknown_ids": lambda: ev.unknown_ids(log, tracks, users),
    }


@pytest.mark.parametrize("door", every_door(None, None, None))
def test_a_table_of_another_library_is_taken_through_its_own_to_pandas(door):
    log = make_log([{}, {"user_id": "u1"}, {"track_id": "t3"}, {"action": "like"}]).assign(
        position=1.0, context=None
    )
    tracks, users = TRACKS.assign(kind="music"), USERS
    expected = every_door(log, tracks, users)[door]()
    found = every_door(*map(Polars, (log, tracks, users)))[door]()
    (pd.testing.assert_frame_equal if isinstance(found, pd.DataFrame) else pd.testing.assert_series_equal)(
        found, expected
    )


def test_ids_of_two_tables_that_cannot_meet_are_refused():
    """Numbers here and texts there: every row was unknown, and removed."""
    log = make_log([{"user_id": 1}, {"user_id": 2}]).astype({"user_id": int})
    for call in (ev.clean, ev.unknown_ids):
        with pytest.raises(
            ValueError, match=r"events\['user_id'\] holds numbers and users\['user_id'\] texts, so"
        ):
            call(log, TRACKS, USERS)
    numbered = TRACKS.assign(track_id=range(8), kind="music")
    for call in (
        lambda: ev.asked_for(log, numbered),
        lambda: ev.durations(log, numbered),
        lambda: ev.preference(log, "listened", numbered),
        lambda: ev.clean(log.assign(user_id="u1"), numbered, USERS),
    ):
        with pytest.raises(
            ValueError, match=r"events\['track_id'\] holds texts and tracks\['track_id'\] numbers, so"
        ):
            call()


BAD_CALLS = [
    (
        lambda log: ev.clean(log, TRACKS.drop(columns="duration_s"), USERS),
        "tracks has no column 'duration_s'",
    ),
    (
        lambda log: ev.clean(log, TRACKS.assign(duration_s="3:20"), USERS),
        r"tracks\['duration_s'\] holds .*not numbers",
    ),
    (lambda log: ev.clean(log, TRACKS, USERS.iloc[:0]), "users has no rows"),
    (
        lambda log: ev.clean(log, TRACKS, USERS, rules=["magic"]),
        "'magic' is not a rule: choose among exact_duplicates",
    ),
    (
        lambda log: ev.sessions(log, gap="soon"),
        "gap='soon' is not a span of time above 0: write it as '30min'",
    ),
    (lambda log: ev.sessions(log, gap="-5min"), "gap='-5min' is not a span of time above 0"),
    (lambda log: ev.sessions(log, since="middle"), "since='middle' is not known"),
    (
        lambda log: ev.sessions(log.assign(at=pd.Series([START, pd.NaT], dtype=log["at"].dtype))),
        "1 rows have no 'at'",
    ),
    (
        lambda log: ev.preference(log, "magic"),
        "how='magic' is not a recipe: choose one of plays, listened, signals",
    ),
    (lambda log: ev.preference(log, "listened"), "pass tracks="),
    (lambda log: ev.preference(log, until="2020-01-01"), "No row of events is left"),
    (lambda log: ev.preference(log, until="some day"), "'some day' is not a moment in time"),
    (lambda log: ev.preference(log, "signals", TRACKS, weights={"wink": 1.0}), "weights names 'wink'"),
    (
        lambda log: ev.preference(log, until="9999-12-31"),
        "'9999-12-31' lies outside the years 1678 to 2261: give",
    ),
    (
        lambda log: ev.preference(log, until=1_767_225_600),
        "1767225600 is not a moment in time: give a date such as",
    ),
    (
        lambda log: ev.preference(log, half_life=14),
        "half_life=14 is not a span of time above 0: write it as '30min'",
    ),
    (lambda log: ev.sessions(log, gap=np.int64(30)), "gap=30 is not a span of time above 0: write it as"),
    (lambda log: ev.preference(log, half_life="0D"), "half_life='0D' is not a span of time above 0"),
    (lambda log: ev.retry_duplicates(log, seconds=-1), "seconds=-1 is negative"),
    (lambda log: ev.impossible_values(log, TRACKS, slack=-1), "slack=-1"),
]


@pytest.mark.parametrize(("call", "sentence"), BAD_CALLS)
def test_a_bad_call_is_refused_with_its_mend(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(make_log([{}, {}]))


# ---- the log's type --------------------------------------------------------------------------------------------------

FULL = {"position": 1.0, "context": "work"}


def full_log(rows):
    return make_log(rows).assign(**FULL)


def test_the_shipped_log_is_of_the_type_already():
    log = load_murmur().events
    typed = ev.typed_log(log)
    pd.testing.assert_frame_equal(typed, log)
    assert list(log.columns) == list(ev.LOG) and ev.arrival_of(log) == ev.arrival_of(typed) == "event_id"
    part = log.head(20_000)  # of objects, pandas is slow
    ids = {name: part[name].cat.remove_unused_categories() for name in ("user_id", "track_id")}
    pd.testing.assert_frame_equal(ev.typed_log(part.astype(object)), part.assign(**ids))


def test_every_form_of_a_log_becomes_one():
    """As the simulator writes it (texts, nullable numbers), as pandas infers it, and as load_murmur gives it."""
    plain = full_log(
        [{}, {"action": "search", "track_id": None, "text": "rain", "seconds_played": np.nan, "source": None}]
    )
    plain.loc[1, "position"] = np.nan
    written = plain.assign(
        at=plain["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds_played=plain["seconds_played"].astype("Int64"),
        position=plain["position"].astype("Int64"),
    )
    in_zone = plain.assign(at=plain["at"].dt.tz_convert("Asia/Tokyo").astype("datetime64[us, Asia/Tokyo]"))
    turned = plain[plain.columns[::-1]].assign(note="x")
    typed = ev.typed_log(plain)
    assert list(typed.columns) == list(ev.LOG)
    for other in (written, in_zone, plain.to_dict("list"), plain.astype(object)):
        pd.testing.assert_frame_equal(ev.typed_log(other), typed)
    assert list(ev.typed_log(turned).columns) == [*ev.LOG, "note"]
    kinds = {name: str(typed[name].dtype) for name in typed.columns}
    assert (
        kinds["event_id"] == "int64"
        and kinds["at"] == "datetime64[ns, UTC]"
        and kinds["position"] == "float64"
    )
    assert typed["action"].cat.categories.tolist() == list(ev.ACTIONS)
    assert typed["source"].cat.categories.tolist() == list(ev.SOURCES)
    assert typed["context"].cat.categories.tolist() == list(ev.CONTEXTS)
    assert typed["user_id"].cat.categories.tolist() == ["u0"]


def test_a_typed_log_keeps_rows_labels_and_its_statement():
    log = full_log([{}, {}, {}]).set_axis([7, 7, 3])
    typed = ev.typed_log(log)
    assert typed.index.tolist() == [7, 7, 3] and typed["event_id"].tolist() == [1, 2, 3]
    assert ev.arrival_of(typed) is None and ev.arrival_of(ev.typed_log(log, "event_id")) == "event_id"
    assert ev.arrival_of(log) is None, "the table given is not changed"
    assert ev.arrival_of(ev.typed_log(ev.state_arrival(log, "position"))) == "position"
    none = ev.typed_log(log[:0])
    assert none.empty and list(none.columns) == list(ev.LOG)


NOT_OF_THE_TYPE = {
    "no id": ({"event_id": [1.0, np.nan]}, r"events\['event_id'\] is missing in 1 row\(s\), first at row 1"),
    "half an id": (
        {"event_id": [1.0, 1.5]},
        r"events\['event_id'\] is no whole number in 1 row\(s\), first at row 1",
    ),
    "an id as text": ({"event_id": ["1", "2"]}, r"events\['event_id'\] is text, not a number in 2 row\(s\)"),
    "no listener": (
        {"user_id": ["u0", None]},
        r"events\['user_id'\] is missing in 1 row\(s\), first at row 1",
    ),
    "two kinds of ids": ({"track_id": [1, "1"]}, r"events\['track_id'\] holds the number 1 and the text '1'"),
    "no time": ({"at": [START, pd.NaT]}, r"events\['at'\] is missing in 1 row\(s\), first at row 1"),
    "a date without a zone": (
        {"at": ["2026-03-01T08:00:00Z", "2026-03-01T08:00:00"]},
        r"events\['at'\] is no date with a zone, such as .*, in 1 row\(s\), first at row 1",
    ),
    "dates without a zone": ({"at": [pd.Timestamp("2026-03-01")] * 2}, r"events\['at'\] has no time zone"),
    "no date": ({"at": ["2026-02-30T08:00:00Z"] * 2}, r"events\['at'\] is no date such as .* in 2 row\(s\)"),
    "a number as time": ({"at": [1, 2]}, r"events\['at'\] is no date with a zone"),
    "an action": (
        {"action": ["play", "dance"]},
        r"events\['action'\] is none of play, like, comment, search in 1 row",
    ),
    "a source": (
        {"source": ["radio", None]},
        r"events\['source'\] is none of search, library, autoplay, home in 1",
    ),
    "endless": (
        {"seconds_played": [np.inf, 1]},
        r"events\['seconds_played'\] is infinite in 1 row\(s\), first at row 0",
    ),
    "words": (
        {"seconds_played": ["many", None]},
        r"events\['seconds_played'\] is text, not a number in 1 row\(s\)",
    ),
}


@pytest.mark.parametrize("case", NOT_OF_THE_TYPE)
def test_what_is_not_of_the_type_is_refused_by_column_and_row(case):
    columns, sentence = NOT_OF_THE_TYPE[case]
    log = full_log([{}, {}]).assign(**columns)
    with pytest.raises(ValueError, match=sentence):
        ev.typed_log(log)
    with pytest.raises(ValueError, match="events has no column 'context'"):
        ev.typed_log(make_log([{}]).assign(position=1))


def test_ids_run_on_when_one_log_is_put_under_another():
    log = full_log([{"user_id": "b"}, {"user_id": "c"}]).assign(event_id=[3, 9])
    more = full_log(
        [{"user_id": "a"}, {"user_id": "b", "track_id": None, "action": "search", "text": "x"}, {}]
    )
    more = more.assign(event_id=[40, 20, 20])
    both = ev.append_log(log, more)
    assert both["event_id"].tolist() == [3, 9, 40, 20, 20], "they ran on already"
    assert both["user_id"].cat.categories.tolist() == ["a", "b", "c", "u0"]
    assert both.index.tolist() == [0, 1, 2, 3, 4] and both["user_id"].tolist() == ["b", "c", "a", "b", "u0"]
    assert {name: both[name].dtype for name in both.columns if name not in ("user_id", "track_id")} == {
        name: ev.typed_log(log)[name].dtype for name in both.columns if name not in ("user_id", "track_id")
    }
    assert ev.append_log(log, more.assign(event_id=[40, 9, 9]))["event_id"].tolist() == [3, 9, 11, 10, 10]
    assert ev.append_log(log, log)["event_id"].tolist() == [3, 9, 10, 11]
    assert ev.append_log(log[:0], more)["event_id"].tolist() == [40, 20, 20]
    assert ev.append_log(log, more[:0])["event_id"].tolist() == [3, 9]


@pytest.mark.parametrize("stated", ["", "log", "more", "both", "otherwise"])
def test_the_order_of_arrival_stays_stated_where_both_state_it(stated):
    log, more = full_log([{}, {}]), full_log([{}, {}])
    if stated in ("log", "both"):
        log = ev.state_arrival(log, "event_id")
    if stated in ("more", "both"):
        more = ev.state_arrival(more, "event_id")
    if stated == "otherwise":
        log, more = (ev.state_arrival(part, "position") for part in (log, more))
    assert ev.arrival_of(ev.append_log(log, more)) == ("event_id" if stated == "both" else None)


def test_between_takes_the_first_moment_and_leaves_the_last():
    log = make_log([{}, {}, {}])
    assert ev.between(log, START, START + pd.Timedelta(minutes=2))["event_id"].tolist() == [1, 2]
    assert ev.between(log, since=START + pd.Timedelta(seconds=1))["event_id"].tolist() == [2, 3]
    assert ev.between(log[:0], since=START).empty and len(ev.between(log)) == 3
    with pytest.raises(ValueError, match="'2300-01-01' lies outside the years"):
        ev.between(log, until="2300-01-01")


def test_a_log_made_column_by_column_is_of_the_type_too():
    log = ev.typed_log(full_log([{"user_id": "b"}, {"user_id": "a", "track_id": "t3"}]))
    dtypes = ev.log_dtypes({"b", "a"}, ["t3", "t0"])
    assert list(dtypes) and set(dtypes) == set(ev.LOG)
    pd.testing.assert_series_equal(pd.Series(dtypes)[list(ev.LOG)], log.dtypes, check_names=False)
    pd.testing.assert_frame_equal(log.astype(dtypes), log)
