"""An editor's packs for who has played nothing yet, which give way to a listener's own kinds as they play.

It learns no taste and asks no question (``interview`` does).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_number
from recsys_helpers.models.cold.open import OpenRecommender


class StarterPacks(OpenRecommender):
    """An editor's packs, one for each value of a column such as ``kind``, and a rule for how they share a list.

    A pack holds its tracks in the order of their listeners, or in the editor's own where ``order`` names a column. The
    rule is the one by which parliaments share seats (D'Hondt): the r-th track of pack g scores share_ug / r, with
    share_ug = (n_ug + prior share_g) / (n_u + prior), where n_ug of the listener's n_u tracks are of pack g. Whoever
    has played nothing gets the editor's mix, and their own kinds take over as they play.

    Parameters
    ----------
    by : the column of ``items=`` that makes the packs.
    shares : pack -> its share in the mix for a newcomer; None: all alike. A pack that is not named has none of it.
    prior : how many tracks the mix weighs against the listener's own.
    order : None, or a column of numbers that ranks the tracks of a pack, the largest first.
    """

    needs = ("items",)

    def __init__(
        self,
        by: str = "kind",
        shares: Mapping[Any, float] | None = None,
        prior: float = 2.0,
        order: str | None = None,
    ):
        self.by = by
        self.shares = shares
        self.prior = prior
        self.order = order

    def _learn(self, x: Interactions, items: pd.DataFrame) -> None:
        check_number("prior", self.prior, 1e-9)
        table = self._side_table(items, (self.by, *([] if self.order is None else [self.order])))
        self.pack_, self.packs_ = pd.factorize(table[self.by].astype(object), sort=True)
        if (self.pack_ < 0).any():
            lost = table.index[self.pack_ < 0][0]
            raise ValueError(f"The track {show(lost)} has no {self.by!r}, so no pack takes it: fill it in.")
        mix = dict.fromkeys(self.packs_, 1.0) if self.shares is None else dict(self.shares)
        unknown = set(mix) - set(self.packs_)
        if unknown or min(mix.values(), default=0) < 0 or not sum(mix.values()) > 0:
            raise ValueError(
                f"shares={self.shares!r}: give shares of 0 or more, not all 0, to packs among "
                f"{', '.join(map(str, self.packs_))}."
            )
        self.mix_ = np.array([mix.get(pack, 0.0) for pack in self.packs_]) / sum(mix.values())
        plays = np.bincount(x.matrix.indices, minlength=x.shape[1])
        worth = plays if self.order is None else table[self.order].to_numpy(dtype=float)
        by_pack = np.lexsort((np.arange(len(worth)), -worth, self.pack_))
        first = np.searchsorted(self.pack_[by_pack], np.arange(len(self.packs_)))
        self.place_ = np.empty(len(worth), dtype=np.int64)  # from 1, within the pack
        self.place_[by_pack] = np.arange(len(worth)) - first[self.pack_[by_pack]] + 1
        self._meet(x)

    def _meet(self, x: Interactions) -> None:
        count = np.zeros((x.shape[0], len(self.packs_)))
        np.add.at(count, (x.rows, self.pack_[x.matrix.indices]), 1.0)
        self.share_ = (count + self.prior * self.mix_) / (count.sum(axis=1, keepdims=True) + self.prior)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self.share_[rows][:, self.pack_] / self.place_
        return scores
