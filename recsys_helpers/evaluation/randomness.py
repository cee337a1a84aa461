"""Randomness: what draws, from whatever a caller gives as ``random_state``.

It holds no state of its own: the same whole number gives the same draws, a generator goes on from where it is.
"""

from __future__ import annotations

import numpy as np

RandomState = int | np.random.Generator | np.random.RandomState | None
HIGHEST = 2**32 - 1  # the largest seed that RandomState takes


def generator(random_state: RandomState) -> np.random.Generator:
    """A Generator from a seed, a Generator (taken as it is), a RandomState (which gives a seed) or None (no seed).

    >>> int(generator(3).integers(100)), int(generator(np.random.default_rng(3)).integers(100))
    (81, 81)
    """
    if isinstance(random_state, np.random.RandomState):
        random_state = int(random_state.randint(HIGHEST, dtype=np.uint32))
    try:
        return np.random.default_rng(random_state)
    except (TypeError, ValueError):
        raise ValueError(_sentence(random_state)) from None


def legacy(random_state: RandomState) -> int | np.random.RandomState | None:
    """The same for scikit-learn, which knows no Generator: it gives a seed, the others are taken as they are."""
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(HIGHEST))
    if isinstance(random_state, np.random.RandomState) or random_state is None:
        return random_state
    try:
        np.random.RandomState(random_state)
    except (TypeError, ValueError):
        raise ValueError(_sentence(random_state)) from None
    return random_state


def _sentence(random_state: object) -> str:
    return (
        f"random_state={random_state!r} cannot draw: give a whole number of 0 or more, a NumPy Generator or a "
        "RandomState."
    )
