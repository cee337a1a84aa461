"""Exercises of lesson 13: the opening questions, ties, what follows what, and whether there is an order at all.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

# ---- before the lesson -----------------------------------------------------------------------------------------------

question(
    "recall_where_a_session_ends",
    answer="b",
    why="Only 08:50 to 09:40 is a silence of more than 30 minutes, so there are two sessions.",
    wrong={
        "a": "How long the sitting lasts does not count, only the silence between one event and the next.",
        "c": "A silence of 25 minutes is shorter than the limit of 30.",
    },
)

question(
    "recall_shelf_that_learns_from_itself",
    answer="c",
    why="What was shown could be played, so plays tell of the shelf and of the listener at once.",
    wrong={
        "a": "They were played more often because they were shown; how good the others would be, nobody has seen.",
        "b": "The tracks off the shelf had no chance to be played there, so their plays cannot be compared.",
    },
)

question(
    "recall_softmax_of_a_row",
    answer="a",
    why="exp makes all of them positive, and dividing by their sum makes them chances.",
    wrong={
        "b": "That is a logistic function of each score alone; it lets all chances be near 1 at once.",
        "c": "The largest score gets the largest chance, and the others keep something.",
    },
)

# ---- ties ------------------------------------------------------------------------------------------------------------


def some_scores(rng):
    """All alike first, then no tie, the last place, a tie at the top, one item alone."""
    yield [0.0, 0.0, 0.0, 0.0, 0.0], 2
    yield [0.3, 0.9, 0.1], 0
    yield [0.3, 0.9, 0.1], 2
    yield [2.0, 1.0, 2.0, 0.0], 0
    yield [5.0], 0
    yield [2.0, 2.0, 1.0], 2
    yield [1.0, 3.0, 2.0], 0
    yield [1.0, 3.0, 1.0, 2.0, 1.0], 4
    for _ in range(8):
        n = int(rng.integers(3, 8))
        yield [float(one) for one in rng.integers(0, 4, n)], int(rng.integers(0, n))


def rank_by_sorting(scores, target):
    places = [
        place for place, score in enumerate(sorted(scores, reverse=True), start=1) if score == scores[target]
    ]
    return sum(places) / len(places)


@exercise(
    inputs=some_scores,
    hints=[
        "How many items score higher? They stand above the target in any order.",
        "Of the items that score the same, the target among them, it is on average in the middle.",
        "above + (alike + 1) / 2, where alike counts the target too",
    ],
    why="A model that gives everything the same score knows nothing, and this rank says so: it is the middle.",
    mistakes={
        "Is the target first among equals? So a model that scores everything alike would be perfect.": (
            lambda scores, target: 1 + sum(score > scores[target] for score in scores)
        ),
        "Is the target last among equals? On average over the orders of the equals it is in their middle.": (
            lambda scores, target: sum(score >= scores[target] for score in scores)
        ),
        "Do you count from 0? The best rank is 1.": (
            lambda scores, target: rank_by_sorting(scores, target) - 1
        ),
        "Is the smallest score first? Rank 1 is the highest.": (
            lambda scores, target: rank_by_sorting([-score for score in scores], target)
        ),
        "Are equals in the order of the list? Nothing puts one of them first: they share the mean of their ranks.": (
            lambda scores, target: sorted(range(len(scores)), key=lambda one: -scores[one]).index(target) + 1
        ),
        "Do equals take one rank together? They take as many as they are, and share their mean.": (
            lambda scores, target: sorted(set(scores), reverse=True).index(scores[target]) + 1
        ),
        "Is it half a rank too far down? The mean of above + 1 to above + alike is above + (alike + 1) / 2.": (
            lambda scores, target: rank_by_sorting(scores, target) + 0.5
        ),
        "Is that the item at a place? argsort says which item stands where, not where an item stands.": [
            lambda scores, target: int(np.argsort(-np.asarray(scores), kind="stable")[target]),
            lambda scores, target: int(np.argsort(-np.asarray(scores), kind="stable")[target]) + 1,
        ],
        "Is that one over the rank? The task asks for the rank itself.": (
            lambda scores, target: 1 / rank_by_sorting(scores, target)
        ),
    },
    alternatives=[rank_by_sorting],
)
def rank_of_target(scores, target):
    """The rank, from 1 for the highest score, of item number target; scores is a list of numbers, one an item.

    Items with the same score share the mean of the ranks that they take together.
    """
    scores = np.asarray(scores)
    above, alike = (scores > scores[target]).sum(), (scores == scores[target]).sum()
    return above + (alike + 1) / 2


# ---- what follows what -----------------------------------------------------------------------------------------------


def some_sessions(rng):
    """The lesson's five sessions first, then one play, two sessions of one play, one that comes back."""
    yield (
        [0, 1, 2, 3, 0, 1, 3, 2, 0, 1, 1, 2, 3, 2, 0, 1, 3],
        [0] * 4 + [1] * 3 + [2] * 3 + [3] * 3 + [4] * 4,
        4,
    )
    yield [1], [7], 2
    yield [0, 1], [1, 2], 2
    yield [1, 1, 0], [4, 4, 4], 2
    yield [0, 1, 0, 1, 0, 2], [3, 3, 3, 3, 3, 3], 3
    yield [2, 0, 0, 1], [5, 5, 8, 8], 3
    for _ in range(8):
        n, plays = int(rng.integers(2, 5)), int(rng.integers(4, 10))
        yield (
            [int(one) for one in rng.integers(0, n, plays)],
            sorted(int(one) for one in rng.integers(0, 3, plays)),
            n,
        )


def _count(pairs, n):
    table = np.zeros((n, n))
    for before, after in pairs:
        table[before, after] += 1
    return table


def _neighbours(tracks, sessions):
    plays = list(zip(tracks, sessions, strict=True))
    return [(a, b) for (a, one), (b, other) in zip(plays, plays[1:], strict=False) if one == other]


def transitions_at_once(tracks, sessions, n):
    tracks, sessions = np.asarray(tracks), np.asarray(sessions)
    same = sessions[1:] == sessions[:-1]
    cell = tracks[:-1][same] * n + tracks[1:][same]
    return np.bincount(cell, minlength=n * n).reshape(n, n)


def _all_later(tracks, sessions, n):
    plays = list(zip(tracks, sessions, strict=True))
    return _count(
        [(a, b) for at, (a, one) in enumerate(plays) for b, other in plays[at + 1 :] if one == other], n
    )


def _together(tracks, sessions, n):
    of = {one: {t for t, s in zip(tracks, sessions, strict=True) if s == one} for one in sessions}
    return _count([(a, b) for heard in of.values() for a in heard for b in heard if a != b], n)


def _as_shares(tracks, sessions, n):
    table = _count(_neighbours(tracks, sessions), n)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1)


@exercise(
    inputs=some_sessions,
    hints=[
        "Walk over the pairs (tracks[t], tracks[t + 1]).",
        "A pair counts only where sessions[t] == sessions[t + 1].",
        "np.add.at(counts, (before, after), 1) adds 1 for each pair, also where a pair comes twice.",
    ],
    why="This table is the whole memory of a Markov chain: what came two plays ago is not in it.",
    mistakes={
        "Do you count from one session to the next? Nobody queued those two.": (
            lambda tracks, sessions, n: _count(zip(tracks, tracks[1:], strict=False), n)
        ),
        "Do rows and columns stand the other way? Row i is what was played before, column j what came after.": (
            lambda tracks, sessions, n: _count(_neighbours(tracks, sessions), n).T
        ),
        "Do you count all later plays of the session? Only the very next one counts.": _all_later,
        "Is each pair counted once at most? A pair that comes three times counts 3.": (
            lambda tracks, sessions, n: np.minimum(_count(_neighbours(tracks, sessions), n), 1)
        ),
        "Do you count both directions? That j came after i says nothing of i after j.": (
            lambda tracks, sessions, n: _count(
                [*_neighbours(tracks, sessions), *((b, a) for a, b in _neighbours(tracks, sessions))], n
            )
        ),
        "Are those shares? The task asks for the counts, before anything is divided.": _as_shares,
        "Do you count who is in a session together? Only what came right after counts.": _together,
        "Is a track that follows itself left out? It counts as any other, on the diagonal.": (
            lambda tracks, sessions, n: _count(
                [(a, b) for a, b in _neighbours(tracks, sessions) if a != b], n
            )
        ),
        "Is the last pair missing? Of n plays there are n - 1 pairs.": (
            lambda tracks, sessions, n: _count(_neighbours(tracks[:-1], sessions[:-1]), n)
        ),
    },
    alternatives=[transitions_at_once],
)
def transitions(tracks, sessions, n):
    """How often track j came right after track i in the same session: an array (n, n) of counts, row i, column j.

    tracks (list of numbers from 0 to n - 1) in order of time, sessions (list): the session of each of these plays. The
    plays of a session stand together.
    """
    counts = np.zeros((n, n))
    for at in range(len(tracks) - 1):
        if sessions[at] == sessions[at + 1]:
            counts[tracks[at], tracks[at + 1]] += 1
    return counts


def some_counts(rng):
    """The lesson's four tracks first, then a track without a successor, one count alone, no count at all."""
    four = np.array([[0.0, 4, 0, 0], [0, 0, 2, 2], [2, 0, 0, 2], [0, 0, 0, 0]])
    yield four, np.array([4.0, 5, 4, 4]) / 17, 2.0
    yield np.array([[0.0, 3], [0, 0]]), np.array([0.25, 0.75]), 1.0
    yield np.array([[0.0, 0, 1], [0, 0, 0], [2, 0, 0]]), np.array([0.5, 0.3, 0.2]), 4.0
    yield np.zeros((2, 2)), np.array([0.9, 0.1]), 0.5
    for _ in range(8):
        n = int(rng.integers(2, 5))
        shares = rng.integers(1, 9, n).astype(float)
        yield rng.integers(0, 5, (n, n)).astype(float), shares / shares.sum(), float(rng.integers(1, 9)) / 2


def smoothed_by_loop(counts, shares, smoothing):
    return [
        [(n + smoothing * share) / (sum(row) + smoothing) for n, share in zip(row, shares, strict=True)]
        for row in counts
    ]


@exercise(
    inputs=some_counts,
    hints=[
        "The numerator: counts + smoothing * shares. NumPy lays shares along each row.",
        "The denominator is one number for each row: counts.sum(axis=1, keepdims=True) + smoothing.",
    ],
    why="Two plays after a track say little, and two hundred a lot: the same formula trusts each as far as it goes.",
    mistakes={
        "Does a row sum to more than 1? The imagined plays belong into the denominator too.": (
            lambda counts, shares, smoothing: (
                (counts + smoothing * shares) / np.maximum(counts.sum(axis=1, keepdims=True), 1)
            )
        ),
        "Do all tracks get the same of the imagined plays? Each gets its share.": [
            lambda counts, shares, smoothing: (
                (counts + smoothing / len(shares)) / (counts.sum(axis=1, keepdims=True) + smoothing)
            ),
            lambda counts, shares, smoothing: (
                (counts + smoothing) / (counts.sum(axis=1, keepdims=True) + smoothing * len(shares))
            ),
        ],
        "Do you sum over the tracks before? What follows track i stands in row i: axis=1.": (
            lambda counts, shares, smoothing: (
                (counts + smoothing * shares) / (counts.sum(axis=0, keepdims=True) + smoothing)
            )
        ),
        "Does the share of the track before count? What is imagined is how popular the track after is: column j.": (
            lambda counts, shares, smoothing: (
                (counts + smoothing * np.asarray(shares)[:, None])
                / (counts.sum(axis=1, keepdims=True) + smoothing)
            )
        ),
        "Is nothing smoothed? The imagined plays, smoothing * shares, are added to each row.": (
            lambda counts, shares, smoothing: counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        ),
        "Is the sum that of the whole table? Each row is divided by its own.": (
            lambda counts, shares, smoothing: (counts + smoothing * shares) / (counts.sum() + smoothing)
        ),
        "Does a row sum to less than 1? `smoothing` plays are imagined in a row, not n times as many.": (
            lambda counts, shares, smoothing: (
                (counts + smoothing * shares) / (counts.sum(axis=1, keepdims=True) + smoothing * len(shares))
            )
        ),
        "Is `smoothing` left out? It says how many plays are imagined, above and below.": (
            lambda counts, shares, smoothing: (counts + shares) / (counts.sum(axis=1, keepdims=True) + 1)
        ),
        "Do the sums lie along the columns? Without keepdims=True NumPy divides column j by the sum of row j.": (
            lambda counts, shares, smoothing: (counts + smoothing * shares) / (counts.sum(axis=1) + smoothing)
        ),
    },
    alternatives=[smoothed_by_loop],
)
def smoothed_chances(counts, shares, smoothing):
    """P(next = j | now = i) = (counts[i, j] + smoothing * shares[j]) / (sum of counts[i] + smoothing): (n, n).

    counts (n, n) of transitions, shares (n,) of all plays, which sum to 1; smoothing is above 0.
    """
    return (counts + smoothing * shares) / (counts.sum(axis=1, keepdims=True) + smoothing)


# ---- is there an order at all? ---------------------------------------------------------------------------------------


def _pairs(*weeks):
    return [(before, after, week) for week in weeks for before, after in zip(week, week[1:], strict=False)]


def some_pairs(rng):
    """The lesson's two weeks first, then habits that differ, one week, few pairs beside many, no follower in a week."""
    yield _pairs(["a", "b", "a", "c"], ["c", "a", "c", "b"]), {"a": "b", "b": "c", "c": "a"}
    yield [("d", "a", ["a", "b", "a"]), ("a", "b", ["a", "b", "a"])], {"a": "b", "b": "a", "c": "a", "d": "a"}
    yield (
        _pairs(["a", "b", "a", "b", "c"], ["c", "d", "c", "d"], ["a", "c"]),
        {"a": "b", "b": "a", "c": "a", "d": "c"},
    )
    yield _pairs(["a", "b", "d", "b", "d", "b"]), {"a": "d", "b": "a", "c": "a", "d": "b"}
    yield _pairs(["a", "b"], ["b", "d", "b"]), {"a": "b", "b": "c", "c": "d", "d": "c"}
    yield (
        _pairs(["a", "c", "b", "c", "b"], ["b", "a", "b", "a", "d"]),
        {"a": "b", "b": "d", "c": "d", "d": "a"},
    )
    for _ in range(8):
        weeks = []
        for _ in range(int(rng.integers(2, 4))):
            week = ["a", "b"]
            for _ in range(int(rng.integers(1, 6))):
                week.append(str(rng.choice([one for one in "abcd" if one != week[-1]])))
            weeks.append(week)
        yield _pairs(*weeks), {"a": "b", "b": "c", "c": "d", "d": "a"}


def _order(pairs, follower, chance):
    """Found over expected, from chance(week, before, its follower)."""
    found = sum(after == follower[before] for before, after, _ in pairs)
    return found / sum(chance(week, before, follower[before]) for before, _, week in pairs)


def order_ratio_by_counting(pairs, follower):
    return _order(pairs, follower, lambda week, a, b: np.mean([one == b for one in week if one != a]))


def _mean_of_ratios(pairs, follower):
    chances = [week.count(follower[a]) / (len(week) - week.count(a)) for a, _, week in pairs]
    return np.mean(
        [(b == follower[a]) / chance for (a, b, _), chance in zip(pairs, chances, strict=True) if chance]
    )


def _everybody(pairs, follower):
    weeks = {id(week): week for _, _, week in pairs}.values()
    together = [one for week in weeks for one in week]
    return _order(pairs, follower, lambda week, a, b: together.count(b) / (len(together) - together.count(a)))


def _found_and_expected(pairs, follower):
    found = sum(after == follower[before] for before, after, _ in pairs)
    return found, sum(week.count(follower[a]) / (len(week) - week.count(a)) for a, _, week in pairs)


def _turned_round(pairs, follower):
    found, expected = _found_and_expected(pairs, follower)
    return expected / found if found else 0.0


@exercise(
    inputs=some_pairs,
    hints=[
        "For each (before, after, week): found grows by 1 if after is follower[before].",
        "expected grows by week.count(follower[before]) / (len(week) - week.count(before)), whatever came after.",
        "Sum both over all pairs, then divide once.",
    ],
    why="The comparison is with the same person's same week in any order, so neither taste nor the queue can help.",
    mistakes={
        "Is that the mean of the pairs' own ratios? A rare follower would count most: sum both, then divide.": (
            _mean_of_ratios
        ),
        "Can the track before come again at once? Nothing is played twice running: leave its plays out of the rest.": (
            lambda pairs, follower: _order(pairs, follower, lambda week, a, b: week.count(b) / len(week))
        ),
        "Do you count all weeks together? What this listener likes that week is what order has to beat.": _everybody,
        "Are all tracks of the week equally likely? One that was played three times comes up three times as often.": (
            lambda pairs, follower: _order(
                pairs, follower, lambda week, a, b: (b in week) / max(1, len(set(week) - {a}))
            )
        ),
        "Is that the share of pairs with a follower? It says nothing until chance is set against it.": (
            lambda pairs, follower: np.mean([after == follower[before] for before, after, _ in pairs])
        ),
        "Did you subtract? The ratio divides what was found by what was expected.": (
            lambda pairs, follower: np.subtract(*_found_and_expected(pairs, follower))
        ),
        "Is the fraction turned around? Found stands above, expected below.": _turned_round,
        "Is that the follower of the track after? A pair is found where `after` is follower[before].": (
            lambda pairs, follower: (
                sum(a == follower[b] for a, b, _ in pairs) / _found_and_expected(pairs, follower)[1]
            )
        ),
        "Is only one play of the track before left out? None of its plays can come right after it.": (
            lambda pairs, follower: _order(
                pairs, follower, lambda week, a, b: week.count(b) / max(1, len(week) - 1)
            )
        ),
        "Is what is expected a count? It is the follower's share among the plays that can come.": (
            lambda pairs, follower: _order(pairs, follower, lambda week, a, b: week.count(b))
        ),
    },
    alternatives=[order_ratio_by_counting],
)
def order_ratio(pairs, follower):
    """How often a track's follower came right after it, over how often it would have in any order of the same week.

    pairs: a list of (before, after, week), two tracks played in a row, and the list of all that this listener chose in
    that week. follower: a dictionary from each track to another. For each pair, found grows by 1 where after is
    follower[before]; expected grows by the share of follower[before] among those plays of the week that are not before.
    The result is the sum of found over the sum of expected; the latter is above 0, and after is never before.
    """
    found = expected = 0.0
    for before, after, week in pairs:
        found += after == follower[before]
        expected += week.count(follower[before]) / (len(week) - week.count(before))
    return found / expected
