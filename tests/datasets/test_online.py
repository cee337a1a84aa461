"""The leaderboard's table: read as it stands, and refused where it is not whole."""

from __future__ import annotations

import pandas as pd
import pytest

from recsys_helpers.datasets import load_online
from recsys_helpers.datasets.online import FIGURES


@pytest.fixture
def table():
    numbers = [f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")] + ["tail"]
    row = dict.fromkeys(numbers, 0.25)
    rows = [{"seed": 1, "policy": p, "heard": h, "listeners": 9} | row for p in "ab" for h in (True, False)]
    return pd.DataFrame(rows)


def test_reads_what_was_written(table, tmp_path):
    table.to_csv(tmp_path / "x.csv", index=False)
    pd.testing.assert_frame_equal(load_online(tmp_path / "x.csv"), table)
    assert load_online()["seed"].nunique() >= 5  # the shipped one, wherever one stands


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda t: t.drop(columns="hours_low"), "no column 'hours_low'"),
        (lambda t: t.assign(hours=float("nan")), "empty or no number"),
        (lambda t: t.assign(tail="many"), "empty or no number"),
        (lambda t: t.assign(heard="perhaps"), "empty or no number"),
        (lambda t: pd.concat([t, t]), "a policy twice"),
        (lambda t: t.iloc[:0], "empty"),
    ],
)
def test_a_damaged_table_gets_a_sentence(table, tmp_path, change, sentence):
    change(table).to_csv(tmp_path / "x.csv", index=False)
    with pytest.raises(ValueError, match=sentence) as error:
        load_online(tmp_path / "x.csv")
    assert "make online" in str(error.value)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b'a,b\n1,2,3\n"4'])
def test_what_is_no_table_gets_a_sentence(tmp_path, content):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(ValueError, match="make online"):
        load_online(tmp_path / "x.csv")


def test_a_missing_file_gets_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="There is no file .*make online"):
        load_online(tmp_path / "x.csv")
