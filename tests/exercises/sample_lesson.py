"""A lesson's exercises as an author writes them, one of each kind: what the engine is tested with."""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question, value


def some_lists(rng):
    """Edge cases first, then lists of all sizes."""
    yield [], {1}, 3
    yield [1, 2], set(), 2
    yield [4, 5], {4}, 10
    yield [4, 5, 6], {6, 7}, 3
    yield [4, 5, 6], {4, 6, 7, 8}, 2
    yield [4, 5, 6], {6}, 2
    for _ in range(12):
        items = [int(item) for item in rng.permutation(12)]
        yield (
            items[:8],
            {int(item) for item in rng.choice(12, size=rng.integers(1, 6), replace=False)},
            int(rng.integers(1, 9)),
        )


def by_position(recommended, relevant, k):
    """The same by positions of an array instead of a set."""
    if len(relevant) == 0:
        return 0
    return np.isin(np.array(recommended[:k], dtype=float), list(relevant)).sum() / len(relevant)


def divides_by_k(recommended, relevant, k):
    return len(set(recommended[:k]) & relevant) / k


def ignores_k(recommended, relevant, k):
    return len(set(recommended) & relevant) / len(relevant) if relevant else 0.0


def at_most_k(recommended, relevant, k):
    return len(set(recommended[:k]) & relevant) / min(k, len(relevant)) if relevant else 0.0


def one_without_likes(recommended, relevant, k):
    return len(set(recommended[:k]) & relevant) / len(relevant) if relevant else 1.0


@exercise(
    inputs=some_lists,
    hints=[
        "Which of the first k are relevant?",
        "Count them, and divide by the number of all that are relevant.",
    ],
    why="Recall says how much of what a listener likes made it into the list.",
    mistakes={
        "Did you divide by k? That is precision: recall divides by the number of relevant items.": divides_by_k,
        "Did you look at the whole list? Only its first k count.": ignores_k,
    },
    conventions={
        "Some divide by min(k, number of relevant items), so that a short list can reach 1.": at_most_k,
        "Some give a listener without a relevant item 1; here it is 0.": one_without_likes,
    },
    alternatives=[by_position],
)
def recall_at_k(recommended, relevant, k):
    """The share of the relevant items that are among the first k; 0 if there are none."""
    if not relevant:
        return 0.0
    return len(set(recommended[:k]) & relevant) / len(relevant)


def all_but_sorted(plays):
    return [track for track in plays if plays[track] == max(plays.values())]


@exercise(
    inputs=[({},), ({"a": 1},), ({"b": 2, "a": 2, "c": 1},), ({"d": 1, "c": 5, "b": 5, "a": 0},)],
    hints=["What is the largest number of plays?", "Which tracks have it?"],
    why="A chart has ties, and a reader asks who else is on top.",
    mistakes={
        "Did you keep one of the most played? There may be several.": lambda plays: (
            [max(plays, key=plays.get)] * bool(plays)
        ),
        "Did you sort by plays and keep them all? Only those with the most count.": lambda plays: list(plays),
    },
    alternatives=[all_but_sorted],
    ordered=False,
)
def most_played(plays):
    """The tracks with the most plays, in any order."""
    return {track for track, times in plays.items() if times == max(plays.values())}


@exercise(
    inputs=[([3, 1, 2],), ([],), ([2, 2, 1],)],
    hints=["Lists have a method for it.", "plays.sort(reverse=True)"],
    why="Changing a list in place saves its copy, and surprises whoever still holds it.",
    mistakes={
        "Did you sort upwards?": lambda plays: plays.sort(),
        "Did you turn the list around? That sorts nothing.": lambda plays: plays.reverse(),
    },
    alternatives=[lambda plays: plays.__setitem__(slice(None), sorted(plays)[::-1])],
    mutates=True,
)
def sort_in_place(plays):
    """Sort the list itself from most to fewest; nothing is returned."""
    plays.sort(reverse=True)


def takes_the_first(scores, size):
    return list(range(size))


@exercise(
    inputs=[([0.1, 0.9, 0.5], 1), ([1.0, 2.0, 3.0, 4.0], 2), ([4.0, 1.0, 2.0], 2)],
    hints=["Which positions have high scores?", "np.argsort(scores) puts the highest last."],
    why="Any choice that keeps most of the score will do.",
    mistakes={
        "Did you take the first ones, whatever their score?": takes_the_first,
        "Did you take the lowest scores? argsort goes upwards.": lambda scores, size: list(
            np.argsort(scores)[:size]
        ),
    },
    alternatives=[lambda scores, size: sorted(range(len(scores)), key=scores.__getitem__)[-size:]],
    measure=lambda chosen, scores, size: sum(scores[i] for i in chosen) / sum(sorted(scores)[-size:]),
    band=(0.8, 1.0),
    measured="the share of the best possible score",
)
def choose(scores, size):
    """Positions of `size` good scores: they must have at least 80% of what the best would have."""
    return list(np.argsort(scores)[::-1][:size])


@exercise(
    inputs=[([1, 2], 1), ([1, 2], 0), ([], 1), ([3, 1, 2], 2)],
    hints=["What can go wrong with k?", "raise ValueError(...) where k is under 1."],
    why="A wrong k that passes in silence is found months later.",
    mistakes={
        "Did you let k = 0 through? It must raise ValueError.": lambda items, k: items[:k],
        "Did you take the last k?": lambda items, k: items[-k:] if k > 0 else int("no"),
    },
    alternatives=[lambda items, k: [items[i] for i in range(min(k, len(items)))] if k >= 1 else int("no")],
)
def first_k(items, k):
    """The first k items; a k under 1 raises ValueError."""
    if k < 1:
        raise ValueError(f"k must be 1 or more, not {k}")
    return items[:k]


question(
    "why_zeros_mislead",
    answer="b",
    why="A zero says that nothing was seen. It does not say that the listener minds.",
    wrong={
        "a": "A zero takes no memory in a sparse matrix, but that is not what misleads.",
        "c": "Zeros do not change the order of ids.",
    },
)


@value(
    hints=["How many cells are there, and how many are filled?", "1 - filled / cells"],
    why="Nearly all is unknown, which is why the rest must be guessed from others.",
    mistakes={
        "Is that the share of filled cells? Sparsity is the share of empty ones.": 3 / 20,
        "Is that a count?": 17,
    },
    conventions={"Some give it in percent; here it is a share.": 85.0},
)
def sparsity():
    """The share of empty cells in a table of 4 by 5 with 3 filled."""
    return 1 - 3 / 20


@value(
    hints=["Look at the longest silences.", "Anything from 20 to 70 minutes can be defended."],
    why="Where a session ends is a choice. What matters is that you can say why.",
    mistakes={"Are these seconds? The task asks for minutes.": 1800, "Is that a day?": 1440},
    band=(20, 70),
    measured="your limit in minutes",
)
def session_minutes():
    """After how many minutes of silence does a session end?"""
    return 30
