"""What a learner calls: ``check`` an answer, ``hint``, ``solution``, ``progress``, and ``show_guess`` for predictions.

It raises nothing at a learner: what goes wrong is a sentence. It judges nothing itself: that is ``judge``.
"""

from __future__ import annotations

import contextlib
import dis
import json
import sys
from textwrap import fill
from types import FrameType
from typing import Any

from recsys_helpers.exercises import contents
from recsys_helpers.exercises.block import say, show_answer
from recsys_helpers.exercises.compare import show
from recsys_helpers.exercises.judge import verdict
from recsys_helpers.exercises.registry import Exercise, find, names
from recsys_helpers.exercises.sandbox import read
from recsys_helpers.workspace import work_folder, write_whole

_hints_given: dict[str, int] = {}
_solved: set[str] = set()  # in this session, also where nothing can be written


def check(answer: Any = ..., value: Any = ..., *, strict: bool = False, seed: int = 0) -> Any:
    """Check an answer and say what came of it: ``check(function)``, or ``check("name", value)``.

    Where the result is used, as in ``f = check(f)``, it is what to go on with: the learner's own if it is right, else
    the lesson's. With ``strict`` all but a right answer raises AssertionError, for graders; ``seed`` draws the inputs.
    """
    exercise, own, mark, used = None, answer, "·", _is_used(sys._getframe(1))
    try:
        exercise, own = _identify(answer, value)
        if exercise.kind == "value":
            own = read(own)  # which ends an iterator: what goes on is the list of its items
        mark, text = verdict(exercise, own, seed)
    except KeyboardInterrupt:
        text = "Stopped, as you asked."
    except BaseException as error:  # a sentence of ours, or a result so odd that judging it failed
        text = f"{exercise.name} gave what cannot be judged: {_words(error)}" if exercise else _words(error)
    if strict and mark != "✓":
        raise AssertionError(f"{mark} {text}")
    if exercise and mark == "✓" and not strict:
        _remember(exercise.name)
    if used and exercise and mark != "✓" and exercise.kind != "question":
        with contextlib.suppress(Exception):  # a value that cannot be computed here
            own = exercise.reference() if exercise.kind == "value" else exercise.reference
            name = exercise.name
            text += f"\n  Until yours is right, {name} is the lesson's own, so that the cells below run."
    show_answer(mark, text)
    return own if used else None


def _words(error: BaseException) -> str:
    with contextlib.suppress(Exception):  # a learner's own error may not be able to say itself
        return str(error) or type(error).__name__
    return type(error).__name__


def _is_used(frame: FrameType) -> bool:
    """Whether the caller does anything with what check returns: if not, a notebook would print it under the cell."""
    after = next((one for one in dis.get_instructions(frame.f_code) if one.offset > frame.f_lasti), None)
    return after is None or not (after.opname == "POP_TOP" or "PRINT" in after.opname + after.argrepr)


def _identify(answer: Any, value: Any) -> tuple[Exercise, Any]:
    """The exercise that is meant and the answer to it; ValueError with a sentence if that is not clear."""
    name = answer if isinstance(answer, str) else getattr(answer, "__name__", None)
    if name == "<lambda>":
        text = "A lambda has no name to find its exercise by. Use `def`, with the name in the task."
        raise ValueError(text)
    if not isinstance(name, str) or not (isinstance(answer, str) or callable(answer)):
        got = "nothing" if answer is ... else show(answer, 60)
        raise ValueError(
            f"check got {got}. Give it the function itself, without brackets: check(my_function). "
            'For a value or a question the name comes first: check("name", value).'
        )
    exercise, own = find(name), value if isinstance(answer, str) else answer
    if exercise.kind == "function" and not callable(own):
        raise ValueError(f"{name} asks for a function. Give check the function itself: check({name}).")
    if exercise.kind != "function" and callable(own):
        raise ValueError(f'{name} asks for no function but a {exercise.kind}: check("{name}", …).')
    return exercise, own


def hint(name: Any) -> None:
    """Print the next hint of an exercise, given by its name or its function; after the last, begin again."""
    if not (exercise := _named(name)):
        return
    hints, given = exercise.hints, _hints_given.get(exercise.name, 0)
    _hints_given[exercise.name] = (given + 1) % (len(hints) + 1)
    none = f'There are no more hints. solution("{exercise.name}") shows one way to do it.'
    say(f"Hint {given + 1} of {len(hints)}: {hints[given]}" if given < len(hints) else none)


def solution(name: Any) -> None:
    """Print one right answer to an exercise, given by its name or its function."""
    if exercise := _named(name):
        say(exercise.source() if exercise.kind != "question" else f"{exercise.reference()}: {exercise.why}")


def _named(name: Any) -> Exercise | None:
    try:
        return find(name if isinstance(name, str) else getattr(name, "__name__", show(name, 60)))
    except ValueError as error:
        say(f"· {error}")
        return None


def show_guess(guess: Any = ...) -> None:
    """Print what a learner predicted, to stand beside the result; "no guess" where the `...` was left."""
    say(f"your guess: {'no guess' if guess is ... else guess}")


def progress(lesson: str | int | None = None) -> None:
    """Print what is solved of each lesson, or of one: ``progress("03")``."""
    done = _remembered()
    asked = {
        number: written
        for number, written in names().items()
        if lesson is None or number == str(lesson).zfill(2)
    }
    if not asked:
        say("· There are no exercises" + ("." if lesson is None else f" of lesson {lesson}."))
    for number, written in asked.items():
        left = [name for name in written if name not in done]
        text = f"Lesson {number}: {len(written) - len(left)} of {len(written)} solved"
        text += f"; open: {', '.join(left)}" if left else ""
        say(fill(text, 88, subsequent_indent="    "))  # as wide as an output is on a small screen


def _remembered() -> set[str]:
    """The names of what is solved, in the learner's folder or in this session."""
    return _solved | contents.solved(work_folder())


def _remember(name: str) -> None:
    """Note what is solved in the learner's folder, if there is one: a list of exercises and nothing else."""
    _solved.add(name)
    with contextlib.suppress(OSError):
        if (folder := work_folder()).is_dir():
            write_whole(folder / ".progress.json", json.dumps({"solved": sorted(_remembered())}) + "\n")
            if (folder / contents.PAGE).exists():
                contents.renew(_remembered())
