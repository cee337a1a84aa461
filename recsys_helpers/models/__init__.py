"""Recommenders under one contract: fit on Interactions, then predict, score, recommend and fold in new listeners.

It is not a place to judge them: see ``recsys_helpers.evaluation``, of which nothing here knows.
"""

from recsys_helpers.models.als import BiasedALS, ImplicitALS
from recsys_helpers.models.base import Recommender, top_k
from recsys_helpers.models.ease import EASE
from recsys_helpers.models.neighbours import ItemKNN
from recsys_helpers.models.popularity import Popularity
from recsys_helpers.models.svd import CollaborativeFiltering

__all__ = [
    "BiasedALS",
    "CollaborativeFiltering",
    "EASE",
    "ImplicitALS",
    "ItemKNN",
    "Popularity",
    "Recommender",
    "top_k",
]
