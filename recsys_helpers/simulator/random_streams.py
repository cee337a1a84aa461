"""Random numbers that are looked up by a key instead of drawn from a queue, so that one changed choice shifts no other.

It is no statistical tool kit: uniforms, normals and Gumbels from a hash, and nothing else.

A key is made of whole numbers: (seed, purpose, listener, week, session, step). Its hash is the finaliser of SplitMix64,
chained over the parts. Two policies that serve the same listener in the same session therefore meet the same
luck (common random numbers), and a listener's luck does not depend on who else is simulated.
"""

from __future__ import annotations

import zlib
from functools import cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _11 = (np.uint64(bits) for bits in (30, 27, 31, 11))


def mix(z: np.ndarray) -> np.ndarray:
    """Scramble 64-bit words so that neighbouring inputs give unrelated outputs (SplitMix64's finaliser)."""
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    mixed: np.ndarray = z ^ (z >> _31)
    return mixed


@cache
def purpose(name: str) -> np.uint64:
    """The number that stands for a purpose in a key: the same name gives the same number everywhere."""
    return np.uint64((zlib.crc32(name.encode("utf-8")) + 1) * 0x100000001 % 2**64)


def key(seed: int, name: str, *parts: ArrayLike) -> np.ndarray:
    """Hash (seed, purpose, part, part, ...); the parts are whole numbers or arrays of them, broadcast together.

    >>> a, b = key(7, "mood", [3, 4]), key(7, "mood", 4)
    >>> bool(a[1] == b), bool(a[0] == b)
    (True, False)
    """
    word = mix(
        np.atleast_1d(np.uint64(seed % 2**64)) + purpose(name)
    )  # arrays wrap around in silence, scalars warn
    for part in parts:
        word = extend(word, part)
    return word if any(np.ndim(part) for part in parts) else word[0]


def extend(word: np.ndarray, part: ArrayLike) -> np.ndarray:
    """Hash one more part into a key."""
    return mix(word + (np.atleast_1d(part).astype(np.uint64) + np.uint64(1)) * GOLDEN)


def draw(word: np.ndarray, name: str) -> np.ndarray:
    """Uniforms in (0, 1) for one purpose under a key, the same bits on every machine."""
    return uniform(mix(word ^ purpose(name)))


def draw_all(word: np.ndarray, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """The same as `draw` for several purposes at once, which is quicker for short arrays."""
    drawn = uniform(mix(word ^ np.array([purpose(name) for name in names])[:, None]))
    return dict(zip(names, drawn, strict=True))


def uniform(word: np.ndarray) -> np.ndarray:
    """Uniforms in (0, 1) from hashed words."""
    return ((word >> _11).astype(np.float64) + 0.5) * 2.0**-53


def normal(word: np.ndarray) -> np.ndarray:
    """Standard normals from hashed words, rounded to 1e-6 since `ndtri` differs in the last bit between machines."""
    normals: np.ndarray = np.round(ndtri(uniform(word)), 6)
    return normals


def gumbel(word: np.ndarray) -> np.ndarray:
    """Gumbel noise from hashed words: the largest of utility + Gumbel is a choice by softmax. Not yet rounded."""
    noise: np.ndarray = -np.log(-np.log(uniform(word)))
    return noise
