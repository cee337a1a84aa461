"""The helpers behind the lessons: data, models, evaluation and plots of a small recommender course.

It is not a library for production: each module is there to be read. Import what you need from its module, as
in ``from recsys_helpers.datasets import load_murmur``; this file imports nothing, so that it costs nothing.
"""

__version__ = "0.1.0"
