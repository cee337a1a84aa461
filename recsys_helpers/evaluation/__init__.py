"""Evaluation: how good recommendations are, and how sure one can be of it: splits, metrics, error bars, comparison.

It fits no model by itself and reads no file; models come in through ``compare``, interactions through a ``Split``.
"""

from recsys_helpers.evaluation.beyond_accuracy import (
    average_popularity,
    coverage,
    diversity,
    exposure,
    gini,
    gini_of,
    miscalibration,
    novelty,
    popularity_lift,
)
from recsys_helpers.evaluation.catalogue import METRICS, metric, metrics_table
from recsys_helpers.evaluation.comparison import Evaluation, compare, evaluate
from recsys_helpers.evaluation.contrasts import contrast_table, difference_of_differences
from recsys_helpers.evaluation.experiments import (
    cuped,
    effective_sample_size,
    group_comparison,
    power_of_test,
    sample_ratio_test,
    sample_size,
    smallest_gap,
    standard_error_of_difference,
)
from recsys_helpers.evaluation.inference import (
    Interval,
    bootstrap_interval,
    bootstrap_means,
    holm,
    paired_comparison,
    sign_flip_test,
    t_interval,
)
from recsys_helpers.evaluation.log_splits import rolling_splits, split_log
from recsys_helpers.evaluation.measure import Metric
from recsys_helpers.evaluation.next_play import NextPlays, expected_ndcg
from recsys_helpers.evaluation.off_policy import (
    direct,
    doubly_robust,
    importance_weights,
    ips,
    off_policy_table,
    snips,
    weight_report,
)
from recsys_helpers.evaluation.ranking import (
    Judged,
    average_precision,
    hit_rate,
    judge,
    ndcg,
    pooled_precision,
    precision,
    recall,
    reciprocal_rank,
    score_lists,
)
from recsys_helpers.evaluation.rating import mae, r2, rmse
from recsys_helpers.evaluation.sequential import sequential_bounds
from recsys_helpers.evaluation.split import Split
from recsys_helpers.evaluation.splits import (
    k_fold,
    leave_last_out,
    random_split,
    time_split,
    user_split,
)
from recsys_helpers.evaluation.tuning import Tuning, tune
from recsys_helpers.evaluation.uplift import ratio_of_means, uplift

__all__ = [
    "METRICS",
    "Evaluation",
    "Interval",
    "Judged",
    "Metric",
    "NextPlays",
    "Split",
    "Tuning",
    "average_popularity",
    "average_precision",
    "bootstrap_interval",
    "bootstrap_means",
    "compare",
    "contrast_table",
    "coverage",
    "cuped",
    "difference_of_differences",
    "direct",
    "diversity",
    "doubly_robust",
    "effective_sample_size",
    "evaluate",
    "expected_ndcg",
    "exposure",
    "gini",
    "gini_of",
    "group_comparison",
    "hit_rate",
    "holm",
    "importance_weights",
    "ips",
    "judge",
    "k_fold",
    "leave_last_out",
    "mae",
    "metric",
    "metrics_table",
    "miscalibration",
    "ndcg",
    "novelty",
    "off_policy_table",
    "paired_comparison",
    "pooled_precision",
    "popularity_lift",
    "power_of_test",
    "precision",
    "r2",
    "random_split",
    "ratio_of_means",
    "recall",
    "reciprocal_rank",
    "rmse",
    "rolling_splits",
    "sample_ratio_test",
    "sample_size",
    "score_lists",
    "sequential_bounds",
    "sign_flip_test",
    "smallest_gap",
    "snips",
    "split_log",
    "standard_error_of_difference",
    "t_interval",
    "time_split",
    "tune",
    "uplift",
    "user_split",
    "weight_report",
]
