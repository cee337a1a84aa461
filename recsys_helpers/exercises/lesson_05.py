"""The exercises of lesson 05, new listeners and new tracks.

They hold no lesson: the text is in notebooks/source.
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
        "b": "Three plays are few: their own rate alone would call a newcomer an eternal skipper.",
        "c": "Halfway would be right after seven plays of their own: each play counts one, theirs and those mixed in.",
    },
)

question(
    "recall_one_ridge",
    answer="b",
    why="With Q fixed, each listener is a bowl of their own. The penalty picks one of the many p that fit three plays.",
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
    """Edge cases first: nothing asked for, one play twice, fewer plays than asked for."""
    yield _log([("al", "t1"), ("bo", "t2")]), 0
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


# ---- content ---------------------------------------------------------------------------------------------------------


def some_tags(rng):
    """Edge cases first: a word that all have, one that a single track has, one inside another, one twice."""
    yield [["rain"], ["rain"]], "rain"
    yield [["train"], ["rain", "calm"], ["rainy day"]], "rain"
    yield [["rain", "calm"], ["rain"], ["news"]], "calm"
    yield [["rain", "rain", "calm"], ["rain"], ["news"], ["jazz"]], "rain"
    for _ in range(9):
        tags = [
            [str(w) for w in rng.choice(["rain", "calm", "loud"], int(rng.integers(1, 4)))] for _ in range(4)
        ]
        yield [["rain", "rain"], ["calm"], *tags], "rain"


def _idf(tags, word, above=1, below=1, more=1.0, log=np.log):
    having = sum(word in own for own in tags)
    return float(log((above + len(tags)) / (below + having)) + more)


def idf_by_table(tags, word):
    table = pd.DataFrame([(n, tag) for n, own in enumerate(tags) for tag in set(own)], columns=["n", "tag"])
    return 1 + np.log((1 + len(tags)) / (1 + (table["tag"] == word).sum()))


@exercise(
    inputs=some_tags,
    hints=[
        "How many tracks have the word at all? A track counts once, however often it has the word.",
        "With n tracks, m of them with the word: np.log((1 + n) / (1 + m)) + 1",
    ],
    why="A word that every track has tells none of them apart. This weight makes a rare word count for more.",
    mistakes={
        "Did you count every time the word stands there? A track counts once.": lambda tags, word: float(
            np.log((1 + len(tags)) / (1 + sum(own.count(word) for own in tags))) + 1
        ),
        "Did you turn the fraction around? A rare word must weigh more than a common one.": lambda tags, word: (
            float(np.log((1 + sum(word in own for own in tags)) / (1 + len(tags))) + 1)
        ),
        "Did you look inside the words? A train is no rain: the whole word must be there.": lambda tags, word: (
            _idf([[word] if word in " ".join(own) else [] for own in tags], word)
        ),
        "Did the last 1 slip into the logarithm? It is added after it.": lambda tags, word: float(
            np.log((1 + len(tags)) / (1 + sum(word in own for own in tags)) + 1)
        ),
        "Is n the number of all words? It is the number of tracks.": lambda tags, word: _idf(
            tags, word, above=1 + sum(map(len, tags)) - len(tags)
        ),
        "Is the 1 behind the logarithm missing? Without it a word that all tracks have weighs nothing.": lambda tags, word: (  # noqa: E501
            _idf(tags, word, more=0.0)
        ),
    },
    conventions={
        "This is idf without the two ones inside the fraction, as textbooks have it. The task smooths, as scikit-learn does.": lambda tags, word: (  # noqa: E501
            _idf(tags, word, 0, 0, 1.0)
        ),
        "This is idf with a 1 below alone. The task has one above and one below, as scikit-learn does.": lambda tags, word: (  # noqa: E501
            _idf(tags, word, 0, 1, 1.0)
        ),
        "You took log2. The task asks for the natural logarithm.": lambda tags, word: _idf(
            tags, word, log=np.log2
        ),
    },
    alternatives=[idf_by_table],
)
def word_weight(tags, word):
    """log((1 + n) / (1 + m)) + 1 for n tracks, m of which have the word; `tags` is a list of lists of words."""
    having = sum(word in own for own in tags)
    return float(np.log((1 + len(tags)) / (1 + having)) + 1)


def some_portraits(rng):
    """Edge cases first: a single play; a track that is nothing; strengths that differ; one quite unlike."""
    yield np.array([1.0, 0.0, 0.0]), np.array([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])
    yield np.array([0.5, 0.0, 0.0]), np.array([[1.0, 1.0], [0.0, 0.0], [4.0, 0.0]])
    yield np.array([0.9, 0.1, 0.0]), np.array([[5.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    yield np.array([0.4, 0.0, 0.2]), np.array([[2.0, 1.0], [-1.0, 0.0], [1.0, -3.0]])
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
    length = sum(x * x for x in portrait) ** 0.5
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
        "Did you take out what was played? A list does that later; here every track has its cosine.": lambda strength, features: (  # noqa: E501
            _alike(strength, features) * (strength == 0)
        ),
    },
    alternatives=[alike_by_loop],
)
def content_scores(strength, features):
    """The cosine of each track with the listener's portrait, shape (n,): strength (n,), features (n, d)."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.where(length > 0, length, 1)
    portrait = strength @ unit
    return unit @ (portrait / np.linalg.norm(portrait))


# ---- fold-in ---------------------------------------------------------------------------------------------------------


def some_newcomers(rng):
    """Edge cases first: nothing heard, one track, all tracks."""
    Q = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    yield Q, np.array([1.0, 1.0, 1.0]), 1.0
    yield Q, np.array([5.0, 1.0, 1.0]), 1.0
    yield Q, np.array([3.0, 2.0, 4.0]), 0.5
    for _ in range(9):
        n = int(rng.integers(4, 6))
        c = 1 + np.round(rng.uniform(1, 9, n), 1) * (np.arange(n) < 2)
        yield np.round(rng.normal(size=(n, 2)), 1) + np.eye(n, 2), c, float(rng.integers(1, 4))


def _solved(Q, c, ridge, all_cells=True, power=1, diagonal=True):
    y = (c > 1).astype(float)
    weight = c if all_cells else c * y
    left = Q.T @ (weight[:, None] * Q) + (ridge * np.eye(Q.shape[1]) if diagonal else ridge)
    return np.linalg.solve(left, Q.T @ (c**power * y))


def solved_as_regression(Q, c, ridge):
    """Least squares on rows scaled by the root of their weight, with one row more for each factor."""
    k = Q.shape[1]
    rows = np.vstack([np.sqrt(c)[:, None] * Q, np.sqrt(ridge) * np.eye(k)])
    return np.linalg.lstsq(rows, np.append(np.sqrt(c) * (c > 1), np.zeros(k)), rcond=None)[0]


@exercise(
    inputs=some_newcomers,
    hints=[
        "Minimise sum c (y - Q p)^2 + ridge |p|^2 over p, where y is 1 where c is above 1, else 0.",
        "The normal equations: (Q^T C Q + ridge I) p = Q^T C y, C diagonal. c[:, None] * Q multiplies row by row.",
        "np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ (c * y))",
    ],
    why="One small system makes a newcomer a full member of the model. No other listener is touched.",
    mistakes={
        "Did you leave out the tracks that were not heard? They are cells too, with y = 0 and c = 1.": lambda Q, c, ridge: (  # noqa: E501
            _solved(Q, c, ridge, all_cells=False)
        ),
        "Is the ridge missing? With a play or two, nothing else keeps p from growing.": lambda Q, c, ridge: (
            _solved(Q, c, 1e-9)
        ),
        "Did you add the ridge to every cell? It belongs on the diagonal alone: ridge * np.eye(f).": lambda Q, c, ridge: (  # noqa: E501
            _solved(Q, c, ridge, diagonal=False)
        ),
        "Does the right side lack the confidence? Each heard track counts c there as well.": lambda Q, c, ridge: (
            _solved(Q, c, ridge, power=0)
        ),
        "Is C missing on both sides? A heard track then weighs no more than an unheard one.": lambda Q, c, ridge: (
            np.linalg.solve(Q.T @ Q + ridge * np.eye(Q.shape[1]), Q.T @ (c > 1))
        ),
        "Is y 1 for every track? It is 1 where c is above 1, and 0 where c is 1.": lambda Q, c, ridge: (
            np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ c)
        ),
        "Is y how strongly it was heard? It is 1 or 0; how strongly is in c alone.": lambda Q, c, ridge: (
            np.linalg.solve(Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1]), Q.T @ (c * (c - 1)))
        ),
    },
    alternatives=[solved_as_regression],
)
def fold_in_newcomer(Q, c, ridge):
    """The p that minimises sum_i c_i (y_i - q_i . p)^2 + ridge |p|^2, where y_i is 1 if c_i > 1, else 0.

    Q has shape (n, f), c has shape (n,); p has shape (f,).
    """
    y = (c > 1).astype(float)
    left = Q.T @ (c[:, None] * Q) + ridge * np.eye(Q.shape[1])
    return np.linalg.solve(left, Q.T @ (c * y))


# ---- mixing ----------------------------------------------------------------------------------------------------------


def some_score_tables(rng):
    """Edge cases first: a listener of whom all scores are equal; two scales."""
    yield (np.array([[2.0, 2.0, 2.0], [1.0, 2.0, 3.0]]),)
    yield (np.array([[0.0, 10.0], [5.0, 5.0]]),)
    yield (np.array([[0.0, 100.0, 200.0], [0.0, 1.0, 5.0]]),)
    for _ in range(9):
        yield (np.round(rng.normal(size=(2, 4)) * [[1.0], [20.0]] + 3, 1),)


def _scaled(scores, axis=1, spread=True, ddof=0):
    off = scores - scores.mean(axis=axis, keepdims=True)
    size = off.std(axis=axis, keepdims=True, ddof=ddof) if spread else 1.0
    return np.divide(
        off, size, out=np.zeros_like(off), where=np.broadcast_to(np.asarray(size) > 0, off.shape)
    )


def scaled_by_row(scores):
    rows = []
    for row in scores:
        size = row.std()
        rows.append((row - row.mean()) / size if size > 0 else row * 0)
    return rows


@exercise(
    inputs=some_score_tables,
    hints=[
        "Mean and standard deviation of each row: axis=1, and keepdims=True keeps the shape (n, 1).",
        "Where a row's spread is 0, divide by 1: the row is all zeros by then.",
    ],
    why="Two models count in different units. On one scale a weight means the same for both, and for every listener.",
    mistakes={
        "Did you scale each track over the listeners? A list compares tracks, so work along the row.": lambda scores: (
            _scaled(scores, axis=0)
        ),
        "Is the spread still there? After the mean is gone, divide by the row's standard deviation.": lambda scores: (
            _scaled(scores, spread=False)
        ),
        "Did you scale by the whole table? A listener with large scores would still outweigh the others.": lambda scores: (  # noqa: E501
            _scaled(scores, axis=None)
        ),
        "Does each row run from 0 to 1? Asked for are mean 0 and standard deviation 1.": lambda scores: (
            (scores - scores.min(axis=1, keepdims=True))
            / np.maximum(np.ptp(scores, axis=1, keepdims=True), 1e-9)
        ),
        "Is the mean still there? Take it off each row before you divide.": lambda scores: (
            scores / np.where(scores.std(axis=1) > 0, scores.std(axis=1), 1)[:, None]
        ),
        "Did you divide by the variance? The standard deviation is its root.": lambda scores: (
            _scaled(scores) / np.where(scores.std(axis=1) > 0, scores.std(axis=1), 1)[:, None]
        ),
    },
    conventions={
        "You divided by n - 1 inside the standard deviation. The task asks for NumPy's, which divides by n.": lambda scores: (  # noqa: E501
            _scaled(scores, ddof=1)
        )
    },
    alternatives=[scaled_by_row],
)
def on_one_scale(scores):
    """Each row with mean 0 and standard deviation 1 (by n); a row of equal scores becomes zeros. Shape (m, n)."""
    off = scores - scores.mean(axis=1, keepdims=True)
    spread = off.std(axis=1, keepdims=True)
    return off / np.where(spread > 0, spread, 1)


# ---- packs -----------------------------------------------------------------------------------------------------------


def some_votes(rng):
    """Edge cases first: one pack, a pack without votes, ties, votes on which the rules differ."""
    yield {"music": 3.0}, 2
    yield {"news": 0.0, "music": 4.0}, 3
    yield {"radio": 2.0, "news": 2.0, "music": 1.0}, 1
    yield {"news": 3.0, "music": 3.0}, 1
    yield {"news": 2.0, "music": 2.0, "radio": 1.0}, 3
    yield {"radio": 1.0, "news": 1.0, "music": 1.0}, 2
    yield {"radio": 1.0, "music": 3.0, "news": 7.0}, 5
    yield {"radio": 1.0, "music": 3.0, "news": 5.0}, 4
    for _ in range(8):
        yield (
            {
                name: round(float(v), 1)
                for name, v in zip(["radio", "music", "news"], rng.uniform(1, 12, 3), strict=True)
            },
            int(rng.integers(4, 9)),
        )


def _dealt(votes, places, divisor):
    got = dict.fromkeys(votes, 0)
    for _ in range(places):
        got[max(sorted(votes), key=lambda name: divisor(votes[name], got[name]))] += 1
    return got


def _cut(votes, places, to_whole=int):
    return {name: to_whole(places * v / sum(votes.values())) for name, v in votes.items()}


def _by_order(votes, places, names):
    """Dealt, but a tie goes to whoever comes first among the names."""
    got = dict.fromkeys(votes, 0)
    for _ in range(places):
        got[max(names, key=lambda name: votes[name] / (got[name] + 1))] += 1
    return got


def _divided_again(votes, places):
    got, left = dict.fromkeys(votes, 0), dict(votes)
    for _ in range(places):
        name = max(sorted(left), key=left.get)
        got[name] += 1
        left[name] /= got[name] + 1
    return got


def _largest_remainders(votes, places):
    got = _cut(votes, places)
    rest = sorted(votes, key=lambda name: (got[name] - places * votes[name] / sum(votes.values()), name))
    return {name: got[name] + (name in rest[: places - sum(got.values())]) for name in votes}


def dealt_at_once(votes, places):
    """All quotients in one list: the largest ones have the places."""
    quotients = sorted((-v / r, name) for name, v in votes.items() for r in range(1, places + 1))
    won = [name for _, name in quotients[:places]]
    return {name: won.count(name) for name in votes}


@exercise(
    inputs=some_votes,
    hints=[
        "Deal one place at a time, each to the pack with the largest votes / (places it has + 1).",
        "max(sorted(votes), key=lambda name: votes[name] / (got[name] + 1)) takes the first name of a tie.",
    ],
    why="A list shared like this follows the listener's habits at every length, and can be explained in one sentence.",
    mistakes={
        "Did the largest pack get all places? After each place its votes are divided by one more.": lambda votes, places: (  # noqa: E501
            _dealt(votes, places, lambda v, got: v)
        ),
        "Did you cut each share down to a whole number? Some places then stay empty.": _cut,
        "Did you round each share? What comes out need not add up to the places.": lambda votes, places: _cut(
            votes, places, round
        ),
        "Did a tie go to the pack that stands first in votes? It goes to the first in the alphabet.": lambda votes, places: (  # noqa: E501
            _by_order(votes, places, list(votes))
        ),
        "Did a tie go to the last in the alphabet? It goes to the first.": lambda votes, places: _by_order(
            votes, places, sorted(votes, reverse=True)
        ),
        "Did you divide what a pack had left? Divide the votes that it began with.": _divided_again,
        "Are the packs without a place missing? They are in the dict too, with 0.": lambda votes, places: {
            name: n for name, n in _by_order(votes, places, sorted(votes)).items() if n
        },
        "Did all packs with a vote get turns alike? Who has more votes gets more places.": lambda votes, places: (
            _dealt(votes, places, lambda v, got: (v > 0) / (got + 1))
        ),
    },
    conventions={
        "This is Sainte-Lague's rule, which divides by 1, 3, 5, ... The task divides by 1, 2, 3, ... (D'Hondt).": lambda votes, places: (  # noqa: E501
            _dealt(votes, places, lambda v, got: v / (2 * got + 1))
        ),
        "This is the rule of the largest remainders: whole shares first, then the largest rests. The task deals one at a time.": (  # noqa: E501
            _largest_remainders
        ),
    },
    alternatives=[dealt_at_once],
)
def share_places(votes, places):
    """How many of the places each pack gets (0 too), a dict: one at a time, to the largest votes / (places it has + 1).

    Ties go to the first name in the alphabet.
    """
    got = dict.fromkeys(votes, 0)
    for _ in range(places):
        got[max(sorted(votes), key=lambda name: votes[name] / (got[name] + 1))] += 1
    return got


# ---- the interview ---------------------------------------------------------------------------------------------------


def some_interviews(rng):
    """Edge cases first: one direction only, a noisy favourite, many against one, two tracks alike."""
    yield np.array([[1.0, 0.0], [0.0, 1.0], [0.5, 0.0]]), np.array([[4.0, 0.0], [0.0, 1.0]]), np.ones(3)
    yield np.array([[3.0, 0.0], [2.0, 0.0]]), np.eye(2), np.array([90.0, 0.1])
    yield np.array([[0.0, 2.0], [1.0, 0.2], [1.0, 0.0], [0.9, 0.1]]), np.eye(2), np.full(4, 0.1)
    yield np.array([[0.0, 1.0], [2.0, 0.0], [2.0, 0.0], [1.0, 0.0]]), np.eye(2), np.ones(4)
    # Each plausible wrong criterion asks about another track than 3.
    Q = np.array([[2.0, 1.0], [0.0, 3.0], [3.0, 0.0], [3.0, -1.0], [2.0, -1.0]])
    yield Q, np.diag([2.0, 4.0]), np.array([8.0, 1.0, 0.5, 2.0, 4.0])
    for _ in range(9):
        Q, A = np.round(rng.normal(size=(5, 2)), 1), np.round(rng.normal(size=(2, 2)), 1)
        yield Q, A @ A.T + 0.1 * np.eye(2), np.round(rng.uniform(0.1, 3, 5), 1)


def _gain(Q, S, noise, itself=True):
    ahead = Q @ S @ Q.T
    own = np.diag(ahead)
    return ((ahead**2).sum(axis=0) - (0 if itself else own**2)) / (noise + own)


def gain_by_inverse(Q, S, noise):
    """What is left after each answer, by Bayes' rule on the inverse of S."""
    left = []
    for q, s in zip(Q, noise, strict=True):
        after = np.linalg.inv(np.linalg.inv(S) + np.outer(q, q) / s)
        left.append(round(float(np.trace(Q @ after @ Q.T)), 9))
    return int(np.argmin(left))


@exercise(
    inputs=some_interviews,
    hints=[
        "ahead = Q @ S @ Q.T holds the covariance of the scores of every two tracks, shape (n, n).",
        "The gain of asking i: the sum of ahead[:, i] ** 2, over noise[i] + ahead[i, i].",
        "int(np.argmax(gain)), with gain = (ahead ** 2).sum(axis=0) / (noise + np.diag(ahead))",
    ],
    why="A good question is not the best-known track. It is the one whose answer says something about many others.",
    mistakes={
        "Is that the track one knows least about? Ask how much its answer tells about all tracks.": lambda Q, S, noise: (  # noqa: E501
            int(np.argmax(np.diag(Q @ S @ Q.T)))
        ),
        "Did you leave the noise out? Some answers are worth little because they are uncertain.": lambda Q, S, noise: (
            int(np.argmax(_gain(Q, S, 1e-9 + 0 * noise)))
        ),
        "Did you leave the track itself out of the sum? The answer says something about it as well.": lambda Q, S, noise: (  # noqa: E501
            int(np.argmax(_gain(Q, S, noise, itself=False)))
        ),
        "Did you forget S? Listeners differ more in some directions than in others.": lambda Q, S, noise: int(
            np.argmax(_gain(Q, np.eye(len(S)), noise))
        ),
        "Did you add up before you squared? Then tracks that move against each other cancel out.": lambda Q, S, noise: (
            int(np.argmax((Q @ S @ Q.T).sum(axis=0) ** 2 / (noise + np.diag(Q @ S @ Q.T))))
        ),
        "Is that what each answer is worth? Asked for is the position of the largest.": _gain,
        "Is that what the best answer is worth? Asked for is its position.": lambda Q, S, noise: float(
            _gain(Q, S, noise).max()
        ),
        "Did a tie go to the higher position? It goes to the lower one.": lambda Q, S, noise: int(
            len(Q) - 1 - np.argmax(_gain(Q, S, noise).round(9)[::-1])
        ),
    },
    alternatives=[gain_by_inverse],
)
def next_question(Q, S, noise):
    """The position of the track i with the largest sum_j (q_j . S q_i)^2 / (noise_i + q_i . S q_i).

    Q has shape (n, f), S (f, f), noise (n,). Ties go to the lower position.
    """
    ahead = Q @ S @ Q.T
    gain = (ahead**2).sum(axis=0) / (noise + np.diag(ahead))
    return int(np.argmax(gain.round(9)))


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
