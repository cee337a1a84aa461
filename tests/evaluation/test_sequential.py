"""Bounds of a sequential test against published ones, the multivariate normal, and tests of nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from recsys_helpers.evaluation import sequential_bounds

# As R's ldbounds prints them for alpha 0.025 on either side: unequal looks (r-help, March 2020), and five equal ones.
PUBLISHED = {
    "unequal": ("obrien-fleming", [0.10, 0.33, 1.0], [6.9913, 3.7308, 1.9605]),
    "five": ("obrien-fleming", [0.2, 0.4, 0.6, 0.8, 1.0], [4.8769, 3.3569, 2.6803, 2.2898, 2.0310]),
    "five, evenly": ("pocock", [0.2, 0.4, 0.6, 0.8, 1.0], [2.4380, 2.4268, 2.4101, 2.3966, 2.3859]),
}


@pytest.mark.parametrize("case", PUBLISHED)
def test_published_bounds(case):
    spending, looks, expected = PUBLISHED[case]
    table = sequential_bounds(looks, spending=spending)
    np.testing.assert_allclose(table["bound"], expected, atol=2e-4)
    assert table["spent"].iloc[-1] == pytest.approx(0.05)
    np.testing.assert_allclose(table["p"], 2 * stats.norm.sf(table["bound"]))


def test_published_spending():
    table = sequential_bounds([0.10, 0.33, 1.0])
    np.testing.assert_allclose(table["spent"], [2.7227e-12, 1.9097e-04, 5.0e-02], rtol=2e-4)


def test_a_row_for_each_look():
    table = sequential_bounds(["0.5", 1])
    assert list(table.columns) == ["information", "spent", "bound", "p"] and table[
        "information"
    ].tolist() == [0.5, 1]


def test_one_look_is_the_plain_test():
    for spending in ("obrien-fleming", "pocock"):
        assert sequential_bounds([1.0], alpha=0.1, spending=spending)["bound"][0] == pytest.approx(1.644854)


@pytest.mark.parametrize("spending", ["obrien-fleming", "pocock"])
@pytest.mark.parametrize("alpha", [0.05, 0.2])
def test_bounds_leave_of_the_multivariate_normal_what_is_not_spent(spending, alpha):
    """The z of two looks are correlated by the root of the ratio of their information."""
    looks = np.array([0.3, 0.5, 0.9])
    table = sequential_bounds(looks, alpha, spending)
    covariance = np.sqrt(np.minimum.outer(looks, looks) / np.maximum.outer(looks, looks))
    for n in (2, 3):
        normal = stats.multivariate_normal(np.zeros(n), covariance[:n, :n])
        bound = table["bound"].to_numpy()[:n]
        inside = normal.cdf(bound, lower_limit=-bound)
        assert 1 - inside == pytest.approx(table["spent"][n - 1], abs=2e-4)


def test_a_later_look_changes_no_earlier_bound():
    few, many = sequential_bounds([0.2, 0.5]), sequential_bounds([0.2, 0.5, 0.6, 1.0])
    np.testing.assert_allclose(few["bound"], many["bound"][:2])


def daily(rng, tests, days, share_of_the_person):
    """z of each day of tests of nothing: 200 people a side; how long somebody listens is partly who they are."""
    person = rng.normal(0, np.sqrt(share_of_the_person), (tests, 2, 1))
    day = rng.normal(0, np.sqrt(1 - share_of_the_person), (tests, 2, days))
    total = (person + day).cumsum(axis=2)  # of a mean over the people of a side
    gap = total[:, 0] - total[:, 1]
    t = np.arange(1, days + 1)
    return gap / np.sqrt(2 * (share_of_the_person * t**2 + (1 - share_of_the_person) * t))


@pytest.mark.parametrize("spending", ["obrien-fleming", "pocock"])
def test_fourteen_looks_at_nothing_err_as_often_as_stated(spending):
    z = np.abs(daily(np.random.default_rng(0), 20_000, 14, 0.0))
    bounds = sequential_bounds(np.arange(1, 15) / 14, spending=spending)["bound"].to_numpy()
    assert (z > 1.96).any(axis=1).mean() > 0.2  # peeking
    assert (z >= bounds).any(axis=1).mean() == pytest.approx(0.05, abs=0.005)  # 3 standard deviations


@pytest.mark.parametrize("spending", ["obrien-fleming", "pocock"])
@pytest.mark.parametrize("share", [0.2, 0.7])
def test_people_who_stay_themselves_make_it_err_less(spending, share):
    z = np.abs(daily(np.random.default_rng(1), 20_000, 14, share))
    bounds = sequential_bounds(np.arange(1, 15) / 14, spending=spending)["bound"].to_numpy()
    assert (z >= bounds).any(axis=1).mean() < 0.05


def test_repeated_intervals_hold_the_truth_at_all_looks_together():
    z = daily(np.random.default_rng(2), 20_000, 5, 0.0) + 0.7 * np.sqrt(np.arange(1, 6))  # a true gap
    bounds = sequential_bounds(np.arange(1, 6) / 5)["bound"].to_numpy()
    truth = 0.7 * np.sqrt(np.arange(1, 6))
    assert (np.abs(z - truth) <= bounds).all(axis=1).mean() == pytest.approx(0.95, abs=0.005)


def test_a_look_so_early_that_nothing_is_spent_has_no_bound():
    table = sequential_bounds([0.0005, 0.5, 1.0])
    assert table["bound"][0] == np.inf and table["spent"][0] == 0
    np.testing.assert_allclose(table["bound"][1:], sequential_bounds([0.5, 1.0])["bound"], rtol=1e-9)


BAD = {
    "no look": (lambda: sequential_bounds([]), "^information is the share of the planned end at each look"),
    "a look at nothing": (lambda: sequential_bounds([0, 1]), "^information is the share of the planned end"),
    "after the end": (lambda: sequential_bounds([0.5, 1.2]), "^information is the share of the planned end"),
    "NaN": (lambda: sequential_bounds([0.5, np.nan]), "^information is the share of the planned end"),
    "a table": (lambda: sequential_bounds([[0.5, 1]]), "^information is the share of the planned end"),
    "twice": (lambda: sequential_bounds([0.5, 0.5]), "^information must ascend: each look knows more"),
    "all of alpha": (lambda: sequential_bounds([1], alpha=1), "^alpha is a share between 0 and 1, .*, not 1"),
    "alpha in percent": (
        lambda: sequential_bounds([1], alpha=5),
        "^alpha is a share between 0 and 1, .*, not 5",
    ),
    "unknown spending": (
        lambda: sequential_bounds([1], spending="even"),
        "^spending='even' is not known. Choose one of: obrien-fleming, pocock",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, case):
    call, sentence = BAD[case]
    refused(call, sentence)
