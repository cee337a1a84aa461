"""Who runs in the benchmark: each model of ours and of the peers, with its settings, its data and its threads.

It runs nothing (see ``run.py``). Settings that were tuned stand in ``settings.json``, which ``tune.py`` writes.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
THREADS = min(2, os.cpu_count() or 1)
DEFAULT_PEERS = ("implicit", "surprise", "cornac", "myfm", "ranx", "mabwiser")
ALL_PEERS = (*DEFAULT_PEERS, "rectools", "lenskit")
RERANKERS = ("mmr", "dpp", "at_most", "at_least", "mixed", "calibrated", "with_fresh", "by_length")
GROWTH = (1, 2, 4, 8)  # times the interactions
FAR = 40  # 25 million of them; what is as long as 8 is held against it entry by entry


@dataclass(frozen=True)
class Contender:
    """One row of a table. ``runs`` caps the number of runs of what is slow; ``blas`` is BLAS's own thread count."""

    group: str
    name: str
    library: str
    job: str
    data: str
    settings: dict = field(default_factory=dict)
    threads: int = THREADS
    blas: int | None = None
    runs: int | None = None

    @property
    def key(self) -> str:
        return f"{self.group}/{self.name}/{self.library}/{self.threads}"


def movielens() -> list[Contender]:
    """Ratings: RMSE over five folds, seconds of one fit."""

    def row(library, name, model, job="ratings", runs=None, threads=THREADS, **rest):
        settings = {"model": model, "params": {}, **rest}
        return Contender("movielens", name, library, job, "movielens", settings, threads, runs=runs)

    ours = [
        row("ours", "BiasedALS, defaults", "BiasedALS"),
        row("ours", "BiasedALS, defaults", "BiasedALS", threads=1),
        row("ours", "CollaborativeFiltering, defaults", "CollaborativeFiltering"),
        row("ours", "FactorizationMachine, listener + film", "FM", "machine"),
        row("ours", "biases alone", "BiasedALS", params={"n_factors": 0}),
        row("ours", "global mean", "mean", "baseline"),
        row("ours", "TruncatedSVD(100), zeros", "SVD", "baseline", params=SVD, clip=[-1e9, 1e9]),
        row("ours", "TruncatedSVD(100), zeros, clipped", "SVD", "baseline", params=SVD, clip=[1, 5]),
    ]
    item_knn = {"sim_options": {"name": "pearson_baseline", "user_based": False}}
    peers = [
        row("surprise", "SVD", "SVD"),
        row("surprise", "SVD", "SVD", threads=1),
        row("myfm", "MyFMRegressor, listener + film", "MyFMRegressor"),
        row("cornac", "MF, 100 factors", "MF", params={"k": 100}),
        row("surprise", "KNNBaseline by item", "KNNBaseline", params=item_knn),
        row("surprise", "SVD++", "SVDpp", runs=1),
        row("lenskit", "BiasedMF", "BiasedMF"),
        row("lenskit", "ItemKNN", "ItemKNN"),
    ]
    return _alternate(ours, peers)


def longtail() -> list[Contender]:
    """Ratings of few people on many things: RMSE on ratings held out, seconds of one fit on 100,000."""

    def row(library, name, model, threads):
        settings = {"model": model, "params": {}}
        return Contender("longtail", name, library, "ratings", "longtail", settings, threads)

    ours = [row("ours", "BiasedALS, defaults", "BiasedALS", n) for n in sorted({THREADS, 1}, reverse=True)]
    peers = [row("surprise", "SVD", "SVD", n) for n in sorted({THREADS, 1}, reverse=True)]
    return _alternate(ours, peers)


SVD = {"n_components": 100}
FIFTEEN = {"factors": 64, "regularization": 60, "alpha": 2, "iterations": 15}


def lastfm() -> list[Contender]:
    """Lists: nDCG@10 for 1,877 listeners, seconds of one fit and of all top-10 lists."""
    tuned = tuned_settings()

    def row(library, name, settings, **options):
        # OpenBLAS's own threads get in the way of implicit's: its documentation asks for one, so it gets one.
        blas = 1 if library == "implicit" else None
        return Contender("lastfm", name, library, "lists", "lastfm", settings, blas=blas, **options)

    def untouched(model, values="log1p"):
        return {"model": model, "values": values, "params": {}}

    article = {"n_factors": 10, "n_epochs": 1, "fill": "zero"}
    ours = [
        row("ours", "ImplicitALS, tuned", tuned["ours ImplicitALS"]),
        row("ours", "ImplicitALS, tuned", tuned["ours ImplicitALS"], threads=1),
        row("ours", "EASE, tuned", tuned["ours EASE"]),
        row("ours", "ItemKNN, tuned", tuned["ours ItemKNN"]),
        row("ours", "BPR, tuned", tuned["ours BPR"]),
        row("ours", "BPR, uniform negatives, tuned", tuned["ours BPR, uniform negatives"]),
        row(
            "ours",
            "CollaborativeFiltering(10, 1, zero)",
            untouched("CollaborativeFiltering") | {"params": article},
        ),
        row("ours", "ImplicitALS, defaults", untouched("ImplicitALS")),
        row("ours", "EASE, defaults", untouched("EASE")),
        row("ours", "EASE, defaults, plays as 0/1", untouched("EASE", "binary")),
        row("ours", "ItemKNN, defaults", untouched("ItemKNN")),
        row("ours", "BPR, defaults", untouched("BPR", "binary")),
        row("ours", "Popularity", untouched("Popularity", "binary")),
    ]
    peers = [
        row("implicit", "ALS, tuned", tuned["implicit ALS"]),
        row("implicit", "ALS, tuned", tuned["implicit ALS"], threads=1),
        row("implicit", "ALS, 15 sweeps", untouched("ALS") | {"params": FIFTEEN}),
        row("implicit", "ALS, defaults, log1p(plays)", untouched("ALS")),
        row("implicit", "ALS, defaults, plays as 0/1", untouched("ALS", "binary")),
        row("implicit", "BPR, tuned", tuned["implicit BPR"]),
        row("cornac", "BPR, tuned", tuned["cornac BPR"]),
        row("rectools", "EASE, lambda of ours", tuned["rectools EASE"], runs=1),
        row("lenskit", "ImplicitMF, tuned", tuned["lenskit ImplicitMF"]),
    ]
    return _alternate(ours, peers)


def bandits() -> list[Contender]:
    """Rules that choose at 4,000 visits among 26 things: mean chance to please, seconds of the processor.

    Each has three settings to choose from, the same on both sides, by 2,000 visits with other things. Thompson's has
    none.
    """
    both = [
        ("EpsilonGreedy", "epsilon", (0.03, 0.1, 0.3), "EpsilonGreedy", "epsilon"),
        ("UCB", "alpha", (0.1, 0.3, 1.0), "UCB1", "alpha"),
        ("Thompson", "", (), "ThompsonSampling", ""),
        ("LinUCB", "alpha", (0.1, 0.3, 1.0), "LinUCB", "alpha"),
        ("LinThompson", "scale", (0.03, 0.1, 0.3), "LinTS", "alpha"),
    ]

    def row(library, name, model, of, values):
        settings = {"model": model, "choices": [{of: value} for value in values] or [{}]}
        return Contender("bandits", name, library, "visits", "visits", settings, threads=1)

    ours = [row("ours", name, name, of, values) for name, of, values, _, _ in both]
    return _alternate(ours, [row("mabwiser", name, model, of, values) for name, _, values, model, of in both])


def others() -> list[Contender]:
    """Metrics over 100,000 listeners, ten places out of fifty, import time, growth with the interactions."""
    rows = [
        Contender("metrics", "score_lists", "ours", "metrics", "metrics"),
        Contender("metrics", "evaluate", "ranx", "metrics", "metrics"),
        Contender("imports", "import recsys_helpers", "ours", "imports", "metrics", threads=1),
    ]
    for name in RERANKERS:
        settings = {"rule": name}
        rows.append(Contender("reranking", name, "ours", "rerank", "fifty", settings, threads=1))
    # Two sweeps stand for all: time is the number of sweeps times that of one, and memory does not grow with them.
    models = {
        "ImplicitALS, 64 factors": ("ImplicitALS", {"n_factors": 64, "n_epochs": 2}),
        "BiasedALS": ("BiasedALS", {"n_epochs": 2}),
        "ItemKNN": ("ItemKNN", {}),
        "EASE": ("EASE", {}),
    }
    for scale in (*GROWTH, FAR):
        for name, (model, params) in models.items():
            settings = {"model": model, "params": params}
            row = Contender("growth", f"{name}, {scale}x", "ours", "growth", f"growth-{scale}", settings)
            rows.append(replace(row, runs=3) if scale == FAR else row)
    return rows


def contenders(peers: tuple[str, ...]) -> list[Contender]:
    """Every row but those of ``network_rows.py``, ours and of the named peers, in the order of running."""
    rows = [*movielens(), *longtail(), *lastfm(), *bandits(), *others()]
    return [row for row in rows if row.library == "ours" or row.library in peers]


def tuned_settings() -> dict[str, dict]:
    """The settings that did best on the validation splits: name -> model, values and params."""
    return json.loads((HERE / "settings.json").read_text(encoding="utf-8"))["lastfm"]


def _alternate(ours: list[Contender], peers: list[Contender]) -> list[Contender]:
    """ours, peer, ours, peer, …: what slows the machine for a while then slows both."""
    longer = max(len(ours), len(peers))
    return [row for k in range(longer) for row in (*ours[k : k + 1], *peers[k : k + 1])]
