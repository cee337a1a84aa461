"""What one run found and the targets it is held against: each with what came out, and whether that is enough.

It measures nothing and writes nothing. Every ratio is between medians of the same run.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from contenders import FAR, GROWTH, RERANKERS, THREADS, Contender
from scipy import stats

from recsys_helpers.evaluation import bootstrap_interval

SLACK = 0.05  # a fitted exponent up to 1 + SLACK counts as linear: clocks are not exact
NEXT = {
    "next_movielens": "ML-100k in order of time: the latest film of each person",
    "next_murmur": "Murmur in order of time: the latest track that each listener met",
}
NETWORK_PEERS = {"SASRec": "rectools_deep", "GRU4Rec": "cornac_deep", "Mult-VAE": "cornac_deep"}


@dataclass(frozen=True)
class Outcome:
    """All that one run of the benchmark found: rows, figures of each run by row key, what is missing and why."""

    rows: list[Contender]
    results: dict[str, list[dict]]
    missing: dict[str, str]
    environment: float | None  # MB of a learner's environment
    runs: int
    seconds: float

    def median(self, group: str, name: str, figure: str, library: str = "ours", threads: int = THREADS):
        """The median over the runs of one figure of one row; None if it was not measured."""
        return middle(self.results.get(f"{group}/{name}/{library}/{threads}", []), figure)

    def growth(self, model: str, figure: str) -> tuple[np.ndarray, np.ndarray]:
        """Interactions and the median figure (memory: above the idle process) at each size that was measured."""
        points = []
        for scale in (*GROWTH, FAR):
            runs = self.results.get(f"growth/{model}, {scale}x/ours/{THREADS}", [])
            value = middle(runs, figure)
            if value is not None:
                value -= middle(runs, "idle") if figure == "peak" else 0
                points.append((runs[0]["interactions"], value))
        return tuple(np.array(points, dtype=float).reshape(-1, 2).T)

    def exponent(self, model: str, figure: str) -> float | None:
        """b in figure = a * interactions^b, by least squares on the logarithms; None under three sizes."""
        size, value = self.growth(model, figure)
        return float(np.polyfit(np.log(size), np.log(value), 1)[0]) if len(size) >= 3 else None

    def far(self, model: str) -> float | None:
        """How many times as long an entry takes at the largest size as at the one before it."""
        each = []
        for scale in (GROWTH[-1], FAR):
            runs = self.results.get(f"growth/{model}, {scale}x/ours/{THREADS}", [])
            if not runs:
                return None
            each.append(middle(runs, "fit") / runs[0]["interactions"])
        return each[1] / each[0]

    @property
    def growing(self) -> list[str]:
        """The models whose growth was measured."""
        names = (row.name.rsplit(",", 1)[0] for row in self.rows if row.group == "growth")
        return list(dict.fromkeys(names))


@dataclass(frozen=True)
class Target:
    """What is to be reached, what came out, and whether that is enough (None: not measured in this run)."""

    text: str
    found: str
    met: bool | None


def middle(runs: list[dict], figure: str) -> float | None:
    """The median of one figure over runs; a fit's seconds over all fits of all runs."""
    values = [value for run in runs if run.get(figure) is not None for value in np.atleast_1d(run[figure])]
    return float(np.median(values)) if values else None


def judged(text: str, value: float | None, test: Callable[[float], bool], form: str = "{:.4f}") -> Target:
    """A target and whether ``test`` is content with the value; None: not measured."""
    return (
        Target(text, "not measured", None) if value is None else Target(text, form.format(value), test(value))
    )


def ratio(above: float | None, below: float | None) -> float | None:
    return None if above is None or below is None else above / below


def gap_between(outcome: Outcome, data: str, name: str, peer: str) -> tuple[float | None, str]:
    """The difference in nDCG@10 to a peer, its mean over the fits of each side, and its interval over the people.

    Without the people's own figures: the difference alone. (None, "") where a side is missing.
    """
    sides = [outcome.results.get(f"{data}/{name}/{one}/1", []) for one in ("ours", peer)]
    if not all(sides):
        return None, ""
    means = [float(np.mean([run["accuracy"] for run in side])) for side in sides]
    if not all("each" in run for side in sides for run in side):
        return means[0] - means[1], ""
    ours, theirs = (np.mean([run["each"] for run in side], axis=0) for side in sides)
    interval = bootstrap_interval(ours - theirs)
    return means[0] - means[1], f" [{interval.low:+.4f}, {interval.high:+.4f}]"


def network_targets(outcome: Outcome) -> list[Target]:
    """What each network of ours is held to: the peer's nDCG@10, and 1.5 times its seconds on one thread."""
    found, m = [], outcome.median
    for data, (name, peer) in itertools.product(NEXT, NETWORK_PEERS.items()):
        where = f"{NEXT[data].split(':')[0]}: {name}'s"
        library = {"rectools_deep": "RecTools'", "cornac_deep": "Cornac's"}[peer]
        gap, interval = gap_between(outcome, data, name, peer)
        form = "{:+.4f}" + interval
        found.append(judged(f"{where} nDCG@10 at least that of {library}", gap, lambda x: x >= 0, form))
        pair = [m(data, name, "fit", one, 1) for one in ("ours", peer)]
        text = f"{where} fit at most 1.5 x the time of {library}, one thread"
        found.append(judged(text, ratio(*pair), lambda x: x <= 1.5, "{:.2f} x"))
    return found


def targets(outcome: Outcome) -> list[Target]:
    """Every target but the networks', in the order of the groups."""
    found: list[Target] = []

    def add(text: str, value: float | None, test: Callable[[float], bool], form: str = "{:.4f}") -> None:
        found.append(judged(text, value, test, form))

    m = outcome.median
    for name, limit in {"BiasedALS": 0.910, "CollaborativeFiltering": 0.920}.items():
        rmse = m("movielens", f"{name}, defaults", "accuracy")
        add(f"ML-100k: {name}, defaults: RMSE at most {limit:.3f}", rmse, lambda x, limit=limit: x <= limit)
    for threads in sorted({THREADS, 1}, reverse=True):
        ours = m("movielens", "BiasedALS, defaults", "fit", threads=threads)
        theirs = m("movielens", "SVD", "fit", "surprise", threads)
        add(
            f"ML-100k: BiasedALS's fit at most 1 x the time of Surprise's SVD, {in_threads(threads)}",
            ratio(ours, theirs),
            lambda x: x <= 1,
            "{:.2f} x",
        )

    for threads in sorted({THREADS, 1}, reverse=True):
        ours = m("longtail", "BiasedALS, defaults", "fit", threads=threads)
        theirs = m("longtail", "SVD", "fit", "surprise", threads)
        add(
            "600 users x 10,000 items, 100,000 ratings with a long tail: BiasedALS's fit at most 1 x the time of "
            f"Surprise's SVD, {in_threads(threads)}",
            ratio(ours, theirs),
            lambda x: x <= 1,
            "{:.2f} x",
        )

    ours, theirs = (
        m("lastfm", "ImplicitALS, tuned", "accuracy"),
        m("lastfm", "ALS, tuned", "accuracy", "implicit"),
    )
    add("Last.fm: ImplicitALS, tuned: nDCG@10 at least 0.240", ours, lambda x: x >= 0.240)
    add(
        "Last.fm: ImplicitALS's nDCG@10 at least that of implicit's ALS",
        None if ours is None or theirs is None else ours - theirs,
        lambda x: x >= 0,
        "{:+.4f}",
    )
    for threads in sorted({THREADS, 1}, reverse=True):
        pair = [
            m("lastfm", name, "fit", library, threads)
            for name, library in (("ImplicitALS, tuned", "ours"), ("ALS, tuned", "implicit"))
        ]
        limit = 1.0 if threads == 1 else 1.5
        text = f"Last.fm: ImplicitALS's fit at most {limit:g} x the time of implicit's ALS, both tuned, "
        text += in_threads(threads)
        add(text, ratio(*pair), lambda x, limit=limit: x <= limit, "{:.2f} x")
    lists = ratio(m("lastfm", "ImplicitALS, tuned", "top"), m("lastfm", "ALS, tuned", "top", "implicit"))
    add(
        "Last.fm: top-10 for all listeners at most 2 x the time of implicit's ALS",
        lists,
        lambda x: x <= 2,
        "{:.2f} x",
    )
    ease = "EASE, tuned"
    add("Last.fm: EASE, tuned: nDCG@10 at least 0.235", m("lastfm", ease, "accuracy"), lambda x: x >= 0.235)
    add("Last.fm: EASE's fit at most 0.6 s", m("lastfm", ease, "fit"), lambda x: x <= 0.6, "{:.2f} s")
    add(
        "Last.fm: EASE's process at most 1,024 MB",
        m("lastfm", ease, "peak"),
        lambda x: x <= 1024,
        "{:,.0f} MB",
    )
    for name, limit in {"ItemKNN, tuned": 0.214, "CollaborativeFiltering(10, 1, zero)": 0.186}.items():
        ndcg = m("lastfm", name, "accuracy")
        add(f"Last.fm: {name}: nDCG@10 at least {limit:.3f}", ndcg, lambda x, limit=limit: x >= limit)
    ours = m("lastfm", "BPR, tuned", "accuracy")
    for peer, word in (("implicit", "implicit's"), ("cornac", "Cornac's")):
        theirs = m("lastfm", "BPR, tuned", "accuracy", peer)
        add(
            f"Last.fm: BPR's nDCG@10 at least that of {word} BPR, all tuned",
            None if ours is None or theirs is None else ours - theirs,
            lambda x: x >= 0,
            "{:+.4f}",
        )
    add("Last.fm: BPR's fit at most 5 s", m("lastfm", "BPR, tuned", "fit"), lambda x: x <= 5, "{:.2f} s")
    for name in ("ImplicitALS", "EASE", "ItemKNN", "BPR"):
        share = ratio(*(m("lastfm", f"{name}, {kind}", "accuracy") for kind in ("defaults", "tuned")))
        text = f"Last.fm: {name}'s defaults reach at least 95% of its tuned nDCG@10"
        add(text, share, lambda x: x >= 0.95, "{:.1%}")

    for name in dict.fromkeys(row.name for row in outcome.rows if row.group == "bandits"):
        took = [m("bandits", name, "fit", library, 1) for library in ("ours", "mabwiser")]
        found.append(as_often(outcome, name))
        text = f"4,000 visits: {name}'s choosing and learning at most 1 x the time of MABWiser's"
        add(text, ratio(*took), lambda x: x <= 1, "{:.2f} x")

    speed = ratio(m("metrics", "score_lists", "fit"), m("metrics", "evaluate", "fit", "ranx"))
    add(
        "Recall, MAP and nDCG at 10 for 100,000 listeners at most 1 x the time of ranx",
        speed,
        lambda x: x <= 1,
        "{:.2f} x",
    )
    each = [m("reranking", name, "fit", threads=1) for name in RERANKERS]
    there = [1000 * value for value in each if value is not None]
    add(
        "Ten of fifty for 1,500 listeners, the slowest re-ranker: at most 100 ms of the processor",
        max(there) if len(there) == len(RERANKERS) else None,
        lambda x: x <= 100,
        "{:.0f} ms",
    )
    seconds = m("imports", "import recsys_helpers", "fit", threads=1)
    add(
        "import recsys_helpers at most 30 ms above numpy and pandas",
        None if seconds is None else 1000 * seconds,
        lambda x: x <= 30,
        "{:.1f} ms",
    )
    runs = outcome.results.get("imports/import recsys_helpers/ours/1", [])
    brings = runs[0]["loaders_bring"] if runs else None
    text = "importing the loaders brings neither matplotlib nor scikit-learn"
    found.append(Target(text, brings or "not measured", brings == "neither" if brings else None))
    for model in outcome.growing:
        for figure, word in (("fit", "time"), ("peak", "memory")):
            add(
                f"Growth with the interactions at most linear: {model}, {word}",
                outcome.exponent(model, figure),
                lambda x: x <= 1 + SLACK,
                "exponent {:.2f}",
            )
    largest = f"ImplicitALS, 64 factors, {GROWTH[-1]}x"
    add(
        "5 million interactions, 64 factors: peak under 2,048 MB",
        m("growth", largest, "peak"),
        lambda x: x < 2048,
        "{:,.0f} MB",
    )
    for model in outcome.growing:
        text = (
            f"An entry of 25 million interactions takes at most 1.3 x the time of one of 5 million: {model}"
        )
        add(text, outcome.far(model), lambda x: x <= 1.3, "{:.2f} x")
        peak = m("growth", f"{model}, {FAR}x", "peak")
        add(f"25 million interactions: peak under 4,096 MB: {model}", peak, lambda x: x < 4096, "{:,.0f} MB")
    add("A learner's environment under 800 MB", outcome.environment, lambda x: x < 800, "{:,.0f} MB")
    return found


def as_often(outcome: Outcome, name: str) -> Target:
    """Whether a bandit pleases as often as MABWiser's of that name, as far as its own draws let one tell.

    Runs differ by the rules' draws alone, so the difference of the two means has a 95% interval over runs (Welch); it
    may not lie below 0. A rule that draws nothing has no spread, and then may please no less often at all.
    """
    text = f"4,000 visits: {name} pleases as often as MABWiser's, 95% over the draws of both"
    sides = [outcome.results.get(f"bandits/{name}/{one}/1", []) for one in ("ours", "mabwiser")]
    if not all(sides):
        return Target(text, "not measured", None)
    ours, theirs = (np.array([run["accuracy"] for run in runs]) for runs in sides)
    gap, half = ours.mean() - theirs.mean(), 0.0
    if min(len(ours), len(theirs)) > 1 and max(np.ptp(ours), np.ptp(theirs)) > 0:
        interval = stats.ttest_ind(ours, theirs, equal_var=False).confidence_interval(0.95)
        half = (interval.high - interval.low) / 2
    return Target(text, f"{gap:+.4f} ± {half:.4f}", bool(gap + half >= 0))


def in_threads(n: int) -> str:
    return "1 thread" if n == 1 else f"{n} threads"
