"""What every runner shares: read the arrays, warm up, hold the clock, report time, peak memory and versions.

It knows no library, no metric and no test answers: each peer's runner imports it inside that peer's own
environment, so it needs NumPy and SciPy and nothing else.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from scipy import sparse

K = 10  # length of every list
TURNS = 3  # of each arm, before a bandit chooses
Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Lists:
    """How one library makes top-10 lists. ``prepare`` (its own table from our arrays) is not timed; the rest is."""

    prepare: Callable[[Arrays, dict], Any]  # (data, settings) -> table
    fit: Callable[[Any, dict, int, int], Any]  # (table, settings, threads, seed) -> model
    top: Callable[[Any, Any, int], Any]  # (model, table, threads) -> the library's own answer
    as_array: Callable[
        [Any, Arrays], np.ndarray
    ]  # (answer, data) -> (n_users, K) positions, -1 for none; not timed


@dataclass(frozen=True)
class Ratings:
    """How one library predicts ratings. ``prepare`` is not timed; ``fit`` and ``predict`` are, apart."""

    prepare: Callable[[Arrays, dict], Any]
    fit: Callable[[Any, dict, int, int], Any]
    predict: Callable[[Any, Any, np.ndarray, np.ndarray], np.ndarray]  # (model, table, users, items)


def timed(call: Callable[[], Any], clock: Callable[[], float] = time.perf_counter) -> tuple[Any, float]:
    """The call's result and the seconds it took by a clock."""
    start = clock()
    result = call()
    return result, clock() - start


def lists_job(library: Lists, clock: Callable[[], float] = time.perf_counter) -> Callable:
    """A job that fits once and makes a list for every listener; ``clock`` counts the seconds of both."""

    def job(data: Arrays, settings: dict, threads: int, seed: int):
        # An untimed round on a tenth of the listeners: thread pools, lazy imports, caches.
        few = {**data, "n_users": np.array(max(int(data["n_users"]) // 10, 20))}
        few.update({name: data[name][data["user"] < few["n_users"]] for name in ("user", "item", "value")})
        table = library.prepare(few, settings)
        library.top(library.fit(table, settings, threads, seed), table, threads)

        table = library.prepare(data, settings)
        model, fit = timed(lambda: library.fit(table, settings, threads, seed), clock)
        answer, top = timed(lambda: library.top(model, table, threads), clock)
        return {"fit": [fit], "top": top}, {"top": library.as_array(answer, data)}

    return job


def next_job(library: Lists) -> Callable:
    """The same for networks on one thread, in seconds of the processor: they take minutes, and a machine is busy."""
    return lists_job(library, time.process_time)


def ratings_job(library: Ratings) -> Callable:
    """A job that fits on each fold's training ratings and predicts its test pairs."""

    def job(data: Arrays, settings: dict, threads: int, seed: int):
        users, items, fold = data["user"], data["item"], data["fold"]
        # The catalogue is known beforehand, also the few films that nobody rated in a fold's training part.
        known = {"users": np.unique(users), "items": np.unique(items)}
        few = known | {name: data[name][::10] for name in ("user", "item", "value")}
        table = library.prepare(few, settings)
        library.predict(
            library.fit(table, settings, threads, seed), table, few["user"][:100], few["item"][:100]
        )

        predictions, fits, times = np.zeros(len(fold)), [], []
        for k in np.unique(fold[fold >= 0]):  # rows of fold -1 are always among those to learn from
            train, test = fold != k, fold == k
            rows = {name: data[name][train] for name in ("user", "item", "value")}
            table = library.prepare(known | rows, settings)
            model, seconds = timed(lambda: library.fit(table, settings, threads, seed))  # noqa: B023
            fits.append(seconds)
            answer, seconds = timed(lambda: library.predict(model, table, users[test], items[test]))  # noqa: B023
            times.append(seconds)
            predictions[test] = answer
        return {"fit": fits, "predict": float(np.median(times))}, {"predictions": predictions}

    return job


@dataclass(frozen=True)
class Chooser:
    """How one library's bandit lives through visits, one at a time: all three calls are timed."""

    start: Callable[[int, int, dict, int], Any]  # (n_arms, n_features, settings, seed) -> rule
    choose: Callable[[Any, np.ndarray], int]  # (rule, features (1, d)) -> arm
    learn: Callable[[Any, np.ndarray, np.ndarray, np.ndarray], Any]  # (rule, arms, rewards, features)


def visits_job(library: Chooser) -> Callable:
    """A job that shows each arm ``TURNS`` times, then lets the rule choose and learn, visit by visit.

    Of the settings to choose from, the one under which most pleased at the visits for tuning lives through the others,
    which alone are timed, in seconds of the processor. Answers come from the table of chances and the visit's luck,
    and no rule sees either.
    """

    def live(data: Arrays, settings: dict, seed: int) -> tuple[np.ndarray, int]:
        features, rates, luck = data["features"], data["rates"], data["luck"]
        n, n_arms = rates.shape
        first = np.tile(np.arange(n_arms), TURNS)
        told = (luck[: len(first)] < rates[np.arange(len(first)), first]).astype(int)
        arms, hits = np.full(n, -1), 0
        rule = library.start(n_arms, features.shape[1], settings, seed)
        library.learn(rule, first, told, features[: len(first)])
        for at in range(len(first), n):
            row = features[at : at + 1]
            arms[at] = library.choose(rule, row)
            reward = int(luck[at] < rates[at, arms[at]])
            library.learn(rule, arms[at : at + 1], np.array([reward]), row)
            hits += reward
        return arms, hits

    def job(data: Arrays, settings: dict, threads: int, seed: int):
        before = {name: data[f"tuning_{name}"] for name in ("features", "rates", "luck")}
        tried = [live(before, {**settings, "params": params}, seed)[1] for params in settings["choices"]]
        best = int(np.argmax(tried))
        chosen = {**settings, "params": settings["choices"][best]}
        (arms, _), seconds = timed(lambda: live(data, chosen, seed), time.process_time)
        return {"fit": [seconds], "top": 1000 * seconds / (arms >= 0).sum(), "chosen": best}, {"arms": arms}

    return job


def as_csr(data: Arrays, settings: dict) -> sparse.csr_matrix:
    """The training part as users x items (scipy's older matrix class, which every peer takes)."""
    values = transform(data["value"], settings)
    shape = (int(data["n_users"]), int(data["n_items"]))
    return sparse.csr_matrix((values, (data["user"], data["item"])), shape=shape)


def transform(plays: np.ndarray, settings: dict) -> np.ndarray:
    """Play counts as the values the settings name: "log1p" or "binary"."""
    return np.log1p(plays) if settings["values"] == "log1p" else np.ones(len(plays))


def peak_megabytes() -> float | None:
    """The most memory this process has held so far, in MB (2**20 bytes); None where the system does not say."""
    try:
        # Not ru_maxrss on Linux: a child inherits its parent's there.
        with open("/proc/self/status", encoding="ascii") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM"))
    except (OSError, StopIteration):
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 1024)


def main(jobs: dict[str, Callable], packages: tuple[str, ...]) -> None:
    """Run the one job that the command line names and write its figures and arrays to one .npz file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=sorted(jobs))
    parser.add_argument("--data", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--settings", type=json.loads, default={})
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    # What the interpreter and the imports hold, before any data: scaling is measured above this.
    idle = peak_megabytes()
    with np.load(args.data, allow_pickle=False) as file:
        data = {name: file[name] for name in file.files}
    figures, arrays = jobs[args.job](data, args.settings, args.threads, args.seed)
    figures |= {"peak": peak_megabytes(), "idle": idle, "threads": args.threads}
    figures["versions"] = {"python": platform.python_version()} | {name: version(name) for name in packages}
    np.savez(args.out, figures=np.array(json.dumps(figures)), **arrays)
