"""The exercises of lesson 22 on a graph of facts: paths, and embeddings by translation.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "what_one_edge_carries",
    answer="b",
    why="Shuffled within the genre, the creators still tell the genre and no longer the rest. What is "
    "lost in that twin is "
    "what the creator says beyond it.",
    wrong={
        "a": "Shuffled among all tracks, the column loses the genre too, so that twin cannot tell the "
        "two apart.",
        "c": "Creators mostly stay within one genre, so much of what the column knows is the genre.",
    },
)

# ---- paths -----------------------------------------------------------------------------------------------------------


def _small_graphs(rng):
    """Edge cases first: two shared things, the track itself heard, a thing shared by two heard tracks, none shared."""
    facts = {
        "Aria": ["Kalo", "folk"],
        "Blues": ["Kalo", "folk"],
        "Coda": ["Mira", "folk"],
        "Dusk": ["Mira", "jazz"],
    }
    yield ["Aria"], facts, "Blues"
    yield ["Aria", "Coda"], facts, "Blues"
    yield ["Aria", "Blues"], facts, "Blues"
    yield ["Aria"], facts, "Dusk"
    yield [], facts, "Aria"
    yield ["Coda", "Dusk"], facts, "Dusk"
    names, things = ["Aria", "Blues", "Coda", "Dusk", "Echo"], ["folk", "jazz", "Kalo", "Mira", "raw", "calm"]
    for _ in range(9):
        made = {
            name: [str(one) for one in rng.choice(things, int(rng.integers(1, 4)), replace=False)]
            for name in names
        }
        heard = [str(one) for one in rng.choice(names, int(rng.integers(1, 5)), replace=False)]
        yield heard, made, str(rng.choice(names))


def itself_too(heard, facts, track):
    return sum(len(set(facts[one]) & set(facts[track])) for one in heard)


def things_once(heard, facts, track):
    return len(set().union(*(facts[one] for one in heard if one != track)) & set(facts[track]))


def tracks_once(heard, facts, track):
    return sum(bool(set(facts[one]) & set(facts[track])) for one in heard if one != track)


def as_share(heard, facts, track):
    return sum(
        len(set(facts[one]) & set(facts[track])) / len(set(facts[one]) | set(facts[track]))
        for one in heard
        if one != track
    )


def all_tracks(heard, facts, track):
    return sum(len(set(facts[one]) & set(facts[track])) for one in facts if one != track)


def by_counter(heard, facts, track):
    seen = Counter(thing for one in heard if one != track for thing in facts[one])
    return sum(seen[thing] for thing in facts[track])


@exercise(
    inputs=_small_graphs,
    hints=[
        "Go through what was heard. How many things does each share with the track?",
        "sum(len(set(facts[one]) & set(facts[track])) for one in heard), but what if `one` is the "
        "track itself?",
    ],
    why="Counted from all that was heard, paths are features of a listener and a track, and each "
    "path can be read out "
    "as a reason. A track's path to itself would be a leak: it says that it was heard.",
    mistakes={
        "Does the track lead to itself? Then a path says no more than that it was heard: leave it "
        "out.": itself_too,
        "Was each thing counted once? Two heard tracks that share it make two paths.": things_once,
        "Was each heard track counted once? It makes a path for every thing that it shares.": tracks_once,
        "Is that a share of all things? The task asks for the number of paths.": as_share,
        "Did tracks that the listener never heard count?": all_tracks,
    },
    alternatives=[by_counter],
)
def count_paths(heard, facts, track):
    """The number of paths from what a listener heard to `track`.

    `heard` is a list of different names of tracks, and `facts` a dictionary from the name of a track to a list of
    different things, such as its creator and its genre. A path leads from a heard track over one thing that both have
    to `track`. A track makes no path to itself.
    """
    return sum(len(set(facts[one]) & set(facts[track])) for one in heard if one != track)


# ---- translation -----------------------------------------------------------------------------------------------------


def _facts(rng):
    """Edge cases first: a fact that is met, one that is not, a wrong tail that is nearer, losses of 0."""
    yield [0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [0.0, 1.0], 1.0
    yield [0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 0.5], 1.0
    yield [1.0, 1.0], [0.0, -1.0], [1.0, 0.0], [1.0, 0.2], 0.5
    yield [0.2, 0.4], [0.4, 0.0], [0.0, 0.0], [0.6, 0.4], 2.0
    yield [0.0, 0.5], [0.5, 0.5], [0.5, 0.4], [-1.0, 1.0], 1.0
    for _ in range(9):
        head, relation, tail, wrong = rng.uniform(-1, 1, (4, 2)).round(1).tolist()
        yield head, relation, tail, wrong, float(rng.choice([0.5, 1.0, 2.0]))


def _distances(head, relation, tail, wrong):
    at = np.asarray(head, dtype=float) + relation
    return ((at - tail) ** 2).sum(), ((at - wrong) ** 2).sum()


def below_zero(head, relation, tail, wrong, margin):
    near, far = _distances(head, relation, tail, wrong)
    return margin + near - far


def turned_round(head, relation, tail, wrong, margin):
    near, far = _distances(head, relation, tail, wrong)
    return max(0.0, margin + far - near)


def not_squared(head, relation, tail, wrong, margin):
    near, far = _distances(head, relation, tail, wrong)
    return max(0.0, margin + near**0.5 - far**0.5)


def no_margin(head, relation, tail, wrong, margin):
    near, far = _distances(head, relation, tail, wrong)
    return max(0.0, near - far)


def no_relation(head, relation, tail, wrong, margin):
    near, far = _distances(head, [0.0] * len(head), tail, wrong)
    return max(0.0, margin + near - far)


def backwards(head, relation, tail, wrong, margin):
    near, far = _distances(head, [-one for one in relation], tail, wrong)
    return max(0.0, margin + near - far)


def only_the_fact(head, relation, tail, wrong, margin):
    return _distances(head, relation, tail, wrong)[0]


def by_sums(head, relation, tail, wrong, margin):
    total = margin
    for h, r, t, w in zip(head, relation, tail, wrong, strict=True):
        total += (h + r - t) ** 2 - (h + r - w) ** 2
    return total if total > 0 else 0


@exercise(
    inputs=_facts,
    hints=[
        "Where does the head land when the relation is added to it? How far is that from the tail, "
        "and from the wrong tail?",
        "max(0, margin + near - far), with near and far as sums of squares.",
    ],
    why="Where the wrong tail is further away than the true one by the margin, the loss is 0 and "
    "nothing moves. So the "
    "model spends its steps on facts that it would still get wrong.",
    mistakes={
        "Is it below 0 somewhere? A fact that is met by more than the margin costs nothing.": below_zero,
        "Do near and far stand the wrong way round? The loss falls as the true tail comes "
        "nearer.": turned_round,
        "Are these distances? The task asks for squared ones.": not_squared,
        "Is the margin missing?": no_margin,
        "Is the relation missing? The head is moved by it before it is compared.": no_relation,
        "Was the relation taken off? It is added to the head.": backwards,
        "Is the wrong tail missing? Without it all vectors could shrink to one point at no "
        "cost.": only_the_fact,
    },
    alternatives=[by_sums],
)
def translation_loss(head, relation, tail, wrong, margin):
    """The loss of one fact: max(0, margin + |head + relation - tail|^2 - |head + relation - wrong|^2).

    head, relation, tail and wrong are lists of numbers of one length; |x|^2 is the sum of the squares of x.
    """
    at = np.asarray(head, dtype=float) + np.asarray(relation, dtype=float)
    near = ((at - np.asarray(tail)) ** 2).sum()
    far = ((at - np.asarray(wrong)) ** 2).sum()
    return max(0.0, margin + near - far)
