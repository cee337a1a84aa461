"""Lesson 10's tables: losses of order beside least squares, as many tries for each, on Murmur by time and on Last.fm.

    python benchmarks/ranking_losses.py

Writes data/measured/ranking_losses.csv in about two minutes of one core; Last.fm is taken from where it is (see
load_lastfm). Settings are chosen by nDCG@10 on a part of the training data, five tries for each model; the test chooses
nothing. Models that draw random numbers are fitted with two seeds, and a listener's value is the mean of the two. It
draws no conclusion: the lesson does.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from recsys_helpers.datasets import load_lastfm, load_murmur
from recsys_helpers.evaluation import Split, random_split, score_lists, split_log, tune
from recsys_helpers.events import asked_for, between, clean
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import BPR, EASE, ImplicitALS, ItemKNN, Popularity, Recommender, SampledSoftmax

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "ranking_losses.csv"
VALIDATION, TEST = (pd.Timestamp(day, tz="UTC") for day in ("2026-02-02", "2026-02-16"))
SEEDS = (0, 1)
HEAD = 0.1  # the tracks with most listeners, as a share of the catalogue
BASE = "ImplicitALS"  # what the others are compared with

# Each model has five tries, and those that descend five penalties of the same range. Least squares has twice as many
# factors, because more suit it better and cost it little.
SIZE = {"n_factors": 32, "n_epochs": 10, "learning_rate": 0.1}
PENALTIES = {"regularization": [0.01, 0.03, 0.1, 0.3, 1.0]}
MODELS = {
    "ItemKNN": (ItemKNN(), {"n_neighbors": [20, 50, 100, 200, 500]}),
    "EASE": (EASE(), {"regularization": [50.0, 100.0, 200.0, 400.0, 800.0]}),
    "ImplicitALS": (
        ImplicitALS(n_factors=64, dtype="float64"),
        {"regularization": [20.0, 40.0, 60.0, 80.0, 120.0]},
    ),
    "BPR, uniform": (BPR(negatives="uniform", **SIZE), PENALTIES),
    "BPR, popular": (BPR(negatives="popular", **SIZE), PENALTIES),
    "BPR, hardest": (BPR(negatives="hardest", **SIZE), PENALTIES),
    "softmax, sampled": (SampledSoftmax(n_negatives=100, **SIZE), PENALTIES),
    "softmax, no log q": (SampledSoftmax(n_negatives=100, corrected=False, **SIZE), PENALTIES),
}


def murmur() -> tuple[Split, Split]:
    """(to choose on, to report): weeks 5 and 6 after weeks 1 to 4, and weeks 7 and 8 after weeks 1 to 6."""
    data = load_murmur()
    events, _ = clean(data.events, data.tracks, data.users)
    events = asked_for(events, data.tracks)
    return split_log(between(events, until=TEST), data.tracks, VALIDATION), split_log(
        events, data.tracks, TEST
    )


def lastfm() -> tuple[Split, Split]:
    """The same of Last.fm, which has no times: a fifth of each listener's artists held out, twice."""
    plays = load_lastfm().plays
    table = plays.assign(strength=np.log1p(plays["plays"]))
    x = Interactions.from_frame(table, item="artist_id", value="strength")
    report = random_split(x)
    return random_split(report.train, random_state=1), report


def grades(model: Recommender, split: Split) -> tuple[pd.Series, dict[str, float], float]:
    """(nDCG@10 by listener, what the lists are like, processor seconds of a fit)."""
    start = time.process_time()
    with threadpool_limits(limits=1):
        fitted = clone(model).fit(split.train)
    seconds = time.process_time() - start
    lists = fitted.recommend(split.listeners, k=10)
    listeners = np.bincount(split.train.matrix.indices, minlength=split.train.shape[1])
    order = np.argsort(-listeners, kind="stable")
    head = split.train.items[order[: round(HEAD * len(order))]]
    wanted = split.test.to_frame()[["user", "item"]]
    tail = wanted[~wanted["item"].isin(head)]
    hits = tail.merge(lists[["user", "item"]])
    ndcg = score_lists(lists, split.test, ["ndcg"], k=10)["ndcg"]
    return (
        ndcg,
        {
            "coverage": lists["item"].nunique() / len(split.train.items),
            "head_places": float(lists["item"].isin(head).mean()),
            "tail_recall": len(hits) / len(tail),
        },
        seconds,
    )


def measured(model: Recommender, split: Split) -> tuple[pd.Series, dict[str, float], float]:
    """The same, the mean over the seeds where a model draws."""
    draws = "random_state" in model.get_params()
    runs = [
        grades(clone(model).set_params(random_state=s) if draws else model, split)
        for s in SEEDS[: len(SEEDS) if draws else 1]
    ]
    about = pd.DataFrame([run[1] for run in runs]).mean().to_dict()
    return (
        pd.concat([run[0] for run in runs], axis=1).mean(axis=1),
        about,
        float(np.median([run[2] for run in runs])),
    )


def groups(split: Split) -> Iterator[tuple[str, pd.Index]]:
    """All graded listeners, those with a listening history before the cut, and those without."""
    known = pd.Series(np.diff(split.train.matrix.indptr), index=split.train.users)[split.listeners]
    yield "all", split.listeners
    yield "with a history", split.listeners[known > 0]
    if (known == 0).any():
        yield "without a history", split.listeners[known == 0]


def interval(values: pd.Series) -> tuple[float, float]:
    """Normal 95% interval of a mean over listeners."""
    half = 1.96 * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean() - half, values.mean() + half


def table(name: str, choosing: Split, report: Split, only: tuple[str, ...] = tuple(MODELS)) -> pd.DataFrame:
    """A row for each model and group of listeners of one data set."""
    found, about = {}, {}
    wanted = dict.fromkeys((BASE, *only))
    for label in (label for label in MODELS if label in wanted):
        model, grid = MODELS[label]
        tuned = tune({label: model}, {label: grid}, choosing)
        best = tuned.table[tuned.table["best"]].iloc[0]
        found[label], of_lists, seconds = measured(tuned.models[label], report)
        about[label] = {
            "settings": best["settings"],
            "edge": best["edge"],
            "tries": len(tuned.table),
            "validation": best["value"],
            **of_lists,
            "cpu_seconds": seconds,
        }
        print(
            f"{name}: {label}: {best['settings']}: {best['value']:.4f}, {found[label].mean():.4f}", flush=True
        )
    if set(only) == set(MODELS):
        found["Popularity"], of_lists, seconds = measured(Popularity(), report)
        about["Popularity"] = {
            "settings": "as it is",
            "edge": "",
            "tries": 1,
            **of_lists,
            "cpu_seconds": seconds,
        }
    rows = []
    for group, people in groups(report):
        for label, values in found.items():
            value, gap = values[people], (values - found[BASE])[people]
            low, high = interval(value)
            gap_low, gap_high = interval(gap)
            rows.append(
                {
                    "data": name, "model": label, "group": group, "listeners": len(people), "value": value.mean(),
                    "low": low, "high": high, "difference": gap.mean(), "difference_low": gap_low,
                    "difference_high": gap_high, **about[label],
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def row() -> pd.DataFrame:
    """EASE on Murmur anew, beside ImplicitALS: what the test looks at."""
    return finished(table("Murmur", *murmur(), only=("EASE",)))


def finished(frame: pd.DataFrame) -> pd.DataFrame:
    """As it is written: five digits, no empty settings read as missing."""
    numbers = frame.select_dtypes("number").columns
    return frame.assign(
        **{name: frame[name].round(5) for name in numbers}, edge=frame["edge"].replace("", "none")
    )


if __name__ == "__main__":
    parts = [
        table(name, *splits())
        for name, splits in (("Murmur", murmur), ("Last.fm", lastfm))
        if name in (sys.argv[1:] or ("Murmur", "Last.fm"))
    ]
    finished(pd.concat(parts, ignore_index=True)).to_csv(FILE, index=False, lineterminator="\n")
    print(f"{FILE.name} is written.")
