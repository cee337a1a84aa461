"""What fake accounts achieve, what gives them away, and what a cap costs them, on Murmur's log without its farms.

    python benchmarks/attacks.py

Each attack is made for six obscure tracks, each with accounts of its own seed; a row is one of them. Writes
data/measured/attacks.csv in about five minutes of one core. Lesson 18 reads it. Who is a fake is known here, as on
no platform, and serves to grade detectors.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import split_log
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, BiasedALS, ImplicitALS, Popularity, Recommender
from recsys_helpers.trust import (
    Attack,
    capped,
    forest_suspicion,
    inject,
    lifted,
    logged,
    oddest_item_suspicion,
    pca_suspicion,
    precision_at,
    rdma,
    unit_rows,
)
from recsys_helpers.workspace import write_whole

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "attacks.csv"
CUT = pd.Timestamp("2026-02-16", tz="UTC")
TARGETS, OBSCURE = 6, (3, 8)  # how many tracks are attacked, and how many listeners such a track has
SIZES, PUSH = (
    (5, 14, 42, 141),
    30.0,
)  # fakes: about a third of a percent, 1, 3 and 10 percent of the listeners
LOUDER, TRIED = (2.0, 10.0, 30.0, 300.0), (3.0, 10.0, 30.0, 300.0)  # plays of the target by each fake
BETWEEN = ((42, 20.0), (42, 25.0), (141, 10.0), (141, 15.0), (141, 20.0))  # as loud as may go unseen
# The settings that offline.py chose, for all; ImplicitALS with half its factors.
MODELS: dict[str, Callable[[], Recommender]] = {
    "chart by listeners": Popularity,
    "chart by plays": lambda: Popularity(by="sum"),
    "ImplicitALS": lambda: ImplicitALS(n_factors=64, dtype="float64"),
    "EASE": lambda: EASE(regularization=200.0),
    "BiasedALS": lambda: BiasedALS(regularization=0.6),
}
RECIPES: dict[str, Callable[[Interactions], Interactions]] = {
    "plays": lambda x: x,
    "log": logged,
    "unit rows": unit_rows,
    "cap at 3": lambda x: capped(x, 3.0),
    "0 or 1": lambda x: capped(x, 1.0),
}
DETECTORS: dict[str, Callable[[Interactions], pd.Series]] = {
    "RDMA": rdma,
    "PCA": pca_suspicion,
    "isolation forest": forest_suspicion,
    "oddest item": oddest_item_suspicion,
}
COLUMNS = [
    "table",
    "model",
    "recipe",
    "kind",
    "fakes",
    "push",
    "run",
    "hits",
    "fans",
    "price",
    *DETECTORS,
    "learnt",
]


def counts_of(events: pd.DataFrame, like: Interactions) -> Interactions:
    """Plays counted, a cell for each pair, over the listeners and tracks of another table."""
    table = preference(events, "plays")
    table["plays"] = np.expm1(table["strength"]).round()
    return Interactions.from_frame(table, value="plays", users=like.users, items=like.items)


class Stage:
    """Murmur's first six weeks, cleaned: counts of plays, obscure tracks, and whose favourite genre is theirs."""

    def __init__(self) -> None:
        self.graded: dict[tuple, dict[str, float]] = {}
        murmur = load_murmur()
        events = asked_for(clean(murmur.events, murmur.tracks, murmur.users)[0], murmur.tracks)
        self.split = split_log(events, murmur.tracks, CUT)
        assert self.split.events is not None
        whole = counts_of(self.split.events, self.split.train)
        self.x = whole.drop_empty(items=False)
        self.genre = murmur.tracks.set_index("track_id")["genre"]
        plays = pd.DataFrame(
            {"user": self.x.rows, "genre": self.genre[self.x.items].to_numpy()[self.x.matrix.indices]}
        )
        plays["plays"] = self.x.matrix.data
        sums = plays.groupby(["user", "genre"])["plays"].sum().unstack(fill_value=0.0)
        self.favourite = pd.Series(sums.idxmax(axis=1).to_numpy(), index=self.x.users)
        heard = pd.Series(np.bincount(self.x.matrix.indices, minlength=self.x.shape[1]), index=self.x.items)
        obscure = heard.index[heard.between(*OBSCURE)]
        self.targets = np.random.default_rng(18).choice(obscure, TARGETS, replace=False).tolist()

    def attack(self, run: int, fakes: int, kind: str, push: float = PUSH) -> Attack:
        """Attack number ``run``: its own track and its own accounts."""
        target = self.targets[run]
        segment = self.x.items[self.genre[self.x.items] == self.genre[target]] if kind == "segment" else None
        return inject(self.x, target, fakes, kind, push=push, segment=segment, random_state=run)

    def found_by(self, attack: Attack, *which: Any) -> dict[str, float]:
        """The precision of each detector, or of one, at the true number of fakes, on the counts."""
        if which not in self.graded:
            suspicion = DETECTORS if which[-1] == "all" else {"oddest item": oddest_item_suspicion}
            self.graded[which] = {
                name: precision_at(way(attack.interactions), attack.fakes, len(attack.fakes))
                for name, way in suspicion.items()
            }
        return self.graded[which]

    def seen_in(self, learnt: Interactions, attack: Attack) -> float:
        """The precision of the oddest item on the table that the model learns from; NaN where its values are equal."""
        if np.ptp(learnt.matrix.data) == 0:
            return float("nan")
        return precision_at(oddest_item_suspicion(learnt), attack.fakes, len(attack.fakes))

    def row(self, table: str, model: str, recipe: str, kind: str, fakes: int, push: float, run: int) -> dict:
        found: dict[str, Any] = {
            "table": table,
            "model": model,
            "recipe": recipe,
            "kind": kind,
            "fakes": fakes,
        }
        found |= {"push": push, "run": run, "price": 0.0} | dict.fromkeys([*DETECTORS, "learnt"], np.nan)
        if not fakes:
            learnt, target = RECIPES[recipe](self.x), self.targets[run]
        else:
            attack = self.attack(run, fakes, kind, push)
            learnt, target = attack.then(RECIPES[recipe]).interactions, attack.target
            found["price"] = attack.price
            if table != "price":
                which = "all" if table == "loud" else "one"
                found |= self.found_by(attack, kind, fakes, push, run, which)
                found["learnt"] = self.seen_in(learnt, attack)
        reached = lifted(MODELS[model]().fit(learnt), target, self.x.users)
        fans = self.favourite[reached.index] == self.genre[target]
        found |= {"hits": reached.mean(), "fans": reached[fans].mean()}
        return found


def plan() -> Iterator[tuple]:
    """The rows, in order: the price of each model, disguises beside each other in EASE, loudness beside detection, and
    in finer steps, recipes beside attackers, and a rating model that learns from other recipes."""
    runs = range(TARGETS)
    for model in MODELS:
        yield from (("price", model, "plays", "none", 0, 0.0, run) for run in runs)
        for kind in ("bandwagon", "segment", "lookalike"):
            yield from (("price", model, "plays", kind, n, PUSH, run) for n in SIZES for run in runs)
    for kind in ("random", "average"):
        yield from (("price", "EASE", "plays", kind, SIZES[-1], PUSH, run) for run in runs)
    for kind in ("random", "average", "bandwagon", "lookalike"):
        yield from (("loud", "EASE", "plays", kind, 42, push, run) for push in LOUDER for run in runs)
    for kind in ("bandwagon", "lookalike"):
        yield from (("between", "EASE", "plays", kind, n, push, run) for n, push in BETWEEN for run in runs)
    for recipe in ("log", "unit rows", "cap at 3"):
        yield from (
            ("rating", "BiasedALS", recipe, "lookalike", n, PUSH, run) for n in (5, 42) for run in runs
        )
    for recipe in RECIPES:
        for kind in ("bandwagon", "lookalike"):
            yield from (("defence", "EASE", recipe, kind, 141, push, run) for push in TRIED for run in runs)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    stage = Stage()
    return pd.DataFrame([stage.row("loud", "EASE", "plays", "bandwagon", 42, 30.0, 0)])[COLUMNS].round(5)


def main() -> int:
    stage, rows = Stage(), []
    for number, one in enumerate(plan()):
        rows.append(stage.row(*one))
        if number % 50 == 0:
            print(number, *one, file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)[COLUMNS].round(5)
    write_whole(TABLE, table.to_csv(index=False, lineterminator="\n"))
    print(f"{TABLE.name} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
