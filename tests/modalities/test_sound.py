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


# ---- what is rendered, measured by other means than a spectrogram ----------------------------------------------------


def level(clip, hertz):
    """The amplitude of one sine in a clip, whatever its phase."""
    time = np.arange(len(clip)) / RATE
    return 2 * abs(np.mean(clip * np.exp(-2j * np.pi * hertz * time)))


def root_of(clip):
    """The note from 220 Hz up that is loudest in a plain chord."""
    notes = 220 * 2 ** (np.arange(12) / 12)
    return notes[np.argmax([level(clip, note) for note in notes])]


@pytest.mark.parametrize(("valence", "energy"), [(0.0, 1.0), (0.3, 0.4), (1.0, 0.0)])
def test_the_chord_holds_its_third_in_the_shares_of_valence(valence, energy):
    sound = PLAIN | {"valence": valence, "energy": energy, "acousticness": 1.0, "speechiness": 0.0}
    clip = render(sound, seconds=8, seed=2)
    root, loud = root_of(clip), 0.25 * (0.1 + 0.9 * energy)
    for half_tones, share in ((0, 1.0), (3, 1 - valence), (4, valence)):
        assert level(clip, root * 2 ** (half_tones / 12)) == pytest.approx(loud * share, abs=0.03 * loud)
    assert level(clip, root * 1.5) == pytest.approx(loud * 0.7, abs=0.03 * loud)
    assert level(clip, root * 2) < 0.03 * loud


@pytest.mark.parametrize(("acousticness", "heard"), [(1.0, 1.0), (0.8, 2.0), (0.5, 3.5), (0.0, 6.0)])
def test_the_less_acoustic_the_more_overtones(acousticness, heard):
    """Of the third, whose overtones no other note has: the nth at 1 / n, the last one in part."""
    sound = PLAIN | {"valence": 1.0, "energy": 1.0, "acousticness": acousticness, "speechiness": 0.0}
    clip = render(sound, seconds=8, seed=1)
    third = root_of(render(sound | {"acousticness": 1.0, "valence": 0.5}, seconds=8, seed=1)) * 2 ** (4 / 12)
    for order in range(1, 9):
        part = min(max(heard - order + 1, 0.0), 1.0)
        assert level(clip, third * order) == pytest.approx(0.25 * part / order, abs=0.008)


def test_each_of_twelve_notes_may_be_the_root():
    roots = [root_of(render(PLAIN | {"acousticness": 1.0, "energy": 1.0}, 1.0, seed)) for seed in range(80)]
    assert len(set(roots)) == 12
    assert render(PLAIN).shape == (4 * RATE,) and (render(PLAIN) == render(PLAIN, 4.0, 0)).all()


def test_speech_swells_four_times_a_second_below_1500_hertz():
    """All else is the same under one seed, so a difference of two clips is the babble alone."""
    loud = PLAIN | {"energy": 1.0}
    none, half, full = (render(loud | {"speechiness": one}, seed=4) for one in (0.0, 0.5, 1.0))
    babble = full - none
    assert np.allclose(half - none, babble / 2)
    power = np.abs(np.fft.rfft(babble)) ** 2
    hertz = np.fft.rfftfreq(len(babble), 1 / RATE)
    assert power[hertz > 1504.5].max() < 1e-9 * power.max()
    assert power[(hertz > 1300) & (hertz < 1490)].mean() > 0.8 * power[(hertz > 100) & (hertz < 1300)].mean()
    assert babble.var() == pytest.approx(1500 / 4000 * 1.5, rel=0.06)  # (1 + sin)^2 is 1.5 on average
    time = np.arange(len(babble)) / RATE
    swell = 2 * abs(np.mean(babble**2 * np.exp(-2j * np.pi * 4 * time))) / np.mean(babble**2)
    assert swell == pytest.approx(2 / 1.5, rel=0.06)  # and holds 2 sin


def test_energy_turns_all_up_but_the_floor():
    quiet, middle, loud = (render(PLAIN | {"energy": one}, seconds=8, seed=6) for one in (0.0, 0.5, 1.0))
    assert np.allclose(middle - quiet, (loud - quiet) / 2)
    whole = (loud - quiet) / 0.9
    floor = loud - whole
    assert np.allclose(quiet - floor, 0.1 * whole)
    assert floor.std() == pytest.approx(0.02, rel=0.02) and abs(floor.mean()) < 4e-4


def test_a_beat_falls_by_its_cube_root_of_e_in_ten_thousandths_of_a_second():
    """Above 2,000 Hz there is the beat's noise and the floor's alone: how loud it is, folded by the beat."""
    sound = PLAIN | {"tempo": 100.0, "energy": 1.0, "acousticness": 1.0, "speechiness": 0.0}
    clip = render(sound, seconds=240, seed=3)
    parts = np.fft.rfft(clip)
    parts[np.fft.rfftfreq(len(clip), 1 / RATE) < 2000] = 0
    high = np.fft.irfft(parts, len(clip)) ** 2 - 0.5 * 0.02**2
    assert high.mean() == pytest.approx(0.5 * 0.8**2 * (0.03 / 2) / 0.6, rel=0.05)
    folded = high.reshape(-1, round(0.6 * RATE)).mean(axis=0).reshape(-1, 40).mean(axis=1)  # 5 ms each
    after = np.roll(folded, -int(folded.argmax()))[1:12]
    slope = np.polyfit(0.005 * np.arange(11), np.log(after), 1)[0]
    assert slope == pytest.approx(-2 / 0.03, rel=0.06)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"tempo": 19.9}, "tempo"),
        ({"tempo": 300.1}, "tempo"),
        ({"energy": 1.01}, "energy"),
        ({"valence": -0.01}, "valence"),
        ({"acousticness": 1.01}, "acousticness"),
        ({"speechiness": np.nan}, "speechiness"),
    ],
)
def test_a_feature_out_of_range_is_named_and_the_ends_are_in_it(changed, named):
    with pytest.raises(ValueError, match=rf"^\['{named}'\] out of range: tempo from 20 to 300"):
        render(PLAIN | changed, seconds=0.1)
    for tempo in (20.0, 300.0):
        for end in (0.0, 1.0):
            ends = dict.fromkeys(("energy", "valence", "acousticness", "speechiness"), end)
            assert np.isfinite(render(ends | {"tempo": tempo}, seconds=0.1)).all()


# ---- what is read ----------------------------------------------------------------------------------------------------


def test_a_window_begins_every_hop_and_a_clip_of_one_window_has_one():
    clip = render(PLAIN, seconds=0.5)
    assert (spectrogram(clip) == spectrogram(clip, 512, 256)).all()
    assert spectrogram(clip[:512]).shape == (1, 257) and spectrogram(clip[:600], 512, 1).shape == (89, 257)
    assert spectrogram(list(range(512))).shape == (1, 257)
    for wrong, size, hop in ((clip[:511], 512, 256), (clip, 512, 0), (clip.reshape(2, -1), 512, 256)):
        with pytest.raises(ValueError, match=f"holds no window of {size} numbers, every {hop}"):
            spectrogram(wrong, size, hop)


@pytest.mark.parametrize(("size", "bands"), [(512, 12), (512, 5), (128, 12)])
def test_bands_are_as_wide_as_the_scale_of_an_ear_says(size, bands):
    power = spectrogram(render(PLAIN, seed=7), size, 200)
    top = 2595 * np.log10(1 + 4000 / 700)
    mine = [[] for _ in range(bands)]
    for place in range(size // 2 + 1):
        height = 2595 * np.log10(1 + place * RATE / size / 700)
        mine[min(int(height / top * bands), bands - 1)].append(place)
    loud = [np.log(power[:, places].mean(axis=1) + 1e-6) for places in mine if places]
    found = band_summary(power, bands)
    full = [n for n, places in enumerate(mine) if places]
    assert len(found) == 2 * bands
    assert np.allclose(found[:bands][full], [one.mean() for one in loud])
    assert np.allclose(found[bands:][full], [one.std() for one in loud])
    assert np.allclose(np.delete(found[:bands], full), np.log(1e-6))
    assert bands != 12 or (band_summary(power) == found).all()


def clicks(tempo, seconds=8.0):
    clip = np.zeros(round(seconds * RATE))
    clip[np.arange(0, len(clip), 60 / tempo * RATE).astype(int)] = 1.0
    return clip


@pytest.mark.parametrize("tempo", [50.0, 100.0, 170.0])
def test_clicks_are_read_from_45_to_180_a_minute(tempo):
    assert pulse(spectrogram(clicks(tempo), 256, 64), 64) == pytest.approx(tempo, rel=0.01)


@pytest.mark.parametrize("tempo", [97.0, 113.0, 131.0])
def test_a_pulse_may_lie_between_two_windows(tempo):
    """A beat is no whole number of them: without a bend between them .8 to 1.1% would be missed."""
    assert pulse(spectrogram(clicks(tempo), 256, 100), 100, slowest=80) == pytest.approx(tempo, rel=0.004)


def test_who_asks_for_a_slower_pulse_gets_every_second_beat_and_low_sounds_have_none():
    power = spectrogram(clicks(120), 256, 80)
    assert pulse(power, 80, fastest=100) == pytest.approx(60, rel=0.01)
    assert pulse(power, 80, slowest=110) == pytest.approx(120, rel=0.01)
    time = np.arange(8 * RATE) / RATE
    hum = 3 * np.sin(2 * np.pi * 440 * time) * (1 + np.sin(2 * np.pi * 1.5 * time))  # ninety a minute
    assert pulse(spectrogram(clicks(120) + hum, 256, 80), 80) == pytest.approx(120, rel=0.01)


def test_notes_are_those_from_200_to_1000_hertz_that_sound_all_the_time():
    time = np.arange(4 * RATE) / RATE

    def tone(hertz):
        return np.sin(2 * np.pi * hertz * time)

    both = tone(440) + 0.5 * tone(880) + 0.5 * tone(659.26)
    plain = pitch_classes(spectrogram(both, 4096, 512))
    assert plain[0] == pytest.approx(1.25 / 1.5, abs=0.02) and plain[7] == pytest.approx(0.25 / 1.5, abs=0.02)
    beside = both + 9 * tone(150) + 9 * tone(1244.5)
    assert np.allclose(pitch_classes(spectrogram(beside, 4096, 512)), plain, atol=0.01)
    burst = both + np.where(
        time < 0.2, 5 * tone(587.33), 0.0
    )  # five half tones up, in a tenth of the windows
    assert np.allclose(pitch_classes(spectrogram(burst, 4096, 512)), plain, atol=0.02)
