"""What single exercises of the lessons owe: to an independent source, or to an answer that was once met badly."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control
from sklearn.metrics import adjusted_rand_score

from recsys_helpers.exercises.judge import verdict
from recsys_helpers.exercises.lessons.lesson_02.clusters import adjusted
from recsys_helpers.exercises.lessons.lesson_07.intervals import false_discoveries
from recsys_helpers.exercises.registry import find
from tests.exercises import bank

labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=9)


@given(labels)
def test_the_adjusted_rand_index_is_scikit_learns(pairs):
    a, b = zip(*pairs, strict=True)
    assert adjusted(a, b) == pytest.approx(adjusted_rand_score(a, b))


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=7))
def test_the_share_of_false_findings_is_scipys(p):
    assert false_discoveries(p) == pytest.approx(false_discovery_control(p))


# ---- answers that were once met badly ----


def answer(name: str, about: str) -> bank.Answer:
    """The answer of the bank to an exercise, by what is said about it."""
    importlib.import_module(f"{bank.__name__}.lesson_{find(name).lesson}")
    (found,) = {
        one.function: one for one in bank.ANSWERS if one.function.__name__ == name and one.about == about
    }.values()
    return found


PRAISED = {  # no input told them from the right answer
    "retries": "forgets the action",
    "choose_setting": "the worst score of those that are close",
}
GENEROUS = {  # ≈, «no mistake», where the task is plain
    "chance_of_first": "with replacement",
    "singular_values": "the smaller first",
    "listeners_needed": "not rounded",
    "pair_anew": "neighbours are paired",
}
BLUNDERS = [  # ✗ where the field disagrees
    ("rmse_on", "divides by n - 1"),
    ("nearest_artists", "Pearson's correlation"),
    ("breadth", "divided by the largest entropy there could be"),
    ("ips_value", "weights clipped at 3"),
    ("ips_value", "self-normalised"),
]


@pytest.mark.parametrize("seed", range(0, 200, 40))
@pytest.mark.parametrize(("name", "about"), [*PRAISED.items(), *GENEROUS.items()])
def test_a_mistake_is_no_convention_and_never_right(name, about, seed):
    own = answer(name, about)
    mark, text = verdict(find(name), own.function, seed)
    assert mark == "✗" and own.says[0] in text


@pytest.mark.parametrize(("name", "about"), BLUNDERS)
def test_a_convention_is_no_mistake(name, about):
    own = answer(name, about)
    mark, text = verdict(find(name), own.function)
    assert mark == "≈" and own.says[0] in text


def test_singular_values_without_a_guard_are_told_what_is_missing():
    """Rounding takes what stands under the inner root below 0 for this turn and stretch."""

    def unguarded(A):
        t, d = (A**2).sum(), A[0, 0] * A[1, 1] - A[0, 1] * A[1, 0]
        s = np.sqrt(t**2 - 4 * d**2)
        return np.sqrt((t + s) / 2), np.sqrt((t - s) / 2)

    for seed in range(0, 200, 50):
        mark, text = verdict(find("singular_values"), unguarded, seed)
        assert mark == "✗"
        assert "What becomes of a root of a little less than 0?" in text
        assert "here the root of a negative number gave it" in text


@pytest.mark.parametrize(
    ("name", "about", "seeds"),
    [
        ("in_small_groups", "counts groups, not rows", [2]),
        ("session_numbers", "silence from start to start", [23]),
    ],
)
def test_a_mistake_is_caught_at_seeds_that_let_one_pass(name, about, seeds):
    for seed in seeds:
        assert verdict(find(name), answer(name, about).function, seed)[0] == "✗"


def test_what_a_task_does_not_say_is_not_asked():
    for seed in range(0, 200, 20):
        assert all(k > 0 for _, k in find("truncate").cases(seed))
        assert all(gap > 0 for gap, _ in find("listeners_needed").cases(seed))
        assert all(len(shown) for shown, _ in find("plays_per_look").cases(seed))
        assert all(len(rows) for _, _, rows, _ in find("predict_pairs").cases(seed))
        assert all(len(r) for r, *_ in find("gradient_of_listener").cases(seed))
        assert all(n > 0 for _, n in find("first_plays").cases(seed))


@pytest.mark.parametrize(
    "own",
    [
        lambda gap, spread: int(np.ceil(7.84 * spread**2 / gap**2)),
        lambda gap, spread: int(np.ceil((2.8 * spread) ** 2 / gap**2)),
        lambda gap, spread: int(np.ceil(1 / (gap / (2.8 * spread)) ** 2)),
        lambda gap, spread: int(np.ceil((spread / gap * 2.8) ** 2)),
    ],
)
def test_no_order_of_operations_is_held_against_who_rounds_up(own):
    """Where n is whole but for the last bits, one way of writing it gives 784 and another 785."""
    assert [verdict(find("listeners_needed"), own, seed)[0] for seed in range(0, 200, 5)] == ["✓"] * 40
