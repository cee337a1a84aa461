"""The exercises of lesson 02, portraits of listeners.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from recsys_helpers.exercises.registry import exercise, question

MONDAY = pd.Timestamp("2026-02-23", tz="UTC")


# ---- three questions on earlier lessons ------------------------------------------------------------------------------

question(
    "recall_column_means",
    answer="c",
    why="The means have shape (27,), one a column, and broadcasting takes them off every row.",
    wrong={
        "a": "Lined up from the right, 27 meets 27. It would be an error with axis=1, whose 1409 means meet 27.",
        "b": "That is the shape of the means. What they are taken from keeps its rows.",
    },
)

question(
    "recall_skip",
    answer="b",
    why="A skip is weak evidence: against the track, or against the moment. Silence is none.",
    wrong={
        "a": "One skip may be the wrong hour for the right track. How much is a single event worth?",
        "c": "It was started, and then left: that is more than silence says. Less than what, though?",
    },
)

question(
    "recall_bots",
    answer="a",
    why="A mean follows its largest values: a few accounts that play all day would set the ruler for everybody.",
    wrong={
        "b": "Where a column is missing, people miss it too. What do a bot's thousands of plays do to a mean?",
        "c": "It gives equal rows to one group without a word. What do the bots' rows do to everybody else's?",
    },
)


# ---- what a portrait may know ----------------------------------------------------------------------------------------


def _log(rows):
    """A few plays: (listener, hours from Monday, seconds)."""
    users, hours, seconds = zip(*rows, strict=True)
    at = [MONDAY + pd.Timedelta(hours=int(h)) for h in hours]
    return pd.DataFrame({"user_id": users, "at": at, "seconds_played": seconds})


def some_logs(rng):
    """Edge cases first: a play at the very moment, nothing but the past, then plays on both sides."""
    yield _log([("al", -1, 1800), ("al", 0, 3600)]), MONDAY
    yield _log([("al", -5, 3600), ("bo", -3, 900)]), MONDAY
    yield _log([("bo", -2, 7200), ("bo", 2, 3600), ("al", 3, 900)]), MONDAY
    for _ in range(9):
        n = int(rng.integers(3, 7))
        hours = [-2, *(int(h) for h in rng.integers(-40, 40, size=n)), 5]
        users = ["al", *(str(u) for u in rng.choice(["al", "bo", "cy"], size=n)), "al"]
        yield (
            _log([(u, h, 300 * int(rng.integers(1, 13))) for u, h in zip(users, hours, strict=True)]),
            MONDAY,
        )


def _sum_hours(plays, per=3600):
    return plays.groupby("user_id")["seconds_played"].sum() / per


def hours_by_loop(events, until):
    hours = {}
    for row in events.itertuples():
        if row.at < until:
            hours[row.user_id] = hours.get(row.user_id, 0) + row.seconds_played / 3600
    return hours


@exercise(
    inputs=some_logs,
    hints=[
        "Which rows may the portrait see? Keep those first.",
        'Group what is left by "user_id" and add up "seconds_played". An hour has 3,600 seconds.',
        'past = events[events["at"] < until], then past.groupby("user_id")["seconds_played"].sum() / 3600',
    ],
    why="One line cuts time, before any feature is formed. What comes after it cannot leak.",
    mistakes={
        "Did you let every row in? Only what happened before `until` is known by then.": lambda events, until: (
            _sum_hours(events)
        ),
        "Does a play that begins at `until` count? The past ends just before that moment.": lambda events, until: (
            _sum_hours(events[events["at"] <= until])
        ),
        "Are these minutes? The task asks for hours.": lambda events, until: _sum_hours(
            events[events["at"] < until], 60
        ),
        "Are these seconds? The task asks for hours, of 3,600 seconds.": lambda events, until: _sum_hours(
            events[events["at"] < until], 1
        ),
    },
    alternatives=[hours_by_loop],
    ordered=False,
)
def hours_before(events, until):
    """Hours heard by each listener in plays that began before `until`: a Series by user_id."""
    past = events[events["at"] < until]
    return past.groupby("user_id")["seconds_played"].sum() / 3600


question(
    "which_leaks",
    answer="c",
    why="The mean over all eight weeks holds the week that is to be foretold. A feature leaks by the rows that it is"
    " computed from, not by its name.",
    wrong={
        "a": "The plan at sign-up was known long before, so it may be used.",
        "b": "The skip rate of the first seven weeks ends where the week to be foretold begins.",
        "d": "The hour of the first play lies in the past for everybody who has a portrait.",
    },
)


# ---- features --------------------------------------------------------------------------------------------------------


def some_counts(rng):
    """Edge cases first: no plays, one genre, zeros among them."""
    yield ([0, 0],)
    yield ([5],)
    yield ([1, 1],)
    yield ([3, 0, 1],)
    yield ([2, 2, 2, 2],)
    for _ in range(8):
        yield ([*(int(c) for c in rng.integers(0, 9, size=int(rng.integers(2, 6)))), 1, 6],)


def _entropy(counts, log):
    shares = np.array([count for count in counts if count > 0]) / max(sum(counts), 1)
    return float(-(shares * log(shares)).sum())


def bits_by_loop(counts):
    total, bits = sum(counts), 0.0
    for count in counts:
        if count > 0:
            bits += count / total * np.log2(total / count)
    return bits


@exercise(
    inputs=some_counts,
    hints=[
        "Turn the counts into shares p that add up to 1. Leave the zeros out: log of 0 is not a number.",
        "Entropy is the sum of p * log2(1 / p). With no plays at all it is 0.",
    ],
    why="Breadth tells a listener of eight genres alike (3 bits) from one with a favourite and seven visits.",
    mistakes={
        "Did you count the genres? One visit would weigh as much as a hundred plays: use shares.": lambda counts: (
            sum(count > 0 for count in counts)
        ),
        "Is that the log2 of the number of genres? It would be right if all had the same share.": lambda counts: (
            float(np.log2(max(sum(count > 0 for count in counts), 1)))
        ),
    },
    conventions={
        "These are nats: you took the natural logarithm. The task asks for bits, with log2.": lambda counts: (
            _entropy(counts, np.log)
        )
    },
    alternatives=[bits_by_loop],
)
def breadth(counts):
    """Entropy in bits of a list of counts: 0 for one genre (or no plays), 3 for eight genres alike."""
    counts = np.array([count for count in counts if count > 0])
    shares = counts / counts.sum()
    return float((shares * np.log2(1 / shares)).sum())


def some_rates(rng):
    """Edge cases first: nothing seen, one event, much seen."""
    yield 0, 0, 0.3, 5
    yield 1, 1, 0.3, 5
    yield 60, 100, 0.3, 5
    yield 1, 4, 0.5, 0
    for _ in range(8):
        plays = int(rng.integers(1, 40))
        yield (
            int(rng.integers(0, plays + 1)),
            plays,
            round(float(rng.uniform(0.1, 0.9)), 2),
            int(rng.integers(2, 9)),
        )


@exercise(
    inputs=some_rates,
    hints=[
        "Pretend the listener had `prior` more plays. How many of those would the mean listener have skipped?",
        "(skips + prior * mean) / (plays + prior)",
    ],
    why="One skip in one play is no habit. Few events say little, so the rate starts at everybody's and moves with what"
    " is seen.",
    mistakes={
        "Is that the raw rate? The prior plays of the mean listener are missing.": lambda skips, plays, mean, prior: (
            skips / plays if plays else mean
        ),
        "Did you add the prior plays below the line only? The mean listener would have skipped some of them.": lambda skips, plays, mean, prior: (  # noqa: E501
            skips / (plays + prior)
        ),
        "Did you add a mean alone? `prior` plays of the mean listener bring prior * mean skips.": lambda skips, plays, mean, prior: (  # noqa: E501
            (skips + mean) / (plays + prior)
        ),
        "Is that halfway between the two rates? Much evidence should count for more than little.": lambda skips, plays, mean, prior: (  # noqa: E501
            ((skips / plays if plays else mean) + mean) / 2
        ),
    },
    alternatives=[
        lambda skips, plays, mean, prior: (
            mean + (plays / (plays + prior)) * (skips / plays - mean) if plays else mean
        )
    ],
)
def steady_rate(skips, plays, mean, prior):
    """The skip rate after `prior` plays of the mean listener, who skips a share `mean`, are added."""
    return (skips + prior * mean) / (plays + prior)


GOOD, BAD = {"lovely", "great", "calm"}, {"dull", "noise", "boring"}


def some_comments(rng):
    """Edge cases first: no word, no word of the lists, capitals, marks, words inside words."""
    yield "", GOOD, BAD
    yield "heard it on the train", GOOD, BAD
    yield "Lovely", GOOD, BAD
    yield "great, but dull, dull, dull", GOOD, BAD
    yield "what a lovely calm start", GOOD, BAD
    yield "boring.", GOOD, BAD
    yield "greatly dull", GOOD, BAD
    words = ["lovely", "Great", "calm", "dull", "noise,", "the", "train", "and", "Boring"]
    for _ in range(8):
        yield " ".join(str(w) for w in rng.choice(words, size=int(rng.integers(2, 8)))), GOOD, BAD


def _counted(words, good, bad):
    return sum(word in good for word in words), sum(word in bad for word in words)


def per_word(text, good, bad):
    words = re.findall("[a-z]+", text.lower())
    plus, minus = _counted(words, good, bad)
    return (plus - minus) / len(words) if words else 0.0


def with_case(text, good, bad):
    plus, minus = _counted(re.findall("[a-zA-Z]+", text), good, bad)
    return (plus - minus) / (plus + minus) if plus + minus else 0.0


def with_marks(text, good, bad):
    plus, minus = _counted(text.lower().split(), good, bad)
    return (plus - minus) / (plus + minus) if plus + minus else 0.0


def difference(text, good, bad):
    plus, minus = _counted(re.findall("[a-z]+", text.lower()), good, bad)
    return plus - minus


def inside_words(text, good, bad):
    plus, minus = (sum(text.lower().count(word) for word in words) for words in (good, bad))
    return (plus - minus) / (plus + minus) if plus + minus else 0.0


def stripped(text, good, bad):
    words = [word.strip(".,:;!?") for word in text.lower().split()]
    signs = [(word in good) - (word in bad) for word in words if word in good or word in bad]
    return float(np.mean(signs)) if signs else 0.0


@exercise(
    inputs=some_comments,
    hints=[
        'Small letters first, then the words alone: re.findall("[a-z]+", text.lower()).',
        "Count how many are in good, how many in bad. Where there is neither, the mood is 0.",
        "(plus - minus) / (plus + minus)",
    ],
    why="A list of words that anybody can read and correct is a fair first try. The next cells show where it errs.",
    mistakes={
        "Did you divide by all words? A long comment is not a lukewarm one: divide by good and bad words.": per_word,
        "Did you compare capitals as they are? `Lovely` and `lovely` are one word.": with_case,
        "Did a comma stick to a word? `dull,` is not in the list, `dull` is.": with_marks,
        "Is that a difference of counts? It should lie between -1 and 1.": difference,
        "Did you find words inside words? `greatly` is not `great`: take the comment apart first.": inside_words,
    },
    alternatives=[stripped],
)
def mood_of(text, good, bad):
    """(good words - bad words) / (good words + bad words) of a comment, in [-1, 1]; 0 where it has neither."""
    words = re.findall("[a-z]+", text.lower())
    plus = sum(word in good for word in words)
    minus = sum(word in bad for word in words)
    return (plus - minus) / (plus + minus) if plus + minus else 0.0


# ---- scale and components --------------------------------------------------------------------------------------------


def some_tables(rng):
    """Edge cases first: a column that never changes, one column, then tables of two scales."""
    yield (np.array([[1.0, 5.0], [3.0, 5.0]]),)
    yield (np.array([[2.0], [4.0], [9.0]]),)
    yield (np.array([[0.0, 100.0], [1.0, 300.0], [5.0, 200.0]]),)
    for _ in range(9):
        n, d = int(rng.integers(3, 6)), int(rng.integers(2, 4))
        yield ((rng.normal(size=(n, d)) * [1, 10, 100][:d] + [0, 5, 50][:d]).round(1),)


def _scaled(X, axis, ddof=0):
    spread = X.std(axis=axis, ddof=ddof, keepdims=True)
    return (X - X.mean(axis=axis, keepdims=True)) / np.where(spread > 0, spread, 1)


def from_zero_to_one(X):
    span = X.max(axis=0) - X.min(axis=0)
    return (X - X.min(axis=0)) / np.where(span > 0, span, 1)


def by_column(X):
    columns = []
    for column in np.asarray(X, dtype=float).T:
        away = column - np.mean(column)
        spread = np.sqrt(np.mean(away**2))
        columns.append(away / spread if spread > 0 else away)
    return np.column_stack(columns)


@exercise(
    inputs=some_tables,
    hints=[
        "X.mean(axis=0) has one mean a column. Subtract it; broadcasting does the rest.",
        "Divide by X.std(axis=0), but where that is 0 divide by 1.",
        "spread = X.std(axis=0); (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)",
    ],
    why="Now a step of 1 means one standard deviation in every column, so hours and shares can be compared.",
    mistakes={
        "Did you scale each row? A row is a listener: take mean and spread down the columns, axis=0.": lambda X: (
            _scaled(X, 1)
        ),
        "Did you take one mean and one spread of the whole table? Each column needs its own.": lambda X: (
            _scaled(X, None)
        ),
        "Did you subtract the mean and stop? The columns still have their own units: divide by the spread.": lambda X: (
            X - X.mean(axis=0)
        ),
        "Did you squeeze each column into 0 to 1? One outlier then flattens all others: use mean and spread.": from_zero_to_one,  # noqa: E501
    },
    conventions={
        "Some divide by the spread of a sample (ddof=1). The task, like StandardScaler, takes ddof=0.": lambda X: (
            _scaled(X, 0, ddof=1)
        )
    },
    alternatives=[by_column],
)
def standardise(X):
    """X, shape (n, d), with each column at mean 0 and standard deviation 1; a constant column becomes zeros."""
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)


def some_clouds(rng):
    """Edge cases first: points on a line, then clouds away from 0."""
    yield (np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]),)
    yield (np.array([[9.0, 1.0], [9.0, -1.0], [7.0, 0.0], [11.0, 0.0]]),)
    for _ in range(9):
        d = int(rng.integers(2, 4))
        yield ((rng.normal(size=(d + 3, d)) * [3, 1, 2][:d] + 4).round(1),)


def _shares(X, centre=True, power=2):
    s = np.linalg.svd(X - X.mean(axis=0) if centre else X, compute_uv=False) ** power
    return s / s.sum()


def by_eigenvalues(X):
    values = np.linalg.eigvalsh(np.cov(np.asarray(X).T))[::-1]
    return np.maximum(values, 0) / values.sum()


@exercise(
    inputs=some_clouds,
    hints=[
        "Subtract the mean of each column first.",
        "np.linalg.svd(centred, compute_uv=False) gives the singular values s; s ** 2 is variance, up to a constant.",
        "s ** 2 / (s ** 2).sum()",
    ],
    why="It says how much of the differences between listeners a flat picture can show, and how much it hides.",
    mistakes={
        "Did you leave the mean in? Then the first component points at the mean, not along the spread.": lambda X: (
            _shares(X, centre=False)
        ),
        "Are these shares of s? Variance goes with its square.": lambda X: _shares(X, power=1),
    },
    alternatives=[by_eigenvalues],
)
def explained_share(X):
    """The share of the variance of X, shape (n, d) with n > d, along each principal component, largest first."""
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    return s**2 / (s**2).sum()


# ---- K-means ---------------------------------------------------------------------------------------------------------


def some_points(rng):
    """Edge cases first: a point midway, one centre, a centre far from 0."""
    yield np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.0]]), np.array([[0.0, 0.0], [2.0, 0.0]])
    yield np.array([[1.0, 1.0], [5.0, 5.0]]), np.array([[3.0, 0.0]])
    yield np.array([[1.0, 1.0], [9.0, 9.0]]), np.array([[1.0, 2.0], [8.0, 8.0]])
    yield np.array([[3.0, 3.0], [0.0, 0.0]]), np.array([[3.0, 7.5], [0.5, 0.0], [6.0, 5.0]])
    for _ in range(9):
        d, k = 2, int(rng.integers(2, 4))
        yield rng.normal(scale=4, size=(5, d)).round(1), rng.normal(scale=4, size=(k, d)).round(1)


def _nearest(X, centres, distance):
    return distance(X[:, None, :] - centres[None, :, :]).argmin(axis=1)


def largest_product(X, centres):
    return (X @ centres.T).argmax(axis=1)


def without_sign(X, centres):
    return _nearest(X, centres, lambda gap: np.abs(gap.sum(axis=2)))


def by_blocks(X, centres):
    return _nearest(X, centres, lambda gap: np.abs(gap).sum(axis=2))


def row_by_row(X, centres):
    return np.linalg.norm(X - centres, axis=1).argmin()


def farthest(X, centres):
    return _nearest(X, centres, lambda gap: -(gap**2).sum(axis=2))


def assign_by_loop(X, centres):
    labels = []
    for x in X:
        labels.append(min(range(len(centres)), key=lambda k: sum((x - centres[k]) ** 2)))
    return labels


@exercise(
    inputs=some_points,
    hints=[
        "X[:, None, :] - centres[None, :, :] has shape (n, k, d): the gap of every point to every centre.",
        "Square, add up over the last axis, and take argmin over the centres: it keeps the first of equals.",
        "((X[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)",
    ],
    why="This is half of K-means. The other half moves each centre to the mean of its points.",
    mistakes={
        "Did you take the largest dot product? A long centre wins that everywhere: take the smallest distance.": largest_product,  # noqa: E501
        "Did you add up the gaps with their signs? +3 and -3 cancel: square them first.": without_sign,
        "Did you add up absolute gaps? That is the distance in blocks: K-means squares them.": by_blocks,
        "Did you take the farthest centre? Use argmin.": farthest,
        "Did row meet row? Every listener meets every centre: X[:, None] - centres has shape (n, k, d).": row_by_row,
    },
    alternatives=[assign_by_loop],
)
def assign(X, centres):
    """For each row of X, shape (n, d), the number of the nearest of the centres, shape (k, d); ties: the lowest."""
    gaps = X[:, None, :] - centres[None, :, :]
    return (gaps**2).sum(axis=2).argmin(axis=1)


def some_labels(rng):
    """Edge cases first: a centre without points."""
    yield np.array([[1.0, 1.0], [3.0, 5.0]]), np.array([0, 0]), np.array([[0.0, 0.0], [9.0, 9.0]])
    yield np.array([[1.0], [2.0], [9.0], [8.0]]), np.array([0, 0, 0, 1]), np.array([[2.0], [7.0]])
    for _ in range(9):
        labels = np.array([0, 0, 0, *rng.integers(0, 3, size=3)])
        yield rng.normal(scale=4, size=(6, 2)).round(1), labels, rng.normal(scale=4, size=(3, 2)).round(1)


def _moved(X, labels, centres, middle=lambda points: points.mean(axis=0), empty=lambda old: old):
    groups = [X[labels == k] for k in range(len(centres))]
    return np.array([middle(g) if len(g) else empty(old) for g, old in zip(groups, centres, strict=True)])


def only_the_full(X, labels, centres):
    return np.array([X[labels == k].mean(axis=0) for k in np.unique(labels)])


def moved_by_sums(X, labels, centres):
    new = np.array(centres, dtype=float)
    for k in {int(label) for label in labels}:
        points = [x for x, label in zip(X, labels, strict=True) if label == k]
        new[k] = sum(points) / len(points)
    return new


@exercise(
    inputs=some_labels,
    hints=[
        "X[labels == k] are the points of cluster k. What is the mean of none?",
        "Begin with a copy of the centres and overwrite those that have points.",
    ],
    why="An empty cluster is rare and real. Left alone it fills the centres with nan, and every later round with them.",
    mistakes={
        "Did an empty cluster go to 0? The task says that it stays where it was.": lambda X, labels, centres: (
            _moved(X, labels, centres, empty=lambda old: 0 * old)
        ),
        "Did an empty cluster vanish? Then later labels name other centres: keep its row.": only_the_full,
        "Is that the median? K-means moves a centre to the mean.": lambda X, labels, centres: _moved(
            X, labels, centres, middle=lambda points: np.median(points, axis=0)
        ),
    },
    alternatives=[moved_by_sums],
)
def move_centres(X, labels, centres):
    """The mean of the points of each cluster, shape (k, d); a centre without points stays where it was."""
    new = centres.copy()
    for k in range(len(centres)):
        if (labels == k).any():
            new[k] = X[labels == k].mean(axis=0)
    return new


# ---- how alike, how many ---------------------------------------------------------------------------------------------


def two_groupings(rng):
    """Edge cases first: other names for the same groups, all together against all apart."""
    yield [0, 0, 1, 1], [1, 1, 0, 0]
    yield [0, 0, 0], [0, 1, 2]
    yield [0, 0, 1, 1], [0, 1, 0, 1]
    yield [0, 1, 2], [0, 1, 2]
    for _ in range(9):
        n = int(rng.integers(4, 8))
        yield [int(a) for a in rng.integers(0, 3, size=n)], [int(b) for b in rng.integers(0, 3, size=n)]


def same_names(a, b):
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)


def together_in_both(a, b):
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    return sum(a[i] == a[j] and b[i] == b[j] for i, j in pairs) / len(pairs)


def by_table(a, b):
    a, b = np.array(a), np.array(b)
    alike = (a[:, None] == a) == (b[:, None] == b)
    return float((alike.sum() - len(a)) / (len(a) ** 2 - len(a)))


@exercise(
    inputs=two_groupings,
    hints=[
        "The names of groups mean nothing. Ask of each pair of listeners: together or apart?",
        "A pair agrees where both groupings put it together, or both apart. Divide by n (n - 1) / 2 pairs.",
    ],
    why="The Rand index compares groupings whose numbers are arbitrary. Two random groupings agree on many pairs too,"
    " which the adjusted index takes off.",
    mistakes={
        "Did you compare the names? Group 0 here may be group 1 there: compare pairs of listeners.": same_names,
        "Did you count only the pairs that are together in both? Apart in both agrees too.": together_in_both,
    },
    conventions={
        "This is the adjusted Rand index, which takes off what chance gives. The task asks for the plain one.": lambda a, b: (  # noqa: E501
            adjusted_rand_score(a, b)
        )
    },
    alternatives=[by_table],
)
def rand_index(a, b):
    """The share of all pairs of listeners on which two groupings, lists of labels, agree: together or apart in both."""
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    return sum((a[i] == a[j]) == (b[i] == b[j]) for i, j in pairs) / len(pairs)


question(
    "stable_in_noise",
    answer="b",
    why="K-means cuts any cloud. Drawing the listeners again shows whether the cuts hang on the cloud or on the draw.",
    wrong={
        "a": "The same cut of the same listeners can come out of every start, in noise too.",
        "c": "A silhouette over 0 needs points that are nearer to their own group, which K-means sees to in noise too.",
    },
)


# ---- segments at work ------------------------------------------------------------------------------------------------


def some_plays(rng):
    """Edge cases first: one fan with many plays, a tie, k larger than the list."""

    def made(rows, segments, k):
        users, tracks = zip(*rows, strict=True)
        return pd.DataFrame({"user_id": users, "track_id": tracks}), pd.Series(segments), k

    yield made(
        [("al", "t1"), ("al", "t1"), ("al", "t1"), ("bo", "t2"), ("al", "t2")], {"al": "A", "bo": "A"}, 1
    )
    yield made([("al", "t2"), ("al", "t1"), ("bo", "t3")], {"al": "A", "bo": "B"}, 1)
    yield made([("al", "t1"), ("bo", "t2")], {"al": "A", "bo": "B"}, 5)
    for _ in range(9):
        n = int(rng.integers(5, 10))
        rows = [("al", "t4"), ("cy", "t1")] + [
            (str(u), str(t))
            for u, t in zip(
                rng.choice(["al", "bo", "cy", "di"], n), rng.choice(["t1", "t2", "t3"], n), strict=True
            )
        ]
        yield made(rows, {"al": "A", "bo": "A", "cy": "B", "di": "B"}, 2)


def _chart(plays, k):
    counts = plays["track_id"].value_counts()
    return sorted(counts.index, key=lambda track: (-counts[track], track))[:k]


def _charts(plays, segments, k, once=True, whole=False):
    pairs = plays.drop_duplicates() if once else plays
    groups = pairs.groupby(pairs["user_id"].map(segments))
    return {segment: _chart(pairs if whole else group, k) for segment, group in groups}


def charts_by_loop(plays, segments, k):
    listeners = {}
    for user, track in zip(plays["user_id"], plays["track_id"], strict=True):
        listeners.setdefault(segments[user], {}).setdefault(track, set()).add(user)
    charts = {}
    for segment, of in listeners.items():
        charts[segment] = sorted(of, key=lambda track: (-len(of[track]), track))[:k]
    return charts


@exercise(
    inputs=some_plays,
    hints=[
        'One listener counts once a track: plays.drop_duplicates(["user_id", "track_id"]).',
        'The segment of each row is plays["user_id"].map(segments). Group by it and count the tracks.',
        'value_counts().sort_index().sort_values(ascending=False, kind="stable") breaks ties by track_id.',
    ],
    why="A chart for each segment is the least that a portrait can do, and the baseline for all that is finer.",
    mistakes={
        "Did you count plays? One fan with a hundred plays would make the chart: count listeners.": lambda plays, segments, k: (  # noqa: E501
            _charts(plays, segments, k, once=False)
        ),
        "Did every segment get the same chart? Count within the segment.": lambda plays, segments, k: _charts(
            plays, segments, k, whole=True
        ),
    },
    alternatives=[charts_by_loop],
)
def segment_charts(plays, segments, k):
    """A dict: segment -> its k tracks with the most listeners, ties by track_id; `segments` is a Series by user_id."""
    pairs = plays.drop_duplicates(["user_id", "track_id"])
    charts = {}
    for segment, group in pairs.groupby(pairs["user_id"].map(segments)):
        counts = group["track_id"].value_counts().sort_index()
        charts[segment] = list(counts.sort_values(ascending=False, kind="stable").index[:k])
    return charts


def some_people(rng):
    """Edge cases first: everybody alike, everybody alone."""
    yield pd.DataFrame({"age": ["18-24"] * 3, "region": ["north"] * 3}), ["age", "region"], 3
    yield pd.DataFrame({"age": ["18-24", "55+"], "region": ["north", "south"]}), ["age", "region"], 2
    yield pd.DataFrame({"age": ["a", "a", "b", "b"], "region": ["n", "s", "n", "s"]}), ["age", "region"], 2
    for _ in range(9):
        n = int(rng.integers(5, 9))
        ages, regions = ([str(x) for x in rng.choice(list(of), n)] for of in ("ab", "ns"))
        yield pd.DataFrame({"age": ages, "region": regions}), ["age", "region"], int(rng.integers(2, 4))


def _sizes(table, columns):
    return table.groupby(columns)[columns[0]].transform("size")


def small_in_one(table, columns, least):
    return int(
        sum((table[column].map(table[column].value_counts()) < least) for column in columns).gt(0).sum()
    )


def small_by_counter(table, columns, least):
    rows = list(table[columns].itertuples(index=False, name=None))
    sizes = Counter(rows)
    return sum(sizes[row] < least for row in rows)


@exercise(
    inputs=some_people,
    hints=[
        "How many listeners share each listener's combination of values? table.groupby(columns).size() counts them.",
        "Add up the sizes of the groups that are smaller than `least`.",
    ],
    why="Every column that is added cuts the crowd that a person can hide in. Report no figure of a group this small.",
    mistakes={
        "Did you count the groups? The task asks for the people in them.": lambda table, columns, least: int(
            (table.groupby(columns).size() < least).sum()
        ),
        "Does a group of exactly `least` count? Only smaller ones do.": lambda table, columns, least: int(
            (_sizes(table, columns) <= least).sum()
        ),
        "Did you look at each column alone? It is the combination that gives a person away.": small_in_one,
    },
    alternatives=[small_by_counter],
)
def in_small_groups(table, columns, least):
    """How many rows have a combination of values in `columns` that fewer than `least` rows have."""
    sizes = table.groupby(columns).size()
    return int(sizes[sizes < least].sum())
