"""A stream of plays, judged before it is learnt from; an alarm when a stream falls, and how often to fit anew.

It fits no model: ``fold_in`` and ``partial_fit`` are the models' own, and when to call them is decided here or outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.acting.live import VALUES, Profile, check_fitted, check_sight
from recsys_helpers.columns import show
from recsys_helpers.events import as_moment, as_span, check_log, share_heard
from recsys_helpers.events.tables import nanoseconds, refuse_missing
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import Recommender
from recsys_helpers.models.checks import check_choice, check_number
from recsys_helpers.models.topk import expected_gain

ROWS = 1_000  # plays that are scored at once
AFTER = np.iinfo(np.int64).max  # the step of a play that is not graded any more


def prequential(
    events: pd.DataFrame,
    tracks: pd.DataFrame,
    model: Recommender | Callable[[pd.Timestamp], Recommender],
    since: Any,
    until: Any = None,
    *,
    step: str = "1D",
    live: bool = True,
    latest: int = 5,
    rest: float = 1.0,
    how: str = "listened",
    sees: Callable[[Profile], dict[Any, float]] | None = None,
    least: float = 0.5,
    k: int = 10,
) -> pd.DataFrame:
    """Judge a stream by its own next play: first score, then learn (Gama et al. 2013).

    At each play of a track that the listener has not played before, all tracks new to them are ranked from what was
    known a moment earlier; then the play goes into their profile. All plays are learnt; graded are those of new tracks
    that were heard to at least ``least``, since a skip is nothing that a list should have foreseen.

    Parameters
    ----------
    events : a cleaned log; what came before ``since`` is in the profiles from the start.
    tracks : with ``duration_s``.
    model : a fitted model, whose weights stay; or a function that is asked at the beginning of each step for the model
        of that moment. It must have been fitted on nothing later: that cannot be checked here.
    since, until : the first moment that is graded, and the first that is not any more.
    step : how long a model serves before the function is asked again, from ``since`` on.
    live : whether a play counts in the profile at once. Otherwise it counts from the next step on, as at night.
    latest, rest, how : what the model sees of a profile; see ``Profile.values``.
    sees : a function of a ``Profile`` that gives what the model sees, item -> value, in place of these three. The items
        are numbers there.
    least : the share of a track, 0 to 1, from which its play is graded.
    k : length of the list behind which a track gains nothing.

    Returns
    -------
    A row for each graded play, under its label in ``events``: user, item, at, step (from 0), rank (ties share the mean
    of their ranks; NaN for a track that the model does not know) and gain, 1 / log2(1 + rank), 0 behind rank k.

    Both kinds of profile rank the same tracks, those that the listener has not played by then.

    Raises ValueError for moments that leave nothing to grade.

    João Gama, R. Sebastião, P. P. Rodrigues. On Evaluating Stream Learning Algorithms. Machine Learning 90(3), 2013.
    doi:10.1007/s10994-012-5320-9. For recommenders: João Vinagre et al. 2015. arXiv:1504.08175.

    >>> from recsys_helpers.models import Popularity
    >>> at = pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-02", "2026-03-03"], utc=True)
    >>> log = pd.DataFrame({"user_id": ["al", "al", "bo", "bo"], "track_id": list("abba"), "at": at, "action": "play",
    ...     "seconds_played": 200.0})
    >>> tracks = pd.DataFrame({"track_id": list("ab"), "duration_s": 200.0})
    >>> known = Popularity().fit(Interactions.from_frame(log.iloc[:3]))
    >>> prequential(log, tracks, known, "2026-03-03")[["user", "item", "rank", "gain"]].values.tolist()
    [['bo', 'a', 1.0, 1.0]]
    """
    check_choice("how", how, tuple(VALUES))
    check_sight(latest, rest)
    check_number("least", least, 0)
    check_number("k", k, 1, whole=True)
    if not isinstance(live, bool):
        raise ValueError(f"live={show(live)}: choose True or False.")
    if sees is not None and not callable(sees):
        raise ValueError(f"sees={show(sees)}: give a function of a Profile, or None.")
    if not callable(model):
        check_fitted(model)
    log = check_log(events, ("user_id", "track_id", "at", "action", "seconds_played"))
    plays = log[(log["action"] == "play").to_numpy()]
    refuse_missing(plays, "user_id", "track_id", "at")
    plays = plays.sort_values("at", kind="stable")
    begin, span = as_moment(since), as_span(step, "step")
    end = plays["at"].max() + pd.Timedelta("1ns") if until is None else as_moment(until)
    users, user_ids = pd.factorize(plays["user_id"].astype(object))
    items, item_ids = pd.factorize(plays["track_id"].astype(object))
    shares = share_heard(plays, tracks)
    since_begin = nanoseconds(plays["at"]) - begin.as_unit("ns").value
    number = np.maximum(since_begin // span.as_unit("ns").value, -1)
    number[(plays["at"] >= end).to_numpy()] = AFTER
    profiles, heard = [Profile() for _ in user_ids], [set[int]() for _ in user_ids]
    graded: list[pd.DataFrame] = []
    for one, now in _steps(number):
        asked, waiting = [], []
        for play, user, item, share in zip(now, users[now], items[now], shares[now], strict=True):
            if one >= 0 and share >= least and item not in heard[user]:
                mine = profiles[user]
                values = mine.values(how, latest, rest) if sees is None else _seen(sees(mine), len(item_ids))
                asked.append((play, item, tuple(heard[user]), values))
            heard[user].add(item)
            if live or one < 0:
                profiles[user].add(item, share)
            else:
                waiting.append((user, item, share))
        for user, item, share in waiting:
            profiles[user].add(item, share)
        if asked:
            weights = model(begin + one * span) if callable(model) else model
            check_fitted(weights)
            column = weights.items_.get_indexer(item_ids)
            for start in range(0, len(asked), ROWS):
                graded.append(_graded(weights, column, asked[start : start + ROWS], k).assign(step=one))
    if not graded:
        raise ValueError(
            f"From {begin} until {end} nobody hears a new track to {least:g}: choose moments within the log, from "
            f"{plays['at'].min()} to {plays['at'].max()}."
        )
    table = pd.concat(graded)
    found = plays.iloc[table["play"].to_numpy()]
    table.index = found.index
    table["user"], table["item"], table["at"] = found["user_id"], found["track_id"], found["at"]
    return table[["user", "item", "at", "step", "rank", "gain"]]


def _steps(number: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """(step, positions of its plays) in order; what lies before the first step comes first, as step -1."""
    edges = np.flatnonzero(np.r_[True, number[1:] > number[:-1], True])
    for start, stop in zip(edges[:-1], edges[1:], strict=True):
        if number[start] < AFTER:
            yield int(number[start]), np.arange(start, stop)


def _seen(values: Any, n_items: int) -> dict[Any, float]:
    """What a function let a model see of a profile; ValueError for what is no dictionary of items and numbers."""
    if not isinstance(values, dict) or not all(
        isinstance(one, Integral) and 0 <= int(one) < n_items for one in values
    ):
        raise ValueError(
            f"sees gave {show(values)}: give a dictionary, item -> value, of items of the profile."
        )
    return values


def _graded(model: Recommender, column: np.ndarray, asked: list[Any], k: int) -> pd.DataFrame:
    """Rank and gain of targets, (play, target, heard, values) each; ``column`` leads from codes to columns."""
    lengths, columns, data = [], [], []
    for _, _, _, values in asked:
        place = column[np.fromiter(values, dtype=np.int64, count=len(values))]
        known, order = place >= 0, np.argsort(place, kind="stable")
        order = order[known[order]]
        columns.append(place[order])
        data.append(np.fromiter(values.values(), dtype=np.float64, count=len(values))[order])
        lengths.append(len(order))
    shape = (len(asked), len(model.items_))
    matrix = sparse.csr_array(
        (np.concatenate(data), np.concatenate(columns), np.concatenate([[0], np.cumsum(lengths)])),
        shape=shape,
    )
    rows = pd.RangeIndex(len(asked))
    scores = model.fold_in(Interactions(matrix, rows, model.items_)).score(rows)
    for row, (_, _, past, _) in enumerate(asked):
        seen = column[list(past)] if past else np.zeros(0, dtype=np.int64)
        scores[row, seen[seen >= 0]] = -np.inf
    target = column[[item for _, item, _, _ in asked]]
    there = target >= 0
    own = scores[np.arange(len(asked)), target][:, None]
    above, alike = (scores > own).sum(axis=1), (scores == own).sum(axis=1)
    rank = np.where(there, above + (alike + 1) / 2, np.nan)
    gain = np.where(there, expected_gain(above, alike, k), 0.0)
    return pd.DataFrame({"play": [play for play, *_ in asked], "rank": rank, "gain": gain})


class PageHinkley:
    """An alarm when the mean of a stream has fallen (or risen), which then begins anew.

    With the mean of all values so far, x̄, it sums how much each value lies below it, less the ``delta`` that is taken
    for nothing: m_t = m_(t-1) + (x̄_t - x_t - delta). While nothing changes that sum falls, and where the mean falls it
    climbs. The alarm comes when it stands more than ``threshold`` above its lowest point.

    Parameters
    ----------
    delta : a change that is not worth an alarm, in the units of the stream.
    threshold : how far the sum must climb: the higher, the fewer false alarms and the later the true ones.
    warmup : how many values are seen before the first alarm, and after each.
    direction : "down", or "up" for a mean that rises.

    After ``update``: ``seen`` (values so far), ``alarms`` (at which of them it rang, from 1), ``height`` (how far the
    sum stands above its lowest point).

    E. S. Page. Continuous Inspection Schemes. Biometrika 1954. doi:10.1093/biomet/41.1-2.100. D. V. Hinkley. Biometrika
    1971. doi:10.1093/biomet/58.3.509. Other detectors: João Gama et al. Computing Surveys 2014. doi:10.1145/2523813.

    >>> alarm = PageHinkley(delta=0.1, threshold=1.0, warmup=2)
    >>> [alarm.update(value) for value in (1, 1, 1, 0, 0, 0)]
    [False, False, False, False, True, False]
    >>> alarm.alarms
    [5]
    """

    def __init__(self, delta: float = 0.0, threshold: float = 1.0, warmup: int = 7, direction: str = "down"):
        check_number("delta", delta, 0)
        check_number("threshold", threshold, 0)
        check_number("warmup", warmup, 1, whole=True)
        check_choice("direction", direction, ("down", "up"))
        self.delta, self.threshold, self.warmup, self.direction = delta, threshold, warmup, direction
        self.seen = 0
        self.alarms: list[int] = []
        self.reset()

    def reset(self) -> None:
        """Forget the mean and the sum; the alarms stay."""
        self._n, self._mean, self._sum, self._least = 0, 0.0, 0.0, 0.0

    @property
    def height(self) -> float:
        """How far the sum stands above its lowest point."""
        return self._sum - self._least

    def update(self, value: float) -> bool:
        """Take in the next value; whether it rings. ValueError for what is no number."""
        if isinstance(value, bool) or not isinstance(value, Real) or not np.isfinite(value):
            raise ValueError(f"The stream holds {show(value)}: leave out what was not measured.")
        value = float(value)
        self.seen, self._n = self.seen + 1, self._n + 1
        self._mean += (value - self._mean) / self._n
        fall = self._mean - value if self.direction == "down" else value - self._mean
        self._sum += fall - self.delta
        self._least = min(self._least, self._sum)
        if self._n < self.warmup or self.height <= self.threshold:
            return False
        self.alarms.append(self.seen)
        self.reset()
        return True


def refit_plan(loss: Any, cost: float) -> pd.DataFrame:
    """What each rhythm of refitting costs: a table with a row for each number of periods between two fits.

    loss : what is lost in the first, second, ... period after a fit beside a fresh model, in the units of ``cost``.
    cost : of one fit.

    Returns DataFrame[lost, fits, total] by ``every``: means over a period of the loss, of the cost of fits, and their
    sum. The best rhythm is ``plan["total"].idxmin()``. Where the loss grows by a in each period, and periods are short,
    that is near the square root of 2 cost / a.

    Raises ValueError for a loss that is empty or no number, or a cost below 0.

    >>> refit_plan([0.0, 1.0, 2.0, 3.0], cost=3.0).round(2).values.tolist()
    [[0.0, 3.0, 3.0], [0.5, 1.5, 2.0], [1.0, 1.0, 2.0], [1.5, 0.75, 2.25]]
    """
    check_number("cost", cost, 0)
    try:
        losses = np.asarray(loss, dtype=np.float64)
    except (TypeError, ValueError):  # texts, or rows of unequal length
        losses = np.zeros(0)
    if losses.ndim != 1 or not len(losses) or not np.isfinite(losses).all():
        raise ValueError("loss is one number for each period after a fit, at least one, all finite.")
    every = np.arange(1, len(losses) + 1)
    lost, fits = np.cumsum(losses) / every, cost / every
    return pd.DataFrame(
        {"lost": lost, "fits": fits, "total": lost + fits}, index=pd.Index(every, name="every")
    )
