"""The cost of a sweep that lesson 03 draws: the file says what its command counts, and grows as it says."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import als_cost  # noqa: E402


@pytest.fixture(scope="module")
def committed() -> pd.DataFrame:
    return pd.read_csv(als_cost.FILE)


def counted(n_ratings: list[int], k: int) -> int:
    """Multiply-adds to form and solve one system of k equations a row, one by one."""
    count = 0
    for n in n_ratings:
        for _ in range(n):
            count += sum(1 for _ in range(k) for _ in range(k)) + sum(1 for _ in range(k))
        count += sum(k - pivot for pivot in range(k) for _ in range(pivot + 1, k))
    return count


def test_the_formula_is_what_loops_count_up_to_lower_powers_of_k():
    n_rows, n_columns, each, k = 6, 4, 2, 24
    by_loops = counted([each] * n_rows, k) + counted([each * n_rows // n_columns] * n_columns, k)
    assert by_loops == pytest.approx(als_cost.multiply_adds(n_rows * each, k, n_rows, n_columns), rel=0.02)


def test_the_committed_file_is_the_grid_of_its_command(committed):
    for grows, values in als_cost.GRID.items():
        part = committed[committed["grows"] == grows]
        assert part[grows].tolist() == values
        others = {name: base for name, base in als_cost.BASE.items() if name not in (grows, "tracks")}
        for name, base in others.items():
            assert (part[name] == base).all(), (grows, name)
    sizes = committed[["interactions", "factors", "listeners", "tracks"]].to_numpy()
    want = [als_cost.multiply_adds(*map(int, size)) for size in sizes]
    assert np.allclose(committed["multiply_adds"], want, atol=1)


def test_the_committed_seconds_grow_with_each_size(committed):
    for grows, part in committed.groupby("grows"):
        seconds = part["seconds"].to_numpy()
        assert (seconds > 0).all()
        assert seconds[-1] > 1.5 * seconds[0], grows


def test_made_up_ratings_have_the_size_asked_and_no_pair_twice():
    data = als_cost.made_up(interactions=600, listeners=30, tracks=40)
    assert data.shape == (30, 40) and data.nnz == 600
    assert data.matrix.has_canonical_format


@pytest.mark.slow
def test_the_command_writes_such_a_file(tmp_path, committed):
    als_cost.main(["--quick", "--out", str(tmp_path / "cost.csv")])
    found = pd.read_csv(tmp_path / "cost.csv")
    assert found.columns.tolist() == committed.columns.tolist()
    assert len(found) == sum(map(len, als_cost.QUICK.values()))
