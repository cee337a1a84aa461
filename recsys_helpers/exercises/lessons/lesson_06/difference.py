"""Exercises of lesson 06: the error of a difference, how many listeners it needs, and how many tries it had.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from math import ceil, floor, sqrt
from statistics import NormalDist

from recsys_helpers.exercises.registry import exercise

# ---- the standard error of a difference ------------------------------------------------------------------------------


def some_spreads(rng):
    yield 3.0, 4.0, 0.0, 25
    yield 2.0, 2.0, 0.5, 4
    yield 2.0, 2.0, 1.0, 9
    yield 3.0, 1.0, 0.8, 16
    yield 0.5, 0.7, -0.4, 50
    yield 6.0, 5.0, 0.9, 100
    for _ in range(8):
        spread, other = (round(float(one), 2) for one in rng.uniform(0.5, 4, 2))
        yield spread, other, round(float(rng.uniform(-0.6, 0.95)), 2), int(rng.integers(5, 400))


def error_by_covariance(spread, other, correlation, m):
    covariance = correlation * spread * other
    return ((spread**2 - covariance + other**2 - covariance) / m) ** 0.5


def two_groups(spread, other, correlation, m):
    return sqrt((spread**2 + other**2) / m)


def plus_for_minus(spread, other, correlation, m):
    return sqrt((spread**2 + other**2 + 2 * correlation * spread * other) / m)


def covariance_once(spread, other, correlation, m):
    return sqrt((spread**2 + other**2 - correlation * spread * other) / m)


def spread_of_it(spread, other, correlation, m):
    return sqrt(max(0.0, spread**2 + other**2 - 2 * correlation * spread * other))


def variance_of_it(spread, other, correlation, m):
    return error_of_difference(spread, other, correlation, m) ** 2


def n_outside(spread, other, correlation, m):
    return spread_of_it(spread, other, correlation, m) / m


def errors_added(spread, other, correlation, m):
    return spread / sqrt(m) + other / sqrt(m)


def errors_subtracted(spread, other, correlation, m):
    return abs(spread - other) / sqrt(m)


def half_interval(spread, other, correlation, m):
    return 1.96 * error_of_difference(spread, other, correlation, m)


def bare_correlation(spread, other, correlation, m):
    return sqrt(max(0.0, spread**2 + other**2 - 2 * correlation) / m)


def n_less_one(spread, other, correlation, m):
    return spread_of_it(spread, other, correlation, m) / sqrt(m - 1)


@exercise(
    inputs=some_spreads,
    hints=[
        "First the variance of one listener's difference: both variances, less twice what they share.",
        "What they share is the covariance, correlation * spread * other.",
        "A mean of m has a variance m times smaller, and the standard error is its root.",
    ],
    why="Two models find the same listeners easy, so their difference is far surer than either figure.",
    mistakes={
        "Did you leave the correlation out? That is the error for two groups of different people.": two_groups,
        "Did you add the covariance? What both scores share falls out of their difference.": plus_for_minus,
        "Did you take the covariance off once? It comes off twice, once for either model.": covariance_once,
        "Did you leave out m? That is the spread of one listener's difference, not the error of a mean.": (
            spread_of_it
        ),
        "Is that the variance of the mean? The standard error is its root.": variance_of_it,
        "Did you divide by m after the root? Only the root of m comes out of it.": n_outside,
        "Did you add the two standard errors? Variances add, errors do not.": errors_added,
        "Did you subtract one error from the other? It is the scores that are subtracted.": errors_subtracted,
        "Is that half the width of the 95% interval? Asked is one standard error, without 1.96.": half_interval,
        "Did you subtract the bare correlation? The covariance is correlation * spread * other.": bare_correlation,
        "Did you divide by m - 1? The spreads are given; a mean of m has its variance over m.": n_less_one,
    },
    alternatives=[error_by_covariance],
)
def error_of_difference(spread, other, correlation, m):
    """The standard error of the difference of two means over the same m listeners.

    spread, other: the standard deviation of a listener's score under either model; correlation: that of the two scores.
    """
    variance = spread**2 + other**2 - 2 * correlation * spread * other
    return max(0.0, variance / m) ** 0.5  # rounding must not make it negative


# ---- how many listeners ----------------------------------------------------------------------------------------------


def some_plans(rng):
    yield 0.5, 6.0, 0.8
    yield 0.01, 0.12, 0.5
    yield 0.02, 0.1, 0.95
    yield 2.0, 3.0, 0.9
    yield 0.1, 0.5, 0.6
    yield 1.0, 1.2, 0.7
    for _ in range(8):
        spread = round(float(rng.uniform(0.1, 4)), 2)
        gap = round(spread * float(rng.uniform(0.03, 0.5)), 3)
        yield gap, spread, float(rng.choice([0.5, 0.7, 0.8, 0.9]))


def z(p):
    return NormalDist().inv_cdf(p)


def plan_by_search(gap, spread, power):
    width, n = z(0.975) + z(power), 1
    while gap < width * spread / sqrt(n):
        n *= 2
    low, high = n // 2, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if gap >= width * spread / sqrt(middle) else (middle, high)
    return high


def plan(
    width=lambda power: z(0.975) + z(power), form=lambda width, spread, gap: (width * spread / gap) ** 2
):
    """The number of listeners under another width of the gap, or another formula."""
    return lambda gap, spread, power: ceil(form(width(power), spread, gap))


def rounded_down(gap, spread, power):
    return floor(((z(0.975) + z(power)) * spread / gap) ** 2)


@exercise(
    inputs=some_plans,
    hints=[
        "Write the condition down: gap = (z(0.975) + z(power)) * spread / √m. Solve it for √m, then square.",
        "z = NormalDist().inv_cdf; math.ceil rounds up.",
    ],
    why="Half the gap needs four times the listeners, so ask first which gap would matter.",
    mistakes={
        "Did you forget to square? It is √m that is solved for first.": plan(
            form=lambda width, spread, gap: width * spread / gap
        ),
        "Did the power stay out? A gap of 1.96 errors is found only every second time.": plan(
            lambda power: z(0.975)
        ),
        "Did you take z(0.95)? The test has two sides, so that 2.5% lie beyond either end.": plan(
            lambda power: z(0.95) + z(power)
        ),
        "Did you add the power itself? It is z(power) that is added.": plan(lambda power: z(0.975) + power),
        "Are these two groups of different people? The spread is of the differences, so nothing is doubled.": plan(
            form=lambda width, spread, gap: 2 * (width * spread / gap) ** 2
        ),
        "Did you round down? With a listener less the gap is too narrow.": rounded_down,
        "Did you divide by the gap unsquared? All of (z + z') * spread / gap is squared.": plan(
            form=lambda width, spread, gap: (width * spread) ** 2 / gap
        ),
        "Did you use the spread unsquared? All of (z + z') * spread / gap is squared.": plan(
            form=lambda width, spread, gap: width**2 * spread / gap**2
        ),
        "Did you square the two z before adding them? Their sum is squared.": plan(
            form=lambda width, spread, gap: (z(0.975) ** 2 + (width - z(0.975)) ** 2) * (spread / gap) ** 2
        ),
        "Did you turn gap and spread around? A smaller gap needs more listeners.": plan(
            form=lambda width, spread, gap: (width * gap / spread) ** 2
        ),
        "Did you subtract z(power)? The gap has to reach past 1.96 errors, by z(power) more.": plan(
            lambda power: z(0.975) - z(power)
        ),
    },
    alternatives=[plan_by_search],
)
def listeners_for_power(gap, spread, power):
    """The smallest whole number of listeners with whom the gap is z(0.975) + z(power) standard errors wide or more.

    z(p) is NormalDist().inv_cdf(p). gap: the true mean difference, above 0; spread: the standard deviation of the
    listeners' differences.
    """
    width = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(power)
    return ceil((width * spread / gap) ** 2)


# ---- several comparisons, and when to stop ---------------------------------------------------------------------------


def some_series(rng):
    yield [0.3, 0.04, 0.6], 3, 0.05
    yield [0.3, 0.004, 0.001], 3, 0.05
    yield [0.05], 1, 0.05
    yield [0.012, 0.001, 0.01], 4, 0.05
    yield [0.9, 0.5, 0.2, 0.001], 3, 0.05
    yield [0.2, 0.02], 4, 0.05
    yield [0.04, 0.03, 0.011, 0.2, 0.6, 0.7, 0.8, 0.9, 0.01], 3, 0.05
    yield [0.02, 0.6, 0.001], 5, 0.05
    yield [0.4, 0.03], 2, 0.1
    yield [0.2, 0.5, 0.015, 0.01], 4, 0.05
    yield [0.04, 0.2, 0.014, 0.3, 0.002], 5, 0.05
    for _ in range(8):
        planned = int(rng.integers(2, 8))
        tries = int(rng.integers(2, 10))
        yield (
            [round(float(one), 4) for one in rng.beta(0.4, 4, tries)],
            planned,
            float(rng.choice([0.05, 0.1])),
        )


def find_by_loop(p_values, planned, alpha):
    place = 0
    while place < min(planned, len(p_values)):
        if p_values[place] <= alpha / planned:
            return place + 1
        place += 1
    return 0


def first_at(limit, among=lambda p_values, planned: p_values[:planned], start=1, none=0):
    """The first comparison whose p is at most a limit of (place, p-values, planned, alpha)."""

    def found(p_values, planned, alpha):
        for place, p in enumerate(among(p_values, planned), 1):
            if p <= limit(place, p_values, planned, alpha):
                return place - 1 + start
        return none

    return found


def shared(place, p_values, planned, alpha):
    return alpha / planned


def smallest_p(p_values, planned, alpha):
    small = min(p_values[:planned])
    return p_values.index(small) + 1 if small <= alpha / planned else 0


def last_find(p_values, planned, alpha):
    return max((place for place, p in enumerate(p_values[:planned], 1) if p <= alpha / planned), default=0)


def how_many_finds(p_values, planned, alpha):
    return sum(p <= alpha / planned for p in p_values[:planned])


def whether_found(p_values, planned, alpha):
    return int(any(p <= alpha / planned for p in p_values[:planned]))


def its_p_value(p_values, planned, alpha):
    return next((p for p in p_values[:planned] if p <= alpha / planned), 0)


@exercise(
    inputs=some_series,
    hints=[
        "Which comparisons count at all? p_values[:planned].",
        "Go through them in order, and return the place of the first with p <= alpha / planned.",
    ],
    why="With the plan all tries together have a chance of at most alpha of a find where there is nothing.",
    mistakes={
        "Did each try have all of alpha? Twenty of them find something two times in three.": first_at(
            lambda place, p_values, planned, alpha: alpha
        ),
        "Did a comparison beyond the plan count? It was made because the others found nothing.": first_at(
            shared, lambda p_values, planned: p_values
        ),
        "Did you divide by the comparisons that were made? The plan says how many there would be.": first_at(
            lambda place, p_values, planned, alpha: alpha / len(p_values)
        ),
        "Did you divide by the tries so far? The first would have all of alpha, and the rest would have more.": (
            first_at(lambda place, p_values, planned, alpha: alpha / place)
        ),
        "Did you take the smallest p? The team stops at the first that counts.": smallest_p,
        "Did you take the last that counts? The team stops at the first.": last_find,
        "Is that how many count? Asked is where the first of them stands.": how_many_finds,
        "Is that only whether there is one? Asked is its position.": whether_found,
        "Did you count from 0? The first comparison has position 1.": first_at(shared, start=0),
        "Is that its p? Asked is its position.": its_p_value,
        "Is -1 for none? Asked is 0.": first_at(shared, none=-1),
        "Is p exactly at the limit left out? «At most» lets it count.": first_at(
            lambda place, p_values, planned, alpha: alpha / planned - 1e-12
        ),
    },
    alternatives=[find_by_loop],
)
def counted_find(p_values, planned, alpha):
    """The position, from 1, of the first comparison that counts as a find; 0 if none does.

    p_values: in the order in which the comparisons were made. Only the first `planned` of them count, however many were
    made, and one counts if its p is at most alpha / planned.
    """
    for place, p in enumerate(p_values[:planned], start=1):
        if p <= alpha / planned:
            return place
    return 0
