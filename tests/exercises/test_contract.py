"""Every exercise of every lesson keeps the contract, and the contract notices one that does not."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from recsys_helpers.exercises import registry
from recsys_helpers.exercises.registry import Exercise, load_all
from tests.exercises.conftest import registered
from tests.exercises.contract import complaints, fixed, uncaught

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("exercise", load_all(), ids=lambda one: f"{one.lesson}-{one.name}")
def test_the_exercise_keeps_the_contract(exercise):
    found = complaints(exercise)
    assert not found, "\n".join(found)


FUNCTIONS = [one for one in load_all() if one.kind == "function"]


@pytest.mark.slow
@pytest.mark.parametrize("exercise", FUNCTIONS, ids=lambda one: f"{one.lesson}-{one.name}")
def test_every_mistake_is_caught_by_its_own_sentence_whatever_the_seed(exercise):
    """A sample of the seeds 0 to 199 here; python -m tests.exercises.contract takes all of them."""
    found = uncaught(exercise, range(7, 200, 24))
    assert not found, "\n".join(found)


def test_the_sample_keeps_the_contract(sample):
    exercises = list(registered().values())
    assert {one.kind for one in exercises} == {"function", "value", "question"}
    assert len(exercises) == 8
    assert [line for one in exercises for line in complaints(one)] == []


def share(plays, total):
    """The share of the plays."""
    return plays / total if total else 0.0


def of_one_more(plays, total):
    return plays / (total + 1)


def upside_down(plays, total):
    return total / plays if plays else 0.0


def share_again(plays, total):
    return 0.0 if total == 0 else float(np.divide(plays, total))


def sound(**changes) -> Exercise:
    """A sound exercise, or one with a defect."""
    about = {
        "hints": ["One.", "Two."],
        "why": "It matters.",
        "inputs": [(0, 0), (1, 4), (3, 8)],
        "mistakes": {"One more?": of_one_more, "Upside down?": upside_down},
        "alternatives": [share_again],
    }
    return Exercise(changes.pop("reference", share), **{**about, **changes})


def undocumented(plays, total):
    return plays / total if total else 0.0


def slow(plays, total):
    """The share, late."""
    end = time.thread_time() + 0.15
    while time.thread_time() < end:
        pass
    return share(plays, total)


def silent(plays, total):
    """Nothing comes back."""


def wilful(plays, total):
    """Raises what is not part of a task."""
    return {}[plays]


def by_luck(rng):
    """Nothing tells a mistake apart but what a seed draws."""
    yield 0, 0
    for _ in range(3):
        yield int(rng.integers(0, 2)), 4


def off_by_luck(plays, total):
    return plays / (total + 1) if plays == 1 and total else 0.0


def test_a_sound_exercise_has_no_complaint():
    assert complaints(sound()) == []
    twice = {
        "One more?": [of_one_more, lambda plays, total: plays / (total + 2)],
        "Upside down?": upside_down,
    }
    assert complaints(sound(mistakes=twice)) == [], "two ways of one mistake need not be told apart"


def test_a_mistake_that_one_seed_in_eight_lets_pass_is_found():
    lucky = sound(inputs=by_luck, mistakes={"One more?": off_by_luck, "Upside down?": upside_down})
    assert any("«One more?»" in line for line in uncaught(lucky, range(40)))
    assert uncaught(sound(), range(3)) == []


def test_inputs_that_no_seed_moves_are_found():
    assert fixed(sound(inputs=by_luck))[:1] == [(0, 0)]
    assert fixed(sound()) == [(0, 0), (1, 4), (3, 8)]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"why": " "}, "does not say why"),
        ({"hints": ["One."]}, "1 hints"),
        ({"hints": ["a", "b", "c", "d"]}, "4 hints"),
        ({"reference": undocumented}, "no docstring"),
        ({"mistakes": {"One more?": of_one_more}}, "1 mistakes"),
        ({"mistakes": {"One more.": of_one_more, "Upside down?": upside_down}}, "asks nothing"),
        ({"inputs": []}, "no inputs"),
        ({"inputs": [(0, 0), (1, 4)]}, "fewer than three inputs"),
        ({"inputs": lambda rng: [(time.perf_counter(), 2)] * 3}, "differ from one call to the next"),
        ({"inputs": [(1,), (2,), (3,)]}, "cannot take an input"),
        ({"inputs": [3, 4, 5]}, "not all tuples"),
        ({"reference": wilful}, "its reference raises KeyError"),
        ({"reference": silent}, "returns None"),
        ({"reference": slow}, "over a second"),
        ({"alternatives": []}, "no second right answer"),
        ({"alternatives": [share]}, "is the first"),
        ({"alternatives": [upside_down]}, "a right answer is not accepted"),
        ({"mistakes": {"One more?": of_one_more, "Right?": share_again}}, "the mistake «Right?» is answered"),
        (
            {"mistakes": {"One more?": of_one_more, "Right?": share_again}},
            "tells «Right?» from «the right answer»",
        ),
        ({"mistakes": {"A?": of_one_more, "B?": lambda p, t: p / (1 + t)}}, "tells «A?» from «B?»"),
        ({"mistakes": {"A?": of_one_more, "B?": lambda p, t: p / (1 + t)}}, "the mistake «B?» is answered"),
        ({"conventions": {"Percent.": share_again}}, "the convention «Percent.» is answered"),
        ({"mistakes": {"A?": of_one_more, "B?": upside_down, "C?": [upside_down]}}, "tells «B?» from «C?»"),
        ({"inputs": by_luck}, "no input that is the same under every seed tells «One more?» from «the right"),
        ({"mistakes": {"Caught?": wilful, "Upside down?": upside_down}}, "the mistake «Caught?» is answered"),
    ],
)
def test_a_defect_is_named(changes, complaint):
    found = complaints(sound(**changes))
    assert any(complaint in line for line in found), found


def test_defects_of_values_and_questions_are_named(sample):
    registry.value(hints=["a", "b"], why="w", mistakes={"Half?": 0.5, "Twice?": 1.0 + 1e-9})(
        lambda_named("one")
    )
    registry.question("which", answer="b", why="w", wrong={"a": "A is not.", "d": "D is not."})
    registry.question("twice", answer="a", why="w", wrong={"b": "Not b.", "a": "Not a."})
    found = [line for name in ("one", "which", "twice") for line in complaints(registered()[name])]
    assert any("«Twice?» is answered by: ✓" in line for line in found), found
    assert any("which: its options are a, b, d" in line for line in found), found
    assert any("twice: the mistake «Not a.» is answered by: ✓" in line for line in found), found


def lambda_named(name):
    def reference():
        """One."""
        return 1.0

    reference.__name__ = name
    return reference


def test_the_engine_stays_small():
    """A file at most 400 lines; and all of it is to be read in an hour, by who writes a lesson."""
    folder = ROOT / "recsys_helpers" / "exercises"
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in folder.glob("*.py")}
    assert max(lines.values()) <= 400, lines
    assert sum(lines.values()) <= 1700, lines


def test_the_example_in_the_docs_keeps_the_contract(sample, tmp_path, monkeypatch):
    text = (ROOT / "docs" / "exercises.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    path = tmp_path / "lesson_42.py"
    path.write_text(next(block for block in blocks if "@exercise(" in block), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("lesson_42", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "lesson_42", module)
    spec.loader.exec_module(module)
    written = [one for one in registered().values() if one.lesson == "42"]
    assert {one.kind for one in written} == {"function", "value", "question"}
    assert [line for one in written for line in complaints(one)] == []
