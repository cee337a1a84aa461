"""Who looks like a fake account: five ways to rank listeners by suspicion, and how such a ranking is graded.

It removes nobody and knows no truth. Bots that give themselves away by *when* they play are ``events.bots``'s; here
only what was played counts. An odd account may be a person with an odd taste.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import as_ids, show
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_number


def _item_figures(x: Interactions) -> tuple[np.ndarray, np.ndarray]:
    """(listeners, mean value) of each item; the mean is 0 where there is no listener."""
    counts = np.bincount(x.matrix.indices, minlength=x.shape[1])
    sums = np.bincount(x.matrix.indices, x.matrix.data, minlength=x.shape[1])
    return counts, sums / np.maximum(counts, 1)


def _mean_of_rows(x: Interactions, values: np.ndarray) -> np.ndarray:
    """The mean of one number for each entry over each listener's entries; 0 where there is none."""
    found: np.ndarray = np.bincount(x.rows, values, minlength=x.shape[0]) / np.maximum(
        np.diff(x.matrix.indptr), 1
    )
    return found


def rdma(interactions: Interactions) -> pd.Series:
    """Rating deviation from mean agreement: how far a listener's values lie from others', most of all on rare items.

    The mean, over a listener's items, of |value - mean of the item| / number of the item's listeners (the listener's
    own value counts in both). Higher is more suspicious. Indexed by user; 0 for who has nothing.

    Paul-Alexandru Chirita, Wolfgang Nejdl, Cristian Zamfir. Preventing Shilling Attacks in Online Recommender Systems.
    WIDM 2005. doi:10.1145/1097047.1097061.

    >>> table = pd.DataFrame({"user_id": [1, 2, 3], "track_id": ["a", "a", "a"], "plays": [1, 1, 7]})
    >>> rdma(Interactions.from_frame(table, value="plays")).round(3).to_dict()
    {1: 0.667, 2: 0.667, 3: 1.333}
    """
    counts, means = _item_figures(interactions)
    item = interactions.matrix.indices
    away = np.abs(interactions.matrix.data - means[item]) / counts[item]
    return pd.Series(_mean_of_rows(interactions, away), index=interactions.users, name="rdma")


def pca_suspicion(interactions: Interactions, n_components: int = 3) -> pd.Series:
    """Who varies with nobody: minus the squared loadings of a listener on the first components of all listeners.

    Each listener's row (holes as 0) is brought to mean 0 and standard deviation 1. Then the listeners are the variables
    of a principal component analysis, and an account that was made by a formula has little part in what real ones have
    in common. Higher is more suspicious. It needs listeners x items numbers in memory.

    Bhaskar Mehta, Wolfgang Nejdl. Unsupervised Strategies for Shilling Detection and Robust Collaborative Filtering.
    User Modeling and User-Adapted Interaction 2009. doi:10.1007/s11257-008-9050-4.
    """
    from scipy.linalg import eigh

    n = interactions.shape[0]
    check_number("n_components", n_components, 1, whole=True)
    if n_components > n:
        raise ValueError(
            f"n_components={n_components} is more than the {n} listeners: give a smaller number."
        )
    rows = interactions.matrix.toarray()
    rows -= rows.mean(axis=1, keepdims=True)
    spread = rows.std(axis=1, keepdims=True)
    rows /= np.where(spread > 0, spread, 1.0)
    _, vectors = eigh(rows @ rows.T / interactions.shape[1], subset_by_index=[n - n_components, n - 1])
    part = np.round((vectors**2).sum(axis=1), 12)
    return pd.Series(-part, index=interactions.users, name="pca")


def profile_signs(interactions: Interactions) -> pd.DataFrame:
    """Figures of what each listener has, for a detector that takes columns: a row for each user.

    items : how many. mean, largest : of the values. rdma : see ``rdma``. fame : the mean number of listeners of the
    items. top_share : the share of the largest value in the sum.
    """
    x = interactions
    counts, _ = _item_figures(x)
    sizes = np.diff(x.matrix.indptr)
    largest = np.zeros(x.shape[0])
    np.maximum.at(largest, x.rows, x.matrix.data)
    total = np.bincount(x.rows, x.matrix.data, minlength=x.shape[0])
    return pd.DataFrame(
        {
            "items": sizes.astype(float),
            "mean": _mean_of_rows(x, x.matrix.data),
            "largest": largest,
            "rdma": rdma(x).to_numpy(),
            "fame": _mean_of_rows(x, counts[x.matrix.indices].astype(float)),
            "top_share": largest / np.where(total > 0, total, 1.0),
        },
        index=x.users,
    )


def forest_suspicion(interactions: Interactions, random_state: int = 0) -> pd.Series:
    """How few cuts set an account apart: an isolation forest on the logarithms of ``profile_signs``.

    Liu, Ting & Zhou (2008), by scikit-learn: a method for odd points of any kind, which knows no attack. Higher is more
    suspicious. doi:10.1109/ICDM.2008.17.
    """
    from sklearn.ensemble import IsolationForest  # here, so that the rest does not load scikit-learn

    signs = np.log(profile_signs(interactions) + 1e-3).round(9)
    forest = IsolationForest(n_estimators=200, random_state=random_state).fit(signs.to_numpy())
    score = -forest.score_samples(signs.to_numpy())
    return pd.Series(np.round(score, 9), index=interactions.users, name="forest")


def item_oddness(interactions: Interactions, least: int = 2) -> pd.Series:
    """How far the mean value of each item lies above what chance would give so many listeners: its z score.

    (mean of the item - mean of all entries) / (their standard deviation / root of the item's listeners); items with
    fewer than ``least`` listeners get 0. Indexed by item. Raises ValueError where all values are equal: then no item is
    louder than another.
    """
    check_number("least", least, 1, whole=True)
    counts, means = _item_figures(interactions)
    overall, spread = interactions.matrix.data.mean(), interactions.matrix.data.std()
    if spread == 0:
        raise ValueError("All values are equal, so no item is louder than another: give counts of plays.")
    z = (means - overall) / (spread / np.sqrt(np.maximum(counts, 1)))
    return pd.Series(np.where(counts >= least, z, 0.0), index=interactions.items, name="oddness")


def oddest_item_suspicion(interactions: Interactions, least: int = 2) -> pd.Series:
    """The value that each listener gave to the item of the highest ``item_oddness``: who makes it so odd.

    An attack has one target in common, however well each account is disguised. Higher is more suspicious; 0 for all who
    do not have the item, that is, for nearly all.
    """
    oddest = int(np.argmax(item_oddness(interactions, least).to_numpy().round(9)))
    at = interactions.matrix.indices == oddest
    found = np.zeros(interactions.shape[0])
    found[interactions.rows[at]] = interactions.matrix.data[at]
    return pd.Series(found, index=interactions.users, name="oddest item")


# ---- a ranking of suspects, and its grade ----------------------------------------------------------------------------


def most_suspicious(suspicion: pd.Series, m: int) -> pd.Index:
    """The m listeners with the highest suspicion, highest first; of equals those that stand first.

    Raises ValueError for more than there are, or a suspicion that is no number.

    >>> list(most_suspicious(pd.Series([0.1, 0.9, 0.9], index=["al", "bo", "cy"]), 2))
    ['bo', 'cy']
    """
    check_number("m", m, 1, whole=True)
    if m > len(suspicion):
        raise ValueError(f"m={m} is more than the {len(suspicion)} that are ranked: give a smaller number.")
    if suspicion.isna().any():
        raise ValueError(
            f"{show(suspicion.index[suspicion.isna()][0])} has no suspicion: give a number to each."
        )
    return suspicion.sort_values(ascending=False, kind="stable").index[:m]


def precision_at(suspicion: pd.Series, fakes: Any, m: int) -> float:
    """The share of fakes among the m most suspicious, ties shared out as chance would share them.

    Of those who tie at the end of the m, each is in with the same chance, and the expected share is given. So a
    detector that says the same of all gets the share of fakes among all, which is also what flagging at random gives.

    >>> precision_at(pd.Series([3.0, 1.0, 1.0, 0.0], index=list("abcd")), ["a", "c"], 2)
    0.75
    >>> precision_at(pd.Series(0.0, index=list("abcd")), ["a"], 2)
    0.25
    """
    last = suspicion[most_suspicious(suspicion, m)].iloc[-1]
    fake = np.asarray(suspicion.index.isin(as_ids(fakes)))
    above, at = (suspicion > last).to_numpy(), (suspicion == last).to_numpy()
    left = m - int(above.sum())
    return float((fake[above].sum() + left * fake[at].mean()) / m)
