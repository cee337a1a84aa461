"""Lesson 24's contest, its faults as switches: should a podcast shelf learn from podcasts alone, or from everything?

It teaches nothing: the lesson writes both reports out, cell by cell, and a test holds their figures to those from here.
What it is for is the walk from the claim to the answer, one repair at a time.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from recsys_helpers.evaluation import (
    Interval,
    Split,
    bootstrap_interval,
    score_lists,
    split_log,
)
from recsys_helpers.events import between, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, Popularity

AT = pd.Timestamp("2026-02-16", tz="UTC")  # six weeks before it, two after
TWO_WEEKS = pd.Timedelta(weeks=2)
TRIES = (100.0, 300.0, 1000.0)  # λ of EASE
LAUNCH = 20.0  # λ of today's shelf, which the report with faults leaves as it is
REPAIRS = ("leak", "tries", "people", "unit")  # in the order of the walk; the fifth fault moves no figure
SIDES = ("alone", "everything")


class Contest:
    """Podcasts alone against everything, on one log: build it once, then ask for claims.

    log : events that were cleaned and asked for, up to the end of the test. tracks : with track_id, kind, duration_s.
    """

    def __init__(self, log: pd.DataFrame, tracks: pd.DataFrame) -> None:
        self.log, self.tracks = log, tracks
        self.podcasts = pd.Index(np.sort(tracks.loc[tracks["kind"] == "podcast", "track_id"].to_numpy()))
        self._kept: dict[tuple[object, ...], pd.Series] = {}
        earlier = between(log, until=AT)
        ids = {"users": log["user_id"].unique(), "items": tracks["track_id"]}
        self.ids = ids
        self.parts: dict[str, Split] = {
            "choose": split_log(earlier, tracks, AT - TWO_WEEKS, **ids),
            "test": split_log(log, tracks, AT, **ids),
        }

    def claim(self, repaired: Iterable[str] = REPAIRS) -> Interval:
        """Gain in nDCG@10 of everything over podcasts alone; what is not among ``repaired`` is as in the faulty report.

        repaired : some of ``REPAIRS``. Raises ValueError for another word.
        """
        done = set(repaired)
        if done - set(REPAIRS):
            raise ValueError(f"{min(done - set(REPAIRS))!r} is no repair: choose among {', '.join(REPAIRS)}.")
        leak, fair = "leak" not in done, "people" in done
        own = {"alone": LAUNCH} if "tries" not in done else {"alone": self.best("alone", leak, fair)}
        own["everything"] = self.best("everything", leak, fair)
        scores = pd.DataFrame({side: self.scores("test", side, own[side], leak, fair) for side in SIDES})
        if "unit" not in done:
            return over_rows(scores.reindex(self.hidden("test").to_frame()["user"]).to_numpy())
        if fair:
            return bootstrap_interval(scores["everything"] - scores["alone"])
        return over_rows(scores.to_numpy(), "listeners")

    def null(self, random_state: int = 0) -> Interval:
        """The same gain where everybody's other plays are a stranger's, with as many tries."""
        means = {
            one: self._graded("choose", self.strangers("choose", random_state), one, True).mean()
            for one in TRIES
        }
        best = max(means, key=lambda one: means[one])
        scores = self._graded("test", self.strangers("test", random_state), best, True)
        return bootstrap_interval(
            scores - self.scores("test", "alone", self.best("alone", False, True), False, True)
        )

    def best(self, side: str, leak: bool, fair: bool) -> float:
        """The λ among ``TRIES`` that is best on the earlier fortnight."""
        means = {one: self.scores("choose", side, one, leak, fair).mean() for one in TRIES}
        return max(means, key=lambda one: means[one])

    def scores(self, part: str, side: str, ridge: float, leak: bool, fair: bool) -> pd.Series:
        """nDCG@10 of each listener with hidden podcasts; those without a list count as 0, or not at all."""
        key = (part, side, ridge, leak and side == "everything", fair)
        if key not in self._kept:
            learnt = self.known(part) if side == "alone" else self.past(part, leak)
            zero = side == "alone" or fair
            self._kept[key] = self._graded(part, learnt, ridge, fair, "zero" if zero else "drop")
        return self._kept[key]

    def _graded(
        self, part: str, learnt: Interactions, ridge: float, chart: bool, without_list: str = "zero"
    ) -> pd.Series:
        """What EASE that learned from this scores; with ``chart``, who has no podcast yet gets the chart."""
        known, hidden = self.known(part), self.hidden(part)
        people = hidden.users[np.diff(hidden.matrix.indptr) > 0]
        some = np.diff(known.matrix.indptr)[known.user_positions(people)] > 0
        lists = EASE(ridge).fit(learnt).recommend(people[some], candidates=self.podcasts)
        if chart:
            lists = pd.concat([lists, Popularity().fit(known).recommend(people[~some])])
        return score_lists(lists, hidden, ["ndcg"], without_list=without_list)["ndcg"]

    def known(self, part: str) -> Interactions:
        """What was heard of podcasts before the cut."""
        return self.parts[part].train.subset(items=self.podcasts)

    def hidden(self, part: str) -> Interactions:
        """The podcasts that are new to a listener, and liked, after the cut."""
        return self.parts[part].test.subset(items=self.podcasts)

    def past(self, part: str, leak: bool) -> Interactions:
        """What the model of everything learns from; with the leak, all that is no podcast comes from the whole log."""
        if not leak:
            return self.parts[part].train
        podcast = self.log["track_id"].isin(self.podcasts)
        moment = self.parts[part].moment
        rows = self.log[~podcast | (self.log["at"] < moment)]
        return Interactions.from_frame(
            preference(rows, "listened", self.tracks), value="strength", **self.ids
        )

    def strangers(self, part: str, random_state: int) -> Interactions:
        """Everybody's own podcasts beside all else that another listener heard, who is drawn by lot."""
        train = self.parts[part].train
        others = pd.Index(np.setdiff1d(train.items, self.podcasts))
        order = np.random.default_rng(random_state).permutation(train.shape[0])
        rest = train.subset(items=others)
        moved = rest.to_frame()
        moved["user"] = train.users[order][train.user_positions(moved["user"])]
        both = pd.concat([self.known(part).to_frame(), moved])[["user", "item", "value"]]
        return Interactions.from_frame(both, user="user", item="item", value="value", **self.ids)


def over_rows(values: np.ndarray, over: str = "pairs", n_resamples: int = 2000) -> Interval:
    """Difference of two means, the second column's less the first's, each over the rows that it has, rows drawn again.

    values : shape (n, 2), NaN where a row has none. It is the faulty report's interval: where several rows are one
    listener's, it is too narrow.
    """
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(n_resamples):
        alone, everything = np.nanmean(values[rng.integers(len(values), size=len(values))], axis=0)
        drawn.append(everything - alone)
    first, second = np.nanmean(values, axis=0)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(float(second - first), float(low), float(high), over=over, n=len(values))
