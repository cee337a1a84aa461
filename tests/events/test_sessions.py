"""Sessions against a plain loop."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers import events as ev
from tests.events.logs import START, make_log


def sessions_by_loop(log: pd.DataFrame, gap_s: float, since: str) -> dict[int, int]:
    number, result = -1, {}
    for user in sorted(set(log["user_id"])):
        end = None
        for row in log[log["user_id"] == user].sort_values(["at", "event_id"]).itertuples():
            if end is None or (row.at - end).total_seconds() > gap_s:
                number += 1
            heard = 0 if since == "start" or math.isnan(row.seconds_played) else max(row.seconds_played, 0)
            stop = row.at + pd.Timedelta(seconds=heard)
            end = stop if end is None or since == "start" else max(end, stop)
            result[row.event_id] = number
    return result


@given(st.integers(0, 2**32 - 1), st.sampled_from(["end", "start"]), st.sampled_from([60, 900, 1800]))
@settings(max_examples=40, deadline=None)
def test_sessions_against_a_loop(seed, since, gap_s):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    at = START + pd.to_timedelta(rng.integers(0, 40, n) * 300, unit="s")
    seconds = np.where(rng.random(n) < 0.2, np.nan, rng.integers(0, 4, n) * 600.0)
    log = make_log(
        [
            {"user_id": f"u{rng.integers(3)}", "at": a, "seconds_played": s}
            for a, s in zip(at, seconds, strict=True)
        ]
    )
    log = log.set_index(rng.permutation(n) + 100)
    numbers = ev.sessions(log, gap=f"{gap_s}s", since=since)
    assert numbers.index.equals(log.index)
    expected = sessions_by_loop(log, gap_s, since)
    assert numbers.tolist() == [expected[event] for event in log["event_id"]]
