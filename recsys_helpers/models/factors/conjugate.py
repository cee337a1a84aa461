"""Conjugate gradients on the many small systems of a half-step of ``ImplicitALS``, some hundred rows at a time.

It knows no model and no ids; a system is never written down, only multiplied by.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
from scipy import sparse

from recsys_helpers.models.factors.rows import Block, block_of, spans


def descend(
    extra: sparse.csr_array,
    own: np.ndarray,
    other: np.ndarray,
    ridge: float,
    steps: int,
    enough: float = 0.0,
    n_jobs: int = 1,
) -> np.ndarray:
    """Some steps towards (F^T F + F_u^T C_u F_u + ridge I) p_u = F_u^T (1 + C_u) y_u for every row u, from where it is.

    Parameters
    ----------
    extra : c of each entry, signed: C_u holds |c|, and y is 1 where c is above 0, else 0. Shape (n, m).
    own : p, the rows' factors now, (n, k). other : F, the columns' factors, (m, k); F_u are those that row u has.
    steps : how many at most; rows of a block stop before where all that is left of their right-hand sides is a share
        of ``enough``.
    n_jobs : threads; the result does not hang on their number.

    Returns
    -------
    The rows' new factors, (n, k).
    """
    shared = other.T @ other
    shared[np.diag_indices_from(shared)] += ridge
    result = np.empty_like(own)

    def one(rows: np.ndarray) -> None:
        result[rows] = _descend(block_of(extra, rows), extra.data, own[rows], other, shared, steps, enough)

    with ThreadPoolExecutor(n_jobs) as workers:
        list(workers.map(one, spans(extra)))
    return result


def _descend(
    block: Block,
    signed: np.ndarray,
    x: np.ndarray,
    other: np.ndarray,
    shared: np.ndarray,
    steps: int,
    enough: float,
) -> np.ndarray:
    """``descend`` for the rows of a block: each is a system of its own, and they take each step together."""
    signed = block.of(signed)
    weight, wanted = np.abs(signed), (signed > 0).astype(x.dtype)
    gathered = other[block.columns]  # F_u of each row, (b, width, k)

    def said(p: np.ndarray) -> np.ndarray:
        """F_u p_u, (b, width)."""
        found: np.ndarray = np.matmul(gathered, p[:, :, None])[:, :, 0]
        return found

    def summed(values: np.ndarray) -> np.ndarray:
        """F_u^T v_u, (b, k)."""
        if values.shape[1] == 1:
            alone: np.ndarray = values * gathered[:, 0]
            return alone
        found: np.ndarray = np.matmul(values[:, None, :], gathered)[:, 0]
        return found

    rest = summed(wanted + weight * (wanted - said(x)))
    aim = _squares(summed(wanted + weight * wanted)) * enough**2 if enough else None
    rest -= x @ shared
    direction, length = rest.copy(), _squares(rest)
    for _ in range(steps):
        if aim is not None and (length <= aim).all():
            break
        ahead = summed(weight * said(direction))
        ahead += direction @ shared
        step = _ratio(length, np.einsum("nk,nk->n", direction, ahead))
        x += step * direction
        ahead *= step
        rest -= ahead
        last, length = length, _squares(rest)
        direction *= _ratio(length, last)
        direction += rest
    return x


def _squares(rows: np.ndarray) -> np.ndarray:
    """The squared length of each row."""
    found: np.ndarray = np.einsum("nk,nk->n", rows, rows)
    return found


def _ratio(above: np.ndarray, below: np.ndarray) -> np.ndarray:
    """above / below as a column (n, 1); 0 where there is nothing left to divide."""
    found: np.ndarray = np.divide(above, below, out=np.zeros_like(above), where=below > 0)[:, None]
    return found
