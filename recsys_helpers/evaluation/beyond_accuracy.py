"""Beyond accuracy: what lists are like apart from their hits: how wide, how new, how varied, how popular.

None of it knows whether a listener liked a list: read it beside ``ranking``, never alone. Functions that describe
listeners give one value for each of them; those that describe the catalogue give one number. All take a table
DataFrame[user, item, rank] and, with ``k``, look at the first k places only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.evaluation.lists import read_lists
from recsys_helpers.evaluation.split import pattern
from recsys_helpers.interactions import Interactions, positions


def coverage(recommendations: pd.DataFrame, items: Any, k: int | None = None) -> float:
    """Share of the catalogue ``items`` (ids) that stands in at least one list, from 0 to 1.

    >>> coverage(pd.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"], "rank": [1, 2, 1]}), ["a", "b", "c", "d"])
    0.5
    """
    return float((exposure(recommendations, items, k) > 0).mean())


def gini(recommendations: pd.DataFrame, items: Any, k: int | None = None) -> float:
    """Gini index of how often each item of the catalogue is recommended: 0 all alike, near 1 one item takes all.

    >>> round(gini(pd.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "a"], "rank": [1, 2, 1]}), ["a", "b", "c"]), 3)
    0.444
    """
    return gini_of(exposure(recommendations, items, k))


def gini_of(counts: Any) -> float:
    """Gini index of any counts, shape (n,), not all 0: 0 all the same, 1 - 1/n all on one.

    >>> gini_of([2, 2, 2, 2]), gini_of([0, 0, 0, 8])
    (0.0, 0.75)
    """
    ordered = np.sort(np.asarray(counts, dtype=float))
    n = len(ordered)
    if not n or not ordered[0] >= 0 or not 0 < ordered[-1] < np.inf:
        raise ValueError("The Gini index needs finite counts of 0 or more, and at least one above 0.")
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * ordered.sum()))


def exposure(recommendations: pd.DataFrame, items: Any, k: int | None = None) -> pd.Series:
    """In how many lists each item of the catalogue stands, shape (n_items,), zeros included."""
    items = pd.Index(items)
    _, places = _membership(recommendations, items, k)
    return pd.Series(np.bincount(places.indices, minlength=len(items)), index=items, name="exposure")


def novelty(recommendations: pd.DataFrame, train: Interactions, k: int | None = None) -> pd.Series:
    """Mean self-information of a listener's list, in bits: -log2 of the share of listeners who know the item.

    An item nobody has heard counts as known to one listener. Zhou et al. 2010, arXiv:0808.2670; for this among other
    measures of novelty Vargas & Castells 2011, doi:10.1145/2043932.2043955.

    >>> train = Interactions.from_frame(pd.DataFrame({"user_id": [1, 2, 3, 4, 4], "track_id": list("aaaab")}))
    >>> novelty(pd.DataFrame({"user": [1, 1, 2], "item": ["a", "b", "b"], "rank": [1, 2, 1]}), train).to_dict()
    {1: 1.0, 2: 2.0}
    """
    known = np.maximum(_popularity(train), 1 / train.shape[0])
    return _list_mean(recommendations, train.items, -np.log2(known), k, "novelty")


def average_popularity(recommendations: pd.DataFrame, train: Interactions, k: int | None = None) -> pd.Series:
    """Mean popularity of a listener's list: the share of train's listeners who know the item, from 0 to 1.

    >>> train = Interactions.from_frame(pd.DataFrame({"user_id": [1, 2, 3, 4, 4], "track_id": list("aaaab")}))
    >>> average_popularity(pd.DataFrame({"user": [1, 1], "item": ["a", "b"], "rank": [1, 2]}), train).to_dict()
    {1: 0.625}
    """
    return _list_mean(recommendations, train.items, _popularity(train), k, "popularity")


def popularity_lift(
    recommendations: pd.DataFrame, train: Interactions, k: int | None = None, listeners: Any = None
) -> float:
    """By how much a group's lists are more popular than its profiles: 0 not at all, 0.5 by half, below 0 less popular.

    GAP is the mean over listeners of the mean popularity of their items; the lift is GAP(lists) / GAP(profiles) - 1
    over ``listeners`` (ids; None: all with a list). Abdollahpouri et al. 2019, arXiv:1907.13286. A listener without
    a list or without anything in train is a ValueError.

    >>> train = Interactions.from_frame(pd.DataFrame({"user_id": [1, 2, 3, 4, 4], "track_id": list("aaaab")}))
    >>> round(popularity_lift(pd.DataFrame({"user": [4], "item": ["a"], "rank": [1]}), train), 3)  # 1 / 0.625 - 1
    0.6
    """
    in_lists = average_popularity(recommendations, train, k)
    group = in_lists.index if listeners is None else pd.Index(listeners)
    without = group.difference(in_lists.index)
    if len(without):
        raise ValueError(
            f"Listener {without.tolist()[0]!r} has no list. Recommend to all of the group first."
        )
    rows = train.user_positions(group)
    sizes = np.diff(train.matrix.indptr)[rows]
    if (sizes == 0).any():
        raise ValueError(
            f"Listener {group[sizes == 0].tolist()[0]!r} has nothing in train, so no profile to compare with. "
            "Leave such listeners out of the group."
        )
    in_profiles = (pattern(train)[rows] @ _popularity(train)) / sizes
    return float(in_lists[group].mean() / in_profiles.mean() - 1)


def diversity(
    recommendations: pd.DataFrame, features: pd.DataFrame | pd.Series, k: int | None = None
) -> pd.Series:
    """Mean distance between the items of a listener's list, 1 - similarity, averaged over all pairs.

    features: one row for each item (its index). A DataFrame of numbers: the similarity is the cosine (an item
    without features is like no other). A Series of categories: 1 in the same category, else 0. A list of one item has
    no pair: NaN. Intra-list similarity, Ziegler et al. 2005, doi:10.1145/1060745.1060754, turned round.

    >>> genre = pd.Series({"a": "jazz", "b": "jazz", "c": "talk"})
    >>> lists = pd.DataFrame({"user": [1, 1, 1, 2, 2], "item": ["a", "b", "c", "a", "b"], "rank": [1, 2, 3, 1, 2]})
    >>> diversity(lists, genre).round(3).to_dict()
    {1: 0.667, 2: 0.0}
    """
    features, index = _features(features)
    lengths = np.sqrt((features**2).sum(axis=1))
    unit = sparse.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ features
    users, places = _membership(recommendations, index, k)
    n = np.diff(places.indptr)
    # The square of a sum of unit vectors holds each pair twice and each vector's own square once.
    total = np.asarray((places @ unit).power(2).sum(axis=1)).ravel()
    own = places @ (lengths > 0).astype(float)
    pairs = np.where(n > 1, n * (n - 1), np.nan)
    return pd.Series(1 - (total - own) / pairs, index=users, name="diversity").clip(lower=0)


def miscalibration(
    recommendations: pd.DataFrame,
    train: Interactions,
    categories: pd.DataFrame | pd.Series,
    k: int | None = None,
    alpha: float = 0.01,
) -> pd.Series:
    """How far the mix of categories in a listener's list is from the mix in the listener's past: 0 is calibrated.

    The Kullback-Leibler divergence of q~ = (1 - alpha) q + alpha p from p, in nats; p is the mix of the past (weighted
    by train's values), q that of the list. categories: a Series, or a DataFrame of non-negative weights of which each
    row is scaled to sum to 1, indexed by item. A listener without a past: NaN. Steck 2018,
    doi:10.1145/3240323.3240372.

    >>> train = Interactions.from_frame(pd.DataFrame({"user_id": [1, 1], "track_id": ["a", "c"]}))
    >>> genre = pd.Series({"a": "jazz", "b": "jazz", "c": "talk", "d": "talk"})
    >>> lists = pd.DataFrame({"user": [1, 1], "item": ["b", "d"], "rank": [1, 2]})
    >>> miscalibration(lists, train, genre).to_dict()
    {1: 0.0}
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is a small share between 0 and 1, for example 0.01, not {alpha}.")
    weights, index = _features(categories)
    if weights.nnz and weights.data.min() < 0 or (train.matrix.data < 0).any():
        raise ValueError(
            "Weights of categories and values of train must not be negative. Shift or clip them first."
        )
    weights = _to_shares(weights)
    users, places = _membership(recommendations, index, k)
    past = train.matrix[train.user_positions(users)] @ weights[positions(index, train.items, "item")]
    p, q = _to_shares(past).toarray(), _to_shares(places @ weights).toarray()
    mixed = (1 - alpha) * q + alpha * p
    terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / np.where(p > 0, mixed, 1)), 0)
    values = np.where(p.sum(axis=1) > 0, np.maximum(terms.sum(axis=1), 0), np.nan)
    return pd.Series(values, index=users, name="miscalibration")


def _membership(
    recommendations: pd.DataFrame, items: pd.Index, k: int | None
) -> tuple[pd.Index, sparse.csr_array]:
    """Listeners with a list, and lists x items with a one for each item of a list."""
    lists = read_lists(recommendations, k)
    kept = np.unique(lists.row)  # a list may have nothing in the first k places
    column = positions(items, lists.items, "item")[lists.column]
    entries = (np.ones(len(column)), (np.searchsorted(kept, lists.row), column))
    return lists.users[kept], sparse.csr_array(entries, shape=(len(kept), len(items)))


def _list_mean(
    recommendations: pd.DataFrame, items: pd.Index, value: np.ndarray, k: int | None, name: str
) -> pd.Series:
    users, places = _membership(recommendations, items, k)
    return pd.Series((places @ value) / np.diff(places.indptr), index=users, name=name)


def _popularity(train: Interactions) -> np.ndarray:
    """Share of the listeners who know each item, shape (n_items,)."""
    return np.bincount(train.matrix.indices, minlength=train.shape[1]) / train.shape[0]


def _features(features: pd.DataFrame | pd.Series) -> tuple[sparse.csr_array, pd.Index]:
    """Items x features, and the item ids of its rows; a category becomes a column of its own."""
    if isinstance(features, pd.Series):
        codes, _ = pd.factorize(features)
        if len(codes) and codes.min() < 0:
            raise ValueError("Some items have no category (NaN). Give them one, for example 'unknown'.")
        matrix = sparse.csr_array((np.ones(len(codes)), (np.arange(len(codes)), codes)))
    else:
        values = pd.DataFrame(features).to_numpy(dtype=float)
        if not np.isfinite(values).all():
            raise ValueError("Some features are NaN or infinite. Fill them in or drop these columns.")
        matrix = sparse.csr_array(values)
    return matrix, pd.Index(features.index)


def _to_shares(weights: sparse.csr_array) -> sparse.csr_array:
    """Rows that sum to 1 (or to 0, where there is nothing)."""
    totals = weights.sum(axis=1)
    return sparse.csr_array(sparse.diags_array(1 / np.where(totals > 0, totals, 1)) @ weights)
