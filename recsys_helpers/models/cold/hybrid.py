"""Several models' scores in one, with weights that move as a listener becomes known.

It guesses no weight: they are learned from listeners who are known well and made to look new.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import clone

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import CELLS_PER_BATCH, Recommender
from recsys_helpers.models.checks import check_number, random_source, tables_for
from recsys_helpers.models.cold.content import ContentBased
from recsys_helpers.models.cold.open import OpenRecommender
from recsys_helpers.models.factors.als import ImplicitALS
from recsys_helpers.models.popularity import Popularity

STEPS, PLACES, AHEAD = 10, 10, 50
MIXES = np.array([(a, b, STEPS - a - b) for a in range(STEPS + 1) for b in range(STEPS + 1 - a)]) / STEPS


class Hybrid(OpenRecommender):
    """w_c(n) content + w_k(n) collaborative + w_p(n) popularity, where n tracks of a listener are known.

    Each part's scores are put on one scale first, listener by listener: mean 0, standard deviation 1 over all tracks;
    a part that says the same of all gives 0. Then the weights are learned. A share of the listeners is set aside and
    the parts are fitted on the others. For each n of ``levels`` those set aside are known by their first n tracks
    alone, and every mix of three weights that add up to 1, in steps of 0.1, is graded by the DCG of its first ten among
    what they hear later. The mean of all mixes that are within one standard error of the best is taken, since chance
    could have put any of them first. Between two levels a weight moves along log(1 + n). At last the parts learn from
    everybody.

    Parameters
    ----------
    content, collaborative : models; None: ``ContentBased(popularity=1.0)`` and ``ImplicitALS(n_factors=32)``.
    levels : numbers of tracks, rising from 0.
    set_aside : share of the listeners whose start is replayed, above 0 and below 1.
    replay : "random" takes the tracks of those set aside in random order, "time" in that of the interactions' times.
        These must then say when a track was first heard: by the last time it is those soon dropped that come first.
    random_state : of who is set aside, and of their order.

    After ``fit``: ``weights_`` (n_levels, 3), in the order content, collaborative, popularity. ``fit`` passes
    ``items=`` on to its parts.
    """

    @property
    def needs(self) -> tuple[str, ...]:  # type: ignore[override]
        """What its parts need; to list all of them tells which."""
        return tuple(dict.fromkeys(table for part in self._new_parts() for table in part.needs))

    @property
    def takes(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(dict.fromkeys(("items", *(table for part in self._new_parts() for table in part.takes))))

    def __init__(
        self,
        content: Recommender | None = None,
        collaborative: Recommender | None = None,
        levels: Any = (0, 1, 2, 5, 10, 20, 50),
        set_aside: float = 0.2,
        replay: str = "random",
        random_state: Any = 0,
    ):
        self.content = content
        self.collaborative = collaborative
        self.levels = levels
        self.set_aside = set_aside
        self.replay = replay
        self.random_state = random_state

    def _learn(self, x: Interactions, items: pd.DataFrame | None, **others: pd.DataFrame | None) -> None:
        tables = {"items": items, **others}
        check_number("set_aside", self.set_aside, 1e-9)
        levels = np.asarray(self.levels)
        if levels.ndim != 1 or levels[:1].tolist() != [0] or (np.diff(levels) <= 0).any():
            raise ValueError(f"levels={self.levels!r}: give numbers that rise from 0, such as (0, 1, 5, 20).")
        if self.replay not in ("random", "time") or (self.replay == "time" and x.times is None):
            raise ValueError(
                f"replay={self.replay!r}: choose 'random', or 'time' for interactions that have times."
            )
        n, random = x.shape[0], random_source(self.random_state)
        few = np.sort(random.permutation(n)[: max(1, round(self.set_aside * n))])
        in_time = self.replay == "time" and x.times is not None
        nth = _nth(x, np.asarray(x.times) if in_time else random.permutation(x.nnz))
        rest = ~np.isin(x.rows, few)
        if not rest.any():
            raise ValueError(
                "Hybrid sets listeners aside and learns from the rest: give more of them, or a smaller set_aside."
            )
        parts = self._fit_parts(x.where(rest), tables)
        self.weights_ = np.array([self._weigh(parts, x, few, nth, level) for level in levels])
        self.parts_ = self._fit_parts(x, tables)
        self._meet(x)

    def _new_parts(self) -> list[Recommender]:
        """Content, collaborative and popularity, not fitted."""
        content = ContentBased(popularity=1.0) if self.content is None else clone(self.content)
        with_factors = (
            ImplicitALS(n_factors=32, dtype="float64")
            if self.collaborative is None
            else clone(self.collaborative)
        )
        return [content, with_factors, Popularity()]

    def _fit_parts(self, x: Interactions, tables: dict[str, Any]) -> list[Recommender]:
        return [part.fit(x, **tables_for(part, tables)) for part in self._new_parts()]

    def _weigh(
        self, parts: list[Recommender], x: Interactions, few: np.ndarray, nth: np.ndarray, level: int
    ) -> np.ndarray:
        """The weights for listeners of whom ``level`` tracks are known: see the class."""
        some = np.intersect1d(few, x.rows[nth >= level])  # who has something left to be predicted
        known, later = x.where(nth < level).matrix, x.where(nth >= level).matrix
        batches, speaks = [np.zeros((0, len(MIXES)))], np.zeros(len(parts), dtype=bool)
        size = max(1, CELLS_PER_BATCH // x.shape[1])
        for start in range(0, len(some), size):
            rows = some[start : start + size]
            scores = self._parts_say(parts, known[rows])
            speaks |= scores.any(axis=(1, 2))
            heard = later[rows].toarray() > 0
            scores[:, known[rows].toarray() > 0] = -np.inf
            batches.append(_dcg_of_mixes(scores, heard))
        grades = np.concatenate(batches)
        allowed = MIXES[:, ~speaks].sum(axis=1) == 0  # a part that is silent gets no weight
        if len(grades) < 2 or not allowed.any():
            chart_alone: np.ndarray = np.eye(len(parts))[-1]
            return chart_alone
        best = int(np.argmax(np.where(allowed, grades.mean(axis=0).round(9), -1)))
        behind = grades[:, [best]] - grades
        error = behind.std(axis=0, ddof=1) / np.sqrt(len(grades))
        found: np.ndarray = MIXES[allowed & (behind.mean(axis=0) <= error + 1e-9)].mean(axis=0)
        return found

    def _parts_say(self, parts: list[Recommender], matrix: sparse.csr_array) -> np.ndarray:
        """The scores of all parts for these histories, (n_parts, n_users, n_items), on one scale."""
        known = Interactions(matrix, pd.RangeIndex(matrix.shape[0]), self.catalogue_)
        scores = np.array([part.fold_in(known).score(known.users) for part in parts], dtype=np.float64)
        scores -= scores.mean(axis=2, keepdims=True)
        spread = scores.std(axis=2, keepdims=True)
        found: np.ndarray = np.divide(scores, spread, out=np.zeros_like(scores), where=spread > 1e-9)
        return found

    def _meet(self, x: Interactions) -> None:
        self.heard_ = x.matrix

    def _score(self, rows: np.ndarray) -> np.ndarray:
        weights = self.weights_at(np.diff(self.heard_.indptr)[rows])
        scores: np.ndarray = np.einsum("aui,ua->ui", self._parts_say(self.parts_, self.heard_[rows]), weights)
        return scores

    def weights_at(self, n: Any) -> np.ndarray:
        """The weights where n tracks are known, shape (len(n), 3): content, collaborative, popularity."""
        at = np.log1p(np.atleast_1d(np.asarray(n, dtype=float)))
        return np.column_stack([np.interp(at, np.log1p(self.levels), one) for one in self.weights_.T])


def _nth(x: Interactions, order: np.ndarray) -> np.ndarray:
    """The place of each stored entry among its listener's, from 0, by ``order`` and then by item."""
    by_order = np.lexsort((x.matrix.indices, order, x.rows))
    nth = np.empty(x.nnz, dtype=np.int64)
    nth[by_order] = np.arange(x.nnz) - np.repeat(x.matrix.indptr[:-1], np.diff(x.matrix.indptr))
    return nth


def _dcg_of_mixes(scores: np.ndarray, heard: np.ndarray) -> np.ndarray:
    """The DCG of each listener's first ten under each mix of the parts' scores (n_parts, n_users, n_items).

    Only tracks that some part has among its first 50 are ranked: a mix hardly ever finds another.
    """
    places = min(AHEAD, heard.shape[1])
    ahead = np.argpartition(-scores, places - 1, axis=2)[:, :, :places]
    ahead = np.sort(np.concatenate(list(ahead), axis=1), axis=1)
    again = np.column_stack([np.zeros(len(ahead), dtype=bool), ahead[:, 1:] == ahead[:, :-1]])
    scores = np.take_along_axis(scores, np.broadcast_to(ahead, (len(scores), *ahead.shape)), axis=2)
    # Not -inf: a weight of 0 times that is no number.
    scores[:, again | (scores == -np.inf).any(axis=0)] = -1e9
    heard = np.take_along_axis(heard, ahead, axis=1) & (scores[0] > -1e9)
    discount = 1 / np.log2(np.arange(2, PLACES + 2))
    grades = np.empty((heard.shape[0], len(MIXES)))
    for mix, weights in enumerate(MIXES):
        order = np.argsort(-np.tensordot(weights, scores, 1).round(9), axis=1, kind="stable")[:, :PLACES]
        hits = np.take_along_axis(heard, order, axis=1)
        grades[:, mix] = hits @ discount[: hits.shape[1]]
    return grades
