"""Exercises as data: what an author states about each (docs/exercises.md), and how one is found by its name.

It runs nothing of a learner's: that is ``engine``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from recsys_helpers.exercises import lessons
from recsys_helpers.exercises.compare import is_several, same, show

Function = TypeVar("Function", bound=Callable[..., Any])
LESSONS: dict[str, dict[str, Exercise]] = {}  # number -> name -> exercise, of the lessons imported so far
WRITTEN = re.compile(  # a decorated reference, or a question, at the left margin
    r'^@(?:\w+\.)?(?:exercise|value)\(.*?^def (\w+)\(|^(?:\w+\.)?question\(\s*"(\w+)"',
    re.MULTILINE | re.DOTALL,
)


@dataclass
class Exercise:
    """One exercise: a right answer, and functions a learner might write in its place with what to say to each."""

    reference: Callable[
        ..., Any
    ]  # its name is the exercise's, its docstring the task; it may raise ValueError
    why: str  # why it matters, shown when the answer is right
    kind: str = "function"  # or "value" or "question": then reference takes nothing
    hints: list[str] = field(default_factory=list)  # two or three, from a nudge to nearly the code
    inputs: Callable[..., Any] | list[tuple[Any, ...]] = field(default_factory=lambda: [()])
    # ^ tuples of arguments, edge cases first; or a function of an rng that yields them
    mistakes: dict[str, Any] = field(
        default_factory=dict
    )  # what to ask -> a wrong function (or some), or value
    conventions: dict[str, Any] = field(default_factory=dict)  # which one it is -> the same
    alternatives: list[Callable[..., Any]] = field(default_factory=list)  # other right answers, for the tests
    tolerance: float = 1e-6  # a difference up to tolerance * (1 + |expected|) passes
    ordered: bool = True  # whether the order of the result counts
    compare: Callable[[Any, Any], Any] | None = None  # (got, expected) -> bool, in place of these two
    mutates: bool = False  # judged by what it leaves in its arguments, not by what it returns
    band: tuple[float, float] | None = None  # an open task: measure(result, *arguments) must lie between
    measure: Callable[..., Any] = lambda result, *arguments: result
    measured: str = "the result"  # what it measures, in words
    diagnose: Callable[[Any], str] | None = (
        None  # of a value: what to say to one that no known mistake explains
    )

    @property
    def name(self) -> str:
        return self.reference.__name__

    @property
    def lesson(self) -> str:
        """The lesson's number, as its module is named; elsewhere what stands behind the last line in that name."""
        number = re.search(r"lesson_(\d+)", self.reference.__module__)
        return number[1] if number else self.reference.__module__.rpartition("_")[2]

    def cases(self, seed: int) -> list[tuple[Any, ...]]:
        """The inputs an answer is tried on."""
        return list(self.inputs(np.random.default_rng(seed)) if callable(self.inputs) else self.inputs)

    def equal(self, got: object, want: object) -> bool:
        """Whether two results count as one; what cannot be compared does not."""
        try:
            if self.compare:
                return bool(self.compare(got, want))
            return same(got, want, self.tolerance, self.ordered)
        except Exception:
            return False

    def source(self) -> str:
        """The reference as a learner would write it."""
        text = textwrap.dedent(inspect.getsource(self.reference))
        definition = ast.parse(text).body[0]
        return "\n".join(text.splitlines()[definition.lineno - 1 :])


def exercise(**about: Any) -> Callable[[Function], Function]:
    """Register the function below as the right answer to an exercise; ``about`` are the fields of Exercise."""

    def register(reference: Function) -> Function:
        new = Exercise(reference, **about)
        _refuse_what_nothing_meets(new)
        for answers in (new.mistakes, new.conventions):
            for says, one in answers.items():
                several = new.kind == "function" and isinstance(one, list)
                answers[says] = one if callable(one) or several else lambda one=one: one
        LESSONS.setdefault(new.lesson, {})[new.name] = new
        return reference

    return register


def _refuse_what_nothing_meets(new: Exercise) -> None:
    """A ValueError for a mistake, or a convention, so written that no answer would ever be told its sentence."""
    for field_name, answers in (("mistakes", new.mistakes), ("conventions", new.conventions)):
        where = f"{field_name} of {new.name}"
        if not isinstance(answers, dict):
            raise ValueError(
                f"{where} are a {type(answers).__name__}. Write a dict, from a sentence to the answer it is for."
            )
        for says, one in answers.items():
            if not isinstance(says, str):
                raise ValueError(
                    f"{where} say {show(says, 60)}, which is no sentence. The sentence comes first, and behind it the "
                    "answer that it is said to."
                )
            ways = one if isinstance(one, list) else [one]
            if new.kind == "function" and not (ways and all(callable(way) for way in ways)):
                raise ValueError(
                    f"{where}: «{says}» is said to {show(one, 60)}, and no learner's function is compared with that. "
                    "Give a function of the same arguments, or a list of such functions."
                )
            if new.kind == "value" and not new.compare and is_several(one) and not _wants_several(new):
                raise ValueError(
                    f"{where}: «{says}» is said to {show(one, 60)}, but the right answer is one value, which never "
                    "equals several. Give each of them a sentence of its own."
                )


def _wants_several(new: Exercise) -> bool:
    """Whether the right answer is a list, a table or such; one that fails is reported when it is checked."""
    try:
        return is_several(new.reference())
    except Exception:
        return True


def value(**about: Any) -> Callable[[Function], Function]:
    """Register a value to be found; the function below takes nothing and computes it."""
    return exercise(kind="value", **about)


def question(name: str, *, answer: str, wrong: dict[str, str], **about: Any) -> None:
    """Register a question: the letter of the right option, and for each other letter why it is not that.

    Raises
    ------
    ValueError : two letters have the same words, so that one of the letters would be lost.
    """
    if len(set(wrong.values())) < len(wrong):
        raise ValueError(f"wrong of {name}: each letter needs words of its own; it holds {show(wrong)}.")

    def reference() -> str:
        return answer

    reference.__name__, reference.__module__ = name, sys._getframe(1).f_globals["__name__"]
    exercise(kind="question", mistakes={says: letter for letter, says in wrong.items()}, **about)(reference)


# ---- finding one -----------------------------------------------------------------------------------------------------


def index() -> dict[str, dict[str, str]]:
    """Number of a lesson -> name of an exercise -> module that holds it, in the order of the course.

    It is read off the text of the modules, so a lesson that cannot be imported takes none of the others with it. The
    parts of a lesson come in the order in which its ``__init__`` names them.
    """
    return _index(tuple(lessons.__path__))


@cache
def _index(folders: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for place in sorted(
        (one for folder in folders for one in Path(folder).glob("lesson_*")), key=lambda x: x.stem
    ):
        number, parts = place.stem.removeprefix("lesson_"), [place]
        if place.is_dir():
            order = _text(place / "__init__.py")
            parts = sorted(
                place.glob("[!_]*.py"), key=lambda part: (order.find(part.stem) % 10**9, part.stem)
            )
        for part in parts:
            module = f"{lessons.__name__}.{place.stem}" + (f".{part.stem}" if place.is_dir() else "")
            for match in WRITTEN.finditer(_text(part)):
                found.setdefault(number, {})[match[1] or match[2]] = module
    return found


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeError):
        return ""


def names() -> dict[str, list[str]]:
    """Number of a lesson -> the names of its exercises, as written; no lesson is imported for it."""
    found = {number: list(written) for number, written in index().items()}
    for number, registered in LESSONS.items():
        found[number] = list(dict.fromkeys([*found.get(number, []), *registered]))
    return dict(sorted(found.items()))


def load_all() -> list[Exercise]:
    """All exercises, in the order of the lessons and within one as written; raises what a broken lesson raises."""
    for module in dict.fromkeys(module for written in index().values() for module in written.values()):
        importlib.import_module(module)
    return [LESSONS[number][name] for number, written in names().items() for name in written]


def find(name: str) -> Exercise:
    """The exercise of that name; only the part of a lesson that holds it is imported.

    Raises
    ------
    ValueError : there is none (the nearest is named), or what holds it cannot be imported.
    """
    if (found := _registered(name)) is None:
        for module in (written[name] for written in index().values() if name in written):
            try:
                importlib.import_module(module)
            except (Exception, SystemExit) as error:
                why = f"{type(error).__name__}: {error}"
                raise ValueError(
                    f"{name} cannot be checked here, since its lesson does not load: {why}"
                ) from error
            found = found or _registered(name)
    if found is None:
        known: Iterable[str] = {one for written in names().values() for one in written}
        near = [f" Did you mean {one}?" for one in get_close_matches(name, sorted(known), n=1, cutoff=0.5)]
        raise ValueError("".join([f"There is no exercise called {name}.", *near]))
    return found


def _registered(name: str) -> Exercise | None:
    return next((written[name] for written in LESSONS.values() if name in written), None)
