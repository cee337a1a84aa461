"""From signals to preference: how strongly a listener took to a track, and how much was seen.

It is no model: what it gives is what a model learns from.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.events.mood import mood
from recsys_helpers.events.tables import (
    SECOND,
    SOUGHT,
    as_moment,
    as_span,
    between,
    check_log,
    codes_of,
    nanoseconds,
    refuse_missing,
    share_heard,
)

SIGNALS = {"play": 1.0, "sought": 1.0, "skip": 0.0, "like": 3.0, "comment": 2.0}
RECIPES = ("plays", "listened", "signals")


def preference(
    events: pd.DataFrame,
    how: str = "plays",
    tracks: pd.DataFrame | None = None,
    *,
    half_life: str | None = None,
    until: Any = None,
    weights: dict[str, float] | None = None,
) -> pd.DataFrame:
    """From signals to preference: a row for each pair of a listener and a track, with strength and confidence.

    Each row of ``events`` counts ``w``: 1, or with ``half_life`` half as much for each half-life that it is old.

    - "plays": strength = log(1 + sum of w over plays). Assumes that who comes back likes it, and that the tenth play
      says less than the second. Blind to skips; full of what autoplay and the home shelf put forward.
    - "listened": h = sum of w x (seconds heard / duration, at most 1); strength = h / (1 + h), in [0, 1). Assumes that
      time is given willingly: a skip counts little, and a loop left running all night soon counts no more.
    - "signals": s = sum of w x (1 for a play of at least half the track, 0 for less, a further 1 where the listener
      looked for it (``SOUGHT``), 3 for a like, 2 x ``mood`` for a comment); strength = sign(s) log(1 + abs(s)), below 0
      for dislike. Assumes that a like is worth three plays and that few words tell a mood; ``weights`` changes the
      numbers of ``SIGNALS``. A skip takes nothing off: of two tracks heard once, the one that was also stopped is
      liked more, since the listener came back; and lesson 01 measures that a penalty of half a play makes the order
      worse, in six worlds of six.

    Ads and help clips cannot be skipped, so by time heard they look adored: "listened" and "signals" want the events
    that ``asked_for`` leaves.

    Confidence = n / (n + 2) in all three, n the sum of w over the rows that went in: a third after one event, near 1
    after many. It says how much was seen, not how much was liked.

    Parameters
    ----------
    events : cleaned events, in any order. A search belongs to no track and is passed over.
    tracks : with ``track_id`` and ``duration_s``; needed by "listened" and "signals".
    half_life : a span such as "14D".
    until : a moment. Rows from it on are ignored, and age counts back from it; without it, from the last row used.

    Returns
    -------
    DataFrame[user_id, track_id, strength, confidence, last_at], sorted by the ids, ready for
    ``Interactions.from_frame(frame, value="strength", time="last_at")``.

    >>> at = pd.to_datetime(["2026-03-01 08:00", "2026-03-01 09:00", "2026-03-01 09:01"], utc=True)
    >>> log = pd.DataFrame({"user_id": "al", "track_id": ["a", "b", "b"], "at": at, "action": ["play", "play", "like"],
    ...     "seconds_played": [20, 200, None], "source": ["home", "search", "search"], "text": None})
    >>> table = preference(log, "signals", pd.DataFrame({"track_id": ["a", "b"], "duration_s": 200}))
    >>> table.set_index("track_id")[["strength", "confidence"]].round(3).T.to_dict("list")
    {'a': [0.0, 0.333], 'b': [1.792, 0.5]}
    """
    if how not in RECIPES:
        raise ValueError(f"how={how!r} is not a recipe: choose one of {', '.join(RECIPES)}.")
    needed = ("user_id", "track_id", "at", "action", "seconds_played")
    events = check_log(events, needed + (("source", "text") if how == "signals" else ()))
    unknown = set(weights or ()) - set(SIGNALS)
    if unknown:
        raise ValueError(
            f"weights names {sorted(unknown)[0]!r}, no signal: choose among {', '.join(SIGNALS)}."
        )
    if how != "plays" and tracks is None:
        raise ValueError(f"how={how!r} needs the length of the tracks: pass tracks=, with duration_s.")
    actions = ("play", "like", "comment") if how == "signals" else ("play",)
    rows = between(events[events["action"].isin(actions).to_numpy()], until=until)
    if rows.empty:
        raise ValueError(
            f"No row of events is left for how={how!r}. Check the actions, and until={show(until)}."
        )
    refuse_missing(rows, "user_id", "track_id", "at")

    at = nanoseconds(rows["at"])
    weight = np.ones(len(rows))
    if half_life is not None:
        now = at.max() if until is None else as_moment(until).as_unit("ns").value
        weight = 0.5 ** ((now - at) / (as_span(half_life, "half_life").total_seconds() * SECOND))
    users, user_ids = codes_of(rows["user_id"])
    items, track_ids = codes_of(rows["track_id"])
    pairs, pair = np.unique(users * np.int64(len(track_ids)) + items, return_inverse=True)

    if how == "plays":
        strength = np.log1p(np.bincount(pair, weight))
    elif how == "listened":
        heard = np.bincount(pair, weight * share_heard(rows, tracks))
        strength = heard / (1 + heard)
    else:
        score = np.bincount(pair, weight * _signals(rows, tracks, SIGNALS | (weights or {})))
        strength = np.sign(score) * np.log1p(np.abs(score))
    evidence = np.bincount(pair, weight)
    last = np.full(len(pairs), np.iinfo(np.int64).min)
    np.maximum.at(last, pair, at)
    return pd.DataFrame(
        {
            "user_id": user_ids[pairs // len(track_ids)],
            "track_id": track_ids[pairs % len(track_ids)],
            "strength": strength,
            "confidence": evidence / (evidence + 2),
            "last_at": pd.to_datetime(last, utc=True).astype(events["at"].dtype),
        }
    )


def _signals(events: pd.DataFrame, tracks: pd.DataFrame, weights: dict[str, float]) -> np.ndarray:
    """What each row says under the recipe "signals"."""
    action, chosen = events["action"], events["source"].isin(SOUGHT).to_numpy()
    says = np.where(share_heard(events, tracks) >= 0.5, weights["play"], weights["skip"])
    says = np.where(action == "like", weights["like"], says + weights["sought"] * chosen)
    comment = (action == "comment").to_numpy()
    says[comment] = weights["comment"] * mood(events["text"][comment]).fillna(0.0).to_numpy()
    return says
