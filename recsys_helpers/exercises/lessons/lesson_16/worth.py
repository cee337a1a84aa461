"""The exercises of lesson 16 on what attention is worth and what a platform aims at, and three on earlier lessons.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_weights_of_a_mean",
    answer="b",
    why="The scores go through a softmax, so the weights lie between 0 and 1 and sum to 1, and what comes out is a "
    "weighted mean of the values (lesson 13). The same softmax returns in this lesson, for another purpose.",
    wrong={
        "a": "Picking the largest alone is what a softmax with very large scores comes near. Attention takes a mean.",
        "c": "Weights that sum to more than 1 would make the vector longer with every play of a session.",
    },
)

question(
    "recall_length_beside_satisfaction",
    answer="c",
    why="Each power of the length won minutes, and satisfaction fell as the power grew (lesson 09). Who heard that on "
    "the only platform there was could not go elsewhere. In this lesson they can.",
    wrong={
        "a": "It won minutes: a session ends by a chance after each track, so long tracks fill more time.",
        "b": "Minutes rose, but satisfaction is a running mean of pleasure, and long tracks did not please more.",
    },
)

question(
    "recall_same_listeners_twice",
    answer="a",
    why="A listener who hears much hears much under both policies, so the difference of one listener varies far less "
    "than the listeners do (lesson 07). Here each contest is paired by listener, seat and luck.",
    wrong={
        "b": "Pairing changes the width of the interval and not what is estimated.",
        "c": "Both need the same listeners to be served, once under each policy.",
    },
)

question(
    "what_the_income_hides",
    answer="b",
    why="The sum takes money from three people: someone who hears advertisements, someone who pays and comes back, and "
    "a creator who is paid by the hour. Two policies with one sum can do opposite things to them.",
    wrong={
        "a": "Prices are known to a platform, and the cell states ours. What the sum leaves out are people.",
        "c": "Hours enter it twice, as advertising and as cost. It is their worth to the listener that is missing.",
    },
)

# ---- income ----------------------------------------------------------------------------------------------------------


def some_months(rng):
    """Edge cases first: nobody pays, everybody pays and stays, a subscriber left, one who hears nothing."""
    yield [10.0, 4.0], [False, False], [True, False], 0.5, 8.0, 0.25
    yield [10.0, 4.0], [True, True], [True, True], 0.5, 8.0, 0.25
    yield [10.0, 4.0, 6.0], [False, True, True], [True, True, False], 0.5, 8.0, 0.25
    yield [0.0, 20.0, 3.0], [True, False, True], [True, True, False], 0.1, 6.0, 0.05
    yield [2.0, 7.0, 5.0, 1.0], [True, False, False, True], [False, False, True, True], 0.2, 9.0, 0.1
    for _ in range(8):
        n = int(rng.integers(3, 6))
        hours = np.round(rng.uniform(1, 30, n), 1)
        pays, stays = rng.random(n) < 0.5, rng.random(n) < 0.6
        pays[:3], stays[:3] = [True, True, False], [True, False, True]
        yield hours.tolist(), pays.tolist(), stays.tolist(), 0.2, 9.0, 0.1


def _sums(hours, pays, stays):
    hours, pays, stays = np.asarray(hours, float), np.asarray(pays, bool), np.asarray(stays, bool)
    return hours, pays, stays


def fee_of_who_left(hours, pays, stays, per_hour, fee, royalty):
    hours, pays, stays = _sums(hours, pays, stays)
    return per_hour * hours[~pays].sum() + fee * pays.sum() - royalty * hours.sum()


def ads_for_all(hours, pays, stays, per_hour, fee, royalty):
    hours, pays, stays = _sums(hours, pays, stays)
    return per_hour * hours.sum() + fee * (pays & stays).sum() - royalty * hours.sum()


def without_royalties(hours, pays, stays, per_hour, fee, royalty):
    hours, pays, stays = _sums(hours, pays, stays)
    return per_hour * hours[~pays].sum() + fee * (pays & stays).sum()


def royalty_of_subscribers(hours, pays, stays, per_hour, fee, royalty):
    hours, pays, stays = _sums(hours, pays, stays)
    return per_hour * hours[~pays].sum() + fee * (pays & stays).sum() - royalty * hours[pays].sum()


def fee_by_the_hour(hours, pays, stays, per_hour, fee, royalty):
    hours, pays, stays = _sums(hours, pays, stays)
    return per_hour * hours[~pays].sum() + fee * hours[pays & stays].sum() - royalty * hours.sum()


def fee_of_who_stays(hours, pays, stays, per_hour, fee, royalty):
    hours, pays, stays = _sums(hours, pays, stays)
    return per_hour * hours[~pays].sum() + fee * stays.sum() - royalty * hours.sum()


def in_a_loop(hours, pays, stays, per_hour, fee, royalty):
    total = 0.0
    for hour, pay, stay in zip(hours, pays, stays, strict=True):
        total -= royalty * hour
        if not pay:
            total += per_hour * hour
        elif stay:
            total += fee
    return total


@exercise(
    inputs=some_months,
    hints=[
        "Three sums: advertising of those who do not pay, fees of subscribers who stay, royalties of everybody.",
        "With arrays: hours[~pays] are the hours with advertisements, and (pays & stays).sum() counts the fees.",
        "return per_hour * hours[~pays].sum() + fee * (pays & stays).sum() - royalty * hours.sum()",
    ],
    why="An hour of a subscriber brings no money, and costs a royalty. So what an hour is worth to a platform depends "
    "on whose hour it is, and a policy that wins hours need not win income.",
    mistakes={
        "Does who left still pay? A fee comes from subscribers who stay.": fee_of_who_left,
        "Do subscribers hear advertisements too? Only the hours of who does not pay bring per_hour.": ads_for_all,
        "Are the royalties missing? Each hour of anybody costs one.": without_royalties,
        "Does only a subscriber's hour cost a royalty? Each hour of anybody does.": royalty_of_subscribers,
        "Is the fee paid by the hour? A subscriber pays it once, whatever they hear.": fee_by_the_hour,
        "Does everybody who stays pay the fee? Only subscribers do.": fee_of_who_stays,
    },
    alternatives=[in_a_loop],
)
def income(hours, pays, stays, per_hour, fee, royalty):
    """What a platform earns in a month.

    For each listener: `hours` heard, whether they subscribe (`pays`), and whether they are still there (`stays`). Each
    hour of a listener who does not pay brings `per_hour`, each subscriber who stays brings `fee` once, and each hour of
    anybody costs `royalty`, of those who left too.
    """
    hours, pays, stays = np.asarray(hours), np.asarray(pays, dtype=bool), np.asarray(stays, dtype=bool)
    return float(per_hour * hours[~pays].sum() + fee * (pays & stays).sum() - royalty * hours.sum())


# ---- an objective as a choice ----------------------------------------------------------------------------------------


def some_boards(rng):
    """Edge cases first: the floor shuts out the most hours, one just at the floor, all above, one alone."""
    yield [7.0, 7.5, 8.0], [0.62, 0.60, 0.55], 0.58
    yield [7.0, 7.5, 8.0], [0.62, 0.60, 0.58], 0.58
    yield [7.0, 9.0, 8.0], [0.62, 0.70, 0.66], 0.5
    yield [7.0, 9.0, 8.0], [0.40, 0.30, 0.61], 0.6
    yield [9.0, 6.0, 7.0], [0.50, 0.66, 0.64], 0.6
    yield [7.0, 6.0, 8.0], [0.70, 0.60, 0.65], 0.55
    for _ in range(8):
        n = int(rng.integers(4, 7))
        hours = rng.permutation(np.round(6 + 0.3 * np.arange(n), 1))
        satisfaction = np.round(0.9 - 0.04 * hours + rng.normal(0, 0.015, n), 3)
        yield hours.tolist(), satisfaction.tolist(), float(np.sort(satisfaction)[n // 2])


def no_floor(hours, satisfaction, floor):
    return int(np.argmax(hours))


def most_satisfied(hours, satisfaction, floor):
    return int(np.argmax(satisfaction))


def strictly_above(hours, satisfaction, floor):
    kept = [i for i, s in enumerate(satisfaction) if s > floor]
    return max(kept, key=lambda i: hours[i]) if kept else None


def product_of_both(hours, satisfaction, floor):
    return int(np.argmax(np.multiply(hours, satisfaction)))


def first_above(hours, satisfaction, floor):
    return next(i for i, s in enumerate(satisfaction) if s >= floor)


def fewest_hours(hours, satisfaction, floor):
    return min((i for i, s in enumerate(satisfaction) if s >= floor), key=lambda i: hours[i])


def position_among_the_kept(hours, satisfaction, floor):
    return int(np.argmax([h for h, s in zip(hours, satisfaction, strict=True) if s >= floor]))


def those_below(hours, satisfaction, floor):
    return int(np.where(np.asarray(satisfaction) <= floor, hours, -np.inf).argmax())


def masked(hours, satisfaction, floor):
    return int(np.where(np.asarray(satisfaction) >= floor, hours, -np.inf).argmax())


@exercise(
    inputs=some_boards,
    hints=[
        "Which settings may be shipped at all? Those whose satisfaction is at least the floor.",
        "Among these the one with the most hours; give its position in the whole list.",
        "return int(np.where(np.asarray(satisfaction) >= floor, hours, -np.inf).argmax())",
    ],
    why="A floor says what is not for sale, and leaves the rest to the hours. Where it stands is a decision of people, "
    "which no measurement makes for them.",
    mistakes={
        "Is the floor missing? Only settings with at least that satisfaction may be shipped.": no_floor,
        "Did you take the most satisfied? Above the floor the hours decide.": most_satisfied,
        "Is who stands just at the floor left out? At least the floor is enough.": strictly_above,
        "Did you keep the settings below the floor? Those at the floor or above it may be shipped.": those_below,
        "Did you multiply the two? The floor decides who may be shipped, then the hours.": product_of_both,
        "Did you stop at the first above the floor? Take the one with the most hours.": first_above,
        "Is that the one with the fewest hours? Of those above the floor the most are wanted.": fewest_hours,
        "Is that a position among those kept? Give the one in the whole list.": position_among_the_kept,
    },
    alternatives=[masked],
)
def best_above_floor(hours, satisfaction, floor):
    """The position, from 0, of the setting with the most hours among those whose satisfaction is at least `floor`.

    `hours` and `satisfaction` hold a number for each setting. At least one reaches the floor, and no two have the same
    hours.
    """
    kept = [i for i, one in enumerate(satisfaction) if one >= floor]
    return max(kept, key=lambda i: hours[i])
