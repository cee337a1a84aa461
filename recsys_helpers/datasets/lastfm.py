"""Last.fm 2k: what 1,892 real listeners played, tagged and befriended, as published at HetRec 2011.

It is not an event log: plays are totals for each listener and artist, without dates.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ._download import load
from ._files import ID, TEXT, Source, Table, check_count, describe

LISTENERS = 1_892  # the published count of people who played something
TABLES = {
    "plays": Table(
        "user_artists.dat",
        92_834,
        {"user_id": ID, "artist_id": ID, "plays": (1, None)},
        key=2,
        header="userID\tartistID\tweight",
    ),
    "artists": Table(
        "artists.dat",
        17_632,
        {"artist_id": ID, "name": TEXT, "url": TEXT, "picture_url": TEXT},
        header="id\tname\turl\tpictureURL",
    ),
    "tags": Table("tags.dat", 11_946, {"tag_id": ID, "tag": TEXT}, header="tagID\ttagValue", latin1=True),
    "tagged": Table(
        "user_taggedartists.dat",
        186_479,
        dict.fromkeys(["user_id", "artist_id", "tag_id"], ID)
        | {"day": (1, 31), "month": (1, 12), "year": (1900, 2100)},
        key=3,
        header="userID\tartistID\ttagID\tday\tmonth\tyear",
    ),
    "friends": Table(
        "user_friends.dat", 25_434, {"user_id": ID, "friend_id": ID}, key=2, header="userID\tfriendID"
    ),
}
SOURCE = Source(
    title="Last.fm 2k (HetRec 2011)",
    folder="lastfm-2k",
    url="https://files.grouplens.org/datasets/hetrec2011/hetrec2011-lastfm-2k.zip",
    sha256="6738f48195667ff03caaab4d32ca9a3133d8cc026b7c3cdaf6ce1010e913c59c",
    files=tuple(table.file for table in TABLES.values()),
    extras=("readme.txt",),
)


@dataclass(frozen=True, eq=False, repr=False)
class LastFM:
    """The five tables of Last.fm 2k, in the order of their files; ids are whole numbers with gaps.

    Attributes
    ----------
    plays : user_id, artist_id, plays (how often, at least 1). One row a pair.
    artists : artist_id, name, url, picture_url (may be empty).
    tags : tag_id, tag.
    tagged : user_id, artist_id, tag_id, at (UTC; the published day is nearly always the first of its month).
        As published, 5 rows are dated before 2005 and 1,538 name one of 390 artists that ``artists`` does not hold.
    friends : user_id, friend_id. Each friendship stands twice, once from each side.
    notes : what differs by a hair from the published counts, in sentences; empty if nothing does.
    """

    plays: pd.DataFrame
    artists: pd.DataFrame
    tags: pd.DataFrame
    tagged: pd.DataFrame
    friends: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = {
            "listeners": self.plays["user_id"].nunique(),
            "artists": len(self.artists),
            "play counts": len(self.plays),
            "tags": len(self.tags),
            "taggings": len(self.tagged),
            "friend pairs": len(self.friends) // 2,
        }
        return describe(SOURCE.title, counts, self.notes)


def load_lastfm(path: str | os.PathLike[str] | None = None) -> LastFM:
    """Last.fm 2k from ``path``, else from ``$RECSYS_DATA``, else from ``data/cache``, else downloaded there.

    The files are checked against their published counts: one that is off by at most 1 in 1,000 is told in ``notes``,
    one that is further off is refused. The data may be used for teaching and research; it may not be passed on.

    Source: Cantador, Brusilovsky and Kuflik, Second Workshop on Information Heterogeneity and Fusion in Recommender
    Systems, RecSys 2011, doi:10.1145/2043932.2044016.

    Raises ValueError if the files are missing and cannot be fetched, or are not as published.

    >>> load_lastfm("nowhere")
    Traceback (most recent call last):
    ValueError: There is no folder nowhere. Give the folder that holds user_artists.dat, artists.dat, ...
    """
    return load(SOURCE, path, _read)


def _read(folder: Path, published: dict[str, int] | None = None) -> LastFM:
    """The data set in a folder; tests pass other ``published`` counts for their own small files."""
    published = published or {name: table.rows for name, table in TABLES.items()} | {"listeners": LISTENERS}
    frames: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    for name, table in TABLES.items():
        frames[name] = table.read(folder)
        notes += check_count(table.file, len(frames[name]), published[name])
    plays, artists, tags, tagged, friends = frames.values()
    listeners = plays["user_id"]
    notes += check_count(TABLES["plays"].file, listeners.nunique(), published["listeners"], "listeners")

    TABLES["plays"].check_known(plays["artist_id"], TABLES["artists"], artists["artist_id"])
    TABLES["tagged"].check_known(tagged["tag_id"], TABLES["tags"], tags["tag_id"])
    TABLES["tagged"].check_known(tagged["user_id"], TABLES["plays"], listeners)
    for side in ("user_id", "friend_id"):
        TABLES["friends"].check_known(friends[side], TABLES["plays"], listeners)

    tagged["at"] = _dates(tagged.pop("year"), tagged.pop("month"), tagged.pop("day"))
    return LastFM(plays, artists, tags, tagged, friends, tuple(notes))


def _dates(year: pd.Series, month: pd.Series, day: pd.Series) -> pd.Series:
    """UTC dates from three columns; ``pd.to_datetime`` does the same and takes longer than all the rest together."""
    months = ((year - 1970) * 12 + month - 1).to_numpy().astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day.to_numpy() - 1)
    wrong = np.flatnonzero(days.astype("datetime64[M]") != months)
    if len(wrong):
        at = wrong[0]
        where = TABLES["tagged"].line(at)
        raise ValueError(f"{where}: there is no day {day[at]} in month {month[at]} of {year[at]}.")
    return pd.Series(days.astype("datetime64[ns]"), index=year.index).dt.tz_localize("UTC")
