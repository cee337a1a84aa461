"""Last.fm 2k: the tables equal what a plain parse of the files says, and a damaged file is refused by name."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.datasets import lastfm, load_lastfm
from tests.datasets.damage import append, edit

pytestmark = pytest.mark.filterwarnings("error")


def parse(path, encoding="utf-8-sig"):
    """The rows of a file by the standard library, header left out."""
    with open(path, encoding=encoding, newline="") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]


def as_text(frame: pd.DataFrame) -> list[list[str]]:
    return frame.astype(str).to_numpy().tolist()


@pytest.fixture(scope="module")
def real(lastfm_dir):
    return load_lastfm(lastfm_dir)


def test_real_counts_and_the_missing_row_is_told(real):
    rows = {name: len(getattr(real, name)) for name in ("plays", "artists", "tags", "tagged", "friends")}
    assert rows == {
        "plays": 92_834,
        "artists": 17_632,
        "tags": 11_946,
        "tagged": 186_478,
        "friends": 25_434,
    }
    assert real.plays["user_id"].nunique() == 1_892
    assert real.notes == ("user_taggedartists.dat holds 186,478 rows; 186,479 were published.",)
    assert repr(real).startswith(
        "Last.fm 2k (HetRec 2011): 1,892 listeners, 17,632 artists, 92,834 play counts"
    )
    assert real.notes[0] in repr(real)


def test_real_tables_equal_a_plain_parse(real, lastfm_dir):
    assert as_text(real.plays) == parse(lastfm_dir / "user_artists.dat")
    assert as_text(real.artists) == parse(lastfm_dir / "artists.dat")
    assert as_text(real.tags) == parse(lastfm_dir / "tags.dat", encoding="latin-1")
    assert as_text(real.friends) == parse(lastfm_dir / "user_friends.dat")
    tagged = parse(lastfm_dir / "user_taggedartists.dat")
    assert as_text(real.tagged[["user_id", "artist_id", "tag_id"]]) == [row[:3] for row in tagged]
    dates = [datetime(int(y), int(m), int(d), tzinfo=UTC) for *_, d, m, y in tagged]
    assert real.tagged["at"].tolist() == dates


def test_real_quirks_that_the_documentation_states(real):
    assert (real.tagged["at"] < "2005-01-01").sum() == 5
    strangers = real.tagged.loc[~real.tagged["artist_id"].isin(real.artists["artist_id"]), "artist_id"]
    assert (len(strangers), strangers.nunique()) == (1_538, 390)
    pairs = set(real.friends.itertuples(index=False, name=None))
    assert pairs == {(b, a) for a, b in pairs}


def test_small_tables(lastfm_small):
    data = load_lastfm(lastfm_small)
    assert data.notes == ()
    assert data.plays.to_dict("list") == {
        "user_id": [2, 2, 3, 9],
        "artist_id": [1, 5, 2, 5],
        "plays": [130, 7, 1, 4000],
    }
    assert data.artists["name"].tolist() == ['"Odd" Quotes', "NA", "Björk 椎名"]
    assert data.artists["picture_url"].tolist() == ["http://x/1.jpg", "", ""]
    assert data.tags["tag"].tolist() == ["rock", "música"]
    assert data.tagged["at"].dt.strftime("%Y-%m-%d %Z").tolist() == [
        "2009-04-01 UTC",
        "2008-02-29 UTC",
        "1956-01-01 UTC",
    ]
    assert data.tagged["artist_id"].tolist() == [1, 77, 1]
    assert data.friends.to_numpy().tolist() == [[2, 9], [9, 2]]
    assert repr(data) == (
        "Last.fm 2k (HetRec 2011): 3 listeners, 3 artists, 4 play counts, 2 tags, 3 taggings, 1 friend pairs"
    )


def test_dtypes_do_not_depend_on_the_version_of_pandas(lastfm_small):
    data = load_lastfm(lastfm_small)
    assert (data.plays.dtypes == np.int64).all()
    assert str(data.tagged["at"].dtype) == "datetime64[ns, UTC]"


def test_tags_saved_anew_as_utf8_read_the_same(lastfm_small):
    path = lastfm_small / "tags.dat"
    before = load_lastfm(lastfm_small).tags
    path.write_bytes(path.read_bytes().decode("latin-1").encode("utf-8-sig"))
    pd.testing.assert_frame_equal(load_lastfm(lastfm_small).tags, before)


PLAYS, TAGGED = "user_artists.dat", "user_taggedartists.dat"
BAD = {
    "a missing file": (lambda folder: (folder / "tags.dat").unlink(), "lacks tags.dat"),
    "an empty file": (
        lambda folder: (folder / PLAYS).write_bytes(b""),
        "user_artists.dat starts with ''; its columns should be userID, artistID, weight.",
    ),
    "only a header": (
        lambda folder: (folder / PLAYS).write_bytes(b"userID\tartistID\tweight\r\n"),
        "user_artists.dat holds 0 rows; 4 were published.",
    ),
    "a wrong column": (
        edit(PLAYS, b"weight", b"count"),
        "user_artists.dat starts with 'userID\\tartistID\\tcount'; its columns should be userID, artistID, weight.",
    ),
    "no header": (edit(PLAYS, b"userID\tartistID\tweight\r\n", b""), "starts with '2\\t1\\t130'"),
    "half a file": (
        edit(PLAYS, b"3\t2\t1\r\n9\t5\t4000\r\n", b""),
        "user_artists.dat holds 2 rows; 4 were published. It is cut short or not the published file.",
    ),
    "a line cut short": (edit(PLAYS, b"9\t5\t4000\r\n", b"9\t5"), "line 5: 2 fields instead of 3."),
    "a field too many": (edit(PLAYS, b"2\t5\t7", b"2\t5\t7\t1"), "line 3: 4 fields instead of 3."),
    "a blank line": (edit(PLAYS, b"2\t5\t7\r\n", b"\r\n2\t5\t7\r\n"), "line 3: 1 fields instead of 3."),
    "one field too many, one too few": (
        edit(PLAYS, b"2\t5\t7\r\n3\t2\t1\r\n", b"2\t5\t7\t1\r\n3\t2\r\n"),
        "user_artists.dat, line 3: 4 fields instead of 3.",
    ),
    "a NaN": (
        edit(PLAYS, b"\t7\r", b"\tnan\r"),
        "line 3: plays is 'nan', and should be a whole number.",
    ),
    "an infinity": (edit(PLAYS, b"\t7\r", b"\tinf\r"), "line 3: plays is 'inf'"),
    "too large for a whole number": (edit(PLAYS, b"\t7\r", b"\t1e300\r"), "line 3: plays is '1e300'"),
    "an empty cell": (edit(PLAYS, b"\t7\r", b"\t\r"), "line 3: plays is ''"),
    "a fraction": (edit(PLAYS, b"\t7\r", b"\t7.5\r"), "line 3: plays is '7.5'"),
    "a number past int64": (edit(PLAYS, b"\t7\r", b"\t" + b"9" * 30 + b"\r"), f"plays is '{'9' * 30}'"),
    "negative plays": (
        edit(PLAYS, b"\t7\r", b"\t-7\r"),
        "line 3: plays is -7, and should be at least 1.",
    ),
    "no plays": (edit(PLAYS, b"\t7\r", b"\t0\r"), "line 3: plays is 0, and should be at least 1."),
    "a negative id": (edit(PLAYS, b"3\t2\t1", b"-3\t2\t1"), "line 4: user_id is -3"),
    "a duplicate pair": (
        edit(PLAYS, b"2\t5\t7", b"2\t1\t7"),
        "user_artists.dat, line 3: user_id 2, artist_id 1 stands in line 2 already.",
    ),
    "a duplicate id": (edit("artists.dat", b"\n2\t", b"\n1\t"), "artists.dat, line 3: artist_id 1 stands in"),
    "an unknown artist": (
        edit(PLAYS, b"2\t5\t7", b"2\t6\t7"),
        "user_artists.dat, line 3: artist_id 6 is not in artists.dat.",
    ),
    "an unknown tag": (edit(TAGGED, b"\t77\t4\t", b"\t77\t5\t"), "line 3: tag_id 5 is not in tags.dat."),
    "an unknown friend": (
        edit("user_friends.dat", b"2\t9", b"2\t8"),
        "user_friends.dat, line 2: friend_id 8 is not in user_artists.dat.",
    ),
    "a stranger who tags": (edit(TAGGED, b"\n9\t77", b"\n8\t77"), "line 3: user_id 8 is not in"),
    "month 13": (
        edit(TAGGED, b"\t2\t2008", b"\t13\t2008"),
        "line 3: month is 13, and should be from 1 to 12.",
    ),
    "a day that is not": (
        edit(TAGGED, b"\t29\t2\t2008", b"\t29\t2\t2009"),
        "line 3: there is no day 29 in month 2",
    ),
    "names in another encoding": (
        edit("artists.dat", "ö".encode(), "ö".encode("latin-1")),
        "artists.dat, line 4: not UTF-8 text",
    ),
    "a file saved as UTF-16": (
        lambda folder: (folder / "tags.dat").write_bytes("tagID\ttagValue\r\n".encode("utf-16")),
        "tags.dat holds zero bytes",
    ),
    "a block of zero bytes": (append(PLAYS, b"\0" * 512), "user_artists.dat holds zero bytes: it is damaged"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case, lastfm_small, refuses):
    damage, says = BAD[case]
    damage(lastfm_small)
    refuses(load_lastfm, lastfm_small, lastfm.SOURCE, says)
