"""Exercises of lesson 13: what follows what, whether there is an order at all, and what reads it: filters, attention.

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


# ---- reading a session -----------------------------------------------------------------------------------------------


def some_filters(rng):
    """The lesson's session first, then a filter of one number, one longer than the session, one that looks back."""
    yield [1.0, 0.0, 2.0, 0.0], [0.5, 1.0]
    yield [3.0, 1.0], [2.0]
    yield [1.0, 2.0], [1.0, 10.0, 100.0]
    yield [1.0, 2.0, 3.0], [0.0, 0.0, 1.0]
    yield [4.0, 0.0, 1.0, 2.0], [1.0, -1.0, 0.5]
    for _ in range(8):
        yield (
            [float(one) for one in rng.integers(-4, 5, int(rng.integers(4, 7)))],
            [float(one) for one in rng.integers(1, 9, int(rng.integers(2, 4)))],
        )


def _slide(x, filter, offset):
    """y_t = sum_d filter[d] x[t - d + offset], 0 outside."""
    return [
        sum(w * x[t - d + offset] for d, w in enumerate(filter) if 0 <= t - d + offset < len(x))
        for t in range(len(x))
    ]


@exercise(
    inputs=some_filters,
    hints=[
        "For place t: filter[0] times x[t], filter[1] times x[t - 1], and so on.",
        "Where t - d is below 0 there is nothing: skip it.",
        "np.convolve(x, filter) gives these sums and some more at the end.",
    ],
    why="What comes later never enters, so a network of such filters can learn from all places of a session at once.",
    mistakes={
        "Does it look ahead? At place t only x[t] and what came before it may enter.": (
            lambda x, filter: _slide(x, filter, len(filter) - 1)
        ),
        "Is the filter turned round? filter[0] belongs to the play itself, filter[d] to the play d before.": (
            lambda x, filter: _slide(x, filter[::-1], 0)
        ),
        "Does it reach round to the end of the session? Before the first play there is nothing, which counts 0.": (
            lambda x, filter: [
                sum(w * x[(t - d) % len(x)] for d, w in enumerate(filter)) for t in range(len(x))
            ]
        ),
        "Are places missing at the beginning? There is one number for each play; what is before the first counts 0.": (
            lambda x, filter: _slide(x, filter, 0)[len(filter) - 1 :]
        ),
    },
    alternatives=[lambda x, filter: np.convolve(x, filter)[: len(x)]],
)
def causal_convolution(x, filter):
    """y_t = filter[0] x_t + filter[1] x_(t-1) + ..., one number for each place t; before the beginning x is 0.

    x and filter are lists of numbers.
    """
    return [sum(w * x[t - d] for d, w in enumerate(filter) if t - d >= 0) for t in range(len(x))]


def some_attention(rng):
    """The lesson's three places first, then two places, queries of length 1, values that are longer than keys."""
    yield (
        np.array([[2.0, 0.0], [0.0, 2.0], [2.0, 2.0]]),
        np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
        np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
    )
    yield np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([[1.0, 1.0], [2.0, 0.0]]), np.array([[3.0], [5.0]])
    yield np.array([[1.0], [2.0], [3.0]]), np.array([[0.5], [-0.5], [1.0]]), np.array([[1.0], [0.0], [4.0]])
    yield np.array([[1.0, 2, 0, 1]] * 2), np.array([[0.0, 1, 1, 0.5], [2, 0, 0, 1]]), np.eye(2, 5)
    for _ in range(8):
        t, d, width = (int(one) for one in rng.integers(2, 5, 3))
        yield tuple(rng.integers(-4, 5, (t, n)) / 2 + 0.25 * k for k, n in ((1, d), (2, d), (3, width)))


def _attend(Q, K, V, scale=True, seen=np.tril, axis=1, after=False):
    scores = Q @ K.T / (Q.shape[1] ** 0.5 if scale else 1.0)
    allowed = seen(np.ones(scores.shape)) > 0
    if after:
        weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True) * allowed
    else:
        weights = np.exp(scores) * allowed
        weights = weights / weights.sum(axis=axis, keepdims=True)
    return weights @ V


def attention_by_loop(Q, K, V):
    rows = []
    for t, q in enumerate(Q):
        fits = [np.exp(q @ k / len(q) ** 0.5) for k in K[: t + 1]]
        rows.append(sum(fit * v for fit, v in zip(fits, V, strict=False)) / sum(fits))
    return rows


@exercise(
    inputs=some_attention,
    hints=[
        "All scores at once: Q @ K.T / np.sqrt(d), shape (t, t), row = the place that looks.",
        "np.where(np.tril(np.ones((t, t))) > 0, scores, -np.inf) hides what comes later; exp(-inf) is 0.",
        "Divide np.exp(scores) by its sum along the row (axis=1), then multiply by V.",
    ],
    why="Each place takes a weighted mean of the values up to it, with weights it has computed itself.",
    mistakes={
        "Do the weights of a column sum to 1? Each place that looks has weights that sum to 1: its row, axis=1.": (
            lambda Q, K, V: _attend(Q, K, V, axis=0)
        ),
        "Is the division by the root of d missing? Long vectors have large products: softmax becomes a maximum.": (
            lambda Q, K, V: _attend(Q, K, V, scale=False)
        ),
        "Does each place see what comes later, and not what was before? Keep j up to t.": (
            lambda Q, K, V: _attend(Q, K, V, seen=np.triu)
        ),
        "Is the mask laid on after the softmax? Then what is left no longer sums to 1: hide the scores before.": (
            lambda Q, K, V: _attend(Q, K, V, after=True)
        ),
        "Is there no mask? Place t would see the play that it is to predict.": (
            lambda Q, K, V: _attend(Q, K, V, seen=np.ones_like)
        ),
    },
    alternatives=[attention_by_loop],
)
def causal_attention(Q, K, V):
    """Row t: the mean of the rows of V up to t, weighted by w_tj = exp(q_t · k_j / √d) / Σ_{i ≤ t} exp(q_t · k_i / √d).

    Q (n, d), K (n, d), V (n, e): the queries, keys and values of n places. The result has shape (n, e).
    """
    scores = Q @ K.T / np.sqrt(Q.shape[1])
    scores = np.where(np.tril(np.ones(scores.shape)) > 0, scores, -np.inf)
    weights = np.exp(scores)
    return weights / weights.sum(axis=1, keepdims=True) @ V


# ---- questions in the lesson -----------------------------------------------------------------------------------------

question(
    "why_one_negative_is_so_sure",
    answer="b",
    why="The network answers the question that it was asked: is this pair a real one or a drawn one? Among one real "
    "and one drawn of 3,000 a track with a chance of 1 in 100 is nearly always the real one.",
    wrong={
        "a": "More epochs bring it nearer to exactly this answer: it is the optimum of that loss.",
        "c": "Order among the tracks can be right while every sigmoid is far too large.",
    },
)

question(
    "what_attention_shows",
    answer="c",
    why="The fits predict alike and look elsewhere, so the picture tells how this network computes and not what the "
    "world does. Ask the predictions: change a play and see what happens.",
    wrong={
        "a": "Another fit that predicts as well does not look there.",
        "b": "All of them predict right, so none of the pictures is a sign of a bad fit.",
    },
)
