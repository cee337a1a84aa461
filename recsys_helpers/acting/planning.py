"""Planning: what an action is worth once what follows from it is counted, from a table of chances or from steps taken.

It knows no listener and no shelf: states and actions are numbers from 0. Searching settings by trying is ``search``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from recsys_helpers.acting.arms import as_numbers
from recsys_helpers.acting.keyed import Array
from recsys_helpers.columns import show
from recsys_helpers.models.checks import check_number, random_source

CLOSE = (
    1e-9  # of the largest value: action values that differ by less are equal, and the lower action is taken
)
SLOWING = 0.7  # a learner's nth step from a state and action goes 1 / n ** SLOWING of the way


@dataclass(frozen=True)
class Chain:
    """A Markov decision process of s states and a actions, with everything about it known.

    Attributes
    ----------
    rewards : (s, a) what an action in a state brings on average.
    chances : (s, a, s) how likely it leads to each state; each (state, action) sums to 1.

    Raises ValueError for tables of other shapes, for what is not finite and for chances that are none.

    >>> rewards = [[10, 6], [5, 3]]  # fresh, weary; play the favourite, let it rest
    >>> Chain.certain(rewards, [[1, 0], [1, 0]]).chances[0].tolist()
    [[0.0, 1.0], [1.0, 0.0]]
    """

    rewards: Array
    chances: Array

    def __post_init__(self) -> None:
        rewards, chances = (_numbers(name, getattr(self, name)) for name in ("rewards", "chances"))
        if rewards.ndim != 2 or not rewards.size or chances.shape != (*rewards.shape, len(rewards)):
            raise ValueError(
                f"rewards has shape {rewards.shape} and chances {chances.shape}: give (states, actions) and "
                "(states, actions, states)."
            )
        if (chances < 0).any() or not np.allclose(chances.sum(axis=2), 1, rtol=0, atol=1e-9):
            raise ValueError("chances must be 0 or more and sum to 1 for each state and action.")
        object.__setattr__(self, "rewards", rewards)
        object.__setattr__(self, "chances", chances)

    @classmethod
    def certain(cls, rewards: Any, following: Any) -> Chain:
        """A chain without luck: ``following`` (s, a) is the state that each action leads to."""
        rewards = _numbers("rewards", rewards)
        following = np.asarray(following)
        if following.shape != rewards.shape or not np.isin(following, np.arange(len(rewards))).all():
            raise ValueError(
                f"following must name a state from 0 to {len(rewards) - 1} for each of the {rewards.shape} places "
                "of rewards."
            )
        return cls(rewards, np.eye(len(rewards))[following.astype(np.int64)])

    def plan_values(self, plan: Any, discount: float) -> Array:
        """What each state is worth if one always acts by ``plan`` (an action for each state), shape (s,).

        The worth of a state is the reward now and ``discount`` times the worth of the next state. These are s linear
        equations, v = r + discount C v, and they are solved as such.

        >>> chain = Chain.certain([[10, 6], [5, 3]], [[1, 0], [1, 0]])
        >>> chain.plan_values([0, 0], 0.5).tolist()  # 5 / (1 - .5) when weary, 10 + .5 x 10 when fresh
        [15.0, 10.0]
        """
        _check_discount(discount)
        states, plan = np.arange(len(self.rewards)), np.asarray(plan)
        if plan.shape != states.shape or not np.isin(plan, np.arange(self.rewards.shape[1])).all():
            raise ValueError(
                f"A plan names for each of the {len(states)} states one of the {self.rewards.shape[1]} actions, from 0."
            )
        plan = plan.astype(np.int64)
        mixed = np.eye(len(states)) - discount * self.chances[states, plan]
        values: Array = np.linalg.solve(mixed, self.rewards[states, plan])
        return values

    def action_values(self, values: Any, discount: float) -> Array:
        """What each action in each state is worth, (s, a), if the next state is worth what ``values`` (s,) says."""
        _check_discount(discount)
        values = _numbers("values", values)
        if values.shape != (len(self.rewards),):
            raise ValueError(
                f"values has shape {values.shape}: give one for each of {len(self.rewards)} states."
            )
        looked_ahead: Array = self.rewards + discount * (self.chances @ values)
        return looked_ahead

    def solve(self, discount: float) -> Solved:
        """The best plan, found exactly by policy iteration: judge a plan, improve it, until it stays.

        A plan is only left for one that is better, so none comes twice, and there are at most a ** s of them. With
        ``discount`` 0 it is the myopic plan. Of equal actions the lower one is taken.

        >>> chain = Chain.certain([[10, 6], [5, 3]], [[1, 0], [1, 0]])
        >>> [chain.solve(discount).plan.tolist() for discount in (0.0, 0.9)]
        [[0, 0], [0, 1]]
        """
        plan = _greedy(self.rewards)
        states = np.arange(len(plan))
        while True:
            values = self.plan_values(plan, discount)
            q = self.action_values(values, discount)
            better = _greedy(q)
            gain = q[states, better] - q[states, plan]
            if (gain <= CLOSE * max(1.0, float(np.abs(q).max()))).all():
                break
            plan = better
        best = _greedy(q)
        return Solved(best, values, q)

    def step(self, state: int, action: int, random_state: Any = None) -> int:
        """Draw the state that an action leads to."""
        _check_place("state", state, len(self.rewards))
        _check_place("action", action, self.rewards.shape[1])
        chances = self.chances[state, action]
        u = float(random_source(random_state).random())
        return min(
            int(np.searchsorted(np.cumsum(chances), u, side="right")), int(np.flatnonzero(chances)[-1])
        )


class Solved(NamedTuple):
    """The best plan of a chain, an action for each state (s,), and what states (s,) and actions (s, a) are worth."""

    plan: Array
    values: Array
    action_values: Array


class QLearning:
    """Learns what actions are worth from steps taken, without being told rewards or chances (Watkins & Dayan 1992).

    Parameters
    ----------
    n_states, n_actions : how many there are.
    discount : from 0 to below 1, what the next step counts.
    epsilon : chance to act at random, so that no action is forgotten.
    rate : how far a step moves a value; None: 1 / n ** 0.7 at the nth step from that state and action.
    random_state : of the exploring.

    ``values`` (s, a) is what it believes. Christopher Watkins, Peter Dayan. Q-learning. Machine Learning 8, 1992.
    doi:10.1007/BF00992698.

    >>> learner = QLearning(2, 2, discount=0.5, rate=0.5)
    >>> learner.learn(state=0, action=0, reward=10, following=1)
    >>> learner.values.tolist()
    [[5.0, 0.0], [0.0, 0.0]]
    """

    def __init__(
        self,
        n_states: int,
        n_actions: int,
        *,
        discount: float,
        epsilon: float = 0.1,
        rate: float | None = None,
        random_state: Any = 0,
    ):
        check_number("n_states", n_states, 1, whole=True)
        check_number("n_actions", n_actions, 1, whole=True)
        _check_discount(discount)
        for name, value in (("epsilon", epsilon), ("rate", 1.0 if rate is None else rate)):
            check_number(name, value, 0)
            if value > 1:
                raise ValueError(f"{name}={value:g}: give a number from 0 to 1.")
        self.discount, self.epsilon, self.rate = discount, epsilon, rate
        self.values = np.zeros((n_states, n_actions))
        self.visits = np.zeros((n_states, n_actions), dtype=np.int64)
        self._rng = random_source(random_state)

    def choose(self, state: int) -> int:
        """The action that seems best (the lowest of equals), or with chance epsilon any."""
        _check_place("state", state, len(self.values))
        if self._rng.random() < self.epsilon:
            return int(self._rng.random() * self.values.shape[1])
        return int(self.values[state].argmax())

    def learn(self, state: int, action: int, reward: float, following: int) -> None:
        """Move the value of (state, action) towards the reward and the discounted best of the state that followed."""
        n_states, n_actions = self.values.shape
        for name, value, n in (
            ("state", state, n_states),
            ("action", action, n_actions),
            ("following", following, n_states),
        ):
            _check_place(name, value, n)
        if (
            isinstance(reward, bool)
            or not isinstance(reward, (int, float, np.number))
            or not -np.inf < reward < np.inf
        ):
            raise ValueError(f"reward={show(reward)}: give a finite number, or leave the step out.")
        self.visits[state, action] += 1
        rate = 1 / self.visits[state, action] ** SLOWING if self.rate is None else self.rate
        target = reward + self.discount * self.values[following].max()
        self.values[state, action] += rate * (target - self.values[state, action])

    def walk(self, chain: Chain, steps: int, noise: float = 0.0, state: int = 0) -> int:
        """Act in a chain for some steps and learn from each; gives the state at the end.

        noise : standard deviation of a normal number that is added to each reward.
        """
        check_number("steps", steps, 0, whole=True)
        check_number("noise", noise, 0)
        if not isinstance(chain, Chain):
            raise ValueError(f"chain={show(chain)}: give a Chain, as Chain.certain(rewards, following).")
        if chain.rewards.shape != self.values.shape:
            raise ValueError(
                f"The chain has shape {chain.rewards.shape} and the learner {self.values.shape}."
            )
        for _ in range(steps):
            action = self.choose(state)
            following = chain.step(state, action, self._rng)
            reward = chain.rewards[state, action] + noise * self._rng.standard_normal()
            self.learn(state, action, float(reward), following)
            state = following
        return state

    @property
    def plan(self) -> Array:
        """The action that seems best in each state, shape (s,)."""
        return _greedy(self.values)


def _greedy(q: Array) -> Array:
    close = CLOSE * max(1.0, float(np.abs(q).max()))
    best: Array = (q >= q.max(axis=1, keepdims=True) - close).argmax(axis=1)
    return best


def _check_place(name: str, value: Any, n: int) -> None:
    """ValueError unless a state, or an action, is one of n: a negative one would count from the end."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or not 0 <= value < n:
        raise ValueError(f"{name}={show(value)}: give a whole number from 0 to {n - 1}.")


def _check_discount(discount: float) -> None:
    check_number("discount", discount, 0)
    if discount >= 1:
        raise ValueError(f"discount={discount:g}: give a number from 0 to below 1, or the sum has no end.")


def _numbers(name: str, values: Any) -> Array:
    array = np.atleast_1d(as_numbers(name, values))
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds what is no finite number: give a number for each place.")
    return array
