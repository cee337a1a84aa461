"""Exercises of lesson 09: the opening questions, mixing two lists, and choosing one shelf of many.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import math

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_unheard_only",
    answer="c",
    why="Offline we graded what was new to the listener, because a repeat is easy to predict. A shelf is another "
    "question: people come back to what they love (lesson 07).",
    wrong={
        "a": "In lesson 07 lists that may hold heard tracks won more hours than lists that may not.",
        "b": "A list of heard tracks is personal: it is the listener's own.",
    },
)

question(
    "recall_thirteen_tests",
    answer="a",
    why="With thirteen tests at 5% and no effect at all, the chance of at least one «discovery» is about one half. "
    "Holm's correction asks more of the best of many (lesson 07).",
    wrong={
        "b": "Each test alone keeps its 5%. It is the best of thirteen that misleads.",
        "c": "More listeners make every interval narrower; thirteen tests remain thirteen.",
    },
)

question(
    "recall_position",
    answer="b",
    why="The eye tires from the top down, so the place decides with the taste what is taken (lesson 01). A rule that "
    "reorders the shelf therefore changes what is heard, although the ten are the same.",
    wrong={
        "a": "Taste is the same for a track wherever it stands, but whether it is seen at all is not.",
        "c": "The listeners who come are the same; only what they are shown first differs.",
    },
)

# ---- mixing two lists, and choosing one of many ----------------------------------------------------------------------


def some_two_lists(rng):
    """Edge cases first: a track in both, too few new ones, no place for new ones; then some lists."""
    yield ["a", "b", "c", "d"], ["b", "x"], 1, 3
    yield ["a", "b", "c", "d"], [], 2, 3
    yield ["a", "b", "c"], ["x", "y"], 0, 2
    yield ["a", "b", "c", "d"], ["a", "x", "b", "y"], 2, 4
    yield ["a", "b", "c", "d"], ["c", "a"], 2, 3
    for _ in range(8):
        best = rng.permutation(list("abcdef")).tolist()
        new = rng.permutation(list("abxyz"))[: int(rng.integers(2, 5))].tolist()
        yield best, new, int(rng.integers(1, 3)), int(rng.integers(3, 6))


def two_slices(best, new, n, k):
    return best[: k - n] + new[:n]


def with_twice(best, new, n, k):
    shelf = best[: k - n] + new[:n]
    return shelf + [track for track in best if track not in shelf][: k - len(shelf)]


def one_short(best, new, n, k):
    return best[: k - n] + [track for track in new if track not in best[: k - n]][:n]


def taken_too_early(best, new, n, k):
    kept = best[: k - n]
    shelf = kept + [track for track in new[:n] if track not in kept]
    return shelf + [track for track in best if track not in shelf][: k - len(shelf)]


def new_ones_first(best, new, n, k):
    shelf = mix_shelf(best, new, n, k)
    return shelf[k - n :] + shelf[: k - n]


def by_walking(best, new, n, k):
    shelf = []
    for track in best[: k - n] + new + best:
        missing = n - max(0, len(shelf) - (k - n))
        if len(shelf) < k and missing and track not in shelf:
            shelf.append(track)
        elif len(shelf) < k - n:
            shelf.append(track)
    return shelf


def n_of_the_best(best, new, n, k):
    shelf = best[:n]
    shelf = shelf + [track for track in new if track not in shelf][: k - n]
    return shelf + [track for track in best if track not in shelf][: k - len(shelf)]


def not_in_best(best, new, n, k):
    shelf = best[: k - n] + [track for track in new if track not in best][:n]
    return shelf + [track for track in best if track not in shelf][: k - len(shelf)]


@exercise(
    inputs=some_two_lists,
    hints=[
        "First the k - n best. Then the new ones that are not among them, n at most.",
        "Is the shelf still short? Then fill it with the best ones that do not stand on it yet.",
        "shelf = best[: k - n]; shelf += [t for t in new if t not in shelf][:n]; "
        "shelf += [t for t in best if t not in shelf][: k - len(shelf)]",
    ],
    why="No track stands twice, and a place that no new track can fill goes back to what the listener loves.",
    mistakes={
        "Are two slices enough? A new track may stand on the shelf already, and `new` may have too few.": two_slices,
        "Does a track stand on the shelf twice? Leave out the new ones that are there already.": with_twice,
        "Is the shelf too short? A place without a new track goes to the next best one.": one_short,
        "Did you take n new ones and only then leave out those on the shelf? The next new one may follow.": (
            taken_too_early
        ),
        "Do the new ones stand first? They get the last places.": new_ones_first,
        "Is n the number of the best? It is that of the new ones.": n_of_the_best,
        "Did you leave out new ones that stand further down in `best`? Only what is on the shelf counts.": not_in_best,
    },
    alternatives=[by_walking],
)
def mix_shelf(best, new, n, k):
    """A shelf of k tracks: the first k - n of `best`, then the first n of `new` that are not among these.

    Where `new` has too few, the rest of the shelf comes from `best`, in its order. No track stands twice. `best` has at
    least k tracks, 0 <= n < k.
    """
    shelf = list(best[: k - n])
    shelf += [track for track in new if track not in shelf][:n]
    return shelf + [track for track in best if track not in shelf][: k - len(shelf)]


def some_tables(rng):
    """Edge cases first: nothing is sure, one is sure and harms, the best is not sure; then some tables."""
    yield {"a": (0.2, 0.04, 0.0), "b": (0.1, 0.03, 0.0)}, 0.005
    yield {"a": (0.5, 0.03, 0.0), "b": (0.1, 0.04, 0.0)}, 0.005
    yield {"a": (0.5, 0.001, -0.02), "b": (0.1, 0.9, 0.0)}, 0.005
    yield {"a": (0.5, 0.04, 0.0), "b": (0.2, 0.001, 0.0), "c": (0.1, 0.02, 0.0)}, 0.005
    yield {"a": (-0.5, 0.001, 0.0), "b": (0.1, 0.9, 0.0)}, 0.005
    yield {"a": (0.3, 0.012, 0.001), "b": (0.1, 0.02, 0.001), "c": (0.2, 0.2, 0.0)}, 0.005
    yield {"a": (0.1, 0.01, 0.0), "b": (0.3, 0.02, 0.0), "c": (0.2, 0.045, -0.001)}, 0.005
    yield {"a": (0.1, 0.001, 0.0), "b": (0.3, 0.01, 0.0), "c": (0.2, 0.03, 0.0)}, 0.005
    yield {"a": (0.3, 0.04, 0.0), "b": (0.1, 0.015, 0.0), "c": (0.2, 0.9, 0.0), "d": (-0.1, 0.95, 0.0)}, 0.005
    for _ in range(8):
        n = int(rng.integers(3, 6))
        hours = rng.permutation(np.arange(-1, n)) / 10 + 0.05
        p = rng.choice([0.001, 0.008, 0.012, 0.02, 0.04, 0.3], n, replace=True) + np.arange(n) * 1e-4
        yield (
            {
                name: (float(h), float(q), float(rng.choice([-0.02, 0.0, 0.003])))
                for name, h, q in zip("abcdef"[:n], hours, p, strict=False)
            },
            0.005,
        )


def _sure(table, rule):
    order = sorted(table, key=lambda name: table[name][1])
    found = set()
    for place, name in enumerate(order):
        if table[name][1] > rule(len(order), place):
            break
        found.add(name)
    return found


def _best(table, names, margin):
    good = [name for name in names if table[name][0] > 0 and table[name][2] >= -margin]
    return max(good, key=lambda name: table[name][0]) if good else "none"


def by_adjusting(table, margin):
    from recsys_helpers.evaluation import holm

    adjusted = dict(zip(table, holm([values[1] for values in table.values()]), strict=True))
    return _best(table, [name for name in table if adjusted[name] <= 0.05], margin)


def smallest_p(table, margin):
    sure = _sure(table, lambda n, place: 0.05 / (n - place))
    good = [name for name in sure if table[name][0] > 0 and table[name][2] >= -margin]
    return min(good, key=lambda name: table[name][1]) if good else "none"


def without_stop(table, margin):
    order = sorted(table, key=lambda name: table[name][1])
    sure = [name for place, name in enumerate(order) if table[name][1] <= 0.05 / (len(order) - place)]
    return _best(table, sure, margin)


def among_gains(table, margin):
    gains = {name: one for name, one in table.items() if one[0] > 0 and one[2] >= -margin}
    return _best(gains, _sure(gains, lambda n, place: 0.05 / (n - place)), margin)


@exercise(
    inputs=some_tables,
    hints=[
        "Holm: sort by p. The smallest must be at most 0.05 / m, the next at most 0.05 / (m - 1), and so on; stop at "
        "the first that is not.",
        "Of those that pass keep the ones with hours above 0 and satisfaction >= -margin, and take the most hours.",
        "for place, name in enumerate(sorted(table, key=lambda n: table[n][1])): if table[name][1] > 0.05 / "
        "(len(table) - place): break",
    ],
    why="The best of many is partly the luckiest of many, and hours that cost satisfaction are paid for later.",
    mistakes={
        "Did you look at the hours alone? The best of many is partly the luckiest.": lambda t, m: _best(
            t, list(t), math.inf
        ),
        "Did each p have to be under 0.05 alone? With many tests one of them is small by chance.": lambda t, m: (
            _best(t, [name for name in t if t[name][1] <= 0.05], m)
        ),
        "Did you forget the satisfaction? It must not fall by more than the margin.": lambda t, m: _best(
            t, _sure(t, lambda n, place: 0.05 / (n - place)), math.inf
        ),
        "Is that the one with the smallest p? Of those that pass take the one with most hours.": smallest_p,
        "Did you correct among those that gain alone? All of the table were tested.": among_gains,
        "Did you go on behind the first that fails? Holm stops there: all with a larger p fail too.": without_stop,
    },
    conventions={
        "That is Bonferroni, 0.05 / m for every p. The task asks for Holm, which is as safe and finds more.": (
            lambda t, m: _best(t, _sure(t, lambda n, place: 0.05 / n), m)
        )
    },
    alternatives=[by_adjusting],
)
def which_to_ship(table, margin):
    """The name of the shelf to ship, or "none".

    `table` holds for each name (hours gained, p, satisfaction gained). It must pass Holm's test at 0.05 among all of
    the table, gain hours (above 0), and not lose more satisfaction than `margin`; of these the one with most hours. No
    two p and no two hours are equal.
    """
    passed = []
    for place, name in enumerate(sorted(table, key=lambda name: table[name][1])):
        if table[name][1] > 0.05 / (len(table) - place):
            break
        passed.append(name)
    good = [name for name in passed if table[name][0] > 0 and table[name][2] >= -margin]
    return max(good, key=lambda name: table[name][0]) if good else "none"


question(
    "which_interval",
    answer="b",
    why="Listeners of one world share its tracks and its luck. Whether a rule pays in another world shows in how much "
    "its gain differs from world to world, and for some, such as length, that is more than listeners explain.",
    wrong={
        "a": "It tells of other listeners of the same world. The tracks, and what they are, stay the same.",
        "c": "Both are right, for different questions: the narrow one for this Murmur, the wide one for another.",
    },
)

question(
    "who_pays_for_the_floor",
    answer="c",
    why="Places are a fixed sum: what small creators get, others lose, and listeners pay if the tracks please less. "
    "Whether that is worth it is a decision about what the platform is for, and no metric takes it.",
    wrong={
        "a": "The figures say what it costs. They cannot say whether the cost is worth it.",
        "b": "The log was made by shelves that hardly showed small creators, so it cannot say what they deserve.",
    },
)
