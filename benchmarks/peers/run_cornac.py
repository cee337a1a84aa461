"""Cornac: matrix factorisation with biases and Bayesian personalised ranking, called as its documentation does.

It measures Cornac and judges nothing: predictions and lists go back as they came.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
from cornac.data import Dataset
from cornac.models import BPR, MF


def prepare(data, settings):
    rows = zip(data["user"].tolist(), data["item"].tolist(), data["value"].tolist(), strict=True)
    return Dataset.from_uir(list(rows))


def fit(dataset, settings, threads, seed):
    # A seed would hold Cornac to one thread, so it gets none: its runs differ a little.
    return MF(num_threads=threads, **settings["params"]).fit(dataset)


def predict(model, dataset, users, items):
    # `rate` answers pair by pair and clips to the rating scale, also for ids it has not met (-1 here).
    unknown = (dataset.num_users, dataset.num_items)
    users = [dataset.uid_map.get(user, unknown[0]) for user in users.tolist()]
    items = [dataset.iid_map.get(item, unknown[1]) for item in items.tolist()]
    return np.array([model.rate(user, item) for user, item in zip(users, items, strict=True)], dtype=float)


# ---- lists ---------------------------------------------------------------------------------------------------------


def prepare_lists(data, settings):
    values = child.transform(data["value"], settings)
    return prepare({"user": data["user"], "item": data["item"], "value": values}, settings)


def fit_lists(dataset, settings, threads, seed):
    return BPR(num_threads=threads, **settings["params"]).fit(dataset)


def top(model, dataset, threads):
    return {
        user: model.recommend(user, k=child.K, remove_seen=True, train_set=dataset)
        for user in dataset.uid_map
    }


def as_array(answer, data):
    lists = np.full((int(data["n_users"]), child.K), -1)
    for user, items in answer.items():
        lists[user, : len(items)] = items
    return lists


child.main(
    {
        "ratings": child.ratings_job(child.Ratings(prepare, fit, predict)),
        "lists": child.lists_job(child.Lists(prepare_lists, fit_lists, top, as_array)),
    },
    ("cornac", "numpy", "scipy"),
)
