"""What came out when we asked the three questions that lesson 24 gives; the instructor guide prints it.

    python benchmarks/capstone.py

Writes data/measured/capstone.csv in some three minutes of one core; Last.fm has to be on the machine (lesson 08). Every
side is EASE with the best of as many λ by a part that grades nothing; lists are of ten things that are new to the
listener, by the whole past whatever a side learned from. `difference` is against the side named in `versus`, over
listeners, with its 95% interval.

`weeks`: learned from the last weeks before 16 February alone, graded on the two weeks after; who has no play in them
gets their chart. `weekend`: graded on the weekends after the cut; `by lot` learns from as many days as there are of
weekends. `audience`: 500 listeners are graded, a fifth of whose artists is hidden; the model learns from others alone.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.datasets import load_lastfm, load_murmur
from recsys_helpers.evaluation import Split, bootstrap_interval, random_split, score_lists, split_log
from recsys_helpers.events import asked_for, between, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, Popularity
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "capstone.csv"
AT, WEEK = pd.Timestamp("2026-02-16", tz="UTC"), pd.Timedelta(weeks=1)
TRIES = (30.0, 100.0, 300.0, 1000.0)
PASTS = {"1 week": 1, "2 weeks": 2, "3 weeks": 3, "all": 52}
SIZES = (125, 250, 500, 1000)
COLUMNS = ["question", "side", "ridge", "ndcg", "versus", "difference", "low", "high", "listeners"]
Learns = Callable[[Split], Interactions]


class Murmur:
    """The log and its two parts, "choose" and "test", graded on all days or on weekends."""

    def __init__(self, weekend: bool = False) -> None:
        murmur = load_murmur()
        self.tracks = murmur.tracks
        log = asked_for(clean(murmur.events, murmur.tracks, murmur.users)[0], murmur.tracks)
        self.ids = {"users": log["user_id"].unique(), "items": murmur.tracks["track_id"]}
        self.log = log
        self.parts = {}
        for part, at, until in (("choose", AT - 2 * WEEK, AT), ("test", AT, None)):
            rows = between(log, until=until)
            late = (rows["at"] >= at) & (rows["at"].dt.day_of_week < 5)
            self.parts[part] = split_log(rows[~late] if weekend else rows, self.tracks, at, **self.ids)

    def learned(self, rows: pd.DataFrame) -> Interactions:
        return Interactions.from_frame(
            preference(rows, "listened", self.tracks), value="strength", **self.ids
        )

    def past(self, split: Split, weeks: int) -> Interactions:
        """The last so many weeks before the cut."""
        return self.learned(between(self.log, since=split.moment - weeks * WEEK, until=split.moment))

    def days(self, split: Split, lot: int | None) -> Interactions:
        """The weekends before the cut, or as many days drawn by lot."""
        rows = between(self.log, until=split.moment)
        days = rows["at"].dt.normalize()
        every = pd.DatetimeIndex(days.unique()).sort_values()
        ends = every[every.day_of_week >= 5]
        if lot is not None:
            ends = np.random.default_rng(lot).choice(every, len(ends), replace=False)
        return self.learned(rows[days.isin(ends)])

    def ndcg(self, part: str, learnt: Interactions, ridge: float) -> pd.Series:
        split = self.parts[part]
        people, heard = split.listeners, split.train
        told = people[np.diff(learnt.matrix.indptr)[learnt.user_positions(people)] > 0]
        deep = 10 + int(np.diff(heard.matrix.indptr).max())
        lists = [EASE(ridge).fit(learnt).recommend(told, k=deep, exclude_seen=False)]
        if len(told) < len(people):
            lists.append(
                Popularity().fit(learnt).recommend(people.difference(told), k=deep, exclude_seen=False)
            )
        table = pd.concat(lists)
        known = pd.MultiIndex.from_frame(heard.to_frame()[["user", "item"]])
        table = table[~pd.MultiIndex.from_frame(table[["user", "item"]]).isin(known)]
        table = table.assign(rank=table.groupby("user").cumcount() + 1)
        return score_lists(table[table["rank"] <= 10], split.test, ["ndcg"])["ndcg"]

    def side(self, learns: Learns) -> tuple[float, pd.Series]:
        """The λ that the earlier fortnight chooses, and what it brings in the later."""
        early, late = (learns(self.parts[part]) for part in ("choose", "test"))
        best = max(TRIES, key=lambda ridge: self.ndcg("choose", early, ridge).mean())
        return best, self.ndcg("test", late, best)


class Audience:
    """Last.fm's artists with twenty listeners or more: 500 people are graded, 369 choose, up to 1,000 teach."""

    def __init__(self) -> None:
        plays = load_lastfm().plays
        often = plays["artist_id"].map(plays["artist_id"].value_counts()) >= 20
        rows = plays[often].assign(strength=lambda table: np.log1p(table["plays"]))
        self.split = random_split(Interactions.from_frame(rows, item="artist_id", value="strength"), 0.2)
        order = np.random.default_rng(0).permutation(self.split.train.users.to_numpy())
        self.parts = {"test": order[:500], "choose": order[500:-1000]}
        self.others = order[-1000:]

    def ndcg(self, part: str, size: int, ridge: float) -> pd.Series:
        people = np.intersect1d(self.parts[part], self.split.listeners)
        model = EASE(ridge).fit(self.split.train.subset(users=np.sort(self.others[:size])))
        lists = model.fold_in(self.split.train.subset(users=people)).recommend(people)
        return score_lists(lists, self.split.test, ["ndcg"])["ndcg"].reindex(people)

    def side(self, size: int) -> tuple[float, pd.Series]:
        tries = (3.0, 10.0, 30.0, 100.0)
        best = max(tries, key=lambda ridge: self.ndcg("choose", size, ridge).mean())
        return best, self.ndcg("test", size, best)


def rows_of(
    question: str, found: dict[str, tuple[float, pd.Series]], versus: Callable[[int], str]
) -> list[tuple]:
    rows = []
    for place, (side, (ridge, scores)) in enumerate(found.items()):
        other = versus(place)
        gap = (np.nan,) * 3 if other == side else bootstrap_interval(scores - found[other][1])
        rows.append((question, side, ridge, scores.mean(), other, *gap, len(scores)))
    return rows


def weeks(sides: tuple[str, ...] = tuple(PASTS)) -> list[tuple]:
    murmur = Murmur()
    found = {side: murmur.side(lambda split, n=PASTS[side]: murmur.past(split, n)) for side in sides}
    return rows_of("weeks", found, lambda place: "all")


def weekend() -> list[tuple]:
    murmur = Murmur(weekend=True)
    found = {
        "all days": murmur.side(lambda split: split.train),
        "weekends": murmur.side(lambda split: murmur.days(split, None)),
    }
    lots = [murmur.side(lambda split, lot=lot: murmur.days(split, lot)) for lot in range(5)]
    found["by lot"] = (
        float(np.median([ridge for ridge, _ in lots])),
        sum(one for _, one in lots) / len(lots),
    )
    return rows_of("weekend", found, lambda place: ("all days", "by lot", "all days")[place])


def audience() -> list[tuple]:
    place = Audience()
    found = {f"{size} others": place.side(size) for size in SIZES}
    return rows_of("audience", found, lambda n: f"{SIZES[max(n - 1, 0)]} others")


def row() -> pd.DataFrame:
    """The named row of the file, computed anew."""
    return pd.DataFrame(weeks(("2 weeks", "all")), columns=COLUMNS).iloc[:1]


def main() -> None:
    table = pd.DataFrame([*weeks(), *weekend(), *audience()], columns=COLUMNS)
    write_whole(
        FILE,
        table.to_csv(index=False, float_format="%.6f", lineterminator="\n"),
    )
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    sys.exit(main())
