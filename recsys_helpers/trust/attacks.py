"""Fake accounts put into a table of interactions, and what they do to the lists of a model that learns from it.

It reaches no platform: it makes rows in memory, for one's own models. Who finds them is ``detection``'s, what stands
them ``robust``'s to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.columns import as_ids, show
from recsys_helpers.interactions import Interactions, positions
from recsys_helpers.models import Recommender
from recsys_helpers.models.checks import check_choice, check_number

KINDS = ("random", "average", "bandwagon", "segment", "lookalike")
POPULAR = 0.1  # the share of the tracks, by their listeners, that a bandwagon draws from

Rows = tuple[np.ndarray, np.ndarray]  # columns and values of one account


@dataclass(frozen=True, eq=False)
class Attack:
    """A table with fake accounts in it, and who they are: what an attacker knows, and whoever grades a detector.

    Attributes
    ----------
    interactions : those of the real listeners, unchanged, and below them those of the fakes.
    fakes : the ids of the fakes.
    target : the item that they are to lift.
    kind : how they disguise themselves, one of ``KINDS``.
    """

    interactions: Interactions
    fakes: pd.Index
    target: Any
    kind: str

    @property
    def is_fake(self) -> np.ndarray:
        """One boolean for each user of ``interactions``."""
        found: np.ndarray = self.interactions.users.isin(self.fakes)
        return found

    @property
    def price(self) -> float:
        """All that the fakes played, target and disguise: the sum of their values."""
        return float(self.interactions.matrix[np.flatnonzero(self.is_fake)].sum())

    def then(self, change: Callable[[Interactions], Interactions]) -> Attack:
        """The same attack on a table that has been through ``change``, such as a cap, which keeps users and items."""
        after = change(self.interactions)
        if not (after.users.equals(self.interactions.users) and after.items.equals(self.interactions.items)):
            raise ValueError("The change must keep all users and items: give one that changes values alone.")
        return Attack(after, self.fakes, self.target, self.kind)


def inject(
    interactions: Interactions,
    target: Any,
    n_fakes: int,
    kind: str = "random",
    *,
    push: float = 30.0,
    fillers: int = 30,
    segment: Any = None,
    random_state: int = 0,
) -> Attack:
    """Profile injection: append accounts that give ``push`` to the target and hide it among other items, the fillers.

    ==========  ==============================================  ===========================
    kind        fillers                                         their values
    ==========  ==============================================  ===========================
    random      any items                                       the mean of the whole table
    average     any items                                       the mean of the item
    bandwagon   half any items, half of the most popular tenth  the mean of the item
    segment     of ``segment``, the most popular first          the mean of the item
    lookalike   some of what one real listener has              what that listener gave
    ==========  ==============================================  ===========================

    For the first four see Mobasher, Burke, Bhaumik & Williams, ACM TOIT 2007. doi:10.1145/1278366.1278372. There a
    segment is rated as high as the target; here, with plays in place of stars, the target alone is pushed.

    Parameters
    ----------
    interactions : of the real listeners, in values above 0, such as counts of plays.
    target : the id of the item to lift, among ``interactions.items``.
    n_fakes : how many accounts.
    push : the value that each of them gives to the target.
    fillers : how many other items each of them has; fewer where there are no more (in the segment, or in the history of
        the listener who is copied).
    segment : ids of the items that the listeners of interest have in common; for kind="segment", and for no other.
    random_state : a seed. One seed makes the same accounts, and the first of many are those of few.

    Returns
    -------
    Attack
        Without times: a fake may put on any.

    Raises
    ------
    ValueError : an unknown target, kind or segment, values that are not above 0, numbers that make no account.

    >>> table = pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "b"], "plays": [2, 4, 6]})
    >>> attack = inject(Interactions.from_frame(table, value="plays"), "a", 1, "average", push=9, fillers=1)
    >>> attack.interactions.matrix.toarray().tolist()
    [[2.0, 4.0], [0.0, 6.0], [9.0, 5.0]]
    >>> list(attack.fakes), attack.price
    ([3], 14.0)
    """
    check_choice("kind", kind, KINDS)
    check_number("n_fakes", n_fakes, 1, whole=True)
    check_number("fillers", fillers, 0, whole=True)
    check_number("push", push, 1e-12)
    check_number("random_state", random_state, 0, whole=True)
    if (segment is not None) != (kind == "segment"):
        raise ValueError(
            "segment= holds the items of kind='segment', and of no other kind: give both or neither."
        )
    if interactions.nnz == 0 or (interactions.matrix.data <= 0).any():
        raise ValueError(
            "An attack hides among values above 0, such as counts of plays, and there are others or none: take the "
            "counts, or leave out what is not above 0 with x.where(x.matrix.data > 0)."
        )
    disguise = _Disguise(
        interactions, int(positions(interactions.items, [target], "item")[0]), fillers, segment
    )
    made = [getattr(disguise, kind)(np.random.default_rng([random_state, n])) for n in range(n_fakes)]
    columns = [np.append(filler, disguise.target) for filler, _ in made]
    values = [np.append(value, push) for _, value in made]
    ends = np.cumsum([0, *map(len, columns)])
    rows = sparse.csr_array(
        (np.concatenate(values), np.concatenate(columns), ends), shape=(n_fakes, len(interactions.items))
    )
    rows.sort_indices()
    fakes = _new_ids(interactions.users, n_fakes)
    users = interactions.users.append(fakes)
    matrix = sparse.csr_array(sparse.vstack([interactions.matrix, rows], format="csr"))
    return Attack(Interactions(matrix, users, interactions.items), fakes, target, kind)


class _Disguise:
    """What each kind of account has beside the target: one method a kind, of a generator, giving (columns, values)."""

    def __init__(self, x: Interactions, target: int, fillers: int, segment: Any):
        self.x, self.target, self.fillers = x, target, fillers
        counts = np.bincount(x.matrix.indices, minlength=x.shape[1])
        sums = np.bincount(x.matrix.indices, x.matrix.data, minlength=x.shape[1])
        self.mean = float(x.matrix.data.mean())
        self.item_means = np.where(counts > 0, sums / np.maximum(counts, 1), self.mean)
        order = np.argsort(-counts, kind="stable")
        self.others = np.setdiff1d(np.arange(x.shape[1]), [target])
        self.popular = order[: max(1, int(np.ceil(POPULAR * x.shape[1])))]
        self.popular = self.popular[self.popular != target]
        if segment is not None:
            mine = np.isin(order, positions(x.items, as_ids(segment), "item")) & (order != target)
            self.of_segment = order[mine]
            if not len(self.of_segment):
                raise ValueError(
                    "The segment holds no item beside the target: name what its listeners share."
                )

    def _some(self, rng: np.random.Generator, among: np.ndarray, n: int) -> np.ndarray:
        found: np.ndarray = rng.choice(among, min(n, len(among)), replace=False)
        return found

    def random(self, rng: np.random.Generator) -> Rows:
        columns = self._some(rng, self.others, self.fillers)
        return columns, np.full(len(columns), self.mean)

    def average(self, rng: np.random.Generator) -> Rows:
        columns = self._some(rng, self.others, self.fillers)
        return columns, self.item_means[columns]

    def bandwagon(self, rng: np.random.Generator) -> Rows:
        popular = self._some(rng, self.popular, self.fillers // 2)
        rest = self._some(rng, np.setdiff1d(self.others, popular), self.fillers - len(popular))
        columns = np.concatenate([popular, rest])
        return columns, self.item_means[columns]

    def segment(self, rng: np.random.Generator) -> Rows:
        columns = self.of_segment[: self.fillers]
        return columns, self.item_means[columns]

    def lookalike(self, rng: np.random.Generator) -> Rows:
        indptr = self.x.matrix.indptr
        row = int(rng.choice(np.flatnonzero(np.diff(indptr) > 0)))
        own = np.arange(indptr[row], indptr[row + 1])
        own = self._some(rng, own[self.x.matrix.indices[own] != self.target], self.fillers)
        return self.x.matrix.indices[own], self.x.matrix.data[own]


def _new_ids(users: pd.Index, n: int) -> pd.Index:
    """Ids that nobody has, of the kind that the listeners have, behind all of theirs."""
    if users.dtype.kind in "iuf":
        return pd.Index(int(users.max()) + 1 + np.arange(n))
    taken, name = set(users), "zz-fake"
    while any(str(one).startswith(name) for one in taken):
        name += "z"
    return pd.Index([f"{name}-{number:05d}" for number in range(n)], dtype=object)


# ---- what it did -----------------------------------------------------------------------------------------------------


def lifted(model: Recommender, target: Any, users: Any, k: int = 10) -> pd.Series:
    """For each listener who has not heard the target: whether it is among the k that the model recommends.

    users : the real listeners; fakes, and whoever has the target in what the model was fitted on, are not asked.
    Booleans, indexed by user in the order given. Raises ValueError where nobody is left to ask.

    >>> from recsys_helpers.models import Popularity
    >>> log = pd.DataFrame({"user_id": [1, 2, 2, 3], "track_id": ["a", "a", "b", "c"]})
    >>> model = Popularity().fit(Interactions.from_frame(log))
    >>> lifted(model, "b", [1, 2, 3], k=1).to_dict()
    {1: True, 3: False}
    """
    ids = as_ids(users).unique()
    column = int(positions(model.items_, [target], "item")[0])
    heard = model.seen_.users[model.seen_.rows[model.seen_.matrix.indices == column]]
    asked = ids[~ids.isin(heard)]
    if not len(asked):
        raise ValueError(f"Every listener that is asked has heard {show(target)}: choose another target.")
    lists = model.recommend(asked, k=k)
    return pd.Series(asked.isin(lists.loc[lists["item"] == target, "user"]), index=asked)


def hit_ratio(model: Recommender, target: Any, users: Any, k: int = 10) -> float:
    """The share of listeners who have not heard the target and find it among their k: what an attack is after.

    See ``lifted``. Without an attack it is the chance that the model shows an obscure item anyway.
    """
    return float(lifted(model, target, users, k).mean())


def fewest_fakes(
    learn: Callable[[Interactions], Recommender],
    interactions: Interactions,
    target: Any,
    sizes: Iterable[int],
    wanted: float = 0.1,
    **how: Any,
) -> int | None:
    """The smallest of ``sizes`` with which the target reaches ``wanted`` of the listeners who have not heard it.

    learn : fits a model to a table. sizes : numbers of fakes to try, in ascending order; more are not tried once one
    is enough. how : of ``inject``. None where no size is enough: then the price lies above the largest.
    """
    if not 0 < wanted <= 1:
        raise ValueError(
            f"wanted={show(wanted)} is a share of the listeners: give a number above 0, up to 1."
        )
    for n in sorted(sizes):
        attack = inject(interactions, target, n, **how)
        if hit_ratio(learn(attack.interactions), target, interactions.users) >= wanted:
            return int(n)
    return None
