"""A contest on tracks that nobody has played: features are mapped to factors, and graded by whom they please.

It makes no features, and it compares nothing by itself: each modality comes with as many tries as the caller gives it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg, sparse

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ImplicitALS

PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0)
PLACES, HALF = 10, 1 / 3  # a strength of 1/3: heard for half of its length in sum


def ndcg_of_scores(scores: np.ndarray, wanted: np.ndarray, k: int = PLACES) -> np.ndarray:
    """The nDCG@k of each row of scores (m, n), where ``wanted`` (m, n) is True for what is to be found; shape (m,).

    Ties, within 1e-9 of the largest score, go to the lower position. Raises ValueError for a row that wants nothing and
    for scores that are no numbers.

    >>> ndcg_of_scores(np.array([[3.0, 2.0, 1.0]]), np.array([[False, True, False]]), k=2).round(3).tolist()
    [0.631]
    """
    scores, wanted = np.asarray(scores, dtype=float), np.asarray(wanted, dtype=bool)
    if scores.shape != wanted.shape or scores.ndim != 2:
        raise ValueError(f"scores {scores.shape} and wanted {wanted.shape}: give two tables of one shape.")
    if not np.isfinite(scores).all():
        raise ValueError("scores hold what is no number: give a score for each track.")
    number = wanted.sum(axis=1)
    if (number == 0).any():
        raise ValueError("wanted has a row without anything to be found: leave that listener out.")
    whole = np.round(scores / (np.abs(scores).max(initial=0.0) or 1.0), 9)
    order = np.argsort(-whole, axis=1, kind="stable")[:, :k]
    discount = 1 / np.log2(np.arange(2, order.shape[1] + 2))
    best = np.cumsum(discount)[np.minimum(number, len(discount)) - 1]
    found: np.ndarray = (np.take_along_axis(wanted, order, axis=1) @ discount) / best
    return found


def track_folds(plays: Interactions, n_folds: int = 6, least: int = 10, seed: int = 0) -> list[np.ndarray]:
    """Positions of the tracks with at least ``least`` listeners, dealt out at random into ``n_folds`` sorted parts.

    >>> import pandas as pd
    >>> log = pd.DataFrame({"user_id": [1, 2, 1, 2, 1], "track_id": list("aabbc")})
    >>> sorted(np.concatenate(track_folds(Interactions.from_frame(log), 2, least=2)).tolist())
    [0, 1]
    """
    able = np.flatnonzero(np.bincount(plays.matrix.indices, minlength=plays.shape[1]) >= least)
    if not 2 <= n_folds <= len(able):
        raise ValueError(
            f"{len(able)} tracks have {least} listeners or more: they make no {n_folds} folds (at least 2)."
        )
    dealt = np.random.default_rng(seed).permutation(able)
    return [np.sort(part) for part in np.array_split(dealt, n_folds)]


@dataclass(frozen=True)
class Part:
    """Hidden tracks to be ranked among themselves: positions of tracks (n,) and listeners (m,), and who wants what."""

    tracks: np.ndarray
    listeners: np.ndarray
    wanted: np.ndarray


class FactorRidge:
    """A weighted ridge regression from features (n, d) to targets (n, k), with an intercept, for many penalties.

    It minimises sum_i w_i |t_i - a - W^T f_i|^2 + penalty |W|^2. The products of features are made once, so that each
    penalty costs one small system of equations.

    >>> FactorRidge(np.array([[0.0], [2.0]]), np.array([[1.0], [3.0]]), np.ones(2)).predict(1e-9).round(3).tolist()
    [[1.0], [3.0]]
    """

    def __init__(self, features: Any, targets: np.ndarray, weight: np.ndarray):
        rows = features.toarray() if sparse.issparse(features) else np.asarray(features, dtype=float)
        used = np.flatnonzero(weight > 0)
        weight = weight[used]
        self.mean = weight @ targets[used] / weight.sum()
        self.rows = rows - weight @ rows[used] / weight.sum()
        weighed = self.rows[used] * weight[:, None]
        self.gram = weighed.T @ self.rows[used]
        self.right = weighed.T @ (targets[used] - self.mean)

    def predict(self, penalty: float, rows: Any = slice(None)) -> np.ndarray:
        """What the features of some rows, or of all, say of the targets, (rows, k)."""
        gram = self.gram.copy()
        gram[np.diag_indices_from(gram)] += penalty
        slope = linalg.solve(gram, self.right, assume_a="pos")
        found: np.ndarray = self.rows[rows] @ slope + self.mean
        return found


@dataclass(frozen=True)
class Mapped:
    """Vectors that features predict for all tracks (n, k), the penalty that was chosen, and what each try found."""

    factors: np.ndarray
    penalty: float
    tried: dict[float, float]


class ColdTracks:
    """One fold of the contest: two sets of tracks lose all their plays, one to choose by and one to grade by.

    The tracks are dealt into folds (``track_folds``). Those of ``fold`` are the test, those of the next fold the
    validation, and ``ImplicitALS`` learns from the plays of all other tracks. A listener takes part where they heard at
    least ``wants`` of a set's tracks for half of their length or more in sum.

    After it is made: ``known`` (Interactions without the hidden plays), ``warm`` (n_tracks,) True where a track has
    plays left, ``trust`` (n_tracks,) what the ridge counts it for, n_i / (n_i + 5), ``model`` and ``parts``, by the
    names "validation" and "test".
    """

    def __init__(
        self,
        plays: Interactions,
        fold: int = 0,
        *,
        n_folds: int = 6,
        least: int = 10,
        wants: int = 3,
        n_factors: int = 32,
        seed: int = 0,
    ):
        folds = track_folds(plays, n_folds, least, seed)
        if not 0 <= fold < n_folds:
            raise ValueError(f"fold={fold}: there are {n_folds} folds, from 0.")
        places = {"test": folds[fold], "validation": folds[(fold + 1) % n_folds]}
        hidden = np.isin(np.arange(plays.shape[1]), np.concatenate(list(places.values())))
        self.known = plays.where(~hidden[plays.matrix.indices])
        listeners = np.bincount(self.known.matrix.indices, minlength=plays.shape[1])
        self.warm, self.trust = listeners > 0, listeners / (listeners + 5)
        self.model = ImplicitALS(n_factors=n_factors, dtype="float64").fit(self.known)
        self.parts = {name: _part(plays, tracks, wants) for name, tracks in places.items()}

    def ridge(self, features: Any) -> FactorRidge:
        """The regression from features of all tracks to the factors of those that have plays."""
        if features.shape[0] != len(self.warm):
            raise ValueError(
                f"features have {features.shape[0]} rows: give one for each of {len(self.warm)} tracks."
            )
        return FactorRidge(features, self.model.item_factors_.astype(np.float64), self.trust)

    def choose(self, features: Any, penalties: Iterable[float] = PENALTIES) -> Mapped:
        """The map whose penalty ranks the validation's tracks best; ties go to the larger penalty."""
        return self.choose_map(self.ridge(features), penalties)

    def choose_map(self, ridge: FactorRidge, penalties: Iterable[float] = PENALTIES) -> Mapped:
        """The same for a regression that was made elsewhere; its last rows are the tracks."""
        tried, n = {}, len(self.warm)
        part = self.parts["validation"]
        for penalty in penalties:
            scores = self._times(ridge.predict(penalty, part.tracks - n), "validation")
            tried[penalty] = float(ndcg_of_scores(scores, part.wanted).mean())
        best = max(tried, key=lambda penalty: (round(tried[penalty], 9), penalty))
        return Mapped(ridge.predict(best, slice(-n, None)), best, tried)

    def _times(self, factors: np.ndarray, part: str) -> np.ndarray:
        found: np.ndarray = self.model.user_factors_[self.parts[part].listeners] @ factors.T
        return found

    def scores(self, factors: np.ndarray, part: str = "test") -> np.ndarray:
        """p_u . q_i for the listeners and tracks of a part, (m, n), where all tracks have these factors."""
        return self._times(factors[self.parts[part].tracks], part)

    def ndcg(self, factors: np.ndarray, part: str = "test") -> np.ndarray:
        """nDCG@10 of each listener of a part, if its tracks had these factors."""
        return ndcg_of_scores(self.scores(factors, part), self.parts[part].wanted)

    def graded(self, scores: np.ndarray, part: str = "test") -> np.ndarray:
        """nDCG@10 of each listener of a part, from scores of all listeners for all tracks, or of this part alone."""
        one = self.parts[part]
        if scores.shape == self.known.shape:
            scores = scores[np.ix_(one.listeners, one.tracks)]
        return ndcg_of_scores(scores, one.wanted)

    def best_of(self, tries: Sequence[Any], score: Callable[[Any], np.ndarray]) -> Any:
        """The try whose scores of all listeners for all tracks are best on the validation; ties go to the first."""
        return max(tries, key=lambda one: round(float(self.graded(score(one), "validation").mean()), 9))


def _part(plays: Interactions, tracks: np.ndarray, wants: int) -> Part:
    wanted = plays.matrix[:, tracks].toarray() >= HALF - 1e-12
    listeners = np.flatnonzero(wanted.sum(axis=1) >= wants)
    if not len(listeners):
        raise ValueError(f"Nobody heard {wants} of these tracks for half their length: make fewer folds.")
    return Part(tracks, listeners, wanted[listeners])
