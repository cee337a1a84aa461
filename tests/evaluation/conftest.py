"""What the tests of evaluation share: random lists with a truth, and models small enough to read."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from recsys_helpers.interactions import Interactions


class ByCount(BaseEstimator):
    """Recommends what most listeners have (or, with sign=-1, what fewest have); predicts a constant."""

    def __init__(self, sign=1, rating=3.0):
        self.sign = sign
        self.rating = rating

    def fit(self, interactions, *, users=None, items=None, events=None):
        self.train_, self.tables_ = interactions, (users, items, events)
        counts = np.bincount(interactions.matrix.indices, minlength=interactions.shape[1])
        self.order_ = np.lexsort((np.arange(len(counts)), -self.sign * counts))
        return self

    def predict(self, users, items):
        return np.full(len(users), self.rating)

    def recommend(self, users, k=10, exclude_seen=True, candidates=None, context=None):
        rows = []
        for user, row in zip(users, self.train_.user_positions(users), strict=True):
            seen = set(
                self.train_.matrix.indices[
                    self.train_.matrix.indptr[row] : self.train_.matrix.indptr[row + 1]
                ]
            )
            best = [i for i in self.order_ if not exclude_seen or i not in seen][:k]
            rows += [(user, self.train_.items[i], rank, -float(rank)) for rank, i in enumerate(best, 1)]
        return pd.DataFrame(rows, columns=["user", "item", "rank", "score"])


@pytest.fixture
def refused():
    """Calls what must be refused, and reads the refusal: whole sentences, ids as one would type them."""

    def look(call, sentence):
        with pytest.raises(ValueError, match=sentence) as caught:
            call()
        message = str(caught.value)
        assert message.endswith(".") and "np." not in message and "\n" not in message
        assert not re.search(r"\. [a-z]", message), "a sentence begins with a capital"

    return look


@pytest.fixture
def by_count():
    return ByCount


@pytest.fixture(scope="session")
def ratings() -> Interactions:
    """60 listeners, 40 items, 3 to 30 ratings each, with times that often tie."""
    rng = np.random.default_rng(3)
    rows = []
    for user in range(60):
        for item in rng.choice(40, size=rng.integers(3, 30), replace=False):
            rows.append((user, f"t{item:02d}", float(rng.integers(1, 6)), int(rng.integers(0, 20))))
    frame = pd.DataFrame(rows, columns=["user_id", "track_id", "rating", "at"])
    return Interactions.from_frame(frame.sample(frac=1, random_state=0), value="rating", time="at")
