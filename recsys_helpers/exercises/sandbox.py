"""Run a learner's code so that control comes back: with nothing asked, ended or printed at length.

It is no protection against malice, and there is what it cannot stop: one long call into C, or using up the memory.
How long the code may take is in ``limits``.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import io
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from recsys_helpers.exercises.compare import oddity
from recsys_helpers.exercises.limits import Budget, OutOfTime

MOST_PRINTED = 500  # characters kept of what is printed on one input
MOST_ITEMS = 100_000  # items read of an iterator


class Refused(BaseException):
    """Raised in the learner's code in place of a call that would wait for somebody or end the kernel."""


class Odd(Exception):
    """In place of a result that is none: its words say what came instead."""


@dataclass
class Ran:
    """What one call gave: a result or an error, the arguments as it left them, what it printed, and its warnings."""

    value: Any = None
    error: BaseException | None = None
    arguments: tuple[Any, ...] = ()
    printed: str = ""
    warned: tuple[str, ...] = ()


class _Paper(io.TextIOBase):
    """Takes what is printed and keeps the beginning."""

    text = ""

    def write(self, text: str) -> int:
        self.text += text[: max(0, MOST_PRINTED + 1 - len(self.text))]
        return len(text)

    def take(self) -> str:
        text, self.text = self.text, ""
        return text.rstrip() if len(text) <= MOST_PRINTED else text[:MOST_PRINTED] + " …"


def run(function: Callable[..., Any], arguments: tuple[Any, ...], mutates: bool = False) -> Ran:
    """Call a function on copies of the arguments and keep a copy of its result, or of what it leaves in them."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            arguments = copy.deepcopy(arguments)
            value = function(*arguments)
            value = arguments if mutates else read(value)
            if words := oddity(value):
                raise Odd(words)
            with contextlib.suppress(Exception):  # what cannot be copied is kept as it is
                value = copy.deepcopy(value)
            ran = Ran(value, None, arguments)
        except (KeyboardInterrupt, OutOfTime):
            raise
        except BaseException as error:  # GeneratorExit, SystemExit and what a learner derives from the base
            ran = Ran(error=error)
    ran.warned = tuple(dict.fromkeys(str(one.message) for one in heard))
    return ran


def read(value: Any) -> Any:
    """A result as data: an iterator as the list of its items, which has to end; no coroutine.

    >>> read(map(str, range(3))), read(3)
    (['0', '1', '2'], 3)
    """
    if isinstance(value, (Awaitable, AsyncIterator)):
        if hasattr(value, "close"):
            value.close()  # or Python warns that nobody awaited it
        raise Odd("what only `await` can take: leave `async` away")
    if not isinstance(value, Iterator):
        return value
    items: list[Any] = []
    for item in value:  # not list(value), which no alarm stops
        items.append(item)
        if len(items) > MOST_ITEMS:
            raise Odd(f"more than {MOST_ITEMS:,} items, one after the other: does it ever end?")
    return items


def attempt(
    function: Callable[..., Any], cases: list[tuple[Any, ...]], budget: Budget, mutates: bool = False
) -> tuple[list[Ran], OutOfTime | None]:
    """Call a learner's function on each case: [Ran of each case it got through], and OutOfTime if it was stopped."""
    ran: list[Ran] = []

    def work() -> None:
        for arguments in cases:
            ran.append(run(function, arguments, mutates))
            ran[-1].printed = paper.take()

    with _quiet(getattr(function, "__globals__", {})) as paper:
        return ran, budget.spend(work)


@contextlib.contextmanager
def _quiet(names: dict[str, Any]) -> Iterator[_Paper]:
    """Keep what is printed, and refuse what waits or ends the kernel; a notebook has its own exit among its names."""

    def refusal(name: str) -> Callable[..., Any]:
        def refuse(*_: object, **__: object) -> None:
            raise Refused(name)

        return refuse

    spaces = ((vars(builtins), ("input", "breakpoint", "exit", "quit")), (names, ("exit", "quit")))
    found = [(space, name, space[name]) for space, some in spaces for name in some if name in space]
    for space, name, _ in found:
        space[name] = refusal(name)
    try:
        with contextlib.redirect_stdout(_Paper()) as paper, contextlib.redirect_stderr(_Paper()):
            yield paper
    finally:
        for space, name, former in found:
            space[name] = former
