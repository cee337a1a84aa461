"""Random numbers looked up by what they are for (seed, week, listener, item), instead of drawn from a queue.

So two policies with one seed meet the same luck, and who else is served changes nobody's. It is no generator: what
wants a stream takes NumPy's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

Array = np.ndarray[Any, Any]


def words(ids: Any) -> Array:
    """A 64-bit word for each id, the same on every machine and in every process; shape (n,)."""
    index = pd.Index(ids)
    values = np.asarray(index) if index.dtype.kind in "iuf" else np.asarray(index, dtype=object)
    found: Array = pd.util.hash_array(values, categorize=False)
    return found


def joined(*parts: Any) -> Array:
    """One word from several (arrays are broadcast): numbers that differ in any part have unrelated words."""
    word = np.zeros(1, dtype=np.uint64)
    for part in parts:
        more = np.atleast_1d(part)  # arrays wrap around in silence, scalars warn
        mixed = word + (more.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        # pandas hashes 64-bit numbers by the finaliser of SplitMix64.
        word = pd.util.hash_array(mixed.ravel(), categorize=False).reshape(mixed.shape)
    return word


def uniforms(word: Array) -> Array:
    """Numbers above 0 and below 1, one for each word.

    >>> one, other = (uniforms(joined(seed, words(["al", "bo"])[:, None], np.arange(3))) for seed in (7, 7))
    >>> one.shape, bool((one == other).all()), bool((one > 0).all() and (one < 1).all())
    ((2, 3), True, True)
    """
    return ((word >> np.uint64(12)).astype(np.float64) + 0.5) / 2.0**52
