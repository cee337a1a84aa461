"""load_murmur: typed tables, dirt let through, and everything that is no table of Murmur refused by name."""

from __future__ import annotations

import csv
import gzip
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from recsys_helpers.datasets import load_murmur
from recsys_helpers.simulator import World
from recsys_helpers.simulator.store import write_world


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("murmur") / "tiny"
    write_world(World(users=30, weeks=1, tracks=300), out)
    return out


@pytest.fixture
def folder(source, tmp_path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(source, tmp_path / "murmur"))


def rewrite(folder: Path, file: str, change) -> None:
    """Put a file's lines (lists of fields, the header first) through a function."""
    path = folder / file
    opener = gzip.open if file.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as lines:
        rows = change(list(csv.reader(lines)))
    with opener(path, "wt", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)


def put(line: int, column: str, value: str):
    """A change that puts a value into a column of a line (the header is line 1)."""

    def change(rows):
        rows[line - 1][rows[0].index(column)] = value
        return rows

    return change


def drop(column: str):
    def change(rows):
        at = rows[0].index(column)
        return [row[:at] + row[at + 1 :] for row in rows]

    return change


def copy_line(rows):
    return [*rows, rows[1]]


BAD = [
    ("tracks.csv", drop("kind"), ["tracks.csv", "no column 'kind'"]),
    ("users.csv", drop("joined"), ["users.csv", "no column 'joined'"]),
    ("events.csv.gz", drop("at"), ["events.csv.gz", "no column 'at'"]),
    ("tracks.csv", copy_line, ["tracks.csv, line 302", "track_id", "'t0001'", "earlier line"]),
    ("users.csv", copy_line, ["users.csv, line 32", "user_id", "earlier line"]),
    (
        "tracks.csv",
        put(5, "duration_s", "long"),
        ["tracks.csv, line 5", "duration_s", "'long'", "whole number"],
    ),
    ("tracks.csv", put(5, "duration_s", "12.5"), ["tracks.csv, line 5", "duration_s", "'12.5'"]),
    ("tracks.csv", put(5, "tempo", "fast"), ["tracks.csv, line 5", "tempo", "'fast'", "not a number"]),
    ("tracks.csv", put(5, "title", ""), ["tracks.csv, line 5", "title", "empty"]),
    ("tracks.csv", put(5, "kind", "film"), ["tracks.csv, line 5", "kind", "'film'", "podcast"]),
    ("tracks.csv", put(5, "released", "5 Jan 2026"), ["tracks.csv, line 5", "released", "'5 Jan 2026'"]),
    ("users.csv", put(9, "joined", "2026-02-30"), ["users.csv, line 9", "joined", "'2026-02-30'"]),
    ("users.csv", put(9, "plan", "gold"), ["users.csv, line 9", "plan", "'gold'"]),
    (
        "events.csv.gz",
        put(7, "event_id", "x7"),
        ["events.csv.gz, line 7", "event_id", "'x7'", "whole number"],
    ),
    ("events.csv.gz", put(7, "seconds_played", "all"), ["events.csv.gz, line 7", "seconds_played", "'all'"]),
    ("events.csv.gz", put(7, "at", "2026-01-05T07:12:44+08:00"), ["events.csv.gz, line 7", "at", "UTC"]),
    ("events.csv.gz", put(7, "at", "2026-01-05 07:12:44"), ["events.csv.gz, line 7", "at", "UTC"]),
    ("events.csv.gz", put(7, "at", "yesterday"), ["events.csv.gz, line 7", "at", "'yesterday'"]),
    ("events.csv.gz", put(7, "at", "2026-13-05T07:12:44Z"), ["events.csv.gz, line 7", "at"]),
    ("events.csv.gz", put(7, "at", "9999-12-31T07:12:44Z"), ["events.csv.gz, line 7", "at", "'9999-12-31T"]),
    ("tracks.csv", put(5, "released", "0001-01-01"), ["tracks.csv, line 5", "released", "'0001-01-01'"]),
    ("events.csv.gz", put(7, "at", ""), ["events.csv.gz, line 7", "at", "empty"]),
    ("events.csv.gz", put(7, "user_id", ""), ["events.csv.gz, line 7", "user_id", "empty"]),
    ("events.csv.gz", put(7, "action", "skip"), ["events.csv.gz, line 7", "action", "'skip'"]),
    ("events.csv.gz", lambda rows: rows[:1], ["events.csv.gz", "no rows"]),
    ("events.csv.gz", lambda rows: [], ["events.csv.gz", "empty"]),
]


@pytest.mark.parametrize(
    ("file", "change", "says"), BAD, ids=[f"{f}-{'-'.join(s[1:])[:40]}" for f, _, s in BAD]
)
def test_a_bad_table_is_refused_with_its_place_and_the_mend(folder, file, change, says):
    rewrite(folder, file, change)
    with pytest.raises(ValueError) as error:
        load_murmur(folder)
    for words in [*says, "simulate"]:
        assert words in str(error.value)


def test_a_truncated_log_is_named(folder):
    path = folder / "events.csv.gz"
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(ValueError, match="events.csv.gz is cut short"):
        load_murmur(folder)


@pytest.mark.parametrize("data", [b"not gzip at all", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03garbage" * 9])
def test_a_damaged_log_is_named(folder, data):
    (folder / "events.csv.gz").write_bytes(data)
    with pytest.raises(ValueError, match="events.csv.gz is (damaged|cut short)"):
        load_murmur(folder)


def test_an_empty_file_is_named(folder):
    (folder / "events.csv.gz").write_bytes(b"")
    with pytest.raises(ValueError, match="events.csv.gz is empty"):
        load_murmur(folder)


def test_another_encoding_is_named(folder):
    path = folder / "tracks.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("Episode", "Épisode").encode("latin-1"))
    with pytest.raises(ValueError, match=r"tracks.csv is not UTF-8"):
        load_murmur(folder)


@pytest.mark.parametrize("file", ["tracks.csv", "users.csv", "events.csv.gz"])
def test_a_missing_file_is_named(folder, file):
    (folder / file).unlink()
    with pytest.raises(ValueError, match=f"has no {file}"):
        load_murmur(folder)


def test_a_file_for_a_folder_and_no_folder_at_all(folder):
    with pytest.raises(ValueError, match="is a file"):
        load_murmur(folder / "users.csv")
    with pytest.raises(ValueError, match="There is no folder"):
        load_murmur(folder / "elsewhere")


def test_the_truth_may_be_absent(folder):
    shutil.rmtree(folder / "truth")
    assert load_murmur(folder).truth is None
    assert "without the truth" in repr(load_murmur(folder))


def test_planted_dirt_comes_through(folder):
    rewrite(folder, "events.csv.gz", put(3, "seconds_played", "-7"))
    rewrite(folder, "events.csv.gz", put(4, "track_id", "t9999"))
    rewrite(folder, "events.csv.gz", put(5, "at", "1970-01-01T00:00:12Z"))
    events = load_murmur(folder).events
    assert events["seconds_played"][1] == -7
    assert events["track_id"][2] == "t9999"
    assert events["at"][3] == pd.Timestamp("1970-01-01T00:00:12Z")


def test_words_that_look_like_missing_are_words(folder):
    rewrite(folder, "tracks.csv", put(4, "title", "None"))
    assert load_murmur(folder).tracks["title"][2] == "None"


def test_types_are_those_documented(source):
    murmur = load_murmur(source)
    assert murmur.events["event_id"].dtype == "int64"
    assert murmur.tracks["duration_s"].dtype == "int64"
    for column in ("user_id", "track_id", "action", "source", "context"):
        assert isinstance(murmur.events[column].dtype, pd.CategoricalDtype)
    for times in (murmur.events["at"], murmur.tracks["released"], murmur.users["joined"]):
        assert str(times.dtype) == "datetime64[ns, UTC]"
    assert list(murmur.events["action"].cat.categories) == ["play", "like", "comment", "search"]


def test_every_cell_is_what_the_csv_module_reads(source):
    murmur = load_murmur(source)
    with gzip.open(source / "events.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(murmur.events)
    events = murmur.events.astype({"user_id": object, "track_id": object, "text": object})
    for row, event in zip(rows[::7], events.iloc[::7].itertuples(), strict=True):
        assert int(row["event_id"]) == event.event_id
        assert row["user_id"] == event.user_id
        assert row["at"] == event.at.strftime("%Y-%m-%dT%H:%M:%SZ")
        for name in ("track_id", "seconds_played", "position", "text", "source", "context"):
            value = getattr(event, name)
            assert (row[name] == "") == pd.isna(value)
            assert pd.isna(value) or row[name] in (str(value), str(value).removesuffix(".0"))


def test_it_loads_from_any_working_folder(tmp_path):
    code = "from recsys_helpers.datasets import load_murmur; print(load_murmur())"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )  # fmt: skip
    assert done.stdout.startswith("Murmur: 3,000 tracks, 1,500 users"), done.stderr


@pytest.mark.slow
def test_it_loads_in_a_second_and_a_half():
    spent = []
    for _ in range(3):
        start = time.process_time()
        load_murmur()
        spent.append(time.process_time() - start)
    assert min(spent) < 1.5
