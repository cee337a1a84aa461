"""Files in, checked tables out: the course's own data, its online leaderboard, and two public data sets of real people.

It is not a place for cleaning or modelling: what a file holds is what a table holds, in the file's order.
"""

from .lastfm import LastFM, load_lastfm
from .measured import load_measured
from .movielens import MovieLens, load_movielens
from .murmur import Murmur, load_murmur
from .online import load_online

__all__ = [
    "LastFM",
    "MovieLens",
    "Murmur",
    "load_lastfm",
    "load_measured",
    "load_movielens",
    "load_murmur",
    "load_online",
]
