"""Differences between differences against the textbook's standard error, simulation, and a permutation of labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from recsys_helpers.evaluation import (
    bootstrap_interval,
    compare,
    contrast_table,
    difference_of_differences,
    group_comparison,
    holm,
    paired_comparison,
    random_split,
    sign_flip_test,
)
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ItemKNN


def skewed(rng, n, mean=0.0, scale=1.0):
    """Listeners of whom few gain much, as in most tests."""
    return mean + scale * (rng.exponential(1, n) - 1)


def test_two_groups_of_other_people_add_their_variances():
    rng = np.random.default_rng(0)
    a, b = skewed(rng, 700, 0.3, 2.0), skewed(rng, 1500, 0.1, 0.5)
    found = difference_of_differences(a, b, n_resamples=4000)
    error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    assert found.value == pytest.approx(a.mean() - b.mean())
    assert found.low == pytest.approx(found.value - 1.96 * error, abs=0.15 * error)
    assert found.high == pytest.approx(found.value + 1.96 * error, abs=0.15 * error)
    assert (found.level, found.over) == (0.95, "700 + 1,500 listeners")


def test_the_sides_are_drawn_independently():
    """Drawn with one seed, two samples of one size would rise and fall together, and the interval be too narrow."""
    a = np.random.default_rng(0).normal(size=400)
    found = difference_of_differences(a, a.copy())
    assert found.value == 0 and found.high - found.low > 1.8 * 1.96 * np.sqrt(2 / 400)


def test_the_interval_holds_the_truth_about_95_times_in_100():
    rng, held = np.random.default_rng(1), 0
    for world in range(400):
        a, b = skewed(rng, 80, 0.5), skewed(rng, 150, 0.2, 2.0)
        found = difference_of_differences(a, b, n_resamples=400, random_state=world)
        held += found.low <= 0.3 <= found.high
    assert 0.91 <= held / 400 <= 0.98  # a true 94% has a standard deviation of 1.2%


def test_the_same_people_are_compared_with_themselves():
    rng = np.random.default_rng(2)
    base = pd.Series(rng.normal(0, 5, 200), index=[f"u{i}" for i in range(200)])
    near = base + rng.normal(0.1, 0.2, 200)
    found = difference_of_differences(near, base, paired=True)
    assert found == bootstrap_interval(near - base)
    apart = difference_of_differences(near, base, paired=False)
    assert apart.value == pytest.approx(found.value) and apart.high - apart.low > 10 * (
        found.high - found.low
    )


def test_who_is_on_both_sides_has_to_be_said(refused):
    a = pd.Series([0.1, 0.2, 0.3], index=["u1", "u2", "u3"])
    b = pd.Series([0.2, 0.1, 0.4], index=["u3", "u2", "u7"])
    refused(
        lambda: difference_of_differences(a, b),
        "^2 ids are on both sides, for example 'u2'. Say whether they are the same people: paired=True",
    )
    difference_of_differences(a, b, paired=False)
    difference_of_differences(a, b.to_numpy())
    difference_of_differences(a.to_numpy(), b)
    difference_of_differences(
        a.reset_index(drop=True), b.reset_index(drop=True)
    )  # no ids, but rows that are counted
    difference_of_differences(a, b.rename({"u3": "v3", "u2": "v2"}))
    for other in (b, b.iloc[:2], [0.1, 0.2]):
        refused(
            lambda other=other: difference_of_differences(a, other, paired=True),
            "^paired=True needs the same listeners in the same order on both sides: take second.reindex",
        )


@pytest.fixture
def claims():
    rng = np.random.default_rng(3)
    return {
        "als over ease": {"Murmur": rng.normal(0.02, 0.3, 300), "Last.fm": rng.normal(0.2, 0.3, 200)},
        "content over fame": {
            "Murmur": rng.normal(-0.1, 0.3, 300),
            "Last.fm": rng.normal(0.1, 0.3, 200),
            "MovieLens": rng.normal(0.0, 0.5, 100),
        },
        "ours over theirs": rng.normal(0.05, 0.2, 50),
    }


def test_a_row_for_each_group_and_for_each_difference_from_the_first(claims):
    table = contrast_table(claims, random_state=5)
    assert list(table.columns) == [
        "claim",
        "group",
        "kind",
        "value",
        "low",
        "high",
        "p",
        "p_holm",
        "n",
        "over",
    ]
    assert list(zip(table["claim"], table["group"], table["kind"], table["n"], strict=True)) == [
        ("als over ease", "Murmur", "group", "300"),
        ("als over ease", "Last.fm", "group", "200"),
        ("als over ease", "Last.fm - Murmur", "difference", "200 + 300"),
        ("content over fame", "Murmur", "group", "300"),
        ("content over fame", "Last.fm", "group", "200"),
        ("content over fame", "MovieLens", "group", "100"),
        ("content over fame", "Last.fm - Murmur", "difference", "200 + 300"),
        ("content over fame", "MovieLens - Murmur", "difference", "100 + 300"),
        ("ours over theirs", "all", "group", "50"),
    ]
    np.testing.assert_array_equal(table["p_holm"], holm(table["p"]))
    for row in table.itertuples():
        groups = claims[row.claim] if isinstance(claims[row.claim], dict) else {"all": claims[row.claim]}
        if row.kind == "group":
            values = groups[row.group]
            expected = bootstrap_interval(values, random_state=5)
            assert row.p == sign_flip_test(values, random_state=5)[0]
        else:
            a, b = (groups[name] for name in row.group.split(" - "))
            expected = difference_of_differences(a, b, random_state=5)
            t = (a.mean() - b.mean()) / np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
            assert row.p == pytest.approx(2 * stats.norm.sf(abs(t)), abs=0.004)
        assert (row.value, row.low, row.high) == tuple(expected)
    assert set(table["over"]) == {"listeners"}


def test_the_p_of_a_difference_is_that_of_dealing_the_labels_anew():
    rng = np.random.default_rng(4)
    a, b = rng.normal(0.15, 1, 60), rng.normal(-0.15, 1, 70)
    row = contrast_table({"it": {"here": b, "there": a}}).iloc[2]
    everybody, gap = np.concatenate([a, b]), abs(a.mean() - b.mean())
    dealt = [rng.permutation(everybody) for _ in range(20_000)]
    share = np.mean([abs(one[:60].mean() - one[60:].mean()) >= gap for one in dealt])
    assert row["p"] == pytest.approx(share, abs=0.01)


def test_options_reach_intervals_and_tests(claims):
    table = contrast_table(
        claims, level=0.7, n_resamples=300, n_permutations=99, random_state=2, over="worlds"
    )
    own = claims["ours over theirs"]
    assert tuple(table.iloc[-1][["value", "low", "high"]]) == bootstrap_interval(own, 0.7, 300, 2)
    assert table.iloc[-1]["p"] == sign_flip_test(own, 99, 2)[0] and table.iloc[-1]["over"] == "worlds"
    same = {"it": {"one": own, "other": own + np.linspace(-1, 1.2, 50)}}
    row = contrast_table(same, paired=True, n_permutations=99, random_state=2).iloc[2]
    assert row["n"] == "50" and row["p"] == sign_flip_test(np.linspace(-1, 1.2, 50), 99, 2)[0]


def test_what_is_left_out_is_as_documented():
    rng = np.random.default_rng(8)
    a, b = rng.normal(0.1, 1, 60), rng.normal(0, 1, 50)
    options = {"level": 0.95, "n_resamples": 2000, "random_state": 0, "over": "listeners"}
    found, given = difference_of_differences(a, b), difference_of_differences(a, b, paired=False, **options)
    assert found == given and str(found) == str(given)
    claims = {"it": {"here": b, "there": a}}
    pd.testing.assert_frame_equal(
        contrast_table(claims), contrast_table(claims, n_permutations=10_000, **options)
    )


def test_groups_without_any_spread():
    table = contrast_table({"it": {"a": [1.0, 1.0], "b": [1.0, 1.0, 1.0], "c": [2.0, 2.0]}})
    assert table["p"].iloc[3:].tolist() == [1.0, 0.0]


BAD = {
    "no claim": (lambda: contrast_table({}), "^claims is a dictionary of at least one claim"),
    "a list": (lambda: contrast_table([[0.1, 0.2]]), "^claims is a dictionary of at least one claim"),
    "no group": (lambda: contrast_table({"it": {}}), "^The claim 'it' has no group"),
    "NaN": (lambda: contrast_table({"it": [0.1, np.nan]}), "1 of the values are NaN or infinite"),
    "one listener": (lambda: contrast_table({"it": [0.1]}), "at least two listeners"),
    "NaN on a side": (lambda: difference_of_differences([0.1, 0.2], [np.nan, 1]), "1 of the values are NaN"),
    "one on a side": (lambda: difference_of_differences([0.1, 0.2], [1.0]), "at least two listeners"),
    "a table": (lambda: difference_of_differences([[0.1, 0.2]], [1.0, 2.0]), "one number for each listener"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, case):
    call, sentence = BAD[case]
    refused(call, sentence)


# ---- one correction in every table -----------------------------------------------------------------------------------


def by_holm(p) -> np.ndarray:
    """The smallest p times m, the next times m - 1, and so on, none below the one before."""
    corrected, floor = {}, 0.0
    for step, at in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        floor = max(floor, min(1.0, p[at] * (len(p) - step)))
        corrected[at] = floor
    return np.array([corrected[at] for at in range(len(p))])


def test_one_correction_in_every_table_in_the_same_words():
    rng = np.random.default_rng(3)
    values = {
        name: rng.normal(shift, 1, 80) for name, shift in zip("abcde", (0, 0.1, 0.2, 0.35, 0.5), strict=True)
    }
    taste = [(user, item) for user in range(40) for item in range(30) if rng.random() < 0.4]
    split = random_split(Interactions.from_frame(pd.DataFrame(taste, columns=["user_id", "track_id"])))
    contenders = {str(n): ItemKNN(n_neighbors=n) for n in (1, 3, 9, 20)}
    compared = compare(contenders, split, ["ndcg", "recall"], k=5)
    tables = {
        paired_comparison: [paired_comparison(pd.DataFrame(values))],
        contrast_table: [
            contrast_table({name: it - values["a"] for name, it in values.items() if name != "a"})
        ],
        group_comparison: [
            group_comparison(np.concatenate(list(values.values())), np.repeat(list("abcde"), 80), "a")
        ],
        compare: [part.dropna(subset="p") for _, part in compared.groupby("metric", sort=False)],
    }
    for function, parts in tables.items():
        assert "p after Holm's correction over all rows" in " ".join(function.__doc__.split())
        for part in parts:
            assert len(part) >= 3 and part["p_holm"].gt(part["p"]).any()
            np.testing.assert_allclose(part["p_holm"], by_holm(part["p"].tolist()), rtol=1e-12)
