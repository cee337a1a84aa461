"""Choose the settings of the Last.fm rows on validation splits of the training part, and write settings.json.

It never sees the benchmark's test rows: the training part is split again, twice, by the same rule with other seeds.
Ours and the peers' get grids of the same size over the same kind of settings, and the same rule: among the settings
within 0.001 of the best mean nDCG@10, the one with the fewest sweeps, then the best.

    python benchmarks/tune.py                    all of them
    python benchmarks/tune.py "ours ImplicitALS" one; the others stay as they are
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
from pathlib import Path

import numpy as np

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
import protocol
from contenders import HERE, Contender
from run import CACHE, measure, peer_python

SEEDS = (1, 2, 3)  # of the validation splits; the test split has seed 0
CLOSE = 0.001
SWEEPS = ("n_epochs", "iterations", "epochs", "max_iter")

# Of our losses of order, as many points as the peers' BPR has.
ORDERED = {"learning_rate": [0.03, 0.05, 0.1], "regularization": [0.01, 0.03, 0.1], "n_epochs": [10, 20]}

# name: (library, model, values, fixed settings, grid)
GRIDS = {
    "ours ImplicitALS": (
        "ours",
        "ImplicitALS",
        "log1p",
        {"n_factors": 64},
        {"regularization": [40, 60, 90], "alpha": [7, 10, 12, 14, 20], "n_epochs": [8, 15]},
    ),
    # implicit multiplies the values by alpha, ours their ratio to the mean, which is 5.5 here: the grids meet.
    "implicit ALS": (
        "implicit",
        "ALS",
        "log1p",
        {"factors": 64},
        {"regularization": [40, 60, 90], "alpha": [1.3, 2, 2.2, 2.5, 3.6], "iterations": [8, 15]},
    ),
    "ours EASE": ("ours", "EASE", "log1p", {}, {"regularization": [20, 40, 70, 100, 150, 250]}),
    "ours ItemKNN": (
        "ours",
        "ItemKNN",
        "log1p",
        {},
        {"n_neighbors": [20, 50, 100, 200], "shrinkage": [0, 2, 5, 10, 20]},
    ),
    "implicit BPR": (
        "implicit",
        "BPR",
        "binary",
        {"factors": 64},
        {"learning_rate": [0.01, 0.03, 0.1], "regularization": [0.001, 0.01, 0.1], "iterations": [50, 100]},
    ),
    "cornac BPR": (
        "cornac",
        "BPR",
        "binary",
        {"k": 64},
        {"learning_rate": [0.01, 0.03, 0.1], "lambda_reg": [0.001, 0.01, 0.1], "max_iter": [50, 100]},
    ),
    "ours BPR": ("ours", "BPR", "binary", {"n_factors": 64, "negatives": "hardest"}, ORDERED),
    "ours BPR, uniform negatives": (
        "ours",
        "BPR",
        "binary",
        {"n_factors": 64, "negatives": "uniform"},
        ORDERED,
    ),
    "lenskit ImplicitMF": (
        "lenskit",
        "ImplicitMF",
        "log1p",
        {"features": 64, "use_ratings": True, "user_embeddings": "prefer"},
        {"regularization": [30, 60, 90], "weight": [1, 2, 4]},
    ),
    # Minutes for each fit, so few values and the first split only.
    "rectools EASE": ("rectools", "EASE", "binary", {}, {"regularization": [100, 500]}),
}
ONE_SPLIT = {"rectools EASE"}


def validation_splits() -> list[protocol.Plays]:
    """Write each validation split's training rows for the runners; give back what they hold out."""
    CACHE.mkdir(exist_ok=True)
    plays = protocol.lastfm_plays()
    train = plays.rows(~protocol.hold_out(plays.user))
    held_out = []
    for seed in SEEDS:
        mask = protocol.hold_out(train.user, seed=seed)
        np.savez(CACHE / f"validation-{seed}.npz", **train.rows(~mask).arrays())
        held_out.append(train.rows(mask))
    return held_out


def choose(tried: list[tuple[float, dict]]) -> tuple[float, dict]:
    """Of (nDCG, params), the fewest sweeps among those within CLOSE of the best; then the best.

    >>> choose([(0.2400, {"iterations": 15}), (0.2395, {"iterations": 8}), (0.2300, {"iterations": 4})])
    (0.2395, {'iterations': 8})
    """
    best = max(ndcg for ndcg, _ in tried)
    close = [(ndcg, params) for ndcg, params in tried if ndcg >= best - CLOSE]
    return min(close, key=lambda one: (sum(one[1].get(name, 0) for name in SWEEPS), -one[0]))


def tune(name: str, held_out: list[protocol.Plays]) -> dict:
    """Every point of one grid on every validation split."""
    library, model, values, fixed, grid = GRIDS[name]
    python = Path(sys.executable) if library == "ours" else peer_python(library)
    tried = []
    for point in itertools.product(*grid.values()):
        params = fixed | dict(zip(grid, point, strict=True))
        settings = {"model": model, "values": values, "params": params}
        row = Contender("lastfm", name, library, "lists", "", settings, 1)
        scores = []
        for seed, test in zip(SEEDS[: 1 if name in ONE_SPLIT else None], held_out, strict=False):
            try:
                _, arrays = measure(row, python, 0, CACHE / f"validation-{seed}.npz")
                scores.append(protocol.lists_ndcg(arrays["top"], test))
            except RuntimeError as error:  # a setting that a model refuses is worth nothing
                print(f"{name}  {params}  {error}", flush=True)
                scores.append(0.0)
        tried.append((float(np.mean(scores)), params))
        print(f"{name}  {params}  {tried[-1][0]:.4f}", flush=True)
    ndcg, params = choose(tried)
    print(f"{name}: {params}, nDCG@10 on validation {ndcg:.4f}", flush=True)
    return {"model": model, "values": values, "params": params, "validation": round(ndcg, 4), "grid": grid}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help=f"which to tune (default all): {', '.join(GRIDS)}")
    names = parser.parse_args().names or list(GRIDS)
    if unknown := set(names) - set(GRIDS):
        parser.error(f"{', '.join(sorted(unknown))}: choose from {', '.join(GRIDS)}")
    path = HERE / "settings.json"
    chosen = json.loads(path.read_text(encoding="utf-8"))["lastfm"] if path.is_file() else {}
    held_out = validation_splits()
    for name in names:
        chosen[name] = tune(name, held_out)
        path.write_text(json.dumps({"lastfm": chosen}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
