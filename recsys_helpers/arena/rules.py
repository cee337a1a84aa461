"""The rules of a league, and how a broken one is answered: numbers and sentences.

It plays nothing and knows no listener: `match` plays, `game` says who may do what and when.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass, fields
from typing import Any

from recsys_helpers.service.sent import Refused
from recsys_helpers.simulator.market import HABIT, KEEN
from recsys_helpers.simulator.setting import SHELF
from recsys_helpers.simulator.strengths import Strengths

PLACES = SHELF  # of a list
LETTERS = 24  # of a team's name
MARKS = 2  # accents on one letter
MOST_BYTES = 1_500_000  # of a hand-in
PATIENT = 1_500  # accounts: three times as sure of a place as 300, at three times the price


@dataclass(frozen=True)
class Rules:
    """What holds for all teams of a league, from its first week to its last.

    Parameters
    ----------
    users : accounts of the world; one in a hundred is a bot, and the others are the listeners of every match.
    weeks : how many weeks are played.
    heard : how many tracks of a list its listener may have played on that team's platform before; None: any number.
    boredom : how easily listeners tire of the same again; 1 is the shipped Murmur.
    habit, keen : what draws a listener to a platform: see `Market`.
    log : whether everybody begins with eight weeks of log; without it, with the tracks and the listeners alone.

    Raises ValueError for rules that make no game.

    >>> Rules().users, Rules().heard, Rules(users=300, weeks=2).weeks
    (600, 2, 2)
    """

    users: int = 600
    weeks: int = 4
    heard: int | None = 2
    boredom: float = 1.5
    habit: float = HABIT
    keen: float = KEEN
    log: bool = False

    def __post_init__(self) -> None:
        whole = {"users": (30, 3_000), "weeks": (1, 12)} | (
            {} if self.heard is None else {"heard": (0, PLACES)}
        )
        for name, (least, most) in whole.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise ValueError(f"{name} is {value!r}; give a whole number from {least:,} to {most:,}.")
        for name, most in {"boredom": 10, "habit": 1_000, "keen": 1_000}.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= most:
                raise ValueError(f"{name} is {value!r}; give a number from 0 to {most:,}.")
        if not isinstance(self.log, bool):
            raise ValueError(f"log is {self.log!r}; give True or False.")

    @property
    def strengths(self) -> Strengths:
        """How strong each effect of the world is."""
        return Strengths(boredom=float(self.boredom))

    def as_json(self) -> str:
        """The rules as text; `from_json` reads it."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Rules:
        """The rules that `as_json` wrote."""
        return cls(**json.loads(text))

    def said(self) -> str:
        """The rules in a sentence.

        >>> print(Rules(users=300).said())
        4 weeks with 300 accounts; lists of at most 10 places, at most 2 of them played by their listener before.
        """
        heard = (
            "" if self.heard is None else f", at most {self.heard} of them played by their listener before"
        )
        log = " Everybody begins with eight weeks of log." if self.log else ""
        return (
            f"{self.weeks} weeks with {self.users:,} accounts; lists of at most {PLACES} places{heard}.{log}"
        )


def rules_of(given: dict[str, Any]) -> Rules:
    """Rules from some of their names; raises ValueError for a name that none has."""
    known = [one.name for one in fields(Rules)]
    strange = next((name for name in given if name not in known), None)
    if strange is not None:
        raise ValueError(f"There is no rule {strange!r}; the rules are {', '.join(known)}.")
    return Rules(**given)


def team_name(text: object) -> str:
    """A team's name as it is shown: spaces joined, letters composed; raises Refused for what a board cannot show.

    >>> team_name("  Night   Owls ")
    'Night Owls'
    >>> team_name("a\\u202eb")
    Traceback (most recent call last):
    recsys_helpers.service.sent.Refused: A team's name holds U+202E, which cannot be seen; leave it out.
    """
    if not isinstance(text, str):
        raise Refused(f"A team's name is text, and this is {type(text).__name__}; write it in quotes.")
    if len(text) > 20 * LETTERS:  # before anything is done with it
        raise Refused(f"A team's name has at most {LETTERS} letters, and this has {len(text):,}.")
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise Refused("A team needs a name; this one is empty.")
    if len(name) > LETTERS:
        raise Refused(f"A team's name has at most {LETTERS} letters, and this has {len(name):,}.")
    stacked = 0
    for sign in name:
        kind = unicodedata.category(sign)
        if kind[0] == "C":
            raise Refused(f"A team's name holds U+{ord(sign):04X}, which cannot be seen; leave it out.")
        stacked = stacked + 1 if kind in ("Mn", "Me") else 0
        if stacked > MARKS:
            raise Refused(f"A letter of a team's name has more than {MARKS} marks; leave some out.")
    if not any(unicodedata.category(sign)[0] in "LNS" for sign in name):
        raise Refused("A team's name needs a letter, a number or a sign that can be seen.")
    return name


def folded(name: str) -> str:
    """What two names have in common that a room would take for one: case and width do not count.

    >>> folded("Otters") == folded("ＯＴＴＥＲＳ")
    True
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).replace(" ", "")
