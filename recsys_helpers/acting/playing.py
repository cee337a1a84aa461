"""A bandit at work on a table of chances: it chooses visit by visit, and answers come at once, in batches or late.

It serves no shelf and judges nothing: ``World.serve`` is for policies, and regret is counted from what comes out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from recsys_helpers.acting.arms import as_numbers
from recsys_helpers.acting.bandits import Bandit
from recsys_helpers.acting.keyed import Array
from recsys_helpers.columns import show
from recsys_helpers.models.checks import check_number


@dataclass(frozen=True)
class Played:
    """What a rule chose and what came of it, visit by visit: arms, rewards, both of shape (n,)."""

    arms: Array
    rewards: Array


def play(
    rule: Bandit, rates: Any, *, features: Any = None, batch: int = 1, delay: int = 0, seed: int = 0
) -> Played:
    """Let a rule choose for each visit in turn, and answer 1 with the chance that the table has for its choice, else 0.

    Parameters
    ----------
    rates : shape (n, n_arms), what only a simulation knows: with what chance each arm would please at each visit.
    features : shape (n, d), for rules that go by them.
    batch : how many visits are chosen for before the next answers are taken in.
    delay : how many more visits an answer takes to arrive.
    seed : of the answers. Two rules with one seed that choose alike at a visit get the same answer there.

    >>> from recsys_helpers.acting.bandits import EpsilonGreedy
    >>> sure = play(EpsilonGreedy(2, epsilon=0.0), [[0.0, 1.0]] * 4)
    >>> sure.arms.tolist(), sure.rewards.tolist()
    ([0, 1, 1, 1], [0, 1, 1, 1])
    """
    if not isinstance(rule, Bandit):
        raise ValueError(f"rule={show(rule)}: give a bandit, as UCB(26).")
    table = as_numbers("rates", rates)
    if table.ndim != 2 or table.shape[1] != rule.n_arms or not ((table >= 0) & (table <= 1)).all():
        raise ValueError(
            f"rates are chances from 0 to 1, a row for each visit and a column for each of the {rule.n_arms} arms."
        )
    check_number("batch", batch, 1, whole=True)
    check_number("delay", delay, 0, whole=True)
    check_number("seed", seed, 0, whole=True)
    x = None if features is None else np.atleast_1d(as_numbers("features", features))
    if x is not None and len(x) != len(table):
        raise ValueError(
            f"There are {len(table)} visits and {len(x)} rows of features: give one for each visit."
        )
    if x is None and rule.n_features is not None:
        raise ValueError(f"{type(rule).__name__} goes by {rule.n_features} features: give features=.")
    answers = (np.random.default_rng(seed).random(table.shape) < table).astype(np.int64)
    arms, rewards = np.zeros(len(table), dtype=np.int64), np.zeros(len(table), dtype=np.int64)
    known = 0
    for start in range(0, len(table), batch):
        now = slice(start, min(start + batch, len(table)))
        arms[now] = rule.choose(now.stop - now.start if x is None else x[now])
        rewards[now] = answers[np.arange(now.start, now.stop), arms[now]]
        there = max(now.stop - delay, known)
        rule.learn(arms[known:there], rewards[known:there], None if x is None else x[known:there])
        known = there
    return Played(arms, rewards)
