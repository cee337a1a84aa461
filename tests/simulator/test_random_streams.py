"""The keyed random numbers: known values, right distributions, no order."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recsys_helpers.simulator.random_streams import (
    GOLDEN,
    draw,
    draw_all,
    extend,
    gumbel,
    key,
    mix,
    normal,
    uniform,
)


def test_mix_gives_the_published_first_outputs_of_splitmix64():
    seeds = np.arange(1, 4, dtype=np.uint64) * GOLDEN  # the state after one, two and three steps from seed 0
    published = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert [int(word) for word in mix(seeds)] == published


def test_a_key_is_the_same_alone_and_among_others():
    together = key(7, "mood", np.arange(1000)[:, None], np.arange(5))
    assert together.shape == (1000, 5)
    assert int(together[123, 4]) == int(key(7, "mood", 123, 4))
    assert len(np.unique(together)) == together.size


def test_every_part_of_a_key_matters():
    base = int(key(7, "mood", 3, 4))
    for other in (key(8, "mood", 3, 4), key(7, "skip", 3, 4), key(7, "mood", 4, 3), key(7, "mood", 3, 5)):
        assert int(other) != base


def test_extending_a_key_is_giving_all_parts_at_once():
    assert np.array_equal(extend(key(7, "session", np.arange(9)), 5), key(7, "session", np.arange(9), 5))


def test_drawing_together_is_drawing_one_by_one():
    word = key(7, "step", np.arange(50))
    for name, drawn in draw_all(word, ("skip", "stop")).items():
        assert np.array_equal(drawn, draw(word, name))


@pytest.mark.parametrize(
    ("sample", "distribution"),
    [
        (uniform(key(1, "a", np.arange(20_000))), stats.uniform()),
        (uniform(key(1, "a", 0, np.arange(20_000))), stats.uniform()),
        (normal(key(1, "b", np.arange(20_000))), stats.norm()),
        (gumbel(key(1, "c", np.arange(20_000))), stats.gumbel_r()),
    ],
)
def test_draws_have_the_distribution_they_are_named_for(sample, distribution):
    assert stats.kstest(sample, distribution.cdf).pvalue > 0.001


def test_purposes_listeners_and_steps_are_uncorrelated():
    word = key(3, "step", np.arange(5000)[:, None], np.arange(4))
    columns = [*draw(word, "skip").T, *draw(word, "stop").T]
    correlation = np.corrcoef(columns)[~np.eye(8, dtype=bool)]
    assert np.abs(correlation).max() < 4.5 / np.sqrt(5000)
