"""The mood of texts, by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from recsys_helpers import events as ev


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Love it", 1), ("boring", -1), ("so so boring, but a great voice", 0), ("great, great, dull", 1 / 3),
        ("not boring at all", 1), ("I don't enjoy this", -1), ("never the best", -1), ("hardly awful", 1),
        ("no. great", 1), ("not, I think, good", 1), ("not one bit good", -1),
        ("not one bit as good", 1), ("LOVELY", 1), ("lovelyness", 0),
        ("heard it on the train", 0), ("", 0), ("oh great, another ad", 1), ("isn’t nice", -1),
    ],
)  # fmt: skip
def test_mood_of_a_text(text, expected):
    assert ev.mood(pd.Series([text])).tolist() == pytest.approx([expected])


def test_mood_keeps_index_and_missing_texts():
    moods = ev.mood(pd.Series(["good", None, "good"], index=[7, 3, 5]))
    assert moods.name == "mood"
    assert moods.index.tolist() == [7, 3, 5]
    assert moods[7] == moods[5] == 1 and math.isnan(moods[3])
    assert not ev.GOOD_WORDS & ev.BAD_WORDS and not ev.NEGATIONS & (ev.GOOD_WORDS | ev.BAD_WORDS)
