"""Make obp.json: small random logs and what the Open Bandit Pipeline estimates from them. Run by hand, in an
environment of its own.

Made with Python 3.11.7, obp 0.5.7, numpy 2.4.6, scikit-learn 1.9.1:

    python -m venv obp-env
    obp-env/bin/pip install --no-deps --ignore-requires-python obp==0.5.7
    obp-env/bin/pip install numpy pandas scipy scikit-learn
    obp-env/bin/python tests/evaluation/golden/make_obp.py

obp's SNIPS takes a bound on the weights and does not use it. obp asks for packages of 2022 and for PyTorch, which its
estimators do not use: they are loaded alone, and a module with nothing but two names stands in for torch.
"""

from __future__ import annotations

import json
import sys
import sysconfig
import types
from importlib.metadata import version
from pathlib import Path

import numpy as np


def estimators(most: float) -> dict:
    """obp's own, which are loaded without the rest of the package."""
    place = Path(sysconfig.get_paths()["purelib"]) / "obp"
    for name, folder in (("obp", place), ("obp.ope", place / "ope")):
        module = types.ModuleType(name)
        module.__path__ = [str(folder)]
        sys.modules[name] = module
    sys.modules["torch"] = types.ModuleType("torch")
    sys.modules["torch"].Tensor = sys.modules["torch"].tensor = type("Tensor", (), {})
    from obp.ope import estimators as ope

    return {
        "IPS": ope.InverseProbabilityWeighting(),
        "IPS, clipped": ope.InverseProbabilityWeighting(lambda_=most),
        "SNIPS": ope.SelfNormalizedInverseProbabilityWeighting(),
        "direct": ope.DirectMethod(),
        "doubly robust": ope.DoublyRobust(),
        "doubly robust, clipped": ope.DoublyRobust(lambda_=most),
    }


def case(seed: int, n: int, m: int, sure: bool, most: float) -> dict:
    """A log of n visits among m items, a new policy (sure: it always shows one item), and obp's estimates."""
    draw = np.random.default_rng(seed)
    logged = draw.dirichlet(np.ones(m), size=n)
    shown = np.array([draw.choice(m, p=row) for row in logged])
    new = np.eye(m)[draw.integers(m, size=n)] if sure else draw.dirichlet(np.ones(m), size=n)
    rewards = (draw.random(n) < 0.4).astype(float)
    model = draw.random((n, m))
    row = np.arange(n)
    log = {
        "reward": rewards,
        "action": shown,
        "pscore": logged[row, shown],
        "action_dist": new[:, :, None],
        "position": np.zeros(n, dtype=int),
        "estimated_rewards_by_reg_model": model[:, :, None],
    }
    found = {name: float(one.estimate_policy_value(**log)) for name, one in estimators(most).items()}
    return {
        "most": most,
        "rewards": rewards.tolist(),
        "logged": logged[row, shown].tolist(),
        "target": new[row, shown].tolist(),
        "modelled": model[row, shown].tolist(),
        "expected": (new * model).sum(axis=1).tolist(),
        "found": found,
    }


if __name__ == "__main__":
    cases = [
        case(seed, *what)
        for seed, what in enumerate([(6, 3, True, 2.0), (40, 4, False, 1.2), (60, 5, True, 4.0)])
    ]
    made = {"obp": version("obp"), "numpy": version("numpy"), "cases": cases}
    target = Path(__file__).with_name("obp.json")
    target.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    print(f"{len(cases)} logs written to {target.name}")
