"""What methods find in Murmur: the targets, and that the data card tells what its command finds."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation.inference import Interval
from recsys_helpers.simulator import World

ROOT = Path(__file__).resolve().parents[2]
CARD = ROOT / "data" / "murmur" / "README.md"


@pytest.fixture(scope="module")
def figures():
    """The module benchmarks/murmur_figures.py."""
    spec = importlib.util.spec_from_file_location("murmur_figures", ROOT / "benchmarks" / "murmur_figures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def split(figures):
    return figures.murmur_split(load_murmur())


def intervals(**values: float) -> dict[str, Interval]:
    return {name: Interval(value, value - 0.01, value + 0.01) for name, value in values.items()}


def test_tau_counts_overlapping_intervals_as_ties(figures):
    order = intervals(a=0.3, b=0.2, c=0.1)
    assert figures.kendall(order, order) == pytest.approx(1)
    assert figures.kendall(order, intervals(a=0.1, b=0.2, c=0.3)) == pytest.approx(-1)
    tied = intervals(a=0.3, b=0.295, c=0.1)  # a and b cannot be told apart: two of three pairs are left
    assert figures.kendall(order, tied) == pytest.approx(4 / np.sqrt(6 * 4))


def test_the_split_holds_new_discoveries_of_the_last_week_only(figures, split):
    train, test = split
    assert train.times is None and test.nnz > 5_000
    pairs = set(zip(*(train.to_frame()[name] for name in ("user", "item")), strict=True))
    assert not pairs & set(zip(*(test.to_frame()[name] for name in ("user", "item")), strict=True))
    raw = load_murmur().events
    first = raw[raw["at"] >= figures.LAST_WEEK].astype({"user_id": object, "track_id": object})
    heard = set(zip(first["user_id"], first["track_id"], strict=True))
    found = set(zip(*(test.to_frame()[name] for name in ("user", "item")), strict=True))
    assert len(found - heard) < 0.005 * len(found)  # a few sessions whose clocks were put right


@pytest.mark.slow
def test_personal_taste_pays_and_models_rank_as_on_real_listeners(figures, split, lastfm_dir):
    models = figures.judge_models(*split)
    best = max(interval.value for interval in models.values())
    assert 2 <= best / models["Popularity"].value <= 4
    lastfm = figures.judge_models(*figures.lastfm_split(lastfm_dir))
    assert figures.kendall(models, lastfm) >= 0.7
    assert_card_says(models | {"the oracle: by true liking": figures.judge_oracle(World(), *split)})


@pytest.mark.slow
def test_content_tells_a_part(figures):
    sound, both = figures.judge_content(load_murmur()).values()
    assert 0.3 <= sound <= 0.6 and both >= sound + 0.05


def assert_card_says(found: dict[str, Interval]) -> None:
    """The card's figure for each model is the one found, to what other processors may change."""
    rows = [
        line.strip("| ").split(" | ") for line in CARD.read_text(encoding="utf-8").splitlines() if "[" in line
    ]
    card = pd.Series({row[0]: float(row[1].split()[0]) for row in rows if row[0] in found})
    assert set(card.index) == set(found)
    for name, interval in found.items():
        assert card[name] == pytest.approx(interval.value, abs=0.005)
