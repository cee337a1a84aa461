"""Exercises as data: what an author states about each (docs/exercises.md), and how one is found by its name.

It runs nothing of a learner's: that is ``engine``.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches

import numpy as np

from recsys_helpers.exercises.compare import same

EXERCISES: dict[str, Exercise] = {}


@dataclass
class Exercise:
    """One exercise: a right answer, and functions a learner might write in its place with what to say to each."""

    reference: Callable  # its name is the exercise's, its docstring the task; it may raise ValueError
    why: str  # why it matters, shown when the answer is right
    kind: str = "function"  # or "value" or "question": then reference takes nothing
    hints: list[str] = field(default_factory=list)  # two or three, from a nudge to nearly the code
    inputs: Callable | list = ((),)  # tuples of arguments, edge cases first; or a function of an rng
    mistakes: dict[str, object] = field(default_factory=dict)  # what to ask -> a wrong function, or value
    conventions: dict[str, object] = field(default_factory=dict)  # which one it is -> a function, or value
    alternatives: list[Callable] = field(default_factory=list)  # other right answers, for the tests
    tolerance: float = 1e-6  # a difference up to tolerance * (1 + |expected|) passes
    ordered: bool = True  # whether the order of the result counts
    compare: Callable | None = None  # (got, expected) -> bool, in place of these two
    mutates: bool = False  # judged by what it leaves in its arguments, not by what it returns
    band: tuple[float, float] | None = None  # an open task: measure(result, *arguments) must lie between
    measure: Callable = lambda result, *arguments: result
    measured: str = "the result"  # what it measures, in words

    @property
    def name(self) -> str:
        return self.reference.__name__

    @property
    def lesson(self) -> str:
        return self.reference.__module__.rpartition("_")[2]

    def cases(self, seed: int) -> list[tuple]:
        """The inputs an answer is tried on."""
        return list(self.inputs(np.random.default_rng(seed)) if callable(self.inputs) else self.inputs)

    def equal(self, got, want) -> bool:
        """Whether two results count as one; what cannot be compared does not."""
        try:
            how = () if self.compare else (self.tolerance, self.ordered)
            return bool((self.compare or same)(got, want, *how))
        except Exception:
            return False

    def source(self) -> str:
        """The reference as a learner would write it."""
        text = textwrap.dedent(inspect.getsource(self.reference))
        return "\n".join(text.splitlines()[ast.parse(text).body[0].lineno - 1 :])


def exercise(**about) -> Callable:
    """Register the function below as the right answer to an exercise; ``about`` are the fields of Exercise."""

    def register(reference: Callable) -> Callable:
        new = Exercise(reference, **about)
        for answers in (new.mistakes, new.conventions):
            for says, one in answers.items():
                answers[says] = one if callable(one) else lambda one=one: one
        old = EXERCISES.get(new.name, new).lesson
        if old != new.lesson:
            raise ValueError(f"Lessons {old} and {new.lesson} both have {new.name}. Rename one of them.")
        EXERCISES[new.name] = new
        return reference

    return register


def value(**about) -> Callable:
    """Register a value to be found; the function below takes nothing and computes it."""
    return exercise(kind="value", **about)


def question(name: str, *, answer: str, wrong: dict[str, str], **about) -> None:
    """Register a question: the letter of the right option, and for each other letter why it is not that."""
    reference = lambda: answer  # noqa: E731
    reference.__name__, reference.__module__ = name, sys._getframe(1).f_globals["__name__"]
    exercise(kind="question", mistakes={says: letter for letter, says in wrong.items()}, **about)(reference)


def load_all() -> list[Exercise]:
    """All exercises, in the order of the lessons and within one as written."""
    package = importlib.import_module("recsys_helpers.exercises")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.startswith("lesson_"):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return sorted(EXERCISES.values(), key=lambda one: one.lesson)


def find(name: str) -> Exercise:
    """The exercise of that name; ValueError that names the nearest if there is none."""
    if name not in EXERCISES:
        load_all()
    if name not in EXERCISES:
        near = [f" Did you mean {one}?" for one in get_close_matches(name, EXERCISES, n=1, cutoff=0.5)]
        raise ValueError("".join([f"There is no exercise called {name}.", *near]))
    return EXERCISES[name]
