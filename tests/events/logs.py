"""Small logs that the tests of events share, honest and with planted defects."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

START = pd.Timestamp("2026-01-05 06:00", tz="UTC")
TRACKS = pd.DataFrame(
    {"track_id": [f"t{i}" for i in range(8)], "duration_s": [200, 180, 240, 60, 1800, 300, 90, 210]}
)
USERS = pd.DataFrame({"user_id": [f"u{i}" for i in range(5)]})
COLUMNS = ["event_id", "user_id", "track_id", "at", "action", "seconds_played", "source", "text"]


def make_log(rows: list[dict]) -> pd.DataFrame:
    """A log of the given rows; what a row does not say is an honest play of t0 by u0, a minute after the last."""
    filled = []
    for i, row in enumerate(rows):
        base = {
            "event_id": i + 1,
            "user_id": "u0",
            "track_id": "t0",
            "at": START + pd.Timedelta(minutes=i),
            "action": "play",
            "seconds_played": 50.0,
            "source": "home",
            "text": None,
        }
        filled.append(base | row)
    log = pd.DataFrame(filled, columns=COLUMNS)
    log["at"] = pd.to_datetime(log["at"], utc=True)
    log["seconds_played"] = log["seconds_played"].astype(float)
    return log


# ---- a log with planted defects ------------------------------------------------------------------------------------

DEFECTS = ("exact", "retry", "user", "track", "negative", "overlong", "missing", "ahead", "behind", "late")


@st.composite
def dirty_logs(draw):
    """About 60-120 rows in the order of arrival; each defect meets one row, at random places not too near the ends."""
    n = draw(st.integers(60, 110))
    seed = draw(st.integers(0, 2**32 - 1))
    defects = draw(st.lists(st.sampled_from(DEFECTS), max_size=9))
    rng = np.random.default_rng(seed)
    at = START + pd.to_timedelta(np.cumsum(rng.integers(20, 90, n)), unit="s")
    rows = []
    for i in range(n):
        track = int(rng.integers(8))
        seconds = float(rng.integers(1, TRACKS["duration_s"][track] + 1))
        rows.append(
            {
                "user_id": f"u{rng.integers(5)}",
                "track_id": f"t{track}",
                "at": at[i],
                "seconds_played": seconds,
            }
        )
    kinds = {}
    places = rng.permutation(np.arange(12, n - 12))[: len(defects)]
    for kind, place in zip(defects, places, strict=True):
        row = rows[place]
        kinds[int(place)] = kind
        if kind == "user":
            row["user_id"] = "nobody"
        elif kind == "track":
            row["track_id"] = "t999"
        elif kind == "negative":
            row["seconds_played"] = -row["seconds_played"]
        elif kind == "overlong":
            row["seconds_played"] = 90_000.0
        elif kind == "missing":
            row["seconds_played"] = np.nan
        elif kind == "ahead":
            row["at"] += pd.Timedelta(hours=int(rng.integers(6, 72)))
        elif kind == "behind":
            row["at"] = pd.Timestamp("1970-01-01 00:10", tz="UTC")
        elif kind == "late":
            row["at"] -= pd.Timedelta(seconds=int(rng.integers(10, 1200)))
    out, expected = [], []
    for i, row in enumerate(rows):
        out.append(row)
        expected.append(kinds.get(i, "none") if kinds.get(i) not in ("exact", "retry") else "none")
        if kinds.get(i) in ("exact", "retry"):
            wait = pd.Timedelta(seconds=int(rng.integers(1, 10))) if kinds[i] == "retry" else pd.Timedelta(0)
            out.append(row | {"at": row["at"] + wait})
            expected.append(kinds[i])
    log = make_log(out)
    copies = np.array([kind == "exact" for kind in expected])
    log["event_id"] = (
        np.arange(len(log)) + 1 - np.cumsum(copies)
    )  # an exact copy keeps the id of its original
    return log, expected


RULE_OF = {
    "exact": "exact_duplicates", "retry": "retry_duplicates", "user": "unknown_ids", "track": "unknown_ids",
    "negative": "impossible_values", "overlong": "impossible_values", "missing": "impossible_values",
    "ahead": "clock_skew", "behind": "clock_skew",
}  # fmt: skip
