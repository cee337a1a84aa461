"""Exercises of lesson 08: on earlier lessons, and the setting to choose.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.exercises.registry import exercise, question

# ---- three questions on earlier lessons ------------------------------------------------------------------------------

question(
    "recall_random_cut",
    answer="a",
    why="The gaps of a known past are easier to fill than next week. Last.fm has no dates, so mind it here as well.",
    wrong={
        "b": "The figure is a mean over listeners: more of them make it steadier, not higher.",
        "c": "Chance moves a figure within its interval, and these doubled.",
    },
)

question(
    "recall_overlap",
    answer="b",
    why="The same listeners are easy or hard for both models, and in the differences that cancels.",
    wrong={
        "a": "Two models overlapped in lesson 07, and the interval of their gap was clear of 0.",
        "c": "More listeners make all intervals narrower. What decides is the interval of the difference.",
    },
)

question(
    "recall_no_plays",
    answer="a",
    why="Their biases and factors met no data. Something else has to speak for them, such as their tags.",
    wrong={
        "b": "No play has moved either bias away from 0: better is just what the model cannot know.",
        "c": "Their factors met no data: they are 0, or whatever the fit began with.",
    },
)

# ---- choosing a setting ----------------------------------------------------------------------------------------------


def _curves(rng):
    yield {5: 0.2}, 0.01
    yield {5: 0.3, 10: 0.3, 20: 0.3}, 0.0
    yield {20: 0.245, 5: 0.2, 10: 0.242}, 0.005
    yield {5: 0.2, 10: 0.208, 20: 0.216, 40: 0.224}, 0.01
    yield (
        {5: 0.245, 10: 0.242, 20: 0.246},
        0.005,
    )  # of those that come close, the smallest has not the lowest score
    yield {1: 0.1, 2: 0.3, 3: 0.1}, 0.01
    yield {40: 0.5, 20: 0.375, 10: 0.25, 5: 0.125}, 0.25  # on the border, and in binary without an error
    for _ in range(8):
        settings = rng.permutation([5, 10, 20, 40, 80])
        rise = np.sort(rng.uniform(0.1, 0.3, 5))[np.argsort(np.argsort(settings))]
        yield (
            {int(k): round(float(v), 3) for k, v in zip(settings, rise, strict=True)},
            0.0505,
        )  # no tie at the border


def _first_flat_step(scores, close):
    ordered = sorted(scores)
    for one, other in zip(ordered, ordered[1:], strict=False):
        if scores[other] - scores[one] <= close:
            return one
    return ordered[-1]


def _first_in_the_dict(scores, close):
    return next(k for k in scores if scores[k] >= max(scores.values()) - close)


def _below_the_border(scores, close):
    best = max(scores.values())
    return min(k for k in scores if best - scores[k] < close or scores[k] == best)


def _by_series(scores, close):
    scores = pd.Series(scores)
    return int(scores.index[scores >= scores.max() - close].min())


@exercise(
    inputs=_curves,
    hints=[
        "What is the best score? Which settings come within `close` of it?",
        "best = max(scores.values()); then min() over the settings k with scores[k] >= best - close.",
    ],
    why="A difference of 0.001 on one validation split is noise, and twice the factors is twice the work, every day.",
    mistakes={
        "Did you take the best alone? A cheaper one that comes close to it is to be preferred.": lambda scores, close: (
            max(sorted(scores), key=scores.get)
        ),
        "Did you take the cheapest of all? It has to come close to the best first.": lambda scores, close: (
            min(scores)
        ),
        "Did you stop at the first step that gains little? Small steps add up: compare with the best.": (
            _first_flat_step
        ),
        "Did you take the most costly that comes close? A larger number costs more here.": lambda scores, close: (
            max(k for k in scores if scores[k] >= max(scores.values()) - close)
        ),
        "Did you take the lowest score of those that come close? The smallest setting is asked for.": (
            lambda scores, close: min(
                (k for k in scores if scores[k] >= max(scores.values()) - close), key=scores.get
            )
        ),
        "Is that the score? Asked is the setting.": lambda scores, close: scores[
            min(k for k in scores if scores[k] >= max(scores.values()) - close)
        ],
        "Did you take the first of the dict that comes close? The smallest may stand anywhere in it.": (
            _first_in_the_dict
        ),
        "Did you leave out what is exactly `close` below the best? At most takes it in.": _below_the_border,
    },
    conventions={
        "Some let `close` be a share of the best score; here it is a difference in the score itself.": (
            lambda scores, close: min(k for k in scores if scores[k] >= max(scores.values()) * (1 - close))
        ),
    },
    alternatives=[_by_series],
)
def choose_setting(scores, close):
    """The smallest setting whose score is at most `close` below the best.

    `scores` is a dict: setting (a number, the larger the more costly) -> score on the validation part.
    """
    best = max(scores.values())
    return min(k for k in scores if scores[k] >= best - close)
