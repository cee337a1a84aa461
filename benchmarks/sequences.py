"""Lesson 13's contest: what comes next in a session, by habit, by neighbours, by counts and by networks.

    python benchmarks/sequences.py

Writes data/measured/sequences.csv. It needs torch (`make deep`) and Murmur, and takes about eight minutes of one core
on a quiet machine. What is done is kept in .cache/sequences/, so that an interrupted run goes on where it stopped;
delete that folder to measure anew.

All of it is on every second listener of Murmur, drawn once. Each model gets two tries. A try learns from weeks 1 to 6
and is graded on plays of week 7, those of three listeners in five; the best one learns anew from weeks 1 to 7 and is
graded on all of week 8. A network's epochs, at most five, are those that were best in its try. Every model sees what
was played up to the very play that it is asked about.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from cached import kept
from scipy import sparse
from threadpoolctl import threadpool_limits

from recsys_helpers import models
from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import NextPlays, bootstrap_means
from recsys_helpers.events import asked_for, between, clean
from recsys_helpers.interactions import Interactions

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "sequences.csv"
CACHE = Path(__file__).resolve().parent / ".cache" / "sequences"
WEEKS = {week: pd.Timestamp("2026-01-05", tz="UTC") + pd.Timedelta(weeks=week) for week in range(9)}
GROUPS = ("any", "by the listener", "by autoplay", "new", "new, by the listener", "new, by autoplay")
BASELINE = "Markov"
NETWORK = [{}, {"training__learning_rate": 0.008}]
TRIED: dict[str, list[dict[str, Any]]] = {
    "popularity": [{"half_life": None}, {"half_life": "14D"}],
    "own habits": [{"half_life": np.inf}, {"half_life": 200.0}],
    "ImplicitALS": [{}, {"n_factors": 128}],
    "EASE": [{"regularization": 100.0}, {"regularization": 400.0}],
    "session kNN": [{}, {"n_neighbors": 500}],
    "Markov": [{"smoothing": 100.0}, {"smoothing": 100.0, "steps": 2, "decay": 0.3}],
    "SASRec": NETWORK,
    "mix": [  # exponents of own habits, Markov and SASRec
        {"own": 0.5, "markov": 0.5, "sasrec": 1.0},
        {"own": 0.5, "markov": 0.25, "sasrec": 0.5},
    ],
    "GRU4Rec": NETWORK,
    "convolutions": [{"n_layers": 3} | one for one in NETWORK],
    "target attention": [
        {"unit": "session", "length": 20},
        {"unit": "session", "length": 20, "training__learning_rate": 0.008},
    ],
}
# Beside the contest: the chosen SASRec again with another seed, and with losses that look at some of the items only.
AGAIN: dict[str, dict[str, Any]] = {
    "SASRec, another seed": {"random_state": 1},
    "SASRec, sampled softmax": {"loss": "sampled"},
    "SASRec, one negative": {"loss": "binary", "n_negatives": 1},
    "SASRec, 256 negatives, calibrated": {"loss": "binary", "n_negatives": 256, "calibration": 1.0},
}
CONFIDENCE = {"said": "first item: said", "right": "first item: right", "last": "attention on the last of 20"}
COLUMNS = ["model", "group", "try", "settings", "epochs", "value", "low", "high", "difference", "difference_low",
           "difference_high", "n_plays", "cpu_seconds"]  # fmt: skip
Score = Callable[[NextPlays], Any]


@cache
def log() -> pd.DataFrame:
    murmur = load_murmur()
    events, _ = clean(murmur.events, murmur.tracks, murmur.users)
    events = asked_for(events, murmur.tracks)
    who = np.sort(events["user_id"].unique())
    half = np.random.default_rng(0).permutation(who)[: len(who) // 2]
    return events[events["user_id"].isin(half)]


@cache
def task(week: int, share: float = 1.0) -> tuple[pd.DataFrame, Interactions, NextPlays, np.ndarray]:
    """The log before a week, its plays as counts, the week's plays that are asked about, and which autoplay chose."""
    past = between(log(), until=WEEKS[week - 1])
    x = Interactions.from_frame(past[past["action"] == "play"], merge="count", time="at")
    plays = NextPlays.from_events(log(), x.users, x.items, WEEKS[week - 1], WEEKS[week])
    if share < 1:
        asked = np.random.default_rng(0).random(len(x.users)) < share
        plays = plays.take(asked[plays.rows])
    return past, x, plays, (log().loc[plays.labels, "source"] == "autoplay").to_numpy()


def words(settings: dict[str, Any]) -> str:
    pairs = {name.removeprefix("training__"): value for name, value in settings.items()}
    return ", ".join(f"{name}={value!r}" for name, value in pairs.items()) or "defaults"


# ---- who takes part: settings -> (score, epochs, what was fitted) ----------------------------------------------------


def counts(plays: NextPlays, half_life: float) -> np.ndarray:
    """What each listener has played so far, a play counting half after so many later ones."""
    so_far = plays.listener_so_far()
    row = np.repeat(np.arange(len(plays)), so_far.lengths)
    age = np.repeat(so_far.starts[1:], so_far.lengths) - 1 - np.arange(len(so_far.items))
    weight = 0.5 ** (age / half_life)
    return sparse.csr_array((weight, (row, so_far.items)), shape=(len(plays), len(plays.items))).toarray()


def fit(
    name: str, settings: dict[str, Any], week: int, judge: Score | None = None, **training: Any
) -> tuple[Score, int, Any]:
    past, x, _, _ = task(week)
    shares = np.bincount(x.matrix.indices, x.matrix.data, minlength=x.shape[1]) / x.matrix.data.sum()
    if name == "popularity":
        model = models.Popularity(by="sum", **settings).fit(x)
        return (lambda plays: model.score(plays.user_ids)), 0, model
    if name == "own habits":
        return (lambda plays: counts(plays, settings["half_life"]) + 1e-6 * shares), 0, None
    if name == "ImplicitALS":
        model = models.ImplicitALS(dtype="float64", **settings).fit(x.with_values(np.log1p(x.matrix.data)))
        return (lambda plays: model.score(plays.user_ids)), 0, model
    if name == "EASE":
        model = models.EASE(**settings).fit(x.with_values(np.ones(x.nnz)))
        return partial(live, model), 0, model
    if name in ("session kNN", "Markov"):
        model = (models.SessionKNN if name == "session kNN" else models.Markov)(**settings).fit(
            x, events=past
        )
        return (lambda plays: model.score_after(plays.session_so_far())), 0, model
    from recsys_helpers import deep

    kind = {"GRU4Rec": deep.GRU4Rec, "convolutions": deep.ConvSeq, "target attention": deep.TargetAttention}
    model = kind.get(name.split(",")[0], deep.SASRec)()
    model.set_params(width=32, training=deep.Training(5, 16, 0.004, 0.01, patience=2)).set_params(**settings)
    model.set_params(**{f"training__{key}": value for key, value in training.items()})
    if judge is not None:
        model.set_params(training__validate=lambda fitted: judge(partial(continued, fitted)))
    model.fit(x, events=past)
    epochs = next((row["epoch"] for row in model.history_ if row.get("kept")), 0)
    return partial(continued, model), epochs, model


def continued(model: Any, plays: NextPlays) -> np.ndarray:
    return model.score_after(plays.session_so_far() if model.unit == "session" else plays.listener_so_far())


def live(model: Any, plays: NextPlays) -> np.ndarray:
    """EASE on what each listener has played up to this play."""
    so_far = plays.listener_so_far()
    row = np.repeat(np.arange(len(plays)), so_far.lengths)
    matrix = sparse.csr_array((np.ones(len(row)), (row, so_far.items)), shape=(len(plays), len(plays.items)))
    matrix.sum_duplicates()
    matrix.data[:] = 1.0
    return model.fold_in(Interactions(matrix, pd.RangeIndex(len(plays)), plays.items)).score(
        range(len(plays))
    )


def mixed(own: Score, markov: Score, sasrec: Score, powers: dict[str, float], plays: NextPlays) -> np.ndarray:
    """The logarithm of a product of three distributions, each to a power of its own."""
    habit = own(plays)
    habit = habit / habit.sum(axis=1, keepdims=True)
    logits = sasrec(plays)
    logits = logits - logits.max(axis=1, keepdims=True)
    # A listener's habits say nothing of what they never played: a hundredth goes to what the chain gives.
    chain = markov(plays)
    return (
        powers["own"] * np.log(0.99 * habit + 0.01 * chain + 1e-12)
        + powers["markov"] * np.log(chain + 1e-12)
        + powers["sasrec"] * logits
    )


# ---- one try, one grade ----------------------------------------------------------------------------------------------


def grades(score: Score, week: int, share: float) -> dict[str, np.ndarray]:
    """nDCG@10 of each play among all items, and of each new one among what its listener has not heard."""
    _, _, plays, _ = task(week, share)
    return {"any": plays.ndcg(score), "new": plays.take(plays.new).ndcg(score, unheard=True)}


def one_try(name: str, number: int) -> dict[str, Any]:
    few = task(7, 0.2)[2]
    judge = lambda score: float(few.ndcg(score).mean())  # noqa: E731
    if name == "mix":
        score, epochs = partial(mixed, *parts(7), TRIED["mix"][number]), 0
    else:
        score, epochs, _ = fit(name, TRIED[name][number], 7, judge)
    found = grades(score, 7, 0.6)
    return {"epochs": epochs, "any": float(found["any"].mean()), "new": float(found["new"].mean())}


@cache
def parts(week: int) -> list[Score]:
    """What the mix is made of, each with its chosen settings."""
    return [
        fit(name, chosen(name)[0], week, **epochs_of(name))[0] for name in ("own habits", "Markov", "SASRec")
    ]


@cache
def chosen(name: str) -> tuple[dict[str, Any], int]:
    """The settings of a model's best try, and its epochs; by all plays of the validation week."""
    tries = [kept(CACHE, f"{name} {i}", partial(one_try, name, i)) for i in range(len(TRIED[name]))]
    best = int(np.argmax([one["any"] for one in tries]))
    return TRIED[name][best], tries[best]["epochs"]


def epochs_of(name: str) -> dict[str, int]:
    epochs = chosen(name)[1]
    return {"n_epochs": epochs} if epochs else {}


def final(name: str) -> dict[str, Any]:
    start = time.process_time()
    if name == "mix":
        score, model = partial(mixed, *parts(8), chosen("mix")[0]), None
    else:
        origin = "SASRec" if name in AGAIN else name
        score, _, model = fit(name, chosen(origin)[0] | AGAIN.get(name, {}), 8, **epochs_of(origin))
    seconds = time.process_time() - start
    found = {key: one.round(6).tolist() for key, one in grades(score, 8, 1.0).items()}
    return found | {"cpu_seconds": seconds} | (confidence(score, model) if name.startswith("SASRec") else {})


def confidence(score: Score, model: Any) -> dict[str, float]:
    """How sure the model is of its first item, on average, and how often that is what was played."""
    _, _, plays, _ = task(8, 0.2)
    said, right = [], []
    for start in range(0, len(plays), 1000):
        part = plays.take(slice(start, start + 1000))
        scores = score(part).astype(np.float64)
        first = scores.argmax(axis=1)
        top = scores[np.arange(len(part)), first]
        if model.loss == "binary":
            said.append(1 / (1 + np.exp(-top)))
        else:
            said.append(1 / np.exp(scores - top[:, None]).sum(axis=1))
        right.append(first == part.targets)
    found = {"said": float(np.concatenate(said).mean()), "right": float(np.concatenate(right).mean())}
    return found | {"last": float(np.mean([looks[-1, -1] for looks in attended(model, plays)]))}


def attended(model: Any, plays: NextPlays) -> list[np.ndarray]:
    """The attention on the 20 plays before each of 300 plays."""
    before = [one[-20:] for one in plays.listener_so_far().lists() if len(one) >= 20]
    return [model.attention(model.items_[one]) for one in before[:: max(1, len(before) // 300)]]


# ---- the table -------------------------------------------------------------------------------------------------------


def summed(values: np.ndarray, rows: np.ndarray, n: int) -> np.ndarray:
    return np.bincount(rows, values, minlength=n)


def intervals(found: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """Each model's mean over the plays of each group, with intervals over listeners, and its distance from Markov."""
    _, x, plays, auto = task(8)
    masks = {"any": np.ones(len(plays), dtype=bool), "by the listener": ~auto, "by autoplay": auto}
    rows = []
    for group in GROUPS:
        kind = "new" if group.startswith("new") else "any"
        inside = masks[group.removeprefix("new, ") if group != "new" else "any"]
        inside = inside[plays.new] if kind == "new" else inside
        who = (plays.rows[plays.new] if kind == "new" else plays.rows)[inside]
        weight = summed(np.ones(len(who)), who, x.shape[0])
        there = weight > 0
        totals = np.column_stack(
            [summed(np.array(one[kind])[inside], who, x.shape[0])[there] for one in found.values()]
        )
        drawn = bootstrap_means(totals, 1000, 0, np.tile(weight[there, None], len(found)))
        means = totals.sum(axis=0) / weight.sum()
        base = list(found).index(BASELINE)
        for i, name in enumerate(found):
            low, high = np.percentile(drawn[:, i], [2.5, 97.5])
            row = {
                "model": name,
                "group": group,
                "try": 0,
                "value": means[i],
                "low": low,
                "high": high,
                "n_plays": len(who),
            }
            if i != base:
                gap = np.percentile(drawn[:, i] - drawn[:, base], [2.5, 97.5])
                row |= {
                    "difference": means[i] - means[base],
                    "difference_low": gap[0],
                    "difference_high": gap[1],
                }
            rows.append(row)
    return pd.DataFrame(rows)


def table(names: Iterable[str]) -> pd.DataFrame:
    rows = []
    for name in names:
        chosen(name)
        for i, settings in enumerate(TRIED[name]):
            one = kept(CACHE, f"{name} {i}", partial(one_try, name, i))
            for group in ("any", "new"):
                rows.append({"model": name, "group": group, "try": i + 1, "settings": words(settings),
                             "epochs": one["epochs"], "value": one[group]})  # fmt: skip
    everyone = [*names, *(AGAIN if "SASRec" in names else ())]
    found = {name: kept(CACHE, f"{name} final", partial(final, name)) for name in everyone}
    graded = intervals(found) if BASELINE in found else pd.DataFrame()
    for name, one in found.items():
        for what, group in CONFIDENCE.items():
            if what in one:
                rows.append({"model": name, "group": group, "try": 0, "value": one[what]})
        origin = "SASRec" if name in AGAIN else name
        if len(graded):
            at = graded["model"] == name
            graded.loc[at, ["cpu_seconds", "epochs"]] = round(one["cpu_seconds"], 1), chosen(origin)[1]
            graded.loc[at, "settings"] = words(chosen(origin)[0] | AGAIN.get(name, {}))
    return pd.concat([pd.DataFrame(rows), graded], ignore_index=True).reindex(columns=COLUMNS)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew: the setting is that of the file."""
    stored = pd.read_csv(FILE)
    line = stored[(stored["model"] == BASELINE) & (stored["try"] == 0) & (stored["group"] == "any")].iloc[0]
    settings = next(one for one in TRIED[BASELINE] if words(one) == line["settings"])
    start = time.process_time()
    score, _, _ = fit(BASELINE, settings, 8)
    seconds = time.process_time() - start
    graded = intervals({BASELINE: {key: one.tolist() for key, one in grades(score, 8, 1.0).items()}})
    return graded.assign(settings=words(settings), epochs=0, cpu_seconds=seconds).reindex(columns=COLUMNS)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--only", nargs="*", default=list(TRIED), help="these models, into the cache alone"
    )
    asked = arguments.parse_args()
    with threadpool_limits(1):
        found = table(asked.only)
    if asked.only == list(TRIED):
        found.round(4).to_csv(FILE, index=False, lineterminator="\n")
    shown = found[found["try"] == 0].pivot_table(index="model", columns="group", values="value", sort=False)
    print(shown.round(3).to_string())


if __name__ == "__main__":
    main()
