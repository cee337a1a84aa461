"""myfm: a factorization machine by Gibbs sampling, called as its documentation does.

It measures myfm and judges nothing: predictions go back as they came.
"""

import sys
from pathlib import Path

import numpy as np
from scipy import sparse

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
from myfm import MyFMRegressor

SAMPLES = 200  # of the posterior, as in its example on MovieLens


def rows(data, users, items):
    """One-hot rows of the two columns, listener and film."""
    at = np.column_stack([np.searchsorted(data["users"], users), np.searchsorted(data["items"], items)])
    at[:, 1] += len(data["users"])
    width = len(data["users"]) + len(data["items"])
    return sparse.csr_matrix((np.ones(at.size), at.ravel(), np.arange(0, at.size + 1, 2)), (len(at), width))


def prepare(data, settings):
    return data | {"rows": rows(data, data["user"], data["item"])}


def fit(data, settings, threads, seed):
    model = MyFMRegressor(rank=10, random_seed=seed)
    groups = [len(data["users"]), len(data["items"])]
    return model.fit(data["rows"], data["value"], n_iter=SAMPLES, group_shapes=groups)


def predict(model, data, users, items):
    return np.clip(model.predict(rows(data, users, items)), data["value"].min(), data["value"].max())


child.main({"ratings": child.ratings_job(child.Ratings(prepare, fit, predict))}, ("myfm", "numpy", "scipy"))
