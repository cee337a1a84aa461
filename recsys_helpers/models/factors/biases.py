"""What is left of a rating when taste is taken out: mu + b_u + b_i.

It is not a model of its own (``BiasedALS(n_factors=0)`` is): both rating models start from it.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.interactions import Interactions

DAMPING = 5.0


def damped_biases(
    x: Interactions, damping: float = DAMPING, n_sweeps: int = 10
) -> tuple[float, np.ndarray, np.ndarray]:
    """Mean, user biases (n_users,) and item biases (n_items,) by alternating means, each pulled towards 0.

    They approach the minimum of sum (r - mu - b_u - b_i)^2 + damping (sum b_u^2 + sum b_i^2) over the observed cells,
    where mu is the plain mean. A user or an item without an entry gets 0.

    >>> import pandas as pd
    >>> stars = pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "a"], "stars": [5, 3, 4]})
    >>> mean, of_user, of_item = damped_biases(Interactions.from_frame(stars, value="stars"), damping=1.0)
    >>> f"{mean:.2f}", [f"{b:+.2f}" for b in of_user], [f"{b:+.2f}" for b in of_item]
    ('4.00', ['+0.05', '-0.19'], ['+0.38', '-0.52'])
    """
    mean = float(x.matrix.data.mean())
    rows, columns = x.rows, x.matrix.indices
    of_user = np.zeros(x.shape[0])
    item_count = np.bincount(columns, minlength=x.shape[1]) + damping
    for _ in range(n_sweeps):
        of_item = (
            np.bincount(columns, x.matrix.data - mean - of_user[rows], minlength=x.shape[1]) / item_count
        )
        of_user = user_biases(x, mean, of_item, damping)
    return mean, of_user, of_item


def user_biases(x: Interactions, mean: float, of_item: np.ndarray, damping: float = DAMPING) -> np.ndarray:
    """The user biases that fit best when the mean and the item biases are given, shape (n_users,)."""
    rest = x.matrix.data - mean - of_item[x.matrix.indices]
    found: np.ndarray = np.bincount(x.rows, rest, minlength=x.shape[0]) / (np.diff(x.matrix.indptr) + damping)
    return found
