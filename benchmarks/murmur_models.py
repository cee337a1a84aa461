"""Lesson 04's table from outside the lesson: every model on Murmur, by the error of its stars and by its lists.

    python benchmarks/murmur_models.py

Writes data/measured/murmur_models.csv; it takes some ten seconds and no data but Murmur's. It tunes nothing: where a
setting is not the class's own, the lesson chose it by cross-validation inside the training part.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import Split, evaluate, random_split, rmse
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, BiasedALS, CollaborativeFiltering, ImplicitALS, ItemKNN, Popularity

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "murmur_models.csv"
MODELS = {
    "Popularity": Popularity(),
    "biases": BiasedALS(n_factors=0),
    "SVD, holes 0": CollaborativeFiltering(10, 1, "zero"),
    "SVD, holes biases": CollaborativeFiltering(8, 2, "biases"),
    "BiasedALS": BiasedALS(),
    "ItemKNN": ItemKNN(),
    "ImplicitALS": ImplicitALS(dtype="float64"),
    "EASE": EASE(),
}
IN_STARS = (
    "biases",
    "SVD, holes 0",
    "SVD, holes biases",
    "BiasedALS",
)  # the others' scores have another unit


def stars() -> Interactions:
    """Murmur's strengths on a scale from 1 to 5, without ads and help clips."""
    murmur = load_murmur()
    events, _ = clean(murmur.events, murmur.tracks, murmur.users)
    strength = preference(asked_for(events, murmur.tracks), "listened", murmur.tracks)
    plays = Interactions.from_frame(strength, value="strength", time="last_at")
    return plays.with_values(1 + 4 * plays.matrix.data)


def table(split: Split, names=tuple(MODELS)) -> pd.DataFrame:
    """A row a model: RMSE of the stars of held-out plays where it predicts stars, nDCG@10 with its 95% interval."""
    found = evaluate({name: MODELS[name] for name in names}, split, ("ndcg",), k=10).table()
    found = found.rename(columns={"value": "ndcg", "low": "ndcg_low", "high": "ndcg_high"}).set_index("model")
    in_stars = {name: MODELS[name] for name in IN_STARS if name in names}
    errors = evaluate(in_stars, split, ("rmse",)).table()
    found["rmse"] = errors.set_index("model")["value"]
    mean = split.train.matrix.data.mean()
    found.loc["global mean", "rmse"] = rmse(split.test.matrix.data, [mean] * split.test.nnz)
    return found[["rmse", "ndcg", "ndcg_low", "ndcg_high"]].sort_values("rmse", kind="stable")


def row() -> pd.DataFrame:
    """The named row of data/measured/index.json, computed anew."""
    return table(random_split(stars(), random_state=0), ["BiasedALS"]).reset_index()


def main() -> None:
    found = table(random_split(stars(), random_state=0))
    found.to_csv(FILE, float_format="%.6f", lineterminator="\n")
    print(found.to_string(float_format="{:.3f}".format, na_rep="-"))


if __name__ == "__main__":
    main()
