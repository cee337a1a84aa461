"""Recommenders under one contract: fit on Interactions, then predict, score, recommend and fold in new listeners.

It is not a place to judge them: see ``recsys_helpers.evaluation``, of which nothing here knows.
"""

from recsys_helpers.features import track_features
from recsys_helpers.models.base import Recommender
from recsys_helpers.models.checks import tables_for
from recsys_helpers.models.cold.content import ContentBased, FeatureToFactor
from recsys_helpers.models.cold.hybrid import Hybrid
from recsys_helpers.models.cold.interview import Onboarding
from recsys_helpers.models.cold.open import OpenRecommender
from recsys_helpers.models.cold.packs import StarterPacks
from recsys_helpers.models.ease import EASE
from recsys_helpers.models.factors.als import ImplicitALS
from recsys_helpers.models.factors.biased import BiasedALS
from recsys_helpers.models.factors.bpr import BPR
from recsys_helpers.models.factors.fm import FactorizationMachine
from recsys_helpers.models.factors.negatives import NegativeSampler
from recsys_helpers.models.factors.softmax import SampledSoftmax
from recsys_helpers.models.factors.svd import CollaborativeFiltering
from recsys_helpers.models.neighbours import ItemKNN, UserKNN
from recsys_helpers.models.popularity import Popularity
from recsys_helpers.models.sequence import Markov, SequenceRecommender, SessionKNN
from recsys_helpers.models.topk import top_k

__all__ = [
    "BPR",
    "BiasedALS",
    "CollaborativeFiltering",
    "ContentBased",
    "EASE",
    "FactorizationMachine",
    "FeatureToFactor",
    "Hybrid",
    "ImplicitALS",
    "ItemKNN",
    "Markov",
    "NegativeSampler",
    "Onboarding",
    "OpenRecommender",
    "Popularity",
    "Recommender",
    "SequenceRecommender",
    "SessionKNN",
    "SampledSoftmax",
    "StarterPacks",
    "tables_for",
    "UserKNN",
    "top_k",
    "track_features",
]
