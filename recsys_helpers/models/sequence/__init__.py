"""Models of what comes next: they read the order of plays, which a matrix of listeners and tracks does not hold.

Networks that do the same are in ``recsys_helpers.deep``, which needs torch; nothing here does.
"""

from recsys_helpers.models.sequence.base import SequenceRecommender
from recsys_helpers.models.sequence.markov import Markov
from recsys_helpers.models.sequence.runs import Runs
from recsys_helpers.models.sequence.session_knn import SessionKNN

__all__ = ["Markov", "Runs", "SequenceRecommender", "SessionKNN"]
