"""What travels between the Arena and its players: the game's tables and a week's log, as JSON in gzip.

It decides nothing and runs nothing that it reads: no pickle, and arrays are lists of numbers.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from recsys_helpers.datasets.murmur import typed_table
from recsys_helpers.events.tables import log_dtypes, state_arrival
from recsys_helpers.simulator.catalogue import START
from recsys_helpers.simulator.setting import SOURCES

if TYPE_CHECKING:
    from recsys_helpers.arena.match import Ground
    from recsys_helpers.simulator import Served

LEVEL = 6  # of compression


@dataclass(frozen=True)
class Tables:
    """What every team is told when a game begins: whom it serves, with what, and perhaps the log until then."""

    tracks: pd.DataFrame
    users: pd.DataFrame
    log: pd.DataFrame | None

    @property
    def listeners(self) -> pd.Index:
        """The ids of the listeners, in order."""
        return pd.Index(self.users["user_id"], name="user_id")

    @property
    def track_ids(self) -> pd.Index:
        """The ids of the tracks, in order."""
        return pd.Index(self.tracks["track_id"], name="track_id")


def pack(value: object) -> bytes:
    """JSON in gzip; equal values give equal bytes."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode("utf-8"), LEVEL, mtime=0)


def unpack(data: bytes) -> Any:
    """What `pack` was given; raises ValueError for what it did not write."""
    try:
        return json.loads(gzip.decompress(data).decode("utf-8"))
    except (OSError, EOFError, ValueError) as error:
        raise ValueError(f"The Arena's answer cannot be read ({error}); ask again.") from None


def pack_tables(ground: Ground) -> bytes:
    """The tables of a game, for `unpack_tables`."""
    users = ground.world.users
    people = users[users["user_id"].isin(ground.world.listeners)]
    tables = {"tracks": ground.world.tracks, "users": people}
    if ground.log is not None:
        tables["log"] = ground.log.assign(at=ground.log["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return pack({name: table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()})


def unpack_tables(data: bytes) -> Tables:
    """The tables of a game, typed as `load_murmur` gives them."""
    text = unpack(data)
    files = {"tracks": "tracks.csv", "users": "users.csv", "log": "events.csv.gz"}
    found = {name: typed_table(files[name], text[name].encode("utf-8")) for name in files if name in text}
    log = found.get("log")
    return Tables(found["tracks"], found["users"], None if log is None else state_arrival(log, "event_id"))


def pack_log(served: Served, week: int) -> bytes:
    """The log of one week of the world (`Served.events_in`), in numbers, for `unpack_log`."""
    played = served.played[week - served.start]
    first = served.last_id + 1 + sum(len(one["word"]) for one in served.played[: week - served.start])
    columns = {
        "user": served.rows[played["person"]], "track": played["track"], "at": played["start"],
        "seconds": played["seconds"], "source": played["source"], "position": played["place"],
        "context": played["context"],
    }  # fmt: skip
    return pack({"first": first} | {name: values.tolist() for name, values in columns.items()})


def unpack_log(data: bytes, listeners: pd.Index, tracks: pd.Index) -> pd.DataFrame:
    """A week's log, of the type of `load_murmur().events`: plays alone, without dirt; raises ValueError.

    `listeners` and `tracks` are all ids of the game, in order.
    """
    columns = unpack(data)
    types = log_dtypes(listeners, tracks)
    first = columns.pop("first")
    values = {name: np.array(numbers, dtype=np.int64) for name, numbers in columns.items()}
    n = len(values["at"])
    position = values["position"]
    log = pd.DataFrame(
        {
            "event_id": np.arange(first, first + n),
            "user_id": pd.Categorical.from_codes(values["user"], dtype=types["user_id"]),
            "track_id": pd.Categorical.from_codes(values["track"], dtype=types["track_id"]),
            "at": START.as_unit("ns") + pd.to_timedelta(values["at"], unit="s").as_unit("ns"),
            "action": pd.Categorical(["play"] * n, dtype=types["action"]),
            "seconds_played": values["seconds"].astype(float),
            "source": pd.Categorical(pd.Index(SOURCES)[values["source"]], dtype=types["source"]),
            "position": np.where(position > 0, position, np.nan),
            "context": pd.Categorical.from_codes(values["context"], dtype=types["context"]),
            "text": pd.Series(np.nan, index=range(n), dtype=types["text"]),
        }
    )
    return state_arrival(log, "event_id")
