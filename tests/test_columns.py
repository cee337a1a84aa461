"""The one door for tables: what comes in, what is refused, and how a message names it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_helpers import columns

# ---- frames of other libraries ---------------------------------------------------------------------------------------


class Polars:
    """Stands for a table of another library: all that is asked of it is its own to_pandas()."""

    def __init__(self, frame, error=None):
        self.frame, self.error = frame, error

    def to_pandas(self):
        if self.error:
            raise self.error
        return self.frame


class Lazy:
    def collect(self):
        return None


FRAME = pd.DataFrame({"user_id": [1, 2]})


def test_a_table_is_taken_as_it_is_or_through_its_own_to_pandas():
    assert columns.as_frame(FRAME) is FRAME
    assert columns.as_frame(Polars(FRAME)) is FRAME
    assert columns.check_table(Polars(FRAME), ["user_id"]) is FRAME


def test_a_polars_frame_if_polars_is_here():
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    pd.testing.assert_frame_equal(columns.as_frame(polars.DataFrame({"user_id": [1, 2]})), FRAME)


NO_TABLES = {
    "a dict": (
        {"user_id": [1]},
        r"^log must be a pandas DataFrame, not a dict: build one with pd\.DataFrame\.$",
    ),
    "a lazy frame": (Lazy(), r"^log must be a pandas DataFrame, not a Lazy: collect\(\) it first\.$"),
    "without pyarrow": (
        Polars(None, ModuleNotFoundError("No module named 'pyarrow'")),
        r"^log is a Polars whose to_pandas\(\) needs a package that is not here \(No module named 'pyarrow'\): install",
    ),
    "one column": (
        Polars(pd.Series([1])),
        r"^log must be a pandas DataFrame, and the to_pandas\(\) of this Polars gives a Series: give the whole table",
    ),
}


@pytest.mark.parametrize("case", NO_TABLES)
def test_what_is_no_table_is_refused_with_the_way_to_one(case):
    table, sentence = NO_TABLES[case]
    with pytest.raises(ValueError, match=sentence):
        columns.as_frame(table, "log")


@pytest.mark.parametrize(
    ("table", "asked", "sentence"),
    [
        (FRAME, ["user_id", "at"], r"^log has no column 'at' \(it has: user_id\)\. Rename or add it\.$"),
        (FRAME[[]], ["at"], r"^log has no column 'at' \(it has: no columns\)\."),
        (
            pd.concat([FRAME, FRAME], axis=1),
            ["user_id"],
            r"^log has several columns called 'user_id': rename or drop",
        ),
        (
            FRAME[:0],
            ["user_id"],
            r"^log has no rows: there is nothing to work on\. Check the filter before this\.$",
        ),
    ],
)
def test_a_table_is_refused_by_name(table, asked, sentence):
    with pytest.raises(ValueError, match=sentence):
        columns.check_table(table, asked, "log")


def test_rows_are_asked_for_unless_they_need_not_be():
    assert columns.check_table(FRAME[:0], ["user_id"], rows=False).empty


# ---- ids -------------------------------------------------------------------------------------------------------------

MIXED = {
    "int": ([1, "1"], r"the number 1 and the text '1'"),
    "float": ([2.5, "2.50"], r"the number 2\.5 and the text '2\.50'"),
    "numpy": (np.array([np.int64(7), "7"], dtype=object), r"the number 7 and the text '7'"),
    "a whole float": ([7, "7.0"], r"the number 7 and the text '7\.0'"),
    "blanks": ([7, " 7 "], r"the number 7 and the text ' 7 '"),
    "exponent": ([100, "1e2"], r"the number 100 and the text '1e2'"),
    "beyond a float": ([2**53 + 1, str(2**53 + 1)], r"the number 9007199254740993 and"),
    "category": (pd.Categorical([1, "1"]), r"the number 1 and the text '1'"),
    "many": ([*range(5000), *(f"x{i}" for i in range(5000)), "4999"], r"the number 4999 and the text '4999'"),
}
FINE = {
    "apart": [1, "2", "b"],
    "nearly": [2**53, str(2**53 + 1)],
    "texts": ["1", "1.0"],
    "numbers": [1, 2.5],
    "holes": [1, None, "b"],
    "words": [1, "one", "1st", "", "-", ".", "1_0", "0x1", "nan", "inf", "１"],
    "category": pd.Categorical(["1", "2"]),
    "nullable": pd.array([1, None], dtype="Int64"),
}


@pytest.mark.parametrize("case", MIXED)
def test_a_number_and_its_text_are_not_two_ids_in_silence(case):
    values, sentence = MIXED[case]
    for holder in (pd.Series(values), pd.Index(values)):
        with pytest.raises(
            ValueError, match=rf"^user_id holds {sentence}.*: one id or two\? Turn all to one type"
        ):
            columns.check_ids(holder, "user_id")


@pytest.mark.parametrize("case", FINE)
def test_ids_that_cannot_be_confused_are_fine(case):
    for holder in (pd.Series(FINE[case]), pd.Index(FINE[case])):
        assert columns.check_ids(holder, "user_id") is None


def test_ids_that_cannot_be_hashed_are_refused():
    with pytest.raises(
        ValueError, match=r"^user_id holds ids that are neither numbers nor strings: convert them\."
    ):
        columns.check_ids(pd.Series([[1], [2]]), "user_id")


SIDES = {
    "numbers": (pd.Series([1, 2]), "numbers"),
    "floats": (pd.Series([1.0, np.nan]), "numbers"),
    "object numbers": (pd.Series([1, None, 2], dtype=object), "numbers"),
    "number categories": (pd.Series(pd.Categorical([3, 4])), "numbers"),
    "texts": (pd.Series(["1", "2"]), "texts"),
    "object texts": (pd.Series(["1", None], dtype=object), "texts"),
    "text categories": (pd.Series(pd.Categorical(["1", "2"])), "texts"),
    "both": (pd.Series([1, "b"]), None),
    "nothing": (pd.Series([None, None], dtype=object), None),
    "no numbers": (pd.Series([np.nan, np.nan]), None),
}


@pytest.mark.parametrize("one", SIDES)
@pytest.mark.parametrize("other", SIDES)
def test_ids_of_two_tables_must_be_of_one_kind(one, other):
    (values, kind), (known, known_kind) = SIDES[one], SIDES[other]
    if {kind, known_kind} == {"numbers", "texts"}:
        with pytest.raises(
            ValueError, match=f"^a holds {kind} and b {known_kind}, so that no id is in both: turn one"
        ):
            columns.check_same_kind(values, known, "a", "b")
    else:
        columns.check_same_kind(values, known, "a", "b")


@pytest.mark.parametrize(
    ("given_ids", "expected"),
    [
        ("ab", ["ab"]), (b"ab", [b"ab"]), (7, [7]), (None, [None]), ([2, 1], [2, 1]), ((2, 1), [2, 1]),
        (iter([2, 1]), [2, 1]), (np.array([2, 1]), [2, 1]), ({"a"}, ["a"]), (pd.Index(["b"]), ["b"]),
        (pd.Series([2, 1], index=[5, 6]), [2, 1]),
    ],
)  # fmt: skip
def test_ids_in_any_container(given_ids, expected):
    assert columns.as_ids(given_ids).tolist() == expected


@given(
    st.lists(st.one_of(st.integers(-9, 9), st.floats(-5, 5), st.text(max_size=2)), unique_by=str, max_size=12)
)
def test_ids_ascend_numbers_before_texts(ids):
    found = columns.ascending(pd.Index(ids, dtype=object), "user_id").tolist()
    numbers, texts = [i for i in ids if not isinstance(i, str)], [i for i in ids if isinstance(i, str)]
    assert found == sorted(numbers) + sorted(texts)


def test_odd_ids_have_no_order():
    with pytest.raises(ValueError, match=r"^'user_id' holds the id \(1, 2\), neither a number nor a string"):
        columns.ascending(pd.Index([(1, 2), "a"], tupleize_cols=False), "user_id")


# ---- messages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (np.int64(0), "0"), (np.float64(20.0), "20.0"), (np.str_("a"), "'a'"), (np.bool_(True), "True"), (7, "7"),
        ((np.int64(1), "a"), "(1, 'a')"), ([np.float32(0.5)], "(0.5,)"), (None, "None"), ("é", "'é'"),
    ],
)  # fmt: skip
def test_a_value_is_shown_as_one_would_type_it(one, shown):
    assert columns.show(one) == shown


def test_rows_are_refused_with_their_number_and_the_label_of_the_first():
    column = pd.Series([1.0] * 1500, index=np.arange(1500) * 2)
    with pytest.raises(ValueError, match=r"^odd in 1,400 row\(s\), first at row 200\. Drop such rows"):
        columns.refuse_rows(column.index >= 200, column, "odd")
    columns.refuse_rows(column.isna(), column, "odd")


# ---- times: what Interactions make of them is in test_interactions ---------------------------------------------------


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
@pytest.mark.parametrize("year", [1, 1677, 2262, 9999])
def test_a_date_that_nanoseconds_cannot_say_is_refused(unit, year):
    far = np.array(["2026-03-01", f"{year:04d}-06-01"], dtype=f"datetime64[{unit}]")
    column = pd.Series(far, index=["a", "b"])
    with pytest.raises(
        ValueError, match=r"^log lies outside the years 1678 to 2261 in 1 row\(s\), first at row 'b'\."
    ):
        columns.check_years(column, "log")
    columns.check_years(column[:1], "log")
    columns.check_years(pd.Series([pd.NaT, pd.NaT], dtype=f"datetime64[{unit}]"), "log")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_first_and_the_last_day_that_can_be_said(unit):
    ends = pd.Series(np.array(["1678-01-01", "2261-12-31T23:59:59"], dtype=f"datetime64[{unit}]"))
    columns.check_years(ends, "log")
    assert columns.times(ends, "at").astype("datetime64[s]").tolist() == ends.tolist()
    step = pd.Timedelta(seconds=1)
    for beyond in (ends[:1] - step, ends[1:] + step):
        with pytest.raises(ValueError, match="outside the years"):
            columns.check_years(beyond, "log")
