"""Lesson 09's table: thirteen ways to fill the same ten places, served to listeners in six worlds of two kinds.

    python benchmarks/shelves.py [--seeds 7 8 9 10 11 12] [--users 250] [--weeks 1]

Each policy takes the same model's fifty best tracks for every listener, heard ones among them, and turns them into
ten for a week; served for longer, the model is fitted anew each week on all that was played. A row is one policy in one
world: what a listener has more than with the model's own ten, under the same random draws. Once in the shipped world
and once where listeners are three times as easily bored; a few rows where another rule of the world is off or stronger.
Writes data/measured/shelves.csv in about two and a half minutes of one core; more weeks and listeners tell smaller
differences. It decides nothing: lesson 09 puts intervals over the worlds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from by_seed import write_by_seed
from scipy import sparse
from sklearn.preprocessing import normalize

from recsys_helpers import reranking
from recsys_helpers.evaluation import gini_of
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ContentBased, track_features
from recsys_helpers.simulator import Served, Strengths, World
from recsys_helpers.simulator.catalogue import START
from recsys_helpers.simulator.visits import Visits

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "shelves.csv"
SEEDS, USERS, WEEKS, CANDIDATES = (7, 8, 9, 10, 11, 12), 250, 1, 50
BOREDOM = (1.0, 3.0)
BASE, OTHER_LUCK = "the model's ten", "the same ten, other luck"
WINS = ("hours", "satisfaction", "retained")
SMALL_CREATOR = 0.5  # creators with the fewest listeners, as a share of all: whose tracks get a floor


class Facts:
    """What the re-rankers know of a world's tracks, all of it from the catalogue and the log."""

    def __init__(self, world: World, events: pd.DataFrame):
        tracks = world.tracks
        by_id = tracks.set_index("track_id")
        self.genre, self.creator, self.seconds = by_id["genre"], by_id["creator"], by_id["duration_s"]
        self.sound = pd.DataFrame(track_features(tracks).toarray(), index=by_id.index)
        plays = events.loc[events["action"] == "play", ["user_id", "track_id"]].astype(object)
        fans = (
            plays.assign(creator=plays["track_id"].map(self.creator)).groupby("creator")["user_id"].nunique()
        )
        fans = fans.reindex(self.creator.unique(), fill_value=0).sort_index().sort_values(kind="stable")
        self.first: tuple[Interactions, EASE] | None = None  # the model of the log, once it is fitted
        self.small = self.creator.index[self.creator.isin(fans.index[: int(SMALL_CREATOR * len(fans))])]


Ten = Callable[[pd.DataFrame, Facts, pd.DataFrame], pd.DataFrame]
RULES: dict[str, Ten] = {
    BASE: lambda lists, at, heard: lists[lists["rank"] <= 10],
    "MMR": lambda lists, at, heard: reranking.mmr(lists, at.sound),
    "DPP": lambda lists, at, heard: reranking.dpp(lists, at.sound),
    "at most 3 of a genre": lambda lists, at, heard: reranking.at_most(lists, at.genre, 3),
    "at most 1 of a genre": lambda lists, at, heard: reranking.at_most(lists, at.genre, 1),
    "at most 1 of a creator": lambda lists, at, heard: reranking.at_most(lists, at.creator, 1),
    "calibrated": lambda lists, at, heard: reranking.calibrated(lists, at.genre, heard),
    "3 unheard": lambda lists, at, heard: reranking.mixed(lists, heard, 7),
    "6 unheard": lambda lists, at, heard: reranking.mixed(lists, heard, 4),
    "10 unheard": lambda lists, at, heard: reranking.mixed(lists, heard, 0),
    "in reverse order": lambda lists, at, heard: lists[lists["rank"] <= 10].assign(
        rank=lambda t: 11 - t["rank"]
    ),
    "thirty in turn": lambda lists, at, heard: lists[lists["rank"] <= 30],
    "score x root of length": lambda lists, at, heard: reranking.by_length(lists, at.seconds),
    "3 of small creators": lambda lists, at, heard: reranking.at_least(lists, at.small, 3),
}


def with_mmr(weight: float) -> Ten:
    return lambda lists, at, heard: reranking.mmr(lists, at.sound, weight)


def with_unheard(n: int) -> Ten:
    return lambda lists, at, heard: reranking.mixed(lists, heard, 10 - n)


def with_length(power: float) -> Ten:
    return lambda lists, at, heard: reranking.by_length(lists, at.seconds, power)


def with_floor(n: int) -> Ten:
    return lambda lists, at, heard: reranking.at_least(lists, at.small, n)


def exchanged(lists: pd.DataFrame, at: Facts, heard: pd.DataFrame) -> pd.DataFrame:
    """The ten with the last two in each other's place: as little as a change can be."""
    return lists[lists["rank"] <= 10].assign(rank=lambda t: t["rank"].replace({9: 10, 10: 9}))


#: curve -> setting -> rule; a setting that stands among the thirteen is not served twice
CURVES: dict[str, dict[float, Ten]] = {
    "MMR": {weight: with_mmr(weight) for weight in (0.3,)},
    "unheard": {n: with_unheard(n) for n in (0,)},
    "length": {power: with_length(power) for power in (0.25, 1.0)},
    "floor": {n: with_floor(n) for n in (1, 5)},
}
RESTS = {f"rests {days:g} days": days for days in (1.0, 3.0)}
#: what the world's rule is changed to -> the policies that are served there, beside the model's ten
RULED: dict[str, tuple[Strengths, dict[str, Ten]]] = {
    "position 0": (Strengths(position=0), {"in reverse order": RULES["in reverse order"]}),
    "regret 1": (
        Strengths(regret=1),
        {"score x root of length": with_length(0.5), "score x length": with_length(1.0)},
    ),
}
FRESH = {"new releases in the last places": (9, 10), "new releases in the first places": (1, 2)}
FROM = 5  # releases end with the log, so new ones are served from week 5 of it
NEW_DAYS = 14


class Shelf:
    """A policy for ``World.serve``: EASE, fitted anew each week, and one rule that makes ten of its fifty best.

    Behind the fifty stand the ten best unheard tracks, so that each rule can fill its places. Whom the model does not
    know sees the chart. ``lists`` keeps each week's ten, ``heard`` what was known then.
    """

    def __init__(self, world: World, events: pd.DataFrame, rule: Ten, facts: Facts, week: int):
        self.world, self.rule, self.facts, self.logs, self.week = world, rule, facts, [events], week
        self.lists: list[pd.DataFrame] = []

    def act(self, users: np.ndarray) -> pd.DataFrame:
        x, model = self.learnt()
        known = pd.Index(users)[pd.Index(users).isin(x.users)]
        best = model.recommend(known, k=CANDIDATES, exclude_seen=False)
        new = model.recommend(known, k=10)
        lists = pd.concat([best, new.assign(rank=new["rank"] + CANDIDATES)], ignore_index=True)
        lists = lists[~lists.duplicated(["user", "item"])]
        lists["score"] = lists["score"].clip(lower=1e-9)  # a length is multiplied with it
        heard = x.to_frame()[["user", "item", "value"]]
        ten = self.rule(lists, self.facts, heard)[["user", "item", "rank"]]
        pairs = pd.MultiIndex.from_frame(ten[["user", "item"]])
        self.lists.append(ten.assign(heard=pairs.isin(pd.MultiIndex.from_frame(heard[["user", "item"]]))))
        others = pd.Index(users).difference(known)
        chart = pd.DataFrame({"item": self.world.chart(self.week)[:10], "rank": np.arange(1, 11)})
        self.week += 1
        return pd.concat([ten, pd.DataFrame({"user": others}).merge(chart, how="cross")], ignore_index=True)

    def learnt(self) -> tuple[Interactions, EASE]:
        """What is known by now and the model that learnt it; before anything is served that is the same for all."""
        if len(self.logs) == 1 and self.facts.first is not None:
            return self.facts.first
        x = Interactions.from_frame(
            preference(pd.concat(self.logs), "listened", self.world.tracks), value="strength"
        )
        found = x, EASE().fit(x)
        if len(self.logs) == 1:
            self.facts.first = found
        return found

    def observe(self, events: pd.DataFrame) -> None:
        self.logs.append(asked_for(events, self.world.tracks))


class Resting(Shelf):
    """The model's thirty, and at each visit the first ten of them that were not played for some days."""

    def __init__(self, world: World, events: pd.DataFrame, facts: Facts, week: int, days: float):
        super().__init__(world, events, lambda lists, at, heard: lists[lists["rank"] <= 30], facts, week)
        self.days, self.place = days, pd.Index(world.tracks["track_id"])

    def act(self, users: np.ndarray) -> pd.DataFrame:
        answer = super().act(users)
        lists = np.full((len(users), 30), None, dtype=object)
        lists[pd.Index(users).get_indexer(answer["user"]), answer["rank"] - 1] = answer["item"]
        self.thirty = pd.DataFrame(lists, index=users)
        return answer[answer["rank"] <= 10]

    def visit(self, visits: Visits) -> np.ndarray:
        thirty = self.thirty.loc[visits.users].to_numpy()
        at = np.maximum(self.place.get_indexer(thirty.ravel()).reshape(thirty.shape), 0)
        resting = np.take_along_axis(visits.days_since_play(), at, axis=1) < self.days
        late = resting | pd.isna(thirty)
        order = np.argsort(late + pd.isna(thirty), axis=1, kind="stable")[:, :10]
        return np.take_along_axis(thirty, order, axis=1)


class Fresh(Shelf):
    """The model's ten with places kept for the releases of the last days, chosen by what the tracks are."""

    def __init__(self, world: World, events: pd.DataFrame, facts: Facts, week: int, places: tuple[int, ...]):
        super().__init__(world, events, self.filled, facts, week)
        self.places, self.tracks = places, world.tracks

    def filled(self, lists: pd.DataFrame, at: Facts, heard: pd.DataFrame) -> pd.DataFrame:
        now = START + pd.Timedelta(weeks=self.week)
        released = pd.to_datetime(self.tracks["released"], utc=True)
        new = (released < now) & (released >= now - pd.Timedelta(days=NEW_DAYS))
        new &= ~self.tracks["kind"].isin(["ad", "help"])
        x = Interactions.from_frame(heard, user="user", item="item", value="value")
        model = ContentBased().fit(x, items=self.tracks)
        offer = model.recommend(lists["user"].unique(), k=10, candidates=self.tracks.loc[new, "track_id"])
        return reranking.with_fresh(lists, offer, self.places)


def log_of(world: World, until: int) -> pd.DataFrame:
    """The first weeks of a world's log, cleaned and without ads and help clips."""
    events = asked_for(clean(world.log(), world.tracks, world.users)[0], world.tracks)
    return events[events["at"] < START + pd.Timedelta(weeks=until)]


def about(shelf: Shelf, facts: Facts, served: Served) -> dict[str, float]:
    """What a policy's lists of ten were like over the weeks, and how much was played from small creators."""
    ten = pd.concat(one.assign(week=n) for n, one in enumerate(shelf.lists))
    ten = ten[ten["rank"] <= 10]
    by_list = [ten["week"], ten["user"]]
    places = ten["item"].map(facts.creator).value_counts().reindex(facts.creator.unique(), fill_value=0)
    unit = normalize(facts.sound)[facts.sound.index.get_indexer(ten["item"])]
    code = ten.groupby(["week", "user"]).ngroup().to_numpy()
    n = np.bincount(code)
    together = sparse.csr_matrix((np.ones(len(code)), (code, np.arange(len(code))))) @ unit
    alike = ((together**2).sum(axis=1) - n) / np.maximum(n * (n - 1), 1)  # the mean cosine of its pairs
    return {
        "genres": float(ten["item"].map(facts.genre).groupby(by_list).nunique().mean()),
        "unlike": float(1 - alike.mean()),
        "unheard": 10 * (1 - ten["heard"].mean()),
        "small_places": ten["item"].isin(facts.small).mean(),
        "small_plays": served.events["track_id"].isin(facts.small).mean(),
        "gini": gini_of(places),
    }


def policies(world: World, events: pd.DataFrame, facts: Facts) -> Iterator[tuple[str, str, float, Shelf]]:
    """(table, name, setting, policy) of all that is served from the log's last week on in a world of BOREDOM."""
    week = world.weeks
    for name, rule in RULES.items():
        yield "thirteen", name, np.nan, Shelf(world, events, rule, facts, week)
    for name, days in RESTS.items():
        yield "visit", name, days, Resting(world, events, facts, week, days)
    if world.strengths.boredom == 1:
        yield "nothing", "last two exchanged", np.nan, Shelf(world, events, exchanged, facts, week)
        yield "nothing", OTHER_LUCK, np.nan, Shelf(world, events, RULES[BASE], facts, week)
        for name, rules in CURVES.items():
            for setting, rule in rules.items():
                yield "curve", name, setting, Shelf(world, events, rule, facts, week)


def measured(
    world: World, served: Served, base: Served, groups: dict[str, np.ndarray], **columns: object
) -> list[dict[str, object]]:
    """A row for each group of listeners: what they have more than with the model's own ten, under the same luck."""
    rows = []
    for group, people in groups.items():
        row: dict[str, object] = {"seed": world.seed, "boredom": world.strengths.boredom, **columns}
        row |= {"group": group, "listeners": int(people.sum())}
        for figure in WINS:
            ours, theirs = (one.listeners[figure].astype(float).to_numpy()[people] for one in (served, base))
            gap = ours - theirs
            row |= {figure: gap.mean(), f"{figure}_half": 1.96 * gap.std(ddof=1) / np.sqrt(len(gap))}
            row |= {f"base_{figure}": theirs.mean()}
        rows.append(row if "new_plays" in row else row | {"new_plays": np.nan})  # told of new releases alone
    return rows


def rows_of_world(
    seed: int,
    boredom: float,
    users: int = USERS,
    weeks: int = WEEKS,
    only: tuple[str, ...] | None = None,
    say: Callable = print,
) -> list[dict[str, object]]:
    """All rows of one world, or those of the policies named in ``only``."""
    world = World(seed=seed, users=users, strengths=Strengths(boredom=boredom))
    events = log_of(world, world.weeks)
    facts, rows = Facts(world, events), []
    plays = events.loc[events["action"] == "play", "user_id"].astype(object).value_counts()
    plays = plays.reindex(world.listeners, fill_value=0).to_numpy()
    groups = {"all": np.ones(len(plays), dtype=bool), "light": plays <= np.median(plays)}
    groups["heavy"] = ~groups["light"]
    base: Served | None = None
    for table, name, setting, shelf in policies(world, events, facts):
        if only is not None and name not in (BASE, *only):
            continue
        served = world.serve(shelf, weeks=weeks, seed=int(name == OTHER_LUCK))
        base = base or served  # the first is the model's own ten
        rows += measured(world, served, base, groups, table=table, policy=name, setting=setting,
                         **about(shelf, facts, served))  # fmt: skip
        say(f"world {seed}, boredom {boredom:g}: {name} {'' if np.isnan(setting) else setting}")
    return rows


def ruled_rows(seed: int, users: int, weeks: int, say: Callable) -> list[dict[str, object]]:
    """A few policies in worlds with another rule changed, each beside the model's own ten there."""
    rows: list[dict[str, object]] = []
    for table, (strengths, rules) in RULED.items():
        world = World(seed=seed, users=users, strengths=strengths)
        events = log_of(world, world.weeks)
        facts, everybody = Facts(world, events), {"all": np.ones(len(world.listeners), dtype=bool)}
        base: Served | None = None
        for name, rule in {BASE: RULES[BASE], **rules}.items():
            shelf = Shelf(world, events, rule, facts, world.weeks)
            served = world.serve(shelf, weeks=weeks)
            base = base or served
            rows += measured(world, served, base, everybody, table=table, policy=name, setting=np.nan,
                             **about(shelf, facts, served))  # fmt: skip
            say(f"world {seed}, {table}: {name}")
    return rows


def fresh_rows(seed: int, users: int, say: Callable) -> list[dict[str, object]]:
    """New releases on the shelf in the log's last weeks, beside the model's own ten in the same weeks."""
    world = World(seed=seed, users=users)
    events = log_of(world, FROM)
    facts, rows = Facts(world, events), []
    everybody = {"all": np.ones(len(world.listeners), dtype=bool)}
    base: Served | None = None
    made = {BASE: Shelf(world, events, RULES[BASE], facts, FROM)}
    made |= {name: Fresh(world, events, facts, FROM, places) for name, places in FRESH.items()}
    released = pd.to_datetime(world.tracks.set_index("track_id")["released"], utc=True)
    for name, shelf in made.items():
        served = world.serve(shelf, weeks=world.weeks - FROM, start_week=FROM)
        base = base or served
        plays = served.events
        age = (plays["at"] - plays["track_id"].astype(object).map(released)).dt.days
        rows += measured(world, served, base, everybody, table="fresh", policy=name, setting=np.nan,
                         **about(shelf, facts, served), new_plays=(age < NEW_DAYS).mean())  # fmt: skip
        say(f"world {seed}: {name}")
    return rows


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return pd.DataFrame(rows_of_world(SEEDS[0], 1.0, only=("MMR",), say=lambda line: None)).round(5)


def rows_of_seed(seed: int, users: int, weeks: int) -> Iterator[list[dict[str, object]]]:
    for boredom in BOREDOM:
        yield rows_of_world(seed, boredom, users, weeks)
    yield ruled_rows(seed, users, weeks, print)
    yield fresh_rows(seed, users, print)


if __name__ == "__main__":
    sys.exit(write_by_seed(__doc__, FILE, SEEDS, rows_of_seed, users=USERS, weeks=WEEKS))
