"""Murmur's world, whole: true tastes, what listeners do, the log they leave, and policies served to them.

It knows no model. `World` is where to begin; `python -m recsys_helpers simulate` writes a world's data to a folder.
"""

from .serving import Difference, Served, difference
from .strengths import EFFECTS, Strengths
from .world import World

__all__ = ["EFFECTS", "Difference", "Served", "Strengths", "World", "difference"]
