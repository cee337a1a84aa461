"""The Arena: learners' platforms compete for the same simulated listeners. `join` is where a player begins.

It is no part of a real platform: listeners are simulated, and a week takes seconds.
"""

from __future__ import annotations

from recsys_helpers.arena.client import Game, Receipt, join
from recsys_helpers.arena.rules import Rules
from recsys_helpers.service.sent import Refused

__all__ = ["Game", "Receipt", "Refused", "Rules", "join"]
