"""Exercises of lesson 02: a chart for each segment, people who are absent, and groups that are too small.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from collections import Counter

import pandas as pd

from recsys_helpers.exercises.registry import exercise

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
    yield made(
        [("al", "t1"), ("bo", "t1"), ("al", "t0"), ("bo", "t2"), ("bo", "t2"), ("bo", "t2")],
        {"al": "A", "bo": "A"},
        1,
    )
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


def _ranked(plays, segments, k, key):
    """The chart of each segment by another rule: `key` of (track, number of listeners), lowest first."""
    pairs = plays.drop_duplicates()
    charts = {}
    for segment, group in pairs.groupby(pairs["user_id"].map(segments)):
        fans = group["track_id"].value_counts().to_dict()
        charts[segment] = sorted(
            sorted(fans, reverse=True), key=lambda track, fans=fans: key(track, fans[track])
        )[:k]
    return charts


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
        "Does a tie go to the higher track_id? It goes to the lower one.": lambda plays, segments, k: _ranked(
            plays, segments, k, lambda track, fans: -fans
        ),
        "Do the least heard come first? The most listeners stand at the top.": lambda plays, segments, k: (
            _ranked(plays, segments, k, lambda track, fans: (fans, track))
        ),
        "Did you keep the whole chart? Cut it after k tracks.": lambda plays, segments, k: _charts(
            plays, segments, len(plays)
        ),
        "Are the numbers of listeners still with them? Asked are the tracks alone.": lambda plays, segments, k: {
            segment: {track: int((group["track_id"] == track).sum()) for track in _chart(group, k)}
            for segment, group in plays.drop_duplicates().groupby(
                plays.drop_duplicates()["user_id"].map(segments)
            )
        },
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


def some_weeks(rng):
    """Edge cases first: half absent, a newcomer among those who played, nobody absent, one listener."""
    yield pd.Series({"al": 4.0, "bo": 2.0}), ["al", "bo", "cy", "di"]
    yield pd.Series({"al": 4.0, "bo": 2.0, "zo": 9.0}), ["al", "bo", "cy"]
    yield pd.Series({"al": 1.0, "bo": 5.0}), ["bo", "al"]
    yield pd.Series({"al": 3.0, "zo": 1.0}), ["al"]
    for _ in range(9):
        who = [str(u) for u in rng.permutation(["al", "bo", "cy", "di", "ed", "fy"])]
        played = ["al", *who[: int(rng.integers(2, 4))], "zo"]
        hours = {u: round(float(rng.uniform(0.5, 9)), 1) for u in dict.fromkeys(played)}
        yield pd.Series(hours), ["al", *(u for u in who[2:] if u != "al"), "gus"]


def of_those_present(hours, listeners):
    return hours[hours.index.isin(listeners)].mean()


def of_all_rows(hours, listeners):
    return hours.mean()


def by_lookup(hours, listeners):
    known = hours.to_dict()
    total = 0.0
    for listener in listeners:
        total += known.get(listener, 0.0)
    return total / len(listeners)


@exercise(
    inputs=some_weeks,
    hints=[
        "How many listeners does the mean divide by? Those who are absent count too.",
        "hours.reindex(listeners) has a row for each listener, NaN where they did not play, and no newcomer.",
        "hours.reindex(listeners, fill_value=0).mean()",
    ],
    why="People who leave are in no row of the week they left in. A mean over rows does not see them go.",
    mistakes={
        "Is that the mean of those who played? Someone who is absent heard 0 hours and counts.": of_those_present,
        "Is that the mean of every row of `hours`? Newcomers count in it, and the absent do not.": of_all_rows,
        "Did you add up newcomers too? Someone who is not among `listeners` does not count.": lambda hours, listeners: (
            hours.sum() / len(listeners)
        ),
        "Did you divide by everybody in either list? Newcomers do not count, above or below the line.": [
            lambda hours, listeners: hours.sum() / len({*hours.index, *listeners}),
            lambda hours, listeners: hours.reindex(listeners).sum() / len({*hours.index, *listeners}),
        ],
        "Is that a sum? Divide by the number of listeners.": lambda hours, listeners: hours.reindex(
            listeners
        ).sum(),
        "Is that the median? The task asks for the mean.": lambda hours, listeners: hours.reindex(
            listeners, fill_value=0
        ).median(),
    },
    alternatives=[by_lookup],
)
def mean_outcome(hours, listeners):
    """Mean hours of all `listeners`, a list of ids; `hours` is a Series by user_id of those who played."""
    return hours.reindex(listeners, fill_value=0).mean()


def some_people(rng):
    """Edge cases first: everybody alike, everybody alone."""
    yield pd.DataFrame({"age": ["18-24"] * 3, "region": ["north"] * 3}), ["age", "region"], 3
    yield pd.DataFrame({"age": ["18-24", "55+"], "region": ["north", "south"]}), ["age", "region"], 2
    yield pd.DataFrame({"age": ["a", "a", "b", "b"], "region": ["n", "s", "n", "s"]}), ["age", "region"], 2
    yield pd.DataFrame({"age": ["a", "a", "b", "b", "b"], "region": ["n"] * 5}), ["age", "region"], 3
    yield pd.DataFrame({"age": ["a", "a", "a", "b"], "region": ["n", "n", "s", "n"]}), ["age", "region"], 2
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
        "Did you count who stands in groups large enough? Asked are the others.": lambda table, columns, least: (
            int((_sizes(table, columns) >= least).sum())
        ),
        "Is that a share of the rows? The task asks for a number.": lambda table, columns, least: float(
            (_sizes(table, columns) < least).mean()
        ),
        "Did you look at each column alone? It is the combination that gives a person away.": [
            small_in_one,
            lambda table, columns, least: int((_sizes(table, columns[:1]) < least).sum()),
        ],
    },
    alternatives=[small_by_counter],
)
def in_small_groups(table, columns, least):
    """How many rows have a combination of values in `columns` that fewer than `least` rows have."""
    sizes = table.groupby(columns).size()
    return int(sizes[sizes < least].sum())
