"""Answers to the exercises as learners write them: each says whether it is right, and a wrong one what is wrong.

They were written from the lesson's task and stub alone, before the checker was tuned, so that they show what it says
to answers that its authors had not in mind. They judge nothing: that is ``tests/exercises/test_bank.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """One answer: the function, what it is about, and the sentences that would name its slip (a part of each)."""

    function: Callable
    about: str
    right: bool
    says: tuple[str, ...] = ()


ANSWERS: list[Answer] = []


def right(style: str) -> Callable:
    """A right answer, in a style of its own."""

    def note(function: Callable) -> Callable:
        ANSWERS.append(Answer(function, style, True))
        return function

    return note


def wrong(slip: str, *says: str) -> Callable:
    """A wrong answer, what is wrong with it, and parts of the sentences that name just that; none if none does."""

    def note(function: Callable) -> Callable:
        ANSWERS.append(Answer(function, slip, False, says))
        return function

    return note
