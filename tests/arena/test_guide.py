"""The page on the Arena: its code runs as it stands, and what it names is there and is the default."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from recsys_helpers.arena import Game, Rules
from recsys_helpers.arena.cli import OPTIONS
from recsys_helpers.arena.server import application
from tests.pages import page, run_python_of

ROOT = Path(__file__).resolve().parents[2]
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
    measured = pd.read_csv(ROOT / "data" / "measured" / "arena.csv")
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


@pytest.fixture
def equals(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("arena_equals")


def test_what_the_page_says_of_equal_teams_is_what_the_file_and_arithmetic_hold(equals):
    words = " ".join(PAGE.split())
    assert equals.table() in PAGE
    found = equals.arithmetic()
    shares = [f"{100 * found[f'forty over {width}']:.0f}" for width in (20, 100, 400)]
    assert f"20, 100 and 400 of them in {shares[0]}, {shares[1]} and {shares[2]}" in words
    assert f"two equals alone share a place in {100 * found['nobody else']:.0f} runs of 100" in words
    assert (
        f"beside a third team that is two standard errors ahead in {100 * found['a third team 2 ahead']:.0f}"
        in words
    )


@pytest.mark.parametrize("lead", [0.0, 2.0, -3.0, 6.0])
def test_the_place_of_two_equals_beside_a_third_is_an_integral(equals, lead):
    """By a grid over the errors of the two instead of draws; the third's is taken out by its distribution."""
    grid = np.linspace(-5, 5, 401)
    weight = norm.pdf(grid) / norm.pdf(grid).sum()
    own = grid * np.sqrt(0.5)
    behind = norm.sf((own + 1.96 - lead) * np.sqrt(2))  # the third is better than a team with this error
    one_alone = np.abs(behind[:, None] - behind[None, :])  # than one of the two, and not than the other
    same = np.where(np.abs(own[:, None] - own[None, :]) <= 1.96, 1 - one_alone, 0.0)
    expected = float((weight[:, None] * weight[None, :] * same).sum())
    assert equals.at_one_place(np.array([lead])) == pytest.approx(expected, abs=0.006)


@pytest.mark.slow
def test_how_far_the_thirty_span(equals):
    spans = [f"{equals.span(users):.0f}" for users in equals.SIZES]
    assert f"span {spans[0]}, {spans[1]} and {spans[2]}" in " ".join(PAGE.split())
