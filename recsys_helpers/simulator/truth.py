"""The truth of a world as tables: what no platform has, written beside its log to grade a method with.

It decides nothing: each column comes from the module that the effect lives in.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from recsys_helpers.simulator import bots
from recsys_helpers.simulator.behaviour import CHOICE_NOISE
from recsys_helpers.simulator.catalogue import DAY, DIMENSIONS, START
from recsys_helpers.simulator.log import whole
from recsys_helpers.simulator.people import CONTEXTS, SEGMENTS, People
from recsys_helpers.simulator.setting import (
    AUTOPLAY,
    CONTEXT_MINUTES,
    HOME,
    QUEUE,
    RESULTS,
    SEARCH,
    SHELF,
    Setting,
    context_taste,
)


def truth_of_listeners(setting: Setting, people: People, left: np.ndarray) -> pd.DataFrame:
    """One row a listener, without ids; `left` says when each left for good, in seconds, -1 for who stayed."""
    names = np.array([segment.name for segment in SEGMENTS], dtype=object)
    gone = (START + pd.to_timedelta(np.maximum(left, 0) // DAY, unit="D")).strftime("%Y-%m-%d")
    frame = pd.DataFrame(
        {
            "account": np.where(people.bot, "bot", "person"),
            "farm": whole(bots.farm_of(people.number), ~people.bot),
            "segment": np.where(people.bot, None, names[people.segment]),
            "sessions_a_week": np.round(people.propensity.sum(axis=1), 2),
            "boredom": people.boredom,
            "talkative": people.talkative,
            "left": np.where(left >= 0, gone, None),
        }
    )
    for stem, values in (("taste", people.taste), ("drift", people.drift * setting.strengths.drift)):
        frame = frame.join(_directions(stem, np.rint(values)))
    strengths = setting.strengths
    for name in ("newness", "regret", "impatience"):
        if getattr(strengths, name) > 0:
            frame[name] = getattr(people, name)
    return (
        frame.join(_directions("jump", np.rint(people.jump * strengths.jump)))
        if strengths.jump > 0
        else frame
    )


def truth_tables(setting: Setting) -> dict[str, pd.DataFrame]:
    """The truth that does not hang on listeners: tracks, positions, contexts, effects."""
    return {"tracks": _tracks(setting), "positions": _positions(setting), "contexts": _contexts(setting),
            "effects": _effects(setting)}  # fmt: skip


def _tracks(setting: Setting) -> pd.DataFrame:
    catalogue = setting.catalogue
    ids = catalogue.table["track_id"]
    tracks = _directions("vector", catalogue.vectors.astype(np.float64))
    tracks.insert(0, "track_id", ids)
    tracks["appeal"] = catalogue.appeal
    tracks["followed_by"] = ids.to_numpy()[catalogue.followed]
    tracks["lift"] = whole(catalogue.farm, (catalogue.farm < 0) | (setting.strengths.lift == 0))
    tracks["push"] = np.where(tracks["lift"].isna(), np.nan, catalogue.push)
    return tracks


def _positions(setting: Setting) -> pd.DataFrame:
    lists = (("home", HOME, SHELF), ("search", SEARCH, RESULTS), ("autoplay", AUTOPLAY, QUEUE))
    rows = [
        (source, place, effect, np.round(np.exp(effect / CHOICE_NOISE), 3))
        for source, code, places in lists
        for place, effect in enumerate(np.round(setting.place_effect[code, :places], 3), start=1)
    ]
    return pd.DataFrame(rows, columns=["source", "position", "effect", "odds"])


def _contexts(setting: Setting) -> pd.DataFrame:
    contexts = _directions("taste", context_taste(setting.catalogue) * setting.strengths.context)
    contexts.insert(0, "context", CONTEXTS)
    contexts["preferred_minutes"] = [CONTEXT_MINUTES[context] for context in CONTEXTS]
    return contexts


def _effects(setting: Setting) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (name, getattr(setting.strengths, name), *said)
            for name, said in setting.strengths.planted().items()
        ],
        columns=["name", "strength", "table", "column", "says"],
    )


def _directions(stem: str, hundredths: np.ndarray) -> pd.DataFrame:
    columns = [f"{stem}_{i:02d}" for i in range(1, DIMENSIONS + 1)]
    return pd.DataFrame(hundredths / 100 + 0.0, columns=columns)
