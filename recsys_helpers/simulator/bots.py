"""The stream farms: accounts that play a few chosen tracks all day, at a machine's pace.

It holds nothing that catches them: that is the work of `recsys_helpers.events`.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.simulator.catalogue import DAY, FARMS, PUSH, Catalogue
from recsys_helpers.simulator.people import BOT_EVERY, People
from recsys_helpers.simulator.random_streams import draw, extend, key
from recsys_helpers.simulator.setting import Setting

COVER = 0.12  # share of plays of popular tracks, to look like a listener
BUSY_DAYS = 0.75
SHY = 0.12  # share of bots that take care not to be seen: few plays a day, uneven, most of them for cover


def farm_of(number: np.ndarray) -> np.ndarray:
    """Which farm a bot belongs to."""
    return (np.asarray(number) // BOT_EVERY) % FARMS


def bot_plays(setting: Setting, people: People, charts: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Every play of these bots: number, track, start, seconds, source code and a key, one entry a play."""
    catalogue, strength = setting.catalogue, setting.strengths.lift
    weeks = len(charts)
    bots, day = np.flatnonzero(people.bot), np.arange(7 * weeks)
    word = key(setting.seed, "bot day", people.number[bots][:, None], day)
    busy = (draw(word, "busy") < BUSY_DAYS) & (day * DAY >= people.joined[bots, None])
    shy = draw(key(setting.seed, "bot", people.number[bots]), "shy") < SHY
    at_most = np.where(shy, 12, 58)[:, None]
    plays = np.floor(strength * at_most * (0.3 + 0.7 * draw(word, "plays"))) * busy
    plays = plays.astype(np.int64)
    row, column = np.nonzero(plays)
    count = plays[row, column]
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    row, column = np.repeat(row, count), np.repeat(column, count)
    word = extend(word[row, column], nth)
    number, shy = people.number[bots][row], shy[row]
    pace = 35 + (draw(key(setting.seed, "bot pace", number), "pace") * 8).astype(np.int64)
    hour = draw(key(setting.seed, "bot hour", number, column), "hour")
    pace = np.where(shy, 6 * pace, pace)
    jitter = (draw(word, "jitter") * np.where(shy, 4 * pace, 3)).astype(np.int64)
    start = column * DAY + (hour * (DAY - 8_000)).astype(np.int64) + nth * pace + jitter
    u = draw(word, "track")
    which = np.searchsorted(np.cumsum(PUSH)[:-1], u, side="right")
    lifted = _chosen(catalogue)[farm_of(number), which]
    popular = np.stack(charts)[
        column // 7, np.floor(draw(word, "cover track") * len(charts[0])).astype(np.int64)
    ]
    track = np.where(draw(word, "cover") < np.where(shy, 0.5, COVER), popular, lifted)
    seconds = np.minimum(31 + (draw(word, "heard") * 4).astype(np.int64), catalogue.duration[track])
    return {"person": number, "track": track, "start": start, "seconds": seconds, "word": word}


def _chosen(catalogue: Catalogue) -> np.ndarray:
    """The tracks of each farm, the most pushed first, (farms, tracks a farm)."""
    order = np.lexsort((-catalogue.push, catalogue.farm))
    return order[catalogue.farm[order] >= 0].reshape(FARMS, len(PUSH))
