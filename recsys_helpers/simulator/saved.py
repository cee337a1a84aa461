"""A market between two weeks as one file, and again from it: arrays (npz) with a description (JSON), no pickle.

It plays nothing. Policies are not saved: whoever goes on gives them anew, under the same names.

A market that was saved and restored after each week goes on as one that never stopped, to the last bit.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from recsys_helpers.events.tables import LOG, typed_log
from recsys_helpers.simulator.market import Market, Platform
from recsys_helpers.simulator.serving import PLAYED
from recsys_helpers.simulator.shelves import LOOK
from recsys_helpers.simulator.weekly import Weekly
from recsys_helpers.simulator.world import World
from recsys_helpers.storage import read_arrays, write_arrays

KIND, VERSION = "a market of Murmur", 1
HISTORY = ("plays", "shows", "played_at", "shown_at")


def save_market(market: Market, path: str | os.PathLike[str]) -> None:
    """Write a market to a file, all or nothing: an old file stays until the new one is whole."""
    about = json.dumps(_about(market), ensure_ascii=False).encode("utf-8")
    write_arrays(path, {"about": np.frombuffer(about, dtype=np.uint8), **_arrays(market)})


def load_market(
    path: str | os.PathLike[str],
    world: World,
    platforms: Sequence[Platform],
    weekly: Sequence[Weekly] | None = None,
) -> Market:
    """The market that `save_market` wrote, with these policies from here on.

    `world` and `platforms` must be those it was made of (the policies may be others). Raises ValueError that says what
    is wrong with the file, or in what they differ.
    """
    about, arrays = _read(Path(path))
    rules = about["rules"]
    nothing = typed_log({name: [] for name in LOG})  # what was heard is in the file
    market = Market(
        world, platforms, habit=rules["habit"], keen=rules["keen"], seed=rules["seed"], start_week=rules["start"],
        log=nothing, at_most_heard=rules["at_most_heard"], weekly=weekly,
    )  # fmt: skip
    for what, mine in _about(market).items():
        if what in ("world", "platforms", "crowds") and mine != about[what]:
            raise ValueError(f"{path} was saved of other {what}: {about[what]}; these are {mine}.")
    market.week, market.board_rows = about["week"], about["board"]
    try:
        _restore(market, arrays, about["week"] - market.start, about["last_id"])
    except (KeyError, ValueError, IndexError) as error:
        raise ValueError(f"{path} is damaged ({error}); go on from an older one.") from None
    return market


def _about(market: Market) -> dict[str, Any]:
    world = market.world
    return {
        "kind": KIND, "version": VERSION, "week": market.week,
        "world": {"seed": world.seed, "users": world.n_users, "weeks": world.weeks, "tracks": world.n_tracks,
                  "strengths": asdict(world.strengths)},
        "platforms": [{"name": platform.name, "opens": int(platform.opens), "library": platform.library, "seat": seat}
                      for platform, seat in zip(market.platforms, market.seats, strict=True)],
        "crowds": [last - first for first, last in world.spans],
        "rules": {"habit": market.habit, "keen": market.keen, "seed": market.seed, "start": market.start,
                  "at_most_heard": market.at_most_heard},
        "last_id": next(iter(market.served.values())).last_id,
        "board": market.board_rows,
    }  # fmt: skip


def _arrays(market: Market) -> dict[str, np.ndarray]:
    arrays = {f"own.{i}": own for i, own in enumerate(market.own)}
    for c, (crowd, hooks) in enumerate(zip(market.crowds, market.hooks, strict=True)):
        arrays |= {f"crowd.{c}.{name}": values for name, values in crowd.state().items()}
        for i, hook in enumerate(hooks):
            if hook is not None:
                arrays |= {f"hook.{c}.{i}.{name}": getattr(hook.history, name) for name in HISTORY}
    for i, served in enumerate(market.served.values()):
        for week, (played, looks) in enumerate(zip(served.played, served.looks, strict=True)):
            arrays |= {f"played.{i}.{week}.{name}": values for name, values in played.items()}
            arrays |= {f"looks.{i}.{week}.{name}": values for name, values in looks.items()}
    return arrays


def _restore(market: Market, arrays: dict[str, np.ndarray], weeks: int, last_id: int) -> None:
    def under(prefix: str, like: dict[str, np.ndarray] | None = None) -> dict[str, np.ndarray]:
        """The arrays under a prefix by their own names; raises ValueError where they are not shaped as these are."""
        found = {name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)}
        for name, known in (like or {}).items():
            if found[name].shape != known.shape or found[name].dtype != known.dtype:
                raise ValueError(f"{prefix}{name} is {found[name].dtype} of shape {found[name].shape}")
        return found

    market.own = list(under("own.", {str(i): own for i, own in enumerate(market.own)}).values())
    for c, (crowd, hooks) in enumerate(zip(market.crowds, market.hooks, strict=True)):
        crowd.restore(under(f"crowd.{c}.", crowd.state()))
        for i, hook in enumerate(hooks):
            if hook is not None:
                history = {name: getattr(hook.history, name) for name in HISTORY}
                for name, values in under(f"hook.{c}.{i}.", history).items():
                    setattr(hook.history, name, values)
    for i, served in enumerate(market.served.values()):
        served.last_id = last_id
        for week in range(weeks):
            played, looks = under(f"played.{i}.{week}."), under(f"looks.{i}.{week}.")
            if set(PLAYED) - set(played) or {*LOOK, "tracks"} - set(looks):
                raise ValueError(f"week {week} of a platform is not whole")
            served.played.append(played)
            served.looks.append(looks)
    market.count_accounts()


def _read(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    try:
        arrays = read_arrays(path)
        about = json.loads(arrays.pop("about").tobytes().decode("utf-8"))
        kind, version = about["kind"], about["version"]
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror or error}).") from None
    except Exception as error:  # a damaged file has a dozen ways to fail
        raise ValueError(f"{path} is no market that was saved, or is damaged ({error}).") from None
    if kind != KIND or version != VERSION:
        raise ValueError(
            f"{path} holds {kind!r}, version {version!r}; this reads {KIND!r}, version {VERSION}."
        )
    return about, arrays
