"""Exercises of lesson 05: on earlier lessons, first plays, and content.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_steady_rate",
    answer="a",
    why="Little evidence stays near everybody's rate, much evidence moves away from it. This lesson does the same with"
    " charts, portraits and tracks.",
    wrong={
        "b": "Three plays are few: their own rate alone would call a newcomer someone who always skips.",
        "c": "Halfway would be right after seven plays of their own: each play counts one, theirs and those mixed in.",
    },
)

question(
    "recall_one_ridge",
    answer="b",
    why="With Q fixed, each listener is a small problem with one minimum. The penalty picks one of the many p that fit"
    " three plays.",
    wrong={
        "a": "Three equations leave 29 of 32 numbers free: endlessly many p fit three plays without an error.",
        "c": "With Q fixed no other listener matters, so nothing else need be fitted.",
    },
)

question(
    "recall_soft_zero",
    answer="c",
    why="Unheard is mostly unknown. So the 0 counts 1, and a play counts many times that.",
    wrong={
        "a": "Then a model that says 1 everywhere would be perfect: somebody must speak for the unheard.",
        "b": "Nobody heard a track on the day before it came out, and nobody disliked it either.",
    },
)

# ---- making listeners new --------------------------------------------------------------------------------------------


def _log(pairs):
    users, tracks = zip(*pairs, strict=True)
    return pd.DataFrame({"user_id": users, "track_id": tracks})


def some_logs(rng):
    """Edge cases first: the first play alone, one play twice, fewer plays than asked for."""
    yield _log([("al", "t2"), ("bo", "t2"), ("al", "t1"), ("al", "t3")]), 1
    yield _log([("al", "t1"), ("al", "t1"), ("al", "t2"), ("bo", "t3"), ("al", "t4")]), 2
    yield _log([("bo", "t1"), ("al", "t2"), ("bo", "t3"), ("bo", "t4")]), 5
    for _ in range(9):
        few = [
            (str(u), f"t{t}") for u, t in zip(rng.choice(list("abc"), 7), rng.integers(1, 4, 7), strict=True)
        ]
        yield _log([("a", "t1"), ("a", "t1"), *few, ("a", "t9"), ("b", "t9")]), int(rng.integers(1, 4))


def _first_tracks(log, n):
    return log.drop_duplicates(["user_id", "track_id"]).groupby("user_id").head(n)


def first_by_loop(log, n):
    had, rows = {}, []
    for row in log.to_dict("records"):
        had[row["user_id"]] = had.get(row["user_id"], 0) + 1
        if had[row["user_id"]] <= n:
            rows.append(row)
    return rows


def first_by_listener(log, n):
    return pd.concat([log[log["user_id"] == one].head(n) for one in log["user_id"].unique()])


@exercise(
    inputs=some_logs,
    hints=[
        "Number each listener's plays from 0. groupby has a method that counts within a group.",
        'log.groupby("user_id").cumcount() gives the numbers; keep the rows where they are below n.',
    ],
    why="All that a model may know of a newcomer passes through this line. What slips by it is a leak.",
    mistakes={
        "Are these the first n rows of the whole log? Each listener has a first n of their own.": lambda log, n: (
            log.head(n)
        ),
        "Is that one play more than n? Counted from 0, the numbers of the first n end at n - 1.": lambda log, n: (
            log[log.groupby("user_id").cumcount() <= n]
        ),
        "Are these all but the first n? The first ones are asked for.": lambda log, n: log[
            log.groupby("user_id").cumcount() >= n
        ],
        "Did you sort by track before you counted? The log is in order of time, and the first in time count.": (
            lambda log, n: log.sort_values(["user_id", "track_id"]).groupby("user_id").head(n)
        ),
        "Are these the last plays of each listener? The newcomer has not lived through them yet.": lambda log, n: (
            log.groupby("user_id").tail(n)
        ),
        "Did you drop repeats? A track played twice is two plays.": _first_tracks,
        "Is that a column alone? Asked for are whole rows, with the listener and the track.": lambda log, n: (
            log.groupby("user_id")["track_id"].head(n)
        ),
        "Is that play number n alone, counted from 0? Asked for are all before it.": lambda log, n: log[
            log.groupby("user_id").cumcount() == n
        ],
    },
    ordered=False,
    alternatives=[first_by_loop, first_by_listener],
)
def first_plays(log, n):
    """The rows of each listener's first n plays, in any order; `log` has user_id, track_id, and is in order of time."""
    return log[log.groupby("user_id").cumcount() < n]


# ---- content -------------------------------------------------------------------------------------------------------


def some_portraits(rng):
    """Edge cases first: a single play; a track that is nothing; strengths that differ; one quite unlike; no play."""
    yield np.array([1.0, 0.0, 0.0]), np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])
    yield np.array([0.5, 0.0, 0.0]), np.array([[1.0, 1.0], [0.0, 0.0], [4.0, 0.0]])
    yield np.array([0.9, 0.1, 0.0]), np.array([[5.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    yield np.array([0.4, 0.0, 0.2]), np.array([[2.0, 1.0], [-1.0, 0.0], [1.0, -3.0]])
    yield np.array([0.0, 0.0]), np.array([[2.0, 1.0], [-1.0, 0.0]])  # an empty portrait
    for _ in range(9):
        n, d = int(rng.integers(3, 5)), 2
        strength = np.round(rng.uniform(0.1, 0.9, n), 1) * (np.arange(n) != 1)
        yield strength, np.round(rng.uniform(0.5, 4, (n, d)) * rng.choice([-1, 1, 1], (n, d)), 1)


def _unit_rows(features):
    length = np.linalg.norm(features, axis=-1, keepdims=True)
    return np.divide(features, length, out=np.zeros_like(features), where=length > 0)


def _alike(strength, features, weighed=True, short=True, end=True):
    unit = _unit_rows(features)
    portrait = (strength if weighed else (strength > 0).astype(float)) @ (unit if short else features)
    return unit @ _unit_rows(portrait[None])[0] if end else unit @ portrait


def _alike_by_columns(strength, features):
    scaled = _unit_rows(features.T).T
    return scaled @ _unit_rows((strength @ scaled)[None])[0]


def alike_by_loop(strength, features):
    units = []
    for row in features:
        length = sum(x * x for x in row) ** 0.5
        units.append([x / length if length else 0.0 for x in row])
    portrait = [sum(r * row[j] for r, row in zip(strength, units, strict=True)) for j in range(len(units[0]))]
    length = sum(x * x for x in portrait) ** 0.5 or 1.0
    return [sum(a * b for a, b in zip(row, portrait, strict=True)) / length for row in units]


@exercise(
    inputs=some_portraits,
    hints=[
        "Scale each row of `features` to length 1. Rows of zeros stay zeros: divide by 1 there.",
        "portrait = strength @ unit has shape (d,). Scale it to length 1 as well.",
        "The cosines of all tracks at once: unit @ portrait.",
    ],
    why="Nothing but the track itself is needed to place it. That is why content serves a track nobody has played.",
    mistakes={
        "Did every play count alike? Weigh each track by the strength of its play.": lambda strength, features: (
            _alike(strength, features, weighed=False)
        ),
        "Did the features go into the portrait unscaled? Long rows then speak louder: bring them to length 1.": lambda strength, features: (  # noqa: E501
            _alike(strength, features, short=False)
        ),
        "Is the portrait of length 1? A cosine is never above 1, and the same for one play of 0.2 or of 0.9.": lambda strength, features: (  # noqa: E501
            _alike(strength, features, end=False)
        ),
        "Is that a product of rows as they came? A cosine wants both at length 1.": lambda strength, features: (
            features @ (strength @ features)
        ),
        "Are the tracks themselves still unscaled at the end? A cosine wants them at length 1 there too.": lambda strength, features: (  # noqa: E501
            features @ _unit_rows((strength @ _unit_rows(features))[None])[0]
        ),
        "Did you scale the columns? Each track is a row, and the row is brought to length 1.": lambda strength, features: (  # noqa: E501
            _alike_by_columns(strength, features)
        ),
        "What becomes of a row of zeros? 0 over its length 0 is nan: such a row stays, so divide it by 1.": (
            lambda strength, features: np.where(features.any(axis=1), _alike(strength, features), np.nan)
        ),
        "Did you take out what was played? A list does that later; here every track has its cosine.": lambda strength, features: (  # noqa: E501
            _alike(strength, features) * (strength == 0)
        ),
        "What becomes of a portrait that is empty? 0 over its length 0 is nan: all scores are 0 then.": (
            lambda strength, features: _alike(strength, features) if strength.any() else strength * np.nan
        ),
        "Did you give the tracks that were not played alone? Asked is a cosine for each track.": (
            lambda strength, features: _alike(strength, features)[strength == 0]
        ),
    },
    alternatives=[alike_by_loop],
)
def content_scores(strength, features):
    """The cosine of each track with the listener's portrait, shape (n,): strength (n,), features (n, d).

    If nothing was played the portrait is empty, and all scores are 0.
    """
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    portrait = strength @ unit
    return unit @ (portrait / (np.linalg.norm(portrait) or 1.0))
