"""One input of an exercise: what the answer gave, what the reference gave, and how that is told.

It does not know why an answer is wrong: that is ``diagnosis``.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.exercises.compare import has_nan, plain, same, show
from recsys_helpers.exercises.reading import in_words, nan_from, where
from recsys_helpers.exercises.registry import Exercise
from recsys_helpers.exercises.sandbox import Odd, Ran, Refused


@dataclass(eq=False)
class Trial:
    """One input of an exercise: what the answer gave, and what the reference."""

    exercise: Exercise
    case: tuple[Any, ...]
    ran: Ran
    want: Ran

    @property
    def names(self) -> list[str]:
        return list(inspect.signature(self.exercise.reference).parameters)

    @cached_property
    def right(self) -> bool:
        if self.ran.error or self.want.error:
            return isinstance(self.ran.error, ValueError) and isinstance(self.want.error, ValueError)
        return not self.changed and (not self.missed if self.exercise.band else self.equals(self.want))

    def equals(self, other: Ran) -> bool:
        """Whether another function gave the same on this input; not where either raised."""
        return not (self.ran.error or other.error) and self.exercise.equal(self.ran.value, other.value)

    @cached_property
    def changed(self) -> str:
        """The arguments that should have been left alone and were not."""
        if self.exercise.mutates or len(self.ran.arguments) != len(self.case):
            return ""
        data = (list, dict, set, np.ndarray, pd.DataFrame)
        found: list[str] = []
        for name, before, after in zip(self.names, self.case, self.ran.arguments, strict=False):
            if isinstance(before, data) or hasattr(before, "to_frame") or hasattr(before, "toarray"):
                found += [] if same(after, before, 0.0) else [name]
        return " and ".join(found)

    @cached_property
    def missed(self) -> str:
        """How the answer to an open task misses its band, if it does."""
        (low, high), found = self.exercise.band or (-inf, inf), "cannot be measured"
        with contextlib.suppress(Exception):
            got = float(self.exercise.measure(self.ran.value, *self.case))
            if low <= got <= high:
                return ""
            found = f"is {got:.6g}"
        asked = f"at least {low}" if high == inf else f"at most {high}" if low == -inf else f"{low} to {high}"
        return f"{self.exercise.measured} {found}; asked is {asked}"

    @property
    def length(self) -> int:
        """How long the input is, for who has to read it."""
        return len(str(plain(self.case)))

    def call(self) -> str:
        given = (f"{name}={show(one)}" for name, one in zip(self.names, self.case, strict=False))
        return f"{self.exercise.name}({', '.join(given)})"

    def told(self, own: Callable[..., Any]) -> str:
        """The input, what should come of it and what came."""
        does, ran, want = ("leave" if self.exercise.mutates else "give"), self.ran, self.want
        lines = [self.call()]
        if not self.exercise.band:
            lines.append("should raise ValueError" if want.error else f"should {does} {show(want.value)}")
        if isinstance(ran.error, Refused):
            lines.append(f"but calls {ran.error}(), which waits for somebody or ends the kernel")
        elif isinstance(ran.error, SystemExit):
            lines.append("but ends the program: give the result back with `return`")
        elif isinstance(ran.error, Odd):
            lines.append(f"but {does}s   {ran.error}")
        elif ran.error:
            lines.append(f"but your code raised {in_words(ran.error)}")
        elif self.exercise.band and self.missed:
            lines.append(f"gives {show(ran.value)}: {self.missed}")
        elif self.changed and (self.exercise.band or self.equals(want)):
            lines.append(f"and does, but changes {self.changed}, which is the caller's: work on a copy")
        else:
            got = show(ran.value)
            lines.append(f"but {does}s   {got if got != show(want.value) else repr(ran.value)[:300]}")
            if has_nan(ran.value) and not has_nan(want.value):
                lines.append(nan_from(ran.warned))
            if _has_complex(ran.value) and not _has_complex(want.value):
                lines.append("j marks a complex number: Python gives it for a negative number's root")
            if ran.value is None:
                lines.append("Is a `return` missing on one way through?")
        return indented(*lines, where(ran.error, own) if ran.error else "") + printed(ran)


def _has_complex(value: Any) -> bool:
    value = plain(value)
    if isinstance(value, (list, dict)):
        return any(map(_has_complex, value.values() if isinstance(value, dict) else value))
    return isinstance(value, complex)


def printed(ran: Ran) -> str:
    return "\n  Your code printed:" + indented(*ran.printed.splitlines()) if ran.printed else ""


def indented(*lines: str) -> str:
    return "".join(f"\n      {line}" for line in lines if line)
