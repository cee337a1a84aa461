"""Writes a world to a folder, all or nothing: a temporary folder first, renamed when every file is in it.

It simulates nothing itself.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from recsys_helpers.events.tables import ACTIONS, LOG
from recsys_helpers.simulator.card import render
from recsys_helpers.simulator.log import Buckets, Writer
from recsys_helpers.simulator.realism import honest_plays, measure, realism_table
from recsys_helpers.simulator.world import CROWD, World

SAMPLE = (
    CROWD  # the card's figures are those of the first accounts, so that a large world needs no more memory
)
PLAY_COLUMNS = [
    "event_id",
    "user_id",
    "track_id",
    "at",
    "action",
    "seconds_played",
    "source",
    "position",
    "context",
]
USER_COLUMNS = ["user_id", "joined", "plan", "age_band", "region", "device"]
PARQUET = """
## As Parquet

In this folder each table is a Parquet file of the same name, `events.parquet` for `events.csv.gz`, with what is
missing as NULL. The checksums are those of the tables as CSV, of which they were made.
"""


def write_world(
    world: World,
    folder: Path,
    force: bool = False,
    tick: Callable[[int], None] = lambda listeners: None,
    convert: Callable[[Path, Path], object] | None = None,
) -> dict[str, str]:
    """Simulate a world into a folder and return each table's SHA-256 (decompressed).

    convert : what makes a Parquet file of a CSV file; without it, the tables are CSV.

    Raises ValueError where the folder is there already (unless `force`) or cannot be made. Nothing is left behind and
    nothing old is lost if it is stopped half way.
    """
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file; give --out a folder that is not there yet.")
    if folder.exists() and any(folder.iterdir()) and not force:
        raise ValueError(f"{folder} is there already; choose another --out, or add --force to replace it.")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise ValueError(f"{folder} cannot be written ({error.strerror}); choose another --out.") from None
    try:
        sums = _write_tables(world, work / "new", tick)
        if convert is not None:
            _as_parquet(work / "new", convert)
        if folder.exists():
            folder.rename(work / "old")
        try:
            (work / "new").rename(folder)
        except BaseException:
            if (work / "old").exists():
                (work / "old").rename(folder)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return sums


def _write_tables(world: World, folder: Path, tick: Callable[[int], None]) -> dict[str, str]:
    days, truth = folder.parent / "days", folder / "truth"
    for path in (days, truth):
        path.mkdir(parents=True)
    buckets = Buckets(world.weeks, days)
    listeners = pd.concat(world.write_log(buckets, tick), ignore_index=True)
    sample = listeners.loc[: SAMPLE - 1, "user_id"]
    listeners = listeners.sort_values("user_id", ignore_index=True)
    sums = {
        "tracks.csv": _write(folder / "tracks.csv", world.tracks),
        "users.csv": _write(folder / "users.csv", listeners[USER_COLUMNS]),
    }
    defects, comments, plays = [], [], []
    actions = pd.Series(0, index=list(ACTIONS))
    with _Compressed(folder / "events.csv.gz") as out:
        for d, (events, bad, said) in enumerate(Writer(world.setting, world.n_users).days(buckets)):
            out.write(events.to_csv(index=False, header=d == 0, lineterminator="\n"))
            defects.append(bad)
            comments.append(said)
            plays.append(
                events.loc[(events["action"] == "play") & events["user_id"].isin(sample), PLAY_COLUMNS]
            )
            actions = actions.add(events["action"].value_counts(), fill_value=0)
    sums["events.csv"] = out.digest.hexdigest()
    tables = {
        "listeners": listeners.drop(columns=USER_COLUMNS[1:]),
        "defects": pd.concat(defects, ignore_index=True),
        "comments": pd.concat(comments, ignore_index=True).sort_values("event_id", ignore_index=True),
        **world.truth_tables(),
    }
    for name, table in sorted(tables.items()):
        sums[f"truth/{name}.csv"] = _write(truth / f"{name}.csv", table)
    events = pd.concat(plays, ignore_index=True)
    events["at"] = pd.to_datetime(events["at"], format="ISO8601", utc=True)
    events["seconds_played"] = events["seconds_played"].astype("float64")
    card = render(
        {"users": world.n_users, "tracks": world.n_tracks, "weeks": world.weeks, "seed": world.seed},
        _example(events, world),
        {
            "actions": actions.astype(int).reindex(list(ACTIONS)),
            "defects": tables["defects"]["kind"].value_counts(),
            "accounts": listeners["account"].value_counts(),
        },
        world.strengths,
        realism_table(measure(honest_plays(events, world.tracks, tables), len(sample), world.n_tracks)),
        sums,
    )
    (folder / "README.md").write_bytes(card.encode("utf-8"))
    return sums


def _as_parquet(folder: Path, convert: Callable[[Path, Path], object]) -> None:
    """Each table anew as Parquet, in place of its CSV, and a line of the card that says so."""
    for path in sorted(folder.rglob("*.csv*")):
        convert(path, path.with_name(path.name.partition(".")[0] + ".parquet"))
        path.unlink()
    with open(folder / "README.md", "ab") as card:
        card.write(PARQUET.encode("utf-8"))


def _example(plays: pd.DataFrame, world: World) -> dict[str, str]:
    """One play from the home shelf for the card to explain, from the log itself."""
    plays = plays.merge(world.tracks, on="track_id")
    heard = plays["seconds_played"].between(20, plays["duration_s"] - 20)
    fits = plays[(plays["source"] == "home") & plays["context"].notna() & heard & (plays["kind"] == "music")]
    row = (fits if len(fits) else plays).iloc[min(200, max(len(fits) - 1, 0))]
    place = "" if pd.isna(row["position"]) else str(int(row["position"]))
    seconds = "" if pd.isna(row["seconds_played"]) else str(int(row["seconds_played"]))
    cells = [row["event_id"], row["user_id"], row["track_id"], f"{row['at']:%Y-%m-%dT%H:%M:%SZ}", "play", seconds,
             row["source"], place, "" if pd.isna(row["context"]) else row["context"], ""]  # fmt: skip
    return {
        "example": ",".join(LOG) + "\n" + ",".join(str(cell) for cell in cells),
        "day": f"{row['at'].day} {row['at']:%B}",
        "time": f"{row['at']:%H:%M}",
        "seconds": seconds,
        "position": place,
        "duration": str(row["duration_s"]),
        **{name: str(row[name]) for name in ("user_id", "track_id", "title", "kind")},
    }


def _write(path: Path, table: pd.DataFrame) -> str:
    text = table.to_csv(index=False, lineterminator="\n").encode("utf-8")
    path.write_bytes(text)
    return hashlib.sha256(text).hexdigest()


class _Compressed:
    """A gzip file without name or time in it, and the checksum of what went in."""

    def __init__(self, path: Path):
        self.digest = hashlib.sha256()
        self._raw = open(path, "wb")
        self._gzip = gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=self._raw, mtime=0)
        self._out = io.BufferedWriter(self._gzip, 1 << 20)

    def write(self, text: str) -> None:
        data = text.encode("utf-8")
        self.digest.update(data)
        self._out.write(data)

    def __enter__(self) -> _Compressed:
        return self

    def __exit__(self, *exc: object) -> None:
        self._out.close()
        self._raw.close()
