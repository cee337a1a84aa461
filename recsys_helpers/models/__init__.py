"""Recommenders under one contract: fit on Interactions, then predict, score, recommend and fold in new listeners.

It is not a place to judge them: see ``recsys_helpers.evaluation``, of which nothing here knows.
"""

from recsys_helpers.models.als import BiasedALS, ImplicitALS
from recsys_helpers.models.base import Recommender, top_k
from recsys_helpers.models.content import ContentBased, FeatureToFactor, track_features
from recsys_helpers.models.ease import EASE
from recsys_helpers.models.hybrid import Hybrid
from recsys_helpers.models.neighbours import ItemKNN
from recsys_helpers.models.onboarding import Onboarding, StarterPacks
from recsys_helpers.models.popularity import Popularity
from recsys_helpers.models.svd import CollaborativeFiltering
from recsys_helpers.models.unknown import OpenRecommender

__all__ = [
    "BiasedALS",
    "CollaborativeFiltering",
    "ContentBased",
    "EASE",
    "FeatureToFactor",
    "Hybrid",
    "ImplicitALS",
    "ItemKNN",
    "Onboarding",
    "OpenRecommender",
    "Popularity",
    "Recommender",
    "StarterPacks",
    "top_k",
    "track_features",
]
