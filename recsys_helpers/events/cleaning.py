"""From a dirty log to one that can be trusted, with a report of every row that a rule met.

It reads no file and knows no model. Every rule is a small function that returns a mask of rows, so that each can be
looked at, graded and argued about alone. No rule asks in which order the rows stand; two ask in which order they
arrived, and those are in ``arrival``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_helpers.columns import check_same_kind, copies, show
from recsys_helpers.events.arrival import NoOrder, clock_skew, mend_times, out_of_order, repeated_ids
from recsys_helpers.events.bots import bots
from recsys_helpers.events.tables import (
    ACTIONS,
    SECOND,
    arrival_of,
    check_log,
    codes_of,
    durations,
    mask_of,
    nanoseconds,
    tie_break,
)

RULES = {  # in the order in which they are applied: what becomes of a row that is met
    "exact_duplicates": "removed",
    "unknown_ids": "removed",
    "impossible_values": "removed",
    "clock_skew": "repaired",
    "retry_duplicates": "removed",
    "out_of_order": "sorted",
    "bots": "removed",
}
BY_ARRIVAL = ("clock_skew", "out_of_order")  # these ask for the order of arrival
REPEATED = "repeated_ids"  # no rule, since nothing becomes of such rows: they are only reported
COPIES = ("user_id", "track_id", "action", "seconds_played", "text")  # what a retry repeats
SHAPE = ("event_id", "user_id", "track_id", "at", "action", "seconds_played", "text")


@dataclass(frozen=True, eq=False, repr=False)
class CleaningReport:
    """What ``clean`` did: every row that a rule met, and the sum that has to come out.

    Attributes
    ----------
    rows_in, rows_out : rows before and after; ``rows_in`` is ``rows_out`` and the rows removed, each under one rule.
    rows : DataFrame[row, event_id, rule, outcome], a line for each row met; ``row`` is its place in the input, from 0.
    rules : the rules applied, in order, and at last "repeated_ids" where there are any.
    arrival : the column by which the order of arrival was told, or None.
    notes : what was left out and why, in sentences.
    """

    rows_in: int
    rows_out: int
    rows: pd.DataFrame
    rules: tuple[str, ...]
    arrival: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """DataFrame[outcome, rows, share] by rule; the share is of all rows that came in."""
        met = self.rows["rule"].value_counts().reindex(list(self.rules), fill_value=0).to_numpy()
        outcomes = [RULES.get(rule, "kept") for rule in self.rules]
        columns = {"outcome": outcomes, "rows": met, "share": met / self.rows_in}
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
        return "\n".join([*lines, *self.notes])

    __repr__ = __str__


def clean(
    events: pd.DataFrame,
    tracks: pd.DataFrame,
    users: pd.DataFrame,
    rules: Iterable[str] | None = None,
    *,
    arrival: str | None = None,
) -> tuple[pd.DataFrame, CleaningReport]:
    """The events that can be trusted, sorted by time and numbered from 0, and a report of every row that a rule met.

    A row is removed under the first rule of ``RULES`` that meets it. ``clock_skew`` keeps the row and mends ``at``;
    ``out_of_order`` only counts. Both need the order of arrival: where no column is stated to tell it, or the stated
    one cannot be it, they are left out and the report says so. Different rows under one ``event_id`` are reported as
    "repeated_ids" and kept. To clean again changes nothing, nor does the order of the rows matter.

    Parameters
    ----------
    events, tracks, users : the tables of ``load_murmur()``, or of their shape. They are not changed.
    rules : the rules to apply, always in the order of ``RULES``; without it, all.
    arrival : the column, of numbers or times, that tells in which order the rows arrived: ``event_id`` where a server
        numbered them as they came in. Not that of a device, of an export, or of a table that was sorted. Without it,
        what the log itself states: the shipped one and those of the simulator do (``arrival_of``), others do not.

    Raises
    ------
    ValueError : a missing column, no rows, a column of the wrong type, times that are not UTC or before 1678 or after
        2261, an unknown rule, an ``arrival`` that cannot be the order of arrival.
    """
    events = check_log(events, SHAPE)
    tracks = check_log(tracks, ("track_id", "duration_s"), "tracks")
    users = check_log(users, ("user_id",), "users")
    asked = set(RULES if rules is None else [rules] if isinstance(rules, str) else rules)
    if asked - set(RULES):
        raise ValueError(
            f"{show(min(asked - set(RULES), key=str))} is not a rule: choose among {', '.join(RULES)}."
        )
    chosen = [rule for rule in RULES if rule in asked]
    by = arrival if arrival is not None else arrival_of(events)
    rows, met, notes = events.reset_index(drop=True), [], []
    said = rows["at"]  # by the device's own clock, right or wrong: by that, two tries are seconds apart
    masks: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
        "exact_duplicates": exact_duplicates,
        "unknown_ids": lambda log: unknown_ids(log, tracks, users),
        "impossible_values": lambda log: impossible_values(log, tracks),
        "clock_skew": lambda log: clock_skew(log, arrival=by),
        "retry_duplicates": lambda log: retry_duplicates(log.assign(at=said.loc[log.index])),
        "out_of_order": lambda log: out_of_order(log, arrival=by),
        "bots": bots,
    }
    left_out: list[str] = []
    for n, rule in enumerate(chosen):
        if rows.empty or rule in left_out:
            continue
        try:
            mask, outcome = masks[rule](rows), RULES[rule]
        except NoOrder as error:
            if arrival is not None:
                raise
            left_out = [one for one in chosen[n:] if one in BY_ARRIVAL]
            notes.append(f"left out: {' and '.join(left_out)}. {error}")
            continue
        met.append(_lines(rows, mask, rule, outcome))
        if outcome == "removed":
            rows = rows[~mask]
        elif outcome == "repaired":
            rows = rows.assign(at=mend_times(rows, mask, arrival=by))
    applied = [rule for rule in chosen if rule not in left_out]
    again = repeated_ids(rows)
    if again.any():
        first = show(rows["event_id"][again].iloc[0])
        met.append(_lines(rows, again, REPEATED, "kept"))
        applied.append(REPEATED)
        notes.append(
            f"kept: {again.sum():,} rows that share an event_id with a row that differs, first {first}. They are no "
            "copies; to put a log under another, let its ids run on: append_log(log, more)."
        )
    at = np.where(rows["at"].isna(), np.iinfo(np.int64).max, nanoseconds(rows["at"]))
    rows = rows.iloc[np.lexsort([tie_break(rows["event_id"]), at])].reset_index(drop=True)
    listed = pd.concat(met, ignore_index=True) if met else pd.DataFrame({"rule": [], "outcome": []})
    used = by if set(applied) & set(BY_ARRIVAL) else None
    return rows, CleaningReport(len(events), len(rows), listed, tuple(applied), used, tuple(notes))


def _lines(rows: pd.DataFrame, mask: pd.Series, rule: str, outcome: str) -> pd.DataFrame:
    """A line of the report for each row met."""
    met = rows.loc[mask, ["event_id"]].rename_axis("row").reset_index()
    return met.assign(rule=rule, outcome=outcome)


# ---- the rules: each returns True for the rows that it meets ---------------------------------------------------------


def exact_duplicates(events: pd.DataFrame) -> pd.Series:
    """Rows that equal an earlier row in every column, ``event_id`` too: one line delivered twice. The first is spared.

    >>> log = pd.DataFrame({"event_id": [1, 2, 2, 2], "seconds_played": [30.0, 60.0, 60.0, 9.0]})
    >>> exact_duplicates(log).tolist()
    [False, False, True, False]
    """
    events = check_log(events, ("event_id",))
    met = np.zeros(len(events), dtype=bool)
    candidates = np.flatnonzero(events["event_id"].duplicated(keep=False))  # a missing id is equal to another
    met[candidates] = copies(events.iloc[candidates])
    return mask_of(events, met)


def unknown_ids(events: pd.DataFrame, tracks: pd.DataFrame, users: pd.DataFrame) -> pd.Series:
    """Rows of a listener that ``users`` lacks, or of a track that ``tracks`` lacks (a search may have no track)."""
    events = check_log(events, ("user_id", "track_id"))
    known = {
        "track_id": check_log(tracks, ("track_id",), "tracks")["track_id"],
        "user_id": check_log(users, ("user_id",), "users")["user_id"].dropna(),
    }
    for column, name in (("track_id", "tracks"), ("user_id", "users")):
        check_same_kind(events[column], known[column], f"events[{column!r}]", f"{name}[{column!r}]")
    strange_track = events["track_id"].notna() & ~events["track_id"].isin(known["track_id"])
    return mask_of(events, strange_track | ~events["user_id"].isin(known["user_id"]))


def impossible_values(events: pd.DataFrame, tracks: pd.DataFrame, slack: float = 5.0) -> pd.Series:
    """Rows that cannot be: without id or time, of an unknown action, with seconds negative, too many or missing.

    Only a play has to say its seconds. Too many is more than ``slack`` over the track's ``duration_s``, or over a day
    where that is not known. A play, a like or a comment needs a track; a comment or a search needs its text.
    """
    events = check_log(events, SHAPE)
    if slack < 0:
        raise ValueError(f"slack={slack} would forbid what was heard to the end: give seconds of 0 or more.")
    action, seconds = events["action"], events["seconds_played"].astype(float).to_numpy()
    longest = np.nan_to_num(durations(events, tracks), nan=86_400.0) + slack
    met = (seconds < 0) | (seconds > longest) | ((action == "play") & np.isnan(seconds))
    met |= events[["event_id", "user_id", "at"]].isna().any(axis=1) | ~action.isin(ACTIONS)
    met |= events["track_id"].isna() & (action != "search")
    return mask_of(events, met | (events["text"].isna() & action.isin(("comment", "search"))))


def retry_duplicates(events: pd.DataFrame, seconds: float = 10.0) -> pd.Series:
    """Rows that repeat an event under a new ``event_id`` within ``seconds``: a device got no answer and tried again.

    The same event has the same listener, track, action, seconds heard and text. Nobody hears 200 seconds of a track
    twice within ten, so only copies are met. The earliest of a run of copies is spared.
    """
    events = check_log(events, SHAPE)
    if seconds < 0:
        raise ValueError(
            f"seconds={seconds} is negative: give the longest wait between two tries, for instance 10."
        )
    same = [codes_of(events[column])[0] for column in COPIES]
    at = nanoseconds(events["at"])
    order = np.lexsort([tie_break(events["event_id"]), at, *same])
    repeats = np.diff(at[order]) <= seconds * SECOND
    for codes in same:
        repeats &= np.diff(codes[order]) == 0
    met = np.zeros(len(events), dtype=bool)
    met[order[1:][repeats]] = True
    return mask_of(events, met & events["at"].notna().to_numpy())
