"""The online leaderboard: each model of the course graded on a log, then served to the listeners who left it.

    python benchmarks/online.py [--seeds 7 8 9 10 11 12] [--users 500] [--weeks 4] [--only EASE Hybrid]

For each seed a world writes its log of eight weeks under the platform's own shelf. A model learns from the first six
and is graded on the last two. Then it fills the ten places of the home shelf for the weeks after, and is fitted anew
each week on all that was played until then. The control is a chart of ten places that counts last week's plays, also
anew each week, for the same listeners with the same luck. Settings are those that offline.py chose on the weeks before
its test, in Murmur. No model sees the truth; the bounds do. Writes
data/measured/online.csv, a row for each world, policy and kind of list, and ONLINE.md, the leaderboard; 5 to
20 minutes of one core. With --only the policies named are measured anew and the other rows stay as they are.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from online_page import GRADES, WINS, render

from recsys_helpers.acting import LearningPolicy, ModelPolicy
from recsys_helpers.evaluation import Split, bootstrap_interval, score_lists, split_log
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import (
    EASE,
    BiasedALS,
    CollaborativeFiltering,
    ContentBased,
    FeatureToFactor,
    Hybrid,
    ImplicitALS,
    ItemKNN,
    Onboarding,
    Popularity,
    Recommender,
    tables_for,
)
from recsys_helpers.simulator import Strengths, World, difference
from recsys_helpers.simulator.catalogue import START
from recsys_helpers.simulator.policies import best, counted_chart, popularity, random_shelf
from recsys_helpers.workspace import write_whole

HERE = Path(__file__).resolve().parent
FILE = HERE.parent / "data" / "measured" / "online.csv"
SEEDS, USERS, WEEKS, K = (7, 8, 9, 10, 11, 12), 500, 4, 10
PAST, LOG = 6, 8  # weeks that a graded model learns from, weeks of the log
CUT = START + pd.Timedelta(weeks=PAST)
CONTROL, TRUE, RANDOM, ORACLE, LONGEST = (
    "counted chart",
    "chart of true taste",
    "random shelf",
    "oracle",
    "EASE x length",
)
# The settings that offline.py chose; a test compares. The biases of CollaborativeFiltering are in its grid as the
# default alone. ImplicitALS counts in 64 bits wherever the figures would hang on the processor.
MODELS: dict[str, Callable[[], Recommender]] = {
    "Popularity": lambda: Popularity(half_life="4D"),
    "ItemKNN": lambda: ItemKNN(n_neighbors=500),
    "CollaborativeFiltering (zeros)": lambda: CollaborativeFiltering(30, 1, "zero"),
    "CollaborativeFiltering (biases)": CollaborativeFiltering,
    "BiasedALS": lambda: BiasedALS(regularization=0.6),
    "ImplicitALS": lambda: ImplicitALS(n_factors=256, dtype="float64"),
    "EASE": lambda: EASE(regularization=200.0),
    "ContentBased": lambda: ContentBased(popularity=2.0),
    "FeatureToFactor": lambda: FeatureToFactor(prior=20.0),
    "Hybrid": lambda: Hybrid(collaborative=ImplicitALS(n_factors=128)),
    "Onboarding": lambda: Onboarding(model=CollaborativeFiltering(fill="zero", n_epochs=1)),
}
POLICIES = (CONTROL, TRUE, RANDOM, ORACLE, *MODELS, LONGEST)
COLUMNS = ["seed", "policy", "heard", "listeners", *(f"{name}{end}" for name in GRADES + WINS
           for end in ("", "_low", "_high")), "tail"]  # fmt: skip


class Platform:
    """One world: its log, cleaned and split, and the control served after it."""

    def __init__(self, seed: int, users: int = USERS, weeks: int = WEEKS, strengths: Strengths | None = None):
        self.world = World(seed=seed, users=users, weeks=LOG, strengths=strengths)
        self.weeks, self.tracks, self.users = weeks, self.world.tracks, self.world.users
        self.ids = self.tracks["track_id"].to_numpy()

    @cached_property
    def log(self) -> pd.DataFrame:
        """The log as the platform has it, dirt and bots included."""
        return self.world.log()

    @cached_property
    def events(self) -> pd.DataFrame:
        """The log, cleaned and without ads and help clips."""
        return asked_for(clean(self.log, self.tracks, self.users)[0], self.tracks)

    @cached_property
    def splits(self) -> dict[str, Split]:
        """What counts in the last two weeks: tracks not heard before, or all."""
        return {
            "ndcg_new": split_log(self.events, self.tracks, CUT),
            "ndcg_all": split_log(self.events, self.tracks, CUT, repeats=True),
        }

    @cached_property
    def head(self) -> np.ndarray:
        """True for the tenth of the tracks with the most listeners in the log: all others are the tail."""
        heard = self.events.loc[self.events["action"] == "play", ["user_id", "track_id"]].drop_duplicates()
        top = heard["track_id"].astype(str).value_counts().sort_index().sort_values(kind="stable")[::-1]
        return np.isin(self.ids, top.index[: len(self.ids) // 10])

    # -- the control, which is also what a listener sees whom a model does not know

    @cached_property
    def counted(self):
        """The counted chart, once it has been served."""
        chart = counted_chart(self.events, self.tracks, places=K)
        self.control = self.world.serve(chart, weeks=self.weeks, log=self.log)
        return chart

    def control_chart(self, week: int) -> list:
        """The control's ten of a week, by what was played before it."""
        return [track for track in self.counted.chart(week) if track is not None]

    # -- lists

    def fitted(self, make: Callable[[], Recommender], log: pd.DataFrame) -> Recommender:
        """A model that has learned from a log, by the strengths of the recipe "listened"."""
        x = Interactions.from_frame(
            preference(log, "listened", self.tracks), value="strength", time="last_at"
        )
        model = make()
        tables = {"items": self.tracks, "users": self.users, "events": log}
        return model.fit(x, **tables_for(model, tables))

    def first_lists(self, make: Callable[[], Recommender], heard: bool) -> pd.DataFrame:
        """The ten for everybody of a model that has learned from the first six weeks."""
        split, model = self.splits["ndcg_new"], make()
        early = self.events[self.events["at"] < CUT]
        tables = {"items": self.tracks, "users": self.users, "events": early}
        model.fit(split.train, **tables_for(model, tables))
        week = pd.DataFrame({"week": [PAST]})
        return ModelPolicy(model, **self.options(heard)).act(self.world.listeners, week)

    def policy_of(self, make: Callable[[], Recommender], heard: bool) -> LearningPolicy:
        """A model's ten for everybody, from a fit of its own each week on all that was played until then."""
        return LearningPolicy(
            lambda log: self.fitted(make, log),
            self.events,
            prepare=lambda week: asked_for(week, self.tracks),
            **self.options(heard),
        )

    def options(self, heard: bool) -> dict:
        return {"k": K, "exclude_seen": not heard, "fallback": self.control_chart}

    def true_lists(self, week: int, seen: Iterable[pd.DataFrame] = ()) -> np.ndarray:
        """The ten that each listener truly likes best in a week, without what was played in the logs of `seen`."""
        utility, tracks = self.world.true_utility(self.world.listeners, week), pd.Index(self.ids)
        for log in seen:
            row = self.world.listeners.get_indexer(log["user_id"].astype(object))
            column = tracks.get_indexer(log["track_id"].astype(object))
            there = (row >= 0) & (column >= 0) & (log["action"] == "play").to_numpy()
            utility[row[there], column[there]] = -np.inf
        return best(self.world, utility, K)

    # -- what a policy is worth

    def grade(self, lists: np.ndarray | pd.DataFrame) -> dict[str, float]:
        """Mean nDCG@10 of lists made from the first six weeks, with its interval over listeners, in both splits.

        lists : an array (n_listeners, K) of track ids in the order of the world's listeners, or a table of lists.
        """
        if isinstance(lists, pd.DataFrame):
            table = lists[["user", "item", "rank"]]  # the control's ten have no score
        else:
            row, place = np.nonzero(~pd.isna(lists))
            table = pd.DataFrame({"user": self.world.listeners[row], "item": lists[row, place]})
            # An empty place is closed up, as recommend() would give the list.
            table["rank"] = table.groupby("user").cumcount() + 1
        found = {}
        for name, split in self.splits.items():
            asked = table[table["user"].isin(split.listeners)]
            at = bootstrap_interval(score_lists(asked, split.test, ["ndcg"], k=K)["ndcg"])
            found |= {name: at.value, f"{name}_low": at.low, f"{name}_high": at.high}
        return found

    def serve(self, policy) -> dict[str, float]:
        """What a policy wins over the control, a listener, with intervals; and the share of plays in the tail."""
        assert self.counted is not None
        served = self.control
        if policy is not CONTROL:
            served = self.world.serve(policy, weeks=self.weeks, log=self.log)
        found = {}
        for name in WINS:
            at = difference(served, self.control, name)
            found |= {name: at.mean, f"{name}_low": at.low, f"{name}_high": at.high}
        played = np.concatenate([week["track"] for week in served.played])
        played = played[self.world.catalogue.content[played]]  # ads and help clips are nobody's choice
        return found | {"tail": 1 - self.head[played].mean(), "listeners": len(self.world.listeners)}


class Oracle:
    """A policy that shows each listener's true best ten of the week, or of what they have not heard until then."""

    def __init__(self, at: Platform, heard: bool):
        self.at, self.heard, self.logs = at, heard, [at.events]

    def __call__(self, user_ids: np.ndarray, context: pd.DataFrame) -> np.ndarray:
        lists = self.at.true_lists(int(context["week"].iloc[0]), () if self.heard else self.logs)
        return lists[self.at.world.rows(user_ids)]

    def observe(self, events: pd.DataFrame) -> None:
        self.logs.append(events)


class Longest(EASE):
    """EASE's score times the length of a track: the most minutes expected."""

    needs = ("items",)

    def __init__(self, regularization: float = 200.0):
        super().__init__(regularization)

    def _fit(self, x: Interactions, items: pd.DataFrame) -> None:
        EASE._fit(self, x)
        self.seconds_ = items.set_index("track_id")["duration_s"].reindex(x.items).to_numpy(dtype=float)

    def _score(self, rows: np.ndarray) -> np.ndarray:
        return EASE._score(self, rows) * self.seconds_


def rows_of_world(
    seed: int,
    users: int = USERS,
    weeks: int = WEEKS,
    only: Iterable[str] | None = None,
    say: Callable[[str], None] = lambda line: None,
    strengths: Strengths | None = None,
) -> pd.DataFrame:
    """All rows of one world, or those of the policies named in `only`."""
    at, rows = Platform(seed, users, weeks, strengths), []
    people, early = at.world.listeners, at.events[at.events["at"] < CUT]

    def add(policy: str, heard: bool, graded: np.ndarray | pd.DataFrame, served: dict[str, float]) -> None:
        rows.append({"seed": seed, "policy": policy, "heard": heard} | at.grade(graded) | served)
        say(f"seed {seed}: {policy}, {'heard tracks may stand' if heard else 'only unheard'}")

    def asked(policy: str) -> bool:
        return only is None or policy in set(only)

    def the_same(ten: Iterable) -> np.ndarray:
        return np.tile(np.array(list(ten), dtype=object), (len(people), 1))

    if asked(CONTROL):
        add(CONTROL, True, the_same(at.control_chart(PAST)), at.serve(CONTROL))
    if asked(TRUE):
        chart = popularity(at.world)
        add(
            TRUE,
            True,
            the_same(at.world.chart(PAST)[:K]),
            at.serve(lambda ids, context: chart(ids, context)[:, :K]),
        )
    if asked(RANDOM):
        shelf = random_shelf(at.world)
        week = pd.DataFrame({"context": "home", "week": PAST}, index=range(len(people)))
        lists = shelf(people, context=week).astype(object)
        twice = [pd.Index(row).duplicated() for row in lists]  # drawn twice: once is enough to be graded
        lists[np.array(twice)] = None
        add(RANDOM, True, lists, at.serve(shelf))
    if asked(ORACLE):
        add(ORACLE, True, at.true_lists(PAST), at.serve(Oracle(at, heard=True)))
        add(ORACLE, False, at.true_lists(PAST, [early]), at.serve(Oracle(at, heard=False)))
    for name, make in (MODELS | {LONGEST: Longest}).items():
        for heard in (True,) if name == LONGEST else (True, False):
            if asked(name):
                add(name, heard, at.first_lists(make, heard), at.serve(at.policy_of(make, heard)))
    return in_order(pd.DataFrame(rows)[COLUMNS].round(5))


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by world, policy as in POLICIES, and lists with heard tracks first."""
    place = {name: n for n, name in enumerate(POLICIES)}
    keys = pd.DataFrame(
        {"seed": table["seed"], "policy": table["policy"].map(place), "new": ~table["heard"].astype(bool)}
    )
    return table.loc[keys.sort_values(list(keys), kind="stable").index].reset_index(drop=True)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return rows_of_world(SEEDS[0], only=["Popularity"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--weeks", type=int, default=WEEKS, help="weeks on the shelf")
    parser.add_argument(
        "--out", type=Path, help="folder for online.csv and ONLINE.md (default: where they stand)"
    )
    parser.add_argument("--only", nargs="+", metavar="POLICY", help="measure these anew, keep the other rows")
    arguments = parser.parse_args()
    seeds = list(dict.fromkeys(arguments.seeds))
    if len(seeds) < 2:
        parser.error("give two seeds or more: one world says nothing about the spread.")
    file, page = FILE, HERE / "ONLINE.md"
    if arguments.out:
        file, page = arguments.out / "online.csv", arguments.out / "ONLINE.md"
    if arguments.out and not arguments.out.is_dir():
        parser.error(f"--out {arguments.out} is not a folder; make it first.")
    for name in arguments.only or ():
        if name not in POLICIES:
            parser.error(f"--only {name!r} is none of {', '.join(POLICIES)}.")
    kept = pd.DataFrame(columns=COLUMNS)
    if arguments.only and file.exists():
        kept = pd.read_csv(file, encoding="utf-8")
        kept = kept[~kept["policy"].isin(arguments.only)]

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    sizes = arguments.users, arguments.weeks
    parts = [rows_of_world(seed, *sizes, only=arguments.only, say=say) for seed in seeds]
    table = in_order(pd.concat([part for part in (kept, *parts) if len(part)], ignore_index=True))
    text = render(table, arguments.users, arguments.weeks, LOG)
    write_whole(file, table.to_csv(index=False, lineterminator="\n"))
    write_whole(page, text)
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
