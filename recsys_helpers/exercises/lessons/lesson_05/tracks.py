"""Exercises of lesson 05: the handover of a track, and two questions.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- cold tracks -----------------------------------------------------------------------------------------------------


def some_tracks(rng):
    """Edge cases first: no listener, as many as the prior, very many."""
    own, predicted = np.array([4.0, 0.0]), np.array([0.0, 2.0])
    yield own, predicted, 0, 5.0
    yield own, predicted, 5, 5.0
    yield own, predicted, 995, 5.0
    for _ in range(9):
        yield (
            np.round(rng.normal(size=2), 1) + 2,
            np.round(rng.normal(size=2), 1),
            int(rng.integers(4, 30)),
            3.0,
        )


def _blend(own, predicted, trust):
    return trust * own + (1 - trust) * predicted


def blend_by_sum(own, predicted, listeners, prior):
    return [(listeners * a + prior * b) / (listeners + prior) for a, b in zip(own, predicted, strict=True)]


@exercise(
    inputs=some_tracks,
    hints=[
        "Pretend that `prior` listeners stand behind the predicted vector and `listeners` behind the track's own.",
        "(listeners * own + prior * predicted) / (listeners + prior)",
    ],
    why="The handover of a track is that of a listener again: trust grows with evidence, and nothing jumps.",
    mistakes={
        "Did you mix the two the wrong way around? With many listeners the track's own vector should lead.": lambda own, predicted, listeners, prior: (  # noqa: E501
            _blend(own, predicted, prior / (listeners + prior))
        ),
        "Is that a switch? At `prior` listeners the two should weigh the same, and move smoothly on both sides.": lambda own, predicted, listeners, prior: (  # noqa: E501
            _blend(own, predicted, float(listeners >= prior))
        ),
        "Is that halfway, whatever was seen? A track with a thousand listeners needs no guess.": lambda own, predicted, listeners, prior: (  # noqa: E501
            _blend(own, predicted, 0.5)
        ),
        "Is it still to be divided? A mean divides by all that counted: listeners + prior.": lambda own, predicted, listeners, prior: (  # noqa: E501
            listeners * own + prior * predicted
        ),
        "Does own count whole? Its share is listeners / (listeners + prior), so that the two shares make 1.": lambda own, predicted, listeners, prior: (  # noqa: E501
            own + prior / (listeners + prior) * predicted
        ),
    },
    alternatives=[blend_by_sum],
)
def trusted_vector(own, predicted, listeners, prior):
    """The mean of the two vectors, `listeners` counting for own and `prior` for predicted. Shape (k,)."""
    trust = listeners / (listeners + prior)
    return trust * own + (1 - trust) * predicted


# ---- questions -------------------------------------------------------------------------------------------------------

question(
    "cold_on_both_sides",
    answer="c",
    why="Nothing is known but the track's features and what everybody likes, so the mean listener's content is all"
    " there is. One play changes that.",
    wrong={
        "a": "To fold in one needs a play, and an unheard track has no factors of its own.",
        "b": "A track that nobody has played is last in every chart.",
        "d": "The weights of a mix help only where its parts have something to say.",
    },
)

question(
    "may_we_ask_age",
    answer="c",
    why="The intervals and the shuffled labels tell what a column gains, and one play gains several times that. Whether"
    " to ask is a judgement that no table makes: it weighs this gain against what asking takes from people.",
    wrong={
        "a": "The interval of region holds 0, and shuffled labels do as well.",
        "b": "About as many are worse off when the labels are dealt out by chance, so this share says nothing of age.",
        "d": "It was not tried. More columns make smaller groups, and their charts would be less certain.",
    },
)
