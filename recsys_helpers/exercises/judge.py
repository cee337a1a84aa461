"""Judge an answer against an exercise, and word what came of it.

It neither finds the exercise nor shows the words: that is ``engine``.
"""

from __future__ import annotations

import contextlib
import unicodedata
from numbers import Real
from typing import Any

from recsys_helpers.exercises.compare import show
from recsys_helpers.exercises.diagnosis import explain, said_without_looking
from recsys_helpers.exercises.limits import Budget, Limits
from recsys_helpers.exercises.reading import is_stub, unfit, where
from recsys_helpers.exercises.registry import Exercise
from recsys_helpers.exercises.sandbox import Ran, attempt, run
from recsys_helpers.exercises.trial import Trial, indented, printed

LIMITS = Limits()


def verdict(exercise: Exercise, own: Any, seed: int = 0) -> tuple[str, str]:
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
    budget = Budget(LIMITS)
    ran, late = attempt(own, cases, budget, exercise.mutates)
    if late:
        stuck = indented(Trial(exercise, cases[len(ran)], Ran(), Ran()).call(), where(late, own))
        return "✗", f"{name} {_stopped(budget)}{stuck}"
    if any(one.value is ... for one in ran):
        return "·", f"{name}: a `...` is still to be replaced.{ask}"
    trials = [Trial(exercise, *one) for one in zip(cases, ran, wanted, strict=True)]
    bad: list[Trial] = []
    # A result may be the learner's own object, whose code runs when it is compared or measured.
    if late := budget.spend(lambda: bad.extend([trial for trial in trials if not trial.right])):
        return (
            "✗",
            f"{name} gave what takes too long to look at: it {_stopped(budget)}{indented(where(late, own))}",
        )
    if not bad:
        return "✓", f"{name} is right.\n  {exercise.why}{printed(ran[0])}"
    ended = [trial for trial in trials if not trial.ran.error and trial.want.value is not None]
    if ended and all(trial.ran.value is None for trial in ended):
        prints = " Printing shows a result to you; `return` gives it to the caller."
        prints = prints if ended[0].ran.printed else ""
        return "✗", f"{name} returns None on every input. Is the `return` missing?{prints}{ask}"
    found, left = explain(own, exercise, trials)
    if not left and all(says in exercise.conventions for says, _ in found):
        told = "".join(f"\n  {says}{trial.told(own)}" for says, trial in found)
        return "≈", f"{name} follows another convention than the task, which is no mistake.{told}"
    shown: list[tuple[str, Trial]] = list(found)
    if all(says in exercise.conventions for says, _ in found):  # then there is a mistake besides
        shown.append(("", min(left, key=lambda trial: trial.length)))
    told = "".join(trial.told(own) + (f"\n  {says}" if says else "") for says, trial in shown)
    score = f"right on {len(cases) - len(bad)} of {len(cases)} inputs"
    which = "this" if len(shown) == 1 else "these"
    blind = "" if found else said_without_looking(exercise, trials)
    blind = f"\n  It {blind}." if blind else ""
    return "✗", f"{name} is not right yet: {score}, not on {which}.{told}{blind}{ask}"


def _stopped(budget: Budget) -> str:
    limits = budget.limits
    if budget.reason == "waiting":
        return f"was stopped after {limits.waiting:g} seconds in which it hardly computed. Does it wait for something?"
    seconds = limits.computing if budget.reason == "computing" else limits.clock
    return f"took over {seconds:g} seconds and was stopped. Is there a loop that does not end?"


def letter(answer: object) -> object:
    """The letter of an answer to a question, in whatever dress: full width, in quotes or brackets, with blanks.

    >>> letter(" （Ｂ）。 "), letter("「b」"), letter("b) "), letter(2)
    ('b', 'b', 'b', 2)
    """
    if not isinstance(answer, str):
        return answer
    return "".join(one for one in unicodedata.normalize("NFKC", answer).casefold() if one.isalnum())


def _judge_value(trial: Trial, ask: str) -> tuple[str, str]:
    exercise, own, want, others, side = trial.exercise, trial.ran.value, trial.want.value, "", ""
    if exercise.kind == "question":
        own = trial.ran.value = letter(own)
        letters = {one(): says for says, one in exercise.mistakes.items()}
        others = "".join(f"\n  Not {other}: {says}" for other, says in sorted(letters.items()))
        if not isinstance(own, str) or own not in {want, *letters}:
            return "·", f"{exercise.name}: choose one of {', '.join(sorted({want, *letters}))}."
    elif exercise.band:
        side = f" ({trial.missed})"
    elif isinstance(own, Real) and isinstance(want, Real):
        word = "larger" if want > own else "smaller" if want < own else ""  # neither beside nan
        side = f" The right one is {word}." if word else ""
    budget, right = Budget(LIMITS), []  # the value may be the learner's own object, whose code runs here
    if budget.spend(lambda: right.append(trial.right)):
        return "✗", f"{exercise.name} is what takes too long to look at: it {_stopped(budget)}"
    if right == [True]:
        return "✓", f"{exercise.name} is right.\n  {exercise.why}{others}"
    found, _ = explain(None, exercise, [trial])
    says = found[0][0] if found else ""
    if not says and exercise.diagnose is not None:
        with contextlib.suppress(Exception):  # an answer so odd that nothing can be said to it
            says = exercise.diagnose(own)
    text = f"{exercise.name}: {own if others else show(own, 80)}"
    if says in exercise.conventions:
        return "≈", f"{text} follows another convention than the task, which is no mistake.\n  {says}"
    return "✗", f"{text} is not right yet.{side}" + (f"\n  {says}" if says else "") + ask
