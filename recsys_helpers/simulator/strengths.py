"""How strong each planted effect is: 1 as shipped, 0 off, 2 twice as strong.

It holds no behaviour: the module that an effect lives in reads its strength from here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Strengths:
    """One number for each planted effect; all are 1 in the shipped world.

    >>> Strengths(boredom=0).boredom, Strengths().drift
    (0, 1.0)
    """

    boredom: float = 1.0
    drift: float = 1.0
    order: float = 1.0
    context: float = 1.0
    duration: float = 1.0
    position: float = 1.0
    lift: float = 1.0
    mood: float = 1.0
    audio: float = 1.0
    text: float = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not 0 <= value <= 10:
                raise ValueError(
                    f"The strength of {field.name} is {value}; give a number from 0 (off) to 10."
                )


#: name -> (table of truth/, column, what it does)
EFFECTS = {
    "boredom": ("listeners", "boredom", "the same genre or track again pleases less, so diversity can pay"),
    "drift": ("listeners", "drift_01 .. drift_16", "taste moves over the weeks"),
    "order": ("tracks", "followed_by", "right after a track, the one that follows it is wanted more"),
    "context": ("contexts", "taste_01 .. taste_16", "where one listens moves taste"),
    "duration": ("contexts", "preferred_minutes", "each context has a length that fits it"),
    "position": ("positions", "effect", "a place further down a list is taken less, whatever stands there"),
    "lift": ("tracks", "lift", "bot accounts play chosen tracks and push them up the chart"),
    "mood": ("comments", "mood", "what a comment says follows how pleased its writer is"),
    "audio": (
        "tracks",
        "vector_01 .. vector_05",
        "audio features show these directions of a track, with noise",
    ),
    "text": ("tracks", "vector_06 .. vector_16", "descriptions name some of these directions, with errors"),
}
