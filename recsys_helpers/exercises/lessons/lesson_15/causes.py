"""The exercises of lesson 15 on what a shelf caused, and its questions on earlier lessons.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_same_draws",
    answer="b",
    why="The draws are keyed by listener, week and visit, so what differs between two runs comes from the shelf alone. "
    "No real platform can do that, so it needs a lottery, which this lesson draws (lesson 07).",
    wrong={
        "a": "It makes nobody hear more. It takes the luck out of the difference.",
        "c": "Other listeners, or another world, would still differ: that is what intervals over worlds are for.",
    },
)

question(
    "recall_rest_of_a_track",
    answer="c",
    why="As shipped, a track that was played yesterday is the best guess for today, so each rest lost minutes; with "
    "boredom 3 the same rests won (lesson 09). So the rest is a setting that has to be learned for each world.",
    wrong={
        "a": "It lost minutes as shipped: people come back to what they love.",
        "b": "It won minutes where people are three times as easily bored.",
    },
)

question(
    "recall_price_of_trying",
    answer="a",
    why="A place given to a track of which little is known costs plays now and brings knowledge later (lesson 05). "
    "Planning weighs the same two, where what comes later is a changed listener and not only a better estimate.",
    wrong={
        "b": "Then greedy choices would lose nothing. They lose what they never try.",
        "c": "Exploring costs plays while it lasts: the places go to tracks that may be worse.",
    },
)

question(
    "credit_compared_with_what",
    answer="c",
    why="An effect is a difference between two worlds, so it has no size until the other world is named. Against an "
    "empty shelf it is large, against today's chart it is smaller, and both are right.",
    wrong={
        "a": "An empty shelf is one possible other world. A platform that would never ship it learns little there.",
        "b": "Counting plays from the shelf compares with nothing: it asks where a play came from.",
    },
)

question(
    "why_the_holdout_is_high",
    answer="b",
    why="A listener who misses other tracks takes more of those that are left, so the shown ones are played more than "
    "on a whole shelf. One listener's places disturb each other: that is interference.",
    wrong={
        "a": "The lottery is fair, so it favours no track. More listeners would make the interval narrower around the "
        "same wrong value.",
        "c": "What is withheld is played a little more than with one place empty, not less. The shown ones gain most.",
    },
)

# ---- causes ----------------------------------------------------------------------------------------------------------


def some_lotteries(rng):
    """Edge cases first: one of each, one that nobody plays, what is withheld is played more; then some lotteries."""
    yield [3, 1], [True, False]
    yield [2, 0, 1], [True, False, False]
    yield [1, 4, 2, 5], [True, False, True, False]
    yield [6, 2, 1, 4, 3], [True, True, False, True, False]
    for _ in range(9):
        n = int(rng.integers(4, 9))
        shown = rng.random(n) < 0.6
        shown[:2] = True, False
        plays = 1 + rng.poisson(2, n) + 2 * shown
        order = rng.permutation(n)
        yield plays[order].tolist(), shown[order].tolist()


def _split(plays, shown):
    return [p for p, s in zip(plays, shown, strict=True) if s], [
        p for p, s in zip(plays, shown, strict=True) if not s
    ]


def _mean(values):
    return sum(values) / len(values)


def difference_of_sums(plays, shown):
    with_it, without = _split(plays, shown)
    return sum(with_it) - sum(without)


def less_the_mean_of_all(plays, shown):
    return _mean(_split(plays, shown)[0]) - _mean(plays)


def per_place_of_all(plays, shown):
    with_it, without = _split(plays, shown)
    return (sum(with_it) - sum(without)) / len(plays)


def as_a_ratio(plays, shown):
    with_it, without = _split(plays, shown)
    return _mean(with_it) / _mean(without)


def by_masks(plays, shown):
    plays, shown = np.asarray(plays, dtype=float), np.asarray(shown, dtype=bool)
    return plays[shown].mean() - plays[~shown].mean()


@exercise(
    inputs=some_lotteries,
    hints=[
        "Make two lists: the plays of the places that were shown, and of those that were withheld.",
        "The groups have different sizes, so compare their means and not their sums.",
        "return plays[shown].mean() - plays[~shown].mean(), with both as arrays (shown of bools)",
    ],
    why="The lottery made the groups alike in everything but the showing, so the rest was caused by it.",
    mistakes={
        "Did you subtract sums? The groups have different sizes, so divide each by its own.": difference_of_sums,
        "Did you divide both sums by the number of all places? Each group is divided by its own.": per_place_of_all,
        "Did you compare with the mean of all? It holds the shown ones too.": less_the_mean_of_all,
        "Is that withheld minus shown? What showing added is shown minus withheld.": lambda plays, shown: (
            -by_masks(plays, shown)
        ),
        "Is that only what the shown ones got? Take off what is played without showing.": lambda plays, shown: (
            _mean(_split(plays, shown)[0])
        ),
    },
    conventions={"That is a ratio, how many times as much. The task asks for the difference.": as_a_ratio},
    alternatives=[by_masks],
)
def caused_by_showing(plays, shown):
    """The mean of `plays` over the places that were shown minus the mean over those that were withheld.

    `plays` holds a number for each place, `shown` says of each whether a lottery showed it. Both kinds are there.
    """
    with_it = [p for p, s in zip(plays, shown, strict=True) if s]
    without = [p for p, s in zip(plays, shown, strict=True) if not s]
    return sum(with_it) / len(with_it) - sum(without) / len(without)


def some_credits(rng):
    """Edge cases first: all credit is earned, half of it, a track that is played more without; then some shelves."""
    yield [4, 2], [4, 2], [0, 0]
    yield [4, 2], [5, 3], [3, 2]
    yield [3, 1, 2], [4, 1, 5], [1, 2, 4]
    yield [2, 0, 3], [6, 3, 4], [5, 3, 2]
    for _ in range(9):
        n = int(rng.integers(3, 7))
        shown = rng.poisson(5, n) + 2
        credit = np.minimum(rng.poisson(3, n) + 1, shown)
        without = np.maximum(shown - credit + rng.integers(-1, 2, n), 0)
        without[0] = shown[0] + 1
        if (shown - without).sum() <= 0 or credit.sum() == (shown - without).sum():
            without = without * 0 + 1
        yield credit.tolist(), shown.tolist(), without.tolist()


def only_gains(credit, shown, without):
    return sum(credit) / sum(max(s - w, 0) for s, w in zip(shown, without, strict=True))


def mean_of_ratios(credit, shown, without):
    return _mean([c / (s - w) for c, s, w in zip(credit, shown, without, strict=True)])


def credited_share(credit, shown, without):
    return sum(credit) / sum(shown)


def turned_around(credit, shown, without):
    return (sum(shown) - sum(without)) / sum(credit)


def in_arrays(credit, shown, without):
    return np.sum(credit) / np.subtract(shown, without).sum()


@exercise(
    inputs=some_credits,
    hints=[
        "What the shelf caused, summed over all tracks: what was played with it minus what was played without.",
        "Sum first, and divide once. A track that is played more without counts with its minus.",
        "return sum(credit) / (sum(shown) - sum(without))",
    ],
    why="Above 1 the shelf is credited with more than it caused, because loved tracks are found in other ways too.",
    mistakes={
        "Did you leave out tracks that were played more without? Chance goes both ways.": only_gains,
        "Is that a mean of ratios? Sum both over all tracks first, then divide once.": mean_of_ratios,
        "Did you divide by all plays? The divisor is what the shelf caused: shown minus without.": credited_share,
        "Is the ratio turned around? The task asks for credited over caused.": turned_around,
    },
    alternatives=[in_arrays],
)
def credit_over_cause(credit, shown, without):
    """All credited plays over all caused plays.

    For each track: `credit`, its plays from the shelf; `shown`, its plays from anywhere while it stood there,
    and `without`, its plays from anywhere with its place empty. Caused is what was played with it minus what was played
    without, summed over all tracks, also those for which that is below 0. What was caused sums to more than 0.
    """
    return sum(credit) / (sum(shown) - sum(without))
