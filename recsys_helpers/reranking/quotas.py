"""Lists that hold so much of a kind: at most, at least, repeats, and the mix of a listener's own history.

It compares no two items: see ``diversity``.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.reranking.lists import Lists, check_columns, check_share, check_whole, greedy, places_of

UNKNOWN = 0.01  # share of the history that every list is taken to hold, so that no share is 0


def at_most(lists: pd.DataFrame, groups: pd.Series, most: int = 3, k: int = 10) -> pd.DataFrame:
    """At most so many items of a group; what is too many is postponed, and comes where nothing else is left.

    groups: the group of each item (its index), such as its genre or who made it.

    >>> lists = pd.DataFrame({"user": 1, "item": list("abc"), "rank": [1, 2, 3], "score": [3.0, 2.9, 1.0]})
    >>> at_most(lists, pd.Series(["rain", "rain", "news"], index=list("abc")), most=1, k=3)["item"].tolist()
    ['a', 'c', 'b']
    """
    check_whole("most", most, 1)
    table = Lists(lists, k)
    return table.ordered(table.count_before(table.looked_up(groups, "groups")) >= most)


def at_least(lists: pd.DataFrame, items: Any, least: int = 2, k: int = 10) -> pd.DataFrame:
    """At least so many of the items in ``items`` (ids): the lowest others make room for the highest that missed.

    The k then stand in the order of their ranks. A list that holds fewer of them brings all that it holds.

    >>> lists = pd.DataFrame({"user": 1, "item": list("abc"), "rank": [1, 2, 3], "score": [3.0, 2.9, 1.0]})
    >>> at_least(lists, ["c"], least=1, k=2)["item"].tolist()
    ['a', 'c']
    """
    check_whole("least", least, 0)
    table = Lists(lists, k)
    wanted = table.rows["item"].isin(pd.Index(items)).to_numpy()
    first = wanted & (table.count_before(wanted) < min(least, k))
    return table.chosen(~first)


def mixed(lists: pd.DataFrame, heard: pd.DataFrame, repeats: int = 7, k: int = 10) -> pd.DataFrame:
    """So many places for what a listener has heard and the others for what they have not, in the order of rank.

    heard: the pairs, in the columns user and item. Where one kind runs out the other fills the places.

    >>> lists = pd.DataFrame({"user": 1, "item": list("abc"), "rank": [1, 2, 3], "score": [3.0, 2.9, 1.0]})
    >>> mixed(lists, pd.DataFrame({"user": [1, 1], "item": ["a", "b"]}), repeats=1, k=2)["item"].tolist()
    ['a', 'c']
    """
    if isinstance(repeats, bool) or not isinstance(repeats, Integral) or not 0 <= repeats <= k:
        raise ValueError(f"repeats={repeats!r}: give a whole number from 0 to k={k}.")
    table = Lists(lists, k)
    check_columns(heard, ("user", "item"), "heard")
    pairs = pd.MultiIndex.from_frame(table.rows[["user", "item"]])
    known = pairs.isin(pd.MultiIndex.from_frame(heard[["user", "item"]]))
    quota = np.where(known, repeats, k - repeats)
    return table.chosen(table.count_before(known) >= quota)


def calibrated(
    lists: pd.DataFrame, groups: pd.Series, history: pd.DataFrame, weight: float = 0.6, k: int = 10
) -> pd.DataFrame:
    """A list whose groups are mixed as a listener's history is: next comes what most raises
    (1 - weight) x sum of relevance - weight x KL(p, q).

    p_g is the share of group g in the history and q_g its share in the list so far with the item, smoothed to
    .99 q_g + .01 p_g; KL(p, q) = sum_g p_g log(p_g / q_g), natural logarithm; relevance as for ``mmr``.
    groups: the group of each item (its index). history: columns user and item, and value where it is known, which then
    counts instead of the number of rows. Who has no history keeps the order. weight: from 0 (the list as it was) to 1.

    Harald Steck. Calibrated Recommendations. RecSys 2018. doi:10.1145/3240323.3240372.

    >>> lists = pd.DataFrame({"user": 1, "item": list("abc"), "rank": [1, 2, 3], "score": [3.0, 2.9, 2.8]})
    >>> genre, past = pd.Series(["rain", "rain", "news"], index=list("abc")), {"user": [1, 1], "item": ["b", "c"]}
    >>> calibrated(lists, genre, pd.DataFrame(past), k=2)["item"].tolist()
    ['a', 'c']
    """
    share = check_share("weight", weight)
    table = Lists(lists, k)
    relevance = table.relevance()
    theirs, names = pd.factorize(table.looked_up(groups, "groups"))
    group = table.spread(theirs, 0)
    wanted = _shares(history, groups, names, table.users)
    held = np.zeros_like(wanted)
    everyone = np.arange(len(wanted))

    def gain(step: int, last: np.ndarray | None) -> np.ndarray:
        if last is not None:
            held[everyone, group[everyone, last]] += 1
        without, one_more = (_smoothed(part / (step + 1), wanted) for part in (held, held + 1))
        # KL with one more of group g, but for what is the same for all g.
        rise = wanted * (np.log(one_more) - np.log(without))
        return (1 - share) * relevance + share * np.take_along_axis(rise, group, axis=1)

    return table.taken(greedy(gain, table.there, k))


def _shares(history: pd.DataFrame, groups: pd.Series, names: np.ndarray, users: pd.Index) -> np.ndarray:
    """The share of each of the groups in each listener's history, (n, n_names); what else they heard counts too."""
    check_columns(history, ("user", "item"), "history")
    past = history[history["user"].isin(users)]
    value = past["value"].to_numpy(np.float64) if "value" in past else np.ones(len(past))
    if not (value >= 0).all():
        raise ValueError("history: its values are amounts, 0 or more.")
    listener = pd.Index(users).get_indexer(past["user"])
    group = pd.Index(names).get_indexer(groups.to_numpy()[places_of(groups, past["item"], "groups")])
    total = np.bincount(listener, value, minlength=len(users))
    shares = np.zeros((len(users), len(names)))
    np.add.at(shares, (listener[group >= 0], group[group >= 0]), value[group >= 0])
    return np.divide(shares, total[:, None], out=shares, where=total[:, None] > 0)


def _smoothed(held: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """q with a little of p; 1 where p is 0, which no sum over p ever meets."""
    return np.where(wanted > 0, (1 - UNKNOWN) * held + UNKNOWN * wanted, 1.0)
