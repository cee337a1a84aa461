"""Make mabwiser.json: short histories and what MABWiser's bandits expect after them. Run by hand, in an environment of
its own.

Made with Python 3.11.7, mabwiser 2.7.4, numpy 2.4.6:

    python -m venv mabwiser-env && mabwiser-env/bin/pip install mabwiser==2.7.4
    mabwiser-env/bin/python tests/acting/golden/make_mabwiser.py

Means, UCB1 and LinUCB are numbers without chance. Thompson sampling draws, so the shares of 20,000 choices are kept. Of
its linear form the mean and the spread of each arm's draws are kept and no choices: MABWiser draws for all arms from
generators with one seed, so that its arms are lucky together, which the paper does not ask for.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np

ARMS, DRAWS = 4, 20_000


def in_order(expectations: dict) -> list[float]:
    return [float(expectations[arm]) for arm in range(ARMS)]


def shares(chosen: list[int]) -> list[float]:
    return (np.bincount(chosen, minlength=ARMS) / len(chosen)).tolist()


def case(seed: int, n: int, d: int) -> dict:
    from mabwiser.mab import MAB, LearningPolicy

    draw = np.random.default_rng(seed)
    arms = np.concatenate([np.arange(ARMS), draw.integers(ARMS, size=n - ARMS)])
    rewards = (draw.random(n) < 0.3 + 0.1 * arms).astype(int)
    x, new = draw.normal(size=(n, d)).round(3), draw.normal(size=(3, d)).round(3)

    def fitted(policy, *, contexts=None):
        mab = MAB(list(range(ARMS)), policy, seed=seed)
        mab.fit(arms.tolist(), rewards.tolist(), *([] if contexts is None else [contexts]))
        return mab

    def linear_scores(policy) -> list[list[float]]:
        return [in_order(row) for row in fitted(policy, contexts=x).predict_expectations(new)]

    found = {
        "EpsilonGreedy": in_order(fitted(LearningPolicy.EpsilonGreedy(epsilon=0)).predict_expectations()),
        "UCB1": {
            str(alpha): in_order(fitted(LearningPolicy.UCB1(alpha=alpha)).predict_expectations())
            for alpha in (1.0, 0.3)
        },
        "LinUCB": {
            f"{alpha} {ridge}": [
                in_order(row)
                for row in fitted(
                    LearningPolicy.LinUCB(alpha=alpha, l2_lambda=ridge), contexts=x
                ).predict_expectations(new)
            ]
            for alpha, ridge in ((1.0, 1.0), (0.3, 2.5))
        },
        "LinGreedy": linear_scores(LearningPolicy.LinGreedy(epsilon=0, l2_lambda=2.0)),
    }
    thompson = fitted(LearningPolicy.ThompsonSampling())
    found["Thompson"] = shares([thompson.predict() for _ in range(DRAWS)])
    linear = fitted(LearningPolicy.LinTS(alpha=0.5, l2_lambda=1.0), contexts=x)
    drawn = np.array([in_order(row) for row in linear.predict_expectations(np.tile(new[:1], (DRAWS, 1)))])
    found["LinThompson"] = {"mean": drawn.mean(axis=0).tolist(), "spread": drawn.std(axis=0).tolist()}
    return {
        "arms": arms.tolist(),
        "rewards": rewards.tolist(),
        "features": x.tolist(),
        "new": new.tolist(),
        "found": found,
    }


if __name__ == "__main__":
    made = {"mabwiser": version("mabwiser"), "numpy": version("numpy"), "draws": DRAWS}
    made["cases"] = [case(0, 12, 2), case(1, 40, 3)]
    target = Path(__file__).with_name("mabwiser.json")
    target.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"{len(made['cases'])} histories written to {target.name}")
