"""A holdout: places of a shelf left empty by lot, so that what showing a track causes can be estimated.

It estimates nothing: that is ``evaluation.uplift``. It makes no lists: they come from a policy or a table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.acting.keyed import Array, joined, uniforms, words
from recsys_helpers.columns import as_ids
from recsys_helpers.models.checks import check_choice, check_number

COLUMNS = ["user", "item", "rank"]
WITHHELD, WHICH = 3, 4  # what a uniform is for


class Holdout:
    """Serves lists with some places left empty by lot; the other tracks keep their places.

    Parameters
    ----------
    lists : a table user, item, rank (from 1), such as ``recommend`` gives; further columns are not read.
    share : the chance to be withheld, above 0 and below 1: of each place by itself, or with ``one`` of a listener to
        lose one of their places.
    unit : "place": each place has a lottery of its own, so a listener may lose several. "one": a listener loses at most
        one, each of theirs equally likely.
    seed : of the lottery. Whether a place is withheld hangs on seed, listener and item alone.

    ``table`` has a row for each place, with ``shown`` and ``propensity`` (its chance to be). Raises ValueError for
    a table without its columns, with a place or item twice, and for other settings.

    >>> lists = pd.DataFrame({"user": "al", "item": list("abcd"), "rank": [1, 2, 3, 4]})
    >>> policy = Holdout(lists, share=0.5, unit="one", seed=1)
    >>> policy.act(["al", "bo"]).to_string(index=False, header=False).splitlines()
    ['al b 2 0.875', 'al c 3 0.875', 'al d 4 0.875']
    """

    def __init__(self, lists: pd.DataFrame, share: float, unit: str = "place", seed: int = 0):
        check_number("share", share, 0)
        if not 0 < share < 1:
            raise ValueError(f"share={share:g}: give a chance above 0 and below 1.")
        check_choice("unit", unit, ("place", "one"))
        check_number("seed", seed, 0, whole=True)
        absent = [name for name in COLUMNS if name not in lists]
        if absent:
            raise ValueError(f"lists has no column {absent[0]!r}: give user, item and rank.")
        table = lists[COLUMNS].reset_index(drop=True)
        if table.isna().any().any():
            raise ValueError("lists holds a place without user, item or rank: leave such rows out.")
        if table.duplicated(["user", "item"]).any() or table.duplicated(["user", "rank"]).any():
            raise ValueError("lists holds an item or a rank of a user twice: keep one row for each place.")
        self.share, self.unit, self.seed = share, unit, seed
        withheld, chance = self._drawn(table)
        self.table = table.assign(shown=~withheld, propensity=1 - chance)

    def act(self, users: Any) -> pd.DataFrame:
        """The lists of these listeners without what is withheld: user, item, rank, propensity."""
        mine = self.table["user"].isin(as_ids(users)) & self.table["shown"]
        return self.table.loc[mine, [*COLUMNS, "propensity"]].reset_index(drop=True)

    def _drawn(self, table: pd.DataFrame) -> tuple[Array, Array]:
        """Which places are withheld, and with what chance each could have been."""
        listener, users = pd.factorize(table["user"])
        who = words(users)
        if self.unit == "place":
            luck = uniforms(joined(self.seed, WITHHELD, who[listener], words(table["item"])))
            return luck < self.share, np.full(len(table), self.share)
        loses = uniforms(joined(self.seed, WITHHELD, who)) < self.share
        luck = uniforms(joined(self.seed, WHICH, who[listener], words(table["item"])))
        first = pd.Series(luck).groupby(listener).transform("min").to_numpy()
        length = np.bincount(listener)[listener]
        return loses[listener] & (luck == first), self.share / length
