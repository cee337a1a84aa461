"""ranx: recall, MAP and nDCG at 10 over many listeners, called as its documentation does.

It measures ranx and judges nothing. Its Qrels and Run are built and its functions compiled before the clock starts.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
from ranx import Qrels, Run, evaluate

METRICS = {"recall": "recall@10", "map": "map@10", "ndcg": "ndcg@10"}


def metrics(data, settings, threads, seed):
    listeners, sizes = [str(u) for u in range(len(data["top"]))], data["sizes"]
    relevant = np.split(data["relevant"].astype(str), np.cumsum(sizes)[:-1])
    chosen = {u: dict.fromkeys(items.tolist(), 1) for u, items in zip(listeners, relevant, strict=True)}
    scores = np.arange(child.K, 0, -1, dtype=float).tolist()
    lists = {
        u: dict(zip(items, scores, strict=True))
        for u, items in zip(listeners, data["top"].astype(str).tolist(), strict=True)
    }
    qrels, run = Qrels(chosen), Run(lists)
    evaluate(qrels, run, list(METRICS.values()), threads=threads)  # compiles
    means, seconds = child.timed(lambda: evaluate(qrels, run, list(METRICS.values()), threads=threads))
    return {"fit": [seconds], "means": {ours: float(means[name]) for ours, name in METRICS.items()}}, {}


child.main({"metrics": metrics}, ("ranx", "numba", "numpy"))
