"""Exercises of lesson 12: a network's forward and backward pass, when to stop, features in order, three losses.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- before the lesson -----------------------------------------------------------------------------------------------

question(
    "recall_step_downhill",
    answer="b",
    why="The gradient points uphill, so a step against it lowers the objective if it is short enough.",
    wrong={
        "a": "That is where the objective grows fastest.",
        "c": "The gradient has a length too, and it is not the position of the minimum.",
    },
)

question(
    "recall_more_tries",
    answer="c",
    why="The best of twenty is partly the luckiest of twenty, so a contest is fair only with equal tries on one "
    "validation part, and the test part comes after.",
    wrong={
        "a": "The twenty were chosen by the very numbers that are compared.",
        "b": "A larger test helps the interval, and the tries are still unequal.",
    },
)

question(
    "recall_new_track",
    answer="a",
    why="A regression from features to factors gives a vector to a track that nobody has heard.",
    wrong={
        "b": "Nobody has played it, so least squares over its plays has nothing to fit: its vector stays 0.",
        "c": "The mean is the same for every new track, so all of them would share one place.",
    },
)

# ---- forward ---------------------------------------------------------------------------------------------------------


def some_networks(rng):
    """The lesson's network first, then one with every hidden unit off, one hidden unit, a negative output."""
    both, off = np.array([[1.0, 1.0], [1.0, -1.0]]), np.array([-1.0, -5.0])
    yield np.array([2.0, 1.0]), both, np.zeros(2), np.array([1.0, -1.0]), 0.0
    yield np.array([1.0, 2.0]), both, off * 9, np.array([3.0, 2.0]), 0.5
    yield np.array([3.0]), np.array([[2.0]]), np.array([1.0]), np.array([-1.0]), 2.0
    yield np.array([1.0, 0.5]), both, np.array([0.5, 1.0]), np.array([-2.0, 1.0]), -1.0
    for _ in range(8):
        d, h = int(rng.integers(1, 4)), int(rng.integers(2, 5))
        W, b = rng.integers(-4, 5, (h, d)) / 2 + 0.1, rng.integers(-3, 4, h) / 2
        yield rng.integers(-4, 5, d) / 2 + 0.25, W, b, rng.integers(-4, 5, h) / 2, float(rng.integers(-2, 3))


def forward_by_loop(x, W, b, v, c):
    total = c
    for row, shift, weight in zip(W, b, v, strict=True):
        total += weight * max(0.0, sum(w * one for w, one in zip(row, x, strict=True)) + shift)
    return total


@exercise(
    inputs=some_networks,
    hints=[
        "First the sums: W @ x + b, one for each hidden unit.",
        "np.maximum(sums, 0) sets those below 0 to 0. The output is v times these, plus c.",
        "return v @ np.maximum(W @ x + b, 0) + c",
    ],
    why="It is a matrix product, a bend and another product: all that a network adds to lesson 03 is the bend.",
    mistakes={
        "Is the output bent as well? A score may be below 0, so only the hidden units go through max(0, ·).": (
            lambda x, W, b, v, c: max(0.0, float(v @ np.maximum(W @ x + b, 0) + c))
        ),
        "Are the hidden units left as they are? Without max(0, ·) the whole network is one linear function.": (
            lambda x, W, b, v, c: v @ (W @ x + b) + c
        ),
        "Is b missing? It shifts the place where each hidden unit starts.": (
            lambda x, W, b, v, c: v @ np.maximum(W @ x, 0) + c
        ),
        "Is b added after the bend? It belongs to the sum that is bent.": (
            lambda x, W, b, v, c: v @ (np.maximum(W @ x, 0) + b) + c
        ),
    },
    alternatives=[forward_by_loop],
)
def mlp_forward(x, W, b, v, c):
    """The output, a number, of a network with one hidden layer: v . max(0, W x + b) + c.

    x (d,), W (h, d), b (h,), v (h,), c a number; max(0, ·) acts on each of the h hidden units.
    """
    return v @ np.maximum(W @ x + b, 0) + c


# ---- backward --------------------------------------------------------------------------------------------------------


def some_batches(rng):
    """One row first, then a unit that is off, a row that fits exactly, several rows; no sum is exactly 0."""
    both = np.array([[1.0, 1.0], [1.0, -1.0]])
    yield np.array([[3.0, 1.0]]), np.array([3.0]), both, np.zeros(2), np.array([1.0, -1.0]), 0.0
    yield np.array([[1.0, 2.0]]), np.array([0.5]), both, np.zeros(2), np.array([1.0, -1.0]), 0.0
    yield np.array([[2.0, 1.0]]), np.array([2.0]), both, np.zeros(2), np.array([1.0, -1.0]), 0.0
    yield (
        np.array([[3.0, 1.0], [1.0, 2.0]]),
        np.array([3.0, 2.0]),
        both,
        np.zeros(2),
        np.array([1.0, -1.0]),
        0.5,
    )
    for _ in range(6):
        n, d, h = int(rng.integers(2, 5)), int(rng.integers(1, 4)), int(rng.integers(2, 4))
        X, W = rng.integers(-4, 5, (n, d)) / 2 + 0.25, rng.integers(-4, 5, (h, d)) / 2 + 0.1
        b, v = rng.integers(-3, 4, h) / 2 + 0.03, rng.integers(-4, 5, h) / 2
        yield X, rng.integers(-3, 4, n).astype(float), W, b, v, float(rng.integers(-2, 3))


def _backward(X, y, W, b, v, c, masked=True, factor=2.0, divisor=None):
    sums = X @ W.T + b
    hidden = np.maximum(sums, 0)
    slope = factor * (hidden @ v + c - y) / (len(y) if divisor is None else divisor)
    back = np.outer(slope, v) * ((sums > 0) if masked else 1.0)
    return back.T @ X, back.sum(axis=0), hidden.T @ slope, slope.sum()


def backward_by_rows(X, y, W, b, v, c):
    dW, db, dv, dc = np.zeros(W.shape), np.zeros(len(b)), np.zeros(len(v)), 0.0
    for x, target in zip(X, y, strict=True):
        sums = W @ x + b
        slope = 2 * (v @ np.maximum(sums, 0) + c - target) / len(y)
        for j in range(len(b)):
            dv[j] += slope * max(sums[j], 0)
            if sums[j] > 0:
                dW[j] += slope * v[j] * x
                db[j] += slope * v[j]
        dc += slope
    return [dW, db, dv, dc]


@exercise(
    inputs=some_batches,
    hints=[
        "sums = X @ W.T + b is (n, h). The slope of the loss by each output is 2 (output - y) / n.",
        "Back through v and the bend: np.outer(slope, v) * (sums > 0), (n, h). A unit that is off passes nothing.",
        "With back = that: dW = back.T @ X, db = back.sum(axis=0), dv = hidden.T @ slope, dc = slope.sum()",
    ],
    why="Each line is the chain rule of one step of the forward pass, in reverse order. That is backpropagation.",
    mistakes={
        "Does a hidden unit that is off pass a slope on? Where the sum is below 0, max(0, ·) is flat.": (
            lambda *a: _backward(*a, masked=False)
        ),
        "Is it divided by n twice? The mean is taken once, in the slope of the loss by the outputs.": (
            lambda *a: _backward(*a, divisor=len(a[1]) ** 2)
        ),
        "Is it summed over the rows? The loss is their mean, so each row counts 1 / n.": (
            lambda *a: _backward(*a, divisor=1)
        ),
        "Does it point downhill? The gradient is of the loss, and points uphill.": (
            lambda *a: _backward(*a, factor=-2.0)
        ),
    },
    conventions={
        "That is the gradient of half the mean squared error. The task's loss has no 1/2.": (
            lambda *a: _backward(*a, factor=1.0)
        )
    },
    alternatives=[backward_by_rows],
)
def mlp_backward(X, y, W, b, v, c):
    """The gradient of the mean squared error of mlp_forward over the rows of X: (dW, db, dv, dc), shaped as W, b, v, c.

    X (n, d), y (n,), W (h, d), b (h,), v (h,), c a number. No sum W x + b is exactly 0.
    """
    sums = X @ W.T + b
    hidden = np.maximum(sums, 0)
    slope = 2 * (hidden @ v + c - y) / len(y)
    back = np.outer(slope, v) * (sums > 0)
    return back.T @ X, back.sum(axis=0), hidden.T @ slope, slope.sum()


# ---- when to stop ----------------------------------------------------------------------------------------------------


def some_validations(rng):
    """A dip and a better peak within patience, one beyond it, a tie, a fall from the first, one epoch alone."""
    yield [0.10, 0.14, 0.13, 0.15, 0.12, 0.11, 0.10], 2
    yield [0.10, 0.14, 0.13, 0.12, 0.11, 0.20], 2
    yield [0.10, 0.14, 0.14, 0.13, 0.12], 2
    yield [0.20, 0.15, 0.10, 0.05], 3
    yield [0.12], 2
    yield [0.10, 0.09, 0.11, 0.08, 0.07], 1
    yield [0.10, 0.14, 0.13, 0.12, 0.16, 0.11, 0.10, 0.09, 0.20], 2
    yield [0.10, 0.09, 0.12, 0.11, 0.13, 0.08, 0.07, 0.06, 0.20], 2
    for _ in range(10):
        yield (
            [float(one) for one in rng.integers(5, 25, int(rng.integers(3, 12))) / 100],
            int(rng.integers(1, 4)),
        )


def kept_by_counting(validation, patience):
    best, kept, waited = validation[0], 1, 0
    for epoch, value in enumerate(validation[1:], start=2):
        if value > best:
            best, kept, waited = value, epoch, 0
        else:
            waited += 1
        if waited == patience:
            break
    return kept


def kept_never_anew(validation, patience):
    best, kept, waited = validation[0], 1, 0
    for epoch, value in enumerate(validation[1:], start=2):
        if value > best:
            best, kept = value, epoch
        else:
            waited += 1
        if waited == patience:
            break
    return kept


def kept_with_ties(validation, patience):
    kept = 1
    for epoch, value in enumerate(validation, start=1):
        if value >= validation[kept - 1]:
            kept = epoch
        elif epoch - kept == patience:
            break
    return kept


def last_trained(validation, patience):
    kept = kept_by_counting(validation, patience)
    return min(kept + patience, len(validation))


@exercise(
    inputs=some_validations,
    hints=[
        "Walk through the epochs and remember the best value and its epoch.",
        "An epoch that is no better: are `patience` epochs gone since the best one? Then stop.",
        "for epoch, value in enumerate(validation, start=1): if value > best: ... elif epoch - kept == patience: break",
    ],
    why="Training looks only back: an epoch that was never trained cannot be kept, however good it would have been.",
    mistakes={
        "Is that the last epoch that was trained? The weights that are kept are those of the best one.": last_trained,
        "Is that the best of all the numbers? Training had stopped before some of them were there.": (
            lambda validation, patience: int(np.argmax(validation)) + 1
        ),
        "Do you stop at the first epoch that is no better? It may be no better `patience` - 1 times in a row.": (
            lambda validation, patience: kept_by_counting(validation, 1)
        ),
        "Do you wait one epoch too long? Training stops with the last of `patience` epochs that were no better.": (
            lambda validation, patience: kept_by_counting(validation, patience + 1)
        ),
        "Does the waiting never begin anew? After a better epoch there are `patience` epochs again.": kept_never_anew,
        "Does an equal epoch count as better? It does not, so the waiting goes on.": kept_with_ties,
        "Are the epochs counted from 0? The first one is epoch 1.": (
            lambda validation, patience: kept_by_counting(validation, patience) - 1
        ),
    },
    alternatives=[kept_by_counting],
)
def kept_epoch(validation, patience):
    """The number, from 1, of the epoch whose weights are kept.

    validation lists what each epoch would give, the higher the better. Training stops as soon as `patience` epochs in a
    row were not better than the best so far; equal is not better. Then the best epoch's weights are put back.
    """
    best, kept = -np.inf, 0
    for epoch, value in enumerate(validation, start=1):
        if value > best:
            best, kept = value, epoch
        elif epoch - kept == patience:
            break
    return kept


# ---- features in order -----------------------------------------------------------------------------------------------


def some_catalogues(rng):
    """A catalogue that is a cycle (turning it the other way shows), one in order, some ids alone; then drawn ones."""
    yield ["t1", "t2", "t3"], ["t3", "t1", "t2"], np.array([[30.0, 3.0], [10.0, 1.0], [20.0, 2.0]])
    yield ["t1", "t2"], ["t1", "t2"], np.array([[10.0], [20.0]])
    yield ["t4", "t2"], ["t1", "t2", "t3", "t4"], np.array([[1.0], [2.0], [3.0], [4.0]])
    yield ["t3"], ["t3"], np.array([[1.0]])
    for _ in range(8):
        n = int(rng.integers(3, 7))
        ids = [f"t{i}" for i in rng.permutation(n)]
        wanted = [f"t{i}" for i in rng.permutation(n)[: int(rng.integers(2, n + 1))]]
        yield wanted, ids, np.column_stack([[float(one[1:]) for one in ids], rng.integers(0, 9, n)])


def aligned_by_dict(ids, track_ids, features):
    row_of = dict(zip(track_ids, features, strict=True))
    return [row_of[one] for one in ids]


@exercise(
    inputs=some_catalogues,
    hints=[
        "For each of the ids: in which row of the table does it stand?",
        "A dictionary from track id to row number answers that: {track: row for row, track in enumerate(track_ids)}",
        "return features[[row_of[one] for one in ids]]",
    ],
    why="Rows in another order raise no error and no warning. They only make every track look like some other track.",
    mistakes={
        "Are the rows still in the table's order? Row j must be that of ids[j].": [
            lambda ids, track_ids, features: features[: len(ids)],
            lambda ids, track_ids, features: features[np.isin(track_ids, ids)],
        ],
        "Are those the places of the rows? The task asks for the rows themselves.": (
            lambda ids, track_ids, features: [track_ids.index(one) for one in ids]
        ),
        "Are the rows in ascending order of the ids? Row j must be that of ids[j], whatever their order.": (
            lambda ids, track_ids, features: [
                row
                for one, row in sorted(zip(track_ids, features, strict=True), key=lambda pair: pair[0])
                if one in ids
            ]
        ),
        "Is the lookup the wrong way round? You ask where each of the table's tracks stands among the ids.": (
            lambda ids, track_ids, features: features[[ids.index(one) for one in track_ids]]
        ),
    },
    alternatives=[aligned_by_dict],
)
def align_features(ids, track_ids, features):
    """The rows of features in the order of ids, shape (len(ids), n_features).

    track_ids (list) says which track each row of features (array) describes; every id of ids (list) is among them once.
    """
    row_of = {track: row for row, track in enumerate(track_ids)}
    return features[np.array([row_of[one] for one in ids], dtype=int)]


# ---- the losses of an autoencoder ------------------------------------------------------------------------------------


def some_rows(rng):
    """The lesson's listener first, then one entry, equal scores, two listeners with different numbers of entries."""
    yield np.array([[1.0, 0.0, 1.0, 0.0]]), np.array([[2.0, 1.0, 0.0, 1.0]])
    yield np.array([[0.0, 1.0]]), np.array([[0.5, -1.0]])
    yield np.array([[1.0, 1.0, 0.0]]), np.zeros((1, 3))
    yield np.array([[1.0, 1.0, 1.0], [0.0, 1.0, 0.0]]), np.array([[1.0, 2.0, 0.0], [0.0, 1.0, -1.0]])
    for _ in range(8):
        n, m = int(rng.integers(2, 4)), int(rng.integers(3, 5))
        x = (rng.random((n, m)) < 0.5).astype(float)
        x[np.arange(n), rng.integers(0, m, n)] = 1.0
        x[0, :2] = 1.0
        yield x, rng.integers(-4, 5, (n, m)) / 2


def _log_softmax(scores, axis):
    shifted = scores - scores.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def multinomial_by_loop(x, scores):
    losses = []
    for row, said in zip(x, scores, strict=True):
        chances = np.exp(said) / np.exp(said).sum()
        losses.append(-sum(np.log(chance) for there, chance in zip(row, chances, strict=True) if there))
    return sum(losses) / len(losses)


def cell_by_cell(x, scores):
    chance = 1 / (1 + np.exp(-scores))
    return -(x * np.log(chance) + (1 - x) * np.log(1 - chance)).sum(axis=1).mean()


@exercise(
    inputs=some_rows,
    hints=[
        "A softmax along each row: np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True).",
        "Its logarithm where x is 1, summed along the row, with a minus sign; then the mean over the rows.",
        "return -(x * np.log(chances)).sum(axis=1).mean()",
    ],
    why="The chances of a row sum to 1, so a track can only gain what others lose: a loss about order, as lists are.",
    mistakes={
        "Does the softmax run over the listeners? Each listener has one distribution over the tracks: axis=1.": (
            lambda x, scores: -(x * _log_softmax(scores, 0)).sum(axis=1).mean()
        ),
        "Is each cell a yes or no of its own? That is a logistic loss; here a row's chances sum to 1.": cell_by_cell,
        "Is the mean taken over all cells? It is over the listeners; the entries of one are summed.": (
            lambda x, scores: -(x * _log_softmax(scores, 1)).mean()
        ),
        "Is that the sum over the listeners? The task asks for their mean.": (
            lambda x, scores: -(x * _log_softmax(scores, 1)).sum()
        ),
        "Is it below 0? A loss is minus the logarithm of a chance.": (
            lambda x, scores: (x * _log_softmax(scores, 1)).sum(axis=1).mean()
        ),
        "Is it the chance that is summed? The loss is minus its logarithm.": (
            lambda x, scores: -(x * np.exp(_log_softmax(scores, 1))).sum(axis=1).mean()
        ),
    },
    conventions={
        "You divide by each listener's number of entries, as some do. The task sums them, as the paper does.": (
            lambda x, scores: -((x * _log_softmax(scores, 1)).sum(axis=1) / x.sum(axis=1)).mean()
        )
    },
    alternatives=[multinomial_by_loop],
)
def multinomial_loss(x, scores):
    """The mean over the listeners (rows) of - sum_i x_ui log softmax(scores_u)_i; x holds 0 and 1, both are (n, m).

    softmax(s)_i = exp(s_i) / sum_j exp(s_j). Every listener has at least one entry.
    """
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -(x * np.log(chances)).sum(axis=1).mean()


def some_codes(rng):
    """The standard normal first (0), then a shifted one, a narrow one, two listeners."""
    yield np.zeros((1, 2)), np.zeros((1, 2))
    yield np.array([[1.0, 0.0]]), np.zeros((1, 2))
    yield np.zeros((1, 1)), np.array([[-2.0]])
    yield np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([[0.5, -1.0], [1.0, 0.0]])
    for _ in range(8):
        shape = int(rng.integers(1, 4)), int(rng.integers(2, 4))
        yield rng.integers(-4, 5, shape) / 2, rng.integers(-4, 5, shape) / 2 - 0.25


def _kl(mean, log_variance, variance=np.exp, half=0.5):
    return half * (variance(log_variance) + mean**2 - 1 - log_variance).sum(axis=1).mean()


def kl_by_entry(mean, log_variance):
    total = 0.0
    for m, s in zip(np.ravel(mean), np.ravel(log_variance), strict=True):
        total += (np.exp(s) + m * m - 1 - s) / 2
    return total / len(mean)


@exercise(
    inputs=some_codes,
    hints=[
        "The variance is np.exp(log_variance).",
        "For each entry (variance + mean ** 2 - 1 - log_variance) / 2; sum along the row, mean over the rows.",
        "return ((np.exp(log_variance) + mean**2 - 1 - log_variance) / 2).sum(axis=1).mean()",
    ],
    why="It is 0 only where the code says nothing about the listener. So it is the price of saying something.",
    mistakes={
        "Is the log variance taken for the variance? Put it through exp first.": (
            lambda mean, log_variance: _kl(mean, log_variance, variance=lambda s: s)
        ),
        "Is it below 0? A divergence never is: your sign is turned round.": (
            lambda mean, log_variance: -_kl(mean, log_variance)
        ),
        "Is that the mean over all entries, or their sum? Sum along a row, then take the mean over the rows.": [
            lambda mean, log_variance: _kl(mean, log_variance) / mean.shape[1],
            lambda mean, log_variance: _kl(mean, log_variance) * len(mean),
        ],
        "Is the half missing? It comes from the square in the normal's exponent.": (
            lambda mean, log_variance: _kl(mean, log_variance, half=1.0)
        ),
        "Is exp(s / 2) in the place of the variance? That is the standard deviation.": (
            lambda mean, log_variance: _kl(mean, log_variance, variance=lambda s: np.exp(s / 2))
        ),
    },
    alternatives=[kl_by_entry],
)
def kl_to_standard(mean, log_variance):
    """The divergence KL(N(mean, variance) || N(0, 1)), summed over the entries of a row, mean over the rows.

    For one entry it is (variance + mean^2 - 1 - log variance) / 2. Both arguments are (n, k).
    """
    return ((np.exp(log_variance) + mean**2 - 1 - log_variance) / 2).sum(axis=1).mean()


question(
    "why_noise_comes_in_beside",
    answer="a",
    why="Written so, z is a function of mean and deviation, and both get a gradient; the noise is only an input.",
    wrong={
        "b": "The two ways have the same distribution, so neither is noisier.",
        "c": "At recommending time no noise is drawn at all: the mean is decoded.",
    },
)

question(
    "which_contest_is_fair",
    answer="c",
    why="Equal tries on one validation part, one look at the test, and the interval of the difference beside it.",
    wrong={
        "a": "The baseline at its defaults against a tuned network measures the tuning.",
        "b": "Settings that are best for the network need not be best for the product.",
    },
)
