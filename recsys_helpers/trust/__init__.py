"""What lets a recommender be trusted: reasons, attack and defence, privacy.

It reads no file and knows no world: fitted models and interactions come in.
"""

from recsys_helpers.trust.attacks import KINDS, Attack, fewest_fakes, hit_ratio, inject, lifted
from recsys_helpers.trust.deletion import forget
from recsys_helpers.trust.detection import (
    forest_suspicion,
    item_oddness,
    most_suspicious,
    oddest_item_suspicion,
    pca_suspicion,
    precision_at,
    profile_signs,
    rdma,
)
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
from recsys_helpers.trust.privacy import (
    Budget,
    clip_rows,
    gaussian_delta,
    gaussian_scale,
    keep_at_most,
    laplace_noise,
    laplace_scale,
    normal_noise,
    private_counts,
    private_gram,
)
from recsys_helpers.trust.private_svd import PrivateSVD
from recsys_helpers.trust.robust import (
    breakdown,
    capped,
    huber_mean,
    logged,
    robust_chart,
    trimmed_mean,
    unit_rows,
)
from recsys_helpers.trust.steering import not_this, steer
from recsys_helpers.trust.surrogates import fidelity
from recsys_helpers.trust.tracing import auc, come_back, guess_new_play, link, singled_out

__all__ = [
    "Attack",
    "Budget",
    "KINDS",
    "PrivateSVD",
    "auc",
    "breakdown",
    "capped",
    "cited",
    "clip_rows",
    "come_back",
    "contrast",
    "deletion_bound",
    "deletion_test",
    "deletions_needed",
    "fewest_fakes",
    "fidelity",
    "forest_suspicion",
    "forget",
    "gaussian_delta",
    "gaussian_scale",
    "guess_new_play",
    "hit_ratio",
    "huber_mean",
    "inject",
    "item_oddness",
    "keep_at_most",
    "kept_neighbours",
    "laplace_noise",
    "laplace_scale",
    "lifted",
    "link",
    "logged",
    "most_suspicious",
    "normal_noise",
    "not_this",
    "oddest_item_suspicion",
    "pca_suspicion",
    "precision_at",
    "principal_map",
    "private_counts",
    "private_gram",
    "profile_signs",
    "rdma",
    "robust_chart",
    "scores_without",
    "singled_out",
    "smallest_deletion",
    "steer",
    "survives",
    "trimmed_mean",
    "unit_rows",
    "without",
]
