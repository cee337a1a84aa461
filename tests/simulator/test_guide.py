"""The page on the simulator: its code runs as it stands, and what it names is there."""

from __future__ import annotations

import re
from pathlib import Path

from recsys_helpers import simulator
from recsys_helpers.simulator import Visits
from recsys_helpers.simulator.strengths import LATER

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def test_the_code_of_the_page_runs(capsys):
    names: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    for block in blocks:
        exec(compile(block, "docs/simulator.md", "exec"), names)
    said = capsys.readouterr().out
    assert len(blocks) == 6 and "impressions" in said and "True" in said and "Drone" in said
    shown, market = names["served"].impressions, names["market"]
    for column in shown.columns:
        assert column in PAGE
    assert list(shown["propensity"].unique()) == [1 / 20] and len(names["lottery"].seen) == 2
    assert names["rested"].low < names["rested"].high and market.week == 12


def test_what_the_page_names_is_there():
    for name in LATER:
        assert f"| `{name}`" in PAGE
    for name in ("plays", "shows", "days_since_play", "days_since_shown"):
        assert f"`{name}()`" in PAGE and callable(getattr(Visits, name))
    for name in ("users", "at", "visit", "context", "shelf", "page", "week"):
        assert f"`{name}`" in PAGE and name in Visits.__dataclass_fields__
    for name in re.findall(r"`(save_market|load_market|match|lead|difference)\(", PAGE):
        assert hasattr(simulator, name)
