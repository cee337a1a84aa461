"""LensKit: biased and implicit matrix factorisation and the item neighbourhood, called as its documentation does.

It measures LensKit and judges nothing: lists go back as positions, predictions as they came.
"""

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["LK_NUM_BATCH_JOBS"] = "1"  # lists in this process: workers would have to load torch again
import child
from lenskit.als import BiasedMFScorer, ImplicitMFScorer
from lenskit.batch import predict as batch_predict
from lenskit.batch import recommend as batch_recommend
from lenskit.data import from_interactions_df
from lenskit.knn import ItemKNNScorer
from lenskit.pipeline import predict_pipeline, topn_pipeline
from lenskit.training import TrainingOptions

MODELS = {"BiasedMF": BiasedMFScorer, "ImplicitMF": ImplicitMFScorer, "ItemKNN": ItemKNNScorer}


def prepare(data, settings):
    values = data["value"] if "values" not in settings else child.transform(data["value"], settings)
    return from_interactions_df(
        pd.DataFrame({"user_id": data["user"], "item_id": data["item"], "rating": values})
    )


def fit_ratings(dataset, settings, threads, seed):
    pipeline = predict_pipeline(MODELS[settings["model"]](**settings["params"]), fallback=True)
    pipeline.train(dataset, TrainingOptions(rng=seed))
    return pipeline


def fit_lists(dataset, settings, threads, seed):
    pipeline = topn_pipeline(MODELS[settings["model"]](**settings["params"]), n=child.K)
    pipeline.train(dataset, TrainingOptions(rng=seed))
    return pipeline


def predict(pipeline, dataset, users, items):
    pairs = pd.DataFrame({"user_id": users, "item_id": items})
    answers = batch_predict(pipeline, pairs, n_jobs=1).to_df()
    return pairs.merge(answers, on=["user_id", "item_id"], how="left")["score"].to_numpy()


def top(pipeline, dataset, threads):
    return batch_recommend(pipeline, dataset.users.ids(), n=child.K, n_jobs=1)


def as_array(answer, data):
    frame = answer.to_df()
    lists = np.full((int(data["n_users"]), child.K), -1)
    lists[frame["user_id"], frame["rank"] - 1] = frame["item_id"]
    return lists


child.main(
    {
        "lists": child.lists_job(child.Lists(prepare, fit_lists, top, as_array)),
        "ratings": child.ratings_job(child.Ratings(prepare, fit_ratings, predict)),
    },
    ("lenskit", "torch", "numpy", "scipy"),
)
