"""Contrasts: several differences side by side, and the difference between two of them.

«Significant here, not there» is no difference between here and there: that has an interval of its own. It is not for
models on the same listeners (see ``paired_comparison``), nor for the groups of a test (see ``experiments``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.evaluation.inference import (
    Interval,
    bootstrap_interval,
    bootstrap_means,
    holm,
    percentile_ends,
    read_values,
    sign_flip_test,
)
from recsys_helpers.evaluation.randomness import RandomState, generator


def difference_of_differences(
    first: Any,
    second: Any,
    *,
    paired: bool | None = None,
    level: float = 0.95,
    n_resamples: int = 2000,
    random_state: RandomState = 0,
    over: str = "listeners",
) -> Interval:
    """How much larger a difference is here than there: mean of ``first`` minus mean of ``second``, with its interval.

    first, second: one difference for each listener of two data sets, groups or worlds, shapes (n,) and (m,). paired:
    False, other people, each side is drawn again by itself; True, the same people in the same order, or as Series with
    the same ids, whose own differences are taken. By default they are other people, and two Series that share ids are
    refused, since then it has to be said. Raises ValueError on NaN and on fewer than two values.

    >>> here, there = np.arange(40) / 40, np.arange(60) / 120
    >>> print(difference_of_differences(here, there))
    0.242 [0.146, 0.336], 95% over 40 + 60 listeners
    """
    a, b, same = _sides(first, second, paired)
    if same:
        return bootstrap_interval(a - b, level, n_resamples, random_state, over)
    rng = generator(random_state)  # one after the other, so that the sides are drawn independently
    drawn = bootstrap_means(a, n_resamples, rng) - bootstrap_means(b, n_resamples, rng)
    low, high = percentile_ends(drawn, level)
    return Interval(
        float(a.mean() - b.mean()),
        float(low[0]),
        float(high[0]),
        level=level,
        over=f"{len(a):,} + {len(b):,} {over}",
    )


def contrast_table(
    claims: Mapping[str, Any],
    *,
    paired: bool | None = None,
    level: float = 0.95,
    n_resamples: int = 2000,
    n_permutations: int = 10_000,
    random_state: RandomState = 0,
    over: str = "listeners",
) -> pd.DataFrame:
    """Several claims, each by group, in one tidy table that can be drawn as a forest plot.

    claims: name -> one difference for each listener; or name -> {group: differences}, which adds to the rows of the
    groups one for each other group minus the first, so that a change of sign or size is tested and not read off two
    intervals. Columns: claim, group (such as "Last.fm" or "Last.fm - Murmur"), kind ("group" or "difference"), value,
    low, high (bootstrap at ``level``), p (sign-flip test; between groups of different people Welch's t-test, 1947,
    doi:10.1093/biomet/34.1-2.28), p_holm (p after Holm's correction over all rows), n, over. paired: see
    ``difference_of_differences``.

    >>> rng = np.random.default_rng(0)
    >>> claims = {"ours over theirs": {"Murmur": rng.normal(0.2, 1, 500), "Last.fm": rng.normal(0.3, 1, 400)}}
    >>> print(contrast_table(claims)[["group", "value", "low", "high", "p_holm"]].round(2).to_string(index=False))
               group  value   low  high  p_holm
              Murmur   0.17  0.09  0.26     0.0
             Last.fm   0.28  0.19  0.38     0.0
    Last.fm - Murmur   0.11 -0.02  0.24     0.1
    """
    if not isinstance(claims, Mapping) or not claims:
        raise ValueError(
            "claims is a dictionary of at least one claim: {'EASE over the charts': differences, …}."
        )
    rows = []
    options: dict[str, Any] = {"level": level, "n_resamples": n_resamples, "random_state": random_state}
    for claim, groups in claims.items():
        groups = groups if isinstance(groups, Mapping) else {"all": groups}
        sides = {group: read_values(values) for group, values in groups.items()}
        if not sides:
            raise ValueError(f"The claim {claim!r} has no group.")
        for group, values in sides.items():
            found = bootstrap_interval(values, over=over, **options)
            p = sign_flip_test(values, n_permutations, random_state)[0]
            rows.append((claim, group, "group", *found, p, str(len(values))))
        first, *others = groups
        for group in others:
            a, b, same = _sides(groups[group], groups[first], paired)
            found = difference_of_differences(
                groups[group], groups[first], paired=paired, over=over, **options
            )
            p = sign_flip_test(a - b, n_permutations, random_state)[0] if same else _welch(a, b)
            n = str(len(a)) if same else f"{len(a)} + {len(b)}"
            rows.append((claim, f"{group} - {first}", "difference", *found, p, n))
    table = pd.DataFrame(rows, columns=["claim", "group", "kind", "value", "low", "high", "p", "n"])
    table.insert(7, "p_holm", holm(table["p"]))
    return table.assign(over=over)


def _sides(first: Any, second: Any, paired: bool | None) -> tuple[np.ndarray, np.ndarray, bool]:
    """Both sides as arrays, and whether they are the same people."""
    a, b = read_values(first), read_values(second)
    series = isinstance(first, pd.Series) and isinstance(second, pd.Series)
    if paired is None and series and not (_default_index(first) or _default_index(second)):
        both = first.index.intersection(second.index)
        if len(both):
            raise ValueError(
                f"{len(both)} ids are on both sides, for example {show(both[0])}. Say whether they are the same "
                "people: paired=True, or paired=False."
            )
    if not paired:
        return a, b, False
    if len(a) != len(b) or (series and not first.index.equals(second.index)):
        raise ValueError(
            "paired=True needs the same listeners in the same order on both sides: take second.reindex(first.index)."
        )
    return a, b, True


def _default_index(values: pd.Series) -> bool:
    """Whether a Series has no ids but 0, 1, 2, …, as pandas counts rows."""
    return isinstance(values.index, pd.RangeIndex)


def _welch(a: np.ndarray, b: np.ndarray) -> float:
    from scipy.stats import ttest_ind  # here: loading it takes half a second

    if not (a.std() or b.std()):  # nothing to divide by
        return float(a.mean() == b.mean())
    return float(ttest_ind(a, b, equal_var=False).pvalue)
