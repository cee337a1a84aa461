"""Robust middles, against scipy, a direct minimisation and fakes that are put in one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import trim_mean

from recsys_helpers.interactions import Interactions
from recsys_helpers.trust import (
    breakdown,
    capped,
    huber_mean,
    logged,
    robust_chart,
    trimmed_mean,
    unit_rows,
)

HUGE = 1e9


def some_values(n, seed):
    return np.random.default_rng(seed).gamma(1.5, 3.0, n)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.4])
@pytest.mark.parametrize("n", [1, 2, 9, 10, 33])
def test_trimmed_is_scipys(n, share):
    values = some_values(n, n)
    assert trimmed_mean(values, share) == pytest.approx(trim_mean(values, share))


@pytest.mark.parametrize("seed", range(6))
def test_huber_minimises_its_own_loss(seed):
    values = np.append(some_values(15, seed), [80.0, 300.0])
    spread = np.median(np.abs(values - np.median(values))) / 0.6744897501960817

    def loss(middle):
        z = np.abs(values - middle) / spread
        return np.where(z <= 1.345, z**2 / 2, 1.345 * z - 1.345**2 / 2).sum()

    found = minimize_scalar(
        loss, bounds=(values.min(), values.max()), method="bounded", options={"xatol": 1e-10}
    )
    assert huber_mean(values) == pytest.approx(found.x, abs=1e-5)


def test_huber_is_the_mean_where_nothing_is_far_and_the_median_where_half_is_equal():
    assert huber_mean([1.0, 2.0, 3.0, 4.0]) == pytest.approx(2.5)
    assert huber_mean([2.0, 2.0, 2.0, 90.0]) == 2.0
    assert huber_mean([5.0]) == 5.0


def test_huber_stops_after_so_many_steps_and_before():
    values = np.append(some_values(15, 1), [80.0, 300.0])
    spread = np.median(np.abs(values - np.median(values))) / 0.6744897501960817
    middle = np.median(values)
    for steps in (1, 2, 3):
        weight = np.minimum(1, 1.345 / np.maximum(np.abs(values - middle) / spread, 1e-12))
        middle = (weight * values).sum() / weight.sum()
        assert huber_mean(values, steps=steps) == pytest.approx(middle, rel=1e-12)
    assert huber_mean(values, steps=1) != pytest.approx(huber_mean(values), rel=1e-6)


def middle_of(how):
    return {"mean": np.mean, "median": np.median, "trimmed": trimmed_mean}[how]


@pytest.mark.parametrize("how", ["mean", "trimmed", "median"])
@pytest.mark.parametrize("n", [1, 2, 5, 12, 40])
def test_the_breakdown_is_where_a_middle_breaks(how, n):
    honest = some_values(n, n)
    at = breakdown(n, how)
    if at > 1:
        assert middle_of(how)(np.append(honest, [HUGE] * (at - 1))) <= honest.max()
    assert middle_of(how)(np.append(honest, [HUGE] * at)) > honest.max()


def test_a_chart_is_the_middles_of_its_tracks():
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"user_id": np.repeat(range(30), 8), "track_id": np.tile(range(8), 30)})
    table["plays"] = 1 + rng.poisson(3, len(table)) * (table["track_id"] % 3 + 1)
    table = table[(table["track_id"] != 7) | (table["user_id"] < 5)]
    x = Interactions.from_frame(table, value="plays")
    groups = table.groupby("track_id")["plays"]
    expected = {
        "mean": groups.mean(),
        "median": groups.median(),
        "trimmed": groups.apply(lambda values: trim_mean(values, 0.1)),
        "huber": groups.apply(huber_mean),
    }
    for how, middles in expected.items():
        found = robust_chart(x, how)
        assert 7 not in found.index  # five listeners
        assert np.allclose(found, middles[found.index])
        assert found.is_monotonic_decreasing
        assert 7 in robust_chart(x, how, least=5).index
    few = Interactions.from_frame(table[table["user_id"] == 0], value="plays")
    assert len(robust_chart(few, "mean", least=1)) == len(few.items)
    assert robust_chart(x).equals(robust_chart(x, "median", least=10)) and robust_chart(x).name == "median"
    assert robust_chart(x, "trimmed", share=0.3).equals(robust_chart(x, "trimmed", share=0.3, least=10))
    for how, change in (("trimmed", {"share": 0.3}), ("huber", {"tuning": 0.5})):
        turned = robust_chart(x, how, **change)
        middle = {"trimmed": lambda v: trim_mean(v, 0.3), "huber": lambda v: huber_mean(v, 0.5)}[how]
        assert np.allclose(turned, groups.apply(middle)[turned.index])
        assert not np.allclose(turned, robust_chart(x, how)[turned.index])
    ties = robust_chart(x.with_values(np.ones(x.nnz)), "mean")
    assert list(ties.index) == list(range(7))


def test_caps_logs_and_rows_of_one_length():
    table = pd.DataFrame({"user_id": [1, 1, 2, 3], "track_id": list("abab"), "plays": [6, 8, 30, 0]})
    x = Interactions.from_frame(table, value="plays")
    assert capped(x, 7).matrix.data.tolist() == [6, 7, 7, 0]
    assert capped(x, 0.5).matrix.data.tolist() == [0.5, 0.5, 0.5, 0]
    assert np.allclose(logged(x).matrix.data, np.log([7, 9, 31, 1]))
    assert unit_rows(x).matrix.data.tolist() == [0.6, 0.8, 1, 0]
    assert x.matrix.data.tolist() == [6, 8, 30, 0]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda x: trimmed_mean([1, 2], 0.5), "below 0.5"),
        (lambda x: trimmed_mean([]), "at least one"),
        (lambda x: huber_mean([1.0], 0), "^tuning=0: "),
        (lambda x: trimmed_mean([1, 2], -0.1), "^share=-0.1 is left out at each end"),
        (lambda x: robust_chart(x, least=1.5), "^least=1.5: give a whole number"),
        (lambda x: breakdown(1.5), "^n=1.5: give a whole number"),
        (lambda x: breakdown(5, "trimmed", -0.1), "^share=-0.1 is left out at each end"),
        (lambda x: huber_mean([np.nan]), "NaN"),
        (lambda x: robust_chart(x, "mode"), "how='mode': choose"),
        (lambda x: robust_chart(x, least=0), "^least=0: "),
        (lambda x: robust_chart(x, least=2), "smaller least"),
        (lambda x: breakdown(0), "n=0"),
        (lambda x: breakdown(5, "huber"), "how='huber': choose"),
        (lambda x: breakdown(5, "trimmed", 0.5), "below 0.5"),
        (lambda x: capped(x, 0), "at=0"),
        (lambda x: logged(x.with_values([-1.0])), "below 0"),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    x = Interactions.from_frame(pd.DataFrame({"user_id": [1], "track_id": ["a"]}))
    with pytest.raises(ValueError, match=says):
        call(x)
