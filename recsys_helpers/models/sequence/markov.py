"""What follows what: a Markov chain on tracks, smoothed towards what everybody plays.

It knows nothing of a listener but what they just played.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

from recsys_helpers.models.checks import check_number
from recsys_helpers.models.sequence.base import SequenceRecommender
from recsys_helpers.models.sequence.runs import Array, Runs


class Markov(SequenceRecommender):
    """P(next = j), from the plays just before.

    For each step d back, N_d[i, j] counts how often j came d plays after i in the same session. Smoothed,
    P_d(j | i) = (N_d[i, j] + smoothing p_j) / (sum_j N_d[i, j] + smoothing) with p_j the share of j among all plays (a
    Dirichlet prior). The score of j is the mean of P_d(j | item d back) over the steps that the history has, step d
    with weight decay^(d - 1); without a history it is p_j. Scores are probabilities: they sum to 1.

    Parameters
    ----------
    smoothing : plays of average popularity that every item is imagined to have been followed by.
    steps : how many plays back to look; 1 is the first-order chain.
    decay : weight of a step for that of the one after it, above 0.
    gap : the longest silence within a session (``events.sessions``).

    After ``fit``: ``transitions_``, one csr_array (n_items, n_items) of counts for each step, and ``shares_`` p.

    >>> import pandas as pd
    >>> from recsys_helpers.interactions import Interactions
    >>> at = pd.date_range("2026-03-01", periods=5, freq="3min", tz="UTC")
    >>> log = pd.DataFrame({"event_id": range(5), "user_id": "al", "track_id": list("ababc"), "at": at,
    ...     "action": "play", "seconds_played": 170.0})
    >>> x = Interactions.from_frame(log, merge="count")
    >>> model = Markov(smoothing=1).fit(x, events=log)
    >>> model.score_after([["a"], ["b"], []]).round(2).tolist()
    [[0.13, 0.8, 0.07], [0.47, 0.13, 0.4], [0.4, 0.4, 0.2]]

    Steffen Rendle, Christoph Freudenthaler, Lars Schmidt-Thieme. Factorizing Personalized Markov Chains for Next-Basket
    Recommendation. WWW 2010. doi:10.1145/1772690.1772773 (a chain for each listener, factorised; this is the chain).
    """

    def __init__(self, smoothing: float = 10.0, steps: int = 1, decay: float = 0.5, gap: str = "30min"):
        self.smoothing = smoothing
        self.steps = steps
        self.decay = decay
        self.gap = gap

    def _learn(self, runs: Runs) -> None:
        check_number("smoothing", self.smoothing, 1e-9)
        check_number("steps", self.steps, 1, whole=True)
        check_number("decay", self.decay, 1e-9)
        n = len(self.items_)
        self.shares_ = np.bincount(runs.items, minlength=n) / len(runs.items)
        run = np.repeat(np.arange(len(runs)), runs.lengths)
        self.transitions_ = []
        for d in range(1, self.steps + 1):
            same = run[d:] == run[:-d]
            before, after = runs.items[:-d][same], runs.items[d:][same]
            counts = sparse.csr_array((np.ones(len(before)), (before, after)), shape=(n, n))
            counts.sum_duplicates()
            self.transitions_.append(counts)
        self._followed = [np.asarray(counts.sum(axis=1)) for counts in self.transitions_]

    def _score_after(self, runs: Runs) -> Array:
        back = runs.padded(self.steps)
        weight = np.where(back >= 0, float(self.decay) ** np.arange(self.steps - 1, -1, -1.0), 0.0)
        total = weight.sum(axis=1, keepdims=True)
        weight = np.divide(weight, total, out=np.zeros_like(weight), where=total > 0)
        scores = np.zeros((len(runs), len(self.items_)))
        prior = np.where(total[:, 0] > 0, 0.0, 1.0)  # how much of the score is p
        for d, counts in enumerate(self.transitions_, start=1):
            item, share = np.maximum(back[:, -d], 0), weight[:, -d]
            scale = share / (self._followed[d - 1][item] + self.smoothing)
            scores += (sparse.diags_array(scale) @ counts[item]).toarray()
            prior += scale * self.smoothing
        scores += prior[:, None] * self.shares_
        return scores
