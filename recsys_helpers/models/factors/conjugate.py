"""Conjugate gradients on the many small systems of a half-step of ``ImplicitALS``, some hundred rows at a time.

It knows no model and no ids; a system is never written down, only multiplied by.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from recsys_helpers.models.factors.rows import block_of, spans

ENTRIES_PER_BLOCK = 16_000  # whose gathered factors stay in the processor's cache, in single precision
WORTH_A_THREAD = (
    20_000_000  # numbers to gather in a half-step; with fewer, taking turns costs more than it saves
)


@dataclass(frozen=True, eq=False)
class Entries:
    """What some rows of about the same length have, side by side: made once, and read at every half-step.

    rows : their numbers, (b,). columns : of each entry, (b, width). signed : c of each entry, (b, width); 0 beyond a
    row's end, where the column is 0.
    """

    rows: np.ndarray
    columns: np.ndarray
    signed: np.ndarray


def entries(extra: sparse.csr_array) -> list[Entries]:
    """All rows of a matrix of signed c, in blocks.

    >>> first, last = entries(sparse.csr_array(np.array([[5.0, -2.0], [0.0, 3.0], [4.0, 1.0]])))
    >>> first.rows.tolist(), first.columns.tolist(), last.signed.tolist()
    ([1], [[1]], [[5.0, -2.0], [4.0, 1.0]])
    """
    blocks = (block_of(extra, rows) for rows in spans(extra, ENTRIES_PER_BLOCK))
    return [Entries(block.rows, block.columns, block.of(extra.data)) for block in blocks]


@dataclass(frozen=True, eq=False)
class Common:
    """What the systems have beside what comes of a row's own entries: shared + ridge_u spread, where None is I.

    shared, spread : (k, k). ridge : of each row, (n,), or None where all rows have the same, which is in ``shared``.
    """

    shared: np.ndarray | None
    ridge: np.ndarray | None = None
    spread: np.ndarray | None = None

    def times(self, x: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """These rows of x, each by its own system's part, (b, k)."""
        found: np.ndarray = x if self.shared is None else x @ self.shared
        if self.ridge is not None:
            found = found + self.ridge[rows, None] * (x if self.spread is None else x @ self.spread)
        return found


def descend(
    blocks: list[Entries],
    own: np.ndarray,
    other: np.ndarray,
    ridge: float | np.ndarray,
    steps: int,
    n_jobs: int = 1,
) -> np.ndarray:
    """Some steps towards (F^T F + F_u^T C_u F_u + r_u I) p_u = F_u^T (1 + C_u) y_u for every row u, from where it is.

    Parameters
    ----------
    blocks : the rows' ``entries``. C_u holds |c|, and y is 1 where c is above 0, else 0.
    own : p, the rows' factors now, (n, k). other : F, the columns' factors, (m, k); F_u are those that row u has.
    ridge : r, one number for all rows, or one for each, (n,).
    steps : how many.
    n_jobs : threads, at most: few rows are left to one. The result does not hang on their number.

    Returns
    -------
    The rows' new factors, (n, k).
    """
    if isinstance(ridge, np.ndarray):
        common = Common(_shared(other, 0.0), ridge.astype(other.dtype))
    else:
        common = Common(_shared(other, ridge))
    return _each(blocks, own, other, common, steps, None, n_jobs)


def solve(
    blocks: list[Entries],
    own: np.ndarray,
    other: np.ndarray,
    ridge: float | np.ndarray,
    enough: float,
    n_jobs: int = 1,
) -> np.ndarray:
    """As ``descend``, until of each block's right-hand sides no more than a share of ``enough`` is left.

    What all rows share is taken out first: with F^T F + r I = L L^T and G = F L^-T the system is
    (I + G_u^T C_u G_u) L^T p_u = G_u^T (1 + C_u) y_u. All that is not 1 in it comes from the few entries of the row, so
    that it takes no more steps than the row has entries, and mostly far fewer. Where each row has its own r_u, r is
    their median, and (r_u - r) L^-1 L^-T is added on the left.
    """
    middle = float(np.median(ridge)) if isinstance(ridge, np.ndarray) else ridge
    lower = np.linalg.cholesky(_shared(other, middle))
    back = linalg.solve_triangular(lower, np.eye(len(lower), dtype=lower.dtype), lower=True)
    if isinstance(ridge, np.ndarray):
        common = Common(None, (ridge - middle).astype(other.dtype), back @ back.T)
    else:
        common = Common(None)
    most = 5 * other.shape[1]
    found: np.ndarray = _each(blocks, own @ lower, other @ back.T, common, most, enough, n_jobs) @ back
    return found


def _shared(other: np.ndarray, ridge: float) -> np.ndarray:
    """What the systems of all rows have in common, (k, k)."""
    shared: np.ndarray = other.T @ other
    shared[np.diag_indices_from(shared)] += ridge
    return shared


def _each(
    blocks: list[Entries],
    own: np.ndarray,
    other: np.ndarray,
    common: Common,
    steps: int,
    enough: float | None,
    n_jobs: int,
) -> np.ndarray:
    result = np.empty_like(own)

    def one(block: Entries) -> None:
        result[block.rows] = _descend(block, own[block.rows], other, common, steps, enough)

    size = other.shape[1] * sum(block.columns.size for block in blocks)
    threads = min(n_jobs, size // WORTH_A_THREAD)
    if threads <= 1:
        for block in blocks:
            one(block)
    else:
        with ThreadPoolExecutor(threads) as workers:
            list(workers.map(one, blocks))
    return result


def _descend(
    block: Entries,
    x: np.ndarray,
    other: np.ndarray,
    common: Common,
    steps: int,
    enough: float | None,
) -> np.ndarray:
    """The rows of a block: each is a system of its own, and they take each step together."""
    weight, wanted = np.abs(block.signed), (block.signed > 0).astype(x.dtype)
    gathered = other.take(block.columns, axis=0)  # F_u of each row, (b, width, k)

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
    aim = None if enough is None else _squares(summed(wanted + weight * wanted)) * enough**2
    rest -= common.times(x, block.rows)
    direction, length = rest.copy(), _squares(rest)
    for left in reversed(range(steps)):
        if aim is not None and (length <= aim).all():
            break
        ahead = summed(weight * said(direction))
        ahead += common.times(direction, block.rows)
        step = _ratio(length, np.einsum("nk,nk->n", direction, ahead))
        if not left:
            direction *= step
            x += direction
            break
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
