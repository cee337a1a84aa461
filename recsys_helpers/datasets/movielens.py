"""MovieLens 100K: 100,000 ratings of films by 943 people, because the field's tables are on it.

It is not about music, and its people are not Murmur's listeners: lessons use it where they compare with the literature.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from recsys_helpers.columns import BEYOND, FIRST_YEAR, LAST_YEAR

from ._download import load
from ._files import ID, TEXT, Source, Table, check_count, describe

TABLES = {
    "ratings": Table(
        "u.data", 100_000, {"user_id": ID, "item_id": ID, "rating": (1, 5), "at": (0, 2**32)}, key=2
    ),
    "users": Table(
        "u.user",
        943,
        {"user_id": ID, "age": (0, 130), "gender": TEXT, "occupation": TEXT, "zip_code": TEXT},
        sep="|",
        latin1=True,
    ),
    "genres": Table("u.genre", 19, {"genre": TEXT, "code": ID}, sep="|", latin1=True),
    # u.item goes on with one column of 0 and 1 for each genre
    "items": Table(
        "u.item",
        1_682,
        {"item_id": ID} | dict.fromkeys(["title", "released", "video", "url"], TEXT),
        sep="|",
        latin1=True,
    ),
}
SOURCE = Source(
    title="MovieLens 100K",
    folder="ml-100k",
    url="https://files.grouplens.org/datasets/movielens/ml-100k.zip",
    sha256="50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
    files=tuple(table.file for table in TABLES.values()),
    extras=("README",),
)
MONTHS = {
    name: n for n, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}


@dataclass(frozen=True, eq=False, repr=False)
class MovieLens:
    """The three tables of MovieLens 100K, in the order of their files; ids run from 1 without gaps.

    Attributes
    ----------
    ratings : user_id, item_id, rating (1 to 5), at (UTC). One row a pair.
    items : item_id, title, released (a date; NaT for item 267, "unknown"), url, genres (names joined by ``|``:
        ``items["genres"].str.get_dummies()`` makes a column of each). 18 titles stand twice, under two ids.
    users : user_id, age (years), gender (M or F), occupation, zip_code (text).
    notes : what differs by a hair from the published counts, in sentences; empty if nothing does.
    """

    ratings: pd.DataFrame
    items: pd.DataFrame
    users: pd.DataFrame
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        counts = {"ratings": len(self.ratings), "films": len(self.items), "people": len(self.users)}
        return describe(SOURCE.title, counts, self.notes)


def load_movielens(path: str | os.PathLike[str] | None = None) -> MovieLens:
    """MovieLens 100K from ``path``, else from ``$RECSYS_DATA``, else from ``data/cache``, else downloaded there.

    The files are checked against their published counts: one that is off by at most 1 in 1,000 is told in ``notes``,
    one that is further off is refused. The data may be used for teaching and research; it may not be passed on.

    Source: Harper and Konstan, The MovieLens Datasets: History and Context, ACM TiiS 5(4), 2015, doi:10.1145/2827872.

    Raises ValueError if the files are missing and cannot be fetched, or are not as published.

    >>> load_movielens("nowhere")
    Traceback (most recent call last):
    ValueError: There is no folder nowhere. Give the folder that holds u.data, u.user, u.genre, u.item ...
    """
    return load(SOURCE, path, _read)


def _read(folder: Path, published: dict[str, int] | None = None) -> MovieLens:
    """The data set in a folder; tests pass other ``published`` counts for their own small files."""
    published = published or {name: table.rows for name, table in TABLES.items()}
    frames: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    for name, table in TABLES.items():
        if name == "items":
            genres = frames["genres"].sort_values("code")["genre"].tolist()
            table = replace(table, columns=table.columns | dict.fromkeys(genres, (0, 1)))
        frames[name] = table.read(folder)
        notes += check_count(table.file, len(frames[name]), published[name])
    ratings, users, _, items = frames.values()
    TABLES["ratings"].check_known(ratings["item_id"], TABLES["items"], items["item_id"])
    TABLES["ratings"].check_known(ratings["user_id"], TABLES["users"], users["user_id"])

    ratings["at"] = pd.to_datetime(ratings["at"], unit="s", utc=True).astype("datetime64[ns, UTC]")
    items["released"] = _dates(items["released"])
    flags = items[genres].to_numpy(dtype=bool)
    items["genres"] = ["|".join(g for g, has in zip(genres, row, strict=True) if has) for row in flags]
    return MovieLens(ratings, items[["item_id", "title", "released", "url", "genres"]], users, tuple(notes))


def _dates(texts: pd.Series) -> pd.Series:
    """Dates such as 01-Jan-1995, read without the machine's locale; an empty one is NaT."""
    dates = []
    for at, text in enumerate(texts):
        try:
            day, month, year = text.split("-") if text else ("", "", "")
            dates.append(pd.Timestamp(int(year), MONTHS[month], int(day)) if text else pd.NaT)
        except (ValueError, KeyError):
            where = TABLES["items"].line(at)
            raise ValueError(f"{where}: {text!r} is not a date like 01-Jan-1995.") from None
        if dates[-1] is not pd.NaT and not FIRST_YEAR <= dates[-1].year <= LAST_YEAR:
            raise ValueError(f"{TABLES['items'].line(at)}: {text!r} {BEYOND}.")
    return pd.Series(dates, index=texts.index, dtype="datetime64[ns]")
