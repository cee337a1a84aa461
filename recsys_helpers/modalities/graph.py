"""A small graph of knowledge: facts of a catalogue, paths through them from what somebody heard, and its random twin.

It holds no truth of the simulator's: a fact is what stands in the table of tracks, and ``followed_by`` does not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

SERIAL = ("podcast", "news", "audiobook", "radio")  # kinds whose tracks are parts of a series

Row = dict[str, Any]


def _tags(row: Row) -> list[str]:
    """The tags beside the name of the genre; none where the table has none."""
    tags = "" if pd.isna(row["tags"]) else str(row["tags"])
    return [tag for tag in tags.split(";") if tag and tag != row["genre"]]


def _series(row: Row) -> list[str]:
    """Creator and genre of a track that is a part of something, where both are known."""
    known = not pd.isna(row["creator"]) and not pd.isna(row["genre"])
    return [f"{row['creator']}: {row['genre']}"] if known and row["kind"] in SERIAL else []


#: relation -> the things that a track has in it
FACTS: dict[str, Callable[[Row], list[str]]] = {
    "made_by": lambda row: [row["creator"]],
    "of_genre": lambda row: [row["genre"]],
    "has_tag": _tags,
    "of_kind": lambda row: [row["kind"]],
    "in_series": _series,
}


def facts_of(tracks: pd.DataFrame, relations: Iterable[str] = tuple(FACTS)) -> pd.DataFrame:
    """Each fact of the tracks once, a frame with the columns track_id, relation and thing, in order.

    Raises ValueError for a relation that ``FACTS`` does not name, or where ``followed_by`` is among the columns: that
    is the simulator's truth.

    >>> tracks = pd.DataFrame({"track_id": ["a", "b"], "creator": "Kalo Dray", "genre": "folk", "kind": "music",
    ...     "tags": ["folk;raw", "folk"]})
    >>> facts_of(tracks, ["made_by", "has_tag"]).to_numpy().tolist()
    [['a', 'made_by', 'Kalo Dray'], ['b', 'made_by', 'Kalo Dray'], ['a', 'has_tag', 'raw']]
    """
    names = list(relations)
    unknown = [name for name in names if name not in FACTS]
    if unknown:
        raise ValueError(f"No relation {unknown[0]!r}: choose among {', '.join(FACTS)}.")
    if "followed_by" in tracks.columns:
        raise ValueError("followed_by is truth, which no platform has: give the table of tracks alone.")
    rows = tracks.to_dict("records")
    found = [
        (row["track_id"], name, thing)
        for name in names
        for row in rows
        for thing in dict.fromkeys(FACTS[name](row))
        if not pd.isna(thing)
    ]
    return pd.DataFrame(found, columns=["track_id", "relation", "thing"])


def links(facts: pd.DataFrame, relation: str, tracks: Any) -> sparse.csr_array:
    """The facts of one relation as a table of 0 and 1, tracks (n) x things, things in order of name.

    Raises ValueError where no fact has the relation, or a fact is of a track that is not among ``tracks``.
    """
    mine = facts[facts["relation"] == relation]
    if mine.empty:
        raise ValueError(f"No fact has the relation {relation!r}: {sorted(facts['relation'].unique())} have.")
    row = pd.Index(tracks).get_indexer(mine["track_id"])
    if (row < 0).any():
        raise ValueError(
            f"A fact is of {mine['track_id'].iloc[int(np.argmin(row))]!r}, which is no track here."
        )
    things = pd.Index(sorted(mine["thing"].unique()))
    table = sparse.csr_array(
        (np.ones(len(mine)), (row, things.get_indexer(mine["thing"]))), shape=(len(tracks), len(things))
    )
    table.data[:] = 1.0
    return table


def path_scores(
    history: sparse.csr_array, table: sparse.csr_array, known: np.ndarray, power: float = 0.5
) -> np.ndarray:
    """What the paths listener - heard track - thing - track add up to, (listeners, tracks).

    history (listeners, tracks): strengths; table (tracks, things): ``links``; known (tracks,): which tracks have plays.
    A path counts the strength of the heard track, divided by s ^ power, s the known tracks of its thing, so that a
    genre of hundreds weighs less than a creator of five: 0 counts all alike. A track's own plays make no path to it.

    >>> heard, made = sparse.csr_array([[1.0, 0.0, 0.0]]), sparse.csr_array([[1.0], [1.0], [0.0]])
    >>> path_scores(heard, made, np.array([True, False, False])).tolist()
    [[0.0, 1.0, 0.0]]
    """
    size = np.maximum(np.asarray(table[np.flatnonzero(known)].sum(axis=0)).ravel(), 1.0)
    weight = size**-power
    through = (history @ (table * weight)).toarray()
    own = history.toarray() * (np.asarray((table * weight).sum(axis=1)).ravel())
    found: np.ndarray = (table @ through.T).T - own
    return found


def paths_between(heard: pd.Series, track: str, facts: pd.DataFrame) -> pd.DataFrame:
    """The paths from what somebody heard (strengths by track_id) to a track, strongest first: reasons that can be read.

    Columns relation, thing, heard (the track that was heard), strength. Ties go to the lower id.
    """
    mine = facts.loc[facts["track_id"] == track, ["relation", "thing"]]
    both = mine.merge(facts[facts["track_id"].isin(heard.index) & (facts["track_id"] != track)])
    both = both.assign(strength=both["track_id"].map(heard)).rename(columns={"track_id": "heard"})
    order = ["strength", "heard", "relation", "thing"]
    both = both.sort_values(order, ascending=[False, True, True, True], ignore_index=True)
    return both[["relation", "thing", "heard", "strength"]]


def rewired(facts: pd.DataFrame, seed: int = 0, within: pd.Series | None = None) -> pd.DataFrame:
    """A random graph of the same degrees: in each relation the things are dealt out anew among the facts.

    Each track keeps how many facts it has of a relation, and each thing how many tracks. ``within``: labels by
    track_id; things then stay among tracks of one label. A fact that would stand twice is exchanged with another.

    >>> facts = pd.DataFrame({"track_id": list("abc"), "relation": "made_by", "thing": ["x", "y", "y"]})
    >>> sorted(rewired(facts, 1)["thing"])
    ['x', 'y', 'y']
    """
    random, done = np.random.default_rng(seed), facts.copy()
    label = (
        facts["relation"]
        if within is None
        else facts["relation"] + "\n" + facts["track_id"].map(within).astype(str)
    )
    for group in sorted(label.unique()):
        place = np.flatnonzero(label == group)
        tracks = facts["track_id"].to_numpy()[place]
        things = random.permutation(facts["thing"].to_numpy()[place])
        for _ in range(200):
            twice = np.flatnonzero(pd.DataFrame({"a": tracks, "b": things}).duplicated())
            if not len(twice):
                break
            for one in twice:
                other = int(random.integers(len(things)))
                things[one], things[other] = things[other], things[one]
        else:
            raise ValueError(f"The facts of {group.splitlines()[0]} are too dense to be dealt out anew.")
        done.iloc[place, done.columns.get_loc("thing")] = things
    return done
