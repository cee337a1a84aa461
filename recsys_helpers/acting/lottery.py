"""Lists with chance in them, and how likely each item was at the place where it stands: what off-policy estimates need.

It knows no model: candidates with their scores in, places out.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.acting.keyed import Array

STEP = 0.3  # of the trapezoidal rule on log t; the error falls with exp(-pi^2 / STEP)
LITTLE, MUCH = 1e-14, 40.0  # a share of the total rate, and an exponent, beyond which nothing is left
CELLS = 4_000_000


def explore(there: Array, k: int, epsilon: float, places: Array, items: Array) -> tuple[Array, Array]:
    """The best k, each of whose places goes with chance epsilon to one of the candidates behind them.

    Parameters
    ----------
    there : shape (n, m): which of m candidates, best first, a listener has.
    places, items : uniforms, shape (n, k) and (n, m). A place is given away where its uniform is below epsilon, to the
        candidates behind the first k in order of theirs, so that none stands twice and each is as likely as the others.

    Returns
    -------
    (candidate, propensity), both (n, k): which candidate stands at each place, -1 for none, and the probability that it
    stands there: 1 - epsilon for a place's own, epsilon / (number behind) for another. Who has fewer than k behind
    keeps the best k, with propensity 1.
    """
    n, m = there.shape
    behind = there.copy()
    behind[:, :k] = False
    n_behind = behind.sum(axis=1)
    order = np.argsort(np.where(behind, items, 2.0), axis=1, kind="stable")
    away = (places < epsilon) & (n_behind >= k)[:, None] & there[:, :k]
    number = np.cumsum(away, axis=1) - 1
    own = np.broadcast_to(np.arange(min(k, m)), away.shape)
    chosen = np.where(away, np.take_along_axis(order, np.maximum(number, 0), axis=1), own)
    chosen = np.where(there[:, :k], chosen, -1)
    kept = np.where(n_behind >= k, 1.0 - epsilon, 1.0)[:, None]
    chance = np.where(away, epsilon / np.maximum(n_behind, 1)[:, None], kept)
    return chosen, np.where(chosen >= 0, chance, np.nan)


def race(there: Array, scores: Array, k: int, temperature: float, items: Array) -> tuple[Array, Array]:
    """k candidates drawn one after the other without replacement, each with chance proportional to exp(score / T).

    That is Plackett and Luce's model. It is drawn as a race: candidate i arrives after an exponential time of rate
    w_i = exp(score_i / T), and the first k to arrive are the list.

    Parameters
    ----------
    there, scores : shape (n, m). items : uniforms, shape (n, m), which make the times.

    Returns
    -------
    (candidate, propensity) as of ``explore``; the propensity is ``chances``.

    R. Duncan Luce. Individual Choice Behavior. 1959. Robin Plackett. The Analysis of Permutations. Applied Statistics
    24, 1975. doi:10.2307/2346567.
    """
    best = np.max(np.where(there, scores, -np.inf), axis=1, keepdims=True, initial=-np.inf)
    log_rates = np.where(there, (scores - np.where(np.isfinite(best), best, 0.0)) / temperature, -np.inf)
    with np.errstate(divide="ignore", over="ignore"):
        log_times = np.log(-np.log(items)) - log_rates
    chosen = np.argsort(log_times, axis=1, kind="stable")[:, :k]
    chosen = np.where(np.take_along_axis(there, chosen, axis=1), chosen, -1)
    return chosen, chances(log_rates, chosen)


def chances(log_rates: Array, chosen: Array) -> Array:
    """The probability that candidate ``chosen[u, r]`` comes in as number r + 1 of a race, shape (n, k).

    log_rates : shape (n, m), -inf for who does not run. chosen : shape (n, k), -1 for none, which gets NaN.

    P(i is number r + 1) = int w_i exp(-w_i t) P(r of the others have arrived by t) dt. How many have is a sum of
    independent coins with chances 1 - exp(-w_j t), whose distribution is built up one runner at a time; the integral,
    over log t, is smooth and dies off at both ends, where the trapezoidal rule is exact to the last digits.
    """
    found = np.full(chosen.shape, np.nan)
    there = chosen >= 0
    if not there.any():
        return found
    own = np.take_along_axis(log_rates, np.maximum(chosen, 0), axis=1)
    total = np.log(np.exp(log_rates).sum(axis=1).max())
    low, high = np.log(LITTLE) - total, np.log(MUCH) - own[there].min()
    log_t = np.arange(low, high + STEP, STEP)
    size = max(1, CELLS // (log_rates.shape[1] * len(log_t)))
    for start in range(0, len(chosen), size):
        part = slice(start, start + size)
        found[part] = _chances(log_rates[part], chosen[part], log_t)
    return found


def _chances(log_rates: Array, chosen: Array, log_t: Array) -> Array:
    n, k = chosen.shape
    there = chosen >= 0
    rate_t = np.exp(log_rates[:, :, None] + log_t)  # (n, m, q)
    stays, comes = np.exp(-rate_t), -np.expm1(-rate_t)
    chosen_too = np.zeros(log_rates.shape, dtype=bool)
    rows, places = np.nonzero(there)
    chosen_too[rows, chosen[rows, places]] = True
    # How many of those who are not on the list have arrived: at most k - 1 of them matter.
    arrived = np.zeros((n, k, len(log_t)))
    arrived[:, 0] = 1.0
    for j in range(log_rates.shape[1]):
        runs = ~chosen_too[:, j]
        arrived[runs] = _one_more(arrived[runs], stays[runs, j], comes[runs, j])
    found = np.full((n, k), np.nan)
    for place in range(k):
        others = arrived
        for other in range(k):
            if other != place:
                runs = there[:, other]
                one = chosen[runs, other]
                others = others.copy() if others is arrived else others
                others[runs] = _one_more(others[runs], stays[runs, one], comes[runs, one])
        mine = there[:, place]
        one = chosen[mine, place]
        density = rate_t[mine, one] * stays[mine, one] * others[mine, place]
        found[mine, place] = STEP * density.sum(axis=1)
    return found


def _one_more(arrived: Array, stays: Array, comes: Array) -> Array:
    """The distribution of how many have arrived, (n, k, q), with one more runner in the race."""
    more = arrived * stays[:, None]
    more[:, 1:] += arrived[:, :-1] * comes[:, None]
    return more
