"""The log on disk: what DuckDB removes and counts is what pandas removes and counts, row for row."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.datasets import load_murmur
from recsys_helpers.events import clean, preference

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed: make large")
scale = importlib.import_module("recsys_helpers.scale")
columns = importlib.import_module("recsys_helpers.scale.columns")


def read(path):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        return connection.execute(f"SELECT * FROM read_parquet('{path}')").df()


@pytest.fixture(scope="module")
def murmur():
    return load_murmur()


@pytest.fixture(scope="module")
def files(murmur, tmp_path_factory):
    folder = tmp_path_factory.mktemp("disk")
    return {
        name: scale.write_parquet(getattr(murmur, name), folder / f"{name}.parquet")
        for name in ("events", "tracks", "users")
    }


@pytest.mark.parametrize(
    "rules",
    [columns.ON_DISK, ("retry_duplicates",), ("impossible_values", "unknown_ids"), "exact_duplicates"],
)
def test_the_same_rows_are_removed_as_by_pandas(murmur, files, tmp_path, rules):
    kept, report = clean(murmur.events, murmur.tracks, murmur.users, rules)
    table = scale.clean_parquet(
        files["events"], files["tracks"], files["users"], tmp_path / "c.parquet", rules
    )
    pd.testing.assert_frame_equal(table, report.table.loc[list(table.index)], check_dtype=False)
    found = read(tmp_path / "c.parquet")
    assert table["rows"].sum() > 0
    assert list(found["event_id"]) == list(kept["event_id"])
    for column in ("user_id", "track_id", "action", "text"):
        assert found[column].fillna("none").tolist() == kept[column].astype(object).fillna("none").tolist()
    np.testing.assert_array_equal(
        found["seconds_played"].to_numpy(float), kept["seconds_played"].to_numpy(float)
    )
    assert (found["at"].dt.as_unit("us") == kept["at"].dt.as_unit("us")).all()
    assert [one.name for one in tmp_path.iterdir()] == ["c.parquet"], "no scratch file stays"


def test_strengths_are_those_of_pandas(murmur, files, tmp_path):
    kept, _ = clean(murmur.events, murmur.tracks, murmur.users, columns.ON_DISK)
    scale.clean_parquet(files["events"], files["tracks"], files["users"], tmp_path / "c.parquet")
    found = scale.listened_parquet(tmp_path / "c.parquet", files["tracks"])
    expected = preference(kept, "listened", murmur.tracks)
    assert len(found) == len(expected) > 90_000
    for column in ("user_id", "track_id"):
        assert found[column].tolist() == expected[column].tolist()
    np.testing.assert_allclose(found["strength"], expected["strength"], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found["confidence"], expected["confidence"])
    assert (found["last_at"].dt.as_unit("us") == expected["last_at"].dt.as_unit("us")).all()


def test_no_nan_reaches_the_file(tmp_path):
    """For DuckDB NaN is a number, above all others: a rule on seconds would keep what pandas drops."""
    frame = pd.DataFrame({"seconds": [1.0, np.nan, -2.0], "name": ["a", None, "it's"]})
    path = scale.write_parquet(frame, tmp_path / "x.parquet")
    with duckdb.connect() as connection:
        counts = connection.execute(
            f"SELECT count(*) FILTER (seconds >= 0), count(seconds), count(name) FROM read_parquet('{path}')"
        ).fetchone()
        raw = connection.execute("SELECT 'nan'::DOUBLE >= 0").fetchone()
    assert counts == (1, 2, 2)
    assert raw == (True,), "or the rule above is about nothing"


def small(**changes):
    rows = {
        "event_id": [1, 2, 3, 4],
        "user_id": ["al", "al", "al", "bo"],
        "track_id": ["a", "a", None, "a"],
        "at": pd.to_datetime(["2026-03-01 08:00:00", "2026-03-01 08:00:10"] * 2, utc=True),
        "action": ["play", "play", "search", "play"],
        "seconds_played": [30.0, 30.0, np.nan, 205.0],
        "source": ["home"] * 4,
        "position": [1.0, 1.0, np.nan, 1.0],
        "context": [None] * 4,
        "text": [None, None, "jazz", None],
    }
    return pd.DataFrame(rows | changes)


TRACKS = pd.DataFrame({"track_id": ["a"], "duration_s": [200]})
USERS = pd.DataFrame({"user_id": ["al", "bo"]})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"seconds_played": [30.0, 30.0, np.nan, 205.5]},
        {"seconds_played": [np.nan, -1.0, -1.0, 0.0]},
        {"user_id": ["al", None, "stranger", "bo"]},
        {"track_id": ["a", None, "b", "b"]},
        {"action": ["play", "hum", None, "like"]},
        {"action": ["comment", "search", "search", "like"]},
        {"event_id": [1, 1, 3, 4], "at": pd.to_datetime(["2026-03-01 08:00:00"] * 4, utc=True)},
        {
            "event_id": [1, 1, 3, 4],
            "at": pd.to_datetime(["2026-03-01 08:00:00"] * 4, utc=True),
            "source": list("hahh"),
        },
        {
            "event_id": [7] * 4,
            "track_id": ["a"] * 4,
            "action": ["play"] * 4,
            "user_id": ["al"] * 4,
            "text": [None] * 4,
            "seconds_played": [0.0, -0.0, 0.0, 5.0],
            "at": pd.to_datetime(["2026-03-01 08:00:00"] * 4, utc=True),
            "position": [None] * 4,
        },
        {
            "at": pd.to_datetime(
                ["2026-03-01 08:00:00", "2026-03-01 08:00:10.000001", None, None], utc=True, format="ISO8601"
            )
        },
    ],
)
def test_small_logs_agree_at_their_edges(tmp_path, changes):
    log = small(**changes)
    paths = [
        scale.write_parquet(frame, tmp_path / f"{name}.parquet")
        for name, frame in (("events", log), ("tracks", TRACKS), ("users", USERS))
    ]
    table = scale.clean_parquet(*paths, tmp_path / "c.parquet")
    kept, report = clean(log, TRACKS, USERS, columns.ON_DISK)
    assert table["rows"].to_dict() == report.table["rows"].reindex(table.index).to_dict()
    assert read(tmp_path / "c.parquet")["event_id"].tolist() == kept["event_id"].tolist()


def test_a_file_of_others_may_hold_nan(tmp_path):
    log = small(action=["play", "play", "search", "play"], seconds_played=[30.0, 30.0, np.nan, np.nan])
    paths = [
        scale.write_parquet(frame, tmp_path / f"{name}.parquet")
        for name, frame in (("events", log), ("tracks", TRACKS), ("users", USERS))
    ]
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (coalesce(seconds_played, 'nan'::DOUBLE) AS seconds_played)"
            f" FROM read_parquet('{paths[0]}')) TO '{tmp_path / 'nan.parquet'}' (FORMAT parquet)"
        )
    table = scale.clean_parquet(tmp_path / "nan.parquet", *paths[1:], tmp_path / "c.parquet")
    kept, report = clean(log, TRACKS, USERS, columns.ON_DISK)
    assert table["rows"].to_dict() == report.table["rows"].reindex(table.index).to_dict()
    assert read(tmp_path / "c.parquet")["event_id"].tolist() == kept["event_id"].tolist() == [1, 3]
    pd.testing.assert_frame_equal(
        scale.listened_parquet(tmp_path / "nan.parquet", paths[1]), scale.listened_parquet(paths[0], paths[1])
    )


def test_a_table_of_tracks_of_others_may_hold_nan(tmp_path):
    """NaN is above 0 for DuckDB, and a share of it is above 1: a play of such a track would count as heard in full."""
    log = small(track_id=["a", "b", None, "b"], seconds_played=[30.0, 50_000.0, np.nan, 205.5])
    tracks = pd.DataFrame({"track_id": ["a", "b"], "duration_s": [200.0, np.nan]})
    events, users = (
        scale.write_parquet(frame, tmp_path / f"{name}.parquet")
        for name, frame in (("events", log), ("users", USERS))
    )
    theirs = tmp_path / "tracks.parquet"
    with duckdb.connect() as connection:
        connection.register("tracks", tracks)
        connection.execute(
            "COPY (SELECT track_id, coalesce(duration_s, 'nan'::DOUBLE) AS duration_s FROM tracks)"
            f" TO '{theirs}' (FORMAT parquet)"
        )
        assert connection.execute(f"SELECT count(*) FROM '{theirs}' WHERE isnan(duration_s)").fetchone() == (
            1,
        )
    scale.clean_parquet(events, theirs, users, tmp_path / "c.parquet")
    kept, _ = clean(log, tracks, USERS, columns.ON_DISK)
    assert read(tmp_path / "c.parquet")["event_id"].tolist() == kept["event_id"].tolist()
    found = scale.listened_parquet(tmp_path / "c.parquet", theirs)
    expected = preference(kept, "listened", tracks)
    assert found["strength"].round(9).tolist() == expected["strength"].round(9).tolist()
    assert found["strength"].min() == 0, "or no play was of the track without a duration"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"threads": 0}, "threads=0: give a whole number"),
        ({"threads": True}, "threads=True: give a whole number"),
        ({"threads": 2.5}, "threads=2.5: give a whole number"),
        ({"memory": "much"}, "memory='much': write a limit such as"),
        ({"memory": 2}, "memory=2: write a limit such as"),
        ({"memory": "-1GB"}, "memory='-1GB': write a limit such as"),
        ({"memory": "300KB"}, "memory='300KB' is too little for threads=2: give more of it"),
        ({"rules": None}, "None is not done on disk: choose among"),
        ({"rules": [5, "hum"]}, "5 is not done on disk: choose among"),
        ({"out": "nowhere/c.parquet"}, "The folder .*nowhere is not there: make it first"),
        ({"out": None}, "None is no path"),
        ({"events": None}, "None is no path"),
        (
            {"events": small().assign(seconds_played="long")},
            "DuckDB cannot work on .*Columns have the log's types",
        ),
        ({"events": small().assign(at="monday")}, "DuckDB cannot work on .*Columns have the log's types"),
        ({"events": TRACKS}, "It has: duration_s, track_id"),
    ],
)
def test_what_cannot_be_cleaned_is_said(tmp_path, changes, says):
    given = {"events": small(), "tracks": TRACKS, "users": USERS, "out": "c.parquet"} | changes
    for name, value in given.items():
        if isinstance(value, pd.DataFrame):
            given[name] = scale.write_parquet(value, tmp_path / f"{name}.parquet")
    if given["out"]:
        given["out"] = tmp_path / given["out"]
    with pytest.raises(ValueError, match=says):
        scale.clean_parquet(**given)
    assert not (tmp_path / "c.parquet").exists()


def test_what_cannot_be_written_or_read_is_said(tmp_path):
    with pytest.raises(ValueError, match="The column 'a' stands twice"):
        scale.write_parquet(pd.DataFrame([[1, 2]], columns=["a", "a"]), tmp_path / "x.parquet")
    with pytest.raises(ValueError, match="is not there: make it first"):
        scale.write_parquet(TRACKS, tmp_path / "no" / "x.parquet")
    with pytest.raises(ValueError, match="3 is no path"):
        scale.parquet_from_csv(3, tmp_path / "x.parquet")
    events, tracks = (
        scale.write_parquet(frame, tmp_path / f"{name}.parquet")
        for name, frame in (("e", small().assign(seconds_played="long")), ("t", TRACKS))
    )
    for changes, says in (
        ({"threads": 0}, "threads=0"),
        ({"memory": "x"}, "memory='x'"),
        ({}, "DuckDB cannot work on"),
    ):
        with pytest.raises(ValueError, match=says):
            scale.listened_parquet(events, tracks, **changes)


def test_what_cannot_be_done_is_said(files, tmp_path):
    out = tmp_path / "c.parquet"
    with pytest.raises(ValueError, match="'bots' is not done on disk: choose among exact_duplicates"):
        scale.clean_parquet(files["events"], files["tracks"], files["users"], out, ("bots",))
    with pytest.raises(ValueError, match="is not there: write it first"):
        scale.clean_parquet(tmp_path / "none.parquet", files["tracks"], files["users"], out)
    with pytest.raises(ValueError, match="events has no column 'event_id'. It has: .*duration_s"):
        scale.clean_parquet(files["tracks"], files["tracks"], files["users"], out)
    (tmp_path / "half.parquet").write_bytes(files["users"].read_bytes()[:-9])
    with pytest.raises(ValueError, match="cannot be read as Parquet: write it anew"):
        scale.clean_parquet(files["events"], files["tracks"], tmp_path / "half.parquet", out)
    with pytest.raises(ValueError, match="has no rows"):
        empty = scale.write_parquet(small().iloc[:0], tmp_path / "empty.parquet")
        scale.clean_parquet(empty, files["tracks"], files["users"], out)
    with pytest.raises(ValueError, match="No row of .* is a play"):
        search = scale.write_parquet(small().iloc[2:3], tmp_path / "search.parquet")
        scale.listened_parquet(search, files["tracks"])
    assert not out.exists()
    with pytest.raises(ValueError, match="tracks has no column 'duration_s'. It has: track_id"):
        known = scale.write_parquet(TRACKS[["track_id"]], tmp_path / "known.parquet")
        scale.listened_parquet(files["events"], known)


def test_a_csv_becomes_the_table_that_pandas_writes(murmur, files, tmp_path):
    """Murmur's own log: the same values in the same order, of the log's types, though it never was in memory."""
    source = Path(columns.__file__).resolve().parents[2] / "data" / "murmur" / "events.csv.gz"
    assert scale.parquet_from_csv(source, tmp_path / "e.parquet") == tmp_path / "e.parquet"
    with duckdb.connect() as connection:
        kinds = {
            name: kind
            for name, kind, *_ in connection.execute(
                f"DESCRIBE SELECT * FROM read_parquet('{tmp_path / 'e.parquet'}')"
            ).fetchall()
        }
    assert kinds["event_id"] == "BIGINT" and kinds["seconds_played"] == kinds["position"] == "DOUBLE"
    assert kinds["at"] == "TIMESTAMP WITH TIME ZONE"
    assert {kinds[name] for name in ("user_id", "track_id", "action", "source", "context", "text")} == {
        "VARCHAR"
    }
    found, expected = read(tmp_path / "e.parquet"), read(files["events"])
    pd.testing.assert_frame_equal(found, expected)
    assert len(found) == len(murmur.events) and found["text"].isna().any()


def test_a_csv_of_others_keeps_what_no_log_has(tmp_path):
    (tmp_path / "t.csv").write_text('track_id,stars\n007,3\n"a, b",\n', encoding="utf-8")
    found = read(scale.parquet_from_csv(tmp_path / "t.csv", tmp_path / "t.parquet"))
    assert found["track_id"].tolist() == ["007", "a, b"], "an id stays text"
    assert found["stars"][0] == 3 and pd.isna(found["stars"][1])
    (tmp_path / "n.csv").write_text("name,n\nx,1\n", encoding="utf-8")
    assert read(scale.parquet_from_csv(tmp_path / "n.csv", tmp_path / "n.parquet")).values.tolist() == [
        ["x", 1]
    ]


def test_a_csv_that_is_none_is_refused_and_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match=r"none\.csv cannot be read as a table of Murmur's"):
        scale.parquet_from_csv(tmp_path / "none.csv", tmp_path / "o.parquet")
    (tmp_path / "e.csv").write_text("event_id,at\n1,yesterday\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"e\.csv cannot be read"):
        scale.parquet_from_csv(tmp_path / "e.csv", tmp_path / "o.parquet")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["e.csv"]
