"""The page on the Arena: its code runs as it stands, and what it names is there and is the default."""

from __future__ import annotations

import re
from pathlib import Path

from recsys_helpers.arena import Game, Rules
from recsys_helpers.arena.cli import OPTIONS
from recsys_helpers.arena.server import application

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "arena.md").read_text(encoding="utf-8")


def test_the_code_of_the_page_runs(capsys):
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    for block in blocks:
        exec(compile(block, "docs/arena.md", "exec"), names)
    said = capsys.readouterr().out
    assert len(blocks) == 1 and "week 1 of 2 is open" in said and "Two own, eight popular" in said
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
