"""Make diffprivlib.json: how much noise diffprivlib adds, and what its account says. Run by hand, in an environment of
its own.

Made with Python 3.11, diffprivlib 0.6.6, scikit-learn 1.4.2:

    python -m venv diffprivlib-env && diffprivlib-env/bin/pip install diffprivlib==0.6.6 scikit-learn==1.4.2
    diffprivlib-env/bin/python tests/trust/golden/make_diffprivlib.py

Scales are numbers without chance. The account is that of plain sums (slack 0).
"""

from __future__ import annotations

import json
from pathlib import Path

GAUSSIAN = [
    (1.0, 1e-5, 1.0),
    (4.0, 1e-5, 1.0),
    (0.3, 1e-6, 1.0),
    (8.0, 1e-5, 2.5),
    (0.05, 0.01, 3.0),
    (0.01, 1e-9, 1.0),
]
LAPLACE = [(0.5, 5.0), (1.0, 1.0), (4.0, 20.0)]
SPENT = [(0.3, 0.0), (0.2, 1e-6), (0.1, 2e-6)]


def main() -> None:
    from diffprivlib import BudgetAccountant
    from diffprivlib.mechanisms import GaussianAnalytic, Laplace

    account = BudgetAccountant(epsilon=1.0, delta=1e-5)
    for epsilon, delta in SPENT:
        account.spend(epsilon, delta)
    kept = {
        "gaussian": [
            {
                "epsilon": e,
                "delta": d,
                "sensitivity": s,
                "scale": GaussianAnalytic(epsilon=e, delta=d, sensitivity=s)._scale,
            }
            for e, d, s in GAUSSIAN
        ],
        "laplace": [
            {"epsilon": e, "sensitivity": s, "variance": Laplace(epsilon=e, sensitivity=s).variance(0.0)}
            for e, s in LAPLACE
        ],
        "account": {"spent": SPENT, "total": list(account.total())},
    }
    file = Path(__file__).with_name("diffprivlib.json")
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
