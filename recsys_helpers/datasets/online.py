"""The online leaderboard of the course's models (``data/measured/online.csv``), as a checked table.

It measures nothing: ``make online`` does, and benchmarks/README.md says how.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from .measured import load_measured

FIGURES = ("ndcg_new", "ndcg_all", "hours", "retained", "satisfaction")
MEND = (
    "Take the shipped file again (`git checkout data/measured/online.csv`), or measure anew: `make online`."
)


def load_online(path: str | os.PathLike[str] | None = None) -> pd.DataFrame:
    """What each policy won in each world: a row for each seed, policy and kind of list.

    Columns: seed (of the world), policy, heard (may the list hold what the listener heard before), listeners;
    ndcg_new and ndcg_all, offline, by what was first heard or heard at all in the test weeks; hours (a week), retained
    (share) and satisfaction (0 to 1), online, a listener over the counted chart; each with ``_low`` and ``_high``, the
    ends of its 95% interval over the listeners of that world; tail, the share of plays on the less known tracks.

    Raises ValueError where the file is missing or is not such a table.

    >>> load_online("nowhere.csv")
    Traceback (most recent call last):
    ValueError: There is no file nowhere.csv. Take the shipped file again ...
    """
    table = load_measured("online", path)
    file = "online.csv" if path is None else Path(path).name
    numbers = [f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")] + ["tail"]
    missing = [name for name in ("seed", "policy", "heard", "listeners", *numbers) if name not in table]
    if missing:
        raise ValueError(f"{file} has no column {missing[0]!r}. {MEND}")
    values = table[numbers].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(values).all() or table["heard"].dtype != bool:
        raise ValueError(f"{file} has a cell that is empty or no number. {MEND}")
    if table.duplicated(["seed", "policy", "heard"]).any():
        raise ValueError(f"{file} has a policy twice in one world. {MEND}")
    return table
