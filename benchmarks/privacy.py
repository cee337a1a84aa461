"""Lesson 19's tables: who is singled out, who is told to be in the data, and what noise costs, with many draws of each.

    python benchmarks/privacy.py

Writes data/measured/privacy.csv in about six minutes of one core; Last.fm is taken from where it is (see load_lastfm),
and only shares over all its listeners are written. `x` is what the table turns: items known, the penalty, other
listeners who move too, or epsilon. `value` is a share or an AUC, `ndcg` the accuracy of the same setting on the last
two weeks, by a fit on all listeners of the first six. It decides nothing: lesson 19 puts intervals over the draws.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from recsys_helpers.datasets import load_lastfm, load_murmur
from recsys_helpers.evaluation import Split, score_lists, split_log
from recsys_helpers.events import asked_for, clean
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ImplicitALS, Recommender, top_k
from recsys_helpers.trust import (
    PrivateSVD,
    auc,
    clip_rows,
    come_back,
    guess_new_play,
    private_counts,
    private_gram,
    singled_out,
)
from recsys_helpers.workspace import write_whole

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "privacy.csv"
TEST = pd.Timestamp("2026-02-16", tz="UTC")
KNOWN = (1, 2, 3, 4, 5, 6)
PENALTIES = {"EASE": (10, 30, 100, 300, 1000), "ImplicitALS": (10, 20, 40, 60, 120)}
WIDE = "ImplicitALS, 256 factors"
MODELS: dict[str, Callable[[float], Recommender]] = {
    "EASE": lambda penalty: EASE(penalty),
    "ImplicitALS": lambda penalty: ImplicitALS(regularization=penalty),
    WIDE: lambda penalty: ImplicitALS(n_factors=256, regularization=penalty),
}
EPSILONS = (0.3, 1.0, 2.0, 4.0, 8.0)
MOST, TRACKS, DELTA, FACTORS = 5, 400, 1e-5, 16
PARTS = ["alone", *PENALTIES, WIDE, "nine tenths", "Last.fm", "groups", "similar", "chart", "svd"]
COLUMNS = ["table", "data", "which", "x", "times", "draw", "people", "value", "ndcg"]
Row = dict[str, object]


class Murmur:
    """The plays of all eight weeks, and a split: six weeks to learn from, two to judge."""

    def __init__(self) -> None:
        data = load_murmur()
        self.events = asked_for(clean(data.events, data.tracks, data.users)[0], data.tracks)
        self.plays = self.events[self.events["action"] == "play"]
        self.heard = Interactions.from_frame(self.plays[["user_id", "track_id"]].drop_duplicates())
        self.split: Split = split_log(self.events, data.tracks, TEST)
        train = self.split.train
        self.ones = Interactions((train.matrix != 0).astype(np.float64), train.users, train.items)
        self.asked = self.ones.user_positions(self.split.listeners)

    def ndcg(self, lists: pd.DataFrame) -> float:
        return float(score_lists(lists, self.split.test, ["ndcg"], k=10)["ndcg"].mean())

    def ndcg_of_scores(self, scores: np.ndarray, items: np.ndarray) -> float:
        """Of scores for the listeners who are asked, over some items; what they heard is left out."""
        heard = self.ones.matrix[self.asked][:, items].toarray() > 0
        row, column, rank, score = top_k(np.where(heard, -np.inf, scores), 10)
        lists = {"user": self.split.listeners.take(row), "item": self.ones.items[items].take(column)}
        return self.ndcg(pd.DataFrame(lists | {"rank": rank + 1, "score": score}))


def lastfm() -> Interactions:
    """Artists and the logarithm of their plays."""
    plays = load_lastfm().plays
    return Interactions.from_frame(
        plays.assign(strength=np.log1p(plays["plays"])), item="artist_id", value="strength"
    )


def row_of(table: str, data: str, which: str, x: float, **figures: object) -> Row:
    return (
        dict.fromkeys(COLUMNS)
        | {"table": table, "data": data, "which": which, "x": x, "times": 1, "draw": 0}
        | figures
    )


def alone(data: str, heard: Interactions, draws: int) -> Iterator[Row]:
    """The share whom n random items fit alone."""
    for n in KNOWN:
        for draw in range(draws):
            fits = singled_out(heard, n, random_state=draw)
            yield row_of("alone", data, "items", n, draw=draw, people=len(fits), value=(fits == 1).mean())


def halves(x: Interactions, draw: int, parts: int = 2) -> list[pd.Index]:
    """Random parts of those with four items or more."""
    people = x.users[np.diff(x.matrix.indptr) >= 4]
    part = np.random.default_rng(draw).permutation(len(people)) % parts
    return [people[part == one] for one in range(parts)]


def signals(
    make: Callable[[], Recommender], x: Interactions, draw: int, parts: int = 2
) -> tuple[pd.Series, pd.Series]:
    """The signal of everybody as a member and as a stranger: each part is left out of one fit, and another is in it."""
    each = halves(x, draw, parts)
    told = []
    for number, others in enumerate(each):
        inside = [people for people in each if people is not others]
        model = make().fit(x.subset(users=np.concatenate(inside)))
        members = each[number - 1]
        told.append(
            [come_back(model, x.subset(users=people), random_state=draw) for people in (members, others)]
        )
    return pd.concat([pair[0] for pair in told]), pd.concat([pair[1] for pair in told])


def member(
    data: str, x: Interactions, which: str, penalty: float, draws: int, ndcg: float | None, parts: int = 2
) -> Iterator[Row]:
    for draw in range(draws):
        inside, outside = signals(lambda: MODELS[which](penalty), x, draw, parts)
        value = auc(inside, outside).value
        yield row_of("member", data, which, penalty, draw=draw, people=len(inside), value=value, ndcg=ndcg)


def quarters(x: Interactions, penalty: float, draws: int) -> Iterator[Row]:
    """The same by quarters of listeners: by how many listeners their tracks have, by how many tracks they have, and by
    the first among listeners with about as many tracks, in eight groups."""
    x = x.drop_empty()
    listeners = np.bincount(x.matrix.indices)[x.matrix.indices]
    length = np.diff(x.matrix.indptr)
    fame = np.bincount(x.rows, listeners) / length
    for draw in range(draws):
        inside, outside = signals(lambda: EASE(penalty), x, draw)
        table = pd.DataFrame({"fame": fame, "length": length}, x.users).reindex(inside.index)
        alike = pd.qcut(table["length"].rank(method="first"), 8, labels=False)
        table["fame, as many tracks"] = table["fame"].groupby(alike).rank(pct=True)
        for which in table:
            quarter = pd.qcut(table[which], 4, labels=False)
            for one in range(4):
                mine = quarter.index[quarter == one]
                value = auc(inside[mine], outside[mine]).value
                yield row_of("quarters", "Murmur", which, one + 1, draw=draw, people=len(mine), value=value)


def nobody(x: Interactions, draws: int) -> Iterator[Row]:
    """Neither group was in the data: what the signal tells then is chance."""
    for draw in range(draws):
        one, two, fitted = halves(x, draw, 3)
        model = EASE().fit(x.subset(users=fitted))
        told = auc(*(come_back(model, x.subset(users=people), random_state=draw) for people in (one, two)))
        yield row_of(
            "member", "Murmur", "nobody", 100, draw=draw, people=len(one) + len(two), value=told.value
        )


def pages(gram: np.ndarray, items: np.ndarray, k: int = 10, shrinkage: float = 5.0) -> pd.DataFrame:
    """The «similar» pages of some items as ItemKNN makes them on 0/1, by position."""
    length = np.diag(gram)
    likeness = gram[items] / (np.sqrt(np.outer(length[items], length)) + shrinkage)
    likeness[np.arange(len(items)), items] = -1
    best = np.argsort(-likeness.round(9), axis=1, kind="stable")[:, :k]
    rank = np.tile(np.arange(1, k + 1), len(items))
    return pd.DataFrame({"item": np.repeat(items, k), "similar": best.ravel(), "rank": rank})


def similar(at: Murmur, known: int, others: int, own: bool, people: int) -> Row:
    """How often the first guess from pages is the listener's first new play, while others play something new too."""
    heard = pd.MultiIndex.from_frame(at.ones.to_frame()[["user", "item"]])
    late = (
        at.plays[at.plays["at"] >= TEST]
        .sort_values(["at", "event_id"])[["user_id", "track_id"]]
        .astype(object)
    )
    late = late[late["user_id"].isin(at.ones.users) & late["track_id"].isin(at.ones.items)]
    first = late[~pd.MultiIndex.from_frame(late).isin(heard)].drop_duplicates("user_id")
    users, new = at.ones.user_positions(first["user_id"]), at.ones.item_positions(first["track_id"])
    matrix, rng = at.ones.matrix, np.random.default_rng(0)
    histories = np.split(matrix.indices, matrix.indptr[1:-1])
    gram = (matrix.T @ matrix).toarray()
    enough = np.flatnonzero(np.diff(matrix.indptr)[users] >= 10)
    hits = []
    for mine in rng.permutation(enough)[:people]:
        tracks = rng.permutation(histories[users[mine]])[:known]
        moving = [*rng.permutation(np.delete(np.arange(len(users)), mine))[:others], *([mine] if own else [])]
        seen = []
        for sign in (1, -1):
            seen.append(pages(gram, tracks))
            for one in moving:
                also, track = histories[users[one]], new[one]
                gram[also, track] += sign
                gram[track, also] += sign
                gram[track, track] += sign
        guesses = guess_new_play(*seen, tracks)
        hits.append(len(guesses) > 0 and guesses.index[0] == new[mine])
    which = f"{'all' if known > 1000 else known} known, {'played' if own else 'did not play'}"
    return row_of("similar", "Murmur", which, others, people=len(hits), value=float(np.mean(hits)))


def chart(at: Murmur, epsilon: float, times: int, draws: int) -> Iterator[Row]:
    """A chart of noisy counts; `times` copies of every listener have the same chart under less noise for each."""
    everything = np.arange(len(at.ones.items))
    for draw in range(draws):
        counts = private_counts(at.ones, epsilon * times, MOST, lesson_seed=draw).to_numpy()
        scores = np.tile(counts, (len(at.asked), 1))
        ndcg = at.ndcg_of_scores(scores, everything)
        yield row_of("private", "Murmur", "chart", epsilon, times=times, draw=draw, ndcg=ndcg)


def largest(counts: np.ndarray) -> np.ndarray:
    return np.sort(np.argsort(-counts, kind="stable")[:TRACKS])


def svd(at: Murmur, which: str, epsilon: float, times: int, draws: int, told: bool = False) -> Iterator[Row]:
    """PrivateSVD over 400 tracks: those with most listeners, or those that a private chart of epsilon 1 chose."""
    for draw in range(draws):
        counts = np.bincount(at.ones.matrix.indices, minlength=len(at.ones.items)).astype(np.float64)
        if which == "private tracks":
            counts = private_counts(at.ones, 1.0, MOST, lesson_seed=1000 + draw).to_numpy()
        items = largest(counts)
        some = at.ones.subset(items=at.ones.items[items])
        rows = clip_rows(some).matrix
        gram = (rows.T @ rows).toarray()
        noisy = times * gram + (private_gram(some, epsilon, DELTA, lesson_seed=draw) - gram if epsilon else 0)
        factors = np.linalg.eigh(noisy)[1][:, -FACTORS:]
        scores = some.matrix[at.asked].toarray() @ factors @ factors.T
        value = None
        if told:
            exact = {"epsilon": 1e9} if not epsilon else {"epsilon": epsilon}
            value = auc(*signals(lambda d=draw, e=exact: PrivateSVD(**e, lesson_seed=d), some, draw)).value
        ndcg = at.ndcg_of_scores(scores, items)
        yield row_of("private", "Murmur", which, epsilon, times=times, draw=draw, value=value, ndcg=ndcg)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    at = Murmur()
    penalty = 100
    ndcg = at.ndcg(EASE(penalty).fit(at.split.train).recommend(at.split.listeners))
    return pd.DataFrame(list(member("Murmur", at.split.train, "EASE", penalty, 1, ndcg)))[COLUMNS].round(5)


def found(at: Murmur, part: str, draws: int) -> Iterator[Row]:
    """The rows of one part."""
    train = at.split.train
    if part == "alone":
        yield from alone("Murmur", at.heard, draws)
        real = lastfm()
        listeners = np.bincount(real.matrix.indices, minlength=len(real.items))
        n = len(at.heard.items)  # as many artists as Murmur has tracks, those with most listeners
        popular = real.subset(items=real.items[np.sort(np.argsort(-listeners, kind="stable")[:n])])
        yield from alone("Last.fm", real, draws)
        yield from alone("Last.fm, as many", popular, draws)
    elif part in PENALTIES:
        for penalty in PENALTIES[part]:
            lists = MODELS[part](penalty).fit(train).recommend(at.split.listeners)
            yield from member("Murmur", train, part, penalty, draws, at.ndcg(lists))
    elif part == WIDE:
        lists = MODELS[WIDE](60).fit(train).recommend(at.split.listeners)
        yield from member("Murmur", train, WIDE, 60, draws, at.ndcg(lists))
    elif part == "nine tenths":
        for penalty in PENALTIES["EASE"]:
            yield from member("Murmur, nine tenths", train, "EASE", penalty, 2, None, parts=10)
    elif part == "Last.fm":
        real = lastfm()
        for penalty in (10, 100, 1000):
            yield from member("Last.fm", real, "EASE", penalty, 2, None)
    elif part == "groups":
        yield from nobody(train, 2 * draws)
        yield from quarters(train, 100, draws)
    elif part == "similar":
        for known in (10, 10_000):
            for others in (0, 10, 100):
                yield similar(at, known, others, True, 400)
            yield similar(at, known, 100, False, 400)
    elif part == "chart":
        exact = np.bincount(at.ones.matrix.indices, minlength=len(at.ones.items)).astype(np.float64)
        scores = np.tile(exact, (len(at.asked), 1))
        yield row_of("private", "Murmur", "chart", 0, ndcg=at.ndcg_of_scores(scores, np.arange(len(exact))))
        for epsilon in EPSILONS:
            for times in (1, 10):
                yield from chart(at, epsilon, times, 2 * draws)
    else:
        yield from svd(at, "exact tracks", 0, 1, draws, told=True)
        for epsilon in EPSILONS:
            yield from svd(at, "exact tracks", epsilon, 1, draws, told=True)
            for times in (10, 100):
                yield from svd(at, "exact tracks", epsilon, times, draws)
            yield from svd(at, "private tracks", epsilon, 1, draws)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=5)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--out", type=Path, default=FILE)
    chosen = parser.parse_args()
    at = Murmur()
    with threadpool_limits(limits=1):
        rows = [row for part in chosen.parts for row in found(at, part, chosen.draws)]
    table = pd.DataFrame(rows)[COLUMNS].round(5)
    write_whole(chosen.out, table.to_csv(index=False, lineterminator="\n"))
    print(f"{chosen.out.name} is written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
