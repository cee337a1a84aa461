"""Lesson 13: is there an order in what people play, or only in what is queued? Nine worlds in which that is known.

    python benchmarks/order.py

Writes data/measured/order.csv. It needs torch (`make deep`) for one line a strength, and takes about five minutes. Each
world is a Murmur of 1,500 accounts and eight weeks; `order` is how much a track's follower gains right after it: 0 is
nothing, 1 is as shipped. The truth (which track follows which) is opened to grade alone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from recsys_helpers import models
from recsys_helpers.evaluation import NextPlays
from recsys_helpers.events import asked_for, between, clean
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.sequence import Runs
from recsys_helpers.simulator import World
from recsys_helpers.simulator.strengths import Strengths

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "order.csv"
SEEDS, ORDERS = (7, 8, 9), (0.0, 1.0, 2.0)
LAST_WEEK = pd.Timestamp("2026-02-23", tz="UTC")
ENOUGH = 50  # plays after a track, for its follower to be named
ASKED = 8_000  # plays of the last week that are graded
SASREC = {"unit": "listener", "length": 50}


@cache
def world(seed: int, order: float) -> tuple[pd.DataFrame, Interactions, np.ndarray]:
    """The clean log, the plays before the last week, and (truth) the position of each track's follower."""
    made = World(seed=seed, strengths=Strengths(order=order))
    events, _ = clean(made.log(), made.tracks, made.users)
    events = asked_for(events, made.tracks)
    past = between(events, until=LAST_WEEK)
    x = Interactions.from_frame(past[past["action"] == "play"], merge="count")
    follower = made.truth_tables()["tracks"].set_index("track_id")["followed_by"]
    return events, x, x.items.get_indexer(follower.reindex(x.items))


def library_ratio(events: pd.DataFrame, items: pd.Index, follower: np.ndarray) -> tuple[float, float, float]:
    """How often people take a track's follower next from their library, over how often their own habits would.

    Of the plays from the library that come right after another, how many are the follower of the one before, and how
    many would be if that listener's library plays of that week came in any order? A track that follows itself is passed
    over, since nothing is played twice running. Ratio of the two sums, with a 95% interval over listeners.
    """
    users = pd.Index(events["user_id"].unique())
    runs = Runs.from_events(events, users, items)
    log = events.loc[runs.labels]
    run, row = (np.repeat(one, runs.lengths) for one in (np.arange(len(runs)), runs.rows))
    library = (log["source"] == "library").to_numpy()
    basket = row * 1_000 + (log["at"] - LAST_WEEK).dt.days.to_numpy() // 7 + 100  # a listener's week
    counts = pd.DataFrame({"basket": basket, "item": runs.items})[library]
    of_item, of_all = counts.groupby(["basket", "item"]).size(), counts.groupby("basket").size()

    after = np.flatnonzero(library[1:] & (run[1:] == run[:-1])) + 1
    after = after[
        (follower[runs.items[after - 1]] >= 0) & (follower[runs.items[after - 1]] != runs.items[after - 1])
    ]
    before, taken = runs.items[after - 1], runs.items[after]

    def number(item: np.ndarray) -> np.ndarray:
        return of_item.reindex(pd.MultiIndex.from_arrays([basket[after], item])).fillna(0).to_numpy()

    others = of_all.reindex(basket[after]).to_numpy() - number(
        before
    )  # the one before cannot come again at once
    expected = np.divide(number(follower[before]), others, out=np.zeros(len(after)), where=others > 0)
    per = pd.DataFrame({"user": row[after], "found": taken == follower[before], "expected": expected})
    per = per.groupby("user").sum().to_numpy(dtype=float)
    drawn = np.random.default_rng(0).multinomial(len(per), np.full(len(per), 1 / len(per)), size=1000) @ per
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return float(per[:, 0].sum() / per[:, 1].sum()), float(low), float(high)


def named(scores: np.ndarray) -> np.ndarray:
    """The first item after each item, itself left out."""
    scores = scores.copy()
    scores[np.diag_indices(len(scores))] = -np.inf
    return scores.argmax(axis=1)


def figures(seed: int, order: float, networks: bool) -> list[dict[str, Any]]:
    events, x, follower = world(seed, order)
    past = between(events, until=LAST_WEEK)
    chain = models.Markov().fit(x, events=past)
    often = np.asarray(chain.transitions_[0].sum(axis=1)) >= ENOUGH
    by_chain = named(chain.score_after([[item] for item in x.items]))
    plays = NextPlays.from_events(events, x.users, x.items, LAST_WEEK)
    plays = plays.take(np.sort(np.random.default_rng(0).permutation(len(plays))[:ASKED]))
    new = plays.take(plays.new)
    als = models.ImplicitALS(dtype="float64").fit(x.with_values(np.log1p(x.matrix.data)))
    runs = Runs.from_events(events, x.users, x.items)
    source = events.loc[runs.labels, "source"].to_numpy()
    row = np.repeat(np.arange(len(runs)), runs.lengths)
    queued = np.flatnonzero((source[1:] == "autoplay") & (row[1:] == row[:-1])) + 1

    found = {
        "autoplay: share of followers": (
            float((follower[runs.items[queued - 1]] == runs.items[queued]).mean()),
        ),
        "Markov: names the follower": (float((by_chain == follower)[often].mean()),),
        "Markov: new": (
            float(new.ndcg(lambda some: chain.score_after(some.session_so_far()), unheard=True).mean()),
        ),
        "ImplicitALS: new": (float(new.ndcg(lambda some: als.score(some.user_ids), unheard=True).mean()),),
        "library ratio": library_ratio(events, x.items, follower),
        "library ratio, named by Markov": library_ratio(
            between(events, since=LAST_WEEK), x.items, np.where(often, by_chain, -1)
        ),
    }
    if networks:
        from recsys_helpers import deep

        network = deep.SASRec(training=deep.Training(5, 16, 0.002, 0.01), **SASREC).fit(x, events=past)
        by_network = named(network.score_after([[item] for item in x.items]).astype(np.float64))
        found["SASRec: names the follower"] = (float((by_network == follower)[often].mean()),)
        score = lambda some: network.score_after(some.listener_so_far())  # noqa: E731
        found["SASRec: new"] = (float(new.ndcg(score, unheard=True).mean()),)
    return [
        {
            "seed": seed,
            "order": order,
            "figure": name,
            **dict(zip(("value", "low", "high"), one, strict=False)),
        }
        for name, one in found.items()
    ]


def table(
    seeds: tuple[int, ...] = SEEDS, orders: tuple[float, ...] = ORDERS, networks: bool = True
) -> pd.DataFrame:
    rows = [
        line
        for seed in seeds
        for order in orders
        for line in figures(seed, order, networks and seed == SEEDS[0])
    ]
    return pd.DataFrame(rows, columns=["seed", "order", "figure", "value", "low", "high"]).round(4)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew, and its world's other figures."""
    return table(SEEDS[:1], ORDERS[:1], networks=False)


def main() -> None:
    with threadpool_limits(1):
        found = table()
    found.to_csv(FILE, index=False, lineterminator="\n")
    print(found.pivot_table(index="figure", columns=["order", "seed"], values="value").round(3).to_string())


if __name__ == "__main__":
    main()
