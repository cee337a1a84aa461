"""Searching a policy's settings by trying them: the cross-entropy method, and drawing evenly as its control.

It knows no policy: a function that says what settings are worth goes in, and every try comes out. Most is best.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.acting.keyed import Array
from recsys_helpers.models.checks import check_number, random_source

Worth = Callable[[dict[str, float]], float]
Bounds = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Search:
    """What a search tried and what it came to.

    Attributes
    ----------
    tried : a row a try: generation (from 1), a column for each setting, value, elite (whether it shaped the next draw).
    found : the settings that it proposes.
    spread : how wide it would draw next, by setting; an even draw has none.
    """

    tried: pd.DataFrame
    found: dict[str, float]
    spread: dict[str, float]


def cross_entropy(
    worth: Worth,
    bounds: Bounds,
    *,
    generations: int = 4,
    candidates: int = 8,
    elites: int = 3,
    smoothing: float = 0.7,
    random_state: Any = 0,
) -> Search:
    """Draw settings, keep the best few, draw the next around these, and so on; proposes the last centre.

    Parameters
    ----------
    worth : a function of settings {name: number} that gives what they are worth; the larger, the better.
    bounds : for each setting the lowest and highest number; what is drawn outside is moved to the nearer of them. The
        first draw is normal around the middle, with a standard deviation of half the width.
    generations, candidates : how many draws, and how many settings in each: their product is the number of tries.
    elites : how many of a generation shape the next: its centre moves to their mean, its spread to their standard
        deviation (that of the elites themselves, divided by their number).
    smoothing : how far they move, from above 0 to 1.

    The setting of equal worth that was drawn first comes first. Raises ValueError for numbers that make no search and
    for a worth that is not finite. Rubinstein 1999, doi:10.1023/A:1010091220143; the form with smoothing: de Boer et
    al. 2005, doi:10.1007/s10479-005-5724-z.

    >>> peak = cross_entropy(lambda at: -((at["x"] - 2) ** 2), {"x": (0, 10)}, generations=12, candidates=20, elites=5)
    >>> f"{peak.found['x']:.1f}", len(peak.tried)
    ('2.0', 240)
    """
    names, low, high = _box(bounds)
    for name, value in (("generations", generations), ("candidates", candidates), ("elites", elites)):
        check_number(name, value, 1, whole=True)
    check_number("smoothing", smoothing, 0)
    if not 0 < smoothing <= 1:
        raise ValueError(f"smoothing={smoothing:g}: give a number above 0 and at most 1.")
    if elites > candidates:
        raise ValueError(
            f"elites={elites}, candidates={candidates}: at most all of a generation can be elites."
        )
    rng = random_source(random_state)
    centre, spread, parts = (low + high) / 2, (high - low) / 2, []
    for generation in range(1, generations + 1):
        drawn = np.clip(rng.normal(centre, spread, size=(candidates, len(names))), low, high)
        tried = _try(worth, names, drawn, generation)
        best = np.argsort(-tried["value"].to_numpy(), kind="stable")[:elites]
        tried.loc[best, "elite"] = True
        parts.append(tried)
        centre = centre + smoothing * (drawn[best].mean(axis=0) - centre)
        spread = spread + smoothing * (drawn[best].std(axis=0) - spread)
    return Search(
        pd.concat(parts, ignore_index=True),
        dict(zip(names, centre.tolist(), strict=True)),
        dict(zip(names, spread.tolist(), strict=True)),
    )


def even_search(worth: Worth, bounds: Bounds, *, tries: int = 32, random_state: Any = 0) -> Search:
    """Draw settings evenly between the bounds and propose the best: the same tries, without learning from them.

    >>> peak = even_search(lambda at: -((at["x"] - 2) ** 2), {"x": (0, 10)}, tries=240)
    >>> f"{peak.found['x']:.1f}"
    '2.0'
    """
    names, low, high = _box(bounds)
    check_number("tries", tries, 1, whole=True)
    drawn = random_source(random_state).uniform(low, high, size=(tries, len(names)))
    tried = _try(worth, names, drawn, 1)
    best = int(tried["value"].to_numpy().argmax())
    tried.loc[best, "elite"] = True
    return Search(tried, dict(zip(names, drawn[best].tolist(), strict=True)), {})


def _try(worth: Worth, names: list[str], drawn: Array, generation: int) -> pd.DataFrame:
    if not callable(worth):
        raise ValueError(
            f"worth is {worth!r}: give a function of settings {{name: number}} that gives a number."
        )
    values = []
    for row in drawn.tolist():
        settings = dict(zip(names, row, strict=True))
        found = worth(settings)
        try:
            value = float(found)
        except (TypeError, ValueError):
            raise ValueError(f"worth gave {found!r} for {settings}: give back one number.") from None
        if not np.isfinite(value):
            raise ValueError(
                f"worth gave {value} for {settings}: give a finite number, low for settings that fail."
            )
        values.append(value)
    tried = pd.DataFrame(drawn, columns=pd.Index(names)).assign(value=values, elite=False)
    tried.insert(0, "generation", generation)
    return tried


def _box(bounds: Bounds) -> tuple[list[str], Array, Array]:
    if not isinstance(bounds, Mapping):
        raise ValueError(f"bounds is {bounds!r}: give a dict from each setting's name to (lowest, highest).")
    if not bounds:
        raise ValueError("bounds is empty: name at least one setting with its lowest and highest number.")
    names = list(bounds)
    taken = sorted({"generation", "value", "elite"} & set(names))
    if taken:
        raise ValueError(
            f"A setting cannot be called {taken[0]!r}: the table of tries has a column of that name."
        )
    try:
        ends: Array = np.asarray([bounds[name] for name in names], dtype=float)
    except (TypeError, ValueError):
        ends = np.zeros(0)
    if ends.shape != (len(names), 2) or not np.isfinite(ends).all() or (ends[:, 0] > ends[:, 1]).any():
        raise ValueError(
            f"bounds is {dict(bounds)}: give for each setting (lowest, highest), finite and in this order."
        )
    return names, ends[:, 0], ends[:, 1]
