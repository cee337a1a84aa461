"""Interactions that grow: what was known and what came since, in one table, with the ids of both in order.

It fits nothing: ``partial_fit`` and ``fold_in_items`` (see ``abilities``) take their tables from here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.columns import ascending, check_same_kind
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_choice


def merged(old: Interactions, new: Interactions, merge: str = "last") -> Interactions:
    """The entries of both, over the users and the items of both.

    merge : what a pair that stands in both becomes: the "last" (the new) value, or the "sum". Its time is the later.

    Raises ValueError for ids of another kind (texts beside numbers), where only one of the two has times, or the one
    moments and the other numbers without a unit.

    >>> one = Interactions.from_frame(pd.DataFrame({"user_id": [1, 2], "track_id": ["a", "c"]}))
    >>> two = Interactions.from_frame(pd.DataFrame({"user_id": [2, 2], "track_id": ["c", "b"]}))
    >>> merged(one, two, "sum").to_frame().values.tolist()
    [[1, 'a', 1.0], [2, 'b', 1.0], [2, 'c', 2.0]]
    """
    check_choice("merge", merge, ("last", "sum"))
    for before, since, what in ((old.users, new.users, "users"), (old.items, new.items, "items")):
        check_same_kind(
            since.to_series(), before.to_series(), f"The {what} of what is new", "the model's data"
        )
    check_times(old, new)
    users, items = union(old.users, new.users), union(old.items, new.items)
    # Number the entries of both, from 1, so that one sum says for each cell which entry it had in either.
    first = _numbered(old, users, items, 1)
    both = sparse.csr_array(first + _numbered(new, users, items, old.nnz + 1))
    in_new, in_old = np.divmod(both.data, old.nnz + 1)
    before = np.where(in_old > 0, old.matrix.data[in_old - 1] if old.nnz else 0.0, 0.0)
    since = np.where(in_new > 0, new.matrix.data[in_new - 1] if new.nnz else 0.0, 0.0)
    values = before + since if merge == "sum" else np.where(in_new > 0, since, before)
    times = old.times if new.times is None or not new.nnz else new.times if not old.nnz else None
    if times is None and old.times is not None and new.times is not None:
        earlier, later = (one[number - 1] for number, one in ((in_old, old.times), (in_new, new.times)))
        times = np.where(in_old == 0, later, np.where(in_new == 0, earlier, np.maximum(earlier, later)))
    return Interactions(
        sparse.csr_array((values, both.indices, both.indptr), both.shape), users, items, times
    )


def check_times(old: Interactions, new: Interactions) -> None:
    """ValueError where the times of both cannot be laid beside each other."""
    kinds = [None if x.times is None else x.times.dtype.kind == "M" for x in (old, new)]
    if kinds[0] != kinds[1] and old.nnz and new.nnz:
        words = {None: "no times", True: "moments", False: "numbers without a unit"}
        raise ValueError(
            f"What the model knows has {words[kinds[0]]} and what is new has {words[kinds[1]]}: build both in one way."
        )


def union(old: pd.Index, new: pd.Index) -> pd.Index:
    """The ids of both, ascending; the old index itself where the new one brings nothing."""
    strange = new[~new.isin(old)]
    return old if not len(strange) else ascending(old.append(strange), "ids")


def _numbered(x: Interactions, users: pd.Index, items: pd.Index, unit: int) -> sparse.csr_array:
    """Its entries' numbers, times ``unit``, at their places among all users and items."""
    numbers = np.arange(1, x.nnz + 1, dtype=np.int64) * unit
    matrix = sparse.csr_array((numbers, x.matrix.indices, x.matrix.indptr), x.shape)
    return placed(matrix, users.get_indexer(x.users), items.get_indexer(x.items), (len(users), len(items)))


def placed(
    matrix: sparse.csr_array, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]
) -> sparse.csr_array:
    """The same entries in a larger matrix: row j at ``rows[j]``, column j at ``columns[j]``.

    >>> placed(sparse.csr_array(np.array([[1, 2]])), np.array([1]), np.array([2, 0]), (2, 3)).toarray().tolist()
    [[0, 0, 0], [2, 0, 1]]
    """
    length, order = np.zeros(shape[0], dtype=np.int64), np.argsort(rows)
    length[rows] = np.diff(matrix.indptr)
    there = matrix if (np.diff(rows) > 0).all() else matrix[order]
    found = sparse.csr_array(
        (there.data, columns[there.indices], np.concatenate([[0], np.cumsum(length)])), shape
    )
    found.sort_indices()
    return found
