"""Searches: generations against a loop written by hand, peaks against where they are, and every try is kept."""

from __future__ import annotations

import re

import numpy as np
import pytest

from recsys_helpers.acting import cross_entropy, even_search

BOX = {"x": (0.0, 10.0), "y": (-1.0, 1.0)}


def hill(at):
    return -((at["x"] - 7) ** 2) - 20 * (at["y"] + 0.5) ** 2


def test_it_finds_a_hill_between_its_bounds():
    found = cross_entropy(hill, BOX, generations=15, candidates=30, elites=6, random_state=3)
    assert found.found["x"] == pytest.approx(7, abs=0.05) and found.found["y"] == pytest.approx(
        -0.5, abs=0.02
    )
    assert found.spread["x"] < 0.1 and found.spread["y"] < 0.05


def test_each_generation_is_drawn_as_the_paper_says():
    found = cross_entropy(hill, BOX, generations=3, candidates=5, elites=2, smoothing=0.6, random_state=8)
    rng = np.random.RandomState(8)  # a whole number is read as scikit-learn reads it
    low, high = np.array([0.0, -1.0]), np.array([10.0, 1.0])
    mean, sd = np.array([5.0, 0.0]), np.array([5.0, 1.0])
    for generation in (1, 2, 3):
        rows = found.tried[found.tried["generation"] == generation]
        drawn = np.minimum(np.maximum(rng.normal(mean, sd, (5, 2)), low), high)
        np.testing.assert_allclose(rows[["x", "y"]].to_numpy(), drawn)
        values = [hill({"x": x, "y": y}) for x, y in drawn]
        np.testing.assert_allclose(rows["value"], values)
        best = sorted(range(5), key=lambda n: -values[n])[:2]
        assert set(np.flatnonzero(rows["elite"])) == set(best)
        middle = (drawn[best[0]] + drawn[best[1]]) / 2
        wide = np.abs(drawn[best[0]] - drawn[best[1]]) / 2  # of two numbers, divided by two
        mean, sd = 0.4 * mean + 0.6 * middle, 0.4 * sd + 0.6 * wide
    assert list(found.found.values()) == pytest.approx(mean.tolist())
    assert list(found.spread.values()) == pytest.approx(sd.tolist())


def test_every_try_is_within_the_bounds_and_asked_once():
    asked = []

    def worth(at):
        asked.append((at["x"], at["y"]))
        return 0.0

    found = cross_entropy(worth, BOX, generations=3, candidates=7, elites=2)
    assert len(asked) == len(found.tried) == 21
    assert found.tried[["x", "y"]].to_records(index=False).tolist() == asked
    assert found.tried["x"].between(0, 10).all() and found.tried["y"].between(-1, 1).all()
    assert (found.tried["x"] == 10).any() or (found.tried["x"] == 0).any()  # moved to the end of its range
    elites = found.tried[found.tried["elite"]].groupby("generation").head(9).index % 7
    assert elites.tolist() == [0, 1] * 3  # of equals the first drawn


def test_what_is_best_at_an_end_is_found_there():
    found = cross_entropy(lambda at: -at["x"], {"x": (0, 4)}, generations=15, candidates=10, elites=3)
    assert found.found["x"] == pytest.approx(0, abs=0.02)


def test_even_draws_are_even_and_the_best_is_proposed():
    found = even_search(hill, BOX, tries=4000, random_state=1)
    assert np.histogram(found.tried["x"], bins=4, range=(0, 10))[0].min() > 900
    best = found.tried["value"].idxmax()
    assert found.tried["elite"].to_numpy().nonzero()[0].tolist() == [best]
    assert found.found == found.tried.loc[best, ["x", "y"]].to_dict() and found.spread == {}
    first = even_search(hill, BOX, tries=40, random_state=1).tried
    np.testing.assert_array_equal(first[["x", "y"]], found.tried.loc[:39, ["x", "y"]])


def test_the_same_seed_tries_the_same_and_a_generator_goes_on():
    one, two = (cross_entropy(hill, BOX, random_state=5).tried for _ in range(2))
    assert one.equals(two) and not one.equals(cross_entropy(hill, BOX, random_state=6).tried)
    rng = np.random.default_rng(0)
    assert not even_search(hill, BOX, random_state=rng).tried.equals(
        even_search(hill, BOX, random_state=rng).tried
    )


@pytest.mark.parametrize(
    ("bounds", "given", "says"),
    [
        ({}, {}, "bounds is empty"),
        ({"x": (1, 0)}, {}, "lowest, highest"),
        ({"x": (0, np.inf)}, {}, "finite"),
        ({"x": (0, 1, 2)}, {}, "lowest, highest"),
        ({"value": (0, 1)}, {}, "cannot be called 'value'"),
        ({"x": ("a", 1)}, {}, "lowest, highest"),
        ({"x": (0, 1), "y": (0,)}, {}, "lowest, highest"),
        (3, {}, "bounds is 3: give a dict"),
        ([("x", 0, 1)], {}, "give a dict"),
        ({"x": (0, 1)}, {"elites": 9}, "elites=9, candidates=8"),
        ({"x": (0, 1)}, {"elites": 0}, "elites"),
        ({"x": (0, 1)}, {"generations": 1.5}, "generations"),
        ({"x": (0, 1)}, {"smoothing": 0}, "smoothing"),
        ({"x": (0, 1)}, {"smoothing": -1}, "^smoothing=-1"),
        ({"x": (0, 1)}, {"smoothing": 1.1}, "smoothing"),
    ],
)
def test_a_search_that_cannot_be_is_refused(bounds, given, says):
    with pytest.raises(ValueError, match=says):
        cross_entropy(lambda at: 0.0, bounds, **given)


@pytest.mark.parametrize("search", [cross_entropy, even_search])
def test_a_worth_that_is_no_function_or_gives_no_number_is_refused(search):
    with pytest.raises(ValueError, match="worth is 3: give a function"):
        search(3, {"x": (0, 1)})
    for found in (None, [1, 2], "much"):
        with pytest.raises(ValueError, match="give back one number"):
            search(lambda at, found=found: found, {"x": (0, 1)})


def test_a_worth_that_is_no_number_is_refused_with_its_settings():
    for search in (cross_entropy, even_search):
        with pytest.raises(ValueError, match=r"worth gave nan for \{'x'"):
            search(lambda at: np.nan, {"x": (0, 1)})
    with pytest.raises(ValueError, match="tries"):
        even_search(hill, BOX, tries=0)


def test_without_being_told_it_tries_four_times_eight_and_learns_from_three():
    plain = cross_entropy(hill, BOX)
    said = cross_entropy(hill, BOX, generations=4, candidates=8, elites=3, smoothing=0.7, random_state=0)
    assert plain.tried.equals(said.tried) and plain.found == said.found and plain.spread == said.spread
    assert list(plain.tried) == ["generation", "x", "y", "value", "elite"]
    assert plain.tried["generation"].tolist() == [1] * 8 + [2] * 8 + [3] * 8 + [4] * 8
    assert plain.tried.groupby("generation")["elite"].sum().tolist() == [3] * 4
    assert plain.tried.index.tolist() == list(range(32))
    even = even_search(hill, BOX)
    assert even.tried.equals(even_search(hill, BOX, tries=32, random_state=0).tried) and len(even.tried) == 32
    assert even.tried["generation"].eq(1).all()


def test_the_ends_of_what_may_be_asked_are_allowed():
    whole = cross_entropy(hill, BOX, generations=1, candidates=4, elites=4, smoothing=1, random_state=2)
    assert whole.found == pytest.approx(whole.tried[["x", "y"]].mean().to_dict())
    assert whole.spread == pytest.approx(whole.tried[["x", "y"]].std(ddof=0).to_dict())
    assert len(cross_entropy(hill, BOX, generations=1, candidates=1, elites=1).tried) == 1
    assert len(even_search(hill, BOX, tries=1).tried) == 1
    fixed = cross_entropy(lambda at: at["x"], {"x": (3, 3)}, generations=2)
    assert fixed.found == {"x": 3.0} and fixed.tried["x"].eq(3).all()


@pytest.mark.parametrize(
    ("bounds", "given", "says"),
    [
        ({}, {}, "bounds is empty: name at least one setting with its lowest and highest number."),
        ({"x": (1, 0)}, {}, "bounds is {'x': (1, 0)}: give for each setting (lowest, highest), finite"),
        (
            {"value": (0, 1), "elite": (0, 1)},
            {},
            "A setting cannot be called 'elite': the table of tries has",
        ),
        ({"generation": (0, 1)}, {}, "A setting cannot be called 'generation'"),
        ({"x": (0, 1)}, {"candidates": 0, "elites": 1}, "candidates=0"),
        ({"x": (0, 1)}, {"generations": 0}, "generations=0"),
        ({"x": (0, 1)}, {"smoothing": 1.5}, "smoothing=1.5: give a number above 0 and at most 1."),
        ({"x": (0, 1)}, {"elites": 9}, "elites=9, candidates=8: at most all of a generation can be elites."),
    ],
)
def test_a_refusal_begins_with_what_was_given(bounds, given, says):
    with pytest.raises(ValueError, match="^" + re.escape(says)):
        cross_entropy(lambda at: 0.0, bounds, **given)
