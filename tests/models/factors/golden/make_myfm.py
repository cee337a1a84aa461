"""Make myfm.json: rows of features, what the library myfm learned from them, and what it then says of each row.

Run by hand, in an environment of its own. Made with Python 3.11.7, myfm 0.4.0, numpy 2.4.6, scipy 1.17.1:

    python -m venv myfm-env && myfm-env/bin/pip install myfm==0.4.0 numpy==2.4.6 scipy==1.17.1
    myfm-env/bin/python tests/models/factors/golden/make_myfm.py

myfm draws its parameters from a posterior and averages over the draws. Only the last draw is kept here, so that its
predictions are those of one factorization machine.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy import sparse


def main() -> None:
    from myfm import MyFMRegressor  # here, where a collector of tests does not look

    rng = np.random.default_rng(0)
    dense = np.round(rng.normal(size=(40, 9)) * (rng.random((40, 9)) < 0.4), 3)
    target = dense[:, 0] * dense[:, 3] - dense[:, 5] + 0.3 * rng.normal(size=40)
    rows = sparse.csr_matrix(dense)
    model = MyFMRegressor(rank=3, random_seed=3).fit(rows, target, n_iter=50, n_kept_samples=1)
    (last,) = model.predictor_.samples
    found = {
        "rows": dense.tolist(),
        "intercept": last.w0,
        "weights": last.w.tolist(),
        "factors": last.V.tolist(),
        "predictions": model.predict(rows).tolist(),
    }
    Path(__file__).with_name("myfm.json").write_text(json.dumps(found) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
