"""From lists to better-mixed lists: diversity, quotas, calibration, freshness, length, and how much is repeated.

It knows no model and judges nothing: each function takes the lists that ``recommend`` gave, longer than what is
wanted, and gives back the k best under its own rule. What comes of a rule is for ``evaluation`` and ``simulator``.

Lists are tables with the columns user, item, rank and score, one row a place, in any order of rows. What comes back
has the same columns: users in the order in which they first stood, ranks from 1, each item with the score it had. Ties
go to the higher place. A list stays shorter than k where there was no more. A wrong table or setting is a ValueError.
"""

from recsys_helpers.reranking.diversity import dpp, mmr
from recsys_helpers.reranking.places import by_length, with_fresh
from recsys_helpers.reranking.quotas import at_least, at_most, calibrated, mixed

__all__ = ["at_least", "at_most", "by_length", "calibrated", "dpp", "mixed", "mmr", "with_fresh"]
