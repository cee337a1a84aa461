"""What luck is weighed against: how much is pleasing, how much is heard, when a session ends, who comes and who leaves.

It holds nothing of anybody: functions of arrays alone, each rounded before it decides.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.simulator.random_streams import draw

BUSIEST = 0.75  # the chance of a session in any part of a day is never higher
EAGEREST = 1.8  # how many times as often as usual the most pleased come
SETTLED = 0.56  # satisfaction of a listener who neither comes more nor less than usual
NEUTRAL = 5.8  # the utility that pleases half
HALF = 0.5  # pleasure below this is none, where a world has regret or impatience
REGRET = 0.5  # satisfaction that an hour costs for each unit of pleasure below half
IMPATIENCE = 4.0  # how many times sooner a session ends for each unit of pleasure below half


def pleasure_in(liking: np.ndarray) -> np.ndarray:
    """How much a track pleases, 0 to 1, by its utility at that moment."""
    pleasure: np.ndarray = np.round(1 / (1 + np.exp(-1.1 * (liking - NEUTRAL))), 6)
    return pleasure


def seconds_heard(
    duration: np.ndarray, pleasure: np.ndarray, notice: np.ndarray, left: np.ndarray,
    luck: dict[str, np.ndarray],
) -> np.ndarray:  # fmt: skip
    """Little when it does not please, else half to all of it, and no longer than there is time."""
    skip = luck["skip"] < np.round(1.0 - 1.15 * pleasure, 6)
    u = luck["how much"]
    share = np.where(skip, 0.02 + 0.44 * u * u, np.where(luck["all"] < 0.72, 1.0, 0.5 + 0.5 * u))
    share[notice] = 1.0
    seconds = np.minimum(np.rint(share * duration).astype(np.int64), left + 60)
    heard: np.ndarray = np.minimum(np.maximum(seconds, 1), duration)
    return heard


def pause_after(luck: dict[str, np.ndarray]) -> np.ndarray:
    """Seconds of silence after a play."""
    pause = (60 * luck["gap"] ** 14).astype(np.int64) + 1
    long = luck["pause"] < 0.02
    pause += np.where(long, 60 + (2_400 * luck["how long"] ** 3).astype(np.int64), 0)
    return pause


def chance_to_stop(
    step: np.ndarray, felt: np.ndarray, length: np.ndarray, impatience: np.ndarray | None
) -> np.ndarray:
    """The chance that a session ends with this play: more for each play before it, less for who is pleased."""
    weary = 0.6 + step / 20
    if impatience is not None:
        weary = weary * (1 + IMPATIENCE * impatience * np.maximum(HALF - felt, 0))
    chance: np.ndarray = np.round(weary * (2.2 - 2.0 * felt) / length, 6)
    return chance


def after_regret(
    satisfaction: np.ndarray, felt: np.ndarray, seconds: np.ndarray, regret: np.ndarray
) -> np.ndarray:
    """What is left of satisfaction once time spent without pleasure is paid for."""
    cost = REGRET * regret * seconds / 3600 * np.maximum(HALF - felt, 0)
    left: np.ndarray = np.round(np.maximum(satisfaction - cost, 0), 6)
    return left


def chance_to_come(propensity: np.ndarray, satisfaction: np.ndarray) -> np.ndarray:
    """The chance of a session in a slot: more for who is pleased."""
    eager = np.round(np.clip(1 + 2.5 * (satisfaction - SETTLED), 0.2, EAGEREST), 6)
    chance: np.ndarray = np.minimum(propensity * eager, BUSIEST)
    return chance


def leaves_for_good(word: np.ndarray, satisfaction: np.ndarray) -> np.ndarray:
    """Whether a listener leaves at the end of a week, under that week's key: the less satisfied, the sooner."""
    risk = np.round(np.clip(0.012 - 0.15 * (satisfaction - SETTLED), 0.002, 0.15), 6)
    leaves: np.ndarray = draw(word, "leave") < risk
    return leaves
