"""Lists of items that are little alike: maximal marginal relevance and determinants.

It does not say what alike means: the features that the caller gives do.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from recsys_helpers.reranking.lists import Lists, check_share, greedy, places_of

CELLS = 2_000_000  # of the features gathered at a time
NEVER = -1e9  # the gain of what adds nothing: after all else, by rank


def mmr(
    lists: pd.DataFrame, features: pd.DataFrame | pd.Series, weight: float = 0.7, k: int = 10
) -> pd.DataFrame:
    """Maximal marginal relevance: next comes the item with the highest
    weight x relevance - (1 - weight) x its similarity to the one most like it among those chosen.

    Relevance is the score scaled to [0, 1] within the list (highest 1, lowest 0). features: a row for each item (its
    index), as for ``evaluation.diversity``: numbers, whose cosine is the similarity, or categories, alike or not.
    weight: from 0 (difference alone) to 1 (the list as it was).

    J. Carbonell, J. Goldstein. The Use of MMR, Diversity-Based Reranking. SIGIR 1998. doi:10.1145/290941.291025.

    >>> lists = pd.DataFrame({"user": 1, "item": list("abc"), "rank": [1, 2, 3], "score": [3.0, 2.9, 1.0]})
    >>> genre = pd.Series(["rain", "rain", "news"], index=list("abc"))
    >>> mmr(lists, genre, weight=0.5, k=2)["item"].tolist()
    ['a', 'c']
    """
    share = check_share("weight", weight)
    table = Lists(lists, k)
    relevance = table.relevance()

    def choose(rows: slice, vectors: np.ndarray) -> np.ndarray:
        nearest = np.full(vectors.shape[:2], -np.inf)

        def gain(step: int, last: np.ndarray | None) -> np.ndarray:
            if last is None:
                return relevance[rows].copy()  # nothing chosen: the first is the most relevant
            np.maximum(nearest, _products(vectors, last), out=nearest)
            return share * relevance[rows] - (1 - share) * nearest

        return greedy(gain, table.there[rows], k)

    return table.taken(_by_listener(table, features, choose))


def dpp(
    lists: pd.DataFrame, features: pd.DataFrame | pd.Series, weight: float = 0.7, k: int = 10
) -> pd.DataFrame:
    """The greedy set of largest determinant: relevant items that point in different directions.

    The kernel of a list is L_ij = q_i q_j s_ij: s the similarity, q_i = exp(c relevance_i / 2), both as for ``mmr``,
    and c = weight / (1 - weight), so that log det L = c x the sum of relevance + log det s. Each step takes the item
    that raises it most, by the update of a Cholesky factor. Where none adds a direction (det 0) the rest come by rank.

    Laming Chen, Guoxin Zhang, Hanning Zhou. Fast Greedy MAP Inference for Determinantal Point Process to Improve
    Recommendation Diversity. NeurIPS 2018. arXiv:1709.05135.

    >>> lists = pd.DataFrame({"user": 1, "item": list("abc"), "rank": [1, 2, 3], "score": [3.0, 2.9, 1.0]})
    >>> sound = pd.DataFrame({"x": [1.0, 1.0, 0.0], "y": [0.0, 0.1, 1.0]}, index=list("abc"))
    >>> dpp(lists, sound, weight=0.5, k=2)["item"].tolist()
    ['a', 'c']
    """
    share = check_share("weight", weight)
    if share == 1:
        raise ValueError(
            "weight=1 leaves nothing to the determinant: give less, or take the lists as they are."
        )
    table = Lists(lists, k)
    relevance = share / (1 - share) * table.relevance()

    def choose(rows: slice, vectors: np.ndarray) -> np.ndarray:
        everyone = np.arange(len(vectors))
        rest = np.ones(vectors.shape[:2])  # of each item, what the chosen ones do not span
        factor = np.zeros((*rest.shape, k))

        def gain(step: int, last: np.ndarray | None) -> np.ndarray:
            if last is not None:
                along = _products(vectors, last) - _products(factor[:, :, : step - 1], last)
                root = np.sqrt(np.maximum(rest[everyone, last], 0))[:, None]
                row = np.divide(along, root, out=np.zeros_like(along), where=root > 1e-5)
                factor[:, :, step - 1] = row
                np.subtract(rest, row**2, out=rest)
            spans = rest > 1e-9
            return np.where(spans, relevance[rows] + np.log(np.where(spans, rest, 1)), NEVER)

        return greedy(gain, table.there[rows], k)

    return table.taken(_by_listener(table, features, choose))


def _by_listener(
    table: Lists, features: pd.DataFrame | pd.Series, choose: Callable[[slice, np.ndarray], np.ndarray]
) -> np.ndarray:
    """The places (n, k) that ``choose(rows, vectors)`` takes, some listeners at a time."""
    vectors, row = _unit(features, table.rows["item"])
    n, c = table.there.shape
    size = max(1, CELLS // max(1, c * vectors.shape[1]))
    at = table.spread(row, 0)
    parts = [
        choose(slice(start, start + size), vectors[at[start : start + size]]) for start in range(0, n, size)
    ]
    return np.concatenate([np.full((0, table.k), -1), *parts])


def _products(vectors: np.ndarray, last: np.ndarray) -> np.ndarray:
    """The inner product of every place's vector with that of the place taken last, (n, c)."""
    products: np.ndarray = (vectors @ vectors[np.arange(len(last)), last][:, :, None])[:, :, 0]
    return products


def _unit(features: pd.DataFrame | pd.Series, items: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """A vector of length 1 for each item that is among ``items``, and which of them each row of ``items`` has.

    Categories are one-hot vectors, an item without features has zeros.
    """
    used, row = np.unique(places_of(features, items, "features"), return_inverse=True)
    if isinstance(features, pd.Series):
        code, names = pd.factorize(features.to_numpy()[used])
        return np.eye(len(names))[code], row
    vectors = features.to_numpy(np.float64)[used]
    if not np.isfinite(vectors).all():
        raise ValueError("features hold a value that is missing or infinite: fill it first.")
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0), row
