"""A learner's table: read as pandas reads it, refused with a sentence that mends it, and counted by hand."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.capstone import first_report, load_table
from recsys_helpers.exercises.lessons.lesson_24 import first_look

GOOD = "who,what,when,stars\n007,a,2026-01-05,5\n012,b,2026-01-06T10:00:00Z,3.5\n007,b,,1\n"
ROLES = {"listener": "who", "item": "what"}


def written(folder: Path, text: str | bytes, name: str = "mine.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


def test_columns_get_the_names_of_the_course_and_ids_stay_as_they_stand(tmp_path):
    table = load_table(written(tmp_path, GOOD), **ROLES, time="when", value="stars")
    assert list(table.columns) == ["user_id", "track_id", "at", "value"]
    assert table["user_id"].tolist() == ["007", "012", "007"] and table["value"].tolist() == [5, 3.5, 1]
    assert str(table["at"].dt.tz) == "UTC" and table["at"].isna().tolist() == [False, False, True]
    assert table["at"][1] == pd.Timestamp("2026-01-06 10:00", tz="UTC")
    assert list(load_table(written(tmp_path, GOOD), **ROLES).columns) == ["user_id", "track_id"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_each_separator_line_end_and_mark_of_order_is_read_alike(tmp_path, separator, ends, mark):
    text = mark + GOOD.replace(",", separator).replace("\n", ends)
    found = load_table(written(tmp_path, text), **ROLES, time="when", value="stars")
    expected = load_table(written(tmp_path, GOOD, "plain.csv"), **ROLES, time="when", value="stars")
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("name", ["张 爱玲's table.CSV", "a.b.tsv", "plays.csv.gz"])
def test_names_of_files_may_hold_what_a_system_allows(tmp_path, name):
    data = gzip.compress(GOOD.encode()) if name.endswith("gz") else GOOD
    assert len(load_table(written(tmp_path, data, name), **ROLES)) == 3


def test_a_frame_is_read_like_its_file_and_not_changed(tmp_path):
    frame = pd.DataFrame({"who": [7, 7, 12], "what": ["a", "b", "a"], "when": np.arange(3) + 1_767_571_200})
    kept = frame.copy()
    table = load_table(frame, **ROLES, time="when", unit="s")
    assert table["user_id"].tolist() == [7, 7, 12] and table["at"][0] == pd.Timestamp("2026-01-05", tz="UTC")
    pd.testing.assert_frame_equal(frame, kept)
    days = frame.assign(when=["31/12/2025", "01/02/2026", None])
    days = load_table(days, **ROLES, time="when", time_format="%d/%m/%Y")
    assert days["at"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2025-12-31", "2026-02-01"]
    other = load_table(
        frame.set_index(pd.Index([5, 5, 5])).assign(who=pd.Categorical(["x", "y", "x"])), **ROLES
    )
    assert other.index.tolist() == [0, 1, 2] and other["user_id"].tolist() == ["x", "y", "x"]


def test_a_zone_is_turned_to_utc_and_days_and_thousandths_are_counted(tmp_path):
    text = "who,what,when\na,x,2026-01-05T02:00:00+02:00\nb,y,2026-01-05T00:00:00Z\n"
    at = load_table(written(tmp_path, text), **ROLES, time="when")["at"]
    assert at[0] == at[1]
    for unit, count in (("ms", 1_767_571_200_000), ("D", 20_458)):
        frame = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "when": [count, count]})
        assert load_table(frame, **ROLES, time="when", unit=unit)["at"][0] == pd.Timestamp(
            "2026-01-05", tz="UTC"
        )


def test_parquet_is_read_or_the_package_named(tmp_path):
    path = tmp_path / "mine.parquet"
    frame = pd.DataFrame({"who": ["a", "b"], "what": [1, 2]})
    try:
        frame.to_parquet(path)
    except ImportError:
        path.write_bytes(b"PAR1 and no more")
        with pytest.raises(ValueError, match="pyarrow"):
            load_table(path, **ROLES)
        return
    assert load_table(path, **ROLES)["track_id"].tolist() == [1, 2]
    path.write_bytes(path.read_bytes()[:30])
    with pytest.raises(ValueError, match="no whole Parquet file"):
        load_table(path, **ROLES)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "mine.csv is empty"),
        ("who,what\n", "has no rows"),
        ("just one column\n1\n", "one column by its first line"),
        ("who,what\na,x,1\nb,y,2\n", "is no table"),
        ("who,who\na,x\nb,y\n", "has no column 'what'"),
        (b"who,what\n\xe9,x\nb,y\n", r"is not UTF-8 \(line 2\)"),
        (b"PK\x03\x04 and so on", "spreadsheet"),
        ("who,what\n,x\nb,y\nc,z\n", r"1 of 3 rows have no listener in 'who', first row 0"),
        ("who,what\na,x\nb, \nc,z\n", r"no item in 'what', first row 1"),
        ("who,what\na,x\na,y\n", "one listener alone, 'a'"),
        ("who,what\na,x\nb,x\n", "one item alone, 'x'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_how_to_mend_it(tmp_path, text, says):
    path = written(tmp_path, text)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=says):
        load_table(path, **ROLES)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"value": "when"}, "a value that is no number in 'when'"),
        ({"value": "empty"}, "no value in 'empty'"),
        ({"value": "comma"}, "decimals with a comma, such as '1,5'"),
        ({"value": "who"}, "'who' is named for listener= and for value="),
        ({"value": "star"}, "Did you mean value='stars'"),
        ({"time": "played"}, r"Did you mean time='date'|Name one of them"),
        ({"time": "stars"}, "Say what they count since 1970"),
        ({"time": "stars", "unit": "weeks"}, "unit='weeks' is not known"),
        ({"time": "when", "unit": "s"}, "Leave unit out"),
        ({"time": "odd"}, "2 of the times in 'odd' do not follow ISO dates"),
        ({"time": "odd", "time_format": "%Y"}, "do not follow the format '%Y'"),
        ({"time": "empty"}, "holds no time at all"),
        ({"unit": "s"}, "name its column too"),
        ({"time": "far"}, "1678 to 2261"),
    ],
)
def test_a_column_that_does_not_fit_its_role_is_refused(more, says):
    frame = pd.DataFrame(
        {
            "who": ["a", "b"],
            "what": ["x", "y"],
            "when": ["2026-01-05", "2026-01-06"],
            "stars": [3, 4],
            "comma": ["1,5", "2,0"],
            "odd": ["05/01/2026", "06/01/2026"],
            "empty": [None, None],
            "far": ["3000-01-01", "2026-01-01"],
        }
    )
    with pytest.raises(ValueError, match=says):
        load_table(frame, **ROLES, **more)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("nowhere.csv", "There is no file"),
        (".", "is a folder"),
        ("mine.xlsx", "neither CSV"),
        ([1, 2], "must be a pandas DataFrame"),
        (pd.DataFrame({"who": [1, "1"], "what": [1, 2]}), "number 1 and the text '1'"),
        (pd.DataFrame({"who": [1.5, 2], "what": [1, 2]}), "no whole number"),
        (pd.DataFrame([[1, 2, 3]] * 2, columns=["who", "who", "what"]), "several columns called 'who'"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, monkeypatch, source, says):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.xlsx").write_bytes(b"x")
    with pytest.raises(ValueError, match=says):
        load_table(source, **ROLES)


def test_ids_that_are_whole_but_stored_as_floats_become_whole():
    table = load_table(pd.DataFrame({"who": [1.0, 2.0], "what": ["x", "y"]}), **ROLES)
    assert table["user_id"].tolist() == [1, 2] and table["user_id"].dtype == np.int64


# ---- the first report ------------------------------------------------------------------------------------------------


def by_hand(rows: list[tuple]) -> dict[str, str]:
    """The same counts with loops."""
    people, items, pairs, seen, repeats, same = set(), set(), set(), [], 0, 0
    for row in rows:
        same += row in seen
        repeats += (row[0], row[1]) in pairs
        seen.append(row)
        people.add(row[0])
        items.add(row[1])
        pairs.add((row[0], row[1]))
    sizes = sorted(([row[0] for row in rows].count(one) for one in people), reverse=True)
    tenth = -(-len(people) // 10)
    gone = sum(row[2] is None for row in rows)
    return {
        "rows": f"{len(rows):,}",
        "people": str(len(people)),
        "items": str(len(items)),
        "pairs": str(len(pairs)),
        "sparsity": f"{1 - len(pairs) / (len(people) * len(items)):.2%} empty",
        "repeats": f"{repeats} ({repeats / len(rows):.1%} of the rows)",
        "exact copies": str(same),
        "heaviest tenth": f"{tenth} people hold {sum(sizes[:tenth]) / len(rows):.0%} of the rows",
        "times missing": f"{gone} ({gone / len(rows):.1%} of the rows)",
    }


@pytest.mark.parametrize("seed", range(8))
def test_each_count_is_that_of_a_loop(seed):
    rng = np.random.default_rng(seed)
    rows = [
        (
            f"u{rng.integers(2 + 3 * seed)}",
            int(rng.integers(5)),
            rng.choice([None, "2026-01-01", "2026-01-02"]),
        )
        for _ in range(int(rng.integers(2, 80)))
    ]
    rows += [("v", 98, "2026-01-01"), ("w", 99, "2026-01-02")]
    frame = pd.DataFrame(rows, columns=["who", "what", "when"])
    report = first_report(load_table(frame, **ROLES, time="when"))["figure"]
    for what, figure in by_hand(rows).items():
        assert report[what] == figure, what
    empty, repeats = first_look(list(frame["who"]), list(frame["what"]))
    assert report["sparsity"] == f"{empty:.2%} empty" and report["repeats"].startswith(f"{repeats} ")


def test_without_times_or_values_the_report_says_so():
    frame = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"]})
    bare = first_report(load_table(frame, **ROLES))
    assert (
        bare.loc["times", "figure"] == "none" and "values" not in bare.index and "from, to" not in bare.index
    )
    more = frame.assign(n=[1, 4], at=["2026-01-01", "2026-01-11"])
    whole = first_report(load_table(more, **ROLES, time="at", value="n"))
    assert whole.loc["from, to", "figure"] == "2026-01-01 to 2026-01-11, 10 days"
    assert whole.loc["values", "figure"] == "1 to 4, 2 different"
    with pytest.raises(ValueError, match="no column 'track_id'"):
        first_report(pd.DataFrame({"user_id": [1]}))


def test_published_counts_of_lastfm_and_movielens_come_out(lastfm_dir, movielens_dir):
    from recsys_helpers.datasets import load_lastfm, load_movielens

    plays = load_lastfm(lastfm_dir).plays
    report = first_report(load_table(plays, listener="user_id", item="artist_id", value="plays"))["figure"]
    assert report[["rows", "people", "items"]].tolist() == ["92,834", "1,892", "17,632"]
    assert report["repeats"] == "0 (0.0% of the rows)"
    u = Path(movielens_dir) / "u.data"
    ratings = pd.read_csv(u, sep="\t", names=["who", "what", "stars", "when"], encoding="utf-8")
    report = first_report(load_table(ratings, **ROLES, value="stars", time="when", unit="s"))["figure"]
    assert report["sparsity"] == "93.70% empty" and report["people"] == "943" and report["items"] == "1,682"
    assert report["from, to"].startswith("1997-09-20 to 1998-04-2")
    assert load_movielens(movielens_dir)
