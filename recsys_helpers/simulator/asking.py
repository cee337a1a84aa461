"""A policy, asked as its signature says, its answer checked and put on a shelf.

It knows nothing of listeners but their ids, and nothing of what they do with a shelf.

What a policy may be, `World.serve` says.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from recsys_helpers.simulator.people import CONTEXTS
from recsys_helpers.simulator.setting import SHELF
from recsys_helpers.simulator.shelves import CHANCE, Shelf, in_pages
from recsys_helpers.simulator.visits import Hook

if TYPE_CHECKING:
    from recsys_helpers.simulator.serving import Served

COLUMNS = ["user", "item", "rank"]
HOW = "give a function of listener ids, or an object with a method act(users, context)"


class Asked:
    """A policy and the ids that it speaks of.

    `listeners` are whom it serves and `tracks` what there is to show, both in the order of the simulator's arrays.
    """

    def __init__(self, policy: object, listeners: pd.Index, tracks: pd.Index):
        self.policy, self.listeners, self.tracks = policy, listeners, tracks
        act = getattr(policy, "act", None)
        self.each_context = False  # a function that takes a context is asked for each listener and context
        if callable(act):
            self.call: Callable[..., object] = act
            self.takes_context = len(_needed(act)) > 1 or "context" in inspect.signature(act).parameters
        elif callable(policy):
            self.call = policy
            self.takes_context = self.each_context = "context" in inspect.signature(policy).parameters
        else:
            raise ValueError(f"{policy!r} is no policy; {HOW}.")
        self.sees_impressions = watches_impressions(policy)
        self.visit = getattr(policy, "visit", None)
        if self.visit is not None and not callable(self.visit):
            raise ValueError("visit is no method; write visit(visits), which gives an array of track ids.")

    def shelf(self, week: int) -> Shelf:
        """What it puts before each listener in a week; raises ValueError for what is no policy's answer."""
        ids = self.listeners.to_numpy()
        if not self.takes_context:
            return self._on_shelf(self.call(ids), len(ids))
        if not self.each_context:
            return self._on_shelf(self.call(ids, pd.DataFrame({"context": CONTEXTS, "week": week})), len(ids))
        context = pd.DataFrame({"context": np.tile(CONTEXTS, len(ids)), "week": week})
        answer = self.call(np.repeat(ids, len(CONTEXTS)), context=context)
        return self._on_shelf(answer, len(ids) * len(CONTEXTS))

    def hook(self, first: int, last: int) -> Hook | None:
        """What it does at every visit of the listeners in these rows, or None."""
        if self.visit is None:
            return None
        return Hook(self.visit, self.positions, self.listeners[first:last], self.tracks)

    def observe(self, served: Served, week: int) -> None:
        """Show it what came of a week, if it wants to see it."""
        watch = getattr(self.policy, "observe", None)
        if watch is None:
            return
        if self.sees_impressions:
            watch(served.impressions_in(week), served.events_in(week))
        else:
            watch(served.events_in(week))

    def _on_shelf(self, answer: object, n: int) -> Shelf:
        if isinstance(answer, pd.DataFrame):
            return self.from_frame(answer)
        lists = self.positions(answer, n)
        return in_pages(lists.reshape(len(self.listeners), -1, lists.shape[1]))

    def positions(self, answer: object, n: int) -> np.ndarray:
        """An array (n, m) of track ids as positions, -1 for what is missing; raises ValueError."""
        lists = np.asarray(answer, dtype=object)
        if lists.ndim != 2 or len(lists) != n or lists.shape[1] == 0:
            raise ValueError(
                f"The policy gave an array of shape {lists.shape} for {n} listeners; it must be ({n}, m), "
                "one row of track ids a listener, best first, or a frame with columns user, item and rank."
            )
        missing = pd.isna(lists)
        place = self.tracks.get_indexer(lists.ravel()).reshape(lists.shape)
        if ((place < 0) & ~missing).any():
            stranger = lists[(place < 0) & ~missing][0]
            raise ValueError(f"The policy recommended {stranger!r}; recommend ids of world.tracks.")
        return np.where(missing, -1, place)

    def from_frame(self, answer: pd.DataFrame) -> Shelf:
        """The shelf of a frame user, item, rank, perhaps with context and propensity; raises ValueError.

        Who has no row finds the shelf empty; without a column context a list stands in every context.
        """
        absent = [name for name in COLUMNS if name not in answer]
        if absent:
            given = ", ".join(map(str, answer.columns))
            raise ValueError(
                f"The policy gave a frame without {absent[0]!r}, only {given}; it needs user, item, rank."
            )
        row = _found(self.listeners, answer["user"], "user", "ids of world.listeners")
        track = _found(self.tracks, answer["item"], "item", "ids of world.tracks")
        rank = pd.to_numeric(answer["rank"], errors="coerce").to_numpy(dtype=float)
        wrong = ~((rank >= 1) & (rank <= len(self.tracks)) & (rank == np.floor(rank)))
        if wrong.any():
            raise ValueError(
                f"The policy gave the rank {answer['rank'].iloc[wrong.argmax()]!r} to {_of(answer, wrong)}; "
                "ranks are whole numbers from 1, the best."
            )
        contexts = CONTEXTS if "context" in answer else ["any"]
        column = np.zeros(len(answer), dtype=np.int64)
        if "context" in answer:
            column = _found(pd.Index(CONTEXTS), answer["context"], "context", ", ".join(CONTEXTS))
        width = max(int(rank.max(initial=1)), SHELF)
        cell = (row * len(contexts) + column) * width + rank.astype(np.int64) - 1
        twice = pd.Series(cell).duplicated().to_numpy()
        if twice.any():
            at = int(twice.argmax())
            where = f" in the context {contexts[column[at]]!r}" if len(contexts) > 1 else ""
            raise ValueError(
                f"The policy put two tracks at rank {int(rank[at])} for {_of(answer, twice)}{where}."
            )
        shape = (len(self.listeners), len(contexts), width)
        lists = np.full(np.prod(shape), -1)
        lists[cell] = track
        if "propensity" not in answer:
            return in_pages(lists.reshape(shape))
        chance = pd.to_numeric(answer["propensity"], errors="coerce").to_numpy(dtype=CHANCE)
        wrong = ~((chance > 0) & (chance <= 1))
        if wrong.any():
            raise ValueError(
                f"The policy gave the propensity {answer['propensity'].iloc[wrong.argmax()]!r} to "
                f"{_of(answer, wrong)}; it is the probability of what was shown: above 0 and at most 1."
            )
        propensity = np.full(np.prod(shape), np.nan)
        propensity[cell] = chance
        return in_pages(lists.reshape(shape), propensity.reshape(shape))


def watches_impressions(policy: object) -> bool:
    """Whether a policy's `observe` takes (impressions, events) rather than (events); raises ValueError for neither."""
    observe = getattr(policy, "observe", None)
    if observe is None:
        return False
    needed = _needed(observe)
    several = any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(observe).parameters.values())
    if len(needed) == 2 or (several and len(needed) < 2):
        return True
    if len(needed) == 1 and needed[0] != "impressions":
        return False
    raise ValueError(
        f"observe takes {', '.join(needed) or 'nothing'}; write observe(events), or observe(impressions, events)."
    )


def _needed(method: Callable[..., Any]) -> list[str]:
    """The names of what has to be given, by position."""
    given = inspect.signature(method).parameters.values()
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [p.name for p in given if p.kind in by_position and p.default is p.empty]


def _found(index: pd.Index, values: pd.Series, name: str, where: str) -> np.ndarray:
    place: np.ndarray = index.get_indexer(pd.Index(values))
    if (place < 0).any():
        stranger = values.iloc[int((place < 0).argmax())]
        raise ValueError(f"The policy gave the {name} {stranger!r}, which is none of {where}.")
    return place


def _of(answer: pd.DataFrame, wrong: np.ndarray) -> str:
    row = answer.iloc[int(wrong.argmax())]
    return f"the listener {row['user']!r} (track {row['item']!r})"
