"""What the checker says to answers that learners write: all right ones pass, no wrong one does, and names are right.

python -m tests.exercises.test_bank     counts them, lesson by lesson
"""

from __future__ import annotations

import importlib
from collections import Counter
from pathlib import Path

import pytest

from recsys_helpers.exercises.judge import verdict
from recsys_helpers.exercises.registry import find, index, load_all
from tests.exercises import bank
from tests.exercises.bank import Answer

FILES = sorted(Path(bank.__file__).parent.glob("*.py"))
NUMBERS = sorted({path.stem for path in FILES if path.stem not in ("__init__", "conftest")})
OUTCOMES = ("accepted", "refused", "praised", "named rightly", "named wrongly", "not named")


def answers(module: str) -> list[Answer]:
    name = f"{bank.__name__}.{module}"
    importlib.import_module(name)
    return [one for one in bank.ANSWERS if one.function.__module__ == name]


def outcome(answer: Answer) -> tuple[str, str]:
    """What became of an answer, and what was said to it."""
    exercise = find(answer.function.__name__)
    given = answer.function if exercise.kind == "function" else answer.function()
    mark, text = verdict(exercise, given)
    if answer.right or mark == "✓":
        return ("accepted" if answer.right else "praised") if mark == "✓" else "refused", text
    said = [says for says in (*exercise.mistakes, *exercise.conventions) if f"  {says}" in text]
    if not said:
        return "not named", text
    fits = all(any(part in says for part in answer.says) for says in said)
    return "named rightly" if fits else "named wrongly", text


def expected(answer: Answer) -> str:
    return "accepted" if answer.right else "named rightly" if answer.says else "not named"


@pytest.mark.parametrize("module", NUMBERS)
def test_each_answer_gets_what_it_should(module):
    found = answers(module)
    assert found
    off = []
    for one in found:
        got, text = outcome(one)
        if got != expected(one):
            off.append(f"{one.function.__name__} ({one.about}) is {got}, not {expected(one)}: {text}")
    assert not off, "\n".join(off)


def test_the_parts_that_are_to_be_said_are_parts_of_sentences():
    for one in (answer for module in NUMBERS for answer in answers(module)):
        exercise = find(one.function.__name__)
        sentences = [*exercise.mistakes, *exercise.conventions]
        for part in one.says:
            assert sum(part in says for says in sentences) == 1, f"{exercise.name}: {part!r}"


def test_the_bank_is_large_and_goes_through_all_lessons():
    found = [one for module in NUMBERS for one in answers(module)]
    assert sum(not one.right for one in found) >= 200
    assert sum(one.right for one in found) >= 100
    first = {name for number, names in index().items() if number <= "13" for name in names}
    functions = {one.name for one in load_all() if one.kind == "function"} & first
    for about, kind in ((True, "right"), (False, "wrong")):
        missing = functions - {one.function.__name__ for one in found if one.right is about}
        assert not missing, f"no {kind} answer to {missing}"


def test_each_value_of_all_lessons_and_each_question_of_the_last_is_answered_rightly_and_wrongly():
    found = [one for module in NUMBERS for one in answers(module)]
    last = {name for number, names in index().items() if number >= "22" for name in names}
    asked = [one for one in load_all() if one.kind == "value" or one.kind == "question" and one.name in last]
    assert {one.kind for one in asked} == {"value", "question"}
    for exercise in asked:
        judged = Counter(one.right for one in found if one.function.__name__ == exercise.name)
        assert judged[True] >= 3 and judged[False] >= 3, exercise.name


def table() -> str:
    """Outcomes by lesson, as rows of Markdown, with their sum."""
    rows, total = [], Counter()
    for module in NUMBERS:
        counts = Counter(outcome(one)[0] for one in answers(module))
        total += counts
        rows.append((module, counts))
    lines = ["| | " + " | ".join(OUTCOMES) + " |", "|---" * (1 + len(OUTCOMES)) + "|"]
    for name, counts in (*rows, ("all", total)):
        lines.append(f"| {name} | " + " | ".join(str(counts[one]) for one in OUTCOMES) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())
