"""A split: what a model may learn from, what it is graded on, and the wall between the two.

It does not choose who stands on which side: see ``splits`` for interactions and ``log_splits`` for a log.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.columns import show
from recsys_helpers.interactions import Interactions


@dataclass(frozen=True, eq=False)
class Split:
    """Parts of the same interactions, over the same users and items, that share no (user, item) pair.

    Attributes
    ----------
    train : what models are fitted on.
    test : what they are graded on, and never see.
    repeats : with it a pair may be in both: test also holds what a listener came back to, and ``evaluate`` asks the
        models for lists that leave in what was heard.
    given : None, or what models are told of listeners of whom train holds nothing, by ``fold_in`` after the fit.
    moment : None, or the moment of the cut (UTC): all of train was before it.
    events : None, or the log up to the moment, for the models that read one. A split without a moment has none: any
        log holds its test.

    Raises ValueError when train or test is empty, when the ids differ, when a pair is in two parts (but for
    ``repeats``), when a listener is in train and in given, and when something of train or of the events is not from
    before the moment.

    >>> x = Interactions.from_frame(pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "a"]}))
    >>> split = Split.from_mask(x, [False, True, False])
    >>> print(split.describe())
           interactions  share  listeners  items
    train             2  0.667          2      1
    test              1  0.333          1      1
    """

    train: Interactions
    test: Interactions
    repeats: bool = False
    given: Interactions | None = None
    moment: pd.Timestamp | None = None
    events: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        for name, part in self._parts().items():
            if not (part.users.equals(self.train.users) and part.items.equals(self.train.items)):
                raise ValueError(
                    f"Train and {name} must have the same users and the same items in the same order. "
                    "Split one Interactions with Split.from_mask, which keeps them."
                )
            if part.nnz == 0:
                raise ValueError(
                    f"The {name} part is empty. Choose a split that leaves something in both parts."
                )
        for (one, first), (other, second) in combinations(self._parts().items(), 2):
            rows, columns = pattern(first).multiply(pattern(second)).nonzero()
            if len(rows) and not (self.repeats and other == "test"):
                pair = f"({show(first.users[rows[0]])}, {show(first.items[columns[0]])})"
                raise ValueError(
                    f"{len(rows)} (user, item) pairs are in {one} and in {other}, for example {pair}. "
                    "Remove them from one part: a model graded on what it has seen looks better than it is."
                )
        if self.given is not None:
            both = (_sizes(self.train) > 0) & (_sizes(self.given) > 0)
            if both.any():
                raise ValueError(
                    f"Listener {show(self.train.users[both][0])} is in train and in given. What is given is told of "
                    "listeners whom the model has not met: leave them out of train."
                )
        self._check_moment()

    def _check_moment(self) -> None:
        if self.moment is None:
            if self.events is not None:
                raise ValueError(
                    "Events need the moment of the cut, so that nothing later is among them: moment='2026-03-01'."
                )
            return
        moment = pd.Timestamp(self.moment)
        moment = moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")
        object.__setattr__(self, "moment", moment)
        if self.events is not None:
            late = int((self.events["at"] >= moment).sum())
            if late:
                raise ValueError(
                    f"{late:,} of the events are not from before {moment}: cut them first, "
                    "between(events, until=moment)."
                )
        times = self.train.times
        if times is not None and times.dtype.kind == "M":
            late = int((times >= moment.tz_localize(None).to_datetime64()).sum())
            if late:
                raise ValueError(
                    f"{late:,} of the times of train are not before {moment}: a model would see behind the cut."
                )

    @classmethod
    def from_mask(cls, x: Interactions, test_mask: Any, **more: Any) -> Split:
        """Split by a boolean mask, shape (nnz,), over the stored entries (the rows of ``x.to_frame()``).

        more : further attributes of the split, such as ``moment``.
        """
        mask = np.asarray(test_mask)
        if mask.dtype != bool or mask.shape != (x.nnz,):
            raise ValueError(
                f"The mask must hold {x.nnz} booleans, one for each stored interaction, "
                f"not {mask.dtype} of shape {mask.shape}."
            )
        return cls(x.where(~mask), x.where(mask), **more)

    @property
    def listeners(self) -> pd.Index:
        """The users who have something in test, in row order: those a model can be graded on."""
        return self.test.users[_sizes(self.test) > 0]

    @property
    def known(self) -> Interactions:
        """What a model may know when it makes its lists: train, and what is given."""
        if self.given is None:
            return self.train
        entries = [part.to_frame() for part in (self.train, self.given)]
        return Interactions.from_frame(
            pd.concat(entries),
            user="user",
            item="item",
            value="value",
            time="time" if self.train.times is not None else None,
            users=self.train.users,
            items=self.train.items,
        )

    def describe(self) -> pd.DataFrame:
        """Interactions (number and share), listeners and items that occur, for each part."""
        parts = self._parts()
        total = sum(part.nnz for part in parts.values())
        return pd.DataFrame(
            {
                name: {
                    "interactions": part.nnz,
                    "share": round(part.nnz / total, 3),
                    "listeners": int((_sizes(part) > 0).sum()),
                    "items": len(np.unique(part.matrix.indices)),
                }
                for name, part in parts.items()
            }
        ).T.astype({"interactions": int, "listeners": int, "items": int})

    def _parts(self) -> dict[str, Interactions]:
        given = {} if self.given is None else {"given": self.given}
        return {"train": self.train, **given, "test": self.test}


def _sizes(x: Interactions) -> np.ndarray:
    """Entries of each listener, shape (n_users,)."""
    return np.diff(x.matrix.indptr)


def pattern(x: Interactions) -> sparse.csr_array:
    """Ones where an entry is stored, so that stored zeros count."""
    return sparse.csr_array((np.ones(x.nnz), x.matrix.indices, x.matrix.indptr), shape=x.shape)
