"""The mood of a text, by counting words: small enough to see where it errs.

It is no language model, and it knows no irony: see lesson 02.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

# A small lexicon that a reader can take in at a glance. It knows no irony: see lesson 02 for where it errs.
GOOD_WORDS = frozenset(
    "adore amazing beautiful best brilliant calm calming charming cheerful clever comforting cool delight delightful "
    "enjoy enjoyed enjoying excellent fantastic favourite favorite fine fresh fun funny gem gentle glad good gorgeous "
    "great happy helpful inspiring interesting joy like liked love loved lovely magic magical masterpiece moving nice "
    "perfect pleasant relaxing soothing splendid stunning superb sweet thanks touching warm wonderful wow yes".split()
)
BAD_WORDS = frozenset(
    "annoyed annoying awful bad bland bored boring cold confusing disappointed disappointing dislike disliked dreadful "
    "dreary dull flat forgettable grating harsh hate hated horrible irritating lame lazy lifeless loud mediocre meh "
    "mess monotonous noise noisy pointless poor repetitive sad shrill skip skipped slow sorry terrible tedious tired "
    "tiresome tiring ugly unbearable uninspired waste weak worse worst wrong".split()
)
NEGATIONS = frozenset("no not never hardly barely without nothing neither nor cannot".split())
_WORD = re.compile(r"[a-z]+(?:['’]t)?")


def mood(texts: pd.Series, reach: int = 3) -> pd.Series:
    """Mood of each text in [-1, 1] by counting words: (good - bad) / (good + bad), and 0 where it has neither.

    A word within ``reach`` words after a negation ("not", "never", "hardly", "don't", ...) counts for the other side,
    up to the next punctuation mark. Missing texts have no mood (NaN).

    >>> mood(pd.Series(["Lovely, calm.", "not boring", "I never liked this", "great start, dull end"])).tolist()
    [1.0, 1.0, -1.0, 0.0]
    """
    texts = pd.Series(texts)
    codes, distinct = pd.factorize(texts)
    moods = np.array([_mood_of(str(text), reach) for text in distinct] + [np.nan])
    return pd.Series(moods[codes], index=texts.index, name="mood")


def _mood_of(text: str, reach: int) -> float:
    good = bad = 0
    for part in re.split(r"[.,;:!?]", text.lower()):
        last_negation = -reach - 1
        for place, word in enumerate(_WORD.findall(part)):
            if word in NEGATIONS or word.endswith(("n't", "n’t")):
                last_negation = place
            sign = (word in GOOD_WORDS) - (word in BAD_WORDS)
            sign *= -1 if place - last_negation <= reach else 1
            good, bad = good + (sign > 0), bad + (sign < 0)
    return (good - bad) / (good + bad) if good + bad else 0.0
