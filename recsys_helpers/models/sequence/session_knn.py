"""Sessions like this one: what was played in the sessions most similar to the one that is going on.

It has no notion of order but that the latest plays of the current session weigh more.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_helpers.models.checks import check_number
from recsys_helpers.models.sequence.base import SequenceRecommender
from recsys_helpers.models.sequence.runs import Array, Runs


class SessionKNN(SequenceRecommender):
    """The score of an item: the summed similarities of those ``n_neighbors`` past sessions that contain it.

    The similarity of the current session to a past one is w . s / sqrt(|s|): s holds a 1 for each item of the past
    session, |s| is their number, and w holds decay^a for each item of the current session that was last played a plays
    ago, for a below ``length``. (With decay = 1 this orders past sessions as the cosine does.)

    Parameters
    ----------
    n_neighbors : k; sessions as similar as the k-th count too.
    decay : above 0, at most 1: what the play before counts for each play.
    length : how many plays of the current session are looked at.
    gap : the longest silence within a session (``events.sessions``).

    After ``fit``: ``sessions_`` (csr_array, n_sessions x n_items, of ones), ordered by listener and time.

    Malte Ludewig, Dietmar Jannach. Evaluation of Session-based Recommendation Algorithms. User Modeling and
    User-Adapted Interaction 28, 2018. doi:10.1007/s11257-018-9209-6 (with sampled candidates, which this has not).
    """

    def __init__(self, n_neighbors: int = 200, decay: float = 0.8, length: int = 20, gap: str = "30min"):
        self.n_neighbors = n_neighbors
        self.decay = decay
        self.length = length
        self.gap = gap

    def _learn(self, runs: Runs) -> None:
        check_number("n_neighbors", self.n_neighbors, 1, whole=True)
        check_number("length", self.length, 1, whole=True)
        check_number("decay", self.decay, 1e-9)
        if self.decay > 1:
            raise ValueError(
                f"decay={self.decay!r}: give at most 1, so that later plays weigh no less than earlier ones."
            )
        run = np.repeat(np.arange(len(runs)), runs.lengths)
        shape = (len(runs), len(self.items_))
        self.sessions_ = sparse.csr_array((np.ones(len(run)), (run, runs.items)), shape=shape)
        self.sessions_.sum_duplicates()
        self.sessions_.data[:] = 1.0
        size = np.sqrt(np.diff(self.sessions_.indptr))
        self._by_item = sparse.csr_array((sparse.diags_array(1 / size) @ self.sessions_).T)

    def _score_after(self, runs: Runs) -> Array:
        similar = sparse.csr_array(self._current(runs) @ self._by_item)
        similar.data = np.round(similar.data, 9)  # so that sums taken in another order still tie
        kept = np.ones(similar.nnz, dtype=bool)
        for start, stop in zip(similar.indptr[:-1], similar.indptr[1:], strict=True):
            if stop - start > self.n_neighbors:
                row = similar.data[start:stop]
                kept[start:stop] = row >= np.partition(row, -self.n_neighbors)[-self.n_neighbors]
        similar.data *= kept
        similar.eliminate_zeros()
        return np.asarray((similar @ self.sessions_).toarray())

    def _current(self, runs: Runs) -> sparse.csr_array:
        """w of each run: for each item decay^(plays since its latest one), shape (n_runs, n_items)."""
        latest = runs.padded(self.length)
        row, column = np.nonzero(latest >= 0)
        item, weight = latest[row, column], float(self.decay) ** (self.length - 1 - column)
        # Of an item that was played several times the latest counts: sort by time, keep the last of each.
        order = np.lexsort([column, item, row])
        row, item, weight = row[order], item[order], weight[order]
        last = np.ones(len(row), dtype=bool)
        last[:-1] = (row[1:] != row[:-1]) | (item[1:] != item[:-1])
        return sparse.csr_array((weight[last], (row[last], item[last])), shape=(len(runs), len(self.items_)))
