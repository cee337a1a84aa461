"""implicit: alternating least squares and Bayesian personalised ranking, called as its documentation does.

It measures implicit and judges nothing: lists go back as positions.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
from implicit.cpu.als import AlternatingLeastSquares
from implicit.cpu.bpr import BayesianPersonalizedRanking

MODELS = {"ALS": AlternatingLeastSquares, "BPR": BayesianPersonalizedRanking}


def fit(matrix, settings, threads, seed):
    model = MODELS[settings["model"]](num_threads=threads, random_state=seed, **settings["params"])
    model.fit(matrix, show_progress=False)
    return model


def top(model, matrix, threads):
    items, _ = model.recommend(np.arange(matrix.shape[0]), matrix, N=child.K, filter_already_liked_items=True)
    return items


child.main(
    {"lists": child.lists_job(child.Lists(child.as_csr, fit, top, lambda answer, data: answer))},
    ("implicit", "numpy", "scipy"),
)
