"""Lesson 12's contest: a product of factors, networks, autoencoders and towers, each with the same number of tries.

    python benchmarks/neural.py

Writes data/measured/neural.csv. It needs torch (`make deep`) and Murmur, and takes about a quarter of an hour of one
core on a quiet machine. What is done is kept in .cache/neural/, so that an interrupted run goes on where it stopped;
delete that folder to measure anew.

Settings are chosen on the two weeks before the test weeks, from four tries each; the chosen one is fitted anew on all
that came before the test weeks, for as many epochs as were best when it was chosen. It is graded by all listeners of
the test weeks, and by those with a listening history alone, since without one no model knows anything of them. With
`--data Last.fm` the contest of NCF and the product is fitted on Last.fm as well, with a random fifth of each listener's
artists in the place of two weeks. A run writes the rows of the data sets that it was asked for, and leaves the others.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import offline
import pandas as pd
from cached import kept
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from recsys_helpers import models
from recsys_helpers.datasets import load_lastfm
from recsys_helpers.evaluation import Split, bootstrap_interval, random_split, score_lists
from recsys_helpers.interactions import Interactions

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "neural.csv"
CACHE = Path(__file__).resolve().parent / ".cache" / "neural"
BASELINE = "ImplicitALS"
WITH_HISTORY = "ndcg, with a history"
JUDGES = 400  # listeners asked after each epoch
PAIRS = [{}, {"training__weight_decay": 0.03}, {"training__weight_decay": 0.3}, {"n_factors": 64}]
TRIED: dict[str, list[dict[str, Any]]] = {
    "ImplicitALS": [{}, {"n_factors": 32}, {"n_factors": 128}, {"regularization": 20.0, "alpha": 3.0}],
    "EASE": [{"regularization": value} for value in (50.0, 100.0, 200.0, 400.0)],
    "dot product": PAIRS,
    "NCF": PAIRS,
    "AutoRec": [{}, {"width": 50}, {"width": 200}, {"training__weight_decay": 0.1}],
    "denoising": [{}, {"width": 200}, {"dropout": 0.3}, {"dropout": 0.7}],
    "Mult-VAE": [{}, {"beta": 0.05}, {"beta": 1.0}, {"width": 128, "hidden": 400}],
    "two towers": [{}, {"temperature": 0.2}, {"own": False}, {"width": 128, "hidden": 256}],
    "FeatureToFactor": [{}, {"regularization": 1.0}, {"prior": 1.0}, {"prior": 20.0}],
}
CONTESTS = {"Murmur": tuple(TRIED), "Last.fm": ("ImplicitALS", "dot product", "NCF")}
PAIRED = [("NCF", "dot product"), ("two towers", "FeatureToFactor")]
THIRDS = (
    "shortest third",
    "middle third",
    "longest third",
)  # of the listeners, by the length of their history
NEED_FEATURES = ("two towers", "FeatureToFactor")
COLUMNS = ["data", "metric", "model", "try", "settings", "epochs", "value", "low", "high", "difference",
           "difference_low", "difference_high", "n_listeners", "cpu_seconds"]  # fmt: skip


def base(name: str, judge: Any = None) -> Any:
    """The model of this name with the settings that every try shares; judge: what is asked after each epoch."""
    if name in ("ImplicitALS", "EASE", "FeatureToFactor"):
        return getattr(models, name)(**({"dtype": "float64"} if name == "ImplicitALS" else {}))
    from recsys_helpers import deep  # here, since lesson and tests read the rest without torch

    training = deep.Training(60, 1024, 0.01, 0.1, validate=judge, patience=4)
    found = {
        "dot product": deep.NeuralCF("dot"),
        "NCF": deep.NeuralCF("mlp"),
        "AutoRec": deep.Autoencoder(loss="squared", dropout=0.0),
        "denoising": deep.Autoencoder(),
        "Mult-VAE": deep.VAE(),
        "two towers": deep.TwoTower(),
    }[name]
    if name in ("AutoRec", "denoising", "Mult-VAE"):
        training.set_params(batch_size=100, learning_rate=0.003, weight_decay=0.0)
    elif name == "two towers":
        training.set_params(batch_size=512, learning_rate=0.002, weight_decay=0.01)
    return found.set_params(training=training)


@cache
def splits(data: str) -> tuple[Split, Split, dict[str, pd.DataFrame]]:
    """One split to choose on, one to grade on, and the tables that models may read."""
    if data == "Murmur":
        choosing, final, tables = offline.splits()
        return choosing, final, {"items": tables["items"]}
    plays = load_lastfm().plays
    x = Interactions.from_frame(plays, user="user_id", item="artist_id", value="plays")
    final = random_split(x.with_values(np.log1p(x.matrix.data)))
    return random_split(final.train, random_state=1), final, {}


def cold(split: Split) -> tuple[pd.Index, pd.Index]:
    """Items without a play in train that are in test, and the listeners who are to find one."""
    fresh = np.bincount(split.train.matrix.indices, minlength=split.train.shape[1]) == 0
    test = split.test.subset(items=split.test.items[fresh]).drop_empty()
    return test.items, test.users


def grades(model: Any, split: Split, metric: str, listeners: Iterable[Any] | None = None) -> pd.Series:
    """nDCG@10 of each listener, of all that is new to them or of the tracks that are new to all."""
    if metric == "ndcg":
        who = split.listeners if listeners is None else pd.Index(listeners)
        lists = model.recommend(who, k=10)
        return score_lists(lists, split.test, ["ndcg"], k=10)["ndcg"].reindex(who)
    items, who = cold(split)
    lists = model.recommend(who, k=10, candidates=items)
    return score_lists(lists, split.test.subset(items=items), ["ndcg"], k=10)["ndcg"].reindex(who)


def words(settings: dict[str, Any]) -> str:
    return offline.words({name.removeprefix("training__"): value for name, value in settings.items()})


def fit(
    name: str, settings: dict[str, Any], split: Split, tables: dict[str, pd.DataFrame], **training: Any
) -> Any:
    model = clone(base(name)).set_params(**settings)
    if training and hasattr(model, "training"):
        model.set_params(**{f"training__{key}": value for key, value in training.items()})
    return model.fit(split.train, **models.tables_for(model, tables))


def one_try(data: str, name: str, number: int) -> dict[str, Any]:
    """Fit one setting on the split to choose on; a network stops by the judges."""
    choosing, _, tables = splits(data)
    rng = np.random.default_rng(0)
    judges = choosing.listeners[np.sort(rng.permutation(len(choosing.listeners))[:JUDGES])]
    judge = lambda model: float(grades(model, choosing, "ndcg", judges).mean())  # noqa: E731
    model = fit(name, TRIED[name][number], choosing, tables, validate=judge)
    epochs = next((row["epoch"] for row in getattr(model, "history_", ()) if row["kept"]), 0)
    found = {"epochs": epochs, "ndcg": float(grades(model, choosing, "ndcg").mean())}
    if name in NEED_FEATURES:
        found["cold"] = float(grades(model, choosing, "cold").mean())
    return found


def final(
    data: str, name: str, number: int, epochs: int, metric: str, shuffled: bool = False
) -> dict[str, Any]:
    """Fit the chosen setting on all before the test, and grade it; shuffled: each track with another's features."""
    _, split, tables = splits(data)
    if shuffled:
        tracks = tables["items"]
        by_title = tracks.sort_values("title", kind="stable").drop(columns="track_id")
        tables = {"items": by_title.reset_index(drop=True).assign(track_id=tracks["track_id"].to_numpy())}
    start = time.process_time()
    training = {"n_epochs": epochs, "validate": None} if epochs else {}
    model = fit(name, TRIED[name][number], split, tables, **training)
    seconds = time.process_time() - start
    values = grades(model, split, metric)
    return {"cpu_seconds": seconds, "values": dict(zip(map(str, values.index), values.round(6), strict=True))}


def chance(split: Split) -> pd.Series:
    """What a list of new tracks in random order is worth to each listener, on average."""
    items, who = cold(split)
    relevant = np.diff(split.test.subset(users=who, items=items).matrix.indptr)
    discount = 1 / np.log2(np.arange(2, 12))
    ideal = np.cumsum(discount)[np.minimum(relevant, 10) - 1]
    return pd.Series(relevant / len(items) * discount[: len(items)].sum() / ideal, index=who)


def table(data: str, names: Iterable[str]) -> pd.DataFrame:
    """All tries of these models on one data set, and their grades on its test."""
    rows = []
    values: dict[str, dict[str, pd.Series]] = {"ndcg": {}, "cold": {}}
    for name in names:
        tries = [
            kept(CACHE, f"{data} {name} {number}", partial(one_try, data, name, number))
            for number in range(len(TRIED[name]))
        ]
        for metric in ("ndcg", "cold") if name in NEED_FEATURES else ("ndcg",):
            for number, found in enumerate(tries):
                rows.append({"metric": metric, "model": name, "try": number + 1, "settings": words(TRIED[name][number]),
                             "epochs": found["epochs"], "value": found[metric]})  # fmt: skip
            best = int(np.argmax([found[metric] for found in tries]))
            about = {"metric": metric, "model": name, "try": 0, "settings": words(TRIED[name][best])}
            for shuffled in (False, True) if metric == "cold" else (False,):
                key = f"{data} {name} {metric}" + (" shuffled" if shuffled else "")
                epochs = tries[best]["epochs"]
                graded = kept(CACHE, key, partial(final, data, name, best, epochs, metric, shuffled))
                label = f"{name}, features of other tracks" if shuffled else name
                values[metric][label] = pd.Series(graded["values"], dtype=float)
                rows.append(about | {"model": label, "epochs": epochs, "cpu_seconds": graded["cpu_seconds"]})
    return _with_intervals(pd.DataFrame(rows), values, data)


def with_history(split: Split) -> pd.Index:
    """The listeners, as text, who have an entry in train."""
    return split.train.users[np.diff(split.train.matrix.indptr) > 0].map(str)


def by_history(gap: pd.Series, data: str) -> dict[str, pd.Series]:
    """The same numbers in three parts of as many listeners, by how much each has in train; ties by id."""
    train = splits(data)[1].train
    lengths = pd.Series(np.diff(train.matrix.indptr), train.users.map(str)).loc[gap.index]
    order = lengths.rename_axis("user").reset_index(name="n").sort_values(["n", "user"])["user"]
    return {
        name: gap.loc[part] for name, part in zip(THIRDS, np.array_split(order.to_numpy(), 3), strict=True)
    }


def _line(metric: str, model: str, values: np.ndarray) -> dict[str, Any]:
    """One row: a mean over listeners and its interval."""
    interval = bootstrap_interval(values)
    about = {"metric": metric, "model": model, "try": 0, "value": values.mean()}
    return about | {"low": interval.low, "high": interval.high, "n_listeners": len(values)}


def _with_intervals(rows: pd.DataFrame, values: dict[str, dict[str, pd.Series]], data: str) -> pd.DataFrame:
    known = with_history(splits(data)[1])
    values = values | {
        WITH_HISTORY: {name: one[one.index.isin(known)] for name, one in values["ndcg"].items()}
    }
    again = rows[(rows["metric"] == "ndcg") & (rows["try"] == 0)].assign(metric=WITH_HISTORY)
    rows = pd.concat([rows, again], ignore_index=True)
    if values["cold"]:
        values["cold"]["random order"] = chance(splits(data)[1]).rename(str)
        rows = pd.concat(
            [
                rows,
                pd.DataFrame(
                    [{"metric": "cold", "model": "random order", "try": 0, "settings": "", "epochs": 0}]
                ),
            ]
        )
    for metric, found in values.items():
        against = found.get("FeatureToFactor" if metric == "cold" else BASELINE)
        for name, one in found.items():
            at = (rows["metric"] == metric) & (rows["model"] == name) & (rows["try"] == 0)
            interval = bootstrap_interval(one.to_numpy())
            rows.loc[at, ["value", "low", "high"]] = one.mean(), interval.low, interval.high
            rows.loc[at, "n_listeners"] = len(one)
            if against is not None and one is not against:
                gap = (one - against).to_numpy()
                interval = bootstrap_interval(gap)
                rows.loc[at, ["difference", "difference_low", "difference_high"]] = (
                    gap.mean(),
                    interval.low,
                    interval.high,
                )
    for metric, (name, other) in product(("ndcg", WITH_HISTORY), PAIRED):
        if {name, other} <= set(values[metric]):
            gap = values[metric][name] - values[metric][other]
            lines = [(f"{metric}, paired", gap)]
            if (metric, name) == (WITH_HISTORY, "NCF"):  # whom the mean comes from
                lines += [
                    (f"{metric}, paired, {which}", part) for which, part in by_history(gap, data).items()
                ]
                lines += [
                    (f"{metric}, share ahead", (gap > 0) * 1.0),
                    (f"{metric}, share behind", (gap < 0) * 1.0),
                ]
            new = [_line(label, f"{name} less {other}", one.to_numpy()) for label, one in lines]
            rows = pd.concat([rows, pd.DataFrame(new)], ignore_index=True)
    split = splits(data)[1]
    popular = grades(models.Popularity().fit(split.train), split, "ndcg").rename(str)
    for metric, one in (("ndcg", popular), (WITH_HISTORY, popular[popular.index.isin(known)])):
        line = _line(f"{metric}, what knows no listener", "Popularity", one.to_numpy())
        rows = pd.concat([rows, pd.DataFrame([line])], ignore_index=True)
    rows["data"] = data
    return rows.reindex(columns=COLUMNS)


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew: its setting and its epochs are those of the file."""
    stored = pd.read_csv(FILE)
    line = stored[
        (stored["data"] == "Murmur") & (stored["model"] == "dot product") & (stored["try"] == 0)
    ].iloc[0]
    number = next(i for i, one in enumerate(TRIED["dot product"]) if words(one) == line["settings"])
    with threadpool_limits(1):
        graded = final("Murmur", "dot product", number, int(line["epochs"]), "ndcg")
        baseline = stored[
            (stored["data"] == "Murmur") & (stored["model"] == BASELINE) & (stored["try"] == 0)
        ].iloc[0]
        number = next(i for i, one in enumerate(TRIED[BASELINE]) if words(one) == baseline["settings"])
        against = final("Murmur", BASELINE, number, 0, "ndcg")
    about = pd.DataFrame([{name: line[name] for name in ("metric", "model", "try", "settings", "epochs")}])
    about["cpu_seconds"] = graded["cpu_seconds"]
    series = {name: pd.Series(one["values"], dtype=float) for name, one in
              ((BASELINE, against), ("dot product", graded))}  # fmt: skip
    return _with_intervals(about, {"ndcg": series, "cold": {}}, "Murmur")


def renewed(found: pd.DataFrame) -> pd.DataFrame:
    """The file's rows, those of the data sets in ``found`` replaced: Murmur's stand first."""
    stored = pd.read_csv(FILE) if FILE.is_file() else found.iloc[:0]
    rows = {name: stored[stored["data"] == name] for name in CONTESTS}
    new = found.round({"cpu_seconds": 1}).round(4)
    rows |= {name: new[new["data"] == name] for name in new["data"].unique()}
    return pd.concat([part for part in rows.values() if len(part)], ignore_index=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--only", nargs="*", choices=TRIED, help="these models, into the cache alone")
    arguments.add_argument("--data", nargs="*", default=["Murmur"], choices=CONTESTS)
    asked = arguments.parse_args()
    parts = []
    with threadpool_limits(1):
        for data in asked.data:
            parts.append(table(data, [name for name in CONTESTS[data] if name in (asked.only or TRIED)]))
    found = pd.concat(parts, ignore_index=True)
    if not asked.only:
        renewed(found).to_csv(FILE, index=False, lineterminator="\n")
    shown = found[found["try"] == 0].sort_values(["data", "metric", "value"], ascending=[True, True, False])
    print(shown.drop(columns=["try", "n_listeners"]).to_string(index=False))


if __name__ == "__main__":
    main()
