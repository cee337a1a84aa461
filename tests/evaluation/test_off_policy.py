"""Off-policy estimates: beside the Open Bandit Pipeline, all logs of a small world, and how often intervals hold."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_helpers.evaluation import bootstrap_means
from recsys_helpers.evaluation.off_policy import (
    direct,
    doubly_robust,
    importance_weights,
    ips,
    off_policy_table,
    snips,
    weight_report,
)

GOLDEN = json.loads((Path(__file__).parent / "golden" / "obp.json").read_text(encoding="utf-8"))
each_case = pytest.mark.parametrize(
    "case", GOLDEN["cases"], ids=lambda case: f"{len(case['rewards'])} visits"
)


@each_case
def test_estimates_are_those_of_the_open_bandit_pipeline(case):
    log = case["rewards"], case["logged"], case["target"]
    model = case["modelled"], case["expected"]
    found = case["found"]
    for end, most in (("", np.inf), (", clipped", case["most"])):
        assert ips(*log, most=most).value == pytest.approx(found[f"IPS{end}"])
        assert doubly_robust(*log, *model, most=most).value == pytest.approx(found[f"doubly robust{end}"])
    assert snips(*log).value == pytest.approx(found["SNIPS"])
    assert direct(case["expected"]).value == pytest.approx(found["direct"])
    assert found["IPS"] != pytest.approx(found["IPS, clipped"])


# ---- all logs of a small world: two listeners, three items, one visit each -------------------------------------------

LOGGED = np.array([[0.5, 0.3, 0.2], [0.1, 0.3, 0.6]])
NEW = np.array([[0.0, 0.0, 1.0], [0.5, 0.5, 0.0]])
RATES = np.array([[0.2, 0.5, 0.9], [0.4, 0.7, 0.1]])
TRUTH = float((NEW * RATES).sum(axis=1).mean())


def mean_over_all_logs(estimate) -> float:
    """The expectation of an estimate: each pair of shown items and of answers, times its chance."""
    total = 0.0
    for shown in product(range(3), repeat=2):
        for rewards in product((0, 1), repeat=2):
            rows = (0, 1), shown
            rate = RATES[rows]
            chance = np.prod(LOGGED[rows]) * np.prod(np.where(rewards, rate, 1 - rate))
            total += chance * estimate(np.array(rewards), LOGGED[rows], NEW[rows], rows)
    return total


def _value_or_nothing(estimate, *args) -> float:
    """Where no visit matches, the sum of weights x rewards is 0, which the package refuses to call an estimate."""
    try:
        return float(estimate(*args).value)
    except ValueError as error:
        assert "says nothing" in str(error)
        return 0.0


def test_ips_is_right_on_average():
    assert mean_over_all_logs(lambda r, mu, pi, _: _value_or_nothing(ips, r, mu, pi)) == pytest.approx(TRUTH)


@pytest.mark.parametrize("wrong", ["the model", "the propensities", "neither", "both"])
def test_doubly_robust_is_right_on_average_if_either_is(wrong):
    model = RATES if wrong in ("the propensities", "neither") else np.full((2, 3), 0.9)
    logged = LOGGED if wrong in ("the model", "neither") else np.full((2, 3), 1 / 3)
    expected = (NEW * model).sum(axis=1)

    def estimate(rewards, _, target, rows):
        if not target.any():
            return expected.mean()
        return doubly_robust(rewards, logged[rows], target, model[rows], expected).value

    found = mean_over_all_logs(estimate)
    assert (found == pytest.approx(TRUTH)) == (wrong != "both")


def test_clipping_pulls_ips_down_where_rewards_are_not_negative():
    found = [
        mean_over_all_logs(
            lambda r, mu, pi, _, most=most: _value_or_nothing(lambda *a: ips(*a, most=most), r, mu, pi)
        )
        for most in (1, 2, 4, 100)
    ]
    assert found == sorted(found) and found[0] < TRUTH - 0.1 and found[-1] == pytest.approx(TRUTH)


# ---- properties ------------------------------------------------------------------------------------------------------


@st.composite
def logs(draw):
    seed, n = draw(st.integers(0, 10**6)), draw(st.integers(2, 30))
    rng = np.random.default_rng(seed)
    target = rng.random(n) * rng.integers(2, size=n)
    target[0] = 0.5
    return rng.normal(size=n), rng.uniform(0.05, 1, n), target


@given(logs())
def test_the_policy_of_the_log_is_worth_the_mean_of_the_log(log):
    rewards, logged, _ = log
    for estimate in (ips, snips):
        assert estimate(rewards, logged, logged).value == pytest.approx(rewards.mean())


@given(logs())
def test_snips_stays_among_the_rewards_and_moves_with_them(log):
    rewards, logged, target = log
    value = snips(rewards, logged, target).value
    assert rewards.min() - 1e-9 <= value <= rewards.max() + 1e-9
    assert snips(rewards + 3, logged, target).value == pytest.approx(value + 3)


@given(logs())
def test_a_model_of_nothing_makes_doubly_robust_ips(log):
    rewards, logged, target = log
    nothing = np.zeros(len(rewards))
    one, other = doubly_robust(rewards, logged, target, nothing, nothing), ips(rewards, logged, target)
    assert tuple(one) == pytest.approx(tuple(other))


@given(logs())
def test_a_model_that_knows_the_rewards_leaves_no_correction(log):
    rewards, logged, target = log
    assert doubly_robust(rewards, logged, target, rewards, np.full(len(rewards), 0.3)).value == pytest.approx(
        0.3
    )


@given(logs())
def test_the_order_of_visits_does_not_matter(log):
    rewards, logged, target = log
    turned = [one[::-1] for one in log]
    assert tuple(ips(*log)) == pytest.approx(tuple(ips(*turned)))
    assert importance_weights(logged, target, 2.0).max() <= 2.0


# ---- intervals -------------------------------------------------------------------------------------------------------


def drawn_log(rng, listeners: int = 300, visits: int = 6):
    """(rewards, logged, target, who): listeners differ, and their visits are alike."""
    who = np.repeat(np.arange(listeners), visits)
    logged = np.array([0.6, 0.3, 0.1])
    shown = rng.choice(3, size=len(who), p=logged)
    rates = np.clip(0.3 + 0.25 * rng.normal(size=(listeners, 1)) + [0.0, 0.1, 0.2], 0.02, 0.98)
    target = np.array([0.2, 0.3, 0.5])
    rewards = (rng.random(len(who)) < rates[who, shown]).astype(float)
    return rewards, logged[shown], target[shown], who, float((rates @ target).mean())


@pytest.mark.parametrize("estimate", [ips, snips])
def test_an_interval_is_that_of_resampled_listeners(estimate):
    rewards, logged, target, who, _ = drawn_log(np.random.default_rng(1))
    weight = target / logged
    above = np.bincount(who, weight * rewards)
    below = np.bincount(who, weight if estimate is snips else np.ones(len(who)))
    means = bootstrap_means(above[:, None], 4_000, weights=below[:, None])
    found = estimate(rewards, logged, target, listeners=who)
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(means.std(), rel=0.06)
    assert found.over == "listeners" and found.n == 300


def test_without_listeners_it_is_the_interval_of_a_mean():
    rewards, logged, target, _, _ = drawn_log(np.random.default_rng(2))
    terms = rewards * target / logged
    found = ips(rewards, logged, target)
    assert found.high - found.value == pytest.approx(
        1.961 * terms.std(ddof=1) / np.sqrt(len(terms)), rel=1e-3
    )
    assert found.over == "visits" and found.n == 1_800


def test_visits_of_one_listener_are_no_news():
    """Each visit three times over: the interval over listeners stays, that over visits shrinks by the root of three."""
    rewards, logged, target, who, _ = drawn_log(np.random.default_rng(3))
    once = ips(rewards, logged, target, listeners=who)
    log = [np.tile(one, 3) for one in (rewards, logged, target)]
    thrice = ips(*log, listeners=np.tile(who, 3))
    assert tuple(thrice) == pytest.approx(tuple(once))
    alone, alone_thrice = ips(rewards, logged, target), ips(*log)
    assert alone_thrice.high - alone_thrice.low == pytest.approx(
        (alone.high - alone.low) / np.sqrt(3), rel=0.01
    )


def test_intervals_over_listeners_hold_the_truth_as_often_as_they_say():
    """Listeners are drawn anew, so the truth is that of all listeners; visits taken for independent hold it less."""
    rng = np.random.default_rng(4)
    everybody = np.mean([drawn_log(rng)[-1] for _ in range(400)])
    held = {"listeners": 0, "visits": 0}
    for _ in range(400):
        rewards, logged, target, who, _ = drawn_log(rng, 100, 30)
        for over in held:
            found = snips(rewards, logged, target, listeners=who if over == "listeners" else None)
            held[over] += found.low <= everybody <= found.high
    assert 0.92 <= held["listeners"] / 400 <= 0.98 and held["visits"] / 400 < 0.9


def test_weights_are_clipped_above_the_line_and_below_it():
    rewards, logged, target, _, _ = drawn_log(np.random.default_rng(7))
    weight = np.minimum(target / logged, 2.5)
    assert snips(rewards, logged, target, most=2.5).value == pytest.approx(
        np.average(rewards, weights=weight)
    )
    assert importance_weights(logged, target, 2.5) == pytest.approx(weight)


def test_a_table_holds_what_the_functions_say():
    rewards, logged, target, who, _ = drawn_log(np.random.default_rng(5))
    model = np.full(len(who), 0.4), np.full(len(who), 0.35)
    table = off_policy_table(
        rewards, logged, target, modelled=model[0], expected=model[1], listeners=who, most=3
    )
    assert list(table.index) == ["log's mean", "direct", "IPS", "SNIPS", "doubly robust"]
    assert table.loc["log's mean", "value"] == pytest.approx(rewards.mean())
    assert tuple(table.loc["IPS"]) == tuple(ips(rewards, logged, target, listeners=who, most=3))
    assert tuple(table.loc["SNIPS"]) == tuple(snips(rewards, logged, target, listeners=who, most=3))
    assert tuple(table.loc["direct"]) == tuple(direct(model[1], listeners=who))
    robust = doubly_robust(rewards, logged, target, *model, listeners=who, most=3)
    assert tuple(table.loc["doubly robust"]) == tuple(robust)
    assert list(off_policy_table(rewards, logged, target).index) == ["log's mean", "IPS", "SNIPS"]


def test_the_mean_weight_tells_of_wrong_propensities():
    rewards, logged, target, who, _ = drawn_log(np.random.default_rng(6))
    good, bad = weight_report(logged, target), weight_report(np.full(len(who), 1 / 3), target)
    assert good["mean_low"] < 1 < good["mean_high"] and not bad["mean_low"] < 1 < bad["mean_high"]
    assert good["visits"] == 1_800 and good["matching"] == 1 and good["largest"] == pytest.approx(5)
    weight = target / logged
    assert good["effective"] == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    by_listener = weight_report(logged, target, listeners=who)
    assert by_listener["mean"] == good["mean"] and by_listener["mean_low"] != good["mean_low"]


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([1, 0], [0.5, 0.0], [1, 1]), r"logged is a chance above 0.* 1 row\(s\), first at row 1"),
        (([1, 0], [0.5, 1.5], [1, 1]), "logged is a chance above 0, at most 1"),
        (([1, 0], [0.5, np.nan], [1, 1]), "logged is a finite number"),
        (([1, 0], [0.5, 0.5], [1, 2]), "target is a chance from 0 to 1"),
        (([1, 0], [0.5, 0.5], [1, -1]), "target is a chance from 0 to 1"),
        (([1, 0], [0.5, 0.5], [0, 0]), "the log says nothing of it"),
        (([1, np.inf], [0.5, 0.5], [1, 0]), "rewards is a finite number"),
        (([1], [0.5, 0.5], [1, 0]), "rewards has 1 numbers, and there are 2 visits"),
        (([1, 0], [0.5, 0.5], [1]), "target has 1 numbers"),
        (([[1, 0]], [0.5, 0.5], [1, 0]), r"not \(1, 2\)"),
        (([], [], []), r"shape \(n,\), not \(0,\)"),
        ((["a", "b"], [0.5, 0.5], [1, 0]), "rewards is one number for each visit"),
    ],
)
def test_what_cannot_be_is_refused(arguments, says):
    for estimate in (ips, snips):
        with pytest.raises(ValueError, match=says):
            estimate(*arguments)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"most": 0}, "most=0"),
        ({"most": float("nan")}, "most=nan"),
        ({"most": "much"}, "most='much'"),
        ({"level": 1.0}, "level is a share"),
        ({"level": "95%"}, "level is a share"),
        ({"level": None}, "level is a share"),
        ({"listeners": "a"}, "2 ids"),
        ({"listeners": 7}, "2 ids"),
        ({"listeners": [["a"], ["b"]]}, "2 ids"),
        ({"listeners": ["a"]}, "2 ids"),
        ({"listeners": ["a", None]}, "2 ids"),
        ({"listeners": ["a", "a"]}, "at least two listeners"),
    ],
)
def test_wrong_settings_are_refused(more, says):
    with pytest.raises(ValueError, match=says):
        ips([1, 0], [0.5, 0.5], [1, 1], **more)


def test_numbers_too_large_to_be_summed_are_refused():
    for rewards, logged in (
        ([1e308] * 4, [0.5] * 4),
        ([1e200, 0, 0, 1], [0.5] * 4),
        ([1, 0, 1, 1], [1e-300] * 4),
    ):
        with (
            np.errstate(over="ignore"),
            pytest.raises(ValueError, match="too large to be squared and summed: clip the weights"),
        ):
            ips(rewards, logged, [1.0] * 4)
    assert ips([1, 0, 1, 1], [1e-300] * 4, [1.0] * 4, most=4).value == 3.0
    with pytest.raises(ValueError, match="too large"):
        direct([1e308] * 4)


def test_half_a_model_is_refused_and_so_is_one_visit():
    with pytest.raises(ValueError, match="together"):
        off_policy_table([1, 0], [0.5, 0.5], [1, 1], modelled=[0.1, 0.2])
    with pytest.raises(ValueError, match="at least two visits"):
        direct([0.5])
    with pytest.raises(ValueError, match="expected has 1 numbers"):
        doubly_robust([1, 0], [0.5, 0.5], [1, 1], [0.1, 0.2], [0.3])


def test_intervals_are_of_95_percent_unless_told_otherwise_and_of_what_is_asked():
    from scipy import stats

    rewards, logged, target, who, _ = drawn_log(np.random.default_rng(8), 40)
    model = np.full(len(who), 0.4), np.full(len(who), 0.35)
    calls = {
        "IPS": lambda **how: ips(rewards, logged, target, listeners=who, **how),
        "SNIPS": lambda **how: snips(rewards, logged, target, listeners=who, **how),
        "direct": lambda **how: direct(model[1] + rewards, listeners=who, **how),
        "doubly robust": lambda **how: doubly_robust(rewards, logged, target, *model, listeners=who, **how),
    }
    wider = stats.t.ppf(0.975, 39) / stats.t.ppf(0.9, 39)
    for call in calls.values():
        usual, narrow = call(), call(level=0.8)
        assert tuple(usual) == tuple(call(level=0.95)) and usual.level == 0.95 and narrow.level == 0.8
        assert (usual.high - usual.low) / (narrow.high - narrow.low) == pytest.approx(wider)
        assert usual.value - usual.low == pytest.approx(usual.high - usual.value)
    table = off_policy_table(
        rewards, logged, target, modelled=model[0], expected=model[1], listeners=who, level=0.8
    )
    assert tuple(table.loc["IPS"]) == tuple(calls["IPS"](level=0.8))
    assert tuple(table.loc["SNIPS"]) == tuple(calls["SNIPS"](level=0.8))
    assert tuple(table.loc["doubly robust"]) == tuple(calls["doubly robust"](level=0.8))
    usual = off_policy_table(rewards, logged, target, listeners=who)
    assert tuple(usual.loc["IPS"]) == tuple(calls["IPS"]()) and list(usual) == ["value", "low", "high"]
    assert usual.index.name == "estimator"
    got = np.bincount(who, rewards) / 6
    assert usual.loc["log's mean", "low"] == pytest.approx(
        got.mean() - stats.t.ppf(0.975, 39) * got.std(ddof=1) / np.sqrt(40)
    )
    report, narrow = weight_report(logged, target), weight_report(logged, target, level=0.8)
    spread = stats.t.ppf([0.975, 0.9], len(who) - 1) * (target / logged).std(ddof=1) / np.sqrt(len(who))
    for one, half in zip((report, narrow), spread, strict=True):
        assert (one["mean_low"], one["mean_high"]) == pytest.approx((one["mean"] - half, one["mean"] + half))


def test_chances_may_be_0_and_1_at_their_ends_and_weights_infinite_in_none():
    assert importance_weights([1.0, 0.5], [0.0, 1.0]).tolist() == [0.0, 2.0]
    assert importance_weights([1e-9, 1.0], [1.0, 1.0]).tolist() == pytest.approx([1e9, 1.0])
    assert importance_weights([0.5, 0.5], [1.0, 1.0], most=0.5).tolist() == [0.5, 0.5]
    assert importance_weights([0.5, 0.5], [1.0, 1.0], most=np.float32(1)).tolist() == [1.0, 1.0]


def test_what_is_wrong_is_named():
    good = [1, 0], [0.5, 0.5], [1, 1]
    for place, name in enumerate(("rewards", "logged", "target")):
        wrong = [*good]
        wrong[place] = [0.5, np.nan]
        with pytest.raises(ValueError, match=f"{name} is a finite number; it is not.*first at row 1"):
            ips(*wrong)
    for more, name in ((([0.1], [0.2, 0.3]), "modelled"), (([0.1, 0.2], [0.3]), "expected")):
        with pytest.raises(ValueError, match=f"^{name} has 1 numbers, and there are 2 visits"):
            doubly_robust(*good, *more)
    with pytest.raises(ValueError, match="^expected is one number for each visit"):
        direct("ab")
    with pytest.raises(ValueError, match="^rewards is one number for each visit"):
        off_policy_table([], [], [])
    with pytest.raises(ValueError, match="^most=True: give the largest weight"):
        ips(*good, most=True)
    with pytest.raises(ValueError, match="together"):
        off_policy_table(*good, expected=[0.1, 0.2])
    with pytest.raises(ValueError, match="^listeners names who each of the 2 visits was by: 2 ids"):
        ips(*good, listeners=["a", "b", "c"])


def test_columns_of_a_frame_are_taken():
    frame = pd.DataFrame(
        {"reward": [1, 0, 1], "propensity": [0.5, 0.5, 0.2], "new": [1.0, 0.0, 1.0]}, index=[7, 8, 9]
    )
    assert ips(frame["reward"], frame["propensity"], frame["new"]).value == pytest.approx(7 / 3)


def test_a_few_visits_get_students_interval():
    from scipy import stats

    values = np.array([0.2, 0.4, 0.3, 0.35])
    found = direct(values, level=0.9)
    low, high = stats.t.interval(0.9, 3, values.mean(), stats.sem(values))
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_what_matches_is_what_has_a_weight():
    report = weight_report([0.5, 0.5, 0.2, 0.8], [1.0, 0.0, 0.5, 0.0])
    assert report["matching"] == 0.5 and report["largest"] == 2.5 and report["visits"] == 4
