"""How an exercise is found: by name, without importing more than the part of the lesson that holds it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from recsys_helpers.exercises import check, lessons, progress, registry
from tests.exercises.conftest import registered

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "recsys_helpers" / "exercises" / "lessons"
LONGEST = 500  # lines of a module of exercises
SOUND = '''"""An exercise."""
from recsys_helpers.exercises.registry import exercise

@exercise(why="It matters.", inputs=[(1,), (2,)])
def {name}({parameter}):
    """One more."""
    return {parameter} + 1
'''


def test_what_is_read_off_the_text_is_what_is_registered():
    found = registry.load_all()
    assert len(found) >= 122
    written = {number: set(names) for number, names in registry.index().items()}
    assert written == {number: set(names) for number, names in registry.LESSONS.items() if number in written}
    for number, names in registry.index().items():
        for name, module in names.items():
            assert registry.LESSONS[number][name].reference.__module__ == module


def test_no_name_is_used_twice_in_the_course():
    uses = Counter(name for names in registry.index().values() for name in names)
    assert [name for name, times in uses.items() if times > 1] == []


def test_a_lesson_is_one_module_or_a_package_whose_init_names_its_parts():
    found = sorted(one for one in FOLDER.glob("lesson_*") if one.name != "__pycache__")
    assert [one.stem.removeprefix("lesson_") for one in found] == list(registry.index())
    for place in found:
        parts = [place] if place.is_file() else sorted(place.glob("*.py"))
        for part in parts:
            lines = len(part.read_text(encoding="utf-8").splitlines())
            assert lines <= LONGEST, f"{part.relative_to(FOLDER)} has {lines} lines: cut it in two"
        if place.is_dir():
            text = (place / "__init__.py").read_text(encoding="utf-8")
            assert "import " not in text.replace("imports", ""), "a part is imported when it is asked for"
            names = text.splitlines()[0].split("in parts: ")[1].strip(".").split(", ")
            assert sorted(names) == sorted(part.stem for part in parts if part.stem != "__init__")


def test_exercises_come_in_the_order_of_the_course():
    numbers = [one.lesson for one in registry.load_all()]
    assert numbers == sorted(numbers)
    assert registry.names()["06"][2:4] == ["recall_more_factors", "later_and_new"], (
        "in the order of the lesson"
    )


# ---- what an import costs ----


def fresh(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


FIRST = [next(iter(names)) for names in registry.index().values()]


def test_the_first_check_imports_the_part_that_is_asked_for_and_no_other():
    brought = fresh(
        "import sys, time\n"
        "from recsys_helpers.exercises import check\n"
        "check('recall_at_k', lambda recommended, relevant, k: 0.77)\n"
        "print([one for one in sys.modules if '.lessons.' in one])\n"
        "print(sorted({'sklearn', 'scipy.stats', 'matplotlib', 'IPython'} & set(sys.modules)))\n"
        "print(time.process_time())\n"
    ).splitlines()
    package = "recsys_helpers.exercises.lessons.lesson_06"
    assert brought[-3] == f"['{package}', '{package}.lists']"
    assert brought[-2] == "[]"
    # All of a fresh process, NumPy and pandas with it: 0.4 s of processor time where nothing else runs.
    assert float(brought[-1]) < 2


def test_no_exercise_brings_what_takes_long_to_import():
    """With every exercise of the course loaded; learners load a part of one lesson."""
    heavy = fresh(
        "import sys\nfrom recsys_helpers.exercises.registry import load_all\nload_all()\n"
        "print(sorted({'sklearn', 'scipy.stats', 'matplotlib', 'IPython'} & set(sys.modules)))\n"
    )
    assert heavy == "[]\n"


def test_progress_and_a_wrong_name_import_no_lesson():
    brought = fresh(
        "import sys\n"
        "from recsys_helpers.exercises import hint, progress\n"
        "progress()\nhint('recall_at')\n"
        "print([one for one in sys.modules if '.lessons.' in one])\n"
    )
    assert brought.endswith("Did you mean recall_at_k?\n[]\n")
    assert "Lesson 08: " in brought


# ---- a lesson that is broken or not there ----


@pytest.fixture
def course(sample, tmp_path, monkeypatch):
    """A course of lessons written under ``tmp_path``: writes one and forgets what was read off the others."""
    monkeypatch.setattr(lessons, "__path__", [str(tmp_path)])
    before = set(sys.modules)

    def write(place: str, text: str) -> None:
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        registry._index.cache_clear()

    yield write
    registry._index.cache_clear()
    for name in set(sys.modules) - before:
        if name.startswith(lessons.__name__):
            del sys.modules[name]


def said(capsys, *arguments) -> str:
    check(*arguments)
    return capsys.readouterr().out


BROKEN = {
    "an import that is not there": (
        "import torch_that_nobody_has\n",
        "No module named 'torch_that_nobody_has'",
    ),
    "a slip of the pen": ("this is no Python\n", "SyntaxError"),
    "an error": ("raise RuntimeError('the disk is full')\n", "RuntimeError: the disk is full"),
    "an exit": ("raise SystemExit('enough')\n", "SystemExit: enough"),
}


@pytest.mark.parametrize(("line", "words"), BROKEN.values(), ids=BROKEN)
def test_a_bad_lesson_affects_its_own_exercises_alone(course, capsys, line, words):
    course("lesson_41.py", SOUND.format(name="good_one", parameter="x"))
    course("lesson_42.py", SOUND.format(name="bad_one", parameter="x") + line)
    assert said(capsys, "good_one", lambda x: x + 1).startswith("✓ good_one is right.")
    told = said(capsys, "bad_one", lambda x: x + 1)
    assert told.startswith("· bad_one cannot be checked here, since its lesson does not load: ")
    assert words in told
    assert "Did you mean good_one?" in said(capsys, "goodone", lambda x: x)
    progress()
    assert capsys.readouterr().out == (
        "Lesson 41: 1 of 1 solved\nLesson 42: 0 of 1 solved; open: bad_one\n"
        "Lesson lesson: 0 of 8 solved; open: recall_at_k, most_played, sort_in_place, choose,\n"
        "    first_k, why_zeros_mislead, sparsity, session_minutes\n"
    )


def test_a_part_of_a_lesson_is_imported_without_the_others(course, capsys):
    course("lesson_42/__init__.py", '"""In parts: second, first."""\n')
    course(
        "lesson_42/first.py", "import torch_that_nobody_has\n" + SOUND.format(name="bad_one", parameter="x")
    )
    course("lesson_42/second.py", SOUND.format(name="good_one", parameter="x"))
    assert registry.names()["42"] == ["good_one", "bad_one"], "in the order that the package gives"
    assert said(capsys, "good_one", lambda x: x + 1).startswith("✓")
    assert said(capsys, "bad_one", lambda x: x + 1).startswith("· bad_one cannot be checked here")


def test_a_file_that_cannot_be_read_is_passed_over(course, tmp_path, capsys):
    course("lesson_41.py", SOUND.format(name="good_one", parameter="x"))
    (tmp_path / "lesson_42.py").write_bytes(b"\xff\xfe\x00")
    assert said(capsys, "good_one", lambda x: x + 1).startswith("✓")


def test_each_lesson_has_a_namespace_of_its_own(course, capsys):
    """A name that two lessons use is a fault that a test finds; until then the lessons keep their own exercises."""
    course("lesson_41.py", SOUND.format(name="twice", parameter="x"))
    course(
        "lesson_42.py", SOUND.format(name="twice", parameter="y") + SOUND.format(name="once", parameter="y")
    )
    assert said(capsys, "once", lambda y: y + 1).startswith("✓")
    assert said(capsys, "twice", lambda x: x + 1).startswith("✓")
    registry.load_all()
    assert [list(registry.LESSONS[number]) for number in ("41", "42")] == [["twice"], ["twice", "once"]]


def test_a_name_that_stands_in_the_text_alone_is_no_exercise(course, capsys):
    course(
        "lesson_41.py",
        SOUND.format(name="good_one", parameter="x") + 'if False:\n    question("bad", answer="a")\n',
    )
    course("lesson_42.py", '"""\n@exercise(\n"""\n\ndef not_one(x):\n    return x\n')
    assert "no exercise called not_one" in said(capsys, "not_one", lambda x: x)
    assert list(registered()) and "bad" not in registry.names()["41"]


# ---- what is written so that it would never be said ----


def doubled(plays):
    return 2 * plays


def registered_with(kind="value", gives=3.0, **about):
    """Registers `asked`, an exercise of this kind with these fields; the right answer gives this, or one more."""
    if kind == "value":

        @registry.value(why="It matters.", **about)
        def asked():
            return gives

    else:

        @registry.exercise(why="It matters.", inputs=[(1,), (2,)], **about)
        def asked(plays):
            return plays + 1


NEVER_SAID = {
    "several values where one is asked for": ("value", {"mistakes": {"Is that it?": [900, 0.9]}}),
    "an array of them": ("value", {"mistakes": {"Is that it?": np.array([900, 0.9])}}),
    "a tuple of one": ("value", {"mistakes": {"Is that it?": (900,)}}),
    "several as a convention": ("value", {"conventions": {"That is in percent.": [300, 30]}}),
    "the value first": ("value", {"mistakes": {900: "Is that it?"}}),
    "a list of pairs": ("value", {"mistakes": [("Is that it?", 900)]}),
    "a value for a function": ("function", {"mistakes": {"Is that it?": 900}}),
    "a tuple of functions": ("function", {"mistakes": {"Is that it?": (doubled, abs)}}),
    "a value among functions": ("function", {"mistakes": {"Is that it?": [doubled, 900]}}),
    "no function at all": ("function", {"mistakes": {"Is that it?": []}}),
    "a convention that is no function": ("function", {"conventions": {"That is from 1.": 1}}),
}


@pytest.mark.parametrize(("kind", "about"), NEVER_SAID.values(), ids=NEVER_SAID)
def test_what_no_answer_would_ever_be_told_is_refused(sample, kind, about):
    (field,) = about
    with pytest.raises(ValueError, match=f"^{field} of asked"):
        registered_with(kind, **about)
    assert "asked" not in registered(), "what is refused is not registered"


def test_the_refusal_says_what_is_said_to_whom(sample):
    with pytest.raises(
        ValueError, match=r"«Is that it\?» is said to \[900, 0.9\], but the right answer is one value"
    ):
        registered_with(mistakes={"Is that it?": [900, 0.9]})
    with pytest.raises(ValueError, match=r"say 900, which is no sentence\. The sentence comes first"):
        registered_with(mistakes={900: "Is that it?"})
    with pytest.raises(ValueError, match=r"are a list\. Write a dict"):
        registered_with(mistakes=["Is that it?"])


def test_several_values_are_told_their_sentence_where_several_are_asked_for(sample, capsys):
    registered_with(gives=[1, 2], mistakes={"Is that turned round?": [2, 1], "Only the first?": 1})
    assert "Is that turned round?" in said(capsys, "asked", np.array([2, 1]))
    assert "Only the first?" in said(capsys, "asked", 1.0)


def test_functions_and_lists_of_them_are_told_their_sentence(sample, capsys):
    registered_with(
        "function", mistakes={"Is that doubled?": [doubled], "Is that less?": lambda plays: plays - 1}
    )
    assert "Is that doubled?" in said(capsys, "asked", lambda plays: plays + plays)
    assert "Is that less?" in said(capsys, "asked", lambda plays: -1 + plays)


def test_a_comparison_of_its_own_may_take_one_for_several(sample, capsys):
    registered_with(
        gives=3, compare=lambda got, want: np.ravel(got)[0] == np.ravel(want)[0], mistakes={"Four?": [4]}
    )
    assert "Four?" in said(capsys, "asked", 4)


def test_a_right_answer_that_fails_is_reported_when_it_is_checked(sample, capsys):
    def broken():
        raise ZeroDivisionError("no plays")

    registry.value(why="It matters.", mistakes={"Is that it?": [1, 2]})(broken)
    assert said(capsys, "broken", 1) == "· broken cannot be checked here: no plays\n"


def test_a_question_of_which_a_letter_would_be_lost_is_refused(sample):
    with pytest.raises(
        ValueError, match="wrong of asked: each letter needs words of its own; it holds {'a': 'No.'"
    ):
        registry.question("asked", answer="b", why="So it is.", wrong={"a": "No.", "c": "No."})
