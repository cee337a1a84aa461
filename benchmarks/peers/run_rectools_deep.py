"""RecTools: its SASRec, called as its documentation does.

It measures RecTools and judges nothing: lists go back as positions.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
import torch
from pytorch_lightning import seed_everything
from rectools import Columns
from rectools.dataset import Dataset
from rectools.models import SASRecModel


def prepare(data, settings):
    return Dataset.construct(
        pd.DataFrame(
            {
                Columns.User: data["user"],
                Columns.Item: data["item"],
                Columns.Weight: 1.0,
                Columns.Datetime: pd.to_datetime(data["value"], unit="s"),
            }
        )
    )


def fit(dataset, settings, threads, seed):
    torch.set_num_threads(threads)
    seed_everything(seed)
    return SASRecModel(recommend_torch_device="cpu", verbose=0, **settings["params"]).fit(dataset)


def top(model, dataset, threads):
    return model.recommend(
        users=dataset.user_id_map.external_ids, dataset=dataset, k=child.K, filter_viewed=True
    )


def as_array(frame, data):
    lists = np.full((int(data["n_users"]), child.K), -1)
    lists[frame[Columns.User], frame[Columns.Rank] - 1] = frame[Columns.Item]
    return lists


child.main(
    {"next": child.next_job(child.Lists(prepare, fit, top, as_array))},
    ("RecTools", "torch", "numpy", "scipy"),
)
