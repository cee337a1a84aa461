"""The exercises of lesson 22 on sound, and on scores of several modalities of which some are missing.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- a spectrum ------------------------------------------------------------------------------------------------------


def _tones(rng):
    """Edge cases first: one wave, a constant under it, a weaker second wave, the highest that a window can hold."""

    def wave(n, rate, parts, level=0.0):
        time = np.arange(n) / rate
        return [round(float(level + x), 6) for x in sum(a * np.cos(2 * np.pi * f * time) for f, a in parts)]

    yield wave(8, 8, [(2, 1.0)]), 8
    yield wave(8, 80, [(20, 1.0)], level=5.0), 80
    yield wave(12, 24, [(4, 1.0), (10, 0.4)]), 24
    yield wave(9, 90, [(20, 1.0), (40, 0.3)], level=-1.0), 90
    yield wave(16, 8000, [(3000, 2.0), (500, 0.5)], level=3.0), 8000
    for _ in range(8):
        n, step = int(rng.integers(9, 15)), int(rng.integers(2, 30))
        first, second = rng.choice(np.arange(1, (n - 1) // 2 + 1), 2, replace=False)
        parts = [(step * int(first), 1.0), (step * int(second), 0.4)]
        yield wave(n, n * step, parts, level=float(rng.integers(-3, 4))), n * step


def _strength(clip, start=1):
    power = np.abs(np.fft.rfft(clip)) ** 2
    power[:start] = 0
    return power


def bin_for_hertz(clip, rate):
    return int(np.argmax(_strength(clip)))


def level_counted(clip, rate):
    return np.argmax(_strength(clip, 0)) * rate / len(clip)


def by_half_the_length(clip, rate):
    return np.argmax(_strength(clip)) * rate / len(_strength(clip))


def ends_at_the_rate(clip, rate):
    return float(np.linspace(0, rate, len(_strength(clip)))[np.argmax(_strength(clip))])


def one_too_low(clip, rate):
    power = np.abs(np.fft.rfft(clip)) ** 2
    return np.argmax(power[1:]) * rate / len(clip)


def by_waves(clip, rate):
    n, best = len(clip), (-1.0, 0)
    for cycles in range(1, n // 2 + 1):
        angle = [2 * np.pi * cycles * at / n for at in range(n)]
        power = sum(x * np.cos(a) for x, a in zip(clip, angle, strict=True)) ** 2
        power += sum(x * np.sin(a) for x, a in zip(clip, angle, strict=True)) ** 2
        best = max(best, (round(power, 9), cycles), key=lambda one: one[0])
    return best[1] * rate / n


@exercise(
    inputs=_tones,
    hints=[
        "np.fft.rfft(clip) holds a number for each whole count of cycles in the clip: 0, 1, 2, ...",
        "c cycles in a clip of len(clip) / rate seconds are c * rate / len(clip) cycles a second.",
    ],
    why="A spectrogram is this for one short window after another. A window of n numbers tells "
    "frequencies apart that "
    "differ by rate / n: a longer window hears pitch better and time worse.",
    mistakes={
        "Is that the number of cycles in the clip? Divide by its seconds, len(clip) / rate.": bin_for_hertz,
        "Is 0 the strongest? That is the mean of the clip, and no wave: leave it out.": level_counted,
        "Did you divide by the length of the spectrum? It holds about half as many numbers as the "
        "clip; divide by len(clip).": by_half_the_length,
        "Does your last frequency equal the rate? A spectrum ends at half of it.": ends_at_the_rate,
        "Is it one step too low? Where the first number is cut off, each position stands for one "
        "cycle more.": one_too_low,
    },
    alternatives=[by_waves],
)
def loudest_frequency(clip, rate):
    """The frequency, in cycles a second, of the strongest wave in a clip; its mean, which is no wave, is left out.

    `clip` is a list of numbers, `rate` of them a second. The wave has a whole number of cycles in the clip, and no
    other is as strong: the strength of c cycles is the absolute value of number c of `np.fft.rfft(clip)`.
    """
    strength = np.abs(np.fft.rfft(clip))
    strength[0] = 0
    return np.argmax(strength) * rate / len(clip)


question(
    "what_the_mean_forgets",
    answer="c",
    why="A minor and a major third are two bins of the spectrogram, a few Hertz apart. A band "
    "average puts both into one "
    "number, and no model after it can take them apart.",
    wrong={
        "a": "The ridge had the same number of clips for every feature, and it learned the others well.",
        "b": "Valence was rendered into every clip, and the shares of notes read it.",
    },
)

# ---- late fusion -----------------------------------------------------------------------------------------------------


def _modalities(rng):
    """Edge cases first: nothing missing, unlike scales, a hole, a track that only one modality knows."""
    yield [[1.0, 2.0, 3.0], [30.0, 10.0, 20.0]], [[True, True, True], [True, True, True]]
    yield [[1.0, 2.0, 3.0], [0.0, 9.0, 0.0]], [[True, True, True], [True, True, False]]
    yield [[5.0, 1.0, 0.0, 0.0], [2.0, 8.0, 4.0, 6.0]], [[True, True, False, False], [True, True, True, True]]
    yield (
        [[4.0, 0.0, 2.0], [1.0, 7.0, 0.0], [3.0, 1.0, 8.0]],
        [[True, False, True], [True, True, False], [True, True, True]],
    )
    for _ in range(9):
        n, m = int(rng.integers(4, 7)), int(rng.integers(2, 4))
        scores = rng.integers(0, 10, (m, n)) * 10.0 ** rng.integers(-1, 2, (m, 1)) + rng.random((m, n)).round(
            2
        )
        has = rng.random((m, n)) < 0.7
        has[:, :2] = has[0] = True
        yield np.where(has, scores, 0.0).round(2).tolist(), has.tolist()


def _arrays(scores, present):
    return np.asarray(scores, dtype=float), np.asarray(present, dtype=bool)


def _standard(scores, present):
    x, has = _arrays(scores, present)
    rows = [(one - one[there].mean()) / one[there].std() for one, there in zip(x, has, strict=True)]
    return np.array(rows), has


def missing_as_zero(scores, present):
    x, has = _standard(scores, present)
    return np.where(has, x, 0).mean(axis=0)


def summed(scores, present):
    x, has = _standard(scores, present)
    return np.where(has, x, 0).sum(axis=0)


def raw_scores(scores, present):
    x, has = _arrays(scores, present)
    return np.where(has, x, 0).sum(axis=0) / has.sum(axis=0)


def holes_in_the_scale(scores, present):
    x, has = _arrays(scores, present)
    x = np.where(has, x, 0)
    x = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    return np.where(has, x, 0).sum(axis=0) / has.sum(axis=0)


def holes_kept(scores, present):
    x, _ = _standard(scores, present)
    return x.mean(axis=0)


def best_one(scores, present):
    x, has = _standard(scores, present)
    return np.where(has, x, -np.inf).max(axis=0)


def only_centred(scores, present):
    x, has = _arrays(scores, present)
    x = np.array([one - one[there].mean() for one, there in zip(x, has, strict=True)])
    return np.where(has, x, 0).sum(axis=0) / has.sum(axis=0)


def sample_deviation(scores, present):
    x, has = _arrays(scores, present)
    x = np.array(
        [(one - one[there].mean()) / one[there].std(ddof=1) for one, there in zip(x, has, strict=True)]
    )
    return np.where(has, x, 0).sum(axis=0) / has.sum(axis=0)


def by_nan(scores, present):
    x = np.where(present, np.asarray(scores, dtype=float), np.nan)
    x = (x - np.nanmean(x, axis=1, keepdims=True)) / np.nanstd(x, axis=1, keepdims=True)
    return np.nanmean(x, axis=0)


@exercise(
    inputs=_modalities,
    hints=[
        "For one modality look only at the tracks that have it: their mean and their standard deviation.",
        "Then, for each track, add up the standard scores of the modalities that it has, and divide "
        "by how many these are.",
    ],
    why="A track without sound is judged by what is known of it. Counted as 0 it would be drawn to "
    "the middle, and a new "
    "track would pay for a file that nobody uploaded.",
    mistakes={
        "Does a missing modality count as a 0? Divide by the number of modalities that the track "
        "has.": missing_as_zero,
        "Is that a sum? A track that has more modalities would get more; take the mean over those it "
        "has.": summed,
        "Are the scores as they came? The modality with the largest numbers decides alone: bring "
        "each to mean 0 and deviation 1 first.": raw_scores,
        "Did missing scores enter the mean and the deviation of a modality? Take both over the "
        "tracks that have it.": holes_in_the_scale,
        "Did the scores of missing modalities enter the mean of a track?": holes_kept,
        "Is that the best modality of each track? Take the mean over those it has.": best_one,
        "Was only the mean taken off? Divide by the standard deviation too.": only_centred,
    },
    conventions={
        "Some divide by n - 1 in the standard deviation. The task divides by n, as np.std "
        "does.": sample_deviation
    },
    alternatives=[by_nan],
)
def mean_of_present(scores, present):
    """One score for each track: the mean of its modalities' standard scores, over those that it has.

    `scores` has a row for each modality and in it a number for each track; `present`, of the same shape, says True
    where a track has that modality (elsewhere the score is 0 and means nothing). In each row the scores of the tracks
    that have it are brought to mean 0 and standard deviation 1 (divided by n). Each track has a modality, and each row
    has two tracks or more that differ.
    """
    scores, present = np.asarray(scores, dtype=float), np.asarray(present, dtype=bool)
    total = np.zeros(scores.shape[1])
    for row, has in zip(scores, present, strict=True):
        total[has] += (row[has] - row[has].mean()) / row[has].std()
    return total / present.sum(axis=0)
