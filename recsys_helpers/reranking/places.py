"""Lists with places kept for other lists, and lists by length.

It counts no kinds: see ``quotas``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from recsys_helpers.reranking.lists import Lists, ranked


def with_fresh(
    lists: pd.DataFrame, fresh: pd.DataFrame, places: Sequence[int] = (9, 10), k: int = 10
) -> pd.DataFrame:
    """Keeps places of the k for another list's best, such as new releases that nobody has heard yet.

    fresh: lists like the first, from which each listener's highest that are not among the others' k - len(places) stand
    in ``places`` (from 1). Whoever has too few of them keeps more of the first list. Scores stay those of the list that
    an item came from.

    >>> lists = pd.DataFrame({"user": 1, "item": list("abc"), "rank": [1, 2, 3], "score": [3.0, 2.9, 1.0]})
    >>> new = pd.DataFrame({"user": [1], "item": ["z"], "rank": [1], "score": [0.2]})
    >>> with_fresh(lists, new, places=[2], k=3)["item"].tolist()
    ['a', 'z', 'b']
    """
    table = Lists(lists, k)
    slots = sorted(set(places))
    if len(slots) != len(places) or not slots or not 1 <= slots[0] <= slots[-1] <= k:
        raise ValueError(f"places={list(places)!r}: give distinct places from 1 to k={k}.")
    other = Lists(fresh, k)
    kept = table.rows[table.rows["rank"] <= k - len(slots)]
    offer = other.rows[other.rows["user"].isin(table.users)]
    clash = pd.MultiIndex.from_frame(offer[["user", "item"]]).isin(
        pd.MultiIndex.from_frame(kept[["user", "item"]])
    )
    offer = offer[~clash]
    offer = offer[offer.groupby("user", sort=False).cumcount() < len(slots)]
    rest = pd.concat([offer.assign(new=True), table.rows.assign(new=False)], ignore_index=True)
    rest = rest[~rest.duplicated(["user", "item"])]
    number = rest.groupby(["user", "new"], sort=False).cumcount().to_numpy()
    others = np.setdiff1d(np.arange(1, number.max(initial=0) + k + 2), slots)
    rest["rank"] = np.where(rest["new"], np.take(slots, np.minimum(number, len(slots) - 1)), others[number])
    return ranked(rest, table.users, k)


def by_length(lists: pd.DataFrame, seconds: pd.Series, power: float = 0.5, k: int = 10) -> pd.DataFrame:
    """By score x length ^ power: 0 is the list as it was, 1 expects minutes where the score is a chance.

    seconds: the length of each item (its index), above 0. Scores of 0 or less cannot be stretched and are refused.

    >>> lists = pd.DataFrame({"user": 1, "item": list("abc"), "rank": [1, 2, 3], "score": [3.0, 2.9, 1.0]})
    >>> by_length(lists, pd.Series([60, 240, 60], index=list("abc")), k=2)["item"].tolist()
    ['b', 'a']
    """
    if isinstance(power, bool) or not isinstance(power, (int, float, np.number)) or not np.isfinite(power):
        raise ValueError(f"power={power!r}: give a number, such as 0.5.")
    table = Lists(lists, k)
    length = table.looked_up(seconds, "seconds").astype(np.float64)
    if not (length > 0).all():
        raise ValueError("seconds: give each item a length above 0.")
    score = table.rows["score"].to_numpy()
    if not (score > 0).all():
        low = table.rows[score <= 0].iloc[0]
        raise ValueError(
            f"The score of {low['item']!r} for {low['user']!r} is {low['score']:g}: only scores above 0 can be "
            "stretched. Keep fewer candidates, or give chances."
        )
    value = np.round(np.log(score) + power * np.log(length), 9)
    order = np.lexsort((table.rows["rank"], -value, table.listener))
    return ranked(table.rows.iloc[order].assign(rank=np.arange(len(order))), table.users, k)
