"""RecTools: its EASE, called as its documentation does.

It measures RecTools and judges nothing: lists go back as positions. RecTools scores with the transposed weights
(X Bᵀ where the paper has X B), so its lists are not those of the paper's model.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import EASEModel


def prepare(data, settings):
    frame = pd.DataFrame(
        {
            Columns.User: data["user"],
            Columns.Item: data["item"],
            Columns.Weight: child.transform(data["value"], settings),
            Columns.Datetime: "2011-01-01",
        }
    )
    return Dataset.construct(frame)


def fit(dataset, settings, threads, seed):
    return EASEModel(recommend_n_threads=threads, **settings["params"]).fit(dataset)


def top(model, dataset, threads):
    return model.recommend(
        users=dataset.user_id_map.external_ids, dataset=dataset, k=child.K, filter_viewed=True
    )


def as_array(frame, data):
    lists = np.full((int(data["n_users"]), child.K), -1)
    lists[frame[Columns.User], frame[Columns.Rank] - 1] = frame[Columns.Item]
    return lists


child.main(
    {"lists": child.lists_job(child.Lists(prepare, fit, top, as_array))}, ("RecTools", "numpy", "scipy")
)
