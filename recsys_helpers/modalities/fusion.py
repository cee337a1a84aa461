"""Several modalities in one model: early (features side by side), late (scores together), and with holes.

It chooses no weight: which modality counts for how much is learned by the ridge (early) or given (late).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import sparse

from recsys_helpers.modalities.cold import PENALTIES, ColdTracks, FactorRidge, Mapped


def early(blocks: Sequence[Any], learn: Any) -> np.ndarray:
    """Blocks (n, d_b) side by side, (n, sum d_b), each centred and scaled on the rows of ``learn``.

    Centred, so that a row of zeros put in later is the mean; scaled by one number, so that its rows have a mean squared
    length of 1 and no block drowns another. Raises ValueError where the blocks have not the same rows.

    >>> early([np.array([[1.0], [3.0]]), np.array([[0.0], [10.0]])], [True, True]).tolist()
    [[-1.0, -1.0], [1.0, 1.0]]
    """
    rows, done = np.flatnonzero(np.asarray(learn, dtype=bool)), []
    if len({len_of(block) for block in blocks}) != 1:
        raise ValueError(f"{[len_of(block) for block in blocks]} rows: each block has one for each track.")
    for block in blocks:
        dense = block.toarray() if sparse.issparse(block) else np.asarray(block, dtype=float)
        dense = dense - dense[rows].mean(axis=0)
        length = np.sqrt((dense[rows] ** 2).sum(axis=1).mean())
        done.append(dense / (length if length > 0 else 1.0))
    return np.hstack(done)


def len_of(block: Any) -> int:
    """How many rows a dense or sparse block has."""
    return int(block.shape[0]) if hasattr(block, "shape") else len(block)


def standard_scores(scores: np.ndarray) -> np.ndarray:
    """Each row (m, n) at mean 0 and standard deviation 1; a row that says the same of all is 0."""
    scores = np.asarray(scores, dtype=float)
    centred = scores - scores.mean(axis=1, keepdims=True)
    spread = scores.std(axis=1, keepdims=True)
    found: np.ndarray = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 1e-12)
    return found


def late(
    scores: Sequence[np.ndarray], weights: Sequence[float], present: Sequence[Any] | None = None
) -> np.ndarray:
    """The weighted mean of standard scores (m, n) over the modalities that a track has; 0 where it has none.

    ``present``: for each modality which of the n tracks have it; None: all have all.

    >>> late([np.array([[1.0, 3.0]]), np.array([[9.0, 5.0]])], [1, 1], [[True, True], [True, False]]).tolist()
    [[0.0, 1.0]]
    """
    present = [np.ones(one.shape[1], dtype=bool) for one in scores] if present is None else present
    total, share = np.zeros(scores[0].shape), np.zeros(scores[0].shape[1])
    for one, weight, has in zip(scores, weights, present, strict=True):
        there = np.asarray(has, dtype=float)
        total += weight * standard_scores(one) * there
        share += weight * there
    found: np.ndarray = np.divide(total, share, out=np.zeros_like(total), where=share > 0)
    return found


def put_holes(blocks: Mapping[str, np.ndarray], missing: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Copies of centred blocks in which the rows that ``missing`` marks are 0, which is their mean.

    >>> put_holes({"sound": np.array([[2.0], [-2.0]])}, {"sound": np.array([True, False])})["sound"].tolist()
    [[0.0], [-2.0]]
    """
    unknown = sorted(set(missing) - set(blocks))
    if unknown:
        raise ValueError(f"missing names {unknown}, which is no block: there are {', '.join(blocks)}.")
    return {
        name: np.where(np.asarray(missing[name], dtype=bool)[:, None], 0.0, block)
        if name in missing
        else block.copy()
        for name, block in blocks.items()
    }


def learn_with_holes(
    cold: ColdTracks,
    blocks: Mapping[str, np.ndarray],
    rates: Mapping[str, float],
    served: np.ndarray,
    copies: int = 4,
    seed: int = 0,
    penalties: Sequence[float] = PENALTIES,
) -> Mapped:
    """A map that met holes in training: it learns from ``copies`` of the known tracks, each with holes of its own.

    In a copy a track loses a modality with the chance that ``rates`` gives. ``served`` (n, d): the features of all
    tracks as they are in service. The penalty is chosen on the validation's tracks as they are served.
    """
    random, n = np.random.default_rng(seed), len(cold.warm)
    seen = []
    for _ in range(copies):
        lost = {name: random.random(n) < rate for name, rate in rates.items()}
        seen.append(np.hstack(list(put_holes(blocks, lost).values()))[cold.warm])
    own = cold.model.item_factors_.astype(np.float64)
    targets = np.vstack([own[cold.warm]] * copies + [own])
    trust = np.concatenate([np.tile(cold.trust[cold.warm] / copies, copies), np.zeros(n)])
    return cold.choose_map(FactorRidge(np.vstack([*seen, served]), targets, trust), penalties)
