"""Surprise: SVD, SVD++ and the item neighbourhood with baselines, called as its documentation does.

It measures Surprise and judges nothing: predictions go back as they came.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
from surprise import SVD, Dataset, KNNBaseline, Reader, SVDpp

MODELS = {"SVD": SVD, "SVDpp": SVDpp, "KNNBaseline": KNNBaseline}


def prepare(data, settings):
    rows = zip(data["user"].tolist(), data["item"].tolist(), data["value"].tolist(), strict=True)
    scale = (float(data["value"].min()), float(data["value"].max()))
    dataset = Dataset(Reader(rating_scale=scale))
    return dataset.construct_trainset([(user, item, rating, None) for user, item, rating in rows])


def fit(trainset, settings, threads, seed):
    kind = MODELS[settings["model"]]
    # The neighbourhood has no random part; the others take a seed. All of Surprise runs on one thread.
    params = dict(settings["params"])
    params |= {"verbose": False} if kind is KNNBaseline else {"random_state": seed}
    return kind(**params).fit(trainset)


def predict(model, trainset, users, items):
    pairs = [(user, item, 0.0) for user, item in zip(users.tolist(), items.tolist(), strict=True)]
    return np.array([prediction.est for prediction in model.test(pairs)])


child.main(
    {"ratings": child.ratings_job(child.Ratings(prepare, fit, predict))},
    ("scikit-surprise", "numpy", "scipy"),
)
