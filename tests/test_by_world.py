"""The command that writes a table world by world: what it computes, what it passes over, and what it leaves behind."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from by_world import write_by_world

ABOUT = "A table of worlds.\n\nAnd more of it."


@pytest.fixture
def file(tmp_path):
    return tmp_path / "worlds.csv"


class Tables:
    """Two rows for each world, and which were asked for; the world `breaks` cannot be computed."""

    def __init__(self, breaks: int | None = None):
        self.asked, self.breaks = [], breaks

    def __call__(self, seed: int, users: int) -> pd.DataFrame:
        self.asked.append((seed, users))
        if seed == self.breaks:
            raise RuntimeError(f"world {seed} ended")
        return pd.DataFrame({"seed": seed, "week": [0, 1], "hours": [seed / 8, users / 8]})


def test_every_world_is_computed_once_and_in_the_order_asked_for(file, capsys):
    tables = Tables()
    assert write_by_world(ABOUT, file, (9, 7), 40, tables, []) == 0
    assert tables.asked == [(9, 40), (7, 40)]
    assert file.read_bytes() == b"seed,week,hours\n9,0,1.125\n9,1,5.0\n7,0,0.875\n7,1,5.0\n"
    assert capsys.readouterr().out == "world 9\nworld 7\nworlds.csv is written.\n"


def test_what_is_asked_for_by_the_command_comes_before_what_stands_in_it(file, tmp_path):
    tables, other = Tables(), tmp_path / "other.csv"
    write_by_world(ABOUT, file, (9, 7), 40, tables, ["--seeds", "3", "--users", "16", "--out", str(other)])
    assert tables.asked == [(3, 16)] and not file.exists()
    assert other.read_text(encoding="utf-8") == "seed,week,hours\n3,0,0.375\n3,1,2.0\n"


def test_a_world_that_is_there_is_passed_over_and_kept_as_it_is(file, capsys):
    write_by_world(ABOUT, file, (9,), 40, Tables(), [])
    before, tables = file.read_text(encoding="utf-8"), Tables()
    write_by_world(ABOUT, file, (9, 7, 7), 16, tables, [])
    assert tables.asked == [(7, 16)]
    assert file.read_text(encoding="utf-8") == before + "7,0,0.875\n7,1,2.0\n"
    assert capsys.readouterr().out == (
        "world 9\nworlds.csv is written.\n"
        "world 9 is in worlds.csv already\nworld 7\nworld 7 is in worlds.csv already\nworlds.csv is written.\n"
    )


def test_without_arguments_those_of_the_command_line_are_taken(file, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["a_command.py", "--seeds", "4"])
    write_by_world(ABOUT, file, (9,), 40, tables := Tables())
    assert tables.asked == [(4, 40)]


def test_what_was_computed_before_a_world_that_fails_is_kept_and_the_next_run_goes_on(file):
    with pytest.raises(RuntimeError, match="world 7 ended"):
        write_by_world(ABOUT, file, (9, 7, 8), 40, Tables(breaks=7), [])
    assert pd.read_csv(file)["seed"].tolist() == [9, 9]
    tables = Tables()
    write_by_world(ABOUT, file, (9, 7, 8), 40, tables, [])
    assert tables.asked == [(7, 40), (8, 40)]
    assert pd.read_csv(file)["seed"].tolist() == [9, 9, 7, 7, 8, 8]


def test_help_says_the_first_sentence(file, capsys):
    with pytest.raises(SystemExit):
        write_by_world(ABOUT, file, (9,), 40, Tables(), ["--help"])
    told = capsys.readouterr().out
    assert "A table of worlds." in told and "And more" not in told
