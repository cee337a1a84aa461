"""The table model x ability of docs/architecture.md: written from the models, and true of what they do."""

from __future__ import annotations

import re

import pytest
from sklearn.base import clone

from recsys_helpers.extras import missing
from tests.models.test_contract import EVERY_MODEL, fit, in_one_line, tables
from tools import abilities

PAGE = abilities.PAGE.read_text(encoding="utf-8")

CAN = {
    name: [cell.strip() for cell in cells.split("|")]
    for name, cells in re.findall(
        r"^\| `(\w+)` \| (.+) \|$",
        PAGE.partition(abilities.BEGIN)[2].partition(abilities.END)[0],
        re.MULTILINE,
    )
}


def test_the_table_of_abilities_is_up_to_date():
    assert abilities.with_table(PAGE) == PAGE, "run `make guide`"
    with pytest.raises(ValueError, match="docs/architecture.md has lost one of the comments"):
        abilities.with_table(PAGE.replace(abilities.END, ""))


def test_the_table_without_torch_keeps_the_rows_of_networks(monkeypatch):
    monkeypatch.setattr(abilities, "missing", lambda extra: "not here")
    assert abilities.with_table(PAGE) == PAGE
    assert abilities.with_table(PAGE.replace("| `EASE` |", "| `EAST` |")) == PAGE


def test_every_model_has_its_line():
    ours = {type(model).__name__ for model in EVERY_MODEL}
    assert set(CAN) == ours | set(abilities.networks())
    assert bool(missing("deep")) or set(abilities.networks()) <= ours


@pytest.mark.parametrize("model", EVERY_MODEL, ids=in_one_line)
def test_each_model_does_what_its_line_says(model, small):
    reads, *can, unknown = CAN[type(model).__name__]
    assert [hasattr(model, ability) for ability in abilities.ABILITIES] == [cell == "✓" for cell in can]
    needed = [table for table in reads.split(", ") if table in ("events", "items", "users")]
    given = tables(model, small)
    for table in given:
        rest = {name: it for name, it in given.items() if name != table}
        if table in needed:
            with pytest.raises(ValueError, match=table):
                clone(model).fit(small, **rest)
        else:
            assert f"({table})" in reads
            clone(model).fit(small, **rest)
    for table in {"events", "items", "users"} - set(reads.replace("(", "").replace(")", "").split(", ")):
        with pytest.raises(ValueError, match=rf"{table}="):
            clone(model).fit(small, **given, **{table: small.to_frame()})
    model = fit(model, small)
    if unknown == "✓":
        assert model.recommend(["nobody"], k=3)["user"].tolist() == ["nobody"] * 3
    else:
        with pytest.raises(ValueError, match="Unknown user: 'nobody'"):
            model.recommend(["nobody"])
