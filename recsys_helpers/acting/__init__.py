"""Acting: models and rules as policies that are served and learn from what came of it; bandits; a stream of plays.

It judges none: what a policy was worth is ``evaluation``'s and the simulator's to say.
"""

from recsys_helpers.acting.bandits import (
    UCB,
    Bandit,
    EpsilonGreedy,
    LinEpsilonGreedy,
    LinThompson,
    LinUCB,
    Thompson,
)
from recsys_helpers.acting.holdout import Holdout
from recsys_helpers.acting.live import LiveProfiles, Profile
from recsys_helpers.acting.planning import Chain, QLearning, Solved
from recsys_helpers.acting.playing import Played, play
from recsys_helpers.acting.policy import LearningPolicy, ModelPolicy
from recsys_helpers.acting.search import Search, cross_entropy, even_search
from recsys_helpers.acting.streaming import PageHinkley, prequential, refit_plan

__all__ = [
    "UCB",
    "Bandit",
    "Chain",
    "EpsilonGreedy",
    "Holdout",
    "LearningPolicy",
    "LinEpsilonGreedy",
    "LinThompson",
    "LinUCB",
    "LiveProfiles",
    "ModelPolicy",
    "PageHinkley",
    "Played",
    "Profile",
    "QLearning",
    "Search",
    "Solved",
    "Thompson",
    "cross_entropy",
    "even_search",
    "play",
    "prequential",
    "refit_plan",
]
