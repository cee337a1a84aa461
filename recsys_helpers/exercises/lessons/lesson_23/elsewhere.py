"""The exercises of lesson 23 on other fields: teaching, health, a home, a city.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question, value

question(
    "what_the_minutes_say",
    answer="b",
    why="The lot made the groups alike, and the interval of the difference does not hold 0, so the gain of 14 points "
    "against 6 comes from the exercises. The minutes are what the learners paid for it: the shelf that a listening "
    "platform would choose teaches less, at a higher price.",
    wrong={
        "a": "Minutes are what a listening platform counts. In a school they are what learning costs.",
        "c": "The two groups were drawn by lot and began within a point of each other, so they can be compared.",
    },
)

# ---- alarms ----------------------------------------------------------------------------------------------------------


def _rates(rng):
    yield 0.01, 0.9, 0.1
    yield 0.5, 0.8, 0.2
    yield 0.001, 1.0, 0.05
    yield 0.2, 0.5, 0.0
    yield 1.0, 0.7, 0.3
    for _ in range(8):
        yield (
            float(rng.choice([0.002, 0.01, 0.03, 0.1, 0.25])),
            float(rng.choice([0.6, 0.75, 0.85, 0.95])),
            float(rng.choice([0.01, 0.02, 0.08, 0.15])),
        )


def as_if_half_had_it(share, found, false):
    return found / (found + false)


def both_at_once(share, found, false):
    return share * found


def alarms_of_all(share, found, false):
    return share * found + (1 - share) * false


def the_false_ones(share, found, false):
    return 1 - true_alarms(share, found, false)


def without_their_share(share, found, false):
    return share * found / (share * found + false)


def for_one_over(share, found, false):
    return share * found / ((1 - share) * false) if (1 - share) * false else 1.0


def in_a_thousand(share, found, false):
    ill = 1000 * share
    well = 1000 - ill
    return ill * found / (ill * found + well * false)


@exercise(
    inputs=_rates,
    hints=[
        "Think of 1,000 people. How many have it and get an alarm? How many do not have it and get one?",
        "The alarms that are right over all alarms.",
        "share * found / (share * found + (1 - share) * false)",
    ],
    why="With a rare condition nearly all who get an alarm are well: 90% found and 10% false give 8% where one in a "
    "hundred has it. A list of ten shows such things to ten people of whom none may have it.",
    mistakes={
        "Did you treat both groups as equally large? Weigh each by its share of the people.": as_if_half_had_it,
        "Is that the share of all people who have it and get an alarm? Divide by all alarms.": both_at_once,
        "Is that the share of people who get an alarm? Asked is how many of these have it.": alarms_of_all,
        "Are those the alarms that are wrong?": the_false_ones,
        "Did you weigh the false alarms? They sound for the 1 - share who do not have it.": without_their_share,
        "Are those right alarms for each wrong one? Asked is their share of all alarms.": for_one_over,
    },
    alternatives=[in_a_thousand],
)
def true_alarms(share, found, false):
    """The share of the people with an alarm who have the condition.

    `share` of all people have it. Of these the alarm sounds for the share `found`, and of those who do not have it for
    the share `false`. Somebody gets an alarm.
    """
    return share * found / (share * found + (1 - share) * false)


# ---- a household -----------------------------------------------------------------------------------------------------


def _households(rng):
    """Edge cases first: the mean would hurt one, the least hurt has a low mean, a score on the floor, a product."""
    yield [[5, 3, 4], [5, 3, 3], [1, 3, 3]], 2
    yield [[3, 5, 4], [3, 2, 5]], 2
    yield [[2, 5], [4, 1]], 2
    yield [[1, 2, 5, 4], [5, 3, 2, 4], [5, 2, 3, 1]], 2
    yield [[4, 3, 5], [4, 3, 1], [3, 3, 5]], 1
    yield [[5, 2, 3], [1, 4, 3], [5, 4, 2]], 2
    yield [[5, 3, 2], [5, 3, 4], [1, 3, 1]], 1
    yield [[3, 5, 2, 5], [3, 5, 5, 5], [3, 1, 4, 2]], 2
    for _ in range(12):
        people, tracks = int(rng.integers(2, 4)), int(rng.integers(4, 6))
        while True:
            scores = rng.integers(1, 6, (people, tracks))
            floor = int(rng.integers(2, 4))
            fine = (scores >= floor).all(axis=0)
            sums = scores.sum(axis=0)[fine]
            if len(sums) and len(set(sums.tolist())) == len(sums):
                break
        yield scores.tolist(), floor


def highest_mean(scores, floor):
    return int(np.mean(scores, axis=0).argmax())


def least_misery(scores, floor):
    return int(np.min(scores, axis=0).argmax())


def most_pleasure(scores, floor):
    return int(np.max(scores, axis=0).argmax())


def above_the_floor(scores, floor):
    scores = np.asarray(scores)
    fine = (scores > floor).all(axis=0)
    return int(np.where(fine, scores.mean(axis=0), -1).argmax())


def mean_of_who_likes_it(scores, floor):
    scores = np.asarray(scores, dtype=float)
    liked = np.where(scores >= floor, scores, np.nan)
    means = np.array(
        [column[~np.isnan(column)].mean() if (~np.isnan(column)).any() else -1 for column in liked.T]
    )
    return int(means.argmax())


def product(scores, floor):
    return int(np.prod(scores, axis=0).argmax())


def product_above_the_floor(scores, floor):
    fine = (np.asarray(scores) >= floor).all(axis=0)
    return int(np.where(fine, np.prod(scores, axis=0), -1).argmax())


def counted_from_one(scores, floor):
    return one_for_all(scores, floor) + 1


def by_a_loop(scores, floor):
    best, chosen = -1.0, 0
    for track, column in enumerate(zip(*scores, strict=True)):
        if min(column) >= floor and sum(column) > best:
            best, chosen = sum(column), track
    return chosen


@exercise(
    inputs=_households,
    hints=[
        "First strike out every track that somebody scores below the floor.",
        "With an array: (scores >= floor).all(axis=0) says which are left, scores.mean(axis=0) how good they are.",
        "np.where(fine, scores.mean(axis=0), -1).argmax()",
    ],
    why="A mean can be bought with one person's evening. A floor says what nobody has to bear, and who sets it is a "
    "question for the household, not for the platform.",
    mistakes={
        "Did a track win that somebody scores below the floor? It is out, however high its mean.": highest_mean,
        "Is that the track whose lowest score is highest? The floor strikes out, the mean chooses.": least_misery,
        "Is that the track with the highest single score? The mean over the people chooses.": most_pleasure,
        "Is a score that equals the floor too low? It is allowed.": above_the_floor,
        "Did you leave out low scores from the mean? The track is out as a whole.": mean_of_who_likes_it,
        "Did you multiply the scores? A product pays for agreement; asked is the mean.": [
            product,
            product_above_the_floor,
        ],
        "Do positions begin at 1? The first is 0.": counted_from_one,
    },
    alternatives=[by_a_loop],
)
def one_for_all(scores, floor):
    """The position, from 0, of the track for a room: the highest mean among tracks that nobody scores below `floor`.

    `scores` holds a row for each person and in it a number for each track. At least one track passes, and no two that
    pass have the same mean.
    """
    scores = np.asarray(scores)
    fine = (scores >= floor).all(axis=0)
    return int(np.where(fine, scores.mean(axis=0), -1).argmax())


# ---- a city ----------------------------------------------------------------------------------------------------------


@value(
    hints=[
        "With n cars on the bridge all together drive n (10 + n / 2) + (60 - n) 30 minutes.",
        "Try n = 10, 20, 30, 40, or set the derivative 10 + n - 30 to 0.",
    ],
    why="Whoever is sent to the bridge slows down all others there, and that is in nobody's own time. If each is told "
    "the fastest way, 40 drive there, and nobody is any faster than by the ring road.",
    tolerance=0.001,
    mistakes={
        "Is that where both ways take equally long? Then nobody gains from the bridge at all.": 40,
        "Are all on the bridge? Then it takes 40 minutes.": 60,
        "Is that half of the cars? Compare the sum of all minutes with 20 on the bridge.": 30,
    },
)
def cars_over_the_bridge():
    """How many of 60 cars to send over the bridge, so that all together drive the fewest minutes.

    With n cars on it the bridge takes each of them 10 + n / 2 minutes. The ring road takes 30, however many are there.
    """
    return 20
