"""Random numbers that are looked up: the same for the same key, unrelated for another, and even."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
from scipy import stats

from recsys_helpers.acting.keyed import joined, uniforms, words


def test_they_are_the_same_in_every_process_and_on_every_machine():
    code = (
        "from recsys_helpers.acting.keyed import *\n"
        "print([f'{u:.12f}' for u in uniforms(joined(7, 1, words(['u1', 'ü2']), words([3, 4])))])"
    )
    command = [sys.executable, "-c", code]
    said = {subprocess.run(command, capture_output=True, text=True, check=True).stdout for _ in range(2)}
    here = uniforms(joined(7, 1, words(["u1", "ü2"]), words([3, 4])))
    assert said == {f"{[f'{u:.12f}' for u in here]}\n"}


def test_every_part_counts_and_its_place_too():
    base = joined(7, 1, 2)
    for other in (joined(8, 1, 2), joined(7, 2, 1), joined(7, 1, 3), joined(7, 1), joined(7, 1, 2, 0)):
        assert other != base
    assert joined(7, 1, np.array([2, 3]))[0] == base[0]


def plainly(*parts: int) -> int:
    """``joined`` in whole numbers: SplitMix64 (Steele, Lea & Flood 2014), its state moved on by each part."""
    word, all_bits = 0, 2**64 - 1
    for part in parts:
        word = word + (part + 1) * 0x9E3779B97F4A7C15 & all_bits
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & all_bits
        word = (word ^ word >> 27) * 0x94D049BB133111EB & all_bits
        word ^= word >> 31
    return word


def test_a_word_is_that_of_splitmix64_to_the_last_bit():
    assert plainly(0) == 0xE220A8397B1DCDAF, "the first number of the published generator with seed 0"
    for parts in ((0,), (7,), (7, 1, 2), (2**64 - 2, 2**63, 2**53 + 1)):
        (word,) = joined(*(np.uint64(part) for part in parts))
        assert word.dtype == np.uint64 and int(word) == plainly(*parts)
        assert uniforms(np.array([word])).tolist() == [((plainly(*parts) >> 12) + 0.5) / 2**52]
    grid = joined(3, np.arange(4)[:, None], np.arange(5))
    assert grid.shape == (4, 5)
    assert grid.tolist() == [[plainly(3, row, column) for column in range(5)] for row in range(4)]


def test_one_listener_s_luck_does_not_hang_on_who_else_is_asked():
    many = uniforms(joined(0, words([f"u{n}" for n in range(50)])[:, None], words(["a", "b"])))
    few = uniforms(joined(0, words(["u9", "u3"])[:, None], words(["b"])))
    np.testing.assert_array_equal(few[:, 0], many[[9, 3], 1])


def test_an_id_is_the_same_in_any_container():
    for kind in (list, tuple, pd.Index, np.array, lambda ids: np.array(ids, dtype=object)):
        np.testing.assert_array_equal(words(kind(["a", "b"])), words(["a", "b"]))


def test_they_are_even_and_neighbours_are_unrelated():
    u = uniforms(joined(3, np.arange(400)[:, None], np.arange(400)))
    assert stats.kstest(u.ravel(), "uniform").pvalue > 0.001
    other = uniforms(joined(4, np.arange(400)[:, None], np.arange(400)))
    for one, two in ((u[:-1], u[1:]), (u[:, :-1], u[:, 1:]), (u, other)):
        assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 0.015


def test_numbers_are_hashed_as_numbers_and_texts_as_texts():
    numbers = np.array([3, 1, 2])
    assert (words(numbers) == pd.util.hash_array(numbers.astype(np.int64))).all()
    assert (
        words(["b", "a"]) == pd.util.hash_array(np.array(["b", "a"], dtype=object), categorize=False)
    ).all()


def test_the_least_and_the_greatest_word_stay_between_0_and_1():
    ends = uniforms(np.array([0, 2**64 - 1], dtype=np.uint64))
    assert ends.tolist() == [0.5 / 2**52, (2**52 - 0.5) / 2**52] and 0 < ends[0] and ends[1] < 1
