"""Murmur's world, whole: true tastes, what listeners do, the log they leave, and policies served to them.

It knows no model. `World` is where to begin, `Market` where several platforms compete for its listeners;
`python -m recsys_helpers simulate` writes a world's data to a folder.
"""

from .market import Market, Platform, lead, match
from .saved import load_market, save_market
from .serving import Difference, Served, difference
from .strengths import EFFECTS, Strengths
from .visits import Visits
from .world import World

__all__ = [
    "EFFECTS",
    "Difference",
    "Market",
    "Platform",
    "Served",
    "Strengths",
    "Visits",
    "World",
    "difference",
    "lead",
    "load_market",
    "match",
    "save_market",
]
