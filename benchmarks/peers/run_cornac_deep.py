"""Cornac's networks: GRU4Rec and VAECF (Mult-VAE), called as its documentation does.

It measures Cornac and judges nothing: lists go back as positions. GRU4Rec gives scores for a history, so its lists are
the ten best of these that the person has not rated.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
import torch
from cornac.data import Dataset, SequentialDataset
from cornac.models import VAECF, GRU4Rec


def prepare(data, settings):
    """The library's table, and for GRU4Rec each person's items in order of time."""
    user, item, at = (data[name].tolist() for name in ("user", "item", "value"))
    if settings["model"] == "VAECF":
        return Dataset.from_uir([(u, i, 1.0) for u, i in zip(user, item, strict=True)]), {}
    histories = {}
    for u, i in zip(user, item, strict=True):
        histories.setdefault(u, []).append(i)
    return SequentialDataset.from_usit(list(zip(user, user, item, at, strict=True))), histories


def fit(table, settings, threads, seed):
    torch.set_num_threads(threads)
    kind = {"VAECF": VAECF, "GRU4Rec": GRU4Rec}[settings["model"]]
    device = {"use_gpu": False} if kind is VAECF else {"device": "cpu"}
    return kind(seed=seed, **device, **settings["params"]).fit(table[0])


def top(model, table, threads):
    dataset, histories = table
    if not histories:
        return {
            u: model.recommend(u, k=child.K, remove_seen=True, train_set=dataset) for u in dataset.uid_map
        }
    items, lists = np.array(list(dataset.iid_map)), {}
    for user, row in dataset.uid_map.items():
        history = [dataset.iid_map[item] for item in histories[user]]
        scores = np.array(model.score(row, history), dtype=float)[: len(items)]
        scores[history] = -np.inf
        lists[user] = items[np.argsort(-scores, kind="stable")[: child.K]]
    return lists


def as_array(answer, data):
    lists = np.full((int(data["n_users"]), child.K), -1)
    for user, items in answer.items():
        lists[user, : len(items)] = items
    return lists


child.main(
    {"next": child.next_job(child.Lists(prepare, fit, top, as_array))}, ("cornac", "torch", "numpy", "scipy")
)
