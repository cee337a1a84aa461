"""Figures that lessons read from files: each file has one command, the lesson names it, and a row comes out again."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.extras import missing

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "measured"
INDEX = json.loads((FOLDER / "index.json").read_text(encoding="utf-8"))
KEYS = {"command", "script", "about", "lessons", "page", "row", "varies", "within", "extra"}
NOT_DATA = {"index.json", "README.md"}
SLACK = 1e-4  # of a figure that no processor should move
each_file = pytest.mark.parametrize("name", INDEX)


def stored(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / name, encoding="utf-8")


def script_of(entry: dict) -> Path:
    return ROOT / entry.get("script", entry["command"].removeprefix("python "))


def chosen(table: pd.DataFrame, key: dict) -> pd.DataFrame:
    """The rows of a table that have these values."""
    return table[np.logical_and.reduce([table[column] == value for column, value in key.items()])]


def apart(found: pd.Series, kept: pd.Series, entry: dict) -> list[str]:
    """Where two rows differ by more than the entry allows; a column under ``varies`` may hold any positive number."""
    complaints = [f"no column {name}" for name in kept.index.symmetric_difference(found.index)]
    for name in kept.index.intersection(found.index):
        ours, theirs = kept[name], found[name]
        if name in entry.get("varies", ()):
            same = theirs > 0
        elif isinstance(ours, (float, np.floating)):
            same = bool(pd.isna(ours) and pd.isna(theirs))
            same = same or abs(theirs - ours) <= entry.get("within", {}).get(name, SLACK)
        elif name in entry.get("within", {}):
            same = abs(theirs - ours) <= entry["within"][name]
        else:
            same = theirs == ours
        if not same:
            complaints.append(f"{name}: {theirs} instead of {ours}")
    return complaints


def test_each_file_is_registered_and_each_entry_has_its_file():
    there = {path.name for path in FOLDER.iterdir()} - NOT_DATA
    assert there == set(INDEX)
    for name, entry in INDEX.items():
        assert set(entry) <= KEYS and entry["about"] and (entry["lessons"] or "page" in entry), name


@each_file
def test_the_command_is_there_and_writes_this_file(name):
    script = script_of(INDEX[name])
    text = script.read_text(encoding="utf-8")
    assert re.search(r"^def row\(\) -> ", text, re.MULTILINE), f"{script.name} computes no row anew"
    assert f'"{name}"' in text and '"measured"' in text
    target = re.fullmatch(r"make (\w+)", INDEX[name]["command"])
    if target:
        makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
        recipe = re.search(rf"^{target[1]}:.*\n\t(.*)", makefile, re.MULTILINE)
        assert script.relative_to(ROOT).as_posix() in recipe[1]


@each_file
def test_the_named_row_is_one_row_of_the_file(name):
    assert len(chosen(stored(name), INDEX[name]["row"])) == 1
    assert set(INDEX[name].get("within", {})) | set(INDEX[name].get("varies", ())) <= set(stored(name))


@each_file
def test_the_lessons_that_read_it_name_its_command_and_no_others_read_it(name):
    reading = {}
    for path in (ROOT / "notebooks" / "source").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        ways = (f'"{name}"', f"measured/{name}", f'load_measured("{Path(name).stem}")')
        read = any(way in text for way in ways) or (name == "online.csv" and "load_online()" in text)
        reading[path.stem[:2]] = (read, INDEX[name]["command"] in " ".join(text.split()))
    assert [number for number, (read, _) in sorted(reading.items()) if read] == INDEX[name]["lessons"]
    for number in INDEX[name]["lessons"]:
        assert reading[number][1], (
            f"lesson {number} does not say that `{INDEX[name]['command']}` writes {name}"
        )


@pytest.mark.parametrize("name", [name for name, entry in INDEX.items() if "page" in entry])
def test_the_page_that_shows_it_names_its_command(name):
    assert INDEX[name]["command"] in (ROOT / INDEX[name]["page"]).read_text(encoding="utf-8")


@pytest.mark.slow
@each_file
def test_the_named_row_comes_out_again(name, monkeypatch):
    if lack := missing(INDEX[name]["extra"]) if "extra" in INDEX[name] else "":
        pytest.skip(f"{INDEX[name]['extra']}: {lack}")
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    module = importlib.import_module(script_of(INDEX[name]).stem)
    assert Path(module.__file__).parent == ROOT / "benchmarks"
    found = chosen(module.row(), INDEX[name]["row"])
    assert len(found) == 1
    assert not apart(found.iloc[0], chosen(stored(name), INDEX[name]["row"]).iloc[0], INDEX[name])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({}, ""),
        ({"value": 0.50001}, ""),
        ({"value": 0.51}, "value: 0.51 instead of 0.5"),
        ({"value": float("nan")}, "value: nan"),
        ({"loose": 4}, ""),
        ({"loose": 7}, "loose: 7 instead of 3"),
        ({"model": "b"}, "model: b instead of a"),
        ({"seconds": 99.0}, ""),
        ({"seconds": 0.0}, "seconds: 0.0"),
        ({"empty": 1.0}, "empty: 1.0 instead of nan"),
        ({"new": 1}, "no column new"),
    ],
)
def test_a_row_that_differs_is_told(change, complaint):
    kept = {"model": "a", "value": 0.5, "loose": 3, "seconds": 2.0, "empty": float("nan")}
    found = apart(
        pd.Series(kept | change, dtype=object),
        pd.Series(kept, dtype=object),
        {"varies": ["seconds"], "within": {"loose": 2}},
    )
    assert len(found) == bool(complaint) and all(complaint in line for line in found)
