"""Exercises of lesson 12: the two losses of an autoencoder, and what is fair.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

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
        "Does one softmax run over the whole table? Each listener has a distribution of their own.": (
            lambda x, scores: -(x * (scores - np.log(np.exp(scores).sum()))).sum(axis=1).mean()
        ),
        "Does the softmax run over the played tracks alone? It shares its chances out over all tracks.": (
            lambda x, scores: (
                -(x * (scores - np.log((x * np.exp(scores)).sum(axis=1, keepdims=True)))).sum(axis=1).mean()
            )
        ),
        "Did you sum before the logarithm? Each played track has its own logarithm.": (
            lambda x, scores: -np.log((x * np.exp(_log_softmax(scores, 1))).sum(axis=1)).mean()
        ),
        "Is there a number for each listener? The task asks for their mean.": (
            lambda x, scores: -(x * _log_softmax(scores, 1)).sum(axis=1)
        ),
        "Is the denominator of the softmax missing? Without it raising all scores would lower the loss.": (
            lambda x, scores: -(x * scores).sum(axis=1).mean()
        ),
    },
    conventions={
        "You divide by each listener's number of entries, as some do. The task sums them, as the paper does.": (
            lambda x, scores: -((x * _log_softmax(scores, 1)).sum(axis=1) / x.sum(axis=1)).mean()
        ),
        "That is in bits, by the logarithm to base 2. The task asks for natural logarithms.": (
            lambda x, scores: -(x * _log_softmax(scores, 1)).sum(axis=1).mean() / np.log(2)
        ),
    },
    alternatives=[multinomial_by_loop],
)
def multinomial_loss(x, scores):
    """The mean over the listeners (rows) of - sum_i x_ui log softmax(scores_u)_i; x holds 0 and 1, both are (m, n).

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
        "Is log_variance taken for the logarithm of the deviation? The variance is exp of it, not exp of twice it.": (
            lambda mean, log_variance: _kl(mean, 2 * log_variance)
        ),
        "Is the mean not squared? A shift to either side costs the same.": (
            lambda mean, log_variance: (
                ((np.exp(log_variance) + mean - 1 - log_variance) / 2).sum(axis=1).mean()
            )
        ),
        "Is the 1 forgotten? At mean 0 and variance 1 the divergence is 0.": (
            lambda mean, log_variance: (
                ((np.exp(log_variance) + mean**2 - log_variance) / 2).sum(axis=1).mean()
            )
        ),
        "Is the log variance added? It is taken off, so that a narrow code costs more.": (
            lambda mean, log_variance: (
                ((np.exp(log_variance) + mean**2 - 1 + log_variance) / 2).sum(axis=1).mean()
            )
        ),
        "Is there a number for each row? The task asks for their mean.": (
            lambda mean, log_variance: ((np.exp(log_variance) + mean**2 - 1 - log_variance) / 2).sum(axis=1)
        ),
        "Is only the variance halved? The half belongs to the whole bracket.": (
            lambda mean, log_variance: (
                (np.exp(log_variance) / 2 + mean**2 - 1 - log_variance).sum(axis=1).mean()
            )
        ),
        "Is that the divergence the other way, of N(0, 1) from the code? It is not symmetric.": (
            lambda mean, log_variance: (
                (((1 + mean**2) / np.exp(log_variance) - 1 + log_variance) / 2).sum(axis=1).mean()
            )
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
