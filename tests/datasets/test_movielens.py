"""MovieLens 100K: the tables equal what a plain parse of the files says, and a damaged file is refused by name."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pandas as pd
import pytest

from recsys_helpers.datasets import load_movielens, movielens
from tests.datasets.damage import edit


def parse(path, delimiter):
    with open(path, encoding="latin-1", newline="") as file:
        return [row for row in csv.reader(file, delimiter=delimiter, quoting=csv.QUOTE_NONE) if row]


@pytest.fixture(scope="module")
def real(movielens_dir):
    return load_movielens(movielens_dir)


def test_real_counts(real):
    assert (len(real.ratings), len(real.items), len(real.users)) == (100_000, 1_682, 943)
    assert real.notes == ()
    assert repr(real) == "MovieLens 100K: 100,000 ratings, 1,682 films, 943 people"


def test_real_tables_equal_a_plain_parse(real, movielens_dir):
    ratings = parse(movielens_dir / "u.data", "\t")
    assert real.ratings[["user_id", "item_id", "rating"]].astype(str).to_numpy().tolist() == [
        row[:3] for row in ratings
    ]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert ((real.ratings["at"] - epoch) // pd.Timedelta("1s")).tolist() == [int(row[3]) for row in ratings]
    assert real.users.astype(str).to_numpy().tolist() == parse(movielens_dir / "u.user", "|")

    genres = [name for name, _ in parse(movielens_dir / "u.genre", "|")]
    for ours, (item, title, released, _, url, *flags) in zip(
        real.items.itertuples(), parse(movielens_dir / "u.item", "|"), strict=True
    ):
        assert (str(ours.item_id), ours.title, ours.url) == (item, title, url)
        assert ours.genres.split("|") == [g for g, flag in zip(genres, flags, strict=True) if flag == "1"]
        if released:
            assert ours.released == datetime.strptime(released, "%d-%b-%Y")
        else:
            assert ours.released is pd.NaT
    assert real.items["genres"].str.get_dummies().shape == (1_682, 19)


def test_real_quirks_that_the_documentation_states(real):
    assert real.items.loc[real.items["released"].isna(), ["item_id", "title"]].to_numpy().tolist() == [
        [267, "unknown"]
    ]
    assert real.items["title"].duplicated().sum() == 18
    assert real.items["title"].value_counts().max() == 2
    assert real.ratings["at"].min() >= pd.Timestamp("1997-09-19", tz="UTC")  # as its README says
    assert real.ratings["at"].max() < pd.Timestamp("1998-04-24", tz="UTC")


def test_small_tables(movielens_small):
    data = load_movielens(movielens_small)
    assert data.ratings["at"].dt.strftime("%Y-%m-%d %H:%M:%S %Z").tolist() == [
        "1997-12-04 15:55:49 UTC",
        "1970-01-01 00:00:00 UTC",
        "1998-04-22 23:10:38 UTC",
    ]
    assert data.ratings["rating"].tolist() == [3, 5, 1]
    assert data.items["title"].tolist() == ["Épée, L' (1995)", "unknown"]
    assert data.items["genres"].tolist() == ["Children's|Sci-Fi", "unknown"]
    assert data.items["released"].isna().tolist() == [False, True]
    assert data.users["zip_code"].tolist() == ["00123", "T8H1N"]
    assert data.users["occupation"].tolist() == ["technician", "none"]
    assert str(data.ratings["at"].dtype) == "datetime64[ns, UTC]"
    assert str(data.items["released"].dtype) == "datetime64[ns]"


def test_dates_do_not_depend_on_the_locale(movielens_small):
    import locale

    before = locale.setlocale(locale.LC_ALL)
    for name in ("de_DE.UTF-8", "zh_CN.UTF-8", "C"):
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            continue
        try:
            assert load_movielens(movielens_small).items["released"][0] == pd.Timestamp("1995-01-01")
        finally:
            locale.setlocale(locale.LC_ALL, before)


BAD = {
    "a missing file": (lambda folder: (folder / "u.genre").unlink(), "lacks u.genre"),
    "half the ratings": (
        edit("u.data", b"2\t2\t1\t893286638\n", b""),
        "u.data holds 2 rows; 3 were published.",
    ),
    "six stars": (
        edit("u.data", b"\t5\t", b"\t6\t"),
        "u.data, line 2: rating is 6, and should be from 1 to 5.",
    ),
    "half a star": (
        edit("u.data", b"\t5\t", b"\t4.5\t"),
        "line 2: rating is '4.5', and should be a whole number.",
    ),
    "a missing rating": (edit("u.data", b"\t5\t", b"\tNaN\t"), "line 2: rating is 'NaN'"),
    "rated twice": (
        edit("u.data", b"2\t1\t5", b"1\t2\t5"),
        "line 2: user_id 1, item_id 2 stands in line 1 already.",
    ),
    "an unknown film": (edit("u.data", b"2\t1\t5", b"2\t9\t5"), "line 2: item_id 9 is not in u.item."),
    "an unknown person": (edit("u.data", b"2\t1\t5", b"7\t1\t5"), "line 2: user_id 7 is not in u.user."),
    "commas for tabs": (edit("u.data", b"1\t2\t3\t", b"1,2,3,"), "u.data, line 1: 1 fields instead of 4."),
    "a title with a pipe": (
        edit("u.item", b"unknown|", b"un|known|"),
        "u.item, line 2: 9 fields instead of 8.",
    ),
    "a genre that is 2": (
        edit("u.item", b"|0|1|1", b"|0|2|1"),
        "line 1: Children's is 2, and should be from 0 to 1.",
    ),
    "a month in German": (
        edit("u.item", b"01-Jan", b"01-Mai"),
        "line 1: '01-Mai-1995' is not a date like 01-Jan",
    ),
    "a far date": (
        edit("u.item", b"01-Jan-1995", b"01-Jan-9999"),
        "u.item, line 1: '01-Jan-9999' lies outside the years 1678 to 2261.",
    ),
    "31 February": (edit("u.item", b"01-Jan", b"31-Feb"), "u.item, line 1: '31-Feb-1995' is not a date"),
    "a negative age": (edit("u.user", b"|24|", b"|-24|"), "u.user, line 1: age is -24"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case, movielens_small, refuses):
    damage, says = BAD[case]
    damage(movielens_small)
    refuses(load_movielens, movielens_small, movielens.SOURCE, says)
