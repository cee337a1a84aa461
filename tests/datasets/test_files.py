"""Where files are looked for, and that reading a table loses nothing."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers.datasets import _files, load_lastfm, load_movielens, movielens
from recsys_helpers.datasets._files import ID, TEXT, Table, check_count


def mark(folder: Path, rating: int) -> Path:
    """Makes a copy of the data recognisable: its first rating."""
    data = (folder / "u.data").read_bytes()
    (folder / "u.data").write_bytes(data.replace(b"1\t2\t3\t", b"1\t2\t%d\t" % rating))
    return folder


def first_rating(path=None) -> int:
    return int(load_movielens(path).ratings["rating"][0])


@pytest.fixture
def everywhere(movielens_small, cache, tmp_path, monkeypatch):
    """The data at all three places: 3 stars where a path is given, 2 under $RECSYS_DATA, 1 in the cache."""
    mark(Path(shutil.copytree(movielens_small, tmp_path / "shared" / "ml-100k")), 2)
    mark(Path(shutil.copytree(movielens_small, cache / "ml-100k")), 1)
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "shared"))
    return movielens_small


def test_the_path_goes_first_then_the_variable_then_the_cache(everywhere, tmp_path, monkeypatch):
    assert first_rating(everywhere) == 3
    assert first_rating(str(everywhere)) == 3
    assert first_rating(everywhere.parent) == 3
    assert first_rating() == 2
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "shared" / "ml-100k"))
    assert first_rating() == 2
    for nothing in ("", str(tmp_path / "no such folder"), str(tmp_path)):
        monkeypatch.setenv("RECSYS_DATA", nothing)
        assert first_rating() == 1
    monkeypatch.delenv("RECSYS_DATA")
    assert first_rating() == 1


def test_a_zip_unpacked_into_a_folder_of_its_own_name_is_found(movielens_small, lastfm_small, cache):
    shutil.copytree(movielens_small, cache / "ml-100k" / "ml-100k")
    shutil.copytree(lastfm_small, cache / "hetrec2011-lastfm-2k")
    assert first_rating() == 3
    assert len(load_lastfm().plays) == 4


def test_a_path_that_is_given_never_falls_back(everywhere, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ValueError, match="holds none of the files. Give the folder that holds u.data"):
        load_movielens(empty)
    with pytest.raises(ValueError, match="There is no folder .*nowhere. Give the folder that holds u.data"):
        load_movielens(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="u.data is a file. Give the folder that holds u.data"):
        load_movielens(everywhere / "u.data")


def test_half_a_data_set_under_the_variable_is_refused_not_passed_over(everywhere, tmp_path):
    (tmp_path / "shared" / "ml-100k" / "u.user").unlink()
    with pytest.raises(ValueError, match=r"ml-100k holds some files of MovieLens 100K but lacks u\.user"):
        load_movielens()


def test_a_damaged_copy_in_the_cache_is_refused_with_the_way_out(movielens_small, cache):
    folder = Path(shutil.copytree(movielens_small, cache / "ml-100k"))
    (folder / "u.data").write_bytes(b"1\t2\t3\t881250949\n")
    with pytest.raises(
        ValueError, match=r"u\.data holds 1 rows.*Delete .*ml-100k and load again: it is then fetched"
    ):
        load_movielens()


def test_the_cache_is_the_course_s():
    course = Path(__file__).resolve().parents[2]
    assert _files.course_folder() == course
    assert _files.cache_folder() == course / "data" / "cache"


def test_installed_apart_from_the_course_the_cache_is_that_of_the_course_one_stands_in(tmp_path, monkeypatch):
    monkeypatch.setattr(
        _files, "__file__", str(tmp_path / "site-packages" / "recsys_helpers" / "datasets" / "x.py")
    )
    for name in ("notebooks/source", "recsys_helpers"):
        (tmp_path / "course" / name).mkdir(parents=True)
    for here, course in (("course/notebooks/source", "course"), ("course", "course"), (".", ".")):
        monkeypatch.chdir(tmp_path / here)
        assert _files.course_folder() == (tmp_path / course).resolve()


def test_counts_off_by_a_hair_are_told_and_off_by_more_are_refused():
    assert check_count("x.dat", 1000, 1000) == []
    assert check_count("x.dat", 999, 1000) == ["x.dat holds 999 rows; 1,000 were published."]
    assert check_count("x.dat", 1001, 1000) == ["x.dat holds 1,001 rows; 1,000 were published."]
    for found in (0, 998, 1002):
        with pytest.raises(
            ValueError, match=f"x.dat holds {found:,} rows; 1,000 were published. It is cut short"
        ):
            check_count("x.dat", found, 1000)
    with pytest.raises(ValueError, match="942 people; 943 were published"):
        check_count("x.dat", 942, 943, "people")


def test_the_note_about_a_hair_reaches_the_learner(movielens_small, monkeypatch):
    data = b"".join(b"%d\t%d\t3\t0\n" % (n % 2 + 1, n // 2 + 1) for n in range(1999))
    (movielens_small / "u.data").write_bytes(data)
    items = "".join(f"{n}|t|||u|0|0|1\n" for n in range(1, 1001))
    (movielens_small / "u.item").write_text(items, encoding="latin-1")
    counts = {"ratings": 2000, "items": 1000, "users": 2, "genres": 3}
    loaded = movielens._read(movielens_small, counts)
    assert loaded.notes == ("u.data holds 1,999 rows; 2,000 were published.",)
    assert repr(loaded) == (
        "MovieLens 100K: 1,999 ratings, 1,000 films, 2 people\nNote: u.data holds 1,999 rows; 2,000 were published."
    )


# ---- no row is lost, whatever the file's ending, mark, quotes or letters -------------------------------------

NUMBERS = st.integers(0, 10**18 - 1)
LETTERS = st.characters(exclude_characters="\t\r\n\0", exclude_categories=["Cs"])
ODD = (
    "\"',;#\\ \x1a\x85\u2028\ufeff"  # what other readers take for quotes, comments, ends of lines or of files
)
TEXTS = st.text(st.sampled_from(ODD) | LETTERS, max_size=8)
INNER = st.text(st.sampled_from(ODD + "\r") | LETTERS, max_size=8)  # where no line can end
LATIN = st.text(st.characters(exclude_characters="\t\r\n\0", max_codepoint=255), max_size=8)


def written(rows, *, header, ending, last_ending, encoding):
    lines = ["\t".join(map(str, row)) for row in rows]
    if header is not None:
        lines.insert(0, header)
    return (ending.join(lines) + (ending if last_ending else "")).encode(encoding)


def round_trip(content: bytes, **layout) -> list[list]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.dat").write_bytes(content)
        columns = {"id": ID, "one": TEXT, "number": ID, "two": TEXT}
        frame = Table("x.dat", 0, columns, **layout).read(Path(folder))
        assert list(frame.columns) == list(columns)
        return frame.to_numpy(dtype=object).tolist()


def numbered(rows):
    """Ids that differ, since a table refuses the same id twice."""
    return [[n, *row] for n, row in enumerate(rows)]


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(INNER, NUMBERS, TEXTS), max_size=8).map(numbered),
    header=st.sampled_from([None, "id\ta\tb\tc"]),
    ending=st.sampled_from(["\n", "\r\n"]),
    last_ending=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig"]),
)
def test_every_row_comes_back(rows, header, ending, last_ending, encoding):
    content = written(rows, header=header, ending=ending, last_ending=last_ending, encoding=encoding)
    assert round_trip(content, header=header) == rows


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(LATIN, NUMBERS, LATIN), max_size=8).map(numbered),
    ending=st.sampled_from(["\n", "\r\n"]),
    last_ending=st.booleans(),
)
def test_every_row_comes_back_from_latin1(rows, ending, last_ending):
    rows = [*rows, [len(rows), "fußball", 1, "é"]]  # as the published files, no text that could be UTF-8 too
    content = written(rows, header=None, ending=ending, last_ending=last_ending, encoding="latin-1")
    assert round_trip(content, latin1=True) == rows


@settings(deadline=None)
@given(rows=st.lists(st.tuples(TEXTS, NUMBERS, TEXTS), min_size=1, max_size=6).map(numbered), data=st.data())
def test_a_lost_or_an_extra_tab_is_never_read_as_something_else(rows, data):
    content = written(rows, header=None, ending="\n", last_ending=True, encoding="utf-8")
    tabs = [m.start() for m in re.finditer(b"\t", content)]
    at = data.draw(st.sampled_from(tabs))
    mended = data.draw(st.sampled_from([b"", b"\t\t", b" "]))
    with pytest.raises(ValueError, match="fields instead of 4"):
        round_trip(content[:at] + mended + content[at + 1 :])
