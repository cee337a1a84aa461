"""Who met what, and how strongly: one sparse matrix with the ids of its rows and columns.

It is not a reader of files (see ``datasets``) and it fits nothing (see ``models``); everything between the two
speaks ids, and this is the one place where an id becomes a position.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.columns import (
    as_frame,
    as_ids,
    ascending,
    check_ids,
    check_table,
    numbers,
    refuse_rows,
    show,
)
from recsys_helpers.columns import times as read_times
from recsys_helpers.storage import decode_ids, encode_ids, read_arrays, write_arrays

DEFAULTS = ("user_id", "track_id", None, None)  # of from_frame: user, item, value, time
WRITTEN = (["user", "item", "value"], ["user", "item", "value", "time"])  # the columns of to_frame
MERGES = ("error", "sum", "mean", "max", "min", "last", "count")


@dataclass(frozen=True, eq=False)
class Interactions:
    """Users x items, with the ids that name the rows and the columns.

    One cell a pair: what happened to a pair several times is in the log, which models that ask for the order of plays
    take beside it (``fit(interactions, events=log)``).

    Attributes
    ----------
    matrix : scipy.sparse.csr_array, shape (n_users, n_items), float64, indices sorted in each row. A stored
        zero is an observation (nought plays, a rating of 0); a cell that is not stored was not observed.
    users, items : pandas.Index, ids in row and in column order, ascending (numbers before strings).
    times : None, or shape (nnz,), aligned with ``matrix.data``: moments as datetime64[ns], UTC. Numbers whose unit
        nobody named stay numbers: they say what came first and no more, so a span such as "14D" cannot be measured.

    >>> plays = pd.DataFrame({"user_id": ["bo", "al", "al"], "track_id": [7, 9, 7], "plays": [1, 2, 5]})
    >>> x = Interactions.from_frame(plays, value="plays")
    >>> x
    Interactions(2 users x 2 items, 3 entries, density 75.00%)
    >>> list(x.users), x.matrix.toarray().tolist()
    (['al', 'bo'], [[5.0, 2.0], [1.0, 0.0]])
    """

    matrix: sparse.csr_array
    users: pd.Index
    items: pd.Index
    times: np.ndarray | None = None

    def __post_init__(self) -> None:
        matrix = sparse.csr_array(self.matrix, dtype=np.float64)
        users, items = _as_index(self.users, "user"), _as_index(self.items, "item")
        if matrix.shape != (len(users), len(items)):
            raise ValueError(
                f"The matrix is {matrix.shape[0]} x {matrix.shape[1]} but there are {len(users)} user ids and "
                f"{len(items)} item ids. Give one id for each row and one for each column."
            )
        if not matrix.has_canonical_format:
            if self.times is not None:
                raise ValueError(
                    "Times need a matrix with sorted indices and no duplicates: build it with from_frame."
                )
            matrix = matrix.copy()
            matrix.sort_indices()
            _refuse_duplicates(matrix, users, items)
        if not np.isfinite(matrix.data).all():
            raise ValueError(
                "The matrix holds a value that is missing or infinite (or a sum too large for a float): "
                "leave out or mend such entries first."
            )
        if self.times is not None and np.shape(self.times) != (matrix.nnz,):
            raise ValueError(
                f"There are {np.size(self.times)} times for {matrix.nnz} entries: give one for each."
            )
        times = None if self.times is None else read_times(pd.Series(self.times), "times")
        for name, value in (("matrix", matrix), ("users", users), ("items", items), ("times", times)):
            object.__setattr__(self, name, value)

    # ---- from a table and back -------------------------------------------------------------------------------

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        user: str = "user_id",
        item: str = "track_id",
        value: str | None = None,
        time: str | None = None,
        merge: str = "error",
        users: Any = None,
        items: Any = None,
        unit: str | None = None,
    ) -> Interactions:
        """Interactions from any table with a row for each (user, item); from what ``to_frame`` wrote, as it was.

        Parameters
        ----------
        frame : the table. It is not changed.
        user, item, value, time : names of its columns. Without ``value`` every entry is 1. A date without a
            zone is taken as UTC.
        merge : what a pair that stands in several rows becomes: "error" (the default: refuse it), the "sum",
            "mean", "max" or "min" of its values, the "last" of them (by ``time``, then by row), or the "count" of
            its rows. Its time is its latest.
        users, items : all ids to keep, also those without a row (in ascending order in the result). Without them,
            the ids that the table holds.
        unit : what the numbers of ``time`` count since 1970 UTC: "s" (a unix time), "ms", "us", "ns", "min", "h" or
            "D". Numbers without a unit stay numbers, see ``times``.

        Raises
        ------
        ValueError : a missing column, no rows, a missing id, a value or time that is missing or not a finite number, a
            date outside the years 1678 to 2261, a duplicate pair under ``merge="error"``, an id outside ``users`` or
            ``items``.

        >>> log = pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "a", "b"]})
        >>> Interactions.from_frame(log, merge="count").to_frame().values.tolist()
        [[1, 'a', 2.0], [2, 'b', 1.0]]
        """
        if merge not in MERGES:
            raise ValueError(f"merge={merge!r} is not known: choose one of {', '.join(MERGES)}.")
        frame = as_frame(frame, "frame")
        if (user, item, value, time) == DEFAULTS and list(frame.columns) in WRITTEN:
            user, item, value, time = (*WRITTEN[0], "time" if "time" in frame.columns else None)
        named = [name for name in (value, time) if name is not None]
        frame = check_table(frame, [user, item, *named], "frame", rows=False)
        if frame.empty and (users is None or items is None):
            raise ValueError(
                "The table has no rows: there is nothing to learn from. Check the filter before it."
            )
        rows, user_index = _positions(frame[user], user, users)
        columns, item_index = _positions(frame[item], item, items)
        values = np.ones(len(frame)) if value is None or merge == "count" else numbers(frame[value], value)
        if unit is not None and time is None:
            raise ValueError(f"unit={unit!r} belongs to a column of times: name it, time='...'.")
        times = None if time is None else read_times(frame[time], time, unit)

        # Sort by cell, then by time, then by row: each cell is one run, and its last entry the latest.
        keys = (rows, columns) if times is None else (rows, columns, times)
        order = np.lexsort(keys[::-1])
        rows, columns, values = rows[order], columns[order], values[order]
        first = np.ones(len(rows), dtype=bool)
        first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
        starts = np.flatnonzero(first)
        if len(starts) < len(rows) and merge == "error":
            again = int(np.flatnonzero(~first)[0])
            pair = f"{user} {show(user_index[rows[again]])} with {item} {show(item_index[columns[again]])}"
            raise ValueError(
                f"{len(rows) - len(starts):,} rows repeat a pair that stands already, first {pair}. "
                f"Say how to merge them: merge='sum', 'mean', 'max', 'min', 'last' or 'count'."
            )
        ends = np.append(starts[1:], len(rows))[: len(starts)] - 1
        if len(starts) and merge in ("sum", "mean", "count"):
            values = np.add.reduceat(values, starts) / ((ends - starts + 1) if merge == "mean" else 1)
        elif len(starts) and merge in ("max", "min"):
            values = getattr(np, merge + "imum").reduceat(values, starts)
        else:
            values = values[ends]
        shape = (len(user_index), len(item_index))
        indptr = np.searchsorted(rows[starts], np.arange(shape[0] + 1))
        matrix = sparse.csr_array((values, columns[starts], indptr), shape=shape)
        return cls(matrix, user_index, item_index, None if times is None else times[order][ends])

    def to_frame(self) -> pd.DataFrame:
        """The stored entries as a table: user, item, value and, where known, time; by user, then by item.

        A moment carries its zone (UTC), as those of a log do. ``from_frame`` reads it back untold of its columns
        (users and items without an entry, which no table holds, need ``users=`` and ``items=``).
        """
        frame = pd.DataFrame(
            {
                "user": self.users.take(self.rows),
                "item": self.items.take(self.matrix.indices),
                "value": self.matrix.data,
            }
        )
        if self.times is None:
            return frame
        dates = self.times.dtype.kind == "M"
        return frame.assign(time=pd.DatetimeIndex(self.times).tz_localize("UTC") if dates else self.times)

    # ---- what it is ------------------------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[int, int]:
        """(n_users, n_items)."""
        return len(self.users), len(self.items)

    @property
    def nnz(self) -> int:
        """Number of stored entries."""
        return int(self.matrix.nnz)

    @property
    def density(self) -> float:
        """Share of the cells that are stored, from 0 to 1."""
        return self.nnz / max(1, self.shape[0] * self.shape[1])

    @property
    def rows(self) -> np.ndarray:
        """Row of each stored entry, shape (nnz,); its column is ``matrix.indices``."""
        return np.repeat(np.arange(self.shape[0]), np.diff(self.matrix.indptr))

    @property
    def moments(self) -> np.ndarray:
        """``times`` as datetime64[ns]; ValueError, with the mend, where there are none or numbers without a unit.

        Whoever measures a span of time reads this; who only asks what came first reads ``times``.

        >>> log = pd.DataFrame({"user_id": [1, 1], "track_id": ["a", "b"], "at": [1_700_000_000, 1_700_086_400]})
        >>> x = Interactions.from_frame(log, time="at", unit="s")
        >>> str(x.moments.max() - x.moments.min())
        '86400000000000 nanoseconds'
        """
        if self.times is None:
            raise ValueError("There are no times: build the Interactions with from_frame(..., time='...').")
        if self.times.dtype.kind != "M":
            raise ValueError(
                "The times are numbers, and nobody said of what: name their unit, "
                "from_frame(..., time='...', unit='s') for seconds since 1970 (or 'ms', 'us', 'ns', 'min', 'h', 'D')."
            )
        return self.times

    def __repr__(self) -> str:
        n, m = self.shape
        return f"Interactions({n:,} users x {m:,} items, {self.nnz:,} entries, density {self.density:.2%})"

    def __getitem__(self, key: object) -> NoReturn:
        """Refused: a row is no sample of its own, and scikit-learn's searches, which cut rows, come through here."""
        raise TypeError(
            "Interactions are not cut by position: subset(users=...) takes ids, where(mask) takes entries. To tune a "
            "model, evaluation.tune takes the place of GridSearchCV, with a split of recsys_helpers.evaluation."
        )

    __iter__ = None  # else Python would read them by position

    # ---- ids to positions ------------------------------------------------------------------------------------

    def user_positions(self, ids: Any) -> np.ndarray:
        """Row of each user id, shape (n,); an unknown id is a ValueError that names it."""
        return positions(self.users, ids, "user")

    def item_positions(self, ids: Any) -> np.ndarray:
        """Column of each item id, shape (n,); an unknown id is a ValueError that names it."""
        return positions(self.items, ids, "item")

    # ---- smaller ones ----------------------------------------------------------------------------------------

    def subset(self, users: Any = None, items: Any = None) -> Interactions:
        """The rows of these users and the columns of these items, in the order given.

        >>> x = Interactions.from_frame(pd.DataFrame({"user_id": [1, 2], "track_id": ["a", "b"]}))
        >>> x.subset(users=[2]).matrix.toarray().tolist()
        [[0.0, 1.0]]
        """
        rows = np.arange(self.shape[0]) if users is None else self.user_positions(users)
        columns = np.arange(self.shape[1]) if items is None else self.item_positions(items)
        # Carry entry numbers (from 1, so that none looks like an empty cell) through scipy's own indexing.
        numbers = sparse.csr_array(
            (np.arange(1, self.nnz + 1), self.matrix.indices, self.matrix.indptr), shape=self.shape
        )
        kept = sparse.csr_array(numbers[rows][:, columns])
        kept.sort_indices()
        entries = kept.data - 1
        matrix = sparse.csr_array((self.matrix.data[entries], kept.indices, kept.indptr), shape=kept.shape)
        times = None if self.times is None else self.times[entries]
        return Interactions(matrix, self.users[rows], self.items[columns], times)

    def where(self, mask: Any) -> Interactions:
        """The stored entries where ``mask`` (boolean, shape (nnz,)) holds; users and items stay as they are."""
        mask = np.asarray(mask)
        if mask.dtype != bool or mask.shape != (self.nnz,):
            raise ValueError(f"The mask must hold {self.nnz} booleans, one for each stored entry.")
        before = np.concatenate([[0], np.cumsum(mask)])
        matrix = sparse.csr_array(
            (self.matrix.data[mask], self.matrix.indices[mask], before[self.matrix.indptr]), shape=self.shape
        )
        return Interactions(matrix, self.users, self.items, None if self.times is None else self.times[mask])

    def drop_empty(self, users: bool = True, items: bool = True) -> Interactions:
        """Without the users (or the items) that have no stored entry."""
        keep_users = np.diff(self.matrix.indptr) > 0 if users else np.ones(self.shape[0], dtype=bool)
        counts = np.bincount(self.matrix.indices, minlength=self.shape[1])
        keep_items = counts > 0 if items else np.ones(self.shape[1], dtype=bool)
        new_column = np.cumsum(keep_items) - 1
        indptr = np.concatenate([[0], self.matrix.indptr[1:][keep_users]])
        matrix = sparse.csr_array(
            (self.matrix.data, new_column[self.matrix.indices], indptr),
            shape=(int(keep_users.sum()), int(keep_items.sum())),
        )
        return Interactions(matrix, self.users[keep_users], self.items[keep_items], self.times)

    def with_values(self, values: Any) -> Interactions:
        """The same entries with other values, shape (nnz,): ``x.with_values(np.log1p(x.matrix.data))``."""
        values = np.asarray(values, dtype=np.float64)
        if values.shape != (self.nnz,) or not np.isfinite(values).all():
            raise ValueError(f"Give {self.nnz} finite numbers, one for each stored entry.")
        matrix = sparse.csr_array((values, self.matrix.indices, self.matrix.indptr), shape=self.shape)
        return Interactions(matrix, self.users, self.items, self.times)

    # ---- files -----------------------------------------------------------------------------------------------

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one ``.npz`` file without pickle; an older file of that name is replaced only when all is written."""
        parts = {
            "data": self.matrix.data,
            "indices": self.matrix.indices,
            "indptr": self.matrix.indptr,
            "users": encode_ids(self.users, "user"),
            "items": encode_ids(self.items, "item"),
            # Always there, as booleans for "none", so that times lost from a damaged file are missed.
            "times": np.zeros(0, dtype=bool) if self.times is None else self.times,
        }
        write_arrays(path, parts)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Interactions:
        """Read what ``save`` wrote; a damaged or foreign file is a ValueError."""
        try:
            parts: dict[str, Any] = dict(read_arrays(path))
            users, items = decode_ids(parts.pop("users")), decode_ids(parts.pop("items"))
            triple = [parts.pop(name) for name in ("data", "indices", "indptr")]
            matrix = sparse.csr_array(tuple(triple), shape=(len(users), len(items)))
            matrix.check_format(full_check=True)
            if parts["times"].dtype == bool:
                parts["times"] = None
            return cls(matrix, users, items, **parts)
        except (FileNotFoundError, IsADirectoryError, PermissionError):
            raise
        except Exception as error:  # a damaged zip has a dozen ways to fail
            raise ValueError(
                f"{path} is not a whole file written by Interactions.save: write it anew."
            ) from error


def _refuse_duplicates(matrix: sparse.csr_array, users: pd.Index, items: pd.Index) -> None:
    """ValueError where a cell is stored twice: what their sum would mean is not for this class to say."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    again = np.flatnonzero((np.diff(rows) == 0) & (np.diff(matrix.indices) == 0))
    if len(again):
        pair = f"user {show(users[rows[again[0]]])} with item {show(items[matrix.indices[again[0]]])}"
        raise ValueError(
            f"{len(again):,} cells of the matrix are stored twice, first {pair}. Merge them first: "
            f"matrix.sum_duplicates() adds them up; from_frame(..., merge=...) knows other ways."
        )


def positions(index: pd.Index, ids: Any, what: str) -> np.ndarray:
    """Position of each id in an index, int64, shape (n,); one id may stand alone. Unknown: ValueError that names it."""
    ids = as_ids(ids)
    found: np.ndarray = index.get_indexer(ids)
    if (found < 0).any():
        unknown = list(dict.fromkeys(ids[found < 0]))
        more = f" and {len(unknown) - 3:,} more" if len(unknown) > 3 else ""
        known = f"The {len(index):,} known are like {show(index[0])}" if len(index) else "None is known"
        raise ValueError(
            f"Unknown {what}: {', '.join(map(show, unknown[:3]))}{more}. {known}: check the spelling and the type."
        )
    return found.astype(np.int64)


def _as_index(ids: Any, what: str) -> pd.Index:
    index = as_ids(ids)
    if index.hasnans:
        raise ValueError(f"One of the ids for {what!r} is missing (None or NaN): leave it out.")
    if not index.is_unique:
        again = index[index.duplicated()][0]
        raise ValueError(f"The {what} id {show(again)} stands twice: ids must differ. Drop one of them.")
    check_ids(index, f"The ids of {what!r}")
    return index


def _positions(column: pd.Series, name: str, keep: Any) -> tuple[np.ndarray, pd.Index]:
    """Position of each row's id, and the index of ids."""
    refuse_rows(column.isna(), column, f"Column {name!r} has no id")
    check_ids(column, f"Column {name!r}")
    codes, distinct = pd.factorize(column)
    distinct = pd.Index(np.asarray(distinct))
    if keep is None:
        index = ascending(distinct, name)
        return positions(index, distinct, name)[codes], index
    index = ascending(_as_index(as_ids(keep).unique(), name), name)
    try:
        return positions(index, distinct, name)[codes], index
    except ValueError as error:
        raise ValueError(f"{error} Add it to the ids to keep, or drop its rows.") from None
