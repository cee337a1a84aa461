"""Exercises of lesson 02: on earlier lessons, what a portrait may know, and its features.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

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
    why="A skip is weak evidence, against the track or the moment: taking points off for it made the recipe of lesson"
    " 01 worse.",
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
    at = [MONDAY + pd.Timedelta(hours=h) for h in hours]
    return pd.DataFrame({"user_id": users, "at": at, "action": "play", "seconds_played": seconds})


def some_logs(rng):
    """Edge cases first: at the very moment, nothing but the past, both sides, and a play that still sounds then."""
    yield _log([("al", -1, 1800), ("al", 0, 3600)]), MONDAY
    yield _log([("al", -5, 3600), ("bo", -3, 900), ("al", -2, 1800)]), MONDAY
    yield _log([("bo", -2, 7200), ("bo", 2, 3600), ("al", 3, 900)]), MONDAY
    yield _log([("al", -5, 1800), ("al", -0.25, 3600)]), MONDAY
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
        "Must a play have ended before `until`? It belongs to the past if it began before.": lambda events, until: (
            _sum_hours(events[events["at"] + pd.to_timedelta(events["seconds_played"], unit="s") <= until])
        ),
        "Did you cut off what sounds after `until`? A play that began before counts whole.": lambda events, until: (
            _sum_hours(
                events[events["at"] < until].assign(
                    seconds_played=lambda past: past["seconds_played"].clip(
                        upper=(until - past["at"]).dt.total_seconds()
                    )
                )
            )
        ),
        "Are these the plays from `until` on? The past lies before it.": lambda events, until: _sum_hours(
            events[events["at"] >= until]
        ),
        "Is that how often they played? Asked is how long: add up seconds_played.": lambda events, until: (
            events[events["at"] < until].groupby("user_id")["seconds_played"].count()
        ),
        "Is that the mean of a play? Asked is the sum of all of them.": lambda events, until: (
            events[events["at"] < until].groupby("user_id")["seconds_played"].mean() / 3600
        ),
        "Did you add up over all listeners? Asked is a figure for each: groupby first.": lambda events, until: (
            events[events["at"] < until]["seconds_played"].sum() / 3600
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
    why="The mean over all eight weeks holds the week that is to be predicted. A feature leaks by the rows that it is"
    " computed from, not by its name.",
    wrong={
        "a": "The plan at sign-up was known long before, so it may be used.",
        "b": "The skip rate of the first seven weeks ends where the week to be predicted begins.",
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


def _among_heard(counts, of):
    """`of` the counts above 0 and their shares; 0 where there are none."""
    heard = np.array([count for count in counts if count > 0], dtype=float)
    return float(of(heard, heard / heard.sum())) if len(heard) else 0.0


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
        "Is a minus missing? The logarithm of a share is below 0: p * log2(1 / p), or -p * log2(p).": lambda counts: (
            -_entropy(counts, np.log2)
        ),
        "Are these the counts where the shares belong? Divide each by their sum first.": [
            lambda counts: _among_heard(counts, lambda n, p: (n * np.log2(1 / n)).sum()),
            lambda counts: _among_heard(counts, lambda n, p: (n * np.log2(n)).sum()),
        ],
        "Did you divide by the number of genres? A share is a part of all plays.": lambda counts: (
            _among_heard(counts, lambda n, p: (n / len(counts) * np.log2(len(counts) / n)).sum())
        ),
        "Did every genre weigh the same? Each log2(1 / p) is multiplied by its share p.": [
            lambda counts: _among_heard(counts, lambda n, p: np.log2(1 / p).sum()),
            lambda counts: _among_heard(counts, lambda n, p: np.log2(1 / p).mean()),
        ],
        "Is that the chance that two plays differ in genre, 1 - sum of p²? The task asks for bits.": lambda counts: (
            _among_heard(counts, lambda n, p: 1 - (p**2).sum())
        ),
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
        ),
        "You took the logarithm to base 10. The task asks for bits, with log2.": lambda counts: _entropy(
            counts, np.log10
        ),
        "Some divide by the most that so many genres could have, so that it ends at 1. The task does not.": [
            lambda counts: _among_heard(
                counts, lambda n, p: -(p * np.log2(p)).sum() / max(np.log2(len(n)), 1e-9)
            ),
            lambda counts: _entropy(counts, np.log2) / max(np.log2(len(counts)), 1e-9),
        ],
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
        "Did you add the prior plays above alone? They count as plays too, below the line.": lambda skips, plays, mean, prior: (  # noqa: E501
            (skips + prior * mean) / plays if plays else mean
        ),
        "Did the mean listener skip all of the prior plays? They skip a share `mean` of them.": lambda skips, plays, mean, prior: (  # noqa: E501
            (skips + prior) / (plays + prior)
        ),
        "Is that a switch from one rate to the other? The two are mixed, a little more of their own with each play.": lambda skips, plays, mean, prior: (  # noqa: E501
            skips / plays if plays and plays >= prior else mean
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


def turned(text, good, bad):
    return -stripped(text, good, bad)


def only_good(text, good, bad):
    plus, minus = _counted(re.findall("[a-z]+", text.lower()), good, bad)
    return plus / (plus + minus) if plus + minus else 0.0


def each_once(text, good, bad):
    plus, minus = _counted(set(re.findall("[a-z]+", text.lower())), good, bad)
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
        "Is the sign turned around? Good words less bad ones: praise is above 0.": turned,
        "Is that the share of good words? The bad ones count against them: from -1 to 1.": only_good,
        "Does a word that stands twice count once? Every time counts, so keep the list and no set.": each_once,
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
