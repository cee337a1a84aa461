"""Exercises of lesson 05: the handover of a track, Thompson sampling, and two questions.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- cold tracks -----------------------------------------------------------------------------------------------------


def some_tracks(rng):
    """Edge cases first: no listener, as many as the prior, very many."""
    own, foretold = np.array([4.0, 0.0]), np.array([0.0, 2.0])
    yield own, foretold, 0, 5.0
    yield own, foretold, 5, 5.0
    yield own, foretold, 995, 5.0
    for _ in range(9):
        yield (
            np.round(rng.normal(size=2), 1) + 2,
            np.round(rng.normal(size=2), 1),
            int(rng.integers(4, 30)),
            3.0,
        )


def _blend(own, foretold, trust):
    return trust * own + (1 - trust) * foretold


def blend_by_sum(own, foretold, listeners, prior):
    return [(listeners * a + prior * b) / (listeners + prior) for a, b in zip(own, foretold, strict=True)]


@exercise(
    inputs=some_tracks,
    hints=[
        "Pretend that `prior` listeners stand behind the foretold vector and `listeners` behind the track's own.",
        "(listeners * own + prior * foretold) / (listeners + prior)",
    ],
    why="The handover of a track is that of a listener again: trust grows with evidence, and nothing jumps.",
    mistakes={
        "Did you mix the two the wrong way around? With many listeners the track's own vector should lead.": lambda own, foretold, listeners, prior: (  # noqa: E501
            _blend(own, foretold, prior / (listeners + prior))
        ),
        "Is that a switch? At `prior` listeners the two should weigh the same, and move smoothly on both sides.": lambda own, foretold, listeners, prior: (  # noqa: E501
            _blend(own, foretold, float(listeners >= prior))
        ),
        "Is that halfway, whatever was seen? A track with a thousand listeners needs no guess.": lambda own, foretold, listeners, prior: (  # noqa: E501
            _blend(own, foretold, 0.5)
        ),
        "Is it still to be divided? A mean divides by all that counted: listeners + prior.": lambda own, foretold, listeners, prior: (  # noqa: E501
            listeners * own + prior * foretold
        ),
        "Does own count whole? Its share is listeners / (listeners + prior), so that the two shares make 1.": lambda own, foretold, listeners, prior: (  # noqa: E501
            own + prior / (listeners + prior) * foretold
        ),
    },
    alternatives=[blend_by_sum],
)
def trusted_vector(own, foretold, listeners, prior):
    """The mean of the two vectors, `listeners` counting for own and `prior` for foretold. Shape (f,)."""
    trust = listeners / (listeners + prior)
    return trust * own + (1 - trust) * foretold


def some_counts(rng):
    """Edge cases first: nothing shown yet, one track without luck, one far ahead."""
    yield np.array([0, 0, 0]), np.array([0, 0, 0]), 0
    yield np.array([0, 3]), np.array([40, 4]), 1
    yield np.array([2, 30, 1]), np.array([10, 60, 1]), 2
    yield np.array([5, 0, 6]), np.array([5, 0, 6]), 21  # the wrong ways choose other tracks
    for _ in range(12):
        shown = rng.integers(0, 12, 4)
        yield np.minimum(rng.integers(0, 12, 4), shown), shown, int(rng.integers(0, 1000))


def _drawn(hits, shown, seed, a=1, b=1):
    return np.random.default_rng(seed).beta(a + hits, b + shown - hits)


def drawn_by_loop(hits, shown, seed):
    rng = np.random.default_rng(seed)
    draws = [rng.beta(1 + h, 1 + n - h) for h, n in zip(hits, shown, strict=True)]
    return draws.index(max(draws))


@exercise(
    inputs=some_counts,
    hints=[
        "A track taken `hits` times of `shown` has a rate drawn from beta(1 + hits, 1 + shown - hits).",
        "np.random.default_rng(seed).beta(1 + hits, 1 + shown - hits) draws for all tracks; np.argmax takes the best.",
    ],
    why="A track that was seldom shown draws widely and gets its chance. Shown often, it draws what it earned.",
    mistakes={
        "Is that the best mean? It never gives a second chance to a track that began with bad luck.": lambda hits, shown, seed: (  # noqa: E501
            int(np.argmax((1 + hits) / (2 + shown)))
        ),
        "Is the second number the times shown? It should be the times shown and not taken.": lambda hits, shown, seed: (
            int(np.argmax(np.random.default_rng(seed).beta(1 + hits, 1 + shown)))
        ),
        "Did you draw with np.random and its seed? The task asks for np.random.default_rng(seed).": lambda hits, shown, seed: (  # noqa: E501
            int(np.argmax(np.random.RandomState(seed).beta(1 + hits, 1 + shown - hits)))
        ),
        "Did you choose any track at random? What was seen so far should count.": lambda hits, shown, seed: (
            int(np.random.default_rng(seed).integers(len(hits)))
        ),
        "Did the generator begin anew for each track? Their luck is then the same: make it once, before all draws.": lambda hits, shown, seed: (  # noqa: E501
            int(np.argmax([_drawn(h, n, seed) for h, n in zip(hits, shown, strict=True)]))
        ),
        "Is that the smallest draw? The largest wins.": lambda hits, shown, seed: int(
            np.argmin(_drawn(hits, shown, seed))
        ),
        "Did hits and misses change places? The first number is 1 + hits.": lambda hits, shown, seed: int(
            np.argmax(_drawn(shown - hits, shown, seed))
        ),
        "Are these the rates drawn? Asked for is the position of the largest.": _drawn,
        "Is that the rate drawn? Asked for is its position.": lambda hits, shown, seed: float(
            _drawn(hits, shown, seed).max()
        ),
    },
    alternatives=[drawn_by_loop],
)
def thompson_pick(hits, shown, seed):
    """The position of the largest of one draw a track from beta(1 + hits, 1 + shown - hits).

    All draws in one call, in order, from np.random.default_rng(seed).
    """
    draws = np.random.default_rng(seed).beta(1 + hits, 1 + shown - hits)
    return int(np.argmax(draws))


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
    why="One play says more than all that was told at sign-up, and it is theirs to give. What is not needed is not"
    " collected.",
    wrong={
        "a": "The gain is real for age and device, but it is a first guess that a single play overtakes.",
        "b": "To leave it out by name does not help if the device tells it; and silence about it is no reason.",
        "d": "More columns make smaller groups: worse charts, and people who can be picked out.",
    },
)
