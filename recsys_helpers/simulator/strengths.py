"""How strong each planted effect is: 0 off, 1 as planted, 2 twice as strong; the later ones are off as shipped.

It holds no behaviour: the module that an effect lives in reads its strength from here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Strengths:
    """One number for each planted effect: 1 in the shipped world, 0 for those that came later.

    An effect of strength 0 that came later (`LATER`) leaves no trace: no column, no row, not a bit of difference.
    `jump_week` is no strength but the week of the jump, counted from the world's first, 0. Raises ValueError.

    >>> Strengths(boredom=0).boredom, Strengths().drift, Strengths().newness
    (0, 1.0, 0.0)
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
    newness: float = 0.0
    regret: float = 0.0
    impatience: float = 0.0
    jump: float = 0.0
    jump_week: int = 10

    def __post_init__(self) -> None:
        for name in (*EFFECTS, *LATER):
            value = getattr(self, name)
            if not 0 <= value <= 10:
                raise ValueError(f"The strength of {name} is {value}; give a number from 0 (off) to 10.")
        if self.jump_week != int(self.jump_week) or self.jump_week < 0:
            raise ValueError(
                f"jump_week is {self.jump_week!r}; give the number of a week, 0 for the world's first."
            )

    def planted(self) -> dict[str, tuple[str, str, str]]:
        """The effects that this world speaks of, as in `EFFECTS`: those that came later only where they are on."""
        later = {name: said for name, said in LATER.items() if getattr(self, name) > 0}
        if "jump" in later:
            table, column, says = later["jump"]
            later["jump"] = table, column, says.format(week=self.jump_week)
        return EFFECTS | later


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
#: The same for effects that are off in the shipped world.
LATER = {
    "newness": ("listeners", "newness", "a track never played before pleases more, the first time"),
    "regret": ("listeners", "regret", "time spent without pleasure costs satisfaction, and so later visits"),
    "impatience": ("listeners", "impatience", "a play that displeases ends the session sooner"),
    "jump": (
        "listeners",
        "jump_01 .. jump_16",
        "in week {week} the taste of every other listener changes at once",
    ),
}
