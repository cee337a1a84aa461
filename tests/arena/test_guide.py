"""The page on the Arena: its code runs as it stands, and what it names is there and is the default."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from recsys_helpers.arena import Game, Rules
from recsys_helpers.arena.cli import OPTIONS
from recsys_helpers.arena.server import application
from tests.pages import page, run_python_of

PAGE = page("arena.md")


def test_the_code_of_the_page_runs(capsys):
    count, names = run_python_of("arena.md")
    said = capsys.readouterr().out
    assert count == 1 and "week 1 of 2 is open" in said and "Two own, eight popular" in said
    assert names["game"].over


def test_what_a_player_can_call_is_there():
    shown = set(re.findall(r"`game\.(\w+)", PAGE))
    attributes = {"listeners", "users", "tracks", "rules"}
    assert shown - attributes <= set(vars(Game))
    public = {name for name in vars(Game) if not name.startswith("_")}
    assert public <= shown


def test_every_option_and_default_is_as_the_page_says():
    rules = Rules()
    for name in OPTIONS:
        assert f"--{name}" in PAGE
    assert f"| accounts | {rules.users} |" in PAGE and f"| weeks | {rules.weeks} |" in PAGE
    assert f"| heard | at most {rules.heard} of a list" in PAGE and f"| boredom | {rules.boredom} " in PAGE
    assert f"| habit, keen | {rules.habit:g}, {rules.keen:g} |" in PAGE and "| log | none |" in PAGE


def test_every_address_of_the_protocol_is_there():
    rules = application(None, []).wildcard_router.rules
    patterns = [rule.matcher.regex for rule in rules]
    for path in re.findall(r"`(?:GET|POST) (/[^`?\s]*)", PAGE):
        assert any(pattern.match(path) for pattern in patterns), path


def test_what_the_page_says_of_fairness_is_what_the_file_holds():
    measured = pd.read_csv(Path(__file__).resolve().parents[2] / "data" / "measured" / "arena.csv")
    found = measured.groupby(["users", "weeks"]).agg(["mean", "count"])
    rows = re.findall(r"^\| ([\d,]+) \| (\d) \| (\d+) \|(.*)\|$", PAGE, flags=re.MULTILINE)
    assert len(rows) == len(found) == 9 and "means over twenty worlds" in PAGE
    names = ["tau", "not_told_apart", "same_place_of_5", "same_place_of_42", "places_apart_of_42"]
    for users, weeks, worlds, cells in rows:
        of = found.loc[(int(users.replace(",", "")), int(weeks))]
        assert int(worlds) == of[("tau", "count")] == 20
        forms = ("{:.2f}", "{:.0%}", "{:.0%}", "{:.0%}", "{:.1f}")
        said = [cell.split()[0] for cell in cells.split("|")]
        assert said == [form.format(of[(name, "mean")]) for name, form in zip(names, forms, strict=True)]
    low, high = ((100 * getattr(found.xs("mean", axis=1, level=1), end)()).round() for end in ("min", "max"))
    assert f"{low['same_place_of_5']:.0f} to {high['same_place_of_5']:.0f}, and among" in " ".join(
        PAGE.split()
    )
    assert f"it is {low['same_place_of_42']:.0f} to {high['same_place_of_42']:.0f}." in " ".join(PAGE.split())
    apart = (100 - high["not_told_apart"], 100 - low["not_told_apart"])
    assert f"in {apart[0]:.0f} to {apart[1]:.0f} of 100 pairs" in " ".join(PAGE.split())
