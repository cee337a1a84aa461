"""Yambda's loader, on small files of the published form: what is read, what is refused, the publishers' split."""

from __future__ import annotations

import importlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed: make large")
yambda = importlib.import_module("recsys_helpers.scale.yambda")
load_yambda = yambda.load_yambda

PUBLISHED = {
    "uid": "UINTEGER",
    "item_id": "UINTEGER",
    "timestamp": "UINTEGER",
    "is_organic": "UTINYINT",
    "played_ratio_pct": "USMALLINT",
    "track_length_seconds": "UINTEGER",
}


def listens(n=4_000, users=60, items=80, seed=0):
    rng = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "uid": rng.integers(0, users, n) * 100,
            "item_id": rng.integers(0, items, n),
            "timestamp": rng.integers(0, yambda.END // 5, n) * 5,
            "is_organic": rng.integers(0, 2, n),
            "played_ratio_pct": rng.integers(0, 130, n),
            "track_length_seconds": rng.integers(60, 400, n),
        }
    )
    last = rng.choice(n, n // 8, replace=False)  # a day of many plays, so that the test is not empty
    rows.loc[last, "timestamp"] = (
        yambda.END - yambda.GAP - yambda.DAY + rng.integers(0, 17_000, len(last)) * 5
    )
    return rows.sort_values(["uid", "timestamp"], ignore_index=True)


def write(frame, path, types=PUBLISHED):
    path.parent.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"CAST({name} AS {types.get(name, 'UINTEGER')}) AS {name}" for name in frame.columns)
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        quoted = str(path).replace("'", "''")
        connection.execute(f"COPY (SELECT {columns} FROM frame) TO '{quoted}' (FORMAT parquet)")
    return path


@pytest.fixture
def root(tmp_path):
    """A folder with the small files, in a place with a quote in its name."""
    folder = tmp_path / "it's here" / "yambda"
    rows = listens()
    write(rows, folder / "flat" / "50m" / "listens.parquet")
    write(rows.loc[rows["item_id"] < 5, [*yambda.ACTION]], folder / "flat" / "50m" / "likes.parquet")
    return folder


def test_the_sample_holds_all_that_its_listeners_did(root):
    whole, part = load_yambda(root), load_yambda(root, share=0.3)
    rows, some = whole.read("listens"), part.read("listens")
    expected = listens().sort_values(["uid", "timestamp", "item_id"], ignore_index=True)
    sort = [*rows.columns]
    pd.testing.assert_frame_equal(
        rows.sort_values(sort, ignore_index=True),
        expected.sort_values(sort, ignore_index=True),
        check_dtype=False,
    )
    chosen = set(some["uid"])
    assert 5 < len(chosen) < 35
    assert len(some) == rows["uid"].isin(chosen).sum()
    likes = part.read("likes", ["uid", "item_id"])
    assert list(likes.columns) == ["uid", "item_id"] and set(likes["uid"]) <= chosen
    other = load_yambda(root, share=0.3, seed=1).read("listens", ["uid"])
    assert set(other["uid"]) != chosen
    larger = set(load_yambda(root, share=0.6).read("listens", ["uid"])["uid"])
    assert chosen < larger, "a larger share adds listeners and drops none"


def test_which_listeners_are_drawn_is_arithmetic_alone(root):
    part = load_yambda(root, share=0.3, seed=5)
    ids = sorted(set(listens()["uid"]))
    by_hand = {
        int(uid)
        for uid in ids
        if (int(uid) + 5 * 97 + 1) * yambda.MIX % yambda.PRIME < round(0.3 * yambda.PRIME)
    }
    assert set(part.read("listens", ["uid"])["uid"]) == by_hand


@pytest.mark.parametrize("least", [yambda.HEARD, 80])
def test_the_publishers_split_by_brute_force(root, least):
    rows = listens()
    rows = rows[
        (rows["uid"] != 300) | (rows["timestamp"] < yambda.END - 2 * yambda.DAY)
    ]  # who stays away that day
    write(rows, root / "flat" / "50m" / "listens.parquet")
    heard = rows[rows["played_ratio_pct"] >= least]
    train_end, test_start = yambda.END - yambda.DAY - yambda.GAP, yambda.END - yambda.DAY
    past: dict[tuple[int, int], int] = {}
    future: dict[tuple[int, int], int] = {}
    for one in heard.itertuples():
        pair = (one.uid, one.item_id)
        if one.timestamp < train_end:
            past[pair] = past.get(pair, 0) + 1
        elif test_start <= one.timestamp < yambda.END:
            future[pair] = future.get(pair, 0) + 1
    known = {user for user, _ in past}
    future = {pair: count for pair, count in future.items() if pair[0] in known}
    assert 300 in known and 300 not in {user for user, _ in future}
    assert past and future and len(past) + len(future) < len(heard)
    split = load_yambda(root).split() if least == 50 else load_yambda(root).split(least=least)
    for part, expected in ((split.train, past), (split.test, future)):
        found = part.to_frame()
        assert part.users.tolist() == sorted(known)
        assert part.items.tolist() == sorted({item for _, item in [*past, *future]})
        assert (
            dict(zip(zip(found["user"], found["item"], strict=True), found["value"], strict=True)) == expected
        )
    assert split.repeats
    assert split.train.times.max() < train_end and split.test.times.min() >= test_start


def test_a_split_without_a_side_says_so(root):
    data = load_yambda(root)
    with pytest.raises(ValueError, match="leaves no past before 26,000,000 s"):
        data.split(day=yambda.END)
    with pytest.raises(ValueError, match="No play of 200% or more by a listener who counts lies before"):
        data.split(least=200)
    with pytest.raises(ValueError, match="lies from 99,913,600 s on"):
        data.split(end=100_000_000)


def test_a_query_sees_the_sample_and_says_what_is_not_here(root):
    part = load_yambda(root, share=0.3)
    (count,) = part.query("SELECT count(*) AS n FROM listens WHERE is_organic = ?", [1])["n"]
    assert count == (part.read("listens")["is_organic"] == 1).sum()
    with pytest.raises(ValueError, match=r"flat/50m/dislikes\.parquet is not here\. Get it from https"):
        part.query("SELECT * FROM dislikes")
    with pytest.raises(ValueError, match="embeddings.parquet is not here"):
        part.read("embeddings")
    with pytest.raises(ValueError, match="DuckDB cannot run this query"):
        part.query("SELECT nothing FROM listens")
    with pytest.raises(ValueError, match="has no table 'plays'. It has: listens, likes"):
        part.read("plays")
    with pytest.raises(ValueError, match="listens has no column 'user'"):
        part.read("listens", ["user"])


def test_vectors_are_read_for_all_tracks(root):
    with duckdb.connect() as connection:
        quoted = str(root / "embeddings.parquet").replace("'", "''")
        connection.execute(
            "COPY (SELECT CAST(range AS UINTEGER) AS item_id, [1.0, 2.0] AS embed, [0.4, 0.8] AS normalized_embed"
            f" FROM range(7)) TO '{quoted}' (FORMAT parquet)"
        )
    rows = load_yambda(root, share=0.1).read("embeddings")
    assert list(rows["item_id"]) == list(range(7)) and list(rows["embed"][3]) == [1.0, 2.0]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (
            lambda rows: rows.drop(columns="is_organic"),
            "has no column 'is_organic'; the published listens have uid, item_id, timestamp",
        ),
        (
            lambda rows: rows.assign(uid=rows["uid"] + 0.5),
            "'uid' of .* holds DOUBLE, where .* has whole numbers",
        ),
        (lambda rows: rows.assign(item_id="a"), "'item_id' of .* holds VARCHAR"),
    ],
)
def test_a_file_that_is_not_as_published_is_refused(tmp_path, change, complaint):
    rows = change(listens(50))
    types = {name: "DOUBLE" if rows[name].dtype.kind == "f" else PUBLISHED[name] for name in rows}
    types |= {name: "VARCHAR" for name in rows if rows[name].dtype.kind not in "if"}
    write(rows, tmp_path / "flat" / "50m" / "listens.parquet", types)
    with pytest.raises(ValueError, match=complaint):
        load_yambda(tmp_path)


def test_empty_values_and_half_a_download_are_refused(tmp_path):
    rows = listens(50).astype("Int64")
    rows.loc[3, "played_ratio_pct"] = pd.NA
    path = write(rows, tmp_path / "flat" / "50m" / "listens.parquet")
    with pytest.raises(ValueError, match="1 empty values in 'played_ratio_pct'"):
        load_yambda(tmp_path).read("listens")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match="perhaps half a download"):
        load_yambda(tmp_path)


def test_where_it_is_looked_for(root, tmp_path, monkeypatch):
    monkeypatch.setenv("RECSYS_DATA", str(root.parent))
    assert load_yambda().folder == root / "flat" / "50m"
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"Yambda is not in .* Download flat/500m/listens\.parquet"):
        load_yambda(size="500m")
    with pytest.raises(ValueError, match="size is one of 50m, 500m, 5b, not '1m'"):
        load_yambda(size="1m")
    with pytest.raises(ValueError, match="share is the share of listeners"):
        load_yambda(root, share=0)


def test_no_table_is_read_whole_before_it_is_asked_for(root):
    program = (
        "import sys; from recsys_helpers.scale import load_yambda; load_yambda(sys.argv[1]);"
        "print('torch' in sys.modules, 'pyspark' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(root)], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"share": "half"}, "share is the share of listeners"),
        ({"share": None}, "share is the share of listeners"),
        ({"share": True}, "share is the share of listeners"),
        ({"seed": None}, "seed=None: give a whole number"),
        ({"seed": 1.5}, "seed=1.5: give a whole number"),
        ({"seed": -1}, "seed=-1: give a whole number"),
        ({"seed": 10**30}, "seed=10{30}: give at most 2,147,483,647"),
        ({"path": 3}, "path=3: give the folder that holds flat/"),
    ],
)
def test_settings_that_cannot_be_are_refused(root, given, says):
    with pytest.raises(ValueError, match=says):
        load_yambda(**({"path": root} | given))


@pytest.mark.parametrize(
    ("asks", "says"),
    [
        (lambda data: data.query(None), "sql=None: give a SELECT"),
        (lambda data: data.query(" "), "sql=' ': give a SELECT"),
        (lambda data: data.query("SELECT ?", None), "values=None: give a list"),
        (lambda data: data.read(["listens"]), "has no table .'listens',."),
        (lambda data: data.read("listens", []), "columns names no column. listens has: uid"),
        (lambda data: data.read("listens", 5), "listens has no column 5"),
        (lambda data: data.heard(least=float("nan")), "least=nan: give a number"),
        (lambda data: data.heard(least=None), "least=None: give a number"),
        (lambda data: data.heard(since="monday"), "since='monday': give a number"),
        (lambda data: data.split(gap=float("nan")), "gap=nan: give a whole number"),
        (lambda data: data.split(end=None), "end=None: give a whole number"),
        (lambda data: data.split(day=0), "day=0: give a whole number"),
    ],
)
def test_what_cannot_be_asked_is_said(root, asks, says):
    with pytest.raises(ValueError, match=says):
        asks(load_yambda(root))


def test_one_column_may_stand_alone(root):
    assert list(load_yambda(root).read("listens", "uid")) == ["uid"]
