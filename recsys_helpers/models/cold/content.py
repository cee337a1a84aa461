"""Recommending by what tracks are, not by who played them: sound, tags, words, and factors predicted from these.

It asks nothing about a listener but their plays; age, region and device are not used here.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import clone

from recsys_helpers.features import PARTS, track_features
from recsys_helpers.interactions import Interactions
from recsys_helpers.models.abilities import GivesReasons, NamesSimilar, Reasons
from recsys_helpers.models.base import Recommender
from recsys_helpers.models.checks import check_number
from recsys_helpers.models.cold.open import OpenRecommender
from recsys_helpers.models.factors.als import ImplicitALS
from recsys_helpers.models.factors.pairs import cosines


class ContentBased(NamesSimilar, GivesReasons, OpenRecommender):
    """The cosine of a track's features with those of what the listener heard.

    A listener's portrait is sum_i r_ui v_i + prior v_mean: v_i the features of a track, scaled to length 1, r_ui the
    values (one below 0, a dislike, leads away from such tracks), v_mean the mean portrait of all listeners, scaled to
    length 1. The score of track i is the cosine of portrait and v_i, times log(2 + listeners of i) ^ popularity.

    Parameters
    ----------
    parts : of ``track_features``, or a schema of one's own, name -> kind (see ``features``).
    prior : how many plays of full value the mean listener weighs. Without a play the score is theirs alone.
    popularity : 0 lets content speak alone, so that a track without a listener stands where its features put it;
        1 prefers what many play.

    ``fit`` needs ``items=``, a table with a column of ids and those of ``parts``.

    >>> tracks = pd.DataFrame({"track_id": list("abcd"), "tags": ["rain", "rain", "news", "news"]})
    >>> log = pd.DataFrame({"user_id": [1, 2], "track_id": ["a", "c"]})
    >>> model = ContentBased(parts=("tags",)).fit(Interactions.from_frame(log), items=tracks)
    >>> model.recommend([1], candidates=["b", "d"])["item"].tolist()
    ['b', 'd']
    """

    needs = ("items",)

    def __init__(self, parts: Any = PARTS, prior: float = 0.1, popularity: float = 0.0):
        self.parts = parts
        self.prior = prior
        self.popularity = popularity

    def _learn(self, x: Interactions, items: pd.DataFrame) -> None:
        check_number("prior", self.prior, 0)
        check_number("popularity", self.popularity, 0)
        table = self._side_table(items)
        self.vectors_ = _unit(track_features(table, self.parts))
        listeners = np.bincount(x.matrix.indices, minlength=x.shape[1])
        self.weight_ = np.log(2 + listeners) ** self.popularity
        self._meet(x)
        mean = np.asarray((x.matrix.sum(axis=0)) @ self.vectors_).ravel()
        self.mean_portrait_ = mean / (np.linalg.norm(mean) or 1.0)

    def _meet(self, x: Interactions) -> None:
        self.heard_ = x.matrix

    def _portraits(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Scaled to length 1, (n_rows, n_features), and what each was divided by, (n_rows, 1)."""
        portrait = (self.heard_[rows] @ self.vectors_).toarray() + self.prior * self.mean_portrait_
        length = np.linalg.norm(portrait, axis=1, keepdims=True)
        length[length == 0] = 1.0
        return portrait / length, length

    def _score(self, rows: np.ndarray) -> np.ndarray:
        portrait, _ = self._portraits(rows)
        return np.ascontiguousarray((self.vectors_ @ portrait.T).T) * self.weight_

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        found: np.ndarray = (self.vectors_[columns] @ self.vectors_.T).toarray()
        there = np.diff(self.vectors_.indptr) > 0
        found[~(there[columns][:, None] & there)] = -np.inf
        return found

    def _reasons(self, row: int, columns: np.ndarray) -> Reasons:
        """A term for each track of the portrait, and the prior's."""
        mine = self.heard_[[row]]
        length = self._portraits(np.array([row]))[1].item()
        scale = self.weight_[columns] / length
        between = (self.vectors_[columns] @ self.vectors_[mine.indices].T).toarray()
        rest = self.vectors_[columns] @ (self.prior * self.mean_portrait_)
        return Reasons(self.catalogue_.take(mine.indices), between * mine.data * scale[:, None], rest * scale)


class FeatureToFactor(NamesSimilar, OpenRecommender):
    """A factor model whose tracks have a vector before their first play: one predicted from their features.

    A weighted ridge regression learns W from the features f_i of the tracks that have listeners to their factors q_i:
    it minimises sum_i s_i |q_i - W^T f_i|^2 + regularization |W|^2, with f_i led by a 1 that is not held small and
    s_i = n_i / (n_i + prior), n_i the listeners of i. Every track then takes s_i q_i + (1 - s_i) W^T f_i: what its
    features say at first, what its listeners say in the end. Listeners are folded in on these vectors; one without a
    history takes the mean listener's.

    Parameters
    ----------
    model : a model with ``item_factors_`` and ``user_factors_``; None: ``ImplicitALS(n_factors=32)``.
    parts : of ``track_features``, or a schema of one's own, name -> kind (see ``features``).
    regularization : of W.
    prior : how many listeners the predicted vector weighs.

    After ``fit``: ``own_`` and ``predicted_``, both (n_tracks, k) in the order of ``catalogue_``, and ``model_``, whose
    ``item_factors_`` are the two blended. ``fit`` needs ``items=``.

    Zeno Gantner, Lucas Drumond, Christoph Freudenthaler, Steffen Rendle, Lars Schmidt-Thieme. Learning
    Attribute-to-Feature Mappings for Cold-Start Recommendations. ICDM 2010. doi:10.1109/ICDM.2010.129.
    """

    needs = ("items",)

    def __init__(
        self,
        model: Recommender | None = None,
        parts: Any = PARTS,
        regularization: float = 10.0,
        prior: float = 5.0,
    ):
        self.model = model
        self.parts = parts
        self.regularization = regularization
        self.prior = prior

    def _learn(self, x: Interactions, items: pd.DataFrame) -> None:
        check_number("regularization", self.regularization, 1e-9)
        check_number("prior", self.prior, 0)
        features = track_features(self._side_table(items), self.parts)
        self.model_ = factor_model(self.model).fit(x)
        own = self.own_ = self.model_.item_factors_.astype(np.float64)
        listeners = np.bincount(x.matrix.indices, minlength=x.shape[1])
        trust = np.where(listeners > 0, listeners / np.maximum(listeners + self.prior, 1e-9), 0.0)
        self.predicted_ = _ridge(features, own, trust, self.regularization)
        blended = trust[:, None] * own + (1 - trust[:, None]) * self.predicted_
        self.model_.item_factors_ = blended.astype(self.model_.item_factors_.dtype)
        heard = np.diff(x.matrix.indptr) > 0
        self.mean_listener_ = self.model_.fold_in(x).user_factors_[heard].mean(axis=0)
        self._meet(x)

    def _meet(self, x: Interactions) -> None:
        self.model_ = self.model_.fold_in(x)
        self.model_.user_factors_[np.diff(x.matrix.indptr) == 0] = self.mean_listener_

    def _score(self, rows: np.ndarray) -> np.ndarray:
        scores: np.ndarray = self.model_._score(rows)
        return scores

    def _similarity(self, columns: np.ndarray) -> np.ndarray:
        return cosines(self.model_.item_factors_, columns)


def factor_model(model: Recommender | None) -> Any:
    """A fresh copy of a model with factors on both sides; ValueError for another."""
    model = ImplicitALS(n_factors=32, dtype="float64") if model is None else clone(model)
    if "n_factors" not in model.get_params(deep=False):
        raise ValueError(
            f"model={model!r} has no factors: give one that has, such as ImplicitALS(n_factors=32)."
        )
    return model


def _ridge(
    features: sparse.csr_array, targets: np.ndarray, weight: np.ndarray, regularization: float
) -> np.ndarray:
    """What a weighted ridge regression with an intercept predicts for each row, shape (n, k)."""
    total = weight.sum()
    centre, aim = (weight @ features) / total, (weight @ targets) / total
    scaled = sparse.csr_array(features * weight[:, None])
    gram = (features.T @ scaled).toarray() - total * np.outer(centre, centre)
    gram[np.diag_indices_from(gram)] += regularization
    right = scaled.T @ targets - total * np.outer(centre, aim)
    slope = np.linalg.solve(gram, right)
    found: np.ndarray = features @ slope - centre @ slope + aim
    return found


def _unit(rows: sparse.csr_array) -> sparse.csr_array:
    """Each row scaled to length 1; a row of zeros stays."""
    length = np.sqrt(rows.multiply(rows).sum(axis=1))
    return sparse.csr_array(
        rows * np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)[:, None]
    )
