"""What the models of the next play share: runs of plays from a log, and scores after any history.

It holds no model. One writes ``_learn`` and ``_score_after`` on positions; ids are turned into them here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.interactions import Interactions
from recsys_helpers.models.base import CELLS_PER_BATCH, Recommender
from recsys_helpers.models.sequence.runs import Array, Runs


class SequenceRecommender(Recommender):
    """A model that learns what follows what, from ``fit(interactions, events=log)``.

    The interactions say which listeners and items there are, and what ``recommend`` leaves out; the log says in which
    order they were played. ``score`` and ``recommend`` continue each listener's latest run, and ``score_after`` any
    history. Listeners folded in are known by their interactions: one run, in order of the times, or without times in
    order of the ids.
    """

    needs: tuple[str, ...] = ("events",)

    unit: str = "session"
    gap: str = "30min"
    runs_: Runs

    def score_after(self, histories: Iterable[Sequence[Any]] | Runs) -> Array:
        """The value of every item as the next one, shape (n_histories, n_items), columns in the order of ``items_``.

        histories : lists of item ids, oldest first; an empty one is a listener who has played nothing yet. Or ``Runs``
        over ``items_``. Dense: ask for some thousand at a time. Raises ValueError for an unknown id.
        """
        check_is_fitted(self, "users_")
        return self._score_after(
            histories if isinstance(histories, Runs) else Runs.from_lists(histories, self.items_)
        )

    def _fit(self, x: Interactions, events: pd.DataFrame) -> None:
        self._meet(Runs.from_events(events, x.users, x.items, self.unit, self.gap), x.shape[0])
        if not len(self.runs_):
            raise ValueError(
                "No play in events is by a listener and of an item of the interactions: give the log they came from."
            )
        self._learn(self.runs_)

    def _meet(self, runs: Runs, n_listeners: int) -> None:
        self.runs_, self._last = runs, runs.last_of(n_listeners)

    def _fold_in(self, x: Interactions) -> None:
        self._meet(Runs.from_interactions(x), x.shape[0])

    def _score(self, rows: Array) -> Array:
        size = max(1, CELLS_PER_BATCH // len(self.items_))
        blocks = [rows[start : start + size] for start in range(0, len(rows), size)]
        scores = [self._score_after(self.runs_.take(self._last[block])) for block in blocks]
        return np.concatenate(scores) if scores else np.zeros((0, len(self.items_)))

    # ---- what a model writes ---------------------------------------------------------------------------------

    def _learn(self, runs: Runs) -> None:
        raise NotImplementedError

    def _score_after(self, runs: Runs) -> Array:
        """A new array (len(runs), n_items): the caller writes into it."""
        raise NotImplementedError
