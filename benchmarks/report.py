"""From measurements to RESULTS.md and NETWORKS.md: the targets with met or missed, the tables, the plot of growth.

It measures nothing, and it leaves no missed target out.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np
from contenders import FAR, GROWTH, THREADS, Contender
from network_rows import SIDES, chosen, settings_of
from targets import NEXT, SLACK, Outcome, Target, in_threads, middle, network_targets, targets

RATED = ["RMSE", "fit, s", "predict, s"]


def _head(title: str, command: str, found: list[Target], outcome: Outcome, how: list[str]) -> list[str]:
    """What stands above the tables: the targets, then where it was measured, ``how`` and with what."""
    met, missed = sum(t.met is True for t in found), sum(t.met is False for t in found)
    return [
        f"# {title}",
        "",
        f"Written by `{command}`; do not edit. How it is measured stands in [README.md](README.md).",
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
        *environment(outcome, how),
    ]


def render(outcome: Outcome, plot: Path | None = None) -> str:
    """RESULTS.md as text; the plot of growth is drawn to ``plot`` where given."""
    how = [
        f"- Median of {outcome.runs} runs, each in a new process, one at a time, ours and the peers' in turn; "
        f"{outcome.seconds / 60:.0f} minutes in all.",
        f"- {in_threads(THREADS)} unless a row says otherwise, on both sides; BLAS has one where implicit runs, "
        "as its documentation asks.",
    ]
    lines = _head("Beside the peers: one run", "make bench", targets(outcome), outcome, how)
    for group, title, head in (
        ("movielens", "ML-100k: ratings, five folds", RATED),
        (
            "longtail",
            "600 users, 10,000 items, 100,000 ratings with a long tail: a fit of all, RMSE of 10,000 more",
            RATED,
        ),
        ("lastfm", "Last.fm-2k: lists of ten for 1,877 listeners", ["nDCG@10", "fit, s", "all lists, s"]),
        (
            "bandits",
            "Bandits: one of 26 things at each of 4,000 visits",
            ["chance to please", "all visits, s of the processor", "one, ms of the processor"],
        ),
    ):
        lines += _table(outcome, group, title, head)
    lines += _metrics(outcome) + _reranking(outcome) + _growth(outcome, plot) + _not_measured(outcome)
    return "\n".join(lines)


def render_networks(outcome: Outcome) -> str:
    """NETWORKS.md as text."""
    command = "make bench ARGS=--networks"
    how = [
        "- One fit of each with seed 0, and five of Mult-VAE with seeds 0 to 4, each in a new process, ours and the "
        "peer's in turn; one thread, seconds of the processor.",
        "- A gap is that of the mean over the fits of each side. Behind it stands its 95% interval over the people, of "
        "these fits: other seeds move it as well.",
    ]
    lines = _head("Networks beside the peers': one run", command, network_targets(outcome), outcome, how)
    for group, title in NEXT.items():
        lines += _table(
            outcome, group, title, ["nDCG@10", "fit, s of the processor", "all lists, s of the processor"]
        )
    return "\n".join(lines + _tries() + _not_measured(outcome))


def _tries() -> list[str]:
    """What each side was tried with, what came of it on the validation part, and which rows nobody tuned."""
    lines = [
        "## Tries",
        "",
        "Written by `python benchmarks/tries.py`: the same number of tries for each side, each one fit, graded by the "
        "latest but one of each person. Among those within 0.001 of the best the one with the fewest epochs is chosen.",
        "",
        "| data | model | library | tries | nDCG@10 of each | chosen |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    found = chosen()
    for data in NEXT:
        for side in SIDES:
            tried = found.get(data, {}).get(side.key)
            tried = tried if tried and tried["grid"] == side.grid else None
            grid = " x ".join(f"{name} {' or '.join(map(str, values))}" for name, values in side.grid.items())
            grades = ", ".join(f"{value:.4f}" for value in tried["tries"]) if tried else "**not tuned**"
            settings = ", ".join(f"{name}={value}" for name, value in settings_of(side, data).items())
            where = NEXT[data].split(":")[0]
            lines.append(f"| {where} | {side.name} | {side.library} | {grid} | {grades} | {settings} |")
    return [*lines, ""]


def _not_measured(outcome: Outcome) -> list[str]:
    if not outcome.missing:
        return []
    return ["## Not measured", "", *(f"- {name}: {why}" for name, why in outcome.missing.items()), ""]


def environment(outcome: Outcome, how: list[str]) -> list[str]:
    """The machine, the threads and the versions, without names or paths of the machine."""
    versions: dict[str, dict] = {}
    for row in outcome.rows:
        for run in outcome.results.get(row.key, [])[:1]:
            versions.setdefault("the course" if row.library == "ours" else row.library, run["versions"])
    return [
        f"- {processor()}, {os.cpu_count()} cores; {platform.system()}, {platform.machine()}.",
        *how,
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
    settings = values | row.settings.get("params", {}) | row.settings.get("training", {})
    choices = row.settings.get("choices", [{}])
    for name in choices[0]:
        settings[name] = " or ".join(f"{params[name]}" for params in choices)
    return ", ".join(f"{name}={value}" for name, value in settings.items()) or "defaults"
