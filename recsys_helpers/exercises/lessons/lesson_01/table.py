"""Exercises of lesson 01: how full a table is, what silence means, and a count corrected for its place.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise, question

# ---- the matrix, and what is missing in it --------------------------------------------------------------------------


def _pairs(rng):
    yield [("al", "t1"), ("al", "t1"), ("bo", "t2")], 6, 5
    yield [], 3, 3
    yield [("al", "t1")], 1, 2
    for _ in range(6):
        rows = [(f"u{a}", f"t{b}") for a, b in rng.integers(0, 4, (int(rng.integers(5, 14)), 2))]
        yield rows, 5, 8


def _density_by_table(rows, n_users, n_tracks):
    return len(pd.DataFrame(rows, columns=["u", "t"]).drop_duplicates()) / (n_users * n_tracks)


def _density_of_the_seen(rows, n_users, n_tracks):
    cells = len({user for user, _ in rows}) * len({track for _, track in rows})
    return len(set(rows)) / cells if cells else 0.0


@exercise(
    inputs=_pairs,
    hints=[
        "How many cells has the table, and how many of them hold anything?",
        "A pair that stands in ten rows fills one cell: len(set(rows)).",
    ],
    why="Every model of this course lives on the filled cells and is asked about the others.",
    mistakes={
        "Did each play count? Ten plays of one track fill one cell.": lambda rows, n_users, n_tracks: (
            len(rows) / (n_users * n_tracks)
        ),
        "Is that the share of empty cells? Density is the share of filled ones.": lambda rows, n_users, n_tracks: (
            1 - len(set(rows)) / (n_users * n_tracks)
        ),
        "Did you leave out who and what never shows up? They have cells too, all empty.": _density_of_the_seen,
        "Is that filled cells a listener, or a track? Divide by all cells, n_users * n_tracks.": [
            lambda rows, n_users, n_tracks: len(set(rows)) / n_users,
            lambda rows, n_users, n_tracks: len(set(rows)) / n_tracks,
        ],
        "Is a bracket missing? `a / b * c` divides by b alone, and multiplies by c.": lambda rows, n_users, n_tracks: (
            len(set(rows)) / n_users * n_tracks
        ),
    },
    conventions={
        "Some give it in percent; here it is a share.": lambda rows, n_users, n_tracks: (
            100 * len(set(rows)) / (n_users * n_tracks)
        ),
    },
    alternatives=[_density_by_table],
)
def density(rows, n_users, n_tracks):
    """The share of filled cells in a table of n_users rows and n_tracks columns.

    `rows` is a list of (user, track), one for each play.
    """
    return len(set(rows)) / (n_users * n_tracks)


def _shown(rng):
    looked = {1: 1.0, 2: 0.5, 3: 0.25}
    yield [(1, 1), (1, 0)], looked
    yield [(3, 0), (3, 1), (3, 0), (3, 0)], looked
    yield [(2, 0), (3, 0)], looked
    yield [(1, 1), (3, 0), (3, 1)], looked
    yield [(1, 0), (3, 1), (2, 0), (2, 1)], {1: 0.8, 2: 0.4, 3: 0.2}
    for _ in range(8):
        n = int(rng.integers(4, 9))
        places = rng.integers(1, 5, n)
        chances = {1: 1.0, 2: 0.7, 3: 0.4, 4: 0.2}
        taken = rng.random(n) < 0.5
        taken[int(rng.integers(n))] = True
        yield [(int(place), int(one)) for place, one in zip(places, taken, strict=True)], chances


def _looks_by_array(shown, looked):
    place, taken = np.array(shown).T
    return taken.sum() / np.array([looked[int(one)] for one in place]).sum()


@exercise(
    inputs=_shown,
    hints=[
        "A showing at a place that is looked at one time in four is a quarter of a look.",
        "Add up `looked[place]` over all showings: those are the looks. Then divide the plays by them.",
    ],
    why="A count says how good a track is and where it stood. Divided by looks, it says more of the first.",
    mistakes={
        "Are these plays per showing? A showing that nobody looked at could not become a play.": lambda shown, looked: (
            sum(taken for _, taken in shown) / len(shown)
        ),
        "Did you count the looks of the showings alone that were taken? People looked at the others too.": (
            lambda shown, looked: (
                sum(taken for _, taken in shown) / sum(looked[place] for place, taken in shown if taken)
                if any(taken for _, taken in shown)
                else 0.0
            )
        ),
        "Did you count each place once? Every showing is a chance to look.": lambda shown, looked: (
            sum(taken for _, taken in shown) / sum(looked[place] for place in {place for place, _ in shown})
        ),
        "Did you multiply the plays by the chance? A play at a place that few look at counts for more, not less.": (
            lambda shown, looked: sum(taken * looked[place] for place, taken in shown) / len(shown)
        ),
        "Is the fraction upside down? The plays stand above the line.": lambda shown, looked: (
            sum(looked[place] for place, _ in shown) / sum(taken for _, taken in shown)
            if any(taken for _, taken in shown)
            else 0.0
        ),
        "Are these the looks? Divide the plays by them.": lambda shown, looked: sum(
            looked[place] for place, _ in shown
        ),
        "Are these all plays, each over its chance? They still have to be divided by something.": (
            lambda shown, looked: sum(taken / looked[place] for place, taken in shown)
        ),
    },
    conventions={
        "Some weigh each play by one over its chance and divide by the showings, as lesson 07 does; here it is plays "
        "over looks.": lambda shown, looked: (
            sum(taken / looked[place] for place, taken in shown) / len(shown)
        ),
    },
    alternatives=[_looks_by_array],
)
def plays_per_look(shown, looked):
    """The plays of a track over the number of times that somebody is expected to have looked.

    `shown` has a pair (place, taken) for each showing, taken being 1 or 0. `looked` gives for each place the chance
    that it is looked at.
    """
    return sum(taken for _, taken in shown) / sum(looked[place] for place, _ in shown)


question(
    "what_silence_means",
    answer="c",
    why="The log holds what was found and taken. Nothing in it says what was shown, so silence has many causes.",
    wrong={
        "a": "Half of the tracks that listeners would like best stand in that silence, as the truth shows.",
        "b": "Chance would hit all tracks alike. The shelf, the place in a list and taste decide instead.",
        "d": "A repeat count says how much a heard track is liked, and nothing about one that was not heard.",
    },
)
