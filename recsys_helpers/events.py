"""From a dirty event log to what can be learned from: cleaning with a report, sessions, strength of preference.

It is not a reader of files (see ``datasets``) and it knows no model. Every rule is a small function that returns a mask
of rows, so that each can be looked at, graded and argued about alone.

An event is a row: ``event_id`` (given by the server, ascending in the order of arrival), ``user_id``, ``track_id``,
``at`` (when the device says that it happened, UTC), ``action`` (play, like, comment, search), ``seconds_played``,
``source`` and ``text``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

ACTIONS = ("play", "like", "comment", "search")
SOUGHT = ("search", "library")  # sources that a listener goes to; home and autoplay come to the listener
UNASKED = ("ad", "help")  # kinds of track that play without being chosen
COLUMNS = ("event_id", "user_id", "track_id", "at", "action", "seconds_played", "source", "text")
SECOND = 1_000_000_000  # in nanoseconds


# ---- what is asked of a table ----------------------------------------------------------------------------------------


def check_table(table: pd.DataFrame, columns: tuple[str, ...], name: str = "events") -> None:
    """Refuse a table that lacks a column, rows or the right types: a ValueError names the column and the mend."""
    if not isinstance(table, pd.DataFrame):
        raise ValueError(f"{name} must be a pandas DataFrame, not a {type(table).__name__}.")
    for column in columns:
        if column not in table.columns:
            have = ", ".join(map(str, table.columns)) or "no columns"
            raise ValueError(f"{name} has no column {column!r} (it has: {have}). Rename or add it.")
    if table.empty:
        raise ValueError(f"{name} has no rows: there is nothing to work on. Check the filter before this.")
    for column in ("seconds_played", "duration_s"):
        if column in columns and not pd.api.types.is_numeric_dtype(table[column]):
            here = f"{name}[{column!r}]"
            raise ValueError(f"{here} holds {table[column].dtype}, not numbers. Use pd.to_numeric({here}).")
    if "at" in columns:
        values, here = table["at"], f"{name}['at']"
        if not pd.api.types.is_datetime64_any_dtype(values):
            raise ValueError(f"{here} holds {values.dtype}, not dates. Use pd.to_datetime({here}, utc=True).")
        elif values.dt.tz is None:
            raise ValueError(f"{here} has no time zone. If it is UTC, say so: {here}.dt.tz_localize('UTC').")
        elif str(values.dt.tz) not in ("UTC", "Etc/UTC"):
            raise ValueError(f"{here} is in the zone {values.dt.tz}. Turn it: {here}.dt.tz_convert('UTC').")


def as_moment(when) -> pd.Timestamp:
    """One moment in UTC from a date, a string or a timestamp; a moment without a zone is taken as UTC.

    >>> str(as_moment("2026-03-01"))
    '2026-03-01 00:00:00+00:00'
    """
    try:
        moment = pd.Timestamp(when)
    except (ValueError, TypeError):
        moment = pd.NaT
    if moment is pd.NaT:
        raise ValueError(f"{when!r} is not a moment in time: give a date such as '2026-03-01'.")
    return moment.tz_localize("UTC") if moment.tz is None else moment.tz_convert("UTC")


def as_span(span, name: str) -> pd.Timedelta:
    """A span of time above 0 from a string such as "30min", "1h" or "7D"."""
    try:
        value = pd.Timedelta(span)
    except (ValueError, TypeError):
        value = pd.NaT
    if value is pd.NaT or value <= pd.Timedelta(0):
        raise ValueError(f"{name}={span!r} is not a span of time above 0: write it as '30min', '1h' or '7D'.")
    return value


def between(events: pd.DataFrame, since=None, until=None) -> pd.DataFrame:
    """The events from ``since`` on and before ``until``, each a moment or None: the one place where time is cut."""
    keep = np.ones(len(events), dtype=bool)
    if since is not None:
        keep &= (events["at"] >= as_moment(since)).to_numpy()
    if until is not None:
        keep &= (events["at"] < as_moment(until)).to_numpy()
    return events[keep]


def durations(events: pd.DataFrame, tracks: pd.DataFrame) -> np.ndarray:
    """Shape (n_events,): seconds that the track of each event lasts, NaN where that is not known."""
    check_table(tracks, ("track_id", "duration_s"), "tracks")
    known = tracks.dropna(subset=["track_id"]).drop_duplicates("track_id").set_index("track_id")["duration_s"]
    codes, ids = _codes(events["track_id"])
    lasts = np.append(known.reindex(ids).to_numpy(dtype=float), np.nan)
    return np.where(lasts[codes] > 0, lasts[codes], np.nan)


def share_heard(events: pd.DataFrame, tracks: pd.DataFrame) -> np.ndarray:
    """Shape (n_events,): seconds heard over the track's duration, at most 1; 0 where either is missing."""
    check_table(events, ("track_id", "seconds_played"))
    share = events["seconds_played"].astype(float).to_numpy() / durations(events, tracks)
    return np.clip(np.nan_to_num(share), 0, 1)


def _refuse_missing(events: pd.DataFrame, *columns: str) -> None:
    for column in columns:
        missing = int(events[column].isna().sum())
        if missing:
            raise ValueError(
                f"{missing:,} rows have no {column!r}: clean the events first, or drop those rows."
            )


def _times(at: pd.Series) -> np.ndarray:
    """Int64 nanoseconds since 1970; a missing time is the least int64."""
    return at.to_numpy(dtype="datetime64[ns]").view(np.int64)


def _codes(ids: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Position of each id among the distinct ids in ascending order (-1: missing), and those ids."""
    if not isinstance(ids.dtype, pd.CategoricalDtype):
        codes, values = pd.factorize(ids, sort=True)
        return codes, pd.Index(values)
    inner = ids.cat.codes.to_numpy()  # a category that no row has must not count, and theirs is any order
    present = np.unique(inner[inner >= 0])
    values = ids.cat.categories[present]
    order = values.argsort()
    place = np.full(len(ids.cat.categories) + 1, -1)
    place[present[order]] = np.arange(len(order))
    return place[inner], pd.Index(values[order].tolist())


def _mask(events: pd.DataFrame, met) -> pd.Series:
    return pd.Series(np.asarray(met, dtype=bool), index=events.index)


# ---- the rules: each returns True for the rows that it meets ---------------------------------------------------------


def exact_duplicates(events: pd.DataFrame) -> pd.Series:
    """Rows whose ``event_id`` stands already: one line delivered twice. The earliest row of each id is spared.

    >>> log = pd.DataFrame({"event_id": [1, 2, 2], "at": pd.to_datetime(["2026-03-01"] * 3, utc=True)})
    >>> exact_duplicates(log).tolist()
    [False, False, True]
    """
    check_table(events, ("event_id", "at"))
    met = np.zeros(len(events), dtype=bool)
    repeated = np.flatnonzero(events["event_id"].duplicated(keep=False) & events["event_id"].notna())
    if len(repeated):
        again = events.iloc[repeated].reset_index(drop=True)
        # By every column, so that which of two unequal rows is spared does not hang on the order of the file.
        columns = ["event_id", "at", *again.columns.difference(["event_id", "at"])]
        again = again.sort_values(columns, kind="stable")
        met[repeated[again.index[again["event_id"].duplicated()]]] = True
    return _mask(events, met)


def unknown_ids(events: pd.DataFrame, tracks: pd.DataFrame, users: pd.DataFrame) -> pd.Series:
    """Rows of a listener that ``users`` lacks, or of a track that ``tracks`` lacks (a search may have no track)."""
    check_table(events, ("user_id", "track_id"))
    check_table(tracks, ("track_id",), "tracks")
    check_table(users, ("user_id",), "users")
    strange_track = events["track_id"].notna() & ~events["track_id"].isin(tracks["track_id"])
    return _mask(events, strange_track | ~events["user_id"].isin(users["user_id"].dropna()))


def impossible_values(events: pd.DataFrame, tracks: pd.DataFrame, slack: float = 5.0) -> pd.Series:
    """Rows that cannot be: without id or time, of an unknown action, with seconds negative, too many or missing.

    Only a play has to say its seconds. Too many is more than ``slack`` over the track's ``duration_s``, or over a day
    where that is not known. A play, a like or a comment needs a track; a comment or a search needs its text.
    """
    check_table(events, ("event_id", "user_id", "track_id", "at", "action", "seconds_played", "text"))
    if slack < 0:
        raise ValueError(f"slack={slack} would forbid what was heard to the end: give seconds of 0 or more.")
    action, seconds = events["action"], events["seconds_played"].astype(float).to_numpy()
    longest = np.nan_to_num(durations(events, tracks), nan=86_400.0) + slack
    met = (seconds < 0) | (seconds > longest) | ((action == "play") & np.isnan(seconds))
    met |= events[["event_id", "user_id", "at"]].isna().any(axis=1) | ~action.isin(ACTIONS)
    met |= events["track_id"].isna() & (action != "search")
    return _mask(events, met | (events["text"].isna() & action.isin(("comment", "search"))))


def clock_skew(events: pd.DataFrame, tolerance: str = "1h") -> pd.Series:
    """Rows whose device had a wrong clock: ``at`` is over ``tolerance`` away from when the row arrived.

    When it arrived is not in the log, but its neighbours by ``event_id`` tell: ``at`` is too early against the median
    of the 31 rows before it, or too late against that of the 31 rows after it. A row that waited longer than
    ``tolerance`` for a network looks the same, and is met too.
    """
    check_table(events, ("event_id", "at"))
    limit = as_span(tolerance, "tolerance").total_seconds()
    order = _by_arrival(events)
    at = pd.Series(_times(events["at"])[order] / SECOND).mask(events["at"].isna().to_numpy()[order])
    before = at.shift(1).rolling(31, min_periods=3).median()
    after = at[::-1].shift(1).rolling(31, min_periods=3).median()[::-1]
    met = np.empty(len(at), dtype=bool)
    met[order] = (before - at > limit) | (at - after > limit)
    if len(met) >= 40 and met.mean() > 0.25:
        raise ValueError(
            f"{met.mean():.0%} of events['at'] disagree with the order of event_id, so it does not tell the order "
            "of arrival. Number the rows in that order, or leave the rule 'clock_skew' out."
        )
    return _mask(events, met)


def mend_times(events: pd.DataFrame, skewed: pd.Series) -> pd.Series:
    """``at``, where a ``skewed`` row takes the latest time that the sound rows which arrived before it had reached."""
    order = _by_arrival(events)
    wrong, at = np.asarray(skewed, dtype=bool)[order], _times(events["at"])[order]
    if not wrong.any() or wrong.all():
        return events["at"]
    reached = np.maximum.accumulate(np.where(wrong, np.iinfo(np.int64).min, at))
    reached = np.maximum(reached, at[np.argmin(wrong)])  # where no sound row came before: the first after
    mended = np.empty_like(at)
    mended[order] = np.where(wrong, reached, at)
    return pd.Series(
        pd.to_datetime(mended, utc=True).astype(events["at"].dtype), index=events.index, name="at"
    )


def out_of_order(events: pd.DataFrame) -> pd.Series:
    """Rows that happened before a row that arrived earlier, by ``event_id``: they are late, otherwise right."""
    check_table(events, ("event_id", "at"))
    order = _by_arrival(events)
    at = _times(events["at"])[order]
    met = np.empty(len(at), dtype=bool)
    met[order] = at < np.maximum.accumulate(at)
    return _mask(events, met & events["at"].notna().to_numpy())


def _by_arrival(events: pd.DataFrame) -> np.ndarray:
    return np.lexsort([_times(events["at"]), events["event_id"]])


def retry_duplicates(events: pd.DataFrame, seconds: float = 10.0) -> pd.Series:
    """Rows that repeat an event under a new ``event_id`` within ``seconds``: a device got no answer and tried again.

    The same event has the same listener, track, action, seconds heard and text. Nobody hears 200 seconds of a track
    twice within ten, so only copies are met. The earliest of a run of copies is spared.
    """
    check_table(events, ("event_id", "user_id", "track_id", "at", "action", "seconds_played", "text"))
    if seconds < 0:
        raise ValueError(
            f"seconds={seconds} is negative: give the longest wait between two tries, for instance 10."
        )
    same = [_codes(events[c])[0] for c in ("user_id", "track_id", "action", "seconds_played", "text")]
    at = _times(events["at"])
    order = np.lexsort([events["event_id"], at, *same])
    repeats = np.diff(at[order]) <= seconds * SECOND
    for codes in same:
        repeats &= np.diff(codes[order]) == 0
    met = np.zeros(len(events), dtype=bool)
    met[order[1:][repeats]] = True
    return _mask(events, met & events["at"].notna().to_numpy())


# ---- bots ------------------------------------------------------------------------------------------------------------

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
    check_table(events, ("event_id", "user_id", "track_id", "at", "action"))
    plays = events[(events["action"] == "play").to_numpy()]
    _refuse_missing(plays, "user_id", "track_id", "at")
    (users, ids), (items, _) = _codes(plays["user_id"]), _codes(plays["track_id"])
    n = np.bincount(users, minlength=len(ids))
    at = _times(plays["at"])
    order = np.lexsort([plays["event_id"], at, users])
    gaps, owner = np.diff(at[order]) / SECOND, users[order][1:]
    near = (np.diff(users[order]) == 0) & (gaps <= 1800)
    quarters = pd.Series(gaps[near]).groupby(owner[near]).quantile([0.25, 0.5, 0.75]).unstack()
    low, middle, high = quarters.reindex(index=range(len(ids)), columns=[0.25, 0.5, 0.75]).to_numpy().T
    middle = np.maximum(middle, 1.0)
    pairs = pd.DataFrame({"user": users, "item": items}).value_counts(sort=False).rename("own").reset_index()
    top = pairs.sort_values("own", ascending=False).groupby("user").head(5).groupby("user")["own"].sum()
    clock = np.bincount(24 * users + plays["at"].dt.hour.to_numpy(), minlength=24 * len(ids))
    clock = clock.reshape(-1, 24) / n[:, None]
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
    check_table(events, ("user_id", "action"))
    if not (events["action"] == "play").any():
        return _mask(events, np.zeros(len(events)))
    table = account_signs(events, signs, min_plays)
    met = (table["plays"] >= min_plays) & ((table["signs"] >= signs) | (table["lifted"] > lifted))
    return _mask(events, events["user_id"].isin(table.index[met]))


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
    return _mask(events, events["user_id"].isin(table.index[odd]))


# ---- cleaning --------------------------------------------------------------------------------------------------------

RULES = {  # in the order in which they are applied: what becomes of a row that is met
    "exact_duplicates": "removed",
    "unknown_ids": "removed",
    "impossible_values": "removed",
    "clock_skew": "repaired",
    "retry_duplicates": "removed",
    "out_of_order": "sorted",
    "bots": "removed",
}


@dataclass(frozen=True, eq=False, repr=False)
class CleaningReport:
    """What ``clean`` did: every row that a rule met, and the sum that has to come out.

    Attributes
    ----------
    rows_in, rows_out : rows before and after; ``rows_in`` is ``rows_out`` and the rows removed, each under one rule.
    rows : DataFrame[row, event_id, rule, outcome], a line for each row met; ``row`` is its place in the input, from 0.
    rules : the rules applied, in order.
    """

    rows_in: int
    rows_out: int
    rows: pd.DataFrame
    rules: tuple[str, ...]

    @property
    def table(self) -> pd.DataFrame:
        """DataFrame[outcome, rows, share] by rule; the share is of all rows that came in."""
        met = self.rows["rule"].value_counts().reindex(list(self.rules), fill_value=0).to_numpy()
        columns = {"outcome": [RULES[rule] for rule in self.rules], "rows": met, "share": met / self.rows_in}
        return pd.DataFrame(columns, index=pd.Index(self.rules, name="rule"))

    def ids(self, rule: str) -> pd.Index:
        """The event ids of the rows that ``rule`` met, to be looked at or graded."""
        if rule not in self.rules:
            raise ValueError(f"The rule {rule!r} was not applied: choose among {', '.join(self.rules)}.")
        return pd.Index(self.rows.loc[self.rows["rule"] == rule, "event_id"])

    def __str__(self) -> str:
        removed = int((self.rows["outcome"] == "removed").sum())
        lines = [f"{self.rows_in:,} rows in = {self.rows_out:,} rows out + {removed:,} removed"]
        for rule, outcome, rows, share in self.table.itertuples():
            lines.append(f"  {rule:<18}{rows:>9,}  {share:>6.2%}  {outcome}")
        return "\n".join(lines)

    __repr__ = __str__


def clean(
    events: pd.DataFrame, tracks: pd.DataFrame, users: pd.DataFrame, rules: tuple[str, ...] | None = None
) -> tuple[pd.DataFrame, CleaningReport]:
    """The events that can be trusted, sorted by time and numbered from 0, and a report of every row that a rule met.

    A row is removed under the first rule of ``RULES`` that meets it. ``clock_skew`` keeps the row and mends ``at``;
    ``out_of_order`` only counts. To clean again changes nothing, nor does the order of the rows matter.

    Parameters
    ----------
    events, tracks, users : the tables of ``load_murmur()``, or of their shape. They are not changed.
    rules : the rules to apply, always in the order of ``RULES``; without it, all.

    Raises
    ------
    ValueError : a missing column, no rows, a column of the wrong type, times that are not UTC, an unknown rule.
    """
    check_table(events, ("event_id", "user_id", "track_id", "at", "action", "seconds_played", "text"))
    check_table(tracks, ("track_id", "duration_s"), "tracks")
    check_table(users, ("user_id",), "users")
    unknown = set(rules or ()) - set(RULES)
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]!r} is not a rule: choose among {', '.join(RULES)}.")
    chosen = tuple(rule for rule in RULES if rules is None or rule in rules)
    masks = {
        "exact_duplicates": exact_duplicates,
        "unknown_ids": lambda rows: unknown_ids(rows, tracks, users),
        "impossible_values": lambda rows: impossible_values(rows, tracks),
        "clock_skew": clock_skew,
        "retry_duplicates": retry_duplicates,
        "out_of_order": out_of_order,
        "bots": bots,
    }
    rows, met = events.reset_index(drop=True), []
    for rule in chosen:
        if rows.empty:
            break
        mask, outcome = masks[rule](rows), RULES[rule]
        met.append(
            rows.loc[mask, ["event_id"]].rename_axis("row").reset_index().assign(rule=rule, outcome=outcome)
        )
        if outcome == "removed":
            rows = rows[~mask]
        elif outcome == "repaired":
            rows = rows.assign(at=mend_times(rows, mask))
    rows = rows.sort_values(["at", "event_id"], kind="stable").reset_index(drop=True)
    listed = pd.concat(met, ignore_index=True) if met else pd.DataFrame({"rule": [], "outcome": []})
    return rows, CleaningReport(len(events), len(rows), listed, chosen)


# ---- sessions, mood, preference --------------------------------------------------------------------------------------


def sessions(events: pd.DataFrame, gap: str = "30min", since: str = "end") -> pd.Series:
    """Session of each event, numbered from 0 by listener and time: silence longer than ``gap`` begins a new one.

    Parameters
    ----------
    events : cleaned events, in any order.
    gap : the longest silence within a session. 30 minutes is a rounding of the 25.5 of Catledge & Pitkow (1995);
        Halfaker et al. (2015) argue for about an hour.
    since : silence counts from the "end" of what was heard (``at`` + ``seconds_played``), so that an audiobook of an
        hour is no silence, or from the "start", which is what studies of clicks do.

    Returns
    -------
    Series of int64 on the index of ``events``.

    >>> at = pd.to_datetime(["2026-03-01 08:00", "2026-03-01 08:45", "2026-03-01 09:45"], utc=True)
    >>> log = pd.DataFrame({"event_id": [1, 2, 3], "user_id": "al", "at": at, "seconds_played": [1800.0, 60.0, 60.0]})
    >>> sessions(log).tolist(), sessions(log, since="start").tolist()
    ([0, 0, 1], [0, 1, 2])
    """
    check_table(events, ("event_id", "user_id", "at", "seconds_played"))
    if since not in ("end", "start"):
        raise ValueError(f"since={since!r} is not known: silence counts from the 'end' or from the 'start'.")
    _refuse_missing(events, "user_id", "at")
    longest = int(as_span(gap, "gap").total_seconds() * SECOND)
    users, _ = _codes(events["user_id"])
    at = _times(events["at"])
    order = np.lexsort([events["event_id"], at, users])
    users, at, ends = users[order], at[order], at[order]
    if since == "end":
        heard = np.clip(np.nan_to_num(events["seconds_played"].astype(float).to_numpy()[order]), 0, None)
        ends = at + (heard * SECOND).astype(np.int64)
        ends = pd.Series(ends).groupby(users).cummax().to_numpy()
    starts = np.ones(len(at), dtype=bool)
    starts[1:] = (users[1:] != users[:-1]) | (at[1:] - ends[:-1] > longest)
    numbers = np.empty(len(at), dtype=np.int64)
    numbers[order] = np.cumsum(starts) - 1
    return pd.Series(numbers, index=events.index, name="session")


# A small lexicon that a reader can take in at a glance. It knows no irony: see lesson 02 for where it errs.
GOOD_WORDS = frozenset(
    "adore amazing beautiful best brilliant calm calming charming cheerful clever comforting cool delight delightful "
    "enjoy enjoyed enjoying excellent fantastic favourite favorite fine fresh fun funny gem gentle glad good gorgeous "
    "great happy helpful inspiring interesting joy like liked love loved lovely magic magical masterpiece moving nice "
    "perfect pleasant relaxing soothing splendid stunning superb sweet thanks touching warm wonderful wow yes".split()
)
BAD_WORDS = frozenset(
    "annoyed annoying awful bad bland bored boring cold confusing disappointed disappointing dislike disliked dreadful "
    "dreary dull flat forgettable grating harsh hate hated horrible irritating lame lazy lifeless loud mediocre meh "
    "mess monotonous noise noisy pointless poor repetitive sad shrill skip skipped slow sorry terrible tedious tired "
    "tiresome tiring ugly unbearable uninspired waste weak worse worst wrong".split()
)
NEGATIONS = frozenset("no not never hardly barely without nothing neither nor cannot".split())
_WORD = re.compile(r"[a-z]+(?:['’]t)?")


def mood(texts: pd.Series, reach: int = 3) -> pd.Series:
    """Mood of each text in [-1, 1] by counting words: (good - bad) / (good + bad), and 0 where it has neither.

    A word within ``reach`` words after a negation ("not", "never", "hardly", "don't", ...) counts for the other side,
    up to the next punctuation mark. Missing texts have no mood (NaN).

    >>> mood(pd.Series(["Lovely, calm.", "not boring", "I never liked this", "great start, dull end"])).tolist()
    [1.0, 1.0, -1.0, 0.0]
    """
    texts = pd.Series(texts)
    codes, distinct = pd.factorize(texts)
    moods = np.array([_mood_of(str(text), reach) for text in distinct] + [np.nan])
    return pd.Series(moods[codes], index=texts.index, name="mood")


def _mood_of(text: str, reach: int) -> float:
    good = bad = 0
    for part in re.split(r"[.,;:!?]", text.lower()):
        last_negation = -reach - 1
        for place, word in enumerate(_WORD.findall(part)):
            if word in NEGATIONS or word.endswith(("n't", "n’t")):
                last_negation = place
            sign = (word in GOOD_WORDS) - (word in BAD_WORDS)
            sign *= -1 if place - last_negation <= reach else 1
            good, bad = good + (sign > 0), bad + (sign < 0)
    return (good - bad) / (good + bad) if good + bad else 0.0


SIGNALS = {"play": 1.0, "sought": 1.0, "skip": -0.5, "like": 3.0, "comment": 2.0}
RECIPES = ("plays", "listened", "signals")


def asked_for(events: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """The events without those on ads and help clips: nobody chose to hear these, so they say nothing of taste.

    Searches, which belong to no track, stay.

    >>> tracks = pd.DataFrame({"track_id": ["a", "b"], "kind": ["music", "ad"]})
    >>> log = pd.DataFrame({"track_id": ["a", "b", None], "action": ["play", "play", "search"]})
    >>> asked_for(log, tracks)["action"].tolist()
    ['play', 'search']
    """
    check_table(events, ("track_id",))
    check_table(tracks, ("track_id", "kind"), "tracks")
    unasked = tracks.loc[tracks["kind"].isin(UNASKED).to_numpy(), "track_id"]
    return events[~events["track_id"].isin(unasked).to_numpy()]


def preference(
    events: pd.DataFrame,
    how: str = "plays",
    tracks: pd.DataFrame | None = None,
    *,
    half_life: str | None = None,
    until=None,
    weights: dict[str, float] | None = None,
) -> pd.DataFrame:
    """From signals to preference: a row for each pair of a listener and a track, with strength and confidence.

    Each row of ``events`` counts ``w``: 1, or with ``half_life`` half as much for each half-life that it is old.

    - "plays": strength = log(1 + sum of w over plays). Assumes that who comes back likes it, and that the tenth play
      says less than the second. Blind to skips; full of what autoplay and the home shelf put forward.
    - "listened": h = sum of w x (seconds heard / duration, at most 1); strength = h / (1 + h), in [0, 1). Assumes that
      time is given willingly: a skip counts little, and a loop left running all night soon counts no more.
    - "signals": s = sum of w x (1 for a play of at least half the track, -0.5 for less, a further 1 where the listener
      looked for it (``SOUGHT``), 3 for a like, 2 x ``mood`` for a comment); strength = sign(s) log(1 + abs(s)), below 0
      for dislike. Assumes that a like is worth three plays and that few words tell a mood; ``weights`` changes the
      numbers of ``SIGNALS``.

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
    {'a': [-0.405, 0.333], 'b': [1.792, 0.5]}
    """
    if how not in RECIPES:
        raise ValueError(f"how={how!r} is not a recipe: choose one of {', '.join(RECIPES)}.")
    needed = ("user_id", "track_id", "at", "action", "seconds_played")
    check_table(events, needed + (("source", "text") if how == "signals" else ()))
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
        raise ValueError(f"No row of events is left for how={how!r}. Check the actions, and until={until!r}.")
    _refuse_missing(rows, "user_id", "track_id", "at")

    at = _times(rows["at"])
    weight = np.ones(len(rows))
    if half_life is not None:
        now = at.max() if until is None else as_moment(until).as_unit("ns").value
        weight = 0.5 ** ((now - at) / (as_span(half_life, "half_life").total_seconds() * SECOND))
    users, user_ids = _codes(rows["user_id"])
    items, track_ids = _codes(rows["track_id"])
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
