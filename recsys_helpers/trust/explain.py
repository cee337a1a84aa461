"""Reasons put to the test: why this rather than that, and what would happen to a list without some plays.

It splits no score itself, that is ``explain`` of a model, and it words no sentence for a listener. The model stays as
it was fitted: what changes is the history of the one listener who is asked about, as ``fold_in`` takes it in.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.columns import check_table, show
from recsys_helpers.interactions import Interactions, positions
from recsys_helpers.models.abilities import GivesReasons
from recsys_helpers.models.base import CELLS_PER_BATCH, Recommender, check_length
from recsys_helpers.models.checks import check_number
from recsys_helpers.models.topk import rounding_steps, top_k

#: A term that moved by more than this share of the largest score was made anew, not rounded.
MOVED = 1e-6


def cited(model: GivesReasons, users: Any) -> pd.DataFrame:
    """What each listener would be recommended first, and their plays from the one that says most for it to the least.

    Returns a table user, item, order (a list of ids of the history), value (what each adds to the score, in the same
    order; below 0 it speaks against the item). Ties keep the order of the ids, up to 12 decimals. Listeners without any
    term have no row. Raises ValueError for an unknown id.

    >>> from recsys_helpers.models import ItemKNN
    >>> log = pd.DataFrame({"user_id": list("aabbccd"), "track_id": list("xyxyxzz")})
    >>> cited(ItemKNN(shrinkage=0).fit(Interactions.from_frame(log)), ["d"])[["user", "item", "order"]].values.tolist()
    [['d', 'x', ['z']]]
    """
    first = model.recommend(users, k=1)
    rows = []
    for user, item in first[["user", "item"]].itertuples(index=False):
        order, value = _by_value(model, user, item)
        if order:
            rows.append((user, item, order, value))
    return pd.DataFrame(rows, columns=["user", "item", "order", "value"])


def _by_value(model: GivesReasons, user: Any, item: Any) -> tuple[list[Any], list[float]]:
    """The plays with a part in one score and what each adds, as ``explain`` has them, in the order of ``cited``."""
    told, row = model._one(user)
    said = told._reasons(row, positions(model._columns(), [item], "item"))
    value = np.asarray(said.values, dtype=np.float64)[0]
    order = np.argsort(said.because.to_numpy(), kind="stable")
    order = order[value[order] != 0]
    order = order[np.argsort(-np.round(value[order], 12), kind="stable")]
    return said.because.take(order).tolist(), value[order].tolist()


def contrast(model: GivesReasons, user: Any, item: Any, rival: Any) -> pd.DataFrame:
    """Why ``item`` rather than ``rival``: a table because, value, a row for each play whose two terms differ.

    The value is the term of the play in the score of ``item`` less its term in that of ``rival``, so the values sum to
    the difference of the two scores. What speaks most for ``item`` comes first, ties in the order of the ids; None
    stands for what no single play is behind. Raises ValueError for an unknown id, or for one item given twice.

    >>> from recsys_helpers.models import ItemKNN
    >>> log = pd.DataFrame({"user_id": list("aabbccd"), "track_id": list("xyxyxzz")})
    >>> model = ItemKNN(shrinkage=0).fit(Interactions.from_frame(log))
    >>> contrast(model, "d", "x", "y").round(3).values.tolist()
    [['z', 0.408]]
    """
    check_is_fitted(model, "users_")
    if len(positions(model.items_, [item, rival], "item")) != 2 or item == rival:
        raise ValueError(f"A contrast needs two different items, not {show(item)} twice.")
    terms = model.explain(user, [item, rival])
    nobody = terms["because"].isna()
    code, names = pd.factorize(terms["because"].where(~nobody, None), sort=True)
    sign = np.where(terms["item"] == item, 1.0, -1.0)
    value = np.bincount(code[~nobody], (sign * terms["value"])[~nobody], len(names))
    rest = float((sign * terms["value"])[nobody].sum())
    table = pd.DataFrame({"because": pd.Series(names, dtype=object), "value": value})
    if rest:
        table = pd.concat(
            [table, pd.DataFrame({"because": pd.Series([None], dtype=object), "value": [rest]})]
        )
    table = table[table["value"] != 0]
    order = np.argsort(-np.round(table["value"].to_numpy(), 12), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def without(model: Recommender, user: Any, deletions: Iterable[Iterable[Any]]) -> Recommender:
    """The model with one listener for each deletion, who has the history of ``user`` but for those items.

    Its ``users_`` are 0, 1, ... in the order of ``deletions``, lists of items that the listener has; an empty one
    leaves the history whole. Raises ValueError for an unknown listener or an item that is not in the history.

    >>> from recsys_helpers.models import ItemKNN
    >>> log = pd.DataFrame({"user_id": list("aabbccd"), "track_id": list("xyxyxzz")})
    >>> model = ItemKNN(shrinkage=0).fit(Interactions.from_frame(log))
    >>> without(model, "a", [[], ["y"]]).score([0, 1]).round(2).tolist()
    [[0.82, 0.82, 0.41], [0.0, 0.82, 0.41]]
    """
    heard, values = _history(model, user)
    sets = [list(one) for one in deletions]
    kept = np.ones((len(sets), len(heard)), dtype=bool)
    for number, one in enumerate(sets):
        place = heard.get_indexer(pd.Index(one, dtype=heard.dtype if not one else None))
        if (place < 0).any():
            raise ValueError(_not_there(one[int(np.argmax(place < 0))], user))
        kept[number, place] = False
    row, place = np.nonzero(kept)
    matrix = sparse.csr_array((values[place], (row, place)), shape=kept.shape)
    return model.fold_in(Interactions(matrix, pd.RangeIndex(len(sets)), heard))


def deletion_test(model: Recommender, cases: pd.DataFrame, k: int = 10, back: bool = False) -> np.ndarray:
    """Whether an item is still among the k best once some plays are deleted, for many cases: bool, shape (n_cases,).

    Parameters
    ----------
    cases : a table with the columns user, item (which the listener does not have) and deleted (a list of items that
        they have), one row a case. Each case is by itself: the others keep their histories.
    k : length of the lists.
    back : whether the deleted items may be recommended again, and take places. By default both lists choose among what
        the listener never heard, so that an item can only leave because its reasons did.

    Where the whole history is deleted nothing survives: no reason is left. The model itself stays as it was fitted, so
    this asks what a listener's own plays do, not what they taught about tracks. Raises ValueError for an unknown id, an
    item that the listener has, or a deletion that they do not have.

    >>> from recsys_helpers.models import ItemKNN
    >>> log = pd.DataFrame({"user_id": list("aabbccdd"), "track_id": list("wywyxzxw")})
    >>> model = ItemKNN(shrinkage=0).fit(Interactions.from_frame(log))
    >>> cases = pd.DataFrame({"user": "d", "item": "y", "deleted": [[], ["x"], ["w"]]})
    >>> deletion_test(model, cases, k=1).tolist()
    [True, True, False]
    """
    check_length(k)
    cut, rows, items = _cut(model, cases)
    still = np.zeros(len(items), dtype=bool)
    size = max(1, CELLS_PER_BATCH // max(1, len(model.items_)))
    for start in range(0, len(items), size):
        batch = np.arange(start, min(start + size, len(items)))
        scores = cut.score(batch)
        steps = rounding_steps(scores.max(axis=1), scores.dtype)
        out = (cut.seen_.matrix if back else rows)[batch]
        scores[np.repeat(np.arange(len(batch)), np.diff(out.indptr)), out.indices] = -np.inf
        row, column, _, _ = top_k(scores, int(k), steps)
        still[batch[row[column == items[batch[row]]]]] = True
    found: np.ndarray = still & (np.diff(cut.seen_.matrix.indptr) > 0)
    return found


def scores_without(model: Recommender, cases: pd.DataFrame) -> np.ndarray:
    """The score of each item once some plays are deleted, all scored anew: shape (n_cases,). See ``deletion_test``.

    >>> from recsys_helpers.models import ItemKNN
    >>> log = pd.DataFrame({"user_id": list("aabbccdd"), "track_id": list("wywyxzxw")})
    >>> model = ItemKNN(shrinkage=0).fit(Interactions.from_frame(log))
    >>> cases = pd.DataFrame({"user": "d", "item": "y", "deleted": [[], ["x"], ["w"]]})
    >>> scores_without(model, cases).round(3).tolist()
    [0.816, 0.816, 0.0]
    """
    cut, _, items = _cut(model, cases)
    return cut.predict(cut.users_, cut.items_.take(items))


def _cut(model: Recommender, cases: pd.DataFrame) -> tuple[Recommender, sparse.csr_array, np.ndarray]:
    """The model with a listener for each case, without what is deleted; whole histories; columns of the items."""
    check_is_fitted(model, "users_")
    table = check_table(cases, ["user", "item", "deleted"], "cases", rows=False)
    users, items = list(table["user"]), positions(model.items_, table["item"], "item")
    rows = model.seen_.matrix[positions(model.users_, users, "user")]
    owner = np.repeat(np.arange(len(users)), np.diff(rows.indptr))
    has = pd.MultiIndex.from_arrays([owner, rows.indices])
    _refuse(model, has, users, np.arange(len(users)), items, heard=True)
    case = np.repeat(np.arange(len(users)), [len(one) for one in table["deleted"]])
    gone = (
        positions(model.items_, [item for one in table["deleted"] for item in one], "item")
        if len(case)
        else case
    )
    _refuse(model, has, users, case, gone, heard=False)
    kept = ~has.isin(pd.MultiIndex.from_arrays([case, gone]))
    matrix = sparse.csr_array((rows.data[kept], (owner[kept], rows.indices[kept])), shape=rows.shape)
    return model.fold_in(Interactions(matrix, pd.RangeIndex(len(users)), model.items_)), rows, items


def survives(
    model: Recommender,
    user: Any,
    item: Any,
    deletions: Iterable[Iterable[Any]],
    k: int = 10,
    back: bool = False,
) -> np.ndarray:
    """Whether ``item`` is still among a listener's k best after each deletion, bool, shape (n_deletions,).

    See ``deletion_test``, which this calls for one listener.

    >>> from recsys_helpers.models import ItemKNN
    >>> log = pd.DataFrame({"user_id": list("aabbccdd"), "track_id": list("wywyxzxw")})
    >>> model = ItemKNN(shrinkage=0).fit(Interactions.from_frame(log))
    >>> survives(model, "d", "y", [["x"], ["w"]], k=1).tolist()
    [True, False]
    """
    sets = [list(one) for one in deletions]
    cases = pd.DataFrame({"user": [user] * len(sets), "item": [item] * len(sets), "deleted": sets})
    return deletion_test(model, cases, k, back)


def deletions_needed(model: Recommender, cases: pd.DataFrame, k: int = 10, back: bool = False) -> np.ndarray:
    """How many plays must go, in a given order, until an item is no longer among the k best: shape (n_cases,).

    cases : a table with the columns user, item and order (a list of items that they have, the first to delete first).
    NaN where the item is still there after the whole order. For the rest and for what raises see ``deletion_test``.

    >>> from recsys_helpers.models import ItemKNN
    >>> log = pd.DataFrame({"user_id": list("aabbccdd"), "track_id": list("wywyxzxw")})
    >>> model = ItemKNN(shrinkage=0).fit(Interactions.from_frame(log))
    >>> cases = pd.DataFrame({"user": "d", "item": "y", "order": [["x", "w"], ["w"], ["x"]]})
    >>> deletions_needed(model, cases, k=1).tolist()
    [2.0, 1.0, nan]
    """
    table = check_table(cases, ["user", "item", "order"], "cases", rows=False)
    orders = [list(order) for order in table["order"]]
    case = np.repeat(np.arange(len(orders)), [len(order) for order in orders])
    prefixes = [order[:n] for order in orders for n in range(1, len(order) + 1)]
    each = table[["user", "item"]].iloc[case].assign(deleted=pd.Series(prefixes, dtype=object).to_numpy())
    length = np.array([len(prefix) for prefix in prefixes], dtype=float)
    length[deletion_test(model, each, k, back)] = np.inf
    found = np.full(len(orders), np.inf)
    np.minimum.at(found, case, length)
    return np.where(np.isinf(found), np.nan, found)


def smallest_deletion(
    model: GivesReasons, user: Any, item: Any, k: int = 10, most: int | None = None
) -> list[Any] | None:
    """A small set of plays without which ``item`` would not be among the k best; no play of it can be left out.

    Two searches, of which the shorter set is kept: the plays that say most for the item, one by one; and in each step
    the play that speaks most for it against its rival, which holds the k-th place among the others. Everything is
    scored anew each time. Then plays that the set does not need are taken out again. For k=1 and terms that do not move
    (see ``deletion_bound``) hardly any set is smaller. None where more than ``most`` plays would have to go, or where
    plays say too little. Raises ValueError for an item that is not among the k best.

    After PRINCE (Ghazimatin et al., WSDM 2020, arXiv:1911.08378), which searches a graph's walks for such sets.
    """
    check_length(k)
    if most is not None:
        check_number("most", most, 1, whole=True)
    unheard = _unheard(model, user, item)
    if not survives(model, user, item, [[]], k)[0]:
        raise ValueError(f"{show(item)} is not among the {k} best of {show(user)}: there is nothing to undo.")
    order, _ = _by_value(model, user, item)
    needed = deletions_needed(model, pd.DataFrame({"user": [user], "item": [item], "order": [order]}), k)[0]
    found = order[: int(needed)] if np.isfinite(needed) else None
    found = _against_rivals(model, user, item, k, unheard, np.inf if found is None else len(found)) or found
    if found is None:
        return None
    found = _no_more_than_needed(model, user, item, k, found)
    return None if most is not None and len(found) > most else found


def _no_more_than_needed(model: Recommender, user: Any, item: Any, k: int, found: list[Any]) -> list[Any]:
    """Without the plays that can stay: one after the other, from the one deleted last, which spoke least for the item.

    Each step asks for all that are still to be asked at once, since most of them are needed.
    """
    asked = found[::-1]
    while asked:
        rests = [[one for one in found if one != play] for play in asked]
        stays = survives(model, user, item, rests, k)
        if stays.all():
            break
        first = int(np.argmin(stays))
        found, asked = rests[first], asked[first + 1 :]
    return found


def _against_rivals(
    model: GivesReasons, user: Any, item: Any, k: int, unheard: pd.Index, fewer: float
) -> list[Any] | None:
    """Fewer than so many plays to delete: each the one that speaks most against the k-th of the others at that step."""
    heard, _ = _history(model, user)
    gone: list[Any] = []
    while len(gone) < fewer:
        if len(gone) == len(heard):
            return gone
        cut = without(model, user, [gone])
        assert isinstance(cut, GivesReasons)
        best = cut.recommend([0], k=k + 1, candidates=unheard)["item"].tolist()
        if item not in best[:k]:
            return gone
        others = [one for one in best if one != item]
        if len(others) < k:
            return None
        terms = contrast(cut, 0, item, others[-1])
        speaks = terms[terms["because"].notna() & (terms["value"] > 0)]
        if speaks.empty:
            return None
        gone.append(speaks["because"].iloc[0])
    return None


def deletion_bound(model: GivesReasons, user: Any, item: Any, k: int = 10) -> int:
    """The number of plays below which no deletion takes ``item`` from the k best: no search can find fewer.

    To leave the k best an item must fall behind k others. Against one of them, the fewest plays are those that speak
    most for the item, deleted until their contrast is used up; k rivals need at least the k-th smallest of these
    numbers. That holds where a term does not move when another play is deleted (EASE, ItemKNN, one fill with zeros in
    an SVD); a model whose terms move, such as ImplicitALS, gets a ValueError.
    """
    check_length(k)
    unheard = _unheard(model, user, item)
    told, row = model._one(user)
    said = told._reasons(row, positions(model.items_, [item, *unheard.drop(item)], "item"))
    values = np.asarray(said.values, dtype=np.float64)
    if values.shape[1] == 0 or len(values) <= k:
        raise ValueError(f"{show(user)} has no history, or there are no {k} others: nothing can be deleted.")
    if said.rest is not None and np.abs(said.rest).max() > MOVED * np.abs(values).max():
        raise ValueError("A part of these scores stands behind no single play: the bound does not hold.")
    _check_still(model, user, item, said.because[int(values[0].argmax())], values[0])
    ahead = np.sort(values[0] - values[1:], axis=1)[:, ::-1]
    left = ahead.sum(axis=1, keepdims=True) - np.cumsum(ahead, axis=1)
    slack = MOVED * np.abs(values).max()
    fewest = np.where(ahead.sum(axis=1) <= slack, 0, 1 + np.argmax(left <= slack, axis=1))
    return int(np.sort(fewest)[k - 1])


def _check_still(model: GivesReasons, user: Any, item: Any, largest: Any, terms: np.ndarray) -> None:
    """ValueError if the other terms of ``item`` move when its largest reason is deleted."""
    cut = without(model, user, [[largest]])
    assert isinstance(cut, GivesReasons)
    after = cut.explain(0, [item])["value"].to_numpy()
    before = np.delete(terms, int(terms.argmax()))
    before = before[np.abs(before) > 0]
    if abs(after.sum() - before.sum()) > MOVED * max(np.abs(terms).max(), 1e-300) * len(terms):
        raise ValueError(
            f"The terms of {type(model).__name__} move when a play is deleted, so no bound follows from them: use "
            "smallest_deletion, which scores anew."
        )


def _not_there(item: Any, user: Any) -> str:
    return f"{show(item)} is not in the history of {show(user)}: only what somebody has can be deleted."


def _there(item: Any, user: Any) -> str:
    return f"{show(user)} has {show(item)} already: ask about something that can be recommended."


def _refuse(
    model: Recommender, has: pd.MultiIndex, users: list[Any], case: np.ndarray, items: np.ndarray, heard: bool
) -> None:
    """ValueError for the first of these cells that is in a history (``heard``), or that is not."""
    wrong = pd.MultiIndex.from_arrays([case, items]).isin(has) == heard
    if wrong.any():
        at = int(np.argmax(wrong))
        say = _there if heard else _not_there
        raise ValueError(say(model.items_[items[at]], users[case[at]]))


def _history(model: Recommender, user: Any) -> tuple[pd.Index, np.ndarray]:
    """Items and values of what one listener has."""
    check_is_fitted(model, "users_")
    told, row = model._one(user)
    mine = told.seen_.matrix[[row]]
    return told.seen_.items.take(mine.indices), mine.data


def _unheard(model: Recommender, user: Any, item: Any) -> pd.Index:
    """What the listener does not have, which must hold ``item``."""
    heard, _ = _history(model, user)
    positions(model.items_, [item], "item")
    if item in heard:
        raise ValueError(
            f"{show(user)} has {show(item)} already: ask about something that can be recommended."
        )
    return model.items_.difference(heard)
