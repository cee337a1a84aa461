"""What a table of listeners, or a model of it, gives away of one of them: singled out, linked, a member, a new play.

It protects nobody and attacks no service: it takes tables and models that are at hand, so that whoever answers for
them can measure what others could learn. ``privacy`` is for what helps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import norm, rankdata

from recsys_helpers.evaluation import Interval
from recsys_helpers.evaluation.randomness import RandomState, generator
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Recommender

ROWS = 2_000  # rows of a dense block


def singled_out(interactions: Interactions, n: int, random_state: RandomState = 0) -> pd.Series:
    """How many listeners have all of n random items of each listener; 1: these n fit nobody else.

    Returns
    -------
    Series user -> number of listeners who have them all, oneself among them, for those who have n items or more.
    Raises ValueError for an n under 1, or where nobody has so many.

    Yves-Alexandre de Montjoye, César A. Hidalgo, Michel Verleysen, Vincent D. Blondel. Unique in the Crowd: The Privacy
    Bounds of Human Mobility. Scientific Reports 3:1376, 2013. doi:10.1038/srep01376.

    >>> log = pd.DataFrame({"user_id": [1, 1, 2, 3], "track_id": ["a", "b", "b", "b"]})
    >>> singled_out(Interactions.from_frame(log), 1).loc[[2, 3]].tolist()
    [3, 3]
    """
    if n < 1:
        raise ValueError(f"n={n}: how many items are known is 1 or more.")
    heard = _heard(interactions)
    enough = np.flatnonzero(np.diff(heard.indptr) >= n)
    if not len(enough):
        raise ValueError(f"Nobody has {n} items or more: ask for fewer.")
    known = _some(heard[enough], n, generator(random_state))
    fits = np.concatenate(
        [
            ((known[start : start + ROWS] @ heard.T).toarray() == n).sum(axis=1)
            for start in range(0, len(enough), ROWS)
        ]
    )
    return pd.Series(fits, index=interactions.users.take(enough))


def link(known: Interactions, other: Interactions, k: int = 10) -> pd.DataFrame:
    """For each listener of one table the k listeners of another who are most like them: user, match, rank, score.

    The score is the cosine of what both played, an item counting the more the fewer listeners of ``other`` have it
    (log of listeners over its listeners); ties go to the lower id. Items of one table alone count in neither. Raises
    ValueError where the two have no item in common, or for a k under 1.

    Arvind Narayanan, Vitaly Shmatikov. Robust De-anonymization of Large Sparse Datasets. IEEE Symposium on Security and
    Privacy 2008. doi:10.1109/SP.2008.33.
    """
    if k < 1:
        raise ValueError(f"k={k}: how many matches are named is 1 or more.")
    shared = known.items[known.items.isin(other.items)]
    if not len(shared):
        raise ValueError("The two tables have no item in common: nobody can be linked by what they played.")
    left, right = (_heard(one.subset(items=shared)) for one in (known, other))
    listeners = np.bincount(right.indices, minlength=len(shared))
    weight = sparse.diags_array(np.log(len(other.users) / np.maximum(listeners, 1)))
    left, right = _unit(left @ weight), _unit(right @ weight)
    parts, k = [], min(k, len(other.users))
    for start in range(0, left.shape[0], ROWS):
        scores = (left[start : start + ROWS] @ right.T).toarray().round(9)
        best = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        parts.append((best, np.take_along_axis(scores, best, axis=1)))
    best, score = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    return pd.DataFrame(
        {
            "user": known.users.repeat(k),
            "match": other.users.take(best.ravel()),
            "rank": np.tile(np.arange(1, k + 1), len(known.users)),
            "score": score.ravel(),
        }
    )


def come_back(
    model: Recommender, interactions: Interactions, share: float = 0.5, random_state: RandomState = 0
) -> pd.Series:
    """How surely a model brings a listener's hidden items back: the signal of «was this person in the data?».

    For each listener a share of the items is hidden, the others are folded in, and each hidden item gets the share of
    all items outside both parts that score below it (a tie counts half). Series user -> mean over the hidden items, for
    those with two items or more. The attacker needs the items of a person and the model's scores.

    Raises ValueError for an item that the model does not know, or where nobody has two items.
    """
    heard = _heard(interactions)
    counts = np.diff(heard.indptr)
    rng = generator(random_state)
    order = np.lexsort((rng.random(heard.nnz), interactions.rows))
    place = np.empty(heard.nnz, dtype=np.int64)
    place[order] = np.arange(heard.nnz) - heard.indptr[interactions.rows[order]]
    wanted = np.clip(np.round(share * counts), 1, np.maximum(counts - 1, 1)).astype(np.int64)
    hidden = (place < wanted[interactions.rows]) & (counts[interactions.rows] >= 2)
    if not hidden.any():
        raise ValueError("Nobody has two items or more: one is hidden, and one has to be shown.")
    shown = interactions.where(~hidden).drop_empty(users=True, items=False)
    folded = model.fold_in(shown)
    users = interactions.users[counts >= 2]
    columns = model.items_.get_indexer(interactions.items)
    rows = interactions.users.get_indexer(users)
    found = np.empty(len(users))
    size = max(1, 4_000_000 // max(1, len(model.items_)))
    for start in range(0, len(users), size):
        scores = folded.score(users[start : start + size])
        for i, row in enumerate(rows[start : start + size]):
            mine = slice(heard.indptr[row], heard.indptr[row + 1])
            have = columns[heard.indices[mine]]
            rest = np.ones(scores.shape[1], dtype=bool)
            rest[have] = False
            against = np.sort(scores[i, rest])
            asked = scores[i, have[hidden[mine]]]
            below = np.searchsorted(against, asked, "left") + np.searchsorted(against, asked, "right")
            found[start + i] = below.mean() / (2 * max(1, len(against)))
    return pd.Series(found, index=users)


def auc(members: Any, others: Any, level: float = 0.95) -> Interval:
    """The chance that a random member's signal is above a random other's, a tie counting half; .5 tells nothing.

    The interval is normal, with the variance of DeLong et al. 1988 (doi:10.2307/2531595), over the people of both
    groups. Raises ValueError for fewer than two in a group, or a number that is missing.

    >>> print(auc([0.9, 0.8, 0.8, 0.4], [0.3, 0.8, 0.1, 0.2]))
    0.875 [0.610, 1.000], 95% over 8 listeners
    """
    one, two = (np.asarray(values, dtype=np.float64).ravel() for values in (members, others))
    if min(len(one), len(two)) < 2 or not np.isfinite(np.concatenate([one, two])).all():
        raise ValueError("Give at least two finite numbers for members and two for others.")
    ranks = rankdata(np.concatenate([one, two]))
    above = (ranks[: len(one)] - rankdata(one)) / len(two)  # share of the others below each member
    below = 1 - (ranks[len(one) :] - rankdata(two)) / len(one)
    value = float(above.mean())
    half = float(
        norm.ppf((1 + level) / 2) * np.sqrt(above.var(ddof=1) / len(one) + below.var(ddof=1) / len(two))
    )
    return Interval(value, max(0.0, value - half), min(1.0, value + half), level=level, n=len(one) + len(two))


def guess_new_play(before: pd.DataFrame, after: pd.DataFrame, known: Any) -> pd.Series:
    """Which item a listener has newly played, guessed from the «similar» pages of items that they are known to have.

    Parameters
    ----------
    before, after : what ``similar_items`` says of the known items (item, similar, rank), before and after the play.
    known : ids of items that the listener is known to have; their pages alone are read, and they are not guessed.

    Returns
    -------
    Series item -> number of pages on which it came up or came in, the best guess first: by pages, then by places
    gained, then by id. Empty where no page moved.

    Joseph A. Calandrino, Ann Kilzer, Arvind Narayanan, Edward W. Felten, Vitaly Shmatikov. "You Might Also Like:"
    Privacy Risks of Collaborative Filtering. IEEE Symposium on Security and Privacy 2011. doi:10.1109/SP.2011.40.
    """
    pages = [
        table[table["item"].isin(known)].set_index(["item", "similar"])["rank"] for table in (before, after)
    ]
    last = max((int(page.max()) for page in pages if len(page)), default=0)
    both = pd.concat(pages, axis=1, keys=["before", "after"]).fillna(last + 1)
    gained = (both["before"] - both["after"]).loc[lambda places: places > 0]
    gained = gained[~gained.index.get_level_values("similar").isin(known)]
    table = gained.groupby(level="similar").agg(["size", "sum"]).reset_index()
    table = table.sort_values(["size", "sum", "similar"], ascending=[False, False, True])
    return pd.Series(table["size"].to_numpy(), index=pd.Index(table["similar"]), dtype=np.int64)


def _heard(interactions: Interactions) -> sparse.csr_array:
    """1 where something is stored."""
    matrix = interactions.matrix
    return sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), shape=matrix.shape)


def _some(heard: sparse.csr_array, n: int, rng: np.random.Generator) -> sparse.csr_array:
    """n random entries of each row; each row has as many."""
    rows = np.repeat(np.arange(heard.shape[0]), np.diff(heard.indptr))
    order = np.lexsort((rng.random(heard.nnz), rows))
    kept = np.sort(order[np.arange(heard.nnz) - heard.indptr[rows] < n])
    indptr = np.arange(heard.shape[0] + 1) * n
    return sparse.csr_array((np.ones(len(kept)), heard.indices[kept], indptr), shape=heard.shape)


def _unit(matrix: sparse.csr_array) -> sparse.csr_array:
    """Rows of length 1; a row of zeros stays one."""
    matrix = sparse.csr_array(matrix)
    norms = np.sqrt(np.asarray((matrix**2).sum(axis=1)).ravel())
    return sparse.csr_array(sparse.diags_array(1 / np.where(norms > 0, norms, 1)) @ matrix)
