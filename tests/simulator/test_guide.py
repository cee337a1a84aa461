"""The page on the simulator: its code runs as it stands, and what it names is there."""

from __future__ import annotations

import re

from recsys_helpers import simulator
from recsys_helpers.simulator import Visits
from recsys_helpers.simulator.strengths import LATER
from tests.pages import page, run_python_of

PAGE = page("simulator.md")


def test_the_code_of_the_page_runs(capsys):
    count, names = run_python_of("simulator.md")
    said = capsys.readouterr().out
    assert count == 6 and "impressions" in said and "True" in said and "Drone" in said
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
