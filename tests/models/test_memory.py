"""What this machine's memory is, and that EASE asks before it starts."""

from __future__ import annotations

import os
import re
import sys
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, memory


@pytest.mark.skipif(not os.path.exists("/proc/meminfo"), reason="reads Linux's own figure")
def test_the_machine_says_as_much_as_linux_does():
    with open("/proc/meminfo", encoding="ascii") as file:
        total = 1024 * int(re.search(r"MemTotal:\s+(\d+) kB", file.read()).group(1))
    assert memory._physical() == pytest.approx(total, rel=0.01)
    assert 0 < memory.memory() <= memory._physical()


def test_a_container_s_limit_counts_where_it_is_lower(monkeypatch, tmp_path):
    file = tmp_path / "memory.max"
    monkeypatch.setattr(memory, "LIMITS", (str(file), str(tmp_path / "absent")))
    monkeypatch.setattr(memory, "_physical", lambda: 8_000)
    for words, expected in (("5000\n", 5000), ("9000", 8000), ("max\n", 8000), ("", 8000), ("½", 8000)):
        file.write_text(words, encoding="utf-8")
        assert memory.memory() == expected
    monkeypatch.setattr(memory, "_physical", lambda: None)
    assert memory.memory() is None
    file.write_text("7000", encoding="ascii")
    assert memory.memory() == 7000


@pytest.mark.skipif(sys.platform == "win32", reason="asks as other systems do")
@pytest.mark.parametrize("error", [AttributeError, OSError, ValueError])
def test_a_system_that_does_not_say_is_none(monkeypatch, error):
    def silent(name):
        raise error

    monkeypatch.setattr(memory.os, "sysconf", silent)
    assert memory._physical() is None


def people(n_users: int, n_items: int) -> Interactions:
    matrix = sparse.random(n_users, n_items, density=0.05, random_state=0, format="csr")
    return Interactions(sparse.csr_array(matrix), pd.RangeIndex(n_users), pd.RangeIndex(n_items))


@pytest.mark.parametrize("solve", ["items", "users"])
def test_the_peak_is_that_of_little_more_than_the_matrix(solve):
    """NumPy reports its arrays to tracemalloc; LAPACK works in their place."""
    n = 1_200
    x = people(1_500, n) if solve == "items" else people(n, 1_500)
    EASE(solve=solve).fit(people(60, 60))  # what is loaded once
    tracemalloc.start()
    try:
        EASE(solve=solve).fit(x)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 8 * n * n < peak < (1.6 if solve == "items" else 2.2) * 8 * n * n


def test_what_cannot_fit_is_refused_with_its_size_before_it_starts(monkeypatch):
    n = 70_000
    x = Interactions(sparse.csr_array(([1.0], ([0], [0])), (n, n)), pd.RangeIndex(n), pd.RangeIndex(n))
    monkeypatch.setattr("recsys_helpers.models.ease.memory", lambda: 23_500_000_000)
    sentence = r"70,000 x 70,000 items, 39.2 GB of memory, of which this machine has 23.5 GB\. Keep"
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=sentence):
            EASE().fit(x)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10e6


@pytest.mark.parametrize(
    ("there", "fits"), [(None, True), (8 * 30 * 30 * 1.3, True), (8 * 30 * 30 * 1.1, False)]
)
def test_it_starts_where_it_fits_and_where_nobody_says(small, monkeypatch, there, fits):
    monkeypatch.setattr("recsys_helpers.models.ease.memory", lambda: there)
    if fits:
        EASE(solve="items").fit(small)
        return
    with pytest.raises(ValueError, match="30 x 30 items"):
        EASE(solve="items").fit(small)


def test_memory_that_others_hold_is_the_same_sentence(small, monkeypatch):
    class Full:
        """NumPy on a machine whose memory is taken."""

        def __getattr__(self, name):
            return getattr(np, name)

        def empty(self, *size, **how):
            raise MemoryError

    monkeypatch.setattr("recsys_helpers.models.ease.memory", lambda: None)
    monkeypatch.setattr("recsys_helpers.models.ease.np", Full())
    with pytest.raises(ValueError, match=r"40 x 40 users, 0.0 GB of memory\. Keep"):
        EASE(solve="users").fit(small)
