"""Acting: models and rules as policies that are served, week after week, and learn from what came of it.

It judges none: what a policy was worth is ``evaluation``'s and the simulator's to say.
"""

from recsys_helpers.acting.holdout import Holdout
from recsys_helpers.acting.planning import Chain, QLearning, Solved
from recsys_helpers.acting.policy import LearningPolicy, ModelPolicy
from recsys_helpers.acting.search import Search, cross_entropy, even_search

__all__ = [
    "Chain",
    "Holdout",
    "LearningPolicy",
    "ModelPolicy",
    "QLearning",
    "Search",
    "Solved",
    "cross_entropy",
    "even_search",
]
