"""Odd answers: whatever a function gives or raises, a learner gets a sentence and control comes back."""

from __future__ import annotations

import asyncio
import itertools
import math
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.exercises import check, registry, sandbox
from recsys_helpers.exercises.compare import DEEPEST, oddity, plain, same, show

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("sample")


def fails(error):
    def own(recommended, relevant, k):
        raise error

    return own


# ---- what it raises ----


class OfTheBase(BaseException):
    """Caught by no ``except Exception``."""


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (BaseException("all"), "but your code raised BaseException: all"),
        (GeneratorExit(), "but your code raised GeneratorExit"),
        (GeneratorExit("early"), "but your code raised GeneratorExit: early"),
        (OfTheBase(), "OfTheBase"),
        (asyncio.CancelledError(), "CancelledError"),
        (StopIteration(3), "but your code raised StopIteration: 3"),
        (MemoryError(), "but your code raised MemoryError"),
        (ExceptionGroup("two", [ValueError("a"), KeyError("b")]), "ExceptionGroup: two"),
        (SystemExit(2), "ends the program"),
    ],
)
def test_any_error_is_a_sentence_with_the_learners_line(said, error, words):
    text = said(fails(error))
    assert text.startswith("✗ recall_at_k is not right yet: right on 0 of 18 inputs")
    assert words in text
    assert "raise error" in text, "the line"


@pytest.mark.parametrize("error", [OfTheBase, GeneratorExit, KeyError, SystemExit])
def test_an_error_in_a_result_that_is_looked_at_is_a_sentence(said, error):
    class Bad:
        def __eq__(self, other):
            raise error

        __hash__ = None

        def __repr__(self):
            raise error

    text = said(lambda *inputs: Bad())
    assert text.startswith(("✗ recall_at_k", "· recall_at_k gave what cannot be judged: "))


def test_an_error_that_cannot_say_itself_is_named(said):
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    class Bad:
        shape = property(fails(Mute()))

        def __eq__(self, other):
            raise OfMute

        __hash__ = None

    class OfMute(BaseException):
        def __str__(self):
            raise RuntimeError

    assert said(lambda *inputs: Bad()) == "· recall_at_k gave what cannot be judged: OfMute\n"


def test_stop_is_stop_whatever_the_code_is_doing(said):
    assert said(fails(KeyboardInterrupt())) == "· Stopped, as you asked.\n"


# ---- what it gives: iterators ----


@pytest.mark.parametrize(
    "endless",
    [
        itertools.count,
        lambda: map(bool, itertools.cycle([1, 0])),
        lambda: itertools.repeat(3),
        lambda: (n for n in itertools.count()),
        lambda: zip(itertools.count(), itertools.count(), strict=False),
        lambda: filter(None, itertools.count()),
        lambda: iter(int, 1),
    ],
)
def test_an_endless_iterator_is_read_up_to_a_limit(said, endless):
    text = said(lambda *inputs: endless())
    assert "but gives   more than 100,000 items, one after the other: does it ever end?" in text


def test_an_iterator_is_read_to_its_end(said):
    assert sandbox.read(iter(range(sandbox.MOST_ITEMS))) == list(range(sandbox.MOST_ITEMS))
    with pytest.raises(sandbox.Odd):
        sandbox.read(iter(range(sandbox.MOST_ITEMS + 1)))
    assert said(
        lambda plays: (t for t in plays if plays[t] == max(plays.values())), "most_played"
    ).startswith("✓")


def test_an_iterator_that_raises_is_an_error_of_the_learners(said):
    def breaks():
        yield 1
        raise LookupError("half way")

    assert "but your code raised LookupError: half way" in said(lambda *inputs: breaks())


@pytest.mark.parametrize(
    "huge", [range(10**12), range(sandbox.MOST_ITEMS * 20), [0] * 1_000_001, "x" * 10**7]
)
def test_what_is_huge_is_not_taken_apart(said, huge):
    text = said(lambda *inputs: huge)
    assert text.startswith("✗")
    assert len(text) < 1_000


# ---- what it gives: nothing to await ----


async def coroutine(recommended, relevant, k):
    return 1.0


async def stream(recommended, relevant, k):
    yield 1.0


def forgets_to_await(recommended, relevant, k):
    return coroutine(recommended, relevant, k)


def gives_a_stream(recommended, relevant, k):
    return stream(recommended, relevant, k)


@pytest.mark.parametrize("own", [coroutine, stream])
def test_an_async_function_gets_its_sentence_alone(said, own):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert said(own) == (
            "✗ recall_at_k is an `async` function, which only `await` can call. Leave the word `async` away.\n"
        )


@pytest.mark.parametrize("own", [forgets_to_await, gives_a_stream])
def test_what_would_be_awaited_is_told(said, own):
    assert "but gives   what only `await` can take: leave `async` away" in said(own)


def test_no_warning_of_a_coroutine_that_nobody_awaited():
    """In a process of its own: such a warning comes when the object is thrown away, and not through our hands."""
    code = (
        "import tests.exercises.sample_lesson\n"
        "from recsys_helpers.exercises import check\n"
        "async def recall_at_k(recommended, relevant, k): return 1.0\n"
        "check(recall_at_k)\n"
        "inner = recall_at_k\n"
        "def recall_at_k(recommended, relevant, k): return inner(recommended, relevant, k)\n"
        "check('recall_at_k', recall_at_k)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", code],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout.count("✗ recall_at_k") == 2
    assert done.stderr == ""


# ---- what it gives: odd objects ----


def loop_in(kind):
    if kind is dict:
        one = {}
        one["a"] = one
        return one
    if kind is np.ndarray:
        one = np.empty(1, dtype=object)
        one[0] = one
        return one
    one = []
    one.append((1, one))
    return one


@pytest.mark.parametrize("kind", [list, dict, np.ndarray])
def test_what_contains_itself_is_told(said, kind):
    assert f"but gives   a {kind.__name__} that contains itself" in said(lambda *inputs: loop_in(kind))


def test_the_same_list_twice_does_not_contain_itself(said):
    twice = [1, 2]
    assert oddity([twice, twice, {"a": twice}]) == ""


def test_lists_too_deep_are_told(said):
    deep = []
    for _ in range(DEEPEST + 5):
        deep = [deep]
    assert f"but gives   one thing in another, over {DEEPEST} deep" in said(lambda *inputs: deep)


def test_a_module_is_named_without_its_path(said):
    text = said(lambda *inputs: math)
    assert "but gives   the module math\n" in text
    assert "/" not in said(lambda *inputs: np).split("but gives")[1].split("\n")[0]
    assert said(lambda *inputs: [math, np]).startswith("✗")
    check("sparsity", math)


class Shaped:
    def __init__(self, shape):
        self.shape = shape


@pytest.mark.parametrize(
    "shape", ["wide", (2, "a"), (-1,), 7, None, [3, 4], (None,), ((1, 2), 3), lambda: 3, (10**30, 10**30), {}]
)
def test_an_odd_shape_is_no_shape(said, shape):
    text = said(lambda *inputs: Shaped(shape))
    assert text.startswith("✗ recall_at_k is not right yet")
    assert "Shaped" in text
    assert "not iterable" not in text and "multiply" not in text


def test_attributes_that_answer_to_everything_are_no_table(said):
    class Anything:
        def __getattr__(self, name):
            return lambda *arguments: self

    assert said(lambda *inputs: Anything()).startswith("✗ recall_at_k is not right yet")
    assert show(Anything()).startswith("<")
    assert plain(Anything()) is not None


def test_another_librarys_array_counts_by_its_values():
    class Tensor:
        """As torch has it."""

        def __init__(self, values):
            self.values = values

        def __array__(self, dtype=None, copy=None):
            return np.array(self.values, dtype=dtype)

    assert same(Tensor([[1.0, 2.0]]), np.array([[1.0, 2.0]]))
    assert same(Tensor(0.5), 0.5)
    assert not same(Tensor([1.0]), [2.0])


# ---- tables in place of what was asked for ----

PAIRS = pd.DataFrame({"user": ["al", "bo"], "track": ["t1", "t2"]})


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (PAIRS, {("al", "t1"), ("bo", "t2")}),
        (PAIRS, [("al", "t1"), ("bo", "t2")]),
        (PAIRS.set_axis([5, 9]), [["al", "t1"], ["bo", "t2"]]),
        (PAIRS, {"al": "t1", "bo": "t2"}),
        (PAIRS, pd.Series({"al": "t1", "bo": "t2"})),
        (pd.DataFrame({"hours": [1.0, 2.0]}, index=["al", "bo"]), pd.Series({"al": 1.0, "bo": 2.0})),
        (pd.DataFrame({"hours": [1.0, 2.0]}), np.array([1.0, 2.0])),
        (pd.DataFrame({"hours": [1.0, 2.0]}), np.array([[1.0], [2.0]])),
        (pd.DataFrame({"hours": [1.0, 2.0]}), [1, 2]),
        (pd.DataFrame({"late": [True, False]}), [True, False]),
        ((pd.DataFrame([[1.0, 2.0]]), pd.DataFrame([[3.0]])), (np.array([[1.0, 2.0]]), np.array([[3.0]]))),
        (pd.DataFrame(columns=["user", "track"]), []),
        (pd.DataFrame(columns=["user", "track"]), set()),
    ],
)
def test_a_table_that_holds_what_was_asked_for_is_right(got, want):
    assert same(got, want, ordered=not isinstance(want, pd.Series))


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (PAIRS, {("al", "t1"), ("bo", "t3")}),
        (PAIRS[::-1], [("al", "t1"), ("bo", "t2")]),
        (PAIRS, {("al", "t1")}),
        (PAIRS, {"al": "t1", "bo": "t9"}),
        (pd.DataFrame({"hours": [1.0, 2.0]}, index=["bo", "al"]), pd.Series({"al": 1.0, "bo": 2.0})),
        (pd.DataFrame({"hours": [1.0, 2.0]}), pd.Series({"al": 1.0, "bo": 2.0})),
        (pd.DataFrame({"hours": [1.0, 2.0]}), np.array([1.0, 2.5])),
        (pd.DataFrame({"hours": [1.0, 2.0], "more": [1, 1]}), np.array([1.0, 2.0])),
        (pd.DataFrame({"hours": [1.0]}), 1.0),
        (pd.DataFrame(np.zeros((1001, 1000))), [0.0]),
    ],
)
def test_a_table_that_does_not_is_not(got, want):
    assert not same(got, want)


def test_rows_as_records_keep_their_names():
    rows = [{"user": "al", "track": "t1"}, {"user": "bo", "track": "t2"}]
    assert same(PAIRS, rows)
    assert not same(PAIRS.rename(columns={"user": "who"}), rows)


# ---- answers to a question ----


@pytest.mark.parametrize(
    "dressed",
    [
        "ｂ",
        "Ｂ",
        "“b”",
        "‘b’",
        "「b」",
        "『Ｂ』",
        "《b》",
        "'b'",
        '"b"',
        "`b`",
        "b ",
        " b\n",
        "\u3000ｂ\u3000",
        "（ｂ）",
        "b。",
        "b、",
        "b:",
        "ⓑ",
    ],
)
def test_a_letter_in_chinese_dress_will_do(said, dressed):
    assert said(dressed, "why_zeros_mislead").startswith("✓ why_zeros_mislead is right.")


@pytest.mark.parametrize("dressed", ["ａ", "“a”", " Ａ. "])
def test_a_wrong_letter_in_that_dress_is_named_plainly(said, dressed):
    assert said(dressed, "why_zeros_mislead").startswith("✗ why_zeros_mislead: a is not right yet.\n")


@pytest.mark.parametrize(
    "answer", ["", "  ", "d", "ab", "b or c", "乙", 2, None, ["b"], {"b"}, b"b", 1j, np.array(["b"])]
)
def test_what_is_no_letter_is_told_the_options(said, answer):
    assert said(answer, "why_zeros_mislead") == "· why_zeros_mislead: choose one of a, b, c.\n"


# ---- values ----


@pytest.mark.parametrize(
    "odd",
    [
        math,
        Shaped("wide"),
        loop_in(list),
        itertools.count(),
        object(),
        type,
        fails,
        float("nan"),
        "0.85",
        b"",
        [],
    ],
)
def test_an_odd_value_gets_a_sentence(said, odd):
    text = said(odd, "sparsity")
    assert text.startswith(("✗ sparsity", "· sparsity"))
    assert "Traceback" not in text and len(text) < 400


def test_a_value_that_is_an_iterator_is_read_once_and_goes_on_as_a_list(capsys):
    @registry.value(why="w")
    def three():
        """The numbers 1, 2, 3."""
        return [1, 2, 3]

    assert check("three", map(int, "123")) == [1, 2, 3]
    assert capsys.readouterr().out.startswith("✓")
    kept = check("three", itertools.count())
    assert "more than 100,000 items" in capsys.readouterr().out
    assert kept == [1, 2, 3], "the lesson's own"


def test_open_tasks_are_measured_within_the_time(said):
    """The result may be a learner's own object, whose code runs when it is measured."""

    class Model:
        def predict(self):
            raise OfTheBase("no fit")

    @registry.exercise(
        why="w", inputs=[(1,), (2,), (3,)], measure=lambda model, x: model.predict(), band=(0, 1)
    )
    def make_model(x):
        """A model."""
        return Model()

    assert said(lambda x: Model(), "make_model") == "· make_model gave what cannot be judged: no fit\n"
