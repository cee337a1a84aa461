"""Why an answer is wrong, as far as the exercise's known mistakes and conventions tell; rather nothing than a guess.

It words nothing but the sentences that the exercise's author wrote: the rest is ``judge``.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from recsys_helpers.exercises.compare import same, show
from recsys_helpers.exercises.reading import is_placeholder
from recsys_helpers.exercises.registry import Exercise
from recsys_helpers.exercises.sandbox import run
from recsys_helpers.exercises.trial import Trial

MOST_SENTENCES = 2
ENOUGH = 4 / 5  # of what went wrong, for a single mistake


@dataclass
class Match:
    """How far one known mistake, or convention, gives what the answer gave."""

    says: str
    is_convention: bool
    shows: set[Trial]  # wrong, and wrong in the same way
    alike: int  # the same result, right or wrong
    denied: int  # the mistake would be wrong, and the answer is right
    raised: int  # both raised the same kind of error

    def share(self, bad: list[Trial]) -> float:
        """How much of what went wrong it accounts for, counting what it says should have gone wrong as well."""
        return (len(self.shows) + self.raised) / (len(bad) + self.denied) if self.shows else 0.0


def explain(
    own: Callable[..., Any] | None, exercise: Exercise, trials: list[Trial]
) -> tuple[list[tuple[str, Trial]], list[Trial]]:
    """At most two sentences that account for most inputs, each with the shortest that shows it; and the rest.

    A single mistake has to account for four fifths of what went wrong. Where one matching input was enough, one name
    in ten was wrong; where half of them were, most of what was left wrong lay below this line, and of the right names
    nearly none. Two at once have to account for all of it, and each for half, if they are not conventions.
    """
    bad = [trial for trial in trials if not trial.right]
    looked_at = [] if own and is_placeholder(own) else known(exercise)
    matches = [_match(exercise, trials, *one) for one in looked_at]
    if said_without_looking(exercise, trials):  # then only what looks at nothing either
        matches = [one for one in matches if one.alike == len(trials)]
    found, left = _account([one for one in matches if one.share(bad) >= ENOUGH], bad)
    if left and all(says in exercise.conventions for says, _ in found):
        conventions = [one for one in matches if one.is_convention and len(one.shows) >= one.denied]
        halves = [one for one in matches if one.share(bad) >= 1 / 2]
        for two, rest in (_account(conventions, bad), _account(halves, bad)):
            if len(two) == 2 and not rest:
                return two, rest
    return found, left


def said_without_looking(exercise: Exercise, trials: list[Trial]) -> str:
    """What an answer gives whatever comes in, or that it gives an argument back; nothing if it does neither.

    >>> from recsys_helpers.exercises.sandbox import Ran
    >>> asks = Exercise(lambda plays: plays + 1, why="")
    >>> said_without_looking(asks, [Trial(asks, (plays,), Ran(0), Ran(plays + 1)) for plays in (2, 3)])
    'gives 0, whatever it is given'
    """
    ran = [trial.ran for trial in trials]
    wants = [trial.want.value for trial in trials if not trial.want.error]
    if exercise.mutates or any(one.error for one in ran) or all(_same(one, wants[0]) for one in wants):
        return ""
    if all(_same(one.value, ran[0].value) for one in ran):
        return f"gives {show(ran[0].value, 60)}, whatever it is given"
    for place, name in enumerate(trials[0].names):
        if all(len(trial.case) > place and _same(trial.ran.value, trial.case[place]) for trial in trials):
            return f"gives `{name}` back as it came"
    return ""


def _same(one: Any, other: Any) -> bool:
    with contextlib.suppress(Exception):  # a learner's own class may not be able to compare itself
        return same(one, other, 0.0)
    return False


def known(exercise: Exercise) -> list[tuple[str, bool, Callable[..., Any]]]:
    """(sentence, whether it is a convention, function) of each; a sentence with several functions comes as often."""
    return [
        (says, is_convention, one)
        for is_convention, answers in ((False, exercise.mistakes), (True, exercise.conventions))
        for says, ways in answers.items()
        for one in (ways if isinstance(ways, list) else [ways])
    ]


def _match(
    exercise: Exercise, trials: list[Trial], says: str, is_convention: bool, answer: Callable[..., Any]
) -> Match:
    match = Match(says, is_convention, set(), 0, 0, 0)
    for trial in trials:
        other = run(answer, trial.case, exercise.mutates)
        alike = trial.equals(other)
        match.alike += alike
        if trial.right:
            match.denied += not alike and not other.error
        elif alike and not trial.equals(trial.want):
            match.shows.add(trial)
        elif trial.ran.error and type(trial.ran.error) is type(other.error):
            match.raised += 1
    return match


def _account(matches: list[Match], bad: list[Trial]) -> tuple[list[tuple[str, Trial]], list[Trial]]:
    found, left = [], sorted(bad, key=lambda trial: trial.length)
    for _ in range(min(MOST_SENTENCES, len(matches))):
        best = max(matches, key=lambda one: (len(one.shows.intersection(left)), one.alike))
        found += [(best.says, trial) for trial in left if trial in best.shows][:1]
        left = [trial for trial in left if trial not in best.shows]
        matches = [one for one in matches if one is not best]
    return found, left
