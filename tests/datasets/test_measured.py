"""The measured tables by name, and a sentence with the command where one is not there or not whole."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from recsys_helpers.datasets import _files, load_measured, measured

ROOT = Path(__file__).resolve().parents[2]
INDEX = json.loads((ROOT / "data" / "measured" / "index.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", INDEX)
def test_each_table_is_read_as_it_stands(file):
    there = pd.read_csv(ROOT / "data" / "measured" / file, encoding="utf-8")
    pd.testing.assert_frame_equal(load_measured(file.removesuffix(".csv")), there)
    pd.testing.assert_frame_equal(load_measured(file), there)


def test_a_table_at_another_place_is_read_too(tmp_path):
    table = pd.DataFrame({"listener": ["é", "茶"], "hours": [1.5, 2.0]})
    table.to_csv(tmp_path / "mine.csv", index=False, encoding="utf-8")
    pd.testing.assert_frame_equal(load_measured("mine", tmp_path / "mine.csv"), table)


def test_an_unknown_name_gets_the_names():
    with pytest.raises(
        ValueError,
        match=r"^There is no measured table 'als': choose among advertising, als_cost, .*online.*\.$",
    ):
        load_measured("als")


@pytest.fixture
def course(tmp_path, monkeypatch) -> Path:
    """A course of its own, whose one table is not there yet."""
    folder = tmp_path / "data" / "measured"
    folder.mkdir(parents=True)
    (folder / "index.json").write_text('{"a.csv": {"command": "make a"}}', encoding="utf-8")
    monkeypatch.setattr(measured, "course_folder", lambda: tmp_path)
    assert _files.course_folder() != tmp_path
    return folder


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, r"^There is no file data/measured/a\.csv\. "),
        (b"", r"^a\.csv is no table \(No columns to parse from file\)\. "),
        (b"\xff\xfe\x00", r"^a\.csv is no table \(.*\)\. "),
        (b'a,b\n1,2,3\n"4', r"^a\.csv is no table \(.*\)\. "),
        (b"a,b\n", r"^a\.csv is empty\. "),
    ],
)
def test_what_is_no_table_gets_its_command(course, content, sentence):
    if content is not None:
        (course / "a.csv").write_bytes(content)
    mend = (
        r"Take the shipped file again \(`git checkout data/measured/a\.csv`\), or measure anew: `make a`\.$"
    )
    with pytest.raises(ValueError, match=sentence + mend):
        load_measured("a")


@pytest.mark.parametrize("index", [None, "{", "[]", '{"a.csv": 3}', '{"a.csv": {}}'])
def test_without_its_index_the_folder_holds_no_table(course, index):
    if index is None:
        (course / "index.json").unlink()
    else:
        (course / "index.json").write_text(index, encoding="utf-8")
    (course / "a.csv").write_text("x\n1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no measured table 'a': choose among none, since .* is not there"):
        load_measured("a")
    assert load_measured("a", course / "a.csv")["x"].tolist() == [1]
