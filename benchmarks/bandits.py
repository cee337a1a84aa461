"""Which of twenty-six new releases to show? Bandits with and without features at Murmur, each with five tries.

    python benchmarks/bandits.py

Writes data/measured/bandits.csv; lesson 14 reads it. It takes about four minutes of one core. At each of 4,000 visits
a rule shows one release, one of each genre, and the visitor is pleased with the chance that Murmur's own curve of
pleasure gives. Settings are chosen on five runs and judged on twenty others. Some rules begin again with what the log
already knows of these releases, or with as much of another kind; and with answers in batches, once more with a first
batch that is drawn by lot. At the end three rules meet other releases, the second newest of each genre.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.acting import (
    UCB,
    Bandit,
    EpsilonGreedy,
    LinEpsilonGreedy,
    LinThompson,
    LinUCB,
    Thompson,
    play,
)
from recsys_helpers.datasets import load_murmur
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ImplicitALS
from recsys_helpers.simulator import World
from recsys_helpers.simulator.chances import pleasure_in

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "bandits.csv"
SINCE = pd.Timestamp("2026-02-16", tz="UTC")  # the last two weeks of the log
VISITS, TRIES, RUNS, K = 4_000, range(100, 105), range(20), 8
MARKS = (250, 500, 1_000, 2_000, 4_000)  # visits after which the regret is noted
BATCHES = (1, 50, 200, 1_000)

Make = Callable[[float, int, int, int], Bandit]  # setting, arms, features, seed
RULES: dict[str, tuple[Make, tuple[float, ...]]] = {
    "any": (lambda _, m, d, seed: EpsilonGreedy(m, 1.0, seed=seed), (1.0,)),
    "greedy": (
        lambda misses, m, d, seed: EpsilonGreedy(m, 0.0, prior=(1, misses), seed=seed),
        (0.25, 1, 3, 9, 19),
    ),
    "epsilon-greedy": (
        lambda epsilon, m, d, seed: EpsilonGreedy(m, epsilon, prior=(1, 3), seed=seed),
        (0.02, 0.05, 0.1, 0.2, 0.4),
    ),
    "UCB": (lambda alpha, m, d, seed: UCB(m, alpha, seed=seed), (0.05, 0.1, 0.2, 0.4, 1.0)),
    "Thompson": (lambda misses, m, d, seed: Thompson(m, prior=(1, misses), seed=seed), (1, 3, 9, 19, 39)),
    "linear greedy": (
        lambda hope, m, d, seed: LinEpsilonGreedy(m, d, 0.0, hope=hope, seed=seed),
        (0.0, 0.1, 0.2, 0.4, 0.8),
    ),
    "linear epsilon-greedy": (
        lambda epsilon, m, d, seed: LinEpsilonGreedy(m, d, epsilon, hope=0.2, seed=seed),
        (0.0025, 0.005, 0.01, 0.02, 0.05),
    ),
    "LinUCB": (lambda alpha, m, d, seed: LinUCB(m, d, alpha, seed=seed), (0.1, 0.2, 0.3, 0.5, 1.0)),
    "linear Thompson": (
        lambda scale, m, d, seed: LinThompson(m, d, scale, seed=seed),
        (0.03, 0.06, 0.1, 0.2, 0.4),
    ),
}
OTHER_SETTINGS = (("linear greedy", 0.0), ("UCB", 1.0), ("greedy", 19.0))
WARM = ("greedy", "Thompson", "linear greedy", "LinUCB")
STARTS = ("nothing", "the log", "autoplay alone", "as many at random", "the log, tracks shuffled")
BY_LOT = "first batch by lot"
OTHER_RELEASES = (("linear greedy", 0.0), ("UCB", 0.1), ("LinUCB", 0.2))


@dataclass(frozen=True)
class Scene:
    """What all runs share: releases, listeners, their features (n, d), chances (n, arms), how often each comes."""

    tracks: np.ndarray
    listeners: pd.Index
    features: np.ndarray
    rates: np.ndarray
    often: np.ndarray
    plays: pd.DataFrame

    def visits(self, run: int, n: int = VISITS) -> np.ndarray:
        """Who comes, visit by visit: positions of listeners."""
        return np.random.default_rng([7, run]).choice(len(self.often), n, p=self.often)


def newest_of_each_genre(tracks: pd.DataFrame, nth: int = 0) -> pd.DataFrame:
    """The latest release of each genre in the last two weeks, or with nth 1 the one before it, by id, without ads."""
    recent = tracks[(tracks["released"] >= f"{SINCE:%Y-%m-%d}") & ~tracks["kind"].isin(["ad", "help"])]
    latest_first = recent.sort_values(["released", "track_id"], ascending=False)
    return latest_first.groupby("genre", observed=True).nth(nth).sort_values("track_id")


def plays_of(
    tracks: np.ndarray, events: pd.DataFrame, about: pd.DataFrame, listeners: pd.Index
) -> pd.DataFrame:
    """What the log has of these releases off the shelf: source, arm and listener as positions, reward (half heard)."""
    found = events[
        (events["action"] == "play") & events["track_id"].isin(tracks) & (events["source"] != "home")
    ]
    length = found["track_id"].map(about.set_index("track_id")["duration_s"]).astype(float)
    plays = pd.DataFrame(
        {
            "source": found["source"].astype(str),
            "arm": pd.Index(tracks).get_indexer(found["track_id"].astype(object)),
            "listener": listeners.get_indexer(found["user_id"].astype(object)),
            "reward": (found["seconds_played"] >= length / 2).astype(int),
        }
    )
    return plays[plays["listener"] >= 0].reset_index(drop=True)


def first_by_lot(rule: Bandit) -> Bandit:
    """The rule, which draws by lot until the first answers come, where by itself it shows all the lowest of equals."""
    choose = rule.choose

    def choose_or_draw(visits: Any = 1) -> np.ndarray:
        known = rule.shown.any()
        return choose(visits) if known else rule.rng.integers(rule.n_arms, size=len(visits))

    rule.choose = choose_or_draw  # type: ignore[method-assign]
    return rule


def begin(there: Scene, rule: Bandit, start: str, run: int) -> Bandit:
    """The rule after it has learnt from the answers that a start brings."""
    rng, plays = np.random.default_rng([11, run]), there.plays
    if start == "autoplay alone":
        plays = plays[plays["source"] == "autoplay"]
    arms, who, rewards = (plays[name].to_numpy() for name in ("arm", "listener", "reward"))
    if start == "nothing":
        return rule
    if start == BY_LOT:
        return first_by_lot(rule)
    if start == "as many at random":
        who = rng.choice(len(there.often), len(arms), p=there.often)
        arms = rng.integers(there.rates.shape[1], size=len(arms))
        rewards = (rng.random(len(arms)) < there.rates[who, arms]).astype(int)
    if start == "the log, tracks shuffled":
        arms = rng.permutation(there.rates.shape[1])[arms]
    return rule.learn(arms, rewards, there.features[who])


def scene(nth: int = 0) -> Scene:
    """Listeners by eight factors of what they heard before, and a constant; who plays more of late comes more often."""
    murmur = load_murmur()
    events, _ = clean(murmur.events, murmur.tracks, murmur.users)
    events = asked_for(events, murmur.tracks)
    past = Interactions.from_frame(
        preference(events[events["at"] < SINCE], "listened", murmur.tracks), value="strength"
    )
    factors = ImplicitALS(n_factors=K, dtype="float64").fit(past).user_factors_
    scaled = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    features = np.column_stack([np.ones(len(scaled)), scaled]) / 3
    world = World()
    liking = pd.DataFrame(world.true_utility(past.users), columns=world.tracks["track_id"])
    tracks = newest_of_each_genre(murmur.tracks, nth)["track_id"].to_numpy()
    late = (
        events.loc[events["at"] >= SINCE, "user_id"].value_counts().reindex(past.users).fillna(0).to_numpy()
    )
    rates = pleasure_in(liking[tracks].to_numpy())
    plays = plays_of(tracks, events, murmur.tracks, past.users)
    return Scene(tracks, past.users, features.round(6), rates, late / late.sum(), plays)


def one_run(
    there: Scene, rule: str, setting: float, run: int, batch: int = 1, start: str = "nothing"
) -> tuple[np.ndarray, np.ndarray]:
    """The chance that what was shown pleases, visit by visit, and that of the best for this listener: (n,) each."""
    make, _ = RULES[rule]
    who = there.visits(run)
    rates, x = there.rates[who], there.features[who]
    begun = begin(there, make(setting, rates.shape[1], x.shape[1], run), start, run)
    played = play(begun, rates, features=x, batch=batch, seed=1_000 + run)
    return rates[np.arange(len(who)), played.arms], rates.max(axis=1)


def rows(
    there: Scene,
    part: str,
    rule: str,
    setting: float,
    runs: Iterable[int],
    batch: int = 1,
    start: str = "nothing",
) -> list[tuple[object, ...]]:
    """A row for each run and mark: mean chance to please until then, and regret against the best for each listener."""
    found = []
    for run in runs:
        got, best = one_run(there, rule, setting, run, batch, start)
        for mark in MARKS if part in ("final", "starts") else MARKS[-1:]:
            found.append(
                (part, rule, setting, batch, start, run, mark, got[:mark].mean(), (best - got)[:mark].sum())
            )
    return found


COLUMNS = ["part", "rule", "setting", "batch", "start", "run", "visits", "pleased", "regret"]


def as_table(found: list[tuple[object, ...]]) -> pd.DataFrame:
    return pd.DataFrame(found, columns=COLUMNS).round({"pleased": 5, "regret": 2})


def measure(there: Scene) -> pd.DataFrame:
    """The tries of all rules, then the best of each on other runs; the same in batches; some settings beside them."""
    found = []
    for rule, (_, settings) in RULES.items():
        for setting in settings:
            found += rows(there, "tries", rule, setting, TRIES)
    tries = as_table(found).groupby(["rule", "setting"])["pleased"].mean()
    for rule in RULES:
        best = float(tries[rule].idxmax())
        for batch in BATCHES:
            found += rows(there, "final" if batch == 1 else "batches", rule, best, RUNS, batch)
    for rule, setting in OTHER_SETTINGS:
        found += rows(there, "beside", rule, setting, RUNS)
    for rule in WARM:
        setting = 0.0 if rule == "linear greedy" else float(tries[rule].idxmax())  # this one never explores
        for start in STARTS:
            found += rows(there, "starts", rule, setting, RUNS, start=start)
    return pd.concat(
        [as_table(found), measure_more({rule: float(tries[rule].idxmax()) for rule in RULES}, there)]
    )


def measure_more(best: dict[str, float], there: Scene) -> pd.DataFrame:
    """Batches of which the first is drawn by lot; and other releases."""
    found = []
    for rule in [rule for rule in RULES if rule != "any"]:
        for batch in BATCHES[1:]:
            found += rows(there, "by lot", rule, best[rule], RUNS, batch, BY_LOT)
    second, others = scene(nth=1), []
    for rule, setting in OTHER_RELEASES:
        others += rows(second, "other releases", rule, setting, RUNS)
    return pd.concat([as_table(found), as_table(others).assign(start="nothing, other releases")])


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return as_table(rows(scene(), "beside", "UCB", 1.0, [0]))


if __name__ == "__main__":
    measure(scene()).to_csv(TABLE, index=False, lineterminator="\n")
    print(f"{TABLE.name} is written.")
