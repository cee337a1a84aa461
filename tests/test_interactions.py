"""Interactions against plain dictionaries: what a loop over the rows would hold, cell by cell."""

from __future__ import annotations

import os
import pickle
import re
import stat
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from recsys_helpers.interactions import MERGES, Interactions

# ---- the oracle --------------------------------------------------------------------------------------------------


def by_loop(rows, merge: str) -> dict:
    """(user, item) -> (value, time) by one pass over rows of (user, item, value, time); time may be None."""
    seen = {}
    for user, item, value, time in rows:
        seen.setdefault((user, item), []).append((value, time))
    cells = {}
    for pair, entries in seen.items():
        values = [value for value, _ in entries]
        times = [time for _, time in entries]
        latest = None if times[0] is None else max(times)
        last = [value for value, time in entries if time == latest][-1]
        merged = {
            "sum": sum(values),
            "mean": sum(values) / len(values),
            "max": max(values),
            "min": min(values),
            "last": last,
            "count": len(values),
            "error": values[0],
        }
        cells[pair] = (merged[merge], latest)
    return cells


def cells(x: Interactions) -> dict:
    """(user, item) -> (value, time) of what is stored, read through SciPy's own list of coordinates."""
    users, items, coo = x.users.tolist(), x.items.tolist(), x.matrix.tocoo()
    times = [None] * x.nnz if x.times is None else x.times.tolist()
    found = {
        (users[i], items[j]): (value, time)
        for i, j, value, time in zip(coo.row, coo.col, coo.data.tolist(), times, strict=True)
    }
    assert len(found) == x.nnz
    return found


def check_form(x: Interactions) -> None:
    """What the class promises of every instance, whatever made it."""
    assert isinstance(x.matrix, sparse.csr_array) and x.matrix.dtype == np.float64
    assert isinstance(x.users, pd.Index) and isinstance(x.items, pd.Index)
    assert x.shape == x.matrix.shape == (len(x.users), len(x.items))
    assert x.nnz == len(x.matrix.data)
    for start, end in zip(x.matrix.indptr[:-1], x.matrix.indptr[1:], strict=True):
        assert (np.diff(x.matrix.indices[start:end]) > 0).all()
    if x.times is not None:
        assert x.times.shape == x.matrix.data.shape
        assert x.times.dtype in (np.dtype("datetime64[ns]"), np.int64, np.float64)


def table(rows, columns=("user_id", "track_id", "plays", "at")) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


def random_rows(seed: int, n: int = 120, times: str = "distinct"):
    """Few users and items, so that most pairs repeat; whole values, so that no sum depends on its order."""
    rng = np.random.default_rng(seed)
    when = {"distinct": rng.permutation(n), "ties": rng.integers(3, size=n), "none": np.zeros(n, int)}[times]
    users, items, values = rng.integers(6, size=n), rng.integers(5, size=n), rng.integers(-4, 9, n)
    return [
        (int(u) * 3, f"t{i}", float(v), None if times == "none" else int(t))
        for u, i, v, t in zip(users, items, values, when, strict=True)
    ]


SMALL = table([(2, "b", 5, 20), (1, "a", 3, 10), (1, "c", 0, 30), (2, "a", -1, 40), (3, "c", 2.5, 50)])


def small(**changes) -> Interactions:
    return Interactions.from_frame(SMALL, **{"value": "plays", "time": "at", **changes})


# ---- ids of every kind ------------------------------------------------------------------------------------------

LARGE = 2**53
IDS = {
    "int": ([10, 9, 10, -2], [-2, 9, 10]),
    "int beyond a float": ([LARGE + 1, LARGE, LARGE, LARGE + 1], [LARGE, LARGE + 1]),
    "uint8": (np.array([200, 3, 3, 7], dtype="uint8"), [3, 7, 200]),
    "float": ([2.5, 1.0, 2.5, 2.5], [1.0, 2.5]),
    "string": (["b", "a10", "a9", "b"], ["a10", "a9", "b"]),
    "empty, Chinese, accents": (["茶", "", "é", "茶"], ["", "é", "茶"]),
    "mixed": (["b", 10, 9, "10a"], [9, 10, "10a", "b"]),
    "categorical": (pd.Categorical(list("baab"), categories=["z", "b", "a"]), ["a", "b"]),
    "categorical int": (pd.Categorical([7, 5, 5, 7], categories=[7, 6, 5]), [5, 7]),
    "nullable Int64": (pd.array([3, 1, 2, 3], dtype="Int64"), [1, 2, 3]),
    "string dtype": (pd.array(["b", "a", "b", "c"], dtype="string"), ["a", "b", "c"]),
    "object ints": (pd.Series([3, 1, 2, 3], dtype=object), [1, 2, 3]),
}


@pytest.mark.parametrize("side", ["user", "item"])
@pytest.mark.parametrize("kind", IDS)
def test_ids_of_every_kind_become_positions_in_ascending_order(kind, side):
    ids, ascending = IDS[kind]
    frame = pd.DataFrame({"one": ids, "other": [0, 1, 2, 3], "v": [1.0, 2.0, 3.0, 4.0]})
    names = {"user": "one", "item": "other"} if side == "user" else {"user": "other", "item": "one"}
    x = Interactions.from_frame(frame, **names, value="v")
    check_form(x)
    index = x.users if side == "user" else x.items
    assert index.tolist() == ascending
    assert [type(one) for one in index.tolist()] == [type(one) for one in ascending]
    rows = [(one, n, n + 1.0, None) for n, one in enumerate(list(ids))]
    if side == "item":
        rows = [(other, one, value, time) for one, other, value, time in rows]
    assert cells(x) == by_loop(rows, "error")


@pytest.mark.parametrize("kind", IDS)
def test_positions_take_ids_in_any_container(kind):
    ids, ascending = IDS[kind]
    x = Interactions.from_frame(pd.DataFrame({"u": ids, "i": [0, 1, 2, 3]}), user="u", item="i")
    expected = [ascending.index(one) for one in list(ids)]
    containers = [list, tuple, iter, pd.Index, pd.Series]
    for asked in [ids, *(container(list(ids)) for container in containers)]:
        places = x.user_positions(asked)
        assert places.dtype == np.int64 and places.tolist() == expected
    assert x.user_positions(ascending[-1]).tolist() == [len(ascending) - 1], "one id may stand alone"
    assert x.user_positions([]).tolist() == []
    assert sorted(x.user_positions(set(ascending))) == list(range(len(ascending)))


# ---- merging ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", ["none", "ties", "distinct"])
@pytest.mark.parametrize("merge", [merge for merge in MERGES if merge != "error"])
@pytest.mark.parametrize("seed", range(3))
def test_merging_is_what_a_loop_over_the_rows_gives(seed, merge, times):
    rows = random_rows(seed, times=times)
    frame = table(rows)
    frame.index = np.random.default_rng(seed).integers(10, size=len(frame))  # row labels mean nothing
    x = Interactions.from_frame(frame, value="plays", time=None if times == "none" else "at", merge=merge)
    check_form(x)
    assert (x.times is None) == (times == "none")
    expected = by_loop(rows, merge)
    found = cells(x)
    assert found.keys() == expected.keys() and len(rows) > len(found)
    for pair, (value, time) in expected.items():
        assert found[pair] == (pytest.approx(value, rel=1e-12, abs=1e-12), time)


@pytest.mark.parametrize("merge", MERGES)
def test_the_order_of_rows_is_irrelevant(merge):
    """Also for "last" where times differ; with ties in time, the later row wins (the test above)."""
    rows = random_rows(7)
    if merge == "error":
        rows = list({(user, item): (user, item, value, time) for user, item, value, time in rows}.values())
    frame = table(rows)
    one = Interactions.from_frame(frame, value="plays", time="at", merge=merge)
    for seed in range(5):
        shuffled = frame.sample(frac=1, random_state=seed)
        other = Interactions.from_frame(shuffled, value="plays", time="at", merge=merge)
        assert one.to_frame().equals(other.to_frame())
        assert one.users.equals(other.users) and one.items.equals(other.items)


def test_last_without_time_is_the_last_row():
    frame = table([(1, "a", 2, 0), (1, "a", 7, 0), (1, "a", 4, 0)])
    for rows, expected in ((frame, 4), (frame[::-1], 2), (frame.iloc[[0, 2, 1]], 7)):
        x = Interactions.from_frame(rows, value="plays", merge="last")
        assert x.matrix.data.tolist() == [expected]


@pytest.mark.parametrize("merge", MERGES)
def test_without_a_value_every_row_is_one(merge):
    rows = [(user, item, 1.0, None) for user, item, _, _ in random_rows(3)]
    if merge == "error":
        rows = list(dict.fromkeys(rows))
    x = Interactions.from_frame(table(rows), merge=merge)
    assert cells(x) == by_loop(rows, merge)


def test_counting_looks_at_no_value():
    frame = table([(1, "a", np.nan, 0), (1, "a", "many", 0), (2, "b", None, 0)])
    x = Interactions.from_frame(frame, value="plays", merge="count")
    assert cells(x) == {(1, "a"): (2.0, None), (2, "b"): (1.0, None)}


@pytest.mark.parametrize(
    "values",
    [
        [True, False, True],
        pd.array([3, 0, 5], dtype="Int64"),
        pd.array([True, False, True], dtype="boolean"),
        pd.Categorical([3, 0, 5]),
        pd.Series([3, 0.5, 5], dtype=object),
        np.array([3, 0, 5], dtype="float32"),
    ],
    ids=["bool", "Int64", "boolean", "categorical", "object", "float32"],
)
def test_values_of_every_numeric_kind(values):
    frame = pd.DataFrame({"user_id": [1, 2, 3], "track_id": [1, 1, 1], "v": values})
    x = Interactions.from_frame(frame, value="v")
    assert x.matrix.data.tolist() == [float(value) for value in list(values)]


# ---- time -------------------------------------------------------------------------------------------------------

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
INSTANTS = [
    datetime(2026, 1, 1, 12, 30, 15, tzinfo=UTC),
    datetime(2026, 7, 1, tzinfo=UTC),  # summer time in New York
    datetime(2026, 11, 1, 5, 30, tzinfo=UTC),  # 1:30 there, first of two
    datetime(2026, 11, 1, 6, 30, tzinfo=UTC),  # 1:30 again
    datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
]
NANOSECONDS = [(one - EPOCH) // timedelta(seconds=1) * 10**9 for one in INSTANTS]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai", "America/New_York"])
def test_dates_of_every_zone_and_unit_become_moments_in_utc(zone, unit):
    naive = [one.replace(tzinfo=None) for one in INSTANTS]
    at = pd.Series(np.array(naive, dtype=f"datetime64[{unit}]"))
    if zone is not None:
        at = at.dt.tz_localize("UTC").dt.tz_convert(zone)
    assert unit in str(at.dtype)
    frame = pd.DataFrame({"user_id": range(5), "track_id": 0, "at": at})
    x = Interactions.from_frame(frame, time="at")
    assert x.times.dtype == np.dtype("datetime64[ns]") and x.times.tolist() == NANOSECONDS
    assert x.moments is x.times
    if zone == "UTC":
        assert x.to_frame()["time"].tolist() == INSTANTS


def test_a_nanosecond_decides_which_is_last():
    at = np.array(["2026-01-01T00:00:00.000000002", "2026-01-01T00:00:00.000000001"], dtype="datetime64[ns]")
    frame = pd.DataFrame({"user_id": [1, 1], "track_id": [1, 1], "v": [5.0, 6.0], "at": at})
    assert Interactions.from_frame(frame, value="v", time="at", merge="last").matrix.data.tolist() == [5.0]


@pytest.mark.parametrize(
    ("times", "kind"),
    [
        ([LARGE + 1, 3], np.int64),
        ([0.5, -2.25], np.float64),
        (pd.array([LARGE + 1, 3], dtype="Int64"), np.int64),
        (np.array([7, 3], dtype="int32"), np.int64),
    ],
    ids=["int", "float", "nullable", "int32"],
)
def test_numbers_without_a_unit_stay_as_given_and_are_no_moments(times, kind):
    x = Interactions.from_frame(pd.DataFrame({"user_id": [1, 2], "track_id": 0, "at": times}), time="at")
    assert x.times.dtype == kind and x.times.tolist() == list(times)
    assert x.to_frame()["time"].tolist() == list(times)
    with pytest.raises(ValueError, match=r"nobody said of what: name their unit.*unit='s'"):
        _ = x.moments


UNIT_NUMBERS = [0, 1, -1, 951_782_400, -1]
UNIT_KINDS = {
    "int64": np.int64,
    "Int64": "Int64",
    "float64": np.float64,
    "object": object,
}


@pytest.mark.parametrize("kind", UNIT_KINDS)
@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns", "min", "h", "D"])
def test_numbers_with_a_unit_are_so_many_timedeltas_since_1970(unit, kind):
    numbers = [n if unit in ("s", "ms", "us", "ns") else n % 50_000 for n in UNIT_NUMBERS]
    column = pd.Series(numbers, dtype=UNIT_KINDS[kind])
    x = Interactions.from_frame(
        pd.DataFrame({"user_id": range(5), "track_id": 0, "at": column}), time="at", unit=unit
    )
    expected = [pd.Timestamp(0, tz="UTC") + pd.Timedelta(n, unit) for n in numbers]
    assert x.to_frame()["time"].tolist() == expected
    assert x.moments.dtype == np.dtype("datetime64[ns]")


def test_a_number_with_a_unit_is_exact_to_the_nanosecond():
    """Whole numbers never pass through a float; parts of a second are rounded to the nearest nanosecond."""
    frame = pd.DataFrame({"user_id": [1, 2], "track_id": 0, "at": [LARGE + 1, -LARGE - 1]})
    assert Interactions.from_frame(frame, time="at", unit="ns").times.tolist() == [LARGE + 1, -LARGE - 1]
    parts = frame.assign(at=[1.25, -0.75])
    assert Interactions.from_frame(parts, time="at", unit="s").times.tolist() == [1_250_000_000, -750_000_000]
    assert Interactions.from_frame(parts, time="at", unit="D").times.tolist() == [
        108_000 * 10**9,
        -64_800 * 10**9,
    ]


def test_the_first_and_the_last_moment_that_can_be_said():
    ends = ["1678-01-01", "2261-12-31 23:59:59"]
    numbers = [(pd.Timestamp(end) - pd.Timestamp(0)) // pd.Timedelta(seconds=1) for end in ends]
    frame = pd.DataFrame({"user_id": [1, 2], "track_id": 0, "at": numbers})
    times = Interactions.from_frame(frame, time="at", unit="s").times
    assert [str(at) for at in times.astype("datetime64[s]")] == ["1678-01-01T00:00:00", "2261-12-31T23:59:59"]
    for wrong in (numbers[0] - 1, numbers[1] + 1):
        with pytest.raises(
            ValueError, match=r"'at' counted in unit='s' lies outside the years 1678 to 2261 .*row 1"
        ):
            Interactions.from_frame(frame.assign(at=[0, wrong]), time="at", unit="s")
        date = np.array([0, wrong]).astype("datetime64[s]")
        with pytest.raises(
            ValueError, match=r"'at' lies outside the years 1678 to 2261 in 1 row\(s\), first at row 1"
        ):
            Interactions.from_frame(frame.assign(at=date), time="at")


@pytest.mark.parametrize("times", [pd.to_datetime(["2026-01-02", "2026-01-01"], utc=True),
                                   np.array(["2026-01-02", "2026-01-01"], dtype="datetime64[D]"),
                                   [pd.Timestamp("2026-01-02"), pd.Timestamp("2026-01-01")]])  # fmt: skip
def test_times_given_to_the_constructor_are_moments_too(times):
    x = Interactions(sparse.csr_array([[1.0, 1.0]]), [1], ["a", "b"], times)
    check_form(x)
    assert [str(at)[:10] for at in x.moments] == ["2026-01-02", "2026-01-01"]


# ---- ids to keep, zeros -----------------------------------------------------------------------------------------


def test_ids_to_keep_have_rows_and_columns_without_entries():
    plain = small()
    x = small(users=[9, 3, 2, 2, 1, 0], items={"c", "b", "a", "zz"})
    check_form(x)
    assert x.users.tolist() == [0, 1, 2, 3, 9] and x.items.tolist() == ["a", "b", "c", "zz"]
    assert cells(x) == cells(plain)
    assert x.matrix.toarray()[[0, 4]].tolist() == [[0.0] * 4] * 2
    back = x.drop_empty()
    assert back.users.equals(plain.users) and back.items.equals(plain.items) and cells(back) == cells(plain)
    assert x.drop_empty(items=False).shape == (3, 4) and x.drop_empty(users=False).shape == (5, 3)


@pytest.mark.parametrize("merge", MERGES)
def test_an_empty_table_is_fine_where_the_ids_are_given(merge):
    x = small_empty(merge)
    check_form(x)
    assert x.shape == (2, 3) and x.nnz == 0 and x.density == 0 and x.to_frame().empty
    assert x.drop_empty().shape == (0, 0) and x.drop_empty().density == 0
    assert x.subset(users=[2]).shape == (1, 3)


def small_empty(merge: str) -> Interactions:
    return Interactions.from_frame(
        SMALL[:0], value="plays", time="at", merge=merge, users=[1, 2], items=["a", "b", "c"]
    )


def test_a_zero_is_an_observation():
    x = small()
    assert x.nnz == 5 and cells(x)[1, "c"] == (0.0, 30)
    assert x.density == pytest.approx(5 / 9)
    for y in (
        x.subset(users=[1]),
        x.where(x.matrix.data == 0),
        x.where(x.matrix.data == 0).drop_empty(),
        x.with_values(np.zeros(5)).subset(users=[1]),
    ):
        assert cells(y)[1, "c"] == (0.0, 30)
    cancelled = Interactions.from_frame(table([(1, "a", 2, 0), (1, "a", -2, 0)]), value="plays", merge="sum")
    assert cells(cancelled) == {(1, "a"): (0.0, None)}


def test_the_printed_form_says_the_size():
    assert repr(small()) == "Interactions(3 users x 3 items, 5 entries, density 55.56%)"


# ---- back to a table, smaller ones ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("timed", [True, False])
def test_to_frame_and_back_is_the_same(kind, timed):
    ids, _ = IDS[kind]
    frame = pd.DataFrame({"u": ids, "i": [1, 0, 3, 2], "v": [0.0, 1.5, -2, 4], "at": [4, 3, 2, 1]})
    x = Interactions.from_frame(frame, user="u", item="i", value="v", time="at" if timed else None)
    out = x.to_frame()
    assert out.columns.tolist() == ["user", "item", "value"] + ["time"] * timed
    places = [(x.users.tolist().index(u), i) for u, i in zip(out["user"], out["item"], strict=True)]
    assert places == sorted(places), "by user, then by item"
    back = Interactions.from_frame(
        out, user="user", item="item", value="value", time="time" if timed else None
    )
    assert back.users.equals(x.users) and back.items.equals(x.items) and cells(back) == cells(x)


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize(
    ("users", "items"),
    [
        ([3, 1], ["c", "a"]),
        ([2, 3, 1], ["b", "c", "a"]),
        (None, ["c", "b"]),
        ([3], None),
        (2, "b"),
        ([], ["a"]),
        ([1], []),
        (None, None),
    ],
)
def test_subset_holds_these_cells_in_this_order(users, items, timed):
    x = small(time="at" if timed else None)
    before = x.to_frame()
    y = x.subset(users=users, items=items)
    check_form(y)
    keep = [
        index.tolist() if asked is None else list(asked) if isinstance(asked, list) else [asked]
        for index, asked in ((x.users, users), (x.items, items))
    ]
    assert [y.users.tolist(), y.items.tolist()] == keep
    expected = {pair: entry for pair, entry in cells(x).items() if pair[0] in keep[0] and pair[1] in keep[1]}
    assert cells(y) == expected
    dense = [[expected.get((u, i), (0.0,))[0] for i in keep[1]] for u in keep[0]]
    assert y.matrix.toarray().tolist() == dense
    assert y.user_positions(keep[0]).tolist() == list(range(len(keep[0])))
    assert x.to_frame().equals(before)


def test_where_keeps_entries_and_all_ids():
    x = small()
    for pattern in range(2**5):
        mask = [bool(pattern >> k & 1) for k in range(5)]
        y = x.where(np.array(mask))
        check_form(y)
        kept = [pair for pair, keep in zip(cells(x), mask, strict=True) if keep]
        assert cells(y) == {pair: cells(x)[pair] for pair in kept}
        assert y.users.equals(x.users) and y.items.equals(x.items)
        z = y.drop_empty()
        check_form(z)
        assert cells(z) == cells(y)
        assert z.users.tolist() == sorted({user for user, _ in kept})
        assert z.items.tolist() == sorted({item for _, item in kept})
    assert x.where(pd.Series([True] * 5)).nnz == 5 and small(time=None).where([False] * 5).times is None


def test_with_values_changes_the_values_alone():
    x = small()
    y = x.with_values([10, 0, 30, 40, 50])
    check_form(y)
    assert [value for value, _ in cells(y).values()] == [10, 0, 30, 40, 50]
    assert list(cells(y)) == list(cells(x)) and y.times.tolist() == x.times.tolist()
    assert x.matrix.data.tolist() == [3, 0, -1, 5, 2.5]

    wide = x.subset(users=[3, 1]).where(
        [False, True, True]
    )  # the last column holds nothing now, nor the first row
    z = wide.with_values([7, 8])
    assert z.shape == (2, 3) and cells(z) == {(1, "a"): (7.0, 10), (1, "c"): (8.0, 30)}
    assert x.subset(items=["c", "a", "b"]).where([True] * 2 + [False] * 3).with_values([1, 2]).shape == (3, 3)


def test_whole_numbers_of_a_matrix_become_floats_and_a_list_of_times_an_array():
    x = Interactions(sparse.csr_array([[2, 0], [0, 1]], dtype="int8"), (1, 2), ["a", "b"], [5, 6])
    check_form(x)
    assert cells(x) == {(1, "a"): (2.0, 5), (2, "b"): (1.0, 6)}


@pytest.mark.parametrize("merge", MERGES)
def test_the_table_given_is_not_changed(merge):
    frame = SMALL.assign(
        at=pd.to_datetime(SMALL["at"], unit="s", utc=True), kind=pd.Categorical(list("abcde"))
    )
    copy = frame.copy(deep=True)
    x = Interactions.from_frame(frame, value="plays", time="at", merge=merge, users=[3, 2, 1])
    x.matrix.data[:] = -9
    x.times[:] = x.times[::-1].copy()
    pd.testing.assert_frame_equal(frame, copy)


def test_unsorted_cells_of_a_matrix_are_sorted_without_touching_it():
    """Zeros stay stored. A cell that is stored twice is refused (below), as from_frame refuses a pair of two rows."""
    matrix = sparse.csr_array(([1.0, 2.0, 0.0], [2, 1, 0], [0, 3]), shape=(1, 3))
    x = Interactions(matrix, ["u"], ["a", "b", "c"])
    check_form(x)
    assert cells(x) == {("u", "a"): (0.0, None), ("u", "b"): (2.0, None), ("u", "c"): (1.0, None)}
    assert matrix.indices.tolist() == [2, 1, 0] and matrix.data.tolist() == [1.0, 2.0, 0.0]


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("unit", [None, "s", "none"])
def test_what_to_frame_wrote_is_read_without_naming_a_column(kind, unit):
    """Once it failed on its own column names."""
    frame = pd.DataFrame({"u": IDS[kind][0], "i": [1, 0, 3, 2], "v": [0.0, 1.5, -2, 4], "at": [4, 3, 2, 1]})
    named = {"time": None} if unit == "none" else {"time": "at", "unit": unit}
    x = Interactions.from_frame(frame, user="u", item="i", value="v", **named)
    out = x.to_frame()
    back = Interactions.from_frame(out)
    check_form(back)
    assert cells(back) == cells(x) and back.users.equals(x.users) and back.items.equals(x.items)
    assert (back.times is None) == (x.times is None) and (
        x.times is None or back.times.dtype == x.times.dtype
    )
    told = Interactions.from_frame(out, user="user", item="item")
    assert set(cells(told).values()) == {(1.0, None)}, "what is named is what is read"


def test_only_the_columns_of_to_frame_are_taken_for_them():
    out = small().to_frame()
    for other in (out.assign(more=1), out[["item", "user", "value"]], out.drop(columns="value")):
        with pytest.raises(ValueError, match="frame has no column 'user_id'"):
            Interactions.from_frame(other)
    both = out.rename(columns={"user": "user_id", "item": "track_id"})
    assert set(cells(Interactions.from_frame(both)).values()) == {(1.0, None)}


# ---- files ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", IDS)
@pytest.mark.parametrize("timed", [None, "at", "seconds"])
def test_what_is_saved_is_what_is_read(tmp_path, kind, timed):
    ids, _ = IDS[kind]
    frame = pd.DataFrame(
        {
            "u": ids,
            "i": ["", "茶", 4, "x\0y"],
            "v": [0.0, 0.1, -2, 1e300],
            "at": pd.to_datetime([1, 2, 3, 4]),
            "seconds": [0.5, 1.5, 2.5, 3.5],
        }
    )
    x = Interactions.from_frame(frame, user="u", item="i", value="v", time=timed)
    path = tmp_path / "plays.npz"
    x.save(path)
    y = Interactions.load(path)
    check_form(y)
    assert y.users.tolist() == x.users.tolist() and y.items.tolist() == x.items.tolist()
    assert y.user_positions(ids).tolist() == x.user_positions(ids).tolist()
    assert cells(y) == cells(x)
    assert (y.times is None) == (timed is None) and (timed is None or y.times.dtype == x.times.dtype)
    assert os.listdir(tmp_path) == ["plays.npz"], "nothing is left beside it"


def test_an_empty_one_and_a_reordered_one_can_be_saved(tmp_path):
    for n, x in enumerate(
        [small_empty("sum").drop_empty(), small().subset(users=[3, 1]), small_empty("last")]
    ):
        x.save(str(tmp_path / f"{n}"))  # the name stays as given
        y = Interactions.load(str(tmp_path / f"{n}"))
        assert y.users.tolist() == x.users.tolist() and cells(y) == cells(x) and y.shape == x.shape


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX's")
def test_a_saved_file_has_the_permissions_of_any_other(tmp_path):
    (tmp_path / "other").write_text("", encoding="utf-8")
    small().save(tmp_path / "x.npz")
    assert stat.S_IMODE((tmp_path / "x.npz").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "other").stat().st_mode
    )


@pytest.mark.parametrize("before", [True, False], ids=["over an old file", "where there was none"])
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # NumPy 1.26 leaves its zip open
def test_a_full_disk_leaves_the_old_file_and_no_rubbish(tmp_path, before):
    resource = pytest.importorskip("resource", reason="needs a limit on the size of a file")
    if before:
        small().save(tmp_path / "x.npz")
    old = [(path.name, path.read_bytes()) for path in tmp_path.iterdir()]
    noise = np.random.default_rng(0).random((200, 100))
    large = Interactions(sparse.csr_array(noise), range(200), range(100))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError):
            large.save(tmp_path / "x.npz")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == old
    large.save(tmp_path / "x.npz")
    assert (Interactions.load(tmp_path / "x.npz").matrix.toarray() == noise).all()


def test_ids_that_no_file_can_hold_are_refused_and_nothing_is_written(tmp_path):
    dates = pd.DatetimeIndex(["2026-01-01"])
    for side, ids in (("user", (dates, ["a"])), ("item", (["a"], dates))):
        x = Interactions(sparse.csr_array([[1.0]]), *ids)
        with pytest.raises(
            ValueError, match=rf"{side} id Timestamp\(.*neither a number nor a string.*convert it"
        ):
            x.save(tmp_path / "x.npz")
    assert list(tmp_path.iterdir()) == []


def refused(path: Path) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(str(path))} is not a whole file .*: write it anew"):
        Interactions.load(path)


def test_a_truncated_or_changed_file_is_refused_or_harmless(tmp_path):
    x = small()
    x.save(tmp_path / "x.npz")
    whole, path = (tmp_path / "x.npz").read_bytes(), tmp_path / "y.npz"
    for length in [*range(0, len(whole), 29), len(whole) - 1]:
        path.write_bytes(whole[:length])
        refused(path)
    # The last third holds the table of contents, where zipfile fails in many ways and a changed name hides a part.
    places = [
        *range(0, len(whole), 17),
        *range(len(whole) * 2 // 3, len(whole), 3),
        whole.rindex(b"times.npy"),
    ]
    harmless = 0
    for place in places:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x81]) + whole[place + 1 :])
        try:
            y = Interactions.load(path)
        except ValueError as error:
            assert "write it anew" in str(error)
        else:  # dates and flags of the archive that say nothing of the content
            harmless += 1
            assert cells(y) == cells(x) and y.users.equals(x.users) and y.items.equals(x.items)
    assert harmless < len(places) / 2


def parts_of(x: Interactions, path: Path) -> dict:
    x.save(path)
    with np.load(path) as file:
        return dict(file)


DAMAGES = {
    "a part is missing": lambda parts: parts.pop("indptr"),
    "ids are missing": lambda parts: parts.pop("users"),
    "times are missing": lambda parts: parts.pop("times"),
    "a part too many": lambda parts: parts.update(extra=np.zeros(1)),
    "too few times": lambda parts: parts.update(times=parts["times"][1:]),
    "too few values": lambda parts: parts.update(data=parts["data"][1:]),
    "a column beyond the last": lambda parts: parts["indices"].__setitem__(0, 99),
    "a column below the first": lambda parts: parts["indices"].__setitem__(0, -1),
    "rows out of order": lambda parts: parts["indptr"].__setitem__(1, 5),
    "a value is NaN": lambda parts: parts["data"].__setitem__(0, np.nan),
    "an id twice": lambda parts: parts.update(users=np.array([1, 1, 2])),
    "too few ids": lambda parts: parts.update(users=np.array([1, 2])),
    "ids are no JSON": lambda parts: parts.update(items=np.frombuffer(b'["a', dtype=np.uint8)),
    "ids are no UTF-8": lambda parts: parts.update(items=np.frombuffer(b'["\xff"]', dtype=np.uint8)),
    "ids are pickled": lambda parts: parts.update(items=np.array(["a", "b", "c"], dtype=object)),
    "values are text": lambda parts: parts.update(data=np.array(["x"] * 5)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_file_whose_parts_do_not_fit_is_refused(tmp_path, damage):
    path = tmp_path / "x.npz"
    parts = parts_of(small(), path)
    np.savez(path, **parts)
    assert cells(Interactions.load(path)) == cells(small()), "whole before it is damaged"
    DAMAGES[damage](parts)
    np.savez(path, **parts)
    refused(path)


class Trap:
    """Unpickling it leaves a file behind."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def test_foreign_files_are_refused_and_nothing_in_them_is_run(tmp_path):
    path, sprung = tmp_path / "x.npz", tmp_path / "sprung"
    trap = Trap(sprung)
    parts = parts_of(small(), path)

    def one_array():
        with open(path, "wb") as file:
            np.save(file, np.arange(3))

    def zipped():
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("readme.txt", "hello")

    for write in (
        lambda: path.write_bytes(b""),
        lambda: path.write_text("user,item\n1,2\n", encoding="utf-8"),
        lambda: path.write_bytes(pickle.dumps(trap)),
        lambda: np.savez(path, **{**parts, "times": np.array([trap] * 5, dtype=object)}),
        lambda: np.savez(path, **{**parts, "users": np.array([trap], dtype=object)}),
        lambda: sparse.save_npz(path, sparse.eye_array(3, format="csr")),
        one_array,
        zipped,
    ):
        write()
        refused(path)
    assert not sprung.exists()
    pickle.loads(pickle.dumps(trap))
    assert sprung.exists(), "the trap works"
    with pytest.raises(FileNotFoundError):
        Interactions.load(tmp_path / "none.npz")


# ---- properties -------------------------------------------------------------------------------------------------

# No text reads like a number: beside that number it would be refused (below).
texts = st.text(max_size=2).filter(lambda text: not re.search(r"[\d\0]", text))
# Older versions of pandas end a text at a null character: two such ids are one to them, whoever asks.
odd = ["a\0b"] if len(pd.factorize(np.array(["a", "a\0b"], dtype=object))[1]) == 2 else []
ids = st.one_of(st.integers(-3, 3), texts, st.sampled_from(["茶", "1a", "", " ", *odd, "a"]))
logs = st.lists(st.tuples(ids, ids, st.integers(-9, 9), st.integers(0, 3)), min_size=1, max_size=25)
quick = settings(max_examples=40, deadline=None)


@quick
@given(logs)
def test_no_row_is_lost_silently(rows):
    frame = table(rows)
    added = Interactions.from_frame(frame, value="plays", time="at", merge="sum")
    counted = Interactions.from_frame(frame, merge="count")
    assert added.matrix.sum() == sum(value for _, _, value, _ in rows)
    assert counted.matrix.sum() == len(rows)
    assert cells(added) == by_loop(rows, "sum")
    assert {pair: value for pair, (value, _) in cells(counted).items()} == {
        pair: value for pair, (value, _) in by_loop(rows, "count").items()
    }
    assert set(added.users.tolist()) == {user for user, _, _, _ in rows}
    assert set(added.items.tolist()) == {item for _, item, _, _ in rows}


@quick
@given(logs, st.randoms(use_true_random=False))
def test_positions_undo_the_index(rows, random):
    x = Interactions.from_frame(table(rows), merge="count")
    for index, positions in ((x.users, x.user_positions), (x.items, x.item_positions)):
        order = list(range(len(index)))
        random.shuffle(order)
        assert positions(index[order]).tolist() == order
        assert positions([index.tolist()[k] for k in order]).tolist() == order


@quick
@given(logs, st.randoms(use_true_random=False))
def test_a_subset_of_all_is_the_same_and_two_reorderings_undo_each_other(rows, random):
    x = Interactions.from_frame(table(rows), value="plays", time="at", merge="sum")
    users = x.users.tolist()
    random.shuffle(users)
    for y in (x.subset(), x.subset(x.users, x.items), x.subset(users).subset(x.users)):
        check_form(y)
        assert y.users.equals(x.users) and y.items.equals(x.items)
        assert y.to_frame().equals(x.to_frame())
    assert cells(x.subset(users)) == cells(x)


# ---- bad input --------------------------------------------------------------------------------------------------

X = small()
PAIR = pd.DataFrame({"user_id": [1, 2], "track_id": ["a", "b"]})


def build(frame=None, **options):
    """A call of from_frame: with a table, or with PAIR and one column more or changed."""
    names = {name: options.pop(name) for name in ("user", "item", "value", "time", "unit", "merge", "users", "items")
             if name in options}  # fmt: skip
    frame = PAIR.assign(**options) if frame is None else frame
    return lambda: Interactions.from_frame(frame, **names)


FAR = np.array(["2026-01-01", "9999-12-31"], dtype="datetime64[s]")
MIXED_ZONES = pd.Series([pd.Timestamp("2026-01-01", tz=zone) for zone in ("UTC", "Asia/Tokyo")], dtype=object)
BAD = {
    "missing column": (build(value="plays"), r"frame has no column 'plays' \(it has: user_id, track_id\)\. Rename"),
    "missing user column": (build(user="listener"), r"no column 'listener'.*Rename or add it"),
    "no user column named": (build(user=None), r"no column None.*Rename or add it"),
    "a column twice": (
        build(pd.concat([PAIR, PAIR["user_id"]], axis=1)),
        r"several columns called 'user_id': rename or drop",
    ),
    "empty table": (build(PAIR[:0]), r"The table has no rows.*Check the filter"),
    "empty table, items unknown": (build(PAIR[:0], users=[1]), r"The table has no rows"),
    "no table": (build({"user_id": [1]}), r"must be a pandas DataFrame, not a dict: build one with pd\.DataFrame"),
    "NaN id": (build(user_id=[1, np.nan]), r"'user_id' has no id in 1 row\(s\), first at row 1\. Drop such rows"),
    "None id": (build(track_id=[None, "b"]), r"'track_id' has no id in 1 row\(s\), first at row 0\. Drop such"),
    "nullable id": (build(user_id=pd.array([1, None], dtype="Int64")), r"'user_id' has no id in 1.* row 1\."),
    "id missing in a category": (build(user_id=pd.Categorical(["a", None])), r"'user_id' has no id in 1.* row 1"),
    "label of the row": (build(PAIR.assign(user_id=[1, np.nan]).set_axis([8, 9])), r"first at row 9\."),
    "a list as id": (build(user_id=[[1], [2]]), r"'user_id' holds ids .*neither numbers nor strings: convert"),
    "a tuple as id": (build(user_id=[(1, 2), (3, 4)]), r"'user_id' holds the id \(1, 2\), neither .*: convert"),
    "a date as id": (build(user_id=FAR), r"'user_id' holds the id .*2026.*neither .*: convert it"),
    "one number as number and as text": (
        build(user_id=[1, "1"]),
        r"Column 'user_id' holds the number 1 and the text '1': one id or two\? Turn all to one type",
    ),
    "one number as category and text": (
        build(track_id=pd.Categorical(["7.0", 7])),
        r"Column 'track_id' holds the number 7 and the text '7\.0': one id or two",
    ),
    "a float and its text": (build(user_id=[0.5, " .5"]), r"holds the number 0\.5 and the text ' \.5': one id"),
    "both kinds in users=": (
        build(user_id=[1, 2], users=[1, 2, "2"]),
        r"ids of 'user_id' holds the number 2 and the text '2'",
    ),
    "both kinds given": (
        lambda: Interactions(X.matrix, [1, "1", 2], X.items),
        r"ids of 'user' holds the number 1 and the text '1'",
    ),
    "NaN value": (build(value="v", v=[1, np.nan]), r"'v' is missing or infinite in 1 row\(s\), first at row 1\. Drop"),
    "None value": (build(value="v", v=pd.Series([None, 2], dtype=object)), r"'v' is missing or .* first at row 0"),
    "nullable value": (build(value="v", v=pd.array([1, None], dtype="Int64")), r"'v' is missing.* row 1\. Drop"),
    "inf value": (build(value="v", v=[-np.inf, np.inf]), r"'v' is missing or infinite in 2 row\(s\), first at row 0"),
    "text value": (build(value="v", v=[1, "many"]), r"'v' must hold numbers, not 'many' as at row 1\. Convert it"),
    "number as text": (build(value="v", v=["1", "2"]), r"'v' must hold numbers, not '1' as at row 0\. Convert it"),
    "date as value": (build(value="v", v=FAR), r"'v' must hold numbers, not Timestamp\(.* as at row 0\. Convert"),
    "NaT time": (
        build(time="at", at=pd.to_datetime(["2026-01-01", None])),
        r"'at' has no time in 1 row\(s\), first at row 1\. Drop such rows or fill",
    ),
    "NaT with a zone": (
        build(time="at", at=pd.to_datetime([None, "2026-01-01"], utc=True)),
        r"'at' has no time.* row 0",
    ),
    "NaN time": (build(time="at", at=[1.5, np.nan]), r"'at' has no time in 1 row\(s\), first at row 1\. Drop"),
    "inf time": (build(time="at", at=[1.5, np.inf]), r"'at' is missing or infinite in 1 row\(s\), first at row 1"),
    "nullable time": (build(time="at", at=pd.array([1, None], dtype="Int64")), r"'at' has no time.* row 1\. Drop"),
    "text time": (
        build(time="at", at=["2026-01-01", "2026-01-02"]),
        r"'at' must hold dates \(see pd\.to_datetime\) or numbers, not '2026-01-01' as at row 0\. Convert it",
    ),
    "two zones": (build(time="at", at=MIXED_ZONES), r"'at' must hold dates \(see pd\.to_datetime\).* row 0"),
    "far future": (
        build(time="at", at=FAR),
        r"'at' lies outside the years 1678 to 2261 in 1 row\(s\), first at row 1\. Drop",
    ),
    "number of another unit": (
        build(time="at", unit="s", at=[1_700_000_000, 1_700_000_000_000]),
        r"'at' counted in unit='s' lies outside the years .* first at row 1\. Drop",
    ),
    "too large for 64 bits": (
        build(time="at", at=np.array([1, 2**63], dtype="uint64")),
        r"'at' is too large in 1 row\(s\), first at row 1",
    ),
    "unknown unit": (
        build(time="at", unit="seconds", at=[1, 2]),
        r"unit='seconds' is not known: choose one of s, ms, us, ns, min, h, D",
    ),
    "unit of dates": (
        build(time="at", unit="s", at=pd.to_datetime(["2026-01-01"] * 2)),
        r"'at' holds dates, which have a unit already: leave unit='s' out",
    ),
    "unit without times": (build(unit="s"), r"unit='s' belongs to a column of times: name it, time="),
    "NaT given as a time": (
        lambda: Interactions(X.matrix, X.users, X.items, [pd.NaT] * 5),
        r"'times' has no time in 5 row\(s\), first at row 0",
    ),
    "words given as times": (
        lambda: Interactions(X.matrix, X.users, X.items, list("abcde")),
        r"'times' must hold dates .* or numbers, not 'a' as at row 0",
    ),
    "moments where there are none": (lambda: small(time=None).moments, r"no times: build .*time='\.\.\.'"),
    "duplicate pair": (
        build(PAIR.iloc[[0, 1, 1, 1]]),
        r"2 rows repeat a pair .*first user_id 2 with track_id 'b'\. Say how to merge them: merge='sum'",
    ),
    "two duplicate pairs": (
        build(PAIR.iloc[[1, 0, 1, 0]]),
        r"2 rows repeat a pair .*first user_id 1 with track_id 'a'\.",
    ),
    "unknown merge": (build(merge="add"), r"merge='add' is not known: choose one of error, sum, mean"),
    "sum too large": (
        build(PAIR.assign(user_id=1, track_id=1, v=1e308), value="v", merge="sum"),
        r"^The matrix holds a value that is missing or infinite \(or a sum too large.*: leave out or mend",
    ),
    "unknown id in users=": (
        build(users=[1]),
        r"Unknown user_id: 2\. The 1 known are like 1: check .*Add it to the ids to keep, or drop its rows",
    ),
    "type of users=": (build(users=["1", "2"]), r"Unknown user_id: 1, 2\. The 2 known are like '1': .* the type"),
    "NaN in users=": (build(users=[1, 2, np.nan]), r"ids for 'user_id' is missing \(None or NaN\): leave it out"),
    "None in items=": (build(items=["a", "b", None]), r"ids for 'track_id' is missing \(None or NaN\): leave it out"),
    "odd id in items=": (build(items=["a", "b", (1,)]), r"'track_id' holds the id \(1,\), neither .*: convert it"),
    "unknown id asked for": (
        lambda: X.user_positions([1, 8, 9, 8]),
        r"Unknown user: 8, 9\. The 3 known are like 1: check the spelling and the type",
    ),
    "three unknown": (lambda: X.item_positions(list("vwx")), r"Unknown item: 'v', 'w', 'x'\. The 3"),
    "four unknown": (lambda: X.item_positions(list("vwxy")), r"Unknown item: 'v', 'w', 'x' and 1 more\. The 3"),
    "many unknown": (lambda: X.item_positions(list("vwxyz")), r"Unknown item: 'v', 'w', 'x' and 2 more\. The 3"),
    "an int as text": (lambda: X.user_positions("1"), r"Unknown user: '1'\. The 3 known are like 1: .* the type"),
    "NaN asked for": (lambda: X.user_positions([1, np.nan]), r"Unknown user: nan\. The 3 known"),
    "no ids at all": (lambda: X.subset(users=[]).user_positions([7]), r"Unknown user: 7\. None is known"),
    "unknown id in a subset": (lambda: X.subset(items=["a", "zz"]), r"Unknown item: 'zz'\. The 3 known"),
    "an id twice in a subset": (lambda: X.subset(users=[1, 2, 1]), r"user id 1 stands twice.*Drop one"),
    "mask too short": (lambda: X.where([True]), r"mask must hold 5 booleans, one for each stored entry"),
    "mask of the matrix": (lambda: X.where(X.matrix.toarray() > 0), r"mask must hold 5 booleans, one for each"),
    "mask of numbers": (lambda: X.where([1, 0, 1, 0, 1]), r"mask must hold 5 booleans, one for each"),
    "too few values": (lambda: X.with_values([1, 2]), r"Give 5 finite numbers, one for each stored entry"),
    "one value for all": (lambda: X.with_values(1), r"Give 5 finite numbers, one for each stored entry"),
    "inf in with_values": (lambda: X.with_values([1, 2, 3, 4, np.inf]), r"Give 5 finite numbers, one for each"),
    "wrong shape": (
        lambda: Interactions(X.matrix, [1, 2], X.items),
        r"matrix is 3 x 3 but there are 2 user ids and 3 item ids\. Give one id for each row",
    ),
    "users and items swapped": (
        lambda: Interactions(X.subset(users=[1, 2]).matrix, X.items, [1, 2]),
        r"matrix is 2 x 3 but there are 3 user ids and 2 item ids\. Give one id for each row",
    ),
    "an id twice": (lambda: Interactions(X.matrix, [1, 2, 2], X.items), r"user id 2 stands twice.*Drop one"),
    "an item twice": (lambda: Interactions(X.matrix, X.users, list("aab")), r"item id 'a' stands twice.*Drop one"),
    "an id is None": (lambda: Interactions(X.matrix, [1, 2, None], X.items), r"ids for 'user' is missing.*leave it"),
    "NaN in the matrix": (
        lambda: Interactions(sparse.csr_array([[np.nan]]), [1], [1]),
        r"matrix holds a value that is missing or infinite.*leave out or mend",
    ),
    "too few times": (
        lambda: Interactions(X.matrix, X.users, X.items, X.times[:2]),
        r"2 times for 5 entries: give one for each",
    ),
    "a cell stored twice": (
        lambda: Interactions(sparse.csr_array(([1, 2, 5], [1, 1, 0], [0, 2, 3]), shape=(2, 2)), [7, 8], ["a", "b"]),
        r"^1 cells of the matrix are stored twice, first user 7 with item 'b'\. Merge them first: matrix\.sum_dup",
    ),
    "a cell stored twice, unsorted": (
        lambda: Interactions(sparse.csr_array(([1, 2, 0], [1, 0, 1], [0, 3]), shape=(1, 2)), ["u"], ["a", "b"]),
        r"^1 cells of the matrix are stored twice, first user 'u' with item 'b'",
    ),
    "times of unsorted cells": (
        lambda: Interactions(sparse.csr_array(([1.0, 2.0], [1, 0], [0, 2]), shape=(1, 2)), [1], [1, 2], [5, 6]),
        r"Times need a matrix with sorted indices and no duplicates: build it with from_frame",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_a_sentence_that_says_how_to_mend_it(case):
    call, sentence = BAD[case]
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    message = str(caught.value)
    assert message.endswith(".") and "np." not in message and "\n" not in message and len(message) < 250
