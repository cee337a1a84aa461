"""What every exercise must keep, whoever wrote it: ``complaints(exercise)`` lists what it does not."""

from __future__ import annotations

import functools
import inspect
import sys
import time
import types
from collections.abc import Iterable
from dataclasses import replace
from numbers import Number
from unittest import mock

import numpy as np
import pandas as pd

from recsys_helpers.exercises import diagnosis
from recsys_helpers.exercises.compare import plain
from recsys_helpers.exercises.diagnosis import known
from recsys_helpers.exercises.judge import verdict
from recsys_helpers.exercises.registry import Exercise, load_all
from recsys_helpers.exercises.sandbox import run

SEEDS = (0, 1, 3, 7)


def complaints(exercise: Exercise) -> list[str]:
    """All that is amiss with one exercise; an empty list if it is sound."""
    found = []
    name, kind = exercise.name, exercise.kind
    if not exercise.why.strip():
        found.append("it does not say why it matters")
    if kind != "question" and not 2 <= len(exercise.hints) <= 3:
        found.append(f"it has {len(exercise.hints)} hints instead of two or three")
    if kind != "question" and not (exercise.reference.__doc__ or "").strip():
        found.append("its reference has no docstring to say the task")
    if len(exercise.mistakes) < 2:
        found.append(f"it knows {len(exercise.mistakes)} mistakes, and needs two or more")
    found += [
        f"it asks nothing in «{says}»" for says in exercise.mistakes if kind != "question" and "?" not in says
    ]
    if kind == "function":
        found += _about_inputs(exercise) or _about_answers(exercise)
    else:
        found += _about_value(exercise)
    return [f"{name}: {one}" for one in found]


def _about_inputs(exercise: Exercise) -> list[str]:
    found = []
    if not all(exercise.cases(seed) for seed in SEEDS):
        return ["it has no inputs"]
    if len(exercise.cases(0)) < 3:
        found.append("it has fewer than three inputs")
    if not all(isinstance(case, tuple) for case in exercise.cases(0)):
        return ["its inputs are not all tuples of arguments"]
    if repr(exercise.cases(0)) != repr(exercise.cases(0)):
        found.append("its inputs differ from one call to the next: draw them from the rng it is given")
    try:
        for case in exercise.cases(0):
            inspect.signature(exercise.reference).bind(*case)
    except TypeError as error:
        return [f"its reference cannot take an input: {error}"]
    start = time.thread_time()
    for seed in SEEDS:
        for case in exercise.cases(seed):
            got = run(exercise.reference, case, exercise.mutates)
            if got.error and not isinstance(got.error, ValueError):
                found.append(f"its reference raises {got.error!r}")
            if got.value is None and not got.error:
                found.append("its reference returns None, which is what a forgotten return gives")
    if (
        time.thread_time() - start > 1
    ):  # of its own processor time: other work on the machine is not its fault
        found.append("its reference takes over a second")
    return found


def _about_answers(exercise: Exercise) -> list[str]:
    found = []
    answers = [copy_of(exercise.reference), *_other_forms(exercise), *exercise.alternatives]
    if not exercise.alternatives:
        found.append("it has no second right answer")
    for answer in answers:
        for seed in SEEDS:
            mark, text = verdict(exercise, answer, seed)
            if mark != "✓":
                found.append(f"a right answer is not accepted under seed {seed}: {text}")
                break
    if any(inspect.getsource(one) == inspect.getsource(exercise.reference) for one in exercise.alternatives):
        found.append("its second right answer is the first")
    found += uncaught(exercise, SEEDS[:2])  # the slow test takes more
    found += _twins(exercise)
    for body in (
        "return 0",
        "return 1",
        "return None",
        *(f"return {name}" for name in _parameters(exercise)),
    ):
        mark, text = verdict(exercise, stub(exercise, body), 0)
        if mark in "✓≈" or _sentences(exercise, text):
            found.append(f"the placeholder `{body}` is answered by: {mark} {text}")
    for body in ("...", "pass", "'A docstring.'"):
        mark, text = verdict(exercise, stub(exercise, body), 0)
        if mark != "·" or "not attempted" not in text:
            found.append(f"a stub of {body} is answered by: {mark} {text}")
    if not exercise.mutates:
        silent = _anonymous(lambda *arguments: (exercise.reference(*arguments), None)[1])
        if "`return`" not in verdict(exercise, silent, 0)[1]:
            found.append("a forgotten return is not named")
    return found


def uncaught(exercise: Exercise, seeds: Iterable[int]) -> list[str]:
    """The mistakes and conventions that some seed lets pass, or that get another sentence than their own."""
    found: dict[str, str] = {}
    for seed in seeds:
        cases = exercise.cases(seed)
        drawn, gave = replace(exercise, inputs=cases), {}

        def run_once(answer, case, mutates, gave=gave):
            """Each known answer is compared with each: what it gives is kept."""
            if (answer, id(case)) not in gave:
                gave[answer, id(case)] = run(answer, case, mutates)
            return gave[answer, id(case)]

        with mock.patch.object(diagnosis, "run", run_once):
            for says, is_convention, answer in known(exercise):
                mark, text = verdict(drawn, _anonymous(answer), seed)
                if mark != ("≈" if is_convention else "✗") or _sentences(exercise, text)[:1] != [says]:
                    kind = "convention" if is_convention else "mistake"
                    found.setdefault(
                        says, f"the {kind} «{says}» is answered, under seed {seed}, by: {mark} {text}"
                    )
    return list(found.values())


def fixed(exercise: Exercise) -> list[tuple]:
    """The inputs that no seed moves: those in the same place, and the same, under all of a few seeds."""
    drawn = [exercise.cases(seed) for seed in range(5)]
    return [
        case
        for place, case in enumerate(drawn[0])
        if all(len(other) > place and repr(plain(other[place])) == repr(plain(case)) for other in drawn)
    ]


def _twins(exercise: Exercise) -> list[str]:
    """Wrong answers that no input without luck tells from the right one, or from each other."""
    cases = fixed(exercise)
    gave, mistake = {}, {}
    for number, (says, _, answer) in enumerate(known(exercise)):
        name = says if says not in gave else f"{says} ({number})"  # another way of the same mistake
        mistake[name] = says
        gave[name] = [run(answer, case, exercise.mutates) for case in cases]
    gave["the right answer"] = [run(exercise.reference, case, exercise.mutates) for case in cases]

    def differ(a, b):
        return bool(a.error) != bool(b.error) or (not a.error and not exercise.equal(a.value, b.value))

    names = list(gave)
    return [
        f"no input that is the same under every seed tells «{one}» from «{other}»"
        for number, one in enumerate(names)
        for other in names[number + 1 :]
        if mistake[one] != mistake.get(other)
        if not any(differ(a, b) for a, b in zip(gave[one], gave[other], strict=True))
    ]


def _about_value(exercise: Exercise) -> list[str]:
    found = []
    right = exercise.reference()
    for mark, answer in (("✓", right), ("·", ...)):
        if verdict(exercise, answer)[0] != mark:
            found.append(f"{answer!r} is answered by: {verdict(exercise, answer)}")
    for says, wrong in exercise.mistakes.items():
        mark, text = verdict(exercise, wrong())
        if mark != "✗" or _sentences(exercise, text) != [says]:
            found.append(f"the mistake «{says}» is answered by: {mark} {text}")
        if exercise.kind == "question" and says not in verdict(exercise, right)[1]:
            found.append(f"a right answer does not say why not {wrong()}")
    for says, other in exercise.conventions.items():
        mark, text = verdict(exercise, other())
        if mark != "≈" or says not in text:
            found.append(f"the convention «{says}» is answered by: {mark} {text}")
    if exercise.kind == "question":
        letters = sorted([right, *(wrong() for wrong in exercise.mistakes.values())])
        if letters != list("abcdefgh"[: len(letters)]):
            found.append(f"its options are {', '.join(letters)} and not the first letters, each once")
    elif isinstance(right, float) and verdict(exercise, np.float64(right * (1 + 1e-12)))[0] != "✓":
        found.append("the last bits of a right value are held against it")
    return found


def _sentences(exercise: Exercise, text: str) -> list[str]:
    """The mistakes and conventions that a text names, in its order."""
    there = [says for says in (*exercise.mistakes, *exercise.conventions) if f"  {says}" in text]
    return sorted(there, key=text.index)


def _anonymous(answer):
    """The same function as one that has no source to look at and is nobody's stub."""

    @functools.wraps(answer, assigned=(), updated=())
    def own(*arguments):
        return answer(*arguments)

    del own.__wrapped__
    return own


def copy_of(function):
    """A function of its own with the same code: what a learner has who wrote the reference."""
    return types.FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )


def stub(exercise: Exercise, body: str = "..."):
    """The empty function of a lesson."""
    space: dict = {}
    parameters = ", ".join(_parameters(exercise))
    exec(f"def {exercise.name}({parameters}):\n    {body}\n", space)
    return space[exercise.name]


def _parameters(exercise: Exercise) -> list[str]:
    return list(inspect.signature(exercise.reference).parameters)


def _other_forms(exercise: Exercise) -> list:
    """The reference giving its lists and tuples of numbers or words in other types, and its numbers as NumPy's."""
    if exercise.mutates or exercise.compare or exercise.band:
        return []

    def convert(form):
        def answer(*arguments):
            result = exercise.reference(*arguments)
            if isinstance(result, (list, tuple)) and all(np.ndim(one) == 0 for one in result):
                return form(result)
            return np.float64(result) if isinstance(result, float) else result

        return _anonymous(answer)

    return [convert(form) for form in (list, tuple, _array, pd.Series, iter)]


def _array(result):
    numbers = all(isinstance(one, Number) for one in result)
    return np.array(result, dtype=None if numbers else object)


if __name__ == "__main__":  # every mistake of the lessons named, or of all, under all seeds from 0 to 199
    asked = sys.argv[1:]
    for one in load_all():
        if one.kind == "function" and (not asked or one.lesson in asked):
            wrong = uncaught(one, range(200))
            print(
                one.lesson,
                one.name,
                "\n".join(wrong) or f"{len(known(one))} caught under 200 seeds",
                flush=True,
            )
