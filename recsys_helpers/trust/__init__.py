"""What lets a recommender be trusted: reasons, attack and defence, privacy.

It fits no model of its own and reads no file: fitted models and interactions come in.
"""

from recsys_helpers.trust.explain import (
    cited,
    contrast,
    deletion_bound,
    deletion_test,
    deletions_needed,
    scores_without,
    smallest_deletion,
    survives,
    without,
)
from recsys_helpers.trust.pictures import kept_neighbours, principal_map
from recsys_helpers.trust.steering import not_this, steer
from recsys_helpers.trust.surrogates import fidelity

__all__ = [
    "cited",
    "contrast",
    "deletion_bound",
    "deletion_test",
    "deletions_needed",
    "fidelity",
    "kept_neighbours",
    "not_this",
    "principal_map",
    "scores_without",
    "smallest_deletion",
    "steer",
    "survives",
    "without",
]
