"""Murmur's tracks: true vectors, appeal, and what a platform can see of them (sound, words, dates).

It knows no listener and no behaviour.

A true vector has 16 directions in hundredths: the first five can be heard (speech, energy, valence, acousticness,
tempo), the other eleven are the scene a track belongs to, which only its words hint at. All vectors are whole
numbers of hundredths, so that a product of two is exact on every machine, in whatever order it is summed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from recsys_helpers.simulator import words
from recsys_helpers.simulator.random_streams import draw, extend, key, normal
from recsys_helpers.simulator.strengths import Strengths

START = pd.Timestamp("2026-01-05T00:00:00Z")  # a Monday
DAY, WEEK = 86_400, 604_800
AUDIBLE, DIMENSIONS = 5, 16
FARMS = 3
PUSH = (0.65, 0.20, 0.15)  # how a farm shares its plays among its tracks
NEIGHBOURS = 60
KNOWN = 2.5  # how much a neighbour may be further away for each unit of appeal

KINDS = [*words.KINDS, "ad", "help"]
GENRES = [genre for _, genres, _ in words.KINDS.values() for genre in genres] + ["ad", "help"]
#: kind -> where its tracks lie: the five directions one hears, then the one of the scene that marks the kind
KIND_CENTRES = {
    "music": ((-0.6, 0.4, 0.1, 0.0, 0.3), None),
    "podcast": ((1.5, -0.3, 0.1, -0.2, -0.3), 5),
    "news": ((1.8, 0.1, -0.5, -0.5, 0.0), 6),
    "audiobook": ((1.3, -0.9, -0.1, 0.4, -0.5), 7),
    "radio": ((0.9, 0.6, 0.4, -0.6, 0.3), 8),
    "ambience": ((-1.3, -1.5, 0.0, 0.7, -1.0), 9),
}
KIND_MARK = 1.6
SPREAD = {"genre": (0.75, 0.62), "creator": (0.45, 0.50), "track": (0.50, 0.55)}  # audible, scene
AUDIO = ("speechiness", "energy", "valence", "acousticness", "tempo")
AUDIO_NOISE, TEXT_NOISE = 0.40, 0.90
APPEAL_SPREAD = 1.45
NEW_SHARE = {"music": 0.10, "podcast": 0.16, "news": 0.30, "audiobook": 0.06, "radio": 0.12, "ambience": 0.05}


@dataclass(frozen=True)
class Catalogue:
    """The tracks as arrays in order of track_id, and the table a platform would publish.

    `vectors` (n, 16) whole hundredths as float32; `appeal` (n,) in units of utility; `released` and `duration` in
    seconds from the start of the log; `followed` and `neighbours` are positions of tracks; `farm` is -1 or the
    number of the bot farm that lifts the track, `push` the share of the farm's plays that it gets.
    """

    table: pd.DataFrame
    vectors: np.ndarray
    appeal: np.ndarray
    kind: np.ndarray
    genre: np.ndarray
    genre_centres: np.ndarray
    kind_centres: np.ndarray
    duration: np.ndarray
    released: np.ndarray
    followed: np.ndarray
    neighbours: np.ndarray
    farm: np.ndarray
    push: np.ndarray

    @property
    def n(self) -> int:
        return len(self.appeal)

    @property
    def content(self) -> np.ndarray:
        """True where a track is more than an ad or a help clip."""
        return self.kind < len(words.KINDS)


def make_catalogue(seed: int, n_tracks: int, weeks: int, strengths: Strengths) -> Catalogue:
    """The catalogue of a seed; `weeks` says over how long the new releases are spread."""
    n = np.arange(n_tracks)
    kind, genre = _kinds_and_genres(seed, n)
    creator = _creators(seed, genre)
    genre_centres, kind_centres = _centres(seed)
    raw = genre_centres[genre] + _spread(seed, "creator", creator) + _spread(seed, "track", n)
    content = kind < len(words.KINDS)
    raw[~content] *= 0.2
    vectors = np.clip(np.rint(raw * 100), -400, 400).astype(np.float32)
    appeal = np.round(APPEAL_SPREAD * np.clip(normal(key(seed, "appeal", n)), -3, 2.4), 2)
    duration = _durations(seed, n, kind)
    released = _releases(seed, n, kind, weeks)
    farm, push = _farm_tracks(seed, kind, appeal, released)
    followed = _followers(seed, creator)
    table = pd.DataFrame({"track_id": track_ids(n_tracks)})
    table = table.join(_names(seed, n, kind, genre, creator))
    table["duration_s"] = duration
    table["released"] = (START + pd.to_timedelta(released // DAY, unit="D")).strftime("%Y-%m-%d")
    table = table.join(_audio(seed, n, vectors, kind, strengths))
    table = table.join(_descriptions(seed, vectors, table, strengths))
    order = ["track_id", "title", "creator", "kind", "genre", "tags", "duration_s", "released", "tempo", "energy",
             "valence", "acousticness", "speechiness", "description"]  # fmt: skip
    return Catalogue(
        table[order], vectors, appeal, kind, genre, np.rint(genre_centres * 100), np.rint(kind_centres * 100),
        duration, released, followed, _neighbours(vectors, appeal, content), farm, push,
    )  # fmt: skip


def track_ids(n_tracks: int, first: int = 1) -> np.ndarray:
    """t0001, t0002, ...: as many digits for all, so that alphabetical order is numerical order."""
    return np.array([f"t{i:04d}" for i in range(first, first + n_tracks)], dtype=object)


def _kinds_and_genres(seed: int, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Kinds in their fixed shares, shuffled over the ids; inside a kind, earlier genres are the larger ones."""
    extras = words.ADS + words.HELP_CLIPS if len(n) > 200 else 0
    shares = np.array([share for share, _, _ in words.KINDS.values()])
    cut = np.rint(np.cumsum(shares / shares.sum()) * (len(n) - extras)).astype(int)
    kind_in_order = np.searchsorted(cut, n, side="right")
    kind_in_order[cut[-1] :] = len(KINDS) - 2
    kind_in_order[cut[-1] + words.ADS :] = len(KINDS) - 1
    kind = np.empty(len(n), dtype=np.int64)
    kind[np.argsort(draw(key(seed, "kind", n), "order"), kind="stable")] = kind_in_order
    genres_of = [len(genres) for _, genres, _ in words.KINDS.values()] + [1, 1]
    first = np.concatenate([[0], np.cumsum(genres_of)[:-1]])
    u = draw(key(seed, "genre", n), "pick")
    return kind, first[kind] + np.floor(np.array(genres_of)[kind] * u * (0.55 + 0.45 * u)).astype(np.int64)


def _creators(seed: int, genre: np.ndarray) -> np.ndarray:
    """Creators belong to one genre; a few are prolific, most have two to five tracks."""
    creator = np.empty(len(genre), dtype=np.int64)
    for g in range(len(GENRES)):
        mine = np.flatnonzero(genre == g)
        crowd = max(1, len(mine) // 5)
        u = draw(key(seed, "creator", mine), "pick")
        creator[mine] = g * 10_000 + np.floor(crowd * u * (0.4 + 0.6 * u))
    return creator


def _centres(seed: int) -> tuple[np.ndarray, np.ndarray]:
    kind_centres = np.zeros((len(KINDS), DIMENSIONS))
    for k, (heard, mark) in enumerate(KIND_CENTRES.values()):
        kind_centres[k, :AUDIBLE] = heard
        if mark is not None:
            kind_centres[k, mark] = KIND_MARK
    genres_of = [len(genres) for _, genres, _ in words.KINDS.values()] + [1, 1]
    kind_of_genre = np.repeat(np.arange(len(KINDS)), genres_of)
    return kind_centres[kind_of_genre] + _spread(seed, "genre", np.arange(len(GENRES))), kind_centres


def _spread(seed: int, level: str, ids: np.ndarray) -> np.ndarray:
    noise = normal(key(seed, level, ids[:, None], np.arange(DIMENSIONS)))
    audible, scene = SPREAD[level]
    return noise * np.where(np.arange(DIMENSIONS) < AUDIBLE, audible, scene)


def _durations(seed: int, n: np.ndarray, kind: np.ndarray) -> np.ndarray:
    median = np.array([minutes for _, _, (minutes, _) in words.KINDS.values()] + [0.45, 0.9])
    sigma = np.array([sigma for _, _, (_, sigma) in words.KINDS.values()] + [0.2, 0.3])
    log_ratio = np.clip(normal(key(seed, "duration", n)), -2.5, 2.5) * sigma[kind]
    seconds: np.ndarray = np.rint(60 * median[kind] * np.exp(log_ratio)).astype(np.int64)
    return seconds


def _releases(seed: int, n: np.ndarray, kind: np.ndarray, weeks: int) -> np.ndarray:
    word = key(seed, "released", n)
    new = draw(word, "new") < np.array([*NEW_SHARE.values(), 0, 0])[kind]
    u = draw(word, "when")
    age = np.floor(2200 * u * u * np.where(kind == KINDS.index("news"), 0.1, 1)) + 3
    released: np.ndarray = np.where(new, np.floor(u * (7 * weeks - 3)), -age).astype(np.int64) * DAY
    return released


def _farm_tracks(
    seed: int, kind: np.ndarray, appeal: np.ndarray, released: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each farm lifts a few music tracks that would not rise by themselves, the first of them most."""
    dull = np.flatnonzero((kind == 0) & (released < 0) & (appeal < 0) & (appeal > -1))
    chosen = dull[np.argsort(draw(key(seed, "farm", dull), "order"), kind="stable")[: FARMS * len(PUSH)]]
    farm, push = np.full(len(kind), -1), np.zeros(len(kind))
    farm[chosen], push[chosen] = np.arange(len(chosen)) % FARMS, np.repeat(PUSH, FARMS)[: len(chosen)]
    return farm, push


def _followers(seed: int, creator: np.ndarray) -> np.ndarray:
    """The track that follows each: the creator's next, the last followed by the first; a lone track follows itself."""
    followed = np.arange(len(creator))
    order = np.lexsort((draw(key(seed, "follows", followed), "order"), creator))
    starts = np.flatnonzero(np.r_[True, np.diff(creator[order]) != 0])
    after = np.roll(order, -1)
    ends = np.r_[starts[1:], len(order)] - 1
    after[ends] = order[starts]
    followed[order] = after
    return followed


def _neighbours(vectors: np.ndarray, appeal: np.ndarray, content: np.ndarray) -> np.ndarray:
    """For each track what plays after it: near by true vector, the better known sooner; whole numbers, ties by id."""
    whole = vectors.astype(np.float64)
    length = (whole**2).sum(axis=1)
    distance = length[:, None] + length - 2 * whole @ whole.T - np.rint(1e4 * KNOWN * appeal)
    np.fill_diagonal(distance, np.inf)
    distance[:, ~content] = np.inf
    distance = distance * len(vectors) + np.arange(len(vectors))  # no ties left, so a partial sort will do
    few = min(NEIGHBOURS, len(vectors) - 1)
    near = np.argpartition(distance, few - 1, axis=1)[:, :few]
    nearest_first = np.argsort(np.take_along_axis(distance, near, axis=1), axis=1)
    return np.take_along_axis(near, nearest_first, axis=1).astype(np.int32)


def _audio(
    seed: int, n: np.ndarray, vectors: np.ndarray, kind: np.ndarray, strengths: Strengths
) -> pd.DataFrame:
    """What a sound analysis gives: each audible direction with noise, squeezed into 0..1, tempo in beats a minute."""
    noise = AUDIO_NOISE * normal(key(seed, "audio", n[:, None], np.arange(AUDIBLE)))
    x = strengths.audio * vectors[:, :AUDIBLE].astype(np.float64) / 100 + noise
    squeezed = np.round(0.5 + 0.5 * x / (1.6 + np.abs(x)), 3)
    frame = pd.DataFrame(squeezed, columns=list(AUDIO))
    frame["tempo"] = np.round(112 + 24 * np.clip(x[:, 4], -2.5, 2.5), 1)
    return frame


def _names(
    seed: int, n: np.ndarray, kind: np.ndarray, genre: np.ndarray, creator: np.ndarray
) -> pd.DataFrame:
    title, who = [], []
    creator_word, title_word = key(seed, "creator name", creator), key(seed, "title", n)
    for i in n:
        name = KINDS[kind[i]]
        who.append(_creator_name(name, int(creator_word[i]), GENRES[genre[i]]))
        w = int(title_word[i])
        first, second = words.TITLE_FIRST[w % 30], words.TITLE_SECOND[(w >> 8) % len(words.TITLE_SECOND)]
        if name in ("podcast", "audiobook"):
            title.append(
                f"{'Episode' if name == 'podcast' else 'Chapter'} {1 + (w >> 20) % 60}: The {first} {second}"
            )
        elif name == "news":
            title.append(
                f"{second} and {words.TITLE_SECOND[(w >> 14) % len(words.TITLE_SECOND)]}: the day in brief"
            )
        elif name in ("radio", "ambience"):
            title.append(f"{GENRES[genre[i]].capitalize()}, {second.lower()} no. {1 + (w >> 20) % 40}")
        elif name in ("ad", "help"):
            title.append("A word from our sponsors" if name == "ad" else "How to find your way in Murmur")
        else:
            title.append(f"{first} {second}")
    kinds = pd.Series(np.array(KINDS, dtype=object)[kind])
    return pd.DataFrame(
        {"title": title, "creator": who, "kind": kinds, "genre": np.array(GENRES, dtype=object)[genre]}
    )


def _creator_name(kind: str, w: int, genre: str) -> str:
    if kind in ("ad", "help"):
        return "Murmur"
    first, second = words.FIRST[w % 30], words.SECOND[(w >> 8) % 30]
    if kind in ("podcast", "news", "radio"):
        return words.SHOW[(w >> 16) % len(words.SHOW)].format(second if w >> 24 & 1 else genre.title())
    if kind == "music" and w >> 24 & 1:
        return f"{words.BAND_FIRST[w % 24]} {words.BAND_SECOND[(w >> 8) % 24]}"
    return f"{first} {second}"


def _descriptions(seed: int, vectors: np.ndarray, table: pd.DataFrame, strengths: Strengths) -> pd.DataFrame:
    """Three words for the scene directions that stand out most, with errors; two of them and the genre are the tags."""
    n = np.arange(len(table))
    scene = strengths.text * vectors[:, AUDIBLE:].astype(np.float64) / 100
    seen = scene + TEXT_NOISE * normal(key(seed, "text", n[:, None], np.arange(scene.shape[1])))
    top = np.argsort(-np.abs(seen), axis=1, kind="stable")[:, :3]
    word = key(seed, "words", n[:, None], np.arange(3))
    synonym = (word >> np.uint64(20)).astype(np.int64) % 2
    positive = np.take_along_axis(seen, top, axis=1) > 0
    template = (extend(word[:, 0], 9) >> np.uint64(20)).astype(np.int64) % len(words.DESCRIPTION)
    says, tags = [], []
    for i, (kind, genre, creator) in enumerate(
        zip(table["kind"], table["genre"], table["creator"], strict=True)
    ):
        if kind not in words.KIND_NOUN:
            says.append("A message, not a programme." if kind == "ad" else "A short guide to the platform.")
            tags.append(kind)
            continue
        picked = [
            words.SCENE_WORDS[d][int(p)][s] for d, p, s in zip(top[i], positive[i], synonym[i], strict=True)
        ]
        text = words.DESCRIPTION[template[i]]
        text = text.format(*picked, kind=words.KIND_NOUN[kind], creator=creator, genre=genre)
        says.append(text[0].upper() + text[1:])
        tags.append(";".join([genre, *sorted(picked[:2])]))
    return pd.DataFrame({"tags": tags, "description": says})
