"""Small interactions that the tests of trust share."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.interactions import Interactions


def make(n_users=40, n_items=25, density=0.3, seed=0) -> Interactions:
    rng = np.random.default_rng(seed)
    taste = rng.normal(size=(n_users, 3)) @ rng.normal(size=(3, n_items))
    heard = taste + rng.normal(size=taste.shape) > np.quantile(taste, 1 - density)
    heard[np.arange(n_users), rng.integers(0, n_items, n_users)] = True
    heard[:, -1] = False
    heard[0, -1] = True
    row, column = np.nonzero(heard)
    table = {"user_id": [f"u{r:02d}" for r in row], "track_id": [f"t{c:02d}" for c in column]}
    frame = pd.DataFrame(table | {"value": rng.integers(1, 5, len(row)).astype(float)})
    return Interactions.from_frame(frame, value="value")


@pytest.fixture(scope="session")
def x() -> Interactions:
    return make()
