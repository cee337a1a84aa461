"""Figures and tables that a few loud accounts cannot move: robust means of a track, caps, rows of one length.

It looks for nobody (see ``detection``): what it does is done to everybody alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.evaluation.inference import read_values
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.checks import check_choice, check_number

HOWS = ("mean", "trimmed", "huber", "median")
TRIM = 0.1  # share that a trimmed mean leaves out at each end
TUNING = 1.345  # of Huber's: 95% of the mean's efficiency where values are normal
TO_NORMAL = 0.6744897501960817  # the median distance from the median, in standard deviations of a normal


def trimmed_mean(values: Any, share: float = TRIM) -> float:
    """The mean without the ``share`` of the values that is smallest and the same share that is largest.

    floor(share x n) values go at each end. Raises ValueError where there is none, or for a share outside 0 to 1/2.

    >>> trimmed_mean([1, 2, 3, 4, 90], share=0.2)
    3.0
    """
    if not 0 <= share < 0.5:
        raise ValueError(f"share={share} is left out at each end: give a number from 0, below 0.5.")
    kept = np.sort(read_values(values))
    out = int(np.floor(share * len(kept) + 1e-9))
    return float(kept[out : len(kept) - out].mean())


def huber_mean(values: Any, tuning: float = TUNING, steps: int = 100) -> float:
    """Huber's estimate of the middle: near values count as in a mean, far ones no more than if they were near.

    The m that minimises the sum of rho((v - m) / s), rho(z) = z^2 / 2 up to |z| = ``tuning`` and linear beyond; s is
    the median distance from the median, over 0.674. Where that is 0 (half of the values are equal) the median is given.
    Found by averaging again and again with the weights min(1, tuning / |z|). Raises ValueError where there is no value.

    Peter J. Huber. Robust Estimation of a Location Parameter. Annals of Mathematical Statistics 1964.
    doi:10.1214/aoms/1177703732.

    >>> f"{huber_mean([1, 2, 3, 4, 90]):.2f}"
    '3.00'
    """
    check_number("tuning", tuning, 1e-9)
    array = read_values(values)
    middle = float(np.median(array))
    spread = float(np.median(np.abs(array - middle))) / TO_NORMAL
    if spread == 0:
        return middle
    for _ in range(steps):
        far = np.abs(array - middle) / spread
        weight = np.minimum(1.0, tuning / np.maximum(far, 1e-12))
        before, middle = middle, float(weight @ array / weight.sum())
        if abs(middle - before) <= 1e-12 * spread:
            break
    return middle


def robust_chart(
    interactions: Interactions,
    how: str = "median",
    least: int = 10,
    share: float = TRIM,
    tuning: float = TUNING,
) -> pd.Series:
    """Tracks by how much a listener of theirs makes of them: a middle of each track's values, highest first.

    how : "mean", "trimmed" (``share``), "huber" (``tuning``) or "median". least : tracks with fewer listeners are left
    out. Ties stand in the order of the items. Indexed by item. Raises ValueError where no track has ``least``.
    """
    check_choice("how", how, HOWS)
    check_number("least", least, 1, whole=True)
    middles: dict[str, Callable[[np.ndarray], float]] = {
        "mean": lambda values: float(values.mean()),
        "trimmed": lambda values: trimmed_mean(values, share),
        "huber": lambda values: huber_mean(values, tuning),
        "median": lambda values: float(np.median(values)),
    }
    columns = interactions.matrix.tocsc()
    many = np.flatnonzero(np.diff(columns.indptr) >= least)
    if not len(many):
        raise ValueError(f"No track has {least} listeners: give a smaller least.")
    found = [middles[how](columns.data[columns.indptr[j] : columns.indptr[j + 1]]) for j in many]
    chart = pd.Series(np.round(found, 9), index=interactions.items[many], name=how)
    return chart.sort_values(ascending=False, kind="stable")


def breakdown(n: int, how: str = "median", share: float = TRIM) -> int:
    """How many fake values it takes, added to ``n`` honest ones, to carry a track's middle as far as one likes.

    "mean": 1. "trimmed": the fewest f above floor(share x (n + f)), which is what goes at one end. "median": as many as
    there are honest ones (of 2n values the middle is the mean of an honest and a fake one). ``n`` counts the listeners
    of the *track*: the platform's do not help it.

    Frank R. Hampel. The Influence Curve and Its Role in Robust Estimation. JASA 1974.
    doi:10.1080/01621459.1974.10482962.

    >>> breakdown(50, "mean"), breakdown(50, "trimmed"), breakdown(50, "median")
    (1, 6, 50)
    """
    check_number("n", n, 1, whole=True)
    check_choice("how", how, ("mean", "trimmed", "median"))
    if how == "mean":
        return 1
    if how == "median":
        return int(n)
    if not 0 <= share < 0.5:
        raise ValueError(f"share={share} is left out at each end: give a number from 0, below 0.5.")
    fakes = 1
    while fakes <= np.floor(share * (n + fakes) + 1e-9):
        fakes += 1
    return fakes


# ---- what a model learns from ----------------------------------------------------------------------------------------


def capped(interactions: Interactions, at: float = 3.0) -> Interactions:
    """The same entries with no value above ``at``: who plays a track more often than that says no more by it.

    >>> table = pd.DataFrame({"user_id": [1, 1], "track_id": ["a", "b"], "plays": [2, 400]})
    >>> capped(Interactions.from_frame(table, value="plays"), 3).matrix.data.tolist()
    [2.0, 3.0]
    """
    check_number("at", at, 1e-12)
    return interactions.with_values(np.minimum(interactions.matrix.data, at))


def logged(interactions: Interactions) -> Interactions:
    """log(1 + value) in place of each value; ValueError where one is below 0."""
    if (interactions.matrix.data < 0).any():
        raise ValueError("A value below 0 has no place here: log(1 + value) is for counts.")
    return interactions.with_values(np.log1p(interactions.matrix.data))


def unit_rows(interactions: Interactions) -> Interactions:
    """Each listener's values divided by their length (root of the sum of squares): nobody says more than another.

    A listener without a value, or with nothing but 0, stays so.

    >>> table = pd.DataFrame({"user_id": [1, 1, 2], "track_id": ["a", "b", "b"], "plays": [3, 4, 70]})
    >>> unit_rows(Interactions.from_frame(table, value="plays")).matrix.data.tolist()
    [0.6, 0.8, 1.0]
    """
    rows, data = interactions.rows, interactions.matrix.data
    length = np.sqrt(np.bincount(rows, data**2, minlength=interactions.shape[0]))
    return interactions.with_values(data / np.where(length > 0, length, 1.0)[rows])
