"""Accounts that no person is behind: what gives them away, and the rows that are theirs.

It judges accounts, never a single row (see ``cleaning`` for those), and it was fitted to no file.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.events.tables import (
    SECOND,
    check_log,
    codes_of,
    mask_of,
    nanoseconds,
    refuse_missing,
    tie_break,
)

# sign: (limit, 1 where above it is a sign, -1 where below). They are about people, and fitted to no file.
BOT_SIGNS = {"per_hour": (60, 1), "spread": (0.25, -1), "top_share": (0.6, 1), "hours": (18, 1)}


def account_signs(events: pd.DataFrame, signs: int = 3, min_plays: int = 50) -> pd.DataFrame:
    """What tells a program from a person: figures for each account with a play, and how many are ``signs`` of a bot.

    - ``per_hour``: plays an hour while it plays, from the median gap between two plays (gaps over 30 minutes left out).
      A person can skip at a bot's rate for a minute, not in the median.
    - ``spread``: the middle half of those gaps over their median. Tracks and moods differ, a timer does not.
    - ``top_share``: share of its plays that go to its five most played tracks.
    - ``hours``: 2 to the entropy of its plays over the hours of the day: how many of the 24 it uses. People sleep.
    - ``lifted``: the company it keeps, which is no sign of itself: share of its plays that go to lifted tracks, those
      that owe over half of the plays which others give them to accounts with at least ``signs`` of these four signs.

    The limits stand in ``BOT_SIGNS``. An account with under ``min_plays`` plays shows no sign: too little to judge by.
    Indexed by ``user_id`` ascending, with ``plays`` beside.
    """
    events = check_log(events, ("event_id", "user_id", "track_id", "at", "action"))
    plays = events[(events["action"] == "play").to_numpy()]
    refuse_missing(plays, "user_id", "track_id", "at")
    (users, ids), (items, _) = codes_of(plays["user_id"]), codes_of(plays["track_id"])
    n = np.bincount(users, minlength=len(ids))
    at = nanoseconds(plays["at"])
    order = np.lexsort([tie_break(plays["event_id"]), at, users])
    gaps, owner = np.diff(at[order]) / SECOND, users[order][1:]
    near = (np.diff(users[order]) == 0) & (gaps <= 1800)
    quarters = pd.Series(gaps[near]).groupby(owner[near]).quantile([0.25, 0.5, 0.75]).unstack()
    low, middle, high = quarters.reindex(index=range(len(ids)), columns=[0.25, 0.5, 0.75]).to_numpy().T
    middle = np.maximum(middle, 1.0)
    pairs = pd.DataFrame({"user": users, "item": items}).value_counts(sort=False).rename("own").reset_index()
    top = pairs.sort_values("own", ascending=False).groupby("user").head(5).groupby("user")["own"].sum()
    of_day = np.bincount(24 * users + plays["at"].dt.hour.to_numpy(), minlength=24 * len(ids))
    clock = of_day.reshape(-1, 24) / n[:, None]
    hours = 2 ** -(clock * np.log2(np.where(clock > 0, clock, 1))).sum(axis=1)
    table = pd.DataFrame(
        {
            "plays": n,
            "per_hour": 3600 / middle,
            "spread": (high - low) / middle,
            "top_share": top.to_numpy() / n,
            "hours": hours,
        },
        index=pd.Index(ids, name="user_id"),
    )
    shown = [side * table[sign] > side * limit for sign, (limit, side) in BOT_SIGNS.items()]
    table["signs"] = np.where(n >= min_plays, np.sum(shown, axis=0), 0)
    bot = table["signs"].to_numpy() >= signs
    from_others = np.bincount(items)[pairs["item"]] - pairs["own"]
    from_bots = np.bincount(items, bot[users])[pairs["item"]] - pairs["own"] * bot[pairs["user"]]
    table["lifted"] = (
        pairs["own"].where(from_bots > from_others / 2, 0).groupby(pairs["user"]).sum().to_numpy() / n
    )
    return table


def bots(events: pd.DataFrame, signs: int = 3, lifted: float = 0.25, min_plays: int = 50) -> pd.Series:
    """Rows of the accounts that ``account_signs`` gives away, by what they do or by the company they keep.

    They show at least ``signs`` of the four signs, or give over ``lifted`` of their plays to the tracks that such
    accounts lift. Accounts with under ``min_plays`` plays are not judged.
    """
    events = check_log(events, ("user_id", "action"))
    if not (events["action"] == "play").any():
        return mask_of(events, np.zeros(len(events)))
    table = account_signs(events, signs, min_plays)
    met = (table["plays"] >= min_plays) & ((table["signs"] >= signs) | (table["lifted"] > lifted))
    return mask_of(events, events["user_id"].isin(table.index[met]))


def isolation_forest_bots(
    events: pd.DataFrame, share: float = 0.01, min_plays: int = 50, random_state: int = 0
) -> pd.Series:
    """The same by a method that knows no bots: rows of the ``share`` of accounts that an isolation forest finds oddest.

    Liu, Ting & Zhou (2008), by scikit-learn, on the figures of ``BOT_SIGNS``. It is there to compare with ``bots``: odd
    is not the same as false, and the share has to be known beforehand.
    """
    from sklearn.ensemble import IsolationForest  # here, so that cleaning does not load scikit-learn

    if not 0 < share <= 0.5:
        raise ValueError(f"share={share} is not a share of odd accounts: give a number above 0, up to 0.5.")
    table = account_signs(events)
    table = table[table["plays"] >= min_plays].dropna()
    if table.empty:
        raise ValueError(f"No account has {min_plays} plays: give a smaller min_plays.")
    forest = IsolationForest(n_estimators=200, contamination=share, random_state=random_state)
    odd = forest.fit_predict(np.log(table[list(BOT_SIGNS)] + 0.01)) < 0
    return mask_of(events, events["user_id"].isin(table.index[odd]))
