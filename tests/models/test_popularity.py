"""Popularity against counts made by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Popularity

LOG = pd.DataFrame(
    {
        "user_id": [1, 2, 3, 1, 2, 4],
        "track_id": ["a", "a", "a", "b", "b", "c"],
        "stars": [1.0, 2.0, 3.0, 5.0, 5.0, 5.0],
        "at": pd.to_datetime(["2026-01-01"] * 3 + ["2026-01-15"] * 2 + ["2026-01-29"]),
    }
)
X = Interactions.from_frame(LOG, value="stars", time="at")


def scores(**settings):
    return dict(zip(X.items, Popularity(**settings).fit(X).score([1])[0].round(6), strict=True))


def test_counts_sums_and_means():
    assert scores() == {"a": 3, "b": 2, "c": 1}
    assert scores(by="sum") == {"a": 6, "b": 10, "c": 5}
    assert scores(by="mean") == {"a": 2, "b": 5, "c": 5}


@pytest.mark.filterwarnings("error")
def test_an_item_without_an_entry():
    """Nobody's count and sum are 0; of its mean nothing is known, so it is everybody's."""
    x = Interactions.from_frame(LOG, value="stars", items=list("abcd"))
    found = {by: Popularity(by=by).fit(x).score([1])[0, 3] for by in ("count", "sum", "mean")}
    assert found == {"count": 0, "sum": 0, "mean": 3.5}
    assert Popularity(by="mean", shrinkage=2).fit(x).score([1])[0, 3] == 3.5


def test_shrinkage_adds_average_entries():
    mean = 21 / 6
    expected = {"a": (6 + 2 * mean) / 5, "b": (10 + 2 * mean) / 4, "c": (5 + 2 * mean) / 3}
    assert scores(by="mean", shrinkage=2) == pytest.approx(expected, abs=1e-6)


def test_an_entry_counts_half_after_a_half_life():
    assert scores(half_life="14D") == {"a": 3 / 4, "b": 2 / 2, "c": 1}
    assert scores(half_life=pd.Timedelta(days=14), by="sum") == {"a": 6 / 4, "b": 10 / 2, "c": 5}


SECONDS = LOG.assign(at=[1_000_000_000] * 3 + [1_001_209_600] * 2 + [1_002_419_200])  # two weeks apart
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


@pytest.mark.parametrize("unit", UNITS)
def test_a_half_life_of_unix_numbers_takes_their_unit(unit):
    """As dates made from them by pandas; once they were nanoseconds whatever they were, and nothing decayed."""
    log = SECONDS.assign(at=SECONDS["at"] * UNITS[unit])
    dates = log.assign(at=pd.to_datetime(log["at"], unit=unit))
    found, expected = (
        Popularity(half_life="14D").fit(x).item_scores_
        for x in (
            Interactions.from_frame(log, value="stars", time="at", unit=unit),
            Interactions.from_frame(dates, value="stars", time="at"),
        )
    )
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-12) == [3 / 4, 2 / 2, 1]


@pytest.mark.parametrize("half_life", ["14D", pd.Timedelta(days=14)])
def test_a_half_life_of_numbers_without_a_unit_asks_for_it(half_life):
    x = Interactions.from_frame(SECONDS, value="stars", time="at")
    with pytest.raises(ValueError, match=r"numbers, and nobody said of what.*unit='s'"):
        Popularity(half_life=half_life).fit(x)


def test_a_number_is_a_half_life_of_numbers_only():
    x = Interactions.from_frame(SECONDS, value="stars", time="at")
    assert Popularity(half_life=1_209_600).fit(x).item_scores_.tolist() == [3 / 4, 2 / 2, 1]
    with pytest.raises(
        ValueError, match="half_life=14 is a number without a unit: give a span such as '14D'"
    ):
        Popularity(half_life=14).fit(X)


def test_ties_go_to_the_lower_id():
    found = Popularity(by="mean").fit(X).recommend([3], k=2)
    assert found["item"].tolist() == ["b", "c"]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"by": "plays"}, "choose 'count', 'sum' or 'mean'"),
        ({"by": "mean", "shrinkage": -1}, "shrinkage=-1: give a number, 0 or more"),
        ({"half_life": "soon"}, "is no time span"),
        ({"half_life": 0}, "^half_life=0: give a span above 0"),
        ({"half_life": float("nan")}, "half_life=nan: give a number, 0 or more"),
    ],
)
def test_bad_settings(settings, sentence):
    with pytest.raises(ValueError, match=sentence):
        Popularity(**settings).fit(X)


def test_recency_needs_times():
    with pytest.raises(ValueError, match="build the Interactions with from_frame"):
        Popularity(half_life="14D").fit(Interactions(X.matrix, X.users, X.items))
