"""Sound made from planted features and read back by a spectrogram: what a representation keeps, and what it loses.

It is no music and no real analysis: whoever renders a clip from features can read these features in it, which says
nothing of real sound.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

RATE = 8_000  # numbers a second
SECONDS = 4.0
MINOR, MAJOR = 2 ** (3 / 12), 2 ** (4 / 12)


def render(sound: Mapping[str, Any], seconds: float = SECONDS, seed: int = 0) -> np.ndarray:
    """A clip of ``RATE`` numbers a second from tempo (beats a minute) and four features from 0 to 1, shape (n,).

    A beat at the tempo. A chord on a random note of twelve, whose third is minor and major in the shares
    1 - valence and valence; the less acoustic, the more of its overtones are heard. Babble, noise below 1,500 Hz that
    swells four times a second, as loud as speechiness. Energy turns all of it up, over a floor of noise. The rules
    are ours.

    Raises ValueError for a feature that is missing or out of range.

    >>> calm = {"tempo": 90, "energy": 0.2, "valence": 0.5, "acousticness": 0.9, "speechiness": 0.1}
    >>> render(calm, seconds=0.5).shape
    (4000,)
    """
    value = {
        name: float(sound[name]) for name in ("tempo", "energy", "valence", "acousticness", "speechiness")
    }
    bad = [name for name, one in value.items() if not 0 <= one <= (300 if name == "tempo" else 1)]
    if bad or value["tempo"] < 20:
        raise ValueError(
            f"{bad or ['tempo']} out of range: tempo from 20 to 300 beats a minute, the others 0 to 1."
        )
    random, n = np.random.default_rng(seed), round(seconds * RATE)
    time = np.arange(n) / RATE
    root = 220 * 2 ** (random.integers(12) / 12)
    overtones = 1 + 5 * (1 - value["acousticness"])
    chord = np.zeros(n)
    for ratio, share in ((1.0, 1.0), (MINOR, 1 - value["valence"]), (MAJOR, value["valence"]), (1.5, 0.7)):
        for order in range(1, 7):
            loud = share / order * np.clip(overtones - order + 1, 0, 1)
            if loud > 0:
                chord += loud * np.sin(2 * np.pi * (root * ratio * order * time + random.random()))
    since = (time + random.random()) % (60 / value["tempo"])
    beat = random.normal(size=n) * np.exp(-since / 0.03)
    babble = _below(random.normal(size=n), 1500) * (1 + np.sin(2 * np.pi * (4 * time + random.random())))
    gain = 0.1 + 0.9 * value["energy"]
    floor = 0.02 * random.normal(size=n)
    whole: np.ndarray = gain * (0.25 * chord + 0.8 * beat + value["speechiness"] * babble) + floor
    return whole


def _below(noise: np.ndarray, hertz: float) -> np.ndarray:
    """Noise without what is above a frequency."""
    parts = np.fft.rfft(noise)
    parts[np.fft.rfftfreq(len(noise), 1 / RATE) > hertz] = 0
    found: np.ndarray = np.fft.irfft(parts, len(noise))
    return found


def spectrogram(clip: np.ndarray, size: int = 512, hop: int = 256) -> np.ndarray:
    """The power of each frequency in each window of a clip, (windows, size // 2 + 1).

    A window of ``size`` numbers begins every ``hop`` of them, is faded in and out (Hann), and is taken apart into
    frequencies by the fast Fourier transform. Bin b is the frequency b RATE / size. What is left at the end is dropped.

    >>> tone = np.sin(2 * np.pi * 1000 * np.arange(2048) / RATE)
    >>> spectrogram(tone, 512, 512).argmax(axis=1).tolist()
    [64, 64, 64, 64]
    """
    clip = np.asarray(clip, dtype=float)
    if clip.ndim != 1 or len(clip) < size or not 1 <= hop:
        raise ValueError(f"A clip of shape {clip.shape} holds no window of {size} numbers, every {hop}.")
    windows = np.lib.stride_tricks.sliding_window_view(clip, size)[::hop]
    fade = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)
    found: np.ndarray = np.abs(np.fft.rfft(windows * fade, axis=1)) ** 2
    return found


def band_summary(power: np.ndarray, bands: int = 12) -> np.ndarray:
    """Mean and standard deviation over time of the log power in bands as wide as an ear hears, (2 bands,).

    Bands follow the mel scale, 2595 log10(1 + f / 700): narrow below, wide above.
    """
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), bands + 1) / 2595) - 1)
    frequency = np.linspace(0, RATE / 2, power.shape[1])
    which = np.clip(np.searchsorted(edges, frequency, side="right") - 1, 0, bands - 1)
    table = np.eye(bands)[which]
    loud = np.log(power @ table / np.maximum(table.sum(axis=0), 1) + 1e-6)
    return np.concatenate([loud.mean(axis=0), loud.std(axis=0)])


def pulse(power: np.ndarray, hop: int, slowest: float = 45.0, fastest: float = 180.0) -> float:
    """Beats a minute: how far to shift the rises in loudness above 2,000 Hz until they fall on themselves best."""
    loud = np.log(power[:, power.shape[1] // 2 :] + 1e-6)
    rise = np.maximum(np.diff(loud, axis=0), 0).mean(axis=1)
    rise = rise - rise.mean()
    match = np.correlate(rise, rise, mode="full")[len(rise) - 1 :]
    each_second = RATE / hop
    shifts = np.arange(max(1, int(60 / fastest * each_second)), int(60 / slowest * each_second) + 2)
    shifts = shifts[shifts < len(match) - 1]
    if not len(shifts):
        return 0.0
    best = int(shifts[np.argmax(match[shifts])])
    left, middle, right = match[best - 1], match[best], match[best + 1]
    bend = left - 2 * middle + right
    shift = best + (0.5 * (left - right) / bend if bend < 0 else 0.0)
    return float(60 * each_second / shift)


def pitch_classes(power: np.ndarray) -> np.ndarray:
    """The share of each of the twelve notes, octaves taken together, counted from the strongest, (12,).

    The frequencies from 200 to 1,000 Hz of a spectrogram (windows, bins); a fine one is needed to tell two notes apart.
    """
    frequency = np.linspace(0, RATE / 2, power.shape[1])
    heard = (frequency >= 200) & (frequency <= 1000)
    note = np.rint(12 * np.log2(frequency[heard] / 220)).astype(int) % 12
    quiet = np.quantile(power[:, heard], 0.25, axis=0)  # what sounds all the time, not the beat
    share = np.bincount(note, weights=quiet, minlength=12)
    share = np.roll(share, -int(share.argmax()))
    found: np.ndarray = share / share.sum()
    return found


def read_sound(clip: np.ndarray, size: int = 512, hop: int = 128) -> np.ndarray:
    """What one spectrogram says of a clip: 24 band summaries, the pulse, and twelve shares of notes, (37,)."""
    power = spectrogram(clip, size, hop)
    return np.concatenate([band_summary(power), [pulse(power, hop)], pitch_classes(power)])
