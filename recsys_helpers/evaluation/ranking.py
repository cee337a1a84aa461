"""Ranking metrics: how well a list of recommendations meets what a listener chose in the test period.

It is not about which items a list holds beyond hits (see ``beyond_accuracy``), and it gives no error bars (see
``inference``). First ``judge`` the lists once; then each metric is a small function of the judged lists, with one value
for each listener, whose mean is the figure that papers print. Libraries disagree on six choices (Tamm et al. 2021,
arXiv:2206.12858); here each is a named option:

- ``judge(without_list=)``: a listener with test items but no list counts "zero" (default), is "drop"-ped, or "nan";
- ``judge(without_test=)``: a listener with a list but no test item is "drop"-ped (default), counts "zero", or "nan";
- ``precision(divisor=)``: "k" (default) or "length", the number of items in the list; ``pooled_precision``;
- ``recall(divisor=)``: "relevant" (default), or "achievable" = min(relevant, k);
- ``average_precision(divisor=)``: "relevant" (default), "k", "achievable", or "length" = min(relevant, length);
- ``ndcg(ideal=)``: "achievable" (default) or "k" relevant items; ``ndcg(discount=)``: "log2(i+1)" (default) or
  "max(1, log2 i)", under which ranks 1 and 2 weigh the same.

The defaults are those of ranx, but for gains: they are binary here until ``gains="graded"`` is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.evaluation.lists import are_numbers, choose, read_lists
from recsys_helpers.interactions import Interactions

DISCOUNTS = {
    "log2(i+1)": lambda rank: np.log2(rank + 1),  # Järvelin & Kekäläinen 2002, as most use it today
    "max(1, log2 i)": lambda rank: np.maximum(1, np.log2(rank)),  # as in the paper, with base 2, and LensKit
}


@dataclass(frozen=True, eq=False)
class Judged:
    """Lists with the truth laid beside them, one row for each listener; build it with ``judge``.

    users: Index, shape (n,). hits: bool, shape (n, k), is the item at this rank relevant. gains: float, shape (n, k),
    what it is worth. ideal: float, shape (n, k), the gains of the best possible list. lengths, relevant: int, shape
    (n,), items in the list (at most k) and relevant items. blank: bool, shape (n,), whose values are to be NaN.
    """

    users: pd.Index
    hits: np.ndarray
    gains: np.ndarray
    ideal: np.ndarray
    lengths: np.ndarray
    relevant: np.ndarray
    blank: np.ndarray
    k: int
    graded: bool

    @property
    def ranks(self) -> np.ndarray:
        """1, 2, …, k."""
        return np.arange(1, self.k + 1)

    def divisor(self, name: str, allowed: Sequence[str]) -> np.ndarray:
        """What a sum of hits is divided by, under the name of a convention."""
        choose("divisor", name, allowed)
        if name == "k":
            return np.full(len(self.users), self.k)
        if name == "achievable":
            return np.asarray(np.minimum(self.relevant, self.k))
        return self.relevant if name == "relevant" else self.lengths

    def series(self, values: np.ndarray, name: str) -> pd.Series:
        """One value for each listener, NaN where the options ask for it."""
        return pd.Series(np.where(self.blank, np.nan, values), index=self.users, name=name)


def judge(
    recommendations: pd.DataFrame,
    test: Interactions,
    k: int = 10,
    *,
    gains: str = "binary",
    threshold: float | None = None,
    without_list: str = "zero",
    without_test: str = "drop",
) -> Judged:
    """Lay the first k places of each list beside the listener's test items.

    recommendations: DataFrame[user, item, rank], rank from 1. test: every stored entry is relevant, a stored 0 too, or
    with ``threshold`` those of at least that value; without one, a test of zeros for half or more is refused (with
    graded gains, of zeros alone). gains: "binary" (a hit is worth 1) or "graded" (worth its value in test,
    not negative; for 2^value - 1 pass ``test.with_values``). without_list, without_test: see the top of this module.
    Listeners are in the row order of test. A recommended item that test does not know is no hit. Raises ValueError on
    bad lists (see ``lists``), on a listener that test does not know and on an unknown option.

    Four listeners: Ann has a hit at rank 1, Bob at ranks 2 and 3, Cid none, and Dee has no list.

    >>> lists, chosen = example()
    >>> lists.groupby("user")["item"].apply(list).to_dict()
    {'ann': [10, 11, 12], 'bob': [11, 13, 14], 'cid': [10, 11]}
    >>> chosen.to_frame().groupby("user")["item"].apply(list).to_dict()
    {'ann': [10], 'bob': [13, 14, 15, 16], 'cid': [12], 'dee': [10]}
    >>> judged = judge(lists, chosen, k=3)
    >>> judged.hits.astype(int).tolist()
    [[1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 0, 0]]
    >>> judged.relevant.tolist(), judged.lengths.tolist()
    ([1, 4, 1, 1], [3, 3, 2, 0])
    >>> recall(judged).to_dict()
    {'ann': 1.0, 'bob': 0.5, 'cid': 0.0, 'dee': 0.0}
    >>> average_precision(judged).round(3).to_dict()  # bob: (1/2 + 2/3) / 4
    {'ann': 1.0, 'bob': 0.292, 'cid': 0.0, 'dee': 0.0}
    >>> f"{average_precision(judged).mean():.3f}"  # MAP
    '0.323'
    """
    choose("gains", gains, ("binary", "graded"))
    choose("without_list", without_list, ("zero", "drop", "nan"))
    choose("without_test", without_test, ("drop", "zero", "nan"))
    lists = read_lists(recommendations, k)
    n_users, n_items = test.shape
    user_rows = test.user_positions(lists.users)
    columns = test.items.get_indexer(lists.items)
    if (columns < 0).all() and are_numbers(lists.items) != are_numbers(test.items):
        raise ValueError(
            f"Recommended items look like {show(lists.items[0])}, those of test like {show(test.items[0])}, "
            "so that no id can match. Give both the same type."
        )
    row, column = user_rows[lists.row], columns[lists.column]

    # A cell (user, item) as one number: test's are sorted already, so each recommendation is one binary search.
    test_rows, test_columns, values, sizes = _relevant(test, threshold, gains)
    test_cells = test_rows * n_items + test_columns
    cells = row * n_items + column
    place = np.minimum(np.searchsorted(test_cells, cells), len(test_cells) - 1)
    is_hit = (test_cells[place] == cells) & (column >= 0)

    hits = np.zeros((n_users, k), dtype=bool)
    hits[row, lists.rank - 1] = is_hit
    worth = hits.astype(np.float64)
    ideal = (np.arange(k) < sizes[:, None]).astype(np.float64)
    if gains == "graded":
        if (values < 0).any():
            raise ValueError(
                "Graded gains must not be negative: shift the values of test, or use gains='binary'."
            )
        worth[row, lists.rank - 1] = np.where(is_hit, values[place], 0)
        order = np.lexsort((-values, test_rows))
        nth = np.arange(len(values)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        top = nth < k
        ideal[test_rows[top], nth[top]] = values[order][top]

    lengths = np.bincount(row, minlength=n_users)
    listed = np.zeros(n_users, dtype=bool)
    listed[user_rows] = True
    keep = (sizes > 0) if without_list != "drop" else (sizes > 0) & listed
    if without_test != "drop":
        keep |= listed
    blank = np.zeros(n_users, dtype=bool)
    if without_list == "nan":
        blank |= ~listed
    if without_test == "nan":
        blank |= sizes == 0
    kept: Any = slice(None) if keep.all() else keep
    return Judged(
        test.users[kept],
        hits[kept],
        worth[kept],
        ideal[kept],
        lengths[kept],
        sizes[kept],
        blank[kept],
        k=k,
        graded=gains == "graded",
    )


def _relevant(
    test: Interactions, threshold: float | None, gains: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Row, column and value of each relevant entry of test, and how many of them each listener has."""
    values, rows, columns = test.matrix.data, test.rows.astype(np.int64), test.matrix.indices
    sizes = np.diff(test.matrix.indptr)
    if threshold is not None:
        counts = values >= threshold
        rows, columns, values = rows[counts], columns[counts], values[counts]
        sizes = np.bincount(rows, minlength=test.shape[0])
    elif (zeros := len(values) - np.count_nonzero(values)) and (
        zeros == len(values) or (gains == "binary" and 2 * zeros >= len(values))
    ):
        raise ValueError(
            f"{zeros:,} of the {len(values):,} values of test are 0, and a stored 0 counts as relevant as any other "
            "entry, so that lists would be praised for them. Drop them before the split, "
            "x.where(x.matrix.data > 0), or say from which value on an item is relevant: threshold=1, or threshold=0."
        )
    if not len(rows):
        raise ValueError("No test item is relevant. Lower the threshold, or hold out more.")
    return rows, columns, values, sizes


def precision(judged: Judged, divisor: str = "k") -> pd.Series:
    """Share of the list that is relevant: hits / k, or hits / "length" of the list.

    >>> precision(judge(*example(), k=3)).round(3).to_dict()
    {'ann': 0.333, 'bob': 0.667, 'cid': 0.0, 'dee': 0.0}
    """
    return judged.series(_ratio(_hits(judged), judged.divisor(divisor, ("k", "length"))), "precision")


def pooled_precision(judged: Judged) -> float:
    """All hits over all that could be had, the sum of min(k, relevant): what `implicit` calls precision.

    It is no mean over listeners, and unlike precision it can rise with k.

    >>> pooled_precision(judge(*example(), k=3))  # 3 hits of 1 + 3 + 1 + 1
    0.5
    """
    return float(_hits(judged).sum() / judged.divisor("achievable", ("achievable",)).sum())


def recall(judged: Judged, divisor: str = "relevant") -> pd.Series:
    """Share of the relevant items that the list holds: hits / relevant, or hits / "achievable" = min(relevant, k).

    >>> recall(judge(*example(), k=3), divisor="achievable").round(3).to_dict()
    {'ann': 1.0, 'bob': 0.667, 'cid': 0.0, 'dee': 0.0}
    """
    return judged.series(_ratio(_hits(judged), judged.divisor(divisor, ("relevant", "achievable"))), "recall")


def hit_rate(judged: Judged) -> pd.Series:
    """1 if the list holds a relevant item, else 0.

    >>> hit_rate(judge(*example(), k=3)).to_dict()
    {'ann': 1.0, 'bob': 1.0, 'cid': 0.0, 'dee': 0.0}
    """
    return judged.series((_hits(judged) > 0).astype(np.float64), "hit_rate")


def reciprocal_rank(judged: Judged) -> pd.Series:
    """1 / rank of the first hit, 0 without one; its mean is MRR.

    >>> reciprocal_rank(judge(*example(), k=3)).to_dict()
    {'ann': 1.0, 'bob': 0.5, 'cid': 0.0, 'dee': 0.0}
    """
    return judged.series((judged.hits / judged.ranks).max(axis=1), "mrr")


def average_precision(judged: Judged, divisor: str = "relevant") -> pd.Series:
    """Sum over the hits of the precision at their rank, divided by the number of relevant items; its mean is MAP.

    divisor: "relevant" (a list of k hits then scores under 1 where more than k items are relevant), "k", "achievable" =
    min(relevant, k), or "length" = min(relevant, length of the list).

    >>> average_precision(judge(*example(), k=3), divisor="achievable").round(3).to_dict()  # bob: (1/2 + 2/3) / 3
    {'ann': 1.0, 'bob': 0.389, 'cid': 0.0, 'dee': 0.0}
    """
    precision_at_hits = judged.hits * np.cumsum(judged.hits, axis=1) / judged.ranks
    among = judged.divisor(divisor, ("relevant", "k", "achievable", "length"))
    if divisor == "length":
        among = np.minimum(among, judged.relevant)
    return judged.series(_ratio(precision_at_hits.sum(axis=1), among), "map")


def ndcg(judged: Judged, ideal: str = "achievable", discount: str = "log2(i+1)") -> pd.Series:
    """Gain of the hits, discounted by rank, over that of the best possible list (Järvelin & Kekäläinen 2002).

    ideal: the best list holds "achievable" = min(relevant, k) relevant items, or always "k" (binary gains only).
    discount: by rank i, "log2(i+1)" or "max(1, log2 i)".

    >>> ndcg(judge(*example(), k=3)).round(3).to_dict()  # bob: (1/log2(3) + 1/log2(4)) / (1 + 1/log2(3) + 1/log2(4))
    {'ann': 1.0, 'bob': 0.531, 'cid': 0.0, 'dee': 0.0}
    """
    choose("ideal", ideal, ("achievable", "k"))
    if ideal == "k" and judged.graded:
        raise ValueError(
            "ideal='k' has no meaning with graded gains. Use ideal='achievable', or gains='binary'."
        )
    weight = 1 / DISCOUNTS[choose("discount", discount, DISCOUNTS)](judged.ranks)
    best = judged.ideal @ weight if ideal == "achievable" else np.full(len(judged.users), weight.sum())
    return judged.series(_ratio(judged.gains @ weight, best), "ndcg")


METRICS: dict[str, Callable[[Judged], pd.Series]] = {
    "precision": precision,
    "recall": recall,
    "map": average_precision,
    "ndcg": ndcg,
    "mrr": reciprocal_rank,
    "hit_rate": hit_rate,
}


def score_lists(
    recommendations: pd.DataFrame,
    test: Interactions,
    metrics: Sequence[str] = tuple(METRICS),
    k: int = 10,
    **options: Any,
) -> pd.DataFrame:
    """Every metric for every listener: DataFrame, listeners x metrics; ``options`` go to ``judge``.

    >>> print(score_lists(*example(), metrics=["recall", "ndcg"], k=3).mean().round(3).to_dict())
    {'recall': 0.375, 'ndcg': 0.383}
    """
    for name in metrics:
        choose("metric", name, METRICS)
    judged = judge(recommendations, test, k, **options)
    return pd.DataFrame({name: METRICS[name](judged) for name in metrics}, index=judged.users)


def example() -> tuple[pd.DataFrame, Interactions]:
    """Three lists and what four listeners chose, small enough to check by hand (used in the examples here)."""
    chosen = {"ann": [10], "bob": [13, 14, 15, 16], "cid": [12], "dee": [10]}
    lists = {"ann": [10, 11, 12], "bob": [11, 13, 14], "cid": [10, 11]}
    listed = [(user, item, i + 1) for user, items in lists.items() for i, item in enumerate(items)]
    pairs = [(user, item) for user, items in chosen.items() for item in items]
    return (
        pd.DataFrame(listed, columns=["user", "item", "rank"]),
        Interactions.from_frame(pd.DataFrame(pairs, columns=["user_id", "track_id"])),
    )


def _hits(judged: Judged) -> np.ndarray:
    return np.asarray(np.count_nonzero(judged.hits, axis=1))


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """above / below, and 0 where there is nothing to divide by."""
    return np.asarray(np.divide(above, below, out=np.zeros(len(above)), where=below > 0))
