"""Sound: a spectrogram as scipy has it, and what is rendered is there to be found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from recsys_helpers.modalities import (
    RATE,
    band_summary,
    pitch_classes,
    pulse,
    read_sound,
    render,
    spectrogram,
)

PLAIN = {"tempo": 120.0, "energy": 0.5, "valence": 0.5, "acousticness": 0.5, "speechiness": 0.1}


@pytest.mark.parametrize(("size", "hop"), [(512, 256), (256, 64), (300, 300)])
def test_the_spectrogram_is_scipys(size, hop):
    clip = render(PLAIN, seconds=1, seed=3)
    _, _, expected = signal.spectrogram(
        clip, RATE, window=signal.get_window("hann", size), nperseg=size, noverlap=size - hop, detrend=False,
        scaling="spectrum", mode="psd",
    )  # fmt: skip
    ours = spectrogram(clip, size, hop)
    window = signal.get_window("hann", size)
    ours = ours.T / window.sum() ** 2
    ours[1 : None if size % 2 else -1] *= 2  # scipy adds the negative frequencies
    assert ours.shape == expected.shape and np.allclose(ours, expected, rtol=1e-9, atol=1e-12)


def test_a_clip_without_a_window_and_features_out_of_range_are_refused():
    with pytest.raises(ValueError, match="no window of 512"):
        spectrogram(np.zeros(100))
    for wrong in ({"tempo": 0.0}, {"energy": 1.5}, {"valence": -0.1}, {"tempo": 500.0}):
        with pytest.raises(ValueError, match="out of range"):
            render(PLAIN | wrong)
    with pytest.raises(KeyError):
        render({"tempo": 100.0})


def test_a_seed_makes_the_same_clip_and_another_seed_another():
    assert (render(PLAIN, 0.5, 1) == render(PLAIN, 0.5, 1)).all()
    assert (render(PLAIN, 0.5, 1) != render(PLAIN, 0.5, 2)).any()


@pytest.mark.parametrize("tempo", [60.0, 95.0, 120.0, 150.0])
def test_the_pulse_is_the_tempo(tempo):
    for seed in range(3):
        power = spectrogram(render(PLAIN | {"tempo": tempo}, seed=seed), 512, 64)
        assert pulse(power, 64) == pytest.approx(tempo, rel=0.03)


def test_the_pulse_of_clicks_is_exact_and_a_short_clip_has_none():
    clicks = np.zeros(4 * RATE)
    clicks[:: RATE // 2] = 1.0  # two a second
    assert pulse(spectrogram(clicks, 256, 80), 80) == pytest.approx(120, rel=0.01)
    assert pulse(np.ones((3, 65)), 128) == 0.0


@pytest.mark.parametrize(("valence", "third"), [(0.0, 3), (1.0, 4)])
def test_the_three_loudest_notes_are_the_chord(valence, third):
    """Counted from the loudest, which may be any of root, third and fifth."""
    turns = [{(note - first) % 12 for note in (0, third, 7)} for first in (0, third, 7)]
    for seed in range(6):
        clip = render(PLAIN | {"valence": valence, "acousticness": 1.0}, seed=seed)
        notes = pitch_classes(spectrogram(clip, 2048, 512))
        assert notes.sum() == pytest.approx(1) and notes.argmax() == 0
        assert set(np.argsort(-notes)[:3].tolist()) in turns


def test_energy_makes_all_bands_louder_and_overtones_the_upper_ones():
    quiet, loud = (band_summary(spectrogram(render(PLAIN | {"energy": one}))) for one in (0.1, 0.9))
    assert (loud[:12] > quiet[:12]).all()
    dull, bright = (band_summary(spectrogram(render(PLAIN | {"acousticness": one}))) for one in (1.0, 0.0))
    assert bright[6:10].sum() > dull[6:10].sum()


def test_bands_hold_every_frequency_once():
    """Of white power each band has the same mean, and a louder clip moves all by the logarithm."""
    white = np.ones((5, 257))
    assert np.allclose(band_summary(white)[:12], np.log(1 + 1e-6))
    assert np.allclose(band_summary(white * 100)[:12], np.log(100 + 1e-6)) and np.allclose(
        band_summary(white)[12:], 0
    )


def test_what_is_read_is_bands_pulse_and_notes():
    clip = render(PLAIN, seed=5)
    power, found = spectrogram(clip, 512, 128), read_sound(clip)
    assert found.shape == (37,) and np.isfinite(found).all()
    assert (found == np.r_[band_summary(power), pulse(power, 128), pitch_classes(power)]).all()
