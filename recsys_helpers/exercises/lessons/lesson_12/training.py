"""Exercises of lesson 12: when to stop, and features in the order of the ids.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

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
    yield [0.10, 0.14, 0.12, 0.13, 0.11, 0.09, 0.20], 2
    yield [0.10, 0.14, 0.13, 0.15, 0.12, 0.11, 0.16], 3
    yield [0.10, 0.14, 0.13, 0.12, 0.16, 0.11, 0.10, 0.09], 3
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


def against_the_one_before(validation, patience):
    worse = 0
    for epoch in range(1, len(validation)):
        worse = worse + 1 if validation[epoch] <= validation[epoch - 1] else 0
        if worse == patience:
            return epoch + 1 - patience
    return int(np.argmax(validation)) + 1


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
        "Do you stop one epoch too early? Count the epochs that were no better, without the best one.": (
            lambda validation, patience: kept_by_counting(validation, max(1, patience - 1))
        ),
        "Do you wait one epoch too long? Training stops with the last of `patience` epochs that were no better.": (
            lambda validation, patience: kept_by_counting(validation, patience + 1)
        ),
        "Does the waiting never begin anew? After a better epoch there are `patience` epochs again.": kept_never_anew,
        "Does an equal epoch count as better? It does not, so the waiting goes on.": kept_with_ties,
        "Are the epochs counted from 0? The first one is epoch 1.": (
            lambda validation, patience: kept_by_counting(validation, patience) - 1
        ),
        "Do you compare with the epoch before? An epoch is held against the best so far.": against_the_one_before,
        "Is lower better? Of these values the highest is the best.": (
            lambda validation, patience: kept_by_counting([-one for one in validation], patience)
        ),
        "Is that its value? The task asks for the number of the epoch.": (
            lambda validation, patience: validation[kept_by_counting(validation, patience) - 1]
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
        "Are the rows in ascending order of the ids? Row j must be that of ids[j], whatever their order.": [
            lambda ids, track_ids, features: [
                row
                for one, row in sorted(zip(track_ids, features, strict=True), key=lambda pair: pair[0])
                if one in ids
            ],
            lambda ids, track_ids, features: features[np.argsort(track_ids)][: len(ids)],
        ],
        "Is the lookup the wrong way round? You ask where each of the table's tracks stands among the ids.": [
            lambda ids, track_ids, features: features[[ids.index(one) for one in track_ids]],
            lambda ids, track_ids, features: features[[ids.index(one) for one in track_ids if one in ids]],
        ],
        "Is that a dictionary? Give the rows alone, in the order of ids.": (
            lambda ids, track_ids, features: {one: features[track_ids.index(one)] for one in ids}
        ),
        "Are rows and columns exchanged? Each row of the result is a track.": (
            lambda ids, track_ids, features: np.transpose(aligned_by_dict(ids, track_ids, features))
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
