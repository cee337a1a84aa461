"""Lesson 11's second table: six shelves that know where a listener is, served beside one that does not.

    python benchmarks/context_shelves.py [--seeds 7 8 9 10 11 12] [--users 500]

Each policy orders the same fifty tracks of a model (EASE, fitted anew each week) once for each context. A row is one
policy in one world: what a listener has more than under the model's own ten, with the same luck. A seventh policy is a
control (in the shipped world alone): each listener's contexts are shuffled. Two know the truth and bound what context
can be worth.
Once in the shipped world and once where context and length count three times as much. Writes
data/measured/context_shelves.csv in about a quarter of an hour of one core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, FactorizationMachine
from recsys_helpers.simulator import Served, Strengths, World
from recsys_helpers.simulator.catalogue import START
from recsys_helpers.simulator.people import CONTEXTS
from recsys_helpers.simulator.policies import best
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "context_shelves.csv"
SEEDS, USERS, WEEKS, CANDIDATES = (7, 8, 9, 10, 11, 12), 500, 4, 50
STRENGTHS = (1.0, 3.0)
BASE = "the model's ten"
BANDS = (0, 3, 5, 10, 20, 40, np.inf)  # minutes
MISSING = "not known"


class Machine:
    """A factorization machine for «heard to half»: listener and context on one side, the track on the other."""

    def __init__(self, world: World, log: pd.DataFrame):
        tracks = world.tracks
        band = pd.cut(tracks["duration_s"] / 60, BANDS).astype(str)
        self.users, self.tracks = pd.Index(world.listeners), pd.Index(tracks["track_id"])
        self.places = [*CONTEXTS, MISSING]
        of_track = [np.arange(len(tracks)), *(pd.factorize(part)[0] for part in (tracks["genre"], band))]
        ends = np.cumsum([0, len(self.users), len(self.places), *(int(part.max()) + 1 for part in of_track)])
        self.width, self.ends = int(ends[-1]), ends
        self.right = self._rows([part + end for part, end in zip(of_track, ends[2:-1], strict=True)])
        plays = log[(log["action"] == "play") & log["user_id"].isin(self.users)]
        user = self.users.get_indexer(plays["user_id"].astype(object))
        track = self.tracks.get_indexer(plays["track_id"].astype(object))
        context = plays["context"].astype(object).fillna(MISSING)
        rows = self.left(user, context) + self.right[track]
        length = tracks["duration_s"].to_numpy()[track]
        half = plays["seconds_played"].to_numpy() >= length / 2
        self.fm = FactorizationMachine(16, 5, regularization=0.02).fit(rows, half)

    def left(self, user: np.ndarray, context: object) -> sparse.csr_array:
        """Rows of listeners (by place) and contexts (by name)."""
        place = pd.Index(self.places).get_indexer(pd.Index(context))
        return self._rows([user, place + self.ends[1]])

    def log_odds(self, users: pd.Index, context: str) -> np.ndarray:
        """Of every track being heard to half by these listeners there, (n_users, n_tracks)."""
        user = self.users.get_indexer(users)
        return self.fm.cross(self.left(user, np.full(len(user), context, dtype=object)), self.right)

    def _rows(self, columns: list[np.ndarray]) -> sparse.csr_array:
        at = np.column_stack(columns)
        ends = np.arange(0, at.size + 1, at.shape[1])
        return sparse.csr_array((np.ones(at.size), at.ravel(), ends), (len(at), self.width))


Rule = Callable[["ContextShelf", pd.DataFrame, str], np.ndarray]


class ContextShelf:
    """A policy for ``World.serve``: EASE's fifty, and a rule that gives them a new score in each context.

    rule(shelf, lists, context) -> a score for each row of ``lists``; None: EASE's own ten, the same everywhere. weight:
    how much the context counts, for the rules that ask. Whom the model does not know sees the chart.
    """

    def __init__(
        self,
        world: World,
        events: pd.DataFrame,
        rule: Rule | None,
        weight: float = 1.0,
        week: int | None = None,
    ):
        self.world, self.rule, self.logs, self.weight = world, rule, [events], weight
        self.week = world.weeks if week is None else week

    def act(self, users: np.ndarray, context: pd.DataFrame) -> pd.DataFrame:
        self.log = pd.concat(self.logs)
        x = Interactions.from_frame(preference(self.log, "listened", self.world.tracks), value="strength")
        self.model = EASE().fit(x)
        known = pd.Index(users)[pd.Index(users).isin(x.users)]
        self.machine: Machine | None = None
        lists = self.model.recommend(known, k=CANDIDATES, exclude_seen=False)
        others = pd.Index(users).difference(known)
        chart = pd.DataFrame({"item": self.world.chart(self.week)[:10], "rank": np.arange(1, 11)})
        parts, self.week = [pd.DataFrame({"user": others}).merge(chart, how="cross")], self.week + 1
        if self.rule is None:
            return pd.concat([lists[lists["rank"] <= 10], *parts])[["user", "item", "rank"]]
        parts[0] = parts[0].merge(pd.DataFrame({"context": CONTEXTS}), how="cross")
        for name in CONTEXTS:
            score = np.round(self.rule(self, lists, name), 9)
            order = np.lexsort((lists["rank"], -score, pd.factorize(lists["user"])[0]))
            ranked = lists.iloc[order]
            rank = ranked.groupby("user", sort=False).cumcount() + 1
            parts.append(ranked.assign(rank=rank, context=name)[rank <= 10])
        return pd.concat(parts)[["user", "item", "rank", "context"]]

    def observe(self, events: pd.DataFrame) -> None:
        self.logs.append(asked_for(events, self.world.tracks))

    def odds(self, lists: pd.DataFrame, context: str) -> np.ndarray:
        """The machine's log odds of each row in a context."""
        if self.machine is None:
            self.machine = Machine(self.world, self.log)
        users = pd.Index(lists["user"].unique())
        table = self.machine.log_odds(users, context)
        return table[users.get_indexer(lists["user"]), self.machine.tracks.get_indexer(lists["item"])]

    def of_context(self, lists: pd.DataFrame, context: str, shuffled: bool = False) -> np.ndarray:
        """The score of EASE fitted on the plays of this context alone; 0 for who has none there.

        shuffled: each listener's contexts are dealt out anew among their plays, so that they say nothing of the track.
        """
        log = self.log
        if shuffled:
            order = np.random.default_rng(0).permutation(len(log))
            mixed = log.iloc[order].sort_values("user_id", kind="stable")["context"]
            log = log.sort_values("user_id", kind="stable").assign(context=mixed.to_numpy())
        log = log[log["context"] == context]
        x = Interactions.from_frame(preference(log, "listened", self.world.tracks), value="strength")
        model, score = EASE().fit(x), np.zeros(len(lists))
        there = (lists["user"].isin(x.users) & lists["item"].isin(x.items)).to_numpy()
        score[there] = model.predict(lists["user"][there], lists["item"][there])
        return score

    def lift(self, lists: pd.DataFrame, context: str, group: pd.Series, prior: float = 20.0) -> np.ndarray:
        """Log of the share of a track's group in a listener's plays there, over its share in all their plays."""
        log = self.log[self.log["action"] == "play"]
        log = log.assign(group=log["track_id"].astype(object).map(group), user=log["user_id"].astype(object))
        everywhere = pd.crosstab(log["user"], log["group"])
        there = log[log["context"] == context]
        here = pd.crosstab(there["user"], there["group"]).reindex_like(everywhere).fillna(0)
        usual = everywhere.div(everywhere.sum(axis=1), axis=0) + 1e-3
        share = here.add(prior * usual).div(here.sum(axis=1) + prior, axis=0)
        table = np.log(share / usual).stack()
        return (
            table.reindex(pd.MultiIndex.from_arrays([lists["user"], lists["item"].map(group)]))
            .fillna(0.0)
            .to_numpy()
        )


def _genre(shelf: ContextShelf) -> pd.Series:
    return shelf.world.tracks.set_index("track_id")["genre"]


def _band(shelf: ContextShelf) -> pd.Series:
    length = shelf.world.tracks.set_index("track_id")["duration_s"]
    return pd.cut(length / 60, BANDS).astype(str)


def _score(lists: pd.DataFrame) -> np.ndarray:
    return lists["score"].to_numpy()


CONTROL = "EASE and EASE of shuffled contexts"
LEARNED: dict[str, Rule] = {
    "by the chance of half": lambda s, lists, c: s.odds(lists, c),
    "EASE and the chance of half": lambda s, lists, c: _score(lists) + s.weight * s.odds(lists, c),
    "EASE and what the context adds": lambda s, lists, c: (
        _score(lists) + s.weight * (s.odds(lists, c) - s.odds(lists, MISSING))
    ),
    "EASE and EASE of the context": lambda s, lists, c: _score(lists) + s.weight * s.of_context(lists, c),
    "EASE and genres of the context": lambda s, lists, c: (
        _score(lists) + s.weight * s.lift(lists, c, _genre(s))
    ),
    "EASE and lengths of the context": lambda s, lists, c: (
        _score(lists) + s.weight * s.lift(lists, c, _band(s))
    ),
    CONTROL: lambda s, lists, c: _score(lists) + s.weight * s.of_context(lists, c, shuffled=True),
}
WEIGHTS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
UNWEIGHTED = "by the chance of half"
TRUE_VALUE, ORACLE, ORACLE_THERE = (
    "EASE and the true value of the context",
    "oracle",
    "oracle who knows the context",
)


def true_value(shelf: ContextShelf, lists: pd.DataFrame, context: str) -> np.ndarray:
    """EASE's score and a tenth of what the context truly adds to each track."""
    value = shelf.world.setting.context_value[CONTEXTS.index(context)]
    return _score(lists) + 0.1 * value[pd.Index(shelf.world.tracks["track_id"]).get_indexer(lists["item"])]


class Oracle:
    """Each listener's best ten by the truth, with or without what the context adds."""

    def __init__(self, world: World, there: bool):
        self.world, self.there, self.week = world, there, world.weeks

    def act(self, users: np.ndarray, context: pd.DataFrame) -> pd.DataFrame:
        liking, parts = self.world.true_utility(users, self.week), []
        for added in self.world.setting.context_value:
            value = liking + added * self.there
            parts.append(best(self.world, np.round(value, 6), 10))
        self.week += 1
        ten = pd.DataFrame({"item": np.stack(parts, axis=1).ravel(), "user": np.repeat(users, 10 * len(CONTEXTS)),
                            "rank": np.tile(np.arange(1, 11), len(users) * len(CONTEXTS)),
                            "context": np.tile(np.repeat(CONTEXTS, 10), len(users))})  # fmt: skip
        return ten


def chosen_weights(
    world: World, events: pd.DataFrame, only: tuple[str, ...] | None = None
) -> dict[str, float]:
    """For each rule the weight whose ten, made from six weeks, hold most of what was played there in weeks 7 and 8."""
    cut = START + pd.Timedelta(weeks=world.weeks - 2)
    early, later = events[events["at"] < cut], events[events["at"] >= cut]
    played = later[later["context"].notna() & (later["action"] == "play")]
    played = played[["user_id", "track_id", "context"]].astype(object).drop_duplicates()
    played.columns = ["user", "item", "context"]
    people, found = world.listeners.to_numpy(), {}
    for name, rule in LEARNED.items():
        if only is not None and name not in only:
            continue
        hits = {}
        for weight in WEIGHTS if name != UNWEIGHTED else (1.0,):
            shelf = ContextShelf(world, early, rule, weight, world.weeks - 2)
            lists = shelf.act(people, pd.DataFrame({"context": CONTEXTS}))
            there = lists.merge(played, on=["user", "item", "context"])
            hits[weight] = float((1 / np.log2(1 + there["rank"])).sum())
        found[name] = max(hits, key=lambda weight: hits[weight])
    return found


def gained(served: Served, base: Served) -> dict[str, float]:
    """What a listener has more than under the other policy, with normal 95% intervals over the listeners."""
    found: dict[str, float] = {}
    for figure in ("hours", "satisfaction", "retained"):
        gap = served.listeners[figure].to_numpy(float) - base.listeners[figure].to_numpy(float)
        half = 1.96 * gap.std(ddof=1) / np.sqrt(len(gap))
        found |= {figure: gap.mean(), f"{figure}_low": gap.mean() - half, f"{figure}_high": gap.mean() + half}
    return found | {"base_hours": base.listeners["hours"].mean(), "listeners": len(base.listeners)}


def rows_of_world(
    seed: int, strength: float, weights: dict[str, float] | None = None, users: int = USERS,
    only: tuple[str, ...] | None = None, say: Callable = print,
) -> pd.DataFrame:  # fmt: skip
    """All rows of one world, or those of the policies named in ``only``. Weights are chosen on this world's own log."""
    world = World(seed=seed, users=users, strengths=Strengths(context=strength, duration=strength))
    events = asked_for(clean(world.log(), world.tracks, world.users)[0], world.tracks)
    if weights is None:
        weights = chosen_weights(world, events, only)
    policies: dict[str, object] = {BASE: ContextShelf(world, events, None)}
    policies |= {
        name: ContextShelf(world, events, rule, weights.get(name, 1.0)) for name, rule in LEARNED.items()
    }
    policies[TRUE_VALUE] = ContextShelf(world, events, true_value)
    policies |= {ORACLE: Oracle(world, False), ORACLE_THERE: Oracle(world, True)}
    rows: list[dict[str, object]] = []
    base = served_before = None
    for name, policy in policies.items():
        if (only is not None and name not in (BASE, *only)) or (name == CONTROL and strength != 1):
            continue
        served = world.serve(policy, weeks=WEEKS)
        base = base or served
        versus = served_before if name == ORACLE_THERE else base
        rows.append({"seed": seed, "strength": strength, "policy": name,
                     "versus": ORACLE if name == ORACLE_THERE else BASE,
                     "weight": weights.get(name, np.nan), **gained(served, versus)})  # fmt: skip
        served_before = served
        say(f"world {seed}, strength {strength:g}: {name}: {rows[-1]['hours']:+.3f}")
    return pd.DataFrame(rows).round(5)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return rows_of_world(SEEDS[0], 1.0, weights={}, only=(TRUE_VALUE,), say=lambda line: None)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--out", type=Path, default=FILE)
    chosen = parser.parse_args()
    parts = [
        rows_of_world(seed, strength, users=chosen.users) for strength in STRENGTHS for seed in chosen.seeds
    ]
    write_whole(chosen.out, pd.concat(parts).to_csv(index=False, lineterminator="\n"))
    print(f"{chosen.out.name} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
