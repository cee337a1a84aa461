"""From measurements to RESULTS.md: the targets with met or missed, the tables, the plot of growth.

It measures nothing, and it leaves no missed target out. Every ratio is between medians of the same run.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from contenders import FAR, GROWTH, RERANKERS, THREADS, Contender

SLACK = 0.05  # a fitted exponent up to 1 + SLACK counts as linear: clocks are not exact


RATED = ["RMSE", "fit, s", "predict, s"]


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


def targets(outcome: Outcome) -> list[Target]:
    """Every target, in the order of the groups."""
    found: list[Target] = []

    def add(text: str, value: float | None, test: Callable[[float], bool], form: str = "{:.4f}") -> None:
        if value is None:
            found.append(Target(text, "not measured", None))
        else:
            found.append(Target(text, form.format(value), bool(test(value))))

    def ratio(above: float | None, below: float | None) -> float | None:
        return None if above is None or below is None else above / below

    m = outcome.median
    for name, limit in {"BiasedALS": 0.910, "CollaborativeFiltering": 0.920}.items():
        rmse = m("movielens", f"{name}, defaults", "accuracy")
        add(f"ML-100k: {name}, defaults: RMSE at most {limit:.3f}", rmse, lambda x, limit=limit: x <= limit)
    for threads in sorted({THREADS, 1}, reverse=True):
        ours = m("movielens", "BiasedALS, defaults", "fit", threads=threads)
        theirs = m("movielens", "SVD", "fit", "surprise", threads)
        add(
            f"ML-100k: BiasedALS's fit at most 1 x the time of Surprise's SVD, {_threads(threads)}",
            ratio(ours, theirs),
            lambda x: x <= 1,
            "{:.2f} x",
        )

    for threads in sorted({THREADS, 1}, reverse=True):
        ours = m("longtail", "BiasedALS, defaults", "fit", threads=threads)
        theirs = m("longtail", "SVD", "fit", "surprise", threads)
        add(
            "600 users x 10,000 items, 100,000 ratings with a long tail: BiasedALS's fit at most 1 x the time of "
            f"Surprise's SVD, {_threads(threads)}",
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
        text += _threads(threads)
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


def render(outcome: Outcome, plot: Path | None = None) -> str:
    """RESULTS.md as text; the plot of growth is drawn to ``plot`` where given."""
    found = targets(outcome)
    met, missed = sum(t.met is True for t in found), sum(t.met is False for t in found)
    lines = [
        "# Beside the peers: one run",
        "",
        "Written by `make bench`; do not edit. How it is measured stands in [README.md](README.md).",
        "",
        f"**{met} targets met, {missed} missed, {len(found) - met - missed} not measured.**",
        "",
        "| target | found | |",
        "| --- | ---: | --- |",
        *(
            f"| {t.text} | {t.found} | {'met' if t.met else 'not measured' if t.met is None else '**missed**'} |"
            for t in found
        ),
        "",
        "## Where and with what",
        "",
        *environment(outcome),
    ]
    for group, title, head in (
        ("movielens", "ML-100k: ratings, five folds", RATED),
        (
            "longtail",
            "600 users, 10,000 items, 100,000 ratings with a long tail: a fit of all, RMSE of 10,000 more",
            RATED,
        ),
        ("lastfm", "Last.fm-2k: lists of ten for 1,877 listeners", ["nDCG@10", "fit, s", "all lists, s"]),
    ):
        lines += _table(outcome, group, title, head)
    lines += _metrics(outcome) + _reranking(outcome) + _growth(outcome, plot)
    if outcome.missing:
        lines += [
            "## Not measured",
            "",
            *(f"- {name}: {reason}" for name, reason in outcome.missing.items()),
            "",
        ]
    return "\n".join(lines)


def environment(outcome: Outcome) -> list[str]:
    """The machine, the threads and the versions, without names or paths of the machine."""
    versions: dict[str, dict] = {}
    for row in outcome.rows:
        for run in outcome.results.get(row.key, [])[:1]:
            versions.setdefault("the course" if row.library == "ours" else row.library, run["versions"])
    return [
        f"- {processor()}, {os.cpu_count()} cores; {platform.system()}, {platform.machine()}.",
        f"- Median of {outcome.runs} runs, each in a new process, one at a time, ours and the peers' in turn; "
        f"{outcome.seconds / 60:.0f} minutes in all.",
        f"- {_threads(THREADS)} unless a row says otherwise, on both sides; BLAS has one where implicit runs, "
        "as its documentation asks.",
        *(
            f"- {name}: " + ", ".join(f"{package} {number}" for package, number in numbers.items()) + "."
            for name, numbers in versions.items()
        ),
        "",
    ]


def processor() -> str:
    """The processor's model name as the system gives it."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown processor"


def _table(outcome: Outcome, group: str, title: str, head: list[str]) -> list[str]:
    rows = [row for row in outcome.rows if row.group == group and row.key in outcome.results]
    if not rows:
        return []
    best_first = sorted(
        rows,
        key=lambda row: middle(outcome.results[row.key], "accuracy") * (1 if head is RATED else -1),
    )
    lines = [
        f"## {title}",
        "",
        f"| model | library | {' | '.join(head)} | peak, MB | threads | runs | settings |",
    ]
    lines += ["| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |"]
    for row in best_first:
        runs = outcome.results[row.key]
        second = middle(runs, "predict" if head is RATED else "top")
        cells = [
            row.name,
            row.library,
            _spread(runs, "accuracy", 4),
            _spread(runs, "fit"),
            f"{second:.3f}",
            f"{middle(runs, 'peak') or float('nan'):,.0f}",
            f"{row.threads}",
            f"{len(runs)}",
            _settings(row),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return [*lines, ""]


def _metrics(outcome: Outcome) -> list[str]:
    rows = [row for row in outcome.rows if row.group == "metrics" and row.key in outcome.results]
    if not rows:
        return []
    lines = ["## Recall, MAP and nDCG at 10 for 100,000 listeners", ""]
    lines += ["| | library | seconds | recall | MAP | nDCG |", "| --- | --- | ---: | ---: | ---: | ---: |"]
    for row in rows:
        runs = outcome.results[row.key]
        means = [f"{runs[0]['means'][name]:.12f}" for name in ("recall", "map", "ndcg")]
        lines.append(f"| {row.name} | {row.library} | {_spread(runs, 'fit')} | {' | '.join(means)} |")
    return [*lines, ""]


def _reranking(outcome: Outcome) -> list[str]:
    rows = [row for row in outcome.rows if row.group == "reranking" and row.key in outcome.results]
    if not rows:
        return []
    lines = ["## Ten places out of fifty for 1,500 listeners", "", "| re-ranker | seconds of the processor |"]
    lines += [
        "| --- | ---: |",
        *(f"| {row.name} | {_spread(outcome.results[row.key], 'fit')} |" for row in rows),
    ]
    return [*lines, ""]


def _growth(outcome: Outcome, plot: Path | None) -> list[str]:
    models = [model for model in outcome.growing if len(outcome.growth(model, "fit")[0])]
    if not models:
        return []
    lines = [
        "## Growth with the number of interactions",
        "",
        "Synthetic: 50 interactions a listener, 4,000 items. Two sweeps where a model makes sweeps. Memory is the "
        "process's peak; the exponent is fitted to what lies above the idle process.",
        "",
        "| model | interactions | fit, s | peak, MB | exponent, time | exponent, memory |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for model in models:
        exponents = [outcome.exponent(model, figure) for figure in ("fit", "peak")]
        texts = ["" if value is None else f"{value:.2f}" for value in exponents]
        for scale in (*GROWTH, FAR):
            runs = outcome.results.get(f"growth/{model}, {scale}x/ours/{THREADS}", [])
            if runs:
                lines.append(
                    f"| {model} | {runs[0]['interactions']:,} | {_spread(runs, 'fit')} | "
                    f"{middle(runs, 'peak') or float('nan'):,.0f} | {' | '.join(texts)} |"
                )
                texts = ["", ""]
    if plot is not None:
        draw(outcome, models, plot)
        lines += ["", f"![Time and memory of a fit by the number of interactions]({plot.name})"]
    return [*lines, ""]


def draw(outcome: Outcome, models: list[str], path: Path):
    """Time and memory against the number of interactions, on logarithmic axes, beside a line of slope 1; the figure."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullFormatter

    fig = Figure(figsize=(9, 3.6), layout="constrained")
    axes = fig.subplots(1, 2)
    for ax, figure, label in zip(axes, ("fit", "peak"), ("fit, seconds", "peak memory, MB"), strict=True):
        for model, colour, mark in zip(
            models, ("#0072B2", "#D55E00", "#009E73", "#CC79A7"), "osv^", strict=False
        ):
            size, value = outcome.growth(model, figure)
            ax.loglog(size, value, marker=mark, color=colour, label=model)
        low, high = size[0], size[-1]
        base = min(outcome.growth(model, figure)[1][0] for model in models)
        ax.loglog([low, high], [base, base * high / low], color="0.6", ls="--", label="linear")
        ax.set(xlabel="interactions, millions", ylabel=label)
        ax.set_xticks(size, [f"{n / 1e6:.3g}" for n in size])
        ax.xaxis.set_minor_formatter(NullFormatter())
    axes[0].legend(fontsize=8)
    exponents = [outcome.exponent(model, figure) for model in models for figure in ("fit", "peak")]
    steepest = max(exponent for exponent in exponents if exponent is not None)
    verb = "grow no faster than" if steepest <= 1 + SLACK else "do not all stay in step with"
    fig.suptitle(f"Time and memory of a fit {verb} the interactions (largest exponent {steepest:.2f})")
    fig.savefig(path, dpi=90)
    return fig


def _spread(runs: list[dict], figure: str, digits: int = 3) -> str:
    """Median and range; the median alone where all runs agree."""
    values = np.concatenate([np.atleast_1d(run[figure]) for run in runs])
    low, mid, high = (f"{value:.{digits}f}" for value in (values.min(), np.median(values), values.max()))
    return mid if low == high else f"{mid} ({low}–{high})"


def _settings(row: Contender) -> str:
    values = {"values": row.settings["values"]} if "values" in row.settings else {}
    settings = values | row.settings.get("params", {})
    return ", ".join(f"{name}={value}" for name, value in settings.items()) or "defaults"


def _threads(n: int) -> str:
    return "1 thread" if n == 1 else f"{n} threads"
