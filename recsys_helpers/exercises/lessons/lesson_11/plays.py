"""Exercises of lesson 11: how long a play lasts, which tags a listener plays, and what a shelf gains.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- how long --------------------------------------------------------------------------------------------------------


def some_plays(rng):
    """Edge cases first: all to the end, a skip, cut off early or after half, a skip after half; then some plays."""
    yield [10.0, 10.0], 10.0, [False, True]
    yield [2.0, 10.0], 10.0, [False, False]
    yield [2.0, 10.0], 10.0, [True, False]
    yield [6.0, 3.0, 10.0], 10.0, [True, False, False]
    yield [2.0, 7.0, 10.0], 10.0, [False, False, False]
    yield [1.0, 2.0, 3.0, 4.0, 10.0, 10.0], 10.0, [False, True, False, True, False, False]
    yield [10.0, 3.0, 1.0, 8.0], 10.0, [False, False, False, False]
    for _ in range(8):
        n = int(rng.integers(4, 9))
        minutes = np.append(rng.permutation(np.arange(1, 20))[: n - 1], 20.0).astype(float)
        last = rng.random(n) < 0.4
        yield minutes.tolist(), 20.0, last.tolist()


def _survival(minutes, length, last, until=0.5, drop_below=0.0, over_all=False):
    chance, plays = 1.0, sorted(zip(minutes, last, strict=True))
    plays = [(m, cut) for m, cut in plays if not (cut and m < length * drop_below)]
    n = len(plays)
    for place, (m, cut) in enumerate(plays):
        if m < length * until and not cut:
            chance *= 1 - 1 / (n if over_all else n - place)
    return chance


def without_itself(minutes, length, last):
    chance = 1.0
    for m, cut in zip(minutes, last, strict=True):
        others = sum(other > m for other in minutes)
        if m < length / 2 and not cut:
            chance *= 1 - 1 / others if others else 0.0
    return chance


def naive_share(minutes, length, last):
    return float(np.mean([m >= length / 2 for m in minutes]))


def by_array(minutes, length, last):
    order = np.argsort(minutes)
    m, cut = np.array(minutes)[order], np.array(last)[order]
    left = len(m) - np.arange(len(m))
    return np.prod(np.where((m < length / 2) & ~cut, 1 - 1 / left, 1.0))


def unsorted(minutes, length, last):
    chance = 1.0
    for place, (m, cut) in enumerate(zip(minutes, last, strict=True)):
        if m < length / 2 and not cut:
            chance *= 1 - 1 / (len(minutes) - place)
    return chance


def summed(minutes, length, last):
    skips = [m for m, cut in zip(minutes, last, strict=True) if m < length / 2 and not cut]
    return 1 - sum(1 / sum(other >= m for other in minutes) for m in skips)


@exercise(
    inputs=some_plays,
    hints=[
        "Sort the plays by minutes. At each skip before half ask: how many were still listening just before it?",
        "With r still listening, the share that goes on is 1 - 1/r. Multiply these; a play that was cut off only makes "
        "r smaller afterwards.",
        "for place, (m, cut) in enumerate(sorted(zip(minutes, last))): if m < length / 2 and not cut: "
        "chance *= 1 - 1 / (len(minutes) - place)",
    ],
    why="A play that was cut off tells that nobody skipped it until then. So it counts until then, and no longer.",
    mistakes={
        "Did you count a cut-off play as a skip? Nobody knows how far it would have gone.": naive_share,
        "Did you drop the plays that were cut off? They were still there for a while.": [
            lambda m, n, c: _survival(m, n, c, drop_below=0.5),
            lambda m, n, c: _survival(m, n, c, drop_below=1.0),
            lambda m, n, c: _survival(m, n, c, drop_below=2.0),
        ],
        "Did you count a cut-off play as one that reached half? Nobody knows how far it would have gone.": (
            lambda m, n, c: float(np.mean([one >= n / 2 or cut for one, cut in zip(m, c, strict=True)]))
        ),
        "Is the skip itself among the r? It was still going on just before.": without_itself,
        "Did you go on behind half? Whoever skips later has reached half.": lambda m, n, c: _survival(
            m, n, c, until=1.0
        ),
        "Did you divide by all plays? Only those still listening can skip.": lambda m, n, c: _survival(
            m, n, c, over_all=True
        ),
        "Is that the chance of a skip before half? The chance of reaching half is what is left of 1.": (
            lambda m, n, c: 1 - _survival(m, n, c)
        ),
        "Did you take the cut-off plays for the skips? `last` is true where nobody skipped: the session ended.": (
            lambda m, n, c: _survival(m, n, [not one for one in c])
        ),
        "Are the plays in the order of their minutes? r falls by one with each play that has ended before.": unsorted,
        "Did you sum the chances of a skip? Who skipped early cannot skip again: multiply what goes on.": summed,
    },
    alternatives=[by_array],
)
def reaches_half(minutes, length, last):
    """The Kaplan-Meier chance that a play reaches half of `length`: the product of 1 - 1/r over the skips before half.

    `minutes` heard, all different unless a play went to the end; `last` says which plays ended their session. One that
    did and is shorter than half was cut off; every other play shorter than half is a skip. r is how many plays
    lasted at least as long as the skip, itself included.
    """
    chance = 1.0
    for place, (heard, cut) in enumerate(sorted(zip(minutes, last, strict=True))):
        if heard < length / 2 and not cut:
            chance *= 1 - 1 / (len(minutes) - place)
    return chance


# ---- tags ------------------------------------------------------------------------------------------------------------


def some_tags(rng):
    """Edge cases first: no plays, one play of a rare tag, as everybody; then some listeners."""
    yield {}, {"rain": 0.5, "news": 0.5}, 3.0
    yield {"jazz": 1}, {"rain": 0.98, "jazz": 0.02}, 3.0
    yield {"rain": 5, "news": 5}, {"rain": 0.5, "news": 0.5}, 3.0
    yield {"jazz": 40, "rain": 10}, {"rain": 0.75, "jazz": 0.25}, 3.0
    for _ in range(8):
        names = list("abcde")[: int(rng.integers(2, 5))]
        shares = rng.dirichlet(np.ones(len(names))).round(2) + 0.01
        shares = shares / shares.sum()
        plays = {name: int(rng.integers(1, 30)) for name in names if rng.random() < 0.8}
        yield plays, dict(zip(names, shares.tolist(), strict=True)), float(rng.choice([2.0, 10.0]))


def _lift(plays, shares, above, below):
    total = sum(plays.values())
    found = {}
    for tag, share in shares.items():
        expected = total * share + below
        found[tag] = (plays.get(tag, 0) + above) / expected if expected else 1.0
    return found


def own_share(plays, shares, prior):
    total = sum(plays.values())
    return {tag: (plays.get(tag, 0) + prior * share) / (total + prior) for tag, share in shares.items()}


def towards_one_alike(plays, shares, prior):
    total = sum(plays.values())
    return {
        tag: (plays.get(tag, 0) + prior * share) / (total + prior) / share for tag, share in shares.items()
    }


def by_mixing(plays, shares, prior):
    total, found = sum(plays.values()), {}
    for tag, share in shares.items():
        trust = total * share / (total * share + prior)
        found[tag] = trust * (plays.get(tag, 0) / (total * share) if total else 0.0) + (1 - trust)
    return found


def prior_on_shares(plays, shares, prior):
    total = sum(plays.values()) or 1
    return {tag: (plays.get(tag, 0) / total + prior) / (share + prior) for tag, share in shares.items()}


def number_of_tags(plays, shares, prior):
    return {tag: (plays.get(tag, 0) + prior) / (len(plays) * share + prior) for tag, share in shares.items()}


@exercise(
    inputs=some_tags,
    hints=[
        "How often would this listener have played the tag, had they played as everybody does?",
        "expected = all plays of the listener x share. The lift is plays / expected; add `prior` above and below.",
        "{tag: (plays.get(tag, 0) + prior) / (total * share + prior) for tag, share in shares.items()}",
    ],
    why="A tag of which little was expected stays near 1 until there is evidence. Without that, one play of a rare tag "
    "heads the list.",
    mistakes={
        "Is that without shrinkage? One play of a rare tag then looks like a passion.": lambda p, s, n: _lift(
            p, s, 0.0, 0.0
        ),
        "Did you add the prior above and not below? Without plays the lift should be 1.": lambda p, s, n: (
            _lift(p, s, n, 0.0)
        ),
        "Did you add the prior below and not above? Without plays the lift should be 1.": lambda p, s, n: (
            _lift(p, s, 0.0, n)
        ),
        "Is that a share? The lift divides the plays by how many were expected.": own_share,
        "Did you shrink all tags alike? The less was expected of a tag, the more it needs.": towards_one_alike,
        "Did you add the prior to a share? It is a number of plays, and so is what is expected: all plays x share.": [
            prior_on_shares,
            lambda p, s, n: {tag: (p.get(tag, 0) + n) / (share + n) for tag, share in s.items()},
        ],
        "Did you count the tags, not the plays? Expected are ALL plays of the listener x the share.": number_of_tags,
        "Is the fraction turned around? The lift grows with the plays.": (
            lambda p, s, n: {tag: 1 / one for tag, one in _lift(p, s, n, n).items()}
        ),
        "Did you subtract? The lift divides the plays by what was expected.": (
            lambda p, s, n: {tag: p.get(tag, 0) - sum(p.values()) * share for tag, share in s.items()}
        ),
        "Are tags missing that the listener never played? Each tag in `shares` has a lift.": (
            lambda p, s, n: {tag: one for tag, one in _lift(p, s, n, n).items() if tag in p}
        ),
    },
    conventions={
        "That is the logarithm of the lift, as some give it. The task asks for the lift itself.": (
            lambda p, s, n: {tag: float(np.log(one)) for tag, one in _lift(p, s, n, n).items()}
        ),
    },
    alternatives=[by_mixing],
)
def tag_lift(plays, shares, prior):
    """For each tag in `shares`: (plays of the tag + prior) / (expected + prior), expected = all plays x its share.

    `plays` counts the listener's plays by tag (one that is missing: 0), `shares` holds everybody's shares, above 0,
    which sum to 1. `prior` is above 0.
    """
    total = sum(plays.values())
    return {tag: (plays.get(tag, 0) + prior) / (total * share + prior) for tag, share in shares.items()}


question(
    "why_no_shelf_wins",
    answer="b",
    why="A shelf is not judged by how well it predicts, but by what changes in its ten places. Seven of them stay, and "
    "EASE's list holds what a listener plays in their usual context already.",
    wrong={
        "a": "The oracle who knows the contexts gains, so in this world there is something to win.",
        "c": "The probabilities are well calibrated, and better ones would not reorder the ten by themselves.",
    },
)

question(
    "what_source_says",
    answer="c",
    why="Who searched for a track wants it, and who was handed it by autoplay did not ask. The feature tells how the "
    "play came about, which a shelf decides by showing the track.",
    wrong={
        "a": "It is known when the play begins, so it is no leak from the future.",
        "b": "It adds more than any other feature, with an interval far from 0.",
    },
)
