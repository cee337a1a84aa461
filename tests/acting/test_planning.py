"""Planning: exact values against sums over many steps and over all plans, learning against what is exact."""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers.acting import Chain, QLearning

REWARDS, FOLLOWING = [[10, 6], [5, 3]], [[1, 0], [1, 0]]  # fresh, weary; play, rest
WEARY = Chain.certain(REWARDS, FOLLOWING)


def some_chain(seed, states=4, actions=3):
    rng = np.random.default_rng(seed)
    chances = rng.random((states, actions, states)) * (rng.random((states, actions, states)) < 0.6)
    chances[..., 0] += 0.1
    return Chain(rng.integers(-5, 6, (states, actions)), chances / chances.sum(axis=2, keepdims=True))


def by_adding_up(chain, plan, discount, steps=2000):
    """What a plan brings, reward by reward along the distribution of where one is."""
    here, worth = np.eye(len(plan)), np.zeros(len(plan))
    rows = np.arange(len(plan))
    for step in range(steps):
        worth += discount**step * here @ chain.rewards[rows, plan]
        here = here @ chain.chances[rows, plan]
    return worth


def all_plans(chain):
    states, actions = chain.rewards.shape
    return [np.array(plan) for plan in product(range(actions), repeat=states)]


@pytest.mark.parametrize("discount", [0.0, 0.3, 0.9])
def test_a_plan_is_worth_its_rewards_added_up(discount):
    chain = some_chain(1)
    for plan in all_plans(chain)[::7]:
        np.testing.assert_allclose(
            chain.plan_values(plan, discount), by_adding_up(chain, plan, discount), atol=1e-8
        )


def test_the_weary_chain_by_its_closed_form():
    for discount in (0.1, 0.39, 0.41, 0.9):
        solved = WEARY.solve(discount)
        fresh = (10 + 3 * discount) / (1 - discount**2)  # play, rest, play, rest, ...
        always = 10 + discount * 5 / (1 - discount)
        assert solved.plan.tolist() == ([0, 1] if discount > 0.4 else [0, 0])
        assert solved.values[0] == pytest.approx(max(fresh, always))


@given(st.integers(0, 500), st.sampled_from([0.0, 0.5, 0.95]))
@settings(max_examples=25, deadline=None)
def test_no_plan_beats_the_solved_one_in_any_state(seed, discount):
    chain = some_chain(seed, states=3)
    solved = chain.solve(discount)
    best = np.max([chain.plan_values(plan, discount) for plan in all_plans(chain)], axis=0)
    np.testing.assert_allclose(solved.values, best, atol=1e-9)
    np.testing.assert_allclose(chain.plan_values(solved.plan, discount), best, atol=1e-9)
    np.testing.assert_allclose(solved.action_values.max(axis=1), best, atol=1e-9)


def test_of_equal_actions_the_lower_is_taken_whatever_the_last_digit_says():
    third = 0.1 + 0.2  # not 0.3
    chain = Chain.certain([[0.3, third], [third, 0.3]], [[0, 0], [1, 1]])
    assert chain.solve(0.9).plan.tolist() == [0, 0]


def test_without_discount_only_the_reward_counts():
    chain = some_chain(3)
    solved = chain.solve(0)
    assert solved.plan.tolist() == chain.rewards.argmax(axis=1).tolist()
    np.testing.assert_array_equal(solved.action_values, chain.rewards)


def test_looking_ahead_is_reward_and_what_follows():
    chain, values = some_chain(4), np.array([1.0, -2.0, 3.0, 0.5])
    found = chain.action_values(values, 0.8)
    for state, action in product(range(4), range(3)):
        ahead = sum(chain.chances[state, action, then] * values[then] for then in range(4))
        assert found[state, action] == pytest.approx(chain.rewards[state, action] + 0.8 * ahead)


def test_steps_are_drawn_by_their_chances():
    chain = some_chain(5)
    rng = np.random.default_rng(0)
    drawn = np.bincount([chain.step(2, 1, rng) for _ in range(20_000)], minlength=4) / 20_000
    np.testing.assert_allclose(drawn, chain.chances[2, 1], atol=0.015)
    assert (drawn[chain.chances[2, 1] == 0] == 0).all()


class End:
    """A luck at the very end of its range."""

    def random(self):
        return np.nextafter(1.0, 0.0)


def test_a_step_never_leads_where_it_cannot(monkeypatch):
    chances = np.array([[[0.1] * 9 + [0.1, 0.0]]] * 11)  # sums to 1 but for the last digit
    chain = Chain(np.zeros((11, 1)), chances)
    monkeypatch.setattr("recsys_helpers.acting.planning.random_source", lambda state: End())
    assert chain.step(0, 0) == 9


@pytest.mark.parametrize(
    ("rewards", "chances", "says"),
    [
        ([1, 2], [[1, 0], [0, 1]], "shape"),
        ([[1], [2]], [[[1, 0]]], "shape"),
        (np.zeros((0, 2)), np.zeros((0, 2, 0)), "shape"),
        ([[1], [np.nan]], [[[1, 0]], [[0, 1]]], "^rewards.*finite"),
        ([[1], [2]], [[[1, 0]], [[np.inf, 1]]], "^chances.*finite"),
        ([[1], [2]], [[[0.5, 0.4]], [[0, 1]]], "sum to 1"),
        ([[1], [2]], [[[1.5, -0.5]], [[0, 1]]], "0 or more"),
    ],
)
def test_a_table_that_is_no_chain_is_refused(rewards, chances, says):
    with pytest.raises(ValueError, match=says):
        Chain(rewards, chances)


@pytest.mark.parametrize("following", [[[1, 0]], [[1, 2], [1, 0]], [[0.5, 0], [1, 0]]])
def test_a_state_that_is_none_is_refused(following):
    with pytest.raises(ValueError, match="name a state from 0 to 1"):
        Chain.certain(REWARDS, following)


def test_a_plan_or_discount_that_is_none_is_refused():
    for plan in ([0], [0, 2], [0, -1], [0, 0.5]):
        with pytest.raises(ValueError, match="A plan names for each of the 2 states one of the 2 actions"):
            WEARY.plan_values(plan, 0.5)
    for discount in (1, -0.1, np.nan, True):
        with pytest.raises(ValueError, match="discount"):
            WEARY.solve(discount)
    with pytest.raises(ValueError, match="give one for each of 2 states"):
        WEARY.action_values([1], 0.5)


def test_one_step_by_hand():
    learner = QLearning(2, 2, discount=0.5, rate=0.25)
    learner.values[:] = [[4.0, 0.0], [2.0, 8.0]]
    learner.learn(0, 0, reward=10, following=1)  # 4 + .25 (10 + .5 x 8 - 4)
    assert learner.values.tolist() == [[6.5, 0.0], [2.0, 8.0]] and learner.visits.tolist() == [[1, 0], [0, 0]]


def test_the_first_step_goes_all_the_way_and_the_later_ones_slow_down():
    learner = QLearning(1, 1, discount=0.0)
    learner.learn(0, 0, 10, 0)
    assert learner.values[0, 0] == 10
    learner.learn(0, 0, 0, 0)
    assert learner.values[0, 0] == pytest.approx(10 - 10 / 2**0.7)


@pytest.mark.parametrize("seed", range(3))
def test_it_comes_to_what_is_exact(seed):
    chain = some_chain(seed, states=3, actions=2)
    learner = QLearning(3, 2, discount=0.5, epsilon=0.5, random_state=seed)
    learner.walk(chain, 30_000, noise=0.5)
    solved = chain.solve(0.5)
    np.testing.assert_allclose(learner.values, solved.action_values, atol=0.25)
    q = solved.action_values
    clear = np.abs(q[:, 0] - q[:, 1]) > 0.5
    assert (learner.plan == solved.plan)[clear].all() and clear.any()


def test_it_never_looks_at_the_chances():
    learner = QLearning(2, 2, discount=0.9, epsilon=0.3, random_state=1)
    state = 0
    for _ in range(4000):  # a world of its own, without a table
        action = learner.choose(state)
        learner.learn(state, action, [[10, 6], [5, 3]][state][action], state := [1, 0][action])
    assert learner.plan.tolist() == [0, 1]


def test_exploring_is_as_often_as_it_says():
    learner = QLearning(1, 4, discount=0, epsilon=0.4, random_state=0)
    learner.values[0, 2] = 1
    chosen = np.bincount([learner.choose(0) for _ in range(20_000)], minlength=4) / 20_000
    np.testing.assert_allclose(chosen, [0.1, 0.1, 0.7, 0.1], atol=0.012)
    greedy = QLearning(1, 4, discount=0, epsilon=0)
    assert {greedy.choose(0) for _ in range(20)} == {0}  # of equals the lowest


def test_the_same_seed_walks_the_same_way():
    one, two = (QLearning(2, 2, discount=0.9, random_state=4) for _ in range(2))
    assert one.walk(WEARY, 300, noise=2.0) == two.walk(WEARY, 300, noise=2.0)
    np.testing.assert_array_equal(one.values, two.values)
    assert one.visits.sum() == 300
    coin = Chain(
        [[0], [0]], [[[0.5, 0.5]], [[0.5, 0.5]]]
    )  # what follows is drawn too, by the learner's own seed
    one, two = (QLearning(2, 1, discount=0.5, random_state=7) for _ in range(2))
    assert [one.walk(coin, 1) for _ in range(200)] == [two.walk(coin, 1) for _ in range(200)]
    two = QLearning(2, 1, discount=0.5, random_state=7)
    two.walk(coin, 400)
    assert two.visits.sum() == 400 and 150 < two.visits[0, 0] < 250


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"epsilon": 1.5}, "epsilon"),
        ({"rate": -1}, "rate"),
        ({"rate": 2}, "from 0 to 1"),
        ({"discount": 1}, "no end"),
    ],
)
def test_a_learner_that_cannot_be_is_refused(given, says):
    with pytest.raises(ValueError, match=says):
        QLearning(2, 2, **{"discount": 0.5} | given)


@pytest.mark.parametrize("wrong", [-1, 2, 0.0, None, True, "0", np.nan, 10**20])
def test_a_place_that_the_table_does_not_have_is_refused_and_changes_nothing(wrong):
    learner = QLearning(2, 2, discount=0.5)
    for name, does in {
        "state": (
            lambda: WEARY.step(wrong, 0),
            lambda: learner.choose(wrong),
            lambda: learner.learn(wrong, 0, 1, 0),
        ),
        "action": (lambda: WEARY.step(0, wrong), lambda: learner.learn(0, wrong, 1, 0)),
        "following": (lambda: learner.learn(0, 0, 1, wrong),),
    }.items():
        for one in does:
            with pytest.raises(ValueError, match=f"^{name}=.*from 0 to 1"):
                one()
    assert not learner.values.any() and not learner.visits.any()


@pytest.mark.parametrize("reward", [np.nan, np.inf, -np.inf, None, "1", True])
def test_a_reward_that_is_no_number_is_refused_and_changes_nothing(reward):
    learner = QLearning(2, 2, discount=0.5)
    with pytest.raises(ValueError, match="^reward="):
        learner.learn(0, 0, reward, 1)
    assert not learner.values.any() and not learner.visits.any()
    learner.learn(np.int64(0), np.int32(1), np.float32(-2), 1)
    assert learner.values.tolist() == [[0.0, -2.0], [0.0, 0.0]]


def test_a_learner_of_another_size_is_refused():
    with pytest.raises(ValueError, match="chain=3: give a Chain"):
        QLearning(2, 2, discount=0.5).walk(3, 1)
    with pytest.raises(ValueError, match=r"rewards has shape \(1,\)"):
        Chain(3, [[[1.0]]])
    with pytest.raises(ValueError, match="rewards holds what is no number"):
        Chain([["a"]], [[[1.0]]])
    with pytest.raises(ValueError, match="the learner"):
        QLearning(3, 2, discount=0.5).walk(WEARY, 1)
    with pytest.raises(ValueError, match="^noise=-1"):
        QLearning(2, 2, discount=0.5).walk(WEARY, 1, noise=-1)
    with pytest.raises(ValueError, match="n_states"):
        QLearning(0, 2, discount=0.5)


def test_without_being_asked_for_noise_there_is_none_and_the_seed_is_0():
    quiet, said = QLearning(2, 2, discount=0.7), QLearning(2, 2, discount=0.7, random_state=0)
    quiet.walk(WEARY, 200)
    said.walk(WEARY, 200, noise=0.0)
    np.testing.assert_array_equal(quiet.values, said.values)
    once = QLearning(1, 1, discount=0.0, rate=1.0)
    once.walk(Chain.certain([[7.0]], [[0]]), 3)
    assert once.values.tolist() == [[7.0]]
    with pytest.raises(ValueError, match="steps=-1"):
        once.walk(Chain.certain([[7.0]], [[0]]), -1)
    for name in ("epsilon", "rate"):
        QLearning(1, 1, **{"discount": 0.0, name: 0.0})


def test_values_are_equal_within_a_billionth_of_the_largest_or_of_1():
    """So that a rounding chooses no action, whatever the unit of the rewards."""

    def first(rewards):
        return Chain.certain([rewards], [[0, 0]]).solve(0.0).plan.tolist()

    assert first([0.0, 5e-10]) == [0] and first([0.0, 2e-9]) == [1]
    for sign in (1, -1):
        assert first([sign * 1e6, sign * 1e6 + 5e-4]) == [0]
        assert first([sign * 1e6, sign * 1e6 + 2e-3]) == [1]


def test_chances_sum_to_1_up_to_a_rounding_and_no_further():
    Chain([[1.0]], [[[1 - 1e-12]]])
    for off in (1e-6, -1e-6):
        with pytest.raises(ValueError, match="sum to 1 for each state and action"):
            Chain([[1.0]], [[[1 + off]]])


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"epsilon": 1.5}, "epsilon=1.5: give a number from 0 to 1."),
        ({"rate": 1.25}, "rate=1.25: give a number from 0 to 1."),
        ({"discount": 1.5}, "discount=1.5: give a number from 0 to below 1, or the sum has no end."),
        ({"n_states": 0}, "n_states=0"),
        ({"n_actions": 0}, "n_actions=0"),
        ({"n_actions": 1.5}, "n_actions=1.5"),
        ({"n_states": 1.5}, "n_states=1.5"),
    ],
)
def test_a_refusal_names_what_was_given(given, says):
    with pytest.raises(ValueError, match="^" + re.escape(says)):
        QLearning(**{"n_states": 2, "n_actions": 2, "discount": 0.5} | given)


def test_a_learner_explores_a_tenth_of_the_time_unless_told_otherwise_and_may_always_or_never():
    def random_share(**given):
        learner = QLearning(1, 2, discount=0.0, **given)
        learner.values[0, 0] = 1.0
        return 2 * np.mean([learner.choose(0) for _ in range(20_000)])

    assert random_share() == pytest.approx(0.1, abs=0.012)
    assert random_share(epsilon=1.0) == pytest.approx(1, abs=0.03) and random_share(epsilon=0) == 0
    once = QLearning(1, 1, discount=0.5, rate=1)
    once.learn(0, 0, 4.0, 0)
    once.learn(0, 0, 4.0, 0)
    assert once.values.tolist() == [[6.0]]


def test_a_walk_begins_where_it_is_told_and_ends_where_it_says():
    ring = Chain.certain([[1.0], [2.0], [4.0]], [[1], [2], [0]])
    learner = QLearning(3, 1, discount=0.0, rate=1.0)
    assert learner.walk(ring, 2) == 2 and learner.values.ravel().tolist() == [1.0, 2.0, 0.0]
    assert learner.walk(ring, 1, state=2) == 0 and learner.values.ravel().tolist() == [1.0, 2.0, 4.0]
    assert learner.walk(ring, 0, state=1) == 1 and learner.visits.ravel().tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match=r"^The chain has shape \(2, 2\) and the learner \(3, 1\)"):
        learner.walk(WEARY, 1)


def test_a_chain_that_is_refused_is_told_its_shapes():
    with pytest.raises(
        ValueError, match=r"^rewards has shape \(2, 1\) and chances \(1, 1, 2\): give \(states"
    ):
        Chain([[1], [2]], [[[1, 0]]])
    with pytest.raises(ValueError, match=r"^values has shape \(1,\): give one for each of 2 states"):
        WEARY.action_values([1], 0.5)
    with pytest.raises(ValueError, match=r"of the \(2, 2\) places"):
        Chain.certain(REWARDS, [[1, 0]])
    with pytest.raises(ValueError, match="^values holds what is no finite number"):
        WEARY.action_values([1, np.nan], 0.5)
