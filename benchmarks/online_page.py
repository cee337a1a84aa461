"""The page of the online leaderboard, from the rows that ``online.py`` measures. It measures nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import t as student

GRADES = ("ndcg_new", "ndcg_all")
WINS = ("hours", "retained", "satisfaction")


def leaderboard(table: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """One row for each policy and kind of list: mean over worlds and Student's interval for each figure.

    The worlds are the sample: each has its own tracks, listeners and luck, so that the interval says what to expect of
    one more Murmur. Sorted by hours won, best first.
    """
    rows = []
    for (policy, heard), part in table.groupby(["policy", "heard"], sort=True):
        row = {"policy": policy, "heard": heard, "worlds": len(part)}
        for name in (*GRADES, *WINS, "tail"):
            values = part[name].to_numpy()
            half = student.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
            row |= {
                name: values.mean(),
                f"{name}_low": values.mean() - half,
                f"{name}_high": values.mean() + half,
            }
        rows.append(row)
    return pd.DataFrame(rows).sort_values("hours", ascending=False, kind="stable", ignore_index=True)


TEXT = """# The online leaderboard

Written by `make online`; how it is measured stands in [README.md](README.md#online). {worlds} worlds of {users:,}
listeners, {weeks} weeks on the shelf after a log of {log}. Every policy has ten places and changes them weekly. Each
figure is the mean over the worlds with Student's 95% interval. Hours (a week), retention (percentage points that still
play in the last week) and satisfaction (0 to 1, at the end) are per listener, over the counted chart in the same world
with the same luck. nDCG@10, offline: *new* counts tracks first heard in the two test weeks, *all* whatever was heard in
them. Tail: share of all plays on the nine tenths of the tracks with the fewest listeners.

## Lists that may hold what was heard before

{heard}
## Lists of unheard tracks only

{new}"""


def render(table: pd.DataFrame, users: int, weeks: int, log: int) -> str:
    """ONLINE.md, of a table with a row for each world, policy and kind of list; `log` in weeks."""
    board = leaderboard(table)

    def shown(row, name: str, digits: int, scale: float = 1, sign: str = "+") -> str:
        mean, low, high = (scale * getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
        return f"{mean:{sign}.{digits}f} [{low:{sign}.{digits}f}, {high:{sign}.{digits}f}]"

    def part(heard: bool) -> str:
        lines = [
            "| policy | nDCG new | nDCG all | hours | points retained | satisfaction | tail |",
            "| --- " * 7 + "|",
        ]
        for row in board[board["heard"] == heard].itertuples():
            cells = [shown(row, "ndcg_new", 3, sign=""), shown(row, "ndcg_all", 3, sign=""), shown(row, "hours", 2),
                     shown(row, "retained", 1, 100), shown(row, "satisfaction", 3), f"{row.tail:.1%}"]  # fmt: skip
            lines.append("| " + " | ".join([row.policy, *cells]) + " |")
        return "\n".join(lines) + "\n"

    worlds = table["seed"].nunique()
    return TEXT.format(worlds=worlds, users=users, weeks=weeks, log=log, heard=part(True), new=part(False))
