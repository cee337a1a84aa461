"""Exercises that answer at once: ``check``, ``hint``, ``solution``, ``progress``, and ``show_guess`` for predictions.

It holds no exercise itself: those are in ``lessons``, written as docs/exercises.md shows.
"""

from __future__ import annotations

from recsys_helpers.exercises.engine import check, hint, progress, show_guess, solution

__all__ = ["check", "hint", "progress", "show_guess", "solution"]
