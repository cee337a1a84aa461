"""What a learner is told, outcome by outcome, without a kernel: ``check``, ``hint``, ``solution``, ``progress``."""

from __future__ import annotations

import functools
import io
import json
import operator
import re
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.exercises import (
    check,
    engine,
    hint,
    progress,
    registry,
    sandbox,
    show_guess,
    solution,
)
from recsys_helpers.exercises.reading import is_stub

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("sample")


def right(recommended, relevant, k):
    found = [item for item in recommended[:k] if item in relevant]
    return len(found) / len(relevant) if relevant else 0


# ---- right ----


def test_a_right_answer_is_told_why_it_matters(said):
    assert said(right) == (
        "✓ recall_at_k is right.\n  Recall says how much of what a listener likes made it into the list.\n"
    )


def test_the_function_finds_its_exercise_by_its_name(capsys):
    def recall_at_k(recommended, relevant, k):
        return right(recommended, relevant, k)

    check(recall_at_k)
    assert capsys.readouterr().out.startswith("✓ recall_at_k")


@pytest.mark.parametrize(
    "form", [list, tuple, set, np.array, pd.Series, iter, sorted, lambda x: (y for y in x)]
)
def test_any_form_and_order_will_do(said, form):
    def answer(plays):
        most = max(plays.values(), default=0)
        return form([track for track in reversed(plays) if plays[track] == most])

    assert said(answer, "most_played").startswith("✓")


@pytest.mark.parametrize("digits", [3, 6])
def test_rounding_is_no_mistake(said, digits):
    assert said(lambda *inputs: round(right(*inputs), digits)).startswith("✓")


def test_a_decorated_function_and_a_callable_object_will_do(said):
    @functools.wraps(right)
    def wrapped(*inputs):
        return right(*inputs)

    class Recall:
        def __call__(self, recommended, relevant, k):
            return right(recommended, relevant, k)

    assert said(wrapped).startswith("✓")
    assert said(Recall()).startswith("✓")
    assert said(functools.partial(right)).startswith("✓")


@pytest.mark.parametrize("seed", range(5))
def test_another_seed_draws_other_inputs_and_the_right_answer_stays_right(said, seed):
    assert said(right, seed=seed).startswith("✓")
    assert registry.find("recall_at_k").cases(seed) != registry.find("recall_at_k").cases(seed + 1)


def test_the_seed_is_that_of_the_inputs_and_0_where_none_is_given():
    drawn = []

    @registry.exercise(why="w", inputs=lambda rng: [(int(rng.integers(10**6)),)])
    def itself(number):
        """The number."""
        return number

    for settings in ({}, {"seed": 0}, {"seed": 7}):
        check("itself", lambda number: drawn.append(number) or number, **settings)
    assert drawn == [int(np.random.default_rng(seed).integers(10**6)) for seed in (0, 0, 7)]


# ---- not attempted ----


def dots(recommended, relevant, k): ...


def only_a_docstring(recommended, relevant, k):
    """The task."""


def passes(recommended, relevant, k):
    """The task."""
    pass


def both(recommended, relevant, k):
    """The task."""
    ...  # your code
    pass


def returns_dots(recommended, relevant, k):
    """The task, with a beginning that is given."""
    found = set(recommended[:k]) & relevant
    share = ...
    return len(found) * share


def gap(recommended, relevant, k):
    return ...


def made(body):
    space = {}
    exec(f"def without_source(recommended, relevant, k):\n    {body}", space)
    return space["without_source"]


STUBS = [
    dots,
    only_a_docstring,
    passes,
    both,
    returns_dots,
    gap,
    made("..."),
    made("pass"),
    made("'The task.'"),
]
WORK = [
    right,
    lambda *inputs: 0,
    made("return 0"),
    made("raise KeyError"),
    made("recommended"),
    len,
    np.mean,
    Path,
]


def leftover(recommended, relevant, k):
    """Its `...` was left above the code."""
    ...
    return right(recommended, relevant, k)


def ellipsis_index(recommended, relevant, k):
    return right(list(np.array(recommended)[..., :]), relevant, k)


@pytest.mark.parametrize("stub", STUBS)
def test_an_empty_function_is_not_attempted(said, stub):
    assert is_stub(stub)
    assert said(stub) == (
        "· recall_at_k: not attempted yet. Put your answer in place of the `...`.\n"
        '  hint("recall_at_k") gives a hint.\n'
    )


@pytest.mark.parametrize("function", [*WORK, leftover, ellipsis_index])
def test_what_is_written_is_no_stub(function):
    assert not is_stub(function)


def test_a_leftover_ellipsis_does_not_count(said):
    assert said(leftover).startswith("✓")
    assert said(ellipsis_index).startswith("✓")


def test_an_ellipsis_that_comes_back_is_named(said):
    hidden = [...]
    assert "a `...` is still to be replaced" in said(lambda *inputs: hidden[0])


# ---- wrong ----


def test_a_wrong_answer_gets_the_smallest_input_that_shows_it(said):
    assert said(lambda recommended, relevant, k: right(recommended, relevant, k) if k != 3 else 0.123) == (
        "✗ recall_at_k is not right yet: right on {} of 18 inputs, not on this.\n"
        "      recall_at_k(recommended=[], relevant={{1}}, k=3)\n"
        "      should give 0.0\n"
        "      but gives   0.123\n"
        '  hint("recall_at_k") gives a hint.\n'
    ).format(sum(case[2] != 3 for case in registry.find("recall_at_k").cases(0)))


def test_a_mistake_is_asked_about_though_another_is_made_too(said):
    """Two slips, and either accounts for at least half of what went wrong: both are named, on inputs of their own."""

    @registry.exercise(
        why="w",
        inputs=[([1, 2], 1), ([3, 9], 2), ([5, 5], 3), ([4, 8], 4)],
        mistakes={
            "Added?": lambda numbers, by: sum(numbers) + by,
            "Forgot it?": lambda numbers, by: sum(numbers),
        },
    )
    def times(numbers, by):
        """The sum, that many times."""
        return sum(numbers) * by

    def two_slips(numbers, by):
        return sum(numbers) + by if by in (1, 2) else sum(numbers)

    text = said(two_slips, "times")
    assert "Added?" in text and "Forgot it?" in text
    assert text.count("should give") == 2
    assert "not on these." in text


def test_a_mistake_that_accounts_for_less_than_half_is_not_named(said):
    """A sentence on the strength of one input was wrong four times in five."""

    def precision_on_few(recommended, relevant, k):
        return len(set(recommended[:k]) & relevant) / k if k == 2 else right(recommended, relevant, k) + 0.05

    text = said(precision_on_few)
    assert "Did you" not in text
    assert "should give" in text


@pytest.mark.parametrize("kind", ["mistakes", "conventions"])
def test_nor_one_that_should_have_failed_where_the_answer_is_right(said, kind):
    """It gives just what forgetting to double would on the one input that is wrong, and doubles on the others."""
    about = {"mistakes": {}, kind: {"Not doubled?": sum}}

    @registry.exercise(why="w", inputs=[([1, 2],), ([3],), ([4, 4, 4],), ([5, 6],)], **about)
    def twice(numbers):
        """Twice the sum."""
        return 2 * sum(numbers)

    assert "Not doubled?" in said(lambda numbers: sum(numbers), "twice")
    text = said(lambda numbers: 2 * sum(numbers) if len(numbers) < 3 else 12, "twice")
    assert text.startswith("✗ twice is not right yet: right on 3 of 4 inputs, not on this.\n")
    assert "Not doubled?" not in text


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (lambda recommended, relevant, k: 0, "It gives 0, whatever it is given."),
        (lambda recommended, relevant, k: 1, "It gives 1, whatever it is given."),
        (lambda recommended, relevant, k: k, "It gives `k` back as it came."),
        (lambda recommended, relevant, k: [], "It gives [], whatever it is given."),
    ],
)
def test_a_placeholder_gets_no_mistake(said, own, words):
    text = said(own)
    assert "Did you" not in text and "Some " not in text
    assert f"\n  {words}\n" in text


def test_what_computes_one_number_throughout_gets_a_mistake_only_if_that_does_too(said):
    mistakes = {"Less itself?": lambda x: 0 * sum(x), "At most 3?": lambda x: min(sum(x), 3)}

    @registry.exercise(why="w", inputs=[([1, 2],), ([3, 9],), ([0, 1],)], mistakes=mistakes)
    def sum_of(x):
        """The sum."""
        return sum(x)

    assert "Less itself?" in said(lambda x: sum(x) - sum(x), "sum_of")
    text = said(lambda x: 3 * len(x[:1]), "sum_of")
    assert "At most 3?" not in text, "it gives 3 on two of three inputs"
    assert "It gives 3, whatever it is given." in text
    assert "At most 3?" in said(lambda x: sorted([sum(x), 3])[0], "sum_of")


def test_a_slip_on_some_inputs_does_not_hide_a_known_mistake(said):
    def precision_that_fails(recommended, relevant, k):
        if k == 1:
            raise RuntimeError("odd")
        return len(set(recommended[:k]) & relevant) / k

    assert "Did you divide by k?" in said(precision_that_fails)


def test_an_unknown_mistake_is_not_given_a_sentence(said):
    text = said(lambda recommended, relevant, k: 0.77)
    assert "Did you" not in text
    assert "right on 0 of 18" in text


def test_a_convention_is_named_and_not_called_wrong(sample, said):
    text = said(sample.at_most_k)
    assert text.startswith(
        "≈ recall_at_k follows another convention than the task, which is no mistake.\n  Some divide"
    )
    assert "should give" in text
    assert "not right" not in text


def test_two_conventions_at_once_are_both_named(said):
    def both(recommended, relevant, k):
        return len(set(recommended[:k]) & relevant) / min(k, len(relevant)) if relevant else 1.0

    text = said(both)
    assert text.startswith("≈")
    assert "min(k" in text
    assert "without a relevant item" in text


def test_a_convention_with_a_mistake_is_not_passed_over(said):
    @registry.exercise(
        why="w",
        inputs=[([],), ([1, 2],), ([3],), ([4, 4, 4],), ([5, 6],), ([2, 7],)],
        conventions={"Some take the mean.": lambda x: sum(x) / len(x) if x else 0},
    )
    def added(x):
        """The sum."""
        return sum(x)

    assert said(lambda x: sum(x) / max(len(x), 1), "added").startswith("≈")
    text = said(lambda x: sum(x) / len(x), "added")
    assert text.startswith("✗")
    assert "Some take the mean." in text
    assert "ZeroDivisionError" in text


@pytest.mark.parametrize(("slips", "named"), [(1, True), (2, False), (3, False)])
def test_four_fifths_of_what_went_wrong_are_enough(said, slips, named):
    """Of eight inputs that go wrong, so many in a way of their own."""

    @registry.exercise(why="w", inputs=[([n, n],) for n in range(1, 9)], mistakes={"Not halved?": sum})
    def middle(x):
        """Half of the sum."""
        return sum(x) / 2

    text = said(lambda x: -1 if x[0] <= slips else sum(x), "middle")
    assert ("Not halved?" in text) is named
    assert "right on 0 of 8 inputs, not on this." in text


def test_a_forgotten_return_is_named(said):
    def forgot(recommended, relevant, k):
        share = right(recommended, relevant, k)
        del share

    def prints(recommended, relevant, k):
        print(right(recommended, relevant, k))

    assert said(forgot).startswith("✗ recall_at_k returns None on every input. Is the `return` missing?\n")
    assert "`return` gives it to the caller" in said(prints)


def test_a_return_that_is_missing_on_one_way_is_named(said):
    def half(recommended, relevant, k):
        if relevant:
            return right(recommended, relevant, k)

    assert "Is a `return` missing on one way through?" in said(half)


@pytest.mark.parametrize(
    ("makes_nan", "words"),
    [
        (lambda: float(np.divide(0.0, 0.0)), "here 0/0 gave it"),
        (lambda: [np.mean([])], "here 0/0 or a mean of nothing gave it"),
        (lambda: np.sqrt(-1.0), "here the root of a negative number gave it"),
        (lambda: np.log(np.float64(-1.0)), "here the logarithm of a negative number gave it"),
        (lambda: np.float64(-8.0) ** (1 / 3), "here a negative number to a power that is not whole gave it"),
        (lambda: np.std([1.0], ddof=1), "the spread of too few numbers"),
        (lambda: np.inf - np.float64(np.inf), "here infinity less infinity gave it"),
        (lambda: np.float64(0) * np.inf, "here infinity times 0 gave it"),
        (lambda: float("nan"), "0/0 gives it, a mean of nothing, a negative number's root"),
    ],
)
def test_nan_is_explained_by_what_gave_it(said, makes_nan, words):
    text = said(lambda *inputs: right(*inputs) if inputs[1] else makes_nan())
    assert re.search(r"but gives   \[?nan", text)
    assert "nan is not a number: " in text and words in text


def test_a_complex_number_is_explained(said):
    text = said(lambda *inputs: right(*inputs) if inputs[1] else (-1.0) ** 0.5)
    assert "j marks a complex number: Python gives it for a negative number's root" in text


@pytest.mark.parametrize(
    "many",
    [
        lambda: 0 <= np.arange(3) < 2,
        lambda: (np.arange(3) > 1) or (np.arange(3) < 1),
        lambda: not pd.Series([1, 2]),
        lambda: 1 if pd.DataFrame({"a": [1, 2]}) > 0 else 0,
    ],
)
def test_one_yes_or_no_of_many_is_told_to_a_beginner(said, many):
    text = said(lambda *inputs: many())
    assert re.search(
        "but your code raised ValueError: (an array|a Series|a DataFrame) holds many answers", text
    )
    assert "Join masks with & or |, each in brackets" in text
    assert "a.any()" not in text


def test_a_changed_input_is_named_though_the_result_is_right(said):
    def empties(recommended, relevant, k):
        share = right(recommended, relevant, k)
        relevant.clear()
        recommended.append(0)
        return share

    text = said(empties)
    assert text.startswith("✗")
    assert "and does, but changes recommended" in text
    assert "work on a copy" in text


def test_a_wrong_result_comes_before_a_changed_input(said):
    def empties_and_errs(recommended, relevant, k):
        relevant.clear()
        return 0.77

    text = said(empties_and_errs)
    assert "but gives   0.77" in text
    assert "and does, but changes" not in text


def test_the_author_says_what_counts_as_equal(said):
    @registry.exercise(why="w", inputs=[([3, 1, 2],)], tolerance=0.5)
    def about(numbers):
        """The sum, or nearly."""
        return sum(numbers)

    @registry.exercise(why="w", inputs=[([3, 1, 2],)], ordered=False)
    def those(numbers):
        """The numbers above 1, in any order."""
        return [one for one in numbers if one > 1]

    @registry.exercise(why="w", inputs=[([3, 1, 2],)], compare=lambda got, want: got[:1] == want[:1])
    def initial(numbers):
        """A word that begins as this one does."""
        return "six"

    assert said(lambda numbers: 8.5, "about").startswith("✓")
    assert said(lambda numbers: 10.0, "about").startswith("✗")
    assert said(lambda numbers: [2, 3], "those").startswith("✓")
    assert said(lambda numbers: [3], "those").startswith("✗")
    assert said(lambda numbers: "seven", "initial").startswith("✓")
    assert said(lambda numbers: "eight", "initial").startswith("✗")
    assert said(lambda numbers: 6, "initial").startswith("✗"), "what cannot be compared is not equal"


@pytest.mark.parametrize(
    ("change", "is_seen"),
    [
        (lambda frame: frame.insert(0, "new", 1), True),
        (lambda frame: frame.pop("user"), True),
        (lambda frame: frame.drop(columns="user"), False),
        (lambda frame: frame.sort_values("plays"), False),
    ],
)
def test_a_changed_table_is_seen(said, change, is_seen):
    @registry.exercise(
        why="w", inputs=[(pd.DataFrame({"user": ["a", "b"], "plays": [2, 1]}), np.random.default_rng(1))]
    )
    def count(log, rng):
        """Rows, plus a draw that is always the same."""
        return len(log) + rng.integers(100)

    def own(log, rng):
        change(log)
        return len(log) + rng.integers(100)

    assert said(own, "count").startswith("✗" if is_seen else "✓")


def test_an_argument_may_be_left_to_its_default(said):
    @registry.exercise(why="w", inputs=[([3, 1],), ([3, 1], 1)])
    def best(scores, k=2):
        """The k highest scores."""
        return sorted(scores)[::-1][:k]

    assert said(lambda scores, k=2: sorted(scores, reverse=True)[:k], "best").startswith("✓")
    assert "      best(scores=[3, 1])\n" in said(lambda scores, k=2: sorted(scores)[:k], "best")


def test_the_result_is_kept_as_it_was_when_it_came(said):
    """A list that all calls share is wrong from the second call on, not right because all look at the last state."""
    shared = []

    def collects(plays):
        shared.extend(track for track in plays if plays[track] == max(plays.values()))
        return shared

    text = said(collects, "most_played")
    assert text.startswith("✗")
    assert "right on 2 of 4" in text


def test_another_type_is_shown(said):
    assert "but gives   [0.0]" in said(lambda *inputs: [right(*inputs)])
    assert "but gives   '0.0'" in said(lambda *inputs: str(float(right(*inputs))))
    assert "but gives   <function" in said(lambda *inputs: right)


def test_what_cannot_be_compared_or_shown_is_wrong_and_nothing_worse(said):
    class Odd:
        def __eq__(self, other):
            raise RuntimeError

        def __repr__(self):
            raise RuntimeError

        __hash__ = None

    assert "but gives   <Odd>" in said(lambda *inputs: Odd())
    assert said(lambda *inputs: np.zeros(3_000_000)).startswith("✗")
    assert said(lambda *inputs: threading.Lock()).startswith("✗")


def test_a_result_that_looks_the_same_is_shown_in_full(said):
    assert "1.0000023" in said(lambda *inputs: right(*inputs) * 1.0000023)


# ---- raised, or not to be had ----


def test_an_error_is_shown_with_the_learners_own_line(said):
    def divides(recommended, relevant, k):
        return len(set(recommended[:k]) & relevant) / len(relevant)  # the line

    text = said(divides)
    line = divides.__code__.co_firstlineno + 1
    assert "but your code raised ZeroDivisionError: division by zero\n" in text
    assert (
        f"      line {line}: return len(set(recommended[:k]) & relevant) / len(relevant)  # the line\n"
        in text
    )
    assert "recsys_helpers" not in text


def test_an_error_inside_a_package_is_shown_at_the_line_that_called_it(said):
    def stacks(recommended, relevant, k):
        return np.stack([np.zeros(2), np.zeros(3)])

    text = said(stacks)
    assert "return np.stack(" in text
    assert "numpy/" not in text


def test_endless_recursion_is_an_error_like_others(said):
    def deeper(recommended, relevant, k):
        return deeper(recommended, relevant, k)

    text = said(deeper)
    assert "RecursionError" in text
    assert "return deeper(recommended, relevant, k)" in text


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda *inputs: input("? "), "calls input()"),
        (lambda *inputs: breakpoint(), "calls breakpoint()"),
        (lambda *inputs: exit(), "calls exit()"),
        (lambda *inputs: quit(), "calls quit()"),
        (lambda *inputs: sys.exit(1), "ends the program"),
    ],
)
def test_what_waits_or_ends_is_refused(said, call, words):
    before = input
    assert words in said(call)
    assert input is before


def test_a_notebooks_own_exit_is_refused_and_put_back(said):
    space = {"exit": lambda: None}
    exec("def leaves(recommended, relevant, k):\n    return exit()", space)
    own = space["exit"]
    assert "calls exit()" in said(space["leaves"])
    assert space["exit"] is own


def test_a_function_that_cannot_say_what_it_takes_is_tried(said):
    @registry.exercise(why="w", inputs=[(3, 1), (2, 5)])
    def larger(a, b):
        """The larger of the two."""
        return a if a > b else b

    assert said(max, "larger").startswith("✓")
    assert said(min, "larger").startswith("✗")
    text = said(operator.getitem, "larger")  # and raises, without a line of the learner's own
    assert "but your code raised TypeError: 'int' object is not subscriptable\n" in text
    assert "      line" not in text


def test_wrong_parameters_are_named_before_anything_runs(said):
    assert said(lambda recommended, relevant: 1) == (
        "✗ recall_at_k takes (recommended, relevant), and the task calls it with (recommended, relevant, k).\n"
    )
    assert said(lambda a, b, c, d=0: right(a, b, c)).startswith("✓")


def test_a_value_error_that_is_asked_for(said):
    assert "should raise ValueError\n      but gives   []\n" in said(lambda items, k: items[:k], "first_k")

    def wrong_kind(items, k):
        if k < 1:
            raise KeyError(k)
        return items[:k]

    assert "KeyError" in said(wrong_kind, "first_k")


def test_a_band_says_what_was_measured(said):
    assert said(lambda scores, size: [len(scores) - 1 - i for i in range(size)], "choose").count(
        "asked is 0.8 to 1.0"
    )
    assert "gives [2]: the share of the best possible score is" in said(lambda *_: [2], "choose")
    assert "cannot be measured" in said(lambda scores, size: ["a"], "choose")


def test_in_place_is_judged_by_what_is_left(said):
    assert said(lambda plays: plays.sort(reverse=True), "sort_in_place").startswith("✓")
    text = said(lambda plays: sorted(plays)[::-1], "sort_in_place")
    assert "should leave ([2, 2, 1],)" in text or "should leave ([3, 2, 1],)" in text


def test_a_reference_that_fails_is_no_fault_of_the_learner(said):
    @registry.exercise(why="w", inputs=[(1,)])
    def broken(x):
        raise FileNotFoundError("events.csv.gz is not there")

    @registry.value(why="w")
    def missing():
        raise ValueError("Last.fm is not there")

    assert said(lambda x: x, "broken") == "· broken cannot be checked here: events.csv.gz is not there\n"
    assert said(3, "missing") == "· missing cannot be checked here: Last.fm is not there\n"
    assert check("missing", 3) == 3, "and the lesson goes on with what there is"


def test_check_never_raises_at_the_learner(said, monkeypatch):
    class Odd:
        def __getattr__(self, name):
            raise RuntimeError(name)

        def __str__(self):
            raise RuntimeError("no words")

        __repr__ = __str__

    assert said(lambda *inputs: Odd()).startswith(("✗", "·"))
    assert said(Odd(), "sparsity").startswith(("✗", "·"))
    assert said(Odd(), "why_zeros_mislead") == "· why_zeros_mislead: choose one of a, b, c.\n"


def test_what_is_printed_is_shown_up_to_a_cap(said):
    def talks(recommended, relevant, k):
        print("k is", k)
        return right(recommended, relevant, k)

    def chatters(recommended, relevant, k):
        print("x" * 100_000)
        return 0.77

    assert said(talks).endswith("  Your code printed:\n      k is 3\n")
    text = said(chatters)
    assert len(text) < 1_200
    assert "xxx …" in text


# ---- what is handed back ----


def test_a_right_function_comes_back(capsys):
    assert check("recall_at_k", right) is right
    assert "lesson's own" not in capsys.readouterr().out


@pytest.mark.parametrize("own", [dots, lambda *inputs: 7])
def test_else_the_lessons_own_does_and_it_says_so(sample, capsys, own):
    function = check("recall_at_k", own)
    assert function is sample.recall_at_k
    assert (
        "Until yours is right, recall_at_k is the lesson's own, so that the cells below run."
        in capsys.readouterr().out
    )


def test_where_nothing_is_done_with_it_nothing_is_said_of_it_nor_returned(capsys):
    space = {"check": check, "dots": dots}
    shown = []
    hook, sys.displayhook = sys.displayhook, shown.append
    try:
        exec(compile('check("recall_at_k", dots)', "cell", "single"), space)
        exec(compile('kept = check("recall_at_k", dots)', "cell", "single"), space)
        exec(compile('check(\n    "recall_at_k",\n    dots,\n)', "cell", "exec"), space)
    finally:
        sys.displayhook = hook
    assert [one for one in shown if one is not None] == []
    assert callable(space["kept"])
    assert capsys.readouterr().out.count("lesson's own") == 1


def test_a_value_comes_back_right(capsys):
    kept = [check("sparsity", ...), check("sparsity", 0.2), check("sparsity", 0.85)]
    assert kept == [0.85, 0.85, 0.85]


def test_an_answer_to_a_question_comes_back_as_it_was_given(capsys):
    kept = [check("why_zeros_mislead", letter) for letter in ("a", "b")]
    assert kept == ["a", "b"]
    assert "lesson's own" not in capsys.readouterr().out


def test_the_lessons_own_is_not_taken_for_an_answer(sample, said):
    assert said(sample.recall_at_k).startswith("· recall_at_k is the lesson's own here.")


# ---- values and questions ----


@pytest.mark.parametrize("answer", ["b", "B", " b ", "b)", "(b)"])
def test_a_letter_in_any_dress_will_do(said, answer):
    text = said(answer, "why_zeros_mislead")
    assert text.startswith("✓ why_zeros_mislead is right.\n  A zero says that nothing was seen.")
    assert "\n  Not a: A zero takes no memory" in text
    assert "\n  Not c: " in text


def test_a_wrong_option_names_its_misconception_and_not_the_answer(said):
    text = said("a", "why_zeros_mislead")
    assert text == (
        "✗ why_zeros_mislead: a is not right yet.\n"
        "  A zero takes no memory in a sparse matrix, but that is not what misleads.\n"
    )


@pytest.mark.parametrize("answer", ["d", "", 2, None, ["b"]])
def test_what_is_no_option_is_told_the_options(said, answer):
    assert said(answer, "why_zeros_mislead") == "· why_zeros_mislead: choose one of a, b, c.\n"


def test_values(said):
    assert said(np.float64(0.85), "sparsity").startswith("✓")
    assert "The right one is larger." in said(0.3, "sparsity")
    assert "The right one is smaller." in said(0.99, "sparsity")
    assert "0.85" not in said(0.3, "sparsity"), "the value is not given away"
    assert "Is that the share of filled cells?" in said(0.15, "sparsity")
    assert said(85, "sparsity").startswith("≈ sparsity: 85 follows another convention")
    assert said("0.85", "sparsity").startswith("✗ sparsity: '0.85' is not right yet.")
    assert said(None, "sparsity").startswith("✗ sparsity: None is not right yet.")
    assert said(float("nan"), "sparsity").startswith("✗ sparsity: nan is not right yet.\n")
    assert said(1 + 2j, "sparsity").startswith("✗ sparsity: (1+2j) is not right yet.\n")
    assert said([0.85], "sparsity").startswith("✗")
    assert said(..., "sparsity").startswith("· sparsity: not attempted yet.")


def test_an_open_value_has_a_band(said):
    assert said(25.5, "session_minutes").startswith("✓")
    assert "your limit in minutes is 5; asked is 20 to 70" in said(5, "session_minutes")
    assert "Are these seconds?" in said(1800, "session_minutes")


# ---- calls that cannot be understood ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.5,), "check got 0.5. Give it the function itself, without brackets"),
        ((None,), "check got None."),
        ((0.5,), 'For a value or a question the name comes first: check("name", value).'),
        ((), "check got nothing."),
        ((lambda x: x,), "A lambda has no name"),
        (("recall_at",), "There is no exercise called recall_at. Did you mean recall_at_k?"),
        (("zzz", 1), "There is no exercise called zzz.\n"),
        ((len,), "There is no exercise called len."),
        ((right,), "There is no exercise called right."),
        (
            ("recall_at_k",),
            "recall_at_k asks for a function. Give check the function itself: check(recall_at_k).",
        ),
        (("recall_at_k", 0.5), "recall_at_k asks for a function."),
        (("sparsity", lambda: 0.85), "sparsity asks for no function but a value"),
        (("why_zeros_mislead", right), "asks for no function but a question"),
        ((pd.DataFrame({"a": [1]}),), "check got pd.DataFrame({'a': [1]})."),
        ((functools.partial(right),), "check got functools.partial("),
    ],
)
def test_a_call_that_is_not_understood_gets_a_sentence(capsys, arguments, words):
    check(*arguments)
    text = capsys.readouterr().out
    assert text.startswith("· ")
    assert words in text
    assert "Traceback" not in text


def test_of_several_names_that_are_near_the_nearest_is_named(capsys):
    for name in ("beta_long", "beta_lone"):
        registry.value(why="w")(of_lesson("05", name))
    check("beta_lon", 1)
    assert capsys.readouterr().out.count("beta_lon") == 2, "what was asked, and one that is meant"


# ---- strict ----


def test_strict_raises_for_all_but_a_right_answer(sample, capsys):
    assert check("recall_at_k", right, strict=True, seed=3) is right
    assert capsys.readouterr().out.startswith("✓")
    for own in (dots, sample.divides_by_k, sample.at_most_k, sample.recall_at_k, 0.5):
        with pytest.raises(AssertionError, match="recall_at_k"):
            check("recall_at_k", own, strict=True, seed=3)
    for call in (("why_zeros_mislead", "a"), ("why_zeros_mislead", ...), ("sparsity", 0.1), ("nothing", 1)):
        with pytest.raises(AssertionError, match=call[0]):
            check(*call, strict=True)
    assert engine._remembered() == set(), "a grader's run is nobody's progress"


# ---- hint and solution ----


def test_hints_come_one_by_one_and_begin_again(capsys):
    def recall_at_k():
        """A learner's own, under that name."""

    for name in ("recall_at_k", recall_at_k, "recall_at_k", "recall_at_k"):
        hint(name)
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 2: Which of the first k are relevant?",
        "Hint 2 of 2: Count them, and divide by the number of all that are relevant.",
        'There are no more hints. solution("recall_at_k") shows one way to do it.',
        "Hint 1 of 2: Which of the first k are relevant?",
    ]


def test_a_solution_is_the_reference_that_check_runs(sample, capsys):
    solution("recall_at_k")
    text = capsys.readouterr().out
    assert text.startswith("def recall_at_k(recommended, relevant, k):\n")
    assert "@exercise" not in text
    space = {}
    exec(text, space)
    assert space["recall_at_k"].__code__.co_code == sample.recall_at_k.__code__.co_code
    solution("why_zeros_mislead")
    assert capsys.readouterr().out.startswith("b: A zero says")
    solution("sparsity")
    assert "return 1 - 3 / 20" in capsys.readouterr().out


@pytest.mark.parametrize("ask", [hint, solution])
@pytest.mark.parametrize("name", ["recall", 3, None, len])
def test_an_unknown_name_gets_a_sentence(capsys, ask, name):
    ask(name)
    assert capsys.readouterr().out.startswith("· There is no exercise called ")


def test_a_question_without_hints_has_none(capsys):
    hint("why_zeros_mislead")
    assert capsys.readouterr().out.startswith("There are no more hints.")


# ---- predictions ----


@pytest.mark.parametrize("guess", [..., 40, 0, None, "", False, "plays", (0.5, 0.9), [np.float64(1.5)]])
def test_a_guess_is_shown_as_it_was_made(capsys, guess):
    show_guess(guess)
    shown = capsys.readouterr().out
    print("your guess:", "no guess" if guess is ... else guess)  # as lessons that spell it out have it
    assert shown == capsys.readouterr().out


# ---- progress ----


def test_progress_is_kept_in_the_learners_folder_and_says_only_what_is_solved(
    tmp_path, said, capsys, monkeypatch
):
    said(right)
    said("b", "why_zeros_mislead")
    said(0.1, "sparsity")
    assert json.loads((tmp_path / ".progress.json").read_text(encoding="utf-8")) == {
        "solved": ["recall_at_k", "why_zeros_mislead"]
    }
    assert [path.name for path in tmp_path.iterdir()] == [".progress.json"], "no temporary file stays"
    monkeypatch.setattr(engine, "_solved", set())  # as in a new kernel
    progress()
    text = capsys.readouterr().out
    assert text == (
        "Lesson lesson: 2 of 8 solved; open: most_played, sort_in_place, choose, first_k,\n"
        "    sparsity, session_minutes\n"
    )


def test_progress_of_one_lesson(capsys):
    for number, name in (("03", "three"), ("04", "four")):
        registry.value(why="w")(of_lesson(number, name))
    for asked in ("03", 3, "3"):
        progress(asked)
        assert capsys.readouterr().out == "Lesson 03: 0 of 1 solved; open: three\n"
    check("four", 1)
    capsys.readouterr()
    progress("04")
    assert capsys.readouterr().out == "Lesson 04: 1 of 1 solved\n"
    progress("99")
    assert capsys.readouterr().out == "· There are no exercises of lesson 99.\n"


def test_progress_where_there_is_no_exercise(capsys):
    registry.LESSONS.clear()
    progress()
    assert capsys.readouterr().out == "· There are no exercises.\n"


def of_lesson(number, name):
    def reference():
        """One."""
        return 1

    reference.__name__, reference.__module__ = name, f"recsys_helpers.exercises.lesson_{number}"
    return reference


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"solved": 3}', '{"solved": [1, {}]}', "\xff\x00"])
def test_a_damaged_file_counts_as_empty_and_is_mended(tmp_path, said, damage):
    path = tmp_path / ".progress.json"
    path.write_bytes(damage.encode("latin-1"))
    assert engine._remembered() == set()
    assert said(right).startswith("✓")
    assert json.loads(path.read_text(encoding="utf-8")) == {"solved": ["recall_at_k"]}


def test_where_nothing_can_be_written_the_session_remembers(tmp_path, said, capsys, monkeypatch):
    monkeypatch.setenv("RECSYS_WORK", str(tmp_path / "not there"))
    assert said(right).startswith("✓")
    progress()
    assert "1 of 8 solved" in capsys.readouterr().out
    assert not (tmp_path / "not there").exists(), "nobody's folder is made by the way"

    def refuses(path, text):
        raise PermissionError(path)

    monkeypatch.setenv("RECSYS_WORK", str(tmp_path))
    monkeypatch.setattr(engine, "write_whole", refuses)
    assert said("b", "why_zeros_mislead").startswith("✓")
    progress()
    assert "2 of 8 solved" in capsys.readouterr().out


# ---- consoles ----


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp936", "utf-8"])
def test_signs_that_a_console_lacks_are_spelt(monkeypatch, encoding):
    paper = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(paper, encoding=encoding))
    check("recall_at_k", right)
    check("recall_at_k", dots)
    sys.stdout.flush()
    text = paper.getvalue().decode(encoding)
    assert text.startswith("✓ recall" if encoding == "utf-8" else "[right] recall")
    assert "?" not in text


def test_a_console_that_names_no_encoding_gets_the_signs(monkeypatch):
    class Paper:
        text = ""

        def write(self, text):
            self.text += text

    paper = Paper()
    monkeypatch.setattr(sys, "stdout", paper)
    check("recall_at_k", right)
    assert paper.text.startswith("✓ recall_at_k is right.")


def test_texts_are_the_same_in_every_process():
    code = (
        "import tests.exercises.sample_lesson as sample\n"
        "from recsys_helpers.exercises import check\n"
        "check('most_played', lambda plays: set(plays) | {'x', 'y', 'z'})\n"
        "check('recall_at_k', lambda a, b, c: object())\n"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(runs) == 1


# ---- what only the parts show ----


def test_a_mistake_is_shown_on_its_shortest_input(said):
    def halves(plays):
        return sum(plays) // 2

    @registry.exercise(
        why="w", inputs=[([9, 8, 7, 6, 5],), ([5, 6],), ([1, 2, 3],)], mistakes={"Halved?": halves}
    )
    def total(plays):
        """The sum."""
        return sum(plays)

    assert "      total(plays=[5, 6])\n      should give 11\n      but gives   5\n  Halved?\n" in said(
        halves, "total"
    )


def test_what_is_printed_takes_no_memory():
    with sandbox._quiet({}) as paper:
        for _ in range(1000):
            print("x" * 1000)
        assert len(paper.text) <= sandbox.MOST_PRINTED + 1
