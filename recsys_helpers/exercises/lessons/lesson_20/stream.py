"""The exercises of lesson 20 on a stream that judges itself, and its questions on earlier lessons.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_new_listener_folded",
    answer="b",
    why="The factors of the tracks stay as they were, and one small system gives the newcomer's own (lesson 05). "
    "Today we do the same at every play, for people whom the model knows.",
    wrong={
        "a": "That is a new fit. Folding in asks the model as it is about somebody new.",
        "c": "Then the newcomer's plays would count for nothing. They enter, by one small system.",
    },
)

question(
    "recall_which_next",
    answer="c",
    why="Autoplay goes on from the last track, so what came last tells much there, and little where people chose "
    "(lesson 13). Keep that in mind for what follows.",
    wrong={
        "a": "Where the listener chose, their habits were the best rival. The chain won elsewhere.",
        "b": "Each question had another winner: ask who chose the next track.",
    },
)

question(
    "recall_second_world",
    answer="a",
    why="An effect is a difference between two worlds (lesson 15). Without the second one, whatever happened in the "
    "meantime is part of it.",
    wrong={
        "b": "More weeks make the first figure surer, and it still has nothing to be compared with.",
        "c": "An interval says how sure the figure is. It does not say what made it.",
    },
)

question(
    "why_five_plays_win",
    answer="b",
    why="Autoplay queues neighbours of the track before it, so the last plays tell what it queued next, whoever "
    "listens. Where people looked for a track themselves, their whole history tells more.",
    wrong={
        "a": "Then the five would win on home and in search as well. There they lose by far.",
        "c": "Five tracks drawn from the history are a short profile too, and they are worse than all of them.",
    },
)

# ---- score, then learn -----------------------------------------------------------------------------------------------


def _streams(rng):
    yield ["a", "a", "b"], 1
    yield ["a"], 1
    yield ["b", "a", "b", "a", "a", "b"], 1
    yield ["a", "b", "c", "a", "b", "c"], 2
    yield ["c", "b", "a", "a", "b", "b", "c"], 1
    yield ["a", "b", "c", "d"], 3
    yield ["b", "b", "a", "a", "a", "b"], 1
    for _ in range(8):
        yield rng.choice(list("abcd"), int(rng.integers(6, 12))).tolist(), int(rng.integers(1, 3))


def _best(counts, k):
    return sorted((track for track, n in counts.items() if n), key=lambda track: (-counts[track], track))[:k]


def _walk(stream, k, first_learn=False, count=True):
    counts: Counter[str] = Counter()
    hits = 0
    for track in stream:
        if first_learn:
            counts[track] += 1
        hits += track in _best(counts, k)
        if not first_learn:
            counts[track] += 1 if count else track not in counts
    return hits


def _learns_misses_alone(stream, k):
    counts: Counter[str] = Counter()
    hits = 0
    for track in stream:
        if track in _best(counts, k):
            hits += 1
        else:
            counts[track] += 1
    return hits


def _ties_as_they_came(stream, k):
    counts: Counter[str] = Counter()
    hits = 0
    for track in stream:
        hits += track in [name for name, _ in counts.most_common(k)]
        counts[track] += 1
    return hits


def _ties_from_the_end(stream, k):
    counts: Counter[str] = Counter()
    hits = 0
    for track in stream:
        order = sorted(sorted(counts, reverse=True), key=lambda one: -counts[one])
        hits += track in order[:k]
        counts[track] += 1
    return hits


def _by_slices(stream, k):
    hits = 0
    for now, track in enumerate(stream):
        past = list(stream[:now])
        order = sorted(set(past), key=lambda one: (-past.count(one), one))
        if track in order[:k]:
            hits += 1
    return hits


@exercise(
    inputs=_streams,
    hints=[
        "At each play two things happen. Which of them must come first?",
        "Keep a dict of counts. Rank it, look whether the track is among the first k, and only then count the play.",
        "sorted(counts, key=lambda track: (-counts[track], track))[:k] is the list.",
    ],
    why="Every play is a test before it is a lesson. No play is graded by a list that knew it, and no part of the log "
    "has to be set aside.",
    mistakes={
        "Did you count the play before you judged the list? Then the list knows the answer.": (
            lambda stream, k: _walk(stream, k, first_learn=True)
        ),
        "Did you count the whole stream first? At a play only what came before it is known.": lambda stream, k: (
            sum(track in _best(Counter(stream), k) for track in stream)
        ),
        "Is that a share? The task asks for a number of plays.": lambda stream, k: (
            _walk(stream, k) / len(stream)
        ),
        "Did hits go uncounted? A play is learnt whether it was a hit or not.": _learns_misses_alone,
        "Did you ask whether the track was played before at all? It must be among the k most played.": (
            lambda stream, k: sum(track in stream[:now] for now, track in enumerate(stream))
        ),
        "Did you count a track once only? Every play of it counts.": lambda stream, k: _walk(
            stream, k, count=False
        ),
        "Are those the misses? The task asks for the hits.": lambda stream, k: len(stream) - _walk(stream, k),
        "Do ties go to another name? Of tracks with as many plays the first in the alphabet stands first.": [
            _ties_as_they_came,
            _ties_from_the_end,
        ],
    },
    alternatives=[_by_slices],
)
def prequential_hits(stream, k):
    """How many plays of the stream were on the list that was shown just before them.

    `stream` is a list of names of tracks, in the order in which they were played. Before each play the list holds the
    `k` tracks with the most plays so far, or fewer while fewer have been played; ties go to the name that comes first
    in the alphabet. First the play is compared with the list, then it is counted.
    """
    counts = {}
    hits = 0
    for track in stream:
        shown = sorted(counts, key=lambda one: (-counts[one], one))[:k]
        hits += track in shown
        counts[track] = counts.get(track, 0) + 1
    return hits


# ---- by who chose ----------------------------------------------------------------------------------------------------


def _graded(rng):
    yield ([("ana", "home", 1.0), ("ana", "home", 0.0), ("bo", "home", 1.0)],)
    yield ([("ana", "home", 0.5)],)
    yield ([("ana", "home", 1.0), ("ana", "search", 0.0), ("bo", "search", 1.0)],)
    yield (
        [
            ("ana", "autoplay", 1.0),
            ("ana", "autoplay", 1.0),
            ("ana", "autoplay", 1.0),
            ("bo", "autoplay", 0.0),
        ],
    )
    yield ([("ana", "home", 0.2), ("bo", "home", 0.4), ("cy", "search", 0.6)],)
    yield (
        [
            ("ana", "home", 1),
            ("bo", "home", 0),
            ("bo", "home", 0),
            ("bo", "search", 0.6),
            ("ana", "search", 0),
        ],
    )
    for _ in range(8):
        many = int(rng.integers(6, 12))
        users = rng.choice(["ana", "bo", "cy"], many).tolist()
        sources = rng.choice(["autoplay", "home", "search"], many).tolist()
        yield (list(zip(users, sources, (rng.integers(0, 5, many) / 4).tolist(), strict=True)),)


def _grouped(plays, key):
    found: dict = {}
    for user, source, gain in plays:
        found.setdefault(key(user, source), []).append(gain)
    return found


def _sources(plays):
    return list(dict.fromkeys(source for _, source, _ in plays))


def _pooled(plays):
    return {one: float(np.mean(gains)) for one, gains in _grouped(plays, lambda user, source: source).items()}


def _means(plays):
    return {
        pair: float(np.mean(gains))
        for pair, gains in _grouped(plays, lambda user, source: (user, source)).items()
    }


def _over_everybody(plays):
    people, means = {user for user, _, _ in plays}, _means(plays)
    return {one: sum(means.get((user, one), 0.0) for user in people) / len(people) for one in _sources(plays)}


def _by_table(plays):
    import pandas as pd

    table = pd.DataFrame(plays, columns=["user", "source", "gain"])
    return table.groupby(["source", "user"])["gain"].mean().groupby("source").mean()


def _as_dict(plays):
    return {source: float(value) for source, value in _by_table(plays).items()}


@exercise(
    inputs=_graded,
    hints=[
        "Two means, one after the other: which of them is taken first?",
        "First the mean of each pair of a source and a listener, then for each source the mean of these means.",
        "A dict with (source, user) as its keys and lists of gains as its values is a good start.",
    ],
    why="Two sources that are pooled hide the only thing that matters here, and a few heavy listeners would speak for "
    "everybody in a mean over plays. The interval over listeners needs each of them once, too.",
    mistakes={
        "Did you take the mean over plays? Then those who play most count most: each listener counts once.": _pooled,
        "Do listeners without a play from a source count there, with 0? They have nothing to say of it.": (
            _over_everybody
        ),
        "Did you add up instead of taking means?": lambda plays: {
            one: float(np.sum(gains)) for one, gains in _grouped(plays, lambda user, source: source).items()
        },
        "Did you add up a listener's plays? The mean of each listener comes first, then that of the means.": (
            lambda plays: {
                one: float(np.mean([sum(gains) for (_, source), gains in own.items() if source == one]))
                for own in [_grouped(plays, lambda user, source: (user, source))]
                for one in _sources(plays)
            }
        ),
        "Is that the mean of each listener? Asked is that of each source.": lambda plays: {
            user: float(np.mean(gains)) for user, gains in _grouped(plays, lambda user, source: user).items()
        },
        "Is each listener's mean over all sources? Take the plays from this source alone.": lambda plays: {
            one: float(
                np.mean(
                    [
                        np.mean(_grouped(plays, lambda user, source: user)[user])
                        for user in dict.fromkeys(user for user, source, _ in plays if source == one)
                    ]
                )
            )
            for one in _sources(plays)
        },
    },
    alternatives=[_as_dict],
)
def gain_by_source(plays):
    """A dict, source -> gain: for each source the mean over its listeners of each one's own mean gain from that source.

    `plays` is a list of (user, source, gain), one for each graded play. The listeners of a source are those with at
    least one play from it.
    """
    gains = {}
    for user, source, gain in plays:
        gains.setdefault(source, {}).setdefault(user, []).append(gain)
    return {
        source: sum(sum(own) / len(own) for own in listeners.values()) / len(listeners)
        for source, listeners in gains.items()
    }
