"""Bandits: beside MABWiser's numbers, brute force and closed forms; what they refuse; how answers come late."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from sklearn.linear_model import Ridge

from recsys_helpers.acting.arms import chance_of_largest, first_best
from recsys_helpers.acting.bandits import (
    UCB,
    EpsilonGreedy,
    LinEpsilonGreedy,
    LinThompson,
    LinUCB,
    Thompson,
)
from recsys_helpers.acting.playing import play

GOLDEN = json.loads((Path(__file__).parent / "golden" / "mabwiser.json").read_text(encoding="utf-8"))
each_case = pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: f"{len(case['arms'])} answers")
PLAIN = {
    "epsilon-greedy": lambda **kw: EpsilonGreedy(4, 0.3, **kw),
    "UCB": lambda **kw: UCB(4, 0.5, **kw),
    "Thompson": lambda **kw: Thompson(4, **kw),
}
LINEAR = {
    "epsilon-greedy": lambda **kw: LinEpsilonGreedy(4, 3, 0.3, **kw),
    "UCB": lambda **kw: LinUCB(4, 3, 0.5, **kw),
    "Thompson": lambda **kw: LinThompson(4, 3, 0.5, **kw),
}
ALL = [pytest.param(make, id=f"{name}") for name, make in PLAIN.items()]
ALL += [pytest.param(make, id=f"linear {name}") for name, make in LINEAR.items()]
each_rule = pytest.mark.parametrize("make", ALL)


def history(seed: int, n: int = 60):
    """(arms, rewards, features) of a log that has every arm."""
    rng = np.random.default_rng(seed)
    arms = np.concatenate([np.arange(4), rng.integers(4, size=n - 4)])
    return arms, rng.integers(2, size=n), rng.normal(size=(n, 3))


def rows_for(rule, n: int, seed: int = 0):
    return n if rule.n_features is None else np.random.default_rng(seed).normal(size=(n, rule.n_features))


# ---- beside MABWiser -------------------------------------------------------------------------------------------------


@each_case
def test_means_and_bonuses_are_those_of_mabwiser(case):
    arms, rewards = case["arms"], case["rewards"]
    greedy = EpsilonGreedy(4, 0.0, prior=(0, 0)).learn(arms, rewards)
    assert np.allclose(greedy.scores(), case["found"]["EpsilonGreedy"])
    for alpha, found in case["found"]["UCB1"].items():
        assert np.allclose(UCB(4, float(alpha)).learn(arms, rewards).scores(), found)


@each_case
def test_linear_scores_are_those_of_mabwiser(case):
    answers = case["arms"], case["rewards"], case["features"]
    d = len(case["new"][0])
    for setting, found in case["found"]["LinUCB"].items():
        alpha, ridge = map(float, setting.split())
        assert np.allclose(LinUCB(4, d, alpha, ridge=ridge).learn(*answers).scores(case["new"]), found)
    greedy = LinEpsilonGreedy(4, d, 0.0, ridge=2.0).learn(*answers)
    assert np.allclose(greedy.scores(case["new"]), case["found"]["LinGreedy"])


@each_case
def test_thompson_chooses_as_often_as_mabwiser(case):
    arms, rewards, d = case["arms"], case["rewards"], len(case["new"][0])
    spread = 4.5 * np.sqrt(0.25 / GOLDEN["draws"])
    plain = Thompson(4).learn(arms, rewards).chances()[0]
    assert np.abs(plain - case["found"]["Thompson"]).max() < spread
    linear = LinThompson(4, d, 0.5).learn(arms, rewards, case["features"])
    drawn, width = case["found"]["LinThompson"], 0.5 * linear.widths(case["new"][:1])[0]
    assert np.abs((linear.means(case["new"][:1])[0] - drawn["mean"]) / width).max() < 4.5 / np.sqrt(
        GOLDEN["draws"]
    )
    assert np.allclose(width, drawn["spread"], rtol=4.5 / np.sqrt(2 * GOLDEN["draws"]))


# ---- beside brute force and closed forms -----------------------------------------------------------------------------


@pytest.mark.parametrize("hope", [0.0, 0.4])
def test_each_arm_is_a_ridge_regression_of_its_own(hope):
    arms, rewards, x = history(3)
    rule = LinEpsilonGreedy(4, 3, 0.0, ridge=1.7, hope=hope).learn(arms, rewards, x)
    new = np.random.default_rng(9).normal(size=(5, 3))
    for arm in range(4):
        mine = arms == arm
        ridge = Ridge(alpha=1.7, fit_intercept=False).fit(x[mine], rewards[mine] - hope)
        assert np.allclose(rule.theta[arm], ridge.coef_)
        assert np.allclose(rule.scores(new)[:, arm], hope + ridge.predict(new))
        there = np.linalg.inv(x[mine].T @ x[mine] + 1.7 * np.eye(3))
        assert np.allclose(rule.inverse[arm], there)
        assert np.allclose(rule.widths(new)[:, arm] ** 2, [row @ there @ row for row in new])


def test_features_of_an_own_column_each_are_the_rules_without_features():
    """One constant feature and almost no penalty: LinUCB's mean is the arm's mean and its width 1 / sqrt(n)."""
    arms, rewards, _ = history(4)
    rule = LinUCB(4, 1, 0.7, ridge=1e-8).learn(arms, rewards, np.ones((len(arms), 1)))
    n = np.bincount(arms)
    assert np.allclose(
        rule.scores(np.ones((1, 1))), np.bincount(arms, rewards) / n + 0.7 / np.sqrt(n), atol=1e-6
    )


@pytest.mark.parametrize(("a", "b"), list(product([(1, 1), (3, 17), (200, 800)], [(1, 9), (26, 84), (2, 1)])))
def test_the_chance_of_two_betas_is_the_integral(a, b):
    rule = Thompson(2, prior=(1, 1))
    for arm, (hits, misses) in enumerate((a, b)):
        rule.learn([arm] * (hits + misses - 2), [1] * (hits - 1) + [0] * (misses - 1))
    exact, _ = integrate.quad(
        lambda x: stats.beta.pdf(x, *a) * stats.beta.cdf(x, *b), 0, 1, limit=500, points=[0.2, 0.25]
    )
    assert rule.chances()[0, 0] == pytest.approx(exact, abs=2e-5)


def test_a_narrow_arm_among_wide_ones_is_not_passed_over():
    rule = Thompson(3).learn([0] * 100_000, [1] * 60_000 + [0] * 40_000)  # about .6; the others are uniform
    assert rule.chances()[0] == pytest.approx([0.36, 0.32, 0.32], abs=2e-3)


def test_equal_arms_have_equal_chances():
    assert np.allclose(Thompson(5).chances(2), 0.2)
    assert np.allclose(LinThompson(5, 2).chances([[1.0, 2.0], [0.0, 0.0]]), 0.2)
    far = chance_of_largest(
        lambda q: np.array([0.0, 50.0]) + q, lambda x: np.clip(x - np.array([0.0, 50.0]), 0, 1)
    )
    assert far == pytest.approx([0, 1], abs=1e-9)


@each_rule
def test_what_is_chosen_has_the_chances_that_are_said(make):
    rule = make(seed=5)
    arms, rewards, x = history(5, 14)
    rule.learn(arms, rewards, x)
    visit = rows_for(rule, 1)
    many = 20_000 if rule.n_features is None else np.repeat(visit, 20_000, axis=0)
    found = np.bincount(rule.choose(many), minlength=4) / 20_000
    said = rule.chances(visit)
    assert said.shape == (1, 4) and said.sum() == pytest.approx(1)
    assert np.abs(found - said[0]).max() < 4.5 * np.sqrt(0.25 / 20_000)


def test_the_rule_of_lesson_05_is_this_one():
    """Beta(1, 9) to begin with, one draw for each track."""
    hits, shown = np.array([2, 25, 0]), np.array([10, 100, 0])
    rule = Thompson(3, prior=(1, 9), seed=8)
    rule.learn(np.repeat([0, 1], shown[:2]), np.concatenate([[1] * 2, [0] * 8, [1] * 25, [0] * 75]))
    drawn = np.random.default_rng(8).beta(1 + hits, 9 + shown - hits, size=(50, 3))
    assert (rule.choose(50) == drawn.argmax(axis=1)).all()


# ---- what all have in common -----------------------------------------------------------------------------------------


@each_rule
def test_one_by_one_or_all_at_once_teaches_the_same(make):
    arms, rewards, x = history(6)
    at_once, one_by_one = make().learn(arms, rewards, x), make()
    for arm, reward, row in zip(arms, rewards, x, strict=True):
        one_by_one.learn(arm, reward, row[None])
    visits = rows_for(at_once, 7)
    assert np.allclose(at_once.scores(visits), one_by_one.scores(visits))
    assert (at_once.shown == np.bincount(arms)).all() and (at_once.total == np.bincount(arms, rewards)).all()


@each_rule
def test_the_order_of_answers_does_not_matter(make):
    arms, rewards, x = history(7)
    turned = make().learn(arms[::-1], rewards[::-1], x[::-1])
    rule = make().learn(arms, rewards, x)
    visits = rows_for(rule, 5)
    assert np.allclose(rule.scores(visits), turned.scores(visits))


@each_rule
def test_the_same_seed_chooses_the_same(make):
    first, second, other = make(seed=1), make(seed=1), make(seed=2)
    visits = rows_for(first, 300)
    same = first.choose(visits)
    assert (same == second.choose(visits)).all()
    assert type(first) in (UCB, LinUCB) or (same != other.choose(visits)).any()


@each_rule
def test_no_answers_and_no_visits_change_nothing(make):
    rule = make()
    before = rule.scores(rows_for(rule, 2))
    rule.learn([], [], np.zeros((0, 3)))
    assert (rule.scores(rows_for(rule, 2)) == before).all()
    assert rule.choose(rows_for(rule, 0)).shape == (0,)
    assert rule.chances(rows_for(rule, 0)).shape == (0, 4)


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        (lambda: EpsilonGreedy(4), lambda: EpsilonGreedy(4, 0.1, prior=(1, 1), seed=0)),
        (lambda: UCB(4), lambda: UCB(4, 1.0, seed=0)),
        (lambda: Thompson(4), lambda: Thompson(4, prior=(1, 1), seed=0)),
        (lambda: LinEpsilonGreedy(4, 3), lambda: LinEpsilonGreedy(4, 3, 0.1, ridge=1.0, hope=0.0, seed=0)),
        (lambda: LinUCB(4, 3), lambda: LinUCB(4, 3, 1.0, ridge=1.0, seed=0)),
        (lambda: LinThompson(4, 3), lambda: LinThompson(4, 3, 1.0, ridge=1.0, seed=0)),
    ],
    ids=["epsilon-greedy", "UCB", "Thompson", "linear epsilon-greedy", "LinUCB", "linear Thompson"],
)
def test_settings_are_those_that_are_said(plain, said):
    one, two = (make().learn(*history(8)) for make in (plain, said))
    visits = rows_for(one, 60)
    assert (one.scores(visits) == two.scores(visits)).all() and (
        one.chances(visits) == two.chances(visits)
    ).all()
    assert (one.choose(visits) == two.choose(visits)).all()
    fresh = plain()
    assert (fresh.scores(rows_for(fresh, 1)) == said().scores(rows_for(fresh, 1))).all()


def test_one_visit_is_meant_where_none_is_named():
    for rule in (EpsilonGreedy(3), UCB(3), Thompson(3)):
        assert rule.scores().shape == rule.chances().shape == (1, 3)
        assert rule.choose().shape == (1,)
        assert rule.scores([[0.5], [0.2]]).shape == (2, 3)  # rows of features count as visits


def test_a_rule_without_bonus_or_prior_goes_by_means_alone():
    assert UCB(2, 0).learn([0, 1, 1], [1, 0, 1]).scores().tolist() == [[1.0, 0.5]]
    assert EpsilonGreedy(2, 0.0, prior=(0, 0)).scores().tolist() == [[0.0, 0.0]]
    assert EpsilonGreedy(2, 0.0, prior=(0.5, 1.5)).scores().tolist() == [[0.25, 0.25]]
    one = EpsilonGreedy(2, 0.0, prior=(0, 0)).learn([0], [1])
    assert one.scores().tolist() == [[1.0, 0.0]] and one.chances().tolist() == [[1.0, 0.0]]
    assert LinUCB(2, 1, 0).learn([0], [1], [[1.0]]).scores([[1.0]]).tolist() == [[0.5, 0.0]]
    assert EpsilonGreedy(2, 0).epsilon == 0 and EpsilonGreedy(2, 1).epsilon == 1


def test_a_visit_without_features_rates_all_arms_alike():
    rule = LinThompson(3, 2, 0.5).learn([0, 1, 2], [1, 0, 1], np.eye(3)[:, :2] + 1)
    assert np.allclose(rule.chances([[0.0, 0.0]]), 1 / 3)
    assert rule.widths([[0.0, 0.0]]).tolist() == [[0.0] * 3]
    assert (rule.choose(np.zeros((20, 2))) == 0).all()


def test_how_wide_a_draw_is_follows_the_scale():
    arms, rewards, x = history(2)
    new = np.random.default_rng(1).normal(size=(1, 3))
    for scale in (0.3, 2.0):
        rule = LinThompson(4, 3, scale).learn(arms, rewards, x)
        mean, width = rule.means(new)[0], scale * rule.widths(new)[0]
        grid = np.linspace((mean - 9 * width).min(), (mean + 9 * width).max(), 40_001)[:, None]
        others = stats.norm.cdf(grid, mean, width)
        best = [
            stats.norm.pdf(grid[:, 0], mean[a], width[a]) * np.delete(others, a, 1).prod(axis=1)
            for a in range(4)
        ]
        assert np.allclose(rule.chances(new)[0], integrate.trapezoid(best, grid[:, 0]), atol=1e-4)


def test_ucb_asks_each_arm_once_and_in_order():
    assert play(UCB(4), np.zeros((6, 4))).arms[:4].tolist() == [0, 1, 2, 3]


def test_ties_go_to_the_lower_position_also_where_rounding_parts_them():
    assert first_best(
        np.array([[0.1 + 0.2, 0.3], [0.3, 0.1 + 0.2], [0.0, 0.0], [np.inf, np.inf]])
    ).tolist() == [0, 0, 0, 0]
    assert first_best(np.array([[1e-12, 2e-12], [-2.0, -1.0]])).tolist() == [1, 1]


def test_epsilon_of_one_asks_nobody_and_of_zero_always():
    rule = EpsilonGreedy(4, 1.0).learn([2], [1])
    assert np.bincount(rule.choose(4_000), minlength=4).min() > 800
    assert (EpsilonGreedy(4, 0.0).learn([2], [1]).choose(50) == 2).all()


def test_rewards_between_0_and_1_are_taken_by_all_but_thompson():
    assert EpsilonGreedy(2, prior=(0, 0)).learn([0, 0], [0.25, 0.75]).scores()[0, 0] == 0.5
    assert UCB(2, 0.0).learn([0, 1], [0.25, 0.75]).scores().tolist() == [[0.25, 0.75]]
    with pytest.raises(ValueError, match="a reward is 0 or 1"):
        Thompson(2).learn([0], [0.5])


# ---- a rule at work --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [1, 3, 7, 50])
@pytest.mark.parametrize("delay", [0, 1, 4, 100])
def test_answers_come_when_they_are_said_to(batch, delay):
    """The rule writes down how many answers it has at each choice: those of batches gone by, `delay` visits old."""

    class Noting(EpsilonGreedy):
        def __init__(self):
            super().__init__(3, 0.0)
            self.known = []

        def choose(self, visits=1):
            self.known += [int(self.shown.sum())] * len(visits)
            return super().choose(visits)

    rule = Noting()
    play(rule, np.full((20, 3), 0.5), features=np.zeros((20, 1)), batch=batch, delay=delay)
    begins = [t - t % batch for t in range(20)]
    assert rule.known == [max(0, begin - delay) for begin in begins]


def test_answers_are_those_of_the_visit_whatever_the_rule():
    rates = np.random.default_rng(0).random((400, 3))
    first, second = (play(EpsilonGreedy(3, 0.5, seed=seed), rates, seed=4) for seed in (1, 2))
    alike = first.arms == second.arms
    assert 50 < alike.sum() < 400
    assert (first.rewards[alike] == second.rewards[alike]).all()
    assert (play(EpsilonGreedy(3, 0.5, seed=1), rates, seed=5).rewards != first.rewards).any()


def test_the_share_of_answers_follows_the_rates():
    got = play(EpsilonGreedy(2, 1.0), np.tile([0.2, 0.7], (20_000, 1)))
    for arm, rate in enumerate((0.2, 0.7)):
        assert got.rewards[got.arms == arm].mean() == pytest.approx(rate, abs=0.02)


def test_features_reach_the_rule_visit_by_visit():
    """Two kinds of visit with opposite tastes: with features the rule finds both, without it cannot."""
    x = np.eye(2)[np.random.default_rng(1).integers(2, size=2_000)]
    rates = np.where(x[:, :1] == 1, [0.9, 0.1], [0.1, 0.9])
    with_them = play(LinUCB(2, 2, 0.5), rates, features=x)
    assert with_them.rewards[500:].mean() > 0.85 > 0.6 > play(UCB(2, 0.5), rates).rewards[500:].mean()


@given(st.integers(2, 6), st.integers(0, 10**6))
def test_choices_are_arms_and_chances_sum_to_one(n_arms, seed):
    rng = np.random.default_rng(seed)
    arms, rewards = rng.integers(n_arms, size=30), rng.integers(2, size=30)
    for rule in (EpsilonGreedy(n_arms, seed=seed), UCB(n_arms), Thompson(n_arms, seed=seed)):
        rule.learn(arms, rewards)
        assert set(rule.choose(20)) <= set(range(n_arms))
        chances = rule.chances(2)
        assert chances.min() >= 0 and np.allclose(chances.sum(axis=1), 1)


def test_regret_of_optimism_grows_slower_than_that_of_asking_nobody():
    """Auer et al. 2002, theorem 1: at most 8 sum(ln n / gap) + (1 + pi²/3) sum(gap) in expectation."""
    means, n = np.array([0.7, 0.5, 0.4]), 5_000
    gaps = means.max() - means
    bound = 8 * sum(np.log(n) / gap for gap in gaps[gaps > 0]) + (1 + np.pi**2 / 3) * gaps.sum()
    found = [gaps[play(UCB(3), np.tile(means, (n, 1)), seed=seed).arms].sum() for seed in range(4)]
    assert 20 < np.mean(found) < bound < n * gaps.mean()


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: EpsilonGreedy(1), "n_arms=1: give a whole number, 2 or more"),
        (lambda: UCB(2.5), "n_arms=2.5: give a whole number"),
        (lambda: UCB(2, seed=0.5), "seed=0.5: give a whole number"),
        (lambda: LinUCB(2, 1.5), "n_features=1.5: give a whole number"),
        (lambda: UCB(2).choose(1.5), "visits=1.5: give a whole number"),
        (lambda: UCB(2).learn([[0]], [[1]]), r"shape \(n,\) each, not \(1, 1\) and \(1, 1\)"),
        (lambda: play(UCB(2), [[0.1, 0.2]], batch=1.5), "batch=1.5: give a whole number"),
        (lambda: play(UCB(2), [[0.1, 0.2]], delay=0.5), "delay=0.5: give a whole number"),
        (lambda: play(UCB(2), [0.1, 0.2]), "a row for each visit"),
        (lambda: play(UCB(2), [[-0.1, 0.2]]), "chances from 0 to 1"),
        (lambda: EpsilonGreedy(2, 1.5), "epsilon=1.5: give a share from 0 to 1"),
        (lambda: EpsilonGreedy(2, -0.1), "epsilon=-0.1"),
        (lambda: EpsilonGreedy(2, prior=(1,)), "imaginary hits and misses"),
        (lambda: EpsilonGreedy(2, prior=3), "imaginary hits and misses"),
        (lambda: EpsilonGreedy(2, prior=(1, -1)), "prior=-1"),
        (lambda: EpsilonGreedy(2, seed=-1), "seed=-1"),
        (lambda: LinUCB(2, 3, ridge=-(10**30)), "ridge=-1000000000000000000000000000000: give a number"),
        (lambda: UCB(2, -1), "alpha=-1"),
        (lambda: Thompson(2, prior=(0, 1)), "prior=0"),
        (lambda: LinUCB(2, 0), "n_features=0"),
        (lambda: LinUCB(2, 3, float("nan")), "alpha=nan"),
        (lambda: LinUCB(2, 3, ridge=0), "ridge=0"),
        (lambda: LinThompson(2, 3, 0), "scale=0"),
        (lambda: LinEpsilonGreedy(2, 3, 2), "epsilon=2"),
        (lambda: LinEpsilonGreedy(2, 3, hope=-1), "hope=-1"),
        (lambda: UCB(2).learn([0, 1], [1]), "arms and rewards go together"),
        (lambda: UCB(2).learn([2], [1]), "positions from 0 to 1"),
        (lambda: UCB(2).learn([-1], [1]), "positions from 0 to 1"),
        (lambda: UCB(2).learn([0.5], [1]), "positions from 0 to 1"),
        (lambda: UCB(2).learn([0], [float("nan")]), "leave out visits without an answer"),
        (lambda: EpsilonGreedy(2).learn([0, 0], [1e308, 1e308]), r"A reward is beyond 1e\+50"),
        (lambda: LinUCB(2, 2).learn([0], [-1e300], [[1.0, 1.0]]), r"A reward is beyond 1e\+50"),
        (lambda: LinUCB(2, 2).learn([0], [1], [[1e200, 1.0]]), r"A feature is beyond 1e\+50"),
        (lambda: UCB(2).learn([0], ["a"]), "rewards holds what is no number"),
        (lambda: UCB(2).learn([0], [5]), "rewards from 0 to 1"),
        (lambda: UCB(2).learn([0], [-0.1]), "rewards from 0 to 1"),
        (lambda: LinUCB(2, 2).choose([["a", "b"]]), "features holds what is no number"),
        (lambda: LinUCB(2, 2).choose([[1, 2], [3]]), "features holds what is no number"),
        (lambda: play("UCB", [[0.1, 0.2]]), "rule='UCB': give a bandit"),
        (lambda: play(UCB(2), [["a", "b"]]), "rates holds what is no number"),
        (lambda: play(UCB(2), [[0.1, 0.2]], seed=None), "seed=None: give a whole number"),
        (lambda: play(UCB(2), [[0.1, 0.2]], seed=0.5), "seed=0.5: give a whole number"),
        (lambda: play(LinUCB(2, 1), [[0.1, 0.2]] * 2, features=1.0), "2 visits and 1 rows"),
        (lambda: LinUCB(2, 3).learn([0], [1]), "goes by 3 features"),
        (lambda: LinUCB(2, 3).learn([0], [1], [[1, 2]]), r"shape \(n, 3\)"),
        (lambda: LinUCB(2, 3).learn([0, 1], [1, 0], [[1, 2, 3]]), "one for each"),
        (lambda: LinUCB(2, 3).choose(5), "goes by 3 features"),
        (lambda: LinUCB(2, 1).choose([[float("inf")]]), "goes by 1 features"),
        (lambda: UCB(2).choose(-1), "visits=-1"),
        (lambda: play(UCB(2), [[0.1, 0.2, 0.3]]), "a column for each of the 2 arms"),
        (lambda: play(UCB(2), [[0.1, 1.2]]), "chances from 0 to 1"),
        (lambda: play(UCB(2), [[0.1, float("nan")]]), "chances from 0 to 1"),
        (lambda: play(UCB(2), [[0.1, 0.2]], batch=0), "batch=0"),
        (lambda: play(UCB(2), [[0.1, 0.2]], delay=-1), "delay=-1"),
        (lambda: play(LinUCB(2, 3), [[0.1, 0.2]]), "LinUCB goes by 3 features: give features="),
        (lambda: play(LinUCB(2, 1), [[0.1, 0.2]], features=[[1.0], [2.0]]), "1 visits and 2 rows"),
    ],
)
def test_what_cannot_be_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_a_refused_answer_changes_nothing():
    rule = LinUCB(2, 2).learn([0], [1], [[1.0, 0.0]])
    before = rule.theta.copy(), rule.shown.copy()
    with pytest.raises(ValueError):
        rule.learn([0, 1], [1, 1], [[1.0, 0.0], [np.nan, 1.0]])
    assert (rule.theta == before[0]).all() and (rule.shown == before[1]).all()
