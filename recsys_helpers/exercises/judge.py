"""Judge an answer against an exercise, and word what came of it.

It neither finds the exercise nor prints: that is ``engine``.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import inf
from numbers import Real
from traceback import format_exception_only
from typing import Any

import numpy as np
import pandas as pd

from recsys_helpers.exercises.compare import has_nan, plain, same, show
from recsys_helpers.exercises.reading import is_stub, unfit, where
from recsys_helpers.exercises.registry import Exercise
from recsys_helpers.exercises.sandbox import Ran, Refused, attempt, run

SECONDS = 5.0  # for all calls of one check together


@dataclass(eq=False)
class Trial:
    """One input of an exercise: what the answer gave, and what the reference."""

    exercise: Exercise
    case: tuple
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
        return not (self.ran.error or other.error) and self.exercise.equal(self.ran.value, other.value)

    @property
    def changed(self) -> str:
        """The arguments that should have been left alone and were not."""
        if self.exercise.mutates or len(self.ran.arguments) != len(self.case):
            return ""
        data = (list, dict, set, np.ndarray, pd.DataFrame)
        found = []
        for name, before, after in zip(self.names, self.case, self.ran.arguments, strict=False):
            if isinstance(before, data) or hasattr(before, "to_frame") or hasattr(before, "toarray"):
                found += [] if same(after, before, 0.0) else [name]
        return " and ".join(found)

    @property
    def missed(self) -> str:
        """How the answer to an open task misses its band, if it does."""
        (low, high), found = self.exercise.band or (-np.inf, np.inf), "cannot be measured"
        with contextlib.suppress(Exception):
            got = float(self.exercise.measure(self.ran.value, *self.case))
            if low <= got <= high:
                return ""
            found = f"is {got:.6g}"
        asked = f"at least {low}" if high == inf else f"at most {high}" if low == -inf else f"{low} to {high}"
        return f"{self.exercise.measured} {found}; asked is {asked}"

    def call(self) -> str:
        given = (f"{name}={show(one)}" for name, one in zip(self.names, self.case, strict=False))
        return f"{self.exercise.name}({', '.join(given)})"

    def told(self, own: Callable) -> str:
        """The input, what should come of it and what came."""
        does, ran, want = ("leave" if self.exercise.mutates else "give"), self.ran, self.want
        lines = [self.call()]
        if not self.exercise.band:
            lines.append("should raise ValueError" if want.error else f"should {does} {show(want.value)}")
        if isinstance(ran.error, Refused):
            lines.append(f"but calls {ran.error}(), which waits for somebody or ends the kernel")
        elif isinstance(ran.error, SystemExit):
            lines.append("but ends the program: give the result back with `return`")
        elif ran.error:
            lines.append(f"but your code raised {format_exception_only(ran.error)[-1].strip()[:300]}")
        elif self.exercise.band and self.missed:
            lines.append(f"gives {show(ran.value)}: {self.missed}")
        elif self.changed and (self.exercise.band or self.equals(want)):
            lines.append(f"and does, but changes {self.changed}, which is the caller's: work on a copy")
        else:
            got = show(ran.value)
            lines.append(f"but {does}s   {got if got != show(want.value) else repr(ran.value)[:300]}")
            if has_nan(ran.value) and not has_nan(want.value):
                lines.append("nan is not a number: 0/0 gives it, a mean of nothing, a negative number's root")
            if ran.value is None:
                lines.append("Is a `return` missing on one way through?")
        return _indented(*lines, where(ran.error, own) if ran.error else "") + printed(ran)


def judge(exercise: Exercise, own, seed: int = 0) -> tuple[str, str]:
    """A mark and what to say: ✓ right, ✗ not yet, ≈ another convention, · nothing to judge."""
    name, is_function, cases = exercise.name, exercise.kind == "function", exercise.cases(seed)
    ask = f'\n  hint("{name}") gives a hint.' if exercise.hints else ""
    if own is ... or (is_function and is_stub(own)):
        return "·", f"{name}: not attempted yet. Put your answer in place of the `...`.{ask}"
    if own is exercise.reference:
        return "·", f"{name} is the lesson's own here. Run the cell with your `def` again, then check."
    wanted = [run(exercise.reference, case, exercise.mutates) for case in cases]
    for error in (one.error for one in wanted if one.error):
        if not is_function or not isinstance(error, ValueError):  # a ValueError may be part of the task
            return "·", f"{name} cannot be checked here: {error}"
    if not is_function:
        return _judge_value(Trial(exercise, (), Ran(own), wanted[0]), ask)
    if misfit := unfit(own, exercise.reference, cases[0]):
        return "✗", f"{name} {misfit}"
    ran, late = attempt(own, cases, SECONDS, exercise.mutates)
    if late:
        stuck = _indented(Trial(exercise, cases[len(ran)], Ran(), Ran()).call(), where(late, own))
        took = f"{name} took over {SECONDS:g} seconds and was stopped"
        return "✗", f"{took}. Is there a loop that does not end?{stuck}"
    if any(one.value is ... for one in ran):
        return "·", f"{name}: a `...` is still to be replaced.{ask}"
    trials = [Trial(exercise, *one) for one in zip(cases, ran, wanted, strict=True)]
    bad = [trial for trial in trials if not trial.right]
    if not bad:
        return "✓", f"{name} is right.\n  {exercise.why}{printed(ran[0])}"
    ended = [trial for trial in trials if not trial.ran.error and trial.want.value is not None]
    if ended and all(trial.ran.value is None for trial in ended):
        prints = " Printing shows a result to you; `return` gives it to the caller."
        prints = prints if ended[0].ran.printed else ""
        return "✗", f"{name} returns None on every input. Is the `return` missing?{prints}{ask}"
    found, left = _explain(exercise, trials, bad)
    if not left and all(says in exercise.conventions for says, _ in found):
        told = "".join(f"\n  {says}{trial.told(own)}" for says, trial in found)
        return "≈", f"{name} follows another convention than the task, which is no mistake.{told}"
    if all(says in exercise.conventions for says, _ in found):  # then there is a mistake besides
        found.append((None, min(left, key=_length)))
    told = "".join(trial.told(own) + (f"\n  {says}" if says else "") for says, trial in found)
    score = f"right on {len(cases) - len(bad)} of {len(cases)} inputs"
    which = "this" if len(found) == 1 else "these"
    return "✗", f"{name} is not right yet: {score}, not on {which}.{told}{ask}"


def _judge_value(trial: Trial, ask: str) -> tuple[str, str]:
    exercise, others, side = trial.exercise, "", ""
    own: Any = trial.ran.value
    want: Any = trial.want.value
    if exercise.kind == "question":
        own = trial.ran.value = str(own).strip(" ().").lower()
        letters = {one(): says for says, one in exercise.mistakes.items()}
        others = "".join(f"\n  Not {letter}: {says}" for letter, says in sorted(letters.items()))
        if own not in {want, *letters}:
            return "·", f"{exercise.name}: choose one of {', '.join(sorted({want, *letters}))}."
    elif exercise.band:
        side = f" ({trial.missed})"
    elif isinstance(own, Real) and isinstance(want, Real):
        word = "larger" if want > own else "smaller" if want < own else ""  # neither beside nan
        side = f" The right one is {word}." if word else ""
    if trial.right:
        return "✓", f"{exercise.name} is right.\n  {exercise.why}{others}"
    says = next((says for says, _ in _explain(exercise, [trial], [trial])[0]), "")
    text = f"{exercise.name}: {own if others else show(own, 80)}"
    if says in exercise.conventions:
        return "≈", f"{text} follows another convention than the task, which is no mistake.\n  {says}"
    return "✗", f"{text} is not right yet.{side}" + (f"\n  {says}" if says else "") + ask


def _explain(exercise: Exercise, trials: list[Trial], bad: list[Trial]) -> tuple[list, list[Trial]]:
    """At most two sentences that account for the most inputs, each with the shortest that shows it; and the rest."""
    match = {}
    for says, answer in {**exercise.mistakes, **exercise.conventions}.items():
        alike = [trial for trial in trials if trial.equals(run(answer, trial.case, exercise.mutates))]
        shows = {trial for trial in alike if not trial.right and not trial.equals(trial.want)}
        match[says] = shows, len(alike)
    found: list[tuple[str, Trial]] = []
    left = sorted(bad, key=_length)
    while match and len(found) < 2:
        says = max(match, key=lambda one: (len(match[one][0].intersection(left)), match[one][1]))
        shows, _ = match.pop(says)
        found += [(says, trial) for trial in left if trial in shows][:1]
        left = [trial for trial in left if trial not in shows]
    return found, left


def printed(ran: Ran) -> str:
    return "\n  Your code printed:" + _indented(*ran.printed.splitlines()) if ran.printed else ""


def _indented(*lines: str) -> str:
    return "".join(f"\n      {line}" for line in lines if line)


def _length(trial: Trial) -> int:
    return len(str(plain(trial.case)))
