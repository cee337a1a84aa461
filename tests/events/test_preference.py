"""Strength and confidence against a plain loop over the rows."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers import events as ev
from tests.events.logs import START, TRACKS, make_log


def preference_by_loop(log, how, half_life_days, until):
    durations = dict(zip(TRACKS["track_id"], TRACKS["duration_s"], strict=True))
    rows = [row for row in log.itertuples() if until is None or row.at < until]
    wanted = {"plays": ("play",), "listened": ("play",), "signals": ("play", "like", "comment")}[how]
    rows = [row for row in rows if row.action in wanted]
    now = until or max(row.at for row in rows)
    pairs: dict[tuple[str, str], list] = {}
    for row in rows:
        age = (now - row.at).total_seconds() / 86_400
        weight = 1.0 if half_life_days is None else 0.5 ** (age / half_life_days)
        share = (
            0.0 if math.isnan(row.seconds_played) else min(row.seconds_played / durations[row.track_id], 1)
        )
        if how == "plays":
            says = 1.0
        elif how == "listened":
            says = share
        elif row.action == "play":
            says = (1.0 if share >= 0.5 else 0.0) + (1.0 if row.source in ("search", "library") else 0.0)
        else:
            says = 3.0 if row.action == "like" else {"good": 2.0, "bad": -2.0, "hm": 0.0}[row.text]
        pair = pairs.setdefault((row.user_id, row.track_id), [0.0, 0.0, row.at])
        pair[0] += weight * says
        pair[1] += weight
        pair[2] = max(pair[2], row.at)
    strength = {
        "plays": math.log1p,
        "listened": lambda s: s / (1 + s),
        "signals": lambda s: math.copysign(math.log1p(abs(s)), s),
    }[how]
    return [(u, t, strength(s), n / (n + 2), last) for (u, t), (s, n, last) in sorted(pairs.items())]


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from(ev.RECIPES),
    st.sampled_from([None, 3]),
    st.sampled_from([None, START + pd.Timedelta(days=5)]),
)
@settings(max_examples=40, deadline=None)
def test_preference_against_a_loop(seed, how, half_life_days, until):
    rng = np.random.default_rng(seed)
    rows = [{}]
    for _ in range(int(rng.integers(1, 60))):
        action = str(rng.choice(["play", "play", "play", "like", "comment", "search"]))
        rows.append(
            {
                "user_id": f"u{rng.integers(4)}",
                "track_id": None if action == "search" else f"t{rng.integers(8)}",
                "at": START + pd.Timedelta(hours=int(rng.integers(0, 200))),
                "action": action,
                "seconds_played": float(rng.integers(0, 250)) if action == "play" else np.nan,
                "source": None if action == "search" else str(rng.choice(["search", "home", "library"])),
                "text": str(rng.choice(["good", "bad", "hm"])) if action in ("comment", "search") else None,
            }
        )
    log = make_log(rows)
    half_life = None if half_life_days is None else f"{half_life_days}D"
    frame = ev.preference(log, how, TRACKS, half_life=half_life, until=until)
    expected = preference_by_loop(log, how, half_life_days, until)
    assert list(frame.columns) == ["user_id", "track_id", "strength", "confidence", "last_at"]
    assert list(zip(frame["user_id"], frame["track_id"], strict=True)) == [row[:2] for row in expected]
    assert frame["last_at"].tolist() == [row[4] for row in expected]
    for column, place in (("strength", 2), ("confidence", 3)):
        assert frame[column].tolist() == pytest.approx([row[place] for row in expected], rel=1e-9, abs=1e-12)


def test_preference_takes_other_weights_and_feeds_interactions():
    from recsys_helpers.interactions import Interactions

    log = make_log(
        [{}, {"action": "like", "seconds_played": np.nan}, {"user_id": "u1", "seconds_played": 190.0}]
    )
    frame = ev.preference(log, "signals", TRACKS, weights={"like": 0.0, "skip": -1.0})
    assert frame["strength"].tolist() == pytest.approx([-math.log(2), math.log(2)])
    x = Interactions.from_frame(frame, value="strength", time="last_at")
    assert x.shape == (2, 1) and x.times is not None
