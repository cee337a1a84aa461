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
    who = "1 person holds" if tenth == 1 else f"{tenth} people hold"
    gone = sum(row[2] is None for row in rows)
    return {
        "rows": f"{len(rows):,}",
        "people": str(len(people)),
        "items": str(len(items)),
        "pairs": str(len(pairs)),
        "sparsity": f"{1 - len(pairs) / (len(people) * len(items)):.2%} empty",
        "repeats": f"{repeats} ({repeats / len(rows):.1%} of the rows)",
        "exact copies": str(same),
        "heaviest tenth": f"{who} {sum(sizes[:tenth]) / len(rows):.0%} of the rows",
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


# ---- what is asked beside each figure --------------------------------------------------------------------------------


def report_of(*rows, **more):
    table = pd.DataFrame(rows, columns=["user_id", "track_id", *more.get("columns", [])])
    return first_report(table)


def test_the_first_report_asks_what_its_figures_raise():
    said = report_of(("a", "x"), ("a", "y"), ("b", "x"))
    assert list(said) == ["figure", "ask"] and said.index.name == "what"
    assert said.index.tolist() == [
        "rows",
        "people",
        "items",
        "pairs",
        "sparsity",
        "repeats",
        "exact copies",
        "rows per person",
        "heaviest tenth",
        "times",
    ]
    assert said["ask"].tolist() == [
        "Is that all of them? Compare with what you were promised.",
        "An interval runs over these, not over rows.",
        "How many of them could be recommended today?",
        "A model learns one cell from each.",
        "Why are they empty: not liked, or never met?",
        "One row a pair: a rating, or a count that somebody else made.",
        "No row is there twice.",
        "Who has too few to be graded?",
        "A mean over rows is mostly theirs.",
        "No split by time: say what a split by lot cannot show.",
    ]
    assert said.loc["rows per person", "figure"] == "median 1.5, most 2"
    again = report_of(("a", "x"), ("a", "x"), ("b", "x"))
    assert again.loc["repeats", "ask"] == "A list of new things and one that may repeat are two questions."
    assert again.loc["exact copies", "ask"] == "Without times a copy and a second play look alike."


def test_the_first_report_asks_of_times_and_values():
    moments = pd.to_datetime(["2026-01-01", "2026-01-01", None], utc=True)
    rows = [("a", "x", moments[0], 2.0), ("a", "x", moments[1], 2.0), ("b", "x", moments[2], 2.0)]
    said = report_of(*rows, columns=["at", "value"])
    assert said.loc["exact copies", "ask"] == (
        "The same person, item and moment twice: a retry, or a clock of whole days?"
    )
    assert said.loc["times missing"].tolist() == [
        "1 (33.3% of the rows)",
        "Whose are they? Leave them out of a split by time, and count whom that costs.",
    ]
    assert said.loc["from, to"].tolist() == [
        "2026-01-01 to 2026-01-01, 0 days",
        "Where to cut, so that both sides are long?",
    ]
    assert said.loc["values"].tolist() == ["2 to 2, 1 different", "All alike: they say nothing."]
    said = report_of(("a", "x", moments[0], 1.0), ("b", "x", moments[1], 2.5), columns=["at", "value"])
    assert said.loc["times missing"].tolist() == ["0 (0.0% of the rows)", "Every row has a time."]
    assert said.loc["values"].tolist() == [
        "1 to 2.5, 2 different",
        "What does the smallest mean: disliked, or little heard?",
    ]
    none = report_of(("a", "x", pd.NaT), ("b", "x", pd.NaT), columns=["at"])
    assert "from, to" not in none.index and none.loc["times missing", "figure"] == "2 (100.0% of the rows)"


# ---- what is said to a table that cannot be read ---------------------------------------------------------------------


def refused(*arguments, **more):
    with pytest.raises(ValueError) as error:
        load_table(*arguments, **more)
    return str(error.value)


def test_a_file_that_cannot_be_read_is_named_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert refused([1, 2], **ROLES).startswith("source must be a pandas DataFrame")
    (tmp_path / "folder.csv").mkdir()
    assert (
        refused("folder.csv", **ROLES) == "folder.csv is a folder. Give the file in it that holds the table."
    )
    assert refused("no.csv", **ROLES) == (
        f"There is no file no.csv. Put the table there, or give its whole path; this runs in {tmp_path}."
    )
    for name in ("mine.xlsx", "mine", "mine.csv.zip", "mine.gz", "mine.json.gz"):
        written(tmp_path, "x", name)
        assert refused(name, **ROLES) == (
            f"{name} is neither CSV (.csv, .tsv, .txt, .dat, also with .gz) nor Parquet (.parquet, .pq). In a "
            "spreadsheet, save it as CSV UTF-8."
        )
    whole = gzip.compress(GOOD.encode())
    for broken in (whole[:-9], b"not gzip", whole[:12] + b"\x00\xff\x00" + whole[15:]):
        written(tmp_path, broken, "mine.csv.gz")
        assert refused("mine.csv.gz", **ROLES) == (
            "mine.csv.gz is no whole gzip file: fetch or compress it anew."
        )
    for text, says in (
        (b"PK\x03\x04", "is a spreadsheet or a zip archive by its content. Save the table as CSV UTF-8."),
        (" \n", "is empty."),
        (
            "one\n1\n",
            "has one column by its first line, 'one'. Columns are separated by a comma, a semicolon, a tab or |, and "
            "the first line names them.",
        ),
        ("who,what\n", "has no rows below its names: there is nothing to work on."),
        (
            b"who,what\na,b\n\xe9,x\n",
            "is not UTF-8 (line 3). Save it as CSV UTF-8, or read it yourself with its encoding and give the frame: "
            "load_table(pd.read_csv(path, encoding='gb18030'), …), or 'cp1252', 'utf-16'.",
        ),
    ):
        path = written(tmp_path, text)
        assert refused(path, **ROLES) == f"mine.csv {says}"
    for text in ("who,what\na,x\nb,y,2\n", "who,what\na,x,1\nb,y,2\n", 'who,what\n"a,x\n'):
        said = refused(written(tmp_path, text), **ROLES)
        assert (
            ".." not in said
            and said.startswith("mine.csv is no table: ")
            and said.endswith(
                'Each line needs as many cells as the first; a cell that holds the separator stands in "quotes".'
            )
        )


def test_a_cell_in_quotes_may_hold_the_separator_and_words_for_nothing_are_words(tmp_path):
    text = 'who;what\n"a; b";NA\n"c, d";null\n'
    table = load_table(written(tmp_path, text), **ROLES)
    assert table["user_id"].tolist() == ["a; b", "c, d"] and table["track_id"].tolist() == ["NA", "null"]
    for name in ("mine.txt", "mine.dat", "mine.TSV"):
        assert len(load_table(written(tmp_path, "\n\nwho\twhat\n a \tx\nb\t y\n", name), **ROLES)) == 2
    spaced = load_table(tmp_path / "mine.txt", **ROLES)
    assert spaced["user_id"].tolist() == ["a", "b"] and spaced["track_id"].tolist() == ["x", "y"]


FRAME = pd.DataFrame(
    {
        "who": ["a", "b", "c"],
        "what": ["x", "y", "x"],
        "stars": [3.0, np.nan, 4.0],
        "text": ["3", "many", "4"],
        "comma": ["1,5", "2", "-2,0"],
        "when": ["2026-01-05", None, "06/01/2026"],
        "count": [5, 6, 7],
        "moment": pd.to_datetime(["2026-01-05"] * 3),
        "half": [1.0, 2.5, 3.0],
    },
    index=[10, 11, 12],
)
MEND = "Find out why before you drop or mend them, then give load_table the frame itself: "
INSTEAD = "instead, or mend these rows and give load_table the frame itself."


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"value": "stars"},
            f"1 of 3 rows have no value in 'stars', first row 1 (from 0). {MEND}`table.dropna(subset=['stars'])`.",
        ),
        (
            {"value": "text"},
            "1 of 3 rows have a value that is no number in 'text', first row 1 (from 0), 'many'. Name the column that "
            f"holds numbers {INSTEAD}",
        ),
        (
            {"value": "comma"},
            "'comma' writes decimals with a comma, such as '1,5'. Write them with a point, or read the file with "
            "pd.read_csv(path, sep=';', decimal=',') and give the frame.",
        ),
        (
            {"listener": "half"},
            "1 of 3 rows have an id of a listener that is no whole number in 'half', first row 1 (from 0), 2.5. Name "
            f"the column that holds ids {INSTEAD}",
        ),
        (
            {"item": "when"},
            f"1 of 3 rows have no item in 'when', first row 1 (from 0). {MEND}`table.dropna(subset=['when'])`.",
        ),
        (
            {"time": "count"},
            "'count' holds numbers, such as 5. Say what they count since 1970: unit='s' for seconds, 'ms' for "
            "thousandths, 'D' for days.",
        ),
        (
            {"time": "when", "unit": "s"},
            "unit='s' is for numbers, and row 0 of 'when' holds '2026-01-05'. Leave unit out.",
        ),
        (
            {"time": "moment", "unit": "s"},
            "'moment' holds dates, which have a unit already: leave unit='s' out.",
        ),
        (
            {"time": "when"},
            "1 of the times in 'when' do not follow ISO dates, such as 2025-12-31 or 2025-12-31T18:05:00Z; the first "
            "is '06/01/2026' in row 2. Say how they are written, time_format='%d/%m/%Y' for 31/12/2025, or leave such "
            "cells empty.",
        ),
        (
            {"time": "when", "time_format": "%d/%m/%Y"},
            "1 of the times in 'when' do not follow the format '%d/%m/%Y'; the first is '2026-01-05' in row 0. Say how "
            "they are written, time_format='%d/%m/%Y' for 31/12/2025, or leave such cells empty.",
        ),
    ],
)
def test_a_column_is_refused_with_its_rows_and_what_to_do(given, says):
    assert refused(FRAME, **(ROLES | given)) == f"The table: {says}"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (
            {"value": "star"},
            "The table has no column 'star'. It has: who, what, stars, text, comma, when, count, moment, half. Did you "
            "mean value='stars'?",
        ),
        ({"time": "zeit"}, " Name one of them: time='…'."),
        ({"value": "who"}, "'who' is named for listener= and for value=: they are two columns."),
        ({"unit": "s"}, "unit and time_format say how to read a time: name its column too, time='…'."),
        (
            {"time_format": "%Y"},
            "unit and time_format say how to read a time: name its column too, time='…'.",
        ),
        ({"time": "count", "unit": "weeks"}, "unit='weeks' is not known: choose one of "),
    ],
)
def test_names_and_options_are_refused_with_what_to_write(given, says):
    assert says in refused(FRAME, **(ROLES | given))


def test_what_columns_are_often_called_is_proposed_whatever_its_capitals():
    frame = pd.DataFrame(
        {" Customer_ID ": ["a", "b"], "Song": ["x", "y"], "Played_At": [1, 2], "Plays": [1, 2]}
    )
    assert refused(frame, listener="who", item="Song").endswith("Did you mean listener=' Customer_ID '?")
    named = {"listener": " Customer_ID "}
    assert refused(frame, **named, item="what").endswith("Did you mean item='Song'?")
    named |= {"item": "Song"}
    assert refused(frame, **named, time="when").endswith("Did you mean time='Played_At'?")
    assert refused(frame, **named, value="n").endswith("Did you mean value='Plays'?")
    assert refused(frame, **named, value=" PLAY ").endswith("Did you mean value='Plays'?")
    empty = pd.DataFrame(index=[0, 1])
    assert "It has: none." in refused(empty, **ROLES)
    twice = pd.DataFrame([[1, 2, 3]] * 2, columns=["who", "who", "what"])
    assert refused(twice, **ROLES) == (
        "The table has several columns called 'who': rename or drop all but one."
    )
    assert refused(FRAME.assign(what="x"), **ROLES) == (
        "The table: the column 'what' holds one item alone, 'x'. A recommender needs several: is it the right column "
        "for item=?"
    )
    assert refused(FRAME.assign(when=None), **ROLES, time="when") == (
        "The table: the column 'when' holds no time at all. Leave time= out, or name another column."
    )


def test_times_are_read_as_their_unit_counts_them():
    """Fractions of a unit too, texts that hold numbers, and what is too large to be exact as a float."""
    second = pd.Timestamp("2026-01-05 00:00:01.5", tz="UTC")

    def first(times, **more):
        frame = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "when": times})
        return load_table(frame, **ROLES, time="when", **more)["at"][0]

    assert first([1_767_571_201.5, 1.0], unit="s") == second
    assert first(["1767571201", "1"], unit="s") == second.floor("s")
    assert first(["1767571201.5", None], unit="s") == second
    assert first(["20260105", "20260106"], time_format="%Y%m%d") == second.floor("D")
    assert first([" 2026-01-05T00:00:01.5 ", None]) == second
    exact = pd.Timestamp(
        "2026-01-05 00:00:01.500001", tz="UTC"
    )  # a missing one makes floats of whole numbers
    assert first([1_767_571_201_500_001.0, None], unit="us") == exact
    exact = pd.Timestamp(
        "2026-01-05 00:00:01.500001", tz="UTC"
    )  # a missing one makes floats of whole numbers
    assert first([1_767_571_201_500_001.0, None], unit="us") == exact
    assert first(pd.to_datetime(["2026-01-05T02:00:01.5+02:00", None], utc=True)) == second


def test_values_written_as_texts_and_whole_numbers_become_numbers():
    frame = pd.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "n": [" 3", "4.5"], "whole": [1, 2]})
    assert load_table(frame, **ROLES, value="n")["value"].tolist() == [3.0, 4.5]
    whole = load_table(frame, **ROLES, value="whole")["value"]
    assert whole.dtype == np.float64 and whole.tolist() == [1.0, 2.0]


def test_a_file_that_may_not_be_read_is_named_with_the_systems_reason(tmp_path, monkeypatch):
    def refuses(self):
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, GOOD)
    monkeypatch.setattr(Path, "read_bytes", refuses)
    assert refused(path, **ROLES) == (
        "mine.csv cannot be read (Permission denied). Is it open in another program?"
    )


def test_what_pandas_says_of_a_line_is_passed_on(tmp_path):
    said = refused(written(tmp_path, "who,what\na,x\nb,y,2\n"), **ROLES)
    assert said.startswith("mine.csv is no table: Error tokenizing data") and "line 3, saw 3" in said


def test_categories_become_what_they_are_of():
    frame = pd.DataFrame({"who": pd.Categorical(["x", "y"]), "what": pd.Categorical([1, 2])})
    table = load_table(frame, **ROLES)
    assert not any(isinstance(kind, pd.CategoricalDtype) for kind in table.dtypes)
    assert table["track_id"].tolist() == [1, 2]


@pytest.mark.parametrize("text", ["3000-01-01", "3000-13-45", "1500-01-01"])
def test_a_year_out_of_range_is_named_with_its_row_whether_or_not_the_day_is_one(text):
    assert refused(FRAME.assign(when=["2026-01-05", None, text]), **ROLES, time="when") == (
        "The table: 'when' lies outside the years 1678 to 2261 in 1 row(s), first at row 2. Drop such rows or fill "
        "them in."
    )
