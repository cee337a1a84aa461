"""The data card: README.md of a folder that `simulate` wrote, put together from the tables themselves.

It measures nothing itself (see `realism`) and takes no figure from anybody's memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from recsys_helpers.simulator.catalogue import FARMS
from recsys_helpers.simulator.log import DEFECTS
from recsys_helpers.simulator.strengths import Strengths

MEASURED = "<!-- measured: benchmarks/murmur_figures.py writes what follows, down to the next such line -->"
MEASURED_END = "<!-- end of measured -->"

TEMPLATE = Path(__file__).with_name("data_card.md")


def render(
    sizes: dict[str, int],
    example: dict[str, str],
    counts: dict[str, pd.Series],
    strengths: Strengths,
    realism: pd.DataFrame,
    sums: dict[str, str],
) -> str:
    """The whole card as Markdown.

    `sizes` holds users, tracks, weeks and seed; `example` one event and its track (see `store`); `counts` tallies of
    actions, defects and accounts.
    """
    values = {name: str(size) for name, size in sizes.items()}
    values |= {"users_": f"{sizes['users']:,}", "tracks_": f"{sizes['tracks']:,}"} | example
    values["planted"] = _effects(strengths) + "\n" + _dirt(counts["defects"], counts["accounts"])
    values["near"] = _near(counts["actions"], realism)
    values["measured"] = f"{MEASURED}\n{MEASURED_END}"
    values["checksums"] = table(["table", "SHA-256"], [(name, f"`{value}`") for name, value in sums.items()])
    values = {name: value.strip("\n") for name, value in values.items()}
    return TEMPLATE.read_text(encoding="utf-8").format(**values).rstrip("\n") + "\n"


def _effects(strengths: Strengths) -> str:
    rows = [
        (name, f"{getattr(strengths, name):g}", says, f"{where}.csv: {column}")
        for name, (where, column, says) in strengths.planted().items()
    ]
    return (
        "Effects that later lessons look for, each with a strength (0 is off) and the column of `truth/` that holds "
        "it:\n\n" + table(["effect", "strength", "what it does", "truth"], rows)
    )


def _dirt(defects: pd.Series, accounts: pd.Series) -> str:
    rows = [(kind, f"{defects.get(kind, 0):,}", LOOKS[kind]) for kind in DEFECTS]
    bots = int(accounts.get("bot", 0))
    who = f"{bots:,} of the {accounts.sum():,} accounts are bots, run by {min(FARMS, bots)} stream farms"
    return (
        "Dirt, as real logs have it; a row has at most one kind:\n\n"
        + table(["kind of dirt", "rows", "what it looks like"], rows)
        + f"\nBesides, {who}. They play a few tracks at a machine's pace; most are blunt, a few take care.\n"
    )


def _near(actions: pd.Series, realism: pd.DataFrame) -> str:
    rows = ", ".join(f"{n:,} {_plural(action, n)}" for action, n in actions.items())
    return (
        f"The log holds {actions.sum():,} rows: {rows}. The figures below are those of people's plays alone, without "
        "bots, spoilt rows, ads and help clips, beside those of real data (Last.fm-2k · MovieLens 100K, or as said)."
        "\n\n" + table(list(realism.columns), realism.itertuples(index=False, name=None))
    )


LOOKS = {
    "exact_duplicate": "the whole row again, a little later, under the same event_id",
    "retry_duplicate": "the same thing again 1 to 8 seconds later, under a new event_id: a client tried twice",
    "unknown_track": "a track_id that is not in tracks.csv",
    "unknown_user": "a user_id that is not in users.csv",
    "late": "arrived 10 seconds to 20 minutes after it happened: out of order, else right",
    "negative_seconds": "seconds_played below 0",
    "overlong_seconds": "seconds_played far over the track's length",
    "missing_seconds": "a play without seconds_played",
    "clock_skew": "the device's clock is wrong for a whole session: by 2 hours to 3 days, by a year, or back at 1970",
}


def _plural(action: str, n: int) -> str:
    return action if n == 1 else action + ("es" if action.endswith("ch") else "s")


def table(head: list[str], rows: Iterable[Iterable[Any]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
