"""Networks that continue a run of plays: GRU4Rec, causal convolutions, SASRec, and target attention.

They know nothing of a listener but the run that they are given, and nothing of a track but its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from recsys_helpers.deep import readers
from recsys_helpers.deep.base import Trained, check_share
from recsys_helpers.deep.training import Array, Training
from recsys_helpers.models.checks import check_choice, check_number
from recsys_helpers.models.sequence import Runs, SequenceRecommender

LOSSES = ("softmax", "sampled", "binary")
TOLD = ("all", "latest")
CELLS_PER_BLOCK = 2_000_000  # of (run, place, item), where a network scores all items at each place


class SequenceNetwork(Trained, SequenceRecommender):
    """What the networks of this module share: runs cut into windows, three losses, and the scores at the end of a run.

    Each play of a run but the first is to be told from those before it. The loss of one is

    - "softmax": - log softmax(scores)_j over all items, j the one that was played;
    - "sampled": the same over j and ``n_negatives`` items that are drawn uniformly, anew for each batch;
    - "binary": - beta log sigmoid(score_j) - sum over ``n_negatives`` drawn items of log(1 - sigmoid(score)). With
      a = n_negatives / (n_items - 1) and t = ``calibration``, beta = a (t (1 - 1 / a) + 1 / a). At t = 0 it is 1, and
      the sigmoid says far more than the true chance, since most negatives are left out; at 1 it is a, which mends that.

    Parameters
    ----------
    width : length of the vectors.
    n_layers : how many of the network's layers lie on each other.
    length : how many plays back it looks.
    unit : a run is a "session", or all that a "listener" played.
    gap : the longest silence within a session.
    loss, n_negatives, calibration : see above.
    tied : score an item by the vector that it comes in with. Otherwise it has a second one, so that «j follows i» need
        not mean «j is like i».
    dropout : share of the numbers inside that are left out in training.
    told : which plays of a run are to be told: "all" but the first, or the "latest", ``length`` at most, as SASRec's
        authors have it. Then those who play much count no more than others, and old habits less.
    training : a ``Training``, whose batches count windows of ``length`` plays; None: the class's ``usual``.
    random_state : of the weights, the order, the dropout and the negatives.

    Aleksandr V. Petrov, Craig Macdonald. gSASRec: Reducing Overconfidence in Sequential Recommendation Trained with
    Negative Sampling. RecSys 2023. doi:10.1145/3604915.3608783 (the calibration).
    """

    usual = Training(n_epochs=10, batch_size=16, learning_rate=0.002, weight_decay=0.01, patience=2)

    def __init__(
        self,
        width: int = 64,
        n_layers: int = 1,
        length: int = 50,
        unit: str = "listener",
        gap: str = "30min",
        loss: str = "softmax",
        n_negatives: int = 256,
        calibration: float = 0.0,
        tied: bool = False,
        dropout: float = 0.2,
        told: str = "all",
        training: Training | None = None,
        random_state: Any = 0,
    ):
        self.width = width
        self.n_layers = n_layers
        self.length = length
        self.unit = unit
        self.gap = gap
        self.loss = loss
        self.n_negatives = n_negatives
        self.calibration = calibration
        self.tied = tied
        self.dropout = dropout
        self.told = told
        self.training = training
        self.random_state = random_state

    def _learn(self, runs: Runs) -> None:
        for name in ("width", "n_layers", "length", "n_negatives"):
            check_number(name, getattr(self, name), 1, whole=True)
        check_share("dropout", self.dropout)
        check_number("calibration", self.calibration, 0)
        if self.calibration > 1:
            raise ValueError(f"calibration={self.calibration!r}: give a number from 0 to 1.")
        check_choice("loss", self.loss, LOSSES)
        check_choice("told", self.told, TOLD)
        self._windows = windows(runs if self.told == "all" else latest(runs, self.length + 1), self.length)
        self._train()
        del self._windows

    def _build(self) -> nn.Module:
        return readers.NextItem(len(self.items_), self.width, self._reader(), self.dropout, self.tied)

    def _reader(self) -> nn.Module:
        raise NotImplementedError

    def _batches(self, rng: np.random.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Windows (b, longest), positions from the left, and negatives; windows of about the same length together."""
        lengths, size = self._windows.lengths, self._settings.batch_size
        order = rng.permutation(len(lengths))
        for start in range(0, len(order), 20 * size):
            part = order[start : start + 20 * size]
            part = part[np.argsort(lengths[part], kind="stable")]
            pieces = [part[at : at + size] for at in range(0, len(part), size)]
            for at in rng.permutation(len(pieces)):
                rows = from_the_left(self._windows.take(pieces[at]), len(self.items_))
                own = (int((rows[:, 1:] < len(self.items_)).sum()),) if self.loss == "binary" else ()
                negatives = rng.integers(len(self.items_), size=(*own, self.n_negatives))
                yield self._tensor(rows), self._tensor(negatives)

    def _loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        rows, negatives = batch
        there = rows[:, 1:] < len(self.items_)
        states, target = self.network_.states(rows[:, :-1])[there], rows[:, 1:][there]
        if self.loss == "softmax":
            return nn.functional.cross_entropy(self.network_.scores(states), target)
        own = self.network_.scores_of(states, target[:, None])
        others = self.network_.scores_of(states, negatives)
        if self.loss == "binary":
            share = min(1.0, self.n_negatives / max(1, len(self.items_) - 1))
            beta = share * (self.calibration * (1 - 1 / share) + 1 / share)
            log_sigmoid = nn.functional.logsigmoid
            return -(beta * log_sigmoid(own[:, 0]) + log_sigmoid(-others).sum(1)).mean()
        others = others.masked_fill(negatives == target[:, None], -torch.inf)
        return -torch.log_softmax(torch.cat([own, others], dim=1), dim=1)[:, 0].mean()

    def _score_after(self, runs: Runs) -> Array:
        rows, end = from_the_left(runs, len(self.items_), self.length), runs_end(runs, self.length)
        with self._asking():
            states = self.network_.states(self._tensor(rows))
            states = states[torch.arange(len(rows), device=self.device_), self._tensor(end)]
            return np.asarray(self.network_.scores(states).cpu().numpy())


class GRU4Rec(SequenceNetwork):
    """A recurrent network: one state that each play renews. The settings are described at ``SequenceNetwork``.

    Each layer adds a gated recurrent unit's output to what came in and normalises it; a bare one hardly learns here.

    Balázs Hidasi, Alexandros Karatzoglou, Linas Baltrunas, Domonkos Tikk. Session-based Recommendations with Recurrent
    Neural Networks. ICLR 2016. arXiv:1511.06939 (whose losses rank sampled items).
    """

    def _reader(self) -> nn.Module:
        return readers.Recurrent(self.width, self.n_layers, self.dropout)


class ConvSeq(SequenceNetwork):
    """A convolutional network: filters that slide over the plays, each layer with gaps twice as wide as the one before.

    A filter sees three plays of the layer below, so that two layers see seven plays and three see fifteen. The settings
    are described at ``SequenceNetwork``.

    Fajie Yuan, Alexandros Karatzoglou, Ioannis Arapakis, Joemon M. Jose, Xiangnan He. A Simple Convolutional Generative
    Network for Next Item Recommendation. WSDM 2019. doi:10.1145/3289600.3290975. Jiaxi Tang, Ke Wang. Personalized
    Top-N Sequential Recommendation via Convolutional Sequence Embedding. WSDM 2018. doi:10.1145/3159652.3159656.
    """

    def _reader(self) -> nn.Module:
        return readers.Convolutional(self.width, self.n_layers, self.dropout)


class SASRec(SequenceNetwork):
    """Self-attention: each play looks at all plays up to it and takes a weighted mean. Settings: ``SequenceNetwork``.

    ``attention`` gives the weights for a history.

    Wang-Cheng Kang, Julian McAuley. Self-Attentive Sequential Recommendation. ICDM 2018. doi:10.1109/ICDM.2018.00035
    (whose loss is "binary" with one negative).
    """

    def _reader(self) -> nn.Module:
        return readers.SelfAttention(self.width, self.n_layers, self.dropout, self.length)

    def attention(self, history: Any) -> Array:
        """The weights of the last layer for one list of item ids: row t says how play t looks at plays 0 to t.

        Shape (n, n) for the latest n plays, at most ``length``; each row sums to 1. ValueError for an empty history.
        """
        runs = Runs.from_lists([history], self.items_)
        if not len(runs.items):
            raise ValueError("An empty history has nothing to look at: give at least one item.")
        with self._asking():
            weights = self.network_.weights(self._tensor(from_the_left(runs, len(self.items_), self.length)))
            return np.asarray(weights[0].cpu().numpy())


class TargetAttention(SequenceNetwork):
    """Each item looks at the history for itself: it weighs the plays by how they fit it, and recent ones more.

    With x_s = sqrt(width) times the vector of play s, and t_j the target vector of item j, the score of j is
    sum_s w_sj (V x_s) . t_j + b_j over the plays s of the history, w_sj a softmax over s of (W x_s) . t_j + r s. It has
    one layer, and the loss is "softmax". Deep Interest Network takes its weights from a small network on play, item and
    their difference, and without a softmax. The settings are described at ``SequenceNetwork``.

    Guorui Zhou et al. Deep Interest Network for Click-Through Rate Prediction. KDD 2018. doi:10.1145/3219819.3219823.
    """

    usual = Training(n_epochs=6, batch_size=16, learning_rate=0.004, weight_decay=0.01, patience=2)

    def _learn(self, runs: Runs) -> None:
        if self.loss != "softmax" or self.n_layers != 1:
            raise ValueError("TargetAttention has one layer and the loss 'softmax'.")
        super()._learn(runs)

    def _build(self) -> nn.Module:
        return readers.TargetReader(len(self.items_), self.width, self.dropout, self.tied)

    def _loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        rows = batch[0]
        there = rows[:, 1:] < len(self.items_)
        return nn.functional.cross_entropy(self.network_(rows[:, :-1])[there], rows[:, 1:][there])

    def _score_after(self, runs: Runs) -> Array:
        rows, end = from_the_left(runs, len(self.items_), self.length), runs_end(runs, self.length)
        found = np.empty((len(rows), len(self.items_)), dtype=np.float32)
        size = max(1, CELLS_PER_BLOCK // (rows.shape[1] * len(self.items_)))
        with self._asking():
            for start in range(0, len(rows), size):
                block = slice(start, start + size)
                scores = self.network_(self._tensor(rows[block]))
                at = torch.arange(len(scores), device=self.device_), self._tensor(end[block])
                found[block] = scores[at].cpu().numpy()
        return found


def windows(runs: Runs, length: int) -> Runs:
    """Runs cut into pieces of up to ``length`` + 1 plays that overlap by one: all but a run's first are told once.

    >>> pieces = windows(Runs(np.arange(6), np.array([0, 5, 6]), np.array([0, 1])), 2)
    >>> pieces.lists()
    [[0, 1, 2], [2, 3, 4]]
    """
    pieces = -(-(runs.lengths - 1) // length)
    number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    begin = np.repeat(runs.starts[:-1], pieces) + number * length
    size = np.minimum(begin + length + 1, np.repeat(runs.starts[1:], pieces)) - begin
    starts = np.concatenate([[0], np.cumsum(size)])
    at = np.arange(starts[-1]) - np.repeat(starts[:-1] - begin, size)
    return Runs(runs.items[at], starts, np.repeat(runs.rows, pieces))


def latest(runs: Runs, size: int) -> Runs:
    """The ``size`` latest plays of each run.

    >>> latest(Runs(np.arange(6), np.array([0, 5, 6]), np.array([0, 1])), 2).lists()
    [[3, 4], [5]]
    """
    from_the_end = np.repeat(runs.starts[1:], runs.lengths) - np.arange(len(runs.items))
    starts = np.concatenate([[0], np.cumsum(np.minimum(runs.lengths, size))])
    return Runs(runs.items[from_the_end <= size], starts, runs.rows)


def from_the_left(runs: Runs, filler: int, latest: int | None = None) -> Array:
    """(n_runs, longest) positions, ``filler`` behind the end of a run; only the ``latest`` plays of each, if given.

    >>> from_the_left(Runs(np.array([4, 5, 6]), np.array([0, 2, 3]), np.array([0, 1])), 9).tolist()
    [[4, 5], [6, 9]]
    """
    size = runs.lengths if latest is None else np.minimum(runs.lengths, latest)
    place = np.arange(max(1, int(size.max(initial=0))))
    at = runs.starts[1:, None] - size[:, None] + place
    inside = place < size[:, None]
    table = np.full(inside.shape, filler, dtype=np.int64)
    table[inside] = runs.items[at[inside]]
    return table


def runs_end(runs: Runs, length: int) -> Array:
    """The place of each run's last play in ``from_the_left``; 0 for an empty one, whose only place is the filler."""
    return np.asarray(np.clip(runs.lengths, 1, length) - 1)
