"""Cleaning, sessions and preference against plain loops over small logs, and against the planted truth of Murmur."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers import events as ev
from recsys_helpers.datasets import load_murmur

START = pd.Timestamp("2026-01-05 06:00", tz="UTC")
TRACKS = pd.DataFrame(
    {"track_id": [f"t{i}" for i in range(8)], "duration_s": [200, 180, 240, 60, 1800, 300, 90, 210]}
)
USERS = pd.DataFrame({"user_id": [f"u{i}" for i in range(5)]})
COLUMNS = ["event_id", "user_id", "track_id", "at", "action", "seconds_played", "source", "text"]


def make_log(rows: list[dict]) -> pd.DataFrame:
    """A log of the given rows; what a row does not say is an honest play of t0 by u0, a minute after the last."""
    filled = []
    for i, row in enumerate(rows):
        base = {
            "event_id": i + 1,
            "user_id": "u0",
            "track_id": "t0",
            "at": START + pd.Timedelta(minutes=i),
            "action": "play",
            "seconds_played": 50.0,
            "source": "home",
            "text": None,
        }
        filled.append(base | row)
    log = pd.DataFrame(filled, columns=COLUMNS)
    log["at"] = pd.to_datetime(log["at"], utc=True)
    log["seconds_played"] = log["seconds_played"].astype(float)
    return log


# ---- a log with planted defects ------------------------------------------------------------------------------------

DEFECTS = ("exact", "retry", "user", "track", "negative", "overlong", "missing", "ahead", "behind", "late")


@st.composite
def dirty_logs(draw):
    """About 60-120 rows in the order of arrival; each defect meets one row, at random places not too near the ends."""
    n = draw(st.integers(60, 110))
    seed = draw(st.integers(0, 2**32 - 1))
    defects = draw(st.lists(st.sampled_from(DEFECTS), max_size=9))
    rng = np.random.default_rng(seed)
    at = START + pd.to_timedelta(np.cumsum(rng.integers(20, 90, n)), unit="s")
    rows = []
    for i in range(n):
        track = int(rng.integers(8))
        seconds = float(rng.integers(1, TRACKS["duration_s"][track] + 1))
        rows.append(
            {
                "user_id": f"u{rng.integers(5)}",
                "track_id": f"t{track}",
                "at": at[i],
                "seconds_played": seconds,
            }
        )
    kinds = {}
    places = rng.permutation(np.arange(12, n - 12))[: len(defects)]
    for kind, place in zip(defects, places, strict=True):
        row = rows[place]
        kinds[int(place)] = kind
        if kind == "user":
            row["user_id"] = "nobody"
        elif kind == "track":
            row["track_id"] = "t999"
        elif kind == "negative":
            row["seconds_played"] = -row["seconds_played"]
        elif kind == "overlong":
            row["seconds_played"] = 90_000.0
        elif kind == "missing":
            row["seconds_played"] = np.nan
        elif kind == "ahead":
            row["at"] += pd.Timedelta(hours=int(rng.integers(6, 72)))
        elif kind == "behind":
            row["at"] = pd.Timestamp("1970-01-01 00:10", tz="UTC")
        elif kind == "late":
            row["at"] -= pd.Timedelta(seconds=int(rng.integers(10, 1200)))
    out, expected = [], []
    for i, row in enumerate(rows):
        out.append(row)
        expected.append(kinds.get(i, "none") if kinds.get(i) not in ("exact", "retry") else "none")
        if kinds.get(i) in ("exact", "retry"):
            wait = pd.Timedelta(seconds=int(rng.integers(1, 10))) if kinds[i] == "retry" else pd.Timedelta(0)
            out.append(row | {"at": row["at"] + wait})
            expected.append(kinds[i])
    log = make_log(out)
    copies = np.array([kind == "exact" for kind in expected])
    log["event_id"] = (
        np.arange(len(log)) + 1 - np.cumsum(copies)
    )  # an exact copy keeps the id of its original
    return log, expected


RULE_OF = {
    "exact": "exact_duplicates", "retry": "retry_duplicates", "user": "unknown_ids", "track": "unknown_ids",
    "negative": "impossible_values", "overlong": "impossible_values", "missing": "impossible_values",
    "ahead": "clock_skew", "behind": "clock_skew",
}  # fmt: skip


@given(dirty_logs())
@settings(max_examples=40, deadline=None)
def test_each_planted_row_is_met_under_its_rule_and_no_other(case):
    log, expected = case
    _, report = ev.clean(log, TRACKS, USERS)
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
    tidy, report = ev.clean(log, TRACKS, USERS)
    pd.testing.assert_frame_equal(log, before)
    removed = report.rows[report.rows["outcome"] == "removed"]
    assert report.rows_in == len(log) == len(tidy) + len(removed) == report.rows_out + len(removed)
    assert removed["row"].is_unique
    kept = set(log["event_id"]) - set(tidy["event_id"])
    assert kept <= set(removed["event_id"])

    places = list(range(len(log)))
    random.shuffle(places)
    shuffled, again = ev.clean(log.iloc[places], TRACKS, USERS)
    pd.testing.assert_frame_equal(shuffled, tidy)
    pd.testing.assert_frame_equal(again.table, report.table)

    twice, second = ev.clean(tidy, TRACKS, USERS)
    pd.testing.assert_frame_equal(twice, tidy)
    assert second.table.drop(index="out_of_order")["rows"].sum() == 0


@given(dirty_logs())
@settings(max_examples=20, deadline=None)
def test_categories_and_strings_give_the_same(case):
    log, _ = case
    typed = log.astype(
        {"user_id": "category", "track_id": "category", "action": "category", "source": "category"}
    )
    plain, report = ev.clean(log, TRACKS, USERS)
    tidy, same = ev.clean(typed, TRACKS, USERS)
    pd.testing.assert_frame_equal(tidy.astype(plain.dtypes.to_dict()), plain)
    pd.testing.assert_frame_equal(same.table, report.table)
    assert ev.sessions(tidy).tolist() == ev.sessions(plain).tolist()
    pd.testing.assert_frame_equal(ev.preference(tidy), ev.preference(plain))


def test_out_of_order_rows_are_counted_and_sorted():
    log = make_log(
        [{}, {}, {"at": START - pd.Timedelta(hours=2)}, {}, {"at": START + pd.Timedelta(minutes=2)}]
    )
    tidy, report = ev.clean(log, TRACKS, USERS)
    assert report.ids("out_of_order").tolist() == [3, 5]
    assert tidy["event_id"].tolist() == [3, 1, 2, 5, 4]
    assert report.rows_out == 5


def test_a_skewed_row_takes_the_time_of_its_arrival():
    rows = [{"track_id": f"t{i % 8}", "seconds_played": 20.0 + i} for i in range(40)]
    rows[20]["at"] = START + pd.Timedelta(days=365)
    rows[30]["at"] = pd.Timestamp("1970-01-01", tz="UTC")
    rows[0]["at"] = START + pd.Timedelta(hours=9)  # nothing arrived before it
    tidy, report = ev.clean(make_log(rows), TRACKS, USERS)
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
    met = ev.clock_skew(make_log(rows))
    assert np.flatnonzero(met).tolist() == [25]


def test_ids_that_do_not_follow_arrival_are_refused():
    log = make_log([{"at": START + pd.Timedelta(days=7 * ((i * 37) % 100))} for i in range(100)])
    with pytest.raises(ValueError, match="90% of .* so it does not tell the order of arrival"):
        ev.clock_skew(log)
    tidy, _ = ev.clean(log, TRACKS, USERS, rules=("exact_duplicates", "unknown_ids"))
    assert len(tidy) == 100


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


def test_of_two_rows_with_one_id_the_earliest_stays():
    rows = [
        {"event_id": 1},
        {"event_id": 2, "at": START + pd.Timedelta(hours=1)},
        {"event_id": 2, "at": START},
    ]
    for order in ([0, 1, 2], [2, 1, 0]):
        log = make_log(rows).iloc[order]
        assert log.index[ev.exact_duplicates(log)].tolist() == [1]


def test_a_rule_that_is_not_asked_for_is_not_applied():
    log = make_log([{}, {"user_id": "nobody"}, {"seconds_played": -5.0}])
    tidy, report = ev.clean(log, TRACKS, USERS, rules=["impossible_values"])
    assert report.rules == ("impossible_values",)
    assert tidy["event_id"].tolist() == [1, 2]
    with pytest.raises(ValueError, match="'bots' was not applied"):
        report.ids("bots")
    nothing, empty = ev.clean(log, TRACKS, USERS, rules=[])
    assert len(nothing) == 3 and empty.rows.empty


def test_the_report_reads_as_a_sum():
    _, report = ev.clean(make_log([{}, {"user_id": "nobody"}, {"seconds_played": -5.0}]), TRACKS, USERS)
    lines = str(report).splitlines()
    assert lines[0] == "3 rows in = 1 rows out + 2 removed"
    assert [line.split()[0] for line in lines[1:]] == list(ev.RULES)
    assert report.table["share"].sum() == pytest.approx(2 / 3)


def test_a_log_of_which_nothing_remains():
    tidy, report = ev.clean(make_log([{"user_id": "nobody"}] * 3), TRACKS, USERS)
    assert len(tidy) == 0 and list(tidy.columns) == COLUMNS
    assert report.table.loc["unknown_ids", "rows"] == 3


# ---- bots ------------------------------------------------------------------------------------------------------------


def people_and_programs(seed: int = 0, people: int = 60, programs: int = 3) -> tuple[pd.DataFrame, set[str]]:
    """Three weeks of people (at their hour, tracks heard for as long as they please) and of programs (a timer)."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        taste = rng.dirichlet(np.full(200, 0.2))
        hour = rng.uniform(6, 22)
        for day in range(21):
            if rng.random() < 0.3:
                continue
            at = START.normalize() + pd.Timedelta(days=day, hours=float(hour + rng.normal(0, 0.7)))
            for _ in range(rng.integers(4, 16)):
                seconds = float(rng.integers(5, 240))
                rows.append((f"p{person:02d}", f"t{rng.choice(200, p=taste)}", at, seconds))
                at += pd.Timedelta(seconds=seconds + float(rng.integers(0, 5)))
    for program in range(programs):
        for _ in range(70):
            at = START.normalize() + pd.Timedelta(hours=float(rng.uniform(0, 21 * 24)))
            for _ in range(8):
                track = rng.integers(190, 196) if rng.random() < 0.8 else rng.integers(200)
                rows.append((f"z{program}", f"t{track}", at, 31.0))
                at += pd.Timedelta(seconds=float(rng.integers(31, 41)))
    log = pd.DataFrame(rows, columns=["user_id", "track_id", "at", "seconds_played"]).sort_values(
        "at", ignore_index=True
    )
    log["at"] = log["at"].dt.floor("s")
    return log.assign(event_id=range(len(log)), action="play", source="home", text=None), {
        f"z{i}" for i in range(programs)
    }


def test_programs_are_told_from_people():
    log, programs = people_and_programs()
    met = ev.bots(log)
    assert set(log["user_id"][met]) == programs
    assert met.sum() == log["user_id"].isin(programs).sum()
    table = ev.account_signs(log)
    assert table.index.is_monotonic_increasing
    assert table.loc[sorted(programs), "lifted"].min() > 0.6
    assert table.drop(index=sorted(programs))["signs"].max() < 3


def test_a_shy_program_is_known_by_its_company():
    """It plays at a person's pace and hour, half of it for cover: nothing but the tracks it lifts gives it away."""
    log, programs = people_and_programs()
    shy = log[log["user_id"] == "p00"].copy()
    half = np.arange(len(shy)) % 2 == 0
    lifted = [f"t{190 + i % 6}" for i in range(half.sum())]
    log.loc[shy.index[half], "track_id"] = lifted
    assert set(log["user_id"][ev.bots(log)]) == programs | {"p00"}
    alone = log[~log["user_id"].isin(programs)]
    assert not ev.bots(alone).any()


def test_the_signs_of_an_account_against_a_plain_loop():
    log, _ = people_and_programs(seed=1, people=8, programs=1)
    table = ev.account_signs(log)
    for account, rows in log.groupby("user_id"):
        times = sorted(rows["at"])
        gaps = [(b - a).total_seconds() for a, b in zip(times, times[1:], strict=False)]
        low, middle, high = np.percentile([gap for gap in gaps if gap <= 1800], [25, 50, 75])
        hours = rows["at"].dt.hour.value_counts(normalize=True)
        assert table.loc[account, "plays"] == len(rows)
        assert table.loc[account, "per_hour"] == pytest.approx(3600 / middle)
        assert table.loc[account, "spread"] == pytest.approx((high - low) / middle)
        assert table.loc[account, "top_share"] == pytest.approx(
            rows["track_id"].value_counts()[:5].sum() / len(rows)
        )
        assert table.loc[account, "hours"] == pytest.approx(2 ** -sum(p * math.log2(p) for p in hours))
        on_lifted = 0
        for track in rows["track_id"]:
            others = log[(log["track_id"] == track) & (log["user_id"] != account)]["user_id"]
            on_lifted += (others == "z0").sum() > len(others) / 2
        assert table.loc[account, "lifted"] == pytest.approx(on_lifted / len(rows))


def test_bots_without_plays_or_with_few_are_not_judged():
    assert not ev.bots(make_log([{}])).any()
    assert not ev.bots(make_log([{"user_id": "u1"}, {"at": START + pd.Timedelta(days=9)}])).any()
    likes = make_log([{"action": "like", "seconds_played": np.nan}] * 3)
    assert not ev.bots(likes).any()
    log, programs = people_and_programs()
    few = log[log["user_id"].isin(programs)].groupby("user_id").head(30)
    assert not ev.bots(few).any()


def test_isolation_forest_finds_the_share_it_is_told():
    log, programs = people_and_programs()
    met = ev.isolation_forest_bots(log, share=3 / 63)
    assert set(log["user_id"][met]) == programs
    with pytest.raises(ValueError, match="share=0.9"):
        ev.isolation_forest_bots(log, share=0.9)


# ---- sessions, mood, preference --------------------------------------------------------------------------------------


def sessions_by_loop(log: pd.DataFrame, gap_s: float, since: str) -> dict[int, int]:
    number, result = -1, {}
    for user in sorted(set(log["user_id"])):
        end = None
        for row in log[log["user_id"] == user].sort_values(["at", "event_id"]).itertuples():
            if end is None or (row.at - end).total_seconds() > gap_s:
                number += 1
            heard = 0 if since == "start" or math.isnan(row.seconds_played) else max(row.seconds_played, 0)
            stop = row.at + pd.Timedelta(seconds=heard)
            end = stop if end is None or since == "start" else max(end, stop)
            result[row.event_id] = number
    return result


@given(st.integers(0, 2**32 - 1), st.sampled_from(["end", "start"]), st.sampled_from([60, 900, 1800]))
@settings(max_examples=40, deadline=None)
def test_sessions_against_a_loop(seed, since, gap_s):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    at = START + pd.to_timedelta(rng.integers(0, 40, n) * 300, unit="s")
    seconds = np.where(rng.random(n) < 0.2, np.nan, rng.integers(0, 4, n) * 600.0)
    log = make_log(
        [
            {"user_id": f"u{rng.integers(3)}", "at": a, "seconds_played": s}
            for a, s in zip(at, seconds, strict=True)
        ]
    )
    log = log.set_index(rng.permutation(n) + 100)
    numbers = ev.sessions(log, gap=f"{gap_s}s", since=since)
    assert numbers.index.equals(log.index)
    expected = sessions_by_loop(log, gap_s, since)
    assert numbers.tolist() == [expected[event] for event in log["event_id"]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Love it", 1), ("boring", -1), ("so so boring, but a great voice", 0), ("great, great, dull", 1 / 3),
        ("not boring at all", 1), ("I don't enjoy this", -1), ("never the best", -1), ("hardly awful", 1),
        ("no. great", 1), ("not, I think, good", 1), ("not one bit good", -1),
        ("not one bit as good", 1), ("LOVELY", 1), ("lovelyness", 0),
        ("heard it on the train", 0), ("", 0), ("oh great, another ad", 1), ("isn’t nice", -1),
    ],
)  # fmt: skip
def test_mood_of_a_text(text, expected):
    assert ev.mood(pd.Series([text])).tolist() == pytest.approx([expected])


def test_mood_keeps_index_and_missing_texts():
    moods = ev.mood(pd.Series(["good", None, "good"], index=[7, 3, 5]))
    assert moods.index.tolist() == [7, 3, 5]
    assert moods[7] == moods[5] == 1 and math.isnan(moods[3])
    assert not ev.GOOD_WORDS & ev.BAD_WORDS and not ev.NEGATIONS & (ev.GOOD_WORDS | ev.BAD_WORDS)


def preference_by_loop(log, how, half_life_days, until):
    durations = dict(zip(TRACKS["track_id"], TRACKS["duration_s"], strict=True))
    rows = [row for row in log.itertuples() if until is None or row.at < until]
    wanted = {"plays": ("play",), "listened": ("play",), "signals": ("play", "like", "comment")}[how]
    rows = [row for row in rows if row.action in wanted]
    now = until or max(row.at for row in rows)
    pairs: dict[tuple[str, str], list] = {}
    for row in rows:
        age = (now - row.at).total_seconds() / 86_400
        weight = 1.0 if half_life_days is None else 0.5 ** (age / half_life_days)
        share = (
            0.0 if math.isnan(row.seconds_played) else min(row.seconds_played / durations[row.track_id], 1)
        )
        if how == "plays":
            says = 1.0
        elif how == "listened":
            says = share
        elif row.action == "play":
            says = (1.0 if share >= 0.5 else -0.5) + (1.0 if row.source in ("search", "library") else 0.0)
        else:
            says = 3.0 if row.action == "like" else {"good": 2.0, "bad": -2.0, "hm": 0.0}[row.text]
        pair = pairs.setdefault((row.user_id, row.track_id), [0.0, 0.0, row.at])
        pair[0] += weight * says
        pair[1] += weight
        pair[2] = max(pair[2], row.at)
    strength = {
        "plays": math.log1p,
        "listened": lambda s: s / (1 + s),
        "signals": lambda s: math.copysign(math.log1p(abs(s)), s),
    }[how]
    return [(u, t, strength(s), n / (n + 2), last) for (u, t), (s, n, last) in sorted(pairs.items())]


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(ev.RECIPES),
    st.sampled_from([None, 3]),
    st.sampled_from([None, START + pd.Timedelta(days=5)]),
)
@settings(max_examples=40, deadline=None)
def test_preference_against_a_loop(seed, how, half_life_days, until):
    rng = np.random.default_rng(seed)
    rows = [{}]
    for _ in range(int(rng.integers(1, 60))):
        action = str(rng.choice(["play", "play", "play", "like", "comment", "search"]))
        rows.append(
            {
                "user_id": f"u{rng.integers(4)}",
                "track_id": None if action == "search" else f"t{rng.integers(8)}",
                "at": START + pd.Timedelta(hours=int(rng.integers(0, 200))),
                "action": action,
                "seconds_played": float(rng.integers(0, 250)) if action == "play" else np.nan,
                "source": None if action == "search" else str(rng.choice(["search", "home", "library"])),
                "text": str(rng.choice(["good", "bad", "hm"])) if action in ("comment", "search") else None,
            }
        )
    log = make_log(rows)
    half_life = None if half_life_days is None else f"{half_life_days}D"
    frame = ev.preference(log, how, TRACKS, half_life=half_life, until=until)
    expected = preference_by_loop(log, how, half_life_days, until)
    assert list(frame.columns) == ["user_id", "track_id", "strength", "confidence", "last_at"]
    assert list(zip(frame["user_id"], frame["track_id"], strict=True)) == [row[:2] for row in expected]
    assert frame["last_at"].tolist() == [row[4] for row in expected]
    for column, place in (("strength", 2), ("confidence", 3)):
        assert frame[column].tolist() == pytest.approx([row[place] for row in expected], rel=1e-9, abs=1e-12)


def test_asked_for_leaves_out_ads_and_help_and_nothing_else():
    murmur = load_murmur()
    kept = ev.asked_for(murmur.events, murmur.tracks)
    kind = dict(zip(murmur.tracks["track_id"], murmur.tracks["kind"], strict=True))
    wanted = [kind.get(track) not in ("ad", "help") for track in murmur.events["track_id"].tolist()]
    pd.testing.assert_frame_equal(kept, murmur.events[wanted])
    assert (kept["action"] == "search").sum() == (murmur.events["action"] == "search").sum()
    with pytest.raises(ValueError, match="tracks has no column 'kind'"):
        ev.asked_for(murmur.events, murmur.tracks.drop(columns="kind"))


def test_preference_takes_other_weights_and_feeds_interactions():
    from recsys_helpers.interactions import Interactions

    log = make_log(
        [{}, {"action": "like", "seconds_played": np.nan}, {"user_id": "u1", "seconds_played": 190.0}]
    )
    frame = ev.preference(log, "signals", TRACKS, weights={"like": 0.0, "skip": -1.0})
    assert frame["strength"].tolist() == pytest.approx([-math.log(2), math.log(2)])
    x = Interactions.from_frame(frame, value="strength", time="last_at")
    assert x.shape == (2, 1) and x.times is not None


# ---- bad input -------------------------------------------------------------------------------------------------------


def naive(log):
    return log.assign(at=log["at"].dt.tz_localize(None))


BAD_TABLES = [
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
    (lambda log: ev.preference(log, half_life="0D"), "half_life='0D' is not a span of time above 0"),
    (lambda log: ev.retry_duplicates(log, seconds=-1), "seconds=-1 is negative"),
    (lambda log: ev.impossible_values(log, TRACKS, slack=-1), "slack=-1"),
]


@pytest.mark.parametrize(("call", "sentence"), BAD_CALLS)
def test_a_bad_call_is_refused_with_its_mend(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call(make_log([{}, {}]))
