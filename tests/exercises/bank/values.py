"""Answers to what asks for a value or a letter instead of a function, of all lessons that ask so.

Each stands as a function that takes nothing and gives what somebody would hand in.
"""

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from tests.exercises.bank import right, wrong


def _in(note: Callable, exercise: str, value: object) -> None:
    def answer() -> object:
        return value

    answer.__name__ = exercise
    note(answer)


def _value(exercise: str, good: list[object], slips: dict[str, tuple[object, ...]]) -> None:
    """Right answers, and by slip a wrong one with the parts of the sentences that name it."""
    for number, value in enumerate(good, start=1):
        _in(right(f"way {number}"), exercise, value)
    for slip, (value, *says) in slips.items():
        _in(wrong(slip, *says), exercise, value)


def _question(exercise: str, letter: str, **says: str) -> None:
    """The letter in three dresses, and of each other letter a part of what is said to it."""
    for dress in (letter, f" {letter.upper()}. ", f"({letter})"):
        _in(right(f"as {dress!r}"), exercise, dress)
    for other, part in says.items():
        for dress in (other, f"{other.upper()})"):
            _in(wrong(f"as {dress!r}", part), exercise, dress)


# ---- lessons 02 to 20 ------------------------------------------------------------------------------------------------

_value(
    "largest_z",
    [3, 3.0, np.sqrt(9), 0.9 / 0.3],
    {
        "mean left in": (1 / 0.3, "Did you forget to subtract the mean"),
        "variance": (0.9 / 0.09 * 0.9, "divided by the standard deviation, not by the variance"),
        "ddof 1": (0.9 * np.sqrt(10), "That is with ddof=1"),
        "number of values": (10,),
        "sign": (-3,),
    },
)
_value(
    "share_after_scaling",
    [0.8, 1.6 / 2, Fraction(4, 5), np.linalg.eigvalsh([[1, 0.6], [0.6, 1]])[-1] / 2],
    {
        "correlation": (0.6, "Is that the correlation?"),
        "squared": (0.6**2, "square of the correlation"),
        "eigenvalue": (1.6, "Is that the eigenvalue?"),
        "percent": (80, "Is that in percent?"),
        "half": (0.5,),
        "root": (np.sqrt(0.8),),
    },
)
_value(
    "order_of_the_derivation",
    ["bdaec", "B D A E C", "b, d, a, e, c"],
    {
        "densities first": ("dbaec", "Did you write densities down first?"),
        "constant too early": ("bdeac", "Did you drop the constant"),
        "backwards": ("ceadb", "Is that the way back"),
        "as printed": ("abcde",),
        "one left out": ("bdae",),
    },
)
_value(
    "league_lead",
    [0.0, -0.004, 0.0312],
    {
        "a share": (0.5, "Is that a share of hours?"),
        "the chart": (-0.0214, "Is that the lead of today's chart?"),
        "points": (-2.144, "in percentage points"),
        "behind": (-0.012,),
        "too good": (0.31,),
    },
)
_value(
    "spent_in_a_year",
    [26, 26.0, 52 * 0.5, sum([0.5] * 52)],
    {
        "root": (0.5 * np.sqrt(52), "how the error of a mean behaves"),
        "one week": (0.5, "the epsilon of one week"),
        "weeks": (52, "52 is the number of weeks"),
        "months": (12 * 0.5,),
        "squared": (52 * 0.25,),
    },
)
_value(
    "slow_pages",
    [1 - 0.99**10, 0.0956, Fraction(1) - Fraction(99, 100) ** 10, 0.096],
    {
        "added up": (0.1, "Did you add ten times 1%?"),
        "one answer": (0.01, "Is that for one answer?"),
        "none slow": (0.99**10, "share of pages without a slow answer"),
        "nine answers": (1 - 0.99**9,),
        "percent": (9.56,),
    },
)

# ---- lesson 22 -------------------------------------------------------------------------------------------------------

_question(
    "recall_from_features_to_factors", "b", a="no vector of its own to learn from", c="content-based lists"
)
_question("recall_few_plays_in_a_portrait", "a", b="no portrait of newcomers", c="skips everything")
_question("recall_over_what_it_runs", "c", a="stand in every listener's list", b="make the interval shorter")
_question("what_one_edge_carries", "b", a="among all tracks", c="Creators mostly stay within one genre")
_question("what_the_mean_forgets", "c", a="it learned the others well", b="the shares of notes read it")

# ---- lesson 23 -------------------------------------------------------------------------------------------------------

_question("recall_word_that_counts_little", "c", a="A rare word", b="repeated in one text")
_question("recall_order_and_chances", "a", b="never looks at the size", c="the order is perfect")
_question("recall_somewhere_to_go", "b", a="in all with two platforms", c="the luck of a seat cancels")
_question("what_the_minutes_say", "b", a="what learning costs", c="drawn by lot")
_value(
    "sure_enough",
    [0.75, 6 / 8, Fraction(3, 4), np.float64(0.75)],
    {
        "may be wrong": (0.25, "how often the answer may be wrong"),
        "ratio": (2 / 6, "the ratio of the two"),
        "even": (0.5, "right and wrong are equally likely"),
        "percent": (75, "Some give percent"),
        "the other ratio": (3.0,),
        "minutes saved over all": (2 / 8 * 2 / 3,),
        "nearly": (0.8,),
    },
)
_value(
    "cars_over_the_bridge",
    [20, 20.0, np.int64(20), min(range(61), key=lambda n: n * (10 + n / 2) + (60 - n) * 30)],
    {
        "equally long": (40, "both ways take equally long"),
        "all": (60, "Are all on the bridge?"),
        "half": (30, "half of the cars"),
        "the minutes of one": (25,),
        "nobody": (0,),
        "those by the ring": (10,),
    },
)

# ---- lesson 24 -------------------------------------------------------------------------------------------------------

_value(
    "find_faults",
    [
        ["C2", "C4", "C6", "C8", "R7"],
        {"R3", "R5", "C7", "R6", "R7"},
        "c2, c5, c7, c8, r7",
        ("C2", "R3", "C4", "C5", "R5", "C6", "C7", "C8", "R6", "R7"),
        "Ｃ２、Ｃ４、Ｃ６、Ｃ８、Ｒ７",
    ],
    {
        "every line": (
            [f"C{n}" for n in range(1, 10)] + [f"R{n}" for n in range(1, 10)],
            "Did you mark every line?",
        ),
        "sound lines": (["C1", "C3", "C9", "R1", "R2", "R4", "R8", "R9"], "only lines that are sound"),
        "four of five": (["C2", "C4", "C6", "C8"],),
        "one too many": (["C2", "C4", "C6", "C8", "R7", "C9"],),
        "one fault twice": (["C2", "R3", "C4", "C6", "C8"],),
        "a line that is not there": (["C2", "C4", "C6", "C8", "R10"],),
        "a number": (5,),
        "a sentence": ("the split leaks",),
        "nothing": ([],),
    },
)
