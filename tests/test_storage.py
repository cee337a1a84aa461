"""One file, whole or not at all; what Interactions make of it is in test_interactions."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.storage import decode_ids, encode_ids, read_arrays, write_arrays

PARTS = {"a": np.arange(3), "file": np.array([0.5]), "when": np.array(["2026-01-01"], dtype="datetime64[ns]")}


def test_what_is_written_is_read(tmp_path):
    write_arrays(tmp_path / "x", PARTS)
    found = read_arrays(str(tmp_path / "x"))
    assert list(found) == list(PARTS)
    for name, array in PARTS.items():
        assert found[name].dtype == array.dtype and found[name].tolist() == array.tolist()
    assert os.listdir(tmp_path) == ["x"], "the name stays as given, and nothing is left beside it"


def test_an_older_file_is_replaced_only_when_all_is_written(tmp_path):
    write_arrays(tmp_path / "x", PARTS)

    class Broken:
        def __array__(self, *args, **kwargs):
            raise RuntimeError("no such array")

    with pytest.raises(RuntimeError):
        write_arrays(tmp_path / "x", {"a": np.zeros(3), "b": Broken()})
    assert read_arrays(tmp_path / "x")["a"].tolist() == [0, 1, 2]
    assert os.listdir(tmp_path) == ["x"]


@pytest.mark.parametrize(
    "ids",
    [
        [3, 1, 2], [2**53 + 1], [1.5, 2.0], ["b", "", "茶", "a\0b"], ["b", 7, 0.5], [],
        pd.array([3, 1], dtype="Int64"), np.array([200], dtype="uint8"),
    ],
)  # fmt: skip
def test_ids_come_back_as_they_were(ids):
    index = pd.Index(ids)
    stored = encode_ids(index, "user")
    assert stored.dtype in (np.int64, np.uint8)
    assert decode_ids(stored).tolist() == index.tolist()
    assert [type(one) for one in decode_ids(stored).tolist()] == [type(one) for one in index.tolist()]


def test_an_id_that_is_neither_a_number_nor_a_text_is_refused():
    with pytest.raises(
        ValueError, match=r"^The item id \(1, 2\) is neither a number nor a string and cannot be saved"
    ):
        encode_ids(pd.Index([(1, 2), "a"], tupleize_cols=False), "item")
