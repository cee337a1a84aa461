"""What the platform writes down: rows of plays, likes, comments and searches, and the dirt that real logs have.

It decides nothing that a listener does, and cleans nothing.

Rows are made listener by listener and week by week, and put into one bucket for each day of arrival, in memory or on
disk; a day is then sorted, numbered and turned into text. So memory holds one crowd or one day, never the whole log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.events.tables import ACTIONS, LOG
from recsys_helpers.simulator import words
from recsys_helpers.simulator.catalogue import DAY, GENRES, START, track_ids
from recsys_helpers.simulator.people import CONTEXTS, pseudonyms
from recsys_helpers.simulator.random_streams import draw, mix, normal, purpose
from recsys_helpers.simulator.setting import LIB, NOTICE, SEARCH, SOURCES, Setting

PLAY, LIKE, COMMENT, LOOKUP = range(4)
DEFECTS = {  # kind -> share of rows that get it
    "exact_duplicate": 0.006,
    "retry_duplicate": 0.008,
    "unknown_track": 0.0025,
    "unknown_user": 0.0025,
    "late": 0.012,
    "negative_seconds": 0.002,  # from here on plays only
    "overlong_seconds": 0.003,
    "missing_seconds": 0.005,
    "clock_skew": 0.0025,  # of sessions: all rows of one carry the same shift
}
KINDS_OF_DEFECT = list(DEFECTS)
MISSING = -(2**31)
STRANGERS, STRANGE_TRACKS = 2**24, 400  # ids in nobody's tables
ROW = np.dtype(
    [("arrive", "i8"), ("at", "i8"), ("key", "u8"), ("words", "u8"), ("user", "i4"), ("track", "i4"), ("seconds", "i8"),
     ("copy", "i1"), ("action", "i1"), ("source", "i1"), ("position", "i1"), ("context", "i1"), ("mood", "i1"),
     ("wording", "i1"), ("defect", "i1")]
)  # fmt: skip
MOST_ROWS = 1_000  # rows that an account leaves in a week, at the very most


def rows_of_week(
    setting: Setting, played: dict[str, np.ndarray], talkative: np.ndarray, liked: np.ndarray, first: int
) -> np.ndarray:
    """The clean rows of one week of one crowd whose first listener has number `first`.

    `liked` (n, tracks) remembers what each listener has liked, and is brought up to date: a track is liked once.
    """
    word, pleasure = played["word"], played["pleasure"]
    notice = played["source"] == NOTICE
    session = mix(word ^ (played["step"] + 1).astype(np.uint64))
    plays = np.zeros(len(word), dtype=ROW)
    plays["at"], plays["user"], plays["track"] = played["start"], played["person"], played["track"]
    plays["seconds"], plays["action"] = played["seconds"], PLAY
    plays["source"], plays["position"] = (
        played["source"],
        np.where(played["source"] == LIB, 0, played["place"]),
    )
    quiet = draw(session_key(played), "no context") < 0.24
    plays["context"] = np.where(quiet | (draw(session, "no context") < 0.06), -1, played["context"])
    plays["mood"] = plays["wording"] = plays["defect"] = -1

    person = played["person"] - first
    likes = draw(word, "like") < np.round(0.20 * np.maximum(pleasure - 0.45, 0), 6)
    likes &= ~notice & ~liked[person, played["track"]]
    pair = person * liked.shape[1] + played["track"]
    once = np.zeros(len(word), dtype=bool)
    once[np.unique(np.where(likes, pair, -1), return_index=True)[1]] = True
    likes &= once
    liked[person[likes], played["track"][likes]] = True

    comments = (draw(word, "comment") < 0.0085 * talkative[person]) & ~notice
    score = setting.strengths.mood * 4.5 * (pleasure - 0.5) + 0.7 * normal(mix(word ^ purpose("mood")))
    mood = np.where(score > 0.4, 0, np.where(score < -0.4, 1, 2))
    u = draw(word, "wording")
    wording = np.where((u < 0.78) | (mood == 2), 0, np.where(u < 0.93, 1, 2))

    parts = [plays]
    for mask, action in ((likes, LIKE), (comments, COMMENT), (played["source"] == SEARCH, LOOKUP)):
        rows = plays[mask].copy()
        rows["action"], rows["seconds"] = action, MISSING
        moment = draw(word[mask], "moment")
        if action == LOOKUP:
            rows["at"] -= 3 + (moment * 4).astype(np.int64)
            rows["source"], rows["position"] = -1, 0
        else:
            rows["at"] += np.floor(moment * played["seconds"][mask]).astype(np.int64)
        if action == COMMENT:
            rows["mood"], rows["wording"] = mood[mask], wording[mask]
        parts.append(rows)
    words_of = [word, word[likes], word[comments], word[played["source"] == SEARCH]]
    for rows, name, its_word in zip(parts, ACTIONS, words_of, strict=True):
        rows["key"] = rows["words"] = mix(its_word ^ purpose("row of a " + name))
    skewed = session_key(played)
    shift = [_skew(skewed[mask]) for mask in (slice(None), likes, comments, played["source"] == SEARCH)]
    return plant(setting, np.concatenate(parts), np.concatenate(shift))


def session_key(played: dict[str, np.ndarray]) -> np.ndarray:
    """One word for each session, whatever the step."""
    mixed = played["person"].astype(np.uint64) << np.uint64(24)
    return mix(mixed ^ (played["week"] * 64 + played["slot"]).astype(np.uint64) ^ purpose("session of a row"))


def rows_of_bots(bots: dict[str, np.ndarray]) -> np.ndarray:
    """The rows of the farms; they carry no dirt of their own."""
    rows = np.zeros(len(bots["word"]), dtype=ROW)
    rows["at"] = rows["arrive"] = bots["start"]
    rows["user"], rows["track"], rows["seconds"] = bots["person"], bots["track"], bots["seconds"]
    rows["key"] = mix(bots["word"] ^ purpose("row of a bot"))
    rows["source"] = np.where(draw(bots["word"], "source") < 0.7, LIB, SEARCH)
    rows["position"] = np.where(rows["source"] == SEARCH, 1, 0)
    rows["context"] = rows["mood"] = rows["wording"] = rows["defect"] = -1
    return rows


def _skew(session: np.ndarray) -> np.ndarray:
    """Seconds by which a session's clock is wrong: 0 for nearly all, else 2 to 72 hours, a year, or back at 1970."""
    u, v, sign = (draw(session, name) for name in ("which clock", "how wrong", "which way"))
    hours = np.floor(7_200 + v * v * 252_000) * np.where(sign < 0.4, -1, 1)
    year = np.where(sign < 0.5, -365, 365) * DAY
    epoch = np.full(len(u), -(int(START.timestamp()) // DAY) * DAY)
    shift = np.where(u < 0.6, hours, np.where(u < 0.8, year, epoch)).astype(np.int64)
    return np.where(draw(session, "skewed") < DEFECTS["clock_skew"], shift, 0)


def plant(setting: Setting, rows: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Put in the dirt: at most one defect a row, each decided by the row's own key."""
    rows["arrive"] = rows["at"]
    word, play = rows["key"], rows["action"] == PLAY
    u, v = draw(word, "defect"), draw(word, "defect size")
    edges = np.cumsum([DEFECTS[kind] for kind in KINDS_OF_DEFECT[:-1]])
    kind = np.searchsorted(edges, u, side="right")
    kind[(kind >= KINDS_OF_DEFECT.index("negative_seconds")) & ~play] = len(edges)
    kind[(kind == KINDS_OF_DEFECT.index("unknown_track")) & (rows["action"] == LOOKUP)] = len(edges)
    kind = np.where(kind == len(edges), -1, kind)
    skewed = shift != 0
    kind[skewed] = KINDS_OF_DEFECT.index("clock_skew")

    def has(name: str) -> np.ndarray:
        met: np.ndarray = kind == KINDS_OF_DEFECT.index(name)
        return met

    rows["at"] += shift
    rows["arrive"] += np.where(has("late"), 10 + np.floor(v * 1_190), 0).astype(np.int64)
    rows["user"] = np.where(has("unknown_user"), STRANGERS + np.floor(v * 900), rows["user"])
    strange = setting.catalogue.n + np.floor(v * STRANGE_TRACKS)
    rows["track"] = np.where(has("unknown_track"), strange, rows["track"])
    seconds, duration = (
        rows["seconds"],
        setting.catalogue.duration[np.minimum(rows["track"], setting.catalogue.n - 1)],
    )
    over = np.where(v < 0.3, DAY, np.rint(duration * (1.6 + 6 * v)) + 60).astype(np.int64)
    seconds = np.where(has("negative_seconds"), np.where(v < 0.5, -1, -seconds), seconds)
    seconds = np.where(has("overlong_seconds"), over, seconds)
    rows["seconds"] = np.where(has("missing_seconds"), MISSING, seconds)
    rows["defect"] = kind

    copies = rows[has("exact_duplicate") | has("retry_duplicate")].copy()
    exact = copies["defect"] == KINDS_OF_DEFECT.index("exact_duplicate")
    rows["defect"][
        has("exact_duplicate") | has("retry_duplicate")
    ] = -1  # the first of two is as it should be
    gap = 1 + np.floor(draw(copies["key"], "retry") * 8).astype(np.int64)
    copies["at"] += np.where(exact, 0, gap)
    day_ends = (
        copies["arrive"] // DAY + 1
    ) * DAY - 1  # an exact copy shares its original's number, so its day too
    copies["arrive"] = np.where(
        exact, np.minimum(copies["arrive"] + 5 * gap, day_ends), copies["arrive"] + gap
    )
    copies["copy"] = exact
    copies["key"] = np.where(exact, copies["key"], mix(copies["key"] ^ purpose("retry")))
    return np.concatenate([rows, copies])


class Buckets:
    """Rows by day of arrival, in memory, or in files where a folder is given."""

    def __init__(self, weeks: int, folder: Path | None = None):
        self.days, self.folder = 7 * weeks, folder
        self.rows: list[list[np.ndarray]] = [[] for _ in range(self.days)]

    def add(self, rows: np.ndarray) -> None:
        """Keep these rows, but for those that arrive after the log's last day."""
        day = rows["arrive"] // DAY
        order = np.argsort(day, kind="stable")
        edges = np.searchsorted(day[order], np.arange(self.days + 1))
        for d in range(self.days):
            part = rows[order[edges[d] : edges[d + 1]]]
            if len(part) and self.folder is None:
                self.rows[d].append(part)
            elif len(part) and self.folder is not None:
                with open(self.folder / f"day{d:05d}", "ab") as file:
                    file.write(part.tobytes())

    def day(self, d: int) -> np.ndarray:
        """All rows that arrive on a day, in order of arrival."""
        if self.folder is None:
            rows = np.concatenate(self.rows[d]) if self.rows[d] else np.zeros(0, dtype=ROW)
        else:
            path = self.folder / f"day{d:05d}"
            rows = np.fromfile(path, dtype=ROW) if path.exists() else np.zeros(0, dtype=ROW)
        return rows[np.lexsort((rows["key"], rows["copy"], rows["arrive"]))]


class Writer:
    """Turns days of rows into the tables a reader sees: events, and the truth about defects and comments."""

    def __init__(self, setting: Setting, n_listeners: int):
        self.setting = setting
        self.tracks = np.concatenate(
            [track_ids(setting.catalogue.n), track_ids(STRANGE_TRACKS, first=setting.catalogue.n + 1)]
        )
        self.users = pseudonyms(setting.seed, np.arange(n_listeners))
        self.strangers = pseudonyms(setting.seed, STRANGERS + np.arange(900))
        self.queries = _queries(setting.catalogue.table)
        self.genre = np.concatenate(
            [np.array(GENRES, dtype=object)[setting.catalogue.genre], ["track"] * STRANGE_TRACKS]
        )

    def days(self, buckets: Buckets) -> Iterator[tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]]:
        """(events, defects, comments) for each day, numbered on from the day before."""
        numbered = 0
        for d in range(buckets.days):
            rows = buckets.day(d)
            first_seen, inverse = np.unique(rows["key"], return_index=True, return_inverse=True)[1:]
            rank = np.empty(len(first_seen), dtype=np.int64)
            rank[np.argsort(first_seen, kind="stable")] = np.arange(len(first_seen))
            event_id = numbered + 1 + rank[inverse]
            numbered += len(first_seen)
            bad, said = rows["defect"] >= 0, (rows["action"] == COMMENT) & (rows["copy"] == 0)
            defects = pd.DataFrame(
                {
                    "event_id": event_id[bad],
                    "kind": np.array(KINDS_OF_DEFECT, dtype=object)[rows["defect"][bad]],
                }
            )
            comments = pd.DataFrame(
                {"event_id": event_id[said], "mood": np.array(words.MOODS, dtype=object)[rows["mood"][said]],
                 "wording": np.array(words.WORDINGS, dtype=object)[rows["wording"][said]]}
            )  # fmt: skip
            yield self._events(rows, event_id), defects, comments

    def _events(self, rows: np.ndarray, event_id: np.ndarray) -> pd.DataFrame:
        user = np.where(
            rows["user"] < STRANGERS,
            self.users[np.minimum(rows["user"], len(self.users) - 1)],
            self.strangers[np.maximum(rows["user"] - STRANGERS, 0)],
        )
        track = self.tracks[rows["track"]]
        track[rows["action"] == LOOKUP] = None
        at = np.datetime64(START.tz_localize(None), "s") + rows["at"].astype("timedelta64[s]")
        return pd.DataFrame(
            {
                "event_id": event_id,
                "user_id": user,
                "track_id": track,
                "at": np.char.add(np.datetime_as_string(at, unit="s"), "Z").astype(object),
                "action": np.array(ACTIONS, dtype=object)[rows["action"]],
                "seconds_played": whole(rows["seconds"], rows["seconds"] == MISSING),
                "source": np.array([*SOURCES, None], dtype=object)[rows["source"]],
                "position": whole(rows["position"], rows["position"] == 0),
                "context": np.array([*CONTEXTS, None], dtype=object)[rows["context"]],
                "text": self._text(rows),
            },
            columns=list(LOG),
        )

    def _text(self, rows: np.ndarray) -> np.ndarray:
        """Comments from templates by mood and wording, searches from the names of the track in mind."""
        text = np.full(len(rows), None, dtype=object)
        turn = mix(rows["words"] ^ purpose("text"))  # a retry says the same words again
        at = np.flatnonzero(rows["action"] == LOOKUP)
        text[at] = self.queries[
            (turn[at] >> np.uint64(40)).astype(np.int64) % len(self.queries), rows["track"][at]
        ]
        for (mood, wording), templates in words.COMMENTS.items():
            fits = (rows["action"] == COMMENT) & (rows["mood"] == words.MOODS.index(mood))
            fits &= rows["wording"] == words.WORDINGS.index(wording)
            which = (turn >> np.uint64(40)).astype(np.int64) % len(templates)
            for t, template in enumerate(templates):
                at = np.flatnonzero(fits & (which == t))
                text[at] = self._fill(template, rows["track"][at], turn[at])
        return text

    def _fill(self, template: str, track: np.ndarray, turn: np.ndarray) -> np.ndarray:
        """One template for many rows at once."""

        def words_at(values: list[str], bits: int) -> np.ndarray:
            return np.array(values, dtype=object)[(turn >> np.uint64(bits)).astype(np.int64) % len(values)]

        out = np.full(len(track), "", dtype=object)
        for piece in re.split(r"(\{\w+\})", template):
            if piece in ("{p}", "{p2}"):
                piece = words_at(words.POSITIVE, 8 if piece == "{p}" else 20)
            elif piece in ("{n}", "{n2}"):
                piece = words_at(words.NEGATIVE, 8 if piece == "{n}" else 20)
            elif piece == "{w}":
                piece = self.genre[track]
            out = out + piece
        return out


def whole(values: np.ndarray, missing: np.ndarray) -> pd.arrays.IntegerArray:
    """Whole numbers with holes: written without a decimal point, and nothing where missing."""
    return pd.arrays.IntegerArray(np.asarray(values).astype(np.int64), np.array(missing))


def _queries(table: pd.DataFrame) -> np.ndarray:
    """What a listener may type to find a track: its creator, its title, or its genre and a tag, (4, tracks)."""
    tag = table["tags"].str.split(";").str[-1]
    forms = [
        table["creator"],
        table["title"],
        table["genre"] + " " + tag,
        table["creator"].str.split().str[-1],
    ]
    return np.stack([form.str.lower().to_numpy(dtype=object) for form in forms])
