"""Exercises that answer at once: ``check`` an answer, ask for a ``hint``, see a ``solution`` and your ``progress``.

It holds no exercise itself: those are in the modules ``lesson_NN``, written as docs/exercises.md shows.
"""

from __future__ import annotations

from recsys_helpers.exercises.engine import check, hint, progress, solution

__all__ = ["check", "hint", "progress", "solution"]
