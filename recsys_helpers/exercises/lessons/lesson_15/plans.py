"""The exercises of lesson 15 on plans: chains, learning from steps, searching, looking ahead.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "who_should_plan_by_learning",
    answer="a",
    why="Trying a few settings needs a mean over many listeners a try, and that is enough for two numbers. A table of "
    "values needs many visits to each state and action, and noise multiplies them.",
    wrong={
        "b": "It is exact in the end. Before that it needs more steps than a platform has weeks.",
        "c": "With the chances known one solves the equations, and needs neither.",
    },
)

WEARY = [[10, 6], [5, 3]], [[1, 0], [1, 0]]


def some_plans(rng):
    """Edge cases first: the lesson's chain with its four plans, one state, no tomorrow; then some chains."""
    yield *WEARY, [0, 0], 0.5
    yield *WEARY, [0, 1], 0.5
    yield *WEARY, [1, 1], 0.9
    yield [[4, 1]], [[0, 0]], [0], 0.75
    yield *WEARY, [0, 1], 0.0
    for _ in range(8):
        states = int(rng.integers(2, 4))
        rewards = rng.integers(0, 10, (states, 2))
        following = rng.integers(0, states, (states, 2))
        plan = rng.integers(0, 2, states)
        yield rewards.tolist(), following.tolist(), plan.tolist(), float(rng.choice([0.3, 0.5, 0.8]))


def _sweeps(rewards, following, plan, discount, step):
    values = [0.0] * len(rewards)
    for _ in range(400):
        values = [
            step(s, values, rewards[s][plan[s]], following[s][plan[s]], discount) for s in range(len(rewards))
        ]
    return values


def only_now(rewards, following, plan, discount):
    return [rewards[s][plan[s]] for s in range(len(rewards))]


def one_step_ahead(rewards, following, plan, discount):
    now = only_now(rewards, following, plan, discount)
    return [now[s] + discount * now[following[s][plan[s]]] for s in range(len(rewards))]


def discounted_now(rewards, following, plan, discount):
    return _sweeps(rewards, following, plan, discount, lambda s, v, r, f, d: d * (r + v[f]))


def stays_where_it_is(rewards, following, plan, discount):
    return [r / (1 - discount) for r in only_now(rewards, following, plan, discount)]


def best_instead(rewards, following, plan, discount):
    values = [0.0] * len(rewards)
    for _ in range(400):
        values = [
            max(r + discount * values[f] for r, f in zip(rewards[s], following[s], strict=True))
            for s in range(len(rewards))
        ]
    return values


def by_equations(rewards, following, plan, discount):
    n, plan = len(rewards), np.asarray(plan)
    rows = np.arange(n)
    moves = np.eye(n)[np.asarray(following)[rows, plan]]
    return np.linalg.solve(np.eye(n) - discount * moves, np.asarray(rewards, dtype=float)[rows, plan])


@exercise(
    inputs=some_plans,
    hints=[
        "v(s) = reward now + discount x v(next state). Both are known once the plan has said what to do in s.",
        "Begin with zeros and put the right side of that equation in again and again: 200 rounds are plenty.",
        "For each s, again and again: rewards[s][plan[s]] + discount * values[following[s][plan[s]]]",
    ],
    why="An action that pays little now may lead to a state that is worth more, and these values count both.",
    mistakes={
        "Is that the reward of now alone? What follows counts too, times the discount.": only_now,
        "Did you look one step ahead only? The next state has a next state too.": one_step_ahead,
        "Is today's reward discounted too? Only what follows is: reward + discount x v(next).": discounted_now,
        "Did you stay in one state? The action leads to `following`.": stays_where_it_is,
        "Did you take the best action in each state? The plan says which one to judge.": best_instead,
    },
    alternatives=[by_equations],
    tolerance=0.001,
)
def plan_values(rewards, following, plan, discount):
    """What each state is worth if one always acts by `plan`: a list, one number for each state.

    In state s action a pays rewards[s][a] and leads to the state following[s][a]; plan[s] is the action taken there.
    The worth of a state is the reward now plus `discount` (from 0, below 1) times the worth of the next one.
    """
    values = [0.0] * len(rewards)
    for _ in range(500):
        values = [rewards[s][plan[s]] + discount * values[following[s][plan[s]]] for s in range(len(rewards))]
    return values


def some_steps(rng):
    """Edge cases first: nothing known yet, no tomorrow, all the way, the same state again; then some steps."""
    yield [[0.0, 0.0], [0.0, 0.0]], 0, 0, 10, 1, 0.5, 0.9
    yield [[4.0, 1.0], [2.0, 8.0]], 0, 0, 10, 1, 0.25, 0.0
    yield [[4.0, 1.0], [2.0, 8.0]], 0, 1, 6, 1, 1.0, 0.5
    yield [[4.0, 1.0], [2.0, 8.0]], 1, 0, 5, 1, 0.5, 0.5
    yield [[4.0, 7.0], [2.0, 8.0]], 0, 0, 10, 1, 0.25, 0.5
    for _ in range(9):
        q = rng.integers(0, 20, (2, 2)).astype(float)
        state, action, following = (int(v) for v in rng.integers(0, 2, 3))
        yield (
            q.tolist(),
            state,
            action,
            int(rng.integers(1, 12)),
            following,
            float(rng.choice([0.1, 0.25, 0.5])),
            float(rng.choice([0.5, 0.9])),
        )


def _moved(q, state, action, rate, target):
    return q[state][action] + rate * (target - q[state][action])


def max_of_old_state(q, s, a, r, f, rate, d):
    return _moved(q, s, a, rate, r + d * max(q[s]))


def same_action_again(q, s, a, r, f, rate, d):
    return _moved(q, s, a, rate, r + d * q[f][a])


def without_discount(q, s, a, r, f, rate, d):
    return _moved(q, s, a, rate, r + max(q[f]))


def all_the_way(q, s, a, r, f, rate, d):
    return r + d * max(q[f])


def added_on_top(q, s, a, r, f, rate, d):
    return q[s][a] + rate * (r + d * max(q[f]))


def reward_alone(q, s, a, r, f, rate, d):
    return _moved(q, s, a, rate, r)


def by_averaging(q, state, action, reward, following, rate, discount):
    q = np.asarray(q, dtype=float)
    return (1 - rate) * q[state, action] + rate * (reward + discount * q[following].max())


@exercise(
    inputs=some_steps,
    hints=[
        "The target is the reward plus the discounted best value of the state that followed.",
        "Move a part of the way: old + rate x (target - old), where old is q[state][action].",
        "return q[state][action] + rate * (reward + discount * max(q[following]) - q[state][action])",
    ],
    why="Each step of a listener teaches a little about one state and action, and nobody had to know the chances.",
    mistakes={
        "Is that the best value of the old state? What counts is the state that followed.": max_of_old_state,
        "Did you take the same action again next? Q-learning takes the best there.": same_action_again,
        "Is the discount missing? The value of the next state counts times the discount.": without_discount,
        "Did you go all the way to the target? The rate says which part of the way.": all_the_way,
        "Did you add the target without taking the old value off? Move towards it.": added_on_top,
        "Is the next state missing? The target is the reward plus its discounted best value.": reward_alone,
    },
    alternatives=[by_averaging],
)
def q_update(q, state, action, reward, following, rate, discount):
    """The new value of q[state][action] after one step, as a number; q itself stays as it is.

    In `state` the `action` paid `reward` and led to the state `following`. The value moves `rate` of the way from what
    it is to the target: the reward plus `discount` times the best value in `following`.
    """
    target = reward + discount * max(q[following])
    return q[state][action] + rate * (target - q[state][action])


def some_generations(rng):
    """Edge cases first: the best stand last, values below 0, all are elites; then some generations."""
    yield [1.0, 2.0, 5.0, 7.0], [0.1, 0.2, 0.8, 0.9], 2
    yield [0.0, 4.0, 6.0, 3.0], [-1.0, -5.0, -9.0, -2.0], 2
    yield [2.0, 5.0, 3.5], [0.3, 0.1, 0.2], 3
    yield [3.0, 0.5, 6.0, 1.5, 4.0], [0.9, 0.2, 0.7, 0.1, 0.8], 3
    for _ in range(9):
        n = int(rng.integers(5, 9))
        values = rng.permutation(n) / 10 - 0.2
        yield np.round(rng.uniform(0, 7, n), 1).tolist(), values.tolist(), int(rng.integers(2, n - 1))


def _elites(candidates, values, n, best=True):
    order = np.argsort(np.asarray(values), kind="stable")
    order = order[::-1] if best else order
    return np.asarray(candidates, dtype=float)[order[:n]]


@exercise(
    inputs=some_generations,
    hints=[
        "Sort the candidates by their value, the highest first, and keep the first n.",
        "The next centre is the mean of these n, the next spread their standard deviation.",
        "best = np.array(candidates)[np.argsort(values)[::-1][:n]]; return best.mean(), best.std()",
    ],
    why="The next draw is made where the good ones were, and as wide as they lie apart. Nobody needed a gradient.",
    mistakes={
        "Did you keep the lowest? The highest values are the best ones.": lambda c, v, n: (
            _elites(c, v, n, False).mean(),
            _elites(c, v, n, False).std(),
        ),
        "Is that of all candidates? Only the n best shape the next draw.": lambda c, v, n: (
            np.mean(c),
            np.std(c),
        ),
        "Is the spread that of all candidates? Then the search never narrows: take the n best.": lambda c, v, n: (
            _elites(c, v, n).mean(),
            np.std(c),
        ),
        "Is that a standard error? The spread is the standard deviation.": lambda c, v, n: (
            _elites(c, v, n).mean(),
            _elites(c, v, n).std() / np.sqrt(n),
        ),
        "Are these mean and spread of the values? The next draw is of candidates.": lambda c, v, n: (
            np.sort(v)[::-1][:n].mean(),
            np.sort(v)[::-1][:n].std(),
        ),
    },
    conventions={
        "That divides by n - 1, as for a sample. The task divides by n.": lambda c, v, n: (
            _elites(c, v, n).mean(),
            _elites(c, v, n).std(ddof=1),
        ),
    },
    alternatives=[
        lambda c, v, n: [
            _elites(c, v, n).mean(),
            np.sqrt(((_elites(c, v, n) - _elites(c, v, n).mean()) ** 2).mean()),
        ]
    ],
)
def elite_step(candidates, values, n):
    """(mean, spread) of the n candidates with the highest values: where and how wide the next draw is made.

    `candidates` and `values` are lists of numbers, in the same order; no two values are equal, and n is at least 2. The
    spread is the standard deviation of the n themselves (the mean square is divided by n).
    """
    best = np.asarray(candidates, dtype=float)[np.argsort(values)[::-1][:n]]
    return best.mean(), best.std()


def some_horizons(rng):
    """Edge cases first: one week, all weeks, what wins first loses later; then some tables."""
    yield {0.0: [5.0, 5.0, 5.0], 1.0: [7.0, 4.0, 3.5]}, 1
    yield {0.0: [5.0, 5.0, 5.0], 1.0: [7.0, 4.0, 3.5]}, 3
    yield {0.0: [5.0, 5.5, 5.0], 0.5: [6.0, 5.0, 4.0], 1.0: [7.0, 3.0, 6.5]}, 2
    yield {0.0: [5.0, 6.0, 1.0], 1.0: [7.0, 5.0, 2.0]}, 2
    yield {0.0: [5.0, 9.0, 1.0], 1.0: [6.0, 5.5, 6.5]}, 3
    yield {0.5: [4.0, 4.5, 8.0], 1.0: [6.0, 6.5, 7.0]}, 3
    yield {0.0: [5.0, 5.0, 7.0], 0.5: [7.0, 4.0, 5.0], 1.0: [6.0, 6.0, 5.5]}, 3
    for _ in range(10):
        n, weeks = int(rng.integers(2, 5)), int(rng.integers(2, 5))
        first = rng.permutation(5 + np.arange(n)) + rng.random(n)
        falls = rng.uniform(0.1, 2.5, n)
        hours = {
            float(k) / 2: np.round(
                first[k] - falls[k] * np.arange(weeks) + rng.normal(0, 0.6, weeks), 2
            ).tolist()
            for k in range(n)
        }
        yield hours, int(rng.integers(1, weeks + 1))


def _most(hours, worth):
    return max(hours, key=lambda setting: worth(hours[setting]))


@exercise(
    inputs=some_horizons,
    hints=[
        "For each setting sum the hours of the first `weeks` weeks.",
        "hours[setting][:weeks] are these weeks; take the setting with the largest sum.",
        "return max(hours, key=lambda setting: sum(hours[setting][:weeks]))",
    ],
    why="The same table ships different shelves, according to how far ahead one looks. So the horizon is a decision.",
    mistakes={
        "Is that the best of the last of these weeks alone? All weeks up to it count.": lambda hours, weeks: (
            _most(hours, lambda row: row[weeks - 1])
        ),
        "Did you sum all weeks? Only the first ones, as many as `weeks` says, are looked at.": lambda hours, weeks: (
            _most(hours, sum)
        ),
        "Did you look at the first week alone? As many weeks as `weeks` says count.": lambda hours, weeks: (
            _most(hours, lambda row: row[0])
        ),
        "Is that the setting with the fewest hours? The most are wanted.": lambda hours, weeks: _most(
            hours, lambda row: -sum(row[:weeks])
        ),
        "Did you take the week after them too? The last one is hours[setting][weeks - 1].": lambda hours, weeks: (
            _most(hours, lambda row: sum(row[: weeks + 1]))
        ),
    },
    alternatives=[
        lambda hours, weeks: list(hours)[int(np.argmax([np.sum(row[:weeks]) for row in hours.values()]))],
    ],
)
def best_over(hours, weeks):
    """The setting with the most hours over the first `weeks` weeks together.

    `hours` holds for each setting its hours, week by week. No two settings have the same sum.
    """
    return max(hours, key=lambda setting: sum(hours[setting][:weeks]))
