"""Murmur's listeners: who they are, what they like, when they listen, and which accounts are bots.

It holds no behaviour: what they do with a shelf is in `behaviour`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from recsys_helpers.simulator import words
from recsys_helpers.simulator.catalogue import (
    DAY,
    DIMENSIONS,
    KINDS,
    START,
    Catalogue,
)
from recsys_helpers.simulator.random_streams import draw, key, mix, normal
from recsys_helpers.simulator.strengths import Strengths

BOT_EVERY, BOT_AT = 100, 37  # one account in a hundred
CONTEXTS = ["commute", "work", "workout", "home", "sleep"]
PARTS = 5  # of a day: morning, day, late afternoon, evening, night
SLOTS = 7 * PARTS  # a listener starts at most one session in each part of a day
PART_STARTS, PART_HOURS = np.array([6.6, 9.5, 16.2, 19.0, 21.7]), np.array([2.2, 5.5, 2.3, 2.3, 1.9])
TASTE_SPREAD = 1.9  # standard deviation of taste over the catalogue, in units of utility
LATE_SHARE = 0.17
ACTIVITY_SPREAD = 1.5  # sigma of the log of sessions a week
WHIMS = 0.8  # standard deviation of the liking of single tracks that nothing explains
JUMPERS = 0.5  # share of listeners whose taste jumps, where the world has a jump
OWN_TASTE = 0.55  # against the segment and the favourite genres


@dataclass(frozen=True)
class Segment:
    """What the listeners of one segment have in common; each varies around it."""

    name: str
    share: float
    kinds: dict[str, float]  # how much of their taste each kind's centre gets
    parts: tuple[float, ...]  # sessions by part of the day
    weekend: float  # sessions on a weekend day against a weekday
    contexts: tuple[str, ...]  # context by part of the day, on weekdays
    length: float  # tracks a session before patience runs out, at average pleasure
    minutes: float  # time for a session, median
    sources: tuple[float, float, float, float]  # home, library, search, autoplay
    sessions: float  # a week, median


SEGMENTS = (
    Segment("commuter", 0.19, {"podcast": 1.0, "news": 1.1}, (1.0, 0.10, 0.85, 0.10, 0.03), 0.2,
            ("commute", "work", "commute", "home", "home"), 18, 98, (0.38, 0.10, 0.11, 0.41), 3.7),
    Segment("desk listener", 0.18, {"ambience": 0.9, "music": 0.2}, (0.06, 1.0, 0.12, 0.08, 0.02), 0.15,
            ("commute", "work", "work", "home", "home"), 32, 225, (0.22, 0.11, 0.06, 0.61), 2.0),
    Segment("explorer", 0.18, {"music": 0.6}, (0.12, 0.25, 0.25, 1.0, 0.45), 1.5,
            ("commute", "home", "home", "home", "home"), 27, 135, (0.31, 0.06, 0.25, 0.38), 2.8),
    Segment("loyal fan", 0.19, {"music": 0.6, "radio": 0.6}, (0.35, 0.35, 0.35, 0.8, 0.12), 1.0,
            ("commute", "work", "home", "home", "home"), 23, 110, (0.22, 0.31, 0.09, 0.38), 2.8),
    Segment("bedtime listener", 0.13, {"audiobook": 1.3, "ambience": 0.4}, (0.03, 0.04, 0.05, 0.3, 1.0), 1.0,
            ("home", "home", "home", "home", "sleep"), 17, 95, (0.34, 0.18, 0.09, 0.39), 3.6),
    Segment("mover", 0.13, {"music": 0.9}, (0.7, 0.05, 1.0, 0.10, 0.02), 0.8,
            ("workout", "work", "workout", "home", "home"), 29, 80, (0.37, 0.09, 0.08, 0.46), 2.9),
)  # fmt: skip


@dataclass(frozen=True)
class People:
    """A run of listeners as arrays, all of length n, in order of their number."""

    number: np.ndarray
    bot: np.ndarray
    segment: np.ndarray
    taste: np.ndarray  # (n, 16) hundredths, at the start of the log
    drift: np.ndarray  # (n, 16) hundredths, the change over the first 8 weeks
    jump: np.ndarray  # (n, 16) hundredths, the change in the week of the jump; 0 for those whom it spares
    boredom: np.ndarray
    newness: np.ndarray
    regret: np.ndarray
    impatience: np.ndarray
    talkative: np.ndarray
    joined: np.ndarray  # seconds from the start of the log
    propensity: np.ndarray  # (n, SLOTS) chance of a session, at average satisfaction
    contexts: np.ndarray  # (n, SLOTS)
    length: np.ndarray
    minutes: np.ndarray
    sources: np.ndarray  # (n, 4)
    pays: np.ndarray
    whims: np.ndarray  # (n, tracks) what no vector tells: liking of single tracks, in units of utility

    def part(self, rows: np.ndarray) -> People:
        """Some of them, by row."""
        return People(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def taste_in(self, week: int, strengths: Strengths) -> np.ndarray:
        """Taste in a week, (n, 16) hundredths.

        It moves fast at first, and twice `drift` is the most it ever moves; in one week it may jump.
        """
        moved = strengths.drift * self.drift * (2 * week / (week + 8))
        if strengths.jump > 0 and week >= strengths.jump_week:
            moved = moved + strengths.jump * self.jump
        return np.clip(np.rint(self.taste + moved), -300, 300).astype(np.float32)


def make_people(
    seed: int, number: np.ndarray, weeks: int, catalogue: Catalogue, whims: bool = True
) -> People:
    """The listeners with these numbers; each is the same whoever else is made. Whims are large, and may be left out."""
    person = key(seed, "person", number)
    shares = np.cumsum([segment.share for segment in SEGMENTS])
    segment = np.searchsorted(shares[:-1], draw(person, "segment"), side="right")
    bot = is_bot(number)
    late = draw(person, "late") < LATE_SHARE
    u = draw(person, "joined")
    joined = np.where(late, np.floor(u * (7 * weeks - 1)), -np.floor(1000 * u * u) - 1).astype(np.int64) * DAY
    parts, contexts = _week(seed, number, segment)
    activity = np.array([s.sessions for s in SEGMENTS])[segment] * np.exp(
        ACTIVITY_SPREAD * np.clip(normal(key(seed, "activity", number)), -2.4, 1.6)
    )
    propensity = np.minimum(activity[:, None] * parts / parts.sum(axis=1, keepdims=True), 0.56)
    taste = _tastes(seed, number, segment, catalogue)
    other = _tastes(seed, number, segment, catalogue, life=" after the jump")
    towards = normal(key(seed, "drift", number[:, None], np.arange(DIMENSIONS)))
    size = 0.09 * np.exp(0.5 * normal(key(seed, "drift size", number)))
    jumps = draw(key(seed, "jump", number), "jumps") < JUMPERS
    far = np.where(jumps, 0.7 + 0.3 * draw(key(seed, "jump", number), "how far"), 0.0)
    length = np.array([s.length for s in SEGMENTS])[segment] * np.exp(
        0.25 * np.clip(normal(key(seed, "length", number)), -2, 1.2)
    )
    minutes = np.array([s.minutes for s in SEGMENTS])[segment] * np.exp(
        0.25 * normal(key(seed, "minutes", number))
    )
    sources = np.array([s.sources for s in SEGMENTS])[segment]
    sources = sources * np.exp(0.6 * normal(key(seed, "sources", number[:, None], np.arange(4))))
    return People(
        number=number, bot=bot, segment=segment, taste=taste, drift=np.rint(100 * size[:, None] * towards),
        jump=np.rint(far[:, None] * (other - taste)), boredom=_varied(seed, "boredom", number),
        newness=_varied(seed, "newness", number), regret=_varied(seed, "regret", number),
        impatience=_varied(seed, "impatience", number),
        talkative=np.round(np.exp(0.9 * normal(key(seed, "talkative", number))), 2),
        joined=joined, propensity=np.round(propensity, 6), contexts=contexts, length=np.round(length, 2),
        minutes=np.round(minutes, 1), sources=np.round(sources / sources.sum(axis=1, keepdims=True), 6),
        pays=draw(person, "plan") > 0.62, whims=_whims(seed, number, catalogue.n if whims else 0),
    )  # fmt: skip


def is_bot(number: np.ndarray) -> np.ndarray:
    """Which accounts are bots: exactly one in a hundred (their pseudonyms do not show it)."""
    bot: np.ndarray = np.asarray(number) % BOT_EVERY == BOT_AT
    return bot


def _week(seed: int, number: np.ndarray, segment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """When in the week sessions fall, relative to each other, and the context of each slot."""
    habit = np.exp(0.3 * normal(key(seed, "habit", number[:, None], np.arange(PARTS))))
    parts = np.array([s.parts for s in SEGMENTS])[segment] * habit
    weekend = np.array([s.weekend for s in SEGMENTS])[segment]
    day = np.arange(SLOTS) // PARTS
    parts = np.tile(parts, 7) * np.where(day >= 5, weekend[:, None], 1.0)
    code = {context: i for i, context in enumerate(CONTEXTS)}
    weekday = np.array([[code[c] for c in s.contexts] for s in SEGMENTS])
    at_home = np.where(np.isin(weekday, [code["commute"], code["work"]]), code["home"], weekday)
    return parts, np.hstack([np.tile(weekday, 5), np.tile(at_home, 2)])[segment].astype(np.int8)


def _varied(seed: int, name: str, number: np.ndarray) -> np.ndarray:
    """How much more or less than usual an effect means to each listener: about 1."""
    return np.round(np.exp(0.3 * normal(key(seed, name, number))), 2)


def _tastes(
    seed: int, number: np.ndarray, segment: np.ndarray, catalogue: Catalogue, life: str = ""
) -> np.ndarray:
    """Taste: the segment's kinds, three favourite genres, and something of one's own; another one in each `life`."""
    centres = np.zeros((len(SEGMENTS), DIMENSIONS))
    pools = []
    genre_kind = _kind_of_genre()
    for i, s in enumerate(SEGMENTS):
        for kind, weight in s.kinds.items():
            centres[i] += weight * catalogue.kind_centres[KINDS.index(kind)] / 100
        pools.append(np.flatnonzero(np.isin(genre_kind, [KINDS.index(kind) for kind in s.kinds])))
    taste = centres[segment].copy()
    word = key(seed, "favourite" + life, number[:, None], np.arange(3))
    u = draw(word, "genre")
    for rank, weight in enumerate((1.3, 0.9, 0.5)):
        for i, pool in enumerate(pools):
            mine = segment == i
            favourite = pool[np.floor(len(pool) * u[mine, rank] * (0.5 + 0.5 * u[mine, rank])).astype(int)]
            away = catalogue.genre_centres[favourite] - catalogue.kind_centres[genre_kind[favourite]]
            taste[mine] += weight * away / 100
    taste += OWN_TASTE * normal(key(seed, "taste" + life, number[:, None], np.arange(DIMENSIONS)))
    whole = np.rint(taste * 100).astype(np.int64)
    strength = TASTE_SPREAD * np.exp(0.15 * np.clip(normal(key(seed, "strength", number)), -2.5, 2.5))
    scale = strength / _spread_over(catalogue, whole)
    hundredths: np.ndarray = np.clip(np.rint(whole * scale[:, None]), -300, 300)
    return hundredths


def _whims(seed: int, number: np.ndarray, n_tracks: int) -> np.ndarray:
    """(n, tracks), some listeners at a time: a word is twice the size of a whim, and hashing holds several."""
    whims = np.empty((len(number), n_tracks), dtype=np.float32)
    for first in range(0, len(number), 200):
        some = slice(first, first + 200)
        word = key(seed, "whim", number[some, None], np.arange(n_tracks))
        whims[some] = np.round(WHIMS * normal(word), 2)
    return whims


def _spread_over(catalogue: Catalogue, whole: np.ndarray) -> np.ndarray:
    """Standard deviation of taste . vector over the catalogue; sums of whole numbers, so exact."""
    q = catalogue.vectors.astype(np.int64)
    n = len(q)
    covariance = n * np.einsum("ni,nj->ij", q, q) - np.outer(q.sum(axis=0), q.sum(axis=0))
    variance = np.einsum("ui,ij,uj->u", whole, covariance // n, whole, optimize=False)
    spread: np.ndarray = np.sqrt(variance / n) / 1e4
    return spread


def _kind_of_genre() -> np.ndarray:
    sizes = [len(genres) for _, genres, _ in words.KINDS.values()] + [1, 1]
    return np.repeat(np.arange(len(sizes)), sizes)


ALPHABET = np.array(list("0123456789abcdefghjkmnpqrstvwxyz"), dtype=object)


def pseudonyms(seed: int, number: np.ndarray) -> np.ndarray:
    """u and five signs for each number below 2**25: no two alike, and no order left in them."""
    mask = np.uint64(2**25 - 1)
    salt = mix(np.atleast_1d(np.uint64(seed % 2**64)))[0] & mask
    with np.errstate(over="ignore"):
        word = np.asarray(number).astype(np.uint64) & mask
        for odd in (0x1C9A5B1, 0x0F3D4E7):  # steps that can each be undone: two numbers never meet
            word = (word * np.uint64(odd) + salt) & mask
            word = word ^ (word >> np.uint64(13))
    signs = [ALPHABET[((word >> np.uint64(5 * i)) & np.uint64(31)).astype(int)] for i in range(5)]
    ids: np.ndarray = "u" + signs[0] + signs[1] + signs[2] + signs[3] + signs[4]
    return ids


def users_table(seed: int, people: People) -> pd.DataFrame:
    """What the platform knows of its listeners; bots look like anybody here."""
    person = key(seed, "person", people.number)

    def pick(name: str, values: list[str], weights: np.ndarray) -> np.ndarray:
        edges = np.cumsum(weights / weights.sum(axis=-1, keepdims=True), axis=-1)
        chosen = (draw(person, name)[:, None] > edges[..., :-1]).sum(axis=-1)
        picked: np.ndarray = np.array(values, dtype=object)[chosen]
        return picked

    ages = ["13-17", "18-24", "25-34", "35-44", "45-54", "55+"]
    by_segment = np.array(
        [[1, 8, 25, 30, 22, 14], [2, 18, 38, 24, 12, 6], [14, 34, 28, 12, 8, 4],
         [12, 22, 22, 18, 14, 12], [2, 8, 18, 24, 22, 26], [6, 30, 34, 18, 9, 3]]
    )  # fmt: skip
    age = pick("age", ages, by_segment[people.segment])
    age[draw(person, "no age") < 0.06] = None
    devices = ["phone", "desktop", "speaker", "car", "tablet"]
    device_weights = np.array(
        [[55, 3, 4, 35, 3], [22, 66, 6, 1, 5], [62, 18, 12, 3, 5], [58, 14, 18, 6, 4], [48, 2, 36, 1, 13],
         [92, 1, 3, 2, 2]]
    )  # fmt: skip
    regions = np.array([30, 24, 18, 16, 12])
    plan = np.where(people.pays, np.where(draw(person, "family") < 0.35, "family", "plus"), "free")
    return pd.DataFrame(
        {
            "user_id": pseudonyms(seed, people.number),
            "joined": (START + pd.to_timedelta(people.joined // DAY, unit="D")).strftime("%Y-%m-%d"),
            "plan": plan.astype(object),
            "age_band": age,
            "region": pick("region", ["north", "south", "east", "west", "islands"], regions),
            "device": pick("device", devices, device_weights[people.segment]),
        }
    )
