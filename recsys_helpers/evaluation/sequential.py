"""A test that may be read before its end: bounds for every look, under which all looks together err as one may.

It reads no data: it gives the bounds, and a test's own statistic is laid beside them. Who reads once, at an end fixed
beforehand, needs none of this.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.evaluation.lists import choose

SPENDING = ("obrien-fleming", "pocock")
NODES = 200  # of the quadrature: bounds then agree with published ones in all their digits
FURTHEST = 38.0  # standard errors, beyond which the normal tail is 0 in floating point


def sequential_bounds(
    information: Any, alpha: float = 0.05, spending: str = "obrien-fleming"
) -> pd.DataFrame:
    """For each look at a running two-sided test, how far from 0 its z must be to stop.

    information: how much of the planned end is there at each look, ascending in (0, 1], such as the share of the
    listeners or of the days. Only the looks up to now have to be known: later ones change no earlier bound. spending:
    how the chance of a false alarm, alpha in all, is spent as information comes in. "obrien-fleming" spends next to
    nothing early and keeps the last bound near that of a single look; "pocock" spends about evenly.

    The bounds are those of Lan & DeMets 1983, doi:10.1093/biomet/70.3.659.

    Returns DataFrame[information, spent, bound, p]: alpha spent up to this look, the bound of |z|, and the p of a
    single look at that bound. Stop at the first look with |z| >= bound; estimate ± bound x standard error holds the
    truth at all looks together (a repeated confidence interval). z must be a mean over listeners (about normal), and
    what comes in between two looks must not hang on what came before. Where it does because the same people go on
    listening, looks are more alike than supposed and the test errs on the safe side.

    >>> print(sequential_bounds([0.25, 0.5, 0.75, 1.0]).round(4).to_string(index=False))
     information  spent  bound      p
            0.25 0.0000 4.3326 0.0000
            0.50 0.0031 2.9631 0.0030
            0.75 0.0193 2.3590 0.0183
            1.00 0.0500 2.0141 0.0440
    """
    from scipy.optimize import brentq  # here: loading these takes half a second
    from scipy.stats import norm

    times = np.asarray(information, dtype=float)
    if times.ndim != 1 or not len(times) or not (times > 0).all() or not (times <= 1).all():
        raise ValueError("information is the share of the planned end at each look, above 0 and at most 1.")
    if (np.diff(times) <= 0).any():
        raise ValueError("information must ascend: each look knows more than the one before it.")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is a share between 0 and 1, for example 0.05, not {alpha}.")
    spent = _spent(times, alpha, choose("spending", spending, SPENDING))

    # The sum of what came in is a Brownian motion, watched at these times. Its density where no look has stopped it yet
    # is kept at Gauss-Legendre nodes and carried from look to look, as by Armitage, McPherson & Rowe 1969,
    # doi:10.2307/2343787.
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    bounds: list[float] = []
    x, mass = np.zeros(1), np.ones(1)  # before the first look: all at 0
    for time, passed, to_spend in zip(
        times, np.append(0, times[:-1]), np.diff(spent, prepend=0), strict=True
    ):
        step, root = np.sqrt(time - passed), np.sqrt(time)
        known = (x, mass, step, root, to_spend)
        inside = _excess(FURTHEST, *known) < 0  # else there is less to spend than floating point can say
        bounds.append(float(brentq(_excess, 0, FURTHEST, args=known)) if inside else np.inf)
        end = min(bounds[-1], 8.0) * root
        following = end * nodes
        density = norm.pdf((following[:, None] - x) / step) @ mass / step
        x, mass = following, density * weights * end
    return pd.DataFrame(
        {"information": times, "spent": spent, "bound": bounds, "p": 2 * norm.sf(np.array(bounds))}
    )


def _excess(
    bound: float, x: np.ndarray, mass: np.ndarray, step: float, root: float, to_spend: float
) -> float:
    """What a look stops at a bound, on both sides alike, over what it may spend."""
    from scipy.stats import norm

    return float(2 * mass @ norm.sf((bound * root - x) / step) - to_spend)


def _spent(times: np.ndarray, alpha: float, spending: str) -> np.ndarray:
    """How much of alpha, half of it on either side, is spent up to each time."""
    from scipy.stats import norm

    if spending == "pocock":
        return np.asarray(alpha * np.log1p((np.e - 1) * times))
    return np.asarray(4 * norm.sf(norm.isf(alpha / 4) / np.sqrt(times)))
